/** electron-updater, loaded when the first verified update is there. */
import type { Log } from '../../kit/log.ts';
import { createInstaller, type Installer } from './installer.ts';
import { runProgram } from './run-program.ts';
import { windowsSignatureCheck } from './windows-signature.ts';

export interface ElectronInstallerOptions {
  readonly platform: NodeJS.Platform;
  /** `%SystemRoot%`. */
  readonly systemRoot: string | undefined;
  readonly randomId: (letters: number) => string;
  readonly log: Log;
}

/** `undefined` on Linux, where a package manager or a person installs (SEC-28). */
export function electronInstaller({
  platform,
  systemRoot,
  randomId,
  log,
}: ElectronInstallerOptions): Installer | undefined {
  if (platform !== 'darwin' && platform !== 'win32') return undefined;
  return createInstaller({
    platform,
    randomId,
    verifySignature: windowsSignatureCheck(systemRoot ?? 'C:\\Windows', runProgram),
    async load() {
      const { default: updater } = await import('electron-updater');
      const { autoUpdater } = updater;
      const say = (message: unknown): void => log.debug('electron-updater', { message: String(message) });
      autoUpdater.logger = { debug: say, info: say, warn: say, error: say };
      // Its promises tell the same; without a listener the event would end the process.
      autoUpdater.on('error', say);
      return autoUpdater;
    },
  });
}
