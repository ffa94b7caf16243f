/** One bundle that is followed, as it stands now: what is in force of it, and how looking at its host went. */
import type { BundleConsent } from '../../shared/contract/bundles.ts';
import type { BundleLayer } from '../../shared/contract/words.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { errorCodes } from '../../shared/errors/codes.ts';
import { ageOf, type Age } from './expiry.ts';
import type { Held } from './held.ts';
import type { Source } from './sources.ts';
import type { LayerConflict, LayeredBundle, TrustedBundle } from './types.ts';

/** A bundle that was verified, checked and put in force. */
export interface Active {
  readonly bundle: TrustedBundle;
  readonly held: Held;
  readonly consents: readonly BundleConsent[];
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** Why the last look brought nothing. */
export interface LookError {
  readonly code: string;
  readonly message: string;
  readonly at: number;
}

/** What changes of it; all else is worked out. */
export interface Standing {
  active: Active | undefined;
  /** Why what its host has is not for this machine; it was verified all the same. */
  inactive: string | undefined;
  error: LookError | undefined;
  conflicts: readonly LayerConflict[];
  nextCheckAt: number | undefined;
  /** Somebody compared its fingerprint, or the link named it. */
  confirmed: boolean;
}

export function freshStanding(): Standing {
  return {
    active: undefined,
    inactive: undefined,
    error: undefined,
    conflicts: [],
    nextCheckAt: undefined,
    confirmed: false,
  };
}

/** Only what it suggests holds: nobody vouched for who publishes it. */
export function isDefaultsOnly(source: Source, bundle: TrustedBundle, confirmed: boolean): boolean {
  if (bundle.trust === 'unsigned') return true;
  return source.pin === undefined && !confirmed;
}

export function layerOf(source: Source, bundle: TrustedBundle): BundleLayer {
  return source.managed ? 'mdm' : bundle.payload.layer;
}

export function layered(source: Source, standing: Standing, now: number): LayeredBundle | undefined {
  const { active } = standing;
  if (active === undefined) return undefined;
  const { bundle, held } = active;
  return {
    bundle,
    layer: layerOf(source, bundle),
    defaultsOnly: isDefaultsOnly(source, bundle, standing.confirmed),
    expired: ageOf(bundle.payload, now).layered,
    // Where it reports to is no part of what is in force.
    held: new Map([...held].filter(([pointer]) => !pointer.startsWith('/status/'))),
  };
}

const order: readonly BundleLayer[] = ['mdm', 'org', 'team'];

/** The strongest first; those of a layer in the order in which they are followed. */
export function inLayerOrder(bundles: readonly LayeredBundle[]): LayeredBundle[] {
  return order.flatMap((layer) => bundles.filter((one) => one.layer === layer));
}

export function ageNow(standing: Standing, now: number): Age | undefined {
  return standing.active === undefined ? undefined : ageOf(standing.active.bundle.payload, now);
}

/** The host could not be asked: that says nothing about what it publishes. */
export function isUnreachable(code: string): boolean {
  return Object.hasOwn(errorCodes, code) && errorCodes[code as keyof typeof errorCodes].blame === 'network';
}

/** Nothing but refusals of ours reaches people with their own words. */
export function lookError(error: unknown, at: number): LookError {
  if (error instanceof GatewayError) return { code: error.code, message: error.message, at };
  return { code: 'bundle.store', message: error instanceof Error ? error.message : String(error), at };
}
