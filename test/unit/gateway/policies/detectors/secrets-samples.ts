/** Makes secrets for tests: each is put together at run time, so that none stands in the repository. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const alphabets = {
  digits,
  hex: `${digits}abcdef`,
  upper: digits + upper,
  base32: `${upper}234567`,
  lower36: digits + lower,
  alnum: digits + lower + upper,
  word: `${digits}${lower}${upper}_-`,
  base64: `${digits}${lower}${upper}+/`,
};
type Alphabet = keyof typeof alphabets;

/** Numbers from a seed, the same on every run (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  text(alphabet: Alphabet, length: number): string {
    const characters = alphabets[alphabet];
    let text = '';
    // No sign is drawn twice in a row, and the last is a letter or a figure, as a word ends.
    while (text.length < length) {
      const one = characters[this.below(characters.length)] as string;
      const isLast = text.length === length - 1;
      if (one !== text.at(-1) && !(isLast && '_-+/'.includes(one))) text += one;
    }
    return text;
  }

  uuid(): string {
    return [8, 4, 4, 4, 12].map((length) => this.text('hex', length)).join('-');
  }

  /** Bytes in Base64, as keys are written. */
  base64(bytes: number): string {
    return Buffer.from(Array.from({ length: bytes }, () => this.below(256))).toString('base64');
  }
}

/** A body with the CRC-32 that GitHub and npm put at its end. */
export function withCrc(body: string): string {
  let rest = crc32(body);
  let end = '';
  const base62 = digits + upper + lower;
  for (let i = 0; i < 6; i++) {
    end = (base62[rest % 62] as string) + end;
    rest = Math.floor(rest / 62);
  }
  return body + end;
}

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** A Bitcoin key in the form wallets import, compressed. */
export function bitcoinKey(dice: Dice): string {
  const payload = Buffer.from([0x80, ...Array.from({ length: 32 }, () => dice.below(256)), 1]);
  const sha = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
  let number = BigInt(`0x${Buffer.concat([payload, sha(sha(payload)).subarray(0, 4)]).toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = (base58[Number(number % 58n)] as string) + text;
  return text;
}

/** A JSON Web Token with this header. */
export function webToken(dice: Dice, header: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part({ sub: dice.text('digits', 9), iat: 1_700_000_000 })}.${dice.text('word', 43)}`;
}

/** The body of a key in PEM, in lines of 64 characters. */
export function keyLines(dice: Dice, lines: number): string {
  return Array.from({ length: lines }, () => dice.text('base64', 64)).join('\n');
}
