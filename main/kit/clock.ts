/** Time as the product sees it: one clock for people, one that never jumps for durations. */

export interface Clock {
  /** Milliseconds since 1970, for people and records. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. For durations. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
