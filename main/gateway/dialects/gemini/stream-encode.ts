/**
 * A canonical stream for a Gemini client: `data:` lines only. Gemini CLI's parser breaks on `event:` lines and comments, and no
 * Gemini client knows pieces of function arguments, so a call is sent when it is whole.
 */
import { maxUsage, type Usage } from '../../../../shared/domain/usage.ts';
import type { Citation, Finish, JsonObject, Opaque, StreamPart } from '../canonical.ts';
import { sseData, type EncodeAnswerContext, type StreamEncoder } from '../dialect.ts';
import { callArgs, groundingOf, mediaPartOf, signatureField, wantsThoughts } from './answer-parts.ts';
import { endOf } from './answer.ts';
import { encodeStreamError } from './errors.ts';
import { finishWord, logprobsResult, timeOf, usageMetadata } from './words.ts';

interface GrowingCall {
  readonly id: string;
  readonly name: string;
  readonly pieces: string[];
}

export function createStreamEncoder(context: EncodeAnswerContext): StreamEncoder {
  return new GeminiStreamEncoder(context);
}

class GeminiStreamEncoder implements StreamEncoder {
  readonly #context: EncodeAnswerContext;
  readonly #isShowing: boolean;
  readonly #calls = new Map<number, GrowingCall>();
  readonly #citations: Citation[] = [];
  #responseId = '';
  #model: string;
  #createTime: string;
  #usage: Usage | undefined;
  #finish: Finish | undefined;
  #isBroken = false;
  #isOver = false;

  constructor(context: EncodeAnswerContext) {
    this.#context = context;
    this.#model = context.model;
    this.#createTime = timeOf(context.createdAt);
    this.#isShowing = wantsThoughts(context.request.reasoning?.summary);
  }

  encode(part: StreamPart): string {
    if (this.#isOver) return '';
    switch (part.type) {
      case 'response-start':
        this.#responseId = part.id;
        if (part.model !== '') this.#model = part.model;
        if (part.createdAt !== undefined) this.#createTime = timeOf(part.createdAt);
        return '';
      case 'text-delta':
        if (part.text === '') return '';
        return this.#chunk(
          { text: part.text },
          part.logprobs === undefined ? {} : { logprobsResult: logprobsResult(part.logprobs) },
        );
      case 'refusal-delta':
        return part.text === '' ? '' : this.#chunk({ text: part.text });
      case 'reasoning-delta':
        return this.#isShowing && part.text !== '' ? this.#chunk({ text: part.text, thought: true }) : '';
      case 'text-end':
        this.#citations.push(...(part.citations ?? []));
        return this.#signature({ text: '' }, part.opaque);
      case 'reasoning-end':
        return this.#signature({ text: '', thought: true }, part.opaque);
      case 'tool-call-start':
        this.#calls.set(part.block, { id: part.id, name: part.name, pieces: [] });
        return '';
      case 'tool-call-delta':
        this.#calls.get(part.block)?.pieces.push(part.input);
        return '';
      case 'tool-call-end':
        return this.#call(part.block, part.opaque);
      case 'media': {
        const media = mediaPartOf(part.part, this.#context.losses);
        return media === undefined ? '' : this.#chunk(media);
      }
      case 'usage':
        this.#usage = this.#usage === undefined ? part.usage : maxUsage(this.#usage, part.usage);
        return '';
      case 'finish':
        this.#finish = part.finish;
        return '';
      case 'response-end':
        return this.#end();
      case 'error':
        this.#isOver = true;
        return encodeStreamError(part.error, '');
      case 'text-start':
      case 'reasoning-start':
      case 'refusal-start':
      case 'refusal-end':
        return '';
    }
  }

  #signature(part: JsonObject, opaque: Opaque | undefined): string {
    const signature = signatureField(opaque);
    return Object.keys(signature).length === 0 ? '' : this.#chunk({ ...part, ...signature });
  }

  #call(block: number, opaque: Opaque | undefined): string {
    const call = this.#calls.get(block);
    if (call === undefined) return '';
    this.#calls.delete(block);
    const args = callArgs(call.pieces.join(''));
    if (args === undefined) {
      this.#isBroken = true;
      this.#context.losses(
        `tool_call ${call.id}`,
        'the arguments are no JSON object, which is all Gemini clients know',
      );
      return '';
    }
    return this.#chunk({ functionCall: { id: call.id, name: call.name, args }, ...signatureField(opaque) });
  }

  /** The terminal event: Gemini clients take a stream without `finishReason` for broken. */
  #end(): string {
    this.#isOver = true;
    const finish = this.#finish ?? { reason: 'stop' };
    if (finish.stopSequence !== undefined)
      this.#context.losses('stop_sequence', 'Gemini answers do not name the stop sequence');
    const grounding = groundingOf(this.#citations);
    return this.#chunk(
      { text: '' },
      {
        ...endOf(this.#isBroken, finish.reason === 'length', finishWord(finish)),
        ...(grounding === undefined ? {} : { groundingMetadata: grounding }),
      },
    );
  }

  #chunk(part: JsonObject, more: JsonObject = {}): string {
    return sseData({
      candidates: [{ content: { parts: [part], role: 'model' }, ...more, index: 0 }],
      ...(this.#usage === undefined ? {} : { usageMetadata: usageMetadata(this.#usage) }),
      modelVersion: this.#model,
      responseId: this.#responseId,
      createTime: this.#createTime,
    });
  }
}
