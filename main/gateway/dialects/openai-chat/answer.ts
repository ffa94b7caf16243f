/** Whole Chat Completions answers, both ways. */
import type {
  CanonicalResponse,
  Citation,
  Finish,
  FinishReason,
  ImagePart,
  Json,
  JsonObject,
  TokenLogprob,
  ToolCallPart,
} from '../canonical.ts';
import {
  asArray,
  asNumber,
  asSeconds,
  asObject,
  asString,
  isObject,
  type DecodeAnswerContext,
  type EncodeAnswerContext,
} from '../dialect.ts';
import { sourceOfUrl } from './decode-messages.ts';
import { inputOf, nonEmpty, reasoningOf, signatureOf, textOf } from './message-fields.ts';
import { decodeUsage, encodeUsage } from './usage.ts';

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  safety: 'content_filter',
  refusal: 'refusal',
};

export function decodeFinish(raw: string | undefined, hasCalls: boolean): Finish {
  const reason = raw === undefined || !Object.hasOwn(finishReasons, raw) ? 'other' : (finishReasons[raw] ?? 'other');
  // Some servers say "stop" after tool calls; a client's loop must go on.
  return { reason: hasCalls && (reason === 'stop' || reason === 'other') ? 'tool_calls' : reason, raw };
}

export function encodeFinish(finish: Finish): string {
  switch (finish.reason) {
    case 'length':
    case 'tool_calls':
    case 'content_filter':
      return finish.reason;
    case 'refusal':
      return 'content_filter';
    default:
      return 'stop';
  }
}

export function decodeAnswer(body: JsonObject, context: DecodeAnswerContext): CanonicalResponse {
  const choices = asArray(body['choices']).map(asObject);
  if (choices.length > 1) context.losses('n', 'only the first of several answers crosses');
  const choice = choices[0] ?? {};
  const message = asObject(choice['message']);
  const parts: CanonicalResponse['parts'][number][] = [];
  const reasoning = reasoningOf(message);
  if (reasoning !== '') parts.push({ type: 'reasoning', text: reasoning });
  const text = textOf(message['content']);
  if (text !== '') parts.push({ type: 'text', text, citations: citationsOf(message['annotations']) });
  const refusal = nonEmpty(message['refusal']);
  if (refusal !== undefined) parts.push({ type: 'refusal', text: refusal });
  parts.push(...imagesOf(message));
  if (isObject(message['audio'])) context.losses('audio', 'a spoken answer cannot cross');
  const calls = decodeCalls(message, context);
  const raw = body['usage'];
  return {
    id: nonEmpty(body['id']) ?? context.newId('chatcmpl-'),
    model: asString(body['model']) ?? '',
    createdAt: asSeconds(body['created']),
    parts: [...parts, ...calls],
    finish: decodeFinish(nonEmpty(choice['finish_reason']), calls.length > 0),
    usage: isObject(raw) ? decodeUsage(raw, body['service_tier']) : undefined,
    rawUsage: isObject(raw) ? raw : undefined,
    logprobs: logprobsOf(choice['logprobs']),
    serviceTier: asString(body['service_tier']),
  };
}

function decodeCalls(message: JsonObject, context: DecodeAnswerContext): ToolCallPart[] {
  const entries = asArray(message['tool_calls']).map(asObject);
  const legacy = message['function_call'];
  if (entries.length === 0 && isObject(legacy)) entries.push({ function: legacy });
  const taken = new Set<string>();
  return entries.flatMap((entry): ToolCallPart[] => {
    const called = asObject(entry['function'] ?? entry['custom']);
    const name = nonEmpty(called['name']);
    if (name === undefined) {
      context.losses('tool_calls', 'a tool call without a name cannot cross');
      return [];
    }
    const isCustom = entry['type'] === 'custom';
    const given = nonEmpty(entry['id']);
    const id = given === undefined || taken.has(given) ? context.newId('call_') : given;
    taken.add(id);
    const signature = signatureOf(entry);
    return [
      {
        type: 'tool-call',
        id,
        name,
        kind: isCustom ? 'custom' : 'function',
        input: isCustom ? (asString(called['input']) ?? '') : inputOf(called['arguments']),
        opaque:
          signature === undefined ? undefined : { mint: context.mint, form: 'thought_signature', data: signature },
      },
    ];
  });
}

