import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../main/cli/shell.ts';
import { readDuration, readMoment } from '../../../main/cli/time.ts';
import { noon } from './terminal.ts';

const read = (text: string): number => readMoment('since', text, noon);

describe('moments on the command line', () => {
  it.each([
    ['45s', 45_000],
    ['30m', 1_800_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['4w', 2_419_200_000],
    ['now', 0],
  ])('reads %s as that long ago', (text, distance) => {
    expect(read(text)).toBe(noon - distance);
  });

  it('reads a date as its first moment here', () => {
    expect(read('2026-11-20')).toBe(new Date(2026, 10, 20).getTime());
  });

  it('reads a time without a zone as one here, and one with a zone as that', () => {
    expect(read('2026-11-20T08:00')).toBe(new Date(2026, 10, 20, 8).getTime());
    expect(read('2026-11-20 08:00:30')).toBe(new Date(2026, 10, 20, 8, 0, 30).getTime());
    expect(read('2026-11-20T08:00Z')).toBe(Date.UTC(2026, 10, 20, 8));
    expect(read('2026-11-20T08:00:00.500+02:00')).toBe(Date.UTC(2026, 10, 20, 6, 0, 0, 500));
  });

  it('reads today and yesterday as their first moments here', () => {
    const today = new Date(noon);
    today.setHours(0, 0, 0, 0);
    expect(read('today')).toBe(today.getTime());
    today.setDate(today.getDate() - 1);
    expect(read('yesterday')).toBe(today.getTime());
  });

  it.each(['2026-02-31', '2026-13-01', '2026-1-1', 'tomorrow', '5', '5y', '-5m', '', '2026-11-20T25:00', '20261120'])(
    'refuses %j',
    (text) => {
      expect(() => read(text)).toThrow(UsageError);
      expect(() => read(text)).toThrow(/--since is ".*": give a date/);
    },
  );
});

describe('a time on the command line', () => {
  it.each([
    ['90s', 90_000],
    ['0m', 0],
    ['1h', 3_600_000],
    ['30d', 2_592_000_000],
  ])('reads %s', (text, ms) => {
    expect(readDuration(text)).toBe(ms);
  });

  it.each(['', '5', 'h', '1.5h', '-1h', '1y', '1h30m', '9999999s'])('does not read %j', (text) => {
    expect(readDuration(text)).toBeUndefined();
  });
});
