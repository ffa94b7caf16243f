/** Many patterns for names, made ready to be asked again and again: what they cost depends on the name, hardly on how many they are. */
import { isGlob, matchesGlob } from './glob.ts';

export interface GlobSetOptions {
  /** As `matchesInAnyCase`. */
  readonly anyCase?: boolean | undefined;
}

/** So few are tried one after the other. */
const fewGlobs = 8;

export class GlobSet {
  readonly #plain: ReadonlySet<string>;
  readonly #globs: GlobIndex;
  /** The same in lower case; `undefined` where case counts. */
  readonly #lower: GlobSet | undefined;
  readonly #isEmpty: boolean;

  constructor(patterns: readonly string[], { anyCase = false }: GlobSetOptions = {}) {
    this.#isEmpty = patterns.length === 0;
    // What is in lower case fits a name only if it fits the name in lower case.
    const own = anyCase ? patterns.filter((one) => one !== one.toLowerCase()) : patterns;
    this.#plain = new Set(own.filter((one) => !isGlob(one)));
    this.#globs = new GlobIndex([...new Set(own.filter(isGlob))]);
    this.#lower = anyCase ? new GlobSet(patterns.map((one) => one.toLowerCase())) : undefined;
  }

  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Whether any of the patterns fits the whole of `text`. */
  fits(text: string): boolean {
    if (this.#plain.has(text) || this.#globs.fits(text)) return true;
    return this.#lower !== undefined && this.#lower.fits(text.toLowerCase());
  }
}

/** Globs by two letters that must stand in whatever they fit: of each glob those that fewest others have. */
class GlobIndex {
  /** Those of one letter or none, or all where there are few. */
  readonly #always: string[] = [];
  readonly #byPair = new Map<string, string[]>();

  constructor(globs: readonly string[]) {
    if (globs.length <= fewGlobs) {
      this.#always.push(...globs);
      return;
    }
    const counts = new Map<string, number>();
    const pairs = globs.map(pairsIn);
    for (const pair of pairs.flat()) counts.set(pair, (counts.get(pair) ?? 0) + 1);
    for (const [at, glob] of globs.entries()) {
      const [first, ...others] = pairs[at] ?? [];
      const rarest = others.reduce(
        (best, one) => (countOf(counts, one) < countOf(counts, best) ? one : best),
        first ?? '',
      );
      const list = rarest === '' ? this.#always : (this.#byPair.get(rarest) ?? []);
      list.push(glob);
      if (rarest !== '') this.#byPair.set(rarest, list);
    }
  }

  fits(text: string): boolean {
    if (this.#always.some((glob) => matchesGlob(glob, text))) return true;
    if (this.#byPair.size === 0) return false;
    for (let at = 0; at + 1 < text.length; at++)
      if (this.#byPair.get(text.slice(at, at + 2))?.some((glob) => matchesGlob(glob, text)) === true) return true;
    return false;
  }
}

function pairsIn(glob: string): string[] {
  return glob
    .split('*')
    .flatMap((literal) =>
      Array.from({ length: Math.max(0, literal.length - 1) }, (_, at) => literal.slice(at, at + 2)),
    );
}

function countOf(counts: ReadonlyMap<string, number>, pair: string): number {
  return counts.get(pair) ?? 0;
}
