// The thin layer over Electron: what it draws, when it draws it again, and what a click does.
import type { Menu, MenuItemConstructorOptions, NativeImage, Rectangle } from 'electron';
import { EventEmitter } from 'node:events';
import { join, sep } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Picture } from '../../../../main/electron/picture.ts';
import { openTray, type TrayHandle, type TrayOptions } from '../../../../main/electron/tray/tray.ts';
import { budget, desktop, now, picture, timezone, wordsIn } from './world.ts';

const icons = join(sep, 'icons');
const folder = join(icons, 'tray');
const bounds: Rectangle = { x: 100, y: 0, width: 22, height: 22 };

/** A tray that notes what is done to it. */
class NotedTray extends EventEmitter {
  static last: NotedTray;
  readonly did: (readonly [what: string, value: unknown])[] = [];
  contextMenu: Menu | undefined;

  constructor(image: NativeImage) {
    super();
    this.setImage(image);
    NotedTray.last = this;
  }

  setImage(image: NativeImage): void {
    this.did.push(['image', (image as unknown as NotedImage).path]);
  }

  setToolTip(text: string): void {
    this.did.push(['tooltip', text]);
  }

  setTitle(title: string): void {
    this.did.push(['title', title]);
  }

  setContextMenu(menu: Menu): void {
    this.contextMenu = menu;
    this.did.push(['menu', itemsOf(menu).length]);
  }

  popUpContextMenu(menu: Menu): void {
    this.did.push(['popUp', itemsOf(menu)[1]?.label]);
  }

  setIgnoreDoubleClickEvents(): void {
    this.did.push(['single clicks', true]);
  }

  destroy(): void {
    this.did.push(['destroyed', true]);
  }

  take(): (readonly [what: string, value: unknown])[] {
    return this.did.splice(0);
  }
}

interface NotedImage {
  readonly path: string;
  isEmpty(): boolean;
}

const itemsOf = (menu: Menu | undefined): MenuItemConstructorOptions[] =>
  (menu as unknown as { template: MenuItemConstructorOptions[] } | undefined)?.template ?? [];

let theme: EventEmitter & { shouldUseDarkColors: boolean; shouldUseDarkColorsForSystemIntegratedUI: boolean };
let shown: Picture | undefined;
let listeners: Set<(picture: Picture) => void>;
let moment: number;
let asked: unknown[];
let warned: string[];
let isIconThere: boolean;

beforeEach(() => {
  theme = Object.assign(new EventEmitter(), {
    ...{ shouldUseDarkColors: false, shouldUseDarkColorsForSystemIntegratedUI: false },
  });
  [listeners, moment, asked, warned, isIconThere] = [new Set(), now, [], [], true];
  shown = picture({ rest: { budgets: [budget()] } });
});

const note =
  (what: string) =>
  (...values: readonly unknown[]): void =>
    void asked.push([what, ...values]);

