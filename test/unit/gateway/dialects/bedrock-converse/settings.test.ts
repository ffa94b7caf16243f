import { describe, expect, it } from 'vitest';
import type { CanonicalRequest, JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import {
  accepted,
  call,
  collectLosses,
  encode,
  mint,
  nova,
  requestOf,
  result,
  searchTool,
  sonnet,
  user,
} from './support.ts';

const opus = 'us.anthropic.claude-opus-4-7-v1:0';
const llama = 'meta.llama3-3-70b-instruct-v1:0';
const hello = (rest: Partial<CanonicalRequest> = {}): CanonicalRequest => requestOf([user('Hi')], rest);
const extra = (body: JsonObject): unknown => body['additionalModelRequestFields'];

describe('inference', () => {
  it('says what Converse has and records what it has not', () => {
    const losses = collectLosses();
    const body = accepted(
      hello({
        model: nova,
        maxOutputTokens: 100,
        sampling: {
          temperature: 0.5,
          topP: 0.9,
          topK: 7,
          stop: ['END', ''],
          seed: 1,
          presencePenalty: 1,
          frequencyPenalty: 1,
          minP: 0.1,
          repetitionPenalty: 1,
          logprobs: true,
          topLogprobs: 2,
          logitBias: { a: 1 },
        },
        userId: 'u',
        verbosity: 'low',
        promptCacheKey: 'k',
        store: true,
        candidateCount: 2,
      }),
      {},
      losses,
    );
    expect(body['inferenceConfig']).toEqual({ maxTokens: 100, temperature: 0.5, topP: 0.9, stopSequences: ['END'] });
    expect(extra(body)).toEqual({ inferenceConfig: { topK: 7 } });
    expect(losses.list.sort()).toEqual([
      'frequency_penalty',
      'logit_bias',
      'logprobs',
      'min_p',
      'n',
      'presence_penalty',
      'prompt_cache_key',
      'repetition_penalty',
      'seed',
      'stop',
      'store',
      'top_logprobs',
      'user',
      'verbosity',
    ]);
  });

  it('is left out when nothing was asked', () => {
    expect(Object.keys(accepted(hello()))).toEqual(['messages']);
  });

  it('brings a temperature above one down, with a loss', () => {
    const losses = collectLosses();
    expect(accepted(hello({ sampling: { temperature: 1.6 } }), {}, losses)['inferenceConfig']).toEqual({
      temperature: 1,
    });
    expect(losses.list).toEqual(['temperature']);
  });

  it('sends Claude 4.5 one of temperature and top_p, top_k beside', () => {
    const losses = collectLosses();
    const body = accepted(hello({ sampling: { temperature: 0.2, topP: 0.9, topK: 5 } }), {}, losses);
    expect(body['inferenceConfig']).toEqual({ temperature: 0.2 });
    expect(extra(body)).toEqual({ top_k: 5 });
    expect(losses.list).toEqual(['top_p']);
  });

  it('sends no sampling where the model decides itself', () => {
    const losses = collectLosses();
    const body = accepted(
      hello({ model: opus, sampling: { temperature: 0.2, topP: 1, topK: 5 } }),
      { noSampling: true },
      losses,
    );
    expect(Object.keys(body)).toEqual(['messages']);
    expect(losses.list).toEqual(['temperature', 'top_k']);
  });

  it('keeps to the largest output of the model', () => {
    const losses = collectLosses();
    expect(accepted(hello({ maxOutputTokens: 100_000 }), { maxOutputTokens: 8192 }, losses)['inferenceConfig']).toEqual(
      { maxTokens: 8192 },
    );
    expect(losses.list).toEqual(['max_tokens']);
  });

  it('binds the answer of Claude 4.5 and 4.6 to the schema, beside an effort in the field that holds it', () => {
    const schema = { type: 'object', properties: { answer: { type: 'number', minimum: 1 } } };
    const output = { type: 'json_schema', name: 'sum', schema, description: 'A sum' } as const;
    const losses = collectLosses();
    const body = accepted(hello({ output }), {}, losses);
    const closed = {
      description: 'A sum',
      type: 'object',
      properties: { answer: { type: 'number', description: '{minimum: 1}' } },
      additionalProperties: false,
    };
    expect(body['outputConfig']).toEqual({
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { name: 'sum', schema: JSON.stringify(closed) } },
      },
    });
    expect(body['system']).toBeUndefined();
    expect(losses.list).toEqual(['response_format/properties/answer/minimum', 'response_format/additionalProperties']);
    const thinking = accepted(
      hello({ model: 'anthropic.claude-opus-4-6-v1', output, reasoning: { mode: 'on', effort: 'low' } }),
      { adaptiveThinking: true },
    );
    expect(thinking['outputConfig']).toBeUndefined();
    expect(extra(thinking)).toMatchObject({
      output_config: { effort: 'low', format: { type: 'json_schema', schema: closed } },
    });
  });

  it.each(['anthropic.claude-opus-4-8', 'anthropic.claude-sonnet-4-20250514-v1:0', 'openai.gpt-oss-20b-1:0'])(
    'does not bind %s, which would refuse or not obey',
    (model) => {
      const output = { type: 'json_schema', name: 'sum', schema: { type: 'object' } } as const;
      expect(accepted(hello({ model, output }))['outputConfig']).toBeUndefined();
    },
  );

  it('asks for JSON in the system prompt and says that nothing enforces it', () => {
    const losses = collectLosses();
    const schema = { type: 'object', properties: { answer: { type: 'number' } } };
    const body = accepted(
      hello({ model: nova, output: { type: 'json_schema', name: 'sum', schema, description: 'A sum' } }),
      {},
      losses,
    );
    const [instruction] = body['system'] as unknown as { text: string }[];
    expect(instruction?.text).toContain(JSON.stringify(schema));
    expect(instruction?.text).toContain('sum (A sum)');
    expect(losses.list).toEqual(['response_format']);
    expect(JSON.stringify(accepted(hello({ output: { type: 'json' } }))['system'])).toContain('JSON object');
    expect(accepted(hello({ output: { type: 'text' } }))['system']).toBeUndefined();
  });

  it('labels requests with metadata Bedrock takes', () => {
    const losses = collectLosses();
    expect(
      accepted(hello({ metadata: { team: 'a b', bad: 'é!', long: 'x'.repeat(300) } }), {}, losses)['requestMetadata'],
    ).toEqual({ team: 'a b' });
    expect(losses.list).toEqual(['metadata.bad', 'metadata.long']);
  });

  it('names a tier where the model has one', () => {
    expect(accepted(hello({ model: nova, serviceTier: 'flex' }))['serviceTier']).toEqual({ type: 'flex' });
    const losses = collectLosses();
    expect(accepted(hello({ serviceTier: 'priority' }), {}, losses)['serviceTier']).toBeUndefined();
    expect(losses.list).toEqual(['service_tier']);
  });

  it('leaves out what the target refuses', () => {
    const losses = collectLosses();
    expect(
      encode(hello({ metadata: { a: 'b' } }), { refusedFields: ['requestMetadata'] }, losses)['requestMetadata'],
    ).toBeUndefined();
    expect(losses.list).toEqual(['requestMetadata']);
  });
});

