// What was said is kept small, sealed, and no longer than it should be.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../main/kit/clock.ts';
import { bodyKeys, createBodies, maxBodyBytes, readBodies } from '../../../main/ledger/bodies.ts';
import { BodyQueue } from '../../../main/ledger/body-queue.ts';
import { openForWriting } from '../../../main/ledger/database.ts';
import type { Ledger } from '../../../main/ledger/ledger.ts';
import { migrations } from '../../../main/ledger/migrations.ts';
import { toRow } from '../../../main/ledger/row.ts';
import { createLedger } from '../../../main/ledger/sqlite.ts';
import { createWriter } from '../../../main/ledger/write.ts';
import { exchange, silentLog } from './exchanges.ts';

let directory: string;
let file: string;
let db: DatabaseSync;
const running: Ledger[] = [];
const noon = Date.UTC(2026, 10, 25, 12);
const day = 86_400_000;
const secret = Buffer.from('a secret of the host, 32 bytes!!');
const keys = bodyKeys(secret);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-bodies-'));
  file = join(directory, 'ledger.db');
  ({ db } = openForWriting({ file, now: noon, migrations }));
});

afterEach(async () => {
  for (const ledger of running.splice(0)) await ledger.stop();
  if (db.isOpen) db.close();
  rmSync(directory, { recursive: true, force: true });
});

function start(bodySecret: Uint8Array | undefined): Ledger {
  const ledger = createLedger({ file, clock: systemClock, log: silentLog, bodySecret });
  running.push(ledger);
  return ledger;
}

/** A conversation with so many turns, each some kilobytes that say something else. */
function conversation(turns: number): Buffer {
  let state = 1;
  const word = (): string => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 12).toString(36);
  };
  const messages = Array.from({ length: turns }, (_, turn) => ({
    role: turn % 2 === 0 ? 'user' : 'assistant',
    content: Array.from({ length: 900 }, word).join(' '),
  }));
  return Buffer.from(JSON.stringify({ model: 'smart', messages }));
}

const count = (table: string): number => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
const stored = (): number => Number(db.prepare('SELECT sum(length(sealed)) AS n FROM body_pieces').get()?.['n'] ?? 0);
const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString();

