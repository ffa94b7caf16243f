/** The words and shapes that descriptions of changes have in common. */
import type { BundleSections } from '../../shared/bundle/sections.ts';
import type { BundleChange } from '../../shared/contract/bundles.ts';
import { canonicalJson } from '../kit/canonical-json.ts';

export type Effect = BundleChange['effect'];

/** A part of a bundle in two versions of it. */
export interface SectionChange {
  readonly before: BundleSections | undefined;
  readonly after: BundleSections | undefined;
  /** `/enforced` restricts; what `/defaults` suggests neither tightens nor loosens. */
  readonly base: '/enforced' | '/defaults';
}

/** A sentence names so many things, and says how many more there are. */
const mostNamed = 5;

export interface Told {
  readonly pointer: string;
  readonly effect: Effect;
  readonly text: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** `added` without a value before, `removed` without one after. */
export function changeOf({ before, after, ...told }: Told): BundleChange {
  return {
    ...told,
    kind: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

/** The same, however its names are ordered. */
export function isSame(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return value === undefined ? '' : canonicalJson(value);
}

/** `1 model`, `3 models`. */
export function countedWord(count: number, one: string): string {
  return `${count} ${count === 1 ? one : one.endsWith('y') ? `${one.slice(0, -1)}ies` : `${one}s`}`;
}

/** `a, b and 3 more`. */
export function named(names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).join(', ');
  return names.length > mostNamed ? `${shown} and ${names.length - mostNamed} more` : shown;
}

/** A value as a person reads it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value.length > 80 ? `${value.slice(0, 79)}…` : value;
  if (value === true) return 'on';
  if (value === false) return 'off';
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : named(value.map(shown));
  return JSON.stringify(value) ?? 'nothing';
}

export function missingIn<T>(list: readonly T[] = [], other: readonly T[] = []): readonly T[] {
  // From one version to the next most of a long list stays where it is.
  const changed = list.findIndex((one, index) => one !== other[index]);
  if (changed < 0) return [];
  // The entries of a list are all of one kind.
  const keyOf = (one: T): unknown => (typeof one === 'object' ? canonical(one) : one);
  const others = new Set(other.map(keyOf));
  return list.slice(changed).filter((one) => !others.has(keyOf(one)));
}

/** Which way a step along an order from mild to strict goes; `undefined`, no opinion, is the mildest of all. */
export function stepOf(order: readonly unknown[], before: unknown, after: unknown): Effect {
  const [from, to] = [before, after].map((value) => order.indexOf(value));
  if (from === undefined || to === undefined || from === to) return 'neutral';
  return to > from ? 'tightens' : 'loosens';
}

/** Less is stricter, and no limit is the mildest. */
export function limitStep(before: number | undefined, after: number | undefined): Effect {
  const [from, to] = [before ?? Infinity, after ?? Infinity];
  return from === to ? 'neutral' : to < from ? 'tightens' : 'loosens';
}

/** Of several: whatever loosens must not be overlooked. */
export function together(effects: readonly Effect[]): Effect {
  return effects.includes('loosens') ? 'loosens' : effects.includes('tightens') ? 'tightens' : 'neutral';
}
