/** A budget over its window: what was spent so far, and where the pace of the past days leads. */
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import type { UsageFilter } from '../../../shared/contract/usage.ts';
import { midnight } from './span.ts';

/** Days that a pace is taken from. */
export const paceDays = 7;
/** Of these, the cheapest and the dearest so many make the two paces. */
const extremes = 3;
const dayMs = 86_400_000;

/** Those with a window of days that the ledger can tell the sums of. */
export function chartable(budgets: readonly BudgetEntry[]): readonly BudgetEntry[] {
  const shown = budgets.filter(
    ({ period, scope, since, resets_at }) =>
      (period === 'day' || period === 'week' || period === 'month') &&
      scope !== 'session' &&
      scope !== 'tag' &&
      since !== null &&
      resets_at !== null,
  );
  const weight = ({ scope, period }: BudgetEntry): number =>
    (scope === 'global' ? 0 : 10) + ['month', 'week', 'day'].indexOf(period);
  return shown.toSorted((a, b) => weight(a) - weight(b));
}

/** What `usage.series` is asked for so that it tells what this budget counts. */
export function budgetFilter({ scope, match, subject }: BudgetEntry): UsageFilter {
  const name = subject ?? match;
  if (name === null || scope === 'global' || scope === 'session' || scope === 'tag') return {};
  return { [scope]: name };
}

export interface Pace {
  /** US dollars a day. */
  readonly low: number;
  readonly high: number;
}

/** `days`: what each of the past whole days cost, oldest first. `undefined` where they are too few to say anything. */
export function paceOf(days: readonly number[]): Pace | undefined {
  const past = days.slice(-paceDays);
  if (past.length < extremes) return undefined;
  const sorted = past.toSorted((a, b) => a - b);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { low: mean(sorted.slice(0, extremes)), high: mean(sorted.slice(-extremes)) };
}

export interface Projection {
  readonly low: number;
  readonly high: number;
  /** Of a limit: kept at either pace, broken at either, or only at the higher. */
  readonly verdict: 'within' | 'over' | 'between';
}

export function project(spent: number, pace: Pace, remainingDays: number, limit: number): Projection {
  const [low, high] = [spent + pace.low * remainingDays, spent + pace.high * remainingDays];
  return { low, high, verdict: low > limit ? 'over' : high > limit ? 'between' : 'within' };
}

export interface BudgetWindow {
  readonly since: number;
  readonly until: number;
  readonly limit: number;
  readonly spent: number;
}

export function windowOf({ since, resets_at, limit_usd, raised_usd, spent_usd }: BudgetEntry): BudgetWindow {
  return {
    since: Date.parse(since ?? ''),
    until: Date.parse(resets_at ?? ''),
    limit: Number(limit_usd) + Number(raised_usd),
    spent: Number(spent_usd),
  };
}

/** What is asked for: the window, and the past days where they begin before it. */
export const askedSince = ({ since }: BudgetWindow, now: number): number => Math.min(since, midnight(now, -paceDays));

/** Whole days before the day of `now` that something is recorded of, oldest first. */
export function pastDays(
  days: readonly { readonly at: number; readonly cost: number }[],
  firstAt: number | undefined,
  now: number,
): readonly number[] {
  if (firstAt === undefined) return [];
  const [from, to] = [Math.max(midnight(now, -paceDays), midnight(firstAt)), midnight(now)];
  return days.filter(({ at }) => at >= from && at < to).map(({ cost }) => cost);
}

/** Both edges of the band at each start: from what is spent now to the end. `null` before now. */
export function bandOver(
  ends: readonly number[],
  spent: number,
  pace: Pace,
  now: number,
): { readonly low: readonly (number | null)[]; readonly high: readonly (number | null)[] } {
  const at = (rate: number): readonly (number | null)[] =>
    ends.map((end) => (end < now ? null : spent + (rate * (end - now)) / dayMs));
  return { low: at(pace.low), high: at(pace.high) };
}
