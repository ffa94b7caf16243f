// How long a request may be, as providers tell it when it was too long.
import { describe, expect, it } from 'vitest';
import { contextLimitIn } from '../../../../main/gateway/upstream/context-limit.ts';

describe('FAULT-24 the context window an error tells of', () => {
  it.each([
    [
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 411525 tokens (411032 in the messages, 493 in the functions).",
      { limit: 128_000, asked: 411_525 },
    ],
    [
      "This model's maximum context length is 4097 tokens, however you requested 4128 tokens (2128 in the messages, 2000 in the completion).",
      { limit: 4_097, asked: 4_128 },
    ],
    [
      "This model's maximum context length is 4096 tokens. However, you requested 0 output tokens and your prompt contains at least 4097 input tokens, for a total of at least 4097 tokens.",
      { limit: 4_096, asked: 4_097 },
    ],
    [
      "This model's maximum context length is 4096 tokens. However, you requested 32 output tokens and your prompt contains at least 4097 input tokens.",
      { limit: 4_096, asked: 4_097 },
    ],
    [
      "'max_tokens' is too large: 32000. This model's maximum context length is 4096 tokens and your request has 100 input tokens (32000 > 4096 - 100).",
      { limit: 4_096, asked: 100 },
    ],
    ["This endpoint's maximum context length is 131072 tokens.", { limit: 131_072 }],
    ['prompt is too long: 208310 tokens > 200000 maximum', { limit: 200_000, asked: 208_310 }],
    [
      'input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000, decrease input length',
      { limit: 200_000, asked: 242_959 },
    ],
    [
      'The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).',
      { limit: 1_048_576, asked: 1_200_293 },
    ],
    [
      'Unable to submit request because the input token count is 32769 but model only supports up to 32768.',
      { limit: 32_768, asked: 32_769 },
    ],
    [
      "This model's maximum prompt length is 131072 but the request contains 136973 tokens.",
      { limit: 131_072, asked: 136_973 },
    ],
    [
      'Prompt contains 300000 tokens and 0 draft tokens, too large for model with 131072 maximum context length',
      { limit: 131_072, asked: 300_000 },
    ],
    ['The prompt is too long: 262377, model maximum context length: 262143', { limit: 262_143, asked: 262_377 }],
    ['Your request exceeded model token limit: 262144 (requested: 300000)', { limit: 262_144, asked: 300_000 }],
    ['Your request exceeded model token limit: 128000', { limit: 128_000 }],
    [
      'too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292.',
      { limit: 4_081, asked: 4_292 },
    ],
    [
      'request (14429 tokens) exceeds the available context size (8192 tokens), try increasing it',
      { limit: 8_192, asked: 14_429 },
    ],
    ['Requested tokens (2285) exceed context window of 2048', { limit: 2_048, asked: 2_285 }],
    [
      'Trying to keep the first 10136 tokens when context the overflows. However, the model is loaded with context length of only 7866 tokens',
      { limit: 7_866, asked: 10_136 },
    ],
    [
      'Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192',
      { limit: 8_192, asked: 9_000 },
    ],
    ['prompt token count of 100000 exceeds the limit of 65536', { limit: 65_536, asked: 100_000 }],
    [
      'Prompt has 300,000 tokens, but the configured context size is 131,072 tokens',
      { limit: 131_072, asked: 300_000 },
    ],
    ['Input validation error: `inputs` must have less than 4096 tokens. Given: 5000', { limit: 4_096, asked: 5_000 }],
    // Nothing of the kind.
    ['max_tokens is too large: 20000. This model supports at most 16384 completion tokens', undefined],
    ['Rate limit reached: Limit 30000, Used 29000, Requested 2000.', undefined],
    ['prompt is too long', undefined],
    ['prompt is too long: 0 tokens > 0 maximum', undefined],
    ['', undefined],
  ])('%s', (message, limit) => {
    for (const text of [
      message,
      JSON.stringify({ error: { message } }),
      JSON.stringify([{ error: { metadata: { raw: message } } }]),
    ]) {
      expect(contextLimitIn(text)).toEqual(limit);
    }
  });

  it('is read from fields where there are any', () => {
    const error = {
      code: 400,
      message: 'the request exceeds the available context size',
      n_prompt_tokens: 14_429,
      n_ctx: 8_192,
    };
    expect(contextLimitIn(JSON.stringify({ error }))).toEqual({ limit: 8_192, asked: 14_429 });
    expect(contextLimitIn(JSON.stringify({ error: { ...error, n_ctx: 0 } }))).toBeUndefined();
  });

  it('is read where JSON spells `>` as an escape', () => {
    expect(contextLimitIn('{"error":{"message":"prompt is too long: 208310 tokens \\u003e 200000 maximum"}}')).toEqual({
      limit: 200_000,
      asked: 208_310,
    });
  });
});
