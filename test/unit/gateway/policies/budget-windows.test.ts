import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import {
  BudgetCalendar,
  Calendars,
  startOfWindow,
  windowAt,
} from '../../../../main/gateway/policies/budget-windows.ts';
import { zoneNamed } from '../../../../main/kit/zone.ts';
import type { BudgetPeriod } from '../../../../main/gateway/ports.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** The window around a moment as ISO texts, and its length in hours. */
function around(moment: string, period: BudgetPeriod, timezone: string, resetDay?: number): [string, string, number] {
  const { start, end } = windowAt(Date.parse(moment), { period, timezone, resetDay }, zoneNamed(timezone));
  const iso = (at: number): string => new Date(at).toISOString().replace(':00.000Z', 'Z');
  return [iso(start), iso(end), (end - start) / hour];
}

describe('windows of budgets', () => {
  it.each<[string, BudgetPeriod, string, number | undefined, string, string, number]>([
    ['2026-11-25T12:34:56Z', 'hour', 'UTC', undefined, '2026-11-25T12:00Z', '2026-11-25T13:00Z', 1],
    ['2026-11-25T12:34:56Z', 'day', 'UTC', undefined, '2026-11-25T00:00Z', '2026-11-26T00:00Z', 24],
    ['2026-11-25T00:00:00Z', 'day', 'UTC', undefined, '2026-11-25T00:00Z', '2026-11-26T00:00Z', 24],
    // A quarter to: Kathmandu's hours and days begin at other minutes.
    ['2026-11-25T12:10:00Z', 'hour', 'Asia/Kathmandu', undefined, '2026-11-25T11:15Z', '2026-11-25T12:15Z', 1],
    ['2026-11-25T18:20:00Z', 'day', 'Asia/Kathmandu', undefined, '2026-11-25T18:15Z', '2026-11-26T18:15Z', 24],
    ['2026-11-25T18:10:00Z', 'day', 'Asia/Kathmandu', undefined, '2026-11-24T18:15Z', '2026-11-25T18:15Z', 24],
    // Clocks forward and back.
    ['2026-03-29T10:00:00Z', 'day', 'Europe/Berlin', undefined, '2026-03-28T23:00Z', '2026-03-29T22:00Z', 23],
    ['2026-10-25T10:00:00Z', 'day', 'Europe/Berlin', undefined, '2026-10-24T22:00Z', '2026-10-25T23:00Z', 25],
    ['2026-10-25T00:30:00Z', 'hour', 'Europe/Berlin', undefined, '2026-10-25T00:00Z', '2026-10-25T01:00Z', 1],
    ['2026-10-25T01:30:00Z', 'hour', 'Europe/Berlin', undefined, '2026-10-25T01:00Z', '2026-10-25T02:00Z', 1],
    ['2026-03-27T10:00:00Z', 'week', 'Europe/Berlin', undefined, '2026-03-22T23:00Z', '2026-03-29T22:00Z', 167],
    ['2026-10-22T10:00:00Z', 'week', 'Europe/Berlin', undefined, '2026-10-18T22:00Z', '2026-10-25T23:00Z', 169],
    ['2026-10-05T10:00:00Z', 'month', 'Europe/Berlin', undefined, '2026-09-30T22:00Z', '2026-10-31T23:00Z', 745],
    // Half an hour, at two in the morning: 4 October 2026 forward, 5 April back.
    ['2026-10-03T20:00:00Z', 'day', 'Australia/Lord_Howe', undefined, '2026-10-03T13:30Z', '2026-10-04T13:00Z', 23.5],
    ['2026-04-05T00:00:00Z', 'day', 'Australia/Lord_Howe', undefined, '2026-04-04T13:00Z', '2026-04-05T13:30Z', 24.5],
    ['2026-10-03T15:40:00Z', 'hour', 'Australia/Lord_Howe', undefined, '2026-10-03T15:30Z', '2026-10-03T16:00Z', 0.5],
    ['2026-10-03T15:20:00Z', 'hour', 'Australia/Lord_Howe', undefined, '2026-10-03T14:30Z', '2026-10-03T15:30Z', 1],
    ['2026-04-04T15:10:00Z', 'hour', 'Australia/Lord_Howe', undefined, '2026-04-04T15:00Z', '2026-04-04T15:30Z', 0.5],
    // Clocks change at midnight: Beirut's 29 March begins at one, Havana's 1 November has midnight twice.
    ['2026-03-29T09:00:00Z', 'day', 'Asia/Beirut', undefined, '2026-03-28T22:00Z', '2026-03-29T21:00Z', 23],
    ['2026-11-01T12:00:00Z', 'day', 'America/Havana', undefined, '2026-11-01T04:00Z', '2026-11-02T05:00Z', 25],
    ['2026-11-01T04:30:00Z', 'hour', 'America/Havana', undefined, '2026-11-01T04:00Z', '2026-11-01T05:00Z', 1],
    // Samoa had no 30 December 2011.
    ['2011-12-30T09:59:59Z', 'day', 'Pacific/Apia', undefined, '2011-12-29T10:00Z', '2011-12-30T10:00Z', 24],
    ['2011-12-30T10:00:00Z', 'day', 'Pacific/Apia', undefined, '2011-12-30T10:00Z', '2011-12-31T10:00Z', 24],
    // Reset days.
    ['2026-11-25T12:00:00Z', 'week', 'UTC', undefined, '2026-11-23T00:00Z', '2026-11-30T00:00Z', 168],
    ['2026-11-25T12:00:00Z', 'week', 'UTC', 3, '2026-11-25T00:00Z', '2026-12-02T00:00Z', 168],
    ['2026-11-25T12:00:00Z', 'week', 'UTC', 4, '2026-11-19T00:00Z', '2026-11-26T00:00Z', 168],
    ['2026-11-25T12:00:00Z', 'week', 'UTC', 7, '2026-11-22T00:00Z', '2026-11-29T00:00Z', 168],
    ['2026-11-25T12:00:00Z', 'month', 'UTC', undefined, '2026-11-01T00:00Z', '2026-12-01T00:00Z', 720],
    ['2026-11-25T12:00:00Z', 'month', 'UTC', 25, '2026-11-25T00:00Z', '2026-12-25T00:00Z', 720],
    ['2026-11-25T12:00:00Z', 'month', 'UTC', 28, '2026-10-28T00:00Z', '2026-11-28T00:00Z', 744],
    ['2026-12-31T23:59:59Z', 'month', 'UTC', undefined, '2026-12-01T00:00Z', '2027-01-01T00:00Z', 744],
    ['2027-01-01T00:00:00Z', 'month', 'UTC', 28, '2026-12-28T00:00Z', '2027-01-28T00:00Z', 744],
    ['2028-02-29T12:00:00Z', 'month', 'UTC', undefined, '2028-02-01T00:00Z', '2028-03-01T00:00Z', 696],
    ['2028-02-29T12:00:00Z', 'month', 'UTC', 28, '2028-02-28T00:00Z', '2028-03-28T00:00Z', 696],
  ])('%s is in the %s in %s from day %s: %s to %s', (moment, period, zone, resetDay, start, end, hours) => {
    expect(around(moment, period, zone, resetDay)).toEqual([start, end, hours]);
  });

  it('of a session have no end', () => {
    const { id, start, end } = windowAt(
      0,
      { period: 'session', timezone: 'UTC', resetDay: undefined },
      zoneNamed('UTC'),
    );
    expect([id, start, end]).toEqual(['session', -Infinity, Infinity]);
  });

  it('follow upon each other without gap or overlap, in any zone', () => {
    const zones = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Beirut'];
    zones.push('America/New_York', 'Pacific/Apia', 'Africa/Casablanca', 'Pacific/Chatham', 'America/Santiago');
    const times = fc.record({
      moment: fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2035, 0) }),
      timezone: fc.constantFrom(...zones),
      period: fc.constantFrom('hour' as const, 'day' as const, 'week' as const, 'month' as const),
      resetDay: fc.option(fc.integer({ min: 1, max: 7 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(times, ({ moment, ...time }) => {
        const zone = zoneNamed(time.timezone);
        const window = windowAt(moment, time, zone);
        expect(moment).toBeGreaterThanOrEqual(window.start);
        expect(moment).toBeLessThan(window.end);
        expect(windowAt(window.start, time, zone)).toEqual(window);
        expect(windowAt(window.end - 1, time, zone)).toEqual(window);
        expect(windowAt(window.end, time, zone).start).toBe(window.end);
        expect(windowAt(window.start - 1, time, zone).end).toBe(window.start);
        expect(startOfWindow(window.id, time.period)).toBe(window.start);
      }),
      { numRuns: 300 },
    );
  });

  it('have an id that tells their beginning, to their own period only', () => {
    expect(startOfWindow('day:1764374400000', 'day')).toBe(1_764_374_400_000);
    expect(startOfWindow('day:1764374400000', 'hour')).toBeUndefined();
    expect(startOfWindow('session', 'session')).toBeUndefined();
    expect(startOfWindow('day:x', 'day')).toBeUndefined();
  });
});

describe('BudgetCalendar', () => {
  const daily = { period: 'day', timezone: 'UTC', resetDay: undefined } as const;
  const create = (): BudgetCalendar => new BudgetCalendar(daily, zoneNamed('UTC'));
  const at = Date.UTC(2026, 10, 25, 12);
  const id = (date: number): string => `day:${String(Date.UTC(2026, 10, date))}`;

  it('keeps the window that has begun when the clock is set back by less than a period', () => {
    const calendar = create();
    calendar.current(at);
    expect(calendar.current(at + 13 * hour).id).toBe(id(26));
    expect(calendar.current(at).id).toBe(id(26));
    expect(calendar.current(at + 1.1 * day).id).toBe(id(26));
    expect(calendar.current(at + 1.6 * day).id).toBe(id(27));
  });

  it('goes back to where it was after a jump far ahead', () => {
    const calendar = create();
    const before = calendar.current(at).id;
    expect(calendar.current(at + 900 * day).id).not.toBe(before);
    expect(calendar.current(at + 60_000).id).toBe(before);
  });

  it('goes on in a window that had begun in an earlier run', () => {
    const calendar = create();
    calendar.resume(Date.UTC(2026, 10, 26), at);
    expect(calendar.current(at).id).toBe(id(26));
  });

  it.each([
    ['is of another zone', Date.UTC(2026, 10, 25, 23)],
    ['lies too far ahead', Date.UTC(2026, 10, 27)],
    ['is over', Date.UTC(2026, 10, 24)],
  ])('takes no window for its own that %s', (_why, start) => {
    const calendar = create();
    calendar.resume(start, at);
    expect(calendar.current(at).id).toBe(id(25));
  });

  it('is one for budgets whose windows are the same', () => {
    const calendars = new Calendars();
    expect(calendars.of(daily)).toBe(calendars.of({ ...daily, resetDay: 4 }));
    expect(calendars.of(daily)).not.toBe(calendars.of({ ...daily, timezone: 'Europe/Berlin' }));
    const weekly = { ...daily, period: 'week' } as const;
    expect(calendars.of(weekly)).toBe(calendars.of({ ...weekly, resetDay: 1 }));
    expect(calendars.of(weekly)).not.toBe(calendars.of({ ...weekly, resetDay: 2 }));
    expect(() => calendars.of({ ...daily, timezone: 'Mars/Olympus' })).toThrow(RangeError);
  });
});
