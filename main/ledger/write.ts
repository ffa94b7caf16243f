/** What the one writer does: exchanges with their hourly sums, what a crash left open, retention. */
import type { DatabaseSync } from 'node:sqlite';
import type { LedgerSettings } from './ledger.ts';
import { packLong } from './packing.ts';
import { columns, type Row } from './row.ts';
import { createSnapshots } from './snapshots.ts';
import { HourlySums, sumInterrupted } from './sums.ts';

export interface Writer {
  /** One transaction. An exchange that is closed already is left as it is, so the same batch may come twice. */
  write(opens: readonly Row[], closes: readonly Row[]): void;
  /** Keeps the body of a snapshot, or notes that it is in use (again). */
  keepSnapshot(id: string, body: string, now: number): void;
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
  const sums = new HourlySums(db);
  const snapshots = createSnapshots(db);

  return {
    write(opens, closes) {
      // A batch that was rolled back must not count with the next.
      sums.clear();
      snapshots.clearUse();
      inTransaction(db, () => {
        for (const row of opens) {
          openRow.run(...row);
          snapshots.noteUse(row);
        }
        for (const row of closes) {
          if (closeRow.run(...packed(row)).changes === 1) sums.add(row);
          snapshots.noteUse(row);
        }
        sums.store();
        snapshots.storeUse();
      });
    },
    keepSnapshot: (id, body, now) => snapshots.keep(id, body, now),
    closeInterrupted() {
      let marked = 0;
      inTransaction(db, () => {
        sumInterrupted(db);
        const { changes } = db
          .prepare(`UPDATE exchanges SET outcome = 'interrupted', is_error = 1 WHERE outcome = 'open'`)
          .run();
        marked = Number(changes);
      });
      return marked;
    },
    retain: (settings, now) => retain(db, settings, now) || snapshots.deleteUnused(now) || giveBack(db),
  };
}

const decisionIndex = columns.indexOf('decision');

/** A long decision is made small here, in the worker's time. */
function packed(row: Row): Row {
  const decision = row[decisionIndex];
  return typeof decision === 'string' ? row.with(decisionIndex, packLong(decision)) : row;
}

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
  return usedBytes(db) > settings.maxSizeMb * 1_000_000 && deleteOldest(db, now) > 0;
}

/** Free pages go back to the file system, a few at a time. */
function giveBack(db: DatabaseSync): false {
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
