import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../main/config/problems.ts';
import { openConfigStore, type ConfigStore, type ConfigStoreOptions } from '../../../main/config/store.ts';
import type { Snapshot } from '../../../main/gateway/ports.ts';
import type { Host } from '../../../main/host/host.ts';
import { createNodeHost } from '../../../main/host/node-host.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import { Secret } from '../../../main/kit/secret.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';

let directory: string;
let file: string;
let host: Host;
let environment: Record<string, string | undefined>;
let applied: Snapshot[];
let logged: string[];
let secretsSeen: string[];
const open: ConfigStore[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-config-'));
  file = join(directory, 'sluice.yaml');
  environment = {};
  host = await createNodeHost({ dataDir: directory, environment });
  applied = [];
  logged = [];
  secretsSeen = [];
});

afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function start(more: Partial<ConfigStoreOptions> = {}): Promise<ConfigStore> {
  const write = (message: string, fields?: unknown): void => {
    logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  };
  const store = await openConfigStore({
    file,
    host,
    clock: systemClock,
    log: { debug: write, info: write, warn: write, error: write },
    watching: true,
    onSnapshot: (snapshot, secrets) => {
      applied.push(snapshot);
      secretsSeen = secrets.map((secret) => secret.reveal());
    },
    ...more,
  });
  open.push(store);
  return store;
}

/** Waits until something holds; fails with what it was when it never does. */
async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`never came: ${what}\n${logged.join('\n')}`);
}

/** Waits until the first look of the watch is over, so that what follows is seen as a change. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 500));
}

/** Of the routes in the file; those that are there without one follow. */
const aliases = (store: ConfigStore): string[] => ownAliases(store.snapshot);
const ownAliases = ({ routes }: Snapshot): string[] =>
  routes.filter((route) => route.origin !== 'built in').map((route) => route.alias);

/** A config with one route of this name. */
function withRoute(alias: string, more = ''): string {
  return `# mine\nversion: 1\nroutes:\n  - { alias: ${alias}, targets: [demo/echo] } # the only one\n${more}`;
}

