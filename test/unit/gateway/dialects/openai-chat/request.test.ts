import { describe, expect, it } from 'vitest';
import type { CanonicalRequest, JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { JsonDocument } from '../../../../../main/gateway/dialects/document.ts';
import { openaiChat, usageInjection } from '../../../../../main/gateway/dialects/openai-chat/openai-chat.ts';
import { capturedBodies, decode, decodeUser, encode, collectLosses, openaiRules, refusal } from './support.ts';

const hi: JsonObject = { role: 'user', content: 'hi' };

function body(fields: JsonObject): JsonObject {
  return { model: 'gpt-4.1', messages: [hi], ...fields };
}

const call = (id: string, name: string, args: unknown): JsonObject => ({
  id,
  type: 'function',
  function: { name, arguments: args as string },
});

describe('readFacts', () => {
  const facts = (text: string): unknown => openaiChat.readFacts(JsonDocument.read(Buffer.from(text)));

  it('reads model and stream', () => {
    expect(facts('{"model":"m","stream":true}')).toEqual({ model: 'm', stream: true });
    expect(facts('{"model":"m","stream":null}')).toEqual({ model: 'm', stream: false });
  });

  it.each(['{}', '{"model":""}', '{"model":5}', '{"model":"m","stream":"yes"}'])('refuses %s', (text) => {
    expect(() => facts(text)).toThrow(expect.objectContaining({ code: 'read.invalid_field' }) as Error);
  });
});

describe('usage injection', () => {
  const inject = (text: string): [boolean, unknown] => {
    const document = JsonDocument.read(Buffer.from(text));
    const hides = usageInjection(document);
    return [hides, JSON.parse(document.render().toString())];
  };

  it('asks for usage where the client did not, keeping its other options', () => {
    expect(inject('{"model":"m"}')).toEqual([true, { model: 'm', stream_options: { include_usage: true } }]);
    expect(inject('{"stream_options":null}')).toEqual([true, { stream_options: { include_usage: true } }]);
    expect(inject('{"stream_options":{"include_obfuscation":false,"include_usage":false}}')).toEqual([
      true,
      { stream_options: { include_obfuscation: false, include_usage: true } },
    ]);
  });

  it('leaves a request that asks itself alone', () => {
    expect(inject('{"stream_options":{"include_usage":true}}')).toEqual([
      false,
      { stream_options: { include_usage: true } },
    ]);
  });
});

describe('messages of a client', () => {
  it('keep roles, names, unicode and the word for instructions', () => {
    const messages = [
      { role: 'system', content: 'Be kind. 漢字 😀' },
      { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'user', content: 'hi', name: 'ann' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ];
    expect(decode(body({ messages })).messages).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'Be kind. 漢字 😀' }], developer: false },
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }], developer: true },
      { role: 'user', parts: [{ type: 'text', text: 'hi' }], name: 'ann' },
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ]);
  });

  it('hold images by URL and as bytes, sounds and documents', () => {
    expect(
      decodeUser([
        { type: 'image_url', image_url: { url: 'https://a.example/x.png', detail: 'low' } },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
        { type: 'image_url', image_url: 'https://a.example/y.png' },
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
        { type: 'file', file: { file_data: 'JVBE' } },
        { type: 'file', file: { file_id: 'file-1' } },
      ]),
    ).toEqual([
      { type: 'image', source: { kind: 'url', url: 'https://a.example/x.png' }, detail: 'low' },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBO' } },
      { type: 'image', source: { kind: 'url', url: 'https://a.example/y.png' } },
      { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AAAA' } },
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' }, name: 'a.pdf' },
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' } },
      { type: 'document', source: { kind: 'file', id: 'file-1' } },
    ]);
  });

  it.each([
    ['data:text/plain;charset=utf-8;base64,aGk=', 'text/plain', 'aGk='],
    ['data:image/svg+xml,%3Csvg%2F%3E', 'image/svg+xml', Buffer.from('<svg/>').toString('base64')],
    ['data:;base64,aGk=', 'application/octet-stream', 'aGk='],
  ])('read the data URL %s', (url, mediaType, data) => {
    expect(decodeUser([{ type: 'image_url', image_url: { url } }])).toEqual([
      { type: 'image', source: { kind: 'base64', mediaType, data } },
    ]);
  });

  it('keep cache marks of parts and of whole messages', () => {
    const messages = [
      { role: 'system', content: 'rules', cache_control: { type: 'ephemeral' } },
      { role: 'user', content: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
    ];
    const parts = decode(body({ messages })).messages.flatMap((message) => message.parts);
    expect(parts).toEqual([
      { type: 'text', text: 'rules', cache: {} },
      { type: 'text', text: 'x', cache: { ttl: '1h' } },
    ]);
  });

  it('hold parallel calls, and their results as one run that knows the names', () => {
    const messages = [
      hi,
      {
        role: 'assistant',
        content: null,
        tool_calls: [call('call_1', 'weather', '{"city":"Köln"}'), call('call_2', 'time', '')],
      },
      { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: '12:00' }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
      { role: 'tool', tool_call_id: 'call_9', content: null },
    ];
    expect(decode(body({ messages })).messages.slice(1)).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'tool-call', id: 'call_1', name: 'weather', kind: 'function', input: '{"city":"Köln"}' },
          { type: 'tool-call', id: 'call_2', name: 'time', kind: 'function', input: '{}' },
        ],
      },
      {
        role: 'tool',
        parts: [
          {
            type: 'tool-result',
            callId: 'call_2',
            kind: 'function',
            name: 'time',
            parts: [{ type: 'text', text: '12:00' }],
          },
          {
            type: 'tool-result',
            callId: 'call_1',
            kind: 'function',
            name: 'weather',
            parts: [{ type: 'text', text: 'sunny' }],
          },
          { type: 'tool-result', callId: 'call_9', kind: 'function', parts: [] },
        ],
      },
    ]);
  });

  it.each([
    ['', '{}'],
    [' ', '{}'],
    ['null', '{}'],
    [undefined, '{}'],
    [{ a: 1 }, '{"a":1}'],
    ['{"a": 1}', '{"a": 1}'],
  ])('never hold empty arguments: %j becomes %s', (args, input) => {
    const messages = [hi, { role: 'assistant', tool_calls: [call('c', 'f', args)] }];
    expect(decode(body({ messages })).messages[1]?.parts[0]).toMatchObject({ input });
  });

  it('keep free-form calls and a signature of Google', () => {
    const messages = [
      hi,
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          { id: 'c1', type: 'custom', custom: { name: 'patch', input: '*** Begin' } },
          { ...call('c2', 'f', '{}'), extra_content: { google: { thought_signature: 'c2ln' } } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'ok' },
    ];
    const decoded = decode(body({ messages })).messages;
    expect(decoded[1]?.parts).toEqual([
      { type: 'tool-call', id: 'c1', name: 'patch', kind: 'custom', input: '*** Begin' },
      {
        type: 'tool-call',
        id: 'c2',
        name: 'f',
        kind: 'function',
        input: '{}',
        opaque: { mint: '', form: 'thought_signature', data: 'c2ln' },
      },
    ]);
    expect(decoded[2]?.parts[0]).toMatchObject({ kind: 'custom', name: 'patch' });
  });

  it('give the calls of the old form ids of their own, so that a second call of a name is another', () => {
    const old = (args: string): JsonObject => ({
      role: 'assistant',
      content: null,
      function_call: { name: 'f', arguments: args },
    });
    const messages = [
      hi,
      old('{"n":1}'),
      { role: 'function', name: 'f', content: 'one' },
      old('{"n":2}'),
      { role: 'function', name: 'f', content: 'two' },
    ];
    const parts = decode(body({ messages }))
      .messages.slice(1)
      .flatMap((message) => message.parts);
    expect(
      parts.map((part) => (part.type === 'tool-call' ? part.id : part.type === 'tool-result' ? part.callId : '')),
    ).toEqual(['call_f', 'call_f', 'call_f_2', 'call_f_2']);
  });

  it.each<[JsonObject, string]>([
    [{ reasoning_content: 'hm' }, 'hm'],
    [{ reasoning: 'hm' }, 'hm'],
    [
      {
        reasoning: '',
        reasoning_details: [
          { type: 'reasoning.text', text: 'h' },
          { type: 'reasoning.summary', summary: 'm' },
        ],
      },
      'hm',
    ],
    [
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'yes' },
        ],
      },
      'hm',
    ],
  ])('read reasoning from %j', (fields, text) => {
    const messages = [hi, { role: 'assistant', content: 'yes', ...fields }];
    expect(decode(body({ messages })).messages[1]?.parts).toEqual([
      { type: 'reasoning', text },
      { type: 'text', text: 'yes' },
    ]);
  });

  it('read refusals from either place and leave empty ones out', () => {
    const messages = [
      hi,
      { role: 'assistant', content: null, refusal: 'No.' },
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }], refusal: '' },
    ];
    expect(
      decode(body({ messages }))
        .messages.slice(1)
        .map((message) => message.parts),
    ).toEqual([[{ type: 'refusal', text: 'No.' }], [{ type: 'refusal', text: 'No.' }]]);
  });

  it('lose what no other dialect has by name, and nothing that SDK helpers leave behind', () => {
    const losses = collectLosses();
    const messages = [
      hi,
      {
        role: 'assistant',
        content: 'x',
        audio: { id: 'a' },
        annotations: [],
        parsed: null,
        refusal: null,
        function_call: null,
      },
      {
        role: 'user',
        content: [
          { type: 'video_url', video_url: { url: 'u' } },
          { type: 'text', text: 'x' },
        ],
      },
      {
        role: 'tool',
        tool_call_id: 'c',
        content: [{ type: 'input_audio', input_audio: { data: 'A', format: 'wav' } }],
      },
    ];
    decode(
      body({
        messages,
        prediction: { type: 'content', content: 'x' },
        web_search_options: {},
        logit_bias: null,
        modalities: ['text'],
      }),
      losses,
    );
    expect(losses.list).toEqual([
      'prediction',
      'web_search_options',
      '/messages/1/audio',
      '/messages/2/content/0',
      '/messages/3/content',
    ]);
  });
});

