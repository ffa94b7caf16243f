/** The words that announce numbers, what each announces, and where they stand in a text. */
import { birthWords } from '../birth-date.ts';
import { identitySchemes } from '../identity.ts';
import type { KeywordHits } from '../keyword-scan.ts';
import { paymentSchemes } from '../payment.ts';
import { callWords, phoneWords } from '../phone.ts';
import { coordinateWords } from './geo.ts';
import { ForeignWords } from './foreign-words.ts';
import { groupWords } from './group-words.ts';
import { exactShape } from './scheme.ts';
import type { Scheme, WordGroup } from './scheme.ts';
import { americanSchemes } from './schemes-americas.ts';
import { asianAndAfricanSchemes } from './schemes-asia-africa.ts';
import { europeanSchemes } from './schemes-europe.ts';

/** What a word says besides the schemes it announces. `other`: the number is something else's, an order's or a version's. */
export type Role = 'phone' | 'call' | 'birth' | 'coordinate' | 'account' | 'bank' | 'other';

export interface Meaning {
  readonly schemes: readonly Scheme[];
  readonly roles: ReadonlySet<Role>;
  /** A value is looked for behind it. */
  readonly seeks: boolean;
}

/** A word where it stands; the value is looked for from `end`. */
export interface Label {
  readonly start: number;
  readonly end: number;
  readonly meaning: Meaning;
}

const digitsIn = (text: string): number => text.replace(/\D+/g, '').length;

/** Whatever stands behind a general word: enough digits, in few groups. */
const anyNumber = exactShape(
  '[A-Z]{0,3}[ -]?\\d{5,18}[A-Z]?|\\d{1,7}(?:[./-]\\d{1,8}){1,4}(?:[/-][A-Z0-9]{1,2})?|\\d{2,6}(?:[ ]\\d{2,7}){1,4}|(?=[A-Za-z]*\\d[A-Za-z]*\\d[A-Za-z]*\\d)[A-Za-z0-9]{7,18}',
);
const general: readonly Scheme[] = [
  {
    subtype: 'id_number',
    kind: 'national_id',
    pattern: anyNumber,
    fits: (text) => digitsIn(text) >= 5 && text.length <= 20,
    groups: ['id'],
  },
  {
    subtype: 'tax_number',
    kind: 'tax_id',
    pattern: anyNumber,
    fits: (text) => digitsIn(text) >= 6 && text.length <= 20,
    groups: ['tax'],
  },
];

/** All schemes: those that are more exact first. */
export const schemes: readonly Scheme[] = [
  ...paymentSchemes,
  ...europeanSchemes,
  ...americanSchemes,
  ...asianAndAfricanSchemes,
  ...identitySchemes,
  ...general,
];

const otherWords = [
  'order',
  'order no',
  'invoice',
  'ticket',
  'part no',
  'part number',
  'serial',
  'serial no',
  'sku',
  'tracking',
  'isbn',
  'issn',
  'version',
  'build',
  'revision',
  'timestamp',
  'error code',
  'commit',
  'bestellnummer',
  'rechnung',
  'rechnungsnummer',
  'commande',
  'facture',
  'pedido',
  'factura',
  'fattura',
  'ordine',
  'fatura',
  'zamówienie',
  'заказ',
  'счет-фактура',
  '订单',
  '注文',
  '주문',
  'oid',
  'doi',
  'amount',
  'price',
  'total',
  'barcode',
  'ean',
  'gtin',
  'upc',
];
const bankWords = ['bank', 'wire', 'swift', 'iban', 'banque', 'banco', 'banca', 'konto', 'beneficiary'];

interface MutableMeaning {
  readonly schemes: Scheme[];
  readonly roles: Set<Role>;
  seeks: boolean;
}

const meanings = new Map<string, MutableMeaning>();

function meaningOf(word: string): MutableMeaning {
  const known = meanings.get(word);
  if (known !== undefined) return known;
  const made: MutableMeaning = { schemes: [], roles: new Set(), seeks: false };
  meanings.set(word, made);
  return made;
}

/** Words of groups announce dozens of schemes each. */
const variantsOf = new Map<string, readonly string[]>();

