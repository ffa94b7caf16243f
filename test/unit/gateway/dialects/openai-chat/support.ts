// What the tests of this dialect share: contexts with counted ids and collected losses, recorded bodies, and reading streams.
import type { CanonicalRequest, JsonObject, StreamPart } from '../../../../../main/gateway/dialects/canonical.ts';
import type {
  DecodeAnswerContext,
  EncodeAnswerContext,
  EncodeRequestContext,
  StreamEvent,
  TargetRules,
} from '../../../../../main/gateway/dialects/dialect.ts';
import { openaiChat } from '../../../../../main/gateway/dialects/openai-chat/openai-chat.ts';
import { GatewayError } from '../../../../../shared/errors/gateway-error.ts';
import { checkChat } from '../../../../fakes/openai-chat-spec.ts';
import { capturedBodies as bodiesOf, collectLosses, countedIds, type Losses } from '../support.ts';

export { collectLosses, type Losses };

export function decode(body: JsonObject, losses: Losses = collectLosses()): CanonicalRequest {
  return openaiChat.decodeRequest(body, {
    model: typeof body['model'] === 'string' ? body['model'] : 'm',
    stream: body['stream'] === true,
    losses: losses.sink,
    newId: countedIds(),
  });
}

/** A user's message, decoded. */
export function decodeUser(
  content: unknown,
  losses: Losses = collectLosses(),
): CanonicalRequest['messages'][number]['parts'] {
  return decode({ model: 'm', messages: [{ role: 'user', content } as JsonObject] }, losses).messages[0]?.parts ?? [];
}

/** The refusal of a client's body. */
export function refusal(body: JsonObject): GatewayError {
  try {
    decode(body);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('the body was taken');
}

export function encodeContext(rules: TargetRules = {}, losses: Losses = collectLosses()): EncodeRequestContext {
  return { mint: 'p', rules, losses: losses.sink, newId: countedIds() };
}

export const plainRequest: CanonicalRequest = {
  model: 'gpt-4.1',
  stream: false,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hello' }] }],
  tools: [],
  sampling: {},
};

/** What OpenAI itself is: knows developers, is told of efforts. */
export const openaiRules: TargetRules = {
  developerRole: true,
  reasoningParameter: 'reasoning_effort',
  maxCompletionTokens: true,
};

/** Encodes for a target of any vendor. */
export function encode(
  request: Partial<CanonicalRequest>,
  rules: TargetRules = {},
  losses: Losses = collectLosses(),
): JsonObject {
  return openaiChat.encodeRequest({ ...plainRequest, ...request }, encodeContext(rules, losses)).body;
}

/** Encodes and has the simulated OpenAI account check the body; its refusal fails the test. */
export function encodeChecked(
  request: Partial<CanonicalRequest>,
  rules: TargetRules = openaiRules,
  losses: Losses = collectLosses(),
): JsonObject {
  const body = encode(request, rules, losses);
  checkChat(body, { noModelRules: true });
  return body;
}

export function answerContext(losses: Losses = collectLosses()): DecodeAnswerContext {
  return { mint: 'p', losses: losses.sink, newId: countedIds() };
}

export function clientContext(
  request: Partial<CanonicalRequest> = {},
  losses: Losses = collectLosses(),
): EncodeAnswerContext {
  return {
    model: 'gpt-4.1',
    newId: countedIds(),
    createdAt: 1_800_000_000,
    losses: losses.sink,
    request: { ...plainRequest, ...request },
    clientBody: {},
  };
}

export function event(data: unknown, name = ''): StreamEvent {
  return { name, data: typeof data === 'string' ? data : JSON.stringify(data) };
}

/** Parts of a recorded stream, `end` included. */
export function decodeStream(chunks: readonly unknown[], losses: Losses = collectLosses()): StreamPart[] {
  const decoder = openaiChat.createStreamDecoder(answerContext(losses));
  return [...chunks.flatMap((chunk) => decoder.push(event(chunk))), ...decoder.end()];
}

export function encodeStream(
  parts: readonly StreamPart[],
  request: Partial<CanonicalRequest> = {},
  losses: Losses = collectLosses(),
): string {
  const encoder = openaiChat.createStreamEncoder(clientContext(request, losses));
  return parts.map((part) => encoder.encode(part)).join('');
}

/** The payloads of a wire text; throws on anything that is not a bare `data:` event. */
export function dataOf(wire: string): string[] {
  if (wire === '') return [];
  if (!wire.endsWith('\n\n')) throw new Error(`not whole events: ${wire}`);
  return wire
    .slice(0, -2)
    .split('\n\n')
    .map((block) => {
      if (!block.startsWith('data: ') || block.includes('\n')) throw new Error(`not a bare data event: ${block}`);
      return block.slice(6);
    });
}

/** A chunk as OpenAI sends it. */
export function chunk(delta: JsonObject, more: JsonObject = {}, outer: JsonObject = {}): JsonObject {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'gpt-4.1-2025-04-14',
    service_tier: 'default',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: null, ...more }],
    usage: null,
    ...outer,
  };
}

export const finish = (reason: string): JsonObject => chunk({}, { finish_reason: reason });

export const usageChunk: JsonObject = chunk(
  {},
  {},
  {
    choices: [],
    usage: {
      prompt_tokens: 100,
      completion_tokens: 30,
      total_tokens: 130,
      prompt_tokens_details: { cached_tokens: 40, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 12,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
  },
);

/** Parts with the pieces of one block joined. */
export function joined(parts: readonly StreamPart[]): StreamPart[] {
  const out: StreamPart[] = [];
  for (const part of parts) {
    const at = out.findLastIndex(
      (one) => one.type === part.type && 'block' in one && 'block' in part && one.block === part.block,
    );
    const last = at === -1 ? undefined : out[at];
    if (part.type === 'tool-call-delta' && last?.type === 'tool-call-delta')
      out[at] = { ...last, input: last.input + part.input };
    else if (part.type === 'text-delta' && last?.type === 'text-delta')
      out[at] = { ...last, text: last.text + part.text };
    else if (part.type === 'reasoning-delta' && last?.type === 'reasoning-delta')
      out[at] = { ...last, text: last.text + part.text };
    else if (part.type === 'refusal-delta' && last?.type === 'refusal-delta')
      out[at] = { ...last, text: last.text + part.text };
    else out.push(part);
  }
  return out;
}

/** The calls of a stream: id, name and whole input. */
export function callsOf(parts: readonly StreamPart[]): [string, string, string][] {
  return parts.flatMap((part): [string, string, string][] => {
    if (part.type !== 'tool-call-start') return [];
    const input = parts
      .map((one) => (one.type === 'tool-call-delta' && one.block === part.block ? one.input : ''))
      .join('');
    return [[part.id, part.name, input]];
  });
}

/** Bodies real clients sent to `/v1/chat/completions`. */
export const capturedBodies = (): JsonObject[] =>
  ['openai', 'ai-sdk'].flatMap((client) => bodiesOf(client, /^\/v1\/chat\/completions$/));
