// The life of a provider on a real file and a real box of secrets: what is written, what is in the box, what is in force.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../main/kit/secret.ts';
import { providerEntry } from '../../../shared/contract/providers.ts';
import type { ProviderKind } from '../../../shared/config/provider.ts';
import { openFile, refusalOf, type ConfigFile } from './support.ts';

const key = `sk-${'a-key-of-a-real-length-1234'}`;
const otherKey = `sk-${'another-key-of-a-length-5678'}`;

let opened: ConfigFile | undefined;

afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

async function open(text = 'version: 1\n', environment: Record<string, string> = {}): Promise<ConfigFile> {
  opened = await openFile(text, environment);
  return opened;
}

const add = (file: ConfigFile, kind: ProviderKind, more: { id?: string; baseUrl?: string; key?: string } = {}) =>
  file.store.providers.add({
    kind,
    id: more.id,
    baseUrl: more.baseUrl,
    key: more.key === undefined ? undefined : new Secret(more.key),
  });

/** The credential that would go on the wire. */
function sent(file: ConfigFile, id: string, index = 0): string | undefined {
  const secret = file.store.snapshot.providers.get(id)?.credentials[index]?.secret;
  return secret?.kind === 'key' ? secret.value.reveal() : undefined;
}

describe('a list of providers', () => {
  it('tells where each is, what its keys are called and whether they can be had, and never one of them', async () => {
    const file = await open(
      `version: 1
providers:
  - id: openai
    kind: openai
  - id: own
    kind: openai-compatible
    base_url: http://127.0.0.1:9000/v1
    proxy: http://ann:${'pass'}word@proxy.example
    models: [one, two]
    keys:
      - { name: a, value: "${key}", weight: 2 }
      - { value: "env:NOWHERE", models: [one] }
      - { name: short, value: "abc-def" }
  - { id: box, kind: ollama }
`,
      { OPENAI_API_KEY: otherKey },
    );
    const list = file.store.providers.list().map((entry) => providerEntry.parse(entry));
    expect(list).toMatchObject([
      {
        ...{ id: 'openai', label: 'OpenAI', base_url: 'https://api.openai.com/v1', local: false, keyless: false },
        keys: [{ name: 'default', reference: 'env:OPENAI_API_KEY', available: true, reason: null, hint: '5678' }],
        ...{ proxy: 'system', origin: { source: 'you', where: 'sluice.yaml, line 3', locked: false } },
      },
      {
        ...{ id: 'own', local: true, keyless: true, proxy: 'http://proxy.example/', models: 2 },
        keys: [
          { name: 'a', reference: 'literal', available: true, hint: '1234', weight: 2, models: ['*'] },
          { name: 'key-2', reference: 'env:NOWHERE', available: false, hint: null, models: ['one'] },
          { name: 'short', reference: 'literal', available: true, hint: null },
        ],
      },
      { id: 'box', kind: 'ollama', base_url: 'http://127.0.0.1:11434', keyless: true, local: true, keys: [] },
      { id: 'demo', kind: 'demo', keys: [], models: 3, origin: { source: 'default', where: null } },
    ]);
    expect(list[0]?.models).toBeGreaterThan(10);
    expect(list[1]?.keys[1]?.reason).toContain('NOWHERE');
    expect(JSON.stringify(list)).not.toContain(key);
    expect(JSON.stringify(list)).not.toContain('password');
  });
});

