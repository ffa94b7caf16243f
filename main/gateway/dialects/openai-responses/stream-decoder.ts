/**
 * A provider's Responses stream → canonical parts.
 *
 * Items are told apart by `output_index`: some providers send a new `item_id` with every event, others none. Every text has three
 * chances to arrive (deltas, its `done` event, the whole item), and a provider may skip any of them, so each later one adds only
 * what the earlier ones did not bring.
 */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type { Citation, Json, JsonObject, StreamPart, ToolCallKind } from '../canonical.ts';
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
import { decodeCallItem, decodeFinish, decodeImageItem, decodeReasoningItem, recordHosted } from './answer.ts';
import { decodeCitations, decodeLogprobs } from './content.ts';
import { decodeStreamError } from './errors.ts';
import { decodeUsage } from './usage.ts';

interface TextState {
  readonly block: number;
  readonly kind: 'text' | 'refusal';
  text: string;
  ended: boolean;
  citations: Citation[];
}

interface ItemState {
  done: boolean;
  /** Message: by content index. */
  readonly texts: Map<number, TextState>;
  /** Reasoning and calls: the block, once started. */
  block?: number | undefined;
  /** What was handed on of a call's input or of the reasoning. */
  emitted: string;
  /** Pieces of a call that came before its name. */
  pending: string;
  callKind?: ToolCallKind | undefined;
  /** Which of the two readable forms this reasoning comes in; the other one repeats it. */
  reasoningForm?: 'summary' | 'content' | undefined;
  reasoningIndex: number;
  id?: string | undefined;
}

function parseEvent(event: StreamEvent): JsonObject {
  try {
    const value = JSON.parse(event.data) as Json;
    if (isObject(value)) return value;
  } catch (cause) {
    throw new GatewayError('relay.stream_malformed', 'The provider sent an event that is not JSON.', { cause });
  }
  throw new GatewayError('relay.stream_malformed', 'The provider sent an event that is not a JSON object.');
}

/** What `full` has beyond `seen`; nothing when they differ, because the pieces already sent cannot be taken back. */
function remainder(full: string, seen: string): string {
  return full.startsWith(seen) ? full.slice(seen.length) : '';
}

/** Method by event type. Events that are not here either repeat what others say or belong to hosted tools. */
const handlers = {
  'response.created': 'start',
  'response.queued': 'start',
  'response.in_progress': 'start',
  'response.output_item.added': 'itemAdded',
  'response.output_item.done': 'itemDone',
  'response.content_part.added': 'partAdded',
  'response.content_part.done': 'partDone',
  'response.output_text.delta': 'textDelta',
  'response.output_text.done': 'textDone',
  'response.output_text.annotation.added': 'annotation',
  'response.refusal.delta': 'textDelta',
  'response.refusal.done': 'textDone',
  'response.function_call_arguments.delta': 'callDelta',
  'response.function_call_arguments.done': 'callDone',
  'response.custom_tool_call_input.delta': 'callDelta',
  'response.custom_tool_call_input.done': 'callDone',
  'response.reasoning_summary_text.delta': 'reasoningDelta',
  'response.reasoning_summary_text.done': 'reasoningDone',
  'response.reasoning_text.delta': 'reasoningDelta',
  'response.reasoning_text.done': 'reasoningDone',
  'response.completed': 'complete',
  'response.incomplete': 'complete',
  'response.failed': 'fail',
  'response.cancelled': 'fail',
  error: 'fail',
} as const;

function isHandled(type: string): type is keyof typeof handlers {
  return Object.hasOwn(handlers, type);
}

/** Refusals have events of their own with the same shape as those of texts. */
function textKind(type: string): 'text' | 'refusal' {
  return type.startsWith('response.refusal') ? 'refusal' : 'text';
}

/** Summary parts and raw contents are counted apart. */
function reasoningPlace(event: JsonObject, type: string): { form: 'summary' | 'content'; index: number } {
  return type.startsWith('response.reasoning_summary')
    ? { form: 'summary', index: asNumber(event['summary_index']) ?? 0 }
    : { form: 'content', index: asNumber(event['content_index']) ?? 0 };
}

