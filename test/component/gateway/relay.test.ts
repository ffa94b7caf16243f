import { afterEach, describe, expect, it } from 'vitest';
import { answers, fault, startFake, type Fake } from '../../fakes/fake.ts';
import { send, startTestGateway, type TestGateway } from './support.ts';

let fake: Fake;
let gateway: TestGateway;

afterEach(async () => {
  await gateway.stop();
  await fake.close();
});

async function start(more = ''): Promise<void> {
  fake = await startFake({ dialect: 'openai', key: 'sk-upstream-key-1' });
  gateway = await startTestGateway(`
providers:
  - id: up
    kind: openai-compatible
    base_url: ${fake.url}/v1
    keys: [{ name: main, value: sk-upstream-key-1 }]
    retry: { attempts: 2, backoff_ms: 1 }
    timeouts: { connect_ms: 2000, ttft_ms: 2000, idle_ms: 300, total_ms: 10000 }
${more}`);
}

const hello = { model: 'up/gpt-4o', messages: [{ role: 'user', content: 'hello' }] };
const chat = '/v1/chat/completions';

describe('an answer of the same dialect', () => {
  it('passes a plain answer byte for byte and says who served it', async () => {
    await start();
    const answer = await send(gateway, { path: chat, body: hello });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ choices: [{ message: { content: 'echo: hello' } }] });
    expect(answer.headers['x-sluice-target']).toBe('up/gpt-4o');
    expect(answer.headers['x-sluice-attempts']).toBe('1');
    expect(answer.headers['x-sluice-request-id']).toMatch(/^req_/);
    const record = await gateway.closed();
    expect(record).toMatchObject({ outcome: 'complete', status: 200, usageSource: 'provider', target: 'up/gpt-4o' });
    expect(JSON.parse(record.rawUsage ?? '{}')).toEqual(answer.json()['usage']);
  });

  it('keeps unknown fields, order and number spelling of the request and splices the model', async () => {
    await start();
    fake.plan({
      json: { id: 'x', choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }] },
    });
    const raw =
      '{ "zeta": 1.50e0, "model":"up/gpt-4o","messages" : [{"role":"user","content":"h\\u00e9"}], "alpha": {"b":1,"a":-0} }';
    await send(gateway, { path: chat, raw });
    expect(fake.requests[0]?.body.toString()).toBe(raw.replace('up/gpt-4o', 'gpt-4o'));
  });

  it('passes a stream byte for byte at any split', async () => {
    await start();
    const sse = [
      'data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}',
      ': comment',
      'data: {"id":"c","choices":[{"index":0,"delta":{"content":"h\u00e9 \u4e16"}}]}',
      'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
      'data: [DONE]',
      '',
    ].join('\n\n');
    for (const k of [1, 2, 7, 64]) {
      fake.plan({ sse, fault: fault.split(k) });
      const answer = await send(gateway, {
        path: chat,
        body: { ...hello, stream: true, stream_options: { include_usage: true } },
      });
      expect(answer.text).toBe(sse);
      expect(answer.torn).toBe(false);
    }
  });

  it('asks for usage in a stream and hides the chunk from a client that did not ask', async () => {
    await start();
    const answer = await send(gateway, { path: chat, body: { ...hello, stream: true } });
    expect(fake.requests[0]?.json).toMatchObject({ stream_options: { include_usage: true } });
    expect(answer.text).not.toContain('"choices":[]');
    expect(answer.text).toContain('data: [DONE]');
    expect(await gateway.closed()).toMatchObject({ usageSource: 'provider', outcome: 'complete' });
  });

  it('passes an upstream error body unmodified', async () => {
    await start();
    const body = '{"error":{"message":"prompt is too long: 1 > 0","type":"invalid_request_error","weird":[1]}}';
    fake.plan({ status: 400, body, headers: { 'content-type': 'application/json' } });
    const answer = await send(gateway, { path: chat, body: hello });
    expect(answer.status).toBe(400);
    expect(answer.text).toBe(body);
    expect(answer.headers['x-sluice-error']).toBe('upstream.400');
  });

  it.each(['{"error":{"mess', ''])('writes an error body anew that is no JSON and says it is: %j', async (body) => {
    await start();
    fake.plan({ status: 422, body, headers: { 'content-type': 'application/json' } });
    const answer = await send(gateway, { path: chat, body: hello });
    expect([answer.status, answer.headers['x-sluice-error']]).toEqual([422, 'upstream.422']);
    expect(answer.json()['error']).toMatchObject({ type: 'invalid_request_error', param: null });
  });

  it('takes a credential out of an error body that echoes it', async () => {
    await start();
    fake.plan({
      status: 401,
      body: '{"error":{"message":"bad key sk-upstream-key-1"}}',
      headers: { 'content-type': 'application/json' },
    });
    const answer = await send(gateway, { path: chat, body: hello });
    expect(answer.text).toBe('{"error":{"message":"bad key ***"}}');
  });
});

