import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../../../shared/errors/gateway-error.ts';
import { anthropicMessages } from '../../../../../main/gateway/dialects/anthropic-messages/anthropic-messages.ts';
import type { JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { JsonDocument } from '../../../../../main/gateway/dialects/document.ts';
import { capturedBodies, collectLosses, decode, decodeMessages, text } from './support.ts';

const user = (content: JsonObject['content']): JsonObject => ({ role: 'user', content });
const body = (fields: JsonObject): JsonObject => ({
  model: 'claude-sonnet-4-5',
  max_tokens: 10,
  messages: [user('hi')],
  ...fields,
});

function refusal(fields: JsonObject): GatewayError {
  try {
    decode(body(fields));
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('the body was taken');
}

describe('facts', () => {
  const facts = (json: string) => anthropicMessages.readFacts(JsonDocument.read(Buffer.from(json)));

  it('reads model and stream', () => {
    expect(facts('{"model":"a","stream":true}')).toEqual({ model: 'a', stream: true });
    expect(facts('{"model":"a"}')).toEqual({ model: 'a', stream: false });
  });

  it('refuses wrong types', () => {
    expect(() => facts('{"model":1}')).toThrow('model: expected a string, got a number.');
    expect(() => facts('{"model":"a","stream":"yes"}')).toThrow('stream: expected true or false, got a string.');
  });
});

describe('decoding a conversation', () => {
  it('takes system as a string, as blocks and between messages', () => {
    const { messages } = decode(
      body({
        system: [
          { type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } },
          { type: 'text', text: 'b' },
        ],
        messages: [
          user('hi'),
          { role: 'system', content: 'c' },
          { role: 'assistant', content: 'yo' },
          user('x'),
          { role: 'system', content: [{ type: 'text', text: 'd' }] },
        ],
      }),
    );
    expect(messages).toEqual([
      { role: 'system', parts: [{ ...text('a'), cache: { ttl: '1h' } }, text('b')] },
      { role: 'user', parts: [text('hi')] },
      { role: 'system', parts: [text('c')] },
      { role: 'assistant', parts: [text('yo')] },
      { role: 'user', parts: [text('x')] },
      { role: 'system', parts: [text('d')] },
    ]);
    expect(decode(body({ system: 'be brief' })).messages[0]).toEqual({ role: 'system', parts: [text('be brief')] });
  });

  it('leaves Claude Code’s attribution block out without a word, wherever it is no prompt', () => {
    const losses = collectLosses();
    const mark = { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.330.382; cc_entrypoint=sdk-cli;' };
    expect(decode(body({ system: [mark, { type: 'text', text: 'prompt' }] }), losses).messages[0]).toEqual({
      role: 'system',
      parts: [text('prompt')],
    });
    expect(decode(body({ system: [mark] }), losses).messages[0]?.role).toBe('user');
    expect(losses.list).toEqual([]);
  });

  it('reads images and documents from every source', () => {
    const losses = collectLosses();
    const content = [
      {
        type: 'image',
        source: { type: 'base64', media_type: 'image/png', data: 'AAAA' },
        cache_control: { type: 'ephemeral' },
      },
      { type: 'image', source: { type: 'url', url: 'https://e.x/i.png' } },
      { type: 'image', source: { type: 'file', file_id: 'file_1' } },
      {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
        title: 'Report',
        context: 'From 2026.',
        citations: { enabled: true },
      },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'plain' } },
      { type: 'document', source: { type: 'url', url: 'https://e.x/d.pdf' } },
      {
        type: 'document',
        source: {
          type: 'content',
          content: [
            { type: 'text', text: 'one' },
            { type: 'text', text: 'two' },
            { type: 'image', source: { type: 'url', url: 'https://e.x/j.png' } },
          ],
        },
        title: 'Parts',
      },
      { type: 'document', source: { type: 'content', content: 'whole' } },
    ];
    expect(decodeMessages([user(content)], losses)[0]?.parts).toEqual([
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' }, cache: {} },
      { type: 'image', source: { kind: 'url', url: 'https://e.x/i.png' } },
      { type: 'image', source: { kind: 'file', id: 'file_1' } },
      text('About the document "Report": From 2026.'),
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' }, name: 'Report' },
      { type: 'document', source: { kind: 'text', text: 'plain', mediaType: 'text/plain' } },
      { type: 'document', source: { kind: 'url', url: 'https://e.x/d.pdf' } },
      { type: 'document', source: { kind: 'text', text: 'one\ntwo', mediaType: 'text/plain' }, name: 'Parts' },
      { type: 'image', source: { kind: 'url', url: 'https://e.x/j.png' } },
      { type: 'document', source: { kind: 'text', text: 'whole', mediaType: 'text/plain' } },
    ]);
    expect(losses.list).toEqual(['messages[0].content[3].citations']);
  });

  it('reads thinking, redacted thinking and calls, and puts results before what the user said', () => {
    const messages = decodeMessages([
      user('hi'),
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'SIG' },
          { type: 'thinking', thinking: 'unsigned', signature: '' },
          { type: 'redacted_thinking', data: 'RED' },
          { type: 'tool_use', id: 't1', name: 'get', input: { a: 1 }, cache_control: { type: 'ephemeral' } },
          { type: 'tool_use', id: 't2', name: 'now', input: {} },
        ],
      },
      user([
        { type: 'text', text: 'and?' },
        {
          type: 'tool_result',
          tool_use_id: 't1',
          content: [
            { type: 'text', text: 'r' },
            { type: 'image', source: { type: 'url', url: 'https://e.x' } },
          ],
          is_error: true,
        },
        { type: 'tool_result', tool_use_id: 't2', content: 'noon' },
        { type: 'tool_result', tool_use_id: 't3' },
      ]),
    ]);
    expect(messages.slice(1)).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'hm', opaque: { mint: '', form: 'signature', data: 'SIG' } },
          { type: 'reasoning', text: 'unsigned' },
          { type: 'reasoning', text: '', opaque: { mint: '', form: 'redacted', data: 'RED' } },
          { type: 'tool-call', id: 't1', name: 'get', kind: 'function', input: '{"a":1}', cache: {} },
          { type: 'tool-call', id: 't2', name: 'now', kind: 'function', input: '{}' },
        ],
      },
      {
        role: 'tool',
        parts: [
          {
            type: 'tool-result',
            callId: 't1',
            kind: 'function',
            name: 'get',
            isError: true,
            parts: [text('r'), { type: 'image', source: { kind: 'url', url: 'https://e.x' } }],
          },
          { type: 'tool-result', callId: 't2', kind: 'function', name: 'now', parts: [text('noon')] },
          { type: 'tool-result', callId: 't3', kind: 'function', parts: [] },
        ],
      },
      { role: 'user', parts: [text('and?')] },
    ]);
  });

  it('turns search results and compaction summaries into text', () => {
    const content = [
      {
        type: 'search_result',
        source: 'https://e.x',
        title: 'T',
        content: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two' },
        ],
      },
      { type: 'compaction', content: 'Before: much.' },
    ];
    expect(decodeMessages([user(content)])[0]?.parts).toEqual([
      text('T\nhttps://e.x\n\none\ntwo'),
      text('Before: much.'),
    ]);
  });

  it('records blocks that only their provider can use', () => {
    const losses = collectLosses();
    const content = [
      'server_tool_use',
      'web_search_tool_result',
      'code_execution_tool_result',
      'mcp_tool_use',
      'mcp_tool_result',
      'container_upload',
    ].map((type) => ({ type }));
    expect(decodeMessages([user('x'), { role: 'assistant', content }], losses)[1]?.parts).toEqual([]);
    expect(losses.list).toEqual(content.map((_, index) => `messages[1].content[${String(index)}]`));
  });
});

