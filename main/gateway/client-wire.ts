/** How an answer looks on the client's wire, whatever is in it: its content type, its wrapping, and how it says that it broke. */
import type { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { ClientRequest } from './client-request.ts';
import { createArrayFraming } from './dialects/gemini/gemini.ts';
import { endingText, streamErrorText, type ErrorEnding } from './relay/bodies.ts';
import type { Framing } from './relay/relay.ts';
import { PartRestorer } from './relay/unmask-parts.ts';

export function streamContentType(client: ClientRequest): string {
  if (client.dialect.id === 'ollama') return 'application/x-ndjson';
  return wantsArray(client) ? 'application/json' : 'text/event-stream; charset=utf-8';
}

/** Gemini without `alt=sse` streams a JSON array (ai.google.dev, streamGenerateContent). */
function wantsArray(client: ClientRequest): boolean {
  return client.dialect.id === 'gemini' && client.stream && client.surface.query.get('alt') !== 'sse';
}

/** One array holds the parts of all attempts that the client gets something of; each has its own copy of the request. */
const arrays = new WeakMap<ClientRequest['keeper'], Framing>();

export function endingOf(client: ClientRequest): ErrorEnding {
  const base = { dialect: client.dialect, requestId: client.requestId };
  if (!wantsArray(client)) return base;
  let framing = arrays.get(client.keeper);
  if (framing === undefined) {
    framing = createArrayFraming();
    arrays.set(client.keeper, framing);
  }
  return { ...base, framing };
}

/**
 * The last words of a stream whose head is out and that no relay ends: nobody could answer, or go on with what broke. `tear`: the
 * client would take a clean end for the end of the answer.
 */
export function lastWords(
  client: ClientRequest,
  error: GatewayError,
): { readonly text: string; readonly tear: boolean } {
  const ending = endingOf(client);
  const { continuation } = client;
  if (continuation?.hasBegun !== true) return streamErrorText(ending, error);
  const { unmask } = client;
  const held = unmask === undefined ? [] : new PartRestorer(unmask, unmask.channels).end();
  return endingText(ending, continuation.errorText(error, held));
}
