/** Other readings of a text: what runs of base64, hex, escapes and codes say, and what letters set apart spell. */
import {
  endOfStretch,
  inBase64,
  inBreak,
  inHex,
  inLeet,
  inList,
  inMorse,
  isLetter,
  isTextInBase64,
  nextStretch,
  nextTurns,
  signsOf,
} from './decode-signs.ts';
import { letterKinds } from './normalise.ts';
import { fromUnits, unitsOf } from './units.ts';

/** A text found inside another one. */
export interface Reading {
  readonly text: string;
  /** Words were not parted: `ignoreallrules`. */
  readonly isRunTogether: boolean;
}

/** Longest run that is decoded, most runs per text and most characters of all readings: what is beyond is data, not a message. */
const runChars = 16_384;
const mostRuns = 200;
const mostChars = 131_072;

class Readings {
  readonly found: Reading[] = [];
  #chars = 0;
  #runs = 0;

  get isFull(): boolean {
    return this.#runs >= mostRuns || this.#chars >= mostChars;
  }

  /** Counts a try, so that a text full of runs cannot cost more than a fixed amount. */
  tried(): void {
    this.#runs++;
  }

  add(text: string, isRunTogether = false): void {
    if (text.length < 8 || this.isFull) return;
    this.#chars += text.length;
    this.found.push({ text: text.slice(0, mostChars), isRunTogether });
  }
}

/** Readings of a text that was normalised before; none for ordinary prose and code. Takes time in proportion to the text. `units`: those of it. */
export function otherReadings(text: string, units = unitsOf(text)): readonly Reading[] {
  const readings = new Readings();
  encodedRuns(text, units, readings);
  escapes(text, units, readings);
  numberLists(text, units, readings);
  morse(text, units, readings);
  spacedLetters(text, units, readings);
  leetspeak(text, units, readings);
  brokenWords(text, units, readings);
  return readings.found;
}

/** Text throughout: printable, with few signs that are neither letter, digit nor space. */
function isReadable(text: string): boolean {
  let good = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0xfffd || (code < 0x20 && code !== 9 && code !== 10 && code !== 13) || code === 0x7f) return false;
    if (code === 0x20 || letterKinds[code] !== 0) good++;
  }
  return text.length >= 8 && good >= text.length * 0.8;
}

/** Shortest run that is decoded. */
const leastRun = 16;

function encodedRuns(text: string, units: Uint16Array, readings: Readings): void {
  let from = 0;
  while (!readings.isFull) {
    from = nextStretch(units, text.length, from, leastRun, inBase64);
    if (from === -1) return;
    from = encodedRun(text, units, from, readings);
  }
}

/** Decodes the run that begins at `from` and gives where the next one may begin. */
function encodedRun(text: string, units: Uint16Array, from: number, readings: Readings): number {
  const end = endOfStretch(units, text.length, from, inBase64);
  const length = end - from;
  if (length <= runChars) decodeRun(text, units, from, end, readings);
  // Mail wraps base64 at 76 characters: the next line belongs to the run.
  const isWrapped =
    length >= 60 &&
    end + 1 < text.length &&
    units[end] === 10 &&
    ((signsOf[units[end + 1] as number] as number) & inBase64) !== 0;
  return isWrapped ? decodeWrapped(text, units, from, readings) : end + 1;
}

function decodeRun(text: string, units: Uint16Array, from: number, end: number, readings: Readings): void {
  if ((end - from) % 2 === 0 && endOfStretch(units, end, from, inHex) === end) {
    readings.tried();
    const decoded = Buffer.from(text.slice(from, end), 'hex').toString('utf8');
    if (isReadable(decoded)) readings.add(decoded);
    return;
  }
  // The first characters decide for nearly all identifiers, paths and hashes.
  if (!(isTextInBase64(units, from) ?? isReadableBase64(text.slice(from, from + 12)))) return;
  readings.tried();
  const decoded = Buffer.from(text.slice(from, end), 'base64')
    .toString('utf8')
    .replace(/\ufffd+$/, '');
  if (isReadable(decoded)) readings.add(decoded);
}

function isReadableBase64(start: string): boolean {
  const bytes = Buffer.from(start, 'base64');
  for (const byte of bytes) if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) return false;
  return bytes.length >= 8;
}

