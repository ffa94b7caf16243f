/** The proxy that the desktop prescribes for each provider, a PAC file included: asked beforehand, answered at once. */
import { isLoopbackHostname } from '../host/system-proxy.ts';
import type { Log } from '../kit/log.ts';

export interface SystemProxyOptions {
  /** `session.resolveProxy`. */
  readonly resolve: (url: string) => Promise<string>;
  /** What the environment prescribes; see `createSystemProxy`. */
  readonly fallback: (origin: string) => string | undefined;
  /** NO_PROXY of the environment. */
  readonly isExcepted: (origin: string) => boolean;
  /** Of the providers there are. */
  readonly origins: () => readonly string[];
  readonly log: Log;
}

export interface SystemProxy {
  /**
   * For `Host.systemProxy`. An origin nobody asked about yet is asked about, and answered from then on; until then it is
   * reached directly.
   */
  readonly proxyFor: (origin: string) => string | undefined;
  /** Asks the system anew for every origin: at the start, after another config, after sleep, on another network. */
  refresh(): Promise<void>;
}

/** Origins of a config that changes all the time do not add up. */
const maxOrigins = 512;

/**
 * Variables of the environment win over the system's settings, as users of command lines expect: whoever sets HTTPS_PROXY
 * for this program means it. Loopback is never proxied.
 */
export function createSystemProxy({ resolve, fallback, isExcepted, origins, log }: SystemProxyOptions): SystemProxy {
  let known = new Map<string, string | undefined>();
  const asked = new Set<string>();

  async function ask(origin: string): Promise<string | undefined> {
    try {
      const { proxy, skipped } = readProxyList(await resolve(`${origin}/`));
      if (skipped.length > 0) log.warn('a proxy of the system cannot be used', { origin, skipped: skipped.join('; ') });
      return proxy;
    } catch (error) {
      log.warn('the system does not say which proxy to use', { origin, error });
      // What it said before is likelier to be true than nothing.
      return known.get(origin);
    }
  }

  async function learn(origin: string): Promise<void> {
    if (asked.has(origin)) return;
    asked.add(origin);
    const proxy = await ask(origin);
    asked.delete(origin);
    if (known.size >= maxOrigins) known.clear();
    known.set(origin, proxy);
  }

  return {
    proxyFor(origin) {
      if (isLoopbackHostname(new URL(origin).hostname)) return undefined;
      const given = fallback(origin);
      if (given !== undefined || isExcepted(origin)) return given;
      if (!known.has(origin)) void learn(origin);
      return known.get(origin);
    },
    async refresh() {
      const all = new Set([...known.keys(), ...origins()]);
      const wanted = [...all].filter((origin) => !isLoopbackHostname(new URL(origin).hostname)).slice(0, maxOrigins);
      const found = await Promise.all(wanted.map(async (origin) => [origin, await ask(origin)] as const));
      known = new Map(found);
    },
  };
}

export interface ProxyChoice {
  /** `undefined`: directly. */
  readonly proxy: string | undefined;
  /** What was passed over, and why. */
  readonly skipped: readonly string[];
}

const schemes: Readonly<Record<string, string>> = { PROXY: 'http', HTTP: 'http', HTTPS: 'https', SOCKS5: 'socks5' };

/** The first of a PAC answer that the upstream client can use: `PROXY a:8080; SOCKS5 b:1080; DIRECT`. */
export function readProxyList(answer: string): ProxyChoice {
  const skipped: string[] = [];
  let lastResort: string | undefined;
  for (const entry of answer.split(';').map((one) => one.trim())) {
    const [kind = '', host = ''] = entry.split(/\s+/);
    if (kind === '') continue;
    // A proxy that cannot be used is not a reason to go round it, but here going round is what was prescribed.
    if (kind.toUpperCase() === 'DIRECT') return { proxy: undefined, skipped };
    const scheme = schemes[kind.toUpperCase()];
    if (!isHostAndPort(host)) skipped.push(`${entry}: not a host and a port`);
    else if (scheme !== undefined) return { proxy: `${scheme}://${host}`, skipped };
    else {
      skipped.push(`${entry}: only HTTP, HTTPS and SOCKS5 proxies can be used`);
      if (/^SOCKS4?$/i.test(kind)) lastResort ??= `socks5://${host}`;
    }
  }
  // Many that are called SOCKS speak version 5 too; and never directly where only a proxy is allowed (FAULT-44).
  return { proxy: lastResort, skipped };
}

function isHostAndPort(text: string): boolean {
  return /^(?:\[[0-9a-f:.]+\]|[^\s/@:[\]]+):\d{1,5}$/i.test(text);
}
