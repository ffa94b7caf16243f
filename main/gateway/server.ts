/** Sockets of the data port: binding, limits, the few answers that need no key, upgrades refused, draining (SEC-01, SEC-02, SEC-60, SEC-62). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { restWhileUnconnected } from '../kit/quiet-server.ts';
import { encodeErrorFor } from './errors.ts';
import { bodyTruncated, failBody } from './read-body.ts';
import { canonicalErrorOf } from './relay/bodies.ts';

/** SEC-62: a head must be complete within this time; sockets are checked this often. */
const headersTimeoutMs = 10_000;
const checkIntervalMs = 2_000;
/** Agents keep connections between turns; a short time-out would reset them mid-thought. */
const keepAliveMs = 75_000;
const maxHeaderBytes = 16 * 1024;
/** SEC-64, per listener: ten thousand idle clients are served, a flood of them does not take every descriptor. */
const maxConnections = 16_384;
/** A socket that was told to go is gone after this time, whatever the other side does. */
const lingerMs = 2_000;

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface DataPort {
  /** `http://host:port` of each listener, the first for people. */
  readonly urls: readonly string[];
  readonly port: number;
  /** Some connection of it is open. */
  readonly isInUse: boolean;
  /** Stops accepting; open connections finish what they are at. */
  stopAccepting(): void;
  /** The same at once for other machines: their connections end, those that wait for an answer once they have it. */
  withdraw(): void;
  /** Ends every connection. */
  destroy(): void;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly handle: RequestHandler;
}

/** Names an address that could not be had. `code` is the system's, e.g. `EADDRINUSE`. */
export class BindError extends Error {
  readonly code: string;
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    super(`${host}:${String(port)} cannot be listened on (${cause.code ?? cause.message}).`, { cause });
    this.name = 'BindError';
    this.code = cause.code ?? '';
    this.host = host;
    this.port = port;
  }
}

/**
 * Listens on `host`; on `127.0.0.1` also on `[::1]` where the machine has it, else another process could take what is meant for
 * `localhost`. Rejects with `BindError` when either is taken; never half-bound.
 */
export async function listen(options: ListenOptions): Promise<DataPort> {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const first = await bind(options, options.host, options.port, sockets);
  servers.push(first);
  const port = (first.address() as AddressInfo).port;
  const urls = [`http://${hostInUrl(options.host)}:${String(port)}`];
  if (options.host === '127.0.0.1') {
    try {
      servers.push(await bind(options, '::1', port, sockets));
      urls.push(`http://[::1]:${String(port)}`);
    } catch (error) {
      // A machine without IPv6 has no [::1] that anyone could squat on.
      if (!(error instanceof BindError) || !['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(error.code)) {
        first.close();
        throw error;
      }
    }
  }
  const stopAccepting = (): void => {
    for (const server of servers) {
      server.close();
      server.closeIdleConnections();
    }
  };
  return {
    urls,
    port,
    get isInUse() {
      return sockets.size > 0;
    },
    stopAccepting,
    withdraw() {
      stopAccepting();
      for (const socket of sockets) if (!isLoopback(socket.localAddress)) dismiss(socket);
    },
    destroy() {
      for (const server of servers) server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** By the address that a socket is bound to, or by what somebody wrote for it. */
export function isLoopback(address: string | undefined): boolean {
  const host = (address ?? '').replace(/^::ffff:/, '').toLowerCase();
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function bind(options: ListenOptions, host: string, port: number, sockets: Set<Socket>): Promise<Server> {
  const handle: RequestHandler = (request, response) => {
    // Its connection ends with the answer before.
    if (dismissed.has(request.socket)) return;
    latest.set(request.socket, { request, response });
    options.handle(request, response);
  };
  const server = createServer(
    {
      insecureHTTPParser: false,
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersTimeoutMs,
      // The body has its own clocks, which know how much may be sent.
      requestTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: checkIntervalMs,
      // Counted by us, so that too many are an error and not cut off.
      requireHostHeader: false,
      noDelay: true,
      // Some HTTP libraries offer h2c with every request; an offer may be left unanswered (RFC 9110, 7.8).
      shouldUpgradeCallback: (request) => request.headers.upgrade?.trim().toLowerCase() === 'websocket',
    },
    handle,
  );
  restWhileUnconnected(server, checkIntervalMs);
  server.maxHeadersCount = 0;
  server.maxConnections = maxConnections;
  server.on('checkContinue', handle);
  // An expectation nobody knows is nothing to fail for.
  server.on('checkExpectation', handle);
  server.on('upgrade', refuseUpgrade);
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    writeAndClose(
      socket,
      new GatewayError(
        'identify.method_not_allowed',
        'CONNECT is not answered: Sluice is not a proxy for the web. Make it the base URL of the client.',
      ),
    );
  });
  server.on('clientError', onClientError);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new BindError(host, port, error));
    });
    server.listen({ host, port, exclusive: true, ipv6Only: host.includes(':') }, () => {
      resolve(server);
    });
  });
}

