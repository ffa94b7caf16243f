/** Undoes what makes words look right to people and wrong to a program: invisible characters, look-alikes, other alphabets' forms. */
import { cyrillicLookalikes, lookalikes } from './normalise-tables.ts';
import { fromUnits, unitsOf } from './units.ts';

/** A text as it reads, and what was hidden in it. */
export interface NormalText {
  /** Without invisible characters and with look-alikes replaced; the text itself where there was nothing to do. */
  readonly text: string;
  /** How many invisible characters stood between Latin letters, where no script needs them. */
  readonly invisible: number;
  /** What tag characters and variation selectors spell out: never seen by a person. */
  readonly smuggled: string;
  /** Words with letters of two alphabets were found. */
  readonly mixedScripts: boolean;
}

const unit = 65_536;

/** Surrogates have no form of their own; Hangul must keep its syllables and Indic scripts their signs. */
const foldedRanges: readonly (readonly [from: number, end: number])[] = [
  [0, 0x0900],
  [0x1e00, 0x2e80],
  [0xff00, unit],
];

/** Each code unit in lower case, without accents if it has a base letter; the same for all that need no change. */
export const folds = makeFolds();

/** 0: neither letter nor digit. 1: letter of a script that parts its words. 2: letter of one that does not, or glues words. 3: digit. */
export const letterKinds = makeLetterKinds();

function makeFolds(): Uint16Array {
  const table = new Uint16Array(unit);
  for (let code = 0; code < unit; code++) table[code] = code;
  for (const [from, end] of foldedRanges) {
    // All at once, each behind a sign that joins with none: one call for each letter would take a hundred times as long.
    const apart = new Uint16Array((end - from) * 2);
    for (let code = from; code < end; code++) apart[(code - from) * 2 + 1] = code;
    const folded = fromUnits(apart, apart.length).toLowerCase().normalize('NFD');
    let at = from === 0 ? 2 : 0;
    for (let code = Math.max(1, from); code < end; code++) {
      at = folded.indexOf('\0', at) + 1;
      table[code] = folded.charCodeAt(at);
    }
  }
  table[0x0131] = 0x69;
  table[0x0142] = table[0x0141] = 0x6c;
  table[0x00f8] = table[0x00d8] = 0x6f;
  table[0x0111] = table[0x0110] = 0x64;
  table[0x2019] = table[0x2018] = 0x27;
  return table;
}

function makeLetterKinds(): Uint8Array {
  const table = new Uint8Array(unit);
  for (const [from, end] of [
    [0, 0x3400],
    [0xa000, 0xac00],
    [0xd7a4, 0xd800],
  ] as const) {
    const codes = new Uint16Array(end - from);
    for (let i = 0; i < codes.length; i++) codes[i] = from + i;
    const all = fromUnits(codes, codes.length);
    for (const { index, 0: run } of all.matchAll(/[\p{L}\p{M}]+/gu))
      for (let code = from + index; code < from + index + run.length; code++) table[code] = isGlued(code) ? 2 : 1;
  }
  table.fill(2, 0x3400, 0xa000);
  table.fill(2, 0xac00, 0xd7a4);
  table.fill(3, 0x30, 0x3a);
  return table;
}

/** Scripts without spaces, and those that write articles and prepositions as one word with the noun. */
function isGlued(code: number): boolean {
  return (
    (code >= 0x0590 && code <= 0x06ff) ||
    (code >= 0x0e00 && code <= 0x0eff) ||
    (code >= 0x1780 && code <= 0x17ff) ||
    code >= 0x2e80
  );
}

/** Zero-width, soft hyphen, bidirectional and other format characters (Unicode, general category Cf, and fillers). */
function isInvisible(code: number): boolean {
  if (code < 0xad) return false;
  if (code === 0xad || code === 0x34f || code === 0x61c || code === 0x180e || code === 0xfeff) return true;
  if (code >= 0x200b && code <= 0x200f) return true;
  if (code >= 0x202a && code <= 0x202e) return true;
  if (code >= 0x2060 && code <= 0x206f) return true;
  return code === 0x115f || code === 0x1160 || code === 0x3164 || code === 0xffa0 || (code >= 0xfe00 && code <= 0xfe0f);
}

/** What compatibility normalisation would change: full width, mathematical, circled, superscript and small forms. */
function needsCompatibility(code: number): boolean {
  if (code < 0xaa) return false;
  if (code >= 0x1d00 && code < 0x1dc0) return true;
  if (code >= 0x2070 && code < 0x2190) return true;
  if (code >= 0x2460 && code < 0x24f0) return true;
  return (code >= 0xff01 && code <= 0xff5e) || (code >= 0xfb00 && code <= 0xfb06) || code === 0xd835;
}

const clean = 0;
const hasInvisible = 1;
const hasCompatible = 2;
const hasTags = 4;
const hasCyrillic = 8;
const hasLookalike = 16;
const hasMarks = 32;

/** Units that are looked at more closely if one of them is beyond ASCII. */
const stretch = 128;

/** Says what there is to do. */
function survey(units: Uint16Array, length: number): number {
  let found = clean;
  for (let from = 0; from < length; from += stretch) {
    const end = Math.min(length, from + stretch);
    let all = 0;
    for (let i = from; i < end; i++) all |= units[i] as number;
    if (all >= 0x80) found |= surveyClosely(units, from, end, length);
  }
  return found;
}

