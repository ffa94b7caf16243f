/** A provider's stream of Chat Completions chunks as canonical parts. */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import { noUsage, maxUsage, type Usage } from '../../../../shared/domain/usage.ts';
import type { Json, JsonObject, StreamPart } from '../canonical.ts';
import {
  asArray,
  asNumber,
  asSeconds,
  asObject,
  asString,
  isObject,
  type DecodeAnswerContext,
  type StreamDecoder,
  type StreamEvent,
} from '../dialect.ts';
import { citationsOf, decodeFinish, imagesOf, logprobsOf } from './answer.ts';
import { errorInChunk } from './errors.ts';
import { nonEmpty, reasoningOf, textOf } from './message-fields.ts';
import { StreamCalls } from './stream-calls.ts';
import { decodeUsage, usageObject } from './usage.ts';

/**
 * The chunk with `finish_reason` completes an answer, but usage comes behind it and some servers say "stop" in every chunk: the
 * finish is told when the stream ends (`[DONE]` or its last byte).
 */
export class ChatStreamDecoder implements StreamDecoder {
  readonly #context: DecodeAnswerContext;
  readonly #calls: StreamCalls;
  #isStarted = false;
  #isOver = false;
  #blocks = 0;
  #open: { readonly type: 'text' | 'reasoning' | 'refusal'; readonly block: number } | undefined;
  #citations: readonly Json[] = [];
  #finish: string | undefined;
  #usage: Usage | undefined;

  constructor(context: DecodeAnswerContext) {
    this.#context = context;
    this.#calls = new StreamCalls(context, () => this.#blocks++);
  }

  push(event: StreamEvent): StreamPart[] {
    const data = event.data.trim();
    if (this.#isOver || data === '') return [];
    if (data === '[DONE]') return this.end();
    const chunk = parse(data);
    const error = errorInChunk(event.name, chunk);
    if (error !== undefined) {
      this.#isOver = true;
      return [{ type: 'error', error }];
    }
    const parts: StreamPart[] = [];
    const choices = asArray(chunk['choices']).map(asObject);
    // Azure's first chunk holds a verdict on the prompt and neither id nor choices.
    if (choices.length > 0 || nonEmpty(chunk['id']) !== undefined) this.#start(chunk, parts);
    const choice = choices.find((one) => (asNumber(one['index']) ?? 0) === 0);
    if (choices.length > (choice === undefined ? 0 : 1))
      this.#context.losses('n', 'only the first of several answers crosses');
    if (choice !== undefined) this.#choice(choice, parts);
    const raw = usageObject(chunk, choice);
    if (raw !== undefined) {
      this.#usage = maxUsage(this.#usage ?? noUsage, decodeUsage(raw, chunk['service_tier']));
      parts.push({ type: 'usage', usage: this.#usage, raw });
    }
    return parts;
  }

  end(): StreamPart[] {
    if (this.#isOver) return [];
    this.#isOver = true;
    if (this.#finish === undefined) {
      const message = 'The provider ended the stream without finishing the answer.';
      return [{ type: 'error', error: { status: 502, kind: 'server', code: 'relay.stream_incomplete', message } }];
    }
    const parts: StreamPart[] = [];
    this.#close(parts);
    this.#calls.end(parts);
    parts.push({ type: 'finish', finish: decodeFinish(this.#finish, this.#calls.hasAny) }, { type: 'response-end' });
    return parts;
  }

  #start(chunk: JsonObject, parts: StreamPart[]): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    parts.push({
      type: 'response-start',
      id: nonEmpty(chunk['id']) ?? this.#context.newId('chatcmpl-'),
      model: asString(chunk['model']) ?? '',
      createdAt: asSeconds(chunk['created']),
      serviceTier: asString(chunk['service_tier']),
    });
  }

  #choice(choice: JsonObject, parts: StreamPart[]): void {
    const delta = asObject(choice['delta'] ?? choice['message']);
    const reasoning = reasoningOf(delta);
    if (reasoning !== '')
      parts.push({ type: 'reasoning-delta', block: this.#block('reasoning', parts), text: reasoning });
    const text = textOf(delta['content']);
    const logprobs = logprobsOf(choice['logprobs']);
    if (text !== '' || (logprobs !== undefined && this.#open?.type === 'text')) {
      parts.push({
        type: 'text-delta',
        block: this.#block('text', parts),
        text,
        ...(logprobs === undefined ? {} : { logprobs }),
      });
    }
    this.#citations = [...this.#citations, ...asArray(delta['annotations'])];
    const refusal = nonEmpty(delta['refusal']);
    if (refusal !== undefined)
      parts.push({ type: 'refusal-delta', block: this.#block('refusal', parts), text: refusal });
    for (const part of imagesOf(delta)) {
      this.#close(parts);
      parts.push({ type: 'media', block: this.#blocks++, part });
    }
    const calls = asArray(delta['tool_calls']).map(asObject);
    if (calls.length === 0 && isObject(delta['function_call']))
      calls.push({ index: 0, function: delta['function_call'] });
    if (calls.length > 0) this.#close(parts);
    for (const call of calls) this.#calls.add(call, parts);
    const finish = nonEmpty(choice['finish_reason']);
    if (finish === undefined || finish === 'null') return;
    // The first reason that says more than "stop" stands.
    if (this.#finish === undefined || decodeFinish(this.#finish, false).reason === 'stop') this.#finish = finish;
  }

  #block(type: 'text' | 'reasoning' | 'refusal', parts: StreamPart[]): number {
    if (this.#open?.type === type) return this.#open.block;
    this.#close(parts);
    const block = this.#blocks++;
    this.#open = { type, block };
    parts.push({ type: `${type}-start`, block });
    return block;
  }

  #close(parts: StreamPart[]): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    if (open.type !== 'text') {
      parts.push({ type: `${open.type}-end`, block: open.block });
      return;
    }
    const citations = citationsOf(this.#citations);
    this.#citations = [];
    parts.push({ type: 'text-end', block: open.block, ...(citations === undefined ? {} : { citations }) });
  }
}

function parse(data: string): JsonObject {
  let chunk: unknown;
  try {
    chunk = JSON.parse(data);
  } catch (error) {
    throw new GatewayError('relay.stream_malformed', 'An event of the stream is not valid JSON.', { cause: error });
  }
  if (!isObject(chunk))
    throw new GatewayError('relay.stream_malformed', 'An event of the stream is not a JSON object.');
  return chunk;
}
