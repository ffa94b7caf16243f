/** Finds terms wherever they stand, also inside longer words: the symbols of the automaton are letters. */
import { eachInSteps, type Steps } from '../../../kit/steps.ts';
import type { MaskTerm } from '../../ports.ts';
import { casedOf, type Cased } from './terms-reading.ts';
import { SpellingReader, backslash, casedSpelling, foldedUnit, kindOf, spelt } from './terms-spelling.ts';
import { TermAutomaton } from './term-automaton.ts';
import type { TellSpan } from './terms-words.ts';

const codes = 65_536;
const spaceUnit = 0x20;

/** Calls `take` with each code unit of the spelling of a text, white space as one space. */
function eachUnit(
  text: string,
  reader: SpellingReader,
  take: (unit: number, start: number, end: number) => void,
): void {
  let spaced = false;
  for (let at = 0; at < text.length; at = reader.end) {
    reader.read(text, at);
    if (reader.kind === spelt.ignored) continue;
    if (reader.kind === spelt.space) {
      if (!spaced) take(spaceUnit, at, reader.end);
      spaced = true;
      continue;
    }
    spaced = false;
    if (reader.unit !== 0) take(reader.unit, at, reader.end);
    else for (let i = 0; i < reader.text.length; i++) take(reader.text.charCodeAt(i), at, reader.end);
  }
}

function unitsOf(text: string): number[] {
  const units: number[] = [];
  eachUnit(text, new SpellingReader(), (unit) => units.push(unit));
  while (units.at(-1) === spaceUnit) units.pop();
  const first = units.findIndex((unit) => unit !== spaceUnit);
  return first < 0 ? [] : units.slice(first);
}

export class PieceTerms {
  readonly #automaton: TermAutomaton;
  /** By code unit of a spelling; 0: in no term. */
  readonly #symbols: Uint16Array;
  /** By ASCII code unit of a text. */
  readonly #ascii = new Uint16Array(128);
  readonly #cased: readonly Cased[];
  readonly #starts: Int32Array;
  readonly #ring: number;
  readonly #reader = new SpellingReader();

  #text = '';
  #state = 0;
  #count = 0;
  #spans: number[] = [];

  static *steps(terms: readonly MaskTerm[]): Steps<PieceTerms> {
    const symbols = new Uint16Array(codes);
    let count = 0;
    const sequences: number[][] = [];
    yield* eachInSteps(terms, ({ text }) => {
      const units = unitsOf(text);
      for (const unit of units) if (symbols[unit] === 0) symbols[unit] = ++count;
      sequences.push(units.map((unit) => symbols[unit] as number));
    });
    const automaton = yield* TermAutomaton.steps(sequences, count);
    const cased = yield* casedOf(terms, automaton);
    return new PieceTerms(symbols, automaton, cased);
  }

  private constructor(symbols: Uint16Array, automaton: TermAutomaton, cased: readonly Cased[]) {
    this.#symbols = symbols;
    this.#automaton = automaton;
    this.#cased = cased;
    for (let code = 0; code < 128; code++) {
      const unit = kindOf(code) === spelt.space ? spaceUnit : foldedUnit(code);
      this.#ascii[code] = symbols[unit] as number;
    }
    this.#ring = (1 << (32 - Math.clz32(this.#automaton.maxDepth + 1))) - 1;
    this.#starts = new Int32Array(this.#ring + 1);
  }

  /** Time in proportion to the text, however many terms there are. */
  find(text: string, tell: TellSpan): void {
    this.#text = text;
    this.#state = 0;
    this.#count = 0;
    this.#spans = [];
    this.#scan(text);
    for (let i = 0; i < this.#spans.length; i += 2) tell(this.#spans[i] as number, this.#spans[i + 1] as number);
    this.#text = '';
  }

  #scan(text: string): void {
    const automaton = this.#automaton;
    const reader = this.#reader;
    const length = text.length;
    let spaced = false;
    for (let i = 0; i < length;) {
      const code = text.charCodeAt(i);
      const isPlain = code < 128 && code !== backslash && (i + 1 >= length || text.charCodeAt(i + 1) < 0x300);
      if (isPlain) {
        const isSpace = kindOf(code) === spelt.space;
        if (!isSpace || !spaced) {
          const symbol = this.#ascii[code] as number;
          if (symbol === 0) this.#state = 0;
          else if (this.#state !== 0 || automaton.child(0, symbol) !== 0) this.#feed(symbol, i, i + 1);
        }
        spaced = isSpace;
        i++;
        continue;
      }
      reader.read(text, i);
      const { kind, end } = reader;
      if (kind === spelt.space) {
        if (!spaced) this.#take(spaceUnit, i, end);
        spaced = true;
      } else if (kind !== spelt.ignored) {
        spaced = false;
        this.#takeSpelling(i, end);
      }
      i = end;
    }
  }

  #takeSpelling(start: number, end: number): void {
    const { unit, text } = this.#reader;
    if (unit !== 0) this.#take(unit, start, end);
    else for (let i = 0; i < text.length; i++) this.#take(text.charCodeAt(i), start, end);
  }

  #take(unit: number, start: number, end: number): void {
    const symbol = this.#symbols[unit] as number;
    if (symbol === 0) this.#state = 0;
    else this.#feed(symbol, start, end);
  }

  #feed(symbol: number, start: number, end: number): void {
    const state = this.#automaton.step(this.#state, symbol);
    this.#state = state;
    this.#starts[this.#count++ & this.#ring] = start;
    const match = state === 0 ? 0 : this.#automaton.match(state);
    if (match !== 0) this.#found(match, end);
  }

  #found(longest: number, end: number): void {
    for (let match = longest; match !== 0; match = this.#automaton.shorter(match)) {
      const start = this.#starts[(this.#count - this.#automaton.depth(match)) & this.#ring] as number;
      const cased = this.#cased[this.#automaton.numberOf(match)];
      if (cased !== undefined && !cased.has(casedSpelling(this.#text.slice(start, end)))) continue;
      const spans = this.#spans;
      while (spans.length > 0 && (spans[spans.length - 2] as number) >= start) spans.length -= 2;
      spans.push(start, end);
      return;
    }
  }
}
