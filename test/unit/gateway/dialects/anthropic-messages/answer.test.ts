import { describe, expect, it } from 'vitest';
import { anthropicMessages } from '../../../../../main/gateway/dialects/anthropic-messages/anthropic-messages.ts';
import type { CanonicalResponse, JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { answerContext, clientContext, collectLosses } from './support.ts';

const usage = {
  input_tokens: 10,
  cache_creation_input_tokens: 30,
  cache_read_input_tokens: 20,
  cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
  output_tokens: 50,
  output_tokens_details: { thinking_tokens: 15 },
};
const answer: JsonObject = {
  id: 'msg_01',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-4-8',
  content: [
    { type: 'thinking', thinking: 'hm', signature: 'SIG' },
    { type: 'redacted_thinking', data: 'RED' },
    { type: 'text', text: 'héllo 世界' },
    { type: 'tool_use', id: 'toolu_1', name: 'get', input: { a: [1, null] } },
    { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} },
  ],
  stop_reason: 'tool_use',
  stop_sequence: null,
  usage,
};
const canonical: CanonicalResponse = {
  id: 'msg_01',
  model: 'claude-opus-4-8',
  parts: [
    { type: 'reasoning', text: 'hm', opaque: { mint: 'p', form: 'signature', data: 'SIG' } },
    { type: 'reasoning', text: '', opaque: { mint: 'p', form: 'redacted', data: 'RED' } },
    { type: 'text', text: 'héllo 世界' },
    { type: 'tool-call', id: 'toolu_1', name: 'get', kind: 'function', input: '{"a":[1,null]}' },
    { type: 'tool-call', id: 'toolu_2', name: 'now', kind: 'function', input: '{}' },
  ],
  finish: { reason: 'tool_calls', raw: 'tool_use' },
  usage: {
    inputTokens: 10,
    outputTokens: 50,
    cacheReadTokens: 20,
    cacheWriteTokens: 30,
    cacheWrite1hTokens: 20,
    reasoningTokens: 15,
  },
  rawUsage: usage,
};
const encode = (response: Partial<CanonicalResponse>, losses = collectLosses()) =>
  anthropicMessages.encodeAnswer(
    { id: 'msg_9', model: 'm', parts: [], finish: { reason: 'stop' }, ...response },
    clientContext(losses),
  );

describe('decoding an answer', () => {
  it('reads thinking, text, calls and disjoint usage', () => {
    expect(anthropicMessages.decodeAnswer(answer, answerContext())).toEqual(canonical);
  });

  it('bears an answer with next to nothing in it', () => {
    expect(anthropicMessages.decodeAnswer({}, answerContext())).toEqual({
      id: 'msg_1',
      model: '',
      parts: [],
      finish: { reason: 'other' },
    });
  });

  it('goes on with calls though the server says end_turn', () => {
    const body = { ...answer, stop_reason: 'end_turn' };
    expect(anthropicMessages.decodeAnswer(body, answerContext()).finish).toEqual({
      reason: 'tool_calls',
      raw: 'end_turn',
    });
  });

  it('records parts of tools the provider ran', () => {
    const losses = collectLosses();
    const body = {
      ...answer,
      content: [
        { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
        { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
      ],
    };
    expect(anthropicMessages.decodeAnswer(body, answerContext(losses)).parts).toEqual([]);
    expect(losses.list).toEqual(['content/server_tool_use', 'content/web_search_tool_result']);
  });

  it('keeps web sources, and the explanation of a refusal', () => {
    const body = {
      ...answer,
      content: [
        {
          type: 'text',
          text: 'so',
          citations: [
            {
              type: 'web_search_result_location',
              url: 'https://e.x',
              title: 'T',
              cited_text: 'c',
              encrypted_index: 'E',
            },
          ],
        },
      ],
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', category: null, explanation: 'Not this.' },
    };
    expect(anthropicMessages.decodeAnswer(body, answerContext())).toMatchObject({
      parts: [
        { type: 'text', text: 'so', citations: [{ url: 'https://e.x', title: 'T', citedText: 'c' }] },
        { type: 'refusal', text: 'Not this.' },
      ],
      finish: { reason: 'refusal' },
    });
  });

  it('ignores counts that cannot be', () => {
    const body = {
      ...answer,
      usage: {
        input_tokens: -1,
        output_tokens: 1e300,
        cache_read_input_tokens: 'x',
        cache_creation_input_tokens: null,
      },
    };
    expect(anthropicMessages.decodeAnswer(body, answerContext()).usage).toEqual({
      inputTokens: 0,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
    });
  });
});

describe('encoding an answer', () => {
  it('says again what it was told', () => {
    expect(anthropicMessages.encodeAnswer(canonical, clientContext())).toEqual(answer);
  });

  it('always has the fields clients cannot do without', () => {
    expect(encode({ id: 'chatcmpl-1', model: '' })).toEqual({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      content: [],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 0,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
        output_tokens: 0,
      },
    });
  });

  it.each([
    [{ reason: 'stop' }, 'end_turn', null],
    [{ reason: 'stop', stopSequence: 'END' }, 'stop_sequence', 'END'],
    [{ reason: 'length' }, 'max_tokens', null],
    [{ reason: 'length', raw: 'model_context_window_exceeded' }, 'model_context_window_exceeded', null],
    [{ reason: 'tool_calls' }, 'tool_use', null],
    [{ reason: 'content_filter' }, 'refusal', null],
    [{ reason: 'refusal' }, 'refusal', null],
    [{ reason: 'pause' }, 'pause_turn', null],
    [{ reason: 'other' }, 'end_turn', null],
  ] as const)('says the end %j as %s', (finish, reason, sequence) => {
    expect(encode({ finish })).toMatchObject({ stop_reason: reason, stop_sequence: sequence });
  });

  it('gives thoughts without a signature an empty one, and leaves out what other dialects alone can read', () => {
    const parts: CanonicalResponse['parts'] = [
      { type: 'reasoning', text: 'hm' },
      { type: 'reasoning', text: '', opaque: { mint: '', form: 'encrypted', data: 'E' } },
    ];
    expect(encode({ parts })['content']).toEqual([{ type: 'thinking', thinking: 'hm', signature: '' }]);
  });

  it('says a refusal as text and as the reason to stop', () => {
    expect(encode({ parts: [{ type: 'refusal', text: 'No.' }] })).toMatchObject({
      content: [{ type: 'text', text: 'No.' }],
      stop_reason: 'refusal',
    });
  });

  it('wraps arguments that are no object, and free-form input', () => {
    const losses = collectLosses();
    const call = (kind: 'function' | 'custom', input: string) =>
      ({ type: 'tool-call', id: 'c', name: 'f', kind, input }) as const;
    expect(
      encode({ parts: [call('function', '{"a":'), call('custom', 'ls'), call('function', '')] }, losses)['content'],
    ).toMatchObject([{ input: { input: '{"a":' } }, { input: { input: 'ls' } }, { input: {} }]);
    expect(losses.list).toEqual(['content/tool_use']);
  });

  it('records images it cannot send', () => {
    const losses = collectLosses();
    encode({ parts: [{ type: 'image', source: { kind: 'url', url: 'https://e.x' } }] }, losses);
    expect(losses.list).toEqual(['image']);
  });
});
