// Journeys of the first minutes, of getting in, and of pausing.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, type Setup } from './opened.ts';
import { type Journeys } from './journeys.ts';
import { startStandIn, type StandIn } from './stand-in.ts';

const foundKey = ['sk', 'proj', 'found-in-a-file-of-another-tool-7dK2'].join('-');

/** Counts what a person does, and refuses what nobody should have to. */
function counted(page: Page): { click: (name: string | RegExp) => Promise<void>; readonly clicks: number } {
  let clicks = 0;
  return {
    async click(name) {
      clicks += 1;
      await page.getByRole('main').getByRole('button', { name }).click();
    },
    get clicks() {
      return clicks;
    },
  };
}

export function describeStart({ journey, workshop, host }: Journeys): void {
  describe('the first minutes', () => {
    let openai: StandIn;
    beforeAll(async () => {
      openai = await startStandIn(foundKey);
    });
    afterAll(async () => {
      await openai?.close();
    });
    // A home where Codex was set up with a key of OpenAI.
    const firstRun: Setup = {
      name: 'first run',
      options: () =>
        Promise.resolve({
          env: openai.env,
          prepare: (home) => {
            mkdirSync(join(home, '.codex'));
            writeFileSync(join(home, '.codex', 'auth.json'), JSON.stringify({ OPENAI_API_KEY: foundKey }));
          },
        }),
    };

    it('are over after six clicks, with nothing typed and nothing restarted', async () => {
      await journey({ setup: firstRun }, async ({ page, gateway, call }) => {
        const main = page.getByRole('main');
        const { pid } = (await call('app.status', {})) as { pid: number };
        const walk = counted(page);
        await main.getByText(gateway).waitFor();
        await walk.click('See what is here');
        await main.getByText('~/.codex/auth.json').waitFor();
        await main.getByText(/Codex/).last().waitFor();
        await walk.click('Import 1');
        // A real call for one token, with its cost.
        await main.getByText('works', { exact: true }).waitFor();
        expect(openai.provider.requests.at(-1)?.refusal).toBeUndefined();
        await main.getByText(/· \$0/).waitFor();
        await walk.click('Continue');
        await walk.click('Connect Codex');
        await main.getByText(/Waiting for the first request of Codex/).waitFor();
        const value = await main.getByRole('region', { name: 'The new key' }).locator('code').innerText();
        expect((await ask({ gateway, key: value }, 'openai/gpt-5-mini', 'Hello')).status).toBe(200);
        await main.getByText('The first request went through').waitFor();
        await main.getByText('openai/gpt-5-mini').waitFor();
        await walk.click('Turn on and finish');
        await main.getByRole('heading', { name: 'Everything is set' }).waitFor();
        await walk.click('Go to Home');
        await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
        expect(walk.clicks).toBeLessThanOrEqual(6);
        expect(((await call('app.status', {})) as { pid: number }).pid).toBe(pid);
        // What was turned on holds, and nothing leads back here.
        const { policies, welcomed, budgets } = (await call('app.snapshot', {})) as Snapshot;
        expect({ ...policies, welcomed }).toMatchObject({ masking: true, welcomed: true });
        expect(budgets.map(({ limit_usd: limit }) => Number(limit))).toEqual([10]);
        await page.reload();
        await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
      });
    });

    it('go on where they were after a reload, and can be skipped at once', async () => {
      await journey({ setup: firstRun }, async ({ page, goto, call }) => {
        await call('setup.finish', { done: false });
        await goto('/');
        await page.getByRole('heading', { level: 1, name: 'Welcome to Sluice' }).waitFor();
        await page.getByRole('button', { name: 'See what is here' }).click();
        await page.getByRole('heading', { name: 'We found' }).waitFor();
        await page.reload();
        await page.getByRole('heading', { name: 'We found' }).waitFor();
        await page.getByRole('button', { name: 'Skip the setup' }).click();
        await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
        expect(((await call('app.snapshot', {})) as Snapshot).welcomed).toBe(true);
      });
    });
  });

  // The desktop window needs no link: what opens it instead is in desktop-life.test.ts.
  describe.runIf(host === 'browser')('a link', () => {
    it('works once and leaves no token behind; another browser needs a new one', async () => {
      await journey({ setup: workshop, signedOut: true }, async ({ page, newLink, another }) => {
        const link = await newLink();
        expect(link).toContain('token=');
        await page.goto(link);
        await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
        expect(page.url()).not.toContain('token');
        expect(await page.evaluate(() => document.cookie)).toBe('');
        await page.reload();
        await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();

        const second = await another();
        await second.goto(link);
        await second.getByRole('heading', { name: 'This browser is not signed in' }).waitFor();
        await second.getByText('This link was used already, or is too old.').waitFor();
        expect(second.url()).not.toContain('token');
        await second.goto(page.url());
        await second.getByRole('heading', { name: 'This browser is not signed in' }).waitFor();
        await second.goto(await newLink());
        await second.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
      });
    });
  });

  describe('Home', () => {
    it('tells what was spent of the budget, and pauses and resumes', async () => {
      await journey({ setup: workshop }, async ({ page, gateway, key, goto }) => {
        // A million tokens of input cost a dollar, a million of output two.
        expect((await ask({ gateway, key }, 'up/gpt-4.1', `long 40 ${'word '.repeat(2_000)}`)).status).toBe(200);
        await goto('/');
        const meter = page.getByRole('meter', { name: 'Budget for everything, per day' });
        await meter.waitFor();
        expect(await meter.getAttribute('aria-valuetext')).toMatch(/^\$0\.00\d+ of \$10\.00/);
        await page.getByRole('link', { name: /Spent today: \$0\.00\d+/ }).waitFor();

        await page.getByRole('button', { name: 'Pause' }).click();
        const block = page.getByRole('group', { name: 'Block' });
        await block.getByRole('menuitem', { name: '15 minutes' }).click();
        await page.getByText(/Paused by you until \d+:\d\d:\d\d\s[AP]M\. New requests are refused/).waitFor();
        const refused = await ask({ gateway, key }, 'demo/echo', 'Hello');
        expect(refused.status).toBe(429);
        expect(refused.text).toContain('admit.paused');
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
        await page.getByRole('button', { name: 'Resume' }).first().click();
        await page.getByText(/Paused by you/).waitFor({ state: 'detached' });
        expect((await ask({ gateway, key }, 'demo/echo', 'Hello')).status).toBe(200);
      });
    });
  });
}

interface Snapshot {
  readonly welcomed: boolean;
  readonly policies: { readonly masking: boolean };
  readonly budgets: readonly { readonly limit_usd: string }[];
}
