// Every code of the stage relay, raised in the middle of real answers, in the words of each client; and what a bug looks like.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRandom } from '../../../main/kit/random.ts';
import type { GatewayPorts } from '../../../main/gateway/ports.ts';
import type { ErrorCode } from '../../../shared/errors/codes.ts';
import { fault, startFake, type Fake, type Plan } from '../../fakes/fake.ts';
import { clients, expectBrokenOff, expectRefusal, openAnswer, question } from './refusals.ts';
import { send, snapshotOf, startTestGateway, type Answer, type TestGateway } from './support.ts';

let fake: Fake;
let gateway: TestGateway;

afterEach(async () => {
  vi.useRealTimers();
  await gateway.stop();
  await fake.close();
});

/** Clocks too long to matter, unless they are what is tried. */
function config(idleMs = 3_600_000): string {
  return `
providers:
  - id: up
    kind: openai-compatible
    base_url: ${fake.url}/v1
    keys: [{ name: main, value: sk-upstream-key-1 }]
    retry: { attempts: 1 }
    timeouts: { idle_ms: ${String(idleMs)}, total_ms: 900000 }
`;
}

async function start(idleMs?: number, ports?: Partial<GatewayPorts>): Promise<void> {
  gateway = await startTestGateway(config(idleMs), ports);
}

beforeEach(async () => {
  fake = await startFake({ dialect: 'openai' });
});

const words = 'long 20';
/** Behind the first few of them. */
const stalled: Plan = { fault: fault.stall({ events: 5 }, 'forever') };
const silent: Plan = { fault: fault.stall('start', 'forever') };

const chunk = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;

type Row = readonly [code: ErrorCode, says: readonly string[], plan: Plan, idleMs?: number];

const rows: readonly Row[] = [
  ['relay.idle_timeout', ['sent nothing for 50 ms', 'timeouts.idle_ms'], stalled, 50],
  ['relay.stream_cut', ['broke off in the middle', 'closed the connection'], { fault: fault.reset({ events: 5 }) }],
  ['relay.stream_incomplete', ['without finishing the answer'], { fault: fault.endAfterEvents(5) }],
  [
    'relay.stream_malformed',
    ['several broken events'],
    { sse: [chunk('hello'), 'data: {oops\n\n', 'data: {oops\n\n', chunk('more')] },
  ],
];

