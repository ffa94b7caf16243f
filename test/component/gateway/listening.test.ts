// A rule that nobody listens for other machines, which comes and goes while the port is open.
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import type { Snapshot } from '../../../main/gateway/ports.ts';
import { fault, startFake } from '../../fakes/fake.ts';
import { talk, requestText, statusOf, until } from './raw.ts';
import { send, snapshotOf, startTestGateway, type TestGateway } from './support.ts';

let gateway: TestGateway | undefined;
afterEach(() => gateway?.stop());

/** Of this machine, as others reach it. */
const outside = Object.values(networkInterfaces())
  .flatMap((some) => some ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
const open = 'listen: { host: 0.0.0.0, acknowledge_exposure: true }\n';
const echo = { model: 'demo/echo', messages: [{ role: 'user', content: 'hello' }] };

let applied = 0;
function restricted(snapshot: Snapshot): Snapshot {
  const rule = { rule: 'acme-core@12:/app/allow_lan_bind', origin: 'team bundle acme-core@12, line 58' };
  const nothing = { bundles: [], access: [], requires: [], tools: [], holdsThroughPause: [] };
  const none = { maxContext: undefined, maxOutput: undefined, routesOnly: undefined, noExport: undefined };
  const { listen } = snapshot;
  return {
    ...{ ...snapshot, id: `restricted-${String(++applied)}`, listen: { ...listen, host: '127.0.0.1' } },
    policy: { hash: 'h', ...nothing, ...none, proxyOnly: undefined, audit: undefined, localOnly: rule },
  };
}

async function start(yaml = open): Promise<{ readonly port: number; readonly plain: Snapshot }> {
  gateway = await startTestGateway(yaml);
  return { port: gateway.gateway.port, plain: await snapshotOf(yaml) };
}

const urls = (): readonly string[] => gateway?.gateway.urls ?? [];
const local = (port: number): string => `http://127.0.0.1:${String(port)}`;

/** Whether somebody takes connections there. */
function takes(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}

it('goes back to this machine at once, on the same port, and out again when the rule is gone', async () => {
  const { port, plain } = await start();
  for (let turn = 0; turn < 2; turn++) {
    gateway?.gateway.apply(restricted(plain));
    if (outside !== undefined) expect(await takes(port, outside)).toBe(false);
    await until(() => urls()[0] === local(port));
    expect((await send({ url: local(port) }, { path: '/v1/chat/completions', body: echo })).status).toBe(200);
    gateway?.gateway.apply(plain);
    await until(() => urls()[0] === `http://0.0.0.0:${String(port)}`);
    if (outside !== undefined) expect(await takes(port, outside)).toBe(true);
    expect((await send({ url: local(port) }, { path: '/v1/chat/completions', body: echo })).status).toBe(200);
  }
});

it('follows the last of rules that come and go faster than a port opens', async () => {
  const { port, plain } = await start();
  for (let turn = 0; turn < 5; turn++) {
    gateway?.gateway.apply(restricted(plain));
    gateway?.gateway.apply(plain);
  }
  gateway?.gateway.apply(restricted(plain));
  await until(() => urls()[0] === local(port));
  if (outside !== undefined) expect(await takes(port, outside)).toBe(false);
});

it('comes back on this machine as soon as whoever took the port there meanwhile leaves it', async () => {
  const { port, plain } = await start();
  const thief = createServer();
  gateway?.gateway.apply(restricted(plain));
  // In the same turn: before the gateway itself asks for it.
  await new Promise<void>((resolve) => thief.on('error', () => resolve()).listen(port, '127.0.0.1', resolve));
  await new Promise((resolve) => thief.close(resolve));
  while (urls()[0] !== local(port)) await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await send({ url: local(port) }, { path: '/v1/chat/completions', body: echo })).status).toBe(200);
});

it('opens where its owner said once a rule that was there at the start is gone', async () => {
  gateway = await startTestGateway(open, {}, restricted);
  const { port } = gateway.gateway;
  expect(urls()[0]).toBe(local(port));
  gateway.gateway.apply(await snapshotOf(open));
  await until(() => urls()[0] === `http://0.0.0.0:${String(port)}`);
});

it('stays where it is, whatever else the file says of it', async () => {
  const { port, plain } = await start('');
  for (const snapshot of [await snapshotOf(open), restricted(plain), await snapshotOf(open)]) {
    gateway?.gateway.apply(snapshot);
    expect(urls()[0]).toBe(local(port));
  }
});

it.skipIf(outside === undefined)('lets what runs for another machine end, and takes no more of it', async () => {
  const fake = await startFake({ dialect: 'openai' });
  const { port, plain } = await start(
    `${open}providers:\n  - { id: o, kind: openai-compatible, base_url: "${fake.url}/v1", dialects: [openai-chat], keys: [{ value: sk-o }], local: true, models: [m] }\n`,
  );
  let go: () => void = () => undefined;
  fake.plan({ fault: fault.wait({ events: 0 }, () => new Promise<void>((resolve) => (go = resolve))) });
  const ask = requestText(port, 'POST /v1/chat/completions', { body: JSON.stringify({ ...echo, model: 'o/m' }) });
  const [idle, busy] = [connect(port, outside), connect(port, outside)];
  let answer = '';
  let isIdleGone = false;
  const gone = new Promise<void>((resolve) => busy.on('close', () => resolve()));
  idle.on('close', () => (isIdleGone = true)).on('error', () => undefined);
  idle.resume();
  busy.on('data', (piece) => (answer += piece.toString('latin1')));
  busy.write(ask);
  while (fake.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  gateway?.gateway.apply(restricted(plain));
  while (!isIdleGone) await new Promise((resolve) => setTimeout(resolve, 5));
  busy.write(ask);
  go();
  await gone;
  expect([statusOf(answer), answer.match(/HTTP\/1\.1/g)?.length, fake.requests.length]).toEqual([200, 1, 1]);
  expect(statusOf((await talk(port, [requestText(port, 'GET /health')])).text)).toBe(200);
  await fake.close();
});
