// The stand-in for Electron does what Electron documents, and refuses what it refuses: else the tests of the desktop app prove nothing.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath } from '../e2e/chromium.ts';
import { startDesktop, type Desktop } from '../fakes/electron/desktop.ts';

const main = fileURLToPath(new URL('../fakes/electron/fixture/main.ts', import.meta.url));
let program = '';
const folders: string[] = [];
const desktops: Desktop[] = [];

beforeAll(async () => {
  program = await chromiumPath();
});
afterAll(async () => {
  await Promise.all(desktops.map((desktop) => desktop.kill()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'electron-stand-in-'));
  folders.push(folder);
  return folder;
}

function start(folder: string, ...more: string[]): Desktop {
  const env = { CHROMIUM_PATH: program, HOME: folder };
  const desktop = startDesktop({ main, args: [folder, ...more], env, settings: { locale: 'de-DE' } });
  desktops.push(desktop);
  return desktop;
}

/** What it told of this, the first time. */
async function told(desktop: Desktop, what: string): Promise<unknown> {
  const [line] = await desktop.wrote(new RegExp(`^\\["${what}",.*\\]$`, 'm'));
  return (JSON.parse(line) as unknown[])[1];
}

const allTold = (desktop: Desktop, what: string): unknown[] =>
  desktop
    .output()
    .out.split('\n')
    .filter((line) => line.startsWith(`["${what}",`))
    .map((line) => (JSON.parse(line) as unknown[])[1]);

async function drive(desktop: Desktop): Promise<{ browser: Browser; page: Page; id: number }> {
  await told(desktop, 'loaded');
  const [window] = await desktop.ask('windows');
  const id = window?.id ?? 0;
  const browser = await chromium.connectOverCDP((await desktop.ask('page', id)).endpoint);
  const page = browser.contexts()[0]?.pages()[0];
  if (page === undefined) throw new Error('the window has no page');
  return { browser, page, id };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

interface Bridge {
  readonly nested: { readonly list: readonly number[] };
  readonly fs: string;
  readonly unfinished: string;
  invoke(channel: string, ...input: unknown[]): Promise<unknown>;
  invokeDocument(): Promise<unknown>;
  double(number: number): number;
  fail(): void;
  listen(listener: (news: { readonly map: unknown }) => void): () => void;
}
declare global {
  interface Window {
    readonly bridge: Bridge;
    readonly early: string;
    readonly inline?: boolean;
  }
}

describe('the page', () => {
  let desktop: Desktop;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    desktop = start(folderOf());
    ({ browser, page } = await drive(desktop));
  });
  afterAll(async () => {
    await browser.close();
    await desktop.stop();
  });

  it('sees what the preload script exposes before its own first script, and nothing else of Electron or Node', async () => {
    expect(await page.evaluate(() => window.early)).toBe('object,undefined,undefined,undefined,undefined');
    expect(await page.evaluate(() => Object.isFrozen(window.bridge.nested.list))).toBe(true);
    expect(await page.evaluate(() => window.bridge.fs)).toBe('module not found: node:fs');
    expect(await page.evaluate(() => window.bridge.unfinished)).toContain('does not implement ipcRenderer.sendSync');
    expect(await page.frame('inner')?.evaluate(() => typeof window.bridge)).toBe('undefined');
  });

  it('has the policy enforced that its scheme sends', async () => {
    expect(await page.evaluate(() => window.inline)).toBeUndefined();
  });

  it('speaks the language of the system', async () => {
    expect(await page.evaluate(() => navigator.language)).toBe('de-DE');
  });

  it('calls functions of the other world and hears their errors', async () => {
    expect(await page.evaluate(() => window.bridge.double(21))).toBe(42);
    await expect(page.evaluate(() => window.bridge.fail())).rejects.toThrow('in the other world');
  });

  it('exchanges what can be cloned, as what it was', async () => {
    const kinds = await page.evaluate(async () => {
      const sent = [undefined, -0, 10n, new Date(0), new Map([[1, new Set([2])]]), new Uint8Array([0, 255])];
      const { input } = (await window.bridge.invoke('echo', ...sent)) as { input: unknown[] };
      const [nothing, zero, big, date, map, bytes] = input as [
        undefined,
        number,
        bigint,
        Date,
        Map<number, Set<number>>,
        Uint8Array,
      ];
      return [nothing === undefined, Object.is(zero, -0), big === 10n, date.getTime(), map.get(1)?.has(2), [...bytes]];
    });
    expect(kinds).toEqual([true, true, true, 0, true, [0, 255]]);
    expect(
      await page.evaluate(
        () =>
          new Promise((resolve) => {
            window.bridge.listen(({ map }) => resolve(map instanceof Map && map.get(1) instanceof Date));
          }),
      ),
    ).toBe(true);
  });

  it('is refused what cannot be cloned, on either way, in Electron’s words', async () => {
    const refusals = await page.evaluate(async () => {
      const of = (call: Promise<unknown>): Promise<string> =>
        call.then(
          () => 'nothing',
          (error: Error) => error.message,
        );
      return await Promise.all([
        of(window.bridge.invoke('echo', () => 1)),
        of(window.bridge.invokeDocument()),
        of(window.bridge.invoke('a function')),
        of(window.bridge.invoke('fail')),
        of(window.bridge.invoke('nobody')),
      ]);
    });
    expect(refusals).toEqual([
      'An object could not be cloned.',
      'An object could not be cloned.',
      "Error invoking remote method 'a function': Error: An object could not be cloned.",
      "Error invoking remote method 'fail': TypeError: it cannot be done",
      "Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
    ]);
  });

  it('is known to main by the scheme of the app', async () => {
    const { url, origin, isTop } = (await page.evaluate(() => window.bridge.invoke('echo'))) as Record<string, unknown>;
    expect({ url, origin, isTop }).toEqual({ url: 'app://fixture/', origin: 'app://fixture', isTop: true });
    expect(await told(desktop, 'frame')).toBe('app://fixture/inner');
  });

  it('gets no permission that the app denies, and loads nothing that it blocks', async () => {
    const copied = page.evaluate(() => navigator.clipboard.writeText('x'));
    await expect(copied).rejects.toThrow(/denied/);
    await expect(page.evaluate(() => fetch('/blocked'))).rejects.toThrow('Failed to fetch');
    expect(await page.evaluate(async () => (await fetch('/other')).status)).toBe(200);
  });

  it('asks main before it goes elsewhere, and opens no window', async () => {
    await page.click('#away');
    expect(await told(desktop, 'will-navigate')).toBe('https://example.com/away');
    await page.click('#new');
    expect(await told(desktop, 'window-open')).toBe('https://example.com/new');
    expect(await page.evaluate(() => window.open('https://example.com/script'))).toBeNull();
    await page.click('#next');
    await page.waitForURL(/\/next$/);
    expect(allTold(desktop, 'will-navigate')).toEqual(['https://example.com/away', 'app://fixture/next']);
    expect(await page.evaluate(() => typeof window.bridge)).toBe('object');
  });

  it('reads what was sealed with an older key, and is told to seal it anew; without a key it reads nothing', async () => {
    const unseal = (): Promise<unknown> => page.evaluate(() => window.bridge.invoke('unseal'));
    expect(await unseal()).toEqual({ shouldReEncrypt: false, result: 'words' });
    await desktop.ask('keyring', { key: 'second', oldKeys: ['first'] });
    expect(await unseal()).toEqual({ shouldReEncrypt: true, result: 'words' });
    await desktop.ask('keyring', { oldKeys: [] });
    await expect(unseal()).rejects.toThrow('Error while decrypting');
    await desktop.ask('keyring', { available: false });
    await expect(unseal()).rejects.toThrow('Decryption is not available');
  });
});

