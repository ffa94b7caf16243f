/** The window: made when it is wanted, destroyed when it is closed, made again when what draws it crashed. The gateway never notices. */
import type {
  BrowserWindow,
  BrowserWindowConstructorOptions,
  Rectangle,
  Screen,
  WebContents,
  WebPreferences,
} from 'electron';
import { pagePath, windowOrigin } from './app-protocol.ts';

export interface KeptWindow {
  readonly bounds: Rectangle | undefined;
  readonly maximized: boolean;
}

export interface WindowsOptions {
  readonly BrowserWindow: new (options: BrowserWindowConstructorOptions) => BrowserWindow;
  readonly screen: Pick<Screen, 'getAllDisplays'>;
  /** Path of the preload script. */
  readonly preload: string;
  readonly icon: string | undefined;
  /** Only where this is developed. */
  readonly devTools: boolean;
  readonly isDark: () => boolean;
  readonly kept: () => KeptWindow;
  readonly keep: (window: KeptWindow) => void;
  /** The window was closed, by whoever, and the app goes on. */
  readonly onClosed: () => void;
  readonly onOpened: () => void;
  /** Milliseconds that never go back. */
  readonly monotonic: () => number;
  readonly log: {
    warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
    error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  };
}

export interface Windows {
  readonly isOpen: boolean;
  /** The window, while people can see it. */
  readonly seen: BrowserWindow | undefined;
  /** Opens the window on this page, or brings it to the front. `false`: it was there, and does not know the page yet. */
  show(path: string): Promise<boolean>;
  close(): void;
  /** A page in one of our windows. */
  isOurs(contents: WebContents): boolean;
  /** A window with the same limits, for a page of ours: the popover. */
  create(options: BrowserWindowConstructorOptions): BrowserWindow;
  /** Destroys all of them at once, for the end of the app. */
  destroy(): void;
}

const smallest = { minWidth: 360, minHeight: 420 };
const usual = { width: 1200, height: 800 };
/** A page that crashes more often than that within a minute is left closed. */
const [maxCrashes, crashWindowMs] = [3, 60_000];

export function createWindows(options: WindowsOptions): Windows {
  const { kept, keep, log } = options;
  const ours = new Set<BrowserWindow>();
  const isTooOften = crashCounter(options.monotonic);
  let main: BrowserWindow | undefined;
  let loading: Promise<boolean> | undefined;
  let isEnding = false;

  const create = (wanted: BrowserWindowConstructorOptions): BrowserWindow => {
    const window = new options.BrowserWindow(limited(wanted, options));
    ours.add(window);
    window.once('closed', () => ours.delete(window));
    return window;
  };

  async function open(path: string): Promise<boolean> {
    const { bounds, maximized } = kept();
    const placed = visible(bounds, options.screen);
    const { icon } = options;
    const window = create({
      ...{ ...usual, ...smallest, ...placed, title: 'Sluice', autoHideMenuBar: true },
      ...(icon === undefined ? {} : { icon }),
    });
    main = window;
    window.once('ready-to-show', () => reveal(window, maximized));
    window.on('close', () => keep(placeOf(window)));
    window.once('closed', () => {
      if (main === window) main = undefined;
      if (!isEnding) options.onClosed();
    });
    window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      if (reason !== 'clean-exit') afterCrash(window, { reason, exitCode });
    });
    options.onOpened();
    loading = load(window, path, log);
    return await loading;
  }

  function afterCrash(window: BrowserWindow, { reason, exitCode }: { reason: string; exitCode: number }): void {
    log.warn('what draws the window ended; the gateway goes on', { reason, exit_code: exitCode });
    if (window.isDestroyed()) return;
    if (isTooOften()) window.destroy();
    // Not within the event: Electron is still taking the old one down.
    else setImmediate(() => void reopen(window));
  }

  async function reopen(window: BrowserWindow): Promise<void> {
    if (!window.isDestroyed()) await load(window, pathOf(window.webContents.getURL()), log);
  }

  return {
    get isOpen() {
      return main !== undefined;
    },
    get seen() {
      return main?.isVisible() === true && !main.isMinimized() ? main : undefined;
    },
    async show(path) {
      if (main === undefined) return await open(path);
      if (main.isMinimized()) main.restore();
      main.show();
      main.focus();
      // A page that is not there yet would not hear where to go.
      await loading;
      return false;
    },
    close() {
      main?.close();
    },
    isOurs: (contents) => [...ours].some((window) => !window.isDestroyed() && window.webContents === contents),
    create,
    destroy() {
      isEnding = true;
      // What is destroyed does not say before that it closes.
      if (main?.isDestroyed() === false) keep(placeOf(main));
      for (const window of ours) if (!window.isDestroyed()) window.destroy();
    },
  };
}

/** Whatever is wanted of it, with the limits of every window of ours. */
function limited(wanted: BrowserWindowConstructorOptions, options: WindowsOptions): BrowserWindowConstructorOptions {
  return {
    ...wanted,
    show: false,
    // Before the first paint: no white flash in the dark.
    backgroundColor: options.isDark() ? '#16181d' : '#f7f7f5',
    webPreferences: pagePreferences(options),
  };
}

function reveal(window: BrowserWindow, maximized: boolean): void {
  // Not before: it shows the window too.
  if (maximized) window.maximize();
  window.show();
}

function placeOf(window: BrowserWindow): KeptWindow {
  return { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
}

async function load(window: BrowserWindow, path: string, log: WindowsOptions['log']): Promise<boolean> {
  try {
    await window.loadURL(windowOrigin + pagePath(path));
    return true;
  } catch (error) {
    // A window that was closed while it was loading.
    if (!window.isDestroyed()) log.error('the window could not be loaded', { error: String(error) });
    return false;
  }
}

/** Counts a crash with each call; `true` when there were too many of late. */
function crashCounter(monotonic: () => number): () => boolean {
  let crashes: number[] = [];
  return () => {
    const now = monotonic();
    crashes = [...crashes.filter((at) => now - at < crashWindowMs), now];
    return crashes.length > maxCrashes;
  };
}

/** SEC-22. Each is written out, defaults too: a default that changes must not change us. */
function pagePreferences({ preload, devTools }: Pick<WindowsOptions, 'preload' | 'devTools'>): WebPreferences {
  return {
    preload,
    devTools,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    safeDialogs: true,
  };
}

/** Where it was, if enough of it would still be seen: a screen may be gone. */
function visible(bounds: Rectangle | undefined, screen: Pick<Screen, 'getAllDisplays'>): Partial<Rectangle> {
  if (bounds === undefined) return {};
  const isSeen = screen.getAllDisplays().some(({ workArea }) => {
    const width = Math.min(bounds.x + bounds.width, workArea.x + workArea.width) - Math.max(bounds.x, workArea.x);
    const height = Math.min(bounds.y + bounds.height, workArea.y + workArea.height) - Math.max(bounds.y, workArea.y);
    return width >= 100 && height >= 60;
  });
  return isSeen ? bounds : { width: bounds.width, height: bounds.height };
}

function pathOf(url: string): string {
  return url.startsWith(`${windowOrigin}/`) ? url.slice(windowOrigin.length) : '/';
}
