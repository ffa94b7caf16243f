/** The code units of a text as an array, and what other characters than ASCII are in it: read several times faster than the text itself. */
import type { ScannedText } from './detector.ts';

/** Traits of characters that are not ASCII. */
export const trick = 1;
export const han = 2;
export const hangul = 4;
export const otherCaseless = 8;
/** Any character that a word of another language than English may have. */
export const foreignLetter = 16;

/** Traits by code unit. */
export const traitsByCode = new Uint8Array(65_536);

function mark(flag: number, ranges: readonly (readonly [number, number])[]): void {
  for (const [first, last] of ranges)
    for (let code = first; code <= last; code++) traitsByCode[code] = (traitsByCode[code] as number) | flag;
}

// Soft hyphen, zero-width characters, direction marks, byte-order mark; digits of other scripts; full-width forms; mathematical digits.
mark(trick, [
  [0xad, 0xad],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x2064],
  [0xfeff, 0xfeff],
  [0x660, 0x669],
  [0x6f0, 0x6f9],
  [0x966, 0x96f],
  [0x9e6, 0x9ef],
  [0xe50, 0xe59],
  [0xff0b, 0xff0b],
  [0xff0d, 0xff0e],
  [0xff10, 0xff19],
  [0xff20, 0xff3a],
  [0xff41, 0xff5a],
  [0xd835, 0xd835],
]);
mark(han, [[0x4e00, 0x9fff]]);
mark(hangul, [[0xac00, 0xd7a3]]);
mark(otherCaseless, [
  [0x590, 0x6ff],
  [0x900, 0xe7f],
]);
mark(foreignLetter, [
  [0xc0, 0x1fff],
  [0x2c00, 0xffff],
]);

export interface CodeUnits {
  /** Those of the text, and a few zeros behind them. */
  readonly units: Uint16Array;
  /** The same memory two by two: looked at together, what is nothing but ASCII is passed over twice as fast. */
  readonly pairs: Int32Array;
}

/** Zeros behind the text: whoever looks a little further sees nothing there. */
const margin = 64;
/** Below this length a loop is faster than the call out of the engine. */
const shortText = 48;
/** Room for the parts that long texts are cut into, and for some of those that are not. */
const roomUnits = 65_536;
const mostUnits = 262_144;
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

class Room implements CodeUnits {
  readonly units: Uint16Array;
  readonly pairs: Int32Array;
  readonly #bytes: Buffer;

  constructor(length: number) {
    this.units = new Uint16Array(length + margin);
    this.pairs = new Int32Array(this.units.buffer);
    this.#bytes = Buffer.from(this.units.buffer);
  }

  fill(text: string): void {
    const { units } = this;
    if (text.length < shortText || !isLittleEndian) for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
    else this.#bytes.write(text, 0, 'utf16le');
    units.fill(0, text.length, text.length + margin);
  }
}

let room = new Room(roomUnits);

/** The code units of `text`, valid until the next call: the room for them is used again. */
export function unitsOf(text: string): CodeUnits {
  const { length } = text;
  if (length > mostUnits) {
    const own = new Room(length + (length & 1));
    own.fill(text);
    return own;
  }
  if (length > room.units.length - margin) room = new Room(mostUnits);
  room.fill(text);
  return room;
}

// In each half of a pair: the bits that ASCII does not have.
const foreignBits = 0xff80ff80 | 0;

/** Place of the next code unit that is not ASCII, from a place on; `length` where there is none. */
export function nextForeign({ units, pairs }: CodeUnits, from: number, length: number): number {
  if (from >= length) return length;
  if ((units[from] as number) >= 0x80) return from;
  const last = (length + 1) >> 1;
  let pair = (from + 1) >> 1;
  while (pair < last && ((pairs[pair] as number) & foreignBits) === 0) pair++;
  if (pair >= last) return length;
  return (units[pair * 2] as number) >= 0x80 ? pair * 2 : pair * 2 + 1;
}

// In each half of a pair: of 0x40 to 0x5f, where the capitals are.
const capitalBits = 0x00400040;

/** Place of the next capital of ASCII or sign like it, or of the next code unit that is not ASCII; `length` where there is none. */
export function nextCapital({ units, pairs }: CodeUnits, from: number, length: number): number {
  let at = from;
  if ((at & 1) === 1) {
    if (at < length && isCapital(units[at] as number)) return at;
    at++;
  }
  const last = (length + 1) >> 1;
  let pair = at >> 1;
  while (pair < last) {
    const both = pairs[pair] as number;
    if (((both & foreignBits) | (both & ~(both << 1) & capitalBits)) !== 0) break;
    pair++;
  }
  if (pair >= last) return length;
  at = pair * 2;
  return isCapital(units[at] as number) ? at : at + 1;
}

function isCapital(unit: number): boolean {
  return (unit >= 0x40 && unit <= 0x5f) || unit >= 0x80;
}

// In each half of a pair: of 0x20 to 0x3f with the bit 0x10, which the digits and a few signs have.
const digitBits = 0x00200020;

/** Place of the next digit of ASCII, from a place on; `length` where there is none. */
export function nextDigit({ units, pairs }: CodeUnits, from: number, length: number): number {
  let at = from;
  for (;;) {
    // To the beginning of a pair, and to the next one that may have a digit.
    for (const end = (at + 1) & ~1; at < end; at++) if (at < length && isDigit(units[at] as number)) return at;
    const last = (length + 1) >> 1;
    let pair = at >> 1;
    while (pair < last) {
      const both = pairs[pair] as number;
      if ((both & (both << 1) & ~(both >> 1) & digitBits) !== 0) break;
      pair++;
    }
    if (pair >= last) return length;
    at = pair * 2;
    if (isDigit(units[at] as number)) return at;
    if (isDigit(units[at + 1] as number)) return at + 1;
    at += 2;
  }
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

const known = new WeakMap<ScannedText, number>();

/** The traits of all characters of a text together; worked out once for all detectors that it is given to. */
export function traitsOf(scanned: ScannedText): number {
  if (scanned.isAscii) return 0;
  const before = known.get(scanned);
  if (before !== undefined) return before;
  const traits = traitsIn(scanned.text);
  known.set(scanned, traits);
  return traits;
}

function traitsIn(text: string): number {
  const code = unitsOf(text);
  const { units } = code;
  const { length } = text;
  let traits = 0;
  for (let at = nextForeign(code, 0, length); at < length; at = nextForeign(code, at + 1, length))
    traits |= traitsByCode[units[at] as number] as number;
  return traits;
}

/** Further apart than this, characters do not belong to one value; as much is looked at on both sides of them. */
const stretchGap = 128;
const stretchMargin = 64;

/** The parts of a text, as `start, end` pairs, in which characters with one of these traits stand, with something on both sides. */
export function stretchesOf(text: string, traits: number): number[] {
  const code = unitsOf(text);
  const { units } = code;
  const { length } = text;
  const stretches: number[] = [];
  let last = -1;
  for (let at = nextForeign(code, 0, length); at < length; at = nextForeign(code, at + 1, length)) {
    if (((traitsByCode[units[at] as number] as number) & traits) === 0) continue;
    if (last < 0 || at - last > stretchGap + 2 * stretchMargin) {
      if (last >= 0) stretches.push(Math.min(length, last + stretchMargin));
      stretches.push(Math.max(0, at - stretchMargin));
    }
    last = at;
  }
  if (last >= 0) stretches.push(Math.min(length, last + stretchMargin));
  return stretches;
}
