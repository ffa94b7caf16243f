/** What the one writer does: exchanges with their hourly sums, what a crash left open, retention. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { columns, type Row } from './row.ts';
import type { LedgerSettings } from './ledger.ts';

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

const upsertSums = `ON CONFLICT (hour, ${dimensions.join(', ')}) DO UPDATE SET
  requests = requests + excluded.requests, errors = errors + excluded.errors,
  ${counts.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`;

export interface Writer {
  /** One transaction. An exchange that is closed already is left as it is, so the same batch may come twice. */
  write(opens: readonly Row[], closes: readonly Row[]): void;
  /** Marks what is still open as interrupted and counts it; for the start, before anything is written. */
  closeInterrupted(): number;
  /** Deletes one batch of what is too old or too much; `true` when there is more. */
  retain(settings: LedgerSettings, now: number): boolean;
}

export function createWriter(db: DatabaseSync): Writer {
  const insert = `INSERT INTO exchanges (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
  const openRow = db.prepare(`${insert} ON CONFLICT (request_id) DO NOTHING`);
  const closeRow = db.prepare(`${insert} ON CONFLICT (request_id) DO UPDATE SET
    ${columns
      .slice(1)
      .map((name) => `${name} = excluded.${name}`)
      .join(', ')} WHERE exchanges.outcome = 'open'`);
  const addSums =
    db.prepare(`INSERT INTO usage_hourly (hour, ${dimensions.join(', ')}, requests, errors, ${counts.join(', ')})
    VALUES (${Array.from({ length: 3 + dimensions.length + counts.length }, () => '?').join(', ')}) ${upsertSums}`);
  const sums = new Sums(addSums);

  return {
    write(opens, closes) {
      inTransaction(db, () => {
        for (const row of opens) openRow.run(...row);
        for (const row of closes) if (closeRow.run(...row).changes === 1) sums.add(row);
        sums.store();
      });
    },
    closeInterrupted() {
      let marked = 0;
      inTransaction(db, () => {
        db.exec(`INSERT INTO usage_hourly (hour, ${dimensions.join(', ')}, requests, errors, ${counts.join(', ')})
          SELECT at / ${hourMs}, ${dimensions.map((name) => `coalesce(${name}, '') AS d_${name}`).join(', ')}, count(*), count(*),
            ${counts.map((name) => `coalesce(sum(${name}), 0)`).join(', ')}
          FROM exchanges WHERE outcome = 'open' GROUP BY at / ${hourMs}, ${dimensions.map((name) => `d_${name}`).join(', ')} ${upsertSums}`);
        const { changes } = db
          .prepare(`UPDATE exchanges SET outcome = 'interrupted', is_error = 1 WHERE outcome = 'open'`)
          .run();
        marked = Number(changes);
      });
      return marked;
    },
    retain: (settings, now) => retain(db, settings, now),
  };
}

const dimensionIndexes = dimensions.map((name) => columns.indexOf(name));
const countIndexes = counts.map((name) => columns.indexOf(name));
const atIndex = columns.indexOf('at');
const errorIndex = columns.indexOf('is_error');

/** Sums of one batch: requests of a busy hour share a row, which is then written once. */
class Sums {
  readonly #statement: StatementSync;
  readonly #groups = new Map<string, { readonly dimensions: (string | number)[]; readonly numbers: number[] }>();

  constructor(statement: StatementSync) {
    this.#statement = statement;
  }

  add(row: Row): void {
    const hour = Math.floor(Number(row[atIndex]) / hourMs);
    const names = dimensionIndexes.map((index) => text(row[index]));
    const key = JSON.stringify([hour, ...names]);
    const group = this.#groups.get(key) ?? {
      dimensions: [hour, ...names],
      numbers: Array.from({ length: 2 + countIndexes.length }, () => 0),
    };
    this.#groups.set(key, group);
    const numbers = [1, Number(row[errorIndex]), ...countIndexes.map((index) => Number(row[index] ?? 0))];
    for (const [index, value] of numbers.entries()) group.numbers[index] = (group.numbers[index] ?? 0) + value;
  }

  store(): void {
    try {
      for (const group of this.#groups.values()) this.#statement.run(...group.dimensions, ...group.numbers);
    } finally {
      this.#groups.clear();
    }
  }
}

const text = (value: Row[number] | undefined): string => (typeof value === 'string' ? value : '');

function inTransaction(db: DatabaseSync, work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Small enough that a write waits for a few milliseconds at most. */
const retentionBatch = 500;

function retain(db: DatabaseSync, settings: LedgerSettings, now: number): boolean {
  const cutoff = now - settings.retentionDays * 86_400_000;
  const tooOld = deleteOldest(db, cutoff);
  if (tooOld > 0) return true;
  if (usedBytes(db) > settings.maxSizeMb * 1_000_000 && deleteOldest(db, now) > 0) return true;
  db.exec('PRAGMA incremental_vacuum(2000)');
  return false;
}

function deleteOldest(db: DatabaseSync, before: number): number {
  let deleted = 0;
  inTransaction(db, () => {
    const last = db
      .prepare(
        `SELECT max(at) AS last FROM (SELECT at FROM exchanges WHERE at < ? AND outcome <> 'open' ORDER BY at LIMIT ${retentionBatch})`,
      )
      .get(before)?.['last'];
    if (typeof last !== 'number') return;
    deleted = Number(db.prepare(`DELETE FROM exchanges WHERE at <= ? AND outcome <> 'open'`).run(last).changes);
    db.prepare(
      `INSERT INTO facts (name, value) VALUES ('raw_since', ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`,
    ).run(last + 1);
  });
  return deleted;
}

/** What the exchanges and sums take up, without pages that are free already. */
function usedBytes(db: DatabaseSync): number {
  const pragma = (name: string): number => Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
  return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
}
