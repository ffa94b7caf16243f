import {
  appendFileSync,
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
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BudgetState } from '../../../main/gateway/ports.ts';
import type { Journal, JournalOptions } from '../../../main/ledger/journal.ts';
import { openedColumns } from '../../../main/ledger/row.ts';
import { exchange, opened, silentLog } from './exchanges.ts';
import { asKilled, dayCount, dispatched, ended, journalAt, nextTurn, prefixIn, raised, spentOf } from './notes.ts';

let root: string;
let directory: string;
const running: Journal[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-journal-'));
  directory = join(root, 'data');
  mkdirSync(directory);
});

afterEach(async () => {
  for (const journal of running.splice(0)) await journal.stop();
  rmSync(root, { recursive: true, force: true });
});

function open(given: Partial<JournalOptions> = {}, from = directory): Journal {
  const journal = journalAt(prefixIn(from), given);
  running.push(journal);
  return journal;
}

const segments = (from = directory): string[] => readdirSync(from).filter((name) => name.endsWith('.jsonl'));
const written = (): string =>
  segments()
    .map((name) => readFileSync(join(directory, name), 'utf8'))
    .join('');
const reopened = (from = directory): Journal => open({}, asKilled(from));
const row = (requestId: string): ReturnType<typeof openedColumns> =>
  openedColumns(opened(exchange({ requestId })), (text) => text);

describe('what is noted', () => {
  it('is with the operating system before a request may be sent, and is counted at its bound when nothing ends it', () => {
    const journal = open();
    expect(journal.note(dispatched('a/1'))).toBe(true);
    const after = reopened();
    expect(after.isWhole).toBe(true);
    expect(spentOf(after.recovered.budgets)).toBe(1_000n);
    expect(after.recovered.budgets.outstanding).toEqual([]);
    expect(after.recovered.estimated).toBe(1);
  });

  it('is charged what it ended with once that is written, and the bound that grew until then', async () => {
    const journal = open();
    journal.note(dispatched('a/1'));
    journal.note(ended('a/1'));
    journal.note(dispatched('b/1'));
    journal.note({ kind: 'extended', id: 'b/1', bound: 3_000 });
    journal.note(dispatched('c/1'));
    journal.note(ended('c/1', { state: 'released', amount: 0 }));
    expect(await journal.secured()).toBe(true);
    expect(spentOf(reopened().recovered.budgets)).toBe(3_400n);
  });

  it('counts in every window it names and in no other', () => {
    const journal = open();
    const month = { ...dayCount, budget: 'all', window: 'month:1' };
    journal.note(dispatched('a/1', { counts: [dayCount, month] }));
    journal.note(dispatched('a/2', { counts: [month], bound: 7 }));
    journal.note(dispatched('a/3', { counts: [], bound: undefined }));
    const { budgets } = reopened().recovered;
    expect(spentOf(budgets)).toBe(1_000n);
    expect(spentOf(budgets, month)).toBe(1_007n);
    expect(budgets.balances).toHaveLength(2);
  });

  it('changes nothing when it comes again (BUD-I5)', async () => {
    const journal = open();
    const notes = [
      dispatched('a/1'),
      ended('a/1'),
      raised('r1'),
      dispatched('b/1'),
      { kind: 'alerted', at: 1, count: dayCount, share: 0.8 } as const,
    ];
    for (const note of [...notes, ...notes, ...notes]) journal.note(note);
    await journal.secured();
    const { budgets, raises } = reopened().recovered;
    expect(budgets.balances).toEqual([{ ...dayCount, spent: '1400', raised: '5000', alerted: [0.8] }]);
    expect(raises).toHaveLength(1);
  });

  it('is the same after any number of crashes', () => {
    open().note(dispatched('a/1'));
    let from = directory;
    for (let crash = 0; crash < 4; crash += 1) {
      from = asKilled(from);
      expect(spentOf(open({}, from).recovered.budgets)).toBe(1_000n);
    }
  });

  it('is secured by few calls for many that wait', async () => {
    const journal = open();
    const all = Array.from({ length: 200 }, (_, index) => {
      journal.note(dispatched(`r${index}/1`));
      return journal.secured();
    });
    expect(new Set(await Promise.all(all))).toEqual(new Set([true]));
    expect(spentOf(reopened().recovered.budgets)).toBe(200_000n);
  });

  it('holds no secret, in names, subjects and words of people', async () => {
    const journal = open({ redact: (text) => text.replaceAll('hunter2', '***') });
    journal.setState(() => ({
      balances: [{ ...dayCount, subject: 'hunter2', spent: '0', raised: '0', alerted: [] }],
      outstanding: [dispatched('z/1', { target: 'p/hunter2' })],
    }));
    journal.note(dispatched('a/1', { target: 'p/hunter2', counts: [{ ...dayCount, subject: 'hunter2' }] }));
    journal.note(raised('r', { note: 'hunter2', count: { ...dayCount, subject: 'hunter2' } }));
    journal.note({ kind: 'alerted', at: 1, share: 1, count: { ...dayCount, subject: 'hunter2' } });
    journal.checkpoint();
    await journal.stop();
    for (const name of segments()) expect(readFileSync(join(directory, name), 'utf8')).not.toContain('hunter2');
  });
});

