/** Streams of Chat Completions chunks, both ways. */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import { noUsage, maxUsage, type Usage } from '../../../../shared/domain/usage.ts';
import type { Json, JsonObject, Opaque, StreamPart } from '../canonical.ts';
import { asArray, asNumber, asObject, asString, isObject, sseData, type DecodeAnswerContext, type EncodeAnswerContext, type StreamDecoder, type StreamEncoder, type StreamEvent } from '../dialect.ts';
import { citationsOf, decodeFinish, encodeCitations, encodeFinish, encodeLogprobs, logprobsOf, reasoningOf, textOf } from './answer.ts';
import { decodeErrorObject, errorObject } from './errors.ts';
import { decodeUsage, encodeUsage } from './usage.ts';

interface OpenCall {
  readonly block: number;
  id: string | undefined;
  name: string;
  pending: string;
  started: boolean;
  ended: boolean;
  opaque: Opaque | undefined;
  readonly isCustom: boolean;
}

/** Ids and indexes of tool calls cannot be trusted (bifrost#1961, vercel/ai#18440): a new id at a known index is a new call. */
export class ChatStreamDecoder implements StreamDecoder {
  readonly #context: DecodeAnswerContext;
  #started = false;
  #finished = false;
  #ended = false;
  #blocks = 0;
  #open: { type: 'text' | 'reasoning' | 'refusal'; block: number } | undefined;
  #citations: readonly Json[] = [];
  readonly #calls: OpenCall[] = [];
  readonly #atIndex = new Map<number, OpenCall>();
  #usage: Usage | undefined;

  constructor(context: DecodeAnswerContext) {
    this.#context = context;
  }

