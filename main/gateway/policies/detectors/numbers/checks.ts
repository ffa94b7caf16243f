/** Check digits: the public algorithms that identity, tax, payment and device numbers are made with. All take digits or capital letters without separators. */

/** Value of the decimal digit at a place; what is no digit gives a value outside 0 to 9. */
export function digitAt(text: string, at: number): number {
  return text.charCodeAt(at) - 48;
}

/** Luhn (ISO/IEC 7812-1), check digit last. */
export function luhn(digits: string): boolean {
  let sum = 0;
  let double = false;
  for (let i = digits.length - 1; i >= 0; i--) {
    let value = digitAt(digits, i);
    if (double) value = value > 4 ? value * 2 - 9 : value * 2;
    sum += value;
    double = !double;
  }
  return digits.length > 1 && sum % 10 === 0;
}

/** Sum of digits by weights, beginning at the first digit. */
export function weighted(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += digitAt(digits, i) * (weights[i] as number);
  return sum;
}

/** The number modulo `modulus`, however long it is. */
export function modulo(digits: string, modulus: number): number {
  let rest = 0;
  for (let i = 0; i < digits.length; i++) rest = (rest * 10 + digitAt(digits, i)) % modulus;
  return rest;
}

/** ISO 7064 mod 97-10 over digits and letters (A is 10, Z is 35): what is left over. */
export function mod97(text: string): number {
  let rest = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    rest = code < 58 ? (rest * 10 + code - 48) % 97 : (rest * 100 + code - 55) % 97;
  }
  return rest;
}

/** ISO 7064 mod 11-10, check digit last (German tax id, Croatian OIB). */
export function mod1110(digits: string): boolean {
  let product = 10;
  for (let i = 0; i < digits.length - 1; i++) {
    let sum = (digitAt(digits, i) + product) % 10;
    if (sum === 0) sum = 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digitAt(digits, digits.length - 1);
}

// The dihedral group D5 and Verhoeff's permutation (J. Verhoeff, Error Detecting Decimal Codes, 1969).
const dihedral = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
];
const permutation = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
];

/** Verhoeff, check digit last. */
export function verhoeff(digits: string): boolean {
  let check = 0;
  for (let i = 0; i < digits.length; i++) {
    const value = digitAt(permutation[i % 8] as string, digitAt(digits, digits.length - 1 - i));
    check = digitAt(dihedral[check] as string, value);
  }
  return check === 0;
}

const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A day that some year has. */
export function isDay(month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= (daysOfMonth[month - 1] as number);
}

/** Two digits as a number. */
export function pair(digits: string, at: number): number {
  return digitAt(digits, at) * 10 + digitAt(digits, at + 1);
}

/** Every digit the same: never a real number, often a made-up one. */
export function isMonotone(digits: string): boolean {
  for (let i = 1; i < digits.length; i++) if (digits.charCodeAt(i) !== digits.charCodeAt(0)) return false;
  return true;
}
