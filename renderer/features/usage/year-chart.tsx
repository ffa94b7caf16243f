/** The year at a glance: requests of each day. */
import { useMemo, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { UsageSeries } from '../../../shared/contract/usage.ts';
import { useText, type Text } from '../../text/text.ts';
import { ChartFrame, type Twin } from '../../ui/charts/frame.tsx';
import { Heatmap } from '../../ui/charts/heatmap.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Loaded } from '../../ui/states.tsx';
import { activityHref } from './address.ts';
import { midnight } from './span.ts';
import { yearSummary } from './summaries.ts';
import { useYear, type UsageView } from './use-usage.ts';
import { levelsOf, yearOf, type YearDay } from './year.ts';

export function YearChart({ view }: { readonly view: UsageView }): ReactNode {
  const query = useYear(view.now, view.address.filter);
  return <Loaded query={query}>{(series) => <YearCard view={view} series={series} />}</Loaded>;
}

function YearCard({ view, series }: { readonly view: UsageView; readonly series: UsageSeries }): ReactNode {
  const text = useText();
  const { t } = text;
  const [, navigate] = useLocation();
  const { now, address } = view;
  const weeks = useMemo(() => yearOf(daysOf(series), now), [series, now]);
  const days = weeks.flat().filter(isPast);
  const levelOf = levelsOf(days.map(({ value }) => value));
  const busy = days.filter(({ value }) => value > 0);
  const most = busy.reduce<(typeof busy)[number] | undefined>(
    (best, day) => (day.value > (best?.value ?? 0) ? day : best),
    undefined,
  );
  const summary = yearSummary(text, {
    requests: busy.reduce((sum, { value }) => sum + value, 0),
    days: busy.length,
    most: most === undefined ? undefined : { at: most.at, count: most.value },
  });
  const hrefOf = (at: number): string => activityHref(address.filter, { since: at, until: midnight(at, 1) });
  const { months, weekdays, whole } = namesOf(text, weeks);
  const twin: Twin = {
    columns: [{ label: t('usage.chart.when') }, { label: t('usage.figure.requests'), numeric: true }],
    rows: busy.toReversed().map(({ at, value }) => [
      { text: whole(at), raw: new Date(at).toISOString() },
      { text: text.count(value), raw: value, href: hrefOf(at) },
    ]),
  };
  return (
    <ChartFrame
      title={t('usage.year.title')}
      summary={summary}
      twin={twin}
      file="sluice-year"
      controls={<CopyButton text={summary} label={t('usage.year.copy')} />}
    >
      <Heatmap
        label={t('usage.year.label')}
        weeks={weeks.map((column) =>
          column.map(({ at, value }) => ({
            level: value === undefined ? undefined : levelOf(value),
            label: t('usage.year.day', { date: whole(at), count: value ?? 0 }),
          })),
        )}
        months={months}
        weekdays={weekdays}
        less={t('usage.year.less')}
        more={t('usage.year.more')}
        onPick={(week, day) => navigate(hrefOf(weeks[week]?.[day]?.at ?? now))}
      />
    </ChartFrame>
  );
}

function isPast(day: YearDay): day is YearDay & { readonly value: number } {
  return day.value !== undefined;
}

function daysOf({ starts, lines }: UsageSeries): ReadonlyMap<number, number> {
  const days = new Map<number, number>();
  for (const { requests } of lines)
    for (const [index, count] of requests.entries()) {
      const day = midnight(starts[index] ?? 0);
      days.set(day, (days.get(day) ?? 0) + count);
    }
  return days;
}

function namesOf(
  { locale }: Text,
  weeks: readonly (readonly YearDay[])[],
): { months: readonly string[]; weekdays: readonly string[]; whole: (at: number) => string } {
  const month = new Intl.DateTimeFormat(locale, { month: 'short' });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short' });
  const whole = new Intl.DateTimeFormat(locale, { dateStyle: 'full' });
  const monthAt = (week: number): number => new Date(weeks[week]?.[0]?.at ?? 0).getMonth();
  return {
    // A month that has no room beside the next one is left out at the beginning.
    months: weeks.map((days, week) =>
      (week === 0 ? monthAt(0) === monthAt(2) : monthAt(week) !== monthAt(week - 1))
        ? month.format(days[0]?.at ?? 0)
        : '',
    ),
    weekdays: (weeks[0] ?? []).map(({ at }) => weekday.format(at)),
    whole: (at) => whole.format(at),
  };
}
