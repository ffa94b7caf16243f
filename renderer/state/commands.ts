/** What the palette and the sheet of shortcuts list: actions of the shell and of the page that is open. */
import { useEffect } from 'react';
import { create } from 'zustand';

export interface Command {
  /** Unique; of one page `traffic.next`. */
  readonly id: string;
  readonly label: string;
  /** Heading it stands under. */
  readonly group: string;
  /** Further words by which it is found. */
  readonly words?: string;
  /** `j`, `g h`, `Mod+Enter`: `Mod` is ⌘ on a Mac and Ctrl elsewhere. */
  readonly shortcut?: string;
  readonly run: () => void;
  /** In the sheet of shortcuts alone. */
  readonly hidden?: boolean;
}

interface CommandState {
  readonly sets: ReadonlyMap<symbol, readonly Command[]>;
}

export const useCommandState = create<CommandState>()(() => ({ sets: new Map() }));

/** Offers commands while the component is there. Give a list that is made once (`useMemo`). */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => {
    const own = Symbol('commands');
    useCommandState.setState(({ sets }) => ({ sets: new Map(sets).set(own, commands) }));
    return () => {
      useCommandState.setState(({ sets }) => {
        const next = new Map(sets);
        next.delete(own);
        return { sets: next };
      });
    };
  }, [commands]);
}

export function allCommands({ sets }: CommandState): readonly Command[] {
  return [...sets.values()].flat();
}
