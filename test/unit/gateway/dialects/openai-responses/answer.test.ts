import { describe, expect, it } from 'vitest';
import type { CanonicalResponse, JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { openaiResponses } from '../../../../../main/gateway/dialects/openai-responses/openai-responses.ts';
import { answerContext, clientContext, collectLosses, completedEvent, fullStream } from './support.ts';

const wholeAnswer = {
  ...(completedEvent({})['response'] as JsonObject),
  service_tier: 'default',
  output: fullStream
    .filter((data) => data['type'] === 'response.output_item.done')
    .map((data) => data['item'] as JsonObject),
};

const plain: CanonicalResponse = {
  id: 'chatcmpl-1',
  model: 'other',
  parts: [{ type: 'text', text: 'hi' }],
  finish: { reason: 'stop' },
  usage: { inputTokens: 5, outputTokens: 3, cacheReadTokens: 2, cacheWriteTokens: 1, reasoningTokens: 2 },
};

function encodeAnswer(response: Partial<CanonicalResponse>, ...context: Parameters<typeof clientContext>): JsonObject {
  return openaiResponses.encodeAnswer({ ...plain, ...response }, clientContext(...context));
}

describe('decoding an answer', () => {
  it('reads reasoning, text, parallel calls, usage and the reason to stop', () => {
    expect(openaiResponses.decodeAnswer(wholeAnswer, answerContext())).toEqual({
      id: 'resp_1',
      model: 'gpt-5.2',
      createdAt: 1_790_000_000,
      serviceTier: 'default',
      parts: [
        {
          type: 'reasoning',
          text: 'First thought\n\nSecond',
          opaque: { mint: 'p', form: 'encrypted', data: 'gAAAAsecret' },
          id: 'rs_1',
        },
        { type: 'text', text: 'héllo 世界 "q"\n🙂' },
        { type: 'tool-call', id: 'call_a', name: 'get', kind: 'function', input: '{"a":1}' },
        { type: 'tool-call', id: 'call_b', name: 'put', namespace: 'store', kind: 'function', input: '{"b":"é"}' },
      ],
      finish: { reason: 'tool_calls', raw: 'completed' },
      usage: { inputTokens: 50, cacheReadTokens: 40, cacheWriteTokens: 10, outputTokens: 30, reasoningTokens: 12 },
      rawUsage: wholeAnswer['usage' as keyof typeof wholeAnswer],
    });
  });

  it.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content_filter'],
    ['max_messages', 'other'],
  ])('reads incomplete (%s) as %s', (reason, expected) => {
    const body = { status: 'incomplete', incomplete_details: { reason }, output: [] };
    expect(openaiResponses.decodeAnswer(body, answerContext()).finish).toEqual({ reason: expected, raw: reason });
  });

  it('reads refusals, citations, logprobs, custom and search calls, images and raw reasoning; records hosted items', () => {
    const losses = collectLosses();
    const logprob = { token: 'a', logprob: -1, bytes: [97], top_logprobs: [{ token: 'b', logprob: -2, bytes: [98] }] };
    const output = [
      { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'raw' }] },
      {
        type: 'message',
        content: [
          {
            type: 'output_text',
            text: 'a',
            annotations: [{ type: 'url_citation', url: 'https://e.x', title: 'T', start_index: 0, end_index: 1 }],
            logprobs: [logprob],
          },
          { type: 'refusal', refusal: 'no' },
        ],
      },
      { type: 'custom_tool_call', call_id: 'c', name: 'exec', namespace: 'functions', input: '' },
      { type: 'tool_search_call', call_id: 's', execution: 'client', arguments: { q: 1 } },
      { type: 'function_call', call_id: 'e', name: 'none', arguments: '' },
      { type: 'image_generation_call', result: 'AAAA', output_format: 'webp' },
      { type: 'web_search_call' },
      { type: 'tool_search_call', call_id: null, execution: 'server', arguments: {} },
    ];
    const answer = openaiResponses.decodeAnswer({ output }, answerContext(losses));
    expect(answer.parts).toEqual([
      { type: 'reasoning', text: 'raw' },
      { type: 'text', text: 'a', citations: [{ url: 'https://e.x', title: 'T', startIndex: 0, endIndex: 1 }] },
      { type: 'refusal', text: 'no' },
      { type: 'tool-call', id: 'c', name: 'exec', namespace: 'functions', kind: 'custom', input: '' },
      { type: 'tool-call', id: 's', name: 'tool_search', kind: 'tool_search', input: '{"q":1}' },
      { type: 'tool-call', id: 'e', name: 'none', kind: 'function', input: '{}' },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/webp', data: 'AAAA' } },
    ]);
    expect(answer.logprobs).toEqual([
      { token: 'a', logprob: -1, bytes: [97], top: [{ token: 'b', logprob: -2, bytes: [98] }] },
    ]);
    expect(losses.list).toEqual(['output.web_search_call', 'output.tool_search_call']);
    expect(answer.usage).toBeUndefined();
  });

  it('reads an empty object without throwing', () => {
    expect(openaiResponses.decodeAnswer({}, answerContext())).toMatchObject({
      id: '',
      model: '',
      parts: [],
      finish: { reason: 'stop' },
    });
  });

  it('throws for a response that says it failed', () => {
    const body = { status: 'failed', error: { code: 'server_error', message: 'broke' }, output: [] };
    expect(() => openaiResponses.decodeAnswer(body, answerContext())).toThrow('broke');
  });
});

