import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodeHost } from '../../../../main/host/node-host.ts';
import { Secret } from '../../../../main/kit/secret.ts';
import { openDesk, read, type Desk } from './support.ts';

let directory: string;
let desk: Desk;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-migration-'));
  desk = openDesk(directory);
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Puts secrets where an instance without a desktop keeps them. */
async function headless(values: Readonly<Record<string, string>>): Promise<void> {
  const { secrets } = await createNodeHost({ dataDir: directory, environment: {} });
  for (const [id, value] of Object.entries(values)) await secrets.set(id, new Secret(value));
}

const files = (): string[] => readdirSync(directory).sort();

describe('secrets that rest in the file', () => {
  it('move into the keychain at the start, once, and leave nothing behind', async () => {
    await headless({ a: 'value of a', b: 'value of b' });
    const first = await desk.start();
    expect(first.notices).toEqual(['2 secrets were moved into GNOME keyring.']);
    expect(await read(first.secrets, 'a')).toBe('value of a');
    expect(await first.secrets.list()).toEqual(['a', 'b']);
    expect(files()).toEqual(['install.key', 'keychain.json', 'keychain.json.bak']);
    const before = desk.content();
    const second = await desk.start();
    expect(second.notices).toEqual([]);
    expect(await read(second.secrets, 'b')).toBe('value of b');
    expect(desk.content()).toEqual(before);
  });

  it('stay where they are without a keyring that protects them', async () => {
    await headless({ a: 'value of a' });
    for (const change of [
      () => (desk.keyring.backend = 'basic_text'),
      () => (desk.keyring.backend = 'unknown'),
      () => (desk.keyring.backend = 'a_new_one' as 'unknown'),
      () => ((desk.keyring.backend = 'kwallet6'), (desk.keyring.available = false)),
    ]) {
      change();
      const { secrets, notices } = await desk.start();
      expect(notices).toEqual([]);
      expect(await read(secrets, 'a')).toBe('value of a');
      expect(await secrets.keyring()).toMatchObject({ kind: 'key_file', state: 'unprotected' });
      expect(existsSync(join(directory, 'keychain.json'))).toBe(false);
    }
    desk.keyring.available = true;
    const { secrets } = await desk.start({ move: false });
    await secrets.retry();
    expect(await secrets.keyring()).toMatchObject({ kind: 'keychain', state: 'open' });
    expect(existsSync(join(directory, 'secrets.json'))).toBe(false);
  });

  it('survive an end between writing the new one and deleting the old one', async () => {
    await headless({ a: 'value of a' });
    const saved = ['secrets.json', 'secrets.key'].map(
      (name) => [join(directory, name), readFileSync(join(directory, name), 'utf8')] as const,
    );
    await desk.start();
    const before = desk.content();
    for (const [file, text] of saved) writeFileSync(file, text, { mode: 0o600 });
    const { secrets, notices } = await desk.start();
    expect(notices).toEqual(['1 secret was moved into GNOME keyring.']);
    expect(await read(secrets, 'a')).toBe('value of a');
    expect(existsSync(join(directory, 'secrets.json'))).toBe(false);
    // What is there already is not sealed again.
    expect(desk.content()).toEqual(before);
  });

  it('keep the old one where the keychain does not give back what went in', async () => {
    await headless({ a: 'value of a', b: 'value of b' });
    const { keyring } = desk;
    const honest = keyring.encryptStringAsync.bind(keyring);
    keyring.encryptStringAsync = (text) => honest(text.replace('value of a', 'another'));
    const { secrets, notices } = await desk.start();
    expect(notices).toEqual([
      '1 secret was moved into GNOME keyring.',
      'Not moved into GNOME keyring, and left where they are: a.',
    ]);
    expect(await read(secrets, 'a')).toBe('value of a');
    expect(await read(secrets, 'b')).toBe('value of b');
    expect(Object.keys(desk.content().entries)).toEqual(['b']);
    expect(existsSync(join(directory, 'secrets.json.bak'))).toBe(false);
  });

  it('sealed with a passphrase move once that was entered', async () => {
    const passphrase = 'correct horse battery';
    const { secrets: sealed } = await createNodeHost({
      dataDir: directory,
      environment: { SLUICE_PASSPHRASE: passphrase },
    });
    await sealed.set('a', new Secret('value of a'));
    const { secrets, notices } = await desk.start();
    expect(notices.join()).toContain('left where they are: a');
    expect(await secrets.keyring()).toMatchObject({ kind: 'passphrase', state: 'locked' });
    await secrets.unlock(new Secret(passphrase));
    expect(await secrets.keyring()).toMatchObject({ kind: 'keychain', state: 'open' });
    expect(await read(secrets, 'a')).toBe('value of a');
    expect(files()).not.toContain('secrets.json');
  });

  it('are not sealed with a passphrase where the keychain protects them', async () => {
    const { secrets } = await desk.start();
    await expect(secrets.protect(new Secret('correct horse battery'))).rejects.toThrow('protects them already');
    desk.keyring.backend = 'basic_text';
    await secrets.protect(new Secret('correct horse battery'));
    expect(await secrets.keyring()).toMatchObject({ kind: 'passphrase', state: 'open' });
  });
});
