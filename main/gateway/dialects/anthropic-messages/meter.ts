/** Watches same-dialect Messages answers: bytes first, JSON only where it tells something. */
import { maxUsage, noUsage, type Usage } from '../../../../shared/domain/usage.ts';
import type { JsonObject } from '../canonical.ts';
import { asArray, asObject, asString, isObject, meterBits, type Meter } from '../dialect.ts';
import { decodeUsage, joinRawUsage } from './usage.ts';

/** Bytes of a delta around its text: type, index, delta type. Deltas are never parsed, so this much is taken off each. */
const envelopeBytes = Buffer.byteLength(
  '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}',
);
/** A larger start holds a tool's result: content for certain, and too dear to parse. */
const largeStartBytes = 4_096;

export class MessagesMeter implements Meter {
  outputBytes = 0;
  finishReason: string | undefined;
  responseId: string | undefined;
  error: string | undefined;
  #usage: Usage | undefined;
  #raw: JsonObject | undefined;

  event(name: string, data: Buffer): number {
    switch (name === '' ? typeOf(data) : name) {
      case 'content_block_delta':
        if (!isSignature(data)) this.outputBytes += Math.max(1, data.length - envelopeBytes);
        return meterBits.content;
      case 'content_block_start':
        return this.#blockStart(data);
      case 'message_start': {
        const message = asObject(parse(data)['message']);
        this.responseId ??= asString(message['id']);
        this.#noteUsage(message['usage']);
        return 0;
      }
      case 'message_delta': {
        const event = parse(data);
        this.#noteUsage(event['usage']);
        this.finishReason = asString(asObject(event['delta'])['stop_reason']) ?? this.finishReason;
        return 0;
      }
      case 'message_stop':
        return meterBits.terminal;
      case 'error': {
        const event = parse(data);
        this.error =
          asString(asObject(event['error'])['message']) ??
          asString(event['message']) ??
          'The provider reported an error inside the stream.';
        return meterBits.error;
      }
      default:
        return 0;
    }
  }

  more(bytes: number): void {
    this.outputBytes += bytes;
  }

  answer(parsed: JsonObject): void {
    this.responseId = asString(parsed['id']);
    this.finishReason = asString(parsed['stop_reason']);
    this.#noteUsage(parsed['usage']);
    const content = asArray(parsed['content']);
    if (content.length > 0) this.outputBytes += Buffer.byteLength(JSON.stringify(content));
  }

  usage(): { usage: Usage; raw: JsonObject } | undefined {
    return this.#usage === undefined || this.#raw === undefined ? undefined : { usage: this.#usage, raw: this.#raw };
  }

  /** Text and thinking begin empty: their first delta is the content. A call's name already is. */
  #blockStart(data: Buffer): number {
    if (data.length > largeStartBytes) {
      this.outputBytes += data.length - envelopeBytes;
      return meterBits.content;
    }
    const block = asObject(parse(data)['content_block']);
    const text =
      block['type'] === 'text'
        ? asString(block['text'])
        : block['type'] === 'thinking'
          ? asString(block['thinking'])
          : undefined;
    if (block['type'] === undefined || text === '') return 0;
    // Of a call the model wrote the name; its arguments follow.
    const written = text ?? (block['type'] === 'tool_use' ? asString(block['name']) : undefined);
    this.outputBytes += written === undefined ? Math.max(1, data.length - envelopeBytes) : Buffer.byteLength(written);
    return meterBits.content;
  }

  #noteUsage(raw: unknown): void {
    if (!isObject(raw)) return;
    this.#usage = maxUsage(this.#usage ?? noUsage, decodeUsage(raw));
    this.#raw = joinRawUsage(this.#raw, raw);
  }
}

/** A signature is long, comes at the end of the thoughts it is for, and is nothing the model wrote. */
function isSignature(data: Buffer): boolean {
  return data.subarray(0, envelopeBytes).includes('"signature_delta"');
}

/** Some compatible servers leave the `event:` line out: the type leads the payload, or is looked up in it. */
function typeOf(data: Buffer): string {
  const lead = /^\{\s*"type"\s*:\s*"([a-z_]+)"/.exec(data.toString('latin1', 0, 64));
  return lead?.[1] ?? asString(parse(data)['type']) ?? '';
}

function parse(data: Buffer): JsonObject {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'));
    return isObject(value) ? value : {};
  } catch {
    // A broken event means nothing to the meter; the relay judges it.
    return {};
  }
}
