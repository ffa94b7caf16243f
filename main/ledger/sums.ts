/** The hourly sums: what outlives the exchanges. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { columns, type Row } from './row.ts';

export const hourMs = 3_600_000;

/** Parts of the sums, in the order of `usage_hourly`. */
const dimensions = ['key_id', 'client', 'user', 'team', 'provider', 'model'] as const;
const counts = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
] as const;

/** Below the end of 64 bits, some nine million dollars an hour: adding to it never becomes a float. */
export const largestSum = '9000000000000000000';

const names = ['requests', 'errors', ...counts, 'cost', 'unknown_costs', 'cached', 'cache_saved'] as const;
const added = (name: string): string =>
  name === 'cost' || name === 'cache_saved'
    ? `min(${name} + excluded.${name}, ${largestSum})`
    : `${name} + excluded.${name}`;
const addAll = `DO UPDATE SET ${names.map((name) => `${name} = ${added(name)}`).join(', ')}`;

const into = `INSERT INTO usage_hourly (hour, ${[...dimensions, ...names].join(', ')})`;
const upsert = `ON CONFLICT (hour, ${dimensions.join(', ')}) ${addAll}`;

/** What `usage_named` has sums of: everything, and each value of one column by itself. */
const kinds = ['all', ...dimensions] as const;
const intoNamed = `INSERT INTO usage_named (kind, name, hour, ${names.join(', ')})`;
const upsertNamed = `ON CONFLICT (kind, name, hour) ${addAll}`;

/** Counts what is still open as interrupted. What it cost nobody knows; the cache did not answer it. */
export function sumInterrupted(db: DatabaseSync): void {
  const sums = [
    'count(*)',
    'count(*)',
    ...counts.map((name) => `coalesce(sum(${name}), 0)`),
    '0',
    'count(*)',
    '0',
    '0',
  ];
  const open = `${sums.join(', ')} FROM exchanges WHERE outcome = 'open'`;
  const hour = `at / ${hourMs}`;
  const parts = dimensions.map((name) => `coalesce(${name}, '')`);
  db.exec(`${into} SELECT ${[hour, ...parts].join(', ')}, ${open} GROUP BY ${[hour, ...parts].join(', ')} ${upsert}`);
  for (const kind of kinds) {
    const name = kind === 'all' ? `''` : `coalesce(${kind}, '')`;
    db.exec(`${intoNamed} SELECT '${kind}', ${name}, ${hour}, ${open} GROUP BY ${name}, ${hour} ${upsertNamed}`);
  }
}

const dimensionIndexes = dimensions.map((name) => columns.indexOf(name));
const countIndexes = counts.map((name) => columns.indexOf(name));
const atIndex = columns.indexOf('at');
const errorIndex = columns.indexOf('is_error');
const costIndex = columns.indexOf('cost');
const cachedIndex = columns.indexOf('cached');
const savedIndex = columns.indexOf('cache_saved');

interface Group {
  readonly hour: number;
  readonly parts: readonly string[];
  /** Of `names` up to the costs. */
  readonly numbers: number[];
  /** Pico-USD of a batch can be more than a number holds exactly. */
  cost: bigint;
  unknownCosts: number;
  cached: number;
  saved: bigint;
}

/** Sums of one batch: requests of a busy hour share a row, which is then written once. */
export class HourlySums {
  readonly #hourly: StatementSync;
  readonly #named: StatementSync;
  readonly #groups = new Map<string, Group>();

  constructor(db: DatabaseSync) {
    const places = (count: number): string => Array.from({ length: count }, () => '?').join(', ');
    this.#hourly = db.prepare(`${into} VALUES (${places(1 + dimensions.length + names.length)}) ${upsert}`);
    this.#named = db.prepare(`${intoNamed} VALUES (${places(3 + names.length)}) ${upsertNamed}`);
  }

  add(row: Row): void {
    const hour = Math.floor(Number(row[atIndex]) / hourMs);
    const parts = dimensionIndexes.map((index) => text(row[index]));
    const cost = row[costIndex];
    const saved = row[savedIndex];
    addTo(this.#groups, {
      hour,
      parts,
      numbers: [1, Number(row[errorIndex]), ...countIndexes.map((index) => Number(row[index] ?? 0))],
      cost: typeof cost === 'number' ? BigInt(cost) : 0n,
      unknownCosts: typeof cost === 'number' ? 0 : 1,
      cached: row[cachedIndex] === 1 ? 1 : 0,
      saved: typeof saved === 'number' ? BigInt(saved) : 0n,
    });
  }

  store(): void {
    const named = new Map<string, Group>();
    for (const group of this.#groups.values()) {
      this.#hourly.run(group.hour, ...group.parts, ...valuesOf(group));
      for (const [index, kind] of kinds.entries())
        addTo(named, { ...group, parts: [kind, index === 0 ? '' : (group.parts[index - 1] ?? '')] });
    }
    for (const group of named.values()) this.#named.run(...group.parts, group.hour, ...valuesOf(group));
    this.#groups.clear();
  }

  clear(): void {
    this.#groups.clear();
  }
}

function addTo(groups: Map<string, Group>, given: Group): void {
  const key = JSON.stringify([given.hour, ...given.parts]);
  const group = groups.get(key);
  if (group === undefined) {
    groups.set(key, { ...given, numbers: [...given.numbers] });
    return;
  }
  for (const [index, value] of given.numbers.entries()) group.numbers[index] = (group.numbers[index] ?? 0) + value;
  group.cost += given.cost;
  group.unknownCosts += given.unknownCosts;
  group.cached += given.cached;
  group.saved += given.saved;
}

/** In the order of `names`. */
function valuesOf({ numbers, cost, unknownCosts, cached, saved }: Group): (number | bigint)[] {
  return [...numbers, cost, unknownCosts, cached, saved];
}

const text = (value: Row[number] | undefined): string => (typeof value === 'string' ? value : '');
