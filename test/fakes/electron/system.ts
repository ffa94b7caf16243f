// What the system tells and keeps: keyring, theme, power, screens, shortcuts, the network.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type {
  Display,
  NativeTheme,
  Point,
  PowerMonitor,
  Rectangle,
  SafeStorage,
  Screen,
  SystemPreferences,
} from 'electron';
import { guarded, type Members } from './guarded.ts';
import { needReady, note, platform, refusable, stage } from './stage.ts';

const keyOf = (name: string): Buffer => createHash('sha256').update(name).digest();
const version = Buffer.from('v10');

function sealed(text: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf(stage.keyring.key), nonce);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([version, nonce, cipher.getAuthTag(), body]);
}

function unsealed(bytes: Buffer, key: string): string | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(key), bytes.subarray(3, 15));
    decipher.setAuthTag(bytes.subarray(15, 31));
    return Buffer.concat([decipher.update(bytes.subarray(31)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** The calls that Electron calls deprecated are not there. */
export const safeStorage = guarded('safeStorage', {
  async isAsyncEncryptionAvailable() {
    return stage.ready && stage.keyring.available;
  },
  async encryptStringAsync(text) {
    needReady('safeStorage.encryptStringAsync can only be called after app is ready');
    if (!stage.keyring.available) throw new Error('Encryption is not available.');
    return sealed(text);
  },
  async decryptStringAsync(bytes) {
    needReady('safeStorage.decryptStringAsync can only be called after app is ready');
    if (!stage.keyring.available) throw new Error('Decryption is not available.');
    const { key, oldKeys } = stage.keyring;
    for (const [index, one] of [key, ...oldKeys].entries()) {
      const result = unsealed(bytes, one);
      if (result !== undefined) return { shouldReEncrypt: index > 0, result };
    }
    throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptStringAsync.');
  },
  getSelectedStorageBackend() {
    if (platform !== 'linux') throw new TypeError('safeStorage.getSelectedStorageBackend is not a function');
    return stage.ready ? stage.keyring.backend : 'unknown';
  },
} satisfies Members<SafeStorage>);

class Theme extends EventEmitter {
  get themeSource(): 'system' | 'light' | 'dark' {
    return stage.theme;
  }
  set themeSource(source: 'system' | 'light' | 'dark') {
    if (!['system', 'light', 'dark'].includes(source)) throw new TypeError('Error processing argument');
    const before = this.shouldUseDarkColors;
    stage.theme = source;
    stage.signals.emit('theme');
    if (before !== this.shouldUseDarkColors) this.emit('updated');
  }
  get shouldUseDarkColors(): boolean {
    return stage.theme === 'system' ? stage.dark : stage.theme === 'dark';
  }
  get shouldUseDarkColorsForSystemIntegratedUI(): boolean {
    return stage.dark;
  }
  readonly shouldUseHighContrastColors = false;
  readonly shouldUseInvertedColorScheme = false;
  readonly inForcedColorsMode = false;
  readonly prefersReducedTransparency = false;
}
const typedTheme: Members<NativeTheme> & EventEmitter = new Theme();
export const nativeTheme = guarded('nativeTheme', typedTheme);

/** As the desktop does. */
export function setSystemDark(dark: boolean): void {
  stage.dark = dark;
  stage.signals.emit('theme');
  typedTheme.emit('updated');
}

class Power extends EventEmitter {
  onBatteryPower = false;
  isOnBatteryPower(): boolean {
    return this.onBatteryPower;
  }
  getSystemIdleTime(): number {
    return 0;
  }
  getSystemIdleState(): 'active' {
    return 'active';
  }
  getCurrentThermalState(): 'unknown' {
    return 'unknown';
  }
  override on(event: string, listener: (...input: never[]) => void): this {
    needReady('The powerMonitor module can only be used after the app is ready');
    return super.on(event, listener as never);
  }
}
const typedPower: Members<PowerMonitor> & EventEmitter = new Power();
export const powerMonitor = guarded('powerMonitor', typedPower);

export const systemPreferences = guarded(
  'systemPreferences',
  platform === 'darwin'
    ? ({
        canPromptTouchID: () => true,
        promptTouchID: async (reason) => note('touch id', reason),
        getUserDefault: () => undefined as never,
        isTrustedAccessibilityClient: () => false,
      } satisfies Members<SystemPreferences>)
    : platform === 'win32'
      ? ({ getAccentColor: () => '0078d4ff', getColor: () => '#ffffff' } satisfies Members<SystemPreferences>)
      : ({} satisfies Members<SystemPreferences>),
);

export const displays: Display[] = [displayOf(1, { x: 0, y: 0, width: 1920, height: 1080 })];

export function displayOf(id: number, bounds: Rectangle, scaleFactor = 1): Display {
  const size = { width: bounds.width, height: bounds.height };
  const workArea = { ...bounds, y: bounds.y + 24, height: bounds.height - 24 };
  const known = {
    id,
    bounds,
    size,
    workArea,
    scaleFactor,
    label: `Display ${id}`,
    rotation: 0,
    internal: id === 1,
    detected: true,
  };
  return guarded('Display', {
    ...{
      ...known,
      workAreaSize: { width: workArea.width, height: workArea.height },
      touchSupport: 'unknown',
      monochrome: false,
    },
    ...{
      colorDepth: 24,
      displayFrequency: 60,
      depthPerComponent: 8,
      accelerometerSupport: 'unknown',
      nativeOrigin: { x: 0, y: 0 },
    },
  } satisfies Partial<Display>) as Display;
}

const overlap = (one: Rectangle, other: Rectangle): number =>
  Math.max(0, Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x)) *
  Math.max(0, Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y));

const distance = (one: Rectangle, { x, y }: Point): number =>
  Math.hypot(Math.max(one.x - x, 0, x - one.x - one.width), Math.max(one.y - y, 0, y - one.y - one.height));

const first = (sorted: readonly Display[]): Display => sorted[0] ?? (displays[0] as Display);

class StandInScreen extends EventEmitter {
  private need(): void {
    needReady("The 'screen' module can't be used before the app 'ready' event");
  }
  getPrimaryDisplay(): Display {
    this.need();
    return first(displays);
  }
  getAllDisplays(): Display[] {
    this.need();
    return [...displays];
  }
  getDisplayMatching(rect: Rectangle): Display {
    this.need();
    return first(displays.toSorted((a, b) => overlap(b.bounds, rect) - overlap(a.bounds, rect)));
  }
  getDisplayNearestPoint(point: Point): Display {
    this.need();
    return first(displays.toSorted((a, b) => distance(a.bounds, point) - distance(b.bounds, point)));
  }
  getCursorScreenPoint(): Point {
    this.need();
    return { x: 100, y: 100 };
  }
}
const typedScreen: Members<Screen> & EventEmitter = new StandInScreen();
export const screen = guarded('screen', typedScreen);

const shortcuts = new Map<string, () => void>();
/** Held by other programs. */
export const takenShortcuts = new Set<string>();

const accelerators =
  /^((Command|Cmd|Control|Ctrl|CommandOrControl|CmdOrCtrl|Alt|Option|AltGr|Shift|Super|Meta)\+)*([A-Z0-9]|F\d{1,2}|Plus|Space|Tab|Capslock|Backspace|Delete|Insert|Return|Enter|Up|Down|Left|Right|Home|End|PageUp|PageDown|Escape|Esc|[-~!@#$%^&*()=_+`;:'"<>,./?[\]{}|\\])$/i;

export const globalShortcut = guarded('globalShortcut', {
  register(accelerator, callback) {
    needReady('globalShortcut cannot be used before the app is ready');
    if (!accelerators.test(accelerator))
      throw new TypeError(`Error processing argument at index 0, conversion failure from ${accelerator}`);
    if (takenShortcuts.has(accelerator)) return false;
    shortcuts.set(accelerator, callback);
    return true;
  },
  isRegistered(accelerator) {
    needReady('globalShortcut cannot be used before the app is ready');
    return shortcuts.has(accelerator);
  },
  unregister: (accelerator) => void shortcuts.delete(accelerator),
  unregisterAll: () => shortcuts.clear(),
} satisfies Members<Electron.GlobalShortcut>);

export function pressShortcut(accelerator: string): void {
  const callback = shortcuts.get(accelerator);
  if (callback === undefined)
    throw new Error(`no shortcut ${accelerator} is registered: ${[...shortcuts.keys()].join(', ')}`);
  callback();
}

export const net = guarded('net', {
  async fetch(input, init) {
    needReady('Cannot use net.fetch before app is ready');
    note('net.fetch', String(input instanceof Request ? input.url : input));
    return await fetch(input, init);
  },
  isOnline: () => stage.online,
  get online() {
    return stage.online;
  },
} satisfies Members<Electron.Net>);

class Updater extends EventEmitter {
  private url_ = '';
  getFeedURL(): string {
    return this.url_;
  }
  setFeedURL({ url }: Electron.FeedURLOptions): void {
    this.url_ = url;
    note('feed', url);
  }
  checkForUpdates(): void {
    note('built-in updater asked', this.url_);
    this.emit('checking-for-update');
  }
  quitAndInstall(): void {
    note('quit and install', null);
  }
}
const typedUpdater: Members<Electron.AutoUpdater> = new Updater();
export const autoUpdater = guarded('autoUpdater', typedUpdater);

export const crashReporter = guarded('crashReporter', {
  start: (options) => note('crash reporter', options),
} satisfies Members<Electron.CrashReporter>);

/** Events of `powerMonitor`, as the system sends them. */
export function emitPower(event: string): void {
  typedPower.emit(event, refusable({}));
}
