/** Where everything of this installation is kept, and the names of what is in it. */
import { createHash } from 'node:crypto';
import { isAbsolute, join, posix, resolve, win32 } from 'node:path';

export interface DirectoryFacts {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home directory. */
  readonly home: string;
}

/** The data directory: `SLUICE_DATA` when set, else the platform's folder for application data. Absolute. */
export function defaultDataDirectory({ platform, env, home }: DirectoryFacts): string {
  const chosen = env['SLUICE_DATA'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  if (platform === 'win32') return win32.join(env['APPDATA'] ?? win32.join(home, 'AppData', 'Roaming'), 'Sluice');
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Sluice');
  // XDG Base Directory Specification: a relative value is invalid and to be ignored.
  const base = env['XDG_DATA_HOME'];
  return posix.join(base !== undefined && isAbsolute(base) ? base : posix.join(home, '.local', 'share'), 'sluice');
}

export interface DataFiles {
  readonly config: string;
  readonly ledger: string;
  /** What budgets are written ahead in: the path of its files without their number, `journal-000001.jsonl`. */
  readonly journal: string;
  /** What routing remembers from one run to the next. */
  readonly routing: string;
  /** Small documents: favourites, prompts, votes. */
  readonly app: string;
  /** Directory of team bundles: what was last good of each, what is known of them, what happened to them. */
  readonly bundles: string;
  /** Whose prescribed rules were in force here. */
  readonly managed: string;
  /** Directory of the log of the desktop app, which has nobody to read what it says. */
  readonly logs: string;
  /** Directory of what only a running instance needs. */
  readonly run: string;
  /** Facts about the running instance: process id and control address. */
  readonly instance: string;
  /** Browsers that may use the window, as digests. */
  readonly sessions: string;
}

export function dataFiles(directory: string): DataFiles {
  const run = join(directory, 'run');
  return {
    config: join(directory, 'sluice.yaml'),
    ledger: join(directory, 'ledger.db'),
    journal: join(directory, 'journal'),
    routing: join(directory, 'routing.json'),
    app: join(directory, 'app.json'),
    bundles: join(directory, 'bundles'),
    managed: join(directory, 'managed.json'),
    logs: join(directory, 'logs'),
    run,
    instance: join(run, 'instance.json'),
    sessions: join(run, 'sessions.json'),
  };
}

/** A Unix socket's address has room for 108 bytes on Linux and 104 on macOS, with a closing zero. */
const maxSocketPathBytes = 103;

/**
 * Address of the control socket of the instance that owns this data directory: `run/control.sock`, or on Windows a named
 * pipe. A directory whose path is too long for a socket gets one in the temporary folder, in a directory of this user.
 */
export function controlAddress(
  directory: string,
  facts: { readonly platform: NodeJS.Platform; readonly temporary: string; readonly userId: number },
): string {
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 24);
  if (facts.platform === 'win32') return `\\\\.\\pipe\\sluice-${hash}`;
  const path = join(directory, 'run', 'control.sock');
  if (Buffer.byteLength(path) <= maxSocketPathBytes) return path;
  return join(facts.temporary, `sluice-${facts.userId}-${hash}`, 'control.sock');
}
