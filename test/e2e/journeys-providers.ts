// Journeys through those who ask and those who answer: clients, providers, models, routes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { startFake } from '../fakes/fake.ts';
import { type Journeys } from './journeys.ts';
import { ask } from './opened.ts';

const firstKey = ['sk', 'second', 'of-the-provider-that-is-added-Ka11'].join('-');
const nextKey = ['sk', 'second', 'the-one-that-replaces-it-Kb22'].join('-');

export function describeProviders(journeys: Journeys): void {
  const { journey, workshop } = journeys;
  describe('Clients', () => {
    it('get a key, are waited for, and are cut off', async () => {
      await journey({ setup: workshop }, async ({ page, gateway, goto }) => {
        await goto('/clients');
        await page.getByRole('link', { name: 'Aider', exact: true }).click();
        const sheet = page.getByRole('dialog', { name: 'Aider' });
        await sheet.getByRole('button', { name: 'Create key and show settings' }).click();
        await sheet.getByText('Waiting for the first request of Aider').waitFor();
        const key = await sheet.getByRole('region', { name: 'The new key' }).locator('code').innerText();
        // What is to be set names the address and the key.
        const settings = await sheet.innerText();
        expect(settings).toContain(gateway);
        expect(settings.split(key).length).toBeGreaterThan(2);

        expect((await ask({ gateway, key }, 'up/gpt-4.1', 'The first one')).status).toBe(200);
        await sheet.getByText('Aider is connected').waitFor();
        await sheet.getByText('up/gpt-4.1').first().waitFor();
        await sheet.getByText(/\d+ in, \d+ out/).waitFor();
        await sheet
          .getByText(/\$0\.0000\d+/)
          .first()
          .waitFor();

        await sheet.getByRole('button', { name: 'Close' }).click();
        await page.getByRole('link', { name: 'Aider', exact: true }).click();
        expect(await sheet.innerText()).not.toContain(key);
        await sheet.getByRole('button', { name: 'Disconnect' }).click();
        await page.getByRole('alertdialog').getByRole('button', { name: 'Disconnect' }).click();
        await sheet.getByRole('button', { name: 'Create key and show settings' }).waitFor();
        expect((await ask({ gateway, key }, 'demo/echo', 'Too late')).status).toBe(401);
      });
    });
  });
  describeModels(journeys);
  describeRoutes(journeys);
}

