/** The shell around a running core: tray, window, notifications, updates and what the system tells, put together. */
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  app,
  BaseWindow,
  BrowserWindow,
  clipboard,
  ClipboardItem,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  screen,
  session,
  shell as system,
  systemPreferences,
} from 'electron';
import type { DesktopPreferencesChange, DesktopState } from '../../shared/contract/desktop.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { DesktopText } from '../../shared/text/desktop.ts';
import type { DesktopNeed } from '../control/desktop-need.ts';
import type { Dispatch } from '../control/dispatch.ts';
import type { Events } from '../control/events.ts';
import { loadWindowAssets } from '../control/window-assets.ts';
import type { Host } from '../host/host.ts';
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { localTimeZone } from '../kit/time-zone.ts';
import { appMenu, type AppMenuOptions } from './app-menu.ts';
import { createWindowProtocol, pagePath } from './app-protocol.ts';
import { createCopier, type Copier } from './copy.ts';
import { guardPages, guardSession } from './guard.ts';
import { openIpcDoor } from './ipc.ts';
import { createReveal } from './keychain/reveal.ts';
import { createLinkDesk } from './link-desk.ts';
import type { Login } from './login.ts';
import { createOwnDeeds } from './notices/own-deeds.ts';
import { createOpenExternal } from './open-external.ts';
import { createPicture } from './picture.ts';
import { networkFingerprint, watchPower } from './power.ts';
import type { Preferences } from './preferences.ts';
import { questionsOn, type Questions } from './questions.ts';
import { watchSessionEnd } from './session-end.ts';
import { openShellNotices } from './shell-notices.ts';
import { openShellTray } from './shell-tray.ts';
import { createShortcut } from './shortcut.ts';
import type { TrayHandle } from './tray/tray.ts';
import type { Updates } from './updates/updates.ts';
import { createWindows, type Windows } from './window.ts';

export interface ShellOptions {
  readonly core: ShellCore;
  readonly host: Host;
  readonly preferences: Preferences;
  readonly login: Login;
  readonly updates: Updates;
  /** Electron's folder for this user. */
  readonly directory: string;
  readonly text: () => DesktopText;
  readonly clock: Clock;
  readonly log: Log;
  /** Why it started with the least it needs; `undefined`: it did not. */
  readonly safeMode: string | undefined;
  /** The machine is on another network, or slept, which ends what ran. */
  readonly onNewNetwork: (slept: boolean) => void;
  /** `atOnce`: the system goes down. */
  readonly quit: (atOnce: boolean) => void;
  /** The system ends this process as soon as this returns. */
  readonly onSessionEnd: () => void;
}

/** What the shell needs of the running core. */
export interface ShellCore {
  readonly dispatch: Dispatch;
  readonly events: Events;
  /** Of the data port, the one for people first. */
  readonly urls: () => readonly string[];
  /** Id of the key of this program. */
  readonly ownKeyId: string;
}

export interface Shell {
  readonly need: DesktopNeed;
  /** Opens the window, or brings it to the front. An empty path leaves it where it is. */
  show(path: string): Promise<void>;
  link(text: string): Promise<void>;
  /** Takes everything down that is to be seen. */
  stop(): Promise<void>;
}

/** What there is once everything is put together. */
interface ShellParts {
  tray: TrayHandle | undefined;
  windows: Windows | undefined;
}

/** What is left of pictures, notices and the clipboard gets so long at the end. */
const stopMs = 2_000;
/** Elsewhere the program has it in itself. */
const icon = process.platform === 'linux' ? fileURLToPath(new URL('icons/app.png', import.meta.url)) : undefined;