describe('exchanges', () => {
  it('that were open are told with their tries, those that were closed as they ended', async () => {
    const journal = open();
    const usage = { inputTokens: 5, outputTokens: 6, cacheReadTokens: 0, cacheWriteTokens: 0 };
    journal.opened(row('open'));
    journal.note(dispatched('open/1'));
    journal.note(ended('open/1', { usage, usageSource: 'provider' }));
    journal.note(dispatched('open/2', { target: 'other/model' }));
    journal.opened(row('closed'));
    journal.note(dispatched('closed/1'));
    journal.note(ended('closed/1'));
    const end = JSON.stringify({ ...row('closed'), outcome: 'complete', attempts: [{ target: 'a/b' }] });
    journal.closed('closed', () => end);
    await expect.poll(() => written(), { timeout: 30_000 }).toContain('"kind":"closed"');
    await journal.secured();
    const { interrupted, closed } = reopened().recovered;
    expect(closed).toMatchObject([{ request_id: 'closed', outcome: 'complete', attempts: '[{"target":"a/b"}]' }]);
    expect(interrupted).toHaveLength(1);
    expect(interrupted[0]).toMatchObject({
      id: 'open',
      opened: { request_id: 'open', client: 'claude-code' },
      tries: [
        { dispatched: { target: 'demo/echo' }, ended: { state: 'settled', amount: 400, usage } },
        { dispatched: { target: 'other/model' }, ended: { state: 'estimated', amount: 1_000 }, atBound: true },
      ],
    });
  });

  it('that the database has soon need not be told, and are nobody’s at the next start', async () => {
    const journal = open();
    const uncounted = { counts: [] };
    journal.opened(row('quick'));
    journal.note(dispatched('quick/1', uncounted));
    journal.note(ended('quick/1'));
    journal.closed('quick', () => {
      throw new Error('It was asked for.');
    });
    journal.confirm(['quick']);
    journal.opened(row('slow'));
    journal.note(dispatched('slow/1', uncounted));
    await expect.poll(() => written()).toContain('slow/1');
    expect(written()).not.toContain('"kind":"ended"');
    const { interrupted, closed, estimated } = reopened().recovered;
    expect(interrupted.map(({ id }) => id)).toEqual(['slow']);
    expect({ closed, estimated }).toEqual({ closed: [], estimated: 1 });
  });

  it('are told again until the database has them, then no more', async () => {
    const journal = open();
    journal.opened(row('open'));
    journal.note(dispatched('open/1'));
    const second = reopened();
    const third = reopened(asKilled(directory));
    expect(third.recovered.interrupted).toHaveLength(1);
    expect(second.recovered.interrupted).toHaveLength(1);
    second.confirmRecovered();
    await second.stop();
  });

  it('are carried on by the checkpoint of a new segment', async () => {
    const journal = open();
    journal.opened(row('open'));
    journal.note(dispatched('open/1'));
    expect(journal.checkpoint()).toBe(true);
    await journal.secured();
    await expect.poll(() => segments()).toHaveLength(1);
    const { interrupted, budgets } = reopened().recovered;
    expect(interrupted).toMatchObject([{ id: 'open', tries: [{ atBound: true }] }]);
    expect(spentOf(budgets)).toBe(1_000n);
  });
});

describe('segments', () => {
  it('are private, bounded in size, and go once the database has what is in them', async () => {
    const journal = open({ segmentBytes: 4_000 });
    for (let index = 0; index < 200; index += 1) {
      const id = `r${index}`;
      journal.opened(row(id));
      journal.note(dispatched(`${id}/1`));
      journal.note(ended(`${id}/1`));
      journal.closed(id, () => JSON.stringify(row(id)));
      await nextTurn();
    }
    await journal.secured();
    expect(segments().length).toBeGreaterThan(5);
    await expect.poll(() => segments().length).toBeLessThanOrEqual(17);
    for (const name of segments()) {
      const facts = statSync(join(directory, name));
      expect(facts.mode & 0o777).toBe(0o600);
      expect(facts.size).toBeLessThan(8_000);
    }
    expect(spentOf(reopened().recovered.budgets)).toBe(80_000n);
    journal.confirm(Array.from({ length: 200 }, (_, index) => `r${index}`));
    await expect.poll(() => segments()).toHaveLength(1);
    expect(spentOf(reopened().recovered.budgets)).toBe(80_000n);
  });

  it('begin with what the budgets know, once they are asked', async () => {
    const journal = open();
    const state: BudgetState = {
      balances: [{ ...dayCount, spent: '123', raised: '0', alerted: [0.5] }],
      outstanding: [dispatched('x/1', { bound: 7 })],
      unknownBefore: 42,
    };
    journal.setState(() => state);
    journal.checkpoint();
    const { budgets } = reopened().recovered;
    expect(budgets).toEqual({
      balances: [{ ...dayCount, spent: '130', raised: '0', alerted: [0.5] }],
      outstanding: [],
      unknownBefore: 42,
    });
  });

  it('are not written through a link, nor in the place of a file that is there', async () => {
    writeFileSync(join(root, 'elsewhere'), '');
    symlinkSync(join(root, 'elsewhere'), join(directory, 'journal-000001.jsonl'));
    const journal = open();
    expect(journal.isWhole).toBe(false);
    expect(journal.health().notices.join()).toContain('cannot be read');
    expect(journal.note(dispatched('a/1'))).toBe(true);
    expect(statSync(join(root, 'elsewhere')).size).toBe(0);
    expect(segments()).toContain('journal-000002.jsonl');
  });

  it('that others could read are closed to them', () => {
    open();
    const killed = asKilled(directory);
    const name = join(killed, segments(killed)[0] ?? '');
    chmodSync(name, 0o644);
    expect(open({}, killed).health().notices.join()).toContain('readable by its owner only');
    expect(statSync(name).mode & 0o777).toBe(0o600);
  });
});

