import { describe, expect, it } from 'vitest';
import type { CanonicalResponse, JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { openaiChat } from '../../../../../main/gateway/dialects/openai-chat/openai-chat.ts';
import { answerContext, clientContext, collectLosses, usageChunk } from './support.ts';

function answer(message: JsonObject, choice: JsonObject = {}, outer: JsonObject = {}): JsonObject {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_790_000_000,
    model: 'gpt-4.1-2025-04-14',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', refusal: null, annotations: [], ...message },
        logprobs: null,
        finish_reason: 'stop',
        ...choice,
      },
    ],
    usage: usageChunk['usage'],
    service_tier: 'default',
    system_fingerprint: 'fp_1',
    ...outer,
  };
}

const decode = (body: JsonObject, losses = collectLosses()): CanonicalResponse =>
  openaiChat.decodeAnswer(body, answerContext(losses));
const encode = (response: Partial<CanonicalResponse>, losses = collectLosses()): JsonObject =>
  openaiChat.encodeAnswer(
    { id: 'msg_1', model: 'claude', parts: [], finish: { reason: 'stop' }, ...response },
    clientContext({}, losses),
  );
const call = (id: unknown, name: string, args: unknown): JsonObject =>
  ({ id, type: 'function', function: { name, arguments: args } }) as JsonObject;

describe('decoding an answer', () => {
  it('reads text, sources, log-probabilities, usage and facts', () => {
    const annotations = [
      { type: 'url_citation', url_citation: { url: 'https://a.example', title: 'A', start_index: 0, end_index: 2 } },
    ];
    const logprobs = { content: [{ token: 'é', logprob: -1, bytes: [195, 169], top_logprobs: [] }], refusal: null };
    expect(decode(answer({ content: 'é😀', annotations }, { logprobs }))).toEqual({
      id: 'chatcmpl-1',
      model: 'gpt-4.1-2025-04-14',
      createdAt: 1_790_000_000,
      parts: [
        {
          type: 'text',
          text: 'é😀',
          citations: [{ url: 'https://a.example', title: 'A', startIndex: 0, endIndex: 2 }],
        },
      ],
      finish: { reason: 'stop', raw: 'stop' },
      usage: {
        inputTokens: 60,
        outputTokens: 30,
        cacheReadTokens: 40,
        cacheWriteTokens: 0,
        reasoningTokens: 12,
        inputAudioTokens: 0,
        outputAudioTokens: 0,
      },
      rawUsage: usageChunk['usage'],
      logprobs: [{ token: 'é', logprob: -1, bytes: [195, 169], top: [] }],
      serviceTier: 'default',
    });
  });

  it('reads parallel calls, with ids and arguments that are never empty or taken twice', () => {
    const { parts, finish } = decode(
      answer({
        content: null,
        tool_calls: [
          call('a', 'f', '{"x":1}'),
          call('', 'g', ''),
          call('a', 'h', { y: 2 }),
          { id: 'p', type: 'custom', custom: { name: 'patch', input: '' } },
        ],
      }),
    );
    expect(parts).toEqual([
      { type: 'tool-call', id: 'a', name: 'f', kind: 'function', input: '{"x":1}' },
      { type: 'tool-call', id: 'call_1', name: 'g', kind: 'function', input: '{}' },
      { type: 'tool-call', id: 'call_2', name: 'h', kind: 'function', input: '{"y":2}' },
      { type: 'tool-call', id: 'p', name: 'patch', kind: 'custom', input: '' },
    ]);
    expect(finish).toEqual({ reason: 'tool_calls', raw: 'stop' });
  });

  it('reads a call of the old form', () => {
    expect(
      decode(
        answer({ content: null, function_call: { name: 'f', arguments: '{}' } }, { finish_reason: 'function_call' }),
      ),
    ).toMatchObject({
      parts: [{ type: 'tool-call', id: 'call_1', name: 'f', input: '{}' }],
      finish: { reason: 'tool_calls' },
    });
  });

  it('keeps the signature Google hangs on a call, minted by this provider', () => {
    const signed = { ...call('a', 'f', '{}'), extra_content: { google: { thought_signature: 'c2ln' } } };
    expect(decode(answer({ tool_calls: [signed] })).parts[0]).toMatchObject({
      opaque: { mint: 'p', form: 'thought_signature', data: 'c2ln' },
    });
  });

  it.each<[JsonObject]>([
    [{ content: 'yes', reasoning_content: 'hm' }],
    [{ content: 'yes', reasoning: 'hm' }],
    [{ content: 'yes', reasoning: null, reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] }],
    [
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'yes' },
        ],
      },
    ],
  ])('reads reasoning before the text from %j', (message) => {
    expect(decode(answer(message)).parts).toEqual([
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'yes' },
    ]);
  });

  it('reads refusals and images, and loses a spoken answer and further choices by name', () => {
    const losses = collectLosses();
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } };
    const body = answer({ content: null, refusal: 'No.', images: [image, {}], audio: { id: 'a', data: 'AA' } });
    const choices = [...(body['choices'] as JsonObject[]), { index: 1, message: { content: 'two' } }];
    expect(decode({ ...body, choices }, losses).parts).toEqual([
      { type: 'refusal', text: 'No.' },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } },
    ]);
    expect(losses.list).toEqual(['n', 'audio']);
  });

  it.each<[JsonObject]>([
    [{}],
    [{ choices: null }],
    [{ choices: [{}] }],
    [{ choices: [{ message: { tool_calls: [{}, 'x'], content: 5 } }] }],
  ])('never throws at %j', (body) => {
    expect(decode(body)).toMatchObject({ id: 'chatcmpl-1', model: '', parts: [], finish: { reason: 'other' } });
    expect(decode(body).usage).toBeUndefined();
  });
});

