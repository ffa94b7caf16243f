import { EventEmitter } from 'node:events';
import type { BrowserWindow, BrowserWindowConstructorOptions, Display, Rectangle } from 'electron';
import { describe, expect, it } from 'vitest';
import { createWindows, type KeptWindow, type Windows, type WindowsOptions } from '../../../main/electron/window.ts';
import { keptLog, Page, settled } from './support.ts';

/** A window of Electron's: what was asked of it, and what it tells. */
class Window extends EventEmitter {
  readonly webContents = new Page();
  readonly options: BrowserWindowConstructorOptions;
  readonly did: string[] = [];
  readonly loaded: string[] = [];
  /** Of the next page it loads. */
  loading: Promise<void> = Promise.resolve();
  destroyed = false;
  minimized = false;
  maximized = false;
  visible = false;
  bounds: Rectangle = { x: 1, y: 2, width: 900, height: 700 };

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
  }

  async loadURL(url: string): Promise<void> {
    this.loaded.push(url);
    this.webContents.url = url;
    await this.loading;
  }

  show(): void {
    this.visible = true;
    this.did.push('show');
  }

  focus(): void {
    this.did.push('focus');
  }

  restore(): void {
    this.did.push('restore');
    this.minimized = false;
  }

  maximize(): void {
    this.did.push('maximize');
    this.maximized = true;
  }

  isVisible(): boolean {
    if (this.destroyed) throw new TypeError('Object has been destroyed');
    return this.visible;
  }

  isMinimized(): boolean {
    return this.minimized;
  }

  isMaximized(): boolean {
    return this.maximized;
  }

  getNormalBounds(): Rectangle {
    if (this.destroyed) throw new TypeError('Object has been destroyed');
    return this.bounds;
  }

  isDestroyed(): boolean {
    return this.destroyed;
  }

  /** As Electron: says that it closes, and is closed. */
  close(): void {
    this.emit('close', { preventDefault: () => undefined });
    this.destroy();
  }

  /** As Electron: nothing says before that it closes. */
  destroy(): void {
    this.destroyed = true;
    this.webContents.destroy();
    this.emit('closed');
  }

  crash(reason = 'crashed'): void {
    this.webContents.emit('render-process-gone', {}, { reason, exitCode: 9 });
  }
}

const screens = (...areas: Rectangle[]): WindowsOptions['screen'] => ({
  getAllDisplays: () => areas.map((workArea) => ({ workArea }) as Display),
});
const fullHd: Rectangle = { x: 0, y: 0, width: 1920, height: 1040 };

interface Desk {
  readonly windows: Windows;
  readonly made: Window[];
  readonly kept: KeptWindow[];
  readonly told: string[];
  readonly log: ReturnType<typeof keptLog>;
  readonly time: { now: number };
  /** The one that was made last. */
  readonly last: () => Window;
}

function desk(given: Partial<WindowsOptions> = {}, prepare: (window: Window) => void = () => undefined): Desk {
  const made: Window[] = [];
  const kept: KeptWindow[] = [];
  const told: string[] = [];
  const time = { now: 0 };
  const log = keptLog();
  class Made extends Window {
    constructor(options: BrowserWindowConstructorOptions) {
      super(options);
      made.push(this);
      prepare(this);
    }
  }
  const windows = createWindows({
    BrowserWindow: Made as unknown as new (options: BrowserWindowConstructorOptions) => BrowserWindow,
    screen: screens(fullHd),
    ...{ preload: '/app/preload.cjs', icon: undefined, devTools: false, log },
    isDark: () => false,
    kept: () => ({ bounds: undefined, maximized: false }),
    keep: (window) => void kept.push(window),
    onClosed: () => void told.push('closed'),
    onOpened: () => void told.push('opened'),
    monotonic: () => time.now,
    ...given,
  });
  const last = (): Window => {
    const window = made.at(-1);
    if (window === undefined) throw new Error('no window was made');
    return window;
  };
  return { windows, made, kept, told, log, time, last };
}

const limits = {
  ...{ preload: '/app/preload.cjs', devTools: false, sandbox: true, contextIsolation: true, nodeIntegration: false },
  ...{ nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false, webSecurity: true, webviewTag: false },
  ...{ allowRunningInsecureContent: false, experimentalFeatures: false, navigateOnDragDrop: false, spellcheck: false },
  safeDialogs: true,
};

describe('what a window may do', () => {
  it('is written out, and nothing besides', async () => {
    const { windows, last } = desk();
    await windows.show('/');
    expect(last().options.webPreferences).toEqual(limits);
  });

  it('is the same for another window of ours, whatever that wants', () => {
    const { windows, last } = desk({ devTools: true });
    windows.create({
      ...{ frame: false, show: true },
      webPreferences: { sandbox: false, nodeIntegration: true, contextIsolation: false, preload: '/evil.js' },
    });
    expect(last().options).toMatchObject({ frame: false, show: false });
    expect(last().options.webPreferences).toEqual({ ...limits, devTools: true });
  });
});

