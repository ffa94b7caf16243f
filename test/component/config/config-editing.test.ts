// Reading and changing a real config file as the window does: what is shown, what may be changed, and what never comes out.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConfigStore } from '../../../main/config/store.ts';
import { configCalls, type ConfigEdit } from '../../../shared/contract/config.ts';
import { errorOf, openFile, refusalOf, type ConfigFile } from './support.ts';

const literal = `sk-${'written-out-in-the-file'}`;
const password = `pass${'word-of-the-proxy'}`;

const sample = `version: 1
# where we go
providers:
  - id: openai   # paid
    kind: openai
    keys: [{ name: main, value: "env:OPENAI" }]
    proxy: "http://ann:${password}@proxy.example:3128"
  - id: own
    kind: openai-compatible
    base_url: https://llm.example.com/v1
    keys:
      - name: first
        value: ${literal}
      - { name: second, value: "file:/run/secrets/nowhere" }
    headers: { x-team: core, x-token: ${literal}-2 }
routes:
  - alias: smart   # for all
    targets: [demo/echo]
virtual_keys:
  - { id: ann, value: "${literal}-3" }
masking:
  enabled:   true   # yes
  terms_files: [terms.txt]
listen: { port: 0 }
store: { ledger: "sqlite:" }
telemetry: { otlp_endpoint: "https://user:${password}@otel.example/v1?key=${password}" }
`;

let opened: ConfigFile | undefined;

afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

async function open(text = sample, environment: Record<string, string> = {}): Promise<ConfigFile> {
  opened = await openFile(text, { OPENAI: `sk-${'openai-key-from-the-shell'}`, ...environment });
  return opened;
}

/** With the list of terms that the sample names. */
async function openSample(): Promise<ConfigFile> {
  const file = await openFile('version: 1\n', { OPENAI: `sk-${'openai-key-from-the-shell'}` });
  opened = file;
  writeFileSync(join(file.directory, 'terms.txt'), 'Falcon\n');
  file.write(sample);
  await file.store.editing.read();
  expect(file.store.state().problems).toEqual([]);
  return file;
}

const change = (file: ConfigFile, edits: ConfigEdit[], more: { revision?: string; dry_run?: boolean } = {}) =>
  file.store.editing.change(configCalls['config.change'].input.parse({ edits, ...more }));
const set = (path: ConfigEdit['path'], value: unknown): ConfigEdit => ({ op: 'set', path, value });

describe('reading', () => {
  it('gives what runs with defaults, and says of each value in the file where it stands', async () => {
    const { store } = await openSample();
    const { config, origins } = configCalls['config.read'].output.parse(await store.editing.read());
    expect(config).toMatchObject({
      masking: { enabled: true, restore: true, terms_files: ['terms.txt'] },
      routes: [{ alias: 'smart', strategy: 'fallback', targets: ['demo/echo'] }],
      logging: { content: 'metadata' },
      listen: { host: '127.0.0.1', port: 0 },
    });
    expect(Object.keys(config)).not.toContain('virtual_keys');
    const at = (line: number) => ({ source: 'you', where: `sluice.yaml, line ${line}`, locked: false, reason: null });
    expect(origins['/masking/enabled']).toEqual(at(22));
    expect(origins['/providers/1/keys/0/value']).toEqual(at(13));
    expect(origins['/routes/0/targets/0']).toEqual(at(18));
    expect(origins['/masking/restore']).toBeUndefined();
    expect(origins['/logging']).toBeUndefined();
  });

  it('shows no secret: references as they are, what is written out as a word, addresses without their credentials', async () => {
    const { store } = await openSample();
    const read = await store.editing.read();
    const text = JSON.stringify(read);
    expect(text).not.toContain(literal);
    expect(text).not.toContain(password);
    expect(read.config).toMatchObject({
      providers: [
        { keys: [{ value: 'env:OPENAI' }], proxy: 'http://proxy.example:3128/' },
        {
          keys: [{ value: 'literal' }, { value: 'file:/run/secrets/nowhere' }],
          headers: { 'x-team': 'core', 'x-token': 'literal' },
        },
      ],
      telemetry: { otlp_endpoint: 'https://otel.example/v1' },
    });
    // What runs is not what is shown.
    expect(store.config.providers[1]?.keys?.[0]?.value).toBe(literal);
  });

  it('is of the file as it is now', async () => {
    const file = await open('version: 1\nrate_limits: []\n');
    const first = await file.store.editing.read();
    file.write('version: 1\n\nlogging: { content: full }\n');
    const second = await file.store.editing.read();
    expect(second.revision).not.toBe(first.revision);
    expect(second.config).toMatchObject({ logging: { content: 'full' } });
    expect(second.origins['/logging']?.where).toBe('sluice.yaml, line 3');
    expect(file.applied.at(-1)?.recording).toBe('full');
  });

  it('gives what still runs while the file has problems', async () => {
    const file = await open('version: 1\nlogging: { content: full }\n');
    file.write('version: 1\nlogging: { content: everything }\n');
    const { config, revision } = await file.store.editing.read();
    expect(config).toMatchObject({ logging: { content: 'full' } });
    expect(file.store.state().problems).toHaveLength(1);
    expect(await refusalOf(change(file, [set(['masking', 'enabled'], true)], { revision }))).toMatch(/^config.invalid/);
  });
});

