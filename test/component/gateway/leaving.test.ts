// Whoever leaves, whenever: nobody goes on working for it, and it is written down once.
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fault, startFake, type Fake } from '../../fakes/fake.ts';
import { requestText, statusOf, talk, until } from './raw.ts';
import { send, startTestGateway, type TestGateway } from './support.ts';

const chat = '/v1/chat/completions';
const messages = [{ role: 'user', content: 'hello' }];
const plain = JSON.stringify({ model: 'up/gpt-4o', messages });

let fake: Fake;
let gateway: TestGateway;
let providers: string;

beforeAll(async () => {
  fake = await startFake({ dialect: 'openai' });
  providers = `
providers:
  - { id: up, kind: openai-compatible, base_url: "${fake.url}/v1", keys: [{ name: main, value: sk-upstream-key-1 }], retry: { attempts: 2, backoff_ms: 60000 }, timeouts: { idle_ms: 200 } }
`;
  gateway = await startTestGateway(providers);
});

afterAll(async () => {
  await gateway.stop();
  await fake.close();
});

beforeEach(() => {
  fake.clearPlans();
});

function request(line: string, options?: Parameters<typeof requestText>[2]): string {
  return requestText(gateway.gateway.port, line, options);
}

function open(text: string): Socket {
  const socket = connect(gateway.gateway.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(text);
  return socket;
}

describe('a client that leaves', () => {
  const streaming = JSON.stringify({
    model: 'up/gpt-4o',
    stream: true,
    messages: [{ role: 'user', content: 'long 20' }],
  });
  it.each([
    ['before the head', streaming, fault.stall('start', 'forever')],
    ['before the head of a plain answer', plain, fault.stall('start', 'forever')],
    ['before the first content', streaming, fault.stall({ events: 1 }, 'forever')],
    ['in the middle of a plain answer', plain, fault.stall({ bytes: 20 }, 'forever')],
  ])('%s aborts upstream and is recorded once', async (_when, body, broken) => {
    const before = gateway.records.length;
    const asked = fake.nextRequest();
    fake.plan({ fault: broken });
    const socket = open(request(`POST ${chat}`, { body }));
    const upstream = await asked;
    await until(() => upstream.sentBytes > 0 || broken.steps?.[0]?.at === 'start');
    socket.destroy();
    await upstream.aborted;
    await until(() => gateway.gateway.status().running === 0);
    expect(gateway.records.slice(before)).toMatchObject([{ outcome: 'aborted', attempts: [{ error: 'client_gone' }] }]);
  });

  it('in the middle of a stream, resetting, aborts upstream and is recorded once', async () => {
    const before = gateway.records.length;
    const asked = fake.nextRequest();
    fake.plan({ fault: fault.drip(5, 400) });
    const socket = open(request(`POST ${chat}`, { body: streaming }));
    await new Promise((resolve) => socket.once('data', resolve));
    socket.resetAndDestroy();
    await (
      await asked
    ).aborted;
    await until(() => gateway.gateway.status().running === 0);
    expect(gateway.records.slice(before)).toMatchObject([{ outcome: 'aborted', usageSource: 'estimated' }]);
  });

  it('while an attempt rests before the next is not tried again', async () => {
    const before = gateway.records.length;
    const asked = fake.nextRequest();
    fake.plan({ status: 503, json: { error: { message: 'busy' } }, times: 2 });
    const socket = open(request(`POST ${chat}`, { body: plain }));
    await (
      await asked
    ).done;
    socket.destroy();
    await until(() => gateway.gateway.status().running === 0);
    expect(gateway.records.slice(before)).toMatchObject([{ outcome: 'aborted', attempts: [{ status: 503 }] }]);
  });

  it('in the middle of its upload costs nothing upstream', async () => {
    const [before, asked] = [gateway.records.length, fake.requests.length];
    const socket = open(request(`POST ${chat}`, { body: plain }).slice(0, -10));
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    expect((await send(gateway, { path: chat, body: { model: 'demo/echo', messages } })).status).toBe(200);
    expect([gateway.records.length - before, fake.requests.length - asked]).toEqual([1, 0]);
  });

  it('with three requests in one connection aborts all three', async () => {
    const before = gateway.records.length;
    const first = fake.requests.length;
    fake.plan({ fault: fault.stall({ events: 3 }, 'forever'), times: 3 });
    const socket = open(request(`POST ${chat}`, { body: streaming }).repeat(3));
    await until(() => fake.requests.length === first + 3);
    socket.destroy();
    await Promise.all(fake.requests.slice(first).map((one) => one.aborted));
    await until(() => gateway.gateway.status().running === 0);
    expect(gateway.records.slice(before).map((record) => record.outcome)).toEqual(['aborted', 'aborted', 'aborted']);
  });
});

describe('an answer that breaks', () => {
  const gemini = '/v1beta/models/up%2Fgpt-4o:streamGenerateContent?alt=sse';
  const contents = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'long 20' }] }] });
  const slow = JSON.stringify({ model: 'demo/slow', messages });

  it('behind another in one connection closes it, once its turn has come', async () => {
    fake.plan({ fault: fault.stall({ events: 4 }, 'forever') });
    const text = `${request(`POST ${chat}`, { body: slow })}${request(`POST ${gemini}`, { body: contents })}`;
    const answer = await talk(gateway.gateway.port, [text], 5_000);
    expect(answer.end).toBe('closed');
    expect(answer.text).toMatch(/chat\.completion[^]*RELAY_IDLE_TIMEOUT/);
  });

  it('is a reset to a client of HTTP/1.0, for which an end is an end', async () => {
    const content = 'y'.repeat(200_000);
    fake.plan({
      json: { id: 'x', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] },
      fault: fault.reset({ bytes: 100_000 }),
    });
    const body = JSON.stringify({ model: 'up/gpt-4o', messages: [{ role: 'user', content: 'hello' }] });
    const answer = await talk(
      gateway.gateway.port,
      [request(`POST ${chat}`, { body }).replace('HTTP/1.1', 'HTTP/1.0')],
      5_000,
    );
    expect(answer.end).toBe('reset');
  });
});