describe('the first start', () => {
  it('writes a commented file for its owner alone, and mints the key "default", shown once', async () => {
    file = join(directory, 'deeper', 'sluice.yaml');
    const store = await start();
    const key = store.firstKey?.reveal() ?? '';
    expect(key).toMatch(/^sk-sluice-default-/);
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain(key);
    expect(text.split('\n').filter((line) => /^\s*#/.test(line)).length).toBeGreaterThan(8);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'deeper')).mode & 0o777).toBe(0o700);
    expect(store.snapshot.keys.find(key)?.id).toBe('default');
    expect(store.snapshot.providers.has('demo')).toBe(true);
    expect(store.state()).toMatchObject({ file, problems: [], warnings: [] });
  });

  it('happens once', async () => {
    const first = await start();
    const second = await start();
    expect(second.firstKey).toBeUndefined();
    expect(second.snapshot.id).toBe(first.snapshot.id);
  });

  it('of two at the same moment makes one file and one key', async () => {
    const stores = await Promise.all([start(), start(), start()]);
    const keys = stores.flatMap((store) => store.firstKey?.reveal() ?? []);
    expect(keys).toHaveLength(1);
    for (const store of stores) expect(store.snapshot.keys.find(keys[0] ?? '')?.id).toBe('default');
  });

  it('with the examples of the comments switched on is a good config', async () => {
    await start({ watching: false });
    const lines = readFileSync(file, 'utf8').split('\n');
    const on = lines.map((line) => line.replace(/^# (?=providers:|routes:| {2})/, '')).join('\n');
    const store = await start({ watching: false });
    expect(on).not.toBe(lines.join('\n'));
    expect(store.validate(on, 'sluice.yaml')).toEqual({ problems: [], warnings: [] });
  });
});

describe('a start', () => {
  it('on a broken file fails with every problem and leaves the file alone', async () => {
    const text =
      'version: 1\nroutes: [{ alias: a, strategy: single, targets: [opnai/x, demo/echo] }]\nlisten: { host: 0.0.0.0 }\n';
    writeFileSync(file, text);
    const error = await start().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems.map((problem) => `${problem.line}:${problem.path}`)).toEqual([
      '2:routes[0].targets',
      '2:routes[0].targets[0]',
      '3:listen.host',
    ]);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(readdirSync(directory)).not.toContain('sluice.yaml.bak');
  });

  it('fails on a secret that is empty or a placeholder (SEC-14)', async () => {
    environment['A'] = 'changeme';
    writeFileSync(file, 'version: 1\nproviders:\n  - { id: a, kind: openai, keys: [{ value: "env:A" }] }\n');
    await expect(start()).rejects.toThrow('sluice.yaml:3:44: environment variable A is a placeholder, not a secret.');
  });

  it('goes on without a secret that is not there, and says so', async () => {
    writeFileSync(
      file,
      'version: 1\nproviders:\n  - { id: a, kind: openai, keys: [{ name: main, value: "env:A" }] }\n',
    );
    const store = await start();
    expect(await store.credentials()).toEqual([
      {
        provider: 'a',
        kind: 'openai',
        name: 'main',
        available: false,
        reason: 'environment variable A is not set; set it and start again',
      },
      { provider: 'demo', kind: 'demo', name: 'default', available: true, reason: null },
    ]);
    expect(store.state().warnings.map((warning) => warning.line)).toEqual([3]);
  });

  it('brings an older file to the current format and keeps it as .bak', async () => {
    const old = '# mine\nversion: 0\nkeys: # people\n  - { id: a, value: "env:A" }\n';
    writeFileSync(file, old);
    environment['A'] = 'a-key-from-the-environment';
    const store = await start();
    expect(readFileSync(file, 'utf8')).toBe(
      '# mine\nversion: 1\nvirtual_keys:\n  # people\n  - { id: a, value: "env:A" }\n',
    );
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe(old);
    expect(store.snapshot.keys.find('a-key-from-the-environment')?.id).toBe('a');
  });

  it('clears what a process killed in the middle of a write left', async () => {
    writeFileSync(file, withRoute('a'));
    writeFileSync(join(directory, '.sluice.yaml.4194305-1.tmp'), 'half');
    await start();
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('a change of the file', () => {
  it('is in force without a restart', async () => {
    writeFileSync(file, withRoute('before'));
    const store = await start();
    const running = store.snapshot;
    writeFileSync(file, withRoute('after'));
    await until('the new route', () => aliases(store).includes('after'));
    expect(applied.map((snapshot) => snapshot.routes[0]?.alias)).toEqual(['before', 'after']);
    expect(store.snapshot.id).not.toBe(running.id);
    // Who started with the snapshot before keeps it whole.
    expect(ownAliases(running)).toEqual(['before']);
  });

  it('is seen again and again', async () => {
    writeFileSync(file, withRoute('r0'));
    const store = await start();
    for (const name of ['r1', 'r2', 'r3']) {
      writeFileSync(file, withRoute(name));
      await until(name, () => aliases(store).includes(name));
    }
  });

  it('is seen when an editor saves by renaming, and when it takes the file away first', async () => {
    writeFileSync(file, withRoute('before'));
    const store = await start();
    await settled();
    for (const name of ['renamed', 'renamed-again']) {
      writeFileSync(`${file}.new`, withRoute(name));
      renameSync(`${file}.new`, file);
      await until(name, () => aliases(store).includes(name));
    }
    renameSync(file, `${file}~`);
    writeFileSync(file, withRoute('rewritten'));
    await until('rewritten', () => aliases(store).includes('rewritten'));
    unlinkSync(file);
    await until('the file is missed', () => store.state().problems.length > 0);
    writeFileSync(file, withRoute('restored'));
    await until('restored', () => aliases(store).includes('restored'));
  });

  it('made right after the start is not missed', async () => {
    writeFileSync(file, withRoute('before'));
    const store = await start();
    writeFileSync(file, withRoute('at-once'));
    await until('at-once', () => aliases(store).includes('at-once'));
  });

  it('in a file that is written to all the time is in force all the same', async () => {
    writeFileSync(file, withRoute('before'));
    const store = await start();
    await settled();
    let count = 0;
    const writer = setInterval(() => {
      count += 1;
      writeFileSync(file, withRoute('busy', `# ${count}\n`));
    }, 50);
    try {
      await until('busy', () => aliases(store).includes('busy'));
    } finally {
      clearInterval(writer);
    }
  });

  it('of comments and layout alone changes nothing but where warnings point', async () => {
    const warned = 'store: { counters: "redis://cache" }\n';
    writeFileSync(file, withRoute('a', warned));
    const store = await start();
    const running = store.snapshot;
    writeFileSync(file, withRoute('a', `# one line\n# more\n${warned}`));
    await until('the warning moves', () => store.state().warnings[0]?.line === 7);
    expect(store.snapshot).toBe(running);
    expect(applied).toHaveLength(1);
  });

  it('of a list of terms or a .env file is in force, wherever the file lies', async () => {
    const lists = join(directory, 'lists');
    mkdirSync(lists);
    writeFileSync(join(lists, 'terms.txt'), 'Falcon\n');
    writeFileSync(
      file,
      withRoute('a', 'masking: { enabled: true, terms_files: [lists/terms.txt], env_files: [.env] }\n'),
    );
    const store = await start();
    await settled();
    const terms = (): string => (store.snapshot.masking?.terms ?? []).map(({ text }) => text).join();
    const values = (): string => (store.snapshot.masking?.exact ?? []).map((one) => one.reveal()).join();
    expect([terms(), values()]).toEqual(['Falcon', '']);
    expect(store.state().warnings.map(({ problem }) => problem)).toEqual([
      '".env" does not exist, so its values are not known to be secret',
    ]);
    writeFileSync(join(lists, 'terms.txt'), 'Falcon\nEagle\n');
    await until('the new term', () => terms() === 'Falcon,Eagle');
    writeFileSync(join(directory, '.env'), 'TOKEN=from-the-file\n');
    await until('the value', () => values() === 'from-the-file');
    expect(store.state().warnings).toEqual([]);
    unlinkSync(join(lists, 'terms.txt'));
    await until('the problem', () => store.state().problems.length > 0);
    expect(store.state().problems[0]).toMatchObject({ problem: '"lists/terms.txt" does not exist' });
    expect(terms()).toBe('Falcon,Eagle');
    expect(logged.join('\n')).not.toContain('from-the-file');
  });

  it('that moves a route to another line is in force, since decisions name the line', async () => {
    writeFileSync(file, withRoute('a'));
    const store = await start();
    const running = store.snapshot;
    expect(running.routes[0]?.origin).toBe('sluice.yaml, line 4');
    writeFileSync(file, `# one line\n${withRoute('a')}`);
    await until('the route moves', () => store.snapshot.routes[0]?.origin === 'sluice.yaml, line 5');
    expect(store.snapshot.id).not.toBe(running.id);
    expect(store.snapshot.keys.count).toBe(running.keys.count);
  });

  it('that breaks it never replaces what runs, is shown with its place, and ends with the next good save', async () => {
    writeFileSync(file, withRoute('good'));
    const store = await start();
    const running = store.snapshot;
    const broken = withRoute('good', 'listen: { prot: 1 }\n');
    writeFileSync(file, broken);
    await until('the problem is shown', () => store.state().problems.length > 0);
    expect(store.state()).toMatchObject({
      snapshot: running.id,
      problems: [
        {
          file,
          line: 5,
          column: 11,
          path: 'listen.prot',
          problem: 'unknown name "prot" in listen',
          mend: 'Did you mean port?',
        },
      ],
    });
    expect(store.snapshot).toBe(running);
    expect(readFileSync(file, 'utf8')).toBe(broken);
    expect(
      logged.some((line) => line.includes('the last good configuration keeps running') && line.includes(':5:11:')),
    ).toBe(true);
    writeFileSync(file, withRoute('better'));
    await until('the good file', () => aliases(store).includes('better'));
    expect(store.state().problems).toEqual([]);
  });

  it('that empties it, or makes it something else entirely, never replaces what runs', async () => {
    writeFileSync(file, withRoute('good'));
    const store = await start();
    await settled();
    for (const text of ['', '\0\0\0', 'version: 1\nroutes: [', 'version: 99\n', 'providers: []\n']) {
      writeFileSync(file, withRoute('good'));
      await until('good again', () => store.state().problems.length === 0);
      writeFileSync(file, text);
      await until('a problem', () => store.state().problems.length > 0);
      expect(aliases(store)).toEqual(['good']);
    }
  });

  it('is not looked at after closing', async () => {
    writeFileSync(file, withRoute('before'));
    const store = await start();
    await settled();
    writeFileSync(file, withRoute('after'));
    await store.close();
    await settled();
    expect(aliases(store)).toEqual(['before']);
  });
});

describe('secrets', () => {
  it('in a file are read again when it is replaced', async () => {
    mkdirSync(join(directory, 'keys'));
    const secret = join(directory, 'keys', 'openai');
    writeFileSync(secret, 'first-secret\n', { mode: 0o600 });
    writeFileSync(file, `version: 1\nproviders:\n  - { id: a, kind: openai, keys: [{ value: "file:${secret}" }] }\n`);
    const store = await start();
    await settled();
    expect(secretsSeen).toContain('first-secret');
    writeFileSync(`${secret}.new`, 'second-secret\n', { mode: 0o600 });
    renameSync(`${secret}.new`, secret);
    await until('the second secret', () => secretsSeen.includes('second-secret'));
    writeFileSync(secret, 'third-secret\n');
    await until('the third secret', () => secretsSeen.includes('third-secret'));
    expect(store.state().problems).toEqual([]);
  });

  it('in a file that the config names only later are watched from then on', async () => {
    const secret = join(directory, 'key.txt');
    writeFileSync(secret, 'first-secret\n', { mode: 0o600 });
    writeFileSync(file, withRoute('a'));
    await start();
    writeFileSync(file, `version: 1\nvirtual_keys:\n  - { id: a, value: "file:${secret}" }\n`);
    await until('the first secret', () => secretsSeen.includes('first-secret'));
    writeFileSync(secret, 'second-secret\n');
    await until('the second secret', () => secretsSeen.includes('second-secret'));
  });

  it('that others can read are refused until the file is private', async () => {
    const secret = join(directory, 'keys.d');
    mkdirSync(secret);
    const path = join(secret, 'openai');
    writeFileSync(path, 'my-secret\n');
    chmodSync(path, 0o644);
    writeFileSync(file, `version: 1\nproviders:\n  - { id: a, kind: openai, keys: [{ value: "file:${path}" }] }\n`);
    const store = await start();
    await settled();
    expect((await store.credentials())[0]?.reason).toContain('chmod 600');
    chmodSync(path, 0o600);
    await until('the secret', () => secretsSeen.includes('my-secret'));
  });

  it('in the box are looked up by name', async () => {
    await host.secrets.set('openai', new Secret('boxed-secret'));
    writeFileSync(file, 'version: 1\nproviders:\n  - { id: a, kind: openai, keys: [{ value: "secret:openai" }] }\n');
    const store = await start();
    expect((await store.credentials())[0]).toMatchObject({ provider: 'a', available: true });
    expect(secretsSeen).toEqual(['boxed-secret']);
  });

  it('in the box are in force, and known to the redactor, when setting and deleting them resolves', async () => {
    writeFileSync(file, 'version: 1\nproviders:\n  - { id: a, kind: openai, keys: [{ value: "secret:openai" }] }\n');
    const store = await start();
    const used_by = [{ provider: 'a', key: 'key-1' }];
    expect((await store.credentials())[0]?.reason).toContain('sluice secrets set openai');
    for (const value of ['first-secret', 'second-secret']) {
      expect(await store.setSecret('openai', new Secret(value))).toEqual({ used_by, in_force: true });
      expect((await store.credentials())[0]).toMatchObject({ available: true });
      expect(secretsSeen).toEqual([value]);
    }
    expect(await store.deleteSecret('openai', false)).toEqual({ found: true, deleted: false, used_by });
    expect(await store.deleteSecret('openai', true)).toEqual({ found: true, deleted: true, used_by });
    expect((await store.credentials())[0]).toMatchObject({ available: false });
    expect(secretsSeen).toEqual([]);
  });

  it('behind a passphrase are in force when it was entered, and known to the redactor', async () => {
    await host.secrets.set('openai', new Secret('boxed-secret'));
    await host.secrets.protect(new Secret('correct horse battery'));
    host = await createNodeHost({ dataDir: directory, environment: {} });
    writeFileSync(file, 'version: 1\nproviders:\n  - { id: a, kind: openai, keys: [{ value: "secret:openai" }] }\n');
    const store = await start();
    expect(secretsSeen).toEqual([]);
    expect(await store.listSecrets()).toMatchObject({
      keyring: { kind: 'passphrase', state: 'locked' },
      secrets: [{ id: 'openai', stored: true, readable: false, reason: expect.stringContaining('locked') as string }],
    });
    expect((await store.credentials())[0]).toMatchObject({ available: false });
    expect(await store.openSecrets((box) => box.unlock(new Secret('correct horse battery')))).toMatchObject({
      keyring: { state: 'open' },
      secrets: [{ id: 'openai', readable: true, reason: null }],
    });
    expect((await store.credentials())[0]).toMatchObject({ available: true });
    expect(secretsSeen).toEqual(['boxed-secret']);
  });

  it('that would stop the next start are not let into the box', async () => {
    writeFileSync(file, 'version: 1\nproviders:\n  - { id: a, kind: openai, keys: [{ value: "secret:openai" }] }\n');
    const store = await start();
    await expect(store.setSecret('openai', new Secret('your-api-key'))).rejects.toThrow(
      'Not stored: the secret is a placeholder',
    );
    expect(await host.secrets.list()).toEqual([]);
  });
});

describe('keys', () => {
  const commented = `# Team gateway
version: 1   # the format

providers:   # upstreams
    - id: local      # a laptop
      kind: ollama

    # the second one
    - {id: cloud, kind: openai-compatible, base_url: "https://llm.example.com/v1"}


routes:
    - alias: 'quoted'   # aligned
      targets: [ local/llama3.1,
                 cloud/big ]

virtual_keys:   # people
    # Ann works here
    - id: ann
      value: 'env:ANN'     # her key

    # Bob left
    - id: bob
      value: env:BOB

# the end
logging: {retention_days: 7}
`;

  beforeEach(() => {
    environment['ANN'] = 'the-key-of-ann-in-full';
    environment['BOB'] = 'the-key-of-bob-in-full';
  });

  it('are made into the file, and every other line stays as it was', async () => {
    writeFileSync(file, commented);
    const store = await start();
    const created = await store.keys.create({ name: 'Carla’s IDE', models: ['gpt-*'] });
    expect(created).toMatchObject({ id: 'carla-s-ide', name: 'Carla’s IDE', allowed_models: ['gpt-*'] });
    expect(store.snapshot.keys.find(created.key)?.id).toBe('carla-s-ide');
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain(created.key);
    const added = text.split('\n').filter((line) => !commented.includes(`${line}\n`));
    expect(added.map((line) => line.trim()).sort()).toEqual([
      '- gpt-*',
      '- id: carla-s-ide',
      'allowed_models:',
      'name: Carla’s IDE',
      expect.stringMatching(/^value: sha256:[0-9a-f]{64}$/) as string,
    ]);
    const kept = text.split('\n').filter((line) => !added.includes(line));
    expect(kept.join('\n')).toBe(commented);
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe(commented);
  });

  it('are revoked from the file with the comment about them, and from what runs at once', async () => {
    writeFileSync(file, commented);
    const store = await start();
    const bob = store.snapshot.keys.find('the-key-of-bob-in-full');
    expect(await store.keys.revoke('bob')).toBe(true);
    expect(store.snapshot.keys.find('the-key-of-bob-in-full')).toBeUndefined();
    expect(bob !== undefined && store.snapshot.keys.isCurrent(bob)).toBe(false);
    expect(applied.at(-1)).toBe(store.snapshot);
    expect(readFileSync(file, 'utf8')).toBe(
      commented.replace('    # Bob left\n    - id: bob\n      value: env:BOB\n\n', ''),
    );
    expect(await store.keys.revoke('bob')).toBe(false);
    expect(await store.keys.revoke('nobody')).toBe(false);
  });

  it('made and revoked again leave the file as it was', async () => {
    writeFileSync(file, commented);
    const store = await start();
    const { id } = await store.keys.create({ name: 'guest' });
    await store.keys.revoke(id);
    expect(readFileSync(file, 'utf8')).toBe(commented);
  });

  it('are listed without their secrets', async () => {
    writeFileSync(
      file,
      `version: 1\nvirtual_keys:\n  - { id: a, name: Ann, value: "env:ANN", expires_at: 2027-01-01T00:00:00Z, metadata: { team: core } }\n`,
    );
    const store = await start();
    const everything = { allowed_models: ['*'], allowed_providers: ['*'], allowed_surfaces: ['*'] };
    const nothing = { denied_models: [], denied_providers: [], denied_surfaces: [], allowed_origins: [], budgets: [] };
    expect(store.keys.list()).toEqual([
      {
        ...{ id: 'a', name: 'Ann', state: 'active', ...everything, ...nothing },
        rate_limits: { rpm: null, tpm: null, max_parallel_requests: null },
        expires_at: '2027-01-01T00:00:00Z',
        previous_until: null,
        metadata: { team: 'core' },
        origin: 'sluice.yaml, line 3',
      },
    ]);
  });

  it.each([
    ['has no such section', 'version: 1\nlisten: { port: 0 }\n'],
    ['has an empty one', 'version: 1\nvirtual_keys: # nobody yet\nlisten: { port: 0 }\n'],
    ['has an empty list', 'version: 1\nvirtual_keys: []\nlisten: { port: 0 }\n'],
    ['is JSON', '{\n    "version": 1,\n    "listen": {\n        "port": 0\n    }\n}\n'],
    ['is JSON on one line', '{"version":1,"listen":{"port":0}}\n'],
    ['has CRLF and a byte order mark', '\uFEFF# mine\r\nversion: 1\r\nlisten: { port: 0 }\r\n'],
    ['ends without a line break', 'version: 1\nlisten: { port: 0 }'],
    [
      'does not indent its lists',
      'version: 1\nproviders:\n- id: a\n  kind: ollama\nlisten:\n  port: 0\nvirtual_keys:\n- id: ann\n  value: env:ANN\n',
    ],
  ])('can be made and revoked in a file that %s', async (_, text) => {
    writeFileSync(file, text);
    const store = await start();
    const created = await store.keys.create({ name: 'guest' });
    expect(store.snapshot.keys.find(created.key)?.id).toBe('guest');
    const written = readFileSync(file, 'utf8');
    expect(written.startsWith('{')).toBe(text.startsWith('{'));
    expect(written.startsWith('\uFEFF')).toBe(text.startsWith('\uFEFF'));
    expect(/(?<!\r)\n/.test(written)).toBe(/(?<!\r)\n/.test(text) || !text.includes('\n'));
    if (text.includes('nobody yet')) expect(written).toContain('# nobody yet');
    if (text.includes('\n    "')) expect(written).toContain('\n    "virtual_keys": [\n        {');
    if (text.includes('\n- '))
      expect(written).toBe(`${text}- id: guest\n  ${/value: sha256:[0-9a-f]{64}/.exec(written)?.[0] ?? ''}\n`);
    const again = await start({ watching: false });
    expect(again.snapshot.keys.find(created.key)?.id).toBe('guest');
    await store.keys.revoke('guest');
    expect(store.snapshot.keys.find(created.key)).toBeUndefined();
    expect(readFileSync(file, 'utf8')).not.toContain('guest');
  });

  it('made many at once are all there', async () => {
    writeFileSync(file, commented);
    const store = await start();
    const created = await Promise.all(Array.from({ length: 12 }, () => store.keys.create({ name: 'guest' })));
    expect(new Set(created.map((one) => one.id)).size).toBe(12);
    for (const one of created) expect(store.snapshot.keys.find(one.key)?.id).toBe(one.id);
  });

  it('made by two instances on one file are all there', async () => {
    writeFileSync(file, commented);
    const stores = [await start(), await start()];
    const created = await Promise.all(
      stores.flatMap((store) => [store.keys.create({ name: 'guest' }), store.keys.create({ name: 'guest' })]),
    );
    for (const store of stores) {
      await until('all keys', () => created.every((one) => store.snapshot.keys.find(one.key)?.id === one.id));
    }
  });

  it('keep what a person saved in the meantime', async () => {
    writeFileSync(file, commented);
    const store = await start();
    writeFileSync(file, commented.replace('retention_days: 7', 'retention_days: 8'));
    await store.keys.create({ name: 'guest' });
    expect(readFileSync(file, 'utf8')).toContain('retention_days: 8');
    expect(store.config.logging.retention_days).toBe(8);
  });

  it('do not take the id of a key that only the file has so far', async () => {
    writeFileSync(file, withRoute('a'));
    const store = await start({ watching: false });
    writeFileSync(file, withRoute('a', 'virtual_keys: [{ id: guest, value: "env:ANN" }]\n'));
    expect((await store.keys.create({ name: 'guest' })).id).toBe('guest-2');
  });
});

describe('an edit that cannot be', () => {
  async function refusal(promise: Promise<unknown>): Promise<GatewayError> {
    const error = await promise.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(GatewayError);
    expect((error as GatewayError).code).toBe('config.invalid');
    return error as GatewayError;
  }

  it('is refused while the file is broken, which stays as it is', async () => {
    writeFileSync(file, withRoute('good'));
    const store = await start();
    const broken = withRoute('good', 'listen: { prot: 1 }\n');
    writeFileSync(file, broken);
    expect((await refusal(store.keys.create({ name: 'guest' }))).message).toContain(':5:11: unknown name "prot"');
    expect(readFileSync(file, 'utf8')).toBe(broken);
    expect(aliases(store)).toEqual(['good']);
  });

  it('is refused when it would break the file', async () => {
    writeFileSync(file, withRoute('good'));
    const store = await start();
    const error = await refusal(
      store.edit((document) => {
        document.setIn(['routes', 0, 'targets', 0], 'nobody/echo');
      }),
    );
    expect(error.message).toContain('there is no provider "nobody"');
    await refusal(store.keys.create({ name: 'guest', models: ['gpt-?'] }));
    expect(readFileSync(file, 'utf8')).toBe(withRoute('good'));
    expect(applied).toHaveLength(1);
    // The next one is not held up by it.
    await store.keys.create({ name: 'guest' });
  });

  it('is refused when the file is a link, or gone', async () => {
    const target = join(directory, 'elsewhere.yaml');
    writeFileSync(target, withRoute('good'));
    symlinkSync(target, file);
    const store = await start({ watching: false });
    expect((await refusal(store.keys.create({ name: 'guest' }))).message).toContain('is a symbolic link');
    expect(readFileSync(target, 'utf8')).toBe(withRoute('good'));
    unlinkSync(file);
    expect((await refusal(store.keys.create({ name: 'guest' }))).message).toContain('is gone');
  });

  it('is refused where it would change two places', async () => {
    writeFileSync(file, 'version: 1\nmasking: { terms: &t [] }\nvirtual_keys: *t\n');
    const store = await start({ watching: false });
    expect((await refusal(store.keys.create({ name: 'guest' }))).message).toContain('is an alias');
  });
});

describe('other edits', () => {
  it('keep comments, order and layout of what they do not touch', async () => {
    const before = withRoute('good', '\n\n# how long\nlogging:    { retention_days: 7 }   # days\n');
    writeFileSync(file, before);
    const store = await start();
    await store.edit((document) => {
      document.setIn(['routes', 0, 'alias'], 'better');
    });
    expect(aliases(store)).toEqual(['better']);
    expect(readFileSync(file, 'utf8')).toBe(before.replace('alias: good', 'alias: better'));
  });

  it('that change nothing write nothing', async () => {
    writeFileSync(file, withRoute('good'));
    const store = await start();
    await store.edit(() => undefined);
    expect(readdirSync(directory)).not.toContain('sluice.yaml.bak');
  });
});

describe('validate', () => {
  it('finds what a start would find, apart from secrets, and reads nothing', async () => {
    const store = await start({ watching: false });
    expect(
      store.validate('version: 1\nproviders: [{ id: a, kind: openai, keys: [{ value: "file:/none" }] }]\n', 'x.yaml'),
    ).toEqual({
      problems: [],
      warnings: [],
    });
    expect(store.validate('version: 1\nlisten: { prot: 1 }\n', 'x.yaml').problems).toMatchObject([
      { file: 'x.yaml', line: 2, column: 11 },
    ]);
    const glob =
      'version: 1\nproviders: [{ id: a, kind: anthropic }]\nroutes: [{ alias: r, targets: ["a/no-such-*"] }]\n';
    expect(store.validate(glob, 'x.yaml').problems).toMatchObject([
      { line: 3, problem: 'no known model of provider "a" fits "no-such-*"' },
    ]);
  });
});

describe('rules that are tried', () => {
  const running = `version: 1
virtual_keys: []
masking: { enabled: true, detectors: [email] } # mine
firewall: [{ id: hello, topics: [weather] }]
`;

  it('are those of another file in place of the sections it has; nothing is changed', async () => {
    writeFileSync(file, running);
    const store = await start({ watching: false });
    const before = store.snapshot;
    const { masking, firewall } = await store.rulesWith({
      file: 'other.yaml',
      text: 'masking: { enabled: true, detectors: [iban], terms: [Falcon] }\n',
    });
    expect([...(masking?.kinds.keys() ?? [])]).toEqual(expect.arrayContaining(['iban', 'terms']));
    expect(masking?.kinds.has('email')).toBe(false);
    expect(firewall).toMatchObject([{ id: 'hello' }]);
    expect(store.snapshot).toBe(before);
    expect(readFileSync(file, 'utf8')).toBe(running);
    expect(applied).toHaveLength(1);
  });

  it('may leave out what is recorded now: that is not what is tried', async () => {
    writeFileSync(file, `${running}logging: { content: redacted }\n`);
    const store = await start({ watching: false });
    const { masking } = await store.rulesWith({ file: 'other.yaml', text: 'masking: { enabled: false }\n' });
    expect(masking).toBeUndefined();
  });

  it('rest on the configuration that runs, though the file is broken by now', async () => {
    writeFileSync(file, running);
    const store = await start({ watching: false });
    writeFileSync(file, 'version: 1\nrotes: []\n');
    const { masking, firewall } = await store.rulesWith({ file: 'other.yaml', text: 'firewall: []' });
    expect(masking?.kinds.has('email')).toBe(true);
    expect(firewall).toEqual([]);
  });

  it('that cannot be are refused with the place in their own file and what mends it', async () => {
    writeFileSync(file, running);
    const store = await start({ watching: false });
    const refused = async (text: string): Promise<string[]> => {
      const error: unknown = await store.rulesWith({ file: 'other.yaml', text }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'config.invalid' });
      return error instanceof GatewayError ? error.message.split('\n') : [];
    };
    expect(await refused('masking:\n  enabeld: true\n')).toEqual([
      expect.stringMatching(/^other\.yaml:2:3: .*enabeld.*enabled/) as string,
    ]);
    expect(await refused('\nfirewall:\n  - { id: a, pattern: "(" }\n  - { id: a, topics: [x] }\n')).toEqual([
      expect.stringMatching(/^other\.yaml:3:23: /) as string,
      expect.stringMatching(/^other\.yaml:4:\d+: .*"a"/) as string,
    ]);
    expect(await refused('enforced:\n  masking:\n    detectors: { value: [emial], reason: Law }\n')).toEqual([
      expect.stringMatching(/^other\.yaml:3:26: .*email/) as string,
    ]);
    expect(await refused('masking: { enabled: true, terms_files: [gone.txt] }\n')).toEqual([
      expect.stringMatching(/^other\.yaml:1:41: .*gone\.txt/) as string,
    ]);
    expect(await refused('# mine\nmasking:\n  detectors: [email]\n')).toEqual([
      expect.stringMatching(/^other\.yaml:2:1: masking is not enabled\. Add enabled: true/) as string,
    ]);
    expect(await refused('masking: [')).toEqual([expect.stringMatching(/^other\.yaml:1:11: /) as string]);
    expect(store.state().problems).toEqual([]);
  });
});

describe('a price that takes effect later', () => {
  it('is in force from its moment on, though nobody touches the file', async () => {
    const from = Date.UTC(2026, 11, 1);
    // Time stands still until the store is open, so that the moment lies ahead however slow the machine is.
    let since = Number.POSITIVE_INFINITY;
    const clock = { ...systemClock, now: () => from - 1000 + Math.max(0, systemClock.monotonic() - since) };
    const models = 'models: [{ id: m, pricing: { input: "1", output: "1" } }]';
    const pricing = 'pricing: [{ model: m2, input: "2", output: "2", effective_from: 2026-12-01 }]';
    writeFileSync(
      file,
      `version: 1\nproviders: [{ id: p, kind: openai-compatible, base_url: "http://127.0.0.1:9", ${models} }]\n${pricing}\n`,
    );
    const store = await start({ clock });
    const priceOf = (model: string): number | undefined =>
      store.snapshot.providers.get('p')?.factsFor(model).price?.input;
    expect([priceOf('m'), priceOf('m2')]).toEqual([1_000_000, undefined]);
    since = systemClock.monotonic();
    await until('the new price', () => priceOf('m2') === 2_000_000);
    expect(priceOf('m')).toBe(1_000_000);
    expect(applied).toHaveLength(2);
    expect(applied[1]?.id).not.toBe(applied[0]?.id);
  });
});
