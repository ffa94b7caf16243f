// The official OpenAI SDK, Chat Completions and Responses, against every target.
import OpenAI, { APIError } from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testKey } from '../component/gateway/support.ts';
import { callText, fakedTargets, odd, startRig, targets, weatherSchema, type Rig } from './targets.ts';

const chatTool: OpenAI.ChatCompletionFunctionTool = {
  type: 'function',
  function: { name: 'get_weather', description: 'Weather of a city', parameters: weatherSchema, strict: true },
};
const flatTool: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'get_weather',
  description: 'Weather of a city',
  parameters: weatherSchema,
  strict: true,
};

let rig: Rig;
let client: OpenAI;
const connect = (apiKey = testKey): OpenAI => new OpenAI({ apiKey, baseURL: `${rig.url}/v1`, maxRetries: 0 });
afterEach(() => rig.close());

async function caught(promise: PromiseLike<unknown>): Promise<APIError> {
  const error = await Promise.resolve(promise).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(APIError);
  return error as APIError;
}

describe.each(targets)('chat completions on $name', (target) => {
  beforeEach(async () => {
    rig = await startRig(target.name);
    client = connect();
  });

  it('answers plain text with usage', async () => {
    const answer = await client.chat.completions.create({
      model: rig.model,
      max_completion_tokens: 500,
      messages: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: odd },
      ],
    });
    expect(answer.choices).toHaveLength(1);
    expect(answer.choices[0]?.message).toMatchObject({ role: 'assistant', content: target.said(odd) });
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    expect(answer.usage?.prompt_tokens).toBeGreaterThan(0);
    expect(answer.usage?.total_tokens).toBe(
      (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0),
    );
    rig.expectAccepted(1);
  });

  it('streams raw chunks and through the helper, usage last', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: odd }];
    const raw = [];
    for await (const chunk of await client.chat.completions.create({
      model: rig.model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    }))
      raw.push(chunk);
    expect(raw.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(target.said(odd));
    expect(raw.at(-1)?.choices).toEqual([]);
    expect(raw.at(-1)?.usage?.completion_tokens).toBeGreaterThan(0);
    const helped = await client.chat.completions.stream({ model: rig.model, messages }).finalChatCompletion();
    expect(helped.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: target.said(odd) },
    });
    rig.expectAccepted(2);
  });

  it.each(['plain', 'streamed'])('runs a tool loop with parallel calls, %s', async (mode) => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: callText('Zürich', '東京') }];
    // The demo calls each tool once.
    if (target.name === 'demo') messages[0] = { role: 'user', content: callText('Zürich') };
    const ask = { model: rig.model, tools: [chatTool] };
    const first =
      mode === 'plain'
        ? await client.chat.completions.create({ ...ask, messages })
        : await client.chat.completions.stream({ ...ask, messages }).finalChatCompletion();
    const said = first.choices[0]?.message;
    expect(first.choices[0]?.finish_reason).toBe('tool_calls');
    const calls = (said?.tool_calls ?? []).filter((call) => call.type === 'function');
    expect(calls.map((call) => JSON.parse(call.function.arguments) as unknown)).toEqual(
      target.name === 'demo' ? [{ city: 'Zürich' }] : [{ city: 'Zürich' }, { city: '東京' }],
    );
    expect(new Set(calls.map((call) => call.id)).size).toBe(calls.length);
    if (said !== undefined) messages.push(said);
    for (const call of calls) messages.push({ role: 'tool', tool_call_id: call.id, content: 'sunny ☀️' });
    const second =
      mode === 'plain'
        ? await client.chat.completions.create({ ...ask, messages })
        : await client.chat.completions.stream({ ...ask, messages }).finalChatCompletion();
    expect(second.choices[0]?.message.content).toBe(target.result(...calls.map(() => 'sunny ☀️')));
    rig.expectAccepted(2);
  });

  it('runs the helper of the SDK to its end', async () => {
    const seen: unknown[] = [];
    const runner = client.chat.completions.runTools({
      model: rig.model,
      messages: [{ role: 'user', content: callText('Zürich') }],
      tools: [
        {
          type: 'function',
          function: {
            name: 'get_weather',
            description: 'w',
            parameters: weatherSchema,
            parse: JSON.parse,
            function: (input: unknown) => (seen.push(input), 'sunny'),
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe(target.result('sunny'));
    expect(seen).toEqual([{ city: 'Zürich' }]);
    rig.expectAccepted(2);
  });

  it('answers in the schema that was asked for', async () => {
    const answer = await client.chat.completions.create({
      model: rig.model,
      messages: [{ role: 'user', content: 'Paris' }],
      response_format: { type: 'json_schema', json_schema: { name: 'place', strict: true, schema: weatherSchema } },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ city: expect.any(String) as string });
    rig.expectAccepted(1);
  });
});

describe.each(targets)('responses on $name', (target) => {
  beforeEach(async () => {
    rig = await startRig(target.name);
    client = connect();
  });

  it('answers plain text with usage', async () => {
    const answer = await client.responses.create({
      model: rig.model,
      instructions: 'Be brief.',
      input: odd,
      max_output_tokens: 500,
    });
    expect(answer.output_text).toBe(target.said(odd));
    expect(answer.status).toBe('completed');
    expect(answer.usage?.total_tokens).toBe((answer.usage?.input_tokens ?? 0) + (answer.usage?.output_tokens ?? 0));
    rig.expectAccepted(1);
  });

  it('streams raw events and through the helper', async () => {
    const raw: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of await client.responses.create({ model: rig.model, input: odd, stream: true }))
      raw.push(event);
    expect(raw[0]?.type).toBe('response.created');
    expect(raw.at(-1)?.type).toBe('response.completed');
    expect(raw.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('')).toBe(
      target.said(odd),
    );
    const helped = await client.responses.stream({ model: rig.model, input: odd }).finalResponse();
    expect(helped.output_text).toBe(target.said(odd));
    rig.expectAccepted(2);
  });

  it.each(['plain', 'streamed'])('runs a tool loop with reasoning played back, %s', async (mode) => {
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: callText('Zürich') }];
    const ask = {
      model: rig.model,
      tools: [flatTool],
      store: false,
      include: ['reasoning.encrypted_content' as const],
      reasoning: { effort: 'low' as const, summary: 'auto' as const },
    };
    const first =
      mode === 'plain'
        ? await client.responses.create({ ...ask, input })
        : await client.responses.stream({ ...ask, input }).finalResponse();
    const calls = first.output.flatMap((item) => (item.type === 'function_call' ? [item] : []));
    expect(calls.map((call) => JSON.parse(call.arguments) as unknown)).toEqual([{ city: 'Zürich' }]);
    input.push(...(first.output as OpenAI.Responses.ResponseInputItem[]));
    for (const call of calls) input.push({ type: 'function_call_output', call_id: call.call_id, output: 'sunny ☀️' });
    const second =
      mode === 'plain'
        ? await client.responses.create({ ...ask, input })
        : await client.responses.stream({ ...ask, input }).finalResponse();
    expect(second.output_text).toBe(target.result('sunny ☀️'));
    rig.expectAccepted(2);
  });

  it('continues from a stored response', async () => {
    const first = await client.responses.create({ model: rig.model, input: callText('Zürich'), tools: [flatTool] });
    const call = first.output.find((item) => item.type === 'function_call');
    const second = await client.responses.create({
      model: rig.model,
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: call?.call_id ?? '', output: 'rain' }],
      tools: [flatTool],
    });
    expect(second.output_text).toBe(target.result('rain'));
    rig.expectAccepted(2);
  });
});