function describeModels({ journey, workshop }: Journeys): void {
  describe('Models & Providers', () => {
    it('add a provider, test it, replace its key, and never show one', async () => {
      const second = await startFake({ dialect: 'openai', key: firstKey });
      const other = await startFake({ dialect: 'openai', key: nextKey });
      try {
        await journey({ setup: workshop }, async ({ page, goto, data, call }) => {
          const replies: Promise<string>[] = [];
          page.on('response', (response) => {
            if (response.url().includes('/api/calls/')) replies.push(response.text().catch(() => ''));
          });
          await goto('/models?tab=providers');
          await page.getByRole('button', { name: 'Add provider' }).first().click();
          const add = page.getByRole('dialog');
          await add.getByRole('searchbox', { name: 'Search providers' }).fill('openai-comp');
          await add.getByRole('button', { name: 'OpenAI-compatible' }).click();
          await add.getByLabel('Address').fill(`${second.url}/v1`);
          await add.getByLabel('API key, if it wants one').fill(firstKey);
          await add.getByText('Name and address').click();
          await add.getByLabel('Name', { exact: true }).fill('second');
          await add.getByRole('button', { name: 'Add and test' }).click();
          await add.getByText('second was added.').waitFor();
          await testWith(add, 'gpt-4o');
          await add.getByText('Works', { exact: true }).waitFor();
          await add
            .getByText(/cost unknown|\$0/)
            .first()
            .waitFor();
          expect(second.requests.at(-1)?.refusal).toBeUndefined();
          await add.getByRole('button', { name: 'Done' }).click();

          // Another key, which this provider does not know: the test says so at once.
          const shown = page.getByRole('article', { name: /second/ });
          await shown.getByRole('button', { name: 'Replace key' }).click();
          const replace = page.getByRole('dialog', { name: 'New key for second' });
          await replace.getByLabel('API key').fill(nextKey);
          await replace.getByRole('button', { name: 'Save and test' }).click();
          await replace.waitFor({ state: 'detached' });
          await testWith(shown, 'gpt-4o');
          await shown.getByText('Does not work').waitFor();
          await shown.getByText(/401/).first().waitFor();

          const said = [await page.locator('html').innerHTML(), ...(await Promise.all(replies))].join('\n');
          const kept = JSON.stringify([await call('app.snapshot', {}), await call('providers.list', {})]);
          for (const key of [firstKey, nextKey])
            for (const text of [said, kept, readFileSync(join(data, 'sluice.yaml'), 'utf8')])
              expect(text).not.toContain(key);
          await removal(page, goto);
        });
      } finally {
        await Promise.all([second.close(), other.close()]);
      }
    });

    it('charge by a price of one’s own', async () => {
      await journey({ setup: workshop }, async ({ page, goto, gateway, key }) => {
        await goto(`/models?tab=models&model=${encodeURIComponent('up/gpt-4o')}`);
        const sheet = page.getByRole('dialog', { name: 'up/gpt-4o' });
        await sheet.getByText('Price unknown').waitFor();
        await sheet.getByRole('button', { name: 'Set price' }).click();
        const form = sheet.getByRole('form', { name: 'Your price' });
        await form.getByLabel('Input', { exact: true }).fill('1000000');
        await form.getByLabel('Output', { exact: true }).fill('0');
        await form.getByRole('button', { name: 'Save price' }).click();
        await page.getByText('Price of up/gpt-4o saved').waitFor();
        const answer = await ask({ gateway, key }, 'up/gpt-4o', 'How much is it?');
        const { usage } = JSON.parse(answer.text) as { usage: { prompt_tokens: number } };
        await goto(`/activity?id=${answer.headers.get('x-sluice-request-id') ?? ''}&tab=cost`);
        // A dollar for each token.
        await page
          .getByRole('region', { name: 'Request, opened' })
          .getByText(`$${String(usage.prompt_tokens)}.00`)
          .first()
          .waitFor();
      });
    });
  });
}

/** Which of its models is asked is not known of a server of one's own. */
async function testWith(place: Locator, model: string): Promise<void> {
  await place.getByLabel('Model to test with').fill(model);
  await place.getByRole('button', { name: 'Test', exact: true }).last().click();
}

