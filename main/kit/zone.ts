/** What a time zone's calendar and clock show, so that a day has 23 or 25 hours where the zone says so. */

export const dayMs = 86_400_000;
/** Offsets of all zones since 1972 are whole quarters of an hour. */
const quarterHourMs = 900_000;

export interface Zone {
  /** Midnight UTC of the calendar date that the zone shows at this moment. */
  dateAt(moment: number): number;
  /** What the zone's clock shows, read as if it were UTC, less the moment. */
  offsetAt(moment: number): number;
}

/** Zones come from the config and from the owner's questions: this many are more than anyone uses. */
const maxKept = 64;
/** Making one takes longer than a thousand looks at it. */
const zones = new Map<string, Zone>();

/** By its IANA name. Throws RangeError for an unknown one. Each look costs microseconds: keep what you found. */
export function zoneNamed(timezone: string): Zone {
  const known = zones.get(timezone);
  if (known !== undefined) return known;
  if (zones.size >= maxKept) zones.clear();
  const zone = createZone(timezone);
  zones.set(timezone, zone);
  return zone;
}

/** Shows every moment as it is: nothing to look up. */
const utc: Zone = { dateAt: (moment) => Math.floor(moment / dayMs) * dayMs, offsetAt: () => 0 };

function createZone(timezone: string): Zone {
  if (timezone === 'UTC') return utc;
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
export function startOfDay(date: number, zone: Zone): number {
  let start = date - zone.offsetAt(date);
  // The offset may differ between the guess and the true start.
  start = date - zone.offsetAt(start);
  // Where clocks change at midnight it does not exist, or happens twice: the guess is then in the day before, or late.
  while (zone.dateAt(start) < date) start += quarterHourMs;
  while (zone.dateAt(start - quarterHourMs) >= date) start -= quarterHourMs;
  return start;
}

/** The first moment after `from`, up to `to`, at which the zone's clock is put forward or back. */
export function clockChange(from: number, to: number, zone: Zone): number | undefined {
  const offset = zone.offsetAt(from);
  if (zone.offsetAt(to) === offset) return undefined;
  let before = from;
  let after = to;
  while (after - before > 1) {
    const middle = before + Math.floor((after - before) / 2);
    if (zone.offsetAt(middle) === offset) before = middle;
    else after = middle;
  }
  return after;
}
