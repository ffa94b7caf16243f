import { describe, expect, it } from 'vitest';
import type {
  CanonicalResponse,
  Finish,
  FinishReason,
  JsonObject,
} from '../../../../../main/gateway/dialects/canonical.ts';
import type { Usage } from '../../../../../shared/domain/usage.ts';
import { totalInputTokens } from '../../../../../shared/domain/usage.ts';
import { gemini } from '../../../../../main/gateway/dialects/gemini/gemini.ts';
import { answerContext, clientContext, collectLosses } from './support.ts';

const decode = (body: JsonObject, losses = collectLosses()): CanonicalResponse =>
  gemini.decodeAnswer(body, answerContext(losses));

const answer = (parts: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0, ...more }],
  modelVersion: 'gemini-2.5-flash',
  responseId: 'r1',
});

const opaque = (data: string) => ({ mint: 'google', form: 'thought_signature', data }) as const;

describe('decoding an answer', () => {
  it('reads thoughts, text and calls with their signatures, and everything around', () => {
    const losses = collectLosses();
    const body = {
      ...answer([
        { text: 'let me ', thought: true },
        { text: 'see', thought: true },
        { text: 'so ' },
        { text: 'it is', thoughtSignature: 'YQ==' },
        { functionCall: { id: 'c1', name: 'f', args: { q: 'é', n: 1 } }, thoughtSignature: 'Yg==' },
        { functionCall: { name: 'g' } },
      ]),
      createTime: '2026-11-22T08:00:00.5Z',
      usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 3, totalTokenCount: 8 },
    };
    expect(decode(body, losses)).toEqual({
      id: 'r1',
      model: 'gemini-2.5-flash',
      createdAt: 1_795_334_400,
      parts: [
        { type: 'reasoning', text: 'let me see' },
        { type: 'text', text: 'so it is', opaque: opaque('YQ==') },
        { type: 'tool-call', id: 'c1', name: 'f', kind: 'function', input: '{"q":"é","n":1}', opaque: opaque('Yg==') },
        { type: 'tool-call', id: 'call_1', name: 'g', kind: 'function', input: '{}' },
      ],
      finish: { reason: 'tool_calls', raw: 'STOP' },
      usage: expect.objectContaining({ inputTokens: 5, outputTokens: 3 }) as Usage,
      rawUsage: body.usageMetadata,
      logprobs: undefined,
    });
    expect(losses.list).toEqual([]);
  });

  it('gives a signature on an empty text to the part before, and keeps one that stands alone', () => {
    expect(decode(answer([{ text: 'a' }, { text: '', thoughtSignature: 'YQ==' }, { text: 'b' }])).parts).toEqual([
      { type: 'text', text: 'a', opaque: opaque('YQ==') },
      { type: 'text', text: 'b' },
    ]);
    expect(
      decode(answer([{ functionCall: { id: 'c', name: 'f' } }, { thoughtSignature: 'YQ==' }])).parts.slice(1),
    ).toEqual([{ type: 'reasoning', text: '', opaque: opaque('YQ==') }]);
  });

  it.each<[string, FinishReason]>([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content_filter'],
    ['RECITATION', 'content_filter'],
    ['BLOCKLIST', 'content_filter'],
    ['PROHIBITED_CONTENT', 'content_filter'],
    ['SPII', 'content_filter'],
    ['IMAGE_SAFETY', 'content_filter'],
    ['IMAGE_PROHIBITED_CONTENT', 'content_filter'],
    ['IMAGE_RECITATION', 'content_filter'],
    ['MODEL_ARMOR', 'content_filter'],
    ['JAILBREAK', 'content_filter'],
    ['CONTINUATION', 'length'],
    ['MALFORMED_RESPONSE', 'other'],
    ['NO_IMAGE', 'other'],
    ['IMAGE_OTHER', 'other'],
    ['LANGUAGE', 'other'],
    ['OTHER', 'other'],
    ['MALFORMED_FUNCTION_CALL', 'other'],
    ['UNEXPECTED_TOOL_CALL', 'other'],
    ['TOO_MANY_TOOL_CALLS', 'other'],
    ['A_WORD_OF_NEXT_YEAR', 'other'],
    ['constructor', 'other'],
  ])('reads the finish reason %s as %s', (raw, reason) => {
    expect(decode(answer([{ text: 'a' }], { finishReason: raw })).finish).toEqual({ reason, raw });
  });

  it('reads a cut answer with calls as cut', () => {
    const body = answer([{ functionCall: { id: 'c', name: 'f' } }], { finishReason: 'MAX_TOKENS' });
    expect(decode(body).finish.reason).toBe('length');
  });

  it('reads a refused prompt, which has no candidate', () => {
    expect(
      decode({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 7 } }),
    ).toMatchObject({
      parts: [],
      finish: { reason: 'content_filter', raw: 'PROHIBITED_CONTENT' },
      usage: { inputTokens: 7 },
    });
    expect(decode({ promptFeedback: { blockReason: 'OTHER' } }).finish.reason).toBe('content_filter');
  });

  it('never throws for what is missing', () => {
    for (const body of [
      {},
      { candidates: [] },
      { candidates: [{}] },
      { candidates: [{ content: null }] },
      answer([{}]),
    ]) {
      expect(decode(body)).toMatchObject({ parts: [], usage: undefined });
    }
    expect(decode({})).toMatchObject({ id: 'resp_1', model: '', finish: { reason: 'other' } });
  });

  it('reads generated images and sounds, and records what cannot cross', () => {
    const losses = collectLosses();
    const body = answer([
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      { inlineData: { mimeType: 'audio/wav', data: 'UklG' } },
      { fileData: { mimeType: 'image/png', fileUri: 'https://e.x/i' } },
      { inlineData: { mimeType: 'video/mp4', data: 'AAAA' } },
      { toolCall: { toolType: 'X' } },
      { functionCall: { args: {} } },
    ]);
    expect(decode(body, losses).parts).toEqual([
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
      { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'UklG' } },
      { type: 'image', source: { kind: 'url', url: 'https://e.x/i', mediaType: 'image/png' } },
    ]);
    expect(losses.list).toHaveLength(3);
  });

  it('records the signature of a generated image', () => {
    const losses = collectLosses();
    decode(answer([{ inlineData: { mimeType: 'image/png', data: 'AAAA' }, thoughtSignature: 'YQ==' }]), losses);
    expect(losses.list).toEqual(['/candidates/0/content/parts']);
  });

  it('tells code that Gemini ran as text, with a loss', () => {
    const losses = collectLosses();
    const body = answer([
      { text: 'I ran' },
      { executableCode: { language: 'PYTHON', code: 'print(1)' } },
      { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
    ]);
    expect(decode(body, losses).parts).toEqual([
      { type: 'text', text: 'I ran\n```python\nprint(1)\n```\n\n```\n1\n```\n' },
    ]);
    expect(losses.list).toHaveLength(2);
  });

  it('reads the first of several candidates, with a loss', () => {
    const losses = collectLosses();
    const [first] = answer([{ text: 'a' }])['candidates'] as unknown as JsonObject[];
    const body = { candidates: [first ?? {}, { content: { parts: [{ text: 'b' }] }, index: 1 }] };
    expect(decode(body, losses).parts).toEqual([{ type: 'text', text: 'a' }]);
    expect(losses.list).toEqual(['/candidates/1']);
  });

  it('reads sources onto the last text', () => {
    const body = answer([{ text: 'a' }, { functionCall: { id: 'c', name: 'f' } }, { text: 'b' }], {
      citationMetadata: { citations: [{ uri: 'https://q.x', title: 'Q', startIndex: 1, endIndex: 2 }] },
      groundingMetadata: {
        groundingChunks: [
          { web: { uri: 'https://a.x', title: 'A' } },
          { retrievedContext: { title: 'B' } },
          { maps: {} },
        ],
        groundingSupports: [{ segment: { text: 'b' }, groundingChunkIndices: [0] }],
      },
    });
    expect(decode(body).parts.at(-1)).toEqual({
      type: 'text',
      text: 'b',
      citations: [
        { url: 'https://q.x', title: 'Q', startIndex: 1, endIndex: 2 },
        { url: 'https://a.x', title: 'A', citedText: 'b' },
        { url: undefined, title: 'B' },
      ],
    });
  });

  it('records sources of an answer without text', () => {
    const losses = collectLosses();
    decode(answer([], { groundingMetadata: { groundingChunks: [{ web: { uri: 'https://a.x' } }] } }), losses);
    expect(losses.list).toEqual(['/candidates/0/groundingMetadata']);
  });

  it('reads log-probabilities', () => {
    const logprobsResult = {
      chosenCandidates: [{ token: 'a', logProbability: -0.5 }, { token: 'b' }],
      topCandidates: [{ candidates: [{ token: 'a', logProbability: -0.5 }] }],
    };
    expect(decode(answer([{ text: 'ab' }], { logprobsResult })).logprobs).toEqual([
      { token: 'a', logprob: -0.5, top: [{ token: 'a', logprob: -0.5 }] },
      { token: 'b', logprob: 0 },
    ]);
  });
});

