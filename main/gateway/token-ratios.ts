/** Bytes per input token by target model, learned from the usage providers report: what local token counts are made of (RTE-65). */

/** Before anything was learned: dense code and JSON take about this many bytes a token, so that the count is high, not low. */
const initialBytesPerToken = 3;
/** Weight of the newest observation. */
const learningRate = 0.1;
const maxModels = 1_000;
/** Too small to tell anything: overhead of the envelope dominates. */
const smallestBodyBytes = 2_000;

export class TokenRatios {
  readonly #ratios = new Map<string, number>();

  /** Notes a request's body size and the provider's own count of its input. */
  learn(target: string, bodyBytes: number, inputTokens: number): void {
    if (bodyBytes < smallestBodyBytes || inputTokens <= 0) return;
    const ratio = Math.min(Math.max(bodyBytes / inputTokens, 1), 8);
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