/** Generated images as OpenRouter and its followers answer them. */
export function imagesOf(message: JsonObject): ImagePart[] {
  return asArray(message['images']).flatMap((entry): ImagePart[] => {
    const url = nonEmpty(asObject(asObject(entry)['image_url'])['url']);
    return url === undefined ? [] : [{ type: 'image', source: sourceOfUrl(url) }];
  });
}

export function citationsOf(annotations: Json | undefined): readonly Citation[] | undefined {
  const found = asArray(annotations).flatMap((one): Citation[] => {
    const citation = asObject(asObject(one)['url_citation']);
    if (citation['url'] === undefined) return [];
    return [
      {
        url: asString(citation['url']),
        title: asString(citation['title']),
        startIndex: asNumber(citation['start_index']),
        endIndex: asNumber(citation['end_index']),
      },
    ];
  });
  return found.length === 0 ? undefined : found;
}

export function encodeCitations(citations: readonly Citation[]): Json[] {
  return citations
    .filter((one) => one.url !== undefined)
    .map((one) => ({
      type: 'url_citation',
      url_citation: {
        url: one.url,
        title: one.title ?? '',
        start_index: one.startIndex ?? 0,
        end_index: one.endIndex ?? 0,
      },
    }));
}

export function logprobsOf(value: Json | undefined): readonly TokenLogprob[] | undefined {
  const content = asArray(asObject(value)['content']);
  if (content.length === 0) return undefined;
  const one = (entry: JsonObject): TokenLogprob => ({
    token: asString(entry['token']) ?? '',
    logprob: asNumber(entry['logprob']) ?? 0,
    bytes: Array.isArray(entry['bytes']) ? (entry['bytes'] as readonly number[]) : undefined,
  });
  return content.map((entry) => ({
    ...one(asObject(entry)),
    top: asArray(asObject(entry)['top_logprobs']).map((top) => one(asObject(top))),
  }));
}

export function encodeLogprobs(logprobs: readonly TokenLogprob[] | undefined): Json {
  if (logprobs === undefined) return null;
  const one = (entry: TokenLogprob): JsonObject => ({
    token: entry.token,
    logprob: entry.logprob,
    bytes: entry.bytes ?? null,
  });
  return {
    content: logprobs.map((entry) => ({ ...one(entry), top_logprobs: (entry.top ?? []).map(one) })),
    refusal: null,
  };
}

export function encodeAnswer(response: CanonicalResponse, context: EncodeAnswerContext): JsonObject {
  const text = response.parts.filter((part) => part.type === 'text');
  const reasoning = response.parts
    .filter((part) => part.type === 'reasoning')
    .map((part) => part.text)
    .join('');
  const refusal = response.parts
    .filter((part) => part.type === 'refusal')
    .map((part) => part.text)
    .join('');
  const calls = response.parts.filter((part) => part.type === 'tool-call');
  const citations = encodeCitations(text.flatMap((part) => part.citations ?? []));
  for (const part of response.parts)
    if (part.type === 'image' || part.type === 'audio')
      context.losses(part.type, 'Chat Completions answers hold text only');
  const message: JsonObject = {
    role: 'assistant',
    content: text.length > 0 ? text.map((part) => part.text).join('') : calls.length > 0 || refusal !== '' ? null : '',
    refusal: refusal === '' ? null : refusal,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(citations.length === 0 ? {} : { annotations: citations }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(encodeCall) }),
  };
  return {
    id: response.id === '' ? context.newId('chatcmpl-') : response.id,
    object: 'chat.completion',
    created: response.createdAt ?? context.createdAt,
    model: response.model === '' ? context.model : response.model,
    choices: [
      { index: 0, message, logprobs: encodeLogprobs(response.logprobs), finish_reason: encodeFinish(response.finish) },
    ],
    ...(response.usage === undefined ? {} : { usage: encodeUsage(response.usage) }),
    ...(response.serviceTier === undefined ? {} : { service_tier: response.serviceTier }),
  };
}

function encodeCall(call: ToolCallPart): JsonObject {
  if (call.kind === 'custom') return { id: call.id, type: 'custom', custom: { name: call.name, input: call.input } };
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.input === '' ? '{}' : call.input },
  };
}
