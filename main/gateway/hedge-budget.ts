/** How often a second request may be made beside a slow first one: at most one in twenty over all (RTE-48). */

const share = 0.05;
/** Saved up at most, and there at the start: a quiet machine hedges when it is asked to. */
const most = 5;

export class HedgeBudget {
  #left = most;

  /** A request that could have been hedged. */
  earn(): void {
    this.#left = Math.min(most, this.#left + share);
  }

  /** `false` when the budget is used up. */
  take(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
