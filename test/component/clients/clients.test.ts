// Connecting clients, on a real config file: the key each gets, what it opens, and what is shown of it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createClients, rootOf, type LastExchange } from '../../../main/clients/clients.ts';
import { openConfigStore, type ConfigStore } from '../../../main/config/store.ts';
import { clientHandlers } from '../../../main/control/handlers/clients.ts';
import type { ControlNeeds } from '../../../main/control/needs.ts';
import { createNodeHost } from '../../../main/host/node-host.ts';
import type { Clock } from '../../../main/kit/clock.ts';
import { calls, type CallOutput } from '../../../shared/contract/contract.ts';

const start = Date.UTC(2026, 10, 25, 12);
const silent = (): void => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };

let directory: string;
let now: number;
let store: ConfigStore;
let lastOf: (keyId: string) => Promise<LastExchange | undefined>;
let installed: Map<string, string>;

const clock: Clock = { now: () => now, monotonic: () => performance.now() };
const file = (): string => readFileSync(join(directory, 'sluice.yaml'), 'utf8');

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-clients-'));
  now = start;
  lastOf = async () => undefined;
  installed = new Map();
  writeFileSync(join(directory, 'sluice.yaml'), 'version: 1\n# kept\nvirtual_keys: []\nlisten: { port: 0 }\n');
  store = await openConfigStore({
    ...{ file: join(directory, 'sluice.yaml'), clock, log, watching: false, onSnapshot: silent },
    host: await createNodeHost({ dataDir: directory, environment: {} }),
  });
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

function handlers() {
  const clients = createClients({
    ...{ keys: store.keys, log, platform: 'linux', defaultModel: () => 'demo/echo' },
    urls: () => ['http://127.0.0.1:4790', 'http://[::1]:4790'],
    lastOf: (keyId) => lastOf(keyId),
    detect: async () => installed,
  });
  const own = clientHandlers({ running: { clients } } as unknown as ControlNeeds);
  return {
    list: async () => calls['clients.list'].output.parse(await own['clients.list']?.({})).clients,
    connect: async (id: string) => calls['clients.connect'].output.parse(await own['clients.connect']?.({ id })),
    disconnect: async (id: string) =>
      calls['clients.disconnect'].output.parse(await own['clients.disconnect']?.({ id })),
  };
}

const entry = async (id: string): Promise<CallOutput<'clients.list'>['clients'][number] | undefined> =>
  (await handlers().list()).find((client) => client.id === id);
const opens = (secret: string): string | undefined => store.snapshot.keys.find(secret)?.metadata['client'];

it('makes a key that opens the port as this client, and shows it once', async () => {
  const connected = await handlers().connect('claude-code');
  expect(opens(connected.key_value)).toBe('claude-code');
  expect(connected).toMatchObject({ id: 'claude-code', key: { id: 'claude-code', state: 'active' }, last: null });
  expect(connected.settings[0]?.text).toContain(connected.key_value);
  expect(connected.settings[0]?.text).toContain('"ANTHROPIC_BASE_URL": "http://127.0.0.1:4790"');
  expect(file()).toContain('# kept');
  expect(file()).not.toContain(connected.key_value);
  const later = JSON.stringify(await handlers().list());
  expect(later).not.toContain(connected.key_value);
  expect(later).toContain('sk-sluice-…');
});

it('replaces the key of a client that is connected again: the one before opens nothing', async () => {
  const first = await handlers().connect('codex');
  const second = await handlers().connect('codex');
  expect(opens(first.key_value)).toBeUndefined();
  expect(opens(second.key_value)).toBe('codex');
  expect(store.keys.list().map(({ id }) => id)).toEqual(['codex']);
});

it('makes one key when a client is connected twice at the same moment', async () => {
  const { connect } = handlers();
  const both = await Promise.all([connect('zed'), connect('zed')]);
  expect(store.keys.list()).toHaveLength(1);
  expect(both.map(({ key_value }) => opens(key_value))).toEqual([undefined, 'zed']);
});

it('connects with a key that was disabled or has expired', async () => {
  await store.keys.create({
    name: 'Old',
    metadata: { client: 'aider' },
    expires_at: new Date(start + 1000).toISOString(),
  });
  now = start + 5000;
  expect((await entry('aider'))?.key).toEqual({ id: 'old', state: 'expired' });
  expect((await handlers().connect('aider')).key).toEqual({ id: 'old', state: 'active' });
  await store.keys.setDisabled('old', true);
  const again = await handlers().connect('aider');
  expect(again.key).toEqual({ id: 'old', state: 'active' });
  expect(opens(again.key_value)).toBe('aider');
});

it('revokes every key of a client that is disconnected', async () => {
  const first = await handlers().connect('goose');
  const other = await store.keys.create({ name: 'by hand', metadata: { client: 'goose' } });
  expect((await handlers().disconnect('goose')).key).toBeNull();
  expect([opens(first.key_value), opens(other.key)]).toEqual([undefined, undefined]);
  await expect(handlers().disconnect('goose')).rejects.toMatchObject({ code: 'control.not_found' });
});

it('refuses what cannot go through it, with the reason, and what it does not know', async () => {
  await expect(handlers().connect('windsurf')).rejects.toMatchObject({
    code: 'control.refused',
    message: expect.stringContaining('no setting for another address') as string,
  });
  await expect(handlers().connect('nothing')).rejects.toMatchObject({ code: 'control.not_found' });
  await expect(handlers().disconnect('__proto__')).rejects.toMatchObject({ code: 'control.not_found' });
  expect(store.keys.list()).toEqual([]);
});

it('lists those that are connected, then those that are here, then the rest', async () => {
  installed = new Map([
    ['zed', '~/.config/zed'],
    ['codex', '/usr/local/bin/codex'],
  ]);
  await handlers().connect('n8n');
  const list = await handlers().list();
  expect(list.slice(0, 4).map(({ id }) => id)).toEqual(['n8n', 'codex', 'zed', 'claude-code']);
  expect(list[1]?.installed).toBe('/usr/local/bin/codex');
});

it('tells the last request of a client’s key, and lists clients while the ledger cannot be read', async () => {
  const last = { request_id: 'req-1', at: '2026-11-25T12:00:00.000Z', target: 'demo/echo', status: 200 };
  const asked: string[] = [];
  lastOf = async (keyId) => {
    asked.push(keyId);
    return last;
  };
  await handlers().connect('codex');
  asked.length = 0;
  expect((await entry('codex'))?.last).toEqual(last);
  expect(asked).toEqual(['codex']);
  lastOf = () => Promise.reject(new Error('the ledger is locked'));
  expect(await entry('codex')).toMatchObject({ key: { id: 'codex' }, last: null });
});

it('writes down an address that leads here from this machine', () => {
  expect(rootOf(['http://0.0.0.0:4790'])).toBe('http://127.0.0.1:4790');
  expect(rootOf(['http://[::1]:9', 'http://127.0.0.1:9'])).toBe('http://127.0.0.1:9');
  expect(rootOf(['http://localhost:9/'])).toBe('http://127.0.0.1:9');
  expect(rootOf(['http://192.168.1.7:9'])).toBe('http://192.168.1.7:9');
});
