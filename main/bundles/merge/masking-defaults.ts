/** Masking as it would be without anything enforced: the user's settings, and what bundles suggest where nobody wrote anything. */
import type { BundleSections } from '../../../shared/bundle/sections.ts';
import type { DetectorSettings, MaskingSettings } from '../../../shared/config/masking.ts';
import type { FoundKind } from '../../../shared/domain/masking.ts';
import { present } from './access.ts';
import type { Draft } from './draft.ts';
import { kindOf, kindRules, kindsFound, isWeaker, strictestDetector } from './masking-kinds.ts';
import { patternFrom } from './masking-patterns.ts';
import { sourceAt, type Part, type Source } from './parts.ts';

export interface Suggested {
  readonly masking: MaskingSettings;
  /** Who suggests that it be on; `undefined` where that is not why it is. */
  readonly enabledBy: Source | undefined;
}

/** Lists are joined; a user who switched masking off has it off. */
export function suggestedMasking(draft: Draft): Suggested {
  const { defaults } = draft.parts;
  const own = draft.config.masking;
  const opinions = defaults.flatMap((part) => {
    const enabled = opinionOf(part.says);
    return enabled === undefined ? [] : [{ part, enabled }];
  });
  const [first] = draft.isWritten('masking', 'enabled') ? [] : opinions;
  const enabled = first?.enabled ?? own.enabled;
  const enabledBy = first?.enabled === true ? sourceAt(first.part, 'masking', 'enabled') : undefined;
  if (!enabled || defaults.length === 0) return { masking: { ...own, enabled }, enabledBy };
  const ids = new Set(own.patterns.map(({ id }) => id));
  const terms = new Set(own.terms);
  for (const { says } of defaults) for (const term of present(says.masking?.terms) ?? []) terms.add(term);
  const patterns = defaults
    .flatMap(({ says }) => present(says.masking?.patterns) ?? [])
    .filter(({ id }) => !ids.has(id));
  const masking = {
    ...own,
    enabled,
    detectors: detectorsWith(draft, own),
    terms: [...terms],
    patterns: [...own.patterns, ...patterns.map(patternFrom)],
    exclude: { providers: excludeOf(draft, 'providers'), clients: excludeOf(draft, 'clients') },
  };
  return { masking, enabledBy };
}

function opinionOf({ masking }: BundleSections): boolean | undefined {
  if (masking === undefined) return undefined;
  const { enabled, detectors, terms, patterns } = masking;
  const names = [detectors, terms, patterns].some((list) => (list ?? []).length > 0);
  return enabled ?? (names ? true : undefined);
}

/** The user's own by their names; in place of those that are built in, or beside those that are written, what bundles name. */
function detectorsWith(draft: Draft, own: MaskingSettings): MaskingSettings['detectors'] {
  const { defaults } = draft.parts;
  const named = new Map<FoundKind, MaskingSettings['detectors'][number]>();
  for (const one of own.detectors) named.set(kindOf(one), one);
  // Whoever masks by his own will is suggested more, and never less: what he wrote to be found is found.
  const usual = kindsFound(own);
  const isWritten = draft.isWritten('masking', 'detectors');
  const taken = new Set(isWritten ? named.keys() : []);
  const suggested = new Set<FoundKind>();
  for (const part of defaults) {
    for (const [kind, detector] of namedBy(part)) {
      if (taken.has(kind) || suggested.has(kind)) continue;
      suggested.add(kind);
      const mine = own.enabled ? usual.get(kind) : undefined;
      named.set(kind, mine === undefined ? detector : strictestDetector(mine, detector));
    }
  }
  const level = defaults.find(({ says }) => says.masking?.min_level !== undefined)?.says.masking?.min_level;
  return [...named].map(([kind, one]) => {
    if (level === undefined || taken.has(kind)) return one;
    const long: DetectorSettings =
      typeof one === 'string' ? { id: kind, mode: 'mask', restore: true, replace: 'tag' } : one;
    return long.mode !== 'off' && isWeaker(long.mode, level) ? { ...long, mode: level } : one;
  });
}

/** Kinds that a part names itself, or that stand for its terms and patterns. */
function namedBy(part: Part): ReadonlyMap<FoundKind, DetectorSettings> {
  const kinds = new Map<FoundKind, DetectorSettings>();
  for (const [kind, { detector, sources }] of kindRules([part]))
    if (sources.some(({ pointer }) => pointer === `/masking/detectors/${kind}`)) kinds.set(kind, detector);
  return kinds;
}

function excludeOf(draft: Draft, name: 'providers' | 'clients'): string[] {
  const own = draft.config.masking.exclude[name];
  // Nobody else exempts anything from what somebody masks by his own will.
  if (draft.config.masking.enabled || draft.isWritten('masking', 'exclude', name)) return own;
  for (const { says } of draft.parts.defaults) {
    const list = present(says.masking?.exclude?.[name]);
    if (list !== undefined) return [...list];
  }
  return own;
}
