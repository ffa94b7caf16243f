// What no well-meant provider answers. Whatever it is: an honest error in the client's dialect, little memory, no secret told on.
import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pour, startRawUpstream, type RawUpstream } from './raw.ts';
import { send, startTestGateway, type Answer, type TestGateway } from './support.ts';

// With characters that every spelling writes differently.
const credential = 'upstream/credential+of=37~characters"x';
const model = 'up/m';

let upstream: RawUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startRawUpstream();
  const timeouts = 'timeouts: { connect_ms: 1000, idle_ms: 300, total_ms: 8000 }';
  const rest = `keys: [{ name: main, value: '${credential}' }], retry: { attempts: 1 }, ${timeouts}`;
  gateway = await startTestGateway(`
providers:
  - { id: up, kind: openai-compatible, base_url: "http://127.0.0.1:${String(upstream.port)}/v1", ${rest} }
  - { id: other, kind: anthropic, base_url: "http://127.0.0.1:${String(upstream.port)}", ${rest} }
`);
});

afterEach(() => {
  // Nothing is kept waiting, whatever was answered.
  expect(gateway.gateway.status().running).toBe(0);
});

afterAll(async () => {
  await gateway.stop();
  upstream.close();
});

const whole = JSON.stringify({
  id: 'x',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hey' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

const head = (...headers: string[]): string => `HTTP/1.1 200 OK\r\n${headers.join('\r\n')}\r\n\r\n`;
const json = 'content-type: application/json';
const withLength = (body: string | Buffer, ...headers: string[]): string =>
  head(json, `content-length: ${String(Buffer.byteLength(body))}`, ...headers);
const plain = (body: string, ...headers: string[]): string => `${withLength(body, ...headers)}${body}`;
const failing = (status: string, body: string, ...headers: string[]): string =>
  plain(body, ...headers).replace('200 OK', status);
const sse = 'content-type: text/event-stream';
/** Ends with the connection. */
const stream = (...events: string[]): string => `${head(sse)}${events.map((event) => `data: ${event}\n\n`).join('')}`;
const delta = (content: string, finish: string | null = null): string =>
  JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: finish }] });
const done = '[DONE]';

function answerWith(bytes: string | Buffer): void {
  upstream.answer = (socket) => void socket.end(bytes);
}

function ask(more: Record<string, unknown> = {}): Promise<Answer> {
  return send(gateway, {
    path: '/v1/chat/completions',
    body: { model, max_tokens: 5, messages: [{ role: 'user', content: 'hello' }], ...more },
  });
}

function errorOf(answer: Answer): string | undefined {
  const code = answer.headers['x-sluice-error'];
  return typeof code === 'string' ? code : undefined;
}

