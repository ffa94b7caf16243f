// What no well-meant client sends. Whatever it is: a 4xx or a closed connection, and the port goes on serving.
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BodyBudget } from '../../../main/gateway/body-budget.ts';
import { readBody, type HeldBody } from '../../../main/gateway/read-body.ts';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { codeOf, requestText, statusOf, talk, until, type Conversation } from './raw.ts';
import { send, startTestGateway, testKey, type Answer, type TestGateway } from './support.ts';

const chat = '/v1/chat/completions';
const echo = { model: 'demo/echo', messages: [{ role: 'user', content: 'hello' }] };
const echoText = JSON.stringify(echo);
const maxBodyBytes = 1_000_000;

let fake: Fake;
let gateway: TestGateway;

beforeAll(async () => {
  fake = await startFake({ dialect: 'openai' });
  gateway = await startTestGateway(`
listen: { max_body_bytes: ${maxBodyBytes} }
providers:
  - { id: up, kind: openai-compatible, base_url: "${fake.url}/v1", keys: [{ name: main, value: sk-upstream-key-1 }] }
  - { id: az, kind: azure-openai, base_url: "${fake.url}", keys: [{ name: main, value: sk-upstream-key-1 }] }
`);
});

afterAll(async () => {
  await gateway.stop();
  await fake.close();
});

function errorOf(answer: Answer): string | undefined {
  const code = answer.headers['x-sluice-error'];
  return typeof code === 'string' ? code : undefined;
}

function say(text: string | Buffer, waitMs?: number): Promise<Conversation> {
  return talk(gateway.gateway.port, [text], waitMs);
}

function request(line: string, options?: Parameters<typeof requestText>[2]): string {
  return requestText(gateway.gateway.port, line, options);
}

async function expectServing(): Promise<void> {
  expect((await send(gateway, { path: chat, body: echo })).status).toBe(200);
}

describe('names that every object inherits', () => {
  it.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty'])('are no method of a model: %s', async (name) => {
    for (const key of [testKey, '', 'sk-sluice-nobody-2222']) {
      const { text } = await say(request(`POST /v1/models/x:${name}`, { body: '{}', key }));
      expect(statusOf(text)).toBe(405);
    }
    await expectServing();
  });

  it.each(['constructor', '__proto__', 'toString'])('are no encoding: %s', async (name) => {
    const answer = await send(gateway, { path: chat, body: echo, headers: { 'content-encoding': name } });
    expect([answer.status, errorOf(answer)]).toEqual([415, 'read.unsupported_encoding']);
  });

  it('are fields like any other in a body', async () => {
    const raw = `{"model":"demo/echo","__proto__":{"stream":true},"constructor":1,"messages":[{"role":"user","content":"hello","__proto__":{"role":"system"}}]}`;
    expect((await send(gateway, { path: chat, raw })).json()).toMatchObject({
      choices: [{ message: { content: 'hello' } }],
    });
  });
});

describe('requests that are none', () => {
  it.each([
    ['an absolute form', 'GET http://evil.test/v1/models', 421],
    ['an absolute form of our own', 'GET http://127.0.0.1/v1/models', 421],
    ['a proxy request', 'CONNECT evil.test:443', 405],
    ['TRACE', 'TRACE /v1/models', 405],
    ['a star', 'OPTIONS *', 421],
    ['a long path token', `GET /c/${'a'.repeat(7_000)}/v1/models`, 401],
    ['a long URL', `GET /v1/models?${'a'.repeat(9_000)}`, 414],
    ['a longer URL', `GET /v1/models?${'a'.repeat(20_000)}`, 431],
    ['dots', 'GET /v1/%2e%2e/v1/models', 404],
    ['an encoded slash', 'GET /v1%2fmodels', 404],
    ['an empty path token', 'GET /c//v1/models', 404],
    ['a fragment', 'GET /v1/models#x', 404],
    ['a backslash', 'GET /v1\\models', 404],
  ])('%s is refused', async (_name, line, status) => {
    const { text } = await say(request(line));
    expect([statusOf(text), codeOf(text)]).toEqual([status, expect.stringMatching(/^\w+\.\w+$/)]);
    expect(text).not.toContain('demo/echo');
  });

  it.each([
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS', Buffer.from('16030100c8010000c40303', 'hex')],
    ['line feeds alone', 'GET /health HTTP/1.1\nHost: localhost\n\n'],
    ['a zero byte', 'GET /v1/models?\0 HTTP/1.1\r\n\r\n'],
  ])('%s is refused in words of HTTP', async (_name, bytes) => {
    const { text, end } = await say(bytes, 5_000);
    expect([statusOf(text), end]).toEqual([400, 'closed']);
  });

  it('a preflight passes the same gate as all others, and tells nothing of itself', async () => {
    const foreign = await say(
      request('OPTIONS /v1/models', { headers: ['Host: evil.test', 'Origin: https://evil.test'] }),
    );
    expect([statusOf(foreign.text), codeOf(foreign.text)]).toEqual([421, 'receive.host_not_allowed']);
    const odd = await say(request(`OPTIONS /c/${testKey}/%zz`, { key: '' }));
    expect(statusOf(odd.text)).toBe(403);
    expect(odd.text).not.toMatch(/\bat \w|node_modules|sk-sluice/);
  });

  it('an offer of HTTP/2 is left unanswered and the request served', async () => {
    const headers = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
    const { text } = await say(request(`POST ${chat}`, { body: echoText, headers }));
    expect(statusOf(text)).toBe(200);
  });

  it.each(['-5', '0x1', '1.5', '1, 1', ' ', '1e0', 'x'])('a hop count of %j is a loop', async (hops) => {
    const answer = await send(gateway, { path: chat, body: echo, headers: { 'x-sluice-hop': hops } });
    expect([answer.status, errorOf(answer)]).toEqual([400, 'receive.loop']);
  });
});

