/** When a budget is used up if it goes on like this. */

export interface Pace {
  /** Pico-USD. */
  readonly spent: bigint;
  readonly limit: bigint;
  /** Milliseconds since 1970; `undefined` of a session. */
  readonly since: number | undefined;
  readonly resetsAt: number | undefined;
  readonly now: number;
}

/** A pace is told from at least so much of a window, so that its first request does not foretell its end. */
const leastShare = 0.02;
const leastMs = 3 * 60_000;
/** Of long windows this is enough. */
const enoughMs = 2 * 3_600_000;

/**
 * Milliseconds since 1970 at which the limit is reached at the pace of the window so far; `undefined` where the window ends
 * first, where it is too early to tell, and where it is reached already.
 */
export function exhaustedAt({ spent, limit, since, resetsAt, now }: Pace): number | undefined {
  if (since === undefined || resetsAt === undefined || spent <= 0n || spent >= limit) return undefined;
  const elapsed = now - since;
  const least = Math.max(leastMs, Math.min(leastShare * (resetsAt - since), enoughMs));
  // Who has used up half of it need not wait to be told.
  if (elapsed < (spent * 2n >= limit ? leastMs : least)) return undefined;
  // A quotient of money may be a float: it tells a time, not an amount.
  const at = now + Math.round((elapsed * Number(limit - spent)) / Number(spent));
  return at < resetsAt ? at : undefined;
}

/** `at this pace: Thursday 15:00`, in the budget's time zone; with the date where the day of the week alone may be another. */
export function forecastText(at: number, now: number, timezone: string): string {
  const days = (at - now) / 86_400_000;
  const text = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'long',
    // From six days on the day of the week may be that of next week.
    ...(days < 6 ? {} : { day: 'numeric', month: 'long' }),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string => text.find((one) => one.type === type)?.value ?? '';
  const date = days < 6 ? '' : ` ${part('day')} ${part('month')}`;
  return `at this pace: ${part('weekday')}${date} ${part('hour')}:${part('minute')}`;
}
