// The log is filtered and searched in the file: by every field, page by page, without reading what is not asked for.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openForWriting, schemaVersion } from '../../../main/ledger/database.ts';
import { migrations } from '../../../main/ledger/migrations.ts';
import { pageOf, readLog } from '../../../main/ledger/read.ts';
import { toRow } from '../../../main/ledger/row.ts';
import { searchOf } from '../../../main/ledger/search.ts';
import { createWriter } from '../../../main/ledger/write.ts';
import { matchesFilter } from '../../../shared/contract/traffic-match.ts';
import type { ExchangeEntry, TrafficFilter } from '../../../shared/contract/traffic.ts';
import { exchange, opened } from './exchanges.ts';

let directory: string;
let db: DatabaseSync;
const noon = Date.UTC(2026, 10, 25, 12);
const asTheyAre = (text: string): string => text;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-search-'));
  ({ db } = openForWriting({ file: join(directory, 'ledger.db'), now: noon, migrations }));
});

afterEach(() => {
  db.close();
  rmSync(directory, { recursive: true, force: true });
});

function record(...records: ReturnType<typeof exchange>[]): void {
  createWriter(db).write(
    [],
    records.map((one) => toRow(one, asTheyAre)),
  );
}

/** A little of everything, in a fixed mixture. */
function mixture(count: number): ReturnType<typeof exchange>[] {
  const pick = <Item>(items: readonly Item[], number: number): Item | undefined => items[number % items.length];
  return Array.from({ length: count }, (_, index) => {
    const failed = index % 7 === 0;
    const refused = index % 11 === 0;
    return exchange({
      requestId: `req_${String(index).padStart(4, '0')}zzzzzzzzzzzzzzzz`,
      at: noon + Math.floor(index / 3) * 1_000,
      keyId: pick(['ide', 'ci', '100%_\\key'], index),
      client: pick(['codex', undefined, 'Claude-Code'], index >> 1),
      user: pick(['dana', 'kim', undefined], index >> 2),
      team: pick(['core', undefined], index >> 3),
      session: pick(['s-1', 's-2', undefined], index >> 1),
      modelAsked: pick(['smart', 'gpt-5', undefined], index >> 2),
      target: refused ? undefined : pick(['openai/gpt-5', 'anthropic/claude/x', 'demo/echo'], index >> 1),
      stream: index % 2 === 0,
      status: refused ? 429 : failed ? 502 : 200,
      error: refused ? 'admit.budget_exhausted' : failed ? 'upstream.502' : undefined,
      outcome: refused || failed ? 'failed' : index % 13 === 0 ? 'aborted' : 'complete',
      rule: refused ? pick(['team-month', 'rpm'], index) : undefined,
      attempts: [],
      cost: index % 5 === 0 ? undefined : index * 1_000_000_000,
      cache: index % 17 === 0 ? { savedCost: 5 } : undefined,
      durationMs: index * 10,
      losses: index % 19 === 0 ? [{ path: '/x', why: 'y' }] : [],
      masked: index % 3 === 0 ? undefined : { email: index % 4 },
      safety:
        index % 23 === 0
          ? [
              { source: 'firewall', rule: index % 2 === 0 ? 'injection' : 'topics', action: 'warn', detail: 'd' },
              { source: 'masking', rule: 'secrets', action: 'warn', detail: 'd' },
            ]
          : [],
    });
  });
}

const filters: readonly TrafficFilter[] = [
  {},
  { key: 'ide' },
  { key: '100%_\\key' },
  { key: 'nobody' },
  { client: 'codex' },
  { user: 'dana' },
  { team: 'core' },
  { session: 's-2' },
  { session: 's-2', error: '*' },
  { provider: 'anthropic' },
  { model: 'gpt-5' },
  { model: 'claude/x' },
  { target: 'anthropic/claude/x' },
  { target: 'anthropic' },
  { status: 200 },
  { status: 429 },
  { status: '5xx' },
  { status: '2xx' },
  { status: '3xx' },
  { outcome: 'aborted' },
  { outcome: 'complete' },
  { error: '*' },
  { error: 'upstream.502' },
  { error: 'nothing.such' },
  { rule: '*' },
  { rule: 'rpm' },
  { rule: 'rpm', key: 'ide' },
  { stream: true },
  { stream: false },
  { cached: true },
  { cached: false, losses: true },
  { losses: false },
  { masked: true },
  { masked: false },
  { masked: true, key: 'ide' },
  { firewall: '*' },
  { firewall: 'injection' },
  { firewall: 'topics', masked: false, status: 200 },
  { firewall: 'secrets' },
  { session: 's-2', masked: true },
  { min_cost_usd: '0.05' },
  { min_cost_usd: '0' },
  { min_duration_ms: 900 },
  { q: 'GPT' },
  { q: 'claude' },
  { q: 'anthropic/cl' },
  { q: '100%' },
  { q: '_' },
  { q: '\\' },
  { q: 'budget' },
  { q: 's-1' },
  { q: 'req_0012' },
  { q: 'req_0012zzzzzzzzzzzzzzzz' },
  { q: 'req_9999' },
  { q: `'; DROP TABLE exchanges; --` },
  { key: 'ide', client: 'codex', stream: true, min_duration_ms: 10, q: 'o' },
];

function everyPage(filter: TrafficFilter, limit = 7): ExchangeEntry[] {
  const entries: ExchangeEntry[] = [];
  let before: string | undefined;
  do {
    const page = readLog(db, { limit, filter, before });
    entries.push(...page.entries);
    before = page.next ?? undefined;
  } while (before !== undefined);
  return entries;
}

