/** Google's errors (`{error: {code, message, status, details}}`, google.rpc.Status in JSON), both ways. */
import type { ErrorKind } from '../../../../shared/errors/codes.ts';
import type { CanonicalError, Json, JsonObject } from '../canonical.ts';
import { asArray, asNumber, asObject, asString, isObject, sseData } from '../dialect.ts';

/** google.rpc.Code names and what they mean to us, with the HTTP status Google maps them to. */
const rpcCodes: Readonly<Record<string, { readonly kind: ErrorKind; readonly status: number }>> = {
  INVALID_ARGUMENT: { kind: 'invalid_request', status: 400 },
  FAILED_PRECONDITION: { kind: 'invalid_request', status: 400 },
  OUT_OF_RANGE: { kind: 'invalid_request', status: 400 },
  UNAUTHENTICATED: { kind: 'authentication', status: 401 },
  PERMISSION_DENIED: { kind: 'permission', status: 403 },
  NOT_FOUND: { kind: 'not_found', status: 404 },
  ALREADY_EXISTS: { kind: 'invalid_request', status: 409 },
  ABORTED: { kind: 'server', status: 409 },
  RESOURCE_EXHAUSTED: { kind: 'rate_limit', status: 429 },
  CANCELLED: { kind: 'server', status: 499 },
  INTERNAL: { kind: 'server', status: 500 },
  UNKNOWN: { kind: 'server', status: 500 },
  DATA_LOSS: { kind: 'server', status: 500 },
  UNIMPLEMENTED: { kind: 'invalid_request', status: 501 },
  UNAVAILABLE: { kind: 'overloaded', status: 503 },
  DEADLINE_EXCEEDED: { kind: 'timeout', status: 504 },
};

function isRpcCode(code: string): boolean {
  return Object.hasOwn(rpcCodes, code);
}

const rpcOfKind: Readonly<Record<ErrorKind, string>> = {
  invalid_request: 'INVALID_ARGUMENT',
  authentication: 'UNAUTHENTICATED',
  permission: 'PERMISSION_DENIED',
  not_found: 'NOT_FOUND',
  too_large: 'INVALID_ARGUMENT',
  rate_limit: 'RESOURCE_EXHAUSTED',
  overloaded: 'UNAVAILABLE',
  timeout: 'DEADLINE_EXCEEDED',
  server: 'INTERNAL',
};

function kindOfStatus(status: number): ErrorKind {
  if (status === 401) return 'authentication';
  if (status === 403) return 'permission';
  if (status === 404) return 'not_found';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 413) return 'too_large';
  if (status === 429) return 'rate_limit';
  if (status === 503 || status === 529) return 'overloaded';
  return status >= 400 && status < 500 ? 'invalid_request' : 'server';
}

const typePrefix = 'type.googleapis.com/google.rpc.';

function detailOf(details: readonly Json[], name: string): JsonObject {
  return asObject(details.find((one) => asObject(one)['@type'] === typePrefix + name));
}

/** The `error` object of a body or of a stream chunk. Without a known status of the answer its own `code` counts. */
export function errorOfBody(error: JsonObject, status: number | undefined): CanonicalError {
  const word = asString(error['status']);
  const known = word !== undefined && isRpcCode(word) ? rpcCodes[word] : undefined;
  const code = asNumber(error['code']);
  const ownStatus = code !== undefined && code >= 400 && code <= 599 ? code : known?.status;
  const settled = status ?? ownStatus ?? 502;
  const details = asArray(error['details']);
  const info = detailOf(details, 'ErrorInfo');
  const isKeyBad = info['reason'] === 'API_KEY_INVALID' || info['reason'] === 'API_KEY_EXPIRED';
  const violation = asObject(asArray(detailOf(details, 'BadRequest')['fieldViolations'])[0]);
  const delay = /^(\d+(?:\.\d+)?)s$/.exec(asString(detailOf(details, 'RetryInfo')['retryDelay']) ?? '')?.[1];
  return {
    status: settled,
    kind: isKeyBad ? 'authentication' : settled === 413 ? 'too_large' : (known?.kind ?? kindOfStatus(settled)),
    message: asString(error['message']) ?? `The provider answered with status ${String(settled)}.`,
    code: word,
    param: asString(violation['field']),
    retryAfterS: delay === undefined ? undefined : Math.ceil(Number(delay)),
    details: details.length === 0 ? undefined : { details },
  };
}

/** Longest cut of an unreadable body that is shown. */
const maxCut = 300;

export function decodeError(status: number, body: string): CanonicalError {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    value = undefined;
  }
  // A stream asked for without `alt=sse` answers its error inside an array.
  const first: unknown = Array.isArray(value) ? (value as readonly unknown[])[0] : value;
  if (isObject(first) && isObject(first['error'])) return errorOfBody(first['error'], status);
  const cut = body.trim().slice(0, maxCut);
  const message = cut === '' ? `The provider answered with status ${String(status)} and no text.` : cut;
  return { status, kind: kindOfStatus(status), message };
}

export function encodeError(error: CanonicalError, requestId: string): JsonObject {
  const { status, message, code, param, retryAfterS } = error;
  const own = isObject(error.details) ? asArray(error.details['details']) : [];
  const made: JsonObject[] = [
    ...(code === undefined || isRpcCode(code)
      ? []
      : [
          {
            '@type': `${typePrefix}ErrorInfo`,
            reason: code.toUpperCase().replace(/[^A-Z0-9]+/g, '_'),
            domain: 'sluice',
            metadata: { code },
          },
        ]),
    ...(param === undefined
      ? []
      : [{ '@type': `${typePrefix}BadRequest`, fieldViolations: [{ field: param, description: message }] }]),
    ...(retryAfterS === undefined
      ? []
      : [{ '@type': `${typePrefix}RetryInfo`, retryDelay: `${String(retryAfterS)}s` }]),
  ];
  const kind = error.kind === 'server' ? kindOfStatus(status) : error.kind;
  const word = code !== undefined && isRpcCode(code) ? code : rpcOfKind[kind];
  const details = own.length > 0 ? own : made;
  const request = requestId === '' ? [] : [{ '@type': `${typePrefix}RequestInfo`, requestId }];
  return { error: { code: status, message, status: word, details: [...details, ...request] } };
}

/** An event without a name: `data: {"error": …}`, as Google sends it. */
export function encodeStreamError(error: CanonicalError, requestId: string): string {
  return sseData(encodeError(error, requestId));
}
