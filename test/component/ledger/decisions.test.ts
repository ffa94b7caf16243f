// Why exchanges went where they went, and what they cost: kept, read back, summed, and brought over from an older file.
import { mkdtempSync, rmSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../main/kit/clock.ts';
import { openForWriting, schemaVersion } from '../../../main/ledger/database.ts';
import type { Ledger } from '../../../main/ledger/ledger.ts';
import { migrations } from '../../../main/ledger/migrations.ts';
import { exchanges } from '../../../main/ledger/migrations/0001-exchanges.ts';
import { openLedgerReader } from '../../../main/ledger/reader.ts';
import { createLedger, type LedgerOptions } from '../../../main/ledger/sqlite.ts';
import { createWriter } from '../../../main/ledger/write.ts';
import { toRow } from '../../../main/ledger/row.ts';
import { exchangeEntry } from '../../../shared/contract/traffic.ts';
import { attempt, decision, everything, exchange, opened, silentLog } from './exchanges.ts';

let directory: string;
let file: string;
const running: Ledger[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-decisions-'));
  file = join(directory, 'ledger.db');
});

afterEach(async () => {
  for (const ledger of running.splice(0)) await ledger.stop();
  rmSync(directory, { recursive: true, force: true });
});

function start(options: Partial<LedgerOptions> = {}): Ledger {
  const ledger = createLedger({ file, clock: systemClock, log: silentLog, ...options });
  running.push(ledger);
  return ledger;
}

const usage = { group_by: [], timezone: 'UTC' };
const noRedaction = (text: string): string => text;
const dollar = 1_000_000_000_000;

describe('a decision', () => {
  it.each([1, 60, 250])('with %d targets comes back as it was made, with its snapshot', async (targets) => {
    const ledger = start();
    const made = decision({}, targets);
    const body = { routes: [{ id: 'smart' }], providers: {} };
    ledger.keepSnapshot('s1', () => body);
    const record = exchange({ decision: made });
    ledger.close(record);
    const trace = await ledger.trace(record.requestId);
    expect(trace).toMatchObject({ entry: { request_id: record.requestId }, omitted: undefined });
    // Text for text: it is derived again and compared.
    expect(JSON.stringify(trace?.decision)).toBe(JSON.stringify(made));
    expect(trace?.snapshot).toEqual(body);
    await ledger.stop();
    const reader = openLedgerReader(file);
    expect(await reader.trace(record.requestId)).toEqual(trace);
    expect(await reader.trace('no-such')).toBeUndefined();
    reader.close();
  });

  it('between many targets takes up a fraction of its text', async () => {
    const ledger = start();
    const made = decision({}, 250);
    ledger.close(exchange({ decision: made }));
    await ledger.stop();
    const db = new DatabaseSync(file, { readOnly: true });
    const size = Number(db.prepare('SELECT length(decision) AS size FROM exchanges').get()?.['size']);
    expect(size).toBeLessThan(JSON.stringify(made).length / 5);
    db.close();
  });

  it('out of all proportion is cut, and says how much of it is missing', async () => {
    const ledger = start();
    const record = exchange({ decision: decision({ reason: 'r'.repeat(5_000) }, 3_000) });
    ledger.close(record);
    const trace = await ledger.trace(record.requestId);
    expect(trace?.omitted).toBe(2_950);
    expect(trace?.decision?.candidates).toHaveLength(50);
    expect(trace?.decision?.order).toHaveLength(50);
    expect(trace?.decision?.reason).toHaveLength(512);
    expect(trace?.decision).toMatchObject({ version: 1, asked: 'smart', chosen: 'demo/model-0', draw: 0.25 });
  });

  it('is no part of an exchange that still runs, and not there for one that was refused', async () => {
    const ledger = start();
    const record = exchange({ decision: decision() });
    ledger.open({ ...opened(record) });
    expect(await ledger.trace(record.requestId)).toMatchObject({ entry: { outcome: 'open' }, decision: undefined });
    const refused = exchange({ attempts: [], target: undefined });
    ledger.close(refused);
    expect(await ledger.trace(refused.requestId)).toMatchObject({ decision: undefined, snapshot: undefined });
  });

  it('holds no secret, wherever one was said', async () => {
    const hush = 'hunter2-hunter2';
    const ledger = start({ redact: (text) => text.replaceAll(hush, '***') });
    const target = `openai/${hush}`;
    const made = decision({
      asked: hush,
      chosen: target,
      reason: `the client named ${hush}`,
      skipped: [{ id: 'r', why: `model ${hush}` }],
      facts: {
        ...decision().facts,
        model: hush,
        client: hush,
        tags: { team: hush, user: null },
        session: { key: hush, source: `header ${hush}` },
      },
      candidates: [
        { target, id: target, dropped: hush, note: hush, health: { state: 'open', why: hush, running: 0 } },
        { target: 'demo/echo', id: 'a', health: { state: 'closed', running: 1 } },
      ],
      order: [target],
      pin: {
        kind: 'session',
        target,
        kept: false,
        why: hush,
        switching: { to: target, cachedTokens: 1, cost: 1, gain: 1, expectedTurns: 1, balance: 0 },
      },
      session: {
        providerId: 'openai',
        model: hush,
        credential: hush,
        cachedTokens: 0,
        cacheLeftMs: 0,
        turns: 1,
        expectedTurns: 1,
      },
      principal: { ...decision().principal, key: hush, allowedModels: [hush], deniedModels: [hush] },
      expectedOutput: { [target]: 12 },
    });
    const record = exchange({ decision: made });
    ledger.keepSnapshot('s1', () => ({ leak: hush }));
    ledger.close(record);
    expect((await ledger.trace(record.requestId))?.snapshot).toEqual({ leak: '***' });
    expect(JSON.stringify((await ledger.trace(record.requestId))?.decision)).not.toContain(hush);
    await ledger.stop();
    for (const name of readdirSync(directory)) expect(readFileSync(join(directory, name)).includes(hush)).toBe(false);
  });
});

