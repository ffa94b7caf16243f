import { describe, expect, it } from 'vitest';
import { anthropicMessages } from '../../../../../main/gateway/dialects/anthropic-messages/anthropic-messages.ts';
import { asString, meterBits } from '../../../../../main/gateway/dialects/dialect.ts';
import type { JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { fullStream, messageStart, wire } from './support.ts';

function feed(events: readonly JsonObject[], named = true) {
  const meter = anthropicMessages.createMeter();
  const bits = events.map((data) =>
    meter.event(named ? (asString(data['type']) ?? '') : '', Buffer.from(JSON.stringify(data))),
  );
  return { meter, bits };
}

describe('metering a stream', () => {
  it.each([true, false])(
    'sees content first in the first delta, and the end in message_stop (event lines: %s)',
    (named) => {
      const { meter, bits } = feed(fullStream, named);
      expect(bits.indexOf(meterBits.content)).toBe(3);
      expect(bits.at(-1)).toBe(meterBits.terminal);
      expect(bits.filter((one) => one === meterBits.terminal)).toHaveLength(1);
      expect(meter.responseId).toBe('msg_01XyZ');
      expect(meter.finishReason).toBe('tool_use');
      expect(meter.usage()?.usage).toEqual({
        inputTokens: 12,
        outputTokens: 89,
        cacheReadTokens: 2_000,
        cacheWriteTokens: 100,
        cacheWrite1hTokens: 40,
      });
      expect(meter.usage()?.raw).toMatchObject({ service_tier: 'standard', output_tokens: 89 });
      expect(meter.outputBytes).toBeGreaterThan(Buffer.byteLength('First thoughthéllo 世界{"city":"Zürich"}'));
    },
  );

  it('takes a start of empty text, a ping and message_start for no content, a call for content', () => {
    const { bits } = feed([
      messageStart,
      { type: 'ping' },
      wire.start(0, { type: 'text', text: '' }),
      wire.start(1, { type: 'tool_use', id: 't', name: 'f', input: {} }),
    ]);
    expect(bits).toEqual([0, 0, 0, meterBits.content]);
  });

  it('takes the large result of a provider’s own tool for content without reading it', () => {
    const block = {
      type: 'web_search_tool_result',
      tool_use_id: 's',
      content: [{ type: 'web_search_result', encrypted_content: 'x'.repeat(10_000) }],
    };
    expect(feed([wire.start(0, block)]).bits).toEqual([meterBits.content]);
  });

  it('tells the message of an error event', () => {
    const { meter, bits } = feed([
      messageStart,
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    ]);
    expect(bits).toEqual([0, meterBits.error]);
    expect(meter.error).toBe('Overloaded');
  });

  it('means nothing by what is broken or unknown', () => {
    const meter = anthropicMessages.createMeter();
    for (const [name, data] of [
      ['', '{'],
      ['message_start', 'nonsense'],
      ['message_delta', '[]'],
      ['brand_new', '{}'],
      ['', ''],
    ] as const) {
      expect(meter.event(name, Buffer.from(data))).toBe(0);
    }
    expect(meter.usage()).toBeUndefined();
  });
});

describe('the size of what was written', () => {
  it('is that of text and names of calls, without signatures', () => {
    const start = (index: number, block: JsonObject): JsonObject => ({
      ...{ type: 'content_block_start', index, content_block: block },
    });
    const delta = (index: number, one: JsonObject): JsonObject => ({ type: 'content_block_delta', index, delta: one });
    const { meter } = feed([
      delta(0, { type: 'signature_delta', signature: 'x'.repeat(500) }),
      delta(1, { type: 'text_delta', text: 'twelve bytes' }),
      start(2, { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: {} }),
    ]);
    expect(meter.outputBytes).toBe(12 + 11);
  });
});

describe('metering a whole answer', () => {
  it('reads id, stop reason, usage and size', () => {
    const meter = anthropicMessages.createMeter();
    meter.answer({
      id: 'msg_1',
      content: [{ type: 'text', text: 'hi' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 4 },
    });
    expect(meter.responseId).toBe('msg_1');
    expect(meter.finishReason).toBe('end_turn');
    expect(meter.usage()?.usage).toMatchObject({ inputTokens: 3, outputTokens: 4 });
    expect(meter.outputBytes).toBeGreaterThan(2);
  });

  it('bears a body that is no JSON', () => {
    const meter = anthropicMessages.createMeter();
    meter.answer({});
    expect(meter.usage()).toBeUndefined();
    expect(meter.outputBytes).toBe(0);
  });
});
