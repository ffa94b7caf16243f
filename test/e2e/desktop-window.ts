// The desktop app's window on built instances that journeys share: the real entry, preload script and pages. Whoever runs them is a
// driver: the stand-in for Electron everywhere (test/fakes/electron), and Electron itself where its binary is.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright';
import { startDesktop, type Desktop } from '../fakes/electron/desktop.ts';
import type { Settings } from '../fakes/electron/stage.ts';
import type { BrowserWindows } from './browser-window.ts';
import { chromiumPath } from './chromium.ts';
import { openInstance, type Instance, type InstanceOptions, type Launch, type LaunchOptions } from './instance.ts';
import type { Opened, OpenOptions, Setup } from './opened.ts';

export const desktopEntry = fileURLToPath(new URL('../../dist/main/desktop.js', import.meta.url));

/** What opens the window of one instance. */
export interface Driver {
  readonly launch: Launch;
  /** Nothing of a window before is left; the system speaks this language. */
  fresh(locale: string): Promise<void>;
  /** The page of the window, once that is asked for. */
  page(): Promise<{ readonly page: Page; readonly leave: () => Promise<void> }>;
  clipboard(): Promise<string>;
}

export interface DesktopInstance extends Instance {
  readonly driver: Driver;
}

/** The app without a window, as a login starts it. */
export async function openDesktopInstance<Kind extends Driver>(
  driver: Kind,
  options: InstanceOptions = {},
): Promise<Instance & { readonly driver: Kind }> {
  return { ...(await openInstance(options, driver.launch)), driver };
}

export async function openDesktopWindows(driver: () => Promise<Driver>): Promise<BrowserWindows> {
  const instances = new Map<string, Promise<DesktopInstance>>();
  const instanceOf = ({ name, options }: Setup): Promise<DesktopInstance> => {
    const start = async (): Promise<DesktopInstance> => await openDesktopInstance(await driver(), await options());
    const known = instances.get(name) ?? start();
    instances.set(name, known);
    return known;
  };
  return {
    async open(options) {
      return await openWindow(await instanceOf(options.setup), options);
    },
    async close() {
      const started = await Promise.allSettled(instances.values());
      await Promise.all(started.map(async (one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
    },
  };
}

export interface StandInDriver extends Driver {
  /** The process that runs now. */
  readonly desktop: () => Desktop;
  /** Closes all windows, and waits until nothing of them runs. */
  closeWindows(): Promise<void>;
}

export function standInDriver(): Promise<StandInDriver> {
  return standInDriverOn(() => ({}));
}

/** `settings`: what the system is like, asked with each start. */
export async function standInDriverOn(settings: () => Settings): Promise<StandInDriver> {
  const program = await chromiumPath();
  let running: Desktop | undefined;
  const desktop = (): Desktop => {
    if (running === undefined) throw new Error('the app was not started');
    return running;
  };
  const closeWindows = async (): Promise<void> => {
    for (const { id } of await desktop().ask('windows')) await desktop().ask('closeWindow', id);
    await desktop().ask('noChromium');
  };
  return {
    desktop,
    closeWindows,
    async launch({ home, data, ports, env }) {
      const started = startDesktop({
        main: desktopEntry,
        args: desktopArguments({ data, ports }),
        cwd: home,
        env: { HOME: home, CHROMIUM_PATH: program, ...env },
        settings: { switches: ['--force-prefers-reduced-motion'], ...settings() },
      });
      running = started;
      await started.wrote(/gateway=\S+\n/);
      return { facts: factsOf(started.output()), stop: async () => void (await started.stop()) };
    },
    async fresh(locale) {
      await closeWindows();
      await desktop().ask('freshProfile');
      await desktop().ask('locale', locale);
    },
    async page() {
      const [window] = await desktop().ask('windows');
      const { endpoint } = await desktop().ask('page', window?.id ?? 0);
      const browser = await chromium.connectOverCDP(endpoint);
      const [context] = browser.contexts();
      const page = context?.pages()[0] ?? (await context?.waitForEvent('page'));
      if (page === undefined) throw new Error('the window has no page');
      const leave = async (): Promise<void> => {
        await browser.close();
        await closeWindows();
      };
      return { page, leave };
    },
    clipboard: () => desktop().ask('clipboard'),
  };
}

export function desktopArguments({ data, ports: [port = '0'] }: Pick<LaunchOptions, 'data' | 'ports'>): string[] {
  return ['--data', data, '--port', port, '--hidden'];
}

/** What it says when it is ready. */
export function factsOf({ out, err }: { readonly out: string; readonly err: string }) {
  const key = /sk-sluice-[A-Za-z0-9-]+/.exec(err)?.[0] ?? '';
  return { gateway: /gateway=(\S+)/.exec(out)?.[1] ?? '', key, ui: '', link: '' };
}

export function callOf(instance: Instance): Opened['call'] {
  return async (name, input) => {
    const reply = (await instance.call(name, input)) as { ok: boolean; value: unknown; error?: { message: string } };
    if (!reply.ok) throw new Error(`${name}: ${reply.error?.message ?? ''}`);
    return reply.value;
  };
}

/** As for the browser: a request that was refused is no fault of the page. */
const expected = /^Failed to load resource/;

async function openWindow(instance: DesktopInstance, options: OpenOptions): Promise<Opened> {
  const { driver, gateway, home, data } = instance;
  const call = callOf(instance);
  await driver.fresh(options.locale ?? 'en-US');
  await call('desktop.show', {});
  const { page, leave } = await driver.page();
  const broken: string[] = [];
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => broken.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.text())) broken.push(message.text());
  });
  const seen = async (): Promise<void> => void (await page.waitForSelector('main h1'));
  await seen();
  // Also narrower than the system lets a window be: so it looks to people who enlarge everything.
  await page.setViewportSize({ width: options.width ?? 1200, height: options.height ?? 800 });
  return {
    ...{ page, gateway, home, data, call },
    key: options.setup.key ?? instance.key,
    newLink: () => Promise.reject(new Error('the desktop window needs no link')),
    another: () => Promise.reject(new Error('the desktop app has one window')),
    stop: () => instance.stop(),
    start: () => instance.start(),
    async goto(path) {
      const [origin = ''] = /^[a-z]+:\/\/[^/]+/.exec(page.url()) ?? [];
      await page.goto(origin + path);
      await seen();
    },
    clipboard: () => driver.clipboard(),
    async download(action) {
      const [download] = await Promise.all([page.waitForEvent('download'), action()]);
      return readFileSync(await download.path(), 'utf8');
    },
    async close() {
      await leave();
      if (broken.length > 0) throw new Error(`the window broke: ${broken.join('\n')}`);
    },
  };
}
