// How a test reaches the stand-in: messages over the channel of a forked process. Each command answers with plain data.
import { stayAlive } from './life.ts';
import { app, becomeReady } from './app.ts';
import { allWindows, closeByPeople, closeEverything, endSession, windowWithId } from './browser-window.ts';
import { chromiumEnded, chromiumPid, freshProfile } from './chromium-host.ts';
import { counted } from './counts.ts';
import { answerDialog, clipboard, openDialogs, type Answer } from './desk.ts';
import { clickMenu, describeMenu, shown } from './menu.ts';
import { notificationsNow, notificationTitled } from './notification.ts';
import { refusable, stage, type Keyring } from './stage.ts';
import { displayOf, displays, emitPower, pressShortcut, screen, setSystemDark, takenShortcuts } from './system.ts';
import { allContents } from './web-contents.ts';

const tray = () => {
  const [first] = shown.trays;
  if (first === undefined) throw new Error('there is no tray icon');
  return first;
};
type TrayAct = Parameters<ReturnType<typeof tray>['act_']>[0];

/** Its keys are what a test can ask for; see `desktop.ts` in this folder for the asking side. */
export const commands = {
  windows: () => allWindows().map((window) => window.describe_()),
  /** Where a debugger finds the page of a window. */
  page: async (id: number) => {
    const { endpoint, target } = await windowWithId(id).of_.target_();
    return { endpoint, target };
  },
  chromium: async () => (await chromiumPid()) ?? null,
  /** When none runs any more, or none ran. */
  noChromium: () => chromiumEnded(),
  freshProfile: () => freshProfile(),
  closeWindow: (id: number) => closeByPeople(id),
  crash: (id: number) => windowWithId(id).of_.crash_(),
  loadUrl: (id: number, url: string) => windowWithId(id).loadURL(url),
  tray: () => (shown.trays.size === 0 ? null : tray().describe_()),
  trayAct: (act: TrayAct) => tray().act_(act),
  trayMenu: (path: readonly string[]) => clickMenu(tray().shownMenu_, path),
  popup: () => (shown.popup === undefined ? null : describeMenu(shown.popup)),
  popupMenu: (path: readonly string[]) => clickMenu(shown.popup ?? null, path),
  appMenu: () => (shown.application === null ? null : describeMenu(shown.application)),
  appMenuClick: (path: readonly string[]) => clickMenu(shown.application, path),
  notifications: () => notificationsNow().map((one) => one.describe_()),
  notificationAct: (title: string, action?: string) => notificationTitled(title).act_(action),
  notificationDismiss: (title: string) => notificationTitled(title).dismiss_(),
  dialogs: () => openDialogs(),
  answer: (answer: Answer) => answerDialog(answer),
  clipboard: () => clipboard.readText(),
  copy: (text: string) => clipboard.writeText(text),
  power: (event: string) => emitPower(event),
  /** As Windows does at the end of a session: then the process is no more. */
  endSession: () => {
    endSession();
    process.kill(process.pid, 'SIGKILL');
  },
  closeEverything: () => closeEverything(),
  dark: (dark: boolean) => setSystemDark(dark),
  /** As the app wants it. */
  theme: () => stage.theme,
  /** Again, after a debugger set its own. */
  applyTheme: async () => void (await Promise.all(allContents().map((contents) => contents.applyTheme_()))),
  online: (online: boolean) => void (stage.online = online),
  locale: (locale: string) => void (stage.locale = locale),
  keyring: (change: Partial<Keyring>) => void Object.assign(stage.keyring, change),
  openUrl: (url: string) => void app.emit('open-url', refusable({}), url),
  activate: (hasVisibleWindows: boolean) => void app.emit('activate', refusable({}), hasVisibleWindows),
  secondInstance: (argv: readonly string[], data?: unknown) =>
    void app.emit('second-instance', refusable({}), [process.execPath, process.argv[1], ...argv], process.cwd(), data),
  shortcut: (accelerator: string) => pressShortcut(accelerator),
  takeShortcut: (accelerator: string) => void takenShortcuts.add(accelerator),
  setDisplays: (
    all: readonly { readonly id: number; readonly bounds: Electron.Rectangle; readonly scale?: number }[],
  ) => {
    displays.splice(0, displays.length, ...all.map(({ id, bounds, scale }) => displayOf(id, bounds, scale)));
    (screen as unknown as NodeJS.EventEmitter).emit('display-metrics-changed', refusable({}), displays[0], [
      'bounds',
      'workArea',
    ]);
  },
  happened: (what?: string) => stage.happened.filter((one) => what === undefined || one.what === what),
  /** Handles and timers that keep the process busy, besides those of the stand-in. */
  resources: () => process.getActiveResourcesInfo(),
  /** Where the settings ask for it. */
  counts: () => counted(),
  quit: () => app.quit(),
  /** An error that nobody catches. */
  fail: (message: string) =>
    void setImmediate(() => {
      throw new Error(message);
    }),
} as const;

interface Command {
  readonly id: number;
  readonly name: keyof typeof commands;
  readonly input: readonly unknown[];
}

async function answer({ id, name, input }: Command): Promise<void> {
  try {
    const command = commands[name] as (...given: readonly unknown[]) => unknown;
    const value = (await command(...input)) ?? null;
    process.send?.({ id, ok: true, value: JSON.parse(JSON.stringify(value)) as unknown });
  } catch (error) {
    process.send?.({ id, ok: false, error: error instanceof Error ? error.message : String(error) });
  }
}

/** Listens to the test, and makes the app ready once its main script has run. */
export function begin(): void {
  if (process.send !== undefined) {
    process.on('message', (message) => void answer(message as Command));
    // Nobody is there to end it later.
    process.on('disconnect', () => process.exit(1));
    stage.signals.on('happened', (happening: unknown) =>
      process.send?.({ happening: JSON.parse(JSON.stringify(happening)) as unknown }),
    );
  }
  const stop = stayAlive();
  // As Electron does, unless the app listens itself.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) app.quit();
    });
  process.on('exit', stop);
  setImmediate(() => setImmediate(becomeReady));
}
