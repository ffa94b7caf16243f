/** Whether a verified bundle may take the place of what was followed before: which one it is, its order, and its time. */
import * as z from 'zod';
import { bundleShape, type TrustPayload } from '../../shared/bundle/payload.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { matchesAny } from '../kit/glob.ts';

/** What is looked at before the rest is checked. */
export const payloadHead = z.looseObject({
  id: bundleShape.id,
  version: bundleShape.version,
  epoch: bundleShape.epoch,
  not_before: bundleShape.not_before,
  expires_at: bundleShape.expires_at,
});
export type PayloadHead = z.output<typeof payloadHead>;

/** The highest (epoch, version) that was ever accepted of a bundle. */
export interface HighestSeen {
  readonly epoch: number;
  readonly version: number;
  /** Of its payload, hex. */
  readonly sha256: string;
}

/** Throws `bundle.id_mismatch`, or `bundle.epoch_rollback` for one that was made under an earlier trust document. */
export function checkIdentity(
  head: PayloadHead,
  expected: { readonly id: string | undefined; readonly trust: TrustPayload | undefined },
): void {
  const { id, trust } = expected;
  if (id !== undefined && head.id !== id) {
    throw new GatewayError('bundle.id_mismatch', `This is the bundle ${head.id}, and ${id} is followed here.`);
  }
  if (trust === undefined) return;
  if (!matchesAny(trust.signers.bundles, head.id)) {
    throw new GatewayError(
      'bundle.id_mismatch',
      `The keys that signed the bundle ${head.id} may not sign it: the trust document of ${trust.org} allows them ${trust.signers.bundles.slice(0, 8).join(', ')}.`,
    );
  }
  if (head.epoch < trust.epoch) {
    throw new GatewayError(
      'bundle.epoch_rollback',
      `The bundle was made under epoch ${head.epoch}, and its publisher is at epoch ${trust.epoch}: it has to be published anew.`,
    );
  }
  if (head.epoch > trust.epoch) {
    throw new GatewayError(
      'bundle.id_mismatch',
      `The bundle says that it was made under epoch ${head.epoch}, and the trust file ends with epoch ${trust.epoch}. Publish the two together.`,
    );
  }
}

/** Throws `bundle.rollback`, `bundle.epoch_rollback`, `bundle.equivocation`. */
export function checkOrder(head: PayloadHead, sha256: string, highest: HighestSeen | undefined): void {
  if (highest === undefined) return;
  const seen = `version ${highest.version} of epoch ${highest.epoch} was followed here before`;
  if (head.epoch < highest.epoch) {
    throw new GatewayError(
      'bundle.epoch_rollback',
      `The bundle is of epoch ${head.epoch}, and ${seen}: it is an old one.`,
    );
  }
  if (head.epoch > highest.epoch) return;
  if (head.version < highest.version) {
    throw new GatewayError(
      'bundle.rollback',
      `The bundle has version ${head.version}, and ${seen}: it is an old one. To go back, publish the old content with a higher version (\`sluice bundle revert\`).`,
    );
  }
  if (head.version === highest.version && sha256 !== highest.sha256) {
    throw new GatewayError(
      'bundle.equivocation',
      `There are two bundles ${head.id} with version ${head.version} of epoch ${head.epoch}: this one is not the one that was followed here. Tell the publisher; a key may be stolen.`,
    );
  }
}

/** Throws `bundle.not_yet_valid`, `bundle.expired`. Written so that a date that cannot be read refuses. */
export function checkTime(head: PayloadHead, now: number, allowExpired: boolean): void {
  if (head.not_before !== undefined && !(now >= Date.parse(head.not_before))) {
    throw new GatewayError(
      'bundle.not_yet_valid',
      `The bundle holds from ${head.not_before} on, which is still to come here. Until then the one before holds.`,
    );
  }
  if (head.expires_at !== undefined && !(now < Date.parse(head.expires_at)) && !allowExpired) {
    throw new GatewayError(
      'bundle.expired',
      `The bundle expired on ${head.expires_at}. Its publisher has to publish a new version.`,
    );
  }
}
