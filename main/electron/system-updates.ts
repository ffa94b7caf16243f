/** Updates as this system has them: where it asks, what it installs with, where it keeps what it fetched. */
import { fileURLToPath } from 'node:url';
import { net, session } from 'electron';
import type { DesktopText } from '../../shared/text/desktop.ts';
import type { Host } from '../host/host.ts';
import { systemClock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { version } from '../kit/version.ts';
import type { CrashJournal } from './crash-journal.ts';
import type { Preferences } from './preferences.ts';
import { electronGet } from './updates/electron-get.ts';
import { electronInstaller } from './updates/electron-installer.ts';
import { openUpdateMemory } from './updates/memory.ts';
import { readRelease } from './updates/release.ts';
import { systemTimer } from './updates/schedule.ts';
import { createUpdates, updateFiles, type Updates } from './updates/updates.ts';

export interface SystemUpdatesOptions {
  readonly host: Host;
  /** Electron's folder for this user. */
  readonly directory: string;
  readonly preferences: Preferences;
  readonly journal: CrashJournal;
  /** With the least it needs: asks nobody by itself. */
  readonly isSafe: boolean;
  /** Ends this app as people do. */
  readonly quit: () => void;
  readonly text: () => DesktopText;
  readonly log: Log;
}

/** In memory alone, and of no page. */
const partition = 'updates';
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

export function openSystemUpdates(options: SystemUpdatesOptions): Updates {
  const { host, directory, preferences, journal, isSafe, text, log } = options;
  const files = updateFiles(directory);
  const { platform, arch } = process;
  return createUpdates({
    ...{ text, log, quit: options.quit, clock: systemClock, timer: systemTimer, directory: files.downloads },
    release: readRelease(fileURLToPath(new URL('release.json', import.meta.url))),
    installation: { version, platform, arch, systemVersion: process.getSystemVersion() },
    preference: () => (isSafe ? 'off' : preferences.current.updates),
    get: electronGet(
      (asked) => net.request(asked),
      () => session.fromPartition(partition, { cache: false }),
    ),
    memory: openUpdateMemory({ file: files.memory, log }),
    crashes: journal.crashesOf(version),
    installer: electronInstaller({
      ...{ platform, log, systemRoot: process.env['SystemRoot'] },
      randomId: (count) => [...host.randomBytes(count)].map((byte) => letters[byte % letters.length]).join(''),
    }),
  });
}