describe('a change', () => {
  it('is in the file, with every other byte as it was, and in force', async () => {
    const file = await openSample();
    const { revision } = await file.store.editing.read();
    const made = configCalls['config.change'].output.parse(
      await change(file, [set(['masking', 'enabled'], false), set(['routes', 0, 'alias'], 'best')], { revision }),
    );
    const expected = sample.replace('enabled:   true', 'enabled:   false').replace('alias: smart', 'alias: best');
    expect(file.text()).toBe(expected);
    expect(readFileSync(`${file.file}.bak`, 'utf8')).toBe(sample);
    expect(file.store.snapshot.masking).toBeUndefined();
    expect(file.store.snapshot.routes[0]?.alias).toBe('best');
    expect(made.diff).toBe(
      '@@ -17 +17 @@\n-  - alias: smart   # for all\n+  - alias: best   # for all\n' +
        '@@ -22 +22 @@\n-  enabled:   true   # yes\n+  enabled:   false   # yes\n',
    );
    expect(made.revision).toBe((await file.store.editing.read()).revision);
    expect(made.revision).not.toBe(revision);
  });

  it('that is tried only says what it would do', async () => {
    const file = await openSample();
    const before = file.store.snapshot.id;
    const { revision } = await file.store.editing.read();
    const tried = await change(file, [set(['masking', 'enabled'], false)], { dry_run: true });
    expect(tried.diff).toContain('+  enabled:   false');
    expect(tried.revision).toBe(revision);
    expect(file.text()).toBe(sample);
    expect(file.store.snapshot.id).toBe(before);
  });

  it('of something else than was looked at is refused, and nothing is written', async () => {
    const file = await open('version: 1\nmasking: { enabled: true }\n');
    const { revision } = await file.store.editing.read();
    file.write('version: 1\nmasking: { enabled: true } # mine\n');
    const refused = await refusalOf(change(file, [set(['masking', 'enabled'], false)], { revision }));
    expect(refused).toMatch(/^control.refused: The config file was changed meanwhile/);
    expect(file.text()).toBe('version: 1\nmasking: { enabled: true } # mine\n');
  });

  it('without a revision is made on what the file holds then, whoever else writes at the same time', async () => {
    const file = await open('version: 1\nmasking:\n  terms: [] # ours\n');
    const others = await Promise.all([file.another(), file.another()]);
    const stores = [file.store, ...others];
    const addTo = (store: ConfigStore, index: number) =>
      store.editing.change({
        edits: [{ op: 'insert', path: ['masking', 'terms', 0], value: `term-${index}` }],
        dry_run: false,
      });
    await Promise.all(Array.from({ length: 12 }, (_, index) => addTo(stores[index % 3] ?? file.store, index)));
    const { config } = await file.store.editing.read();
    const { terms } = config['masking'] as { terms: string[] };
    expect([...terms].sort()).toEqual(Array.from({ length: 12 }, (_, index) => `term-${index}`).sort());
    expect(file.text()).toContain('# ours');
  });

  it('that is no config is refused with each problem and its path', async () => {
    const file = await openSample();
    const error = await errorOf(
      change(file, [set(['routes', 0, 'targets'], ['opnai/x']), set(['masking', 'time_budget_ms'], 'long')]),
    );
    expect(error.code).toBe('config.invalid');
    expect(error.details).toMatchObject({ problems: [{ path: 'masking.time_budget_ms', line: 24 }] });
    const second = await errorOf(change(file, [set(['routes', 0, 'targets'], ['opnai/x'])]));
    expect(second.details).toMatchObject({ problems: [{ path: 'routes[0].targets[0]' }] });
    expect(second.message).toContain('opnai');
    expect(file.text()).toBe(sample);
  });

  it('that changes nothing writes nothing', async () => {
    const file = await openSample();
    const made = await change(file, [set(['masking', 'enabled'], true)]);
    expect(made.diff).toBe('');
    expect(file.text()).toBe(sample);
  });

  it('never tells a secret that stands in a line it changes', async () => {
    const file = await open(`version: 1
providers:
  - { id: own, kind: openai-compatible, base_url: https://llm.example.com, keys: [{ value: "${literal}" }], proxy: direct }
`);
    const made = await change(file, [set(['providers', 0, 'proxy'], 'system')]);
    expect(made.diff).toContain('proxy: system');
    expect(made.diff).not.toContain(literal);
    expect(file.text()).toContain(literal);
  });
});

