/** Calendar days of a time zone as ranges of time, so that a day has 23 or 25 hours where the zone says so. */
import { dayMs, startOfDay, zoneNamed } from '../kit/zone.ts';

export interface Span {
  /** Milliseconds since 1970. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

export interface Day extends Span {
  /** `2026-11-25`. */
  readonly day: string;
}

/** The days that a span touches, in order; the first and last cut to it. Throws RangeError for an unknown time zone. */
export function daysOf({ from, to }: Span, timezone: string): Day[] {
  const zone = zoneNamed(timezone);
  const days: Day[] = [];
  let start = from;
  while (start < to) {
    const date = zone.dateAt(start);
    const end = Math.min(to, startOfDay(date + dayMs, zone));
    days.push({ day: new Date(date).toISOString().slice(0, 10), from: start, to: end });
    start = end;
  }
  return days;
}

/** A day, the week from Monday on, or the month that it is in. */
export type CalendarUnit = 'day' | 'week' | 'month';

/** How the unit is called that this day is in: `2026-11-25`, the date of its Monday, `2026-11`. */
export function labelOf(day: string, unit: CalendarUnit): string {
  if (unit === 'day') return day;
  if (unit === 'month') return day.slice(0, 7);
  const date = Date.parse(`${day}T00:00:00Z`);
  const sinceMonday = (new Date(date).getUTCDay() + 6) % 7;
  return new Date(date - sinceMonday * dayMs).toISOString().slice(0, 10);
}

/** Days that stand together in one unit, as one span that is called by its first day. */
export function unitsOf(span: Span, timezone: string, unit: CalendarUnit): Day[] {
  const units: Day[] = [];
  for (const day of daysOf(span, timezone)) {
    const last = units.at(-1);
    if (last !== undefined && labelOf(last.day, unit) === labelOf(day.day, unit))
      units[units.length - 1] = { ...last, to: day.to };
    else units.push(day);
  }
  return units;
}
