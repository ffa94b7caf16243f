// A ledger that is damaged (FAULT-37): set aside as it was, never written over, while budgets go on from what the journal knows.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dataFiles } from '../../../main/kit/data-directory.ts';
import { expectRefusal } from '../gateway/refusals.ts';
import { idOf, openRig, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await openRig();
});

beforeEach(() => {
  rig.begin();
  rig.configure();
});

afterEach(async () => {
  await rig.kill();
  rig.removePlace();
});

afterAll(async () => {
  await rig.end();
});

const file = (): string => dataFiles(rig.data).ledger;
const setAside = (): string[] =>
  readdirSync(rig.data).filter((name) => name.startsWith('ledger.db.corrupt-') && !/-(?:wal|shm)$/.test(name));
const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Noise in the place of what was there. */
function overwrite(from: number, to: number): void {
  const fd = openSync(file(), 'r+');
  writeSync(fd, Buffer.alloc(to - from, 0xa5), 0, to - from, from);
  closeSync(fd);
}

/** Everything that was written is in the file itself, not in the log beside it. */
function checkpoint(): void {
  const db = new DatabaseSync(file());
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
}

async function use(times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) expect((await rig.ask('hard')).status).toBe(200);
  expect((await rig.ask('soft')).status).toBe(200);
  await rig.recorded();
}

function dropJournal(): void {
  for (const name of readdirSync(rig.data)) if (name.endsWith('.jsonl')) rmSync(join(rig.data, name));
}

const damages: readonly { name: string; damage: () => void }[] = [
  { name: 'in its middle', damage: () => overwrite(8_192, statSync(file()).size - 4_096) },
  { name: 'in its header', damage: () => overwrite(0, 100) },
  { name: 'cut off', damage: () => truncateSync(file(), Math.floor(statSync(file()).size / 2 / 4_096) * 4_096 + 100) },
];

describe.each(damages)('a database that is found damaged $name', ({ damage }) => {
  it('is kept under another name just as it was, and budgets go on from what the journal knows', async () => {
    await rig.start();
    await use(12);
    const spent = await rig.spent('hard');
    expect(spent).toBeGreaterThan(0n);
    await rig.kill();
    checkpoint();
    damage();
    const digest = digestOf(file());

    await rig.start();
    expect(setAside()).toHaveLength(1);
    expect(digestOf(join(rig.data, setAside()[0] ?? ''))).toBe(digest);
    const { ledger } = await rig.product.ask('app.status', {});
    expect(ledger).toMatchObject({ state: 'writing', journal: { state: 'writing' } });
    expect(ledger.notices.join()).toContain('corrupt');
    expect(await rig.budget('hard')).toMatchObject({ state: 'ok', reason: null });
    expect(await rig.spent('hard')).toBe(spent);
    const answer = await rig.ask('hard');
    expect(answer.status).toBe(200);
    expect(await rig.spent('hard')).toBeGreaterThan(spent);
    expect(await rig.recorded()).toContain(idOf(answer));
    await rig.kill();
    // What was set aside stays what it was, also over the next start.
    await rig.start();
    expect(setAside().map((name) => digestOf(join(rig.data, name)))).toEqual([digest]);
    expect(await rig.spent('hard')).toBeGreaterThan(spent);
  });
});

describe('a database that is damaged while it is in use', () => {
  it('is set aside once that shows, without a request that fails or a cent that is forgotten', async () => {
    await rig.start();
    await use(12);
    const spent = await rig.spent('hard');
    // What is in the log beside it would hide the damage.
    checkpoint();
    overwrite(4_096, statSync(file()).size);
    const answers = [];
    while (setAside().length === 0) {
      const answer = await rig.ask(answers.length % 2 === 0 ? 'hard' : 'soft');
      expect(answer.status).toBe(200);
      answers.push(answer);
      await rig.recorded().catch(() => undefined);
    }
    expect(await rig.spent('hard')).toBeGreaterThan(spent);
    const last = await rig.ask('hard');
    expect(last.status).toBe(200);
    await expect
      .poll(async () => await rig.recorded().catch(() => new Set()), { timeout: 30_000 })
      .toContain(idOf(last));
    const { ledger } = await rig.product.ask('app.status', {});
    expect(ledger.state).toBe('writing');
    expect(ledger.notices.join()).toContain('corrupt');
    const known = await rig.spent('hard');
    await rig.kill();
    await rig.start();
    expect(await rig.spent('hard')).toBe(known);
    expect((await rig.ask('hard')).status).toBe(200);
  });
});

describe('without journal and database', () => {
  it.each(['chat', 'messages'] as const)(
    'hard budgets refuse a client of %s until their owner accepts it, and everything else is served',
    async (client) => {
      await rig.start();
      await use(3);
      await rig.kill();
      checkpoint();
      dropJournal();
      overwrite(0, 4_096);
      await rig.start();
      const refusal = await rig.ask('hard', { client });
      expectRefusal(refusal, client, {
        code: 'admit.budget_unavailable',
        says: ['"key:hard:month"', 'lost', 'sluice budgets accept'],
      });
      expect((await rig.ask('soft', { client })).status).toBe(200);
      expect(await rig.budget('hard')).toMatchObject({ state: 'unknown' });
      expect(setAside()).toHaveLength(1);
      // To forget it by another start would be to open what nobody opened.
      await rig.kill();
      await rig.start();
      expect((await rig.ask('hard', { client })).headers['x-sluice-error']).toBe('admit.budget_unavailable');
      const { code, err } = await rig.sluice('budgets', 'accept');
      expect(code, err).toBe(0);
      expect((await rig.ask('hard', { client })).status).toBe(200);
      await rig.kill();
      await rig.start();
      expect((await rig.ask('hard', { client })).status).toBe(200);
      expect(setAside()).toHaveLength(1);
    },
  );
});

describe('a journal that is lost', () => {
  it('leaves hard budgets closed until their owner accepts what the database knows', async () => {
    await rig.start();
    await use(3);
    const spent = await rig.spent('hard');
    await rig.kill();
    dropJournal();
    await rig.start();
    expect((await rig.ask('hard')).headers['x-sluice-error']).toBe('admit.budget_unavailable');
    expect((await rig.sluice('budgets', 'accept')).code).toBe(0);
    expect(await rig.spent('hard')).toBe(spent);
    expect((await rig.ask('hard')).status).toBe(200);
    await rig.kill();
    await rig.start();
    expect(await rig.spent('hard')).toBeGreaterThan(spent);
  });
});
