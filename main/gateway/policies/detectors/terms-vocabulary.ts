/** The words and signs that terms are made of, each with a number, and a fast way to find that of a word in a text. */
import { foldedUnit, kindOf, spelt } from './terms-spelling.ts';

/** The symbol of a run of white space; the numbers of words and signs follow. */
export const space = 1;
/** The hash of no letters. */
export const seed = 5_381;

/** By code unit: its folded form where it is an ASCII letter or digit, else 0. */
export const asciiLetters = new Uint8Array(65_536);
/** By ASCII code unit: whether it is white space. */
export const asciiSpaces = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  if (kindOf(code) === spelt.word) asciiLetters[code] = foldedUnit(code);
  if (kindOf(code) === spelt.space) asciiSpaces[code] = 1;
}

/** One more letter in a hash: Bernstein's, which takes less time than one that multiplies. */
export function mixed(hash: number, letter: number): number {
  return ((hash << 5) + hash + letter) | 0;
}

function hashOf(word: string): number {
  let hash = seed;
  for (let i = 0; i < word.length; i++) hash = mixed(hash, word.charCodeAt(i));
  return hash;
}

function slotOf(hash: number): number {
  return hash ^ (hash >>> 15);
}

/** Number of each word that any of the terms has in it. */
export class Vocabulary {
  readonly #numbers = new Map<string, number>();
  #words: string[] = [];
  #hashes = new Int32Array(0);
  /** Numbers of words, placed by their hashes; 0: the place is free, as most are. */
  #table = new Int32Array(0);
  #mask = 0;
  longest = 0;

  get count(): number {
    return this.#numbers.size + space;
  }

  numberOf(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    const number = this.count + 1;
    this.#numbers.set(word, number);
    this.longest = Math.max(this.longest, word.length);
    return number;
  }

  /** Once all words are in it. */
  seal(): void {
    this.#words = ['', '', ...this.#numbers.keys()];
    this.#hashes = Int32Array.from(this.#words, hashOf);
    this.#table = new Int32Array(1 << (32 - Math.clz32(this.#words.length * 4)));
    this.#mask = this.#table.length - 1;
    for (let number = space + 1; number < this.#words.length; number++) {
      let slot = this.#slot(this.#hashes[number] as number);
      while (this.#table[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#table[slot] = number;
    }
  }

  /** Of a word by its spelling; 0: none of the terms has it. */
  find(word: string): number {
    return this.#numbers.get(word) ?? 0;
  }

  /** Of the word in ASCII that stands in the text there. */
  findAscii(hash: number, text: string, span: { readonly start: number; readonly end: number }): number {
    for (let slot = this.#slot(hash); ; slot = (slot + 1) & this.#mask) {
      const number = this.#table[slot] as number;
      if (number === 0) return 0;
      if (this.#hashes[number] === hash && this.#same(number, text, span)) return number;
    }
  }

  /** The words and signs for whose numbers `test` holds. */
  *chosen(test: (number: number) => boolean): Iterable<string> {
    for (const [word, number] of this.#numbers) if (test(number)) yield word;
  }

  #slot(hash: number): number {
    return slotOf(hash) & this.#mask;
  }

  #same(number: number, text: string, { start, end }: { readonly start: number; readonly end: number }): boolean {
    const word = this.#words[number] as string;
    if (word.length !== end - start) return false;
    for (let i = 0; i < word.length; i++) {
      if (word.charCodeAt(i) !== asciiLetters[text.charCodeAt(start + i)]) return false;
    }
    return true;
  }
}
