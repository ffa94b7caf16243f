// What a team bundle enforces for every key, over real sockets: in every dialect, before anything is sent, and on record.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ModelAccess } from '../../../shared/domain/access.ts';
import type { ExchangeRecord } from '../../../main/gateway/exchange.ts';
import { verify } from '../../../main/gateway/gateway.ts';
import type { AccessPolicy, PolicyRule, Snapshot } from '../../../main/gateway/ports.ts';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { ask, clientNames } from './rigs.ts';
import { clients, expectRefusal, question, type Client } from './refusals.ts';
import { send, snapshotOf, startTestGateway, testKey, type Answer, type TestGateway } from './support.ts';

let fakes: readonly [openai: Fake, anthropic: Fake, gemini: Fake];
let gateway: TestGateway;
/** Without a policy. */
let plain: Snapshot;
const kept = new Map<string, () => unknown>();

beforeAll(async () => {
  fakes = await Promise.all([
    startFake({ dialect: 'openai' }),
    startFake({ dialect: 'anthropic' }),
    startFake({ dialect: 'gemini' }),
  ]);
  const [o, c, g] = fakes;
  const yaml = `
providers:
  - { id: o, kind: openai-compatible, base_url: "${o.url}/v1", dialects: [openai-chat], keys: [{ value: sk-o }], local: true, retry: { attempts: 1 }, models: [gpt-4o, gpt-x-preview] }
  - { id: r, kind: openai-compatible, base_url: "${o.url}/v1", dialects: [openai-responses], keys: [{ value: sk-r }], local: true, retry: { attempts: 1 }, models: [gpt-4o] }
  - { id: c, kind: anthropic, base_url: "${c.url}", keys: [{ value: sk-c }], local: true, retry: { attempts: 1 } }
  - { id: own, kind: anthropic }
  - { id: g, kind: gemini, base_url: "${g.url}", keys: [{ value: sk-g }], local: true, retry: { attempts: 1 } }
routes:
  - { id: team, alias: smart, targets: [o/gpt-x-preview, o/gpt-4o] }
  - { id: own, alias: mine, targets: [o/gpt-x-preview] }
`;
  plain = await snapshotOf(yaml);
  gateway = await startTestGateway(yaml, {
    ledger: {
      open: () => undefined,
      close: (record) => gateway.records.push(record),
      keepSnapshot: (id, body) => void kept.set(id, body),
    },
  });
});

afterEach(() => {
  gateway.records.splice(0);
  for (const fake of fakes) fake.requests.splice(0);
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all(fakes.map((fake) => fake.close()));
});

const rule = (pointer: string): PolicyRule => ({
  ...{ rule: `acme-core@12:${pointer}`, origin: 'team bundle acme-core@12, line 58' },
  ...{ reason: 'No previews with customer data', contact: '#llm-platform' },
});
const blocked = 'Blocked by team policy "No previews with customer data" (acme-core@12, line 58)';
const open = { allowedModels: ['*'], deniedModels: [], allowedProviders: ['*'], deniedProviders: [] };
const noPreviews: ModelAccess & PolicyRule = { ...rule('/models/deny'), ...open, deniedModels: ['*/*-preview*'] };

const nothing: AccessPolicy = {
  ...{ hash: 'h', bundles: ['acme-core@12'], access: [], maxContext: undefined, maxOutput: undefined, requires: [] },
  ...{ routesOnly: undefined, tools: [], noExport: undefined, proxyOnly: undefined, holdsThroughPause: [] },
  audit: undefined,
};
let applied = 0;

function enforce(policy: Partial<AccessPolicy>): void {
  gateway.gateway.apply({ ...plain, id: `policy-${String(++applied)}`, policy: { ...nothing, ...policy } });
}

const sentTo = (): number => fakes.reduce((sum, { requests }) => sum + requests.length, 0);
const lastBody = (fake: Fake): Record<string, unknown> =>
  JSON.parse(fake.requests.at(-1)?.body.toString('utf8') ?? '{}') as Record<string, unknown>;
const lastRecord = (): ExchangeRecord | undefined => gateway.records.at(-1);

function verified(): string | undefined {
  const record = lastRecord();
  if (record?.decision === undefined) return undefined;
  const decision = JSON.parse(JSON.stringify(record.decision)) as typeof record.decision;
  return verify(decision, kept.get(record.snapshotId)?.()).verified;
}

