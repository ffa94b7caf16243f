/** Measures how long a full ledger takes to be asked, written and cleared: in this process, through its own threads. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemClock } from '../main/kit/clock.ts';
import { openForWriting } from '../main/ledger/database.ts';
import type { Ledger, LogQuery, SeriesQuery, UsageQuery } from '../main/ledger/ledger.ts';
import { migrations } from '../main/ledger/migrations.ts';
import { toRow } from '../main/ledger/row.ts';
import { createLedger } from '../main/ledger/sqlite.ts';
import { createWriter } from '../main/ledger/write.ts';
import type { TrafficFilter } from '../shared/contract/traffic.ts';
import { seriesBuckets, usageDimensions, usageGroupings } from '../shared/contract/words.ts';
import { exchange, silentLog } from '../test/component/ledger/exchanges.ts';
import { fillLedger, type LedgerSize } from './ledger-fill.ts';
import { spreadOf, type Figures, type RowResult } from './results.ts';
import type { LedgerRow } from './rows.ts';

/** Three months of a busy team. */
export const fullLedger: LedgerSize = { entries: 1_000_000, days: 90, until: Date.UTC(2026, 10, 28, 10, 17, 3) };
const dayMs = 86_400_000;
const spans: readonly (number | undefined)[] = [1, 7, 30, undefined];

interface Question {
  readonly name: string;
  readonly ask: (ledger: Ledger) => Promise<unknown>;
}

const filters: readonly TrafficFilter[] = [
  ...[{}, { key: 'key-3' }, { key: 'nobody' }, { client: 'client-3' }, { user: 'user-7' }, { team: 'nobody' }],
  ...[{ session: 'session-900' }, { provider: 'provider-1' }, { provider: 'nobody' }, { model: 'smart' }],
  ...[{ model: 'nobody' }, { target: 'provider-1/model-1' }, { status: 200 }, { status: 429 }, { status: '5xx' }],
  ...[{ status: 418 }, { outcome: 'aborted' as const }, { outcome: 'complete' as const }, { error: '*' }],
  ...[{ error: 'attempt.connect' }, { error: 'nothing.such' }, { rule: '*' }, { rule: 'none' }, { stream: true }],
  ...[{ cached: true }, { losses: true }, { min_cost_usd: '0.0009' }, { min_cost_usd: '1000' }],
  ...[{ min_duration_ms: 51_000 }, { min_duration_ms: 10_000_000 }, { key: 'key-3', error: '*' }],
  { key: 'key-3', provider: 'nobody', stream: true },
];

const searches: readonly string[] = [
  'smart',
  'provider-2/',
  'session-77',
  'nothing like it',
  '429',
  'req_0000',
  'req_1a2b3',
];

function pages(): Question[] {
  const { until, days } = fullLedger;
  const page = (name: string, query: Partial<LogQuery>): Question => ({
    name,
    ask: (ledger) => ledger.log({ limit: 50, filter: {}, ...query }),
  });
  return [
    ...filters.map((filter) => page(JSON.stringify(filter), { filter })),
    ...filters.map((filter) =>
      page(`older ${JSON.stringify(filter)}`, { filter, before: `${until - (days / 2) * dayMs}.1` }),
    ),
    page('1,000 at once', { limit: 1_000 }),
  ];
}

function usages(many: boolean): Question[] {
  const groupings: UsageQuery['group_by'][] = many
    ? [
        ['day', 'model'],
        ['day', 'model', 'provider', 'key', 'client'],
        ['hour', 'model'],
        ['week', 'user', 'team'],
      ]
    : [[], ...usageGroupings.map((name): UsageQuery['group_by'] => [name])];
  return groupings.flatMap((groupBy) =>
    spans.map((days) => ({
      name: `by ${groupBy.join(',')}, ${days ?? 'all'} days`,
      ask: (ledger: Ledger) =>
        ledger.usage({
          ...{ group_by: groupBy, timezone: 'Europe/Berlin' },
          ...(days === undefined ? {} : { since: fullLedger.until - days * dayMs }),
        }),
    })),
  );
}

function lines(): Question[] {
  return seriesBuckets.flatMap((bucket) =>
    [undefined, ...usageDimensions].flatMap((by) =>
      spans.map((days) => {
        const query: SeriesQuery = { bucket, by, rank: 'requests', top: 8, timezone: 'Europe/Berlin' };
        const since = days === undefined ? {} : { since: fullLedger.until - days * dayMs };
        return {
          name: `${bucket} by ${by ?? 'nothing'}, ${days ?? 'all'} days`,
          ask: (ledger: Ledger) => ledger.series({ ...query, ...since }),
        };
      }),
    ),
  );
}