async function removal(page: Page, goto: (path: string) => Promise<void>): Promise<void> {
  const route = async (alias: string): Promise<void> => {
    await goto('/routes');
    await page.getByRole('button', { name: 'New route' }).click();
    const editor = page.getByRole('dialog', { name: 'New route' });
    await editor.getByLabel('Alias').fill(alias);
    await addTarget(page, editor, 'second/gpt-4o');
    await editor.getByRole('button', { name: 'Save' }).click();
    await editor.waitFor({ state: 'detached' });
  };
  const remove = async (): Promise<Locator> => {
    await goto('/models?tab=providers&provider=second');
    await page
      .getByRole('dialog', { name: /second/ })
      .getByRole('button', { name: 'Remove provider' })
      .click();
    const question = page.getByRole('alertdialog');
    await question.getByRole('button', { name: 'Remove provider' }).click();
    return question;
  };
  await route('leans-on-second');
  const question = await remove();
  await question
    .getByRole('alert')
    .getByText(/leans-on-second/)
    .waitFor();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await goto('/routes');
  await page.getByRole('button', { name: 'More for route leans-on-second' }).click();
  await page.getByRole('menuitem', { name: 'Remove …' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove route' }).click();
  await page.getByRole('button', { name: 'More for route leans-on-second' }).waitFor({ state: 'detached' });
  await remove();
  await page.getByText('second was removed').first().waitFor();
}

async function addTarget(page: Page, editor: Locator, target: string): Promise<void> {
  await editor.getByRole('button', { name: /^Add target …:/ }).click();
  await page.getByPlaceholder(/^Search models and \w+ …$/).fill(target);
  await page
    .getByRole('option', { name: new RegExp(target) })
    .first()
    .click();
  await editor.getByRole('button', { name: `Remove target ${target}` }).waitFor();
}

function describeRoutes({ journey, workshop }: Journeys): void {
  describe('Routes', () => {
    it('are made, put into another order by keyboard, and explained', async () => {
      await journey({ setup: workshop }, async ({ page, goto, gateway, key, data }) => {
        const targets = async (): Promise<unknown> =>
          (await ask({ gateway, key }, 'quick', 'Who is it?')).headers.get('x-sluice-target');
        await goto('/routes');
        await page.getByRole('button', { name: 'New route' }).click();
        const editor = page.getByRole('dialog', { name: 'New route' });
        await editor.getByLabel('Alias').fill('quick');
        await addTarget(page, editor, 'up/gpt-4.1');
        await addTarget(page, editor, 'demo/echo');
        const diff = editor.getByRole('region', { name: 'Lines that change' });
        await diff.getByText('+').first().waitFor();
        expect(await diff.innerText()).toMatch(/\+ .*quick/);
        // Space takes it, an arrow moves it, space lets go.
        await editor.getByRole('button', { name: 'Move target demo/echo', exact: true }).focus();
        await page.keyboard.press('Space');
        await page.getByText('Now at place 2 of 2.').waitFor({ state: 'attached' });
        await page.keyboard.press('ArrowUp');
        await page.getByText('Now at place 1 of 2.').waitFor({ state: 'attached' });
        await page.keyboard.press('Space');
        await page.getByText('Put down at place 1 of 2.').waitFor({ state: 'attached' });
        await editor.getByRole('button', { name: 'Move demo/echo up' }).and(page.locator(':disabled')).waitFor();
        await editor.getByRole('button', { name: 'Save' }).click();
        await editor.waitFor({ state: 'detached' });
        expect(await targets()).toBe('demo/echo');
        const file = readFileSync(join(data, 'sluice.yaml'), 'utf8');
        for (const comment of ['# what stands here by hand stays here', '# the simulated one', '# made up'])
          expect(file).toContain(comment);

        await page.getByRole('button', { name: 'Try a request', exact: true }).click();
        const sheet = page.getByRole('dialog', { name: 'Try a request' });
        await sheet.getByLabel('Model named by the client').fill('quick');
        await sheet.getByRole('button', { name: 'Explain the route' }).click();
        await sheet.getByText('It goes to').waitFor();
        await sheet.locator('.routes-chosen').getByText('demo/echo').waitFor();
        await sheet.getByText('up/gpt-4.1').first().waitFor();
      });
    });

    it('give way to one model for everything, and come back', async () => {
      await journey({ setup: workshop }, async ({ page, goto, gateway, key }) => {
        await goto('/routes');
        const choice = page.getByRole('group', { name: 'What answers every conversation' });
        await choice.getByRole('button', { name: /Any model …/ }).click();
        await page.getByPlaceholder(/^Search models and \w+ …$/).fill('demo/echo');
        await page
          .getByRole('option', { name: /demo\/echo/ })
          .first()
          .click();
        await page
          .getByText('demo/echo answers every conversation, whatever model a client names.', { exact: false })
          .waitFor();
        const answered = await ask({ gateway, key }, 'claude-of-some-other-maker', 'Hello');
        expect(answered.status).toBe(200);
        expect(answered.headers.get('x-sluice-target')).toBe('demo/echo');
        await choice.getByRole('button', { name: 'Auto: the rules decide' }).click();
        await page.getByText('Each request goes where the routes below send', { exact: false }).waitFor();
        expect((await ask({ gateway, key }, 'claude-of-some-other-maker', 'Hello')).status).toBe(404);
      });
    });
  });
}