describe('a provider that is added', () => {
  it('is in the file with a reference, its key in the box, and both are in force', async () => {
    const file = await open('# ours\nversion: 1\nlisten: { port: 0 } # free\n');
    const entry = await add(file, 'openai', { key });
    expect(entry).toMatchObject({
      ...{ id: 'openai', base_url: 'https://api.openai.com/v1' },
      keys: [{ name: 'main', reference: 'secret:openai', available: true, hint: '1234' }],
    });
    expect(file.text()).toBe(
      '# ours\nversion: 1\nlisten: { port: 0 } # free\n\nproviders:\n  - id: openai\n    kind: openai\n    keys: [{ name: main, value: secret:openai }]\n'.replace(
        '[{ name: main, value: secret:openai }]',
        '[ { name: main, value: secret:openai } ]',
      ),
    );
    expect(await file.secret('openai')).toBe(key);
    expect(sent(file, 'openai')).toBe(key);
    // Neither in the clear on disk nor in what was written before.
    for (const name of readdirSync(file.directory, { recursive: true, withFileTypes: true }))
      if (name.isFile()) expect(readFileSync(join(name.parentPath, name.name), 'latin1')).not.toContain(key);
  });

  it('is named after its kind, numbered where that is taken, and never takes over a secret', async () => {
    const file = await open(
      'version: 1\nproviders:\n  # first\n  - { id: openai, kind: openai, keys: [{ value: "secret:openai" }] }\n',
    );
    await file.store.setSecret('openai-2', new Secret(otherKey));
    const entry = await add(file, 'openai', { key });
    expect(entry).toMatchObject({ id: 'openai-2', keys: [{ reference: 'secret:openai-3' }] });
    expect(await file.secret('openai-2')).toBe(otherKey);
    expect(await file.secret('openai-3')).toBe(key);
    expect(await file.secret('openai')).toBeUndefined();
    expect(file.text()).toContain('# first\n  - { id: openai,');
  });

  it('may be added several times at once', async () => {
    const file = await open();
    const entries = await Promise.all(
      Array.from({ length: 4 }, (_, index) => add(file, 'groq', { key: `${key}-${index}` })),
    );
    expect(entries.map(({ id }) => id)).toEqual(['groq', 'groq-2', 'groq-3', 'groq-4']);
    for (const [index, { id }] of entries.entries()) expect(sent(file, id)).toBe(`${key}-${index}`);
  });

  it('needs no key where it runs on this machine, and no address that it has anyway', async () => {
    const file = await open();
    expect(await add(file, 'ollama', { baseUrl: 'http://127.0.0.1:11434/' })).toMatchObject({ id: 'ollama', keys: [] });
    expect(await add(file, 'lmstudio', { baseUrl: 'http://127.0.0.1:5555/v1' })).toMatchObject({
      base_url: 'http://127.0.0.1:5555/v1',
    });
    expect(await add(file, 'llamacpp')).toMatchObject({ id: 'llamacpp', local: true });
    expect(file.text()).not.toContain('11434');
  });

  it.each<[string, ProviderKind, { id?: string; baseUrl?: string; key?: string }, RegExp]>([
    ['whose name is taken', 'openai', { id: 'own' }, /^control.refused: There is a provider "own" already/],
    ['whose name is none', 'openai', { id: 'a b' }, /^control.invalid_input/],
    ['that is called as the built-in one', 'openai', { id: 'demo' }, /^control.refused/],
    ['that is the built-in one', 'demo', {}, /^control.refused/],
    ['that needs a region', 'bedrock', {}, /^control.refused: AWS Bedrock needs more/],
    ['that needs an address', 'openai-compatible', {}, /^control.invalid_input: OpenAI-compatible needs an address/],
    ['with what is no address', 'openai-compatible', { baseUrl: 'file:///etc/passwd' }, /^control.invalid_input/],
    [
      'at an address that is never called',
      'openai-compatible',
      { baseUrl: 'http://169.254.169.254/v1' },
      /^config.invalid/,
    ],
    ['with a key that is none', 'groq', { key: 'your-api-key' }, /^control.invalid_input: Not stored/],
  ])('%s is refused, and file and box are as they were', async (_, kind, more, words) => {
    const text = 'version: 1\nproviders: [{ id: own, kind: ollama }]\n';
    const file = await open(text);
    expect(await refusalOf(add(file, kind, { key, ...more }))).toMatch(words);
    expect(file.text()).toBe(text);
    expect((await file.store.listSecrets()).secrets).toEqual([]);
  });

  it('to a file with problems leaves no secret behind', async () => {
    const file = await open();
    file.write('version: 1\nproviders: oops\n');
    expect(await refusalOf(add(file, 'openai', { key }))).toMatch(/^config.invalid/);
    expect((await file.store.listSecrets()).secrets).toEqual([]);
  });
});

