/** Shortcuts as they are pressed and as people read them. `Mod` is ⌘ on a Mac and Ctrl elsewhere. */

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** `Mod+k` → `⌘K` or `Ctrl+K`; `g h` → `G H`. */
export function shortcutText(shortcut: string): string {
  return shortcut
    .split(' ')
    .map((one) =>
      one
        .split('+')
        .map((key) => (key === 'Mod' ? (isMac ? '⌘' : 'Ctrl') : key.length === 1 ? key.toUpperCase() : key))
        .join(isMac ? '' : '+'),
    )
    .join(' ');
}

/** The shortcut of a key press: `Mod+k`, `j`, `?`. */
export function shortcutOf(event: KeyboardEvent): string {
  const isMod = isMac ? event.metaKey : event.ctrlKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return `${isMod ? 'Mod+' : ''}${event.altKey ? 'Alt+' : ''}${event.shiftKey && key.length > 1 ? 'Shift+' : ''}${key}`;
}

/** Letters typed here are text, no shortcuts. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
