/** The tokens of a text that may hold a number, read from its code units; behind the text stand zeros, which end everything. */

export const digitClass = 1;
export const letterClass = 2;
/** What each code unit is: digits and letters make tokens, the rest parts them. Ideographs part, as they stand beside numbers. */
export const classes = new Uint8Array(65_536);
for (let code = 0; code < 0x600; code++) {
  if (code >= 48 && code <= 57) classes[code] = digitClass;
  else if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code >= 0xc0) classes[code] = letterClass;
}
classes[0xd7] = 0;
classes[0xf7] = 0;

export const isDigit = (code: number): boolean => code >= 48 && code <= 57;
export const isLower = (code: number): boolean => code >= 97 && code <= 122;

const spacedDigits = 12;

/** What may stand between digits. */
const gaps = new Uint8Array(65_536);
for (const code of [10, 32, 95, 45, 46, 47, 40, 41, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 160, 0x202f])
  gaps[code] = 1;

/** Digits from a place on, over single separators, up to `limit` of them. */
export function countDigits(units: Uint16Array, start: number, limit: number): number {
  let count = 0;
  let gap = 0;
  // The zeros behind the text end it.
  for (let i = start; count < limit; i++) {
    const code = units[i] as number;
    if (code >= 48 && code <= 57) {
      count++;
      gap = 0;
    } else if (gaps[code] === 0 || ++gap > 3) break;
  }
  return count;
}

/** Whether a number with four parts may begin at a place: `1.2.3.4`, not the version `1.2.3`. */
export function hasFourParts(units: Uint16Array, start: number): boolean {
  let at = start;
  for (let part = 0; part < 4; part++) {
    const first = at;
    while (at - first < 3 && isDigit(units[at] as number)) at++;
    if (at === first) return false;
    if (part < 3 && units[at++] !== 46) return false;
  }
  return true;
}

/** No value that is known alone has fewer capital letters and digits. */
const shortestValue = 7;
/** What may stand between the characters of a value, one at a time. */
const isJoint = (code: number): boolean =>
  code === 32 ||
  code === 43 ||
  (code >= 45 && code <= 47) ||
  code === 160 ||
  code === 0x2009 ||
  code === 0x202f ||
  (code >= 0x2010 && code <= 0x2015) ||
  code === 0x2212;

/** Whether as many capital letters, digits and `&` as a value has follow each other with single separators between them. */
export function mayBeValue(units: Uint16Array, start: number): boolean {
  let joined = false;
  for (let at = start, count = 0; ; at++) {
    const code = units[at] as number;
    if (isLower(code)) return false;
    if (classes[code] !== 0 || code === 38) {
      if (++count >= shortestValue) return true;
      joined = false;
    } else {
      if (joined || !isJoint(code)) return false;
      joined = true;
    }
  }
}

const mostLetters = 4;

/** Where up to four capital letters before a separator begin; -1 where none do. */
export function lettersStart(units: Uint16Array, separator: number): number {
  let from = separator;
  if (from === 0 || isLower(units[from - 1] as number)) return -1;
  while (from > 0 && separator - from <= mostLetters && classes[units[from - 1] as number] === letterClass) from--;
  const count = separator - from;
  return count === 0 || count > mostLetters || (from > 0 && classes[units[from - 1] as number] !== 0) ? -1 : from;
}

/** Digits one by one, with a space, full stop or hyphen between each two. */
export function isSpaced(units: Uint16Array, start: number): boolean {
  const separator = units[start + 1];
  if (separator !== 32 && separator !== 45 && separator !== 46) return false;
  for (let i = 1; i < spacedDigits; i++) {
    if (!isDigit(units[start + i * 2] as number) || units[start + i * 2 + 1] !== separator) return false;
  }
  return true;
}
