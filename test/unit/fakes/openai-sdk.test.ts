import OpenAI, { toFile } from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFake, type Fake } from '../../fakes/fake.ts';

const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
    strict: true,
  },
};
const flat = { type: 'function' as const, name: 'get_weather', parameters: weather.function.parameters, strict: true };
/** The limit under its older name, which the SDK's types advise against and its users still send. */
const olderLimit: Readonly<Record<string, number>> = { max_tokens: 5 };

let fake: Fake;
let client: OpenAI;
beforeEach(async () => {
  fake = await startFake({ dialect: 'openai', key: 'sk-test' });
  client = new OpenAI({ apiKey: 'sk-test', baseURL: `${fake.url}/v1`, maxRetries: 0 });
});
afterEach(() => fake.close());

describe('chat completions through the openai SDK', () => {
  it('echoes plain text with consistent usage', async () => {
    const answer = await client.chat.completions.create({
      model: 'gpt-4.1',
      messages: [{ role: 'user', content: 'héllo 世界' }],
    });
    expect(answer.choices[0]?.message.content).toBe('echo: héllo 世界');
    expect(answer.usage?.total_tokens).toBe(
      (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0),
    );
  });

  it('streams several deltas, a finish reason and usage', async () => {
    const stream = client.chat.completions.stream({
      model: 'gpt-4.1',
      messages: [{ role: 'user', content: 'héllo 世界, how are you' }],
      stream_options: { include_usage: true },
    });
    const deltas: string[] = [];
    stream.on('content', (delta) => deltas.push(delta));
    const final = await stream.finalChatCompletion();
    expect(deltas.length).toBeGreaterThan(3);
    expect(final.choices[0]?.message.content).toBe('echo: héllo 世界, how are you');
    expect(final.usage?.completion_tokens).toBeGreaterThan(0);
  });

  it('runs a tool loop with parallel calls, streamed and not', async () => {
    for (const stream of [false, true]) {
      const messages: OpenAI.ChatCompletionMessageParam[] = [
        { role: 'user', content: 'call get_weather {"city":"Zürich"}\ncall get_weather {"city":"東京"}' },
      ];
      const first = stream
        ? await client.chat.completions.stream({ model: 'gpt-5.2', messages, tools: [weather] }).finalChatCompletion()
        : await client.chat.completions.create({ model: 'gpt-5.2', messages, tools: [weather] });
      const said = first.choices[0]?.message;
      expect(first.choices[0]?.finish_reason).toBe('tool_calls');
      const calls = (said?.tool_calls ?? []).filter((call) => call.type === 'function');
      expect(calls.map((call) => call.function.arguments)).toEqual(['{"city":"Zürich"}', '{"city":"東京"}']);
      if (said !== undefined) messages.push(said);
      for (const call of calls)
        messages.push({ role: 'tool', tool_call_id: call.id, content: `sunny ${call.id.length}` });
      const second = await client.chat.completions.create({ model: 'gpt-5.2', messages, tools: [weather] });
      expect(second.choices[0]?.message.content).toBe('result: sunny 29 | sunny 29');
    }
  });

  it('spells a call without arguments as an empty object', async () => {
    const answer = await client.chat.completions.create({
      model: 'gpt-4.1',
      messages: [{ role: 'user', content: 'please call ping' }],
      tools: [{ type: 'function', function: { name: 'ping' } }],
    });
    expect(answer.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: 'ping', arguments: '{}' } }]);
  });

  it('conforms to a JSON schema', async () => {
    const schema = {
      type: 'object',
      properties: {
        city: { type: 'string' },
        n: { type: 'integer' },
        tags: { type: 'array', items: { $ref: '#/$defs/tag' } },
      },
      required: ['city', 'n', 'tags'],
      additionalProperties: false,
      $defs: { tag: { type: 'string', enum: ['a', 'b'] } },
    };
    const answer = await client.chat.completions.create({
      model: 'gpt-4.1',
      messages: [{ role: 'user', content: 'x' }],
      response_format: { type: 'json_schema', json_schema: { name: 'w', strict: true, schema } },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ city: 'samplé', n: 1, tags: ['a'] });
  });

  it('stops at a stop sequence, at the token limit, and counts cached and reasoning tokens inside the totals', async () => {
    const stopped = await client.chat.completions.create({
      model: 'gpt-4.1',
      messages: [{ role: 'user', content: 'one STOP two' }],
      stop: ['STOP'],
    });
    expect(stopped.choices[0]?.message.content).toBe('echo: one ');
    const cut = await client.chat.completions.create({
      model: 'gpt-4.1',
      messages: [{ role: 'user', content: 'long 100' }],
      ...olderLimit,
    });
    expect(cut.choices[0]?.finish_reason).toBe('length');
    expect(cut.usage?.completion_tokens).toBeLessThanOrEqual(5);
    const thought = await client.chat.completions.create({
      model: 'gpt-5.2',
      reasoning_effort: 'low',
      messages: [{ role: 'user', content: 'cached please' }],
    });
    expect(thought.usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0);
    expect(thought.usage?.prompt_tokens_details?.cached_tokens).toBeGreaterThan(0);
  });

  it('raises the SDK error of each refusal', async () => {
    const wrong = new OpenAI({ apiKey: 'nope', baseURL: `${fake.url}/v1`, maxRetries: 0 });
    await expect(wrong.models.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
    await expect(
      client.chat.completions.create({ model: 'gpt-5.2', messages: [{ role: 'user', content: 'x' }], ...olderLimit }),
    ).rejects.toMatchObject({ status: 400, code: 'unsupported_parameter', param: 'max_tokens' });
    fake.plan({
      status: 429,
      json: { error: { message: 'slow down', type: 'requests', param: null, code: 'rate_limit_exceeded' } },
    });
    await expect(
      client.chat.completions.create({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'x' }] }),
    ).rejects.toMatchObject({ status: 429 });
  });
});

