/** What the tests of this dialect share: contexts with counted ids and collected losses, recordings, and a strict judge of bodies. */
import { anthropicMessages } from '../../../../../main/gateway/dialects/anthropic-messages/anthropic-messages.ts';
import type {
  CanonicalMessage,
  CanonicalRequest,
  JsonObject,
  StreamPart,
} from '../../../../../main/gateway/dialects/canonical.ts';
import {
  asString,
  type DecodeAnswerContext,
  type EncodeAnswerContext,
  type EncodedRequest,
  type StreamEvent,
  type TargetRules,
} from '../../../../../main/gateway/dialects/dialect.ts';
import { checkMessages } from '../../../../fakes/anthropic-rules.ts';
import { createMint } from '../../../../fakes/mint.ts';
import { capturedBodies as bodiesOf, collectLosses, countedIds, type Losses } from '../support.ts';

export { collectLosses, type Losses };

export function decode(body: JsonObject, losses: Losses = collectLosses()): CanonicalRequest {
  return anthropicMessages.decodeRequest(body, {
    model: typeof body['model'] === 'string' ? body['model'] : 'claude-sonnet-4-5',
    stream: body['stream'] === true,
    losses: losses.sink,
    newId: countedIds(),
  });
}

/** The canonical request of a body with just these messages. */
export function decodeMessages(
  messages: readonly JsonObject[],
  losses: Losses = collectLosses(),
): readonly CanonicalMessage[] {
  return decode({ model: 'claude-sonnet-4-5', max_tokens: 10, messages }, losses).messages;
}

export const request: CanonicalRequest = {
  model: 'claude-sonnet-4-5',
  stream: false,
  messages: [],
  tools: [],
  sampling: {},
};

export function encode(
  wanted: Partial<CanonicalRequest>,
  rules: TargetRules = {},
  losses: Losses = collectLosses(),
): EncodedRequest {
  return anthropicMessages.encodeRequest(
    { ...request, ...wanted },
    { mint: 'p', rules, losses: losses.sink, newId: countedIds() },
  );
}

/** The mint of the simulated provider: its signatures are the only ones the judge takes. */
export const mint = createMint('dialect-test');

/** Throws what Anthropic would refuse this request with. */
export function judge(encoded: EncodedRequest): void {
  checkMessages(JSON.parse(JSON.stringify(encoded.body)) as Record<string, unknown>, {
    mint,
    version: '2023-06-01',
    betas: (encoded.headers?.['anthropic-beta'] ?? '').split(',').filter((beta) => beta !== ''),
    counting: false,
  });
}

export const text = (value: string): { readonly type: 'text'; readonly text: string } => ({
  type: 'text',
  text: value,
});

export function answerContext(losses: Losses = collectLosses()): DecodeAnswerContext {
  return { mint: 'p', losses: losses.sink, newId: countedIds() };
}

export function clientContext(losses: Losses = collectLosses()): EncodeAnswerContext {
  return {
    model: 'claude-sonnet-4-5',
    newId: countedIds(),
    createdAt: 1_800_000_000,
    losses: losses.sink,
    request,
    clientBody: {},
  };
}

/** An event of the provider, named by its type as Anthropic does. */
export function event(data: JsonObject): StreamEvent {
  return { name: asString(data['type']) ?? '', data: JSON.stringify(data) };
}

export function decodeStream(events: readonly JsonObject[], losses: Losses = collectLosses()): StreamPart[] {
  const decoder = anthropicMessages.createStreamDecoder(answerContext(losses));
  return [...events.flatMap((data) => decoder.push(event(data))), ...decoder.end()];
}

export function encodeStream(parts: readonly StreamPart[], losses: Losses = collectLosses()): JsonObject[] {
  const encoder = anthropicMessages.createStreamEncoder(clientContext(losses));
  return readWire(parts.map((part) => encoder.encode(part)).join(''));
}

/** Events in wire text; each must have an `event:` line that names its type. */
export function readWire(wire: string): JsonObject[] {
  return wire
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const [name, data] = block.split('\n');
      const value = JSON.parse(String(data).slice('data: '.length)) as JsonObject;
      if (name !== `event: ${asString(value['type']) ?? ''}`)
        throw new Error(`event line ${String(name)} does not match`);
      return value;
    });
}

