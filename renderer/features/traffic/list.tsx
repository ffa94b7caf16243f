/** The list of exchanges: the rows in sight alone, each drawn again only when it changed. */
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  memo,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
} from 'react';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { usePreferences } from '../../state/preferences.ts';
import { useText } from '../../text/text.ts';
import { Cell, columnLabels, numericColumns } from './cells.tsx';
import { columnsFor, useColumns, widthsFor, type ColumnId } from './columns.ts';
import type { Rows } from './use-rows.ts';
import { useWidth } from './use-width.ts';

export interface ListHandle {
  /** Brings a row into sight and gives it the focus. */
  readonly focusRow: (index: number) => void;
  readonly toTop: () => void;
}

export interface ListProps {
  readonly rows: Rows;
  /** The row the keyboard is on. */
  readonly cursor: string | undefined;
  readonly opened: string | undefined;
  readonly onMove: (by: number) => void;
  readonly onJump: (index: number) => void;
  readonly onOpen: (requestId: string) => void;
  readonly onScrolled: (scrolled: boolean) => void;
  readonly ref: Ref<ListHandle>;
  /** Below the rows. */
  readonly footer: ReactNode;
}

export function ExchangeList({
  rows,
  cursor,
  opened,
  onMove,
  onJump,
  onOpen,
  onScrolled,
  ref,
  footer,
}: ListProps): ReactNode {
  const { t } = useText();
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const chosen = useColumns((state) => state.chosen);
  const columns = useMemo(() => columnsFor(chosen, width), [chosen, width]);
  const window = useWindow(frame, rows);
  useImperativeHandle(ref, () => ({
    focusRow(index) {
      window.scrollToIndex(index);
      focusWhenDrawn(frame.current, index);
    },
    toTop: () => frame.current?.scrollTo({ top: 0 }),
  }));
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => onMove(1),
    ArrowUp: () => onMove(-1),
    PageDown: () => onMove(10),
    PageUp: () => onMove(-10),
    Home: () => onJump(0),
    End: () => onJump(rows.count - 1),
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('tr[data-id]');
    if (row === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = event.key === 'Enter' || event.key === ' ' ? () => onOpen(row.dataset['id'] ?? '') : keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  // Read once for each drawing: whether a time is of today does not need more.
  const now = Date.now();
  const first = cursor === undefined || rows.indexOf(cursor) < 0 ? rows.at(0)?.request_id : cursor;
  return (
    <div
      ref={frame}
      className={`table-frame traffic-frame${rows.stale ? ' traffic-stale' : ''}`}
      onKeyDown={onKeyDown}
      onScroll={(event) => onScrolled(event.currentTarget.scrollTop > 4)}
      // A frame that scrolls must be reached by the keyboard even while no row can be.
      tabIndex={rows.count === 0 ? 0 : undefined}
    >
      <table className="table traffic-table" aria-label={t('traffic.list')} aria-rowcount={rows.count + 1}>
        <Head columns={columns} width={width} />
        <tbody>
          <Spacer height={window.before} columns={columns.length} />
          {window.indices.map((index) => {
            const entry = rows.at(index);
            if (entry === undefined) return null;
            const id = entry.request_id;
            return (
              <Row
                key={id}
                entry={entry}
                index={index}
                columns={columns}
                selected={id === opened}
                focusable={id === first}
                today={Math.floor(now / 60_000) * 60_000}
                onOpen={onOpen}
              />
            );
          })}
          <Spacer height={window.after} columns={columns.length} />
        </tbody>
      </table>
      {footer}
    </div>
  );
}

function Head({ columns, width }: { readonly columns: readonly ColumnId[]; readonly width: number }): ReactNode {
  const { t } = useText();
  const widths = widthsFor(width);
  return (
    <thead>
      <tr>
        {columns.map((id) => (
          <th
            key={id}
            scope="col"
            className={numericColumns.has(id) ? 'number' : undefined}
            style={id === 'model' ? undefined : { width: `${String(widths[id])}rem` }}
          >
            {t(columnLabels[id])}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface RowProps {
  readonly entry: ExchangeEntry;
  readonly index: number;
  readonly columns: readonly ColumnId[];
  readonly selected: boolean;
  readonly focusable: boolean;
  /** The time to the minute. */
  readonly today: number;
  readonly onOpen: (requestId: string) => void;
}

function Row({ entry, index, columns, selected, focusable, today, onOpen }: RowProps): ReactNode {
  return (
    <tr
      data-id={entry.request_id}
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={selected}
      tabIndex={focusable ? 0 : -1}
      onClick={() => onOpen(entry.request_id)}
    >
      <Cells entry={entry} columns={columns} today={today} />
    </tr>
  );
}

/** What costs time to draw: it stays as it is while rows come above it. */
const Cells = memo(function Cells({ entry, columns, today }: Pick<RowProps, 'entry' | 'columns' | 'today'>): ReactNode {
  return columns.map((id) => (
    <td key={id} className={numericColumns.has(id) ? 'number' : undefined}>
      <Cell column={id} entry={entry} now={today} />
    </td>
  ));
});

function Spacer({ height, columns }: { readonly height: number; readonly columns: number }): ReactNode {
  if (height <= 0) return null;
  return (
    <tr aria-hidden className="traffic-spacer">
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

/** Near the end so many rows ahead are asked for. */
const ahead = 40;

function useWindow(frame: { readonly current: HTMLDivElement | null }, rows: Rows) {
  const density = usePreferences((state) => state.density);
  const { count, onEnd } = rows;
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => frame.current,
    estimateSize: rowHeight,
    // The header that stays on top.
    scrollPaddingStart: rowHeight(),
    overscan: 12,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, density]);
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  // Also after a page that held nothing: then there is nothing to scroll.
  const { loadingMore } = rows;
  useEffect(() => {
    if (!loadingMore && last >= count - ahead) onEnd();
  }, [loadingMore, last, count, onEnd]);
  return {
    indices: items.map(({ index }) => index),
    before: items[0]?.start ?? 0,
    after: virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0),
    scrollToIndex: (index: number) => virtualizer.scrollToIndex(index, { align: 'auto' }),
  };
}

/** Pixels of a row of two lines, which depends on density and text size. */
function rowHeight(): number {
  const style = getComputedStyle(document.documentElement);
  return parseFloat(style.getPropertyValue('--row')) * parseFloat(style.fontSize);
}

function focusWhenDrawn(frame: HTMLElement | null, index: number, frames = 4): void {
  const row = frame?.querySelector<HTMLElement>(`tr[data-index="${index}"]`);
  if (row !== undefined && row !== null) row.focus({ preventScroll: true });
  else if (frames > 0) requestAnimationFrame(() => focusWhenDrawn(frame, index, frames - 1));
}
