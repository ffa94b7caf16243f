/** How far another vendor's tokens are from a tokenizer's, learned from the counts that providers report (BUD-06). */
import { RecentMap } from '../kit/recent-map.ts';

/** The tokenizer is the model's own: what remains is the template. */
const exactFactor = 1.05;
/** Before anything was learned. No tokenizer in use makes twice as many of ordinary text; bytes bound the rest. */
const unknownFactor = 2;
/** So many are enough to know the largest ratio well. */
const enough = 20;
/** Above the largest ratio that was seen. */
const margin = 1.15;
/** In shorter texts the template tells more than the tokenizer. */
const leastCounted = 500;
const maxTargets = 1_000;

interface Seen {
  count: number;
  largest: number;
}

export class TokenCalibration {
  readonly #seen = new RecentMap<Seen>(maxTargets);

  /** What a tokenizer counted of a request's text, and the provider's own count of its whole input. */
  learn(target: string, counted: number, actualInput: number): void {
    if (counted < leastCounted || !(actualInput > 0)) return;
    const ratio = actualInput / counted;
    const seen = this.#seen.get(target);
    if (seen === undefined) this.#seen.set(target, { count: 1, largest: ratio });
    else {
      seen.count++;
      seen.largest = Math.max(seen.largest, ratio);
    }
  }

  /**
   * What a count is multiplied with so that it bounds the target's own. `Infinity`: more than twice the count was seen, so it
   * bounds nothing and the bytes must do.
   */
  factor(target: string, isExact: boolean): number {
    const seen = this.#seen.peek(target);
    const largest = seen?.largest ?? 0;
    if (largest > unknownFactor) return Infinity;
    const usual = isExact ? exactFactor : unknownFactor;
    if (seen === undefined || seen.count < enough) return Math.max(usual, largest);
    return Math.min(Math.max(largest * margin, exactFactor), unknownFactor);
  }
}
