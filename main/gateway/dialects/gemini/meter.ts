/** Watches a same-dialect Gemini stream or answer: what it means for commit, usage and completeness. */
import type { Usage } from '../../../../shared/domain/usage.ts';
import type { JsonObject } from '../canonical.ts';
import { asArray, asObject, asString, isObject, meterBits, type Meter } from '../dialect.ts';
import { maxCounts, usageOf } from './words.ts';

export function createMeter(): Meter {
  return new GeminiMeter();
}

/** How far into an event `"error"` may stand as its first key, white space and an array bracket before it. */
const errorWindow = 32;

/**
 * Hot path: after the first content event a chunk is parsed only when it names a finish reason, a block reason, a call or an error. Every
 * chunk holds usage; of those not parsed only the bytes of the last `usageMetadata` are kept, and read when asked for.
 */
class GeminiMeter implements Meter {
  outputBytes = 0;
  finishReason: string | undefined;
  responseId: string | undefined;
  error: string | undefined;
  #hasContent = false;
  #counts: JsonObject | undefined;
  #raw: JsonObject = {};
  #latest: string | undefined;

  event(_name: string, data: Buffer): number {
    const isNeeded =
      !this.#hasContent ||
      data.includes('"finishReason"') ||
      data.includes('"blockReason"') ||
      data.subarray(0, errorWindow).includes('"error"');
    if (isNeeded) return this.#read(data);
    this.#latest = usageText(data) ?? this.#latest;
    if (!data.includes('"parts"')) return 0;
    if (!data.includes(textKey) || data.includes('"functionCall"')) return this.#read(data);
    this.outputBytes += textBytes(data);
    return meterBits.content;
  }

  more(bytes: number): void {
    this.outputBytes += bytes;
  }

  answer(body: JsonObject): void {
    this.#chunk(body);
  }

  usage(): { readonly usage: Usage; readonly raw: JsonObject } | undefined {
    this.#readLatest();
    return this.#counts === undefined ? undefined : { usage: usageOf(this.#counts), raw: this.#raw };
  }

  #read(data: Buffer): number {
    const value = parse(data.toString('utf8'));
    let bits = 0;
    for (const chunk of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (isObject(chunk)) bits |= this.#chunk(chunk);
    }
    return bits;
  }

  #chunk(chunk: JsonObject): number {
    if (isObject(chunk['error'])) {
      this.error = asString(chunk['error']['message']) ?? 'The provider sent an error.';
      return meterBits.error;
    }
    this.responseId ??= asString(chunk['responseId']);
    const candidates = asArray(chunk['candidates']).map(asObject);
    let bits = 0;
    let bytes = 0;
    for (const candidate of candidates) {
      for (const part of asArray(asObject(candidate['content'])['parts']).map(asObject)) {
        if (!isContent(part)) continue;
        bits |= meterBits.content;
        bytes += outputBytesOf(part);
      }
      const reason = asString(candidate['finishReason']);
      if (reason === undefined || reason === 'FINISH_REASON_UNSPECIFIED') continue;
      this.finishReason = reason;
      bits |= meterBits.terminal;
    }
    const blockReason = asString(asObject(chunk['promptFeedback'])['blockReason']);
    if (blockReason !== undefined && candidates.length === 0) {
      this.finishReason = blockReason;
      bits |= meterBits.terminal;
    }
    if (isObject(chunk['usageMetadata'])) {
      this.#readLatest();
      this.#noteUsage(chunk['usageMetadata']);
    }
    this.outputBytes += bytes;
    if ((bits & meterBits.content) !== 0) this.#hasContent = true;
    return bits;
  }

  #readLatest(): void {
    const raw = this.#latest === undefined ? undefined : parse(this.#latest);
    this.#latest = undefined;
    if (isObject(raw)) this.#noteUsage(raw);
  }

  #noteUsage(raw: JsonObject): void {
    this.#raw = raw;
    this.#counts = maxCounts(this.#counts, raw);
  }
}

/** An empty text is how Gemini sends a role, a reason or a signature alone. */
function isContent(part: JsonObject): boolean {
  if (typeof part['text'] === 'string') return part['text'] !== '';
  return Object.keys(part).some((key) => key !== 'thoughtSignature' && key !== 'thought');
}

function outputBytesOf(part: JsonObject): number {
  if (typeof part['text'] === 'string') return Buffer.byteLength(part['text']);
  const { functionCall: call, executableCode: program, inlineData: medium } = part;
  if (isObject(call)) return Buffer.byteLength(JSON.stringify(call['args'] ?? call['partialArgs'] ?? {}));
  // A picture's tokens are fewer than its bytes.
  const written = asString(asObject(program)['code']) ?? asString(asObject(medium)['data']);
  return written === undefined ? 0 : Buffer.byteLength(written);
}

const textKey = Buffer.from('"text"');
const quote = 0x22;
const backslash = 0x5c;

/** Bytes of all texts in a chunk, escaped as they stand. */
function textBytes(data: Buffer): number {
  let sum = 0;
  for (let key = data.indexOf(textKey); key !== -1; key = data.indexOf(textKey, key)) {
    const start = data.indexOf(quote, key + textKey.length) + 1;
    if (start === 0) break;
    let end = start;
    while (end < data.length && data[end] !== quote) end += data[end] === backslash ? 2 : 1;
    sum += end - start;
    key = end;
  }
  return sum;
}

/** The text of the last `usageMetadata` object. A quote inside a JSON string is escaped, so the name between quotes is a key. */
function usageText(data: Buffer): string | undefined {
  const key = data.lastIndexOf('"usageMetadata"');
  const start = key === -1 ? -1 : data.indexOf(0x7b, key);
  if (start === -1) return undefined;
  let depth = 0;
  for (let index = start; index < data.length; index++) {
    const code = data[index];
    if (code === 0x7b) depth++;
    else if (code === 0x7d && --depth === 0) return data.toString('utf8', start, index + 1);
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
