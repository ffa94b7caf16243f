/** Ollama's own API for clients that speak nothing else. A client's dialect only: Ollama servers are called as OpenAI-compatible. */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type { CanonicalError, JsonObject } from '../canonical.ts';
import { asString, isObject, type ClientDialect, type RequestFacts } from '../dialect.ts';
import type { JsonDocument } from '../document.ts';
import { encodeAnswer, OllamaStreamEncoder } from './answer.ts';
import { decodeRequest } from './request.ts';
import { survey } from './survey.ts';

function readFacts(document: JsonDocument): RequestFacts {
  const model = document.value('model');
  if (typeof model !== 'string' || model === '') {
    throw new GatewayError('read.invalid_field', 'model: expected the name of a model, e.g. "demo/echo".', {
      param: 'model',
    });
  }
  // Unlike everywhere else, streaming is what happens when nothing is said.
  return { model, stream: document.value('stream') !== false };
}

function decodeError(status: number, body: string): CanonicalError {
  let message = body.slice(0, 500);
  try {
    const parsed: unknown = JSON.parse(body);
    if (isObject(parsed)) message = asString(parsed['error']) ?? message;
  } catch {
    // Not JSON: the text is the message.
  }
  return { status, kind: status >= 500 ? 'server' : 'invalid_request', message };
}

const encodeError = (error: CanonicalError): JsonObject => ({ error: error.message });

export const ollama: ClientDialect = {
  id: 'ollama',
  family: 'ollama',
  toleratesComments: false,
  opaqueForms: [],
  readFacts,
  survey,
  decodeRequest,
  encodeAnswer,
  createStreamEncoder: (context) => new OllamaStreamEncoder(context),
  decodeError,
  encodeError,
  encodeStreamError: (error) => `${JSON.stringify(encodeError(error))}\n`,
};
