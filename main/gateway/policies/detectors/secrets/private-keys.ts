/** Finds private keys in their envelopes: PEM, OpenSSH, PGP, PuTTY, and PEM inside Base64; line breaks may be escaped. */
import { alphabets, isIn } from './shapes.ts';

export interface Block {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

/** An envelope longer than this is not read to its end. */
const longestBlock = 65_536;
const endMark = '-----END';
const head = /-----BEGIN (?:[A-Z0-9 ]{0,40}?PRIVATE KEY(?: BLOCK)?|OpenVPN Static key V\d)-{5}/y;
/** RFC 4716 knows public keys only; programs write private ones the same way. */
const ssh2Head = /---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----/y;
const ssh2End = '---- END ';

/** Looks for the ends of envelopes, each stretch of text searched once however many beginnings there are. */
export class KeyBlocks {
  readonly #text: string;
  #nextEnd = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** What stands between the lines of the envelope that begins at `at`; undefined for certificates and public keys. */
  pem(at: number): Block | undefined {
    head.lastIndex = at;
    const match = head.exec(this.#text);
    if (match === null) return undefined;
    const from = at + match[0].length;
    if (this.#nextEnd < from && this.#nextEnd !== this.#text.length) {
      const found = this.#text.indexOf(endMark, from);
      this.#nextEnd = found < 0 ? this.#text.length : found;
    }
    const whole = this.#nextEnd < this.#text.length && this.#nextEnd - from <= longestBlock;
    const end = whole ? this.#nextEnd : this.#endOfBase64(from);
    const block = trimmed(this.#text, from, end);
    if (block.end - block.start < 16) return undefined;
    const body = this.#text.slice(block.start, Math.min(block.end, block.start + 256));
    if (/\.{3}|…|<|\{\{|\$\{/.test(body) || /^[\sxX*]+$/.test(body)) return undefined;
    return { ...block, kind: kindOf(match[0]) };
  }

  /** What stands between the lines of the SSH2 envelope that begins at `at`. */
  ssh2(at: number): Block | undefined {
    ssh2Head.lastIndex = at;
    if (!ssh2Head.test(this.#text)) return undefined;
    const from = ssh2Head.lastIndex;
    const part = this.#text.slice(from, from + 8192);
    const close = part.indexOf(ssh2End);
    const block = trimmed(this.#text, from, from + (close < 0 ? part.length : close));
    return block.end - block.start < 16 ? undefined : { ...block, kind: 'ssh2_private_key' };
  }

  /** The key lines of a PuTTY file whose first line stands at `at`. */
  putty(at: number): Block | undefined {
    const part = this.#text.slice(at, at + longestBlock);
    const lines = /Private-Lines: \d{1,3}(?:\r?\n|\\n)/.exec(part);
    if (lines === null) return undefined;
    const from = at + lines.index + lines[0].length;
    const block = trimmed(this.#text, from, this.#endOfBase64(from));
    return block.end - block.start < 16 ? undefined : { ...block, kind: 'putty_private_key' };
  }

  /** A key in PEM that was written in Base64 again, as kubeconfig does: `LS0tLS1CRUdJTi…`. */
  encoded(at: number): Block | undefined {
    const beginning = Buffer.from(this.#text.slice(at, at + 64), 'base64').toString('latin1');
    // Keys made up for tests spell it wrongly; what it must not be is a certificate or a public key.
    if (!/^-----BEGIN [A-Z ]*(?:PRI|ENC)[A-Z ]*KEY/.test(beginning)) return undefined;
    let end = at;
    const limit = Math.min(this.#text.length, at + longestBlock);
    while (end < limit && isIn(this.#text.charCodeAt(end), alphabets.base64)) end++;
    return { start: at, end, kind: 'kubeconfig_client_key' };
  }

  #endOfBase64(from: number): number {
    let at = from;
    const limit = Math.min(this.#text.length, from + longestBlock);
    while (at < limit) {
      const code = this.#text.charCodeAt(at);
      if (code === 92 && 'nr'.includes(this.#text[at + 1] ?? ' ')) at += 2;
      else if ((isIn(code, alphabets.base64) && code !== 45) || code === 10 || code === 13 || code === 32 || code === 9)
        at++;
      else break;
      // A new field, or a line that a PEM body cannot hold.
      if (code === 10 && /^\s*(?:[A-Za-z][\w-]{0,30}:|$)/.test(this.#text.slice(at, at + 34))) break;
    }
    return at;
  }
}

function trimmed(text: string, from: number, to: number): { start: number; end: number } {
  let start = from;
  let end = to;
  for (;;) {
    if (text[start] === '\\' && 'nr\\'.includes(text[start + 1] ?? ' ')) start += 2;
    else if (start < end && ' \t\r\n"\'+,'.includes(text[start] as string)) start++;
    else break;
  }
  for (;;) {
    if (end - 2 >= start && text[end - 2] === '\\' && 'nr'.includes(text[end - 1] as string)) end -= 2;
    else if (end > start && ' \t\r\n\\"\',+'.includes(text[end - 1] as string)) end--;
    else break;
  }
  return { start, end: Math.max(start, end) };
}

function kindOf(line: string): string {
  if (line.includes('OpenVPN')) return 'openvpn_static_key';
  if (line.includes('OPENSSH')) return 'openssh_private_key';
  if (line.includes('PGP')) return 'pgp_private_key';
  if (line.includes('RSA')) return 'rsa_private_key';
  if (line.includes('EC ')) return 'ec_private_key';
  return 'private_key';
}
