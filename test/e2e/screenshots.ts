// Pictures of every page in both themes, and of the popover of the desktop app, from real instances with a ledger that looks
// lived in: `npm run screenshots`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { launchChromium } from './chromium.ts';
import { callOf, openDesktopInstance, standInDriver } from './desktop-window.ts';
import { openInstance } from './instance.ts';
import { livedInConfig, livedInEnvironment } from './lived-in.ts';
import { pagePaths } from './pages.ts';

const folder = process.argv[2] ?? fileURLToPath(new URL('../../docs/images/', import.meta.url));
const only = process.argv[3];

/** What is done on a page before its picture: one that shows what it is for. */
const acts: Readonly<Partial<Record<string, (page: Page) => Promise<void>>>> = {
  async '/activity'(page) {
    await page.locator('tr[data-id]').nth(1).click();
    await page.keyboard.press('Enter');
    await page.getByRole('tab').nth(1).click();
    await page.waitForTimeout(500);
  },
  async '/playground'(page) {
    await page.goto(`${instance.ui}/playground?model=demo/echo`);
    await page.getByRole('button', { name: 'Explain something' }).click();
    await page.getByRole('button', { name: 'Add model' }).click();
    await page.getByText('smart', { exact: true }).click();
    await page.keyboard.type('demo/slow');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Run all' }).click();
    await page.waitForTimeout(2_500);
  },
};

const livedIn = { config: livedInConfig, env: livedInEnvironment, exchanges: 6_000, welcomed: true };
const themes = ['light', 'dark'] as const;

/** As it opens at the tray icon: at its size, with the letters of a screen of twice the dots. */
async function drawPopover(): Promise<void> {
  const desktop = await openDesktopInstance(await standInDriver(), livedIn);
  const call = callOf(desktop);
  try {
    await call('desktop.show', { path: '/popover' });
    const { page, leave } = await desktop.driver.page();
    await page.waitForSelector('.popover-parts');
    const session = await page.context().newCDPSession(page);
    const size = { width: 360, height: 420 };
    await page.setViewportSize(size);
    for (const theme of themes) {
      await call('desktop.set', { theme });
      await page.waitForTimeout(800);
      const file = join(folder, `popover-${theme}.png`);
      const { data } = await session.send('Page.captureScreenshot', { clip: { x: 0, y: 0, ...size, scale: 2 } });
      writeFileSync(file, data, 'base64');
      process.stdout.write(`${file}\n`);
    }
    await leave();
  } finally {
    await desktop.close();
  }
}

mkdirSync(folder, { recursive: true });
if (only === undefined || only === 'popover') await drawPopover();
const instance = await openInstance(livedIn);
const browser = await launchChromium();
try {
  for (const theme of themes) {
    const context = await browser.newContext({
      ...{ viewport: { width: 1200, height: 780 }, colorScheme: theme, locale: 'en-US', timezoneId: 'Europe/Berlin' },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.goto(await instance.newLink());
    await page.waitForSelector('main h1');
    for (const path of pagePaths) {
      const name = path === '/' ? 'home' : path.slice(1).replace(/\W+/g, '-');
      if (only !== undefined && only !== name) continue;
      await page.goto(instance.ui + path);
      await page.waitForSelector('main h1');
      // Events never end, so the network is never idle: what is drawn tells.
      await page.waitForFunction(() => document.querySelector('main .skeleton') === null);
      await page.waitForTimeout(800);
      await acts[path]?.(page);
      const file = join(folder, `${name}-${theme}.png`);
      await page.screenshot({ path: file });
      process.stdout.write(`${file}\n`);
    }
    await context.close();
  }
} finally {
  await browser.close();
  await instance.close();
}