export class ResponsesStreamDecoder implements StreamDecoder {
  readonly #context: DecodeAnswerContext;
  readonly #items = new Map<string, ItemState>();
  #out: StreamPart[] = [];
  #blocks = 0;
  #started = false;
  #ended = false;
  #called = false;

  constructor(context: DecodeAnswerContext) {
    this.#context = context;
  }

  push(event: StreamEvent): StreamPart[] {
    if (this.#ended || event.data === '' || event.data === '[DONE]') return [];
    const data = parseEvent(event);
    const type = asString(data['type']) ?? event.name;
    this.#out = [];
    if (isHandled(type)) this[handlers[type]](data, type);
    else this.#unknown(type);
    return this.#out;
  }

  end(): StreamPart[] {
    if (this.#ended) return [];
    this.#ended = true;
    const message = 'The provider ended the stream before response.completed.';
    return [{ type: 'error', error: { code: 'relay.stream_incomplete', kind: 'server', status: 502, message } }];
  }

  /** Events of hosted tools (`response.web_search_call.searching`) name the tool; anything else unknown says nothing we lack. */
  #unknown(type: string): void {
    const hosted = /^response\.([a-z_]+_call|mcp_list_tools)[._]/.exec(type)?.[1];
    if (hosted !== undefined && hosted !== 'function_call') recordHosted(hosted, this.#context.losses);
    else if (type.startsWith('response.audio.')) recordHosted('audio', this.#context.losses);
  }

  start(event: JsonObject): void {
    if (this.#started) return;
    this.#started = true;
    const response = asObject(event['response']);
    this.#out.push({
      type: 'response-start',
      id: asString(response['id']) ?? '',
      model: asString(response['model']) ?? '',
      createdAt: asSeconds(response['created_at']),
      serviceTier: asString(response['service_tier']),
    });
  }

  #item(event: JsonObject): ItemState {
    const index = asNumber(event['output_index']);
    const id = asString(event['item_id']) ?? asString(asObject(event['item'])['id']);
    const key = index === undefined ? (id ?? 'only') : String(index);
    let item = this.#items.get(key);
    if (item === undefined) {
      item = { done: false, texts: new Map(), emitted: '', pending: '', reasoningIndex: 0 };
      this.#items.set(key, item);
    }
    return item;
  }

  /** Items of the final response: ends those already begun and adds those no event was sent for. */
  #finalItems(output: readonly Json[]): void {
    const unseen = output.length > this.#items.size;
    for (const [index, wire] of output.entries()) {
      if (!isObject(wire)) continue;
      const byId = this.#items.get(asString(wire['id']) ?? '') ?? this.#items.get('only');
      const item = this.#items.get(String(index)) ?? byId;
      if (item !== undefined) this.#wholeItem(item, wire);
      else if (unseen) this.#wholeItem(this.#item({ output_index: index }), wire);
    }
  }

  itemAdded(event: JsonObject): void {
    this.start({});
    const item = this.#item(event);
    const wire = asObject(event['item']);
    const type = asString(wire['type']);
    if (type === 'reasoning') this.#startReasoning(item, asString(wire['id']));
    else if (type === 'function_call' || type === 'custom_tool_call') this.#startCall(item, wire);
  }

