import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import type { JsonObject, StreamPart } from '../../../../../main/gateway/dialects/canonical.ts';
import { openaiChat } from '../../../../../main/gateway/dialects/openai-chat/openai-chat.ts';
import {
  answerContext,
  callsOf,
  chunk,
  clientContext,
  dataOf,
  decodeStream,
  encodeStream,
  event,
  finish,
  joined,
  collectLosses,
  usageChunk,
} from './support.ts';

const head: StreamPart = {
  type: 'response-start',
  id: 'chatcmpl-1',
  model: 'gpt-4.1-2025-04-14',
  createdAt: 1_790_000_000,
  serviceTier: 'default',
};
const toolChunk = (...entries: JsonObject[]): JsonObject => chunk({ tool_calls: entries });
const fn = (
  index: number | undefined,
  id: string | undefined,
  name: string | undefined,
  args: string | undefined,
): JsonObject => ({
  ...(index === undefined ? {} : { index }),
  ...(id === undefined ? {} : { id, type: 'function' }),
  function: { ...(name === undefined ? {} : { name }), ...(args === undefined ? {} : { arguments: args }) },
});
const calls = (...chunks: JsonObject[]): [string, string, string][] =>
  callsOf(decodeStream([...chunks, finish('tool_calls')]));

describe('decoding a stream', () => {
  it('gives text in blocks, usage, finish and end in order', () => {
    const parts = decodeStream([
      chunk({ role: 'assistant', content: '', refusal: null }),
      chunk({ content: 'Grüße, ' }),
      chunk({ content: '漢😀' }),
      finish('stop'),
      usageChunk,
      '[DONE]',
    ]);
    expect(parts).toEqual([
      head,
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'Grüße, ' },
      { type: 'text-delta', block: 0, text: '漢😀' },
      {
        type: 'usage',
        usage: {
          inputTokens: 60,
          outputTokens: 30,
          cacheReadTokens: 40,
          cacheWriteTokens: 0,
          reasoningTokens: 12,
          inputAudioTokens: 0,
          outputAudioTokens: 0,
        },
        raw: usageChunk['usage'],
      },
      { type: 'text-end', block: 0 },
      { type: 'finish', finish: { reason: 'stop', raw: 'stop' } },
      { type: 'response-end' },
    ]);
  });

  it('is complete without [DONE], and incomplete without a finish reason even with it', () => {
    expect(decodeStream([chunk({ content: 'x' }), finish('stop')]).at(-1)).toEqual({ type: 'response-end' });
    for (const chunks of [[chunk({ content: 'x' })], [chunk({ content: 'x' }), '[DONE]'], []]) {
      const parts = decodeStream(chunks);
      expect(parts.at(-1)).toMatchObject({
        type: 'error',
        error: { code: 'relay.stream_incomplete', status: 502, kind: 'server' },
      });
      expect(parts.filter((part) => part.type === 'finish' || part.type === 'response-end')).toEqual([]);
    }
  });

  it('gives nothing more once it is over', () => {
    const decoder = openaiChat.createStreamDecoder(answerContext());
    decoder.push(event(chunk({ content: 'x' })));
    decoder.push(event(finish('stop')));
    expect(decoder.push(event('[DONE]')).at(-1)).toEqual({ type: 'response-end' });
    expect(decoder.push(event(chunk({ content: 'late' })))).toEqual([]);
    expect(decoder.end()).toEqual([]);
  });

  it('holds the finish back while servers say it too early, and takes the reason that says most', () => {
    const parts = decodeStream([
      chunk({ content: 'a' }, { finish_reason: 'stop' }),
      chunk({ content: 'b' }, { finish_reason: 'stop' }),
      finish('length'),
      finish('stop'),
    ]);
    expect(joined(parts).slice(1)).toEqual([
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'ab' },
      { type: 'text-end', block: 0 },
      { type: 'finish', finish: { reason: 'length', raw: 'length' } },
      { type: 'response-end' },
    ]);
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['function_call', 'tool_calls'],
    ['eos', 'stop'],
    ['insufficient_system_resource', 'other'],
    ['constructor', 'other'],
  ])('reads the finish reason %s as %s', (raw, reason) => {
    expect(decodeStream([finish(raw)]).at(-2)).toEqual({ type: 'finish', finish: { reason, raw } });
  });

  it('says tool_calls after tool calls, whatever a server says', () => {
    expect(decodeStream([toolChunk(fn(0, 'c', 'f', '{}')), finish('stop')]).at(-2)).toEqual({
      type: 'finish',
      finish: { reason: 'tool_calls', raw: 'stop' },
    });
  });

  it('skips the first chunk of Azure, which names neither id nor answer', () => {
    const verdict = { id: '', model: '', created: 0, choices: [], prompt_filter_results: [{}] };
    expect(decodeStream([verdict, chunk({ content: 'x' }), finish('stop')])[0]).toEqual(head);
  });

  it('makes up an id where there is none', () => {
    expect(decodeStream([chunk({ content: 'x' }, {}, { id: undefined }), finish('stop')])[0]).toMatchObject({
      id: 'chatcmpl-1',
      model: 'gpt-4.1-2025-04-14',
    });
    expect(decodeStream([{ choices: [{ delta: { content: 'x' } }] }])[0]).toEqual({
      type: 'response-start',
      id: 'chatcmpl-1',
      model: '',
    });
  });

  it.each<[JsonObject]>([
    [{ reasoning_content: 'hm' }],
    [{ reasoning: 'hm' }],
    [{ reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] }],
    [{ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }],
  ])('reads reasoning from %j and parts it from the text', (delta) => {
    const parts = decodeStream([chunk(delta), chunk({ content: 'yes' }), finish('stop')]);
    expect(parts.slice(1, -2)).toEqual([
      { type: 'reasoning-start', block: 0 },
      { type: 'reasoning-delta', block: 0, text: 'hm' },
      { type: 'reasoning-end', block: 0 },
      { type: 'text-start', block: 1 },
      { type: 'text-delta', block: 1, text: 'yes' },
      { type: 'text-end', block: 1 },
    ]);
  });

  it('reads a refusal as one', () => {
    expect(
      joined(
        decodeStream([
          chunk({ role: 'assistant', content: '', refusal: null }),
          chunk({ refusal: 'I ' }),
          chunk({ refusal: 'won’t.' }),
          finish('stop'),
        ]),
      ).slice(1, -2),
    ).toEqual([
      { type: 'refusal-start', block: 0 },
      { type: 'refusal-delta', block: 0, text: 'I won’t.' },
      { type: 'refusal-end', block: 0 },
    ]);
  });

  it('reads sources, log-probabilities and images', () => {
    const parts = decodeStream([
      chunk(
        { content: 'a' },
        {
          logprobs: {
            content: [
              { token: 'a', logprob: -0.1, bytes: [97], top_logprobs: [{ token: 'b', logprob: -2, bytes: null }] },
            ],
          },
        },
      ),
      chunk({
        annotations: [
          {
            type: 'url_citation',
            url_citation: { url: 'https://a.example', title: 'A', start_index: 0, end_index: 1 },
          },
        ],
      }),
      chunk({ images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }] }),
      finish('stop'),
    ]);
    expect(parts.slice(1, -2)).toEqual([
      { type: 'text-start', block: 0 },
      {
        type: 'text-delta',
        block: 0,
        text: 'a',
        logprobs: [{ token: 'a', logprob: -0.1, bytes: [97], top: [{ token: 'b', logprob: -2 }] }],
      },
      { type: 'text-end', block: 0, citations: [{ url: 'https://a.example', title: 'A', startIndex: 0, endIndex: 1 }] },
      {
        type: 'media',
        block: 1,
        part: { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } },
      },
    ]);
  });

  it.each<[string, JsonObject]>([
    ['in the chunk', { ...finish('stop'), usage: usageChunk['usage'] }],
    ['of Groq', { ...finish('stop'), usage: null, x_groq: { usage: usageChunk['usage'] } }],
    ['of Moonshot', chunk({}, { finish_reason: 'stop', usage: usageChunk['usage'] }, { usage: undefined })],
  ])('finds the usage %s', (_where, last) => {
    expect(decodeStream([chunk({ content: 'x' }), last]).find((part) => part.type === 'usage')).toMatchObject({
      usage: { inputTokens: 60, cacheReadTokens: 40, outputTokens: 30 },
    });
  });

  it('counts growing usage once: the largest of each', () => {
    const grown = (completion: number): JsonObject =>
      chunk(
        { content: 'x' },
        {},
        { usage: { prompt_tokens: 10, completion_tokens: completion, total_tokens: 10 + completion } },
      );
    expect(
      decodeStream([grown(1), grown(5), grown(3), finish('stop')]).findLast((part) => part.type === 'usage'),
    ).toMatchObject({ usage: { inputTokens: 10, outputTokens: 5 } });
  });

  it('reads the first of several answers and says so', () => {
    const losses = collectLosses();
    const second = { index: 1, delta: { content: 'two' }, finish_reason: null };
    const parts = decodeStream(
      [chunk({ content: 'one' }), chunk({}, {}, { choices: [second] }), finish('stop')],
      losses,
    );
    expect(joined(parts).filter((part) => part.type === 'text-delta')).toEqual([
      { type: 'text-delta', block: 0, text: 'one' },
    ]);
    expect(losses.list).toEqual(['n']);
  });

  it.each<[string, unknown, string, object]>([
    [
      'an error object',
      { error: { message: 'Too fast', type: 'rate_limit_error', code: 'rate_limit_exceeded' } },
      '',
      { status: 429, kind: 'rate_limit', message: 'Too fast', code: 'rate_limit_exceeded' },
    ],
    ['a numeric code', { error: { message: 'Busy', code: 503 }, choices: [] }, '', { status: 503, kind: 'overloaded' }],
    ['a text', { error: 'it broke' }, '', { status: 502, message: 'it broke' }],
    ['a named event', { message: 'it broke' }, 'error', { status: 502, message: 'it broke' }],
    [
      'the way of vLLM',
      { object: 'error', message: 'too long', type: 'BadRequestError', code: 400 },
      '',
      { status: 400, kind: 'invalid_request' },
    ],
    [
      'a failed choice',
      chunk({}, { finish_reason: 'error', error: { code: 502, message: 'upstream' } }),
      '',
      { status: 502, message: 'upstream' },
    ],
  ])('ends with %s inside the stream, and never cleanly', (_what, data, name, error) => {
    const decoder = openaiChat.createStreamDecoder(answerContext());
    decoder.push(event(chunk({ content: 'x' })));
    expect(decoder.push(event(data, name))).toEqual([
      { type: 'error', error: expect.objectContaining(error) as unknown },
    ]);
    expect(decoder.push(event('[DONE]'))).toEqual([]);
    expect(decoder.end()).toEqual([]);
  });

  it.each(['{"choices":', '[1]', '"x"'])('throws on %s and goes on with the next event', (data) => {
    const decoder = openaiChat.createStreamDecoder(answerContext());
    expect(() => decoder.push(event(data))).toThrow(
      expect.objectContaining({ code: 'relay.stream_malformed' }) as Error,
    );
    expect(decoder.push(event(chunk({ content: 'x' })))).toHaveLength(3);
  });

  it('passes over events without data and fields of the wrong type', () => {
    expect(
      decodeStream([
        '',
        {},
        { choices: null },
        { choices: [5] },
        chunk({ content: 7, tool_calls: 'x' }),
        finish('stop'),
      ]).filter((part) => part.type === 'text-start'),
    ).toEqual([]);
  });
});

