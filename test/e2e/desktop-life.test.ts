// What only a desktop does: the window comes and goes, and the gateway does not notice; one app for one folder; links; the end.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDesktop } from '../fakes/electron/desktop.ts';
import { callOf, desktopEntry, openDesktopInstance, standInDriver, type StandInDriver } from './desktop-window.ts';
import type { Instance } from './instance.ts';
import { ask, digestOf, sharedKey } from './opened.ts';

const config = `version: 1
virtual_keys:
  - { id: journeys, name: Journeys, value: "${digestOf(sharedKey)}" }
`;

describe('the desktop app', () => {
  let instance: Instance & { readonly driver: StandInDriver };
  beforeAll(async () => {
    instance = await openDesktopInstance(await standInDriver(), { config, welcomed: true });
  });
  afterAll(async () => {
    await instance.close();
  });
  const call = (name: string, input: unknown = {}): Promise<unknown> => callOf(instance)(name, input);
  const answers = async (): Promise<number> =>
    (await ask({ gateway: instance.gateway, key: sharedKey }, 'demo/echo', 'Hello')).status;

  it('starts with the session without a window, and without a process that draws one', async () => {
    const desktop = instance.driver.desktop();
    expect(await answers()).toBe(200);
    expect(await desktop.ask('windows')).toEqual([]);
    expect(await desktop.ask('chromium')).toBeNull();
  });

  it('keeps its page in the sandbox, isolated and without a way out', async () => {
    const desktop = instance.driver.desktop();
    await call('desktop.show', { path: '/settings' });
    const { page, leave } = await instance.driver.page();
    await page.waitForSelector('main h1');
    const [shown] = await desktop.ask('windows');
    expect(shown?.url).toBe('app://sluice/settings');
    expect(shown?.options.webPreferences).toMatchObject({
      ...{ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false },
    });
    expect(
      await page.evaluate(() => Object.keys(window).filter((name) => /electron|require|process|toMain/i.test(name))),
    ).toEqual([]);
    expect(await page.evaluate(() => window.open('https://example.com/'))).toBeNull();
    const written = await page.evaluate(() => {
      const script = document.createElement('script');
      try {
        script.textContent = 'window.isTheSame = true';
        document.body.append(script);
      } catch {
        return 'refused';
      }
      return String(window.isTheSame);
    });
    expect(['refused', 'undefined']).toContain(written);
    const requests = (await desktop.ask('happened', 'request')) as readonly {
      readonly detail: { readonly url: string };
    }[];
    expect(requests.map(({ detail }) => detail.url).filter((url) => !url.startsWith('app://sluice/'))).toEqual([]);
    await leave();
  });

  it('serves on while its page crashes, and draws it again where it was', async () => {
    const desktop = instance.driver.desktop();
    await call('desktop.show', { path: '/usage' });
    const before = await instance.driver.page();
    await before.page.waitForSelector('main h1');
    await before.page.context().browser()?.close();
    const [window] = await desktop.ask('windows');
    await desktop.ask('crash', window?.id ?? 0);
    expect(await answers()).toBe(200);
    await expect
      .poll(async () => (await desktop.ask('windows')).map(({ crashed, url }) => ({ crashed, url })), {
        timeout: 30_000,
      })
      .toEqual([{ crashed: false, url: 'app://sluice/usage' }]);
    const after = await instance.driver.page();
    await after.page.waitForSelector('main h1');
    await after.leave();
    expect(await answers()).toBe(200);
    expect(await desktop.ask('chromium')).toBeNull();
  });

  it('opens its window for whoever starts it once more', async () => {
    const desktop = instance.driver.desktop();
    const again = startDesktop({
      main: desktopEntry,
      args: ['--data', instance.data],
      cwd: instance.home,
      env: { HOME: instance.home },
    });
    expect(await again.ended).toBe(0);
    await expect.poll(async () => (await desktop.ask('windows')).length, { timeout: 30_000 }).toBe(1);
    await instance.driver.closeWindows();
  });

  it('opens its window from the tray, and ends there', async () => {
    const desktop = instance.driver.desktop();
    await desktop.ask('trayMenu', ['Open dashboard']);
    await expect
      .poll(async () => (await desktop.ask('windows')).map(({ visible }) => visible), { timeout: 30_000 })
      .toEqual([true]);
    await desktop.ask('trayMenu', ['Quit*']);
    expect(await desktop.ended).toBe(0);
    await instance.stop();
    await instance.start();
  });

  it('ends when it is told to, and starts again on the same port', async () => {
    const before = instance.driver.desktop();
    await instance.stop();
    expect(await before.ended).toBe(0);
    await expect(answers()).rejects.toThrow();
    await instance.start();
    expect(await answers()).toBe(200);
  });
});
