/** Passes over the places of a text where no term can begin: a look at six letters at a time, without a branch for each word. */
import { foldedUnit, kindOf, spelt } from './terms-spelling.ts';

/** Letters of the window, and bits of each. */
const width = 6;
const bits = 5;
const windowMask = 2 ** (width * bits) - 1;
const tableBits = 20;
/** Symbols: no letter (letters are 1 to 31), what has to be looked at by itself, what nobody has asked for yet. */
const edge = 0;
const stop = 32;
const unasked = 33;
const codes = 65_536;

/** A number from 1 to 31 for a letter or digit in its one spelling. */
function letterNumber(unit: number): number {
  if (unit >= 0x61 && unit <= 0x7a) return unit - 0x60;
  return unit >= 0x30 && unit <= 0x39 ? 27 + ((unit - 0x30) % 5) : 1 + (unit % 31);
}

function placeOf(window: number): number {
  return Math.imul(window, 0x9e3779b1) >>> (32 - tableBits);
}

export class Openings {
  /** By code unit. */
  readonly #symbols = new Uint8Array(codes).fill(unasked);
  /** A bit for each window that begins with the edge of a word and the letters of a word that opens a term. */
  readonly #known = new Int32Array(2 ** (tableBits - 5));
  readonly #opening: ReadonlySet<string>;
  readonly #always: ReadonlySet<number>;
  /** Up to here has to be looked at what begins at the last `next`. */
  until = 0;

  /** `opening`: spellings of the words and signs that terms begin with. `always`: code units that are never passed over. */
  constructor(opening: ReadonlySet<string>, always: ReadonlySet<number>) {
    this.#opening = opening;
    this.#always = always;
    for (const word of opening) this.#add(word);
  }

  #add(word: string): void {
    let window = 0;
    const letters = Math.min(word.length, width - 1);
    for (let i = 0; i < letters; i++) window = (window << bits) | letterNumber(word.charCodeAt(i));
    // Behind a short word its edge follows, and then anything.
    const open = Math.max(0, width - 2 - letters) * bits;
    if (letters < width - 1) window <<= bits;
    for (let rest = 0; rest < 2 ** open; rest++) {
      const place = placeOf((window << open) | rest);
      this.#known[place >>> 5] = (this.#known[place >>> 5] as number) | (1 << (place & 31));
    }
  }

  /** The next place from `from` on, itself the edge of a word, where a term may begin; -1: there is none. */
  next(text: string, from: number): number {
    const symbols = this.#symbols;
    const known = this.#known;
    const length = text.length;
    let window = 0;
    for (let i = from; i < length + width - 1; i++) {
      let symbol = i < length ? (symbols[text.charCodeAt(i)] as number) : edge;
      if (symbol >= stop) {
        if (symbol === unasked) symbol = this.#ask(text.charCodeAt(i));
        if (symbol === stop) {
          this.until = i + 1;
          return this.#wordStart(text, Math.max(from, i - width + 1), from);
        }
      }
      window = ((window << bits) | symbol) & windowMask;
      const place = Math.imul(window, 0x9e3779b1) >>> (32 - tableBits);
      if (((known[place >>> 5] as number) & (1 << (place & 31))) !== 0 && window >>> ((width - 1) * bits) === edge) {
        const start = Math.max(from, i - width + 2);
        this.until = start + 1;
        return start;
      }
    }
    return -1;
  }

  #ask(code: number): number {
    const symbol = this.#symbolOf(code);
    this.#symbols[code] = symbol;
    return symbol;
  }

  #symbolOf(code: number): number {
    if (this.#always.has(code)) return stop;
    const kind = kindOf(code);
    if (kind === spelt.space) return edge;
    const unit = foldedUnit(code);
    // Marks and what cannot be seen change what is before them; a pair of code units is one letter.
    if (unit === 0 || kind === spelt.mark || kind === spelt.ignored || (code >= 0xd800 && code < 0xe000)) return stop;
    if (kind === spelt.word) return letterNumber(unit);
    return this.#opening.has(String.fromCharCode(unit)) ? stop : edge;
  }

  /** Where the word begins that the place is in. */
  #wordStart(text: string, at: number, from: number): number {
    let start = at;
    while (start > from && this.#isLetter(text.charCodeAt(start - 1))) start--;
    return start;
  }

  #isLetter(code: number): boolean {
    const symbol = this.#symbols[code] as number;
    return symbol > edge && symbol < stop;
  }
}