describe('tool calls in a stream', () => {
  it('start once with id and name, and end before the finish', () => {
    const parts = decodeStream([
      chunk({ role: 'assistant', content: null }),
      toolChunk(fn(0, 'call_1', 'weather', '')),
      toolChunk(fn(0, undefined, undefined, '{"city":"K')),
      toolChunk(fn(0, undefined, undefined, 'öln"}')),
      finish('tool_calls'),
    ]);
    expect(parts.slice(1)).toEqual([
      { type: 'tool-call-start', block: 0, id: 'call_1', name: 'weather', kind: 'function' },
      { type: 'tool-call-delta', block: 0, input: '{"city":"K' },
      { type: 'tool-call-delta', block: 0, input: 'öln"}' },
      { type: 'tool-call-end', block: 0 },
      { type: 'finish', finish: { reason: 'tool_calls', raw: 'tool_calls' } },
      { type: 'response-end' },
    ]);
  });

  const a: [string, string, string] = ['call_a', 'read', '{"path":"a"}'];
  const b: [string, string, string] = ['call_b', 'read', '{"path":"b"}'];

  it.each<[string, JsonObject[], [string, string, string][]]>([
    [
      'interleaved by index',
      [
        toolChunk(fn(0, 'call_a', 'read', ''), fn(1, 'call_b', 'read', '')),
        toolChunk(fn(1, undefined, undefined, '{"path":')),
        toolChunk(fn(0, undefined, undefined, '{"path":"a"}')),
        toolChunk(fn(1, undefined, undefined, '"b"}')),
      ],
      [a, b],
    ],
    [
      'with index 0 for all and ids',
      [toolChunk(fn(0, 'call_a', 'read', '{"path":"a"}')), toolChunk(fn(0, 'call_b', 'read', '{"path":"b"}'))],
      [a, b],
    ],
    [
      'with index 0 for all, ids, and pieces',
      [
        toolChunk(fn(0, 'call_a', 'read', '{"path"')),
        toolChunk(fn(0, undefined, undefined, ':"a"}')),
        toolChunk(fn(0, 'call_b', 'read', '{"pa')),
        toolChunk(fn(0, undefined, undefined, 'th":"b"}')),
      ],
      [a, b],
    ],
    [
      'with index 0 for all in one chunk',
      [toolChunk(fn(0, 'call_a', 'read', '{"path":"a"}'), fn(0, 'call_b', 'read', '{"path":"b"}'))],
      [a, b],
    ],
    [
      'with index 0 and late pieces by id',
      [
        toolChunk(fn(0, 'call_a', 'read', '{"path"'), fn(0, 'call_b', 'read', '{"path"')),
        toolChunk({ index: 0, id: 'call_a', function: { arguments: ':"a"}' } }),
        toolChunk({ index: 0, id: 'call_b', function: { arguments: ':"b"}' } }),
      ],
      [a, b],
    ],
    [
      'without index',
      [
        toolChunk(fn(undefined, 'call_a', 'read', '{"path"')),
        toolChunk(fn(undefined, undefined, undefined, ':"a"}')),
        toolChunk(fn(undefined, 'call_b', 'read', '{"path":"b"}')),
      ],
      [a, b],
    ],
    [
      'without index, in one chunk',
      [toolChunk(fn(undefined, 'call_a', 'read', '{"path":"a"}'), fn(undefined, 'call_b', 'read', '{"path":"b"}'))],
      [a, b],
    ],
    [
      'with an index only at the start',
      [
        toolChunk(fn(7, 'call_a', 'read', '{"path"')),
        toolChunk(fn(undefined, undefined, undefined, ':"a"}')),
        toolChunk(fn(8, 'call_b', 'read', '{"path":"b"}')),
      ],
      [a, b],
    ],
    [
      'with an index only afterwards',
      [
        toolChunk(fn(undefined, 'call_a', 'read', '{"path"')),
        toolChunk(fn(0, undefined, undefined, ':"a"}')),
        toolChunk(fn(undefined, 'call_b', 'read', '{"path":"b"}')),
      ],
      [a, b],
    ],
    [
      'with the id and name repeated',
      [
        toolChunk(fn(0, 'call_a', 'read', '{"path"')),
        toolChunk(fn(0, 'call_a', 'read', ':"a"}')),
        toolChunk(fn(0, 'call_a', 'read', '')),
        toolChunk(fn(1, 'call_b', 'read', '{"path":"b"}')),
      ],
      [a, b],
    ],
    [
      'said whole once more at the end',
      [
        toolChunk(fn(0, 'call_a', 'read', '{"path":"a"}')),
        toolChunk(fn(0, 'call_a', 'read', '{"path":"a"}')),
        toolChunk(fn(1, 'call_b', 'read', '{"path":"b"}')),
      ],
      [a, b],
    ],
    [
      'with a new id in every piece',
      [
        toolChunk(fn(0, 'call_a', 'read', '{"path"')),
        toolChunk(fn(0, 'call_x', undefined, ':"a"}')),
        toolChunk(fn(1, 'call_b', 'read', '{"path"')),
        toolChunk(fn(1, 'call_y', undefined, ':"b"}')),
      ],
      [a, b],
    ],
  ])('are told apart %s', (_how, chunks, expected) => {
    expect(calls(...chunks)).toEqual(expected);
  });

  it('are told apart without ids, and get some', () => {
    expect(
      calls(
        toolChunk(fn(0, '', 'read', '{"n":1}')),
        toolChunk(fn(0, '', 'read', '{"n":2}')),
        toolChunk(fn(0, undefined, 'write', '{')),
        toolChunk(fn(0, undefined, undefined, '}')),
      ),
    ).toEqual([
      ['call_1', 'read', '{"n":1}'],
      ['call_2', 'read', '{"n":2}'],
      ['call_3', 'write', '{}'],
    ]);
  });

  it('get ids of their own when a server gives all the same', () => {
    const [first, second] = calls(
      toolChunk(fn(0, 'chatcmpl', 'read', '{"n":1}')),
      toolChunk(fn(1, 'chatcmpl', 'read', '{"n":2}')),
    );
    expect([first, second?.slice(1)]).toEqual([
      ['chatcmpl', 'read', '{"n":1}'],
      ['read', '{"n":2}'],
    ]);
    expect(second?.[0]).not.toBe('chatcmpl');
  });

  it('wait for the name, and then for an id until their arguments begin', () => {
    expect(calls(toolChunk(fn(0, 'c', undefined, undefined)), toolChunk(fn(0, undefined, 'f', '{"a":1}')))).toEqual([
      ['c', 'f', '{"a":1}'],
    ]);
    expect(calls(toolChunk(fn(0, undefined, 'f', undefined)), toolChunk(fn(0, 'c', undefined, '{}')))).toEqual([
      ['c', 'f', '{}'],
    ]);
    expect(calls(toolChunk(fn(0, undefined, undefined, '{"a"')), toolChunk(fn(0, 'c', 'f', ':1}')))).toEqual([
      ['c', 'f', '{"a":1}'],
    ]);
    expect(calls(toolChunk(fn(0, undefined, 'f', undefined)))).toEqual([['call_1', 'f', '']]);
  });

  it('without arguments, or with the arguments as an object, are whole', () => {
    expect(calls(toolChunk(fn(0, 'c', 'f', undefined)))).toEqual([['c', 'f', '']]);
    expect(calls(toolChunk({ index: 0, id: 'c', function: { name: 'f', arguments: { a: 1 } } }))).toEqual([
      ['c', 'f', '{"a":1}'],
    ]);
  });

  it('without a name are left out, and said to be', () => {
    const losses = collectLosses();
    const parts = decodeStream([toolChunk(fn(0, 'c', undefined, '{}')), finish('tool_calls')], losses);
    expect(callsOf(parts)).toEqual([]);
    expect(losses.list).toEqual(['tool_calls']);
  });

  it('may be of the old form', () => {
    expect(
      calls(
        chunk({ function_call: { name: 'f', arguments: '' } }),
        chunk({ function_call: { arguments: '{"a"' } }),
        chunk({ function_call: { arguments: ':1}' } }),
      ),
    ).toEqual([['call_1', 'f', '{"a":1}']]);
  });

  it('may be free-form, and carry a signature of Google', () => {
    const parts = decodeStream([
      toolChunk({ index: 0, id: 'c', type: 'custom', custom: { name: 'patch', input: '*** ' } }),
      toolChunk({ index: 0, custom: { input: '{}' } }),
      toolChunk({ ...fn(1, 'd', 'f', '{}'), extra_content: { google: { thought_signature: 'c2ln' } } }),
      finish('tool_calls'),
    ]);
    expect(callsOf(parts)).toEqual([
      ['c', 'patch', '*** {}'],
      ['d', 'f', '{}'],
    ]);
    expect(parts.find((part) => part.type === 'tool-call-start')).toMatchObject({ kind: 'custom' });
    expect(parts.filter((part) => part.type === 'tool-call-end')).toEqual([
      { type: 'tool-call-end', block: 0 },
      { type: 'tool-call-end', block: 1, opaque: { mint: 'p', form: 'thought_signature', data: 'c2ln' } },
    ]);
  });

  it('come out whole however their arguments are split and interleaved', () => {
    const inputs = ['{"text":"é漢😀 \\"q\\" {}"}', '{"list":[{"a":{}},{}],"n":-1.5e3}', '{}'];
    const pieces = fc.tuple(
      ...inputs.map((input) => fc.array(fc.nat(input.length), { maxLength: 5 }).map((cuts) => splitAt(input, cuts))),
    );
    fc.assert(
      fc.property(pieces, fc.infiniteStream(fc.nat(2)), fc.boolean(), (queues, order, namesRepeat) => {
        const left = queues.map((queue) => [...queue]);
        const chunks = inputs.map((_, index) => toolChunk(fn(index, `c${String(index)}`, 'f', '')));
        for (const pick of order) {
          if (left.every((queue) => queue.length === 0)) break;
          const piece = left[pick]?.shift();
          if (piece !== undefined)
            chunks.push(
              toolChunk(fn(pick, namesRepeat ? `c${String(pick)}` : undefined, namesRepeat ? 'f' : undefined, piece)),
            );
        }
        expect(calls(...chunks)).toEqual(inputs.map((input, index) => [`c${String(index)}`, 'f', input]));
      }),
    );
  });
});

