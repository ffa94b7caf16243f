import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ollamaSurfaceRows, surfaceRows } from '../../../main/gateway/identify.ts';
import { send, startTestGateway, testKey, type Answer, type Call, type TestGateway } from './support.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway(
    'listen: { max_body_bytes: 1000000, allowed_hosts: ["gateway.test:9"], allowed_origins: ["https://app.test"] }\n',
  );
});

afterAll(() => gateway.stop());

const echo = { model: 'demo/echo', messages: [{ role: 'user', content: 'hello' }] };
const chat = '/v1/chat/completions';

function errorOf(answer: Answer): string | undefined {
  const code = answer.headers['x-sluice-error'];
  return typeof code === 'string' ? code : undefined;
}

/** Writes bytes as they are and gives back what came until the server closed or stayed silent. */
function raw(text: string | Buffer, waitMs = 400): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(gateway.gateway.port, '127.0.0.1', () => socket.write(text));
    socket.setTimeout(waitMs, () => socket.destroy());
    socket.on('data', (piece) => (answer += piece.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(answer);
    });
  });
}

describe('keys', () => {
  const places: Record<string, (key: string) => Pick<Call, 'path' | 'headers'>> = {
    authorization: (key) => ({ path: '', headers: { authorization: `Bearer ${key}` } }),
    'x-api-key': (key) => ({ path: '', headers: { authorization: '', 'x-api-key': key } }),
    'x-goog-api-key': (key) => ({ path: '', headers: { authorization: '', 'x-goog-api-key': key } }),
    'api-key': (key) => ({ path: '', headers: { authorization: '', 'api-key': key } }),
    query: (key) => ({ path: `?key=${key}`, headers: { authorization: '' } }),
    'path token': (key) => ({ path: `/c/${key}`, headers: { authorization: '' } }),
  };

  function callOf(row: (typeof surfaceRows)[number], place: Pick<Call, 'path' | 'headers'>): Call {
    const path = place.path.startsWith('/c/') ? `${place.path}${row.path}` : `${row.path}${place.path}`;
    return { method: row.method, path, headers: { ...place.headers }, ...(row.method === 'POST' ? { body: {} } : {}) };
  }

  it.each(surfaceRows.map((row) => [row.path, row] as const))(
    'are asked for on %s, wherever they may stand',
    async (_path, row) => {
      for (const [name, place] of Object.entries(places)) {
        const wrong = await send(gateway, callOf(row, place('sk-sluice-nobody-2222')));
        expect([name, wrong.status, errorOf(wrong)]).toEqual([
          name,
          expect.toBeOneOf([401, 429]),
          expect.toBeOneOf(['admit.key_invalid', 'admit.too_many_failures']),
        ]);
        const good = await send(gateway, callOf(row, place(testKey)));
        expect([name, good.status === 401 || good.status === 429]).toEqual([name, false]);
      }
      const none = await send(gateway, { ...callOf(row, { path: '', headers: { authorization: '' } }) });
      expect([none.status, errorOf(none)]).toEqual([401, 'admit.key_missing']);
    },
  );

  it('are refused when two different ones are sent', async () => {
    const answer = await send(gateway, { path: chat, body: echo, headers: { 'x-api-key': 'sk-sluice-other-1' } });
    expect([answer.status, errorOf(answer)]).toEqual([400, 'admit.key_conflict']);
  });

  it('may stand in a path beside a login of the client itself, which is no second identity', async () => {
    const answer = await send(gateway, {
      path: `/c/${testKey}${chat}`,
      body: echo,
      headers: { authorization: 'Bearer sk-of-a-vendor' },
    });
    expect(answer.status).toBe(200);
  });

  it('never reach a log or an answer', async () => {
    const answer = await send(gateway, {
      path: `/c/${testKey}/v1/nothing?key=${testKey}`,
      body: {},
      headers: { authorization: '' },
    });
    expect(answer.text + gateway.logs.join('\n')).not.toContain(testKey);
  });

  it('are not asked for where nothing is spent or told', async () => {
    for (const path of ['/', '/health', '/ready', '/metrics']) {
      const answer = await send(gateway, { path, headers: { authorization: '' } });
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.text).not.toContain('test');
    }
    expect((await send(gateway, { method: 'HEAD', path: '/', headers: { authorization: '' } })).status).toBe(200);
  });
});

