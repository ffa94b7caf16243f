/** A strip of cells, one for each part of time: how large a share was of what was there. */
import type { MouseEvent, ReactNode } from 'react';
import './charts.css';

export interface StripCell {
  /** 0…1; `null`: nothing was there. */
  readonly share: number | null;
  /** The whole of it in words. */
  readonly label: string;
}

export interface StripProps {
  readonly label: string;
  readonly cells: readonly StripCell[];
  /** Words at both ends. */
  readonly from: string;
  readonly to: string;
  /** What the four heights and colours stand for, from none to most. */
  readonly steps: readonly [string, string, string, string];
  /** By pointer; for the keyboard the same is in the table. */
  readonly onPick: (cell: number) => void;
}

export function Strip({ label, cells, from, to, steps, onPick }: StripProps): ReactNode {
  const pick = (event: MouseEvent): void => {
    const cell = (event.target as HTMLElement).dataset['cell'];
    if (cell !== undefined) onPick(Number(cell));
  };
  return (
    <div className="strip">
      <div className="strip-cells" role="img" aria-label={label} onClick={pick}>
        {cells.map(({ share, label: title }, index) => (
          <span key={index} data-cell={index} title={title} className={`strip-cell ${stepOf(share)}`} />
        ))}
      </div>
      <div className="row between muted small" aria-hidden>
        <span>{from}</span>
        <span>{to}</span>
      </div>
      <ul className="chart-legend" aria-hidden>
        {steps.map((step, index) => (
          <li key={step}>
            <span className={`strip-cell strip-key step-${index}`} /> {step}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Shares from which a cell is higher. */
export const stripSteps = [0.02, 0.1] as const;

function stepOf(share: number | null): string {
  if (share === null) return 'none';
  if (share === 0) return 'step-0';
  return share < stripSteps[0] ? 'step-1' : share < stripSteps[1] ? 'step-2' : 'step-3';
}
