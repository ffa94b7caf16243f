/** What the parts of this room hand each other: a bundle as read, as it takes part, and decisions on trial. */
import type { BundlePayload, TrustPayload } from '../../shared/bundle/payload.ts';
import type { BundleLayer } from '../../shared/contract/words.ts';
import type { TrialOutcome, TrialRequest } from '../../shared/domain/trial.ts';
import type { Snapshot } from '../gateway/ports.ts';

/** Why a value is what it is, in the publisher's words. */
export interface LeafNote {
  readonly reason: string | undefined;
  readonly ref: string | undefined;
}

/** A payload that was verified where there was something to verify, parsed and checked. Immutable. */
export interface ReadBundle {
  readonly payload: BundlePayload;
  /** The very text that was signed. */
  readonly text: string;
  /** Of its bytes, lower-case hex. */
  readonly sha256: string;
  /** By JSON Pointer into the payload: `/enforced/models/deny`. */
  readonly notes: ReadonlyMap<string, LeafNote>;
  /** From 1; of what is not there that of the nearest parent. */
  lineOf(pointer: string): number;
  /** Sections of `defaults`, and optional ones of `enforced`, that this version does not know. */
  readonly ignored: readonly string[];
}

/** How far a bundle is believed. */
export type TrustLevel = 'pinned' | 'first_use' | 'unsigned';

export interface TrustedBundle extends ReadBundle {
  readonly trust: TrustLevel;
  /** `undefined` of an unsigned one. */
  readonly trustDocument: TrustPayload | undefined;
  /** base64url of the SHA-256 of the trust document that was pinned; stays while keys rotate. */
  readonly fingerprint: string | undefined;
  /** Ids of keys. */
  readonly signers: readonly string[];
}

/** One bundle as it takes part in what is in force. */
export interface LayeredBundle {
  readonly bundle: ReadBundle;
  readonly layer: BundleLayer;
  /** Only what it suggests: nobody confirmed its fingerprint, or it has none. */
  readonly defaultsOnly: boolean;
  /** It expired, and its grace is over: its own `restrict_to`, or nothing may be asked any more. */
  readonly expired: 'restrict' | 'block' | undefined;
  /**
   * Leaves that wait for consent, by JSON Pointer into the payload, with what holds meanwhile: the value of before, or `undefined`
   * where there was none.
   */
  readonly held: ReadonlyMap<string, unknown>;
}

/** What allows nothing any more: `acme-core` allows {a}, `acme-team` allows {b} (BND-34). */
export interface LayerConflict {
  /** `/models/allow`. */
  readonly pointer: string;
  readonly bundles: readonly string[];
  readonly text: string;
}

// ---------------------------------------------------------------- decisions on trial

export type { TrialOutcome, TrialRequest };

/** The decisions of the gateway as a pure function (BND-96): nothing is sent, spent or kept. Never throws for what a request may hold. */
export type Decide = (snapshot: Snapshot, request: TrialRequest) => Promise<TrialOutcome>;

/** A secret in a text: never the secret. */
export interface SecretFound {
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  /** `aws_access_key_id`. */
  readonly what: string;
}

/** What this room needs of the data plane, supplied by the composition root. */
export interface GatewayTools {
  readonly decide: Decide;
  /** Keys and passwords in a text. */
  findSecrets(text: string): readonly SecretFound[];
}
