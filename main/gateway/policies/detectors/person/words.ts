/** Runs of capitalised words in a text: what names in scripts with capitals look like. */
import { nextCapital, type CodeUnits } from '../code-units.ts';
import {
  characterClass,
  digit,
  emptyHash,
  family,
  given,
  hashed,
  hashOf,
  hashedSmall,
  known,
  lowerLetter,
  notLetter,
  particle,
  upperLetter,
  ordinary,
  tail,
  title,
} from './lexicon.ts';
import { particles } from './cue-words.ts';

/** More words than a name has: the rest begins a new run. */
export const mostWords = 12;

const space = 0x20;
const dot = 0x2e;
const hyphen = 0x2d;
const apostrophe = 0x27;
const curlyApostrophe = 0x2019;
const noBreakSpace = 0xa0;

/** Words that stand together, one space between them. Reused for every run: copy what must stay. */
export class Run {
  count = 0;
  readonly starts = new Int32Array(mostWords);
  readonly ends = new Int32Array(mostWords);
  /** What is known of each; 0 for a word that is not in any list. */
  readonly flags = new Int32Array(mostWords);
  /** One letter, with or without a dot. */
  readonly initials = new Uint8Array(mostWords);
}

/** Second syllables of Korean and Chinese given names in Latin letters (Revised Romanization, Wade-Giles). */
const givenSyllables = new Set(
  'hoon hun yeon yun woo wook ji min bin soo su hee hyun hyeon jin young yeong jun joon ho seok suk sik kyung gyeong mi sook suk ah eun won jae chul cheol ran rim lim hwa sun seon sil bok ja jung jeong tae dong gyu kyu ling mei ming hua hui ying ping ching hsin wei yu chen fang fen lan chun hao chieh chi hung lin'
    .split(' ')
    .map((word) => hashOf(word, 0, word.length)),
);

// By the first two letters: most words of a text are no particles.
const pairs = new Uint8Array(0x80 * 0x80);
for (const word of particles.split(/\s+/)) {
  const second = word.length > 1 ? word.charCodeAt(1) : space;
  if (word.charCodeAt(0) < 0x80 && second < 0x80) pairs[word.charCodeAt(0) * 0x80 + second] = 1;
}

function mayBeParticle(first: number, second: number): boolean {
  // Letters with marks count as those without; behind a single letter may stand any sign.
  if (first >= 0x80 || second >= 0x80) return true;
  return pairs[first * 0x80 + (second < 0x61 ? space : second)] === 1;
}

/** Reads the runs of a text of `length` code units one after the other. With `anyCase`, words without capitals count as well. */
export class RunReader {
  readonly run = new Run();
  readonly #code: CodeUnits;
  readonly #units: Uint16Array;
  readonly #length: number;
  readonly #anyCase: boolean;
  #at = 0;
  #wordEnd = 0;
  #wordFlags = 0;
  #wordWhole = true;
  /** "al-Rashid": the hyphen before the word belongs to the name. */
  #pastParticle = false;

  constructor(code: CodeUnits, length: number, anyCase: boolean) {
    this.#code = code;
    this.#units = code.units;
    this.#length = length;
    this.#anyCase = anyCase;
  }

  /** The next run; false at the end. */
  next(): boolean {
    for (let at = this.#nextBegin(); at >= 0; at = this.#nextBegin()) {
      this.#readWord(at);
      if (!this.#wordWhole) {
        this.#at = this.#wordEnd;
        continue;
      }
      this.run.count = 0;
      this.#at = this.#collect(at);
      return true;
    }
    return false;
  }

