/** Token counts of the Messages API, both ways. */
import { noUsage, serviceTierOf, tokenCount, type Usage } from '../../../../shared/domain/usage.ts';
import type { Json, JsonObject } from '../canonical.ts';
import { asObject, asString } from '../dialect.ts';

/** `input_tokens` counts uncached input only (Messages API reference, usage): the counts are disjoint already. */
export function decodeUsage(raw: JsonObject): Usage {
  const written = asObject(raw['cache_creation']);
  const short = tokenCount(written['ephemeral_5m_input_tokens']);
  const long = tokenCount(written['ephemeral_1h_input_tokens']);
  // Fast mode is a speed of the standard tier; what is kept in the US costs extra in either.
  const serviceTier = raw['speed'] === 'fast' ? 'fast' : serviceTierOf(raw['service_tier']);
  const webSearches = tokenCount(asObject(raw['server_tool_use'])['web_search_requests']);
  const thinking = asObject(raw['output_tokens_details'])['thinking_tokens'];
  return {
    inputTokens: tokenCount(raw['input_tokens']),
    outputTokens: tokenCount(raw['output_tokens']),
    cacheReadTokens: tokenCount(raw['cache_read_input_tokens']),
    cacheWriteTokens: Math.max(tokenCount(raw['cache_creation_input_tokens']), short + long),
    ...(long > 0 ? { cacheWrite1hTokens: long } : {}),
    ...(typeof thinking === 'number' ? { reasoningTokens: tokenCount(thinking) } : {}),
    ...(webSearches > 0 ? { webSearches } : {}),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(raw['inference_geo'] === 'us' ? { usOnly: true } : {}),
  };
}

/** Always whole: clients throw when `usage` or `input_tokens` is missing. What is not known is 0. */
export function encodeUsage(usage: Usage = noUsage): JsonObject {
  const long = Math.min(usage.cacheWrite1hTokens ?? 0, usage.cacheWriteTokens);
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheWriteTokens - long, ephemeral_1h_input_tokens: long },
    output_tokens: usage.outputTokens,
    ...(usage.reasoningTokens === undefined || usage.reasoningTokens === 0
      ? {}
      : { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }),
  };
}

/** The tier an answer was served in, by OpenAI's words, which its clients check; they have none for batches. */
export function servedTier(usage: Json | undefined): string | undefined {
  const tier = asString(asObject(usage)['service_tier']);
  return tier === 'standard' ? 'default' : tier === 'priority' ? tier : undefined;
}

/** Usage objects of one stream complete each other: `message_start` has the cache counts, `message_delta` the final output. */
export function joinRawUsage(earlier: JsonObject | undefined, later: JsonObject): JsonObject {
  if (earlier === undefined) return later;
  return { ...earlier, ...Object.fromEntries(Object.entries(later).filter(([, value]) => value !== null)) };
}
