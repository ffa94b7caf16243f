/** Checks the bytes of a JSON body once and notes where its fields stand. */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { WordsSeen } from './words.ts';

/** Bounds of a body (SEC-37). */
export interface DocumentLimits {
  /** Containers inside containers. */
  readonly maxDepth: number;
  /** Values in all, keys not counted. */
  readonly maxNodes: number;
}

/** Half-open byte range of a value. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A top-level field: where its key starts and its value stands. */
export interface Field extends Span {
  readonly keyStart: number;
}

/** Fields of the body itself, whose places are all remembered: forty times as many as any dialect has. */
const maxFields = 4_096;
/** A field's name in an error is a hint, not the field. */
const maxShownKey = 100;

const quote = 0x22;
const backslash = 0x5c;

/** 1 for every byte that is not ordinary string content: the quote, the backslash, control characters. */
const special = new Uint8Array(256);
for (let code = 0; code < 0x20; code++) special[code] = 1;
special[quote] = 1;
special[backslash] = 1;

/** 1 for bytes a backslash may stand before: " \ / b f n r t. `\u` is checked apart. */
const escapable = new Uint8Array(256);
for (const letter of '"\\/bfnrt') escapable[letter.charCodeAt(0)] = 1;

/** `true` for an escape between \u0040 and \u007f, where the letters are. */
function isLetter(bytes: Buffer, escape: number): boolean {
  const digit = bytes[escape + 4] as number;
  return bytes[escape + 2] === 0x30 && bytes[escape + 3] === 0x30 && digit >= 0x34 && digit <= 0x37;
}

/**
 * Checks JSON (RFC 8259) without building it: one pass over the bytes, no text made. Every structural character is ASCII and no
 * byte of a longer UTF-8 sequence is, so bytes are enough.
 */
export class JsonScanner {
  readonly #bytes: Buffer;
  /** The same bytes four at a time, from `#wordStart` on. */
  readonly #words: Int32Array;
  readonly #wordStart: number;
  readonly #maxDepth: number;
  readonly #maxNodes: number;
  readonly #seen: WordsSeen | undefined;
  #at = 0;
  #nodes = 0;

