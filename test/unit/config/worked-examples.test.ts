/**
 * What a request costs by the vendors' public price pages, worked out by hand: the usage as the provider sends it, the
 * price as the catalogue has it, the sum as it would stand on the bill. Prices in the comments are US dollars for a million
 * tokens, as the page named had them on the day named.
 */
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../../main/config/catalogue.ts';
import { compileProvider } from '../../../main/config/compile-provider.ts';
import { anthropicMessages } from '../../../main/gateway/dialects/anthropic-messages/anthropic-messages.ts';
import { bedrockConverse } from '../../../main/gateway/dialects/bedrock-converse/bedrock-converse.ts';
import type { JsonObject } from '../../../main/gateway/dialects/canonical.ts';
import type { Dialect } from '../../../main/gateway/dialects/dialect.ts';
import { gemini } from '../../../main/gateway/dialects/gemini/gemini.ts';
import { openaiChat } from '../../../main/gateway/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../../main/gateway/dialects/openai-responses/openai-responses.ts';
import { providerKinds, type ProviderKind } from '../../../shared/config/provider.ts';
import { picoToUsd } from '../../../shared/domain/money.ts';
import { costLines, costOf } from '../../../shared/domain/price.ts';
import { good } from './support.ts';

interface Example {
  readonly kind: ProviderKind;
  readonly model: string;
  /** A whole answer, as far as it tells what was used. */
  readonly answer: JsonObject;
  readonly dialect?: Dialect;
  /** Milliseconds since 1970; absent: Thursday, 1 October 2026, noon. */
  readonly at?: number;
  readonly usd: string;
}

const noon = Date.UTC(2026, 9, 1, 12);
const settings: Readonly<Partial<Record<ProviderKind, string>>> = {
  'azure-openai': ', base_url: "https://x.openai.azure.com"',
  bedrock: ', region: us-east-1',
  vertex: ', project: p, location: global',
};

async function cost({ kind, model, answer, dialect = openaiChat, at = noon }: Example): Promise<string> {
  const { config, findings } = good(`version: 1\nproviders:\n  - { id: p, kind: ${kind}${settings[kind] ?? ''} }\n`);
  const [provider] = config.providers;
  if (provider === undefined) throw new Error('no provider');
  const catalogue = await loadCatalogue();
  const context = { config, resolutions: new Map(), catalogue, findings, path: ['providers', 0], now: at };
  const { price } = compileProvider(provider, context).factsFor(model);
  const meter = dialect.createMeter();
  meter.answer(answer);
  const usage = meter.usage()?.usage;
  if (price === undefined || usage === undefined) throw new Error(`no price or usage of ${model}`);
  const pico = costOf(usage, price, at);
  expect(costLines(usage, price, at).reduce((sum, { amount }) => sum + amount, 0)).toBe(pico);
  return picoToUsd(pico);
}

function chat(usage: JsonObject, more: JsonObject = {}): JsonObject {
  return { id: 'x', choices: [{ index: 0, message: { content: 'hi' }, finish_reason: 'stop' }], usage, ...more };
}