/** Bodies a real client sent to `/v1/messages`. */
export const capturedBodies = (client: string): JsonObject[] => bodiesOf(client, /^\/v1\/messages(\?|$)/);

const start = (index: number, block: JsonObject): JsonObject => ({
  type: 'content_block_start',
  index,
  content_block: block,
});
const delta = (index: number, value: JsonObject): JsonObject => ({ type: 'content_block_delta', index, delta: value });
const stop = (index: number): JsonObject => ({ type: 'content_block_stop', index });
export const wire = { start, delta, stop };

export const messageStart: JsonObject = {
  type: 'message_start',
  message: {
    id: 'msg_01XyZ',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5-20250929',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: {
      input_tokens: 12,
      cache_creation_input_tokens: 100,
      cache_read_input_tokens: 2_000,
      cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 },
      output_tokens: 1,
      service_tier: 'standard',
    },
  },
};

/** As Anthropic streams thinking, redacted thinking, a text in odd pieces, and two calls, one of them without arguments. */
export const fullStream: readonly JsonObject[] = [
  messageStart,
  start(0, { type: 'thinking', thinking: '', signature: '' }),
  { type: 'ping' },
  delta(0, { type: 'thinking_delta', thinking: 'First ' }),
  delta(0, { type: 'thinking_delta', thinking: 'thought' }),
  delta(0, { type: 'signature_delta', signature: 'EqQBCgIYAhIM' }),
  stop(0),
  start(1, { type: 'redacted_thinking', data: 'EmwKAhgBEgy3' }),
  stop(1),
  start(2, { type: 'text', text: '' }),
  delta(2, { type: 'text_delta', text: 'héllo ' }),
  delta(2, { type: 'text_delta', text: '世' }),
  delta(2, { type: 'text_delta', text: '界 "q"\n🙂' }),
  stop(2),
  start(3, { type: 'tool_use', id: 'toolu_01A', name: 'get_weather', input: {} }),
  delta(3, { type: 'input_json_delta', partial_json: '' }),
  delta(3, { type: 'input_json_delta', partial_json: '{"cit' }),
  delta(3, { type: 'input_json_delta', partial_json: 'y":"Zür' }),
  delta(3, { type: 'input_json_delta', partial_json: 'ich"}' }),
  stop(3),
  start(4, { type: 'tool_use', id: 'toolu_01B', name: 'now', input: {} }),
  delta(4, { type: 'input_json_delta', partial_json: '' }),
  stop(4),
  { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 89 } },
  { type: 'message_stop' },
];

/** What that stream means. */
export const fullParts: readonly StreamPart[] = [
  { type: 'response-start', id: 'msg_01XyZ', model: 'claude-sonnet-4-5-20250929', serviceTier: 'default' },
  { type: 'reasoning-start', block: 0 },
  { type: 'reasoning-delta', block: 0, text: 'First ' },
  { type: 'reasoning-delta', block: 0, text: 'thought' },
  { type: 'reasoning-end', block: 0, opaque: { mint: 'p', form: 'signature', data: 'EqQBCgIYAhIM' } },
  { type: 'reasoning-start', block: 1 },
  { type: 'reasoning-end', block: 1, opaque: { mint: 'p', form: 'redacted', data: 'EmwKAhgBEgy3' } },
  { type: 'text-start', block: 2 },
  { type: 'text-delta', block: 2, text: 'héllo ' },
  { type: 'text-delta', block: 2, text: '世' },
  { type: 'text-delta', block: 2, text: '界 "q"\n🙂' },
  { type: 'text-end', block: 2 },
  { type: 'tool-call-start', block: 3, id: 'toolu_01A', name: 'get_weather', kind: 'function' },
  { type: 'tool-call-delta', block: 3, input: '{"cit' },
  { type: 'tool-call-delta', block: 3, input: 'y":"Zür' },
  { type: 'tool-call-delta', block: 3, input: 'ich"}' },
  { type: 'tool-call-end', block: 3 },
  { type: 'tool-call-start', block: 4, id: 'toolu_01B', name: 'now', kind: 'function' },
  { type: 'tool-call-end', block: 4 },
  { type: 'finish', finish: { reason: 'tool_calls', raw: 'tool_use' } },
  { type: 'response-end' },
];
