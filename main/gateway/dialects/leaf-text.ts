/** The text of a leaf without its escapes, and where each part of it stands in the bytes. */
import type { Span } from './document.ts';
import type { Leaf, LeafText } from './leaf.ts';

const backslash = 0x5c;
const letterU = 0x75;
/** Looking at each letter is cheaper than decoding, up to this length. */
const maxShortChars = 128;

/**
 * Decodes a leaf: UTF-8, then as many layers of JSON escapes as it has. A surrogate escaped without its partner stays one in the
 * text. Costs the places of characters only when one is asked for.
 */
export function leafText(leaf: Leaf): LeafText {
  const { raw, start, layers, form } = leaf;
  if (form === 'base64') {
    const whole = { start, end: start + raw.length };
    return { text: base64Text(unescaped(raw, layers)), span: () => whole };
  }
  const utf8 = fromBytes(raw);
  const text = unescaped(utf8, layers);
  if (text.length === raw.length) {
    return { text, span: (from, to) => ({ start: start + from, end: start + Math.max(from, to) }) };
  }
  if (layers < 2) {
    const places = new PlacesAhead(raw, layers === 1);
    return { text, span: (from, to) => places.span(start, Math.min(from, text.length), Math.min(to, text.length)) };
  }
  let places: Uint32Array | undefined;
  return {
    text,
    span(from, to) {
      places ??= placesIn(raw, utf8, layers);
      return spanIn(places, start, from, to);
    },
  };
}

/** UTF-8 bytes, one a character, as text. */
export function fromBytes(raw: string): string {
  if (raw.length <= maxShortChars && !/[\x80-\xff]/.test(raw)) return raw;
  const text = Buffer.from(raw, 'latin1').toString('utf8');
  // As long as its bytes: nothing but ASCII, and then it is the text already.
  return text.length === raw.length ? raw : text;
}

/** Text in UTF-8, or of an old encoding of one byte a character. */
function base64Text(value: string): string {
  const bytes = Buffer.from(value, 'base64');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') && !bytes.includes('\ufffd') ? bytes.toString('latin1') : text;
}

/** Without `layers` of JSON escapes, which must be whole. */
export function unescaped(text: string, layers: number): string {
  let plain = text;
  for (let layer = 0; layer < layers && plain.includes('\\'); layer++) plain = JSON.parse(`"${plain}"`) as string;
  return plain;
}

/** Finds the characters of an unescaped text in the escaped one, asked for in order. */
export class EscapedPlaces {
  readonly #escaped: string;
  /** The same place in both, and the escape behind it. */
  #unit = 0;
  #at = 0;
  #escape: number;

  constructor(escaped: string) {
    this.#escaped = escaped;
    this.#escape = escaped.indexOf('\\');
  }

  /** Where the escaped text has unit number `unit`, at or behind the one asked for before. */
  of(unit: number): number {
    while (this.#escape !== -1 && this.#at + (unit - this.#unit) > this.#escape) {
      this.#unit += this.#escape - this.#at + 1;
      this.#at = this.#escape + (this.#escaped.charCodeAt(this.#escape + 1) === letterU ? 6 : 2);
      this.#escape = this.#escaped.indexOf('\\', this.#at);
    }
    return this.#at + (unit - this.#unit);
  }
}

/** Finds the units of a text in its UTF-8 bytes, escaped at most once: walks on from where it was asked for last. */
class PlacesAhead {
  readonly #raw: string;
  readonly #hasEscapes: boolean;
  /** The first unit of a character, and its first byte. */
  #unit = 0;
  #at = 0;
  /** Of that character, once it has been looked at. */
  #units = 0;
  #bytes = 0;

  constructor(raw: string, hasEscapes: boolean) {
    this.#raw = raw;
    this.#hasEscapes = hasEscapes;
  }

  /** Half a character counts as all of it. */
  span(base: number, from: number, to: number): Span {
    this.#goTo(Math.max(0, from));
    const start = base + this.#at;
    if (to <= from) return { start, end: start };
    this.#goTo(to);
    return { start, end: base + this.#at + (this.#unit < to ? this.#bytes : 0) };
  }

  /** To the character that has this unit. */
  #goTo(unit: number): void {
    if (unit < this.#unit) this.#unit = this.#at = 0;
    while (this.#unit < unit) {
      this.#look();
      if (this.#unit + this.#units > unit) return;
      this.#unit += this.#units;
      this.#at += this.#bytes;
    }
  }

  #look(): void {
    const code = this.#raw.charCodeAt(this.#at);
    this.#units = 1;
    if (code === backslash && this.#hasEscapes) this.#bytes = this.#raw.charCodeAt(this.#at + 1) === letterU ? 6 : 2;
    else if (code < 0x80) this.#bytes = 1;
    else if (code < 0xe0) this.#bytes = 2;
    else if (code < 0xf0) this.#bytes = 3;
    else {
      this.#bytes = 4;
      this.#units = 2;
    }
  }
}

/** Where each UTF-16 unit of the unescaped text starts in the escaped one, and last where that ends. */
function unitStarts(escaped: string): Uint32Array {
  const { length } = escaped;
  const starts = new Uint32Array(length + 1);
  let count = 0;
  for (let at = 0; at < length; count++) {
    starts[count] = at;
    if (escaped.charCodeAt(at) !== backslash) at++;
    else at += escaped.charCodeAt(at + 1) === letterU ? 6 : 2;
  }
  starts[count] = length;
  return starts.subarray(0, count + 1);
}

/** Where each UTF-16 unit starts in UTF-8 bytes. Both halves of a pair start where its four bytes do. */
function byteStarts(raw: string): Uint32Array {
  const { length } = raw;
  const starts = new Uint32Array(length + 1);
  let count = 0;
  for (let at = 0; at < length;) {
    const code = raw.charCodeAt(at);
    starts[count++] = at;
    if (code < 0x80) at++;
    else if (code < 0xe0) at += 2;
    else if (code < 0xf0) at += 3;
    else {
      starts[count++] = at;
      at += 4;
    }
  }
  starts[count] = length;
  return starts.subarray(0, count + 1);
}

function placesIn(raw: string, utf8: string, layers: number): Uint32Array {
  let places = utf8.length === raw.length ? undefined : byteStarts(raw);
  let text = utf8;
  for (let layer = 0; layer < layers && text.includes('\\'); layer++) {
    const inner = unitStarts(text);
    if (places !== undefined) {
      for (let unit = 0; unit < inner.length; unit++) inner[unit] = places[inner[unit] as number] as number;
    }
    places = inner;
    text = unescaped(text, 1);
  }
  return places ?? Uint32Array.from({ length: raw.length + 1 }, (_, unit) => unit);
}

function spanIn(places: Uint32Array, base: number, from: number, to: number): Span {
  const last = places.length - 1;
  const first = Math.min(Math.max(from, 0), last);
  const start = places[first] as number;
  if (to <= first) return { start: base + start, end: base + start };
  let behind = Math.min(to, last);
  // The second half of a pair starts where the first does: the pair ends where the unit behind it starts.
  while (behind < last && places[behind] === places[behind - 1]) behind++;
  return { start: base + start, end: base + (places[behind] as number) };
}
