// What models, providers and clients say does nothing in the window but be seen (SEC-30, SEC-31).
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFake, type Fake } from '../fakes/fake.ts';
import { launchChromium } from './chromium.ts';
import { lines, outputs, pollution } from './hostile-outputs.ts';
import { openInstance, type Instance } from './instance.ts';
import { digestOf, sharedKey } from './opened.ts';

declare global {
  interface Window {
    taken?: unknown;
  }
}

let fake: Fake;
let instance: Instance;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What went anywhere but to the window's own origin, and every dialog. */
const escaped: string[] = [];

beforeAll(async () => {
  fake = await startFake({ dialect: 'openai', keyless: true });
  instance = await openInstance({
    welcomed: true,
    config: `version: 1
providers:
  - { id: mouth, kind: openai-compatible, base_url: "${fake.url}/v1", models: [m], retry: { attempts: 1 } }
virtual_keys:
  - { id: hostile, value: "${digestOf(sharedKey)}" }
logging: { content: full }
`,
  });
  browser = await launchChromium();
  context = await browser.newContext({
    ...{
      viewport: { width: 1200, height: 800 },
      locale: 'en-US',
      timezoneId: 'Europe/Berlin',
      reducedMotion: 'reduce',
    },
  });
  await context.route('**/*', async (route) => {
    const url = route.request().url();
    if (new URL(url).origin === instance.ui) return await route.continue();
    escaped.push(url);
    return await route.abort();
  });
  page = await context.newPage();
  page.on('dialog', (dialog) => {
    escaped.push(`${dialog.type()}: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => escaped.push(`the page broke: ${error.message}`));
  await page.goto(await instance.newLink());
  await page.waitForSelector('main h1');
});

afterAll(async () => {
  await browser?.close();
  await instance?.close();
  await fake?.close();
});

interface Sight {
  readonly taken: unknown;
  readonly title: string;
  readonly sidebar: readonly number[];
  readonly elements: readonly string[];
  readonly links: readonly string[];
}

/** What there is to be seen, and what should not be there. */
function look(): Promise<Sight> {
  return page.evaluate((): Sight => {
    const box = document.querySelector('.sidebar')?.getBoundingClientRect();
    const foreign =
      'iframe, object, embed, base, meta[http-equiv], form[action], video, audio, source, style, script, title:not(svg *)';
    const handlers = ['onerror', 'onload', 'onclick', 'onmouseover', 'onfocus', 'ontoggle', 'onbegin'];
    const inMain = [...document.querySelectorAll('main *')];
    return {
      taken: window.taken ?? ({} as { taken?: unknown }).taken,
      title: document.title,
      sidebar: [box?.x ?? -1, box?.y ?? -1, box?.width ?? -1, box?.height ?? -1],
      elements: inMain
        .filter(
          (one) =>
            one.matches(foreign) ||
            (one.matches('img') && new URL(one.src).origin !== location.origin) ||
            handlers.some((name) => one.hasAttribute(name)),
        )
        .map(({ outerHTML }) => outerHTML.slice(0, 200)),
      // Of what was said: not those of the window itself, which lead to its own pages.
      links: [...document.querySelectorAll<HTMLAnchorElement>('main .markdown a')]
        .filter(({ protocol, rel, target, host, nextElementSibling }) => {
          const isSafe =
            ['http:', 'https:', 'mailto:'].includes(protocol) && rel.includes('noopener') && target === '_blank';
          return !isSafe || (host !== '' && nextElementSibling?.textContent?.includes(`(${host})`) !== true);
        })
        .map(({ outerHTML }) => outerHTML.slice(0, 200)),
    };
  });
}

let calm: Sight;

async function expectUnharmed(path: string): Promise<void> {
  expect(await look()).toEqual(calm);
  expect(escaped).toEqual([]);
  expect(context.pages()).toHaveLength(1);
  expect(new URL(page.url()).pathname).toBe(path);
}

async function goto(path: string): Promise<void> {
  await page.goto(instance.ui + path);
  await page.waitForSelector('main h1');
}

describe('hostile answers in the playground', () => {
  beforeAll(async () => {
    await goto('/playground?model=mouth%2Fm');
    await page.getByRole('button', { name: 'Model of column 1: mouth/m' }).waitFor();
    calm = await look();
    expect(calm).toMatchObject({ taken: undefined, elements: [], links: [] });
  });

  it.each(outputs)('$name', async ({ text, seen }) => {
    fake.plan({ turn: { text } });
    await page.getByRole('textbox', { name: 'Text of message 1' }).fill('Say it');
    await page.getByRole('button', { name: 'Run all' }).click();
    const answer = page.getByRole('region', { name: 'Column 1' });
    await answer.getByText(seen).last().waitFor();
    await page.getByRole('button', { name: 'Run all' }).waitFor();
    await expectUnharmed('/playground');
    await page.getByRole('radio', { name: 'Plain' }).click();
    await answer.getByText(seen).last().waitFor();
    await expectUnharmed('/playground');
    await page.getByRole('radio', { name: 'Formatted' }).click();
  });

  it.each(lines)('a tool that is called %s', async (name) => {
    const call = { index: 0, id: 'call_1', type: 'function', function: { name, arguments: pollution } };
    const chunk = (delta: unknown, finish: string | null): string =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
    fake.plan({
      sse: [chunk({ role: 'assistant', tool_calls: [call] }, null), chunk({}, 'tool_calls'), 'data: [DONE]\n\n'],
    });
    await page.getByRole('button', { name: 'Run all' }).click();
    await page.getByRole('region', { name: 'Column 1' }).getByText('Tool call, not carried out').first().waitFor();
    await page.getByRole('button', { name: 'Run all' }).waitFor();
    await expectUnharmed('/playground');
  });

  it.each(lines)('an error of the provider that says %s', async (message) => {
    fake.plan({ status: 400, json: { error: { message: `${message} said-so`, type: message, code: message } } });
    await page.getByRole('button', { name: 'Run all' }).click();
    await page
      .getByRole('region', { name: 'Column 1' })
      .getByText(/said-so/)
      .first()
      .waitFor();
    await expectUnharmed('/playground');
  });
});

describe('hostile words in Activity', () => {
  const send = async (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<void> => {
    await fetch(`${instance.gateway}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sharedKey}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }).then((response) => response.text());
  };

  beforeAll(async () => {
    fake.clearPlans();
    for (const line of lines) {
      const messages = [{ role: 'user', content: `${line} ${outputs[0]?.text ?? ''}` }];
      const tools = [{ type: 'function', function: { name: 'f', description: line, parameters: { type: 'object' } } }];
      fake.plan({ turn: { text: `${line} ${outputs[1]?.text ?? ''}` } });
      await send({ model: 'mouth/m', messages, tools, user: line }, { 'user-agent': line, 'x-session-id': line });
      await send({ model: line, messages }, { 'user-agent': `${line}/1.0` });
      fake.plan({ status: 500, json: { error: { message: line, type: line, code: line } } });
      await send({ model: 'mouth/m', messages });
    }
    await goto('/activity');
    await page.locator('tr[data-id]').first().waitFor();
    calm = await look();
    expect(calm).toMatchObject({ taken: undefined, elements: [], links: [] });
  });

  it('are only read, in the list and in every tab of every request', async () => {
    const count = 3 * lines.length + 40;
    const tabs = page.getByRole('region', { name: 'Request, opened' }).getByRole('tab');
    await page.locator('tr[data-id]').first().click();
    let last = '';
    for (let index = 0; index < count; index += 1) {
      for (let key = 1; key <= 8; key += 1) {
        await page.keyboard.press(String(key));
        await tabs
          .nth(key - 1)
          .and(page.locator('[aria-selected="true"]'))
          .waitFor();
        await page.waitForFunction(() => document.querySelector('[role="tabpanel"] .skeleton') === null);
        expect(await look()).toEqual(calm);
      }
      const id = new URL(page.url()).searchParams.get('id') ?? '';
      if (id === last) break;
      last = id;
      await page.keyboard.press('j');
    }
    await expectUnharmed('/activity');
  });

  it('are only read among conversations', async () => {
    await goto('/activity?view=sessions');
    await page
      .getByRole('table', { name: /^Sessions/ })
      .locator('tbody tr')
      .first()
      .waitFor();
    await expectUnharmed('/activity');
  });

  it('are only read in Usage and on Home', async () => {
    for (const path of ['/usage?by=client', '/usage?by=model', '/']) {
      await goto(path);
      await page.waitForFunction(() => document.querySelector('main .skeleton') === null);
      const { title: _title, ...seen } = await look();
      expect({ path, ...seen }).toMatchObject({
        path,
        taken: undefined,
        elements: [],
        links: [],
        sidebar: calm.sidebar,
      });
    }
    expect(escaped).toEqual([]);
  });
});
