/** What the one writer does: exchanges with their hourly sums, what a crash left open, retention. */
import type { DatabaseSync } from 'node:sqlite';
import { createBodies, type Bodies, type BodyKeys, type KeptBody } from './bodies.ts';
import type { LedgerSettings } from './ledger.ts';
import { packLong } from './packing.ts';
import type { Raise } from './messages.ts';
import { columns, type Row } from './row.ts';
import { createSnapshots } from './snapshots.ts';
import { SpendSums } from './spend-sums.ts';
import { HourlySums, sumInterrupted } from './sums.ts';

export interface Writer {
  /** One transaction. An exchange that is closed already is left as it is, so the same batch may come twice. */
  write(opens: readonly Row[], closes: readonly Row[]): void;
  /** Records one-off raises of budgets; those that are there already stay as they are. */
  raise(raises: readonly Raise[]): void;
  /**
   * Records what the process before had ended or was in the middle of and this file does not have. Returns how many were
   * interrupted. It may come twice.
   */
  recover(closes: readonly Row[], interrupted: readonly Row[]): number;
  /** Marks what is open all the same as interrupted and counts it; for the start, before anything is written. */
  closeInterrupted(): number;
  /** Keeps the body of a snapshot, or notes that it is in use (again). */
  keepSnapshot(id: string, body: string, now: number): void;
  /** Keeps what was said, where there are keys for it. */
  keepBody(body: KeptBody, now: number): void;
  /** Deletes one batch of what is too old or too much; `true` when there is more. */
  retain(settings: LedgerSettings, now: number): boolean;
}

export function createWriter(db: DatabaseSync, keys?: BodyKeys): Writer {
  const insert = `INSERT INTO exchanges (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
  const openRow = db.prepare(`${insert} ON CONFLICT (request_id) DO NOTHING`);
  const closeRow = db.prepare(`${insert} ON CONFLICT (request_id) DO UPDATE SET
    ${columns
      .slice(1)
      .map((name) => `${name} = excluded.${name}`)
      .join(', ')} WHERE exchanges.outcome = 'open'`);
  const known = db.prepare('SELECT outcome FROM exchanges WHERE request_id = ?');
  const sums = new HourlySums(db);
  const spend = new SpendSums(db);
  const snapshots = createSnapshots(db);
  const bodies = createBodies(db, keys);

  function clear(): void {
    // A batch that was rolled back must not count with the next.
    sums.clear();
    spend.clear();
    snapshots.clearUse();
  }

  function store(): void {
    sums.store();
    spend.store();
    snapshots.storeUse();
  }

  function close(row: Row): boolean {
    const isNew = closeRow.run(...packed(row)).changes === 1;
    if (isNew) {
      sums.add(row);
      spend.add(row);
    }
    snapshots.noteUse(row);
    return isNew;
  }

  return {
    write(opens, closes) {
      clear();
      inTransaction(db, () => {
        for (const row of opens) {
          openRow.run(...row);
          snapshots.noteUse(row);
        }
        for (const row of closes) close(row);
        store();
      });
    },
    raise: createRaise(db),
    recover(closes, interrupted) {
      let count = 0;
      clear();
      inTransaction(db, () => {
        const since = factOf(db, 'raw_since') ?? 0;
        // Of exchanges before this moment the file may have been rid on purpose: their sums are there already.
        const mayAdd = (row: Row): boolean =>
          Number(row[atIndex]) >= since || known.get(row[requestIdIndex] ?? null)?.['outcome'] === 'open';
        for (const row of closes) if (mayAdd(row)) close(row);
        for (const row of interrupted) if (mayAdd(row) && close(row)) count += 1;
        store();
      });
      return count;
    },
    closeInterrupted: () => closeInterrupted(db),
    keepSnapshot: (id, body, now) => snapshots.keep(id, body, now),
    keepBody: (body, now) => bodies.keep(body, now),
    retain: (settings, now) => retain(db, bodies, settings, now) || snapshots.deleteUnused(now) || giveBack(db),
  };
}

function closeInterrupted(db: DatabaseSync): number {
  let marked = 0;
  inTransaction(db, () => {
    sumInterrupted(db);
    const { changes } = db
      .prepare(`UPDATE exchanges SET outcome = 'interrupted', is_error = 1 WHERE outcome = 'open'`)
      .run();
    marked = Number(changes);
  });
  return marked;
}

function createRaise(db: DatabaseSync): Writer['raise'] {
  const insert = db.prepare(
    'INSERT INTO budget_raises (id, at, budget, subject, window, amount, note) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  return (raises) => {
    if (raises.length === 0) return;
    inTransaction(db, () => {
      for (const { id, at, budget, subject, window, amount, note } of raises)
        insert.run(id, at, budget, subject, window, amount, note);
    });
  };
}

const decisionIndex = columns.indexOf('decision');
const atIndex = columns.indexOf('at');
const requestIdIndex = columns.indexOf('request_id');

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

/** A fact of the file, e.g. the moment since which every exchange is there. */
export function factOf(db: DatabaseSync, name: string): number | undefined {
  const value = db.prepare('SELECT value FROM facts WHERE name = ?').get(name)?.['value'];
  return typeof value === 'number' ? value : undefined;
}

/** Small enough that a write waits for a few milliseconds at most. */
const retentionBatch = 100;
const givenBackAtOnce = 100;

/** What was said goes with its exchange; where there is too much, it goes before any exchange does. */
function retain(db: DatabaseSync, bodies: Bodies, settings: LedgerSettings, now: number): boolean {
  const cutoff = now - settings.retentionDays * 86_400_000;
  const tooOld = deleteOldest(db, cutoff);
  if (tooOld > 0 || bodies.deleteBefore(Math.max(cutoff, factOf(db, 'raw_since') ?? 0))) return true;
  if (usedBytes(db) <= settings.maxSizeMb * 1_000_000) return false;
  return bodies.deleteOldest() || deleteOldest(db, now) > 0;
}

/** Free pages go back to the file system, a few at a time; `true` when there are more. */
function giveBack(db: DatabaseSync): boolean {
  const free = (): number => Number(db.prepare('PRAGMA freelist_count').get()?.['freelist_count'] ?? 0);
  const before = free();
  if (before === 0) return false;
  db.exec(`PRAGMA incremental_vacuum(${givenBackAtOnce})`);
  const after = free();
  return after > 0 && after < before;
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
