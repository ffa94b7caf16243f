import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { electronKeychain } from '../../../../main/electron/keychain/keychain.ts';
import { Secret } from '../../../../main/kit/secret.ts';
import { openDesk, read, TestKeyring, type Desk } from './support.ts';

let directory: string;
let desk: Desk;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-keychain-'));
  desk = openDesk(directory);
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const filesHolding = (text: string): string[] =>
  readdirSync(directory).filter((name) => readFileSync(join(directory, name), 'utf8').includes(text));

describe('secrets in the keychain', () => {
  it('rest sealed and private, with what they were sealed by, and come back at the next start', async () => {
    const { secrets } = await desk.start();
    await secrets.set('a', new Secret('value-of-a'));
    await secrets.set('b', new Secret('value-of-b'));
    expect(filesHolding('value-of')).toEqual([]);
    expect(statSync(join(directory, 'keychain.json')).mode & 0o777).toBe(0o600);
    const { entries, markers } = desk.content();
    expect(Object.keys(entries)).toEqual(['a', 'b']);
    expect(entries['a']).toMatchObject({ backend: 'gnome_libsecret', key_id: markers[0]?.key_id });
    const again = (await desk.start()).secrets;
    expect(await read(again, 'a')).toBe('value-of-a');
    expect(await again.list()).toEqual(['a', 'b']);
    expect(await again.protection()).toBe('GNOME keyring');
    expect(await again.keyring()).toMatchObject({ kind: 'keychain', name: 'GNOME keyring', state: 'open' });
    expect(await again.delete('a')).toBe(true);
    expect(await again.delete('a')).toBe(false);
    expect(await read(again, 'a')).toBe('absent');
  });

  it('are asked for only once the app is ready', async () => {
    const keyring = new TestKeyring();
    const ready = Promise.withResolvers<void>();
    const keychain = electronKeychain({
      app: { whenReady: () => ready.promise },
      safeStorage: keyring,
      platform: 'linux',
    });
    const sealed = keychain.seal('text');
    await Promise.resolve();
    expect(keyring.seals).toBe(0);
    keyring.ready = true;
    ready.resolve();
    expect(await keychain.open(await sealed)).toEqual({ text: 'text', isStale: false });
  });

  it.each(['', '__proto__', '../x', 'a b'])('do not take %j for a name', async (name) => {
    await expect((await desk.start()).secrets.set(name, new Secret('value'))).rejects.toThrow('is not a usable name');
  });

  it('keep every one of many put in at once', async () => {
    const { secrets } = await desk.start();
    const ids = Array.from({ length: 6 }, (_, index) => `id-${index}`);
    await Promise.all(ids.map((id) => secrets.set(id, new Secret(`value of ${id}`))));
    for (const id of ids) expect(await read(secrets, id)).toBe(`value of ${id}`);
    expect(desk.content().markers.length).toBe(1);
  });
});

