import { afterEach, describe, expect, it } from 'vitest';
import { providerTestHandlers } from '../../../main/control/handlers/provider-test.ts';
import type { ControlNeeds } from '../../../main/control/needs.ts';
import type { LedgerQueries } from '../../../main/ledger/ledger.ts';
import type { ModelEntry } from '../../../shared/contract/models.ts';
import { providerCalls, type ProviderEntry, type TestOutcome } from '../../../shared/contract/providers.ts';
import { ledgerOf, openPort, type Answering, type OwnPort } from './own-port.ts';

let port: OwnPort | undefined;

afterEach(async () => {
  await port?.close();
  port = undefined;
});

const key = {
  name: 'default',
  reference: 'secret:openai',
  available: true,
  reason: null,
  hint: '9fA2',
  weight: 1,
  models: [],
};

const openai: ProviderEntry = {
  ...{
    id: 'openai',
    kind: 'openai',
    label: 'OpenAI',
    base_url: 'https://api.openai.com/v1',
    local: false,
    keyless: false,
  },
  ...{ keys: [key], models: 3, proxy: 'system', origin: { source: 'file', file: 'sluice.yaml', line: 3 } as never },
};
const ollama: ProviderEntry = { ...openai, id: 'ollama', label: 'Ollama', local: true, keyless: true, keys: [] };

function model(id: string, price: string | null, more: Partial<ModelEntry> = {}): ModelEntry {
  const [provider = ''] = id.split('/');
  return {
    ...{
      id,
      provider,
      model: id.slice(provider.length + 1),
      context_window: null,
      max_output_tokens: null,
      capabilities: [],
    },
    price:
      price === null
        ? null
        : { input: price, output: price, cache_read: null, cache_write: null, source: 'list', since: null },
    ...{ chat: true, unsettled: false, released: null, favourite: false, ...more },
  };
}

const models = [
  model('openai/dear', '10'),
  model('openai/embedder', '0.01', { chat: false }),
  model('openai/beta', '0.02', { unsettled: true }),
  model('openai/unknown', null),
  model('openai/cheap', '0.1'),
  model('other/cheaper', '0.001'),
];

interface World {
  readonly providers?: readonly ProviderEntry[];
  readonly models?: readonly ModelEntry[];
  readonly ledger?: LedgerQueries;
}

async function test(answer: Answering, input: object = { id: 'openai' }, world: World = {}): Promise<TestOutcome> {
  port = await openPort(answer);
  let uptime = 0;
  const needs = {
    config: {
      providers: { list: () => world.providers ?? [openai, ollama] },
      models: { list: () => ({ models: world.models ?? models, catalogue_date: '2026-01-01' }) },
    },
    ledger: world.ledger ?? ledgerOf({ 'req-1': { usage: null, cost_usd: '0.000001' } }),
    running: { own: port.own, instance: { uptimeMs: () => (uptime += 250) } },
  } as unknown as ControlNeeds;
  const handler = providerTestHandlers(needs)['providers.test'];
  if (handler === undefined) throw new Error('nobody answers');
  const { input: shape, output } = providerCalls['providers.test'];
  return output.parse(await handler(shape.parse(input)));
}

const head = { 'content-type': 'application/json', 'x-sluice-request-id': 'req-1', 'x-sluice-target': 'openai/cheap' };
const body = {
  choices: [{ index: 0, message: { content: '' }, finish_reason: 'length' }],
  usage: { prompt_tokens: 9, completion_tokens: 1 },
};

const fine: Answering = (response) => response.writeHead(200, head).end(JSON.stringify(body));

function saying(status: number, code: string, message: string): Answering {
  return (response) =>
    response.writeHead(status, { ...head, 'x-sluice-error': code }).end(JSON.stringify({ error: { message } }));
}

describe('a provider that answers', () => {
  it('is asked for one token, past what is remembered, and its cost and time are told', async () => {
    const outcome = await test(fine);
    expect(port?.taken).toMatchObject([
      {
        path: '/v1/chat/completions',
        client: 'Provider test',
        headers: { 'cache-control': 'no-cache' },
        body: { model: 'openai/cheap', max_tokens: 1, messages: [{ role: 'user', content: 'Say OK.' }] },
      },
    ]);
    expect(outcome).toEqual({
      ...{ ok: true, provider: 'openai', model: 'openai/cheap', status: 200, ttfb_ms: 250, error: null },
      usage: { input_tokens: 9, output_tokens: 1, cache_read_tokens: 0, cache_write_tokens: 0, reasoning_tokens: null },
      ...{ cost_usd: '0.000001', request_id: 'req-1' },
    });
  });

  it('is left room for a thought when it does not answer in one token', async () => {
    const refusing = saying(
      400,
      'upstream.400',
      "Unsupported parameter: 'max_tokens' is not supported with this model.",
    );
    let count = 0;
    const outcome = await test((response, ...others) => (count++ === 0 ? refusing : fine)(response, ...others));
    expect(port?.taken.map(({ body: sent }) => sent)).toMatchObject([
      { max_tokens: 1 },
      { max_completion_tokens: 1_024 },
    ]);
    expect(port?.taken[1]?.body).not.toHaveProperty('max_tokens');
    expect(outcome).toMatchObject({ ok: true, error: null });
  });

  it('is no success when another one answered in its place', async () => {
    const outcome = await test((response) =>
      response.writeHead(200, { ...head, 'x-sluice-target': 'azure/gpt' }).end(JSON.stringify(body)),
    );
    expect(outcome).toMatchObject({ ok: false, error: { code: 'route.no_target' } });
    expect(outcome.error?.message).toContain('azure/gpt did in its place');
  });

  it.each([
    ['a page', '<html>Sign in</html>'],
    ['JSON of something else', '{"hello":"world"}'],
  ])('with no answer of a model is told from one: %s', async (_what, text) => {
    const outcome = await test((response) => response.writeHead(200, head).end(text));
    expect(outcome).toMatchObject({ ok: false, status: 200, error: { code: 'attempt.not_an_answer' } });
  });
});