  /** Where the next word begins that may be part of a name; -1 behind the last. */
  #nextBegin(): number {
    const units = this.#units;
    const length = this.#length;
    if (this.#anyCase) return this.#nextWord();
    for (
      let at = nextCapital(this.#code, this.#at, length);
      at < length;
      at = nextCapital(this.#code, at + 1, length)
    ) {
      if (characterClass[units[at] as number] !== upperLetter) continue;
      if (at === 0 || characterClass[units[at - 1] as number] === notLetter) return at;
    }
    return -1;
  }

  #nextWord(): number {
    const units = this.#units;
    let at = this.#at;
    let before = at > 0 ? (characterClass[units[at - 1] as number] as number) : notLetter;
    for (; at < this.#length; at++) {
      const kind = characterClass[units[at] as number] as number;
      if ((kind === lowerLetter || kind === upperLetter) && before === notLetter) return at;
      before = kind;
    }
    return -1;
  }

  /** Adds the word just read, and those behind it; gives back where to go on. */
  #collect(start: number): number {
    const units = this.#units;
    const run = this.run;
    let at = start;
    for (;;) {
      const end = this.#wordEnd;
      run.starts[run.count] = at;
      run.ends[run.count] = end;
      run.flags[run.count] = this.#wordFlags;
      run.initials[run.count] = end - at === 1 ? 1 : 0;
      run.count++;
      let next = end;
      const gap = units[next] as number;
      // "J. Smith", "St. Clair", "Dr. Smith": a dot behind a short word does not end a sentence.
      if (gap === dot && this.#isAbbreviation(at, end) && this.#isSpace(next + 1)) next++;
      if (!this.#isSpace(next)) {
        // "J.R. Smith"
        if (
          gap === dot &&
          end - at === 1 &&
          characterClass[units[end + 1] as number] === upperLetter &&
          run.count < mostWords
        ) {
          at = end + 1;
          this.#readWord(at);
          if (this.#wordWhole) continue;
          return this.#wordEnd;
        }
        return end;
      }
      next++;
      if (run.count === mostWords) return end;
      const from = this.#pastParticles(next);
      const kind = characterClass[units[from] as number];
      if (kind !== upperLetter && !(this.#anyCase && kind === lowerLetter)) return end;
      this.#pastParticle = from > next;
      this.#readWord(from);
      this.#pastParticle = false;
      if (!this.#wordWhole) return this.#wordEnd;
      at = from;
    }
  }

  /** An initial, a title, or "St". */
  #isAbbreviation(start: number, end: number): boolean {
    if (end - start === 1 || (this.#wordFlags & title) !== 0) return true;
    return end - start === 2 && (this.#units[start] as number) === 0x53 && (this.#units[start + 1] as number) === 0x74;
  }

  #isSpace(at: number): boolean {
    const code = this.#units[at] as number;
    return code === space || code === noBreakSpace;
  }

  /** Where the next capital may stand: behind up to three of "van", "der", "de la". */
  #pastParticles(from: number): number {
    const units = this.#units;
    if (!mayBeParticle(units[from] as number, units[from + 1] as number)) return from;
    let at = from;
    for (let i = 0; i < 3; i++) {
      if (characterClass[units[at] as number] !== lowerLetter) return at;
      let hash = emptyHash;
      let end = at;
      while (end - at < 6 && characterClass[units[end] as number] === lowerLetter)
        hash = hashed(hash, units[end++] as number);
      const behind = units[end] as number;
      if ((known(hash) & particle) === 0) return from;
      if (behind === apostrophe || behind === hyphen || behind === space || behind === curlyApostrophe) at = end + 1;
      else return from;
    }
    return at;
  }

  /** Sets end, flags, and whether it is a word at all: letters, also around hyphen and apostrophe, but not `camelCase` or `word1`. */
  #readWord(start: number): void {
    const units = this.#units;
    let hash = emptyHash;
    let flags = 0;
    let at = start;
    let part = start;
    let lower = 0;
    let mixed = false;
    let syllables = 0;
    for (;;) {
      const code = units[at] as number;
      const kind = characterClass[code] as number;
      if (kind === lowerLetter) {
        lower++;
        hash = code < 0x80 ? hashedSmall(hash, code) : hashed(hash, code);
        at++;
        continue;
      }
      if (kind === upperLetter) {
        // "McDonald", "DeLuca": a capital after at most three small letters. More is a name in a program.
        if (lower > 0 && !(at - part <= 3)) mixed = true;
      } else if (kind === digit) {
        mixed = true;
      } else if (this.#joins(at) || (code === hyphen && part === start && this.#isSyllable(at + 1))) {
        if (characterClass[units[at + 1] as number] === lowerLetter && !this.#anyCase) syllables = known(hash) | given;
        if (at - part > 1) flags = part === start ? known(hash) : flags | known(hash);
        hash = emptyHash;
        part = at + 1;
        lower = 0;
        at++;
        continue;
      } else break;
      hash = hashed(hash, code);
      at++;
    }
    const whole = known(hash);
    // "Jean-Luc", "Smith-Jones", "O'Brien": every part is a name, a single letter aside.
    this.#wordFlags = syllables !== 0 ? given : part > start ? this.#partFlags(flags, whole, part - start) : whole;
    this.#wordEnd = at;
    this.#wordWhole = !mixed && !this.#inCode(start, at);
  }

  #partFlags(first: number, last: number, length: number): number {
    const names = given | family;
    if (length === 2) return last & names;
    // "El-Sayed", "Whitcombe-Hayes": the last part tells, but "Per-Store" is none.
    if ((last & names) !== 0 && (last & ordinary) === 0) return last & names;
    return (first & names) !== 0 && (last & names) !== 0 ? (first | last) & names : (first | last) & (ordinary | tail);
  }

  /** "Seo-yeon", "Mei-ling": the second half of an East Asian given name in small letters. */
  #isSyllable(from: number): boolean {
    const units = this.#units;
    let hash = emptyHash;
    let end = from;
    while (end - from < 7 && characterClass[units[end] as number] === lowerLetter)
      hash = hashed(hash, units[end++] as number);
    return (
      end - from >= 2 &&
      characterClass[units[end] as number] === notLetter &&
      units[end] !== hyphen &&
      givenSyllables.has(hash)
    );
  }

  /** A hyphen or an apostrophe with a letter behind it that goes on with the name. */
  #joins(at: number): boolean {
    const code = this.#units[at] as number;
    if (code !== hyphen && code !== apostrophe && code !== curlyApostrophe) return false;
    const next = characterClass[this.#units[at + 1] as number];
    return next === upperLetter || (this.#anyCase && next === lowerLetter && code === hyphen);
  }

  /** Part of a path, a call, a member, a variable: `foo.Anna`, `Anna(`, `@Anna`, `anna-Smith`. */
  #inCode(start: number, end: number): boolean {
    const before = start > 0 ? (this.#units[start - 1] as number) : space;
    if (
      before === 0x2f ||
      before === 0x5c ||
      before === 0x40 ||
      before === 0x23 ||
      before === 0x24 ||
      (before === hyphen && !this.#pastParticle)
    )
      return true;
    if (before === dot && start > 1 && !(characterClass[this.#units[start - 2] as number] === upperLetter)) return true;
    const after = this.#units[end] as number;
    if (after === 0x28 || after === 0x2f || after === 0x5c || after === 0x5b || after === 0x40) return true;
    if (after === 0x3a && (this.#units[end + 1] as number) === 0x3a) return true;
    if (after !== dot || end - start === 1) return false;
    const next = characterClass[this.#units[end + 1] as number];
    return next === lowerLetter || next === digit || next === upperLetter;
  }
}
