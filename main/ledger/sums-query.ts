/** Sums over spans of time, exact to the millisecond: whole hours from the hourly table, the ragged ends from the exchanges. */
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { usageDimensions, type UsageDimension } from '../../shared/contract/words.ts';
import { schemaVersion } from './database.ts';
import type { Span } from './days.ts';
import { indexedVersion } from './search.ts';
import { hourMs } from './sums.ts';

/** The schema version that costs came with. */
const pricedVersion = 2;

const columns: Readonly<Record<UsageDimension, string>> = {
  model: 'model',
  provider: 'provider',
  key: 'key_id',
  client: 'client',
  user: 'user',
  team: 'team',
};
/** Nobody was noted in them before they were columns. */
const later: ReadonlySet<UsageDimension> = new Set(['user', 'team']);

/** The column of exchanges and hours that it stands in, or an empty text in a file that had none. */
export function columnOf(name: UsageDimension, version: number): string {
  return later.has(name) && version < indexedVersion ? `''` : columns[name];
}

const counted = [
  'requests',
  'errors',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'unknown_costs',
  'cached',
] as const;
export type Counted = (typeof counted)[number];

/** Sums while they grow. A month of a team can cost more pico-USD than a number holds exactly. */
export interface GrowingSums extends Record<Counted, number> {
  cost: bigint;
  saved: bigint;
}

/** Upstreams may report absurd counts; a sum beyond this could not be read back as a number. */
const largest = Number.MAX_SAFE_INTEGER;

export function emptySums(): GrowingSums {
  return {
    requests: 0,
    errors: 0,
    input_tokens: 0,
    output_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    unknown_costs: 0,
    cached: 0,
    cost: 0n,
    saved: 0n,
  };
}

export function addSums(into: GrowingSums, sums: GrowingSums): void {
  for (const name of counted) into[name] = Math.min(largest, into[name] + sums[name]);
  if (sums.cost !== 0n) into.cost += sums.cost;
  if (sums.saved !== 0n) into.saved += sums.saved;
}

/** Takes away what was added. */
export function lessSums(from: GrowingSums, sums: GrowingSums): void {
  for (const name of counted) from[name] = Math.max(0, from[name] - sums[name]);
  from.cost -= sums.cost;
  from.saved -= sums.saved;
}

/** One group of a span. */
export interface SumsRow {
  /** In the order they were asked for; `null` where there is no such thing. */
  readonly names: readonly (string | null)[];
  /** Which step of time it is, counted from 1970; 0 when steps were not asked for. */
  readonly step: number;
  readonly sums: GrowingSums;
}

export interface SumsQuestion {
  readonly dimensions: readonly UsageDimension[];
  /** Only of these names; `null` is what has none. */
  readonly filter: Readonly<Partial<Record<UsageDimension, string | null | undefined>>> | undefined;
  /** Groups by whole steps of time as well; finer than an hour, everything is read from the exchanges. */
  readonly stepMs: number | undefined;
}

/** The asked range cut to what was ever recorded; `undefined` when that is nothing. */
export function recordedSpan(
  db: DatabaseSync,
  { since, until }: { readonly since?: number | undefined; readonly until?: number | undefined },
): Span | undefined {
  const edge = (order: 'ASC' | 'DESC'): unknown =>
    db.prepare(`SELECT hour FROM usage_hourly ORDER BY hour ${order} LIMIT 1`).get()?.['hour'];
  const [first, last] = [edge('ASC'), edge('DESC')];
  if (typeof first !== 'number' || typeof last !== 'number') return undefined;
  const from = Math.max(since ?? Number.NEGATIVE_INFINITY, first * hourMs);
  const to = Math.min(until ?? Number.POSITIVE_INFINITY, (last + 1) * hourMs);
  return from < to ? { from, to } : undefined;
}

/** Before this moment exchanges may have been deleted. */
export function rawSince(db: DatabaseSync): number {
  return Number(db.prepare(`SELECT value FROM facts WHERE name = 'raw_since'`).get()?.['value'] ?? 0);
}

/**
 * Where exchanges may have been deleted only whole hours are known: a boundary there moves to the start of its hour, and
 * the end of the range to the end of its hour. Neighbouring segments move alike, so nothing counts twice.
 */
export function snap<Segment extends Span>(segments: readonly Segment[], knownSince: number): Segment[] {
  const hourOf = (moment: number): number => Math.floor(moment / hourMs) * hourMs;
  const down = (moment: number): number => (hourOf(moment) < knownSince ? hourOf(moment) : moment);
  const up = (moment: number): number => (hourOf(moment) < knownSince ? Math.ceil(moment / hourMs) * hourMs : moment);
  return segments.map((segment, index) => ({
    ...segment,
    from: down(segment.from),
    to: index === segments.length - 1 ? up(segment.to) : down(segment.to),
  }));
}

