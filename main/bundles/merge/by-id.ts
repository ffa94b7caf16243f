/** Entries with ids from several bundles: what says the same of the same is put together, what says it of something else stands beside it. */
import { canonicalJson } from '../../kit/canonical-json.ts';
import type { Written } from './draft.ts';
import type { Part, Source } from './parts.ts';

export interface Entry<T> {
  readonly entry: T;
  readonly source: Source;
}

/** What entries of one id come to. The first source is the one whose word counts. */
export interface Folded<T> {
  /** As bundles name it. */
  readonly id: string;
  readonly entry: T;
  readonly source: Source;
  readonly others: readonly Source[];
}

export interface Folding<T> {
  /** What an entry is about: only entries that are about the same can be compared. */
  readonly about: (entry: T) => unknown;
  /** The stricter of each. `isOther`: it is the second one that counts now, for provenance. */
  readonly stricter: (a: T, b: T) => { readonly entry: T; readonly isOther: boolean };
}

/** In the order of the first of each. */
export function foldById<T extends { readonly id: string }>(
  entries: readonly Entry<T>[],
  { about, stricter }: Folding<T>,
): readonly Folded<T>[] {
  const folded = new Map<string, Folded<T>>();
  for (const { entry, source } of entries) {
    const key = canonicalJson([entry.id, about(entry)]);
    const before = folded.get(key);
    if (before === undefined) {
      folded.set(key, { id: entry.id, entry, source, others: [] });
      continue;
    }
    const both = stricter(before.entry, entry);
    const [counts, other] = both.isOther ? [source, before.source] : [before.source, source];
    folded.set(key, { id: entry.id, entry: both.entry, source: counts, others: [...before.others, other] });
  }
  return [...folded.values()];
}

/** Ids that are used once each: of those with the same one the first keeps it. */
export class Ids {
  readonly #taken = new Set<string>();

  has(id: string): boolean {
    return this.#taken.has(id);
  }

  /** `per-day`, `per-day-acme-core`, `per-day-acme-core-2`. */
  take(id: string, suffix: string): string {
    let free = id;
    for (let number = 1; this.#taken.has(free); number += 1)
      free = `${id}-${suffix}${number === 1 ? '' : `-${number}`}`;
    this.#taken.add(free);
    return free;
  }

  /** Each with an id of its own. */
  name<T extends { readonly id: string }>(folded: readonly Folded<T>[]): readonly (Folded<T> & Written<T>)[] {
    return folded.map((one) => {
      const id = this.take(one.entry.id, one.source.part.id);
      const entry = id === one.entry.id ? one.entry : { ...one.entry, id };
      return { ...one, entry, by: { kind: 'bundle', source: one.source } };
    });
  }

  /** The user's keep theirs unless a bundle has it. */
  own<T extends { readonly id: string }>(entries: readonly T[]): readonly Written<T>[] {
    return entries.map((one, index) => {
      const id = this.take(one.id, 'yours');
      return { entry: id === one.id ? one : { ...one, id }, by: { kind: 'own', index } };
    });
  }

  /** Suggestions whose id nobody has. */
  free<T extends { readonly id: string }>(entries: readonly Entry<T>[]): readonly Entry<T>[] {
    return entries.filter(({ entry }) => {
      if (this.#taken.has(entry.id)) return false;
      this.#taken.add(entry.id);
      return true;
    });
  }
}

/** The names of others, each once. */
export function namesOf(sources: readonly Source[]): readonly string[] {
  return [...new Set(sources.map(({ part }: { readonly part: Part }) => part.name))];
}

/** The least of two that may be absent, where absent is without end. */
export function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
