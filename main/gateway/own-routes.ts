/** The paths that are ours on the data port: identity, health, readiness, metrics, preflights. No secrets, nothing spent; figures of money need a key. */
import { createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
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
    const caller = metricsCaller(request, input);
    if (typeof caller === 'string') {
      response.status(401).json({ error: { message: caller } });
      return;
    }
    const asked = { all: caller.hasKey, running: input.runningCount() };
    Promise.resolve(input.ports.metrics?.text(asked)).then((metrics) => {
      if (metrics === undefined) {
        response.status(404).json({ error: { message: 'Metrics are switched off: telemetry.prometheus is false.' } });
      } else response.set('content-type', metrics.contentType).end(request.method === 'HEAD' ? '' : metrics.text);
    }, next);
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

/** Whether a key came with it; a text says why it may not read metrics. Without a key loopback may, and sees less (SEC-01). */
function metricsCaller(request: IncomingMessage, input: OwnRoutesInput): { readonly hasKey: boolean } | string {
  const { queryKeys } = splitUrl(request.url ?? '/');
  try {
    authenticate(
      { headers: request.headers, rawHeaders: request.rawHeaders, pathToken: undefined, queryKeys },
      input.snapshot().keys,
      input.ports.clock.now(),
    );
    return { hasKey: true };
  } catch (error) {
    const isMissing = error instanceof GatewayError && error.code === 'admit.key_missing';
    // A scraper whose key is wrong is told so, not given less in silence.
    if (!isMissing) return 'This key does not read metrics: it is wrong, disabled or expired.';
    return isLoopback(request.socket.remoteAddress)
      ? { hasKey: false }
      : 'Metrics need a key from anywhere but this machine.';
  }
}

function isLoopback(peer: string | undefined): boolean {
  return peer === '127.0.0.1' || peer === '::1' || peer === '::ffff:127.0.0.1';
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
