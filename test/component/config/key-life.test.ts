// The life of a virtual key on a real file: what is written, what stays as a person wrote it, and what opens when.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openConfigStore, type ConfigStore } from '../../../main/config/store.ts';
import type { Snapshot } from '../../../main/gateway/ports.ts';
import { createNodeHost } from '../../../main/host/node-host.ts';
import type { Clock } from '../../../main/kit/clock.ts';

const start = Date.UTC(2026, 10, 25, 12);
const hour = 3_600_000;

let directory: string;
let file: string;
let now: number;
let store: ConfigStore;
let applied: Snapshot[];

const clock: Clock = { now: () => now, monotonic: () => performance.now() };

const commented = `version: 1
virtual_keys:
  # Ann works here
  - id: ann # hers
    value: "env:ANN" # from her shell
    metadata: { team: core }

  # Bob, on trial
  - { id: bob, value: 'a-literal-key-of-bob', rate_limits: { rpm: 5, tpm: 100 } }
# the end
listen: { port: 0 }
`;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-keys-'));
  file = join(directory, 'sluice.yaml');
  now = start;
  applied = [];
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function open(text: string, watching = false): Promise<ConfigStore> {
  writeFileSync(file, text);
  const silent = (): void => undefined;
  store = await openConfigStore({
    file,
    host: await createNodeHost({ dataDir: directory, environment: { ANN: 'the-key-of-ann-in-full' } }),
    clock,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    onSnapshot: (snapshot) => applied.push(snapshot),
    watching,
  });
  return store;
}

const written = (): string => readFileSync(file, 'utf8');

/** Id of the key that a secret opens. */
const opens = (secret: string): string | undefined => store.snapshot.keys.find(secret)?.id;

/** Lines that are in the file now and were not in `before`. */
function added(before: string): string[] {
  const old = before.split('\n');
  return written()
    .split('\n')
    .filter((line) => !old.includes(line))
    .map((line) => line.trim());
}

describe('a key that is made', () => {
  it('has everything it was asked for, in the file and in force', async () => {
    await open(commented);
    const made = await store.keys.create({
      name: 'CI',
      models: ['gpt-*', 'cheap'],
      denied_models: ['*opus*'],
      providers: ['demo'],
      surfaces: ['chat', 'messages'],
      budgets: [
        { limit_usd: '5', period: 'day' },
        { limit_usd: '20.50', period: 'week', timezone: 'Europe/Berlin', reset_day: 7, action: 'alert' },
      ],
      rpm: 60,
      max_parallel_requests: 2,
      metadata: { team: 'core', user: 'dana', client: null },
      origins: ['https://app.example.com'],
      expires_at: '2027-01-01T00:00:00Z',
    });
    expect(made).toMatchObject({
      ...{ id: 'ci', name: 'CI', state: 'active', allowed_models: ['gpt-*', 'cheap'], denied_models: ['*opus*'] },
      ...{
        allowed_providers: ['demo'],
        allowed_surfaces: ['chat', 'messages'],
        metadata: { team: 'core', user: 'dana' },
      },
      budgets: [
        { id: 'key:ci:day', limit_usd: '5', timezone: null, reset_day: null, alert_at: [0.8, 1], action: 'reject' },
        { id: 'key:ci:week', limit_usd: '20.50', timezone: 'Europe/Berlin', reset_day: 7, action: 'alert' },
      ],
      rate_limits: { rpm: 60, tpm: null, max_parallel_requests: 2 },
      allowed_origins: ['https://app.example.com'],
      expires_at: '2027-01-01T00:00:00Z',
    });
    expect(opens(made.key)).toBe('ci');
    expect(written()).not.toContain(made.key);
    expect(added(commented)).toEqual([
      '- id: ci',
      'name: CI',
      expect.stringMatching(/^value: sha256:[0-9a-f]{64}$/) as string,
      'allowed_models:',
      '- gpt-*',
      '- cheap',
      'denied_models:',
      '- "*opus*"',
      'allowed_providers:',
      '- demo',
      'allowed_surfaces:',
      '- chat',
      '- messages',
      'allowed_origins:',
      '- https://app.example.com',
      'budgets:',
      '- { limit_usd: "5", period: day }',
      '- { limit_usd: "20.50", period: week, timezone: Europe/Berlin, reset_day: 7, action: alert }',
      'expires_at: 2027-01-01T00:00:00Z',
      'rate_limits: { rpm: 60, max_parallel_requests: 2 }',
      'metadata: { team: core, user: dana }',
    ]);
    expect(commented.split('\n').filter((line) => !written().includes(line))).toEqual([]);
  });

  it('that cannot be is not made at all', async () => {
    await open(commented);
    await expect(
      store.keys.create({ name: 'x', budgets: [{ limit_usd: '1', period: 'day', timezone: 'Mars/Olympus' }] }),
    ).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining('there is no time zone "Mars/Olympus"') as string,
    });
    expect(written()).toBe(commented);
    expect(store.keys.list().map(({ id }) => id)).toEqual(['ann', 'bob']);
  });
});

