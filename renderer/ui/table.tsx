/** A table that draws the rows in sight alone, however many there are; sorted, with columns to choose, operated by keyboard. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';

export interface Column<Row> {
  readonly id: string;
  readonly header: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  /** Right-aligned, figures below each other. */
  readonly numeric?: boolean;
  /** What it is sorted by; without one it cannot be. `null` goes last either way. */
  readonly sortBy?: (row: Row) => string | number | null;
  /** CSS width: `12rem`. */
  readonly width?: string;
}

export interface Sorting {
  readonly column: string;
  readonly descending: boolean;
}

export interface DataTableProps<Row> {
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly rowId: (row: Row) => string;
  /** What the table shows, for screen readers. */
  readonly label: string;
  readonly selected?: string | undefined;
  readonly onSelect?: ((row: Row) => void) | undefined;
  /** Enter, or a double click. */
  readonly onOpen?: ((row: Row) => void) | undefined;
  /** A click opens as well, except on what can be clicked itself. */
  readonly openOnClick?: boolean | undefined;
  readonly initialSort?: Sorting | undefined;
  /** Near the end of what is there. */
  readonly onEnd?: (() => void) | undefined;
  /** CSS height of the frame; without one it grows with its rows up to `70vh`. */
  readonly height?: string | undefined;
  readonly className?: string | undefined;
}

/** Below this many rows all of them are drawn. */
const virtualFrom = 60;

export function DataTable<Row>(props: DataTableProps<Row>): ReactNode {
  const {
    rows,
    columns,
    rowId,
    label,
    selected,
    onSelect,
    onOpen,
    openOnClick,
    initialSort,
    onEnd,
    height,
    className,
  } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [sorting, setSorting] = useState<Sorting | undefined>(initialSort);
  const sorted = useMemo(() => sortRows(rows, columns, sorting), [rows, columns, sorting]);
  const window = useWindow(frame, sorted.length, onEnd);
  const onKeyDown = useRowKeys({ frame, rows: sorted, rowId, onSelect, onOpen });
  return (
    <div
      ref={frame}
      className={clsx('table-frame', className)}
      style={height === undefined ? { maxHeight: '70vh' } : { height }}
      onKeyDown={onKeyDown}
    >
      <table className="table" aria-label={label} aria-rowcount={sorted.length + 1}>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sorting={sorting} onSort={setSorting} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={window.before} columns={columns.length} />
          {window.indices.map((index) => {
            const row = sorted[index];
            if (row === undefined) return null;
            const id = rowId(row);
            const operable = onSelect !== undefined || onOpen !== undefined;
            return (
              <tr
                key={id}
                data-index={index}
                aria-rowindex={index + 2}
                aria-selected={onSelect === undefined ? undefined : id === selected}
                tabIndex={operable ? (id === selected || (selected === undefined && index === 0) ? 0 : -1) : undefined}
                onClick={({ target }) => {
                  onSelect?.(row);
                  if (openOnClick === true && (target as Element).closest('a, button, input') === null) onOpen?.(row);
                }}
                onDoubleClick={() => onOpen?.(row)}
              >
                {columns.map((column) => (
                  <td key={column.id} className={clsx(column.numeric === true && 'number')}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          <Spacer height={window.after} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

function HeaderCell<Row>({
  column,
  sorting,
  onSort,
}: {
  readonly column: Column<Row>;
  readonly sorting: Sorting | undefined;
  readonly onSort: (sorting: Sorting) => void;
}): ReactNode {
  const active = sorting?.column === column.id ? sorting : undefined;
  const style = column.width === undefined ? undefined : { width: column.width };
  const className = clsx(column.numeric === true && 'number');
  if (column.sortBy === undefined)
    return (
      <th scope="col" className={className} style={style}>
        {column.header}
      </th>
    );
  // Figures are asked for largest first, names from the beginning.
  const next = active === undefined ? column.numeric === true : !active.descending;
  return (
    <th
      scope="col"
      className={className}
      style={style}
      aria-sort={active === undefined ? 'none' : active.descending ? 'descending' : 'ascending'}
    >
      <button type="button" onClick={() => onSort({ column: column.id, descending: next })}>
        {column.header}
        {active !== undefined &&
          (active.descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
      </button>
    </th>
  );
}

function Spacer({ height, columns }: { readonly height: number; readonly columns: number }): ReactNode {
  if (height <= 0) return null;
  return (
    <tr aria-hidden style={{ height }}>
      <td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | undefined,
): readonly Row[] {
  const by = columns.find(({ id }) => id === sorting?.column)?.sortBy;
  if (by === undefined || sorting === undefined) return rows;
  const sign = sorting.descending ? -1 : 1;
  return rows.toSorted((left, right) => {
    const [a, b] = [by(left), by(right)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b)));
  });
}

interface RowWindow {
  readonly indices: readonly number[];
  readonly before: number;
  readonly after: number;
}

function useWindow(frame: RefObject<HTMLDivElement | null>, count: number, onEnd: (() => void) | undefined): RowWindow {
  const isVirtual = count > virtualFrom;
  const virtualizer = useVirtualizer({
    count: isVirtual ? count : 0,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight(),
    overscan: 12,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (isVirtual ? last >= count - 20 : count > 0) onEnd?.();
  }, [isVirtual, last, count, onEnd]);
  if (!isVirtual) return { indices: Array.from({ length: count }, (_, index) => index), before: 0, after: 0 };
  return {
    indices: items.map(({ index }) => index),
    before: items[0]?.start ?? 0,
    after: virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0),
  };
}

/** Pixels of `--row`, which depends on density and text size. */
function rowHeight(): number {
  const style = getComputedStyle(document.documentElement);
  return parseFloat(style.getPropertyValue('--row')) * parseFloat(style.fontSize);
}

interface RowKeys<Row> {
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly rows: readonly Row[];
  readonly rowId: (row: Row) => string;
  readonly onSelect: ((row: Row) => void) | undefined;
  readonly onOpen: ((row: Row) => void) | undefined;
}

/** Arrows, Home and End move the focus from row to row and choose; Enter opens. */
function useRowKeys<Row>({ frame, rows, onSelect, onOpen }: RowKeys<Row>): (event: KeyboardEvent) => void {
  return (event) => {
    const row = (event.target as HTMLElement).closest('tr[data-index]');
    if (!(row instanceof HTMLElement) || event.target !== row) return;
    const index = Number(row.dataset['index']);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: rows.length - 1,
    };
    const to = steps[event.key];
    const target = rows[to ?? index];
    if (event.key === 'Enter' && target !== undefined) onOpen?.(target);
    if (to === undefined || target === undefined) return;
    event.preventDefault();
    onSelect?.(target);
    focusRow(frame.current, to);
  };
}

/** Brings a row into sight and gives it the focus, once it is drawn. */
export function focusRow(frame: HTMLElement | null, index: number): void {
  const find = (): HTMLElement | null => frame?.querySelector<HTMLElement>(`tr[data-index="${index}"]`) ?? null;
  const row = find();
  if (row !== null) {
    row.focus();
    row.scrollIntoView({ block: 'nearest' });
    return;
  }
  frame?.scrollTo({ top: index * rowHeight() });
  requestAnimationFrame(() => requestAnimationFrame(() => find()?.focus()));
}
