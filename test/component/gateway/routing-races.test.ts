// What happens at the same time as something else: leaving, time running out, another configuration, a probe, a second request.
import { afterEach, describe, expect, it } from 'vitest';
import { fault } from '../../fakes/fake.ts';
import { ask, readStream, startPair, words, type Pair } from './rigs.ts';
import { send, testKey } from './support.ts';

let pair: Pair;
afterEach(() => pair.close());

function runningOf({ gateway }: Pair): number {
  return gateway.gateway.health().reduce((sum, { running }) => sum + running, 0);
}

/** A streaming client that can leave. */
function leaving(content: string): { readonly leave: () => void; readonly done: Promise<unknown> } {
  const controller = new AbortController();
  const done = fetch(`${pair.gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'smart', stream: true, messages: [{ role: 'user', content }] }),
    signal: controller.signal,
  })
    .then((response) => response.text())
    .catch(() => undefined);
  return {
    leave: () => {
      controller.abort();
    },
    done,
  };
}

const busy = { status: 503, json: { error: { message: 'busy', type: 'server_error' } } };

describe('hedge, retry and continue together', () => {
  it('give one answer, each word once', async () => {
    pair = await startPair({ route: 'on_break: continue\n    hedge: { after: 50 }\n    max_attempts: 5' });
    pair.a.plan({ fault: fault.stall('headers', 'forever') });
    // The second request has content first, breaks, fails when it is asked for the rest, and gives it at last.
    pair.b.plan({ fault: fault.resetAfterEvents(12) }, busy);
    await pair.gateway.apply(`
providers:
  - { id: a, kind: openai-compatible, base_url: "${pair.a.url}/v1", keys: [{ name: main, value: sk-a }], local: true, retry: { attempts: 1 } }
  - { id: b, kind: openai-compatible, base_url: "${pair.b.url}/v1", keys: [{ name: main, value: sk-b }], local: true, retry: { attempts: 2, backoff_ms: 1 } }
routes: [{ alias: smart, targets: [a/gpt-4o, b/gpt-4o], on_break: continue, hedge: { after: 50 }, max_attempts: 5 }]
`);
    const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 30'));
    expect([read.text, read.finished, read.failed, read.ids.size]).toEqual([words(30), true, false, 1]);
    await pair.a.requests[0]?.aborted;
    const record = await pair.gateway.closed();
    expect(record.attempts.map(({ kind, error }) => [kind, error])).toEqual([
      ['first', 'hedge_lost'],
      ['hedge', 'relay.stream_cut'],
      ['continue', 'upstream.503'],
      ['continue', undefined],
    ]);
    // The usage is that of the two whose words the client has.
    const [, second, , last] = record.attempts;
    expect(record.usage?.inputTokens).toBe((second?.usage?.inputTokens ?? 0) + (last?.usage?.inputTokens ?? 0));
    expect(runningOf(pair)).toBe(0);
  });

  it('are no more tries than the route allows', async () => {
    pair = await startPair({ route: 'on_break: continue\n    max_attempts: 2' });
    pair.a.plan({ fault: fault.resetAfterEvents(12) });
    pair.b.plan({ fault: fault.resetAfterEvents(20) });
    const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 30'));
    expect(words(30).startsWith(read.text)).toBe(true);
    expect([read.finished, read.failed]).toEqual([false, true]);
    expect([pair.a.requests.length, pair.b.requests.length]).toEqual([1, 1]);
    expect(runningOf(pair)).toBe(0);
  });
});

describe('time that runs out', () => {
  it('while another target goes on with an answer ends it honestly', async () => {
    pair = await startPair({
      route: 'on_break: continue',
      provider: 'timeouts: { ttft_ms: 5000, idle_ms: 5000, total_ms: 1000 }',
    });
    pair.a.plan({ fault: fault.resetAfterEvents(12) });
    pair.b.plan({ fault: fault.stall('headers', 'forever') });
    const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 30'));
    expect([read.finished, read.failed]).toEqual([false, true]);
    await pair.b.requests[0]?.aborted;
    expect(await pair.gateway.closed()).toMatchObject({ outcome: 'incomplete', attempts: [{}, {}] });
    expect(runningOf(pair)).toBe(0);
  });

  it('while two are asked side by side ends both', async () => {
    pair = await startPair({
      route: 'hedge: { after: 50 }',
      provider: 'timeouts: { ttft_ms: 5000, idle_ms: 5000, total_ms: 1000 }',
    });
    pair.a.plan({ fault: fault.stall('headers', 'forever') });
    pair.b.plan({ fault: fault.stall('headers', 'forever') });
    const answer = await ask(pair.gateway, 'chat', 'long 30');
    expect([answer.status, answer.headers['x-sluice-error']]).toEqual([504, 'attempt.total_timeout']);
    await Promise.all([pair.a.requests[0]?.aborted, pair.b.requests[0]?.aborted]);
    expect(runningOf(pair)).toBe(0);
  });
});

describe('a client that leaves', () => {
  it('during the wait before a retry is not waited for', async () => {
    pair = await startPair({});
    pair.a.plan({ status: 429, headers: { 'retry-after': '9' }, json: { error: { message: 'slow', type: 'x' } } });
    await pair.gateway.apply(`
providers: [{ id: a, kind: openai-compatible, base_url: "${pair.a.url}/v1", keys: [{ name: main, value: sk-a }], local: true, retry: { attempts: 3, backoff_ms: 1 } }]
routes: [{ alias: smart, targets: [a/gpt-4o] }]
`);
    const client = leaving('long 5');
    const first = pair.a.requests[0] ?? (await pair.a.nextRequest());
    await first.done;
    client.leave();
    await client.done;
    expect(await pair.gateway.closed()).toMatchObject({ outcome: 'aborted', attempts: [{ error: 'upstream.429' }] });
    expect(runningOf(pair)).toBe(0);
  });
});

describe('a probe', () => {
  /** A route over one target that has just come to the end of its rest. */
  async function rested(ports: Parameters<typeof startPair>[0]['ports'] = {}): Promise<void> {
    let now = 1_000_000;
    const clock = { now: () => now, monotonic: () => now };
    pair = await startPair({ ports: { clock, ...ports } });
    await pair.gateway.apply(`
providers: [{ id: a, kind: openai-compatible, base_url: "${pair.a.url}/v1", keys: [{ name: main, value: sk-a }], local: true, retry: { attempts: 1 } }]
routes: [{ alias: smart, targets: [a/gpt-4o] }]
`);
    pair.a.plan({ times: 8, ...busy });
    for (let n = 0; n < 8; n++) await ask(pair.gateway, 'chat', 'hello');
    pair.a.clearPlans();
    expect(pair.gateway.gateway.health()[0]?.state).toBe('open');
    expect((await ask(pair.gateway, 'chat', 'hello')).status).toBe(503);
    now += 3_000;
    expect(pair.gateway.gateway.health()[0]?.state).toBe('half_open');
  }

  it('whose client leaves leaves the next request to find out', async () => {
    await rested();
    const asked = pair.a.requests.length;
    pair.a.plan({ fault: fault.stall('headers', 'forever') });
    const client = leaving('hello');
    const probe = pair.a.requests[asked] ?? (await pair.a.nextRequest());
    // Meanwhile nobody else is let through.
    expect((await ask(pair.gateway, 'chat', 'hello')).status).toBe(503);
    client.leave();
    await client.done;
    await probe.aborted;
    expect((await ask(pair.gateway, 'chat', 'hello')).status).toBe(200);
    expect(pair.gateway.gateway.health()[0]).toMatchObject({ state: 'closed', running: 0 });
  });

  it('that could not be sent leaves the next request to find out', async () => {
    let proxy: string | undefined;
    await rested({ systemProxy: () => proxy });
    proxy = 'not an address';
    expect((await ask(pair.gateway, 'chat', 'hello')).status).toBe(500);
    proxy = undefined;
    expect((await ask(pair.gateway, 'chat', 'hello')).status).toBe(200);
    expect(pair.gateway.gateway.health()[0]).toMatchObject({ state: 'closed', running: 0 });
  });
});

describe('another configuration', () => {
  it('leaves a running exchange its own targets, and nothing of them behind', async () => {
    pair = await startPair({});
    pair.a.plan({ ...busy, fault: fault.stall('start', 300) });
    const asking = ask(pair.gateway, 'chat', 'long 5');
    if (pair.a.requests.length === 0) await pair.a.nextRequest();
    await pair.gateway.apply('routes: [{ alias: smart, targets: [demo/echo] }]');
    const read = readStream('chat', await asking);
    expect([read.text, read.finished]).toEqual([words(5), true]);
    expect(pair.gateway.gateway.health()).toEqual([]);
  });

  it('does not charge a provider with what its former address did', async () => {
    pair = await startPair({});
    const config = (url: string): string => `
providers: [{ id: a, kind: openai-compatible, base_url: "${url}/v1", keys: [{ name: main, value: sk-a }], local: true, retry: { attempts: 9, backoff_ms: 1 } }]
routes: [{ alias: smart, targets: [a/gpt-4o], max_attempts: 9 }]
`;
    await pair.gateway.apply(config(pair.a.url));
    pair.a.plan({ ...busy, fault: fault.stall('start', 300) }, { times: 8, ...busy });
    const asking = ask(pair.gateway, 'chat', 'long 5');
    if (pair.a.requests.length === 0) await pair.a.nextRequest();
    await pair.gateway.apply(config(pair.b.url));
    expect((await asking).status).toBe(503);
    expect(pair.a.requests).toHaveLength(9);
    expect((await ask(pair.gateway, 'chat', 'long 5')).status).toBe(200);
    expect(pair.gateway.gateway.health()).toMatchObject([{ state: 'closed', calls: 1, failures: 0 }]);
  });

  it('ends a second request beside the first with the key that was revoked', async () => {
    pair = await startPair({ route: 'hedge: { after: 50 }' });
    pair.a.plan({ fault: fault.stall('headers', 'forever') });
    pair.b.plan({ fault: fault.stall('headers', 'forever') });
    const asking = ask(pair.gateway, 'chat', 'long 5');
    if (pair.b.requests.length === 0) await pair.b.nextRequest();
    await pair.gateway.apply(`virtual_keys: [{ id: other, value: "sha256:${'0'.repeat(64)}" }]`);
    await Promise.all([pair.a.requests[0]?.aborted, pair.b.requests[0]?.aborted]);
    expect((await asking).headers['x-sluice-error']).toBe('relay.key_revoked');
  });
});

describe('an answer for Ollama clients', () => {
  const read = (text: string): { text: string; done: boolean; error: boolean } => {
    const lines = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { message?: { content?: string }; done?: boolean; error?: string });
    return {
      text: lines.map((line) => line.message?.content ?? '').join(''),
      done: lines.some((line) => line.done === true),
      error: lines.some((line) => line.error !== undefined),
    };
  };
  /** The same pair, with Ollama's surface open. */
  const open = async (): Promise<void> => {
    pair = await startPair({});
    await pair.gateway.apply(`
listen: { ollama: true }
providers:
  - { id: a, kind: openai-compatible, base_url: "${pair.a.url}/v1", keys: [{ name: main, value: sk-a }], local: true, retry: { attempts: 1 } }
  - { id: b, kind: openai-compatible, base_url: "${pair.b.url}/v1", keys: [{ name: main, value: sk-b }], local: true, retry: { attempts: 1 } }
routes: [{ alias: smart, targets: [a/gpt-4o, b/gpt-4o], on_break: continue }]
`);
  };
  const call = (content: string): Parameters<typeof send>[1] => ({
    path: '/api/chat',
    body: { model: 'smart', messages: [{ role: 'user', content }] },
  });

  it('that broke is gone on with, each word once', async () => {
    await open();
    pair.a.plan({ fault: fault.resetAfterEvents(12) });
    const answer = await send(pair.gateway, call('long 30'));
    expect(read(answer.text)).toEqual({ text: words(30), done: true, error: false });
  });

  it('that nobody goes on with says so, and is not done', async () => {
    await open();
    pair.a.plan({ fault: fault.resetAfterEvents(12) });
    pair.b.plan(busy);
    const answer = await send(pair.gateway, call('long 30'));
    expect(read(answer.text)).toMatchObject({ done: false, error: true });
  });
});

it('remembers an answer that two targets gave for the turn after it', async () => {
  pair = await startPair({ route: 'on_break: continue' });
  pair.a.plan({ fault: fault.resetAfterEvents(12) });
  const first = readStream('responses', await ask(pair.gateway, 'responses', 'long 30'));
  expect(first.text).toBe(words(30));
  const [id] = first.ids;
  const second = await ask(pair.gateway, 'responses', 'and?', { stream: false, more: { previous_response_id: id } });
  expect(second.status).toBe(200);
  const asked = [...pair.a.requests, ...pair.b.requests].at(-1)?.json;
  expect(JSON.stringify([...pair.a.requests.slice(1), ...pair.b.requests.slice(1)].map(({ json }) => json))).toContain(
    words(30).trim(),
  );
  expect(asked).toBeDefined();
});
