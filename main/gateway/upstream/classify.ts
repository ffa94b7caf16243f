/** What a socket or protocol error of the HTTP client means, in our codes and in words that name the mend. */
import { GatewayError, internalBug } from '../../../shared/errors/gateway-error.ts';
import type { ErrorCode } from '../../../shared/errors/codes.ts';

interface Row {
  readonly code: ErrorCode;
  /** `peer` is whom we spoke to, `detail` what the system or the HTTP client calls it. */
  readonly text: (peer: string, detail: string) => string;
}

const dns: Row = {
  code: 'attempt.dns',
  text: (_peer, name) =>
    `The name ${name} could not be resolved. Is this machine offline, or the name misspelt in base_url or proxy?`,
};
const refused: Row = {
  code: 'attempt.connect',
  text: (peer, detail) => `${peer} does not accept connections (${detail}). Is the server running and the port right?`,
};
const tunnel: Row = {
  code: 'attempt.connect',
  text: (peer, status) =>
    `${peer} cannot be reached: the proxy answered ${status}. Check the proxy and its credentials, or set proxy: direct.`,
};
const timeout: Row = {
  code: 'attempt.connect_timeout',
  text: (peer) =>
    `${peer} did not answer the connection within connect_ms. Look at network and proxy, or raise timeouts.connect_ms.`,
};
const tls: Row = {
  code: 'attempt.tls',
  text: (peer, detail) =>
    `The TLS connection to ${peer} was refused: ${detail}. A wrong clock, an http:// server behind an https:// base_url or an unknown certificate authority can cause this; give the provider's own authority as its tls_ca, and for that of a proxy that inspects TLS start Sluice with NODE_EXTRA_CA_CERTS.`,
};
const reset: Row = {
  code: 'attempt.reset',
  text: (peer) => `${peer} closed the connection before the answer was complete.`,
};
const unsent: Row = {
  code: 'attempt.connect',
  text: (peer) => `${peer} closed the connection before the request could be sent. Is it up, and the port right?`,
};
const protocol: Row = {
  code: 'attempt.protocol',
  text: (peer, detail) =>
    `${peer} sent something that is not a valid HTTP answer (${detail}). Check scheme and port of base_url.`,
};

const rows: Readonly<Record<string, Row>> = {
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
    text: (_peer, detail) => `The provider was not called: ${detail}.`,
  },
};

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return '';
}

/** Names have many ways not to resolve, and each system its own words for them. */
function unresolvedName(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || error.syscall !== 'getaddrinfo') return undefined;
  return 'hostname' in error && typeof error.hostname === 'string' ? error.hostname.slice(0, 300) : 'of the provider';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

/** OpenSSL's own reason where there is one: its messages name addresses and lines of its source. */
function tlsReason(error: unknown): string {
  if (error instanceof Error && 'reason' in error && typeof error.reason === 'string') return error.reason;
  return error instanceof Error ? error.message : String(error);
}

/** Several addresses were tried: the first reason that says something. */
function flatten(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
}

/** No route to anywhere, no network, no name server that answers: this machine's network is down, not the provider (RTE-43). */
const deadNetworkCodes: ReadonlySet<string> = new Set(['ENETUNREACH', 'ENETDOWN', 'EAI_AGAIN']);

/** Of several addresses all must have failed so: that one family has no route is nothing special. */
function isDeadNetwork(error: unknown): boolean {
  const errors = error instanceof AggregateError && error.errors.length > 0 ? (error.errors as unknown[]) : [error];
  return errors.every((one) => deadNetworkCodes.has(codeOf(one)));
}

/** What undici's parser refuses carries no code of its own, or one that says no more than "socket". */
function isNoHttp(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'HTTPParserError' || error.name === 'AssertionError' || error.message === 'bad upgrade')
  );
}

/** The status with which a proxy refused to open a tunnel; undici has it in its message alone. */
function proxyStatus(error: unknown): string | undefined {
  return error instanceof Error ? /^Proxy response \((\d+)\)/.exec(error.message)?.[1] : undefined;
}

function rowOf(error: unknown, code: string): Row {
  if (isNoHttp(error)) return protocol;
  const known = rows[code];
  if (known !== undefined) return known;
  if (code.startsWith('HPE_')) return protocol;
  return code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') ? tls : reset;
}

/**
 * Maps an error of the HTTP client. `peer` is for the text: where the call went, without a credential. `isSent`: the request
 * was on its way, so that a broken connection does not tell whether it was served.
 */
export function classifyTransportError(error: unknown, peer: string, isSent = true): GatewayError {
  if (error instanceof GatewayError) return error;
  const inner = flatten(error);
  const code = codeOf(inner);
  const name = unresolvedName(inner);
  const options = { cause: error, ...(isDeadNetwork(error) ? { details: { deadNetwork: true } } : {}) };
  if (name !== undefined) return new GatewayError(dns.code, dns.text(peer, name), options);
  const status = proxyStatus(inner);
  if (status !== undefined) return new GatewayError(tunnel.code, tunnel.text(peer, status), { cause: error });
  // What the client would not even send is a request we made wrongly.
  if (code === 'UND_ERR_INVALID_ARG') return internalBug('calling the provider', error);
  const found = rowOf(inner, code);
  const row = found === reset && !isSent ? unsent : found;
  return new GatewayError(row.code, row.text(peer, detailOf(row, inner, code)), options);
}

function detailOf(row: Row, error: unknown, code: string): string {
  if (row === tls) return tlsReason(error);
  if (code === 'ADDRESS_REFUSED') return error instanceof Error ? error.message : code;
  return code === '' ? nameOf(error) : code;
}
