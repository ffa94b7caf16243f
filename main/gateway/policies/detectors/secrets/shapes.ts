/** What a value looks like: which characters it has, how random it is, whether it only stands for a value. */

/** Alphabets of tokens, one bit each. */
export const alphabets = {
  digits: 1,
  hex: 2,
  upper: 4,
  alnum: 8,
  /** Base64 for URLs. */
  word: 16,
  dotted: 32,
  base64: 64,
  /** Whatever a URL or a header value may hold without a quote, a blank or a bracket. */
  opaque: 128,
} as const;
export type Alphabet = keyof typeof alphabets;

/** Bits of the alphabets a code unit belongs to. */
export const bitsByCode = makeBits();

function makeBits(): Uint8Array {
  const bits = new Uint8Array(65_536);
  const add = (name: Alphabet, characters: string): void => {
    for (const one of characters) bits[one.charCodeAt(0)] = (bits[one.charCodeAt(0)] as number) | alphabets[name];
  };
  const digits = '0123456789';
  const lower = 'abcdefghijklmnopqrstuvwxyz';
  const upper = lower.toUpperCase();
  add('digits', digits);
  add('hex', `${digits}abcdef`);
  add('upper', digits + upper);
  add('alnum', digits + lower + upper);
  add('word', `${digits}${lower}${upper}_-`);
  add('dotted', `${digits}${lower}${upper}_-.`);
  add('base64', `${digits}${lower}${upper}+/=_-`);
  add('opaque', `${digits}${lower}${upper}_-.~+/=%:$!*|`);
  return bits;
}

/** Whether the code unit belongs to the alphabet with this bit. */
export function isIn(code: number, bit: number): boolean {
  return ((bitsByCode[code] as number) & bit) !== 0;
}

export function isAlnum(code: number): boolean {
  return isIn(code, alphabets.alnum);
}

/** Ends of runs of one alphabet, each run walked only once: many candidates in one run cost what one costs. */
export class Runs {
  readonly #text: string;
  readonly #starts = new Map<number, number>();
  readonly #ends = new Map<number, number>();

  constructor(text: string) {
    this.#text = text;
  }