function splitAt(text: string, cuts: readonly number[]): string[] {
  const points = [0, ...[...cuts].sort((one, two) => one - two), text.length];
  return points.slice(1).map((end, index) => text.slice(points[index], end));
}

describe('encoding a stream', () => {
  const start: StreamPart = { type: 'response-start', id: 'msg_1', model: 'claude', createdAt: 1_790_000_001 };
  const end: StreamPart[] = [{ type: 'finish', finish: { reason: 'stop' } }, { type: 'response-end' }];
  const usage: StreamPart = {
    type: 'usage',
    usage: { inputTokens: 60, outputTokens: 30, cacheReadTokens: 40, cacheWriteTokens: 5, reasoningTokens: 12 },
  };
  const json = (wire: string): JsonObject[] =>
    dataOf(wire)
      .filter((data) => data !== '[DONE]')
      .map((data) => JSON.parse(data) as JsonObject);

  it('sends the role first, every field clients need, and [DONE] last', () => {
    const wire = encodeStream([
      start,
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'é😀\n' },
      { type: 'text-end', block: 0 },
      ...end,
    ]);
    const base = { id: 'msg_1', object: 'chat.completion.chunk', created: 1_790_000_001, model: 'claude' };
    expect(json(wire)).toEqual([
      {
        ...base,
        choices: [{ index: 0, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null }],
      },
      { ...base, choices: [{ index: 0, delta: { content: 'é😀\n' }, logprobs: null, finish_reason: null }] },
      { ...base, choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }] },
    ]);
    expect(dataOf(wire).at(-1)).toBe('[DONE]');
  });

  it('sends the role even when the first part is no start, with an id and a model', () => {
    const [first] = json(encodeStream([{ type: 'text-delta', block: 0, text: 'x' }]));
    expect(first).toMatchObject({
      id: 'chatcmpl-1',
      model: 'gpt-4.1',
      created: 1_800_000_000,
      choices: [{ delta: { role: 'assistant', content: 'x' } }],
    });
  });

  it('sends usage when it was asked for, last before [DONE], counting the cache as input', () => {
    const asked = json(
      encodeStream([start, { type: 'text-delta', block: 0, text: 'x' }, usage, ...end], { includeUsage: true }),
    );
    expect(asked.slice(0, -1).map((one) => one['usage'])).toEqual([null, null, null]);
    expect(asked.at(-1)).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 105,
        completion_tokens: 30,
        total_tokens: 135,
        prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 5 },
        completion_tokens_details: { reasoning_tokens: 12 },
      },
    });
    expect(encodeStream([start, usage, ...end])).not.toContain('usage');
  });

  it('numbers parallel calls by their start, keeps their pieces apart, and gives empty ones {}', () => {
    const losses = collectLosses();
    const wire = encodeStream(
      [
        start,
        { type: 'tool-call-start', block: 4, id: 'a', name: 'f', kind: 'function' },
        { type: 'tool-call-start', block: 7, id: 'b', name: 'g', kind: 'function' },
        { type: 'tool-call-start', block: 9, id: 'c', name: 'p', kind: 'custom' },
        { type: 'tool-call-delta', block: 7, input: '{"x"' },
        { type: 'tool-call-delta', block: 9, input: '*' },
        { type: 'tool-call-delta', block: 7, input: ':1}' },
        { type: 'tool-call-delta', block: 99, input: 'lost' },
        ...[4, 7, 9].map((block): StreamPart => ({ type: 'tool-call-end', block })),
        { type: 'finish', finish: { reason: 'tool_calls' } },
        { type: 'response-end' },
      ],
      {},
      losses,
    );
    const sent = json(wire).flatMap((one) => {
      const [choice] = one['choices'] as JsonObject[];
      return ((choice?.['delta'] as JsonObject)['tool_calls'] ?? []) as JsonObject[];
    });
    expect(sent).toEqual([
      { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } },
      { index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } },
      { index: 2, id: 'c', type: 'custom', custom: { name: 'p', input: '' } },
      { index: 1, function: { arguments: '{"x"' } },
      { index: 2, custom: { input: '*' } },
      { index: 1, function: { arguments: ':1}' } },
      { index: 0, function: { arguments: '{}' } },
    ]);
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['tool_calls', 'tool_calls'],
    ['content_filter', 'content_filter'],
    ['refusal', 'content_filter'],
    ['pause', 'stop'],
    ['other', 'stop'],
  ] as const)('says the finish %s as %s', (reason, word) => {
    expect(json(encodeStream([start, { type: 'finish', finish: { reason } }])).at(-1)).toMatchObject({
      choices: [{ finish_reason: word }],
    });
  });

  it('ends with the error and nothing behind it', () => {
    const encoder = openaiChat.createStreamEncoder(clientContext());
    encoder.encode(start);
    const wire = encoder.encode({
      type: 'error',
      error: { status: 502, kind: 'server', message: 'cut', code: 'relay.stream_cut' },
    });
    expect(json(wire)).toEqual([
      { error: { message: 'cut', type: 'server_error', param: null, code: 'relay.stream_cut' } },
    ]);
    expect(
      encoder.encode({ type: 'finish', finish: { reason: 'stop' } }) + encoder.encode({ type: 'response-end' }),
    ).toBe('');
  });

  it('loses media, and says so', () => {
    const losses = collectLosses();
    expect(
      encodeStream(
        [{ type: 'media', block: 0, part: { type: 'image', source: { kind: 'url', url: 'u' } } }],
        {},
        losses,
      ),
    ).toBe('');
    expect(losses.list).toEqual(['image']);
  });
});

