/** Many words looked for in one pass over a text, without regard to case: an Aho-Corasick automaton with a dense table. */

/** Places of one detector's words, in the order of their ends. */
export interface KeywordHits {
  readonly count: number;
  /** Index of the word in the detector's list. */
  word(hit: number): number;
  /** Offset of its first character. */
  start(hit: number): number;
  /** Offset behind its last character. */
  end(hit: number): number;
}

/** Of a state: `owner, word` pairs of all the words that end there. */
type Outputs = number[];

/** Code units; what no word has in it is symbol 0. */
const codes = 65_536;
const maxSymbols = 255;

/** Of every code unit, worked out once: a few thousand of them have another one. */
let foldedCodes: Uint16Array | undefined;
/** The one capital whose small letter is two code units: it stays as it is. */
const dottedCapital = 0x130;

/** By code unit: the one in lower case. */
export function foldTable(): Uint16Array {
  if (foldedCodes !== undefined) return foldedCodes;
  const table = new Uint16Array(codes);
  for (let code = 0; code < codes; code++) if (code !== dottedCapital) table[code] = code;
  const bytes = Buffer.from(table.buffer);
  // All at once, which is many times faster than one by one.
  bytes.write(bytes.toString('utf16le').toLowerCase(), 'utf16le');
  table[dottedCapital] = dottedCapital;
  return (foldedCodes = table);
}

/** Words of several owners, looked for in one pass. */
export class KeywordScan {
  readonly #lengths: readonly (readonly number[])[];
  /** Most words are ASCII alone: a table for these is small enough to stay at hand. */
  readonly #ascii: Automaton;
  /** The others are looked for where a text is not ASCII. */
  readonly #others: Automaton;
  readonly #longestOther: number;

  /** `lists`: the words of each owner. Words with more than 255 different characters between them throw a `RangeError`. */
  constructor(lists: readonly (readonly string[])[]) {
    this.#lengths = lists.map((list) => list.map((word) => word.length));
    // What is left out is empty, so that the rest keeps its numbers.
    const only = (isWanted: (word: string) => boolean): readonly (readonly string[])[] =>
      lists.map((list) => list.map((word) => (isWanted(word) ? word : '')));
    this.#ascii = new Automaton(only(isAscii));
    this.#others = new Automaton(only((word) => !isAscii(word)));
    this.#longestOther = Math.max(0, ...lists.flat().map((word) => (isAscii(word) ? 0 : word.length)));
  }

  /** The hits of every owner, in the order of the lists. */
  scan(text: string, isAsciiText = isAscii(text)): KeywordHits[] {
    const found = this.#lengths.map((lengths) => new Hits(lengths));
    this.#ascii.scan(text, 0, text.length, found);
    if (isAsciiText || this.#longestOther === 0) return found;
    const reach = this.#longestOther - 1;
    let from = 0;
    let to = 0;
    for (const { index, 0: run } of text.matchAll(/[^\x00-\x7f]+/g)) {
      if (index - reach > to) {
        this.#others.scan(text, from, to, found);
        from = index - reach;
      }
      to = Math.min(text.length, index + run.length + reach);
    }
    this.#others.scan(text, from, to, found);
    for (const hits of found) hits.sort();
    return found;
  }
}

/** Whether nothing but ASCII is in it. */
export function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text);
}

class Automaton {
  /** Symbol by code unit. */
  readonly #symbols = new Uint8Array(codes);
  /** By row of a state and symbol: the row of the next one. Rows of states in which a word ends come last. */
  readonly #table: Int32Array;
  readonly #firstOutput: number;
  readonly #outputs: ReadonlyMap<number, Outputs>;

  constructor(lists: readonly (readonly string[])[]) {
    const width = this.#makeSymbols(lists);
    const trie = new Trie(lists, this.#symbols);
    const { count, order, outputs } = trie;
    const rows = new Int32Array(count);
    let row = 0;
    for (const state of order) if (!outputs.has(state)) rows[state] = width * row++;
    this.#firstOutput = width * row;
    for (const state of order) if (outputs.has(state)) rows[state] = width * row++;
    this.#outputs = new Map(Array.from(outputs, ([state, words]) => [rows[state] as number, words]));
    this.#table = trie.table(rows, width);
  }

  scan(text: string, from: number, to: number, found: readonly Hits[]): void {
    const symbols = this.#symbols;
    const table = this.#table;
    const firstOutput = this.#firstOutput;
    let row = 0;
    for (let i = from; i < to; i++) {
      row = table[row + (symbols[text.charCodeAt(i)] as number)] as number;
      if (row >= firstOutput) this.#tell(row, i + 1, found);
    }
  }

  #tell(row: number, end: number, found: readonly Hits[]): void {
    const outputs = this.#outputs.get(row) ?? [];
    for (let i = 0; i < outputs.length; i += 2) found[outputs[i] as number]?.add(outputs[i + 1] as number, end);
  }

