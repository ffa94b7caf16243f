// Sixty exchanges a second for a long time, told as fast as the window takes them in: it stays as large as it was, and answers.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvents } from '../../main/control/events.ts';
import { openWindowServer, type WindowServer } from '../../main/control/http.ts';
import { entryOf } from '../../main/ledger/entry.ts';
import type { Reply } from '../../shared/contract/reply.ts';
import { ExchangeMaker } from '../fakes/ledger-exchanges.ts';
import { launchChromium } from './chromium.ts';
import { openInstance, type Instance } from './instance.ts';

/** Ten minutes at sixty a second; the whole hour is for who asks for it. */
const span = process.env['SLUICE_TEST_HOUR'] === '1' ? 216_000 : 36_000;
const atOnce = 400;

let instance: Instance;
let server: WindowServer;
let browser: Browser;
let page: Page;
let folder: string;
const events = createEvents();
const maker = new ExchangeMaker(11);

beforeAll(async () => {
  instance = await openInstance({ exchanges: 2_000, welcomed: true });
  folder = mkdtempSync(join(tmpdir(), 'sluice-endurance-'));
  // Calls are answered by a real instance; its events would need an hour of real requests.
  server = await openWindowServer({
    port: 0,
    sessionsFile: join(folder, 'sessions.json'),
    randomBytes,
    now: () => Date.now(),
    log: { warn: () => undefined },
    control: { events, dispatch: { call: (name, input) => instance.call(name, input) as Promise<Reply<unknown>> } },
  });
  browser = await launchChromium();
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, locale: 'en-US' });
  page = await context.newPage();
  await page.goto(server.newLink());
  await page.waitForSelector('main h1');
  await page.goto(`http://127.0.0.1:${server.port}/activity`);
  await page.waitForSelector('main h1');
});

afterAll(async () => {
  await browser?.close();
  events.close();
  await server?.close();
  await instance?.close();
  rmSync(folder, { recursive: true, force: true });
});

let told = 0;
let last = '';

function tell(count: number): void {
  for (let index = 0; index < count; index += 1) {
    const record = maker.next(Date.now());
    events.publish({ event: 'exchange.closed', data: entryOf(record, (text) => text) });
    last = record.requestId;
  }
  told += count;
}

/** Until the window shows what was told last. */
async function takenIn(): Promise<void> {
  await page.locator(`tr[data-id="${last}"]`).waitFor({ timeout: 60_000 });
}

async function size(): Promise<{ heap: number; nodes: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return { heap: usedSize, nodes: await page.evaluate(() => document.querySelectorAll('*').length) };
}

describe('a long time of events in Activity', () => {
  it('leaves the window as large as it was', { timeout: 300_000 }, async () => {
    const sizes: { heap: number; nodes: number }[] = [];
    while (told < span) {
      tell(atOnce);
      await takenIn();
      if (told % (span / 6) < atOnce) sizes.push(await size());
    }
    const [first, end] = [sizes[0], sizes.at(-1)];
    expect(sizes.length).toBeGreaterThan(4);
    expect(end?.heap).toBeLessThan((first?.heap ?? 0) * 1.3);
    expect(end?.nodes).toBeLessThan((first?.nodes ?? 0) * 1.3);
  });

  it('at sixty a second loses no letter that is typed', async () => {
    const search = page.getByRole('searchbox').first();
    const timer = setInterval(() => tell(3), 50);
    try {
      const text = 'claude-sonnet typed while sixty exchanges a second arrive';
      await search.pressSequentially(text, { delay: 40 });
      expect(await search.inputValue()).toBe(text);
    } finally {
      clearInterval(timer);
    }
  });
});
