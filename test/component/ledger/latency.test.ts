// How long answers took is told by exact percentiles of what was measured, bucket by bucket.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../main/kit/clock.ts';
import { openForWriting } from '../../../main/ledger/database.ts';
import { readLatency } from '../../../main/ledger/latency-query.ts';
import { migrations } from '../../../main/ledger/migrations.ts';
import { openLedgerReader } from '../../../main/ledger/reader.ts';
import { toRow } from '../../../main/ledger/row.ts';
import { readSeries } from '../../../main/ledger/series-query.ts';
import { createLedger } from '../../../main/ledger/sqlite.ts';
import { createWriter } from '../../../main/ledger/write.ts';
import { calls, type CallInput } from '../../../shared/contract/contract.ts';
import { exchange, silentLog } from './exchanges.ts';

const { input, output } = calls['usage.latency'];
const noon = Date.UTC(2026, 10, 25, 12);
const hourMs = 3_600_000;

let directory: string;
let file: string;
let db: DatabaseSync;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-latency-'));
  file = join(directory, 'ledger.db');
  ({ db } = openForWriting({ file, now: noon, migrations }));
});

afterEach(() => {
  db.close();
  rmSync(directory, { recursive: true, force: true });
});

function record(...given: Parameters<typeof exchange>[0][]): void {
  createWriter(db).write(
    [],
    given.map((one) => toRow(exchange(one), (text) => text)),
  );
}

function ask(query: CallInput<'usage.latency'> = {}, limit?: number): ReturnType<typeof output.parse> {
  return output.parse(readLatency(db, input.parse(query), limit));
}

/** Answers of a provider in one hour, that took so many milliseconds in all and half of it to the first content. */
function took(target: string, hour: number, ...times: readonly number[]): void {
  record(...times.map((ms) => ({ target, at: noon + hour * hourMs, ttftMs: ms / 2, durationMs: ms })));
}

describe('percentiles', () => {
  it('are those of nearest rank, of each hour by itself', () => {
    // Out of order; of a hundred, the fiftieth and the ninety-fifth.
    took('a/m', 0, ...Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) + 1));
    took('a/m', 2, 8);
    const { starts, lines, bucket, sampled } = ask();
    expect({ bucket, sampled }).toEqual({ bucket: 'hour', sampled: false });
    expect(starts).toEqual([noon, noon + hourMs, noon + 2 * hourMs]);
    expect(lines).toEqual([
      {
        name: 'a',
        requests: [100, 0, 1],
        ttft_p50_ms: [25, null, 4],
        ttft_p95_ms: [47.5, null, 4],
        total_p50_ms: [50, null, 8],
        total_p95_ms: [95, null, 8],
      },
    ]);
  });

  it('leave out what did not end well, and what came from the cache', () => {
    took('a/m', 0, 100);
    record(
      { target: 'a/m', at: noon, durationMs: 1, outcome: 'aborted' },
      { target: 'a/m', at: noon, durationMs: 1, outcome: 'failed', status: 502, error: 'upstream.502' },
      { target: 'a/m', at: noon, durationMs: 1, outcome: 'incomplete' },
      { target: 'a/m', at: noon, durationMs: 1, cache: { savedCost: 5 } },
    );
    expect(ask().lines).toMatchObject([{ requests: [1], total_p50_ms: [100], total_p95_ms: [100] }]);
  });

  it('of the first content are of those alone that have one', () => {
    took('a/m', 0, 100);
    record({ target: 'a/m', at: noon, ttftMs: undefined, durationMs: 900 });
    expect(ask().lines).toMatchObject([{ requests: [2], ttft_p95_ms: [50], total_p95_ms: [900] }]);
  });
});

describe('lines', () => {
  beforeEach(() => {
    took('small/x', 0, 40);
    took('large/x', 0, 1, 2, 3, 4);
    took('other/y', 0, 20);
    took('middle/y', 0, 7, 8, 9);
  });

  it('are the largest, and all others together without a name', () => {
    expect(ask({ top: 2 }).lines).toMatchObject([
      { name: 'large', requests: [4], total_p50_ms: [2] },
      { name: 'middle', requests: [3], total_p50_ms: [8] },
      { name: null, requests: [2], total_p50_ms: [20], total_p95_ms: [40] },
    ]);
  });

  it('may be models, and only of what is asked for', () => {
    expect(ask({ by: 'model' }).lines.map(({ name, requests }) => [name, ...requests])).toEqual([
      ['x', 5],
      ['y', 4],
    ]);
    expect(ask({ by: 'model', filter: { provider: 'small' } }).lines).toMatchObject([{ name: 'x', requests: [1] }]);
    expect(ask({ since: noon + 1 }).lines).toEqual([]);
  });

  it('are of the newest where there are more than are looked at, which is said', () => {
    took('new/x', 3, 70, 80);
    const { lines, sampled } = ask({}, 3);
    expect(sampled).toBe(true);
    expect(lines[0]).toMatchObject({ name: 'new', requests: [0, 0, 0, 2] });
    expect(lines.flatMap(({ requests }) => requests).reduce((sum, count) => sum + count)).toBe(3);
    expect(ask({}, 11).sampled).toBe(false);
  });
});

it('stands in the same buckets as the sums over time, whatever the zone', () => {
  took('a/m', -30, 5);
  took('a/m', 0, 5);
  took('a/m', 9, 7);
  for (const bucket of ['minute', 'hour', 'day'] as const) {
    for (const timezone of ['UTC', 'Asia/Kolkata', 'America/Los_Angeles']) {
      const range = { bucket, timezone, since: noon - 26 * hourMs };
      const series = readSeries(db, calls['usage.series'].input.parse(range));
      const latency = ask(range);
      expect({ bucket: latency.bucket, starts: latency.starts }).toEqual({
        bucket: series.bucket,
        starts: series.starts,
      });
      expect(latency.lines[0]?.requests).toEqual(series.lines[0]?.requests);
    }
  }
});

it('is asked of a running instance and of a file alike', async () => {
  took('a/m', 0, 5, 7);
  const expected = ask();
  const reader = openLedgerReader(file);
  expect(await reader.latency(input.parse({}))).toEqual(expected);
  reader.close();
  const ledger = createLedger({ file, clock: systemClock, log: silentLog });
  expect(await ledger.latency(input.parse({}))).toEqual(expected);
  await ledger.stop();
  const empty = openLedgerReader(join(directory, 'none.db'));
  expect(await empty.latency(input.parse({}))).toEqual({ bucket: 'hour', starts: [], lines: [], sampled: false });
});