const openai: readonly Example[] = [
  {
    // developers.openai.com/api/docs/pricing, 2026-08-27: GPT-5 1.25, cached 0.125, output 10; reasoning is output.
    // 8,000 × 1.25 + 2,000 × 0.125 + 1,000 × 10 = 10,000 + 250 + 10,000 micro-dollars.
    ...{ kind: 'openai', model: 'gpt-5-2025-08-07', usd: '0.02025' },
    answer: chat({
      ...{ prompt_tokens: 10_000, completion_tokens: 1000, total_tokens: 11_000 },
      prompt_tokens_details: { cached_tokens: 2000, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 800 },
    }),
  },
  {
    // The same page: GPT-5.4 above 272,000 tokens 5, cached 0.5, output 22.5.
    // 200,000 × 5 + 100,000 × 0.5 + 2,000 × 22.5 = 1,000,000 + 50,000 + 45,000.
    ...{ kind: 'openai', model: 'gpt-5.4', usd: '1.095' },
    answer: chat({
      ...{ prompt_tokens: 300_000, completion_tokens: 2000, prompt_tokens_details: { cached_tokens: 100_000 } },
    }),
  },
  {
    // openai.com/api-priority-processing, 2026-09-01: GPT-5 mini 0.45, cached 0.045, output 3.60.
    // 2,000 × 0.45 + 8,000 × 0.045 + 1,000 × 3.6 = 900 + 360 + 3,600.
    ...{ kind: 'openai', model: 'gpt-5-mini', usd: '0.00486' },
    answer: chat(
      { prompt_tokens: 10_000, completion_tokens: 1000, prompt_tokens_details: { cached_tokens: 8000 } },
      { service_tier: 'priority' },
    ),
  },
  {
    // Flex costs half: 10,000 × 0.625 + 1,000 × 5. Two searches at 10 for a thousand: 20,000. Opening a page is free.
    ...{ kind: 'openai', model: 'gpt-5', dialect: openaiResponses, usd: '0.03125' },
    answer: {
      ...{ id: 'r', status: 'completed', service_tier: 'flex' },
      output: [
        { type: 'web_search_call', action: { type: 'search', query: 'x' } },
        { type: 'web_search_call', action: { type: 'open_page', url: 'https://example.org' } },
        { type: 'web_search_call', action: { type: 'search', query: 'y' } },
      ],
      usage: { input_tokens: 10_000, output_tokens: 1000, output_tokens_details: { reasoning_tokens: 900 } },
    },
  },
  {
    // GPT-5.6 Luna fell from 1 and 6 to 0.2 and 1.2 on 30 July 2026: 10,000 × 1 + 1,000 × 6 the day before.
    ...{ kind: 'openai', model: 'gpt-5.6-luna', at: Date.UTC(2026, 6, 29), usd: '0.016' },
    answer: chat({ prompt_tokens: 10_000, completion_tokens: 1000 }),
  },
  {
    ...{ kind: 'openai', model: 'gpt-5.6-luna', at: Date.UTC(2026, 6, 30), usd: '0.0032' },
    answer: chat({ prompt_tokens: 10_000, completion_tokens: 1000 }),
  },
];

const anthropic: readonly Example[] = [
  {
    // platform.claude.com/docs/en/about-claude/pricing, 2026-09-01: Sonnet 4.5 3, read 0.3, write 3.75 and 6, output 15.
    // 1,000 × 3 + 80,000 × 0.3 + 1,500 × 3.75 + 500 × 6 + 500 × 15 = 3,000 + 24,000 + 5,625 + 3,000 + 7,500; one search 10,000.
    ...{ kind: 'anthropic', model: 'claude-sonnet-4-5-20250929', dialect: anthropicMessages, usd: '0.053125' },
    answer: {
      usage: {
        ...{ input_tokens: 1000, cache_read_input_tokens: 80_000, cache_creation_input_tokens: 2000 },
        ...{ output_tokens: 500, service_tier: 'standard' },
        cache_creation: { ephemeral_5m_input_tokens: 1500, ephemeral_1h_input_tokens: 500 },
        server_tool_use: { web_search_requests: 1 },
      },
    },
  },
  {
    // Long context (beta) of Sonnet 4.5, above 200,000 of all input: 6, read 0.6, output 22.5.
    // 150,000 × 6 + 60,000 × 0.6 + 1,000 × 22.5 = 900,000 + 36,000 + 22,500.
    ...{ kind: 'anthropic', model: 'claude-sonnet-4-5', dialect: anthropicMessages, usd: '0.9585' },
    answer: { usage: { input_tokens: 150_000, cache_read_input_tokens: 60_000, output_tokens: 1000 } },
  },
  {
    // Batches cost half: Opus 4.5 at 2.5 and 12.5. 10,000 × 2.5 + 2,000 × 12.5.
    ...{ kind: 'anthropic', model: 'claude-opus-4-5', dialect: anthropicMessages, usd: '0.05' },
    answer: { usage: { input_tokens: 10_000, output_tokens: 2000, service_tier: 'batch' } },
  },
  {
    // Fast mode of Opus 4.6, 30 and 150, and 1.1 times that in the US: (1,000 × 30 + 1,000 × 150) × 1.1.
    ...{ kind: 'anthropic', model: 'claude-opus-4-6', dialect: anthropicMessages, usd: '0.198' },
    answer: { usage: { input_tokens: 1000, output_tokens: 1000, speed: 'fast', inference_geo: 'us' } },
  },
];

