/** Whole answers, both ways. Providers are read leniently: only a failure they report themselves throws. */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type {
  CanonicalResponse,
  Finish,
  Json,
  JsonObject,
  LossSink,
  ReasoningPart,
  RefusalPart,
  TextPart,
  TokenLogprob,
  ToolCallPart,
} from '../canonical.ts';
import {
  asArray,
  asSeconds,
  asObject,
  asString,
  isObject,
  type DecodeAnswerContext,
  type EncodeAnswerContext,
} from '../dialect.ts';
import { argumentsText } from './arguments.ts';
import { decodeCitations, decodeLogprobs, encodeCitations, encodeLogprobs, sourceOfUrl } from './content.ts';
import { decodeStreamError } from './errors.ts';
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
} from './response-object.ts';
import { toolSearchName } from './tools.ts';
import { decodeUsage, encodeUsage } from './usage.ts';

type AnswerPart = CanonicalResponse['parts'][number];

/** Said once per kind of item that a provider ran or made by itself. */
export function recordHosted(type: string, losses: LossSink): void {
  losses(`output.${type}`, 'made by a tool the provider runs itself; no other dialect has it');
}

/** Readable reasoning: the summary, or the raw text where a provider gives that instead. */
export function reasoningText(item: JsonObject): string {
  const texts = (key: string): string =>
    asArray(item[key])
      .map((entry) => asString(asObject(entry)['text']) ?? '')
      .filter((text) => text !== '')
      .join('\n\n');
  const summary = texts('summary');
  return summary === '' ? texts('content') : summary;
}

export function decodeReasoningItem(item: JsonObject, context: DecodeAnswerContext): ReasoningPart {
  const encrypted = asString(item['encrypted_content']);
  return {
    type: 'reasoning',
    text: reasoningText(item),
    opaque: encrypted === undefined ? undefined : { mint: context.mint, form: 'encrypted', data: encrypted },
    id: asString(item['id']),
  };
}

/** The call in an item, or `undefined` when the item is no call a client answers. */
export function decodeCallItem(item: JsonObject, context: DecodeAnswerContext): ToolCallPart | undefined {
  const id = asString(item['call_id']) ?? asString(item['id']) ?? context.newId('call_');
  const named = { name: asString(item['name']) ?? '', namespace: asString(item['namespace']) };
  switch (item['type']) {
    case 'function_call':
      return { type: 'tool-call', id, ...named, kind: 'function', input: argumentsText(item['arguments']) };
    case 'custom_tool_call':
      return { type: 'tool-call', id, ...named, kind: 'custom', input: asString(item['input']) ?? '' };
    case 'tool_search_call':
      if (item['execution'] === 'server' || typeof item['call_id'] !== 'string') return undefined;
      return {
        type: 'tool-call',
        id,
        name: toolSearchName,
        kind: 'tool_search',
        input: argumentsText(item['arguments']),
      };
    default:
      return undefined;
  }
}

/** A generated image of an `image_generation_call`, when it is there. */
export function decodeImageItem(item: JsonObject): AnswerPart | undefined {
  const result = asString(item['result']);
  if (item['type'] !== 'image_generation_call' || result === undefined) return undefined;
  if (result.startsWith('data:')) return { type: 'image', source: sourceOfUrl(result) };
  const mediaType = `image/${asString(item['output_format']) ?? 'png'}`;
  return { type: 'image', source: { kind: 'base64', mediaType, data: result } };
}

function decodeMessageParts(item: JsonObject, losses: LossSink): (TextPart | RefusalPart)[] {
  return asArray(item['content']).flatMap((entry): (TextPart | RefusalPart)[] => {
    const part = asObject(entry);
    const text = asString(part['text']);
    if (part['type'] === 'refusal') return [{ type: 'refusal', text: asString(part['refusal']) ?? '' }];
    if (text !== undefined) return [{ type: 'text', text, citations: decodeCitations(part['annotations']) }];
    losses(`output.${asString(part['type']) ?? 'content'}`, 'a content part no other dialect has');
    return [];
  });
}

function decodeItem(item: JsonObject, context: DecodeAnswerContext): AnswerPart[] {
  const type = asString(item['type']) ?? (item['content'] === undefined ? '' : 'message');
  if (type === 'message') return decodeMessageParts(item, context.losses);
  if (type === 'reasoning') return [decodeReasoningItem(item, context)];
  const part = decodeCallItem(item, context) ?? decodeImageItem(item);
  if (part !== undefined) return [part];
  recordHosted(type, context.losses);
  return [];
}

