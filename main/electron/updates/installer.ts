/** Hands what was fetched and verified to the system's way of installing, through electron-updater. */
import type { UpdateFile } from './manifest.ts';
import { verified, type VerifiedFile } from './download.ts';
import { openFeed } from './feed.ts';
import { reasonOf, UpdateProblem } from './problem.ts';

/** The part of electron-updater that is used. */
export interface PlatformUpdater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  autoRunAppAfterInstall: boolean;
  allowDowngrade: boolean;
  disableWebInstaller: boolean;
  disableDifferentialDownload: boolean;
  /** Windows only. */
  verifyUpdateCodeSignature?: (publishers: string[], file: string) => Promise<string | null>;
  setFeedURL(options: { readonly provider: 'generic'; readonly url: string }): void;
  checkForUpdates(): Promise<{
    readonly isUpdateAvailable: boolean;
    readonly updateInfo: { readonly version: string };
  } | null>;
  /** Paths of what it keeps. */
  downloadUpdate(): Promise<readonly string[]>;
  quitAndInstall(isSilent: boolean, isForceRunAfter: boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** So long macOS may take to unpack and to check what it is about to start; who takes longer will not come. */
const patienceMs = 3 * 60_000;

export interface InstallerOptions {
  /** electron-updater's `autoUpdater`; loaded when the first update was verified, for it is large. */
  readonly load: () => Promise<PlatformUpdater>;
  readonly platform: NodeJS.Platform;
  /** Of Windows, in place of electron-updater's own. */
  readonly verifySignature?: (publishers: readonly string[], file: string) => Promise<string | null>;
  readonly randomId: (letters: number) => string;
  /** How long an installation may take to end this app. */
  readonly patienceMs?: number;
}

export interface Installer {
  /** Takes the file over; nothing is installed yet. Throws `UpdateProblem`. */
  stage(file: VerifiedFile, signed: UpdateFile): Promise<void>;
  /** Throws `UpdateProblem` unless what was staged is still what was signed. */
  check(): Promise<void>;
  /**
   * Installs what was staged, checked once more, by ending this process. `restart`: and starts the new one. Never resolves; throws
   * `UpdateProblem` where the process is not ended by it, so that nobody is left with one that does nothing.
   */
  install(options: { readonly restart: boolean }): Promise<never>;
}

interface Staged {
  readonly updater: PlatformUpdater;
  readonly paths: readonly string[];
  readonly signed: UpdateFile;
  readonly version: string;
}

export function createInstaller(options: InstallerOptions): Installer {
  const { load, platform, verifySignature, randomId } = options;
  let staged: Staged | undefined;

  function prepare(updater: PlatformUpdater): void {
    // Each of these is on, or may be, by default. Nothing is fetched, and nothing installed, but by our word.
    updater.autoDownload = false;
    updater.autoInstallOnAppQuit = false;
    updater.allowDowngrade = false;
    updater.disableWebInstaller = true;
    updater.disableDifferentialDownload = true;
    if (platform === 'win32' && verifySignature !== undefined) updater.verifyUpdateCodeSignature = verifySignature;
  }

  /** Between fetching and installing it lies in a folder of this user. */
  async function checked(): Promise<Staged> {
    if (staged === undefined) throw new UpdateProblem('update.installer', { reason: 'there is nothing to install' });
    await requireSigned(staged);
    return staged;
  }

  return {
    async stage(file, signed) {
      staged = undefined;
      const feed = await openFeed(file, randomId(32));
      try {
        const updater = await load();
        prepare(updater);
        updater.setFeedURL({ provider: 'generic', url: feed.url });
        const found = await updater.checkForUpdates();
        if (found?.isUpdateAvailable !== true || found.updateInfo.version !== file.version) {
          throw new UpdateProblem('update.installer', { reason: `it does not take ${file.version}` });
        }
        const paths = await updater.downloadUpdate();
        staged = { updater, paths, signed, version: file.version };
        await requireSigned(staged);
      } catch (error) {
        if (error instanceof UpdateProblem) throw error;
        throw new UpdateProblem('update.installer', { reason: reasonOf(error) }, { cause: error });
      } finally {
        await feed.close();
      }
    },
    async check() {
      await checked();
    },
    async install({ restart }) {
      const { updater } = await checked();
      updater.autoRunAppAfterInstall = restart;
      const failed = failureOf(updater, options.patienceMs ?? patienceMs);
      updater.quitAndInstall(true, restart);
      throw new UpdateProblem('update.installer', { reason: await failed });
    },
  };
}

/** Why it does not end this process, once that is known. */
function failureOf(updater: PlatformUpdater, ms: number): Promise<string> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve('it did not begin'), ms);
    updater.on('error', (error) => {
      clearTimeout(late);
      resolve(reasonOf(error));
    });
  });
}

async function requireSigned({ paths, signed, version }: Staged): Promise<void> {
  const [path] = paths;
  if (path === undefined || (await verified(path, signed, version)) === undefined) {
    throw new UpdateProblem('update.tampered', { version });
  }
}
