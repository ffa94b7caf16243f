import { describe, expect, it } from 'vitest';
import type { Survey } from '../../../../../main/gateway/dialects/dialect.ts';
import { openaiChat } from '../../../../../main/gateway/dialects/openai-chat/openai-chat.ts';
import { surveyed } from '../support.ts';

const of = (body: unknown): Survey => surveyed(openaiChat, body);
const saying = (...content: unknown[]): Survey => of({ messages: [{ role: 'user', content }] });

describe('contents', () => {
  it.each([
    ['image', { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJDRA==' } }, 8],
    ['image', { type: 'image_url', image_url: 'https://x.test/a.png' }, 0],
    ['audio', { type: 'input_audio', input_audio: { data: 'QUJD', format: 'wav' } }, 4],
    ['pdf', { type: 'file', file: { file_data: 'data:application/pdf;base64,QUJDRA==', filename: 'a.pdf' } }, 8],
    ['pdf', { type: 'file', file: { file_data: 'QUJDRA==' } }, 8],
    ['pdf', { type: 'file', file: { file_data: 'https://x.test/a.pdf' } }, 0],
    ['pdf', { type: 'file', file: { file_id: 'file-1' } }, 0],
    ['pdf', { type: 'document_url', document_url: 'https://x.test/a.pdf' }, 0],
    ['video', { type: 'video_url', video_url: { url: 'data:video/mp4;base64,QUI=' } }, 4],
  ] as const)('%s: %j', (kind, part, bytes) => {
    const survey = saying(part);
    expect(survey.media()).toEqual({ bytes, count: 1 });
    for (const one of ['image', 'audio', 'pdf', 'video'] as const) expect(survey.has(one)).toBe(one === kind);
  });

  it('a file of another kind is no PDF, and counts all the same', () => {
    const survey = saying({ type: 'file', file: { file_data: 'data:text/csv;base64,QUI=' } });
    expect([survey.has('pdf'), survey.media()]).toEqual([false, { bytes: 4, count: 1 }]);
  });

  it.each([
    [
      'a part',
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] }] },
    ],
    ['a message', { messages: [{ role: 'system', content: 'x', cache_control: { type: 'ephemeral' } }] }],
    ['a tool', { messages: [], tools: [{ type: 'function', function: { name: 'f' }, cache_control: {} }] }],
    ['a function', { messages: [], tools: [{ type: 'function', function: { name: 'f', cache_control: {} } }] }],
    [
      'OpenAI’s own',
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'x', prompt_cache_breakpoint: {} }] }] },
    ],
  ])('see a mark of the cache on %s', (_place, body) => {
    expect(of(body).has('cache_control')).toBe(true);
  });

  it('take functions of the old form for tools', () => {
    expect(of({ messages: [], functions: [{ name: 'f' }] }).has('tools')).toBe(true);
    expect(of({ messages: [], functions: [], tools: [] }).has('tools')).toBe(false);
  });

  it('tell JSON alone from a schema', () => {
    expect(of({ messages: [], response_format: { type: 'json_object' } }).has('json_schema')).toBe(false);
    expect(of({ messages: [], response_format: { type: 'json_schema', json_schema: {} } }).has('json_schema')).toBe(
      true,
    );
  });

  it.each([
    [{ reasoning_effort: 'low' }, true],
    [{ reasoning_effort: 'none' }, false],
    [{ reasoning: { effort: 'high' } }, true],
    [{ reasoning: { enabled: true } }, true],
    [{ reasoning: { enabled: false } }, false],
    [{ reasoning: { max_tokens: 100 } }, true],
    [{ thinking: { type: 'enabled' } }, true],
    [{ thinking: { type: 'disabled' } }, false],
    [{}, false],
  ])('ask for reasoning: %j', (fields, asks) => {
    expect(of({ messages: [], ...fields }).has('reasoning')).toBe(asks);
  });

  it('say themselves whether they are streamed', () => {
    expect(of({ messages: [], stream: true }).has('stream')).toBe(true);
    expect(of({ messages: [] }).has('stream')).toBe(false);
  });
});

describe('limits and luck', () => {
  it('takes the newer limit before the older', () => {
    expect(of({ messages: [], max_tokens: 5, max_completion_tokens: 9 }).maxTokens()).toBe(9);
    expect(of({ messages: [], max_tokens: 5 }).maxTokens()).toBe(5);
    expect(of({ messages: [], max_tokens: 'five' }).maxTokens()).toBeUndefined();
  });

  it.each([
    [{ temperature: 0 }, true],
    [{ temperature: 0.1 }, false],
    [{ seed: 0 }, true],
    [{ random_seed: 7 }, true],
    [{ seed: null }, false],
    [{}, false],
  ])('asks for the same answer again: %j', (fields, same) => {
    expect(of({ messages: [], ...fields }).isDeterministic()).toBe(same);
  });
});

