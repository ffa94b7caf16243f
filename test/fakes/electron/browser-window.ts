// Windows: each is a page of the real Chromium; what only a screen could show is kept as it was set.
import { EventEmitter } from 'node:events';
import type { BaseWindowConstructorOptions, BrowserWindowConstructorOptions, Rectangle, WebContents } from 'electron';
import { guarded, standIn, type Members } from './guarded.ts';
import { needReady, note, platform, refusable, stage } from './stage.ts';
import { allContents, Contents } from './web-contents.ts';

const windows = new Map<number, Window>();
let last = 0;
let onAllClosed: () => void = () => undefined;
let onWindow: (window: Electron.BrowserWindow) => void = () => undefined;

export function onWindows(created: typeof onWindow, allClosed: typeof onAllClosed): void {
  onWindow = created;
  onAllClosed = allClosed;
}

/** What a test may know of a window. */
export interface WindowFacts {
  readonly id: number;
  readonly title: string;
  /** As main knows it. */
  readonly url: string;
  readonly bounds: Rectangle;
  readonly visible: boolean;
  readonly focused: boolean;
  readonly minimized: boolean;
  readonly crashed: boolean;
  readonly options: BrowserWindowConstructorOptions;
}

class Window extends EventEmitter {
  readonly id: number;
  private readonly contents_: Contents;
  private readonly face_: Electron.BrowserWindow;
  private bounds_: Rectangle;
  private destroyed_ = false;
  private visible_: boolean;
  private focused_ = false;
  private minimized_ = false;
  private maximized_ = false;
  private fullScreen_ = false;
  private title_: string;
  private readonly options_: BrowserWindowConstructorOptions;

  constructor(options: BrowserWindowConstructorOptions = {}) {
    needReady('Cannot create BrowserWindow before app is ready');
    super();
    last += 1;
    this.id = last;
    this.options_ = options;
    const { x = 100, y = 100, width = 800, height = 600, show = true, title = 'Electron' } = options;
    this.bounds_ = { x, y, width, height };
    this.visible_ = show;
    this.title_ = title;
    this.face_ = standIn<Electron.BrowserWindow>('BrowserWindow', this);
    windows.set(this.id, this);
    this.contents_ = new Contents(options.webPreferences ?? {});
    this.follow();
    void this.contents_.setSize_(width, height).catch(() => undefined);
    onWindow(this.face_);
    return this.face_ as unknown as Window;
  }

