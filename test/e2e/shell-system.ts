// What the system gives and takes: keys from anywhere, theme and language, the browser, dialogs, sleep.
import { describe, expect, it } from 'vitest';
import { ask } from './opened.ts';
import { dialogOf, handedOut, noticesOf, slow, trayOf } from './shell-app.ts';
import { providerKey, type Shell } from './shell.ts';

export function describeSystem({ app, provider }: Shell): void {
  const desktop = () => app().desktop();
  const windows = async (): Promise<number> => (await desktop().ask('windows')).length;

  describe('the window', () => {
    it('says once in its life that it left the gateway running', async () => {
      const told = async (): Promise<readonly string[]> =>
        (await noticesOf(desktop())).map(({ title }) => title).filter((title) => title.startsWith('Still running'));
      await app().page('/');
      await app().leave();
      expect(await told()).toEqual(['Still running in the tray']);
      await desktop().ask('activate', false);
      await app().opened();
      await app().leave();
      expect(await told()).toHaveLength(1);
    });

    it('comes with keys from anywhere, and says so when the system does not give them', async () => {
      const page = await app().page('/settings?at=shortcut');
      await page.getByRole('button', { name: /^Use Ctrl/ }).click();
      await expect.poll(async () => (await app().call('desktop.state')).shortcut.registered, slow).toBe(true);
      const { shortcut } = (await app().call('desktop.state')).preferences;
      await app().leave();
      await desktop().ask('shortcut', shortcut ?? '');
      await expect.poll(windows, slow).toBe(1);

      await desktop().ask('takeShortcut', 'CommandOrControl+Alt+K');
      const again = await app().page('/settings?at=shortcut');
      await again.getByRole('button', { name: 'Record…' }).click();
      await again.keyboard.press('Control+Alt+K');
      await again.getByText(/^The system does not give these keys/).waitFor();
      expect((await app().call('desktop.state')).shortcut.registered).toBe(false);
      await again.getByRole('button', { name: 'Clear' }).last().click();
      await expect.poll(async () => (await app().call('desktop.state')).preferences.shortcut, slow).toBeNull();
    });

    it('says what this copy cannot do: opening at login, finding updates', async () => {
      const page = await app().page('/settings?at=login');
      await page.getByText('Only the installed app can open at login; this one runs from its sources.').waitFor();
      expect(await page.getByRole('switch', { name: 'Open at login' }).isDisabled()).toBe(true);
      await page.getByText('This build does not look for updates.').first().waitFor();
      await expect(app().call('desktop.set', { open_at_login: true })).rejects.toThrow(/Only the installed app/);
    });

    it('has the system take its theme, and the tray its language', async () => {
      const page = await app().page('/settings');
      const theme = page.getByRole('radiogroup', { name: 'Theme' });
      await theme.getByRole('radio', { name: 'Dark' }).click();
      await expect.poll(() => desktop().ask('theme'), slow).toBe('dark');
      await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: 'Deutsch' });
      const last = async () => (await trayOf(desktop()))?.menu?.at(-1)?.label;
      await expect.poll(last, slow).toBe('Beenden (Gateway stoppt)');
      expect((await trayOf(desktop()))?.toolTip).toMatch(/^Läuft/);
      const menu = (await desktop().ask('appMenu')) ?? [];
      expect(JSON.stringify(menu)).toContain('Beenden (Gateway stoppt)');
      await page.getByRole('combobox', { name: 'Sprache' }).selectOption('en');
      await theme.getByRole('radio', { name: 'System' }).click();
      await expect.poll(() => desktop().ask('theme'), slow).toBe('system');
      await expect.poll(last, slow).toBe('Quit (gateway stops)');
    });

    it('leads out of it by https alone, after people saw where to', async () => {
      provider().plan({
        turn: { text: 'See [plain](http://plain.example/a) and [safe](https://safe.example/b?c=d).' },
      });
      const page = await app().page('/playground');
      await page.getByRole('button', { name: /^Model of column 1:/ }).click();
      await page.getByPlaceholder(/^Search models/).fill('up/gpt-4.1');
      await page
        .getByRole('option', { name: /up\/gpt-4\.1/ })
        .first()
        .click();
      await page.getByRole('textbox', { name: 'Text of message 1' }).fill('Where is it written?');
      await page.getByRole('button', { name: 'Run all' }).click();
      const link = page.getByRole('link', { name: 'safe' });
      await link.waitFor();
      for (const plain of await page.getByRole('link', { name: 'plain' }).all()) await plain.click();
      await link.click();
      const first = await dialogOf(desktop());
      expect(first.message).toBe('Open safe.example in another program?');
      expect(first.detail).toBe('https://safe.example/b?c=d');
      await desktop().ask('answer', { button: 'Cancel' });
      await link.click();
      await dialogOf(desktop());
      await desktop().ask('answer', { button: 'Open' });
      await expect.poll(() => handedOut(desktop()), slow).toEqual(['https://safe.example/b?c=d']);
      expect(page.url()).toMatch(/\/playground/);
    });

    it('has secrets shown by the system, and gets to know none', async () => {
      const page = await app().page('/settings?at=secrets');
      const { secrets } = await app().call('secrets.list');
      const id = secrets.find(({ used_by }) => used_by.some(({ provider: user }) => user === 'linked'))?.id ?? '';
      const reply = page.evaluate(
        async (asked) =>
          JSON.stringify(
            await (
              window as unknown as { sluice: { call: (name: string, input: unknown) => Promise<unknown> } }
            ).sluice.call('secrets.reveal', { id: asked }),
          ),
        id,
      );
      expect((await dialogOf(desktop())).message).toBe(`Show the secret ${id}?`);
      await desktop().ask('answer', { button: 'Show' });
      await expect.poll(async () => (await dialogOf(desktop())).detail, slow).toBe(providerKey);
      await desktop().ask('answer', { button: 'Close' });
      expect(await reply).not.toContain(providerKey);
      expect(JSON.parse(await reply)).toMatchObject({ ok: true });

      await page.getByRole('button', { name: `Show ${id} in a system dialog` }).click();
      await dialogOf(desktop());
      await desktop().ask('answer', { button: 'Cancel' });
      await expect.poll(async () => (await desktop().ask('dialogs')).length, slow).toBe(0);
      expect(await page.content()).not.toContain(providerKey);
    });
  });

  describe('sleep', () => {
    it('ends the connections to providers, and the next request has a new one', async () => {
      expect((await ask(app(), 'up/gpt-4.1', 'Before')).status).toBe(200);
      expect(provider().openConnections).toBeGreaterThan(0);
      const before = provider().totalConnections;
      await desktop().ask('power', 'resume');
      await expect.poll(() => provider().openConnections, slow).toBe(0);
      expect((await ask(app(), 'up/gpt-4.1', 'After')).status).toBe(200);
      expect(provider().totalConnections).toBe(before + 1);
    });
  });
}
