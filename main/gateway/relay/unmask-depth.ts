/** Tells, character by character, inside how many JSON strings a place of a text is: what is put there is escaped as many times. */

/** JSON inside a string of JSON inside a string: deeper is not looked for. */
const maxDepth = 4;
/** Containers inside containers; a text that nests deeper is taken for none. */
const maxContainers = 200;

const quote = 0x22;
const backslash = 0x5c;

type State =
  'start' | 'value' | 'first' | 'name' | 'first-name' | 'colon' | 'after' | 'string' | 'escape' | 'hex' | 'bare';

/** What a letter behind a backslash stands for (RFC 8259, section 7); `u` is read apart. */
const escapes: ReadonlyMap<number, number> = new Map([
  [quote, quote],
  [backslash, backslash],
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Letters, digits and signs of numbers, `true`, `false` and `null`. */
function isBare(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x2d ||
    code === 0x2b ||
    code === 0x2e ||
    code === 0x45
  );
}

/**
 * Reads a text that may be the beginning of a JSON object or list. The moment it is none, its depth is 0 for good: prose with quotes
 * in it is no JSON. What a string holds is read in the same way.
 */
export class JsonDepth {
  readonly #room: number;
  #state: State = 'start';
  /** `true` for objects, from the outermost. */
  readonly #containers: boolean[] = [];
  #isName = false;
  #isFresh = false;
  #hex = '';
  /** Of the string that is open. */
  #inner: JsonDepth | undefined;
  #isOver = false;

  constructor(room: number = maxDepth) {
    this.#room = room;
  }

  /** It is no JSON, and nothing that follows can change that. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Strings around the place behind the last character: 0 outside of any. */
  get depth(): number {
    if (this.#isOver || !this.#isInString()) return 0;
    return 1 + (this.#inner?.depth ?? 0);
  }

  feed(text: string, start: number, end: number): void {
    for (let i = start; i < end && !this.#isOver; i++) this.#push(text.charCodeAt(i));
  }

  #isInString(): boolean {
    return this.#state === 'string' || this.#state === 'escape' || this.#state === 'hex';
  }

  #push(code: number): void {
    switch (this.#state) {
      case 'string':
        this.#inString(code);
        return;
      case 'escape':
        this.#escaped(code);
        return;
      case 'hex':
        this.#digit(code);
        return;
      case 'bare':
        if (isBare(code)) return;
        this.#state = 'after';
        break;
      default:
    }
    if (!isSpace(code)) this.#structure(code);
  }

  #inString(code: number): void {
    if (code === quote) {
      this.#inner = undefined;
      this.#state = this.#isName ? 'colon' : 'after';
    } else if (code === backslash) this.#state = 'escape';
    else if (code < 0x20) this.#isOver = true;
    else this.#content(code);
  }

  #escaped(code: number): void {
    const meant = escapes.get(code);
    if (code === 0x75) {
      this.#hex = '';
      this.#state = 'hex';
    } else if (meant === undefined) this.#isOver = true;
    else {
      this.#state = 'string';
      this.#content(meant);
    }
  }

  #digit(code: number): void {
    this.#hex += String.fromCharCode(code);
    if (this.#hex.length < 4) return;
    this.#state = 'string';
    this.#content(Number.parseInt(this.#hex, 16));
  }

  /** One character of what the open string means. */
  #content(code: number): void {
    if (this.#isFresh) {
      this.#isFresh = false;
      const mayBeJson = code === 0x7b || code === 0x5b || isSpace(code);
      if (mayBeJson && this.#room > 1 && !this.#isName) this.#inner = new JsonDepth(this.#room - 1);
    }
    const inner = this.#inner;
    if (inner === undefined) return;
    inner.#push(code);
    if (inner.#isOver) this.#inner = undefined;
  }

  #structure(code: number): void {
    switch (this.#state) {
      case 'start':
        // A number or a string alone is a text as well.
        if (code === 0x7b || code === 0x5b) this.#open(code);
        else this.#isOver = true;
        return;
      case 'first':
        if (code === 0x5d) this.#close(false);
        else this.#value(code);
        return;
      case 'value':
        this.#value(code);
        return;
      case 'first-name':
        if (code === 0x7d) this.#close(true);
        else this.#name(code);
        return;
      case 'name':
        this.#name(code);
        return;
      case 'colon':
        if (code === 0x3a) this.#state = 'value';
        else this.#isOver = true;
        return;
      default:
        this.#after(code);
    }
  }

  #value(code: number): void {
    if (code === 0x7b || code === 0x5b) this.#open(code);
    else if (code === quote) this.#string(false);
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39) || code === 0x74 || code === 0x66 || code === 0x6e)
      this.#state = 'bare';
    else this.#isOver = true;
  }

  #name(code: number): void {
    if (code === quote) this.#string(true);
    else this.#isOver = true;
  }

  #string(isName: boolean): void {
    this.#state = 'string';
    this.#isName = isName;
    this.#isFresh = true;
  }

  #open(code: number): void {
    const isObject = code === 0x7b;
    this.#containers.push(isObject);
    this.#state = isObject ? 'first-name' : 'first';
    if (this.#containers.length > maxContainers) this.#isOver = true;
  }

  #close(isObject: boolean): void {
    if (this.#containers.pop() === isObject) this.#state = 'after';
    else this.#isOver = true;
  }

  /** Behind a value; behind the whole of it nothing may follow. */
  #after(code: number): void {
    const isObject = this.#containers.at(-1);
    if (code === 0x2c && isObject !== undefined) this.#state = isObject ? 'name' : 'value';
    else if (code === 0x7d) this.#close(true);
    else if (code === 0x5d) this.#close(false);
    else this.#isOver = true;
  }
}
