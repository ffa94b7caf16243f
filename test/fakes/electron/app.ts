// The life of the app: ready, one instance, quitting in order.
import { EventEmitter } from 'node:events';
import { homedir, tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import type { App, LoginItemSettings, LoginItemSettingsOptions, Settings } from 'electron';
import { allWindows, onWindows } from './browser-window.ts';
import { chromiumEnded, useProfile } from './chromium-host.ts';
import { guarded, type Members } from './guarded.ts';
import { releaseLock, takeLock } from './single-instance.ts';
import { needReady, note, platform, refusable, settings, stage } from './stage.ts';
import { onContents } from './web-contents.ts';

const paths: Record<string, string> = {
  home: homedir(),
  appData: join(homedir(), '.config'),
  temp: tmpdir(),
  exe: process.execPath,
  module: process.execPath,
  ...Object.fromEntries(
    ['desktop', 'documents', 'downloads', 'music', 'pictures', 'videos'].map((name) => [name, join(homedir(), name)]),
  ),
};
const protocols = new Set<string>();
const switches = new Map<string, string>();
const loginItem = { openAtLogin: false };
const isReady = Promise.withResolvers<void>();
let locked: string | undefined;
let name = 'Electron';
let quitting = false;
let hidden = false;

const commandLine = guarded('app.commandLine', {
  appendSwitch: (given: string, value = '') => void switches.set(given, value),
  appendArgument: (value: string) => note('argument', value),
  hasSwitch: (asked: string) => switches.has(asked),
  getSwitchValue: (asked: string) => switches.get(asked) ?? '',
  removeSwitch: (given: string) => void switches.delete(given),
} satisfies Members<Electron.CommandLine>) as Electron.CommandLine;

const dock = guarded('app.dock', {
  hide: () => void (hidden = true),
  show: async () => void (hidden = false),
  isVisible: () => !hidden,
  setMenu: () => note('dock menu', null),
  setBadge: (text: string) => note('dock badge', text),
  setIcon: () => note('dock icon', null),
  bounce: () => 1,
} satisfies Members<Electron.Dock>) as unknown as Electron.Dock;

class StandInApp extends EventEmitter {
  readonly isPackaged = settings.packaged ?? false;
  readonly commandLine = commandLine;
  readonly dock: Electron.Dock | undefined = platform === 'darwin' ? dock : undefined;
  userAgentFallback = 'Electron';

  get name(): string {
    return name;
  }
  set name(value: string) {
    name = value;
  }
  whenReady(): Promise<void> {
    return isReady.promise;
  }
  isReady(): boolean {
    return stage.ready;
  }
  getName(): string {
    return name;
  }
  setName(value: string): void {
    name = value;
  }
  getVersion(): string {
    return settings.version ?? process.versions['electron'] ?? '';
  }
  getAppPath(): string {
    return dirname(process.argv[1] ?? process.cwd());
  }
  getPath(asked: Parameters<App['getPath']>[0]): string {
    const derived = { userData: join(paths['appData'] ?? '', name), logs: '', sessionData: '', crashDumps: '' };
    const userData = paths['userData'] ?? derived.userData;
    const found =
      paths[asked] ??
      { userData, sessionData: userData, logs: join(userData, 'logs'), crashDumps: join(userData, 'Crashpad') }[
        asked as 'logs'
      ];
    if (found === undefined) throw new Error(`Failed to get '${asked}' path`);
    return found;
  }
  setPath(asked: string, path: string): void {
    if (!isAbsolute(path)) throw new Error('Path must be absolute');
    if (asked !== 'userData' && asked !== 'sessionData' && asked !== 'logs' && paths[asked] === undefined)
      throw new Error(`Failed to set path '${asked}'`);
    paths[asked] = path;
  }
  setAppLogsPath(path?: string): void {
    paths['logs'] = path ?? join(this.getPath('userData'), 'logs');
  }
  getLocale(): string {
    return stage.ready ? stage.locale : '';
  }
  getSystemLocale(): string {
    needReady('app.getSystemLocale() can only be called after app is ready');
    return stage.locale;
  }
  getPreferredSystemLanguages(): string[] {
    return [stage.locale];
  }
  getLocaleCountryCode(): string {
    return stage.locale.split('-')[1] ?? '';
  }
  requestSingleInstanceLock(additionalData: Record<string, unknown> = {}): boolean {
    if (locked !== undefined) return true;
    const folder = this.getPath('userData');
    // Never before `ready`.
    locked = takeLock(folder, additionalData, ({ argv, cwd, additionalData: data }) => {
      void isReady.promise.then(() => app.emit('second-instance', refusable({}), argv, cwd, data));
    });
    return locked !== undefined;
  }
  hasSingleInstanceLock(): boolean {
    return locked !== undefined;
  }
  releaseSingleInstanceLock(): void {
    if (locked !== undefined) releaseLock(locked);
    locked = undefined;
  }
  setAsDefaultProtocolClient(protocol: string, path?: string, args?: string[]): boolean {
    protocols.add(protocol);
    note('protocol client', { protocol, path, args });
    return true;
  }
  isDefaultProtocolClient(protocol: string): boolean {
    return protocols.has(protocol);
  }
  removeAsDefaultProtocolClient(protocol: string): boolean {
    return protocols.delete(protocol);
  }
  getLoginItemSettings(_options?: LoginItemSettingsOptions): LoginItemSettings {
    const { openAtLogin } = loginItem;
    return {
      ...{ openAtLogin, openAsHidden: false, wasOpenedAtLogin: false, wasOpenedAsHidden: false, restoreState: false },
      ...{
        status: openAtLogin ? 'enabled' : 'not-registered',
        executableWillLaunchAtLogin: openAtLogin,
        launchItems: [],
      },
    };
  }
  setLoginItemSettings(wanted: Settings): void {
    // Documented for macOS and Windows; elsewhere nothing happens.
    if (platform === 'linux') return;
    loginItem.openAtLogin = wanted.openAtLogin ?? false;
    note('login item', wanted);
  }
  enableSandbox(): void {
    if (stage.ready) throw new Error('app.enableSandbox() can only be called before app is ready');
    note('sandbox enabled', null);
  }
  disableHardwareAcceleration(): void {
    if (stage.ready) throw new Error('app.disableHardwareAcceleration() can only be called before app is ready');
    note('hardware acceleration off', null);
  }
  setAppUserModelId(id: string): void {
    note('app user model id', id);
  }
  setActivationPolicy(policy: 'regular' | 'accessory' | 'prohibited'): void {
    if (platform !== 'darwin') throw new TypeError('app.setActivationPolicy is not a function');
    note('activation policy', policy);
  }
  setAboutPanelOptions(options: Electron.AboutPanelOptionsOptions): void {
    note('about panel options', options);
  }
  showAboutPanel(): void {
    note('about panel', null);
  }
  setSecureKeyboardEntryEnabled(enabled: boolean): void {
    note('secure keyboard entry', enabled);
  }
  getAppMetrics(): Electron.ProcessMetric[] {
    return [];
  }
  getGPUFeatureStatus(): Electron.GPUFeatureStatus {
    throw new Error('the Electron stand-in has no GPU');
  }
  focus(): void {
    note('app focused', null);
  }
  hide(): void {
    note('app hidden', null);
  }
  show(): void {
    note('app shown', null);
  }
  relaunch(options?: Electron.RelaunchOptions): void {
    // Told to the test, which starts it again as the system would.
    note('relaunch', options ?? {});
  }
  quit(): void {
    if (quitting) return;
    const before = refusable({});
    this.emit('before-quit', before);
    if (before.defaultPrevented) return;
    quitting = true;
    for (const window of allWindows()) window.close();
    if (allWindows().length > 0) {
      quitting = false;
      return;
    }
    const will = refusable({});
    this.emit('will-quit', will);
    if (will.defaultPrevented) {
      quitting = false;
      return;
    }
    this.end(0);
  }
  exit(code = 0): void {
    quitting = true;
    for (const window of allWindows()) window.destroy();
    this.end(code);
  }
  private end(code: number): void {
    this.emit('quit', refusable({}), code);
    this.releaseSingleInstanceLock();
    // As long as Chromium needs to keep what the pages stored.
    void chromiumEnded().finally(() => process.exit(code));
  }
}
const typed: Members<App> & EventEmitter = new StandInApp();
export const app = guarded('app', typed) as unknown as App;

onContents(
  (contents) => app.emit('web-contents-created', refusable({}), contents),
  (contents, details) => app.emit('render-process-gone', refusable({}), contents, details),
);
onWindows(
  (window) => app.emit('browser-window-created', refusable({}), window),
  () => {
    if (quitting) return;
    if (app.listenerCount('window-all-closed') === 0) app.quit();
    else app.emit('window-all-closed');
  },
);

/** Once the main script has run. */
export function becomeReady(): void {
  useProfile(app.getPath('userData'));
  stage.ready = true;
  app.emit('will-finish-launching');
  app.emit('ready', refusable({}), {});
  stage.signals.emit('ready');
  isReady.resolve();
}
