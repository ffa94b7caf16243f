/** Whether the ledger is right: its file whole, its sums the sums of what they are made of, every try with one end. */
import type { DatabaseSync } from 'node:sqlite';
import { schemaVersion } from './database.ts';
import type { LedgerFinding } from './ledger.ts';
import { SpendGroups, spendDimensions, spentOfAttempts } from './spend-sums.ts';
import { spendVersion } from './spent-since.ts';
import { hourMs } from './sums.ts';
import { factOf } from './write.ts';

/** A request may run for so long: a try of one that was deleted may be counted in an hour that is kept. */
const longestRequestMs = 86_400_000;

/** Reads all of it: seconds, with a million exchanges. */
export function checkLedger(db: DatabaseSync): LedgerFinding[] {
  const findings = [checkFile(db)];
  if (schemaVersion(db) < spendVersion) return findings;
  return [...findings, checkTries(db), checkSums(db), checkSpend(db)];
}

function checkFile(db: DatabaseSync): LedgerFinding {
  const result = String(db.prepare('PRAGMA quick_check(1)').get()?.['quick_check']);
  const ok = result === 'ok';
  return { check: 'file', ok, message: ok ? 'Its file is whole.' : `Its file is damaged: ${result}.` };
}

/** BUD-I2. What was sent was kept back for, and is settled, estimated or released once its exchange is closed. */
function checkTries(db: DatabaseSync): LedgerFinding {
  const wrong = db
    .prepare(
      `SELECT count(*) AS count, min(request_id) AS request_id FROM exchanges, json_each(exchanges.attempts) AS attempt
      WHERE outcome <> 'open' AND (
        (attempt.value ->> 'bound' IS NOT NULL AND attempt.value ->> 'state' IS NULL)
        OR (attempt.value ->> 'state' = 'released' AND coalesce(attempt.value ->> 'counted', 0) > 0))`,
    )
    .get();
  const count = Number(wrong?.['count'] ?? 0);
  if (count === 0)
    return { check: 'tries', ok: true, message: 'Every try of a closed exchange is settled, estimated or released.' };
  return {
    check: 'tries',
    ok: false,
    message: `${count} tries of closed exchanges have no end, or were released and counted all the same, for one of ${String(wrong?.['request_id'])}.`,
  };
}

const measures = [
  ...(['requests', 'errors', 'input_tokens', 'output_tokens', 'cache_read_tokens'] as const),
  ...(['cache_write_tokens', 'reasoning_tokens', 'cost', 'unknown_costs'] as const),
];

/** Of the hours whose exchanges are all there. */
function checkSums(db: DatabaseSync): LedgerFinding {
  const hour = firstWholeHour(db, 0);
  const dimensions = db
    .prepare(`SELECT name FROM pragma_table_info('usage_hourly') WHERE pk > 0 AND name <> 'hour'`)
    .all()
    .map(({ name }) => String(name));
  const made = [
    'count(*)',
    'sum(is_error)',
    ...measures.slice(2, 7).map((name) => `sum(coalesce(${name}, 0))`),
    'sum(coalesce(cost, 0))',
    'sum(cost IS NULL)',
  ];
  const names = dimensions.join(', ');
  const fromExchanges = `SELECT at / ${hourMs} AS hour, ${dimensions.map((name) => `coalesce(${name}, '') AS d_${name}`).join(', ')}, ${made.join(', ')}
    FROM exchanges WHERE at >= ? AND outcome <> 'open' GROUP BY at / ${hourMs}, ${dimensions.map((name) => `d_${name}`).join(', ')}`;
  const fromSums = `SELECT hour, ${names}, ${measures.join(', ')} FROM usage_hourly WHERE hour >= ?`;
  const from = hour * hourMs;
  const missing = count(db, `${fromExchanges} EXCEPT ${fromSums}`, from, hour);
  const tooMuch = count(db, `${fromSums} EXCEPT ${fromExchanges}`, hour, from);
  return agreement('sums', 'The hourly sums are the sums of the exchanges.', Math.max(missing, tooMuch));
}

function checkSpend(db: DatabaseSync): LedgerFinding {
  const hour = Math.max(firstWholeHour(db, longestRequestMs), Math.ceil((factOf(db, 'spend_since') ?? 0) / hourMs));
  const made = new SpendGroups();
  const rows = db
    .prepare(
      `SELECT at, ${spendDimensions.slice(0, 4).join(', ')}, attempts FROM exchanges
      WHERE at >= ? AND outcome <> 'open' AND attempts <> '[]'`,
    )
    .iterate(hour * hourMs - longestRequestMs);
  for (const row of rows) {
    const spender = spendDimensions.slice(0, 4).map((name) => String(row[name] ?? ''));
    made.add(spentOfAttempts(Number(row['at']), spender, row['attempts']));
  }
  let different = 0;
  const kept = db.prepare(
    `SELECT hour, ${spendDimensions.join(', ')}, amount, unknown FROM spend_hourly WHERE hour >= ?`,
  );
  kept.setReadBigInts(true);
  for (const row of kept.iterate(hour)) {
    const key = JSON.stringify([Number(row['hour']), ...spendDimensions.map((name) => String(row[name]))]);
    const sum = made.groups.get(key);
    if (sum === undefined || sum.amount !== row['amount'] || BigInt(sum.unknown) !== row['unknown']) different += 1;
    made.groups.delete(key);
  }
  for (const sum of made.groups.values()) if (sum.hour >= hour) different += 1;
  return agreement('spend', 'What budgets counted by the hour is what the tries were counted at.', different);
}

/** The first hour of which no exchange was deleted. */
function firstWholeHour(db: DatabaseSync, slackMs: number): number {
  const since = factOf(db, 'raw_since');
  return since === undefined ? 0 : Math.ceil((since + slackMs) / hourMs);
}

function count(db: DatabaseSync, sql: string, ...values: readonly number[]): number {
  return Number(db.prepare(`SELECT count(*) AS count FROM (${sql})`).get(...values)?.['count'] ?? 0);
}

function agreement(check: string, well: string, different: number): LedgerFinding {
  if (different === 0) return { check, ok: true, message: well };
  return { check, ok: false, message: `${different} hourly sums differ from what they are made of.` };
}
