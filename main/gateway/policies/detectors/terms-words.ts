/** Finds terms that stand as whole words: the text is cut into words and signs, and these are the symbols of the automaton. */
import { eachInSteps, type Steps } from '../../../kit/steps.ts';
import type { MaskTerm } from '../../ports.ts';
import { SpellingReader, backslash, casedSpelling, foldedUnit, isEscape, kindOf, spelt } from './terms-spelling.ts';
import { TermReader, casedOf, type Cased } from './terms-reading.ts';
import { Openings } from './terms-openings.ts';
import { TermAutomaton } from './term-automaton.ts';
import { Vocabulary, asciiLetters, asciiSpaces, mixed, seed, space } from './terms-vocabulary.ts';

/** Told of each term found: a term inside another one is not told of. */
export type TellSpan = (start: number, end: number) => void;

const percent = 0x25;
const ampersand = 0x26;

interface WordTermsParts {
  readonly vocabulary: Vocabulary;
  readonly automaton: TermAutomaton;
  readonly cased: readonly Cased[];
  readonly breakable: ReadonlySet<number>;
}

export class WordTerms {
  readonly #vocabulary: Vocabulary;
  readonly #automaton: TermAutomaton;
  readonly #cased: readonly Cased[];
  readonly #reader = new SpellingReader();
  /** By symbol: behind it a line may break, as behind a hyphen and within a script without spaces. */
  readonly #breakable: ReadonlySet<number>;
  /** Where the symbols of the last states began: a ring. */
  readonly #starts: Int32Array;
  readonly #ring: number;
  /** By ASCII code unit: the number of the sign; 0: in no term. */
  readonly #signs = new Int32Array(128);
  readonly #openings: Openings;

  // Of the text that is being looked through.
  #text = '';
  #state = 0;
  #count = 0;
  /** Where a backslash or percent sign stood last, and the state before it. */
  #escapeAt = -1;
  #escapeState = 0;
  #spans: number[] = [];

  static *steps(terms: readonly MaskTerm[]): Steps<WordTerms> {
    const vocabulary = new Vocabulary();
    const reader = new TermReader(vocabulary);
    const sequences: number[][] = [];
    yield* eachInSteps(terms, ({ text }) => sequences.push(reader.symbolsOf(text)));
    vocabulary.seal();
    yield undefined;
    const automaton = yield* TermAutomaton.steps(sequences, vocabulary.count);
    const cased = yield* casedOf(terms, automaton);
    return new WordTerms({ vocabulary, automaton, cased, breakable: reader.breakable });
  }

  private constructor({ vocabulary, automaton, cased, breakable }: WordTermsParts) {
    this.#vocabulary = vocabulary;
    this.#automaton = automaton;
    this.#cased = cased;
    this.#breakable = breakable;
    this.#ring = (1 << (32 - Math.clz32(this.#automaton.maxDepth + 1))) - 1;
    this.#starts = new Int32Array(this.#ring + 1);
    for (let code = 0; code < 128; code++) {
      if (kindOf(code) === spelt.sign) this.#signs[code] = this.#vocabulary.find(String.fromCharCode(foldedUnit(code)));
    }
    const opening = new Set(this.#vocabulary.chosen((number) => this.#automaton.child(0, number) !== 0));
    this.#openings = new Openings(opening, new Set([backslash, percent]));
  }

  /** Time in proportion to the text, however many terms there are. */
  find(text: string, tell: TellSpan): void {
    this.#text = text;
    this.#state = 0;
    this.#count = 0;
    this.#escapeAt = -1;
    this.#spans = [];
    this.#scan(text);
    for (let i = 0; i < this.#spans.length; i += 2) tell(this.#spans[i] as number, this.#spans[i + 1] as number);
    this.#text = '';
  }

  /** While the automaton is in its first state, all is passed over that cannot bring it into another one. */
  #scan(text: string): void {
    const openings = this.#openings;
    let at = openings.next(text, 0);
    while (at >= 0) {
      at = this.#piece(at, openings.until);
      at = at < text.length ? openings.next(text, at) : -1;
    }
  }

  /** Words and signs from here on, up to a place behind `until` where no term has begun. Where that is. */
  #piece(from: number, until: number): number {
    const text = this.#text;
    let at = from;
    while (at < text.length && (at < until || this.#state !== 0 || this.#escapeAt === at - 1)) {
      const code = text.charCodeAt(at);
      let letter = asciiLetters[code] as number;
      if (letter === 0) {
        at = code < 128 ? this.#asciiOther(code, at) : this.#letter(at);
        continue;
      }
      const start = at;
      let hash = seed;
      let next = 0;
      do {
        hash = mixed(hash, letter);
        next = ++at < text.length ? text.charCodeAt(at) : 0;
        letter = asciiLetters[next] as number;
      } while (letter !== 0);
      if ((next >= 128 && goesOn(next)) || (next === backslash && isEscape(text, at))) at = this.#word(start);
      else this.#asciiWord(hash, start, at);
    }
    return at;
  }

  #asciiWord(hash: number, start: number, end: number): void {
    const number = this.#vocabulary.findAscii(hash, this.#text, { start, end });
    if (number === 0) this.#unknown(start, end);
    else this.#feed(number, start, end);
  }