  push(event: StreamEvent): StreamPart[] {
    if (this.#ended) return [];
    if (event.data.trim() === '[DONE]') return this.#done();
    let chunk: Json;
    try {
      chunk = JSON.parse(event.data) as Json;
    } catch (error) {
      throw new GatewayError('relay.stream_malformed', 'An event of the stream is not valid JSON.', { cause: error });
    }
    if (!isObject(chunk)) throw new GatewayError('relay.stream_malformed', 'An event of the stream is not a JSON object.');
    const error = chunk['error'];
    if (isObject(error) || event.name === 'error') {
      this.#ended = true;
      return [{ type: 'error', error: decodeErrorObject(asNumber(asObject(error)['code']) ?? 502, isObject(error) ? error : chunk) }];
    }
    const parts: StreamPart[] = [];
    if (!this.#started) {
      this.#started = true;
      parts.push({
        type: 'response-start',
        id: asString(chunk['id']) ?? this.#context.newId('chatcmpl-'),
        model: asString(chunk['model']) ?? '',
        createdAt: asNumber(chunk['created']),
        serviceTier: asString(chunk['service_tier']),
      });
    }
    const choice = asArray(chunk['choices']).map(asObject).find((one) => (asNumber(one['index']) ?? 0) === 0);
    if (choice !== undefined) this.#choice(choice, parts);
    this.#noteUsage(chunk, parts);
    return parts;
  }

  end(): StreamPart[] {
    if (this.#ended) return [];
    if (this.#finished) return this.#done();
    this.#ended = true;
    return [
      {
        type: 'error',
        error: { status: 502, kind: 'server', code: 'relay.stream_incomplete', message: 'The provider ended the stream without finishing the answer.' },
      },
    ];
  }

  #done(): StreamPart[] {
    if (!this.#finished) return this.end();
    this.#ended = true;
    return [{ type: 'response-end' }];
  }

  #choice(choice: JsonObject, parts: StreamPart[]): void {
    const delta = asObject(choice['delta'] ?? choice['message']);
    const reasoning = reasoningOf(delta);
    if (reasoning !== '') parts.push({ type: 'reasoning-delta', block: this.#block('reasoning', parts), text: reasoning });
    const text = textOf(delta['content']);
    const logprobs = logprobsOf(choice['logprobs']);
    if (text !== '' || logprobs !== undefined) parts.push({ type: 'text-delta', block: this.#block('text', parts), text, logprobs });
    if (Array.isArray(delta['annotations'])) this.#citations = [...this.#citations, ...asArray(delta['annotations'])];
    const refusal = asString(delta['refusal']);
    if (refusal !== undefined && refusal !== '') parts.push({ type: 'refusal-delta', block: this.#block('refusal', parts), text: refusal });
    asArray(delta['tool_calls']).forEach((entry, position) => {
      this.#call(asObject(entry), position, parts);
    });
    if (isObject(delta['function_call'])) this.#call({ index: 0, function: delta['function_call'] }, 0, parts);
    const finish = asString(choice['finish_reason']);
    if (finish === undefined || finish === '' || this.#finished) return;
    this.#close(parts);
    for (const call of this.#calls) this.#endCall(call, parts);
    this.#finished = true;
    parts.push({ type: 'finish', finish: decodeFinish(finish, this.#calls.length > 0) });
  }

  #block(type: 'text' | 'reasoning' | 'refusal', parts: StreamPart[]): number {
    if (this.#open?.type === type) return this.#open.block;
    this.#close(parts);
    const block = this.#blocks++;
    this.#open = { type, block };
    parts.push(type === 'text' ? { type: 'text-start', block } : type === 'reasoning' ? { type: 'reasoning-start', block } : { type: 'refusal-start', block });
    return block;
  }

  #close(parts: StreamPart[]): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    if (open.type === 'text') parts.push({ type: 'text-end', block: open.block, citations: citationsOf(this.#citations) });
    else if (open.type === 'reasoning') parts.push({ type: 'reasoning-end', block: open.block });
    else parts.push({ type: 'refusal-end', block: open.block });
  }

  #call(entry: JsonObject, position: number, parts: StreamPart[]): void {
    this.#close(parts);
    const called = asObject(entry['function'] ?? entry['custom']);
    const id = asString(entry['id']);
    const call = this.#callFor(asNumber(entry['index']), id === '' ? undefined : id, position, asString(called['name']), entry['type'] === 'custom');
    const signature = asString(asObject(asObject(entry['extra_content'])['google'])['thought_signature']);
    if (signature !== undefined) call.opaque = { mint: this.#context.mint, form: 'thought_signature', data: signature };
    const name = asString(called['name']);
    if (!call.started && name !== undefined && name !== call.name) call.name += name;
    const given = called['arguments'] ?? called['input'];
    const input = typeof given === 'string' ? given : isObject(given) ? JSON.stringify(given) : '';
    if (!call.started && call.name !== '' && (input !== '' || call.id !== undefined)) {
      call.started = true;
      call.id ??= this.#context.newId('call_');
      parts.push({ type: 'tool-call-start', block: call.block, id: call.id, name: call.name, kind: call.isCustom ? 'custom' : 'function' });
    }
    if (!call.started) {
      call.pending += input;
      return;
    }
    const whole = call.pending + input;
    call.pending = '';
    if (whole !== '') parts.push({ type: 'tool-call-delta', block: call.block, input: whole });
  }

  #callFor(index: number | undefined, id: string | undefined, position: number, name: string | undefined, isCustom: boolean): OpenCall {
    const byId = id === undefined ? undefined : this.#calls.find((call) => call.id === id);
    if (byId !== undefined) return byId;
    const last = this.#calls[this.#calls.length - 1];
    const known = index !== undefined ? this.#atIndex.get(index) : id === undefined ? last : undefined;
    const isNew = known === undefined || (id !== undefined && known.id !== undefined && known.id !== id) || (index === undefined && name !== undefined && known.started);
    if (!isNew) {
      known.id ??= id;
      return known;
    }
    const call: OpenCall = { block: this.#blocks++, id, name: '', pending: '', started: false, ended: false, opaque: undefined, isCustom };
    this.#calls.push(call);
    this.#atIndex.set(index ?? 1000 + position + this.#calls.length, call);
    return call;
  }

  #endCall(call: OpenCall, parts: StreamPart[]): void {
    if (call.ended) return;
    call.ended = true;
    if (!call.started) {
      if (call.name === '') return;
      parts.push({ type: 'tool-call-start', block: call.block, id: call.id ?? this.#context.newId('call_'), name: call.name, kind: call.isCustom ? 'custom' : 'function' });
      if (call.pending !== '') parts.push({ type: 'tool-call-delta', block: call.block, input: call.pending });
    }
    parts.push({ type: 'tool-call-end', block: call.block, opaque: call.opaque });
  }

  #noteUsage(chunk: JsonObject, parts: StreamPart[]): void {
    const raw = chunk['usage'] ?? asObject(chunk['x_groq'])['usage'];
    if (!isObject(raw)) return;
    this.#usage = maxUsage(this.#usage ?? noUsage, decodeUsage(raw));
    parts.push({ type: 'usage', usage: this.#usage, raw });
  }
}

export class ChatStreamEncoder implements StreamEncoder {
  readonly #context: EncodeAnswerContext;
  #id = '';
  #model = '';
  #created = 0;
  #roleSent = false;
  #usage: Usage | undefined;
  #ended = false;
  readonly #calls = new Map<number, { readonly index: number; readonly isCustom: boolean; empty: boolean }>();

  constructor(context: EncodeAnswerContext) {
    this.#context = context;
    this.#model = context.model;
    this.#created = context.createdAt;
  }

  encode(part: StreamPart): string {
    if (this.#ended) return '';
    switch (part.type) {
      case 'response-start':
        this.#id = part.id;
        if (part.model !== '') this.#model = part.model;
        this.#created = part.createdAt ?? this.#created;
        return this.#delta({});
      case 'text-delta':
        return this.#delta({ content: part.text }, null, encodeLogprobs(part.logprobs));
      case 'text-end': {
        const annotations = encodeCitations(part.citations ?? []);
        return annotations.length === 0 ? '' : this.#delta({ annotations });
      }
      case 'reasoning-delta':
        return this.#delta({ reasoning_content: part.text });
      case 'refusal-delta':
        return this.#delta({ refusal: part.text });
      case 'tool-call-start': {
        const call = { index: this.#calls.size, isCustom: part.kind === 'custom', empty: true };
        this.#calls.set(part.block, call);
        const body = call.isCustom ? { type: 'custom', custom: { name: part.name, input: '' } } : { type: 'function', function: { name: part.name, arguments: '' } };
        return this.#delta({ tool_calls: [{ index: call.index, id: part.id, ...body }] });
      }
      case 'tool-call-delta': {
        const call = this.#calls.get(part.block);
        if (call === undefined || part.input === '') return '';
        call.empty = false;
        return this.#input(call, part.input);
      }
      case 'tool-call-end': {
        const call = this.#calls.get(part.block);
        return call?.empty === true && !call.isCustom ? this.#input(call, '{}') : '';
      }
      case 'media':
        this.#context.losses(part.part.type, 'Chat Completions streams hold text only');
        return '';
      case 'usage':
        this.#usage = maxUsage(this.#usage ?? noUsage, part.usage);
        return '';
      case 'finish':
        return this.#delta({}, encodeFinish(part.finish));
      case 'response-end':
        return this.#end();
      case 'error':
        this.#ended = true;
        return sseData({ error: errorObject(part.error) });
      default:
        return '';
    }
  }

  #input(call: { readonly index: number; readonly isCustom: boolean }, text: string): string {
    return this.#delta({ tool_calls: [{ index: call.index, ...(call.isCustom ? { custom: { input: text } } : { function: { arguments: text } }) }] });
  }

  #end(): string {
    this.#ended = true;
    const usage =
      this.#context.request.includeUsage === true && this.#usage !== undefined ? sseData({ ...this.#base(), choices: [], usage: encodeUsage(this.#usage) }) : '';
    return `${usage}data: [DONE]\n\n`;
  }

  #base(): JsonObject {
    return { id: this.#id, object: 'chat.completion.chunk', created: this.#created, model: this.#model };
  }

  #delta(delta: JsonObject, finish: string | null = null, logprobs: Json = null): string {
    const first = this.#roleSent ? {} : { role: 'assistant', content: '' };
    this.#roleSent = true;
    return sseData({ ...this.#base(), choices: [{ index: 0, delta: { ...first, ...delta }, logprobs, finish_reason: finish }] });
  }
}
