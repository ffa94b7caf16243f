// What the parts of the stand-in share: whether the app is ready, which system it plays, and what happened so far.
import { EventEmitter } from 'node:events';

/** In the environment of the app as JSON, under this name. */
export const settingsName = 'ELECTRON_STAND_IN';

export type Platform = 'darwin' | 'win32' | 'linux';
export type Backend = 'basic_text' | 'gnome_libsecret' | 'kwallet' | 'kwallet5' | 'kwallet6' | 'unknown';

export interface Keyring {
  /** Of what is encrypted from now on. */
  key: string;
  /** Still read; what they encrypted asks to be encrypted again. */
  oldKeys: string[];
  backend: Backend;
  available: boolean;
}

export interface Settings {
  readonly platform?: Platform;
  /** As `app.getLocale()` says it. */
  readonly locale?: string;
  /** The desktop is dark. */
  readonly dark?: boolean;
  readonly packaged?: boolean;
  readonly version?: string;
  readonly keyring?: Partial<Keyring>;
  /** `false`: the system shows none. */
  readonly notifications?: boolean;
  /** More for Chromium's command line. */
  readonly switches?: readonly string[];
  /** What the app does by itself is counted; see `counts.ts`. */
  readonly counts?: boolean;
}

export const settings = JSON.parse(process.env[settingsName] ?? '{}') as Settings;

export const platform: Platform = settings.platform ?? (process.platform as Platform);

export interface Happening {
  /** `openExternal`, `relaunch`, … */
  readonly what: string;
  readonly detail: unknown;
}

const keyring: Keyring = {
  key: 'first',
  oldKeys: [],
  backend: platform === 'linux' ? 'gnome_libsecret' : 'unknown',
  available: true,
  ...settings.keyring,
};

export const stage = {
  ready: false,
  locale: settings.locale ?? 'en-US',
  dark: settings.dark ?? false,
  theme: 'system' as 'system' | 'light' | 'dark',
  online: true,
  keyring,
  happened: [] as Happening[],
  /** `ready`, `happened`, `dark`, `theme`. */
  signals: new EventEmitter(),
};
stage.signals.setMaxListeners(0);

export function note(what: string, detail: unknown): void {
  const happening = { what, detail };
  stage.happened.push(happening);
  stage.signals.emit('happened', happening);
}

/** Throws what Electron says of a module that was used too early. */
export function needReady(message: string): void {
  if (!stage.ready) throw new Error(message);
}

/** An event that listeners may refuse. */
export interface Refusable {
  preventDefault: () => void;
  defaultPrevented: boolean;
}

export function refusable<More extends object>(more: More): Refusable & More {
  const event = {
    ...more,
    defaultPrevented: false,
    preventDefault(): void {
      event.defaultPrevented = true;
    },
  };
  return event;
}