describe('responses through the openai SDK', () => {
  it('answers plain and streamed, with output_text and total_tokens', async () => {
    const plain = await client.responses.create({ model: 'gpt-5.2', input: 'hello', instructions: 'be brief' });
    expect(plain.output_text).toBe('echo: hello');
    expect(plain.usage?.total_tokens).toBe((plain.usage?.input_tokens ?? 0) + (plain.usage?.output_tokens ?? 0));
    const stream = client.responses.stream({ model: 'gpt-5.2', input: 'héllo 世界' });
    const seen: string[] = [];
    for await (const event of stream) seen.push(event.type);
    expect((await stream.finalResponse()).output_text).toBe('echo: héllo 世界');
    expect(seen.slice(0, 4)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
    ]);
    expect(seen.at(-1)).toBe('response.completed');
  });

  it('plays encrypted reasoning back with store:false and refuses it altered', async () => {
    const base = {
      model: 'gpt-5.2',
      store: false,
      include: ['reasoning.encrypted_content' as const],
      reasoning: { effort: 'low' as const, summary: 'auto' as const },
      tools: [flat],
    };
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: 'call get_weather {"city":"X"}' }];
    const first = await client.responses.create({ ...base, input });
    const call = first.output.find((item) => item.type === 'function_call');
    const reasoning = first.output.find((item) => item.type === 'reasoning');
    expect(call).toMatchObject({ name: 'get_weather', arguments: '{"city":"X"}' });
    input.push(...(first.output as OpenAI.Responses.ResponseInputItem[]), {
      type: 'function_call_output',
      call_id: call?.call_id ?? '',
      output: 'sunny',
    });
    expect((await client.responses.create({ ...base, input })).output_text).toBe('result: sunny');

    const altered = input.map((item) =>
      item.type === 'reasoning' ? { ...item, encrypted_content: `${item.encrypted_content ?? ''}AAAA` } : item,
    );
    await expect(client.responses.create({ ...base, input: altered })).rejects.toMatchObject({
      status: 400,
      code: 'invalid_encrypted_content',
    });
    const bare = input.map((item) =>
      item.type === 'reasoning' ? { id: reasoning?.id ?? '', type: 'reasoning' as const, summary: [] } : item,
    );
    await expect(client.responses.create({ ...base, input: bare })).rejects.toMatchObject({ status: 404 });
  });

  it('continues from a stored response only', async () => {
    const first = await client.responses.create({
      model: 'gpt-5.2',
      input: 'call get_weather {"city":"X"}',
      tools: [flat],
    });
    const call = first.output.find((item) => item.type === 'function_call');
    const output = { type: 'function_call_output' as const, call_id: call?.call_id ?? '', output: 'rain' };
    const second = await client.responses.create({
      model: 'gpt-5.2',
      previous_response_id: first.id,
      input: [output],
      tools: [flat],
    });
    expect(second.output_text).toBe('result: rain');
    await expect(
      client.responses.create({ model: 'gpt-5.2', previous_response_id: first.id, input: 'next' }),
    ).rejects.toThrow(/No tool output found for function call/);
    await expect(
      client.responses.create({ model: 'gpt-5.2', previous_response_id: 'resp_unknown', input: 'x' }),
    ).rejects.toMatchObject({ code: 'previous_response_not_found' });
    const unstored = await client.responses.create({ model: 'gpt-5.2', input: 'x', store: false });
    await expect(
      client.responses.create({ model: 'gpt-5.2', previous_response_id: unstored.id, input: 'x' }),
    ).rejects.toMatchObject({ status: 400 });
  });

  it('streams freeform and namespaced tools', async () => {
    const tools: OpenAI.Responses.Tool[] = [
      { type: 'custom', name: 'run_py' },
      {
        type: 'namespace',
        name: 'agents',
        description: 'd',
        tools: [{ type: 'function', name: 'close', parameters: { type: 'object', properties: {} } }],
      },
    ];
    const stream = client.responses.stream({
      model: 'gpt-5.5',
      input: 'call run_py print(1) # ü\ncall agents.close',
      tools,
    });
    const done: string[] = [];
    for await (const event of stream) if (event.type === 'response.custom_tool_call_input.done') done.push(event.input);
    const { output } = await stream.finalResponse();
    expect(done).toEqual(['print(1) # ü']);
    expect(output).toMatchObject([
      { type: 'custom_tool_call', name: 'run_py', input: 'print(1) # ü' },
      { type: 'function_call', namespace: 'agents', name: 'close', arguments: '{}' },
    ]);
    const custom = output.find((item) => item.type === 'custom_tool_call');
    const back = await client.responses.create({
      model: 'gpt-5.5',
      tools: [{ type: 'custom', name: 'run_py' }],
      input: [
        { role: 'user', content: 'x' },
        custom as OpenAI.Responses.ResponseCustomToolCall,
        { type: 'custom_tool_call_output', call_id: custom?.call_id ?? '', output: 'ran' },
      ],
    });
    expect(back.output_text).toBe('result: ran');
  });

  it('compacts and takes the compaction back', async () => {
    const compacted = await client.responses.compact({
      model: 'gpt-5.2',
      input: [{ role: 'user', content: 'long story' }],
    });
    expect(compacted.object).toBe('response.compaction');
    const next = await client.responses.create({
      model: 'gpt-5.2',
      input: [...(compacted.output as OpenAI.Responses.ResponseInputItem[]), { role: 'user', content: 'go on' }],
    });
    expect(next.output_text).toBe('echo: go on');
  });
});