const google: readonly Example[] = [
  {
    // ai.google.dev/gemini-api/docs/pricing, 2026-09-20: 2.5 Pro above 200,000 tokens 2.5, cached 0.25, output 15 with thoughts.
    // 200,000 × 2.5 + 50,000 × 0.25 + 4,000 × 15 = 500,000 + 12,500 + 60,000.
    ...{ kind: 'gemini', model: 'models/gemini-2.5-pro', dialect: gemini, usd: '0.5725' },
    answer: {
      usageMetadata: {
        ...{ promptTokenCount: 250_000, cachedContentTokenCount: 50_000, candidatesTokenCount: 1000 },
        thoughtsTokenCount: 3000,
      },
    },
  },
  {
    // 2.5 Flash: text 0.3, audio 1, cached audio 0.1, output 2.5. The prompt has 3,000 tokens of sound, 500 of them cached.
    // 1,000 × 0.3 + 2,500 × 1 + 500 × 0.1 + 100 × 2.5 = 300 + 2,500 + 50 + 250.
    ...{ kind: 'gemini', model: 'gemini-2.5-flash', dialect: gemini, usd: '0.0031' },
    answer: {
      usageMetadata: {
        ...{ promptTokenCount: 4000, cachedContentTokenCount: 500, candidatesTokenCount: 100 },
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 1000 },
          { modality: 'AUDIO', tokenCount: 3000 },
        ],
        cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 500 }],
      },
    },
  },
  {
    // 2.5 Flash Image: input 0.3, text 2.5, a picture of 1,290 tokens at 30. 100 × 0.3 + 10 × 2.5 + 1,290 × 30.
    ...{ kind: 'gemini', model: 'gemini-2.5-flash-image', dialect: gemini, usd: '0.038755' },
    answer: {
      usageMetadata: {
        ...{ promptTokenCount: 100, candidatesTokenCount: 1300 },
        candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }],
      },
    },
  },
  {
    // 3.8 Flash costs 0.75 and 3.75 to the end of 2026, then 1.5 and 7.5: 10,000 × 1.5 + 1,000 × 7.5; tools' own prompts count.
    ...{ kind: 'gemini', model: 'gemini-3.8-flash', dialect: gemini, at: Date.UTC(2027, 0, 1), usd: '0.0225' },
    answer: {
      usageMetadata: { promptTokenCount: 9000, toolUsePromptTokenCount: 1000, candidatesTokenCount: 1000 },
    },
  },
  {
    // cloud.google.com/vertex-ai/generative-ai/pricing, 2026-09-01: Priority of 2.5 Flash 0.54 and 4.5. 1,000 × 0.54 + 100 × 4.5.
    ...{ kind: 'vertex', model: 'gemini-2.5-flash', dialect: gemini, usd: '0.00099' },
    answer: {
      usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 100, trafficType: 'ON_DEMAND_PRIORITY' },
    },
  },
  {
    // Claude on Vertex, global: Opus 4.5 5, write 6.25, output 25. 2,000 × 5 + 1,000 × 6.25 + 400 × 25.
    ...{ kind: 'vertex', model: 'claude-opus-4-5@20251101', dialect: anthropicMessages, usd: '0.02625' },
    answer: { usage: { input_tokens: 2000, cache_creation_input_tokens: 1000, output_tokens: 400 } },
  },
];

const clouds: readonly Example[] = [
  {
    // azure.microsoft.com/pricing/details/azure-openai, Global, 2026-08-27: GPT-4o 2.5, cached 1.25, output 10.
    // 6,000 × 2.5 + 4,000 × 1.25 + 500 × 10 = 15,000 + 5,000 + 5,000.
    ...{ kind: 'azure-openai', model: 'gpt-4o', usd: '0.025' },
    answer: chat({ prompt_tokens: 10_000, completion_tokens: 500, prompt_tokens_details: { cached_tokens: 4000 } }),
  },
  {
    // aws.amazon.com/bedrock/pricing, 2026-09-01: Haiku 4.5 in a region 1.1, read 0.11, write 1.375 and 2.2 (an hour), output 5.5.
    // 1,000 × 1.1 + 10,000 × 0.11 + 1,500 × 1.375 + 500 × 2.2 + 500 × 5.5 = 1,100 + 1,100 + 2,062.5 + 1,100 + 2,750.
    ...{ kind: 'bedrock', dialect: bedrockConverse, usd: '0.0081125' },
    model: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
    answer: {
      usage: {
        ...{ inputTokens: 1000, cacheReadInputTokens: 10_000, cacheWriteInputTokens: 2000, outputTokens: 500 },
        cacheDetails: [{ ttl: '1h', inputTokens: 500 }],
      },
    },
  },
  {
    // Nova Pro 0.8 and 3.2; Flex half, Priority 1.75 times. (10,000 × 0.8 + 1,000 × 3.2) × 0.5.
    ...{ kind: 'bedrock', model: 'amazon.nova-pro-v1:0', dialect: bedrockConverse, usd: '0.0056' },
    answer: { usage: { inputTokens: 10_000, outputTokens: 1000 }, serviceTier: { type: 'flex' } },
  },
  {
    ...{ kind: 'bedrock', model: 'amazon.nova-pro-v1:0', dialect: bedrockConverse, usd: '0.0196' },
    answer: { usage: { inputTokens: 10_000, outputTokens: 1000 }, serviceTier: { type: 'priority' } },
  },
];

