/** Many sequences of symbols looked for in one pass: an Aho-Corasick automaton whose edges lie in one hash table. */
import { atOnce, eachInSteps, type Steps } from '../../../kit/steps.ts';

function powerAbove(count: number): number {
  return 1 << (32 - Math.clz32(Math.max(count, 7)));
}

/** State 0 is the root. About 32 bytes for each symbol of the sequences, however many different symbols there are. */
export class TermAutomaton {
  /** Places in the tables; states are numbered as they are made. */
  #states = 1;
  readonly #parents: Int32Array;
  readonly #symbols: Int32Array;
  readonly #depths: Int32Array;
  /** Where it goes on when a sequence does not: the longest ending that is the beginning of another one. */
  #back = new Int32Array(0);
  /** By state: the number of its sequence plus one, 0 where none ends there. */
  readonly #outputs: Int32Array;
  /** By state: the longest of its endings with an output, itself counted; 0 where there is none. */
  #longest = new Int32Array(0);
  /** States, placed by the hash of their parent and symbol. */
  readonly #edges: Int32Array;
  readonly #mask: number;
  /** Children of the root by symbol. */
  readonly #openings: Int32Array;
  #sequences = 0;
  #numbers: readonly number[] = [];

  /** Symbols are positive integers up to `maxSymbol`. The same sequence twice has one number: see `numbers`. Empty ones are never found. */
  static of(sequences: readonly (readonly number[])[], maxSymbol: number): TermAutomaton {
    return atOnce(TermAutomaton.steps(sequences, maxSymbol));
  }

  /** The same in steps. */
  static *steps(sequences: readonly (readonly number[])[], maxSymbol: number): Steps<TermAutomaton> {
    let room = 1;
    for (const sequence of sequences) room += sequence.length;
    const made = new TermAutomaton(room, maxSymbol);
    yield* made.#fill(sequences);
    return made;
  }

  private constructor(room: number, maxSymbol: number) {
    this.#parents = new Int32Array(room);
    this.#symbols = new Int32Array(room);
    this.#depths = new Int32Array(room);
    this.#outputs = new Int32Array(room);
    this.#edges = new Int32Array(powerAbove(room * 2));
    this.#mask = this.#edges.length - 1;
    this.#openings = new Int32Array(maxSymbol + 1);
  }

  *#fill(sequences: readonly (readonly number[])[]): Steps<void> {
    const numbers: number[] = [];
    yield* eachInSteps(sequences, (sequence) => {
      const state = this.#insert(sequence);
      if (state !== 0 && this.#outputs[state] === 0) this.#outputs[state] = ++this.#sequences;
      numbers.push(state === 0 ? -1 : (this.#outputs[state] as number) - 1);
    });
    this.#numbers = numbers;
    this.#back = new Int32Array(this.#states);
    this.#longest = new Int32Array(this.#states);
    yield* this.#link();
  }

  /** Of each sequence: its number; -1 of an empty one. */
  get numbers(): readonly number[] {
    return this.#numbers;
  }

  /** How many different sequences there are. */
  get count(): number {
    return this.#sequences;
  }

  /** The longest sequence. */
  get maxDepth(): number {
    let max = 0;
    for (let state = 0; state < this.#states; state++) max = Math.max(max, this.#depths[state] as number);
    return max;
  }

  /** The state that goes on with this symbol; 0 where no sequence does. */
  child(state: number, symbol: number): number {
    if (state === 0) return this.#openings[symbol] ?? 0;
    for (let slot = this.#slot(state, symbol); ; slot = (slot + 1) & this.#mask) {
      const child = this.#edges[slot] as number;
      if (child === 0 || (this.#parents[child] === state && this.#symbols[child] === symbol)) return child;
    }
  }

  /** The state after one more symbol. Over a whole text as many steps back as forward at most. */
  step(state: number, symbol: number): number {
    for (let from = state; from !== 0; from = this.#back[from] as number) {
      const child = this.child(from, symbol);
      if (child !== 0) return child;
    }
    return this.#openings[symbol] ?? 0;
  }

  /** The longest of the sequences that end here, as a state; 0: none does. */
  match(state: number): number {
    return this.#longest[state] as number;
  }

  /** The next shorter one. */
  shorter(match: number): number {
    return this.#longest[this.#back[match] as number] as number;
  }

  /** Number of the sequence that ends in a state given by `match` or `shorter`. */
  numberOf(match: number): number {
    return (this.#outputs[match] as number) - 1;
  }

  depth(state: number): number {
    return this.#depths[state] as number;
  }

  /** The symbol that led here last. */
  symbol(state: number): number {
    return this.#symbols[state] as number;
  }

  #slot(state: number, symbol: number): number {
    const hash = Math.imul(state, 0x9e3779b1) ^ Math.imul(symbol, 0x85ebca6b);
    return (hash ^ (hash >>> 15)) & this.#mask;
  }

  #insert(sequence: readonly number[]): number {
    let state = 0;
    for (const symbol of sequence) {
      const known = this.child(state, symbol);
      state = known === 0 ? this.#add(state, symbol) : known;
    }
    return state;
  }

  #add(parent: number, symbol: number): number {
    const state = this.#states++;
    this.#parents[state] = parent;
    this.#symbols[state] = symbol;
    this.#depths[state] = (this.#depths[parent] as number) + 1;
    if (parent === 0) {
      this.#openings[symbol] = state;
    } else {
      let slot = this.#slot(parent, symbol);
      while (this.#edges[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#edges[slot] = state;
    }
    return state;
  }

  /** Breadth first, since the way back leads to a shorter one. */
  *#link(): Steps<void> {
    yield* eachInSteps(this.#byDepth(), (state) => {
      const parent = this.#parents[state] as number;
      const back = parent === 0 ? 0 : this.step(this.#back[parent] as number, this.#symbols[state] as number);
      this.#back[state] = back;
      this.#longest[state] = this.#outputs[state] === 0 ? (this.#longest[back] as number) : state;
    });
  }

  /** All states but the root. */
  #byDepth(): Int32Array {
    const places = new Int32Array(this.maxDepth + 2);
    for (let state = 1; state < this.#states; state++) {
      const depth = this.#depths[state] as number;
      places[depth + 1] = (places[depth + 1] as number) + 1;
    }
    for (let depth = 1; depth < places.length; depth++) {
      places[depth] = (places[depth] as number) + (places[depth - 1] as number);
    }
    const order = new Int32Array(this.#states - 1);
    for (let state = 1; state < this.#states; state++) {
      const depth = this.#depths[state] as number;
      const place = places[depth] as number;
      order[place] = state;
      places[depth] = place + 1;
    }
    return order;
  }
}
