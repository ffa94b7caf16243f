/** Problems of a config file as lines: `FILE:LINE:COL: problem. mend.` */
import type { ConfigProblem } from '../../shared/contract/config.ts';

export function renderProblem({ file, line, column, problem, mend }: ConfigProblem): string {
  return `${file}:${line}:${column}: ${sentence(problem)}${mend === '' ? '' : ` ${sentence(mend)}`}`;
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