describe('bodies', () => {
  it('come back as they were, the request before the answer', () => {
    const bodies = createBodies(db, keys);
    const request = conversation(30);
    bodies.keep({ requestId: 'r1', part: 'answer', bytes: Buffer.from('data: {}\n\n') }, noon + 5);
    bodies.keep({ requestId: 'r1', part: 'request', bytes: request }, noon);
    bodies.keep({ requestId: 'r2', part: 'request', bytes: new Uint8Array() }, noon);
    const found = readBodies(db, keys, 'r1');
    expect(found.map(({ part, at }) => [part, at])).toEqual([
      ['request', noon],
      ['answer', noon + 5],
    ]);
    expect(found[0]?.bytes).toEqual(request);
    expect(text(found[1]?.bytes)).toBe('data: {}\n\n');
    expect(text(readBodies(db, keys, 'r2')[0]?.bytes)).toBe('');
    expect(readBodies(db, keys, 'nobody')).toEqual([]);
  });

  it('of a conversation take up about one more piece with each turn', () => {
    const bodies = createBodies(db, keys);
    bodies.keep({ requestId: 'first', part: 'request', bytes: conversation(40) }, noon);
    const [size, pieces] = [stored(), count('body_pieces')];
    expect(conversation(40).length).toBeGreaterThan(150_000);
    // Words that were drawn by lot are not made much smaller; those of people are.
    expect(size).toBeLessThan(conversation(40).length * 0.8);
    for (let turn = 1; turn <= 10; turn += 1) {
      bodies.keep({ requestId: `turn-${turn}`, part: 'request', bytes: conversation(40 + turn) }, noon + turn);
    }
    expect(count('body_pieces') - pieces).toBeLessThanOrEqual(20);
    expect(stored() - size).toBeLessThan(size * 1.2);
    expect(readBodies(db, keys, 'turn-10')[0]?.bytes).toEqual(conversation(50));
  });

  it('cannot be read in the file, nor told apart by who has no key', () => {
    const bodies = createBodies(db, keys);
    const said = 'the launch is on the ninth of May';
    bodies.keep({ requestId: 'r1', part: 'request', bytes: Buffer.from(said.repeat(300)) }, noon);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    for (const name of readdirSync(directory)) expect(readFileSync(join(directory, name)).includes(said)).toBe(false);
    const other = bodyKeys(Buffer.from('another secret, 32 bytes as well'));
    expect(readBodies(db, other, 'r1')).toMatchObject([{ part: 'request', bytes: undefined }]);
    // The same text under another key has another name: nobody can look for it.
    createBodies(db, other).keep({ requestId: 'r2', part: 'request', bytes: Buffer.from(said.repeat(300)) }, noon);
    const rows = db.prepare('SELECT tag, sealed FROM body_pieces').all();
    expect(new Set(rows.map(({ tag }) => Buffer.from(tag as Uint8Array).toString('hex'))).size).toBe(rows.length);
    // A nonce is never used again.
    expect(
      new Set(
        rows.map(({ sealed }) =>
          Buffer.from(sealed as Uint8Array)
            .subarray(0, 12)
            .toString('hex'),
        ),
      ).size,
    ).toBe(rows.length);
  });

  it('that were tampered with, or put in each other’s place, are not given out', () => {
    const bodies = createBodies(db, keys);
    bodies.keep({ requestId: 'r1', part: 'request', bytes: Buffer.from('one') }, noon);
    bodies.keep({ requestId: 'r2', part: 'request', bytes: Buffer.from('two') }, noon);
    const [one, two] = db.prepare('SELECT id, sealed FROM body_pieces ORDER BY id').all();
    const put = db.prepare('UPDATE body_pieces SET sealed = ? WHERE id = ?');
    put.run(two?.['sealed'] ?? null, Number(one?.['id']));
    expect(readBodies(db, keys, 'r1')[0]?.bytes).toBeUndefined();
    const broken = Buffer.from(two?.['sealed'] as Uint8Array);
    broken[broken.length - 1] = (broken[broken.length - 1] ?? 0) ^ 1;
    put.run(broken, Number(two?.['id']));
    expect(readBodies(db, keys, 'r2')[0]?.bytes).toBeUndefined();
    db.prepare('DELETE FROM body_pieces').run();
    expect(readBodies(db, keys, 'r2')[0]?.bytes).toBeUndefined();
  });

  it('are replaced when they come again, and leave nothing behind', () => {
    const bodies = createBodies(db, keys);
    bodies.keep({ requestId: 'r1', part: 'request', bytes: conversation(20) }, noon);
    bodies.keep({ requestId: 'r1', part: 'request', bytes: Buffer.from('short') }, noon + 1);
    expect(text(readBodies(db, keys, 'r1')[0]?.bytes)).toBe('short');
    expect([count('bodies'), count('body_pieces')]).toEqual([1, 1]);
  });

  it('are not kept without a key', () => {
    createBodies(db, undefined).keep({ requestId: 'r1', part: 'request', bytes: Buffer.from('x') }, noon);
    expect([count('bodies'), count('body_pieces')]).toEqual([0, 0]);
  });
});

