/** Which bundles are followed here: those whoever manages this machine prescribes, then those of the config file. */
import { createHash } from 'node:crypto';
import type { Config } from '../../shared/config/config.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { ManagedPolicy } from './face.ts';
import { parseBundleLink } from './fingerprint.ts';
import { valueHash } from './held.ts';

/** More would be told from each other by nobody (BND-30). */
export const maxBundles = 8;

export interface Source {
  /** As it was written. */
  readonly written: string;
  /** Without its fragment. */
  readonly url: string;
  /** What its trust is compared with; `undefined`: the first one seen is shown for confirmation. */
  readonly pin: string | undefined;
  readonly org: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Reference to what is sent to its host. */
  readonly token: string | undefined;
  readonly managed: boolean;
  /** From a file of this machine. */
  readonly local: boolean;
  /** Why it is not followed. */
  readonly problem: GatewayError | undefined;
}

/** In the order in which they stand; an address counts once, and what is prescribed comes first. */
export function sourcesOf(managed: ManagedPolicy | undefined, enrolled: Config['policy_bundles']): readonly Source[] {
  const prescribed = (managed?.bundles ?? []).map(({ url, trust }) =>
    sourceOf({ url, trust, labels: managed?.labels ?? {}, token: undefined }, true),
  );
  // Labels of this machine are not for people to choose where somebody manages it.
  const own = enrolled.map(({ url, trust, token, labels }) =>
    sourceOf({ url, trust, token, labels: { ...labels, ...managed?.labels } }, false),
  );
  const seen = new Set<string>();
  const all = [...prescribed, ...own].filter(({ url }) => !seen.has(url) && seen.add(url));
  return all.map((source, index) => ({ ...source, problem: source.problem ?? refusalOf(source, index, managed) }));
}

function refusalOf(
  { managed: prescribed }: Source,
  index: number,
  managed: ManagedPolicy | undefined,
): Source['problem'] {
  if (index >= maxBundles) return tooMany();
  return prescribed || managed?.allowUserBundles !== false ? undefined : notAllowed(closedBy(managed));
}

export function tooMany(): GatewayError {
  return new GatewayError(
    'bundle.too_many',
    `At most ${maxBundles} bundles are followed at once. Leave one of them first.`,
  );
}

export function notAllowed(why: string): GatewayError {
  return new GatewayError('bundle.not_allowed', `${why} Ask whoever manages it.`);
}

/** Why people here may follow none of their own. */
export function closedBy({ source }: Pick<ManagedPolicy, 'source'>): string {
  return `Whoever manages this machine allows no other bundles (${source}).`;
}

interface Written {
  readonly url: string;
  readonly trust: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly token: string | undefined;
}

export function sourceOf({ url, trust, labels, token }: Written, managed: boolean): Source {
  const rest = { ...{ written: url, labels, token, managed }, problem: undefined };
  try {
    const link = parseBundleLink(url);
    const pin = trust ?? link.fingerprint;
    return { ...rest, url: link.url, pin, org: link.org, local: link.url.startsWith('file:') };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { ...rest, url, pin: trust, org: undefined, local: false, problem: error };
  }
}

/** Whether nothing is asked of it that was not asked before. */
export function isSameSource(a: Source, b: Source): boolean {
  const asked = ({ url, pin, org, labels, token, managed, problem }: Source): unknown => ({
    ...{ url, pin, org, labels, token, managed },
    problem: problem?.code,
  });
  return valueHash(asked(a)) === valueHash(asked(b));
}

/** What it is called while no bundle of it was read. */
export function keyOfUrl(url: string): string {
  return `url-${createHash('sha256').update(url).digest('hex').slice(0, 16)}`;
}