describe('reasoning', () => {
  const thinking = (body: JsonObject): unknown => (extra(body) as { thinking?: unknown } | undefined)?.thinking;

  it('gives Claude a budget and room above it', () => {
    const body = accepted(hello({ reasoning: { mode: 'on', effort: 'low' } }));
    expect(thinking(body)).toEqual({ type: 'enabled', budget_tokens: 2048 });
    expect(body['inferenceConfig']).toEqual({ maxTokens: 10_240 });
  });

  it('keeps the budget below the limit of the answer', () => {
    const losses = collectLosses();
    const body = accepted(
      hello({ maxOutputTokens: 5000, reasoning: { mode: 'on', budgetTokens: 16_000 } }),
      {},
      losses,
    );
    expect(thinking(body)).toEqual({ type: 'enabled', budget_tokens: 4000 });
    expect(losses.list).toEqual(['thinking.budget_tokens']);
    // What was made up from an effort is made up smaller, and nothing is lost.
    const made = collectLosses();
    const tight = accepted(hello({ maxOutputTokens: 2000, reasoning: { mode: 'on', effort: 'high' } }), {}, made);
    expect(thinking(tight)).toEqual({ type: 'enabled', budget_tokens: 1600 });
    expect(made.list).toEqual([]);
    const small = collectLosses();
    expect(thinking(accepted(hello({ maxOutputTokens: 500, reasoning: { mode: 'on' } }), {}, small))).toBeUndefined();
    expect(small.list).toEqual(['reasoning']);
  });

  it('sends no sampling while Claude thinks', () => {
    const losses = collectLosses();
    const body = accepted(
      hello({
        maxOutputTokens: 9000,
        reasoning: { mode: 'on', budgetTokens: 2048 },
        sampling: { temperature: 0, topK: 3 },
      }),
      {},
      losses,
    );
    expect(body['inferenceConfig']).toEqual({ maxTokens: 9000 });
    expect(extra(body)).toEqual({ thinking: { type: 'enabled', budget_tokens: 2048 } });
    expect(losses.list).toEqual(['temperature', 'top_k']);
  });

  it('lets newer models decide, by effort', () => {
    const losses = collectLosses();
    const body = accepted(
      hello({ model: opus, reasoning: { mode: 'on', effort: 'xhigh', summary: 'auto' } }),
      { adaptiveThinking: true, noSampling: true },
      losses,
    );
    expect(extra(body)).toEqual({
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'xhigh' },
    });
    expect(losses.list).toEqual([]);
    const budget = collectLosses();
    expect(
      extra(
        accepted(
          hello({ model: opus, reasoning: { mode: 'on', budgetTokens: 20_000 } }),
          { adaptiveThinking: true, noSampling: true },
          budget,
        ),
      ),
    ).toEqual({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    });
    expect(budget.list).toEqual(['thinking.budget_tokens']);
  });

  it('gives way to a demanded tool', () => {
    const losses = collectLosses();
    const body = accepted(
      hello({ tools: [searchTool], toolChoice: { type: 'required' }, reasoning: { mode: 'on' } }),
      {},
      losses,
    );
    expect(extra(body)).toBeUndefined();
    expect(losses.list).toEqual(['reasoning']);
  });

  it('stops in a tool turn that holds no reasoning of this provider, and goes on in one that does', () => {
    const losses = collectLosses();
    const asked = { tools: [searchTool], reasoning: { mode: 'on' as const } };
    expect(extra(accepted(requestOf([user('a'), call('c1'), result('c1', 'r')], asked), {}, losses))).toBeUndefined();
    expect(losses.list).toEqual(['reasoning']);
    const reasoning = {
      type: 'reasoning',
      text: 'Hm.',
      opaque: { mint: 'p', form: 'signature', data: mint.signature('Hm.') },
    } as const;
    const turn = { role: 'assistant' as const, parts: [reasoning, ...call('c1').parts] };
    expect(thinking(accepted(requestOf([user('a'), turn, result('c1', 'r')], asked)))).toMatchObject({
      type: 'enabled',
    });
  });

  it('is said to other families in their own field, or recorded', () => {
    expect(
      extra(accepted(hello({ model: 'us.amazon.nova-2-lite-v1:0', reasoning: { mode: 'on', effort: 'low' } }))),
    ).toEqual({ reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } });
    expect(
      extra(accepted(hello({ model: 'openai.gpt-oss-120b-1:0', reasoning: { mode: 'on', effort: 'xhigh' } }))),
    ).toEqual({ reasoning_effort: 'high' });
    const losses = collectLosses();
    expect(extra(accepted(hello({ model: llama, reasoning: { mode: 'on' } }), {}, losses))).toBeUndefined();
    expect(
      extra(
        accepted(
          hello({ model: 'anthropic.claude-3-haiku-20240307-v1:0', reasoning: { mode: 'on' } }),
          { reasoning: false },
          losses,
        ),
      ),
    ).toBeUndefined();
    expect(losses.list).toEqual(['reasoning', 'reasoning']);
  });

  it('is not asked for when it is off', () => {
    const losses = collectLosses();
    for (const model of [sonnet, llama])
      expect(extra(accepted(hello({ model, reasoning: { mode: 'off' } }), {}, losses))).toBeUndefined();
    expect(losses.list).toEqual([]);
  });
});

