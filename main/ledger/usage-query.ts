/** Sums over a range: whole hours from the hourly table, the ragged ends from the exchanges themselves. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { UsageGroup, UsageSums } from '../../shared/contract/usage.ts';
import { usageGroupings, type UsageGrouping } from '../../shared/contract/words.ts';
import { picoToUsd } from '../../shared/domain/money.ts';
import { schemaVersion } from './database.ts';
import { daysOf, type Span } from './days.ts';
import type { UsageQuery, UsageSummary } from './ledger.ts';
import { pricedVersion } from './read.ts';
import { hourMs } from './sums.ts';

type Dimension = Exclude<UsageGrouping, 'day'>;

const columnOf: Readonly<Record<Dimension, string>> = {
  model: 'model',
  provider: 'provider',
  key: 'key_id',
  client: 'client',
};

const counted = [
  'requests',
  'errors',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
] as const;
type Counted = (typeof counted)[number];

/** Upstreams may report absurd counts; a sum beyond this could not be read back as a number. */
const largest = Number.MAX_SAFE_INTEGER;

/** Sums while they grow. A month of a team can cost more pico-USD than a number holds exactly. */
interface GrowingSums extends Record<Counted, number> {
  cost: bigint;
  unknownCosts: number;
}

export const emptySummary = (): UsageSummary => ({ groups: [], total: toSums(emptySums()) });

export function readUsage(db: DatabaseSync, query: UsageQuery): UsageSummary {
  const groupBy = usageGroupings.filter((name) => query.group_by.includes(name));
  const dimensions = groupBy.filter((name) => name !== 'day');
  const span = recordedSpan(db, query);
  const groups = new Map<string, { readonly names: Partial<UsageGroup>; readonly sums: GrowingSums }>();
  const total = emptySums();
  const ranges: (Span & { readonly day?: string })[] =
    span === undefined ? [] : groupBy.includes('day') ? daysOf(span, query.timezone) : [span];
  const segments = snap(ranges, rawSince(db));
  const ask = createQuestions(db, dimensions);
  for (const segment of segments) {
    const day = segment.day === undefined ? {} : { day: segment.day };
    for (const row of ask(segment)) {
      const names = { ...day, ...row.names };
      const key = JSON.stringify(names);
      const group = groups.get(key) ?? { names, sums: emptySums() };
      groups.set(key, group);
      add(group.sums, row.sums);
      add(total, row.sums);
    }
  }
  const whole = toSums(total);
  // Without a grouping there is one group, the whole, also when it is empty.
  if (groupBy.length === 0) return { groups: [{ ...whole }], total: whole };
  const named = [...groups.values()].map(({ names, sums }) => ({ ...names, ...toSums(sums) }));
  return { groups: named.sort(byDayThenSize), total: whole };
}

const emptySums = (): GrowingSums => ({
  requests: 0,
  errors: 0,
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  cost: 0n,
  unknownCosts: 0,
});

/** One price that is unknown makes the sum unknown: it would say less than was spent. */
function toSums({ cost, unknownCosts, ...sums }: GrowingSums): UsageSums {
  return { ...sums, cost_usd: unknownCosts > 0 ? null : picoToUsd(cost) };
}

function add(into: GrowingSums, sums: GrowingSums): void {
  for (const name of counted) into[name] = Math.min(largest, into[name] + sums[name]);
  into.cost += sums.cost;
  into.unknownCosts += sums.unknownCosts;
}

function byDayThenSize(a: UsageGroup, b: UsageGroup): number {
  const day = (a.day ?? '').localeCompare(b.day ?? '');
  return day !== 0 ? day : b.requests - a.requests;
}

/** The asked range cut to what was ever recorded; `undefined` when that is nothing. */
function recordedSpan(db: DatabaseSync, { since, until }: UsageQuery): Span | undefined {
  const known = db.prepare('SELECT min(hour) AS first, max(hour) AS last FROM usage_hourly').get();
  if (typeof known?.['first'] !== 'number' || typeof known['last'] !== 'number') return undefined;
  const from = Math.max(since ?? Number.NEGATIVE_INFINITY, known['first'] * hourMs);
  const to = Math.min(until ?? Number.POSITIVE_INFINITY, (known['last'] + 1) * hourMs);
  return from < to ? { from, to } : undefined;
}

