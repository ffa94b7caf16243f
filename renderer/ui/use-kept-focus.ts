/** Where the focus goes when what has it is taken off the page by what it did: to what stood around it. */
import { useEffect, useRef } from 'react';

/**
 * Handler for what holds things that come and go. Whenever `content` changed and the thing with the focus went with it, the
 * nearest of what stood around it that can be reached by a script (`tabIndex={-1}`) gets the focus, at last the page itself.
 */
export function useKeptFocus(content: unknown): (event: { readonly target: EventTarget }) => void {
  const around = useRef<readonly HTMLElement[]>([]);
  useEffect(() => {
    const { activeElement } = document;
    const [last] = around.current;
    if (last === undefined || last.isConnected || (activeElement !== null && activeElement !== document.body)) return;
    const next = around.current.find((one) => one.isConnected && one.getAttribute('tabindex') === '-1');
    (next ?? document.getElementById('content'))?.focus({ preventScroll: true });
  }, [content]);
  return ({ target }) => {
    around.current = target instanceof HTMLElement ? [target, ...ancestorsOf(target)] : [];
  };
}

function ancestorsOf(element: HTMLElement): readonly HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let at = element.parentElement; at !== null; at = at.parentElement) found.push(at);
  return found;
}