describe('a client body is refused', () => {
  it.each<[JsonObject, string, string]>([
    [{ messages: [] }, 'messages', 'at least one'],
    [{ messages: 'hi' }, 'messages', 'a string'],
    [{ messages: [5] }, 'messages[0]', 'a number'],
    [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role', '"robot"'],
    [{ messages: [{ content: 'x' }] }, 'messages[0].role', 'nothing'],
    [
      { messages: [hi, { role: 'user', content: 5 }] },
      'messages[1].content',
      'expected a string or an array, got a number.',
    ],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content', 'got nothing'],
    [{ messages: [{ role: 'user', content: [{ type: 'poem' }] }] }, 'messages[0].content[0].type', '"poem"'],
    [{ messages: [{ role: 'user', content: ['x'] }] }, 'messages[0].content[0]', 'a string'],
    [{ messages: [{ role: 'user', content: [{ type: 'text', text: 1 }] }] }, 'messages[0].content[0].text', 'a number'],
    [
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
      'messages[0].content[0].image_url.url',
      'nothing',
    ],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id', 'nothing'],
    [{ messages: [{ role: 'assistant', tool_calls: {} }] }, 'messages[0].tool_calls', 'an object'],
    [
      { messages: [{ role: 'assistant', tool_calls: [{ function: { name: 'f' } }] }] },
      'messages[0].tool_calls[0].id',
      'nothing',
    ],
    [
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'c', function: { name: '' } }] }] },
      'messages[0].tool_calls[0].function.name',
      'empty',
    ],
    [
      { tools: [{ type: 'function', function: { name: 'f', parameters: 'x' } }] },
      'tools[0].function.parameters',
      'a string',
    ],
    [{ tools: [{ type: 'function' }] }, 'tools[0].function', 'nothing'],
    [{ tool_choice: 'maybe' }, 'tool_choice', '"maybe"'],
    [{ tool_choice: { type: 'function' } }, 'tool_choice.function.name', 'nothing'],
    [
      { tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'any', tools: [] } } },
      'tool_choice.allowed_tools.mode',
      '"any"',
    ],
    [{ temperature: 'hot' }, 'temperature', 'a string'],
    [{ max_tokens: '5' }, 'max_tokens', 'a string'],
    [{ stop: 5 }, 'stop', 'a number'],
    [{ stop: [5] }, 'stop[0]', 'a number'],
    [{ logit_bias: { 5: 'x' } }, 'logit_bias.5', 'a string'],
    [{ metadata: { a: 1 } }, 'metadata.a', 'a number'],
    [{ metadata: 'x' }, 'metadata', 'a string'],
    [{ stream_options: true }, 'stream_options', 'a boolean'],
    [{ reasoning_effort: 'huge' }, 'reasoning_effort', '"huge"'],
    [{ reasoning_effort: 3 }, 'reasoning_effort', 'a number'],
    [{ reasoning: { effort: 'huge' } }, 'reasoning.effort', '"huge"'],
    [{ response_format: { type: 'xml' } }, 'response_format.type', '"xml"'],
    [{ response_format: { type: 'json_schema', json_schema: {} } }, 'response_format.json_schema.name', 'nothing'],
    [{ parallel_tool_calls: 1 }, 'parallel_tool_calls', 'a number'],
  ])('for %j, naming %s', (fields, param, text) => {
    const error = refusal(body(fields));
    expect(error).toMatchObject({ code: 'read.invalid_field', param, status: 400 });
    expect(error.message).toContain(`${param}: `);
    expect(error.message).toContain(text);
  });
});

