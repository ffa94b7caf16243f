/** Bytes per input token by target model, learned from the usage providers report: what local token counts are made of (RTE-65). */

/** For counts that clients compact by: dense code and JSON, so that an unlearned count is high, not low. */
const initialBytesPerToken = 3;
/** Before anything was learned: between the three of dense code and the four and more of prose. */
const usualBytesPerToken = 3.8;
/** So many are all taken, and of the later ones every eighth: looking whether a body is text alone costs time. */
const eagerObservations = 64;
const everySo = 8;
/** Weight of the newest observation. */
const learningRate = 0.1;
const maxModels = 1_000;
/** Too small to tell anything: overhead of the envelope dominates. */
const smallestBodyBytes = 2_000;

export class TokenRatios {
  readonly #ratios = new Map<string, number>();
  #overall = usualBytesPerToken;
  #offered = 0;

  /** Bytes a token over all models: what a request is measured with before its target is known. */
  get overall(): number {
    return this.#overall;
  }

  /** Whether another observation is worth making: what is known well changes slowly. */
  isDue(bodyBytes: number): boolean {
    if (bodyBytes < smallestBodyBytes) return false;
    this.#offered++;
    return this.#offered <= eagerObservations || this.#offered % everySo === 0;
  }

  /** Notes a request's body size and the provider's own count of its input. */
  learn(target: string, bodyBytes: number, inputTokens: number): void {
    if (bodyBytes < smallestBodyBytes || inputTokens <= 0) return;
    const ratio = Math.min(Math.max(bodyBytes / inputTokens, 1), 8);
    this.#overall += learningRate * (ratio - this.#overall);
    const known = this.#ratios.get(target);
    if (known === undefined && this.#ratios.size >= maxModels) return;
    this.#ratios.set(target, known === undefined ? ratio : known + learningRate * (ratio - known));
  }

  /** Tokens of a body for a target, rounded up: a low count makes clients compact too late (CLI-08). */
  estimate(target: string | undefined, bodyBytes: number): number {
    const ratio = (target === undefined ? undefined : this.#ratios.get(target)) ?? initialBytesPerToken;
    return Math.max(1, Math.ceil((bodyBytes / ratio) * 1.02));
  }
}
