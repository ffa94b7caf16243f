/** How long each provider took: the middle of its answers and where all but the slowest end, over time. */
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useCall } from '../../bridge/hooks.ts';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { useText, type Text } from '../../text/text.ts';
import { ChartFrame, seriesColor, type Twin } from '../../ui/charts/frame.tsx';
import { Trend } from '../../ui/charts/trend.tsx';
import { Select } from '../../ui/controls.tsx';
import { Loaded } from '../../ui/states.tsx';
import { activityHref } from './address.ts';
import { axisTop, placeLatency, type PlacedLatency } from './latency.ts';
import type { Moments } from './moments.ts';
import { whenCell } from './rate-charts.tsx';
import { askedBucket } from './span.ts';
import { latencySummary } from './summaries.ts';
import { askedRange, timezone, type UsageView } from './use-usage.ts';

interface LatencyChartProps {
  readonly view: UsageView;
  readonly moments: Moments;
}

export function LatencyChart({ view, moments }: LatencyChartProps): ReactNode {
  const { address, span } = view;
  const query = useCall(
    'usage.latency',
    { ...askedRange(span), timezone, filter: address.filter, bucket: askedBucket(span), by: 'provider' },
    { keepPrevious: true },
  );
  return (
    <Loaded query={query} lines={5}>
      {(value) => <LatencyCard view={view} moments={moments} value={value} />}
    </Loaded>
  );
}

function LatencyCard({
  view,
  moments,
  value,
}: LatencyChartProps & { readonly value: CallOutput<'usage.latency'> }): ReactNode {
  const text = useText();
  const { t } = text;
  const { address, starts, change } = view;
  const lines = placeLatency(value, starts, address.latency).filter(({ typical50 }) => typical50 !== null);
  const summary = latencySummary(
    text,
    lines.flatMap(({ name, typical50, typical95 }) =>
      name === null || name === '' || typical50 === null ? [] : [{ name, p50: typical50, p95: typical95 }],
    ),
  );
  const { top, isCut } = axisTop(lines);
  const choices = (['first', 'total'] as const).map((what) => ({ value: what, label: t(`usage.latency.${what}`) }));
  return (
    <ChartFrame
      title={t('usage.latency.title')}
      summary={[
        summary,
        ...(value.sampled ? [t('usage.latency.sampled')] : []),
        ...(isCut ? [cutNote(text, top)] : []),
      ].join(' ')}
      twin={twinOf(text, lines, view, moments)}
      file="sluice-latency"
      controls={
        <Select
          aria-label={t('usage.latency.what')}
          value={address.latency}
          choices={choices}
          onChange={(latency) => change({ latency: latency === 'first' ? undefined : latency })}
        />
      }
    >
      {lines.length > 0 && (
        <ul className="usage-multiples">
          {lines.map((line, index) => (
            <li key={line.name ?? ''}>
              <ProviderLatency view={view} moments={moments} line={line} color={seriesColor(index, false)} top={top} />
            </li>
          ))}
        </ul>
      )}
    </ChartFrame>
  );
}

interface ProviderLatencyProps extends LatencyChartProps {
  readonly line: PlacedLatency;
  readonly color: string;
  /** The same axis for all. */
  readonly top: number;
}

function ProviderLatency({ view, moments, line, color, top }: ProviderLatencyProps): ReactNode {
  const text = useText();
  const { t, duration } = text;
  const [, navigate] = useLocation();
  const name = shownName(text, line);
  const typical = t('usage.latency.typical', { p50: duration(line.typical50), p95: duration(line.typical95) });
  return (
    <>
      <div className="usage-multiple-head">
        <strong className="ellipsis">{name}</strong>
        <span className="small muted">{typical}</span>
      </div>
      <Trend
        label={t('usage.chart.label', { title: name, summary: typical })}
        ticks={moments.ticks}
        titles={moments.titles}
        size="small"
        top={top}
        lines={[{ label: t('usage.latency.p50'), color, values: line.p50 }]}
        bands={[{ label: t('usage.latency.band'), color, low: line.p50, high: line.p95 }]}
        format={duration}
        formatAxis={duration}
        onPick={(bucket) => navigate(hrefOf(view, line, moments, bucket))}
      />
    </>
  );
}

const cutNote = ({ t, duration }: Text, top: number): string => t('usage.latency.cut', { top: duration(top) });

function shownName({ t }: Text, { name }: PlacedLatency): string {
  return name === null || name === '' ? t('common.other') : name;
}

function hrefOf({ address, span }: UsageView, { name }: PlacedLatency, { spans }: Moments, bucket: number): string {
  const filter = name === null || name === '' ? address.filter : { ...address.filter, provider: name };
  return activityHref(filter, spans[bucket] ?? span);
}

function twinOf(text: Text, lines: readonly PlacedLatency[], view: UsageView, moments: Moments): Twin {
  const { t, duration } = text;
  return {
    columns: [
      { label: t('usage.chart.when') },
      ...lines.flatMap((line) =>
        (['p50', 'p95'] as const).map((which) => ({
          label: `${shownName(text, line)} ${t(`usage.latency.${which}`)}`,
          numeric: true,
        })),
      ),
    ],
    rows: moments.titles.map((_, bucket) => [
      whenCell(moments, bucket),
      ...lines.flatMap((line) =>
        [line.p50, line.p95].map((values) => {
          const value = values[bucket] ?? null;
          const href = value === null ? undefined : hrefOf(view, line, moments, bucket);
          return { text: duration(value), raw: value, href };
        }),
      ),
    ]),
  };
}
