/** Patterns that masking looks for: those of all bundles, each with what becomes of it, and the user's. */
import type { BundleMaskPattern } from '../../../shared/bundle/sections.ts';
import type { MaskingSettings } from '../../../shared/config/masking.ts';
import type { MaskMode } from '../../../shared/domain/masking.ts';
import { foldById, Ids, namesOf, type Entry, type Folded } from './by-id.ts';
import { byBundle, type Draft } from './draft.ts';
import { isWeaker, strictestMode } from './masking-kinds.ts';
import { entriesOf, type Part } from './parts.ts';

type Pattern = MaskingSettings['patterns'][number];

/** What a bundle enforces does not rest on what becomes of patterns otherwise. */
export function patternFrom({ id, pattern, flags = '', mode, restore, replace }: BundleMaskPattern): Pattern {
  return {
    id,
    pattern: flags === '' ? pattern : `(?${[...new Set(flags)].sort().join('')})${pattern}`,
    mode: mode ?? 'mask',
    restore: restore !== false && replace !== 'hash',
  };
}

export function applyPatterns(draft: Draft, level: MaskMode | undefined, isOwn: boolean): Pattern[] {
  const { enforced, watching, defaults } = draft.parts;
  const ids = new Ids();
  const forced = ids.name(foldById(patternsOf(enforced), folding).map((one) => atLeast(one, level)));
  const watched = ids.name(foldById(patternsOf(watching), folding).map(warnOnly));
  const own = isOwn ? ids.own(draft.own.config.masking.patterns) : [];
  const suggested = isOwn ? ids.free(patternsOf(defaults)).map(byBundle) : [];
  for (const { entry, source, others } of [...forced, ...watched])
    draft.told.bundle(source, entry, { others: namesOf(others) });
  for (const [index, { entry }] of own.entries()) {
    const before = draft.own.config.masking.patterns[index];
    const yours = before?.id === entry.id ? {} : { yours: before };
    draft.told.user(`/masking/patterns/${entry.id}`, entry, ['masking', 'patterns', index], yours);
  }
  for (const { entry, by } of suggested) if (by.kind === 'bundle') draft.told.bundle(by.source, entry);
  return draft.list('masking/patterns', [...forced, ...watched, ...own, ...suggested]);
}

function patternsOf(parts: readonly Part[]): readonly Entry<Pattern>[] {
  return parts.flatMap((part) =>
    entriesOf<BundleMaskPattern>(part, ['masking', 'patterns'], part.says.masking?.patterns, ({ id }) => id).map(
      ({ entry, source }) => ({ entry: patternFrom(entry), source }),
    ),
  );
}

const folding = {
  about: ({ pattern }: Pattern) => pattern,
  stricter(a: Pattern, b: Pattern) {
    const mode = strictestMode(a.mode, b.mode);
    const restore = a.restore !== false && b.restore !== false;
    return { entry: { ...a, mode, restore }, isOther: mode !== a.mode };
  },
};

function atLeast(one: Folded<Pattern>, level: MaskMode | undefined): Folded<Pattern> {
  const { mode = 'mask' } = one.entry;
  if (level === undefined || mode === 'off' || !isWeaker(mode, level)) return one;
  return { ...one, entry: { ...one.entry, mode: level } };
}

function warnOnly(one: Folded<Pattern>): Folded<Pattern> {
  return { ...one, entry: { ...one.entry, mode: one.entry.mode === 'off' ? 'off' : 'warn' } };
}
