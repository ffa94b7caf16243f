/** Finds secrets that only their name gives away: `DB_PASSWORD=…`, `"apiKey": "…"`, a cell beside its label, `the password is …`. */
import { alphabets, isAlnum, isIn } from './shapes.ts';
import { isExpression, isSecret, mayBeSecret, type Place } from './values.ts';
import { classOfName, type KeyClass } from './key-names.ts';

export interface NamedValue {
  readonly start: number;
  readonly end: number;
  /** Undefined where what stands there is no secret. */
  readonly kind: string | undefined;
}

/** Longest name and longest value of a name that is looked at. */
const longestName = 64;
const longestValue = 512;

/** The bounds of the name that the word at `start` to `end` is part of; undefined where it is longer than a name. */
export function nameAround(text: string, start: number, end: number): { start: number; end: number } | undefined {
  let from = start;
  while (from > 0 && start - from < longestName && isOfName(text.charCodeAt(from - 1))) from--;
  let to = end;
  while (to < text.length && to - end < longestName && isOfName(text.charCodeAt(to))) to++;
  if (to - from >= longestName) return undefined;
  // The letter of an escape (`\nAPI_KEY`) is no part of the name.
  if (from > 0 && text[from - 1] === '\\' && from < start) from++;
  while (to > end && (text[to - 1] === '-' || text[to - 1] === '.')) to--;
  return { start: from, end: to };
}

function isOfName(code: number): boolean {
  return isIn(code, alphabets.dotted) || (code > 191 && code < 0x2000);
}

