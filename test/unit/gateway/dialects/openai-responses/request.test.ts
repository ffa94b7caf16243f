import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import { GatewayError } from '../../../../../shared/errors/gateway-error.ts';
import type { CanonicalRequest, JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { JsonDocument } from '../../../../../main/gateway/dialects/document.ts';
import { openaiResponses } from '../../../../../main/gateway/dialects/openai-responses/openai-responses.ts';
import { capturedBodies, collectLosses, decode, emptyRequest, encode } from './support.ts';

function refusal(body: JsonObject): GatewayError {
  try {
    decode(body);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('the body was taken');
}

/** What encoding settles on purpose: tools are strict only when asked, nothing is stored, reasoning comes encrypted. */
function settled(request: CanonicalRequest): CanonicalRequest {
  return {
    ...request,
    tools: request.tools.map((tool) => (tool.kind === 'function' ? { ...tool, strict: tool.strict ?? false } : tool)),
    toolChoice: request.tools.length === 0 ? undefined : request.toolChoice,
    parallelToolCalls: request.tools.length === 0 ? undefined : request.parallelToolCalls,
    store: request.store ?? false,
    includeEncryptedReasoning: true,
  };
}

describe('facts', () => {
  const facts = (text: string) => openaiResponses.readFacts(JsonDocument.read(Buffer.from(text)));

  it('reads model and stream', () => {
    expect(facts('{"model":"a","input":"x","stream":true}')).toEqual({ model: 'a', stream: true });
    expect(facts('{"model":"a","input":"x"}')).toEqual({ model: 'a', stream: false });
  });

  it('refuses a model that is no string and a stream that is no boolean', () => {
    expect(() => facts('{"model":1}')).toThrow('model: expected a string, got a number.');
    expect(() => facts('{"model":"a","stream":"yes"}')).toThrow('stream: expected true or false, got a string.');
  });
});

describe('decoding a request', () => {
  it('takes a string as one user message and instructions as the system prompt', () => {
    const request = decode({ model: 'm', input: 'hello', instructions: 'be brief' });
    expect(request.messages).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'be brief' }] },
      { role: 'user', parts: [{ type: 'text', text: 'hello' }] },
    ]);
  });

  it('reads images, files and sound in a user message', () => {
    const content = [
      { type: 'input_text', text: 'see' },
      { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'high' },
      { type: 'input_image', image_url: 'https://e.x/i.png', detail: 'auto' },
      { type: 'input_image', file_id: 'file_1' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' },
      { type: 'input_file', file_url: 'https://e.x/a.pdf' },
      { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } },
    ];
    expect(decode({ input: [{ role: 'user', content }] }).messages[0]?.parts).toEqual([
      { type: 'text', text: 'see' },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' }, detail: 'high' },
      { type: 'image', source: { kind: 'url', url: 'https://e.x/i.png' } },
      { type: 'image', source: { kind: 'file', id: 'file_1' } },
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' }, name: 'a.pdf' },
      { type: 'document', source: { kind: 'url', url: 'https://e.x/a.pdf' } },
      { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'UklG' } },
    ]);
  });

  it('joins reasoning, text and calls into one assistant message and their outputs into one tool message', () => {
    const request = decode({
      input: [
        { type: 'message', role: 'user', content: 'go' },
        {
          type: 'reasoning',
          id: 'rs_1',
          summary: [
            { type: 'summary_text', text: 'a' },
            { type: 'summary_text', text: 'b' },
          ],
          content: null,
          encrypted_content: 'enc',
        },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hm', annotations: [] }] },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '' },
        { type: 'custom_tool_call', call_id: 'c2', name: 'exec', namespace: 'functions', input: 'x = 1' },
        { type: 'function_call_output', call_id: 'c1', output: 'one' },
        {
          type: 'custom_tool_call_output',
          call_id: 'c2',
          output: [
            { type: 'input_text', text: 'two' },
            { type: 'input_image', image_url: 'https://e.x/i' },
          ],
        },
        { type: 'message', role: 'assistant', content: 'done' },
      ],
    });
    expect(request.messages.map((message) => message.role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
    expect(request.messages[1]?.parts).toEqual([
      { type: 'reasoning', text: 'a\n\nb', opaque: { mint: '', form: 'encrypted', data: 'enc' }, id: 'rs_1' },
      { type: 'text', text: 'hm' },
      { type: 'tool-call', id: 'c1', name: 'f', kind: 'function', input: '{}' },
      { type: 'tool-call', id: 'c2', name: 'exec', namespace: 'functions', kind: 'custom', input: 'x = 1' },
    ]);
    expect(request.messages[2]?.parts).toEqual([
      { type: 'tool-result', callId: 'c1', kind: 'function', name: 'f', parts: [{ type: 'text', text: 'one' }] },
      {
        type: 'tool-result',
        callId: 'c2',
        kind: 'custom',
        name: 'exec',
        namespace: 'functions',
        parts: [
          { type: 'text', text: 'two' },
          { type: 'image', source: { kind: 'url', url: 'https://e.x/i' } },
        ],
      },
    ]);
  });

  it('makes tools of additional_tools, tool_search_output and the top level one list without doubles', () => {
    const found = { type: 'function', name: 'late', description: 'old', parameters: null, strict: null };
    const request = decode({
      tools: [
        { type: 'function', name: 'early', parameters: { type: 'object' }, strict: true },
        { type: 'tool_search', execution: 'client', description: 'find', parameters: { type: 'object' } },
        { type: 'web_search', external_web_access: true },
        { type: 'mcp', server_label: 'one', server_url: 'https://e.x' },
      ],
      input: [
        {
          type: 'additional_tools',
          role: 'developer',
          tools: [
            {
              type: 'namespace',
              name: 'ns',
              description: 'd',
              tools: [
                { type: 'custom', name: 'exec', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
                found,
              ],
            },
          ],
        },
        { type: 'tool_search_call', call_id: 's1', execution: 'client', arguments: { query: 'q' } },
        { type: 'tool_search_output', call_id: 's1', execution: 'client', tools: [{ ...found, description: 'new' }] },
        { type: 'tool_search_output', call_id: null, execution: 'server', tools: [{ ...found, description: 'newer' }] },
      ],
    });
    expect(request.tools).toEqual([
      { kind: 'function', name: 'early', parameters: { type: 'object' }, strict: true },
      { kind: 'tool_search', name: 'tool_search', description: 'find', parameters: { type: 'object' } },
      { kind: 'hosted', name: 'web_search', raw: { type: 'web_search', external_web_access: true } },
      { kind: 'hosted', name: 'one', raw: { type: 'mcp', server_label: 'one', server_url: 'https://e.x' } },
      {
        kind: 'custom',
        name: 'exec',
        format: { type: 'grammar', syntax: 'lark', definition: 'x' },
        namespace: 'ns',
        namespaceDescription: 'd',
      },
      {
        kind: 'function',
        name: 'late',
        description: 'old',
        parameters: { type: 'object', properties: {} },
        namespace: 'ns',
        namespaceDescription: 'd',
      },
      { kind: 'function', name: 'late', description: 'newer', parameters: { type: 'object', properties: {} } },
    ]);
    expect(request.messages).toEqual([
      {
        role: 'assistant',
        parts: [{ type: 'tool-call', id: 's1', name: 'tool_search', kind: 'tool_search', input: '{"query":"q"}' }],
      },
      {
        role: 'tool',
        parts: [
          {
            type: 'tool-result',
            callId: 's1',
            kind: 'tool_search',
            name: 'tool_search',
            parts: [{ type: 'text', text: '[{"name":"late","description":"new"}]' }],
          },
        ],
      },
    ]);
  });

  it('records a tool that another of its name replaces', () => {
    const losses = collectLosses();
    const f = (description: string): JsonObject => ({ type: 'function', name: 'f', description, parameters: {} });
    const { tools } = decode({ input: 'x', tools: [f('one'), f('two')] }, losses);
    expect(tools).toMatchObject([{ name: 'f', description: 'two' }]);
    expect(losses.list).toEqual(['/tools/f']);
  });

  it.each([
    ['auto', { type: 'auto' }],
    ['required', { type: 'required' }],
    [
      { type: 'function', name: 'f' },
      { type: 'tool', name: 'f', kind: 'function' },
    ],
    [
      { type: 'custom', name: 'c' },
      { type: 'tool', name: 'c', kind: 'custom' },
    ],
    [
      { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] },
      { type: 'allowed', mode: 'required', names: ['f'] },
    ],
    [{ type: 'web_search_preview' }, { type: 'auto' }],
  ])('reads tool_choice %j', (choice, expected) => {
    expect(decode({ input: '', tool_choice: choice }).toolChoice).toEqual(expected);
  });

  it('reads output format, verbosity, limits, sampling, reasoning and labels', () => {
    const request = decode({
      input: 'x',
      text: {
        format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true, description: 'd' },
        verbosity: 'low',
      },
      max_output_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      top_logprobs: 3,
      include: ['message.output_text.logprobs', 'reasoning.encrypted_content'],
      reasoning: { effort: 'low', summary: 'auto', context: 'all_turns' },
      parallel_tool_calls: false,
      store: false,
      safety_identifier: 'u1',
      user: 'u2',
      metadata: { a: 'b' },
      service_tier: 'flex',
      prompt_cache_key: 'k',
    });
    expect(request).toMatchObject({
      output: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true, description: 'd' },
      verbosity: 'low',
      maxOutputTokens: 100,
      sampling: { temperature: 0.5, topP: 0.9, logprobs: true, topLogprobs: 3 },
      reasoning: { mode: 'on', effort: 'low', summary: 'auto' },
      parallelToolCalls: false,
      store: false,
      includeEncryptedReasoning: true,
      userId: 'u1',
      metadata: { a: 'b' },
      serviceTier: 'flex',
      promptCacheKey: 'k',
    });
  });

  it.each([
    [{ effort: 'none' }, { mode: 'off', effort: 'none' }],
    [{ summary: 'detailed' }, { mode: 'adaptive', summary: 'detailed' }],
    [{ effort: 'ultra' }, { mode: 'on', effort: 'high' }],
    [{}, undefined],
  ])('reads reasoning %j', (reasoning, expected) => {
    expect(decode({ input: '', reasoning }).reasoning).toEqual(expected);
  });

  it('takes null for absent in every optional field', () => {
    const losses = collectLosses();
    const fields = [
      'instructions',
      'tools',
      'tool_choice',
      'parallel_tool_calls',
      'reasoning',
      'max_output_tokens',
      'temperature',
      'top_p',
      'top_logprobs',
      'include',
      'store',
      'metadata',
      'user',
      'background',
      'conversation',
      'prompt',
      'truncation',
      'seed',
    ];
    const body = { input: 'x', ...Object.fromEntries(fields.map((field) => [field, null])) };
    expect(decode(body, losses)).toEqual({
      ...emptyRequest,
      stream: false,
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'x' }] }],
    });
    expect(losses.list).toEqual([]);
  });

  it('records what cannot cross, and hints of no meaning not at all', () => {
    const losses = collectLosses();
    decode(
      {
        input: [
          { type: 'web_search_call', id: 'ws_1', status: 'completed' },
          { type: 'local_shell_call', id: 'ls', call_id: 'c', action: {} },
          { type: 'item_reference', id: 'msg_1' },
          { id: 'msg_2' },
          { type: 'tomorrow_item' },
          { type: 'compaction', encrypted_content: 'gAAAA' },
          { type: 'compaction_trigger' },
        ],
        truncation: 'auto',
        max_tool_calls: 3,
        seed: 7,
        include: ['web_search_call.results'],
        client_metadata: { a: 1 },
        previous_response_id: 'resp_1',
        stream_options: { include_obfuscation: false },
        prompt_cache_retention: '24h',
      },
      losses,
    );
    expect(losses.list.sort()).toEqual([
      'include.web_search_call.results',
      'input.compaction',
      'input.compaction_trigger',
      'input.item_reference',
      'input.item_reference',
      'input.local_shell_call',
      'input.tomorrow_item',
      'input.web_search_call',
      'max_tool_calls',
      'seed',
      'truncation',
    ]);
  });

  it.each<[JsonObject, string]>([
    [{ input: 5 }, 'input: expected a string or an array, got a number.'],
    [{ input: ['x'] }, 'input[0]: expected an object, got a string.'],
    [{ input: [{}] }, 'input[0]: an item needs a type, or a role and content.'],
    [{ input: [{ role: 'user', content: 5 }] }, 'input[0].content: expected a string or an array, got a number.'],
    [{ input: [{ role: 'robot', content: '' }] }, 'input[0].role: "robot" is not a role.'],
    [
      { input: [{ role: 'user', content: [{ type: 'video' }] }] },
      'input[0].content[0].type: "video" is not a content part.',
    ],
    [
      { input: [{ type: 'function_call', name: 'f', arguments: '{}' }] },
      'input[0].call_id: expected a string, got nothing.',
    ],
    [
      { input: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: {} }] },
      'input[0].arguments: expected a string, got an object.',
    ],
    [
      { input: [{ type: 'function_call_output', call_id: 'c', output: { a: 1 } }] },
      'input[0].output: expected a string or an array, got an object.',
    ],
    [{ input: 'x', instructions: [] }, 'instructions: expected a string, got an array.'],
    [{ input: 'x', tools: [{ type: 'function' }] }, 'tools[0].name: expected a string, got nothing.'],
    [
      { input: 'x', tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'namespace' }] }] },
      'tools[0].tools[0].type: a namespace cannot hold another namespace.',
    ],
    [{ input: 'x', tool_choice: 'maybe' }, 'tool_choice: "maybe" is not known.'],
    [{ input: 'x', text: { format: { type: 'xml' } } }, 'text.format.type: "xml" is not known.'],
    [{ input: 'x', temperature: 'hot' }, 'temperature: expected a number, got a string.'],
    [{ input: 'x', metadata: { a: 1 } }, 'metadata.a: expected a string, got a number.'],
    [
      { input: 'x', background: true },
      'background: this model cannot run in the background. Leave background out and use stream: true.',
    ],
    [{ input: 'x', conversation: 'conv_1' }, 'conversation: it is stored at OpenAI.'],
    [{ input: 'x', prompt: { id: 'pmpt_1' } }, 'prompt: the template is stored at OpenAI.'],
  ])('refuses %j', (body, message) => {
    const error = refusal(body);
    expect(error.code).toBe('read.invalid_field');
    expect(error.message).toContain(message);
    expect(error.message.startsWith(`${String(error.param)}:`)).toBe(true);
  });
});

