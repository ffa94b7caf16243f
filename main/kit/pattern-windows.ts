/** Parts of a text outside which a pattern cannot fit: the engine is slow, and looks only there. */
import { maxPlaces, outlineOf, type Outline, type Ranges } from './pattern-outline.ts';

export interface Window {
  /** Matches begin at `from` at the earliest, at `last` at the latest, and end at `to` at the latest. */
  readonly from: number;
  readonly last: number;
  readonly to: number;
}

/** Literal parts shorter than this are in every text. */
const minLiteral = 3;
const firstAstral = 0x10000;
const firstSurrogate = 0xd800;
const lastSurrogate = 0xdfff;
const surrogates = /[\ud800-\udfff]/;
const ascii = 128;

/** Sets of code units, a bit of a number each. */
class UnitSets {
  readonly #ascii = new Int32Array(ascii);
  /** Beginnings of runs of code units beyond ASCII that are in the same sets, and these sets. */
  readonly #bounds: Int32Array;
  readonly #masks: Int32Array;
  readonly #surrogates: number;

  constructor(sets: readonly Ranges[]) {
    for (let code = 0; code < ascii; code++) this.#ascii[code] = maskOf(sets, code, code);
    const bounds = new Set([ascii]);
    for (const ranges of sets) {
      ranges.forEach((value, i) => {
        const bound = i % 2 === 0 ? value : value + 1;
        if (bound > ascii && bound < firstAstral) bounds.add(bound);
      });
    }
    this.#bounds = Int32Array.from(bounds).sort();
    this.#masks = this.#bounds.map((bound) => maskOf(sets, bound, bound));
    this.#surrogates = maskOf(sets, firstSurrogate, lastSurrogate) | maskOf(sets, firstAstral, Infinity);
  }

  /** Half of a pair is in each set that has any pair, or any half, in it. */
  of(code: number): number {
    if (code < ascii) return this.#ascii[code] as number;
    if (code >= firstSurrogate && code <= lastSurrogate) return this.#surrogates;
    let low = 0;
    let high = this.#bounds.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#bounds[middle] as number) <= code) low = middle;
      else high = middle;
    }
    return this.#masks[low] as number;
  }
}

/** The sets that hold any of these code points. */
function maskOf(sets: readonly Ranges[], from: number, to: number): number {
  let mask = 0;
  sets.forEach((ranges, set) => {
    for (let i = 0; i < ranges.length; i += 2) {
      if ((ranges[i] as number) <= to && (ranges[i + 1] as number) >= from) mask |= 1 << set;
    }
  });
  return mask;
}

/** The longest run of places at which a single character stands. */
function literalOf(places: readonly Ranges[]): { readonly text: string; readonly offset: number } {
  let best = { text: '', offset: 0 };
  let text = '';
  places.forEach((ranges, i) => {
    const [low = 0] = ranges;
    const isSingle = ranges.length > 0 && low < firstSurrogate && ranges.every((value) => value === low);
    text = isSingle ? text + String.fromCharCode(low) : '';
    if (text.length > best.text.length) best = { text, offset: i + 1 - text.length };
  });
  return best;
}

function isAstral(ranges: Ranges): boolean {
  return ranges.some((value) => value >= firstAstral);
}

export class PatternWindows {
  readonly #outline: Outline | undefined;
  /** Bit `i`: what may stand at place `i`. */
  readonly #places: UnitSets;
  /** Bit 0: what may stand in a match. */
  readonly #all: UnitSets;
  /** Code units that are known of a match; in a text with pairs of them fewer. */
  readonly #known: number;
  readonly #knownWithPairs: number;
  /** Of the longest match. */
  readonly #maxUnits: number;
  readonly #literal: { readonly text: string; readonly offset: number };

  /** `program`: the engine's. One that is not understood makes a single window of every text. */
  constructor(program: unknown) {
    const outline = outlineOf(program);
    const places = outline?.places ?? [];
    this.#outline = outline;
    this.#places = new UnitSets(places);
    this.#all = new UnitSets([outline?.all ?? []]);
    this.#known = Math.min(places.length, maxPlaces);
    const pair = places.findIndex(isAstral);
    this.#knownWithPairs = pair < 0 ? this.#known : Math.min(this.#known, pair + 1);
    this.#maxUnits = (outline?.maxLength ?? Infinity) * (isAstral(outline?.all ?? []) ? 2 : 1);
    this.#literal = literalOf(places);
  }

  /** In their order, disjoint in where matches begin. Together they take time in proportion to the text. */
  each(text: string, take: (window: Window) => void): void {
    if (this.#outline === undefined) {
      take({ from: 0, last: text.length, to: text.length });
      return;
    }
    let from = -1;
    let last = -1;
    let to = -1;
    let runEnd = -1;
    const whenCandidate = (at: number): void => {
      if (at > runEnd || runEnd < 0) runEnd = this.#runEnd(text, at);
      const end = Math.min(runEnd, at + this.#maxUnits, text.length);
      if (from >= 0 && at > to) {
        take({ from, last, to });
        from = -1;
      }
      if (from < 0) from = at;
      last = at;
      to = Math.max(to, end);
    };
    this.#candidates(text, whenCandidate);
    if (from >= 0) take({ from, last, to });
  }

  #candidates(text: string, take: (at: number) => void): void {
    const hasPairs = this.#knownWithPairs < this.#known && surrogates.test(text);
    const known = hasPairs ? this.#knownWithPairs : this.#known;
    const { text: literal, offset } = this.#literal;
    if (literal.length >= minLiteral && offset + literal.length <= known) this.#byLiteral(text, known, take);
    else this.#byPlaces(text, known, take);
  }

  #byLiteral(text: string, known: number, take: (at: number) => void): void {
    const { text: literal, offset } = this.#literal;
    for (let found = text.indexOf(literal, offset); found >= 0; found = text.indexOf(literal, found + 1)) {
      const start = found - offset;
      let fits = start + known <= text.length && !isInsidePair(text, start);
      for (let i = 0; i < known && fits; i++) fits = (this.#places.of(text.charCodeAt(start + i)) & (1 << i)) !== 0;
      if (fits) take(start);
    }
  }

  /** Shift-And (Baeza-Yates and Gonnet 1992): bit `i` says that the last `i + 1` characters fit the first places. */
  #byPlaces(text: string, known: number, take: (at: number) => void): void {
    const places = this.#places;
    const goal = 1 << (known - 1);
    let fits = 0;
    for (let i = 0; i < text.length; i++) {
      fits = ((fits << 1) | 1) & places.of(text.charCodeAt(i));
      if ((fits & goal) === 0) continue;
      const start = i - known + 1;
      if (!isInsidePair(text, start)) take(start);
    }
  }

  /** Where the first character stands that no match holds. */
  #runEnd(text: string, from: number): number {
    let end = from;
    while (end < text.length && this.#all.of(text.charCodeAt(end)) !== 0) end++;
    return end;
  }
}

function isInsidePair(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 0xdc00 || code > lastSurrogate || at === 0) return false;
  const before = text.charCodeAt(at - 1);
  return before >= firstSurrogate && before < 0xdc00;
}
