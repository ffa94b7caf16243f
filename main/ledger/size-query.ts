/** How large the ledger is: what is in it, and what it takes up on disk. */
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { bodiesVersion } from './bodies.ts';
import { schemaVersion } from './database.ts';
import { segmentsOf } from './journal-files.ts';
import type { LedgerSize } from './ledger.ts';
import { indexedVersion } from './search.ts';

export type LedgerContents = Omit<LedgerSize, 'bytes'>;

export const noContents: LedgerContents = { exchanges: 0, recorded: 0, oldest_at: null };

/** Exact: counted by the smallest index that has all of them. */
export function readContents(db: DatabaseSync): LedgerContents {
  const version = schemaVersion(db);
  const number = (sql: string): number => Number(db.prepare(sql).get()?.['found'] ?? 0);
  const oldest = db.prepare('SELECT at FROM exchanges ORDER BY at LIMIT 1').get()?.['at'];
  return {
    exchanges: number(
      `SELECT count(*) AS found FROM exchanges ${version < indexedVersion ? '' : 'INDEXED BY exchanges_key'}`,
    ),
    recorded: version < bodiesVersion ? 0 : number('SELECT count(DISTINCT request_id) AS found FROM bodies'),
    oldest_at: typeof oldest === 'number' ? new Date(oldest).toISOString() : null,
  };
}

/** The file, what SQLite keeps beside it, and the journal; what was set aside or kept as a copy is not counted. */
export async function bytesOnDisk(file: string, journal: string = join(dirname(file), 'journal')): Promise<number> {
  const files = [file, `${file}-wal`, `${file}-shm`, ...segmentsOf(journal).map(({ path }) => path)];
  const sizes = await Promise.all(files.map(sizeOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Segments come and go: one that is gone takes no room. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}
