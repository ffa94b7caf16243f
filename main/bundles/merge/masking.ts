/** Masking: what bundles enforce cannot be switched off, exempted from or set lower; what they suggest fills what nobody wrote. */
import type { BundleSections } from '../../../shared/bundle/sections.ts';
import type { MaskingSettings } from '../../../shared/config/masking.ts';
import type { FoundKind, MaskMode } from '../../../shared/domain/masking.ts';
import type { PolicyRule } from '../../gateway/ports.ts';
import { present } from './access.ts';
import { byUser, type Draft } from './draft.ts';
import {
  kindRules,
  kindsFound,
  inKindOrder,
  isWeaker,
  longForm,
  strictestDetector,
  strictestMode,
  type KindRules,
} from './masking-kinds.ts';
import { applyPatterns } from './masking-patterns.ts';
import { suggestedMasking } from './masking-defaults.ts';
import { tellDetectors, tellEnabled, tellExceptions, tellTerms } from './masking-told.ts';
import { ruleOf, sourceAt, type Part, type Source } from './parts.ts';
import { inStrictness, settle, strictestOf } from './settle.ts';
import { keptExcludes, keptOverrides } from './masking-exceptions.ts';

export interface MaskingApplied {
  /** Rules that would be skipped if requests passed through. */
  readonly holds: readonly PolicyRule[];
  /** What is recorded must be masked: whoever says so. */
  readonly inLogs: Source | undefined;
  /** How many terms bundles bring. */
  readonly terms: number;
}

export function applyMasking(draft: Draft): MaskingApplied {
  const { enforced, watching } = draft.parts;
  const imposing = enforced.filter(({ says }) => imposes(says));
  const observing = watching.filter(({ says }) => imposes(says));
  const suggested = suggestedMasking(draft);
  const isOwn = suggested.masking.enabled;
  const base = isOwn ? suggested.masking : withoutRules(suggested.masking);
  // What is enforced as off restricts nothing: it says as little as one that is not named.
  const rules = [...kindRules(enforced)];
  const asked = new Map(rules.filter(([, { detector }]) => detector.mode !== 'off'));
  const left = rules.flatMap(([kind]) => (asked.has(kind) ? [] : [kind]));
  const enabled = isOwn || imposing.length > 0 || observing.length > 0;
  // Of what is off nothing changes but settings, and nothing else is told.
  const masking = enabled
    ? restricted(draft, base, { asked, left, imposing, observing, isOwn })
    : { ...draft.config.masking, ...scalarsOf(draft, imposing) };
  draft.config = { ...draft.config, masking: { ...masking, enabled } };
  tellEnabled(draft, { imposing, observing, suggesting: suggested.enabledBy });
  const inPatterns = enforced.flatMap((part) =>
    (part.says.masking?.patterns ?? []).some((one) => one.in?.includes('logs') === true)
      ? [sourceAt(part, 'masking', 'patterns')]
      : [],
  );
  const [inDetectors] = [...asked.values()].flatMap(({ inLogs, sources }) => (inLogs ? sources.slice(0, 1) : []));
  return {
    holds: imposing.map((part) => ruleOf(sourceAt(part, 'masking'))),
    inLogs: inDetectors ?? inPatterns[0],
    terms: [...enforced, ...watching, ...draft.parts.defaults].reduce(
      (sum, { says }) => sum + (says.masking?.terms?.length ?? 0),
      0,
    ),
  };
}

/** Whoever names something to look for wants it looked for. */
export function imposes({ masking }: BundleSections): boolean {
  if (masking === undefined) return false;
  const { enabled, detectors, terms, patterns } = masking;
  return enabled === true || [detectors, terms, patterns].some((list) => (list ?? []).length > 0);
}

/** Of one who does not mask nothing joins in but settings. */
function withoutRules(masking: MaskingSettings): MaskingSettings {
  const nothing = { detectors: [], terms: [], terms_files: [], patterns: [], env_files: [], overrides: [], allow: [] };
  return { ...masking, ...nothing };
}

interface Restricting {
  readonly asked: KindRules;
  /** Kinds that bundles name and enforce as off. */
  readonly left: readonly FoundKind[];
  readonly imposing: readonly Part[];
  readonly observing: readonly Part[];
  readonly isOwn: boolean;
}

