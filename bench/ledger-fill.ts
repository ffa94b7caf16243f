/** Fills a ledger with many exchanges at once, as months of a busy team leave it. */
import { existsSync } from 'node:fs';
import { openForWriting } from '../main/ledger/database.ts';
import { migrations } from '../main/ledger/migrations.ts';

export interface LedgerSize {
  readonly entries: number;
  /** They are spread evenly over this many days. */
  readonly days: number;
  /** Milliseconds since 1970 of the last one. */
  readonly until: number;
}

/** What there is in a filled ledger, to ask for. */
export const filled = {
  ...{ keys: 40, clients: 6, users: 20, teams: 5, providers: 4, models: 12, perSession: 40 },
} as const;

/** Well mixed, and the same in every run. */
const mixed = (number: string): string => `((${number} * 2654435761 + 12345) % 4294967296)`;

const attempts = JSON.stringify([
  {
    ...{ target: 'provider-1/model-1', credential: 'main', status: 200, ms: 1234.5, kind: 'first', started_ms: 0.4 },
    ...{ ttft_ms: 433.1, usage_source: 'provider', cost: 1_234_567 },
    usage: { input_tokens: 1200, output_tokens: 300, cache_read_tokens: 18_000, cache_write_tokens: 0 },
  },
]);
const rawUsage =
  '{"input_tokens":1200,"cache_creation_input_tokens":0,"cache_read_input_tokens":18000,"output_tokens":300}';

const named = ['all', 'key_id', 'client', 'user', 'team', 'provider', 'model']
  .map(
    (kind) => `INSERT INTO usage_named SELECT '${kind}', ${kind === 'all' ? "''" : kind} AS named, hour, sum(requests),
      sum(errors), sum(input_tokens), sum(output_tokens), sum(cache_read_tokens), sum(cache_write_tokens),
      sum(reasoning_tokens), sum(cost), sum(unknown_costs), sum(cached), sum(cache_saved)
    FROM usage_hourly GROUP BY named, hour;`,
  )
  .join('\n');

/** Makes the ledger if it is not there. Some ten seconds and two gigabytes for a million. */
export function fillLedger(file: string, { entries, days, until }: LedgerSize): void {
  if (existsSync(file)) return;
  const { db } = openForWriting({ file, now: until, migrations });
  const each = Math.floor((days * 86_400_000) / entries);
  db.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA cache_size = -400000; BEGIN');
  db.exec(`
    INSERT INTO exchanges (request_id, at, key_id, client, session, surface, dialect, model_asked, stream, snapshot_id,
      provider, model, target_dialect, route_reason, status, error, outcome, is_error, attempts, losses, ttft_ms, duration_ms,
      input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, usage_source, raw_usage, finish_reason,
      request_bytes, response_bytes, cost, cached, cache_saved, decision, user, team, rule)
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${entries - 1}),
      -- Sessions of forty requests, eight side by side.
      sessions(i, s) AS (SELECT i, i / ${8 * filled.perSession} * 8 + i % 8 FROM n),
      mixed(i, s, h, g) AS (SELECT i, s, ${mixed('i')}, ${mixed('s')} FROM sessions),
      -- A session is of one key, one client and one model, with now and then a request to a small one.
      keyed(i, s, h, k, m, g) AS (
        SELECT i, s, h, g % ${filled.keys}, CASE WHEN h % 8 = 0 THEN 11 ELSE (g % ${filled.keys} * 3 + g / 128 % 3) % 11 END, g
        FROM mixed)
    SELECT printf('req_%08x%012x', h, i), ${until} - (${entries - 1} - i) * ${each}, 'key-' || k,
      'client-' || ((k + g / 64 % 2) % ${filled.clients}), 'session-' || s, 'messages',
      'anthropic-messages', CASE h / 7 % 10 WHEN 0 THEN 'smart' ELSE 'model-' || m END, h / 3 % 2, 'snapshot-1',
      'provider-' || (m % ${filled.providers}), 'model-' || m, 'anthropic-messages',
      'Route "smart" asks provider-1/model-1 first, because it is listed first.',
      CASE WHEN h % 33 = 0 THEN 429 WHEN h % 47 = 0 THEN 502 ELSE 200 END,
      CASE WHEN h % 33 = 0 THEN 'upstream.429' WHEN h % 47 = 0 THEN 'attempt.connect' END,
      CASE WHEN h % 33 = 0 OR h % 47 = 0 THEN 'failed' ELSE 'complete' END, h % 33 = 0 OR h % 47 = 0, '${attempts}',
      CASE WHEN h % 19 = 0 THEN '[{"path":"/logprobs","why":"not known there"}]' ELSE '[]' END, 400, 1200 + h % 50000,
      1200, 300, 18000, 0, 'provider', '${rawUsage}', 'end_turn', 200000, 3000,
      CASE WHEN h % 4999 = 0 THEN NULL ELSE h % 1000000 * 1000 END, h % 97 = 0, CASE WHEN h % 97 = 0 THEN 1000000 END,
      printf('{"version":1,"asked":"smart","candidates":[%s],"order":[]}', printf('%.*c', 600, 'x')),
      'user-' || (k / 2), 'team-' || (k % ${filled.teams}), CASE WHEN h % 33 = 0 THEN 'team-month' END
    FROM keyed;
    INSERT INTO usage_hourly
    SELECT at / 3600000 AS hour, key_id, client, user, team, provider, model, count(*), sum(is_error), sum(input_tokens),
      sum(output_tokens), sum(cache_read_tokens), sum(cache_write_tokens), 0, coalesce(sum(cost), 0),
      count(*) - count(cost), sum(cached), coalesce(sum(cache_saved), 0)
    FROM exchanges GROUP BY 1, 2, 3, 4, 5, 6, 7;
    ${named}
    COMMIT; PRAGMA journal_mode = WAL;`);
  db.close();
}
