/** Cost, tokens or requests over time: bars on each other by group, or added up. */
import { useMemo, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { UsageReport } from '../../../shared/contract/usage.ts';
import { useText, type Text } from '../../text/text.ts';
import { StackedBars, type BarSeries } from '../../ui/charts/bars.tsx';
import { ChartFrame, Legend, seriesColor, type Twin } from '../../ui/charts/frame.tsx';
import { Trend } from '../../ui/charts/trend.tsx';
import { activityHref, type UsageAddress } from './address.ts';
import { changeOf, rankGroups, risenMost, sizeOf } from './groups.ts';
import type { Moments } from './moments.ts';
import { cumulated, valueOf, type BucketSums, type PlacedLine } from './series.ts';
import { measured, trendSummary } from './summaries.ts';
import type { UsageView } from './use-usage.ts';

interface TrendChartProps {
  readonly view: UsageView;
  readonly report: UsageReport;
  readonly before: UsageReport | undefined;
  readonly lines: readonly PlacedLine[];
  readonly total: readonly BucketSums[];
  readonly moments: Moments;
}

interface ShownLine extends BarSeries {
  readonly name: string | null;
}

export function TrendChart({ view, report, before, lines, total, moments }: TrendChartProps): ReactNode {
  const text = useText();
  const { t } = text;
  const [, navigate] = useLocation();
  const { address, span, starts, now } = view;
  const { measure, cumulative } = address;
  const shown = useMemo(() => shownLines(text, lines, address), [text, lines, address]);
  const title = cumulative ? t(`usage.chart.cumulative.${measure}`) : t(`usage.chart.${measure}.${span.unit}`);
  const summary = summaryOf(text, report, before, address);
  const hrefOf = (bucket: number, line: number | undefined): string => {
    const name = line === undefined ? null : (shown[line]?.name ?? null);
    const filter = name === null || name === '' ? address.filter : { ...address.filter, [address.by]: name };
    return activityHref(filter, moments.spans[bucket] ?? span);
  };
  const shared = {
    label: t('usage.chart.label', { title, summary }),
    ...moments,
    format: (value: number) => measured(text, value, measure),
    formatAxis: axisFormat(text, measure),
  };
  // What has not come yet has no sum.
  const upTo = starts.findLastIndex((start) => start <= now) + 1;
  const areas = shown.map((line) => ({ ...line, values: cumulated(line.values).slice(0, upTo) }));
  return (
    <ChartFrame
      title={title}
      summary={summary}
      twin={twinOf(text, shown, { moments, total, address, hrefOf })}
      file={`sluice-${measure}-${span.unit}`}
    >
      {cumulative ? (
        <Trend {...shared} areas={areas} onPick={(bucket) => navigate(hrefOf(bucket, undefined))} />
      ) : (
        <StackedBars
          {...shared}
          series={shown}
          totalLabel={t('common.total')}
          notes={measure === 'cost' ? notesOf(text, total) : []}
          onPick={(bucket, line) => navigate(hrefOf(bucket, line))}
        />
      )}
      <Legend items={shown} />
    </ChartFrame>
  );
}

function shownLines({ t }: Text, lines: readonly PlacedLine[], { measure }: UsageAddress): readonly ShownLine[] {
  return lines.map(({ name, other, buckets }, index) => ({
    name,
    label: other ? t('common.other') : name === null || name === '' ? t('usage.unnamed') : name,
    color: seriesColor(index, other),
    values: buckets.map((sums) => valueOf(sums, measure)),
  }));
}

function notesOf({ t }: Text, total: readonly BucketSums[]): readonly (string | undefined)[] {
  return total.map(({ unknownCosts }) =>
    unknownCosts === 0 ? undefined : t('usage.chart.unknown', { count: unknownCosts }),
  );
}

function summaryOf(
  text: Text,
  report: UsageReport,
  before: UsageReport | undefined,
  { by, measure }: UsageAddress,
): string {
  const [first] = rankGroups(report.groups, [], { by, rank: measure, measure, limit: 1 });
  const largest =
    first === undefined || first.name === null || first.name === '' || first.share === 0
      ? undefined
      : { name: first.name, share: first.share };
  const hasBefore = before !== undefined && before.total.requests > 0;
  return trendSummary(text, {
    measure,
    total: sizeOf(report.total, measure),
    isLeast: measure === 'cost' && report.total.unknown_costs > 0,
    change: changeOf(report.total, before?.total, measure),
    largest,
    rose: hasBefore ? risenMost(report.groups, before.groups, { by, measure }) : undefined,
  });
}

export function axisFormat({ compact, locale }: Text, measure: UsageAddress['measure']): (v: number) => string {
  if (measure !== 'cost') return compact;
  const dollars = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const;
  return (value) => {
    // As many digits as a round figure needs: `$3`, `$2.50`, `$0.075`.
    const digits = Number.isInteger(value) ? 0 : Math.max(2, (String(value).split('.')[1] ?? '').length);
    return new Intl.NumberFormat(locale, {
      ...dollars,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(value);
  };
}

interface TwinFacts {
  readonly moments: Moments;
  readonly total: readonly BucketSums[];
  readonly address: UsageAddress;
  readonly hrefOf: (bucket: number, line: number | undefined) => string;
}

function twinOf(text: Text, shown: readonly ShownLine[], { moments, total, address, hrefOf }: TwinFacts): Twin {
  const { t } = text;
  const { measure, cumulative } = address;
  const columns = shown.map((line) => (cumulative ? cumulated(line.values) : line.values));
  const whole = total.map((sums) => valueOf(sums, measure));
  const totals = cumulative ? cumulated(whole) : whole;
  const cell = (value: number, href: string): Twin['rows'][number][number] => ({
    text: measured(text, value, measure),
    raw: value,
    href: value === 0 ? undefined : href,
  });
  return {
    columns: [
      { label: t('usage.chart.when') },
      ...shown.map(({ label }) => ({ label, numeric: true })),
      { label: t('common.total'), numeric: true },
    ],
    rows: moments.titles.map((title, bucket) => [
      { text: title, raw: new Date(moments.spans[bucket]?.since ?? 0).toISOString() },
      ...columns.map((values, line) => cell(values[bucket] ?? 0, hrefOf(bucket, line))),
      cell(totals[bucket] ?? 0, hrefOf(bucket, undefined)),
    ]),
  };
}
