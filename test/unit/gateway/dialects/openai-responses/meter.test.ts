import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { asString, meterBits } from '../../../../../main/gateway/dialects/dialect.ts';
import { openaiResponses } from '../../../../../main/gateway/dialects/openai-responses/openai-responses.ts';
import { completedEvent, fullStream } from './support.ts';

const { content, terminal, error } = meterBits;

function bits(data: JsonObject, meter = openaiResponses.createMeter()): number {
  return meter.event(asString(data['type']) ?? '', Buffer.from(JSON.stringify(data)));
}

describe('the meter', () => {
  it('tells content from announcements in a whole stream, and ends with usage, id and reason', () => {
    const meter = openaiResponses.createMeter();
    const seen = fullStream.map((data) => [data['type'], bits(data, meter)] as const);
    expect(seen.slice(0, 5).map(([, bit]) => bit)).toEqual([0, 0, 0, 0, content]);
    expect(seen.at(-1)?.[1]).toBe(terminal);
    expect(meter.usage()?.usage).toEqual({
      inputTokens: 50,
      cacheReadTokens: 40,
      cacheWriteTokens: 10,
      outputTokens: 30,
      reasoningTokens: 12,
    });
    expect(meter.usage()?.raw).toEqual((fullStream.at(-1)?.['response'] as JsonObject)['usage']);
    expect(meter.responseId).toBe('resp_1');
    expect(meter.finishReason).toBe('completed');
    expect(meter.error).toBeUndefined();
  });

  it('counts the bytes of deltas as written, without the padding OpenAI adds', () => {
    const meter = openaiResponses.createMeter();
    bits({ type: 'response.output_text.delta', delta: 'é"\\', obfuscation: 'xxxxxxxxxxxxxxxxxxxx' }, meter);
    expect(meter.outputBytes).toBe(Buffer.byteLength(JSON.stringify('é"\\')) - 2);
  });

  it('counts whole items only where no deltas came', () => {
    const item = { type: 'message', content: [{ type: 'output_text', text: 'abcd' }] };
    const whole = openaiResponses.createMeter();
    expect(bits({ type: 'response.output_item.done', item }, whole)).toBe(content);
    expect(whole.outputBytes).toBe(4);
    const streamed = openaiResponses.createMeter();
    bits({ type: 'response.output_text.delta', delta: 'abcd' }, streamed);
    bits({ type: 'response.output_item.done', item }, streamed);
    expect(streamed.outputBytes).toBe(4);
  });

  it.each<[JsonObject, number]>([
    [{ type: 'response.output_item.added', item: { type: 'function_call', name: 'f' } }, content],
    [{ type: 'response.output_item.added', item: { type: 'message', content: [] } }, 0],
    [{ type: 'response.output_item.added', item: { type: 'reasoning', summary: [] } }, 0],
    [{ type: 'response.output_item.done', item: { type: 'reasoning', summary: [] } }, 0],
    [{ type: 'response.reasoning_summary_text.delta', delta: 'x' }, content],
    [{ type: 'response.function_call_arguments.delta', delta: '{' }, content],
    [{ type: 'response.output_text.delta', delta: '' }, 0],
    [{ type: 'response.image_generation_call.partial_image', partial_image_b64: 'AA' }, content],
    [{ type: 'response.incomplete', response: { incomplete_details: { reason: 'max_output_tokens' } } }, terminal],
    [{ type: 'response.failed', response: { error: { message: 'broke' } } }, error | terminal],
    [{ type: 'error', message: 'broke' }, error],
    [{ type: 'keepalive' }, 0],
  ])('sees %j as %i', (data, expected) => {
    expect(bits(data)).toBe(expected);
  });

  it('remembers the message of a failure and the reason of an incomplete answer', () => {
    const failed = openaiResponses.createMeter();
    bits({ type: 'response.failed', response: { id: 'r', error: { code: 'server_error', message: 'broke' } } }, failed);
    expect(failed.error).toBe('broke');
    const cut = openaiResponses.createMeter();
    bits(
      {
        type: 'response.incomplete',
        response: { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
      },
      cut,
    );
    expect(cut.finishReason).toBe('content_filter');
  });

  it('works without event lines and with spaces in the JSON', () => {
    const meter = openaiResponses.createMeter();
    expect(
      meter.event(
        '',
        Buffer.from('{"item": {"type": "message"}, "type": "response.output_text.delta", "delta": "ab"}'),
      ),
    ).toBe(content);
    expect(meter.outputBytes).toBe(2);
    expect(meter.event('', Buffer.from(JSON.stringify(completedEvent({}), null, 1)))).toBe(terminal);
    expect(meter.usage()?.usage.outputTokens).toBe(30);
  });

  it('bears broken events', () => {
    const meter = openaiResponses.createMeter();
    for (const name of [
      '',
      'response.output_text.delta',
      'response.completed',
      'response.created',
      'error',
      'response.output_item.done',
    ]) {
      for (const data of ['', '{', '[]', 'null', '{"delta":', '{"delta":"x', '[DONE]', '{"response":3}']) {
        expect(() => meter.event(name, Buffer.from(data))).not.toThrow();
      }
    }
  });

  it('reads a plain answer', () => {
    const meter = openaiResponses.createMeter();
    const response = {
      ...(completedEvent({})['response'] as JsonObject),
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'abc' }] }],
    };
    meter.answer(response);
    expect(meter.outputBytes).toBe(3);
    expect(meter.usage()?.usage.inputTokens).toBe(50);
    expect(meter.responseId).toBe('resp_1');
  });
});