describe('encoding an answer', () => {
  it('gives every field a client reads, with the defaults of the API', () => {
    expect(encodeAnswer({})).toEqual({
      id: 'resp_chatcmpl-1',
      object: 'response',
      created_at: 1_800_000_000,
      status: 'completed',
      background: false,
      error: null,
      incomplete_details: null,
      instructions: null,
      max_output_tokens: null,
      max_tool_calls: null,
      metadata: {},
      model: 'gpt-5.2',
      output: [
        {
          id: 'msg_1',
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'hi', annotations: [], logprobs: [] }],
        },
      ],
      parallel_tool_calls: true,
      previous_response_id: null,
      prompt_cache_key: null,
      reasoning: { effort: null, summary: null },
      safety_identifier: null,
      service_tier: 'default',
      store: true,
      temperature: 1,
      text: { format: { type: 'text' } },
      tool_choice: 'auto',
      tools: [],
      top_logprobs: 0,
      top_p: 1,
      truncation: 'disabled',
      usage: {
        input_tokens: 8,
        input_tokens_details: { cached_tokens: 2, cache_write_tokens: 1 },
        output_tokens: 3,
        output_tokens_details: { reasoning_tokens: 2 },
        total_tokens: 11,
      },
      user: null,
    });
  });

  it('echoes what the client asked', () => {
    const asked = {
      instructions: 'i',
      tools: [{ type: 'web_search' }],
      tool_choice: 'required',
      temperature: 0,
      reasoning: { effort: 'low' },
      text: { verbosity: 'low' },
      store: false,
      previous_response_id: 'resp_0',
      metadata: { a: 'b' },
    };
    expect(encodeAnswer({}, {}, asked)).toMatchObject({
      ...asked,
      reasoning: { effort: 'low', summary: null },
      text: { format: { type: 'text' }, verbosity: 'low' },
    });
  });

  it('gives each kind of call its own item, with namespace and call id', () => {
    const answer = encodeAnswer({
      parts: [
        { type: 'tool-call', id: 'c1', name: 'f', kind: 'function', input: '{}' },
        { type: 'tool-call', id: 'c2', name: 'exec', namespace: 'functions', kind: 'custom', input: 'x' },
        { type: 'tool-call', id: 'c3', name: 'tool_search', kind: 'tool_search', input: '{"q":1}' },
      ],
      finish: { reason: 'tool_calls' },
    });
    expect(answer['output']).toEqual([
      { id: 'fc_1', type: 'function_call', status: 'completed', call_id: 'c1', name: 'f', arguments: '{}' },
      {
        id: 'ctc_2',
        type: 'custom_tool_call',
        status: 'completed',
        call_id: 'c2',
        name: 'exec',
        namespace: 'functions',
        input: 'x',
      },
      {
        id: 'tsc_3',
        type: 'tool_search_call',
        status: 'completed',
        call_id: 'c3',
        execution: 'client',
        arguments: { q: 1 },
      },
    ]);
  });

  it('gives encrypted content only to a client that asked for it, and only what is encrypted content', () => {
    const reasoning = (form: 'encrypted' | 'signature') => ({
      parts: [{ type: 'reasoning' as const, text: 't', id: 'rs_7', opaque: { mint: 'p', form, data: 'enc' } }],
    });
    const item = { id: 'rs_7', type: 'reasoning', summary: [{ type: 'summary_text', text: 't' }] };
    expect(encodeAnswer(reasoning('encrypted'), { includeEncryptedReasoning: true })['output']).toEqual([
      { ...item, encrypted_content: 'enc' },
    ]);
    expect(encodeAnswer(reasoning('encrypted'))['output']).toEqual([item]);
    expect(encodeAnswer(reasoning('signature'), { includeEncryptedReasoning: true })['output']).toEqual([item]);
  });

  it('says incomplete, and which item was cut off, when the answer ended early', () => {
    const parts = [{ type: 'tool-call' as const, id: 'c', name: 'f', kind: 'function' as const, input: '{"a' }];
    const cut = encodeAnswer({ parts, finish: { reason: 'length' } });
    expect(cut).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'incomplete' }],
    });
    expect(encodeAnswer({ finish: { reason: 'content_filter' } })).toMatchObject({
      incomplete_details: { reason: 'content_filter' },
    });
    expect(encodeAnswer({ finish: { reason: 'refusal' } })).toMatchObject({
      incomplete_details: { reason: 'content_filter' },
    });
    const refused = encodeAnswer({ parts: [{ type: 'refusal', text: 'no' }], finish: { reason: 'refusal' } });
    expect(refused).toMatchObject({ status: 'completed', output: [{ content: [{ type: 'refusal', refusal: 'no' }] }] });
  });

  it('writes images as items and records sound; unknown usage is null', () => {
    const losses = collectLosses();
    const source = { kind: 'base64' as const, mediaType: 'image/png', data: 'AA' };
    const answer = encodeAnswer(
      {
        parts: [
          { type: 'image', source },
          { type: 'audio', source },
        ],
        usage: undefined,
      },
      {},
      {},
      losses,
    );
    expect(answer['output']).toEqual([
      { id: 'ig_1', type: 'image_generation_call', status: 'completed', result: 'AA' },
    ]);
    expect(answer['usage']).toBeNull();
    expect(losses.list).toEqual(['audio']);
  });

  it('survives its own decoder', () => {
    const context = answerContext();
    const first = openaiResponses.decodeAnswer(wholeAnswer, context);
    const encoded = openaiResponses.encodeAnswer(first, clientContext({ includeEncryptedReasoning: true }));
    const again = openaiResponses.decodeAnswer(encoded, context);
    expect({ ...again, rawUsage: undefined }).toEqual({ ...first, rawUsage: undefined });
  });
});
