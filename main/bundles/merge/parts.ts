/** What each bundle says, in the order in which it counts, and where it says it. */
import type { BundleSections } from '../../../shared/bundle/sections.ts';
import { bundleLayers } from '../../../shared/contract/words.ts';
import type { BundlePlace } from '../../config/team-layer.ts';
import type { PolicyRule } from '../../gateway/ports.ts';
import type { LayeredBundle, LeafNote, ReadBundle } from '../types.ts';

/** What one bundle enforces or suggests. */
export interface Part {
  /** `acme-core@12`. */
  readonly name: string;
  /** `acme-core`. */
  readonly id: string;
  readonly mode: 'enforced' | 'default';
  readonly says: BundleSections;
  /** Where in the payload that begins: `/enforced`. */
  readonly root: string;
  readonly bundle: ReadBundle;
  readonly layer: LayeredBundle['layer'];
  readonly defaultsOnly: boolean;
  /** Why it says so, where that is no word of its publisher. */
  readonly because: string | undefined;
}

/** The strongest first. */
export interface Parts {
  readonly enforced: readonly Part[];
  /** Of bundles in mode `audit`: it is recorded what they would refuse. */
  readonly watching: readonly Part[];
  readonly defaults: readonly Part[];
}

/** A place in what a bundle says. */
export interface Source {
  readonly part: Part;
  /** From its sections on, as provenance and records name it: `/models/deny`, `/budgets/per-day`. */
  readonly pointer: string;
  /** The same in the payload: `/enforced/budgets/0`. */
  readonly at: string;
}

/** By layer, and within one by enrolment. */
export function inOrder(bundles: readonly LayeredBundle[]): readonly LayeredBundle[] {
  return bundleLayers.flatMap((layer) => bundles.filter((one) => one.layer === layer));
}

export function partsOf(bundles: readonly LayeredBundle[]): Parts {
  const sorted = inOrder(bundles).map((one) => ({ one, ...sectionsOf(one) }));
  const enforced: Part[] = [];
  const watching: Part[] = [];
  for (const { one, enforced: says } of sorted) {
    if (one.defaultsOnly) continue;
    const into = one.bundle.payload.mode === 'audit' ? watching : enforced;
    if (says !== undefined) into.push(part(one, 'enforced', says, '/enforced'));
    into.push(...expiredPart(one));
  }
  // The nearest to the user first.
  const nearest = [...bundleLayers].reverse().flatMap((layer) => sorted.filter(({ one }) => one.layer === layer));
  const defaults = nearest.flatMap(({ one, defaults: says }) =>
    says === undefined ? [] : [part(one, 'default', says, '/defaults')],
  );
  return { enforced, watching, defaults };
}

export function nameOf({ payload }: ReadBundle): string {
  return `${payload.id}@${payload.version}`;
}

function part(
  { bundle, layer, defaultsOnly }: LayeredBundle,
  mode: Part['mode'],
  says: BundleSections,
  root: string,
  because?: string,
): Part {
  return { name: nameOf(bundle), id: bundle.payload.id, mode, says, root, bundle, layer, defaultsOnly, because };
}

function expiredPart(one: LayeredBundle): readonly Part[] {
  const { offline } = one.bundle.payload;
  if (one.expired === 'block') {
    const nothing = { providers: { allow: [] }, models: { allow: [] } };
    return [part(one, 'enforced', nothing, '/offline/on_expiry', 'This bundle expired, and so nothing may be asked')];
  }
  if (one.expired === 'restrict' && offline?.restrict_to !== undefined) {
    return [part(one, 'enforced', offline.restrict_to, '/offline/restrict_to', 'This bundle expired')];
  }
  return [];
}

// ---------------------------------------------------------------- what waits for consent

interface Says {
  readonly enforced: BundleSections | undefined;
  readonly defaults: BundleSections | undefined;
}

/** With what held before in place of what waits. An entry of a list that is taken out leaves a hole, so that others keep their places. */
function sectionsOf({ bundle, held }: LayeredBundle): Says {
  const { enforced, defaults } = bundle.payload;
  if (held.size === 0) return { enforced, defaults };
  const copy = structuredClone({ enforced, defaults }) as unknown;
  for (const [pointer, value] of held) put(copy, stepsOf(pointer), value);
  return copy as Says;
}

