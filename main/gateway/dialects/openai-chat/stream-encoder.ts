/** Canonical parts as a stream of Chat Completions chunks for a client. */
import { noUsage, maxUsage, type Usage } from '../../../../shared/domain/usage.ts';
import type { Json, JsonObject, StreamPart } from '../canonical.ts';
import { sseData, type EncodeAnswerContext, type StreamEncoder } from '../dialect.ts';
import { encodeCitations, encodeFinish, encodeLogprobs } from './answer.ts';
import { encodeStreamError } from './errors.ts';
import { encodeUsage } from './usage.ts';

interface SentCall {
  readonly index: number;
  readonly isCustom: boolean;
  isEmpty: boolean;
}

export class ChatStreamEncoder implements StreamEncoder {
  readonly #context: EncodeAnswerContext;
  readonly #calls = new Map<number, SentCall>();
  readonly #wantsUsage: boolean;
  #base: JsonObject | undefined;
  #isRoleSent = false;
  #usage: Usage | undefined;
  #isOver = false;

  constructor(context: EncodeAnswerContext) {
    this.#context = context;
    this.#wantsUsage = context.request.includeUsage === true;
  }

  encode(part: StreamPart): string {
    if (this.#isOver) return '';
    switch (part.type) {
      case 'response-start':
        this.#base = this.#head(part);
        return this.#chunk({});
      case 'text-delta':
        return this.#chunk({ content: part.text }, null, encodeLogprobs(part.logprobs));
      case 'text-end': {
        const annotations = encodeCitations(part.citations ?? []);
        return annotations.length === 0 ? '' : this.#chunk({ annotations });
      }
      case 'reasoning-delta':
        return part.text === '' ? '' : this.#chunk({ reasoning_content: part.text });
      case 'refusal-delta':
        return part.text === '' ? '' : this.#chunk({ refusal: part.text });
      case 'tool-call-start': {
        const call: SentCall = { index: this.#calls.size, isCustom: part.kind === 'custom', isEmpty: true };
        this.#calls.set(part.block, call);
        const body = call.isCustom
          ? { type: 'custom', custom: { name: part.name, input: '' } }
          : { type: 'function', function: { name: part.name, arguments: '' } };
        return this.#chunk({ tool_calls: [{ index: call.index, id: part.id, ...body }] });
      }
      case 'tool-call-delta': {
        const call = this.#calls.get(part.block);
        return call === undefined || part.input === '' ? '' : this.#input(call, part.input);
      }
      case 'tool-call-end': {
        const call = this.#calls.get(part.block);
        return call?.isEmpty === true && !call.isCustom ? this.#input(call, '{}') : '';
      }
      case 'media':
        this.#context.losses(part.part.type, 'Chat Completions streams hold text only');
        return '';
      case 'usage':
        this.#usage = maxUsage(this.#usage ?? noUsage, part.usage);
        return '';
      case 'finish':
        return this.#chunk({}, encodeFinish(part.finish));
      case 'response-end':
        return this.#end();
      case 'error':
        this.#isOver = true;
        return encodeStreamError(part.error, '');
      case 'text-start':
      case 'reasoning-start':
      case 'reasoning-end':
      case 'refusal-start':
      case 'refusal-end':
        return '';
    }
  }

  #input(call: SentCall, text: string): string {
    call.isEmpty = false;
    return this.#chunk({
      tool_calls: [
        { index: call.index, ...(call.isCustom ? { custom: { input: text } } : { function: { arguments: text } }) },
      ],
    });
  }

  /** `[DONE]` is the last event; usage stands before it, in a chunk without choices, when it was asked for. */
  #end(): string {
    this.#isOver = true;
    const usage =
      this.#wantsUsage && this.#usage !== undefined
        ? sseData({ ...this.#envelope(), choices: [], usage: encodeUsage(this.#usage) })
        : '';
    return `${usage}data: [DONE]\n\n`;
  }

  #head(start: {
    readonly id: string;
    readonly model: string;
    readonly createdAt?: number | undefined;
    readonly serviceTier?: string | undefined;
  }): JsonObject {
    return {
      id: start.id === '' ? this.#context.newId('chatcmpl-') : start.id,
      object: 'chat.completion.chunk',
      created: start.createdAt ?? this.#context.createdAt,
      model: start.model === '' ? this.#context.model : start.model,
      ...(start.serviceTier === undefined ? {} : { service_tier: start.serviceTier }),
    };
  }

  #envelope(): JsonObject {
    this.#base ??= this.#head({ id: '', model: '' });
    return this.#base;
  }

  #chunk(delta: JsonObject, finish: string | null = null, logprobs: Json = null): string {
    const first = this.#isRoleSent ? {} : { role: 'assistant', content: '' };
    this.#isRoleSent = true;
    return sseData({
      ...this.#envelope(),
      choices: [{ index: 0, delta: { ...first, ...delta }, logprobs, finish_reason: finish }],
      // OpenAI reference, `include_usage`: null in every chunk but the last.
      ...(this.#wantsUsage ? { usage: null } : {}),
    });
  }
}
