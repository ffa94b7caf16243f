/** Canonical parts as a Messages event stream (https://platform.claude.com/docs/en/build-with-claude/streaming). */
import { maxUsage, noUsage, type Usage } from '../../../../shared/domain/usage.ts';
import type { Finish, JsonObject, StreamPart, ToolCallKind } from '../canonical.ts';
import { sseEvent, type EncodeAnswerContext, type StreamEncoder } from '../dialect.ts';
import { encodeCitations, encodeFinish, messageId } from './answer.ts';
import { encodeStreamError } from './errors.ts';
import { encodeUsage } from './usage.ts';

type BlockPart = Extract<StreamPart, { readonly block: number }>;

/** The block being written. Text and thinking are started on the wire by their first piece: the API never takes empty text back. */
interface LiveBlock {
  readonly block: number;
  /** Set when its start is on the wire. */
  index: number | undefined;
  kind: ToolCallKind | undefined;
  /** Free-form input is no JSON until it is whole. */
  held: string;
  hasInput: boolean;
}

interface WaitingBlock {
  readonly block: number;
  readonly parts: BlockPart[];
}

/**
 * On this wire blocks follow one another and never interleave, while parts of parallel calls may: the block that began first is
 * written as it comes, the others wait whole until it has ended and then come in the order they began.
 */
export class MessagesStreamEncoder implements StreamEncoder {
  readonly #context: EncodeAnswerContext;
  #isStarted = false;
  #isEnded = false;
  #hasRefusal = false;
  #indexes = 0;
  #live: LiveBlock | undefined;
  #waiting: WaitingBlock[] = [];
  #finish: Finish | undefined;
  #usage: Usage = noUsage;

  constructor(context: EncodeAnswerContext) {
    this.#context = context;
  }

  encode(part: StreamPart): string {
    if (this.#isEnded) return '';
    switch (part.type) {
      case 'response-start':
        return this.#start(part.id, part.model);
      case 'usage':
        this.#usage = maxUsage(this.#usage, part.usage);
        return '';
      case 'finish':
        this.#finish = part.finish;
        return this.#closeAll();
      case 'response-end':
        return this.#end();
      case 'error':
        this.#isEnded = true;
        return encodeStreamError(part.error, '');
      case 'media':
        this.#context.losses(part.part.type, 'Messages streams hold no images and no audio');
        return '';
      default:
        return this.#start('', '') + this.#block(part);
    }
  }

  #start(id: string, model: string): string {
    if (this.#isStarted) return '';
    this.#isStarted = true;
    const message = {
      id: messageId(id, this.#context.newId),
      type: 'message',
      role: 'assistant',
      model: model === '' ? this.#context.model : model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: encodeUsage(this.#usage),
    };
    return sseEvent('message_start', { type: 'message_start', message });
  }

  #block(part: BlockPart): string {
    this.#live ??= { block: part.block, index: undefined, kind: undefined, held: '', hasInput: false };
    if (this.#live.block !== part.block) {
      const waiting = this.#waiting.find((one) => one.block === part.block);
      if (waiting === undefined) this.#waiting.push({ block: part.block, parts: [part] });
      else waiting.parts.push(part);
      return '';
    }
    const text = this.#write(this.#live, part);
    return isEnd(part) ? text + this.#next() : text;
  }

  /** The waiting blocks, up to and with the first that is still open. */
  #next(): string {
    let text = '';
    for (;;) {
      this.#live = undefined;
      const waiting = this.#waiting.shift();
      if (waiting === undefined) return text;
      const live: LiveBlock = { block: waiting.block, index: undefined, kind: undefined, held: '', hasInput: false };
      for (const part of waiting.parts) text += this.#write(live, part);
      this.#live = live;
      const last = waiting.parts[waiting.parts.length - 1];
      if (last === undefined || !isEnd(last)) return text;
    }
  }

  #closeAll(): string {
    let text = '';
    while (this.#live !== undefined) text += this.#stop(this.#live) + this.#next();
    return text;
  }

