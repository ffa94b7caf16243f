/** Questions about single exchanges: a page of them, or one. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { schemaVersion } from './database.ts';
import { toEntry } from './entry.ts';
import type { ExchangeEntry } from '../../shared/contract/traffic.ts';
import type { LogPage, LogQuery, WholeExchange } from './ledger.ts';
import { unpack } from './packing.ts';
import { columns } from './row.ts';

/** The schema version that decisions and costs came with. */
export const pricedVersion = 2;

/** What an entry is made of: a page of the log need not read the long columns. */
const listed = ['id', ...columns.filter((column) => column !== 'decision' && column !== 'raw_usage')].join(', ');

/** A page by key, not by offset: the next one starts where this ended, whatever was added meanwhile. */
export function readLog(db: DatabaseSync, query: LogQuery): LogPage {
  const { where, values } = conditions(query);
  const rows = db
    .prepare(
      `SELECT ${schemaVersion(db) < pricedVersion ? '*' : listed} FROM exchanges ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`} ORDER BY at DESC, id DESC LIMIT ?`,
    )
    .all(...values, query.limit + 1);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const next = rows.length > page.length && last !== undefined ? `${String(last['at'])}.${String(last['id'])}` : null;
  return { entries: page.map(toEntry), next };
}

export function readExchange(db: DatabaseSync, requestId: string): WholeExchange | undefined {
  const row = db.prepare('SELECT * FROM exchanges WHERE request_id = ?').get(requestId);
  if (row === undefined) return undefined;
  const rawUsage = row['raw_usage'];
  return { entry: toEntry(row), raw_usage: typeof rawUsage === 'string' ? rawUsage : null };
}

/** An exchange with the texts its trace is made of, as they are kept. */
export interface StoredTrace {
  readonly entry: ExchangeEntry;
  readonly decision: string | undefined;
  readonly snapshot: string | undefined;
}

export function readTrace(db: DatabaseSync, requestId: string): StoredTrace | undefined {
  const row = db.prepare('SELECT * FROM exchanges WHERE request_id = ?').get(requestId);
  if (row === undefined) return undefined;
  const snapshot =
    schemaVersion(db) < pricedVersion
      ? undefined
      : db.prepare('SELECT body FROM routing_snapshots WHERE id = ?').get(row['snapshot_id'] ?? null)?.['body'];
  return { entry: toEntry(row), decision: unpack(row['decision']), snapshot: unpack(snapshot) };
}

function conditions({ before, since, until, filter }: LogQuery): { where: string[]; values: SQLInputValue[] } {
  const where: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (condition: string, ...given: SQLInputValue[]): void => {
    where.push(condition);
    values.push(...given);
  };
  if (before !== undefined) {
    const [at, id] = cursor(before);
    // The first half lets the index on `at` find the place, the second parts equal moments.
    add('at <= ? AND (at, id) < (?, ?)', at, at, id);
  }
  if (since !== undefined) add('at >= ?', since);
  if (until !== undefined) add('at < ?', until);
  if (filter.key !== undefined) add('key_id = ?', filter.key);
  if (filter.client !== undefined) add('client = ?', filter.client);
  if (filter.model !== undefined) add('(model = ? OR model_asked = ?)', filter.model, filter.model);
  if (filter.provider !== undefined) add('provider = ?', filter.provider);
  if (filter.status !== undefined) add('status = ?', filter.status);
  if (filter.error === '*') add('is_error = 1');
  else if (filter.error !== undefined) add('error = ?', filter.error);
  return { where, values };
}

function cursor(text: string): [number, number] {
  const match = /^(\d{1,16})\.(\d{1,16})$/.exec(text);
  if (match === null) throw new Error(`"${text}" is not the end of a page: give the "next" of the page before.`);
  return [Number(match[1]), Number(match[2])];
}
