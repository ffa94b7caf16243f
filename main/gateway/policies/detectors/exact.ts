/** Finds values that are known to be secret on this machine, as they are and as they are encoded. */
import type { Detector } from './detector.ts';
import { isTellable } from './exact-values.ts';
import { TermAutomaton } from './term-automaton.ts';

export { envValues, isTellable } from './exact-values.ts';

/** Subtype of what is found. */
export const knownValue = 'known_value';

const codes = 65_536;
/** Code units whose hash tells whether a value can begin with them; no form is shorter. */
const width = 4;
const tableBits = 18;
/** Of a value with several lines, each as long as this is looked for by itself: keys are wrapped anew when they are copied. */
const minLine = 20;

interface Form {
  readonly text: string;
  /** Base64 whose letter before or behind it holds bits of the value as well: letters have 6 bits, and bytes 8. */
  readonly sharesFirst?: boolean;
  readonly sharesLast?: boolean;
}

/** The value in the ways it is written down; in Base64 as part of something longer, of which it may be any part. */
function formsOf(value: string): Form[] {
  const json = JSON.stringify(value).slice(1, -1);
  const url = encodeURIComponent(value);
  const plain = [
    value,
    value.replaceAll('\r\n', '\n'),
    value.replaceAll(/\r?\n/g, '\r\n'),
    json,
    JSON.stringify(json).slice(1, -1),
    json.replaceAll('/', '\\/'),
    url,
    url.replaceAll(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
    url.replaceAll('%20', '+'),
  ];
  const forms: Form[] = [...new Set(plain)].map((text) => ({ text }));
  const bytes = Buffer.from(value, 'utf8');
  for (const before of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor((whole.length * 8) / 6);
    const text = whole.toString('base64').slice(from, to);
    const other = text.replaceAll('+', '-').replaceAll('/', '_');
    const sharesFirst = before > 0;
    const sharesLast = whole.length % 3 !== 0;
    for (const one of new Set([text, other])) forms.push({ text: one, sharesFirst, sharesLast });
  }
  return forms;
}

function linesOf(value: string): string[] {
  if (!value.includes('\n')) return [];
  return value.split(/\r?\n/).filter((line) => line.length >= minLine && !line.startsWith('-----') && isTellable(line));
}

function isBase64Letter(code: number): boolean {
  const lower = code | 0x20;
  return (
    (lower >= 0x61 && lower <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2b ||
    code === 0x2f ||
    code === 0x2d ||
    code === 0x5f
  );
}

class ExactValues {
  readonly #automaton: TermAutomaton;
  readonly #symbols = new Uint16Array(codes);
  /** By sequence. */
  readonly #forms: readonly Form[];
  readonly #openings = new Int32Array(2 ** (tableBits - 5));

  constructor(values: readonly string[]) {
    const forms = values.flatMap((value) => [...formsOf(value), ...linesOf(value).map((text) => ({ text }))]);
    let count = 0;
    const sequences = forms.map(({ text }) =>
      Array.from({ length: text.length }, (_, i) => {
        const code = text.charCodeAt(i);
        if (this.#symbols[code] === 0) this.#symbols[code] = ++count;
        return this.#symbols[code] as number;
      }),
    );
    this.#automaton = TermAutomaton.of(sequences, count);
    const byNumber: Form[] = [];
    forms.forEach((form, i) => {
      byNumber[this.#automaton.numbers[i] as number] = form;
      this.#open(form.text);
    });
    this.#forms = byNumber;
  }

  #open(text: string): void {
    let window = 0;
    for (let i = 0; i < width; i++) window = (window << 8) | (text.charCodeAt(i) & 0xff);
    const place = Math.imul(window, 0x9e3779b1) >>> (32 - tableBits);
    this.#openings[place >>> 5] = (this.#openings[place >>> 5] as number) | (1 << (place & 31));
  }

  find(text: string, tell: (start: number, end: number) => void): void {
    for (let at = this.#next(text, 0); at >= 0;) {
      const end = this.#follow(text, at, tell);
      at = this.#next(text, end);
    }
  }

  /** Where a value may begin next; -1: nowhere. */
  #next(text: string, from: number): number {
    const openings = this.#openings;
    let window = 0;
    for (let i = from; i < text.length; i++) {
      window = (window << 8) | (text.charCodeAt(i) & 0xff);
      const place = Math.imul(window, 0x9e3779b1) >>> (32 - tableBits);
      if (((openings[place >>> 5] as number) & (1 << (place & 31))) !== 0 && i - from >= width - 1)
        return i - width + 1;
    }
    return -1;
  }

  /** Goes on as long as any value may; gives the place behind it. */
  #follow(text: string, from: number, tell: (start: number, end: number) => void): number {
    const automaton = this.#automaton;
    let state = 0;
    let at = from;
    do {
      state = automaton.step(state, this.#symbols[text.charCodeAt(at)] as number);
      at++;
      const match = automaton.match(state);
      if (match !== 0) this.#tell(text, { match, end: at }, tell);
    } while (state !== 0 && at < text.length);
    return at;
  }

  #tell(text: string, found: { match: number; end: number }, tell: (start: number, end: number) => void): void {
    let start = found.end - this.#automaton.depth(found.match);
    let { end } = found;
    const form = this.#forms[this.#automaton.numberOf(found.match)];
    if (form?.sharesFirst === true && isBase64Letter(text.charCodeAt(start - 1))) start--;
    if (form?.sharesLast === true && isBase64Letter(text.charCodeAt(end))) end++;
    tell(start, end);
  }
}

/**
 * Finds these values wherever they stand, in their case: plain, escaped for JSON (once and twice), percent-encoded, and in Base64
 * whatever stands before them in it. Values that are not tellable are left out. Time in proportion to the text.
 */
export function exactDetector(values: readonly string[]): Detector {
  const told = [...new Set(values)].filter(isTellable);
  const search = told.length > 0 ? new ExactValues(told) : undefined;
  return {
    id: 'exact',
    kinds: ['secrets'],
    keywords: [],
    find({ text }, _hits, report) {
      search?.find(text, (start, end) => report({ start, end, kind: 'secrets', subtype: knownValue, score: 1 }));
    },
  };
}
