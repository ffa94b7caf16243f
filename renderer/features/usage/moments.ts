/** Names of the parts of a range: short for an axis, whole for a table, and where each ends. */
import type { Text } from '../../text/text.ts';
import { midnight, type BucketUnit, type Span } from './span.ts';

const hourMs = 3_600_000;

export interface Moments {
  /** For an axis. */
  readonly ticks: readonly string[];
  /** For a table or a box. */
  readonly titles: readonly string[];
  /** From when to when each is, within the range. */
  readonly spans: readonly { readonly since: number; readonly until: number }[];
}

export function endOf(start: number, unit: BucketUnit): number {
  return unit === 'hour' ? start + hourMs : midnight(start, unit === 'day' ? 1 : 7);
}

export function momentsOf(
  { t, locale }: Text,
  starts: readonly number[],
  { since, until, unit }: Pick<Span, 'since' | 'until' | 'unit'>,
): Moments {
  const isLong = until - since > 26 * hourMs;
  const [hour, day, dayHour, whole] = [
    new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }),
    new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }),
    new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }),
    new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }),
  ];
  const tick = unit === 'hour' && !isLong ? hour : day;
  return {
    ticks: starts.map((start) => tick.format(start)),
    titles: starts.map((start) => {
      if (unit === 'hour') return dayHour.format(start);
      return unit === 'day' ? whole.format(start) : t('usage.chart.week', { date: day.format(start) });
    }),
    spans: starts.map((start) => ({ since: Math.max(start, since), until: Math.min(endOf(start, unit), until) })),
  };
}
