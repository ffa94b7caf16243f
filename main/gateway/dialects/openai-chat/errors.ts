/** Errors in OpenAI's words (https://platform.openai.com/docs/guides/error-codes). */
import type { ErrorKind } from '../../../../shared/errors/codes.ts';
import type { CanonicalError, JsonObject } from '../canonical.ts';
import { asObject, asString, isObject, openaiErrorCode, sseData } from '../dialect.ts';

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

export function errorObject(error: CanonicalError): JsonObject {
  return { message: error.message, type: types[error.kind], param: error.param ?? null, code: openaiErrorCode(error.code) };
}

export function encodeError(error: CanonicalError, requestId: string): JsonObject {
  return requestId === '' ? { error: errorObject(error) } : { error: { ...errorObject(error), request_id: requestId } };
}

export function encodeStreamError(error: CanonicalError): string {
  return sseData({ error: errorObject(error) });
}

export function decodeErrorObject(status: number, error: JsonObject): CanonicalError {
  const code = error['code'];
  const known = status >= 400 && status < 600 ? status : 502;
  return {
    status: known,
    kind: kindOfStatus(known),
    message: asString(error['message']) ?? 'The provider reported an error.',
    code: typeof code === 'string' ? code : asString(error['type']),
    param: asString(error['param']),
  };
}

export function decodeError(status: number, body: string): CanonicalError {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isObject(parsed)) {
      const error = parsed['error'];
      if (isObject(error)) return decodeErrorObject(status, error);
      const message = asString(error) ?? asString(parsed['message']) ?? asString(parsed['detail']) ?? asString(asObject(parsed['detail'])['message']);
      if (message !== undefined) return { status, kind: kindOfStatus(status), message };
    }
  } catch {
    // Not JSON: the text itself is the message.
  }
  const text = body.trim().slice(0, 500);
  return { status, kind: kindOfStatus(status), message: text === '' ? `The provider answered ${String(status)}.` : text };
}
