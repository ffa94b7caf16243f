// Journeys through Activity: one request followed to its last detail, and many of them.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import OpenAI from 'openai';
import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { type Journeys } from './journeys.ts';

const run = promisify(execFile);

/** Nobody's, of the shape of one, and of no known vendor's examples. */
const secret = ['AK', 'IA', 'JOURNEY', '7KEY2', 'QZXW'].join('');

const list = (page: Page): Locator => page.getByRole('table', { name: 'Requests, newest first' });
/** Without the head. */
const rows = (page: Page): Locator => list(page).locator('tbody tr[data-id]');
const inspector = (page: Page): Locator => page.getByRole('region', { name: 'Request, opened' });

async function tab(page: Page, name: string | RegExp): Promise<Locator> {
  await inspector(page).getByRole('tab', { name }).click();
  return inspector(page).getByRole('tabpanel');
}

export function describeActivity({ journey, workshop, livedIn, provider }: Journeys): void {
  describe('Activity', () => {
    it('shows a request of an SDK as it comes, and everything about it', async () => {
      await journey({ setup: workshop }, async ({ page, gateway, key, goto, clipboard }) => {
        await goto('/activity');
        const client = new OpenAI({ baseURL: `${gateway}/v1`, apiKey: key, maxRetries: 0 });
        const word = `followed-${String(Date.now())}`;
        const answer = await client.chat.completions.create({
          model: 'up/gpt-4.1',
          messages: [{ role: 'user', content: `${word}: deploy with ${secret} please` }],
        });
        // The client gets back what it sent; the provider never saw it.
        expect(answer.choices[0]?.message.content).toContain(secret);
        expect(provider().requests.at(-1)?.body.toString()).not.toContain(secret);

        await rows(page).first().getByText('up/gpt-4.1').first().waitFor();
        const id = await rows(page).first().getAttribute('data-id');
        await rows(page).first().click();
        await inspector(page).getByText('up/gpt-4.1').first().waitFor();
        expect(new URL(page.url()).searchParams.get('id')).toBe(id);
        await readEveryTab(page);
        await copyAsCurl(page, { clipboard, key });

        await inspector(page).getByRole('button', { name: 'Replay', exact: true }).click();
        await page.getByText('Sent again: 200. This is the new request.').waitFor();
        await page.waitForURL((url) => ![id, null].includes(url.searchParams.get('id')));
        await rows(page).nth(1).waitFor();
        expect(provider().requests.at(-1)?.body.toString()).toContain(word);
      });
    });

    it('finds its way through thirty thousand requests', async () => {
      await journey({ setup: livedIn }, async ({ page, goto }) => {
        await goto('/activity');
        await rows(page).first().waitFor();
        await page.getByRole('searchbox').fill('gemini-2.5-flash');
        await page.waitForURL(/q=gemini-2\.5-flash/);
        await list(page).getByText('claude').first().waitFor({ state: 'detached' });
        await rows(page).getByText('google/gemini-2.5-flash').first().waitFor();

        await page.getByRole('button', { name: 'Errors' }).click();
        await page.waitForURL(/error=/);
        await page.reload();
        expect(await page.getByRole('searchbox').inputValue()).toBe('gemini-2.5-flash');
        expect(await page.getByRole('button', { name: 'Errors' }).getAttribute('aria-pressed')).toBe('true');

        // What fits nothing says what it is, and can be taken away there.
        await goto('/activity?client=nobody-at-all');
        await page.getByText('No request fits these filters').waitFor();
        await page
          .getByRole('main')
          .getByRole('button', { name: 'Remove filter Client: nobody-at-all' })
          .last()
          .click();
        await rows(page).first().waitFor();
        expect(page.url()).not.toContain('client=');
      });
    });

    it('is walked through by keyboard, down to rows that were not there yet', async () => {
      await journey({ setup: livedIn }, async ({ page, goto }) => {
        await goto('/activity');
        await rows(page).first().waitFor();
        await page.keyboard.press('j');
        const focused = page.locator('tr[data-id]:focus');
        await focused.waitFor();
        for (let pressed = 0; pressed < 40; pressed += 1) {
          const before = Number(await focused.getAttribute('data-index'));
          await page.keyboard.press('PageDown');
          await page.waitForFunction(
            (index) => Number(document.activeElement?.getAttribute('data-index') ?? 0) > index,
            before,
          );
        }
        expect(Number(await focused.getAttribute('data-index'))).toBeGreaterThan(200);
        // Rows out of sight are not drawn.
        expect(await rows(page).count()).toBeLessThan(120);
        const id = await focused.getAttribute('data-id');
        await page.keyboard.press('Enter');
        await inspector(page).getByRole('tab', { name: 'Summary' }).waitFor();
        expect(new URL(page.url()).searchParams.get('id')).toBe(id);
        await page.keyboard.press('Escape');
        await inspector(page).waitFor({ state: 'detached' });
        await page.locator(`tr[data-id="${String(id)}"]:focus`).waitFor();
      });
    });

    it('groups conversations, and opens one', async () => {
      await journey({ setup: livedIn }, async ({ page, goto }) => {
        await goto('/activity');
        await page.getByRole('radio', { name: 'Sessions' }).click();
        await page.waitForURL(/view=sessions/);
        const sessions = page.getByRole('table', { name: 'Sessions, the last active first' });
        const first = sessions.locator('tbody tr[data-index="0"]');
        await first.waitFor();
        await first.focus();
        await page.keyboard.press('Enter');
        await page.waitForURL(/session=/);
        await rows(page).first().waitFor();
        await page.getByRole('button', { name: /^Remove filter Session:/ }).waitFor();
      });
    });
  });
}