describe('a keyring that is off (SEC-43)', () => {
  it('before the start leaves what is sealed as it is, says so, and gives it when it is on again', async () => {
    await (await desk.start()).secrets.set('a', new Secret('value'));
    const before = readFileSync(join(directory, 'keychain.json'), 'utf8');
    desk.keyring.available = false;
    const { secrets } = await desk.start();
    expect(await read(secrets, 'a')).toBe(
      'unreadable: GNOME keyring is locked or does not answer. Unlock it, then retry; nothing was changed.',
    );
    expect(await secrets.keyring()).toMatchObject({
      kind: 'keychain',
      name: 'GNOME keyring',
      state: 'locked',
      was: null,
    });
    expect(await secrets.list()).toEqual(['a']);
    expect(readFileSync(join(directory, 'keychain.json'), 'utf8')).toBe(before);
    desk.keyring.available = true;
    await secrets.retry();
    expect(await read(secrets, 'a')).toBe('value');
    expect(await secrets.keyring()).toMatchObject({ state: 'open' });
  });

  it('for a moment is no changed keyring', async () => {
    const { secrets } = await desk.start();
    await secrets.set('a', new Secret('value'));
    desk.keyring.trouble = new Error('decryptStringAsync is temporarily unavailable. Please try again.');
    expect(await read(secrets, 'a')).toContain('locked or does not answer');
    expect(await secrets.keyring()).toMatchObject({ state: 'locked' });
    desk.keyring.trouble = undefined;
    expect(await read(secrets, 'a')).toBe('value');
  });

  it('mid-run takes nothing in: what is entered then rests in the file, and moves when it is on again', async () => {
    const { secrets } = await desk.start();
    await secrets.set('a', new Secret('value-of-a'));
    desk.keyring.available = false;
    await secrets.set('b', new Secret('value-of-b'));
    expect(await secrets.protection()).toContain('key file');
    expect(await secrets.keyring()).toMatchObject({ kind: 'keychain', state: 'locked' });
    expect(await read(secrets, 'b')).toBe('value-of-b');
    expect(await secrets.list()).toEqual(['a', 'b']);
    desk.keyring.available = true;
    await secrets.retry();
    expect(Object.keys(desk.content().entries)).toEqual(['a', 'b']);
    expect(existsSync(join(directory, 'secrets.json'))).toBe(false);
    expect(await read(secrets, 'b')).toBe('value-of-b');
  });

  it('says so without a word of what it was given', async () => {
    const { secrets } = await desk.start();
    await secrets.set('a', new Secret('the-clear-text'));
    const told: unknown[] = [];
    const ask = async (work: Promise<unknown>): Promise<void> => {
      told.push(await work.catch((error: unknown) => [String(error), (error as Error).stack, (error as Error).cause]));
    };
    for (const trouble of ['off', 'changed', 'broken file']) {
      desk.keyring.available = trouble !== 'off';
      if (trouble === 'changed') desk.keyring.backend = 'kwallet6';
      if (trouble === 'broken file') desk.write('the-clear-text is no JSON');
      await ask(secrets.get('a'));
      await ask(secrets.keyring());
      await ask(secrets.set('b', new Secret('the-clear-text')));
      await ask(secrets.unlock(new Secret('the-clear-text')));
      await ask(secrets.protect(new Secret('the-clear-text')));
    }
    expect(told.length).toBe(15);
    expect(inspect(told, { depth: 9 })).not.toContain('the-clear-text');
  });

  it('and waits for people holds nobody up for long, and tells when it answers', async () => {
    const keyring = new TestKeyring();
    const answer = Promise.withResolvers<boolean>();
    let asked = 0;
    keyring.isAsyncEncryptionAvailable = () => {
      asked += 1;
      return answer.promise;
    };
    const app = { whenReady: async () => void (keyring.ready = true) };
    const told = Promise.withResolvers<void>();
    const parts = { app, safeStorage: keyring, platform: 'linux', patienceMs: 1 } as const;
    const keychain = electronKeychain({ ...parts, onLate: () => told.resolve() });
    const locked = { backend: 'gnome_libsecret', isAvailable: false };
    expect(await Promise.all([keychain.state(), keychain.state()])).toEqual([locked, locked]);
    expect(await keychain.state()).toEqual(locked);
    expect(asked).toBe(1);
    answer.resolve(true);
    await told.promise;
    expect(await keychain.state()).toEqual({ ...locked, isAvailable: true });
  });
});

describe('a keyring that is replaced mid-run (SEC-43)', () => {
  it('opens nothing of before, wipes nothing, seals what is new, and opens all when it is back', async () => {
    const { secrets } = await desk.start();
    await secrets.set('a', new Secret('value-of-a'));
    const before = desk.content().entries['a'];
    desk.keyring.backend = 'kwallet6';
    expect(await read(secrets, 'a')).toBe(
      'unreadable: The keyring changed from GNOME keyring to KWallet 6, so secret "a" does not open. Retry, switch back, or enter it again; the old one is kept.',
    );
    expect(await secrets.keyring()).toMatchObject({ name: 'KWallet 6', state: 'changed', was: 'GNOME keyring' });
    await secrets.set('b', new Secret('value-of-b'));
    expect(await read(secrets, 'b')).toBe('value-of-b');
    expect(desk.content().entries['a']).toEqual(before);
    expect(desk.content().entries['b']).toMatchObject({ backend: 'kwallet6' });
    desk.keyring.backend = 'gnome_libsecret';
    expect(await read(secrets, 'a')).toBe('value-of-a');
    expect(await read(secrets, 'b')).toContain('changed from KWallet 6 to GNOME keyring');
  });

  it('with another key under the same name is told apart from a damaged secret', async () => {
    const { secrets } = await desk.start();
    await secrets.set('a', new Secret('value'));
    desk.keyring.key = 'another key';
    expect(await read(secrets, 'a')).toContain('GNOME keyring has another key than the one secret "a" was sealed with');
    expect(await secrets.keyring()).toMatchObject({ state: 'changed', was: null });
    await secrets.set('b', new Secret('other'));
    expect(new Set(desk.content().markers.map(({ key_id }) => key_id)).size).toBe(2);
    desk.keyring.key = 'first key';
    const content = desk.content();
    const data = Buffer.from(content.entries['a']?.data ?? '', 'base64')
      .fill(7, 30)
      .toString('base64');
    desk.write({ ...content, entries: { a: { ...content.entries['a'], data } } });
    expect(await read(secrets, 'a')).toContain('Secret "a" is damaged in keychain.json');
  });

  it('lets one be entered again, and keeps the old one for thirty days', async () => {
    const { secrets } = await desk.start();
    await secrets.set('a', new Secret('old'));
    await secrets.set('b', new Secret('kept'));
    const old = desk.content().entries['a'];
    desk.keyring.backend = 'kwallet6';
    await secrets.set('a', new Secret('new'));
    expect(await read(secrets, 'a')).toBe('new');
    expect(desk.content().replaced).toMatchObject([{ id: 'a', data: old?.data, until: '2026-12-25T12:00:00.000Z' }]);
    // Its marker goes with the last that was sealed along with it.
    desk.now += 31 * 24 * 3_600_000;
    await secrets.delete('b');
    expect(desk.content().replaced).toEqual([]);
    expect(desk.content().markers).toMatchObject([{ backend: 'kwallet6' }]);
    // One that opens is simply replaced.
    await secrets.set('a', new Secret('newer'));
    expect(desk.content().replaced).toEqual([]);
  });

  it('forgets what was kept together with its name', async () => {
    const { secrets } = await desk.start();
    await secrets.set('a', new Secret('old'));
    desk.keyring.key = 'another key';
    await secrets.set('a', new Secret('new'));
    expect(desk.content().replaced.length).toBe(1);
    expect(await secrets.delete('a')).toBe(true);
    expect(desk.content()).toMatchObject({ entries: {}, replaced: [], markers: [] });
  });

  it('into none at all is told, and what is entered then goes into the file', async () => {
    await (await desk.start()).secrets.set('a', new Secret('old'));
    desk.keyring.backend = 'basic_text';
    const { secrets } = await desk.start();
    expect(await secrets.keyring()).toMatchObject({
      ...{ kind: 'keychain', name: 'no keyring (basic_text)', state: 'changed', was: 'GNOME keyring' },
    });
    expect(await secrets.protection()).toContain('key file');
    await secrets.set('a', new Secret('new'));
    expect(await read(secrets, 'a')).toBe('new');
    expect(await secrets.keyring()).toMatchObject({ kind: 'key_file', state: 'unprotected' });
    expect(desk.content().replaced).toMatchObject([{ id: 'a', backend: 'gnome_libsecret' }]);
    desk.keyring.backend = 'gnome_libsecret';
    expect(await read((await desk.start()).secrets, 'a')).toBe('new');
  });
});

