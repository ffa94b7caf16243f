/** Errors in OpenAI's words, both ways: bodies of answers and the two events a Responses stream fails with. */
import type { ErrorKind } from '../../../../shared/errors/codes.ts';
import { lookup } from '../../../kit/lookup.ts';
import type { CanonicalError, Json, JsonObject } from '../canonical.ts';
import { asObject, asString, isObject, openaiErrorCode, sseEvent } from '../dialect.ts';

/** An unreadable body is shown to the client up to here, in characters. */
const maxShown = 500;

const kindOfStatus: Readonly<Record<number, ErrorKind>> = {
  401: 'authentication',
  403: 'permission',
  404: 'not_found',
  408: 'timeout',
  413: 'too_large',
  429: 'rate_limit',
  503: 'overloaded',
  504: 'timeout',
  529: 'overloaded',
};

function kindOf(status: number): ErrorKind {
  return kindOfStatus[status] ?? (status >= 500 ? 'server' : 'invalid_request');
}

/** OpenAI's `error.type` (platform reference, "Error codes"). */
const typeOfKind: Readonly<Record<ErrorKind, string>> = {
  invalid_request: 'invalid_request_error',
  authentication: 'authentication_error',
  permission: 'permission_error',
  not_found: 'not_found_error',
  too_large: 'invalid_request_error',
  rate_limit: 'rate_limit_error',
  overloaded: 'server_error',
  timeout: 'timeout_error',
  server: 'server_error',
};

function parse(body: string): Json | undefined {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
}

/** OpenAI's `{error: {…}}`, and what compatible servers send instead: `{error: "…"}`, `{message}`, `{detail}`. */
export function decodeError(status: number, body: string): CanonicalError {
  const root = asObject(parse(body));
  const error = isObject(root['error']) ? root['error'] : root;
  const message =
    asString(error['message']) ??
    asString(root['error']) ??
    asString(root['detail']) ??
    (body.trim() === '' ? `The provider answered ${String(status)} without a message.` : body.slice(0, maxShown));
  return {
    status,
    kind: kindOf(status),
    message,
    code: asString(error['code']) ?? asString(error['type']),
    param: asString(error['param']),
  };
}

/** The object under `error`; `code` is ours (`attempt.reset`) or the provider's own word. */
function errorObject(error: CanonicalError): JsonObject {
  return {
    message: error.message,
    type: typeOfKind[error.kind],
    param: error.param ?? null,
    code: openaiErrorCode(error.code),
  };
}

export function encodeError(error: CanonicalError, requestId: string): JsonObject {
  const details = error.details === undefined ? {} : { details: error.details as JsonObject };
  return { error: { ...errorObject(error), ...details, request_id: requestId } };
}

/**
 * The `code` inside `response.failed`. Codex stops at `invalid_prompt`, `context_length_exceeded` and `insufficient_quota` and
 * tries again at all others, so a provider's own word is kept and ours is translated.
 */
export function failedCode(error: CanonicalError): string {
  if (error.code !== undefined && !error.code.includes('.')) return error.code;
  if (error.kind === 'rate_limit') return 'rate_limit_exceeded';
  if (error.kind === 'overloaded') return 'server_is_overloaded';
  if (error.kind === 'server' || error.kind === 'timeout') return 'server_error';
  return 'invalid_prompt';
}

/**
 * Wire text of a failure: `response.failed`, which Codex and the AI SDK act on, then `error`, which makes the OpenAI SDK throw
 * where it would only hand `response.failed` on. The latter carries its facts flat, as documented, and under `error`, as sent.
 */
export function failureEvents(error: CanonicalError, response: JsonObject, sequence: number): string {
  const failed = { ...response, status: 'failed', error: { code: failedCode(error), message: error.message } };
  return (
    sseEvent('response.failed', { type: 'response.failed', sequence_number: sequence, response: failed }) +
    sseEvent('error', {
      type: 'error',
      sequence_number: sequence + 1,
      code: error.code ?? failedCode(error),
      message: error.message,
      param: error.param ?? null,
      error: errorObject(error),
    })
  );
}

/** After relayed bytes neither the response's id nor the sequence is known; no client needs them to fail. */
export function encodeStreamError(error: CanonicalError, requestId: string): string {
  const response = { id: `resp_${requestId}`, object: 'response', output: [], incomplete_details: null };
  return failureEvents(error, response, 0);
}

const statusOfCode = lookup<number>({
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  usage_not_included: 429,
  server_is_overloaded: 503,
  slow_down: 503,
  overloaded: 503,
  context_length_exceeded: 400,
  invalid_prompt: 400,
  invalid_request_error: 400,
  bio_policy: 400,
  cyber_policy: 400,
});

/** `error` of a failed response or of an `error` event. */
export function decodeStreamError(error: JsonObject): CanonicalError {
  const code = asString(error['code']) ?? asString(error['type']);
  const byCode = code === undefined ? undefined : statusOfCode[code];
  const status = byCode ?? (code?.startsWith('invalid_') === true ? 400 : 502);
  return {
    status,
    kind: kindOf(status),
    message: asString(error['message']) ?? 'The provider reported a failure without a message.',
    code,
    param: asString(error['param']),
  };
}
