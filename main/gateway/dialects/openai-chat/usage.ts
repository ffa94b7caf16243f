/** Token counts of Chat Completions and its relatives, both ways. */
import { tokenCount, totalInputTokens, type Usage } from '../../../../shared/domain/usage.ts';
import type { JsonObject } from '../canonical.ts';
import { asObject } from '../dialect.ts';

/** `prompt_tokens` includes cached tokens (OpenAI reference, usage); DeepSeek names them `prompt_cache_hit_tokens`. */
export function decodeUsage(raw: JsonObject): Usage {
  const prompt = tokenCount(raw['prompt_tokens']);
  const inputDetails = asObject(raw['prompt_tokens_details']);
  const outputDetails = asObject(raw['completion_tokens_details']);
  const cached = Math.min(prompt, tokenCount(inputDetails['cached_tokens'] ?? raw['prompt_cache_hit_tokens']));
  const written = Math.min(prompt - cached, tokenCount(inputDetails['cache_write_tokens']));
  return {
    inputTokens: prompt - cached - written,
    outputTokens: tokenCount(raw['completion_tokens']),
    cacheReadTokens: cached,
    cacheWriteTokens: written,
    reasoningTokens: tokenCount(outputDetails['reasoning_tokens'] ?? raw['reasoning_tokens']),
    inputAudioTokens: tokenCount(inputDetails['audio_tokens']),
    outputAudioTokens: tokenCount(outputDetails['audio_tokens']),
  };
}

export function encodeUsage(usage: Usage): JsonObject {
  const prompt = totalInputTokens(usage);
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.outputTokens,
    total_tokens: prompt + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cacheReadTokens, audio_tokens: usage.inputAudioTokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0, audio_tokens: usage.outputAudioTokens ?? 0 },
  };
}
