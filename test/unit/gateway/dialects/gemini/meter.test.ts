import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { meterBits, type Meter } from '../../../../../main/gateway/dialects/dialect.ts';
import { gemini } from '../../../../../main/gateway/dialects/gemini/gemini.ts';

const { content, terminal, error } = meterBits;
const bits = (data: unknown, meter: Meter = gemini.createMeter()): number =>
  meter.event('', Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)));

const head = { modelVersion: 'gemini-2.5-flash', responseId: 'r1' };
const chunk = (parts: readonly JsonObject[], more: JsonObject = {}, rest: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { parts, role: 'model' }, ...more, index: 0 }],
  ...rest,
  ...head,
});
const counts = (usageMetadata: JsonObject): JsonObject => ({ usageMetadata });

/** A meter that has seen its first content, so that it looks no deeper than it must. */
function running(): Meter {
  const meter = gemini.createMeter();
  bits(chunk([{ text: 'x' }]), meter);
  return meter;
}

describe('the meter', () => {
  it('tells content, reason and counts of a whole stream apart', () => {
    const meter = gemini.createMeter();
    const seen = [
      chunk([{ text: '' }], {}, counts({ promptTokenCount: 5 })),
      chunk([{ text: 'hm', thought: true }], {}, counts({ promptTokenCount: 5 })),
      chunk([{ text: 'Größe' }], {}, counts({ promptTokenCount: 5, candidatesTokenCount: 1 })),
      chunk([{ text: '!' }], { finishReason: 'STOP' }, counts({ promptTokenCount: 5, candidatesTokenCount: 3 })),
    ].map((data) => bits(data, meter));
    expect(seen).toEqual([0, content, content, content | terminal]);
    expect(meter).toMatchObject({ finishReason: 'STOP', responseId: 'r1', error: undefined });
    expect(meter.usage()).toMatchObject({
      usage: { inputTokens: 5, outputTokens: 3 },
      raw: { promptTokenCount: 5, candidatesTokenCount: 3 },
    });
  });

  it.each<[string, JsonObject, number]>([
    ['text', { text: 'x' }, content],
    ['a thought', { text: 'x', thought: true }, content],
    ['a call', { functionCall: { name: 'f', args: {} } }, content],
    ['an image', { inlineData: { mimeType: 'image/png', data: 'AA' } }, content],
    ['code', { executableCode: { code: 'x' } }, content],
    ['an empty text', { text: '' }, 0],
    ['a signature', { thoughtSignature: 'YQ==' }, 0],
    ['a signature on an empty text', { text: '', thoughtSignature: 'YQ==' }, 0],
    ['nothing', {}, 0],
  ])('sees in %s the bits of content or none', (_what, part, expected) => {
    expect(bits(chunk([part]))).toBe(expected);
  });

  it('takes a refused prompt for an end, and feedback beside an answer for none', () => {
    const meter = gemini.createMeter();
    expect(bits({ promptFeedback: { blockReason: 'SAFETY' }, ...counts({ promptTokenCount: 5 }) }, meter)).toBe(
      terminal,
    );
    expect(meter.finishReason).toBe('SAFETY');
    expect(bits(chunk([{ text: 'a' }], {}, { promptFeedback: { blockReason: 'OTHER' } }))).toBe(content);
  });

  it('does not take a reason of no meaning for an end', () => {
    const meter = running();
    expect(bits(chunk([{ text: 'a' }], { finishReason: 'FINISH_REASON_UNSPECIFIED' }), meter)).toBe(content);
    expect(meter.finishReason).toBeUndefined();
  });

  it.each([
    ['{"error":{"message":"Busy."}}', 'Busy.'],
    [' [ {\n "error": {"message":"Busy."}}]', 'Busy.'],
    ['{"error":{"code":503}}', 'The provider sent an error.'],
  ])('sees the error in %s, before and after content', (data, message) => {
    for (const meter of [gemini.createMeter(), running()]) {
      expect(bits(data, meter)).toBe(error);
      expect(meter.error).toBe(message);
    }
  });

  it('does not take what the text quotes for fields of its own', () => {
    const meter = running();
    const text = '{"finishReason":"SAFETY","error":{"message":"no"},"usageMetadata":{"promptTokenCount":99}}';
    expect(bits(chunk([{ text }], {}, counts({ promptTokenCount: 5 })), meter)).toBe(content);
    expect(meter).toMatchObject({ finishReason: undefined, error: undefined });
    expect(meter.usage()?.raw).toEqual({ promptTokenCount: 5 });
  });

  it.each(['', 'x', '{"candidates":', '[]', 'null', '{"candidates":7}', '{"candidates":[{"content":{"parts":"x"}}]}'])(
    'bears %j',
    (data) => {
      expect(bits(data)).toBe(0);
      const meter = running();
      bits(data, meter);
      expect(meter.usage()).toBeUndefined();
    },
  );

  it('takes the largest of each of Google’s counts, and the last object as it came', () => {
    const meter = running();
    const first = { promptTokenCount: 100, cachedContentTokenCount: 80, thoughtsTokenCount: 7 };
    bits(chunk([{ text: 'a' }], {}, counts(first)), meter);
    expect(meter.usage()?.usage).toMatchObject({ inputTokens: 20, cacheReadTokens: 80, reasoningTokens: 7 });
    const last = { promptTokenCount: 100, candidatesTokenCount: 9 };
    bits(chunk([], { finishReason: 'STOP' }, counts(last)), meter);
    expect(meter.usage()).toMatchObject({
      usage: { inputTokens: 20, cacheReadTokens: 80, outputTokens: 16, reasoningTokens: 7 },
      raw: last,
    });
  });

  it('reads the counts of a stream that broke off, with details of any depth', () => {
    const meter = running();
    const raw = { promptTokenCount: 5, promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 2 }], nested: { a: {} } };
    bits(chunk([{ text: 'a' }], {}, counts(raw)), meter);
    bits(chunk([{ text: 'b' }]), meter);
    expect(meter.usage()).toMatchObject({ usage: { inputTokens: 5, inputAudioTokens: 2 }, raw });
  });

  it('counts what was put out: text, thoughts and arguments, within an event’s envelope', () => {
    const meter = gemini.createMeter();
    bits(chunk([{ text: 'Größe' }]), meter);
    expect(meter.outputBytes).toBe(7);
    bits(chunk([{ text: '1234567890' }]), meter);
    expect(meter.outputBytes).toBe(17);
    bits(chunk([{ functionCall: { name: 'f', args: { q: 1 } } }], { finishReason: 'STOP' }), meter);
    expect(meter.outputBytes).toBe(24);
  });

  it('counts texts alike, whatever stands beside them', () => {
    const meter = gemini.createMeter();
    bits(chunk([{ text: 'hm', thought: true }]), meter);
    bits(chunk([{ text: 'twelve bytes' }], {}, counts({ promptTokenCount: 123_456 })), meter);
    bits(JSON.stringify(chunk([{ text: 'a "b"' }, { text: '' }, { text: 'c' }]), null).replaceAll('":', '" : '), meter);
    expect(meter.outputBytes).toBe(2 + 12 + 7 + 1);
    bits(chunk([{ executableCode: { language: 'PYTHON', code: 'x = 1' } }]), meter);
    bits(chunk([{ codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } }]), meter);
    bits(chunk([{ functionCall: { name: 'f', args: { text: 'q' } } }]), meter);
    expect(meter.outputBytes).toBe(22 + 5 + 12);
  });

  it('reads a whole answer', () => {
    const meter = gemini.createMeter();
    meter.answer(chunk([{ text: 'abc' }], { finishReason: 'STOP' }, counts({ promptTokenCount: 5 })));
    expect(meter).toMatchObject({ finishReason: 'STOP', responseId: 'r1', outputBytes: 3 });
    expect(meter.usage()?.usage).toMatchObject({ inputTokens: 5 });
  });
});