describe('decoding settings', () => {
  it('reads sampling, limits, the user and the tier', () => {
    const request = decode(
      body({
        temperature: 0.5,
        top_p: 0.9,
        top_k: 4,
        stop_sequences: ['a'],
        metadata: { user_id: 'u' },
        service_tier: 'standard_only',
      }),
    );
    expect(request).toMatchObject({
      maxOutputTokens: 10,
      sampling: { temperature: 0.5, topP: 0.9, topK: 4, stop: ['a'] },
      userId: 'u',
      serviceTier: 'default',
    });
  });

  it('reads function tools and keeps the provider’s own whole', () => {
    const losses = collectLosses();
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 3 };
    const tools = [
      {
        name: 'f',
        description: 'd',
        input_schema: schema,
        strict: true,
        cache_control: { type: 'ephemeral' },
        eager_input_streaming: true,
      },
      {
        type: 'custom',
        name: 'g',
        input_schema: schema,
        defer_loading: true,
        input_examples: [{ a: 'x' }],
        allowed_callers: ['code_execution_20260120'],
      },
      search,
      { type: 'bash_20250124', name: 'bash' },
    ];
    expect(decode(body({ tools }), losses).tools).toEqual([
      { kind: 'function', name: 'f', description: 'd', parameters: schema, strict: true, cache: {} },
      { kind: 'function', name: 'g', parameters: schema },
      { kind: 'hosted', name: 'web_search', raw: search },
      { kind: 'hosted', name: 'bash', raw: { type: 'bash_20250124', name: 'bash' } },
    ]);
    expect(losses.list).toEqual(['tools[1].defer_loading', 'tools[1].input_examples', 'tools[1].allowed_callers']);
  });

  it.each([
    [{ type: 'auto' }, { type: 'auto' }, undefined],
    [{ type: 'any', disable_parallel_tool_use: true }, { type: 'required' }, false],
    [{ type: 'tool', name: 'f' }, { type: 'tool', name: 'f' }, undefined],
    [{ type: 'none' }, { type: 'none' }, undefined],
  ])('reads tool_choice %j', (choice, toolChoice, parallel) => {
    const request = decode(body({ tool_choice: choice }));
    expect(request.toolChoice).toEqual(toolChoice);
    expect(request.parallelToolCalls).toBe(parallel);
  });

  it.each<[JsonObject, unknown]>([
    [{ thinking: { type: 'enabled', budget_tokens: 2_000 } }, { mode: 'on', budgetTokens: 2_000, summary: 'auto' }],
    [
      { thinking: { type: 'enabled', budget_tokens: 2_000, display: 'omitted' } },
      { mode: 'on', budgetTokens: 2_000, summary: 'none' },
    ],
    [
      { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'xhigh' } },
      { mode: 'adaptive', effort: 'xhigh', summary: 'auto' },
    ],
    [{ thinking: { type: 'disabled' } }, { mode: 'off' }],
    [{ output_config: { effort: 'low' } }, { mode: 'adaptive', effort: 'low' }],
    [{}, undefined],
  ])('reads thinking of %j', (fields, reasoning) => {
    expect(decode(body(fields)).reasoning).toEqual(reasoning);
  });

  it('reads the answer’s schema in the present and the older place', () => {
    const format = { type: 'json_schema', schema: { type: 'object' } };
    const output = { type: 'json_schema', name: 'output', schema: { type: 'object' } };
    expect(decode(body({ output_config: { format } })).output).toEqual(output);
    expect(decode(body({ output_format: format })).output).toEqual(output);
  });

  it('records by name what others do not have, and passes over hints', () => {
    const losses = collectLosses();
    const fields = {
      context_management: { edits: [] },
      container: 'c',
      mcp_servers: [{ type: 'url' }],
      inference_geo: 'us',
      cache_control: { type: 'ephemeral' },
      diagnostics: null,
      output_config: { task_budget: {} },
    };
    decode(body(fields), losses);
    expect(losses.list).toEqual([
      'context_management',
      'container',
      'mcp_servers',
      'inference_geo',
      'output_config.task_budget',
    ]);
  });

  it('refuses threads in the words that make the SDK send the whole history', () => {
    const error = refusal({ thread: { type: 'create' } });
    expect(error).toMatchObject({
      code: 'read.thread_unsupported',
      status: 400,
      details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
    });
  });
});

