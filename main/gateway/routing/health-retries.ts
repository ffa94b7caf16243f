/** How many retries a provider may be burdened with: a share of its traffic, so that an outage is not made worse (RTE-44). */
import { CallWindow } from './health-window.ts';

/** Retries are at most this share of the calls of the last ten seconds … */
const maxShare = 0.1;
/** … but this many are always allowed: a single person's request is to get its second try. */
const floor = 10;
const windowSeconds = 10;

export class RetryBudget {
  /** Calls; those marked were retries. */
  readonly #window = new CallWindow(windowSeconds);

  called(now: number): void {
    this.#window.add(now, false);
  }

  /** Takes a retry; `false` when the budget is used up. */
  take(now: number): boolean {
    const { calls, marked } = this.#window.sums(now);
    if (marked >= Math.max(floor, calls * maxShare)) return false;
    this.#window.mark(now);
    return true;
  }
}