const vendors: readonly Example[] = [
  {
    // cohere.com/pricing, 2026-09-01: Command A 2.5 and 10. 4,000 × 2.5 + 500 × 10.
    ...{ kind: 'cohere', model: 'command-a-03-2025', usd: '0.015' },
    answer: chat({ prompt_tokens: 4000, completion_tokens: 500 }),
  },
  {
    // mistral.ai/pricing, 2026-09-01: Large 3 0.5, cached 0.05, output 1.5. 8,000 × 0.5 + 2,000 × 0.05 + 1,000 × 1.5.
    ...{ kind: 'mistral', model: 'mistral-large-2512', usd: '0.0056' },
    answer: chat({ prompt_tokens: 10_000, completion_tokens: 1000, prompt_tokens_details: { cached_tokens: 2000 } }),
  },
  {
    // openrouter.ai/anthropic/claude-sonnet-4.5, 2026-09-01: 3, read 0.3, write 3.75, output 15.
    // 1,000 × 3 + 8,000 × 0.3 + 1,000 × 3.75 + 200 × 15 = 3,000 + 2,400 + 3,750 + 3,000.
    ...{ kind: 'openrouter', model: 'anthropic/claude-sonnet-4.5:nitro', usd: '0.01215' },
    answer: chat({
      ...{ prompt_tokens: 10_000, completion_tokens: 200 },
      prompt_tokens_details: { cached_tokens: 8000, cache_write_tokens: 1000 },
    }),
  },
  {
    ...{ kind: 'openrouter', model: 'openai/gpt-oss-20b:free', usd: '0' },
    answer: chat({ prompt_tokens: 10_000, completion_tokens: 200 }),
  },
  {
    // groq.com/pricing, 2026-09-01: GPT-OSS 120B 0.15, cached 0.075, output 0.6. 6,000 × 0.15 + 4,000 × 0.075 + 1,000 × 0.6.
    ...{ kind: 'groq', model: 'openai/gpt-oss-120b', usd: '0.0018' },
    answer: chat(
      {
        ...{ prompt_tokens: 10_000, completion_tokens: 1000, total_tokens: 11_000 },
        ...{ prompt_tokens_details: { cached_tokens: 4000 }, completion_tokens_details: { reasoning_tokens: 600 } },
      },
      { service_tier: 'on_demand' },
    ),
  },
  {
    // docs.x.ai/docs/models, 2026-09-01: Grok 4.3 1.25, cached 0.2, output 2.5; reasoning beside the completion.
    // 600 × 1.25 + 400 × 0.2 + (100 + 300) × 2.5 = 750 + 80 + 1,000.
    ...{ kind: 'xai', model: 'grok-4.3', usd: '0.00183' },
    answer: chat({
      ...{ prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1400 },
      ...{ prompt_tokens_details: { cached_tokens: 400 }, completion_tokens_details: { reasoning_tokens: 300 } },
    }),
  },
  {
    // Above 200,000 tokens twice that: 250,000 × 2.5 + 100 × 5.
    ...{ kind: 'xai', model: 'grok-4.3', usd: '0.6255' },
    answer: chat({ prompt_tokens: 250_000, completion_tokens: 100, total_tokens: 250_100 }),
  },
  {
    // together.ai/pricing, 2026-09-01: GPT-OSS 120B 0.15 and 0.6. 10,000 × 0.15 + 1,000 × 0.6.
    ...{ kind: 'together', model: 'openai/gpt-oss-120b', usd: '0.0021' },
    answer: chat({ prompt_tokens: 10_000, completion_tokens: 1000 }),
  },
  {
    // docs.fireworks.ai/serverless/pricing, 2026-09-01: the same.
    ...{ kind: 'fireworks', model: 'accounts/fireworks/models/gpt-oss-120b', usd: '0.0021' },
    answer: chat({ prompt_tokens: 10_000, completion_tokens: 1000 }),
  },
  {
    // cerebras.ai/pricing, 2026-09-01: GPT-OSS 120B 0.35 and 0.75. 10,000 × 0.35 + 1,000 × 0.75.
    ...{ kind: 'cerebras', model: 'gpt-oss-120b', usd: '0.00425' },
    answer: chat({ prompt_tokens: 10_000, completion_tokens: 1000 }),
  },
];

