/** Whole Chat Completions answers, both ways. */
import type { CanonicalResponse, Citation, Finish, FinishReason, Json, JsonObject, TokenLogprob } from '../canonical.ts';
import { asArray, asNumber, asObject, asString, isObject, type DecodeAnswerContext, type EncodeAnswerContext } from '../dialect.ts';
import { inputOf } from './decode-request.ts';
import { decodeUsage, encodeUsage } from './usage.ts';

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'refusal',
};

export function decodeFinish(raw: string | undefined, hasCalls: boolean): Finish {
  const reason = raw === undefined ? 'other' : (finishReasons[raw] ?? 'other');
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

/** Readable reasoning under any of the names vendors use. */
export function reasoningOf(source: JsonObject): string {
  const plain = asString(source['reasoning_content']) ?? asString(source['reasoning']);
  if (plain !== undefined) return plain;
  return asArray(source['reasoning_details'])
    .map((detail) => asString(asObject(detail)['text']) ?? asString(asObject(detail)['summary']) ?? '')
    .join('');
}

export function decodeAnswer(body: JsonObject, context: DecodeAnswerContext): CanonicalResponse {
  const choice = asObject(asArray(body['choices'])[0]);
  const message = asObject(choice['message']);
  const parts: CanonicalResponse['parts'][number][] = [];
  const reasoning = reasoningOf(message);
  if (reasoning !== '') parts.push({ type: 'reasoning', text: reasoning });
  const text = textOf(message['content']);
  if (text !== '') parts.push({ type: 'text', text, citations: citationsOf(message['annotations']) });
  const refusal = asString(message['refusal']);
  if (refusal !== undefined && refusal !== '') parts.push({ type: 'refusal', text: refusal });
  for (const entry of asArray(message['tool_calls']).map(asObject)) {
    const called = asObject(entry['function'] ?? entry['custom']);
    const signature = asString(asObject(asObject(entry['extra_content'])['google'])['thought_signature']);
    parts.push({
      type: 'tool-call',
      id: asString(entry['id']) ?? context.newId('call_'),
      name: asString(called['name']) ?? '',
      kind: entry['type'] === 'custom' ? 'custom' : 'function',
      input: entry['type'] === 'custom' ? (asString(called['input']) ?? '') : inputOf(called['arguments']),
      opaque: signature === undefined ? undefined : { mint: context.mint, form: 'thought_signature', data: signature },
    });
  }
  const raw = body['usage'];
  if (asArray(body['choices']).length > 1) context.losses('n', 'only the first of several answers crosses');
  return {
    id: asString(body['id']) ?? context.newId('chatcmpl-'),
    model: asString(body['model']) ?? '',
    createdAt: asNumber(body['created']),
    parts,
    finish: decodeFinish(asString(choice['finish_reason']), parts.some((part) => part.type === 'tool-call')),
    usage: isObject(raw) ? decodeUsage(raw) : undefined,
    rawUsage: isObject(raw) ? raw : undefined,
    logprobs: logprobsOf(choice['logprobs']),
    serviceTier: asString(body['service_tier']),
  };
}

/** Mistral and others answer with parts. */
export function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  return asArray(content)
    .map((part) => asString(asObject(part)['text']) ?? '')
    .join('');
}

export function citationsOf(annotations: Json | undefined): readonly Citation[] | undefined {
  const found = asArray(annotations).flatMap((one): Citation[] => {
    const citation = asObject(asObject(one)['url_citation']);
    if (citation['url'] === undefined) return [];
    return [{ url: asString(citation['url']), title: asString(citation['title']), startIndex: asNumber(citation['start_index']), endIndex: asNumber(citation['end_index']) }];
  });
  return found.length === 0 ? undefined : found;
}

export function encodeCitations(citations: readonly Citation[]): Json[] {
  return citations
    .filter((one) => one.url !== undefined)
    .map((one) => ({
      type: 'url_citation',
      url_citation: { url: one.url, title: one.title ?? '', start_index: one.startIndex ?? 0, end_index: one.endIndex ?? 0 },
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
  return content.map((entry) => ({ ...one(asObject(entry)), top: asArray(asObject(entry)['top_logprobs']).map((top) => one(asObject(top))) }));
}

export function encodeLogprobs(logprobs: readonly TokenLogprob[] | undefined): Json {
  if (logprobs === undefined) return null;
  const one = (entry: TokenLogprob): JsonObject => ({ token: entry.token, logprob: entry.logprob, bytes: entry.bytes ?? null });
  return { content: logprobs.map((entry) => ({ ...one(entry), top_logprobs: (entry.top ?? []).map(one) })), refusal: null };
}

export function encodeAnswer(response: CanonicalResponse, context: EncodeAnswerContext): JsonObject {
  const text = response.parts.filter((part) => part.type === 'text');
  const reasoning = response.parts.filter((part) => part.type === 'reasoning').map((part) => part.text).join('');
  const refusal = response.parts.filter((part) => part.type === 'refusal').map((part) => part.text).join('');
  const calls = response.parts.filter((part) => part.type === 'tool-call');
  const citations = encodeCitations(text.flatMap((part) => part.citations ?? []));
  for (const part of response.parts) if (part.type === 'image' || part.type === 'audio') context.losses(part.type, 'Chat Completions answers hold text only');
  const message: JsonObject = {
    role: 'assistant',
    content: text.length > 0 ? text.map((part) => part.text).join('') : calls.length > 0 || refusal !== '' ? null : '',
    refusal: refusal === '' ? null : refusal,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(citations.length === 0 ? {} : { annotations: citations }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map((call) =>
            call.kind === 'custom'
              ? { id: call.id, type: 'custom', custom: { name: call.name, input: call.input } }
              : { id: call.id, type: 'function', function: { name: call.name, arguments: call.input } },
          ),
        }),
  };
  return {
    id: response.id === '' ? context.newId('chatcmpl-') : response.id,
    object: 'chat.completion',
    created: response.createdAt ?? context.createdAt,
    model: response.model === '' ? context.model : response.model,
    choices: [{ index: 0, message, logprobs: encodeLogprobs(response.logprobs), finish_reason: encodeFinish(response.finish) }],
    ...(response.usage === undefined ? {} : { usage: encodeUsage(response.usage) }),
    ...(response.serviceTier === undefined ? {} : { service_tier: response.serviceTier }),
  };
}
