import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LoginItemSettings, Settings } from 'electron';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { autostartEntry, readAutostart } from '../../../main/electron/autostart.ts';
import { createLogin, type Login, type LoginOptions } from '../../../main/electron/login.ts';

const nothing: LoginItemSettings = {
  openAtLogin: false,
  wasOpenedAtLogin: false,
  status: 'not-registered',
  executableWillLaunchAtLogin: false,
  launchItems: [],
};

/** What the system would keep. */
interface System {
  found: Partial<LoginItemSettings>;
  asked: Settings[];
  onSet: (settings: Settings) => void;
}

let home: string;
let system: System;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-login-'));
  system = { found: {}, asked: [], onSet: () => undefined };
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function login(options: Partial<LoginOptions> & { readonly isPackaged?: boolean } = {}): Login {
  const { isPackaged = true, ...rest } = options;
  return createLogin({
    app: {
      isPackaged,
      getLoginItemSettings: () => ({ ...nothing, ...system.found }),
      setLoginItemSettings(settings) {
        system.asked.push(settings);
        system.onSet(settings);
      },
    },
    ...{ platform: 'linux', environment: {}, homedir: home, executable: '/opt/Sluice/sluice' },
    ...rest,
  });
}

describe('opening at login on Linux', () => {
  const entry = (): string => join(home, '.config', 'autostart', 'sluice.desktop');

  it('is an autostart entry that starts this program hidden, and is gone when it is switched off', async () => {
    const one = login();
    expect(one.state()).toEqual({ opens: false, supported: true, reason: null });
    expect(await one.set(true)).toEqual({ opens: true, supported: true, reason: null });
    expect(readFileSync(entry(), 'utf8')).toContain('\nExec=/opt/Sluice/sluice --hidden\n');
    expect(await one.set(false)).toEqual({ opens: false, supported: true, reason: null });
    expect(() => readFileSync(entry())).toThrow(/ENOENT/);
  });

  it('is where XDG_CONFIG_HOME says, unless that is relative', async () => {
    const config = join(home, 'elsewhere');
    await login({ environment: { XDG_CONFIG_HOME: config } }).set(true);
    expect(readFileSync(join(config, 'autostart', 'sluice.desktop'), 'utf8')).toContain('[Desktop Entry]');
    await login({ environment: { XDG_CONFIG_HOME: 'relative' } }).set(true);
    expect(readFileSync(entry(), 'utf8')).toContain('[Desktop Entry]');
  });

  it('starts the AppImage and not the program in its mount', async () => {
    const environment = { APPIMAGE: '/home/me/My Apps/Sluice.AppImage', APPDIR: '/tmp/.mount_Sluice' };
    const executable = '/tmp/.mount_Sluice/sluice';
    await login({ environment, executable }).set(true);
    expect(readFileSync(entry(), 'utf8')).toContain('\nExec="/home/me/My Apps/Sluice.AppImage" --hidden\n');
    expect(login({ environment, executable }).state().opens).toBe(true);
  });

  it.each([
    ['Hidden=true', 'login.switched_off'],
    ['X-GNOME-Autostart-enabled=false', 'login.switched_off'],
    ['Exec=/old/place/Sluice.AppImage --hidden', 'login.other_program'],
    ['Exec=', 'login.other_program'],
  ])('is read back as the desktop has it: %s', async (line, reason) => {
    const one = login();
    await one.set(true);
    const name = line.split('=')[0] ?? '';
    const text = readFileSync(entry(), 'utf8');
    const kept = text.split('\n').filter((other) => !other.startsWith(`${name}=`));
    writeFileSync(entry(), [...kept.slice(0, 1), line, ...kept.slice(1)].join('\n'));
    expect(one.state()).toEqual({ opens: false, supported: true, reason });
    expect((await one.set(true)).opens).toBe(true);
  });

  it('does not write through a link, and says so', async () => {
    mkdirSync(dirname(entry()), { recursive: true });
    const target = join(home, 'target');
    writeFileSync(target, 'mine');
    symlinkSync(target, entry());
    await expect(login().set(true)).rejects.toThrow(/symbolic link/);
    expect(readFileSync(target, 'utf8')).toBe('mine');
  });

  it.each([
    '/opt/Sluice/sluice',
    '/home/me/My Apps/Sluice.AppImage',
    '/a/100%/sluice',
    '/a/"quoted"/slu`ice`/$HOME/back\\slash',
    '/ä/ö; rm -rf ~/x',
  ])('quotes a path so that it comes back as it was: %s', (program) => {
    expect(readAutostart(autostartEntry(program, ['--hidden']))).toEqual({ isOn: true, program });
  });

  it('quotes as the Desktop Entry specification asks', () => {
    const [, exec] = /^Exec=(.*)$/m.exec(autostartEntry('/a b/$x"%', ['--hidden'])) ?? [];
    expect(exec).toBe('"/a b/\\\\$x\\\\"%%" --hidden');
  });

  it('refuses a path with a line break, which would begin a line of its own', () => {
    expect(() => autostartEntry('/a\nHidden=true', [])).toThrow(/cannot be written/);
  });
});

