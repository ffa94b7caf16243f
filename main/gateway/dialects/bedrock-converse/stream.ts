/** Streams of ConverseStream events, both ways (Amazon Bedrock API reference, ConverseStreamOutput). */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import { maxUsage, noUsage, type Usage } from '../../../../shared/domain/usage.ts';
import type { Citation, Finish, Json, JsonObject, Opaque, StreamPart } from '../canonical.ts';
import {
  asNumber,
  asObject,
  asString,
  isObject,
  sseEvent,
  type DecodeAnswerContext,
  type EncodeAnswerContext,
  type StreamDecoder,
  type StreamEncoder,
  type StreamEvent,
} from '../dialect.ts';
import { citationOf, decodeFinish, encodeCitation, encodeFinish, finishFields, inputObject } from './answer.ts';
import { decodeException, encodeStreamError, isException } from './errors.ts';
import { decodeUsage, encodeUsage } from './usage.ts';

/** A block of the answer being streamed; only tool blocks are announced, the others open with their first delta. */
type OpenBlock =
  | { readonly type: 'text'; readonly block: number; readonly citations: Citation[] }
  | { readonly type: 'reasoning'; readonly block: number; signature: string; redacted: string }
  | { readonly type: 'tool-call'; readonly block: number };

/** The answer is whole after `messageStop`; `metadata` with the usage follows it and ends the stream. */
export class ConverseStreamDecoder implements StreamDecoder {
  readonly #context: DecodeAnswerContext;
  readonly #open = new Map<number, OpenBlock>();
  #started = false;
  #finished = false;
  #ended = false;
  #blocks = 0;
  #hasCalls = false;
  #usage: Usage | undefined;

  constructor(context: DecodeAnswerContext) {
    this.#context = context;
  }

