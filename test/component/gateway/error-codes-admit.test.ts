// Every code of the stages identify, admit and route, raised over the port, in the words of each client.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../shared/errors/codes.ts';
import { clients, expectRefusal, question, type Client } from './refusals.ts';
import { send, snapshotOf, startTestGateway, testKey, type Call, type TestGateway } from './support.ts';

const digest = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`;
const expiredKey = 'sk-sluice-expired-22222222';
const disabledKey = 'sk-sluice-disabled-22222222';
const narrowKey = 'sk-sluice-narrow-22222222';

const config = `
providers:
  - { id: up, kind: openai-compatible, base_url: "http://127.0.0.1:9/v1", keys: [{ name: main, value: "env:NOT_SET_HERE" }] }
  - { id: some, kind: openai-compatible, base_url: "http://127.0.0.1:9/v1", keys: [{ name: main, value: sk-upstream-key-1, models: ["small-*"] }] }
  - { id: one, kind: openai-compatible, base_url: "http://127.0.0.1:9/v1", keys: [{ value: sk-upstream-key-1 }], models: [twin] }
  - { id: two, kind: openai-compatible, base_url: "http://127.0.0.1:9/v1", keys: [{ value: sk-upstream-key-1 }], models: [twin] }
  - { id: an, kind: anthropic, base_url: "http://127.0.0.1:9", keys: [{ value: sk-ant-upstream-1 }] }
routes:
  - { alias: smart, targets: [demo/echo] }
