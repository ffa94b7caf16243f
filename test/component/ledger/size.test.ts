// How large the ledger is: every file of it is counted, and every exchange.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../main/kit/clock.ts';
import { openLedgerReader } from '../../../main/ledger/reader.ts';
import { createLedger } from '../../../main/ledger/sqlite.ts';
import { calls } from '../../../shared/contract/contract.ts';
import { fillLedger } from '../../fakes/ledger-filler.ts';
import { exchange, opened, silentLog } from './exchanges.ts';

const noon = Date.UTC(2026, 10, 25, 12);
const secret = new Uint8Array(32).fill(7);
const { output } = calls['ledger.size'];

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-size-'));
  file = join(directory, 'ledger.db');
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const bytesOf = (name: RegExp): number =>
  readdirSync(directory)
    .filter((one) => name.test(one))
    .reduce((sum, one) => sum + statSync(join(directory, one)).size, 0);

it('of a running instance counts open exchanges too, and the journal with the rest', async () => {
  const ledger = createLedger({ file, clock: systemClock, log: silentLog, bodySecret: secret });
  const [first, second] = [exchange({ at: noon }), exchange({ at: noon + 1 })];
  ledger.close(first);
  ledger.close(second);
  ledger.open(opened(exchange({ at: noon + 2 })));
  for (const part of ['request', 'answer'] as const)
    ledger.keepBody({ requestId: first.requestId, part, bytes: Buffer.from('{"said":"something"}') });
  await ledger.bodiesOf(first.requestId);
  // Kept aside, or somebody else's.
  writeFileSync(`${file}.corrupt-2026`, Buffer.alloc(100_000));
  writeFileSync(join(directory, 'journal-notes.txt'), Buffer.alloc(100_000));
  const size = output.parse(await ledger.size());
  expect(size).toMatchObject({ exchanges: 3, recorded: 1, oldest_at: new Date(noon).toISOString() });
  expect(bytesOf(/^journal-\d+\.jsonl$/)).toBeGreaterThan(0);
  expect(size.bytes).toBe(bytesOf(/^ledger\.db(-wal|-shm)?$|^journal-\d+\.jsonl$/));
  await ledger.stop();
});

it('of a file is the same without an instance', async () => {
  const filled = fillLedger({
    dataDirectory: directory,
    count: 2_000,
    days: 3,
    seed: 5,
    now: noon,
    bodySecret: secret,
  });
  const reader = openLedgerReader(file);
  const size = output.parse(await reader.size());
  reader.close();
  expect(size).toMatchObject({ exchanges: 2_000, recorded: filled.recorded, bytes: bytesOf(/^ledger\.db/) });
  expect(filled.recorded).toBeGreaterThan(100);
  expect(Date.parse(size.oldest_at ?? '')).toBeGreaterThanOrEqual(noon - 3 * 86_400_000);
});

it('of a ledger that does not exist is nothing', async () => {
  const reader = openLedgerReader(file);
  expect(await reader.size()).toEqual({ bytes: 0, exchanges: 0, recorded: 0, oldest_at: null });
});
