// Access rules of keys and teams over real sockets: what may be asked, what is listed, what ends when a key is disabled.
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clients, expectRefusal, question } from './refusals.ts';
import { send, startTestGateway, type Answer, type TestGateway } from './support.ts';

const secretOf = (id: string): string => `sk-sluice-${id}-2222222222222222`;
const digestOf = (id: string): string => `sha256:${createHash('sha256').update(secretOf(id)).digest('hex')}`;

const upstream = 'base_url: "http://127.0.0.1:9/v1", keys: [{ value: sk-upstream-key-1 }]';

/** `disabled`: whether the key "ide" is. */
const config = (disabled = false): string => `
providers:
  - { id: one, kind: openai-compatible, ${upstream}, models: [small, large] }
  - { id: two, kind: openai-compatible, ${upstream}, models: [other] }
routes:
  - { alias: both, targets: [one/large, two/other] }
  - { alias: there, targets: [two/other] }
  - { alias: here, targets: [demo/echo] }
teams:
  - { id: core, denied_models: [one/large], denied_surfaces: [embeddings] }
virtual_keys:
  - { id: ide, value: "${digestOf('ide')}", denied_providers: [two], metadata: { team: core }, disabled: ${String(disabled)} }
  - { id: talk, value: "${digestOf('talk')}", allowed_surfaces: [messages] }
`;

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway(config());
});

afterAll(() => gateway.stop());

const as = (id: string): { authorization: string } => ({ authorization: `Bearer ${secretOf(id)}` });

describe.each(clients)('to a client of %s', (client) => {
  it('a refusal names the rule of the key', async () => {
    const answer = await send(gateway, { ...question(client, 'two/other'), headers: as('ide') });
    const says = ['Key "ide"', '"two/other"', 'denied_providers of key "ide"', /test\.yaml, line \d+/];
    expectRefusal(answer, client, { code: 'admit.model_denied', says });
  });

  it('a refusal names the rule of the team', async () => {
    const answer = await send(gateway, { ...question(client, 'one/large'), headers: as('ide') });
    expectRefusal(answer, client, { code: 'admit.model_denied', says: ['denied_models of team "core"'] });
  });

  it('a refusal of all targets of an alias names the rule of each', async () => {
    const answer = await send(gateway, { ...question(client, 'both'), headers: as('ide') });
    const says = ['"both"', 'one/large: denied_models of team "core"', 'two/other: denied_providers of key "ide"'];
    expectRefusal(answer, client, { code: 'admit.model_denied', says });
  });
});

describe('a surface', () => {
  const chat = question('chat', 'demo/echo');
  const messages = question('messages', 'demo/echo');
  const counted = { path: '/v1/messages/count_tokens', body: messages.body };
  const statusOf = async (id: string, call: { path: string; body?: unknown }): Promise<number> =>
    (await send(gateway, { ...call, headers: as(id) })).status;

  it('that is allowed brings the counting of tokens and the list of models with it, and nothing else', async () => {
    expect(await statusOf('talk', messages)).toBe(200);
    expect(await statusOf('talk', counted)).toBe(200);
    expect(await statusOf('talk', { path: '/v1/models' })).toBe(200);
    expect(await statusOf('talk', chat)).toBe(403);
  });

  it('that is denied to a team is denied to its keys before the body is read', async () => {
    const answer = await send(gateway, { path: '/v1/embeddings', raw: 'not JSON', headers: as('ide') });
    const says = ['Key "ide"', 'embeddings', 'denied_surfaces of team "core"'];
    expectRefusal(answer, 'chat', { code: 'admit.surface_denied', says });
    expect(await statusOf('ide', chat)).toBe(200);
  });
});

describe('the list of models', () => {
  const idsOf = (answer: Answer): readonly unknown[] =>
    (answer.json()['data'] as { id: unknown }[]).map(({ id }) => id);

  it('holds what the key and its team may use, and aliases that lead there', async () => {
    const ids = idsOf(await send(gateway, { path: '/v1/models', headers: as('ide') }));
    expect(ids).toEqual(expect.arrayContaining(['here', 'one/small', 'demo/echo']));
    for (const id of ['both', 'there', 'one/large', 'two/other']) expect(ids).not.toContain(id);
    const all = idsOf(await send(gateway, { path: '/v1/models', headers: as('talk') }));
    expect(all).toEqual(expect.arrayContaining(['both', 'there', 'here', 'one/small', 'one/large', 'two/other']));
  });
});

describe('a key that is disabled', () => {
  it('ends its running streams, opens nothing, and does both again when it is enabled', async () => {
    const own = await startTestGateway(config());
    const { path, body } = question('chat', 'demo/slow', 'hello', true);
    const ended = new Promise<string>((resolve, reject) => {
      const running = request(`${own.url}${path}`, {
        method: 'POST',
        agent: false,
        headers: { ...as('ide'), 'content-type': 'application/json' },
      });
      running.on('error', reject);
      running.on('response', (response) => {
        let text = '';
        let isApplied = false;
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          text += piece;
          if (isApplied) return;
          isApplied = true;
          own.apply(config(true)).catch(reject);
        });
        response.on('end', () => {
          resolve(text);
        });
        response.on('error', reject);
      });
      running.end(JSON.stringify(body));
    });
    expect(await ended).toContain('The key \\"ide\\" was disabled. Enable it with: sluice keys enable ide.');
    expect(await own.closed()).toMatchObject({ error: 'relay.key_revoked' });
    const call = { ...question('chat', 'demo/echo'), headers: as('ide') };
    const refused = await send(own, call);
    expect([refused.status, refused.headers['x-sluice-error']]).toEqual([401, 'admit.key_disabled']);
    await own.apply(config());
    expect((await send(own, call)).status).toBe(200);
    await own.stop();
  });
});
