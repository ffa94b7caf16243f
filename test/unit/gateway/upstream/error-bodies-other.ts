// Errors of smaller vendors, routers and local servers, and what they mean. From their references and from public reports.
import { anthropic, openai, routed, type Row } from './error-bodies.ts';

export const otherVendors: Readonly<Record<string, readonly Row[]>> = {
  'other vendors': [
    [
      'mistral',
      400,
      {
        object: 'error',
        message:
          'Prompt contains 300000 tokens and 0 draft tokens, too large for model with 131072 maximum context length',
        type: 'invalid_request_invalid_args',
        code: '3051',
      },
      'context_window',
    ],
    [
      'mistral',
      400,
      { object: 'error', message: 'Invalid model: foo', type: 'invalid_model', param: null, code: '1500' },
      'model_unavailable',
    ],
    [
      'mistral',
      422,
      {
        object: 'error',
        message: {
          detail: [{ type: 'extra_forbidden', loc: ['body', 'foo'], msg: 'Extra inputs are not permitted', input: 1 }],
        },
        type: 'invalid_request_error',
        raw_status_code: 422,
      },
      'unsupported_parameter',
    ],
    ['mistral', 401, { detail: 'Unauthorized' }, 'credential_refused'],
    ['mistral', 429, { message: 'Requests rate limit exceeded' }, 'rate_limited'],
    [
      'groq',
      413,
      openai(
        'Request too large for model `llama` on tokens per minute (TPM): Limit 6000, Requested 14810, please reduce your message size and try again.',
        'rate_limit_exceeded',
        'tokens',
      ),
      'rate_limited',
    ],
    [
      'groq',
      429,
      openai(
        'Rate limit reached for model `llama` on tokens per day (TPD): Limit 100000, Used 97050, Requested 3619. Please try again in 9m38.016s.',
        'rate_limit_exceeded',
        'tokens',
      ),
      'rate_limited',
    ],
    [
      'groq',
      400,
      openai('Please reduce the length of the messages or completion.', 'context_length_exceeded'),
      'context_window',
    ],
    [
      'groq',
      400,
      openai('The model `llama2` has been decommissioned and is no longer supported.', 'model_decommissioned'),
      'model_unavailable',
    ],
    ['groq', 400, openai("property 'foo' is unsupported"), 'unsupported_parameter'],
    [
      'groq',
      400,
      openai('Organization has been restricted. Please reach out to support.', 'organization_restricted'),
      'credential_refused',
    ],
    ['groq', 498, openai('Flex tier capacity exceeded'), 'overloaded'],
    ['deepseek', 402, openai('Insufficient Balance', 'invalid_request_error', 'unknown_error'), 'quota_exhausted'],
    ['deepseek', 400, openai('Model Not Exist', 'invalid_request_error'), 'model_unavailable'],
    ['deepseek', 400, openai('Content Exists Risk', 'invalid_request_error'), 'content_policy'],
    [
      'deepseek',
      400,
      openai('Invalid max_tokens value, the valid range of max_tokens is [1, 8192]', 'invalid_request_error'),
      'invalid_request',
    ],
    [
      'deepseek',
      401,
      openai('Authentication Fails, Your api key is invalid', 'invalid_request_error', 'authentication_error'),
      'credential_refused',
    ],
    ['deepseek', 503, openai('Server overloaded'), 'overloaded'],
    [
      'xai',
      400,
      {
        code: 'Client specified an invalid argument',
        error: 'Incorrect API key provided: xa***3d. You can obtain an API key from https://console.x.ai.',
      },
      'credential_refused',
    ],
    [
      'xai',
      400,
      {
        code: 'Client specified an invalid argument',
        error: "This model's maximum prompt length is 131072 but the request contains 136973 tokens.",
      },
      'context_window',
    ],
    [
      'xai',
      403,
      {
        code: 'The caller does not have permission to execute the specified operation',
        error: 'Your team t has either used all available credits or reached its monthly spending limit.',
      },
      'quota_exhausted',
    ],
    [
      'xai',
      429,
      { error: 'Your team t has either used all available credits or reached its monthly spending limit.' },
      'quota_exhausted',
    ],
    [
      'xai',
      403,
      JSON.stringify("Your newly created team doesn't have any credits or licenses yet."),
      'quota_exhausted',
    ],
    [
      'xai',
      404,
      {
        code: 'Some requested entity was not found',
        error: 'The model grok-9 does not exist or your team t does not have access to it.',
      },
      'model_unavailable',
    ],
    [
      'xai',
      400,
      { code: 'Client specified an invalid argument', error: 'Argument not supported on this model: presencePenalty' },
      'unsupported_parameter',
    ],
    [
      'openrouter',
      402,
      { error: { message: 'Insufficient credits. This account never purchased credits.', code: 402 } },
      'quota_exhausted',
    ],
    [
      'openrouter',
      404,
      { error: { message: 'No endpoints found that support tool use.', code: 404 } },
      'model_unavailable',
    ],
    [
      'openrouter',
      404,
      { error: { message: 'No endpoints found matching your data policy.', code: 404 } },
      'model_unavailable',
    ],
    ['openrouter', 400, { error: { message: 'foo/bar is not a valid model ID', code: 400 } }, 'model_unavailable'],
    [
      'openrouter',
      403,
      {
        error: {
          message: 'Your chosen model requires moderation and your input was flagged for "violence"',
          code: 403,
          metadata: { reasons: ['violence'] },
        },
      },
      'content_policy',
    ],
    ['openrouter', 403, { error: { message: 'Key limit exceeded (total limit).', code: 403 } }, 'quota_exhausted'],
    ['openrouter', 401, { error: { message: 'No auth credentials found', code: 401 } }, 'credential_refused'],
    [
      'openrouter',
      429,
      {
        error: {
          message:
            'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day',
          code: 429,
        },
      },
      'quota_exhausted',
    ],
    [
      'openrouter',
      429,
      routed(429, 'Provider returned error', 'x/y is temporarily rate-limited upstream. Please retry shortly'),
      'rate_limited',
    ],
    [
      'openrouter',
      400,
      routed(
        400,
        'Provider returned error',
        anthropic('invalid_request_error', 'prompt is too long: 208310 tokens > 200000 maximum'),
      ),
      'context_window',
    ],
    [
      'openrouter',
      400,
      routed(400, 'Provider returned error', openai('No.', 'unsupported_parameter')),
      'unsupported_parameter',
    ],
    [
      'openrouter',
      503,
      routed(503, 'Provider returned error', anthropic('overloaded_error', 'Overloaded')),
      'overloaded',
    ],
    ['openrouter', 502, routed(502, 'Provider returned error', ''), 'server'],
    [
      'together',
      400,
      {
        id: 'x',
        error: {
          message: 'Unable to access non-serverless model Q.',
          type: 'invalid_request_error',
          param: null,
          code: 'model_not_available',
        },
      },
      'model_unavailable',
    ],
    ['together', 400, { error: 'model_not_available', message: 'No.' }, 'model_unavailable'],
    [
      'together',
      422,
      openai(
        'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 7000 `inputs` tokens and 4096 `max_new_tokens`',
      ),
      'context_window',
    ],
    ['together', 402, openai('Credit limit exceeded', 'credit_limit'), 'quota_exhausted'],
    [
      'fireworks',
      404,
      {
        error: {
          object: 'error',
          type: 'invalid_request_error',
          code: 'NOT_FOUND',
          message: 'Model not found, inaccessible, and/or not deployed',
        },
      },
      'model_unavailable',
    ],
    [
      'fireworks',
      400,
      openai('The prompt is too long: 262377, model maximum context length: 262143'),
      'context_window',
    ],
    [
      'fireworks',
      412,
      openai(
        'Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.',
      ),
      'quota_exhausted',
    ],
    [
      'cohere',
      400,
      {
        message:
          'too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292. Try using a shorter prompt.',
      },
      'context_window',
    ],
    [
      'cohere',
      404,
      {
        message: "model 'x' not found, make sure the correct model ID was used and that you have access to the model.",
      },
      'model_unavailable',
    ],
    [
      'cohere',
      429,
      { message: 'You are using a Trial key, which is limited to 1000 API calls / month.' },
      'quota_exhausted',
    ],
    [
      'cohere',
      429,
      { message: 'You are using a Trial key, which is limited to 10 API calls / minute.' },
      'rate_limited',
    ],
    ['cohere', 401, { message: 'invalid api token' }, 'credential_refused'],
    ['cerebras', 413, '', 'context_window'],
    [
      'cerebras',
      429,
      {
        message: "We're experiencing high traffic right now!",
        type: 'too_many_requests_error',
        param: 'queue',
        code: 'queue_exceeded',
      },
      'overloaded',
    ],
    [
      'perplexity',
      400,
      {
        error: {
          message: "Invalid model 'foo'. Permitted models can be found in the documentation.",
          type: 'invalid_model',
          code: 400,
        },
      },
      'model_unavailable',
    ],
    ['perplexity', 401, '<html>\n<head><title>401 Authorization Required</title></head></html>', 'credential_refused'],
    [
      'openai-compatible',
      400,
      openai('Your request exceeded model token limit: 262144 (requested: 300000)'),
      'context_window',
    ],
    [
      'openai-compatible',
      429,
      {
        error: {
          type: 'engine_overloaded_error',
          message: 'The engine is currently overloaded, please try again later',
        },
      },
      'overloaded',
    ],
    [
      'openai-compatible',
      429,
      {
        error: {
          type: 'exceeded_current_quota_error',
          message: 'Your account is suspended due to insufficient balance',
        },
      },
      'quota_exhausted',
    ],
    [
      'openai-compatible',
      429,
      { error: { code: '1113', message: '余额不足或无可用资源包,请充值。' } },
      'quota_exhausted',
    ],
    [
      'openai-compatible',
      400,
      openai('<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 98304]'),
      'context_window',
    ],
  ],
  'local servers': [
    ['ollama', 404, { error: "model 'mistral' not found, try pulling it first" }, 'model_unavailable'],
    ['ollama', 404, openai('model "x" not found, try pulling it first', null, 'api_error'), 'model_unavailable'],
    ['ollama', 400, openai('the input length exceeds the context length'), 'context_window'],
    ['ollama', 400, openai('prompt too long; exceeded max context length by 1234 tokens'), 'context_window'],
    ['ollama', 400, openai('registry.ollama.ai/library/gemma3:latest does not support tools'), 'unsupported_parameter'],
    [
      'ollama',
      500,
      { error: 'model requires more system memory (9.1 GiB) than is available (4.2 GiB)' },
      'model_unavailable',
    ],
    ['ollama', 503, { error: 'server busy, please try again.  maximum pending requests exceeded' }, 'overloaded'],
    ['ollama', 403, { error: 'this model requires a subscription, upgrade for access' }, 'model_unavailable'],
    [
      'lmstudio',
      400,
      {
        error:
          'Trying to keep the first 10136 tokens when context the overflows. However, the model is loaded with context length of only 7866 tokens, which is not enough.',
      },
      'context_window',
    ],
    [
      'lmstudio',
      400,
      { error: 'The number of tokens to keep from the initial prompt is greater than the context length.' },
      'context_window',
    ],
    ['lmstudio', 404, openai('Model "x" not found.', 'model_not_found'), 'model_unavailable'],
    [
      'lmstudio',
      400,
      {
        error: {
          message: 'Failed to load model "x". Error: Model loading was stopped due to insufficient system resources.',
        },
      },
      'model_unavailable',
    ],
    [
      'llamacpp',
      400,
      {
        error: {
          code: 400,
          message: 'the request exceeds the available context size, try increasing it',
          type: 'exceed_context_size_error',
          n_prompt_tokens: 14429,
          n_ctx: 8192,
        },
      },
      'context_window',
    ],
    [
      'llamacpp',
      500,
      {
        error: {
          code: 500,
          message: 'the request exceeds the available context size.',
          type: 'exceed_context_size_error',
        },
      },
      'context_window',
    ],
    ['llamacpp', 503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }, 'overloaded'],
    [
      'llamacpp',
      401,
      { error: { code: 401, message: 'Invalid API Key', type: 'authentication_error' } },
      'credential_refused',
    ],
    [
      'openai-compatible',
      400,
      {
        object: 'error',
        message:
          "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4000 in the messages, 1000 in the completion).",
        type: 'BadRequestError',
        param: null,
        code: 400,
      },
      'context_window',
    ],
    [
      'openai-compatible',
      404,
      { object: 'error', message: 'The model `x` does not exist.', type: 'NotFoundError', param: null, code: 404 },
      'model_unavailable',
    ],
    [
      'openai-compatible',
      400,
      openai('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
      'unsupported_parameter',
    ],
    ['openai-compatible', 404, { detail: 'Not Found' }, 'invalid_request'],
    ['openai-compatible', 400, 'Requested tokens (2285) exceed context window of 2048', 'context_window'],
  ],
};
