import { describe, expect, it } from 'vitest';
import { createShortcut } from '../../../main/electron/shortcut.ts';

/** Keys of the system: one owner each; what is no accelerator throws, as Electron does. */
class Keys {
  readonly taken = new Map<string, () => void>();

  register(accelerator: string, pressed: () => void): boolean {
    if (accelerator === 'garbage')
      throw new TypeError('Error processing argument at index 0, conversion failure from garbage');
    if (this.taken.has(accelerator)) return false;
    this.taken.set(accelerator, pressed);
    return true;
  }

  unregister(accelerator: string): void {
    if (!this.taken.delete(accelerator)) throw new Error(`${accelerator} was not registered`);
  }
}

describe('the keys that open the window', () => {
  it('are none until some are wanted', () => {
    const keys = new Keys();
    expect(createShortcut(keys, () => undefined).state).toEqual({ registered: false, refused: false });
    expect(keys.taken.size).toBe(0);
  });

  it('open it, change, and go', () => {
    const keys = new Keys();
    let presses = 0;
    const shortcut = createShortcut(keys, () => (presses += 1));
    expect(shortcut.set('Alt+S')).toEqual({ registered: true, refused: false });
    keys.taken.get('Alt+S')?.();
    expect(presses).toBe(1);
    shortcut.set('Alt+T');
    expect([...keys.taken.keys()]).toEqual(['Alt+T']);
    expect(shortcut.set('Alt+T')).toEqual({ registered: true, refused: false });
    expect(shortcut.set(null)).toEqual({ registered: false, refused: false });
    expect(shortcut.set(null)).toEqual(shortcut.state);
    expect(keys.taken.size).toBe(0);
  });

  it.each(['taken', 'garbage'])(
    'that are not to be had are said to be refused, and others can be had after: %s',
    (accelerator) => {
      const keys = new Keys();
      const others = (): void => undefined;
      keys.taken.set('taken', others);
      const shortcut = createShortcut(keys, () => undefined);
      shortcut.set('Alt+S');
      expect(shortcut.set(accelerator)).toEqual({ registered: false, refused: true });
      expect(shortcut.state.refused).toBe(true);
      // What belongs to another program is not given back by us.
      expect([...keys.taken]).toEqual([['taken', others]]);
      expect(shortcut.set('Alt+T')).toEqual({ registered: true, refused: false });
      expect([...keys.taken.keys()]).toEqual(['taken', 'Alt+T']);
    },
  );
});
