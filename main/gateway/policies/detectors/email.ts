/** Mail addresses: plain, in other scripts, percent-encoded, spelled out against robots, and inside Base64. */
import type { Finding } from './detector.ts';
import { isReservedDomain, isServiceName, isTopLevel } from './email-domains.ts';
import type { KeywordHits } from './keyword-scan.ts';

type Report = (finding: Finding) => void;

const longestLocal = 64;
const longestDomain = 128;

/** 1: letters, digits and signs of a local part; 2: of those, letters and digits; bit 4: of a domain. */
const localClass = 1;
const domainClass = 2;
const classes = new Uint8Array(128);
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')
  classes[char.charCodeAt(0)] = localClass | domainClass;
for (const char of "._%+-!#$&'*/=?^`{|}~") classes[char.charCodeAt(0)] = localClass;
for (const char of '.-') classes[char.charCodeAt(0)] = (classes[char.charCodeAt(0)] as number) | domainClass;
// Signs that may stand in a local part but part it from what is before it in texts: `?email=`, `'name`, `{a}`, `a|b`.
for (const char of "=?#$&'*/`{|}^!%~") classes[char.charCodeAt(0)] = 0;

const letterOrDigit = /[\p{L}\p{N}\p{M}]/u;

function isLocal(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < 128
    ? ((classes[code] as number) & localClass) !== 0
    : letterOrDigit.test(text.charAt(at)) || (code >= 0xd800 && code < 0xe000);
}
/** Scripts without spaces: a name in them would swallow the sentence before it. */
const isIdeograph = (code: number): boolean => (code >= 0x2e80 && code < 0xd7b0) || (code >= 0x0e00 && code < 0x0e80);

function localStart(text: string, at: number): number {
  let start = at;
  const least = Math.max(0, at - longestLocal);
  let ascii = true;
  while (start > least && isLocal(text, start - 1)) {
    const code = text.charCodeAt(start - 1);
    if (isIdeograph(code) && ascii && start < at) break;
    if (code >= 128) ascii = ascii && !isIdeograph(code);
    start--;
  }
  // `o'brien@`: an apostrophe behind one letter is a part of the name.
  const initial = text.charCodeAt(start - 2) | 32;
  if (text[start - 1] === "'" && initial >= 97 && initial <= 122 && !isLocal(text, start - 3)) start -= 2;
  while (start < at && (text[start] === '.' || text[start] === '-' || text[start] === '+')) start++;
  return start;
}

function domainStop(text: string, at: number): number {
  let end = at;
  const most = Math.min(text.length, at + longestDomain);
  while (end < most) {
    const code = text.charCodeAt(end);
    if (
      code < 128
        ? ((classes[code] as number) & domainClass) === 0
        : isIdeograph(code) || !letterOrDigit.test(text.charAt(end))
    )
      break;
    end++;
  }
  while (end > at && (text[end - 1] === '.' || text[end - 1] === '-')) end--;
  return end;
}

/** End of the domain name that begins at a place: names joined by full stops, the last one known. -1 where none does. */
function domainEnd(text: string, at: number): number {
  let end = domainStop(text, at);
  while (end > at) {
    const name = text.slice(at, end).toLowerCase();
    const dot = name.lastIndexOf('.');
    if (dot <= 0) return -1;
    if (isTopLevel(name.slice(dot + 1)) && /[^\d.-]/.test(name.slice(0, dot)) && !name.includes('..'))
      return isReservedDomain(name) ? -1 : end;
    // A sentence that goes on without a space: `a@b.com.Then`.
    end = at + dot;
  }
  return -1;
}

function tell(report: Report, start: number, end: number, subtype: string, score = 0.95): void {
  report({ start, end, kind: 'email', subtype, score });
}

/** `deploy@host:path`, `git@github.com:a/b`, `https://user@host/`: not mail. */
function isLogin(text: string, start: number, end: number, local: string): boolean {
  if (/:\/\/[^\s/]*$/.test(text.slice(Math.max(0, start - 12), start))) return text[end] === '/' || text[end] === ':';
  if (text[end] !== ':') return false;
  return local === 'git' || local === 'hg' || /[~/\w]/.test(text.charAt(end + 1));
}