  #write(live: LiveBlock, part: BlockPart): string {
    switch (part.type) {
      case 'text-delta':
        return part.text === ''
          ? ''
          : this.#textStart(live) + this.#delta(live, { type: 'text_delta', text: part.text });
      case 'refusal-delta':
        this.#hasRefusal = true;
        return part.text === ''
          ? ''
          : this.#textStart(live) + this.#delta(live, { type: 'text_delta', text: part.text });
      case 'text-end': {
        const citations = live.index === undefined ? [] : encodeCitations(part.citations ?? []);
        return (
          citations.map((citation) => this.#delta(live, { type: 'citations_delta', citation })).join('') +
          this.#stop(live)
        );
      }
      case 'reasoning-delta':
        return part.text === ''
          ? ''
          : this.#thinkingStart(live) + this.#delta(live, { type: 'thinking_delta', thinking: part.text });
      case 'reasoning-end':
        if (part.opaque?.form === 'signature')
          return (
            this.#thinkingStart(live) +
            this.#delta(live, { type: 'signature_delta', signature: part.opaque.data }) +
            this.#stop(live)
          );
        if (part.opaque?.form === 'redacted') {
          return (
            this.#stop(live) +
            this.#contentStart(live, { type: 'redacted_thinking', data: part.opaque.data }) +
            this.#stop(live)
          );
        }
        return this.#stop(live);
      case 'tool-call-start':
        live.kind = part.kind;
        return this.#contentStart(live, { type: 'tool_use', id: part.id, name: part.name, input: {} });
      case 'tool-call-delta':
        if (part.input === '') return '';
        live.hasInput = true;
        if (live.kind !== 'custom') return this.#delta(live, { type: 'input_json_delta', partial_json: part.input });
        live.held += part.input;
        return '';
      case 'tool-call-end':
      case 'refusal-end':
        return this.#stop(live);
      default:
        return '';
    }
  }

  #textStart(live: LiveBlock): string {
    return live.index === undefined ? this.#contentStart(live, { type: 'text', text: '' }) : '';
  }

  #thinkingStart(live: LiveBlock): string {
    return live.index === undefined ? this.#contentStart(live, { type: 'thinking', thinking: '', signature: '' }) : '';
  }

  #contentStart(live: LiveBlock, block: JsonObject): string {
    live.index = this.#indexes++;
    return sseEvent('content_block_start', { type: 'content_block_start', index: live.index, content_block: block });
  }

  #delta(live: LiveBlock, delta: JsonObject): string {
    return sseEvent('content_block_delta', { type: 'content_block_delta', index: live.index ?? 0, delta });
  }

  /** Ends the block on the wire if it ever began there. A call always says its arguments, were they only `{}`. */
  #stop(live: LiveBlock): string {
    if (live.index === undefined) return '';
    let text = '';
    if (live.kind === 'custom')
      text = this.#delta(live, { type: 'input_json_delta', partial_json: JSON.stringify({ input: live.held }) });
    else if (live.kind !== undefined && !live.hasInput)
      text = this.#delta(live, { type: 'input_json_delta', partial_json: '{}' });
    text += sseEvent('content_block_stop', { type: 'content_block_stop', index: live.index });
    live.index = undefined;
    live.kind = undefined;
    return text;
  }

  #end(): string {
    const text = this.#start('', '') + this.#closeAll();
    this.#isEnded = true;
    return (
      text +
      sseEvent('message_delta', {
        type: 'message_delta',
        delta: encodeFinish(this.#finish, this.#hasRefusal),
        usage: encodeUsage(this.#usage),
      }) +
      sseEvent('message_stop', { type: 'message_stop' })
    );
  }
}

function isEnd(part: BlockPart): boolean {
  return (
    part.type === 'text-end' ||
    part.type === 'reasoning-end' ||
    part.type === 'refusal-end' ||
    part.type === 'tool-call-end'
  );
}