describe('encoding a request', () => {
  it('asks for encrypted reasoning and stores nothing, unless the client wants storing or the model does not reason', () => {
    expect(encode(emptyRequest)).toMatchObject({
      store: false,
      include: ['reasoning.encrypted_content'],
      stream: true,
    });
    expect(encode({ ...emptyRequest, store: true })).not.toHaveProperty('include');
    expect(encode({ ...emptyRequest, store: true })).toHaveProperty('store', true);
    expect(encode(emptyRequest, { reasoning: false })).not.toHaveProperty('include');
  });

  it('says strict: false for a tool and a schema that say nothing, since absent means strict there', () => {
    const body = encode({
      ...emptyRequest,
      tools: [{ kind: 'function', name: 'f', parameters: { type: 'object' } }],
      output: { type: 'json_schema', name: 'n', schema: {} },
    });
    expect(body['tools']).toEqual([{ type: 'function', name: 'f', parameters: { type: 'object' }, strict: false }]);
    expect(body['text']).toEqual({ format: { type: 'json_schema', name: 'n', schema: {}, strict: false } });
  });

  it('leaves out reasoning that has no encrypted content and says so', () => {
    const losses = collectLosses();
    const body = encode(
      {
        ...emptyRequest,
        messages: [
          {
            role: 'assistant',
            parts: [
              { type: 'reasoning', text: 'a', opaque: { mint: 'p', form: 'signature', data: 's' } },
              { type: 'reasoning', text: '', opaque: { mint: 'p', form: 'encrypted', data: 'enc' }, id: 'rs_9' },
              { type: 'text', text: 'b' },
            ],
          },
        ],
      },
      {},
      losses,
    );
    expect(body['input']).toEqual([
      { type: 'reasoning', id: 'rs_9', summary: [], encrypted_content: 'enc' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'b', annotations: [] }] },
    ]);
    expect(losses.list).toEqual(['reasoning']);
  });

  it('follows the rules of the target and records each thing it leaves out or changes', () => {
    const losses = collectLosses();
    const body = encode(
      {
        ...emptyRequest,
        tools: [{ kind: 'function', name: 'f', parameters: {} }],
        parallelToolCalls: true,
        output: { type: 'json_schema', name: 'n', schema: {} },
        maxOutputTokens: 64_000,
        sampling: { temperature: 0.5, topP: 1, topK: 5, seed: 1, stop: ['x'], logitBias: { 1: 2 }, logprobs: true },
        reasoning: { mode: 'on', effort: 'high' },
        metadata: { a: 'b' },
        userId: 'u'.repeat(65),
        serviceTier: 'standard_only',
        candidateCount: 2,
      },
      {
        noSampling: true,
        noJsonSchema: true,
        noParallelToolCalls: true,
        maxOutputTokens: 8000,
        reasoning: false,
        refusedFields: ['metadata'],
      },
      losses,
    );
    expect(body).toEqual({
      model: 'm',
      input: [
        {
          type: 'message',
          role: 'system',
          content: [{ type: 'input_text', text: expect.stringContaining('JSON Schema, named n') as string }],
        },
      ],
      tools: [{ type: 'function', name: 'f', parameters: {}, strict: false }],
      text: { format: { type: 'json_object' } },
      max_output_tokens: 8000,
      store: false,
      stream: true,
    });
    expect(losses.list.sort()).toEqual(
      [
        'parallel_tool_calls',
        'text.format',
        'max_output_tokens',
        'temperature',
        'logprobs',
        'top_k',
        'seed',
        'stop',
        'logit_bias',
        'n',
        'reasoning',
        'metadata',
        'user',
        'service_tier',
      ].sort(),
    );
  });

  it.each([
    [{ mode: 'on', budgetTokens: 2000 } as const, { effort: 'low' }],
    [{ mode: 'on', budgetTokens: 31_999 } as const, { effort: 'high' }],
    [{ mode: 'off' } as const, { effort: 'none' }],
    [{ mode: 'adaptive', summary: 'none' } as const, undefined],
    [{ mode: 'on', effort: 'max', summary: 'detailed' } as const, { effort: 'max', summary: 'detailed' }],
  ])('turns reasoning %j into words', (reasoning, expected) => {
    expect(encode({ ...emptyRequest, reasoning })['reasoning']).toEqual(expected);
  });

  it('raises a limit below the least the API takes', () => {
    expect(encode({ ...emptyRequest, maxOutputTokens: 1 })['max_output_tokens']).toBe(16);
  });

  it('writes documents, tool results with images, and an error result', () => {
    const losses = collectLosses();
    const body = encode(
      {
        ...emptyRequest,
        messages: [
          {
            role: 'user',
            parts: [
              { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JV' } },
              { type: 'document', source: { kind: 'text', text: 'body' }, name: 'a.txt' },
              { type: 'document', source: { kind: 'file', id: 'file-1' } },
              { type: 'image', source: { kind: 'file', id: 'file_elsewhere' } },
            ],
          },
          {
            role: 'tool',
            parts: [
              {
                type: 'tool-result',
                callId: 'c1',
                kind: 'function',
                isError: true,
                parts: [{ type: 'text', text: 'bad' }],
              },
              { type: 'tool-result', callId: 'c2', kind: 'function', parts: [] },
              {
                type: 'tool-result',
                callId: 'c3',
                kind: 'custom',
                parts: [{ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } }],
              },
            ],
          },
        ],
      },
      {},
      losses,
    );
    expect(body['input']).toEqual([
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_file', filename: 'document.pdf', file_data: 'data:application/pdf;base64,JV' },
          { type: 'input_text', text: 'a.txt\n\nbody' },
          { type: 'input_file', file_id: 'file-1' },
        ],
      },
      { type: 'function_call_output', call_id: 'c1', output: 'Error: bad' },
      { type: 'function_call_output', call_id: 'c2', output: '' },
      {
        type: 'custom_tool_call_output',
        call_id: 'c3',
        output: [{ type: 'input_image', image_url: 'data:image/png;base64,AA', detail: 'auto' }],
      },
    ]);
    expect(losses.list).toEqual(['image']);
  });

  it('puts namespaced tools under their namespace and chooses tools by kind', () => {
    const body = encode({
      ...emptyRequest,
      tools: [
        { kind: 'custom', name: 'exec', namespace: 'ns', namespaceDescription: 'd' },
        { kind: 'function', name: 'f', parameters: {} },
        { kind: 'function', name: 'g', parameters: {}, namespace: 'ns' },
      ],
      toolChoice: { type: 'allowed', mode: 'auto', names: ['exec', 'f'] },
    });
    expect(body['tools']).toEqual([
      {
        type: 'namespace',
        name: 'ns',
        description: 'd',
        tools: [
          { type: 'custom', name: 'exec' },
          { type: 'function', name: 'g', parameters: {}, strict: false },
        ],
      },
      { type: 'function', name: 'f', parameters: {}, strict: false },
    ]);
    expect(body['tool_choice']).toEqual({
      type: 'allowed_tools',
      mode: 'auto',
      tools: [
        { type: 'custom', name: 'exec' },
        { type: 'function', name: 'f' },
      ],
    });
  });
});

