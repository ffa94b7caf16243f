import { describe, expect, it } from 'vitest';
import type { Survey } from '../../../../../main/gateway/dialects/dialect.ts';
import { sealSummary } from '../../../../../main/gateway/dialects/openai-responses/compaction-handle.ts';
import { openaiResponses } from '../../../../../main/gateway/dialects/openai-responses/openai-responses.ts';
import { capturedBodies, surveyed } from '../support.ts';

const of = (body: unknown): Survey => surveyed(openaiResponses, body);
const codex = capturedBodies('codex', /\/responses/).map((body) => of(body));

describe('Codex', () => {
  it('declares its tools in the body or among the items', () => {
    expect(codex.every((survey) => survey.has('tools'))).toBe(true);
    expect(of({ input: [{ type: 'additional_tools', role: 'developer', tools: [] }] }).has('tools')).toBe(false);
  });

  it('names its session in every request', () => {
    for (const survey of codex)
      expect(survey.sessionId()).toMatchObject({
        field: 'client_metadata.session_id',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      });
  });

  it('says prompts, not surroundings', () => {
    expect(codex[0]?.lastUserText()).toBe('ping-1');
    expect(codex[3]?.lastUserText()).toBe('TOOLCALL run it');
    expect(codex[4]?.lastUserText()).toBe('ping-3');
  });

  it('is in a loop after a result and not after an answer', () => {
    expect(codex.slice(0, 5).map((survey) => survey.isToolLoop())).toEqual([false, false, false, true, false]);
    expect(codex.slice(0, 5).map((survey) => survey.hasSignedReasoning())).toEqual([false, false, false, true, true]);
  });

  it('opens a conversation the same way in each of its turns', () => {
    const [first, , third, fourth, fifth] = codex.map((survey) => survey.opening());
    expect(fourth).toBe(third);
    expect(fifth).toBe(third);
    expect(first).not.toBe(third);
  });
});

describe('contents', () => {
  const saying = (...content: unknown[]): Survey => of({ input: [{ role: 'user', content }] });

  it.each([
    ['image', { type: 'input_image', image_url: 'data:image/png;base64,QUJDRA==' }, 8],
    ['image', { type: 'input_image', file_id: 'file-1' }, 0],
    ['audio', { type: 'input_audio', input_audio: { data: 'QUJD', format: 'mp3' } }, 4],
    ['pdf', { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,QUJD' }, 4],
    ['pdf', { type: 'input_file', file_data: 'QUJD' }, 4],
    ['pdf', { type: 'input_file', file_url: 'https://x.test/a' }, 0],
  ] as const)('%s: %j', (kind, part, bytes) => {
    const survey = saying(part);
    expect(survey.media()).toEqual({ bytes, count: 1 });
    for (const one of ['image', 'audio', 'pdf', 'video'] as const) expect(survey.has(one)).toBe(one === kind);
  });

  it('a file of another kind is no PDF', () => {
    expect(saying({ type: 'input_file', filename: 'a.csv', file_data: 'QUI=' }).has('pdf')).toBe(false);
    expect(saying({ type: 'input_file', filename: 'a.pdf', file_data: 'data:text/csv;base64,QUI=' }).has('pdf')).toBe(
      false,
    );
  });

  it('see pictures of a screen and pictures that were made', () => {
    const screen = {
      type: 'computer_call_output',
      call_id: '1',
      output: { type: 'computer_screenshot', image_url: 'data:image/png;base64,QUJD' },
    };
    expect([of({ input: [screen] }).has('image'), of({ input: [screen] }).isToolLoop()]).toEqual([true, true]);
    expect(of({ input: [{ type: 'image_generation_call', id: 'ig_1', result: 'QUJD' }] }).media()).toEqual({
      bytes: 4,
      count: 1,
    });
  });

  it.each([
    [{ reasoning: { effort: 'high' } }, true],
    [{ reasoning: { effort: 'none', summary: 'auto' } }, false],
    [{ reasoning: { summary: 'auto' } }, true],
    [{ reasoning: {} }, false],
    [{ reasoning: null }, false],
  ])('ask for reasoning: %j', (fields, asks) => {
    expect(of({ input: 'x', ...fields }).has('reasoning')).toBe(asks);
  });

  it('tell a schema, a limit and a mark of the cache', () => {
    expect(
      of({ input: 'x', text: { format: { type: 'json_schema', name: 'a', schema: {} } } }).has('json_schema'),
    ).toBe(true);
    expect(of({ input: 'x', text: { format: { type: 'json_object' } } }).has('json_schema')).toBe(false);
    expect(of({ input: 'x', max_output_tokens: 7 }).maxTokens()).toBe(7);
    expect(saying({ type: 'input_text', text: 'x', prompt_cache_breakpoint: {} }).has('cache_control')).toBe(true);
  });
});

describe('ties to a provider', () => {
  it.each([
    ['an earlier answer', { input: 'x', previous_response_id: 'resp_1' }],
    ['a conversation', { input: 'x', conversation: 'conv_1' }],
    ['a conversation as an object', { input: 'x', conversation: { id: 'conv_1' } }],
    ['a prompt', { input: 'x', prompt: { id: 'pmpt_1' } }],
    ['an item', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
    ['a picture', { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'file-1' }] }] }],
    [
      'a file in a result',
      { input: [{ type: 'function_call_output', call_id: '1', output: [{ type: 'input_file', file_id: 'file-1' }] }] },
    ],
    ['a vector store', { input: 'x', tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] }],
    ['a container', { input: 'x', tools: [{ type: 'code_interpreter', container: 'cntr_1' }] }],
  ])('%s is kept there', (_what, body) => {
    expect(of(body).hasProviderIds()).toBe(true);
  });

  it.each([
    ['null', { input: 'x', previous_response_id: null, conversation: null, prompt: null }],
    ['a container made for this', { input: 'x', tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] }],
    ['a search without stores', { input: 'x', tools: [{ type: 'file_search', vector_store_ids: [] }] }],
  ])('%s is not', (_what, body) => {
    expect(of(body).hasProviderIds()).toBe(false);
  });

  it('a summary of ours is a text, a provider’s is its own', () => {
    const ours = of({ input: [{ type: 'compaction', encrypted_content: sealSummary('what was said') }] });
    expect([ours.hasSignedReasoning(), [...ours.texts(['user'])]]).toEqual([false, ['what was said']]);
    expect(of({ input: [{ type: 'compaction', encrypted_content: 'gAAAAAB' }] }).hasSignedReasoning()).toBe(true);
  });
});

