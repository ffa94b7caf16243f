/** How many requests may come at once, of those that a minute allows: a bucket that fills again evenly. */

const minuteMs = 60_000;

/** What one request took. */
export interface Drawn {
  readonly at: number;
  /** When it was taken, with what was owed before. */
  readonly owed: number;
}

/**
 * Counts what is owed, a request as a minute's milliseconds times one and `rpm` of them paid back each millisecond: whole numbers,
 * so that nothing is early or late by rounding. Times are milliseconds of a clock that never goes back.
 */
export class TokenBucket {
  #owed = 0;
  #at = 0;
  #rpm = 1;

  /** Milliseconds until one more fits, if nothing else comes: 0 at once. */
  waitFor(burst: number, rpm: number, now: number): number {
    const excess = this.#settle(rpm, now) + minuteMs - burst * minuteMs;
    return excess <= 0 ? 0 : excess / rpm;
  }

  /** How many fit now. */
  left(burst: number, rpm: number, now: number): number {
    return Math.max(0, Math.floor((burst * minuteMs - this.#settle(rpm, now)) / minuteMs));
  }

  draw(rpm: number, now: number): Drawn {
    this.#owed = this.#settle(rpm, now) + minuteMs;
    return { at: now, owed: this.#owed };
  }

  /** It did not come true: what is still owed for it is owed no more. */
  giveBack({ at, owed }: Drawn, now: number): void {
    const left = Math.min(minuteMs, Math.max(0, owed - (now - at) * this.#rpm));
    this.#owed = Math.max(0, this.#settle(this.#rpm, now) - left);
  }

  isFull(now: number): boolean {
    return this.#settle(this.#rpm, now) === 0;
  }

  #settle(rpm: number, now: number): number {
    this.#owed = Math.max(0, this.#owed - (now - this.#at) * this.#rpm);
    this.#at = now;
    this.#rpm = rpm;
    return this.#owed;
  }
}
