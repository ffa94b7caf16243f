/** Opening at login, by each system's own means: asked of it, and read back from it (UX-61). */
import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, isAbsolute, posix } from 'node:path';
import type { App } from 'electron';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { DesktopKey } from '../../shared/text/desktop.ts';
import { writeFileAtomic } from '../kit/atomic-file.ts';
import { autostartEntry, readAutostart } from './autostart.ts';
import { startedFile } from './started-file.ts';

/** Started by the system: no window until somebody wants one. */
export const hiddenArgument = '--hidden';

export interface LoginOptions {
  readonly app: Pick<App, 'isPackaged' | 'getLoginItemSettings' | 'setLoginItemSettings'>;
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homedir: string;
  /** `process.execPath`. */
  readonly executable: string;
}

export interface LoginState {
  readonly opens: boolean;
  readonly supported: boolean;
  /** Why it is not supported, or not as it was asked for: a message of the catalogue. */
  readonly reason: DesktopKey | null;
}

export interface Login {
  /** As the system has it now. */
  state(): LoginState;
  /** Asks the system, then reads back what it made of it. Throws `control.refused` or `control.unsupported`. */
  set(opens: boolean): Promise<LoginState>;
  /** This run was started by the system at login. */
  isStartedByLogin(argv: readonly string[]): boolean;
}

export function createLogin(options: LoginOptions): Login {
  const system = systemFor(options);
  return {
    state: () => system.state(),
    async set(opens) {
      if (!system.state().supported) {
        throw new GatewayError(
          'control.unsupported',
          'Only the installed app can open at login; this one runs from its sources.',
        );
      }
      try {
        await system.set(opens);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new GatewayError('control.refused', `The system did not take the setting: ${reason}`, { cause: error });
      }
      return system.state();
    },
    isStartedByLogin: (argv) => argv.includes(hiddenArgument) || system.isStartedByLogin(),
  };
}

interface LoginSystem {
  state(): LoginState;
  set(opens: boolean): Promise<void> | void;
  isStartedByLogin(): boolean;
}

function systemFor(options: LoginOptions): LoginSystem {
  const { app, platform } = options;
  if (!app.isPackaged) {
    return {
      // What would be entered is Electron's own program.
      state: () => ({ opens: false, supported: false, reason: 'login.unpackaged' }),
      set: () => undefined,
      isStartedByLogin: () => false,
    };
  }
  if (platform === 'darwin') return macLogin(app);
  return platform === 'win32' ? windowsLogin(options) : linuxLogin(options);
}

function macLogin(app: LoginOptions['app']): LoginSystem {
  return {
    state() {
      const { status } = app.getLoginItemSettings();
      const reason = status === 'requires-approval' ? 'login.needs_approval' : null;
      return { opens: status === 'enabled', supported: true, reason };
    },
    set: (opens) => app.setLoginItemSettings({ openAtLogin: opens }),
    isStartedByLogin: () => app.getLoginItemSettings().wasOpenedAtLogin,
  };
}

function windowsLogin({ app, executable }: LoginOptions): LoginSystem {
  // The command line of the registry is compared as a whole, so both say it alike. In quotes, for Electron reads it as one too: of
  // `C:\\Users\\Jane Doe\\…` it would take `C:\\Users\\Jane` for the program, which is started by nothing.
  const entry = { path: `"${executable}"`, args: [hiddenArgument] };
  return {
    state() {
      const { openAtLogin, executableWillLaunchAtLogin } = app.getLoginItemSettings(entry);
      // Entered, and switched off by somebody in the Task Manager or the settings of Windows.
      const isSwitchedOff = openAtLogin && !executableWillLaunchAtLogin;
      return {
        opens: openAtLogin && executableWillLaunchAtLogin,
        supported: true,
        reason: isSwitchedOff ? 'login.switched_off' : null,
      };
    },
    set: (opens) => app.setLoginItemSettings({ ...entry, openAtLogin: opens, enabled: opens }),
    isStartedByLogin: () => false,
  };
}

/** An entry of the XDG Autostart specification. */
function linuxLogin({ environment, homedir, executable }: LoginOptions): LoginSystem {
  const configHome = environment['XDG_CONFIG_HOME'];
  // The specification: a relative path is invalid and to be ignored.
  const base = configHome !== undefined && isAbsolute(configHome) ? configHome : posix.join(homedir, '.config');
  const file = posix.join(base, 'autostart', 'sluice.desktop');
  const program = startedFile(environment, executable);
  return {
    state() {
      const found = readAutostart(textOf(file));
      if (found === undefined) return { opens: false, supported: true, reason: null };
      if (!found.isOn) return { opens: false, supported: true, reason: 'login.switched_off' };
      const isOurs = found.program === program;
      return { opens: isOurs, supported: true, reason: isOurs ? null : 'login.other_program' };
    },
    async set(opens) {
      if (!opens) {
        await rm(file, { force: true });
        return;
      }
      const text = autostartEntry(program, [hiddenArgument]);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFileAtomic(file, text, { mode: 0o644 });
    },
    isStartedByLogin: () => false,
  };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
