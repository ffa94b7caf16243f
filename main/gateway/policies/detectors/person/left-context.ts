/** What stands left of a possible name: a word, the name of a field, a line that closes a letter. */
import {
  characterClass,
  closing,
  emptyHash,
  hashed,
  hashOf,
  known,
  lowerLetter,
  notLetter,
  opener,
  title,
  upperLetter,
} from './lexicon.ts';
import { likelyNameFields, nameFields } from './cue-words.ts';

export interface Left {
  /** Flags of the word before it, on the same line or, for a closing, on the line above. */
  flags: number;
  /** The value of a field of this worth: 0 none, 1 likely, 2 surely a person. */
  field: 0 | 1 | 2;
  /** A colon or another sign of a field stands between. */
  signed: boolean;
  /** It begins its line. */
  atLineStart: boolean;
}

/** No field name is longer. */
const longestKey = 32;
const longestWord = 20;
/** Titles below this length are written with a capital. */
const shortTitle = 4;
/** Titles of other languages that are written small. */
const courtesies = new Set(['don', 'mme', 'dhr', 'fru', 'pan'].map((word) => hashOf(word, 0, word.length)));
/** Behind a title: "Dott.ssa", "Dr. med.", "Prof. Dr. rer. nat.". */
const academic = new Set(
  ['ssa', 'med', 'jur', 'phil', 'nat', 'rer', 'ing', 'dent', 'vet', 'habil'].map((word) =>
    hashOf(word, 0, word.length),
  ),
);
const miss = hashOf('miss', 0, 4);

/** Names of fields without separators, in lower case and without marks, as `fullname` for `Full-Name` or `full_name`. */
export function foldedKey(key: string): string {
  return key
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^\p{L}\d]/gu, '');
}

/** Names of fields seen, so that a file with the same few keys is not judged again and again; emptied when it is full. */
const seen = new Map<string, 0 | 1 | 2>();
const mostSeen = 2_000;

/** How sure a field of this name holds a person. */
export function worthOf(key: string): 0 | 1 | 2 {
  const known = seen.get(key);
  if (known !== undefined) return known;
  if (seen.size >= mostSeen) seen.clear();
  const worth = judged(key);
  seen.set(key, worth);
  return worth;
}

function judged(key: string): 0 | 1 | 2 {
  // vCard and certificates; in small letters they are functions and the like.
  if (key === 'FN' || key === 'CN') return 2;
  const folded = foldedKey(key);
  if (nameFields.has(folded)) return 2;
  if (likelyNameFields.has(folded)) return 1;
  const camel = /(?:[_\-. ]|[a-z](?=[A-Z]))([A-Za-z]+)$/.exec(key);
  const last = camel?.[1]?.toLowerCase();
  if (
    last === 'name' &&
    /first|last|full|given|family|sur|middle|customer|client|patient|employee|contact|person|owner|holder|tenant|payee|student|guest|driver|author|manager/i.test(
      key,
    )
  )
    return 2;
  return last !== undefined && nameFields.has(last) && last.length > 4 ? 2 : 0;
}

/** What may stand between a key and its value. */
const between = new Uint8Array(128);
const skipped = 1;
const comma = 2;
const mark = 3;
const sign = 4;
for (const character of ' \t\r.-!') between[character.charCodeAt(0)] = skipped;
between[0x2c] = comma;
for (const character of '|"\'[(;*`<') between[character.charCodeAt(0)] = mark;
for (const character of ':=>') between[character.charCodeAt(0)] = sign;
const newline = 0x0a;
const dot = 0x2e;
const space = 0x20;
const mostSteps = 12;

/** Looks back from `start`, at most some 60 characters. */
export function leftOf(text: string, units: Uint16Array, start: number, left: Left): void {
  left.flags = 0;
  left.field = 0;
  left.atLineStart = false;
  left.signed = false;
  let at = start - 1;
  let separator = 0;
  let commaSeen = false;
  let lines = 0;
  for (let steps = 0; at >= 0 && steps < mostSteps; at--, steps++) {
    const code = units[at] as number;
    if (code === newline) {
      if (separator === 0) left.atLineStart = true;
      if (++lines > 2) break;
      continue;
    }
    const kind = code < 128 ? (between[code] as number) : isQuote(code) ? mark : 0;
    if (kind === 0) break;
    if (lines > 0 || kind === skipped || kind === mark) continue;
    if (kind === comma) commaSeen = true;
    else if (separator === 0) separator = code;
  }
  if (at < 0) {
    left.atLineStart ||= separator === 0;
    return;
  }
  // `Forename(s):`
  if (separator !== 0 && units[at] === 0x29 && units[at - 2] === 0x28) at -= 3;
  if (characterClass[units[at] as number] === notLetter) return;
  if (lines > 0) {
    left.flags = wordBefore(units, at) & closing;
    return;
  }
  if (separator !== 0) {
    left.signed = true;
    readKey(text, units, at, separator, left);
    if (separator === 0x3a) left.flags = wordBefore(units, at) & opener;
    return;
  }
  if (!commaSeen) left.flags = wordBefore(units, at);
}

function isQuote(code: number): boolean {
  return code === 0x201c || code === 0x201e || code === 0xab || code === 0x2018 || code === 0x201a;
}

/** Flags of the word that ends at `last`. */
function wordBefore(units: Uint16Array, last: number): number {
  let from = last;
  while (from >= 0 && last - from < longestWord && isLetter(units, from)) from--;
  let hash = emptyHash;
  for (let at = from + 1; at <= last; at++) hash = hashed(hash, units[at] as number);
  const flags = known(hash);
  const before = units[from] as number;
  if (last - from <= 5 && academic.has(hash) && (before === dot || (before === space && units[from - 1] === dot)))
    return title;
  // "5 ms", "hit or miss": short titles have a capital.
  return (last - from < shortTitle || hash === miss) &&
    !courtesies.has(hash) &&
    characterClass[units[from + 1] as number] === lowerLetter
    ? flags & ~title
    : flags;
}

function isLetter(units: Uint16Array, at: number): boolean {
  const kind = characterClass[units[at] as number];
  return kind === lowerLetter || kind === upperLetter;
}

/** The field whose name ends at `last`. */
function readKey(text: string, units: Uint16Array, last: number, separator: number, left: Left): void {
  let from = last;
  let spaces = 0;
  while (from >= 0 && last - from < longestKey) {
    const code = units[from] as number;
    if (characterClass[code] !== notLetter || code === 0x2d || code === 0x2e) from--;
    else if (code === 0x20 && separator === 0x3a && spaces < 2 && from > 0 && isLetter(units, from - 1)) {
      spaces++;
      from--;
    } else break;
  }
  if (separator === 0x3e && (units[from] as number) === 0x2f) return;
  const key = text.slice(from + 1, last + 1);
  // `<input name="Thai ID">`: the name of a field and no person's.
  if (
    separator === 0x3d &&
    key === 'name' &&
    /<(?:input|field|select|textarea|meta|param|property|button|form|option|element|attribute|column)\b[^<>]{0,60}$/i.test(
      text.slice(Math.max(0, from - 72), from + 1),
    )
  )
    return;
  left.field = worthOf(key);
  // "before it. Contact person: …": the last word or two may be the whole label.
  for (let cut = key.indexOf(' '); left.field === 0 && cut >= 0; cut = key.indexOf(' ', cut + 1))
    left.field = worthOf(key.slice(cut + 1));
}
