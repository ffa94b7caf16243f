/** Exceptions of masking: only what every bundle that asks for masking allows as well is left of them. */
import type { MaskingSettings } from '../../../shared/config/masking.ts';
import { foundKinds, kindsCovered, type FoundKind, type MaskMode } from '../../../shared/domain/masking.ts';
import { present } from './access.ts';
import type { Draft, Writer, Written } from './draft.ts';
import { bothTools, isWeaker, strictestMode, type kindsOfConfig } from './masking-kinds.ts';
import { sourceAt, type Part } from './parts.ts';

type Override = MaskingSettings['overrides'][number];
type Kinds = ReturnType<typeof kindsOfConfig>;

/**
 * Overrides with no mode below the floor of a kind; `undefined` where all stay as they are. One that would be too weak for some
 * kinds is taken apart, the strictest last, since the last one counts. One for every kind was not written for those that were
 * off `before` bundles: of them it takes nothing that an override before it gives by name.
 */
export function keptOverrides(
  overrides: readonly Override[],
  { before, kinds }: { readonly before: Kinds; readonly kinds: Kinds },
  floor: (kind: FoundKind) => MaskMode,
): readonly Written<Override>[] | undefined {
  const isOff = (some: Kinds, kind: FoundKind): boolean => (some.get(kind)?.mode ?? 'off') === 'off';
  const written = overrides.map((override, index): readonly Written<Override>[] => {
    const by: Writer = { kind: 'own', index };
    const isForAll = override.detectors.length === 0;
    // Kinds that are off are meant only where they are named: alone, or by a kind that stands for them.
    const meant = withKin(isForAll ? [...kinds.keys()].filter((kind) => !isOff(kinds, kind)) : override.detectors);
    const named = overrides.slice(0, isForAll ? index : 0).filter(({ detectors }) => detectors.length > 0);
    const least = (kind: FoundKind): MaskMode => {
      const given = isOff(before, kind) ? named.filter(({ detectors }) => withKin(detectors).includes(kind)) : [];
      return strictestMode(floor(kind), ...given.map(({ mode }) => mode));
    };
    if (!meant.some((kind) => isWeaker(override.mode, least(kind)))) return [{ entry: override, by }];
    // In an order that does not depend on who named them first.
    const listed = foundKinds.filter((kind) => meant.includes(kind));
    const byMode = Map.groupBy(listed, (kind) => strictestMode(override.mode, least(kind)));
    return [...byMode]
      .sort(([a], [b]) => (isWeaker(a, b) ? -1 : 1))
      .map(([mode, detectors]) => ({ entry: { ...override, detectors, mode }, by }));
  });
  return written.every((some, index) => some.length === 1 && some[0]?.entry === overrides[index])
    ? undefined
    : written.flat();
}

function withKin(kinds: readonly FoundKind[]): readonly FoundKind[] {
  return [...new Set(kinds.flatMap((kind) => [kind, ...(kindsCovered[kind] ?? [])]))];
}

/** The user's count where masking was on without any bundle. */
export function keptExcludes(
  draft: Draft,
  base: MaskingSettings['exclude'],
  imposing: readonly Part[],
  isOwn: boolean,
): MaskingSettings['exclude'] {
  if (imposing.length === 0) return base;
  const kept = (name: 'providers' | 'clients'): string[] => {
    const lists = imposing.map(({ says }) => present(says.masking?.exclude?.[name]) ?? []);
    const [first = [], ...others] = isOwn ? [base[name], ...lists] : lists;
    const globs = others.reduce<readonly string[]>(bothTools, first);
    const own = draft.own.config.masking.exclude[name];
    const [part] = imposing;
    return draft.list(
      `masking/exclude/${name}`,
      globs.map((entry): Written<string> => {
        const index = own.indexOf(entry);
        if (index >= 0 || part === undefined) return { entry, by: { kind: 'own', index: Math.max(index, 0) } };
        return { entry, by: { kind: 'bundle', source: sourceAt(part, 'masking', 'exclude', name) } };
      }),
    );
  };
  return { providers: kept('providers'), clients: kept('clients') };
}
