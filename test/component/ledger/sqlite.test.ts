import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../main/kit/clock.ts';
import type { Ledger } from '../../../main/ledger/ledger.ts';
import { openLedgerReader } from '../../../main/ledger/reader.ts';
import { createLedger, type LedgerOptions } from '../../../main/ledger/sqlite.ts';
import { exchangeEntry } from '../../../shared/contract/traffic.ts';
import { usageReport } from '../../../shared/contract/usage.ts';
import { attempt, everything, exchange, opened, silentLog } from './exchanges.ts';

let directory: string;
let file: string;
const running: Ledger[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-ledger-'));
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

describe('recording', () => {
  it('gives back what was handed over, before the file is even open', async () => {
    const ledger = start();
    const record = exchange({
      losses: [{ path: '/logprobs', why: 'not known there' }],
      attempts: [
        attempt({ target: 'openai/gpt', credential: 'main', status: 503, error: 'upstream.503', ms: 7, cost: 0 }),
        attempt({ kind: 'fallback', startedMs: 8, ms: 12.34, ttftMs: undefined }),
      ],
    });
    ledger.open(opened(record));
    ledger.close(record);
    const page = await ledger.log(everything);
    expect(page.next).toBeNull();
    expect(exchangeEntry.array().parse(page.entries)).toHaveLength(1);
    expect(page.entries[0]).toMatchObject({
      request_id: record.requestId,
      at: new Date(record.at).toISOString(),
      key: 'default',
      target: 'demo/echo',
      status: 200,
      outcome: 'complete',
      attempts: [
        { target: 'openai/gpt', status: 503, error: 'upstream.503', ms: 7, kind: 'first', cost_usd: '0' },
        { target: 'demo/echo', status: 200, error: null, ms: 12.3, kind: 'fallback', started_ms: 8, ttft_ms: null },
      ],
      usage: { input_tokens: 10, output_tokens: 5, cache_read_tokens: 3, cache_write_tokens: 2, reasoning_tokens: 1 },
      usage_source: 'provider',
      cost_usd: null,
      losses: [{ path: '/logprobs', why: 'not known there' }],
      stream: false,
    });
  });

  it('keeps what was masked and what was found, and tells the strongest action of the firewall', async () => {
    const ledger = start();
    const safety = [
      { source: 'masking', rule: 'secrets', action: 'block', detail: '1 × aws_access_key_id' },
      { source: 'firewall', rule: 'topics', action: 'log', detail: 'layoffs' },
      { source: 'firewall', rule: 'injection', action: 'warn', detail: 'prompt_injection 0.97: override' },
      { source: 'firewall', rule: 'topics', action: 'log', detail: 'merger' },
    ] satisfies ReturnType<typeof exchange>['safety'];
    const record = exchange({ masked: { email: 2, person: 1 }, safety });
    ledger.close(record);
    ledger.close(exchange({ masked: {} }));
    ledger.close(exchange());
    const { entries } = await ledger.log(everything);
    const told = entries.map(({ masked, masked_kinds, firewall }) => ({ masked, masked_kinds, firewall }));
    const firewall = { action: 'warn', rules: ['topics', 'injection'] };
    expect(told).toEqual([
      { masked: 0, masked_kinds: null, firewall: null },
      { masked: 0, masked_kinds: {}, firewall: null },
      { masked: 3, masked_kinds: { email: 2, person: 1 }, firewall },
    ]);
    expect((await ledger.byRequestId(record.requestId))?.safety).toEqual(safety);
    expect(exchangeEntry.array().safeParse(entries).success).toBe(true);
  });

  it('keeps the provider’s usage object verbatim', async () => {
    const ledger = start();
    const rawUsage = '{ "prompt_tokens" : 1.50e1, "zz":{"a":null} }';
    const record = exchange({ rawUsage });
    ledger.close(record);
    expect((await ledger.byRequestId(record.requestId))?.raw_usage).toBe(rawUsage);
    expect(await ledger.byRequestId('no-such')).toBeUndefined();
  });

  it('shows an exchange as open until it is closed, and counts it once however often it is closed', async () => {
    const ledger = start();
    const record = exchange();
    ledger.open(opened(record));
    await ledger.flush();
    expect((await ledger.log(everything)).entries[0]).toMatchObject({ outcome: 'open', status: null, usage: null });
    expect((await ledger.usage(usage)).total.requests).toBe(0);
    for (let count = 0; count < 3; count += 1) {
      ledger.close(record);
      await ledger.flush();
    }
    expect((await ledger.log(everything)).entries).toHaveLength(1);
    expect((await ledger.usage(usage)).total).toMatchObject({ requests: 1, errors: 0, input_tokens: 10 });
  });

  it('keeps nothing of what begins while that is switched off, and all of what began before', async () => {
    const ledger = start();
    const [before, during, after] = [exchange(), exchange(), exchange()];
    ledger.open(opened(before));
    ledger.configure({ retentionDays: 30, maxSizeMb: 500, recordsExchanges: false });
    ledger.open(opened(during));
    ledger.close(before);
    ledger.configure({ retentionDays: 30, maxSizeMb: 500, recordsExchanges: true });
    ledger.close(during);
    ledger.open(opened(after));
    ledger.close(after);
    const { entries } = await ledger.log(everything);
    expect(entries.map(({ request_id }) => request_id).sort()).toEqual([before.requestId, after.requestId].sort());
    expect((await ledger.usage(usage)).total.requests).toBe(2);
    expect(ledger.health()).toMatchObject({ dropped_closes: 0 });
  });

  it('takes secrets out of names and texts', async () => {
    const ledger = start({ redact: (text) => text.replaceAll('hunter2', '***') });
    const record = exchange({
      client: 'a-hunter2',
      modelAsked: 'hunter2',
      losses: [{ path: 'hunter2', why: 'hunter2' }],
    });
    ledger.close(record);
    await ledger.flush();
    await ledger.stop();
    for (const name of readdirSync(directory)) {
      expect(readFileSync(join(directory, name)).includes('hunter2'), name).toBe(false);
    }
  });

  it('records an exchange whatever is in it', async () => {
    const ledger = start();
    ledger.close(exchange({ at: Number.NaN, ttftMs: Number.POSITIVE_INFINITY, modelAsked: 'x'.repeat(100_000) }));
    ledger.close(exchange({ client: '\ud800', modelAsked: '\u0000' }));
    ledger.close(exchange({ attempts: null as never }));
    ledger.close(exchange({ surface: null as never }));
    ledger.close(exchange({ requestId: 'good' }));
    expect(await ledger.flush()).toBe(true);
    const { entries } = await ledger.log(everything);
    expect(entries.map((entry) => entry.request_id)).toContain('good');
    expect(entries).toHaveLength(3);
    expect(ledger.health()).toMatchObject({ state: 'writing', dropped_closes: 2 });
  });

  it('is readable by its owner only, journals included', async () => {
    writeFileSync(file, '');
    chmodSync(file, 0o644);
    const ledger = start();
    ledger.close(exchange());
    await ledger.flush();
    for (const name of ['ledger.db', 'ledger.db-wal', 'ledger.db-shm']) {
      expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600);
    }
    expect(ledger.health().notices.join()).toContain('readable by its owner only');
  });

  it('does not write through a symbolic link', async () => {
    writeFileSync(join(directory, 'elsewhere'), '');
    symlinkSync(join(directory, 'elsewhere'), file);
    const ledger = start();
    expect(await ledger.started()).toMatchObject({ state: 'failing' });
    expect(ledger.health().reason).toContain('symbolic link');
    expect(statSync(join(directory, 'elsewhere')).size).toBe(0);
  });
});

