/** A provider's stream of GenerateContentResponse chunks as canonical parts. */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type { Citation, Finish, JsonObject, Opaque, StreamPart, TokenLogprob } from '../canonical.ts';
import {
  asArray,
  asObject,
  asString,
  isObject,
  type DecodeAnswerContext,
  type StreamDecoder,
  type StreamEvent,
} from '../dialect.ts';
import { citationsOf, seePart, signatureOf, type SeenCall } from './answer-parts.ts';
import { errorOfBody } from './errors.ts';
import { PartialArgs } from './partial-args.ts';
import { blockedFinish, finishOf, logprobsOf, maxCounts, secondsOf, usageOf } from './words.ts';

interface OpenBlock {
  readonly type: 'text' | 'reasoning';
  readonly block: number;
}

interface OpenCall {
  readonly block: number;
  readonly args: PartialArgs;
  opaque: Opaque | undefined;
}

export function createStreamDecoder(context: DecodeAnswerContext): StreamDecoder {
  return new GeminiStreamDecoder(context);
}

/**
 * Google has no event after the chunk that holds `finishReason`: with usage in it that chunk ends the answer. It is waited for more
 * when usage is still missing, and when the very first chunk has a reason: early servers repeated STOP in every chunk.
 */
class GeminiStreamDecoder implements StreamDecoder {
  readonly #context: DecodeAnswerContext;
  #isStarted = false;
  #isOver = false;
  #sawOpenChunk = false;
  #next = 0;
  #open: OpenBlock | undefined;
  #call: OpenCall | undefined;
  #hasCalls = false;
  #citations: Citation[] = [];
  #reason: string | undefined;
  #blockReason: string | undefined;
  #counts: JsonObject | undefined;

  constructor(context: DecodeAnswerContext) {
    this.#context = context;
  }