describe('a stream that breaks', () => {
  const streaming = { ...hello, stream: true };

  it('is retried before the first content', async () => {
    await start();
    fake.plan({ fault: fault.resetAfterEvents(1) });
    const answer = await send(gateway, { path: chat, body: streaming });
    expect(answer.text).toContain('[DONE]');
    expect(answer.headers['x-sluice-attempts']).toBe('2');
    expect((await gateway.closed()).attempts.map((one) => one.error)).toEqual(['attempt.reset', undefined]);
  });

  it.each([
    ['reset', fault.reset({ events: 4 }), 'relay.stream_cut'],
    ['ended without a finish', fault.endAfterEvents(4), 'relay.stream_incomplete'],
    ['stalled', fault.stall({ events: 4 }, 'forever'), 'relay.idle_timeout'],
  ])(
    'ends in an error of the dialect when it is %s after content, never in a clean finish',
    async (_name, broken, code) => {
      await start();
      fake.plan({ fault: broken });
      const answer = await send(gateway, {
        path: chat,
        body: { model: 'up/gpt-4o', stream: true, messages: [{ role: 'user', content: 'long 20' }] },
      });
      expect(answer.text).not.toContain('[DONE]');
      expect(answer.text).not.toContain('"finish_reason":"stop"');
      expect(answer.text.trimEnd().split('\n\n').at(-1)).toMatch(/^data: \{"error":\{"message":/);
      expect(await gateway.closed()).toMatchObject({ outcome: 'incomplete', error: code, usageSource: 'estimated' });
    },
  );

  it.each([
    ['a captive portal', answers.captivePortal(), 'attempt.not_an_answer'],
    ['an empty 200', answers.empty200(), 'attempt.not_an_answer'],
    ['an error in a 200', answers.errorIn200(), 'attempt.upstream_error'],
  ])('never passes %s as an answer', async (_name, planned, code) => {
    await start();
    fake.plan({ ...planned, times: 3 });
    const answer = await send(gateway, { path: chat, body: hello });
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(answer.headers['x-sluice-error']).toBe(code);
  });

  it('refuses to follow a redirect', async () => {
    await start();
    fake.plan(answers.redirect('http://127.0.0.1:9/v1/chat/completions'));
    const answer = await send(gateway, { path: chat, body: hello });
    expect(answer.headers['x-sluice-error']).toBe('attempt.redirect');
    expect(answer.status).toBe(502);
  });

  it('aborts upstream when the client leaves', async () => {
    await start();
    fake.plan({ fault: fault.stall({ events: 3 }, 'forever') });
    const abort = new AbortController();
    const response = await fetch(`${gateway.url}${chat}`, {
      method: 'POST',
      signal: abort.signal,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${(await import('./support.ts')).testKey}`,
      },
      body: JSON.stringify(streaming),
    });
    expect(response.status).toBe(200);
    abort.abort();
    await fake.requests[0]?.aborted;
    expect(await gateway.closed()).toMatchObject({ outcome: 'aborted' });
  });
});

describe('fallback', () => {
  const routes = `
routes:
  - alias: smart
    strategy: fallback
    targets: [up/gpt-4o, demo/echo]
`;

  it('goes to the next target on 503 and says so', async () => {
    await start(routes);
    fake.plan({ ...answers.serverError(503), times: 5 });
    const answer = await send(gateway, { path: chat, body: { ...hello, model: 'smart' } });
    expect(answer.status).toBe(200);
    expect(answer.headers['x-sluice-target']).toBe('demo/echo');
    expect((await gateway.closed()).attempts).toHaveLength(3);
  });

  it('rests a key after 429 with a long wait and answers the next request without asking', async () => {
    await start();
    fake.plan({ ...answers.rateLimited('seconds'), headers: { 'retry-after': '60' } });
    const first = await send(gateway, { path: chat, body: hello });
    expect(first.status).toBe(429);
    expect(first.headers['retry-after']).toBe('60');
    const second = await send(gateway, { path: chat, body: hello });
    expect(second.status).toBe(429);
    expect(second.headers['x-sluice-error']).toBe('attempt.rate_limited');
    expect(fake.requests).toHaveLength(1);
  });
});