describe('the window', () => {
  it('is made when it is wanted, on the page that is wanted, and seen when there is something to see', async () => {
    const { windows, made, told, last } = desk();
    expect([windows.isOpen, made.length]).toEqual([false, 0]);
    expect(await windows.show('/usage?by=model')).toBe(true);
    expect([windows.isOpen, made.length, told]).toEqual([true, 1, ['opened']]);
    expect(last().loaded).toEqual(['app://sluice/usage?by=model']);
    expect(last().options).toMatchObject({ show: false, width: 1200, height: 800, minWidth: 360, title: 'Sluice' });
    expect(last().options).not.toHaveProperty('icon');
    expect(last().did).toEqual([]);
    last().emit('ready-to-show');
    expect(last().did).toEqual(['show']);
  });

  it('has the colour of its page before that is drawn', async () => {
    const colours: unknown[] = [];
    for (const isDark of [true, false]) {
      const { windows, last } = desk({ isDark: () => isDark });
      await windows.show('/');
      colours.push(last().options.backgroundColor);
    }
    expect(colours).toEqual(['#16181d', '#f7f7f5']);
  });

  it('that is there comes to the front, and is not made again', async () => {
    const { windows, made, last } = desk();
    await windows.show('/');
    last().minimized = true;
    expect(await windows.show('/settings')).toBe(false);
    expect(last().did).toEqual(['restore', 'show', 'focus']);
    expect(await windows.show('/settings')).toBe(false);
    expect(last().did.slice(3)).toEqual(['show', 'focus']);
    expect([made.length, last().loaded]).toEqual([1, ['app://sluice/']]);
  });

  it('that is still loading says so only when its page can hear where to go', async () => {
    const page = Promise.withResolvers<undefined>();
    const { windows, last } = desk({}, (window) => void (window.loading = page.promise.then(() => undefined)));
    const first = windows.show('/');
    const order: string[] = [];
    const second = windows.show('/settings').then((wasMade) => void order.push(`second ${String(wasMade)}`));
    await settled();
    order.push('loaded');
    page.resolve(undefined);
    expect(await first).toBe(true);
    await second;
    expect(order).toEqual(['loaded', 'second false']);
    expect(last().did).toEqual(['show', 'focus']);
  });

  it('is destroyed when it is closed, keeps its place, and is made anew', async () => {
    const { windows, made, kept, told, last } = desk();
    await windows.show('/');
    last().maximized = true;
    windows.close();
    expect(kept).toEqual([{ bounds: { x: 1, y: 2, width: 900, height: 700 }, maximized: true }]);
    expect([windows.isOpen, told]).toEqual([false, ['opened', 'closed']]);
    windows.close();
    await windows.show('/');
    expect([made.length, told]).toEqual([2, ['opened', 'closed', 'opened']]);
  });

  it('is the one that people see, while they do', async () => {
    const { windows, last } = desk();
    expect(windows.seen).toBeUndefined();
    await windows.show('/');
    expect(windows.seen).toBeUndefined();
    last().emit('ready-to-show');
    expect(windows.seen).toBe(last());
    last().minimized = true;
    expect(windows.seen).toBeUndefined();
    windows.close();
    expect(windows.seen).toBeUndefined();
  });

  it('keeps its place too when the app ends with it open, which nobody closed', async () => {
    const { windows, made, kept, told } = desk();
    await windows.show('/');
    windows.create({});
    windows.destroy();
    expect(told).toEqual(['opened']);
    expect(made.map(({ destroyed }) => destroyed)).toEqual([true, true]);
    expect(kept).toEqual([{ bounds: { x: 1, y: 2, width: 900, height: 700 }, maximized: false }]);
    windows.destroy();
    expect([kept.length, windows.isOpen]).toEqual([1, false]);
  });

  it('that cannot load is noted, unless it was closed meanwhile', async () => {
    for (const isClosed of [false, true]) {
      const { windows, log } = desk({}, (window) => {
        window.loading = Promise.reject(new Error('ERR_FAILED'));
        window.loading.catch(() => undefined);
        if (isClosed) window.destroyed = true;
      });
      expect(await windows.show('/')).toBe(false);
      expect(log.noted).toHaveLength(isClosed ? 0 : 1);
    }
  });
});