describe('opening at login on macOS', () => {
  it('says what macOS made of it, and that it waits for approval', async () => {
    const mac = login({ platform: 'darwin' });
    system.onSet = () => (system.found = { openAtLogin: true, status: 'requires-approval' });
    expect(await mac.set(true)).toEqual({ opens: false, supported: true, reason: 'login.needs_approval' });
    system.found = { openAtLogin: true, status: 'enabled' };
    expect(mac.state()).toEqual({ opens: true, supported: true, reason: null });
    expect(system.asked).toEqual([{ openAtLogin: true }]);
  });

  it('knows a start by the system from one by a person', () => {
    const mac = login({ platform: 'darwin' });
    expect(mac.isStartedByLogin(['sluice'])).toBe(false);
    system.found = { wasOpenedAtLogin: true };
    expect(mac.isStartedByLogin(['sluice'])).toBe(true);
  });
});

describe('opening at login on Windows', () => {
  it('enters this program hidden, and tells when Windows has it switched off', async () => {
    const windows = login({ platform: 'win32', executable: 'C:\\Users\\Jane Doe\\Sluice.exe' });
    system.onSet = () => (system.found = { openAtLogin: true, executableWillLaunchAtLogin: true });
    expect(await windows.set(true)).toEqual({ opens: true, supported: true, reason: null });
    expect(system.asked).toEqual([
      { path: '"C:\\Users\\Jane Doe\\Sluice.exe"', args: ['--hidden'], openAtLogin: true, enabled: true },
    ]);
    system.found = { openAtLogin: true, executableWillLaunchAtLogin: false };
    expect(windows.state()).toEqual({ opens: false, supported: true, reason: 'login.switched_off' });
    expect(windows.isStartedByLogin(['Sluice.exe', '--hidden'])).toBe(true);
  });

  it('asks about the program as a command line, or its path would end at the first space', () => {
    const found = (path = ''): string => /^"([^"]+)"|^\S+/.exec(path)?.slice(0, 2).at(-1) ?? path;
    const executable = 'C:\\Users\\Jane Doe\\AppData\\Local\\Programs\\Sluice\\Sluice.exe';
    const windows = createLogin({
      app: {
        isPackaged: true,
        // As Electron: it compares the program of the entry with that of `path`, each read as a command line.
        getLoginItemSettings: (options) => ({
          ...nothing,
          openAtLogin: true,
          executableWillLaunchAtLogin: found(options?.path) === executable,
        }),
        setLoginItemSettings: () => undefined,
      },
      ...{ platform: 'win32', environment: {}, homedir: home, executable },
    });
    expect(windows.state()).toEqual({ opens: true, supported: true, reason: null });
  });

  it('passes on what the system says when it refuses', async () => {
    system.onSet = () => {
      throw new Error('the registry is read-only');
    };
    await expect(login({ platform: 'win32' }).set(true)).rejects.toThrow('the registry is read-only');
  });
});

describe('opening at login from sources', () => {
  it.each(['darwin', 'win32', 'linux'] as const)(
    'is not to be had on %s, and nothing is asked of the system',
    async (platform) => {
      const one = login({ platform, isPackaged: false });
      expect(one.state()).toEqual({ opens: false, supported: false, reason: 'login.unpackaged' });
      await expect(one.set(true)).rejects.toThrow(/installed app/);
      expect(system.asked).toEqual([]);
    },
  );
});
