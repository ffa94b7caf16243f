// How providers are reached: through a proxy or not at all where a bundle says so, and with certificates of their own.
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { AccessPolicy, Snapshot } from '../../../main/gateway/ports.ts';
import { selfSigned } from '../../fakes/certificate.ts';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { expectRefusal, question } from './refusals.ts';
import { send, snapshotOf, startTestGateway, type TestGateway } from './support.ts';

let plain: Fake;
let secured: Fake;
let proxy: Server;
let gateway: TestGateway | undefined;
let systemProxy: string | undefined;
const tunnels: string[] = [];
const certificate = selfSigned('localhost');

beforeAll(async () => {
  plain = await startFake({ dialect: 'openai' });
  secured = await startFake({ dialect: 'openai', tls: certificate });
  proxy = createServer().on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    const through = connect(Number(new URL(plain.url).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      through.pipe(socket).pipe(through);
    });
    through.on('error', () => socket.destroy());
    socket.on('error', () => through.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await gateway?.stop();
  systemProxy = undefined;
});

afterAll(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await Promise.all([plain.close(), secured.close()]);
});

const proxyOnly: AccessPolicy = {
  ...{ hash: 'h', bundles: ['acme-core@12'], access: [], maxContext: undefined, maxOutput: undefined, requires: [] },
  ...{ routesOnly: undefined, tools: [], noExport: undefined, holdsThroughPause: [], audit: undefined },
  proxyOnly: {
    ...{ rule: 'acme-core@12:/app/proxy_only', origin: 'team bundle acme-core@12, line 9', contact: '#llm-platform' },
  },
};

async function start(yaml: string, change: (snapshot: Snapshot) => Snapshot = (one) => one): Promise<TestGateway> {
  const made = await startTestGateway(yaml, { systemProxy: () => systemProxy });
  made.gateway.apply(change(await snapshotOf(yaml)));
  gateway = made;
  return made;
}

it('a provider is reached through a proxy or not at all where that is the rule, and what runs here as ever', async () => {
  const yaml = `
providers:
  - { id: far, kind: openai-compatible, base_url: "http://provider.example/v1", keys: [{ value: sk-o }], retry: { attempts: 3 } }
  - { id: own, kind: openai-compatible, base_url: "http://provider.example/v1", keys: [{ value: sk-o }], proxy: direct }
  - { id: here, kind: openai-compatible, base_url: "${plain.url}/v1", keys: [{ value: sk-o }] }
`;
  const started = await start(yaml, (snapshot) => ({ ...snapshot, policy: proxyOnly }));
  const refused = await send(started, question('chat', 'far/gpt-4o'));
  expectRefusal(refused, 'chat', {
    code: 'attempt.connect',
    says: ['"far" was not called', 'team bundle acme-core@12, line 9', 'the system names none', '#llm-platform'],
  });
  expect([refused.headers['x-sluice-attempts'], started.gateway.isOffline]).toEqual(['0', false]);
  expectRefusal(await send(started, question('chat', 'own/gpt-4o')), 'chat', {
    code: 'attempt.connect',
    says: ['"own" was not called', 'its proxy is set to "direct"'],
  });
  expect((await send(started, question('chat', 'here/gpt-4o'))).status).toBe(200);
  expect(tunnels).toEqual([]);
  systemProxy = `http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`;
  expect((await send(started, question('chat', 'far/gpt-4o'))).status).toBe(200);
  expect(tunnels).toEqual(['provider.example:80']);
});

it("a provider's own certificates are believed for it, and for nobody else at the same address", async () => {
  const address = `https://localhost:${new URL(secured.url).port}/v1`;
  const provider = (id: string, more: string): string =>
    `  - { id: ${id}, kind: openai-compatible, base_url: "${address}", keys: [{ value: sk-o }], retry: { attempts: 1 }${more} }\n`;
  const started = await start(
    `providers:\n${provider('ours', `, tls_ca: ${JSON.stringify(certificate.cert)}`)}${provider('theirs', '')}`,
  );
  expect((await send(started, question('chat', 'ours/gpt-4o'))).status).toBe(200);
  expectRefusal(await send(started, question('chat', 'theirs/gpt-4o')), 'chat', {
    code: 'attempt.tls',
    says: ['tls_ca'],
  });
  expect((await send(started, question('chat', 'ours/gpt-4o'))).status).toBe(200);
});