describe('usage', () => {
  const usageOf = (usageMetadata: JsonObject): Usage | undefined => decode({ ...answer([]), usageMetadata }).usage;

  it('takes the cache out of the prompt, adds tool prompts to it and thoughts to the answer', () => {
    const raw = {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      toolUsePromptTokenCount: 5,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 30,
      totalTokenCount: 155,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 90 },
        { modality: 'AUDIO', tokenCount: 10 },
      ],
      candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 4 }],
    };
    const usage = usageOf(raw);
    expect(usage).toEqual({
      inputTokens: 45,
      outputTokens: 50,
      cacheReadTokens: 60,
      cacheWriteTokens: 0,
      reasoningTokens: 30,
      inputAudioTokens: 10,
      outputAudioTokens: 4,
    });
    expect(usage === undefined ? 0 : totalInputTokens(usage) + usage.outputTokens).toBe(raw.totalTokenCount);
  });

  it('counts nothing that is missing or makes no sense', () => {
    expect(usageOf({})).toMatchObject({ inputTokens: 0, outputTokens: 0, reasoningTokens: undefined });
    expect(usageOf({ promptTokenCount: -3, candidatesTokenCount: 'many', thoughtsTokenCount: 1e300 })).toMatchObject({
      inputTokens: 0,
      outputTokens: 0,
    });
    expect(usageOf({ promptTokenCount: 5, cachedContentTokenCount: 9 })).toMatchObject({
      inputTokens: 0,
      cacheReadTokens: 9,
    });
  });
});

