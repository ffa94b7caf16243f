/** What budgets counted by the hour, at the grain of tries: it outlives the exchanges, and seeds a budget that is new. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { columns, splitTarget, type Column, type Row } from './row.ts';
import { hourMs, largestSum } from './sums.ts';

/** Parts of the sums, in the order of `spend_hourly`. */
export const spendDimensions = ['key_id', 'client', 'user', 'team', 'provider', 'model'] as const;

/** What one try adds to. */
export interface Spent {
  /** The hour in which it was sent. */
  readonly hour: number;
  readonly names: readonly string[];
  readonly amount: number;
  /** It was sent, and what it cost is not known. */
  readonly isUnknown: boolean;
}

const index = (column: Column): number => columns.indexOf(column);
const atIndex = index('at');
const attemptsIndex = index('attempts');
const spenderIndexes = (['key_id', 'client', 'user', 'team'] as const).map(index);

/** Of each try of an exchange that may have cost something. */
export function spentOf(row: Row): Spent[] {
  return spentOfAttempts(
    Number(row[atIndex]),
    spenderIndexes.map((place) => textOf(row[place])),
    row[attemptsIndex],
  );
}

/** `attempts`: the JSON text that is kept with the exchange. */
export function spentOfAttempts(at: number, spender: readonly string[], attempts: unknown): Spent[] {
  const spent: Spent[] = [];
  for (const attempt of listOf(attempts)) {
    const amount = numberOf(attempt['counted']) ?? numberOf(attempt['cost']);
    const state = attempt['state'];
    const isUnknown = amount === undefined && (state === 'settled' || state === 'estimated');
    if (!isUnknown && (amount === undefined || amount <= 0)) continue;
    const [provider = '', model = ''] = splitTarget(textOf(attempt['target']));
    const hour = Math.floor((at + (numberOf(attempt['started_ms']) ?? 0)) / hourMs);
    spent.push({ hour, names: [...spender, provider, model], amount: amount ?? 0, isUnknown });
  }
  return spent;
}

function listOf(text: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof text !== 'string' || text === '[]') return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? (list as Readonly<Record<string, unknown>>[]) : [];
  } catch {
    return [];
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

const names = spendDimensions.join(', ');
const upsert = `INSERT INTO spend_hourly (hour, ${names}, amount, unknown)
  VALUES (?, ${spendDimensions.map(() => '?').join(', ')}, ?, ?)
  ON CONFLICT (hour, ${names}) DO UPDATE SET
    amount = min(amount + excluded.amount, ${largestSum}), unknown = unknown + excluded.unknown`;

interface Group {
  readonly hour: number;
  readonly names: readonly string[];
  amount: bigint;
  unknown: number;
}

/** Adds up what tries cost, by hour and names. */
export class SpendGroups {
  readonly groups = new Map<string, Group>();

  add(spent: readonly Spent[]): void {
    for (const { hour, names: parts, amount, isUnknown } of spent) {
      const key = JSON.stringify([hour, ...parts]);
      const group = this.groups.get(key) ?? { hour, names: parts, amount: 0n, unknown: 0 };
      this.groups.set(key, group);
      group.amount += BigInt(amount);
      if (isUnknown) group.unknown += 1;
    }
  }
}

/** Sums of one batch. */
export class SpendSums {
  readonly #statement: StatementSync;
  #sums = new SpendGroups();

  constructor(db: DatabaseSync) {
    this.#statement = db.prepare(upsert);
  }

  add(row: Row): void {
    this.#sums.add(spentOf(row));
  }

  store(): void {
    for (const { hour, names: parts, amount, unknown } of this.#sums.groups.values())
      this.#statement.run(hour, ...parts, amount, unknown);
    this.clear();
  }

  clear(): void {
    this.#sums = new SpendGroups();
  }
}
