// The exact cache under questions that differ in something small: each has an answer of its own (RTE-49).
import { afterEach, describe, expect, it } from 'vitest';
import { fault } from '../../fakes/fake.ts';
import { ask, readStream, startPair, words, type ClientName, type Pair, type ProviderDialect } from './rigs.ts';
import { send } from './support.ts';

let pair: Pair;
afterEach(() => pair.close());

const cached = 'cache: { mode: exact, ttl_s: 3600 }';

interface Variants {
  readonly client: ClientName;
  readonly provider: ProviderDialect;
  readonly name: string;
  readonly one: Record<string, unknown>;
  readonly other: Record<string, unknown>;
}

const schema = (name: string): unknown => ({
  type: 'json_schema',
  json_schema: { name: 's', schema: { type: 'object', properties: { [name]: { type: 'string' } } } },
});

const differing: readonly Variants[] = [
  ...(
    [
      [
        'prediction',
        { prediction: { type: 'content', content: 'a' } },
        { prediction: { type: 'content', content: 'b' } },
      ],
      ['stop', { stop: ['a'] }, { stop: ['b'] }],
      ['response_format', { response_format: schema('a') }, { response_format: schema('b') }],
      ['service_tier', { service_tier: 'flex' }, { service_tier: 'default' }],
      ['logit_bias', { logit_bias: { '1': 5 } }, { logit_bias: { '1': 6 } }],
      ['verbosity', { verbosity: 'low' }, { verbosity: 'high' }],
    ] as const
  ).map(([name, one, other]) => ({ client: 'chat' as const, provider: 'openai' as const, name, one, other })),
  ...(
    [
      ['truncation', { truncation: 'auto' }, { truncation: 'disabled' }],
      ['max_tool_calls', { max_tool_calls: 1 }, { max_tool_calls: 2 }],
      ['reasoning.effort', { reasoning: { effort: 'low' } }, { reasoning: { effort: 'high' } }],
      ['an unknown field of reasoning', { reasoning: { mode: 'a' } }, { reasoning: { mode: 'b' } }],
    ] as const
  ).map(([name, one, other]) => ({ client: 'responses' as const, provider: 'openai' as const, name, one, other })),
  ...(
    [
      ['top_k', { top_k: 1 }, { top_k: 2 }],
      [
        'thinking budget',
        { max_tokens: 4096, thinking: { type: 'enabled', budget_tokens: 1024 } },
        { max_tokens: 4096, thinking: { type: 'enabled', budget_tokens: 2048 } },
      ],
      ['context_management', { context_management: { edits: [] } }, {}],
    ] as const
  ).map(([name, one, other]) => ({ client: 'messages' as const, provider: 'anthropic' as const, name, one, other })),
  ...(
    [
      [
        'safetySettings',
        { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }] },
        { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_LOW_AND_ABOVE' }] },
      ],
      [
        'mediaResolution',
        { generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_LOW' } },
        { generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_HIGH' } },
      ],
    ] as const
  ).map(([name, one, other]) => ({ client: 'gemini' as const, provider: 'gemini' as const, name, one, other })),
];

it.each(differing)('tells requests of $client apart by $name', async ({ client, provider, one, other }) => {
  pair = await startPair({ a: provider, route: cached });
  pair.a.plan({ times: 2, turn: { text: 'an answer' } });
  await ask(pair.gateway, client, 'hello', { stream: false, more: one });
  const second = await ask(pair.gateway, client, 'hello', { stream: false, more: other });
  expect([second.status, second.headers['x-sluice-cache']]).toEqual([200, undefined]);
  expect(pair.a.requests).toHaveLength(2);
});

it('tells requests apart by a field and a header that nobody here has heard of, and by the query', async () => {
  pair = await startPair({ route: cached });
  const whole = {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }],
  };
  pair.a.plan({ times: 6, json: whole });
  const body = { model: 'smart', messages: [{ role: 'user', content: 'hello' }] };
  const path = '/v1/chat/completions';
  const calls = [
    { path, body },
    { path, body: { ...body, brand_new: 1 } },
    { path, raw: JSON.stringify({ ...body, seed: 0 }).replace('"seed":0', '"seed":9007199254740993') },
    { path, raw: JSON.stringify({ ...body, seed: 0 }).replace('"seed":0', '"seed":9007199254740992') },
    { path, body, headers: { 'openai-beta': 'something=v1' } },
    { path: `${path}?mode=other`, body },
  ];
  for (const call of calls) expect((await send(pair.gateway, call)).headers['x-sluice-cache']).toBe(undefined);
  for (const call of calls) expect((await send(pair.gateway, call)).headers['x-sluice-cache']).toBe('hit');
  expect(pair.a.requests).toHaveLength(calls.length);
});

