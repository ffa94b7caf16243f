/** Whether a decision is what a test expects of it; in words for people where it is not. */
import type { DecisionCase } from '../../shared/bundle/suite.ts';
import { isGlob, matchesGlob } from '../kit/glob.ts';
import type { TrialOutcome } from './types.ts';

type Expected = DecisionCase['expect'];

/** By the id of a rule the pointers to it, as `/enforced/budgets/0`: a test may name it either way. */
export type PointersOf = (id: string) => readonly string[];

/** Everything that is not as expected. Empty: all is. */
export function failuresOf(expect: Expected, outcome: TrialOutcome, pointersOf: PointersOf): readonly string[] {
  const failures: string[] = [];
  const came = cameOf(outcome);
  const differs = (what: string, wanted: string | number | undefined, got: string | number | undefined): void => {
    if (wanted !== undefined && wanted !== got)
      failures.push(`expected ${what} ${quoted(wanted)}, got ${quoted(got)}: ${came}`);
  };
  if (expect.decision !== undefined && expect.decision !== outcome.decision)
    failures.push(`expected decision ${expect.decision}, but ${came}`);
  differs('status', expect.status, outcome.status);
  differs('code', expect.code, outcome.code);
  differs('route', expect.route, outcome.route);
  if (expect.because !== undefined && expect.because !== outcome.because)
    failures.push(`expected because ${quoted(expect.because)}, got ${quoted(outcome.because || undefined)}: ${came}`);
  if (expect.rule !== undefined && !fitsRule(expect.rule, outcome, pointersOf))
    failures.push(`expected rule ${quoted(expect.rule)}, got ${saidBy(outcome)}: ${came}`);
  if (expect.model !== undefined && !fitsModel(expect.model, outcome.target))
    failures.push(`expected model ${quoted(expect.model)}, got ${quoted(outcome.target)}: ${came}`);
  failures.push(...maskFailures(expect, outcome), ...bodyFailures(expect, outcome, came));
  for (const loss of listOf(expect.losses))
    if (!outcome.losses.some((one) => one.includes(loss)))
      failures.push(`expected the loss ${quoted(loss)}, got ${outcome.losses.map(quoted).join(', ') || 'none'}`);
  return failures;
}

function cameOf({ decision, status, code, rule, target, route, message, because }: TrialOutcome): string {
  if (decision === 'allow') {
    const by = route === undefined ? '' : ` by route "${route}"`;
    return `it was allowed to ${target ?? 'nobody'}${by}${because === '' ? '' : ` (${because})`}`;
  }
  const by = rule === undefined ? '' : ` by ${rule}`;
  return `it was refused${by} with ${status} ${code ?? ''} (${message ?? ''})`;
}

/** Of what is refused that is the rule that refused; of what is allowed any that had a say. */
function fitsRule(wanted: string, { decision, rule, hit }: TrialOutcome, pointersOf: PointersOf): boolean {
  const names = decision === 'deny' ? [rule ?? ''] : hit.map(bareName);
  return names.some((name) => isNamed(wanted, name, pointersOf));
}

function isNamed(wanted: string, name: string, pointersOf: PointersOf): boolean {
  if (name === '') return false;
  if (wanted === name) return true;
  const pointers = pointersOf(name).flatMap((one) => [one, one.replace(/^\/(?:enforced|defaults)(?=\/)/, '')]);
  const own = /^[^/]*:(\/.*)$/.exec(name)?.[1];
  if (own !== undefined) pointers.push(own, `/enforced${own}`);
  return pointers.some((pointer) => wanted === pointer || wanted.startsWith(`${pointer}/`));
}

/** Without the word for what it is. */
export function bareName(hit: string): string {
  return hit.replace(/^(?:budget|firewall|masking|route):(?!\/)/, '');
}

function saidBy({ decision, rule, hit }: TrialOutcome): string {
  if (decision === 'deny') return quoted(rule === undefined ? undefined : writtenName(rule));
  return hit.length === 0 ? 'none' : hit.map((one) => quoted(bareName(one))).join(', ');
}

/** As a test names it: a value of a bundle by where it stands there, whatever version the bundle has. */
function writtenName(rule: string): string {
  const own = /^[^/]*:(\/.*)$/.exec(rule)?.[1];
  return own === undefined ? rule : `/enforced${own}`;
}

function fitsModel(wanted: string, target: string | undefined): boolean {
  if (target === undefined) return false;
  const model = target.slice(target.indexOf('/') + 1);
  return [target, model].some((name) => (isGlob(wanted) ? matchesGlob(wanted, name) : wanted === name));
}

function maskFailures({ masked }: Expected, outcome: TrialOutcome): string[] {
  const told = outcome.masked.map(({ rule, count }) => `${count} × ${rule}`).join(', ') || 'nothing';
  return (masked ?? []).flatMap(({ rule, count }) => {
    const found = outcome.masked.find((one) => one.rule === rule)?.count ?? 0;
    const isFine = count === undefined ? found > 0 : found === count;
    return isFine ? [] : [`expected ${count ?? 'at least 1'} × ${rule} to be masked, got ${told}`];
  });
}

function bodyFailures(expect: Expected, outcome: TrialOutcome, came: string): string[] {
  const { sent } = outcome;
  const holds = (text: string): boolean => sent.includes(text) || sent.includes(JSON.stringify(text).slice(1, -1));
  const failures: string[] = [];
  for (const text of listOf(expect.upstream_contains)) {
    if (sent === '') failures.push(`expected ${quoted(text)} to leave, but nothing does: ${came}`);
    else if (!holds(text))
      failures.push(`expected ${quoted(text)} to leave, but it is not in what does: ${shortened(sent)}`);
  }
  for (const text of listOf(expect.upstream_contains_not))
    if (holds(text)) failures.push(`expected ${quoted(text)} not to leave, but it does: ${came}`);
  const limit = outputLimitIn(sent);
  if (expect.max_output_tokens !== undefined && limit !== expect.max_output_tokens)
    failures.push(`expected at most ${expect.max_output_tokens} tokens of output, got ${limit ?? 'no limit'}: ${came}`);
  return failures;
}

/** As any of the dialects says it. */
const limitNames = ['max_completion_tokens', 'max_output_tokens', 'max_tokens', 'maxOutputTokens', 'maxTokens'];

function outputLimitIn(sent: string): number | undefined {
  if (sent === '') return undefined;
  const body = objectIn(JSON.parse(sent));
  for (const place of [body, objectIn(body['generationConfig']), objectIn(body['inferenceConfig'])])
    for (const name of limitNames) {
      const value = place[name];
      if (typeof value === 'number') return value;
    }
  return undefined;
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function quoted(value: string | number | undefined): string {
  return value === undefined ? 'none' : typeof value === 'string' ? `"${value}"` : String(value);
}

function shortened(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
