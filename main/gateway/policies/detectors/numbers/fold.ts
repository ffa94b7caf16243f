/** A text with tricks undone: invisible characters left out, wide and foreign digits as ASCII, with the way back to the places of the original. */
import { trick, traitsOf } from '../code-units.ts';
import type { ScannedText } from '../detector.ts';

const digitBlocks = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10];

export interface Folded {
  readonly text: string;
  /** Place in the original of each place of the text, and of its end. */
  readonly places: Int32Array;
}

function isInvisible(code: number): boolean {
  return (
    code === 0xad ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x2064) ||
    code === 0xfeff
  );
}

/** The character in ASCII, or as it is. */
function plain(code: number): number {
  if (code < 0x660) return code;
  if (code === 0x3000) return 32;
  for (const zero of digitBlocks) if (code >= zero && code <= zero + 9) return code - zero + 48;
  // Full-width forms stand as far from ASCII as the first of them from `!`.
  return code >= 0xff01 && code <= 0xff5e ? code - 0xfee0 : code;
}

/** The text with tricks undone; `undefined` where there are none. */
export function fold(scanned: ScannedText): Folded | undefined {
  if ((traitsOf(scanned) & trick) === 0) return undefined;
  const { text } = scanned;
  const units = new Uint16Array(text.length);
  const places = new Int32Array(text.length + 1);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    places[length] = i;
    if (code < 0x80) {
      units[length++] = code;
      continue;
    }
    if (isInvisible(code)) continue;
    const low = code === 0xd835 ? text.charCodeAt(i + 1) : 0;
    if (low >= 0xdfce && low <= 0xdfff) {
      units[length++] = 48 + ((low - 0xdfce) % 10);
      i++;
    } else units[length++] = plain(code);
  }
  places[length] = text.length;
  // Faster than pieces of `String.fromCharCode`, and it keeps half a pair of surrogates as it is.
  const folded = Buffer.from(units.buffer, 0, length * 2).toString('utf16le');
  return { text: folded, places: places.subarray(0, length + 1) };
}

/** Place in the folded text of a place in the original. */
export function foldedPlace(folded: Folded, at: number): number {
  let low = 0;
  let high = folded.places.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((folded.places[middle] as number) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
