/** What changed from one version of a bundle to the next, for people: by section, by id, and whether it allows less or more (BND-81). */
import type { BundlePayload } from '../../shared/bundle/payload.ts';
import type { BundleChange } from '../../shared/contract/bundles.ts';
import { describeEntries } from './change-entries.ts';
import { describeFrame } from './change-frame.ts';
import { describeAccess, describeSettings } from './change-values.ts';
import type { SectionChange } from './change-words.ts';

/** Without `before` all that there is of it. What tightens comes first, then what loosens, then the rest. Pure. */
export function describeChanges(before: BundlePayload | undefined, after: BundlePayload): BundleChange[] {
  const sections = (['enforced', 'defaults'] as const).flatMap((part) => {
    const change: SectionChange = { before: before?.[part], after: after[part], base: `/${part}` };
    const told = [...describeAccess(change), ...describeEntries(change), ...describeSettings(change)];
    return part === 'enforced' ? told : told.map(asSuggestion);
  });
  const changes = [...sections, ...describeFrame(before, after)];
  return changes.sort((a, b) => effects.indexOf(a.effect) - effects.indexOf(b.effect));
}

const effects: readonly BundleChange['effect'][] = ['tightens', 'loosens', 'neutral'];

function asSuggestion(change: BundleChange): BundleChange {
  return { ...change, effect: 'neutral', text: `Suggested: ${change.text}` };
}

export { impactOf } from './impact.ts';