describe('tools', () => {
  const config = (request: CanonicalRequest, losses = collectLosses(), rules = {}): unknown =>
    accepted(request, rules, losses)['toolConfig'];

  it('are sent with their schema', () => {
    expect(config(hello({ tools: [searchTool] }))).toEqual({
      tools: [{ toolSpec: { name: 'search', description: 'Searches', inputSchema: { json: searchTool.parameters } } }],
    });
  });

  it('have a schema of an object, whatever the client sent', () => {
    const losses = collectLosses();
    const tool = {
      kind: 'function',
      name: 'f',
      description: ' ',
      parameters: { anyOf: [{ properties: { a: {} }, required: ['a'] }, { properties: { b: {} } }] },
    } as const;
    expect(config(hello({ tools: [tool, { ...tool, name: 'g', parameters: {} }] }), losses)).toEqual({
      tools: [
        { toolSpec: { name: 'f', inputSchema: { json: { type: 'object', properties: { a: {}, b: {} } } } } },
        { toolSpec: { name: 'g', inputSchema: { json: { type: 'object' } } } },
      ],
    });
    expect(losses.list).toEqual(['/tools/f/parameters']);
  });

  it.each([
    [{ type: 'auto' }, { auto: {} }],
    [{ type: 'required' }, { any: {} }],
    [{ type: 'tool', name: 'search' }, { tool: { name: 'search' } }],
    [{ type: 'allowed', mode: 'required', names: ['search'] }, { any: {} }],
  ] as const)('say the choice %j', (toolChoice, expected) => {
    const losses = collectLosses();
    expect(config(hello({ tools: [searchTool, { ...searchTool, name: 'other' }], toolChoice }), losses)).toMatchObject({
      toolChoice: expected,
    });
    expect(losses.list).toEqual([]);
  });

  it('are only the allowed ones', () => {
    const toolChoice = { type: 'allowed', mode: 'auto', names: ['search'] } as const;
    expect(
      (config(hello({ tools: [searchTool, { ...searchTool, name: 'other' }], toolChoice })) as { tools: unknown[] })
        .tools,
    ).toHaveLength(1);
  });

  it('record a choice the model does not know, or of a tool that is not there', () => {
    const losses = collectLosses();
    expect(
      config(hello({ model: llama, tools: [searchTool], toolChoice: { type: 'required' } }), losses),
    ).not.toHaveProperty('toolChoice');
    expect(
      config(hello({ tools: [searchTool], toolChoice: { type: 'tool', name: 'gone' } }), losses),
    ).not.toHaveProperty('toolChoice');
    expect(
      config(
        hello({
          model: 'mistral.mistral-large-2407-v1:0',
          tools: [searchTool],
          toolChoice: { type: 'tool', name: 'search' },
        }),
        losses,
      ),
    ).toHaveProperty('toolChoice', { any: {} });
    expect(losses.list).toEqual(['tool_choice', 'tool_choice', 'tool_choice']);
  });

  it('are left out when none may be called, or forbidden in words where the history needs them', () => {
    expect(config(hello({ tools: [searchTool], toolChoice: { type: 'none' } }))).toBeUndefined();
    const losses = collectLosses();
    const body = accepted(
      requestOf([user('a'), call('c1'), result('c1', 'r')], { tools: [searchTool], toolChoice: { type: 'none' } }),
      {},
      losses,
    );
    expect(body['toolConfig']).toBeDefined();
    expect(JSON.stringify(body['system'])).toContain('Do not call any tool');
    expect(losses.list).toEqual(['tool_choice']);
  });

  it('of the history are defined although the client offers none any more', () => {
    const losses = collectLosses();
    expect(config(requestOf([user('a'), call('c1'), result('c1', 'r')]), losses)).toMatchObject({
      tools: [{ toolSpec: { name: 'search' } }],
    });
    expect(losses.list).toEqual(['tools']);
  });

  it('become text for models that know none', () => {
    const losses = collectLosses();
    const body = accepted(
      requestOf([user('a'), call('c1', 'search', '{"q":"x"}'), result('c1', 'r')], {
        model: llama,
        tools: [searchTool],
      }),
      { noTools: true },
      losses,
    );
    expect(body).toEqual({
      messages: [
        { role: 'user', content: [{ text: 'a' }] },
        { role: 'assistant', content: [{ text: '[Called search with {"q":"x"}]' }] },
        { role: 'user', content: [{ text: '[Result of c1]' }, { text: 'r' }] },
      ],
    });
    expect(losses.list).toEqual(['/messages/1/c1', 'tools']);
  });

  it('come once a name, and record what Converse cannot promise', () => {
    const losses = collectLosses();
    const strict = { ...searchTool, strict: true };
    expect(
      (config(hello({ tools: [strict, searchTool], parallelToolCalls: false }), losses) as { tools: unknown[] }).tools,
    ).toHaveLength(1);
    expect(losses.list.sort()).toEqual(['/tools/search', '/tools/search/strict', 'parallel_tool_calls']);
  });
});
