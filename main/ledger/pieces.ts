/** Cuts bytes into pieces where their content says so: what is the same in two texts is cut alike, wherever it stands. */

/** Below this a piece costs more to look after than it saves. */
const smallest = 4 * 1024;
/** What is cut nowhere is cut here. */
const largest = 64 * 1024;
/** One place in this many is a cut, so that pieces have about 12 KiB: a turn of a conversation is as long or shorter. */
const mask = (1 << 13) - 1;

/** A number for each byte, well mixed and always the same: pieces of another table would fit none that are kept. */
const gear = createGear();

/** The pieces in order; together they are the bytes. No bytes, no piece. */
export function cut(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = endOfPiece(bytes, start);
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
}

/** Rolls a hash over the bytes: each shift pushes out what is 32 bytes back, so that only the last 32 decide. */
function endOfPiece(bytes: Uint8Array, start: number): number {
  const last = Math.min(bytes.length, start + largest);
  let hash = 0;
  for (let at = Math.min(last, start + smallest - 32); at < last; at += 1) {
    hash = ((hash << 1) + (gear[bytes[at] ?? 0] ?? 0)) | 0;
    // The high bits have seen most bytes.
    if (at >= start + smallest && ((hash >>> 19) & mask) === 0) return at + 1;
  }
  return last;
}

/** From a fixed start by xorshift; any numbers will do that stay the same. */
function createGear(): Int32Array {
  let state = 0x9e3779b9 | 0;
  return Int32Array.from({ length: 256 }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  });
}
