/** The windows of budgets: from when to when an hour, a day, a week or a month goes where the budget is at home (BUD-16). */
import { clockChange, dayMs, startOfDay, zoneNamed, type Zone } from '../../kit/zone.ts';
import type { Budget, BudgetPeriod } from '../ports.ts';

/** Half open; without beginning and end for a session. */
export interface BudgetWindow {
  /** `day:<start>`, `session`. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
}

type Times = Pick<Budget, 'period' | 'timezone' | 'resetDay'>;

const hourMs = 3_600_000;
const always: BudgetWindow = { id: 'session', start: -Infinity, end: Infinity };

/**
 * The windows of one period in one zone. They do not overlap and leave no gap. An hour ends with the clock's hour, and also
 * where the clock is put forward or back.
 */
export function windowAt(moment: number, { period, resetDay }: Times, zone: Zone): BudgetWindow {
  switch (period) {
    case 'session':
      return always;
    case 'hour':
      return hourAt(moment, zone);
    case 'day':
    case 'week':
    case 'month':
      return daysAt(moment, period, resetDay, zone);
  }
}

function hourAt(moment: number, zone: Zone): BudgetWindow {
  const offset = zone.offsetAt(moment);
  const first = Math.floor((moment + offset) / hourMs) * hourMs - offset;
  // Only Lord Howe's half hour makes a difference; elsewhere clocks change on the hour.
  const start = clockChange(first, moment, zone) ?? first;
  const end = clockChange(moment, first + hourMs, zone) ?? first + hourMs;
  return windowOf('hour', start, end);
}

function daysAt(
  moment: number,
  period: 'day' | 'week' | 'month',
  resetDay: number | undefined,
  zone: Zone,
): BudgetWindow {
  let date = zone.dateAt(moment);
  for (;;) {
    const [first, next] = datesOf(date, period, resetDay ?? 1);
    const start = startOfDay(first, zone);
    const end = startOfDay(next, zone);
    if (moment >= start && moment < end) return windowOf(period, start, end);
    // Where midnight happens twice a moment may show the date before the one that has begun.
    date += moment < start ? -dayMs : dayMs;
  }
}

/** The dates (midnight UTC) on which the period around a date and the one after it begin. */
function datesOf(date: number, period: 'day' | 'week' | 'month', resetDay: number): readonly [number, number] {
  if (period === 'day') return [date, date + dayMs];
  const day = new Date(date);
  if (period === 'week') {
    const sinceMonday = (day.getUTCDay() + 6) % 7;
    const first = date - ((sinceMonday - (resetDay - 1) + 7) % 7) * dayMs;
    return [first, first + 7 * dayMs];
  }
  const month = day.getUTCMonth() - (day.getUTCDate() < resetDay ? 1 : 0);
  const year = day.getUTCFullYear();
  return [Date.UTC(year, month, resetDay), Date.UTC(year, month + 1, resetDay)];
}

function windowOf(period: BudgetPeriod, start: number, end: number): BudgetWindow {
  return { id: `${period}:${String(start)}`, start, end };
}

/** The moment a window began, from its id; `undefined` for what has none, or is of another period. */
export function startOfWindow(id: string, period: BudgetPeriod): number | undefined {
  const [kind, start] = id.split(':');
  return kind === period && start !== undefined && /^-?\d{1,16}$/.test(start) ? Number(start) : undefined;
}

/**
 * Which window it is now, told without asking the zone again until it ends. Windows never go back for a clock that is set
 * back by less than a period (BUD-I6): the one that has begun goes on until its own end. After a greater jump the window of
 * that time is the one again, and its balances are still kept.
 */
export class BudgetCalendar {
  readonly #times: Times;
  readonly #zone: Zone;
  #window: BudgetWindow | undefined;

  /** Throws RangeError for an unknown time zone. */
  constructor(times: Times, zone: Zone) {
    this.#times = times;
    this.#zone = zone;
  }

  current(now: number): BudgetWindow {
    const window = this.#window;
    if (window !== undefined && now < window.end && (now >= window.start || isJustBefore(now, window))) return window;
    this.#window = windowAt(now, this.#times, this.#zone);
    return this.#window;
  }

  /** A window that had begun before this run: it is the current one if the clock was set back by less than a period since. */
  resume(start: number, now: number): void {
    if (start <= now || start <= (this.#window?.start ?? -Infinity)) return;
    const window = windowAt(start, this.#times, this.#zone);
    // Under another reset day or zone it is no window of ours.
    if (window.start === start && isJustBefore(now, window)) this.#window = window;
  }
}

function isJustBefore(now: number, { start, end }: BudgetWindow): boolean {
  return now < start && start - now < end - start;
}

/** Calendars are shared: budgets of the same period in the same zone begin anew together. */
export class Calendars {
  readonly #calendars = new Map<string, BudgetCalendar>();

  /** Throws RangeError for an unknown time zone. */
  of(times: Times): BudgetCalendar {
    const name = calendarName(times);
    const known = this.#calendars.get(name);
    if (known !== undefined) return known;
    const calendar = new BudgetCalendar(times, zoneNamed(times.timezone));
    this.#calendars.set(name, calendar);
    return calendar;
  }
}

/** The same for budgets whose windows are the same. */
export function calendarName({ period, timezone, resetDay }: Times): string {
  const begins = period === 'week' || period === 'month' ? (resetDay ?? 1) : 1;
  return period === 'session' ? period : `${period} ${timezone} ${String(begins)}`;
}
