/** Google's words for how an answer ended, for tool choice, and its usage and log-probability objects, both ways. */
import { serviceTierOf, tokenCount, totalInputTokens, type Usage } from '../../../../shared/domain/usage.ts';
import { lookup } from '../../../kit/lookup.ts';
import type { Finish, FinishReason, Json, JsonObject, TokenLogprob } from '../canonical.ts';
import { asArray, asNumber, asObject, asString } from '../dialect.ts';

/** Gemini API reference, Candidate.FinishReason, and PromptFeedback.BlockReason where a prompt was refused. */
const finishReasons = lookup<FinishReason>({
  STOP: 'stop',
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  JAILBREAK: 'content_filter',
  LANGUAGE: 'other',
  OTHER: 'other',
  MALFORMED_FUNCTION_CALL: 'other',
  UNEXPECTED_TOOL_CALL: 'other',
  TOO_MANY_TOOL_CALLS: 'other',
  MALFORMED_RESPONSE: 'other',
  NO_IMAGE: 'other',
  IMAGE_OTHER: 'other',
});

/** Google says STOP for a turn that ends in function calls. */
export function finishOf(reason: string, hasCalls: boolean): Finish {
  const known = finishReasons[reason] ?? 'other';
  return { reason: known === 'stop' && hasCalls ? 'tool_calls' : known, raw: reason };
}

/** A prompt Google refused: there is no candidate to read a reason from. */
export function blockedFinish(blockReason: string): Finish {
  return { reason: 'content_filter', raw: blockReason };
}

const wordOf: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  tool_calls: 'STOP',
  length: 'MAX_TOKENS',
  content_filter: 'SAFETY',
  refusal: 'SAFETY',
  pause: 'OTHER',
  other: 'OTHER',
};

/** The word for a Gemini client: the provider's own when it is Google's and means the same. */
export function finishWord(finish: Finish): string {
  const { raw, reason } = finish;
  return raw !== undefined && finishReasons[raw] === reason ? raw : wordOf[reason];
}

function modality(details: Json | undefined, wanted: string): number | undefined {
  const found = asArray(details)
    .map(asObject)
    .find((one) => one['modality'] === wanted);
  return found === undefined ? undefined : tokenCount(found['tokenCount']);
}

/**
 * `promptTokenCount` includes cached tokens but not `toolUsePromptTokenCount`; `thoughtsTokenCount` is beside
 * `candidatesTokenCount` (Gemini API reference, UsageMetadata). The details by modality count what is cached among the prompt.
 */
export function usageOf(raw: JsonObject): Usage {
  const cached = tokenCount(raw['cachedContentTokenCount']);
  const input = tokenCount(raw['promptTokenCount']) + tokenCount(raw['toolUsePromptTokenCount']);
  const thoughts = tokenCount(raw['thoughtsTokenCount']);
  const fresh = (wanted: string): number | undefined => {
    const all = modality(raw['promptTokensDetails'], wanted);
    return all === undefined ? undefined : Math.max(0, all - (modality(raw['cacheTokensDetails'], wanted) ?? 0));
  };
  // Vertex tells it as a kind of traffic.
  const serviceTier = serviceTierOf(raw['serviceTier']) ?? serviceTierOf(raw['trafficType']);
  const [image, cachedAudio] = [fresh('IMAGE'), modality(raw['cacheTokensDetails'], 'AUDIO')];
  const drawn = modality(raw['candidatesTokensDetails'], 'IMAGE');
  return {
    inputTokens: Math.max(0, input - cached),
    outputTokens: tokenCount(raw['candidatesTokenCount']) + thoughts,
    cacheReadTokens: cached,
    cacheWriteTokens: 0,
    reasoningTokens: raw['thoughtsTokenCount'] === undefined ? undefined : thoughts,
    inputAudioTokens: fresh('AUDIO'),
    outputAudioTokens: modality(raw['candidatesTokensDetails'], 'AUDIO'),
    ...(image === undefined ? {} : { inputImageTokens: image }),
    ...(cachedAudio === undefined ? {} : { cacheReadAudioTokens: cachedAudio }),
    ...(drawn === undefined ? {} : { outputImageTokens: drawn }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
}

/**
 * The larger count of each field over the chunks of a stream. Chunks may leave fields out, and `usageOf` subtracts one from another:
 * so the maximum is taken of Google's counts and not of what was made of them.
 */
export function maxCounts(known: JsonObject | undefined, next: JsonObject): JsonObject {
  if (known === undefined) return next;
  const counts: Record<string, Json | undefined> = { ...known, ...next };
  for (const [field, value] of Object.entries(known)) {
    if (typeof value === 'number') counts[field] = Math.max(tokenCount(value), tokenCount(next[field]));
  }
  return counts;
}

function details(total: number, audio: number | undefined): JsonObject[] | undefined {
  if (audio === undefined || audio === 0) return undefined;
  return [
    { modality: 'TEXT', tokenCount: Math.max(0, total - audio) },
    { modality: 'AUDIO', tokenCount: audio },
  ];
}

export function usageMetadata(usage: Usage): JsonObject {
  const prompt = totalInputTokens(usage);
  const thoughts = Math.min(usage.reasoningTokens ?? 0, usage.outputTokens);
  const candidates = usage.outputTokens - thoughts;
  const heard = usage.inputAudioTokens;
  const promptDetails = details(prompt, heard === undefined ? undefined : heard + (usage.cacheReadAudioTokens ?? 0));
  const candidatesDetails = details(candidates, usage.outputAudioTokens);
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    totalTokenCount: prompt + usage.outputTokens,
    ...(usage.cacheReadTokens > 0 ? { cachedContentTokenCount: usage.cacheReadTokens } : {}),
    ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
    ...(promptDetails === undefined ? {} : { promptTokensDetails: promptDetails }),
    ...(candidatesDetails === undefined ? {} : { candidatesTokensDetails: candidatesDetails }),
  };
}

function tokenOf(raw: JsonObject): { token: string; logprob: number } {
  return { token: asString(raw['token']) ?? '', logprob: asNumber(raw['logProbability']) ?? 0 };
}

export function logprobsOf(result: Json | undefined): TokenLogprob[] | undefined {
  const chosen = asArray(asObject(result)['chosenCandidates']).map(asObject);
  if (chosen.length === 0) return undefined;
  const tops = asArray(asObject(result)['topCandidates']).map((one) =>
    asArray(asObject(one)['candidates']).map(asObject),
  );
  return chosen.map((one, index) => {
    const top = tops[index];
    return top === undefined ? tokenOf(one) : { ...tokenOf(one), top: top.map(tokenOf) };
  });
}

export function logprobsResult(logprobs: readonly TokenLogprob[]): JsonObject {
  const plain = (one: { readonly token: string; readonly logprob: number }): JsonObject => ({
    token: one.token,
    logProbability: one.logprob,
  });
  const tops = logprobs.some((one) => one.top !== undefined);
  return {
    chosenCandidates: logprobs.map(plain),
    ...(tops ? { topCandidates: logprobs.map((one) => ({ candidates: (one.top ?? [one]).map(plain) })) } : {}),
  };
}

/** Gemini writes times as RFC 3339. */
export function timeOf(createdAt: number): string {
  return new Date(createdAt * 1000).toISOString();
}

/** Unix seconds, `undefined` for what is no time. */
export function secondsOf(time: Json | undefined): number | undefined {
  const milliseconds = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}
