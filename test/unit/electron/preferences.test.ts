import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf from 'conf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  defaultPreferences,
  openPreferences,
  type Preferences,
  type PreferenceStoreClass,
} from '../../../main/electron/preferences.ts';
import type { Log } from '../../../main/kit/log.ts';

/** electron-store without Electron: it is `conf` with its options named so. */
class Store extends Conf<Record<string, unknown>> {
  constructor({ cwd, name, configFileMode }: ConstructorParameters<PreferenceStoreClass>[0]) {
    super({ cwd, configName: name, configFileMode });
  }
}

let directory: string;
let file: string;
let warnings: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-preferences-'));
  file = join(directory, 'preferences.json');
  warnings = [];
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function open(): Preferences {
  const warn = (message: string): void => void warnings.push(message);
  const log: Log = { debug: warn, info: warn, warn, error: warn, flush: () => undefined };
  return openPreferences({ directory, Store, log });
}

describe('preferences', () => {
  it('are the defaults at first, and what was changed from the next start on', () => {
    const first = open();
    expect(first.current).toEqual(defaultPreferences);
    first.change({ theme: 'dark', quiet_hours: { from: '22:00', to: '07:00' }, notices: { masked: false } });
    expect(open().current).toEqual({
      ...defaultPreferences,
      theme: 'dark',
      quiet_hours: { from: '22:00', to: '07:00' },
      notices: { ...defaultPreferences.notices, masked: false },
    });
    expect(warnings).toEqual([]);
  });

  it('keep the other kinds of notices when one is switched', () => {
    const preferences = open();
    preferences.change({ notices: { budget: false } });
    preferences.change({ notices: { price: false } });
    expect(preferences.current.notices).toMatchObject({ budget: false, price: false, update: true });
  });

  it.each(['{"theme": "dark"', '', '[1, 2]', '"text"', '\u0000\u0001'])(
    'set a file aside that is none of ours and start with the defaults: %j',
    (text) => {
      writeFileSync(file, text);
      const preferences = open();
      expect(preferences.current).toEqual(defaultPreferences);
      expect(readFileSync(`${file}.broken`, 'utf8')).toBe(text);
      expect(warnings).toHaveLength(1);
      preferences.change({ theme: 'light' });
      expect(open().current.theme).toBe('light');
    },
  );

  it('take the default for each field that is not usable, and keep the others', () => {
    const kept = {
      theme: 'pink',
      tray_meter: true,
      quiet_hours: { from: '25:00', to: '07:00' },
      notices: { budget: 3, route: false },
    };
    writeFileSync(file, JSON.stringify(kept));
    const { current } = open();
    expect(current).toMatchObject({ theme: 'system', tray_meter: true, quiet_hours: null });
    expect(current.notices).toMatchObject({ budget: true, route: false });
  });

  it('leave alone what a newer version wrote', () => {
    writeFileSync(file, JSON.stringify({ hologram: { depth: 3 }, theme: 'dark' }));
    open().change({ theme: 'light' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ hologram: { depth: 3 }, theme: 'light' });
  });

  it('tell those who listen, once it is kept, what was before', () => {
    const preferences = open();
    const told: string[] = [];
    const end = preferences.onChange((current, before) => told.push(`${before.theme} → ${current.theme}`));
    preferences.change({ theme: 'dark' });
    end();
    preferences.change({ theme: 'light' });
    expect(told).toEqual(['system → dark']);
  });

  it('remember where the window was and what was told, and take no nonsense for a place', () => {
    const preferences = open();
    expect(preferences.window).toBeUndefined();
    const place = { bounds: { x: -5, y: 20, width: 900, height: 700 }, maximized: true };
    preferences.setWindow(place);
    preferences.setFlag('closed_told');
    expect(open().window).toEqual(place);
    expect(open().flags).toEqual({ closed_told: true, tray_missing_told: false });
    writeFileSync(file, JSON.stringify({ window: { bounds: { x: 'left' } } }));
    expect(open().window).toBeUndefined();
  });

  it('refuse a change that cannot be kept, and stay as they are', () => {
    class Full extends Store {
      override set(): void {
        throw new Error('ENOSPC: no space left on device');
      }
    }
    const log: Log = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
      flush: () => undefined,
    };
    const preferences = openPreferences({ directory, Store: Full, log });
    expect(() => preferences.change({ theme: 'dark' })).toThrow(/cannot be written: ENOSPC/);
    expect(preferences.current.theme).toBe('system');
    expect(() =>
      preferences.setWindow({ bounds: { x: 0, y: 0, width: 1, height: 1 }, maximized: false }),
    ).not.toThrow();
  });

  it('hold until the end of a run when the file cannot be opened at all', () => {
    class Closed extends Store {
      constructor(options: ConstructorParameters<PreferenceStoreClass>[0]) {
        super(options);
        throw new Error('EACCES');
      }
    }
    const log: Log = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
      flush: () => undefined,
    };
    const preferences = openPreferences({ directory, Store: Closed, log });
    expect(preferences.change({ theme: 'dark' }).theme).toBe('dark');
    expect(existsSync(`${file}.broken`)).toBe(false);
  });
});
