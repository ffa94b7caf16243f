/** Watches same-dialect Converse answers: names and bytes first, JSON only where it tells something. */
import { maxUsage, noUsage, type Usage } from '../../../../shared/domain/usage.ts';
import type { JsonObject } from '../canonical.ts';
import { asObject, asString, isObject, meterBits, type Meter } from '../dialect.ts';
import { decodeException, isException } from './errors.ts';
import { decodeUsage } from './usage.ts';

/** Bytes of a delta around its text: index, `delta`, the kind, and half of Bedrock's random padding `p`. Subtracted when not parsed. */
const envelopeBytes = 70;

export class ConverseMeter implements Meter {
  outputBytes = 0;
  finishReason: string | undefined;
  readonly responseId: string | undefined = undefined;
  error: string | undefined;
  #usage: Usage | undefined;
  #raw: JsonObject | undefined;
  #sawContent = false;

  event(name: string, data: Buffer): number {
    switch (name) {
      case 'contentBlockDelta':
        if (!this.#sawContent) return this.#firstDelta(data);
        this.outputBytes += Math.max(0, data.length - envelopeBytes);
        return 0;
      case 'contentBlockStart':
        // Only tools and images have one.
        if (this.#sawContent || !isObject(parse(data)?.['start'])) return 0;
        this.#sawContent = true;
        return meterBits.content;
      case 'messageStop':
        this.finishReason = asString(parse(data)?.['stopReason']);
        return meterBits.terminal;
      case 'metadata':
        this.#noteUsage(parse(data) ?? {});
        return meterBits.terminal;
      default:
        if (!isException(name)) return 0;
        this.error = decodeException(name, parse(data) ?? {}).message;
        return meterBits.error;
    }
  }

  more(bytes: number): void {
    this.outputBytes += bytes;
  }

  answer(parsed: JsonObject): void {
    this.finishReason = asString(parsed['stopReason']);
    this.#noteUsage(parsed);
    this.outputBytes += Buffer.byteLength(
      JSON.stringify(asObject(asObject(parsed['output'])['message'])['content'] ?? ''),
    );
  }

  usage(): { usage: Usage; raw: JsonObject } | undefined {
    return this.#usage === undefined || this.#raw === undefined ? undefined : { usage: this.#usage, raw: this.#raw };
  }

  #firstDelta(data: Buffer): number {
    const delta = asObject(parse(data)?.['delta']);
    const reasoning = asObject(delta['reasoningContent']);
    const said = [
      delta['text'],
      asObject(delta['toolUse'])['input'],
      reasoning['text'],
      reasoning['redactedContent'],
    ].find((one) => typeof one === 'string' && one !== '');
    if (typeof said !== 'string') return 0;
    this.#sawContent = true;
    this.outputBytes += Buffer.byteLength(said);
    return meterBits.content;
  }

  #noteUsage({ usage: raw, serviceTier }: JsonObject): void {
    if (!isObject(raw)) return;
    this.#usage = maxUsage(this.#usage ?? noUsage, decodeUsage(raw, serviceTier));
    this.#raw = raw;
  }
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
