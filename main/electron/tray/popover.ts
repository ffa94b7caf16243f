/** The small window at the tray icon: made before it is wanted, so that a click shows it at once, and not kept when it is not. */
import type { BrowserWindowConstructorOptions, Rectangle } from 'electron';
import type { DesktopState } from '../../../shared/contract/desktop.ts';
import type { Clock } from '../../kit/clock.ts';

/** Page of the window that is drawn in it. */
export const popoverPath = '/popover';

const size = { width: 360, height: 420 } as const;
const marginPx = 8;
/** Hidden for so long it is destroyed: no renderer is left idle (UX-60). */
const keptMs = 60_000;
/** A click on the icon takes the focus away first: it is to close what is open, not to open it again. */
const sameClickMs = 300;

/** What of a window is needed here. */
export interface PopoverWindow {
  isVisible(): boolean;
  isDestroyed(): boolean;
  setBounds(bounds: Rectangle): void;
  show(): void;
  focus(): void;
  hide(): void;
  destroy(): void;
  on(event: 'blur' | 'closed', listener: () => void): unknown;
  readonly webContents: { on(event: 'render-process-gone', listener: () => void): unknown };
}

export interface PopoverOptions {
  /** Makes a window that is hidden and has `popoverPath` loaded into it, as safe as every other. */
  readonly createWindow: (options: BrowserWindowConstructorOptions) => PopoverWindow;
  /** Of the display that holds most of it, without panels: `screen.getDisplayMatching(icon).workArea`. */
  readonly workAreaAt: (icon: Rectangle) => Rectangle;
  readonly platform: DesktopState['platform'];
  readonly clock: Pick<Clock, 'monotonic'>;
}

export interface Popover {
  /** The pointer is on the icon: makes the window if it is not there. */
  prepare(): void;
  toggle(icon: Rectangle): void;
  hide(): void;
  /** Destroys it, for the end of the app. */
  close(): void;
}

export function createPopover({ createWindow, workAreaAt, platform, clock }: PopoverOptions): Popover {
  let window: PopoverWindow | undefined;
  let timer: NodeJS.Timeout | undefined;
  let hiddenAt = -Infinity;

  function destroySoon(): void {
    clearTimeout(timer);
    timer = setTimeout(close, keptMs).unref();
  }

  function close(): void {
    clearTimeout(timer);
    timer = undefined;
    const ended = window;
    window = undefined;
    if (ended?.isDestroyed() === false) ended.destroy();
  }

  function hide(): void {
    if (window === undefined || window.isDestroyed() || !window.isVisible()) return;
    hiddenAt = clock.monotonic();
    window.hide();
    destroySoon();
  }

  function made(): PopoverWindow {
    if (window !== undefined && !window.isDestroyed()) return window;
    const fresh = createWindow(windowOptions(platform));
    fresh.on('blur', hide);
    const forget = (): void => {
      if (window === fresh) close();
    };
    fresh.on('closed', forget);
    // What crashed shows nothing any more: the next click makes another.
    fresh.webContents.on('render-process-gone', forget);
    window = fresh;
    return fresh;
  }

  return {
    prepare() {
      if (made().isVisible()) return;
      destroySoon();
    },
    toggle(icon) {
      if (clock.monotonic() - hiddenAt < sameClickMs) {
        hiddenAt = -Infinity;
        return;
      }
      const shown = made();
      if (shown.isVisible()) {
        hide();
        return;
      }
      clearTimeout(timer);
      shown.setBounds(placeOf(icon, workAreaAt(icon)));
      shown.show();
      shown.focus();
    },
    hide,
    close,
  };
}

function windowOptions(platform: DesktopState['platform']): BrowserWindowConstructorOptions {
  return {
    ...size,
    ...{ show: false, frame: false, resizable: false, movable: false, minimizable: false, maximizable: false },
    ...{ fullscreenable: false, skipTaskbar: true, alwaysOnTop: true, title: 'Sluice' },
    // Over programs that fill the screen too, as the menus of the bar do.
    ...(platform === 'darwin' ? { type: 'panel', hiddenInMissionControl: true } : {}),
  };
}

/** Beside the icon, on the side where there is room, and wholly on its display. */
export function placeOf(icon: Rectangle, area: Rectangle): Rectangle {
  const [width, height] = [Math.min(size.width, area.width), Math.min(size.height, area.height)];
  const middle = { x: icon.x + icon.width / 2, y: icon.y + icon.height / 2 };
  const isBeside = middle.x < area.x || middle.x > area.x + area.width;
  const x = isBeside ? (middle.x < area.x ? area.x : area.x + area.width) : middle.x - width / 2;
  const y = isBeside ? middle.y - height / 2 : middle.y < area.y + area.height / 2 ? area.y : area.y + area.height;
  return {
    x: Math.round(within(x, area.x + marginPx, area.x + area.width - width - marginPx)),
    y: Math.round(within(y, area.y + marginPx, area.y + area.height - height - marginPx)),
    ...{ width, height },
  };
}

/** Where both cannot be kept, the first edge is. */
const within = (value: number, least: number, most: number): number => Math.max(least, Math.min(value, most));