/** `called`: the answer ends in calls the client must answer. */
export function decodeFinish(response: JsonObject, called: boolean): Finish {
  const reason = asString(asObject(response['incomplete_details'])['reason']);
  const raw = reason ?? asString(response['status']);
  if (reason === 'max_output_tokens') return { reason: 'length', raw };
  if (reason === 'content_filter') return { reason: 'content_filter', raw };
  if (reason !== undefined || response['status'] === 'incomplete') return { reason: 'other', raw };
  return { reason: called ? 'tool_calls' : 'stop', raw };
}

/** Logprobs of all texts of an answer in order. */
function decodeAllLogprobs(output: readonly Json[]): TokenLogprob[] | undefined {
  const all = output.flatMap((item) =>
    asArray(asObject(item)['content']).flatMap((part) => decodeLogprobs(asObject(part)['logprobs']) ?? []),
  );
  return all.length === 0 ? undefined : all;
}

/** Throws `attempt.upstream_error` for a response that says of itself that it failed. */
export function decodeAnswer(body: JsonObject, context: DecodeAnswerContext): CanonicalResponse {
  if (body['status'] === 'failed' || body['status'] === 'cancelled' || isObject(body['error'])) {
    const error = decodeStreamError(asObject(body['error']));
    throw new GatewayError('attempt.upstream_error', error.message, { status: error.status });
  }
  const output = asArray(body['output']);
  const parts = output.filter(isObject).flatMap((item) => decodeItem(item, context));
  const counted = decodeUsage(body);
  return {
    id: asString(body['id']) ?? '',
    model: asString(body['model']) ?? '',
    createdAt: asSeconds(body['created_at']),
    parts,
    finish: decodeFinish(
      body,
      parts.some((part) => part.type === 'tool-call'),
    ),
    usage: counted?.usage,
    rawUsage: counted?.raw,
    logprobs: decodeAllLogprobs(output),
    serviceTier: asString(body['service_tier']),
  };
}

/** Builds the items of an answer: texts in a row share a message, everything else is an item of its own. */
class OutputWriter {
  readonly items: Record<string, Json>[] = [];
  readonly #context: EncodeAnswerContext;
  #content: JsonObject[] | undefined;
  #logprobs: readonly TokenLogprob[] | undefined;

  constructor(response: CanonicalResponse, context: EncodeAnswerContext) {
    this.#context = context;
    this.#logprobs = response.logprobs;
    for (const part of response.parts) this.#add(part);
  }

  #add(part: AnswerPart): void {
    const { newId, losses } = this.#context;
    switch (part.type) {
      case 'text':
        this.#text({
          type: 'output_text',
          text: part.text,
          annotations: encodeCitations(part.citations),
          logprobs: encodeLogprobs(this.#logprobs),
        });
        // They are of the whole answer and cannot be told apart by text.
        this.#logprobs = undefined;
        return;
      case 'refusal':
        this.#text({ type: 'refusal', refusal: part.text });
        return;
      case 'reasoning':
        this.#item(reasoningItem(part, reasoningId(part.id, newId), this.#context));
        return;
      case 'tool-call':
        this.#item(callItem(part, newId(callIdPrefix[part.kind]), 'completed'));
        return;
      case 'image':
        if (part.source.kind === 'base64') this.#item(imageItem(part.source.data, newId('ig_')));
        else losses('image', 'the Responses API answers with images only as data');
        return;
      case 'audio':
        losses('audio', 'the Responses API answers with no sound');
    }
  }

  #text(part: JsonObject): void {
    if (this.#content === undefined) {
      this.#content = [];
      const id = this.#context.newId('msg_');
      this.items.push({ id, type: 'message', status: 'completed', role: 'assistant', content: this.#content });
    }
    this.#content.push(part);
  }

  #item(item: JsonObject): void {
    this.#content = undefined;
    this.items.push(compact(item) as Record<string, Json>);
  }
}

/** A generated image as the item OpenAI's own image tool leaves. */
export function imageItem(data: string, id: string): JsonObject {
  return { id, type: 'image_generation_call', status: 'completed', result: data };
}

export function encodeAnswer(response: CanonicalResponse, context: EncodeAnswerContext): JsonObject {
  const { items } = new OutputWriter(response, context);
  const ending = endingOf(
    response.finish,
    response.parts.some((part) => part.type === 'refusal'),
  );
  const last = items.at(-1);
  if (last?.['status'] !== undefined) last['status'] = ending.lastItem;
  return responseObject(
    {
      id: responseId(response.id, context.newId),
      model: context.model === '' ? response.model : context.model,
      createdAt: response.createdAt ?? context.createdAt,
      serviceTier: response.serviceTier,
    },
    echoOf(context.clientBody),
    { status: ending.status, details: ending.details, output: items, usage: encodeUsage(response.usage) },
  );
}
