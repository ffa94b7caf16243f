// Questions have a thread of their own: they wait for nobody, nobody waits for them, and it goes when it is not needed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../../main/kit/clock.ts';
import { openForWriting } from '../../../main/ledger/database.ts';
import type { Ledger } from '../../../main/ledger/ledger.ts';
import { migrations } from '../../../main/ledger/migrations.ts';
import { ReaderThread } from '../../../main/ledger/reader-thread.ts';
import { toRow } from '../../../main/ledger/row.ts';
import { createLedger } from '../../../main/ledger/sqlite.ts';
import { createWriter } from '../../../main/ledger/write.ts';
import { everything, exchange, silentLog } from './exchanges.ts';

let directory: string;
let file: string;
const running: Ledger[] = [];
const threads: ReaderThread[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-reader-'));
  file = join(directory, 'ledger.db');
});

afterEach(async () => {
  for (const ledger of running.splice(0)) await ledger.stop();
  for (const thread of threads.splice(0)) await thread.close('over');
  rmSync(directory, { recursive: true, force: true });
});

function thread(idleMs?: number): ReaderThread {
  const made = new ReaderThread({ file, bodySecret: undefined, idleMs });
  threads.push(made);
  return made;
}

function fill(count: number, path = file): void {
  const { db } = openForWriting({ file: path, now: 0, migrations });
  const rows = Array.from({ length: count }, () => toRow(exchange(), (text) => text));
  createWriter(db).write([], rows);
  db.close();
}

it('a writer does not wait for questions that take long', async () => {
  fill(8_000);
  const ledger = createLedger({ file, clock: systemClock, log: silentLog });
  running.push(ledger);
  await ledger.started();
  let answered = 0;
  // The whole file is read for each of these: together they take far longer than to write one exchange.
  const questions = Array.from({ length: 8 }, () => ledger.check().then(() => (answered += 1)));
  ledger.close(exchange());
  expect(await ledger.flush()).toBe(true);
  expect(answered).toBeLessThan(8);
  await Promise.all(questions);
});

it('a question sees what was handed over before it, and does not wait for who writes beside it', async () => {
  const ledger = createLedger({ file, clock: systemClock, log: silentLog });
  running.push(ledger);
  const record = exchange();
  ledger.close(record);
  expect((await ledger.log(everything)).entries).toHaveLength(1);
  const other = new DatabaseSync(file);
  other.exec('BEGIN EXCLUSIVE');
  expect((await ledger.byRequestId(record.requestId))?.entry.request_id).toBe(record.requestId);
  other.exec('ROLLBACK');
  other.close();
});

it('the thread is there from the first question on, and goes when there is none for a while', async () => {
  fill(3);
  const reader = thread(1);
  expect(reader.isRunning).toBe(false);
  expect((await reader.ask('log', everything)).entries).toHaveLength(3);
  await vi.waitFor(() => expect(reader.isRunning).toBe(false), 15_000);
  expect((await reader.ask('log', everything)).entries).toHaveLength(3);
});

it('a file that was changed for another is asked anew, also for what was not answered yet', async () => {
  fill(3);
  const reader = thread();
  await reader.ask('log', everything);
  const questions = Array.from({ length: 5 }, () => reader.ask('log', everything));
  rmSync(file);
  for (const journal of ['-wal', '-shm']) rmSync(file + journal, { force: true });
  fill(7);
  reader.reset();
  for (const page of await Promise.all(questions)) expect(page.entries).toHaveLength(7);
});

it('what cannot be read is said, and asked again the next time', async () => {
  const reader = thread();
  await expect(reader.ask('log', everything)).rejects.toThrow('could not be opened');
  fill(2);
  expect((await reader.ask('log', everything)).entries).toHaveLength(2);
});

it('whoever waits when it is closed is told so, and whoever comes later', async () => {
  fill(2);
  const reader = thread();
  const waiting = reader.ask('check', undefined);
  const told = expect(waiting).rejects.toThrow('The ledger is closed.');
  await reader.close('The ledger is closed.');
  await told;
  await expect(reader.ask('log', everything)).rejects.toThrow('The ledger is closed.');
});
