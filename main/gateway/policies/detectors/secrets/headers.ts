/** Finds secrets in HTTP headers: what follows `Bearer` and `Basic`, and the sessions in cookies. */
import { textInBase64 } from './checks.ts';
import { alphabets, isIn, isPlaceholder, looksRandom } from './shapes.ts';

export interface HeaderSecret {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

const longestCredential = 4096;

/** The credential behind `Bearer ` (or `Basic `), which ends at `from`. */
export function credentialAt(text: string, from: number, isBasic: boolean): HeaderSecret | undefined {
  let start = from;
  while (start - from < 4 && '"\'`\\ '.includes(text[start] ?? 'x')) start++;
  let end = start;
  const limit = Math.min(text.length, start + longestCredential);
  while (
    end < limit &&
    isIn(text.charCodeAt(end), alphabets.opaque) &&
    text[end] !== '$' &&
    text[end] !== '*' &&
    text[end] !== '|'
  )
    end++;
  while (end > start && '.:!-'.includes(text[end - 1] as string)) end--;
  const value = text.slice(start, end);
  if (isBasic) return isBasicPair(value) ? { start, end, kind: 'basic_credentials' } : undefined;
  if (isPlaceholder(value) || value.length < 16 || !looksRandom(value.length > 256 ? value.slice(0, 256) : value))
    return undefined;
  return { start, end, kind: 'bearer_token' };
}

/** Whether it is `user:password` in Base64 and not just a word behind `basic`. */
export function isBasicPair(value: string): boolean {
  if (value.length < 8 || value.length > 512 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(value)) return false;
  const pair = textInBase64(value);
  if (pair === undefined) return false;
  const colon = pair.indexOf(':');
  const password = pair.slice(colon + 1);
  return (
    colon >= 0 &&
    password.length >= 3 &&
    !isPlaceholder(pair) &&
    !/^(?:password|pass|secret|opensesame|open sesame)$/i.test(password)
  );
}

const pair = /[ \t]{0,4}([\w.$-]{1,64})=([^;\s"'`\\,]{0,1024})(;?)/y;
const sessionName =
  /sess|sid$|auth|token|jwt|remember|login|csrf|xsrf|identity|aspnet|aspxauth|__secure|__host|connect\.sid/i;

/** Calls back with the sessions of a `Cookie:` or `Set-Cookie:` header whose pairs begin at `from`. */
export function cookiesFrom(text: string, from: number, report: (secret: HeaderSecret) => void): void {
  let at = from;
  while (' "\'`\\:='.includes(text[at] ?? 'x') && at - from < 6) at++;
  for (let n = 0; n < 32; n++) {
    pair.lastIndex = at;
    const match = pair.exec(text);
    if (match === null) return;
    const [whole, name = '', value = '', more] = match;
    const end = at + whole.length - (more ?? '').length;
    if (sessionName.test(name) && !isPlaceholder(value) && looksRandom(value.slice(0, 256), 16)) {
      report({ start: end - value.length, end, kind: 'session_cookie' });
    }
    at = pair.lastIndex;
    if (more === '') return;
  }
}

const sessionPair = /=([\w.%:+/-]{16,512})/y;
/** The value of a session cookie named on its own (`PHPSESSID=…`), whose name ends at `from`. */
export function sessionAt(text: string, from: number): HeaderSecret | undefined {
  sessionPair.lastIndex = from;
  const match = sessionPair.exec(text);
  const value = match?.[1];
  if (value === undefined || isPlaceholder(value) || !looksRandom(value.slice(0, 256))) return undefined;
  return { start: from + 1, end: from + 1 + value.length, kind: 'session_cookie' };
}

/** The end of the dotted parts at `at`, and whether they are a JSON Web Token: its header parses as JSON and names an algorithm. */
export function jwtAt(text: string, at: number): { end: number; isToken: boolean } {
  const end = endOfParts(text, at);
  const parts = text.slice(at, end).split('.');
  const [header = '', payload = '', signature] = parts;
  if (parts.length < 3 || header.length < 12 || (payload.length < 4 && parts.length !== 5) || signature === undefined)
    return { end, isToken: false };
  return { end, isToken: namesAlgorithm(header) };
}

function endOfParts(text: string, at: number): number {
  const limit = Math.min(text.length, at + 16_384);
  let end = at;
  let dots = 0;
  while (end < limit) {
    const code = text.charCodeAt(end);
    if (code === 46) {
      if (dots === 4 || !isIn(text.charCodeAt(end + 1), alphabets.dotted)) break;
      dots++;
    } else if (!isIn(code, alphabets.word)) break;
    else if (dots === 0 && end - at > 1024) break;
    end++;
  }
  while (end > at && text[end - 1] === '.') end--;
  return end;
}

function namesAlgorithm(header: string): boolean {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && 'alg' in parsed;
  } catch {
    return false;
  }
}
