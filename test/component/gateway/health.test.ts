// Targets that rest and come back, seen through the port (RTE-42, RTE-43, FAULT-22, FAULT-23).
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask, startPair, type Pair } from './rigs.ts';

let pair: Pair;
let now = 0;
const clock = { now: () => 1_800_000_000_000 + now, monotonic: () => now };

beforeEach(() => {
  now = 0;
});
afterEach(() => pair.close());

const down = { status: 503, json: { error: { message: 'busy', type: 'server_error' } }, times: Infinity };
let asked = 0;

/** Each a conversation of its own. */
async function once(
  model = 'smart',
): Promise<{ status: number; target: unknown; headers: Record<string, unknown>; text: string }> {
  const answer = await ask(pair.gateway, 'chat', `question ${String(asked++)}`, { stream: false, model });
  return {
    status: answer.status,
    target: answer.headers['x-sluice-target'],
    headers: answer.headers,
    text: answer.text,
  };
}

it('asks a target no more once half of eight calls failed, finds out with one request whether it is back, and returns step by step', async () => {
  pair = await startPair({ ports: { clock } });
  pair.a.plan(down);
  for (let n = 0; n < 8; n++) expect((await once()).target).toBe('b/gpt-4o');
  expect(pair.a.requests).toHaveLength(8);
  for (let n = 0; n < 5; n++) expect((await once()).target).toBe('b/gpt-4o');
  expect(pair.a.requests).toHaveLength(8);
  const [entry] = pair.gateway.gateway.health().filter((one) => one.provider === 'a');
  expect(entry).toMatchObject({ state: 'open', why: expect.stringContaining('8 of 8 calls failed') as string });
  expect(pair.gateway.records.at(-1)?.decision?.candidates[0]).toMatchObject({
    target: 'a/gpt-4o',
    droppedBy: 'health',
  });

  // It still fails: one request finds out, and the rest is longer.
  now += 2_001;
  expect((await once()).target).toBe('b/gpt-4o');
  expect((await once()).target).toBe('b/gpt-4o');
  expect(pair.a.requests).toHaveLength(9);

  now += 4_001;
  pair.a.clearPlans();
  expect((await once()).target).toBe('a/gpt-4o');
  now += 60_000;
  expect((await once()).target).toBe('a/gpt-4o');
});

it('says 503 with the reasons and the time when nothing is left, and asks what a client names all the same', async () => {
  pair = await startPair({ ports: { clock } });
  pair.a.plan(down);
  pair.b.plan(down);
  for (let n = 0; n < 8; n++) expect((await once()).status).toBe(503);
  const calls = pair.a.requests.length + pair.b.requests.length;
  const refused = await once();
  expect([refused.status, refused.headers['x-sluice-error'], refused.headers['x-sluice-attempts']]).toEqual([
    503,
    'route.no_target',
    '0',
  ]);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(refused.text).toMatch(/a\/gpt-4o rests for another .*b\/gpt-4o rests for another /);
  expect(pair.a.requests.length + pair.b.requests.length).toBe(calls);
  // The client's own choice is obeyed, and its success brings the target back.
  pair.a.clearPlans();
  expect((await once('a/gpt-4o')).status).toBe(200);
  expect((await once()).target).toBe('a/gpt-4o');
});

it('counts neither what the client did wrong nor what it gave up', async () => {
  pair = await startPair({ ports: { clock } });
  pair.a.plan({ status: 400, json: { error: { message: 'bad', type: 'invalid_request_error' } }, times: 20 });
  for (let n = 0; n < 20; n++) expect((await once()).status).toBe(400);
  expect((await once()).target).toBe('a/gpt-4o');
  expect(pair.gateway.gateway.health()[0]).toMatchObject({ state: 'closed', failures: 0 });
});

it('lets a limited key rest as long as its provider says, and counts no failure', async () => {
  pair = await startPair({ ports: { clock } });
  pair.a.plan({
    status: 429,
    headers: { 'retry-after': '30' },
    json: { error: { message: 'slow', code: 'rate_limit_exceeded' } },
  });
  expect((await once()).target).toBe('b/gpt-4o');
  now += 29_000;
  expect((await once()).target).toBe('b/gpt-4o');
  now += 2_000;
  expect((await once()).target).toBe('a/gpt-4o');
  expect(pair.a.requests).toHaveLength(2);
});

it('asks a target whose key was refused after all others', async () => {
  pair = await startPair({ ports: { clock } });
  pair.a.plan({ status: 401, json: { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } } });
  expect((await once()).target).toBe('b/gpt-4o');
  expect((await once()).target).toBe('b/gpt-4o');
  expect(pair.a.requests).toHaveLength(1);
  // With nothing else left it is asked again, since it may have been mended.
  expect((await once('a/gpt-4o')).status).toBe(200);
  expect((await once()).target).toBe('a/gpt-4o');
});

it('is offline when every provider fails on the way to it, and lets nobody rest for that', async () => {
  pair = await startPair({ ports: { clock } });
  await pair.gateway.apply(`
providers:
  - { id: x, kind: openai-compatible, base_url: "https://x.invalid/v1", keys: [{ name: main, value: sk-1 }], retry: { attempts: 1 }, local: false }
  - { id: y, kind: openai-compatible, base_url: "https://y.invalid/v1", keys: [{ name: main, value: sk-2 }], retry: { attempts: 1 }, local: false }
routes: [{ alias: smart, targets: [x/m, y/m] }]
`);
  for (let n = 0; n < 5; n++) {
    const answer = await once();
    expect([answer.status, answer.headers['x-sluice-error']]).toEqual([502, 'attempt.dns']);
    expect(answer.text).toContain('This machine is offline: every provider failed on the way to it. ');
  }
  expect(pair.gateway.gateway.isOffline).toBe(true);
  expect(pair.gateway.gateway.health().map(({ state }) => state)).toEqual(['closed', 'closed']);
});
