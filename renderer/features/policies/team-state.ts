/** How a followed bundle stands, as the page tells it, and what of it waits for people here. */
import type { BundleCard, BundleConsent, BundlePreview, ProvenanceEntry } from '../../../shared/contract/bundles.ts';
import type { BundleState } from '../../../shared/contract/words.ts';
import type { Text } from '../../text/text.ts';
import { plainPlace } from '../../ui/bundle-values.ts';
import { sectionOf, teamSections, type TeamSection } from './team-words.ts';

export type StateMark = 'ok' | 'wait' | 'off' | 'ask' | 'warning' | 'error';

/** Shape and colour of a state; its word stands beside them. */
export const stateMarks: Readonly<Record<BundleState, StateMark>> = {
  waiting: 'wait',
  active: 'ok',
  last_good: 'warning',
  limited: 'ask',
  inactive: 'off',
  needs_consent: 'ask',
  expiring: 'warning',
  expired: 'warning',
  restricted: 'error',
  blocked: 'error',
  conflict: 'error',
  failed: 'error',
};

/** Held back until somebody decides. */
export function waitingConsents(consents: readonly BundleConsent[]): readonly BundleConsent[] {
  return consents.filter(({ state }) => state === 'waiting');
}

/** Nobody confirmed who publishes it. */
export function isUnconfirmed({ trust, fingerprint }: Pick<BundleCard, 'trust' | 'fingerprint'>): boolean {
  return trust === 'first_use' && fingerprint !== null;
}

/** `12`; under a later trust document `12 (epoch 2)`, as versions may begin anew with it. `null` while nothing was read. */
export function versionOf({ epoch, version }: Pick<BundleCard, 'epoch' | 'version'>, t: Text['t']): string | null {
  if (version === null) return null;
  return epoch === null || epoch === 1
    ? String(version)
    : t('team.version.epoch', { version: String(version), epoch: String(epoch) });
}

/** Sections with how much a bundle says of each, as people read them; what has no name here comes last. */
export function countsInOrder(counts: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  const place = (name: string): number => {
    const index = teamSections.findIndex((one) => one === name);
    return index < 0 ? teamSections.length : index;
  };
  return Object.entries(counts).toSorted(([a], [b]) => place(a) - place(b));
}

// ---------------------------------------------------------------- what it sets

/** A rule or a suggestion of a bundle that is looked at. */
export interface SetRow {
  readonly pointer: string;
  readonly value: unknown;
  readonly reason: string | null;
  readonly ref: string | null;
}

export interface SetGroup {
  readonly section: TeamSection | undefined;
  readonly rows: readonly SetRow[];
}

/**
 * What it would lock, or suggest, by section. While nobody confirmed its fingerprint its rules take part in nothing, and
 * where another one decides its suggestion does not hold: both are told of all the same, from what it brings.
 */
export function setGroups(
  { entries, changes }: Pick<BundlePreview, 'entries' | 'changes'>,
  part: 'enforced' | 'defaults',
): readonly SetGroup[] {
  const mode = part === 'enforced' ? 'enforced' : 'default';
  const rows: SetRow[] = entries.filter((entry) => entry.mode === mode).map(rowOf);
  const known = new Set(rows.map(({ pointer }) => pointer));
  for (const { pointer, after } of changes) {
    const plain = plainPlace(pointer);
    if (after === undefined || !pointer.startsWith(`/${part}/`) || isKnown(known, plain)) continue;
    rows.push({ pointer: plain, value: after, reason: null, ref: null });
  }
  const bySection = Map.groupBy(rows, ({ pointer }) => sectionOf(pointer));
  return [...teamSections, undefined].flatMap((section) => {
    const found = bySection.get(section);
    return found === undefined ? [] : [{ section, rows: found }];
  });
}

/** Itself, what it stands in, or what stands in it. */
function isKnown(known: ReadonlySet<string>, pointer: string): boolean {
  if (known.has(pointer)) return true;
  return [...known].some((one) => one.startsWith(`${pointer}/`) || pointer.startsWith(`${one}/`));
}

function rowOf({ pointer, value, reason, ref }: ProvenanceEntry): SetRow {
  return { pointer, value, reason, ref };
}

export function rowCount(groups: readonly SetGroup[]): number {
  return groups.reduce((sum, { rows }) => sum + rows.length, 0);
}

// ---------------------------------------------------------------- what holds

export type WhoFilter = 'all' | ProvenanceEntry['mode'];

export interface HoldsFilter {
  readonly who: WhoFilter;
  /** Id of a bundle; `undefined`: of all. */
  readonly bundle: string | undefined;
  readonly words: string;
}

/** `textOf`: all of an entry that can be searched for, in the language of the reader. */
export function filterEntries(
  entries: readonly ProvenanceEntry[],
  { who, bundle, words }: HoldsFilter,
  textOf: (entry: ProvenanceEntry) => string,
): readonly ProvenanceEntry[] {
  const asked = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return entries.filter((entry) => {
    if (who !== 'all' && entry.mode !== who) return false;
    if (bundle !== undefined && bundleId(entry.bundle) !== bundle) return false;
    if (asked.length === 0) return true;
    const text = textOf(entry).toLowerCase();
    return asked.every((word) => text.includes(word));
  });
}

/** `acme-core` of `acme-core@12`. */
export function bundleId(revision: string | null): string | null {
  return revision === null ? null : revision.replace(/@[^@]*$/, '');
}
