/**
 * Bytes a token by target model, learned from the usage that providers report: what local token counts (RTE-65) and the estimates
 * of answers nobody counted (BUD-12) are made of.
 */
import type { Usage } from '../../shared/domain/usage.ts';
import { RecentMap } from '../kit/recent-map.ts';

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

/** Before anything was learned: so that an answer is counted high, not low. */
const initialOutputTokensPerByte = 1 / 3;
/** In shorter answers the end mark and the wrapping of a tool call tell more than the text. */
const smallestOutputBytes = 200;
/** Tokens of an answer that none of its bytes stand for: its end, and the name of a tool. */
const unseenTokens = 16;
/** The newest so many of a model are remembered, and of these the 95th percentile counts. */
const rememberedOutputs = 40;
const outputShare = 0.95;
/** Hardly any text is thinner, as far as nothing was learned. */
const mostBytesPerToken = 8;
/** So many answers tell how thin a model's text can be, with so much to spare; thoughts that are not shown tell nothing of it. */
const tellingOutputs = 5;
const spareShare = 0.8;
const usualTokensPerByte = 1 / 4;
/** Thoughts that are not shown can be many times what is. */
const mostTokensPerByte = 20;

/** An answer that nobody counted, as far as it was seen. */
export interface UncountedAnswer {
  readonly target: string;
  /** What the provider told before it broke off: the beginning of a stream of Claude's tells the input. */
  readonly told: Usage | undefined;
  /** The request without the base64 of media. */
  readonly bodyBytes: number;
  /** Text, reasoning and tool arguments that were forwarded. */
  readonly outputBytes: number;
  /** The limit that was sent, where its provider keeps to it. */
  readonly maxTokens: number | undefined;
}

export class TokenRatios {
  readonly #ratios = new Map<string, number>();
  readonly #outputs = new RecentMap<OutputRatios>(maxModels);
  readonly #allOutputs = new OutputRatios();
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

  /** Whether anything was learned of the input of this target. */
  knows(target: string | undefined): boolean {
    return target !== undefined && this.#ratios.has(target);
  }

  /** Tokens of a body for a target, rounded up: a low count makes clients compact too late (CLI-08). */
  estimate(target: string | undefined, bodyBytes: number): number {
    const ratio = (target === undefined ? undefined : this.#ratios.get(target)) ?? initialBytesPerToken;
    return Math.max(1, Math.ceil((bodyBytes / ratio) * 1.02));
  }

  /** Notes how many tokens a provider counted for the text, reasoning and tool arguments that were seen of a whole answer. */
  learnOutput(target: string, outputBytes: number, outputTokens: number): void {
    if (outputBytes < smallestOutputBytes || outputTokens <= unseenTokens) return;
    const ratio = Math.min((outputTokens - unseenTokens) / outputBytes, mostTokensPerByte);
    let outputs = this.#outputs.get(target);
    if (outputs === undefined) {
      outputs = new OutputRatios();
      this.#outputs.set(target, outputs);
    }
    outputs.add(ratio);
    this.#allOutputs.add(ratio);
  }

  /** Tokens that an answer of these bytes takes at most, all but one in twenty times; 0 of an answer that had not begun. */
  outputTokens(target: string, outputBytes: number): number {
    if (outputBytes <= 0) return 0;
    // Another model may think more than those that are known, but hardly less than usual.
    const usual = Math.max(this.#allOutputs.high ?? 0, initialOutputTokensPerByte);
    const ratio = this.#outputs.peek(target)?.high ?? usual;
    return Math.ceil(outputBytes * ratio) + unseenTokens;
  }

  /** Tokens that an answer of these bytes takes at least. */
  leastOutputTokens(target: string, outputBytes: number): number {
    const known = this.#outputs.peek(target)?.low;
    return Math.floor(outputBytes * (known === undefined ? 1 / mostBytesPerToken : known * spareShare));
  }

  /**
   * What an answer that nobody counted has used, rather too much than too little: what was told of the input, else the request
   * by the size of its text; the output by what was seen of it, never less than was told and never more than the limit that was
   * sent.
   */
  estimateUsage({ target, told, bodyBytes, outputBytes, maxTokens }: UncountedAnswer): Usage {
    const seen = Math.min(this.outputTokens(target, outputBytes), maxTokens ?? Infinity);
    const isInputTold = told !== undefined && told.inputTokens + told.cacheReadTokens + told.cacheWriteTokens > 0;
    const input = isInputTold
      ? told
      : { inputTokens: this.estimate(target, bodyBytes), cacheReadTokens: 0, cacheWriteTokens: 0 };
    return { ...told, ...input, outputTokens: Math.max(told?.outputTokens ?? 0, seen) };
  }
}

/** The newest ratios of a model: tokens for a byte that was seen. */
class OutputRatios {
  readonly #ratios: number[] = [];
  #next = 0;

  add(ratio: number): void {
    this.#ratios[this.#next] = ratio;
    this.#next = (this.#next + 1) % rememberedOutputs;
  }

  /** What all but one in twenty do not exceed; `undefined` before the first. */
  get high(): number | undefined {
    const sorted = [...this.#ratios].sort((a, b) => a - b);
    return sorted[Math.ceil(sorted.length * outputShare) - 1];
  }

  /** None had less, be it that of usual text; `undefined` before there were enough to tell. */
  get low(): number | undefined {
    return this.#ratios.length < tellingOutputs ? undefined : Math.min(usualTokensPerByte, ...this.#ratios);
  }
}
