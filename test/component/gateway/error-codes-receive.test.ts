// Every code of the stage receive, raised over the port, in the words of each client.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../shared/errors/codes.ts';
import { fault, startFake } from '../../fakes/fake.ts';
import { requestText } from './raw.ts';
import { answerTo, clients, expectRefusal, question } from './refusals.ts';
import { send, startTestGateway, type Call, type TestGateway } from './support.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway('');
});

afterAll(() => gateway.stop());

function port(): number {
  return gateway.gateway.port;
}

type Row = readonly [code: ErrorCode, says: readonly string[], call: (asked: Call) => Call];

function withHeaders(headers: Readonly<Record<string, string>>): (asked: Call) => Call {
  return (asked) => ({ ...asked, headers });
}

const rows: readonly Row[] = [
  ['receive.host_not_allowed', ['Host', 'listen.allowed_hosts'], withHeaders({ host: 'evil.test' })],
  ['receive.origin_not_allowed', ['Web pages', 'allowed_origins'], withHeaders({ origin: 'https://evil.test' })],
  ['receive.content_type', ['"text/plain"', 'application/json'], withHeaders({ 'content-type': 'text/plain' })],
  [
    'receive.too_many_headers',
    ['100', 'Send fewer'],
    withHeaders(Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`x-h${String(n)}`, 'v']))),
  ],
  [
    'receive.url_too_long',
    ['8192 bytes', 'body'],
    ({ path, body }) => ({ path: `${path}${path.includes('?') ? '&' : '?'}x=${'x'.repeat(9_000)}`, body }),
  ],
  ['receive.loop', ['before', 'base_url'], withHeaders({ 'x-sluice-hop': '2' })],
];

describe.each(clients)('a head that is refused to a client of %s', (client) => {
  it.each(rows)('%s says %j', async (code, says, call) => {
    expectRefusal(await send(gateway, call(question(client, 'demo/echo'))), client, { code, says });
  });
});

describe('where no path is known yet', () => {
  it.each([
    ['what is no HTTP', 'nonsense\r\n\r\n', 'receive.bad_request_line', ['method', 'http://']],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      'receive.bad_request_line',
      ['Content-Length'],
    ],
    [
      'a head without end',
      `GET / HTTP/1.1\r\nX-A: ${'a'.repeat(20_000)}`,
      'receive.too_many_headers',
      ['16384 bytes', 'shorter'],
    ],
    [
      'a WebSocket',
      'GET /v1/responses HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      'receive.upgrade_refused',
      ['WebSocket', 'server-sent events'],
    ],
    ['CONNECT', 'CONNECT evil.test:443 HTTP/1.1\r\n\r\n', 'identify.method_not_allowed', ['CONNECT', 'base URL']],
  ] as const)('%s is answered in the shape most clients read', async (_name, text, code, says) => {
    const answer = await answerTo(port(), (socket) => socket.write(text));
    expectRefusal(answer, 'chat', { code, says });
  });
});

describe('what comes behind a request', () => {
  it('is refused behind the answer to that', async () => {
    const text = await new Promise<string>((resolve) => {
      let got = '';
      const socket = connect(port(), '127.0.0.1', () =>
        socket.write(`${requestText(port(), 'GET /v1/models/demo%2Fecho')}nonsense\r\n\r\n`),
      );
      socket.on('data', (piece) => (got += piece.toString('latin1')));
      socket.on('close', () => {
        resolve(got);
      });
    });
    expect(text).toMatch(/^HTTP\/1\.1 200 [^]*HTTP\/1\.1 400 [^]*receive\.bad_request_line/);
  });

  it('is never answered into an answer that runs', async () => {
    const fake = await startFake({ dialect: 'openai' });
    const other = await startTestGateway(`
providers:
  - { id: up, kind: openai-compatible, base_url: "${fake.url}/v1", keys: [{ name: main, value: sk-upstream-key-1 }] }
`);
    fake.plan({ fault: fault.stall({ events: 3 }, 'forever') });
    const { path, body } = question('chat', 'up/gpt-4o', 'hello', true);
    let text = '';
    const socket = connect(other.gateway.port, '127.0.0.1');
    socket.write(requestText(other.gateway.port, `POST ${path}`, { body: JSON.stringify(body) }));
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      socket.on('data', (piece) => {
        text += piece.toString('latin1');
        if (text.includes('data: ')) resolve();
      });
    });
    socket.write('nonsense\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    await fake.requests[0]?.aborted;
    expect(await other.closed()).toMatchObject({ outcome: 'aborted' });
    await other.stop();
    await fake.close();
  });
});
