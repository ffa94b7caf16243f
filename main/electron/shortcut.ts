/** The keys that open the window from anywhere: asked of the system, which may refuse. */
import type { GlobalShortcut } from 'electron';

export interface ShortcutState {
  readonly registered: boolean;
  /** It was wanted and is not to be had: taken by another program, or unknown to the system. */
  readonly refused: boolean;
}

export interface Shortcut {
  readonly state: ShortcutState;
  /** `null`: none. Takes the place of the one before; gives what came of it. */
  set(accelerator: string | null): ShortcutState;
}

export function createShortcut(
  shortcuts: Pick<GlobalShortcut, 'register' | 'unregister'>,
  onPressed: () => void,
): Shortcut {
  let current: string | undefined;
  let state: ShortcutState = { registered: false, refused: false };
  return {
    get state() {
      return state;
    },
    set(accelerator) {
      if (current !== undefined) shortcuts.unregister(current);
      current = undefined;
      if (accelerator === null) return (state = { registered: false, refused: false });
      const registered = register(shortcuts, accelerator, onPressed);
      if (registered) current = accelerator;
      return (state = { registered, refused: !registered });
    },
  };
}

/** What is no accelerator throws. */
function register(shortcuts: Pick<GlobalShortcut, 'register'>, accelerator: string, onPressed: () => void): boolean {
  try {
    return shortcuts.register(accelerator, onPressed);
  } catch {
    return false;
  }
}