describe('the smaller endpoints through the openai SDK', () => {
  it('lists and retrieves models', async () => {
    expect((await client.models.list()).data.map((model) => model.id)).toContain('gpt-5.2');
    expect((await client.models.retrieve('gpt-5.2')).id).toBe('gpt-5.2');
    await expect(client.models.retrieve('nothing')).rejects.toMatchObject({ status: 404 });
  });

  it('gives the same embedding as floats and as base64', async () => {
    const decoded = await client.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] });
    const floats = await client.embeddings.create({
      model: 'text-embedding-3-small',
      input: ['a', 'b'],
      encoding_format: 'float',
    });
    expect(fake.requests[0]?.json).toMatchObject({ encoding_format: 'base64' });
    expect(decoded.data).toEqual(floats.data);
  });

  it('answers completions, moderations, images, edits, speech and transcriptions', async () => {
    expect((await client.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'hi' })).choices[0]?.text).toBe(
      'echo: hi',
    );
    expect((await client.moderations.create({ input: 'violence' })).results[0]?.flagged).toBe(true);
    expect((await client.images.generate({ prompt: 'cat', model: 'gpt-image-1' })).data?.[0]?.b64_json).toMatch(
      /^iVBOR/,
    );
    const file = await toFile(Buffer.from([1, 2, 3]), 'a.png', { type: 'image/png' });
    expect((await client.images.edit({ model: 'gpt-image-1', prompt: 'cat', image: file })).data).toHaveLength(1);
    const speech = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'hello' });
    expect((await speech.arrayBuffer()).byteLength).toBe(512);
    const audio = await toFile(Buffer.alloc(77), 'a.wav');
    expect((await client.audio.transcriptions.create({ model: 'whisper-1', file: audio })).text).toBe(
      'transcribed 77 bytes',
    );
    await expect(
      client.audio.transcriptions.create({ model: 'whisper-1', file: 'no file' as unknown as File }),
    ).rejects.toMatchObject({ status: 400 });
  });
});
