/** What team bundles need somebody for: the gravest of each bundle, with what it is about. */
import type { BundleCard } from '../../../shared/contract/bundles.ts';

export type BundleAttention =
  | { readonly kind: 'bundleConsent'; readonly name: string; readonly count: number }
  | { readonly kind: 'bundleUnconfirmed'; readonly name: string }
  | { readonly kind: 'bundleExpiring'; readonly name: string; readonly expiresAt: string }
  | { readonly kind: 'bundleKey'; readonly name: string; readonly label: string }
  | {
      readonly kind: 'bundleRefused' | 'bundleFailed' | 'bundleExpired' | 'bundleStopped' | 'bundleConflict';
      readonly name: string;
      /** Says why. */
      readonly card: BundleCard;
    };

/** What is told of a bundle in two places is told once: two that contradict each other have one reason. */
export function ofBundles(bundles: readonly BundleCard[]): readonly BundleAttention[] {
  const found = bundles.flatMap((card) => {
    const one = ofBundle(card);
    return one === undefined ? [] : [one];
  });
  return found.filter(
    (one, index) =>
      one.kind !== 'bundleConflict' ||
      found.findIndex(
        (other) => other.kind === 'bundleConflict' && other.card.state_reason === one.card.state_reason,
      ) === index,
  );
}

function ofBundle(card: BundleCard): BundleAttention | undefined {
  const { name, state, expires_at, consents, trust, slots } = card;
  switch (state) {
    case 'restricted':
    case 'blocked':
      return { kind: 'bundleStopped', name, card };
    case 'conflict':
      return { kind: 'bundleConflict', name, card };
    case 'last_good':
      return { kind: 'bundleRefused', name, card };
    case 'failed':
      return { kind: 'bundleFailed', name, card };
    case 'expired':
      return { kind: 'bundleExpired', name, card };
    case 'needs_consent':
      return { kind: 'bundleConsent', name, count: consents.filter((one) => one.state === 'waiting').length };
    case 'limited':
      // An unsigned one is limited for ever, and nobody can do anything about it.
      return trust === 'first_use' ? { kind: 'bundleUnconfirmed', name } : undefined;
    case 'expiring':
      return { kind: 'bundleExpiring', name, expiresAt: expires_at ?? '' };
    case 'active': {
      const missing = slots.find(({ required, filled }) => required && !filled);
      return missing === undefined ? undefined : { kind: 'bundleKey', name, label: missing.label };
    }
    case 'waiting':
    case 'inactive':
      return undefined;
  }
}