describe('snapshots', () => {
  const day = 86_400_000;
  const noon = Date.UTC(2026, 10, 25, 12);
  const settings = { retentionDays: 1, maxSizeMb: 500 };

  function ids(db: DatabaseSync): unknown[] {
    return db
      .prepare('SELECT id FROM routing_snapshots ORDER BY id')
      .all()
      .map(({ id }) => id);
  }

  it('stay while an exchange refers to them, and the newest always', () => {
    const { db } = openForWriting({ file, now: noon, migrations });
    const writer = createWriter(db);
    const write = (snapshotId: string, at: number): void =>
      writer.write([], [toRow(exchange({ at, snapshotId }), noRedaction)]);
    writer.keepSnapshot('a', '{}', noon);
    write('a', noon);
    writer.keepSnapshot('b', '{}', noon + day);
    // A long one that began before the change ends after it.
    write('a', noon + day);
    write('b', noon + 2 * day);
    writer.keepSnapshot('c', '{}', noon + 3 * day);
    const retain = (now: number): unknown[] => {
      while (writer.retain(settings, now));
      return ids(db);
    };
    expect(retain(noon + 1.5 * day)).toEqual(['a', 'b', 'c']);
    expect(retain(noon + 2.5 * day)).toEqual(['b', 'c']);
    expect(retain(noon + 9 * day)).toEqual(['c']);
    expect(db.prepare('SELECT count(*) AS n FROM exchanges').get()?.['n']).toBe(0);
    // Back to an older configuration: that is the newest then.
    writer.keepSnapshot('d', '{}', noon + 9 * day);
    writer.keepSnapshot('c', '{}', noon + 10 * day);
    expect(retain(noon + 20 * day)).toEqual(['c']);
    db.close();
  });

  it('are made into text once for each change, and not while the caller waits', async () => {
    const ledger = start();
    await ledger.started();
    let made = 0;
    const body = (): unknown => ({ made: (made += 1) });
    for (let count = 0; count < 3; count += 1) ledger.keepSnapshot('s1', body);
    expect(made).toBe(0);
    const record = exchange();
    ledger.close(record);
    expect((await ledger.trace(record.requestId))?.snapshot).toEqual({ made: 1 });
    ledger.keepSnapshot('s2', () => ({}));
    ledger.keepSnapshot('s1', body);
    expect((await ledger.trace(record.requestId))?.snapshot).toEqual({ made: 1 });
  });

  it('that cannot be made into text cost nothing but themselves', async () => {
    const ledger = start();
    ledger.keepSnapshot('s1', () => {
      throw new Error('not today');
    });
    const record = exchange({ decision: decision() });
    ledger.close(record);
    expect(await ledger.trace(record.requestId)).toMatchObject({ decision: { version: 1 }, snapshot: undefined });
    expect(ledger.health()).toMatchObject({ state: 'writing', dropped_closes: 0 });
  });

  it('are in a file again that was begun anew because the old one broke while it was open', async () => {
    const ledger = start();
    ledger.keepSnapshot('s1', () => ({ kept: true }));
    ledger.close(exchange());
    await ledger.flush();
    // The pages of the open database go bad under the worker.
    const other = new DatabaseSync(file);
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    other.close();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096);
    writeFileSync(file, bytes);
    const record = exchange();
    ledger.close(record);
    await expect.poll(() => ledger.health().notices.join(), { timeout: 30_000 }).toContain('corrupt');
    await ledger.flush();
    await expect
      .poll(async () => (await ledger.trace(record.requestId))?.snapshot, { timeout: 30_000 })
      .toEqual({ kept: true });
  });
});

