/** Long work in turns, so that other requests have theirs. */
import type { Clock } from '../../../kit/clock.ts';

/** Longer than this at a time, and other requests would notice. */
const turnMs = 12;

/** The time of one request, and when it is for others to go on. */
export class Turns {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #budgetMs: number;
  #turn: number;
  #usedMs = 0;

  /** `budgetMs`: what all turns may take together. */
  constructor(clock: Pick<Clock, 'monotonic'>, budgetMs = Number.POSITIVE_INFINITY) {
    this.#clock = clock;
    this.#budgetMs = budgetMs;
    this.#turn = clock.monotonic();
  }

  /** What to wait for, if anything. What others do meanwhile is not this request's time. Throws `OutOfTime`. */
  next(): Promise<void> | undefined {
    const now = this.#clock.monotonic();
    const inTurnMs = now - this.#turn;
    if (this.#usedMs + inTurnMs > this.#budgetMs) throw new OutOfTime(this.#budgetMs);
    return inTurnMs < turnMs ? undefined : this.pass();
  }

  /** Lets others have their turn whatever the time: before a piece of work that is long by itself. */
  pass(): Promise<void> {
    this.#usedMs += this.#clock.monotonic() - this.#turn;
    return new Promise((resolve) => {
      // The first comes before anything that arrived meanwhile, where this is the work of something that arrived.
      setImmediate(() => {
        setImmediate(() => {
          this.#turn = this.#clock.monotonic();
          resolve();
        });
      });
    });
  }
}

export class OutOfTime extends Error {
  constructor(budgetMs: number) {
    super(`It took longer than masking.time_budget_ms (${String(budgetMs)} ms).`);
    this.name = 'OutOfTime';
  }
}
