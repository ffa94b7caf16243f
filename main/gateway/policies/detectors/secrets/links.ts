/** Finds passwords in URLs and connection strings: `scheme://user:password@host`, `thin:user/password@host`, `.pgpass` lines. */
import { isPlaceholder, looksRandom } from './shapes.ts';

const longestUserinfo = 320;
const stand =
  /^(?:pass(?:word|wd)?|pwd|secret|token|user(?:name)?|admin|root|postgres|mysql|mongo|redis|guest|test|x|foo|bar|key|apikey|api_key|my_?password|db_?password|\*+|\.+|:)$/i;

/** The password in the user part of the URL whose `://` ends at `from`. */
export function urlPassword(text: string, from: number): { start: number; end: number } | undefined {
  let colon = -1;
  let at = -1;
  const limit = Math.min(text.length, from + longestUserinfo);
  for (let i = from; i < limit; i++) {
    const code = text.charCodeAt(i);
    if (code === 58 && colon < 0) colon = i;
    else if (code === 64) at = i;
    else if (code === 47 || code === 63 || code === 35) {
      // Behind the `@` it is the path. Before it, passwords may hold what they should not.
      if (at > 0 || colon < 0 || !holdsUserinfo(text, colon, i, limit)) break;
    } else if (
      code <= 32 ||
      code === 59 ||
      code === 34 ||
      code === 39 ||
      code === 96 ||
      code === 60 ||
      code === 62 ||
      code === 92 ||
      code === 40
    )
      break;
  }
  if (at < 0) return undefined;
  if (colon < 0 || colon > at) return soleSecret(text, from, at);
  const value = text.slice(colon + 1, at);
  // `://host:80&mail=a@b`: a port and what follows it.
  if (/^\d{1,5}[,&?]/.test(value)) return undefined;
  return isPassword(value, text.slice(from, colon)) ? { start: colon + 1, end: at } : undefined;
}

/** Whether an `@` follows soon, with no port in front: `://user:pa/ss@host` and not `://host:80/@scope`. */
function holdsUserinfo(text: string, colon: number, slash: number, limit: number): boolean {
  if (/^\d{0,5}$/.test(text.slice(colon + 1, slash))) return false;
  const rest = text.slice(slash, Math.min(limit, slash + 64));
  return /^[^\s"'`<>\\]{1,40}@[A-Za-z0-9][\w.-]{2,}/.test(rest);
}

/** A token in place of the user: `https://token@host`. */
function soleSecret(text: string, from: number, at: number): { start: number; end: number } | undefined {
  const value = text.slice(from, at);
  return value.length >= 20 && !value.includes('.') && looksRandom(value, 20) && !isPlaceholder(value)
    ? { start: from, end: at }
    : undefined;
}

function isPassword(value: string, user: string): boolean {
  if (value.length < 3 || value.length > 256 || value === user || stand.test(value) || isPlaceholder(value))
    return false;
  if (/^[$%{<[(]/.test(value) && /^(?:\$[A-Z_{(]|%[A-Z_]+%|[{<[(])/i.test(value)) return false;
  return !/^(?:password|secret|changeit|example)\d*$/i.test(value);
}

const oracle = /thin:[\w$.-]{1,64}\/([^\s@"'/]{3,64})(?=@)/y;
/** `jdbc:oracle:thin:user/password@host`, from `thin:` on. */
export function oraclePassword(text: string, at: number): { start: number; end: number } | undefined {
  oracle.lastIndex = at;
  const match = oracle.exec(text);
  const value = match?.[1];
  if (match === null || value === undefined || !isPassword(value, '')) return undefined;
  return { start: oracle.lastIndex - value.length, end: oracle.lastIndex };
}

const passfile = /:\d{4,5}:[\w*.-]{1,64}:[\w*.-]{1,64}:([^\s:"'`<>]{4,128})(?=\s|$)/y;
/** The password of a line `host:port:database:user:password`, from the colon in front of the port on. */
export function passfilePassword(text: string, at: number): { start: number; end: number } | undefined {
  passfile.lastIndex = at;
  const match = passfile.exec(text);
  const value = match?.[1];
  if (match === null || value === undefined || !isPassword(value, '')) return undefined;
  return { start: passfile.lastIndex - value.length, end: passfile.lastIndex };
}