describe('costs', () => {
  it('are decimal dollars, null where a price is unknown, and nothing where nothing was asked', async () => {
    const ledger = start();
    const cost = async (given: Parameters<typeof exchange>[0]): Promise<unknown> => {
      const record = exchange(given);
      ledger.close(record);
      const entry = exchangeEntry.parse((await ledger.byRequestId(record.requestId))?.entry);
      return [entry.cost_usd, entry.cache];
    };
    expect(await cost({ cost: 1_100_000_000 })).toEqual(['0.0011', null]);
    expect(await cost({ cost: 0 })).toEqual(['0', null]);
    expect(await cost({ cost: undefined })).toEqual([null, null]);
    expect(await cost({ cost: undefined, attempts: [] })).toEqual(['0', null]);
    expect(await cost({ cost: Number.NaN })).toEqual([null, null]);
    expect(await cost({ cost: 0, attempts: [], cache: { savedCost: 250_000_000_000 } })).toEqual([
      '0',
      { hit: true, saved_usd: '0.25' },
    ]);
    expect(await cost({ cost: 0, attempts: [], cache: { savedCost: undefined } })).toEqual([
      '0',
      { hit: true, saved_usd: null },
    ]);
  });

  it('of attempts are told one by one, with what each used', async () => {
    const ledger = start();
    const used = { inputTokens: 7, outputTokens: 3, cacheReadTokens: 2, cacheWriteTokens: 1 };
    const record = exchange({
      cost: 3_000_000,
      attempts: [
        attempt({
          target: 'a/b',
          usage: used,
          usageSource: 'estimated',
          cost: 2_000_000,
          state: 'estimated',
          bound: 9_000_000,
          counted: 2_000_000,
          basis: 'tokenizer',
        }),
        attempt({ target: 'c/d', kind: 'hedge', startedMs: 800.04, ttftMs: 90, cost: 1_000_000 }),
      ],
    });
    ledger.close(record);
    expect((await ledger.byRequestId(record.requestId))?.entry.attempts).toEqual([
      {
        target: 'a/b',
        status: 200,
        error: null,
        ms: 12.3,
        kind: 'first',
        started_ms: 0.4,
        ttft_ms: 5.1,
        usage: {
          input_tokens: 7,
          output_tokens: 3,
          cache_read_tokens: 2,
          cache_write_tokens: 1,
          reasoning_tokens: null,
        },
        usage_source: 'estimated',
        cost_usd: '0.000002',
        state: 'estimated',
        bound_usd: '0.000009',
        counted_usd: '0.000002',
        basis: 'tokenizer',
      },
      {
        target: 'c/d',
        status: 200,
        error: null,
        ms: 12.3,
        kind: 'hedge',
        started_ms: 800,
        ttft_ms: 90,
        usage: null,
        usage_source: 'none',
        cost_usd: '0.000001',
        state: null,
        bound_usd: null,
        counted_usd: null,
        basis: null,
      },
    ]);
  });

  it('add up in usage, to null as soon as one of them is unknown', async () => {
    const ledger = start();
    for (const [target, cost] of [
      ['a/x', 0.25 * dollar],
      ['a/x', 0.5 * dollar],
      ['b/y', dollar],
      ['b/y', undefined],
    ] as const) {
      ledger.close(exchange({ target, cost }));
    }
    ledger.close(exchange({ target: undefined, attempts: [], cost: undefined, status: 403 }));
    const { groups, total } = await ledger.usage({ group_by: ['provider'], timezone: 'UTC' });
    expect(Object.fromEntries(groups.map(({ provider, cost_usd }) => [provider ?? '-', cost_usd]))).toEqual({
      a: '0.75',
      b: null,
      '-': '0',
    });
    expect(total.cost_usd).toBeNull();
    const noon = Date.UTC(2026, 10, 25, 12);
    // The same from single exchanges and from whole hours.
    expect((await ledger.usage({ ...usage, since: noon, until: noon + 60_000 })).total).toEqual(total);
  });

  it('add up exactly beyond what a number holds', async () => {
    const ledger = start();
    const hour = 3_600_000;
    for (let index = 0; index < 4_000; index += 1)
      ledger.close(exchange({ at: hour * (index % 5), cost: 9_000 * dollar + 1 }));
    expect((await ledger.usage(usage)).total.cost_usd).toBe('36000000.000000004');
    // More than an hour or a request can hold is as much as can be said.
    for (let index = 0; index < 1_100; index += 1) ledger.close(exchange({ at: 0, cost: 9_000 * dollar }));
    expect((await ledger.usage({ ...usage, until: hour })).total.cost_usd).toBe('9000000');
    const absurd = exchange({ cost: 1e30 });
    ledger.close(absurd);
    expect((await ledger.byRequestId(absurd.requestId))?.entry.cost_usd).toBe('9007.199254740991');
  });

  it('of what a crash interrupted are unknown', async () => {
    const first = start();
    first.open(opened(exchange({ cost: 0 })));
    first.close(exchange({ cost: dollar }));
    await first.stop();
    const second = start();
    expect((await second.usage(usage)).total).toMatchObject({ requests: 2, cost_usd: null });
  });
});

