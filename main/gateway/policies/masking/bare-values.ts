/** Numbers of JSON that stands in a text: what takes their place needs quotes, or the text is no JSON any more. */

/** A text this long is not parsed to find out: some ten milliseconds of work. */
const maxChars = 4_194_304;

const backslash = 0x5c;

/** Says of places in one text, in their order, whether a number without quotes stands there. Parses it once, if it has to at all. */
export class BareValues {
  readonly #text: string;
  readonly #mayBeJson: boolean;
  #isJson: boolean | undefined;
  /** The next quote that has not been counted, and whether a string is open before it. */
  #quote: number;
  #isInside = false;

  constructor(text: string) {
    this.#text = text;
    const first = /[^ \t\r\n\ufeff]/.exec(text.slice(0, 64))?.[0];
    this.#quote = text.indexOf('"');
    this.#mayBeJson = (first === '{' || first === '[') && text.length <= maxChars;
  }

  isBare(start: number, end: number): boolean {
    if (!this.#mayBeJson) return false;
    const text = this.#text;
    let before = start - 1;
    while (isSpace(text.charCodeAt(before))) before--;
    let behind = end;
    while (isSpace(text.charCodeAt(behind))) behind++;
    if (!':[,'.includes(text.charAt(before)) || !',]}'.includes(text.charAt(behind))) return false;
    if (!/^-?\d/.test(text.slice(start, start + 2))) return false;
    this.#isJson ??= isJson(text);
    return this.#isJson && !this.#isInString(start);
  }

  /** By the quotes before it; asked in order. */
  #isInString(place: number): boolean {
    const text = this.#text;
    for (; this.#quote !== -1 && this.#quote < place; this.#quote = text.indexOf('"', this.#quote + 1)) {
      let slashes = 0;
      if (this.#isInside) while (text.charCodeAt(this.#quote - 1 - slashes) === backslash) slashes++;
      if (slashes % 2 === 0) this.#isInside = !this.#isInside;
    }
    return this.#isInside;
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
    return true;
  } catch {
    return false;
  }
}