describe('round trip of a stream', () => {
  it('gives the same parts', () => {
    const parts = joined(
      decodeStream([
        chunk({ role: 'assistant', content: '' }),
        chunk({ reasoning_content: 'h' }),
        chunk({ reasoning_content: 'm' }),
        chunk(
          { content: 'é' },
          { logprobs: { content: [{ token: 'é', logprob: -0.5, bytes: [195, 169], top_logprobs: [] }] } },
        ),
        chunk({ content: '😀' }),
        chunk({
          annotations: [
            {
              type: 'url_citation',
              url_citation: { url: 'https://a.example', title: 'A', start_index: 0, end_index: 1 },
            },
          ],
        }),
        toolChunk(fn(0, 'a', 'f', '{"x":'), fn(1, 'b', 'g', '')),
        toolChunk(fn(1, undefined, undefined, '{}')),
        toolChunk(fn(0, undefined, undefined, '1}')),
        finish('tool_calls'),
        usageChunk,
        '[DONE]',
      ]),
    );
    const wire = encodeStream(parts, { includeUsage: true });
    const again = joined(decodeStream(dataOf(wire)));
    // Usage is told behind the finish, and in fewer words than the provider's.
    const plain = (list: StreamPart[]): StreamPart[] => list.filter((part) => part.type !== 'usage');
    expect(plain(again)).toEqual(plain(parts));
    expect(again.find((part) => part.type === 'usage')).toMatchObject({
      usage: { inputTokens: 60, cacheReadTokens: 40, outputTokens: 30, reasoningTokens: 12 },
    });
  });
});
