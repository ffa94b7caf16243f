import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFake, type Fake } from '../../fakes/fake.ts';

const tools: Anthropic.Tool[] = [
  {
    name: 'get_weather',
    description: 'w',
    input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
];
const model = 'claude-haiku-4-5';

let fake: Fake;
let client: Anthropic;
beforeEach(async () => {
  fake = await startFake({ dialect: 'anthropic', key: 'sk-ant-test' });
  client = new Anthropic({ apiKey: 'sk-ant-test', baseURL: fake.url, maxRetries: 0 });
});
afterEach(() => fake.close());

describe('messages through the Anthropic SDK', () => {
  it('answers plain text under the version and bearer key the SDK sends', async () => {
    const answer = await client.messages.create({
      model,
      max_tokens: 100,
      messages: [{ role: 'user', content: 'héllo 世界' }],
    });
    expect(answer.content).toEqual([{ type: 'text', text: 'echo: héllo 世界' }]);
    expect(answer.stop_reason).toBe('end_turn');
    expect(fake.requests[0]?.headers).toMatchObject({
      'anthropic-version': '2026-10-21',
      authorization: 'Bearer sk-ant-test',
    });
  });

  it('streams text in several deltas', async () => {
    const stream = client.messages.stream({
      model,
      max_tokens: 100,
      messages: [{ role: 'user', content: 'héllo 世界, how are you' }],
    });
    const deltas: string[] = [];
    stream.on('text', (delta) => deltas.push(delta));
    const final = await stream.finalMessage();
    expect(deltas.length).toBeGreaterThan(3);
    expect(final.content).toEqual([{ type: 'text', text: 'echo: héllo 世界, how are you' }]);
    expect(final.usage.output_tokens).toBeGreaterThan(1);
  });

  it('runs a thinking tool loop, streamed, and refuses an altered or missing thinking block', async () => {
    const thinking = { type: 'enabled' as const, budget_tokens: 1024 };
    const messages: Anthropic.MessageParam[] = [
      { role: 'user', content: 'call get_weather {"city":"Zürich"}\ncall get_weather {"city":"東京"}' },
    ];
    const first = await client.messages.stream({ model, max_tokens: 4096, tools, thinking, messages }).finalMessage();
    expect(first.content.map((block) => block.type)).toEqual(['thinking', 'tool_use', 'tool_use']);
    expect(first.content.filter((block) => block.type === 'tool_use').map((block) => block.input)).toEqual([
      { city: 'Zürich' },
      { city: '東京' },
    ]);
    const results = first.content
      .filter((block) => block.type === 'tool_use')
      .map((block) => ({ type: 'tool_result' as const, tool_use_id: block.id, content: 'sunny' }));
    const back = (content: Anthropic.MessageParam['content']) => ({
      model,
      max_tokens: 4096,
      tools,
      thinking,
      messages: [...messages, { role: 'assistant' as const, content }, { role: 'user' as const, content: results }],
    });
    const second = await client.messages.create(back(first.content));
    expect(second.content.at(-1)).toEqual({ type: 'text', text: 'result: sunny | sunny' });

    const altered = first.content.map((block) =>
      block.type === 'thinking' ? { ...block, thinking: `${block.thinking}!` } : block,
    );
    await expect(client.messages.create(back(altered as Anthropic.ContentBlockParam[]))).rejects.toThrow(
      /Invalid `signature` in `thinking` block/,
    );
    const without = first.content.filter((block) => block.type !== 'thinking');
    await expect(client.messages.create(back(without as Anthropic.ContentBlockParam[]))).rejects.toThrow(
      /Expected `thinking` or `redacted_thinking`, but found `tool_use`/,
    );
  });

  it('streams a call without arguments as an empty input', async () => {
    const final = await client.messages
      .stream({
        model,
        max_tokens: 100,
        tools: [{ name: 'ping', input_schema: { type: 'object' } }],
        messages: [{ role: 'user', content: 'call ping' }],
      })
      .finalMessage();
    expect(final.content).toMatchObject([{ type: 'tool_use', name: 'ping', input: {} }]);
    expect(final.stop_reason).toBe('tool_use');
  });

  it('keeps the three input counts disjoint', async () => {
    const messages: Anthropic.MessageParam[] = [
      { role: 'user', content: [{ type: 'text', text: 'x'.repeat(400), cache_control: { type: 'ephemeral' } }] },
    ];
    const { usage } = await client.messages.create({ model, max_tokens: 100, messages });
    const counted = await client.messages.countTokens({ model, messages });
    expect(usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0)).toBe(
      counted.input_tokens,
    );
    expect(usage.cache_read_input_tokens).toBeGreaterThan(40);
  });

  it('conforms to an output format', async () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    };
    const answer = await client.messages.create({
      model,
      max_tokens: 100,
      messages: [{ role: 'user', content: 'x' }],
      output_config: { format: { type: 'json_schema', schema } },
    });
    expect(answer.content).toEqual([{ type: 'text', text: '{"city":"samplé"}' }]);
  });

  it('counts tokens and lists models', async () => {
    expect(
      (await client.messages.countTokens({ model, messages: [{ role: 'user', content: 'x'.repeat(40) }] }))
        .input_tokens,
    ).toBe(11);
    expect((await client.models.list()).data.map((one) => one.id)).toContain('claude-haiku-4-5');
  });

  it('serves message threads to the tool runner', async () => {
    const runner = client.beta.messages.toolRunner({
      model,
      max_tokens: 1024,
      messages: [{ role: 'user', content: 'call get_weather {"city":"X"}' }],
      tools: [
        {
          type: 'custom',
          name: 'get_weather',
          description: 'w',
          input_schema: { type: 'object', properties: { city: { type: 'string' } } },
          run: () => 'sunny',
          parse: (value: unknown) => value,
        },
      ],
    });
    const final = await runner;
    expect(final.content).toMatchObject([{ type: 'text', text: 'result: sunny' }]);
    expect(fake.requests.map((request) => request.refusal)).toEqual([undefined, undefined]);
  });

  it('raises the SDK error of each refusal and of a fault', async () => {
    const wrong = new Anthropic({ apiKey: 'nope', baseURL: fake.url, maxRetries: 0 });
    await expect(
      wrong.messages.create({ model, max_tokens: 5, messages: [{ role: 'user', content: 'x' }] }),
    ).rejects.toMatchObject({ status: 401 });
    await expect(
      client.messages.create({ model, max_tokens: 0, messages: [{ role: 'user', content: 'x' }] }),
    ).rejects.toMatchObject({ status: 400 });
    fake.plan({ status: 529, json: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } });
    await expect(
      client.messages.create({ model, max_tokens: 5, messages: [{ role: 'user', content: 'x' }] }),
    ).rejects.toMatchObject({ status: 529 });
    fake.plan({ fault: { errorEventAfter: 3 } });
    await expect(
      client.messages.stream({ model, max_tokens: 5, messages: [{ role: 'user', content: 'x' }] }).finalMessage(),
    ).rejects.toThrow(/Overloaded/);
  });
});
