/** What a socket or protocol error of the HTTP client means, in our codes and in words that name the mend. */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { ErrorCode } from '../../../shared/errors/codes.ts';

interface Row {
  readonly code: ErrorCode;
  readonly text: (host: string, detail: string) => string;
}

const dns: Row = {
  code: 'attempt.dns',
  text: (host) =>
    `The name ${host} could not be resolved. Is this machine offline, or the provider's base_url misspelt?`,
};
const refused: Row = {
  code: 'attempt.connect',
  text: (host, detail) => `${host} does not accept connections (${detail}). Is the server running and the port right?`,
};
const timeout: Row = {
  code: 'attempt.connect_timeout',
  text: (host) =>
    `${host} did not answer the connection within connect_ms. Look at network and proxy, or raise timeouts.connect_ms.`,
};
const tls: Row = {
  code: 'attempt.tls',
  text: (host, detail) =>
    `The TLS connection to ${host} was refused: ${detail}. A wrong clock, an http:// server behind an https:// base_url or an unknown certificate authority can cause this; for the authority of a proxy that inspects TLS start Sluice with NODE_EXTRA_CA_CERTS.`,
};
const reset: Row = {
  code: 'attempt.reset',
  text: (host) => `${host} closed the connection before the answer was complete.`,
};
const protocol: Row = {
  code: 'attempt.protocol',
  text: (host, detail) => `${host} sent something that is not a valid HTTP answer (${detail}). Check scheme and port of base_url.`,
};

const rows: Readonly<Record<string, Row>> = {
  ENOTFOUND: dns,
  EAI_AGAIN: dns,
  EAI_FAIL: dns,
  ENODATA: dns,
  ECONNREFUSED: refused,
  EHOSTUNREACH: refused,
  ENETUNREACH: refused,
  EADDRNOTAVAIL: refused,
  ECONNABORTED: reset,
  UND_ERR_CONNECT_TIMEOUT: timeout,
  ETIMEDOUT: timeout,
  CERT_HAS_EXPIRED: tls,
  CERT_NOT_YET_VALID: tls,
  CERT_UNTRUSTED: tls,
  DEPTH_ZERO_SELF_SIGNED_CERT: tls,
  SELF_SIGNED_CERT_IN_CHAIN: tls,
  UNABLE_TO_GET_ISSUER_CERT: tls,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: tls,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: tls,
  ERR_TLS_CERT_ALTNAME_INVALID: tls,
  EPROTO: tls,
  ECONNRESET: reset,
  EPIPE: reset,
  UND_ERR_SOCKET: reset,
  UND_ERR_CLOSED: reset,
  UND_ERR_DESTROYED: reset,
  UND_ERR_HEADERS_OVERFLOW: protocol,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: protocol,
  UND_ERR_RES_EXCEEDED_MAX_SIZE: protocol,
  ADDRESS_REFUSED: {
    code: 'attempt.address_blocked',
    text: (_host, detail) => `The provider was not called: ${detail}.`,
  },
};

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return '';
}

/** Names have many ways not to resolve, and each system its own words for them. */
function isLookup(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'getaddrinfo';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

/** Several addresses were tried: the first reason that says something. */
function flatten(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
}

/** What undici's parser refuses carries no code of its own, or one that says no more than "socket". */
function isNoHttp(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'HTTPParserError' || error.name === 'AssertionError' || error.message === 'bad upgrade')
  );
}

/** Maps an error of the HTTP client. `host` is for the text; it never holds a credential. */
export function classifyTransportError(error: unknown, host: string): GatewayError {
  if (error instanceof GatewayError) return error;
  const inner = flatten(error);
  const code = codeOf(inner);
  const detail = inner instanceof Error ? inner.message : String(inner);
  const row =
    (isNoHttp(inner) ? protocol : isLookup(inner) ? dns : undefined) ??
    rows[code] ??
    (code.startsWith('HPE_') ? protocol : code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') ? tls : reset);
  return new GatewayError(
    row.code,
    row.text(host, code === 'ADDRESS_REFUSED' || row === tls ? detail : code === '' ? nameOf(inner) : code),
    {
      cause: error,
    },
  );
}