describe('what only the file may say', () => {
  const provider = (more: object) => ({
    id: 'new',
    kind: 'openai-compatible',
    base_url: 'https://new.example',
    ...more,
  });
  const add = (more: object): ConfigEdit => ({ op: 'insert', path: ['providers', 2], value: provider(more) });

  it.each<[string, ConfigEdit[], RegExp]>([
    ['who reaches this machine', [set(['listen', 'port'], 1)], /"listen" is changed in the config file/],
    ['virtual keys', [set(['virtual_keys'], [])], /"virtual_keys" is changed in the config file/],
    ['where the ledger is', [set(['store', 'ledger'], 'sqlite:')], /"store" is changed/],
    ['the version', [set(['version'], 2)], /"version" is changed/],
    ['a name that is none', [set(['__proto__', 'x'], 1)], /"__proto__"/],
    ['a list of terms', [set(['masking', 'terms_files'], ['/etc/passwd'])], /masking.terms_files names files/],
    ['a .env file', [set(['masking', 'env_files', 0], '/home/ann/.env')], /masking.env_files names files/],
    ['a key from a file', [set(['providers', 0, 'keys', 0, 'value'], 'file:/etc/shadow')], /come from a file/],
    ['a key written out', [set(['providers', 0, 'keys', 0, 'value'], literal.slice(0, -1))], /is written out/],
    ['the word that stands for one', [set(['providers', 0, 'keys', 0, 'value'], 'literal')], /is written out/],
    ['a new provider with a key written out', [add({ keys: [{ value: `sk-${'something-else'}` }] })], /is written out/],
    [
      'a key of the box that was entered elsewhere',
      [add({ keys: [{ value: 'secret:any' }] })],
      /is no key of provider "new"/,
    ],
    [
      'a key that goes elsewhere',
      [set(['providers', 0, 'base_url'], 'https://evil.example')],
      /belongs to https:\/\/api.openai.com/,
    ],
    [
      'one written out that goes elsewhere',
      [set(['providers', 1, 'base_url'], 'https://evil.example')],
      /belongs to https:\/\/llm.example.com/,
    ],
    ['a kind that is called elsewhere', [set(['providers', 0, 'kind'], 'groq')], /api.groq.com/],
    [
      'a variable in use for another address',
      [add({ keys: [{ value: 'env:OPENAI' }] })],
      /belongs to https:\/\/api.openai.com/,
    ],
    [
      'a variable that holds something else',
      [{ op: 'insert', path: ['providers', 0, 'keys', 1], value: { value: 'env:HOME' } }],
      /only the config file may say/,
    ],
    [
      "a variable for an address of one's own",
      [add({ base_url: 'https://evil.example', keys: [{ value: 'env:GROQ_API_KEY' }] })],
      /only the config file may say/,
    ],
    ['a header that is a secret', [add({ headers: { 'x-secret': 'abc' } })], /is written out/],
    [
      'a proxy with a password',
      [set(['providers', 0, 'proxy'], 'http://ann:other@proxy.example:3128')],
      /proxy has credentials/,
    ],
    [
      'the Google account for any address',
      [add({ kind: 'vertex', project: 'p', base_url: 'https://evil.example' })],
      /Google account/,
    ],
  ])('%s is refused, and nothing is written', async (_, edits, words) => {
    const file = await openSample();
    const refused = await refusalOf(change(file, edits));
    expect(refused).toMatch(/^control.refused: /);
    expect(refused).toMatch(words);
    expect(refused).not.toContain(literal);
    expect(file.text()).toBe(sample);
  });

  it('is a proxy that reads the key of a provider without encryption', async () => {
    const plain =
      'version: 1\nproviders:\n  - { id: lan, kind: openai-compatible, base_url: "http://10.0.0.9/v1", keys: [{ value: "env:LAN_KEY" }] }\n';
    const file = await open(plain, { LAN_KEY: 'a-key-of-the-network' });
    const proxy = 'http://10.0.0.66:3128';
    expect(await refusalOf(change(file, [set(['providers', 0, 'proxy'], proxy)]))).toMatch(
      /^control.refused: .*10.0.0.66/,
    );
    const second = {
      id: 'two',
      kind: 'openai-compatible',
      base_url: 'http://10.0.0.9/v1',
      proxy,
      keys: [{ value: 'env:LAN_KEY' }],
    };
    expect(await refusalOf(change(file, [{ op: 'insert', path: ['providers', 1], value: second }]))).toMatch(
      /10.0.0.66/,
    );
    expect(file.text()).toBe(plain);
    // One that is there may stay, and may go.
    file.write(plain.replace('keys:', `proxy: "${proxy}", keys:`));
    await change(file, [set(['masking', 'terms'], ['x'])]);
    await change(file, [{ op: 'remove', path: ['providers', 0, 'proxy'] }]);
    expect(file.store.snapshot.providers.get('lan')?.proxy).toEqual({ kind: 'system' });
  });

  it('may stay where it was while the rest is changed', async () => {
    const file = await openSample();
    await change(file, [
      set(['providers', 1, 'keys', 0, 'weight'], 3),
      { op: 'move', path: ['providers', 1], to: 0 },
      set(['masking', 'terms'], ['x']),
      { op: 'remove', path: ['masking', 'terms_files', 0] },
    ]);
    expect(file.store.config.providers.map(({ id }) => id)).toEqual(['own', 'openai']);
    expect(file.store.config.masking.terms_files).toEqual([]);
  });

  it('is not a further variable in which people keep keys of this vendor, nor a provider without a key', async () => {
    const file = await openSample();
    await change(file, [
      { op: 'insert', path: ['providers', 0, 'keys', 1], value: { name: 'spare', value: 'env:OPENAI_API_KEY' } },
      { op: 'insert', path: ['providers', 2], value: provider({}) },
      set(['providers', 2, 'base_url'], 'https://moved.example'),
    ]);
    expect(file.store.snapshot.providers.get('new')?.baseUrl).toBe('https://moved.example');
    expect(file.text()).toContain('{ name: spare, value: env:OPENAI_API_KEY }');
  });
});
