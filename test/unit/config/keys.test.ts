import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { VirtualKey } from '../../../main/gateway/ports.ts';
import { createKeyTable, digestOf, keyIdFor, keyPrefix, mintKey, type KeyEntry } from '../../../main/config/keys.ts';

const random = { randomBytes: (count: number) => new Uint8Array(randomBytes(count)) };

function entry(id: string, secret: string, more: Partial<VirtualKey> = {}): KeyEntry {
  const key = {
    id,
    name: id,
    allowedModels: ['*'],
    deniedModels: [],
    metadata: {},
    expiresAt: undefined,
    allowedOrigins: [],
    ...more,
  };
  return { key, digest: digestOf(secret) };
}

describe('a minted key (SEC-10)', () => {
  it('is the prefix, its public id and 256 random bits, and is stored as a digest', () => {
    const minted = mintKey(random, 'my-ide');
    const key = minted.key.reveal();
    expect(key).toMatch(/^sk-sluice-my-ide-[2-9A-HJ-NP-Za-km-z]{44}$/);
    expect(minted.sha256).toBe(createHash('sha256').update(key).digest('hex'));
    expect(JSON.stringify(minted)).not.toContain(key);
  });

  it('is a new one every time', () => {
    const keys = Array.from({ length: 50 }, () => mintKey(random, 'a').key.reveal());
    expect(new Set(keys).size).toBe(50);
  });

  it('takes every letter as often as any other', () => {
    // All byte values once: 57 letters fit four times into 256, and the 28 bytes beyond are thrown away.
    let at = 0;
    const even = { randomBytes: (count: number) => Uint8Array.from({ length: count }, () => at++ % 256) };
    const text = Array.from({ length: 57 }, () => mintKey(even, 'a').key.reveal().slice(-44)).join('');
    expect(new Set(text).size).toBe(57);
    expect(text).not.toMatch(/[01OIl]/);
  });
});

describe('the id of a key', () => {
  it.each([
    ['My IDE', [], 'my-ide'],
    ['Zoë’s Büro', [], 'zoe-s-buro'],
    ['ide', ['ide', 'ide-2'], 'ide-3'],
    ['日本', [], 'key'],
    ['--', ['key'], 'key-2'],
    ['a'.repeat(80), [], 'a'.repeat(40)],
  ])('for %s beside %o is %s', (name, taken, id) => {
    expect(keyIdFor(name, new Set(taken))).toBe(id);
  });
});

describe('the table of keys', () => {
  const mine = mintKey(random, 'mine');
  const other = mintKey(random, 'other');
  const table = createKeyTable([
    { key: entry('mine', '').key, digest: Buffer.from(mine.sha256, 'hex') },
    { key: entry('other', '').key, digest: Buffer.from(other.sha256, 'hex') },
    entry('chosen', 'a-secret-that-somebody-chose'),
    entry('old', 'a-key-that-has-expired', { expiresAt: 1 }),
  ]);

  it('finds a key by the whole of it', () => {
    expect(table.find(mine.key.reveal())?.id).toBe('mine');
    expect(table.find('a-secret-that-somebody-chose')?.id).toBe('chosen');
    expect(table.count).toBe(4);
  });

  it('finds expired keys too: what that means is decided where it is answered', () => {
    expect(table.find('a-key-that-has-expired')).toMatchObject({ id: 'old', expiresAt: 1 });
  });

  it('opens for nothing else (SEC-12, SEC-13)', () => {
    const key = mine.key.reveal();
    const wrong = [
      '',
      mine.sha256,
      `sha256:${mine.sha256}`,
      Buffer.from(mine.sha256, 'hex').toString('latin1'),
      digestOf('a-secret-that-somebody-chose').toString('hex'),
      key.slice(0, -1),
      `${key}x`,
      ` ${key}`,
      key.toUpperCase(),
      `${keyPrefix}mine-`,
      `${keyPrefix}mine-${other.key.reveal().slice(-44)}`,
      `${keyPrefix}other-${key.slice(-44)}`,
      `${keyPrefix}nobody-${key.slice(-44)}`,
      `${keyPrefix}__proto__-${key.slice(-44)}`,
      'mine',
      'A-secret-that-somebody-chose',
    ];
    for (const presented of wrong) expect(table.find(presented)).toBeUndefined();
  });

  it('lets nobody in when it is empty', () => {
    expect(createKeyTable([]).find('')).toBeUndefined();
    expect(createKeyTable([]).count).toBe(0);
  });

  it('says of a key from an earlier table whether it still holds', () => {
    const before = createKeyTable([
      entry('a', 'first-secret'),
      entry('b', 'second-secret'),
      entry('c', 'third-secret'),
    ]);
    const [a, b, c] = ['first-secret', 'second-secret', 'third-secret'].map((secret) => before.find(secret));
    const after = createKeyTable([entry('a', 'first-secret', { name: 'renamed' }), entry('b', 'another-secret')]);
    expect(a !== undefined && after.isCurrent(a)).toBe(true);
    expect(b !== undefined && after.isCurrent(b)).toBe(false);
    expect(c !== undefined && after.isCurrent(c)).toBe(false);
    expect(a !== undefined && before.isCurrent(a)).toBe(true);
  });

  it('knows every origin any key allows: a preflight carries no key (SEC-06)', () => {
    const origins = createKeyTable([
      entry('a', 'one', { allowedOrigins: ['https://a.example', 'https://b.example'] }),
      entry('b', 'two', { allowedOrigins: ['https://b.example'] }),
      entry('c', 'three'),
    ]).origins;
    expect([...origins].sort()).toEqual(['https://a.example', 'https://b.example']);
  });
});
