/** What bars and lines have in common: the text of axes and the box that comes up over a mark. */
import type { ReactNode } from 'react';

export const axisText = { fill: 'var(--text-muted)', fontSize: '0.75rem' } as const;

export interface TipLine {
  readonly label: string;
  readonly color: string | undefined;
  readonly text: string;
}

export function TipFrame({
  title,
  lines,
  note,
}: {
  readonly title: string;
  readonly lines: readonly TipLine[];
  readonly note?: string | undefined;
}): ReactNode {
  return (
    <div className="chart-tip">
      <strong>{title}</strong>
      <dl>
        {lines.map(({ label, color, text }) => (
          <div key={label}>
            <dt>
              {color !== undefined && <span className="swatch" style={{ color }} />}
              {label}
            </dt>
            <dd className="number">{text}</dd>
          </div>
        ))}
      </dl>
      {note !== undefined && <p className="muted small">{note}</p>}
    </div>
  );
}
