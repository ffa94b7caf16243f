import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openConfigStore, type ConfigStore } from '../../main/config/store.ts';
import { createDispatch, type Dispatch } from '../../main/control/dispatch.ts';
import { createEvents } from '../../main/control/events.ts';
import { openLocalSocket, type LocalSocket } from '../../main/control/local-socket.ts';
import type { Host } from '../../main/host/host.ts';
import { createNodeHost } from '../../main/host/node-host.ts';
import { Secret } from '../../main/kit/secret.ts';
import { systemClock } from '../../main/kit/clock.ts';
import { dataFiles } from '../../main/kit/data-directory.ts';
import type { Ledger } from '../../main/ledger/ledger.ts';
import { openLedgerReader } from '../../main/ledger/reader.ts';
import { createLedger } from '../../main/ledger/sqlite.ts';
import type { HealthEntry } from '../../shared/contract/app.ts';
import type { BudgetEntry } from '../../shared/contract/budgets.ts';
import { calls, type CallInput, type CallName } from '../../shared/contract/contract.ts';
import type { Reply } from '../../shared/contract/reply.ts';
import type { BudgetsNeed, PolicyNeed, RoutingNeed } from '../../main/control/needs.ts';
import { picoToUsd } from '../../shared/domain/money.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { decision, exchange, opened, silentLog } from '../component/ledger/exchanges.ts';
import { call } from './socket.ts';

/** Inputs that are answered with a value. A call that is not here does not compile. */
const good: { readonly [Name in CallName]: readonly CallInput<Name>[] } = {
  'app.status': [{}],
  'app.stop': [{}],
  'app.prove': [{ challenge: 'a-challenge-of-some-length' }],
  'app.facts': [{}],
  'config.state': [{}],
  'config.validate': [
    { text: 'version: 1\n', file: 'x.yaml' },
    { text: 'version: 1\nrotes: []\n', file: 'x.yaml' },
    { text: ':::', file: '' },
  ],
  'config.schema': [{}],
  'budgets.list': [{}],
  'budgets.raise': [
    { id: 'all', by_usd: '2.50' },
    { id: 'each', subject: 'dana', by_usd: '1', note: 'release day' },
  ],
  'budgets.accept': [{}],
  'keys.create': [
    { name: 'Ide' },
    { name: 'ünï ☃', models: ['demo/*'], budgets: [{ limit_usd: '5', period: 'day' }], rpm: 60 },
  ],
  'keys.list': [{}],
  'keys.update': [{ id: 'to-change', name: 'Changed', surfaces: ['chat'], metadata: { team: 'core', user: null } }],
  'keys.rotate': [{ id: 'to-change' }, { id: 'to-change', overlap_ms: 3_600_000 }],
  'keys.disable': [{ id: 'to-change' }],
  'keys.enable': [{ id: 'to-change' }],
  'keys.revoke': [{ id: 'to-change' }],
  'policy.mask': [{ text: '' }, { text: 'a secret and\nanother secret' }],
  'policy.examine': [
    { request: { body: { model: 'smart', messages: [] } } },
    { request: { path: '/v1/messages', headers: { 'x-a': 'b' }, body: {} }, key: 'ide', client: 'codex' },
  ],
  'policy.backtest': [
    { rules: null },
    { rules: { file: 'other.yaml', text: 'firewall: []' }, since: 0, limit: 1 },
    { rules: null, since: 4_000_000_000_000 },
  ],
  'route.explain': [{ request_id: 'req-known' }, { request_id: 'req-undecided' }],
  'route.simulate': [
    { request: { body: { model: 'smart', messages: [] } } },
    { request: { path: '/v1/messages?beta=true', method: 'POST', headers: { 'x-a': 'b' }, body: {} }, client: 'codex' },
  ],
  'secrets.set': [
    { id: 'openai', value: 'a-value-of-some-length' },
    { id: 'X.1_y-z', value: '{"type":"service_account"}' },
  ],
  'ledger.check': [{}],
  'secrets.list': [{}],
  'secrets.delete': [{ id: 'to-delete' }, { id: 'to-delete', force: true }],
  'traffic.list': [
    {},
    { limit: 2 },
    { since: 0, until: 1 },
    { filter: { key: 'default', error: '*' } },
    { filter: { status: 502 } },
    { filter: { status: '5xx', q: 'demo', min_cost_usd: '0.01', losses: true } },
  ],
  'traffic.get': [{ request_id: 'req-known' }],
  'usage.query': [
    {},
    { group_by: ['day', 'model', 'provider', 'key', 'client'], timezone: 'Asia/Kolkata' },
    { group_by: ['month', 'week', 'hour', 'user', 'team'], filter: { key: 'default' } },
    { since: 1, until: 2 },
  ],
  'usage.series': [
    {},
    { bucket: 'minute', by: 'model', top: 1, rank: 'cost' },
    { bucket: 'day', filter: { team: 'core' } },
  ],
};

