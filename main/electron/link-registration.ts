/** Who opens links of ours: entered with the system where the package does not do it. */
import type { App } from 'electron';
import { linkScheme } from './links.ts';

export interface LinkRegistrationOptions {
  readonly app: Pick<App, 'isPackaged' | 'setAsDefaultProtocolClient'>;
  readonly platform: NodeJS.Platform;
  /** `process.execPath`. */
  readonly executable: string;
  readonly log: { warn(message: string): void };
}

/**
 * On macOS the bundle names the scheme, on Linux the desktop entry of the package; the installer of Windows enters nothing, so that
 * each start does, for this user. The uninstaller takes it away.
 */
export function registerLinks({ app, platform, executable, log }: LinkRegistrationOptions): void {
  // From sources it would be Electron's own program.
  if (platform !== 'win32' || !app.isPackaged) return;
  // What follows `--` is no option, whatever somebody wrote into a link.
  if (!app.setAsDefaultProtocolClient(linkScheme, executable, ['--']))
    log.warn('links of ours are not opened by this app: Windows did not take the entry');
}
