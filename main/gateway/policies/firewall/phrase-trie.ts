/** All words of the phrase lists in one trie, walked from the beginnings of words. */
import { folds, letterKinds } from './normalise.ts';
import { letterNumber } from './phrase-entries.ts';
import type { Entry } from './phrase-entries.ts';

const unit = 65_536;
const space = 0x20;
/** Longest stretch of text that a word may take. */
const mostChars = 48;
/** Cells while the trie is built: twice what the lists need today. */
const roomForCells = 2 ** 17;
const mostGap = 2_048;
const free = -1;
const root = 0;

/** The words in the order of their letters, so that those with one beginning are neighbours. */
interface Sorted {
  readonly words: readonly string[];
  /** By word: the classes of those that end there and of those that may go on. */
  readonly whole: ReadonlyMap<string, number>;
  readonly begun: ReadonlyMap<string, number>;
}

function sorted(entries: readonly Entry[]): Sorted {
  const whole = new Map<string, number>();
  const begun = new Map<string, number>();
  for (const { text, mask, isWhole } of entries) {
    const masks = isWhole ? whole : begun;
    masks.set(text, (masks.get(text) ?? 0) | mask);
  }
  return { words: [...new Set([...whole.keys(), ...begun.keys()])].sort(), whole, begun };
}

/** Numbers from 1 on for all code units that occur in words, 0 for the others. */
function numberLetters(entries: readonly Entry[]): { readonly numbers: Uint16Array; readonly count: number } {
  const numbers = new Uint16Array(unit);
  let count = 1;
  for (const { text } of entries) {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (numbers[code] === 0) numbers[code] = count++;
    }
  }
  return { numbers, count };
}

/**
 * A trie as a double array (Aoe, 1989): the child of a node by a symbol is at the node's base plus the symbol, if the cell there names the
 * node as its parent. Of each cell: twice the base, plus one where a word ends, then the parent.
 */
export class PhraseTrie {
  #cells = new Int32Array(roomForCells * 2).fill(free);
  /** Classes of words of which a node is a beginning, and of words that must end there. */
  #begun = new Int32Array(roomForCells);
  #whole = new Int32Array(roomForCells);
  /** Number of each code unit as it reads, 0 for those in no word: they end every walk. */
  readonly #symbols = new Uint16Array(unit);
  readonly #space: number;
  readonly #letters = new Uint8Array(unit);
  /** The first three letters of words, five bits each, for those that begin with Latin letters; 1 where a word begins so. */
  readonly #openings = new Uint8Array(32_768);
  #firstFree = 1;
  #end = 1;

  constructor(entries: readonly Entry[]) {
    const { numbers, count } = numberLetters(entries);
    for (let code = 0; code < unit; code++) {
      const folded = folds[code] as number;
      this.#symbols[code] = numbers[folded] as number;
      this.#letters[code] = letterNumber(folded);
    }
    this.#space = numbers[space] as number;
    for (const code of [9, 10, 11, 12, 13, 0xa0, 0x3000]) this.#symbols[code] = this.#space;
    for (const { text } of entries) this.#addOpening(text);
    this.#build(sorted(entries), numbers, count);
  }

