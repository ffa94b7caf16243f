/** What a budget's running window has cost so far, for one that is new in the config. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { matchesGlob } from '../kit/glob.ts';
import { schemaVersion } from './database.ts';
import type { SpentQuery, SpentRow } from './ledger.ts';
import { hourMs } from './sums.ts';

/** The schema version that sums of tries came with. */
export const spendVersion = 3;

/** A subject is what the scope tells apart; of models the target, since the same model of two providers has two prices. */
const subjects: Readonly<Record<SpentQuery['scope'], string | undefined>> = {
  global: `''`,
  key: 'key_id',
  client: 'client',
  user: 'user',
  team: 'team',
  provider: 'provider',
  model: `provider || '/' || model`,
  // Neither is kept with the sums.
  tag: undefined,
  session: undefined,
};

/** Whole hours: the one in which the window began counts as a whole, so that never too little is told. */
export function readSpentSince(db: DatabaseSync, { since, scope, match }: SpentQuery): SpentRow[] {
  const subject = subjects[scope];
  if (subject === undefined || schemaVersion(db) < spendVersion) return [];
  const values: SQLInputValue[] = [Math.floor(since / hourMs)];
  const statement = db.prepare(
    `SELECT ${subject} AS subject, model, sum(amount) AS amount, sum(unknown) AS unknown FROM spend_hourly
    WHERE hour >= ? GROUP BY ${subject}${scope === 'model' ? ', model' : ''}`,
  );
  statement.setReadBigInts(true);
  const found = new Map<string, { amount: bigint; unknown: number }>();
  for (const row of statement.all(...values)) {
    const name = String(row['subject']);
    // What is spent without a name of this kind is nobody's.
    if (scope !== 'global' && name === '') continue;
    if (match !== undefined && !fits(match, name, scope === 'model' ? String(row['model']) : undefined)) continue;
    const key = match === undefined ? name : '';
    const sum = found.get(key) ?? { amount: 0n, unknown: 0 };
    found.set(key, sum);
    sum.amount += BigInt(row['amount'] as bigint);
    sum.unknown += Number(row['unknown']);
  }
  return [...found].map(([name, { amount, unknown }]) => ({ subject: name, amount: String(amount), unknown }));
}

function fits(match: string, name: string, model: string | undefined): boolean {
  return matchesGlob(match, name) || (model !== undefined && matchesGlob(match, model));
}
