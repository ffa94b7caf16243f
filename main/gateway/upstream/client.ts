/** The only way out: HTTP requests to providers over pooled connections, with callbacks instead of streams. */
import { isIP } from 'node:net';
import { Pool, ProxyAgent, type Dispatcher } from 'undici';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { addressRefusal, checkedLookup } from './addresses.ts';
import { classifyTransportError } from './classify.ts';

export type HeadMap = Readonly<Record<string, string | string[] | undefined>>;

export interface UpstreamRequest {
  /** `https://host[:port]`. */
  readonly origin: string;
  /** Of `origin`, without brackets. */
  readonly hostname: string;
  readonly method: 'GET' | 'POST';
  /** Path with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  readonly connectMs: number;
  /** Loopback and private addresses may be called. */
  readonly allowPrivate: boolean;
  /** `undefined` for a direct connection. */
  readonly proxyUrl: string | undefined;
}

export interface UpstreamHandler {
  onHead(status: number, headers: HeadMap): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  /** Once, instead of `onEnd`; never after `abort`. */
  onError(error: GatewayError): void;
}

/** One running call. */
export interface UpstreamCall {
  pause(): void;
  resume(): void;
  /** Closes the connection at once; no callback follows. */
  abort(): void;
}

export interface UpstreamClient {
  send(request: UpstreamRequest, handler: UpstreamHandler): UpstreamCall;
  /** Drops idle connections: after sleep or a change of network they are dead. */
  dropConnections(): void;
  close(): Promise<void>;
}

/** Beyond this many sockets to one origin requests wait: a bound, not a target. */
const maxConnectionsPerOrigin = 1024;
/** Providers close idle connections after 60 s or more; ours close first, so that no request meets a dead one. */
const keepAliveMs = 30_000;

const aborted = new Error('aborted by us');

export function createUpstreamClient(): UpstreamClient {
  let pools = new Map<string, Dispatcher>();

  function poolFor(request: UpstreamRequest): Dispatcher {
    const key = `${request.origin} ${request.proxyUrl ?? ''} ${String(request.connectMs)} ${String(request.allowPrivate)}`;
    let pool = pools.get(key);
    if (pool === undefined) {
      const options = {
        connections: maxConnectionsPerOrigin,
        pipelining: 1,
        keepAliveTimeout: keepAliveMs,
        keepAliveMaxTimeout: keepAliveMs,
        // Our own clocks decide; the client's would cut a stream that is merely quiet.
        headersTimeout: 0,
        bodyTimeout: 0,
      };
      pool =
        request.proxyUrl === undefined
          ? new Pool(request.origin, {
              ...options,
              connect: { timeout: request.connectMs, lookup: checkedLookup(request.allowPrivate) },
            })
          : new ProxyAgent({ ...options, uri: request.proxyUrl, proxyTunnel: true, connectTimeout: request.connectMs });
      pools.set(key, pool);
    }
    return pool;
  }

  return {
    send(request, handler) {
      const call = new Call(handler, peerOf(request));
      const refusal = isIP(request.hostname) === 0 ? undefined : addressRefusal(request.hostname, request.allowPrivate);
      if (refusal !== undefined) {
        queueMicrotask(() => {
          call.refuse(new GatewayError('attempt.address_blocked', `The provider was not called: ${refusal}.`));
        });
        return call;
      }
      poolFor(request).dispatch(
        {
          origin: request.origin,
          path: request.path,
          method: request.method,
          headers: request.headers,
          body: request.body ?? null,
        },
        call,
      );
      return call;
    },
    dropConnections() {
      const old = pools;
      pools = new Map();
      // Running calls finish on their old sockets; new ones connect afresh.
      for (const pool of old.values()) void pool.close();
    },
    async close() {
      const old = [...pools.values()];
      pools = new Map();
      await Promise.all(old.map((pool) => pool.destroy()));
    },
  };
}

/** Whom a call speaks to, for the texts of its errors. */
function peerOf({ origin, proxyUrl }: UpstreamRequest): string {
  const host = origin.slice(origin.indexOf('//') + 2);
  // The host alone: the address of a proxy may hold its password.
  return proxyUrl === undefined ? host : `${host} (through the proxy ${new URL(proxyUrl).host})`;
}

class Call implements UpstreamCall, Dispatcher.DispatchHandler {
  readonly #handler: UpstreamHandler;
  readonly #peer: string;
  #controller: Dispatcher.DispatchController | undefined;
  #done = false;

  constructor(handler: UpstreamHandler, peer: string) {
    this.#handler = handler;
    this.#peer = peer;
  }

  pause(): void {
    if (!this.#done) this.#controller?.pause();
  }

  resume(): void {
    if (!this.#done) this.#controller?.resume();
  }

  abort(): void {
    if (this.#done) return;
    this.#done = true;
    this.#controller?.abort(aborted);
  }

  refuse(error: GatewayError): void {
    if (this.#done) return;
    this.#done = true;
    this.#handler.onError(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Aborted while it waited for a connection.
    if (this.#done) controller.abort(aborted);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: HeadMap): void {
    // 1xx answers are swallowed (FAULT-17).
    if (this.#done || status < 200) return;
    this.#handler.onHead(status, headers);
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController): void {
    controller.abort(aborted);
    this.refuse(
      new GatewayError(
        'attempt.protocol',
        `${this.#peer} answered with a protocol upgrade that was not asked for. Look at what answers at base_url.`,
      ),
    );
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#done) this.#handler.onData(chunk);
  }

  onResponseEnd(): void {
    if (this.#done) return;
    this.#done = true;
    this.#handler.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#done) return;
    this.#done = true;
    // A request starts when there is a connection for it: a proxy that dies first has not passed it on.
    this.#handler.onError(classifyTransportError(error, this.#peer, this.#controller !== undefined));
  }
}
