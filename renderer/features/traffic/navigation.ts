/** Moving through the rows, and opening one, by keyboard or mouse. */
import { useMemo, useRef } from 'react';
import type { SetParams } from './filters.ts';
import type { ListHandle } from './list.tsx';
import type { Rows } from './use-rows.ts';

export interface Navigation {
  readonly move: (by: number) => void;
  readonly jump: (index: number) => void;
  readonly open: (requestId: string) => void;
  readonly openCursor: () => void;
  readonly close: () => void;
}

interface NavigationOptions {
  readonly rows: Rows;
  readonly cursor: string | undefined;
  readonly setCursor: (id: string | undefined) => void;
  readonly opened: string | undefined;
  readonly set: SetParams;
  readonly list: { readonly current: ListHandle | null };
}

/** Moves the cursor; an exchange that is open follows it. The same object all the while, with what is true now. */
export function useNavigation(options: NavigationOptions): Navigation {
  const now = useRef(options);
  now.current = options;
  return useMemo(() => {
    const jump = (index: number): void => {
      const { rows, setCursor, opened, set, list } = now.current;
      const entry = rows.at(Math.max(0, Math.min(index, rows.count - 1)));
      if (entry === undefined) return;
      // A key that comes before the next drawing goes on from here.
      now.current = { ...now.current, cursor: entry.request_id };
      setCursor(entry.request_id);
      if (opened !== undefined) set({ id: entry.request_id });
      list.current?.focusRow(rows.indexOf(entry.request_id));
    };
    const open = (requestId: string): void => {
      now.current.setCursor(requestId);
      now.current.set({ id: requestId });
    };
    return {
      jump,
      open,
      move(by) {
        const { rows, cursor, opened } = now.current;
        const from = cursor ?? opened;
        const index = from === undefined ? -1 : rows.indexOf(from);
        jump(index < 0 ? 0 : index + by);
      },
      openCursor() {
        const { cursor } = now.current;
        if (cursor !== undefined) open(cursor);
      },
      close() {
        const { opened, setCursor, set, list, rows } = now.current;
        setCursor(undefined);
        if (opened === undefined) return;
        set({ id: undefined, tab: undefined });
        const index = rows.indexOf(opened);
        // The list may have to be drawn first.
        if (index >= 0) requestAnimationFrame(() => list.current?.focusRow(index));
      },
    };
  }, []);
}
