/** Shares over time: what failed, and what providers read from their caches. */
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useText, type Text } from '../../text/text.ts';
import { ChartFrame, type Twin } from '../../ui/charts/frame.tsx';
import { Strip, stripSteps } from '../../ui/charts/strip.tsx';
import { Trend } from '../../ui/charts/trend.tsx';
import { activityHref } from './address.ts';
import type { Moments } from './moments.ts';
import type { BucketSums } from './series.ts';
import { errorSummary } from './summaries.ts';
import type { UsageView } from './use-usage.ts';

interface RateChartProps {
  readonly view: UsageView;
  readonly total: readonly BucketSums[];
  readonly moments: Moments;
}

/** A share of fewer requests than this is no worst part: one of one is chance. */
const fewest = 5;

export function ErrorChart({ view, total, moments }: RateChartProps): ReactNode {
  const text = useText();
  const { t, percent, count } = text;
  const [, navigate] = useLocation();
  const hrefOf = (bucket: number): string =>
    activityHref(view.address.filter, moments.spans[bucket] ?? view.span, { error: '*' });
  const summary = errorSummary(text, {
    requests: total.reduce((sum, { requests }) => sum + requests, 0),
    errors: total.reduce((sum, { errors }) => sum + errors, 0),
    worst: worstOf(total, moments),
  });
  const twin: Twin = {
    columns: [
      { label: t('usage.chart.when') },
      { label: t('usage.errors.count'), numeric: true },
      { label: t('usage.figure.requests'), numeric: true },
      { label: t('usage.errors.rate'), numeric: true },
    ],
    rows: total.map(({ requests, errors }, bucket) => {
      const rate = requests === 0 ? null : errors / requests;
      return [
        whenCell(moments, bucket),
        { text: count(errors), raw: errors, href: errors === 0 ? undefined : hrefOf(bucket) },
        { text: count(requests), raw: requests },
        { text: percent(rate, 1), raw: rate },
      ];
    }),
  };
  const title = t('usage.errors.title');
  return (
    <ChartFrame title={title} summary={summary} twin={twin} file="sluice-errors">
      <Strip
        label={t('usage.chart.label', { title, summary })}
        from={moments.ticks[0] ?? ''}
        to={moments.ticks.at(-1) ?? ''}
        steps={[
          t('usage.errors.step.none'),
          t('usage.errors.step.below', { to: percent(stripSteps[0]) }),
          t('usage.errors.step.between', { from: percent(stripSteps[0]), to: percent(stripSteps[1]) }),
          t('usage.errors.step.from', { from: percent(stripSteps[1]) }),
        ]}
        cells={total.map((sums, bucket) => stripCell(text, sums, moments.titles[bucket] ?? ''))}
        onPick={(bucket) => navigate(hrefOf(bucket))}
      />
    </ChartFrame>
  );
}

function stripCell(
  { t, count, percent }: Text,
  { requests, errors }: BucketSums,
  when: string,
): { readonly share: number | null; readonly label: string } {
  if (requests === 0) return { share: null, label: t('usage.errors.cellNone', { when }) };
  const share = errors / requests;
  const values = { when, errors: count(errors), requests: count(requests), rate: percent(share, 1) };
  return { share, label: t('usage.errors.cell', values) };
}

function worstOf(total: readonly BucketSums[], { titles }: Moments): { when: string; rate: number } | undefined {
  let worst: { when: string; rate: number } | undefined;
  for (const [index, { requests, errors }] of total.entries()) {
    if (requests < fewest || errors === 0) continue;
    const rate = errors / requests;
    if (rate > (worst?.rate ?? 0)) worst = { when: titles[index] ?? '', rate };
  }
  return total.filter(({ requests }) => requests > 0).length > 1 ? worst : undefined;
}

export function CacheChart({ view, total, moments }: RateChartProps): ReactNode {
  const text = useText();
  const { t, percent, compact } = text;
  const [, navigate] = useLocation();
  const hrefOf = (bucket: number): string => activityHref(view.address.filter, moments.spans[bucket] ?? view.span);
  const rates = total.map(({ input, cacheRead }) => (input === 0 ? null : cacheRead / input));
  const [input, read] = [
    total.reduce((sum, one) => sum + one.input, 0),
    total.reduce((sum, one) => sum + one.cacheRead, 0),
  ];
  const summary = input === 0 ? t('usage.cache.none') : t('usage.say.cache', { rate: percent(read / input, 1) });
  const title = t('usage.cache.title');
  const twin: Twin = {
    columns: [
      { label: t('usage.chart.when') },
      { label: t('usage.cache.read'), numeric: true },
      { label: t('usage.cache.input'), numeric: true },
      { label: t('usage.errors.rate'), numeric: true },
    ],
    rows: total.map((sums, bucket) => [
      whenCell(moments, bucket),
      { text: compact(sums.cacheRead), raw: sums.cacheRead },
      { text: compact(sums.input), raw: sums.input },
      {
        text: percent(rates[bucket], 1),
        raw: rates[bucket] ?? null,
        href: sums.input === 0 ? undefined : hrefOf(bucket),
      },
    ]),
  };
  return (
    <ChartFrame title={title} summary={summary} twin={twin} file="sluice-cache">
      <Trend
        label={t('usage.chart.label', { title, summary })}
        ticks={moments.ticks}
        titles={moments.titles}
        size="small"
        lines={[{ label: title, color: 'var(--series-4)', values: rates }]}
        format={(value) => percent(value, 1)}
        formatAxis={(value) => percent(value)}
        onPick={(bucket) => navigate(hrefOf(bucket))}
      />
    </ChartFrame>
  );
}

export function whenCell({ titles, spans }: Moments, bucket: number): Twin['rows'][number][number] {
  return { text: titles[bucket] ?? '', raw: new Date(spans[bucket]?.since ?? 0).toISOString() };
}
