import { describe, expect, it } from 'vitest';
import type { Survey } from '../../../../../main/gateway/dialects/dialect.ts';
import { gemini } from '../../../../../main/gateway/dialects/gemini/gemini.ts';
import { surveyed } from '../support.ts';

const of = (body: unknown): Survey => surveyed(gemini, body);
const saying = (...parts: unknown[]): Survey => of({ contents: [{ role: 'user', parts }] });

describe('contents', () => {
  it.each([
    ['image', { inlineData: { mimeType: 'image/png', data: 'QUJDRA==' } }, 8],
    ['image', { inline_data: { mime_type: 'image/png', data: 'QUJDRA==' } }, 8],
    ['audio', { inlineData: { mimeType: 'audio/wav', data: 'QUJD' } }, 4],
    ['pdf', { inlineData: { mimeType: 'application/pdf', data: 'QUJD' } }, 4],
    ['video', { inlineData: { mimeType: 'video/mp4', data: 'QUJD' } }, 4],
    ['pdf', { fileData: { fileUri: 'https://x.test/a.pdf' } }, 0],
    ['image', { file_data: { file_uri: 'gs://bucket/a', mime_type: 'image/webp' } }, 0],
    ['video', { fileData: { fileUri: 'https://www.youtube.com/watch?v=1' } }, 0],
    [
      'image',
      {
        functionResponse: { name: 'f', response: {}, parts: [{ inlineData: { mimeType: 'image/png', data: 'QUI=' } }] },
      },
      4,
    ],
  ] as const)('%s: %j', (kind, part, bytes) => {
    const survey = saying(part);
    expect(survey.media()).toEqual({ bytes, count: 1 });
    for (const one of ['image', 'audio', 'pdf', 'video'] as const) expect(survey.has(one)).toBe(one === kind);
  });

  it.each([
    [{ responseSchema: { type: 'OBJECT' } }, true],
    [{ responseJsonSchema: { type: 'object' } }, true],
    [{ response_schema: { type: 'OBJECT' } }, true],
    [{ responseFormat: [{ text: { mimeType: 'APPLICATION_JSON', schema: {} } }] }, true],
    [{ responseMimeType: 'application/json' }, false],
    [{}, false],
  ])('are bound by a schema: %j', (generationConfig, bound) => {
    expect(of({ contents: [], generationConfig }).has('json_schema')).toBe(bound);
  });

  it.each([
    [{ thinkingBudget: 0 }, false],
    [{ thinkingBudget: -1 }, true],
    [{ thinkingBudget: '1024' }, true],
    [{ thinkingLevel: 'LOW' }, true],
    [{ includeThoughts: true }, true],
    [{ includeThoughts: false }, false],
  ])('ask for reasoning: %j', (thinkingConfig, asks) => {
    expect(of({ contents: [], generationConfig: { thinkingConfig } }).has('reasoning')).toBe(asks);
    expect(of({ contents: [], generation_config: { thinking_config: thinkingConfig } }).has('reasoning')).toBe(asks);
  });

  it('tell limits and seeds, as numbers or in quotes', () => {
    expect(of({ contents: [], generationConfig: { maxOutputTokens: '100' } }).maxTokens()).toBe(100);
    expect(of({ contents: [], generationConfig: { temperature: 0 } }).isDeterministic()).toBe(true);
    expect(of({ contents: [], generationConfig: { seed: 3 } }).isDeterministic()).toBe(true);
    expect(of({ contents: [], generationConfig: { temperature: 1 } }).isDeterministic()).toBe(false);
  });

  it('have tools in a list or one alone', () => {
    expect(of({ contents: [], tools: { functionDeclarations: [{ name: 'f' }] } }).has('tools')).toBe(true);
    expect(of({ contents: [], tools: [] }).has('tools')).toBe(false);
  });
});

describe('ties to a provider', () => {
  it('signatures are, Google’s words for none are not', () => {
    const turn = (thoughtSignature: string): Survey =>
      of({ contents: [{ role: 'model', parts: [{ functionCall: { name: 'f' }, thoughtSignature }] }] });
    expect(turn('abc').hasSignedReasoning()).toBe(true);
    expect(turn('skip_thought_signature_validator').hasSignedReasoning()).toBe(false);
    expect(turn('').hasSignedReasoning()).toBe(false);
  });

  it('cached contents and files at Google are, addresses are not', () => {
    expect(of({ contents: [], cachedContent: 'cachedContents/1' }).hasProviderIds()).toBe(true);
    expect(of({ contents: [], cached_content: 'cachedContents/1' }).hasProviderIds()).toBe(true);
    expect(
      saying({ fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/1' } }).hasProviderIds(),
    ).toBe(true);
    expect(saying({ fileData: { fileUri: 'https://x.test/a.pdf' } }).hasProviderIds()).toBe(false);
  });
});

describe('the conversation', () => {
  const call = {
    role: 'model',
    parts: [{ text: 'hm', thought: true }, { functionCall: { name: 'f', args: { a: 1 } } }],
  };
  const result = { role: 'user', parts: [{ functionResponse: { name: 'f', response: { output: 'done' } } }] };

  it('is in a loop after a response', () => {
    expect(of({ contents: [call, result] }).isToolLoop()).toBe(true);
    expect(of({ contents: [call, { ...result, role: 'function' }] }).isToolLoop()).toBe(true);
    expect(
      of({
        contents: [
          call,
          result,
          { role: 'model', parts: [{ text: 'ok' }] },
          { role: 'user', parts: [{ text: 'and?' }] },
        ],
      }).isToolLoop(),
    ).toBe(false);
  });

  it('keeps thoughts, arguments and results apart from what was said', () => {
    const survey = of({
      system_instruction: { parts: { text: 'be brief' } },
      contents: [{ parts: [{ text: 'q' }] }, call, result],
    });
    expect([...survey.texts(['system', 'user', 'assistant'])]).toEqual(['be brief', 'q']);
    expect([...survey.texts(['tool'])]).toEqual(['{"a":1}', '{"output":"done"}']);
    expect(survey.lastUserText()).toBe('q');
  });

  it('may be a single content without its list', () => {
    const survey = of({ contents: { parts: { text: 'alone' } } });
    expect([survey.lastUserText(), survey.opening()]).toEqual(['alone', 'alone']);
  });

  it('opens with the first words of the user, not with the client’s surroundings', () => {
    const context = '<session_context>\nThis is the Gemini CLI. Today is Sunday.\n</session_context>';
    const body = (question: string): unknown => ({
      contents: [
        { role: 'user', parts: [{ text: context }] },
        { role: 'model', parts: [{ text: 'Got it.' }] },
        { role: 'user', parts: [{ text: question }] },
      ],
    });
    expect(of(body('one')).opening()).toBe('one');
    expect(of(body('two')).opening()).toBe('two');
  });
});
