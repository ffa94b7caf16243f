/** How placeholders are recognised: their tags, what a model may write between tag and id, and which ends of a text may be their beginning. */
import { foundKinds, placeholderTags, type FoundKind } from '../../../shared/domain/masking.ts';

/** Of every id; one that met another is longer. */
export const idLength = 6;
/** One before each of up to four backslashes: `\_`, and the same inside JSON and inside JSON in a string. */
const maxBackslashes = 4;

const backslash = 0x5c;

/** What a model may put between tag and id: a space, one that does not break, an underscore, a hyphen. */
function isSeparator(code: number): boolean {
  return code === 0x20 || code === 0x5f || code === 0x2d || code === 0xa0;
}

/** 1 for the characters of an id, of either case. */
const idCharacters = new Uint8Array(128);
for (const one of 'bcdfghjkmnpqrstvwxyz23456789') {
  idCharacters[one.charCodeAt(0)] = 1;
  idCharacters[one.toUpperCase().charCodeAt(0)] = 1;
}

/** Whether all of it may belong to an id. */
export function isOfId(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (idCharacters[text.charCodeAt(i)] !== 1) return false;
  return true;
}

/** An id begins with one of these: 2 to 9. */
export function beginsId(code: number): boolean {
  return code >= 0x32 && code <= 0x39;
}

const knownTags: readonly string[] = Object.values(placeholderTags).map((tag) => tag.toLowerCase());

function isSmall(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

/** A list for every letter, by its code in lower case. */
type ByLetter = readonly (readonly string[] | undefined)[];

/** Words by the letter they end with, the longest first. */
function byLastLetter(words: Iterable<string>): ByLetter {
  const lists: string[][] = [];
  for (const word of words) (lists[word.charCodeAt(word.length - 1)] ??= []).push(word);
  for (const list of lists) (list as string[] | undefined)?.sort((a, b) => b.length - a.length);
  return lists;
}

const tagsByEnd = byLastLetter(knownTags);

/** 1 for bytes that an id may follow: the last letters of tags, of either case, and what stands between. */
const beforeId = new Uint8Array(256);
for (const tag of knownTags) {
  const last = tag.charCodeAt(tag.length - 1);
  beforeId[last] = beforeId[last - 0x20] = 1;
}
for (const code of [0x20, 0x5f, 0x2d, 0xa0]) beforeId[code] = 1;

/** Whether `word`, in lower case, stands in the text right before `end`. */
function standsBefore(text: string, end: number, word: string): boolean {
  const start = end - word.length;
  if (start < 0) return false;
  for (let i = 0; i < word.length; i++) if ((text.charCodeAt(start + i) | 0x20) !== word.charCodeAt(i)) return false;
  return true;
}

function standsBeforeInBytes(bytes: Buffer, start: number, end: number, word: string): boolean {
  const from = end - word.length;
  if (from < start) return false;
  for (let i = 0; i < word.length; i++) if (((bytes[from + i] as number) | 0x20) !== word.charCodeAt(i)) return false;
  return true;
}

/** The tag in lower case, and where it begins. */
export interface TagFound {
  readonly tag: string;
  readonly start: number;
  /** Nothing stands between it and the id. */
  readonly isPlain: boolean;
}

/** Where what stands before `end` ends, less a separator and the backslashes that escape it. */
function beforeSeparator(text: string, end: number): number {
  if (end === 0 || !isSeparator(text.charCodeAt(end - 1))) return end;
  return beforeBackslashes(text, end - 1);
}

function beforeBackslashes(text: string, end: number): number {
  let at = end;
  while (at > 0 && end - at < maxBackslashes && text.charCodeAt(at - 1) === backslash) at--;
  return at;
}

/** The known tag before an id that begins at `idStart`; what stands before `from` belongs to something else. */
export function tagBefore(text: string, idStart: number, from: number): TagFound | undefined {
  const end = beforeSeparator(text, idStart);
  if (end <= from) return undefined;
  const code = text.charCodeAt(end - 1) | 0x20;
  if (!isSmall(code)) return undefined;
  for (const tag of tagsByEnd[code] ?? []) {
    if (standsBefore(text, end, tag) && end - tag.length >= from)
      return { tag, start: end - tag.length, isPlain: end === idStart };
  }
  return undefined;
}

/** The tags that one exchange has placeholders of. */
export class ActiveTags {
  readonly #tags: ReadonlySet<string>;
  /** Their beginnings, the tags themselves among them. */
  readonly #beginnings: ByLetter;

  constructor(kinds: ReadonlySet<FoundKind>) {
    const active = foundKinds.filter((kind) => kinds.has(kind));
    this.#tags = new Set(active.map((kind) => placeholderTags[kind].toLowerCase()));
    const beginnings = new Set<string>();
    for (const tag of this.#tags) for (let i = 1; i <= tag.length; i++) beginnings.add(tag.slice(0, i));
    this.#beginnings = byLastLetter(beginnings);
  }

  has(tag: string): boolean {
    return this.#tags.has(tag);
  }

  /** Where the beginning of a placeholder starts that ends with the text and has no id yet; the text's length where there is none. */
  openStart(text: string, from: number): number {
    const { length } = text;
    if (length <= from) return length;
    const last = text.charCodeAt(length - 1);
    if (isSeparator(last) || last === backslash) {
      const end = isSeparator(last) ? beforeSeparator(text, length) : beforeBackslashes(text, length);
      const tag = end > from ? this.#longest(text, end, from) : undefined;
      return tag !== undefined && this.#tags.has(tag) ? end - tag.length : length;
    }
    return length - (this.#longest(text, length, from)?.length ?? 0);
  }

  #longest(text: string, end: number, from: number): string | undefined {
    const code = text.charCodeAt(end - 1) | 0x20;
    if (!isSmall(code)) return undefined;
    return this.#beginnings[code]?.find((word) => end - word.length >= from && standsBefore(text, end, word));
  }

  /** Whether a string's bytes, escaped as they stand in JSON, may end with the beginning of a placeholder. `false` is certain. */
  mayBeOpen(bytes: Buffer, start: number, end: number): boolean {
    if (end === start) return false;
    const last = bytes[end - 1] as number;
    if (isSeparator(last) || last === backslash) {
      const before = end - start > 1 ? (bytes[end - 2] as number) : 0;
      // The space that does not break has two bytes (UTF-8: C2 A0).
      return beforeId[before] === 1 || before === backslash || before === 0xc2;
    }
    const code = last | 0x20;
    if (!isSmall(code)) return false;
    const words = this.#beginnings[code];
    if (words === undefined) return false;
    for (const word of words) if (standsBeforeInBytes(bytes, start, end, word)) return true;
    return false;
  }
}

/** Whether a string's bytes, escaped as they stand in JSON, may hold a placeholder. `false` is certain. */
export function mayHoldPlaceholder(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const code = bytes[i] as number;
    if (code === backslash) {
      // What is spelt in hexadecimal may be anything.
      if (bytes[i + 1] === 0x75) return true;
      i++;
    } else if (code >= 0x32 && code <= 0x39 && i > start && beforeId[bytes[i - 1] as number] === 1) return true;
  }
  return false;
}