/** Inputs that are refused, with the code. */
const bad: readonly (readonly [string, unknown, string])[] = [
  ['nothing.known', {}, 'control.unknown_call'],
  ['__proto__', {}, 'control.unknown_call'],
  ['app.status', [], 'control.invalid_input'],
  ['app.status', null, 'control.invalid_input'],
  ['app.status', { extra: 1 }, 'control.invalid_input'],
  ['app.prove', { challenge: 'short' }, 'control.invalid_input'],
  ['keys.create', { name: '' }, 'control.invalid_input'],
  ['keys.create', { name: 'x', models: [] }, 'control.invalid_input'],
  ['keys.create', { name: 'x', budgets: [{ limit_usd: '5', period: 'fortnight' }] }, 'control.invalid_input'],
  ['keys.create', { name: 'x', budgets: [{ limit_usd: '5.', period: 'day' }] }, 'control.invalid_input'],
  ['keys.create', { name: 'x', surfaces: ['telephone'] }, 'control.invalid_input'],
  ['keys.create', { name: 'x', expires_at: 'soon' }, 'control.invalid_input'],
  ['keys.update', { id: 'nobody' }, 'control.invalid_input'],
  ['keys.update', { id: 'nobody', rpm: 1 }, 'control.not_found'],
  ['keys.rotate', { id: 'nobody' }, 'control.not_found'],
  ['keys.rotate', { id: 'nobody', overlap_ms: -1 }, 'control.invalid_input'],
  ['keys.disable', { id: 'nobody' }, 'control.not_found'],
  ['keys.enable', { id: 'nobody' }, 'control.not_found'],
  ['keys.revoke', { id: 'nobody' }, 'control.not_found'],
  ['budgets.raise', { id: 'none', by_usd: '1' }, 'control.not_found'],
  ['budgets.raise', { id: 'each', by_usd: '1' }, 'control.invalid_input'],
  ['budgets.raise', { id: 'all', by_usd: '0.0' }, 'control.invalid_input'],
  ['budgets.raise', { id: 'all', by_usd: '-1' }, 'control.invalid_input'],
  ['policy.mask', {}, 'control.invalid_input'],
  ['policy.examine', { request: { body: [] } }, 'control.invalid_input'],
  ['policy.examine', { request: { body: { model: 'nobody-has-it' } } }, 'route.no_target'],
  ['policy.backtest', {}, 'control.invalid_input'],
  ['policy.backtest', { rules: null, limit: 101 }, 'control.invalid_input'],
  ['policy.backtest', { rules: { file: 'x.yaml', text: 'rotes: []' } }, 'config.invalid'],
  ['route.explain', { request_id: 'nothing' }, 'control.not_found'],
  ['route.explain', {}, 'control.invalid_input'],
  ['route.simulate', { request: { body: [] } }, 'control.invalid_input'],
  ['route.simulate', { request: { body: { contents: [] } } }, 'control.invalid_input'],
  ['route.simulate', { request: { body: { model: 'nobody-has-it' } } }, 'route.no_target'],
  ['secrets.set', { id: 'a b', value: 'x' }, 'control.invalid_input'],
  ['secrets.set', { id: 'a', value: '' }, 'control.invalid_input'],
  ['secrets.set', { id: 'a', value: 'changeme' }, 'control.invalid_input'],
  ['secrets.set', { id: 'a', value: 'two\nlines' }, 'control.invalid_input'],
  ['secrets.set', { id: 'a', value: 'x'.repeat(65_537) }, 'control.invalid_input'],
  ['secrets.delete', { id: 'nothing' }, 'control.not_found'],
  ['traffic.list', { limit: 1001 }, 'control.invalid_input'],
  ['traffic.list', { filter: { status: 99 } }, 'control.invalid_input'],
  ['traffic.get', { request_id: 'nothing' }, 'control.not_found'],
  ['usage.query', { timezone: 'Mars/Olympus' }, 'control.invalid_input'],
  ['usage.query', { group_by: ['moon'] }, 'control.invalid_input'],
  ['usage.series', { timezone: 'Mars/Olympus' }, 'control.invalid_input'],
  ['usage.series', { bucket: 'second' }, 'control.invalid_input'],
  ['traffic.list', { filter: { status: '6xx' } }, 'control.invalid_input'],
  ['traffic.list', { filter: { min_cost_usd: '-1' } }, 'control.invalid_input'],
];

