/** Numbers that a word, a heading or the name of a field announces. */
import { nextDigit, unitsOf } from '../code-units.ts';
import type { Finding } from '../detector.ts';
import { birthWordsBehind, dateEnd } from '../birth-date.ts';
import { phoneEnd } from '../phone.ts';
import type { Announced } from '../phone.ts';
import { coordinateEnd } from './geo.ts';
import { schemes } from './labels.ts';
import type { Label, Meaning } from './labels.ts';
import { compactOf } from './scheme.ts';
import type { Scheme } from './scheme.ts';
import { tablesOf } from './tables.ts';
import type { Cell } from './tables.ts';

type Report = (finding: Finding) => void;

/** Where a value may stand, and what is known about the way there. */
interface Window {
  readonly from: number;
  readonly to: number;
  readonly meaning: Meaning;
  /** Only a right check digit counts: another word stands nearer. */
  readonly strict: boolean;
  /** Of the word. */
  readonly label: number;
  readonly isCell: boolean;
}

const reach = 88;
const mostWords = 8;
/** How far behind a value the next one of a list may begin. */
const listGap = 8;
const digitAhead = 24;
const accountScheme = schemes.find((scheme) => scheme.subtype === 'account_number') as Scheme;
const valueKey =
  /[ ]*"[ ]*,[ ]*"(?:value|number|text|content|val|nummer|valor|valeur|wert|doc(?:ument)?_?(?:number|no|id)|id_?(?:number|no))"[ ]*:[ ]*"?/iy;
