import { describe, expect, it } from 'vitest';
import {
  acceleratorOf,
  acceleratorText,
  suggestedShortcut,
  type KeyPress,
} from '../../../../renderer/features/settings/shortcut-keys.ts';

const press = (key: string, code: string, held: Partial<KeyPress> = {}): KeyPress => ({
  ...{ key, code, ctrlKey: false, altKey: false, shiftKey: false, metaKey: false },
  ...held,
});

describe('a shortcut that is recorded', () => {
  it.each([
    ['G', 'KeyG', { ctrlKey: true, shiftKey: true }, false, 'CommandOrControl+Shift+G'],
    ['g', 'KeyG', { metaKey: true, shiftKey: true }, true, 'CommandOrControl+Shift+G'],
    ['g', 'KeyG', { ctrlKey: true }, true, 'Control+G'],
    ['g', 'KeyG', { metaKey: true }, false, 'Super+G'],
    // With Alt a Mac writes another character, and Shift makes a sign of a digit.
    ['©', 'KeyG', { altKey: true }, true, 'Alt+G'],
    ['!', 'Digit1', { ctrlKey: true, shiftKey: true }, false, 'CommandOrControl+Shift+1'],
    ['z', 'KeyY', { ctrlKey: true }, false, 'CommandOrControl+Z'],
    ['F9', 'F9', {}, false, 'F9'],
    [' ', 'Space', { altKey: true }, false, 'Alt+Space'],
    ['+', 'BracketRight', { ctrlKey: true }, false, 'CommandOrControl+Plus'],
    ['ArrowUp', 'ArrowUp', { ctrlKey: true, altKey: true }, false, 'CommandOrControl+Alt+Up'],
  ])('is what Electron takes: %s (%s) %j', (key, code, held, isMac, expected) => {
    expect(acceleratorOf(press(key, code, held), isMac)).toBe(expected);
  });

  it.each([
    ['g', 'KeyG', {}],
    ['G', 'KeyG', { shiftKey: true }],
    ['Control', 'ControlLeft', { ctrlKey: true }],
    ['Dead', 'Backquote', { ctrlKey: true }],
    ['ü', 'BracketLeft', { ctrlKey: true }],
  ])('is none yet, or would take a key away from typing: %s (%s) %j', (key, code, held) => {
    expect(acceleratorOf(press(key, code, held), false)).toBeUndefined();
  });

  it('reads as each system writes it', () => {
    expect(acceleratorText(suggestedShortcut, true)).toBe('⇧⌘G');
    expect(acceleratorText(suggestedShortcut, false)).toBe('Ctrl+Shift+G');
    expect(acceleratorText('Control+Alt+Plus', true)).toBe('⌃⌥+');
  });
});