describe('two credentials', () => {
  it.each([
    ['in one header', { headers: { authorization: [`Bearer ${testKey}`, 'Bearer sk-sluice-other-1'] } }, ''],
    ['in the query', { headers: { authorization: '' } }, `?key=${testKey}&key=sk-sluice-other-1`],
    ['in query and header', {}, '?key=sk-sluice-other-1'],
    ['in path and query', { headers: { authorization: '' } }, `?key=sk-sluice-other-1`],
  ])('%s are refused', async (name, call, query) => {
    const path = name.includes('path') ? `/c/${testKey}/v1/models${query}` : `/v1/models${query}`;
    const answer = await send(gateway, { ...call, path });
    expect([answer.status, errorOf(answer)]).toEqual([400, 'admit.key_conflict']);
  });

  it('that are one are one', async () => {
    const answer = await send(gateway, { path: `/v1/models?key=${testKey}&key=${testKey}` });
    expect(answer.status).toBe(200);
  });
});

describe('a body that is not wanted', () => {
  it('is not asked for', async () => {
    const expecting = ['Expect: 100-continue', 'Content-Type: application/json'];
    const length = (bytes: number): string => `Content-Length: ${String(bytes)}`;
    const noKey = await say(request(`POST ${chat}`, { headers: [...expecting, length(100)], key: '' }));
    const tooLarge = await say(request(`POST ${chat}`, { headers: [...expecting, length(1e9)] }));
    const form = await say(
      request(`POST ${chat}`, { headers: ['Expect: 100-continue', 'Content-Type: text/plain', length(100)] }),
    );
    expect([noKey, tooLarge, form].map(({ text }) => statusOf(text))).toEqual([401, 413, 415]);
  });

  it('is asked for when it is', async () => {
    const { text } = await say(request(`POST ${chat}`, { body: echoText, headers: ['Expect: 100-continue'] }));
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
    const unknown = await say(request(`POST ${chat}`, { body: echoText, headers: ['Expect: something'] }));
    expect(statusOf(unknown.text)).toBe(200);
  });

  it('does not cost its sender the answer, large as it may be', async () => {
    const raw = Buffer.alloc(40 * maxBodyBytes, 0x20);
    const answer = await send(gateway, { path: chat, raw });
    expect([answer.status, errorOf(answer)]).toEqual([413, 'read.body_too_large']);
    const keyless = await send(gateway, { path: chat, raw, headers: { authorization: '' } });
    expect(keyless.status).toBe(401);
  });

  describe('keeps no connection', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    it.each([
      ['without a key', (): string => request('POST /v1/messages', { headers: ['Content-Length: 100'], key: '' }), 401],
      ['with a GET', (): string => request('GET /v1/models', { headers: ['Content-Length: 100'] }), 200],
      ['with a path of ours', (): string => request('GET /health', { headers: ['Content-Length: 100'] }), 200],
      ['with a preflight', (): string => request('OPTIONS /health', { headers: ['Content-Length: 100'] }), 403],
      [
        'with a WebSocket',
        (): string => request('GET /v1/responses', { headers: ['Connection: Upgrade', 'Upgrade: websocket'] }),
        426,
      ],
      ['with CONNECT', (): string => request('CONNECT a:1'), 405],
      ['with nonsense', (): string => 'nonsense\r\n\r\n', 400],
    ])('%s, whatever the other side does', async (_name, text, status) => {
      const socket = connect({ port: gateway.gateway.port, host: '127.0.0.1', allowHalfOpen: true });
      const state = { text: '', ended: false, closed: false };
      socket.on('data', (piece) => (state.text += piece.toString('latin1')));
      socket.on('end', () => (state.ended = true));
      socket.on('error', () => undefined);
      socket.on('close', () => (state.closed = true));
      socket.write(text());
      await until(() => state.text.includes('\r\n\r\n'));
      expect(statusOf(state.text)).toBe(status);
      await vi.advanceTimersByTimeAsync(5_000);
      await until(() => state.ended);
      // Our half stays open: only a socket the server has let go of answers a write with a reset.
      await vi.advanceTimersByTimeAsync(2_000);
      socket.write('x');
      await until(() => state.closed || !socket.write('x'.repeat(100)));
      socket.destroy();
    });
  });

  it('and a connection that is reset when it is refused end nothing but themselves', async () => {
    const upgrade = request('GET /v1/responses', { headers: ['Connection: Upgrade', 'Upgrade: websocket'] });
    for (const text of [upgrade, request('CONNECT a:1'), 'nonsense\r\n\r\n', request('POST /x', { body: '{}' })]) {
      const socket = connect(gateway.gateway.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.once('data', () => socket.resetAndDestroy());
      socket.write(text);
      await new Promise((resolve) => socket.once('close', resolve));
    }
    await expectServing();
  });
});

