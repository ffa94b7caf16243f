// The tray does what its menu says: to real requests, to the clipboard, to the life of the app.
import { describe, expect, it } from 'vitest';
import { fault } from '../fakes/fake.ts';
import { ask } from './opened.ts';
import { slow, trayOf, type TrayFacts } from './shell-app.ts';
import type { Shell } from './shell.ts';

export function describeTray({ app, provider }: Shell): void {
  const choose = async (...path: string[]): Promise<void> => {
    await app().desktop().ask('trayMenu', path);
  };
  const tray = async (): Promise<TrayFacts | null> => await trayOf(app().desktop());
  const asked = (model: string, content = 'Hello') => ask(app(), model, content);
  const lastSaid = (): string => JSON.stringify(provider().requests.at(-1)?.json);

  describe('the tray', () => {
    it('pauses, shows it by its shape and in words, and resumes', async () => {
      expect((await tray())?.toolTip).toMatch(/^Running/);
      await choose('Pause', 'Block', '15 minutes');
      await expect.poll(async () => (await tray())?.toolTip, slow).toMatch(/^Paused/);
      expect((await tray())?.image.path).toMatch(/paused/);
      const refused = await asked('up/gpt-4.1');
      expect(refused.status).toBe(429);
      expect(refused.text).toContain('paused');
      await choose('Resume');
      await expect.poll(async () => (await tray())?.toolTip, slow).toMatch(/^Running/);
      expect((await tray())?.image.path).toMatch(/running/);
      expect((await asked('up/gpt-4.1')).status).toBe(200);
    });

    it('lets requests pass through, unmasked', async () => {
      const address = ['ada', 'lovelace.example'].join('@');
      await asked('up/gpt-4.1', `Write to ${address}`);
      expect(lastSaid()).not.toContain(address);
      await choose('Pause', 'Pass through', 'Until I resume');
      await expect.poll(async () => (await app().call('app.status')).paused?.mode, slow).toBe('pass_through');
      expect((await asked('up/gpt-4.1', `Write to ${address}`)).status).toBe(200);
      expect(lastSaid()).toContain(address);
      await choose('Resume');
      await expect.poll(async () => (await app().call('app.status')).paused, slow).toBeNull();
      await asked('up/gpt-4.1', `Write to ${address}`);
      expect(lastSaid()).not.toContain(address);
    });

    it('chooses what answers every conversation, and lets the rules decide again', async () => {
      const marked = async (): Promise<readonly string[]> =>
        ((await tray())?.menu?.find(({ label }) => label === 'Model')?.items ?? [])
          .filter(({ checked }) => checked)
          .map(({ label }) => label);
      expect(await marked()).toEqual(['Auto (rules)']);
      await choose('Model', 'smart');
      await expect.poll(async () => (await tray())?.toolTip, slow).toContain('smart');
      expect(await marked()).toEqual(['smart']);
      await asked('gpt-4.1');
      expect(provider().requests.at(-1)?.json).toMatchObject({ model: 'gpt-4o' });
      await choose('Model', 'Auto (rules)');
      await expect.poll(async () => (await tray())?.toolTip, slow).not.toContain('smart');
      await asked('gpt-4.1');
      expect(provider().requests.at(-1)?.json).toMatchObject({ model: 'gpt-4.1' });
    });

    it('switches to another profile of the file', async () => {
      const before = provider().requests.length;
      await choose('Profile', 'Work');
      await expect.poll(async () => (await app().call('app.snapshot')).profile, slow).toBe('work');
      // There the demo answers.
      expect((await asked('smart')).status).toBe(200);
      expect(provider().requests.length).toBe(before);
      await choose('Profile', 'None');
      await expect.poll(async () => (await app().call('app.snapshot')).profile, slow).toBeNull();
      expect((await asked('smart')).status).toBe(200);
      expect(provider().requests.length).toBe(before + 1);
    });

    it('copies an address, and settings with a key that opens the port', async () => {
      const desktop = app().desktop();
      await choose('Copy', 'Base URL');
      await expect.poll(() => desktop.ask('clipboard'), slow).toBe(app().gateway);
      await choose('Copy', 'OpenAI environment');
      await expect.poll(() => desktop.ask('clipboard'), slow).toContain('OPENAI_API_KEY');
      const copied = await desktop.ask('clipboard');
      expect(copied).toContain(`export OPENAI_BASE_URL="${app().gateway}/v1"`);
      const key = /OPENAI_API_KEY="([^"]+)"/.exec(copied)?.[1] ?? '';
      expect((await ask({ gateway: app().gateway, key }, 'demo/echo', 'Hello')).status).toBe(200);
      // Clipboard managers are asked to leave it alone.
      const [, marked] = await desktop.ask('happened', 'clipboard');
      expect(JSON.stringify(marked?.detail)).toContain('x-kde-passwordManagerHint');
    });
  });
}

/** The last of one run. */
export function describeQuit({ app, provider }: Shell): void {
  it('quits from the tray, after what was being answered', async () => {
    const desktop = app().desktop();
    const goOn = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const wait = fault.wait({ events: 2 }, async () => {
      reached.resolve();
      await goOn.promise;
    });
    provider().plan({ fault: wait });
    const response = await fetch(`${app().gateway}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app().key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'up/gpt-4.1',
        stream: true,
        messages: [{ role: 'user', content: 'Take your time' }],
      }),
    });
    const text = response.text();
    await reached.promise;
    await desktop.ask('trayMenu', ['Quit*']);
    // Whoever asks again does not take away its time.
    await desktop.ask('quit');
    process.kill(desktop.pid, 'SIGTERM');
    // It takes no new ones.
    await expect
      .poll(
        () =>
          ask(app(), 'demo/echo', 'Too late').then(
            ({ status }) => status,
            () => 0,
          ),
        slow,
      )
      .not.toBe(200);
    goOn.resolve();
    expect(await text).toContain('[DONE]');
    expect(await desktop.ended).toBe(0);
  });
}