function surveyClosely(units: Uint16Array, from: number, end: number, length: number): number {
  let found = clean;
  for (let i = from; i < end; i++) {
    const code = units[i] as number;
    if (code < 0xad) continue;
    if (code === 0xd83c && i + 1 < length && isEnclosed(units[i + 1] as number)) found |= hasCompatible;
    else if (isInvisible(code)) found |= hasInvisible;
    else if (needsCompatibility(code)) found |= hasCompatible;
    else if (code === 0xdb40) found |= hasTags;
    else if (code >= 0x370 && code < 0x590) found |= hasCyrillic;
    else if ((code >= 0x300 && code < 0x370) || (code >= 0x958 && code <= 0x95f) || (code >= 0x9dc && code <= 0x9df))
      found |= hasMarks;
    if (lookalikes[code] !== 0) found |= hasLookalike;
  }
  return found;
}

/** Takes time in proportion to the text; a text of ordinary letters comes back as it is. */
export function normalise(text: string): NormalText {
  const found = survey(unitsOf(text), text.length);
  if (found === clean) return { text, invisible: 0, smuggled: '', mixedScripts: false };
  let plain = text;
  let invisible = 0;
  let smuggled = '';
  if ((found & (hasInvisible | hasTags)) !== 0) {
    const seen = withoutInvisible(plain);
    ({ invisible, smuggled } = seen);
    plain = seen.text;
  }
  if ((found & hasCompatible) !== 0) plain = plain.normalize('NFKC');
  if ((found & hasMarks) !== 0) plain = plain.normalize('NFC').replace(/[\u0300-\u036f]+/g, '');
  if ((found & (hasLookalike | hasCompatible)) !== 0) plain = replaceLookalikes(plain);
  const mixedScripts = (found & hasCyrillic) !== 0 && countMixedWords(plain) >= 2;
  if (mixedScripts) plain = replaceCyrillic(plain);
  return { text: plain, invisible, smuggled, mixedScripts };
}

function isAsciiWord(code: number): boolean {
  return code === 0x20 || (code >= 0x30 && code <= 0x39) || ((code | 32) >= 0x61 && (code | 32) <= 0x7a);
}

/** Characters of the supplementary planes that nobody sees: U+E0000 to U+E01EF, all with the lead surrogate U+DB40. */
function withoutInvisible(text: string): { text: string; invisible: number; smuggled: string } {
  const kept: string[] = [];
  let smuggled = '';
  let invisible = 0;
  let from = 0;
  let last = 0;
  // A flag of a region is a black flag with a few tags (Unicode Technical Standard 51): its letters say nothing.
  let isFlag = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0xdb40 && i + 1 < text.length) {
      const low = text.charCodeAt(i + 1);
      if (!isFlag) smuggled += smuggledLetter(low);
      kept.push(text.slice(from, i));
      from = i + 2;
      i++;
    } else if (isInvisible(code)) {
      if (
        isAsciiWord(last) &&
        i + 1 < text.length &&
        (isAsciiWord(text.charCodeAt(i + 1)) || isInvisible(text.charCodeAt(i + 1)))
      )
        invisible++;
      kept.push(text.slice(from, i));
      from = i + 1;
    } else {
      isFlag = code === 0xdff4 && last === 0xd83c;
      last = code;
    }
  }
  kept.push(text.slice(from));
  return { text: kept.join(''), invisible, smuggled };
}

/** Tags are ASCII plus U+E0000; the second block of variation selectors has been used as bytes from 16 upward. */
function smuggledLetter(low: number): string {
  if (low >= 0xdc20 && low <= 0xdc7e) return String.fromCharCode(low - 0xdc00);
  if (low >= 0xdd00 && low <= 0xddef) {
    const byte = low - 0xdd00 + 16;
    return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '';
  }
  return '';
}

function replaceLookalikes(text: string): string {
  const units = new Uint16Array(text.length);
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0xd83c && i + 1 < text.length) {
      const letter = enclosedLetter(text.charCodeAt(i + 1));
      if (letter !== 0) {
        units[count++] = letter;
        i++;
        continue;
      }
    }
    const letter = lookalikes[code] as number;
    units[count++] = letter === 0 ? code : letter;
  }
  return fromUnits(units, count);
}

/** Letters in circles and squares, of which compatibility normalisation knows some. */
function isEnclosed(low: number): boolean {
  return low >= 0xdd10 && low <= 0xddff;
}

/** Negative circled, negative squared and regional indicator letters, which compatibility normalisation leaves alone. */
function enclosedLetter(low: number): number {
  if (low >= 0xdd50 && low <= 0xdd69) return low - 0xdd50 + 0x61;
  if (low >= 0xdd70 && low <= 0xdd89) return low - 0xdd70 + 0x61;
  if (low >= 0xdde6 && low <= 0xddff) return low - 0xdde6 + 0x61;
  return 0;
}

function replaceCyrillic(text: string): string {
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const letter = cyrillicLookalikes[code] as number;
    units[i] = letter === 0 ? code : letter;
  }
  return fromUnits(units, text.length);
}

/** Words in which Latin letters stand beside Greek or Cyrillic ones that look like Latin letters. */
function countMixedWords(text: string): number {
  let mixed = 0;
  let latin = false;
  let other = false;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 0x20;
    if (letterKinds[code] === 0) {
      if (latin && other) mixed++;
      latin = false;
      other = false;
    } else if (code < 0x250 && letterKinds[code] === 1) latin = true;
    else if (cyrillicLookalikes[code] !== 0) other = true;
  }
  return mixed;
}