/** CLI-06: Codex tries a WebSocket first and falls back to HTTP at once when it is refused at once. */
function refuseUpgrade(_request: IncomingMessage, socket: Duplex): void {
  writeAndClose(
    socket,
    new GatewayError('receive.upgrade_refused', 'WebSocket is not spoken here; use HTTP with server-sent events.'),
  );
}

/** The newest request of each socket: answers leave in the order of requests, so when its answer is out, all are. */
const latest = new WeakMap<Duplex, { readonly request: IncomingMessage; readonly response: ServerResponse }>();

/** What the parser refuses: bad framing, both lengths, too large a head, too slow a head, an end in the middle. */
function onClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  // It has its answer already and is on its way out.
  if (leaving.has(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const at = latest.get(socket);
  if (at === undefined || isAnswered(at.response)) {
    writeAndClose(socket, refusalOf(error));
    return;
  }
  leaving.add(socket);
  // A body that breaks is its reader's to answer for, in the dialect of its path.
  const isCut = error.code === 'HPE_INVALID_EOF_STATE';
  if (failBody(at.request, isCut ? bodyTruncated(error) : refusalOf(error))) return;
  // What came behind a request must not be answered into the answer to it: that would look like a part of it.
  if (at.request.complete) socket.destroy();
  // Refused before its body was read, and told so already.
  else seeOff(socket).end();
}

const dismissed = new WeakSet<Duplex>();

/** Nothing more is taken from it. */
function dismiss(socket: Socket): void {
  dismissed.add(socket);
  const response = latest.get(socket)?.response;
  if (response === undefined || isAnswered(response)) socket.destroy();
  else response.once('close', () => socket.destroySoon());
}

/** All of it has been given to the socket; one that waits behind another has no socket yet. */
function isAnswered(response: ServerResponse): boolean {
  return response.writableFinished || (response.writableEnded && response.socket !== null);
}

function refusalOf(error: NodeJS.ErrnoException): GatewayError {
  if (error.code === 'HPE_HEADER_OVERFLOW') {
    return new GatewayError(
      'receive.too_many_headers',
      `The head of the request is larger than ${String(maxHeaderBytes)} bytes. Send fewer or shorter headers.`,
      { cause: error },
    );
  }
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new GatewayError(
      'receive.body_timeout',
      `The head of the request did not arrive within ${String(headersTimeoutMs / 1000)} s. Send it again.`,
      { cause: error },
    );
  }
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : (error.code ?? 'unreadable');
  return new GatewayError(
    'receive.bad_request_line',
    `This is not a valid HTTP request (${reason}). Speak HTTP/1.1 to an http:// address, not https://, with one right Content-Length.`,
    { cause: error },
  );
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  426: 'Upgrade Required',
  431: 'Request Header Fields Too Large',
};

const leaving = new WeakSet<Duplex>();

/** Nobody else listens to such a socket any more: its errors are nobody's, its end is ours to see to. */
function seeOff(socket: Duplex): Duplex {
  leaving.add(socket);
  socket.on('error', () => undefined);
  // A socket closed with bytes unread is reset, and the answer may be lost with it.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => {
    clearTimeout(timer);
  });
  return socket;
}

/** Answers on a socket where no request waits for an answer. */
function writeAndClose(socket: Duplex, error: GatewayError): void {
  const { status, code } = error;
  const body = JSON.stringify(encodeErrorFor('openai', canonicalErrorOf(error), ''));
  seeOff(socket).end(
    `HTTP/1.1 ${String(status)} ${reasons[status] ?? 'Error'}\r\ncontent-type: application/json\r\nx-sluice-error: ${code}\r\n` +
      `connection: close\r\ncontent-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`,
  );
}
