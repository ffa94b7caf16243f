/** The texts of a checked body that a model or a person wrote, with their places in its bytes, so that they can be replaced without touching anything else. */
import type { SurfaceId } from '../../../shared/domain/dialect.ts';
import type { JsonDocument } from './document.ts';
import { tableOfSurface } from './leaf-rules.ts';
import { LeafWalk } from './leaf-walk.ts';
import type { Leaf, LeafPolicy } from './leaf.ts';

export { leafText } from './leaf-text.ts';
export type { Leaf, LeafPlace, LeafPolicy, LeafText } from './leaf.ts';

/**
 * Every text of a body, of blocks and fields that nobody knows as well, in the order in which they stand; of the body as received,
 * whatever was edited since. Left out are the protocol's own words (models, roles, kinds, ids, names of tools, schemas, options),
 * signatures and ciphertext, the bytes of pictures, sound and other binaries, and empty strings.
 */
export function leavesOf(document: JsonDocument, surface: SurfaceId, policy: LeafPolicy): readonly Leaf[] {
  return textsOf(document, surface, policy).leaves;
}

/** The leaves, and what was left out of them as a word of the protocol: models, ids and names, each once. */
export function textsOf(
  document: JsonDocument,
  surface: SurfaceId,
  policy: LeafPolicy,
): { readonly leaves: readonly Leaf[]; readonly words: ReadonlySet<string> } {
  const walk = new LeafWalk(document, policy);
  walk.run(tableOfSurface(surface));
  return walk;
}

/** How many pictures, sounds, binary documents, and addresses of some, its leaves leave out. */
export function mediaIn(document: JsonDocument, surface: SurfaceId): number {
  const walk = new LeafWalk(document, { definitions: false });
  walk.run(tableOfSurface(surface));
  return walk.media;
}