  /** No term has the word, unless its first letters are the second half of an escape: `\nFalcon`, `%20Falcon`. */
  #unknown(start: number, end: number): void {
    const isEscape = this.#escapeAt === start - 1 && start > 0;
    this.#state = isEscape ? this.#escapeState : 0;
    if (!isEscape) return;
    const from = start + escapeLength(this.#text, start);
    if (from === start) {
      this.#state = 0;
      return;
    }
    this.#space(start - 1);
    if (from >= end) return;
    const number = this.#vocabulary.find(spellingOf(this.#text, from, end));
    if (number === 0) this.#state = 0;
    else this.#feed(number, from, end);
  }

  #asciiOther(code: number, at: number): number {
    if (asciiSpaces[code] === 1) return this.#state === 0 ? at + 1 : this.#spaces(at);
    if (code === backslash && isEscape(this.#text, at)) return this.#letter(at);
    if (code === ampersand && this.#state !== 0) {
      const end = this.#entity(at);
      if (end > at) return end;
    }
    if (code === backslash || code === percent) {
      this.#escapeAt = at;
      this.#escapeState = this.#state;
    }
    const number = this.#signs[code] as number;
    if (number === 0) this.#state = 0;
    else this.#feed(number, at, at + 1);
    return at + 1;
  }

  /** A sign or space as it is written in HTML. Where it ends; `at` where there is none. */
  #entity(at: number): number {
    entity.lastIndex = at;
    const name = entity.exec(this.#text)?.[1];
    if (name === undefined) return at;
    const sign = entitySigns[name] ?? ' ';
    if (sign === ' ') {
      this.#space(at);
    } else {
      const number = this.#signs[sign.charCodeAt(0)] as number;
      if (number === 0) this.#state = 0;
      else this.#feed(number, at, entity.lastIndex);
    }
    return entity.lastIndex;
  }

  /** Anything that is not ASCII. */
  #letter(at: number): number {
    const reader = this.#reader;
    reader.read(this.#text, at);
    if (reader.kind === spelt.word) return this.#word(at);
    if (reader.kind === spelt.ignored) return reader.end;
    if (reader.kind === spelt.space) return this.#state === 0 ? reader.end : this.#spaces(at);
    const { end } = reader;
    const number = this.#vocabulary.find(reader.spelling);
    if (number === 0) this.#state = 0;
    else this.#feed(number, at, end);
    return end;
  }

  /** A word that is not all ASCII. What cannot be seen is left out of it, or parts it where only the parts are known. */
  #word(start: number): number {
    const reader = this.#reader;
    let word = '';
    let end = start;
    let at = start;
    let hidden = false;
    while (at < this.#text.length) {
      reader.read(this.#text, at);
      if (reader.kind === spelt.word) {
        if (at > end) hidden = true;
        if (word.length <= this.#vocabulary.longest) word += reader.spelling;
        end = reader.end;
      } else if (reader.kind !== spelt.ignored) break;
      at = reader.end;
    }
    const number = this.#vocabulary.find(word);
    if (number !== 0) this.#feed(number, start, end);
    else if (hidden) this.#parts(start, end);
    else this.#unknown(start, end);
    return at;
  }

  #parts(from: number, to: number): void {
    const reader = this.#reader;
    for (let at = from; at < to;) {
      let word = '';
      let end = at;
      while (end < to) {
        reader.read(this.#text, end);
        if (reader.kind === spelt.ignored) break;
        word += reader.spelling;
        end = reader.end;
      }
      if (word === '') {
        at = reader.end;
        continue;
      }
      if (at > from && this.#state !== 0) this.#space(at - 1);
      const number = this.#vocabulary.find(word);
      if (number === 0) this.#state = 0;
      else this.#feed(number, at, end);
      at = end;
    }
  }

  /** A run of white space: one symbol, or none at a place where lines are broken. */
  #spaces(at: number): number {
    const text = this.#text;
    let end = at;
    let isBroken = false;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      const kind = kindOf(code);
      if (kind !== spelt.space && kind !== spelt.ignored) break;
      if (code === 10 || code === 13) isBroken = true;
      end++;
    }
    if (
      isBroken &&
      this.#automaton.child(this.#state, space) === 0 &&
      this.#breakable.has(this.#automaton.symbol(this.#state))
    )
      return end;
    this.#space(at);
    return isBroken && this.#state !== 0 ? this.#afterLinePrefix(end) : end;
  }

  /** Lines of comments and quotations begin with signs that are no part of what is said. */
  #afterLinePrefix(at: number): number {
    linePrefix.lastIndex = at;
    if (!linePrefix.test(this.#text)) return at;
    const sign = this.#signs[this.#text.charCodeAt(at)] as number;
    return sign !== 0 && this.#automaton.child(this.#state, sign) !== 0 ? at : linePrefix.lastIndex;
  }

  #space(at: number): void {
    if (this.#state !== 0 && this.#automaton.symbol(this.#state) === space) return;
    this.#feed(space, at, at);
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
      if (cased !== undefined && !cased.has(casedSpelling(withoutEscapes(this.#text.slice(start, end))))) continue;
      const spans = this.#spans;
      while (spans.length > 0 && (spans[spans.length - 2] as number) >= start) spans.length -= 2;
      spans.push(start, end);
      return;
    }
  }
}

const entity = /&(amp|#0?38|apos|#0?39|#x27|quot|#0?34|nbsp|#160);/y;
const entitySigns: Readonly<Record<string, string>> = {
  amp: '&',
  '#38': '&',
  '#038': '&',
  apos: "'",
  '#39': "'",
  '#039': "'",
  '#x27': "'",
  quot: '"',
  '#34': '"',
  '#034': '"',
};

/** `// `, `> `, ` * `, `# `, `-- `, `| `: with a space behind them. */
const linePrefix = /(?:\/\/[/!]?|[>#*|;%]{1,3}|--)[ \t]+/y;
const escapedSpaces = /\\[nrt]|%20|[\r\n]\s*(?:\/\/[/!]?|[>#*|;%]{1,3}|--)[ \t]+/g;
const entities = new RegExp(entity.source, 'g');

/** As it would stand in plain text. */
function withoutEscapes(text: string): string {
  return text.replace(escapedSpaces, ' ').replace(entities, (_whole, name: string) => entitySigns[name] ?? ' ');
}

/** Whether a word goes on with this: a letter, a mark or what cannot be seen; also half a pair of code units. */
function goesOn(code: number): boolean {
  const kind = kindOf(code);
  return kind === spelt.word || kind === spelt.mark || kind === spelt.ignored || (code >= 0xd800 && code < 0xdc00);
}

/** How many characters behind a backslash or percent sign stand with it for white space; 0: they do not. */
function escapeLength(text: string, at: number): number {
  if (text.charCodeAt(at - 1) === percent) return text.startsWith('20', at) ? 2 : 0;
  return 'nrt'.includes(text.charAt(at)) ? 1 : 0;
}

function spellingOf(text: string, from: number, to: number): string {
  const reader = new SpellingReader();
  let word = '';
  for (let at = from; at < to; at = reader.end) {
    reader.read(text, at);
    if (reader.kind === spelt.word) word += reader.spelling;
  }
  return word;
}