describe('a head', () => {
  const crowded = Array.from({ length: 200 }, (_, index) => `x-${String(index)}: y`);

  it.each([
    ['of no HTTP', 'nonsense\r\n\r\n', 'attempt.protocol'],
    [
      'of two lengths',
      `${head(json, 'content-length: 5', `content-length: ${String(whole.length)}`)}${whole}`,
      'attempt.protocol',
    ],
    [
      'of a length and chunks',
      `${head('content-length: 5', 'transfer-encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`,
      'attempt.protocol',
    ],
    ['with a control character', plain(whole, 'x-odd: a\u0001b'), 'attempt.protocol'],
    ['without end', head(`x-long: ${'a'.repeat(100_000)}`), 'attempt.protocol'],
    ['of a status there is not', failing('999 What', whole), 'attempt.protocol'],
    ['of no status', failing('000 What', whole), 'attempt.protocol'],
    ['of another protocol', 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n', 'attempt.protocol'],
    ['of a redirect', failing('302 Found', '', 'location: http://127.0.0.1:9/'), 'attempt.redirect'],
    ['of nothing new', failing('304 Not Modified', ''), 'attempt.redirect'],
    ['of nothing at all', failing('204 No Content', ''), 'attempt.not_an_answer'],
    ['of an encoding there is not', plain(whole, 'content-encoding: constructor'), 'attempt.decompression'],
  ])('%s is an error of the provider', async (_name, bytes, code) => {
    answerWith(Buffer.from(bytes, 'latin1'));
    const answer = await ask();
    expect([answer.status, errorOf(answer), answer.json()['error']]).toEqual([502, code, expect.anything()]);
    expect(gateway.records.at(-1)).toMatchObject({ outcome: 'failed', error: code });
  });

  it.each([
    ['full of headers', plain(whole, ...crowded)],
    ['behind a thousand hints', `${'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'.repeat(1_000)}${plain(whole)}`],
    ['with characters of no header', plain(whole, 'x-snow: \u2603')],
    [
      'before trailers',
      `${head(json, 'transfer-encoding: chunked')}${whole.length.toString(16)}\r\n${whole}\r\n0\r\nx-t: 1\r\n\r\n`,
    ],
    ['before another answer nobody asked for', plain(whole) + plain('{"error":{"message":"second"}}')],
  ])('%s brings its answer all the same', async (_name, bytes) => {
    answerWith(bytes);
    const answer = await ask();
    expect([answer.status, answer.text]).toEqual([200, whole]);
  });
});

describe('a plain answer', () => {
  it.each([
    ['that is longer than it says', `${withLength(whole.slice(5))}${whole}`, 'attempt.not_an_answer'],
    ['that is shorter than it says', `${withLength(`${whole}     `)}${whole}`, 'attempt.reset'],
    ['that is no JSON', plain('<html>'), 'attempt.not_an_answer'],
    ['that is no object', plain('null'), 'attempt.not_an_answer'],
    ['that is a list', plain(` [${whole}]`), 'attempt.not_an_answer'],
    ['that is a stream', stream(delta('hey'), delta('', 'stop'), done), 'attempt.not_an_answer'],
    [
      'cut inside its packing',
      `${head(json, 'content-encoding: gzip')}${gzipSync(whole).subarray(0, 40).toString('latin1')}`,
      'attempt.decompression',
    ],
  ])('%s is none', async (_name, bytes, code) => {
    for (const target of [model, 'other/m']) {
      answerWith(Buffer.from(bytes, 'latin1'));
      const answer = await ask({ model: target });
      expect([answer.status, errorOf(answer)]).toEqual([502, code]);
    }
  });

  it('packed though nobody asked is unpacked', async () => {
    const packed = gzipSync(whole);
    answerWith(Buffer.concat([Buffer.from(withLength(packed, 'content-encoding: gzip')), packed]));
    const answer = await ask();
    expect([answer.text, answer.headers['content-encoding']]).toEqual([whole, undefined]);
  });
});

describe('a plain answer of another dialect', () => {
  it.each([1e308, -1, 'yesterday', null])('made at %j is made at some time all the same', async (created) => {
    answerWith(plain(JSON.stringify({ ...(JSON.parse(whole) as object), created })));
    const contents = [{ role: 'user', parts: [{ text: 'hello' }] }];
    const answer = await send(gateway, { path: '/v1beta/models/up%2Fm:generateContent', body: { contents } });
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('hey')]);
  });
});

