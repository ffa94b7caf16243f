/** Streets without a word that says so: a name with its number, and behind it a postal code with its town: "Neuer Wall 99, 50667 Köln". */
import { nextDigit, unitsOf } from '../code-units.ts';
import { characterClass, digit, hashOf, known, lowerLetter, ordinary, upperLetter } from '../person/lexicon.ts';
import type { Core } from './cores.ts';

const score = 0.78;
const reach = 80;
const comma = 0x2c;
const space = 0x20;
const newline = 0x0a;
const hyphen = 0x2d;

/** "602 00", "90-001", "1100-053", "4011 AB", "50667", and the town behind it. */
const codeAndTown =
  /(?:\d{3} \d{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4} ?[A-Z]{2}|\d{4,5}) \p{Lu}(?:\p{Ll}{2}|[\p{L}'’.-]{3})/uy;
const streetAndNumber =
  /(?:^|[\n>"'(:|;,.\t\\}]\s*|\p{Ll}\s)((?:(?:\p{Lu}[\p{L}.'’-]*|\d{1,2}\.)(?: (?:de|del|de la|de los|des|du|da|do|dos|das|di|della|dei|van|van den|van der|von|der|den|la|le|les|el|los|las)(?= ))? ){1,4}\d{1,4}(?:\s?[a-zA-Z](?![\p{L}\d]))?(?:\s?[-/]\s?(?:\d{1,4}[a-zA-Z]?|[IVX]{1,4}))?(?:\s(?:bis|ter|hs|huis))?(?:,\s[^,\n;|"<>]{1,16}|\s[A-H]\s\d{1,3}|\s(?:bus|bte|lgh|m\.)\s\d{1,4})?)$/u;
/** What ends in a small letter: "51a", "12 bis", "3. tv". */
const numberEnd = /\d\.? ?(?:[a-z]|bis|ter|hs|huis|tv|th|mf)$|st\.? (?:tv|th|mf)$/;
/** Dates, parts of books and programs, and what is counted. */
const otherNames =
  /(?:^|\s)(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|January|February|March|April|June|July|August|September|October|November|December|Chapter|Section|Table|Figure|Fig|Page|Pages|Part|Volume|Vol|No|Nr|Version|Step|Round|Week|Day|Room|Level|Grade|Class|Group|Team|Type|Model|Windows|Python|Java|Ubuntu|Kapitel|Seite|Tabelle|Abschnitt|Artikel|Article|Version|Chapitre|Capítulo|Issue|Item|Order|Invoice|Rechnung|Facture|Total|Number|Line|Zeile|Total|Score|Set|Match|Game)\.?\s\d/;

/** Adds what it finds. Looks closer only where a comma or a line's end, a code's digits and a capital follow each other. */
export function findAtPostal(text: string, cores: Core[]): void {
  const code = unitsOf(text);
  const { units } = code;
  const { length } = text;
  for (let at = nextDigit(code, 0, length); at < length;) {
    let end = at + 1;
    while (isDigit(units[end] as number)) end++;
    if (end - at <= 5 && mayBePostal(units, at, end)) {
      const core = coreBefore(text, at);
      if (core !== undefined) cores.push(core);
    }
    at = nextDigit(code, end, length);
  }
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** Behind ", " or at the beginning of a line, and before a space or the second part of a code. */
function mayBePostal(units: Uint16Array, at: number, end: number): boolean {
  if (at < 8 || end - at < 2) return false;
  const before = units[at - 1] as number;
  if (before !== newline && !(before === space && units[at - 2] === comma)) return false;
  const next = units[end] as number;
  if (next !== space && next !== hyphen && characterClass[next] !== upperLetter) return false;
  const behind = characterClass[units[end + 1] as number];
  return behind === upperLetter || behind === digit;
}

/** "Batch 7": nothing but words of everyday before the number. */
function isOrdinary(street: string): boolean {
  const words = (/^[^\d,]+/.exec(street)?.[0] ?? '').trim().split(/\s+/);
  return words.every((word) => (known(hashOf(word, 0, word.length)) & ordinary) !== 0);
}

function coreBefore(text: string, at: number): Core | undefined {
  codeAndTown.lastIndex = at;
  const match = codeAndTown.exec(text);
  if (match === null || /^(?:19|20)\d\d /.test(match[0])) return undefined;
  const last = text[at - 1] === '\n' ? at - 1 : at - 2;
  if (characterClass[text.charCodeAt(last - 1)] === lowerLetter && !numberEnd.test(text.slice(last - 5, last)))
    return undefined;
  const before = text.slice(Math.max(0, last - reach), last);
  const street = streetAndNumber.exec(before)?.[1];
  if (street === undefined || otherNames.test(street) || isOrdinary(street) || !/\p{Lu}\p{Ll}{2}/u.test(street))
    return undefined;
  return { start: last - street.length, end: last, score };
}
