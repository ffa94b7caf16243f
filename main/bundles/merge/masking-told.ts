/** What is told of masking: why it is on, and whose each of its rules is. */
import type { DetectorSettings, MaskingSettings } from '../../../shared/config/masking.ts';
import { foundKinds, kindsCovered, type FoundKind } from '../../../shared/domain/masking.ts';
import type { Draft } from './draft.ts';
import { isWeaker, kindsOfConfig, kindOf, longForm, type KindRules } from './masking-kinds.ts';
import { sourceAt, type Part, type Source } from './parts.ts';
import { namesOf } from './by-id.ts';

interface Enabling {
  readonly imposing: readonly Part[];
  readonly observing: readonly Part[];
  readonly suggesting: Source | undefined;
}

const path = ['masking', 'enabled'];
const pointer = '/masking/enabled';

export function tellEnabled(draft: Draft, { imposing, observing, suggesting }: Enabling): void {
  const { told, own } = draft;
  const mine = own.config.masking.enabled;
  const [first, ...others] = imposing.length > 0 || mine || suggesting !== undefined ? imposing : observing;
  if (first !== undefined) {
    const source = sourceAt(first, 'masking', 'enabled');
    const isWritten = draft.isWritten(...path);
    const yours = isWritten && !mine ? { yours: false } : {};
    const names = [...others.map(({ name }) => name), ...(isWritten ? [own.origin(path)] : [])];
    told.bundle(source, true, { others: names, ...yours }, pointer);
    draft.value('masking/enabled', source);
  } else if (suggesting !== undefined) {
    told.bundle(suggesting, true, {}, pointer);
    draft.value('masking/enabled', suggesting);
  } else told.own(pointer, mine, path);
}

interface Detecting {
  readonly base: MaskingSettings;
  readonly detectors: ReadonlyMap<FoundKind, DetectorSettings>;
  readonly asked: KindRules;
  readonly watched: KindRules;
  readonly isOwn: boolean;
}

export function tellDetectors(draft: Draft, { base, detectors, asked, watched, isOwn }: Detecting): void {
  const { told, own } = draft;
  const mine = kindsOfConfig(own.config.masking.detectors);
  const isWritten = draft.isWritten('masking', 'detectors');
  const named = new Set(own.config.masking.detectors.map(kindOf));
  for (const [kind, detector] of detectors) {
    const at = `/masking/detectors/${kind}`;
    const written = isWritten ? mine.get(kind) : undefined;
    const rule = asked.get(kind) ?? (detector.mode === 'warn' && !isOwn ? watched.get(kind) : undefined);
    const [source, ...others] = rule?.sources ?? [];
    const suggesting = isOwn ? suggestingOf(draft, kind) : undefined;
    if (source !== undefined) {
      const isOther = written !== undefined && JSON.stringify(longForm(written)) !== JSON.stringify(detector);
      const names = [...namesOf(others), ...(written === undefined ? [] : [own.origin(['masking', 'detectors'])])];
      const entry = told.bundle({ ...source, pointer: at }, detector, {
        ...{ others: names, ...(isOther ? { yours: written } : {}) },
      });
      entry.reason = reasonWith(entry.reason, standsFor(source, kind));
    } else if (written !== undefined) {
      const raised = isWeaker(written.mode, detector.mode) ? { yours: written } : {};
      const index = own.config.masking.detectors.findIndex((one) => kindOf(one) === kind);
      told.user(at, detector, index < 0 ? ['masking', 'detectors'] : ['masking', 'detectors', index], raised);
    } else if (suggesting !== undefined && !(isWritten && named.has(kind))) {
      const entry = told.bundle({ ...suggesting, pointer: at }, detector);
      entry.reason = reasonWith(entry.reason, standsFor(suggesting, kind));
    } else if (base.detectors.length > 0 || isOwn) told.app(at, detector);
  }
}

/** Why a rule is about a kind that is not named where it stands. */
function standsFor({ pointer }: Source, kind: FoundKind): string | undefined {
  if (pointer === '/masking/enabled') return 'masking that names no kind means the usual ones';
  const named = /^\/masking\/detectors\/(.+)$/.exec(pointer)?.[1];
  return named === undefined || named === kind ? undefined : `${named} stands for ${kind} too`;
}

function reasonWith(reason: string | null, why: string | undefined): string | null {
  if (why === undefined) return reason;
  return reason === null ? why : `${reason} (${why})`;
}

/** The suggestion that names this kind, or else one that stands for it. */
function suggestingOf({ parts }: Draft, kind: FoundKind): Source | undefined {
  const kinds = [kind, ...foundKinds.filter((one) => kindsCovered[one]?.includes(kind) === true)];
  for (const one of kinds)
    for (const part of parts.defaults) {
      const index = (part.says.masking?.detectors ?? []).findIndex(
        (detector) => detector !== undefined && (typeof detector === 'string' ? detector : detector.id) === one,
      );
      if (index >= 0) return { ...sourceAt(part, 'masking', 'detectors', index), pointer: `/masking/detectors/${one}` };
    }
  return undefined;
}

/** How many there are, and whose: never one by one. */
export function tellTerms(
  draft: Draft,
  forced: readonly Part[],
  { count, own }: { readonly count: number; readonly own: number },
): void {
  if (count === 0) return;
  const suggesting = draft.parts.defaults.filter(({ says }) => (says.masking?.terms ?? []).length > 0);
  const [first, ...others] = [...forced, ...suggesting];
  const mine = own > 0 ? [draft.own.origin(['masking', 'terms'])] : [];
  if (first === undefined) draft.told.user('/masking/terms', { count }, ['masking', 'terms']);
  else {
    const names = [...others.map(({ name }) => name), ...mine];
    draft.told.bundle(sourceAt(first, 'masking', 'terms'), { count }, { others: names });
  }
}

/** Of who may go past masking nothing is the user's any more where bundles ask for it. */
export function tellExceptions(draft: Draft, exclude: MaskingSettings['exclude'], imposing: readonly Part[]): void {
  tellExclude(draft, exclude, imposing);
  const { allow } = draft.own.config.masking;
  const [first] = imposing;
  if (first === undefined) return;
  const beside = allow.length === 0 ? {} : { yours: allow };
  draft.told.bundle(sourceAt(first, 'masking', 'allow'), [], beside, '/masking/allow');
}

function tellExclude(draft: Draft, exclude: MaskingSettings['exclude'], imposing: readonly Part[]): void {
  for (const name of ['providers', 'clients'] as const) {
    const mine = draft.own.config.masking.exclude[name];
    const [first, ...others] = imposing;
    const at = ['masking', 'exclude', name];
    const suggesting = draft.isWritten(...at)
      ? undefined
      : draft.parts.defaults.find(({ says }) => says.masking?.exclude?.[name] !== undefined);
    if (first !== undefined) {
      const source = sourceAt(first, ...at);
      const lost = mine.some((glob) => !exclude[name].includes(glob));
      const beside = { others: others.map((part) => part.name), ...(lost ? { yours: mine } : {}) };
      draft.told.bundle(source, exclude[name], beside, `/masking/exclude/${name}`);
    } else if (suggesting !== undefined)
      draft.told.bundle(sourceAt(suggesting, ...at), exclude[name], {}, `/masking/exclude/${name}`);
    else draft.told.own(`/masking/exclude/${name}`, exclude[name], at);
  }
}