/**
 * The statements of a question, for one span after the other. Of hours, the sums of everything and those by one name stand
 * together by themselves; only what is asked of several names at once is added up from all there is.
 */
export function createSums(db: DatabaseSync, question: SumsQuestion): (span: Span) => SumsRow[] {
  const version = schemaVersion(db);
  const ends = createSingle(db, question, version);
  if (question.stepMs !== undefined && question.stepMs < hourMs) return ends;
  const filtered = usageDimensions.filter((name) => question.filter?.[name] !== undefined);
  const touched = [...new Set([...question.dimensions, ...filtered])];
  const hours =
    version >= indexedVersion && touched.length <= 1
      ? createNamed(db, question, touched[0])
      : createHourly(db, question, version);
  return (span) => {
    const parts = split(span);
    const whole = parts.firstHour < parts.endHour ? hours(parts.firstHour, parts.endHour) : [];
    return parts.ends.length === 0 ? whole : [...whole, ...parts.ends.flatMap(ends)];
  };
}

/** A row as a list: sums, then the step where one is asked for, then names. There may be many, so none is made an object of. */
type Values = readonly SQLOutputValue[];

/** In the order of `sumColumns`. */
export const sumCount = 12;

function prepare(db: DatabaseSync, sql: string): (...values: SQLInputValue[]) => Values[] {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return (...values) => {
    const rows = statement.all(...values) as unknown as Values[];
    // Without a grouping there is a row also where nothing was.
    return rows.length === 1 && rows[0]?.[0] === 0 ? [] : rows;
  };
}

function toRow(row: Values, hasStep: boolean, dimensions: number): SumsRow {
  const namesAt = hasStep ? sumCount + 1 : sumCount;
  const names: (string | null)[] = [];
  for (let index = 0; index < dimensions; index += 1) {
    const name = row[namesAt + index];
    names.push(name === '' ? null : String(name));
  }
  return { names, step: hasStep ? Number(row[sumCount]) : 0, sums: sumsOf(row) };
}

/** From `usage_named`, name by name: each is read from end to end and nothing need be sorted. */
function createNamed(
  db: DatabaseSync,
  { dimensions, filter, stepMs }: SumsQuestion,
  by: UsageDimension | undefined,
): (firstHour: number, endHour: number) => SumsRow[] {
  const kind = by === undefined ? 'all' : columns[by];
  const only = by === undefined ? '' : filter?.[by];
  const known = only === undefined ? namesOf(db, kind) : [only ?? ''];
  const hasStep = stepMs !== undefined;
  const step = hasStep ? [`hour / ${Math.round(stepMs / hourMs)}`] : [];
  const ask = prepare(
    db,
    `SELECT ${[...sumColumns(hourlyParts(indexedVersion)), ...step].join(', ')} FROM usage_named
    WHERE kind = ? AND name = ? AND hour >= ? AND hour < ?${hasStep ? ` GROUP BY ${sumCount + 1}` : ''}`,
  );
  const named = (name: string): SumsRow['names'] => (dimensions.length === 0 ? [] : [name === '' ? null : name]);
  return (firstHour, endHour) =>
    known.flatMap((name) =>
      ask(kind, name, firstHour, endHour).map((row) => ({ ...toRow(row, hasStep, 0), names: named(name) })),
    );
}

/** Each name once, without looking at every hour of it. */
function namesOf(db: DatabaseSync, kind: string): string[] {
  const rows = db
    .prepare(
      `WITH RECURSIVE known(name) AS (
        SELECT min(name) FROM usage_named WHERE kind = :kind
        UNION ALL
        SELECT (SELECT min(name) FROM usage_named WHERE kind = :kind AND name > known.name) FROM known WHERE name IS NOT NULL
      ) SELECT name FROM known WHERE name IS NOT NULL`,
    )
    .all({ kind });
  return rows.map(({ name }) => String(name));
}

function createHourly(
  db: DatabaseSync,
  question: SumsQuestion,
  version: number,
): (firstHour: number, endHour: number) => SumsRow[] {
  const { names, conditions, values, grouping } = groupsOf(question, version, (column) => column);
  const hasStep = question.stepMs !== undefined;
  const step = hasStep ? [`hour / ${Math.round(question.stepMs / hourMs)}`] : [];
  const ask = prepare(
    db,
    `SELECT ${[...sumColumns(hourlyParts(version)), ...step, ...names].join(', ')} FROM usage_hourly
    WHERE hour >= ? AND hour < ?${conditions} ${grouping}`,
  );
  return (firstHour, endHour) => ask(firstHour, endHour, ...values).map((row) => toRow(row, hasStep, names.length));
}

