/** Usage over time, as the lines of a graph. */
import type { DatabaseSync } from 'node:sqlite';
import type { UsageLine } from '../../shared/contract/usage.ts';
import { seriesBuckets, type SeriesBucket, type UsageDimension } from '../../shared/contract/words.ts';
import { picoToUsd } from '../../shared/domain/money.ts';
import { daysOf, type Span } from './days.ts';
import type { SeriesQuery, UsageSeries } from './ledger.ts';
import {
  addSums,
  createSums,
  emptySums,
  lessSums,
  rawSince,
  recordedSpan,
  snap,
  type GrowingSums,
  type SumsQuestion,
} from './sums-query.ts';
import { hourMs } from './sums.ts';

export const emptySeries = ({ bucket }: SeriesQuery): UsageSeries => ({ bucket, starts: [], lines: [] });

/** As many as a screen has columns of dots: a day of minutes, two months of hours. */
const maxBuckets = 1_500;
const stepMsOf: Readonly<Record<SeriesBucket, number>> = { minute: 60_000, hour: hourMs, day: 24 * hourMs };

export function readSeries(db: DatabaseSync, query: SeriesQuery): UsageSeries {
  const span = recordedSpan(db, query);
  if (span === undefined) return emptySeries(query);
  const source = bucketsOf(db, query, span);
  const { bucket } = source;
  const others = Object.entries(query.filter ?? {}).some(([name, value]) => value !== undefined && name !== query.by);
  const { by } = query;
  if (by === undefined) return { bucket, starts: source.starts, lines: linesTogether(source, query, []) };
  // Minutes, and what is asked of several names at once, are read all together; hours of one name stand by themselves.
  const lines = bucket === 'minute' || others ? linesTogether(source, query, [by]) : linesApart(db, source, query, by);
  return { bucket, starts: source.starts, lines };
}

/** The parts of a span that figures are told for, in the order of time. */
export interface Buckets extends Source {
  readonly bucket: SeriesBucket;
}

/** As finely as is asked for, or as is possible. */
export function bucketsOf(db: DatabaseSync, query: Pick<SeriesQuery, 'bucket' | 'timezone'>, span: Span): Buckets {
  const bucket = bucketFor(query.bucket, span, rawSince(db));
  const source = bucket === 'day' ? byDay(db, query, span) : byStep(db, span, stepMsOf[bucket]);
  return { bucket, ...source };
}

/** The asked one, or the first coarser one that is possible. */
function bucketFor(asked: SeriesBucket, { from, to }: Span, knownSince: number): SeriesBucket {
  const possible = seriesBuckets.slice(seriesBuckets.indexOf(asked)).filter((bucket) => {
    if (bucket === 'minute' && from < knownSince) return false;
    return (to - from) / stepMsOf[bucket] <= maxBuckets;
  });
  return possible[0] ?? 'day';
}

interface PlacedRow {
  readonly name: string | null;
  /** Index of its bucket. */
  readonly place: number;
  readonly sums: GrowingSums;
}

/** Where the figures of the buckets come from. */
interface Source {
  readonly starts: number[];
  read(question: Omit<SumsQuestion, 'stepMs'>): PlacedRow[];
}

function byStep(db: DatabaseSync, span: Span, stepMs: number): Source {
  const [whole = span] = snap([span], rawSince(db));
  const first = Math.floor(whole.from / stepMs);
  return {
    starts: Array.from({ length: Math.ceil(whole.to / stepMs) - first }, (_, index) => (first + index) * stepMs),
    read: (question) =>
      createSums(db, { ...question, stepMs })(whole).map(({ names, step, sums }) => ({
        name: names[0] ?? null,
        place: step - first,
        sums,
      })),
  };
}

function byDay(db: DatabaseSync, { timezone }: Pick<SeriesQuery, 'timezone'>, span: Span): Source {
  const days = snap(daysOf(span, timezone), rawSince(db));
  return {
    starts: days.map(({ from }) => from),
    read(question) {
      const ask = createSums(db, { ...question, stepMs: undefined });
      return days.flatMap((day, place) => ask(day).map(({ names, sums }) => ({ name: names[0] ?? null, place, sums })));
    },
  };
}

