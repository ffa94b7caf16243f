/** Text in pieces a tokenizer counts in a time that grows with their length only: runs it would take as one word are cut. */

/**
 * Merging the bytes of one word takes time in proportion to the square of its length: 10,000 spaces take a quarter of a second.
 * Words of any language are shorter than this.
 */
const longestRun = 400;

/** What a tokenizer's pattern keeps together: letters, white space, digits, signs. All beyond ASCII may be either. */
const classes = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const letter = String.fromCharCode(code);
  classes[code] = /[A-Za-z]/.test(letter) ? 1 : /\s/.test(letter) ? 2 : /[0-9]/.test(letter) ? 3 : 4;
}
const beyondAscii = 5;

/** Merging is greedy: a run may have a token more as a whole than in two parts. That counts for each cut. */
export const tokensPerCut = 2;

/** The text in order. The sum of its counts, and `tokensPerCut` for each cut, bounds the count of the whole. */
export function* cutRuns(text: string): Generator<string> {
  let start = 0;
  let run = 0;
  let kind = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const next = code < 128 ? (classes[code] as number) : beyondAscii;
    if (next !== kind) {
      kind = next;
      run = 0;
    }
    // Not between the halves of a letter.
    if (++run > longestRun && (code & 0xfc00) !== 0xdc00) {
      yield text.slice(start, at);
      start = at;
      run = 1;
    }
  }
  if (start < text.length) yield text.slice(start);
}
