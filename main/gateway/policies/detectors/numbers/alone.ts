/** Numbers that are known without a word beside them: one pass over the digits of a text, each candidate checked where it begins. */
import type { FoundKind } from '../../../../../shared/domain/masking.ts';
import { nextDigit, unitsOf } from '../code-units.ts';
import type { Finding } from '../detector.ts';
import { visitEncoded } from '../email.ts';
import { defangedEnd, ipv4End, ipv6End, macEnd } from '../network.ts';
import { cardNetwork, ibanLength, isCardNumber, isIban } from '../payment.ts';
import { hasWordBehind, phoneEnd } from '../phone.ts';
import { walletKind } from '../wallet.ts';
import { geoEnd } from './geo.ts';
import { schemes } from './labels.ts';
import type { Label } from './labels.ts';
import { compactOf } from './scheme.ts';
import type { Scheme } from './scheme.ts';
import {
  classes,
  countDigits,
  hasFourParts,
  isDigit,
  isLower,
  isSpaced,
  letterClass,
  lettersStart,
  mayBeValue,
} from './tokens.ts';

type Report = (finding: Finding) => void;

const alone = schemes.filter((scheme) => scheme.alone !== undefined);
const byFirst = (pattern: RegExp): Scheme[] =>
  alone.filter((scheme) => pattern.test(scheme.pattern.source.replace(/^\(\?:/, '').replace(/^\(\?:/, '')));
const digitFirst = byFirst(/^(?:\d|\\d|\[\d|\[A-Z0-9\]|\[A-HJ-NPR-Z0-9\])/);
const letterFirst = byFirst(/^(?:[A-Z]|\[[A-Z])/);

const shortestToken = 7;
const longestToken = 24;
const shortestEncoded = 12;
const shortestWallet = 25;
const longestWallet = 128;
const cardShapes = /^(?:4,4,4,4|4,6,5|4,6,4|4,4,5|4,4,4,4,3|\d+|(?:1,){14,15}1)$/;
const cardSeparators = /(?:[ \u00a0\u202f]{1,3}|[ ]?[-\u2010-\u2013][ ]?|[._/]|\r?\n[ ]{0,4})(?=\d)/y;
const uuidLength = 36;
const mostVain = 8;

interface State {
  readonly text: string;
  /** Its code units, with zeros behind them. */
  readonly units: Uint16Array;
  readonly labels: readonly Label[];
  readonly report: Report;
  label: number;
  /** End of the last run of Base64. */
  encoded: number;
  /** End of the last token of digits that began nothing, and how many such stand in a row. */
  vain: number;
  vainCount: number;
}

const classAt = (text: string, at: number): number =>
  at >= 0 && at < text.length ? (classes[text.charCodeAt(at)] as number) : 0;

/** A place before which nothing joins the token to what stands there: no `_`, `.5`, `$5`, `#5`, `-5` of a longer token. */
function isOpen(text: string, start: number): boolean {
  if (start === 0) return true;
  const code = text.charCodeAt(start - 1);
  if (
    code === 95 ||
    code === 36 ||
    code === 35 ||
    code === 38 ||
    code === 37 ||
    code === 126 ||
    code === 94 ||
    code === 43 ||
    code === 163 ||
    code === 0x20ac ||
    code === 92
  )
    return false;
  if (code === 46 || code === 45) return classAt(text, start - 2) === 0 && text.charCodeAt(start - 2) !== 45;
  return classes[code] === 0;
}

/** Whether the token goes on behind a value. */
function isClosed(text: string, end: number): boolean {
  const code = text.charCodeAt(end);
  if (code === 95 || classAt(text, end) !== 0) return false;
  return !((code === 45 || code === 46 || code === 47 || code === 64 || code === 58) && classAt(text, end + 1) !== 0);
}

function isUuid(text: string, start: number): boolean {
  return text[start + 8] === '-' && text[start + 13] === '-' && text[start + 18] === '-' && text[start + 23] === '-';
}

/** A word before says that the number is something else's: an order's, a version's. */
function isOtherwise(state: State, start: number): boolean {
  const { labels, text } = state;
  while (state.label < labels.length && (labels[state.label] as Label).end <= start) state.label++;
  const label = labels[state.label - 1];
  if (label === undefined || start - label.end > 24 || !label.meaning.roles.has('other')) return false;
  return !/[.\n;]/.test(text.slice(label.end + 1, start));
}

function cardEnd(text: string, start: number): number {
  let digits = '';
  const lengths: number[] = [];
  let separator = '';
  let pos = start;
  for (let groups = 0; groups < 19 && digits.length <= 19; groups++) {
    let end = pos;
    while (isDigit(text.charCodeAt(end))) end++;
    if (end === pos) break;
    digits += text.slice(pos, end);
    lengths.push(end - pos);
    pos = end;
    const network = digits.length >= 13 && digits.length <= 19 && isClosed(text, end) ? cardNetwork(digits) : undefined;
    if (network !== undefined && cardShapes.test(lengths.join()) && isCardNumber(digits)) {
      const isBare = lengths.length === 1;
      // Digits one by one in a longer list of numbers are no card.
      if (separator.includes('\n') && /^\r?\n ?\d/.test(text.slice(end, end + 4))) return -1;
      if (lengths.length > 6 && (isDigit(text.charCodeAt(start - 2)) || isDigit(text.charCodeAt(end + 1)))) return -1;
      if (!isBare || (digits.length >= 14 && digits.length <= 16 && (digits.length > 14 || network === 'diners')))
        return end;
    }
    cardSeparators.lastIndex = pos;
    const between = cardSeparators.exec(text)?.[0];
    if (between === undefined || (separator !== '' && between !== separator)) break;
    // Digits one by one below each other are a list; what is far apart has to have the groups of a card.
    if (between.length > 1 && lengths[0] !== 4) break;
    if (between.includes('\n') && isDigit(text.charCodeAt(start - 2)) && text[start - 1] === '\n') break;
    separator = between;
    pos += between.length;
  }
  return -1;
}

/** End of the IBAN that begins with two letters at a place; -1 where none does. */
function ibanEnd(text: string, start: number): number {
  const length = ibanLength(text.slice(start, start + 2));
  if (length === undefined) return -1;
  let compact = '';
  let pos = start;
  while (compact.length < length) {
    const kind = classAt(text, pos);
    if (kind !== 0) compact += text.charAt(pos++);
    else if (
      classAt(text, pos + 1) !== 0 &&
      compact.length > 0 &&
      /[ \u00a0\u202f./\u2010-\u2015_-]/.test(text.charAt(pos))
    )
      pos++;
    else return -1;
    if (compact.length === 4 && !/^..\d\d$/.test(compact)) return -1;
  }
  return classAt(text, pos) === 0 && isIban(compact.toUpperCase()) ? pos : -1;
}

/** More digits stand before or behind, with the same separator: a part of a longer number. */
function isWithin(text: string, start: number, end: number): boolean {
  let last = end - 1;
  while (classAt(text, last) !== 0) last--;
  const separator = text.charCodeAt(last);
  if (text.charCodeAt(end) === separator && isDigit(text.charCodeAt(end + 1))) return true;
  return text.charCodeAt(start - 1) === separator && isDigit(text.charCodeAt(start - 2));
}

function schemeAt(state: State, start: number, candidates: readonly Scheme[]): number {
  const { text } = state;
  if (!mayBeValue(state.units, start)) return -1;
  for (const scheme of candidates) {
    scheme.pattern.lastIndex = start;
    if (!scheme.pattern.test(text)) continue;
    const end = scheme.pattern.lastIndex;
    if (!isClosed(text, end)) continue;
    const value = text.slice(start, end);
    if (/[a-z]/.test(value)) continue;
    const compact = compactOf(value);
    // Two separators at least: one alone stands between any two numbers.
    const written = scheme.alone === 'written';
    if (written && (value.length - compact.length < 2 || isWithin(text, start, end))) continue;
    if (scheme.fits?.(compact) === false || scheme.valid?.(compact) === false) continue;
    tell(state, start, end, scheme.kind, scheme.subtype, written ? 0.84 : 0.95);
    return end;
  }
  return -1;
}

function tell(state: State, start: number, end: number, kind: FoundKind, subtype: string, score: number): void {
  state.report({ start, end, kind, subtype, score });
}

const mailBefore =
  /^@[\w.-]{1,64}\.[A-Za-z]{2,12}[>"')\]]?(?:[ ]?[,;|/\t][ ]?|[ ](?:or|and|oder|und|ou|et|o|y|e|u|eller|och|og|of|en|lub|i|tai|ja|vagy|sau|veya|ve|или|и|або|або|atau|hoặc|–|-)[ ]|[ ]?\()["']?$/;
const longestMail = 72;

/** As on cards and below letters: `T: 969 63 342`. */
const cardMark = /(?:^|[\n|,;·•] ?)[MTFPCH][:.] $/;

/** Behind the sign no other one follows, so that the last one before the number is the address's. */
function isBesideMail(text: string, start: number): boolean {
  const from = Math.max(0, start - longestMail);
  const before = text.slice(from, start);
  const sign = before.lastIndexOf('@');
  return sign > 0 && !/\s/.test(before.charAt(sign - 1)) && mailBefore.test(before.slice(sign));
}

function isBareRun(text: string, at: number): boolean {
  let end = at;
  while (isDigit(text.charCodeAt(end))) end++;
  return end - at >= 7;
}

const insideBrackets = /\d[\d \u00a0./\u2010-\u2015-]{7,18}\)/y;

/** `Anna (044 216 98 23)`: the brackets hold the whole number and not its area. */
function isWholeInBrackets(text: string, start: number): boolean {
  insideBrackets.lastIndex = start;
  return insideBrackets.test(text);
}

function findPhone(state: State, start: number): number {
  const { text } = state;
  let at = start;
  if (text[at - 1] === '(' && !isWholeInBrackets(text, start)) at--;
  if (text[at - 1] === '+') at--;
  const before = at === 0 ? 32 : text.charCodeAt(at - 1);
  if (
    text[at] === '+'
      ? classAt(text, at - 1) !== 0 || before === 43
      : at < start
        ? classAt(text, at - 1) !== 0 || before === 95
        : !isOpen(text, at)
  )
    return -1;
  if (before === 47 && text[at] !== '+' && classAt(text, at - 2) !== 0) return -1;
  // One run of digits is a number only where a word stood before it could: behind a space or at the beginning.
  if (
    at === start &&
    before !== 32 &&
    before !== 10 &&
    before !== 40 &&
    countDigits(state.units, at, 7) === 7 &&
    isBareRun(text, at)
  ) {
    if (!isBesideMail(text, at)) return -1;
  }
  const beside = isBesideMail(text, at);
  const marked = beside || cardMark.test(text.slice(Math.max(0, at - 5), at));
  let end = phoneEnd(text, at, marked ? 2 : 0);
  if (end < 0) {
    const likely = phoneEnd(text, at, 2);
    if (likely < 0 || !hasWordBehind(text, likely)) return -1;
    end = likely;
  }
  if (isOtherwise(state, at)) return -1;
  tell(state, at, end, 'phone', 'phone_number', text[at] === '+' ? 0.9 : beside ? 0.8 : 0.7);
  return end;
}

/** Behind one of the first three parts of an address stands a full stop in brackets: `[.]`, `(.)`, `[dot]`. */
function isBracketed(units: Uint16Array, end: number): boolean {
  for (let at = end; at < end + 9; at++) {
    const code = units[at] as number;
    if (code === 91 || code === 40) return units[at + 1] === 46 || units[at + 1] === 100;
    if (code !== 46 && !isDigit(code)) return false;
  }
  return false;
}

/** A token of digits alone: cards, telephone numbers, identity numbers, addresses of the internet, places. Gives where to go on. */
function digitsToken(state: State, start: number, end: number): number {
  const { text, units } = state;
  const next = units[end] as number;
  const length = end - start;
  if (length <= 3 && (next === 91 || next === 40 || next === 46) && isBracketed(units, end)) {
    const address = isOpen(text, start) ? defangedEnd(text, start) : -1;
    if (address > 0) return told(state, start, address, 'ip_address', 'ipv4', 0.85);
  }
  if (next === 46 && length <= 3 && isDigit(units[end + 1] as number)) {
    const address = hasFourParts(units, start) ? ipv4End(text, start) : -1;
    if (address > 0) return told(state, start, address, 'ip_address', 'ipv4', 0.9);
    const signed = start > 0 && (text[start - 1] === '-' || text[start - 1] === '+') ? start - 1 : start;
    const place = length <= 2 && isDigit(units[end + 4] as number) ? geoEnd(text, signed) : -1;
    if (place > 0) return told(state, signed, place, 'geo', 'coordinates', 0.8);
  }
  if (next === 176 || (next === 32 && units[end + 1] === 176)) {
    const place = geoEnd(text, start);
    if (place > 0) return told(state, start, place, 'geo', 'coordinates', 0.85);
  }
  if (countDigits(units, start, shortestToken) < shortestToken && !(length === 6 && /[-+A-F]/.test(text.charAt(end))))
    return lettersBefore(state, start, end);
  if (length === 8 && isUuid(text, start)) return start + uuidLength;
  const open = isOpen(text, start);
  if (open && !isOtherwise(state, start)) {
    const card = cardEnd(text, start);
    if (card > 0) return told(state, start, card, 'credit_card', 'card_number', 0.95);
  }
  if (open && text[start - 1] !== '/') {
    const known = schemeAt(state, start, digitFirst);
    if (known > 0) return known;
  }
  const lettered = lettersBefore(state, start, end);
  if (lettered > end) return lettered;
  const phone = findPhone(state, start);
  return phone > 0 ? phone : end;
}

function told(state: State, start: number, end: number, kind: FoundKind, subtype: string, score: number): number {
  tell(state, start, end, kind, subtype, score);
  return end;
}

/** Letters and a separator before the digits: `KK 57 96 69 B`, `DE 07 5424 …`, `GHA-796972749-1`, `X-9941664-Y`, `RSS MRA 85T10 A562S`. */
function lettersBefore(state: State, start: number, end: number): number {
  const { text, units } = state;
  if (start < 2) return end;
  const separator = units[start - 1];
  if ((separator !== 32 && separator !== 45) || classes[units[start - 2] as number] !== letterClass) return end;
  let from = lettersStart(units, start - 1);
  if (from < 0) return end;
  if (
    start - from === 4 &&
    (text[from - 1] === ' ' || text[from - 1] === '-') &&
    lettersStart(units, from - 1) === from - 4
  )
    from -= 4;
  if (!isOpen(text, from)) return end;
  const iban = start - from === 3 ? ibanEnd(text, from) : -1;
  if (iban > 0) return told(state, from, iban, 'iban', 'iban', 0.98);
  const known = schemeAt(state, from, letterFirst);
  return known > 0 ? known : end;
}

/** A token of letters and digits. Gives where to go on. */
function mixedToken(state: State, start: number, firstDigit: number, end: number): number {
  const { text } = state;
  const length = end - start;
  if (firstDigit - start === 2 && isDigit(text.charCodeAt(start + 3))) {
    const iban = ibanEnd(text, start);
    if (iban > 0) return told(state, start, iban, 'iban', 'iban', 0.98);
  }
  if (length > longestToken || !isOpen(text, start)) return end;
  for (let i = start; i < end; i++) if (isLower(text.charCodeAt(i))) return end;
  const next = text.charCodeAt(end);
  if (length < shortestToken && (length < 4 || (next !== 45 && next !== 32))) return end;
  const known = schemeAt(state, start, firstDigit === start ? digitFirst : letterFirst);
  if (known > 0) return known;
  return firstDigit - start <= 5 ? lettersBefore(state, start, end) : end;
}

/** Hardware addresses and addresses of IPv6 begin at a short token before a colon or hyphen. Gives -1 where none does. */
function networkToken(state: State, start: number, end: number): number {
  const { text, units } = state;
  const next = units[end];
  const length = end - start;
  if (length === 4 && next === 58) {
    const first = text.charCodeAt(start);
    const before = start === 0 ? 32 : text.charCodeAt(start - 1);
    const address = (first === 50 || first === 51) && before !== 58 && before !== 46 ? ipv6End(text, start) : -1;
    return address > 0 ? told(state, start, address, 'ip_address', 'ipv6', 0.95) : -1;
  }
  if (length === 4 && next === 46 && units[end + 5] === 46) {
    const address = macEnd(text, start);
    return address > 0 ? told(state, start, address, 'mac_address', 'mac', 0.9) : -1;
  }
  if (length !== 2) return -1;
  const before = start > 0 ? units[start - 1] : 0;
  const separator = next === 58 || next === 45 ? next : before;
  if (separator !== 58 && separator !== 45) return -1;
  let at = start;
  // The first pairs may have no digit.
  for (
    let i = 0;
    i < 6 &&
    text.charCodeAt(at - 1) === separator &&
    classAt(text, at - 2) !== 0 &&
    classAt(text, at - 3) !== 0 &&
    classAt(text, at - 4) === 0;
    i++
  )
    at -= 3;
  if (text.charCodeAt(at + 2) !== separator || text.charCodeAt(at + 14) !== separator) return -1;
  if (at > 0 && (text.charCodeAt(at - 1) === separator || text.charCodeAt(at - 1) === 95)) return -1;
  const address = macEnd(text, at);
  return address > 0 ? told(state, at, address, 'mac_address', 'mac', 0.95) : -1;
}

function walletToken(state: State, start: number, end: number): number {
  const { text } = state;
  const length = end - start;
  if (length < shortestWallet || length > longestWallet) return -1;
  const before = start === 0 ? 32 : text.charCodeAt(start - 1);
  if (
    before === 95 ||
    before === 43 ||
    before === 45 ||
    before === 36 ||
    (before === 47 &&
      classAt(text, start - 2) !== 0 &&
      !/[./][\w-]+\/$|address\/|account\/|wallet\/|tx\//.test(text.slice(Math.max(0, start - 24), start)))
  )
    return -1;
  const next = text.charCodeAt(end);
  if (
    next === 43 ||
    next === 95 ||
    next === 61 ||
    (next === 47 && classAt(text, end + 1) !== 0) ||
    (next === 45 && classAt(text, end + 1) !== 0)
  )
    return -1;
  const kind = walletKind(text, start, end);
  return kind === undefined
    ? -1
    : told(state, start, end, 'crypto_wallet', kind, kind === 'sol' || kind === 'xmr' ? 0.85 : 0.96);
}

/** Reports all numbers that stand for themselves. */
export function findAlone(text: string, labels: readonly Label[], report: Report): void {
  const code = unitsOf(text);
  const { units } = code;
  const { length } = text;
  const state: State = { text, units, labels, report, label: 0, encoded: 0, vain: -9, vainCount: 0 };
  let floor = 0;
  for (let first = nextDigit(code, 0, length); first < length; first = nextDigit(code, floor, length)) {
    let start = first;
    while (start > floor && classes[units[start - 1] as number] === letterClass) start--;
    let end = first + 1;
    while (classes[units[end] as number] !== 0) end++;
    floor = visit(state, start, first, end);
  }
}

/** `D E 8 9 3 7 …`: an IBAN spelled one character at a time, from its first digit on. */
function spacedIban(state: State, start: number): number {
  const { text, units } = state;
  if (start < 4 || units[start - 1] !== 32 || units[start - 3] !== 32 || units[start + 1] !== 32) return -1;
  const from = start - 4;
  const length = ibanLength(text.charAt(from) + text.charAt(start - 2));
  if (length === undefined || !isOpen(text, from)) return -1;
  const end = from + length * 2 - 1;
  let compact = '';
  for (let at = from; at < end; at += 2) {
    if (classAt(text, at) === 0 || (at + 1 < end && units[at + 1] !== 32)) return -1;
    compact += text.charAt(at);
  }
  if (classAt(text, end) !== 0 || !isIban(compact.toUpperCase())) return -1;
  return told(state, from, end, 'iban', 'iban', 0.96);
}

/** In a long list of numbers only the first few may begin something: lists stay cheap. */
function digitsInList(state: State, start: number, end: number): number {
  const goesOn = start - state.vain === 1;
  if (goesOn && state.vainCount >= mostVain) {
    state.vain = end;
    return end;
  }
  const next = digitsToken(state, start, end);
  state.vainCount = next > end ? 0 : goesOn ? state.vainCount + 1 : 1;
  state.vain = next > end ? -9 : end;
  return next;
}

function visit(state: State, start: number, firstDigit: number, end: number): number {
  const { text, units } = state;
  const length = end - start;
  if (length <= 4) {
    const address = networkToken(state, start, end);
    if (address > 0) return address;
    // `v2`, `h1`: a country, a separator or a digit is missing for anything else.
    if (length < 4 && start !== firstDigit) return end;
    if (length === 1) {
      const iban = spacedIban(state, start);
      if (iban > 0) return iban;
    }
    if (
      length === 1 &&
      !isSpaced(units, start) &&
      text[start - 1] !== '+' &&
      units[end] !== 46 &&
      countDigits(units, start, shortestToken) < shortestToken
    )
      return end;
  }
  if (length >= shortestEncoded && start >= state.encoded)
    state.encoded = visitEncoded(text, start, state.encoded, state.report);
  if (length >= shortestWallet) {
    const wallet = walletToken(state, start, end);
    if (wallet > 0) return wallet;
  }
  if (start === firstDigit) {
    let digits = start;
    while (isDigit(units[digits] as number)) digits++;
    if (digits === end) return length > longestToken ? end : digitsInList(state, start, end);
  }
  return mixedToken(state, start, firstDigit, end);
}
