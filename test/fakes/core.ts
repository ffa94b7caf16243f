// The server every simulated provider runs on: receives, records, asks the dialect, and delivers its reply with a planned fault.

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { cutByUs, deliver } from './deliver.ts';
import type { Fault } from './faults.ts';
import { tryJson } from './json.ts';
import { createMint, type Mint } from './mint.ts';
import type { PlannedTurn } from './script.ts';

export type HeaderMap = Record<string, string | readonly string[]>;

/** A reply before any fault: the body as the pieces the provider would write, one event each. */
export type Reply = { status: number; headers: HeaderMap; frames: readonly Uint8Array[]; streamed: boolean };

/** Thrown by a dialect to answer with the provider's own error. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: HeaderMap;
  constructor(status: number, body: unknown, headers: HeaderMap = {}) {
    super(`${status}: ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export type Incoming = {
  method: string;
  /** Path without `basePath` and query, as sent (still encoded). */
  path: string;
  /** Path and query as sent. */
  url: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  rawHeaders: readonly (readonly [string, string])[];
  body: Buffer;
  /** The parsed body, undefined when it is not JSON. */
  json: unknown;
};

export type Dialect = {
  /** The provider's own answer. Throws Refusal. */
  answer(request: Incoming, planned: PlannedTurn | undefined): Reply;
  /** What the provider writes into a running stream when it fails half-way. */
  errorFrame(request: Incoming): Uint8Array;
};

export type DialectContext = { mint: Mint; key: string | undefined; models: readonly string[] | undefined };

export type CommonOptions = {
  /** The only key accepted; without it any non-empty key is. */
  key?: string;
  /** Known models; without it any name is known. */
  models?: readonly string[];
  /** What signatures and ids are minted with. Default: random, so that no other fake accepts them. */
  secret?: string;
  /** Path prefix of all endpoints, e.g. `/api`. */
  basePath?: string;
  tls?: { key: string; cert: string };
};

export type Plan = {
  /** Which requests this plan is for; default any. */
  match?: (request: Recorded) => boolean;
  /** How many requests it serves; default 1, `Infinity` for all. */
  times?: number;
  /** Content in the dialect's own clothes; the request is still validated. */
  turn?: PlannedTurn;
  status?: number;
  headers?: HeaderMap;
  json?: unknown;
  /** Explicit SSE text, one event per item, or all in one. */
  sse?: string | readonly string[];
  body?: string | Uint8Array;
  fault?: Fault;
};

export type Done = 'complete' | 'aborted' | 'cut';

export type Recorded = Incoming & {
  /** What was answered; undefined until the head was written. */
  status: number | undefined;
  /** The provider's error body, when its validation refused the request. */
  refusal: unknown;
  /** Body bytes handed to the socket so far. */
  sentBytes: number;
  isAborted: boolean;
  /** Resolves when the client left before the exchange was over; stays pending otherwise. */
  aborted: Promise<void>;
  done: Promise<Done>;
};

export type Fake = {
  /** `http://127.0.0.1:<port>` with the base path, without a trailing slash. */
  url: string;
  port: number;
  requests: Recorded[];
  mint: Mint;
  /** Sockets open now, the most there ever were at once, and all ever accepted. */
  readonly openConnections: number;
  readonly peakConnections: number;
  readonly totalConnections: number;
  plan(...plans: Plan[]): void;
  clearPlans(): void;
  /** The next request whose body has been read in full. */
  nextRequest(): Promise<Recorded>;
  close(): Promise<void>;
};

