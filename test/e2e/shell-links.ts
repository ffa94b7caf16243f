// What comes from outside, by links and second starts: it shows pages and questions, and changes nothing by itself.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { selfSigned } from '../fakes/certificate.ts';
import { startDesktop } from '../fakes/electron/desktop.ts';
import { startFake } from '../fakes/fake.ts';
import { desktopEntry } from './desktop-window.ts';
import { ask } from './opened.ts';
import { filesWith, slow } from './shell-app.ts';
import { providerKey, type Shell } from './shell.ts';

export function describeLinks({ app, provider }: Shell): void {
  const open = async (link: string): Promise<void> => {
    await app().desktop().ask('openUrl', link);
  };
  const configFile = (): string => readFileSync(join(app().data, 'sluice.yaml'), 'utf8');
  const waiting = async () => (await app().call('desktop.link')).link;

  describe('a link', () => {
    it('opens the window on the page that it names, with its filters', async () => {
      await open('sluice://open/activity?error=*');
      const page = await app().opened();
      await page.waitForURL((url) => `${url.pathname}${url.search}` === '/activity?error=*');
      const [window] = await app().desktop().ask('windows');
      expect(window).toMatchObject({ visible: true, focused: true });
    });

    it('leads the window that is there, also when it comes with a second start', async () => {
      const page = await app().page('/');
      const { home, data } = app();
      const args = ['--data', data, 'sluice://open/usage?by=model'];
      const second = startDesktop({ main: desktopEntry, args, cwd: home, env: { HOME: home } });
      expect(await second.ended).toBe(0);
      await page.waitForURL((url) => `${url.pathname}${url.search}` === '/usage?by=model');
      expect(await app().desktop().ask('windows')).toHaveLength(1);
    });

    it('that would add a provider shows which, warns of what looks like another, and waits', async () => {
      const before = configFile();
      const page = await app().page('/');
      await open(
        'sluice://provider?kind=openai-compatible&name=work&base_url=https%3A%2F%2Fapi.openai.com.example%2Fv1',
      );
      const review = page.getByRole('dialog', { name: /^Add the provider/ });
      await review.getByText('https://api.openai.com.example/v1').waitFor();
      await review.getByText(/api\.openai\.com\.example looks like api\.openai\.com, and is not it/).waitFor();
      await review.getByRole('button', { name: 'Add it all the same' }).waitFor();
      expect(configFile()).toBe(before);
      await review.getByRole('button', { name: 'Cancel' }).click();
      await review.waitFor({ state: 'detached' });
      await expect.poll(waiting, slow).toBeNull();
      expect(configFile()).toBe(before);
      expect((await app().call('providers.list')).providers.map(({ id }) => id)).not.toContain('work');
    });

    it('adds the provider once people said so, with a key that is in no file to be read', async () => {
      await app().leave();
      const address = encodeURIComponent(`${provider().url}/v1`);
      // Nobody was there to hear it: the window asks for it when it opens.
      await open(`sluice://provider?kind=openai-compatible&name=linked&base_url=${address}`);
      const page = await app().opened();
      const review = page.getByRole('dialog', { name: /^Add the provider/ });
      await review.getByLabel('API key').fill(providerKey);
      await review.getByRole('button', { name: 'Add provider' }).click();
      await page.getByText('linked was added').waitFor();
      expect((await ask(app(), 'linked/gpt-4o', 'Hello')).status).toBe(200);
      expect(provider().requests.at(-1)?.refusal).toBeUndefined();
      // Sealed by the keychain, and nowhere else.
      expect(Object.keys(keychainOf(app().data).entries)).toHaveLength(1);
      expect(filesWith(providerKey, app().data)).toEqual([]);
    });

    it('to a team is shown, and nothing is fetched', async () => {
      const team = await startFake({ dialect: 'openai', key: providerKey, tls: selfSigned('localhost') });
      try {
        const before = configFile();
        const page = await app().page('/');
        await open(`sluice://join?url=${encodeURIComponent(`https://localhost:${String(team.port)}/team.json`)}`);
        const review = page.getByRole('dialog', { name: 'Join a team?' });
        await review.getByText(`Nothing will be fetched from localhost:${String(team.port)}`).waitFor();
        await review.getByRole('button', { name: 'Close' }).last().click();
        await expect.poll(waiting, slow).toBeNull();
        expect(team.totalConnections).toBe(0);
        expect(configFile()).toBe(before);
      } finally {
        await team.close();
      }
    });
  });
}

interface KeychainFile {
  readonly entries: Readonly<Record<string, { readonly backend: string }>>;
}

export function keychainOf(data: string): KeychainFile {
  return JSON.parse(readFileSync(join(data, 'keychain.json'), 'utf8')) as KeychainFile;
}
