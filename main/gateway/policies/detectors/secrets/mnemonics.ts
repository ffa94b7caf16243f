/** Finds the recovery words of wallets (BIP 39): 12, 15, 18, 21 or 24 short words behind what says that they are such. */

const counts = new Set([12, 15, 18, 21, 24]);
/** Common words of sentences that are not in the English list of BIP 39. */
const outside = new Set(
  'the and for from are was were had has not but his her its our their your been being does did than them these those who why because could would each every only into over per via yes please words seed recovery mnemonic backup wallet store keep share write'.split(
    ' ',
  ),
);
const lead = /[^\n]{0,40}?(?:[:=("'`>\n]|[ ](?:is|are|was|ist|es|est) )/y;
const word = /(?:\d{1,2}[.):]?[ \t]{1,2})?([a-z]{3,8})(?![\w'])[ \t,"'`]{0,4}(?:\r?\n[ \t]{0,8}|\\n)?/y;

/** The recovery words within reach of the key word that ends at `from`. */
export function mnemonicAfter(text: string, from: number): { start: number; end: number } | undefined {
  for (let at = from, n = 0; n < 6; n++) {
    const found = wordsAt(text, at);
    if (found !== undefined) return found;
    lead.lastIndex = at;
    if (!lead.test(text) || lead.lastIndex - from > 80) return undefined;
    at = lead.lastIndex;
  }
  return undefined;
}

function wordsAt(text: string, from: number): { start: number; end: number } | undefined {
  let at = from;
  while (at - from < 24 && ' \t\r\n"\'`*[:=>-'.includes(text[at] ?? 'x')) at++;
  let start = -1;
  let end = at;
  let count = 0;
  /** No two words of the list begin with the same four letters. */
  const seen = new Map<string, string>();
  while (count <= 24) {
    word.lastIndex = at;
    const match = word.exec(text);
    const one = match?.[1];
    if (match === null || one === undefined || outside.has(one) || (seen.get(one.slice(0, 4)) ?? one) !== one) break;
    const begin = at + match[0].indexOf(one, /^\d/.test(match[0]) ? 2 : 0);
    if (start < 0) start = begin;
    end = begin + one.length;
    seen.set(one.slice(0, 4), one);
    count++;
    at = word.lastIndex;
  }
  return counts.has(count) && seen.size * 2 > count ? { start, end } : undefined;
}
