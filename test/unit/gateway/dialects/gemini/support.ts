// Contexts, recorded bodies and stream helpers for the tests of the Gemini room.
import type { CanonicalRequest, JsonObject, StreamPart } from '../../../../../main/gateway/dialects/canonical.ts';
import type {
  DecodeAnswerContext,
  DecodeRequestContext,
  EncodeAnswerContext,
  EncodeRequestContext,
  StreamDecoder,
  TargetRules,
} from '../../../../../main/gateway/dialects/dialect.ts';
import { gemini } from '../../../../../main/gateway/dialects/gemini/gemini.ts';
import { checkGenerate } from '../../../../fakes/gemini-rules.ts';
import { camelized, generateBody } from '../../../../fakes/gemini-spec.ts';
import { dict } from '../../../../fakes/json.ts';
import { createMint } from '../../../../fakes/mint.ts';
import { captured, collectLosses, countedIds, type Losses } from '../support.ts';

export { collectLosses, type Losses };

export function decodeContext(losses: Losses = collectLosses(), stream = false): DecodeRequestContext {
  return { model: 'gemini-2.5-flash', stream, losses: losses.sink, newId: countedIds() };
}

export function encodeContext(rules: TargetRules = {}, losses: Losses = collectLosses()): EncodeRequestContext {
  return { mint: 'google', rules, losses: losses.sink, newId: countedIds() };
}

export function answerContext(losses: Losses = collectLosses()): DecodeAnswerContext {
  return { mint: 'google', losses: losses.sink, newId: countedIds() };
}

export const plainRequest: CanonicalRequest = {
  model: 'gemini-2.5-flash',
  stream: true,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hello' }] }],
  tools: [],
  sampling: {},
};

/** A model with the rules of Gemini 3. */
export const gemini3 = { model: 'gemini-3.8-flash' } as const;

export function clientContext(
  request: Partial<CanonicalRequest> = {},
  losses: Losses = collectLosses(),
): EncodeAnswerContext {
  return {
    model: 'gemini-2.5-flash',
    newId: countedIds(),
    createdAt: 1_790_000_000,
    losses: losses.sink,
    request: { ...plainRequest, ...request },
    clientBody: {},
  };
}

export function decode(body: JsonObject, losses: Losses = collectLosses()): CanonicalRequest {
  return gemini.decodeRequest(body, decodeContext(losses));
}

/** Encodes for a target and has the simulated Google account check the body; its refusal fails the test. */
export function encode(
  request: Partial<CanonicalRequest>,
  rules: TargetRules = {},
  losses: Losses = collectLosses(),
): JsonObject {
  const whole = { ...plainRequest, ...request };
  const { body } = gemini.encodeRequest(whole, encodeContext(rules, losses));
  const spec = generateBody(false);
  checkGenerate(dict(camelized(body, spec)), spec, whole.model, false, anySignature);
  return body;
}

/** Takes every signature for its own: which ones it minted is not what is tested here. */
const anySignature = { ...createMint('seed'), isThoughtSignature: () => true };

export interface Recorded {
  readonly path: string;
  readonly body: JsonObject;
}

export const recorded = (client: string): Recorded[] =>
  captured(client, /./).map(({ path, body }) => ({ path, body: body ?? {} }));

/** Parts of a recorded stream, `end` included. */
export function decodeStream(chunks: readonly unknown[], losses: Losses = collectLosses()): StreamPart[] {
  const decoder = gemini.createStreamDecoder(answerContext(losses));
  return [...chunks.flatMap((chunk) => push(decoder, chunk)), ...decoder.end()];
}

function push(decoder: StreamDecoder, chunk: unknown): StreamPart[] {
  return decoder.push({ name: '', data: typeof chunk === 'string' ? chunk : JSON.stringify(chunk) });
}

/** The JSON of every event in a wire text; throws on anything that is not a bare `data:` event. */
export function eventsOf(wire: string): JsonObject[] {
  if (wire === '') return [];
  if (!wire.endsWith('\n\n')) throw new Error(`not whole events: ${wire}`);
  return wire
    .slice(0, -2)
    .split('\n\n')
    .map((event) => {
      if (!event.startsWith('data: ') || event.includes('\n')) throw new Error(`not a bare data event: ${event}`);
      return JSON.parse(event.slice(6)) as JsonObject;
    });
}

export function encodeStream(
  parts: readonly StreamPart[],
  request: Partial<CanonicalRequest> = {},
  losses: Losses = collectLosses(),
): string {
  const encoder = gemini.createStreamEncoder(clientContext(request, losses));
  return parts.map((part) => encoder.encode(part)).join('');
}
