/** One bounded HTTP request to a bundle's host: where it may go, which way, and what its failures are called (BND-50). */
import { request as plainRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent, request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { openTunnel, TunnelError } from './tunnel.ts';

export interface TransportLimits {
  /** Until the connection stands, TLS included. */
  readonly connectMs: number;
  /** From the first step to the last byte, all ways and redirects together. */
  readonly totalMs: number;
  /** On average, once `graceMs` of an answer have passed. */
  readonly minBytesPerS: number;
  readonly graceMs: number;
}

/** BND-50. */
export const defaultLimits: TransportLimits = {
  connectMs: 10_000,
  totalMs: 30_000,
  minBytesPerS: 1_024,
  graceMs: 4_000,
};

export interface Route {
  /** The proxy that the system prescribes for an origin. */
  readonly proxyFor: (origin: string) => string | undefined;
  /** Never round a proxy that is prescribed. */
  readonly proxyOnly: boolean;
  /** Certificates in PEM that are trusted besides Node's own. Default: those of the system. */
  readonly authorities?: (() => readonly string[]) | undefined;
}

export interface SendRequest extends Route {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly connectMs: number;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

type Why = 'dns' | 'tls' | 'refused' | 'timeout' | 'proxy' | 'protocol' | 'network';

/** Sent by name alone: neither version nor system are its host's business. */
const anonymous = 'Sluice';

/** Resumes TLS sessions, which saves most of the bytes of a look; holds no connection between two of them. */
const agent = new Agent({ keepAlive: false, maxCachedSessions: 64 });

/** HTTPS, or plain HTTP to this machine. Throws `bundle.not_allowed`. */
export function webAddress(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw new GatewayError('bundle.not_allowed', `"${text.slice(0, 200)}" is not an address.`);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url)))
    throw new GatewayError(
      'bundle.not_allowed',
      `${placeOf(url)} is not reached over HTTPS. Publish it there; plain HTTP is for this machine alone.`,
    );
  if (url.username !== '' || url.password !== '')
    throw new GatewayError(
      'bundle.not_allowed',
      `The address of ${placeOf(url)} holds a password. Take it out, and name a token instead.`,
    );
  return url;
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** For messages: without a query, which may hold a signature. */
export function placeOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/**
 * Resolves with the head of the answer. Where the prescribed proxy does not lead there, once more directly, unless `proxyOnly`. Rejects
 * with `bundle.unreachable`, or with what the signal was aborted with.
 */
export async function send(request: SendRequest): Promise<IncomingMessage> {
  const { url, signal } = request;
  const proxy = isLoopback(url) ? undefined : request.proxyFor(url.origin);
  if (proxy === undefined) return await attempt(request, undefined);
  try {
    return await attempt(request, proxy);
  } catch (first) {
    signal.throwIfAborted();
    if (request.proxyOnly || !(first instanceof GatewayError)) throw first;
    try {
      return await attempt(request, undefined);
    } catch (second) {
      signal.throwIfAborted();
      if (!(second instanceof GatewayError)) throw second;
      const { message, details = {} } = second;
      throw new GatewayError('bundle.unreachable', `${message} Before that: ${first.message}`, {
        ...{ cause: second, children: [first, second], details },
      });
    }
  }
}

async function attempt(request: SendRequest, proxy: string | undefined): Promise<IncomingMessage> {
  try {
    return await exchange(request, proxy, systemContext.made);
  } catch (error) {
    request.signal.throwIfAborted();
    // Most hosts have a certificate that Node knows: those of the system, which take a while to load, are for the others.
    if (!isUnknownIssuer(error) || systemContext.made !== undefined) throw problemOf(error, request.url);
  }
  try {
    return await exchange(request, proxy, systemContext.of(request.authorities ?? systemAuthorities));
  } catch (error) {
    request.signal.throwIfAborted();
    throw problemOf(error, request.url);
  }
}

