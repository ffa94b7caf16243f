/** Conversations, the last active first: found among the newest exchanges, each then summed up by itself. */
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { SessionSummary } from '../../shared/contract/traffic.ts';
import { picoToUsd } from '../../shared/domain/money.ts';
import { inSnapshot, schemaVersion } from './database.ts';
import type { SessionsPage, SessionsQuery } from './ledger.ts';
import { Conditions, indexedVersion } from './search.ts';
import { addSums, emptySums, singleSums, sumCount, sumsOf } from './sums-query.ts';

/** Entries of the index that one page looks through: some thirty milliseconds. */
const defaultLookAt = 60_000;

/** The end of a page: what comes after it was last active before this moment, or then and is called less than this. */
interface Mark {
  readonly at: number;
  readonly session: string;
}

interface Candidate {
  readonly session: string;
  readonly at: number;
}

/**
 * Only what fits counts, in the page and in the sums: the newest exchange that does gives a conversation its place, so that
 * it is on one page, whatever comes meanwhile.
 */
export function readSessions(db: DatabaseSync, query: SessionsQuery, lookAt: number = defaultLookAt): SessionsPage {
  const mark = query.before === undefined ? undefined : markOf(query.before);
  const isIndexed = schemaVersion(db) >= indexedVersion;
  return inSnapshot(db, () => {
    const fits = fitting(query);
    const { found, next } = findPage(db, query, { mark, isIndexed, lookAt });
    const summarise = createSummary(db, fits, isIndexed);
    return { sessions: found.map(({ session }) => summarise(session)), next };
  });
}

/** What is asked of each exchange, besides its conversation. */
function fitting({ since, until, filter }: SessionsQuery): Conditions {
  const fits = new Conditions();
  if (since !== undefined) fits.add('at >= ?', since);
  if (until !== undefined) fits.add('at < ?', until);
  if (filter.key !== undefined) fits.add('key_id = ?', filter.key);
  if (filter.client !== undefined) fits.add('client = ?', filter.client);
  return fits;
}

interface Place {
  readonly mark: Mark | undefined;
  readonly isIndexed: boolean;
}

/** Walks from the mark to older exchanges until there are enough, or enough was looked at. */
function findPage(
  db: DatabaseSync,
  query: SessionsQuery,
  { mark, isIndexed, lookAt }: Place & { readonly lookAt: number },
): { readonly found: readonly Candidate[]; readonly next: string | null } {
  const isLast = createIsLast(db, query, isIndexed);
  const seen = new Set<string>();
  const found: Candidate[] = [];
  let looked = 0;
  let moment = Number.POSITIVE_INFINITY;
  let isOver = true;
  for (const [atValue, sessionValue] of walk(db, query, { mark, isIndexed })) {
    const at = Number(atValue);
    // Those of one moment are looked at together: they are in order of their names.
    if (at < moment && (looked >= lookAt || found.length > query.limit)) {
      isOver = false;
      break;
    }
    looked += 1;
    moment = at;
    if (typeof sessionValue !== 'string' || seen.has(sessionValue)) continue;
    seen.add(sessionValue);
    if (mark !== undefined && at === mark.at && sessionValue >= mark.session) continue;
    // Of a page before, or it will be at the head of a new one.
    if (mark === undefined || isLast(sessionValue, at)) found.push({ session: sessionValue, at });
  }
  found.sort((a, b) => b.at - a.at || (a.session < b.session ? 1 : -1));
  const page = found.slice(0, query.limit);
  const last = page.at(-1);
  if (found.length > page.length && last !== undefined) return { found: page, next: textOf(last) };
  return { found: page, next: isOver ? null : textOf({ at: moment, session: '' }) };
}