describe('a key that is changed', () => {
  it('keeps its secret, and every other line its place', async () => {
    await open(commented);
    const changed = await store.keys.update('ann', {
      name: 'Ann',
      budgets: [{ limit_usd: '5', period: 'day' }],
      rpm: 10,
      metadata: { user: 'ann' },
    });
    expect(changed).toMatchObject({ id: 'ann', name: 'Ann', metadata: { team: 'core', user: 'ann' } });
    expect(opens('the-key-of-ann-in-full')).toBe('ann');
    expect(written()).toBe(
      commented.replace(
        '    metadata: { team: core }\n',
        '    metadata: { team: core, user: ann }\n    name: Ann\n    budgets:\n      - { limit_usd: "5", period: day }\n    rate_limits: { rpm: 10 }\n',
      ),
    );
  });

  it('loses what is taken back, and what holds it once nothing is left', async () => {
    await open(commented);
    await store.keys.update('bob', { rpm: null });
    expect(written()).toContain("{ id: bob, value: 'a-literal-key-of-bob', rate_limits: { tpm: 100 } }");
    await store.keys.update('bob', { tpm: null });
    expect(written()).toContain("  - { id: bob, value: 'a-literal-key-of-bob' }\n");
    await store.keys.update('ann', { metadata: { team: null }, models: null, budgets: null, expires_at: null });
    expect(written()).not.toContain('metadata');
    expect(store.keys.list().map(({ metadata }) => metadata)).toEqual([{}, {}]);
  });

  it('changes what runs from then on', async () => {
    await open(commented);
    const running = store.snapshot.keys.find('the-key-of-ann-in-full');
    await store.keys.update('ann', { models: ['gpt-*'] });
    expect(store.snapshot.keys.find('the-key-of-ann-in-full')).toMatchObject({ allowedModels: ['gpt-*'] });
    expect(running !== undefined && store.snapshot.keys.isCurrent(running)).toBe(true);
    expect(applied.at(-1)).toBe(store.snapshot);
  });

  it('must be there', async () => {
    await open(commented);
    expect(await store.keys.update('nobody', { rpm: 1 })).toBeUndefined();
    expect(await store.keys.rotate('nobody', 0)).toBeUndefined();
    expect(await store.keys.setDisabled('nobody', true)).toBeUndefined();
    expect(written()).toBe(commented);
  });

  it.each([
    ['metadata', '{ id: b, value: "env:B", metadata: *m }', 'a'],
    ['metadata', '{ id: b, value: "env:B", metadata: *m }', 'b'],
    ['virtual_keys[1]', '&b { id: b, value: "env:B" }', 'b'],
  ])('is refused where the change of %s would be in two places: %s, %s', async (what, second, id) => {
    const text = `version: 1\nvirtual_keys:\n  - { id: a, value: "env:ANN", metadata: &m { team: x } }\n  - ${second}\n`;
    await open(text);
    await expect(store.keys.update(id, { metadata: { team: 'y' } })).rejects.toMatchObject({
      code: 'config.invalid',
      message: `${what} is an alias or has an anchor, so a change would change two places. Write the value out.`,
    });
    expect(written()).toBe(text);
  });
});

