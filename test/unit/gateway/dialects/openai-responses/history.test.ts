import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import type { JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import {
  compactAnswer,
  compactionResponse,
  compactionStream,
  compactPrompt,
  expandCompactions,
  hasCompactionTrigger,
  summaryOf,
} from '../../../../../main/gateway/dialects/openai-responses/compaction.ts';
import { openSummary, sealSummary } from '../../../../../main/gateway/dialects/openai-responses/compaction-handle.ts';
import {
  conversationOf,
  inputItemsOf,
  outputItemsOf,
  withHistory,
  withReferences,
} from '../../../../../main/gateway/dialects/openai-responses/responses-history.ts';
import { capturedBodies, collectLosses, countedIds, decode, readWire } from './support.ts';

const user = (text: string): JsonObject => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
const call = { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '{}' };
const output = { type: 'function_call_output', call_id: 'c1', output: 'ok' };

describe('history', () => {
  it('makes one conversation of earlier input, earlier output and the new input', () => {
    const first = { model: 'm', input: 'go', instructions: 'old' };
    const body = { model: 'm', previous_response_id: 'resp_1', input: [output], instructions: 'new' };
    const joined = withHistory(body, conversationOf(first, { id: 'resp_1', output: [call] }));
    expect(joined).toEqual({ model: 'm', input: [user('go'), call, output], instructions: 'new' });
    expect(decode(joined).messages.map((message) => message.role)).toEqual(['system', 'user', 'assistant', 'tool']);
    expect(body).toHaveProperty('previous_response_id');
  });

  it('reads items leniently', () => {
    expect(inputItemsOf({})).toEqual([]);
    expect(outputItemsOf({ output: 'x' })).toEqual([]);
    expect(inputItemsOf({ input: [call, 'x'] })).toEqual([call]);
  });

  it('puts stored items in the place of references and leaves unknown ones to be recorded', () => {
    const losses = collectLosses();
    const body = { input: [{ type: 'item_reference', id: 'fc_1' }, { id: 'gone' }, output] };
    const resolved = withReferences(body, (id) => (id === 'fc_1' ? call : undefined));
    expect(resolved['input']).toEqual([call, { id: 'gone' }, output]);
    decode(resolved, losses);
    expect(losses.list).toEqual(['input.item_reference']);
    const plain = { input: [call] };
    expect(withReferences(plain, () => undefined)).toBe(plain);
  });
});

describe('compaction', () => {
  const options = (body: JsonObject) => ({
    body,
    summary: 'what happened: é世',
    usage: { inputTokens: 10, outputTokens: 2, cacheReadTokens: 0, cacheWriteTokens: 0 },
    model: 'm',
    createdAt: 5,
    newId: countedIds(),
  });

  it('opens what it sealed, whatever the text, and nothing else', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => openSummary(sealSummary(text)) === text));
    expect(openSummary('gAAAAABpM0Yj')).toBeUndefined();
  });

  it('asks for a summary of the whole conversation without calling or storing', () => {
    const body = {
      model: 'm',
      stream: true,
      instructions: 'i',
      tools: [{ type: 'function', name: 'f' }],
      text: { format: { type: 'json_object' } },
      store: true,
      include: ['x'],
      input: [user('go'), call, output, { type: 'compaction_trigger' }],
    };
    const prompt = compactPrompt(body);
    expect(prompt).toMatchObject({
      model: 'm',
      instructions: 'i',
      tools: body.tools,
      tool_choice: 'none',
      store: false,
      stream: false,
    });
    expect(prompt).not.toHaveProperty('text');
    const items = inputItemsOf(prompt);
    expect(items.slice(0, 3)).toEqual([user('go'), call, output]);
    expect(items).toHaveLength(4);
    expect(JSON.stringify(items[3])).toContain('Answer with the summary only.');
    expect(compactPrompt({ model: 'm', input: 'x' })).not.toHaveProperty('tool_choice');
  });

  it('makes a request that every captured Codex body survives', () => {
    for (const body of capturedBodies('codex')) {
      const request = decode(compactPrompt(body));
      expect(request.messages.at(-1)?.role).toBe('user');
      expect(request.tools.length).toBeGreaterThan(0);
      expect(request.toolChoice).toEqual({ type: 'none' });
    }
  });

  it('answers /responses/compact with the user messages and one compaction item, which decodes into the summary', () => {
    const body = { input: [{ role: 'developer', content: 'rules' }, { role: 'user', content: 'go' }, call, output] };
    const answer = compactAnswer(options(body));
    expect(answer).toMatchObject({
      object: 'response.compaction',
      created_at: 5,
      output: [
        { type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_text', text: 'go' }] },
        { type: 'compaction' },
      ],
      usage: { input_tokens: 10, output_tokens: 2, total_tokens: 12 },
    });
    const next = decode({ input: [...outputItemsOf(answer), user('and now?')] });
    expect(next.messages.map((message) => message.role)).toEqual(['user', 'user', 'user']);
    expect(JSON.stringify(next.messages[1])).toContain('what happened: é世');
  });

  it('keeps only as many of the newest user messages as fit', () => {
    const big = 'x'.repeat(200_000);
    const answer = compactAnswer(options({ input: [user(big), user(`${big}y`), user('last')] }));
    const texts = outputItemsOf(answer).map((item) => JSON.stringify(item['content'] ?? '').length);
    expect(texts).toHaveLength(3);
    expect(JSON.stringify(answer['output'])).toContain('xy');
  });

  it('answers a trigger with exactly one compaction item, streamed as Codex reads it', () => {
    expect(hasCompactionTrigger({ input: [user('x'), { type: 'compaction_trigger' }] })).toBe(true);
    expect(hasCompactionTrigger({ input: 'x' })).toBe(false);
    const response = compactionResponse(options({ input: [user('x'), { type: 'compaction_trigger' }] }));
    const events = readWire(compactionStream(response));
    expect(events.map((data) => data['type'])).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events[3]).toMatchObject({ item: { type: 'compaction' } });
    expect(events[4]).toMatchObject({
      response: { id: 'resp_1', status: 'completed', output: [{ type: 'compaction' }], usage: { total_tokens: 12 } },
    });
  });

  it('expands its own handles before a provider sees them and leaves others untouched', () => {
    const foreign = { type: 'compaction', encrypted_content: 'gAAAA' };
    const own = { type: 'compaction', encrypted_content: sealSummary('then this') };
    const untouched = { input: [foreign, user('x')] };
    expect(expandCompactions(untouched)).toBe(untouched);
    const expanded = inputItemsOf(expandCompactions({ input: [foreign, own] }));
    expect(expanded[0]).toEqual(foreign);
    expect(expanded[1]).toMatchObject({ type: 'message', role: 'user' });
    expect(JSON.stringify(expanded[1])).toContain('then this');
  });

  it('reads the summary out of an answer', () => {
    const response = {
      output: [
        { type: 'reasoning', summary: [] },
        {
          type: 'message',
          content: [
            { type: 'output_text', text: 'a' },
            { type: 'output_text', text: 'b' },
          ],
        },
      ],
    };
    expect(summaryOf(response)).toBe('a\n\nb');
    expect(summaryOf({ output: [] })).toBe('');
  });
});
