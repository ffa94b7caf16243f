/** Whose word counts where bundles differ: what one of them says of a provider or a price loosens nothing that another one forbids. */
import type { ReadBundle, TrustedBundle } from '../types.ts';
import { bundleLayers } from '../../../shared/contract/words.ts';
import type { Part } from './parts.ts';

/** Whether the rules of `ruling` take for true what `saying` says: both are of one authority, or `saying` is of a higher one. */
export function hasWord(saying: Part, ruling: Part): boolean {
  if (saying.bundle === ruling.bundle) return true;
  // Nobody vouched for who publishes it.
  if (saying.defaultsOnly) return false;
  if (saying.layer !== ruling.layer) return bundleLayers.indexOf(saying.layer) < bundleLayers.indexOf(ruling.layer);
  // Whoever manages the machine prescribed both. Any other layer is what a bundle says of itself.
  return saying.layer === 'mdm' || isOfOnePublisher(saying.bundle, ruling.bundle);
}

/** Proven by what they were verified with: what a bundle says of its organisation anybody may say. */
export function isOfOnePublisher(a: ReadBundle, b: ReadBundle): boolean {
  const [one, other] = [publisherOf(a), publisherOf(b)];
  if (one === undefined || other === undefined) return false;
  if (one.fingerprint !== undefined && one.fingerprint === other.fingerprint) return true;
  return one.signers.some((key) => other.signers.includes(key));
}

function publisherOf(bundle: ReadBundle): Pick<TrustedBundle, 'fingerprint' | 'signers'> | undefined {
  return 'signers' in bundle ? (bundle as TrustedBundle) : undefined;
}

/** Ids of providers whose definition is no word that counts for these rules. */
export function distrustedBy(rulings: readonly Part[], definers: ReadonlyMap<string, Part>): readonly string[] {
  return [...definers].flatMap(([id, definer]) => (rulings.every((ruling) => hasWord(definer, ruling)) ? [] : [id]));
}
