/** Telephone numbers where they begin: international ones by their country's lengths, national ones by how they are written or announced. */
import { isDay } from './numbers/checks.ts';
import { isInternational, isNorthAmerican } from './phone-countries.ts';

/** What stands beside the number: nothing, a word such as `call`, or a word such as `mobile:` directly before it. */
export type Announced = 0 | 1 | 2;

interface Groups {
  readonly digits: string;
  /** Of each group: its length, how many digits stand there up to it, and where it ends. */
  readonly lengths: readonly number[];
  readonly totals: readonly number[];
  readonly ends: readonly number[];
  /** What stands before each group but the first. */
  readonly separators: readonly string[];
  readonly isInternational: boolean;
  readonly hasArea: boolean;
}

const maximumDigits = 17;
const maximumGroups = 9;
const extension = /[ ,;]{0,2}(?:ext(?:ension)?|x|durchwahl|poste|доб|int|#)[.: ]{0,2}\d{1,6}(?![A-Za-z0-9])/iy;
const group = /\d+/y;
const between = /(?:\)[ \u00a0\u2009\u202f-]?|[ \u00a0\u2009\u202f./\u2010-\u2015-]\(?|[ ][-/.][ ]|[ ]{2})(?=\d)/y;
const trunkZero = /[ ]?\(0\)[ ]?(?=\d)/y;

function isWord(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
}

function readGroups(text: string, at: number): Groups | undefined {
  let pos = at;
  const plus = text[pos] === '+';
  if (plus) pos++;
  const hasArea = text[pos] === '(';
  if (hasArea) pos++;
  const lengths: number[] = [];
  const totals: number[] = [];
  const ends: number[] = [];
  const separators: string[] = [];
  let digits = '';
  while (lengths.length < maximumGroups) {
    group.lastIndex = pos;
    const match = group.exec(text);
    if (match === null || digits.length + match[0].length > maximumDigits) break;
    digits += match[0];
    pos = group.lastIndex;
    lengths.push(match[0].length);
    totals.push(digits.length);
    ends.push(pos);
    trunkZero.lastIndex = pos;
    const zero = plus ? trunkZero.exec(text) : null;
    between.lastIndex = pos;
    const next = zero ?? between.exec(text);
    if (next === null) break;
    pos += next[0].length;
    separators.push(next[0]);
  }
  if (lengths.length === 0) return undefined;
  if (hasArea && lengths.length > 1 && !(separators[0] as string).startsWith(')')) return undefined;
  return { digits, lengths, totals, ends, separators, isInternational: plus, hasArea };
}

/** A place where a number may end: no letter, digit or time goes on there. */
function isEnd(text: string, end: number): boolean {
  const code = text.charCodeAt(end);
  if (isWord(code)) {
    extension.lastIndex = end;
    return (code === 120 || code === 101) && extension.test(text);
  }
  const next = text.charCodeAt(end + 1);
  if (code === 58 || code === 37) return !isWord(next);
  if (code === 45 || code === 46) return !isWord(next);
  return true;
}

/** A calendar date: `2024-01-31`, `31.01.2024`, `01/31/24`. */
function isDate(groups: Groups, count: number): boolean {
  if (count !== 3 || groups.isInternational) return false;
  const [first = 0, second = 0, third = 0] = groups.lengths;
  const parts = [0, 1, 2].map((i) => Number(groups.digits.slice(i === 0 ? 0 : groups.totals[i - 1], groups.totals[i])));
  const [a = 0, b = 0, c = 0] = parts;
  if (first === 4 && second <= 2 && third <= 2) return isDay(b, c);
  if (first <= 2 && second <= 2 && (third === 4 || third === 2)) return isDay(b, a) || isDay(a, b);
  return false;
}

/** Four groups of up to three digits with full stops are an address of the internet. */
function isDotted(groups: Groups, count: number): boolean {
  return (
    count === 4 &&
    groups.separators.slice(0, 3).every((text) => text === '.') &&
    groups.lengths.slice(0, 4).every((length) => length <= 3) &&
    !groups.isInternational
  );
}

/** Groups of one digit are the first, the area behind a trunk prefix (`06 1 …`, `8 5 …`), or all: anything else is a list or a version. */
function isGrouped(groups: Groups, count: number): boolean {
  const ones = groups.lengths.slice(1, count).filter((length) => length === 1).length;
  const hasShortArea = ones === 1 && count > 2 && groups.lengths[1] === 1 && /^(?:0|8)/.test(groups.digits);
  // A switchboard: `01 58858-0`.
  const hasSwitchboard = ones === 1 && groups.lengths[count - 1] === 1 && groups.separators[count - 2] === '-';
  return ones === 0 || hasShortArea || hasSwitchboard || (groups.isInternational && ones === 1) || ones === count - 1;
}

function internationalCount(text: string, groups: Groups, prefix: number): number {
  for (let count = groups.lengths.length; count > 0; count--) {
    if (!isEnd(text, groups.ends[count - 1] as number)) continue;
    if (isInternational(groups.digits.slice(prefix, groups.totals[count - 1]))) return count;
  }
  return 0;
}

/** Written as numbers of a country are written at home, with nothing to announce it. */
function looksNational(groups: Groups, count: number, announced: Announced): boolean {
  const digits = groups.digits.slice(0, groups.totals[count - 1]);
  const lengths = groups.lengths.slice(0, count);
  const [first = 0] = lengths;
  if (/^[01]+$/.test(digits) || isDate(groups, count) || isDotted(groups, count)) return false;
  const rest = lengths.slice(1);
  if (groups.hasArea)
    return first >= 2 && first <= 5 && digits.length >= 8 && digits.length <= 12 && rest.every((length) => length >= 2);
  const american = digits.startsWith('1') && first === 1 ? lengths.slice(1) : lengths;
  if (american.length === 3 && american.join() === '3,3,4' && isNorthAmerican(digits.slice(-10))) {
    return announced > 0 || groups.separators.slice(0, count - 1).every((text) => text !== ' ');
  }
  // Mobile numbers of China and of Russia as they are written at home.
  if (lengths.join() === '3,4,4' && /^1[3-9]/.test(digits)) return true;
  if (lengths.join() === '1,3,3,2,2' && digits.startsWith('89')) return true;
  if (announced > 0)
    return digits.length >= 7 && digits.length <= 12 && (count > 1 || digits.length >= 8) && !rest.includes(1);
  if (
    digits.charCodeAt(0) !== 48 ||
    digits.charCodeAt(1) === 48 ||
    digits.length < 9 ||
    digits.length > (digits.startsWith('08') ? 12 : 11)
  )
    return false;
  // All in one: as long as numbers with their trunk zero are, and not a run that somebody typed.
  if (count === 1) return digits.length >= 10 && !/^0123456789|(\d)\1{5}/.test(digits);
  if (first < 2 || first > 5 || rest.some((length) => length < 2)) return false;
  return count > 2
    ? groups.separators.slice(0, count - 1).every((text) => text !== '.') || count > 3
    : (rest[0] ?? 0) >= (first === 2 ? 7 : 6);
}

function nationalCount(text: string, groups: Groups, announced: Announced): number {
  for (let count = groups.lengths.length; count > 0; count--) {
    if (!isEnd(text, groups.ends[count - 1] as number)) continue;
    const total = groups.totals[count - 1] as number;
    if (announced === 2) {
      if (
        total >= 6 &&
        total <= 13 &&
        !isDate(groups, count) &&
        !isDotted(groups, count) &&
        (total > 6 || count > 1) &&
        isGrouped(groups, count)
      )
        return count;
    } else if (looksNational(groups, count, announced)) return count;
  }
  return 0;
}

/** End of the telephone number that begins at a plus sign, a parenthesis or a digit; -1 where none does. With its extension. */
export function phoneEnd(text: string, at: number, announced: Announced): number {
  const groups = readGroups(text, at);
  if (groups === undefined) return -1;
  let count = 0;
  if (groups.isInternational) {
    count = internationalCount(text, groups, 0);
    if (count === 0 && announced === 2) count = nationalCount(text, groups, 2);
  } else {
    const [first = 0] = groups.lengths;
    const prefix =
      first > 1 && groups.digits.startsWith('00') ? 2 : first > 2 && groups.digits.startsWith('011') ? 3 : 0;
    if (prefix > 0 && (announced > 0 || groups.lengths.length > 2)) count = internationalCount(text, groups, prefix);
    if (count === 0 && (prefix !== 2 || announced === 2)) count = nationalCount(text, groups, announced);
  }
  if (count === 0) return -1;
  const end = groups.ends[count - 1] as number;
  extension.lastIndex = end;
  return extension.test(text) ? extension.lastIndex : end;
}

const wordBehind =
  /[ \t]{1,2}[([]?(?:office|mobile|fax|cell|home|work|phone|tel|direct|main|desk|whatsapp|mobil|handy|büro|privat|bureau|fixe|móvil|casa|ufficio|cellulare)(?![A-Za-z])/iy;

/** A word behind a number says what it is: `781 1704 office`. */
export function hasWordBehind(text: string, end: number): boolean {
  wordBehind.lastIndex = end;
  return wordBehind.test(text);
}

/** Words that stand directly before a telephone number. */
export const phoneWords: readonly string[] = [
  'phone',
  'phone number',
  'ph',
  'ph#',
  'phone no',
  'telephone',
  'tel',
  'tel.',
  'tel no',
  'mobile',
  'mobile number',
  'mobile no',
  'mob',
  'cell',
  'cell phone',
  'cellphone',
  'fax',
  'pager',
  'whatsapp',
  'sms',
  'hotline',
  'landline',
  'msisdn',
  'telegram',
  'viber',
  'telefon',
  'telefonnummer',
  'telefonnr',
  'tel.-nr',
  'handy',
  'handynummer',
  'mobil',
  'mobilnummer',
  'mobiltelefon',
  'rufnummer',
  'festnetz',
  'téléphone',
  'portable',
  'n° de tél',
  'tél',
  'teléfono',
  'telefono',
  'móvil',
  'celular',
  'tfno',
  'tlf',
  'cellulare',
  'recapito',
  'telefone',
  'telemóvel',
  'fone',
  'telefoon',
  'telefoonnummer',
  'mobiel',
  'gsm',
  'telefonnumer',
  'telefonu',
  'komórka',
  'komórkowy',
  'puhelin',
  'puhelinnumero',
  'matkapuhelin',
  'mobilnr',
  'tlf.nr',
  'tlfnr',
  'telefonszám',
  'mobilszám',
  'telefonszam',
  'mobilni',
  'mobitel',
  'cep',
  'cep telefonu',
  'телефон',
  'тел',
  'моб',
  'мобильный',
  'мобільний',
  'τηλέφωνο',
  'τηλ',
  'κινητό',
  '電話',
  '電話番号',
  '携帯',
  '携帯電話',
  '手机',
  '手机号',
  '手機',
  '电话',
  '联系电话',
  '電話號碼',
  '전화',
  '전화번호',
  '연락처',
  '휴대폰',
  '핸드폰',
  'điện thoại',
  'sđt',
  'số điện thoại',
  'di động',
  'nomor telepon',
  'telepon',
  'no hp',
  'no. hp',
  'nomor hp',
  'telefon bimbit',
  'โทร',
  'เบอร์โทร',
  'โทรศัพท์',
  'มือถือ',
  'هاتف',
  'جوال',
  'موبايل',
  'رقم الهاتف',
  'תלפון',
  'טלפון',
  'נייד',
  'फोन',
  'मोबाइल',
  'دूरभाष',
  'ফোন',
  'মোবাইল',
  'தொலைபேசி',
  'callback',
  'call back',
  'contact number',
  'contact no',
  'emergency contact',
  'my number is',
  'new number is',
];

/** Words that make it likely that a number beside them is a telephone's. */
export const callWords: readonly string[] = [
  'call',
  'call me',
  'calls',
  'calling',
  'ring',
  'ring me',
  'anruf',
  'anrufe',
  'contact',
  'reach',
  'reached',
  'text me',
  'dial',
  'desk',
  'office',
  'answering',
  'contacto',
  'contato',
  'contatto',
  'contacter',
  'kontakt',
  'erreichbar',
  'anrufen',
  'appeler',
  'appelez',
  'joindre',
  'joignable',
  'llamar',
  'llame',
  'llámame',
  'chiamare',
  'chiamate',
  'chiama',
  'chiami',
  'ligar',
  'ligue',
  'bellen',
  'bereikbaar',
  'ringa',
  'ringe',
  'soita',
  'zadzwoń',
  'zadzwonić',
  'zavolejte',
  'hívjon',
  'hívj',
  'sunați',
  'arayın',
  'ulaşabilirsiniz',
  'звоните',
  'позвонить',
  'позвоните',
  'связаться',
  'κάλεσε',
  '連絡先',
  '致电',
  '联系',
  '拨打',
  '聯絡',
  '連絡',
  '전화해',
  'gọi',
  'hubungi',
  'iletişim',
  'kontaktnummer',
];
