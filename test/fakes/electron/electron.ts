// The stand-in for Electron's main process: what `import … from 'electron'` gives where `register.ts` is loaded.
//
// It runs the real main script, the real preload script in a world of its own, and the real pages in a real Chromium. What it cannot do:
// the scheme of the app is an https address in the page (main is told its own); the page's frames share one process; hidden windows
// still say that they are visible; `beforeunload` does not ask; nothing is drawn outside of pages: trays, menus, dialogs and
// notifications are read and clicked over `control.ts`; `app.relaunch` is told to the test, which starts it again.
import { app } from './app.ts';
import { BaseWindow, BrowserWindow } from './browser-window.ts';
import { clipboard, ClipboardItem, dialog, shell } from './desk.ts';
import { guarded } from './guarded.ts';
import { ipcMain } from './ipc-main.ts';
import { Menu, MenuItem, Tray } from './menu.ts';
import { nativeImage } from './native-image.ts';
import { Notification } from './notification.ts';
import { protocol, session } from './session.ts';
import {
  autoUpdater,
  crashReporter,
  globalShortcut,
  nativeTheme,
  net,
  powerMonitor,
  safeStorage,
  screen,
  systemPreferences,
} from './system.ts';
import { webContents } from './web-contents.ts';

export {
  app,
  autoUpdater,
  BaseWindow,
  BrowserWindow,
  clipboard,
  ClipboardItem,
  crashReporter,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  systemPreferences,
  Tray,
  webContents,
};

const modules = {
  ...{
    app,
    autoUpdater,
    BaseWindow,
    BrowserWindow,
    clipboard,
    ClipboardItem,
    crashReporter,
    dialog,
    globalShortcut,
    ipcMain,
    Menu,
  },
  ...{ MenuItem, nativeImage, nativeTheme, net, Notification, powerMonitor, protocol, safeStorage, screen, session },
  ...{ shell, systemPreferences, Tray, webContents },
} satisfies Partial<Record<keyof typeof Electron.CrossProcessExports, unknown>>;

const electron = guarded('electron', modules);

export { electron as default, electron as 'module.exports' };
