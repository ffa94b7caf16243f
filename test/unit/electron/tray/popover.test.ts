// The small window at the icon: where it comes up, when it goes, and that none is kept for nothing.
import type { Rectangle } from 'electron';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPopover, placeOf, type Popover } from '../../../../main/electron/tray/popover.ts';

class SmallWindow extends EventEmitter {
  readonly webContents = new EventEmitter();
  bounds: Rectangle | undefined;
  isShown = false;
  isGone = false;

  isVisible(): boolean {
    return this.isShown;
  }

  isDestroyed(): boolean {
    return this.isGone;
  }

  setBounds(bounds: Rectangle): void {
    this.bounds = bounds;
  }

  show(): void {
    this.isShown = true;
  }

  focus(): void {
    this.emit('focus');
  }

  hide(): void {
    this.isShown = false;
  }

  destroy(): void {
    this.isGone = true;
    this.emit('closed');
  }
}

const area: Rectangle = { x: 0, y: 25, width: 1440, height: 875 };
const icon: Rectangle = { x: 1000, y: 0, width: 22, height: 25 };

let made: SmallWindow[];
let popover: Popover;

beforeEach(() => {
  vi.useFakeTimers();
  made = [];
  popover = createPopover({
    createWindow() {
      const window = new SmallWindow();
      made.push(window);
      return window;
    },
    workAreaAt: () => area,
    platform: 'darwin',
    clock: { monotonic: () => performance.now() },
  });
});

afterEach(() => {
  popover.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const shown = (): readonly boolean[] => made.map((window) => window.isShown);
const gone = (): readonly boolean[] => made.map((window) => window.isGone);

describe('the popover', () => {
  it('is made when the pointer comes, and shown by the click', () => {
    popover.prepare();
    popover.prepare();
    expect(shown()).toEqual([false]);
    popover.toggle(icon);
    expect(shown()).toEqual([true]);
    expect(made[0]?.bounds).toEqual({ x: 831, y: 33, width: 360, height: 420 });
  });

  it('is made by the click where no pointer came before', () => {
    popover.toggle(icon);
    expect(shown()).toEqual([true]);
  });

  it('is hidden by the next click, although that takes its focus away first', () => {
    popover.toggle(icon);
    made[0]?.emit('blur');
    expect(shown()).toEqual([false]);
    popover.toggle(icon);
    expect(shown()).toEqual([false]);
    vi.advanceTimersByTime(1_000);
    popover.toggle(icon);
    expect(shown()).toEqual([true]);
    popover.toggle(icon);
    expect(shown()).toEqual([false]);
  });

  it('is destroyed a minute after it was hidden, or was never shown', () => {
    popover.prepare();
    vi.advanceTimersByTime(60_000);
    expect(gone()).toEqual([true]);
    popover.toggle(icon);
    vi.advanceTimersByTime(3_600_000);
    expect(gone()).toEqual([true, false]);
    popover.hide();
    vi.advanceTimersByTime(59_999);
    expect(gone()).toEqual([true, false]);
    vi.advanceTimersByTime(1);
    expect(gone()).toEqual([true, true]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is kept when it is wanted again within the minute', () => {
    popover.toggle(icon);
    popover.hide();
    vi.advanceTimersByTime(30_000);
    popover.toggle(icon);
    vi.advanceTimersByTime(120_000);
    expect([made.length, shown()]).toEqual([1, [true]]);
  });

  it('is another one after it was closed, or what draws it crashed', () => {
    popover.toggle(icon);
    made[0]?.destroy();
    popover.toggle(icon);
    made[1]?.webContents.emit('render-process-gone');
    expect(gone()).toEqual([true, true]);
    popover.toggle(icon);
    expect(shown()[2]).toBe(true);
  });
});

describe('its place', () => {
  const windows: Rectangle = { x: 0, y: 0, width: 1920, height: 1040 };
  it.each<[string, Rectangle, Rectangle, object]>([
    ['under the bar of macOS', icon, area, { x: 831, y: 33 }],
    ['over the taskbar of Windows', { x: 1600, y: 1048, width: 24, height: 24 }, windows, { x: 1432, y: 612 }],
    ['wholly on the display', { x: 1900, y: 1048, width: 24, height: 24 }, windows, { x: 1552, y: 612 }],
    [
      ...(['beside a taskbar at the left', { x: 20, y: 900, width: 24, height: 24 }] as const),
      ...([
        { x: 62, y: 0, width: 1858, height: 1080 },
        { x: 70, y: 652 },
      ] as const),
    ],
    [
      ...(['beside a taskbar at the right', { x: 1880, y: 500, width: 24, height: 24 }] as const),
      ...([
        { x: 0, y: 0, width: 1858, height: 1080 },
        { x: 1490, y: 302 },
      ] as const),
    ],
    [
      ...(['on a display left of the first', { x: -500, y: 0, width: 22, height: 25 }] as const),
      ...([
        { x: -1440, y: 25, width: 1440, height: 875 },
        { x: -669, y: 33 },
      ] as const),
    ],
  ])('is %s', (_, at, within, expected) => {
    expect(placeOf(at, within)).toMatchObject(expected);
  });

  it('is as large as a small display lets it be', () => {
    expect(placeOf({ x: 0, y: 0, width: 10, height: 10 }, { x: 0, y: 10, width: 300, height: 300 })).toEqual({
      ...{ x: 8, y: 18, width: 300, height: 300 },
    });
  });
});
