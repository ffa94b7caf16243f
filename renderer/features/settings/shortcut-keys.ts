/** Key presses as Electron writes them, `CommandOrControl+Shift+G`, and as people read them: `⌘⇧G`, `Ctrl+Shift+G`. */

export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
}

/** What to offer who has none: free on every system that we know (UX-20). */
export const suggestedShortcut = 'CommandOrControl+Shift+G';

/** Of keys without a character of their own; others are no shortcut. */
const named: Readonly<Record<string, string>> = {
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  ' ': 'Space',
  '+': 'Plus',
  ...Object.fromEntries(['Home', 'End', 'PageUp', 'PageDown', 'Insert', 'Delete', 'Enter'].map((key) => [key, key])),
};

/**
 * `undefined`: not a shortcut yet, or one that would take a key away from typing. Function keys need nothing held; others need Ctrl,
 * Alt or the key of the system.
 */
export function acceleratorOf(press: KeyPress, isMac: boolean): string | undefined {
  const key = keyOf(press);
  if (key === undefined) return undefined;
  const isFunctionKey = /^F\d+$/.test(key);
  if (!isFunctionKey && !press.ctrlKey && !press.altKey && !press.metaKey) return undefined;
  const held = [
    ...((isMac ? press.metaKey : press.ctrlKey) ? ['CommandOrControl'] : []),
    ...(isMac && press.ctrlKey ? ['Control'] : []),
    ...(!isMac && press.metaKey ? ['Super'] : []),
    ...(press.altKey ? ['Alt'] : []),
    ...(press.shiftKey ? ['Shift'] : []),
  ];
  return [...held, key].join('+');
}

function keyOf({ key, code }: KeyPress): string | undefined {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  // With Alt or Shift the character is another one; the place of the key is not.
  const placed = /^(?:Key([A-Z])|Digit(\d))$/.exec(code);
  if (placed !== null) return placed[1] ?? placed[2];
  if (/^F(?:[1-9]|1\d|2[0-4])$/.test(key)) return key;
  return named[key] ?? (/^[!-/:-@[-`{-~]$/.test(key) ? key : undefined);
}

const macSigns: readonly (readonly [string, string])[] = [
  ['Control', '⌃'],
  ['Alt', '⌥'],
  ['Shift', '⇧'],
  ['CommandOrControl', '⌘'],
];
const names: Readonly<Record<string, string>> = { CommandOrControl: 'Ctrl', Plus: '+' };

export function acceleratorText(accelerator: string, isMac: boolean): string {
  const parts = accelerator.split('+');
  const key = parts.at(-1) ?? '';
  if (!isMac) return parts.map((part) => names[part] ?? part).join('+');
  const held = macSigns.flatMap(([name, sign]) => (parts.slice(0, -1).includes(name) ? [sign] : []));
  return `${held.join('')}${names[key] ?? key}`;
}
