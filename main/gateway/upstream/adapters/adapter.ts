/** What an adapter does: where and how a provider kind is called. Bodies are the dialects' business, except for fields of the path. */
import type { DialectId, Operation } from '../../../../shared/domain/dialect.ts';
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type { Credential, Provider } from '../../ports.ts';

export interface CallSpec {
  readonly provider: Provider;
  readonly model: string;
  readonly credential: Credential;
  readonly operation: Operation;
  /** Dialect the target is spoken to in; `undefined` for surfaces that are passed on. */
  readonly dialect: DialectId | undefined;
  /** Path below the version segment for passed-on surfaces, e.g. `/embeddings`. */
  readonly surfacePath: string;
  readonly stream: boolean;
  readonly query: URLSearchParams;
}

/** Everything about a call but its body. */
export interface CallShape {
  readonly url: URL;
  /** Top-level body fields to set (JSON text) or remove, because this kind says them elsewhere. */
  readonly setFields?: Readonly<Record<string, string>> | undefined;
  readonly removeFields?: readonly string[] | undefined;
  readonly framing: 'sse' | 'aws';
}

export interface Adapter {
  shape(spec: CallSpec): CallShape;
  /** Headers that prove who we are, for this URL and body only. */
  authorize(
    spec: CallSpec,
    url: URL,
    body: Buffer | undefined,
  ): Record<string, string> | Promise<Record<string, string>>;
}

/** Calls go to few addresses many times; reading one anew costs microseconds. Bounded, for clients choose part of some paths. */
const rememberedCount = 500;
const bases = new Map<string, string>();
const urls = new Map<string, URL>();

function remember<Value>(known: Map<string, Value>, name: string, value: Value): Value {
  if (known.size >= rememberedCount) known.clear();
  known.set(name, value);
  return value;
}

const versionSegment = /\/v\d+[a-z0-9]*(?=\/|$)/;

/**
 * Base URL with exactly one version segment: a missing one is added, a doubled one made single. Bases that carry another
 * version anywhere (`/api/paas/v4`, `/v1beta/openai`) are kept. The root wanted without one has it cut.
 */
export function versionedBase(baseUrl: string, version: string | undefined): string {
  const name = `${baseUrl} ${version ?? ''}`;
  return bases.get(name) ?? remember(bases, name, readBase(baseUrl, version));
}

function readBase(baseUrl: string, version: string | undefined): string {
  const url = new URL(baseUrl);
  let path = url.pathname.replace(/\/+$/, '');
  path = path.replace(/(\/v\d+[a-z0-9]*)(?:\1)+$/, '$1');
  if (version === undefined) path = path.replace(/\/v\d+[a-z0-9]*$/, '');
  else if (!versionSegment.test(path)) path = `${path}/${version}`;
  return `${url.origin}${path}`;
}

/** The text of a key credential. Throws when the adapter needs a key and has none. */
export function keyOf(credential: Credential): string | undefined {
  switch (credential.secret.kind) {
    case 'key':
      return credential.secret.value.reveal();
    case 'none':
      return undefined;
    default:
      throw new GatewayError(
        'attempt.credential',
        `Key "${credential.name}" is not of the kind this provider takes; give it as value.`,
      );
  }
}

/** `base` + path + the client's query (already without credentials). The URL is shared: it must not be changed. */
export function withQuery(base: string, query: URLSearchParams): URL {
  if (query.size === 0) return urls.get(base) ?? remember(urls, base, new URL(base));
  const url = new URL(base);
  for (const [name, value] of query) url.searchParams.append(name, value);
  return url;
}