describe.each(clients)('to a client of %s', (client) => {
  const asked = question(client, 'up/gpt-4o', words, true);

  it.each(rows.map(([code, says, plan, idleMs]) => [code, says, plan, idleMs] as const))(
    '%s says %j in the stream',
    async (code, says, plan, idleMs) => {
      await start(idleMs);
      fake.plan(plan);
      expectBrokenOff(await openAnswer(gateway, asked).whole, client, { code, says });
      expect(await gateway.closed()).toMatchObject({ outcome: 'incomplete', status: 200, error: code });
    },
  );

  it('relay.total_timeout names the setting in the stream, and ends the call', async () => {
    await start();
    fake.plan(stalled);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const answer = openAnswer(gateway, asked);
    await answer.until('w1');
    await vi.advanceTimersByTimeAsync(900_000);
    const says = ['total_ms (900000 ms)', 'Raise timeouts.total_ms'];
    expectBrokenOff(await answer.whole, client, { code: 'relay.total_timeout', says });
    await fake.requests[0]?.aborted;
  });

  it('relay.upstream_error says in the stream what the provider said', async () => {
    await start();
    fake.plan({ fault: fault.errorEventAfter(5) });
    const { text } = await openAnswer(gateway, asked).whole;
    expect(text).toContain('w1');
    expect(text).toContain('The server had an error');
    expect(await gateway.closed()).toMatchObject({ outcome: 'incomplete', error: 'relay.upstream_error' });
  });

  it('relay.budget_exhausted says in the stream what shows and what gives more', async () => {
    const budget = 'budgets: [{ id: tight, scope: global, limit_usd: "0.01", period: day, action: reject }]';
    gateway = await startTestGateway(
      `${config().trimEnd()}\n    models: [{ id: gpt-4o, max_output_tokens: 300, pricing: { input: "1", output: "10" } }]\n${budget}\n`,
    );
    fake.plan({ turn: { text: 'long '.repeat(20_000) } });
    const says = ['longer than what the budget has left', 'sluice budgets raise'];
    const answer = await openAnswer(gateway, question(client, 'up/gpt-4o', 'hello', true)).whole;
    expectBrokenOff(answer, client, { code: 'relay.budget_exhausted', says });
    await fake.requests[0]?.aborted;
  });

  it('relay.key_revoked says in the stream that another key is needed', async () => {
    await start();
    fake.plan(stalled);
    const answer = openAnswer(gateway, asked);
    await answer.until('w1');
    await gateway.apply(`${config()}virtual_keys: []\n`);
    const says = ['"test" was revoked', 'sluice keys create'];
    expectBrokenOff(await answer.whole, client, { code: 'relay.key_revoked', says });
    await fake.requests[0]?.aborted;
  });

  it('relay.key_revoked is a 401 before the answer begins', async () => {
    await start();
    fake.plan(silent);
    const arrived = fake.nextRequest();
    const answer = send(gateway, question(client, 'up/gpt-4o'));
    await arrived;
    await gateway.apply(`${config()}virtual_keys: []\n`);
    const says = ['"test" was revoked', 'sluice keys create'];
    expectRefusal(await answer, client, { code: 'relay.key_revoked', says });
    expect(await gateway.closed()).toMatchObject({ outcome: 'failed', error: 'relay.key_revoked' });
    await fake.requests[0]?.aborted;
  });

  it('relay.stream_incomplete is a 502 when nothing of an answer came', async () => {
    await start();
    fake.plan({ fault: fault.endAfterEvents(0) });
    const answer = await send(gateway, asked);
    expectRefusal(answer, client, { code: 'relay.stream_incomplete', says: ['ended the stream without'] });
  });

  it('receive.draining is said to those who wait and to those who read', async () => {
    await start();
    fake.plan(silent, stalled);
    const arrived = fake.nextRequest();
    const waiting = send(gateway, question(client, 'up/gpt-4o'));
    await arrived;
    const reading = openAnswer(gateway, asked);
    await reading.until('w1');
    await gateway.stop();
    const expected = { code: 'receive.draining', says: ['shutting down', 'Send this again'] } as const;
    expectRefusal(await waiting, client, expected);
    expectBrokenOff(await reading.whole, client, expected);
  });

  it('internal.bug is a 500 that is logged in full and not tried again', async () => {
    await start(undefined, { random: { ...createRandom(), next: throwing('no dice') } });
    const answer = await send(gateway, question(client, 'up/gpt-4o'));
    expectBug(answer, 'no dice');
    expectRefusal(answer, client, { code: 'internal.bug', says: ['Sluice failed', 'bug of Sluice', 'log'] });
    expect(await gateway.closed()).toMatchObject({ outcome: 'failed', status: 500, error: 'internal.bug' });
  });

  it('internal.bug is said of a target that cannot be prepared, and the next one is tried', async () => {
    await start();
    const route = 'routes: [{ alias: smart, targets: [up/gpt-4o, demo/echo] }]\n';
    const snapshot = await snapshotOf(`${config()}${route}`);
    const up = snapshot.providers.get('up');
    if (up === undefined) throw new Error('there is no provider "up"');
    const broken = { ...up, rulesFor: throwing('no rules') };
    gateway.gateway.apply({ ...snapshot, providers: new Map(snapshot.providers).set('up', broken) });
    const alone = await send(gateway, question(client, 'up/gpt-4o'));
    expectBug(alone, 'no rules');
    expectRefusal(alone, client, { code: 'internal.bug', says: ['preparing the request', 'bug of Sluice', 'log'] });
    const saved = await send(gateway, question(client, 'smart'));
    expect(saved.headers['x-sluice-target']).toBe('demo/echo');
    expect(logged(saved, 'no rules')).toHaveLength(1);
  });

  function expectBug(answer: Answer, cause: string): void {
    expect(answer.headers['x-should-retry']).toBe('false');
    expect(answer.text).not.toContain(cause);
    expect(logged(answer, cause)).toHaveLength(1);
  }

  function logged(answer: Answer, cause: string): readonly string[] {
    const id = String(answer.headers['x-sluice-request-id']);
    return gateway.logs.filter((line) => line.includes(id) && line.includes(`Error: ${cause}`));
  }
});

function throwing(message: string): () => never {
  return () => {
    throw new Error(message);
  };
}
