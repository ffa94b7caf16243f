/** Quiet hours, and where a day ends: on the clock that hangs on the reader's wall. */
import type { DesktopPreferences } from '../../../shared/contract/desktop.ts';
import { dayMs, startOfDay, type Zone } from '../../kit/zone.ts';

const minuteMs = 60_000;

/**
 * When the quiet hours that it is now in end, in milliseconds since 1970; `undefined` outside of them. They may go over
 * midnight. From a time to the same time is no time at all.
 */
export function quietUntil(now: number, hours: DesktopPreferences['quiet_hours'], zone: Zone): number | undefined {
  if (hours === null) return undefined;
  const [from, to] = [msOfDay(hours.from), msOfDay(hours.to)];
  const date = zone.dateAt(now);
  const shown = now + zone.offsetAt(now) - date;
  const isOverMidnight = from > to;
  const isQuiet = isOverMidnight ? shown >= from || shown < to : shown >= from && shown < to;
  if (!isQuiet) return undefined;
  const end = (isOverMidnight && shown >= from ? date + dayMs : date) + to;
  const until = momentOf(end, zone);
  // Where clocks are put back, that time of day is there twice, and may be over the first time: by the clock of now it is to come.
  return until > now ? until : Math.max(end - zone.offsetAt(now), now + 1);
}

/** The last minute of this day, and no moment that is over. */
export function endOfDay(now: number, zone: Zone): number {
  return Math.max(startOfDay(zone.dateAt(now) + dayMs, zone) - minuteMs, now);
}

function msOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return (hours * 60 + minutes) * minuteMs;
}

/** When the zone's clock shows this, given as if it were UTC. */
function momentOf(shown: number, zone: Zone): number {
  const guess = shown - zone.offsetAt(shown);
  return shown - zone.offsetAt(guess);
}
