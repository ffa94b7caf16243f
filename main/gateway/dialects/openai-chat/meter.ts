/** Watches same-dialect Chat Completions answers: bytes first, JSON only where it tells something. */
import { maxUsage, noUsage, type Usage } from '../../../../shared/domain/usage.ts';
import type { JsonObject } from '../canonical.ts';
import { asArray, asObject, isObject, meterBits, type Meter } from '../dialect.ts';
import { errorInChunk } from './errors.ts';
import { imagesOf } from './answer.ts';
import { nonEmpty, reasoningOf, textOf } from './message-fields.ts';
import { decodeUsage, usageObject } from './usage.ts';

/** A quote inside a JSON string is escaped, so these bytes are keys wherever they stand. */
const tellingFields = ['"usage"', '"finish_reason"', '"error"'].map((name) => Buffer.from(name));

/**
 * Hot path: after the first content event a chunk is parsed only when it has usage, a finish reason or an error that is not null
 * (with `include_usage` every chunk says `"usage":null`).
 */
export class ChatMeter implements Meter {
  outputBytes = 0;
  finishReason: string | undefined;
  responseId: string | undefined;
  error: string | undefined;
  #usage: Usage | undefined;
  #raw: JsonObject | undefined;
  #hasContent = false;
  /** Bytes of a chunk that are not output, measured on content chunks: those of one stream differ in little but their text. */
  #envelopeBytes = Infinity;

  event(name: string, data: Buffer): number {
    if (data.length < 16 && data.toString('latin1').trim() === '[DONE]') return meterBits.terminal;
    // A shorter one than was measured is of another kind: what begins a call says more of it than what goes on with it.
    if (this.#hasContent && name !== 'error' && data.length > this.#envelopeBytes && !tells(data)) {
      this.outputBytes += data.length - this.#envelopeBytes;
      return meterBits.content;
    }
    return this.#read(name, data);
  }

  more(bytes: number): void {
    this.outputBytes += bytes;
  }

  answer(parsed: JsonObject): void {
    this.error = errorInChunk('', parsed)?.message;
    this.responseId = nonEmpty(parsed['id']);
    const choices = asArray(parsed['choices']).map(asObject);
    this.finishReason = nonEmpty(choices[0]?.['finish_reason']);
    this.#noteUsage(parsed, choices[0]);
    for (const choice of choices) this.outputBytes += bytesOf(choice);
  }

  usage(): { usage: Usage; raw: JsonObject } | undefined {
    return this.#usage === undefined || this.#raw === undefined ? undefined : { usage: this.#usage, raw: this.#raw };
  }

  #read(name: string, data: Buffer): number {
    const chunk = parse(data);
    if (chunk === undefined) return 0;
    const error = errorInChunk(name, chunk);
    if (error !== undefined) {
      this.error = error.message;
      return meterBits.error;
    }
    this.responseId ??= nonEmpty(chunk['id']);
    const choices = asArray(chunk['choices']).map(asObject);
    this.#noteUsage(chunk, choices[0]);
    if (choices.length === 0) return isObject(chunk['usage']) ? meterBits.usageOnly : 0;
    let bits = 0;
    for (const choice of choices) {
      if (hasContent(choice)) {
        bits |= meterBits.content;
        this.#noteContent(bytesOf(choice), data.length);
      }
      const finish = nonEmpty(choice['finish_reason']);
      if (finish === undefined || finish === 'null') continue;
      this.finishReason = finish;
      bits |= meterBits.terminal;
    }
    return bits;
  }

  #noteContent(bytes: number, sizeBytes: number): void {
    this.outputBytes += bytes;
    this.#envelopeBytes = Math.min(this.#envelopeBytes, Math.max(0, sizeBytes - bytes));
    this.#hasContent = true;
  }

  #noteUsage(source: JsonObject, choice: JsonObject | undefined): void {
    const raw = usageObject(source, choice);
    if (raw === undefined) return;
    this.#usage = maxUsage(this.#usage ?? noUsage, decodeUsage(raw, source['service_tier']));
    this.#raw = raw;
  }
}

function tells(data: Buffer): boolean {
  for (const name of tellingFields) {
    for (let at = data.indexOf(name); at !== -1; at = data.indexOf(name, at + name.length)) {
      let next = at + name.length;
      while (data[next] === 0x20 || data[next] === 0x3a) next++;
      // `n` of null.
      if (data[next] !== 0x6e) return true;
    }
  }
  return false;
}

function messageIn(choice: JsonObject): JsonObject {
  return asObject(choice['delta'] ?? choice['message']);
}

/** A role alone is no content: agents start their clocks at the first word, not at the greeting (livekit/agents#6171). */
function hasContent(choice: JsonObject): boolean {
  const message = messageIn(choice);
  return (
    bytesOf(choice) > 0 ||
    asArray(message['tool_calls']).length > 0 ||
    isObject(message['function_call']) ||
    isObject(message['audio']) ||
    imagesOf(message).length > 0
  );
}

/** UTF-8 bytes of text, reasoning, refusal and arguments; `text` is that of the older completions. */
function bytesOf(choice: JsonObject): number {
  const message = messageIn(choice);
  const calls = [...asArray(message['tool_calls']).map(asObject), { function: message['function_call'] }];
  const inputs = calls.map((call) => {
    const called = asObject(call['function'] ?? call['custom']);
    const input = called['arguments'] ?? called['input'];
    return nonEmpty(input) ?? (isObject(input) ? JSON.stringify(input) : '');
  });
  const texts = [
    textOf(message['content']),
    reasoningOf(message),
    nonEmpty(message['refusal']) ?? '',
    nonEmpty(choice['text']) ?? '',
    ...inputs,
  ];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
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