/** Before this moment exchanges may have been deleted. */
function rawSince(db: DatabaseSync): number {
  return Number(db.prepare(`SELECT value FROM facts WHERE name = 'raw_since'`).get()?.['value'] ?? 0);
}

interface SumsRow {
  readonly names: Readonly<Partial<Record<Dimension, string | null>>>;
  readonly sums: GrowingSums;
}

const picosInUsd = 1_000_000_000_000n;

/** Dollars and what is left of them apart: together they could be more than SQLite can add up. */
function costColumns(cost: string, unknown: string): string[] {
  return [`sum(${cost} / ${picosInUsd}) AS usd`, `sum(${cost} % ${picosInUsd}) AS pico`, `${unknown} AS unknown_costs`];
}

function createQuestions(db: DatabaseSync, dimensions: readonly Dimension[]): (span: Span) => SumsRow[] {
  const names = dimensions.map((name) => `coalesce(${columnOf[name]}, '') AS ${name}`);
  const grouping = dimensions.length === 0 ? '' : `GROUP BY ${dimensions.map((_, index) => index + 1).join(', ')}`;
  const priced = schemaVersion(db) >= pricedVersion;
  const select = (requests: string, errors: string, unknown: string): string => {
    const sums = counted.map((name) => {
      const column = name === 'requests' ? requests : name === 'errors' ? errors : `sum(${name})`;
      return `min(coalesce(${column}, 0), ${largest}) AS ${name}`;
    });
    // Nothing was priced before there were columns for it.
    const costs = priced ? costColumns('cost', unknown) : costColumns('0', requests);
    return `SELECT ${[...names, ...sums, ...costs].join(', ')}`;
  };
  const hourly = db.prepare(
    `${select('sum(requests)', 'sum(errors)', 'sum(unknown_costs)')} FROM usage_hourly WHERE hour >= ? AND hour < ? ${grouping}`,
  );
  const single = db.prepare(
    `${select('count(*)', 'sum(is_error)', 'count(*) - count(cost)')} FROM exchanges WHERE at >= ? AND at < ? AND outcome <> 'open' ${grouping}`,
  );
  const read = (statement: typeof hourly, ...values: SQLInputValue[]): SumsRow[] =>
    statement.all(...values).map((row) => ({
      names: Object.fromEntries(dimensions.map((name) => [name, row[name] === '' ? null : String(row[name])])),
      sums: {
        ...(Object.fromEntries(counted.map((name) => [name, Number(row[name])])) as Record<Counted, number>),
        cost: BigInt(Number(row['usd'] ?? 0)) * picosInUsd + BigInt(Number(row['pico'] ?? 0)),
        unknownCosts: Number(row['unknown_costs'] ?? 0),
      },
    }));

  return (span) => {
    const { firstHour, endHour, ends } = split(span);
    const rows = firstHour < endHour ? read(hourly, firstHour, endHour) : [];
    return [...rows, ...ends.flatMap(({ from, to }) => read(single, from, to))].filter(({ sums }) => sums.requests > 0);
  };
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

/**
 * Where exchanges may have been deleted only whole hours are known: a boundary there moves to the start of its hour, and
 * the end of the range to the end of its hour. Neighbouring segments move alike, so nothing counts twice.
 */
function snap<Segment extends Span>(segments: readonly Segment[], rawSince: number): Segment[] {
  const hourOf = (moment: number): number => Math.floor(moment / hourMs) * hourMs;
  const down = (moment: number): number => (hourOf(moment) < rawSince ? hourOf(moment) : moment);
  const up = (moment: number): number => (hourOf(moment) < rawSince ? Math.ceil(moment / hourMs) * hourMs : moment);
  return segments.map((segment, index) => ({
    ...segment,
    from: down(segment.from),
    to: index === segments.length - 1 ? up(segment.to) : down(segment.to),
  }));
}
