/** Names of people: known names in capitals, words that something announces as a name, and all places of what was found once. */
import { traitsOf, unitsOf } from '../code-units.ts';
import type { Detector, Finding, ScannedText } from '../detector.ts';
import { findAgain } from './backstop.ts';
import { findCaseless } from './caseless.ts';
import { findInColumns } from './columns.ts';
import { LatinNames } from './latin.ts';
import { worthOf } from './left-context.ts';
import { characterClass, upperLetter } from './lexicon.ts';
import { Found } from './found.ts';
import { findPassengers } from './passengers.ts';

/** A text without capitals is read as if every word had one, where it is no longer than this. */
const longestWithoutCapitals = 2_000;
const longestValue = 60;

/** Words of a header of columns: only where one of them is do we look for columns. */
const keywords = [
  'name',
  'holder',
  'nom',
  'prenom',
  'prénom',
  'nombre',
  'apellido',
  'cognome',
  'author',
  'patient',
  'customer',
  'employee',
  'beneficiary',
  'driver',
  'owner',
  'assignee',
  'contact',
  'recipient',
  'sender',
  'naam',
  'namn',
  'navn',
  'nimi',
  'nazwisko',
  'jméno',
  'příjmení',
  'soyad',
  'имя',
  'фамилия',
  'фио',
  '姓名',
  '氏名',
  '名前',
  '이름',
  '성명',
];

/** Finds people, also single given and family names where something beside them says so. */
export function personDetector(): Detector {
  return {
    id: 'person',
    kinds: ['person'],
    keywords,
    find(scanned, hits, report) {
      const { text } = scanned;
      const found = new Found(text);
      const tell = (start: number, end: number, score: number): void => found.add(start, end, score);
      findField(scanned, tell);
      if (hits.count > 0) findInColumns(text, hits, tell);
      const traits = traitsOf(scanned);
      new LatinNames(text, unitsOf(text), !hasCapital(text), tell).findAll();
      findPassengers(text, tell);
      if (traits !== 0) findCaseless(text, traits, tell);
      if (found.count > 0) findAgain(found);
      for (const one of found.all()) report({ ...one, kind: 'person', subtype: 'name' } satisfies Finding);
    },
  };
}

function hasCapital(text: string): boolean {
  if (text.length > longestWithoutCapitals) return true;
  for (let at = 0; at < text.length; at++) if (characterClass[text.charCodeAt(at)] === upperLetter) return true;
  return false;
}

/** The whole text is the value of a field that holds people. */
function findField(scanned: ScannedText, tell: (start: number, end: number, score: number) => void): void {
  const { field, text } = scanned;
  if (field === undefined || text.length > longestValue || worthOf(field) !== 2) return;
  const value = text.trim();
  if (
    !/^\p{L}[\p{L}\p{M}'’.,\- ]*$/u.test(value) ||
    value.length < 2 ||
    /^(?:null|none|string|unknown|true|false|undefined|required|optional)$/i.test(value)
  )
    return;
  const start = text.indexOf(value);
  tell(start, start + value.length, 0.8);
}
