/** What is asked of the log as conditions on its rows, and by which index they are found. */
import type { SQLInputValue } from 'node:sqlite';
import type { TrafficFilter } from '../../shared/contract/traffic.ts';
import { usdToPico } from '../../shared/domain/money.ts';
import type { LogQuery } from './ledger.ts';

/** Conditions that must all hold, with the values of their places. */
export class Conditions {
  readonly texts: string[] = [];
  readonly values: SQLInputValue[] = [];

  add(text: string, ...values: SQLInputValue[]): void {
    this.texts.push(text);
    this.values.push(...values);
  }
}

export interface Search {
  /** The index to go by; `undefined` in a file that has none of them. */
  readonly index: string | undefined;
  /** What the index finds, in order: where it begins and ends. */
  readonly range: Conditions;
  /** What each of these must be besides. */
  readonly rest: Conditions;
  /** No more than this many are looked at for one page; `undefined` where few can be wrong. */
  readonly lookAt: number | undefined;
}

/** The indexes came with this schema version. */
export const indexedVersion = 4;

/** What masking and the firewall did came with this one. */
export const safetyVersion = 5;

/** Entries of an index that holds all that is asked: some fifteen milliseconds. Looking for a text takes longer. */
const inIndex = 60_000;
const inTexts = 25_000;
/** Rows that must be fetched for it: as long. */
const inRows = 4_000;

/** How the rows of a query are found. Throws for a page mark that is none. */
export function searchOf({ before, since, until, filter }: LogQuery, version: number): Search {
  const range = new Conditions();
  const rest = new Conditions();
  const index = version < indexedVersion ? undefined : indexFor(filter, version);
  const { session, key, q, ...others } = filter;
  if (index === 'exchanges_unusual') range.add(unusual);
  if (index === 'exchanges_safety') range.add(ofSafety);
  if (index === 'exchanges_session') range.add('session = ?', session ?? null);
  if (index === 'exchanges_key') range.add('key_id = ?', key ?? null);
  addFilter(
    rest,
    {
      ...others,
      ...(index === 'exchanges_session' ? {} : { session }),
      ...(index === 'exchanges_key' ? {} : { key }),
    },
    version,
  );
  if (isRequestId(q)) range.add('request_id >= ? AND request_id < ?', q, `${q}\u{10ffff}`);
  else if (q !== undefined) addText(rest, q);
  if (before !== undefined) {
    const [at, id] = cursor(before);
    // The first half lets an index find the place, the second parts equal moments.
    range.add('at <= ? AND (at, id) < (?, ?)', at, at, id);
  }
  if (since !== undefined) range.add('at >= ?', since);
  if (until !== undefined) range.add('at < ?', until);
  const few = rest.texts.length === 0 || index === byRequestId;
  const inFile = filter.masked !== undefined || filter.firewall !== undefined;
  const covering = !inFile && (index === 'exchanges_log' || index === 'exchanges_unusual');
  return { index, range, rest, lookAt: few ? undefined : !covering ? inRows : q === undefined ? inIndex : inTexts };
}

/** The one that SQLite makes for `UNIQUE`. */
const byRequestId = 'sqlite_autoindex_exchanges_1';

/** Word for word the condition of the index, by which SQLite knows that it has all of them. */
const unusual = `(outcome <> 'complete' OR is_error = 1 OR status >= 400 OR rule IS NOT NULL)`;

/** The same of the index of what masking and the firewall did. */
const ofSafety = '(masked > 0 OR safety IS NOT NULL)';

/** What the index of the unusual holds of each. */
const inUnusual: readonly string[] = ['status', 'outcome', 'error', 'rule'];

/** The index that leaves least to look at. */
function indexFor(filter: TrafficFilter, version: number): string {
  const asked = Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (isRequestId(filter.q)) return byRequestId;
  if (filter.session !== undefined) return 'exchanges_session';
  if (asked.length === 1 && filter.key !== undefined) return 'exchanges_key';
  if (version >= safetyVersion && (filter.masked === true || filter.firewall !== undefined)) return 'exchanges_safety';
  return isUnusual(filter) && asked.every((name) => inUnusual.includes(name)) ? 'exchanges_unusual' : 'exchanges_log';
}

