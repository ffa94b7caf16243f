/** A Messages event stream in canonical parts (https://platform.claude.com/docs/en/build-with-claude/streaming). */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import { maxUsage, noUsage, type Usage } from '../../../../shared/domain/usage.ts';
import type { Json, JsonObject, StreamPart } from '../canonical.ts';
import {
  asNumber,
  asObject,
  asString,
  isObject,
  type DecodeAnswerContext,
  type StreamDecoder,
  type StreamEvent,
} from '../dialect.ts';
import { decodeCitations, decodeFinish, loseBlock, opaqueOf, refusalOf } from './answer.ts';
import { decodeErrorObject } from './errors.ts';
import { decodeUsage, joinRawUsage, servedTier } from './usage.ts';

interface OpenBlock {
  readonly type: 'text' | 'reasoning' | 'redacted' | 'tool' | 'ignored';
  readonly block: number;
  signature: string;
  readonly citations: Json[];
  /** Arguments that came whole with the start, as some compatible servers send them; pieces make them void. */
  startInput: string;
}

export class MessagesStreamDecoder implements StreamDecoder {
  readonly #context: DecodeAnswerContext;
  readonly #open = new Map<number, OpenBlock>();
  #lastIndex = 0;
  #blocks = 0;
  #started = false;
  #finished = false;
  #ended = false;
  #hasCalls = false;
  #usage: Usage | undefined;
  #raw: JsonObject | undefined;

  constructor(context: DecodeAnswerContext) {
    this.#context = context;
  }

  push(event: StreamEvent): StreamPart[] {
    if (this.#ended || event.name === 'ping') return [];
    const data = parse(event.data);
    const parts: StreamPart[] = [];
    switch (asString(data['type']) ?? event.name) {
      case 'message_start':
        this.#start(asObject(data['message']), parts);
        break;
      case 'content_block_start':
        this.#blockStart(this.#indexOf(data), asObject(data['content_block']), parts);
        break;
      case 'content_block_delta':
        this.#delta(this.#indexOf(data), asObject(data['delta']), parts);
        break;
      case 'content_block_stop':
        this.#blockStop(this.#indexOf(data), parts);
        break;
      case 'message_delta':
        this.#messageDelta(data, parts);
        break;
      case 'message_stop':
        this.#closeAll(parts);
        if (!this.#finished) parts.push({ type: 'finish', finish: decodeFinish(undefined, undefined, this.#hasCalls) });
        this.#ended = true;
        parts.push({ type: 'response-end' });
        break;
      case 'error':
        this.#ended = true;
        parts.push({
          type: 'error',
          error: decodeErrorObject(undefined, isObject(data['error']) ? data['error'] : data),
        });
        break;
      default:
        // New event types may come at any time and are to be passed over (streaming, other events).
        break;
    }
    return parts;
  }

  end(): StreamPart[] {
    if (this.#ended) return [];
    this.#ended = true;
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

  #indexOf(data: JsonObject): number {
    this.#lastIndex = asNumber(data['index']) ?? this.#lastIndex;
    return this.#lastIndex;
  }

  #start(message: JsonObject, parts: StreamPart[]): void {
    if (this.#started) return;
    this.#started = true;
    const tier = servedTier(message['usage']);
    parts.push({
      type: 'response-start',
      id: asString(message['id']) ?? this.#context.newId('msg_'),
      model: asString(message['model']) ?? '',
      ...(tier === undefined ? {} : { serviceTier: tier }),
    });
    this.#noteUsage(message['usage'], parts);
  }

  #blockStart(index: number, content: JsonObject, parts: StreamPart[]): void {
    this.#start({}, parts);
    this.#blockStop(index, parts);
    switch (content['type']) {
      case 'text': {
        const open = this.#opened(index, 'text', parts);
        const text = asString(content['text']) ?? '';
        if (text !== '') parts.push({ type: 'text-delta', block: open.block, text });
        if (Array.isArray(content['citations'])) open.citations.push(...(content['citations'] as Json[]));
        return;
      }
      case 'thinking': {
        const open = this.#opened(index, 'reasoning', parts);
        open.signature = asString(content['signature']) ?? '';
        const text = asString(content['thinking']) ?? '';
        if (text !== '') parts.push({ type: 'reasoning-delta', block: open.block, text });
        return;
      }
      case 'redacted_thinking':
        this.#opened(index, 'redacted', parts).signature = asString(content['data']) ?? '';
        return;
      case 'tool_use': {
        const open = this.#opened(index, 'tool', parts);
        this.#hasCalls = true;
        const { input } = content;
        if (isObject(input) && Object.keys(input).length > 0) open.startInput = JSON.stringify(input);
        else if (typeof input === 'string') open.startInput = input;
        parts.push({
          type: 'tool-call-start',
          block: open.block,
          id: asString(content['id']) ?? this.#context.newId('toolu_'),
          name: asString(content['name']) ?? '',
          kind: 'function',
        });
        return;
      }
      default:
        this.#opened(index, 'ignored', parts);
        loseBlock(content, this.#context.losses);
    }
  }

  #opened(index: number, type: OpenBlock['type'], parts: StreamPart[]): OpenBlock {
    const open: OpenBlock = {
      type,
      block: type === 'ignored' ? -1 : this.#blocks++,
      signature: '',
      citations: [],
      startInput: '',
    };
    this.#open.set(index, open);
    if (type === 'text') parts.push({ type: 'text-start', block: open.block });
    else if (type === 'reasoning' || type === 'redacted') parts.push({ type: 'reasoning-start', block: open.block });
    return open;
  }

  #delta(index: number, delta: JsonObject, parts: StreamPart[]): void {
    const open = this.#open.get(index) ?? this.#implied(index, delta, parts);
    if (open === undefined) return;
    switch (delta['type']) {
      case 'text_delta': {
        const text = asString(delta['text']) ?? '';
        if (open.type === 'text' && text !== '') parts.push({ type: 'text-delta', block: open.block, text });
        return;
      }
      case 'thinking_delta': {
        const text = asString(delta['thinking']) ?? '';
        if (open.type === 'reasoning' && text !== '') parts.push({ type: 'reasoning-delta', block: open.block, text });
        return;
      }
      case 'signature_delta':
        if (open.type === 'reasoning') open.signature += asString(delta['signature']) ?? '';
        return;
      case 'input_json_delta': {
        const input = asString(delta['partial_json']) ?? '';
        if (open.type !== 'tool' || input === '') return;
        open.startInput = '';
        parts.push({ type: 'tool-call-delta', block: open.block, input });
        return;
      }
      case 'citations_delta':
        if (delta['citation'] !== undefined) open.citations.push(delta['citation']);
        return;
      default:
        return;
    }
  }

  /** A block whose start was left out: its kind is told by the delta, except for tools, whose name would be missing. */
  #implied(index: number, delta: JsonObject, parts: StreamPart[]): OpenBlock | undefined {
    this.#start({}, parts);
    if (delta['type'] === 'text_delta') return this.#opened(index, 'text', parts);
    if (delta['type'] === 'thinking_delta') return this.#opened(index, 'reasoning', parts);
    return undefined;
  }