const loginCommand = /(?:^|[\s;&|'"`(])(?:ssh|scp|sftp|mosh|rsync|sshfs|ssh-copy-id|autossh)[ ]([^\n]{0,64})$/;
const commandReach = 80;

/** `ssh -p 22 name@host`: an argument of a command that logs in. */
function isArgument(text: string, start: number): boolean {
  const match = loginCommand.exec(text.slice(Math.max(0, start - commandReach), start));
  if (match === null) return false;
  const words = (match[1] as string).split(' ').filter((word) => word !== '');
  return words.every((word, i) => word.startsWith('-') || words[i - 1]?.startsWith('-') === true);
}

const codeAfter = /[ ]?\(|[=[]/y;

function findPlain(text: string, report: Report): void {
  let done = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (at < done || at === 0 || !isLocal(text, at - 1)) continue;
    const end = domainEnd(text, at + 1);
    if (end < 0) continue;
    const start = Math.max(localStart(text, at), done);
    const local = text.slice(start, at);
    if (local === '' || isServiceName(local) || isLogin(text, start, end, local) || isArgument(text, start)) continue;
    codeAfter.lastIndex = end;
    if (codeAfter.test(text)) continue;
    tell(report, start, end, 'email');
    done = end;
  }
}

const robots: readonly string[] = [
  '%40',
  '&#64;',
  '&#x40;',
  '&commat;',
  '\\u0040',
  '=40',
  '[at]',
  '(at)',
  '{at}',
  '<at>',
  ' at ',
  '_at_',
  '-at-',
  '[ at ]',
  '( at )',
  '(ät)',
  '[ät]',
  '(arroba)',
  '[arroba]',
  '(chiocciola)',
  '[chiocciola]',
  '(arobase)',
  '[arobase]',
  ' arroba ',
  ' arobase ',
  ' chiocciola ',
  '(a)',
  '[@]',
  '(@)',
  ' @ ',
];
/** Words around which spelled-out addresses are looked for. */
export const emailKeywords: readonly string[] = [
  ...new Set(robots.filter((word) => /^[\u0020-\u007e]+$/.test(word) && word !== ' at ')),
].concat([' dot ', '[dot]', '(dot)', '[.]', '(.)', ' punkt ', ' punto ', ' ponto ', ' point ']);

const dot =
  '(?:[ ]?[([{<][ ]?(?:dot|punkt|point|punto|ponto|\\.)[ ]?[)\\]}>][ ]?|[ ](?:dot|DOT|punkt|punto|ponto|point)[ ]|[ ]?\\.[ ]?|%2E|_dot_|-dot-)';
const at =
  '(?:@|%40|&#64;|&#x40;|&commat;|\\\\u0040|=40|[ ]?[([{<][ ]?(?:at|AT|@|a|ät|arroba|chiocciola|arobase)[ ]?[)\\]}>][ ]?|[ ](?:at|AT|arroba|arobase|chiocciola|@)[ ]|_at_|-at-)';
const dotStrict = dot.replace('|[ ]?\\\\.[ ]?', '|\\\\.');
const spelled = new RegExp(
  `((?:[A-Za-z0-9_+-]|%2[BDEbde]|%5[Ff])+(?:(?:${dotStrict})(?:[A-Za-z0-9_+-]|%2[BDEbde]|%5[Ff])+){0,3})(${at})([A-Za-z0-9-]+(?:(${dot})[A-Za-z0-9-]+){1,3})(?![A-Za-z0-9])`,
  'g',
);
const spelledReach = 160;
/** The longest part of an address behind the sign that is read. */
const spelledRest = 72;
const articles =
  /^(?:the|an?|this|that|these|those|my|our|your|his|her|their|all|each|every|any|some|which|one|least|most|once|first|last|it)\b/i;
const plainAt = /^[ ]at[ ]$/i;

/** Addresses spelled out around the words that were hit; each window is read once. */
function findSpelled(text: string, hits: KeywordHits, report: Report): void {
  let done = 0;
  let read = 0;
  for (let i = 0; i < hits.count; i++) {
    if (hits.word(i) >= emailKeywords.length || hits.end(i) + spelledRest <= read) continue;
    const from = Math.max(done, hits.start(i) - spelledReach);
    const to = Math.min(text.length, hits.end(i) + spelledReach);
    if (hits.start(i) < done) continue;
    read = to;
    const piece = text.slice(from, to);
    spelled.lastIndex = 0;
    for (let match = spelled.exec(piece); match !== null; match = spelled.exec(piece)) {
      const [whole = '', local = '', sign = '', domain = '', point = ''] = match;
      const name = domain.replace(new RegExp(dot, 'g'), '.').toLowerCase();
      const last = name.slice(name.lastIndexOf('.') + 1);
      // `look at the dot com`: with plain words all of it must be spelled out.
      if (plainAt.test(sign) && (!/dot|punkt/i.test(point) || articles.test(domain))) continue;
      if (sign === '@' && !/[([{<]|dot/i.test(point)) continue;
      if (!isTopLevel(last) || /\.\d/.test(name) || isReservedDomain(name) || isServiceName(local)) continue;
      if (/^[ ]?\.[ ]$/.test(point) && /^[ ]@[ ]$/.test(sign)) continue;
      const start = from + match.index;
      tell(report, start, start + whole.length, sign === '%40' ? 'email_percent_encoded' : 'email_spelled_out', 0.85);
      done = start + whole.length;
    }
    done = Math.max(done, hits.end(i));
  }
}

/** Everything that is a mail address. `hits` may hold other words behind those of `emailKeywords`. */
export function findEmails(text: string, hits: KeywordHits, report: Report): void {
  findPlain(text, report);
  if (hits.count > 0) findSpelled(text, hits, report);
}

const longestDecoded = 1_024;
const shortestEncoded = 16;
const encodedMail = /(?:^|[^\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}/;
const printable = /^[\t\n\r\x20-\x7e\x80-\xff]*$/;

function isEncoded(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 43 ||
    code === 47 ||
    code === 45 ||
    code === 95
  );
}

/**
 * Reports the run of Base64 around a token that begins at `start`, if it decodes to text with a mail address in it. Gives the
 * run's end, so that no run is visited twice; `floor` is the end of the one before. Only what decodes to text from its first
 * characters is decoded further.
 */
export function visitEncoded(text: string, start: number, floor: number, report: Report): number {
  let from = start;
  while (from > floor && isEncoded(text.charCodeAt(from - 1))) from--;
  let to = start;
  while (to < text.length && isEncoded(text.charCodeAt(to))) to++;
  if (to - from >= shortestEncoded) findEncoded(text, from, to, report);
  return to;
}

const lower = /[a-z]/;
const upper = /[A-Z]/;

/** Six bits by character; 64 for what is no Base64. */
const sextets = new Uint8Array(128).fill(64);
'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.split('').forEach((char, i) => {
  sextets[char.charCodeAt(0)] = i;
});
sextets[45] = 62;
sextets[95] = 63;

/** Whether the first six bytes are printable ASCII: rare in hashes and in words that only look encoded. */
function decodesToText(text: string, start: number): boolean {
  for (let i = start; i < start + 8; i += 4) {
    let bits = 0;
    for (let j = i; j < i + 4; j++) bits = (bits << 6) | (sextets[text.charCodeAt(j)] as number);
    for (let shift = 16; shift >= 0; shift -= 8) {
      const byte = (bits >> shift) & 255;
      if (byte > 126 || (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13)) return false;
    }
  }
  return true;
}

function findEncoded(text: string, start: number, end: number, report: Report): void {
  if (!decodesToText(text, start)) return;
  const head = text.slice(start, start + shortestEncoded);
  if (!upper.test(head) || !lower.test(head)) return;
  const encoded = text.slice(start, Math.min(end, start + longestDecoded));
  const decoded = Buffer.from(encoded, 'base64').toString('latin1');
  if (!printable.test(decoded) || !encodedMail.test(decoded)) return;
  let stop = end;
  while (text[stop] === '=') stop++;
  tell(report, start, stop, 'email_base64', 0.95);
}
