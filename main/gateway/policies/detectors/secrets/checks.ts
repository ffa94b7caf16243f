/** Checks that formats of secrets carry in themselves: CRC-32 of GitHub's and npm's tokens, Base58Check, Base64 that must be text. */
import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Whether the last six characters are the CRC-32 of those before, in base 62 (GitHub's post on its token formats of 2021; npm does the same). */
export function hasCrc62(body: string): boolean {
  let rest = crc32(body.slice(0, -6));
  let digits = '';
  for (let i = 0; i < 6; i++) {
    digits = (base62[rest % 62] as string) + digits;
    rest = Math.floor(rest / 62);
  }
  return body.endsWith(digits);
}

/** The bytes of a Base58Check text without the check; undefined where the check (double SHA-256, four bytes) fails. */
export function base58Check(text: string): Buffer | undefined {
  const bytes: number[] = [];
  for (const one of text) {
    let carry = base58.indexOf(one);
    if (carry < 0) return undefined;
    for (let i = 0; i < bytes.length; i++) {
      carry += (bytes[i] as number) * 58;
      bytes[i] = carry & 255;
      carry >>= 8;
    }
    while (carry > 0) {
      bytes.push(carry & 255);
      carry >>= 8;
    }
  }
  const whole = Buffer.from(bytes.reverse());
  if (whole.length < 5) return undefined;
  const payload = whole.subarray(0, -4);
  const check = hash('sha256', hash('sha256', payload, 'buffer'), 'buffer');
  return check.subarray(0, 4).equals(whole.subarray(-4)) ? payload : undefined;
}

/** What the Base64 says, where it is printable ASCII. */
export function textInBase64(value: string): string | undefined {
  const text = Buffer.from(value, 'base64').toString('latin1');
  return text.length > 0 && /^[\x20-\x7e\r\n\t]+$/.test(text) ? text : undefined;
}
