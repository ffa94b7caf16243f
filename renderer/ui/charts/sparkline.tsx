/** A small row of bars: how much there was of late, and what of it went wrong. */
import type { ReactNode } from 'react';
import './charts.css';

export interface SparklineProps {
  /** What it says, in a sentence. */
  readonly label: string;
  readonly values: readonly number[];
  /** Of `values`: these were bad. */
  readonly bad: readonly number[];
}

export function Sparkline({ label, values, bad }: SparklineProps): ReactNode {
  const [width, height] = [240, 48];
  const step = width / Math.max(values.length, 1);
  const most = Math.max(...values, 1);
  // A little that is there must be seen beside much.
  const heightOf = (value: number): number => (value === 0 ? 0 : Math.max(2, (value / most) * (height - 2)));
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--border)" />
      {values.map((value, index) => {
        const [all, wrong] = [heightOf(value), heightOf(bad[index] ?? 0)];
        const x = index * step + step * 0.15;
        return (
          <g key={index}>
            <rect x={x} y={height - all} width={step * 0.7} height={all} fill="var(--series-1)" />
            <rect x={x} y={height - wrong} width={step * 0.7} height={wrong} fill="var(--error)" />
          </g>
        );
      })}
    </svg>
  );
}
