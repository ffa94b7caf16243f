/** Errors in the words of bedrock-runtime (Amazon Bedrock API reference, Converse and ConverseStream, "Errors"). */
import type { ErrorKind } from '../../../../shared/errors/codes.ts';
import { lookup } from '../../../kit/lookup.ts';
import type { CanonicalError, JsonObject } from '../canonical.ts';
import { asNumber, asString, isObject, sseEvent } from '../dialect.ts';

interface Exception {
  readonly status: number;
  readonly kind: ErrorKind;
}

/** By lower-case name: AWS writes the same exception with a capital in headers and without one in streams. */
const exceptions = lookup<Exception>({
  validationexception: { status: 400, kind: 'invalid_request' },
  serializationexception: { status: 400, kind: 'invalid_request' },
  accessdeniedexception: { status: 403, kind: 'permission' },
  unrecognizedclientexception: { status: 403, kind: 'authentication' },
  invalidsignatureexception: { status: 403, kind: 'authentication' },
  expiredtokenexception: { status: 403, kind: 'authentication' },
  resourcenotfoundexception: { status: 404, kind: 'not_found' },
  modeltimeoutexception: { status: 408, kind: 'timeout' },
  throttlingexception: { status: 429, kind: 'rate_limit' },
  servicequotaexceededexception: { status: 429, kind: 'rate_limit' },
  modelnotreadyexception: { status: 503, kind: 'overloaded' },
  serviceunavailableexception: { status: 503, kind: 'overloaded' },
  internalserverexception: { status: 500, kind: 'server' },
  modelerrorexception: { status: 502, kind: 'server' },
  modelstreamerrorexception: { status: 502, kind: 'server' },
});

const types: Readonly<Record<ErrorKind, string>> = {
  invalid_request: 'ValidationException',
  authentication: 'UnrecognizedClientException',
  permission: 'AccessDeniedException',
  not_found: 'ResourceNotFoundException',
  too_large: 'ValidationException',
  rate_limit: 'ThrottlingException',
  overloaded: 'ServiceUnavailableException',
  timeout: 'ModelTimeoutException',
  server: 'InternalServerException',
};

/** The exceptions a running stream may hold; other kinds have no event of their own. */
const streamTypes: Readonly<Partial<Record<ErrorKind, string>>> = {
  invalid_request: 'validationException',
  rate_limit: 'throttlingException',
  overloaded: 'serviceUnavailableException',
  timeout: 'modelStreamErrorException',
};

/** What AWS says in a 403 when the caller is not known, unlike when it is known and may not. */
const unknownCaller = /security token|signature|api key|access key|credential/i;

function kindOfStatus(status: number, message: string): ErrorKind {
  if (status === 401 || (status === 403 && unknownCaller.test(message))) return 'authentication';
  if (status === 403) return 'permission';
  if (status === 404) return 'not_found';
  if (status === 413) return 'too_large';
  if (status === 429) return 'rate_limit';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 503) return 'overloaded';
  // 424: the model failed, not the request.
  return status >= 500 || status === 424 ? 'server' : 'invalid_request';
}

/** `com.amazon.coral.service#ThrottlingException:http://…` → `ThrottlingException`. */
function bareName(type: string): string {
  return (type.split('#').at(-1) ?? type).split(':')[0] ?? type;
}

function messageOf(body: JsonObject): string | undefined {
  const message = asString(body['message']) ?? asString(body['Message']);
  return message === undefined || message === '' ? undefined : message;
}

export function decodeError(status: number, body: string): CanonicalError {
  try {
    const parsed: unknown = JSON.parse(body);
    const message = isObject(parsed) ? messageOf(parsed) : undefined;
    if (isObject(parsed) && message !== undefined) {
      const type = asString(parsed['__type']);
      const code = type === undefined ? undefined : bareName(type);
      return {
        status,
        kind: exceptions[code?.toLowerCase() ?? '']?.kind ?? kindOfStatus(status, message),
        message,
        code,
      };
    }
  } catch {
    // Not JSON: the text itself is the message.
  }
  const text = body.trim().slice(0, 500);
  return {
    status,
    kind: kindOfStatus(status, text),
    message: text === '' ? `The provider answered ${String(status)}.` : text,
  };
}

/** `true` for the name of an exception frame: it ends the stream. */
export function isException(name: string): boolean {
  return /(?:exception|error|failure)$/i.test(name);
}

/** An exception frame of a stream. */
export function decodeException(name: string, payload: JsonObject): CanonicalError {
  const known = exceptions[name.toLowerCase()];
  const original = asNumber(payload['originalStatusCode']);
  return {
    status: known?.status ?? 502,
    kind: known?.kind ?? 'server',
    message:
      messageOf(payload) ??
      asString(payload['originalMessage']) ??
      `The provider reported ${name === '' ? 'an error' : name} inside the stream.`,
    code: name === '' ? undefined : name,
    details: original === undefined ? undefined : { originalStatusCode: original },
  };
}

/** AWS sends the type in `x-amzn-errortype`; its clients also read `__type`, and a body is all we write here. */
export function encodeError(error: CanonicalError, requestId: string): JsonObject {
  return { __type: types[error.kind], message: error.message, ...(requestId === '' ? {} : { requestId }) };
}

export function encodeStreamError(error: CanonicalError): string {
  return sseEvent(streamTypes[error.kind] ?? 'internalServerException', { message: error.message });
}
