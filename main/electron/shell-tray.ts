/** The tray of the running app: what it draws comes from the last picture, what people choose becomes calls. */
import { fileURLToPath } from 'node:url';
import { Menu, nativeImage, nativeTheme, screen, Tray } from 'electron';
import type { CallInput, CallName } from '../../shared/contract/contract.ts';
import type { DesktopState } from '../../shared/contract/desktop.ts';
import type { DesktopText } from '../../shared/text/desktop.ts';
import type { DesktopNeed } from '../control/desktop-need.ts';
import type { Dispatch } from '../control/dispatch.ts';
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { windowOrigin } from './app-protocol.ts';
import type { Pictures } from './picture.ts';
import { createPopover, popoverPath } from './tray/popover.ts';
import { findStatusNotifier } from './tray/status-notifier.ts';
import { openTray, type TrayActions, type TrayHandle } from './tray/tray.ts';
import type { Windows } from './window.ts';

export interface ShellTrayOptions {
  readonly dispatch: Dispatch;
  readonly pictures: Pictures;
  readonly windows: Windows;
  readonly need: DesktopNeed;
  readonly text: () => DesktopText;
  readonly timezone: () => string;
  readonly show: (path: string) => void;
  readonly quit: () => void;
  /** With the least it needs: no window at the icon. */
  readonly isSafe: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Resolves when it is known whether this desktop has a place for it. Never rejects. */
export async function openShellTray(options: ShellTrayOptions): Promise<TrayHandle> {
  const { pictures, windows, need, clock, log, isSafe } = options;
  // Read, and left there: the libraries of the desktop, such as that of its keyring, look for them when they are first used.
  const { XDG_CURRENT_DESKTOP: desktopName, DBUS_SESSION_BUS_ADDRESS: bus } = process.env;
  const { platform } = need.state();
  const popover = platform === 'linux' || isSafe ? undefined : shellPopover(options, platform);
  const tray = openTray({
    electron: { Tray, Menu, nativeImage, nativeTheme },
    ...{ platform, pictures, clock, log, popover, timezone: options.timezone, text: options.text },
    iconsFolder: fileURLToPath(new URL('icons', import.meta.url)),
    desktop: () => need.state(),
    isWindowOpen: () => windows.isOpen,
    actions: actionsOf(options),
    desktopName,
    statusNotifier:
      platform === 'linux'
        ? await findStatusNotifier({
            address: bus,
            uid: process.getuid?.() ?? 0,
          })
        : 'unknown',
  });
  return {
    ...{ shown: tray.shown, redraw: () => tray.redraw() },
    get reason() {
      return tray.reason;
    },
    close() {
      popover?.close();
      tray.close();
    },
  };
}

function shellPopover({ windows, clock, log }: ShellTrayOptions, platform: DesktopState['platform']) {
  return createPopover({
    ...{ platform, clock },
    createWindow(wanted) {
      const window = windows.create(wanted);
      window.loadURL(windowOrigin + popoverPath).catch((error: unknown) => {
        if (!window.isDestroyed()) log.warn('the small window could not be loaded', { error: String(error) });
      });
      return window;
    },
    workAreaAt: (icon) => screen.getDisplayMatching(icon).workArea,
  });
}

function actionsOf({ dispatch, need, windows, show, quit, log }: ShellTrayOptions): TrayActions {
  /** What cannot be done is in the window, which says why; a menu cannot. */
  const ask = <Name extends CallName>(name: Name, input: CallInput<Name>): void => {
    void dispatch.ask(name, input).then((reply) => {
      if (!reply.ok) log.warn('a choice in the tray was not done', { call: name, reason: reply.error.message });
    });
  };
  const done = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => log.warn('a choice in the tray was not done', { reason: String(error) }));
  };
  return {
    show,
    quit,
    copy: (kind) => done(need.copy(kind, undefined)),
    pause: (minutes, mode) => ask('app.pause', { minutes, mode }),
    resume: () => ask('app.resume', {}),
    chooseModel: (model) => ask('models.choose', { model }),
    chooseProfile: (profile) => ask('profiles.choose', { profile }),
    checkForUpdates: () => ask('updates.check', {}),
    installUpdate: () => ask('updates.install', {}),
    closeWindow: () => windows.close(),
  };
}
