// The first picture holds everything that a window shows before it asks anything, in the words of the contract.
import { describe, expect, it } from 'vitest';
import { snapshotHandlers } from '../../../main/control/handlers/snapshot.ts';
import type { ControlNeeds } from '../../../main/control/needs.ts';
import type { LedgerQueries } from '../../../main/ledger/ledger.ts';
import { configSchema } from '../../../shared/config/config.ts';
import { calls, type CallOutput } from '../../../shared/contract/contract.ts';

type Usage = Parameters<LedgerQueries['usage']>[0];
type Running = NonNullable<ControlNeeds['running']>;

const { input, output } = calls['app.snapshot'];

const config = configSchema.parse({
  version: 1,
  routes: [
    {
      alias: 'smart',
      targets: ['openai/gpt-5*', { provider: 'demo', model: 'echo', weight: 3 }, '@requested', 'cheap'],
    },
    { id: 'own', alias: 'cheap', targets: [{ alias: 'fast' }], strategy: 'single' },
  ],
  masking: { enabled: true },
  firewall: [{ id: 'one', detect: 'email', action: 'block' }],
  logging: { content: 'redacted', retention_days: 12 },
});

const compiled = (id: string, alias: string, origin: string, choice?: string): object => ({
  ...{ id, alias, strategy: alias === 'smart' ? 'fallback' : 'auto', origin, choice },
});

interface World {
  readonly now?: number;
  readonly running?: Partial<Running>;
  readonly usage?: LedgerQueries['usage'];
}

const sums = {
  ...{ requests: 3, errors: 1, input_tokens: 5, output_tokens: 6, cache_read_tokens: 0, cache_write_tokens: 0 },
  ...{
    cost_usd: '0.5',
    known_cost_usd: '0.5',
    unknown_costs: 0,
    cache_hit_rate: null,
    cached: 0,
    cache_saved_usd: '0',
  },
};

function world({ now = Date.UTC(2026, 10, 25, 12), running = {}, usage }: World = {}): {
  snapshot: (query?: object) => Promise<CallOutput<'app.snapshot'>>;
  asked: Usage[];
} {
  const asked: Usage[] = [];
  const needs = {
    config: {
      config,
      snapshot: {
        routes: [
          compiled('use-model', '*', 'sluice.yaml, line 2', 'smart'),
          compiled('smart', 'smart', 'sluice.yaml, line 4'),
          compiled('own', 'cheap', 'sluice.yaml, line 9'),
          compiled('auto', 'auto', 'built in'),
        ],
      },
      state: () => ({ file: 'sluice.yaml', snapshot: 's1', problems: [], warnings: [], export_refused: null }),
      keys: { list: () => [] },
      providers: { list: () => [] },
      models: { choice: () => 'smart' },
      profiles: { list: () => [{ id: 'work', name: 'At work' }], choice: () => 'work' },
    },
    ledger: {
      health: () => ({
        ...{ state: 'writing', reason: null, waiting: 0, dropped_opens: 0, dropped_closes: 0, interrupted: 0 },
        ...{ notices: [], journal: { state: 'writing', reason: null } },
      }),
      usage: async (query: Usage) => {
        asked.push(query);
        return (await usage?.(query)) ?? { groups: [], total: sums };
      },
    },
    running: {
      gateway: {
        status: () => ({ urls: ['http://127.0.0.1:4790'], providers: 1, routes: 2, keys: 1, running: 0 }),
        health: () => [],
        isOffline: () => false,
      },
      instance: {
        ...{ pid: 7, version: '1.0.0', dataDirectory: 'data', startedAt: 0 },
        ...{ uptimeMs: () => 41.6, now: () => now, shutdown: () => {} },
      },
      ...running,
    },
  } as unknown as ControlNeeds;
  const handler = snapshotHandlers(needs)['app.snapshot'];
  if (handler === undefined) throw new Error('nobody answers');
  // What is answered is what the contract says.
  return { asked, snapshot: async (query = {}) => output.parse(await handler(input.parse(query))) };
}

it('is answered by a running instance alone', () => {
  expect(Object.keys(snapshotHandlers({} as ControlNeeds))).toEqual(['profiles.choose']);
});

describe('it tells', () => {
  it('how the instance is, what was chosen and what policies there are', async () => {
    const snapshot = await world().snapshot();
    expect(snapshot).toMatchObject({
      status: { pid: 7, uptime_ms: 42, started_at: '1970-01-01T00:00:00.000Z', offline: false, paused: null },
      host: { kind: 'headless' },
      model_choice: 'smart',
      profiles: [{ id: 'work', name: 'At work' }],
      profile: 'work',
      policies: { masking: true, firewall: 1, recording: 'redacted', retention_days: 12 },
    });
  });

  it('routes as they are written, the built-in ones last, and the choice not among them', async () => {
    const { routes } = await world().snapshot();
    expect(routes).toEqual([
      {
        ...{ id: 'smart', alias: 'smart', strategy: 'fallback', origin: 'sluice.yaml, line 4' },
        targets: ['openai/gpt-5*', 'demo/echo', '@requested', 'cheap'],
      },
      { id: 'own', alias: 'cheap', strategy: 'auto', origin: 'sluice.yaml, line 9', targets: ['fast'] },
      { id: 'auto', alias: 'auto', strategy: 'auto', origin: null, targets: [] },
    ]);
  });

  it('that it is paused, where it is, and what the documents of the app say', async () => {
    const paused = { mode: 'block', since: '2026-11-25T11:00:00.000Z', until: null };
    const running = {
      hostKind: 'desktop',
      pause: { paused: () => paused, passThroughRefused: () => 'because.' },
      documents: { favourites: () => ['demo/echo'], welcomed: () => true },
    } as unknown as Partial<Running>;
    expect(await world({ running }).snapshot()).toMatchObject({
      status: { paused, pass_through_refused: 'because.' },
      host: { kind: 'desktop' },
      favourites: ['demo/echo'],
      welcomed: true,
    });
    expect(await world().snapshot()).toMatchObject({ favourites: [], welcomed: false, budgets: [] });
  });

  it.each([
    ['UTC', Date.UTC(2026, 10, 25)],
    ['Asia/Kolkata', Date.UTC(2026, 10, 24, 18, 30)],
    ['America/Los_Angeles', Date.UTC(2026, 10, 24, 8)],
  ])('what was used since midnight of %s', async (timezone, since) => {
    const { snapshot, asked } = world({ now: Date.UTC(2026, 10, 25, 2) });
    expect((await snapshot({ timezone })).today).toEqual(sums);
    expect(asked).toMatchObject([{ since, group_by: [] }]);
  });
});

it('comes all the same when the ledger cannot be read, and calls the cost unknown then', async () => {
  const usage = (): Promise<never> => Promise.reject(new Error('The ledger cannot be read'));
  expect((await world({ usage }).snapshot()).today).toMatchObject({ requests: 0, cost_usd: null });
});

it('refuses a time zone that nobody knows', async () => {
  await expect(world().snapshot({ timezone: 'Mars/Olympus' })).rejects.toMatchObject({ code: 'control.invalid_input' });
});