  constructor(bytes: Buffer, limits: DocumentLimits, seen?: WordsSeen) {
    this.#bytes = bytes;
    this.#seen = seen;
    this.#wordStart = (4 - (bytes.byteOffset & 3)) & 3;
    const words = Math.max(0, (bytes.length - this.#wordStart) >> 2);
    this.#words = new Int32Array(bytes.buffer, words === 0 ? 0 : bytes.byteOffset + this.#wordStart, words);
    this.#maxDepth = limits.maxDepth;
    this.#maxNodes = limits.maxNodes;
  }

  isValue(): boolean {
    try {
      this.#space();
      this.#value(0);
      this.#space();
      return this.#at === this.#bytes.length;
    } catch (error) {
      if (error instanceof GatewayError) return false;
      throw error;
    }
  }

  topLevel(): Map<string, Field> {
    const bytes = this.#bytes;
    this.#space();
    if (this.#at >= bytes.length) throw new GatewayError('read.body_missing', 'The body is empty. Send a JSON object.');
    if (bytes[this.#at] !== 0x7b) {
      this.#value(1);
      throw new GatewayError('read.not_an_object', 'The body must be a JSON object, e.g. {"model": "…"}.');
    }
    this.#at++;
    const fields = new Map<string, Field>();
    this.#members(1, fields);
    this.#space();
    if (this.#at < bytes.length) this.#fail('unexpected text after the end of the object');
    return fields;
  }

  /** Members up to the closing brace; collects their spans when `fields` is given. */
  #members(depth: number, fields: Map<string, Field> | undefined): void {
    const bytes = this.#bytes;
    this.#space();
    if (bytes[this.#at] === 0x7d) {
      this.#at++;
      return;
    }
    for (;;) {
      const keyStart = this.#at;
      if (bytes[keyStart] !== quote) this.#fail('a field name in double quotes was expected');
      this.#string();
      const keyEnd = this.#at;
      this.#space();
      if (bytes[this.#at] !== 0x3a) this.#fail('":" was expected after the field name');
      this.#at++;
      this.#space();
      const start = this.#at;
      this.#value(depth);
      if (fields !== undefined) this.#record(fields, keyStart, keyEnd, start);
      this.#space();
      const next = bytes[this.#at];
      if (next === 0x7d) {
        this.#at++;
        return;
      }
      if (next !== 0x2c) this.#fail('"," or "}" was expected');
      this.#at++;
      this.#space();
    }
  }

  #record(fields: Map<string, Field>, keyStart: number, keyEnd: number, start: number): void {
    const key = JSON.parse(this.#bytes.toString('utf8', keyStart, keyEnd)) as string;
    if (fields.has(key)) {
      const shown = key.slice(0, maxShownKey);
      throw new GatewayError(
        'read.duplicate_key',
        `The field "${shown}" occurs twice${this.#where(start)}. Send it once.`,
        { param: shown },
      );
    }
    if (fields.size >= maxFields) {
      throw new GatewayError('read.too_many_nodes', `The body has more than ${String(maxFields)} fields.`);
    }
    fields.set(key, { keyStart, start, end: this.#at });
  }

  #elements(depth: number): void {
    const bytes = this.#bytes;
    this.#space();
    if (bytes[this.#at] === 0x5d) {
      this.#at++;
      return;
    }
    for (;;) {
      this.#value(depth);
      this.#space();
      const next = bytes[this.#at];
      if (next === 0x5d) {
        this.#at++;
        return;
      }
      if (next !== 0x2c) this.#fail('"," or "]" was expected');
      this.#at++;
      this.#space();
    }
  }

  #value(depth: number): void {
    if (++this.#nodes > this.#maxNodes) {
      throw new GatewayError('read.too_many_nodes', `The body has more than ${String(this.#maxNodes)} JSON values.`);
    }
    switch (this.#bytes[this.#at]) {
      case quote:
        this.#string();
        return;
      case 0x7b:
        this.#enter(depth);
        this.#members(depth + 1, undefined);
        return;
      case 0x5b:
        this.#enter(depth);
        this.#elements(depth + 1);
        return;
      case 0x74:
        this.#literal('true');
        return;
      case 0x66:
        this.#literal('false');
        return;
      case 0x6e:
        this.#literal('null');
        return;
      default:
        this.#number();
    }
  }

  #enter(depth: number): void {
    if (depth >= this.#maxDepth) {
      throw new GatewayError(
        'read.too_deep',
        `The body nests deeper than ${String(this.#maxDepth)} levels${this.#where(this.#at)}.`,
      );
    }
    this.#at++;
  }

  #string(): void {
    const bytes = this.#bytes;
    const length = bytes.length;
    const start = this.#at;
    let i = start + 1;
    for (;;) {
      i = this.#special(i);
      if (i >= length) this.#truncated('a string that starts here is not closed', start);
      const code = bytes[i] as number;
      if (code === quote) {
        this.#seen?.note(bytes, start + 1, i);
        this.#at = i + 1;
        return;
      }
      if (code !== backslash) this.#failAt('a control character must be escaped inside a string', i);
      const escaped = bytes[i + 1] ?? 0;
      if (escapable[escaped] === 1) i += 2;
      else if (escaped === 0x75) {
        if (!/^[0-9a-fA-F]{4}$/.test(bytes.toString('latin1', i + 2, i + 6))) {
          this.#failAt('"\\u" needs four hexadecimal digits', i);
        }
        if (isLetter(bytes, i)) this.#seen?.noteSpeltLetter();
        i += 6;
      } else if (i + 1 >= length) this.#truncated('a string that starts here is not closed', start);
      else this.#failAt('unknown escape in a string', i);
    }
  }

  /**
   * Where the next quote, backslash or control character is. Most of a prompt is text, so it is looked at four bytes at a time: a
   * byte is below 0x20, or zero after XOR with the one looked for, exactly when subtracting borrows into its highest bit.
   */
  #special(from: number): number {
    const bytes = this.#bytes;
    const length = bytes.length;
    const start = this.#wordStart;
    let i = from;
    while (i < length && special[bytes[i] as number] === 0) {
      i++;
      if (((i - start) & 3) !== 0 || i < start) continue;
      const words = this.#words;
      let at = (i - start) >> 2;
      for (; at < words.length; at++) {
        const word = words[at] as number;
        const quotes = word ^ 0x22222222;
        const slashes = word ^ 0x5c5c5c5c;
        const found =
          ((word - 0x20202020) & ~word) | ((quotes - 0x01010101) & ~quotes) | ((slashes - 0x01010101) & ~slashes);
        if ((found & 0x80808080) !== 0) break;
      }
      i = start + (at << 2);
      while (i < length && special[bytes[i] as number] === 0) i++;
      return i;
    }
    return i;
  }

  #number(): void {
    const bytes = this.#bytes;
    let end = this.#at;
    for (;;) {
      const code = bytes[end];
      // + - . 0-9 E e
      if (
        code === undefined ||
        !(
          (code >= 0x30 && code <= 0x39) ||
          code === 0x2d ||
          code === 0x2b ||
          code === 0x2e ||
          code === 0x65 ||
          code === 0x45
        )
      )
        break;
      end++;
    }
    if (end === this.#at) this.#fail('a value was expected');
    if (!numberPattern.test(bytes.toString('latin1', this.#at, end))) this.#fail('this is not a JSON number');
    this.#at = end;
  }

  #literal(word: string): void {
    if (this.#bytes.toString('latin1', this.#at, this.#at + word.length) !== word) this.#fail(`"${word}" was expected`);
    this.#at += word.length;
  }

  #space(): void {
    const bytes = this.#bytes;
    for (;;) {
      const code = bytes[this.#at];
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #fail(problem: string): never {
    if (this.#at >= this.#bytes.length) this.#truncated(`it ends early: ${problem}`, this.#bytes.length);
    this.#failAt(problem, this.#at);
  }

  #truncated(problem: string, at: number): never {
    this.#failAt(`${problem}; was it cut off?`, at);
  }

  #failAt(problem: string, at: number): never {
    throw new GatewayError('read.invalid_json', `The body is not valid JSON: ${problem}${this.#where(at)}.`);
  }

  #where(at: number): string {
    let line = 1;
    let lineStart = 0;
    for (let i = this.#bytes.indexOf(0x0a); i !== -1 && i < at; i = this.#bytes.indexOf(0x0a, i + 1)) {
      line++;
      lineStart = i + 1;
    }
    const column = this.#bytes.toString('utf8', lineStart, at).length + 1;
    return ` (line ${String(line)}, column ${String(column)})`;
  }
}

const numberPattern = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
