/** What every chart has around it: a title, a sentence that says what is to be seen, the same as a table and as a file. */
import { ChartColumn, Table } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useText } from '../../text/text.ts';
import { Button } from '../controls.tsx';
import { Card } from '../layout.tsx';
import { CsvButton } from './csv-button.tsx';
import { saveCsv, toCsv, type CsvValue } from './csv.ts';
import './charts.css';

export interface TwinColumn {
  readonly label: string;
  readonly numeric?: boolean;
}

export interface TwinCell {
  readonly text: string;
  /** For the file. */
  readonly raw: CsvValue;
  /** The exchanges behind it. */
  readonly href?: string | undefined;
}

/** The figures of a chart as a table. */
export interface Twin {
  readonly columns: readonly TwinColumn[];
  readonly rows: readonly (readonly TwinCell[])[];
}

export interface ChartFrameProps {
  readonly title: string;
  readonly summary: string;
  readonly twin: Twin;
  /** Name of the file without its ending. */
  readonly file: string;
  readonly controls?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

export function ChartFrame({ title, summary, twin, file, controls, className, children }: ChartFrameProps): ReactNode {
  const { t } = useText();
  const [isTable, setIsTable] = useState(false);
  const save = (): void =>
    saveCsv(
      `${file}.csv`,
      toCsv(
        twin.columns.map(({ label }) => label),
        twin.rows.map((row) => row.map(({ raw }) => raw)),
      ),
    );
  return (
    <Card
      title={title}
      className={className}
      actions={
        <div className="chart-actions">
          {controls}
          <Button size="small" variant="quiet" aria-pressed={isTable} onClick={() => setIsTable(!isTable)}>
            {isTable ? <ChartColumn size={14} aria-hidden /> : <Table size={14} aria-hidden />}
            {t(isTable ? 'common.showChart' : 'common.showTable')}
          </Button>
          <CsvButton onSave={save} />
        </div>
      }
    >
      <p className="muted">{summary}</p>
      {isTable ? <TwinTable title={title} twin={twin} /> : children}
    </Card>
  );
}

function TwinTable({ title, twin: { columns, rows } }: { readonly title: string; readonly twin: Twin }): ReactNode {
  return (
    <div className="table-frame chart-table" tabIndex={0} role="group" aria-label={title}>
      <table className="table" aria-label={title}>
        <thead>
          <tr>
            {columns.map(({ label, numeric }, index) => (
              <th key={index} scope="col" className={numeric === true ? 'number' : undefined}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map(({ text, href }, column) => (
                <td key={column} className={columns[column]?.numeric === true ? 'number' : undefined}>
                  {href === undefined ? text : <Link href={href}>{text}</Link>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export interface LegendItem {
  readonly label: string;
  readonly color: string;
  readonly mark?: 'line' | 'band' | 'dashed';
}

export function Legend({ items }: { readonly items: readonly LegendItem[] }): ReactNode {
  return (
    <ul className="chart-legend">
      {items.map(({ label, color, mark }) => (
        <li key={label}>
          <span className={`swatch ${mark ?? ''}`} style={{ color }} aria-hidden />
          <span className="wrap-anywhere">{label}</span>
        </li>
      ))}
    </ul>
  );
}

/** The colours of up to six lines, and of all others together. */
export function seriesColor(index: number, other: boolean): string {
  return other || index > 5 ? 'var(--series-other)' : `var(--series-${index + 1})`;
}
