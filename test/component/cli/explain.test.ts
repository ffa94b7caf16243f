// What the command line tells of routing: from a ledger file on its own, and of a running instance.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvents } from '../../../main/control/events.ts';
import { openLocalSocket, type LocalSocket } from '../../../main/control/local-socket.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import { dataFiles } from '../../../main/kit/data-directory.ts';
import { createLedger } from '../../../main/ledger/sqlite.ts';
import type { HealthEntry } from '../../../shared/contract/app.ts';
import { calls, type CallOutput } from '../../../shared/contract/contract.ts';
import { succeeded } from '../../../shared/contract/reply.ts';
import { attempt, decision, exchange, silentLog } from '../ledger/exchanges.ts';
import { chat, makeHome, type Home, type Running } from './instance.ts';

const dollar = 1_000_000_000_000;

describe('a ledger without an instance', () => {
  let home: Home;
  const fallen = exchange({
    requestId: 'req-fallen',
    modelAsked: 'smart',
    target: 'demo/model-1',
    cost: 0.0011 * dollar,
    decision: decision(),
    attempts: [
      attempt({ target: 'demo/model-0', status: 429, error: 'upstream.429', ms: 210, cost: 0 }),
      attempt({ target: 'demo/model-1', kind: 'fallback', startedMs: 212, ms: 1_320, cost: 0.0011 * dollar }),
    ],
  });

  beforeAll(async () => {
    home = makeHome();
    mkdirSync(home.data, { mode: 0o700 });
    const ledger = createLedger({ file: dataFiles(home.data).ledger, clock: systemClock, log: silentLog });
    ledger.close(fallen);
    ledger.close(exchange({ requestId: 'req-cached', cost: 0, attempts: [], cache: { savedCost: 0.25 * dollar } }));
    ledger.close(exchange({ requestId: 'req-unpriced', target: 'other/x' }));
    await ledger.stop();
    // The first command makes the key of the directory and says so.
    await home.sluice('keys', 'list');
  });

  afterAll(() => home.leave());

  it('explains an exchange', async () => {
    const { code, out, err } = await home.sluice('route', 'explain', '--id', 'req-fallen');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      `asked        "smart" by claude-code with key default, over chat, on ${new Date(fallen.at).toLocaleString('sv-SE', { timeZone: 'UTC' })}
chosen       demo/model-0
why          Route "smart" (fallback): first of its targets.
rule         smart (sluice.yaml, line 4): its targets in the order they are listed
facts        about 812 tokens in

#  TARGET           COST  SCORE
1  demo/model-0  $0.0011   0.50
2  demo/model-1  $0.0011   0.50

attempts     1. demo/model-0 429 after 210 ms → 2. demo/model-1 200 after 1.3 s
cost         $0.0011 for 2 attempts together
derived again: not possible. The configuration of that time is not kept any more.
`,
    );
    const json = JSON.parse((await home.sluice('route', 'explain', '--id', 'req-fallen', '--json')).out) as object;
    expect(json).toMatchObject({
      request_id: 'req-fallen',
      chosen: 'demo/model-0',
      attempts: [{ status: 429 }, { target: 'demo/model-1', kind: 'fallback', cost_usd: '0.0011' }],
      cost_usd: '0.0011',
      verified: 'unknown',
    });
  });

  it('explains the newest exchange without its id', async () => {
    const newest = JSON.parse((await home.sluice('log', '--limit', '1', '--json')).out) as { request_id: string }[];
    const { code, out } = await home.sluice('route', 'explain', '--id', 'last', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ request_id: newest[0]?.request_id });
  });

  it('has one that it does not know', async () => {
    const { code, err } = await home.sluice('route', 'explain', '--id', 'req-nobody');
    expect(code).toBe(1);
    expect(err).toContain('There is no exchange "req-nobody"');
    expect(err).toContain('sluice log');
  });

  it('shows costs, fallbacks and cached answers in log and usage', async () => {
    const { out } = await home.sluice('log');
    const line = (text: string): string => out.split('\n').find((one) => one.includes(text)) ?? '';
    expect(line('demo/model-1')).toMatch(/\$0\.0011 .* served by demo\/model-1 \(demo\/model-0: 429\)$/);
    expect(line('from the cache')).toMatch(/ \$0 .* from the cache, saved \$0\.25$/);
    expect(line('other/x')).toMatch(/ — /);
    const { groups, total } = JSON.parse(
      (await home.sluice('usage', '--group-by', 'provider', '--json')).out,
    ) as CallOutput<'usage.query'>;
    expect(groups).toMatchObject([
      { provider: 'demo', requests: 2, cost_usd: '0.0011' },
      { provider: 'other', requests: 1, cost_usd: null },
    ]);
    expect(total.cost_usd).toBeNull();
    expect((await home.sluice('usage', '--group-by', 'provider')).out).toMatch(
      /\ndemo .* \$0\.0011 +\$0\.25\nother .* — +\$0\ntotal .* ≥ \$0\.0011 +\$0\.25\n$/,
    );
  });
});

