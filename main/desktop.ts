/** Entry of the desktop host: one instance, the same core as everywhere, and around it the window, the tray and what the system offers. */
import { mkdirSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { app, dialog, protocol, safeStorage, shell as system } from 'electron';
import Store from 'electron-store';
import type { DesktopPreferences } from '../shared/contract/desktop.ts';
import { desktopMessages, type DesktopText } from '../shared/text/desktop.ts';
import { createText } from '../shared/text/text.ts';
import { languageOf, localeOf } from '../shared/text/words.ts';
import { startApp, type App } from './app.ts';
import type { ManagedPolicy } from './bundles/face.ts';
import { readManagedPolicy } from './bundles/managed.ts';
import { ownKeyId } from './config/keys.ts';
import { ConfigError, renderProblem } from './config/problems.ts';
import { askInstance } from './control/ask-instance.ts';
import { AlreadyRunningError, openLocalSocket, type LocalSocket } from './control/local-socket.ts';
import { windowScheme } from './electron/app-protocol.ts';
import { createCrashEnd } from './electron/crash-end.ts';
import { openCrashJournal, type CrashJournal } from './electron/crash-journal.ts';
import { createDesktopHost, type DesktopHost } from './electron/desktop-host.ts';
import { openDesktopLog } from './electron/desktop-log.ts';
import { openDesktopProxy } from './electron/desktop-proxy.ts';
import { electronKeychain } from './electron/keychain/keychain.ts';
import { registerLinks } from './electron/link-registration.ts';
import { createLogin } from './electron/login.ts';
import { openOwnWindow } from './electron/open-external.ts';
import { openPreferences, type Preferences } from './electron/preferences.ts';
import { openShell, type Shell } from './electron/shell.ts';
import { askForOther, askForPort, tellCrash, tellStartProblem } from './electron/start-dialogs.ts';
import { argumentsAgain, readStartOptions, readTold, type StartOptions, type Told } from './electron/start-options.ts';
import { startedFile } from './electron/started-file.ts';
import type { SystemProxy } from './electron/system-proxy.ts';
import { openSystemUpdates } from './electron/system-updates.ts';
import { runProgram } from './electron/updates/run-program.ts';
import type { Updates } from './electron/updates/updates.ts';
import { BindError } from './gateway/server.ts';
import { giveBack } from './host/node-host.ts';
import { isLoopbackHostname } from './host/system-proxy.ts';
import { systemClock } from './kit/clock.ts';
import { dataFiles, defaultDataDirectory } from './kit/data-directory.ts';
import { tuneHeap } from './kit/heap.ts';
import type { Log } from './kit/log.ts';
import { newestLog } from './kit/log-file.ts';
import { createRedactor, type Redactor } from './kit/redact.ts';
import type { Secret } from './kit/secret.ts';
import { version } from './kit/version.ts';
import { managedOrRefused, startProblem } from './start-problem.ts';

/** Running streams get this long at the end, as everywhere. */
const drainMs = 10_000;
/** The system goes down, and does not wait for longer. */
const hurriedDrainMs = 1_000;
/** An instance that runs already says this fast where its window is. */
const askMs = 2_000;

/** Everything that must be said before Electron is ready; then the one instance runs, or hands over to the one that does. */
async function begin(): Promise<void> {
  // Whoever read what it says may be gone: that is no reason to end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const options = readStartOptions(process.argv.slice(app.isPackaged ? 1 : 2));
  const places = { platform: process.platform, env: process.env, home: homedir() };
  const dataDir = resolve(options.dataDir ?? defaultDataDirectory(places));
  const userData = join(dataDir, 'desktop');
  app.setName('Sluice');
  if (process.platform === 'win32') app.setAppUserModelId('dev.sluice.app');
  mkdirSync(userData, { recursive: true, mode: 0o700 });
  app.setPath('userData', userData);
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([windowScheme]);
  // The one that runs gets what this one was told, and comes to the front.
  if (app.requestSingleInstanceLock({ ...options })) await new Desktop(options, { dataDir, userData }).run();
  else app.quit();
}

interface Places {
  readonly dataDir: string;
  /** Electron's folder, in the one above. */
  readonly userData: string;
}

/** A run of the desktop app, from its start to its end. */
class Desktop {
  readonly #options: StartOptions;
  readonly #places: Places;
  readonly #redactor: Redactor = createRedactor();
  readonly #log: Log;
  readonly #journal: CrashJournal;
  /** What came before there was a shell. */
  readonly #early: Told[] = [];
  readonly #preferences: Preferences;
  #core: App | undefined;
  #socket: LocalSocket | undefined;
  #proxy: SystemProxy | undefined;
  #updates: Updates | undefined;
  #shell: Shell | undefined;
  #words: { readonly name: string; readonly text: DesktopText } | undefined;
  #ending: Promise<void> | undefined;
  /** Of whoever started it while it was ending. */
  #next: Told | undefined;
  /** Nothing is left to be ended in order. */
  #isOver = false;

  constructor(options: StartOptions, places: Places) {
    const redact = (text: string): string => this.#redactor.redact(text);
    this.#options = options;
    this.#places = places;
    const { logs } = dataFiles(places.dataDir);
    this.#log = openDesktopLog({ folder: logs, level: options.logLevel ?? 'info', redactor: this.#redactor });
    this.#log.info('starting', { version, platform: process.platform, arch: process.arch });
    const file = join(places.dataDir, 'run', 'crashes.json');
    this.#journal = openCrashJournal({ file, clock: systemClock, version, redact });
    this.#preferences = openPreferences({ directory: places.userData, Store, log: this.#log });
  }

  /** Resolves when everything is up, or the app is on its way out because it cannot be. */
  async run(): Promise<void> {
    tuneHeap();
    const { safeMode, previousEndedClean } = this.#journal.begin();
    const crash = createCrashEnd({
      ...{ app, journal: this.#journal, log: this.#log, again },
      isEnding: () => this.#ending !== undefined,
      tell: (error) => this.#tellCrash(error),
      wait: (ms) => new Promise((done) => setTimeout(done, ms)),
    });
    // Electron would go on after a rejection, and write it down unredacted.
    for (const uncaught of ['uncaughtException', 'unhandledRejection'] as const)
      process.on(uncaught, (error: unknown) => void crash(error));
    this.#listen();
    try {
      const host = await this.#openHost();
      const core = await this.#startCore(host, this.#options.port);
      this.#core = core;
      this.#announce(core);
      void this.#followProviders(core);
      await app.whenReady();
      await this.#openShell({ host, core, isSafe: safeMode });
    } catch (error) {
      await this.#giveUp(error);
      return;
    }
    if (!previousEndedClean) this.#log.warn('the run before ended unexpectedly');
  }

  async #openHost(): Promise<DesktopHost> {
    const host = await createDesktopHost({
      dataDir: this.#places.dataDir,
      keychain: electronKeychain({
        ...{ app, safeStorage, platform: process.platform },
        onLate: () => void this.#openSecrets(),
      }),
      systemProxy: (origin) => this.#proxy?.proxyFor(origin),
    });
    for (const notice of host.notices) this.#log.warn(notice);
    this.#proxy = openDesktopProxy(host, () => this.#origins(), this.#log);
    return host;
  }

  /** Proxies are asked for before the first request of a provider needs one. */
  async #followProviders({ events }: App): Promise<void> {
    const refresh = async (): Promise<void> =>
      await this.#proxy?.refresh().catch((error: unknown) => this.#log.warn('proxies are not known', { error }));
    await refresh();
    for await (const { event } of events.subscribe()) if (event === 'config.changed') await refresh();
  }

  /** The keyring was unlocked when nobody waited for it any more. */
  async #openSecrets(): Promise<void> {
    const opened = this.#core?.config.openSecrets((box) => box.retry());
    await opened?.catch((error: unknown) => this.#log.warn('secrets could not be read anew', { error: String(error) }));
  }

  #origins(): readonly string[] {
    const providers = [...(this.#core?.config.snapshot.providers.values() ?? [])];
    // The demo is nowhere, and has no origin.
    return providers.flatMap(({ baseUrl }) => (/^https?:/.test(baseUrl) ? [new URL(baseUrl).origin] : []));
  }

  /** Links, second starts, signals, the system: whatever comes from outside, from now on. */
  #listen(): void {
    app.on('second-instance', (_event, _argv, _directory, told) => this.#startedAgain(readTold(told)));
    app.on('open-url', (event, link) => {
      event.preventDefault();
      this.#arrived({ hidden: true, page: undefined, link });
    });
    app.on('activate', () => this.#arrived({ hidden: false, page: undefined, link: undefined }));
    // The service stays when its window is closed; without a listener Electron would end.
    app.on('window-all-closed', () => undefined);
    app.on('before-quit', (event) => {
      // Asked again, running streams still get their time.
      if (!this.#isOver) event.preventDefault();
      this.#quit();
    });
    // Each time: a package that writes files sends the signal once more, and without a listener that would be the end.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => this.#quit());
  }

  /** Whoever starts it while it ends gets a new one. */
  #startedAgain(told: Told): void {
    if (this.#ending === undefined) this.#arrived(told);
    else if (!told.hidden) this.#next = told;
  }

  #arrived(told: Told): void {
    if (this.#ending !== undefined) return;
    if (this.#shell === undefined) this.#early.push(told);
    else void this.#follow(this.#shell, told);
  }

  async #follow(shell: Shell, { link, page, hidden }: Told): Promise<void> {
    if (link !== undefined) await shell.link(link);
    else if (page !== undefined) await shell.link(`sluice://open/${page}`);
    else if (!hidden) await shell.show('');
  }

  async #startCore(host: DesktopHost, port: number | undefined): Promise<App> {
    const started = Promise.withResolvers<App>();
    const control = started.promise;
    // First the socket: a second instance must touch neither the ledger nor the config of the first.
    this.#socket = await openLocalSocket({ dataDirectory: host.dataDir, control, pid: process.pid });
    try {
      // Only now is nobody else at work on the directory.
      for (const notice of await host.moveSecrets()) this.#log.info(notice);
      const { configFile, host: listenHost } = this.#options;
      const core = await startApp({
        managed: await this.#managed(),
        ...{ host, configFile, listenHost, port, log: this.#log, redactor: this.#redactor },
        onShutdown: () => this.#quit(),
        onFirstKey: tellFirstKey,
      });
      started.resolve(core);
      return core;
    } catch (error) {
      started.reject(error);
      await this.#socket.close();
      this.#socket = undefined;
      if (!(error instanceof BindError) || error.code !== 'EADDRINUSE') throw error;
      const other = await this.#askForPort(error);
      if (other === undefined) throw new GivenUp();
      return await this.#startCore(host, other);
    }
  }

  async #managed(): Promise<ManagedPolicy | undefined> {
    const system = { platform: process.platform, systemRoot: process.env['SystemRoot'] };
    return managedOrRefused(await readManagedPolicy({ ...system, run: runProgram, userName: userInfo().username }));
  }

  async #askForPort(error: BindError): Promise<number | undefined> {
    await app.whenReady();
    return await askForPort(this.#dialogs(), {
      host: error.host,
      port: error.port,
      problem: await startProblem(error),
    });
  }

  #dialogs(): { readonly dialog: typeof dialog; readonly text: () => DesktopText } {
    return { dialog, text: () => this.#text() };
  }

  /** It cannot start: says why, offers what can be done, and ends. */
  async #giveUp(error: unknown): Promise<void> {
    // What cannot start because it was ended is no problem.
    if (this.#ending !== undefined) return;
    if (!(error instanceof GivenUp)) {
      const problem = await startProblem(error);
      this.#log.error(problem);
      await app.whenReady();
      if (error instanceof AlreadyRunningError) await this.#offerOther(error.address, problem);
      else {
        const [wrong] = error instanceof ConfigError ? error.problems : [];
        const isShown = await tellStartProblem(this.#dialogs(), problem, wrong !== undefined);
        if (isShown && wrong !== undefined) system.showItemInFolder(wrong.file);
      }
    }
    // Where only the shell could not be opened, what was written so far is to be whole.
    await this.#core?.stop(0);
    this.#journal.end();
    this.#log.flush();
    app.exit(1);
  }

  async #offerOther(address: string, problem: string): Promise<void> {
    if (!(await askForOther(this.#dialogs(), problem))) return;
    const { value } = await askInstance(address, 'app.link', askMs);
    const { url } = (value ?? {}) as { readonly url?: unknown };
    if (typeof url === 'string') await openOwnWindow(system, url);
  }

  #announce({ config, gateway }: App): void {
    for (const warning of config.state().warnings) this.#log.warn(renderProblem(warning));
    process.stdout.write(`sluice ready gateway=${gateway.urls[0] ?? ''}\n`);
  }

  async #openShell({ host, core, isSafe }: { host: DesktopHost; core: App; isSafe: boolean }): Promise<void> {
    const login = createLogin({
      ...{ app, platform: process.platform, environment: process.env, homedir: homedir() },
      executable: process.execPath,
    });
    registerLinks({ app, platform: process.platform, executable: process.execPath, log: this.#log });
    const parts = { preferences: this.#preferences, text: () => this.#text(), log: this.#log };
    const { userData } = this.#places;
    const quit = (): void => this.#quit();
    this.#updates = openSystemUpdates({ ...parts, host, directory: userData, journal: this.#journal, isSafe, quit });
    const shell = await openShell({
      ...{ ...parts, host, login, updates: this.#updates, clock: systemClock },
      core: { dispatch: core.dispatch, events: core.events, urls: () => core.gateway.urls, ownKeyId },
      directory: userData,
      safeMode: isSafe ? this.#text().t('desktop.safeMode') : undefined,
      onNewNetwork: (slept) => {
        // What ran across a sleep is dead on every network but this machine's own.
        core.gateway.dropConnections((origin) => slept && !isLoopbackHostname(new URL(origin).hostname));
        void this.#proxy?.refresh();
        core.bundles.wake();
      },
      quit: (atOnce) => this.#quit(atOnce),
      onSessionEnd: () => this.#endWithSession(),
    });
    core.setDesktop(shell.need);
    this.#shell = shell;
    const hidden = this.#options.hidden || login.isStartedByLogin(process.argv);
    await this.#follow(shell, { ...this.#options, hidden });
    for (const options of this.#early.splice(0)) await this.#follow(shell, options);
  }

  #text(): DesktopText {
    const { language, locale } = languageFor(this.#preferences.current.language);
    const name = `${language} ${locale}`;
    if (this.#words?.name !== name)
      this.#words = { name, text: createText(language, locale, desktopMessages[language]) };
    return this.#words.text;
  }

  #quit(atOnce = false): void {
    this.#ending ??= this.#end(atOnce);
  }

  async #end(atOnce: boolean): Promise<void> {
    const graceMs = atOnce ? hurriedDrainMs : drainMs;
    this.#log.info(`stopping: running streams get ${graceMs / 1_000} seconds`);
    await this.#shell?.stop();
    await this.#core?.stop(graceMs);
    await this.#socket?.close();
    this.#journal.end();
    this.#log.flush();
    this.#isOver = true;
    // What installs an update ends the app by itself; a system that goes down would end it halfway.
    const isMissed = !atOnce && ((await this.#updates?.installAtQuit(this.#next !== undefined)) ?? false);
    if (this.#next === undefined) {
      if (isMissed) again([]);
    } else {
      const { link, page } = this.#next;
      again(link === undefined ? (page === undefined ? [] : [`--page=${page}`]) : [link]);
    }
    this.#log.flush();
    app.exit(0);
  }

  /** There is time for what is done at once: this is no crash, and what was said of it is kept. */
  #endWithSession(): void {
    this.#log.info('the session ends, and this app with it');
    this.#journal.end();
    this.#log.flush();
  }

  /** It crashed though it was started with the least it needs, and nobody serves from here on. */
  async #tellCrash(error: unknown): Promise<void> {
    // Clients hear at once that nobody is there.
    const stopped = this.#core?.stop(0).catch(() => undefined);
    await Promise.race([stopped, new Promise((done) => setTimeout(done, hurriedDrainMs))]);
    await app.whenReady();
    const problem = this.#redactor.redact(error instanceof Error ? error.message : String(error));
    await tellCrash(this.#dialogs(), problem, newestLog(dataFiles(this.#places.dataDir).logs));
  }
}

/** People chose not to go on. */
class GivenUp extends Error {}

/** Where somebody reads what a program says: an installed app's words end up in a journal, which is no place for a key. */
function tellFirstKey(key: Secret): void {
  if (app.isPackaged) return;
  process.stderr.write(`A first key was made. It is shown this once:\n\n    ${key.reveal()}\n\n`);
}

/** Once this process has ended. */
function again(more: readonly string[]): void {
  const args = argumentsAgain(process.argv.slice(1), more);
  giveBack(process.env);
  app.relaunch({ args, execPath: startedFile(process.env, process.execPath) });
}

/** What people chose, else what the system speaks. */
function languageFor(choice: DesktopPreferences['language']) {
  const asked = app.getPreferredSystemLanguages();
  const language = choice === 'system' ? languageOf(asked) : choice;
  return { language, locale: localeOf(language, asked) };
}

/** Not even its folder can be had, nor what people chose: says why, and ends. */
async function tellNoBeginning(error: unknown): Promise<void> {
  const problem = await startProblem(error);
  process.stderr.write(`${problem}\n`);
  try {
    await app.whenReady();
    const { language, locale } = languageFor('system');
    const text = (): DesktopText => createText(language, locale, desktopMessages[language]);
    await tellStartProblem({ dialog, text }, problem, false);
  } finally {
    app.exit(1);
  }
}

begin().catch(tellNoBeginning);
