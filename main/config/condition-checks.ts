/** Checks of conditions that the schema cannot make: bounds of the whole, and words that must mean something here (RTE-20). */
import type { Condition } from '../../shared/config/condition.ts';
import { globProblem } from '../kit/glob.ts';
import { languageCodes } from '../kit/language.ts';
import { patternProblem } from '../kit/pattern.ts';
import { zoneMend } from './entry-checks.ts';
import type { ConfigPath, Findings } from './problems.ts';

/** RTE-20. */
const maxDepth = 8;
const maxNodes = 64;

export interface ConditionProblem {
  /** From the condition on. */
  readonly path: ConfigPath;
  readonly problem: string;
  readonly mend: string;
}

/** All that is wrong with a condition; nothing for one that can be used. */
export function conditionProblems(condition: Condition): ConditionProblem[] {
  const problems: ConditionProblem[] = [];
  const nodes = visit(condition, [], 1, problems);
  if (nodes > maxNodes) {
    problems.push({
      path: [],
      problem: `the condition has ${String(nodes)} parts, more than ${String(maxNodes)}`,
      mend: 'Write several routes, or use patterns such as "claude-*"',
    });
  }
  return problems;
}

/** The same as findings of a file. */
export function checkCondition(condition: Condition, path: ConfigPath, findings: Findings): void {
  for (const { path: inner, problem, mend } of conditionProblems(condition))
    findings.problem([...path, ...inner], problem, mend);
}

/** Counts this condition and those inside it. Deeper ones than allowed are not looked into: one problem is enough. */
function visit(condition: Condition, path: ConfigPath, depth: number, problems: ConditionProblem[]): number {
  if (depth > maxDepth) {
    const mend = 'Take inner conditions out: all inside all and any inside any can be one list';
    problems.push({ path, problem: `conditions are nested deeper than ${String(maxDepth)} levels`, mend });
    return 1;
  }
  checkWords(condition, path, problems);
  let nodes = 1;
  for (const name of ['all', 'any'] as const)
    for (const [index, inner] of (condition[name] ?? []).entries())
      nodes += visit(inner, [...path, name, index], depth + 1, problems);
  if (condition.not !== undefined) nodes += visit(condition.not, [...path, 'not'], depth + 1, problems);
  return nodes;
}

function checkWords(condition: Condition, path: ConfigPath, problems: ConditionProblem[]): void {
  const add = (inner: ConfigPath, problem: string, mend: string): void => {
    problems.push({ path: [...path, ...inner], problem, mend });
  };
  if (Object.values(condition).every((part) => part === undefined))
    add([], 'the condition is empty, so it always holds', 'Remove it, or say when it holds');
  for (const name of ['client', 'model'] as const) {
    for (const [index, pattern] of (condition[name] ?? []).entries()) {
      const problem = globProblem(pattern);
      if (problem !== undefined) add([name, index], `"${pattern}" ${problem}`, 'Write a name, or a pattern with "*"');
    }
  }
  for (const [index, code] of (condition.lang ?? []).entries()) {
    if ((languageCodes as readonly string[]).includes(code.toLowerCase())) continue;
    const mend = `Use two-letter codes; these can be told: ${languageCodes.join(', ')}`;
    add(['lang', index], `the language "${code}" cannot be told`, mend);
  }
  const pattern = condition.text === undefined ? undefined : patternProblem(condition.text.pattern);
  if (pattern !== undefined) add(['text', 'pattern'], `the pattern ${pattern}`, 'Write it in RE2 syntax');
  checkTime(condition, add);
  checkFigures(condition, add);
}

type Add = (inner: ConfigPath, problem: string, mend: string) => void;

function checkTime({ time }: Condition, add: Add): void {
  if (time === undefined) return;
  if (time.days === undefined && time.hours === undefined)
    add(['time'], 'time says neither days nor hours, so it always holds', 'Add days or hours');
  if (time.timezone === undefined) return;
  const mend = zoneMend(time.timezone);
  if (mend !== undefined) add(['time', 'timezone'], `there is no time zone "${time.timezone}"`, mend);
}

function checkFigures({ tokens, prompt_type, min_conf }: Condition, add: Add): void {
  if (tokens !== undefined) {
    if (Object.values(tokens).every((bound) => bound === undefined))
      add(['tokens'], 'tokens has no bound, so it always holds', 'Add lt, lte, gt or gte');
    const least = Math.max(tokens.gte ?? 0, (tokens.gt ?? -1) + 1);
    const most = Math.min(tokens.lte ?? Number.POSITIVE_INFINITY, (tokens.lt ?? Number.POSITIVE_INFINITY) - 1);
    if (least > most) add(['tokens'], 'no number of tokens is within these bounds', 'Correct one of them');
  }
  if (min_conf !== undefined && prompt_type === undefined)
    add(
      ['min_conf'],
      'min_conf says how sure prompt_type must be, which is missing',
      'Add prompt_type, or remove min_conf',
    );
}
