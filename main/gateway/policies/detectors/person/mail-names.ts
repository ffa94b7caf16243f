/** Words of the mail addresses in a text: who writes "Dratchev" and `k.dratchev@…` means a person. */
import { hashOf } from './lexicon.ts';

/** Looked at, and no more: a list of thousands of addresses is no letter. */
const mostAddresses = 200;
const longestLocalPart = 64;
const shortestWord = 4;

/** Hashes of the words before the `@` signs. */
export function mailNamesOf(text: string): ReadonlySet<number> {
  const words = new Set<number>();
  let seen = 0;
  for (let at = text.indexOf('@'); at >= 0 && seen < mostAddresses; at = text.indexOf('@', at + 1), seen++) {
    const local = /[\w.+-]+$/.exec(text.slice(Math.max(0, at - longestLocalPart), at))?.[0] ?? '';
    if (!/^[A-Za-z\d]/.test(text.slice(at + 1, at + 2))) continue;
    for (const word of local.split(/[^A-Za-z]+/))
      if (word.length >= shortestWord) words.add(hashOf(word, 0, word.length));
  }
  return words;
}
