/** What each dialect's meter reads from what providers report: all that is priced apart, and each token once. */
import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { anthropicMessages } from '../../../../main/gateway/dialects/anthropic-messages/anthropic-messages.ts';
import { bedrockConverse } from '../../../../main/gateway/dialects/bedrock-converse/bedrock-converse.ts';
import type { JsonObject } from '../../../../main/gateway/dialects/canonical.ts';
import type { Dialect } from '../../../../main/gateway/dialects/dialect.ts';
import { gemini } from '../../../../main/gateway/dialects/gemini/gemini.ts';
import { openaiChat } from '../../../../main/gateway/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../../../main/gateway/dialects/openai-responses/openai-responses.ts';
import { totalInputTokens, type Usage } from '../../../../shared/domain/usage.ts';

function answered(dialect: Dialect, body: JsonObject): Usage | undefined {
  const meter = dialect.createMeter();
  meter.answer(body);
  return meter.usage()?.usage;
}

function streamed(dialect: Dialect, ...events: readonly [name: string, data: JsonObject][]): Usage | undefined {
  const meter = dialect.createMeter();
  for (const [name, data] of events) meter.event(name, Buffer.from(JSON.stringify(data)));
  return meter.usage()?.usage;
}

describe('the tier in which an answer was served', () => {
  const delta: [string, JsonObject] = ['', { id: 'c', choices: [{ index: 0, delta: { content: 'x' } }], usage: null }];
  const count = { prompt_tokens: 1, completion_tokens: 1 };

  it.each([
    ['flex', 'flex'],
    ['priority', 'priority'],
    ['default', undefined],
    ['on_demand', undefined],
  ] as const)('is read from Chat Completions: %s', (word, serviceTier) => {
    const plain = { choices: [{ message: { content: 'x' } }], usage: count, service_tier: word };
    expect(answered(openaiChat, plain)?.serviceTier).toBe(serviceTier);
    const last: [string, JsonObject] = ['', { choices: [], usage: count, service_tier: word }];
    expect(streamed(openaiChat, delta, last)?.serviceTier).toBe(serviceTier);
  });

  it('is read from Responses', () => {
    const response = {
      id: 'r',
      status: 'completed',
      usage: { input_tokens: 1, output_tokens: 1 },
      service_tier: 'priority',
    };
    expect(answered(openaiResponses, response)?.serviceTier).toBe('priority');
    const completed: [string, JsonObject] = ['response.completed', { type: 'response.completed', response }];
    expect(streamed(openaiResponses, completed)?.serviceTier).toBe('priority');
  });

  it('is read from Messages, with the speed and the place', () => {
    const start = { input_tokens: 1, output_tokens: 1, service_tier: 'batch', inference_geo: 'us' };
    const usage = streamed(
      anthropicMessages,
      ['message_start', { type: 'message_start', message: { id: 'm', usage: start } }],
      ['message_delta', { type: 'message_delta', delta: {}, usage: { output_tokens: 9 } }],
    );
    expect(usage).toMatchObject({ serviceTier: 'batch', usOnly: true, outputTokens: 9 });
    const fast = {
      input_tokens: 1,
      output_tokens: 1,
      service_tier: 'standard',
      speed: 'fast',
      inference_geo: 'global',
    };
    expect(answered(anthropicMessages, { usage: fast })).toMatchObject({ serviceTier: 'fast' });
    expect(answered(anthropicMessages, { usage: fast })?.usOnly).toBeUndefined();
  });

  it('is read from Gemini and Vertex', () => {
    const tier = (more: JsonObject): string | undefined =>
      answered(gemini, { usageMetadata: { promptTokenCount: 1, ...more } })?.serviceTier;
    expect(tier({ serviceTier: 'SERVICE_TIER_FLEX' })).toBe('flex');
    expect(tier({ trafficType: 'ON_DEMAND_PRIORITY' })).toBe('priority');
    expect(tier({ trafficType: 'ON_DEMAND' })).toBeUndefined();
    expect(tier({ trafficType: 'PROVISIONED_THROUGHPUT' })).toBeUndefined();
  });

  it('is read from Converse', () => {
    const usage = { inputTokens: 1, outputTokens: 1 };
    expect(answered(bedrockConverse, { usage, serviceTier: { type: 'flex' } })?.serviceTier).toBe('flex');
    expect(streamed(bedrockConverse, ['metadata', { usage, serviceTier: { type: 'priority' } }])?.serviceTier).toBe(
      'priority',
    );
    expect(answered(bedrockConverse, { usage, serviceTier: { type: 'default' } })?.serviceTier).toBeUndefined();
  });
});

describe('what is paid for beside tokens', () => {
  it('is told by Messages: searches, not fetches', () => {
    const usage = {
      input_tokens: 1,
      output_tokens: 1,
      server_tool_use: { web_search_requests: 3, web_fetch_requests: 2 },
    };
    expect(answered(anthropicMessages, { usage })?.webSearches).toBe(3);
  });

  it('is told by the items of a response: searches, not pages opened', () => {
    const call = (type: string): JsonObject => ({ type: 'web_search_call', action: { type } });
    const output = [
      call('search'),
      call('open_page'),
      call('find_in_page'),
      { type: 'web_search_call' },
      { type: 'message' },
    ];
    const usage = { input_tokens: 1, output_tokens: 1 };
    expect(answered(openaiResponses, { status: 'completed', output, usage })?.webSearches).toBe(2);
    expect(answered(openaiResponses, { status: 'completed', output: [], usage })?.webSearches).toBeUndefined();
  });

  it('is told by search models: how much they searched and read; their research reasons beside the answer', () => {
    const usage = {
      ...{ prompt_tokens: 30, completion_tokens: 700, total_tokens: 730, search_context_size: 'low' },
      ...{ citation_tokens: 2000, num_search_queries: 18, reasoning_tokens: 600 },
    };
    expect(answered(openaiChat, { usage })).toMatchObject({
      ...{ inputTokens: 30, outputTokens: 1300, reasoningTokens: 600, citationTokens: 2000 },
      ...{ webSearches: 18, searchContext: 'low' },
    });
    const routed = { prompt_tokens: 1, completion_tokens: 1, server_tool_use: { web_search_requests: 2 } };
    expect(answered(openaiChat, { usage: routed })?.webSearches).toBe(2);
  });
});

