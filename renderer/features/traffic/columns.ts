/** Columns of Activity: which there are, how wide, and which of them find room. */
import { create } from 'zustand';

export const columnIds = ['time', 'status', 'model', 'client', 'tokens', 'cost', 'duration', 'marks'] as const;
export type ColumnId = (typeof columnIds)[number];

/** Rem; `model` takes what is left. */
const columnWidths: Readonly<Record<ColumnId, number>> = {
  // A day and a time, as of rows of days before; the longest word of an outcome; the estimate of what costs next to nothing.
  time: 9.25,
  status: 10.5,
  model: 11,
  client: 9,
  tokens: 8.5,
  cost: 7.75,
  duration: 9.75,
  marks: 10,
};

/** Where there is room for a phone's width alone. */
const narrowRem = 26;
const narrowWidths: typeof columnWidths = { ...columnWidths, status: 5.25, model: 8.75, cost: 6 };
/** Beside an open request: what is rarely as long as can be gives way, so that the cost stays. */
const besideRem = 30;
const besideWidths: typeof columnWidths = { ...columnWidths, status: 9.25, cost: 6 };

export function widthsFor(widthRem: number): typeof columnWidths {
  if (widthRem < narrowRem) return narrowWidths;
  return widthRem < besideRem ? besideWidths : columnWidths;
}

/** What stays longest where room is short. */
const priority: readonly ColumnId[] = ['model', 'status', 'cost', 'time', 'duration', 'marks', 'client', 'tokens'];

/** Those of the chosen ones that fit side by side, in their order. At least the model. */
export function columnsFor(chosen: readonly ColumnId[], widthRem: number): readonly ColumnId[] {
  const widths = widthsFor(widthRem);
  const fitting = new Set<ColumnId>();
  let used = 0;
  for (const id of priority) {
    if (!chosen.includes(id)) continue;
    if (fitting.size > 0 && used + widths[id] > widthRem) break;
    fitting.add(id);
    used += widths[id];
  }
  return columnIds.filter((id) => fitting.has(id));
}

const storageKey = 'sluice.activity-columns';

interface ColumnState {
  readonly chosen: readonly ColumnId[];
  readonly toggle: (id: ColumnId) => void;
}

/** What this browser was told to show. */
export const useColumns = create<ColumnState>()((set, get) => ({
  chosen: read(),
  toggle(id) {
    const { chosen } = get();
    const next = columnIds.filter((one) => (one === id ? !chosen.includes(one) : chosen.includes(one)));
    set({ chosen: next });
    try {
      localStorage.setItem(storageKey, JSON.stringify(next));
    } catch {
      // A browser that keeps nothing: it holds until the window is closed.
    }
  },
}));

function read(): readonly ColumnId[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? 'null');
    return Array.isArray(kept) ? columnIds.filter((id) => id === 'model' || kept.includes(id)) : columnIds;
  } catch {
    return columnIds;
  }
}
