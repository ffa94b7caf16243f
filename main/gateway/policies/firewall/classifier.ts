/** A linear model over hashed words and letter groups: how much a stretch of text is like instructions that take a model over. */
import { folds, letterKinds } from './normalise.ts';
import { unitsOf } from './units.ts';

/** Buckets of the hash, a power of two. */
export const bucketBits = 17;
/** Characters of a block; windows are whole blocks. */
export const blockChars = 64;
/** Windows that are looked at, in blocks: about a paragraph and about a page. */
export const windowBlocks: readonly number[] = [2, 4, 16];

/** The features of a text, in the order of the text: `ends[i]` is where those of block `i` end. */
export interface Features {
  readonly buckets: Int32Array;
  readonly ends: Int32Array;
  readonly blockCount: number;
}

/** Weight by bucket; `scale` turns a sum into logarithms of odds, `bias` is what a text without features has. */
export interface Weights {
  readonly values: Int8Array;
  readonly scale: number;
  readonly bias: number;
}

const shift = 32 - bucketBits;
/** A character has six features at most: three of the word before it, itself if it is a word, and two groups. */
const mostFeatures = 6;

/** What a model reads for each code unit, and above it what kind of letter it is: digits are alike, and so are blanks. */
let signs: Int32Array | undefined;

function makeSigns(): Int32Array {
  return Int32Array.from(letterKinds, (kind, raw) => {
    const sign = kind === 3 ? 48 : raw <= 32 ? 32 : (folds[raw] as number);
    return (kind << 16) | sign;
  });
}

/** Where the reading of a text has come to: the characters before, and what is known of the words before. */
class Reading {
  readonly units: Uint16Array;
  readonly length: number;
  at = 0;
  /** Characters in the block that was read last. */
  filled = 0;
  c1 = 32;
  c2 = 32;
  c3 = 32;
  c4 = 32;
  word = 0;
  previous = 0;
  beforePrevious = 0;

  constructor(units: Uint16Array, length: number) {
    this.units = units;
    this.length = length;
  }

  get isOver(): boolean {
    return this.at > this.length;
  }
}

/** Reads one block, puts its features into `buckets` from `start` on, and gives where they end. */
function readBlock(reading: Reading, buckets: Int32Array, start: number): number {
  const { units, length } = reading;
  const table = (signs ??= makeSigns());
  let { at, c1, c2, c3, c4, word } = reading;
  let count = start;
  let filled = 0;
  for (; at <= length && filled < blockChars; at++) {
    const sign = table[at < length ? (units[at] as number) : 32] as number;
    const kind = sign >> 16;
    const c0 = sign & 0xffff;
    if ((kind & 1) !== 0) {
      word = Math.imul(word ^ c0, 0x01000193) ^ (word >>> 15);
      if (kind === 3 && c1 === 48 && c2 === 48) continue;
    } else {
      if (word !== 0) {
        const { previous, beforePrevious } = reading;
        buckets[count++] = Math.imul(word, 0x9e3779b1) >>> shift;
        buckets[count++] = Math.imul(word ^ Math.imul(previous, 0x85ebca6b), 0xc2b2ae35) >>> shift;
        buckets[count++] = Math.imul(word ^ Math.imul(beforePrevious, 0x27d4eb2f), 0x165667b1) >>> shift;
        reading.beforePrevious = previous;
        reading.previous = word;
        word = 0;
      }
      // Rows of dashes, blanks and figures say nothing by their length.
      if (c0 === c1 && c0 === c2) continue;
      if (kind === 2) buckets[count++] = Math.imul(c0 ^ Math.imul(c1, 0x2545f491), 0x9e3779b1) >>> shift;
    }
    const three = Math.imul(c0, 0x9e3779b1) ^ Math.imul(c1, 0x85ebca6b) ^ Math.imul(c2, 0xc2b2ae35);
    buckets[count++] = Math.imul(three ^ (three >>> 15), 0x2c1b3c6d) >>> shift;
    const five = three ^ Math.imul(c3, 0x27d4eb2f) ^ Math.imul(c4, 0x165667b1);
    buckets[count++] = Math.imul(five ^ (five >>> 13), 0x297a2d39) >>> shift;
    c4 = c3;
    c3 = c2;
    c2 = c1;
    c1 = c0;
    filled++;
  }
  reading.at = at;
  reading.filled = filled;
  reading.c1 = c1;
  reading.c2 = c2;
  reading.c3 = c3;
  reading.c4 = c4;
  reading.word = word;
  return count;
}

function mostBlocks(length: number): number {
  return Math.ceil(length / blockChars) + 1;
}

/** Reads a normalised text: groups of three and five characters, words, and pairs of words next to each other or one apart. */
export function featuresOf(text: string): Features {
  const buckets = new Int32Array(text.length * 5 + 16);
  const ends = new Int32Array(mostBlocks(text.length));
  const reading = new Reading(unitsOf(text), text.length);
  let count = 0;
  let blockCount = 0;
  while (!reading.isOver) {
    const end = readBlock(reading, buckets, count);
    if (reading.filled === 0 && blockCount > 0) break;
    ends[blockCount++] = end;
    count = end;
  }
  return { buckets, ends, blockCount };
}

/** Features of a block. */
const room = new Int32Array(blockChars * mostFeatures);

/** The highest logarithm of odds of any window; a text shorter than a window is one. `units`: those of the text. */
export function modelOdds(text: string, weights: Weights, units = unitsOf(text)): number {
  const { values } = weights;
  const most = mostBlocks(text.length);
  const sums = new Float64Array(most + 1);
  const ends = new Int32Array(most + 1);
  const reading = new Reading(units, text.length);
  let blockCount = 0;
  while (!reading.isOver) {
    const count = readBlock(reading, room, 0);
    if (reading.filled === 0 && blockCount > 0) break;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[room[i] as number] as number;
    sums[blockCount + 1] = (sums[blockCount] as number) + sum;
    ends[blockCount + 1] = (ends[blockCount] as number) + count;
    blockCount++;
  }
  let best = -Infinity;
  for (const width of windowBlocks) {
    const wide = Math.min(width, blockCount);
    for (let from = 0, end = wide; end <= blockCount; from++, end++) {
      const size = (ends[end] as number) - (ends[from] as number);
      const mean = ((sums[end] as number) - (sums[from] as number)) / Math.sqrt(size + 1);
      if (mean > best) best = mean;
    }
  }
  return best * weights.scale + weights.bias;
}
