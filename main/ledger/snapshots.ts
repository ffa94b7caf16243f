/** Bodies of routing snapshots: kept while an exchange refers to them, so that its decision can be derived again. */
import type { DatabaseSync } from 'node:sqlite';
import { pack } from './packing.ts';
import { columns, type Row } from './row.ts';
import { hourMs } from './sums.ts';

export interface Snapshots {
  keep(id: string, body: string, now: number): void;
  /** An exchange of the batch that is written runs on this snapshot. */
  noteUse(row: Row): void;
  /** Writes down what the batch used. */
  storeUse(): void;
  clearUse(): void;
  /** Deletes a few of those that no exchange refers to, never the newest; `true` when there may be more. */
  deleteUnused(now: number): boolean;
}

const idIndex = columns.indexOf('snapshot_id');
const atIndex = columns.indexOf('at');
/** A body is some hundred kilobytes: so many are gone within a few milliseconds. */
const deletedAtOnce = 10;

/** Uses are known to the hour, so that a snapshot in use is written once an hour and not with every batch. */
const endOfHour = (moment: number): number => (Math.floor(moment / hourMs) + 1) * hourMs;

export function createSnapshots(db: DatabaseSync): Snapshots {
  const insert = db.prepare('INSERT INTO routing_snapshots (id, at, used_at, body) VALUES (?, ?, ?, ?)');
  const isKept = db.prepare('SELECT 1 FROM routing_snapshots WHERE id = ?');
  const use = db.prepare('UPDATE routing_snapshots SET used_at = ? WHERE id = ? AND used_at < ?');
  // An exchange is never younger than the last use of its snapshot, so those below the oldest exchange have none left.
  const removeUnused = db.prepare(`DELETE FROM routing_snapshots WHERE id IN (
    SELECT id FROM routing_snapshots
    WHERE used_at < coalesce((SELECT min(at) FROM exchanges), ?) AND used_at < (SELECT max(used_at) FROM routing_snapshots)
    ORDER BY used_at LIMIT ${deletedAtOnce})`);
  const used = new Map<string, number>();
  const store = (id: string, usedAt: number): void => void use.run(usedAt, id, usedAt);

  return {
    keep(id, body, now) {
      if (isKept.get(id) === undefined) insert.run(id, now, endOfHour(now), pack(body));
      else store(id, endOfHour(now));
    },
    noteUse(row) {
      const id = row[idIndex];
      if (typeof id !== 'string') return;
      const usedAt = endOfHour(Number(row[atIndex]));
      if (usedAt > (used.get(id) ?? 0)) used.set(id, usedAt);
    },
    storeUse() {
      for (const [id, usedAt] of used) store(id, usedAt);
      used.clear();
    },
    clearUse: () => used.clear(),
    deleteUnused: (now) => Number(removeUnused.run(now).changes) > 0,
  };
}