function createSingle(db: DatabaseSync, question: SumsQuestion, version: number): (span: Span) => SumsRow[] {
  const { names, conditions, values, grouping } = groupsOf(question, version, (column) => `coalesce(${column}, '')`);
  const hasStep = question.stepMs !== undefined;
  const step = hasStep ? [`at / ${question.stepMs}`] : [];
  const ask = prepare(
    db,
    `SELECT ${[...sumColumns(singleParts(version)), ...step, ...names].join(', ')}
    FROM exchanges ${version >= indexedVersion ? 'INDEXED BY exchanges_log' : ''}
    WHERE at >= ? AND at < ? AND outcome <> 'open'${conditions} ${grouping}`,
  );
  return ({ from, to }) => ask(from, to, ...values).map((row) => toRow(row, hasStep, names.length));
}

/** What is grouped by, and what must hold; `told` makes of a column what has no NULL. */
function groupsOf(
  { dimensions, filter = {}, stepMs }: SumsQuestion,
  version: number,
  told: (column: string) => string,
): {
  readonly names: string[];
  readonly conditions: string;
  readonly values: SQLInputValue[];
  readonly grouping: string;
} {
  const column = (name: UsageDimension): string => told(columnOf(name, version));
  const names = dimensions.map(column);
  const filtered = usageDimensions.filter((name) => filter[name] !== undefined);
  const count = names.length + (stepMs === undefined ? 0 : 1);
  return {
    names,
    conditions: filtered.map((name) => ` AND ${column(name)} = ?`).join(''),
    values: filtered.map((name) => filter[name] ?? ''),
    grouping:
      count === 0 ? '' : `GROUP BY ${Array.from({ length: count }, (_, index) => sumCount + 1 + index).join(', ')}`,
  };
}

/** Of a row that begins with `singleSums`. */
export function sumsOf(row: Values): GrowingSums {
  return {
    requests: Number(row[0]),
    errors: Number(row[1]),
    input_tokens: Number(row[2]),
    output_tokens: Number(row[3]),
    cache_read_tokens: Number(row[4]),
    cache_write_tokens: Number(row[5]),
    unknown_costs: Number(row[6]),
    cached: Number(row[7]),
    cost: picoOf(Number(row[8]), Number(row[9])),
    saved: picoOf(Number(row[10]), Number(row[11])),
  };
}

const picosInUsd = 1_000_000_000_000n;

function picoOf(usd: number, pico: number): bigint {
  if (usd === 0) return pico === 0 ? 0n : BigInt(pico);
  return BigInt(usd) * picosInUsd + BigInt(pico);
}

/** What a sum is made of. */
interface Parts {
  readonly requests: string;
  readonly errors: string;
  readonly cost: string;
  readonly unknown: string;
  readonly cached: string;
  readonly saved: string;
}

/** Nothing was priced, and nothing counted as saved, before there were columns for it. */
function hourlyParts(version: number): Parts {
  const priced = version >= pricedVersion;
  const indexed = version >= indexedVersion;
  return {
    requests: 'sum(requests)',
    errors: 'sum(errors)',
    cost: priced ? 'cost' : '0',
    unknown: priced ? 'sum(unknown_costs)' : 'sum(requests)',
    cached: indexed ? 'sum(cached)' : '0',
    saved: indexed ? 'cache_saved' : '0',
  };
}

/** What sums of single exchanges are asked with: so many columns as `sumCount` says. */
export const singleSums = (version: number): string[] => sumColumns(singleParts(version));

function singleParts(version: number): Parts {
  const priced = version >= pricedVersion;
  return {
    requests: 'count(*)',
    errors: 'sum(is_error)',
    cost: priced ? 'cost' : '0',
    unknown: priced ? 'count(*) - count(cost)' : 'count(*)',
    // As in the hours of before.
    cached: version >= indexedVersion ? 'sum(cached)' : '0',
    saved: version >= indexedVersion ? 'cache_saved' : '0',
  };
}

/** Dollars and what is left of them apart: together they could be more than SQLite can add up. */
function sumColumns(parts: Parts): string[] {
  const bounded = (sum: string): string => `min(coalesce(${sum}, 0), ${largest})`;
  const money = (column: string): string[] => [
    `coalesce(sum(${column} / ${picosInUsd}), 0)`,
    `coalesce(sum(${column} % ${picosInUsd}), 0)`,
  ];
  return [
    bounded(parts.requests),
    bounded(parts.errors),
    ...['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens'].map((name) =>
      bounded(`sum(${name})`),
    ),
    bounded(parts.unknown),
    bounded(parts.cached),
    ...money(parts.cost),
    ...money(parts.saved),
  ];
}

/** Whole hours, and what is left at both ends. */
function split({ from, to }: Span): { firstHour: number; endHour: number; ends: Span[] } {
  const firstHour = Math.ceil(from / hourMs);
  const endHour = Math.floor(to / hourMs);
  if (firstHour > endHour) return { firstHour: 0, endHour: 0, ends: [{ from, to }] };
  const ends = [
    { from, to: firstHour * hourMs },
    { from: endHour * hourMs, to },
  ];
  return { firstHour, endHour, ends: ends.filter((end) => end.from < end.to) };
}