/** Derives from what was kept, and says what it was given. */
const routing: RoutingNeed = {
  explain: (made, snapshot) => ({ verified: 'same', note: JSON.stringify([made, snapshot]) }),
  simulate: async ({ path, body }) => {
    if (JSON.stringify(body).includes('nobody-has-it')) throw new GatewayError('route.no_target', 'Nobody has it.');
    return { decision: decision({ reason: path }) };
  },
};

/** Replaces one word, and knows no other rules than those of a file. */
const policy: PolicyNeed = {
  mask: async (text) => ({
    enabled: true,
    masked: text.replaceAll('secret', 'SECRET7kq2mb'),
    findings: [...text.matchAll(/secret/g)].map(({ index }) => ({
      ...{ kind: 'secrets', what: 'word', start: index, end: index + 6, mode: 'mask', placeholder: 'SECRET7kq2mb' },
    })),
  }),
  examine: async ({ path, body }, rules) => {
    if (JSON.stringify(body).includes('nobody-has-it')) throw new GatewayError('route.no_target', 'Nobody has it.');
    return {
      ...{ enabled: true, target: 'demo/echo', body: path, masked: 0, masked_kinds: {}, refusal: null },
      safety: rules === undefined ? [] : [{ source: 'firewall', rule: 'x', action: 'warn', detail: 'a word' }],
    };
  },
  rulesWith: async ({ file, text }) => {
    if (!text.startsWith('firewall')) throw new GatewayError('config.invalid', `${file}:1:1: no section.`);
    return {};
  },
  answerRules: () => new Set(),
};

const resting: HealthEntry = {
  provider: 'openai',
  model: 'gpt-5',
  credential: 'main',
  state: 'open',
  why: '5 of 8 calls failed (503)',
  until: '2026-11-25T12:00:30.000Z',
  ttft_p50_ms: 400,
  ttft_p95_ms: null,
  tokens_per_second: 61.5,
  running: 0,
  calls: 8,
  failures: 5,
  needs_attention: false,
};

function budget(given: Partial<BudgetEntry>): BudgetEntry {
  return {
    ...{ id: 'all', scope: 'global', match: null, subject: null, period: 'month', since: '2026-11-01T00:00:00Z' },
    ...{ resets_at: '2026-12-01T00:00:00Z', limit_usd: '100', raised_usd: '0', spent_usd: '1', reserved_usd: '0' },
    ...{ remaining_usd: '99', action: 'reject', state: 'ok', reason: null, exhausted_at: null, forecast: null },
    origin: 'sluice.yaml, line 4',
    ...given,
  };
}

/** One budget for everybody, and one that each user has. */
const budgets: BudgetsNeed = {
  list: () => [budget({}), budget({ id: 'each', scope: 'user', subject: 'dana' })],
  raise: async ({ id, subject, amountPico, note }) => {
    if (id === 'none') return 'not_found';
    if (id === 'each' && subject === undefined) return 'needs_subject';
    return budget({ id, raised_usd: picoToUsd(amountPico), reason: note === '' ? null : note });
  },
  accept: () => 2,
};

