/** Check digits and dates of European identity and tax numbers, of digits and capital letters without separators. */
import { digitAt, isDay, isMonotone, luhn, mod1110, modulo, pair, weighted } from './checks.ts';

const last = (digits: string): number => digitAt(digits, digits.length - 1);

/** Exactly one digit of the first ten stands there twice or three times, the others at most once (Bundeszentralamt für Steuern). */
export function isGermanTaxId(digits: string): boolean {
  if (!mod1110(digits)) return false;
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 10; i++) counts[digitAt(digits, i)] = (counts[digitAt(digits, i)] as number) + 1;
  return counts.filter((count) => count > 1).length === 1 && Math.max(...counts) <= 3;
}

export function isGermanPension(text: string): boolean {
  const letter = text.charCodeAt(8) - 64;
  const digits = text.slice(0, 8) + String(letter).padStart(2, '0') + text.slice(9, 11);
  const weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
  let sum = 0;
  weights.forEach((weight, i) => {
    const product = digitAt(digits, i) * weight;
    sum += Math.floor(product / 10) + (product % 10);
  });
  return sum % 10 === last(text) && pair(text, 2) % 32 > 0 && pair(text, 4) <= 12;
}

export function isAustrianInsurance(digits: string): boolean {
  const sum = weighted(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
  return sum === digitAt(digits, 3) && digits.charCodeAt(0) !== 48 && pair(digits, 4) <= 31;
}

export function isSwiss(digits: string): boolean {
  return (10 - (weighted(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10 === last(digits);
}

export function isFrench(text: string): boolean {
  const digits = text.replace('2A', '19').replace('2B', '18');
  const month = pair(digits, 3);
  if (!((month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50)) return false;
  return digits.length === 13 || 97 - modulo(digits.slice(0, 13), 97) === pair(digits, 13);
}

const spanishLetters = 'TRWAGMYFPDXBNJZSQVHLCKE';
export const isSpanish = (text: string): boolean => spanishLetters[modulo(text.slice(0, 8), 23)] === text[8];
export const isSpanishForeigner = (text: string): boolean =>
  isSpanish(String('XYZ'.indexOf(text.charAt(0))) + text.slice(1));

export function isSpanishCompany(text: string): boolean {
  let sum = 0;
  for (let i = 1; i < 8; i++) {
    const value = digitAt(text, i);
    sum += i % 2 === 1 ? Math.floor((value * 2) / 10) + ((value * 2) % 10) : value;
  }
  const check = (10 - (sum % 10)) % 10;
  return text[8] === String(check) || text[8] === 'JABCDEFGHI'[check];
}

// Values of the odd places (Decreto Ministeriale 23 December 1976).
const italianOdd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
export function isItalian(text: string): boolean {
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const code = text.charCodeAt(i);
    const value = code < 58 ? code - 48 : code - 65;
    sum += i % 2 === 0 ? (italianOdd[value] as number) : value;
  }
  return sum % 26 === text.charCodeAt(15) - 65;
}

/** Remainder by 11 with falling weights, 10 and 11 counting as 0. */
export function isPortugueseTax(digits: string): boolean {
  const rest = weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest < 2 ? 0 : 11 - rest) === digitAt(digits, 8);
}

export function isPortugueseCard(text: string): boolean {
  let sum = 0;
  for (let i = 0; i < 12; i++) {
    const code = text.charCodeAt(i);
    let value = code < 58 ? code - 48 : code - 55;
    if (i % 2 === 0) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return sum % 10 === 0;
}

export const isDutch = (digits: string): boolean =>
  weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && !isMonotone(digits);

export function isBelgian(digits: string): boolean {
  if (pair(digits, 2) % 20 > 12 || pair(digits, 4) > 31) return false;
  const check = pair(digits, 9);
  const body = digits.slice(0, 9);
  return 97 - modulo(body, 97) === check || 97 - modulo(`2${body}`, 97) === check;
}

export function isIrish(text: string): boolean {
  const second = text.length > 8 && text[8] !== 'W' ? text.charCodeAt(8) - 64 : 0;
  return 'WABCDEFGHIJKLMNOPQRSTUV'[(weighted(text, [8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23] === text[7];
}

export const isDanish = (digits: string): boolean => isDay(pair(digits, 2), pair(digits, 0) % 60);

export function isSwedish(digits: string): boolean {
  const ten = digits.slice(-10);
  return isDay(pair(ten, 2), pair(ten, 4) % 60) && luhn(ten);
}

export function isNorwegian(digits: string): boolean {
  if (!isDay(pair(digits, 2) % 40, pair(digits, 0) % 40)) return false;
  const first = (11 - (weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11;
  const second = (11 - (weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return first === digitAt(digits, 9) && second === digitAt(digits, 10);
}

export function isFinnish(text: string): boolean {
  const digits = text.slice(0, 6) + text.slice(-4, -1);
  return (
    isDay(pair(text, 2), pair(text, 0)) && '0123456789ABCDEFHJKLMNPRSTUVWXY'[modulo(digits, 31)] === text.slice(-1)
  );
}

export function isIcelandic(digits: string): boolean {
  const check = (11 - (weighted(digits, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return isDay(pair(digits, 2), pair(digits, 0) % 40) && check === digitAt(digits, 8);
}

export function isPolish(digits: string): boolean {
  const check = (10 - (weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10;
  return isDay(pair(digits, 2) % 20, pair(digits, 4)) && check === digitAt(digits, 10);
}

export const isPolishTax = (digits: string): boolean =>
  weighted(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === digitAt(digits, 9) && !isMonotone(digits);

export function isCzech(digits: string): boolean {
  const month = pair(digits, 2) % 50;
  if (!isDay(month > 20 ? month - 20 : month, pair(digits, 4))) return false;
  return (
    digits.length === 9 || modulo(digits, 11) === 0 || (modulo(digits.slice(0, 9), 11) === 10 && last(digits) === 0)
  );
}

export const isHungarianHealth = (digits: string): boolean =>
  weighted(digits, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === digitAt(digits, 8);
export const isHungarianTax = (digits: string): boolean =>
  weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 === digitAt(digits, 9);

export function isRomanian(digits: string): boolean {
  const rest = weighted(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return isDay(pair(digits, 3), pair(digits, 5)) && (rest === 10 ? 1 : rest) === digitAt(digits, 12);
}

export function isBulgarian(digits: string): boolean {
  const check = (weighted(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10;
  return isDay(pair(digits, 2) % 20, pair(digits, 4)) && check === digitAt(digits, 9);
}

export const isGreekTax = (digits: string): boolean =>
  (weighted(digits, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === digitAt(digits, 8) && !isMonotone(digits);
export const isGreek = (digits: string): boolean => isDay(pair(digits, 2), pair(digits, 0)) && luhn(digits);

export function isYugoslav(digits: string): boolean {
  const check = (11 - (weighted(digits, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return isDay(pair(digits, 2), pair(digits, 0)) && check === digitAt(digits, 12);
}

/** Estonia and Lithuania. */
export function isBaltic(digits: string): boolean {
  if (!isDay(pair(digits, 3), pair(digits, 5))) return false;
  let rest = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  if (rest === 10) rest = (weighted(digits, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11) % 10;
  return rest === digitAt(digits, 10);
}

export function isTurkish(digits: string): boolean {
  const odd = weighted(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weighted(digits, [0, 1, 0, 1, 0, 1, 0, 1]);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return digits[0] !== '0' && tenth === digitAt(digits, 9) && (odd + even + tenth) % 10 === digitAt(digits, 10);
}

export function isRussianTax(digits: string): boolean {
  const check = (weights: readonly number[]): number => (weighted(digits, weights) % 11) % 10;
  if (digits.length === 10) return check([2, 4, 10, 3, 5, 9, 4, 6, 8]) === last(digits);
  return (
    check([7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) === digitAt(digits, 10) &&
    check([3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) === digitAt(digits, 11)
  );
}

export const isRussianPension = (digits: string): boolean =>
  (weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101) % 100 === pair(digits, 9);

export const isUkrainian = (digits: string): boolean =>
  (((weighted(digits, [-1, 5, 7, 9, 4, 6, 10, 5, 7]) % 11) + 11) % 11) % 10 === digitAt(digits, 9);

export function isKazakh(digits: string): boolean {
  let rest = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
  if (rest === 10) rest = weighted(digits, [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11;
  return isDay(pair(digits, 2), pair(digits, 4)) && rest === digitAt(digits, 11);
}

export function isBritishTax(digits: string): boolean {
  const ten = digits.slice(-10);
  return '21987654321'[weighted(ten.slice(1), [6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11] === ten[0];
}
