/** Moments as people write them on a command line. */
import { UsageError } from './shell.ts';

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * Milliseconds since 1970 of `24h`, `7d` (ago), `today`, `yesterday` (their first moment here), `now`, or an ISO 8601
 * date or time; without a zone it is local. Throws UsageError.
 */
export function readMoment(option: string, text: string, now: number): number {
  const distance = readDuration(text);
  if (distance !== undefined) return now - distance;
  if (text === 'now') return now;
  if (text === 'today') return startOfDay(now, 0);
  if (text === 'yesterday') return startOfDay(now, -1);
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (date !== null) {
    const [year = 0, month = 0, day = 0] = date.slice(1).map(Number);
    const start = new Date(year, month - 1, day);
    // 2026-02-31 would quietly become a day in March.
    if (start.getMonth() === month - 1 && start.getDate() === day) return start.getTime();
  } else if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/.test(text)) {
    const moment = Date.parse(text.replace(' ', 'T'));
    if (Number.isFinite(moment)) return moment;
  }
  throw new UsageError(
    `--${option} is "${text}": give a date (2026-11-25), a time (2026-11-25T08:00), a distance (30m, 24h, 7d, 4w), today, yesterday or now.`,
  );
}

/** Milliseconds of `90s`, `30m`, `1h`, `7d`, `4w`; `undefined` for anything else. */
export function readDuration(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (unitMs[unit] ?? 0);
}

function startOfDay(now: number, days: number): number {
  const today = new Date(now);
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() + days).getTime();
}