describe('usage', () => {
  const usage = (raw: JsonObject): unknown => decode(answer({}, {}, { usage: raw })).usage;

  it.each<[string, JsonObject, object]>([
    [
      'DeepSeek',
      { prompt_tokens: 10, completion_tokens: 2, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 },
      { inputTokens: 6, cacheReadTokens: 4, outputTokens: 2 },
    ],
    ['Moonshot', { prompt_tokens: 10, completion_tokens: 2, cached_tokens: 4 }, { inputTokens: 6, cacheReadTokens: 4 }],
    [
      'OpenRouter',
      { prompt_tokens: 10, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 5 } },
      { inputTokens: 1, cacheReadTokens: 4, cacheWriteTokens: 5 },
    ],
    [
      'xAI, reasoning beside the completion',
      { prompt_tokens: 10, completion_tokens: 2, total_tokens: 19, completion_tokens_details: { reasoning_tokens: 7 } },
      { outputTokens: 9, reasoningTokens: 7 },
    ],
    [
      'OpenAI, reasoning inside the completion',
      { prompt_tokens: 10, completion_tokens: 9, total_tokens: 19, completion_tokens_details: { reasoning_tokens: 7 } },
      { outputTokens: 9, reasoningTokens: 7 },
    ],
    [
      'a liar',
      { prompt_tokens: 3, completion_tokens: -1, prompt_tokens_details: { cached_tokens: 9 } },
      { inputTokens: 0, cacheReadTokens: 3, outputTokens: 0 },
    ],
  ])('of %s is counted without overlap', (_vendor, raw, expected) => {
    expect(usage(raw)).toMatchObject(expected);
  });
});

describe('encoding an answer', () => {
  it('has every field clients need', () => {
    expect(
      encode({
        parts: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
        usage: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 0 },
        serviceTier: 'flex',
      }),
    ).toEqual({
      id: 'msg_1',
      object: 'chat.completion',
      created: 1_800_000_000,
      model: 'claude',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'ab', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 4,
        completion_tokens: 2,
        total_tokens: 6,
        prompt_tokens_details: { cached_tokens: 3, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
      },
      service_tier: 'flex',
    });
  });

  it('names an id and a model when the provider did not', () => {
    expect(encode({ id: '', model: '' })).toMatchObject({
      id: 'chatcmpl-1',
      model: 'gpt-4.1',
      choices: [{ message: { content: '' } }],
    });
  });

  it('says reasoning, refusal, sources and calls', () => {
    const losses = collectLosses();
    const { choices } = encode(
      {
        parts: [
          { type: 'reasoning', text: 'hm' },
          { type: 'text', text: 'x', citations: [{ url: 'https://a.example' }, { title: 'no url' }] },
          { type: 'tool-call', id: 'a', name: 'f', kind: 'function', input: '' },
          { type: 'tool-call', id: 'b', name: 'p', kind: 'custom', input: '' },
          { type: 'image', source: { kind: 'url', url: 'u' } },
        ],
        finish: { reason: 'tool_calls' },
      },
      losses,
    );
    expect(choices).toMatchObject([
      {
        finish_reason: 'tool_calls',
        message: {
          content: 'x',
          reasoning_content: 'hm',
          annotations: [
            {
              type: 'url_citation',
              url_citation: { url: 'https://a.example', title: '', start_index: 0, end_index: 0 },
            },
          ],
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
            { id: 'b', type: 'custom', custom: { name: 'p', input: '' } },
          ],
        },
      },
    ]);
    expect(losses.list).toEqual(['image']);
    expect(
      encode({ parts: [{ type: 'refusal', text: 'No.' }], finish: { reason: 'refusal' } })['choices'],
    ).toMatchObject([{ finish_reason: 'content_filter', message: { content: null, refusal: 'No.' } }]);
  });

  it.each<[JsonObject]>([
    [answer({ content: 'é😀' })],
    [
      answer(
        { content: 'x', reasoning_content: 'hm', tool_calls: [call('a', 'f', '{"x":"é"}'), call('b', 'g', '{}')] },
        { finish_reason: 'tool_calls' },
      ),
    ],
    [answer({ content: null, refusal: 'No.' })],
    [
      answer(
        { content: 'cut' },
        {
          finish_reason: 'length',
          logprobs: {
            content: [
              { token: 'cut', logprob: -0.1, bytes: null, top_logprobs: [{ token: 'c', logprob: -1, bytes: [99] }] },
            ],
          },
        },
      ),
    ],
  ])('gives back what was decoded (%#)', (body) => {
    const once = decode(body);
    const again = decode(openaiChat.encodeAnswer(once, clientContext()));
    expect({ ...again, rawUsage: undefined }).toEqual({ ...once, rawUsage: undefined });
  });
});
