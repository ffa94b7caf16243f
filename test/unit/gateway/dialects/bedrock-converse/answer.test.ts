import { describe, expect, it } from 'vitest';
import { bedrockConverse } from '../../../../../main/gateway/dialects/bedrock-converse/bedrock-converse.ts';
import type { JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { answerContext, clientContext, collectLosses } from './support.ts';

const wire: JsonObject = {
  output: {
    message: {
      role: 'assistant',
      content: [
        { reasoningContent: { reasoningText: { text: 'Think.', signature: 'c2ln' } } },
        { reasoningContent: { redactedContent: 'cmVk' } },
        { text: 'Grüße' },
        { toolUse: { toolUseId: 'tooluse_1', name: 'weather', input: { city: 'Zürich' } } },
        { toolUse: { toolUseId: 'tooluse_2', name: 'now', input: {} } },
      ],
    },
  },
  stopReason: 'tool_use',
  usage: { inputTokens: 5, outputTokens: 7, totalTokens: 42, cacheReadInputTokens: 20, cacheWriteInputTokens: 10 },
  metrics: { latencyMs: 321 },
};

const answerOf = (content: readonly JsonObject[], stopReason = 'end_turn'): JsonObject => ({
  output: { message: { role: 'assistant', content } },
  stopReason,
});

describe('answers', () => {
  it('reads every block with its usage, whose input leaves the cache out', () => {
    const answer = bedrockConverse.decodeAnswer(wire, answerContext());
    expect(answer).toEqual({
      id: 'msg_1',
      model: '',
      parts: [
        { type: 'reasoning', text: 'Think.', opaque: { mint: 'p', form: 'signature', data: 'c2ln' } },
        { type: 'reasoning', text: '', opaque: { mint: 'p', form: 'redacted', data: 'cmVk' } },
        { type: 'text', text: 'Grüße' },
        { type: 'tool-call', id: 'tooluse_1', name: 'weather', kind: 'function', input: '{"city":"Zürich"}' },
        { type: 'tool-call', id: 'tooluse_2', name: 'now', kind: 'function', input: '{}' },
      ],
      finish: { reason: 'tool_calls', raw: 'tool_use' },
      usage: { inputTokens: 5, outputTokens: 7, cacheReadTokens: 20, cacheWriteTokens: 10 },
      rawUsage: wire['usage'],
    });
  });

  it('writes what it read, with every field a client reads', () => {
    const encoded = bedrockConverse.encodeAnswer(bedrockConverse.decodeAnswer(wire, answerContext()), clientContext());
    expect(encoded).toEqual({ ...wire, metrics: { latencyMs: 0 } });
  });

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['guardrail_intervened', 'content_filter'],
    ['content_filtered', 'content_filter'],
    ['malformed_tool_use', 'other'],
  ])('reads the stop reason %s as %s and writes it back where Converse knows it', (raw, reason) => {
    const answer = bedrockConverse.decodeAnswer(answerOf([{ text: 'x' }], raw), answerContext());
    expect(answer.finish).toEqual({ reason, raw });
    const back = bedrockConverse.encodeAnswer(answer, clientContext())['stopReason'];
    expect(back).toBe(reason === 'other' ? 'end_turn' : raw);
  });

  it('names the stop sequence where Claude was asked for it', () => {
    const answer = bedrockConverse.decodeAnswer(
      { ...answerOf([{ text: 'x' }], 'stop_sequence'), additionalModelResponseFields: { stop_sequence: 'END' } },
      answerContext(),
    );
    expect(answer.finish.stopSequence).toBe('END');
    expect(bedrockConverse.encodeAnswer(answer, clientContext())).toMatchObject({
      stopReason: 'stop_sequence',
      additionalModelResponseFields: { stop_sequence: 'END' },
    });
  });

  it('reads cited text with its sources', () => {
    const cited = {
      content: [{ text: 'Bern.' }],
      citations: [
        {
          title: 'Bern',
          location: { web: { url: 'https://example.com' } },
          sourceContent: [{ text: 'is the capital' }],
        },
      ],
    };
    const answer = bedrockConverse.decodeAnswer(answerOf([{ citationsContent: cited }]), answerContext());
    expect(answer.parts).toEqual([
      {
        type: 'text',
        text: 'Bern.',
        citations: [{ url: 'https://example.com', title: 'Bern', citedText: 'is the capital' }],
      },
    ]);
    expect(bedrockConverse.encodeAnswer(answer, clientContext())).toMatchObject({
      output: { message: { content: [{ citationsContent: { content: [{ text: 'Bern.' }] } }] } },
    });
  });

  it('survives an empty answer, and records blocks it does not know', () => {
    expect(bedrockConverse.decodeAnswer({}, answerContext())).toMatchObject({
      parts: [],
      finish: { reason: 'other' },
      usage: undefined,
    });
    const losses = collectLosses();
    bedrockConverse.decodeAnswer(answerOf([{ video: {} }, {}]), answerContext(losses));
    expect(losses.list).toEqual(['video', 'content']);
  });

  it('mends what other providers answer with: free-form and broken arguments become objects', () => {
    const call = { type: 'tool-call', id: 'c', name: 'f' } as const;
    const parts = [
      { ...call, kind: 'custom', input: 'raw' },
      { ...call, kind: 'function', input: '' },
      { ...call, kind: 'function', input: '{"cut' },
    ] as const;
    const encoded = bedrockConverse.encodeAnswer(
      { id: 'x', model: 'm', parts, finish: { reason: 'tool_calls' } },
      clientContext(),
    );
    const use = (input: JsonObject): JsonObject => ({ toolUse: { toolUseId: 'c', name: 'f', input } });
    expect(encoded).toMatchObject({
      output: { message: { content: [use({ input: 'raw' }), use({}), use({ input: '{"cut' })] } },
      stopReason: 'tool_use',
    });
  });
});
