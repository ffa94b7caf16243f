/** Terms as they are read once: the words and signs of each, and what their spelling leaves open. */
import { eachInSteps, type Steps } from '../../../kit/steps.ts';
import type { MaskTerm } from '../../ports.ts';
import type { TermAutomaton } from './term-automaton.ts';
import { SpellingReader, casedSpelling, spelt } from './terms-spelling.ts';
import { space, type Vocabulary } from './terms-vocabulary.ts';

/** Spellings with their case, by the number of a sequence; `undefined` where case does not matter. */
export type Cased = ReadonlySet<string> | undefined;

/** `automaton`: of the sequences of these very terms. */
export function* casedOf(terms: readonly MaskTerm[], automaton: TermAutomaton): Steps<readonly Cased[]> {
  const isFree = new Uint8Array(automaton.count);
  const cased = new Array<Set<string> | undefined>(automaton.count).fill(undefined);
  yield* eachInSteps(terms, ({ caseSensitive }, index) => {
    const number = automaton.numbers[index] as number;
    if (number >= 0 && !caseSensitive) isFree[number] = 1;
  });
  yield* eachInSteps(terms, ({ text, caseSensitive }, index) => {
    const number = automaton.numbers[index] as number;
    if (number >= 0 && caseSensitive && isFree[number] === 0)
      cased[number] = (cased[number] ?? new Set<string>()).add(casedSpelling(text));
  });
  return cased;
}

/** The words and signs of terms, as symbols. */
export class TermReader {
  readonly #vocabulary: Vocabulary;
  readonly #reader = new SpellingReader();
  /** Symbols behind which a line may break, as behind a hyphen and within a script without spaces. */
  readonly breakable = new Set<number>();

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** Words and signs of a term, with one space for any white space between them. */
  symbolsOf(text: string): number[] {
    const reader = this.#reader;
    const symbols: number[] = [];
    let word = '';
    const endWord = (): void => {
      if (word !== '') symbols.push(this.#vocabulary.numberOf(word));
      word = '';
    };
    for (let at = 0; at < text.length; at = reader.end) {
      reader.read(text, at);
      if (reader.kind === spelt.word) word += reader.spelling;
      if (reader.kind === spelt.word || reader.kind === spelt.ignored) continue;
      endWord();
      if (reader.kind === spelt.space) {
        if (symbols.length > 0 && symbols.at(-1) !== space) symbols.push(space);
        continue;
      }
      const number = this.#vocabulary.numberOf(reader.spelling);
      if (reader.kind === spelt.own || reader.spelling === '-' || reader.spelling === '/') this.breakable.add(number);
      symbols.push(number);
    }
    endWord();
    if (symbols.at(-1) === space) symbols.pop();
    return symbols;
  }
}