  push(event: StreamEvent): StreamPart[] {
    const data = event.data.trim();
    if (this.#isOver || data === '' || data === '[DONE]') return [];
    const parts: StreamPart[] = [];
    const value = parse(data);
    for (const chunk of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (!isObject(chunk)) throw malformed(data);
      this.#chunk(chunk, parts);
    }
    return parts;
  }

  end(): StreamPart[] {
    if (this.#isOver) return [];
    const parts: StreamPart[] = [];
    this.#finishInto(parts);
    if (this.#isOver) return parts;
    this.#isOver = true;
    const message = 'The provider ended the stream before it gave a finishReason: the answer is incomplete.';
    return [{ type: 'error', error: { code: 'relay.stream_incomplete', kind: 'server', status: 502, message } }];
  }

  #finishInto(parts: StreamPart[]): void {
    const finish = this.#finish();
    if (finish === undefined) return;
    this.#isOver = true;
    this.#closeCall(parts);
    this.#close(parts);
    parts.push({ type: 'finish', finish }, { type: 'response-end' });
  }

  #finish(): Finish | undefined {
    if (this.#reason !== undefined) return finishOf(this.#reason, this.#hasCalls);
    return this.#blockReason === undefined ? undefined : blockedFinish(this.#blockReason);
  }

  #chunk(chunk: JsonObject, parts: StreamPart[]): void {
    if (this.#isOver) return;
    if (isObject(chunk['error'])) {
      this.#isOver = true;
      parts.push({ type: 'error', error: errorOfBody(chunk['error'], undefined) });
      return;
    }
    this.#start(chunk, parts);
    const candidates = asArray(chunk['candidates']).map(asObject);
    // Chunks of further candidates name their index; only the first answer is read.
    const candidate = candidates.find((one) => (one['index'] ?? 0) === 0);
    if (candidates.length > (candidate === undefined ? 0 : 1))
      this.#context.losses('/candidates/1', 'only the first of several answers can cross');
    if (candidate !== undefined) this.#candidate(candidate, parts);
    if (candidates.length === 0) this.#blockReason ??= asString(asObject(chunk['promptFeedback'])['blockReason']);
    const raw = chunk['usageMetadata'];
    if (isObject(raw)) {
      this.#counts = maxCounts(this.#counts, raw);
      parts.push({ type: 'usage', usage: usageOf(this.#counts), raw });
    }
    if (this.#finish() === undefined) this.#sawOpenChunk = true;
    else if (this.#sawOpenChunk && isObject(raw)) this.#finishInto(parts);
  }

  #start(chunk: JsonObject, parts: StreamPart[]): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    parts.push({
      type: 'response-start',
      id: asString(chunk['responseId']) ?? this.#context.newId('resp_'),
      model: asString(chunk['modelVersion']) ?? '',
      createdAt: secondsOf(chunk['createTime']),
    });
  }

  #candidate(candidate: JsonObject, parts: StreamPart[]): void {
    let logprobs = logprobsOf(candidate['logprobsResult']);
    for (const raw of asArray(asObject(candidate['content'])['parts']).map(asObject)) {
      const seen = seePart(raw, this.#context.losses);
      const opaque = signatureOf(raw, this.#context.mint);
      if (seen.type === 'call') {
        this.#functionCall(seen.call, opaque, parts);
        continue;
      }
      this.#closeCall(parts);
      if (seen.type === 'media') {
        this.#close(parts);
        if (opaque !== undefined)
          this.#context.losses('/candidates/0/content/parts', 'the signature of a generated image cannot cross');
        parts.push({ type: 'media', block: this.#next++, part: seen.part });
        continue;
      }
      const text = seen.type === 'nothing' ? '' : seen.text;
      this.#text(
        seen.type === 'thought' ? 'reasoning' : 'text',
        text,
        opaque,
        seen.type === 'text' ? logprobs : undefined,
        parts,
      );
      if (seen.type === 'text') logprobs = undefined;
    }
    this.#citations.push(...citationsOf(candidate));
    const reason = asString(candidate['finishReason']);
    if (reason !== undefined && reason !== 'FINISH_REASON_UNSPECIFIED') this.#reason = reason;
  }

  #text(
    type: OpenBlock['type'],
    text: string,
    opaque: Opaque | undefined,
    logprobs: readonly TokenLogprob[] | undefined,
    parts: StreamPart[],
  ): void {
    if (text !== '') {
      if (this.#open?.type !== type) {
        this.#close(parts);
        this.#open = { type, block: this.#next++ };
        parts.push({ type: `${type}-start`, block: this.#open.block });
      }
      const { block } = this.#open;
      if (type === 'reasoning') parts.push({ type: 'reasoning-delta', block, text });
      else parts.push({ type: 'text-delta', block, text, ...(logprobs === undefined ? {} : { logprobs }) });
    }
    if (opaque === undefined) return;
    if (this.#open === undefined) {
      // A signature with nothing to sign, as after the last call: state only.
      const block = this.#next++;
      parts.push({ type: 'reasoning-start', block }, { type: 'reasoning-end', block, opaque });
    } else {
      this.#close(parts, opaque);
    }
  }

  #close(parts: StreamPart[], opaque?: Opaque): void {
    if (this.#open === undefined) return;
    const { type, block } = this.#open;
    this.#open = undefined;
    const signed = opaque === undefined ? {} : { opaque };
    if (type === 'reasoning') {
      parts.push({ type: 'reasoning-end', block, ...signed });
      return;
    }
    const citations = this.#citations;
    this.#citations = [];
    parts.push({ type: 'text-end', block, ...signed, ...(citations.length === 0 ? {} : { citations }) });
  }

  /** Usually whole in one chunk; with streamed arguments the first piece has the name and the last has no `willContinue`. */
  #functionCall(call: SeenCall, opaque: Opaque | undefined, parts: StreamPart[]): void {
    const isNew = call.name !== undefined && call.name !== '';
    if (isNew) {
      this.#closeCall(parts);
      this.#close(parts);
      this.#hasCalls = true;
      this.#call = { block: this.#next++, args: new PartialArgs(), opaque };
      const id = call.id ?? this.#context.newId('call_');
      parts.push({ type: 'tool-call-start', block: this.#call.block, id, name: call.name, kind: 'function' });
    }
    const open = this.#call;
    if (open === undefined) {
      if (call.args !== undefined)
        this.#context.losses('/candidates/0/content/parts', 'a function call without a name cannot cross');
      return;
    }
    open.opaque ??= opaque;
    open.args.add(call.partialArgs);
    if (call.willContinue || call.partialArgs.some((piece) => piece['willContinue'] === true)) return;
    this.#closeCall(parts, call.args === undefined ? undefined : JSON.stringify(call.args));
  }

  #closeCall(parts: StreamPart[], whole?: string): void {
    if (this.#call === undefined) return;
    const { block, args, opaque } = this.#call;
    this.#call = undefined;
    parts.push({ type: 'tool-call-delta', block, input: whole ?? args.text() });
    parts.push({ type: 'tool-call-end', block, ...(opaque === undefined ? {} : { opaque }) });
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw malformed(data);
  }
}

function malformed(data: string): GatewayError {
  return new GatewayError(
    'relay.stream_malformed',
    `The provider sent a stream event that is not a Gemini answer: ${data.slice(0, 80)}`,
  );
}