let directory: string;
let config: ConfigStore;
let ledger: Ledger;
let dispatch: Dispatch;
let offline: Dispatch;
let closeReader: () => void;
let socket: LocalSocket;
let secrets: Host['secrets'];
let shutdowns = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-contract-'));
  const files = dataFiles(directory);
  const host = await createNodeHost({ dataDir: directory, environment: {} });
  secrets = host.secrets;
  ledger = createLedger({ file: files.ledger, clock: systemClock, log: silentLog });
  ledger.keepSnapshot('s1', () => ({ routes: [] }));
  for (const given of [
    { requestId: 'req-known', decision: decision(), cost: 1 },
    { requestId: 'req-undecided' },
    { status: 502, error: 'attempt.connect', outcome: 'failed' as const },
  ]) {
    const record = exchange(given);
    ledger.open(opened(record));
    ledger.close(record);
  }
  await ledger.flush();
  config = await openConfigStore({
    file: files.config,
    host,
    clock: systemClock,
    log: silentLog,
    watching: false,
    onSnapshot: () => undefined,
  });
  const common = { config, randomId: (count: number) => 'x'.repeat(count), log: silentLog };
  const status = { urls: ['http://127.0.0.1:1'], providers: 1, routes: 0, keys: 1, running: 0 };
  dispatch = createDispatch({
    ...common,
    ledger,
    running: {
      gateway: {
        ...routing,
        status: () => status,
        prove: (challenge) => `proof of ${challenge}`,
        health: () => [resting],
        isOffline: () => false,
      },
      instance: {
        pid: 42,
        version: '1.2.3',
        dataDirectory: directory,
        startedAt: 0,
        uptimeMs: () => 5,
        shutdown: () => void (shutdowns += 1),
      },
      budgets,
      policy,
    },
  });
  const reader = openLedgerReader(files.ledger);
  closeReader = () => reader.close();
  offline = createDispatch({
    ...common,
    ledger: reader,
    routing: { explain: (made, kept) => routing.explain(made, kept) },
    policy: { mask: (text) => policy.mask(text) },
  });
  socket = await openLocalSocket({
    dataDirectory: directory,
    control: Promise.resolve({ dispatch, events: createEvents() }),
    pid: 42,
  });
});

