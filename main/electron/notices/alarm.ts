/** One moment that is waited for: a timer exists while there is one, and none otherwise. */
import type { Clock } from '../../kit/clock.ts';

/** Timers hold 24 days at most; what is further off is waited for in pieces. */
const longestWaitMs = 20 * 86_400_000;

export class Alarm {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #run: () => void;
  #timer: NodeJS.Timeout | undefined;
  #at: number | undefined;

  constructor(clock: Pick<Clock, 'now'>, run: () => void) {
    this.#clock = clock;
    this.#run = run;
  }

  /** In place of the moment that was waited for. One that is over is as good as now. */
  set(at: number | undefined): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#at = at;
    if (at === undefined) return;
    const wait = Math.min(Math.max(0, at - this.#clock.now()), longestWaitMs);
    this.#timer = setTimeout(() => {
      // A timer may be early by a part of a millisecond, and the wait may have been a piece.
      if (this.#clock.now() < at) this.set(at);
      else {
        this.#timer = undefined;
        this.#at = undefined;
        this.#run();
      }
    }, wait).unref();
  }

  /** After a sleep, during which timers stand still on most systems: the wait is worked out anew. */
  recheck(): void {
    this.set(this.#at);
  }
}
