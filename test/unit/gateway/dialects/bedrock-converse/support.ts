/** What the tests of this dialect share: contexts with counted ids, collected losses, Bedrock's own judge, and a stream's events. */
import type {
  CanonicalMessage,
  CanonicalRequest,
  JsonObject,
  StreamPart,
} from '../../../../../main/gateway/dialects/canonical.ts';
import type {
  DecodeAnswerContext,
  EncodeAnswerContext,
  StreamEvent,
  TargetRules,
} from '../../../../../main/gateway/dialects/dialect.ts';
import { bedrockConverse } from '../../../../../main/gateway/dialects/bedrock-converse/bedrock-converse.ts';
import { checkConverse } from '../../../../fakes/bedrock-rules.ts';
import { Refusal } from '../../../../fakes/core.ts';
import { createMint } from '../../../../fakes/mint.ts';
import { collectLosses, countedIds, type Losses } from '../support.ts';

export { collectLosses, countedIds, type Losses };

export const sonnet = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
export const nova = 'amazon.nova-lite-v1:0';
export const mint = createMint('bedrock test account');

export function decode(body: JsonObject, losses: Losses = collectLosses()): CanonicalRequest {
  return bedrockConverse.decodeRequest(body, { model: sonnet, stream: true, losses: losses.sink, newId: countedIds() });
}

export function encode(
  request: CanonicalRequest,
  rules: TargetRules = {},
  losses: Losses = collectLosses(),
): JsonObject {
  return bedrockConverse.encodeRequest(request, { mint: 'p', rules, losses: losses.sink, newId: countedIds() }).body;
}

/** The refusal Bedrock would answer with, or nothing. */
export function refusalOf(body: JsonObject, model: string = sonnet): string | undefined {
  try {
    checkConverse(JSON.parse(JSON.stringify(body)) as Record<string, unknown>, model, mint);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

/** Encodes and has Bedrock judge it. */
export function accepted(
  request: CanonicalRequest,
  rules: TargetRules = {},
  losses: Losses = collectLosses(),
): JsonObject {
  const body = encode(request, rules, losses);
  const refusal = refusalOf(body, request.model);
  if (refusal !== undefined) throw new Error(refusal);
  return body;
}

export const emptyRequest: CanonicalRequest = { model: sonnet, stream: true, messages: [], tools: [], sampling: {} };

export function requestOf(
  messages: readonly CanonicalMessage[],
  rest: Partial<CanonicalRequest> = {},
): CanonicalRequest {
  return { ...emptyRequest, messages, ...rest };
}

export function user(text: string): CanonicalMessage {
  return { role: 'user', parts: [{ type: 'text', text }] };
}

export function call(id: string, name = 'search', input = '{}'): CanonicalMessage {
  return { role: 'assistant', parts: [{ type: 'tool-call', id, name, kind: 'function', input }] };
}

export function result(callId: string, text: string, isError?: boolean): CanonicalMessage {
  return {
    role: 'tool',
    parts: [{ type: 'tool-result', callId, kind: 'function', isError, parts: [{ type: 'text', text }] }],
  };
}

export const searchTool = {
  kind: 'function',
  name: 'search',
  description: 'Searches',
  parameters: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
} as const;

export function answerContext(losses: Losses = collectLosses()): DecodeAnswerContext {
  return { mint: 'p', losses: losses.sink, newId: countedIds() };
}

export function clientContext(losses: Losses = collectLosses()): EncodeAnswerContext {
  return {
    model: sonnet,
    newId: countedIds(),
    createdAt: 1_800_000_000,
    losses: losses.sink,
    request: emptyRequest,
    clientBody: {},
  };
}

export function event(name: string, data: JsonObject): StreamEvent {
  return { name, data: JSON.stringify(data) };
}

export function decodeStream(events: readonly StreamEvent[], losses: Losses = collectLosses()): StreamPart[] {
  const decoder = bedrockConverse.createStreamDecoder(answerContext(losses));
  return [...events.flatMap((one) => decoder.push(one)), ...decoder.end()];
}

export function encodeStream(parts: readonly StreamPart[], losses: Losses = collectLosses()): StreamEvent[] {
  const encoder = bedrockConverse.createStreamEncoder(clientContext(losses));
  return readWire(parts.map((part) => encoder.encode(part)).join(''));
}

/** Events in wire text. */
export function readWire(wire: string): StreamEvent[] {
  return wire
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const [name, data] = block.split('\n');
      return { name: String(name).slice('event: '.length), data: String(data).slice('data: '.length) };
    });
}

/** As ConverseStream answers with signed reasoning, a text in odd pieces with padding, and two parallel calls. */
export const fullStream: readonly StreamEvent[] = [
  event('messageStart', { role: 'assistant', p: 'abcdef' }),
  event('contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'First, ' } }, p: 'abc' }),
  event('contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'think.' } }, p: 'abcd' }),
  event('contentBlockDelta', {
    contentBlockIndex: 0,
    delta: { reasoningContent: { signature: 'EqQBCkYIBRgC' } },
    p: 'abcde',
  }),
  event('contentBlockStop', { contentBlockIndex: 0 }),
  event('contentBlockDelta', {
    contentBlockIndex: 1,
    delta: { reasoningContent: { redactedContent: 'cmVkYWN0ZWQ=' } },
  }),
  event('contentBlockStop', { contentBlockIndex: 1 }),
  event('contentBlockDelta', { contentBlockIndex: 2, delta: { text: 'Größe 東' } }),
  event('contentBlockDelta', { contentBlockIndex: 2, delta: { text: '' } }),
  event('contentBlockDelta', { contentBlockIndex: 2, delta: { text: '京 🗼' } }),
  event('contentBlockStop', { contentBlockIndex: 2 }),
  event('contentBlockStart', { contentBlockIndex: 3, start: { toolUse: { toolUseId: 'tooluse_a', name: 'weather' } } }),
  event('contentBlockDelta', { contentBlockIndex: 3, delta: { toolUse: { input: '' } } }),
  event('contentBlockDelta', { contentBlockIndex: 3, delta: { toolUse: { input: '{"ci' } } }),
  event('contentBlockDelta', { contentBlockIndex: 3, delta: { toolUse: { input: 'ty":"Zür' } } }),
  event('contentBlockDelta', { contentBlockIndex: 3, delta: { toolUse: { input: 'ich"}' } } }),
  event('contentBlockStop', { contentBlockIndex: 3 }),
  event('contentBlockStart', { contentBlockIndex: 4, start: { toolUse: { toolUseId: 'tooluse_b', name: 'now' } } }),
  event('contentBlockStop', { contentBlockIndex: 4 }),
  event('messageStop', { stopReason: 'tool_use' }),
  event('metadata', {
    usage: {
      inputTokens: 12,
      outputTokens: 40,
      totalTokens: 1052,
      cacheReadInputTokens: 900,
      cacheWriteInputTokens: 100,
      cacheDetails: [{ ttl: '1h', inputTokens: 60 }],
    },
    metrics: { latencyMs: 1200 },
  }),
];