  get webContents(): WebContents {
    if (this.destroyed_) throw new TypeError('Object has been destroyed');
    return this.contents_.face;
  }
  loadURL(url: string): Promise<void> {
    return this.contents_.loadURL(url);
  }
  reload(): void {
    this.contents_.reload();
  }
  show(): void {
    this.reveal();
    this.focus();
  }
  showInactive(): void {
    this.reveal();
  }
  hide(): void {
    if (!this.visible_) return;
    this.visible_ = false;
    this.blur();
    this.emit('hide');
  }
  focus(): void {
    if (this.focused_) return;
    for (const other of windows.values()) if (other !== this) other.blur();
    this.focused_ = true;
    void this.contents_.focus();
    this.emit('focus');
  }
  blur(): void {
    if (!this.focused_) return;
    this.focused_ = false;
    this.emit('blur');
  }
  isVisible(): boolean {
    return this.visible_;
  }
  isFocused(): boolean {
    return this.focused_;
  }
  isDestroyed(): boolean {
    return this.destroyed_;
  }
  minimize(): void {
    this.minimized_ = true;
    this.blur();
    this.emit('minimize');
  }
  isMinimized(): boolean {
    return this.minimized_;
  }
  restore(): void {
    if (!this.minimized_) return;
    this.minimized_ = false;
    this.emit('restore');
  }
  maximize(): void {
    this.maximized_ = true;
    this.reveal();
    this.emit('maximize');
  }
  unmaximize(): void {
    this.maximized_ = false;
    this.emit('unmaximize');
  }
  isMaximized(): boolean {
    return this.maximized_;
  }
  isFullScreen(): boolean {
    return this.fullScreen_;
  }
  setFullScreen(flag: boolean): void {
    this.fullScreen_ = flag;
    this.emit(flag ? 'enter-full-screen' : 'leave-full-screen');
  }
  getBounds(): Rectangle {
    return { ...this.bounds_ };
  }
  getNormalBounds(): Rectangle {
    return { ...this.bounds_ };
  }
  setBounds(bounds: Partial<Rectangle>): void {
    const before = this.bounds_;
    this.bounds_ = { ...before, ...bounds };
    const { x, y, width, height } = this.bounds_;
    if (width !== before.width || height !== before.height) {
      void this.contents_.setSize_(width, height).catch(() => undefined);
      this.emit('resize');
      this.emit('resized');
    }
    if (x !== before.x || y !== before.y) {
      this.emit('move');
      this.emit('moved');
    }
  }
  getSize(): number[] {
    return [this.bounds_.width, this.bounds_.height];
  }
  setSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }
  getPosition(): number[] {
    return [this.bounds_.x, this.bounds_.y];
  }
  setPosition(x: number, y: number): void {
    this.setBounds({ x, y });
  }
  center(): void {
    note('centered', this.id);
  }
  setTitle(title: string): void {
    this.title_ = title;
  }
  getTitle(): string {
    return this.title_;
  }
  setMenuBarVisibility(visible: boolean): void {
    note('menu bar', visible);
  }
  setAutoHideMenuBar(hide: boolean): void {
    note('menu bar hides itself', hide);
  }
  removeMenu(): void {
    note('menu removed', this.id);
  }
  setMenu(_menu: Electron.Menu | null): void {
    note('menu of the window', this.id);
  }
  setBackgroundColor(color: string): void {
    note('background', color);
  }
  setAlwaysOnTop(flag: boolean): void {
    note('always on top', flag);
  }
  setVisibleOnAllWorkspaces(visible: boolean): void {
    note('on all workspaces', visible);
  }
  setSkipTaskbar(skip: boolean): void {
    note('skips the taskbar', skip);
  }
  setIcon(_icon: Electron.NativeImage | string): void {
    note('window icon', this.id);
  }
  flashFrame(flag: boolean): void {
    note('flashes', flag);
  }
  close(): void {
    if (this.destroyed_) return;
    const event = refusable({});
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }
  destroy(): void {
    if (this.destroyed_) return;
    this.visible_ = false;
    this.contents_.destroy_();
    this.destroyed_ = true;
    windows.delete(this.id);
    this.emit('closed');
    if (windows.size === 0) onAllClosed();
  }
  describe_(): WindowFacts {
    const { contents_: contents, options_: options } = this;
    return {
      ...{ id: this.id, title: this.title_, url: contents.getURL(), bounds: this.bounds_, visible: this.visible_ },
      ...{ focused: this.focused_, minimized: this.minimized_, crashed: contents.isCrashed() },
      options: { ...options, icon: '', webPreferences: { ...options.webPreferences } },
    };
  }
  get of_(): Contents {
    return this.contents_;
  }

  private reveal(): void {
    if (this.visible_ && !this.minimized_) return;
    this.minimized_ = false;
    this.visible_ = true;
    this.emit('show');
  }
  private follow(): void {
    this.contents_.on('dom-ready', () => setImmediate(() => this.readyToShow()));
    this.contents_.on('page-title-updated', (_event: object, title: string) => {
      const event = refusable({});
      this.emit('page-title-updated', event, title, true);
      if (!event.defaultPrevented && !this.destroyed_) this.title_ = title;
    });
    this.contents_.on('closed by the page', () => this.close());
  }
  private shown_ = false;
  private readyToShow(): void {
    if (this.shown_ || this.destroyed_) return;
    this.shown_ = true;
    this.emit('ready-to-show');
  }

  static getAllWindows(): Electron.BrowserWindow[] {
    return [...windows.values()].map(({ face_ }) => face_);
  }
  static getFocusedWindow(): Electron.BrowserWindow | null {
    return [...windows.values()].find(({ focused_ }) => focused_)?.face_ ?? null;
  }
  static fromId(id: number): Electron.BrowserWindow | null {
    return windows.get(id)?.face_ ?? null;
  }
  static fromWebContents(contents: WebContents): Electron.BrowserWindow | null {
    return [...windows.values()].find(({ contents_ }) => contents_.face === contents)?.face_ ?? null;
  }
}
const typed: Members<typeof Electron.BrowserWindow> = Window;
export const BrowserWindow = guarded('BrowserWindow', typed) as unknown as typeof Window;

/** A window without a page, which only the system speaks to. */
class PlainWindow extends EventEmitter {
  private readonly title_: string;
  private destroyed_ = false;

  constructor({ title = 'Electron' }: BaseWindowConstructorOptions = {}) {
    needReady('Cannot create BaseWindow before app is ready');
    super();
    this.title_ = title;
    plainWindows.add(this);
    return standIn<Electron.BaseWindow>('BaseWindow', this) as unknown as PlainWindow;
  }
  getTitle(): string {
    return this.title_;
  }
  isDestroyed(): boolean {
    return this.destroyed_;
  }
  close(): void {
    if (this.destroyed_) return;
    const event = refusable({});
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }
  destroy(): void {
    if (this.destroyed_) return;
    this.destroyed_ = true;
    plainWindows.delete(this);
    this.emit('closed');
  }
}
const plainWindows = new Set<PlainWindow>();
const typedPlain: Members<typeof Electron.BaseWindow> = PlainWindow;
export const BaseWindow = guarded('BaseWindow', typedPlain) as unknown as typeof PlainWindow;

/** As Windows does: every window hears of it, and the process is ended right after. */
export function endSession(): void {
  const heard = [...windows.values(), ...plainWindows];
  for (const window of heard) window.emit('session-end', refusable({ reasons: ['shutdown'] }));
}

/** As `taskkill` and installers do. */
export function closeEverything(): void {
  for (const window of [...windows.values(), ...plainWindows]) window.close();
}

export function windowWithId(id: number): Window {
  const found = windows.get(id);
  if (found === undefined) throw new Error(`there is no window ${id}`);
  return found;
}

export function allWindows(): readonly Window[] {
  return [...windows.values()];
}

// Pages see the theme of the app.
stage.signals.on('theme', () => {
  for (const contents of allContents()) void contents.applyTheme_();
});

/** As the system does when people close the window. */
export function closeByPeople(id: number): void {
  note('closed by people', { id, platform });
  windowWithId(id).close();
}
