// Sums by anything and over time: whatever they are asked by, they are the sums of the same exchanges.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { openForWriting } from '../../../main/ledger/database.ts';
import type { ExchangeRecord, SeriesQuery, UsageQuery } from '../../../main/ledger/ledger.ts';
import { migrations } from '../../../main/ledger/migrations.ts';
import { toRow } from '../../../main/ledger/row.ts';
import { readSeries } from '../../../main/ledger/series-query.ts';
import { readUsage } from '../../../main/ledger/usage-query.ts';
import { createWriter } from '../../../main/ledger/write.ts';
import { usageReport, usageSeries } from '../../../shared/contract/usage.ts';
import { usageDimensions, usageGroupings } from '../../../shared/contract/words.ts';
import { usdToPico } from '../../../shared/domain/money.ts';
import { exchange, opened } from './exchanges.ts';

let directory: string;
let db: DatabaseSync;
const noon = Date.UTC(2026, 10, 25, 12);
const hour = 3_600_000;
const asTheyAre = (text: string): string => text;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-usage-'));
  ({ db } = openForWriting({ file: join(directory, 'ledger.db'), now: noon, migrations }));
});

afterEach(() => {
  db.close();
  rmSync(directory, { recursive: true, force: true });
});

function record(...records: ExchangeRecord[]): void {
  createWriter(db).write(
    [],
    records.map((one) => toRow(one, asTheyAre)),
  );
}

const usage = (query: Partial<UsageQuery>): ReturnType<typeof readUsage> =>
  usageReport.parse(readUsage(db, { group_by: [], timezone: 'UTC', ...query }));
const series = (query: Partial<SeriesQuery>): ReturnType<typeof readSeries> =>
  usageSeries.parse(readSeries(db, { bucket: 'hour', rank: 'requests', top: 8, timezone: 'UTC', ...query }));
