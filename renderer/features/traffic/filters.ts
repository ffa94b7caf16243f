/** What Activity shows, as its address says it: every filter, the time and what is open can be linked to. */
import { outcomes, type Outcome } from '../../../shared/contract/words.ts';
import type { TrafficFilter } from '../../../shared/contract/traffic.ts';

export const ranges = ['1h', '24h', '7d', '30d', 'all', 'custom'] as const;
export type Range = (typeof ranges)[number];

export interface ActivityQuery {
  readonly view: 'requests' | 'sessions';
  readonly filter: TrafficFilter;
  readonly range: Range;
  /** Milliseconds since 1970, with `custom` alone. */
  readonly since: number | undefined;
  readonly until: number | undefined;
}

/** Changes the address; `undefined` takes a value out. */
export type SetParams = (changes: Readonly<Record<string, string | undefined>>) => void;

export interface TimeSpan {
  readonly since?: number;
  readonly until?: number;
}

const texts = [
  ...(['key', 'client', 'user', 'team', 'session', 'model', 'provider'] as const),
  ...(['target', 'error', 'rule', 'firewall', 'q'] as const),
] as const;
const flags = ['masked', 'stream', 'cached', 'losses'] as const;
/** Names in the address, in the order they are shown. */
export const filterNames = [
  ...texts.filter((name) => name !== 'q'),
  ...(['status', 'outcome'] as const),
  ...flags,
  ...(['min_cost_usd', 'min_duration_ms'] as const),
  'q',
] as const;
export type FilterName = (typeof filterNames)[number];

const maxText = 512;
const maxSearch = 200;
const rangeMs: Readonly<Partial<Record<Range, number>>> = {
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 7 * 86_400_000,
  '30d': 30 * 86_400_000,
};

/** Reads the address; what is no value of its filter is left out rather than asked for. */
export function queryFrom(params: URLSearchParams): ActivityQuery {
  const [since, until] = [momentFrom(params.get('since')), momentFrom(params.get('until'))];
  const named = ranges.find((one) => one === params.get('range'));
  const isCustom = since !== undefined || until !== undefined || named === 'custom';
  return {
    view: params.get('view') === 'sessions' ? 'sessions' : 'requests',
    filter: filterFrom(params),
    range: isCustom ? 'custom' : (named ?? 'all'),
    since,
    until,
  };
}

function filterFrom(params: URLSearchParams): TrafficFilter {
  const found: Partial<Record<FilterName, unknown>> = {};
  for (const name of filterNames) {
    const value = valueOf(name, params.get(name)?.trim() ?? '');
    if (value !== undefined) found[name] = value;
  }
  return found as TrafficFilter;
}

/** The value of a filter as text writes it; `undefined` where it is none. */
export function valueOf(name: FilterName, text: string): string | number | boolean | undefined {
  if (text === '') return undefined;
  if (flags.some((flag) => flag === name)) return text === 'true' ? true : text === 'false' ? false : undefined;
  if (name === 'status') return /^[1-5]xx$/.test(text) ? text : /^[1-9]\d\d$/.test(text) ? Number(text) : undefined;
  if (name === 'outcome') return outcomes.find((one): one is Outcome => one === text);
  if (name === 'min_cost_usd') return /^\d{1,9}(\.\d{1,12})?$/.test(text) ? text : undefined;
  if (name === 'min_duration_ms') return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
  return text.slice(0, name === 'q' ? maxSearch : maxText);
}

function momentFrom(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** The address with values changed; `undefined` takes one out. */
export function withParams(
  params: URLSearchParams,
  changes: Readonly<Record<string, string | undefined>>,
): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') next.delete(name);
    else next.set(name, value);
  }
  return next;
}

/** Takes every filter away and asks for all times; what is open stays. */
export const noFilters: Readonly<Record<string, undefined>> = Object.fromEntries(
  [...filterNames, 'since', 'until', 'range'].map((name) => [name, undefined]),
);

/** Filters that are on, in the order they are shown. */
export function activeFilters({ filter }: ActivityQuery): readonly (readonly [FilterName, string])[] {
  return filterNames.flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
}

/** From when to when is asked for, at the moment `now`. */
export function spanOf({ range, since, until }: ActivityQuery, now: number): TimeSpan {
  const length = rangeMs[range];
  if (length !== undefined) return { since: now - length };
  if (range !== 'custom') return {};
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}
