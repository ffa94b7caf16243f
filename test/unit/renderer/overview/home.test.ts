import { describe, expect, it } from 'vitest';
import type { BudgetEntry } from '../../../../shared/contract/budgets.ts';
import type { ClientEntry } from '../../../../shared/contract/clients.ts';
import type { ExchangeEntry } from '../../../../shared/contract/traffic.ts';
import { tightest } from '../../../../renderer/features/overview/budget.ts';
import { dayOf } from '../../../../renderer/features/overview/day.ts';
import { heartbeats } from '../../../../renderer/features/overview/heartbeat.ts';
import { isComplete, stepsOf } from '../../../../renderer/features/overview/steps.ts';
import { stepFor } from '../../../../renderer/ui/use-clock.ts';

const budget = (id: string, scope: BudgetEntry['scope'], spent: string, raised = '0'): BudgetEntry => ({
  ...{ id, scope, match: null, subject: null, period: 'day', since: null, resets_at: null, limit_usd: '10' },
  ...{ raised_usd: raised, spent_usd: spent, reserved_usd: '0', remaining_usd: '1', action: 'reject', state: 'ok' },
  ...{ reason: null, exhausted_at: null, enforced: false, forecast: null, origin: '' },
});

describe('the budget on Home', () => {
  it('is the one for everything that ends first', () => {
    const all = [budget('key', 'key', '9'), budget('a', 'global', '5'), budget('b', 'global', '6', '10')];
    expect(tightest(all)?.entry.id).toBe('a');
    expect(tightest(all.slice(2))).toMatchObject({ limit: 20, spent: 6, share: 0.3 });
  });

  it('is the one of which most is used where none is for everything', () => {
    expect(tightest([budget('x', 'key', '2'), budget('y', 'user', '8')])?.entry.id).toBe('y');
    expect(tightest([])).toBeUndefined();
  });
});

describe('the first steps', () => {
  it('are over when all of them are done', () => {
    const facts = { provider: true, client: true, request: true, budget: true, masking: false };
    expect(isComplete(stepsOf(facts))).toBe(false);
    expect(isComplete(stepsOf({ ...facts, masking: true }))).toBe(true);
  });
});

describe('the past day', () => {
  it('has an hour for each, also where nothing is recorded', () => {
    const hourMs = 3_600_000;
    const line = {
      ...{ name: null, other: false, requests: [2, 7], errors: [0, 3], input_tokens: [], output_tokens: [] },
      ...{ cache_read_tokens: [], cache_write_tokens: [], known_cost_usd: [], unknown_costs: [] },
    };
    const day = dayOf({ starts: [5 * hourMs, 23 * hourMs], lines: [line] }, 0);
    expect(day.requests).toHaveLength(24);
    expect(day).toMatchObject({ total: 9, errors: 3, busiest: { at: 23 * hourMs, count: 7 } });
    expect(dayOf({ starts: [], lines: [] }, 0).busiest).toBeUndefined();
  });
});

describe('the sign of life of a client', () => {
  const client = (id: string, key: string | null, last: ClientEntry['last']): ClientEntry => ({
    ...{ id, name: id, support: 'full', reason: null, installed: null, settings: [], restart: '', check: '' },
    key: key === null ? null : { id: key, state: 'active' },
    last,
  });
  const entry = (id: string, key: string, at: string, outcome: ExchangeEntry['outcome']): ExchangeEntry =>
    ({ request_id: id, key, at, outcome, target: 'p/m', status: 200 }) as ExchangeEntry;
  const last = { request_id: 'old', at: '2026-11-29T10:00:00Z', target: 'p/old', status: 200 };

  it('is the newest of what is kept and what was told', () => {
    const recent = [
      entry('new', 'a', '2026-11-29T11:00:00Z', 'open'),
      entry('older', 'b', '2026-11-29T09:00:00Z', 'complete'),
    ];
    const beats = heartbeats([client('one', 'b', last), client('two', 'a', last), client('three', null, null)], recent);
    expect(beats.map(({ client: { id }, requestId, isRunning }) => [id, requestId, isRunning])).toEqual([
      ['two', 'new', true],
      ['one', 'old', false],
    ]);
  });

  it('is not there before its first request', () => {
    expect(heartbeats([client('one', 'a', null)], [])[0]).toMatchObject({ at: undefined, isRunning: false });
  });

  it('is told anew the less often the older it is', () => {
    expect([5_000, 120_000, 7_200_000, 90_000_000].map(stepFor)).toEqual([1_000, 30_000, 1_800_000, undefined]);
  });
});
