import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import type { JsonObject, StreamPart } from '../../../../../main/gateway/dialects/canonical.ts';
import { asString } from '../../../../../main/gateway/dialects/dialect.ts';
import { openaiResponses } from '../../../../../main/gateway/dialects/openai-responses/openai-responses.ts';
import {
  answerContext,
  clientContext,
  collectLosses,
  completedEvent,
  decodeStream,
  event,
  fullStream,
  joined,
  readWire,
} from './support.ts';

const created = { type: 'response.created', response: { id: 'resp_1', created_at: 1, model: 'm' } };
const start: StreamPart = { type: 'response-start', id: 'resp_1', model: 'm', createdAt: 1 };

function types(parts: readonly StreamPart[]): string[] {
  return parts.map((part) => part.type);
}

function encodeAll(parts: readonly StreamPart[], ...context: Parameters<typeof clientContext>): string {
  const encoder = openaiResponses.createStreamEncoder(clientContext(...context));
  return parts.map((part) => encoder.encode(part)).join('');
}

describe('decoding a stream', () => {
  it('gives reasoning, text and parallel calls their own blocks, in order', () => {
    expect(joined(decodeStream(fullStream))).toEqual([
      { type: 'response-start', id: 'resp_1', model: 'gpt-5.2', createdAt: 1_790_000_000 },
      { type: 'reasoning-start', block: 0, id: 'rs_1' },
      { type: 'reasoning-delta', block: 0, text: 'First thought\n\nSecond' },
      { type: 'reasoning-end', block: 0, id: 'rs_1', opaque: { mint: 'p', form: 'encrypted', data: 'gAAAAsecret' } },
      { type: 'text-start', block: 1 },
      { type: 'text-delta', block: 1, text: 'héllo 世界 "q"\n🙂' },
      { type: 'text-end', block: 1 },
      { type: 'tool-call-start', block: 2, id: 'call_a', name: 'get', kind: 'function' },
      { type: 'tool-call-start', block: 3, id: 'call_b', name: 'put', namespace: 'store', kind: 'function' },
      { type: 'tool-call-delta', block: 2, input: '{"a"' },
      { type: 'tool-call-delta', block: 3, input: '{"b":' },
      { type: 'tool-call-delta', block: 2, input: ':1}' },
      { type: 'tool-call-delta', block: 3, input: '"é"}' },
      { type: 'tool-call-end', block: 2 },
      { type: 'tool-call-end', block: 3 },
      {
        type: 'usage',
        usage: { inputTokens: 50, cacheReadTokens: 40, cacheWriteTokens: 10, outputTokens: 30, reasoningTokens: 12 },
        raw: (fullStream.at(-1)?.['response'] as JsonObject)['usage'],
      },
      { type: 'finish', finish: { reason: 'tool_calls', raw: 'completed' } },
      { type: 'response-end' },
    ]);
  });

  it('reads a provider that sends only whole items', () => {
    const done = fullStream.filter((data) => data['type'] === 'response.output_item.done');
    const parts = joined(decodeStream([created, ...done, completedEvent({})]));
    expect(parts.filter((part) => part.type.endsWith('-delta'))).toEqual([
      { type: 'reasoning-delta', block: 0, text: 'First thought\n\nSecond' },
      { type: 'text-delta', block: 1, text: 'héllo 世界 "q"\n🙂' },
      { type: 'tool-call-delta', block: 2, input: '{"a":1}' },
      { type: 'tool-call-delta', block: 3, input: '{"b":"é"}' },
    ]);
  });

  it('reads a provider that sends everything in response.completed', () => {
    const output = fullStream
      .filter((data) => data['type'] === 'response.output_item.done')
      .map((data) => data['item'] as JsonObject);
    const parts = decodeStream([completedEvent({ output })]);
    expect(types(parts).filter((type) => type.endsWith('-end'))).toEqual([
      'reasoning-end',
      'text-end',
      'tool-call-end',
      'tool-call-end',
      'response-end',
    ]);
  });

  it('does not repeat items that response.completed holds again, whatever their ids', () => {
    const output = fullStream
      .filter((data) => data['type'] === 'response.output_item.done')
      .map((data) => ({ ...(data['item'] as JsonObject), id: 'changed' }));
    expect(decodeStream([...fullStream.slice(0, -1), completedEvent({ output })])).toEqual(
      decodeStream(fullStream).map((part) => part),
    );
  });

  it('follows items by output_index when a provider changes their ids, and by id when it sends no index', () => {
    const changing = fullStream.map((data, index) =>
      'item_id' in data ? { ...data, item_id: `x${String(index)}` } : data,
    );
    expect(joined(decodeStream(changing))).toEqual(joined(decodeStream(fullStream)));
    const unnumbered = fullStream.map((data) =>
      Object.fromEntries(Object.entries(data).filter(([key]) => key !== 'output_index')),
    );
    expect(joined(decodeStream(unnumbered))).toEqual(joined(decodeStream(fullStream)));
  });

  it('takes arguments that come only in function_call_arguments.done', () => {
    const parts = decodeStream([
      created,
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { type: 'function_call', call_id: 'c', name: 'f', arguments: '' },
      },
      { type: 'response.function_call_arguments.done', output_index: 0, arguments: '{"a":1}' },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":1}' },
      },
      completedEvent({ usage: null }),
    ]);
    expect(parts.slice(1, -2)).toEqual([
      { type: 'tool-call-start', block: 0, id: 'c', name: 'f', kind: 'function' },
      { type: 'tool-call-delta', block: 0, input: '{"a":1}' },
      { type: 'tool-call-end', block: 0 },
    ]);
  });

  it('never starts a call before its name is known, and keeps the pieces that came before', () => {
    const parts = decodeStream([
      created,
      { type: 'response.output_item.added', output_index: 0, item: { type: 'function_call', call_id: 'c' } },
      { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"a"' },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":1}' },
      },
      completedEvent({ usage: null }),
    ]);
    expect(parts.slice(1, -2)).toEqual([
      { type: 'tool-call-start', block: 0, id: 'c', name: 'f', kind: 'function' },
      { type: 'tool-call-delta', block: 0, input: '{"a"' },
      { type: 'tool-call-delta', block: 0, input: ':1}' },
      { type: 'tool-call-end', block: 0 },
    ]);
  });

  it('gives a call without arguments an empty object, and a custom call none', () => {
    const item = (type: string, rest: JsonObject): JsonObject => ({
      type: 'response.output_item.done',
      item: { type, call_id: 'c', name: 'f', ...rest },
    });
    const inputs = (parts: readonly StreamPart[]) =>
      parts.flatMap((part) => (part.type === 'tool-call-delta' ? [part.input] : []));
    expect(inputs(decodeStream([item('function_call', { arguments: '' }), completedEvent({})]))).toEqual(['{}']);
    expect(inputs(decodeStream([item('custom_tool_call', { input: '' }), completedEvent({})]))).toEqual([]);
  });

  it('reads custom calls, client-run tool searches, refusals, raw reasoning, citations and images', () => {
    const losses = collectLosses();
    const parts = decodeStream(
      [
        created,
        { type: 'response.output_item.added', output_index: 0, item: { type: 'reasoning', id: 'rs_1', summary: [] } },
        { type: 'response.reasoning_text.delta', output_index: 0, content_index: 0, delta: 'raw' },
        { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'again' },
        {
          type: 'response.output_item.done',
          output_index: 0,
          item: { type: 'reasoning', id: 'rs_1', summary: [], content: [{ type: 'reasoning_text', text: 'raw' }] },
        },
        {
          type: 'response.output_item.added',
          output_index: 1,
          item: { type: 'custom_tool_call', call_id: 'c', name: 'exec', namespace: 'functions', input: '' },
        },
        { type: 'response.custom_tool_call_input.delta', output_index: 1, delta: 'x' },
        { type: 'response.custom_tool_call_input.done', output_index: 1, input: 'x = 1' },
        {
          type: 'response.output_item.done',
          output_index: 1,
          item: { type: 'custom_tool_call', call_id: 'c', name: 'exec', namespace: 'functions', input: 'x = 1' },
        },
        {
          type: 'response.output_item.done',
          output_index: 2,
          item: { type: 'tool_search_call', call_id: 's', execution: 'client', arguments: { q: 1 } },
        },
        { type: 'response.refusal.delta', output_index: 3, content_index: 0, delta: 'no' },
        { type: 'response.refusal.done', output_index: 3, content_index: 0, refusal: 'no.' },
        {
          type: 'response.output_text.delta',
          output_index: 3,
          content_index: 1,
          delta: 'see',
          logprobs: [{ token: 'see', logprob: 0, top_logprobs: [] }],
        },
        {
          type: 'response.output_text.annotation.added',
          output_index: 3,
          content_index: 1,
          annotation: { type: 'url_citation', url: 'https://e.x', title: 'T', start_index: 0, end_index: 3 },
        },
        { type: 'response.output_item.added', output_index: 4, item: { type: 'web_search_call', id: 'ws' } },
        { type: 'response.web_search_call.searching', output_index: 4, item_id: 'ws' },
        { type: 'response.output_item.done', output_index: 5, item: { type: 'image_generation_call', result: 'AA' } },
        completedEvent({ usage: null }),
      ],
      losses,
    );
    expect(parts.slice(1)).toEqual([
      { type: 'reasoning-start', block: 0, id: 'rs_1' },
      { type: 'reasoning-delta', block: 0, text: 'raw' },
      { type: 'reasoning-end', block: 0, id: 'rs_1' },
      { type: 'tool-call-start', block: 1, id: 'c', name: 'exec', namespace: 'functions', kind: 'custom' },
      { type: 'tool-call-delta', block: 1, input: 'x' },
      { type: 'tool-call-delta', block: 1, input: ' = 1' },
      { type: 'tool-call-end', block: 1 },
      { type: 'tool-call-start', block: 2, id: 's', name: 'tool_search', kind: 'tool_search' },
      { type: 'tool-call-delta', block: 2, input: '{"q":1}' },
      { type: 'tool-call-end', block: 2 },
      { type: 'refusal-start', block: 3 },
      { type: 'refusal-delta', block: 3, text: 'no' },
      { type: 'refusal-delta', block: 3, text: '.' },
      { type: 'text-start', block: 4 },
      { type: 'text-delta', block: 4, text: 'see', logprobs: [{ token: 'see', logprob: 0, top: [] }] },
      {
        type: 'media',
        block: 5,
        part: { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } },
      },
      { type: 'refusal-end', block: 3 },
      { type: 'text-end', block: 4, citations: [{ url: 'https://e.x', title: 'T', startIndex: 0, endIndex: 3 }] },
      { type: 'finish', finish: { reason: 'tool_calls', raw: 'completed' } },
      { type: 'response-end' },
    ]);
    expect(losses.list).toEqual(['output.web_search_call']);
  });

  it('reads the reason of response.incomplete', () => {
    const incomplete = {
      ...completedEvent({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }),
      type: 'response.incomplete',
    };
    expect(decodeStream([incomplete])).toContainEqual({
      type: 'finish',
      finish: { reason: 'length', raw: 'max_output_tokens' },
    });
  });

  it('ends in an error, and only in that, when the stream stops before its terminal event', () => {
    const parts = decodeStream(fullStream.slice(0, -1));
    expect(parts.at(-1)).toMatchObject({
      type: 'error',
      error: { code: 'relay.stream_incomplete', kind: 'server', status: 502 },
    });
    expect(types(parts)).not.toContain('response-end');
    expect(types(decodeStream([]))).toEqual(['error']);
  });

  it.each<[string, JsonObject, object]>([
    [
      'response.failed',
      { type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: 'slow' } } },
      { status: 429, kind: 'rate_limit', code: 'rate_limit_exceeded', message: 'slow' },
    ],
    [
      'a flat error event',
      { type: 'error', code: 'server_error', message: 'broke', param: null },
      { status: 502, kind: 'server', code: 'server_error', message: 'broke' },
    ],
    [
      'a nested error event',
      {
        type: 'error',
        error: { type: 'invalid_request_error', code: 'context_length_exceeded', message: 'long', param: 'input' },
      },
      { status: 400, kind: 'invalid_request', code: 'context_length_exceeded', param: 'input', message: 'long' },
    ],
    [
      'response.cancelled',
      { type: 'response.cancelled', response: {} },
      { status: 502, message: 'The provider cancelled the response.' },
    ],
  ])('turns %s into an error that is the last part', (_name, data, error) => {
    const parts = decodeStream([created, data, ...fullStream]);
    expect(parts).toHaveLength(2);
    expect(parts).toMatchObject([start, { type: 'error', error }]);
  });

  it('ignores unknown events and [DONE], and refuses what is no JSON', () => {
    const decoder = openaiResponses.createStreamDecoder(answerContext());
    expect(decoder.push({ name: 'keepalive', data: '{"type":"keepalive"}' })).toEqual([]);
    expect(decoder.push({ name: '', data: '[DONE]' })).toEqual([]);
    expect(() => decoder.push({ name: 'x', data: '{"type":' })).toThrow('The provider sent an event that is not JSON.');
  });

  it('takes the type from the event line when the data has none', () => {
    const decoder = openaiResponses.createStreamDecoder(answerContext());
    expect(decoder.push({ name: 'response.output_text.delta', data: '{"delta":"x"}' })).toContainEqual({
      type: 'text-delta',
      block: 0,
      text: 'x',
    });
  });
});