/** The word as people write it, and as programs name fields: `date of birth`, `date_of_birth`, `date-of-birth`, `dateofbirth`. */
function variants(word: string): readonly string[] {
  const known = variantsOf.get(word);
  if (known !== undefined) return known;
  const made = madeVariants(word);
  variantsOf.set(word, made);
  return made;
}

function madeVariants(word: string): string[] {
  const lower = word.toLowerCase();
  const plain = /^[\u0020-\u007e]*$/.test(lower)
    ? lower
    : lower
        .normalize('NFD')
        .replace(/[\u0300-\u036f]/g, '')
        .replaceAll('ø', 'o')
        .replaceAll('ł', 'l')
        .replaceAll('ı', 'i');
  const forms = plain === lower || !/[a-z]/.test(plain) || plain.length < 5 ? [lower] : [lower, plain];
  return forms.flatMap((form) =>
    form.includes(' ')
      ? [form, form.replaceAll(' ', '_'), form.replaceAll(' ', '-'), form.replaceAll(' ', '')]
      : [form],
  );
}

function addWords(words: readonly string[], apply: (meaning: MutableMeaning) => void): void {
  for (const word of new Set(words.flatMap(variants))) apply(meaningOf(word));
}

const groupMeanings = new Map<WordGroup, readonly MutableMeaning[]>();

function meaningsOf(group: WordGroup): readonly MutableMeaning[] {
  const known = groupMeanings.get(group);
  if (known !== undefined) return known;
  const made = Array.from(new Set(groupWords[group].flatMap(variants)), meaningOf);
  groupMeanings.set(group, made);
  return made;
}

for (const scheme of schemes) {
  const announce = ({ schemes: announced }: MutableMeaning): void => {
    if (announced.at(-1) !== scheme) announced.push(scheme);
  };
  addWords(scheme.words ?? [], announce);
  for (const group of scheme.groups ?? []) meaningsOf(group).forEach(announce);
}
const roleWords: readonly (readonly [Role, readonly string[]])[] = [
  ['phone', phoneWords],
  ['call', callWords],
  ['birth', birthWords],
  ['coordinate', coordinateWords],
  ['account', ['account', 'acc', 'acc no', 'konto', 'compte', 'cuenta', 'conto', 'conta', 'rekening']],
  ['bank', [...bankWords, 'sort code', 'routing', 'bsb', 'ifsc']],
  ['other', otherWords],
];
for (const [role, words] of roleWords) addWords(words, (meaning) => meaning.roles.add(role));
variantsOf.clear();

for (const meaning of meanings.values()) {
  meaning.seeks =
    meaning.schemes.length > 0 ||
    (['phone', 'call', 'birth', 'coordinate'] as const).some((role) => meaning.roles.has(role));
}

// A word is short where its place inside a longer word would mean something else.
const longWord = 7;
const tinyWord = 4;
const isBytes = (code: number): boolean => (code >= 48 && code <= 57) || code === 43;
const suffix = /(?:s|nr|no|num|number|nummer|code|id|value|raw|e164)(?![a-z])/iy;

const isLower = (code: number): boolean => code >= 97 && code <= 122;
const isUpper = (code: number): boolean => code >= 65 && code <= 90;
/** Letters of scripts that part words by spaces: Latin, Greek, Cyrillic and their like. */
const isLetter = (code: number): boolean => isLower(code) || isUpper(code) || (code >= 0xc0 && code < 0x600);

/** The word stands for itself at this place: not a part of another one. Words in `camelCase` and `snake_case` stand for themselves. */
function standsAlone(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start);
  if (first >= 0x600) return true;
  const before = start === 0 ? 32 : text.charCodeAt(start - 1);
  const after = end < text.length ? text.charCodeAt(end) : 32;
  const isLong = end - start >= longWord;
  // Two to four letters occur anywhere in encoded bytes: digits and signs of Base64 beside them are enough to say no.
  if (end - start <= tinyWord && first < 0x80 && (isBytes(before) || (isBytes(after) && !isLower(before))))
    return false;
  if (isLetter(before) && !isLong && !(isLower(before) && isUpper(first))) return false;
  if (!isLetter(after) || isLong) return true;
  const last = text.charCodeAt(end - 1);
  if (!isLetter(last) || (isLower(last) && isUpper(after))) return true;
  suffix.lastIndex = end;
  return suffix.test(text);
}

