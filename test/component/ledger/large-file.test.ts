// A ledger that is too large to be read at the start is checked while it is in use.
import { mkdtempSync, openSync, closeSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../../main/kit/clock.ts';
import { openForWriting } from '../../../main/ledger/database.ts';
import type { Ledger } from '../../../main/ledger/ledger.ts';
import { migrations } from '../../../main/ledger/migrations.ts';
import { createLedger } from '../../../main/ledger/sqlite.ts';
import { everything, exchange, silentLog } from './exchanges.ts';

let directory: string;
let file: string;
let ledger: Ledger | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-large-'));
  file = join(directory, 'ledger.db');
  const { db } = openForWriting({ file, now: 0, migrations });
  db.exec('INSERT INTO routing_snapshots (id, at, used_at, body) VALUES (1, 1, 1, randomblob(70000000))');
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
});

afterEach(async () => {
  await ledger?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function start(): Ledger {
  ledger = createLedger({ file, clock: systemClock, log: silentLog, checkAfterMs: 1 });
  return ledger;
}

it('is used at once, and stays when nothing is wrong with it', async () => {
  const opened = openForWriting({ file, now: 0, migrations });
  expect(opened.unchecked).toBe(true);
  opened.db.close();
  const running = start();
  expect(await running.started()).toMatchObject({ state: 'writing', notices: [] });
  running.close(exchange());
  expect((await running.log(everything)).entries).toHaveLength(1);
  expect(readdirSync(directory).filter((name) => name.includes('corrupt'))).toEqual([]);
});

it('is set aside when something is, and what comes next is in a new one', async () => {
  const broken = openSync(file, 'r+');
  // Into the middle of what one long value is spread over: the start does not look there.
  for (let at = 20_000_000; at < 21_000_000; at += 4_096) writeSync(broken, Buffer.alloc(64, 0xff), 0, 64, at);
  closeSync(broken);
  const running = start();
  expect(await running.started()).toMatchObject({ state: 'writing' });
  await vi.waitFor(() => expect(running.health().notices.join()).toContain('The ledger was corrupt'), 15_000);
  expect(readdirSync(directory).some((name) => name.startsWith('ledger.db.corrupt-'))).toBe(true);
  const record = exchange();
  running.close(record);
  expect(await running.flush()).toBe(true);
  expect((await running.log(everything)).entries.map(({ request_id }) => request_id)).toEqual([record.requestId]);
  expect(running.health().state).toBe('writing');
});
