import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { KeyTable, VirtualKey } from '../../../main/gateway/ports.ts';
import {
  createKeyTable,
  digestOf,
  keyIdFor,
  keyPrefix,
  mintKey,
  ownKeyId,
  type KeyEntry,
} from '../../../main/config/keys.ts';

const random = { randomBytes: (count: number) => new Uint8Array(randomBytes(count)) };

function entry(id: string, secret: string, more: Partial<VirtualKey> = {}): KeyEntry {
  const key = {
    ...{ id, name: id, disabled: false, team: undefined, budgets: [], rateLimits: [], metadata: {} },
    ...{ allowedModels: ['*'], deniedModels: [], allowedProviders: ['*'], deniedProviders: [] },
    ...{
      allowedSurfaces: [],
      deniedSurfaces: [],
      expiresAt: undefined,
      allowedOrigins: [],
      origin: 'sluice.yaml, line 1',
    },
    ...more,
  };
  return { key, digest: digestOf(secret), previous: [] };
}

/** A key that had other secrets before, each with the moment it ends. */
function rotated(id: string, secret: string, previous: Readonly<Record<string, number>>): KeyEntry {
  const before = Object.entries(previous).map(([text, until]) => ({ digest: digestOf(text), until }));
  return { ...entry(id, secret), previous: before };
}

let time = 0;
const now = (): number => time;

const tableOf = (...entries: KeyEntry[]): KeyTable => createKeyTable(entries, now);

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

  it('is never that of our own key', () => {
    expect(keyIdFor('Sluice window', new Set())).toBe(`${ownKeyId}-2`);
  });
});

describe('the table of keys', () => {
  const mine = mintKey(random, 'mine');
  const other = mintKey(random, 'other');
  const table = tableOf(
    { ...entry('mine', ''), digest: Buffer.from(mine.sha256, 'hex') },
    { ...entry('other', ''), digest: Buffer.from(other.sha256, 'hex') },
    entry('chosen', 'a-secret-that-somebody-chose'),
    entry('old', 'a-key-that-has-expired', { expiresAt: 1 }),
  );

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
    expect(tableOf().find('')).toBeUndefined();
    expect(tableOf().count).toBe(0);
  });

  it('says of a key from an earlier table whether it still holds', () => {
    const before = tableOf(entry('a', 'first-secret'), entry('b', 'second-secret'), entry('c', 'third-secret'));
    const [a, b, c] = ['first-secret', 'second-secret', 'third-secret'].map((secret) => before.find(secret));
    const after = tableOf(entry('a', 'first-secret', { name: 'renamed' }), entry('b', 'another-secret'));
    expect(a !== undefined && after.isCurrent(a)).toBe(true);
    expect(b !== undefined && after.isCurrent(b)).toBe(false);
    expect(c !== undefined && after.isCurrent(c)).toBe(false);
    expect(a !== undefined && before.isCurrent(a)).toBe(true);
  });

  it('knows every origin any key allows: a preflight carries no key (SEC-06)', () => {
    const { origins } = tableOf(
      entry('a', 'one', { allowedOrigins: ['https://a.example', 'https://b.example'] }),
      entry('b', 'two', { allowedOrigins: ['https://b.example'] }),
      entry('c', 'three'),
    );
    expect([...origins].sort()).toEqual(['https://a.example', 'https://b.example']);
  });
});

describe('a key that is being rotated', () => {
  const present = mintKey(random, 'ide');
  const before = mintKey(random, 'ide');
  const table = tableOf(
    {
      ...rotated('ide', '', { 'the-one-before-that': 500 }),
      digest: Buffer.from(present.sha256, 'hex'),
    },
    rotated('chosen', 'a-secret-somebody-chose', { [before.key.reveal()]: 1000 }),
  );

  it('opens with each secret until that one ends, and not a moment longer', () => {
    time = 499;
    expect(table.find(present.key.reveal())?.id).toBe('ide');
    expect(table.find('the-one-before-that')?.id).toBe('ide');
    expect(table.find(before.key.reveal())?.id).toBe('chosen');
    time = 500;
    expect(table.find('the-one-before-that')).toBeUndefined();
    expect(table.find(before.key.reveal())?.id).toBe('chosen');
    time = 1000;
    expect(table.find(before.key.reveal())).toBeUndefined();
    expect(table.find(present.key.reveal())?.id).toBe('ide');
    // A clock that is set back finds it again: what counts is the moment, not what was asked before.
    time = 999;
    expect(table.find(before.key.reveal())?.id).toBe('chosen');
  });

  it('counts once, and is one key for whoever asks about it', () => {
    time = 0;
    expect(table.count).toBe(2);
    expect(table.byId('ide')).toBe(table.find(present.key.reveal()));
    expect(table.find('the-one-before-that')).toEqual(table.byId('ide'));
  });

  it('ends what was presented with a secret when that one ends, and nothing else', () => {
    time = 0;
    const [old, fresh] = [table.find('the-one-before-that'), table.find(present.key.reveal())];
    if (old === undefined || fresh === undefined) throw new Error('not found');
    expect([table.isCurrent(old), table.isCurrent(fresh)]).toEqual([true, true]);
    time = 500;
    expect([table.isCurrent(old), table.isCurrent(fresh)]).toEqual([false, true]);
  });

  it('keeps what runs with the secret before while it overlaps, and ends it without overlap', () => {
    time = 0;
    const running = tableOf(entry('ide', 'first-secret')).find('first-secret');
    if (running === undefined) throw new Error('not found');
    const overlapping = tableOf(rotated('ide', 'second-secret', { 'first-secret': 10 }));
    expect(overlapping.isCurrent(running)).toBe(true);
    time = 10;
    expect(overlapping.isCurrent(running)).toBe(false);
    expect(tableOf(entry('ide', 'second-secret')).isCurrent(running)).toBe(false);
    // Another key that has the secret now is another key.
    expect(tableOf(entry('ide', 'second-secret'), entry('guest', 'first-secret')).isCurrent(running)).toBe(false);
  });
});

describe('a disabled key', () => {
  it('is found, so that the answer can say why, and is no longer current', () => {
    const running = tableOf(entry('ide', 'its-secret')).find('its-secret');
    const after = tableOf(entry('ide', 'its-secret', { disabled: true }));
    expect(after.find('its-secret')).toMatchObject({ id: 'ide', disabled: true });
    expect(running !== undefined && after.isCurrent(running)).toBe(false);
  });
});
