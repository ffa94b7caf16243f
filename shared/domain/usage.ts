/** One usage record with disjoint counts, whatever the provider called them (BUD-13). */

/**
 * Tokens of one attempt. `inputTokens`, `cacheReadTokens`, `cacheWriteTokens` and `outputTokens` are disjoint and add up;
 * `reasoningTokens`, `cacheWrite1hTokens` and the audio counts are parts of those and are never added.
 */
export interface Usage {
  /** Uncached input. OpenAI and Gemini report input including cache: their dialects subtract. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Part of `cacheWriteTokens` written with the one-hour lifetime. */
  readonly cacheWrite1hTokens?: number | undefined;
  /** Part of `outputTokens`. */
  readonly reasoningTokens?: number | undefined;
  readonly inputAudioTokens?: number | undefined;
  readonly outputAudioTokens?: number | undefined;
}

/** Where a usage record comes from: the provider's own count, or our estimate from what was seen. */
export type UsageSource = 'provider' | 'estimated' | 'none';

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** A count as a provider sent it: anything but a finite non-negative number below 10^10 becomes 0 (FAULT-26). */
export function tokenCount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value < 1e10 ? Math.floor(value) : 0;
}

/** All input a provider charged for in any way: what OpenAI calls `prompt_tokens`. */
export function totalInputTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
}

/** Cumulative usage events take the maximum per field, never the sum (BUD-14). */
export function maxUsage(a: Usage, b: Usage): Usage {
  const max = (x: number | undefined, y: number | undefined): number | undefined =>
    x === undefined ? y : y === undefined ? x : Math.max(x, y);
  return {
    inputTokens: Math.max(a.inputTokens, b.inputTokens),
    outputTokens: Math.max(a.outputTokens, b.outputTokens),
    cacheReadTokens: Math.max(a.cacheReadTokens, b.cacheReadTokens),
    cacheWriteTokens: Math.max(a.cacheWriteTokens, b.cacheWriteTokens),
    cacheWrite1hTokens: max(a.cacheWrite1hTokens, b.cacheWrite1hTokens),
    reasoningTokens: max(a.reasoningTokens, b.reasoningTokens),
    inputAudioTokens: max(a.inputAudioTokens, b.inputAudioTokens),
    outputAudioTokens: max(a.outputAudioTokens, b.outputAudioTokens),
  };
}

/** Of two answers that are one to whoever asked. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum = (x: number | undefined, y: number | undefined): number | undefined =>
    x === undefined && y === undefined ? undefined : (x ?? 0) + (y ?? 0);
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    cacheWrite1hTokens: sum(a.cacheWrite1hTokens, b.cacheWrite1hTokens),
    reasoningTokens: sum(a.reasoningTokens, b.reasoningTokens),
    inputAudioTokens: sum(a.inputAudioTokens, b.inputAudioTokens),
    outputAudioTokens: sum(a.outputAudioTokens, b.outputAudioTokens),
  };
}
