import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { appMenu } from '../../../main/electron/app-menu.ts';
import { english } from './support.ts';

interface Shown {
  readonly items: readonly MenuItemConstructorOptions[];
  readonly did: string[];
}

function menuOn(platform: NodeJS.Platform): Shown {
  const did: string[] = [];
  const items = appMenu({
    ...{ platform, text: english },
    show: (path) => did.push(`show ${path}`),
    closeWindow: () => did.push('close'),
    quit: () => did.push('quit'),
  });
  return { items, did };
}

const under = ({ submenu }: MenuItemConstructorOptions): readonly MenuItemConstructorOptions[] =>
  Array.isArray(submenu) ? submenu : [];

const all = (items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  items.flatMap((item) => [item, ...all(under(item))]);

const press = (items: readonly MenuItemConstructorOptions[], accelerator: string): void => {
  const item = all(items).find((one) => one.accelerator === accelerator);
  (item?.click as (() => void) | undefined)?.();
};

describe('the menu of the application', () => {
  it.each(['darwin', 'win32', 'linux'] as const)('has the usual keys on %s', (platform) => {
    const { items, did } = menuOn(platform);
    for (const key of [',', 'W', 'Q']) press(items, `CommandOrControl+${key}`);
    expect(did).toEqual(['show /settings', 'close', 'quit']);
    const accelerators = all(items).flatMap((item) => item.accelerator ?? []);
    expect(new Set(accelerators).size).toBe(accelerators.length);
  });

  it.each(['darwin', 'win32', 'linux'] as const)('has nothing of Electron’s own menus on %s', (platform) => {
    const roles = all(menuOn(platform).items).map(({ role }) => role);
    // A page that is loaded anew or looked into is for those who develop it; Electron’s own ways to quit and close are not ours.
    for (const role of [
      'reload',
      'forceReload',
      'toggleDevTools',
      'viewMenu',
      'appMenu',
      'fileMenu',
      'quit',
      'close',
      'help',
    ])
      expect(roles).not.toContain(role);
    for (const role of ['editMenu', 'zoomIn', 'zoomOut', 'resetZoom']) expect(roles).toContain(role);
  });

  it('is that of the system on macOS: ours first, a window menu last', () => {
    const { items } = menuOn('darwin');
    expect(items[0]?.label).toBe('Sluice');
    expect(under(items[0] ?? {}).map(({ role }) => role)).toEqual(
      expect.arrayContaining(['about', 'hide', 'hideOthers']),
    );
    expect(items.at(-1)).toMatchObject({
      role: 'window',
      submenu: [{ role: 'minimize' }, { accelerator: 'CommandOrControl+W' }],
    });
  });

  it.each(['win32', 'linux'] as const)('has no part of macOS on %s', (platform) => {
    const { items } = menuOn(platform);
    const roles = all(items).map(({ role }) => role);
    for (const role of ['about', 'hide', 'hideOthers', 'window', 'minimize']) expect(roles).not.toContain(role);
    expect(items).toHaveLength(3);
  });

  it('has a word for everything that has no role', () => {
    for (const item of all(menuOn('linux').items))
      if (item.role === undefined && item.type !== 'separator') expect(item.label).toMatch(/\S/);
  });
});