  #startReasoning(item: ItemState, id: string | undefined): number {
    if (item.block === undefined) {
      item.block = this.#blocks++;
      item.id = id;
      this.#out.push({ type: 'reasoning-start', block: item.block, id });
    }
    return item.block;
  }

  /** Only once id and name are known; an event without them waits for the whole item. */
  #startCall(item: ItemState, wire: JsonObject): void {
    if (item.block !== undefined) return;
    const named = typeof wire['call_id'] === 'string' && typeof wire['name'] === 'string' && wire['name'] !== '';
    if (named) this.#openCall(item, wire);
  }

  #openCall(item: ItemState, wire: JsonObject): void {
    const call = decodeCallItem(wire, this.#context);
    if (call === undefined) return;
    item.block = this.#blocks++;
    item.callKind = call.kind;
    this.#called = true;
    this.#out.push({
      type: 'tool-call-start',
      block: item.block,
      id: call.id,
      name: call.name,
      namespace: call.namespace,
      kind: call.kind,
    });
    const pending = item.pending;
    item.pending = '';
    this.#callDelta(item, pending);
  }

  #callDelta(item: ItemState, delta: string): void {
    if (delta === '') return;
    if (item.block === undefined) {
      item.pending += delta;
      return;
    }
    item.emitted += delta;
    this.#out.push({ type: 'tool-call-delta', block: item.block, input: delta });
  }

  callDelta(event: JsonObject): void {
    this.start({});
    this.#callDelta(this.#item(event), asString(event['delta']) ?? '');
  }

  /** Some providers send arguments only here. */
  callDone(event: JsonObject): void {
    const item = this.#item(event);
    const full = asString(event['arguments']) ?? asString(event['input']) ?? '';
    this.#callDelta(item, remainder(full, item.emitted + item.pending));
  }

  #text(event: JsonObject, kind: 'text' | 'refusal'): TextState {
    this.start({});
    return this.#textAt(this.#item(event), asNumber(event['content_index']) ?? 0, kind);
  }

  #textAt(item: ItemState, index: number, kind: 'text' | 'refusal'): TextState {
    const known = item.texts.get(index);
    if (known?.kind === kind) return known;
    if (known !== undefined) this.#endText(known);
    const state: TextState = { block: this.#blocks++, kind, text: '', ended: false, citations: [] };
    item.texts.set(index, state);
    this.#out.push({ type: kind === 'text' ? 'text-start' : 'refusal-start', block: state.block });
    return state;
  }

  #textDelta(state: TextState, text: string, logprobs?: Json): void {
    if (text === '' || state.ended) return;
    state.text += text;
    if (state.kind === 'refusal') this.#out.push({ type: 'refusal-delta', block: state.block, text });
    else this.#out.push({ type: 'text-delta', block: state.block, text, logprobs: decodeLogprobs(logprobs) });
  }

  #endText(state: TextState): void {
    if (state.ended) return;
    state.ended = true;
    if (state.kind === 'refusal') this.#out.push({ type: 'refusal-end', block: state.block });
    else {
      const citations = state.citations.length === 0 ? undefined : state.citations;
      this.#out.push({ type: 'text-end', block: state.block, citations });
    }
  }

  partAdded(event: JsonObject): void {
    const type = asObject(event['part'])['type'];
    if (type === 'output_text') this.#text(event, 'text');
    else if (type === 'refusal') this.#text(event, 'refusal');
  }

  textDelta(event: JsonObject, type: string): void {
    this.#textDelta(this.#text(event, textKind(type)), asString(event['delta']) ?? '', event['logprobs']);
  }

  textDone(event: JsonObject, type: string): void {
    const state = this.#text(event, textKind(type));
    const full = asString(event['text']) ?? asString(event['refusal']) ?? '';
    this.#textDelta(state, remainder(full, state.text), state.text === '' ? event['logprobs'] : undefined);
  }

  annotation(event: JsonObject): void {
    const found = decodeCitations([event['annotation'] ?? null]);
    if (found !== undefined) this.#text(event, 'text').citations.push(...found);
  }

  partDone(event: JsonObject): void {
    const part = asObject(event['part']);
    if (part['type'] !== 'output_text' && part['type'] !== 'refusal') return;
    this.start({});
    this.#wholeText(this.#item(event), asNumber(event['content_index']) ?? 0, part);
  }

  /** A text as a whole: adds what is missing and ends it. */
  #wholeText(item: ItemState, index: number, part: JsonObject): void {
    const refusal = part['type'] === 'refusal';
    const text = asString(refusal ? part['refusal'] : part['text']);
    if (text === undefined) return;
    const state = this.#textAt(item, index, refusal ? 'refusal' : 'text');
    this.#textDelta(state, remainder(text, state.text), state.text === '' ? part['logprobs'] : undefined);
    const citations = decodeCitations(part['annotations']);
    if (citations !== undefined) state.citations = citations;
    this.#endText(state);
  }

  /** A new summary part or content starts a new paragraph. */
  reasoningDelta(event: JsonObject, type: string): void {
    this.start({});
    const { form, index } = reasoningPlace(event, type);
    const item = this.#item(event);
    const delta = asString(event['delta']) ?? '';
    item.reasoningForm ??= form;
    if (delta === '' || item.reasoningForm !== form) return;
    const separator = index > item.reasoningIndex && item.emitted !== '' ? '\n\n' : '';
    item.reasoningIndex = Math.max(index, item.reasoningIndex);
    this.#reasoning(item, asString(event['item_id']), separator + delta);
  }

  /** The whole of one summary part; used only where no deltas of it came. */
  reasoningDone(event: JsonObject, type: string): void {
    const item = this.#item(event);
    const reached = item.emitted !== '' && reasoningPlace(event, type).index <= item.reasoningIndex;
    if (!reached) this.reasoningDelta({ ...event, delta: event['text'] ?? '' }, type);
  }

  #reasoning(item: ItemState, id: string | undefined, text: string): void {
    const block = this.#startReasoning(item, id);
    if (text === '') return;
    item.emitted += text;
    this.#out.push({ type: 'reasoning-delta', block, text });
  }

  itemDone(event: JsonObject): void {
    this.start({});
    this.#wholeItem(this.#item(event), asObject(event['item']));
  }

  #wholeItem(item: ItemState, wire: JsonObject): void {
    if (item.done) return;
    item.done = true;
    const type = asString(wire['type']) ?? (wire['content'] === undefined ? '' : 'message');
    if (type === 'message') {
      for (const [index, part] of asArray(wire['content']).entries()) this.#wholeText(item, index, asObject(part));
      this.#endTexts(item);
    } else if (type === 'reasoning') this.#wholeReasoning(item, wire);
    else if (decodeCallItem(wire, this.#context) !== undefined) this.#wholeCall(item, wire);
    else this.#wholeOther(type, wire);
  }

  #wholeReasoning(item: ItemState, wire: JsonObject): void {
    const whole = decodeReasoningItem(wire, this.#context);
    this.#reasoning(item, whole.id, remainder(whole.text, item.emitted));
    if (item.block !== undefined) {
      this.#out.push({ type: 'reasoning-end', block: item.block, opaque: whole.opaque, id: whole.id });
      item.block = undefined;
    }
  }

  #wholeCall(item: ItemState, wire: JsonObject): void {
    if (item.block === undefined) this.#openCall(item, wire);
    const whole = decodeCallItem(wire, this.#context);
    if (whole !== undefined) this.#callDelta(item, remainder(whole.input, item.emitted));
    this.#endCall(item);
  }

  #endCall(item: ItemState): void {
    if (item.block === undefined) return;
    if (item.emitted === '' && item.callKind !== 'custom') this.#callDelta(item, '{}');
    this.#out.push({ type: 'tool-call-end', block: item.block });
    item.block = undefined;
  }

  #wholeOther(type: string, wire: JsonObject): void {
    const image = decodeImageItem(wire);
    if (image?.type === 'image') this.#out.push({ type: 'media', block: this.#blocks++, part: image });
    else recordHosted(type === '' ? 'item' : type, this.#context.losses);
  }

  #endTexts(item: ItemState): void {
    for (const state of item.texts.values()) this.#endText(state);
  }

  /** `response.completed` and `response.incomplete`; also brings items no event was sent for. */
  complete(event: JsonObject): void {
    this.start(event);
    const response = asObject(event['response']);
    this.#finalItems(asArray(response['output']));
    for (const item of this.#items.values()) {
      this.#endTexts(item);
      if (item.block === undefined) continue;
      if (item.callKind === undefined) this.#out.push({ type: 'reasoning-end', block: item.block, id: item.id });
      else this.#endCall(item);
      item.block = undefined;
    }
    const counted = decodeUsage(response);
    if (counted !== undefined) this.#out.push({ type: 'usage', usage: counted.usage, raw: counted.raw });
    this.#out.push({ type: 'finish', finish: decodeFinish(response, this.#called) }, { type: 'response-end' });
    this.#ended = true;
  }

  /** The error stands in the failed response, under `error`, or flat in the event itself. */
  fail(event: JsonObject, type: string): void {
    const nested = asObject(event['response'])['error'] ?? event['error'];
    const flat = { code: event['code'], message: event['message'], param: event['param'] };
    const cancelled = { message: 'The provider cancelled the response.' };
    const error = isObject(nested) ? nested : type === 'response.cancelled' ? cancelled : flat;
    this.#out.push({ type: 'error', error: decodeStreamError(error) });
    this.#ended = true;
  }
}