describe('tools in the conversation', () => {
  const call = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
  };
  const result = { role: 'tool', tool_call_id: '1', content: [{ type: 'text', text: 'done' }] };

  it('a loop is open after a result', () => {
    expect(of({ messages: [call, result] }).isToolLoop()).toBe(true);
    expect(of({ messages: [call, result, { role: 'developer', content: 'note' }] }).isToolLoop()).toBe(true);
    expect(of({ messages: [call, result, { role: 'user', content: 'stop' }] }).isToolLoop()).toBe(false);
    expect(
      of({
        messages: [
          { role: 'assistant', content: null, function_call: { name: 'f', arguments: '' } },
          { role: 'function', name: 'f', content: 'x' },
        ],
      }).isToolLoop(),
    ).toBe(true);
  });

  it('what they are told and tell is theirs, of the kinds of the old form and the new', () => {
    const custom = {
      role: 'assistant',
      tool_calls: [{ id: '2', type: 'custom', custom: { name: 'c', input: 'raw' } }],
    };
    const legacy = { role: 'assistant', function_call: { name: 'f', arguments: '{}' } };
    const survey = of({ messages: [call, result, custom, legacy] });
    expect([...survey.texts(['tool'])]).toEqual(['{"a":1}', 'done', 'raw', '{}']);
    expect([...survey.texts(['user', 'assistant', 'system'])]).toEqual([]);
    expect(survey.hasToolTurns()).toBe(true);
  });
});

describe('ties to a provider', () => {
  it.each([
    [
      'Google’s signature',
      {
        tool_calls: [
          {
            id: '1',
            type: 'function',
            function: { name: 'f', arguments: '{}' },
            extra_content: { google: { thought_signature: 'abc' } },
          },
        ],
      },
      true,
    ],
    [
      'OpenRouter’s encrypted details',
      { content: 'x', reasoning_details: [{ type: 'reasoning.encrypted', data: 'abc' }] },
      true,
    ],
    [
      'OpenRouter’s signed details',
      { content: 'x', reasoning_details: [{ type: 'reasoning.text', text: 't', signature: 'abc' }] },
      true,
    ],
    [
      'plain details',
      { content: 'x', reasoning_details: [{ type: 'reasoning.text', text: 't', signature: null }] },
      false,
    ],
    ['plain thoughts', { content: 'x', reasoning_content: 'hm' }, false],
  ])('%s', (_what, message, signed) => {
    expect(of({ messages: [{ role: 'assistant', ...message }] }).hasSignedReasoning()).toBe(signed);
  });

  it('a file id and an earlier answer in sound are at one provider only', () => {
    expect(saying({ type: 'file', file: { file_id: 'file-1' } }).hasProviderIds()).toBe(true);
    expect(saying({ type: 'file', file: { file_data: 'QUI=', file_id: 'file-1' } }).hasProviderIds()).toBe(false);
    expect(of({ messages: [{ role: 'assistant', audio: { id: 'audio_1' } }] }).hasProviderIds()).toBe(true);
    expect(
      of({ messages: [], audio: { voice: 'alloy', format: 'mp3' }, modalities: ['text', 'audio'] }).hasProviderIds(),
    ).toBe(false);
  });
});

describe('the conversation', () => {
  it('is named by the key of the prompt cache, else by OpenRouter’s id', () => {
    expect(of({ messages: [], prompt_cache_key: 'k', session_id: 's' }).sessionId()).toEqual({
      id: 'k',
      field: 'prompt_cache_key',
    });
    expect(of({ messages: [], session_id: 's' }).sessionId()).toEqual({ id: 's', field: 'session_id' });
    for (const body of [{}, { prompt_cache_key: '' }, { prompt_cache_key: 7 }, { user: 'u1' }])
      expect(of({ messages: [], ...body }).sessionId()).toBeUndefined();
  });

  it('opens with everything before the first answer', () => {
    const start = [
      { role: 'system', content: 'Be brief. It is 2026-11-22T09:15.' },
      { role: 'user', content: 'one' },
      { role: 'user', content: 'two' },
    ];
    const opening = of({ messages: start }).opening();
    expect(opening).toBe(
      of({
        messages: [
          { ...start[0], content: 'Be brief. It is 2026-11-23T23:59.' },
          ...start.slice(1),
          { role: 'assistant', content: 'a' },
          { role: 'user', content: 'three' },
        ],
      }).opening(),
    );
    expect(opening).toContain('one');
    expect(opening).toContain('two');
  });

  it('has the last word of the user before the calls that followed it', () => {
    const messages = [
      { role: 'user', content: 'first' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'last' },
          { type: 'text', text: '<environment_details>\nTime: 9:15\n</environment_details>' },
        ],
      },
      { role: 'assistant', tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: '1', content: 'r' },
    ];
    expect(of({ messages }).lastUserText()).toBe('last');
    expect(of({ messages: [{ role: 'assistant', content: 'x' }] }).lastUserText()).toBeUndefined();
  });
});
