/** Calendar days of a time zone as ranges of time, so that a day has 23 or 25 hours where the zone says so. */

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

const dayMs = 86_400_000;
/** Offsets of all zones since 1972 are whole quarters of an hour. */
const quarterHourMs = 900_000;

/** The days that a span touches, in order; the first and last cut to it. Throws RangeError for an unknown time zone. */
export function daysOf({ from, to }: Span, timezone: string): Day[] {
  const zone = createZone(timezone);
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

interface Zone {
  /** Midnight UTC of the calendar date that the zone shows at this moment. */
  dateAt(moment: number): number;
  /** What the zone's clock shows, read as if it were UTC, less the moment. */
  offsetAt(moment: number): number;
}

function createZone(timezone: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const shown = (moment: number): number => {
    const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  };
  return {
    dateAt: (moment) => Math.floor(shown(moment) / dayMs) * dayMs,
    offsetAt: (moment) => shown(moment) - Math.floor(moment / 1000) * 1000,
  };
}

/** The first moment at which the zone shows this date (midnight UTC of it), also where midnight is skipped. */
function startOfDay(date: number, zone: Zone): number {
  let start = date - zone.offsetAt(date);
  // The offset may differ between the guess and the true start.
  start = date - zone.offsetAt(start);
  // Where clocks change at midnight it does not exist, or happens twice: the guess is then in the day before, or late.
  while (zone.dateAt(start) < date) start += quarterHourMs;
  while (zone.dateAt(start - quarterHourMs) >= date) start -= quarterHourMs;
  return start;
}