describe.each(clients)('to a client of %s', (client) => {
  it.each(['o/gpt-x-preview', 'mine'])(
    '%s is refused with rule, reason and contact, and nothing is sent',
    async (model) => {
      enforce({ access: [noPreviews] });
      const answer = await send(gateway, question(client, model));
      expectRefusal(answer, client, { code: 'admit.model_denied', says: [blocked, model, 'Ask: #llm-platform.'] });
      expect(sentTo()).toBe(0);
      expect(lastRecord()).toMatchObject({
        rule: 'acme-core@12:/models/deny',
        error: 'admit.model_denied',
        status: 403,
      });
      expect(verified()).toBe('same');
    },
  );

  it('an alias goes where it may', async () => {
    enforce({ access: [noPreviews] });
    const answer = await send(gateway, question(client, 'smart'));
    expect([answer.status, answer.headers['x-sluice-target']]).toEqual([200, 'o/gpt-4o']);
    expect(lastRecord()?.decision?.candidates[0]).toMatchObject({ target: 'o/gpt-x-preview', droppedBy: 'policy' });
    expect(verified()).toBe('same');
  });

  it('only what the team has routes for is answered', async () => {
    enforce({ routesOnly: { ...rule('/routes_default'), routes: ['team'] } });
    for (const model of ['mine', 'o/gpt-4o', 'auto']) {
      const answer = await send(gateway, question(client, model));
      expectRefusal(answer, client, { code: 'admit.model_denied', says: [blocked, 'only what its routes are for'] });
    }
    expect(sentTo()).toBe(0);
    expect((await send(gateway, question(client, 'smart'))).status).toBe(200);
  });

  it('a request that says too much is refused before anything is sent', async () => {
    enforce({ maxContext: { ...rule('/models/max_context_tokens'), tokens: 400 } });
    const answer = await send(gateway, question(client, 'o/gpt-4o', 'a word '.repeat(2_000)));
    expectRefusal(answer, client, { code: 'admit.context_denied', says: [blocked, 'at most 400'] });
    expect(sentTo()).toBe(0);
    expect(lastRecord()).toMatchObject({ rule: 'acme-core@12:/models/max_context_tokens', status: 403 });
    expect((await send(gateway, question(client, 'o/gpt-4o', 'a word'))).status).toBe(200);
  });
});

describe('the size of a request', () => {
  const limit = { ...rule('/models/max_context_tokens'), tokens: 400 };

  it('is counted where bytes leave a doubt', async () => {
    enforce({ maxContext: limit });
    // 1,400 bytes each: a token a word, and a token two letters.
    const few = async (): Promise<number> =>
      (await ask(gateway, 'chat', ' hello'.repeat(240), { model: 'o/gpt-4o', stream: false })).status;
    // What cannot be counted in time is taken for too long, and the first count has a tokenizer to load.
    await expect.poll(few).toBe(200);
    const many = await ask(gateway, 'chat', 'q7'.repeat(720), { model: 'o/gpt-4o', stream: false });
    expect([many.status, sentTo()]).toEqual([403, 1]);
  });

  it('is that of what is said, however its letters are spelt', async () => {
    enforce({ maxContext: limit });
    const spelt = [...'привет '.repeat(120)].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
    const raw = `{"model":"o/gpt-4o","messages":[{"role":"user","content":"${spelt.join('')}"}]}`;
    expect((await send(gateway, { path: '/v1/chat/completions', raw })).status).toBe(200);
  });

  it('keeps a count of tokens here', async () => {
    enforce({ maxContext: limit });
    const count = (text: string): Promise<Answer> =>
      send(gateway, {
        path: '/v1/messages/count_tokens',
        body: { model: 'c/claude-sonnet-4-5', messages: [{ role: 'user', content: text }] },
      });
    expect((await count('a word')).status).toBe(200);
    expect(sentTo()).toBe(1);
    const answer = await count('a word '.repeat(2_000));
    expect(answer.json()['input_tokens']).toBeGreaterThan(400);
    expect(sentTo()).toBe(1);
  });
});