describe('packed bodies', () => {
  const packers = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync };

  function post(raw: Buffer, encoding: string): Promise<Answer> {
    return send(gateway, { path: chat, raw, headers: { 'content-encoding': encoding } });
  }

  it.each(Object.entries(packers))('in %s are read', async (encoding, pack) => {
    expect((await post(pack(echoText), encoding)).status).toBe(200);
  });

  it('are read when packed twice, and refused when packed thrice', async () => {
    const twice = gzipSync(deflateSync(echoText));
    expect((await post(twice, 'deflate, gzip')).status).toBe(200);
    expect(errorOf(await post(gzipSync(twice), 'deflate, gzip, gzip'))).toBe('read.unsupported_encoding');
  });

  it.each([
    ['are not', Buffer.from(echoText), 400, 'read.decompression'],
    ['are cut off', gzipSync(echoText).subarray(0, 30), 400, 'read.decompression'],
    ['have something behind them', Buffer.concat([gzipSync(echoText), Buffer.from('{}')]), 400, 'read.decompression'],
    ['unpack to too much', gzipSync(Buffer.alloc(20 * maxBodyBytes, 0x20)), 413, 'read.body_too_large'],
    ['unpack to nothing at all', Buffer.concat(Array<Buffer>(60_000).fill(gzipSync(''))), 413, 'read.body_too_large'],
  ])('that %s are refused', async (_name, raw, status, code) => {
    const answer = await post(raw, 'gzip');
    expect([answer.status, errorOf(answer)]).toEqual([status, code]);
  });
});