describe('status', () => {
  let home: Home;
  let socket: LocalSocket;
  let facts: CallOutput<'app.status'>;

  beforeAll(async () => {
    home = makeHome();
    mkdirSync(home.data, { mode: 0o700 });
    const control = {
      events: createEvents(),
      dispatch: {
        call: async (name: string) =>
          succeeded(name === 'budgets.list' ? { budgets: [] } : calls['app.status'].output.parse(facts)),
      },
    };
    socket = await openLocalSocket({ dataDirectory: home.data, control: Promise.resolve(control), pid: 42 });
  });

  afterAll(async () => {
    await socket.close();
    await home.leave();
  });

  const target = (given: Partial<HealthEntry>): HealthEntry => ({
    provider: 'openai',
    model: 'gpt-5',
    credential: 'main',
    state: 'closed',
    why: null,
    until: null,
    ttft_p50_ms: 400,
    ttft_p95_ms: 900,
    tokens_per_second: 60,
    running: 0,
    calls: 8,
    failures: 0,
    needs_attention: false,
    ...given,
  });

  async function shown(
    health: HealthEntry[],
    offline = false,
    bundles: CallOutput<'app.status'>['bundles'] = [],
  ): Promise<string[]> {
    facts = {
      pid: 42,
      version: '1.2.3',
      started_at: '2026-11-25T12:00:00.000Z',
      uptime_ms: 5,
      data_directory: home.data,
      gateway: { urls: ['http://127.0.0.1:1'], providers: 1, routes: 0, keys: 1, running: 0 },
      config: { file: 'x.yaml', snapshot: 's', problems: [], warnings: [], export_refused: null },
      ledger: {
        state: 'writing',
        reason: null,
        waiting: 0,
        dropped_opens: 0,
        dropped_closes: 0,
        interrupted: 0,
        notices: [],
        journal: { state: 'writing', reason: null },
      },
      health,
      offline,
      paused: null,
      pass_through_refused: null,
      bundles,
    };
    const { code, out } = await home.sluice('status');
    expect(code).toBe(0);
    return out.trimEnd().split('\n').slice(6);
  }

  it('says nothing of targets that are well', async () => {
    expect(await shown([target({}), target({ provider: 'demo' })])).toEqual([]);
  });

  it('tells those that rest, are limited or need somebody, with the time that is left', async () => {
    const soon = new Date(Date.now() + 3_600_000 * 5).toISOString();
    expect(
      await shown([
        target({ state: 'open', why: '5 of 8 calls failed (503)', until: soon }),
        target({ provider: 'demo' }),
        target({ state: 'half_open', credential: 'spare', why: 'one request finds out whether it is back' }),
        target({ state: 'limited', model: 'gpt-5-mini', why: 'the provider limits the rate (429)', until: soon }),
        ...['claude-a', 'claude-b'].map((model) =>
          target({
            provider: 'anthropic',
            model,
            state: 'refused',
            why: 'key "main" was refused (401)',
            needs_attention: true,
          }),
        ),
      ]),
    ).toEqual([
      'targets    anthropic (key main) is asked last: key "main" was refused (401); needs your attention',
      '           openai/gpt-5 (key main) rests for another 5 h: 5 of 8 calls failed (503)',
      '           openai/gpt-5 (key spare) is tried again after a rest: one request finds out whether it is back',
      '           openai/gpt-5-mini (key main) rests for another 5 h: the provider limits the rate (429)',
    ]);
  });

  it('tells of each team bundle how it stands, and why where that is not well', async () => {
    const bundles = [
      { key: 'a', name: 'ACME core', state: 'active', version: 12, reason: null } as const,
      {
        key: 'b',
        name: 'ACME labs',
        state: 'last_good',
        version: 11,
        reason: 'Its version 12 is not signed.',
      } as const,
    ];
    expect(await shown([], false, bundles)).toEqual([
      'team       ACME core: active',
      '           ACME labs: last good (Its version 12 is not signed.)',
    ]);
  });

  it('says that this machine is offline', async () => {
    expect(await shown([], true)).toEqual([
      'targets    this machine is offline: every provider failed on the way to it',
    ]);
  });
});