describe('the most an answer may say', () => {
  const maxOutput = { ...rule('/models/max_output_tokens'), tokens: 300 };
  const told = /max_tokens: clipped to 300: team policy "No previews with customer data" \(acme-core@12, line 58\)/;

  it.each([
    ['o/gpt-4o', 0, (body: Record<string, unknown>) => body['max_tokens'] ?? body['max_completion_tokens']],
    ['r/gpt-4o', 0, (body: Record<string, unknown>) => body['max_output_tokens']],
    ['c/claude-sonnet-4-5', 1, (body: Record<string, unknown>) => body['max_tokens']],
    [
      'g/gemini-2.5-flash',
      2,
      (body: Record<string, unknown>) =>
        (body['generationConfig'] as Record<string, unknown> | undefined)?.['maxOutputTokens'],
    ],
  ] as const)('is what %s is asked for by every client, and that is told', async (model, at, limitIn) => {
    enforce({ maxOutput });
    const fake = fakes[at];
    for (const client of clientNames) {
      const answer = await ask(gateway, client, 'hello', {
        model: encodeURIComponent(model),
        stream: false,
        ...named(client, model),
      });
      expect([client, answer.status]).toEqual([client, 200]);
      expect(limitIn(lastBody(fake))).toBe(300);
      expect(answer.headers['x-sluice-losses']).toMatch(told);
    }
  });

  /** Only Gemini names its model in the path. */
  function named(client: Client, model: string): { readonly model?: string } {
    return client === 'gemini' ? {} : { model };
  }

  it('leaves smaller limits of clients alone, and says nothing', async () => {
    enforce({ maxOutput });
    const answer = await ask(gateway, 'chat', 'hello', { model: 'o/gpt-4o', stream: false, more: { max_tokens: 200 } });
    expect(lastBody(fakes[0])['max_tokens']).toBe(200);
    expect(answer.headers['x-sluice-losses']).toBeUndefined();
  });

  it('gives way to a budget that has less', async () => {
    const budgeted = await snapshotOf(`
providers: [{ id: o, kind: openai-compatible, base_url: "${fakes[0].url}/v1", keys: [{ value: sk-o }], local: true, models: [{ id: dear, pricing: { input: "1", output: "1000" } }] }]
budgets: [{ id: little, scope: global, limit_usd: "0.29", period: day }]
`);
    gateway.gateway.apply({ ...budgeted, policy: { ...nothing, maxOutput } });
    const answer = await ask(gateway, 'chat', 'hello', { model: 'o/dear', stream: false });
    expect(answer.status).toBe(200);
    expect(answer.headers['x-sluice-losses']).toContain('budget "little" has no more left');
    expect(lastBody(fakes[0])['max_tokens']).toBeLessThan(300);
  });
});

describe('tools', () => {
  const tools = [{ ...rule('/tools/deny'), allow: ['*'], deny: ['bash*'], servers: [] }];
  const offering: Readonly<Record<Client, unknown>> = {
    chat: [{ type: 'function', function: { name: 'bash', parameters: {} } }],
    responses: [{ type: 'function', name: 'bash', parameters: {} }],
    messages: [{ name: 'bash', input_schema: { type: 'object' } }],
    gemini: [{ functionDeclarations: [{ name: 'bash' }] }],
  };

  it.each(clients)('that are denied are refused to a client of %s', async (client) => {
    enforce({ tools });
    const { path, body } = question(client, 'o/gpt-4o');
    const answer = await send(gateway, { path, body: { ...body, tools: offering[client] } });
    expectRefusal(answer, client, { code: 'admit.tool_denied', says: [blocked, '"bash"', '#llm-platform'] });
    expect(sentTo()).toBe(0);
    expect(lastRecord()).toMatchObject({ rule: 'acme-core@12:/tools/deny', error: 'admit.tool_denied' });
  });

  it('of a server that nobody allowed are refused', async () => {
    enforce({ tools });
    const { path, body } = question('responses', 'r/gpt-4o');
    const server = { type: 'mcp', server_label: 'wiki', server_url: 'https://mcp.example/' };
    const answer = await send(gateway, { path, body: { ...body, tools: [server] } });
    expectRefusal(answer, 'responses', { code: 'admit.tool_denied', says: ['"wiki"'] });
  });
});

