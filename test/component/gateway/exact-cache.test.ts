// The exact cache of a route (RTE-49): the same question, the same answer, at no cost; and never anybody else's.
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, clientNames, readStream, startPair, words, type Pair } from './rigs.ts';
import { send, testKey } from './support.ts';

let pair: Pair;
afterEach(() => pair.close());

const cached = 'cache: { mode: exact, ttl_s: 3600 }';

describe.each(clientNames)('for %s', (client) => {
  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('answers again what was asked before (streamed then: %s, now: %s)', async (then, now) => {
    pair = await startPair({ route: cached });
    const first = await ask(pair.gateway, client, 'long 10', { stream: then });
    expect([first.status, first.headers['x-sluice-cache']]).toEqual([200, undefined]);
    const again = await ask(pair.gateway, client, 'long 10', { stream: now });
    expect([again.status, again.headers['x-sluice-cache'], again.headers['x-sluice-attempts']]).toEqual([
      200,
      'hit',
      '0',
    ]);
    expect(again.headers['x-sluice-cost-usd']).toBe('0');
    expect(again.headers['x-sluice-target']).toBe('a/gpt-4o');
    if (now) expect(readStream(client, again)).toMatchObject({ text: words(10), finished: true, failed: false });
    else expect(again.text).toContain('w8 w9');
    expect(pair.a.requests).toHaveLength(1);
    await pair.gateway.closed();
    expect(await pair.gateway.closed()).toMatchObject({ outcome: 'complete', attempts: [], cost: 0, cache: {} });
  });
});

it('gives the same bytes for the same plain request', async () => {
  pair = await startPair({ route: cached });
  const first = await ask(pair.gateway, 'chat', 'long 10', { stream: false });
  const again = await ask(pair.gateway, 'chat', 'long 10', { stream: false });
  expect(again.json()).toEqual(first.json());
});

it('tells other questions apart: text, parameters, tools, system, model', async () => {
  pair = await startPair({ route: cached });
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }];
  const variants: Record<string, unknown>[] = [
    {},
    { temperature: 0.5 },
    { seed: 7 },
    { tools },
    { max_tokens: 99 },
    {
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'hello' },
      ],
    },
  ];
  for (const more of variants) await ask(pair.gateway, 'chat', 'hello', { stream: false, more });
  expect(pair.a.requests).toHaveLength(variants.length);
  for (const more of variants) await ask(pair.gateway, 'chat', 'hello', { stream: false, more });
  expect(pair.a.requests).toHaveLength(variants.length);
  await ask(pair.gateway, 'chat', 'hello', { stream: false, model: 'a/gpt-4o' });
  expect(pair.a.requests).toHaveLength(variants.length + 1);
});

it('asks for what does not change the answer no second time', async () => {
  pair = await startPair({ route: cached });
  await ask(pair.gateway, 'chat', 'hello', { stream: false, more: { user: 'dana' } });
  await ask(pair.gateway, 'chat', 'hello', { stream: true, more: { stream_options: { include_usage: true } } });
  expect(pair.a.requests).toHaveLength(1);
});

it('never keeps turns of tools, and never answers them', async () => {
  pair = await startPair({ route: cached });
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }];
  for (let n = 0; n < 2; n++) await ask(pair.gateway, 'chat', 'call f {}', { stream: false, more: { tools } });
  expect(pair.a.requests).toHaveLength(2);
  const messages = [
    { role: 'user', content: 'call f {}' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'done' },
  ];
  for (let n = 0; n < 2; n++) await ask(pair.gateway, 'chat', '', { stream: false, more: { tools, messages } });
  expect(pair.a.requests).toHaveLength(4);
});

it('keeps no answer that was refused or cut', async () => {
  pair = await startPair({ route: cached });
  pair.a.plan({ turn: { text: 'no', stop: 'refusal' } });
  await ask(pair.gateway, 'chat', 'hello', { stream: false });
  pair.a.plan({ status: 400, json: { error: { message: 'no', type: 'invalid_request_error' } } });
  await ask(pair.gateway, 'chat', 'hello', { stream: false });
  const third = await ask(pair.gateway, 'chat', 'hello', { stream: false });
  expect([third.status, third.headers['x-sluice-cache'], pair.a.requests.length]).toEqual([200, undefined, 3]);
});

it('obeys the client: no-cache asks anew, no-store keeps nothing', async () => {
  pair = await startPair({ route: cached });
  const headers = (value: string): { headers: Record<string, string>; stream: false } => ({
    headers: { 'cache-control': value },
    stream: false,
  });
  await ask(pair.gateway, 'chat', 'hello', headers('no-store'));
  await ask(pair.gateway, 'chat', 'hello', { stream: false });
  await ask(pair.gateway, 'chat', 'hello', headers('no-cache'));
  expect(pair.a.requests).toHaveLength(3);
});

it('answers only deterministic requests where the route says so', async () => {
  pair = await startPair({ route: 'cache: { mode: exact, ttl_s: 3600, only: deterministic }' });
  for (let n = 0; n < 2; n++) await ask(pair.gateway, 'chat', 'hello', { stream: false });
  for (let n = 0; n < 2; n++) await ask(pair.gateway, 'chat', 'hello', { stream: false, more: { temperature: 0 } });
  for (let n = 0; n < 2; n++) await ask(pair.gateway, 'chat', 'hello', { stream: false, more: { seed: 1 } });
  expect(pair.a.requests).toHaveLength(4);
});

it('never answers one key with what another was told', async () => {
  const digest = (key: string): string => createHash('sha256').update(key).digest('hex');
  pair = await startPair({ route: cached });
  await pair.gateway.apply(`
providers:
  - { id: a, kind: openai-compatible, base_url: "${pair.a.url}/v1", keys: [{ name: main, value: sk-of-a }], local: true }
routes: [{ alias: smart, targets: [a/gpt-4o], ${cached} }]
virtual_keys:
  - { id: one, value: "sha256:${digest(testKey)}" }
  - { id: two, value: "sha256:${digest('another-key-of-the-tests')}" }
`);
  const body = { model: 'smart', messages: [{ role: 'user', content: 'hello' }] };
  for (const key of [testKey, 'another-key-of-the-tests'])
    await send(pair.gateway, { path: '/v1/chat/completions', body, headers: { authorization: `Bearer ${key}` } });
  expect(pair.a.requests).toHaveLength(2);
});

it('forgets after its time, and asks where there is no cache', async () => {
  let now = 1_000_000;
  const clock = { now: () => now, monotonic: () => now };
  pair = await startPair({ route: 'cache: { mode: exact, ttl_s: 60 }', ports: { clock } });
  await ask(pair.gateway, 'chat', 'hello', { stream: false });
  now += 59_000;
  await ask(pair.gateway, 'chat', 'hello', { stream: false });
  expect(pair.a.requests).toHaveLength(1);
  now += 2_000;
  await ask(pair.gateway, 'chat', 'hello', { stream: false });
  expect(pair.a.requests).toHaveLength(2);
});