  /** The end of the run of the alphabet that begins at or before `at`; `at` itself where none does. */
  end(at: number, alphabet: Alphabet): number {
    const bit = alphabets[alphabet];
    const known = this.#ends.get(bit) ?? -1;
    if (at < known && at >= (this.#starts.get(bit) ?? 0)) return known;
    let end = at;
    while (end < this.#text.length && isIn(this.#text.charCodeAt(end), bit)) end++;
    this.#starts.set(bit, at);
    this.#ends.set(bit, end);
    return end;
  }
}

const escapeLetters = 'nrtbf0';

/** Whether a token may begin at `at`: nothing of a longer word stands in front, but the end of an escape (`\n`, `%3D`, `\u0022`, `[0m`) may. */
export function startsToken(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text.charCodeAt(at - 1);
  if (before === 95) return at < 2 || !isIn(text.charCodeAt(at - 2), alphabets.word);
  return !isAlnum(before) || endsEscape(text, at);
}

/** Whether what stands in front of `at` is an escape and not the end of a word. */
export function endsEscape(text: string, at: number): boolean {
  if (text[at - 2] === '\\' && escapeLetters.includes(text[at - 1] as string)) return true;
  if (text[at - 3] === '%' && isHexDigit(text.charCodeAt(at - 2)) && isHexDigit(text.charCodeAt(at - 1))) return true;
  if (text[at - 4] === '\\' && text[at - 3] === 'x') return true;
  if (text[at - 6] === '\\' && text[at - 5] === 'u') return true;
  if (text[at - 1] !== 'm') return false;
  let digit = at - 2;
  while (digit > at - 8 && (isIn(text.charCodeAt(digit), alphabets.digits) || text[digit] === ';')) digit--;
  return text[digit] === '[';
}

function isHexDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const hex = /^(?:[0-9a-f]+|[0-9A-F]+)$/;

export function isUuid(value: string): boolean {
  return value.length === 36 && uuid.test(value);
}

/** Hexadecimal digits of one case, with a digit and a letter among them. */
export function isHex(value: string): boolean {
  return hex.test(value) && /[0-9]/.test(value) && /[a-f]/i.test(value);
}

/** Shannon entropy in bits a character. */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const one of value) counts.set(one, (counts.get(one) ?? 0) + 1);
  let sum = 0;
  for (const count of counts.values()) sum -= (count / value.length) * Math.log2(count / value.length);
  return sum;
}

/**
 * Letters that often follow each letter in English words and identifiers, from `a` to `z`; counted over programs and their
 * documentation. A random pair is in here in four cases out of ten, a pair of a word nearly always.
 */
const usualFollowers = (
  'bcdfghiklmnprstuvwxyz abeijlorsuy acehiklorstuy abcdegilmorsuy abcdefghijklmnopqrstuvwxy aefilorstuy aeghilmnorsu ' +
  'aeimnorstuy abcdefgklmnoprstvxz aeosu aeinosu abcdefiklmopstuvy abeilmnopsuy acdefghiklmnoprstuvy abcdefgiklmnoprstuvwxy ' +
  'adehilmoprstuy u abcdefgiklmnoprstuvwy acefhiklmnopstuwy acdefhilmoprstuwy abcdefgilmnoprst aeio aehinors aceipt ' +
  'abeilmnopst aeio'
).split(' ');
const usual = makeUsual();

function makeUsual(): Uint8Array {
  const table = new Uint8Array(26 * 26);
  usualFollowers.forEach((followers, first) => {
    for (const one of followers) table[first * 26 + one.charCodeAt(0) - 97] = 1;
  });
  return table;
}

const wordPart = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;

/** Share of its letters that stand in parts which look like words: three letters or more, one case, all pairs usual. */
export function wordiness(value: string): number {
  let letters = 0;
  let inWords = 0;
  for (const [part] of value.matchAll(wordPart)) {
    letters += part.length;
    // Three letters may look like a word by chance.
    if (part.length >= 3 && hasUsualPairs(part.toLowerCase())) inWords += part.length >= 4 ? part.length : 1;
  }
  return letters === 0 ? 0 : inWords / letters;
}

function hasUsualPairs(part: string): boolean {
  let rare = 0;
  for (let i = 1; i < part.length; i++) {
    if (usual[(part.charCodeAt(i - 1) - 97) * 26 + part.charCodeAt(i) - 97] === 0) rare++;
  }
  return rare === 0 || rare * 5 <= part.length;
}

const slug = /^(?:[a-z0-9]{1,12}(?:[-_.][a-z0-9]{1,12}){2,}|[A-Z0-9]{1,12}(?:[-_.][A-Z0-9]{1,12}){2,})$/;

/** Names of models, regions and versions: short parts in one case, joined by hyphens, dots or underscores. */
export function isSlug(value: string): boolean {
  return slug.test(value) && !isUuid(value);
}

/** Whether a value was drawn at random, as keys and tokens are, and is not a name, a path, a date or a sentence. */
export function looksRandom(value: string, minLength = 16): boolean {
  const length = value.length;
  if (length < minLength || isSlug(value)) return false;
  const bits = entropy(value);
  if (isHex(value.startsWith('0x') ? value.slice(2) : value)) return length >= 20 && bits >= 2.9;
  if (bits < Math.min(3.9, Math.log2(length) * 0.72)) return false;
  const hasDigit = /[0-9]/.test(value);
  const mixed = /[a-z]/.test(value) && /[A-Z]/.test(value);
  if (!hasDigit && !mixed) return false;
  if (isInterleaved(value)) return true;
  // Without a figure it must not have any part of a name.
  if (!hasDigit)
    return wordiness(value) < (value.includes('_') ? 0.25 : 0.5) && !/^[A-Za-z]{2,}(?:_[A-Za-z]{2,})+$/.test(value);
  return wordiness(value) < (length >= 20 ? 0.62 : 0.5);
}

/** Whether figures and letters take turns often, as they do only by chance. */
export function isInterleaved(value: string): boolean {
  let turns = 0;
  for (let i = 1; i < value.length; i++) {
    const before = value.charCodeAt(i - 1);
    const code = value.charCodeAt(i);
    if (isAlnum(before) && isAlnum(code) && isIn(before, alphabets.digits) !== isIn(code, alphabets.digits)) turns++;
  }
  return turns >= 4 && turns * 5 >= value.length;
}

const placeholderPart =
  /x{4,}|X{4,}|\*{3,}|\.{3}|…|example|changeme|change[-_ ]?me|replace[-_ ]?(?:me|with|this)|your[-_ .]|yourkey|yourtoken|yoursecret|_here\b|-here\b|placeholder|dummy|redacted|masked|insert[-_ ]|(?:^|[^A-Za-z0-9])(?:todo|fixme)(?![A-Za-z0-9])|<[^>]*>|\$\{|\{\{|\$\(|%\(|#\{|01234567|12345678|abcdefg|sample[-_]|fake[-_]|not[-_]?a[-_]?real|lorem|\[[a-z_ ]+\]/i;
const repeated = /^(.{1,4})\1{2,}.{0,3}$/;

/** Whether a value only stands for one: `xxxx`, `your-api-key`, `${TOKEN}`, `<secret>`, `AKIA…EXAMPLE`. */
export function isPlaceholder(value: string): boolean {
  return placeholderPart.test(value) || repeated.test(value);
}
