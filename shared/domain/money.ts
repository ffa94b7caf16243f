/**
 * Money in whole pico-USD (10⁻¹² US dollars), so that no sum ever carries the noise of a float (BUD-01). As a number it is
 * exact up to 2⁵³ − 1, which is about 9,007 US dollars: enough for a request and for a price. Sums that may grow beyond,
 * such as those of a month, are kept as 64-bit integers by whoever keeps them.
 */

const picoDigits = 12;
/** Digits that dividing by a power of ten takes. */
const evenly: Readonly<Record<number, number>> = { 1: 0, 1_000: 3, 1_000_000: 6 };
const largest = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * A decimal amount of US dollars for `per` tokens as whole pico-USD for one. Exact where pico-USD can say it, else rounded to
 * the nearest. `undefined` for what is no decimal amount and for more than a number holds exactly.
 */
export function usdToPico(text: string, per = 1): number | undefined {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null || !Number.isSafeInteger(per) || per < 1) return undefined;
  const [, whole = '', fraction = ''] = match;
  // Prices as they are listed, for a thousand or a million tokens, come out even: no division, and no big integers.
  const shift = picoDigits - (evenly[per] ?? picoDigits + 1);
  if (fraction.length <= shift) {
    const pico = Number(whole + fraction.padEnd(shift, '0'));
    if (Number.isSafeInteger(pico)) return pico;
  }
  // Digits beyond the twelfth are kept until the division, so that it is rounded once.
  const digits = fraction.padEnd(picoDigits, '0');
  const divisor = BigInt(per) * 10n ** BigInt(digits.length - picoDigits);
  const pico = (2n * BigInt(whole + digits) + divisor) / (2n * divisor);
  return pico > largest ? undefined : Number(pico);
}

/** A decimal amount of US dollars of any size as whole pico-USD. `undefined` for what is no such amount or has a finer part. */
export function usdToPicoExact(text: string): bigint | undefined {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined || fraction.length > picoDigits) return undefined;
  return BigInt(whole + fraction.padEnd(picoDigits, '0'));
}

/** Pico-USD as a decimal string of US dollars, with every digit it has and none more: 1_100_000_000 is `0.0011`. */
export function picoToUsd(pico: number | bigint): string {
  const whole = typeof pico === 'bigint' ? pico : BigInt(Math.round(pico));
  const digits = String(whole < 0n ? -whole : whole).padStart(picoDigits + 1, '0');
  const fraction = digits.slice(-picoDigits).replace(/0+$/, '');
  const dollars = digits.slice(0, -picoDigits);
  return `${whole < 0n ? '-' : ''}${dollars}${fraction === '' ? '' : `.${fraction}`}`;
}