describe('strictness', () => {
  const content = (block: JsonObject): JsonObject => ({ messages: [user([block])] });
  it.each<[string, JsonObject]>([
    ['messages', { messages: [] }],
    ['messages', { messages: 'hi' }],
    ['messages[0]', { messages: ['hi'] }],
    ['messages[0].role', { messages: [{ role: 'developer', content: 'x' }] }],
    ['messages[0].content', { messages: [user(5)] }],
    ['messages[0].content[0].type', content({ type: 'video' })],
    ['messages[0].content[0].text', content({ type: 'text' })],
    ['messages[0].content[0].source', content({ type: 'image' })],
    ['messages[0].content[0].source.type', content({ type: 'image', source: { type: 'ftp' } })],
    ['messages[0].content[0].source.media_type', content({ type: 'image', source: { type: 'base64', data: 'A' } })],
    ['messages[0].content[0].tool_use_id', content({ type: 'tool_result' })],
    ['messages[0].content[0].is_error', content({ type: 'tool_result', tool_use_id: 't', is_error: 'yes' })],
    ['messages[0].content[0].input', content({ type: 'tool_use', id: 't', name: 'f', input: '{}' })],
    [
      'messages[0].content[0].cache_control.ttl',
      content({ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '2h' } }),
    ],
    ['system', { system: [{ type: 'image', source: { type: 'url', url: 'https://e.x' } }] }],
    ['max_tokens', { max_tokens: '10' }],
    ['tools', { tools: {} }],
    ['tools[0].name', { tools: [{ input_schema: {} }] }],
    ['tools[0].input_schema', { tools: [{ name: 'f', input_schema: 'x' }] }],
    ['tool_choice.type', { tool_choice: { type: 'required' } }],
    ['thinking.type', { thinking: { type: 'on' } }],
    ['thinking.budget_tokens', { thinking: { type: 'enabled', budget_tokens: '1' } }],
    ['output_config.effort', { output_config: { effort: 'extreme' } }],
    ['output_config.format.type', { output_config: { format: { type: 'json' } } }],
    ['stop_sequences[0]', { stop_sequences: [''] }],
    ['metadata.user_id', { metadata: { user_id: 7 } }],
  ])('names %s when it is wrong', (param, fields) => {
    const error = refusal(fields);
    expect(error).toMatchObject({ code: 'read.invalid_field', param });
    expect(error.message.startsWith(`${param}: `)).toBe(true);
  });
});

describe('bodies of real clients', () => {
  it.each(['anthropic', 'ai-sdk', 'claude-code'])('takes every body of %s that is no thread', (client) => {
    const bodies = capturedBodies(client);
    expect(bodies.length).toBeGreaterThan(3);
    for (const one of bodies) {
      if (one['thread'] !== undefined) expect(() => decode(one)).toThrow('message threads');
      else expect(decode(one).messages.length).toBeGreaterThan(0);
    }
  });
});
