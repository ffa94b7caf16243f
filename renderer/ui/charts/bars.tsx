/** Stacked bars over time. */
import type { ReactNode } from 'react';
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { roundUp, ticksUpTo } from './axis.ts';
import { axisText, TipFrame } from './recharts-parts.tsx';

export interface BarSeries {
  readonly label: string;
  readonly color: string;
  readonly values: readonly number[];
}

export interface StackedBarsProps {
  /** What it shows, for those who do not see it; where its figures are to be had by keyboard. */
  readonly label: string;
  /** One for each bar. */
  readonly ticks: readonly string[];
  /** The whole moment, for the box that comes up. */
  readonly titles: readonly string[];
  readonly series: readonly BarSeries[];
  readonly format: (value: number) => string;
  /** Short, for the axis. */
  readonly formatAxis: (value: number) => string;
  readonly totalLabel: string;
  /** Said in the box besides, e.g. that a price is unknown. */
  readonly notes?: readonly (string | undefined)[];
  readonly onPick: (bar: number, series: number) => void;
}

export function StackedBars(props: StackedBarsProps): ReactNode {
  const { label, ticks, series, formatAxis, onPick } = props;
  const rows = ticks.map((tick, index) => ({ tick, index }));
  const top = roundUp(
    Math.max(0, ...ticks.map((_, bar) => series.reduce((sum, one) => sum + (one.values[bar] ?? 0), 0))),
  );
  return (
    <div className="chart" role="img" aria-label={label}>
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={rows} accessibilityLayer={false} margin={{ top: 8, right: 4, bottom: 0, left: 0 }}>
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
            ticks={[...ticksUpTo(top, 4)]}
            domain={[0, top]}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: 'var(--hover)' }}
            content={({ active, label: at }) => (active ? <BarTip {...props} bar={Number(at)} /> : null)}
          />
          {series.map(({ label: name, color, values }, place) => (
            <Bar
              key={name}
              dataKey={({ index }: { readonly index: number }) => values[index] ?? 0}
              name={name}
              stackId="all"
              fill={color}
              isAnimationActive={false}
              maxBarSize={48}
              className="chart-mark"
              onClick={(_, bar) => onPick(bar, place)}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

function BarTip({ bar, titles, series, format, totalLabel, notes }: StackedBarsProps & { bar: number }): ReactNode {
  const shown = series
    .map(({ label, color, values }) => ({ label, color, value: values[bar] ?? 0 }))
    .filter(({ value }) => value > 0)
    .reverse();
  const total = shown.reduce((sum, { value }) => sum + value, 0);
  const lines = shown.map(({ label, color, value }) => ({ label, color, text: format(value) }));
  const sum = series.length > 1 ? [{ label: totalLabel, color: undefined, text: format(total) }] : [];
  return <TipFrame title={titles[bar] ?? ''} lines={[...lines, ...sum]} note={notes?.[bar]} />;
}
