/** The paths that are ours on the data port: identity, health, readiness, process metrics, preflights. No key, no secrets, nothing spent. */
import { createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { authenticate } from './policies/authenticate.ts';
import { splitUrl } from './identify.ts';
import type { GatewayPorts, Snapshot } from './ports.ts';
import { isKnownOrigin } from './receive.ts';

export interface OwnRoutesInput {
  readonly ports: GatewayPorts;
  readonly snapshot: () => Snapshot;
  readonly isDraining: () => boolean;
  readonly runningCount: () => number;
}

export type OwnRoutes = (request: IncomingMessage, response: ServerResponse) => void;

const challengePattern = /^[A-Za-z0-9_-]{8,256}$/;

/** Whether a request is for this app; everything else goes to the life of a request. */
export function isOwnPath(method: string | undefined, path: string): boolean {
  if (method === 'OPTIONS') return true;
  if (method !== 'GET' && method !== 'HEAD') return false;
  return path === '/' || path === '/health' || path === '/ready' || path === '/metrics';
}

/** The head was checked before (Host, browser gate), preflights excepted: those carry an Origin by nature. */
export function createOwnRoutes(input: OwnRoutesInput): OwnRoutes {
  const app: Express = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/', (_request, response) => {
    response.json({ name: 'sluice', what: 'AI gateway', health: '/health', models: '/v1/models' });
  });
  app.get('/health', (request, response) => {
    const { challenge } = request.query;
    const proof =
      typeof challenge === 'string' && challengePattern.test(challenge) ? prove(input.ports, challenge) : undefined;
    response.json({ status: 'ok', name: 'sluice', ...(proof === undefined ? {} : { proof }) });
  });
  app.get('/ready', (_request, response) => {
    const ready = !input.isDraining();
    response.status(ready ? 200 : 503).json({ ready });
  });
  app.get('/metrics', (request, response, next) => {
    if (!mayReadMetrics(request, input)) {
      response.status(401).json({ error: { message: 'Metrics need a key from anywhere but this machine.' } });
      return;
    }
    metricsText(input.runningCount()).then((text) => response.type('text/plain').send(text), next);
  });
  app.use(failed(input.ports));
  // A preflight is for any path, well spelt or not: the router, which would decode it, does not see it.
  return (request, response) => {
    if (request.method === 'OPTIONS') preflight(request, response, input.snapshot());
    else app(request, response);
  };
}

/** Express's own would tell the client our stack, and stderr the path with whatever key stands in it. */
function failed(ports: GatewayPorts): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error: unknown, _request, response, _next) => {
    ports.log.error('one of our own paths failed', { error });
    if (response.headersSent) response.destroy();
    else response.status(500).json({ error: { message: 'Sluice failed on this request.' } });
  };
}

/** HMAC-SHA256 with the install key, lower-case hex (SEC-09). */
export function prove(ports: GatewayPorts, challenge: string): string {
  return createHmac('sha256', ports.installKey.reveal()).update(challenge).digest('hex');
}

function mayReadMetrics(request: IncomingMessage, input: OwnRoutesInput): boolean {
  const peer = request.socket.remoteAddress ?? '';
  if (peer === '127.0.0.1' || peer === '::1' || peer === '::ffff:127.0.0.1') return true;
  const { queryKeys } = splitUrl(request.url ?? '/');
  try {
    authenticate(
      { headers: request.headers, rawHeaders: request.rawHeaders, pathToken: undefined, queryKeys },
      input.snapshot().keys,
      input.ports.clock.now(),
    );
    return true;
  } catch {
    // Any refusal is the same refusal here.
    return false;
  }
}

interface Metrics {
  readonly running: { set(value: number): void };
  readonly text: () => Promise<string>;
}

let metrics: Promise<Metrics> | undefined;

/** Process figures only: no spend, no names of keys, people or models (SEC-01). */
async function metricsText(running: number): Promise<string> {
  metrics ??= createMetrics();
  const { running: gauge, text } = await metrics;
  gauge.set(running);
  return text();
}

/** Once for the process: each collection of the default metrics starts observers that are never stopped. */
async function createMetrics(): Promise<Metrics> {
  const { Registry, Gauge, collectDefaultMetrics } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const running = new Gauge({ name: 'sluice_exchanges_running', help: 'Exchanges in flight.', registers: [registry] });
  return { running, text: () => registry.metrics() };
}

/** SEC-06: the union of all keys' origins, never `*`, never private-network access. */
function preflight(request: IncomingMessage, response: ServerResponse, snapshot: Snapshot): void {
  const { origin } = request.headers;
  if (origin === undefined || !isKnownOrigin(origin, snapshot)) {
    response.writeHead(403, { 'content-type': 'application/json', 'x-sluice-error': 'receive.origin_not_allowed' });
    response.end('{"error":{"message":"This origin is not allowed."}}');
    return;
  }
  response.writeHead(204, {
    'access-control-allow-origin': origin,
    vary: 'origin',
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers':
      request.headers['access-control-request-headers'] ??
      'authorization, content-type, x-api-key, x-goog-api-key, anthropic-version, anthropic-beta',
    'access-control-max-age': '600',
  });
  response.end();
}