describe('main', () => {
  it('is refused what is used too early, and whatever nobody wrote', async () => {
    const desktop = start(folderOf());
    expect(await told(desktop, 'required')).toBe(true);
    expect(await told(desktop, 'early')).toEqual({
      BrowserWindow: 'Cannot create BrowserWindow before app is ready',
      Tray: 'Cannot create Tray before app is ready',
      screen: "The 'screen' module can't be used before the app 'ready' event",
      session: 'Session can only be received when app is ready',
      protocol: 'protocol.handle cannot be called before app is ready',
      powerMonitor: 'The powerMonitor module can only be used after the app is ready',
      globalShortcut: 'globalShortcut cannot be used before the app is ready',
      unknown: expect.stringContaining('does not implement app.madeUp') as string,
      unfinished: expect.stringContaining('does not implement app.getJumpListSettings') as string,
    });
    expect(await told(desktop, 'keyring too early')).toBe(false);
    expect(await told(desktop, 'late')).toBe(
      'protocol.registerSchemesAsPrivileged should be called before app is ready',
    );
    await told(desktop, 'loaded');

    // A page that crashes, and a window that is closed: nothing of Chromium is left.
    const [window] = await desktop.ask('windows');
    const id = window?.id ?? 0;
    await desktop.ask('crash', id);
    expect(await told(desktop, 'gone')).toBe('crashed');
    const pid = await desktop.ask('chromium');
    await desktop.ask('closeWindow', id);
    await desktop.ask('noChromium');
    expect(await desktop.ask('chromium')).toBeNull();
    expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');

    expect(await desktop.stop()).toBe(0);
    expect(allTold(desktop, 'event')).toEqual(['window-all-closed', 'before-quit', 'will-quit', 'quit']);
  });

  it('runs once for a folder, is told of the second start, and gives way when it was killed', async () => {
    const folder = folderOf();
    const first = start(folder, 'stubborn');
    await told(first, 'loaded');
    const second = start(folder, 'again', '--more');
    expect(await second.ended).toBe(0);
    expect(allTold(second, 'second')).toEqual([null]);
    expect(await told(first, 'second-instance')).toEqual([[folder, 'again', '--more'], { from: 'again' }, true]);

    // A window that refuses to close keeps the app from quitting.
    await first.ask('quit');
    await told(first, 'kept open');
    expect(allTold(first, 'event')).toEqual(['before-quit']);
    expect(await first.ask('windows')).toHaveLength(1);
    const pid = (await first.ask('chromium')) ?? 0;
    await first.kill();
    // Chromium ends with the app, however that ended.
    await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false);

    const third = start(folder);
    await told(third, 'loaded');
    expect(existsSync(join(folder, 'here'))).toBe(true);
    expect(await third.stop()).toBe(0);
    // Windows that are closed by quitting are no reason to say that all are closed.
    expect(allTold(third, 'event')).toEqual(['before-quit', 'will-quit', 'quit']);
  });
});
