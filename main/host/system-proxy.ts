/** The proxy the environment prescribes for an origin: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, in either case. */
import type { Host } from './host.ts';

/** Loopback is never proxied. Reads the environment once. */
export function systemProxyFor(host: Pick<Host, 'environment'>): (origin: string) => string | undefined {
  const read = (name: string): string | undefined => readEither(host, name);
  const all = read('all_proxy');
  const byProtocol: Readonly<Record<string, string | undefined>> = {
    'https:': read('https_proxy') ?? all,
    'http:': read('http_proxy') ?? all,
  };
  const isExcepted = proxyExceptions(host);
  return (origin) => {
    const url = new URL(origin);
    const proxy = byProtocol[url.protocol];
    if (proxy === undefined || isLoopbackHostname(url.hostname) || isExcepted(origin)) return undefined;
    return /^[a-z]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  };
}

/** Whether NO_PROXY says that an origin is reached directly. Reads the environment once. */
export function proxyExceptions(host: Pick<Host, 'environment'>): (origin: string) => boolean {
  const exceptions = (readEither(host, 'no_proxy') ?? '')
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
  return (origin) => {
    const url = new URL(origin);
    return exceptions.some((entry) => covers(entry, url));
  };
}

function readEither(host: Pick<Host, 'environment'>, name: string): string | undefined {
  const value = host.environment(name) ?? host.environment(name.toUpperCase());
  return value === undefined || value === '' ? undefined : value;
}

/** An address of this machine, as `URL` writes it. */
export function isLoopbackHostname(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}

/** `*`, a host, a domain with or without a leading dot, each with an optional port. */
function covers(entry: string, url: URL): boolean {
  if (entry === '*') return true;
  const [name = '', port] = entry.split(':');
  if (port !== undefined && port !== (url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port))
    return false;
  const domain = name.replace(/^\*?\./, '');
  return url.hostname === domain || url.hostname.endsWith(`.${domain}`);
}
