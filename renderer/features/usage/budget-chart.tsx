/** A budget over its window: what was spent, the limit, and a band where the pace of the past days leads. */
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useCall } from '../../bridge/hooks.ts';
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import type { UsageSeries } from '../../../shared/contract/usage.ts';
import { useText, type Text } from '../../text/text.ts';
import { ChartFrame, Legend, type Twin } from '../../ui/charts/frame.tsx';
import { Trend } from '../../ui/charts/trend.tsx';
import { Select } from '../../ui/controls.tsx';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/states.tsx';
import { activityHref } from './address.ts';
import {
  askedSince,
  bandOver,
  budgetFilter,
  chartable,
  paceOf,
  pastDays,
  project,
  windowOf,
  type BudgetWindow,
  type Pace,
  type Projection,
} from './budget.ts';
import { momentsOf, type Moments } from './moments.ts';
import { whenCell } from './rate-charts.tsx';
import { cumulated, placeLines, totalLine } from './series.ts';
import { bucketStarts, midnight, type BucketUnit } from './span.ts';
import { budgetSummary } from './summaries.ts';
import { axisFormat } from './trend-chart.tsx';
import { timezone } from './use-usage.ts';

const dayMs = 86_400_000;

interface BudgetChartProps {
  readonly now: number;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

export function BudgetChart(props: BudgetChartProps): ReactNode {
  const { t } = useText();
  const query = useCall('budgets.list', {});
  return (
    <Loaded query={query} lines={2}>
      {({ budgets }) => {
        const choices = chartable(budgets);
        const entry = choices.find((one) => idOf(one) === props.chosen) ?? choices[0];
        if (entry !== undefined) return <ChosenBudget {...props} entry={entry} choices={choices} />;
        return (
          <Card
            title={t('usage.budget.title')}
            actions={
              <Link href="/policies?tab=budgets" className="button small">
                {t('usage.budget.set')}
              </Link>
            }
          >
            <p className="muted">{t('usage.budget.none')}</p>
          </Card>
        );
      }}
    </Loaded>
  );
}

const idOf = ({ id, subject }: BudgetEntry): string => (subject === null ? id : `${id} ${subject}`);

interface ChosenProps extends BudgetChartProps {
  readonly entry: BudgetEntry;
  readonly choices: readonly BudgetEntry[];
}

function ChosenBudget(props: ChosenProps): ReactNode {
  const { entry, now } = props;
  const window = windowOf(entry);
  const unit = entry.period === 'day' ? 'hour' : 'day';
  const query = useCall(
    'usage.series',
    { since: askedSince(window, now), timezone, filter: budgetFilter(entry), bucket: unit },
    { keepPrevious: true },
  );
  return <Loaded query={query}>{(series) => <BudgetCard {...props} {...{ window, unit, series }} />}</Loaded>;
}

interface CardProps extends ChosenProps {
  readonly window: BudgetWindow;
  readonly unit: BucketUnit;
  readonly series: UsageSeries;
}

function BudgetCard({ entry, choices, now, onChoose, window, unit, series }: CardProps): ReactNode {
  const text = useText();
  const { t, money } = text;
  const [, navigate] = useLocation();
  const facts = factsOf(window, unit, series, now);
  const moments = momentsOf(text, facts.starts, { ...window, unit });
  const { pace, projection, days } = facts;
  const summary = budgetSummary(text, { ...window, days, projection });
  const title = t('usage.budget.title');
  const filter = budgetFilter(entry);
  const hrefOf = (bucket: number): string => activityHref(filter, moments.spans[bucket] ?? window);
  const band = pace === undefined ? undefined : bandOver(facts.ends, window.spent, pace, now);
  const bandLine = band === undefined ? [] : [{ label: t('usage.budget.band'), color: 'var(--series-3)', ...band }];
  const spentLine = { label: t('usage.budget.spent'), color: 'var(--series-1)', values: facts.spent };
  const limit = { value: window.limit, label: t('usage.budget.limit') };
  return (
    <ChartFrame
      title={title}
      summary={summary}
      twin={twinOf(text, { moments, spent: facts.spent, band, hrefOf })}
      file="sluice-budget"
      controls={
        <Select
          aria-label={t('usage.budget.choose')}
          value={idOf(entry)}
          choices={choices.map((one) => ({ value: idOf(one), label: budgetName(text, one) }))}
          onChange={onChoose}
        />
      }
    >
      <Trend
        label={t('usage.chart.label', { title, summary })}
        ticks={moments.ticks}
        titles={moments.titles}
        lines={[spentLine]}
        bands={bandLine}
        limit={limit}
        format={(value) => money(String(value))}
        formatAxis={axisFormat(text, 'cost')}
        onPick={(bucket) => navigate(hrefOf(bucket))}
      />
      <Legend
        items={[
          { label: spentLine.label, color: spentLine.color, mark: 'line' },
          ...bandLine.map(({ label, color }) => ({ label, color, mark: 'band' as const })),
          { label: limit.label, color: 'var(--error)', mark: 'dashed' },
        ]}
      />
      <p className="small muted">{t('usage.budget.everything')}</p>
    </ChartFrame>
  );
}

function budgetName({ t, money }: Text, { scope, subject, match, period, limit_usd }: BudgetEntry): string {
  return t('usage.budget.name', {
    scope: t(`usage.scope.${scope}`, { name: subject ?? match ?? '' }),
    period: t(`usage.period.${period}`),
    limit: money(limit_usd),
  });
}

interface BudgetPicture {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Up to the end of each part; `null` where that has not come. */
  readonly spent: readonly (number | null)[];
  readonly pace: Pace | undefined;
  readonly projection: Projection | undefined;
  /** Days the pace is taken from. */
  readonly days: number;
}

function factsOf(window: BudgetWindow, unit: BucketUnit, series: UsageSeries, now: number): BudgetPicture {
  const costOver = (over: readonly number[], from: number): readonly number[] => {
    const kept = series.starts.findIndex((start) => start >= from);
    const first = kept < 0 ? series.starts.length : kept;
    const tail = { ...series, starts: series.starts.slice(first), lines: series.lines.map((line) => cut(line, first)) };
    return totalLine(placeLines(tail, over), over.length).map(({ cost }) => cost);
  };
  const starts = bucketStarts({ ...window, unit });
  const sums = cumulated(costOver(starts, window.since));
  const firstDay = askedSince(window, now);
  const days = bucketStarts({ since: firstDay, until: midnight(now, 1), unit: 'day' });
  const costs = costOver(days, firstDay);
  const past = pastDays(
    days.map((at, index) => ({ at, cost: costs[index] ?? 0 })),
    series.starts[0],
    now,
  );
  const pace = paceOf(past);
  const left = Math.max(0, window.until - now) / dayMs;
  return {
    starts,
    ends: starts.map((_, index) => starts[index + 1] ?? window.until),
    spent: sums.map((sum, index) => ((starts[index] ?? 0) > now ? null : sum)),
    pace,
    projection: pace === undefined ? undefined : project(window.spent, pace, left, window.limit),
    days: past.length,
  };
}

function cut(line: UsageSeries['lines'][number], first: number): UsageSeries['lines'][number] {
  const entries = Object.entries(line).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.slice(first) : value,
  ]);
  return Object.fromEntries(entries) as UsageSeries['lines'][number];
}