const questionsOf: Readonly<Partial<Record<LedgerRow['id'], () => Question[]>>> = {
  'ledger-page': pages,
  'ledger-search': () => searches.map((q) => ({ name: q, ask: (ledger) => ledger.log({ limit: 50, filter: { q } }) })),
  'ledger-usage': () => usages(false),
  'ledger-usage-many': () => usages(true),
  'ledger-series': lines,
};

export interface LedgerBench {
  /** Where the full ledger is, or will be. */
  readonly file: string;
  readonly rounds: number;
  readonly log: (line: string) => void;
}

/** Measures the given rows on a ledger that is filled when it is not there yet. */
export async function measureLedger(rows: readonly LedgerRow[], bench: LedgerBench): Promise<RowResult[]> {
  if (rows.length === 0) return [];
  prepareLedger(bench);
  const results: RowResult[] = [];
  for (const row of rows) {
    bench.log(row.title);
    const rounds = await measure(row, bench).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    const failed = typeof rounds === 'string';
    results.push({
      ...{ id: row.id, title: row.title, shown: row.shown, per: 'request' },
      rounds: new Map(failed ? [] : [['sluice', rounds]]),
      problems: new Map(failed ? [['sluice', rounds]] : []),
    });
  }
  return results;
}

/** Fills the ledger when it is not there. */
export function prepareLedger({ file, log }: Pick<LedgerBench, 'file' | 'log'>): void {
  log(`a ledger of ${fullLedger.entries.toLocaleString('en-US')} exchanges`);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  fillLedger(file, fullLedger);
}

function measure(row: LedgerRow, bench: LedgerBench): Promise<Figures[]> {
  const questions = questionsOf[row.id];
  if (questions !== undefined) return askAll(questions(), bench);
  if (row.id === 'ledger-start') return starts(bench);
  return Promise.resolve(row.id === 'ledger-write' ? writes(bench) : deletions(bench));
}

/** Each question once in a round; the first round is not counted, as it finds nothing in memory. */
async function askAll(questions: readonly Question[], { file, rounds, log }: LedgerBench): Promise<Figures[]> {
  const ledger = createLedger({ file, clock: systemClock, log: silentLog });
  try {
    await ledger.started();
    const took = new Map<string, number[]>();
    const figures: Figures[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const times: number[] = [];
      for (const { name, ask } of questions) {
        const startedAt = performance.now();
        await ask(ledger);
        times.push(performance.now() - startedAt);
        if (round > 0) took.set(name, [...(took.get(name) ?? []), performance.now() - startedAt]);
      }
      if (round > 0) figures.push(figuresOf(times));
    }
    const slowest = [...took]
      .map(([name, times]) => ({ name, ms: spreadOf(times)?.median ?? 0 }))
      .sort((a, b) => b.ms - a.ms);
    for (const { name, ms } of slowest.slice(0, 3)) log(`  ${ms.toFixed(1)} ms: ${name}`);
    return figures;
  } finally {
    await ledger.stop();
  }
}

/** From nothing to a ledger that is open for writing. */
async function starts({ file, rounds }: LedgerBench): Promise<Figures[]> {
  const figures: Figures[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    const ledger = createLedger({ file, clock: systemClock, log: silentLog });
    const { state } = await ledger.started();
    const tookMs = performance.now() - startedAt;
    await ledger.stop();
    if (state !== 'writing') throw new Error(`the ledger is ${state}`);
    figures.push({ p50Ms: tookMs, worstMs: tookMs });
  }
  return figures;
}

/** Batches as a busy port makes them, opened and closed. */
function writes({ file, rounds }: LedgerBench): Figures[] {
  const { db } = openForWriting({ file, now: fullLedger.until, migrations });
  try {
    const writer = createWriter(db);
    return Array.from({ length: rounds }, () => {
      const times: number[] = [];
      for (let batch = 0; batch < 20; batch += 1) {
        const rows = Array.from({ length: 100 }, (_, index) =>
          toRow(
            exchange({ requestId: `new-${performance.now()}-${index}`, at: fullLedger.until + index }),
            (text) => text,
          ),
        );
        const startedAt = performance.now();
        writer.write([], rows);
        times.push(performance.now() - startedAt);
      }
      return figuresOf(times);
    });
  } finally {
    db.close();
  }
}

/** What retention does at once, while a writer waits for it. */
function deletions({ file, rounds }: LedgerBench): Figures[] {
  const { db } = openForWriting({ file, now: fullLedger.until, migrations });
  try {
    const writer = createWriter(db);
    return Array.from({ length: rounds }, () => {
      const times: number[] = [];
      for (let batch = 0; batch < 50; batch += 1) {
        const startedAt = performance.now();
        writer.retain({ retentionDays: fullLedger.days - 10, maxSizeMb: 100_000 }, fullLedger.until);
        times.push(performance.now() - startedAt);
      }
      return figuresOf(times);
    });
  } finally {
    db.close();
  }
}

function figuresOf(times: readonly number[]): Figures {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50Ms: at(0.5), worstMs: at(1) };
}
