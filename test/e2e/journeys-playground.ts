// Journeys through the playground: beside each other, blind, kept, and over a table.
import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { fault } from '../fakes/fake.ts';
import { type Journeys } from './journeys.ts';

const column = (page: Page, number: number): Locator => page.getByRole('region', { name: `Column ${String(number)}` });
const prompt = (page: Page): Locator => page.getByRole('textbox', { name: 'Text of message 1' });

async function chooseModel(page: Page, number: number, model: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^Model of column ${String(number)}:`) }).click();
  await page.getByPlaceholder(/^Search models and \w+ …$/).fill(model);
  await page
    .getByRole('option', { name: new RegExp(model) })
    .first()
    .click();
  await page.getByRole('button', { name: `Model of column ${String(number)}: ${model}` }).waitFor();
}

export function describePlayground({ journey, workshop, provider }: Journeys): void {
  describe('Playground', () => {
    it('asks two models at once, stops, compares, and lets people judge blind', async () => {
      await journey({ setup: workshop }, async ({ page, goto, call }) => {
        await goto('/playground');
        await chooseModel(page, 1, 'up/gpt-4.1');
        await page.getByRole('button', { name: 'Add model' }).click();
        await chooseModel(page, 2, 'demo/slow');
        await prompt(page).fill(`A sentence that is long enough to be stopped. ${'It goes on and on. '.repeat(40)}`);
        await page.getByRole('button', { name: 'Run all' }).click();
        await column(page, 1)
          .getByText(/echo: A sentence/)
          .waitFor();
        await column(page, 2)
          .getByText(/A sent/)
          .waitFor();
        // It is cut off where it was.
        await page.getByRole('button', { name: 'Stop all' }).click();
        await column(page, 2).getByText('Stopped by you').waitFor();
        await page.getByRole('button', { name: 'Run all' }).waitFor();

        await page.getByRole('button', { name: 'Compare' }).click();
        const compare = page.getByRole('dialog', { name: 'Compare' });
        await compare.getByRole('region', { name: 'Figures of all columns' }).waitFor();
        await compare.locator('del, ins').first().waitFor();
        await page.keyboard.press('Escape');

        await chooseModel(page, 2, 'demo/echo');
        await prompt(page).fill('Which of you is better?');
        await page.getByRole('switch', { name: 'Blind' }).click();
        await page.getByRole('button', { name: 'Run all' }).click();
        await page.getByText('Which answer is better?', { exact: true }).waitFor();
        const answers = page.locator('.playground-columns');
        expect(await answers.innerText()).not.toMatch(/gpt-4\.1|demo/);
        await page.getByRole('button', { name: 'A is better' }).click();
        await page.getByText(/^You preferred (?:up\/gpt-4\.1|demo\/echo)\./).waitFor();
        const votes = (await call('votes.list', {})) as { total: number };
        expect(votes.total).toBe(1);
        await call('votes.clear', {});
      });
    });

    it('keeps prompts in versions, gives them away and takes them back', async () => {
      await journey({ setup: workshop }, async ({ page, goto, download }) => {
        await goto('/playground');
        await prompt(page).fill('Translate {{text}} into Latin.');
        const save = async (name?: string): Promise<void> => {
          await page.getByRole('button', { name: 'Save', exact: true }).click();
          const dialog = page.getByRole('dialog', { name: 'Save prompt' });
          if (name !== undefined) await dialog.getByLabel('Name').fill(name);
          await dialog.getByRole('button', { name: 'Save', exact: true }).click();
          await dialog.waitFor({ state: 'detached' });
        };
        await save('Latin');
        await prompt(page).fill('Translate {{text}} into plain Latin.');
        await save();
        await page.getByText('“Latin” is saved as version 2.').waitFor();
        await page.getByRole('button', { name: 'Library' }).click();
        const library = page.getByRole('dialog', { name: 'Library' });
        await library.getByRole('button', { name: 'Versions of Latin' }).click();
        await library.getByText('Version 1', { exact: true }).waitFor();
        await library.getByRole('button', { name: 'Restore' }).click();
        await library.getByText('Version 1 again').waitFor();
        await library.getByRole('button', { name: 'Back' }).click();

        const file = await download(() => library.getByRole('button', { name: 'Export all' }).click());
        expect(JSON.parse(file)).toMatchObject({ prompts: [{ name: 'Latin' }] });
        await library.getByRole('button', { name: 'More of Latin' }).click();
        await page.getByRole('menuitem', { name: 'Delete' }).click();
        await page.getByRole('alertdialog').getByRole('button', { name: 'Delete prompt' }).click();
        await library.getByText('No prompts yet').waitFor();
        await library.getByLabel('Import').setInputFiles({
          name: 'prompts.json',
          mimeType: 'application/json',
          buffer: Buffer.from(file),
        });
        await library.getByText('3 versions').waitFor();
        await library.getByRole('button', { name: /^Latin/ }).click();
        expect(await prompt(page).inputValue()).toBe('Translate {{text}} into Latin.');
      });
    });

    it('asks over a table of inputs, and is cancelled', async () => {
      await journey({ setup: workshop }, async ({ page, goto }) => {
        await goto('/playground');
        await chooseModel(page, 1, 'up/gpt-4.1');
        await prompt(page).fill('Say {{word}}.');
        await page.getByRole('radio', { name: 'Table of inputs' }).click();
        await page.getByRole('textbox', { name: 'Inputs' }).fill('word\nsalve\nvale\ngratias\n');
        await page.getByText('3 rows × 1 model = 3 requests.').waitFor();
        await page.getByRole('button', { name: 'Run table' }).click();
        await page.getByText('All 3 done').waitFor();
        for (const word of ['salve', 'vale', 'gratias']) await page.getByText(`echo: Say ${word}.`).first().waitFor();
        await page.getByText(/\$0\.0\d+ spent/).waitFor();

        // One that never ends, until somebody has had enough.
        provider().plan({ times: 3, fault: fault.stall('start', 'forever') });
        try {
          await page.getByRole('button', { name: 'Run table' }).click();
          await page.getByText('0 of 3 done').waitFor();
          await page.getByRole('button', { name: 'Cancel' }).click();
          await page.getByText(/^Cancelled after \d of 3$/).waitFor();
          await page.getByText('Stopped by you').first().waitFor();
        } finally {
          provider().clearPlans();
        }
      });
    });
  });
}