describe('retention', () => {
  const keepAll = { retentionDays: 3650, maxSizeMb: 500 };

  it('takes bodies away with their exchange, and the pieces that no other needs', () => {
    const writer = createWriter(db, keys);
    for (let index = 0; index < 60; index += 1) {
      const at = noon + index * day;
      writer.write([], [toRow(exchange({ requestId: `r${index}`, at }), (value) => value)]);
      writer.keepBody({ requestId: `r${index}`, part: 'request', bytes: conversation(10 + index) }, at + 1);
      writer.keepBody({ requestId: `r${index}`, part: 'answer', bytes: Buffer.from(`answer ${index}`) }, at + 2);
    }
    while (writer.retain({ retentionDays: 10, maxSizeMb: 500 }, noon + 60 * day));
    expect(count('exchanges')).toBe(10);
    expect(count('bodies')).toBe(20);
    for (let index = 50; index < 60; index += 1)
      expect(readBodies(db, keys, `r${index}`)[0]?.bytes).toEqual(conversation(10 + index));
    while (writer.retain({ retentionDays: 1, maxSizeMb: 500 }, noon + 100 * day));
    expect([count('exchanges'), count('bodies'), count('body_pieces')]).toEqual([0, 0, 0]);
  });

  it('lets what was said go before any exchange does when there is too much', () => {
    const writer = createWriter(db, keys);
    for (let index = 0; index < 40; index += 1) {
      writer.write([], [toRow(exchange({ requestId: `r${index}`, at: noon + index }), (value) => value)]);
      const bytes = Buffer.concat([Buffer.from(`${index}`.repeat(40)), conversation(30).subarray(index * 1_000)]);
      for (let at = 0; at < bytes.length; at += 997) bytes[at] = 65 + (index % 26);
      writer.keepBody({ requestId: `r${index}`, part: 'request', bytes }, noon + index);
    }
    expect(count('bodies')).toBe(40);
    while (writer.retain({ ...keepAll, maxSizeMb: 2 }, noon + day));
    expect(count('exchanges')).toBe(40);
    expect(count('bodies')).toBeGreaterThan(0);
    expect(count('bodies')).toBeLessThan(40);
    expect(readBodies(db, keys, 'r0')).toEqual([]);
    expect(readBodies(db, keys, 'r39')[0]?.bytes).toBeDefined();
  });
});

describe('a ledger', () => {
  it('keeps bodies at once, gives them back, and still has them at the next start', async () => {
    db.close();
    const ledger = start(secret);
    const body = { requestId: 'r1', part: 'request', bytes: conversation(12) } as const;
    expect(ledger.keepBody(body)).toBe(true);
    expect(await ledger.bodiesOf('r1')).toMatchObject([{ part: 'request', bytes: new Uint8Array(body.bytes) }]);
    await ledger.stop();
    expect(await start(secret).bodiesOf('r1')).toHaveLength(1);
  });

  it('keeps none without a secret, and none that is too large', async () => {
    db.close();
    const ledger = start(undefined);
    expect(ledger.keepBody({ requestId: 'r1', part: 'request', bytes: Buffer.from('x') })).toBe(false);
    expect(await ledger.bodiesOf('r1')).toEqual([]);
    await ledger.stop();
    const other = start(secret);
    expect(other.keepBody({ requestId: 'r1', part: 'request', bytes: new Uint8Array(maxBodyBytes + 1) })).toBe(false);
    expect(await other.bodiesOf('r1')).toEqual([]);
  });
});

describe('the way to the writer', () => {
  it('holds no more than its bound, and is free again when the writer is through or gone', () => {
    const sent: string[] = [];
    let learned = '';
    let isThere = true;
    const queue = new BodyQueue({
      post: (message) => isThere && sent.push(message.kind === 'learn' ? message.learned : message.body.requestId) > 0,
      learned: () => learned,
      maxBytes: 100,
    });
    const offer = (requestId: string, size: number): boolean =>
      queue.offer({ requestId, part: 'request', bytes: new Uint8Array(size) }, 0);
    expect([offer('a', 60), offer('b', 60), offer('c', 40)]).toEqual([true, false, true]);
    expect([sent, queue.dropped]).toEqual([['a', 'c'], 1]);
    queue.done(60, true);
    expect([offer('d', 60), offer('e', 1)]).toEqual([true, false]);
    queue.done(60, false);
    expect(queue.dropped).toBe(3);
    queue.lose();
    expect(offer('f', 100)).toBe(true);
    // Nobody is there: what is not under way takes up no room.
    queue.lose();
    isThere = false;
    expect([offer('g', 100), offer('h', 100)]).toEqual([false, false]);
    // Whoever comes after one that was lost is told the secrets before the first body.
    [isThere, learned] = [true, 'secret'];
    sent.length = 0;
    expect([offer('i', 50), offer('j', 50)]).toEqual([true, true]);
    expect(sent).toEqual(['secret', 'i', 'j']);
  });
});
