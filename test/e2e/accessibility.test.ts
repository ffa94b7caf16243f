// Every page and the dialogs that matter, in both themes, with nothing in them and with much: axe finds nothing, and the keyboard gets in and out.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './chromium.ts';
import { openInstance, type Instance } from './instance.ts';
import { livedInConfig, livedInEnvironment } from './lived-in.ts';
import { pagePaths } from './pages.ts';

let browser: Browser;
const instances: Partial<Record<'nothing' | 'much', Instance>> = {};

beforeAll(async () => {
  [browser, instances.nothing, instances.much] = await Promise.all([
    launchChromium(),
    openInstance({ welcomed: true }),
    openInstance({ config: livedInConfig, env: livedInEnvironment, exchanges: 6_000, welcomed: true }),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([instances.nothing?.close(), instances.much?.close()]);
});

type Filled = keyof typeof instances;

interface Shown {
  readonly page: Page;
  readonly goto: (path: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

async function show(filled: Filled): Promise<Shown> {
  const instance = instances[filled];
  if (instance === undefined) throw new Error('the instance did not start');
  const context = await browser.newContext({
    ...{ viewport: { width: 1200, height: 800 }, locale: 'en-US', timezoneId: 'Europe/Berlin' },
    ...{ reducedMotion: 'reduce', colorScheme: 'light' },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(await instance.newLink());
  await page.waitForSelector('main h1');
  return {
    page,
    async goto(path) {
      await page.goto(instance.ui + path);
      await settled(page);
    },
    close: () => context.close(),
  };
}

async function settled(page: Page): Promise<void> {
  await page.waitForSelector('main h1');
  await page.waitForFunction(() => document.querySelector('main .skeleton, main [aria-busy="true"]') === null);
}

/** What a theme decides; everything else is the same in both. */
const colours = ['color-contrast', 'link-in-text-block'];

/** What axe finds in both themes, each with where and why. */
async function findings(page: Page): Promise<readonly string[]> {
  const found = [...(await violations(axeOn(page)))];
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForFunction(
    () =>
      document.documentElement.dataset['theme'] === 'dark' &&
      document.getAnimations().every((one) => !(one instanceof CSSTransition) || one.playState === 'finished'),
  );
  found.push(...(await violations(axeOn(page).withRules(colours))).map((one) => `dark: ${one}`));
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}

/** The window has no frames: axe works in the page alone, and writes down only what it finds fault with. */
function axeOn(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode(true);
}

async function violations(axe: AxeBuilder): Promise<readonly string[]> {
  const result = await axe.analyze();
  return result.violations.map(
    ({ id, impact, nodes }) =>
      `${impact ?? ''} ${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} (${failureSummary ?? ''})`).join('; ')}`,
  );
}

describe('axe, in both themes, finds nothing', () => {
  it.each(['nothing', 'much'] as const)('on any page with %s in it', async (filled) => {
    const { page, goto, close } = await show(filled);
    const found: Record<string, readonly string[]> = {};
    for (const path of [...pagePaths, '/welcome', '/models?tab=providers', ...(filled === 'much' ? policyTabs : [])]) {
      await goto(path);
      found[path] = await findings(page);
    }
    await close();
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((path) => [path, []])));
  });

  it('on what comes up over a page', async () => {
    const { page, goto, close } = await show('much');
    const found: Record<string, readonly string[]> = {};
    for (const [name, path, open] of overlays) {
      await goto(path);
      await open(page);
      found[name] = await findings(page);
    }
    await close();
    expect(found).toEqual(Object.fromEntries(overlays.map(([name]) => [name, []])));
  });
});

const policyTabs = ['firewall', 'budgets', 'limits', 'keys', 'access', 'recording', 'team'].map(
  (tab) => `/policies?tab=${tab}`,
);

const overlays: readonly (readonly [name: string, path: string, open: (page: Page) => Promise<void>])[] = [
  [
    'a page that there is not',
    '/',
    async (page) => {
      await page.evaluate(() => {
        history.pushState(null, '', '/no-such-page');
      });
      await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
    },
  ],
  [
    'palette',
    '/',
    async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('option').first().waitFor();
    },
  ],
  [
    'shortcuts',
    '/',
    async (page) => {
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    },
  ],
  [
    'inspector',
    '/activity',
    async (page) => {
      await page.locator('tr[data-id]').first().click();
      await page.getByRole('region', { name: 'Request, opened' }).getByRole('tabpanel').waitFor();
    },
  ],
  [
    'add provider',
    '/models?tab=providers&add=1',
    async (page) => {
      await page.getByRole('dialog').getByRole('button', { name: 'Mistral' }).waitFor();
    },
  ],
  [
    'a client that is connected',
    '/clients?client=claude-code',
    async (page) => {
      await page.getByRole('dialog', { name: 'Claude Code', exact: true }).waitFor();
    },
  ],
  [
    'key created',
    '/policies?tab=keys',
    async (page) => {
      await page.getByRole('button', { name: 'Create key' }).click();
      const editor = page.getByRole('dialog', { name: 'Create key' });
      await editor.getByLabel('Name', { exact: true }).fill('Looked at');
      await editor.getByRole('button', { name: 'Create key' }).click();
      await page.getByRole('dialog', { name: 'Key of Looked at' }).waitFor();
    },
  ],
  [
    'budget editor',
    '/policies?tab=budgets',
    async (page) => {
      await page.getByRole('button', { name: 'Add budget' }).click();
      await page.getByRole('dialog', { name: 'Add budget' }).getByRole('status').waitFor();
    },
  ],
  [
    'route editor',
    '/routes',
    async (page) => {
      await page.getByRole('button', { name: 'New route' }).click();
      await page.getByRole('dialog', { name: 'New route' }).getByRole('heading', { name: 'Targets' }).waitFor();
    },
  ],
];

describe('the keyboard', () => {
  it('reaches every page, goes through it, and comes out again', async () => {
    const { page, goto, close } = await show('much');
    for (const path of pagePaths) {
      await goto(path);
      // Once around: what has the focus is another thing each time, until the document is left.
      const seen = new Set<string>();
      let [inMain, isOut] = [false, false];
      for (let pressed = 0; pressed < 400 && !isOut; pressed += 1) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate(() => {
          const { activeElement: on } = document;
          if (on === null || on === document.body) return null;
          const all = [...document.querySelectorAll('*')];
          const { width, height } = on.getBoundingClientRect();
          return { index: String(all.indexOf(on)), inMain: on.closest('main') !== null, isSeen: width * height > 0 };
        });
        inMain ||= at?.inMain === true;
        isOut = at === null || seen.has(at.index);
        if (at !== null) seen.add(at.index);
      }
      expect({ path, inMain, isOut }).toEqual({ path, inMain: true, isOut: true });
      expect(seen.size).toBeGreaterThan(10);
    }
    await close();
  });

  it('keeps its place while what it changed is being kept', async () => {
    const { page, goto, close } = await show('much');
    await goto('/policies?tab=masking');
    const setting = page.getByRole('switch', { name: 'Put originals back', exact: true });
    for (const state of ['false', 'true']) {
      await setting.focus();
      await page.keyboard.press('Space');
      await setting.and(page.locator(`[aria-checked="${state}"]:not([aria-disabled])`)).waitFor();
      expect(await setting.evaluate((one) => one === document.activeElement)).toBe(true);
    }
    await close();
  });

  it('skips what is the same on every page', async () => {
    const { page, goto, close } = await show('much');
    await goto('/usage');
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to content' });
    expect(await skip.evaluate((link) => link === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.id === 'content');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
    await close();
  });
});