describe('a key that is rotated', () => {
  it('without overlap opens with the new secret alone, and ends what runs with the one before', async () => {
    await open(commented);
    const running = store.snapshot.keys.find('the-key-of-ann-in-full');
    const made = await store.keys.rotate('ann', 0);
    expect(made).toMatchObject({ id: 'ann', state: 'active', previous_until: null });
    expect(opens(made?.key ?? '')).toBe('ann');
    expect(opens('the-key-of-ann-in-full')).toBeUndefined();
    expect(running !== undefined && store.snapshot.keys.isCurrent(running)).toBe(false);
    const text = written();
    expect(text).toBe(commented.replace('env:ANN', /sha256:[0-9a-f]{64}/.exec(text)?.[0] ?? ''));
  });

  it('with overlap opens with both until the overlap ends', async () => {
    await open(commented);
    const running = store.snapshot.keys.find('the-key-of-ann-in-full');
    now = start + 250;
    const made = await store.keys.rotate('ann', hour);
    expect(made).toMatchObject({ state: 'rotating', previous_until: '2026-11-25T13:00:01.000Z' });
    expect([opens(made?.key ?? ''), opens('the-key-of-ann-in-full')]).toEqual(['ann', 'ann']);
    expect(running !== undefined && store.snapshot.keys.isCurrent(running)).toBe(true);
    expect(added(commented).at(-1)).toBe('- { value: env:ANN, until: 2026-11-25T13:00:01Z }');
    now = start + hour + 999;
    expect(opens('the-key-of-ann-in-full')).toBe('ann');
    now = start + hour + 1000;
    expect(opens('the-key-of-ann-in-full')).toBeUndefined();
    expect(opens(made?.key ?? '')).toBe('ann');
    expect(store.keys.list()[0]).toMatchObject({ state: 'active', previous_until: null });
  });

  it('again while the first rotation overlaps keeps all of them to their own ends', async () => {
    await open(commented);
    const second = await store.keys.rotate('ann', hour);
    now += hour / 2;
    const third = await store.keys.rotate('ann', 2 * hour);
    const openers = (): (string | undefined)[] =>
      ['the-key-of-ann-in-full', second?.key ?? '', third?.key ?? ''].map(opens);
    expect(openers()).toEqual(['ann', 'ann', 'ann']);
    now = start + hour;
    expect(openers()).toEqual([undefined, 'ann', 'ann']);
    // Without overlap: what leaked is closed at once, whatever was open.
    const fourth = await store.keys.rotate('ann', 0);
    expect(openers()).toEqual([undefined, undefined, undefined]);
    expect(opens(fourth?.key ?? '')).toBe('ann');
    expect(written()).not.toContain('previous');
  });

  it('does not leave a secret that was written out in the file', async () => {
    await open(commented);
    await store.keys.rotate('bob', hour);
    expect(written()).not.toContain('a-literal-key-of-bob');
    expect(opens('a-literal-key-of-bob')).toBe('bob');
  });

  it('loses ended secrets with the next change of any key', async () => {
    await open(commented);
    await store.keys.rotate('ann', hour);
    await store.keys.rotate('ann', 3 * hour);
    expect(written().match(/until:/g)).toHaveLength(2);
    now = start + hour;
    await store.keys.setDisabled('bob', true);
    expect(written().match(/until:/g)).toHaveLength(1);
    now = start + 3 * hour;
    await store.keys.revoke('bob');
    expect(written()).not.toContain('previous');
  });

  it('ends what runs with the secret before when the overlap ends, though nobody touches the file', async () => {
    const until = new Date(Date.now() + 700).toISOString();
    const given = commented.replace(
      '    metadata: { team: core }',
      `    previous: [{ value: the-secret-before-in-full, until: "${until}" }]`,
    );
    now = Date.now();
    await open(given, true);
    const running = store.snapshot.keys.find('the-secret-before-in-full');
    if (running === undefined) throw new Error('not found');
    expect(store.snapshot.keys.isCurrent(running)).toBe(true);
    now = Date.parse(until);
    for (let tries = 0; tries < 400 && applied.length < 2; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 25));
    expect(applied).toHaveLength(2);
    expect(applied[1]?.keys.isCurrent(running)).toBe(false);
  });
});

describe('a key that is disabled', () => {
  it('is found disabled, ends what runs, and is as it was when it is enabled', async () => {
    await open(commented);
    const running = store.snapshot.keys.find('the-key-of-ann-in-full');
    expect(await store.keys.setDisabled('ann', true)).toMatchObject({ id: 'ann', state: 'disabled' });
    expect(store.snapshot.keys.find('the-key-of-ann-in-full')?.disabled).toBe(true);
    expect(running !== undefined && store.snapshot.keys.isCurrent(running)).toBe(false);
    expect(added(commented)).toEqual(['disabled: true']);
    expect(await store.keys.setDisabled('ann', true)).toMatchObject({ state: 'disabled' });
    expect(await store.keys.setDisabled('ann', false)).toMatchObject({ state: 'active' });
    expect(written()).toBe(commented);
    expect(store.snapshot.keys.find('the-key-of-ann-in-full')?.disabled).toBe(false);
  });
});

describe('the state of a key', () => {
  it('tells what keeps it from opening', async () => {
    await open(commented.replace('metadata: { team: core }', 'expires_at: 2026-11-25T13:00:00Z'));
    const state = (): unknown => store.keys.list()[0]?.state;
    expect(state()).toBe('active');
    now = start + hour;
    expect(state()).toBe('expired');
    await store.keys.setDisabled('ann', true);
    expect(state()).toBe('disabled');
  });
});
