// Journeys through what surrounds the pages: palette, shortcuts, looks, languages, narrow windows, and an instance that goes away.
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { type Journeys } from './journeys.ts';
import { ask } from './opened.ts';
import { pagePaths } from './pages.ts';

const pageNames = [
  ...['Home', 'Activity', 'Usage', 'Clients', 'Models & Providers', 'Routes', 'Policies', 'Playground', 'Settings'],
] as const;

declare global {
  interface Window {
    /** Theme of the document when its body began to be. */
    themeAtBody?: string | undefined;
    /** Lost with a reload. */
    isTheSame?: boolean;
  }
}

async function choose(page: Page, typed: string, name: string | RegExp): Promise<void> {
  await page.keyboard.press('Control+k');
  const input = page.getByPlaceholder('Type a command, a model, a client, a key or a request id …');
  await input.fill(typed);
  await page.getByRole('option', { name }).first().click();
  await input.waitFor({ state: 'detached' });
}

async function heading(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
}

/** When its content is there, not its skeleton alone. */
async function settled(page: Page): Promise<void> {
  await page.waitForSelector('main h1');
  await page.waitForFunction(() => document.querySelector('main .skeleton, main [aria-busy="true"]') === null);
}

/** What is said on the page, without code and samples. */
const wordsOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const walker = document.createTreeWalker(document.querySelector('main') ?? document.body, NodeFilter.SHOW_TEXT);
    const said: string[] = [];
    while (walker.nextNode() !== null)
      if (walker.currentNode.parentElement?.closest('pre, code, textarea, option') === null)
        said.push(walker.currentNode.textContent ?? '');
    return said.join('\n');
  });

/** By how many pixels the document is wider than the window. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

export function describeFrame({ host, journey, workshop, livedIn }: Journeys): void {
  describe('the palette and the keyboard', () => {
    it('find a page, a model, a client, a key and a request', async () => {
      await journey({ setup: livedIn }, async ({ page, gateway, key }) => {
        const sent = await ask({ gateway, key }, 'demo/echo', 'Find me');
        const id = sent.headers.get('x-sluice-request-id') ?? '';
        await choose(page, 'routes', 'Routes');
        await heading(page, 'Routes');
        await choose(page, 'claude-haiku-4-5', 'anthropic/claude-haiku-4-5');
        await page.getByRole('dialog', { name: 'anthropic/claude-haiku-4-5' }).waitFor();
        await page.keyboard.press('Escape');
        await choose(page, 'open webui', /Open WebUI/i);
        await page.getByRole('dialog', { name: 'Open WebUI' }).waitFor();
        await page.keyboard.press('Escape');
        await choose(page, 'household', 'household');
        await page.getByRole('dialog', { name: 'household' }).waitFor();
        await page.keyboard.press('Escape');
        await choose(page, id, new RegExp(id));
        await page.waitForURL(new RegExp(`id=${id}`));
      });
    });

    it('show the sheet of shortcuts, and go to a page by two keys', async () => {
      await journey({ setup: workshop }, async ({ page }) => {
        await page.keyboard.press('?');
        const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
        await sheet.getByText('Search and commands').waitFor();
        await page.keyboard.press('Escape');
        await sheet.waitFor({ state: 'detached' });
        await page.keyboard.press('g');
        await page.keyboard.press('a');
        await heading(page, 'Activity');
        expect(await page.title()).toBe('Activity · Sluice');
      });
    });
  });

  describe('looks', () => {
    it('a theme that was chosen is there before anything is drawn', async () => {
      await journey({ setup: workshop }, async ({ page, goto }) => {
        await page.addInitScript(() => {
          new MutationObserver((_changes, observer) => {
            if (document.getElementById('root') === null) return;
            window.themeAtBody = document.documentElement.dataset['theme'];
            observer.disconnect();
          }).observe(document, { childList: true, subtree: true });
        });
        const themes = (): Promise<(string | undefined)[]> =>
          page.evaluate(() => [window.themeAtBody, document.documentElement.dataset['theme']]);
        await goto('/');
        expect(await themes()).toEqual(['light', 'light']);
        await choose(page, 'dark theme', 'Use the dark theme');
        await page.waitForFunction(() => document.documentElement.dataset['theme'] === 'dark');
        await page.reload();
        await heading(page, 'Home');
        expect(await themes()).toEqual(['dark', 'dark']);
      });
    });

    it('German is spoken where the browser is German, and where it is chosen', async () => {
      await journey({ setup: workshop, locale: 'de-DE' }, async ({ page, goto }) => {
        expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
        for (const path of pagePaths) {
          await goto(path);
          await settled(page);
          const text = await wordsOf(page);
          // No key of a message, and no word of the English sentences that surround each page.
          expect(text).not.toMatch(/\b(?:page|shell|common|traffic|usage|policies|routes)\.[a-z]+\b/);
          // The catalogue of clients is English, as their own settings are.
          if (path !== '/clients') expect(text).not.toMatch(/\b(?:the|your|which|what)\b/i);
        }
        await goto('/settings');
        await page.getByRole('combobox', { name: 'Sprache' }).selectOption({ label: 'English' });
        await heading(page, 'Settings');
      });
    });

    it('every page fits a window of 360 pixels', async () => {
      await journey({ setup: livedIn, width: 360, height: 640 }, async ({ page, goto }) => {
        for (const path of pagePaths) {
          await goto(path);
          await settled(page);
          expect({ path, overflow: await overflow(page) }).toEqual({ path, overflow: 0 });
        }
      });
    });

    it('every page fits its window with text twice as large', async () => {
      await journey({ setup: livedIn }, async ({ page, goto }) => {
        for (const path of pagePaths) {
          await goto(path);
          await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
          await settled(page);
          expect({ path, overflow: await overflow(page) }).toEqual({ path, overflow: 0 });
        }
      });
    });
  });

  // The desktop window ends with its instance; what it does instead is in desktop-life.test.ts.
  describe.runIf(host === 'browser')('an instance that goes away', () => {
    it('leaves on every page what it showed, and the window goes on when it is back', async () => {
      await journey({ setup: workshop }, async ({ page, gateway, key, stop, start }) => {
        await ask({ gateway, key }, 'demo/echo', 'Before it stops');
        const open = async (name: string): Promise<readonly string[]> => {
          await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
          await heading(page, name);
          await settled(page);
          return await page.getByRole('main').getByRole('heading').allInnerTexts();
        };
        await page.evaluate(() => (window.isTheSame = true));
        const shown = new Map<string, readonly string[]>();
        for (const name of pageNames) shown.set(name, await open(name));

        await stop();
        const lost = page.getByText('The gateway does not answer.', { exact: false }).first();
        await lost.waitFor();
        for (const name of pageNames) {
          const now = await open(name);
          await lost.waitFor();
          expect({ name, now }).toEqual({ name, now: shown.get(name) });
        }
        await open('Activity');
        const rows = page.locator('tr[data-id]');
        const before = await rows.count();
        expect(before).toBeGreaterThan(0);

        await start();
        await lost.waitFor({ state: 'detached' });
        const sent = await ask({ gateway, key }, 'demo/echo', 'After it started');
        await page.locator(`tr[data-id="${sent.headers.get('x-sluice-request-id') ?? ''}"]`).waitFor();
        expect(await page.evaluate(() => window.isTheSame)).toBe(true);
      });
    });
  });
}
