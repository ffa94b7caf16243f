/** Strong randomness that is asked for often: from a pool, refilled now and then. */
import { randomBytes } from 'node:crypto';

/** In [0, 1), and so many random letters and digits. */
export interface PooledRandom {
  next(): number;
  id(count: number): string;
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Letters and digits from a pool of strong random bytes, refilled now and then: a call a request would be slow. */
export function createRandom(): PooledRandom {
  let pool = randomBytes(4096);
  let at = 0;
  const byte = (): number => {
    if (at >= pool.length) {
      pool = randomBytes(4096);
      at = 0;
    }
    return pool[at++] ?? 0;
  };
  return {
    next: () => ((byte() << 16) | (byte() << 8) | byte()) / 0x1000000,
    id(count) {
      let text = '';
      while (text.length < count) {
        const value = byte();
        // 252 is the largest multiple of 36 in a byte: no letter is likelier than another.
        if (value < 252) text += letters[value % letters.length] ?? '';
      }
      return text;
    },
  };
}
