/** Questions about single exchanges: a page of them, or one. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { LogPage, LogQuery, WholeExchange } from './ledger.ts';
import { toEntry } from './row.ts';

/** A page by key, not by offset: the next one starts where this ended, whatever was added meanwhile. */
export function readLog(db: DatabaseSync, query: LogQuery): LogPage {
  const { where, values } = conditions(query);
  const rows = db
    .prepare(
      `SELECT * FROM exchanges ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`} ORDER BY at DESC, id DESC LIMIT ?`,
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
