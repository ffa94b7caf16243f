// Notifications of what real requests cost, and the shapes that macOS and Windows give the shell.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './opened.ts';
import { noticesOf, openShellApp, slow, trayOf, type ShellApp } from './shell-app.ts';
import { bareConfig, providerKey, spendingConfig, type Shell } from './shell.ts';

export function describeMac({ provider }: Shell): void {
  describe('on macOS', () => {
    let app: ShellApp;
    beforeAll(async () => {
      const config = spendingConfig(provider().url);
      app = await openShellApp({ config, env: { UP_KEY: providerKey }, settings: { platform: 'darwin' } });
    });
    afterAll(async () => {
      await app?.close();
    });
    const titles = async (): Promise<readonly string[]> =>
      (await noticesOf(app.desktop())).map(({ title }) => title).filter((title) => !title.startsWith('Still running'));
    /** So many thousands of tokens cost a dollar each. */
    const spend = async (dollars: number, model = 'up/gpt-4.1'): Promise<void> => {
      provider().plan({ turn: { text: 'Here you are.', usage: { input: dollars * 1_000, cached: 0, output: 1 } } });
      expect((await ask(app, model, 'Spend some')).status).toBe(200);
    };
    const raised = async () => (await app.call('budgets.list')).budgets.map(({ raised_usd }) => Number(raised_usd));

    it('tells of a budget once for each share, and raises it where people say so', async () => {
      await spend(8);
      await expect.poll(titles, slow).toEqual(['Budget for everything: 80% used']);
      await spend(1);
      await spend(2);
      // Nothing was said between the two.
      const both = ['Budget for everything: 80% used', 'The budget for everything is used up'];
      await expect.poll(titles, slow).toEqual(both);
      const last = (await noticesOf(app.desktop())).at(-1);
      expect(last?.body).toMatch(/^\$11\.00 of \$10\.00 today\. Requests go on\.$/);
      expect(last?.actions).toContain('Raise today by $5.00');
      expect(await raised()).toEqual([0]);
      await app.desktop().ask('notificationAct', last?.title ?? '', 'Raise today by $5.00');
      await expect.poll(raised, slow).toEqual([5]);
      expect(await titles()).toEqual(both);
    });

    it('tells nothing of a kind that was switched off', async () => {
      await app.call('desktop.set', { notices: { budget: false } });
      const before = await titles();
      // The raised one is used up too; what is told next is of another kind.
      await spend(5);
      await spend(1, 'up/gpt-4o');
      await expect.poll(titles, slow).toEqual([...before, 'No price is known for up/gpt-4o']);
    });

    it('shows the small window at the icon, and is in the dock while there is a large one', async () => {
      const desktop = app.desktop();
      await desktop.ask('trayAct', 'click');
      const page = await app.opened();
      await page.getByText(`Running on ${new URL(app.gateway).host}`).waitFor();
      const small = (await desktop.ask('windows'))[0];
      expect(small).toMatchObject({ url: 'app://sluice/popover', visible: true, focused: true });
      expect(small?.options).toMatchObject({ frame: false, skipTaskbar: true, type: 'panel' });
      expect(small?.options.webPreferences).toMatchObject({ sandbox: true, contextIsolation: true });

      await page.getByRole('button', { name: 'Open dashboard' }).click();
      await expect
        .poll(async () => (await desktop.ask('windows')).map(({ visible }) => visible), slow)
        .toEqual([false, true]);
      const policies = async () => (await desktop.ask('happened', 'activation policy')).map(({ detail }) => detail);
      expect(await policies()).toEqual(['regular']);
      const large = (await desktop.ask('windows'))[1];
      await desktop.ask('closeWindow', large?.id ?? 0);
      expect(await policies()).toEqual(['regular', 'accessory']);

      // Its menu comes with the other button, drawn anew.
      expect((await trayOf(desktop))?.menu).toBeNull();
      await desktop.ask('trayAct', 'right-click');
      expect(JSON.stringify(await desktop.ask('popup'))).toContain('Quit (gateway stops)');
      // Not even a window that is kept for the next click holds up the end.
      await app.stop();
      expect(await desktop.ended).toBe(0);
    });
  });
}

export function describeWindows(): void {
  describe('on Windows', () => {
    let app: ShellApp;
    beforeAll(async () => {
      app = await openShellApp({ config: bareConfig, settings: { platform: 'win32' } });
    });
    afterAll(async () => {
      await app?.close();
    });

    it('opens the small window with a left click, the menu with the other, and copies for its shell', async () => {
      const desktop = app.desktop();
      await desktop.ask('trayAct', 'click');
      await (await app.opened()).getByText(`Running on ${new URL(app.gateway).host}`).waitFor();
      const [small] = await desktop.ask('windows');
      expect(small).toMatchObject({ url: 'app://sluice/popover', visible: true });
      await desktop.ask('trayAct', 'click');
      await expect.poll(async () => (await desktop.ask('windows'))[0]?.visible, slow).toBe(false);

      await desktop.ask('trayMenu', ['Copy', 'OpenAI environment']);
      await expect.poll(() => desktop.ask('clipboard'), slow).toContain('$env:OPENAI_API_KEY = "');
      const key = /API_KEY = "([^"]+)"/.exec(await desktop.ask('clipboard'))?.[1] ?? '';
      expect((await ask({ gateway: app.gateway, key }, 'demo/echo', 'Hello')).status).toBe(200);
      expect((await desktop.ask('happened', 'app user model id')).map(({ detail }) => detail)).toEqual([
        'dev.sluice.app',
      ]);
    });
  });
}