describe('a key that is entered', () => {
  it('replaces the one in the box, and the file stays as it is', async () => {
    const file = await open();
    await add(file, 'openai', { key });
    const before = file.text();
    const entry = await file.store.providers.setKey('openai', undefined, new Secret(otherKey));
    expect(entry.keys).toMatchObject([{ reference: 'secret:openai', hint: '5678' }]);
    expect(file.text()).toBe(before);
    expect(await file.secret('openai')).toBe(otherKey);
    expect(sent(file, 'openai')).toBe(otherKey);
  });

  it('takes the place of a reference or of one written out, whose line alone changes', async () => {
    const text = `version: 1
providers:
  - id: own   # mine
    kind: openai-compatible
    base_url: https://llm.example.com
    keys:
      - { name: a,   value: "${key}" }   # old
      - { name: b, value: "env:B" }
`;
    const file = await open(text, { B: otherKey });
    await file.store.providers.setKey('own', undefined, new Secret(`${key}-new`));
    expect(file.text()).toBe(text.replace(`"${key}"`, '"secret:own"'));
    await file.store.providers.setKey('own', 'b', new Secret(`${otherKey}-new`));
    expect(file.text()).toContain('{ name: b, value: "secret:own-2" }');
    expect([sent(file, 'own', 0), sent(file, 'own', 1)]).toEqual([`${key}-new`, `${otherKey}-new`]);
  });

  it('is the first of a provider that had none, and a further one under a new name', async () => {
    const file = await open('version: 1\nproviders:\n  - id: openai\n    kind: openai\n');
    await file.store.providers.setKey('openai', undefined, new Secret(key));
    const { keys } = await file.store.providers.setKey('openai', 'spare', new Secret(otherKey));
    expect(keys).toMatchObject([
      { name: 'main', reference: 'secret:openai' },
      { name: 'spare', reference: 'secret:openai-2' },
    ]);
    expect(sent(file, 'openai', 1)).toBe(otherKey);
  });

  it('does not change the key of another that shares the secret', async () => {
    const file = await open(
      'version: 1\nproviders:\n  - { id: a, kind: openai, keys: [{ value: "secret:both" }] }\n  - { id: b, kind: openai, keys: [{ value: "secret:both" }] }\n',
    );
    await file.store.setSecret('both', new Secret(key));
    await file.store.providers.setKey('a', undefined, new Secret(otherKey));
    expect([sent(file, 'a'), sent(file, 'b')]).toEqual([otherKey, key]);
    expect(await file.secret('both')).toBe(key);
  });

  it('is refused where nothing could be done with it', async () => {
    const file = await open(
      'version: 1\nproviders:\n  - { id: aws, kind: bedrock, region: eu-west-1, keys: [{ name: m, access_key_id: "env:A", secret_access_key: "env:B" }] }\n',
    );
    const setKey = (id: string) => refusalOf(file.store.providers.setKey(id, undefined, new Secret(key)));
    expect(await setKey('aws')).toMatch(/^control.refused: Key "m" of provider "aws" is no single value/);
    expect(await setKey('awz')).toMatch(/^control.not_found: There is no provider "awz". Is it aws\?/);
    expect(await setKey('demo')).toMatch(/^control.refused/);
    expect((await file.store.listSecrets()).secrets).toEqual([]);
  });
});

describe('a key that is in the environment or a file', () => {
  const text = (reference: string): string =>
    `version: 1\n# Ours.\nproviders:\n  - { id: openai, kind: openai, keys: [{ name: ide, value: "${reference}" }] } # paid\n`;

  it('goes into the box, and the file refers to that', async () => {
    const file = await open(text('env:MY_KEY'), { MY_KEY: key });
    const entry = await file.store.providers.keepKey('openai', 'ide');
    expect(entry.keys).toMatchObject([{ name: 'ide', reference: 'secret:openai', available: true }]);
    expect(file.text()).toBe(text('secret:openai'));
    expect(await file.secret('openai')).toBe(key);
    expect(sent(file, 'openai')).toBe(key);
    expect(await refusalOf(file.store.providers.keepKey('openai', 'ide'))).toContain(
      'is not in the environment or a file',
    );
  });

  it('is left where it was', async () => {
    const file = await open();
    const path = join(file.directory, 'key.txt');
    writeFileSync(path, `${key}\n`, { mode: 0o600 });
    file.write(text(`file:${path}`));
    await file.store.providers.keepKey('openai', undefined);
    expect(await file.secret('openai')).toBe(key);
    expect(readFileSync(path, 'utf8')).toBe(`${key}\n`);
  });

  it('goes in as well where no key is written out', async () => {
    const file = await open('version: 1\nproviders:\n  - { id: openai, kind: openai }\n', { OPENAI_API_KEY: key });
    const { keys } = await file.store.providers.keepKey('openai', 'default');
    expect(keys).toMatchObject([{ name: 'main', reference: 'secret:openai', available: true }]);
    expect(sent(file, 'openai')).toBe(key);
  });

  it('that cannot be had changes nothing', async () => {
    const file = await open(text('env:MY_KEY'));
    expect(await refusalOf(file.store.providers.keepKey('openai', undefined))).toMatch(
      /^control.refused: There is nothing to take: environment variable MY_KEY is not set/,
    );
    expect(await refusalOf(file.store.providers.keepKey('openai', 'other'))).toContain('has no such key');
    expect(await refusalOf(file.store.providers.keepKey('other', undefined))).toMatch(/^control.not_found/);
    expect(file.text()).toBe(text('env:MY_KEY'));
    expect((await file.store.listSecrets()).secrets).toEqual([]);
  });
});