const answerParts: readonly StreamPart[] = [
  { type: 'response-start', id: 'msg_up', model: 'up' },
  { type: 'reasoning-start', block: 0 },
  { type: 'reasoning-delta', block: 0, text: 'hm' },
  { type: 'reasoning-end', block: 0, opaque: { mint: 'p', form: 'encrypted', data: 'enc' } },
  { type: 'text-start', block: 1 },
  { type: 'text-delta', block: 1, text: 'a' },
  { type: 'text-delta', block: 1, text: 'b' },
  { type: 'text-end', block: 1 },
  { type: 'tool-call-start', block: 2, id: 'c1', name: 'f', kind: 'function' },
  { type: 'tool-call-delta', block: 2, input: '{"x":1}' },
  { type: 'tool-call-end', block: 2 },
  { type: 'usage', usage: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 0 } },
  { type: 'finish', finish: { reason: 'tool_calls' } },
  { type: 'response-end' },
];

describe('encoding a stream', () => {
  it('sends the whole sequence of events, numbered, each with its event line', () => {
    const events = readWire(encodeAll(answerParts));
    expect(events.map((data) => data['type'])).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map((data) => data['sequence_number'])).toEqual(events.map((_, index) => index));
  });

  it('gives text events item, output and content index, and logprobs and annotations where clients look for them', () => {
    const events = readWire(encodeAll(answerParts));
    expect(events.find((data) => data['type'] === 'response.output_text.delta')).toMatchObject({
      item_id: 'msg_2',
      output_index: 1,
      content_index: 0,
      delta: 'a',
      logprobs: [],
    });
    expect(events.find((data) => data['type'] === 'response.content_part.added')).toMatchObject({
      part: { type: 'output_text', text: '', annotations: [] },
    });
  });

  it('ends in response.completed with the same items that were sent one by one, usage with total_tokens, and [DONE]', () => {
    const wire = encodeAll(answerParts, { includeEncryptedReasoning: true });
    const events = readWire(wire);
    const done = events.filter((data) => data['type'] === 'response.output_item.done').map((data) => data['item']);
    expect(events.at(-1)?.['response']).toMatchObject({
      id: 'resp_msg_up',
      object: 'response',
      status: 'completed',
      model: 'gpt-5.2',
      output: done,
      usage: { input_tokens: 4, input_tokens_details: { cached_tokens: 3 }, output_tokens: 2, total_tokens: 6 },
    });
    expect(done).toEqual([
      { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'enc' },
      {
        id: 'msg_2',
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'ab', annotations: [], logprobs: [] }],
      },
      { id: 'fc_3', type: 'function_call', status: 'completed', call_id: 'c1', name: 'f', arguments: '{"x":1}' },
    ]);
    expect(wire.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('keeps parallel calls apart and gives a call without arguments {}', () => {
    const events = readWire(
      encodeAll([
        { type: 'response-start', id: 'r', model: 'm' },
        { type: 'tool-call-start', block: 0, id: 'a', name: 'f', kind: 'function' },
        { type: 'tool-call-start', block: 1, id: 'b', name: 'exec', namespace: 'functions', kind: 'custom' },
        { type: 'tool-call-start', block: 2, id: 'c', name: 'tool_search', kind: 'tool_search' },
        { type: 'tool-call-delta', block: 2, input: '{"q":' },
        { type: 'tool-call-delta', block: 1, input: 'x' },
        { type: 'tool-call-delta', block: 2, input: '1}' },
        { type: 'tool-call-end', block: 0 },
        { type: 'tool-call-end', block: 2 },
        { type: 'tool-call-end', block: 1 },
        { type: 'finish', finish: { reason: 'tool_calls' } },
        { type: 'response-end' },
      ]),
    );
    expect((events.at(-1)?.['response'] as JsonObject)['output']).toEqual([
      { id: 'fc_1', type: 'function_call', status: 'completed', call_id: 'a', name: 'f', arguments: '{}' },
      {
        id: 'ctc_2',
        type: 'custom_tool_call',
        status: 'completed',
        call_id: 'b',
        name: 'exec',
        namespace: 'functions',
        input: 'x',
      },
      {
        id: 'tsc_3',
        type: 'tool_search_call',
        status: 'completed',
        call_id: 'c',
        execution: 'client',
        arguments: { q: 1 },
      },
    ]);
    expect(
      events.filter((data) => asString(data['type'])?.startsWith('response.custom_tool_call_input')),
    ).toMatchObject([
      { output_index: 1, delta: 'x' },
      { output_index: 1, input: 'x' },
    ]);
    expect(
      events.filter((data) => data['type'] === 'response.output_item.done').map((data) => data['output_index']),
    ).toEqual([0, 2, 1]);
  });

  it('joins texts and refusals in a row in one message and writes citations', () => {
    const events = readWire(
      encodeAll([
        { type: 'text-start', block: 0 },
        { type: 'text-delta', block: 0, text: 'a' },
        { type: 'text-end', block: 0, citations: [{ url: 'https://e.x', title: 'T', startIndex: 0, endIndex: 1 }] },
        { type: 'refusal-start', block: 1 },
        { type: 'refusal-delta', block: 1, text: 'no' },
        { type: 'refusal-end', block: 1 },
        { type: 'finish', finish: { reason: 'refusal' } },
        { type: 'response-end' },
      ]),
    );
    const annotation = { type: 'url_citation', url: 'https://e.x', title: 'T', start_index: 0, end_index: 1 };
    expect(events.filter((data) => data['type'] === 'response.output_text.annotation.added')).toMatchObject([
      { annotation, annotation_index: 0 },
    ]);
    expect(events.map((data) => data['type'])).toContain('response.refusal.done');
    expect(events.at(-1)?.['response']).toMatchObject({
      status: 'completed',
      output: [
        {
          content: [
            { type: 'output_text', text: 'a', annotations: [annotation] },
            { type: 'refusal', refusal: 'no' },
          ],
        },
      ],
    });
  });

  it('says incomplete, in the item and the response, when the answer was cut off', () => {
    const events = readWire(
      encodeAll([
        { type: 'tool-call-start', block: 0, id: 'a', name: 'f', kind: 'function' },
        { type: 'tool-call-delta', block: 0, input: '{"x' },
        { type: 'tool-call-end', block: 0 },
        { type: 'usage', usage: { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 } },
        { type: 'finish', finish: { reason: 'length' } },
        { type: 'response-end' },
      ]),
    );
    expect(events.find((data) => data['type'] === 'response.output_item.done')).toMatchObject({
      item: { status: 'incomplete' },
    });
    expect(events.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    });
  });

  it('closes what a decoder left open before it completes', () => {
    const events = readWire(
      encodeAll([
        { type: 'reasoning-start', block: 0 },
        { type: 'text-start', block: 1 },
        { type: 'text-delta', block: 1, text: 'a' },
        { type: 'tool-call-start', block: 2, id: 'a', name: 'f', kind: 'function' },
        { type: 'tool-call-start', block: 3, id: 'b', name: 'g', kind: 'function' },
        { type: 'response-end' },
      ]),
    );
    expect((events.at(-1)?.['response'] as JsonObject)['output']).toHaveLength(4);
    expect(events.filter((data) => data['type'] === 'response.output_item.done')).toHaveLength(4);
  });

  it('never completes after an error: response.failed, then error, then nothing', () => {
    const error = { status: 502, kind: 'server', code: 'relay.stream_cut', message: 'cut' } as const;
    const wire = encodeAll([
      ...answerParts.slice(0, 6),
      { type: 'error', error },
      { type: 'finish', finish: { reason: 'stop' } },
      { type: 'response-end' },
    ]);
    const events = readWire(wire).slice(-2);
    expect(events).toMatchObject([
      {
        type: 'response.failed',
        response: { object: 'response', status: 'failed', error: { code: 'server_error', message: 'cut' } },
      },
      { type: 'error', message: 'cut', code: 'relay.stream_cut', error: { message: 'cut', type: 'server_error' } },
    ]);
    expect(wire).not.toContain('response.completed');
    expect(wire).not.toContain('[DONE]');
  });

  it('writes images and records sound', () => {
    const losses = collectLosses();
    const source = { kind: 'base64' as const, mediaType: 'image/png', data: 'AA' };
    const wire = encodeAll(
      [
        { type: 'media', block: 0, part: { type: 'image', source } },
        { type: 'media', block: 1, part: { type: 'audio', source } },
        { type: 'response-end' },
      ],
      {},
      {},
      losses,
    );
    expect(readWire(wire).at(-1)?.['response']).toMatchObject({
      output: [{ type: 'image_generation_call', result: 'AA' }],
    });
    expect(losses.list).toEqual(['audio']);
  });
});