describe('lists of models', () => {
  const ids = async (path = '/v1/models', headers = {}): Promise<readonly unknown[]> =>
    ((await send(gateway, { path, headers })).json()['data'] as { id: unknown }[]).map(({ id }) => id);

  it('hold what is allowed, and aliases that lead there', async () => {
    enforce({ access: [noPreviews] });
    const listed = await ids();
    expect(listed).toEqual(expect.arrayContaining(['smart', 'o/gpt-4o']));
    for (const id of ['o/gpt-x-preview', 'mine']) expect(listed).not.toContain(id);
  });

  it('hold only routes of the team where only these are answered', async () => {
    enforce({ routesOnly: { ...rule('/routes_default'), routes: ['team'] } });
    expect(await ids()).toEqual(['smart']);
    expect(await ids('/v1/models', { 'anthropic-version': '2023-06-01' })).toEqual(['claude-route-smart']);
  });

  it('hold nobody of whom nothing is known where that is required', async () => {
    enforce({ requires: [{ ...rule('/models/require'), noTraining: true, retentionDays: undefined, regions: [] }] });
    const listed = await ids();
    expect(listed).toContain('demo/echo');
    expect(listed.filter((id) => String(id).startsWith('o/'))).toEqual([]);
    const answer = await send(gateway, question('chat', 'o/gpt-4o'));
    expectRefusal(answer, 'chat', { code: 'admit.model_denied', says: [blocked, 'not known to leave'] });
    expect(verified()).toBe('same');
  });
});

describe('a login of the client’s own', () => {
  it('is not used where it is required that something is known of who is asked', async () => {
    enforce({ requires: [{ ...rule('/models/require'), noTraining: true, retentionDays: undefined, regions: [] }] });
    const { body } = question('messages', 'own/claude-sonnet-4-5');
    const headers = { authorization: `Bearer ${['sk', 'ant', 'oat01', 'of-a-subscription'].join('-')}` };
    const answer = await send(gateway, { path: `/c/${testKey}/v1/messages`, body, headers });
    expectRefusal(answer, 'messages', { code: 'route.no_credential', says: ['"own"'] });
  });
});

describe('a bundle that only watches', () => {
  it('notes what it would have refused, and nothing else becomes of it', async () => {
    const audit = {
      access: [noPreviews],
      requires: [],
      maxContext: { ...rule('/models/max_context_tokens'), tokens: 5 },
      tools: [{ ...rule('/tools/deny'), allow: ['*'], deny: ['bash'], servers: undefined }],
    };
    enforce({ audit });
    const { path, body } = question('chat', 'mine', 'one two three four five six seven eight nine ten');
    const tools = [{ type: 'function', function: { name: 'bash', parameters: { type: 'object', properties: {} } } }];
    const answer = await send(gateway, { path, body: { ...body, tools } });
    expect([answer.status, answer.headers['x-sluice-warnings'], sentTo()]).toEqual([200, undefined, 1]);
    expect(lastRecord()?.safety).toEqual([
      {
        source: 'policy',
        rule: 'acme-core@12:/models/deny',
        action: 'log',
        detail: 'would not have been asked: o/gpt-x-preview',
      },
      {
        source: 'policy',
        rule: 'acme-core@12:/tools/deny',
        action: 'log',
        detail: 'would have been refused: the tool "bash" may not be offered',
      },
      {
        source: 'policy',
        rule: 'acme-core@12:/models/max_context_tokens',
        action: 'log',
        detail: expect.stringMatching(/^would have been refused: it says about \d+ tokens$/) as string,
      },
    ]);
    expect(lastRecord()).toMatchObject({ rule: undefined, outcome: 'complete' });
  });
});

describe('a pause', () => {
  it('lets nothing pass through that must hold, and says which bundle', async () => {
    enforce({ holdsThroughPause: [rule('/masking')] });
    expect(gateway.gateway.passThroughRefused()).toBe(
      'team policy "No previews with customer data" (acme-core@12, line 58) must hold meanwhile. Ask: #llm-platform.',
    );
    gateway.gateway.pause(undefined, 'pass_through');
    // Its routes are still there.
    expect((await send(gateway, question('chat', 'mine'))).headers['x-sluice-target']).toBe('o/gpt-x-preview');
    gateway.gateway.resume();
    enforce({});
    expect(gateway.gateway.passThroughRefused()).toBeUndefined();
  });
});
