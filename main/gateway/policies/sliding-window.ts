/** What was counted in the last minute, at any moment of it: the sum behind requests and tokens a minute. */

/** `rpm` and `tpm` are said of a minute. */
export const windowMs = 60_000;

/** What comes within a second is kept as one, so that a window is some sixty sums however much passes through it. */
const grainMs = 1_000;

/** What was counted within a second. It leaves the window a minute after the last of it came: never early, at most a second late. */
export interface Counted {
  readonly since: number;
  last: number;
  amount: number;
  hasLeft: boolean;
}

/**
 * A sliding window: no minute, wherever it begins, holds more than what was let in under the limit, while windows that
 * begin anew let twice as much through around their edges. Times are milliseconds of a clock that never goes back.
 */
export class SlidingWindow {
  /** Oldest first. */
  readonly #counted: Counted[] = [];
  #total = 0;

  /** What is in the window. */
  total(now: number): number {
    for (let oldest = this.#counted[0]; oldest !== undefined; oldest = this.#counted[0]) {
      if (now < oldest.last + windowMs) break;
      oldest.hasLeft = true;
      this.#total -= oldest.amount;
      this.#counted.shift();
    }
    return this.#total;
  }

  isEmpty(now: number): boolean {
    this.total(now);
    return this.#counted.length === 0;
  }

  /** Counts it now. The place where it stands is what can be taken back of it. */
  add(amount: number, now: number): Counted {
    this.total(now);
    this.#total += amount;
    const newest = this.#counted.at(-1);
    if (newest !== undefined && now < newest.since + grainMs) {
      newest.last = now;
      newest.amount += amount;
      return newest;
    }
    const counted = { since: now, last: now, amount, hasLeft: false };
    this.#counted.push(counted);
    return counted;
  }

  /** Of what was counted there, this did not come true. Nothing is left to do once it has left the window by itself. */
  takeBack(counted: Counted, amount: number, now: number): void {
    this.total(now);
    if (counted.hasLeft) return;
    counted.amount -= amount;
    this.#total -= amount;
  }

  /** Milliseconds until `amount` more fits under `limit`, if nothing else comes: 0 at once, `undefined` never. */
  waitFor(amount: number, limit: number, now: number): number | undefined {
    let excess = this.total(now) + amount - limit;
    if (excess <= 0) return 0;
    for (const counted of this.#counted) {
      excess -= counted.amount;
      if (excess <= 0) return counted.last + windowMs - now;
    }
    return undefined;
  }
}