describe('a stream', () => {
  const broken: readonly (readonly [string, string, string])[] = [
    ['that ends without an end', stream(delta('hey')), 'relay.stream_incomplete'],
    ['that ends inside an event', `${stream(delta('hey'))}data: {"id":"c","cho`, 'relay.stream_incomplete'],
    ['of an error', stream(delta('hey'), '{"error":{"message":"oops"}}'), 'relay.upstream_error'],
    [
      'of broken chunks',
      `${head(sse, 'transfer-encoding: chunked')}${(delta('hey').length + 8).toString(16)}\r\ndata: ${delta('hey')}\n\n\r\nzz\r\n`,
      'relay.stream_malformed',
    ],
  ];

  it.each(broken)('%s ends in an error the client can see', async (_name, bytes, code) => {
    answerWith(bytes);
    const answer = await ask({ stream: true });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('hey');
    expect(answer.text.trimEnd().split('\n\n').at(-1)).toMatch(/^data: \{"error":/);
    expect(gateway.records.at(-1)).toMatchObject({ outcome: 'incomplete', error: code, usageSource: 'estimated' });
  });

  it.each([
    ['of nothing', stream(), 'relay.stream_incomplete'],
    ['of an end alone', stream(done), 'relay.stream_incomplete'],
    ['of an error alone', stream('{"error":{"message":"oops"}}'), 'attempt.upstream_error'],
    [
      'of broken events, seen before its content went out',
      stream(delta('hey'), '{oops', '{oops', delta('', 'stop')),
      'relay.stream_malformed',
    ],
    ['that is a web page', head('content-type: text/html'), 'attempt.not_an_answer'],
    [
      'that claims to be JSON',
      stream(delta('hey'), done).replace('text/event-stream', 'application/json'),
      'attempt.not_an_answer',
    ],
    [
      'that claims to be bytes',
      stream(delta('hey'), done).replace('text/event-stream', 'application/octet-stream'),
      'attempt.not_an_answer',
    ],
  ])('%s is a failed attempt', async (_name, bytes, code) => {
    answerWith(bytes);
    const answer = await ask({ stream: true });
    expect([answer.status, errorOf(answer)]).toEqual([502, code]);
  });

  it.each([
    ['with one broken event', [delta('hey'), '{oops', delta('', 'stop'), done]],
    [
      'with events of other shapes',
      ['null', '5', '[]', '{"choices":5}', '{"choices":[null,{"delta":5}]}', delta('hey'), delta('', 'stop'), done],
    ],
    ['without its last word', [delta('hey'), delta('', 'stop')]],
  ])('%s goes on to its end', async (_name, events) => {
    answerWith(stream(...events));
    const answer = await ask({ stream: true, stream_options: { include_usage: true } });
    expect(answer.text).toMatch(/hey[^]*"finish_reason":"stop"/);
    expect(gateway.records.at(-1)).toMatchObject({ outcome: 'complete' });
  });

  it('without a type is what was asked for', async () => {
    answerWith(stream(delta('hey'), delta('', 'stop'), done).replace(`${sse}\r\n`, ''));
    expect((await ask({ stream: true })).text).toContain('[DONE]');
  });

  it('that stays open behind its end is complete without it', async () => {
    upstream.answer = (socket) => void socket.write(stream(delta('hey'), delta('', 'stop'), done));
    const answer = await ask({ stream: true });
    expect([answer.torn, answer.text.endsWith('data: [DONE]\n\n')]).toEqual([false, true]);
  });
});

describe('an answer without end', () => {
  const mebibyte = 1024 * 1024;
  const letters = Buffer.alloc(64 * 1024, 'a');

  const endless: readonly (readonly [string, string, string, Buffer, string, number])[] = [
    ['an error', model, 'HTTP/1.1 400 Bad\r\n\r\n', letters, 'upstream.400', 16],
    [
      'a packed error',
      model,
      'HTTP/1.1 400 Bad\r\ncontent-encoding: gzip\r\n\r\n',
      letters,
      'attempt.decompression',
      16,
    ],
    ['one event', model, `${head(sse)}data: `, letters, 'relay.stream_malformed', 64],
    ['one event to translate', 'other/m', `${head(sse)}data: `, letters, 'relay.stream_malformed', 64],
    ['an event of empty lines', model, head(sse), Buffer.from('data:\n'.repeat(10_000)), 'relay.stream_malformed', 64],
    ['an answer to translate', 'other/m', `${head(json)}{"a":"`, letters, 'attempt.answer_too_large', 128],
    [
      'packing around nothing',
      model,
      head(json, 'content-encoding: gzip'),
      Buffer.concat(Array<Buffer>(3_000).fill(gzipSync(''))),
      'attempt.decompression',
      128,
    ],
    [
      'packing around too much',
      'other/m',
      head(json, 'content-encoding: gzip'),
      gzipSync(Buffer.alloc(16 * mebibyte)),
      'attempt.decompression',
      128,
    ],
  ];

  it.each(endless)('%s is let go of early', async (_name, target, start, piece, code, most) => {
    let read = 0;
    const closed = new Promise<void>((resolve) => {
      upstream.answer = (socket) => {
        socket.write(start);
        pour(socket, piece, 1024 * mebibyte);
        socket.once('close', () => {
          read = socket.bytesWritten;
          resolve();
        });
      };
    });
    const answer = await ask({ model: target, stream: start.includes(sse) });
    await closed;
    expect(errorOf(answer)).toBe(code);
    expect(answer.body.length).toBeLessThanOrEqual(mebibyte);
    expect(read).toBeLessThan(most * mebibyte);
  });

  it('that only comments is held back no longer than its client can bear, and passed with the client’s own speed', async () => {
    upstream.answer = (socket: Socket) => {
      socket.write(head(sse));
      pour(socket, Buffer.from(': x\n\n'.repeat(10_000)), 4 * mebibyte);
    };
    const answer = await ask({ stream: true });
    expect(answer.text.startsWith(': x\n\n')).toBe(true);
    expect(answer.text.trimEnd().split('\n\n').at(-1)).toMatch(/^data: \{"error":/);
    expect(gateway.records.at(-1)).toMatchObject({ outcome: 'incomplete', error: 'relay.stream_incomplete' });
  });
});

describe('the credential', () => {
  const spelt: Readonly<Record<string, string>> = {
    'as it is': credential,
    'in a URL': encodeURIComponent(credential),
    'in base64': Buffer.from(credential).toString('base64'),
    'in base64 among others': Buffer.from(`user:${credential}`).toString('base64'),
  };

  function message(secret: string): string {
    return JSON.stringify({ error: { message: `bad key ${secret}.`, type: 'x' } });
  }

  function expectHidden(answer: Answer): void {
    const told = `${JSON.stringify(answer.headers)}\n${answer.text}\n${gateway.logs.join('\n')}\n${JSON.stringify(gateway.records)}`;
    for (const secret of Object.values(spelt)) {
      expect(told).not.toContain(secret);
      expect(told).not.toContain(JSON.stringify(secret).slice(1, -1));
    }
    expect(answer.text).toContain('bad key');
  }

  const echoes: readonly (readonly [string, (secret: string) => string | Buffer, boolean])[] = [
    ['in an error', (secret) => failing('401 No', message(secret)), false],
    [
      'in an error page',
      (secret) => failing('500 No', `<b>bad key ${secret}</b>`).replace(json, 'content-type: text/html'),
      false,
    ],
    [
      'in a packed error',
      (secret) => {
        const packed = gzipSync(message(secret));
        const text = withLength(packed, 'content-encoding: gzip').replace('200 OK', '401 No');
        return Buffer.concat([Buffer.from(text), packed]);
      },
      false,
    ],
    [
      'in a header of an error',
      (secret) => failing('401 No', message('***'), `x-echo: ${encodeURI(secret)}`, `x-raw: ${secret}`),
      false,
    ],
    ['in an error that says 200', (secret) => plain(message(secret)), false],
    ['in an error instead of a stream', (secret) => stream(message(secret)), true],
    ['in an error inside a stream', (secret) => stream(delta('hey'), message(secret)), true],
  ];

  it.each(
    echoes.flatMap(([place, bytes, streams]) =>
      Object.keys(spelt).map((form) => [place, form, bytes, streams] as const),
    ),
  )('%s, %s, does not reach the client', async (_place, form, bytes, streams) => {
    for (const target of [model, 'other/m']) {
      if (streams && target !== model) continue;
      answerWith(bytes(spelt[form] ?? ''));
      expectHidden(await ask({ model: target, stream: streams }));
    }
  });

  it('echoed in an error event of another dialect does not reach the client', async () => {
    const event = JSON.stringify({
      type: 'error',
      error: { type: 'authentication_error', message: `bad key ${credential}` },
    });
    answerWith(`${head(sse)}event: error\ndata: ${event}\n\n`);
    expectHidden(await ask({ model: 'other/m', stream: true }));
  });

  it('echoed in a header of an answer does not reach the client', async () => {
    answerWith(plain(whole, `x-echo: Bearer ${credential}`, 'x-other: kept'));
    const { headers } = await ask();
    expect([headers['x-echo'], headers['x-other']]).toEqual([undefined, 'kept']);
  });

  it('does not travel where a redirect points', async () => {
    let visits = 0;
    const elsewhere = createServer((socket) => {
      visits++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const address = elsewhere.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    for (const status of ['301', '302', '303', '307', '308']) {
      answerWith(failing(`${status} Elsewhere`, '', `location: http://127.0.0.1:${String(port)}/v1/chat/completions`));
      expect(errorOf(await ask())).toBe('attempt.redirect');
    }
    elsewhere.close();
    expect(visits).toBe(0);
  });

  it('does not go to an address a request names', async () => {
    answerWith(plain(whole));
    const before = upstream.requests.length;
    await send(gateway, {
      path: '/v1/chat/completions?base_url=http://127.0.0.1:9&api_base=http://127.0.0.1:9',
      headers: { 'x-base-url': 'http://127.0.0.1:9', 'x-forwarded-host': 'evil.test', forwarded: 'host=evil.test' },
      body: {
        model,
        api_base: 'http://127.0.0.1:9',
        base_url: 'http://127.0.0.1:9',
        messages: [{ role: 'user', content: 'x' }],
      },
    });
    const asked = upstream.requests.slice(before);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain(`host: 127.0.0.1:${String(upstream.port)}\r\n`);
    expect(asked[0]).not.toContain('evil.test');
  });
});
