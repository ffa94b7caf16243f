import { describe, expect, it } from 'vitest';
import { exhaustedAt, forecastText } from '../../../../main/gateway/policies/budget-forecast.ts';
import { dayMs, hourMs, noon, usd } from './budgets.ts';

const since = noon - 12 * hourMs;
const today = { since, resetsAt: since + dayMs, now: noon, limit: 10n * usd };
const minute = 60_000;

describe('exhaustedAt', () => {
  it('goes on as it went so far', () => {
    expect(exhaustedAt({ ...today, spent: 8n * usd })).toBe(noon + 3 * hourMs);
  });

  it.each<[string, Partial<Parameters<typeof exhaustedAt>[0]>]>([
    ['the window ends first', { spent: 4n * usd }],
    ['nothing was spent', { spent: 0n }],
    ['it is used up', { spent: 10n * usd }],
    ['it is a session', { spent: 8n * usd, since: undefined, resetsAt: undefined }],
    ['it is too early', { spent: usd, now: since + 20 * minute }],
    ['it is much too early', { spent: 9n * usd, now: since + minute }],
    ['the clock was set back before the window', { spent: 9n * usd, now: since - hourMs }],
  ])('tells nothing where %s', (_why, parts) => {
    expect(exhaustedAt({ ...today, spent: usd, ...parts })).toBeUndefined();
  });

  it('is told early where half of it is gone', () => {
    expect(exhaustedAt({ ...today, spent: 5n * usd, now: since + 10 * minute })).toBe(since + 20 * minute);
  });

  it('is told of a month after two hours', () => {
    const month = { since, resetsAt: since + 30 * dayMs, now: since + 2 * hourMs, limit: 100n * usd };
    expect(exhaustedAt({ ...month, spent: usd })).toBe(since + 200 * hourMs);
  });
});

describe('forecastText', () => {
  it.each([
    [noon + 27 * hourMs, 'UTC', 'at this pace: Thursday 15:00'],
    [noon + 27 * hourMs, 'Europe/Berlin', 'at this pace: Thursday 16:00'],
    [noon + 12 * hourMs, 'UTC', 'at this pace: Thursday 00:00'],
    [noon + 6 * dayMs, 'UTC', 'at this pace: Tuesday 1 December 12:00'],
  ])('%d in %s is "%s"', (at, zone, text) => {
    expect(forecastText(at, noon, zone)).toBe(text);
  });
});
