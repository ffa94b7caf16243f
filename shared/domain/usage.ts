/** One usage record with disjoint counts, whatever the provider called them (BUD-13). */

/** How a request was served where providers charge apart for it; absent: the standard way. */
export const serviceTiers = ['batch', 'flex', 'priority', 'fast'] as const;
export type ServiceTier = (typeof serviceTiers)[number];

/**
 * Tokens of one attempt. `inputTokens`, `cacheReadTokens`, `cacheWriteTokens` and `outputTokens` are disjoint and add up;
 * reasoning, audio, images and `cacheWrite1hTokens` are parts of those and are never added.
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
  /** Part of `inputTokens`. */
  readonly inputAudioTokens?: number | undefined;
  readonly inputImageTokens?: number | undefined;
  /** Part of `cacheReadTokens`. */
  readonly cacheReadAudioTokens?: number | undefined;
  /** Part of `outputTokens`. */
  readonly outputAudioTokens?: number | undefined;
  readonly outputImageTokens?: number | undefined;
  /** Tokens of pages a search model read, counted beside its input and output. */
  readonly citationTokens?: number | undefined;
  /** Web searches the provider made and charges for. */
  readonly webSearches?: number | undefined;
  /** How much a search model read, where its fee for a request goes by that. */
  readonly searchContext?: 'low' | 'medium' | 'high' | undefined;
  readonly serviceTier?: ServiceTier | undefined;
  /** The provider kept the request in the United States, which some charge extra. */
  readonly usOnly?: boolean | undefined;
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

/** Counts that may be absent. */
const parts = [
  'cacheWrite1hTokens',
  'reasoningTokens',
  'inputAudioTokens',
  'inputImageTokens',
  'cacheReadAudioTokens',
  'outputAudioTokens',
  'outputImageTokens',
  'citationTokens',
  'webSearches',
] as const;
type Parts = { -readonly [Name in (typeof parts)[number]]?: number };

/** Cumulative usage events take the maximum per field, never the sum (BUD-14). */
export function maxUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: Math.max(a.inputTokens, b.inputTokens),
    outputTokens: Math.max(a.outputTokens, b.outputTokens),
    cacheReadTokens: Math.max(a.cacheReadTokens, b.cacheReadTokens),
    cacheWriteTokens: Math.max(a.cacheWriteTokens, b.cacheWriteTokens),
    ...joinParts(a, b, Math.max),
    ...wayOf(a, b),
  };
}

/** Of two answers that are one to whoever asked. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    ...joinParts(a, b, (x, y) => x + y),
    ...wayOf(a, b),
  };
}

function joinParts(a: Usage, b: Usage, join: (x: number, y: number) => number): Parts {
  const joined: Parts = {};
  for (const name of parts) {
    const [x, y] = [a[name], b[name]];
    if (x !== undefined || y !== undefined) joined[name] = join(x ?? 0, y ?? 0);
  }
  return joined;
}

/** How it was served: by the later word where there are two. */
function wayOf(a: Usage, b: Usage): Pick<Usage, 'serviceTier' | 'searchContext' | 'usOnly'> {
  const serviceTier = b.serviceTier ?? a.serviceTier;
  const searchContext = b.searchContext ?? a.searchContext;
  const usOnly = b.usOnly ?? a.usOnly;
  return {
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(searchContext === undefined ? {} : { searchContext }),
    ...(usOnly === undefined ? {} : { usOnly }),
  };
}

/** The words of all providers for how a request was served; what is standard, or unknown to us, is `undefined`. */
export function serviceTierOf(word: unknown): ServiceTier | undefined {
  if (typeof word !== 'string') return undefined;
  // OpenAI `flex`; Google `SERVICE_TIER_PRIORITY`, `ON_DEMAND_FLEX` (traffic type); Bedrock and Anthropic `priority`, `batch`.
  const found = /^(?:SERVICE_TIER_|ON_DEMAND_)?(batch|flex|priority|fast)$/i.exec(word)?.[1]?.toLowerCase();
  return serviceTiers.find((tier) => tier === found);
}
