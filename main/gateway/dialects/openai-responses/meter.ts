/**
 * Watches a Responses stream that passes as bytes. Deltas are by far the most events, so they are told by their name and sized by
 * a scan for the end of their string; only events that come once per item or once per answer are parsed.
 */
import type { Usage } from '../../../../shared/domain/usage.ts';
import type { Json, JsonObject } from '../canonical.ts';
import { asArray, asObject, asString, isObject, meterBits, type Meter } from '../dialect.ts';
import { decodeUsage } from './usage.ts';

const deltaKey = Buffer.from('"delta"');
const responseKey = Buffer.from('"response"');
const idKey = Buffer.from('"id"');
const typeKey = Buffer.from('"type"');
const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const space = 0x20;

/** Index of the quote that closes the JSON string whose content starts at `start`, or the end of the data. */
function stringEnd(data: Buffer, start: number): number {
  let at = data.indexOf(quote, start);
  while (at !== -1) {
    let slashes = 0;
    while (at - 1 - slashes >= start && data[at - 1 - slashes] === backslash) slashes++;
    if (slashes % 2 === 0) return at;
    at = data.indexOf(quote, at + 1);
  }
  return data.length;
}

/** Where the content of the first string under `key` starts, or -1. Some servers write spaces around the colon. */
function stringStart(data: Buffer, key: Buffer, from: number): number {
  const found = data.indexOf(key, from);
  if (found === -1) return -1;
  let at = found + key.length;
  while (data[at] === space || data[at] === colon) at++;
  return data[at] === quote ? at + 1 : -1;
}

function stringAfter(data: Buffer, key: Buffer, from: number): string | undefined {
  const start = stringStart(data, key, from);
  return start === -1 ? undefined : data.toString('utf8', start, stringEnd(data, start));
}

/** The event's type where no `event:` line says it: nearly always the first `type` in the data. */
function typeOf(data: Buffer): string {
  const first = stringAfter(data, typeKey, 0) ?? '';
  return first.startsWith('response.') || first === 'error' ? first : (asString(parse(data)['type']) ?? '');
}

function parse(data: Buffer): JsonObject {
  try {
    const value = JSON.parse(data.toString('utf8')) as Json;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Bytes of text, reasoning and arguments in a whole item. */
function itemBytes(item: JsonObject): number {
  const texts = [item['arguments'], item['input'], item['result']];
  for (const key of ['content', 'summary']) {
    for (const entry of asArray(item[key])) texts.push(asObject(entry)['text'], asObject(entry)['refusal']);
  }
  return texts.reduce<number>((sum, text) => sum + (typeof text === 'string' ? Buffer.byteLength(text) : 0), 0);
}

/** Items whose first event already shows that the model has begun to answer. */
function isCall(item: JsonObject): boolean {
  return asString(item['type'])?.endsWith('_call') === true;
}

export class ResponsesMeter implements Meter {
  #usage: { readonly usage: Usage; readonly raw: JsonObject } | undefined;
  #outputBytes = 0;
  #itemHadDeltas = false;
  #finishReason: string | undefined;
  #responseId: string | undefined;
  #error: string | undefined;

  get outputBytes(): number {
    return this.#outputBytes;
  }

  get finishReason(): string | undefined {
    return this.#finishReason;
  }

  get responseId(): string | undefined {
    return this.#responseId;
  }

  get error(): string | undefined {
    return this.#error;
  }

  usage(): { readonly usage: Usage; readonly raw: JsonObject } | undefined {
    return this.#usage;
  }

  event(name: string, data: Buffer): number {
    const type = name === '' ? typeOf(data) : name;
    if (type.endsWith('.delta')) return this.#delta(type, data);
    switch (type) {
      case 'response.created':
        this.#responseId ??= this.#findId(data);
        return 0;
      case 'response.output_item.added':
        return isCall(asObject(parse(data)['item'])) ? meterBits.content : 0;
      case 'response.output_item.done':
        return this.#itemDone(data);
      case 'response.image_generation_call.partial_image':
        return meterBits.content;
      case 'response.completed':
      case 'response.incomplete':
        this.#whole(asObject(parse(data)['response']));
        return meterBits.terminal;
      case 'response.failed':
        return this.#failed(asObject(parse(data)['response']));
      case 'error':
        this.#fail(parse(data));
        return meterBits.error;
      default:
        return 0;
    }
  }

  /** Escapes count as they are written, so the size is that of the JSON string: good enough for an estimate. */
  #delta(type: string, data: Buffer): number {
    const start = stringStart(data, deltaKey, 0);
    if (start === -1) return 0;
    const size = stringEnd(data, start) - start;
    if (size === 0 || type.startsWith('response.audio.transcript')) return 0;
    this.#outputBytes += size;
    this.#itemHadDeltas = true;
    return meterBits.content;
  }

  #findId(data: Buffer): string | undefined {
    const response = data.indexOf(responseKey);
    return response === -1 ? undefined : stringAfter(data, idKey, response);
  }

  #itemDone(data: Buffer): number {
    if (this.#itemHadDeltas) {
      this.#itemHadDeltas = false;
      return meterBits.content;
    }
    const item = asObject(parse(data)['item']);
    const size = itemBytes(item);
    this.#outputBytes += size;
    return size > 0 || isCall(item) ? meterBits.content : 0;
  }

  #whole(response: JsonObject): void {
    this.#responseId = asString(response['id']) ?? this.#responseId;
    this.#usage = decodeUsage(response) ?? this.#usage;
    this.#finishReason = asString(asObject(response['incomplete_details'])['reason']) ?? asString(response['status']);
    if (this.#outputBytes === 0) this.#outputBytes = sumItems(response);
  }

  #failed(response: JsonObject): number {
    this.#whole(response);
    this.#fail({ error: response['error'] ?? {} });
    return meterBits.error | meterBits.terminal;
  }

  #fail(event: JsonObject): void {
    const error = isObject(event['error']) ? event['error'] : event;
    this.#error ??= asString(error['message']) ?? asString(error['code']) ?? 'The provider reported a failure.';
  }

  more(bytes: number): void {
    this.#outputBytes += bytes;
  }

  answer(response: JsonObject): void {
    this.#whole(response);
    if (response['status'] === 'failed' || isObject(response['error'])) this.#fail(response);
  }
}

function sumItems(response: JsonObject): number {
  return asArray(response['output']).reduce<number>((sum, item) => sum + itemBytes(asObject(item)), 0);
}
