/** Words with other characters than ASCII in them, looked for where such characters stand: a thousand words in a dozen scripts, without an automaton for each. */
import { foreignLetter, nextForeign, traitsByCode, unitsOf } from '../code-units.ts';
import { foldTable } from '../keyword-scan.ts';

interface Word {
  readonly index: number;
  /** Code units in lower case. */
  readonly codes: Uint16Array;
  /** Place of its first character that is not ASCII. */
  readonly anchor: number;
  /** It has a letter that is not ASCII. */
  readonly hasLetter: boolean;
}

/** How a word is known from its anchor: by three characters from it on, around it, up to it; or by all it has, where that is less. */
const views: readonly (readonly [before: number, behind: number])[] = [
  [0, 2],
  [1, 1],
  [2, 0],
  [0, 1],
  [1, 0],
  [0, 0],
];
const mostKnown = 3;

// Most groups of characters in a text stand for no word, which one look tells.
const filterSize = 16_384;
/** How far from a letter that is not ASCII a word without one may stand. */
const reach = 48;

/** Of a few code units in lower case. */
function hashOf(lower: Uint16Array, units: Uint16Array, from: number, to: number): number {
  let hash = to - from;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (lower[units[at] as number] as number), 0x9e3779b1);
  return hash ^ (hash >>> 15);
}

/** Tells of a word: its number in the list and its place. */
export type TellWord = (index: number, start: number, end: number) => void;

export class ForeignWords {
  readonly #lower = foldTable();
  /** By anchor: a bit for each view that one of its words is known by. */
  readonly #views = new Uint8Array(65_536);
  readonly #filter = new Uint8Array(filterSize);
  readonly #words = new Map<number, Word[]>();

  /** `words` in lower case; each has a character that is not ASCII in it. */
  constructor(words: readonly string[]) {
    words.forEach((word, index) => {
      const codes = Uint16Array.from({ length: word.length }, (_, at) => this.#lower[word.charCodeAt(at)] as number);
      const anchor = codes.findIndex((code) => code >= 0x80);
      const hasLetter = codes.some((one) => ((traitsByCode[one] as number) & foreignLetter) !== 0);
      const from = Math.max(0, Math.min(anchor, codes.length - mostKnown));
      const to = Math.min(codes.length, from + mostKnown);
      const view = views.findIndex(([before, behind]) => before === anchor - from && behind === to - anchor - 1);
      const code = codes[anchor] as number;
      this.#views[code] = (this.#views[code] as number) | (1 << view);
      const hash = hashOf(this.#lower, codes, from, to);
      this.#filter[hash & (filterSize - 1)] = 1;
      const entry = { index, codes, anchor, hasLetter };
      const others = this.#words.get(hash);
      if (others === undefined) this.#words.set(hash, [entry]);
      else others.push(entry);
    });
  }

  /** All places of all words, those that overlap as well. */
  find(text: string, tell: TellWord): void {
    const code = unitsOf(text);
    const { units } = code;
    const { length } = text;
    const lower = this.#lower;
    for (let at = nextForeign(code, 0, length); at < length; at = nextForeign(code, at + 1, length)) {
      const known = this.#views[lower[units[at] as number] as number] as number;
      if (known !== 0) this.#look(units, at, length, known, tell);
    }
  }

  #look(units: Uint16Array, at: number, length: number, known: number, tell: TellWord): void {
    const lower = this.#lower;
    for (let view = 0; known >> view !== 0; view++) {
      if (((known >> view) & 1) === 0) continue;
      const [before, behind] = views[view] as readonly [number, number];
      if (at < before || at + behind >= length) continue;
      const hash = hashOf(lower, units, at - before, at + behind + 1);
      if (this.#filter[hash & (filterSize - 1)] === 1) this.#compare(units, at, length, hash, tell);
    }
  }

  /** Words whose anchor is the character at a place. */
  #compare(units: Uint16Array, at: number, length: number, hash: number, tell: TellWord): void {
    const candidates = this.#words.get(hash);
    if (candidates === undefined) return;
    const lower = this.#lower;
    for (const { codes, anchor, index, hasLetter } of candidates) {
      const start = at - anchor;
      const end = start + codes.length;
      if (start < 0 || end > length) continue;
      let i = 0;
      while (i < codes.length && codes[i] === lower[units[start + i] as number]) i++;
      if (i < codes.length) continue;
      if (hasLetter || (isNearLetter(units, start, length) && isNearLetter(units, end - 1, length)))
        tell(index, start, end);
    }
  }
}

/** A sign such as `°` says little of the language: only near other letters than those of ASCII. */
function isNearLetter(units: Uint16Array, at: number, length: number): boolean {
  const end = Math.min(length, at + reach + 1);
  for (let i = Math.max(0, at - reach); i < end; i++)
    if (((traitsByCode[units[i] as number] as number) & foreignLetter) !== 0) return true;
  return false;
}
