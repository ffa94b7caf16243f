/** Texts that hold escapes, as JSON and code do: what they say, and where each part of that is written. */

/** What a text says once its escapes are read. */
export interface ReadText {
  readonly text: string;
  /** Where the unit at this place of `text` begins in what is written: never inside an escape. */
  readonly at: (unit: number) => number;
}

const backslash = 0x5c;
const quote = 0x22;
const letterU = 0x75;
const hexDigits = 4;
/** A path of Windows is looked for this far back: names of folders are not longer. */
const maxPathChars = 256;

const short: ReadonlyMap<number, string> = new Map([
  [0x6e, '\n'],
  [0x72, '\r'],
  [0x74, '\t'],
  [0x2f, '/'],
]);

/**
 * Reads `\n`, `\r`, `\t`, `\/` and `\u00e9`, behind however many backslashes: JSON in a string of JSON has more of them. Quotes
 * and backslashes stay as they are written, for they say where a value ends. `undefined` where there is nothing to read.
 */
export function readEscapes(written: string): ReadText | undefined {
  let text = '';
  /** Behind each escape: the place in the text, and how far ahead what is written is there. */
  const behind: number[] = [];
  const ahead: number[] = [];
  let from = 0;
  for (let run = written.indexOf('\\'); run !== -1;) {
    let sign = run + 1;
    while (written.charCodeAt(sign) === backslash) sign++;
    const said = saidBy(written, sign);
    if (said === undefined || isInPath(written, from, run)) {
      run = written.indexOf('\\', sign);
      continue;
    }
    text += written.slice(from, run) + said;
    from = sign + (written.charCodeAt(sign) === letterU ? 1 + hexDigits : 1);
    behind.push(text.length);
    ahead.push(from - text.length);
    run = written.indexOf('\\', from);
  }
  if (behind.length === 0) return undefined;
  return { text: text + written.slice(from), at: (unit) => unit + (ahead[lastUpTo(behind, unit)] ?? 0) };
}

/**
 * A value out of a text of JSON as it is meant: `Jos\\u00e9` is José wherever it goes. As it is written where it could not stand in
 * such a text otherwise.
 */
export function meantValue(written: string): string {
  const read = readEscapes(written)?.text;
  return read === undefined || /[\u0000-\u001f"\\]/.test(read) ? written : read;
}

/** Whether a text as a whole looks like JSON of more than one value. */
export function isData(text: string): boolean {
  const ends = `${/^\s*([[{])/.exec(text)?.[1] ?? ''}${/[\]}]$/.exec(text.slice(-64).trimEnd())?.[0] ?? ''}`;
  return ends === '{}' || ends === '[]';
}

/** What the letter behind backslashes stands for. */
function saidBy(written: string, sign: number): string | undefined {
  if (written.charCodeAt(sign) !== letterU) return short.get(written.charCodeAt(sign));
  const hex = written.slice(sign + 1, sign + 1 + hexDigits);
  if (!/^[0-9a-f]{4}$/i.test(hex)) return undefined;
  const code = Number.parseInt(hex, 16);
  return code === quote || code === backslash ? undefined : String.fromCharCode(code);
}

/** Whether the backslash parts folders: `C:\new`, `\\host\new`. `from`: nothing before it belongs to the word. */
function isInPath(written: string, from: number, run: number): boolean {
  const first = Math.max(from, run - maxPathChars);
  for (let at = run - 1; at >= first; at--) {
    const code = written.charCodeAt(at);
    if (code <= 0x20 || code === quote || code === 0x27) return false;
    if (code !== backslash) continue;
    const before = at === 0 ? 0x20 : written.charCodeAt(at - 1);
    if (before === 0x3a) return true;
    if (before === backslash && (at < 2 || written.charCodeAt(at - 2) <= 0x20)) return true;
  }
  return written.charCodeAt(run - 1) === 0x3a && isLetter(written.charCodeAt(run - 2));
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

/** Index of the last of these ascending numbers that is not greater; -1 where all are. */
function lastUpTo(ascending: readonly number[], most: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= most) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
