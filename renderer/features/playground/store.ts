/** The state of the page: it outlives the page, and runs go on while another one is open. */
import { create } from 'zustand';
import type { Loss } from './convert.ts';
import { emptyDraft, lastAnswer, newAnswer, newColumn } from './draft.ts';
import type { Answer, Column, Draft, Step } from './draft.ts';
import { keep, kept } from './kept.ts';

export interface Blind {
  /** Ids of columns in the order they are shown; empty until a run begins. */
  readonly order: readonly string[];
  readonly revealed: boolean;
  /** Id of the column that was preferred; `null` of a draw, `undefined` while nobody has voted. */
  readonly winner?: string | null;
}

/** Where the prompt came from: a request of Activity. */
export interface Origin {
  readonly requestId: string;
  readonly losses: readonly Loss[];
  /** What was there before, for taking it back. */
  readonly before: Pick<PlaygroundState, 'draft' | 'columns'>;
}

export interface PlaygroundState {
  readonly draft: Draft;
  /** One to four. */
  readonly columns: readonly Column[];
  readonly view: 'columns' | 'batch';
  readonly format: 'formatted' | 'plain';
  /** Whether the prompt stands beside the columns, or leaves them all the room. */
  readonly side: 'shown' | 'hidden';
  /** `undefined`: models are in sight. */
  readonly blind: Blind | undefined;
  readonly origin: Origin | undefined;
  /** The prompt of the library that is open. */
  readonly opened: { readonly id: string; readonly name: string; readonly version: number } | undefined;
}

const before = kept();

export const usePlayground = create<PlaygroundState>()(() => ({
  draft: before?.draft ?? emptyDraft(),
  columns: before?.columns ?? [newColumn('')],
  view: 'columns',
  format: 'formatted',
  side: 'shown',
  blind: undefined,
  origin: undefined,
  opened: undefined,
}));

const { setState: set, getState: get } = usePlayground;
const keepAfterMs = 500;
let timer: ReturnType<typeof setTimeout> | undefined;

usePlayground.subscribe(({ draft, columns }, old) => {
  if (draft === old.draft && columns === old.columns) return;
  timer ??= setTimeout(keepNow, keepAfterMs);
});
window.addEventListener('pagehide', keepNow);

function keepNow(): void {
  clearTimeout(timer);
  timer = undefined;
  keep(get());
}

export function changeDraft(change: Partial<Draft>): void {
  set(({ draft }) => ({ draft: { ...draft, ...change } }));
}

export function changeColumn(id: string, change: (column: Column) => Partial<Column>): void {
  set(({ columns }) => ({
    columns: columns.map((column) => (column.id === id ? { ...column, ...change(column) } : column)),
  }));
}

export function columnOf(id: string): Column | undefined {
  return get().columns.find((column) => column.id === id);
}

/** Changes the last answer of a column, if it is still the one of the step that is meant. */
export function changeAnswer(id: string, step: number, change: (answer: Answer) => Partial<Answer>): void {
  changeColumn(id, ({ steps }) => {
    const at = steps[step];
    if (at?.kind !== 'answer') return {};
    return { steps: steps.with(step, { kind: 'answer', answer: { ...at.answer, ...change(at.answer) } }) };
  });
}

/** Adds steps and an answer that begins; returns the place of the answer. */
export function beginAnswer(id: string, more: readonly Step[], fresh?: Column['base']): number {
  let at = 0;
  changeColumn(id, (column) => {
    const steps = [...(fresh === undefined ? column.steps : []), ...more];
    at = steps.length;
    return {
      steps: [...steps, { kind: 'answer', answer: newAnswer }],
      ...(fresh === undefined ? {} : { base: fresh }),
    };
  });
  return at;
}

/** Empties the conversations; the prompt stays. */
export function clearColumns(): void {
  set(({ columns, blind }) => ({
    columns: columns.map((column) => ({ ...column, base: [], steps: [] })),
    ...(blind === undefined ? {} : { blind: { order: [], revealed: false } }),
  }));
}

/** A new page: an empty prompt, and columns with nothing in them. */
export function startOver(): void {
  clearColumns();
  set({ draft: emptyDraft(), origin: undefined, opened: undefined });
}

export function anyAnswer(columns: readonly Column[]): boolean {
  return columns.some((column) => lastAnswer(column) !== undefined);
}