async function exchange(
  { url, method, headers, body, connectMs, signal }: SendRequest,
  proxy: string | undefined,
  secureContext: SecureContext | undefined,
): Promise<IncomingMessage> {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const late = new AbortController();
  const both = AbortSignal.any([signal, late.signal]);
  const timer = setTimeout(() => late.abort(new ConnectTimeout(connectMs)), connectMs);
  const tls = { host: hostname, servername: isIP(hostname) === 0 ? hostname : '', secureContext };
  try {
    const way: RequestOptions =
      proxy === undefined
        ? { ...tls, ...(url.protocol === 'https:' ? { agent } : { agent: false }) }
        : through(await openTunnel({ proxy, hostname, port, signal: both }), tls);
    return await new Promise((resolve, reject) => {
      const asked = (url.protocol === 'https:' ? secureRequest : plainRequest)({
        ...way,
        ...{ method, host: hostname, port, path: `${url.pathname}${url.search}`, signal: both },
        headers: {
          ...{ host: url.host, 'user-agent': anonymous, 'accept-encoding': 'identity', ...headers },
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        },
      });
      asked.on('socket', (socket) => {
        // The connection stands: from here on the total counts.
        socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(timer));
      });
      asked.on('response', resolve);
      asked.on('error', (error) => reject(late.signal.aborted ? (late.signal.reason as Error) : error));
      asked.end(body);
    });
  } catch (error) {
    throw late.signal.aborted ? (late.signal.reason as Error) : error;
  } finally {
    clearTimeout(timer);
  }
}

class ConnectTimeout extends Error {
  constructor(ms: number) {
    super(`no connection stood after ${String(Math.ceil(ms / 1_000))} s`);
    this.name = 'ConnectTimeout';
  }
}

function through(
  tunnel: Duplex,
  tls: { readonly host: string; readonly servername: string; readonly secureContext: SecureContext | undefined },
): RequestOptions {
  return { createConnection: () => connectTls({ ...tls, socket: tunnel }) };
}

// ---------------------------------------------------------------- whom TLS believes

/** One for the whole process: loading the certificates of a system takes tens of milliseconds. */
const systemContext = {
  made: undefined as SecureContext | undefined,
  of(authorities: () => readonly string[]): SecureContext {
    const context = createSecureContext({ ca: [...new Set([...getCACertificates('default'), ...authorities()])] });
    if (authorities === systemAuthorities) this.made = context;
    return context;
  },
};

function systemAuthorities(): readonly string[] {
  try {
    return getCACertificates('system');
  } catch {
    // A system whose store cannot be read: Node's own certificates are left.
    return [];
  }
}

const unknownIssuer = new Set([
  ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ...['SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
]);

function isUnknownIssuer(error: unknown): boolean {
  return unknownIssuer.has(codeOf(error) ?? '');
}

// ---------------------------------------------------------------- what failures are called

function codeOf(error: unknown): string | undefined {
  const first = error instanceof AggregateError ? ((error.errors as unknown[])[0] ?? error) : error;
  const code = (first as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

const names: Readonly<Record<string, readonly [Why, string]>> = {
  ENOTFOUND: ['dns', 'its name is not known here. Check the address and the network'],
  EAI_AGAIN: ['dns', 'its name could not be looked up. Check the network'],
  ECONNREFUSED: ['refused', 'it refused the connection'],
  ECONNRESET: ['network', 'it hung up'],
  EPIPE: ['network', 'it hung up'],
  ETIMEDOUT: ['timeout', 'it did not take the connection in time'],
  EHOSTUNREACH: ['network', 'there is no way to it. Check the network'],
  ENETUNREACH: ['network', 'there is no way to it. Check the network'],
  CERT_HAS_EXPIRED: ['tls', 'its certificate expired. Whoever runs it must renew it'],
  CERT_NOT_YET_VALID: ['tls', 'its certificate is not valid yet. Check the clock of this machine'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls', 'its certificate is for another name'],
};

/** What kept it from being reached, as `bundle.unreachable`. */
export function problemOf(error: unknown, url: URL): GatewayError {
  if (error instanceof GatewayError) return error;
  const [why, text] = reasonOf(error);
  return new GatewayError('bundle.unreachable', `${url.host} was not reached: ${text}.`, {
    ...{ cause: error, details: { reason: why, host: url.host, code: codeOf(error) } },
  });
}

function reasonOf(error: unknown): readonly [Why, string] {
  if (error instanceof TunnelError) return ['proxy', error.message];
  if (error instanceof ConnectTimeout) return ['timeout', error.message];
  const code = codeOf(error) ?? '';
  const known = names[code];
  if (known !== undefined) return known;
  if (isUnknownIssuer(error))
    return ['tls', 'nobody this machine trusts vouches for its certificate. Install the certificate of its issuer'];
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO' || /CERT|CRL/.test(code))
    return ['tls', `it does not speak TLS as it should (${code})`];
  if (code.startsWith('HPE_')) return ['protocol', `it does not speak HTTP as it should (${code})`];
  return ['network', code === '' ? 'the connection failed' : `the connection failed (${code})`];
}