describe('a key that is revoked', () => {
  const streaming = { model: 'up/gpt-4o', stream: true, messages: [{ role: 'user', content: 'long 20' }] };
  const answer = { model: 'up/gpt-4o', messages };

  it.each([
    ['before the head', answer, { fault: fault.stall('start', 'forever') }],
    ['before the first content', streaming, { fault: fault.stall({ events: 1 }, 'forever') }],
    ['while an attempt rests before the next', answer, { status: 503, json: {}, times: 2 }],
  ] as const)('%s ends what runs on it at once', async (_when, body, plan) => {
    const own = await startTestGateway(providers);
    const asked = fake.nextRequest();
    fake.plan(plan);
    const running = send(own, { path: chat, body });
    const upstream = await asked;
    if ('status' in plan) await upstream.done;
    else await until(() => upstream.sentBytes > 0 || plan.fault.steps?.[0]?.at === 'start');
    await own.apply(`${providers}virtual_keys: []\n`);
    const { status, text } = await running;
    expect([status, text]).toEqual([401, expect.stringContaining('was revoked')]);
    if (!('status' in plan)) await upstream.aborted;
    expect(own.records).toMatchObject([{ error: 'relay.key_revoked' }]);
    await own.stop();
  });

  it('in the middle of an upload opens nothing any more', async () => {
    const own = await startTestGateway(providers);
    const before = fake.requests.length;
    const text = requestText(own.gateway.port, `POST ${chat}`, { body: plain, headers: ['Connection: close'] });
    const socket = connect(own.gateway.port, '127.0.0.1');
    let answered = '';
    socket.on('data', (piece) => (answered += piece.toString('latin1')));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(text.slice(0, -10));
    // Another connection's answer: the first one's head was read long before.
    await send(own, { path: '/v1/models' });
    await own.apply(`${providers}virtual_keys: []\n`);
    socket.end(text.slice(-10));
    await closed;
    expect([statusOf(answered), answered]).toEqual([401, expect.stringContaining('was revoked')]);
    expect(fake.requests.length).toBe(before);
    await own.stop();
  });
});
