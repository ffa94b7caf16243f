import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { meterBits, type Meter } from '../../../../../main/gateway/dialects/dialect.ts';
import { openaiChat } from '../../../../../main/gateway/dialects/openai-chat/openai-chat.ts';
import { chunk, finish, usageChunk } from './support.ts';

const { content, terminal, error, usageOnly } = meterBits;
const bits = (data: unknown, meter: Meter = openaiChat.createMeter(), name = ''): number =>
  meter.event(name, Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)));

describe('the meter', () => {
  it('tells role, content, finish, usage and end of a whole stream apart', () => {
    const meter = openaiChat.createMeter();
    const seen = [
      chunk({ role: 'assistant', content: '', refusal: null }),
      chunk({ content: 'one' }),
      chunk({ content: 'two' }),
      finish('stop'),
      usageChunk,
      '[DONE]',
    ].map((data) => bits(data, meter));
    expect(seen).toEqual([0, content, content, terminal, usageOnly, terminal]);
    expect(meter).toMatchObject({ finishReason: 'stop', responseId: 'chatcmpl-1', error: undefined, outputBytes: 6 });
    expect(meter.usage()).toEqual({
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
    });
  });

  it.each<[JsonObject, number]>([
    [{ content: 'x' }, content],
    [{ content: [{ type: 'text', text: 'x' }] }, content],
    [{ reasoning_content: 'x' }, content],
    [{ reasoning: 'x' }, content],
    [{ refusal: 'x' }, content],
    [{ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '' } }] }, content],
    [{ function_call: { name: 'f' } }, content],
    [{ audio: { data: 'AA' } }, content],
    [{ images: [{ image_url: { url: 'data:,x' } }] }, content],
    [{ role: 'assistant' }, 0],
    [{ role: 'assistant', content: '', tool_calls: [] }, 0],
    [{ content: null }, 0],
  ])('sees in %j the bits %i', (delta, expected) => {
    expect(bits(chunk(delta))).toBe(expected);
  });

  it('sees the text of the older completions', () => {
    const meter = openaiChat.createMeter();
    expect(bits({ id: 'cmpl-1', choices: [{ index: 0, text: 'x', finish_reason: null }] }, meter)).toBe(content);
    expect(bits({ id: 'cmpl-1', choices: [{ index: 0, text: '', finish_reason: 'length' }] }, meter)).toBe(terminal);
    expect(meter.finishReason).toBe('length');
  });

  it('does not take what the text quotes for fields of its own', () => {
    const meter = openaiChat.createMeter();
    bits(chunk({ content: 'x' }), meter);
    expect(
      bits(chunk({ content: '{"error":{"message":"no"},"finish_reason":"stop","usage":{"prompt_tokens":5}}' }), meter),
    ).toBe(content);
    expect(meter).toMatchObject({ error: undefined, finishReason: undefined });
    expect(meter.usage()).toBeUndefined();
  });

  it.each([
    '{"choices":[{"delta":{},"finish_reason" : "stop"}],"usage":null}',
    '{"choices":[{"delta":{},"finish_reason":"stop"}]}',
    '{"usage": null,"choices":[{"usage":null,"delta":{},"finish_reason":"stop"}],"error":null}',
  ])('sees the finish in %s after content', (data) => {
    const meter = openaiChat.createMeter();
    bits(chunk({ content: 'x' }), meter);
    expect(bits(data, meter)).toBe(terminal);
  });

  it('finds usage wherever it stands, and keeps the largest', () => {
    const meter = openaiChat.createMeter();
    bits(chunk({ content: 'x' }), meter);
    expect(bits(chunk({ content: 'y' }, {}, { usage: { prompt_tokens: 5, completion_tokens: 9 } }), meter)).toBe(
      content,
    );
    bits(chunk({}, { usage: { prompt_tokens: 5, completion_tokens: 3 } }, { usage: undefined }), meter);
    bits(chunk({}, {}, { usage: undefined, x_groq: { usage: { prompt_tokens: 6, completion_tokens: 3 } } }), meter);
    expect(meter.usage()).toMatchObject({ usage: { inputTokens: 6, outputTokens: 9 }, raw: { prompt_tokens: 6 } });
  });

  it('does not hide a chunk with usage that holds an answer, or one without usage', () => {
    expect(bits(chunk({ content: 'x' }, {}, { usage: { prompt_tokens: 1 } }))).toBe(content);
    expect(bits({ choices: [], prompt_filter_results: [] })).toBe(0);
  });

  it.each<[unknown, string]>([
    [{ error: { message: 'broke' } }, ''],
    [{ error: 'broke' }, ''],
    [{ message: 'broke' }, 'error'],
    [{ object: 'error', message: 'broke', code: 400 }, ''],
    [chunk({}, { error: { message: 'broke' }, finish_reason: 'error' }), ''],
  ])('sees the error in %j, before content and after it', (data, name) => {
    for (const before of [[], [chunk({ content: 'x' })]]) {
      const meter = openaiChat.createMeter();
      for (const one of before) bits(one, meter);
      expect(bits(data, meter, name)).toBe(error);
      expect(meter.error).toBe('broke');
    }
  });

  it.each(['', '{', '[]', '5', 'null', '{"choices":5}', '{"choices":[null]}', '{"usage":5,"choices":[]}'])(
    'never throws at %j',
    (data) => {
      expect(bits(data)).toBe(0);
    },
  );

  it.each<JsonObject>([{}, { choices: 5 }, { choices: [null] }, { usage: 5, choices: [] }])(
    'takes no usage from the answer %j',
    (answer) => {
      const meter = openaiChat.createMeter();
      meter.answer(answer);
      expect(meter.usage()).toBeUndefined();
    },
  );

  it('counts output by bytes, close to what the text really is', () => {
    const meter = openaiChat.createMeter();
    const texts = ['漢字', 'plain', 'x'.repeat(100), '😀'];
    for (const text of texts) bits(chunk({ content: text }), meter);
    expect(meter.outputBytes).toBe(Buffer.byteLength(texts.join('')));
  });

  it('counts arguments though what begins a call says more of it', () => {
    const meter = openaiChat.createMeter();
    const call = (rest: JsonObject): JsonObject => chunk({ tool_calls: [{ index: 0, ...rest }] });
    bits(
      call({ id: 'call_0123456789abcdef', type: 'function', function: { name: 'get_weather', arguments: '' } }),
      meter,
    );
    for (const piece of ['{ci', 'ty:', 'x}']) bits(call({ function: { arguments: piece } }), meter);
    expect(meter.outputBytes).toBe(8);
  });

  it('reads a whole answer', () => {
    const meter = openaiChat.createMeter();
    const message = {
      role: 'assistant',
      content: '漢',
      tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}' } }],
    };
    meter.answer({
      id: 'chatcmpl-1',
      choices: [{ message, finish_reason: 'tool_calls' }, { message: { content: 'b' } }],
      usage: usageChunk['usage'],
    });
    expect(meter).toMatchObject({ responseId: 'chatcmpl-1', finishReason: 'tool_calls', outputBytes: 6 });
    expect(meter.usage()).toMatchObject({ usage: { outputTokens: 30 } });
  });
});
