/** Watches same-dialect Chat Completions answers: bytes first, JSON only where it tells something. */
import { maxUsage, noUsage, type Usage } from '../../../../shared/domain/usage.ts';
import type { JsonObject } from '../canonical.ts';
import { asArray, asObject, asString, isObject, meterBits, type Meter } from '../dialect.ts';
import { decodeUsage } from './usage.ts';

/** Bytes of a chunk around its text: id, object, created, model, index. Subtracted when a chunk is not parsed. */
const envelopeBytes = 190;
const usageField = Buffer.from('"usage"');
const finishField = Buffer.from('"finish_reason":"');
const finishSpaced = Buffer.from('"finish_reason": "');
const errorField = Buffer.from('"error"');

export class ChatMeter implements Meter {
  outputBytes = 0;
  finishReason: string | undefined;
  responseId: string | undefined;
  error: string | undefined;
  #usage: Usage | undefined;
  #raw: JsonObject | undefined;
  #sawContent = false;

  event(_name: string, data: Buffer): number {
    if (data.length === 6 && data.toString('latin1') === '[DONE]') return meterBits.terminal;
    const tells = !this.#sawContent || data.includes(finishField) || data.includes(finishSpaced) || data.includes(usageField) || data.includes(errorField);
    if (!tells) {
      this.outputBytes += Math.max(0, data.length - envelopeBytes);
      return 0;
    }
    return this.#read(data);
  }

  answer(body: Buffer): void {
    const parsed = parse(body);
    if (parsed === undefined) return;
    this.responseId = asString(parsed['id']);
    const choice = asObject(asArray(parsed['choices'])[0]);
    this.finishReason = asString(choice['finish_reason']);
    this.#noteUsage(parsed);
    this.outputBytes += Buffer.byteLength(JSON.stringify(choice['message'] ?? ''));
  }

  usage(): { usage: Usage; raw: JsonObject } | undefined {
    return this.#usage === undefined || this.#raw === undefined ? undefined : { usage: this.#usage, raw: this.#raw };
  }

  #read(data: Buffer): number {
    const chunk = parse(data);
    if (chunk === undefined) return 0;
    if (isObject(chunk['error'])) {
      this.error = asString(chunk['error']['message']) ?? 'The provider reported an error inside the stream.';
      return meterBits.error;
    }
    this.responseId ??= asString(chunk['id']);
    this.#noteUsage(chunk);
    const choices = asArray(chunk['choices']);
    if (choices.length === 0) return isObject(chunk['usage']) ? meterBits.usageOnly : 0;
    let bits = 0;
    for (const choice of choices.map(asObject)) {
      if (hasContent(asObject(choice['delta'] ?? choice['message'])) || asString(choice['text'])) {
        bits |= meterBits.content;
        this.#sawContent = true;
        this.outputBytes += Math.max(1, data.length - envelopeBytes);
      }
      const finish = asString(choice['finish_reason']);
      if (finish !== undefined && finish !== '') {
        this.finishReason = finish;
        bits |= meterBits.terminal;
      }
    }
    return bits;
  }

  #noteUsage(source: JsonObject): void {
    const raw = source['usage'] ?? asObject(source['x_groq'])['usage'];
    if (!isObject(raw)) return;
    this.#usage = maxUsage(this.#usage ?? noUsage, decodeUsage(raw));
    this.#raw = raw;
  }
}

/** A role alone is no content: agents start their clocks at the first word, not at the greeting (livekit/agents#6171). */
function hasContent(delta: JsonObject): boolean {
  for (const name of ['content', 'reasoning_content', 'reasoning', 'refusal']) {
    const value = delta[name];
    if ((typeof value === 'string' && value !== '') || (Array.isArray(value) && value.length > 0)) return true;
  }
  return asArray(delta['tool_calls']).length > 0 || isObject(delta['function_call']) || isObject(delta['audio']);
}

function parse(data: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    // A broken event means nothing to the meter; the relay judges it.
    return undefined;
  }
}
