import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { cut } from '../../../main/ledger/pieces.ts';

/** Bytes that look like text and do not repeat. */
function text(length: number, seed = 1): Buffer {
  let state = seed;
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[index] = 32 + ((state >>> 16) % 90);
  }
  return bytes;
}

const hex = (piece: Uint8Array): string => Buffer.from(piece).toString('base64');

describe('pieces', () => {
  it('are the bytes, in order, none too small or too large', () => {
    fc.assert(
      fc.property(fc.nat(400_000), fc.integer({ min: 1, max: 1_000 }), (length, seed) => {
        const bytes = text(length, seed);
        const pieces = cut(bytes);
        expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(65_536);
        for (const piece of pieces.slice(0, -1)) expect(piece.length).toBeGreaterThan(4_096);
      }),
      { numRuns: 30 },
    );
    expect(cut(new Uint8Array())).toEqual([]);
  });

  it('are cut at the latest where nothing says where', () => {
    expect(cut(new Uint8Array(200_000)).map(({ length }) => length)).toEqual([65_536, 65_536, 65_536, 3_392]);
  });

  it('stay the same but for one or two when something is put in or taken away', () => {
    const bytes = text(300_000);
    const before = new Set(cut(bytes).map(hex));
    for (const at of [0, 1_000, 150_000, 299_999]) {
      const longer = Buffer.concat([bytes.subarray(0, at), text(500, 7), bytes.subarray(at)]);
      const fresh = cut(longer).filter((piece) => !before.has(hex(piece)));
      expect(fresh.length, `put in at ${at}`).toBeLessThanOrEqual(3);
      const shorter = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 300)]);
      expect(cut(shorter).filter((piece) => !before.has(hex(piece))).length).toBeLessThanOrEqual(3);
    }
  });
});
