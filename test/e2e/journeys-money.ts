// Journeys through what is spent, and through what may be spent, said and recorded.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { type Journeys } from './journeys.ts';
import { ask } from './opened.ts';

const card = (page: Page, name: string): Locator => page.getByRole('main').getByRole('region', { name, exact: true });

export function describeMoney(journeys: Journeys): void {
  const { journey, livedIn } = journeys;
  describe('Usage', () => {
    it('draws charts that lead to the requests behind them, as tables and files too', async () => {
      await journey({ setup: livedIn }, async ({ page, goto, download }) => {
        await goto('/usage?range=7d');
        const cost = card(page, 'Cost per day');
        await cost.getByRole('img', { name: /^Cost per day\./ }).waitFor();
        for (const name of ['Error rate', 'Latency per provider', 'Activity of the year', 'Spend against budget'])
          await card(page, name).locator('svg, [role="grid"], .strip').first().waitFor();

        // Every mark is a way to what is behind it.
        await (await largest(cost.locator('.recharts-bar-rectangle path'))).click();
        await page.waitForURL(/\/activity\?.*since=\d+/);
        const asked = new URL(page.url()).searchParams;
        expect(Number(asked.get('until')) - Number(asked.get('since'))).toBeLessThanOrEqual(25 * 3_600_000);
        expect(asked.get('model')).not.toBeNull();
        await page.locator('tr[data-id]').first().waitFor();

        await page.goBack();
        await cost.getByRole('button', { name: 'Show as table' }).click();
        const twin = cost.getByRole('table', { name: 'Cost per day' });
        await twin.waitFor();
        const file = await download(() => cost.getByRole('button', { name: 'Save as CSV' }).click());
        const lines = file.replace('\ufeff', '').trimEnd().split('\r\n');
        expect(lines[0]).toMatch(/^When,/);
        expect(lines.length).toBe(await twin.getByRole('row').count());
        const columns = lines[0]?.split(',').length;
        for (const line of lines.slice(1)) {
          expect(line.split(',').length).toBe(columns);
          expect(Number(line.split(',').at(-1))).toBeGreaterThanOrEqual(0);
        }
        // By keyboard the same way leads through the table.
        await twin.getByRole('link').first().focus();
        await page.keyboard.press('Enter');
        await page.waitForURL(/\/activity\?/);
      });
    });

    it('says in its address by what it is grouped', async () => {
      await journey({ setup: livedIn }, async ({ page, goto }) => {
        await goto('/usage');
        await page.getByRole('combobox', { name: 'Group by' }).selectOption({ label: 'Client' });
        await page.waitForURL(/by=client/);
        const list = page.getByRole('region', { name: 'By Client' });
        await list.getByRole('button', { name: 'claude-code' }).click();
        await page.waitForURL(/client=claude-code/);
        await page.reload();
        await page.getByRole('button', { name: 'Remove the filter Client: claude-code' }).waitFor();
        // The filter is carried over.
        await page.getByRole('link', { name: /^Requests: [\d,]+\. Show the requests behind it$/ }).click();
        await page.waitForURL(/\/activity\?.*client=claude-code/);
      });
    });
  });
  describePolicies(journeys);
}

