/** Finds tokens by their fixed beginnings: the rest must have the alphabet and the length of the kind, and must look drawn at random. */
import { hasCrc62 } from './checks.ts';
import {
  alphabets,
  entropy,
  isAlnum,
  isHex,
  isIn,
  isPlaceholder,
  startsToken,
  wordiness,
  type Runs,
} from './shapes.ts';
import type { TokenRule } from './token-rule.ts';

const openBeginning = /^(?:pk|pub|public|cs|pi|cus|sub|price|prod|evt|acct|msg|call|req|run|thread|file|trace|span)$/;

export interface TokenMatch {
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/** The token whose prefix stands at `at`, if it is one. */
export function matchToken(text: string, runs: Runs, rule: TokenRule, at: number): TokenMatch | undefined {
  if (rule.anyCase === undefined && !text.startsWith(rule.prefix, at)) return undefined;
  const from = rule.before === undefined ? at : beginOf(text, rule.before, at);
  // Publishable keys and the numbers of sessions and payments are shaped like keys.
  if (rule.kind === 'vendor_token' && from !== undefined && openBeginning.test(text.slice(from, at))) return undefined;
  if (from === undefined || (isAlnum(text.charCodeAt(from)) && !startsToken(text, from))) return undefined;
  const bodyAt = at + rule.prefix.length;
  const runEnd = runs.end(bodyAt, rule.body);
  if (runEnd - bodyAt < rule.min) return undefined;
  if (runEnd - bodyAt > rule.max) return undefined;
  if (rule.shape !== undefined) return shapedMatch(text, rule, rule.shape, from, at);
  const end = rule.body === 'dotted' || rule.body === 'opaque' ? withoutStops(text, runEnd) : runEnd;
  if (end - bodyAt < rule.min || isAlnum(text.charCodeAt(end)) || isCutShort(text, bodyAt, end)) return undefined;
  const body = text.slice(bodyAt, end);
  if (!passes(rule, body, text.slice(from, end))) return undefined;
  return { start: from, end, score: rule.crc === true && hasCrc62(body) ? 1 : 0.95 };
}

function beginOf(text: string, before: NonNullable<TokenRule['before']>, at: number): number | undefined {
  const bit = alphabets[before.body];
  let from = at;
  while (from > 0 && at - from <= before.max && isIn(text.charCodeAt(from - 1), bit)) from--;
  const length = at - from;
  return length < before.min || length > before.max ? undefined : from;
}

function shapedMatch(text: string, rule: TokenRule, shape: RegExp, from: number, at: number): TokenMatch | undefined {
  shape.lastIndex = at;
  const match = shape.exec(text);
  if (match === null) return undefined;
  const end = at + match[0].length;
  const start = match[1] === undefined ? from : end - match[1].length;
  const value = text.slice(start, end);
  return passes(rule, value.startsWith(rule.prefix) ? value.slice(rule.prefix.length) : value, value)
    ? { start, end, score: 0.95 }
    : undefined;
}

/** Manuals and logs show the beginning of a token and three dots. */
function isCutShort(text: string, bodyAt: number, end: number): boolean {
  return end - bodyAt < 32 && (text[end] === '…' || text.startsWith('...', end));
}

function withoutStops(text: string, end: number): number {
  let last = end;
  while (last > 0 && '.:!*|$'.includes(text[last - 1] as string)) last--;
  return last;
}

function passes(rule: TokenRule, body: string, whole: string): boolean {
  if (rule.random === 'no') return !isPlaceholder(whole);
  // A sentence of a placeholder has few different characters or reads like words; a token never does.
  if (isPlaceholder(body)) return false;
  const bits = entropy(body);
  if (rule.random === 'spread') return bits >= 2.6;
  // Hexadecimal digits make words now and then.
  if (bits >= 2.8 && body.length >= 24 && isHex(body)) return true;
  // Behind a long prefix nothing else is likely; one body in thousands looks like words by chance.
  if (rule.prefix.length >= 5 && bits >= 3.2 && /[A-Za-z]\d|\d[A-Za-z]/.test(body) && !/[a-z]{5}/.test(body))
    return true;
  return bits >= (body.length < 20 ? 2.4 : 2.8) && wordiness(body) < 0.72;
}