const pico = (usd: string): number => usdToPico(usd) ?? Number.NaN;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('groups', () => {
  it('are cut by month, week, day and hour of the time zone, several at once', () => {
    // Sunday, 1 November 2026, 23:30 UTC is Monday in Berlin.
    record(exchange({ at: Date.UTC(2026, 10, 1, 23, 30) }), exchange({ at: Date.UTC(2026, 9, 31, 23, 30) }));
    record(exchange({ at: Date.UTC(2026, 10, 9, 8, 15) }), exchange({ at: Date.UTC(2026, 10, 9, 8, 45) }));
    const groups = usage({ group_by: ['hour', 'week', 'day', 'month'], timezone: 'Europe/Berlin' }).groups;
    expect(groups.map(({ month, week, day, hour: at, requests }) => [month, week, day, at, requests])).toEqual([
      ['2026-11', '2026-10-26', '2026-11-01', '2026-10-31T23:00:00.000Z', 1],
      ['2026-11', '2026-11-02', '2026-11-02', '2026-11-01T23:00:00.000Z', 1],
      ['2026-11', '2026-11-09', '2026-11-09', '2026-11-09T08:00:00.000Z', 2],
    ]);
    const by = (unit: 'week' | 'month', timezone: string): unknown =>
      usage({ group_by: [unit], timezone }).groups.map((group) => [group[unit], group.requests]);
    expect(by('month', 'UTC')).toEqual([
      ['2026-10', 1],
      ['2026-11', 3],
    ]);
    expect(by('week', 'UTC')).toEqual([
      ['2026-10-26', 2],
      ['2026-11-09', 2],
    ]);
    expect(by('week', 'Europe/Berlin')).toEqual([
      ['2026-10-26', 1],
      ['2026-11-02', 1],
      ['2026-11-09', 2],
    ]);
  });

  it('tell users and teams apart, and who has neither', () => {
    record(exchange({ user: 'dana', team: 'core' }), exchange({ user: 'kim', team: 'core' }), exchange());
    expect(usage({ group_by: ['team'] }).groups.map(({ team, requests }) => [team, requests])).toEqual([
      ['core', 2],
      [null, 1],
    ]);
    expect(new Set(usage({ group_by: ['user', 'team'] }).groups.map(({ user, team }) => `${user} ${team}`))).toEqual(
      new Set(['dana core', 'kim core', 'null null']),
    );
    expect(usage({ filter: { team: 'core' } }).total.requests).toBe(2);
    expect(usage({ filter: { team: 'core', user: 'kim' }, group_by: ['key'] }).total.requests).toBe(1);
  });

  it('say what is known where one price is not, and what the caches did', () => {
    record(
      exchange({ cost: pico('1.25') }),
      exchange({ cost: undefined }),
      exchange({ attempts: [], cost: 0, usage: undefined, cache: { savedCost: pico('0.5') } }),
      exchange({ attempts: [], cost: 0, usage: undefined, cache: { savedCost: undefined } }),
    );
    expect(usage({}).total).toMatchObject({
      cost_usd: null,
      known_cost_usd: '1.25',
      unknown_costs: 1,
      cached: 2,
      cache_saved_usd: '0.5',
      cache_hit_rate: 0.2,
    });
    expect(usage({ until: 0 }).total).toMatchObject({ cost_usd: '0', cache_hit_rate: null });
  });

  it('count what a crash left open in every table of sums', () => {
    const writer = createWriter(db);
    writer.write([toRow(opened(exchange({ at: noon, user: 'dana' })), asTheyAre, 'open')], []);
    writer.closeInterrupted();
    expect(usage({}).total).toMatchObject({ requests: 1, errors: 1, unknown_costs: 1 });
    expect(usage({ group_by: ['user'] }).groups).toMatchObject([{ user: 'dana', requests: 1 }]);
    expect(usage({ group_by: ['user', 'key'] }).groups).toMatchObject([{ user: 'dana', requests: 1 }]);
  });

  it('are the sums of the exchanges, whatever they are grouped by, and add up to the total', () => {
    const name = fc.constantFrom(undefined, 'a', 'b', 'c');
    const given = fc.record({
      at: fc.integer({ min: noon - 30 * hour, max: noon + 30 * hour }),
      keyId: name,
      client: name,
      user: name,
      team: name,
      target: fc.constantFrom(undefined, 'a/a', 'a/b', 'b/a'),
      status: fc.constantFrom(200, 502),
      cost: fc.option(fc.nat(10 ** 12), { nil: undefined }),
    });
    const grouping = fc.uniqueArray(fc.constantFrom(...usageGroupings), { maxLength: 4 });
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata');
    fc.assert(
      fc.property(
        fc.array(given, { minLength: 1, maxLength: 25 }),
        grouping,
        zone,
        fc.option(fc.integer({ min: noon - 31 * hour, max: noon + 31 * hour }), { nil: undefined }),
        (records, groupBy, timezone, since) => {
          db.exec('DELETE FROM exchanges; DELETE FROM usage_hourly; DELETE FROM usage_named');
          record(...records.map((one) => exchange(one)));
          const { groups, total } = usage({ group_by: groupBy, timezone, since });
          const counted = records.filter(({ at }) => since === undefined || at >= since);
          expect(total.requests).toBe(counted.length);
          expect(total.errors).toBe(counted.filter(({ status }) => status === 502).length);
          expect(total.unknown_costs).toBe(counted.filter(({ cost }) => cost === undefined).length);
          expect(pico(total.known_cost_usd)).toBe(sum(counted.map(({ cost }) => cost ?? 0)));
          expect(sum(groups.map(({ requests }) => requests))).toBe(total.requests);
          expect(sum(groups.map(({ known_cost_usd: cost }) => pico(cost)))).toBe(pico(total.known_cost_usd));
          for (const group of groups) expect(Object.keys(group)).toEqual(expect.arrayContaining(groupBy));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('lines over time', () => {
  it('have a figure for each bucket, and add up to the sums', () => {
    record(
      ...Array.from({ length: 90 }, (_, index) => exchange({ at: noon + index * 10 * 60_000, cost: index * 1_000 })),
    );
    for (const bucket of ['minute', 'hour', 'day'] as const) {
      const { starts, lines, bucket: got } = series({ bucket, since: noon + 5 * 60_000 });
      expect(got).toBe(bucket);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatchObject({ name: null, other: false });
      expect(lines[0]?.requests).toHaveLength(starts.length);
      expect(sum(lines[0]?.requests ?? [])).toBe(89);
      expect(sum(lines[0]?.known_cost_usd.map(pico) ?? [])).toBe(sum(Array.from({ length: 90 }, (_, i) => i * 1_000)));
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
    }
    const minutes = series({ bucket: 'minute', since: noon, until: noon + 20 * 60_000 });
    expect(minutes.starts).toHaveLength(20);
    expect(minutes.lines[0]?.requests).toEqual([1, ...Array<number>(9).fill(0), 1, ...Array<number>(9).fill(0)]);
    // A bucket that begins before the range has only what is in the range.
    expect(series({ bucket: 'hour', since: noon + 25 * 60_000 }).lines[0]?.requests[0]).toBe(3);
  });

  it.each(usageDimensions)('are of the largest by %s, and one of all others', (by) => {
    for (let index = 0; index < 10; index += 1) {
      const name = `n${index}`;
      const named = { keyId: name, client: name, user: name, team: name, target: `${name}/${name}` };
      record(
        ...Array.from({ length: 10 - index }, (_, at) =>
          exchange({ ...named, at: noon + at * hour, cost: index * 1_000_000_000, status: index === 9 ? 502 : 200 }),
        ),
      );
    }
    for (const bucket of ['minute', 'hour', 'day'] as const) {
      const { lines, starts } = series({ by, bucket, top: 3 });
      expect(lines.map(({ name, other }) => [name, other])).toEqual([
        ['n0', false],
        ['n1', false],
        ['n2', false],
        [null, true],
      ]);
      expect(lines.map(({ requests }) => sum(requests))).toEqual([10, 9, 8, 28]);
      expect(sum(lines.at(-1)?.errors ?? [])).toBe(1);
      expect(sum(lines.at(-1)?.known_cost_usd.map(pico) ?? [])).toBe(
        sum([3, 4, 5, 6, 7, 8, 9].map((index) => index * (10 - index) * 1_000_000_000)),
      );
      for (const line of lines) expect(line.requests).toHaveLength(starts.length);
      const costly = series({ by, bucket, top: 1, rank: 'cost' });
      expect(costly.lines[0]?.name).toBe('n5');
    }
    expect(series({ by, top: 10 }).lines).toHaveLength(10);
    expect(series({ by, filter: { [by]: 'n4' } }).lines.map(({ name, requests }) => [name, sum(requests)])).toEqual([
      ['n4', 6],
    ]);
    const other = by === 'key' ? 'client' : 'key';
    expect(series({ by, top: 1, filter: { [other]: 'n4' } }).lines.map(({ requests }) => sum(requests))).toEqual([6]);
  });

  it('show what has no name as a line of its own', () => {
    record(exchange({ user: undefined }), exchange({ user: undefined }), exchange({ user: 'dana' }));
    expect(series({ by: 'user' }).lines.map(({ name, other, requests }) => [name, other, sum(requests)])).toEqual([
      [null, false, 2],
      ['dana', false, 1],
    ]);
  });

  it('are coarser where there would be too many buckets, or single exchanges are gone', () => {
    record(exchange({ at: noon }), exchange({ at: noon + 40 * 24 * hour }));
    expect(series({ bucket: 'minute' }).bucket).toBe('hour');
    record(exchange({ at: noon + 90 * 24 * hour }));
    const days = series({ bucket: 'hour' });
    expect(days.bucket).toBe('day');
    expect(days.starts).toHaveLength(91);
    const writer = createWriter(db);
    while (writer.retain({ retentionDays: 1, maxSizeMb: 500 }, noon + 2 * 24 * hour));
    const gone = series({ bucket: 'minute', since: noon, until: noon + hour });
    expect([gone.bucket, gone.lines[0]?.requests]).toEqual(['hour', [1]]);
  });

  it('of days follow the clock of the time zone', () => {
    record(exchange({ at: Date.UTC(2026, 9, 24, 22, 30) }), exchange({ at: Date.UTC(2026, 9, 26, 12) }));
    const { starts, lines } = series({ bucket: 'day', timezone: 'Europe/Berlin' });
    // The range begins with the first hour in which anything was; the day in between has 25 hours.
    expect(starts.map((start) => new Date(start).toISOString())).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
    expect(lines[0]?.requests).toEqual([1, 1]);
  });

  it('are none in a ledger that is empty', () => {
    expect(series({})).toEqual({ bucket: 'hour', starts: [], lines: [] });
  });
});

describe('a file of before', () => {
  it('has its sums by every name as well once it was brought over', () => {
    db.close();
    const file = join(directory, 'old.db');
    const old = openForWriting({ file, now: noon, migrations: migrations.slice(0, 3) }).db;
    const at = Math.floor(noon / hour);
    old.exec(`INSERT INTO usage_hourly VALUES
      (${at}, 'ide', 'codex', 'openai', 'gpt-5', 3, 1, 30, 6, 0, 0, 0, 500, 1),
      (${at}, 'ci', 'codex', 'demo', 'echo', 2, 0, 20, 4, 0, 0, 0, 0, 0)`);
    old.close();
    db = openForWriting({ file, now: noon, migrations }).db;
    record(exchange({ at: noon + 1, keyId: 'ide', client: 'codex', user: 'dana', target: 'openai/gpt-5' }));
    expect(usage({}).total).toMatchObject({ requests: 6, errors: 1, input_tokens: 60 });
    expect(usage({ group_by: ['key'] }).groups.map(({ key, requests }) => [key, requests])).toEqual([
      ['ide', 4],
      ['ci', 2],
    ]);
    expect(usage({ group_by: ['user'] }).groups.map(({ user, requests }) => [user, requests])).toEqual([
      [null, 5],
      ['dana', 1],
    ]);
    expect(usage({ group_by: ['client', 'model'] }).total.requests).toBe(6);
  });
});