/** Moment and conversation of each exchange, the newest first; none where it does not fit. */
function walk(db: DatabaseSync, query: SessionsQuery, { mark, isIndexed }: Place): Iterable<readonly SQLOutputValue[]> {
  const range = fitting({ ...query, filter: {} });
  // No name comes before the empty one: nothing of that moment is left.
  if (mark !== undefined) range.add(mark.session === '' ? 'at < ?' : 'at <= ?', mark.at);
  const fits = fitting({ limit: query.limit, filter: query.filter });
  const session = fits.texts.length === 0 ? 'session' : `CASE WHEN ${fits.texts.join(' AND ')} THEN session END`;
  const statement = db.prepare(
    `SELECT at, ${session} FROM exchanges ${isIndexed ? 'INDEXED BY exchanges_log' : ''}
    ${range.texts.length === 0 ? '' : `WHERE ${range.texts.join(' AND ')}`} ORDER BY at DESC`,
  );
  statement.setReturnArrays(true);
  return statement.iterate(...fits.values, ...range.values) as unknown as Iterable<readonly SQLOutputValue[]>;
}

function createIsLast(
  db: DatabaseSync,
  query: SessionsQuery,
  isIndexed: boolean,
): (session: string, at: number) => boolean {
  const fits = fitting({ ...query, since: undefined });
  const later = db.prepare(
    `SELECT 1 FROM exchanges ${bySession(isIndexed)} WHERE session = ? AND at > ?${andAll(fits)} LIMIT 1`,
  );
  return (session, at) => later.get(session, at, ...fits.values) === undefined;
}

const bySession = (isIndexed: boolean): string => (isIndexed ? 'INDEXED BY exchanges_session' : '');
const andAll = ({ texts }: Conditions): string => texts.map((text) => ` AND ${text}`).join('');

function createSummary(db: DatabaseSync, fits: Conditions, isIndexed: boolean): (session: string) => SessionSummary {
  const of = `FROM exchanges ${bySession(isIndexed)} WHERE session = ?${andAll(fits)}`;
  // What still runs has no price yet: that makes no sum unknown.
  const byTarget = db.prepare(
    `SELECT ${[...singleSums(schemaVersion(db)), 'provider', 'model', 'min(at)', 'max(at)', `sum(outcome = 'open')`].join(', ')}
    ${of} GROUP BY provider, model ORDER BY max(at) DESC`,
  );
  byTarget.setReturnArrays(true);
  const newest = db.prepare(`SELECT key_id, client ${of} ORDER BY at DESC, id DESC LIMIT 1`);
  return (session) => {
    const values: readonly SQLInputValue[] = [session, ...fits.values];
    const total = emptySums();
    const targets: string[] = [];
    let [firstAt, lastAt, open] = [Number.POSITIVE_INFINITY, 0, 0];
    for (const row of byTarget.all(...values) as unknown as (readonly SQLOutputValue[])[]) {
      const [provider, model, first, last, running] = row.slice(sumCount);
      addSums(total, sumsOf(row));
      firstAt = Math.min(firstAt, Number(first));
      lastAt = Math.max(lastAt, Number(last));
      open += Number(running);
      if (typeof provider === 'string') targets.push(`${provider}/${typeof model === 'string' ? model : ''}`);
    }
    const { key_id: key, client } = newest.get(...values) ?? {};
    return {
      session,
      first_at: new Date(firstAt).toISOString(),
      last_at: new Date(lastAt).toISOString(),
      requests: total.requests,
      errors: total.errors,
      cost_usd: total.unknown_costs > open ? null : picoToUsd(total.cost),
      known_cost_usd: picoToUsd(total.cost),
      input_tokens: total.input_tokens,
      output_tokens: total.output_tokens,
      targets,
      key: typeof key === 'string' ? key : null,
      client: typeof client === 'string' ? client : null,
    };
  };
}

const textOf = ({ at, session }: Mark): string => `${at}.${session}`;

function markOf(text: string): Mark {
  const match = /^(\d{1,16})\.(.*)$/su.exec(text);
  if (match === null) throw new Error(`"${text}" is not the end of a page: give the "next" of the page before.`);
  return { at: Number(match[1]), session: match[2] ?? '' };
}