/** Gives where the lines of the run end. */
function decodeWrapped(text: string, units: Uint16Array, from: number, readings: Readings): number {
  let end = from;
  while (end < text.length && end - from < 2_048) {
    const code = units[end] as number;
    if (code !== 10 && code !== 13 && ((signsOf[code] as number) & inBase64) === 0) break;
    end++;
  }
  readings.tried();
  const decoded = Buffer.from(text.slice(from, end), 'base64')
    .toString('utf8')
    .replace(/\ufffd+$/, '');
  if (isReadable(decoded)) readings.add(decoded);
  return end + 1;
}

const percentRun = /(?:%[0-9a-f]{2}|[a-z0-9._~+-]){12,512}/iy;
const slashRun = /(?:\\u00[0-9a-f]{2}|\\x[0-9a-f]{2}|\\[0-7]{3}|[ a-z0-9.,!?'-]){12,2048}/iy;
const entityRun = /(?:&#(?:x[0-9a-f]{1,5}|[0-9]{1,6});|[ a-z0-9.,!?'-]){12,2048}/iy;

/** What an escape stands for is looked for from its first sign on, and each stretch of text once. */
function escapes(text: string, units: Uint16Array, readings: Readings): void {
  eachRun(text, units, '%', hexDigits, percentRun, 6, readings, (run) => {
    const plain = run.replaceAll('+', ' ');
    return plain.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  });
  eachRun(text, units, '\\', escapeLetters, slashRun, 6, readings, (run) =>
    run.replace(/\\(?:u00|x)([0-9a-f]{2})|\\([0-7]{3})/gi, (_, hex: string | undefined, octal: string | undefined) =>
      String.fromCharCode(hex === undefined ? parseInt(octal ?? '0', 8) : parseInt(hex, 16)),
    ),
  );
  eachRun(text, units, '&#', entityDigits, entityRun, 4, readings, (run) =>
    run.replace(/&#(?:x([0-9a-f]{1,5})|([0-9]{1,6}));/gi, (_, hex: string | undefined, decimal: string | undefined) =>
      String.fromCharCode(hex === undefined ? parseInt(decimal ?? '0', 10) : parseInt(hex, 16)),
    ),
  );
}

/** What must follow the sign for an escape: tells nearly all that only looks like one apart. */
const hexDigits = tableOf('0123456789abcdefABCDEF');
const escapeLetters = tableOf('uUxX01234567');
const entityDigits = tableOf('xX0123456789');

function tableOf(signs: string): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => (signs.includes(String.fromCharCode(code)) ? 1 : 0));
}

function eachRun(
  text: string,
  units: Uint16Array,
  sign: string,
  follows: Uint8Array,
  run: RegExp,
  least: number,
  readings: Readings,
  decode: (run: string) => string,
): void {
  const first = sign.charCodeAt(0);
  let at = text.indexOf(sign);
  while (at !== -1 && !readings.isFull) {
    run.lastIndex = at;
    const next = at + sign.length;
    const isEscape = next < text.length && follows[units[next] as number] === 1;
    const match = isEscape ? run.exec(text) : null;
    const end = match === null ? at + sign.length : run.lastIndex;
    if (match !== null && match[0].split(sign).length > least) {
      readings.tried();
      const decoded = decode(match[0]);
      if (isReadable(decoded)) readings.add(decoded);
    }
    // In quoted code the next sign is near, and quickly found; else the search of strings is faster.
    let near = end;
    while (near < end + 32 && near < text.length && units[near] !== first) near++;
    at = text.indexOf(sign, near);
  }
}

const binaryList = /\b(?:[01]{8}[\s,]{0,2}){8,512}/g;
const hexList = /(?:\b(?:0x)?[0-9a-f]{2}[\s,:;]{1,2}){11,2048}(?:0x)?[0-9a-f]{2}\b/gi;
const decimalList = /(?:\b[0-9]{2,3}[\s,;]{1,2}){11,2048}[0-9]{2,3}\b/g;

const leastList = 32;

/** Codes of characters, written one after the other. */
function numberLists(text: string, units: Uint16Array, readings: Readings): void {
  let from = 0;
  while (!readings.isFull) {
    from = nextStretch(units, text.length, from, leastList, inList);
    if (from === -1) return;
    const end = endOfStretch(units, Math.min(text.length, from + runChars), from, inList);
    decodeLists(text.slice(from, end), readings);
    from = end;
  }
}

function decodeLists(text: string, readings: Readings): void {
  const lists: readonly (readonly [RegExp, RegExp, number])[] = [
    [binaryList, /[01]{8}/g, 2],
    [hexList, /[0-9a-f]{2}(?![0-9a-fx])/gi, 16],
    [decimalList, /[0-9]{2,3}/g, 10],
  ];
  for (const [list, item, base] of lists) {
    for (const match of text.matchAll(list)) {
      readings.tried();
      const codes = match[0].match(item) ?? [];
      const decoded = String.fromCharCode(...codes.slice(0, 2_048).map((code) => parseInt(code, base)));
      if (isReadable(decoded)) readings.add(decoded);
    }
  }
}

/** International Morse code (ITU-R M.1677-1). */
const morseLetters = new Map(
  (
    '.- a -... b -.-. c -.. d . e ..-. f --. g .... h .. i .--- j -.- k .-.. l -- m -. n --- o .--. p --.- q .-. r ... s - t ' +
    '..- u ...- v .-- w -..- x -.-- y --.. z ----- 0 .---- 1 ..--- 2 ...-- 3 ....- 4 ..... 5 -.... 6 --... 7 ---.. 8 ----. 9 ' +
    '.-.-.- . --..-- ,'
  )
    .split(' ')
    .reduce<[string, string][]>(
      (pairs, word, index, words) => (index % 2 === 0 ? [...pairs, [word, words[index + 1] ?? '']] : pairs),
      [],
    ),
);
const morseRun = /[.-]{1,6}(?: [.\-/|]{1,6}| {2,3}[.-]{1,6}){19,2048}/g;

/** Twenty letters of one sign each and what parts them. */
const leastMorse = 39;

function morse(text: string, units: Uint16Array, readings: Readings): void {
  let from = 0;
  while (!readings.isFull) {
    from = nextStretch(units, text.length, from, leastMorse, inMorse);
    if (from === -1 || !(text.includes('. -') || text.includes('- .'))) return;
    const end = endOfStretch(units, text.length, from, inMorse);
    morseWithin(text.slice(from, end), readings);
    from = end;
  }
}

function morseWithin(text: string, readings: Readings): void {
  for (const match of text.matchAll(morseRun)) {
    if (readings.isFull) return;
    readings.tried();
    const words = match[0].split(/ ?[/|] ?| {2,3}/);
    const spelled = words.map((word) =>
      word
        .split(' ')
        .map((sign) => morseLetters.get(sign) ?? '')
        .join(''),
    );
    readings.add(spelled.join(' '));
  }
}

const leastSpaced = 10;

function isSeparator(code: number): boolean {
  return (
    code === 0x20 ||
    code === 0x2e ||
    code === 0x2d ||
    code === 0x5f ||
    code === 0x2a ||
    code === 0x7c ||
    code === 0x2f ||
    code === 0xb7 ||
    code === 0x2c ||
    code === 0x2b ||
    code === 0x7e
  );
}

/** `i g n o r e   a l l`, `i.g.n.o.r.e a.l.l` and `i g n o r e a l l`: letters and separators take turns, which is looked for at every fourth place. */
function spacedLetters(text: string, units: Uint16Array, readings: Readings): void {
  if (readings.isFull) return;
  const { length } = text;
  for (let i = nextTurns(units, length, 2); i < length; i = nextTurns(units, length, i + 4)) {
    let from = i;
    while (from > 0 && i - from < 6 && isLetter(units[from] as number) !== isLetter(units[from - 1] as number)) from--;
    if (!isLetter(units[from] as number)) from++;
    if (isLetter(units[from] as number) && isSeparator(units[from + 1] as number)) {
      i = Math.max(i, spacedRun(text, from, readings) - 1);
      if (readings.isFull) return;
    }
  }
}

/** Reads one run and gives where to go on: behind it, or one character on if there was none. */
function spacedRun(text: string, from: number, readings: Readings): number {
  const separator = text.charCodeAt(from + 1);
  let word = '';
  let letters = 0;
  let gaps = 0;
  let i = from;
  while (i < text.length && word.length < runChars) {
    const code = text.charCodeAt(i);
    const next = i + 1 < text.length ? text.charCodeAt(i + 1) : 0x20;
    const isMark = letterKinds[code] === 0;
    if (letterKinds[next] !== 0 || code === separator) break;
    word += text[i];
    if (!isMark) letters++;
    i++;
    if (text.charCodeAt(i) === separator) i++;
    const gap = i;
    while (
      i < text.length &&
      i - gap < 4 &&
      (text.charCodeAt(i) === separator || text.charCodeAt(i) <= 0x20 || text.charCodeAt(i) === 0x2f)
    )
      i++;
    if (i > gap) {
      word += ' ';
      gaps++;
    }
  }
  if (letters < leastSpaced) return from + 1;
  readings.tried();
  readings.add(word, gaps < letters / 14);
  return Math.max(i, from + 1);
}

/** The letters that figures and signs stand for; the figure 1 is read as `i` first and as `l` in a second reading. */
const leetLetters = new Map(
  [...'0o1i2z3e4a5s6g7t8b9g@a$s!i|l+t€e£l'].reduce<[string, string][]>(
    (pairs, sign, index, all) => (index % 2 === 0 ? [...pairs, [sign, all[index + 1] ?? '']] : pairs),
    [],
  ),
);
const leetSigns = /[0-9@$!|+€£]/g;
const stretch = 400;

/** A stretch in which most words have figures among their letters. */
function leetspeak(text: string, units: Uint16Array, readings: Readings): void {
  let kept = '';
  for (let at = 0; at < text.length; at += stretch) {
    const end = Math.min(at + stretch, text.length);
    if (hasSigns(units, at, end) && isLeet(units, at, end))
      kept += text.slice(Math.max(0, kept === '' ? at - 60 : at), at + stretch);
    else if (kept !== '') {
      addLeet(kept + text.slice(at, at + 60), readings);
      kept = '';
    }
    if (readings.isFull) return;
  }
  if (kept !== '') addLeet(kept, readings);
}

/** Every third character is looked at: in leetspeak one in five is a figure or a sign. */
function hasSigns(units: Uint16Array, from: number, end: number): boolean {
  let found = 0;
  for (let i = from; i < end; i += 3) found += (signsOf[units[i] as number] as number) & inLeet;
  return (found / inLeet) * 24 >= end - from;
}

function addLeet(text: string, readings: Readings): void {
  readings.tried();
  const plain = text.replace(leetSigns, (sign) => leetLetters.get(sign) ?? sign);
  readings.add(plain);
  if (text.includes('1'))
    readings.add(text.replaceAll('1', 'l').replace(leetSigns, (sign) => leetLetters.get(sign) ?? sign));
}

function isLeet(units: Uint16Array, from: number, end: number): boolean {
  let words = 0;
  let leet = 0;
  let letters = 0;
  let signs = 0;
  let mixed = false;
  for (let i = from; i <= end; i++) {
    const code = i < end ? (units[i] as number) : 0x20;
    const kind = letterKinds[code] as number;
    const isSign =
      kind === 3 || code === 0x40 || code === 0x24 || (code === 0x21 && letters + signs > 0) || code === 0x7c;
    if (isSign) signs++;
    else if (kind !== 0) {
      letters++;
      if (signs > 0) mixed = true;
    } else {
      const length = letters + signs;
      if (length >= 2 && length <= 20) {
        words++;
        if (mixed && letters * 3 >= signs) leet++;
      }
      letters = 0;
      signs = 0;
      mixed = false;
    }
  }
  return leet >= 3 && leet >= words * 0.35;
}

const inWord = /([a-z])(?:[-*_|~·]|\*\*|\\|<!---->)([a-z])/gi;

function hasBreaks(count: number, text: string): boolean {
  return count >= 4 && count * 25 >= text.length;
}

/** `ig-nore pre-vi-ous in*struc*tions`, in texts short enough to be a message. */
function brokenWords(text: string, units: Uint16Array, readings: Readings): void {
  if (text.length > 2_000) return;
  let signs = 0;
  for (let i = 0; i < text.length; i++) signs += (signsOf[units[i] as number] as number) & inBreak;
  if (!hasBreaks(signs / inBreak, text)) return;
  const breaks = text.match(inWord)?.length ?? 0;
  if (!hasBreaks(breaks, text)) return;
  readings.tried();
  readings.add(text.replace(inWord, '$1$2').replace(inWord, '$1$2'));
}

/** Each letter by the one thirteen places on. */
export function rot13(text: string): string {
  return mapLetters(text, (index) => (index + 13) % 26);
}

/** Each letter by its mirror image in the alphabet. */
export function atbash(text: string): string {
  return mapLetters(text, (index) => 25 - index);
}

function mapLetters(text: string, place: (index: number) => number): string {
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const index = (code | 32) - 0x61;
    units[i] = index >= 0 && index < 26 && code < 128 ? (code & ~31) + 1 + place(index) : code;
  }
  return fromUnits(units, text.length);
}

/** From the last character to the first. */
export function reversed(text: string): string {
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(text.length - 1 - i);
  return fromUnits(units, text.length);
}
