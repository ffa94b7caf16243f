/** What signs of a text can belong to: tables and passes that find the stretches in which something is written in another way. */
import { letterKinds } from './normalise.ts';

/** Base64 and base64url. */
export const inBase64 = 1;
export const inHex = 2;
/** Lists of numbers in base 2, 10 and 16. */
export const inList = 4;
export const inMorse = 8;
/** Figures and signs that stand for letters in leetspeak. */
export const inLeet = 16;
/** Signs that part the letters of broken words. */
export const inBreak = 32;

const isLetterBit = 64;

/** What each code unit can belong to, as bits. */
export const signsOf = new Uint8Array(letterKinds.length);
for (let code = 0; code < signsOf.length; code++) signsOf[code] = letterKinds[code] === 0 ? 0 : isLetterBit;
for (const [bit, signs] of [
  [inBase64, /[A-Za-z0-9+/_=-]/],
  [inHex, /[0-9a-fA-F]/],
  [inList, /[0-9a-fx\s,;:]/i],
  [inMorse, /[.\-/| ]/],
  [inLeet, /[0-9@$!|]/],
  [inBreak, /[-*_|~\\<]/],
] as const)
  for (let code = 0; code < 128; code++)
    if (signs.test(String.fromCharCode(code))) signsOf[code] = (signsOf[code] as number) | bit;
signsOf[0xb7] = (signsOf[0xb7] as number) | inBreak;

/** Values of the digits of base64 and base64url by code unit; 64 for what is none. */
const sextets = new Uint8Array(128).fill(64);
for (const digits of [
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
])
  for (let i = 0; i < 64; i++) sextets[digits.charCodeAt(i)] = i;

/**
 * Where a stretch of at least `least` signs of a kind begins, at or after `from`; -1 if there is none. Looks at every `least`-th place first
 * and back from there: what stands before one that is no such sign need not be looked at.
 */
export function nextStretch(units: Uint16Array, length: number, from: number, least: number, bit: number): number {
  let start = from;
  while (start + least <= length) {
    let at = start + least - 1;
    while (at >= start && ((signsOf[units[at] as number] as number) & bit) !== 0) at--;
    if (at < start) return start;
    start = at + 1;
  }
  return -1;
}

/** Where the stretch ends that goes on at `from`. */
export function endOfStretch(units: Uint16Array, end: number, from: number, bit: number): number {
  let at = from;
  while (at < end && ((signsOf[units[at] as number] as number) & bit) !== 0) at++;
  return at;
}

/** Nine bytes of text, without control characters; `undefined` where there is padding among the twelve digits. */
export function isTextInBase64(units: Uint16Array, from: number): boolean | undefined {
  for (let at = from; at < from + 12; at += 4) {
    let bits = 0;
    for (let i = at; i < at + 4; i++) {
      const sextet = sextets[units[i] as number] as number;
      if (sextet === 64) return undefined;
      bits = (bits << 6) | sextet;
    }
    if (isControl(bits >> 16) || isControl((bits >> 8) & 0xff) || isControl(bits & 0xff)) return false;
  }
  return true;
}

function isControl(byte: number): boolean {
  return byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13;
}

/**
 * The next of every fourth place, from `from` on, around which letters and others take turns for five places; `length` if there is none. Has
 * no branches: in ordinary text they would be guessed wrong half of the time.
 */
export function nextTurns(units: Uint16Array, length: number, from: number): number {
  let a = signsOf[units[from - 2] as number] as number;
  for (let i = from; i + 2 < length; i += 4) {
    const b = signsOf[units[i - 1] as number] as number;
    const c = signsOf[units[i] as number] as number;
    const d = signsOf[units[i + 1] as number] as number;
    const e = signsOf[units[i + 2] as number] as number;
    if (((a ^ b) & (b ^ c) & (c ^ d) & (d ^ e) & isLetterBit) !== 0) return i;
    a = e;
  }
  return length;
}

export function isLetter(code: number): boolean {
  return letterKinds[code] !== 0;
}
