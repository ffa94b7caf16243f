/** Token counts of Converse, both ways (Amazon Bedrock API reference, TokenUsage). */
import { serviceTierOf, tokenCount, totalInputTokens, type Usage } from '../../../../shared/domain/usage.ts';
import type { Json, JsonObject } from '../canonical.ts';
import { asArray, asObject } from '../dialect.ts';

/** `inputTokens` leaves out what was read from and written to the cache, so the counts are disjoint as they come. `tier` stands beside. */
export function decodeUsage(raw: JsonObject, tier?: Json): Usage {
  const serviceTier = serviceTierOf(asObject(tier)['type']);
  const lasting = asArray(raw['cacheDetails'])
    .map(asObject)
    .filter((one) => one['ttl'] === '1h')
    .reduce((sum, one) => sum + tokenCount(one['inputTokens']), 0);
  return {
    inputTokens: tokenCount(raw['inputTokens']),
    outputTokens: tokenCount(raw['outputTokens']),
    cacheReadTokens: tokenCount(raw['cacheReadInputTokens']),
    cacheWriteTokens: tokenCount(raw['cacheWriteInputTokens']),
    cacheWrite1hTokens: lasting === 0 ? undefined : lasting,
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
}

export function encodeUsage(usage: Usage): JsonObject {
  const lasting = usage.cacheWrite1hTokens ?? 0;
  return {
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    totalTokens: totalInputTokens(usage) + usage.outputTokens,
    cacheReadInputTokens: usage.cacheReadTokens,
    cacheWriteInputTokens: usage.cacheWriteTokens,
    ...(lasting === 0 ? {} : { cacheDetails: [{ ttl: '1h', inputTokens: lasting }] }),
  };
}