describe('a running instance', () => {
  let home: Home;
  let instance: Running;

  beforeAll(async () => {
    home = makeHome();
    mkdirSync(home.data, { mode: 0o700 });
    writeFileSync(
      join(home.data, 'sluice.yaml'),
      `version: 1
virtual_keys:
  - { id: ide, value: "sk-sluice-ide-0123456789abcdef" }
  - { id: narrow, value: "sk-sluice-narrow-0123456789abcdef", allowed_models: ["nothing-*"] }
routes:
  - alias: smart
    when: { has: [tools] }
    targets: [demo/slow]
    id: with-tools
  - alias: smart
    targets: [demo/error-503, demo/echo]
`,
      { mode: 0o600 },
    );
    instance = await home.serve();
    writeFileSync(join(home.folder, 'body.json'), JSON.stringify({ model: 'smart', messages: [] }));
  });

  afterAll(() => home.leave());

  it('derives a decision of its own again, and it is the same', async () => {
    const response = await chat(instance.url, 'sk-sluice-ide-0123456789abcdef', 'smart');
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('hello there')]);
    const id = response.headers.get('x-sluice-request-id') ?? '';
    const { code, out, err } = await home.sluice('route', 'explain', '--id', id);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/\nchosen +demo\/error-503\n/);
    expect(out).toMatch(/\nrule +smart \(.*line 10\): its targets in the order they are listed\n/);
    expect(out).toMatch(/\npassed over +with-tools: .*tools/);
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      / attempts 1\. demo\/error-503 503 after .* → \d\. demo\/echo 200 after /,
    );
    expect(out).toMatch(/\nderived again: same\n$/);
    const json = JSON.parse((await home.sluice('route', 'explain', '--id', id, '--json')).out) as object;
    expect(json).toMatchObject({ request_id: id, order: ['demo/error-503', 'demo/echo'], verified: 'same' });
    expect((await home.sluice('log', '--limit', '1')).out).toContain('served by demo/echo (demo/error-503: 503)');
  });

  it('says where a request would go, and neither sends nor records it', async () => {
    const before = (await home.sluice('log', '--json')).out;
    const { code, out, err } = await home.sluice('route', 'explain', '--request', 'body.json', '--key', 'ide');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^asked +"smart" .*over chat\nchosen +demo\/error-503\n/);
    expect(out).toMatch(/\nSimulated: nothing was sent, spent or recorded\.\n$/);
    const json = JSON.parse((await home.sluice('route', 'explain', '--request', 'body.json', '--json')).out) as object;
    expect(json).toMatchObject({ request_id: null, chosen: 'demo/error-503', attempts: [] });
    expect((await home.sluice('route', 'explain', '--request', 'body.json')).out).toMatch(
      /^asked +"smart" with any key, over chat\n/,
    );
    expect((await home.sluice('log', '--json')).out).toBe(before);
  });

  it('is 1 for a request that its key forbids, and 2 for one that is none', async () => {
    const denied = await home.sluice('route', 'explain', '--request', 'body.json', '--key', 'narrow');
    expect(denied).toMatchObject({ code: 1, err: '' });
    expect(denied.out).toContain('chosen       nothing: no target may or can serve this\n');
    expect(denied.out).toMatch(
      /^– +demo\/echo +may not be used: it is not among allowed_models of key "narrow" \(sluice\.yaml, line \d+\)$/m,
    );
    writeFileSync(join(home.folder, 'broken.json'), JSON.stringify({ model: 7, messages: [] }));
    const broken = await home.sluice('route', 'explain', '--request', 'broken.json');
    expect(broken).toMatchObject({ code: 2, out: '' });
    expect(broken.err).toMatch(/^broken\.json: .*model/);
  });

  it('has said enough, when it is gone, for its decisions to be derived again', async () => {
    const [last] = JSON.parse((await home.sluice('log', '--limit', '1', '--json')).out) as { request_id: string }[];
    expect((await home.sluice('stop')).code).toBe(0);
    const { code, out } = await home.sluice('route', 'explain', '--id', last?.request_id ?? '');
    expect(code).toBe(0);
    expect(out).toMatch(/\nderived again: same\n$/);
    const simulated = await home.sluice('route', 'explain', '--request', 'body.json');
    expect(simulated).toMatchObject({ code: 1, out: '' });
    expect(simulated.err).toContain('That needs a running instance: `sluice serve`.');
  });
});
