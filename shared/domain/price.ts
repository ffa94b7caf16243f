/** What a model costs, in whole pico-USD a token: 3 USD per million tokens are 3_000_000 (BUD-01). */
import { totalInputTokens, type Usage } from './usage.ts';

/** Absent cache prices mean that the provider charges cached tokens like other input. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number | undefined;
  /** Writes with the short lifetime (five minutes). */
  readonly cacheWrite?: number | undefined;
  /** Writes with the one-hour lifetime; absent: as the short ones. */
  readonly cacheWrite1h?: number | undefined;
  /** Audio among the uncached input; absent: as text. */
  readonly inputAudio?: number | undefined;
  /** Prices of a request whose whole input is larger than `tokens`, smallest first; the last one that applies counts. */
  readonly above?: readonly (Omit<Price, 'above'> & { readonly tokens: number })[] | undefined;
}

/** Charged for nothing: a model on this machine. */
export const freePrice: Price = { input: 0, output: 0 };

/**
 * What a request cost, in whole pico-USD. Each token is charged once: the counts of `usage` are disjoint, and those that are
 * part of another take its place. Costs beyond what a number holds exactly (about 9,007 US dollars) stop there.
 */
export function costOf(usage: Usage, price: Price): number {
  const rate = priceAt(price, totalInputTokens(usage));
  const written1h = Math.min(usage.cacheWrite1hTokens ?? 0, usage.cacheWriteTokens);
  const audio = Math.min(usage.inputAudioTokens ?? 0, usage.inputTokens);
  const cacheWrite = rate.cacheWrite ?? rate.input;
  return whole(
    (usage.inputTokens - audio) * rate.input +
      audio * (rate.inputAudio ?? rate.input) +
      usage.cacheReadTokens * (rate.cacheRead ?? rate.input) +
      (usage.cacheWriteTokens - written1h) * cacheWrite +
      written1h * (rate.cacheWrite1h ?? cacheWrite) +
      usage.outputTokens * rate.output,
  );
}

/** What is expected of a request before it is sent. */
export interface Expectation {
  /** The whole input. */
  readonly inputTokens: number;
  /** Part of the input that the provider is expected to find in its prompt cache. */
  readonly cachedTokens: number;
  /** Part of the input that is expected to be written to that cache, with the short lifetime. */
  readonly writtenTokens?: number | undefined;
  readonly outputTokens: number;
  readonly price: Price;
}

/** What a request will probably cost, in whole pico-USD. Counts need not be whole. */
export function expectedCost({ inputTokens, cachedTokens, writtenTokens, outputTokens, price }: Expectation): number {
  const cacheReadTokens = Math.min(cachedTokens, inputTokens);
  const cacheWriteTokens = Math.min(writtenTokens ?? 0, inputTokens - cacheReadTokens);
  const usage = {
    inputTokens: inputTokens - cacheReadTokens - cacheWriteTokens,
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens,
  };
  return costOf(usage, price);
}

function priceAt(price: Price, inputTokens: number): Omit<Price, 'above'> {
  return price.above?.findLast((tier) => inputTokens > tier.tokens) ?? price;
}

function whole(cost: number): number {
  return Math.min(Math.round(cost), Number.MAX_SAFE_INTEGER);
}
