/** Errors in OpenAI's words (https://platform.openai.com/docs/guides/error-codes). */
import type { ErrorKind } from '../../../../shared/errors/codes.ts';
import type { CanonicalError, Json, JsonObject } from '../canonical.ts';
import { asArray, asNumber, asObject, asString, isObject, sseData } from '../dialect.ts';
import { nonEmpty } from './message-fields.ts';

const types: Readonly<Record<ErrorKind, string>> = {
  invalid_request: 'invalid_request_error',
  authentication: 'authentication_error',
  permission: 'permission_error',
  not_found: 'not_found_error',
  too_large: 'invalid_request_error',
  rate_limit: 'rate_limit_error',
  overloaded: 'server_error',
  timeout: 'server_error',
  server: 'server_error',
};

/** Statuses for the words of OpenAI and its relatives, where an error comes without one: inside a stream. */
const statusOfWord: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  context_length_exceeded: 400,
  authentication_error: 401,
  invalid_api_key: 401,
  permission_error: 403,
  not_found_error: 404,
  model_not_found: 404,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  tokens: 429,
  requests: 429,
  insufficient_quota: 429,
  server_error: 500,
  internal_server_error: 500,
  overloaded_error: 503,
  service_unavailable: 503,
  service_unavailable_error: 503,
};

export function kindOfStatus(status: number): ErrorKind {
  if (status === 401) return 'authentication';
  if (status === 403 || status === 402) return 'permission';
  if (status === 404) return 'not_found';
  if (status === 413) return 'too_large';
  if (status === 429) return 'rate_limit';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 503 || status === 529) return 'overloaded';
  return status >= 500 ? 'server' : 'invalid_request';
}

/** OpenAI's own code for what its clients look for; ours otherwise. */
function codeOf(error: CanonicalError): string | null {
  if (error.code === 'route.model_not_found') return 'model_not_found';
  if (error.code === 'read.previous_response_not_found') return 'previous_response_not_found';
  if (error.code === 'admit.key_invalid' || error.code === 'admit.key_missing') return 'invalid_api_key';
  return error.code ?? null;
}

function errorObject(error: CanonicalError, requestId: string): JsonObject {
  return {
    message: error.message,
    type: types[error.kind],
    param: error.param ?? null,
    code: codeOf(error),
    ...(requestId === '' ? {} : { request_id: requestId }),
  };
}

export function encodeError(error: CanonicalError, requestId: string): JsonObject {
  return { error: errorObject(error, requestId) };
}

/** A chunk that holds an error: OpenAI's SDK throws at it, and no `[DONE]` may follow. */
export function encodeStreamError(error: CanonicalError, requestId: string): string {
  return sseData(encodeError(error, requestId));
}

const isErrorStatus = (status: number | undefined): status is number =>
  status !== undefined && status >= 400 && status < 600;

/** An error object of OpenAI's shape. `status` is the answer's; without one the error's own code or word counts. */
function decodeErrorObject(status: number | undefined, error: JsonObject): CanonicalError {
  const { code } = error;
  const word = nonEmpty(code) ?? nonEmpty(error['type']);
  const own =
    asNumber(code) ??
    asNumber(error['status']) ??
    (typeof code === 'string' && /^\d{3}$/.test(code) ? Number(code) : undefined);
  const worded = [code, error['type']]
    .map((one) => (typeof one === 'string' && Object.hasOwn(statusOfWord, one) ? statusOfWord[one] : undefined))
    .find((one) => one !== undefined);
  const settled = [status, own, worded].find(isErrorStatus) ?? 502;
  // OpenRouter wraps the words of the provider behind it.
  const raw = nonEmpty(asObject(error['metadata'])['raw'])?.slice(0, maxCut);
  const message = messageOf(error) ?? 'The provider reported an error.';
  return {
    status: settled,
    kind: kindOfStatus(settled),
    message: raw === undefined ? message : `${message}: ${raw}`,
    code: word,
    param: asString(error['param']),
  };
}

/** The sentence in an error: OpenAI's `message`, FastAPI's `detail`, a list of either. */
function messageOf(error: JsonObject): string | undefined {
  const found = error['message'] ?? error['detail'] ?? error['msg'];
  if (isObject(found)) return messageOf(found);
  const listed = asArray(found)
    .map((one) => asString(one) ?? messageOf(asObject(one)))
    .filter((one) => one !== undefined);
  return listed.length > 0 ? listed.join('; ') : nonEmpty(found);
}

/** What a chunk says went wrong: `error` as object or text, an `event: error`, vLLM's `object: error`, or a choice that failed. */
export function errorInChunk(name: string, chunk: JsonObject): CanonicalError | undefined {
  const error =
    chunk['error'] ??
    asArray(chunk['choices'])
      .map((choice) => asObject(choice)['error'])
      .find(isObject);
  if (isObject(error)) return decodeErrorObject(undefined, error);
  const text = nonEmpty(error);
  if (text !== undefined) return { status: 502, kind: 'server', message: text };
  return name === 'error' || chunk['object'] === 'error' ? decodeErrorObject(undefined, chunk) : undefined;
}

/** Longest cut of an unreadable body that is shown. */
const maxCut = 500;

export function decodeError(status: number, body: string): CanonicalError {
  const settled = isErrorStatus(status) ? status : 502;
  const parsed = parse(body);
  // Google's compatible endpoint puts its error into an array.
  const first = Array.isArray(parsed) ? (parsed as readonly Json[])[0] : parsed;
  if (isObject(first)) {
    const error = first['error'];
    if (isObject(error)) return decodeErrorObject(settled, error);
    const message = nonEmpty(error) ?? messageOf(first);
    if (message !== undefined) return { ...decodeErrorObject(settled, first), message };
  }
  const text = body.trim().slice(0, maxCut);
  return {
    status: settled,
    kind: kindOfStatus(settled),
    message: text === '' ? `The provider answered ${String(status)}.` : text,
  };
}

function parse(body: string): Json | undefined {
  try {
    return JSON.parse(body) as Json;
  } catch {
    // Not JSON: the text itself is the message.
    return undefined;
  }
}