// api-docs.deepseek.com/quick_start/pricing, 2026-09-23: V4 Pro 1.32, cached 0.044, output 3.96 from 01:00 to 04:00 and from 06:00
// to 10:00 UTC, Monday to Friday; half of that at other times. Before 17 August 2026 it was 0.435, 0.003625 and 0.87 all day.
const deepseek = [
  // 2,000 × 1.32 + 8,000 × 0.044 + 1,000 × 3.96 = 2,640 + 352 + 3,960.
  [Date.UTC(2026, 9, 1, 2), '0.006952'],
  [Date.UTC(2026, 9, 1, 9, 59), '0.006952'],
  [Date.UTC(2026, 9, 1, 12), '0.003476'],
  // A Saturday.
  [Date.UTC(2026, 9, 3, 2), '0.003476'],
  // 2,000 × 0.435 + 8,000 × 0.003625 + 1,000 × 0.87 = 870 + 29 + 870.
  [Date.UTC(2026, 6, 15, 2), '0.001769'],
] as const;

const perplexity: readonly Example[] = [
  {
    // docs.perplexity.ai/getting-started/pricing, 2026-09-01: Sonar Pro 3 and 15, and 6, 10 or 14 for a thousand requests.
    // 100 × 3 + 500 × 15 = 7,800; a request of high context 14,000.
    ...{ kind: 'perplexity', model: 'sonar-pro', usd: '0.0218' },
    answer: chat({ prompt_tokens: 100, completion_tokens: 500, search_context_size: 'high' }),
  },
  {
    ...{ kind: 'perplexity', model: 'sonar-pro', usd: '0.0138' },
    answer: chat({ prompt_tokens: 100, completion_tokens: 500, search_context_size: 'low' }),
  },
  {
    // The page's own example of Deep Research, 2 and 8, pages read 2, reasoning 3, and 5 for a thousand searches:
    // 33 × 2 + 7,163 × 8 + 20,016 × 2 + 73,997 × 3 = 66 + 57,304 + 40,032 + 221,991; 18 searches 90,000.
    ...{ kind: 'perplexity', model: 'sonar-deep-research', usd: '0.409393' },
    answer: chat({
      ...{ prompt_tokens: 33, completion_tokens: 7163, total_tokens: 7196 },
      ...{ citation_tokens: 20_016, num_search_queries: 18, reasoning_tokens: 73_997 },
    }),
  },
];

const paid = [...openai, ...anthropic, ...google, ...clouds, ...vendors, ...perplexity];

describe('worked examples', () => {
  it.each(paid)('$kind: $model costs $usd', async (example) => {
    expect(await cost(example)).toBe(example.usd);
  });

  it.each(deepseek)('deepseek: V4 Pro at %d costs %s', async (at, usd) => {
    const answer = chat({
      ...{ prompt_tokens: 10_000, completion_tokens: 1000, total_tokens: 11_000 },
      ...{ prompt_cache_hit_tokens: 8000, prompt_cache_miss_tokens: 2000 },
    });
    expect(await cost({ kind: 'deepseek', model: 'deepseek-v4-pro', answer, at, usd })).toBe(usd);
  });

  it.each(['ollama', 'lmstudio', 'llamacpp', 'demo'] as const)('%s is free', async (kind) => {
    const answer = chat({ prompt_tokens: 10_000, completion_tokens: 1000 });
    expect(await cost({ kind, model: 'qwen3:8b', answer, usd: '0' })).toBe('0');
  });

  it('are there for every kind of provider with a price', () => {
    const shown = new Set([...paid.map(({ kind }) => kind), 'deepseek', 'ollama', 'lmstudio', 'llamacpp', 'demo']);
    expect(providerKinds.filter((kind) => !shown.has(kind))).toEqual(['openai-compatible']);
  });
});
