// Every code of the stage attempt, raised by real connections that fail, in the words of each client.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../shared/errors/codes.ts';
import { selfSigned } from '../../fakes/certificate.ts';
import { answers, fault, startFake, type Fake, type Plan } from '../../fakes/fake.ts';
import { clients, expectRefusal, question } from './refusals.ts';
import { send, startTestGateway, type TestGateway } from './support.ts';

let fake: Fake;
let anthropic: Fake;
let secured: Fake;
let gateway: TestGateway;
const servers: Server[] = [];
const sockets = new Set<Socket>();

/** A server below HTTP. */
async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

// Nobody listens on the port of the discard protocol any more.
const ports = { closed: 9, silent: 0, nonsense: 0, proxy: 0 };

beforeAll(async () => {
  fake = await startFake({ dialect: 'openai' });
  anthropic = await startFake({ dialect: 'anthropic' });
  secured = await startFake({ dialect: 'openai', tls: selfSigned('127.0.0.1') });
  ports.silent = await listen(() => undefined);
  ports.nonsense = await listen((socket) => socket.once('data', () => socket.end('nonsense\r\n\r\n')));
  ports.proxy = await listen((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n')),
  );
  gateway = await startTestGateway(config());
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all([fake.close(), anthropic.close(), secured.close()]);
  for (const server of servers) server.close();
  for (const socket of sockets) socket.destroy();
});

beforeEach(() => {
  fake.clearPlans();
});

function config(): string {
  const provider = (id: string, url: string, more = ''): string =>
    `  - { id: ${id}, kind: openai-compatible, base_url: "${url}", keys: [{ name: main, value: sk-upstream-key-1 }], retry: { attempts: 1 }${more} }\n`;
  const loopback = (port: number): string => `http://127.0.0.1:${String(port)}/v1`;
  const vertex = (id: string, account: string): string =>
    `  - { id: ${id}, kind: vertex, project: p, retry: { attempts: 1 }, keys: [{ name: main, service_account: '${account}' }] }\n`;
  return `
providers:
${provider('up', `${fake.url}/v1`)}
${provider('slow', `${fake.url}/v1`, ', timeouts: { ttft_ms: 100, total_ms: 10000 }')}
${provider('hasty', `${fake.url}/v1`, ', timeouts: { ttft_ms: 100, total_ms: 500 }')}
${provider('brief', `${fake.url}/v1`, ', timeouts: { total_ms: 100 }')}
${provider('limited', `${fake.url}/v1`)}
${provider('unknown', 'http://nobody..invalid/v1')}
${provider('closed', loopback(ports.closed))}
${provider('plain', `https://127.0.0.1:${String(ports.nonsense)}`)}
${provider('secured', `${secured.url}/v1`)}
${provider('silent', `https://127.0.0.1:${String(ports.silent)}`, ', timeouts: { connect_ms: 100 }')}
${provider('nonsense', loopback(ports.nonsense))}
${provider('inside', `${fake.url}/v1`, ', local: false')}
${provider('named', `http://localhost:${String(fake.port)}/v1`, ', local: false')}
${provider('behind', 'http://far.example/v1', `, proxy: "http://user:hidden@127.0.0.1:${String(ports.closed)}"`)}
${provider('refused', 'http://far.example/v1', `, proxy: "http://127.0.0.1:${String(ports.proxy)}"`)}
${vertex('torn', '{"type": "service_account", "private_key": sk-hidden}')}
${vertex('forged', '{"type": "service_account", "client_email": "a@b.test", "private_key": "sk-hidden"}')}
  - { id: an, kind: anthropic, base_url: "${anthropic.url}", keys: [{ value: sk-ant-upstream-1 }], retry: { attempts: 1 } }
routes:
  - { id: waiting, alias: waiting, strategy: fallback, targets: [slow/gpt-4o, demo/echo] }
  - { id: patient, alias: patient, strategy: fallback, targets: [hasty/gpt-4o, demo/echo], fallbacks: { on: [error] } }
`;
}

type Row = readonly [code: ErrorCode, says: readonly string[], model: string, plan?: Plan];

const corrupt: Plan = { fault: fault.corruptGzip() };
const odd: Plan = { json: {}, headers: { 'content-encoding': 'lzma' } };

/** `PORT.x` stands for the port of that server. */
const rows: readonly Row[] = [
  ['attempt.dns', ['The name nobody..invalid could not be resolved', 'base_url'], 'unknown/m'],
  ['attempt.connect', ['127.0.0.1:PORT.closed does not accept', 'ECONNREFUSED', 'running'], 'closed/m'],
  ['attempt.connect', ['far.example (through the proxy 127.0.0.1:PORT.closed) does not accept'], 'behind/m'],
  ['attempt.connect', ['through the proxy 127.0.0.1:PORT.proxy', '407', 'proxy: direct'], 'refused/m'],
  ['attempt.tls', ['127.0.0.1:', 'self-signed certificate', 'NODE_EXTRA_CA_CERTS'], 'secured/gpt-4o'],
  ['attempt.tls', ['127.0.0.1:PORT.nonsense', 'wrong version number', 'http:// server'], 'plain/m'],
  ['attempt.connect_timeout', ['127.0.0.1:PORT.silent', 'timeouts.connect_ms'], 'silent/m'],
  ['attempt.total_timeout', ['total_ms (100 ms)', 'Raise'], 'brief/gpt-4o', { fault: fault.stall('start', 'forever') }],
  ['attempt.reset', ['closed the connection before'], 'up/gpt-4o', { fault: fault.reset('start') }],
  ['attempt.redirect', ['302', 'Correct base_url'], 'up/gpt-4o', answers.redirect('http://127.0.0.1:9/')],
  ['attempt.not_an_answer', ['web page', 'base_url'], 'up/gpt-4o', answers.captivePortal()],
  ['attempt.not_an_answer', ['an empty body', 'base_url'], 'up/gpt-4o', answers.empty200()],
  ['attempt.protocol', ['127.0.0.1:PORT.nonsense', 'not a valid HTTP answer', 'base_url'], 'nonsense/m'],
  ['attempt.protocol', ['status 999', 'base_url'], 'up/gpt-4o', { status: 999, json: {} }],
  ['attempt.protocol', ['not a valid HTTP answer', 'base_url'], 'up/gpt-4o', { fault: fault.switchingProtocols() }],
  ['attempt.decompression', ['could not be unpacked (gzip)', 'proxy'], 'up/gpt-4o', corrupt],
  ['attempt.decompression', ['"lzma"', 'not supported', 'proxy'], 'up/gpt-4o', odd],
  ['attempt.address_blocked', ['127.0.0.1 is a private or loopback address', '"local: true"'], 'inside/gpt-4o'],
  ['attempt.address_blocked', ['localhost: ', 'private or loopback', '"local: true"'], 'named/gpt-4o'],
  ['attempt.credential', ['service_account of key "main"', 'client_email', 'key file'], 'torn/gemini-2.5-pro'],
  ['attempt.credential', ['no access token for key "main"', 'Check the service account'], 'forged/gemini-2.5-pro'],
  ['attempt.upstream_error', ['upstream exploded'], 'up/gpt-4o', answers.errorIn200()],
];

describe.each(clients)('to a client of %s', (client) => {
  it.each(rows.map(([code, says, model, plan]) => [code, says, model, plan] as const))(
    '%s says %j',
    async (code, says, model, plan) => {
      const before = fake.requests.length;
      if (plan !== undefined) fake.plan(plan);
      const answer = await send(gateway, question(client, model));
      const told = says.map((part) =>
        part.replace(/PORT\.(\w+)/, (_, name: keyof typeof ports) => String(ports[name])),
      );
      expectRefusal(answer, client, { code, says: told });
      expect(`${answer.text}${gateway.logs.join('\n')}`).not.toContain('hidden');
      expect(gateway.records.at(-1)).toMatchObject({ outcome: 'failed', error: code });
      // Nothing but what was planned has been sent.
      expect(fake.requests.length - before).toBe(plan === undefined ? 0 : 1);
    },
  );

  it('attempt.ttft_timeout stands beside a silent target that was left for the next', async () => {
    fake.plan({ fault: fault.stall('headers', 'forever') });
    const answer = await send(gateway, question(client, 'waiting', 'hello', true));
    expect([answer.status, answer.headers['x-sluice-target']]).toEqual([200, 'demo/echo']);
    expect(gateway.records.at(-1)?.attempts).toMatchObject([
      { target: 'slow/gpt-4o', error: 'attempt.ttft_timeout' },
      { target: 'demo/echo', error: undefined },
    ]);
    await fake.requests.at(-1)?.aborted;
  });

  it('FAULT-11: a silent target is not cut where the route leaves it for nobody', async () => {
    fake.plan({ fault: fault.stall('headers', 'forever') });
    const answer = await send(gateway, question(client, 'patient', 'hello', true));
    expectRefusal(answer, client, { code: 'attempt.total_timeout', says: ['total_ms (500 ms)'] });
    await fake.requests.at(-1)?.aborted;
  });

  it('attempt.upstream_error comes when a stream begins with an error', async () => {
    fake.plan({ fault: fault.errorEventAfter(0) });
    const answer = await send(gateway, question(client, 'up/gpt-4o', 'hello', true));
    // To a client of another dialect the error is translated, and its status with it.
    const status = client === 'chat' ? 502 : 500;
    expectRefusal(answer, client, { code: 'attempt.upstream_error', says: ['The server had an error'], status });
  });

  it('attempt.answer_too_large comes when a translated answer does not end', async () => {
    const [target, model] = client === 'chat' ? [anthropic, 'an/claude-sonnet-4-5'] : [fake, 'up/gpt-4o'];
    target.plan({ fault: fault.endless() });
    const answer = await send(gateway, question(client, model));
    const says = ['67108864 bytes', 'Ask for a stream'];
    expectRefusal(answer, client, { code: 'attempt.answer_too_large', says });
    await target.requests.at(-1)?.aborted;
  });

  it('attempt.rate_limited comes while the only key rests, and says how long', async () => {
    const model = `limited/gpt-4o-${client}`;
    fake.plan({ ...answers.rateLimited(), headers: { 'retry-after': '60' } });
    expect((await send(gateway, question(client, model))).headers['x-sluice-error']).toBe('upstream.429');
    const answer = await send(gateway, question(client, model));
    expectRefusal(answer, client, {
      code: 'attempt.rate_limited',
      says: ['"limited"', `"gpt-4o-${client}"`, /again in \d+ s/],
    });
    expect(answer.headers['retry-after']).toMatch(/^[1-9]\d?$/);
  });

  it('an error that cannot be unpacked keeps its status', async () => {
    fake.plan({ status: 503, json: { error: { message: 'x'.repeat(100) } }, ...corrupt });
    const answer = await send(gateway, question(client, 'up/gpt-4o'));
    const says = ['answered 503', 'could not be unpacked (gzip)'];
    expectRefusal(answer, client, { code: 'attempt.decompression', says, status: 503 });
  });
});