afterAll(async () => {
  await socket.close();
  closeReader();
  await config.close();
  await ledger.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** What two creations of the same key cannot have in common. */
function withoutKey(reply: Reply<unknown>): unknown {
  if (!reply.ok || typeof reply.value !== 'object' || reply.value === null || !('key' in reply.value)) return reply;
  const same = { key: 'sk-sluice-…', id: '…', name: '…', budgets: [], origin: '…', previous_until: '…' };
  return { ok: true, value: { ...reply.value, ...same } };
}

describe('every call', () => {
  for (const name of Object.keys(good) as CallName[]) {
    for (const input of good[name]) {
      it(`${name} gives over the socket what it gives in process: ${JSON.stringify(input)}`, async () => {
        const prepare = async (): Promise<void> => {
          if (name === 'secrets.delete') await secrets.set('to-delete', new Secret('value'));
          if (/^keys[.](?!create|list)/.test(name))
            await config.edit((document) =>
              document.set('virtual_keys', [{ id: 'to-change', value: `sha256:${'a'.repeat(64)}` }]),
            );
        };
        await prepare();
        const here = await dispatch.call(name, input);
        await prepare();
        const there = (await call(socket.address, name, input)) as Reply<unknown>;
        expect(withoutKey(there)).toEqual(withoutKey(here));
        if (!there.ok) throw new Error(there.error.message);
        // The value is what the contract says, and nothing besides.
        expect(calls[name].output.parse(there.value)).toEqual(there.value);
      });
    }
  }

  it.each(bad)('%s with %j is refused alike, with %s', async (name, input, code) => {
    const here = await dispatch.call(name, input);
    expect(here).toMatchObject({ ok: false, error: { code, requestId: 'call-xxxxxxxxxxxx' } });
    expect(await call(socket.address, name, input)).toEqual(here);
  });

  it('app.stop begins the end once for each time it is asked', async () => {
    const before = shutdowns;
    await dispatch.call('app.stop', {});
    expect(shutdowns).toBe(before + 1);
  });
});

describe('without a running instance', () => {
  const needing: readonly CallName[] = [
    ...(['app.status', 'app.stop', 'app.prove', 'route.simulate'] as const),
    ...(['budgets.list', 'budgets.raise', 'budgets.accept', 'policy.examine', 'policy.backtest'] as const),
  ];

  it.each(needing)('%s says that it needs one', async (name) => {
    expect(await offline.call(name, good[name][0])).toMatchObject({
      ok: false,
      error: { code: 'control.unsupported', message: expect.stringContaining('sluice serve') as string },
    });
  });

  it.each(
    (Object.keys(good) as CallName[]).filter(
      (name) => !needing.includes(name) && !/^keys[.]|^secrets[.]delete/.test(name),
    ),
  )('%s answers the same', async (name) => {
    for (const input of good[name]) expect(await offline.call(name, input)).toEqual(await dispatch.call(name, input));
  });
});

describe('an explained route', () => {
  const explain = (request_id: string): Promise<unknown> => dispatch.call('route.explain', { request_id });

  it('is derived again from what was kept of its decision and its snapshot', async () => {
    expect(await explain('req-known')).toMatchObject({
      ok: true,
      value: {
        decision: {
          asked: 'smart',
          chosen: 'demo/model-0',
          rule: 'smart (sluice.yaml, line 4)',
          candidates: [{ target: 'demo/model-0', cost_usd: '0.0011' }, { target: 'demo/model-1' }],
          seed: '0.25',
        },
        entry: { request_id: 'req-known', cost_usd: '0.000000000001' },
        verified: 'same',
        note: JSON.stringify([decision(), { routes: [] }]),
      },
    });
  });

  it('says what is missing where it cannot be', async () => {
    const why = async (given: Parameters<typeof exchange>[0]): Promise<unknown> => {
      const record = exchange(given);
      ledger.close(record);
      const reply = (await explain(record.requestId)) as Reply<{ decision: unknown; verified: string; note: string }>;
      if (!reply.ok) throw new Error(reply.error.message);
      expect(reply.value.verified).toBe('unknown');
      return reply.value.note;
    };
    expect(await why({})).toContain('by a version that kept no decisions');
    expect(await why({ attempts: [], status: 403 })).toContain('refused before a target was chosen');
    expect(await why({ decision: decision(), snapshotId: 'gone' })).toContain('configuration of that time');
    expect(await why({ decision: decision({}, 2_000) })).toContain('too long to be kept whole');
    const running = exchange({ requestId: 'req-running' });
    ledger.open(opened(running));
    expect(await explain('req-running')).toMatchObject({
      value: { decision: null, note: expect.stringContaining('still running') as string },
    });
  });

  it('of a simulated request goes by the path that its body tells', async () => {
    const pathFor = async (body: unknown): Promise<unknown> => {
      const reply = (await dispatch.call('route.simulate', { request: { body } })) as Reply<{
        decision: { reason: string };
      }>;
      return reply.ok ? reply.value.decision.reason : reply.error.message;
    };
    expect(await pathFor({ model: 'm', input: 'hello' })).toBe('/v1/responses');
    expect(await pathFor({ model: 'm', system: 's', messages: [] })).toBe('/v1/messages');
    expect(await pathFor({ model: 'gemini/x', contents: [] })).toBe('/v1beta/models/gemini/x:generateContent');
    expect(await pathFor({ contents: [] })).toContain('/v1beta/models/MODEL:generateContent');
  });
});

describe('a secret that the config refers to', () => {
  it('is not deleted: control.refused, with who uses it', async () => {
    await secrets.set('used', new Secret('a-value'));
    await config.edit((document) =>
      document.set('providers', [
        { id: 'up', kind: 'openai', keys: [{ name: 'main', value: 'secret:used' }, { value: 'secret:used' }] },
      ]),
    );
    expect(await call(socket.address, 'secrets.delete', { id: 'used' })).toMatchObject({
      ok: false,
      error: {
        code: 'control.refused',
        message: expect.stringContaining('key "main" of provider "up", key "key-2" of provider "up"') as string,
      },
    });
    expect(await secrets.list()).toContain('used');
  });
});

describe('the value of secrets.set', () => {
  it('is in no reply, whether it is taken or refused', async () => {
    const value = 'a-value-nobody-sees';
    for (const [id, given] of [
      ['openai', value],
      ['a b', value],
      ['openai', `${value}\n${value}`],
    ]) {
      expect(JSON.stringify(await call(socket.address, 'secrets.set', { id, value: given }))).not.toContain(value);
    }
    for (const name of Object.keys(good) as CallName[]) {
      if (name.startsWith('keys.') || name === 'secrets.set') continue;
      expect(JSON.stringify(await call(socket.address, name, good[name][0]))).not.toContain(value);
    }
  });
});

describe('the key of keys.create', () => {
  it('is in that reply and in no other', async () => {
    const made = (await call(socket.address, 'keys.create', { name: 'once' })) as Reply<{ key: string }>;
    if (!made.ok) throw new Error(made.error.message);
    for (const name of Object.keys(good) as CallName[]) {
      if (/^keys[.](?!list)/.test(name)) continue;
      expect(JSON.stringify(await call(socket.address, name, good[name][0]))).not.toContain(made.value.key);
    }
  });
});