describe('encoding an answer', () => {
  const usage: Usage = {
    inputTokens: 45,
    outputTokens: 50,
    cacheReadTokens: 60,
    cacheWriteTokens: 10,
    reasoningTokens: 30,
  };
  const response = (more: Partial<CanonicalResponse>): CanonicalResponse => ({
    id: 'r1',
    model: 'claude',
    parts: [],
    finish: { reason: 'stop' },
    ...more,
  });
  const encode = (
    more: Partial<CanonicalResponse>,
    summary?: 'none' | 'auto',
    losses = collectLosses(),
  ): { readonly body: JsonObject; readonly candidate: JsonObject; readonly parts: unknown } => {
    const reasoning = summary === undefined ? undefined : ({ mode: 'on', summary } as const);
    const body = gemini.encodeAnswer(response(more), clientContext({ reasoning }, losses));
    const [candidate] = body['candidates'] as unknown as JsonObject[];
    return {
      body,
      candidate: candidate ?? {},
      parts: (candidate?.['content'] as { parts: unknown } | undefined)?.parts,
    };
  };

  it('holds every field Gemini clients look for', () => {
    const { body } = encode({ parts: [{ type: 'text', text: 'hi' }], usage, createdAt: 1_795_334_400 });
    expect(body).toEqual({
      candidates: [{ content: { parts: [{ text: 'hi' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
      usageMetadata: {
        promptTokenCount: 115,
        candidatesTokenCount: 20,
        totalTokenCount: 165,
        cachedContentTokenCount: 60,
        thoughtsTokenCount: 30,
      },
      modelVersion: 'claude',
      responseId: 'r1',
      createTime: '2026-11-22T08:00:00.000Z',
    });
  });

  it('names the model asked for and the time of the exchange where the answer says none', () => {
    expect(encode({ model: '' }).body).toMatchObject({
      modelVersion: 'gemini-2.5-flash',
      createTime: new Date(1_790_000_000_000).toISOString(),
    });
    expect(encode({}).body).not.toHaveProperty('usageMetadata');
    expect(encode({}).parts).toEqual([{ text: '' }]);
  });

  it('says audio by modality', () => {
    const { body } = encode({ usage: { ...usage, inputAudioTokens: 15, outputAudioTokens: 5 } });
    expect(body['usageMetadata']).toMatchObject({
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 100 },
        { modality: 'AUDIO', tokenCount: 15 },
      ],
      candidatesTokensDetails: [
        { modality: 'TEXT', tokenCount: 15 },
        { modality: 'AUDIO', tokenCount: 5 },
      ],
    });
  });

  it('shows thoughts only to clients that asked, and gives every client its signatures', () => {
    const parts: CanonicalResponse['parts'] = [
      { type: 'reasoning', text: 'hm', opaque: { mint: '', form: 'thought_signature', data: 'YQ==' } },
      { type: 'reasoning', text: 'more' },
      { type: 'text', text: 'so', opaque: { mint: '', form: 'thought_signature', data: 'Yg==' } },
      { type: 'refusal', text: 'no' },
    ];
    const rest = [{ text: 'so', thoughtSignature: 'Yg==' }, { text: 'no' }];
    expect(encode({ parts }, 'auto').parts).toEqual([
      { text: 'hm', thought: true, thoughtSignature: 'YQ==' },
      { text: 'more', thought: true },
      ...rest,
    ]);
    for (const summary of ['none', undefined] as const) {
      expect(encode({ parts }, summary).parts).toEqual([
        { text: '', thought: true, thoughtSignature: 'YQ==' },
        ...rest,
      ]);
    }
  });

  it('gives calls with ids, arguments and signatures', () => {
    const call = { type: 'tool-call', name: 'f', kind: 'function' } as const;
    const { parts, candidate } = encode({
      parts: [
        { ...call, id: 'c1', input: '{"q":1}', opaque: { mint: '', form: 'thought_signature', data: 'YQ==' } },
        { ...call, id: 'c2', input: '{}' },
        { ...call, id: 'c3', input: '' },
      ],
      finish: { reason: 'tool_calls', raw: 'tool_use' },
    });
    expect(parts).toEqual([
      { functionCall: { id: 'c1', name: 'f', args: { q: 1 } }, thoughtSignature: 'YQ==' },
      { functionCall: { id: 'c2', name: 'f', args: {} } },
      { functionCall: { id: 'c3', name: 'f', args: {} } },
    ]);
    expect(candidate['finishReason']).toBe('STOP');
  });

  it('says MALFORMED_FUNCTION_CALL for arguments that are no object, unless the answer was cut', () => {
    const losses = collectLosses();
    const parts = [{ type: 'tool-call', id: 'c1', name: 'f', kind: 'function', input: '{"q":' }] as const;
    const broken = encode({ parts, finish: { reason: 'tool_calls' } }, undefined, losses);
    expect(broken.candidate).toMatchObject({
      finishReason: 'MALFORMED_FUNCTION_CALL',
      content: { parts: [{ text: '' }] },
    });
    expect(losses.list).toEqual(['tool_call c1']);
    expect(encode({ parts, finish: { reason: 'length' } }).candidate['finishReason']).toBe('MAX_TOKENS');
  });

  it.each<[Finish, string]>([
    [{ reason: 'stop' }, 'STOP'],
    [{ reason: 'tool_calls' }, 'STOP'],
    [{ reason: 'length', raw: 'max_tokens' }, 'MAX_TOKENS'],
    [{ reason: 'content_filter' }, 'SAFETY'],
    [{ reason: 'refusal' }, 'SAFETY'],
    [{ reason: 'pause' }, 'OTHER'],
    [{ reason: 'other' }, 'OTHER'],
    [{ reason: 'content_filter', raw: 'RECITATION' }, 'RECITATION'],
    [{ reason: 'other', raw: 'MALFORMED_FUNCTION_CALL' }, 'MALFORMED_FUNCTION_CALL'],
    [{ reason: 'content_filter', raw: 'OTHER' }, 'SAFETY'],
    [{ reason: 'other', raw: 'constructor' }, 'OTHER'],
  ])('tells the finish %j as %s', (finish, word) => {
    expect(encode({ finish }).candidate['finishReason']).toBe(word);
  });

  it('gives generated media, sources and log-probabilities', () => {
    const losses = collectLosses();
    const { parts, candidate } = encode(
      {
        parts: [
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
          { type: 'image', source: { kind: 'url', url: 'https://e.x/i' } },
          { type: 'audio', source: { kind: 'file', id: 'file_1' } },
          {
            type: 'text',
            text: 'a',
            citations: [
              { url: 'https://a.x', title: 'A', citedText: 'a' },
              { url: 'https://a.x', title: 'A', citedText: 'again' },
              { title: 'B' },
              { citedText: 'nowhere' },
            ],
          },
        ],
        logprobs: [
          { token: 'a', logprob: -0.5, top: [{ token: 'a', logprob: -0.5 }] },
          { token: 'b', logprob: -1 },
        ],
        finish: { reason: 'stop', stopSequence: 'END' },
      },
      undefined,
      losses,
    );
    expect(parts).toEqual([
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      { fileData: { mimeType: 'image/png', fileUri: 'https://e.x/i' } },
      { text: 'a' },
    ]);
    expect(candidate['groundingMetadata']).toEqual({
      groundingChunks: [{ web: { uri: 'https://a.x', title: 'A' } }, { web: { title: 'B' } }],
      groundingSupports: [
        { segment: { text: 'a' }, groundingChunkIndices: [0] },
        { segment: { text: 'again' }, groundingChunkIndices: [0] },
      ],
    });
    expect(candidate['logprobsResult']).toEqual({
      chosenCandidates: [
        { token: 'a', logProbability: -0.5 },
        { token: 'b', logProbability: -1 },
      ],
      topCandidates: [
        { candidates: [{ token: 'a', logProbability: -0.5 }] },
        { candidates: [{ token: 'b', logProbability: -1 }] },
      ],
    });
    expect(losses.list).toEqual(['media', 'stop_sequence']);
  });

  it('comes back as it was', () => {
    const whole = response({
      model: 'gemini-2.5-flash',
      createdAt: 1_795_334_400,
      parts: [
        { type: 'reasoning', text: 'hm', opaque: opaque('YQ==') },
        { type: 'text', text: 'so' },
        { type: 'tool-call', id: 'c1', name: 'f', kind: 'function', input: '{"q":"é"}', opaque: opaque('Yg==') },
      ],
      finish: { reason: 'tool_calls', raw: 'STOP' },
      usage: { ...usage, cacheWriteTokens: 0 },
    });
    const { body } = encode(whole, 'auto');
    expect(decode(body)).toMatchObject({ ...whole, usage: whole.usage as object });
  });
});