describe('tools in the conversation', () => {
  it.each([
    [{ type: 'function_call_output', call_id: '1', output: 'x' }, true],
    [{ type: 'custom_tool_call_output', call_id: '1', output: [{ type: 'input_text', text: 'x' }] }, true],
    [{ type: 'local_shell_call_output', call_id: '1', output: 'x' }, true],
    [{ type: 'mcp_approval_response', approval_request_id: '1', approve: true }, true],
    [{ type: 'web_search_call', id: 'ws_1', action: { type: 'search', query: 'q' } }, false],
    [{ type: 'function_call', call_id: '1', name: 'f', arguments: '{}' }, false],
  ])('%j leaves a loop open: %s', (item, open) => {
    const survey = of({ input: [{ role: 'user', content: 'x' }, item] });
    expect([survey.isToolLoop(), survey.hasToolTurns()]).toEqual([open, true]);
  });

  it('what they are told and tell is theirs', () => {
    const survey = of({
      instructions: 'be brief',
      input: [
        { role: 'user', content: 'q' },
        { type: 'function_call', call_id: '1', name: 'f', arguments: '{"a":1}' },
        { type: 'custom_tool_call', call_id: '2', name: 'c', input: 'raw' },
        { type: 'local_shell_call', call_id: '3', action: { command: ['ls'] } },
        { type: 'function_call_output', call_id: '1', output: 'r1' },
        {
          type: 'custom_tool_call_output',
          call_id: '2',
          output: [
            { type: 'input_text', text: 'r2' },
            { type: 'input_text', text: 'r3' },
          ],
        },
      ],
    });
    expect([...survey.texts(['tool'])]).toEqual(['{"a":1}', 'raw', '{"command":["ls"]}', 'r1', 'r2', 'r3']);
    expect([...survey.texts(['system', 'user'])]).toEqual(['be brief', 'q']);
  });
});

describe('the conversation', () => {
  it('is a text alone as well', () => {
    const survey = of({ input: 'hello "there"' });
    expect([survey.lastUserText(), [...survey.texts(['user'])], survey.opening()]).toEqual([
      'hello "there"',
      ['hello "there"'],
      'hello "there"',
    ]);
  });

  it('is named by the first id there is', () => {
    const ids = { session_id: 'd', conversation: 'c', prompt_cache_key: 'b', client_metadata: { session_id: 'a' } };
    const fields = ['client_metadata.session_id', 'prompt_cache_key', 'conversation', 'session_id'];
    const left: Record<string, unknown> = { input: 'x', ...ids };
    for (const [index, field] of fields.entries()) {
      expect(of(left).sessionId()).toEqual({ id: 'abcd'[index], field });
      Reflect.deleteProperty(left, field.split('.')[0] ?? '');
    }
    expect(of(left).sessionId()).toBeUndefined();
  });
});