describe('asking', () => {
  it('pages from the newest to the oldest without missing or repeating one, also among equal moments', async () => {
    const ledger = start();
    const at = Date.UTC(2026, 10, 25);
    for (let index = 0; index < 25; index += 1)
      ledger.close(exchange({ requestId: `r${index}`, at: at + Math.floor(index / 10) }));
    const seen: string[] = [];
    let before: string | undefined;
    do {
      const page = await ledger.log({ limit: 4, filter: {}, before });
      seen.push(...page.entries.map((entry) => entry.request_id));
      before = page.next ?? undefined;
      ledger.close(exchange({ at: at + 1000 }));
    } while (before !== undefined);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `r${24 - index}`));
  });

  it('filters by key, client, model, provider, status and error, and by time', async () => {
    const ledger = start();
    ledger.close(exchange({ requestId: 'a', at: 1000, keyId: 'k1', client: 'codex', target: 'openai/gpt-5' }));
    ledger.close(
      exchange({ requestId: 'b', at: 2000, status: 429, error: 'admit.too_many_failures', target: undefined }),
    );
    ledger.close(exchange({ requestId: 'c', at: 3000, modelAsked: 'smart' }));
    const ids = async (query: object): Promise<string[]> =>
      (await ledger.log({ ...everything, ...query })).entries.map((entry) => entry.request_id);
    expect(await ids({ filter: { key: 'k1' } })).toEqual(['a']);
    expect(await ids({ filter: { client: 'codex' } })).toEqual(['a']);
    expect(await ids({ filter: { provider: 'openai' } })).toEqual(['a']);
    expect(await ids({ filter: { model: 'gpt-5' } })).toEqual(['a']);
    expect(await ids({ filter: { model: 'smart' } })).toEqual(['c']);
    expect(await ids({ filter: { status: 429 } })).toEqual(['b']);
    expect(await ids({ filter: { error: '*' } })).toEqual(['b']);
    expect(await ids({ filter: { error: 'admit.key_missing' } })).toEqual([]);
    expect(await ids({ since: 2000, until: 3000 })).toEqual(['b']);
    expect(await ids({ filter: { client: `codex' OR 1=1 --` } })).toEqual([]);
  });

  it('refuses a page mark that it did not give', async () => {
    await expect(start().log({ ...everything, before: 'x' })).rejects.toThrow('"next" of the page before');
  });

  it('counts broken as errors, and a client that left as none', async () => {
    const ledger = start();
    ledger.close(exchange());
    ledger.close(exchange({ outcome: 'aborted', status: 499 }));
    ledger.close(exchange({ outcome: 'incomplete', error: 'relay.stream_cut' }));
    ledger.close(exchange({ outcome: 'failed', status: 502, error: 'attempt.connect' }));
    expect((await ledger.usage(usage)).total).toMatchObject({ requests: 4, errors: 2 });
  });
});

