/** The Responses usage object, both ways. Input and output of OpenAI include what is cached and what was reasoned. */
import { serviceTierOf, tokenCount, totalInputTokens, type Usage } from '../../../../shared/domain/usage.ts';
import type { JsonObject } from '../canonical.ts';
import { asArray, asObject, isObject } from '../dialect.ts';

/** `undefined` when the response holds no counts. */
export function decodeUsage(response: JsonObject): { readonly usage: Usage; readonly raw: JsonObject } | undefined {
  const value = response['usage'];
  if (!isObject(value)) return undefined;
  if (typeof value['input_tokens'] !== 'number' && typeof value['output_tokens'] !== 'number') return undefined;
  const input = asObject(value['input_tokens_details']);
  const output = asObject(value['output_tokens_details']);
  const webSearches = searchesIn(response);
  const serviceTier = serviceTierOf(response['service_tier']);
  const cacheReadTokens = tokenCount(input['cached_tokens']);
  const cacheWriteTokens = tokenCount(input['cache_write_tokens']);
  const reasoning = output['reasoning_tokens'];
  return {
    usage: {
      inputTokens: Math.max(0, tokenCount(value['input_tokens']) - cacheReadTokens - cacheWriteTokens),
      outputTokens: tokenCount(value['output_tokens']),
      cacheReadTokens,
      cacheWriteTokens,
      reasoningTokens: reasoning === undefined ? undefined : tokenCount(reasoning),
      ...(webSearches === 0 ? {} : { webSearches }),
      ...(serviceTier === undefined ? {} : { serviceTier }),
    },
    raw: value,
  };
}

/** Searches the provider made. Opening a page and finding a text in it are calls of the same kind, and free. */
function searchesIn(response: JsonObject): number {
  const calls = asArray(response['output'])
    .map(asObject)
    .filter((item) => item['type'] === 'web_search_call');
  return calls.filter((call) => (asObject(call['action'])['type'] ?? 'search') === 'search').length;
}

/** `null` where nothing is known: zeros would tell Codex that its context is empty. */
export function encodeUsage(usage: Usage | undefined): JsonObject | null {
  if (usage === undefined) return null;
  const input = totalInputTokens(usage);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cacheReadTokens, cache_write_tokens: usage.cacheWriteTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: input + usage.outputTokens,
  };
}