describe('the model', () => {
  it.each([
    ['the one that is given', 'dear', 'openai/dear'],
    ['the same with its provider', 'openai/dear', 'openai/dear'],
    ['one that is in no list', 'new', 'openai/new'],
  ])('is %s', async (_which, given, asked) => {
    expect(await test(fine, { id: 'openai', model: given })).toMatchObject({ model: asked });
  });

  it('is the one a vendor named as the provider is called here', async () => {
    const outcome = await test(
      fine,
      { id: 'openai', model: 'openai/auto' },
      { models: [model('openai/openai/auto', null)] },
    );
    expect(outcome.model).toBe('openai/openai/auto');
  });

  it('is the first that chats where no price is known', async () => {
    const local = [model('ollama/embed', null, { chat: false }), model('ollama/llama', null)];
    const outcome = await test(fine, { id: 'ollama' }, { models: local });
    expect(outcome.model).toBe('ollama/llama');
  });

  it('must be named where none is known to chat', async () => {
    await expect(test(fine, { id: 'ollama' }, { models: [] })).rejects.toMatchObject({
      code: 'control.invalid_input',
      message: expect.stringContaining('name the one to test') as string,
    });
    expect(port?.taken).toEqual([]);
  });

  it('is not looked for at a provider that is not there', async () => {
    await expect(test(fine, { id: 'nobody' })).rejects.toMatchObject({ code: 'control.not_found' });
  });
});

describe('a failure is told in a sentence', () => {
  it.each([
    [401, 'upstream.401', 'bad key', 'OpenAI rejected your key …9fA2 (401). It may be revoked'],
    [402, 'upstream.402', '', 'no credit left'],
    [429, 'upstream.429', 'You exceeded your current quota', 'no credit left'],
    [429, 'upstream.429', 'slow down', 'a limit of your account'],
    [
      403,
      'upstream.403',
      'Project lacks access',
      'does not let your key …9fA2 use cheap (403). It says: “Project lacks access”',
    ],
    [404, 'upstream.404', 'no such model', 'does not know the model cheap (404)'],
    [
      400,
      'upstream.400',
      'Could not finish the message because max_tokens was reached',
      'accepted your key, but cheap does not answer in one token',
    ],
    [400, 'upstream.400', 'unknown field', 'did not take the test request to cheap (400). It says: “unknown field”'],
    [503, 'upstream.503', 'busy', 'has trouble of its own (503)'],
    [504, 'upstream.504', '', 'did not answer in time (504)'],
  ])('%i %s %s', async (status, code, words, sentence) => {
    const outcome = await test(saying(status, code, words));
    expect(outcome).toMatchObject({ ok: false, status, request_id: 'req-1', error: { code } });
    expect(outcome.error?.message).toContain(sentence);
  });

  it('of ours where it is one of ours', async () => {
    const message = 'api.openai.com cannot be found. Check the network.';
    const outcome = await test(saying(502, 'attempt.dns', message));
    expect(outcome.error).toEqual({ code: 'attempt.dns', message });
  });

  it('without a key that the provider repeats', async () => {
    const secret = `${'sk-'}proj-1234567890abcdef`;
    const outcome = await test(saying(401, 'upstream.401', `Incorrect API key provided: ${secret}`));
    expect(JSON.stringify(outcome)).not.toContain(secret);
  });

  it('without naming a key where it may have been another of several', async () => {
    const two = { ...openai, keys: [key, { ...key, name: 'spare', hint: 'zzzz' }] };
    const outcome = await test(saying(401, 'upstream.401', ''), { id: 'openai' }, { providers: [two] });
    expect(outcome.error?.message).toContain('rejected your key (401)');
  });

  it('that asks for a key where there is none', async () => {
    const outcome = await test(saying(401, 'upstream.401', ''), { id: 'ollama', model: 'x' });
    expect(outcome.error?.message).toMatch(/^Ollama at .* wants a key \(401\)/);
  });

  it('when it breaks off', async () => {
    const outcome = await test((response) => {
      response.writeHead(200, { ...head, 'content-length': '1000' });
      response.write('{"choices"', () => response.destroy());
    });
    expect(outcome).toMatchObject({ ok: false, status: 200, error: { code: 'relay.stream_cut' } });
  });

  it('when our own port does not answer', async () => {
    const outcome = await test((response) => response.destroy());
    expect(outcome).toMatchObject({ ok: false, status: null, ttfb_ms: null, request_id: null });
    expect(outcome.error?.message).toContain('own port did not answer');
  });
});
