/** Canonical parts → the events a Responses client expects (OpenAI reference: "Streaming events"). */
import { maxUsage, type Usage } from '../../../../shared/domain/usage.ts';
import type {
  CanonicalError,
  Citation,
  Finish,
  ImagePart,
  AudioPart,
  JsonObject,
  Opaque,
  StreamPart,
  TokenLogprob,
  ToolCallKind,
} from '../canonical.ts';
import { sseEvent, type EncodeAnswerContext, type StreamEncoder } from '../dialect.ts';
import { imageItem } from './answer.ts';
import { encodeCitations, encodeLogprobs } from './content.ts';
import { failureEvents } from './errors.ts';
import { compact } from '../fields.ts';
import {
  callIdPrefix,
  callItem,
  echoOf,
  endingOf,
  reasoningId,
  reasoningItem,
  responseId,
  responseObject,
  type ResponseHead,
} from './response-object.ts';
import { encodeUsage } from './usage.ts';

interface Message {
  readonly id: string;
  readonly index: number;
  readonly content: JsonObject[];
  open: number;
}

/** Parts that make up the items of an answer. */
type ContentPart = Exclude<StreamPart, { type: 'response-start' | 'usage' | 'finish' | 'response-end' | 'error' }>;

type Block =
  | {
      readonly type: 'text' | 'refusal';
      readonly message: Message;
      readonly index: number;
      text: string;
      readonly logprobs: JsonObject[];
    }
  | { readonly type: 'reasoning'; readonly id: string; readonly index: number; text: string }
  | {
      readonly type: 'call';
      readonly id: string;
      readonly index: number;
      readonly callId: string;
      readonly name: string;
      readonly namespace?: string | undefined;
      readonly kind: ToolCallKind;
      input: string;
    };

export class ResponsesStreamEncoder implements StreamEncoder {
  readonly #context: EncodeAnswerContext;
  readonly #echo: JsonObject;
  readonly #blocks = new Map<number, Block>();
  readonly #output: (JsonObject | undefined)[] = [];
  #wire = '';
  #sequence = 0;
  #items = 0;
  #head: ResponseHead | undefined;
  #message: Message | undefined;
  /** The last item, whole but not yet sent: only `finish` tells whether it was cut off. */
  #pending: { readonly index: number; readonly item: JsonObject } | undefined;
  #finish: Finish = { reason: 'stop' };
  #usage: Usage | undefined;
  #refused = false;
  #ended = false;

  constructor(context: EncodeAnswerContext) {
    this.#context = context;
    this.#echo = echoOf(context.clientBody);
  }

  encode(part: StreamPart): string {
    if (this.#ended) return '';
    this.#wire = '';
    if (part.type === 'error') return this.#fail(part.error);
    this.#start(part);
    if (part.type === 'finish') this.#finished(part.finish);
    else if (part.type === 'usage') this.#count(part.usage);
    else if (part.type === 'response-end') this.#end();
    else if (part.type !== 'response-start') {
      this.#flush('completed');
      this.#content(part);
    }
    return this.#wire;
  }

  #count(usage: Usage): void {
    this.#usage = this.#usage === undefined ? usage : maxUsage(this.#usage, usage);
  }