/** Starts a server for one dialect on a free port of 127.0.0.1. */
export async function serve(options: CommonOptions, create: (context: DialectContext) => Dialect): Promise<Fake> {
  const mint = createMint(options.secret ?? randomBytes(16).toString('hex'));
  const dialect = create({ mint, key: options.key, models: options.models });
  const basePath = (options.basePath ?? '').replace(/\/$/, '');
  const requests: Recorded[] = [];
  const plans: { plan: Plan; left: number }[] = [];
  const waiting: ((request: Recorded) => void)[] = [];
  const sockets = new Set<Socket>();
  let peak = 0;
  let total = 0;

  const take = (request: Recorded): Plan | undefined => {
    const index = plans.findIndex(({ plan }) => plan.match?.(request) ?? true);
    const found = plans[index];
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left <= 0) plans.splice(index, 1);
    return found.plan;
  };

  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { recorded, settle } = record(message, response, basePath);
    requests.push(recorded);
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of message) chunks.push(chunk as Buffer);
      recorded.body = Buffer.concat(chunks);
    } catch {
      return;
    }
    recorded.json = tryJson(recorded.body.toString('utf8'));
    const plan = take(recorded);
    for (const resolve of waiting.splice(0)) resolve(recorded);
    const reply = replyTo(dialect, recorded, plan);
    recorded.status = reply.status;
    settle(
      await deliver({
        response,
        reply,
        recorded,
        fault: plan?.fault ?? {},
        errorFrame: () => dialect.errorFrame(recorded),
      }),
    );
  };

  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    handle(message, response).catch((error: unknown) => {
      // A bug in a fake must fail the test that meets it, with its reason.
      if (!response.headersSent) response.writeHead(599, { 'content-type': 'text/plain' });
      response.end(
        `the simulated provider failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    });
  };
  const server: Server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    total += 1;
    peak = Math.max(peak, sockets.size);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}${basePath}`,
    port,
    requests,
    mint,
    get openConnections() {
      return sockets.size;
    },
    get peakConnections() {
      return peak;
    },
    get totalConnections() {
      return total;
    },
    plan: (...more) => void plans.push(...more.map((plan) => ({ plan, left: plan.times ?? 1 }))),
    clearPlans: () => void plans.splice(0),
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function record(message: IncomingMessage, response: ServerResponse, basePath: string) {
  const url = message.url ?? '/';
  const [path = '/'] = url.split('?');
  const mark = url.indexOf('?');
  const raw = message.rawHeaders;
  let leave = (): void => undefined;
  let finish = (_how: Done): void => undefined;
  const recorded: Recorded = {
    method: message.method ?? 'GET',
    url,
    path: path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path,
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    ),
    rawHeaders: Array.from(
      { length: raw.length / 2 },
      (_, index) => [raw[index * 2] ?? '', raw[index * 2 + 1] ?? ''] as const,
    ),
    body: Buffer.alloc(0),
    json: undefined,
    status: undefined,
    refusal: undefined,
    sentBytes: 0,
    isAborted: false,
    aborted: new Promise((resolve) => (leave = resolve)),
    done: new Promise((resolve) => (finish = resolve)),
  };
  let over = false;
  const settle = (how: Done): void => {
    if (over) return;
    over = true;
    recorded.isAborted = how === 'aborted';
    if (how === 'aborted') leave();
    finish(how);
  };
  response.on('close', () => {
    if (!response.writableFinished && !cutByUs.has(response)) settle('aborted');
  });
  return { recorded, settle };
}

function replyTo(dialect: Dialect, recorded: Recorded, plan: Plan | undefined): Reply {
  const whole = plan === undefined ? undefined : wholeAnswer(plan);
  if (whole !== undefined) return whole;
  try {
    return dialect.answer(recorded, plan?.turn);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    recorded.refusal = error.body;
    return {
      status: error.status,
      headers: { 'content-type': 'application/json', ...error.headers },
      frames: [Buffer.from(JSON.stringify(error.body))],
      streamed: false,
    };
  }
}

function wholeAnswer(plan: Plan): Reply | undefined {
  const status = plan.status ?? 200;
  if (plan.sse !== undefined) {
    const frames = (typeof plan.sse === 'string' ? [plan.sse] : plan.sse).map((event) => Buffer.from(event));
    return {
      status,
      headers: { 'content-type': 'text/event-stream; charset=utf-8', ...plan.headers },
      frames,
      streamed: true,
    };
  }
  if (plan.json === undefined && plan.body === undefined && plan.status === undefined) return undefined;
  const bytes = plan.json === undefined ? Buffer.from(plan.body ?? '') : Buffer.from(JSON.stringify(plan.json));
  const type: HeaderMap = plan.json === undefined ? {} : { 'content-type': 'application/json' };
  return { status, headers: { ...type, ...plan.headers }, frames: [bytes], streamed: false };
}

/** A JSON reply in one piece. */
export function jsonReply(body: unknown, headers: HeaderMap = {}, status = 200): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    frames: [Buffer.from(JSON.stringify(body))],
    streamed: false,
  };
}

/** A reply that is a stream of server-sent events. */
export function sseReply(frames: readonly Uint8Array[], headers: HeaderMap = {}): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers },
    frames,
    streamed: true,
  };
}
