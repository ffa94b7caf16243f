// A made-up ledger has a little of everything, and the same for the same seed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLedgerReader } from '../../../main/ledger/reader.ts';
import { calls } from '../../../shared/contract/contract.ts';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { fillLedger } from '../../fakes/ledger-filler.ts';

const noon = Date.UTC(2026, 10, 25, 12);
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-filler-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function filled(name: string, seed: number): Promise<ExchangeEntry[]> {
  const dataDirectory = join(directory, name);
  fillLedger({ dataDirectory, count: 1_000, days: 10, seed, now: noon });
  const reader = openLedgerReader(join(dataDirectory, 'ledger.db'));
  const { entries } = await reader.log(calls['traffic.list'].input.parse({ limit: 1_000 }));
  expect((await reader.check()).filter(({ ok }) => !ok)).toEqual([]);
  reader.close();
  return calls['traffic.list'].output.parse({ entries, next: null }).entries;
}

it('is the same for a seed, and another for another', async () => {
  const [one, same, other] = [await filled('one', 1), await filled('same', 1), await filled('other', 2)];
  expect(one).toHaveLength(1_000);
  expect(same).toEqual(one);
  expect(other).not.toEqual(one);
});

it('has errors, fallbacks, losses, unknown costs, masked and cached ones in many conversations', async () => {
  const entries = await filled('much', 3);
  const has = (what: (entry: ExchangeEntry) => boolean): number => entries.filter(what).length;
  const kinds = {
    complete: has(({ outcome }) => outcome === 'complete'),
    aborted: has(({ outcome }) => outcome === 'aborted'),
    incomplete: has(({ outcome }) => outcome === 'incomplete'),
    failed: has(({ outcome }) => outcome === 'failed'),
    refused: has(({ rule }) => rule !== null),
    fallbacks: has(({ attempts }) => attempts.some(({ kind }) => kind === 'fallback')),
    losses: has(({ losses }) => losses.length > 0),
    unknown: has(({ cost_usd }) => cost_usd === null),
    masked: has(({ masked }) => masked > 0),
    cached: has(({ cache }) => cache !== null),
    nameless: has(({ client }) => client === null),
  };
  for (const [kind, count] of Object.entries(kinds)) expect(count, kind).toBeGreaterThan(0);
  expect(kinds.complete).toBeGreaterThan(850);
  expect(new Set(entries.map(({ session }) => session)).size).toBeGreaterThan(20);
  const days = new Set(entries.map(({ at }) => at.slice(0, 10)));
  expect(days.size).toBe(11);
  expect(entries.every(({ at }) => Date.parse(at) < noon)).toBe(true);
});
