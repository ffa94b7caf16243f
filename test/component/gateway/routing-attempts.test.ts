// The tries of one exchange at their edges: who is cut by a clock, who is asked twice, and what stays behind.
import { afterEach, describe, expect, it } from 'vitest';
import { answers, fault } from '../../fakes/fake.ts';
import { ask, readStream, startPair, words, type Pair } from './rigs.ts';

let pair: Pair;
afterEach(() => pair.close());

/** Nothing of it runs any more, as far as health knows. */
function runningOf({ gateway }: Pair): number {
  return gateway.gateway.health().reduce((sum, { running }) => sum + running, 0);
}

describe('the time to the first content', () => {
  const quick = 'timeouts: { ttft_ms: 200, idle_ms: 5000 }';
  const slow = { fault: fault.stall({ events: 1 }, 600) };

  it('cuts no target when no further try is allowed', async () => {
    pair = await startPair({ provider: quick, route: 'max_attempts: 2\n    hedge: { after: 50 }' });
    pair.a.plan(slow);
    pair.b.plan({ status: 503, json: { error: { message: 'busy', type: 'server_error' } } });
    const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 5'));
    expect([read.text, read.finished]).toEqual([words(5), true]);
  });

  it('cuts no target when the one beside it was the last and has failed', async () => {
    pair = await startPair({ provider: quick, route: 'hedge: { after: 50 }' });
    pair.a.plan(slow);
    pair.b.plan({ times: 3, status: 503, json: { error: { message: 'busy', type: 'server_error' } } });
    const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 5'));
    expect([read.text, read.finished]).toEqual([words(5), true]);
    expect(pair.b.requests).toHaveLength(1);
  });
});

describe('a second request beside the first', () => {
  it('is not made when the first is answering already, though its answer is held back', async () => {
    pair = await startPair({ route: 'on_break: hold\n    hedge: { after: 50 }' });
    pair.a.plan({ fault: fault.stall({ events: 3 }, 300) });
    const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 10'));
    expect([read.text, read.finished]).toEqual([words(10), true]);
    expect(pair.b.requests).toEqual([]);
  });

  it('ends the first as soon as it has content, though its own answer is held back', async () => {
    pair = await startPair({ route: 'on_break: hold\n    hedge: { after: 50 }' });
    pair.a.plan({ fault: fault.stall('headers', 'forever') });
    pair.b.plan({ fault: fault.stall({ events: 3 }, 300) });
    const asking = ask(pair.gateway, 'chat', 'long 10');
    const second = pair.b.requests[0] ?? (await pair.b.nextRequest());
    await pair.a.requests[0]?.aborted;
    expect(second.isAborted).toBe(false);
    expect(readStream('chat', await asking)).toMatchObject({ text: words(10), finished: true });
  });

  it('is not made again where it has failed', async () => {
    pair = await startPair({ route: 'hedge: { after: 50 }' });
    pair.a.plan({
      status: 500,
      json: { error: { message: 'no', type: 'server_error' } },
      fault: fault.stall('start', 300),
    });
    pair.b.plan({ times: 2, status: 401, json: { error: { message: 'no', type: 'invalid_request_error' } } });
    const answer = await ask(pair.gateway, 'chat', 'long 10');
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(pair.b.requests).toHaveLength(1);
    expect(runningOf(pair)).toBe(0);
  });

  it('is no loss to the first when it breaks off what was held back', async () => {
    pair = await startPair({ route: 'on_break: hold\n    hedge: { after: 50 }' });
    pair.a.plan({ fault: fault.stall('headers', 'forever') });
    pair.b.plan({ fault: fault.resetAfterEvents(5) });
    const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 10'));
    expect([read.text, read.finished]).toEqual([words(10), true]);
    const record = await pair.gateway.closed();
    expect(record.attempts.map(({ kind, target, error }) => [kind, target, error])).toEqual([
      ['first', 'a/gpt-4o', 'hedge_lost'],
      ['hedge', 'b/gpt-4o', 'attempt.reset'],
      ['retry', 'a/gpt-4o', undefined],
    ]);
    expect(runningOf(pair)).toBe(0);
  });
});

describe('keys', () => {
  const twoKeys = (a: string, second: string): string => `
providers:
  - id: a
    kind: openai-compatible
    base_url: ${a}/v1
    keys: [{ name: one, value: sk-one }, ${second}]
    retry: { attempts: 2, backoff_ms: 1 }
    local: true
routes: [{ alias: smart, targets: [a/gpt-4o] }]
`;

  it.each([
    ['for other models', '{ name: two, value: sk-two, models: ["other-*"] }'],
    ['not there', '{ name: two, value: "env:NOT_SET_ANYWHERE" }'],
  ])('of which one is %s do not spare the other its wait', async (_, second) => {
    pair = await startPair({});
    await pair.gateway.apply(twoKeys(pair.a.url, second));
    pair.a.plan({ status: 429, headers: { 'retry-after': '1' }, json: { error: { message: 'slow', type: 'x' } } });
    const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 5'));
    expect([read.text, read.finished]).toEqual([words(5), true]);
    expect(pair.a.requests).toHaveLength(2);
  });

  it('are each tried once when all are limited', async () => {
    pair = await startPair({});
    await pair.gateway.apply(twoKeys(pair.a.url, '{ name: two, value: sk-two }, { name: three, value: sk-three }'));
    pair.a.plan({ times: 9, ...answers.rateLimited('seconds'), headers: { 'retry-after': '60' } });
    const answer = await ask(pair.gateway, 'chat', 'long 5');
    expect(answer.status).toBe(429);
    const keys = pair.a.requests.map(({ headers }) => headers['authorization']);
    expect([...keys].sort()).toEqual(['Bearer sk-one', 'Bearer sk-three', 'Bearer sk-two']);
  });
});

it.each(['corrupt', 'truncated'])('goes on with an answer whose packing is %s', async (how) => {
  pair = await startPair({ route: 'on_break: continue' });
  pair.a.plan({ fault: how === 'corrupt' ? fault.corruptGzip() : fault.truncatedGzip() });
  const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 200'));
  expect([read.text, read.finished]).toEqual([words(200), true]);
  const record = await pair.gateway.closed();
  expect(record.attempts).toHaveLength(2);
});

it('leaves nothing running where a call cannot even be made', async () => {
  pair = await startPair({ ports: { systemProxy: () => 'not an address' } });
  const answer = await ask(pair.gateway, 'chat', 'long 5');
  expect(answer.status).toBe(500);
  expect(runningOf(pair)).toBe(0);
});