describe('sums', () => {
  const noon = Date.UTC(2026, 10, 25, 12);
  const minute = 60_000;

  it('are exact at the edges of a range that is not whole hours', async () => {
    const ledger = start();
    for (let index = 0; index < 300; index += 1) ledger.close(exchange({ at: noon + index * minute }));
    const count = async (from: number, to: number): Promise<number> =>
      (await ledger.usage({ ...usage, since: noon + from * minute, until: noon + to * minute })).total.requests;
    for (const [from, to] of [
      [0, 300],
      [0, 60],
      [7, 13],
      [7, 61],
      [59, 121],
      [60, 120],
      [61, 299],
      [30, 90],
      [-50, 1],
      [299, 900],
      [50, 50],
    ] as const) {
      expect(await count(from, to), `${from}…${to}`).toBe(Math.max(0, Math.min(to, 300) - Math.max(from, 0)));
    }
  });

  it('are grouped by what is asked for, and the groups add up to the total', async () => {
    const ledger = start();
    for (let index = 0; index < 60; index += 1) {
      ledger.close(
        exchange({
          at: noon + index * 37 * minute,
          keyId: `k${index % 2}`,
          client: index % 3 === 0 ? undefined : 'codex',
          target: index % 5 === 0 ? undefined : `p${index % 3}/m/${index % 4}`,
        }),
      );
    }
    const report = usageReport.parse(
      await ledger.usage({ group_by: ['client', 'day', 'model', 'provider', 'key'], timezone: 'Europe/Berlin' }),
    );
    expect(report.total).toMatchObject({
      requests: 60,
      errors: 0,
      input_tokens: 600,
      output_tokens: 300,
      cache_read_tokens: 180,
      cache_write_tokens: 120,
      cost_usd: null,
      known_cost_usd: '0',
      unknown_costs: 60,
      cache_hit_rate: 0.2,
      cached: 0,
      cache_saved_usd: '0',
    });
    for (const name of [
      'requests',
      'input_tokens',
      'output_tokens',
      'cache_read_tokens',
      'cache_write_tokens',
    ] as const) {
      expect(report.groups.reduce((sum, group) => sum + group[name], 0)).toBe(report.total[name]);
    }
    expect(new Set(report.groups.map((group) => group.day))).toEqual(
      new Set(['2026-11-25', '2026-11-26', '2026-11-27']),
    );
    expect(report.groups.some((group) => group.model === null && group.provider === null)).toBe(true);
    expect(report.groups.some((group) => group.model === 'm/1')).toBe(true);
    expect(Object.keys((await ledger.usage({ group_by: ['key'], timezone: 'UTC' })).groups[0] ?? {})[0]).toBe('key');
  });

  it('cut days at midnight of the time zone, also where that is not a whole hour', async () => {
    const ledger = start();
    for (let index = 0; index < 96; index += 1)
      ledger.close(exchange({ at: Date.UTC(2026, 10, 25) + index * 15 * minute }));
    const byDay = async (timezone: string): Promise<unknown> =>
      Object.fromEntries(
        (await ledger.usage({ group_by: ['day'], timezone })).groups.map(({ day, requests }) => [day, requests]),
      );
    expect(await byDay('UTC')).toEqual({ '2026-11-25': 96 });
    expect(await byDay('Asia/Kolkata')).toEqual({ '2026-11-25': 74, '2026-11-26': 22 });
    expect(await byDay('Asia/Kathmandu')).toEqual({ '2026-11-25': 73, '2026-11-26': 23 });
  });

  it('survive absurd counts', async () => {
    const ledger = start();
    for (let index = 0; index < 2000; index += 1) {
      ledger.close(
        exchange({
          usage: { inputTokens: 9_999_999_999_999, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
        }),
      );
    }
    expect((await ledger.usage(usage)).total.input_tokens).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('stay when exchanges are deleted, whole hours where single ones are gone', async () => {
    const ledger = start();
    for (let index = 0; index < 120; index += 1) ledger.close(exchange({ at: noon + index * minute }));
    await ledger.stop();
    const db = new DatabaseSync(file);
    const { createWriter } = await import('../../../main/ledger/write.ts');
    const writer = createWriter(db);
    const settings = { retentionDays: 1, maxSizeMb: 500 };
    while (writer.retain(settings, noon + 90 * minute + 86_400_000));
    expect(db.prepare('SELECT count(*) AS n FROM exchanges').get()?.['n']).toBe(30);
    db.close();
    const reader = openLedgerReader(file);
    expect((await reader.usage(usage)).total.requests).toBe(120);
    expect((await reader.usage({ ...usage, until: noon + 60 * minute })).total.requests).toBe(60);
    expect(
      (await reader.usage({ ...usage, since: noon + 15 * minute, until: noon + 30 * minute })).total.requests,
    ).toBe(60);
    const perDay = await reader.usage({ group_by: ['day'], timezone: 'Asia/Kolkata' });
    expect(perDay.groups.reduce((sum, { requests }) => sum + requests, 0)).toBe(120);
    reader.close();
  });

  it('let the oldest go first when the file is too large', async () => {
    const ledger = start();
    for (let index = 0; index < 3000; index += 1)
      ledger.close(exchange({ at: noon + index, rawUsage: `{"x":"${'y'.repeat(1000)}"}` }));
    await ledger.stop();
    const db = new DatabaseSync(file);
    const { createWriter } = await import('../../../main/ledger/write.ts');
    const writer = createWriter(db);
    const sizeBefore = statSync(file).size;
    while (writer.retain({ retentionDays: 3650, maxSizeMb: 2 }, noon + 86_400_000));
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const left = Number(db.prepare('SELECT count(*) AS n FROM exchanges').get()?.['n']);
    expect(left).toBeGreaterThan(500);
    expect(left).toBeLessThan(2000);
    expect(Number(db.prepare('SELECT min(at) AS at FROM exchanges').get()?.['at'])).toBe(noon + 3000 - left);
    expect(statSync(file).size).toBeLessThan(sizeBefore * 0.8);
    db.close();
  });
});

describe('after a crash', () => {
  it('nothing that was confirmed is lost, and what was open is marked and counted as interrupted', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts'), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let confirmed = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      confirmed = Number(line);
      if (confirmed >= 1000) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    const warnings: string[] = [];
    const ledger = start({ log: { ...silentLog, warn: (message) => void warnings.push(message) } });
    expect((await ledger.started()).interrupted).toBeGreaterThanOrEqual(1);
    expect(warnings.join()).toMatch(/\d+ requests interrupted/);
    const ids = new Set<string>();
    let before: string | undefined;
    do {
      const page = await ledger.log({ ...everything, before });
      for (const entry of page.entries) ids.add(entry.request_id);
      before = page.next ?? undefined;
    } while (before !== undefined);
    for (let index = 0; index < confirmed; index += 1) expect(ids).toContain(`child-${index}`);
    expect((await ledger.byRequestId('never-closed'))?.entry).toMatchObject({
      outcome: 'interrupted',
      error: 'interrupted',
    });
    expect((await ledger.usage(usage)).total.requests).toBe(ids.size);
    expect((await ledger.usage(usage)).total.errors).toBe(ledger.health().interrupted);
  });

  it('a corrupt file is set aside, not deleted, and a new one begun', async () => {
    const first = start();
    for (let index = 0; index < 500; index += 1) first.close(exchange());
    await first.stop();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 8192, 40_000);
    writeFileSync(file, bytes);
    const ledger = start();
    expect(await ledger.started()).toMatchObject({ state: 'writing' });
    expect(ledger.health().notices.join()).toContain('corrupt');
    const kept = readdirSync(directory).find((name) => name.startsWith('ledger.db.corrupt-'));
    expect(readFileSync(join(directory, kept ?? '')).equals(bytes)).toBe(true);
    ledger.close(exchange());
    expect((await ledger.log(everything)).entries).toHaveLength(1);
  });

  it('a file that is no database at all is set aside as well', async () => {
    writeFileSync(file, 'not a database, but somebody’s notes'.repeat(100));
    const ledger = start();
    expect(await ledger.started()).toMatchObject({ state: 'writing' });
    expect(readdirSync(directory).some((name) => name.startsWith('ledger.db.corrupt-'))).toBe(true);
  });
});

describe('a file of another version', () => {
  it('that is newer is opened for reading only, says so and stays as it is', async () => {
    const first = start();
    first.close(exchange({ requestId: 'old' }));
    await first.stop();
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 99');
    db.close();
    const ledger = start();
    expect(await ledger.started()).toMatchObject({ state: 'read-only' });
    expect(ledger.health().reason).toContain('newer Sluice');
    ledger.close(exchange({ requestId: 'new' }));
    expect(await ledger.flush()).toBe(false);
    expect((await ledger.log(everything)).entries.map((entry) => entry.request_id)).toEqual(['old']);
    expect(ledger.health().dropped_closes).toBe(1);
  });
});

describe('when the file cannot be written', () => {
  it('keeps entries while another process holds the lock, and writes them afterwards', async () => {
    const ledger = start();
    await ledger.started();
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    ledger.close(exchange({ requestId: 'waits' }));
    expect(await ledger.flush()).toBe(false);
    expect(ledger.health()).toMatchObject({ state: 'failing', waiting: 1 });
    expect(ledger.health().reason).toContain('cannot be written');
    other.exec('COMMIT');
    other.close();
    await expect.poll(() => ledger.health().state, { timeout: 30_000 }).toBe('writing');
    expect((await ledger.byRequestId('waits'))?.entry.status).toBe(200);
  });

  it('recovers without a restart when the directory comes back', async () => {
    const inner = join(directory, 'blocked');
    writeFileSync(inner, 'a file where a directory must be');
    const ledger = start({ file: join(inner, 'ledger.db') });
    expect(await ledger.started()).toMatchObject({ state: 'failing' });
    ledger.close(exchange());
    await expect(ledger.log(everything)).rejects.toThrow('could not be opened');
    rmSync(inner);
    mkdirSync(inner);
    await expect.poll(() => ledger.health().state, { timeout: 30_000 }).toBe('writing');
    expect((await ledger.log(everything)).entries).toHaveLength(1);
  });

  it('gives up openings before whole exchanges when too many wait, and says how many', async () => {
    const inner = join(directory, 'blocked');
    writeFileSync(inner, '');
    const told: string[] = [];
    const tell = (message: string, fields?: object): void => void told.push(`${message} ${JSON.stringify(fields)}`);
    const ledger = start({
      file: join(inner, 'ledger.db'),
      maxWaiting: 10,
      log: { ...silentLog, info: tell, error: tell },
    });
    await ledger.started();
    for (let index = 0; index < 8; index += 1) ledger.open(opened(exchange({ requestId: `o${index}` })));
    for (let index = 0; index < 12; index += 1) ledger.close(exchange({ requestId: `c${index}` }));
    expect(ledger.health()).toMatchObject({ waiting: 10, dropped_opens: 8, dropped_closes: 2 });
    expect(told.filter((line) => line.startsWith('Too many exchanges wait'))).toHaveLength(1);
    rmSync(inner);
    await expect.poll(() => ledger.health().state, { timeout: 30_000 }).toBe('writing');
    expect(told.find((line) => line.startsWith('The ledger is written again.'))).toContain('"given_up":10');
    const { entries } = await ledger.log(everything);
    expect(entries.map((entry) => entry.request_id)).toEqual(
      Array.from({ length: 10 }, (_, index) => `c${11 - index}`),
    );
  });
});

describe('stopping', () => {
  it('writes what is waiting, leaves no journal and takes nothing afterwards', async () => {
    const ledger = start();
    for (let index = 0; index < 1234; index += 1) ledger.close(exchange());
    await ledger.stop();
    await ledger.stop();
    expect(existsSync(`${file}-wal`)).toBe(false);
    ledger.close(exchange());
    expect(await ledger.flush()).toBe(true);
    await expect(ledger.log(everything)).rejects.toThrow('closed');
    const reader = openLedgerReader(file);
    expect((await reader.usage(usage)).total.requests).toBe(1234);
    reader.close();
  });
});

describe('reading without an instance', () => {
  it('answers for a ledger that does not exist, without making one', async () => {
    const reader = openLedgerReader(file);
    expect(await reader.log(everything)).toEqual({ entries: [], next: null });
    expect((await reader.usage(usage)).total.requests).toBe(0);
    expect(existsSync(file)).toBe(false);
  });
});