describe('the place of the window', () => {
  const placed = async (bounds: Rectangle, ...areas: Rectangle[]): Promise<Partial<Rectangle>> => {
    const { windows, last } = desk({ kept: () => ({ bounds, maximized: false }), screen: screens(...areas) });
    await windows.show('/');
    const { x, y, width, height } = last().options;
    return {
      ...(x === undefined ? {} : { x }),
      ...(y === undefined ? {} : { y }),
      width: width ?? 0,
      height: height ?? 0,
    };
  };
  const second: Rectangle = { x: -1280, y: -200, width: 1280, height: 1024 };
  const size = { width: 900, height: 700 };

  it.each([
    ['where it was', { x: 100, y: 50 }, [fullHd]],
    ['on the second screen', { x: -1200, y: -100 }, [fullHd, second]],
    ['partly outside', { x: 1820, y: 980 }, [fullHd]],
    ['over the edge to the left', { x: -800, y: 0 }, [fullHd]],
  ])('is %s', async (_what, at, areas) => {
    expect(await placed({ ...at, ...size }, ...areas)).toEqual({ ...at, ...size });
  });

  it.each([
    ['is on a screen that is gone', { x: -1200, y: -100 }, [fullHd]],
    ['is too far to the right', { x: 1821, y: 0 }, [fullHd]],
    ['is too far down', { x: 0, y: 981 }, [fullHd]],
    ['is nowhere', { x: 1e9, y: -1e9 }, [fullHd, second]],
    ['has no screen at all', { x: 0, y: 0 }, []],
  ])('is left to the system when it %s; its size stays', async (_what, at, areas) => {
    expect(await placed({ ...at, ...size }, ...areas)).toEqual(size);
  });

  it('is the whole screen again only when there is something to see', async () => {
    const { windows, last } = desk({ kept: () => ({ bounds: undefined, maximized: true }) });
    await windows.show('/');
    expect(last().did).toEqual([]);
    last().emit('ready-to-show');
    expect(last().did).toEqual(['maximize', 'show']);
  });
});

describe('a page that crashed', () => {
  it('is loaded again where it was, not within the event', async () => {
    const { windows, last, log } = desk();
    await windows.show('/');
    last().webContents.url = 'app://sluice/activity?outcome=failed';
    last().crash('oom');
    expect(last().loaded).toHaveLength(1);
    await settled();
    expect(last().loaded[1]).toBe('app://sluice/activity?outcome=failed');
    expect([last().destroyed, log.noted[0]?.fields]).toEqual([false, { reason: 'oom', exit_code: 9 }]);
  });

  it.each(['', 'chrome-error://chromewebdata/', 'app://sluice.evil/x', 'https://example.com/'])(
    'was on no page of ours (%j): the first is loaded',
    async (url) => {
      const { windows, last } = desk();
      await windows.show('/usage');
      last().webContents.url = url;
      last().crash();
      await settled();
      expect(last().loaded[1]).toBe('app://sluice/');
    },
  );

  it('is loaded three times in a minute; then the window is closed, and can be opened again', async () => {
    const { windows, last, made, time, told } = desk();
    await windows.show('/');
    for (let crash = 0; crash < 3; crash += 1) {
      last().crash();
      await settled();
      time.now += 10_000;
    }
    expect([last().loaded.length, last().destroyed]).toEqual([4, false]);
    last().crash();
    await settled();
    expect([last().loaded.length, last().destroyed, windows.isOpen, told.at(-1)]).toEqual([4, true, false, 'closed']);
    time.now += 60_000;
    await windows.show('/');
    last().crash();
    await settled();
    expect([made.length, last().loaded.length]).toEqual([2, 2]);
  });

  it('is loaded each time where that is seldom', async () => {
    const { windows, last, time } = desk();
    await windows.show('/');
    for (let crash = 0; crash < 10; crash += 1) {
      last().crash();
      await settled();
      time.now += 20_001;
    }
    expect([last().loaded.length, last().destroyed]).toEqual([11, false]);
  });

  it('that ended as it should is left alone', async () => {
    const { windows, last, log } = desk();
    await windows.show('/');
    last().crash('clean-exit');
    await settled();
    expect([last().loaded.length, log.noted]).toEqual([1, []]);
  });

  it('in a window that is closed by then is not loaded', async () => {
    const { windows, last } = desk();
    await windows.show('/');
    last().crash();
    windows.close();
    await settled();
    expect(last().loaded).toHaveLength(1);
  });
});

describe('a page that is ours', () => {
  it('is one in a window that we made and that is there', async () => {
    const { windows, last, made } = desk();
    await windows.show('/');
    const contents = last().webContents.asContents;
    windows.create({});
    expect(made.map(({ webContents }) => windows.isOurs(webContents.asContents))).toEqual([true, true]);
    expect(windows.isOurs(new Page().asContents)).toBe(false);
    windows.close();
    expect(windows.isOurs(contents)).toBe(false);
    expect(windows.isOurs(last().webContents.asContents)).toBe(true);
  });
});