describe('settings of a client', () => {
  it('are read one by one', () => {
    const request = decode(
      body({
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 5,
        max_completion_tokens: 6,
        temperature: 0.5,
        top_p: 0.9,
        top_k: 40,
        min_p: 0.1,
        frequency_penalty: 1,
        presence_penalty: -1,
        repetition_penalty: 1.1,
        seed: 7,
        stop: 'END',
        n: 2,
        logprobs: true,
        top_logprobs: 3,
        logit_bias: { 50256: -100 },
        verbosity: 'low',
        user: 'u',
        safety_identifier: 's',
        metadata: { a: 'b' },
        service_tier: 'flex',
        prompt_cache_key: 'k',
        store: false,
        parallel_tool_calls: false,
      }),
    );
    expect(request).toMatchObject({
      stream: true,
      includeUsage: true,
      maxOutputTokens: 6,
      sampling: {
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        minP: 0.1,
        frequencyPenalty: 1,
        presencePenalty: -1,
        repetitionPenalty: 1.1,
        seed: 7,
        stop: ['END'],
        logprobs: true,
        topLogprobs: 3,
        logitBias: { 50256: -100 },
      },
      candidateCount: 2,
      verbosity: 'low',
      userId: 's',
      metadata: { a: 'b' },
      serviceTier: 'flex',
      promptCacheKey: 'k',
      store: false,
      parallelToolCalls: false,
    });
  });

  it.each<[JsonObject, CanonicalRequest['reasoning']]>([
    [{}, undefined],
    [{ reasoning_effort: null }, undefined],
    [{ reasoning_effort: 'high' }, { mode: 'on', effort: 'high' }],
    [{ reasoning_effort: 'none' }, { mode: 'off', effort: 'none' }],
    [{ reasoning: { max_tokens: 2000, exclude: true } }, { mode: 'on', budgetTokens: 2000, summary: 'none' }],
    [{ reasoning: { enabled: true } }, { mode: 'on' }],
    [{ reasoning: { enabled: false } }, { mode: 'off' }],
    [{ reasoning: { effort: 'low', summary: 'detailed' } }, { mode: 'on', effort: 'low', summary: 'detailed' }],
    [{ thinking: { type: 'disabled' } }, { mode: 'off' }],
    [{ thinking: { type: 'enabled', budget_tokens: 9 } }, { mode: 'on', budgetTokens: 9 }],
    [{ thinking: { type: 'adaptive' } }, { mode: 'adaptive' }],
  ])('for reasoning %j mean %j', (fields, reasoning) => {
    expect(decode(body(fields)).reasoning).toEqual(reasoning);
  });

  it.each<[unknown, CanonicalRequest['output']]>([
    [{ type: 'text' }, { type: 'text' }],
    [{ type: 'json_object' }, { type: 'json' }],
    [
      { type: 'json_schema', json_schema: { name: 'n', strict: true, description: 'd', schema: { type: 'object' } } },
      { type: 'json_schema', name: 'n', strict: true, description: 'd', schema: { type: 'object' } },
    ],
  ])('for output %j mean %j', (format, output) => {
    expect(decode(body({ response_format: format as JsonObject })).output).toEqual(output);
  });

  it('for tools keep kind, schema, strictness and grammar; a hosted one stays as it is', () => {
    const parameters = { type: 'object', properties: { a: { type: 'string' } } };
    const tools = [
      { type: 'function', function: { name: 'f', description: 'd', parameters, strict: true } },
      { function: { name: 'g' } },
      {
        type: 'custom',
        custom: {
          name: 'p',
          description: 'd',
          format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: A' } },
        },
      },
      { type: 'browser_search' },
      {
        type: 'function',
        function: { name: 'h', parameters: null, strict: null },
        cache_control: { type: 'ephemeral' },
      },
    ];
    expect(decode(body({ tools, functions: [{ name: 'old' }] })).tools).toEqual([
      { kind: 'function', name: 'f', description: 'd', parameters, strict: true },
      { kind: 'function', name: 'g', parameters: { type: 'object', properties: {} } },
      {
        kind: 'custom',
        name: 'p',
        description: 'd',
        format: { type: 'grammar', syntax: 'lark', definition: 'start: A' },
      },
      { kind: 'hosted', name: 'browser_search', raw: { type: 'browser_search' } },
      { kind: 'function', name: 'h', parameters: { type: 'object', properties: {} }, cache: {} },
      { kind: 'function', name: 'old', parameters: { type: 'object', properties: {} } },
    ]);
  });

  it.each<[JsonObject, CanonicalRequest['toolChoice']]>([
    [{ tool_choice: 'auto' }, { type: 'auto' }],
    [{ tool_choice: 'none' }, { type: 'none' }],
    [{ tool_choice: 'required' }, { type: 'required' }],
    [{ tool_choice: 'any' }, { type: 'required' }],
    [{ tool_choice: { type: 'function', function: { name: 'f' } } }, { type: 'tool', name: 'f', kind: 'function' }],
    [{ tool_choice: { type: 'custom', custom: { name: 'p' } } }, { type: 'tool', name: 'p', kind: 'custom' }],
    [{ function_call: { name: 'old' } }, { type: 'tool', name: 'old', kind: 'function' }],
    [
      {
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] },
        },
      },
      { type: 'allowed', mode: 'required', names: ['f'] },
    ],
  ])('for tool choice %j mean %j', (fields, choice) => {
    expect(decode(body(fields)).toolChoice).toEqual(choice);
  });
});