  /** The classes of all words of the lists that begin at `from`. `isRunTogether`: spaces of words may be left out. */
  classesAt(units: Uint16Array, length: number, from: number, isRunTogether: boolean): number {
    const cells = this.#cells;
    const end = Math.min(length, from + mostChars);
    let found = 0;
    let node = root;
    let before = 0;
    for (let i = from; i < end; i++) {
      const symbol = this.#symbols[units[i] as number] as number;
      if (symbol === this.#space && before === symbol) continue;
      before = symbol;
      if (symbol === 0) break;
      let next = ((cells[node * 2] as number) >> 1) + symbol;
      if (cells[next * 2 + 1] !== node) {
        next = isRunTogether ? this.#childBehindSpace(node, symbol) : root;
        if (next === root) break;
      }
      node = next;
      if (((cells[node * 2] as number) & 1) === 0) continue;
      found |= this.#begun[node] as number;
      const whole = this.#whole[node] as number;
      if (whole !== 0 && (isRunTogether ? i - from >= 2 : this.#endsAt(units, length, i))) found |= whole;
    }
    return found !== 0 && this.#opensWord(units, length, from) ? found : 0;
  }

  /** Words are known by their first three letters as they are written, blanks included. */
  #opensWord(units: Uint16Array, length: number, from: number): boolean {
    if (from + 2 >= length) return true;
    const first = this.#letters[units[from] as number] as number;
    const second = this.#letters[units[from + 1] as number] as number;
    const third = this.#letters[units[from + 2] as number] as number;
    return first === 31 || this.#openings[(first << 10) | (second << 5) | third] === 1;
  }

  /** The root if there is none, which is nobody's child. */
  #child(node: number, symbol: number): number {
    const next = ((this.#cells[node * 2] as number) >> 1) + symbol;
    return this.#cells[next * 2 + 1] === node ? next : root;
  }

  #childBehindSpace(node: number, symbol: number): number {
    const parted = this.#child(node, this.#space);
    return parted === root ? root : this.#child(parted, symbol);
  }

  #endsAt(units: Uint16Array, length: number, i: number): boolean {
    if (i + 1 >= length) return true;
    const kind = letterKinds[units[i + 1] as number] as number;
    return kind === 0 || kind !== letterKinds[units[i] as number];
  }

  /** A word shorter than three letters may go on with any; one that begins with none needs no opening. */
  #addOpening(word: string): void {
    const first = letterNumber(word.charCodeAt(0));
    if (first === 31) return;
    const second = word.length > 1 ? letterNumber(word.charCodeAt(1)) : -1;
    const third = word.length > 2 ? letterNumber(word.charCodeAt(2)) : -1;
    for (let b = second === -1 ? 0 : second; b <= (second === -1 ? 31 : second); b++)
      for (let c = third === -1 ? 0 : third; c <= (third === -1 ? 31 : third); c++)
        this.#openings[(first << 10) | (b << 5) | c] = 1;
  }

  #build(all: Sorted, numbers: Uint16Array, symbolCount: number): void {
    // Nobody's child.
    this.#cells[root * 2 + 1] = free - 1;
    const { words } = all;
    // What is still to be done: a node, its depth, and where the words begin and end that share the letters so far. No recursion: deep in a
    // program that has just started, it is several times slower.
    const left = [root, 0, 0, words.length];
    while (left.length > 0) {
      const end = left.pop() as number;
      const from = left.pop() as number;
      const depth = left.pop() as number;
      const node = left.pop() as number;
      const own = words[from] as string;
      const isEnd = own.length === depth;
      if (isEnd) {
        this.#whole[node] = all.whole.get(own) ?? 0;
        this.#begun[node] = all.begun.get(own) ?? 0;
      }
      const codes: number[] = [];
      const starts: number[] = [];
      for (let i = isEnd ? from + 1 : from; i < end; i++) {
        const code = (words[i] as string).charCodeAt(depth);
        if (codes.length > 0 && code === codes[codes.length - 1]) continue;
        codes.push(code);
        starts.push(i);
      }
      starts.push(end);
      const base = codes.length === 0 ? 0 : this.#baseFor(codes, numbers);
      this.#cells[node * 2] = base * 2 + (isEnd ? 1 : 0);
      for (let i = codes.length - 1; i >= 0; i--) {
        const child = base + (numbers[codes[i] as number] as number);
        this.#cells[child * 2 + 1] = node;
        left.push(child, depth + 1, starts[i] as number, starts[i + 1] as number);
      }
    }
    // Every base plus every symbol is within the array.
    const size = this.#end + symbolCount;
    this.#cells = this.#cells.slice(0, size * 2);
    this.#begun = this.#begun.slice(0, size);
    this.#whole = this.#whole.slice(0, size);
  }

  /** The first place where the cells for the symbols of all these letters are free. */
  #baseFor(codes: readonly number[], numbers: Uint16Array): number {
    let least = unit;
    let most = 0;
    for (let i = 0; i < codes.length; i++) {
      const symbol = numbers[codes[i] as number] as number;
      if (symbol < least) least = symbol;
      if (symbol > most) most = symbol;
    }
    while (!this.#isFree(this.#firstFree)) this.#firstFree++;
    // Gaps far behind fit few: to try them all for each node would take longer than it saves.
    let base = Math.max(0, Math.max(this.#firstFree, this.#end - mostGap) - least);
    while (!this.#areFree(base, codes, numbers)) base++;
    if (base + most >= roomForCells) throw new RangeError('too many words');
    this.#end = Math.max(this.#end, base + most + 1);
    return base;
  }

  #areFree(base: number, codes: readonly number[], numbers: Uint16Array): boolean {
    for (let i = 0; i < codes.length; i++)
      if (!this.#isFree(base + (numbers[codes[i] as number] as number))) return false;
    return true;
  }

  #isFree(cell: number): boolean {
    return this.#cells[cell * 2 + 1] === free;
  }
}
