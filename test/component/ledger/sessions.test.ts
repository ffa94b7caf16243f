// Conversations are listed by when they were last active, each once, with sums of what fits.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../main/kit/clock.ts';
import { openForReading } from '../../../main/ledger/database.ts';
import type { Ledger } from '../../../main/ledger/ledger.ts';
import { openLedgerReader } from '../../../main/ledger/reader.ts';
import { readSessions } from '../../../main/ledger/sessions-query.ts';
import { createLedger } from '../../../main/ledger/sqlite.ts';
import { calls, type CallInput } from '../../../shared/contract/contract.ts';
import type { SessionSummary } from '../../../shared/contract/traffic.ts';
import { exchange, opened, silentLog } from './exchanges.ts';

const noon = Date.UTC(2026, 10, 25, 12);
const { input, output } = calls['traffic.sessions'];

let directory: string;
let ledger: Ledger;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-sessions-'));
  ledger = createLedger({ file: join(directory, 'ledger.db'), clock: systemClock, log: silentLog });
});

afterEach(async () => {
  await ledger.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function ask(query: CallInput<'traffic.sessions'> = {}): Promise<ReturnType<typeof output.parse>> {
  // What is answered is what the contract says.
  return output.parse(await ledger.sessions(input.parse(query)));
}

/** A request of a conversation, so many seconds after noon. */
function said(session: string | undefined, second: number, given: Parameters<typeof exchange>[0] = {}): void {
  ledger.close(exchange({ session, at: noon + second * 1_000, cost: 1_000_000_000, ...given }));
}

const names = (sessions: readonly SessionSummary[]): string[] => sessions.map(({ session }) => session);

describe('a page', () => {
  it('has the last active first, and nothing of what names no conversation', async () => {
    said('old', 1);
    said('long', 2);
    said(undefined, 3);
    said('new', 4);
    said('long', 5);
    said(undefined, 6);
    expect(await ask()).toMatchObject({ sessions: [{ session: 'long' }, { session: 'new' }, { session: 'old' }] });
  });

  it('sums up all of a conversation', async () => {
    said('s', 1, { target: 'a/one', keyId: 'before', client: 'before' });
    said('s', 2, { target: 'b/two', status: 502, error: 'upstream.502', outcome: 'failed' });
    said('s', 3, { target: undefined, status: 429, error: 'admit.rate_limited', outcome: 'failed', attempts: [] });
    said('s', 4, { target: 'a/one', keyId: 'ide', client: 'cursor' });
    said('other', 5, { target: 'c/three' });
    const { sessions } = await ask();
    expect(sessions[1]).toEqual({
      session: 's',
      first_at: new Date(noon + 1_000).toISOString(),
      last_at: new Date(noon + 4_000).toISOString(),
      requests: 4,
      errors: 2,
      cost_usd: '0.004',
      known_cost_usd: '0.004',
      input_tokens: 40,
      output_tokens: 20,
      targets: ['a/one', 'b/two'],
      key: 'ide',
      client: 'cursor',
    });
  });

  it('counts what still runs, whose price is not unknown but to come', async () => {
    said('s', 1);
    ledger.open(opened(exchange({ session: 's', at: noon + 2_000 })));
    const { sessions } = await ask();
    expect(sessions).toMatchObject([{ requests: 2, cost_usd: '0.001', last_at: new Date(noon + 2_000).toISOString() }]);
  });

  it('says that a cost is unknown, and what of it is known', async () => {
    said('s', 1);
    said('s', 2, { cost: undefined });
    expect((await ask()).sessions).toMatchObject([{ cost_usd: null, known_cost_usd: '0.001' }]);
  });

  it('counts only what fits the key, the client and the time', async () => {
    said('both', 1, { keyId: 'ide' });
    said('both', 2, { keyId: 'ci' });
    said('ci', 3, { keyId: 'ci', client: 'codex' });
    said('both', 4, { keyId: 'ci' });
    const ide = await ask({ filter: { key: 'ide' } });
    expect(ide).toMatchObject({ sessions: [{ session: 'both', requests: 1 }], next: null });
    expect(ide.sessions[0]?.last_at).toBe(new Date(noon + 1_000).toISOString());
    expect(names((await ask({ filter: { client: 'codex' } })).sessions)).toEqual(['ci']);
    const early = await ask({ since: noon + 2_000, until: noon + 4_000 });
    expect(early.sessions.map(({ session, requests }) => [session, requests])).toEqual([
      ['ci', 1],
      ['both', 1],
    ]);
  });

  it('is empty, without a next one, of a ledger in which nothing is', async () => {
    expect(await ask()).toEqual({ sessions: [], next: null });
    const reader = openLedgerReader(join(directory, 'none.db'));
    expect(await reader.sessions(input.parse({}))).toEqual({ sessions: [], next: null });
    reader.close();
  });

  it('refuses a mark that is none', async () => {
    await expect(ask({ before: 'yesterday' })).rejects.toThrow('"yesterday" is not the end of a page');
  });
});

describe('page after page', () => {
  async function all(limit: number, between: (page: number) => void = () => {}): Promise<string[]> {
    const found: string[] = [];
    let before: string | undefined;
    for (let page = 0; page < 100; page += 1) {
      const { sessions, next } = await ask({ limit, before });
      found.push(...names(sessions));
      if (next === null) return found;
      before = next;
      between(page);
    }
    throw new Error('There is no end.');
  }

  it('tells each conversation once, also those of one moment', async () => {
    for (let index = 0; index < 30; index += 1) said(`s-${String(index).padStart(2, '0')}`, index % 3);
    const found = await all(4);
    expect(found).toHaveLength(30);
    expect(new Set(found).size).toBe(30);
    expect(found.slice(0, 3)).toEqual(['s-29', 's-26', 's-23']);
  });

  it('tells none twice while new requests come', async () => {
    for (let index = 0; index < 20; index += 1) said(`s-${index}`, index);
    const found = await all(3, (page) => {
      // Of one that was told, and a new one: both are at the head now, which is behind us.
      said('s-19', 100 + page);
      said(`new-${page}`, 100 + page);
    });
    expect(found).toEqual(Array.from({ length: 20 }, (_, index) => `s-${19 - index}`));
  });

  it('keeps to a name with dots and signs in its mark', async () => {
    for (const session of ['a.b', 'ünï ☃ "x"\n', '1.2.3', '']) said(session, 1);
    expect(await all(1)).toEqual(['ünï ☃ "x"\n', 'a.b', '1.2.3', '']);
  });

  it('ends a page that looked through enough, and goes on behind it, all of one moment together', async () => {
    said('far', 0);
    for (let index = 1; index <= 30; index += 1) said(undefined, Math.ceil(index / 3));
    said('near', 11);
    await ledger.flush();
    const db = openForReading(join(directory, 'ledger.db'));
    if (db === undefined) throw new Error('there is no file');
    const first = readSessions(db, input.parse({}), 10);
    expect([names(first.sessions), first.next]).toEqual([['near'], `${noon + 8_000}.`]);
    const second = readSessions(db, input.parse({ before: first.next ?? '' }), 10);
    expect([second.sessions, second.next]).toEqual([[], `${noon + 4_000}.`]);
    const third = readSessions(db, input.parse({ before: second.next ?? '' }), 100);
    expect([names(third.sessions), third.next]).toEqual([['far'], null]);
    db.close();
  });
});

it('reads no whole table for a page', async () => {
  said('s', 1);
  await ledger.flush();
  const db = openForReading(join(directory, 'ledger.db'));
  if (db === undefined) throw new Error('there is no file');
  const plans: string[] = [];
  const prepare = db.prepare.bind(db);
  db.prepare = (sql) => {
    const statement = prepare(sql);
    if (sql.startsWith('SELECT') && sql.includes('exchanges')) {
      const places = Array.from({ length: sql.split('?').length - 1 }, () => 's');
      plans.push(
        ...prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .all(...places)
          .map(({ detail }) => String(detail)),
      );
    }
    return statement;
  };
  readSessions(db, input.parse({ before: `${noon + 5_000}.x`, filter: { key: 'default' } }));
  db.close();
  expect(plans.length).toBeGreaterThan(3);
  for (const plan of plans) expect(plan).toMatch(/USING (COVERING )?INDEX|USE TEMP B-TREE/);
});