/** Everything is read once, and parted into the largest and the rest. */
function linesTogether(source: Source, query: SeriesQuery, dimensions: readonly UsageDimension[]): UsageLine[] {
  const rows = source.read({ dimensions, filter: query.filter });
  const whole = new Map<string | null, GrowingSums>();
  for (const { name, sums } of rows) {
    const known = whole.get(name) ?? emptySums();
    whole.set(name, known);
    addSums(known, sums);
  }
  const { length } = source.starts;
  const lines = new Map(largest([...whole], query).map((name) => [name, emptyPlaces(length)]));
  const other = emptyPlaces(length);
  let others = 0;
  for (const { name, place, sums } of rows) {
    const line = lines.get(name);
    if (line === undefined) others += 1;
    const at = (line ?? other)[place];
    if (at !== undefined) addSums(at, sums);
  }
  const shown = [...lines].map(([name, places]) => toLine(name, places, false));
  return others === 0 ? shown : [...shown, toLine(null, other, true)];
}

/** The largest are read one by one; the rest is everything less these, however many there are. */
function linesApart(db: DatabaseSync, source: Source, query: SeriesQuery, by: UsageDimension): UsageLine[] {
  const [first = 0] = source.starts;
  const span = recordedSpan(db, query) ?? { from: first, to: first };
  const [whole = span] = snap([span], rawSince(db));
  const rows = createSums(db, { dimensions: [by], filter: query.filter, stepMs: undefined })(whole);
  const sizes = new Map<string | null, GrowingSums>();
  for (const { names, sums } of rows) {
    const name = names[0] ?? null;
    const known = sizes.get(name) ?? emptySums();
    sizes.set(name, known);
    addSums(known, sums);
  }
  const names = largest([...sizes], query);
  const lines = names.map((name) => placed(source, { dimensions: [], filter: { [by]: name } }));
  const shown = lines.map((places, index) => toLine(names[index] ?? null, places, false));
  if (sizes.size <= names.length) return shown;
  const other = placed(source, { dimensions: [], filter: undefined });
  for (const places of lines) for (const [index, sums] of places.entries()) lessSums(other[index] ?? emptySums(), sums);
  return [...shown, toLine(null, other, true)];
}

function placed(source: Source, question: Omit<SumsQuestion, 'stepMs'>): GrowingSums[] {
  const places = emptyPlaces(source.starts.length);
  for (const { place, sums } of source.read(question)) {
    const at = places[place];
    if (at !== undefined) addSums(at, sums);
  }
  return places;
}

const emptyPlaces = (length: number): GrowingSums[] => Array.from({ length }, emptySums);

/** Names by their size, as many as are asked for. */
function largest(
  sizes: readonly (readonly [string | null, GrowingSums])[],
  { rank, top }: SeriesQuery,
): (string | null)[] {
  return [...sizes]
    .sort(([, a], [, b]) => compare(sizeOf(b, rank), sizeOf(a, rank)))
    .slice(0, top)
    .map(([name]) => name);
}

function sizeOf(sums: GrowingSums, rank: SeriesQuery['rank']): bigint {
  if (rank === 'cost') return sums.cost;
  if (rank === 'requests') return BigInt(sums.requests);
  return BigInt(sums.input_tokens + sums.output_tokens + sums.cache_read_tokens + sums.cache_write_tokens);
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

function toLine(name: string | null, places: readonly GrowingSums[], other: boolean): UsageLine {
  return {
    name,
    other,
    requests: places.map((sums) => sums.requests),
    errors: places.map((sums) => sums.errors),
    input_tokens: places.map((sums) => sums.input_tokens),
    output_tokens: places.map((sums) => sums.output_tokens),
    cache_read_tokens: places.map((sums) => sums.cache_read_tokens),
    cache_write_tokens: places.map((sums) => sums.cache_write_tokens),
    known_cost_usd: places.map((sums) => picoToUsd(sums.cost)),
    unknown_costs: places.map((sums) => sums.unknown_costs),
  };
}