describe('round trips', () => {
  /** A call's end waits for the item, which the encoder sends with the next part: only the order of pieces may differ. */
  function byBlock(parts: readonly StreamPart[]): Record<string, StreamPart[]> {
    const groups: Record<string, StreamPart[]> = {};
    for (const part of joined(parts)) (groups['block' in part ? String(part.block) : part.type] ??= []).push(part);
    return Object.fromEntries(Object.entries(groups).map(([key, group]) => [key, joined(group)]));
  }

  function again(parts: readonly StreamPart[]): StreamPart[] {
    const context = clientContext({ includeEncryptedReasoning: true });
    const encoder = openaiResponses.createStreamEncoder({ ...context, createdAt: 1 });
    const wire = parts.map((part) => encoder.encode(part)).join('');
    return decodeStream(readWire(wire));
  }

  it('gives the same parts after its own encoder and decoder', () => {
    const first = decodeStream(fullStream);
    const strip = (groups: Record<string, StreamPart[]>) => ({
      ...groups,
      usage: groups['usage']?.map((part) => (part.type === 'usage' ? part.usage : part)),
      'response-start': groups['response-start']?.map((part) => (part.type === 'response-start' ? part.id : part)),
    });
    expect(strip(byBlock(again(first)))).toEqual(strip(byBlock(first)));
  });

  it('keeps any text and arguments in any pieces', () => {
    const pieces = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(pieces, pieces, (texts, inputs) => {
        const parts: StreamPart[] = [
          { type: 'response-start', id: 'r', model: 'm' },
          { type: 'text-start', block: 0 },
          ...texts.map((text): StreamPart => ({ type: 'text-delta', block: 0, text })),
          { type: 'text-end', block: 0 },
          { type: 'tool-call-start', block: 1, id: 'c', name: 'f', kind: 'custom' },
          ...inputs.map((input): StreamPart => ({ type: 'tool-call-delta', block: 1, input })),
          { type: 'tool-call-end', block: 1 },
          { type: 'finish', finish: { reason: 'tool_calls' } },
          { type: 'response-end' },
        ];
        const groups = byBlock(again(parts));
        expect(groups['0']?.[1]).toMatchObject({ text: texts.join('') });
        expect(groups['1']?.[1]).toMatchObject({ input: inputs.join('') });
      }),
    );
  });

  it('loses nothing wherever a chained stream is cut: it always ends in an error', () => {
    for (let cut = 0; cut < fullStream.length; cut++) {
      const parts = decodeStream(fullStream.slice(0, cut));
      expect(parts.filter((part) => part.type === 'error')).toHaveLength(1);
      expect(parts.at(-1)?.type).toBe('error');
    }
    expect(event(fullStream[0] ?? {}).name).toBe('response.created');
  });
});
