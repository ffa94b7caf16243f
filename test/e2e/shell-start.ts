// Starts that do not go as usual: a port that is taken, another instance, crashes. People are asked, and nothing is solved silently.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDesktop, type Desktop } from '../fakes/electron/desktop.ts';
import { desktopEntry } from './desktop-window.ts';
import { openInstance } from './instance.ts';
import { ask } from './opened.ts';
import { dialogOf, noticesOf, openShellApp, slow, trayOf } from './shell-app.ts';
import { providerKey, spendingConfig, type Shell } from './shell.ts';

export function describeStarts(shell: Shell): void {
  describe('a start', () => {
    let home: string;
    beforeAll(() => {
      home = mkdtempSync(join(tmpdir(), 'sluice-shell-'));
    });
    afterAll(() => {
      rmSync(home, { recursive: true, force: true });
    });
    const start = (data: string, ...more: readonly string[]): Desktop =>
      startDesktop({ main: desktopEntry, args: ['--data', data, '--hidden', ...more], cwd: home, env: { HOME: home } });

    it('on a port that is taken says by whom, and takes another only when it is told to', async () => {
      const holder = await listening();
      const port = String((holder.address() as AddressInfo).port);
      const one = start(join(home, 'one'), '--port', port);
      const two = start(join(home, 'two'), '--port', port);
      try {
        const asked = await dialogOf(one);
        expect(asked.message).toBe(`Port ${port} is taken`);
        expect(asked.detail).toContain(`is taken by node (process ${String(process.pid)})`);
        const [other = ''] = asked.buttons;
        expect(other).toMatch(/^Use \d+ this time$/);
        await one.ask('answer', { button: other });
        const [, gateway = ''] = await one.wrote(/gateway=(\S+)\n/);
        expect(other).toBe(`Use ${new URL(gateway).port} this time`);
        expect((await fetch(`${gateway}/health`)).status).toBe(200);

        await dialogOf(two);
        await two.ask('answer', { button: 'Quit' });
        expect(await two.ended).toBe(1);

        await crash(one);
      } finally {
        await Promise.all([one.kill(), two.kill()]);
        holder.close();
      }
    });

    it('beside an instance without the desktop offers the window of that in the browser', async () => {
      const headless = await openInstance({ welcomed: true });
      try {
        const desktop = start(headless.data, '--port', '0');
        const handed = desktop.happened('openExternal');
        const asked = await dialogOf(desktop);
        expect(asked.message).toBe('Sluice runs already, without the desktop app');
        expect(asked.detail).toContain(headless.gateway);
        await desktop.ask('answer', { button: 'Open its window in the browser' });
        const link = String(await handed);
        expect(new URL(link).origin).toBe(headless.ui);
        expect((await fetch(link)).status).toBe(200);
        expect(await desktop.ended).toBe(1);
        // Nothing happened to the one that was there.
        expect((await fetch(`${headless.gateway}/health`)).status).toBe(200);
      } finally {
        await headless.close();
      }
    });

    it('after five that ended badly has the least it needs, and says so', async () => {
      const crashes = Array.from({ length: 4 }, () => ({ at: Date.now(), version: '0.1.0', reason: 'killed' }));
      const app = await openShellApp({
        config: spendingConfig(shell.provider().url),
        env: { UP_KEY: providerKey },
        prepare(folder) {
          mkdirSync(join(folder, 'data', 'run'), { mode: 0o700 });
          const journal = { running: { version: '0.1.0', started_at: Date.now() }, crashed: false, crashes };
          writeFileSync(join(folder, 'data', 'run', 'crashes.json'), JSON.stringify(journal));
        },
      });
      try {
        const desktop = app.desktop();
        const page = await app.page('/');
        await page.getByText(/^Sluice crashed again and again/).waitFor();
        shell.provider().plan({ turn: { text: 'Here you are.', usage: { input: 9_000, cached: 0, output: 1 } } });
        expect((await ask(app, 'up/gpt-4.1', 'Spend some')).status).toBe(200);
        // By then everybody was told of the budget.
        await expect.poll(async () => JSON.stringify((await trayOf(desktop))?.menu), slow).toContain('budget');
        await app.leave();
        expect(await noticesOf(desktop)).toEqual([]);
      } finally {
        await app.close();
      }
    });
  });
}

/** It ends, and is started again without a window. */
async function crash(desktop: Desktop): Promise<void> {
  const relaunched = desktop.happened('relaunch');
  const asked = desktop.ask('fail', 'a mistake of ours');
  const { args } = (await relaunched) as { readonly args: readonly string[] };
  expect(args.at(-1)).toBe('--hidden');
  expect(args.filter((one) => one === '--hidden')).toHaveLength(1);
  await asked.catch(() => undefined);
  expect(await desktop.ended).toBe(1);
}

async function listening(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