virtual_keys:
  - { id: test, value: "${digest(testKey)}", denied_models: ["demo/slow"] }
  - { id: old, name: last year's, value: "${digest(expiredKey)}", expires_at: "2020-01-02T03:04:05Z" }
  - { id: off, name: the spare, value: "${digest(disabledKey)}", disabled: true }
  - { id: narrow, value: "${digest(narrowKey)}", allowed_surfaces: [rerank] }
`;

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway(config);
});

afterAll(() => gateway.stop());

type Row = readonly [code: ErrorCode, says: readonly (string | RegExp)[], headers: Readonly<Record<string, string>>];

const keys: readonly Row[] = [
  ['admit.key_missing', ['No key', 'sluice keys create'], { authorization: '' }],
  ['admit.key_invalid', ['Authorization', 'revoked', 'sluice keys list'], { authorization: 'Bearer sk-sluice-none-2' }],
  ['admit.key_invalid', ['Authorization', 'own keys', 'sluice keys create'], { authorization: 'Bearer sk-vendor-2' }],
  [
    'admit.key_expired',
    ['"last year\'s"', '2020-01-02T03:04:05.000Z', 'sluice keys update'],
    { authorization: `Bearer ${expiredKey}` },
  ],
  [
    'admit.key_disabled',
    ['"the spare"', /test\.yaml, line \d+/, 'sluice keys enable off'],
    { authorization: `Bearer ${disabledKey}` },
  ],
  [
    'admit.surface_denied',
    ['Key "narrow"', 'allowed_surfaces of key "narrow"', /test\.yaml, line \d+/],
    { authorization: `Bearer ${narrowKey}` },
  ],
  ['admit.key_conflict', ['Authorization and x-api-key', 'Send one'], { 'x-api-key': 'sk-sluice-other-2' }],
];

const models: readonly (readonly [code: ErrorCode, says: readonly string[], model: string])[] = [
  ['admit.model_denied', ['"test"', '"demo/slow"', 'denied_models'], 'demo/slow'],
  ['route.model_not_found', ['"demo/ecko"', '"demo/echo"'], 'demo/ecko'],
  ['route.ambiguous_model', ['"one/twin", "two/twin"'], 'twin'],
  ['route.no_credential', ['key "main" of provider "up"', 'NOT_SET_HERE'], 'up/anything'],
  ['route.no_credential', ['provider "some"', '"large-1"', 'keys[].models'], 'some/large-1'],
];

const unknownPaths: Readonly<Record<Client, string>> = {
  chat: '/v1/chat/completion',
  responses: '/v1/response',
  messages: '/v1/messages/more',
  gemini: '/v1beta/nothing',
};

describe.each(clients)('to a client of %s', (client) => {
  it.each(keys)('%s says %j', async (code, says, headers) => {
    expectRefusal(await send(gateway, { ...question(client, 'demo/echo'), headers }), client, { code, says });
  });

  it.each(models)('%s says %j', async (code, says, model) => {
    expectRefusal(await send(gateway, question(client, model)), client, { code, says });
  });

  it('identify.unknown_path names the nearest path or all of them', async () => {
    const answer = await send(gateway, { path: unknownPaths[client], body: {} });
    const says = [unknownPaths[client], '/v1/'];
    expectRefusal(answer, client, { code: 'identify.unknown_path', says });
  });

  it('identify.method_not_allowed says which is', async () => {
    const { path } = question(client, 'demo/echo');
    const answer = await send(gateway, { method: 'PUT', path, body: {} });
    expectRefusal(answer, client, { code: 'identify.method_not_allowed', says: ['takes POST, not PUT'] });
    expect(answer.headers['allow']).toBe('POST');
  });

  it('admit.too_many_failures says how long to wait, and keeps no right key out', async () => {
    const other = await startTestGateway('');
    const wrong: Call = { ...question(client, 'demo/echo'), headers: { authorization: 'Bearer sk-sluice-none-2' } };
    const codes = new Set<unknown>();
    for (let tries = 0; tries < 60; tries++) codes.add((await send(other, wrong)).headers['x-sluice-error']);
    expect([...codes]).toEqual(['admit.key_invalid']);
    const answer = await send(other, wrong);
    expectRefusal(answer, client, { code: 'admit.too_many_failures', says: ['wrong keys', 'wait a minute'] });
    expect(answer.headers['retry-after']).toBe('60');
    expect((await send(other, question(client, 'demo/echo'))).status).toBe(200);
    await other.stop();
  });

  it('route.no_target names the route whose targets are not there', async () => {
    // No file can say this: what is compiled from one names only providers that exist.
    const snapshot = await snapshotOf(config);
    const routes = snapshot.routes.map((route) => ({
      ...route,
      targets: route.targets.map((target) => ({ ...target, providerId: 'gone' })),
    }));
    const other = await startTestGateway(config);
    other.gateway.apply({ ...snapshot, routes });
    const answer = await send(other, question(client, 'smart'));
    expectRefusal(answer, client, { code: 'route.no_target', says: ['Route "smart"', 'Correct its targets'] });
    await other.stop();
  });
});

describe('what only some can ask for', () => {
  it.each([
    ['chat', { path: '/v1/embeddings', body: { model: 'an/claude-sonnet-4-5', input: 'x' } }],
    ['gemini', { path: '/v1beta/models/one%2Ftwin:embedContent', body: { content: { parts: [{ text: 'x' }] } } }],
  ] as const)('route.operation_unsupported names the provider to a client of %s', async (client, call) => {
    const answer = await send(gateway, call);
    const says = [/"(an|one)"/, 'no such endpoint', 'Ask for a model'];
    expectRefusal(answer, client, { code: 'route.operation_unsupported', says });
  });

  it('read.previous_response_not_found says what to send instead', async () => {
    const { path, body } = question('responses', 'demo/echo');
    const answer = await send(gateway, { path, body: { ...body, previous_response_id: 'resp_of_nobody' } });
    const says = ["'resp_of_nobody'", 'Send the whole input again'];
    expectRefusal(answer, 'responses', { code: 'read.previous_response_not_found', says });
  });

  it('read.thread_unsupported says what to send instead', async () => {
    const { path, body } = question('messages', 'demo/echo');
    const answer = await send(gateway, { path, body: { ...body, thread: { id: 'thread_1' } } });
    expectRefusal(answer, 'messages', { code: 'read.thread_unsupported', says: ['Send the whole conversation'] });
  });
});