function put(root: unknown, steps: readonly string[], value: unknown): void {
  let at = root;
  for (const step of steps.slice(0, -1)) at = childOf(at, step);
  const last = steps.at(-1);
  if (typeof at !== 'object' || at === null || last === undefined) return;
  const parent = at as Record<string, unknown>;
  if (value !== undefined)
    Object.defineProperty(parent, last, { value, enumerable: true, configurable: true, writable: true });
  else if (Array.isArray(at)) parent[last] = undefined;
  // Not there is not the same as undefined to those who list what is.
  else Reflect.deleteProperty(parent, last);
}

function childOf(at: unknown, step: string): unknown {
  return typeof at === 'object' && at !== null && Object.hasOwn(at, step)
    ? (at as Record<string, unknown>)[step]
    : undefined;
}

/** Of a JSON Pointer. */
export function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** `/masking/detectors/iban`. */
export function pointerOf(...steps: readonly (string | number)[]): string {
  return steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

// ---------------------------------------------------------------- places

/** Of a value that stands where its name says. */
export function sourceAt(part: Part, ...steps: readonly (string | number)[]): Source {
  const pointer = pointerOf(...steps);
  return { part, pointer, at: part.root + pointer };
}

/** The entries of a list, without holes, each with its place; `idOf` names them where they are told of. */
export function entriesOf<T>(
  part: Part,
  steps: readonly string[],
  list: readonly (T | undefined)[] | undefined,
  idOf: (entry: T, index: number) => string,
): readonly { readonly entry: T; readonly source: Source }[] {
  return (list ?? []).flatMap((entry, index) => {
    if (entry === undefined) return [];
    const source = {
      part,
      pointer: pointerOf(...steps, idOf(entry, index)),
      at: part.root + pointerOf(...steps, index),
    };
    return [{ entry, source }];
  });
}

export function lineOf({ part, at }: Source): number {
  return part.bundle.lineOf(at);
}

/** `team bundle acme-core@12, line 58`. */
export function originOf(source: Source): string {
  return `${fileOf(source)}, line ${lineOf(source)}`;
}

export function placeOf(source: Source, ...rest: readonly (string | number)[]): BundlePlace {
  const line = source.part.bundle.lineOf(source.at + pointerOf(...rest));
  return { file: fileOf(source), line, column: 1 };
}

function fileOf({ part }: Source): string {
  return `team bundle ${part.name}`;
}

/** Whose rule it is. */
export function ruleOf(source: Source): PolicyRule {
  const { part } = source;
  const pointer = part.root === '/offline/on_expiry' ? part.root : source.pointer;
  const { text, url } = part.bundle.payload.contact ?? {};
  return {
    rule: `${part.name}:${pointer}`,
    origin: originOf(source),
    reason: noteOf(source)?.reason ?? part.because,
    contact: [text, url].filter((one) => one !== undefined).join(' ') || undefined,
  };
}

const noteIndexes = new WeakMap<ReadBundle, ReadonlyMap<string, LeafNote>>();

/** What its publisher notes of a value: at itself, at what it stands in, or else at the first of its parts. */
export function noteOf({ part, at }: Source): LeafNote | undefined {
  const { notes } = part.bundle;
  if (notes.size === 0) return undefined;
  const steps = at.split('/');
  for (let length = steps.length; length > 2; length -= 1) {
    const note = notes.get(steps.slice(0, length).join('/'));
    if (note !== undefined) return note;
  }
  return partNotes(part.bundle).get(at);
}

/** By the places that hold something with a note. */
function partNotes(bundle: ReadBundle): ReadonlyMap<string, LeafNote> {
  let index = noteIndexes.get(bundle);
  if (index === undefined) {
    const made = new Map<string, LeafNote>();
    for (const [pointer, note] of bundle.notes) {
      const steps = pointer.split('/');
      for (let length = 4; length < steps.length; length += 1) {
        const above = steps.slice(0, length).join('/');
        if (!made.has(above)) made.set(above, note);
      }
    }
    noteIndexes.set(bundle, (index = made));
  }
  return index;
}
