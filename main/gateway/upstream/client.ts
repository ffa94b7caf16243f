/** The only way out: HTTP requests to providers over pooled connections, with callbacks instead of streams. */
import { isIP } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
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
  /** PEM certificates that may vouch for it besides those everybody trusts; for nobody else. */
  readonly tlsCa?: string | undefined;
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
  /**
   * Drops idle connections: after sleep or a change of network they are dead. Calls that run end as if the provider had hung up where
   * `ends` says so of their origin; others finish.
   */
  dropConnections(ends?: (origin: string) => boolean): void;
  close(): Promise<void>;
}

/** Beyond this many sockets to one origin requests wait: a bound, not a target. */
const maxConnectionsPerOrigin = 1024;
/** Providers close idle connections after 60 s or more; ours close first, so that no request meets a dead one. */
const keepAliveMs = 30_000;

/** Of configs of before as well; what is pushed out is made again. */
const maxAuthorities = 100;

const aborted = new Error('aborted by us');

/** Whom TLS believes where a provider brings certificates of its own: loading them all takes milliseconds, so once each. */
class Authorities {
  readonly #known = new Map<string, { readonly id: number; readonly secureContext: SecureContext }>();
  #next = 1;

  of(tlsCa: string): { readonly id: number; readonly secureContext: SecureContext } {
    const known = this.#known.get(tlsCa);
    if (known !== undefined) return known;
    if (this.#known.size >= maxAuthorities) this.#known.clear();
    const made = {
      id: this.#next,
      secureContext: createSecureContext({ ca: [...getCACertificates('default'), tlsCa] }),
    };
    this.#next += 1;
    this.#known.set(tlsCa, made);
    return made;
  }
}

export function createUpstreamClient(): UpstreamClient {
  let pools = new Map<string, { readonly origin: string; readonly dispatcher: Dispatcher }>();

  const authorities = new Authorities();

  function poolFor(request: UpstreamRequest): Dispatcher {
    const own = request.tlsCa === undefined ? undefined : authorities.of(request.tlsCa);
    const tls = own === undefined ? {} : { secureContext: own.secureContext };
    const key = `${request.origin} ${request.proxyUrl ?? ''} ${String(request.connectMs)} ${String(request.allowPrivate)} ${String(own?.id ?? '')}`;
    let dispatcher = pools.get(key)?.dispatcher;
    if (dispatcher === undefined) {
      const options = {
        connections: maxConnectionsPerOrigin,
        pipelining: 1,
        keepAliveTimeout: keepAliveMs,
        keepAliveMaxTimeout: keepAliveMs,
        // Our own clocks decide; the client's would cut a stream that is merely quiet.
        headersTimeout: 0,
        bodyTimeout: 0,
      };
      dispatcher =
        request.proxyUrl === undefined
          ? new Pool(request.origin, {
              ...options,
              connect: { timeout: request.connectMs, lookup: checkedLookup(request.allowPrivate), ...tls },
            })
          : new ProxyAgent({
              ...options,
              ...{ uri: request.proxyUrl, proxyTunnel: true, connectTimeout: request.connectMs },
              // The proxy itself is another peer.
              requestTls: tls,
            });
      pools.set(key, { origin: request.origin, dispatcher });
    }
    return dispatcher;
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
    dropConnections(ends = () => false) {
      const old = pools;
      pools = new Map();
      // New calls connect afresh, whatever becomes of those that run.
      for (const { origin, dispatcher } of old.values())
        void (ends(origin) ? dispatcher.destroy() : dispatcher.close());
    },
    async close() {
      const old = [...pools.values()];
      pools = new Map();
      await Promise.all(old.map(({ dispatcher }) => dispatcher.destroy()));
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
