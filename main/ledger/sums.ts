/** The hourly sums: what outlives the exchanges. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { columns, type Row } from './row.ts';

export const hourMs = 3_600_000;

/** Parts of the sums, in the order of `usage_hourly`. */
const dimensions = ['key_id', 'client', 'provider', 'model'] as const;
const counts = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
] as const;

/** Below the end of 64 bits, some nine million dollars an hour: adding to it never becomes a float. */
const largestCost = '9000000000000000000';

const names = ['requests', 'errors', ...counts, 'cost', 'unknown_costs'] as const;
const into = `INSERT INTO usage_hourly (hour, ${[...dimensions, ...names].join(', ')})`;
const added = (name: string): string =>
  name === 'cost' ? `min(cost + excluded.cost, ${largestCost})` : `${name} + excluded.${name}`;
const upsert = `ON CONFLICT (hour, ${dimensions.join(', ')}) DO UPDATE SET
  ${names.map((name) => `${name} = ${added(name)}`).join(', ')}`;

/** Counts what is still open as interrupted. What it cost nobody knows. */
export function sumInterrupted(db: DatabaseSync): void {
  db.exec(`${into}
    SELECT at / ${hourMs}, ${dimensions.map((name) => `coalesce(${name}, '') AS d_${name}`).join(', ')}, count(*), count(*),
      ${counts.map((name) => `coalesce(sum(${name}), 0)`).join(', ')}, 0, count(*)
    FROM exchanges WHERE outcome = 'open' GROUP BY at / ${hourMs}, ${dimensions.map((name) => `d_${name}`).join(', ')} ${upsert}`);
}

const dimensionIndexes = dimensions.map((name) => columns.indexOf(name));
const countIndexes = counts.map((name) => columns.indexOf(name));
const atIndex = columns.indexOf('at');
const errorIndex = columns.indexOf('is_error');
const costIndex = columns.indexOf('cost');

interface Group {
  readonly dimensions: readonly (string | number)[];
  readonly numbers: number[];
  /** Pico-USD of a batch can be more than a number holds exactly. */
  cost: bigint;
  unknownCosts: number;
}

/** Sums of one batch: requests of a busy hour share a row, which is then written once. */
export class HourlySums {
  readonly #statement: StatementSync;
  readonly #groups = new Map<string, Group>();

  constructor(db: DatabaseSync) {
    const places = Array.from({ length: 1 + dimensions.length + names.length }, () => '?').join(', ');
    this.#statement = db.prepare(`${into} VALUES (${places}) ${upsert}`);
  }

  add(row: Row): void {
    const hour = Math.floor(Number(row[atIndex]) / hourMs);
    const parts = dimensionIndexes.map((index) => text(row[index]));
    const key = JSON.stringify([hour, ...parts]);
    const group = this.#groups.get(key) ?? {
      dimensions: [hour, ...parts],
      numbers: Array.from({ length: 2 + countIndexes.length }, () => 0),
      cost: 0n,
      unknownCosts: 0,
    };
    this.#groups.set(key, group);
    const numbers = [1, Number(row[errorIndex]), ...countIndexes.map((index) => Number(row[index] ?? 0))];
    for (const [index, value] of numbers.entries()) group.numbers[index] = (group.numbers[index] ?? 0) + value;
    const cost = row[costIndex];
    if (typeof cost === 'number') group.cost += BigInt(cost);
    else group.unknownCosts += 1;
  }

  store(): void {
    for (const { dimensions: parts, numbers, cost, unknownCosts } of this.#groups.values())
      this.#statement.run(...parts, ...numbers, cost, unknownCosts);
    this.#groups.clear();
  }

  clear(): void {
    this.#groups.clear();
  }
}

const text = (value: Row[number] | undefined): string => (typeof value === 'string' ? value : '');