const filler =
  /[\s"'\\,;>{(\]})-]{0,24}(?:<\/?\w{1,12}>\s{0,8}<?|["'])?(?:(?:type|id|class|kind|required)=["'][^"'\n]{0,24}["']\s{1,4}|(?:[tT]ype|sensitive|nullable|[dD]escription|NoEcho)\s{0,12}[=:]\s(?:\w{1,8}|"[^"\n]{0,80}")\s{1,12}|--(?:type|region)[ =]\w{1,16}\s{1,4}--){0,3}(?:(?:Parameter|Secret|Option|secret|option)?(?:value|Value)|VALUE|val|string|[dD]efault|current|content|plain_?[tT]ext|secret_?[sS]tring|body)\b\\?["']?(?:\s{0,4}[:=>]\s{0,8}|\s(?=["']))/y;
const annotation = /(?:string|String|str|const char ?\*|auto|&str)\s{0,2}=\s{0,2}/y;
const wrapper =
  /[\w:.]{0,32}(?:from|of|new|some|string|secret|bytes|text|literal|str|getenv|env)\(\s{0,4}(?=\\*["'`])/iy;
const link =
  /[^\n"'`=:|<>{}()[\]]{0,48}?(?:[ \t](?:is|was|are|reads|equals|use|using|verwende|değeri|wynosi|to|be|now|ist|lautet|war|est|es|sera|é|è|era|fue|är|er|on|jest|to|is:|este|je|van|это|είναι|هي|هو|là|adalah|olan|הוא|היא|है)[ \t:]+|[ \t]{0,2}(?:—|–|-|->|→)[ \t]|[ \t]=[ \t]|:(?=[ \t"'`]) ?|：[ \t]?|(?:是|为|為|は|：|는|은|が)[ \t]?)/y;
/** What a variable gets where it has no value yet: `||= "…"`, `?? "…"`, `?: "…"`, `or "…"`. */
const fallback = /(?:\|\||\?\?|\?:|\bor\b)=?[ \t]{0,4}(?=["'`])/y;
/** The letter or sign that says how a literal is read: `@"…"`, `r'…'`, `b"…"`, `N'…'`. */
const literal = /(?:[@$]{1,2}|[bfruLNR]{1,2})(?=\\{0,3}["'`])/y;
const scheme =
  /(?:Bearer|bearer|BEARER|Basic|basic|Token|token|ApiKey|Apikey|apikey|SSWS|Bot|Key|JWT|GenieKey|Digest|PRIVATE-TOKEN)[ \t:=]{1,2}/y;

/** Where the value of the name that ends at `end` begins; undefined where none hangs on it. */
export function placeOfValue(text: string, end: number): Place | undefined {
  let at = end;
  for (let n = 0; n < 10 && isClosing(text.charCodeAt(at)); n++) at++;
  const blanks = at;
  at = skipBlanks(text, at);
  const spaced = at > blanks;
  const code = text.charCodeAt(at);
  // A block of its own below the name: `Secret:\n  Type: String\n  Default: …`.
  const block = code === 58 && text[at + 1] === '\n' ? after(text, filler, at + 1) : -1;
  if (block > 0) return opened(text, block, false, false, true);
  if ((code === 63 || code === 43) && text[at + 1] === '=') return opened(text, at + 2, false, false);
  if (code === 40 && !spaced) return argument(text, at, end);
  if (code === 61 || code === 58 || code === 0xff1a)
    return opened(text, afterSign(text, at), false, spaced && code === 61, text[at + 1] === '-');
  if (code === 45 && text[at + 1] === '>') return opened(text, at + 2, false, true);
  if (code === 62) return element(text, at + 1);
  const otherwise = code === 63 || code === 124 || (code === 111 && spaced) ? after(text, fallback, at) : -1;
  if (otherwise > 0) return opened(text, otherwise, false, true);
  if (code === 124) return cell(text, at + 1);
  const filled =
    at < text.length && (code === 44 || code === 10 || code === 13 || code === 60 || code === 125 || spaced)
      ? after(text, filler, end)
      : -1;
  if (filled > 0) return opened(text, filled, false, false, true);
  if (code === 60) {
    const inCell = after(text, tags, at);
    return inCell > 0 ? opened(text, inCell, true, false, true) : undefined;
  }
  if (code === 44) return listed(text, at, opened(text, at + 1, true, spaced));
  if (code === 9 && spaced) return opened(text, at, true, false);
  if (code === 10 || code === 13) return nextLine(text, at);
  return spaced || code > 127 ? linked(text, blanks, at) : undefined;
}

const setter = /(?:^|[^A-Za-z])(?:set|with|add)[A-Z_]\w{0,48}$/;
/** What a setter is given: `setApiKey("…")`. */
function argument(text: string, opening: number, end: number): Place | undefined {
  if (!setter.test(text.slice(Math.max(0, end - 56), end))) return undefined;
  const place = opened(text, opening + 1, true, false);
  return place.quote === '' ? undefined : { ...place, listed: true };
}

const tags = /(?:<\/?(?:td|th|code|tt|b|strong|span|dd|dt|pre|kbd|li|p|em)(?: [^<>\n]{0,40})?>\s{0,12}){2,5}/iy;

/** A name and a value that are both quoted belong together more than words of a list do. */
function listed(text: string, comma: number, place: Place): Place {
  const before = text.charCodeAt(comma - 1);
  return { ...place, listed: place.quote !== '' && (before === 34 || before === 39) };
}

function isClosing(code: number): boolean {
  return (
    code === 34 || code === 39 || code === 96 || code === 92 || code === 93 || code === 41 || code === 42 || code === 63
  );
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at - from < 64) {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 9) at++;
    else if (code === 27) at = Math.max(at + 1, text.indexOf('m', at) < at + 8 ? text.indexOf('m', at) + 1 : at + 1);
    else break;
  }
  return at;
}

/** Behind `=`, `:`, `:=`, `=>`, `==`, `::`. */
function afterSign(text: string, at: number): number {
  let next = at + 1;
  while (next - at < 3 && '=:>~'.includes(text[next] ?? ' ')) next++;
  if (text[at] === ':' && text[at + 1] === '-') next++;
  const typed = after(text, annotation, skipBlanks(text, next));
  const value = typed > 0 ? typed : next;
  const wrapped = isAlnum(text.charCodeAt(skipBlanks(text, value)))
    ? after(text, wrapper, skipBlanks(text, value))
    : -1;
  return wrapped > 0 ? wrapped : value;
}

function after(text: string, pattern: RegExp, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** Between tags: the value ends at the next one. */
function element(text: string, at: number): Place | undefined {
  if ('@:/'.includes(text[at] ?? '@')) return undefined;
  const place = opened(text, at, false, false, true);
  const end = endOfSigns(text, place.start, endOfValue(text, place));
  return end === text.length || text[end] === '<' || text[end] === ']' || /\s/.test(text[end] as string)
    ? place
    : undefined;
}

function cell(text: string, at: number): Place | undefined {
  const begin = skipBlanks(text, at);
  // The line of dashes under a table's head, or the next row.
  if (text[begin] === '-' || text[begin] === '|' || text[begin] === '\n') return undefined;
  return opened(text, begin, true, false, true);
}

/** The value stands alone on the next line, as a shell prints it. */
function nextLine(text: string, at: number): Place | undefined {
  let next = text.startsWith('\r\n', at) ? at + 2 : at + 1;
  next = skipBlanks(text, next);
  const place = opened(text, next, true, false, true);
  const end = endOfSigns(text, place.start, endOfValue(text, place)) + place.quote.length;
  return end >= text.length || '\r\n\\'.includes(text[end] as string) ? place : undefined;
}

function linked(text: string, from: number, next: number): Place | undefined {
  const linkEnd = Math.max(after(text, link, from), behindTightSign(text, from));
  const joined = linkEnd < 0 && isConstant(text, from) ? after(text, oneWord, from) : linkEnd;
  return opened(text, joined > 0 ? joined : next, true, false, joined > 0);
}

/** In any language one word may join a name that stands for nothing else to its value. */
const oneWord = /[ \t]{1,2}[^\s\d"'`=:<>(){}.,;-]{1,12}[ \t]{1,2}(?=["'`\w])/y;

/** Whether the name in front is written like `API_TOKEN`. */
function isConstant(text: string, end: number): boolean {
  return /[A-Z]_[A-Z]{2,}[`"']?$/.test(text.slice(Math.max(0, end - 24), end));
}

/** Behind a sign without a blank: it may belong to the value, unless only words stand in front of it. */
function behindTightSign(text: string, from: number): number {
  for (let at = from; at - from <= 48; at++) {
    const code = text.charCodeAt(at);
    if (code === 58 || code === 61) return at + 1;
    if (!isIn(code, alphabets.word) && code !== 32 && code !== 46 && code !== 9 && code < 128) return -1;
    if (isIn(code, alphabets.digits)) return -1;
  }
  return -1;
}

const openings = ['&quot;', '%22', '“', '„', '«', '「', '<![CDATA['];
const closings: Readonly<Record<string, string>> = { '“': '”', '„': '“', '«': '»', '「': '」', '<![CDATA[': ']]>' };

/** Past the blanks, brackets, stars and the quote in front of the value. */
function opened(text: string, from: number, loose: boolean, spaced: boolean, isText = false): Place {
  let at = skipBlanks(text, from);
  if ((text[at] === '|' || text[at] === '>') && /^[|>][-+]?\s{1,24}/.test(text.slice(at, at + 28)))
    at = skipSpace(text, at + 1);
  if (text[at] === '\n' || text[at] === '\r') at = skipSpace(text, at);
  while ('([{*'.includes(text[at] ?? ' ') && at - from < 32) at++;
  at = skipBlanks(text, at);
  const read = after(text, literal, at);
  if (read > 0) at = read;
  let quote = quoteAt(text, at);
  at += quote.length;
  // A literal within a literal: `"\"…\""`, `"'…'"`.
  const inner = quote === '' ? '' : quoteAt(text, at);
  if (inner !== '' && inner !== quote) {
    quote = inner;
    at += inner.length;
  }
  const behind = after(text, scheme, at);
  return { start: behind > 0 ? behind : at, quote: closings[quote] ?? quote, loose, isText, spaced };
}

/** The quote at `at`, with the backslashes that escape it, once or several times. */
function quoteAt(text: string, at: number): string {
  let sign = at;
  while (sign - at < 8 && text[sign] === '\\') sign++;
  const code = text.charCodeAt(sign);
  if (code === 34 || code === 39 || (code === 96 && sign === at)) return text.slice(at, sign + 1);
  return openings.find((one) => text.startsWith(one, at)) ?? '';
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at - from < 32 && ' \t\r\n-+'.includes(text[at] ?? 'x')) at++;
  return at;
}

/** Where the value that begins at the place ends. */
function endOfValue(text: string, place: Place): number {
  const limit = Math.min(text.length, place.start + longestValue);
  if (place.quote !== '') {
    const line = text.slice(place.start, limit);
    const close = line.indexOf(place.quote);
    const broken = line.search(/[\r\n]/);
    if (close >= 0 && (broken < 0 || close < broken) && !/\s/.test(line.slice(0, close))) return place.start + close;
  }
  let at = place.start;
  while (at < limit && !isStop(text, at)) at++;
  while (at > place.start && '.,;:)]}>*?'.includes(text[at - 1] as string)) at--;
  return at;
}

function isStop(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code <= 32 || code === 34 || code === 39 || code === 96 || code === 60 || code === 62 || code === 124)
    return true;
  if (code === 38 || code === 59 || code === 44 || code >= 0x3000 || code === 0x201d || code === 0xbb) return true;
  if (code === 41 || code === 93 || code === 125) return !isAlnum(text.charCodeAt(at + 1));
  return code === 92 && 'nrt"\'\\'.includes(text[at + 1] ?? 'n');
}

/** Where a name stands; with its class where its language says it. */
export interface Name {
  readonly start: number;
  readonly end: number;
  readonly kind?: KeyClass;
}

/** The value of the name at `name`, and whether it is a secret; undefined where no value hangs on it. */
export function namedValue(text: string, name: Name): NamedValue | undefined {
  const found = placeOfValue(text, name.end);
  if (found === undefined || found.start >= text.length) return undefined;
  const place = behindUser(text, name, found);
  const named = place.start === found.start ? name : { ...name, kind: 'password' as const };
  const bytes = text[place.start - 1] === '[' ? after(text, listOfBytes, place.start) : -1;
  if (bytes > 0 && classOfName(text.slice(name.start, name.end)) !== undefined)
    return { start: place.start, end: bytes, kind: 'named_secret' };
  const end = endOfValue(text, place);
  if (end - place.start > longestName && place.loose && innerName.test(text.slice(place.start, end))) return undefined;
  const signed = endOfSigns(text, place.start, end);
  if (signed > end && signed - place.start >= 8) {
    // Such signs end a sentence, or a password.
    const kind = kindOfValue(text, named, place, text.slice(place.start, signed));
    if (kind === 'password') return { start: place.start, end: signed, kind };
  }
  if (end - place.start < 4 || text[end] === '…' || text.startsWith('...', end)) return undefined;
  const value = text.slice(place.start, end);
  return { start: place.start, end, kind: kindOfValue(text, named, place, value) };
}

/** A key as a list of its bytes, as Solana's tools write it. */
const listOfBytes = /\d{1,3}(?:, ?\d{1,3}){31,63}(?=\s?\])/y;

function endOfSigns(text: string, start: number, end: number): number {
  if (text[start - 1] === '*') return end;
  let at = end;
  while (at - end < 4 && (text[at] === '?' || text[at] === '*')) at++;
  return at;
}

const behindLogin = /(?:login|user|username|gebruiker|usuario|usuário|benutzer|utilisateur)[ \t]+\S{1,64}\s+$/i;
const behindSetter = /(?:\bENV|\bARG|set -\w{1,3}|\bsetx|\bsetenv)[ \t]+$/;
/** Places where a value behind a blank hangs on its name all the same: a flag, a line of a netrc, `ENV NAME value`. */
function tightened(text: string, name: Name, place: Place): Place {
  if (!place.loose || place.isText) return place;
  if ((text[name.start] === '-' || text[name.start - 1] === '-') && place.quote === '' && text[name.end] === ' ')
    return { ...place, loose: false };
  const before = text.slice(Math.max(0, name.start - 80), name.start);
  if (behindLogin.test(before)) return { ...place, isText: true };
  return behindSetter.test(before) ? { ...place, loose: false, isText: true } : place;
}

const innerName = /^[A-Za-z][\w.-]{2,40}=[^=]/;

const userInFront = /[\w.@+-]{1,64}[ \t]?[:/][ \t]?(?=\S{5})/y;
/** Credentials are a user and a password: `bob:…`, `bob / …`. */
function behindUser(text: string, name: Name, place: Place): Place {
  if (!/cred(?:s|entials)$/i.test(text.slice(name.start, name.end))) return place;
  const behind = after(text, userInFront, place.start);
  return behind > 0 ? { ...place, start: behind } : place;
}

/** Whether a cell below this name in the head of a table holds a secret. */
export function isSecretCell(name: string, value: string): boolean {
  if (/\s/.test(value) || value.length > longestValue || !mayBeSecret(value)) return false;
  const kind = classOfName(name);
  return (
    kind !== undefined &&
    kind !== 'bare' &&
    isSecret(value, kind, { start: 0, quote: '', loose: true, isText: true, spaced: false })
  );
}

function kindOfValue(text: string, name: Name, found: Place, value: string): string | undefined {
  const end = found.start + value.length;
  // Most values in programs are names, and names of letters alone are never secrets.
  if (!mayBeSecret(value)) return undefined;
  const kind = name.kind ?? classOfName(text.slice(name.start, name.end), wordBefore(text, name.start));
  if (kind === undefined) return undefined;
  const place = tightened(text, name, found);
  // Of `create secret generic app --from-literal=key=…` the value is what the inner name names.
  if (place.loose && innerName.test(value)) return undefined;
  // In sentences `pass` is a verb and tokens are counted.
  const label = text.slice(name.start, name.end);
  if (place.loose && /^(?:pass|keys|tokens|secrets)$/i.test(label)) return undefined;
  const isCode = place.quote === '' && !place.isText && isExpression(text, value, end, place);
  const shortest = /^(?:secret|token|key)$/i.test(label) ? 16 : /secret$/i.test(label) ? 10 : 15;
  if (isCode || !isSecret(value, kind, place, shortest)) return undefined;
  return kind === 'password' ? 'password' : 'named_secret';
}

/** The secret that a whole value is, when its field has this name. */
export function isSecretField(field: string, value: string): boolean {
  if (value.length < 4 || value.length > longestValue || /\s/.test(value) || !mayBeSecret(value)) return false;
  const kind = classOfName(field);
  return (
    kind !== undefined && isSecret(value, kind, { start: 0, quote: '"', loose: false, isText: true, spaced: false })
  );
}

function wordBefore(text: string, at: number): string {
  if (text[at - 1] !== ' ') return '';
  let from = at - 1;
  while (from > 0 && at - from < 16 && isAlnum(text.charCodeAt(from - 1))) from--;
  return text.slice(from, at - 1);
}
