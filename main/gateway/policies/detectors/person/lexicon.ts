/** What is known about a word that may be part of a name, looked up by a hash that is computed while the word is read: no text is cut. */
import { closings, deeds, leads, openers, particles, titles } from './cue-words.ts';
import { familyNames } from './family-names.ts';
import { givenNames } from './given-names.ts';
import { ordinaryWords, tailWords } from './ordinary-words.ts';
import { places } from './places.ts';

export const given = 1;
export const family = 2;
/** Also, or only, an ordinary word. */
export const ordinary = 4;
/** Behind a name it makes a place or a firm. */
export const tail = 8;
export const title = 16;
export const opener = 32;
export const lead = 64;
export const deed = 128;
export const particle = 256;
export const closing = 512;
export const place = 1024;

export const notLetter = 0;
export const lowerLetter = 1;
export const upperLetter = 2;
export const digit = 3;

/** Letters with case lie below this. */
const cased = 0x2000;
const seed = 7;

/** Kind of character by code unit: letters with case, digits and `_`, anything else. */
export const characterClass = new Uint8Array(65_536);
/** Folded letters by code unit: lower case, no marks; the second of two in the high bits (ß, æ, þ). */
const folded = new Uint32Array(cased);

const doubles: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ı: 'i',
};

function learnLetters(): void {
  // All at once: one by one takes ten times as long. Between them stands what changes in none of these ways.
  const parted = '\u0000';
  const all = Array.from({ length: cased }, (_, code) => String.fromCharCode(code)).join(parted);
  const lowers = all.toLowerCase();
  const small = lowers.split(parted);
  const large = all.toUpperCase().split(parted);
  const bare = lowers
    .normalize('NFD')
    .replace(/[\u0300-\u036f]+/g, '')
    .split(parted);
  // The first of them is the separator itself.
  const shift = small.length - cased;
  for (let code = 1; code < cased; code++) {
    const lower = small[code + shift] as string;
    if (lower !== large[code + shift])
      characterClass[code] = String.fromCharCode(code) === lower ? lowerLetter : upperLetter;
    else if (code === 0x5f || (code >= 0x30 && code <= 0x39)) characterClass[code] = digit;
    const base = doubles[lower] ?? bare[code + shift] ?? lower;
    folded[code] = (base.charCodeAt(0) || code) | ((base.length > 1 ? base.charCodeAt(1) : 0) << 16);
  }
}
learnLetters();

const prime = 16_777_619;

/** The same as `hashed` for a small letter of ASCII. */
export function hashedSmall(hash: number, code: number): number {
  return Math.imul(hash ^ code, prime);
}

/** The hash with one more character in it; begin with `emptyHash`. */
export function hashed(hash: number, code: number): number {
  if (code >= cased) return Math.imul(hash ^ code, prime);
  const fold = folded[code] as number;
  const next = Math.imul(hash ^ (fold & 0xffff), prime);
  return fold > 0xffff ? Math.imul(next ^ (fold >>> 16), prime) : next;
}

export const emptyHash = seed;

/** Hash of a piece of a text. */
export function hashOf(text: string, start: number, end: number): number {
  let hash = emptyHash;
  for (let at = start; at < end; at++) hash = hashed(hash, text.charCodeAt(at));
  return hash;
}

/** Room for some 30,000 words, half full: of each its hash, and behind it what is known about it. */
const slots = 65_536;
const words = new Int32Array(slots * 2);

function slotOf(hash: number): number {
  let slot = ((hash ^ (hash >>> 15)) & (slots - 1)) << 1;
  while (words[slot + 1] !== 0 && words[slot] !== hash) slot = (slot + 2) & (slots * 2 - 1);
  return slot;
}

/** What is known about the word of this hash; 0 for nothing. */
export function known(hash: number): number {
  return words[slotOf(hash) + 1] as number;
}

function learn(list: string, flag: number): void {
  const { length } = list;
  for (let at = 0, hash = emptyHash, isEmpty = true; at <= length; at++) {
    const code = at < length ? list.charCodeAt(at) : 0x20;
    if (code >= 0x61 && code <= 0x7a) {
      hash = hashedSmall(hash, code);
      isEmpty = false;
    } else if (code !== 0x20 && code !== 0x0a) {
      hash = hashed(hash, code);
      isEmpty = false;
    } else if (!isEmpty) {
      const slot = slotOf(hash);
      words[slot] = hash;
      words[slot + 1] = (words[slot + 1] as number) | flag;
      hash = emptyHash;
      isEmpty = true;
    }
  }
}

for (const names of givenNames) learn(names, given);
for (const names of familyNames) learn(names, family);
learn(ordinaryWords, ordinary);
learn(places, ordinary | place);
learn(tailWords, tail);
learn(titles, title);
learn(openers, opener);
learn(leads, lead);
learn(deeds, deed);
learn(particles, particle);
learn(closings, closing);