function isUnusual({ error, rule, outcome, status }: TrafficFilter): boolean {
  const failed = typeof status === 'number' ? status >= 400 : status === '4xx' || status === '5xx';
  return failed || error !== undefined || rule !== undefined || (outcome !== undefined && outcome !== 'complete');
}

function addFilter(conditions: Conditions, filter: TrafficFilter, version: number): void {
  const equal = (column: string, value: SQLInputValue | undefined): void => {
    if (value !== undefined) conditions.add(`${column} = ?`, value);
  };
  // Files of before had no such columns: nobody was noted in them.
  const later = (column: string): string => (version < indexedVersion ? 'NULL' : column);
  equal('key_id', filter.key);
  equal('client', filter.client);
  equal(later('user'), filter.user);
  equal(later('team'), filter.team);
  equal('session', filter.session);
  equal('provider', filter.provider);
  if (filter.model !== undefined) conditions.add('(model = ? OR model_asked = ?)', filter.model, filter.model);
  if (filter.target !== undefined) conditions.add('provider = ? AND model = ?', ...splitTarget(filter.target));
  if (typeof filter.status === 'number') equal('status', filter.status);
  else if (filter.status !== undefined) {
    const first = Number(filter.status[0]) * 100;
    conditions.add('status >= ? AND status < ?', first, first + 100);
  }
  equal('outcome', filter.outcome);
  if (filter.error === '*') conditions.add('is_error = 1');
  // What a crash left open is called so without having a code.
  else if (filter.error === 'interrupted') conditions.add(`(error = 'interrupted' OR outcome = 'interrupted')`);
  else equal('error', filter.error);
  if (filter.rule === '*') conditions.add(`${later('rule')} IS NOT NULL`);
  else equal(later('rule'), filter.rule);
  addMeasures(conditions, filter, version);
}

function addMeasures(conditions: Conditions, filter: TrafficFilter, version: number): void {
  const flag = (column: string, value: boolean | undefined): void => {
    if (value !== undefined) conditions.add(`${column} = ?`, value ? 1 : 0);
  };
  flag('stream', filter.stream);
  flag(version < 2 ? '0' : 'cached', filter.cached);
  flag(version < indexedVersion ? `(losses <> '[]')` : 'has_losses', filter.losses);
  addSafety(conditions, filter, version);
  if (filter.min_cost_usd !== undefined)
    conditions.add(`${version < 2 ? 'NULL' : 'cost'} >= ?`, usdToPico(filter.min_cost_usd) ?? Number.MAX_SAFE_INTEGER);
  if (filter.min_duration_ms !== undefined) conditions.add('duration_ms >= ?', filter.min_duration_ms);
}

function addSafety(conditions: Conditions, { masked, firewall }: TrafficFilter, version: number): void {
  const column = (name: string): string => (version < safetyVersion ? 'NULL' : name);
  if (masked !== undefined) conditions.add(`coalesce(${column('masked')}, 0) ${masked ? '>' : '='} 0`);
  if (firewall === undefined) return;
  const byRule = firewall === '*' ? '' : ` AND value ->> 'rule' = ?`;
  conditions.add(
    `EXISTS (SELECT 1 FROM json_each(${column('safety')}) WHERE value ->> 'source' = 'firewall'${byRule})`,
    ...(firewall === '*' ? [] : [firewall]),
  );
}

/** From so many letters on it can only be one of ours, and is looked up as such. */
function isRequestId(text: string | undefined): text is string {
  return text !== undefined && /^req_[a-z0-9]{4,}$/.test(text);
}

const searched = ['model_asked', `provider || '/' || model`, 'error', 'client', 'key_id', 'session'];

function addText(conditions: Conditions, text: string): void {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  conditions.add(
    `(${searched.map((column) => `${column} LIKE ? ESCAPE '\\'`).join(' OR ')})`,
    ...searched.map(() => pattern),
  );
}

function splitTarget(target: string): [string, string] {
  const slash = target.indexOf('/');
  return slash < 0 ? [target, ''] : [target.slice(0, slash), target.slice(slash + 1)];
}

function cursor(text: string): [number, number] {
  const match = /^(\d{1,16})\.(\d{1,16})$/.exec(text);
  if (match === null) throw new Error(`"${text}" is not the end of a page: give the "next" of the page before.`);
  return [Number(match[1]), Number(match[2])];
}
