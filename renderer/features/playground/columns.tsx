/** The columns beside each other, with what concerns all of them above. */
import { Columns2, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { toast } from 'sonner';
import { useBridge } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button, Segmented, Switch } from '../../ui/controls.tsx';
import { BlindBar } from './blind-bar.tsx';
import { ColumnView } from './column.tsx';
import { comparableOf } from './compare.tsx';
import { isRunning, lastAnswer, maxColumns, newColumn, type Column } from './draft.ts';
import { suggestedModel } from './models.ts';
import { stopColumn } from './runs.ts';
import { SideButton } from './side-button.tsx';
import { usePlayground } from './store.ts';

export interface ColumnsProps {
  readonly onRun: (ids: readonly string[]) => void;
  readonly onCode: (column: Column) => void;
  readonly onCompare: () => void;
  readonly onVotes: () => void;
}

export function Columns({ onRun, onCode, onCompare, onVotes }: ColumnsProps): ReactNode {
  const bridge = useBridge();
  const { columns, blind } = usePlayground();
  const isHidden = blind !== undefined && blind.order.length > 0 && !blind.revealed;
  const areEnded = columns.every((column) => {
    const answer = lastAnswer(column);
    return answer !== undefined && !isRunning(answer);
  });
  const order = blind === undefined || blind.order.length === 0 ? columns : ordered(columns, blind.order);
  return (
    <div className="playground-columns-frame">
      <Toolbar onCompare={onCompare} isHidden={isHidden} />
      {blind !== undefined && <BlindBar blind={blind} columns={order} areEnded={areEnded} onVotes={onVotes} />}
      <div className="playground-columns" data-count={columns.length}>
        {order.map((column, index) => (
          <ColumnView
            key={column.id}
            column={column}
            index={index}
            hidden={!isHidden ? 'no' : areEnded ? 'yes' : 'waits'}
            isWinner={blind?.revealed === true && blind.winner === column.id}
            onRun={() => onRun([column.id])}
            onCode={() => onCode(column)}
            onRemove={
              columns.length === 1
                ? undefined
                : () => {
                    stopColumn(bridge, column);
                    usePlayground.setState({ columns: columns.filter(({ id }) => id !== column.id) });
                  }
            }
          />
        ))}
      </div>
    </div>
  );
}

function ordered(columns: readonly Column[], order: readonly string[]): readonly Column[] {
  const place = (id: string): number => (order.includes(id) ? order.indexOf(id) : order.length);
  return columns.toSorted((a, b) => place(a.id) - place(b.id));
}

function Toolbar({ onCompare, isHidden }: { readonly onCompare: () => void; readonly isHidden: boolean }): ReactNode {
  const { t } = useText();
  const { columns, blind, format } = usePlayground();
  const snapshot = useLive((state) => state.snapshot);
  const add = (): void => {
    const model =
      snapshot === undefined
        ? ''
        : suggestedModel(
            snapshot,
            columns.map((column) => column.model),
          );
    usePlayground.setState({ columns: [...columns, newColumn(model, columns.at(-1)?.parameters)] });
  };
  const setBlind = (on: boolean): void => {
    if (on && new Set(columns.map(({ model }) => model)).size < columns.length) {
      toast.error(t('playground.blind.distinct'));
      return;
    }
    usePlayground.setState({ blind: on ? { order: [], revealed: false } : undefined });
  };
  return (
    <div className="row wrap playground-toolbar">
      <SideButton />
      <Button size="small" disabled={columns.length >= maxColumns || isHidden} onClick={add}>
        <Plus size={14} aria-hidden />
        {t('playground.column.add')}
      </Button>
      <Button size="small" disabled={comparableOf(columns).length < 2 || isHidden} onClick={onCompare}>
        <Columns2 size={14} aria-hidden />
        {t('playground.compare')}
      </Button>
      {columns.length > 1 && (
        <span className="row" title={t('playground.blind.hint')}>
          <Switch checked={blind !== undefined} onChange={setBlind} label={t('playground.blind')} />
          <span aria-hidden>{t('playground.blind')}</span>
        </span>
      )}
      <span className="grow" />
      <Segmented
        label={t('playground.format')}
        value={format}
        onChange={(value) => usePlayground.setState({ format: value })}
        choices={[
          { value: 'formatted', label: t('playground.format.formatted') },
          { value: 'plain', label: t('playground.format.plain') },
        ]}
      />
    </div>
  );
}
