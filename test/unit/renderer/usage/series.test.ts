import { describe, expect, it } from 'vitest';
import type { UsageGroup, UsageLine } from '../../../../shared/contract/usage.ts';
import { changeOf, rankGroups, risenMost } from '../../../../renderer/features/usage/groups.ts';
import { axisTop, placeLatency, weighedMiddle } from '../../../../renderer/features/usage/latency.ts';
import { cumulated, placeLines, sumOf, totalLine } from '../../../../renderer/features/usage/series.ts';
import { levelsOf, yearOf } from '../../../../renderer/features/usage/year.ts';
import { midnight } from '../../../../renderer/features/usage/span.ts';

function line(name: string | null, requests: number[], cost: string[], other = false): UsageLine {
  const zeros = requests.map(() => 0);
  return {
    ...{ name, other, requests, errors: zeros, input_tokens: requests, output_tokens: requests },
    ...{ cache_read_tokens: requests, cache_write_tokens: zeros, known_cost_usd: cost, unknown_costs: zeros },
  };
}

function group(model: string | null, requests: number, cost: string, unknown = 0): UsageGroup {
  return {
    model,
    ...{ requests, errors: 1, input_tokens: 10, output_tokens: 5, cache_read_tokens: 30, cache_write_tokens: 0 },
    ...{ cost_usd: unknown > 0 ? null : cost, known_cost_usd: cost, unknown_costs: unknown, cache_hit_rate: 0.75 },
    ...{ cached: 0, cache_saved_usd: '0' },
  };
}

describe('lines over a range', () => {
  it('have zeros where nothing is recorded, and put the parts of a week together', () => {
    const lines = placeLines(
      { bucket: 'day', starts: [12, 20, 25], lines: [line('a', [1, 2, 3], ['0.5', '1', '1.5'])] },
      [0, 10, 20, 30],
    );
    expect(lines[0]?.buckets.map(({ requests }) => requests)).toEqual([0, 1, 5, 0]);
    expect(lines[0]?.buckets.map(({ cost }) => cost)).toEqual([0, 0.5, 2.5, 0]);
    expect(lines[0]?.buckets[2]).toMatchObject({ tokens: 15, input: 10, cacheRead: 5 });
  });

  it('add up to one', () => {
    const lines = placeLines(
      { bucket: 'day', starts: [0, 10], lines: [line('a', [1, 2], ['1', '2']), line(null, [4, 8], ['4', '8'], true)] },
      [0, 10],
    );
    const total = totalLine(lines, 2);
    expect(total.map(({ requests }) => requests)).toEqual([5, 10]);
    expect(sumOf(total, 'cost')).toBe(15);
    expect(cumulated([1, 2, 3])).toEqual([1, 3, 6]);
  });
});

describe('the ranked list', () => {
  const groups = [group('small', 50, '1'), group('big', 5, '8'), group('middle', 7, '3'), group(null, 1, '0')];
  const ranking = { by: 'model', rank: 'cost', measure: 'cost', limit: 2 } as const;

  it('has the largest first and the rest together', () => {
    const rows = rankGroups(groups, [], ranking);
    expect(rows.map(({ name, others }) => [name, others])).toEqual([
      ['big', 0],
      ['middle', 0],
      [null, 2],
    ]);
    expect(rows.map(({ share }) => Math.round(share * 100))).toEqual([67, 25, 8]);
    expect(rows[2]?.sums).toMatchObject({ requests: 51, cost_usd: '1', cache_hit_rate: 0.75 });
    expect(rankGroups(groups, [], { ...ranking, rank: 'requests' })[0]?.name).toBe('small');
  });

  it('says a change only where it is known', () => {
    const before = [group('big', 5, '4'), group('middle', 7, '3', 2)];
    expect(rankGroups(groups, before, ranking).map(({ change }) => change)).toEqual([1, null, null]);
    expect(changeOf(group('a', 1, '1'), group('a', 0, '0'), 'cost')).toBeNull();
    expect(changeOf(group('a', 3, '1', 1), group('a', 2, '1'), 'requests')).toBe(0.5);
  });

  it('keeps a sum unknown where a price in it is', () => {
    const [, rest] = rankGroups([group('a', 1, '5'), group('b', 1, '1', 1), group('c', 1, '2')], [], {
      ...ranking,
      limit: 1,
    });
    expect(rest?.sums).toMatchObject({ cost_usd: null, known_cost_usd: '3', unknown_costs: 1 });
  });

  it('finds what rose most, by its name', () => {
    const before = [group('big', 1, '7'), group('small', 1, '0.5')];
    expect(risenMost(groups, before, { by: 'model', measure: 'cost' })).toEqual({ name: 'middle', by: 3 });
    expect(risenMost([group('a', 1, '1')], [group('a', 1, '2')], { by: 'model', measure: 'cost' })).toBeUndefined();
  });
});

describe('latency', () => {
  it('of a longer part is the middle of its days, weighed by their answers', () => {
    const figures = [100, 300, null];
    const [line] = placeLatency(
      {
        ...{ bucket: 'day', starts: [0, 5, 10], sampled: false },
        lines: [
          {
            ...{ name: 'a', requests: [1, 9, 0], ttft_p50_ms: figures, ttft_p95_ms: figures },
            ...{ total_p50_ms: figures, total_p95_ms: figures },
          },
        ],
      },
      [0, 10],
      'first',
    );
    expect(line).toMatchObject({ p50: [300, null], requests: [10, 0], typical50: 300 });
    expect(weighedMiddle([])).toBeNull();
  });

  it('cuts off a peak that would press the rest flat, and says so', () => {
    const line = (p95: (number | null)[]): Parameters<typeof axisTop>[0][number] => ({
      ...{ name: 'a', requests: [], p50: [], p95, typical50: 1, typical95: 1 },
    });
    expect(axisTop([line([100, 110, 120, 110, 9_000])])).toEqual({ top: 400, isCut: true });
    expect(axisTop([line([100, 200, null])])).toEqual({ top: 200, isCut: false });
    expect(axisTop([])).toEqual({ top: 1, isCut: false });
  });
});

describe('the year', () => {
  const now = new Date(2026, 10, 25, 14).getTime();

  it('is 53 weeks from Monday on, and has no days that have not come', () => {
    const weeks = yearOf(new Map([[midnight(now), 4]]), now);
    expect(weeks).toHaveLength(53);
    expect(weeks.every((days) => days.length === 7 && new Date(days[0]?.at ?? 0).getDay() === 1)).toBe(true);
    expect(weeks[52]?.map(({ value }) => value)).toEqual([0, 0, 4, undefined, undefined, undefined, undefined]);
  });

  it('has four levels, the largest the darkest and nothing none', () => {
    const level = levelsOf([0, 1, 2, 3, 4, 100]);
    expect([0, 1, 2, 3, 4, 100].map(level)).toEqual([0, 1, 1, 2, 3, 4]);
    expect(levelsOf([])(0)).toBe(0);
  });
});
