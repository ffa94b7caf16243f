/** Token counts of Chat Completions and its relatives, both ways. */
import { tokenCount, totalInputTokens, type Usage } from '../../../../shared/domain/usage.ts';
import type { JsonObject } from '../canonical.ts';
import { asObject, isObject } from '../dialect.ts';

/**
 * `prompt_tokens` includes cached tokens and `completion_tokens` includes reasoning (OpenAI reference, usage). DeepSeek names cached
 * ones `prompt_cache_hit_tokens`, Moonshot `cached_tokens`. xAI counts reasoning beside the completion: there the total gives it away.
 */
export function decodeUsage(raw: JsonObject): Usage {
  const prompt = tokenCount(raw['prompt_tokens']);
  const completion = tokenCount(raw['completion_tokens']);
  const inputDetails = asObject(raw['prompt_tokens_details']);
  const outputDetails = asObject(raw['completion_tokens_details']);
  const cached = Math.min(
    prompt,
    tokenCount(inputDetails['cached_tokens'] ?? raw['prompt_cache_hit_tokens'] ?? raw['cached_tokens']),
  );
  const written = Math.min(
    prompt - cached,
    tokenCount(inputDetails['cache_write_tokens'] ?? inputDetails['cache_creation_tokens']),
  );
  const reasoning = tokenCount(outputDetails['reasoning_tokens'] ?? raw['reasoning_tokens']);
  const isBeside = reasoning > 0 && tokenCount(raw['total_tokens']) === prompt + completion + reasoning;
  return {
    inputTokens: prompt - cached - written,
    outputTokens: isBeside ? completion + reasoning : completion,
    cacheReadTokens: cached,
    cacheWriteTokens: written,
    reasoningTokens: reasoning,
    inputAudioTokens: tokenCount(inputDetails['audio_tokens']),
    outputAudioTokens: tokenCount(outputDetails['audio_tokens']),
  };
}

/** The usage object of a chunk, wherever a vendor puts it: Groq under `x_groq`, Moonshot inside the choice. */
export function usageObject(chunk: JsonObject, choice: JsonObject | undefined): JsonObject | undefined {
  const raw = chunk['usage'] ?? asObject(chunk['x_groq'])['usage'] ?? choice?.['usage'];
  return isObject(raw) ? raw : undefined;
}

export function encodeUsage(usage: Usage): JsonObject {
  const prompt = totalInputTokens(usage);
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.outputTokens,
    total_tokens: prompt + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      ...(usage.cacheWriteTokens > 0 ? { cache_write_tokens: usage.cacheWriteTokens } : {}),
      audio_tokens: usage.inputAudioTokens ?? 0,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens ?? 0,
      audio_tokens: usage.outputAudioTokens ?? 0,
    },
  };
}