function describePolicies({ journey, workshop, livedIn }: Journeys): void {
  describe('Policies', () => {
    it('show what masking makes of a text, as it is switched', async () => {
      await journey({ setup: workshop }, async ({ page, goto, data }) => {
        await goto('/policies?tab=masking');
        const sample = page.getByRole('region', { name: 'A sample, before and after' });
        const leaves = sample.getByRole('region', { name: 'What leaves' });
        const address = ['ada', 'lovelace.example'].join('@');
        const phone = ['+49', '30', '23125', '042'].join(' ');
        await sample.getByRole('textbox', { name: 'What you write' }).fill(`Write to ${address}, call ${phone}.`);
        await page.waitForFunction(
          () => document.querySelector('.policy-leaves')?.textContent?.startsWith('Write to') === true,
        );
        expect(await leaves.innerText()).not.toContain(address);
        expect(await leaves.innerText()).toContain(phone);
        await page.getByRole('switch', { name: 'Telephone numbers' }).click();
        await leaves.locator('mark').nth(1).waitFor();
        expect(await leaves.innerText()).not.toContain(phone);
        const file = readFileSync(join(data, 'sluice.yaml'), 'utf8');
        expect(file).toContain('phone');
        expect(file).toContain('# a day is enough to notice');
        await page.getByRole('switch', { name: 'Masking', exact: true }).click();
        // What is recorded is what leaves: without masking it would be everything, and that nobody asked for.
        await page
          .getByText(/nothing can be recorded in its masked form/)
          .first()
          .waitFor();
        await page.getByRole('switch', { name: 'Masking', exact: true, checked: true }).waitFor();
      });
    });

    it('say what a budget would have done last month', async () => {
      await journey({ setup: livedIn }, async ({ page, goto }) => {
        await goto('/policies?tab=budgets');
        await page.getByRole('button', { name: 'Add budget' }).click();
        const editor = page.getByRole('dialog', { name: 'Add budget' });
        await editor.getByLabel('Limit, in US dollars').fill('1');
        await editor.getByText(/The limit would have been reached in \d+ windows of \d+/).waitFor();
        await editor.getByRole('img', { name: /^Spent in each of \d+ windows beside the limit of \$1\.00/ }).waitFor();
        await editor.getByRole('radio', { name: 'Table' }).click();
        await editor.getByRole('table').waitFor();
        await editor.getByRole('button', { name: 'Cancel' }).click();
      });
    });

    it('make a budget that refuses, and take it away again', async () => {
      await journey({ setup: workshop }, async ({ page, goto, gateway, key }) => {
        await goto('/policies?tab=budgets');
        await page.getByRole('button', { name: 'Add budget' }).click();
        const editor = page.getByRole('dialog', { name: 'Add budget' });
        await editor.getByLabel('Limit, in US dollars').fill('0.000001');
        await editor.getByLabel('Name in the file').fill('tiny');
        await editor.getByRole('button', { name: 'Save' }).click();
        await editor.waitFor({ state: 'detached' });
        const refused = await ask({ gateway, key }, 'up/gpt-4.1', `long 200 ${'word '.repeat(400)}`);
        expect(refused.status).toBe(429);
        expect(refused.text).toContain('budget');
        await page.getByRole('button', { name: 'Remove tiny' }).click();
        await page.getByRole('alertdialog').getByRole('button', { name: 'Remove budget' }).click();
        await page.getByText('tiny removed').waitFor();
        expect((await ask({ gateway, key }, 'up/gpt-4.1', 'Hello')).status).toBe(200);
      });
    });

    it('make a key that is shown once, make it new, and end it', async () => {
      await journey({ setup: workshop }, async ({ page, goto, gateway }) => {
        await goto('/policies?tab=keys');
        await page.getByRole('button', { name: 'Create key' }).click();
        const editor = page.getByRole('dialog', { name: 'Create key' });
        await editor.getByLabel('Name', { exact: true }).fill('Night shift');
        await editor.getByRole('button', { name: 'Create key' }).click();
        const first = await shownKey(page);
        expect((await ask({ gateway, key: first }, 'demo/echo', 'Hello')).status).toBe(200);
        expect(await page.getByRole('main').innerText()).not.toContain(first);

        await page.getByRole('table').getByText('Night shift').first().click();
        const panel = page.getByRole('dialog', { name: 'Night shift' });
        if ((await panel.count()) === 0) await page.getByRole('table').getByText('Night shift').first().dblclick();
        await panel.getByRole('button', { name: 'Rotate' }).click();
        const rotate = page.getByRole('dialog', { name: 'New secret for Night shift' });
        await rotate.getByRole('combobox').selectOption({ label: 'No time: end it now' });
        await rotate.getByRole('button', { name: 'Rotate' }).click();
        const second = await shownKey(page);
        expect(second).not.toBe(first);
        expect((await ask({ gateway, key: first }, 'demo/echo', 'Hello')).status).toBe(401);
        expect((await ask({ gateway, key: second }, 'demo/echo', 'Hello')).status).toBe(200);

        await panel.getByRole('button', { name: 'Revoke key' }).click();
        await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke key' }).click();
        await page.getByRole('alertdialog').waitFor({ state: 'detached' });
        await page.getByRole('table').getByText('Night shift').waitFor({ state: 'detached' });
        expect((await ask({ gateway, key: second }, 'demo/echo', 'Hello')).status).toBe(401);
      });
    });

    it('follow the file that is edited by hand, and keep what ran when it breaks', async () => {
      await journey({ setup: workshop }, async ({ page, goto, data, gateway, key }) => {
        const path = join(data, 'sluice.yaml');
        const before = readFileSync(path, 'utf8');
        await goto('/policies?tab=recording');
        const content = page.getByRole('radiogroup', { name: 'What was said' });
        await content.getByRole('radio', { name: /^As it left the machine/, checked: true }).waitFor();
        writeFileSync(path, before.replace('content: redacted', 'content: metadata'));
        await content.getByRole('radio', { name: /^Metadata/, checked: true }).waitFor();
        writeFileSync(path, before.replace('content: redacted', 'content: everything'));
        await goto('/');
        const line = before.split('\n').findIndex((text) => text.includes('content: redacted')) + 1;
        await page
          .getByText(
            new RegExp(`The config file has a problem; what ran before goes on running\\. Line ${String(line)}`),
          )
          .waitFor();
        expect((await ask({ gateway, key }, 'demo/echo', 'Hello')).status).toBe(200);
        writeFileSync(path, before);
        await page.getByText('Everything is fine.').waitFor();
      });
    });
  });
}

/** Of bars, the one that nobody misses. */
async function largest(bars: Locator): Promise<Locator> {
  await bars.first().waitFor();
  const heights = await bars.evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().height));
  return bars.nth(heights.indexOf(Math.max(...heights)));
}

/** Reads the key of the dialog that shows it, and closes it for good. */
async function shownKey(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog', { name: 'Key of Night shift' });
  const key = (await dialog.getByRole('region', { name: 'The key' }).innerText()).trim();
  await dialog.getByRole('button', { name: 'I have copied it' }).click();
  await dialog.waitFor({ state: 'detached' });
  return key;
}