  #content(part: ContentPart): void {
    switch (part.type) {
      case 'text-start':
      case 'refusal-start':
        this.#startText(part.block, part.type === 'text-start' ? 'text' : 'refusal');
        return;
      case 'text-delta':
        this.#textDelta(part.block, part.text, part.logprobs);
        return;
      case 'refusal-delta':
        this.#textDelta(part.block, part.text, undefined);
        return;
      case 'text-end':
        this.#endText(part.block, part.citations);
        return;
      case 'refusal-end':
        this.#endText(part.block, undefined);
        return;
      case 'reasoning-start':
        this.#startReasoning(part.block, part.id);
        return;
      case 'reasoning-delta':
        this.#reasoningDelta(part.block, part.text);
        return;
      case 'reasoning-end':
        this.#endReasoning(part.block, part.opaque);
        return;
      case 'tool-call-start':
        this.#startCall(part);
        return;
      case 'tool-call-delta':
        this.#callDelta(part.block, part.input);
        return;
      case 'tool-call-end':
        this.#endCall(part.block);
        return;
      case 'media':
        this.#media(part.part);
    }
  }

  #emit(type: string, fields: JsonObject): void {
    this.#wire += sseEvent(type, { type, sequence_number: this.#sequence++, ...fields });
  }

  #response(status: string, details: JsonObject | null, usage: JsonObject | null): JsonObject {
    const head = this.#head ?? this.#newHead('', undefined, undefined);
    // A slot is empty only while its item is open, which no snapshot of a finished answer sees.
    const output = this.#output.filter((item): item is JsonObject => item !== undefined);
    return responseObject(head, this.#echo, { status, details, output, usage });
  }

  #newHead(id: string, createdAt: number | undefined, serviceTier: string | undefined, model = ''): ResponseHead {
    const context = this.#context;
    return {
      id: responseId(id, context.newId),
      model: context.model === '' ? model : context.model,
      createdAt: createdAt ?? context.createdAt,
      serviceTier,
    };
  }

  #start(part: StreamPart): void {
    if (this.#head !== undefined) return;
    this.#head =
      part.type === 'response-start'
        ? this.#newHead(part.id, part.createdAt, part.serviceTier, part.model)
        : this.#newHead('', undefined, undefined);
    this.#emit('response.created', { response: this.#response('in_progress', null, null) });
    this.#emit('response.in_progress', { response: this.#response('in_progress', null, null) });
  }

  #addItem(item: JsonObject): number {
    const index = this.#items++;
    this.#emit('response.output_item.added', { output_index: index, item });
    return index;
  }

  #itemDone(index: number, item: JsonObject): void {
    this.#output[index] = item;
    this.#emit('response.output_item.done', { output_index: index, item });
  }

  /** Sends the item that waited for its status. */
  #flush(status: 'completed' | 'incomplete'): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    this.#itemDone(pending.index, { ...pending.item, status });
  }

  #openMessage(): Message {
    if (this.#message !== undefined) return this.#message;
    const id = this.#context.newId('msg_');
    const index = this.#addItem({ id, type: 'message', status: 'in_progress', role: 'assistant', content: [] });
    this.#message = { id, index, content: [], open: 0 };
    return this.#message;
  }

  /** A message ends when something else starts or the answer ends, so that texts in a row share it. */
  #leaveMessage(): void {
    const message = this.#message;
    if (message === undefined || message.open > 0) return;
    this.#message = undefined;
    this.#flush('completed');
    this.#pending = { index: message.index, item: messageItem(message) };
  }

  #startText(block: number, type: 'text' | 'refusal'): void {
    const message = this.#openMessage();
    const index = message.content.length;
    message.content.push({});
    message.open++;
    if (type === 'refusal') this.#refused = true;
    this.#blocks.set(block, { type, message, index, text: '', logprobs: [] });
    const part = type === 'text' ? outputText('', [], []) : { type: 'refusal', refusal: '' };
    this.#emit('response.content_part.added', { ...at(message, index), part });
  }

  #textDelta(block: number, text: string, logprobs: readonly TokenLogprob[] | undefined): void {
    const state = this.#blocks.get(block);
    if (state?.type !== 'text' && state?.type !== 'refusal') return;
    if (text === '') return;
    state.text += text;
    const place = at(state.message, state.index);
    if (state.type === 'refusal') {
      this.#emit('response.refusal.delta', { ...place, delta: text });
      return;
    }
    const encoded = encodeLogprobs(logprobs);
    state.logprobs.push(...encoded);
    this.#emit('response.output_text.delta', { ...place, delta: text, logprobs: encoded });
  }

  #endText(block: number, citations: readonly Citation[] | undefined): void {
    const state = this.#blocks.get(block);
    if (state?.type !== 'text' && state?.type !== 'refusal') return;
    this.#blocks.delete(block);
    const { message } = state;
    const place = at(message, state.index);
    let part: JsonObject = { type: 'refusal', refusal: state.text };
    if (state.type === 'refusal') this.#emit('response.refusal.done', { ...place, refusal: state.text });
    else {
      const annotations = encodeCitations(citations);
      for (const [index, annotation] of annotations.entries()) {
        this.#emit('response.output_text.annotation.added', { ...place, annotation_index: index, annotation });
      }
      this.#emit('response.output_text.done', { ...place, text: state.text, logprobs: state.logprobs });
      part = outputText(state.text, annotations, state.logprobs);
    }
    this.#emit('response.content_part.done', { ...place, part });
    message.content[state.index] = part;
    message.open--;
    // Another item has started meanwhile, so that nothing can join this message any more.
    if (message.index !== this.#items - 1) this.#leaveMessage();
  }

  #startReasoning(block: number, given: string | undefined): void {
    this.#leaveMessage();
    this.#flush('completed');
    const id = reasoningId(given, this.#context.newId);
    const index = this.#addItem({ id, type: 'reasoning', summary: [] });
    this.#blocks.set(block, { type: 'reasoning', id, index, text: '' });
  }

  #reasoningDelta(block: number, text: string): void {
    const state = this.#blocks.get(block);
    if (state?.type !== 'reasoning' || text === '') return;
    const place = { item_id: state.id, output_index: state.index, summary_index: 0 };
    if (state.text === '') {
      this.#emit('response.reasoning_summary_part.added', { ...place, part: { type: 'summary_text', text: '' } });
    }
    state.text += text;
    this.#emit('response.reasoning_summary_text.delta', { ...place, delta: text });
  }

  #endReasoning(block: number, opaque: Opaque | undefined): void {
    const state = this.#blocks.get(block);
    if (state?.type !== 'reasoning') return;
    this.#blocks.delete(block);
    const { text } = state;
    if (text !== '') {
      const place = { item_id: state.id, output_index: state.index, summary_index: 0 };
      this.#emit('response.reasoning_summary_text.done', { ...place, text });
      this.#emit('response.reasoning_summary_part.done', { ...place, part: { type: 'summary_text', text } });
    }
    this.#itemDone(state.index, reasoningItem({ type: 'reasoning', text, opaque }, state.id, this.#context));
  }

  #startCall(part: Extract<StreamPart, { type: 'tool-call-start' }>): void {
    this.#leaveMessage();
    this.#flush('completed');
    const id = this.#context.newId(callIdPrefix[part.kind]);
    const call = { id: part.id, name: part.name, namespace: part.namespace, kind: part.kind };
    const index = this.#addItem(callItem({ type: 'tool-call', ...call, input: '' }, id, 'in_progress'));
    this.#blocks.set(part.block, { type: 'call', ...call, id, callId: part.id, index, input: '' });
  }

  #callDelta(block: number, input: string): void {
    const state = this.#blocks.get(block);
    if (state?.type !== 'call' || input === '') return;
    state.input += input;
    const place = { item_id: state.id, output_index: state.index };
    if (state.kind === 'function') this.#emit('response.function_call_arguments.delta', { ...place, delta: input });
    else if (state.kind === 'custom') this.#emit('response.custom_tool_call_input.delta', { ...place, delta: input });
  }

  #endCall(block: number): void {
    const state = this.#blocks.get(block);
    if (state?.type !== 'call') return;
    if (state.input === '' && state.kind !== 'custom') this.#callDelta(block, '{}');
    this.#blocks.delete(block);
    this.#flush('completed');
    const { input, name, kind } = state;
    const place = { item_id: state.id, output_index: state.index };
    if (kind === 'function') this.#emit('response.function_call_arguments.done', { ...place, name, arguments: input });
    else if (kind === 'custom') this.#emit('response.custom_tool_call_input.done', { ...place, input });
    const call = { id: state.callId, name, namespace: state.namespace, kind, input };
    const item = callItem({ type: 'tool-call', ...call }, state.id, 'completed');
    this.#pending = { index: state.index, item };
  }

  #media(part: ImagePart | AudioPart): void {
    if (part.type !== 'image' || part.source.kind !== 'base64') {
      this.#context.losses(part.type, 'the Responses API answers only with images, and only as data');
      return;
    }
    this.#leaveMessage();
    this.#flush('completed');
    const id = this.#context.newId('ig_');
    const item = imageItem(part.source.data, id);
    const index = this.#addItem({ ...item, status: 'in_progress', result: null });
    this.#itemDone(index, item);
  }

  /** Blocks a decoder left open are closed here: a client must not lose what it was shown. */
  #finished(finish: Finish): void {
    this.#finish = finish;
    for (const [block, state] of this.#blocks) {
      if (state.type === 'reasoning') this.#endReasoning(block, undefined);
      else if (state.type === 'call') this.#endCall(block);
      else this.#endText(block, undefined);
    }
    this.#leaveMessage();
    this.#flush(endingOf(finish, this.#refused).lastItem);
  }

  #end(): void {
    this.#finished(this.#finish);
    const { status, details } = endingOf(this.#finish, this.#refused);
    const response = this.#response(status, details, encodeUsage(this.#usage));
    this.#emit(`response.${status}`, { response });
    this.#wire += 'data: [DONE]\n\n';
    this.#ended = true;
  }

  #fail(error: CanonicalError): string {
    this.#ended = true;
    return failureEvents(error, this.#response('failed', null, encodeUsage(this.#usage)), this.#sequence);
  }
}

function at(message: Message, index: number): JsonObject {
  return { item_id: message.id, output_index: message.index, content_index: index };
}

function outputText(text: string, annotations: JsonObject[], logprobs: JsonObject[]): JsonObject {
  return { type: 'output_text', text, annotations, logprobs };
}

function messageItem(message: Message): JsonObject {
  return compact({
    id: message.id,
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content: message.content,
  });
}