describe('a provider that moves', () => {
  it('takes its key to another origin only when that is confirmed', async () => {
    const file = await open();
    await add(file, 'openai', { key });
    const before = file.text();
    const move = (confirmed: boolean) =>
      file.store.providers.move('openai', 'https://proxy.example/openai/v1', confirmed);
    const refused = await refusalOf(move(false));
    expect(refused).toMatch(/^control.refused: .*https:\/\/api.openai.com .*https:\/\/proxy.example/);
    expect(file.text()).toBe(before);
    expect(await move(true)).toMatchObject({
      base_url: 'https://proxy.example/openai/v1',
      keys: [{ available: true }],
    });
    expect(file.text()).toContain('base_url: https://proxy.example/openai/v1');
  });

  it.each([
    ['a variable', '{ id: p, kind: openai, keys: [{ value: "env:OPENAI_API_KEY" }] }', 'env:OPENAI_API_KEY'],
    ['a file', '{ id: p, kind: openai, keys: [{ value: "file:/run/key" }] }', 'file:/run/key'],
    ['the Google account', '{ id: p, kind: vertex, project: x }', 'Google account'],
  ])('never takes what %s holds to another origin, confirmed or not', async (_, provider, named) => {
    const file = await open(`version: 1\nproviders:\n  - ${provider}\n`);
    const before = file.text();
    const refused = await refusalOf(file.store.providers.move('p', 'https://proxy.example/v1', true));
    expect(refused).toMatch(/^control.refused: /);
    expect(refused).toContain(named);
    expect(file.text()).toBe(before);
  });

  it('within an origin, or without a key, needs no confirmation', async () => {
    const file = await open();
    await add(file, 'openai-compatible', { id: 'own', baseUrl: 'https://llm.example.com/v1', key });
    expect(await file.store.providers.move('own', 'https://llm.example.com/v2', false)).toMatchObject({
      base_url: 'https://llm.example.com/v2',
    });
    await add(file, 'ollama');
    expect(await file.store.providers.move('ollama', 'http://127.0.0.1:9999', false)).toMatchObject({
      base_url: 'http://127.0.0.1:9999',
    });
    await file.store.providers.move('ollama', 'http://127.0.0.1:11434', false);
    expect(file.text()).not.toContain('11434');
  });

  it('never becomes one at no address, or at one that is never called', async () => {
    const file = await open();
    await add(file, 'openai', { key });
    const move = (to: string) => refusalOf(file.store.providers.move('openai', to, true));
    expect(await move('javascript:alert(1)')).toMatch(/^control.invalid_input/);
    expect(await move('http://169.254.169.254')).toMatch(/^config.invalid/);
    expect(await refusalOf(file.store.providers.move('demo', 'https://a.example', true))).toMatch(/^control.refused/);
    expect(sent(file, 'openai')).toBe(key);
  });
});

describe('a provider that is removed', () => {
  it('is gone from the file, with its secrets and nothing else', async () => {
    const file = await open('version: 1\n# all of them\nproviders:\n  - { id: box, kind: ollama } # here\n');
    const before = file.text();
    await add(file, 'openai', { key });
    expect(await file.store.providers.remove('openai')).toEqual({ id: 'openai', secrets: ['openai'] });
    expect(file.text()).toBe(before);
    expect(await file.secret('openai')).toBeUndefined();
    expect(file.store.snapshot.providers.has('openai')).toBe(false);
  });

  it('leaves a secret that something else refers to, and those of others', async () => {
    const file = await open(
      'version: 1\nproviders:\n  - { id: a, kind: openai, keys: [{ value: "secret:both" }, { value: "secret:own" }] }\n  - { id: b, kind: openai, keys: [{ value: "secret:both" }] }\n',
    );
    for (const id of ['both', 'own', 'else']) await file.store.setSecret(id, new Secret(`${key}-${id}`));
    expect(await file.store.providers.remove('a')).toEqual({ id: 'a', secrets: ['own'] });
    expect((await file.store.listSecrets()).secrets.map(({ id }) => id)).toEqual(['both', 'else']);
  });

  it('is refused while something needs it, which is said', async () => {
    const file = await open(`version: 1
providers: [{ id: openai, kind: openai }, { id: groq, kind: groq }]
routes:
  - { alias: smart, targets: [openai/gpt-5, demo/echo] }
pricing:
  - { model: openai/gpt-5, input: "1", output: "2" }
budgets: [{ id: cap, scope: provider, match: openai, limit_usd: "5", period: day }]
masking: { exclude: { providers: [groq] } }
use_model: openai/gpt-5
`);
    expect(await refusalOf(file.store.providers.remove('openai'))).toBe(
      'control.refused: Provider "openai" is needed by route "smart", the model that is chosen for everything, the price of "openai/gpt-5", limit "cap". Change that first, then remove it.',
    );
    expect(await refusalOf(file.store.providers.remove('groq'))).toMatch(/needed by masking/);
    expect(await refusalOf(file.store.providers.remove('demo'))).toMatch(/^control.refused/);
    expect(await refusalOf(file.store.providers.remove('nobody'))).toMatch(/^control.not_found/);
    expect(file.store.snapshot.providers.has('openai')).toBe(true);
  });
});