  #blockStop(index: number, parts: StreamPart[]): void {
    const open = this.#open.get(index);
    if (open === undefined) return;
    this.#open.delete(index);
    const { block } = open;
    switch (open.type) {
      case 'text': {
        const citations = decodeCitations(open.citations);
        parts.push({ type: 'text-end', block, ...(citations === undefined ? {} : { citations }) });
        return;
      }
      case 'reasoning':
      case 'redacted': {
        const opaque = opaqueOf(
          open.type === 'redacted' ? 'redacted' : 'signature',
          open.signature,
          this.#context.mint,
        );
        parts.push({ type: 'reasoning-end', block, ...(opaque === undefined ? {} : { opaque }) });
        return;
      }
      case 'tool':
        if (open.startInput !== '') parts.push({ type: 'tool-call-delta', block, input: open.startInput });
        parts.push({ type: 'tool-call-end', block });
        return;
      case 'ignored':
        return;
    }
  }

  #closeAll(parts: StreamPart[]): void {
    for (const index of [...this.#open.keys()]) this.#blockStop(index, parts);
  }

  #messageDelta(data: JsonObject, parts: StreamPart[]): void {
    const delta = asObject(data['delta']);
    const reason = asString(delta['stop_reason']);
    this.#noteUsage(data['usage'], parts);
    if (reason === undefined || this.#finished) return;
    this.#start({}, parts);
    this.#closeAll(parts);
    this.#finished = true;
    const refusal = refusalOf(delta['stop_details']);
    if (refusal !== undefined) {
      const block = this.#blocks++;
      parts.push(
        { type: 'refusal-start', block },
        { type: 'refusal-delta', block, text: refusal },
        { type: 'refusal-end', block },
      );
    }
    parts.push({ type: 'finish', finish: decodeFinish(reason, asString(delta['stop_sequence']), this.#hasCalls) });
  }

  /** Counts are cumulative; `message_start` alone may have the cache counts, `message_delta` the final ones. */
  #noteUsage(raw: Json | undefined, parts: StreamPart[]): void {
    if (!isObject(raw)) return;
    this.#usage = maxUsage(this.#usage ?? noUsage, decodeUsage(raw));
    this.#raw = joinRawUsage(this.#raw, raw);
    parts.push({ type: 'usage', usage: this.#usage, raw: this.#raw });
  }
}

function parse(text: string): JsonObject {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new GatewayError('relay.stream_malformed', 'An event of the stream is not valid JSON.', { cause: error });
  }
  if (!isObject(data)) throw new GatewayError('relay.stream_malformed', 'An event of the stream is not a JSON object.');
  return data;
}