describe('a filter', () => {
  it('finds in the file what it finds among entries that arrive, in the order of time, each once', () => {
    record(...mixture(240));
    const all = everyPage({});
    expect(all).toHaveLength(240);
    for (const filter of filters) {
      const wanted = all.filter((entry) => matchesFilter(entry, filter)).map(({ request_id }) => request_id);
      const found = everyPage(filter).map(({ request_id }) => request_id);
      expect(found, JSON.stringify(filter)).toEqual(wanted);
    }
    // The mixture is made so that nearly all of these find something.
    const empty = filters.filter((filter) => !all.some((entry) => matchesFilter(entry, filter)));
    expect(empty.length).toBeLessThan(9);
  });

  it('is cut to a range of time', () => {
    record(...mixture(60));
    const page = readLog(db, { limit: 100, filter: { stream: true }, since: noon + 5_000, until: noon + 8_000 });
    expect(page.entries.map(({ at }) => Date.parse(at) - noon)).toEqual([7_000, 6_000, 6_000, 5_000]);
    expect(page.next).toBeNull();
  });

  it('finds what a crash left open by the name that it is shown with', () => {
    const writer = createWriter(db);
    const left = exchange();
    writer.write([toRow(opened(left), asTheyAre, 'open')], [toRow(exchange(), asTheyAre)]);
    writer.closeInterrupted();
    expect(everyPage({ error: 'interrupted' }).map(({ request_id }) => request_id)).toEqual([left.requestId]);
  });
});

describe('a page', () => {
  it('looks through a bounded number of exchanges, and says where to go on', () => {
    const writer = createWriter(db);
    const rows = Array.from({ length: 30_000 }, (_, index) =>
      toRow(exchange({ requestId: `r${index}`, at: noon + index, attempts: [] }), asTheyAre),
    );
    writer.write([], rows);
    writer.write([], [toRow(exchange({ requestId: 'oldest', at: noon - 1, client: 'needle' }), asTheyAre)]);
    const first = readLog(db, { limit: 50, filter: { q: 'needle' } });
    expect(first.entries).toEqual([]);
    expect(first.next).not.toBeNull();
    const second = readLog(db, { limit: 50, filter: { q: 'needle' }, before: first.next ?? '' });
    expect(second.entries.map(({ request_id }) => request_id)).toEqual(['oldest']);
    expect(second.next).toBeNull();
    // What needs no looking ends at once.
    expect(readLog(db, { limit: 50, filter: { key: 'nobody' } })).toEqual({ entries: [], next: null });
  });
});

describe('no filter', () => {
  /** How SQLite finds the places of a page. */
  function plan(filter: TrafficFilter): string {
    const query = { limit: 50, filter, since: noon - 1_000_000, before: `${noon}.12` };
    const { sql, values } = pageOf(searchOf(query, schemaVersion(db)), 51, schemaVersion(db));
    return db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...values)
      .map(({ detail }) => String(detail))
      .join('; ');
  }

  it.each(filters.map((filter) => [JSON.stringify(filter), filter] as const))(
    'reads the table or sorts it: %s',
    (_, filter) => {
      const text = plan(filter);
      expect(text).toMatch(/SEARCH exchanges USING (COVERING )?INDEX (exchanges_\w+|sqlite_autoindex_exchanges_1) \(/);
      expect(text).not.toMatch(/SCAN exchanges/);
      // Only what is shown is put in order again, after it was found in order; ids that begin alike are few.
      expect(text.match(/TEMP B-TREE/g)?.length ?? 0).toBeLessThanOrEqual(text.includes('autoindex') ? 2 : 1);
    },
  );

  it.each([
    [{ session: 's' }, 'exchanges_session (session=? AND at>?'],
    [{ key: 'k' }, 'exchanges_key (key_id=? AND at>?'],
    [{ error: '*' }, 'exchanges_unusual (at>?'],
    [{ status: '4xx' }, 'exchanges_unusual (at>?'],
    [{ rule: '*' }, 'exchanges_unusual (at>?'],
    [{ masked: true }, 'exchanges_safety (at>?'],
    [{ firewall: 'injection', key: 'k' }, 'exchanges_safety (at>?'],
    [{ provider: 'p', min_duration_ms: 5 }, 'COVERING INDEX exchanges_log (at>?'],
    [{ q: 'text' }, 'COVERING INDEX exchanges_log (at>?'],
    [{ q: 'req_abcd1' }, 'sqlite_autoindex_exchanges_1 (request_id>? AND request_id<?'],
  ] as const)('is answered without the index made for it: %j', (filter, index) => {
    expect(plan(filter)).toContain(index);
  });
});

describe('a file of before masking', () => {
  it('is read as one in which nothing was looked for', () => {
    const file = join(directory, 'old.db');
    const { db: old } = openForWriting({ file, now: noon, migrations: migrations.slice(0, 4) });
    try {
      old.exec(`INSERT INTO exchanges (request_id, at, surface, stream, snapshot_id, outcome, is_error, attempts, losses,
        usage_source, request_bytes, response_bytes) VALUES ('r', ${noon}, 'chat', 0, 's', 'complete', 0, '[]', '[]', 'none', 1, 1)`);
      const found = (filter: TrafficFilter): ExchangeEntry[] => readLog(old, { limit: 10, filter }).entries;
      expect(found({})).toMatchObject([{ request_id: 'r', masked: 0, masked_kinds: null, firewall: null }]);
      expect(found({ masked: false })).toHaveLength(1);
      expect([found({ masked: true }), found({ firewall: '*' })]).toEqual([[], []]);
    } finally {
      old.close();
    }
  });
});
