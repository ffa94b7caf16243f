/** Errors in Anthropic's words (https://platform.claude.com/docs/en/api/errors). */
import type { ErrorKind } from '../../../../shared/errors/codes.ts';
import { lookup } from '../../../kit/lookup.ts';
import type { CanonicalError, JsonObject } from '../canonical.ts';
import { asObject, asString, isObject, sseEvent } from '../dialect.ts';

const types: Readonly<Record<ErrorKind, string>> = {
  invalid_request: 'invalid_request_error',
  authentication: 'authentication_error',
  permission: 'permission_error',
  not_found: 'not_found_error',
  too_large: 'request_too_large',
  rate_limit: 'rate_limit_error',
  overloaded: 'overloaded_error',
  timeout: 'timeout_error',
  server: 'api_error',
};

/** What each of Anthropic's types means, and the status it comes with when it is not inside a stream. */
const meanings = lookup<{ readonly kind: ErrorKind; readonly status: number }>({
  invalid_request_error: { kind: 'invalid_request', status: 400 },
  authentication_error: { kind: 'authentication', status: 401 },
  billing_error: { kind: 'permission', status: 402 },
  permission_error: { kind: 'permission', status: 403 },
  not_found_error: { kind: 'not_found', status: 404 },
  request_too_large: { kind: 'too_large', status: 413 },
  rate_limit_error: { kind: 'rate_limit', status: 429 },
  api_error: { kind: 'server', status: 500 },
  timeout_error: { kind: 'timeout', status: 504 },
  overloaded_error: { kind: 'overloaded', status: 529 },
});

function kindOfStatus(status: number): ErrorKind {
  if (status === 401) return 'authentication';
  if (status === 403 || status === 402) return 'permission';
  if (status === 404) return 'not_found';
  if (status === 413) return 'too_large';
  if (status === 429) return 'rate_limit';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 503 || status === 529) return 'overloaded';
  return status >= 500 ? 'server' : 'invalid_request';
}

/** `details` is where Anthropic's SDK looks for `error_code` of message threads. */
function errorBody(error: CanonicalError, requestId: string): JsonObject {
  const details =
    error.details === undefined ? {} : { details: JSON.parse(JSON.stringify(error.details)) as JsonObject };
  return {
    type: 'error',
    error: { type: types[error.kind], message: error.message, ...details },
    ...(requestId === '' ? {} : { request_id: requestId }),
  };
}

export function encodeError(error: CanonicalError, requestId: string): JsonObject {
  return errorBody(error, requestId);
}

export function encodeStreamError(error: CanonicalError, requestId: string): string {
  return sseEvent('error', errorBody(error, requestId));
}

/** The `error` object of a body or of an `error` event; `status` is undefined inside a stream, where only the type tells it. */
export function decodeErrorObject(status: number | undefined, error: JsonObject): CanonicalError {
  const type = asString(error['type']);
  const meaning = type === undefined ? undefined : meanings[type];
  const known = status ?? meaning?.status ?? 502;
  return {
    status: known,
    kind: meaning?.kind ?? kindOfStatus(known),
    message: asString(error['message']) ?? 'The provider reported an error.',
    code: type,
    ...(isObject(error['details']) ? { details: error['details'] } : {}),
  };
}

export function decodeError(status: number, body: string): CanonicalError {
  try {
    const parsed: unknown = JSON.parse(body);
    // Vertex AI wraps its own errors in an array.
    const object = Array.isArray(parsed) ? (parsed as unknown[])[0] : parsed;
    if (isObject(object)) {
      const error = object['error'];
      if (isObject(error)) return decodeErrorObject(status, error);
      const message =
        asString(error) ??
        asString(object['message']) ??
        asString(object['detail']) ??
        asString(asObject(object['detail'])['message']);
      if (message !== undefined) return { status, kind: kindOfStatus(status), message };
    }
  } catch {
    // Not JSON: the text itself is the message.
  }
  const text = body.trim().slice(0, 500);
  return {
    status,
    kind: kindOfStatus(status),
    message: text === '' ? `The provider answered ${String(status)}.` : text,
  };
}
