/** JSON as RFC 8259 has it and no laxer: what two readers could take for two things is refused, with its place. */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { printable } from '../kit/printable.ts';

export interface JsonLimits {
  /** Lists and objects within each other. */
  readonly maxDepth: number;
  /** What is read, for people: `acme-core.sluice`. */
  readonly what: string;
}

/**
 * The value of JSON text in UTF-8. Throws `bundle.malformed` with line and column for all that JSON refuses, and for a byte order
 * mark, a name that stands twice in one object, names that mean something to JavaScript, half a character, a number that would
 * not be kept as it is written, and more depth than allowed.
 */
export function parseStrictJson(bytes: Uint8Array, limits: JsonLimits): unknown {
  return new StrictReader(decode(bytes, limits.what), limits).document();
}

/** Names that reach what objects inherit: none of ours is called so. */
const unsafeNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

function decode(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const lax = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const again = Buffer.from(lax, 'utf8');
    let at = 0;
    while (at < bytes.length && bytes[at] === again[at]) at += 1;
    const before = again
      .subarray(0, at)
      .toString('utf8')
      .replace(/\ufffd+$/, '');
    throw malformed(before, before.length, what, 'a byte is not UTF-8', 'Save it as UTF-8');
  }
}

/** From 1 each; columns in UTF-16 units. */
function placeOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at);
  const lines = before.split('\n');
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

function malformed(text: string, at: number, what: string, problem: string, mend: string): GatewayError {
  const { line, column } = placeOf(text, at);
  const message = `${what}:${line}:${column}: ${problem}.${mend === '' ? '' : ` ${mend}${mend.endsWith('?') ? '' : '.'}`}`;
  return new GatewayError('bundle.malformed', message, { details: { line, column } });
}

const numberForm = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const words: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

class StrictReader {
  readonly #text: string;
  readonly #limits: JsonLimits;
  #at = 0;
  #depth = 0;

  constructor(text: string, limits: JsonLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  document(): unknown {
    if (this.#text.startsWith('\ufeff')) this.#refuse('it begins with a byte order mark', 'Save it without one');
    this.#space();
    if (this.#at === this.#text.length) this.#refuse('it is empty', '');
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#refuse('something follows after its end', 'Remove it');
    return value;
  }

  #value(): unknown {
    const code = this.#text.charCodeAt(this.#at);
    if (code === 0x22) return this.#string();
    if (code === 0x7b) return this.#object();
    if (code === 0x5b) return this.#list();
    if (code === 0x2d || (code >= 0x30 && code <= 0x39)) return this.#number();
    for (const [word, value] of words) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#unexpected('a value');
  }

  #object(): Record<string, unknown> {
    this.#enter();
    const found: Record<string, unknown> = {};
    if (!this.#takes(0x7d)) {
      do {
        this.#space();
        const at = this.#at;
        if (this.#text.charCodeAt(at) !== 0x22) this.#unexpected('a name in quotes');
        const name = this.#string();
        if (unsafeNames.has(name)) this.#refuse(`the name "${name}" is not allowed`, 'Choose another name', at);
        if (Object.hasOwn(found, name)) this.#refuse(`the name ${shown(name)} stands twice`, 'Keep one of the two', at);
        this.#space();
        if (!this.#takes(0x3a)) this.#unexpected('":"');
        this.#space();
        found[name] = this.#value();
        this.#space();
      } while (this.#takes(0x2c));
      if (!this.#takes(0x7d)) this.#unexpected('"," or "}"');
    }
    this.#depth -= 1;
    return found;
  }

  #list(): unknown[] {
    this.#enter();
    const found: unknown[] = [];
    if (!this.#takes(0x5d)) {
      do {
        this.#space();
        found.push(this.#value());
        this.#space();
      } while (this.#takes(0x2c));
      if (!this.#takes(0x5d)) this.#unexpected('"," or "]"');
    }
    this.#depth -= 1;
    return found;
  }

  #enter(): void {
    this.#depth += 1;
    const { maxDepth } = this.#limits;
    if (this.#depth > maxDepth) this.#refuse(`lists and objects stand more than ${maxDepth} deep in each other`, '');
    this.#at += 1;
    this.#space();
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    let found = this.#plain();
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x22) break;
      if (code !== 0x5c) {
        this.#refuse(
          this.#at < this.#text.length ? 'a text holds a control character' : 'a text has no end',
          this.#at < this.#text.length ? 'Write it as an escape such as \\n' : '',
        );
      }
      found += this.#escape();
      found += this.#plain();
    }
    this.#at += 1;
    // Raw ones the decoding refused: these were written as escapes.
    if (!found.isWellFormed()) this.#refuse('a text holds half a character (a lone surrogate)', 'Remove it', start);
    return found;
  }

  #plain(): string {
    const start = this.#at;
    let at = start;
    let code = this.#text.charCodeAt(at);
    // At the end it is NaN, which is no less than anything.
    while (code >= 0x20 && code !== 0x22 && code !== 0x5c) {
      at += 1;
      code = this.#text.charCodeAt(at);
    }
    this.#at = at;
    return this.#text.slice(start, at);
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? '';
    const simple = escapes[letter];
    if (simple !== undefined) {
      this.#at += 2;
      return simple;
    }
    const digits = this.#text.slice(this.#at + 2, this.#at + 6);
    if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits)) this.#refuse('an escape is not known', '');
    this.#at += 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #number(): number {
    numberForm.lastIndex = this.#at;
    const form = numberForm.exec(this.#text);
    if (form === null) this.#refuse('a number is not written as JSON has it', '');
    const [written, fraction, exponent] = form;
    const value = Number(written);
    const whole = fraction === undefined && exponent === undefined;
    if (!Number.isFinite(value) || (whole && !Number.isSafeInteger(value)) || !isKept(written, value)) {
      this.#refuse(`the number ${shortened(written)} cannot be kept exactly`, 'Use fewer digits');
    }
    this.#at += written.length;
    return value;
  }

  #takes(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at += 1;
    }
  }

  #unexpected(expected: string): never {
    const rest = this.#text.slice(this.#at, this.#at + 12);
    if (rest === '') this.#refuse(`it ends where ${expected} is expected`, 'Was it cut off?');
    const word = /^(?:NaN|[+-]?Infinity)/.exec(rest)?.[0];
    if (word !== undefined) this.#refuse(`${word} is not a number of JSON`, '');
    return this.#refuse(`${expected} is expected, found ${shown([...rest][0] ?? '')}`, '');
  }

  #refuse(problem: string, mend: string, at: number = this.#at): never {
    throw malformed(this.#text, at, this.#limits.what, problem, mend);
  }
}

/** Part of a hostile text, as it may be shown. */
function shown(text: string): string {
  return JSON.stringify(shortened(printable(text)));
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 24)}…` : text;
}

/** Whether a number says what was written: the digits that it is shown with, without zeros at either end, and their place. */
function isKept(written: string, value: number): boolean {
  const shortest = String(value);
  if (shortest === written) return true;
  const a = significant(written);
  const b = significant(shortest);
  return a.digits === b.digits && (a.digits === '' || a.place === b.place);
}

function significant(number: string): { readonly digits: string; readonly place: number } {
  const [, whole = '', fraction = '', exponent = '0'] = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const all = `${whole}${fraction}`;
  const leading = /^0*/.exec(all)?.[0].length ?? 0;
  let end = all.length;
  while (end > leading && all.charCodeAt(end - 1) === 0x30) end -= 1;
  return { digits: all.slice(leading, end), place: whole.length - leading + Number(exponent) };
}
