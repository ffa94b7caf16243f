import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fault, startFake, type Fake } from '../../fakes/fake.ts';
import { startTestGateway, testKey, type TestGateway } from './support.ts';

let fake: Fake;
let gateway: TestGateway;

beforeEach(async () => {
  fake = await startFake({ dialect: 'openai' });
  gateway = await startTestGateway(`
providers:
  - { id: up, kind: openai-compatible, base_url: "${fake.url}/v1", keys: [{ name: main, value: sk-upstream-key-1 }], timeouts: { total_ms: 60000 } }
`);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(async () => {
  vi.useRealTimers();
  await gateway.stop();
  await fake.close();
});

interface Open {
  readonly response: Promise<IncomingMessage>;
  text(): string;
  ended: boolean;
}

/** A request whose answer may be looked at while it runs. */
function open(path: string, body: unknown): Open {
  let text = '';
  const state: Open = { response: Promise.resolve() as never, text: () => text, ended: false };
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = httpRequest(`${gateway.url}${path}`, {
      method: 'POST',
      agent: false,
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      incoming.on('data', (piece: Buffer) => (text += piece.toString()));
      incoming.on('error', () => undefined);
      incoming.on('close', () => (state.ended = true));
      resolve(incoming);
    });
    outgoing.end(JSON.stringify(body));
  });
  return Object.assign(state, { response });
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 2_000 && !condition(); tries++) await new Promise((resolve) => setImmediate(resolve));
  expect(condition()).toBe(true);
}

const chat = { model: 'up/gpt-4o', stream: true, messages: [{ role: 'user', content: 'hello' }] };
const gemini = { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] };

describe('a provider that stays silent', () => {
  it('keeps a client with head and comments after ten seconds, and every ten seconds', async () => {
    fake.plan({ fault: fault.stall('start', 'forever') });
    const client = open('/v1/chat/completions', chat);
    await until(() => fake.requests.length === 1);
    await vi.advanceTimersByTimeAsync(10_000);
    const head = await client.response;
    expect([head.statusCode, head.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await until(() => client.text() === ': keep-alive\n\n');
    await vi.advanceTimersByTimeAsync(10_000);
    await until(() => client.text() === ': keep-alive\n\n'.repeat(2));
  });

  it('keeps a Gemini client with the head alone: its parser bears no comments', async () => {
    fake.plan({ fault: fault.stall('start', 'forever') });
    const client = open('/v1beta/models/up%2Fgpt-4o:streamGenerateContent?alt=sse', gemini);
    await until(() => fake.requests.length === 1);
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await client.response).statusCode).toBe(200);
    expect(client.text()).toBe('');
  });

  it('ends at total_ms with an error inside the stream that was already begun', async () => {
    fake.plan({ fault: fault.stall('start', 'forever') });
    const client = open('/v1/chat/completions', chat);
    await until(() => fake.requests.length === 1);
    await vi.advanceTimersByTimeAsync(60_000);
    await client.response;
    await until(() => client.ended);
    expect(client.text()).toMatch(/attempt\.total_timeout/);
    expect(client.text()).not.toContain('[DONE]');
    await fake.requests[0]?.aborted;
    expect(await gateway.closed()).toMatchObject({ outcome: 'failed', error: 'attempt.total_timeout' });
  });

  it('without a head for two minutes ends in a timeout', async () => {
    fake.plan({ fault: fault.stall('start', 'forever') });
    await gateway.apply(`
providers:
  - { id: up, kind: openai-compatible, base_url: "${fake.url}/v1", keys: [{ name: main, value: sk-upstream-key-1 }], timeouts: { total_ms: 900000 } }
`);
    const client = open('/v1/chat/completions', chat);
    await until(() => fake.requests.length === 1);
    await vi.advanceTimersByTimeAsync(120_000);
    await client.response;
    await until(() => client.ended);
    expect(client.text()).toMatch(/attempt\.ttft_timeout/);
  });
});