describe('round trips', () => {
  const bodies = ['codex', 'openai', 'ai-sdk'].flatMap((client) =>
    capturedBodies(client).map((body, index) => [`${client} ${String(index)}`, body] as const),
  );

  it('has captured bodies to work on', () => {
    expect(bodies.length).toBeGreaterThan(20);
  });

  it.each(bodies)('decodes, encodes and decodes the captured body %s to the same request', (_name, body) => {
    const first = decode(body);
    const again = decode(encode(first));
    expect(settled(again)).toEqual(settled(first));
  });

  it('decodes every Codex shape with its tools: namespaces, grammars and tool search', () => {
    const kinds = new Set(
      capturedBodies('codex').flatMap((body) =>
        decode(body).tools.map((tool) => `${tool.kind}${tool.namespace === undefined ? '' : '/ns'}`),
      ),
    );
    expect([...kinds].sort()).toEqual(['custom', 'custom/ns', 'function', 'function/ns', 'hosted', 'tool_search']);
  });

  it('keeps any text and arguments through decode(encode())', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.json(), fc.string({ minLength: 1 }), (text, json, id) => {
        const request: CanonicalRequest = {
          ...emptyRequest,
          messages: [
            { role: 'user', parts: [{ type: 'text', text }] },
            {
              role: 'assistant',
              parts: [
                { type: 'text', text },
                { type: 'tool-call', id, name: 'f', kind: 'function', input: json },
              ],
            },
            {
              role: 'tool',
              parts: [
                {
                  type: 'tool-result',
                  callId: id,
                  kind: 'function',
                  name: 'f',
                  parts: text === '' ? [] : [{ type: 'text', text }],
                },
              ],
            },
          ],
        };
        expect(decode(encode(request)).messages).toEqual(request.messages);
      }),
    );
  });
});