it.each([true, false])(
  'gives the probabilities of tokens again that were asked for (streamed first: %s)',
  async (stream) => {
    pair = await startPair({ route: cached });
    const more = { logprobs: true };
    await ask(pair.gateway, 'chat', 'hello', { stream, more });
    const again = await ask(pair.gateway, 'chat', 'hello', { stream: !stream, more });
    expect([again.headers['x-sluice-cache'], again.text.includes('"logprob":-0.25')]).toEqual(['hit', true]);
  },
);

it('keeps an answer under the model that gave it', async () => {
  pair = await startPair({ route: `session_affinity: { scope: none }\n    ${cached}` });
  pair.a.plan({ status: 503, json: { error: { message: 'busy', type: 'server_error' } } });
  const first = await ask(pair.gateway, 'chat', 'hello', { stream: false });
  expect(first.headers['x-sluice-target']).toBe('b/gpt-4o');
  const second = await ask(pair.gateway, 'chat', 'hello', { stream: false });
  expect([second.headers['x-sluice-cache'], second.headers['x-sluice-target']]).toEqual([undefined, 'a/gpt-4o']);
});

it('keeps nothing of an answer that was put together from two', async () => {
  pair = await startPair({ route: `on_break: continue\n    ${cached}` });
  pair.a.plan({ fault: fault.resetAfterEvents(12) });
  const first = readStream('chat', await ask(pair.gateway, 'chat', 'long 30'));
  expect(first.text).toBe(words(30));
  const second = await ask(pair.gateway, 'chat', 'long 30');
  expect(second.headers['x-sluice-cache']).toBe(undefined);
  const third = await ask(pair.gateway, 'chat', 'long 30');
  expect([third.headers['x-sluice-cache'], readStream('chat', third).text]).toEqual(['hit', words(30)]);
});

describe('a vendor that keeps conversations', () => {
  /** Route `smart` over one OpenAI account, answered by `a`. */
  const native = async (settings: string): Promise<void> => {
    pair = await startPair({});
    await pair.gateway.apply(`
providers:
  - { id: a, kind: openai, base_url: "${pair.a.url}/v1", keys: [{ name: main, value: sk-of-a }], local: true }
routes: [{ alias: smart, targets: [a/gpt-5.2], ${settings} }]
`);
  };
  const input = [{ role: 'user', content: 'a long story' }];

  it('is asked for a compaction, whatever was answered to the same input', async () => {
    await native(cached);
    await send(pair.gateway, { path: '/v1/responses', body: { model: 'smart', input } });
    const compacted = await send(pair.gateway, { path: '/v1/responses/compact', body: { model: 'smart', input } });
    expect([compacted.headers['x-sluice-cache'], compacted.json()['object']]).toEqual([
      undefined,
      'response.compaction',
    ]);
  });

  it.each([cached, 'on_break: restart'])(
    'gives the compaction it was asked for inside a conversation (%s)',
    async (settings) => {
      await native(settings);
      const body = { model: 'smart', stream: true, input: [...input, { type: 'compaction_trigger' }] };
      const answer = await send(pair.gateway, { path: '/v1/responses', body });
      expect(answer.text).toContain('"type":"compaction"');
    },
  );

  it('is asked what only it can answer, which canonical form has no words for', async () => {
    await native(cached);
    const body = { model: 'smart', conversation: 'conv_123', input };
    pair.a.plan({
      times: 2,
      json: { id: 'resp_1', object: 'response', status: 'completed', output: [] },
    });
    for (let n = 0; n < 2; n++) {
      const answer = await send(pair.gateway, { path: '/v1/responses', body });
      expect([answer.status, answer.headers['x-sluice-cache']]).toEqual([200, undefined]);
    }
    expect(pair.a.requests).toHaveLength(2);
  });
});
