/** Single names in a row: "Anna, Bert and Carla", and the family name that stands before the given one: "Nyström, Linnea". */
import type { Tell } from './found.ts';
import { characterClass, family, given, ordinary, place, tail, title, upperLetter } from './lexicon.ts';

const name = given | family;
const reversed = 0.85;
const pair = 0.8;
const listed = 0.72;

const mostSingles = 64;
const widestGap = 8;
const joint = /^(?:,|;|,? ?(?:and|und|et|y|e|en|och|og|i|ve|&|or|и|та|και),?)$/;

export class Enumeration {
  readonly #text: string;
  readonly #tell: Tell;
  readonly #starts = new Int32Array(mostSingles);
  readonly #ends = new Int32Array(mostSingles);
  readonly #flags = new Int32Array(mostSingles);
  #count = 0;
  /** Of the first one: something before it says that a person may follow, and it was found as a name already. */
  #isAnnounced = false;
  #isSure = false;
  #lastEnd = -1;

  constructor(text: string, tell: Tell) {
    this.#text = text;
    this.#tell = tell;
  }

  /**
   * The next stretch of the text, of `count` words, with the flags of its first; one that does not stand beside the last begins a new
   * row. `isAnnounced`: something before it says that a person may follow; `isSure`: it was found as a name already.
   */
  add(start: number, end: number, flags: number, isAnnounced: boolean, isSure: boolean, count: number): void {
    if (!this.#stands(start)) this.end();
    else if (count === 1 && this.#count === 1 && this.#isReversed(start, end, flags)) {
      this.#tell(this.#starts[0] as number, end, reversed);
      this.#reset();
      return;
    }
    this.#lastEnd = end;
    if (this.#count >= mostSingles || (count !== 1 && !isAnnounced)) return;
    if (this.#count === 0) {
      this.#isAnnounced = isAnnounced;
      this.#isSure = isSure;
    }
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = end;
    this.#flags[this.#count] = flags;
    this.#count++;
  }

  #stands(start: number): boolean {
    const gap = start - this.#lastEnd;
    return (
      this.#lastEnd >= 0 && gap >= 1 && gap <= widestGap && joint.test(this.#text.slice(this.#lastEnd, start).trim())
    );
  }

  #isReversed(start: number, end: number, flags: number): boolean {
    const text = this.#text;
    const first = this.#flags[0] as number;
    const between = text.slice(this.#ends[0], start);
    if (between !== ', ' && between !== ';') return false;
    const unknown = (flags & given) === 0;
    if (unknown && (!this.#isSure || (flags & (ordinary | tail | title)) !== 0)) return false;
    if (text[end] === ',' && characterClass[text.charCodeAt(end + 2)] === upperLetter && unknown) return false;
    if (this.#isSure) return true;
    // A line of nothing else: below a letter, in a list.
    const begin = this.#starts[0] as number;
    if (
      between === ', ' &&
      !unknown &&
      (flags & ordinary) === 0 &&
      (first & (given | ordinary)) === 0 &&
      (begin === 0 || text[begin - 1] === '\n') &&
      (end === text.length || text[end] === '\n')
    )
      return true;
    // "met Anna, Bert and" begins a row of given names.
    const mayBeFamily = (first & family) !== 0 || (first & ordinary) === 0;
    return this.#isAnnounced && mayBeFamily && (first & given) === 0;
  }

  #reset(): void {
    this.#count = 0;
    this.#lastEnd = -1;
  }

  /** Three and more beside each other, two of them surely names: all of them are. */
  end(): void {
    const count = this.#count;
    this.#reset();
    if (count < 2) return;
    const flags = this.#flags;
    let sure = 0;
    let isPlace = false;
    for (let i = 0; i < count; i++) {
      const one = flags[i] as number;
      if ((one & name) !== 0 && (one & ordinary) === 0) sure++;
      if ((one & (place | name)) === place) isPlace = true;
    }
    if (count === 2) {
      if (sure === 2 && !isPlace) this.#tellTwo();
      return;
    }
    if (sure < 2 || sure * 3 < count || isPlace) return;
    for (let i = 0; i < count; i++) this.#tell(this.#starts[i] as number, this.#ends[i] as number, listed);
  }

  #tellTwo(): void {
    const [start = 0, nextStart = 0] = this.#starts;
    const [end = 0, nextEnd = 0] = this.#ends;
    const [first = 0, second = 0] = this.#flags;
    const comma = this.#text.slice(end, nextStart) === ', ';
    if (comma && (first & family) !== 0 && (second & given) !== 0) this.#tell(start, nextEnd, pair);
    else if ((first & second & given) !== 0) {
      this.#tell(start, end, listed);
      this.#tell(nextStart, nextEnd, listed);
    }
  }
}
