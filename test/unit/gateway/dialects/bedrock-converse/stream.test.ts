import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import type { StreamPart } from '../../../../../main/gateway/dialects/canonical.ts';
import { bedrockConverse } from '../../../../../main/gateway/dialects/bedrock-converse/bedrock-converse.ts';
import {
  answerContext,
  clientContext,
  collectLosses,
  decodeStream,
  encodeStream,
  event,
  fullStream,
} from './support.ts';

const types = (parts: readonly StreamPart[]): string[] => parts.map((part) => part.type);

describe('stream decoder', () => {
  it('reads reasoning, text and parallel calls in order, each with its own block', () => {
    const parts = decodeStream(fullStream);
    expect(parts).toEqual([
      { type: 'response-start', id: 'msg_1', model: '' },
      { type: 'reasoning-start', block: 0 },
      { type: 'reasoning-delta', block: 0, text: 'First, ' },
      { type: 'reasoning-delta', block: 0, text: 'think.' },
      { type: 'reasoning-end', block: 0, opaque: { mint: 'p', form: 'signature', data: 'EqQBCkYIBRgC' } },
      { type: 'reasoning-start', block: 1 },
      { type: 'reasoning-end', block: 1, opaque: { mint: 'p', form: 'redacted', data: 'cmVkYWN0ZWQ=' } },
      { type: 'text-start', block: 2 },
      { type: 'text-delta', block: 2, text: 'Größe 東' },
      { type: 'text-delta', block: 2, text: '京 🗼' },
      { type: 'text-end', block: 2, citations: undefined },
      { type: 'tool-call-start', block: 3, id: 'tooluse_a', name: 'weather', kind: 'function' },
      { type: 'tool-call-delta', block: 3, input: '{"ci' },
      { type: 'tool-call-delta', block: 3, input: 'ty":"Zür' },
      { type: 'tool-call-delta', block: 3, input: 'ich"}' },
      { type: 'tool-call-end', block: 3 },
      { type: 'tool-call-start', block: 4, id: 'tooluse_b', name: 'now', kind: 'function' },
      { type: 'tool-call-end', block: 4 },
      { type: 'finish', finish: { reason: 'tool_calls', raw: 'tool_use' } },
      {
        type: 'usage',
        usage: {
          inputTokens: 12,
          outputTokens: 40,
          cacheReadTokens: 900,
          cacheWriteTokens: 100,
          cacheWrite1hTokens: 60,
        },
        raw: expect.objectContaining({ totalTokens: 1052 }) as unknown,
      },
      { type: 'response-end' },
    ]);
  });

  it('ends only after the metadata, which follows messageStop', () => {
    const decoder = bedrockConverse.createStreamDecoder(answerContext());
    expect(types(decoder.push(event('messageStop', { stopReason: 'end_turn' })))).toEqual(['response-start', 'finish']);
    expect(types(decoder.push(event('metadata', { usage: { inputTokens: 1, outputTokens: 2 } })))).toEqual([
      'usage',
      'response-end',
    ]);
    expect(decoder.end()).toEqual([]);
  });

  it.each([{ stop_sequence: 'END' }, { delta: { stop_sequence: 'END' } }])(
    'names the stop sequence in %j',
    (fields) => {
      const decoder = bedrockConverse.createStreamDecoder(answerContext());
      expect(
        decoder.push(event('messageStop', { stopReason: 'stop_sequence', additionalModelResponseFields: fields })),
      ).toContainEqual({ type: 'finish', finish: { reason: 'stop', raw: 'stop_sequence', stopSequence: 'END' } });
    },
  );

  it('is complete without metadata when messageStop was seen', () => {
    const decoder = bedrockConverse.createStreamDecoder(answerContext());
    decoder.push(event('messageStop', { stopReason: 'end_turn' }));
    expect(types(decoder.end())).toEqual(['response-end']);
  });

  it('reports a stream cut before messageStop as incomplete', () => {
    const parts = decodeStream(fullStream.slice(0, 9));
    expect(parts.at(-1)).toMatchObject({
      type: 'error',
      error: { code: 'relay.stream_incomplete', kind: 'server', status: 502 },
    });
  });

  it('closes what is open when the model stops without contentBlockStop', () => {
    const parts = decodeStream([
      event('messageStart', { role: 'assistant' }),
      event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hi' } }),
      event('messageStop', { stopReason: 'max_tokens' }),
    ]);
    expect(types(parts)).toEqual(['response-start', 'text-start', 'text-delta', 'text-end', 'finish', 'response-end']);
    expect(parts[4]).toEqual({ type: 'finish', finish: { reason: 'length', raw: 'max_tokens' } });
  });

  it('goes on with tool calls when the model says end_turn after them', () => {
    const parts = decodeStream([
      event('contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 't', name: 'now' } } }),
      event('contentBlockStop', { contentBlockIndex: 0 }),
      event('messageStop', { stopReason: 'end_turn' }),
    ]);
    expect(parts.find((part) => part.type === 'finish')).toMatchObject({ finish: { reason: 'tool_calls' } });
  });

  it.each([
    ['throttlingException', 429, 'rate_limit'],
    ['modelStreamErrorException', 502, 'server'],
    ['validationException', 400, 'invalid_request'],
    ['internalServerException', 500, 'server'],
    ['serviceUnavailableException', 503, 'overloaded'],
    ['somethingNewException', 502, 'server'],
  ])('turns %s into an error and says nothing after it', (name, status, kind) => {
    const decoder = bedrockConverse.createStreamDecoder(answerContext());
    decoder.push(event('messageStart', { role: 'assistant' }));
    expect(decoder.push(event(name, { message: 'Too fast.' }))).toMatchObject([
      { type: 'error', error: { status, kind, code: name, message: 'Too fast.' } },
    ]);
    expect(decoder.push(event('messageStop', { stopReason: 'end_turn' }))).toEqual([]);
    expect(decoder.end()).toEqual([]);
  });

  it('keeps an exception with an unreadable payload an exception', () => {
    const decoder = bedrockConverse.createStreamDecoder(answerContext());
    expect(decoder.push({ name: 'throttlingException', data: '<html>' })).toMatchObject([
      { type: 'error', error: { kind: 'rate_limit' } },
    ]);
  });

  it.each(['{"delta":', '[1]', '7'])('calls %s malformed', (data) => {
    const decoder = bedrockConverse.createStreamDecoder(answerContext());
    expect(() => decoder.push({ name: 'contentBlockDelta', data })).toThrow(
      expect.objectContaining({ code: 'relay.stream_malformed' }) as Error,
    );
  });

  it('passes over events it does not know and records blocks it cannot carry', () => {
    const losses = collectLosses();
    const parts = decodeStream(
      [
        event('ping', {}),
        event('contentBlockDelta', { contentBlockIndex: 0, delta: { image: {} } }),
        event('messageStop', { stopReason: 'end_turn' }),
      ],
      losses,
    );
    expect(types(parts)).toEqual(['response-start', 'finish', 'response-end']);
    expect(losses.list).toEqual(['image']);
  });

  it('gathers citations onto the text they belong to', () => {
    const parts = decodeStream([
      event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Bern.' } }),
      event('contentBlockDelta', {
        contentBlockIndex: 0,
        delta: { citation: { title: 'Bern', location: { web: { url: 'https://example.com/bern' } } } },
      }),
      event('contentBlockStop', { contentBlockIndex: 0 }),
      event('messageStop', { stopReason: 'end_turn' }),
    ]);
    expect(parts.find((part) => part.type === 'text-end')).toMatchObject({
      citations: [{ url: 'https://example.com/bern', title: 'Bern' }],
    });
  });
});

describe('stream encoder', () => {
  it('writes what it read: decoding its events gives the same parts', () => {
    const parts = decodeStream(fullStream);
    const again = decodeStream(encodeStream(parts));
    const withoutRaw = (list: readonly StreamPart[]): unknown =>
      list.map((part) => (part.type === 'usage' ? { ...part, raw: undefined } : part));
    expect(withoutRaw(again)).toEqual(withoutRaw(parts));
  });

  it('opens no text block, announces tools, and ends with messageStop and metadata', () => {
    const events = encodeStream(decodeStream(fullStream));
    expect(
      events.filter((one) => one.name === 'contentBlockStart').map((one) => JSON.parse(one.data) as unknown),
    ).toEqual([
      { contentBlockIndex: 3, start: { toolUse: { toolUseId: 'tooluse_a', name: 'weather' } } },
      { contentBlockIndex: 4, start: { toolUse: { toolUseId: 'tooluse_b', name: 'now' } } },
    ]);
    expect(events[0]?.name).toBe('messageStart');
    expect(events.slice(-2).map((one) => one.name)).toEqual(['messageStop', 'metadata']);
    expect(JSON.parse(events.at(-1)?.data ?? '')).toMatchObject({
      usage: {
        inputTokens: 12,
        outputTokens: 40,
        totalTokens: 1052,
        cacheReadInputTokens: 900,
        cacheWriteInputTokens: 100,
      },
    });
  });

  it('never ends cleanly on an error, and says nothing after it', () => {
    const encoder = bedrockConverse.createStreamEncoder(clientContext());
    const wire = [
      encoder.encode({ type: 'response-start', id: 'x', model: 'm' }),
      encoder.encode({ type: 'text-start', block: 0 }),
      encoder.encode({ type: 'error', error: { status: 429, kind: 'rate_limit', message: 'Slow down.' } }),
      encoder.encode({ type: 'finish', finish: { reason: 'stop' } }),
      encoder.encode({ type: 'response-end' }),
    ].join('');
    expect(wire).not.toContain('messageStop');
    expect(wire.endsWith('event: throttlingException\ndata: {"message":"Slow down."}\n\n')).toBe(true);
  });

  it('puts free-form input into an object, whole', () => {
    const events = encodeStream([
      { type: 'tool-call-start', block: 0, id: 'c', name: 'patch', kind: 'custom' },
      { type: 'tool-call-delta', block: 0, input: '*** Begin "x"\n' },
      { type: 'tool-call-delta', block: 0, input: '*** End' },
      { type: 'tool-call-end', block: 0 },
    ]);
    const deltas = events
      .filter((one) => one.name === 'contentBlockDelta')
      .map((one) => (JSON.parse(one.data) as { delta: { toolUse: { input: string } } }).delta.toolUse.input);
    expect(deltas).toHaveLength(1);
    expect(JSON.parse(deltas[0] ?? '')).toEqual({ input: '*** Begin "x"\n*** End' });
  });

  it('says refusals as text and records media', () => {
    const losses = collectLosses();
    const events = encodeStream(
      [
        { type: 'refusal-start', block: 0 },
        { type: 'refusal-delta', block: 0, text: 'No.' },
        { type: 'refusal-end', block: 0 },
        {
          type: 'media',
          block: 1,
          part: { type: 'audio', source: { kind: 'base64', mediaType: 'audio/mp3', data: 'AA==' } },
        },
        { type: 'finish', finish: { reason: 'refusal' } },
      ],
      losses,
    );
    expect(events.map((one) => one.name)).toEqual([
      'messageStart',
      'contentBlockDelta',
      'contentBlockStop',
      'messageStop',
    ]);
    expect(events.at(-1)?.data).toBe('{"stopReason":"content_filtered"}');
    expect(losses.list).toEqual(['audio']);
  });

  it('carries any pieces of text and arguments unchanged', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1 }), { minLength: 1 }),
        fc.array(fc.string({ minLength: 1 })),
        (texts, inputs) => {
          const parts: StreamPart[] = [
            { type: 'response-start', id: 'msg_1', model: '' },
            { type: 'text-start', block: 0 },
            ...texts.map((text): StreamPart => ({ type: 'text-delta', block: 0, text })),
            { type: 'text-end', block: 0 },
            { type: 'tool-call-start', block: 1, id: 'c', name: 'f', kind: 'function' },
            ...inputs.map((input): StreamPart => ({ type: 'tool-call-delta', block: 1, input })),
            { type: 'tool-call-end', block: 1 },
            { type: 'finish', finish: { reason: 'tool_calls', raw: 'tool_use' } },
            { type: 'response-end' },
          ];
          expect(decodeStream(encodeStream(parts)).filter((part) => part.type !== 'usage')).toEqual(parts);
        },
      ),
    );
  });
});
