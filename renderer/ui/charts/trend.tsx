/** Lines, bands between two lines, and areas upon each other, over time. */
import type { ReactNode } from 'react';
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { roundUp, ticksUpTo } from './axis.ts';
import { axisText, TipFrame } from './recharts-parts.tsx';

type Values = readonly (number | null)[];

export interface TrendLine {
  readonly label: string;
  readonly color: string;
  readonly values: Values;
}

export interface TrendBand {
  readonly label: string;
  readonly color: string;
  readonly low: Values;
  readonly high: Values;
}

export interface TrendProps {
  readonly label: string;
  readonly ticks: readonly string[];
  readonly titles: readonly string[];
  /** Upon each other, filled. */
  readonly areas?: readonly TrendLine[];
  readonly lines?: readonly TrendLine[];
  readonly bands?: readonly TrendBand[];
  /** A line across: a limit. */
  readonly limit?: { readonly value: number; readonly label: string };
  /** Where the axis ends; what is beyond is cut off. Without one everything is to be seen. */
  readonly top?: number | undefined;
  readonly format: (value: number) => string;
  readonly formatAxis: (value: number) => string;
  readonly size?: 'small';
  readonly onPick?: ((point: number) => void) | undefined;
}

export function Trend(props: TrendProps): ReactNode {
  const { label, ticks, areas = [], lines = [], bands = [], limit, formatAxis, size, onPick } = props;
  const top = props.top ?? roundUp(highest(props));
  const rows = ticks.map((tick, index) => ({ tick, index }));
  const of = (values: Values) => (row: { readonly index: number }) => values[row.index] ?? null;
  // One point alone has no line: it is shown as a dot.
  const dot = ticks.length < 32 ? { r: 2 } : false;
  return (
    <div className={size === 'small' ? 'chart small' : 'chart'} role="img" aria-label={label}>
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart
          data={rows}
          accessibilityLayer={false}
          margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
          {...(onPick === undefined ? {} : { className: 'chart-mark' })}
          onClick={({ activeTooltipIndex: at }) => {
            if (at !== undefined && at !== null) onPick?.(Number(at));
          }}
        >
          <CartesianGrid vertical={false} stroke="var(--border)" />
          <XAxis
            dataKey="index"
            tickFormatter={(index: number) => ticks[index] ?? ''}
            minTickGap={18}
            tick={axisText}
            tickLine={false}
            stroke="var(--border)"
          />
          <YAxis
            tickFormatter={formatAxis}
            width="auto"
            tick={axisText}
            tickLine={false}
            axisLine={false}
            ticks={[...ticksUpTo(top, size === 'small' ? 2 : 4)]}
            allowDataOverflow
            domain={[0, top]}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--border-strong)' }}
            content={({ active, label: at }) => (active ? <TrendTip {...props} point={Number(at)} /> : null)}
          />
          {areas.map(({ label: name, color, values }) => (
            <Area
              key={name}
              {...{ dataKey: of(values), name, stackId: 'all', stroke: color, fill: color, fillOpacity: 0.45 }}
              isAnimationActive={false}
            />
          ))}
          {bands.map(({ label: name, color, low, high }) => (
            <Area
              key={name}
              dataKey={({ index }: { readonly index: number }) => rangeAt(low, high, index)}
              {...{ name, stroke: 'none', fill: color, fillOpacity: 0.2 }}
              isAnimationActive={false}
            />
          ))}
          {lines.map(({ label: name, color, values }) => (
            <Line
              key={name}
              {...{ dataKey: of(values), name, stroke: color, strokeWidth: 2, dot }}
              isAnimationActive={false}
            />
          ))}
          {limit !== undefined && (
            <ReferenceLine y={limit.value} stroke="var(--error)" strokeDasharray="5 4" strokeWidth={1.5} />
          )}
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
}

function highest({ areas = [], lines = [], bands = [], limit, ticks }: TrendProps): number {
  const stacked = ticks.map((_, index) => areas.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const single = [...lines.map(({ values }) => values), ...bands.map(({ high }) => high)].flat();
  return [...stacked, ...single, limit?.value].reduce((most: number, value) => Math.max(most, value ?? 0), 0);
}

function rangeAt(low: Values, high: Values, index: number): [number, number] | null {
  const [from, to] = [low[index] ?? null, high[index] ?? null];
  return from === null || to === null ? null : [from, to];
}

function TrendTip({
  point,
  titles,
  areas = [],
  lines = [],
  bands = [],
  limit,
  format,
}: TrendProps & { readonly point: number }): ReactNode {
  const single = [...areas].reverse().concat(lines);
  const shown = [
    ...single.flatMap(({ label, color, values }) => {
      const value = values[point] ?? null;
      return value === null ? [] : [{ label, color, text: format(value) }];
    }),
    ...bands.flatMap(({ label, color, low, high }) => {
      const range = rangeAt(low, high, point);
      return range === null ? [] : [{ label, color, text: `${format(range[0])} – ${format(range[1])}` }];
    }),
    ...(limit === undefined ? [] : [{ label: limit.label, color: 'var(--error)', text: format(limit.value) }]),
  ];
  return <TipFrame title={titles[point] ?? ''} lines={shown} />;
}
