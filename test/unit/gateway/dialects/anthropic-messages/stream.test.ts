import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import { anthropicMessages } from '../../../../../main/gateway/dialects/anthropic-messages/anthropic-messages.ts';
import type { JsonObject, StreamPart } from '../../../../../main/gateway/dialects/canonical.ts';
import { asObject, asString } from '../../../../../main/gateway/dialects/dialect.ts';
import {
  answerContext,
  clientContext,
  collectLosses,
  decodeStream,
  encodeStream,
  fullParts,
  fullStream,
  messageStart,
  wire,
} from './support.ts';

const withoutUsage = (parts: readonly StreamPart[]): StreamPart[] => parts.filter((part) => part.type !== 'usage');
const usages = (parts: readonly StreamPart[]) => parts.filter((part) => part.type === 'usage');
const head: StreamPart = { type: 'response-start', id: 'chatcmpl-1', model: 'gpt-5' };
const types = (events: readonly JsonObject[]): unknown[] => events.map((one) => one['type']);

describe('decoding a stream', () => {
  it('reads thinking, redacted thinking, text in odd pieces, parallel calls and empty arguments', () => {
    expect(withoutUsage(decodeStream(fullStream))).toEqual(fullParts);
  });

  it('takes usage as cumulative, keeps cache counts of the start, and the raw object whole', () => {
    const last = usages(decodeStream(fullStream)).at(-1);
    expect(last).toEqual({
      type: 'usage',
      usage: {
        inputTokens: 12,
        outputTokens: 89,
        cacheReadTokens: 2_000,
        cacheWriteTokens: 100,
        cacheWrite1hTokens: 40,
      },
      raw: { ...((messageStart['message'] as JsonObject)['usage'] as JsonObject), output_tokens: 89 },
    });
  });

  it('ends in an error when the stream stops without message_stop', () => {
    const parts = decodeStream(fullStream.slice(0, -1));
    expect(parts.at(-1)).toMatchObject({
      type: 'error',
      error: { code: 'relay.stream_incomplete', kind: 'server', status: 502 },
    });
    expect(decodeStream([]).at(-1)).toMatchObject({ type: 'error', error: { code: 'relay.stream_incomplete' } });
  });

  it('turns an error event into an error and says nothing more', () => {
    const parts = decodeStream([
      messageStart,
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      ...fullStream.slice(1),
    ]);
    expect(parts.at(-1)).toEqual({
      type: 'error',
      error: { status: 529, kind: 'overloaded', message: 'Overloaded', code: 'overloaded_error' },
    });
  });

  it('throws for an event that is no JSON object', () => {
    const decoder = anthropicMessages.createStreamDecoder(answerContext());
    expect(() => decoder.push({ name: 'content_block_delta', data: '{"type":"content_bl' })).toThrow(
      expect.objectContaining({ code: 'relay.stream_malformed' }),
    );
    expect(() => decoder.push({ name: 'message_start', data: '[]' })).toThrow(
      expect.objectContaining({ code: 'relay.stream_malformed' }),
    );
  });

  it('passes over pings and event types it does not know', () => {
    expect(
      withoutUsage(decodeStream([messageStart, { type: 'ping' }, { type: 'brand_new' }]).slice(0, -1)),
    ).toHaveLength(1);
  });

  it('gives arguments that came whole with the start', () => {
    const parts = decodeStream([
      messageStart,
      wire.start(0, { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }),
      wire.stop(0),
    ]);
    expect(parts).toContainEqual({ type: 'tool-call-delta', block: 0, input: '{"a":1}' });
  });

  it('leaves out blocks of tools the provider ran, records them, and counts blocks without a gap', () => {
    const losses = collectLosses();
    const parts = decodeStream(
      [
        messageStart,
        wire.start(0, { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }),
        wire.delta(0, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
        wire.stop(0),
        wire.start(1, { type: 'text', text: '' }),
        wire.delta(1, {
          type: 'citations_delta',
          citation: {
            type: 'web_search_result_location',
            url: 'https://e.x',
            title: 'T',
            cited_text: 'c',
            encrypted_index: 'E',
          },
        }),
        wire.delta(1, { type: 'text_delta', text: 'found' }),
        wire.stop(1),
      ],
      losses,
    );
    expect(losses.list).toEqual(['content/server_tool_use']);
    expect(withoutUsage(parts).slice(1, -1)).toEqual([
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'found' },
      { type: 'text-end', block: 0, citations: [{ url: 'https://e.x', title: 'T', citedText: 'c' }] },
    ]);
  });

  it.each([
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['pause_turn', 'pause'],
    ['refusal', 'refusal'],
    ['something_new', 'other'],
  ])('reads the stop reason %s as %s', (raw, reason) => {
    const parts = decodeStream([
      messageStart,
      { type: 'message_delta', delta: { stop_reason: raw }, usage: { output_tokens: 2 } },
      { type: 'message_stop' },
    ]);
    expect(parts).toContainEqual({ type: 'finish', finish: { reason, raw } });
  });

  it('names the stop sequence that was met', () => {
    const parts = decodeStream([
      messageStart,
      { type: 'message_delta', delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' }, usage: {} },
      { type: 'message_stop' },
    ]);
    expect(parts).toContainEqual({
      type: 'finish',
      finish: { reason: 'stop', raw: 'stop_sequence', stopSequence: 'END' },
    });
  });

  it('tells why the provider refused', () => {
    const delta = {
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', category: 'cyber', explanation: 'Not this.' },
    };
    const parts = decodeStream([messageStart, { type: 'message_delta', delta, usage: {} }, { type: 'message_stop' }]);
    expect(parts).toContainEqual({ type: 'refusal-delta', block: 0, text: 'Not this.' });
  });

  it('closes what a careless server left open and bears missing starts', () => {
    const parts = decodeStream([
      wire.delta(0, { type: 'text_delta', text: 'hi' }),
      { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
      { type: 'message_stop' },
    ]);
    expect(parts.map((part) => part.type)).toEqual([
      'response-start',
      'text-start',
      'text-delta',
      'text-end',
      'finish',
      'response-end',
    ]);
  });
});

describe('encoding a stream', () => {
  it('says again what it was told', () => {
    const parts = decodeStream(fullStream);
    const again = decodeStream(encodeStream(parts));
    const settled = withoutUsage(again).filter((part) => !(part.type === 'tool-call-delta' && part.input === '{}'));
    expect(
      settled.map((part) => (part.type === 'response-start' ? { ...part, serviceTier: 'default' } : part)),
    ).toEqual(fullParts);
    expect(usages(again).at(-1)).toMatchObject({
      usage: {
        inputTokens: 12,
        outputTokens: 89,
        cacheReadTokens: 2_000,
        cacheWriteTokens: 100,
        cacheWrite1hTokens: 40,
      },
    });
  });

  it('starts with a whole message and ends with stop reason, usage and message_stop', () => {
    const events = encodeStream([
      head,
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'hi' },
      { type: 'text-end', block: 0 },
      { type: 'finish', finish: { reason: 'stop' } },
      { type: 'usage', usage: { inputTokens: 7, outputTokens: 3, cacheReadTokens: 5, cacheWriteTokens: 0 } },
      { type: 'response-end' },
    ]);
    const zeros = {
      input_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: 0,
    };
    expect(events).toEqual([
      {
        type: 'message_start',
        message: {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'gpt-5',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: zeros,
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hi' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { ...zeros, input_tokens: 7, cache_read_input_tokens: 5, output_tokens: 3 },
      },
      { type: 'message_stop' },
    ]);
  });

  it('holds back interleaved blocks until the one before has ended', () => {
    const call = (block: number): StreamPart => ({
      type: 'tool-call-start',
      block,
      id: `c${String(block)}`,
      name: `f${String(block)}`,
      kind: 'function',
    });
    const piece = (block: number, input: string): StreamPart => ({ type: 'tool-call-delta', block, input });
    const end = (block: number): StreamPart => ({ type: 'tool-call-end', block });
    const events = encodeStream([
      head,
      call(0),
      call(1),
      piece(0, '{"a"'),
      piece(1, '{"b":2}'),
      call(2),
      piece(0, ':1}'),
      end(1),
      end(0),
      piece(2, '{}'),
      end(2),
      { type: 'finish', finish: { reason: 'tool_calls' } },
      { type: 'response-end' },
    ]);
    expect(events.slice(1, -2).map((one) => [one['type'], one['index']])).toEqual([
      ['content_block_start', 0],
      ['content_block_delta', 0],
      ['content_block_delta', 0],
      ['content_block_stop', 0],
      ['content_block_start', 1],
      ['content_block_delta', 1],
      ['content_block_stop', 1],
      ['content_block_start', 2],
      ['content_block_delta', 2],
      ['content_block_stop', 2],
    ]);
    expect(events[5]).toMatchObject({ content_block: { type: 'tool_use', id: 'c1', name: 'f1', input: {} } });
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } });
  });

  it('writes the first block as it comes, whatever waits behind it', () => {
    const encoder = anthropicMessages.createStreamEncoder(clientContext());
    encoder.encode(head);
    encoder.encode({ type: 'text-start', block: 0 });
    encoder.encode({ type: 'tool-call-start', block: 1, id: 'c', name: 'f', kind: 'function' });
    expect(encoder.encode({ type: 'text-delta', block: 0, text: 'now' })).toContain('"text":"now"');
  });

  it('gives a call without arguments an empty object', () => {
    const events = encodeStream([
      head,
      { type: 'tool-call-start', block: 0, id: 'c', name: 'f', kind: 'function' },
      { type: 'tool-call-end', block: 0 },
    ]);
    expect(events[2]).toEqual({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: '{}' },
    });
  });

  it('leaves out texts and thoughts that stayed empty', () => {
    const events = encodeStream([
      head,
      { type: 'text-start', block: 0 },
      { type: 'text-end', block: 0 },
      { type: 'reasoning-start', block: 1 },
      { type: 'reasoning-end', block: 1 },
      { type: 'finish', finish: { reason: 'stop' } },
      { type: 'response-end' },
    ]);
    expect(types(events)).toEqual(['message_start', 'message_delta', 'message_stop']);
  });

  it('sends a signature without readable thoughts, and ignores forms of other dialects', () => {
    const reasoning = (form: 'signature' | 'encrypted'): StreamPart[] => [
      { type: 'reasoning-start', block: 0 },
      { type: 'reasoning-end', block: 0, opaque: { mint: '', form, data: 'DATA' } },
    ];
    expect(encodeStream([head, ...reasoning('signature')]).slice(1)).toEqual([
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'DATA' } },
      { type: 'content_block_stop', index: 0 },
    ]);
    expect(encodeStream([head, ...reasoning('encrypted')])).toHaveLength(1);
  });

  it('never ends cleanly after an error', () => {
    const events = encodeStream([
      head,
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'half' },
      { type: 'error', error: { status: 502, kind: 'server', message: 'It broke.' } },
      { type: 'finish', finish: { reason: 'stop' } },
      { type: 'response-end' },
    ]);
    expect(events.at(-1)).toEqual({ type: 'error', error: { type: 'api_error', message: 'It broke.' } });
  });

  it('says a refusal as text and as the reason to stop', () => {
    const events = encodeStream([
      head,
      { type: 'refusal-start', block: 0 },
      { type: 'refusal-delta', block: 0, text: 'No.' },
      { type: 'refusal-end', block: 0 },
      { type: 'finish', finish: { reason: 'stop' } },
      { type: 'response-end' },
    ]);
    expect(events[2]).toMatchObject({ delta: { type: 'text_delta', text: 'No.' } });
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'refusal' } });
  });

  it('records images it cannot send', () => {
    const losses = collectLosses();
    encodeStream(
      [head, { type: 'media', block: 0, part: { type: 'image', source: { kind: 'url', url: 'https://e.x' } } }],
      losses,
    );
    expect(losses.list).toEqual(['image']);
  });

  it('keeps every block whole and in order, however the parts interleave', () => {
    const shape = fc.array(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(shape, fc.infiniteStream(fc.nat()), (blocks, picks) => {
        const parts: StreamPart[] = blocks.map((_, block) => ({
          type: 'tool-call-start',
          block,
          id: `c${String(block)}`,
          name: 'f',
          kind: 'function',
        }));
        const left = blocks.map((pieces, block): StreamPart[] => [
          ...pieces.map((input): StreamPart => ({ type: 'tool-call-delta', block, input })),
          { type: 'tool-call-end', block },
        ]);
        while (left.some((one) => one.length > 0)) {
          const open = left.filter((one) => one.length > 0);
          const part = open[(picks.next().value as number) % open.length]?.shift();
          if (part !== undefined) parts.push(part);
        }
        const events = encodeStream([
          head,
          ...parts,
          { type: 'finish', finish: { reason: 'tool_calls' } },
          { type: 'response-end' },
        ]);
        const inputs = blocks.map((_, index) =>
          events
            .filter((one) => one['index'] === index && one['type'] === 'content_block_delta')
            .map((one) => asString(asObject(one['delta'])['partial_json']))
            .join(''),
        );
        expect(inputs).toEqual(blocks.map((pieces) => pieces.join('')));
        const order = events.filter((one) => one['index'] !== undefined).map((one) => Number(one['index']));
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }),
      { numRuns: 100 },
    );
  });
});