describe('bodies at their bounds', () => {
  it.each([
    ['a model of dots', { ...echo, model: 'az/..' }, 'read.invalid_field'],
    ['half a character as a model', { ...echo, model: 'up/\ud800' }, 'read.invalid_field'],
    ['a model like a novel', { ...echo, model: `up/${'x'.repeat(2_000)}` }, 'read.invalid_field'],
    ['an endless field twice', `{"${'x'.repeat(400_000)}":1,"${'x'.repeat(400_000)}":1}`, 'read.duplicate_key'],
    [
      'ten thousand fields',
      `{${Array.from({ length: 10_000 }, (_, n) => `"f${String(n)}":0`).join()}}`,
      'read.too_many_nodes',
    ],
    ['a field twice by another spelling', '{"model":"demo/echo","mod\\u0065l":"up/gpt-4o"}', 'read.duplicate_key'],
    ['ten thousand arrays', `{"model":"demo/echo","x":${'['.repeat(10_000)}`, 'read.too_deep'],
    ['a zero byte', '{"model":"demo/echo\0"}', 'read.invalid_json'],
    ['UTF-16', Buffer.from(echoText, 'utf16le'), 'read.invalid_json'],
  ])('%s: a 400 of a bearable size', async (_name, body, code) => {
    const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const answer = await send(gateway, { path: chat, raw });
    expect([answer.status, errorOf(answer)]).toEqual([400, code]);
    expect(answer.body.length).toBeLessThan(4_000);
  });

  it('a byte order mark and half characters in a text are taken', async () => {
    const raw = `\ufeff{"model":"demo/echo","messages":[{"role":"user","content":"\\ud800 a"}]}`;
    expect((await send(gateway, { path: chat, raw })).status).toBe(200);
  });

  it('a body of single bytes is a body', async () => {
    const chunks = [...echoText].map((character) => `1\r\n${character}\r\n`).join('');
    const headers = ['Transfer-Encoding: chunked', 'Content-Type: application/json', 'Connection: close'];
    const { text } = await say(`${request(`POST ${chat}`, { headers })}${chunks}0\r\n\r\n`, 5_000);
    expect(statusOf(text)).toBe(200);
  });

  it('more work than a demo is for is refused', async () => {
    const many = await send(gateway, {
      path: '/v1/embeddings',
      body: { model: 'demo/echo', input: Array(5_000).fill('') },
    });
    const wide = await send(gateway, {
      path: '/v1/embeddings',
      body: { model: 'demo/echo', input: Array(2_000).fill(''), dimensions: 4_096 },
    });
    expect([many.status, wide.status]).toEqual([400, 400]);
  });
});

describe('room for bodies', () => {
  it('is one account: who comes last is turned away, what is let go makes room', async () => {
    const budget = new BodyBudget(1_000);
    const limits = { maxBytes: 100, budget, onWanted: () => undefined };
    const outcomes: (HeldBody | { code: string })[] = [];
    const server = createServer((incoming: IncomingMessage, response) => {
      void readBody(incoming, limits)
        .catch((error: unknown) => error as { code: string })
        .then((outcome) => {
          outcomes.push(outcome);
          response.end();
        });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const upload = async (): Promise<HeldBody | { code: string } | undefined> => {
      await send({ url }, { path: '/', raw: 'x'.repeat(100) });
      return outcomes.at(-1);
    };
    for (let held = 0; held < 10; held++) expect(await upload()).toHaveProperty('bytes');
    expect(await upload()).toMatchObject({ code: 'receive.overloaded', status: 503, retryAfterS: 1 });
    expect(budget.heldBytes).toBe(1_000);
    for (const outcome of outcomes.splice(0)) {
      if (!('release' in outcome)) continue;
      outcome.release();
      outcome.release();
    }
    expect(budget.heldBytes).toBe(0);
    expect(await upload()).toHaveProperty('bytes');
    server.closeAllConnections();
    server.close();
  });

  it('is given back by a body that is cut off', async () => {
    const budget = new BodyBudget(1_000);
    const failed = Promise.withResolvers<{ code: string }>();
    const server = createServer((incoming: IncomingMessage) => {
      readBody(incoming, { maxBytes: 100, budget, onWanted: () => undefined }).catch(failed.resolve);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\nhalf of it');
    await until(() => budget.heldBytes === 10);
    socket.destroy();
    expect(await failed.promise).toMatchObject({ code: 'read.body_truncated' });
    expect(budget.heldBytes).toBe(0);
    server.close();
  });
});

describe('keys in the wrong place', () => {
  it.each([
    ['the path', { path: `/v1/${testKey}/models` }],
    ['a path token behind a version', { path: `/v1/c/${testKey}/v1/models` }],
    ['a second path token', { path: `/c/${testKey}/c/${testKey}/v1/models` }],
    ['the name of a model', { path: chat, body: { ...echo, model: testKey } }],
    ['the name of a listed model', { path: `/v1/models/${testKey}` }],
    ['a field', { path: chat, raw: `{"${testKey}":1,"${testKey}":2}` }],
    ['a type', { path: '/v1/responses', body: { model: 'up/gpt-4o', input: [{ type: testKey }] } }],
    ['another scheme', { path: chat, body: echo, headers: { authorization: `Basic ${testKey}` } }],
    [
      'an earlier response',
      { path: '/v1/responses', body: { model: 'up/gpt-4o', input: 'x', previous_response_id: testKey } },
    ],
  ])('%s are not said again', async (_place, call) => {
    const answer = await send(gateway, call);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(`${JSON.stringify(answer.headers)}${answer.text}${gateway.logs.join('\n')}`).not.toContain(testKey);
  });
});
