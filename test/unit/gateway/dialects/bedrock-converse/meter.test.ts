import { describe, expect, it } from 'vitest';
import { bedrockConverse } from '../../../../../main/gateway/dialects/bedrock-converse/bedrock-converse.ts';
import { meterBits } from '../../../../../main/gateway/dialects/dialect.ts';
import { event, fullStream } from './support.ts';

const feed = (events: readonly { name: string; data: string }[]) => {
  const meter = bedrockConverse.createMeter();
  return { meter, bits: events.map((one) => meter.event(one.name, Buffer.from(one.data))) };
};

describe('meter', () => {
  it('commits at the first content, not at the greeting, and ends at messageStop and metadata', () => {
    const { meter, bits } = feed(fullStream);
    expect(bits[0]).toBe(0);
    expect(bits[1]).toBe(meterBits.content);
    expect(bits.slice(2, -2).every((one) => one === 0)).toBe(true);
    expect(bits.slice(-2)).toEqual([meterBits.terminal, meterBits.terminal]);
    expect(meter.finishReason).toBe('tool_use');
    expect(meter.usage()).toMatchObject({
      usage: { inputTokens: 12, outputTokens: 40, cacheReadTokens: 900, cacheWriteTokens: 100, cacheWrite1hTokens: 60 },
      raw: { totalTokens: 1052 },
    });
  });

  it('takes a tool call for content and empty deltas for none', () => {
    const { bits } = feed([
      event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: '' } }),
      event('contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't', name: 'now' } } }),
    ]);
    expect(bits).toEqual([0, meterBits.content]);
  });

  it('counts output in the order of what was said', () => {
    const long = 'x'.repeat(5000);
    const { meter } = feed([
      event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Grü' } }),
      event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: long } }),
    ]);
    expect(meter.outputBytes).toBeGreaterThan(4900);
    expect(meter.outputBytes).toBeLessThan(5100);
  });

  it('reports an exception with its message', () => {
    const { meter, bits } = feed([event('throttlingException', { message: 'Too fast.' })]);
    expect(bits).toEqual([meterBits.error]);
    expect(meter.error).toBe('Too fast.');
  });

  it('never throws on broken or unknown events', () => {
    const { bits } = feed(
      ['contentBlockDelta', 'contentBlockStart', 'metadata', 'messageStart', ''].map((name) => ({
        name,
        data: '{"broken',
      })),
    );
    expect(bits).toEqual([0, 0, meterBits.terminal, 0, 0]);
  });

  it('reads a whole answer', () => {
    const meter = bedrockConverse.createMeter();
    meter.answer({
      output: { message: { content: [{ text: 'Hello' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 3, outputTokens: 4 },
    });
    expect(meter.finishReason).toBe('end_turn');
    expect(meter.usage()?.usage).toMatchObject({ inputTokens: 3, outputTokens: 4 });
    expect(meter.outputBytes).toBeGreaterThan(5);
    meter.answer({});
  });
});
