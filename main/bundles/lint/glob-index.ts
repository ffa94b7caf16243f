/** Finds which of many patterns covers another one, in time that grows with the text and not with their number. */
import { isGlob, matchesGlob } from '../../kit/glob.ts';

/** Characters that are looked at before what is covered by what is left open: lists that need more are not written by people. */
const mostWork = 20_000_000;

export class GlobIndex {
  #work = 0;
  /** By what stands before the first star, in the order they were added. */
  readonly #byStart = new Map<string, string[]>();
  readonly #exact = new Set<string>();
  readonly #simple = new Set<string>();

  constructor(globs: Iterable<string> | undefined = []) {
    for (const glob of globs) this.add(glob);
  }

  add(glob: string): void {
    this.#exact.add(glob);
    if (!isGlob(glob)) return;
    // With few stars a character is seldom looked at twice.
    if (glob.split('*').length <= 3) this.#simple.add(glob);
    const start = glob.slice(0, glob.indexOf('*'));
    const list = this.#byStart.get(start);
    if (list === undefined) this.#byStart.set(start, [glob]);
    else list.push(glob);
  }

  /** Whether it is one of them, or covered by one. */
  fits(name: string): boolean {
    return this.has(name) || this.covering(name) !== undefined;
  }

  has(glob: string): boolean {
    return this.#exact.has(glob);
  }

  /** One that every name fits that `narrow` fits, other than itself: a star in `narrow` is a sign like any other to the others. */
  covering(narrow: string): string | undefined {
    for (let length = 0; length <= narrow.length && this.#work <= mostWork; length += 1) {
      const found = this.#byStart
        .get(narrow.slice(0, length))
        ?.find((wide) => wide !== narrow && this.#covers(wide, narrow));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #covers(wide: string, narrow: string): boolean {
    if (this.#work > mostWork) return false;
    this.#work += this.#simple.has(wide) ? narrow.length : (wide.length * narrow.length) / 2;
    return matchesGlob(wide, narrow);
  }
}