  push(event: StreamEvent): StreamPart[] {
    if (this.#ended) return [];
    if (isException(event.name)) {
      this.#ended = true;
      return [{ type: 'error', error: decodeException(event.name, tolerantObject(event.data)) }];
    }
    const payload = payloadOf(event.data);
    const parts: StreamPart[] = [];
    if (!this.#started) {
      this.#started = true;
      parts.push({ type: 'response-start', id: this.#context.newId('msg_'), model: '' });
    }
    const index = asNumber(payload['contentBlockIndex']) ?? 0;
    switch (event.name) {
      case 'contentBlockStart':
        this.#blockStart(index, asObject(payload['start']), parts);
        break;
      case 'contentBlockDelta':
        this.#delta(index, asObject(payload['delta']), parts);
        break;
      case 'contentBlockStop':
        this.#close(index, parts);
        break;
      case 'messageStop':
        this.#finish(payload, parts);
        break;
      case 'metadata':
        this.#metadata(payload, parts);
        break;
      default:
        // `messageStart` says no more than that the answer begins; events yet to come are not ours to judge.
        break;
    }
    return parts;
  }

  end(): StreamPart[] {
    if (this.#ended) return [];
    this.#ended = true;
    if (this.#finished) return [{ type: 'response-end' }];
    return [
      {
        type: 'error',
        error: {
          status: 502,
          kind: 'server',
          code: 'relay.stream_incomplete',
          message: 'The provider ended the stream without finishing the answer.',
        },
      },
    ];
  }

  #blockStart(index: number, start: JsonObject, parts: StreamPart[]): void {
    if (!isObject(start['toolUse'])) {
      const kind = Object.keys(start)[0];
      if (kind !== undefined && kind !== 'text')
        this.#context.losses(kind, 'this block of the answer has no counterpart');
      return;
    }
    this.#close(index, parts);
    const id = asString(start['toolUse']['toolUseId']) ?? '';
    const block = this.#blocks++;
    this.#open.set(index, { type: 'tool-call', block });
    this.#hasCalls = true;
    const name = asString(start['toolUse']['name']) ?? '';
    parts.push({
      type: 'tool-call-start',
      block,
      id: id === '' ? this.#context.newId('tooluse_') : id,
      name,
      kind: 'function',
    });
  }

  #delta(index: number, delta: JsonObject, parts: StreamPart[]): void {
    const text = asString(delta['text']);
    if (text !== undefined) {
      if (text !== '') parts.push({ type: 'text-delta', block: this.#text(index, parts).block, text });
    } else if (isObject(delta['toolUse'])) {
      const open = this.#open.get(index);
      const input = asString(delta['toolUse']['input']) ?? '';
      if (open?.type === 'tool-call' && input !== '') parts.push({ type: 'tool-call-delta', block: open.block, input });
    } else if (isObject(delta['reasoningContent'])) this.#reasoningDelta(index, delta['reasoningContent'], parts);
    else if (isObject(delta['citation'])) this.#text(index, parts).citations.push(citationOf(delta['citation']));
    else this.#context.losses(Object.keys(delta)[0] ?? 'delta', 'this block of the answer has no counterpart');
  }

  #reasoningDelta(index: number, delta: JsonObject, parts: StreamPart[]): void {
    const open = this.#reasoning(index, parts);
    const text = asString(delta['text']) ?? '';
    if (text !== '') parts.push({ type: 'reasoning-delta', block: open.block, text });
    open.signature += asString(delta['signature']) ?? '';
    open.redacted += asString(delta['redactedContent']) ?? '';
  }

  #text(index: number, parts: StreamPart[]): OpenBlock & { type: 'text' } {
    const known = this.#open.get(index);
    if (known?.type === 'text') return known;
    this.#close(index, parts);
    const open = { type: 'text' as const, block: this.#blocks++, citations: [] };
    this.#open.set(index, open);
    parts.push({ type: 'text-start', block: open.block });
    return open;
  }

  #reasoning(index: number, parts: StreamPart[]): OpenBlock & { type: 'reasoning' } {
    const known = this.#open.get(index);
    if (known?.type === 'reasoning') return known;
    this.#close(index, parts);
    const open = { type: 'reasoning' as const, block: this.#blocks++, signature: '', redacted: '' };
    this.#open.set(index, open);
    parts.push({ type: 'reasoning-start', block: open.block });
    return open;
  }

  #close(index: number, parts: StreamPart[]): void {
    const open = this.#open.get(index);
    if (open === undefined) return;
    this.#open.delete(index);
    if (open.type === 'tool-call') parts.push({ type: 'tool-call-end', block: open.block });
    else if (open.type === 'reasoning')
      parts.push({ type: 'reasoning-end', block: open.block, opaque: this.#opaque(open) });
    else
      parts.push({
        type: 'text-end',
        block: open.block,
        citations: open.citations.length === 0 ? undefined : open.citations,
      });
  }

  #opaque(open: { readonly signature: string; readonly redacted: string }): Opaque | undefined {
    const { mint } = this.#context;
    if (open.redacted !== '') return { mint, form: 'redacted', data: open.redacted };
    return open.signature === '' ? undefined : { mint, form: 'signature', data: open.signature };
  }

  #finish(payload: JsonObject, parts: StreamPart[]): void {
    if (this.#finished) return;
    for (const index of [...this.#open.keys()]) this.#close(index, parts);
    this.#finished = true;
    parts.push({
      type: 'finish',
      finish: decodeFinish(
        asString(payload['stopReason']),
        this.#hasCalls,
        asObject(payload['additionalModelResponseFields']),
      ),
    });
  }

  #metadata(payload: JsonObject, parts: StreamPart[]): void {
    const raw = payload['usage'];
    if (isObject(raw)) {
      this.#usage = maxUsage(this.#usage ?? noUsage, decodeUsage(raw, payload['serviceTier']));
      parts.push({ type: 'usage', usage: this.#usage, raw });
    }
    if (!this.#finished) return;
    this.#ended = true;
    parts.push({ type: 'response-end' });
  }
}

function payloadOf(data: string): JsonObject {
  let payload: Json;
  try {
    payload = JSON.parse(data) as Json;
  } catch (error) {
    throw new GatewayError('relay.stream_malformed', 'An event of the stream is not valid JSON.', { cause: error });
  }
  if (!isObject(payload))
    throw new GatewayError('relay.stream_malformed', 'An event of the stream is not a JSON object.');
  return payload;
}

/** An exception is one whatever its payload looks like. */
function tolerantObject(data: string): JsonObject {
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

interface EncodedBlock {
  readonly index: number;
  /** Free-form input must become an object, which is known whole only at the end. */
  held: string | undefined;
}

/** Writes each event as an SSE event named by its event type: the payloads are Converse's, binary frames are put around them elsewhere. */
export class ConverseStreamEncoder implements StreamEncoder {
  readonly #context: EncodeAnswerContext;
  readonly #blocks = new Map<number, EncodedBlock>();
  #next = 0;
  #started = false;
  #ended = false;
  #finish: Finish = { reason: 'other' };
  #usage: Usage = noUsage;

  constructor(context: EncodeAnswerContext) {
    this.#context = context;
  }

  encode(part: StreamPart): string {
    if (this.#ended) return '';
    if (part.type === 'error') {
      this.#ended = true;
      return encodeStreamError(part.error);
    }
    const start = this.#started ? '' : sseEvent('messageStart', { role: 'assistant' });
    this.#started = true;
    return start + this.#part(part);
  }

  #part(part: Exclude<StreamPart, { type: 'error' }>): string {
    switch (part.type) {
      case 'text-start':
      case 'reasoning-start':
      case 'refusal-start':
        this.#open(part.block, undefined);
        return '';
      case 'text-delta':
      case 'refusal-delta':
        return part.text === '' ? '' : this.#delta(part.block, { text: part.text });
      case 'text-end':
        return `${(part.citations ?? []).map((one) => this.#delta(part.block, { citation: encodeCitation(one) })).join('')}${this.#stop(part.block)}`;
      case 'refusal-end':
        return this.#stop(part.block);
      case 'reasoning-delta':
        return part.text === '' ? '' : this.#delta(part.block, { reasoningContent: { text: part.text } });
      case 'reasoning-end':
        return this.#proof(part.block, part.opaque) + this.#stop(part.block);
      case 'tool-call-start': {
        const { index } = this.#open(part.block, part.kind === 'custom' ? '' : undefined);
        return sseEvent('contentBlockStart', {
          contentBlockIndex: index,
          start: { toolUse: { toolUseId: part.id, name: part.name } },
        });
      }
      case 'tool-call-delta':
        return this.#input(part.block, part.input);
      case 'tool-call-end':
        return this.#callEnd(part.block);
      case 'media':
        this.#context.losses(part.part.type, 'streams of Converse hold text only here');
        return '';
      case 'usage':
        this.#usage = maxUsage(this.#usage, part.usage);
        return '';
      case 'finish':
        this.#finish = part.finish;
        return sseEvent('messageStop', { stopReason: encodeFinish(this.#finish), ...finishFields(this.#finish) });
      case 'response-end':
        this.#ended = true;
        return sseEvent('metadata', { usage: encodeUsage(this.#usage), metrics: { latencyMs: 0 } });
      case 'response-start':
        return '';
    }
  }

  #open(block: number, held: string | undefined): EncodedBlock {
    const made = { index: this.#next++, held };
    this.#blocks.set(block, made);
    return made;
  }

  #delta(block: number, delta: JsonObject): string {
    const { index } = this.#blocks.get(block) ?? this.#open(block, undefined);
    return sseEvent('contentBlockDelta', { contentBlockIndex: index, delta });
  }

  #stop(block: number): string {
    const known = this.#blocks.get(block);
    return known === undefined ? '' : sseEvent('contentBlockStop', { contentBlockIndex: known.index });
  }

  #proof(block: number, opaque: Opaque | undefined): string {
    if (opaque?.form === 'signature') return this.#delta(block, { reasoningContent: { signature: opaque.data } });
    return opaque?.form === 'redacted'
      ? this.#delta(block, { reasoningContent: { redactedContent: opaque.data } })
      : '';
  }

  #input(block: number, input: string): string {
    const known = this.#blocks.get(block);
    if (known?.held === undefined) return input === '' ? '' : this.#delta(block, { toolUse: { input } });
    known.held += input;
    return '';
  }

  #callEnd(block: number): string {
    const held = this.#blocks.get(block)?.held;
    const whole =
      held === undefined
        ? ''
        : this.#delta(block, {
            toolUse: { input: JSON.stringify(inputObject({ kind: 'custom', input: held }).input) },
          });
    return whole + this.#stop(block);
  }
}
