// How the desktop app ends, and what comes after: asked twice, started again meanwhile, by an error, and where it cannot begin.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { controlAddress } from '../../main/kit/data-directory.ts';
import { call } from '../contract/socket.ts';
import { startDesktop, type Desktop } from '../fakes/electron/desktop.ts';
import type { Settings } from '../fakes/electron/stage.ts';
import { desktopEntry, factsOf } from './desktop-window.ts';

let home: string;
let data: string;
const running: Desktop[] = [];
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-end-'));
});
afterEach(async () => {
  for (const desktop of running.splice(0)) await desktop.kill();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Started {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  readonly settings?: Settings;
}

function start(name: string, { args = [], env = {}, settings = {} }: Started = {}) {
  data = join(home, name);
  const desktop = startDesktop({
    main: desktopEntry,
    args: ['--data', data, '--port', '0', '--hidden', ...args],
    cwd: home,
    env: { HOME: home, ...env },
    settings,
  });
  running.push(desktop);
  return desktop;
}

const ready = (desktop: Desktop): Promise<unknown> => desktop.wrote(/gateway=\S+\n/);

/** What the journal of crashes says. */
function journal(): { running: unknown; crashes: readonly { readonly reason: string }[] } {
  return JSON.parse(readFileSync(join(data, 'run', 'crashes.json'), 'utf8')) as ReturnType<typeof journal>;
}

describe('the end of the desktop app', () => {
  it('is a good one, and the only one, however often it is asked for', async () => {
    const desktop = start('twice');
    await ready(desktop);
    void Promise.all([desktop.ask('quit'), desktop.ask('quit')]).catch(() => undefined);
    process.kill(desktop.pid, 'SIGTERM');
    expect(await desktop.ended).toBe(0);
    expect(journal()).toMatchObject({ running: null, crashes: [] });
  });

  it('with the session on Windows is no crash, though nothing waits for it', async () => {
    const desktop = start('session', { settings: { platform: 'win32' } });
    await ready(desktop);
    await expect.poll(async () => (await desktop.ask('tray')) !== null, { timeout: 30_000 }).toBe(true);
    void desktop.ask('endSession').catch(() => undefined);
    expect(await desktop.ended).toBeNull();
    expect(journal()).toMatchObject({ running: null, crashes: [] });
    // One that is killed without a word is one.
    const killed = start('killed', { settings: { platform: 'win32' } });
    await ready(killed);
    await killed.kill();
    expect(journal().running).not.toBeNull();
  });

  it('comes at the word of an installer on Windows, which asks all windows to close', async () => {
    const desktop = start('asked', { settings: { platform: 'win32' } });
    await ready(desktop);
    await expect.poll(async () => (await desktop.ask('tray')) !== null, { timeout: 30_000 }).toBe(true);
    void desktop.ask('closeEverything').catch(() => undefined);
    expect(await desktop.ended).toBe(0);
    expect(journal()).toMatchObject({ running: null, crashes: [] });
  });

  it('is followed by a new start for whoever started it meanwhile', async () => {
    const desktop = start('meanwhile');
    await ready(desktop);
    const { gateway, key } = factsOf(desktop.output());
    // Something runs, so that it does not end at once.
    const client = new AbortController();
    const { status } = await fetch(`${gateway}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo/slow', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
      signal: client.signal,
    });
    expect(status).toBe(200);
    void desktop.ask('quit').catch(() => undefined);
    await desktop.ask('secondInstance', [], { hidden: false, page: 'usage' });
    expect(await desktop.ask('windows')).toEqual([]);
    client.abort();
    const again = (await desktop.happened('relaunch')) as { readonly args: readonly string[] };
    expect(again.args.slice(1)).toEqual(['--data', data, '--port', '0', '--page=usage']);
    expect(await desktop.ended).toBe(0);
  });

  it('by errors that nobody caught is one crash with one new start, without what came with a link', async () => {
    const script = join(home, 'storm.mjs');
    writeFileSync(
      script,
      `process.on('SIGUSR2', () => { for (const n of [1, 2, 3]) { setTimeout(() => { throw new Error('storm ' + n); }); void Promise.reject(new Error('rejected')); } });`,
    );
    const desktop = start('storm', {
      args: ['sluice://open/usage', '--host=0.0.0.0'],
      env: { NODE_OPTIONS: `--import=${pathToFileURL(script).href}`, CHROMIUM_PATH: '/nonexistent' },
    });
    await ready(desktop);
    process.kill(desktop.pid, 'SIGUSR2');
    const again = (await desktop.happened('relaunch')) as { readonly args: readonly string[] };
    expect(again.args.slice(1)).toEqual(['--data', data, '--port', '0', '--hidden']);
    expect(await desktop.ended).toBe(1);
    expect(journal().crashes).toHaveLength(1);
  });

  it('does not come because nobody reads any more what it says', async () => {
    data = join(home, 'unread');
    const register = fileURLToPath(new URL('../fakes/electron/register.ts', import.meta.url));
    const child = spawn(
      process.execPath,
      ['--import', register, desktopEntry, '--data', data, '--port', '0', '--hidden'],
      { cwd: home, env: { PATH: process.env['PATH'] ?? '', HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    child.stdout.destroy();
    child.stderr.destroy();
    const places = { platform: process.platform, temporary: tmpdir(), userId: userInfo().uid };
    const status = async (): Promise<unknown> =>
      await call(controlAddress(data, places), 'app.status', {}).catch(() => undefined);
    await expect.poll(status, { timeout: 30_000 }).toMatchObject({ ok: true });
    expect(await status()).toMatchObject({ ok: true });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(journal().crashes).toEqual([]);
  });

  it('comes with a word where not even its folder can be had', async () => {
    mkdirSync(join(home, 'taken'));
    writeFileSync(join(home, 'taken', 'desktop'), '');
    const desktop = start('taken');
    await desktop.happened('dialog');
    const [dialog] = await desktop.ask('dialogs');
    expect(dialog?.options).toMatchObject({
      type: 'error',
      detail: expect.stringContaining(join(data, 'desktop')) as string,
    });
    await desktop.ask('answer', {});
    expect(await desktop.ended).toBe(1);
  });
});
