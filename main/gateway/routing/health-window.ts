/** Counts of the last seconds: how many calls, and how many of them were of the kind that is watched. */

const bucketMs = 1_000;

export interface WindowSums {
  readonly calls: number;
  readonly marked: number;
}

/** Buckets of a second each; the oldest is given up as a whole, so that a window of 30 s holds 29 to 30. */
export class CallWindow {
  readonly #calls: Uint32Array;
  readonly #marked: Uint32Array;
  /** Number of the newest bucket since the start of time. */
  #newest = 0;

  constructor(seconds: number) {
    this.#calls = new Uint32Array(seconds);
    this.#marked = new Uint32Array(seconds);
  }

  add(now: number, marked: boolean): void {
    const at = this.#bucketOf(now);
    this.#calls[at] = (this.#calls[at] ?? 0) + 1;
    if (marked) this.#marked[at] = (this.#marked[at] ?? 0) + 1;
  }

  /** Marks without counting a call. */
  mark(now: number): void {
    const at = this.#bucketOf(now);
    this.#marked[at] = (this.#marked[at] ?? 0) + 1;
  }

  /** Takes back an unmarked call that was counted at `then`, if it is still in the window. */
  takeBack(then: number, now: number): void {
    this.#bucketOf(now);
    const number = Math.floor(then / bucketMs);
    if (number <= this.#newest - this.#calls.length) return;
    const at = number % this.#calls.length;
    const calls = this.#calls[at] ?? 0;
    if (calls > 0) this.#calls[at] = calls - 1;
  }

  sums(now: number): WindowSums {
    this.#bucketOf(now);
    let calls = 0;
    let marked = 0;
    for (let at = 0; at < this.#calls.length; at++) {
      calls += this.#calls[at] ?? 0;
      marked += this.#marked[at] ?? 0;
    }
    return { calls, marked };
  }

  clear(): void {
    this.#calls.fill(0);
    this.#marked.fill(0);
  }

  /** Where `now` belongs; empties what time has passed over. */
  #bucketOf(now: number): number {
    const length = this.#calls.length;
    const number = Math.floor(now / bucketMs);
    if (number - this.#newest >= length) this.clear();
    else {
      for (let passed = this.#newest + 1; passed <= number; passed++) {
        this.#calls[passed % length] = 0;
        this.#marked[passed % length] = 0;
      }
    }
    if (number > this.#newest) this.#newest = number;
    return number % length;
  }
}