interface TwinFacts {
  readonly moments: Moments;
  readonly spent: readonly (number | null)[];
  readonly band: ReturnType<typeof bandOver> | undefined;
  readonly hrefOf: (bucket: number) => string;
}

function twinOf({ t, money }: Text, { moments, spent, band, hrefOf }: TwinFacts): Twin {
  const cell = (value: number | null | undefined, href?: string): Twin['rows'][number][number] => ({
    text: value === null || value === undefined ? money(null) : money(String(value)),
    raw: value ?? null,
    href,
  });
  const edges = band === undefined ? [] : [band.low, band.high];
  return {
    columns: [
      { label: t('usage.chart.when') },
      ...[t('usage.budget.spent'), ...(band === undefined ? [] : [t('usage.budget.low'), t('usage.budget.high')])].map(
        (label) => ({ label, numeric: true }),
      ),
    ],
    rows: moments.titles.map((_, bucket) => {
      const sum = spent[bucket] ?? null;
      return [
        whenCell(moments, bucket),
        cell(sum, sum === null ? undefined : hrefOf(bucket)),
        ...edges.map((values) => {
          const value = values[bucket];
          return {
            ...cell(value),
            text: value === null || value === undefined ? money(null) : `≈ ${money(String(value))}`,
          };
        }),
      ];
    }),
  };
}
