/** Reads a ledger that no instance has open, in this process and without changing it. */
import type { DatabaseSync } from 'node:sqlite';
import type { LedgerHealth } from '../../shared/contract/app.ts';
import { bodiesVersion, bodyKeys, readBodies } from './bodies.ts';
import { checkLedger } from './check.ts';
import { openForReading, schemaVersion } from './database.ts';
import { emptyLatency, readLatency } from './latency-query.ts';
import type { LedgerQueries, LogPage, UsageSeries, UsageSummary } from './ledger.ts';
import { readExchange, readLog, readTrace } from './read.ts';
import { readSessions } from './sessions-query.ts';
import { bytesOnDisk, noContents, readContents } from './size-query.ts';
import { readSpentSince } from './spent-since.ts';
import { toTrace } from './trace.ts';
import { emptySeries, readSeries } from './series-query.ts';
import { emptySummary, readUsage } from './usage-query.ts';

/**
 * Questions to the file as it is. A file that does not exist, or was never begun, is an empty ledger. Bodies are read with the
 * secret they are sealed with.
 */
export function openLedgerReader(file: string, bodySecret?: Uint8Array): LedgerQueries & { close(): void } {
  let opened: DatabaseSync | undefined;

  function database(): DatabaseSync | undefined {
    try {
      opened ??= openForReading(file);
      return opened === undefined || schemaVersion(opened) === 0 ? undefined : opened;
    } catch (error) {
      throw new Error(`The ledger ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }

  return {
    async log(query): Promise<LogPage> {
      const db = database();
      return db === undefined ? { entries: [], next: null } : readLog(db, query);
    },
    async usage(query): Promise<UsageSummary> {
      const db = database();
      return db === undefined ? emptySummary() : readUsage(db, query);
    },
    async series(query): Promise<UsageSeries> {
      const db = database();
      return db === undefined ? emptySeries(query) : readSeries(db, query);
    },
    async sessions(query) {
      const db = database();
      return db === undefined ? { sessions: [], next: null } : readSessions(db, query);
    },
    async latency(query) {
      const db = database();
      return db === undefined ? emptyLatency(query) : readLatency(db, query);
    },
    async size() {
      const db = database();
      return { bytes: await bytesOnDisk(file), ...(db === undefined ? noContents : readContents(db)) };
    },
    async spentSince(query) {
      const db = database();
      return db === undefined ? [] : readSpentSince(db, query);
    },
    async check() {
      const db = database();
      return db === undefined ? [] : checkLedger(db);
    },
    async byRequestId(requestId) {
      const db = database();
      return db === undefined ? undefined : readExchange(db, requestId);
    },
    async trace(requestId) {
      const db = database();
      const stored = db === undefined ? undefined : readTrace(db, requestId);
      return stored === undefined ? undefined : toTrace(stored);
    },
    async bodiesOf(requestId) {
      const db = database();
      if (db === undefined || bodySecret === undefined || schemaVersion(db) < bodiesVersion) return [];
      return readBodies(db, bodyKeys(bodySecret), requestId);
    },
    health: (): LedgerHealth => ({
      state: 'stopped',
      reason: 'No instance is running.',
      waiting: 0,
      dropped_opens: 0,
      dropped_closes: 0,
      interrupted: 0,
      notices: [],
      journal: { state: 'stopped', reason: 'No instance is running.' },
    }),
    close() {
      opened?.close();
      opened = undefined;
    },
  };
}
