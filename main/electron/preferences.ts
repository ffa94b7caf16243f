/** What one person wants of this desktop, and where the window was: kept in one small file that never stops a start. */
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  desktopPreferences,
  noticeKinds,
  type DesktopPreferences,
  type DesktopPreferencesChange,
} from '../../shared/contract/desktop.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { isErrno } from '../kit/atomic-file.ts';
import type { Log } from '../kit/log.ts';

/** The part of electron-store that is used here; `conf`, which it is made of, has the same. */
export interface PreferenceStore {
  readonly store: Record<string, unknown>;
  set(values: Record<string, unknown>): void;
}

export type PreferenceStoreClass = new (options: {
  readonly cwd: string;
  /** Of the file, without `.json`. */
  readonly name: string;
  readonly configFileMode: number;
}) => PreferenceStore;

const windowPlace = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) }),
  maximized: z.boolean(),
});
export type WindowPlace = z.output<typeof windowPlace>;

/** What is said once in the life of an installation. */
export type PreferenceFlag = 'closed_told' | 'tray_missing_told';

export interface PreferencesOptions {
  /** Electron's folder for this user. */
  readonly directory: string;
  /** `electron-store`, which only loads inside Electron. */
  readonly Store: PreferenceStoreClass;
  readonly log: Log;
}

export type PreferencesListener = (current: DesktopPreferences, before: DesktopPreferences) => void;

export interface Preferences {
  readonly current: DesktopPreferences;
  /** On disk when it returns; throws `control.refused`, with nothing changed, when that cannot be done. */
  change(change: DesktopPreferencesChange): DesktopPreferences;
  /** Where the window was, unless it never was anywhere. */
  readonly window: WindowPlace | undefined;
  /** Never throws: a place that cannot be kept is not worth a word. */
  setWindow(place: WindowPlace): void;
  readonly flags: Readonly<Record<PreferenceFlag, boolean>>;
  /** Never throws. */
  setFlag(flag: PreferenceFlag): void;
  /** Tells of every change that was kept, until what it returns is called. */
  onChange(listener: PreferencesListener): () => void;
}

export const defaultPreferences: DesktopPreferences = {
  language: 'system',
  theme: 'system',
  // Asked in the first minutes.
  open_at_login: false,
  tray_title: 'off',
  tray_meter: false,
  shortcut: null,
  notices: noticesOf(() => true),
  quiet_hours: null,
  updates: 'notify',
};

const storeName = 'preferences';

/**
 * Opens `preferences.json` in `directory`. A file that is no preferences is kept aside as `preferences.json.broken`; a field
 * that is not usable has its default; fields that are not known, of a newer version, stay.
 */
export function openPreferences({ directory, Store, log }: PreferencesOptions): Preferences {
  const store = openStore(directory, Store, log);
  const kept = store.store;
  const listeners = new Set<PreferencesListener>();
  let current = preferencesIn(kept);
  let window = fieldOr(windowPlace, kept['window'], undefined);
  const flags: Record<PreferenceFlag, boolean> = {
    closed_told: kept['closed_told'] === true,
    tray_missing_told: kept['tray_missing_told'] === true,
  };

  function keepQuietly(values: Record<string, unknown>): void {
    try {
      store.set(values);
    } catch (error) {
      log.warn('preferences could not be written', { directory, error });
    }
  }

  return {
    get current() {
      return current;
    },
    change({ notices, ...fields }) {
      const changed = {
        ...withoutUndefined(fields),
        ...(notices === undefined ? {} : { notices: noticesOf((kind) => notices[kind] ?? current.notices[kind]) }),
      };
      try {
        store.set(changed);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new GatewayError(
          'control.refused',
          `The change was not made, because ${join(directory, `${storeName}.json`)} cannot be written: ${reason}`,
          { cause: error },
        );
      }
      const before = current;
      current = { ...current, ...changed };
      for (const listener of listeners) listener(current, before);
      return current;
    },
    get window() {
      return window;
    },
    setWindow(place) {
      window = place;
      keepQuietly({ window: place });
    },
    flags,
    setFlag(flag) {
      if (flags[flag]) return;
      flags[flag] = true;
      keepQuietly({ [flag]: true });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function openStore(directory: string, Store: PreferenceStoreClass, log: Log): PreferenceStore {
  try {
    setAsideIfBroken(join(directory, `${storeName}.json`), log);
    return new Store({ cwd: directory, name: storeName, configFileMode: 0o600 });
  } catch (error) {
    log.warn('preferences cannot be read; changes hold until the end of this run', { directory, error });
    const store: Record<string, unknown> = {};
    return { store, set: (values) => void Object.assign(store, values) };
  }
}

/** The store would throw at the start, or take something else for an empty file and write over it. */
function setAsideIfBroken(file: string, log: Log): void {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    throw error;
  }
  if (isJsonObject(text)) return;
  renameSync(file, `${file}.broken`);
  log.warn('preferences were not readable and were set aside; the defaults hold', { file: `${file}.broken` });
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function preferencesIn(kept: Readonly<Record<string, unknown>>): DesktopPreferences {
  const { shape } = desktopPreferences;
  const field = <Name extends Exclude<keyof DesktopPreferences, 'notices'>>(name: Name): DesktopPreferences[Name] =>
    fieldOr(shape[name] as unknown as z.ZodType<DesktopPreferences[Name]>, kept[name], defaultPreferences[name]);
  const notices = z.record(z.string(), z.unknown()).safeParse(kept['notices']).data ?? {};
  return {
    language: field('language'),
    theme: field('theme'),
    open_at_login: field('open_at_login'),
    tray_title: field('tray_title'),
    tray_meter: field('tray_meter'),
    shortcut: field('shortcut'),
    notices: noticesOf((kind) => fieldOr(z.boolean(), notices[kind], defaultPreferences.notices[kind])),
    quiet_hours: field('quiet_hours'),
    updates: field('updates'),
  };
}

function fieldOr<Value, Other>(schema: z.ZodType<Value>, value: unknown, otherwise: Other): Value | Other {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : otherwise;
}

function noticesOf(choice: (kind: (typeof noticeKinds)[number]) => boolean): DesktopPreferences['notices'] {
  return Object.fromEntries(noticeKinds.map((kind) => [kind, choice(kind)])) as DesktopPreferences['notices'];
}

type Defined<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };

function withoutUndefined<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields>;
}