const markup = /<\/?[a-z][a-z\d]{0,10}(?: [^<>\n]{0,48})?>/iy;
const chainLink = /^[\s,/&|(]*(?:and|or|und|oder|et|ou|y|o|e|och|eller|i|en|of|ve|и|или)?[\s,/&(]*$/i;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
function isWordCode(code: number): boolean {
  return (
    isDigit(code) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 95 ||
    (code >= 0xc0 && code < 0x600)
  );
}
/** Scripts that write without spaces: every character may begin a value. */
const isIdeograph = (code: number): boolean => code >= 0x2e80;

/** Whether the token goes on behind a value: `123-a`, `12.5`, `12:30`. */
function goesOn(text: string, end: number): boolean {
  const code = text.charCodeAt(end);
  if (isWordCode(code)) return true;
  return (code === 45 || code === 46 || code === 64 || code === 58) && isWordCode(text.charCodeAt(end + 1));
}

/** Place of the first digit from a place on; `to` where there is none before it. */
function digitFrom(text: string, at: number, to: number): number {
  let i = at;
  while (i < to && !isDigit(text.charCodeAt(i))) i++;
  return i;
}

interface Match {
  readonly scheme: Scheme;
  readonly end: number;
  readonly checked: boolean;
}

/** The best of the schemes whose value begins here: a right check digit first, then the longest. */
export function matchScheme(
  text: string,
  at: number,
  to: number,
  candidates: readonly Scheme[],
  strict: boolean,
): Match | undefined {
  let best: Match | undefined;
  for (const scheme of candidates) {
    scheme.pattern.lastIndex = at;
    if (!scheme.pattern.test(text)) continue;
    const end = scheme.pattern.lastIndex;
    if (end > to || goesOn(text, end)) continue;
    const compact = compactOf(text.slice(at, end));
    if (scheme.fits?.(compact) === false) continue;
    const right = scheme.valid === undefined || scheme.valid(compact);
    if (!right && scheme.lenient !== true) continue;
    const checked = right && scheme.valid !== undefined;
    if (strict && !checked) continue;
    if (best === undefined || (checked && !best.checked) || (checked === best.checked && end > best.end))
      best = { scheme, end, checked };
  }
  return best;
}

const spacedRun = /\d(?:[ .-]{1,3}\d){6,20}(?![ .-]?[A-Za-z0-9])/y;

/** Digits one by one with separators between them, as people write what should not be copied. */
function spacedAt(text: string, at: number, candidates: readonly Scheme[]): Finding | undefined {
  if (candidates.length === 0) return undefined;
  spacedRun.lastIndex = at;
  const match = spacedRun.exec(text);
  if (match === null) return undefined;
  const compact = compactOf(match[0]);
  for (const scheme of candidates) {
    scheme.pattern.lastIndex = 0;
    if (
      !scheme.pattern.test(compact) ||
      scheme.pattern.lastIndex !== compact.length ||
      scheme.fits?.(compact) === false
    )
      continue;
    if (scheme.lenient !== true && scheme.valid?.(compact) === false) continue;
    return { start: at, end: at + match[0].length, kind: scheme.kind, subtype: scheme.subtype, score: 0.85 };
  }
  return undefined;
}

/** What a value that begins here is, for a word of this meaning. */
function valueAt(text: string, at: number, window: Window, broken: boolean): Finding | undefined {
  const { meaning, to } = window;
  const { roles } = meaning;
  if (roles.has('birth')) {
    const end = dateEnd(text, at);
    if (end > 0 && end <= to) return { start: at, end, kind: 'date_of_birth', subtype: 'date_of_birth', score: 0.85 };
  }
  const match =
    meaning.schemes.length === 0 ? undefined : matchScheme(text, at, to, meaning.schemes, window.strict || broken);
  if (match !== undefined)
    return {
      start: at,
      end: match.end,
      kind: match.scheme.kind,
      subtype: match.scheme.subtype,
      score: match.checked ? 0.97 : 0.8,
    };
  if (broken || window.strict) return undefined;
  const spaced = spacedAt(text, at, meaning.schemes);
  if (spaced !== undefined) return spaced;
  if ((roles.has('phone') || roles.has('call')) && text[at - 1] !== '+' && text[at - 1] !== '/') {
    const announced: Announced = roles.has('phone') ? 2 : 1;
    const end = phoneEnd(text, at, announced);
    if (end > 0 && end <= to + 16)
      return { start: at, end, kind: 'phone', subtype: 'phone_number', score: announced === 2 ? 0.85 : 0.75 };
  }
  if (roles.has('coordinate')) {
    const signed = text[at - 1] === '-' || text[at - 1] === '\u2212' ? at - 1 : at;
    const end = coordinateEnd(text, at);
    if (end > 0 && end <= to) return { start: signed, end, kind: 'geo', subtype: 'coordinate', score: 0.85 };
  }
  return undefined;
}

const breakers = new Uint8Array(65_536);
for (const sign of ';,{}[]!?.') breakers[sign.charCodeAt(0)] = 1;

/** A sentence ends between the word and this place, where one of the signs above stands, or another field begins. */
function breaks(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  // `TEL;TYPE=home:` goes on; a semicolon before a space ends a statement.
  if (code === 59 || code === 44) return !isWordCode(text.charCodeAt(at + 1));
  if (code === 123 || code === 125 || code === 91 || code === 93) return true;
  if (text.charCodeAt(at + 1) !== 32 || !/[A-Z]/.test(text.charAt(at + 2))) return false;
  // `Nr. C01`: an abbreviation of up to three letters ends no sentence.
  return (
    code === 33 ||
    code === 63 ||
    (code === 46 && /[A-Za-z]{4}$/.test(text.slice(Math.max(0, at - 4), at)) && !/n[or]$/i.test(text.slice(at - 2, at)))
  );
}

/** Looks for values from the window's beginning: one, or several one after the other. */
function search(text: string, window: Window, report: Report): void {
  let { from: pos, to } = window;
  let words = 0;
  let lines = 0;
  let broken = false;
  let inWord = false;
  const lastDigit = Math.min(text.length, to + digitAhead);
  let digit = -1;
  while (pos < to && words <= mostWords) {
    const code = text.charCodeAt(pos);
    if (code === 10) {
      lines++;
      if (words > 0 || lines > 2) return;
    }
    const signs = code === 43 || code === 40;
    const isStart =
      (isWordCode(code) && code !== 95 && !inWord) ||
      isIdeograph(code) ||
      (signs && !inWord && (isDigit(text.charCodeAt(pos + 1)) || (code === 43 && text.charCodeAt(pos + 1) === 40)));
    if (isStart) {
      if (digit < pos) digit = digitFrom(text, pos, lastDigit);
      const hasDigit = digit < Math.min(lastDigit, pos + digitAhead);
      const finding = hasDigit ? valueAt(text, pos, window, broken) : undefined;
      if (finding !== undefined) {
        report(widened(text, finding, window));
        pos = finding.end;
        to = Math.min(window.to, pos + listGap);
        words = mostWords - 1;
        inWord = false;
        broken = false;
        continue;
      }
      if (!isIdeograph(code) && !signs) words++;
    } else if (!broken && code === 34) {
      valueKey.lastIndex = pos;
      if (valueKey.test(text)) {
        pos = valueKey.lastIndex;
        continue;
      }
    } else if (!broken && code === 60 && words === 0) {
      // `<dt>NIN</dt> <dd>…`: tags between the word and its value.
      markup.lastIndex = pos;
      if (markup.test(text)) {
        pos = markup.lastIndex;
        inWord = false;
        continue;
      }
    }
    if (breakers[code] === 1 && !window.isCell && !broken) broken = breaks(text, pos);
    inWord = isWordCode(code) && !isIdeograph(code);
    pos++;
  }
}

/** `MRN-72976330`: the word is a part of the value where a hyphen joins them. */
function widened(text: string, finding: Finding, window: Window): Finding {
  const joined =
    window.label >= 0 &&
    finding.start === window.from + 1 &&
    text[window.from] === '-' &&
    finding.kind === 'medical_id' &&
    window.from - window.label <= 5;
  return joined ? { ...finding, start: window.label } : finding;
}

/** A bare `account` counts only near a word of banks. */
function accountMeaning(labels: readonly Label[], index: number): Meaning | undefined {
  const label = labels[index] as Label;
  for (let i = index - 1; i >= 0 && i >= index - 4; i--) {
    const before = labels[i] as Label;
    if (label.start - before.end > reach) return undefined;
    if (before.meaning.roles.has('bank') || before.meaning.schemes.some((scheme) => scheme.kind === 'bank_account')) {
      return { schemes: [accountScheme], roles: new Set(), seeks: true };
    }
  }
  return undefined;
}

/** Index of the last of the labels that follow each other with nothing but `and` between them. */
function chainEnd(text: string, labels: readonly Label[], index: number): number {
  let last = index;
  while (last + 1 < labels.length && last - index < 6) {
    const gap = text.slice((labels[last] as Label).end, (labels[last + 1] as Label).start);
    if (gap.length > listGap || !chainLink.test(gap)) break;
    last++;
  }
  return last;
}

function searchLabels(text: string, labels: readonly Label[], headings: readonly number[], report: Report): void {
  const code = unitsOf(text);
  let heading = 0;
  let digit = -1;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as Label;
    while (heading < headings.length && (headings[heading + 1] as number) < label.start) heading += 2;
    if (heading < headings.length && label.start >= (headings[heading] as number)) continue;
    const { roles } = label.meaning;
    if (roles.has('birth')) dateBefore(text, label, report);
    const meaning =
      label.meaning.schemes.length === 0 && roles.has('account') ? accountMeaning(labels, i) : label.meaning;
    if (meaning?.seeks !== true) continue;
    if (meaning.schemes.length > 0) searchBefore(text, label, report);
    const last = chainEnd(text, labels, i);
    const from = (labels[last] as Label).end;
    const next = labels[last + 1]?.start ?? text.length;
    const to = Math.min(from + reach, text.length, next);
    if (digit < from) digit = nextDigit(code, from, text.length);
    // Most words of a text announce nothing.
    if (digit >= to + digitAhead) continue;
    search(text, { from, to, meaning, strict: last !== i, label: label.start, isCell: false }, report);
  }
}

const longestDate = 32;

/** `1959年6月6日生まれ`: the word stands behind the date. */
function dateBefore(text: string, label: Label, report: Report): void {
  for (let start = Math.max(0, label.start - longestDate); start < label.start - 5; start++) {
    if (!isDigit(text.charCodeAt(start)) || isWordCode(text.charCodeAt(start - 1))) continue;
    const end = dateEnd(text, start);
    if (end < 0 || end > label.end) continue;
    birthWordsBehind.lastIndex = end;
    if (birthWordsBehind.test(text))
      report({ start, end, kind: 'date_of_birth', subtype: 'date_of_birth', score: 0.85 });
    return;
  }
}

const wordBehind =
  /[ ]?\($|[ ](?:is|was|are|ist|est|es|è|é) (?:my|his|her|the|their|our|your|a|mein|meine|mon|ma|mi|il mio|a minha|o meu)[ ]$/i;
const behindReach = 40;

/** `943 476 5919 (NHS number)`, `7ABC123 is my plate`: the word stands behind the value. */
function searchBefore(text: string, label: Label, report: Report): void {
  const last = text.charCodeAt(label.start - 1);
  if (last !== 32 && last !== 40) return;
  const from = Math.max(0, label.start - behindReach);
  const before = text.slice(from, label.start);
  const link = wordBehind.exec(before);
  if (link === null) return;
  const end = from + link.index;
  for (let start = from; start < end - 4; start++) {
    if (!isWordCode(text.charCodeAt(start)) || (start > 0 && isWordCode(text.charCodeAt(start - 1)))) continue;
    const match = matchScheme(text, start, end, label.meaning.schemes, false);
    if (match?.end !== end) continue;
    report({ start, end, kind: match.scheme.kind, subtype: match.scheme.subtype, score: match.checked ? 0.96 : 0.78 });
    return;
  }
}

function searchCell(text: string, cell: Cell, report: Report): void {
  search(
    text,
    { from: cell.start, to: cell.end, meaning: cell.meaning, strict: false, label: -1, isCell: true },
    report,
  );
}

/** Reports all values that words announce. `field` is what the name of the text's field says. */
export function findAnnounced(
  text: string,
  labels: readonly Label[],
  field: Meaning | undefined,
  report: Report,
): void {
  if (field !== undefined) searchCell(text, { start: 0, end: text.length, meaning: field }, report);
  if (labels.length === 0) return;
  const tables = tablesOf(text, labels);
  for (const cell of tables.cells) searchCell(text, cell, report);
  searchLabels(text, labels, tables.headings, report);
}
