/** Checksums of wallet addresses: Base58Check, Bech32 and Bech32m, and the CRC of Stellar and TON. */
import { createHash } from 'node:crypto';

const bitcoinAlphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const rippleAlphabet = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** Bytes of a Base58 text; `undefined` where another character stands in it. Texts are short: the time is quadratic. */
export function base58(text: string, alphabet: string = bitcoinAlphabet): Uint8Array | undefined {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    let carry = alphabet.indexOf(text.charAt(i));
    if (carry < 0) return undefined;
    for (let j = 0; j < bytes.length; j++) {
      carry += (bytes[j] as number) * 58;
      bytes[j] = carry & 255;
      carry >>= 8;
    }
    while (carry > 0) {
      bytes.push(carry & 255);
      carry >>= 8;
    }
  }
  for (let i = 0; i < text.length && text[i] === alphabet[0]; i++) bytes.push(0);
  return Uint8Array.from(bytes.reverse());
}

/** The last four bytes are the beginning of the double SHA-256 of the others. */
export function isBase58Check(text: string, alphabet: 'bitcoin' | 'ripple' = 'bitcoin'): boolean {
  const bytes = base58(text, alphabet === 'ripple' ? rippleAlphabet : bitcoinAlphabet);
  if (bytes === undefined || bytes.length < 21 || bytes.length > 82) return false;
  const hash = sha256(sha256(bytes.subarray(0, -4)));
  return bytes.subarray(-4).every((byte, i) => byte === hash[i]);
}

const bechAlphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const bech32m = 0x2bc830a3;

/** BIP 173 and BIP 350: the human part, `1`, and a checksummed rest in one case. */
export function isBech32(text: string): boolean {
  const lower = text.toLowerCase();
  if (lower !== text && text.toUpperCase() !== text) return false;
  const split = lower.lastIndexOf('1');
  if (split < 1 || lower.length - split < 7) return false;
  let check = 1;
  const feed = (value: number): void => {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (let i = 0; i < 5; i++) if ((top >>> i) & 1) check ^= generator[i] as number;
  };
  for (let i = 0; i < split; i++) feed(lower.charCodeAt(i) >> 5);
  feed(0);
  for (let i = 0; i < split; i++) feed(lower.charCodeAt(i) & 31);
  for (let i = split + 1; i < lower.length; i++) {
    const value = bechAlphabet.indexOf(lower.charAt(i));
    if (value < 0) return false;
    feed(value);
  }
  return check === 1 || check === bech32m;
}

/** CRC-16/XMODEM, as in Stellar's and TON's addresses. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let i = 0; i < 8; i++) crc = (crc & 0x8000) === 0 ? (crc << 1) & 0xffff : ((crc << 1) ^ 0x1021) & 0xffff;
  }
  return crc;
}

const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A Stellar account (SEP 23): 35 bytes in Base32, the last two their CRC. */
export function isStellar(text: string): boolean {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const symbol = base32Alphabet.indexOf(text.charAt(i));
    if (symbol < 0) return false;
    value = ((value << 5) | symbol) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 255);
    }
  }
  if (bytes.length !== 35) return false;
  return crc16(Uint8Array.from(bytes.slice(0, 33))) === ((bytes[33] as number) | ((bytes[34] as number) << 8));
}