function restricted(draft: Draft, base: MaskingSettings, given: Restricting): MaskingSettings {
  const { asked, left, imposing, observing } = given;
  const { enforced } = draft.parts;
  const level = strictestOf(enforced, ({ masking }) => masking?.min_level, inStrictness(['block', 'mask', 'warn']));
  if (level !== undefined)
    draft.told.bundle(sourceAt(level.part, 'masking', 'min_level'), level.value, { others: level.others });
  const detectors = detectorsWith(base, asked, level?.value);
  const watched = kindRules(observing);
  for (const [kind, { detector }] of watched) {
    const before = detectors.get(kind) ?? { ...detector, mode: 'off' };
    const mode = detector.mode === 'off' ? before.mode : strictestMode(before.mode, 'warn');
    detectors.set(kind, { ...before, mode });
  }
  // Not named at all they would be looked for with the kinds that stand for them, or as the terms and patterns that are there.
  for (const kind of left) if (!detectors.has(kind)) detectors.set(kind, { ...longForm(kind), mode: 'off' });
  const isChanged = asked.size > 0 || left.length > 0 || watched.size > 0 || level !== undefined;
  tellDetectors(draft, { base, detectors, asked, watched, isOwn: given.isOwn });
  const floor = (kind: FoundKind): MaskMode =>
    strictestMode(
      asked.get(kind)?.detector.mode,
      (detectors.get(kind)?.mode ?? 'off') === 'off' ? undefined : level?.value,
    );
  const overrides = keptOverrides(base.overrides, { before: kindsFound(base), kinds: detectors }, floor);
  const exclude = keptExcludes(draft, base.exclude, imposing, given.isOwn);
  tellExceptions(draft, exclude, imposing);
  return {
    ...base,
    detectors: isChanged ? [...inKindOrder(detectors)] : base.detectors,
    terms: termsWith(draft, base, given),
    patterns: applyPatterns(draft, level?.value, given.isOwn),
    exclude,
    // A value that may leave would leave whatever bundles look for.
    allow: imposing.length > 0 ? [] : base.allow,
    overrides: draft.list('masking/overrides', overrides ?? byUser(base.overrides)),
    ...scalarsOf(draft, imposing),
  };
}

function detectorsWith(
  base: MaskingSettings,
  asked: KindRules,
  level: MaskMode | undefined,
): ReturnType<typeof kindsFound> {
  const detectors = kindsFound(base);
  for (const [kind, { detector }] of asked) {
    const before = detectors.get(kind);
    detectors.set(kind, before === undefined ? detector : strictestDetector(before, detector));
  }
  if (level === undefined) return detectors;
  for (const [kind, one] of detectors)
    if (one.mode !== 'off' && isWeaker(one.mode, level)) detectors.set(kind, { ...one, mode: level });
  return detectors;
}

/** Those of a bundle that only watches stand alone or not at all: there is one rule for all terms. */
function termsWith(draft: Draft, base: MaskingSettings, { observing, isOwn }: Restricting): MaskingSettings['terms'] {
  const saidBy = (parts: readonly Part[]): readonly Part[] =>
    parts.filter(({ says }) => (says.masking?.terms ?? []).length > 0);
  const forced = saidBy(draft.parts.enforced);
  const isAlone = forced.length === 0 && base.terms.length === 0 && base.terms_files.length === 0;
  const from = [...forced, ...(isAlone ? saidBy(observing) : [])];
  const terms = new Set(base.terms);
  for (const { says } of from) for (const term of present(says.masking?.terms) ?? []) terms.add(term);
  tellTerms(draft, from, { count: terms.size, own: isOwn ? draft.own.config.masking.terms.length : 0 });
  return [...terms];
}

type Scalars = Pick<MaskingSettings, 'restore' | 'answers' | 'definitions' | 'media' | 'on_failure'>;
type Said = NonNullable<BundleSections['masking']>;

function scalarsOf(draft: Draft, imposing: readonly Part[]): Scalars {
  const own = draft.own.config.masking;
  const one = <Value>(
    name: keyof Scalars,
    mine: Value,
    order: readonly Value[],
    of: (said: Said) => Value | undefined,
  ): Value =>
    settle(draft, {
      path: ['masking', name],
      own: mine,
      saidBy: ({ masking }) => (masking === undefined ? undefined : of(masking)),
      isStricter: inStrictness(order),
      // Whoever masks by his own will is suggested more, and never less.
      isFloor: own.enabled,
    });
  const isImposed = new Set(imposing.map(({ says }) => says.masking));
  return {
    restore: one('restore', own.restore, [false, true], (said) => said.restore),
    answers: one<Scalars['answers']>('answers', own.answers, ['block', 'warn', 'off'], (said) => said.answers),
    definitions: one('definitions', own.definitions, [true, false], (said) => said.definitions),
    media: one<Scalars['media']>('media', own.media, ['block', 'pass'], (said) => said.media),
    // What must be looked for is not let through because it could not be, unless whoever asks for it says so.
    on_failure: one<Scalars['on_failure']>(
      'on_failure',
      own.on_failure,
      ['block', 'warn'],
      (said) => said.on_failure ?? (isImposed.has(said) ? 'block' : undefined),
    ),
  };
}
