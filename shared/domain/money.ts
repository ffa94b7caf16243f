/**
 * Money in whole pico-USD (10⁻¹² US dollars), so that no sum ever carries the noise of a float (BUD-01). As a number it is
 * exact up to 2⁵³ − 1, which is about 9,007 US dollars: enough for a request and for a price. Sums that may grow beyond,
 * such as those of a month, are kept as 64-bit integers by whoever keeps them.
 */

const picoDigits = 12;
const largest = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * A decimal amount of US dollars for `per` tokens as whole pico-USD for one. Exact where pico-USD can say it, else rounded to
 * the nearest. `undefined` for what is no decimal amount and for more than a number holds exactly.
 */
export function usdToPico(text: string, per = 1): number | undefined {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null || !Number.isSafeInteger(per) || per < 1) return undefined;
  const [, whole = '', fraction = ''] = match;
  // Digits beyond the twelfth are kept until the division, so that it is rounded once.
  const digits = fraction.padEnd(picoDigits, '0');
  const divisor = BigInt(per) * 10n ** BigInt(digits.length - picoDigits);
  const pico = (2n * BigInt(whole + digits) + divisor) / (2n * divisor);
  return pico > largest ? undefined : Number(pico);
}

/** Pico-USD as a decimal string of US dollars, with every digit it has and none more: 1_100_000_000 is `0.0011`. */
export function picoToUsd(pico: number | bigint): string {
  const whole = typeof pico === 'bigint' ? pico : BigInt(Math.round(pico));
  const digits = String(whole < 0n ? -whole : whole).padStart(picoDigits + 1, '0');
  const fraction = digits.slice(-picoDigits).replace(/0+$/, '');
  const dollars = digits.slice(0, -picoDigits);
  return `${whole < 0n ? '-' : ''}${dollars}${fraction === '' ? '' : `.${fraction}`}`;
}
