// Fifty values of all kinds that masking looks for, the same in every run, and every way a file could spell them.
import { createHash } from 'node:crypto';

export interface Original {
  readonly value: string;
  /** A sentence in which it is what it is. */
  readonly said: string;
}

let state = 20_260_117;
/** Mulberry32: what is drawn must not depend on the day. */
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
/** From `least` up to, and without, `most`. */
const between = (least: number, most: number): number => least + Math.floor(random() * (most - least));
const below = (most: number): number => between(0, most);

const digits = (count: number): string => Array.from({ length: count }, () => below(10)).join('');
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const token = (count: number, letters = alphabet): string =>
  Array.from({ length: count }, () => letters[below(letters.length)]).join('');
const upper = (count: number): string => token(count, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567');
const hex = (bytes: number): string => token(2 * bytes, '0123456789abcdef');
const word = (): string =>
  token(9, 'bcdfghklmnprstvz').replace(/(.)/g, (one, _: string, at: number) => one + 'aeiou'.charAt(at % 5));

/** ISO/IEC 7812-1. */
function card(): string {
  const head = `4539${digits(11)}`;
  const sum = [...head].reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${head}${String((10 - (sum % 10)) % 10)}`;
}

/** ISO 13616; DE is 1314 as digits. */
function iban(): string {
  const account = `3704004405${digits(8)}`;
  const check = 98n - (BigInt(`${account}131400`) % 97n);
  return `DE${String(check).padStart(2, '0')}${account}`;
}

/** Base58Check of a Bitcoin address. */
function wallet(): string {
  const body = Buffer.concat([Buffer.from([0]), Buffer.from(hex(20), 'hex')]);
  const sha = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
  let number = BigInt(`0x${Buffer.concat([body, sha(sha(body)).subarray(0, 4)]).toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n)
    text = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'.charAt(Number(number % 58n)) + text;
  return `1${text}`;
}

const names = ['Katarzyna', 'Tobias', 'Marguerite', 'Oliver', 'Beatrice'];
const families = ['Lindqvist', 'Kowalczyk', 'Fairbanks', 'Dubois', 'Hofmann'];
const streets = ['Lindenstraße', 'Bahnhofstraße', 'Schillerstraße'];

const makers: readonly (readonly [number, (index: number) => Original])[] = [
  [8, () => of(`${word().slice(0, 12)}@${word().slice(0, 8)}.de`, 'Please write to % tomorrow.')],
  [4, () => of(`+49 151 ${digits(4)}${digits(4)}`, 'My phone number is % at any time.')],
  [4, () => of(card(), 'Charge my credit card % please.')],
  [4, () => of(iban(), 'The IBAN is % at our bank.')],
  [
    2,
    () =>
      of(
        `${String(between(501, 660))}-${String(between(10, 99))}-${String(between(1_000, 9_999))}`,
        'My SSN: % as always.',
      ),
  ],
  [
    3,
    () =>
      of(
        `84.${String(between(17, 250))}.${String(between(17, 250))}.${String(between(17, 250))}`,
        'The IP address is % today.',
      ),
  ],
  [2, () => of(`3c:22:fb:${hex(1)}:${hex(1)}:${hex(1)}`, 'The MAC address is % there.')],
  [2, () => of(wallet(), 'Send it to the bitcoin address % soon.')],
  [5, (at) => of(`${names[at] ?? ''} ${families[(at + below(5)) % 5] ?? ''}`, 'My name is %, nice to meet you.')],
  [3, (at) => of(`${streets[at] ?? ''} ${String(between(10, 199))}, 20${digits(3)} Hamburg`, 'Our address: %.')],
  [2, () => of(`${String(between(10, 28))}.03.19${String(between(50, 99))}`, 'I was born on %.')],
  [1, () => of(`Project ${terms[0]}`, 'We speak of % only.')],
  [1, () => of(`TCK-${ticket}`, 'See ticket % for that.')],
  [2, () => of(`AK${'IA'}${upper(16)}`, 'The key is % in production.')],
  [1, () => of(`gl${'pat-'}${token(20)}`, 'GITLAB_TOKEN=%')],
  [1, () => of(`xo${'xb-'}${digits(12)}-${digits(12)}-${token(24)}`, 'The bot has % as token.')],
  [1, () => of(`sk_${'live_'}${token(24)}`, 'Stripe: %')],
  [1, () => of(`AI${'za'}${token(35)}`, 'Maps uses % for now.')],
  [1, () => of(`SG.${token(22)}.${token(43)}`, 'Mail goes out with % from here.')],
  [2, () => of(`${token(10)}+/${token(11)}`, 'password: "%"')],
];

function of(value: string, sentence: string): Original {
  return { value, said: sentence.replace('%', value) };
}

/** What the configuration names itself. */
export const terms: readonly [string] = [word().slice(0, 10)];
const ticket = digits(7);
export const ticketPattern = 'TCK-[0-9]{7}';

export function makeOriginals(): Original[] {
  return makers.flatMap(([count, make]) => Array.from({ length: count }, (_, index) => make(index)));
}

/** Plain, in JSON, in a URL and in base64, wherever in its bytes it begins. */
export function spellingsOf(value: string): string[] {
  const inBase64 = [0, 1, 2].map((shift) => {
    const coded = Buffer.from(`${' '.repeat(shift)}${value}   `).toString('base64');
    // What its neighbours have a part in says nothing of it.
    return coded.slice(shift === 0 ? 0 : 4, -8);
  });
  const ascii = JSON.stringify(value)
    .slice(1, -1)
    .replace(/[\u0080-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const all = [value, JSON.stringify(value).slice(1, -1), ascii, encodeURIComponent(value), encodeURI(value)];
  const urlSafe = inBase64.map((coded) => coded.replaceAll('+', '-').replaceAll('/', '_'));
  return [...new Set([...all, ...inBase64, ...urlSafe])];
}
