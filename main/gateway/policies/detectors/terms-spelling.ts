/** One spelling for what people read as the same: case, composed letters, full width, kinds of dashes, apostrophes and spaces. */

/** What a character is to the search for terms. */
export const spelt = {
  /** Not to be seen: soft hyphens, zero-width characters, variation selectors. */
  ignored: 1,
  space: 2,
  /** A letter or digit of a script that puts spaces between words. */
  word: 3,
  /** A letter of a script that does not: each is a word by itself. */
  own: 4,
  sign: 5,
  /** Belongs to the letter before it; alone it is a letter. */
  mark: 6,
} as const;

interface Spelling {
  readonly kind: number;
  readonly text: string;
}

const signs: readonly (readonly [string, RegExp])[] = [
  ["'", /['`´‘’‚‛′ʹʻʼʽˈ＇]/u],
  ['"', /["“”„‟″＂]/u],
  ['-', /[\p{Pd}−⁃]/u],
];
/** The Arabic stretching sign is drawn, not read. */
const ignoredForm = /^[\p{Default_Ignorable_Code_Point}ـ]$/u;
const spaceForm = /^[\s\p{Z}\p{Cc}]$/u;
const letterForm = /^[\p{L}\p{M}\p{Nd}\p{Nl}]$/u;
const markForm = /^[\p{M}\u1160-\u11FFﾞﾟ]$/u;
const lettersForm = /^[\p{L}\p{M}\p{N}]+$/u;
/** Scripts written without spaces, or, as Korean is, with endings attached to the word. */
const ownForm =
  /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}\p{scx=Yi}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]/u;

/** Full case folding, by way of the upper case: `ß` and `SS` are the same, as are the three sigmas and the four i. */
function foldCase(composed: string): string {
  return composed.toUpperCase().toLowerCase().normalize('NFKC').replaceAll('i\u0307', 'i').replaceAll('ς', 'σ');
}

/** Of one letter with its marks, or one character of any other kind. */
function spellingOf(cluster: string): Spelling {
  const code = cluster.codePointAt(0) ?? 0;
  const first = String.fromCodePoint(code);
  if (ignoredForm.test(first)) return { kind: spelt.ignored, text: '' };
  if (spaceForm.test(first)) return { kind: spelt.space, text: ' ' };
  for (const [text, form] of signs) if (form.test(first)) return { kind: spelt.sign, text };
  if (letterForm.test(first)) {
    const folded = foldCase(cluster.normalize('NFKC'));
    const text = lettersForm.test(folded) ? folded : cluster;
    if (markForm.test(first)) return { kind: spelt.mark, text };
    return { kind: ownForm.test(first) ? spelt.own : spelt.word, text };
  }
  const composed = first.normalize('NFKC');
  // `™` and `²` are no part of the word they stand behind: only signs of another width are put in their usual form.
  return { kind: spelt.sign, text: [...composed].length === 1 && !letterForm.test(composed) ? composed : first };
}

const codes = 65_536;
/** By code unit: what it is (0: not looked at yet), and its spelling where that is one code unit (0: it is not). */
const kinds = new Uint8Array(codes);
const folded = new Uint16Array(codes);

function look(code: number): number {
  const { kind, text } = spellingOf(String.fromCharCode(code));
  kinds[code] = kind;
  if (text.length === 1) folded[code] = text.charCodeAt(0);
  return kind;
}

/** What a code unit of the basic plane is. */
export function kindOf(code: number): number {
  const kind = kinds[code] as number;
  return kind === 0 ? look(code) : kind;
}

/** Spelling of a code unit, where that is one code unit; else 0. */
export function foldedUnit(code: number): number {
  if (kinds[code] === 0) look(code);
  return folded[code] as number;
}

/** Spellings of what takes more than a code unit. Texts of a language use few of them; more than these are looked at again. */
const maxKept = 4_096;
const kept = new Map<string, Spelling>();
/** Nobody writes more marks on one letter; the rest of them are letters of their own. */
const maxCluster = 32;

function keptSpelling(cluster: string): Spelling {
  const known = kept.get(cluster);
  if (known !== undefined) return known;
  if (kept.size >= maxKept) kept.clear();
  const spelling = spellingOf(cluster);
  kept.set(cluster, spelling);
  return spelling;
}

export const backslash = 0x5c;
const escapeWidth = 6;
const hexForm = /[0-9a-fA-F]{4}/y;

/** Whether a letter is written as JSON writes it where only ASCII may be: `\u00fc`. */
export function isEscape(source: string, at: number): boolean {
  if (source.charCodeAt(at + 1) !== 0x75 || source.charCodeAt(at) !== backslash) return false;
  hexForm.lastIndex = at + 2;
  return hexForm.test(source);
}

function unescaped(source: string, at: number): string {
  return String.fromCharCode(Number.parseInt(source.slice(at + 2, at + escapeWidth), 16));
}

/** Reads a text letter by letter, a letter with all its marks at a time. */
export class SpellingReader {
  /** One of `spelt`, never `mark`. */
  kind = 0;
  /** Spelling in one code unit; 0 when it is `text` instead. */
  unit = 0;
  text = '';
  /** Where the next one begins. */
  end = 0;

  read(source: string, at: number): void {
    const code = source.charCodeAt(at);
    if (code === backslash && isEscape(source, at)) {
      this.end = at + escapeWidth;
      this.#take(keptSpelling(unescaped(source, at)));
      return;
    }
    const isPair = code >= 0xd800 && code < 0xdc00 && at + 1 < source.length;
    const kind = isPair ? 0 : kindOf(code);
    const width = isPair ? 2 : 1;
    this.end = at + width;
    if (isPair || kind >= spelt.word) {
      if (isPair || kind !== spelt.sign) this.end = clusterEnd(source, this.end, at + maxCluster);
      if (this.end > at + 1) {
        this.#take(keptSpelling(source.slice(at, this.end)));
        return;
      }
    }
    this.kind = kind === spelt.mark ? spelt.word : kind;
    this.unit = folded[code] as number;
    this.text = this.unit === 0 ? keptSpelling(String.fromCharCode(code)).text : '';
  }

  #take({ kind, text }: Spelling): void {
    this.kind = kind === spelt.mark ? spelt.word : kind;
    this.unit = text.length === 1 ? text.charCodeAt(0) : 0;
    this.text = this.unit === 0 ? text : '';
  }

  /** The spelling, whichever way it is held. */
  get spelling(): string {
    return this.unit === 0 ? this.text : String.fromCharCode(this.unit);
  }
}

function clusterEnd(source: string, from: number, limit: number): number {
  let end = from;
  while (end < source.length && end < limit) {
    const code = source.charCodeAt(end);
    if (code < 0x300 || kindOf(code) !== spelt.mark) break;
    end++;
  }
  return end;
}

/** With its case, but without what else people do not see, spaces among it: what a case-sensitive term is compared by. */
export function casedSpelling(source: string): string {
  const reader = new SpellingReader();
  let result = '';
  for (let at = 0; at < source.length; at = reader.end) {
    reader.read(source, at);
    if (reader.kind === spelt.sign) result += reader.spelling;
    else if (reader.kind >= spelt.word) {
      const letter = isEscape(source, at) ? unescaped(source, at) : source.slice(at, reader.end);
      result += letter.normalize('NFKC');
    }
  }
  return result;
}
