import { describe, expect, it } from 'vitest';
import { daysOf } from '../../../main/ledger/days.ts';

const hour = 3_600_000;
const lengths = (from: number, to: number, zone: string): [string, number][] =>
  daysOf({ from, to }, zone).map((day) => [day.day, (day.to - day.from) / hour]);

describe('days of a time zone', () => {
  it('have 23 and 25 hours when the clocks change', () => {
    const march = lengths(Date.UTC(2026, 2, 28, 23), Date.UTC(2026, 2, 30, 22), 'Europe/Berlin');
    expect(march).toEqual([
      ['2026-03-29', 23],
      ['2026-03-30', 24],
    ]);
    const october = lengths(Date.UTC(2026, 9, 24, 22), Date.UTC(2026, 9, 26, 23), 'Europe/Berlin');
    expect(october).toEqual([
      ['2026-10-25', 25],
      ['2026-10-26', 24],
    ]);
  });

  it('start at one o’clock where midnight is skipped', () => {
    // Cairo, 2026-04-24: at 00:00 the clocks went to 01:00.
    const days = lengths(Date.UTC(2026, 3, 22, 22), Date.UTC(2026, 3, 25, 21), 'Africa/Cairo');
    expect(days).toEqual([
      ['2026-04-23', 24],
      ['2026-04-24', 23],
      ['2026-04-25', 24],
    ]);
  });

  it('cover the span without a gap and without an overlap, cut at its ends', () => {
    const span = { from: Date.UTC(2025, 11, 30, 7, 13), to: Date.UTC(2027, 0, 2, 3, 1) };
    for (const zone of [
      'UTC',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'Pacific/Chatham',
      'America/Havana',
    ]) {
      const days = daysOf(span, zone);
      expect(days[0]?.from).toBe(span.from);
      expect(days.at(-1)?.to).toBe(span.to);
      for (const [index, day] of days.entries()) {
        expect(day.to).toBeGreaterThan(day.from);
        if (index > 0) expect(day.from).toBe(days[index - 1]?.to);
      }
      expect(new Set(days.map(({ day }) => day)).size).toBe(days.length);
    }
  });

  it('refuse a time zone that does not exist', () => {
    expect(() => daysOf({ from: 0, to: 1 }, 'Mars/Olympus')).toThrow(RangeError);
  });
});
