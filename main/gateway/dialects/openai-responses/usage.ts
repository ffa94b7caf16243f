/** The Responses usage object, both ways. Input and output of OpenAI include what is cached and what was reasoned. */
import { tokenCount, totalInputTokens, type Usage } from '../../../../shared/domain/usage.ts';
import type { Json, JsonObject } from '../canonical.ts';
import { asObject, isObject } from '../dialect.ts';

/** `undefined` when the object holds no counts. */
export function decodeUsage(value: Json | undefined): { readonly usage: Usage; readonly raw: JsonObject } | undefined {
  if (!isObject(value)) return undefined;
  if (typeof value['input_tokens'] !== 'number' && typeof value['output_tokens'] !== 'number') return undefined;
  const input = asObject(value['input_tokens_details']);
  const output = asObject(value['output_tokens_details']);
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
    },
    raw: value,
  };
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