describe('sums', () => {
  it('count each exchange once, also when a row of their batch is refused', async () => {
    const ledger = start();
    for (let count = 0; count < 3; count += 1) ledger.close(exchange({ cost: dollar }));
    ledger.close(exchange({ surface: null as never }));
    ledger.close(exchange({ cost: dollar }));
    await ledger.flush();
    expect((await ledger.usage(usage)).total).toMatchObject({ requests: 4, input_tokens: 40, cost_usd: '4' });
    expect(ledger.health().dropped_closes).toBe(1);
  });
});

describe('a file of the first version', () => {
  const noon = Date.UTC(2026, 10, 25, 12);

  function writeFirstVersion(): void {
    const { db } = openForWriting({ file, now: noon, migrations: [exchanges] });
    const insert = db.prepare(
      `INSERT INTO exchanges (request_id, at, key_id, surface, stream, snapshot_id, provider, model, status, outcome, is_error,
         attempts, losses, input_tokens, output_tokens, usage_source, request_bytes, response_bytes)
       VALUES (?, ?, 'default', 'chat', 0, 's0', 'demo', 'echo', 200, ?, 0, ?, '[]', 10, 5, 'provider', 1, 2)`,
    );
    const attempts = [
      { target: 'openai/gpt', status: 503, error: 'upstream.503', ms: 7 },
      { target: 'openai/gpt', status: 503, error: 'upstream.503', ms: 8 },
      { target: 'demo/echo', status: 200, ms: 12.3 },
    ];
    insert.run('old-1', noon, 'complete', JSON.stringify(attempts));
    insert.run('old-2', noon + 1, 'complete', '[]');
    insert.run('old-3', noon + 2, 'open', '[]');
    db.exec(
      `INSERT INTO usage_hourly VALUES (${noon / 3_600_000}, 'default', '', 'demo', 'echo', 2, 0, 20, 10, 0, 0, 0)`,
    );
    db.close();
  }

  it('is read as it is while no instance runs', async () => {
    writeFirstVersion();
    const reader = openLedgerReader(file);
    const page = await reader.log(everything);
    expect(
      exchangeEntry
        .array()
        .parse(page.entries)
        .map(({ request_id }) => request_id),
    ).toEqual(['old-3', 'old-2', 'old-1']);
    expect((await reader.usage(usage)).total).toMatchObject({ requests: 2, input_tokens: 20, cost_usd: null });
    expect((await reader.usage({ ...usage, since: noon, until: noon + 1 })).total).toMatchObject({
      requests: 1,
      cost_usd: null,
    });
    expect(await reader.trace('old-1')).toMatchObject({ entry: { cost_usd: null }, decision: undefined });
    reader.close();
    const db = new DatabaseSync(file);
    expect(schemaVersion(db)).toBe(1);
    db.close();
  });

  it('is brought over in place: rows and sums stay, what was not priced is unknown', async () => {
    writeFirstVersion();
    const ledger = start();
    expect(await ledger.started()).toMatchObject({ state: 'writing', interrupted: 1 });
    expect(ledger.health().notices.join()).toContain(`${file}.backup-v1`);
    const { entries } = await ledger.log(everything);
    expect(exchangeEntry.array().parse(entries)).toHaveLength(3);
    expect((await ledger.byRequestId('old-1'))?.entry).toMatchObject({
      cost_usd: null,
      cache: null,
      attempts: [
        { target: 'openai/gpt', kind: 'first', started_ms: null, cost_usd: null },
        { target: 'openai/gpt', kind: 'retry', usage: null },
        { target: 'demo/echo', kind: 'fallback', status: 200 },
      ],
    });
    expect((await ledger.usage(usage)).total).toMatchObject({ requests: 3, errors: 1, cost_usd: null });
    // A day that was priced from its start on is known.
    const record = exchange({ at: noon + 86_400_000, cost: dollar, decision: decision() });
    ledger.close(record);
    expect((await ledger.usage({ ...usage, since: noon + 80_000_000 })).total).toMatchObject({
      requests: 1,
      cost_usd: '1',
    });
    expect((await ledger.trace(record.requestId))?.decision?.chosen).toBe('demo/model-0');
    await ledger.stop();
    const backup = new DatabaseSync(`${file}.backup-v1`, { readOnly: true });
    expect(schemaVersion(backup)).toBe(1);
    backup.close();
  });
});