describe('sound and pictures', () => {
  it('are parts of input and output in Chat Completions', () => {
    const usage = {
      ...{ prompt_tokens: 100, completion_tokens: 50 },
      prompt_tokens_details: { cached_tokens: 20, audio_tokens: 30, image_tokens: 10 },
      completion_tokens_details: { audio_tokens: 40, reasoning_tokens: 5, image_tokens: 2 },
    };
    expect(answered(openaiChat, { usage })).toMatchObject({
      ...{ inputTokens: 80, cacheReadTokens: 20, outputTokens: 50, inputAudioTokens: 30, inputImageTokens: 10 },
      ...{ outputAudioTokens: 40, outputImageTokens: 2, reasoningTokens: 5 },
    });
  });

  it('are parts of what is fresh and what is cached in Gemini', () => {
    const usageMetadata = {
      ...{ promptTokenCount: 1000, cachedContentTokenCount: 400, toolUsePromptTokenCount: 7 },
      ...{ candidatesTokenCount: 1300, thoughtsTokenCount: 100 },
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 200 },
        { modality: 'AUDIO', tokenCount: 500 },
        { modality: 'IMAGE', tokenCount: 300 },
      ],
      cacheTokensDetails: [
        { modality: 'AUDIO', tokenCount: 350 },
        { modality: 'IMAGE', tokenCount: 50 },
      ],
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }],
    };
    expect(answered(gemini, { usageMetadata })).toMatchObject({
      ...{ inputTokens: 607, cacheReadTokens: 400, inputAudioTokens: 150, cacheReadAudioTokens: 350 },
      ...{ inputImageTokens: 250, outputTokens: 1400, reasoningTokens: 100, outputImageTokens: 1290 },
    });
  });
});

describe('each token is counted once (BUD-13)', () => {
  const count = fc.nat({ max: 1_000_000 });

  it('where input has the cached tokens in it: OpenAI', () => {
    fc.assert(
      fc.property(count, count, count, count, (fresh, cached, output, reasoning) => {
        const total = fresh + cached;
        const usage = answered(openaiChat, {
          usage: {
            ...{
              prompt_tokens: total,
              completion_tokens: output + reasoning,
              total_tokens: total + output + reasoning,
            },
            ...{ prompt_tokens_details: { cached_tokens: cached } },
            completion_tokens_details: { reasoning_tokens: reasoning },
          },
        });
        expect(usage && totalInputTokens(usage) + usage.outputTokens).toBe(total + output + reasoning);
        const told = answered(openaiResponses, {
          usage: {
            ...{ input_tokens: total, output_tokens: output + reasoning },
            ...{
              input_tokens_details: { cached_tokens: cached },
              output_tokens_details: { reasoning_tokens: reasoning },
            },
          },
        });
        expect(told).toMatchObject({ inputTokens: fresh, cacheReadTokens: cached, outputTokens: output + reasoning });
      }),
    );
  });

  it('where reasoning is beside the output: Gemini, xAI', () => {
    fc.assert(
      fc.property(count, count, count, count, (fresh, cached, output, thoughts) => {
        const usage = answered(gemini, {
          usageMetadata: {
            ...{ promptTokenCount: fresh + cached, cachedContentTokenCount: cached },
            ...{ candidatesTokenCount: output, thoughtsTokenCount: thoughts },
            totalTokenCount: fresh + cached + output + thoughts,
          },
        });
        expect(usage && totalInputTokens(usage) + usage.outputTokens).toBe(fresh + cached + output + thoughts);
        const total = fresh + cached + output + thoughts;
        const grok = answered(openaiChat, {
          usage: {
            ...{ prompt_tokens: fresh + cached, completion_tokens: output, total_tokens: total },
            completion_tokens_details: { reasoning_tokens: thoughts },
          },
        });
        expect(grok && totalInputTokens(grok) + grok.outputTokens).toBe(total);
      }),
    );
  });

  it('where the cache is beside the input: Anthropic, Bedrock', () => {
    fc.assert(
      fc.property(count, count, count, count, count, (fresh, read, short, long, output) => {
        const messages = answered(anthropicMessages, {
          usage: {
            ...{ input_tokens: fresh, cache_read_input_tokens: read, cache_creation_input_tokens: short + long },
            cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
            output_tokens: output,
          },
        });
        const converse = answered(bedrockConverse, {
          usage: {
            ...{ inputTokens: fresh, cacheReadInputTokens: read, cacheWriteInputTokens: short + long },
            ...{ cacheDetails: [{ ttl: '1h', inputTokens: long }], outputTokens: output },
          },
        });
        for (const usage of [messages, converse]) {
          expect(usage).toMatchObject({ inputTokens: fresh, cacheReadTokens: read, cacheWriteTokens: short + long });
          expect(usage?.cacheWrite1hTokens ?? 0).toBe(long);
          expect(usage && totalInputTokens(usage) + usage.outputTokens).toBe(fresh + read + short + long + output);
        }
      }),
    );
  });
});
