/** One look at a bundle's host: the bundle, and where it changed the trust documents and the statement beside it. */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { maxEnvelopeBytes } from './envelope.ts';
import type { BundlesOptions } from './face.ts';
import { fetchObject, type Fetched } from './fetch.ts';
import { freshnessAddress, trustAddress } from './fingerprint.ts';
import type { Source } from './sources.ts';

/** What a host serves, as it came. Nothing of it is verified. */
export interface Looked {
  readonly bundle: Uint8Array;
  readonly etag: string | undefined;
  /** `undefined`: there is none. */
  readonly trust: Uint8Array | undefined;
  readonly trustEtag: string | undefined;
  readonly freshness: Uint8Array | undefined;
}

export type Look =
  | { readonly kind: 'found'; readonly looked: Looked }
  /** It still serves what `etag` stands for. */
  | {
      readonly kind: 'unchanged';
      readonly freshness: Uint8Array | undefined;
      readonly retryAfterMs: number | undefined;
    };

export interface LookOptions {
  readonly options: BundlesOptions;
  readonly source: Source;
  readonly proxyOnly: boolean;
  readonly signal: AbortSignal;
  /** Of the bundle that is here. */
  readonly etag: string | undefined;
  /** The trust documents that are here, with what they are known by. */
  readonly trust: { readonly etag: string | undefined; readonly bytes: Uint8Array } | undefined;
  /** A statement is needed though the bundle did not change. */
  readonly needsFreshness: boolean;
}

export async function lookAt(look: LookOptions): Promise<Look> {
  const get = await getter(look);
  const { url } = look.source;
  const bundle = await get(url, look.etag);
  if (bundle.kind === 'unchanged') {
    const freshness = look.needsFreshness ? await beside(get, freshnessAddress(url)) : undefined;
    return { kind: 'unchanged', freshness: bytesOf(freshness), retryAfterMs: bundle.retryAfterMs };
  }
  const trust = await trustBeside(get, look);
  const freshness = await beside(get, freshnessAddress(url));
  return {
    kind: 'found',
    looked: { bundle: bundle.bytes, etag: bundle.etag, ...trust, freshness: bytesOf(freshness) },
  };
}

type Get = (url: string, etag?: string) => Promise<Fetched>;

async function getter({ options, source, proxyOnly, signal }: LookOptions): Promise<Get> {
  const token = source.token === undefined ? undefined : await options.secretOf(source.token);
  if (source.token !== undefined && token === undefined)
    throw new GatewayError(
      'bundle.unreachable',
      'Its host wants a token, and what policy_bundles names for it cannot be had. Set it, then check again.',
    );
  const { clock, limits } = options;
  return (url, etag) =>
    fetchObject({
      ...{ url, etag, token, clock, limits, proxyOnly, signal },
      maxBytes: maxEnvelopeBytes,
      proxyFor: options.systemProxy,
    });
}

/** The trust documents there are; where they cannot be had those that are here, which may do. */
async function trustBeside(get: Get, { source, trust }: LookOptions): Promise<Pick<Looked, 'trust' | 'trustEtag'>> {
  const known = { trust: trust?.bytes, trustEtag: trust?.etag };
  let found: Fetched | undefined;
  try {
    found = await beside(get, trustAddress(source.url), trust?.etag);
  } catch (error) {
    if (trust === undefined) throw error;
    return known;
  }
  return found?.kind === 'found' ? { trust: found.bytes, trustEtag: found.etag } : known;
}

/** `undefined`: its host has none. */
async function beside(get: Get, url: string, etag?: string): Promise<Fetched | undefined> {
  try {
    return await get(url, etag);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  if (!(error instanceof GatewayError)) return false;
  const { status, reason, code } = error.details ?? {};
  if (error.code === 'bundle.http_status') return status === 404 || status === 410 || status === 403;
  return error.code === 'bundle.unreachable' && reason === 'file' && code === 'ENOENT';
}

function bytesOf(fetched: Fetched | undefined): Uint8Array | undefined {
  return fetched?.kind === 'found' ? fetched.bytes : undefined;
}
