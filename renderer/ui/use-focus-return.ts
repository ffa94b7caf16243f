/** Where the focus goes when what came up over a page closes: to what it was on before. */
import { useRef } from 'react';

/**
 * Handler for the content of a dialog that no button of its own opens: without it the focus would be lost with the dialog. What
 * has it while `open` becomes true gets it back; where that is gone, or nothing had it, the page gets it.
 */
export function useFocusReturn(open: boolean): (event: Event) => void {
  const before = useRef<HTMLElement>(null);
  const wasOpen = useRef(false);
  // In the drawing itself: afterwards a field that asks for the focus has it already.
  if (open && !wasOpen.current) before.current = focusedNow();
  wasOpen.current = open;
  return (event) => {
    event.preventDefault();
    // Something else may have taken it on purpose: a dialog that follows, or the page that was gone to.
    if (document.activeElement === document.body || document.activeElement === null)
      (before.current?.isConnected === true ? before.current : document.getElementById('content'))?.focus({
        preventScroll: true,
      });
  };
}

/** An item of a menu goes with its menu: what counts is the button that opened it. */
function focusedNow(): HTMLElement | null {
  const { activeElement } = document;
  const opener = activeElement?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  const focused = opener === null || opener === undefined ? activeElement : document.getElementById(opener);
  return focused instanceof HTMLElement && focused !== document.body ? focused : null;
}
