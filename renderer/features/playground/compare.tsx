/** Two answers beside each other: what they do not have in common, and the figures of all columns. */
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { RunResult } from '../../../shared/contract/playground.ts';
import { useText } from '../../text/text.ts';
import { Select } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { lastAnswer, type Column } from './draft.ts';
import { figureLabel, figureNames, figureText } from './run-figures.tsx';
import { TableRegion } from './table-region.tsx';

const TextDiff = lazy(async () => ({ default: (await import('./text-diff.tsx')).TextDiff }));

export interface Comparable {
  readonly id: string;
  readonly label: string;
  readonly result: RunResult;
}

export function comparableOf(columns: readonly Column[]): readonly Comparable[] {
  return columns.flatMap((column, index) => {
    const result = lastAnswer(column)?.result;
    if (result === null || result === undefined) return [];
    return [{ id: column.id, label: `${String(index + 1)} · ${column.model}`, result }];
  });
}

export function CompareDialog({
  columns,
  onClose,
}: {
  readonly columns: readonly Column[];
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useText();
  const all = comparableOf(columns);
  const [left, setLeft] = useState(all[0]?.id ?? '');
  const [right, setRight] = useState(all[1]?.id ?? '');
  const choices = all.map(({ id, label }) => ({ value: id, label }));
  const textOf = (id: string): string => all.find((one) => one.id === id)?.result.text ?? '';
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('playground.compare')}
      description={t('playground.compare.text')}
      size="wide"
    >
      <div className="playground-sides">
        <Select aria-label={t('playground.compare.left')} value={left} choices={choices} onChange={setLeft} />
        <Select aria-label={t('playground.compare.right')} value={right} choices={choices} onChange={setRight} />
      </div>
      <Suspense fallback={<Skeleton />}>
        <TextDiff before={textOf(left)} after={textOf(right)} by="words" />
      </Suspense>
      <FigureTable all={all} />
    </Dialog>
  );
}

function FigureTable({ all }: { readonly all: readonly Comparable[] }): ReactNode {
  const text = useText();
  const { t } = text;
  return (
    <TableRegion label={t('playground.figures')}>
      <thead>
        <tr>
          <th scope="col">{t('playground.figure')}</th>
          {all.map(({ id, label }) => (
            <th key={id} scope="col" className="number">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {figureNames.map((name) => (
          <tr key={name}>
            <th scope="row">{t(figureLabel(name))}</th>
            {all.map(({ id, result }) => (
              <td key={id} className="number">
                {figureText(name, result, text)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </TableRegion>
  );
}
