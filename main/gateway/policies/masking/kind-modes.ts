/** What becomes of each kind where a request goes: the settings with their exceptions for providers, routes and clients. */
import type { FoundKind, MaskMode } from '../../../../shared/domain/masking.ts';
import { matchesAny } from '../../../kit/glob.ts';
import type { Finding } from '../detectors/detector.ts';
import type { KindPolicy, Masking, MaskOverride } from '../../ports.ts';

/** Where a request goes, and who sends it. */
export interface MaskPlace {
  readonly provider: string;
  /** Id of the route it came by; `undefined` where it named its target. */
  readonly route: string | undefined;
  readonly client: string | undefined;
}

/** A kind, or a pattern that has a policy of its own. */
export type MaskName = FoundKind | `patterns/${string}`;

/** Of a pattern with a policy of its own also where that is `off`, so that it is not taken for one of the others. */
export type KindModes = ReadonlyMap<MaskName, MaskMode>;

/** What a finding is, and what else stands there. */
export type NamedFinding = Pick<Finding, 'kind' | 'subtype' | 'also'>;

const nothing: KindModes = new Map();

/** The strictest first. */
const strictness: readonly Exclude<MaskMode, 'off'>[] = ['block', 'mask', 'warn'];

/** Kinds that are absent are left alone. */
export function modesAt(masking: Masking, place: MaskPlace): KindModes {
  if (isExcluded(masking, place)) return nothing;
  const modes = new Map<MaskName, MaskMode>();
  const modeHere = (kind: FoundKind, mode: MaskMode): MaskMode => {
    let last = mode;
    for (const override of masking.overrides)
      if (concerns(override, kind, mode) && fits(override, place)) last = override.mode;
    return last;
  };
  for (const [kind, { mode }] of masking.kinds) {
    const here = modeHere(kind, mode);
    if (here !== 'off') modes.set(kind, here);
  }
  for (const { id, policy } of masking.patterns)
    if (policy !== undefined) modes.set(`patterns/${id}`, stricter(policy.mode, modeHere('patterns', policy.mode)));
  return modes;
}

/** An exception for patterns as such takes nothing from one that says itself what becomes of it. */
function stricter(a: MaskMode, b: MaskMode): MaskMode {
  return strictness.find((mode) => mode === a || mode === b) ?? 'off';
}

/**
 * What becomes of a finding; `undefined`: it is left alone. What else stands there does not leave because a better finding, or a
 * pattern that somebody wrote over it, is treated more mildly.
 */
export function modeOf(modes: KindModes, finding: NamedFinding): Exclude<MaskMode, 'off'> | undefined {
  const named = ownMode(modes, finding);
  if (finding.also === undefined || named === 'block') return named;
  if (named === 'mask' && finding.kind !== 'patterns' && finding.kind !== 'terms') return named;
  const all = [named, ...finding.also.map((one) => ownMode(modes, one))];
  return strictness.find((mode) => all.includes(mode));
}

function ownMode(modes: KindModes, finding: NamedFinding): Exclude<MaskMode, 'off'> | undefined {
  const mode = modes.get(nameOf(modes, finding));
  return mode === 'off' ? undefined : mode;
}

/** Those of which this becomes. */
export function findingsWith(modes: KindModes, mode: MaskMode): (finding: NamedFinding) => boolean {
  return (finding) => modeOf(modes, finding) === mode;
}

/** The settings by which a replaced value comes back: of one of patterns of which nobody knows which, all of theirs must let it. */
export function policiesOf(
  { kinds, patterns }: Masking,
  { kind, rules }: { readonly kind: FoundKind; readonly rules?: readonly string[] | undefined },
): readonly KindPolicy[] {
  const usual = kinds.get(kind);
  const found = patterns.filter(({ id }) => rules === undefined || rules.includes(id));
  const own = kind === 'patterns' ? found.map(({ policy }) => policy ?? usual) : [usual];
  return own.filter((policy) => policy !== undefined);
}

/** Under which rule people know it: patterns by their ids. */
export function ruleOf({ kind, subtype }: NamedFinding): string {
  return kind === 'patterns' ? subtype : kind;
}

function nameOf(modes: KindModes, { kind, subtype }: NamedFinding): MaskName {
  const own: MaskName = `patterns/${subtype}`;
  return kind === 'patterns' && modes.has(own) ? own : kind;
}

/** Kinds that are looked for anywhere. */
export function kindsSought({ kinds, overrides, patterns }: Masking): Set<FoundKind> {
  const sought = new Set<FoundKind>();
  for (const [kind, { mode }] of kinds) {
    const isWanted = overrides.some((one) => one.mode !== 'off' && concerns(one, kind, mode));
    if (mode !== 'off' || isWanted) sought.add(kind);
  }
  if (patterns.some(({ policy }) => policy !== undefined && policy.mode !== 'off')) sought.add('patterns');
  return sought;
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
