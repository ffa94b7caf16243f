/** What becomes of each kind that masking finds: the strictest of what bundles enforce, and never less than that. */
import type { BundleMaskDetector } from '../../../shared/bundle/sections.ts';
import { usualKinds, type DetectorSettings, type MaskingSettings } from '../../../shared/config/masking.ts';
import { foundKinds, kindsCovered, type FoundKind, type MaskMode } from '../../../shared/domain/masking.ts';
import { globCovers } from '../../kit/glob.ts';
import { entriesOf, sourceAt, type Part, type Source } from './parts.ts';

/** The strictest first. */
const modes: readonly MaskMode[] = ['block', 'mask', 'warn', 'off'];

export function strictestMode(...some: readonly (MaskMode | undefined)[]): MaskMode {
  return modes.find((mode) => some.includes(mode)) ?? 'off';
}

export function isWeaker(mode: MaskMode, than: MaskMode): boolean {
  return modes.indexOf(mode) > modes.indexOf(than);
}

/** What bundles say of one kind; the first source is the strictest. */
export interface KindRule {
  readonly detector: DetectorSettings;
  readonly sources: readonly Source[];
  readonly inLogs: boolean;
}

export type KindRules = ReadonlyMap<FoundKind, KindRule>;

/** What each part asks for, put together by the strictest. `watching`: all of it is only told of. */
export function kindRules(parts: readonly Part[], watching = false): KindRules {
  const rules = new Map<FoundKind, KindRule>();
  for (const part of parts) {
    for (const [kind, rule] of kindsAskedBy(part)) {
      const one = watching ? { ...rule, detector: { ...rule.detector, mode: strictestMode(weaker(rule)) } } : rule;
      const before = rules.get(kind);
      rules.set(kind, before === undefined ? one : bothRules(before, one));
    }
  }
  return rules;
}

function weaker({ detector }: KindRule): MaskMode {
  return detector.mode === 'off' ? 'off' : 'warn';
}

function bothRules(a: KindRule, b: KindRule): KindRule {
  const isOther = isWeaker(a.detector.mode, b.detector.mode);
  return {
    detector: strictestDetector(a.detector, b.detector),
    sources: isOther ? [...b.sources, ...a.sources] : [...a.sources, ...b.sources],
    inLogs: a.inLogs || b.inLogs,
  };
}

/** A kind that is named alone stands for its kin as well. Terms and patterns are looked for where there are any. */
function kindsAskedBy(part: Part): KindRules {
  const { masking } = part.says;
  const rules = new Map<FoundKind, KindRule>();
  const add = (kind: FoundKind, source: Source, detector: Omit<BundleMaskDetector, 'id'> = {}): void => {
    const rule = {
      detector: detectorOf(kind, detector),
      sources: [source],
      inLogs: detector.in?.includes('logs') === true,
    };
    rules.set(kind, rule);
  };
  const named = entriesOf(part, ['masking', 'detectors'], masking?.detectors, (one) => idOf(one));
  for (const { entry, source } of named) add(idOf(entry), source, typeof entry === 'string' ? {} : entry);
  for (const { entry, source } of named)
    for (const kin of kindsCovered[idOf(entry)] ?? [])
      if (!rules.has(kin)) add(kin, source, typeof entry === 'string' ? {} : entry);
  if (masking?.terms !== undefined && masking.terms.length > 0 && !rules.has('terms'))
    add('terms', sourceAt(part, 'masking', 'terms'));
  if (masking?.patterns !== undefined && masking.patterns.length > 0 && !rules.has('patterns'))
    add('patterns', sourceAt(part, 'masking', 'patterns'));
  // Masking that looks for nothing would be no masking: whoever asks for it and names nothing means what is usual.
  if (masking?.enabled === true && rules.size === 0)
    for (const kind of usualKinds) add(kind, sourceAt(part, 'masking', 'enabled'));
  return rules;
}

function idOf(detector: FoundKind | BundleMaskDetector): FoundKind {
  return typeof detector === 'string' ? detector : detector.id;
}

function detectorOf(id: FoundKind, { mode, replace, restore }: Omit<BundleMaskDetector, 'id'>): DetectorSettings {
  return {
    id,
    mode: mode ?? 'mask',
    restore: restore !== false && replace !== 'hash',
    replace: replace === 'format' && id === 'email' ? 'format' : 'tag',
  };
}

/** The stricter of each of their parts. */
export function strictestDetector(a: DetectorSettings, b: DetectorSettings): DetectorSettings {
  const tools = bothTools(toolsOf(a), toolsOf(b));
  const usual = toolsOf({ ...a, restore_in_tools: undefined });
  return {
    id: a.id,
    mode: strictestMode(a.mode, b.mode),
    restore: a.restore && b.restore,
    replace: a.replace === 'format' && b.replace === 'format' ? 'format' : 'tag',
    ...(tools.join() === usual.join() ? {} : { restore_in_tools: [...tools] }),
  };
}

/** As it is without being written. */
function toolsOf({ id, restore_in_tools }: DetectorSettings): readonly string[] {
  return restore_in_tools ?? (id === 'secrets' ? [] : ['*']);
}

/** Globs of one list that the other allows as well. Of two that only overlap neither stays. */
export function bothTools(a: readonly string[], b: readonly string[]): readonly string[] {
  const within = (some: readonly string[], others: readonly string[]): string[] =>
    some.filter((glob) => others.some((other) => globCovers(other, glob)));
  return [...new Set([...within(a, b), ...within(b, a)])].sort();
}

/** The detectors of a config as kinds, kin with them. */
export function kindsOfConfig(detectors: MaskingSettings['detectors']): ReadonlyMap<FoundKind, DetectorSettings> {
  const kinds = new Map<FoundKind, DetectorSettings>();
  for (const one of detectors) kinds.set(kindOf(one), longForm(one));
  for (const one of detectors)
    for (const kin of kindsCovered[kindOf(one)] ?? [])
      if (!kinds.has(kin)) kinds.set(kin, { ...longForm(one), id: kin });
  return kinds;
}

/** The same as they are looked for: terms and patterns are masked where nobody says what becomes of them. */
export function kindsFound(masking: MaskingSettings): Map<FoundKind, DetectorSettings> {
  const kinds = new Map(kindsOfConfig(masking.detectors));
  const given = { terms: masking.terms.length + masking.terms_files.length, patterns: masking.patterns.length };
  for (const kind of ['terms', 'patterns'] as const)
    if (given[kind] > 0 && !kinds.has(kind)) kinds.set(kind, longForm(kind));
  return kinds;
}

export function kindOf(detector: MaskingSettings['detectors'][number]): FoundKind {
  return typeof detector === 'string' ? detector : detector.id;
}

export function longForm(detector: MaskingSettings['detectors'][number]): DetectorSettings {
  return typeof detector === 'string' ? { id: detector, mode: 'mask', restore: true, replace: 'tag' } : detector;
}

/** In the order in which kinds are always listed. */
export function inKindOrder(kinds: ReadonlyMap<FoundKind, DetectorSettings>): readonly DetectorSettings[] {
  return foundKinds.flatMap((kind) => kinds.get(kind) ?? []);
}
