import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SecretBox } from '../../../main/host/host.ts';
import { readOrCreateKey } from '../../../main/host/box-file.ts';
import { createSecretFile } from '../../../main/host/secret-file.ts';
import { Secret } from '../../../main/kit/secret.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-box-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function box(passphrase?: string): SecretBox {
  return createSecretFile({
    file: join(directory, 'secrets.json'),
    keyFile: join(directory, 'secrets.key'),
    passphrase: passphrase === undefined ? undefined : new Secret(passphrase),
  });
}

async function read(from: SecretBox, id: string): Promise<string> {
  const reading = await from.get(id);
  if (reading.kind === 'found') return reading.value.reveal();
  return reading.kind === 'absent' ? 'absent' : `unreadable: ${reading.reason}`;
}

describe('the box of secrets', () => {
  it('makes nothing before it is used', async () => {
    expect(await read(box(), 'a')).toBe('absent');
    expect(await box().list()).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('gives back what was put in, and keeps it sealed and private on disk', async () => {
    await box().set('a', new Secret('first-value'));
    await box().set('b', new Secret('second-value'));
    expect(await read(box(), 'a')).toBe('first-value');
    expect(await box().list()).toEqual(['a', 'b']);
    for (const name of readdirSync(directory)) {
      expect(readFileSync(join(directory, name), 'utf8')).not.toContain('-value');
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    }
  });

  it('forgets on request, once', async () => {
    await box().set('a', new Secret('value'));
    expect(await box().delete('a')).toBe(true);
    expect(await box().delete('a')).toBe(false);
    expect(await read(box(), 'a')).toBe('absent');
  });

  it('keeps every value of many put in at once', async () => {
    const ids = Array.from({ length: 6 }, (_, index) => `id-${index}`);
    await Promise.all(ids.map((id) => box().set(id, new Secret(`value of ${id}`))));
    for (const id of ids) expect(await read(box(), id)).toBe(`value of ${id}`);
  });

  it.each(['', '__proto__', '../x', 'a b', 'x'.repeat(65)])('does not take %j for a name', async (name) => {
    await expect(box().set(name, new Secret('value'))).rejects.toThrow('is not a usable name');
  });

  it('without its key says so, changes nothing, and works again when the key is back (SEC-43)', async () => {
    await box().set('a', new Secret('value'));
    const before = readFileSync(join(directory, 'secrets.json'), 'utf8');
    renameSync(join(directory, 'secrets.key'), join(directory, 'elsewhere'));
    const crippled = box();
    expect(await read(crippled, 'a')).toContain('unreadable: ');
    expect(await read(crippled, 'a')).toContain('secrets.key is missing. Put the key file back.');
    await expect(crippled.set('b', new Secret('other'))).rejects.toThrow('secrets.key is missing');
    expect(readFileSync(join(directory, 'secrets.json'), 'utf8')).toBe(before);
    renameSync(join(directory, 'elsewhere'), join(directory, 'secrets.key'));
    expect(await read(crippled, 'a')).toBe('value');
  });

  it('with another key, or another entry put in its place, opens nothing', async () => {
    await box().set('a', new Secret('value of a'));
    await box().set('b', new Secret('value of b'));
    const file = join(directory, 'secrets.json');
    const content = JSON.parse(readFileSync(file, 'utf8')) as { entries: Record<string, unknown> };
    writeFileSync(file, JSON.stringify({ ...content, entries: { a: content.entries['b'], b: content.entries['b'] } }));
    expect(await read(box(), 'a')).toContain('does not open');
    expect(await read(box(), 'b')).toBe('value of b');
    writeFileSync(join(directory, 'secrets.key'), Buffer.alloc(32, 7).toString('base64'));
    expect(await read(box(), 'b')).toContain('does not open');
  });

  it('that is no box is left as it is', async () => {
    const file = join(directory, 'secrets.json');
    for (const text of ['not json', '{"version":2}', '[]']) {
      writeFileSync(file, text);
      expect(await read(box(), 'a')).toContain('left as it is');
      await expect(box().set('a', new Secret('value'))).rejects.toThrow('left as it is');
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
  });

  it('lets go without its key, and is sealed with a new one when it is empty', async () => {
    const running = box();
    await running.set('a', new Secret('value'));
    rmSync(join(directory, 'secrets.key'));
    const crippled = box();
    expect(await crippled.delete('a')).toBe(true);
    for (const one of [running, crippled]) {
      await one.set('b', new Secret('other'));
      expect(await read(box(), 'b')).toBe('other');
      expect(await one.delete('b')).toBe(true);
    }
  });

  it('says what protects what is in it, and takes the passphrase there is when it is empty', async () => {
    await box().set('a', new Secret('value'));
    expect(await box('correct horse').protection()).toBe(`key file ${join(directory, 'secrets.key')}`);
    expect(await read(box('correct horse'), 'a')).toBe('value');
    await box('correct horse').delete('a');
    await box('correct horse').set('a', new Secret('value'));
    expect(await box('correct horse').protection()).toBe('passphrase (argon2id)');
    expect(await box().protection()).toBe('passphrase (argon2id)');
    expect(await read(box(), 'a')).toContain('set SLUICE_PASSPHRASE');
  });

  it('opens with the passphrase it was sealed with and no other', async () => {
    await box('correct horse').set('a', new Secret('value'));
    expect(readdirSync(directory)).not.toContain('secrets.key');
    expect(await read(box('correct horse'), 'a')).toBe('value');
    expect(await read(box('wrong horse'), 'a')).toContain('does not open with this passphrase');
    expect(await read(box(), 'a')).toContain('set SLUICE_PASSPHRASE');
  });
});

describe('a box that is given a passphrase', () => {
  const passphrase = new Secret('correct horse battery');
  const onDisk = (): string => readFileSync(join(directory, 'secrets.json'), 'utf8');

  it('opens with it alone from then on: neither the old key nor the old copy is left', async () => {
    const one = box();
    await one.set('a', new Secret('value of a'));
    await one.set('b', new Secret('value of b'));
    expect(await one.keyring()).toMatchObject({ kind: 'key_file', state: 'unprotected' });
    await one.protect(passphrase);
    expect(readdirSync(directory)).toEqual(['secrets.json']);
    expect(await read(one, 'a')).toBe('value of a');
    expect(await one.keyring()).toMatchObject({ kind: 'passphrase', state: 'open', message: null });
    await one.set('c', new Secret('value of c'));
    const next = box();
    expect(await next.keyring()).toMatchObject({ kind: 'passphrase', state: 'locked' });
    expect(await read(next, 'a')).toContain('unreadable: The box of secrets is locked: enter its passphrase');
    await expect(next.set('d', new Secret('value'))).rejects.toThrow('locked');
    await next.unlock(passphrase);
    expect(await read(next, 'b')).toBe('value of b');
    expect(await read(next, 'c')).toBe('value of c');
  });

  it('keeps it though nothing is in it, until another is chosen', async () => {
    await box().protect(passphrase);
    const next = box();
    await expect(next.set('a', new Secret('value'))).rejects.toThrow('locked');
    await expect(next.unlock(new Secret('another'))).rejects.toThrow('another passphrase');
    // Nothing is in it that could be lost: a forgotten one is no dead end.
    await next.protect(new Secret('a new passphrase'));
    await next.set('a', new Secret('value'));
    expect(await read(box('a new passphrase'), 'a')).toBe('value');
  });

  it('is as it was when one of its values cannot be sealed anew', async () => {
    await box().set('a', new Secret('value of a'));
    await box().set('b', new Secret('value of b'));
    const content = JSON.parse(onDisk()) as { entries: Record<string, unknown> };
    const damaged = JSON.stringify({ ...content, entries: { ...content.entries, b: content.entries['a'] } });
    writeFileSync(join(directory, 'secrets.json'), damaged);
    const files = readdirSync(directory);
    await expect(box().protect(passphrase)).rejects.toThrow('secret "b"');
    expect(onDisk()).toBe(damaged);
    expect(readdirSync(directory)).toEqual(files);
    expect(await read(box(), 'a')).toBe('value of a');
  });

  it('is not given one while it is locked', async () => {
    const one = box();
    await one.set('a', new Secret('value'));
    await one.protect(passphrase);
    const before = onDisk();
    await expect(box().protect(new Secret('a thief’s passphrase'))).rejects.toThrow('locked');
    expect(onDisk()).toBe(before);
  });

  it('that is wrong makes the next wait, longer each time, and no message repeats it', async () => {
    let now = 0;
    const options = { file: join(directory, 'secrets.json'), keyFile: join(directory, 'secrets.key') };
    await createSecretFile({ ...options, passphrase: undefined }).protect(passphrase);
    const one = createSecretFile({ ...options, passphrase: undefined, monotonic: () => now });
    const guess = (text: string): Promise<string> =>
      one.unlock(new Secret(text)).then(
        () => 'open',
        (error: unknown) => String(error),
      );
    // Asked at once, only the first is looked at.
    const told = await Promise.all([guess('wrong-one'), guess('wrong-two')]);
    expect(told[0]).toContain('another passphrase');
    expect(told[1]).toContain('Wait 1 s');
    now += 1_000;
    expect(await guess('wrong-three')).toContain('another passphrase');
    now += 1_999;
    const early = await guess('correct horse battery');
    expect(early).toContain('Wait 1 s');
    now += 1;
    expect(await guess('correct horse battery')).toBe('open');
    expect([...told, early].join()).not.toMatch(/wrong-|horse/);
  });

  it('asks for none where nothing is locked', async () => {
    const one = box();
    await one.set('a', new Secret('value'));
    await one.unlock(passphrase);
    expect(await one.keyring()).toMatchObject({ kind: 'key_file' });
  });

  it('takes another key file that was put in its place when it is asked to try again', async () => {
    const one = box();
    await one.set('a', new Secret('value'));
    const key = readFileSync(join(directory, 'secrets.key'));
    writeFileSync(join(directory, 'secrets.key'), Buffer.alloc(32, 7).toString('base64'));
    const next = box();
    expect(await next.keyring()).toMatchObject({ kind: 'key_file', state: 'changed' });
    writeFileSync(join(directory, 'secrets.key'), key);
    await next.retry();
    expect(await read(next, 'a')).toBe('value');
  });
});

describe('the key of an installation', () => {
  it('is made once, by whoever comes first', async () => {
    const file = join(directory, 'install.key');
    const keys = await Promise.all(Array.from({ length: 5 }, () => readOrCreateKey(file)));
    expect(new Set(keys.map((key) => key.reveal())).size).toBe(1);
    expect(Buffer.from(keys[0]?.reveal() ?? '', 'base64')).toHaveLength(32);
    expect((await readOrCreateKey(file)).reveal()).toBe(keys[0]?.reveal());
  });
});