const asks: readonly {
  readonly surface: string;
  readonly ask: (model: string, text: string, stream: boolean) => PromiseLike<unknown>;
}[] = [
  {
    surface: 'chat completions',
    ask: (model, text, stream) =>
      client.chat.completions.create({ model, messages: [{ role: 'user', content: text }], stream }),
  },
  { surface: 'responses', ask: (model, text, stream) => client.responses.create({ model, input: text, stream }) },
];

describe.each(asks)('errors of $surface', ({ ask }) => {
  it.each(fakedTargets)('are of the SDK’s own classes when $name refuses', async (target) => {
    rig = await startRig(target.name);
    client = connect();
    for (const stream of [false, true]) {
      rig.fake?.plan(target.refusal(400));
      const refused = await caught(ask(rig.model, 'x', stream));
      expect(refused).toBeInstanceOf(OpenAI.BadRequestError);
      expect(refused.message).toContain('That will not do.');
    }
    rig.fake?.plan(target.refusal(429));
    const limited = await caught(ask(rig.model, 'x', false));
    expect(limited).toBeInstanceOf(OpenAI.RateLimitError);
    expect(limited.message).toContain('Slow down, please.');
  });

  it('say that a key or a model is not known', async () => {
    rig = await startRig('demo');
    client = connect('sk-sluice-wrong');
    expect(await caught(ask(rig.model, 'x', false))).toMatchObject({ status: 401, code: 'invalid_api_key' });
    client = connect();
    for (const stream of [false, true]) {
      const unknown = await caught(ask('demo/no-such-model', 'x', stream));
      expect(unknown).toBeInstanceOf(OpenAI.NotFoundError);
      expect(unknown).toMatchObject({ code: 'model_not_found' });
    }
  });
});

it('lists models through the SDK', async () => {
  rig = await startRig('demo');
  client = connect();
  expect((await client.models.list()).data.map((model) => model.id)).toContain('demo/echo');
});
