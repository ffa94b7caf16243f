/** The sentences under the titles of charts: the total, the largest, what rose. Only what is known is said. */
import type { Text } from '../../text/text.ts';
import type { Measure } from './address.ts';
import type { Projection } from './budget.ts';

export function measured({ t, money, compact }: Text, value: number, measure: Measure): string {
  if (measure === 'cost') return money(String(value));
  return t(measure === 'tokens' ? 'usage.n.tokens' : 'usage.n.requests', { count: compact(value) });
}

export interface TrendFacts {
  readonly measure: Measure;
  readonly total: number;
  /** Some of it has no known price. */
  readonly isLeast: boolean;
  /** Against the range before. */
  readonly change: number | null;
  readonly largest: { readonly name: string; readonly share: number } | undefined;
  readonly rose: { readonly name: string; readonly by: number } | undefined;
}

export function trendSummary(text: Text, { measure, total, isLeast, change, largest, rose }: TrendFacts): string {
  const { t, percent } = text;
  if (total === 0 && !isLeast) return t(measure === 'cost' ? 'usage.say.free' : 'usage.say.nothing');
  const said = [t(isLeast ? 'usage.say.least' : 'usage.say.total', { total: measured(text, total, measure) })];
  if (change !== null) {
    const size = percent(Math.abs(change));
    const how = Math.abs(change) < 0.005 ? 'same' : change > 0 ? 'more' : 'less';
    said.push(t(`usage.say.${how}`, { change: size }));
  }
  if (largest !== undefined) said.push(t('usage.say.largest', { name: largest.name, share: percent(largest.share) }));
  if (rose !== undefined) said.push(t('usage.say.rose', { name: rose.name, amount: measured(text, rose.by, measure) }));
  return said.join(' ');
}

export interface ErrorFacts {
  readonly requests: number;
  readonly errors: number;
  readonly worst: { readonly when: string; readonly rate: number } | undefined;
}

export function errorSummary({ t, count, percent }: Text, { requests, errors, worst }: ErrorFacts): string {
  if (requests === 0) return t('usage.say.nothing');
  if (errors === 0) return t('usage.say.noErrors', { requests: count(requests) });
  const rate = percent(errors / requests, 1);
  const all = t('usage.say.errors', { errors: count(errors), requests: count(requests), rate });
  return worst === undefined
    ? all
    : `${all} ${t('usage.say.worst', { when: worst.when, rate: percent(worst.rate, 1) })}`;
}

export interface LatencyFact {
  readonly name: string;
  readonly p50: number;
  readonly p95: number | null;
}

export function latencySummary({ t, duration }: Text, facts: readonly LatencyFact[]): string {
  const [fastest, ...rest] = facts.toSorted((a, b) => a.p50 - b.p50);
  if (fastest === undefined) return t('usage.latency.none');
  const slowest = rest.at(-1);
  if (slowest === undefined)
    return t('usage.say.latency', { name: fastest.name, p50: duration(fastest.p50), p95: duration(fastest.p95) });
  return [
    t('usage.say.fastest', { name: fastest.name, p50: duration(fastest.p50) }),
    t('usage.say.slowest', { name: slowest.name, p50: duration(slowest.p50) }),
  ].join(' ');
}

export interface YearFacts {
  readonly requests: number;
  readonly days: number;
  readonly most: { readonly at: number; readonly count: number } | undefined;
}

export function yearSummary({ t, count, date }: Text, { requests, days, most }: YearFacts): string {
  const all = t('usage.say.year', { requests: count(requests), days });
  if (most === undefined) return all;
  return `${all} ${t('usage.say.yearMost', { date: date(most.at), count: count(most.count) })}`;
}

export interface BudgetFacts {
  readonly spent: number;
  readonly limit: number;
  readonly until: number;
  /** Days the pace is taken from. */
  readonly days: number;
  readonly projection: Projection | undefined;
}

export function budgetSummary({ t, money, percent, date }: Text, facts: BudgetFacts): string {
  const { spent, limit, until, days, projection } = facts;
  const share = percent(limit === 0 ? null : spent / limit);
  // The window ends with the last moment before it is reset.
  const end = date(until - 1);
  const now = t('usage.say.budget', { spent: money(String(spent)), limit: money(String(limit)), share, date: end });
  if (projection === undefined) return `${now} ${t('usage.say.noPace')}`;
  const { low, high, verdict } = projection;
  const pace = t('usage.say.pace', { days, low: money(String(low)), high: money(String(high)) });
  return `${now} ${pace} ${t(`usage.say.${verdict}`)}`;
}
