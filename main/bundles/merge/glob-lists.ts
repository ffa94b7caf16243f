/** Whether lists of globs allow anything together. */
import { globCovers, globsOverlap, isGlob, matchesGlob } from '../../kit/glob.ts';

/** A name in its parts, each of them a glob: a model's are its provider and what that calls it. */
export type NameGlob = readonly string[];

/** Of two patterns that overlap in more ways than this one stands for what they have in common: too much rather than too little. */
const mostMeets = 64;
/** Pairs of characters that are looked at before it is left open. */
const mostWork = 5_000_000;

class TooMuch extends Error {}

/**
 * `true` where no name fits all of the lists. Exact, but of lists that would keep a machine busy it answers `false`: it is asked so
 * that people are told, and nothing rests on it.
 */
export function areApart(lists: readonly (readonly NameGlob[])[]): boolean {
  const [first = [], ...others] = lists;
  try {
    const search = new Search(others);
    return !first.some((name) => search.finds(name, 0));
  } catch (error) {
    if (error instanceof TooMuch) return false;
    throw error;
  }
}

class Search {
  readonly #lists: readonly (readonly NameGlob[])[];
  #work = 0;

  constructor(lists: readonly (readonly NameGlob[])[]) {
    this.#lists = lists;
  }

  /** Whether some name that fits `name` fits all lists from `from` on. */
  finds(name: NameGlob, from: number): boolean {
    const list = this.#lists[from];
    if (list === undefined) return true;
    const isLast = from === this.#lists.length - 1;
    return list.some((other) => {
      if (!name.every((part, at) => this.#overlap(part, other[at] ?? ''))) return false;
      return isLast || this.#meets(name, other).some((both) => this.finds(both, from + 1));
    });
  }

  #spend(work: number): void {
    this.#work += work;
    if (this.#work > mostWork) throw new TooMuch();
  }

  #overlap(a: string, b: string): boolean {
    this.#spend(1);
    if (!isGlob(a) || !isGlob(b)) return isGlob(b) ? matchesGlob(b, a) : matchesGlob(a, b);
    this.#spend(a.length * b.length);
    return globsOverlap(a, b);
  }

  /** What both fit, part by part. */
  #meets(a: NameGlob, b: NameGlob): readonly NameGlob[] {
    return a.reduce<readonly NameGlob[]>(
      (made, part, at) => {
        const ways = this.#meetsOf(part, b[at] ?? '');
        return made.flatMap((before) => ways.map((way) => [...before, way]));
      },
      [[]],
    );
  }

  #meetsOf(a: string, b: string): readonly string[] {
    if (globCovers(a, b)) return [b];
    if (globCovers(b, a)) return [a];
    const found = new Set<string>();
    return this.#meetInto(a, b, '', found) ? [...found] : [a];
  }

  /** Every way in which two patterns run side by side; `false` where there are too many. */
  #meetInto(a: string, b: string, made: string, found: Set<string>): boolean {
    if (found.size > mostMeets) return false;
    if (!this.#overlap(a, b)) return true;
    if (a === '' || b === '') {
      found.add(made);
      return true;
    }
    const [one, other] = [a.slice(0, 1), b.slice(0, 1)];
    const both = (less: readonly [string, string, string], more: readonly [string, string, string]): boolean =>
      this.#meetInto(...less, found) && this.#meetInto(...more, found);
    if (one === '*' && other === '*') return both([a.slice(1), b, withStar(made)], [a, b.slice(1), withStar(made)]);
    if (one === '*') return both([a.slice(1), b, made], [a, b.slice(1), made + other]);
    if (other === '*') return both([a, b.slice(1), made], [a.slice(1), b, made + one]);
    return this.#meetInto(a.slice(1), b.slice(1), made + one, found);
  }
}

function withStar(made: string): string {
  return made.endsWith('*') ? made : `${made}*`;
}

/**
 * The ways in which a pattern of models may be about a provider and a model: a star may stand for the slash between them as well. A
 * pattern without a slash names no provider.
 */
export function modelNames(glob: string): readonly NameGlob[] {
  const slash = glob.indexOf('/');
  if (slash < 0) return [['*', glob]];
  const names: NameGlob[] = [[glob.slice(0, slash), glob.slice(slash + 1)]];
  for (let star = glob.indexOf('*'); star >= 0 && star < slash; star = glob.indexOf('*', star + 1))
    names.push([glob.slice(0, star + 1), glob.slice(star)]);
  return names;
}
