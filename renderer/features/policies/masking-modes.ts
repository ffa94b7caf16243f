/** What becomes of each kind by `masking.detectors`, and the list that has one of them treated differently. */
import type { MaskingSettings } from '../../../shared/config/masking.ts';
import type { ProvenanceEntry } from '../../../shared/contract/bundles.ts';
import { kindsCovered, type FoundKind, type MaskMode } from '../../../shared/domain/masking.ts';

export type Detectors = MaskingSettings['detectors'];

export interface KindMode {
  readonly mode: MaskMode;
  /** Named by itself; else `as` says which kind it goes with, if any. */
  readonly named: boolean;
  readonly as: FoundKind | undefined;
}

const idOf = (one: Detectors[number]): FoundKind => (typeof one === 'string' ? one : one.id);
const modeOf = (one: Detectors[number]): MaskMode => (typeof one === 'string' ? 'mask' : one.mode);

/** `given`: there are terms, or patterns, which are looked for without being named. */
export function kindMode(detectors: Detectors, kind: FoundKind, given = false): KindMode {
  const own = detectors.find((one) => idOf(one) === kind);
  if (own !== undefined) return { mode: modeOf(own), named: true, as: undefined };
  const parent = detectors.find((one) => kindsCovered[idOf(one)]?.includes(kind) === true);
  if (parent !== undefined) return { mode: modeOf(parent), named: false, as: idOf(parent) };
  return { mode: given ? 'mask' : 'off', named: false, as: undefined };
}

/** The list with another mode for one kind; everything else that is said of it, and all others, stay. */
export function withMode(detectors: Detectors, kind: FoundKind, mode: MaskMode): Detectors {
  const own = detectors.find((one) => idOf(one) === kind);
  if (own === undefined) return [...detectors, mode === 'mask' ? kind : detectorOf(kind, mode)];
  if (mode === 'off' && canLeave(detectors, kind)) return detectors.filter((one) => one !== own);
  const changed = typeof own === 'string' ? (mode === 'mask' ? own : detectorOf(kind, mode)) : { ...own, mode };
  return detectors.map((one) => (one === own ? shortest(changed) : one));
}

/** Without it the kind is not looked for, and its kin is no worse off. */
function canLeave(detectors: Detectors, kind: FoundKind): boolean {
  if (kind === 'terms' || kind === 'patterns') return false;
  const isCovered = detectors.some((one) => kindsCovered[idOf(one)]?.includes(kind) === true);
  const leansOnIt = (kindsCovered[kind] ?? []).some((kin) => !detectors.some((one) => idOf(one) === kin));
  return !isCovered && !leansOnIt;
}

function detectorOf(kind: FoundKind, mode: MaskMode): Detectors[number] {
  return { id: kind, mode, restore: true, replace: 'tag' };
}

/** A name alone where nothing else is said. */
function shortest(one: Detectors[number]): Detectors[number] {
  if (typeof one === 'string') return one;
  const isUsual = one.mode === 'mask' && one.restore && one.replace === 'tag' && one.restore_in_tools === undefined;
  return isUsual ? one.id : one;
}

/** As the file says it: what is a default is not written. */
export function writtenDetectors(detectors: Detectors): readonly unknown[] {
  return detectors.map((one) => {
    if (typeof one === 'string') return one;
    const { id, mode, restore, restore_in_tools, replace } = one;
    return {
      id,
      ...(mode === 'mask' ? {} : { mode }),
      ...(restore ? {} : { restore }),
      ...(restore_in_tools === undefined ? {} : { restore_in_tools }),
      ...(replace === 'tag' ? {} : { replace }),
    };
  });
}

/** Kinds as people look for them. */
export const kindGroups: readonly {
  readonly id: 'secrets' | 'contact' | 'identity' | 'money' | 'technical';
  readonly kinds: readonly FoundKind[];
}[] = [
  { id: 'secrets', kinds: ['secrets', 'terms', 'patterns'] },
  { id: 'contact', kinds: ['person', 'email', 'phone', 'address', 'date_of_birth', 'geo', 'url'] },
  { id: 'identity', kinds: ['national_id', 'tax_id', 'passport', 'driver_license', 'medical_id', 'vehicle_id'] },
  { id: 'money', kinds: ['credit_card', 'iban', 'bank_account', 'crypto_wallet'] },
  { id: 'technical', kinds: ['ip_address', 'mac_address', 'device_id'] },
];

// ---------------------------------------------------------------- with team bundles

const strictness: readonly MaskMode[] = ['off', 'warn', 'mask', 'block'];

export function isWeakerMode(mode: MaskMode, than: MaskMode): boolean {
  return strictness.indexOf(mode) < strictness.indexOf(than);
}

type Told = Pick<ProvenanceEntry, 'mode' | 'value'> | undefined;

/** What becomes of a kind where bundles have a say; `own`: by the file alone. */
export function heldMode(own: MaskMode, told: Told, hasTeam: boolean): MaskMode {
  if (!hasTeam) return own;
  return told === undefined ? 'off' : (toldMode(told) ?? own);
}

/** The least that a bundle has become of a kind; `undefined` where it leaves that open. */
export function leastMode(told: Told): MaskMode | undefined {
  return told?.mode === 'enforced' ? toldMode(told) : undefined;
}

function toldMode({ value }: NonNullable<Told>): MaskMode | undefined {
  const mode = typeof value === 'object' && value !== null && 'mode' in value ? value.mode : undefined;
  return strictness.find((one) => one === mode);
}