describe('damage', () => {
  async function withThree(): Promise<string> {
    const journal = open();
    for (const id of ['a/1', 'b/1', 'c/1']) journal.note(dispatched(id));
    await journal.secured();
    return join(directory, segments().at(-1) ?? '');
  }

  it('at the end is what a crash leaves, and no news', async () => {
    const file = await withThree();
    appendFileSync(file, '0123abcd {"kind":"dispa');
    const after = reopened();
    expect(spentOf(after.recovered.budgets)).toBe(3_000n);
    expect(after.health().notices).toEqual([]);
    expect(after.isWhole).toBe(true);
  });

  it('in the middle is told, and everything else still counts', async () => {
    const file = await withThree();
    writeFileSync(file, readFileSync(file, 'utf8').replace('"b/1"', '"B/1"'));
    const after = reopened();
    expect(spentOf(after.recovered.budgets)).toBe(2_000n);
    expect(after.health().notices.join()).toContain('1 damaged lines');
  });

  it('of the checkpoint is mended by the segment before', async () => {
    const journal = open();
    journal.note(dispatched('a/1'));
    const killed = asKilled(directory);
    open({}, killed).note(dispatched('b/1'));
    const last = join(killed, segments(killed).at(-1) ?? '');
    writeFileSync(last, readFileSync(last, 'utf8').replace('"checkpoint"', '"checkpoinT"'));
    const after = reopened(killed);
    expect(after.isWhole).toBe(true);
    expect(spentOf(after.recovered.budgets)).toBe(2_000n);
  });

  it('of the only checkpoint leaves a journal that is not whole', async () => {
    const file = await withThree();
    writeFileSync(file, readFileSync(file, 'utf8').replace('"checkpoint"', '"checkpoinT"'));
    const after = reopened();
    expect(after.isWhole).toBe(false);
    expect(spentOf(after.recovered.budgets)).toBe(3_000n);
  });

  it('that nobody looked into yet is not forgotten by the next crash', () => {
    const journal = open({ isFresh: false });
    expect(journal.isWhole).toBe(false);
    expect(reopened().recovered.budgets.unknownBefore).toBeGreaterThan(0);
    journal.nothingWasLost();
    const after = reopened();
    expect(after.isWhole).toBe(true);
    expect(after.recovered.budgets.unknownBefore).toBeUndefined();
  });
});

describe('when nothing can be written', () => {
  it('a note is refused, the reason told, and all of it made good without a restart', async () => {
    const blocked = join(root, 'blocked');
    writeFileSync(blocked, 'a file where a directory must be');
    const errors: string[] = [];
    const journal = open({ log: { ...silentLog, error: (message) => void errors.push(message) } }, blocked);
    expect(journal.note(dispatched('a/1'))).toBe(false);
    expect(journal.note(raised('r'))).toBe(false);
    expect(journal.note(ended('a/1'))).toBe(false);
    expect(await journal.secured()).toBe(false);
    expect(journal.health()).toMatchObject({ state: 'failing' });
    expect(errors).toHaveLength(1);
    journal.setState(() => ({ balances: [{ ...dayCount, spent: '9', raised: '0', alerted: [] }], outstanding: [] }));
    rmSync(blocked);
    mkdirSync(blocked);
    await expect.poll(() => journal.health().state, { timeout: 30_000 }).toBe('writing');
    expect(journal.note(dispatched('b/1'))).toBe(true);
    expect(await journal.secured()).toBe(true);
    expect(spentOf(reopened(blocked).recovered.budgets)).toBe(1_009n);
  });

  it('nothing is noted after the end', async () => {
    const journal = open();
    journal.note(dispatched('a/1'));
    await journal.stop();
    expect(journal.note(dispatched('b/1'))).toBe(false);
    expect(await journal.secured()).toBe(false);
    expect(journal.checkpoint()).toBe(false);
    expect(spentOf(reopened().recovered.budgets)).toBe(1_000n);
    expect(existsSync(directory)).toBe(true);
  });
});