/** After Electron is ready. */
export async function openShell(options: ShellOptions): Promise<Shell> {
  const { core, updates, text, clock, log, safeMode } = options;
  const { events } = core;
  const quit = (): void => options.quit(false);
  const parts: ShellParts = { tray: undefined, windows: undefined };
  const dialogs = questionsOn(dialog, () => parts.windows?.seen);
  const openExternal = guardEverything(options, dialogs);
  // Behind these doors stand people: nobody is told of what they just did themselves.
  const deeds = createOwnDeeds(clock);
  const dispatch = deeds.watching(core.dispatch);
  const pictures = createPicture({ dispatch: core.dispatch, events, clock, timezone: localTimeZone, log });
  const windows = openWindows(options, () => parts.tray);
  parts.windows = windows;
  const closeDoor = openIpcDoor({ ipcMain, dispatch, events, isOurs: (contents) => windows.isOurs(contents), log });
  const show = async (path: string): Promise<void> => {
    const page = pagePath(path);
    if (!(await windows.show(page)) && path !== '') events.publish({ event: 'desktop.navigate', data: { path: page } });
  };
  const links = createLinkDesk({
    officialHosts: () => officialHosts(core.dispatch),
    ...{ show, log, publish: (event) => events.publish(event) },
  });
  const shortcut = createShortcut(globalShortcut, () => void show(''));
  const settings = createSettings(options, { shortcut, tray: () => parts.tray });
  const copier = openCopier(options);
  const need: DesktopNeed = {
    ...{ state: settings.state, set: settings.set, openExternal },
    ...{ copy: (what, name) => copier.copy(what, name), copyText: (copied) => copier.copyText(copied) },
    reveal: openReveal(options, dialogs),
    show: (path) => show(path).then(() => true),
    closeWindow: () => windows.close(),
    ...{ link: () => links.waiting, linkDone: () => links.done() },
    ...{ checkForUpdates: () => updates.check(), installUpdate: () => updates.install() },
  };
  const menu = { quit, closeWindow: () => windows.close(), show: (path: string) => void show(path) };
  const drawMenu = (): void => drawAppMenu({ ...menu, platform: process.platform, text: text() });
  drawMenu();
  parts.tray = await openShellTray({
    ...{ dispatch, pictures, windows, need, text, clock, log, ...menu },
    timezone: localTimeZone,
    isSafe: safeMode !== undefined,
  });
  const endings = [
    settings.onChange(() => {
      drawMenu();
      parts.tray?.redraw();
      events.publish({ event: 'desktop.changed', data: settings.state() });
    }),
    watchSystem(options, () => {
      void pictures.refresh();
      notices?.wake();
    }),
    closeDoor,
    () => shortcut.set(null),
  ];
  const { directory } = options;
  const notices =
    safeMode === undefined
      ? openShellNotices({
          ...{ dispatch, events, deeds, directory, text, clock, log, icon },
          ...{ preferences: options.preferences, ownKeyId: core.ownKeyId, goTo: menu.show },
        })
      : undefined;
  void pictures.refresh();
  tellMissingTray(parts.tray, options);
  return {
    ...{ need, show, link: (link) => links.arrived(link) },
    async stop() {
      windows.destroy();
      parts.tray?.close();
      for (const end of endings) end();
      updates.stop();
      // A clipboard that hangs must not keep the gateway's streams from their time to end.
      const quiet = Promise.all([pictures.stop(), notices?.stop(), copier.stop()]);
      await Promise.race([quiet, new Promise((resolve) => setTimeout(resolve, stopMs).unref())]);
    },
  };
}

/** What no page may do, and what pages are made of. Answers the only way out. */
function guardEverything({ text, log }: ShellOptions, dialogs: Questions): (url: string) => Promise<boolean> {
  const openExternal = createOpenExternal({ shell: system, dialog: dialogs, text, log });
  guardPages(app, (url) => void openExternal(url));
  guardSession(session.defaultSession);
  protocol.handle('app', createWindowProtocol(loadWindowAssets));
  return openExternal;
}

function drawAppMenu(options: AppMenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(appMenu(options)));
}

function openReveal({ text, host, log }: ShellOptions, dialogs: Questions): DesktopNeed['reveal'] {
  const { platform } = process;
  return createReveal({ dialog: dialogs, secrets: host.secrets, systemPreferences, platform, text, log });
}

/** Sleep, another network, the end of the session. Returns what ends it. */
function watchSystem(options: ShellOptions, onWake: () => void): () => void {
  const { core, clock, updates, onNewNetwork, onSessionEnd, quit } = options;
  const endPower = watchPower({
    ...{ powerMonitor, clock, events: core.events },
    networks: () => networkFingerprint(networkInterfaces()),
    onWake() {
      onNewNetwork(true);
      updates.reschedule();
      onWake();
    },
    onNetworkChange: () => onNewNetwork(false),
    onShutdown: () => quit(true),
  });
  const { platform } = process;
  const endSession = watchSessionEnd({ BaseWindow, platform, onEnd: onSessionEnd, onAsked: () => quit(true) });
  return () => {
    endPower();
    endSession();
  };
}

