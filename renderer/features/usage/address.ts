/** What Usage shows, as its address says it: range, grouping, measure and filters can all be linked to. */
import type { UsageFilter } from '../../../shared/contract/usage.ts';
import { usageDimensions, type UsageDimension } from '../../../shared/contract/words.ts';

export const ranges = ['today', '7d', '30d', '90d', 'year', 'custom'] as const;
export type Range = (typeof ranges)[number];
export const measures = ['cost', 'tokens', 'requests'] as const;
export type Measure = (typeof measures)[number];
export const limits = [5, 10, 20, 50] as const;
export type Limit = (typeof limits)[number];

export interface UsageAddress {
  readonly range: Range;
  /** Milliseconds since 1970, with `custom` alone. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly by: UsageDimension;
  readonly sub: UsageDimension | undefined;
  readonly measure: Measure;
  readonly cumulative: boolean;
  readonly rank: Measure;
  readonly limit: Limit;
  readonly filter: UsageFilter;
  /** To the first content, or to the end. */
  readonly latency: 'first' | 'total';
  /** Id of the budget that is looked at. */
  readonly budget: string | undefined;
}

/** Reads the address; what is no value is left out. */
export function addressFrom(params: URLSearchParams): UsageAddress {
  const one = <Value extends string>(name: string, values: readonly Value[]): Value | undefined =>
    values.find((value) => value === params.get(name));
  const [since, until] = [momentFrom(params.get('since')), momentFrom(params.get('until'))];
  const measure = one('measure', measures) ?? 'cost';
  const by = one('by', usageDimensions) ?? 'model';
  const sub = one('sub', usageDimensions);
  const isCustom = since !== undefined && until !== undefined && since < until;
  const named = one('range', ranges);
  return {
    range: isCustom ? 'custom' : named === undefined || named === 'custom' ? '30d' : named,
    since: isCustom ? since : undefined,
    until: isCustom ? until : undefined,
    by,
    sub: sub === by ? undefined : sub,
    measure,
    cumulative: params.get('cumulative') === '1',
    rank: one('rank', measures) ?? measure,
    limit: limits.find((value) => String(value) === params.get('limit')) ?? 10,
    filter: filterFrom(params),
    latency: one('latency', ['first', 'total'] as const) ?? 'first',
    budget: params.get('budget')?.slice(0, 512) ?? undefined,
  };
}

function filterFrom(params: URLSearchParams): UsageFilter {
  const found: Partial<Record<UsageDimension, string>> = {};
  for (const name of usageDimensions) {
    const value = params.get(name);
    if (value !== null && value !== '') found[name] = value.slice(0, 512);
  }
  return found;
}

function momentFrom(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export type AddressChange = Readonly<
  Partial<Record<keyof Omit<UsageAddress, 'filter'> | UsageDimension, string | undefined>>
>;

/** The address with values changed; `undefined` takes one out. Another range takes the moments of a custom one out. */
export function withChange(params: URLSearchParams, change: AddressChange): URLSearchParams {
  const next = new URLSearchParams(params);
  if (change.range !== undefined) for (const name of ['since', 'until']) next.delete(name);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined || value === '') next.delete(name);
    else next.set(name, value);
  }
  return next;
}

export function activeFilters(filter: UsageFilter): readonly (readonly [UsageDimension, string])[] {
  return usageDimensions.flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [[name, value] as const];
  });
}

/** The exchanges behind a figure: the same filters and time in Activity. */
export function activityHref(
  filter: UsageFilter,
  span: { readonly since: number; readonly until: number },
  more: Readonly<Record<string, string>> = {},
): string {
  const params = new URLSearchParams([
    ...activeFilters(filter).map(([name, value]) => [name, value]),
    ['since', String(span.since)],
    ['until', String(span.until)],
    ...Object.entries(more),
  ]);
  return `/activity?${params.toString()}`;
}
