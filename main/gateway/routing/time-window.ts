/** Days of the week and hours of the day, in a time zone. */
import type { Condition } from '../../../shared/config/condition.ts';

type Window = NonNullable<Condition['time']>;

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** Zones come from the config; this many are more than anyone writes. */
const maxKept = 64;

/** `undefined` for a zone that does not exist here. */
const formats = new Map<string, Intl.DateTimeFormat | undefined>();

function formatFor(timezone: string | undefined): Intl.DateTimeFormat | undefined {
  const name = timezone ?? '';
  if (formats.has(name)) return formats.get(name);
  if (formats.size >= maxKept) formats.clear();
  const format = createFormat(timezone);
  formats.set(name, format);
  return format;
}

function createFormat(timezone: string | undefined): Intl.DateTimeFormat | undefined {
  const zone = timezone === undefined ? {} : { timeZone: timezone };
  try {
    return new Intl.DateTimeFormat('en-US', {
      ...zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  } catch {
    // RangeError: there is no such zone, which the config checks say.
    return undefined;
  }
}

interface Moment {
  /** 0 is Monday. */
  readonly day: number;
  readonly hour: number;
  readonly minute: string;
}

function momentAt(timezone: string | undefined, at: number): Moment | undefined {
  const format = formatFor(timezone);
  // Beyond what a date can be (ECMA-262, time values).
  if (format === undefined || !(Math.abs(at) <= 8.64e15)) return undefined;
  const parts = new Map(format.formatToParts(at).map((part) => [part.type, part.value]));
  const day = (days as readonly string[]).indexOf((parts.get('weekday') ?? '').toLowerCase());
  return { day, hour: Number(parts.get('hour')), minute: parts.get('minute') ?? '00' };
}

/**
 * Hours go from the first to just before the last. Hours that pass midnight belong to the day they begin on: `fri` with `22-06` ends
 * on Saturday at six. Without a zone it is this machine's.
 */
export function isWithin(window: Window, at: number): boolean {
  const moment = momentAt(window.timezone, at);
  if (moment === undefined) return false;
  const { hour } = moment;
  const span = /^(\d\d)-(\d\d)$/.exec(window.hours ?? '00-24');
  if (span === null) return false;
  const [from, to] = [Number(span[1]), Number(span[2])];
  const passesMidnight = from >= to;
  if (passesMidnight ? hour < from && hour >= to : hour < from || hour >= to) return false;
  const day = passesMidnight && hour < to ? (moment.day + 6) % 7 : moment.day;
  return window.days === undefined || window.days.some((range) => isInRange(range, day));
}

/** `fri-mon` goes round the end of the week. */
function isInRange(range: string, day: number): boolean {
  const ends = range.split('-').map((end) => (days as readonly string[]).indexOf(end));
  const [from = -1, to = from] = ends;
  if (from < 0 || to < 0) return false;
  return from <= to ? day >= from && day <= to : day >= from || day <= to;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** `Mon to Fri, 08:00 to 18:00 in Europe/Berlin`. */
export function describeTime(window: Window): string {
  const told = window.days?.map((range) => range.split('-').map(capital).join(' to ')).join(', ');
  const hours = window.hours?.replace(/^(\d\d)-(\d\d)$/, '$1:00 to $2:00');
  const words = [told, hours].filter((one) => one !== undefined);
  return `${words.length === 0 ? 'any time' : words.join(', ')}${window.timezone === undefined ? '' : ` in ${window.timezone}`}`;
}

/** `Sat 12:05`. */
export function momentOf(window: Window, at: number): string {
  const moment = momentAt(window.timezone, at);
  if (moment === undefined) return 'a time that cannot be told there';
  return `${capital(days[moment.day] ?? '')} ${String(moment.hour).padStart(2, '0')}:${moment.minute}`;
}
