/** Stage receive: the gate every request passes before anything else is looked at (SEC-04, SEC-05, SEC-60, SEC-66). */
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { SpeakerHints } from './identify.ts';
import type { Snapshot } from './ports.ts';
import type { HeaderList } from './relay/client-writer.ts';

/** SEC-60. `rawHeaders` holds names and values. */
const maxHeaders = 100;
const maxUrlBytes = 8 * 1024;
/** A chain of two gateways is a choice, three is a loop (SEC-66). */
const maxHops = 1;
/** A count below nothing would let a loop run on until it is paid off. */
const hopPattern = /^\d{1,3}$/;

/** Throws a `receive.*` error when the head is not one we answer. `hostNames` holds lower-case `host` and `host:port`. */
export function checkHead(request: IncomingMessage, snapshot: Snapshot, hostNames: ReadonlySet<string>): void {
  checkAddress(request, hostNames);
  checkBrowser(request, snapshot);
  const hop = request.headers['x-sluice-hop'];
  if (hop !== undefined && (typeof hop !== 'string' || !hopPattern.test(hop) || Number(hop) > maxHops)) {
    throw new GatewayError(
      'receive.loop',
      'This request has come through Sluice before: a provider’s base_url leads back to a Sluice. Correct that base_url.',
    );
  }
}

/** Size and addressee: all that can be asked of a preflight, which carries a foreign `Origin` by nature. */
export function checkAddress(request: IncomingMessage, hostNames: ReadonlySet<string>): void {
  const { rawHeaders } = request;
  if (rawHeaders.length > maxHeaders * 2) {
    throw new GatewayError(
      'receive.too_many_headers',
      `More than ${String(maxHeaders)} headers were sent. Send fewer; something on the way may add to them.`,
    );
  }
  const url = request.url ?? '';
  if (url.length > maxUrlBytes)
    throw new GatewayError(
      'receive.url_too_long',
      `The URL is longer than ${String(maxUrlBytes)} bytes. Put what makes it long into the body.`,
    );
  if (!url.startsWith('/')) {
    throw new GatewayError(
      'receive.host_not_allowed',
      'Only plain paths are answered, no absolute URLs: Sluice is not an open proxy. Make it the base URL of the client, not its HTTP proxy.',
    );
  }
  checkHost(rawHeaders, hostNames);
}

/** Exactly one Host, spelt like one of ours. Missing, doubled or foreign: a rebound DNS name or a confused proxy (SEC-04, SEC-08). */
function checkHost(rawHeaders: readonly string[], hostNames: ReadonlySet<string>): void {
  let host: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== 'host') continue;
    if (host !== undefined)
      throw new GatewayError('receive.host_not_allowed', 'The Host header was sent twice. Send it once.');
    host = rawHeaders[i + 1];
  }
  if (host !== undefined && hostNames.has(host)) return;
  throw new GatewayError(
    'receive.host_not_allowed',
    'The Host header names no address this gateway answers to. Use http://127.0.0.1:PORT, or add the name to listen.allowed_hosts.',
  );
}

/** A web page in a browser on this machine may not use the port unless its origin was allowed (SEC-05). */
function checkBrowser(request: IncomingMessage, snapshot: Snapshot): void {
  const { origin } = request.headers;
  const allowed = origin !== undefined && isKnownOrigin(origin, snapshot);
  if (origin !== undefined && !allowed) {
    throw new GatewayError(
      'receive.origin_not_allowed',
      'Web pages may not call this port. Allow the origin with allowed_origins if it is yours.',
    );
  }
  const site = request.headers['sec-fetch-site'];
  if (!allowed && typeof site === 'string' && site !== 'none' && site !== 'same-origin') {
    throw new GatewayError(
      'receive.origin_not_allowed',
      'Web pages may not call this port. Allow the origin with allowed_origins if it is yours.',
    );
  }
}

/** Before a key is known: the union of all keys' origins (SEC-06). `null` never matches. */
export function isKnownOrigin(origin: string, snapshot: Snapshot): boolean {
  if (origin === 'null') return false;
  return snapshot.listen.allowedOrigins.includes(origin) || snapshot.keys.origins.has(origin);
}

/** Answers of ours carry the origin back only when it was allowed, never `*`. */
export function corsHeaders(request: IncomingMessage, snapshot: Snapshot): HeaderList {
  const { origin } = request.headers;
  if (origin === undefined || !isKnownOrigin(origin, snapshot)) return [];
  return [
    ['access-control-allow-origin', origin],
    ['vary', 'origin'],
    [
      'access-control-expose-headers',
      'x-sluice-request-id, x-sluice-target, x-sluice-attempts, x-sluice-error, x-sluice-losses',
    ],
  ];
}

export function speakerHints(request: Pick<IncomingMessage, 'headers'>): SpeakerHints {
  const { headers } = request;
  return {
    anthropicVersion: headers['anthropic-version'] !== undefined,
    xApiKey: headers['x-api-key'] !== undefined,
    googleKey: headers['x-goog-api-key'] !== undefined,
    userAgent: headers['user-agent'] ?? '',
  };
}

/** The product a user agent names first; what it says may be anything. */
export function productOf(userAgent: string | undefined): string | undefined {
  const product = userAgent
    ?.split(/[/\s(]/)[0]
    ?.replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 120);
  return product === '' ? undefined : product;
}
