// A second request beside a slow first one (RTE-48): the first content answers, the loser is ended and stays on record.
import { afterEach, expect, it } from 'vitest';
import { fault } from '../../fakes/fake.ts';
import { ask, readStream, startPair, words, type Pair } from './rigs.ts';

let pair: Pair;
afterEach(() => pair.close());

const hedged = 'hedge: { after: 50 }';

it('answers with the target that has content first, and ends the other', async () => {
  pair = await startPair({ route: hedged });
  pair.a.plan({ fault: fault.stall('headers', 'forever') });
  const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 10'));
  expect([read.text, read.finished]).toEqual([words(10), true]);
  await pair.a.requests[0]?.aborted;
  const record = await pair.gateway.closed();
  expect(record).toMatchObject({
    target: 'b/gpt-4o',
    outcome: 'complete',
    attempts: [
      { kind: 'first', target: 'a/gpt-4o', error: 'hedge_lost', usageSource: 'estimated' },
      { kind: 'hedge', target: 'b/gpt-4o', error: undefined, usageSource: 'provider' },
    ],
  });
  expect(record.usage).toEqual(record.attempts[1]?.usage);
});

it('keeps the first when it is the one with content, and ends the second', async () => {
  pair = await startPair({ route: hedged });
  pair.a.plan({ fault: fault.stall({ events: 1 }, 300) });
  pair.b.plan({ fault: fault.stall('headers', 'forever') });
  const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 10'));
  expect([read.text, read.finished]).toEqual([words(10), true]);
  const second = pair.b.requests[0];
  await second?.aborted;
  expect(await pair.gateway.closed()).toMatchObject({
    target: 'a/gpt-4o',
    attempts: [
      { kind: 'first', error: undefined },
      { kind: 'hedge', error: 'hedge_lost' },
    ],
  });
});

it('goes on with the second when the first fails', async () => {
  pair = await startPair({ route: hedged });
  pair.a.plan({
    fault: {
      steps: [
        { at: 'headers', do: 'stall', ms: 200 },
        { at: 'headers', do: 'reset' },
      ],
    },
  });
  pair.b.plan({ fault: fault.stall({ events: 1 }, 400) });
  const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 10'));
  expect([read.text, read.finished]).toEqual([words(10), true]);
  const record = await pair.gateway.closed();
  expect(record.attempts.map(({ kind }) => kind)).toEqual(['first', 'hedge']);
  expect(pair.b.requests).toHaveLength(1);
});

it('fails once when both do', async () => {
  pair = await startPair({ route: hedged });
  pair.a.plan({ status: 500, json: { error: { message: 'no' } }, fault: fault.stall('start', 200) });
  pair.b.plan({ status: 503, json: { error: { message: 'no' } }, fault: fault.stall('start', 300) });
  const answer = await ask(pair.gateway, 'chat', 'long 10');
  expect(answer.status).toBe(503);
  const record = await pair.gateway.closed();
  expect(record.attempts.map(({ error }) => error)).toEqual(['upstream.500', 'upstream.503']);
});

it('does not hedge requests with tools, plain ones, or where nothing was measured', async () => {
  pair = await startPair({ route: hedged });
  const slow = { fault: fault.stall({ events: 1 }, 150) };
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }];
  pair.a.plan(slow);
  await ask(pair.gateway, 'chat', 'long 3', { more: { tools } });
  pair.a.plan({ fault: fault.stall('headers', 150) });
  await ask(pair.gateway, 'chat', 'long 3', { stream: false });
  expect(pair.b.requests).toEqual([]);
});

it('does not hedge where the second could cost too much or its price is unknown', async () => {
  pair = await startPair({ route: 'hedge: { after: 50, max_extra_cost_usd: "0.01" }' });
  pair.a.plan({ fault: fault.stall({ events: 1 }, 150) });
  await ask(pair.gateway, 'chat', 'long 3');
  expect(pair.b.requests).toEqual([]);
});

it('makes a second request for one in twenty at most', async () => {
  pair = await startPair({ route: 'hedge: { after: 1 }' });
  pair.a.plan({ times: 12, fault: fault.stall({ events: 1 }, 60) });
  for (let n = 0; n < 12; n++) await ask(pair.gateway, 'chat', `long 3, conversation ${String(n)}`);
  // Five are saved up at the start.
  expect(pair.b.requests.length).toBe(5);
});

it('ends both when the client leaves', async () => {
  pair = await startPair({ route: hedged });
  pair.a.plan({ fault: fault.stall('headers', 'forever') });
  pair.b.plan({ fault: fault.stall('headers', 'forever') });
  const { testKey } = await import('./support.ts');
  const leaving = new AbortController();
  const running = fetch(`${pair.gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'smart', stream: true, messages: [{ role: 'user', content: 'hello' }] }),
    signal: leaving.signal,
  }).catch(() => undefined);
  const second = pair.b.requests[0] ?? (await pair.b.nextRequest());
  leaving.abort();
  await running;
  await Promise.all([pair.a.requests[0]?.aborted, second.aborted]);
  expect(await pair.gateway.closed()).toMatchObject({ outcome: 'aborted', attempts: [{}, {}] });
});