describe('a key that was rotated', () => {
  it('has what it opens sealed anew with the new one, once', async () => {
    const { secrets } = await desk.start();
    await secrets.set('a', new Secret('value'));
    const before = desk.content().entries['a'];
    desk.keyring.older = ['first key'];
    desk.keyring.key = 'second key';
    expect(await read(secrets, 'a')).toBe('value');
    const after = desk.content().entries['a'];
    expect(after?.data).not.toBe(before?.data);
    desk.keyring.older = [];
    expect(await read(secrets, 'a')).toBe('value');
    expect(desk.content().entries['a']).toEqual(after);
  });

  it('that cannot seal leaves the old one in place', async () => {
    const { secrets } = await desk.start();
    await secrets.set('a', new Secret('value'));
    const before = desk.content();
    desk.keyring.older = ['first key'];
    desk.keyring.key = 'second key';
    desk.keyring.encryptStringAsync = () => Promise.reject(new Error('no'));
    expect(await read(secrets, 'a')).toBe('value');
    expect(desk.content()).toEqual(before);
  });
});

describe('keychain.json', () => {
  it('with two values swapped gives neither of them under the wrong name', async () => {
    const { secrets } = await desk.start();
    await secrets.set('a', new Secret('value of a'));
    await secrets.set('b', new Secret('value of b'));
    const content = desk.content();
    desk.write({ ...content, entries: { a: content.entries['b'], b: content.entries['b'] } });
    expect(await read(secrets, 'a')).toContain('belongs under another name');
    expect(await read(secrets, 'b')).toBe('value of b');
  });

  it.each(['not json', '{"version":2}', '[]', '{"version":1,"entries":{"a":{}}}'])(
    'that holds %j is left as it is, says so, and stops nothing',
    async (text) => {
      desk.write(text);
      const { secrets } = await desk.start();
      expect(await read(secrets, 'a')).toContain('left as it is; restore it or');
      expect(await secrets.keyring()).toMatchObject({ kind: 'keychain', state: 'changed' });
      expect(await secrets.list()).toEqual([]);
      await expect(secrets.set('a', new Secret('value-that-is-secret'))).rejects.toThrow('left as it is');
      expect(readFileSync(join(directory, 'keychain.json'), 'utf8')).toBe(text);
    },
  );

  it('is told to whoever starts without the desktop', async () => {
    const { createNodeHost } = await import('../../../../main/host/node-host.ts');
    expect((await createNodeHost({ dataDir: directory, environment: {} })).notices).toEqual([]);
    await (await desk.start()).secrets.set('a', new Secret('value'));
    const { notices } = await createNodeHost({ dataDir: directory, environment: {} });
    expect(notices.join()).toContain('open only in the desktop app');
  });
});

describe('on Windows', () => {
  it('says whom it does not protect from', async () => {
    const { secrets } = await openDesk(directory, 'win32').start();
    expect(await secrets.keyring()).toMatchObject({
      ...{ kind: 'keychain', name: 'Windows DPAPI', state: 'open' },
      message: expect.stringContaining('not from your other programs') as string,
    });
    expect(existsSync(join(directory, 'secrets.json'))).toBe(false);
  });
});