// Only a text with other characters than ASCII can hold the other words: the common scan is spared them.
const isAsciiWord = (word: string): boolean => /^[\u0020-\u007e]*$/.test(word);
const words = [...meanings.keys()].filter((word) => word.length > 1 || word.charCodeAt(0) > 0x2e00);
/** The words that are given to the common scan. */
export const asciiWords: readonly string[] = words.filter(isAsciiWord);
const otherScripts = words.filter((word) => !isAsciiWord(word));
const asciiMeanings = asciiWords.map((word) => meanings.get(word) as Meaning);
const otherMeanings = otherScripts.map((word) => meanings.get(word) as Meaning);

let lazyForeign: ForeignWords | undefined;

/** The words with other characters than ASCII, which the common scan does not know. */
function otherLabels(text: string): Label[] {
  lazyForeign ??= new ForeignWords(otherScripts);
  const found: Label[] = [];
  lazyForeign.find(text, (index, start, end) => {
    const meaning = otherMeanings[index];
    if (meaning !== undefined && standsAlone(text, start, end)) found.push({ start, end, meaning });
  });
  return found;
}

function hitLabels(text: string, hits: KeywordHits, places: ((at: number) => number) | undefined): Label[] {
  const found: Label[] = [];
  const { count } = hits;
  for (let i = 0; i < count; i++) {
    const meaning = asciiMeanings[hits.word(i)];
    if (meaning === undefined) continue;
    const start = places === undefined ? hits.start(i) : places(hits.start(i));
    const end = places === undefined ? hits.end(i) : places(hits.end(i));
    if (standsAlone(text, start, end)) found.push({ start, end, meaning });
  }
  return found;
}

const isBefore = (a: Label, b: Label): boolean => a.start < b.start || (a.start === b.start && a.end > b.end);

/** By their beginnings, the longer first. They come nearly in order: each moves over no more than the hits inside it. */
function sort(labels: Label[]): void {
  for (let i = 1; i < labels.length; i++) {
    const label = labels[i] as Label;
    let to = i;
    while (to > 0 && isBefore(label, labels[to - 1] as Label)) {
      labels[to] = labels[to - 1] as Label;
      to--;
    }
    labels[to] = label;
  }
}

/** Two sorted lists as one. */
function merged(first: readonly Label[], second: readonly Label[]): readonly Label[] {
  if (second.length === 0) return first;
  const all: Label[] = [];
  let next = 0;
  for (const label of first) {
    while (next < second.length && isBefore(second[next] as Label, label)) all.push(second[next++] as Label);
    all.push(label);
  }
  for (; next < second.length; next++) all.push(second[next] as Label);
  return all;
}

/** The words of a text in the order of their places; of words that overlap the longest. `isForeign`: it has other letters than ASCII. */
export function labelsOf(
  text: string,
  isForeign: boolean,
  hits: KeywordHits,
  places?: (at: number) => number,
): readonly Label[] {
  const own = hitLabels(text, hits, places);
  sort(own);
  const others = isForeign ? otherLabels(text) : [];
  sort(others);
  const kept: Label[] = [];
  let end = 0;
  for (const label of merged(own, others)) {
    const previous = kept[kept.length - 1];
    if (label.start >= end) kept.push(label);
    else if (previous !== undefined && label.end - label.start > previous.end - previous.start)
      kept[kept.length - 1] = label;
    else continue;
    end = label.end;
  }
  return kept;
}

/** What names of fields say, so that a file with the same few names is not judged again and again; emptied when it is full. */
const fields = new Map<string, Meaning | undefined>();
const mostFields = 2_000;
const longestField = 128;

/** What the name of a field says; the longest word in it counts. */
export function meaningOfField(name: string): Meaning | undefined {
  if (fields.has(name)) return fields.get(name);
  const meaning = judgedField(name);
  if (fields.size >= mostFields) fields.clear();
  if (name.length <= longestField) fields.set(name, meaning);
  return meaning;
}

function judgedField(name: string): Meaning | undefined {
  let best: string | undefined;
  const lower = name.toLowerCase();
  for (const word of words) {
    if (best !== undefined && word.length <= best.length) continue;
    const at = lower.indexOf(word);
    if (at >= 0 && lower.length === name.length && standsAlone(name, at, at + word.length)) best = word;
  }
  return best === undefined ? undefined : meanings.get(best);
}