  #makeSymbols(lists: readonly (readonly string[])[]): number {
    const lower = foldTable();
    const symbols = this.#symbols;
    let count = 1;
    for (const list of lists)
      for (const word of list)
        for (let i = 0; i < word.length; i++) {
          const code = lower[word.charCodeAt(i)] as number;
          if (symbols[code] !== 0) continue;
          if (count > maxSymbols) throw new RangeError('The key words have more than 255 different characters.');
          symbols[code] = count++;
        }
    for (let code = 0; code < codes; code++) {
      const own = lower[code] as number;
      if (own !== code) symbols[code] = symbols[own] as number;
    }
    return count;
  }
}

/** All beginnings of the words, as states with numbers: 0 is the empty one, and a number that is 0 elsewhere stands for none. */
class Trie {
  count = 1;
  /** Breadth first: a state comes after the one it falls back to. */
  readonly order: Int32Array;
  readonly outputs = new Map<number, Outputs>();
  readonly #symbols: Uint8Array;
  readonly #firsts: Int32Array;
  readonly #siblings: Int32Array;
  /** Of a state, the longest ending of it that is the beginning of a word. */
  readonly #fallbacks: Int32Array;

  constructor(lists: readonly (readonly string[])[], symbolOf: Uint8Array) {
    const most = 1 + lists.reduce((sum, list) => list.reduce((length, word) => length + word.length, sum), 0);
    this.#symbols = new Uint8Array(most);
    this.#firsts = new Int32Array(most);
    this.#siblings = new Int32Array(most);
    lists.forEach((words, owner) => {
      words.forEach((word, index) => {
        if (word === '') return;
        let state = 0;
        for (let i = 0; i < word.length; i++) {
          const symbol = symbolOf[word.charCodeAt(i)] as number;
          state = this.#childOf(state, symbol) || this.#newChild(state, symbol);
        }
        const own = this.outputs.get(state);
        if (own === undefined) this.outputs.set(state, [owner, index]);
        else own.push(owner, index);
      });
    });
    this.#fallbacks = new Int32Array(this.count);
    this.order = new Int32Array(this.count);
    this.#link();
  }

  #childOf(state: number, symbol: number): number {
    let child = this.#firsts[state] as number;
    while (child !== 0 && this.#symbols[child] !== symbol) child = this.#siblings[child] as number;
    return child;
  }

  #newChild(state: number, symbol: number): number {
    const child = this.count++;
    this.#symbols[child] = symbol;
    this.#siblings[child] = this.#firsts[state] as number;
    this.#firsts[state] = child;
    return child;
  }

  #link(): void {
    let count = 1;
    for (let i = 0; i < this.count; i++) {
      const state = this.order[i] as number;
      for (let child = this.#firsts[state] as number; child !== 0; child = this.#siblings[child] as number) {
        this.order[count++] = child;
        const fallback = state === 0 ? 0 : this.#fallbackOf(state, this.#symbols[child] as number);
        this.#fallbacks[child] = fallback;
        const inherited = this.outputs.get(fallback);
        if (inherited !== undefined) this.outputs.set(child, [...(this.outputs.get(child) ?? []), ...inherited]);
      }
    }
  }

  /** Where a child of the state falls back to. */
  #fallbackOf(state: number, symbol: number): number {
    for (let back = state; back !== 0;) {
      back = this.#fallbacks[back] as number;
      const child = this.#childOf(back, symbol);
      if (child !== 0) return child;
    }
    return 0;
  }

  /** By row of a state, as given, and symbol: the row of the next one. */
  table(rows: Int32Array, width: number): Int32Array {
    const table = new Int32Array(this.count * width);
    for (const state of this.order) {
      const row = rows[state] as number;
      const fallback = rows[this.#fallbacks[state] as number] as number;
      if (state !== 0) table.copyWithin(row, fallback, fallback + width);
      for (let child = this.#firsts[state] as number; child !== 0; child = this.#siblings[child] as number)
        table[row + (this.#symbols[child] as number)] = rows[child] as number;
    }
    return table;
  }
}

class Hits implements KeywordHits {
  readonly #lengths: readonly number[];
  #words: number[] = [];
  #ends: number[] = [];

  constructor(lengths: readonly number[]) {
    this.#lengths = lengths;
  }

  get count(): number {
    return this.#ends.length;
  }

  add(word: number, end: number): void {
    this.#words.push(word);
    this.#ends.push(end);
  }

  /** Two passes over one text found them. */
  sort(): void {
    const words = this.#words;
    const ends = this.#ends;
    if (ends.every((end, hit) => hit === 0 || (ends[hit - 1] as number) <= end)) return;
    const order = Array.from(ends.keys()).sort((a, b) => (ends[a] as number) - (ends[b] as number) || a - b);
    this.#words = order.map((hit) => words[hit] as number);
    this.#ends = order.map((hit) => ends[hit] as number);
  }

  word(hit: number): number {
    return this.#words[hit] as number;
  }

  start(hit: number): number {
    return (this.#ends[hit] as number) - (this.#lengths[this.word(hit)] as number);
  }

  end(hit: number): number {
    return this.#ends[hit] as number;
  }
}
