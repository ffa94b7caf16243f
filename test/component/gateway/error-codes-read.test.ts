// Every code that the body of a request can end in, raised over the port, in the words of each client.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRandom } from '../../../main/kit/random.ts';
import { BodyBudget } from '../../../main/gateway/body-budget.ts';
import { exchangeDeps } from '../../../main/gateway/gateway.ts';
import { handleRequest, type LifecycleDeps } from '../../../main/gateway/lifecycle.ts';
import { CopyRoom } from '../../../main/gateway/relay/recording-writer.ts';
import { FailureThrottle } from '../../../main/gateway/policies/authenticate.ts';
import { RunningExchanges } from '../../../main/gateway/running.ts';
import { systemClock as clock } from '../../../main/kit/clock.ts';
import { Secret } from '../../../main/kit/secret.ts';
import type { ErrorCode } from '../../../shared/errors/codes.ts';
import { requestText } from './raw.ts';
import { answerTo, clients, expectRefusal, question, type Client } from './refusals.ts';
import {
  keepsNothing,
  send,
  snapshotOf,
  startTestGateway,
  type Answer,
  type Call,
  type TestGateway,
} from './support.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway('listen: { max_body_bytes: 4000000 }\n');
});

afterAll(() => gateway.stop());

function port(): number {
  return gateway.gateway.port;
}

/** A request of this client as far as its head, which speaks of a body. */
function headOf(client: Client, ...headers: readonly string[]): string {
  const { path } = question(client, 'demo/echo');
  return requestText(port(), `POST ${path}`, { headers: ['Content-Type: application/json', ...headers] });
}

const gzip = { 'content-encoding': 'gzip' };

type Row = readonly [code: ErrorCode, says: readonly string[], raw: string | Buffer, headers?: Call['headers']];

const rows: readonly Row[] = [
  ['read.body_missing', ['empty'], ''],
  ['read.body_too_large', ['listen.max_body_bytes', 'Send less'], 'x'.repeat(4_000_001)],
  ['read.invalid_utf8', ['UTF-8'], Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ['read.invalid_json', ['line 1, column 2'], '{x}'],
  ['read.not_an_object', ['object'], '[]'],
  ['read.too_deep', ['128'], `{"x":${'['.repeat(200)}${']'.repeat(200)}}`],
  ['read.too_many_nodes', ['1000000'], `{"x":[${'0,'.repeat(1_000_001)}0]}`],
  ['read.duplicate_key', ['"x"', 'once'], '{"x":1,"x":2}'],
  ['read.unsupported_encoding', ['"lzma"', 'gzip'], '{}', { 'content-encoding': 'lzma' }],
  ['read.decompression', ['(gzip)', 'header', 'plain'], '{}', gzip],
  ['read.decompression', ['(gzip)', 'end of file', 'plain'], gzipSync('{"x":1}').subarray(0, 20), gzip],
  ['read.decompression', ['(gzip)', '200:1', 'plain'], gzipSync(Buffer.alloc(3_900_000, 0x20)), gzip],
];

describe.each(clients)('a body that is refused to a client of %s', (client) => {
  it.each(rows.map(([code, says, raw, headers = {}]) => [code, says, raw, headers] as const))(
    '%s says %j',
    async (code, says, raw, headers) => {
      const { path } = question(client, 'demo/echo');
      expectRefusal(await send(gateway, { method: 'POST', path, raw, headers }), client, { code, says });
    },
  );

  it('read.invalid_field says which field and what was expected', async () => {
    const { path, body } = question(client, 'demo/echo');
    const [field, wrong] = client === 'gemini' ? ['contents', { contents: 5 }] : ['stream', { ...body, stream: 'yes' }];
    const says = [field, 'expected'];
    expectRefusal(await send(gateway, { path, body: wrong }), client, { code: 'read.invalid_field', says });
  });

  it.each([
    ['with a length', 'Content-Length: 100', '{"model"'],
    ['in chunks', 'Transfer-Encoding: chunked', '8\r\n{"model"\r\n'],
  ])('read.body_truncated is said to one that hangs up its side, %s', async (_how, header, part) => {
    const answer = await answerTo(port(), (socket) => socket.end(`${headOf(client, header)}${part}`));
    const says = ['before the body was complete', 'Content-Length'];
    expectRefusal(answer, client, { code: 'read.body_truncated', says });
  });

  it('receive.bad_request_line is said when the body is badly framed', async () => {
    const head = headOf(client, 'Transfer-Encoding: chunked');
    const answer = await answerTo(port(), (socket) => socket.write(`${head}8\r\n{"model"\r\nzz\r\n`));
    expectRefusal(answer, client, { code: 'receive.bad_request_line', says: ['chunk size'] });
  });

  it('receive.overloaded says when to come again', async () => {
    const answer = await askFullHouse(question(client, 'demo/echo'));
    expectRefusal(answer, client, { code: 'receive.overloaded', says: ['room', 'again in a moment'] });
    expect(answer.headers['retry-after']).toBe('1');
  });
});

/** The stages behind a server of our own, whose account of bodies is spent. */
async function askFullHouse(call: Call): Promise<Answer> {
  const snapshot = await snapshotOf('');
  const { maxBodyBytes } = snapshot.listen;
  const random = createRandom();
  const bodies = new BodyBudget(0);
  bodies.take(2 * maxBodyBytes, maxBodyBytes);
  const nothing = (): void => undefined;
  const ports = {
    clock,
    random,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    ledger: { open: nothing, close: nothing, keepSnapshot: nothing },
    spend: keepsNothing,
    systemProxy: () => undefined,
    installKey: new Secret('install-key-of-the-tests'),
  };
  const deps: LifecycleDeps = {
    ...exchangeDeps({ ports, snapshot }, new RunningExchanges(), () => ({ host: '127.0.0.1', port: 0 })),
    throttle: new FailureThrottle(),
    bodies,
    copies: new CopyRoom(),
    isCurrent: () => true,
    hostNames: () => new Set([`127.0.0.1:${String(address().port)}`]),
  };
  const server = createServer((request, response) => void handleRequest(request, response, snapshot, deps));
  const address = (): AddressInfo => server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await send({ url: `http://127.0.0.1:${String(address().port)}` }, call);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

describe('a body that does not come', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  /** A body is waited for once its clock runs. */
  async function untilWaitedFor(): Promise<void> {
    for (let tries = 0; tries < 5_000 && vi.getTimerCount() === 0; tries++)
      await new Promise((resolve) => setImmediate(resolve));
    expect(vi.getTimerCount()).toBeGreaterThan(0);
  }

  it.each(clients)('ends after two minutes in receive.body_timeout, in the words of %s', async (client) => {
    const answer = answerTo(port(), (socket) => socket.write(headOf(client, 'Content-Length: 100')));
    await untilWaitedFor();
    await vi.advanceTimersByTimeAsync(120_000);
    expectRefusal(await answer, client, { code: 'receive.body_timeout', says: ['120 s', 'Send it again'] });
  });

  it.each(clients)('ends after thirty seconds when a part of it came, in the words of %s', async (client) => {
    const head = headOf(client, 'Content-Length: 100');
    const answer = answerTo(port(), (socket) => socket.write(`${head}{"model"`));
    await untilWaitedFor();
    // The first may pass before the part is read; were it never read, the message would speak of two minutes.
    for (let silences = 0; silences < 4; silences++) await vi.advanceTimersByTimeAsync(30_000);
    expectRefusal(await answer, client, { code: 'receive.body_timeout', says: [' 30 s', 'Send it again'] });
  });
});
