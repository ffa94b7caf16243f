/** Questions about single exchanges: a page of them, or one. */
import type { DatabaseSync } from 'node:sqlite';
import { schemaVersion } from './database.ts';
import { safetyOf, toEntry, type StoredRow } from './entry.ts';
import type { ExchangeEntry } from '../../shared/contract/traffic.ts';
import type { LogPage, LogQuery, WholeExchange } from './ledger.ts';
import { unpack } from './packing.ts';
import { columns } from './row.ts';
import { indexedVersion, safetyVersion, searchOf, type Search } from './search.ts';

/** The schema version that decisions and costs came with. */
export const pricedVersion = 2;

/** What an entry is made of: a page of the log need not read the long columns. */
const listed = columns.filter((column) => column !== 'decision' && column !== 'raw_usage');
/** These came with a later version than the indexes. */
const ofSafety: readonly string[] = ['masked', 'masked_kinds', 'safety'];

/** A page by key, not by offset: the next one starts where this ended, whatever was added meanwhile. */
export function readLog(db: DatabaseSync, query: LogQuery): LogPage {
  const version = schemaVersion(db);
  const search = searchOf(query, version);
  const end = search.lookAt === undefined ? undefined : lastToLookAt(db, search, search.lookAt);
  const { sql, values } = pageOf(search, query.limit + 1, version, end);
  const rows = db.prepare(sql).all(...values);
  const page = rows.slice(0, query.limit);
  return { entries: page.map(toEntry), next: rows.length > page.length ? markOf(page.at(-1)) : markOf(end) };
}

/** Where a page that fits nothing ends all the same; `undefined` when there is less to look at. */
function lastToLookAt(db: DatabaseSync, { index, range }: Search, count: number): StoredRow | undefined {
  return db
    .prepare(
      `SELECT at, id FROM exchanges ${by(index)} ${where(range.texts)} ORDER BY at DESC, id DESC LIMIT 1 OFFSET ${count}`,
    )
    .get(...range.values);
}

/** The statement for one page. The places are found in the index alone; only what is shown is fetched. */
export function pageOf(
  { index, range, rest }: Search,
  limit: number,
  version: number,
  end?: StoredRow,
): { readonly sql: string; readonly values: Search['range']['values'] } {
  const until = end === undefined ? [] : ['at >= ? AND (at, id) >= (?, ?)'];
  const untilValues = end === undefined ? [] : [Number(end['at']), Number(end['at']), Number(end['id'])];
  const there = version < safetyVersion ? listed.filter((name) => !ofSafety.includes(name)) : listed;
  const shown =
    version < indexedVersion ? 'exchanges.*' : ['id', ...there].map((name) => `exchanges.${name}`).join(', ');
  return {
    sql: `SELECT ${shown} FROM (
      SELECT id, at FROM exchanges ${by(index)} ${where([...range.texts, ...rest.texts, ...until])}
      ORDER BY at DESC, id DESC LIMIT ?
    ) AS found CROSS JOIN exchanges ON exchanges.id = found.id ORDER BY found.at DESC, found.id DESC`,
    values: [...range.values, ...rest.values, ...untilValues, limit],
  };
}

const by = (index: string | undefined): string => (index === undefined ? '' : `INDEXED BY ${index}`);
const where = (texts: readonly string[]): string => (texts.length === 0 ? '' : `WHERE ${texts.join(' AND ')}`);
const markOf = (row: StoredRow | undefined): string | null =>
  row === undefined ? null : `${String(row['at'])}.${String(row['id'])}`;

export function readExchange(db: DatabaseSync, requestId: string): WholeExchange | undefined {
  const row = db.prepare('SELECT * FROM exchanges WHERE request_id = ?').get(requestId);
  if (row === undefined) return undefined;
  const rawUsage = row['raw_usage'];
  const raw_usage = typeof rawUsage === 'string' ? rawUsage : null;
  return { entry: toEntry(row), raw_usage, safety: safetyOf(row['safety']) };
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
