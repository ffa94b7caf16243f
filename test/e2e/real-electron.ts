// Drives Electron itself, where its binary is: packages bring it only where it can be fetched.
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron as electron, type ElectronApplication } from 'playwright';
import { desktopArguments, desktopEntry, factsOf, type Driver } from './desktop-window.ts';

const folder = fileURLToPath(new URL('../../node_modules/electron', import.meta.url));

/** Path of the program that the pinned package starts. */
function electronBinary(): string | undefined {
  const file = join(folder, 'path.txt');
  const name = existsSync(file) ? readFileSync(file, 'utf8').trim() : 'electron';
  const found = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'), name);
  return existsSync(found) ? found : undefined;
}

export function isElectronBinaryPresent(): boolean {
  return electronBinary() !== undefined;
}

/** The language of the system is that of its start: an instance for each. */
export function electronDriver(locale: string): Driver {
  let running: ElectronApplication | undefined;
  const app = (): ElectronApplication => {
    if (running === undefined) throw new Error('the app was not started');
    return running;
  };
  const closeWindows = async (): Promise<void> => {
    await app().evaluate(async ({ BrowserWindow, session }) => {
      for (const window of BrowserWindow.getAllWindows()) window.close();
      await session.defaultSession.clearStorageData();
    });
  };
  return {
    async launch({ home, data, ports, env }) {
      const started = await electron.launch({
        executablePath: electronBinary() ?? '',
        args: [
          desktopEntry,
          ...desktopArguments({ data, ports }),
          `--lang=${locale}`,
          '--force-prefers-reduced-motion',
        ],
        cwd: home,
        env: { ...(process.env as Record<string, string>), HOME: home, TZ: 'Europe/Berlin', ...env },
      });
      running = started;
      const child = started.process();
      const told = { out: '', err: '' };
      child.stderr?.on('data', (chunk: Buffer) => (told.err += chunk.toString()));
      await new Promise<void>((resolve, reject) => {
        child.stdout?.on('data', (chunk: Buffer) => {
          told.out += chunk.toString();
          if (/gateway=\S+\n/.test(told.out)) resolve();
        });
        child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${told.err}`)));
      });
      const stop = async (): Promise<void> => {
        if (child.exitCode !== null) return;
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      };
      return { facts: factsOf(told), stop };
    },
    async fresh(asked) {
      if (asked !== locale) throw new Error(`this instance speaks ${locale}, not ${asked}`);
      await closeWindows();
    },
    async page() {
      const page = app().windows()[0] ?? (await app().waitForEvent('window'));
      return { page, leave: closeWindows };
    },
    clipboard: () => app().evaluate(({ clipboard }) => clipboard.readText()),
  };
}
