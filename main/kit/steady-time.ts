/** Time for rests and memories: never goes back, and goes on while the machine sleeps. */
import type { Clock } from './clock.ts';

/** People's clock is set right by less than this at a time; more is a night's sleep, or a jump forward that does no harm. */
const sleepMs = 1_000;

/**
 * A monotonic clock stands still while a laptop sleeps on most systems, so that an hour's rest would last until the next
 * day. People's clock goes on, and may be set back: this one takes from each what it is right about.
 */
export class SteadyTime {
  readonly #clock: Clock;
  #lead: number;
  #sleptMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lead = clock.now() - clock.monotonic();
  }

  /** Milliseconds from an arbitrary start. */
  now(): number {
    const monotonic = this.#clock.monotonic();
    const lead = this.#clock.now() - monotonic;
    if (lead - this.#lead > sleepMs) this.#sleptMs += lead - this.#lead;
    this.#lead = lead;
    return monotonic + this.#sleptMs;
  }
}