describe('round trip', () => {
  const rules = { ...openaiRules, reasoningField: 'reasoning_content' } as const;
  const again = (request: CanonicalRequest): CanonicalRequest => decode(encode(request, rules));

  it.each(capturedBodies().map((captured, index) => [index, captured] as const))(
    'of recorded body %i is what it was',
    (_index, captured) => {
      const once = decode(captured);
      expect(again(once)).toEqual({ ...once, includeUsage: once.stream });
    },
  );

  it('keeps everything this dialect can say', () => {
    const once = decode(
      body({
        stream: true,
        stream_options: { include_usage: true },
        messages: [
          {
            role: 'system',
            content: [
              { type: 'text', text: 'a' },
              { type: 'text', text: 'b' },
            ],
          },
          { role: 'developer', content: 'd' },
          {
            role: 'user',
            name: 'ann',
            content: [
              { type: 'text', text: '漢😀' },
              { type: 'image_url', image_url: { url: 'data:image/png;base64,AA', detail: 'low' } },
              { type: 'image_url', image_url: { url: 'https://a.example/x' } },
            ],
          },
          {
            role: 'user',
            content: [
              { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JV' } },
              { type: 'input_audio', input_audio: { data: 'AA', format: 'mp3' } },
            ],
          },
          {
            role: 'assistant',
            content: 'x',
            reasoning_content: 'hm',
            tool_calls: [
              { ...call('c1', 'f', '{"a":"é"}'), extra_content: { google: { thought_signature: 'c2ln' } } },
              call('c2', 'g', '{}'),
            ],
          },
          { role: 'tool', tool_call_id: 'c1', content: 'one' },
          { role: 'tool', tool_call_id: 'c2', content: 'two' },
          { role: 'assistant', content: null, refusal: 'No.' },
        ],
        tools: [
          {
            type: 'function',
            function: { name: 'f', description: 'd', parameters: { type: 'object', properties: {} }, strict: true },
          },
          { type: 'function', function: { name: 'g', parameters: { type: 'object' } } },
        ],
        tool_choice: { type: 'function', function: { name: 'f' } },
        parallel_tool_calls: false,
        response_format: { type: 'json_schema', json_schema: { name: 'n', strict: true, schema: { type: 'object' } } },
        max_completion_tokens: 9,
        temperature: 0.1,
        top_p: 0.2,
        frequency_penalty: 0.3,
        presence_penalty: 0.4,
        seed: 5,
        stop: ['a', 'b'],
        logprobs: true,
        top_logprobs: 2,
        logit_bias: { 1: 2 },
        reasoning_effort: 'low',
        verbosity: 'high',
        user: 'u',
        metadata: { a: 'b' },
        store: true,
        service_tier: 'flex',
        prompt_cache_key: 'k',
      }),
    );
    expect(again(once)).toEqual(once);
  });
});