function open(platform: 'darwin' | 'win32' | 'linux', change: Partial<TrayOptions> = {}): TrayHandle {
  return openTray({
    ...{ platform, iconsFolder: icons, desktopName: undefined, statusNotifier: 'unknown' },
    electron: {
      Tray: NotedTray as never,
      Menu: { buildFromTemplate: (template) => ({ template }) as unknown as Menu },
      nativeImage: {
        createFromPath: (path) => ({ path, isEmpty: () => !isIconThere }) as unknown as NativeImage,
      },
      nativeTheme: theme,
    },
    pictures: {
      get current() {
        return shown;
      },
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    clock: { now: () => moment },
    timezone: () => timezone,
    desktop: () => desktop({ platform }),
    text: () => wordsIn('en'),
    isWindowOpen: () => false,
    actions: {
      ...{ show: note('show'), copy: note('copy'), pause: note('pause'), resume: note('resume') },
      ...{ chooseModel: note('chooseModel'), chooseProfile: note('chooseProfile'), quit: note('quit') },
      ...{ checkForUpdates: note('checkForUpdates'), installUpdate: note('installUpdate') },
      closeWindow: note('closeWindow'),
    },
    popover: { prepare: note('prepare'), toggle: note('toggle') },
    log: { warn: (message) => void warned.push(message) },
    ...change,
  });
}

function follow(next: Picture): void {
  shown = next;
  for (const listener of listeners) listener(next);
}

const click = (keys: object = {}): boolean => NotedTray.last.emit('click', keys, bounds, { x: 0, y: 0 });

describe('the tray icon', () => {
  it('is drawn with the state, its tooltip, its title and its menu', () => {
    const { preferences } = desktop();
    const handle = open('darwin', {
      desktop: () => desktop({ preferences: { ...preferences, tray_title: 'share', tray_meter: true } }),
    });
    expect([handle.shown, handle.reason]).toEqual([true, null]);
    expect(NotedTray.last.take()).toEqual([
      ['image', join(folder, 'running-25Template.png')],
      ['single clicks', true],
      ['tooltip', 'Running · $3.42 of $10.00 today'],
      ['title', '34%'],
    ]);
  });

  it('is drawn anew only where a picture changed something', () => {
    open('linux');
    NotedTray.last.take();
    follow(picture({ rest: { budgets: [budget()] } }));
    expect(NotedTray.last.take()).toEqual([]);
    follow(picture({ rest: { budgets: [budget()], favourites: ['openai/gpt'] } }));
    expect(NotedTray.last.take().map(([what]) => what)).toEqual(['menu']);
    follow(picture({ rest: { budgets: [budget({ spent_usd: '9' })] } }));
    expect(NotedTray.last.take().map(([what]) => what)).toEqual(['image', 'tooltip', 'menu']);
  });

  it('has a title on macOS alone', () => {
    const { preferences } = desktop();
    open('win32', { desktop: () => desktop({ preferences: { ...preferences, tray_title: 'spend' } }) });
    expect(NotedTray.last.take().map(([what]) => what)).toEqual(['image', 'tooltip', 'menu']);
  });

  it('follows the theme of the panel', () => {
    open('win32');
    NotedTray.last.take();
    theme.shouldUseDarkColorsForSystemIntegratedUI = true;
    theme.emit('updated');
    expect(NotedTray.last.take()).toEqual([['image', join(folder, 'running-dark.ico')]]);
  });

  it('says of today what is so when the pointer comes', () => {
    open('win32');
    NotedTray.last.take();
    moment = now + 86_400_000;
    NotedTray.last.emit('mouse-enter');
    expect(NotedTray.last.take()).toContainEqual(['tooltip', 'Running · $0.00 of $10.00 today']);
    expect(asked).toEqual([['prepare']]);
  });

  it('is gone after the end, and nothing is listened to any more', () => {
    const handle = open('darwin');
    NotedTray.last.take();
    handle.close();
    expect(NotedTray.last.take()).toEqual([['destroyed', true]]);
    expect([listeners.size, theme.listenerCount('updated')]).toEqual([0, 0]);
  });
});

describe('a click', () => {
  it('opens the popover at the icon on macOS and on Windows', () => {
    for (const platform of ['darwin', 'win32'] as const) {
      open(platform);
      click();
    }
    expect(asked).toEqual([
      ['toggle', bounds],
      ['toggle', bounds],
    ]);
  });

  it('opens the window on Linux, where the menu is of the system', () => {
    open('linux');
    click();
    expect(asked).toEqual([['show', '/']]);
    expect(itemsOf(NotedTray.last.contextMenu)).not.toEqual([]);
  });

  it('with the other button, or with Control, brings up the menu of this moment on macOS', () => {
    open('darwin');
    expect(NotedTray.last.contextMenu).toBeUndefined();
    NotedTray.last.take();
    moment = now + 86_400_000;
    NotedTray.last.emit('right-click');
    click({ ctrlKey: true });
    const spent = '$0.00 of $10.00 today  ░░░░░░░░░  (0%)';
    expect(NotedTray.last.take().filter(([what]) => what === 'popUp')).toEqual([
      ['popUp', spent],
      ['popUp', spent],
    ]);
    expect(asked).toEqual([]);
  });

  it('without a popover opens the menu on macOS and the window on Windows', () => {
    open('darwin', { popover: undefined });
    expect(itemsOf(NotedTray.last.contextMenu)).not.toEqual([]);
    open('win32', { popover: undefined });
    click();
    expect(asked).toEqual([['show', '/']]);
  });
});

describe('the menu', () => {
  const chosen = (...path: readonly string[]): MenuItemConstructorOptions => {
    let items = itemsOf(NotedTray.last.contextMenu);
    let found: MenuItemConstructorOptions | undefined;
    for (const label of path) {
      found = items.find((item) => item.label === label);
      items = (found?.submenu ?? []) as MenuItemConstructorOptions[];
    }
    if (found === undefined) throw new Error(`there is no ${path.join(' > ')}`);
    return found;
  };
  const choose = (...path: readonly string[]): void => chosen(...path).click?.({} as never, undefined, {});

  it('does what is chosen', () => {
    const paused = { mode: 'block', since: '2026-11-29T11:00:00.000Z', until: null } as const;
    shown = picture({
      status: { paused },
      rest: { favourites: ['openai/gpt'], profiles: [{ id: 'w', name: 'Work' }] },
    });
    const updates = { ...desktop().updates, state: 'ready', version: '2' } as const;
    open('linux', { isWindowOpen: () => true, desktop: () => desktop({ platform: 'linux', updates }) });
    choose('Model', 'gpt via OpenAI');
    choose('Model', 'Auto (rules)');
    choose('Profile', 'Work');
    choose('Resume');
    choose('Pause', 'Pass through', '15 minutes');
    choose('Copy', 'OpenAI environment');
    choose('Connect a client…');
    choose('Restart to update to 2');
    choose('Close window, keep gateway');
    choose('Quit (gateway stops)');
    expect(asked).toEqual([
      ['chooseModel', 'openai/gpt'],
      ['chooseModel', null],
      ['chooseProfile', 'w'],
      ['resume'],
      ['pause', 15, 'pass_through'],
      ['copy', 'openai_env'],
      ['show', '/clients'],
      ['installUpdate'],
      ['closeWindow'],
      ['quit'],
    ]);
  });

  it('goes on saying what is so, whatever was clicked: Electron moves the mark by itself', () => {
    shown = picture({ rest: { favourites: ['openai/gpt'], profiles: [{ id: 'w', name: 'Work' }] } });
    open('linux');
    NotedTray.last.take();
    for (const path of [
      ['Model', 'gpt via OpenAI'],
      ['Profile', 'Work'],
    ]) {
      // As Electron does before it tells of the click.
      chosen(...path).checked = true;
      choose(...path);
      expect(chosen(...path).checked).toBe(false);
    }
    expect(NotedTray.last.take().map(([what]) => what)).toEqual(['menu', 'menu']);
    follow(picture({ rest: { favourites: ['openai/gpt'], model_choice: 'openai/gpt' } }));
    expect(chosen('Model', 'gpt via OpenAI').checked).toBe(true);
  });

  it('is of the kinds that Electron has, and registers no shortcut', () => {
    open('linux');
    expect(chosen('Model', 'Auto (rules)')).toMatchObject({ type: 'radio', checked: true });
    expect(chosen('Pause')).toMatchObject({ type: 'submenu' });
    expect(chosen('Open dashboard')).toMatchObject({
      ...{ type: 'normal', accelerator: 'CommandOrControl+Shift+G', registerAccelerator: false },
    });
    expect(itemsOf(NotedTray.last.contextMenu)).toContainEqual({ type: 'separator' });
  });

  it('is drawn anew when it is told that something else changed', () => {
    let isWindowOpen = false;
    const handle = open('linux', { isWindowOpen: () => isWindowOpen });
    isWindowOpen = true;
    NotedTray.last.take();
    handle.redraw();
    expect(NotedTray.last.take().map(([what]) => what)).toEqual(['menu']);
    expect(chosen('Close window, keep gateway').type).toBe('normal');
  });
});

describe('no tray', () => {
  it('is told with its reason where the system takes none', () => {
    const handle = open('linux', {
      electron: {
        Tray: class {
          constructor() {
            throw new Error('no display');
          }
        } as never,
        Menu: { buildFromTemplate: () => ({}) as Menu },
        nativeImage: { createFromPath: () => ({ isEmpty: () => false }) as NativeImage },
        nativeTheme: theme,
      },
    });
    expect([handle.shown, handle.reason]).toEqual([false, 'The system took no tray icon: no display']);
    expect(warned).toHaveLength(1);
    handle.redraw();
    handle.close();
  });

  it('is better than an icon that nobody sees', () => {
    isIconThere = false;
    const handle = open('win32');
    expect(handle.shown).toBe(false);
    expect(handle.reason).toContain('running-light.ico');
  });

  it('is what GNOME has without its extension; where nobody knows, there is one', () => {
    const missing = open('linux', { statusNotifier: 'missing' });
    expect(missing.shown).toBe(false);
    expect(missing.reason).toContain('AppIndicator');
    expect(open('linux', { statusNotifier: 'unknown' }).shown).toBe(true);
    expect(open('linux', { statusNotifier: 'present' }).reason).toBeNull();
    expect(open('win32', { statusNotifier: 'missing' }).shown).toBe(true);
  });
});
