// Secrets while keyrings come and go: nothing is lost, and what protects nothing is said to protect nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './opened.ts';
import { filesWith, noticesOf, openShellApp, slow, type ShellApp } from './shell-app.ts';
import { keychainOf } from './shell-links.ts';
import { bareConfig, providerKey, type Shell } from './shell.ts';

/** After the links: a key is in the keychain. The last of the app's first run. */
export function describeOtherKeyring({ app }: Shell): void {
  it('keeps what another keyring does not open, and opens it when the first is back', async () => {
    const sealed = JSON.stringify(keychainOf(app().data));
    await app().stop();
    // It ended well, and knows it.
    expect(readFileSync(join(app().data, 'run', 'crashes.json'), 'utf8')).toMatch(
      /"running":null,"crashed":false,"crashes":\[\]/,
    );
    await app().start({ keyring: { key: 'of another session', backend: 'kwallet6' } });
    expect((await ask(app(), 'linked/gpt-4o', 'Hello')).status).not.toBe(200);
    const page = await app().page('/');
    const banner = page.locator('.banners');
    await banner.getByText(/The keyring changed from GNOME keyring to KWallet 6/).waitFor();
    await banner.getByText(/1 secret cannot be used/).waitFor();
    await banner.getByRole('link', { name: 'See what to do' }).click();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Nothing changed: it still does not open.').waitFor();
    expect(JSON.stringify(keychainOf(app().data))).toBe(sealed);

    await app().desktop().ask('keyring', { key: 'first', backend: 'gnome_libsecret' });
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Protected by GNOME keyring').waitFor();
    await expect.poll(async () => (await ask(app(), 'linked/gpt-4o', 'Hello')).status, slow).toBe(200);
    await app().leave();
    // That the gateway goes on was said in the run before.
    expect((await noticesOf(app().desktop())).map(({ title }) => title)).not.toContain('Still running in the tray');
  });
}

export function describeNoKeyring({ provider }: Shell): void {
  describe('a desktop without a keyring', () => {
    const passphrase = ['four', 'words', 'are', 'enough'].join(' ');
    let app: ShellApp;
    beforeAll(async () => {
      app = await openShellApp({ config: bareConfig, settings: { keyring: { backend: 'basic_text' } } });
    });
    afterAll(async () => {
      await app?.close();
    });

    it('says that secrets are not protected, protects them with a passphrase, and asks for it after a start', async () => {
      await app.call('providers.add', {
        ...{ kind: 'openai-compatible', id: 'up', base_url: `${provider().url}/v1`, key: providerKey },
      });
      expect(filesWith(providerKey, app.data)).toEqual([]);
      const page = await app.page('/settings?at=secrets');
      await page.getByText('Not protected', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Protect with a passphrase…' }).click();
      const protect = page.getByRole('dialog', { name: 'Protect the secrets with a passphrase' });
      await protect.getByLabel('Passphrase').fill(passphrase);
      await protect.getByLabel('Once more').fill(passphrase);
      await protect.getByRole('button', { name: 'Protect', exact: true }).click();
      await page.getByText('Protected by a passphrase').waitFor();
      await app.leave();
      await app.stop();

      await app.start();
      expect((await ask(app, 'up/gpt-4o', 'Hello')).status).not.toBe(200);
      const again = await app.page('/');
      await again
        .locator('.banners')
        .getByText(/Locked with a passphrase/)
        .waitFor();
      await again.locator('.banners').getByRole('link', { name: 'Unlock' }).click();
      await again.getByLabel('Passphrase').fill(passphrase);
      await again.getByRole('button', { name: 'Unlock', exact: true }).click();
      await again.getByText('Protected by a passphrase').waitFor();
      await expect.poll(async () => (await ask(app, 'up/gpt-4o', 'Hello')).status, slow).toBe(200);
      expect(filesWith(passphrase, app.data)).toEqual([]);
    });
  });
}
