import { describe, expect, it } from 'vitest';
import type { CanonicalMessage, CanonicalRequest, JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import type { TargetRules } from '../../../../../main/gateway/dialects/dialect.ts';
import { encode, encodeChecked, collectLosses, openaiRules } from './support.ts';

describe('a request for a target', () => {
  const user = (...parts: CanonicalMessage['parts']): Partial<CanonicalRequest> => ({
    messages: [{ role: 'user', parts }],
  });
  const contentOf = (encoded: JsonObject, index = 0): unknown =>
    ((encoded['messages'] as JsonObject[])[index] ?? {})['content'];

  it('asks a stream for its usage, unless the target refuses to be asked', () => {
    expect(encodeChecked({ stream: true })).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(encode({ stream: true }, { noStreamOptions: true })).not.toHaveProperty('stream_options');
    expect(encodeChecked({})).not.toHaveProperty('stream');
  });

  it('is taken by OpenAI with every kind of content', () => {
    const messages: CanonicalMessage[] = [
      { role: 'system', parts: [{ type: 'text', text: 's' }], developer: true },
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'é😀' },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' }, detail: 'high' },
          { type: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'AA' } },
          { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JV' }, name: 'a.pdf' },
          { type: 'document', source: { kind: 'text', text: 'plain' }, name: 'n.txt' },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'ok' },
          { type: 'tool-call', id: 'c', name: 'f', kind: 'function', input: '' },
        ],
      },
      {
        role: 'tool',
        parts: [
          {
            type: 'tool-result',
            callId: 'c',
            kind: 'function',
            parts: [{ type: 'text', text: 'boom' }],
            isError: true,
          },
        ],
      },
    ];
    const encoded = encodeChecked({
      messages,
      tools: [{ kind: 'function', name: 'f', parameters: { type: 'object', properties: {} } }],
    });
    expect(encoded['messages']).toEqual([
      { role: 'developer', content: 's' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'é😀' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA', detail: 'high' } },
          { type: 'input_audio', input_audio: { data: 'AA', format: 'mp3' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JV' } },
          { type: 'text', text: 'n.txt:\nplain' },
        ],
      },
      {
        role: 'assistant',
        content: 'ok',
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: 'Error: boom' },
    ]);
  });

  it('says "system" where the developer role is not known, and user text where there are no instructions', () => {
    const messages: CanonicalMessage[] = [{ role: 'system', parts: [{ type: 'text', text: 's' }], developer: true }];
    expect(encode({ messages })['messages']).toEqual([{ role: 'system', content: 's' }]);
    const losses = collectLosses();
    expect(encode({ messages }, { noSystem: true }, losses)['messages']).toEqual([{ role: 'user', content: 's' }]);
    expect(losses.list).toEqual(['/messages/0']);
  });

  it('moves images of tool results behind all results of the turn, and says so', () => {
    const losses = collectLosses();
    const image = { type: 'image', source: { kind: 'url', url: 'https://a.example/x.png' } } as const;
    const messages: CanonicalMessage[] = [
      { role: 'user', parts: [{ type: 'text', text: 'x' }] },
      {
        role: 'assistant',
        parts: ['a', 'b'].map((id) => ({ type: 'tool-call', id, name: 'f', kind: 'function', input: '{}' }) as const),
      },
      {
        role: 'tool',
        parts: [
          { type: 'tool-result', callId: 'a', kind: 'function', name: 'f', parts: [image] },
          {
            type: 'tool-result',
            callId: 'b',
            kind: 'function',
            parts: [
              { type: 'text', text: '1' },
              { type: 'text', text: '2' },
            ],
          },
        ],
      },
    ];
    const encoded = encodeChecked(
      { messages, tools: [{ kind: 'function', name: 'f', parameters: { type: 'object', properties: {} } }] },
      openaiRules,
      losses,
    );
    expect((encoded['messages'] as JsonObject[]).slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'The result is attached below.' },
      { role: 'tool', tool_call_id: 'b', content: '1\n2' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Attached to the result of f:' },
          { type: 'image_url', image_url: { url: 'https://a.example/x.png' } },
        ],
      },
    ]);
    expect(losses.list).toEqual(['/messages/2/a']);
  });

  it('never holds an empty list of parts when everything was lost', () => {
    const losses = collectLosses();
    const encoded = encodeChecked(
      user(
        { type: 'image', source: { kind: 'file', id: 'f' } },
        { type: 'document', source: { kind: 'url', url: 'u' } },
      ),
      openaiRules,
      losses,
    );
    expect(contentOf(encoded)).toBe('');
    expect(losses.list).toEqual(['/messages/0/image', '/messages/0/document']);
  });

  it('gives earlier reasoning only to targets that take it back, under their name', () => {
    const messages: CanonicalMessage[] = [
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'hm' },
          { type: 'text', text: 'x' },
        ],
      },
    ];
    const losses = collectLosses();
    expect(encode({ messages }, {}, losses)['messages']).toEqual([{ role: 'assistant', content: 'x' }]);
    expect(losses.list).toEqual(['/messages/0/reasoning']);
    expect(encode({ messages }, { reasoningField: 'reasoning_content' })['messages']).toEqual([
      { role: 'assistant', content: 'x', reasoning_content: 'hm' },
    ]);
    expect(encode({ messages }, { reasoningField: 'reasoning' })['messages']).toEqual([
      { role: 'assistant', content: 'x', reasoning: 'hm' },
    ]);
  });

  it('gives a refusal back as one', () => {
    const messages: CanonicalMessage[] = [
      { role: 'user', parts: [{ type: 'text', text: 'x' }] },
      { role: 'assistant', parts: [{ type: 'refusal', text: 'No.' }] },
    ];
    expect((encodeChecked({ messages })['messages'] as JsonObject[])[1]).toEqual({
      role: 'assistant',
      content: null,
      refusal: 'No.',
    });
  });

  it('gives Mistral ids of nine letters that are the same for call and result', () => {
    const messages: CanonicalMessage[] = [
      {
        role: 'assistant',
        parts: [
          { type: 'tool-call', id: 'toolu_01ABC', name: 'f', kind: 'function', input: '{}' },
          { type: 'tool-call', id: 'abcdefgh1', name: 'f', kind: 'function', input: '{}' },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool-result', callId: 'toolu_01ABC', kind: 'function', parts: [] }] },
    ];
    const [assistant, result] = encode({ messages }, { mistral: true })['messages'] as JsonObject[];
    const ids = (assistant?.['tool_calls'] as JsonObject[]).map((one) => one['id']);
    expect(ids[0]).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(ids[1]).toBe('abcdefgh1');
    expect(result?.['tool_call_id']).toBe(ids[0]);
  });

  it('follows the rules of the model for limits and sampling', () => {
    const losses = collectLosses();
    const sampling = {
      temperature: 0.3,
      topP: 1,
      presencePenalty: 0,
      seed: 1,
      logprobs: true,
      topLogprobs: 30,
      stop: ['a', 'b', 'c', 'd', 'e'],
      topK: 5,
      minP: 0.1,
      repetitionPenalty: 1.2,
    };
    expect(
      encodeChecked(
        { maxOutputTokens: 900, sampling },
        { maxCompletionTokens: true, maxOutputTokens: 500, noSampling: true, developerRole: true },
        losses,
      ),
    ).toMatchObject({
      max_completion_tokens: 500,
      seed: 1,
      stop: ['a', 'b', 'c', 'd'],
    });
    expect(losses.list).toEqual([
      'max_tokens',
      'temperature',
      'logprobs',
      'top_logprobs',
      'stop',
      'top_k',
      'min_p',
      'repetition_penalty',
    ]);
    expect(
      encodeChecked(
        {
          maxOutputTokens: 9,
          sampling: {
            temperature: 0.3,
            topP: 0.5,
            frequencyPenalty: 1,
            logprobs: true,
            topLogprobs: 30,
            logitBias: { 5: 1 },
          },
        },
        {},
      ),
    ).toMatchObject({
      max_tokens: 9,
      temperature: 0.3,
      top_p: 0.5,
      frequency_penalty: 1,
      logprobs: true,
      top_logprobs: 20,
      logit_bias: { 5: 1 },
    });
    expect(encode({ sampling: { seed: 3 } }, { mistral: true })).toMatchObject({ random_seed: 3 });
  });

  it.each<[CanonicalRequest['reasoning'], object, unknown]>([
    [{ mode: 'on', effort: 'high' }, { reasoningParameter: 'reasoning_effort' }, { reasoning_effort: 'high' }],
    [{ mode: 'on', budgetTokens: 9000 }, { reasoningParameter: 'reasoning_effort' }, { reasoning_effort: 'medium' }],
    [{ mode: 'off' }, { reasoning: true }, { reasoning_effort: 'none' }],
    [{ mode: 'on', effort: 'max' }, { reasoning: true }, { reasoning_effort: 'xhigh' }],
    [{ mode: 'on', effort: 'max' }, { reasoning: true, developerRole: true }, { reasoning_effort: 'max' }],
    [{ mode: 'adaptive' }, { reasoning: true }, {}],
    [{ mode: 'on', effort: 'high' }, {}, {}],
    [
      { mode: 'on', budgetTokens: 9000, summary: 'none' },
      { reasoningParameter: 'reasoning' },
      { reasoning: { max_tokens: 9000, exclude: true } },
    ],
    [{ mode: 'on', effort: 'low' }, { reasoningParameter: 'reasoning' }, { reasoning: { effort: 'low' } }],
    [{ mode: 'adaptive' }, { reasoningParameter: 'reasoning' }, { reasoning: { enabled: true } }],
    [{ mode: 'off' }, { reasoningParameter: 'reasoning' }, { reasoning: { effort: 'none' } }],
  ])('says the reasoning %j under the rules %j as %j', (reasoning, rules, expected) => {
    const { reasoning_effort, reasoning: nested } = encode({ reasoning }, rules);
    expect(JSON.parse(JSON.stringify({ reasoning_effort, reasoning: nested }))).toEqual(expected);
  });

  it('says the output format, or asks for JSON where a schema is not known', () => {
    const output = {
      type: 'json_schema',
      name: 'n',
      schema: { type: 'object', properties: {} },
      strict: false,
    } as const;
    expect(encodeChecked({ output })['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'n', schema: { type: 'object', properties: {} }, strict: false },
    });
    const losses = collectLosses();
    expect(encode({ output }, { noJsonSchema: true }, losses)['response_format']).toEqual({ type: 'json_object' });
    expect(losses.list).toEqual(['response_format']);
    expect(encode({ output: { type: 'text' } })).not.toHaveProperty('response_format');
  });

  it('tells the format in words where it cannot be enforced, and names JSON for JSON mode, which is refused without', () => {
    const told = encode(
      {
        messages: [
          { role: 'system', parts: [{ type: 'text', text: 'Be kind.' }] },
          { role: 'user', parts: [{ type: 'text', text: 'hi' }] },
        ],
        output: { type: 'json_schema', name: 'n', schema: { type: 'object', title: 'Here' } },
      },
      { noJsonSchema: true },
    )['messages'] as JsonObject[];
    expect(told.map((message) => message['role'])).toEqual(['system', 'system', 'user']);
    expect(told[1]?.['content']).toContain('"title":"Here"');
    const roles = (text: string, rules: TargetRules = {}): unknown[] =>
      (
        encodeChecked(
          { messages: [{ role: 'user', parts: [{ type: 'text', text }] }], output: { type: 'json' } },
          rules,
        )['messages'] as JsonObject[]
      ).map((message) => message['role']);
    expect(roles('hi')).toEqual(['system', 'user']);
    expect(roles('hi', { noSystem: true })).toEqual(['user', 'user']);
    expect(roles('As JSON, please.')).toEqual(['user']);
  });

  it('enforces a schema of a client that cannot say strict, if strict mode takes it', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false };
    const strict = (required: readonly string[]): [unknown, readonly string[]] => {
      const losses = collectLosses();
      const output = { type: 'json_schema', name: 'n', schema: { ...schema, required } } as const;
      const format = encodeChecked({ output }, openaiRules, losses)['response_format'] as JsonObject;
      return [(format['json_schema'] as JsonObject)['strict'], losses.list];
    };
    expect(strict(['a'])).toEqual([true, []]);
    expect(strict([])).toEqual([false, ['response_format/strict']]);
  });

  it('says tool choice in the words of the target', () => {
    const tools = ['f', 'g'].map(
      (name) => ({ kind: 'function', name, parameters: { type: 'object', properties: {} } }) as const,
    );
    const allowed = { type: 'allowed', mode: 'required', names: ['g'] } as const;
    expect(encodeChecked({ tools, toolChoice: allowed })['tool_choice']).toEqual({
      type: 'allowed_tools',
      allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] },
    });
    const elsewhere = encode({ tools, toolChoice: allowed });
    expect(elsewhere).toMatchObject({ tool_choice: 'required', tools: [{ function: { name: 'g' } }] });
    expect(elsewhere['tools']).toHaveLength(1);
    expect(encode({ tools, toolChoice: { type: 'required' } }, { mistral: true })['tool_choice']).toBe('any');
    expect(encodeChecked({ tools, toolChoice: { type: 'tool', name: 'f' } })['tool_choice']).toEqual({
      type: 'function',
      function: { name: 'f' },
    });
    expect(encode({ toolChoice: { type: 'none' }, parallelToolCalls: false })).not.toHaveProperty('tool_choice');
  });

  it('loses tools, fields and ids a target refuses, each by name', () => {
    const losses = collectLosses();
    const tools = [{ kind: 'function', name: 'f', parameters: {} }] as const;
    const encoded = encode(
      {
        tools,
        parallelToolCalls: true,
        userId: 'u'.repeat(65),
        metadata: { a: 'b' },
        serviceTier: 'standard_only',
        candidateCount: 2,
        verbosity: 'low',
        store: true,
        promptCacheKey: 'k',
      },
      { noTools: true, refusedFields: ['verbosity', 'store', 'prompt_cache_key'] },
      losses,
    );
    expect(Object.keys(encoded)).toEqual(['model', 'messages', 'metadata']);
    expect(losses.list).toEqual(['tools', 'user', 'service_tier', 'n', 'verbosity', 'prompt_cache_key']);
    expect(encode({ metadata: { a: 'b' } }, {}, losses)).not.toHaveProperty('metadata');
    expect(losses.list).toContain('metadata');
    const more = collectLosses();
    encode({ tools, parallelToolCalls: true }, { noParallelToolCalls: true }, more);
    expect(more.list).toEqual(['parallel_tool_calls']);
  });
});
