/** The ledger and its journal together: what money went where, over crashes, losses and upgrades. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../main/kit/clock.ts';
import type { Ledger } from '../../../main/ledger/ledger.ts';
import { migrations } from '../../../main/ledger/migrations.ts';
import { createLedger, type LedgerOptions } from '../../../main/ledger/sqlite.ts';
import { exchangeEntry } from '../../../shared/contract/traffic.ts';
import { attempt, everything, exchange, opened, silentLog } from './exchanges.ts';
import { asKilled, dayCount, dispatched, ended, raised, spentOf } from './notes.ts';

let root: string;
let directory: string;
let file: string;
const running: Ledger[] = [];
const children: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-spending-'));
  directory = join(root, 'data');
  file = join(directory, 'ledger.db');
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const ledger of running.splice(0)) await ledger.stop();
  rmSync(root, { recursive: true, force: true });
});

function start(options: Partial<LedgerOptions> = {}): Ledger {
  const ledger = createLedger({ file, clock: systemClock, log: silentLog, ...options });
  running.push(ledger);
  return ledger;
}

const killed = (): string => join(asKilled(directory), 'ledger.db');
const noon = Date.UTC(2026, 10, 25, 12);
const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0 };

async function everythingIsRight(ledger: Ledger): Promise<void> {
  const findings = await ledger.check();
  expect(findings.filter(({ ok }) => !ok)).toEqual([]);
  expect(findings.map(({ check }) => check)).toEqual(['file', 'tries', 'sums', 'spend']);
}

function journalText(): string {
  const names = readdirSync(directory).filter((name) => name.endsWith('.jsonl'));
  return names.map((name) => readFileSync(join(directory, name), 'utf8')).join('');
}

describe('an exchange that a crash interrupted', () => {
  it('is recorded with its tries: what is known of those that ended, the bound of those that did not', async () => {
    const first = start();
    await first.started();
    const record = exchange({ requestId: 'cut', at: noon, user: 'anna', team: 'core' });
    first.open(opened(record));
    first.spend.note(dispatched('cut/1', { at: noon + 10, target: 'a/b', bound: 900 }));
    first.spend.note(ended('cut/1', { amount: 300, usage, usageSource: 'provider' }));
    first.spend.note(dispatched('cut/2', { at: noon + 20, target: 'c/d/e', bound: 700 }));
    await first.spend.secured();
    const second = start({ file: killed() });
    expect(await second.started()).toMatchObject({ state: 'writing', interrupted: 1 });
    expect(spentOf(await second.recovered())).toBe(1_000n);
    const { entry } = (await second.byRequestId('cut')) ?? {};
    expect(exchangeEntry.parse(entry)).toMatchObject({
      outcome: 'interrupted',
      error: 'interrupted',
      user: 'anna',
      team: 'core',
      target: 'c/d/e',
      cost_usd: '0.000000001',
      usage: { input_tokens: 10, output_tokens: 5 },
      attempts: [
        {
          target: 'a/b',
          state: 'settled',
          cost_usd: '0.0000000003',
          bound_usd: '0.0000000009',
          basis: 'provider',
          started_ms: 10,
        },
        { target: 'c/d/e', state: 'estimated', counted_usd: '0.0000000007', basis: 'bound', kind: 'fallback' },
      ],
    });
    expect(await second.spentSince({ since: noon, scope: 'provider', match: undefined })).toEqual([
      { subject: 'a', amount: '300', unknown: 0 },
      { subject: 'c', amount: '700', unknown: 0 },
    ]);
    await everythingIsRight(second);
  });

  it('is recorded and charged once, however often the same journal is read', async () => {
    const first = start();
    await first.started();
    first.open(opened(exchange({ requestId: 'cut' })));
    first.spend.note(dispatched('cut/1'));
    const copy = killed();
    let last: Ledger | undefined;
    for (let times = 0; times < 3; times += 1) {
      last = start({ file: copy });
      await last.started();
      expect(spentOf(await last.recovered())).toBe(1_000n);
      await last.stop();
    }
    const after = start({ file: copy });
    expect((await after.started()).interrupted).toBe(0);
    expect((await after.log(everything)).entries).toHaveLength(1);
    expect((await after.usage({ group_by: [], timezone: 'UTC' })).total.requests).toBe(1);
    await everythingIsRight(after);
  });

  it('but had ended is recorded as it ended where the file does not have it', async () => {
    const first = start();
    await first.started();
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const record = exchange({ requestId: 'ended', routeReason: 'exact', cost: 400 });
    first.open(opened(record));
    first.spend.note(dispatched('ended/1'));
    first.spend.note(ended('ended/1'));
    first.close({ ...record, attempts: [attempt({ state: 'settled', cost: 400, counted: 400, bound: 1_000 })] });
    await expect.poll(() => journalText(), { timeout: 30_000 }).toContain('"kind":"closed"');
    const copy = killed();
    other.exec('ROLLBACK');
    other.close();
    const second = start({ file: copy });
    expect(await second.started()).toMatchObject({ interrupted: 0 });
    expect((await second.byRequestId('ended'))?.entry).toMatchObject({
      outcome: 'complete',
      status: 200,
      route_reason: 'exact',
      cost_usd: '0.0000000004',
      attempts: [{ state: 'settled' }],
    });
    await everythingIsRight(second);
  });

  it('but is in the file is counted at what it cost there, and no higher', async () => {
    const first = start();
    await first.started();
    const record = exchange({ requestId: 'ended', cost: 400 });
    first.open(opened(record));
    first.spend.note(dispatched('ended/1'));
    first.spend.note(ended('ended/1'));
    first.close({ ...record, attempts: [attempt({ state: 'settled', cost: 400, counted: 400, bound: 1_000 })] });
    expect(await first.flush()).toBe(true);
    const second = start({ file: killed() });
    expect(await second.started()).toMatchObject({ interrupted: 0 });
    expect(spentOf(await second.recovered())).toBe(400n);
    await everythingIsRight(second);
  });

  it('that retention has deleted is not counted again', async () => {
    const first = start();
    const record = exchange({ requestId: 'old', at: noon });
    first.close(record);
    await first.flush();
    await first.spend.secured();
    const copy = killed();
    const db = new DatabaseSync(copy);
    db.exec(`DELETE FROM exchanges; INSERT INTO facts VALUES ('raw_since', ${noon + 1})`);
    db.close();
    const second = start({ file: copy });
    await second.started();
    expect((await second.log(everything)).entries).toEqual([]);
    expect((await second.usage({ group_by: [], timezone: 'UTC' })).total.requests).toBe(1);
  });

  it('is not one that runs on while the writing thread is begun anew', async () => {
    const threads: Worker[] = [];
    process.once('worker', (thread: Worker) => threads.push(thread));
    const ledger = start();
    const record = exchange({ requestId: 'runs' });
    ledger.open(opened(record));
    await ledger.flush();
    await threads[0]?.terminate();
    await expect.poll(() => ledger.health().state).toBe('failing');
    await expect.poll(() => ledger.health().state, { timeout: 30_000 }).toBe('writing');
    expect((await ledger.byRequestId('runs'))?.entry.outcome).toBe('open');
    ledger.close(record);
    expect((await ledger.byRequestId('runs'))?.entry.outcome).toBe('complete');
    expect((await ledger.usage({ group_by: [], timezone: 'UTC' })).total).toMatchObject({ requests: 1, errors: 0 });
  });
});

describe('a process that is killed while it spends', () => {
  it('leaves every acknowledged exchange, and balances never below what providers saw, time after time', async () => {
    const sent = new Map<string, number>();
    const finished = new Set<string>();
    for (let round = 0; round < 6; round += 1) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'spending-child.ts'), file, `run${round}`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      let lines = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        const [kind, id = '', amount] = line.split(' ');
        expect(kind).toMatch(/^(?:sent|ended)$/);
        sent.set(id, Number(amount));
        if (kind === 'ended') finished.add(id);
        lines += 1;
        if (lines === 50 + round * 333) child.kill('SIGKILL');
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      expect(child.signalCode).toBe('SIGKILL');
    }
    const ledger = start();
    await ledger.started();
    const owed = [...sent.values()].reduce((sum, amount) => sum + amount, 0);
    expect(spentOf(await ledger.recovered())).toBeGreaterThanOrEqual(BigInt(owed));
    const found = new Map<string, string>();
    let before: string | undefined;
    do {
      const page = await ledger.log({ limit: 1000, filter: {}, before });
      for (const entry of page.entries) found.set(entry.request_id, entry.outcome);
      before = page.next ?? undefined;
    } while (before !== undefined);
    for (const id of sent.keys()) expect(found.get(id.slice(0, -2))).toMatch(/^(?:complete|interrupted)$/);
    expect(finished.size).toBeGreaterThan(100);
    await everythingIsRight(ledger);
    expect(readdirSync(directory).filter((name) => name.endsWith('.jsonl')).length).toBeLessThanOrEqual(2);
  });

  it.skipIf(process.platform !== 'linux')(
    'refuses to spend on a full disk, and goes on when there is room again',
    async () => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'spending-child.ts'), file, 'run', '2'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      const limit = (bytes: string): void =>
        void execFileSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}`]);
      const seen: string[] = [];
      const sent = new Map<string, number>();
      for await (const line of createInterface({ input: child.stdout })) {
        const [kind = '', id = '', amount] = line.split(' ');
        if (kind === 'sent' || kind === 'ended') sent.set(id, Number(amount));
        if (seen.at(-1) !== kind && !(kind === 'ended' || seen.at(-1) === 'ended')) seen.push(kind);
        if (sent.size === 20 && seen.length === 1) limit('0:unlimited');
        if (kind === 'refused') limit('unlimited:unlimited');
        if (seen.join(' ') === 'sent refused sent' && sent.size > 100) break;
      }
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      const ledger = start();
      await ledger.started();
      // Nobody kept the balances in that process, so the notes that were refused are not in them.
      const owed = [...sent.values()].reduce((sum, amount) => sum + amount, 0);
      expect(spentOf(await ledger.recovered())).toBeGreaterThanOrEqual(BigInt(owed));
    },
    60_000,
  );
});

describe('what was lost', () => {
  async function used(): Promise<void> {
    const ledger = start();
    ledger.spend.note(dispatched('a/1'));
    ledger.spend.note(ended('a/1'));
    ledger.close(exchange({ requestId: 'a' }));
    await ledger.flush();
    await ledger.stop();
  }
  const dropJournal = (): void => {
    for (const name of readdirSync(directory)) if (name.endsWith('.jsonl')) rmSync(join(directory, name));
  };
  const corrupt = (): void => writeFileSync(file, 'not a database, but somebody’s notes'.repeat(100));

  it('is nothing in a new installation', async () => {
    expect(await start().recovered()).toEqual({ balances: [], outstanding: [] });
  });

  it('is nothing as long as the journal is there, even when the database is corrupt (FAULT-37)', async () => {
    await used();
    corrupt();
    const ledger = start();
    expect((await ledger.started()).notices.join()).toContain('corrupt');
    const state = await ledger.recovered();
    expect(spentOf(state)).toBe(400n);
    expect(state.unknownBefore).toBeUndefined();
    expect(readdirSync(directory).some((name) => name.startsWith('ledger.db.corrupt-'))).toBe(true);
  });

  it('is only history where the database is damaged in the middle: what a crash left is recorded in the new one', async () => {
    const first = start();
    for (let index = 0; index < 500; index += 1) first.close(exchange({ at: noon + index }));
    await first.flush();
    await first.stop();
    const second = start();
    await second.started();
    second.open(opened(exchange({ requestId: 'cut', at: noon })));
    second.spend.note(dispatched('cut/1'));
    const copy = killed();
    const bytes = readFileSync(copy);
    bytes.fill(0xa5, 8192, 60_000);
    writeFileSync(copy, bytes);
    const third = start({ file: copy });
    await third.started();
    expect(spentOf(await third.recovered())).toBe(1_000n);
    await expect
      .poll(async () => (await third.byRequestId('cut').catch(() => undefined))?.entry.outcome, { timeout: 30_000 })
      .toBe('interrupted');
    expect(third.health().notices.join()).toContain('corrupt');
  });

  it.each(['missing', 'unreadable'])('is unknown when the journal is %s', async (how) => {
    await used();
    if (how === 'missing') dropJournal();
    else
      for (const name of readdirSync(directory))
        if (name.endsWith('.jsonl')) writeFileSync(join(directory, name), 'x\n');
    const before = Date.now();
    const ledger = start();
    expect((await ledger.recovered()).unknownBefore).toBeGreaterThanOrEqual(before);
  });

  it('is unknown when both are gone, and stays so until somebody accepts it', async () => {
    await used();
    corrupt();
    await start().started();
    await running.pop()?.stop();
    dropJournal();
    rmSync(file);
    const ledger = start();
    const state = await ledger.recovered();
    expect(state.unknownBefore).toBeGreaterThan(0);
    const next = start({ file: killed() });
    const again = await next.recovered();
    expect(again.unknownBefore).toBeGreaterThan(0);
    next.setBudgetState(() => ({ balances: [], outstanding: [] }));
    expect(next.keepBudgets()).toBe(true);
    await next.stop();
    ledger.setBudgetState(() => ({ balances: [], outstanding: [] }));
    expect(ledger.keepBudgets()).toBe(true);
    expect((await start({ file: killed() }).recovered()).unknownBefore).toBeUndefined();
  });

  it('is nothing after an upgrade: the hourly sums of before seed the budgets', async () => {
    const now = Date.now();
    mkdirAndUpgradeFrom(2, (db) => {
      db.exec(
        `INSERT INTO usage_hourly VALUES (${Math.floor(now / 3_600_000)}, 'default', 'codex', 'openai', 'gpt-5', 3, 0, 1, 1, 0, 0, 0, 5000, 1)`,
      );
    });
    const ledger = start();
    expect((await ledger.recovered()).unknownBefore).toBeUndefined();
    expect(await ledger.spentSince({ since: now, scope: 'key', match: undefined })).toEqual([
      { subject: 'default', amount: '5000', unknown: 1 },
    ]);
    ledger.close(
      exchange({ at: now, attempts: [attempt({ target: 'openai/gpt-5', cost: 7, counted: 7, state: 'settled' })] }),
    );
    expect(await ledger.spentSince({ since: now, scope: 'model', match: 'gpt-*' })).toEqual([
      { subject: '', amount: '5007', unknown: 1 },
    ]);
    await ledger.stop();
    expect((await start().recovered()).unknownBefore).toBeUndefined();
  });

  function mkdirAndUpgradeFrom(version: number, fill: (db: DatabaseSync) => void): void {
    rmSync(directory, { recursive: true, force: true });
    execFileSync('mkdir', ['-p', directory]);
    const db = new DatabaseSync(file);
    for (const step of migrations.slice(0, version)) db.exec(step);
    db.exec(`PRAGMA user_version = ${version}`);
    fill(db);
    db.close();
  }
});

describe('what was spent since', () => {
  it('is told by scope, for all who fit or for each, by the hour in which a try was sent', async () => {
    const ledger = start();
    const spend = (given: Parameters<typeof exchange>[0], target: string, counted: number, startedMs = 0): void =>
      ledger.close(
        exchange({
          at: noon,
          ...given,
          attempts: [attempt({ target, counted, cost: counted, startedMs, state: 'settled' })],
        }),
      );
    spend({ keyId: 'k1', client: 'codex', user: 'anna', team: 'core' }, 'openai/gpt-5', 100);
    spend({ keyId: 'k2', client: 'codex', user: 'bert', team: 'core' }, 'azure/gpt-5', 20);
    spend({ keyId: 'k1', at: noon - 1_000 }, 'openai/gpt-5', 3);
    spend({ keyId: 'k1', at: noon - 1_000 }, 'openai/gpt-5', 4, 2_000);
    ledger.close(exchange({ keyId: 'k1', at: noon, attempts: [attempt({ target: 'x/y', state: 'estimated' })] }));
    const since = async (scope: Parameters<Ledger['spentSince']>[0]['scope'], match?: string): Promise<unknown> =>
      Object.fromEntries(
        (await ledger.spentSince({ since: noon, scope, match })).map(({ subject, amount, unknown }) => [
          subject,
          unknown === 0 ? amount : `${amount}+?`,
        ]),
      );
    expect(await since('global')).toEqual({ '': '124+?' });
    expect(await since('key')).toEqual({ k1: '104+?', k2: '20' });
    expect(await since('key', 'k*')).toEqual({ '': '124+?' });
    expect(await since('user')).toEqual({ anna: '100', bert: '20' });
    expect(await since('team', 'core')).toEqual({ '': '120' });
    expect(await since('client', 'cod*')).toEqual({ '': '120' });
    expect(await since('provider')).toEqual({ openai: '104', azure: '20', x: '0+?' });
    expect(await since('model')).toEqual({ 'openai/gpt-5': '104', 'azure/gpt-5': '20', 'x/y': '0+?' });
    expect(await since('model', 'gpt-5')).toEqual({ '': '124' });
    expect(await since('model', 'azure/*')).toEqual({ '': '20' });
    expect(await since('tag')).toEqual({});
    expect(await ledger.spentSince({ since: noon - 1, scope: 'global', match: undefined })).toEqual([
      { subject: '', amount: '127', unknown: 1 },
    ]);
    await everythingIsRight(ledger);
  });

  it('adds up beyond what a number holds', async () => {
    const ledger = start();
    for (let index = 0; index < 4; index += 1)
      ledger.close(exchange({ attempts: [attempt({ counted: Number.MAX_SAFE_INTEGER, state: 'settled' })] }));
    expect((await ledger.spentSince({ since: 0, scope: 'global', match: undefined }))[0]?.amount).toBe(
      String(4n * BigInt(Number.MAX_SAFE_INTEGER)),
    );
    await everythingIsRight(ledger);
  });
});

describe('raises', () => {
  it('are history: in the file once, also after a crash', async () => {
    const redact = (text: string): string => text.replaceAll('hunter2', '***');
    const first = start({ redact });
    await first.started();
    expect(first.spend.note(raised('r1', { note: 'said hunter2' }))).toBe(true);
    const copy = killed();
    const second = start({ file: copy, redact });
    await second.started();
    const { balances } = await second.recovered();
    expect(balances).toEqual([{ ...dayCount, spent: '0', raised: '5000', alerted: [] }]);
    second.spend.note(raised('r2', { amount: '123456789012345678901234' }));
    second.close(exchange());
    await second.flush();
    await second.stop();
    const db = new DatabaseSync(copy);
    expect(db.prepare('SELECT id, amount, note FROM budget_raises ORDER BY id').all()).toEqual([
      { id: 'r1', amount: '5000', note: 'said ***' },
      { id: 'r2', amount: '123456789012345678901234', note: 'for the release' },
    ]);
    db.close();
  });
});

describe('the check', () => {
  async function checked(spoil: string): Promise<string[]> {
    const ledger = start();
    for (let index = 0; index < 30; index += 1)
      ledger.close(
        exchange({
          at: noon + index * 600_000,
          user: index % 2 === 0 ? 'anna' : undefined,
          cost: 5,
          attempts: [attempt({ state: 'settled', cost: 5, counted: 5, bound: 9 })],
        }),
      );
    await ledger.flush();
    await everythingIsRight(ledger);
    await ledger.stop();
    const db = new DatabaseSync(file);
    db.exec(spoil);
    db.close();
    const findings = await start().check();
    return findings.filter(({ ok }) => !ok).map(({ check }) => check);
  }

  const firstHour = 'WHERE hour = (SELECT min(hour) FROM usage_hourly)';

  it.each([
    [`UPDATE usage_hourly SET cost = cost + 1 ${firstHour}`, 'sums'],
    [`UPDATE usage_hourly SET errors = 1 ${firstHour}`, 'sums'],
    [`DELETE FROM usage_hourly ${firstHour}`, 'sums'],
    [`UPDATE spend_hourly SET amount = amount - 1 ${firstHour}`, 'spend'],
    [`DELETE FROM spend_hourly ${firstHour}`, 'spend'],
  ])('finds a sum that is not that of what it is made of: %s', async (spoil, finding) => {
    expect(await checked(spoil)).toEqual([finding]);
  });

  it('finds a try without an end', async () => {
    expect(await checked(`UPDATE exchanges SET attempts = json_remove(attempts, '$[0].state') WHERE id = 1`)).toEqual([
      'tries',
    ]);
  });

  it('looks only at hours whose exchanges are all there', async () => {
    expect(
      await checked(
        `DELETE FROM exchanges WHERE at <= ${noon + 5_000_000}; INSERT INTO facts VALUES ('raw_since', ${noon + 5_000_001})`,
      ),
    ).toEqual([]);
  });
});

describe('when the journal cannot be written', () => {
  it('exchanges are recorded all the same, and health tells it', async () => {
    const blocked = join(root, 'blocked');
    writeFileSync(blocked, '');
    const ledger = start({ journal: join(blocked, 'journal') });
    expect(ledger.health().journal).toMatchObject({ state: 'failing' });
    expect(ledger.spend.note(dispatched('kept/1'))).toBe(false);
    expect(await ledger.spend.secured()).toBe(false);
    ledger.close(exchange({ requestId: 'kept' }));
    expect((await ledger.byRequestId('kept'))?.entry.status).toBe(200);
    expect(readFileSync(blocked, 'utf8')).toBe('');
  });
});
