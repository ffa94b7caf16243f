import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import type { JsonObject, StreamPart } from '../../../../../main/gateway/dialects/canonical.ts';
import { createArrayFraming, gemini } from '../../../../../main/gateway/dialects/gemini/gemini.ts';
import { answerContext, clientContext, decodeStream, encodeStream, eventsOf, collectLosses } from './support.ts';

const head = { modelVersion: 'gemini-2.5-flash', responseId: 'r1' };

/** One event of a provider. */
function chunk(parts: readonly JsonObject[], more: JsonObject = {}, rest: JsonObject = {}): JsonObject {
  return { candidates: [{ content: { parts, role: 'model' }, ...more, index: 0 }], ...rest, ...head };
}

const running = { usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 } };
const total = { usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 3, totalTokenCount: 8 } };
const start: StreamPart = { type: 'response-start', id: 'r1', model: 'gemini-2.5-flash', createdAt: undefined };
const opaque = (data: string) => ({ mint: 'google', form: 'thought_signature', data }) as const;

/** Parts without the running counts. */
const withoutUsage = (parts: readonly StreamPart[]): StreamPart[] => parts.filter((part) => part.type !== 'usage');
const types = (parts: readonly StreamPart[]): string[] => parts.map((part) => part.type);

describe('decoding a stream', () => {
  it('makes blocks of thoughts, text and calls, closes them with their signatures, and ends once', () => {
    const parts = decodeStream([
      chunk([{ text: 'let me ', thought: true }], {}, running),
      chunk([{ text: 'see', thought: true }], {}, running),
      chunk([{ text: 'Größe 東' }], {}, running),
      chunk([{ text: '京 🗼' }, { text: '', thoughtSignature: 'YQ==' }], {}, running),
      chunk([
        { functionCall: { id: 'c1', name: 'f', args: { q: 'é' } }, thoughtSignature: 'Yg==' },
        { functionCall: { name: 'g' } },
      ]),
      chunk([{ text: '' }], { finishReason: 'STOP' }, total),
    ]);
    expect(withoutUsage(parts)).toEqual([
      start,
      { type: 'reasoning-start', block: 0 },
      { type: 'reasoning-delta', block: 0, text: 'let me ' },
      { type: 'reasoning-delta', block: 0, text: 'see' },
      { type: 'reasoning-end', block: 0 },
      { type: 'text-start', block: 1 },
      { type: 'text-delta', block: 1, text: 'Größe 東' },
      { type: 'text-delta', block: 1, text: '京 🗼' },
      { type: 'text-end', block: 1, opaque: opaque('YQ==') },
      { type: 'tool-call-start', block: 2, id: 'c1', name: 'f', kind: 'function' },
      { type: 'tool-call-delta', block: 2, input: '{"q":"é"}' },
      { type: 'tool-call-end', block: 2, opaque: opaque('Yg==') },
      { type: 'tool-call-start', block: 3, id: 'call_1', name: 'g', kind: 'function' },
      { type: 'tool-call-delta', block: 3, input: '{}' },
      { type: 'tool-call-end', block: 3 },
      { type: 'finish', finish: { reason: 'tool_calls', raw: 'STOP' } },
      { type: 'response-end' },
    ]);
    expect(parts.filter((part) => part.type === 'usage').at(-1)).toMatchObject({
      usage: { inputTokens: 5, outputTokens: 3 },
      raw: total.usageMetadata,
    });
  });

  it('ends with the chunk that holds reason and counts, and takes nothing after it', () => {
    const decoder = gemini.createStreamDecoder(answerContext());
    const push = (data: unknown): string[] => types(decoder.push({ name: '', data: JSON.stringify(data) }));
    push(chunk([{ text: 'a' }]));
    expect(push(chunk([{ text: 'b' }], { finishReason: 'STOP' }, total))).toEqual([
      'text-delta',
      'usage',
      'text-end',
      'finish',
      'response-end',
    ]);
    expect(push(chunk([{ text: 'c' }], { finishReason: 'STOP' }, total))).toEqual([]);
    expect(decoder.end()).toEqual([]);
  });

  it('waits for counts that come after the reason', () => {
    const parts = decodeStream([
      chunk([{ text: 'a' }]),
      chunk([{ text: 'b' }], { finishReason: 'STOP' }),
      { usageMetadata: total.usageMetadata, ...head },
    ]);
    expect(types(parts).slice(-4)).toEqual(['usage', 'text-end', 'finish', 'response-end']);
  });

  it('reads to the end where every chunk says STOP, as early servers did', () => {
    const parts = decodeStream(['a', 'b', 'c'].map((text) => chunk([{ text }], { finishReason: 'STOP' }, total)));
    expect(parts.flatMap((part) => (part.type === 'text-delta' ? [part.text] : []))).toEqual(['a', 'b', 'c']);
    expect(types(parts).slice(-2)).toEqual(['finish', 'response-end']);
  });

  it.each<[string, unknown[]]>([
    ['after text', [chunk([{ text: 'a' }], {}, running)]],
    ['inside a call', [chunk([{ functionCall: { name: 'f', willContinue: true } }])]],
    ['before anything', []],
    ['after a reason of no meaning', [chunk([{ text: 'a' }], { finishReason: 'FINISH_REASON_UNSPECIFIED' }, total)]],
  ])('takes a stream that ends %s for incomplete', (_where, chunks) => {
    const parts = decodeStream(chunks);
    expect(parts.at(-1)).toMatchObject({ type: 'error', error: { code: 'relay.stream_incomplete', status: 502 } });
    expect(types(parts)).not.toContain('finish');
  });

  it('reads a refused prompt', () => {
    expect(withoutUsage(decodeStream([{ promptFeedback: { blockReason: 'SAFETY' }, ...running, ...head }]))).toEqual([
      start,
      { type: 'finish', finish: { reason: 'content_filter', raw: 'SAFETY' } },
      { type: 'response-end' },
    ]);
  });

  it('does not take feedback beside an answer for its end', () => {
    const parts = decodeStream([chunk([{ text: 'a' }], {}, { promptFeedback: { blockReason: 'OTHER' } })]);
    expect(parts.at(-1)).toMatchObject({ type: 'error', error: { code: 'relay.stream_incomplete' } });
  });

  it('reads an answer stopped by a filter, and a call the model got wrong', () => {
    for (const [raw, reason] of [
      ['SAFETY', 'content_filter'],
      ['MALFORMED_FUNCTION_CALL', 'other'],
      ['MAX_TOKENS', 'length'],
    ] as const) {
      const parts = decodeStream([chunk([{ text: 'a' }]), { candidates: [{ finishReason: raw, index: 0 }], ...total }]);
      expect(parts.slice(-2)).toEqual([{ type: 'finish', finish: { reason, raw } }, { type: 'response-end' }]);
    }
  });

  it('reads an error event and nothing after it', () => {
    const parts = decodeStream([
      chunk([{ text: 'a' }]),
      { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } },
      chunk([{ text: 'b' }], { finishReason: 'STOP' }, total),
    ]);
    expect(parts.at(-1)).toMatchObject({
      type: 'error',
      error: { status: 503, kind: 'overloaded', message: 'The model is overloaded.', code: 'UNAVAILABLE' },
    });
    expect(parts.filter((part) => part.type === 'error')).toHaveLength(1);
  });

  it.each([
    [{ status: 'RESOURCE_EXHAUSTED' }, 429],
    [{ status: 'INVALID_ARGUMENT' }, 400],
    [{ status: 'UNKNOWN', code: 13 }, 500],
    [{ message: 'm', code: 7 }, 502],
    [{}, 502],
  ])('gives an error event that says %j the status %i', (error, status) => {
    expect(decodeStream([{ error }])).toMatchObject([{ type: 'error', error: { status } }]);
  });

  it.each(['{"candidates":[', 'null', '"x"', '7', '[1]'])('throws for %s, which is no answer', (data) => {
    const decoder = gemini.createStreamDecoder(answerContext());
    expect(() => decoder.push({ name: '', data })).toThrow('is not a Gemini answer');
  });

  it('passes over empty events and [DONE]', () => {
    const parts = decodeStream(['', ' ', '[DONE]', chunk([{ text: 'a' }], { finishReason: 'STOP' }, total), '[DONE]']);
    expect(types(parts)).toEqual([
      'response-start',
      'text-start',
      'text-delta',
      'usage',
      'text-end',
      'finish',
      'response-end',
    ]);
  });

  it('takes the largest of each of Google’s counts, whichever chunk has it', () => {
    const last = (counts: readonly JsonObject[]) =>
      decodeStream([
        ...counts.map((usageMetadata) => chunk([{ text: 'a' }], {}, { usageMetadata })),
        chunk([], { finishReason: 'STOP' }, { usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 9 } }),
      ])
        .flatMap((part) => (part.type === 'usage' ? [part.usage] : []))
        .at(-1);
    const expected = { inputTokens: 20, cacheReadTokens: 80, outputTokens: 16, reasoningTokens: 7 };
    expect(last([{ promptTokenCount: 100, cachedContentTokenCount: 80, thoughtsTokenCount: 7 }])).toMatchObject(
      expected,
    );
    expect(last([{ promptTokenCount: 100, cachedContentTokenCount: 80, candidatesTokenCount: 16 }])).toMatchObject({
      outputTokens: 16,
    });
    // Vertex AI says the cache alone until the end.
    expect(last([{ cachedContentTokenCount: 80 }, { thoughtsTokenCount: 7, trafficType: 'ON_DEMAND' }])).toMatchObject(
      expected,
    );
  });

  it('reads the first candidate only, with a loss', () => {
    const losses = collectLosses();
    const other = { content: { parts: [{ text: 'other' }] }, index: 1 };
    const parts = decodeStream(
      [
        { candidates: [{ content: { parts: [{ text: 'a' }] } }, other], ...head },
        { candidates: [other], ...head },
        chunk([{ text: 'b' }], { finishReason: 'STOP' }, total),
      ],
      losses,
    );
    expect(parts.flatMap((part) => (part.type === 'text-delta' ? [part.text] : []))).toEqual(['a', 'b']);
    expect(new Set(losses.list)).toEqual(new Set(['/candidates/1']));
  });

  it('reads media, log-probabilities and sources', () => {
    const losses = collectLosses();
    const parts = decodeStream(
      [
        chunk([{ text: 'a' }, { text: '!' }], {
          logprobsResult: { chosenCandidates: [{ token: 'a', logProbability: -1 }] },
        }),
        chunk([{ inlineData: { mimeType: 'image/png', data: 'AAAA' }, thoughtSignature: 'YQ==' }]),
        chunk([{ text: 'b' }], { groundingMetadata: { groundingChunks: [{ web: { uri: 'https://a.x' } }] } }),
        chunk([], { finishReason: 'STOP' }, total),
      ],
      losses,
    );
    expect(withoutUsage(parts).slice(1, -2)).toEqual([
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'a', logprobs: [{ token: 'a', logprob: -1 }] },
      { type: 'text-delta', block: 0, text: '!' },
      { type: 'text-end', block: 0 },
      {
        type: 'media',
        block: 1,
        part: { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
      },
      { type: 'text-start', block: 2 },
      { type: 'text-delta', block: 2, text: 'b' },
      { type: 'text-end', block: 2, citations: [{ url: 'https://a.x', title: undefined }] },
    ]);
    expect(losses.list).toEqual(['/candidates/0/content/parts']);
  });

  it('keeps a signature that stands alone', () => {
    const parts = decodeStream([
      chunk([{ functionCall: { id: 'c', name: 'f' } }]),
      chunk([{ text: '', thoughtSignature: 'YQ==' }], { finishReason: 'STOP' }, total),
    ]);
    expect(withoutUsage(parts).slice(-4, -2)).toEqual([
      { type: 'reasoning-start', block: 1 },
      { type: 'reasoning-end', block: 1, opaque: opaque('YQ==') },
    ]);
  });
});

