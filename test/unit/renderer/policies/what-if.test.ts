/** What a budget would have done: windows by time zone, the hour a limit was reached, what came after. */
import { describe, expect, it } from 'vitest';
import { freshBudget } from '../../../../renderer/features/policies/budget-draft.ts';
import { globTest, planOf, whatIf } from '../../../../renderer/features/policies/what-if.ts';
import { windowNamer } from '../../../../renderer/features/policies/windows.ts';
import type { UsageSeries } from '../../../../shared/contract/usage.ts';

const hour = 3_600_000;
const start = Date.UTC(2026, 10, 27, 22);

function line(
  name: string | null,
  usd: readonly string[],
  requests: readonly number[],
  other = false,
): UsageSeries['lines'][number] {
  const none = usd.map(() => 0);
  return {
    ...{ name, other, requests: [...requests], known_cost_usd: [...usd], errors: none, unknown_costs: none },
    ...{ input_tokens: none, output_tokens: none, cache_read_tokens: none, cache_write_tokens: none },
  };
}

function series(...lines: UsageSeries['lines']): UsageSeries {
  const count = lines[0]?.requests.length ?? 0;
  return { bucket: 'hour', starts: Array.from({ length: count }, (_, index) => start + index * hour), lines };
}

const utcDay = { period: 'day', timezone: 'UTC', resetDay: 1 } as const;
const dollar = 1_000_000_000_000n;

describe('windows', () => {
  it('begin at midnight of their time zone', () => {
    const berlin = windowNamer({ ...utcDay, timezone: 'Europe/Berlin' });
    expect([berlin(start), berlin(start + hour)]).toEqual(['2026-11-27', '2026-11-28']);
    expect(windowNamer(utcDay)(start + hour)).toBe('2026-11-27');
  });

  it('of a week and a month begin on their reset day', () => {
    const at = Date.UTC(2026, 10, 29, 12);
    expect(windowNamer({ ...utcDay, period: 'week', resetDay: 1 })(at)).toBe('2026-11-23');
    expect(windowNamer({ ...utcDay, period: 'week', resetDay: 7 })(at)).toBe('2026-11-29');
    expect(windowNamer({ ...utcDay, period: 'month', resetDay: 1 })(at)).toBe('2026-11-01');
    expect(windowNamer({ ...utcDay, period: 'month', resetDay: 30 })(Date.UTC(2026, 0, 3))).toBe('2025-12-30');
  });

  it('of a day have 25 hours where the clocks go back', () => {
    const berlin = windowNamer({ ...utcDay, timezone: 'Europe/Berlin' });
    const first = Date.UTC(2026, 9, 24, 22);
    const names = Array.from({ length: 26 }, (_, index) => berlin(first + index * hour));
    expect(names.filter((name) => name === '2026-10-25')).toHaveLength(25);
  });
});

describe('what a budget would have done', () => {
  it('says when the limit was reached and how many requests came after it in the same window', () => {
    const used = line(null, ['0.4', '0.6', '0.1', '0.2'], [1, 2, 3, 4]);
    const result = whatIf({ limit: dollar / 2n, rule: utcDay, series: series(used), match: '', isEach: false });
    expect(result.windows).toEqual([
      {
        ...{ window: '2026-11-27', subject: null, spentUsd: '1', share: 2, requests: 3 },
        ...{ reachedAt: start + hour, requestsAfter: 0, unknownCosts: 0 },
      },
      {
        ...{ window: '2026-11-28', subject: null, spentUsd: '0.3', share: 0.6, requests: 7 },
        ...{ reachedAt: null, requestsAfter: 0, unknownCosts: 0 },
      },
    ]);
    const month = { ...utcDay, period: 'month' } as const;
    const whole = whatIf({ limit: dollar / 2n, rule: month, series: series(used), match: '', isEach: false });
    expect([whole.reached, whole.requestsAfter]).toEqual([1, 7]);
  });

  it('counts every penny exactly', () => {
    const used = line(null, ['0.1', '0.2'], [1, 1]);
    const result = whatIf({ limit: (dollar * 3n) / 10n, rule: utcDay, series: series(used), match: '', isEach: false });
    expect(result.windows[0]?.reachedAt).toBe(start + hour);
  });

  it('adds up those that fit, by id or name, and leaves the rest out', () => {
    const lines = series(
      line('ci-1', ['1'], [1]),
      line('k7', ['2'], [2]),
      line('ide', ['4'], [4]),
      line(null, ['8'], [8], true),
    );
    const input = { limit: dollar, rule: utcDay, series: lines, match: 'ci-*', isEach: false } as const;
    const result = whatIf({ ...input, aliases: new Map([['k7', 'ci-nightly']]) });
    expect(result.windows[0]).toMatchObject({ spentUsd: '3', requests: 3 });
    expect(result.isPartial).toBe(true);
  });

  it('gives each its own sum where each has one', () => {
    const lines = series(line('a', ['1'], [1]), line(null, ['0.5'], [2]));
    const result = whatIf({ limit: dollar, rule: utcDay, series: lines, match: '', isEach: true });
    expect(result.windows.map(({ subject, reachedAt }) => [subject, reachedAt])).toEqual([
      ['-', null],
      ['a', start],
    ]);
  });
});

describe('whether it can be said', () => {
  it('says why not', () => {
    expect(planOf({ ...freshBudget, scope: 'tag' }, 'UTC')).toEqual({ can: false, why: 'scope' });
    expect(planOf({ ...freshBudget, hasCondition: true }, 'UTC')).toEqual({ can: false, why: 'when' });
    expect(planOf({ ...freshBudget, period: 'session' }, 'UTC')).toEqual({ can: false, why: 'period' });
    expect(planOf({ ...freshBudget, scope: 'model', match: 'openai/*' }, 'UTC')).toEqual({ can: false, why: 'model' });
    expect(planOf({ ...freshBudget, limit: '1.' }, 'UTC')).toEqual({ can: false, why: 'draft' });
    expect(planOf({ ...freshBudget, timezone: 'Mars/Base' }, 'UTC')).toEqual({ can: false, why: 'draft' });
  });

  it('asks in the time zone of the machine unless another is given', () => {
    expect(planOf(freshBudget, 'Europe/Berlin')).toMatchObject({ can: true, rule: { timezone: 'Europe/Berlin' } });
  });
});

it('a star stands for any characters, and nothing else is special', () => {
  expect(globTest('gpt-5.*')('gpt-5.1')).toBe(true);
  expect(globTest('gpt-5.*')('gpt-5-mini')).toBe(false);
  expect(globTest('*')('')).toBe(true);
});
