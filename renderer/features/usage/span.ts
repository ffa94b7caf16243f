/** From when to when is asked for, in the reader's calendar, and in which parts. */
import type { UsageAddress } from './address.ts';

export type BucketUnit = 'hour' | 'day' | 'week';

export interface Span {
  readonly since: number;
  /** Exclusive; of a range that goes on it lies ahead. */
  readonly until: number;
  /** It ends with the present. */
  readonly isRunning: boolean;
  readonly unit: BucketUnit;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const daysOf = { today: 1, '7d': 7, '30d': 30, '90d': 90, year: 365 } as const;
/** More bars than this say less than their weeks do. */
const maxDays = 120;

/** Midnight so many days from the day of `at`, whatever clocks were changed between. */
export function midnight(at: number, days = 0): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

/** The Monday of its week. */
export function monday(at: number): number {
  return midnight(at, -((new Date(at).getDay() + 6) % 7));
}

export function spanOf({ range, since, until }: Pick<UsageAddress, 'range' | 'since' | 'until'>, now: number): Span {
  if (range === 'custom') {
    const [from, to] = [since ?? midnight(now), until ?? midnight(now, 1)];
    const unit = to - from <= 3 * dayMs ? 'hour' : to - from <= maxDays * dayMs ? 'day' : 'week';
    return { since: from, until: to, isRunning: false, unit };
  }
  const days = daysOf[range];
  const unit = range === 'today' ? 'hour' : days > maxDays ? 'week' : 'day';
  return { since: midnight(now, 1 - days), until: midnight(now, 1), isRunning: true, unit };
}

/** The range of the same length before it; of one that goes on, as much of it as has passed, to whole hours. */
export function spanBefore(span: Span, now: number): { readonly since: number; readonly until: number } {
  if (!span.isRunning) return { since: span.since - (span.until - span.since), until: span.since };
  const days = Math.round((span.until - span.since) / dayMs);
  const passed = Math.ceil(now / hourMs) * hourMs - span.since;
  const since = midnight(span.since, -days);
  return { since, until: Math.min(since + passed, span.since) };
}

/** First moments of the parts of a span, in order. */
export function bucketStarts({ since, until, unit }: Pick<Span, 'since' | 'until' | 'unit'>): readonly number[] {
  const starts: number[] = [];
  if (unit === 'hour') for (let at = Math.floor(since / hourMs) * hourMs; at < until; at += hourMs) starts.push(at);
  else {
    const step = unit === 'day' ? 1 : 7;
    for (let at = unit === 'day' ? midnight(since) : monday(since); at < until; at = midnight(at, step))
      starts.push(at);
  }
  return starts;
}

/** What is asked for as a part of time; weeks are put together from days. */
export const askedBucket = ({ unit }: Pick<Span, 'unit'>): 'hour' | 'day' => (unit === 'hour' ? 'hour' : 'day');

/** The place of a moment among starts; -1 before the first. */
export function placeOf(starts: readonly number[], at: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
