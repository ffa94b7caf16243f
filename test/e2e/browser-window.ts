// The window in a real Chromium, on built instances that journeys share.
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright';
import { launchChromium } from './chromium.ts';
import { openInstance, type Instance } from './instance.ts';
import type { Opened, OpenOptions, Setup } from './opened.ts';

export interface BrowserWindows {
  readonly open: (options: OpenOptions) => Promise<Opened>;
  readonly close: () => Promise<void>;
}

export async function openBrowserWindows(): Promise<BrowserWindows> {
  const browser = await launchChromium();
  const instances = new Map<string, Promise<Instance>>();
  const instanceOf = ({ name, options }: Setup): Promise<Instance> => {
    const known = instances.get(name) ?? options().then((made) => openInstance(made));
    instances.set(name, known);
    return known;
  };
  return {
    async open(options) {
      return await openWindow(browser, await instanceOf(options.setup), options);
    },
    async close() {
      await browser.close();
      const started = await Promise.allSettled(instances.values());
      await Promise.all(started.map(async (one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
    },
  };
}

/** What the browser says of a request that the instance refused or did not answer is no fault of the page. */
const expected = /^Failed to load resource/;

async function openWindow(browser: Browser, instance: Instance, options: OpenOptions): Promise<Opened> {
  const contexts: BrowserContext[] = [];
  const broken: string[] = [];
  const another = async (): Promise<Page> => {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1200, height: options.height ?? 800 },
      locale: options.locale ?? 'en-US',
      timezoneId: 'Europe/Berlin',
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => broken.push(error.stack ?? error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !expected.test(message.text())) broken.push(message.text());
    });
    return page;
  };
  const page = await another();
  const seen = async (): Promise<void> => void (await page.waitForSelector('main h1'));
  if (options.signedOut !== true) {
    await page.goto(await instance.newLink());
    await seen();
  }
  return {
    ...{ page, another, gateway: instance.gateway, home: instance.home, data: instance.data },
    key: options.setup.key ?? instance.key,
    newLink: () => instance.newLink(),
    stop: () => instance.stop(),
    start: () => instance.start(),
    async goto(path) {
      await page.goto(instance.ui + path);
      await seen();
    },
    clipboard: () => page.evaluate(() => navigator.clipboard.readText()),
    async download(action) {
      const [download] = await Promise.all([page.waitForEvent('download'), action()]);
      return readFileSync(await download.path(), 'utf8');
    },
    async call(name, input) {
      const reply = (await instance.call(name, input)) as { ok: boolean; value: unknown; error?: { message: string } };
      if (!reply.ok) throw new Error(`${name}: ${reply.error?.message ?? ''}`);
      return reply.value;
    },
    async close() {
      await Promise.all(contexts.map((context) => context.close()));
      if (broken.length > 0) throw new Error(`the window broke: ${broken.join('\n')}`);
    },
  };
}
