/** What a budget would have done with what was spent: in which windows its limit would have been reached, and what came after. */
import type { UsageSeries } from '../../../shared/contract/usage.ts';
import { picoToUsd, usdToPicoExact } from '../../../shared/domain/money.ts';
import type { BudgetDraft } from './budget-draft.ts';
import { isTimezone, windowNamer, type WindowRule } from './windows.ts';

export const saidScopes = ['global', 'key', 'client', 'user', 'team', 'provider', 'model'] as const;
type SaidScope = (typeof saidScopes)[number];

/** Why it cannot be said, or what to ask for. */
export type WhatIfPlan =
  | { readonly can: true; readonly scope: SaidScope; readonly limit: bigint; readonly rule: WindowRule }
  | { readonly can: false; readonly why: 'scope' | 'when' | 'period' | 'model' | 'draft' };

export function planOf(draft: BudgetDraft, machineZone: string): WhatIfPlan {
  const scope = saidScopes.find((one) => one === draft.scope);
  if (scope === undefined) return { can: false, why: 'scope' };
  if (draft.hasCondition) return { can: false, why: 'when' };
  const { period } = draft;
  if (period === 'session') return { can: false, why: 'period' };
  // Sums are kept by model and by provider, not by both together.
  if (scope === 'model' && draft.match.includes('/')) return { can: false, why: 'model' };
  const limit = usdToPicoExact(draft.limit.trim());
  const timezone = draft.timezone.trim() === '' ? machineZone : draft.timezone.trim();
  if (limit === undefined || limit === 0n || !isTimezone(timezone)) return { can: false, why: 'draft' };
  return { can: true, scope, limit, rule: { period, timezone, resetDay: Number(draft.resetDay) || 1 } };
}

export interface WindowOutcome {
  /** As `windowNamer` names it. */
  readonly window: string;
  /** `null` where all share one sum; `-` of those without a name. */
  readonly subject: string | null;
  readonly spentUsd: string;
  readonly share: number;
  readonly requests: number;
  /** First moment of the hour in which the limit was reached; `null`: it was not. */
  readonly reachedAt: number | null;
  /** Requests of the hours after that one, until the window ended. */
  readonly requestsAfter: number;
  /** Requests whose cost nobody knows: it may have been reached earlier. */
  readonly unknownCosts: number;
}

export interface WhatIf {
  /** In the order of time; of each subject those in which anything happened. */
  readonly windows: readonly WindowOutcome[];
  readonly reached: number;
  readonly requestsAfter: number;
  readonly unknownCosts: number;
  /** There was more than can be told apart by name. */
  readonly isPartial: boolean;
}

export interface WhatIfInput {
  readonly limit: bigint;
  readonly rule: WindowRule;
  readonly series: UsageSeries;
  /** Empty: each name has a sum of its own, or there is one line for everything. */
  readonly match: string;
  /** Further names that one of the series is known by: a key by its name as well as its id. */
  readonly aliases?: ReadonlyMap<string, string>;
  /** Each name has a sum of its own. */
  readonly isEach: boolean;
}

interface Hours {
  readonly subject: string | null;
  readonly spent: readonly bigint[];
  readonly requests: readonly number[];
  readonly unknown: readonly number[];
}

export function whatIf(input: WhatIfInput): WhatIf {
  const { limit, rule, series, isEach } = input;
  const nameOf = windowNamer(rule);
  const names = series.starts.map(nameOf);
  const subjects = isEach ? eachOf(series) : [together(input)];
  const windows = subjects.flatMap((hours) => windowsOf(hours, names, series.starts, limit));
  windows.sort((a, b) => a.window.localeCompare(b.window) || (a.subject ?? '').localeCompare(b.subject ?? ''));
  const sum = (pick: (one: WindowOutcome) => number): number => windows.reduce((total, one) => total + pick(one), 0);
  return {
    windows,
    reached: windows.filter(({ reachedAt }) => reachedAt !== null).length,
    requestsAfter: sum(({ requestsAfter }) => requestsAfter),
    unknownCosts: sum(({ unknownCosts }) => unknownCosts),
    isPartial: (isEach || input.match !== '') && series.lines.some(({ other }) => other),
  };
}

function hoursOf(line: UsageSeries['lines'][number], subject: string | null): Hours {
  return {
    subject,
    spent: line.known_cost_usd.map((usd) => usdToPicoExact(usd) ?? 0n),
    requests: line.requests,
    unknown: line.unknown_costs,
  };
}

/** Those without a name share one sum of their own. */
function eachOf({ lines }: UsageSeries): readonly Hours[] {
  return lines.filter(({ other }) => !other).map((line) => hoursOf(line, line.name ?? '-'));
}

function together({ series, match, aliases }: WhatIfInput): Hours {
  const fits = globTest(match);
  const counted = series.lines.filter(({ name, other }) => {
    if (match === '') return true;
    if (other) return false;
    // Who has no name counts under `*` and under no name.
    if (name === null) return match === '*';
    return fits(name) || fits(aliases?.get(name) ?? name);
  });
  const hours = counted.map((line) => hoursOf(line, null));
  const added = <Value>(
    pick: (one: Hours) => readonly Value[],
    zero: Value,
    plus: (a: Value, b: Value) => Value,
  ): Value[] =>
    series.starts.map((_, index) => hours.reduce((total, one) => plus(total, pick(one)[index] ?? zero), zero));
  return {
    subject: null,
    spent: added(
      (one) => one.spent,
      0n,
      (a, b) => a + b,
    ),
    requests: added(
      (one) => one.requests,
      0,
      (a, b) => a + b,
    ),
    unknown: added(
      (one) => one.unknown,
      0,
      (a, b) => a + b,
    ),
  };
}

/** `*` stands for any characters. */
export function globTest(pattern: string): (text: string) => boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${escaped.join('.*')}$`, 's');
  return (text) => expression.test(text);
}

function windowsOf(hours: Hours, names: readonly string[], starts: readonly number[], limit: bigint): WindowOutcome[] {
  const outcomes: WindowOutcome[] = [];
  for (let first = 0; first < names.length;) {
    let end = first + 1;
    while (end < names.length && names[end] === names[first]) end += 1;
    const outcome = windowOf(hours, names[first] ?? '', starts, [first, end], limit);
    if (outcome.requests > 0 || outcome.spentUsd !== '0') outcomes.push(outcome);
    first = end;
  }
  return outcomes;
}

function windowOf(
  { subject, spent, requests, unknown }: Hours,
  window: string,
  starts: readonly number[],
  [first, end]: readonly [number, number],
  limit: bigint,
): WindowOutcome {
  let [total, count, unknownCosts, requestsAfter] = [0n, 0, 0, 0];
  let reachedAt: number | null = null;
  for (let index = first; index < end; index += 1) {
    if (reachedAt !== null) requestsAfter += requests[index] ?? 0;
    total += spent[index] ?? 0n;
    count += requests[index] ?? 0;
    unknownCosts += unknown[index] ?? 0;
    if (reachedAt === null && total >= limit) reachedAt = starts[index] ?? null;
  }
  const share = Number((total * 10_000n) / limit) / 10_000;
  return {
    window,
    subject,
    spentUsd: picoToUsd(total),
    share,
    requests: count,
    reachedAt,
    requestsAfter,
    unknownCosts,
  };
}
