/** The windows of a budget: which one a moment belongs to, in the budget's time zone. */
import type { budgetPeriods } from '../../../shared/contract/words.ts';

export type Period = (typeof budgetPeriods)[number];

export interface WindowRule {
  readonly period: Exclude<Period, 'session'>;
  /** IANA name. */
  readonly timezone: string;
  /** First day of a week (1 Monday to 7 Sunday) or of a month (1 to 28). */
  readonly resetDay: number;
}

const dayMs = 86_400_000;

/**
 * Names the window of a moment: all moments of one window have the same name, `2026-11-30`, its first day, or for an hour the
 * hour. Names are in the order of time.
 */
export function windowNamer({ period, timezone, resetDay }: WindowRule): (at: number) => string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => {
    const found = new Map(parts.formatToParts(at).map(({ type, value }) => [type, value]));
    const number = (type: Intl.DateTimeFormatPartTypes): number => Number(found.get(type));
    const [year, month, day] = [number('year'), number('month'), number('day')];
    if (period === 'hour') return `${dateName(year, month, day)}T${found.get('hour') ?? '00'}`;
    if (period === 'day') return dateName(year, month, day);
    if (period === 'month')
      return day >= resetDay ? dateName(year, month, resetDay) : dateName(year, month - 1, resetDay);
    const weekday = ((new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7) + 1;
    return dateName(year, month, day - ((weekday - resetDay + 7) % 7));
  };
}

/** Days and months beyond their ends roll over, as those of a calendar do. */
function dateName(year: number, month: number, day: number): string {
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}

export function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name !== '';
  } catch {
    return false;
  }
}

/** Midnight at the beginning of the first day, so that the first window of a day is a whole one in most time zones. */
export function since31Days(now: number): number {
  return Math.floor(now / dayMs) * dayMs - 31 * dayMs;
}
