/** Where in a text words of the phrase lists and marks of prompts may begin: found without branches, which ordinary text would make slow. */
import { folds, letterKinds } from './normalise.ts';
import { letterNumber } from './phrase-entries.ts';
import type { Entry } from './phrase-entries.ts';

const unit = 65_536;
/** Of a code unit's act: what kind of letter it is, whether a word may begin with it, its group, whether it is looked at whatever is before it. */
const kindBits = 3;
const mayBegin = 4;
const groupShift = 3;
const always = 256;

/** Groups of code units: 1 to 26 are Latin letters. */
const bracket = 27;
/** Other signs of ASCII, and blanks. */
const sign = 28;
const other = 31;
const groupCount = 32;
/** What is no Latin letter. */
const signs: readonly number[] = [bracket, sign, other];
const all: readonly number[] = Array.from({ length: groupCount }, (_, group) => group);

/** Marks of prompts begin with `<`, `[` or `#`. */
function isBracket(code: number): boolean {
  return code === 0x3c || code === 0x5b || code === 0x23;
}

function groupOf(code: number): number {
  if (isBracket(code)) return bracket;
  const folded = folds[code] as number;
  const letter = letterNumber(folded);
  if (letter !== other) return letter;
  return folded < 0x80 || code === 0xa0 || code === 0x3000 ? sign : other;
}

function groupIn(act: number): number {
  return (act >> groupShift) & (groupCount - 1);
}

export class PhrasePlaces {
  readonly #acts = new Uint16Array(unit);
  /** By the groups of three code units, five bits each: a bit that says whether the first is worth looking at. Small enough to stay near. */
  readonly #isWorth = new Uint8Array(groupCount ** 3 / 8);

  constructor(entries: readonly Entry[]) {
    const begins = new Uint8Array(unit);
    for (const { text } of entries) begins[text.charCodeAt(0)] = 1;
    for (let code = 0; code < unit; code++) {
      const kind = letterKinds[code] as number;
      const isFirst = begins[folds[code] as number] === 1;
      const isAlways = isBracket(code) || (isFirst && (kind === 0 || kind === 2));
      this.#acts[code] = kind | (isFirst ? mayBegin : 0) | (groupOf(code) << groupShift) | (isAlways ? always : 0);
    }
    this.#allow(
      [bracket],
      [...Array.from('suidec', (letter) => letterNumber(letter.charCodeAt(0))), bracket, sign],
      all,
    );
    const known = new Set<number>();
    for (const entry of entries) this.#allowWord(entry, known);
  }

  /**
   * Puts the places from `from` to before `end` that are worth looking at into `places` and gives how many there are. `isRunTogether`: words
   * may begin anywhere.
   */
  find(
    units: Uint16Array,
    length: number,
    from: number,
    end: number,
    places: Int32Array,
    isRunTogether: boolean,
  ): number {
    const acts = this.#acts;
    const isWorth = this.#isWorth;
    const last = isRunTogether ? from : Math.min(end, length - 2);
    let count = 0;
    let at = from;
    if (at < last) {
      let before = at === 0 ? 0 : (acts[units[at - 1] as number] as number);
      let act = acts[units[at] as number] as number;
      let second = acts[units[at + 1] as number] as number;
      let key = groupIn(act) * groupCount + groupIn(second);
      for (; at < last; at++) {
        const third = acts[units[at + 2] as number] as number;
        key = ((key << 5) | groupIn(third)) & 0x7fff;
        const isOtherKind = (((act ^ before) & kindBits) + 3) >> 2;
        const starts = (act >> 8) | (isOtherKind & (act >> 2) & 1);
        places[count] = at;
        count += starts & ((isWorth[key >> 3] as number) >> (key & 7));
        before = act;
        act = second;
        second = third;
      }
    }
    for (; at < end; at++) {
      const act = acts[units[at] as number] as number;
      const before = at === 0 ? 0 : (acts[units[at - 1] as number] as number);
      const isStart = act >= always || isRunTogether || ((act ^ before) & kindBits) !== 0;
      if (isStart && (act & (mayBegin | always)) !== 0) places[count++] = at;
    }
    return count;
  }

  /** Blanks may be several, a word of two letters that must end may not go on, and one that need not may go on with anything. */
  #allowWord({ text, isWhole }: Entry, known: Set<number>): void {
    const first = groupOf(text.charCodeAt(0));
    const second = text.length > 1 ? groupOf(text.charCodeAt(1)) : -1;
    const isOpen = text.length < 3 || second === sign;
    const third = isOpen ? -1 : groupOf(text.charCodeAt(2));
    const isShort = isWhole && text.length === 2 && second < bracket;
    const key = (first << 16) | ((second & 0xff) << 8) | (third & 0x7f) | (isShort ? 0x80 : 0);
    if (known.has(key)) return;
    known.add(key);
    this.#allow([first], second === -1 ? all : [second], third !== -1 ? [third] : isShort ? signs : all);
  }

  #allow(firsts: readonly number[], seconds: readonly number[], thirds: readonly number[]): void {
    for (const a of firsts)
      for (const b of seconds)
        for (const c of thirds) {
          const at = (a << 7) | (b << 2) | (c >> 3);
          this.#isWorth[at] = (this.#isWorth[at] as number) | (1 << (c & 7));
        }
  }
}
