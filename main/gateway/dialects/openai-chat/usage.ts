/** Token counts of Chat Completions and its relatives, both ways. */
import { serviceTierOf, tokenCount, totalInputTokens, type Usage } from '../../../../shared/domain/usage.ts';
import type { Json, JsonObject } from '../canonical.ts';
import { asObject, isObject } from '../dialect.ts';

/**
 * `prompt_tokens` includes cached tokens and `completion_tokens` includes reasoning (OpenAI reference, usage). DeepSeek names cached
 * ones `prompt_cache_hit_tokens`, Moonshot `cached_tokens`. xAI counts reasoning beside the completion, where the total gives it
 * away, and Perplexity's research, which counts citations too. `tier` stands beside the usage, in the chunk or answer.
 */
export function decodeUsage(raw: JsonObject, tier?: Json): Usage {
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
  const isBeside =
    reasoning > completion ||
    (reasoning > 0 && raw['citation_tokens'] !== undefined) ||
    (reasoning > 0 && tokenCount(raw['total_tokens']) === prompt + completion + reasoning);
  return {
    inputTokens: prompt - cached - written,
    outputTokens: isBeside ? completion + reasoning : completion,
    cacheReadTokens: cached,
    cacheWriteTokens: written,
    reasoningTokens: reasoning,
    inputAudioTokens: tokenCount(inputDetails['audio_tokens']),
    outputAudioTokens: tokenCount(outputDetails['audio_tokens']),
    ...ifAny('inputImageTokens', inputDetails['image_tokens']),
    ...ifAny('outputImageTokens', outputDetails['image_tokens']),
    ...searched(raw),
    ...servedIn(tier),
  };
}

function ifAny<Name extends keyof Usage>(name: Name, value: Json | undefined): Pick<Usage, Name> | undefined {
  const count = tokenCount(value);
  return count === 0 ? undefined : ({ [name]: count } as unknown as Pick<Usage, Name>);
}

const contexts = ['low', 'medium', 'high'] as const;

/** What search models did beside answering: Perplexity counts it in its usage, OpenRouter as Anthropic does. */
function searched(raw: JsonObject): Partial<Usage> {
  const context = contexts.find((size) => size === raw['search_context_size']);
  return {
    ...ifAny('citationTokens', raw['citation_tokens']),
    ...ifAny('webSearches', raw['num_search_queries'] ?? asObject(raw['server_tool_use'])['web_search_requests']),
    ...(context === undefined ? {} : { searchContext: context }),
  };
}

function servedIn(word: Json | undefined): Pick<Usage, 'serviceTier'> {
  const serviceTier = serviceTierOf(word);
  return serviceTier === undefined ? {} : { serviceTier };
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
