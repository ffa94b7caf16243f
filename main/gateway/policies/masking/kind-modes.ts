/** What becomes of each kind where a request goes: the settings with their exceptions for providers, routes and clients. */
import type { FoundKind, MaskMode } from '../../../../shared/domain/masking.ts';
import { matchesAny } from '../../../kit/glob.ts';
import type { Masking, MaskOverride } from '../../ports.ts';

/** Where a request goes, and who sends it. */
export interface MaskPlace {
  readonly provider: string;
  /** Id of the route it came by; `undefined` where it named its target. */
  readonly route: string | undefined;
  readonly client: string | undefined;
}

export type KindModes = ReadonlyMap<FoundKind, MaskMode>;

const nothing: KindModes = new Map();

/** Kinds that are absent are left alone. */
export function modesAt(masking: Masking, place: MaskPlace): KindModes {
  if (isExcluded(masking, place)) return nothing;
  const modes = new Map<FoundKind, MaskMode>();
  for (const [kind, { mode }] of masking.kinds) {
    let last = mode;
    for (const override of masking.overrides)
      if (concerns(override, kind, mode) && fits(override, place)) last = override.mode;
    if (last !== 'off') modes.set(kind, last);
  }
  return modes;
}

/** Kinds that are looked for anywhere. */
export function kindsSought({ kinds, overrides }: Masking): Set<FoundKind> {
  const sought = new Set<FoundKind>();
  for (const [kind, { mode }] of kinds) {
    const isWanted = overrides.some((one) => one.mode !== 'off' && concerns(one, kind, mode));
    if (mode !== 'off' || isWanted) sought.add(kind);
  }
  return sought;
}

export function kindsWith(modes: KindModes, mode: MaskMode): Set<FoundKind> {
  return new Set([...modes].filter(([, own]) => own === mode).map(([kind]) => kind));
}

function isExcluded({ excludedProviders, excludedClients }: Masking, { provider, client }: MaskPlace): boolean {
  return matchesAny(excludedProviders, provider) || (client !== undefined && matchesAny(excludedClients, client));
}

/** Kinds that are off are meant only where they are named. */
function concerns({ kinds }: MaskOverride, kind: FoundKind, usual: MaskMode): boolean {
  return kinds.length === 0 ? usual !== 'off' : kinds.includes(kind);
}

function fits(override: MaskOverride, { provider, route, client }: MaskPlace): boolean {
  return isNamed(override.providers, provider) && isNamed(override.routes, route) && isNamed(override.clients, client);
}

function isNamed(names: readonly string[], name: string | undefined): boolean {
  return names.length === 0 || (name !== undefined && matchesAny(names, name));
}
