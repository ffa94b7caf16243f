import { describe, expect, it } from 'vitest';
import type { BudgetEntry } from '../../../../shared/contract/budgets.ts';
import {
  bandOver,
  budgetFilter,
  chartable,
  paceOf,
  pastDays,
  project,
  windowOf,
} from '../../../../renderer/features/usage/budget.ts';
import { midnight } from '../../../../renderer/features/usage/span.ts';

const dayMs = 86_400_000;
const now = new Date(2026, 10, 25, 12).getTime();

function budget(change: Partial<BudgetEntry>): BudgetEntry {
  return {
    ...{ id: 'b', scope: 'global', match: null, subject: null, period: 'month', limit_usd: '100', raised_usd: '20' },
    ...{ since: '2026-11-01T00:00:00Z', resets_at: '2026-12-01T00:00:00Z', spent_usd: '40', reserved_usd: '0' },
    ...{
      remaining_usd: '80',
      action: 'reject',
      state: 'ok',
      reason: null,
      exhausted_at: null,
      enforced: false,
      forecast: null,
      origin: '',
    },
    ...change,
  };
}

describe('budgets that can be drawn', () => {
  it('have a window of days, and the one for everything and a month comes first', () => {
    const all = [
      budget({ id: 'hour', period: 'hour' }),
      budget({ id: 'tag', scope: 'tag', match: 'x' }),
      budget({ id: 'key', scope: 'key', subject: 'ide' }),
      budget({ id: 'day', period: 'day' }),
      budget({ id: 'month' }),
      budget({ id: 'session', period: 'session', since: null, resets_at: null }),
    ];
    expect(chartable(all).map(({ id }) => id)).toEqual(['month', 'day', 'key']);
  });

  it('are asked for by whom they count', () => {
    expect(budgetFilter(budget({}))).toEqual({});
    expect(budgetFilter(budget({ scope: 'key', subject: 'ide' }))).toEqual({ key: 'ide' });
    expect(budgetFilter(budget({ scope: 'model', match: 'gpt' }))).toEqual({ model: 'gpt' });
  });

  it('have the raise in their limit', () => {
    expect(windowOf(budget({}))).toMatchObject({ limit: 120, spent: 40 });
  });
});

describe('the pace', () => {
  it('lies between the three cheapest and the three dearest of the past seven days', () => {
    expect(paceOf([99, 1, 2, 3, 4, 5, 6, 7])).toEqual({ low: 2, high: 6 });
    expect(paceOf([2, 4, 6])).toEqual({ low: 4, high: 4 });
  });

  it('is not told from fewer than three days', () => {
    expect(paceOf([1, 2])).toBeUndefined();
  });

  it('is taken from whole days since something is recorded, those without requests too', () => {
    const day = (ago: number, cost: number): { at: number; cost: number } => ({ at: midnight(now, -ago), cost });
    const days = [day(8, 80), day(3, 3), day(2, 0), day(1, 1), day(0, 50)];
    expect(pastDays(days, midnight(now, -3) + 9 * 3_600_000, now)).toEqual([3, 0, 1]);
    expect(pastDays(days, midnight(now, -30), now)).toEqual([3, 0, 1]);
    expect(pastDays(days, undefined, now)).toEqual([]);
  });

  it('leads to a band at the end of the window, and to a word on the limit', () => {
    expect(project(40, { low: 2, high: 6 }, 10, 120)).toEqual({ low: 60, high: 100, verdict: 'within' });
    expect(project(40, { low: 2, high: 10 }, 10, 120).verdict).toBe('between');
    expect(project(110, { low: 2, high: 10 }, 10, 120).verdict).toBe('over');
  });

  it('is drawn from now on alone', () => {
    expect(bandOver([now - dayMs, now, now + dayMs], 40, { low: 2, high: 6 }, now)).toEqual({
      low: [null, 40, 42],
      high: [null, 40, 46],
    });
  });
});
