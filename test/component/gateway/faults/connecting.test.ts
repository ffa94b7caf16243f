// A provider that cannot be reached: what failed is named, nothing was sent, and the next target serves.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../../shared/errors/codes.ts';
import { selfSigned } from '../../../fakes/certificate.ts';
import { fault, startFake, type Fake } from '../../../fakes/fake.ts';
import { expectRefusal, question } from '../refusals.ts';
import { send, testKey } from '../support.ts';
import { askings, expectTries, expectWhole, keyA, startRig, streams, type Rig } from './rig.ts';

let rig: Rig | undefined;
let secured: Fake;
let near: Fake;
const servers: Server[] = [];
const sockets = new Set<Socket>();
const ports = { silent: 0, proxy: 0, dying: 0 };
/** Nobody listens on the port of the discard protocol any more. */
const closedPort = 9;

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

beforeAll(async () => {
  secured = await startFake({ dialect: 'openai', tls: selfSigned('127.0.0.1') });
  near = await startFake({ dialect: 'openai' });
  ports.silent = await listen(() => undefined);
  ports.proxy = await listen((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n')),
  );
  ports.dying = await listen((socket) => socket.once('data', () => socket.destroy()));
});

afterAll(async () => {
  await Promise.all([secured.close(), near.close()]);
  for (const server of servers) server.close();
  for (const socket of sockets) socket.destroy();
});

afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

interface Row {
  readonly name: string;
  /** `base_url` and whatever else makes it so. */
  readonly provider: () => string;
  readonly code: ErrorCode;
  readonly says: readonly string[];
}

const url = (address: string): string => `base_url: "${address}"`;

const rows: readonly Row[] = [
  {
    name: 'FAULT-01 a name that does not resolve',
    provider: () => url('http://nobody..invalid/v1'),
    code: 'attempt.dns',
    says: ['nobody..invalid', 'offline'],
  },
  {
    name: 'FAULT-02 a port nobody listens on',
    provider: () => url(`http://127.0.0.1:${String(closedPort)}/v1`),
    code: 'attempt.connect',
    says: [`127.0.0.1:${String(closedPort)}`, 'ECONNREFUSED'],
  },
  {
    name: 'FAULT-03 a connection that is never made',
    provider: () => `${url(`https://127.0.0.1:${String(ports.silent)}`)}, timeouts: { connect_ms: 100 }`,
    code: 'attempt.connect_timeout',
    says: ['connect_ms'],
  },
  {
    name: 'FAULT-04 a certificate nobody vouches for',
    provider: () => url(`${secured.url}/v1`),
    code: 'attempt.tls',
    says: ['self-signed certificate'],
  },
  {
    name: 'FAULT-44 a proxy that wants to know who asks',
    provider: () => `${url(`${near.url}/v1`)}, proxy: "http://127.0.0.1:${String(ports.proxy)}"`,
    code: 'attempt.connect',
    says: ['407', 'proxy'],
  },
  {
    name: 'FAULT-44 a proxy that is not there',
    provider: () => `${url(`${near.url}/v1`)}, proxy: "http://127.0.0.1:${String(closedPort)}"`,
    code: 'attempt.connect',
    says: ['proxy', 'ECONNREFUSED'],
  },
  {
    name: 'FAULT-44 a proxy that dies',
    provider: () => `${url(`${near.url}/v1`)}, proxy: "http://127.0.0.1:${String(ports.dying)}"`,
    code: 'attempt.connect',
    says: ['proxy', 'before the request could be sent'],
  },
];

/** Provider `far` is the one that cannot be reached. */
async function start(row: Row): Promise<Rig> {
  return await startRig({
    providers: `  - { id: far, kind: openai-compatible, local: true, keys: [{ value: ${keyA} }], retry: { attempts: 1 }, ${row.provider()} }`,
    routes: '  - { id: rescue, alias: rescue, targets: [far/gpt-4o, far/gpt-4o-mini, b/claude-sonnet-4-5] }',
  });
}

describe.each(askings)('%s', (_name, asking) => {
  it.each(rows.map((row) => [row.name, row] as const))('%s is named, and nothing was sent', async (_row, row) => {
    rig = await start(row);
    const answer = await rig.ask(asking, 'far/gpt-4o');
    expectRefusal(answer, asking.client, { code: row.code, says: row.says });
    const record = await rig.closed();
    expect(record).toMatchObject({ outcome: 'failed', error: row.code });
    expect(record.attempts).toMatchObject([{ target: 'far/gpt-4o', status: undefined, usageSource: 'none' }]);
    // Never around a proxy, though the provider is near.
    expect([near.requests, secured.requests]).toEqual([[], []]);
  });

  it.each(rows.map((row) => [row.name, row] as const))('%s is made good by another provider', async (_row, row) => {
    rig = await start(row);
    // What is wrong with a certificate is wrong for every model behind it.
    const tries = row.code === 'attempt.tls' ? 2 : 3;
    expectWhole(await rig.ask(asking, 'rescue'), asking, 'echo: hello', 'b/claude-sonnet-4-5', tries);
    expect(rig.seen()).toEqual({ a: 0, b: 1 });
    const failed = [['far/gpt-4o', row.code] as const, ['far/gpt-4o-mini', row.code] as const];
    expectTries(await rig.closed(), [...failed.slice(0, tries - 1), ['b/claude-sonnet-4-5', undefined]]);
  });

  it('FAULT-07 a connection that died while nobody looked is not seen', async () => {
    const requests: string[] = [];
    const body = JSON.stringify({
      id: 'x',
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: 'here' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    });
    const chunk = JSON.stringify({
      id: 'x',
      choices: [{ index: 0, delta: { content: 'here' }, finish_reason: 'stop' }],
    });
    const [type, text] = asking.stream
      ? ['text/event-stream', `data: ${chunk}\n\ndata: [DONE]\n\n`]
      : ['application/json', body];
    const port = await listen((socket) => {
      let answered = false;
      let received = '';
      socket.on('data', (piece) => {
        received += piece.toString('latin1');
        const end = received.indexOf('\r\n\r\n');
        if (end === -1 || received.length < end + 4 + Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0)) return;
        requests.push(received);
        received = '';
        // A second request on the same connection meets a socket that is gone.
        if (answered) socket.resetAndDestroy();
        answered = true;
        socket.write(
          `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${String(text.length)}\r\n\r\n${text}`,
        );
      });
    });
    rig = await startRig({ urlA: `http://127.0.0.1:${String(port)}/v1` });
    expectWhole(await rig.ask(asking, 'alone'), asking, 'here', 'a/gpt-4o', 1);
    expectWhole(await rig.ask(asking, 'alone'), asking, 'here', 'a/gpt-4o', 2);
    expect(requests).toHaveLength(3);
    await rig.closed();
    expectTries(await rig.closed(), [
      ['a/gpt-4o', 'attempt.reset'],
      ['a/gpt-4o', undefined],
    ]);
  });

  it('FAULT-57 a gateway that is its own provider says so', async () => {
    rig = await startRig();
    const own = `  - { id: self, kind: openai-compatible, local: true, base_url: "${rig.gateway.url}/v1", keys: [{ value: KEY }], retry: { attempts: 1 } }`;
    await rig.gateway.apply(rig.yaml.replace('routes:', `${own.replace('KEY', testKey)}\nroutes:`));
    // Each round names the next one's model: `self/self/self/m`.
    const answer = await send(
      rig.gateway,
      question(asking.client, 'self/self/self/self/gpt-4o', 'hello', asking.stream),
    );
    expect([answer.status, answer.headers['x-sluice-error']]).toEqual([400, 'upstream.400']);
    expect(answer.text).toContain('leads back to a Sluice');
    expect(rig.seen()).toEqual({ a: 0, b: 0 });
  });
});

describe.each(streams)('%s', (_name, asking) => {
  it('FAULT-58 a local model that loads for a while is waited for', async () => {
    rig = await startRig({
      providers: `  - { id: own, kind: ollama, base_url: "${near.url}", keys: [{ value: any }], retry: { attempts: 1 } }`,
      routes: '  - { id: homely, alias: homely, targets: [own/llama3.2, b/claude-sonnet-4-5] }',
    });
    const before = near.requests.length;
    near.plan({ fault: fault.stall('start', 200) });
    expectWhole(await rig.ask(asking, 'homely'), asking, 'echo: hello', 'own/llama3.2', 1);
    expect(near.requests.length - before).toBe(1);
    near.requests.splice(0);
  });
});