async function readEveryTab(page: Page): Promise<void> {
  const summary = await tab(page, 'Summary');
  await summary.getByText(/asked for up\/gpt-4\.1; up\/gpt-4\.1 answered in/).waitFor();
  await (await tab(page, 'Timeline')).getByText(/1 attempt in .*, 0 failed/).waitFor();
  for (const name of ['Request', 'Response'] as const) {
    const said = await tab(page, name);
    await said.getByRole('region', { name }).waitFor();
    expect(await said.innerText()).not.toContain(secret);
  }
  const masked = await tab(page, /^Masked/);
  const left = masked.getByRole('region', { name: 'What left this machine' });
  await left.waitFor();
  expect(await left.innerText()).toContain('deploy with');
  expect(await left.innerText()).not.toContain(secret);
  expect(await left.locator('mark').count()).toBeGreaterThan(0);
  // Its price is a dollar and two for a million tokens.
  const cost = await tab(page, 'Cost');
  await cost.getByText('$1.00 per million').waitFor();
  await cost.getByText('$2.00 per million').waitFor();
  await (await tab(page, 'Route')).getByText(/named the target itself/).waitFor();
  const raw = await tab(page, 'Raw');
  await raw.getByText('"request_id"').first().waitFor();
  expect(await raw.innerText()).not.toContain(secret);
}

async function copyAsCurl(
  page: Page,
  { clipboard, key }: { readonly clipboard: () => Promise<string>; readonly key: string },
): Promise<void> {
  await inspector(page).getByRole('button', { name: 'Copy as …' }).click();
  await page.getByRole('menuitem', { name: 'curl' }).click();
  await page.getByText('Copied as curl. It reads the key from SLUICE_KEY.').waitFor();
  const code = await clipboard();
  expect(code).toMatch(/^curl /);
  expect(code).not.toContain(key);
  expect(code).not.toContain(secret);
  const { stdout } = await run('/bin/sh', ['-c', code], {
    env: { PATH: process.env['PATH'] ?? '', SLUICE_KEY: key },
    timeout: 30_000,
  });
  expect(JSON.parse(stdout)).toMatchObject({ object: 'chat.completion', choices: [{ finish_reason: 'stop' }] });
}