describe('the gate', () => {
  const hosts = [
    ...[
      'evil.test',
      '127.0.0.1',
      'localhost',
      '127.0.0.1:1',
      'LOCALHOST:PORT',
      '127.0.0.1.:PORT',
      '0.0.0.0:PORT',
      '2130706433:PORT',
      '0x7f.1:PORT',
      '017700000001:PORT',
    ],
    ...[
      'localhost:PORT@evil',
      'evil#localhost:PORT',
      'user@127.0.0.1:PORT',
      '127.1:PORT',
      '[::ffff:127.0.0.1]:PORT',
      'localhost.:PORT',
      '127.0.0.1:PORT:PORT',
      'gateway.test',
      'a.gateway.test:9',
      '*',
      '',
      ' ',
    ],
    ...[
      '127.0.0.1:PORT, evil.test',
      'http://127.0.0.1:PORT',
      '[::1%lo]:PORT',
      '[0:0:0:0:0:0:0:1]:PORT',
      'localhost:0PORT',
      'ⅼocalhost:PORT',
      'metadata.google.internal',
      '169.254.169.254',
    ],
  ];

  it.each(hosts)('refuses the host %j', async (host) => {
    const spelt = Buffer.from(host.replaceAll('PORT', String(gateway.gateway.port))).toString('latin1');
    const answer = await raw(
      `GET /v1/models HTTP/1.1\r\nHost: ${spelt}\r\nAuthorization: Bearer ${testKey}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 4(21|00) /);
  });

  it.each(['127.0.0.1:PORT', 'localhost:PORT', '[::1]:PORT', 'gateway.test:9'])(
    'answers to the host %j',
    async (host) => {
      const answer = await raw(
        `GET /v1/models HTTP/1.1\r\nHost: ${host.replace('PORT', String(gateway.gateway.port))}\r\nAuthorization: Bearer ${testKey}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    },
  );

  it('refuses a missing and a doubled host', async () => {
    const rest = `Authorization: Bearer ${testKey}\r\nConnection: close\r\n\r\n`;
    expect(await raw(`GET /v1/models HTTP/1.1\r\n${rest}`)).toMatch(/^HTTP\/1\.1 4/);
    const host = `Host: 127.0.0.1:${String(gateway.gateway.port)}\r\n`;
    expect(await raw(`GET /v1/models HTTP/1.1\r\n${host}${host}${rest}`)).toMatch(/^HTTP\/1\.1 4/);
  });

  it.each([
    [{ origin: 'https://evil.test' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
  ])('refuses a web page: %j', async (headers) => {
    const answer = await send(gateway, { path: chat, body: echo, headers });
    expect([answer.status, errorOf(answer)]).toEqual([403, 'receive.origin_not_allowed']);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('serves an allowed origin and says so to the browser, never with a star', async () => {
    const origin = { origin: 'https://app.test' };
    const preflight = await send(gateway, {
      method: 'OPTIONS',
      path: chat,
      headers: { ...origin, authorization: '', 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([204, 'https://app.test']);
    const answer = await send(gateway, {
      path: chat,
      body: echo,
      headers: { ...origin, 'sec-fetch-site': 'cross-site' },
    });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, 'https://app.test']);
    const foreign = await send(gateway, {
      method: 'OPTIONS',
      path: chat,
      headers: { origin: 'https://evil.test', authorization: '' },
    });
    expect(foreign.status).toBe(403);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'refuses a body of type %j',
    async (type) => {
      const answer = await send(gateway, { path: chat, raw: JSON.stringify(echo), headers: { 'content-type': type } });
      expect([answer.status, errorOf(answer)]).toEqual([415, 'receive.content_type']);
    },
  );

  it('refuses a request that came through a gateway twice', async () => {
    expect(errorOf(await send(gateway, { path: chat, body: echo, headers: { 'x-sluice-hop': '2' } }))).toBe(
      'receive.loop',
    );
    expect((await send(gateway, { path: chat, body: echo, headers: { 'x-sluice-hop': '1' } })).status).toBe(200);
  });

  it('refuses an upgrade at once, so that a client falls back at once', async () => {
    const answer = await new Promise<number>((resolve, reject) => {
      const outgoing = httpRequest(`${gateway.url}/v1/responses`, {
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-key': 'eA==',
          'sec-websocket-version': '13',
        },
      });
      outgoing.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
    expect(answer).toBe(426);
  });

  it('proves that the port is ours', async () => {
    const answer = await send(gateway, { path: '/health?challenge=abcdefgh12345678', headers: { authorization: '' } });
    expect(answer.json()['proof']).toBe(gateway.gateway.prove('abcdefgh12345678'));
  });
});

describe('smuggling', () => {
  const post = (headers: string, body: string): string =>
    `POST ${chat} HTTP/1.1\r\nHost: 127.0.0.1:${String(gateway.gateway.port)}\r\nAuthorization: Bearer ${testKey}\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;

  it.each([
    ['both lengths', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'],
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 5\r\n', '{}  '],
    ['a folded header', 'X-A: b\r\n c\r\nContent-Length: 2\r\n', '{}'],
    ['a bare line feed', 'X-A: b\nContent-Length: 2\r\n', '{}'],
    ['a space before the colon', 'Content-Length : 2\r\n', '{}'],
    ['a zero byte', 'X-A: b\u0000c\r\nContent-Length: 2\r\n', '{}'],
    ['an odd transfer encoding', 'Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'],
    ['a negative length', 'Content-Length: -1\r\n', '{}'],
    ['a bad chunk size', 'Transfer-Encoding: chunked\r\n', 'zz\r\n{}\r\n0\r\n\r\n'],
  ])('by %s is refused', async (_name, headers, body) => {
    const answer = await raw(post(headers, body));
    expect(answer === '' || /^HTTP\/1\.1 4\d\d /.test(answer)).toBe(true);
    expect(answer).not.toMatch(/HTTP\/1\.1 200/);
  });

  it('by a flood of headers is refused', async () => {
    const many = Array.from({ length: 150 }, (_, index) => `X-H${String(index)}: v`).join('\r\n');
    expect(await raw(post(`${many}\r\nContent-Length: 2\r\n`, '{}'))).toMatch(/^HTTP\/1\.1 431 /);
    expect(await raw(post(`X-Big: ${'a'.repeat(20_000)}\r\nContent-Length: 2\r\n`, '{}'))).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('bad input', () => {
  const surfaces: readonly (readonly [string, string, (body: Record<string, unknown>) => unknown])[] = [
    ['chat', chat, (body) => (body['error'] as { message: string }).message],
    ['responses', '/v1/responses', (body) => (body['error'] as { message: string }).message],
    ['messages', '/v1/messages', (body) => (body['error'] as { message: string }).message],
    ['gemini', '/v1beta/models/demo%2Fecho:generateContent', (body) => (body['error'] as { message: string }).message],
  ];
  const inputs: readonly (readonly [string, string | Buffer, number, string])[] = [
    ['truncated JSON', '{"model":"demo/echo","messages":[{"ro', 400, 'read.invalid_json'],
    ['a trailing comma', '{"model":"demo/echo",}', 400, 'read.invalid_json'],
    ['an array', '[]', 400, 'read.not_an_object'],
    ['nothing', '', 400, 'read.body_missing'],
    ['broken UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), 400, 'read.invalid_utf8'],
    ['deep nesting', `{"model":"demo/echo","x":${'['.repeat(5000)}${']'.repeat(5000)}}`, 400, 'read.too_deep'],
    ['a key twice', '{"model":"demo/echo","model":"other"}', 400, 'read.duplicate_key'],
    ['too much', `{"model":"${'x'.repeat(1_100_000)}"}`, 413, 'read.body_too_large'],
  ];

  it.each(surfaces.flatMap(([name, path, message]) => inputs.map((input) => [name, ...input, path, message] as const)))(
    'on %s: %s is a 4xx of the dialect',
    async (_surface, _name, body, status, code, path, message) => {
      const answer = await send(gateway, { method: 'POST', path, raw: body });
      expect([answer.status, errorOf(answer)]).toEqual([status, code]);
      expect(typeof message(answer.json())).toBe('string');
    },
  );

  it('says the line and column', async () => {
    const answer = await send(gateway, { path: chat, raw: '{\n  "model": "demo/echo",\n  oops\n}' });
    expect(answer.text).toContain('line 3, column 3');
  });

  it.each([
    [{ messages: [] }, 'model'],
    [{ model: 5, messages: [] }, 'model'],
    [{ model: 'demo/echo', stream: 'yes', messages: [] }, 'stream'],
  ])('names the field of a wrong type: %j', async (body, field) => {
    const answer = await send(gateway, { path: chat, body });
    expect([answer.status, errorOf(answer)]).toEqual([400, 'read.invalid_field']);
    expect(answer.json()).toMatchObject({ error: { param: field } });
  });

  it('is refused unread when its length says too much', async () => {
    const answer = await raw(
      `POST ${chat} HTTP/1.1\r\nHost: 127.0.0.1:${String(gateway.gateway.port)}\r\nAuthorization: Bearer ${testKey}\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n{`,
      2000,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('leaves the process serving', async () => {
    expect((await send(gateway, { path: chat, body: echo })).status).toBe(200);
  });
});

describe('paths', () => {
  it.each([
    '/chat/completions',
    '/v1/chat/completions',
    '/v1/v1/chat/completions',
    '/v1/chat/completions/',
    '/v1/chat/completions?beta=true',
  ])('serves %s', async (path) => {
    expect((await send(gateway, { path, body: echo })).status).toBe(200);
  });

  it.each([
    ['/v1/chat/completion', 'POST', 404, 'identify.unknown_path'],
    ['/nothing', 'GET', 404, 'identify.unknown_path'],
    ['/v1/chat/completions', 'GET', 405, 'identify.method_not_allowed'],
    ['/v1/chat/completions', 'DELETE', 405, 'identify.method_not_allowed'],
    ['/api/tags', 'GET', 404, 'identify.unknown_path'],
  ])('answers %s %s with a clear error', async (path, method, status, code) => {
    const answer = await send(gateway, { method, path, ...(method === 'POST' ? { body: {} } : {}) });
    expect([answer.status, errorOf(answer)]).toEqual([status, code]);
  });

  it('names the nearest model when one is unknown, in each dialect', async () => {
    for (const [path, body] of [
      [chat, { ...echo, model: 'demo/ecko' }],
      ['/v1/responses', { model: 'demo/ecko', input: 'x' }],
      ['/v1/messages', { ...echo, model: 'demo/ecko', max_tokens: 5 }],
      ['/v1beta/models/demo%2Fecko:generateContent', { contents: [{ role: 'user', parts: [{ text: 'x' }] }] }],
    ] as const) {
      const answer = await send(gateway, { path, body });
      expect([answer.status, errorOf(answer)]).toEqual([404, 'route.model_not_found']);
      expect(answer.text).toContain('demo/echo');
    }
  });
});

describe('model lists', () => {
  it.each([
    ['OpenAI', {}, '/v1/models', (body: Record<string, unknown>) => body['object'] === 'list'],
    [
      'Anthropic',
      { 'anthropic-version': '2023-06-01' },
      '/v1/models?limit=1000',
      (body: Record<string, unknown>) => body['has_more'] === false,
    ],
    ['Gemini', {}, '/v1beta/models', (body: Record<string, unknown>) => Array.isArray(body['models'])],
    // An empty catalogue leaves Codex the one it brings; anything else in its place would be an error to it, or hide its own.
    [
      'Codex',
      {},
      '/v1/models?client_version=0.169.0',
      (body: Record<string, unknown>) => body['object'] === 'list' && JSON.stringify(body['models']) === '[]',
    ],
  ])('come in the shape of %s', async (_name, headers, path, fits) => {
    const answer = await send(gateway, { path, headers });
    expect(answer.status).toBe(200);
    expect(fits(answer.json())).toBe(true);
    expect(answer.text).toContain('echo');
  });

  it('give Claude clients names their picker keeps, which work', async () => {
    const list = (await send(gateway, { path: '/v1/models', headers: { 'anthropic-version': '2023-06-01' } })).json()[
      'data'
    ] as { id: string }[];
    expect(list.every((one) => /^(claude|anthropic)/.test(one.id))).toBe(true);
    const id = list.find((one) => one.id.includes('echo'))?.id ?? '';
    const answer = await send(gateway, { path: chat, body: { ...echo, model: id } });
    expect(answer.headers['x-sluice-target']).toBe('demo/echo');
  });
});

describe('the Ollama emulation', () => {
  it('is off unless asked for', async () => {
    for (const row of ollamaSurfaceRows) {
      const answer = await send(gateway, {
        method: row.method,
        path: row.path,
        ...(row.method === 'POST' ? { body: {} } : {}),
      });
      expect([row.path, answer.status]).toEqual([row.path, 404]);
    }
  });
});

describe('a revoked key', () => {
  it('stops working at once and ends its running streams', async () => {
    const other = await startTestGateway('');
    const running = send(other, {
      path: chat,
      body: {
        model: 'demo/slow',
        stream: true,
        messages: [{ role: 'user', content: 'a long text that takes many pieces to say' }],
      },
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await other.apply('virtual_keys: []\n');
    const answer = await running;
    expect(answer.text).not.toContain('[DONE]');
    expect(answer.text).toContain('was revoked');
    expect((await send(other, { path: chat, body: echo })).status).toBe(401);
    await other.stop();
  });
});