function openWindows(
  { preferences, clock, log, text, safeMode }: ShellOptions,
  tray: () => TrayHandle | undefined,
): Windows {
  const isMac = process.platform === 'darwin';
  return createWindows({
    ...{ BrowserWindow, screen, log },
    preload: fileURLToPath(new URL('preload.cjs', import.meta.url)),
    icon,
    devTools: !app.isPackaged,
    isDark: () => nativeTheme.shouldUseDarkColors,
    kept: () => preferences.window ?? { bounds: undefined, maximized: false },
    keep: ({ bounds, maximized }) => {
      if (bounds !== undefined) preferences.setWindow({ bounds, maximized });
    },
    monotonic: () => clock.monotonic(),
    onOpened() {
      if (isMac) app.setActivationPolicy('regular');
      tray()?.redraw();
    },
    onClosed() {
      const shown = tray()?.shown === true;
      // Without a window it is a thing of the menu bar; where that is not to be had it stays in the dock.
      if (isMac && shown) app.setActivationPolicy('accessory');
      tray()?.redraw();
      if (preferences.flags.closed_told || safeMode !== undefined) return;
      preferences.setFlag('closed_told');
      const { t } = text();
      tell(t('desktop.stillRunning'), t(shown ? 'desktop.stillRunning.text' : 'desktop.stillRunning.noTray'));
    },
  });
}

/** Said once in the life of an installation (UX-24). */
function tellMissingTray(tray: TrayHandle, { preferences, text, safeMode }: ShellOptions): void {
  if (tray.shown || safeMode !== undefined || preferences.flags.tray_missing_told) return;
  preferences.setFlag('tray_missing_told');
  const { t } = text();
  tell(t('desktop.noTray'), t('desktop.noTray.text'));
}

function tell(title: string, body: string): void {
  if (Notification.isSupported()) new Notification({ title, body }).show();
}

interface Settings {
  readonly state: () => DesktopState;
  readonly set: (change: DesktopPreferencesChange) => Promise<DesktopState>;
  /** Returns what ends it. */
  readonly onChange: (listener: () => void) => () => void;
}

interface SettingsParts {
  readonly shortcut: ReturnType<typeof createShortcut>;
  readonly tray: () => TrayHandle | undefined;
}

/** What people want of this desktop, done with the system and read back from it. */
function createSettings(
  { preferences, login, updates, text, safeMode }: ShellOptions,
  { shortcut, tray }: SettingsParts,
): Settings {
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const state = (): DesktopState => {
    const { t } = text();
    const { opens, supported, reason } = login.state();
    const { registered, refused } = shortcut.state;
    return {
      platform: process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux',
      preferences: preferences.current,
      login: { opens, supported, reason: reason === null ? null : t(reason) },
      tray: { shown: tray()?.shown ?? false, reason: tray()?.reason ?? null },
      shortcut: { registered, reason: refused ? t('desktop.shortcutRefused') : null },
      updates: updates.state(),
      safe_mode: safeMode ?? null,
    };
  };
  nativeTheme.themeSource = preferences.current.theme;
  if (safeMode === undefined) shortcut.set(preferences.current.shortcut);
  updates.onChange(changed);
  return {
    state,
    async set(change) {
      const before = preferences.current;
      // What the system refuses is not kept as if it were so.
      if (change.open_at_login !== undefined && change.open_at_login !== login.state().opens)
        await login.set(change.open_at_login);
      const after = preferences.change(change);
      if (after.shortcut !== before.shortcut) shortcut.set(after.shortcut);
      if (after.updates !== before.updates) updates.reschedule();
      nativeTheme.themeSource = after.theme;
      changed();
      return state();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function openCopier({ core, clock }: ShellOptions): Copier {
  return createCopier({
    ...{ clipboard, ClipboardItem, platform: process.platform },
    url: () => core.urls()[0] ?? '',
    async mintKey(name) {
      const day = new Date(clock.now()).toISOString().slice(0, 10);
      const reply = await core.dispatch.ask('keys.create', { name: name ?? `Copied ${day}` });
      if (reply.ok) return reply.value.key;
      throw new GatewayError('control.refused', reply.error.message);
    },
  });
}

/** Hosts of vendors' own addresses: what a link could pretend to be. */
async function officialHosts(dispatch: Dispatch): Promise<readonly string[]> {
  const reply = await dispatch.ask('providers.kinds', {});
  // Without them nothing could be warned of.
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value.kinds.flatMap(({ base_url: url, local }) =>
    url === null || local || url.includes('{') ? [] : [new URL(url).hostname],
  );
}
