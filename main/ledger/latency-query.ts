/** How long answers took, over time: percentiles for each provider or model. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { LatencyLine } from '../../shared/contract/usage.ts';
import { usageDimensions } from '../../shared/contract/words.ts';
import { schemaVersion } from './database.ts';
import type { Span } from './days.ts';
import type { LatencyQuery, UsageLatency } from './ledger.ts';
import { pricedVersion } from './read.ts';
import { indexedVersion } from './search.ts';
import { bucketsOf } from './series-query.ts';
import { columnOf, recordedSpan } from './sums-query.ts';

export const emptyLatency = ({ bucket }: LatencyQuery): UsageLatency => ({
  bucket,
  starts: [],
  lines: [],
  sampled: false,
});

/** Their rows must be fetched, since no index holds the time to the first content: some three hundred milliseconds. */
const maxAnswers = 200_000;

/**
 * Of complete answers of providers: what came from the cache took nobody's time. Percentiles are times that were measured
 * (nearest rank). The newest are looked at where there are too many.
 */
export function readLatency(db: DatabaseSync, query: LatencyQuery, limit: number = maxAnswers): UsageLatency {
  const span = recordedSpan(db, query);
  if (span === undefined) return emptyLatency(query);
  const { bucket, starts } = bucketsOf(db, query, span);
  const times = new Map<string | null, Times[]>();
  let place = starts.length - 1;
  let count = 0;
  for (const [at, ttft, total, name] of answersOf(db, query, span, limit + 1)) {
    if ((count += 1) > limit) break;
    while (place > 0 && Number(at) < (starts[place] ?? 0)) place -= 1;
    const key = typeof name === 'string' ? name : null;
    let places = times.get(key);
    if (places === undefined) times.set(key, (places = []));
    const here = (places[place] ??= { ttft: [], total: [] });
    if (typeof ttft === 'number') here.ttft.push(ttft);
    here.total.push(Number(total));
  }
  return { bucket, starts, lines: linesOf(times, starts.length, query.top), sampled: count > limit };
}

/** What was measured in one bucket. */
interface Times {
  readonly ttft: number[];
  readonly total: number[];
}

/** Moment, time to the first content, time to the end and name of each, the newest first. */
function answersOf(
  db: DatabaseSync,
  { by, filter = {} }: LatencyQuery,
  { from, to }: Span,
  limit: number,
): Iterable<readonly SQLOutputValue[]> {
  const version = schemaVersion(db);
  const asked = usageDimensions.flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [{ column: columnOf(name, version), value }];
  });
  const statement = db.prepare(
    `SELECT at, ttft_ms, duration_ms, ${columnOf(by, version)} FROM exchanges
    ${version >= indexedVersion ? 'INDEXED BY exchanges_log' : ''}
    WHERE at >= ? AND at < ? AND outcome = 'complete' AND is_error = 0 AND duration_ms IS NOT NULL
    ${version < pricedVersion ? '' : 'AND cached = 0'}${asked.map(({ column }) => ` AND ${column} = ?`).join('')}
    ORDER BY at DESC LIMIT ?`,
  );
  statement.setReturnArrays(true);
  const rows = statement.iterate(from, to, ...asked.map(({ value }) => value), limit);
  return rows as unknown as Iterable<readonly SQLOutputValue[]>;
}

function linesOf(times: ReadonlyMap<string | null, readonly Times[]>, length: number, top: number): LatencyLine[] {
  const sizeOf = (places: readonly Times[]): number => places.reduce((sum, { total }) => sum + total.length, 0);
  const sorted = [...times].map(([name, places]) => ({ name, places, size: sizeOf(places.filter(isThere)) }));
  sorted.sort((a, b) => b.size - a.size);
  const named = sorted.filter(({ name }) => name !== null).slice(0, top);
  const others = sorted.filter((one) => !named.includes(one)).map(({ places }) => places);
  const lines = named.map(({ name, places }) => toLine(name, places, length));
  return others.length === 0 ? lines : [...lines, toLine(null, together(others, length), length)];
}

/** Lists of buckets have holes where nothing was. */
const isThere = (times: Times | undefined): times is Times => times !== undefined;

function together(all: readonly (readonly Times[])[], length: number): Times[] {
  return Array.from({ length }, (_, place) => {
    const here = all.map((places) => places[place]).filter(isThere);
    return { ttft: here.flatMap(({ ttft }) => ttft), total: here.flatMap(({ total }) => total) };
  });
}

function toLine(name: string | null, places: readonly Times[], length: number): LatencyLine {
  const none: Times = { ttft: [], total: [] };
  const whole = Array.from({ length }, (_, place) => places[place] ?? none);
  const ttft = whole.map((times) => inOrder(times.ttft));
  const total = whole.map((times) => inOrder(times.total));
  return {
    name,
    requests: total.map((sorted) => sorted.length),
    ttft_p50_ms: ttft.map((sorted) => percentile(sorted, 50)),
    ttft_p95_ms: ttft.map((sorted) => percentile(sorted, 95)),
    total_p50_ms: total.map((sorted) => percentile(sorted, 50)),
    total_p95_ms: total.map((sorted) => percentile(sorted, 95)),
  };
}

const inOrder = (times: readonly number[]): Float64Array => Float64Array.from(times).sort();

/** Nearest rank: the smallest that so many of a hundred are not above. */
function percentile(sorted: Float64Array, share: number): number | null {
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)] ?? null;
}
