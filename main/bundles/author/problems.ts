/** What is wrong with what a publisher wrote, and where: `FILE:LINE:COL: problem. mend.` */
import { renderProblem, type ConfigProblem } from '../../config/problems.ts';
import { printable } from '../../kit/printable.ts';

/** A place in a file of a publisher; line and column count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type AuthorProblem = ConfigProblem;

/** A bundle that cannot be made. `problems` has at least one entry; the message lists them, one a line. */
export class AuthorError extends Error {
  readonly problems: readonly AuthorProblem[];

  constructor(problems: readonly AuthorProblem[]) {
    super(problems.map(renderProblem).join('\n'));
    this.name = 'AuthorError';
    this.problems = problems;
  }
}

/** `path`: the JSON Pointer it is about, where there is one. */
export function problemAt(
  { file, line, column }: SourcePlace,
  problem: string,
  mend: string,
  path = '',
): AuthorProblem {
  return {
    file: printable(file),
    line,
    column,
    path: printable(path),
    problem: printable(problem),
    mend: printable(mend),
  };
}

export function refuse(place: SourcePlace, problem: string, mend: string): never {
  throw new AuthorError([problemAt(place, problem, mend)]);
}

/** In the order of the files, each once. */
export function inOrder(problems: readonly AuthorProblem[]): AuthorProblem[] {
  const unique = new Map(problems.map((one) => [`${one.file}:${one.line}:${one.column}:${one.problem}`, one]));
  return [...unique.values()].sort(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}
