/** Values in ids, names and other words of the protocol, where nothing can be put in their place. */
import type { FoundKind } from '../../shared/domain/masking.ts';
import type { Snapshot } from './ports.ts';
import { inAWord } from './protection-refusals.ts';
import type { Protections } from './protections.ts';

/** Kinds whose form leaves so little doubt that an id or a name that looks like one is one, from that score on. */
export const certain: ReadonlySet<FoundKind> = new Set<FoundKind>([
  ...(['secrets', 'email', 'credit_card', 'iban', 'crypto_wallet'] as const),
]);
export const certainScore = 0.95;

/** Of a name with any of these, or as long as a token, somebody has to look at it. */
const unlikely = /[^A-Za-z0-9._:/-]|.{16}/s;

/**
 * Throws `admit.masking_uncovered` for a model that is called like something that must not leave. To be asked before anything is
 * written down: the model's name is.
 */
export async function checkModelName(
  model: string,
  snapshot: Snapshot,
  protections: Pick<Protections, 'of'>,
): Promise<void> {
  const { masking } = snapshot;
  if (masking === undefined || !unlikely.test(model)) return;
  const { engine } = await protections.of(snapshot);
  const found = engine
    .find(model)
    .find(
      ({ kind, score }) => score >= certainScore && certain.has(kind) && isLookedFor(masking.kinds.get(kind)?.mode),
    );
  if (found !== undefined) throw inAWord(found.kind);
}

function isLookedFor(mode: string | undefined): boolean {
  return mode === 'mask' || mode === 'block';
}
