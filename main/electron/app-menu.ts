/** The menu of the application: on macOS at the top of the screen, elsewhere hidden, for its shortcuts alone. */
import type { MenuItemConstructorOptions } from 'electron';
import type { DesktopText } from '../../shared/text/desktop.ts';

export interface AppMenuOptions {
  readonly platform: NodeJS.Platform;
  readonly text: DesktopText;
  readonly show: (path: string) => void;
  readonly closeWindow: () => void;
  readonly quit: () => void;
}

/** Editing, zooming, closing, settings, quitting: what people expect under the usual keys, and nothing of Electron's own menus. */
export function appMenu({
  platform,
  text: { t },
  show,
  closeWindow,
  quit,
}: AppMenuOptions): MenuItemConstructorOptions[] {
  const settings: MenuItemConstructorOptions = {
    label: t('desktop.menu.settings'),
    accelerator: 'CommandOrControl+,',
    click: () => show('/settings'),
  };
  const close: MenuItemConstructorOptions = {
    label: t('desktop.menu.closeWindow'),
    accelerator: 'CommandOrControl+W',
    click: closeWindow,
  };
  const end: MenuItemConstructorOptions = { label: t('tray.quit'), accelerator: 'CommandOrControl+Q', click: quit };
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const own: MenuItemConstructorOptions[] =
    platform === 'darwin'
      ? [{ role: 'about' }, separator, settings, separator, { role: 'hide' }, { role: 'hideOthers' }, separator, end]
      : [settings, separator, close, end];
  return [
    { label: 'Sluice', submenu: own },
    { role: 'editMenu' },
    {
      label: t('desktop.menu.view'),
      submenu: [
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        separator,
        { role: 'togglefullscreen' },
      ],
    },
    ...(platform === 'darwin' ? [windowMenu(close)] : []),
  ];
}

function windowMenu(close: MenuItemConstructorOptions): MenuItemConstructorOptions {
  return { role: 'window', submenu: [{ role: 'minimize' }, close] };
}
