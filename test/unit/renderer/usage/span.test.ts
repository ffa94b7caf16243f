import { describe, expect, it } from 'vitest';
import {
  bucketStarts,
  midnight,
  monday,
  placeOf,
  spanBefore,
  spanOf,
} from '../../../../renderer/features/usage/span.ts';

const hourMs = 3_600_000;
const now = new Date(2026, 10, 25, 14, 20).getTime();
const none = { since: undefined, until: undefined };

describe('a range', () => {
  it('of days begins at midnight and has today in it', () => {
    const span = spanOf({ range: '7d', ...none }, now);
    expect(span).toEqual({
      since: new Date(2026, 10, 19).getTime(),
      until: new Date(2026, 10, 26).getTime(),
      isRunning: true,
      unit: 'day',
    });
    expect(bucketStarts(span)).toHaveLength(7);
  });

  it('of today has hours, of a year weeks', () => {
    expect(spanOf({ range: 'today', ...none }, now).unit).toBe('hour');
    const year = spanOf({ range: 'year', ...none }, now);
    const weeks = bucketStarts(year);
    expect(year.unit).toBe('week');
    expect(weeks[0]).toBe(monday(year.since));
    expect(new Set(weeks.map((at) => new Date(at).getDay()))).toEqual(new Set([1]));
  });

  it('is compared with as much of the one before as has passed of it', () => {
    const before = spanBefore(spanOf({ range: '7d', ...none }, now), now);
    expect(before.since).toBe(new Date(2026, 10, 12).getTime());
    expect(before.until).toBe(new Date(2026, 10, 18, 15).getTime());
  });

  it('of two moments is compared with the same length before it', () => {
    const span = spanOf({ range: 'custom', since: 10 * hourMs, until: 14 * hourMs }, now);
    expect(spanBefore(span, now)).toEqual({ since: 6 * hourMs, until: 10 * hourMs });
    expect(bucketStarts(span)).toEqual([10, 11, 12, 13].map((hour) => hour * hourMs));
  });

  it('has days that begin at midnight also where clocks are changed', () => {
    const since = new Date(2026, 9, 20).getTime();
    const days = bucketStarts({ since, until: midnight(since, 14), unit: 'day' });
    expect(days).toHaveLength(14);
    expect(days.every((at) => new Date(at).getHours() === 0)).toBe(true);
  });

  it('finds the part that a moment is in', () => {
    expect([5, 10, 19, 20, 99].map((at) => placeOf([10, 20, 30], at))).toEqual([-1, 0, 0, 1, 2]);
  });
});
