/** Finds what has no fixed beginning but a check in itself, in long runs of letters and figures: Bitcoin's keys, Discord's tokens. */
import { base58Check } from './checks.ts';
import { alphabets, bitsByCode, isIn, startsToken } from './shapes.ts';

/** What is looked for is at least twice as long: two neighbouring multiples of the stride lie in it, with all between them. */
const stride = 25;
/** A few of the places between, which tell nearly all other text apart at once. */
const between = [12, 18, 6] as const;
/** A longer run is data. */
const longestRun = 160;
const discord = /[MNO][A-Za-z0-9_-]{22,28}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])/y;
const wif = /(?:5[HJK][1-9A-HJ-NP-Za-km-z]{49}|[KLc9][1-9A-HJ-NP-Za-km-z]{50,51})(?![\w-])/y;

type Report = (start: number, end: number, kind: string) => void;

/** Calls back with what it finds. */
export function checkedRuns(text: string, report: Report): void {
  const table = bitsByCode;
  const bit = alphabets.dotted;
  const [middle, right, left] = between;
  const last = text.length - stride;
  for (let at = 0; at < last; at += stride) {
    if (
      ((table[text.charCodeAt(at)] as number) & bit) === 0 ||
      ((table[text.charCodeAt(at + middle)] as number) & bit) === 0
    )
      continue;
    if (
      ((table[text.charCodeAt(at + right)] as number) & bit) === 0 ||
      ((table[text.charCodeAt(at + left)] as number) & bit) === 0
    )
      continue;
    if (((table[text.charCodeAt(at + stride)] as number) & bit) === 0) continue;
    let start = at;
    while (start > 0 && at - start < stride && isIn(text.charCodeAt(start - 1), bit)) start--;
    let end = at + 1;
    while (end < text.length && isIn(text.charCodeAt(end), bit)) end++;
    if (end - start <= longestRun) lookIn(text, start, end, report);
    if (end > at + stride) at = end - (end % stride) - stride;
  }
}

function lookIn(text: string, from: number, end: number, report: Report): void {
  let start = from;
  while (start < end) {
    const dot = text.indexOf('.', start);
    const partEnd = dot < 0 || dot > end ? end : dot;
    if (partEnd - start > 22) look(text, start, partEnd, report);
    start = partEnd + 1;
  }
}

function look(text: string, from: number, end: number, report: Report): void {
  // The letter of an escape in front (`\nKx…`) belongs to the run but not to what is looked for.
  const start = from > 0 && text[from - 1] === '\\' ? from + 1 : from;
  if (!startsToken(text, start)) return;
  wif.lastIndex = start;
  if (wif.test(text)) {
    const bytes = base58Check(text.slice(start, wif.lastIndex));
    if (bytes?.[0] === 0x80 || bytes?.[0] === 0xef) report(start, wif.lastIndex, 'bitcoin_private_key');
    return;
  }
  discord.lastIndex = start;
  if (discord.test(text) && isSnowflake(text.slice(start, end))) report(start, discord.lastIndex, 'discord_bot_token');
}

/** The first part of a Discord token is the bot's number in Base64. */
function isSnowflake(part: string): boolean {
  return /^\d{15,20}$/.test(Buffer.from(part, 'base64').toString('latin1'));
}