describe('arguments in pieces', () => {
  const piece = (functionCall: JsonObject, more: JsonObject = {}): JsonObject => chunk([{ functionCall, ...more }]);
  const arg = (jsonPath: string, value: JsonObject, willContinue?: boolean): JsonObject => ({
    jsonPath,
    ...value,
    ...(willContinue === undefined ? {} : { willContinue }),
  });
  const done = chunk([], { finishReason: 'STOP' }, total);
  const inputs = (chunks: readonly JsonObject[]): unknown[] =>
    decodeStream([...chunks, done]).flatMap((part) =>
      part.type === 'tool-call-delta' ? [JSON.parse(part.input) as unknown] : [],
    );
  const one = (...args: JsonObject[]): unknown =>
    inputs([piece({ name: 'f', willContinue: true }), piece({ partialArgs: args, willContinue: true }), piece({})])[0];

  it('are put together, and the call ends with the piece that does not go on', () => {
    const parts = decodeStream([
      piece({ id: 'c1', name: 'f', willContinue: true }, { thoughtSignature: 'YQ==' }),
      piece({ partialArgs: [arg('$.city', { stringValue: 'Zür' }, true)], willContinue: true }),
      piece({ partialArgs: [arg('$.city', { stringValue: 'ich' })], willContinue: true }),
      piece({ partialArgs: [arg('$.n', { numberValue: 3 })], willContinue: true }),
      piece({}),
      piece({ id: 'c2', name: 'g' }),
      done,
    ]);
    expect(withoutUsage(parts).slice(1, -2)).toEqual([
      { type: 'tool-call-start', block: 0, id: 'c1', name: 'f', kind: 'function' },
      { type: 'tool-call-delta', block: 0, input: '{"city":"Zürich","n":3}' },
      { type: 'tool-call-end', block: 0, opaque: opaque('YQ==') },
      { type: 'tool-call-start', block: 1, id: 'c2', name: 'g', kind: 'function' },
      { type: 'tool-call-delta', block: 1, input: '{}' },
      { type: 'tool-call-end', block: 1 },
    ]);
  });

  it.each<[string, JsonObject[], unknown]>([
    [
      'values of every kind',
      [
        arg('$.s', { stringValue: '' }),
        arg('$.n', { numberValue: 0 }),
        arg('$.b', { boolValue: false }),
        arg('$.x', { nullValue: 'NULL_VALUE' }),
      ],
      { s: '', n: 0, b: false, x: null },
    ],
    [
      'objects and lists',
      [arg('$.a.b[0].c', { stringValue: 'x' }), arg('$.a.b[1]', { numberValue: 1 })],
      { a: { b: [{ c: 'x' }, 1] } },
    ],
    [
      'names in brackets',
      [arg("$['a.b']", { numberValue: 1 }), arg('$["c\\"d"]', { numberValue: 2 })],
      { 'a.b': 1, 'c"d': 2 },
    ],
    ['empty objects and lists', [arg('$.o', {}), arg('$.l[]', {})], { o: {}, l: [] }],
    ['the end of a list', [arg('$.l[0]', { numberValue: 1 }), arg('$.l[]', {})], { l: [1] }],
    [
      'paths that are none',
      [
        arg('a', { numberValue: 1 }),
        arg('$', { numberValue: 1 }),
        arg('$.*', { numberValue: 1 }),
        arg('$.b', { numberValue: 2 }),
      ],
      { b: 2 },
    ],
    [
      'an index out of all proportion',
      [
        arg('$.l[0]', { numberValue: 1 }),
        arg('$.l[999999999]', { numberValue: 2 }),
        arg('$.l[5].a', { numberValue: 3 }),
      ],
      { l: [1] },
    ],
    ['no pieces at all', [], {}],
  ])('say %s', (_what, args, expected) => {
    expect(one(...args)).toEqual(expected);
  });

  it('cannot reach the prototype of all objects', () => {
    one(
      arg('$.a', {}),
      arg('$.a.__proto__.polluted', { stringValue: 'x' }),
      arg('$.__proto__.polluted', { stringValue: 'x' }),
      arg('$.constructor.prototype.polluted', { stringValue: 'x' }),
      arg('$.l[0]', { numberValue: 1 }),
      arg('$.l.__proto__.polluted', { stringValue: 'x' }),
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(([] as unknown as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('end where text or another call begins', () => {
    const chunks = [
      piece({ name: 'f', partialArgs: [arg('$.a', { numberValue: 1 })], willContinue: true }),
      chunk([{ text: 'x' }]),
      piece({ name: 'g', partialArgs: [arg('$.b', { numberValue: 2 })], willContinue: true }),
      piece({ name: 'h', args: { c: 3 } }),
    ];
    expect(inputs(chunks)).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
  });

  it('of a call nobody named are lost', () => {
    const losses = collectLosses();
    expect(types(withoutUsage(decodeStream([piece({ args: { a: 1 } }), done], losses)))).toEqual([
      'response-start',
      'finish',
      'response-end',
    ]);
    expect(losses.list).toEqual(['/candidates/0/content/parts']);
  });
});

describe('encoding a stream', () => {
  const usage = { inputTokens: 5, outputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const full: readonly StreamPart[] = [
    { type: 'response-start', id: 'r1', model: 'claude', createdAt: 1_795_334_400 },
    { type: 'reasoning-start', block: 0 },
    { type: 'reasoning-delta', block: 0, text: 'hm' },
    { type: 'reasoning-end', block: 0, opaque: { mint: '', form: 'thought_signature', data: 'YQ==' } },
    { type: 'text-start', block: 1 },
    { type: 'text-delta', block: 1, text: 'Größe\n\ndata: 東' },
    { type: 'text-delta', block: 1, text: '' },
    { type: 'text-end', block: 1, citations: [{ url: 'https://a.x' }] },
    { type: 'tool-call-start', block: 2, id: 'c1', name: 'f', kind: 'function' },
    { type: 'tool-call-start', block: 3, id: 'c2', name: 'g', kind: 'function' },
    { type: 'tool-call-delta', block: 2, input: '{"q"' },
    { type: 'tool-call-delta', block: 3, input: '{}' },
    { type: 'tool-call-delta', block: 2, input: ':1}' },
    { type: 'tool-call-end', block: 2, opaque: { mint: '', form: 'thought_signature', data: 'Yg==' } },
    { type: 'tool-call-end', block: 3 },
    { type: 'usage', usage },
    { type: 'finish', finish: { reason: 'tool_calls' } },
    { type: 'response-end' },
  ];
  const shown = { reasoning: { mode: 'on', summary: 'auto' } } as const;
  const partsIn = (wire: string): unknown[] =>
    eventsOf(wire).flatMap((event) => {
      const [candidate] = event['candidates'] as unknown as { content: { parts: unknown[] } }[];
      return candidate?.content.parts ?? [];
    });

  it('sends data lines only, each a whole answer, calls once they are whole', () => {
    const wire = encodeStream(full, shown);
    const envelope = { modelVersion: 'claude', responseId: 'r1', createTime: '2026-11-22T08:00:00.000Z' };
    for (const event of eventsOf(wire)) {
      expect(event).toMatchObject({ ...envelope, candidates: [{ index: 0, content: { role: 'model' } }] });
    }
    expect(partsIn(wire)).toEqual([
      { text: 'hm', thought: true },
      { text: '', thought: true, thoughtSignature: 'YQ==' },
      { text: 'Größe\n\ndata: 東' },
      { functionCall: { id: 'c1', name: 'f', args: { q: 1 } }, thoughtSignature: 'Yg==' },
      { functionCall: { id: 'c2', name: 'g', args: {} } },
      { text: '' },
    ]);
  });

  it('ends with one chunk of reason, counts and sources', () => {
    const events = eventsOf(encodeStream(full, shown));
    expect(events.at(-1)).toMatchObject({
      candidates: [{ finishReason: 'STOP', groundingMetadata: { groundingChunks: [{ web: { uri: 'https://a.x' } }] } }],
      usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 3, totalTokenCount: 8 },
    });
    expect(events.slice(0, -1).filter((event) => JSON.stringify(event).includes('finishReason'))).toEqual([]);
  });

  it('hides thoughts of clients that did not ask, but not their signatures', () => {
    expect(partsIn(encodeStream(full)).slice(0, 2)).toEqual([
      { text: '', thought: true, thoughtSignature: 'YQ==' },
      { text: 'Größe\n\ndata: 東' },
    ]);
  });

  it('sends refusals, media and log-probabilities', () => {
    const wire = encodeStream([
      { type: 'response-start', id: 'r1', model: '' },
      { type: 'refusal-start', block: 0 },
      { type: 'refusal-delta', block: 0, text: 'no' },
      { type: 'refusal-end', block: 0 },
      {
        type: 'media',
        block: 1,
        part: { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
      },
      { type: 'text-delta', block: 2, text: 'a', logprobs: [{ token: 'a', logprob: -1 }] },
      { type: 'finish', finish: { reason: 'refusal' } },
      { type: 'response-end' },
    ]);
    expect(partsIn(wire)).toEqual([
      { text: 'no' },
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      { text: 'a' },
      { text: '' },
    ]);
    expect(eventsOf(wire)[2]).toMatchObject({
      candidates: [{ logprobsResult: { chosenCandidates: [{ token: 'a', logProbability: -1 }] } }],
      modelVersion: 'gemini-2.5-flash',
    });
    expect(eventsOf(wire).at(-1)).toMatchObject({ candidates: [{ finishReason: 'SAFETY' }] });
  });

  it('says MALFORMED_FUNCTION_CALL for broken arguments, and MAX_TOKENS where the answer was cut', () => {
    const call = (input: string): StreamPart[] => [
      { type: 'tool-call-start', block: 0, id: 'c1', name: 'f', kind: 'function' },
      { type: 'tool-call-delta', block: 0, input },
      { type: 'tool-call-end', block: 0 },
    ];
    const end = (reason: 'tool_calls' | 'length'): StreamPart[] => [
      { type: 'finish', finish: { reason } },
      { type: 'response-end' },
    ];
    const losses = collectLosses();
    const broken = eventsOf(encodeStream([...call('{"a":'), ...end('tool_calls')], {}, losses));
    expect(broken).toMatchObject([{ candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL' }] }]);
    expect(losses.list).toEqual(['tool_call c1']);
    expect(eventsOf(encodeStream([...call('{"a":'), ...end('length')]))).toMatchObject([
      { candidates: [{ finishReason: 'MAX_TOKENS' }] },
    ]);
  });

  it('sends an error as an event and nothing after it', () => {
    const error = { status: 503, kind: 'overloaded', message: 'Busy.' } as const;
    const wire = encodeStream([
      { type: 'text-delta', block: 0, text: 'a' },
      { type: 'error', error },
      { type: 'text-delta', block: 0, text: 'b' },
      { type: 'response-end' },
    ]);
    expect(eventsOf(wire).slice(1)).toMatchObject([{ error: { code: 503, status: 'UNAVAILABLE', message: 'Busy.' } }]);
  });

  it('is read back as what it was, however the text was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 8 }), (pieces) => {
        const wire = encodeStream([
          { type: 'response-start', id: 'r1', model: 'm' },
          { type: 'text-start', block: 0 },
          ...pieces.map((text): StreamPart => ({ type: 'text-delta', block: 0, text })),
          { type: 'text-end', block: 0 },
          { type: 'usage', usage },
          { type: 'finish', finish: { reason: 'stop' } },
          { type: 'response-end' },
        ]);
        const parts = decodeStream(eventsOf(wire));
        expect(parts.flatMap((part) => (part.type === 'text-delta' ? [part.text] : []))).toEqual(pieces);
        expect(types(parts).slice(-2)).toEqual(['finish', 'response-end']);
      }),
    );
  });
});

describe('a stream without alt=sse', () => {
  const events = [{ a: 1 }, { b: 'x\ny' }, { error: { code: 503 } }];

  it('is one JSON array, whatever pieces the events come in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200), { maxLength: 6 }), fc.constantFrom('\n', '\r\n'), (cuts, newline) => {
        const wire = events.map((event) => `data: ${JSON.stringify(event)}${newline}${newline}`).join('');
        const at = [0, ...cuts.map((cut) => cut % wire.length).sort((a, b) => a - b), wire.length];
        const framing = createArrayFraming();
        const text = at.slice(1).map((end, index) => framing.push(wire.slice(at[index], end)));
        expect(JSON.parse(text.join('') + framing.end())).toEqual(events);
      }),
    );
  });

  it('sends each element as soon as it is whole', () => {
    const framing = createArrayFraming();
    expect(framing.push('data: {"a":1}\n\ndata: {"b"')).toBe('[{"a":1}');
    expect(framing.push(':2}\n\n')).toBe(',\r\n{"b":2}');
    expect(framing.end()).toBe(']');
  });

  it('is left open where no end was said, which is how a client sees that it broke', () => {
    const framing = createArrayFraming();
    expect(() => JSON.parse(framing.push('data: {"a":1}\n\n')) as unknown).toThrow();
  });

  it('is an empty array when nothing came, and holds no [DONE] and no comment', () => {
    expect(createArrayFraming().end()).toBe('[]');
    const framing = createArrayFraming();
    expect(framing.push(': ping\n\ndata: {"a":1}\n\ndata: [DONE]\n\n') + framing.end()).toBe('[{"a":1}]');
  });

  it('takes what the encoder makes', () => {
    const encoder = gemini.createStreamEncoder(clientContext());
    const framing = createArrayFraming();
    const parts: StreamPart[] = [
      { type: 'text-delta', block: 0, text: 'a' },
      { type: 'finish', finish: { reason: 'stop' } },
      { type: 'response-end' },
    ];
    const text = parts.map((part) => framing.push(encoder.encode(part))).join('') + framing.end();
    expect(JSON.parse(text)).toMatchObject([
      { candidates: [{ content: { parts: [{ text: 'a' }] } }] },
      { candidates: [{ finishReason: 'STOP' }] },
    ]);
  });
});
