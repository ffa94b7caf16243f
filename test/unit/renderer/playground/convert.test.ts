import { describe, expect, it } from 'vitest';
import { messagesOf } from '../../../../renderer/features/playground/body.ts';
import { takeOver, type TakenOver } from '../../../../renderer/features/playground/convert.ts';

const pixel = 'data:image/png;base64,AAAA';

function take(body: unknown): TakenOver {
  const taken = takeOver(JSON.stringify(body));
  if (taken === undefined) throw new Error('nothing was taken over');
  return taken;
}

function turns({ draft }: TakenOver): unknown {
  return draft.turns.map(({ role, text, pictures }) => [role, text, ...pictures.map(({ url }) => url)]);
}

const tool = {
  type: 'function',
  function: { name: 'f', description: 'd', parameters: { type: 'object', properties: {} } },
};

describe('a recorded request as a prompt', () => {
  it('of Chat Completions', () => {
    const taken = take({
      model: 'gpt',
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0.2,
      max_completion_tokens: 50,
      seed: 7,
      user: null,
      tools: [tool],
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } },
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'developer', content: [{ type: 'text', text: 'And kind.' }] },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: pixel } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            { type: 'input_audio', input_audio: {} },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
        },
        { role: 'tool', tool_call_id: '1', content: 'done' },
      ],
    });
    expect(taken.model).toBe('gpt');
    expect(taken.draft.system).toBe('Be brief.\n\nAnd kind.');
    expect(turns(taken)).toEqual([
      ['user', 'Look', pixel],
      ['assistant', '[f({"a":1})]'],
      ['user', '[→ done]'],
    ]);
    expect(taken.parameters).toEqual({ temperature: '0.2', top_p: '', max_tokens: '50' });
    expect(JSON.parse(taken.draft.tools)).toEqual([tool]);
    expect(JSON.parse(taken.draft.schema)).toEqual({ type: 'object' });
    expect(taken.losses).toEqual([
      { what: 'remote_picture', count: 1 },
      { what: 'part', count: 1 },
      { what: 'tool_text', count: 2 },
      { what: 'fields', names: 'seed' },
    ]);
  });

  it('of Anthropic Messages', () => {
    const taken = take({
      model: 'claude',
      max_tokens: 10,
      top_p: 0.9,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      tools: [{ name: 'f', description: 'd', input_schema: { type: 'object', properties: {} } }],
      messages: [
        {
          role: 'user',
          content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm' },
            { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'done' }] }],
        },
      ],
    });
    expect(taken.draft.system).toBe('Be brief.');
    expect(turns(taken)).toEqual([
      ['user', '', pixel],
      ['assistant', '[f({"a":1})]'],
      ['user', '[→ done]'],
    ]);
    expect(taken.parameters).toEqual({ temperature: '', top_p: '0.9', max_tokens: '10' });
    expect(JSON.parse(taken.draft.tools)).toEqual([tool]);
    expect(taken.losses).toEqual([
      { what: 'part', count: 1 },
      { what: 'tool_text', count: 2 },
    ]);
  });

  it('of Responses', () => {
    const taken = take({
      model: 'gpt',
      instructions: 'Be brief.',
      max_output_tokens: 9,
      store: false,
      tools: [
        { type: 'function', name: 'f', description: 'd', parameters: { type: 'object', properties: {} } },
        { type: 'web_search' },
      ],
      text: { format: { type: 'json_schema', name: 'x', schema: { type: 'object' } } },
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Hi' },
            { type: 'input_image', image_url: pixel },
          ],
        },
        { type: 'reasoning', summary: [] },
        { type: 'function_call', name: 'f', arguments: '{}', call_id: '1' },
        { type: 'function_call_output', call_id: '1', output: 'done' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Yes' }] },
      ],
    });
    expect(turns(taken)).toEqual([
      ['user', 'Hi', pixel],
      ['assistant', '[f({})]'],
      ['user', '[→ done]'],
      ['assistant', 'Yes'],
    ]);
    expect(taken.parameters.max_tokens).toBe('9');
    expect(JSON.parse(taken.draft.schema)).toEqual({ type: 'object' });
    expect(JSON.parse(taken.draft.tools)).toEqual([tool]);
    expect(taken.losses).toEqual([
      { what: 'part', count: 1 },
      { what: 'tool_text', count: 2 },
      { what: 'tool', count: 1 },
      { what: 'fields', names: 'store' },
    ]);
    expect(turns(take({ model: 'x', input: 'plain' }))).toEqual([['user', 'plain']]);
  });

  it('of Gemini, whose path names the model', () => {
    const taken = take({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      generationConfig: { temperature: 1, topP: 0.5, maxOutputTokens: 8 },
      safetySettings: [],
      tools: [
        { functionDeclarations: [{ name: 'f', description: 'd', parameters: { type: 'object', properties: {} } }] },
        { googleSearch: {} },
      ],
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { ok: true } } }] },
      ],
    });
    expect(taken.model).toBeNull();
    expect(taken.draft.system).toBe('Be brief.');
    expect(turns(taken)).toEqual([
      ['user', 'Hi', pixel],
      ['assistant', '[f({})]'],
      ['user', '[→ {"ok":true}]'],
    ]);
    expect(taken.parameters).toEqual({ temperature: '1', top_p: '0.5', max_tokens: '8' });
    expect(JSON.parse(taken.draft.tools)).toEqual([tool]);
    expect(taken.losses).toEqual([
      { what: 'tool_text', count: 2 },
      { what: 'tool', count: 1 },
      { what: 'fields', names: 'safetySettings' },
    ]);
  });

  it('leaves what looks like a variable as it was said', () => {
    const { draft } = take({ model: 'x', messages: [{ role: 'user', content: 'render {{ user.name }} twice' }] });
    expect(messagesOf(draft).value).toEqual([{ role: 'user', content: 'render {{ user.name }} twice' }]);
  });

  it('leaves pictures out that are too large', () => {
    const url = `data:image/png;base64,${'A'.repeat(7 * 1024 * 1024)}`;
    const { losses } = take({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] });
    expect(losses).toEqual([{ what: 'large_picture', count: 1 }]);
  });

  it.each(['', 'no json', '[]', '{"input":{}}', '{"messages":"x"}', '{"prompt":"x"}'])(
    'takes nothing of %j',
    (text) => {
      expect(takeOver(text)).toBeUndefined();
    },
  );
});
