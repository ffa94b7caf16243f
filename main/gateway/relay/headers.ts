/** Which headers cross the gateway, in both directions (SEC-06, SEC-60). */
import type { HeaderList } from './client-writer.ts';

const hopByHop = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/** Client → upstream: never these. The rest passes to a target of the same family (CLI-04). */
const notUpstream = new Set([
  ...hopByHop,
  'host',
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'cookie',
  'cookie2',
  'content-length',
  'content-type',
  'content-encoding',
  'accept-encoding',
  'accept-language',
  'accept',
  'expect',
  'origin',
  'referer',
  'forwarded',
  'via',
  'x-real-ip',
  'priority',
]);
const notUpstreamPrefixes = ['proxy-', 'x-forwarded-', 'sec-', 'x-sluice-', 'cf-', 'access-control-'];

/** Upstream → client: never these. Lengths and encodings are ours. */
const notClient = new Set([
  ...hopByHop,
  'content-length',
  'content-encoding',
  'content-type',
  'date',
  'set-cookie',
  'set-cookie2',
  'alt-svc',
  'strict-transport-security',
  'clear-site-data',
  'server-timing',
  'report-to',
  'nel',
  'refresh',
  'link',
  'vary',
  'via',
]);
const notClientPrefixes = ['access-control-', 'proxy-', 'x-sluice-', 'cf-'];

/** Names listed in `Connection` are hop-by-hop too, except the ones that say nothing. */
function connectionNames(value: string | string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  const text = Array.isArray(value) ? value.join(',') : value;
  return text.split(',').map((name) => name.trim().toLowerCase());
}

export type IncomingHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The client's headers a same-family target may see. */
export function upstreamHeaders(incoming: IncomingHeaders): Record<string, string> {
  const named = connectionNames(incoming['connection']);
  const out: Record<string, string> = {};
  for (const name in incoming) {
    const value = incoming[name];
    if (value === undefined || notUpstream.has(name) || named.includes(name)) continue;
    if (notUpstreamPrefixes.some((prefix) => name.startsWith(prefix))) continue;
    out[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return out;
}

/** The upstream's headers a client may see, lower-case. */
export function clientHeaders(incoming: IncomingHeaders): HeaderList {
  const named = connectionNames(incoming['connection']);
  const out: [string, string][] = [];
  for (const name in incoming) {
    const value = incoming[name];
    if (value === undefined || notClient.has(name) || named.includes(name)) continue;
    if (notClientPrefixes.some((prefix) => name.startsWith(prefix))) continue;
    out.push([name, Array.isArray(value) ? value.join(', ') : value]);
  }
  return out;
}

/** One header value, joined when it came twice. */
export function headerValue(headers: IncomingHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
