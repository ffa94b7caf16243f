/** Guesses of a passphrase: one at a time, and after each wrong one the next must wait longer. */
import { SecretBoxError } from './box-file.ts';

const firstWaitMs = 1_000;
const longestWaitMs = 5 * 60_000;

export interface Throttle {
  /** `guess` answers whether it was right. Throws when it was not, and without asking while the wait lasts. */
  run(guess: () => Promise<boolean>): Promise<void>;
}

export function createThrottle(monotonic: () => number): Throttle {
  let wrong = 0;
  let notBefore = -Infinity;
  let last: Promise<unknown> = Promise.resolve();
  const attempt = async (guess: () => Promise<boolean>): Promise<void> => {
    const waitMs = notBefore - monotonic();
    if (waitMs > 0)
      throw new SecretBoxError(
        `The last passphrase was wrong. Wait ${Math.ceil(waitMs / 1_000)} s before you try another.`,
      );
    if (await guess()) {
      wrong = 0;
      return;
    }
    notBefore = monotonic() + Math.min(longestWaitMs, firstWaitMs * 2 ** wrong);
    wrong += 1;
    throw new SecretBoxError('The box was sealed with another passphrase.');
  };
  return {
    async run(guess) {
      // Asked at once, each would be judged before the first was found wrong.
      const mine = last.then(() => attempt(guess));
      last = mine.catch(() => undefined);
      await mine;
    },
  };
}
