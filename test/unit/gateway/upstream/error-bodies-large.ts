// Errors of OpenAI, Azure, Anthropic, Google and AWS, and what they mean. From their references and from public reports.
import { anthropic, aws, google, info, openai, plan, quota, retry, type Row } from './error-bodies.ts';

export const largeVendors: Readonly<Record<string, readonly Row[]>> = {
  OpenAI: [
    [
      'openai',
      400,
      openai(
        "This model's maximum context length is 4097 tokens. However, your messages resulted in 4294 tokens.",
        'context_length_exceeded',
      ),
      'context_window',
    ],
    [
      'openai',
      400,
      openai('Your input exceeds the context window of this model. Please adjust your input and try again.'),
      'context_window',
    ],
    ['openai', 429, openai(plan, 'insufficient_quota', 'insufficient_quota'), 'quota_exhausted'],
    ['openai', 429, openai(plan, null, 'insufficient_quota'), 'quota_exhausted'],
    [
      'openai',
      429,
      openai(
        'Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s.',
        'rate_limit_exceeded',
        'tokens',
      ),
      'rate_limited',
    ],
    [
      'openai',
      429,
      openai(
        'Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 40000.',
        'rate_limit_exceeded',
        'tokens',
      ),
      'rate_limited',
    ],
    [
      'openai',
      429,
      openai(
        'Rate limit reached for gpt-4 on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.',
        'rate_limit_exceeded',
        'requests',
      ),
      'rate_limited',
    ],
    [
      'openai',
      404,
      openai('The model `gpt-9` does not exist or you do not have access to it.', 'model_not_found'),
      'model_unavailable',
    ],
    [
      'openai',
      403,
      openai('Project `proj_1` does not have access to model `gpt-4o`', 'model_not_found'),
      'model_unavailable',
    ],
    [
      'openai',
      400,
      openai('Your organization must be verified to stream this model.', 'unsupported_value'),
      'model_unavailable',
    ],
    [
      'openai',
      404,
      openai('This is not a chat model and thus not supported in the v1/chat/completions endpoint.'),
      'model_unavailable',
    ],
    [
      'openai',
      400,
      openai('Your request was rejected as a result of our safety system.', 'content_policy_violation'),
      'content_policy',
    ],
    [
      'openai',
      400,
      openai('Invalid prompt: your prompt was flagged as potentially violating our usage policy.', 'invalid_prompt'),
      'content_policy',
    ],
    ['openai', 401, openai('Incorrect API key provided: sk-1***.', 'invalid_api_key'), 'credential_refused'],
    [
      'openai',
      403,
      openai('You have insufficient permissions for this operation. Missing scopes: model.request.'),
      'credential_refused',
    ],
    [
      'openai',
      403,
      {
        error: {
          code: 'unsupported_country_region_territory',
          message: 'Country, region, or territory not supported',
          param: null,
          type: 'request_forbidden',
        },
      },
      'model_unavailable',
    ],
    [
      'openai',
      400,
      openai(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        'unsupported_parameter',
      ),
      'unsupported_parameter',
    ],
    [
      'openai',
      400,
      openai("Unsupported value: 'temperature' does not support 0.2 with this model.", 'unsupported_value'),
      'unsupported_parameter',
    ],
    ['openai', 400, openai("Unknown parameter: 'foo'.", 'unknown_parameter'), 'unsupported_parameter'],
    [
      'openai',
      400,
      openai('max_tokens is too large: 20000. This model supports at most 16384 completion tokens.'),
      'invalid_request',
    ],
    [
      'openai',
      400,
      openai("Invalid value: 'x'. Supported values are: 'a', and 'b'.", 'invalid_value'),
      'invalid_request',
    ],
    [
      'openai',
      400,
      openai("Previous response with id 'resp_1' not found.", 'previous_response_not_found'),
      'invalid_request',
    ],
    ['openai', 404, openai('Invalid URL (POST /v1/chat/completion)'), 'invalid_request'],
    [
      'openai',
      500,
      openai('The server had an error while processing your request. Sorry about that!', null, 'server_error'),
      'server',
    ],
    [
      'openai',
      503,
      openai('The engine is currently overloaded, please try again later', null, 'server_error'),
      'overloaded',
    ],
    ['openai', 503, openai('Slow down', 'slow_down', 'server_error'), 'overloaded'],
    ['openai', 502, openai('Bad gateway.'), 'server'],
    [
      'openai-compatible',
      429,
      { error: { type: 'usage_limit_reached', message: 'The usage limit has been reached', resets_in_seconds: 60 } },
      'quota_exhausted',
    ],
  ],
  Azure: [
    [
      'azure-openai',
      400,
      {
        error: {
          message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
          type: null,
          param: 'prompt',
          code: 'content_filter',
          status: 400,
          innererror: {
            code: 'ResponsibleAIPolicyViolation',
            content_filter_result: { hate: { filtered: true, severity: 'high' } },
          },
        },
      },
      'content_policy',
    ],
    [
      'azure-openai',
      400,
      { error: { message: 'No.', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
      'content_policy',
    ],
    [
      'azure-openai',
      404,
      { error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' } },
      'model_unavailable',
    ],
    ['azure-openai', 404, { error: { code: '404', message: 'Resource not found' } }, 'invalid_request'],
    [
      'azure-openai',
      429,
      {
        error: {
          code: '429',
          message:
            'Requests to the ChatCompletions_Create Operation have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 9 seconds. Please contact Azure support service if you would like to further increase the default rate limit.',
        },
      },
      'rate_limited',
    ],
    [
      'azure-openai',
      429,
      { error: { code: 'RateLimitReached', message: 'Rate limit of 1 per 86400s exceeded' } },
      'rate_limited',
    ],
    ['azure-openai', 429, openai(plan, 'insufficient_quota', 'insufficient_quota'), 'quota_exhausted'],
    [
      'azure-openai',
      403,
      {
        error: {
          code: '403',
          message: 'Out of call volume quota for ChatCompletions. Quota will be replenished in 12 days.',
        },
      },
      'quota_exhausted',
    ],
    [
      'azure-openai',
      401,
      { error: { code: '401', message: 'Access denied due to invalid subscription key or wrong API endpoint.' } },
      'credential_refused',
    ],
    [
      'azure-openai',
      403,
      { error: { code: '403', message: 'Access denied due to Virtual Network/Firewall rules.' } },
      'credential_refused',
    ],
  ],
  Anthropic: [
    ['anthropic', 529, anthropic('overloaded_error', 'Overloaded'), 'overloaded'],
    ['anthropic', 200, anthropic('overloaded_error', 'Overloaded'), 'overloaded'],
    [
      'anthropic',
      429,
      anthropic(
        'rate_limit_error',
        "This request would exceed your organization's rate limit of 50 requests per minute.",
      ),
      'rate_limited',
    ],
    [
      'anthropic',
      400,
      anthropic('invalid_request_error', 'prompt is too long: 208310 tokens > 200000 maximum'),
      'context_window',
    ],
    [
      'anthropic',
      400,
      anthropic(
        'invalid_request_error',
        'input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000, decrease input length or `max_tokens` and try again',
      ),
      'context_window',
    ],
    ['anthropic', 413, anthropic('request_too_large', 'Request exceeds the maximum size'), 'context_window'],
    [
      'anthropic',
      400,
      anthropic(
        'invalid_request_error',
        'max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens for claude-3-5-sonnet-20241022',
      ),
      'invalid_request',
    ],
    [
      'anthropic',
      400,
      anthropic(
        'invalid_request_error',
        'messages.3: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1.',
      ),
      'invalid_request',
    ],
    ['anthropic', 404, anthropic('not_found_error', 'model: claude-9'), 'model_unavailable'],
    ['anthropic', 404, anthropic('not_found_error', 'Not Found'), 'invalid_request'],
    ['anthropic', 401, anthropic('authentication_error', 'invalid x-api-key'), 'credential_refused'],
    [
      'anthropic',
      403,
      anthropic('permission_error', 'Your API key does not have permission to use the specified resource.'),
      'credential_refused',
    ],
    ['anthropic', 403, anthropic('forbidden', 'Request not allowed'), 'credential_refused'],
    [
      'anthropic',
      400,
      anthropic('invalid_request_error', 'This organization has been disabled.'),
      'credential_refused',
    ],
    [
      'anthropic',
      400,
      anthropic(
        'invalid_request_error',
        'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
      ),
      'quota_exhausted',
    ],
    [
      'anthropic',
      400,
      anthropic(
        'invalid_request_error',
        'You have reached your specified API usage limits. You will regain access on 2026-11-01 at 00:00 UTC.',
      ),
      'quota_exhausted',
    ],
    ['anthropic', 402, anthropic('billing_error', 'There is an issue with your billing.'), 'quota_exhausted'],
    [
      'anthropic',
      400,
      anthropic('invalid_request_error', 'Output blocked by content filtering policy'),
      'content_policy',
    ],
    [
      'anthropic',
      400,
      anthropic('invalid_request_error', 'top_secret: Extra inputs are not permitted'),
      'unsupported_parameter',
    ],
    ['anthropic', 500, anthropic('api_error', 'Internal server error'), 'server'],
  ],
  Gemini: [
    [
      'gemini',
      429,
      google(429, 'RESOURCE_EXHAUSTED', `${plan} Please retry in 47s.`, [
        quota(
          'GenerateContentInputTokensPerModelPerMinute-FreeTier',
          'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
        ),
        retry,
      ]),
      'quota_exhausted',
    ],
    [
      'gemini',
      429,
      google(429, 'RESOURCE_EXHAUSTED', plan, [quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'), retry]),
      'rate_limited',
    ],
    [
      'gemini',
      429,
      google(
        429,
        'RESOURCE_EXHAUSTED',
        `${plan}\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 5, model: gemini-2.5-pro\nPlease retry in 20.04466179s.`,
      ),
      'rate_limited',
    ],
    [
      'gemini',
      429,
      google(
        429,
        'RESOURCE_EXHAUSTED',
        `${plan}\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, model: gemini-2.5-pro\nPlease retry in 20.04466179s.`,
      ),
      'quota_exhausted',
    ],
    ['gemini', 429, google(429, 'RESOURCE_EXHAUSTED', plan), 'quota_exhausted'],
    [
      'gemini',
      429,
      google(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'),
      'rate_limited',
    ],
    ['gemini', 402, google(402, 'RESOURCE_EXHAUSTED', 'Prepay to go on.'), 'quota_exhausted'],
    [
      'gemini',
      400,
      [
        google(
          400,
          'INVALID_ARGUMENT',
          'The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).',
        ),
      ],
      'context_window',
    ],
    [
      'gemini',
      404,
      google(
        404,
        'NOT_FOUND',
        'models/gemini-9 is not found for API version v1beta, or is not supported for generateContent.',
      ),
      'model_unavailable',
    ],
    [
      'gemini',
      400,
      google(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [info('API_KEY_INVALID')]),
      'credential_refused',
    ],
    [
      'gemini',
      400,
      google(400, 'INVALID_ARGUMENT', 'API Key not found. Please pass a valid API key.'),
      'credential_refused',
    ],
    [
      'gemini',
      403,
      google(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked. Please use another API key.'),
      'credential_refused',
    ],
    [
      'gemini',
      403,
      google(
        403,
        'PERMISSION_DENIED',
        'Generative Language API has not been used in project 1 before or it is disabled.',
        [info('SERVICE_DISABLED')],
      ),
      'credential_refused',
    ],
    [
      'gemini',
      400,
      google(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
      'model_unavailable',
    ],
    [
      'gemini',
      400,
      google(
        400,
        'INVALID_ARGUMENT',
        'Invalid JSON payload received. Unknown name "foo" at \'generation_config\': Cannot find field.',
      ),
      'unsupported_parameter',
    ],
    [
      'gemini',
      400,
      google(400, 'INVALID_ARGUMENT', 'Function calling is not enabled for models/gemma-3'),
      'unsupported_parameter',
    ],
    [
      'gemini',
      400,
      google(400, 'INVALID_ARGUMENT', 'Please ensure that function call turn comes immediately after a user turn.'),
      'invalid_request',
    ],
    ['gemini', 503, google(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'), 'overloaded'],
    [
      'gemini',
      503,
      google(503, 'UNAVAILABLE', 'This model is currently experiencing high demand. Please try again later.'),
      'overloaded',
    ],
    ['gemini', 500, google(500, 'INTERNAL', 'An internal error has occurred.'), 'server'],
    ['gemini', 504, google(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'), 'server'],
    // An answer, not an error: whoever asks all the same learns nothing worse than that something failed.
    ['gemini', 200, { promptFeedback: { blockReason: 'SAFETY' } }, 'server'],
  ],
  Vertex: [
    [
      'vertex',
      429,
      google(
        429,
        'RESOURCE_EXHAUSTED',
        'Quota exceeded for aiplatform.googleapis.com/generate_content_requests_per_minute_per_project_per_base_model with base model: gemini-pro.',
      ),
      'rate_limited',
    ],
    ['vertex', 429, google(429, 'RESOURCE_EXHAUSTED', 'Resource exhausted. Please try again later.'), 'rate_limited'],
    [
      'vertex',
      404,
      google(
        404,
        'NOT_FOUND',
        'Publisher Model `projects/p/locations/eu/publishers/google/models/x` was not found or your project does not have access to it.',
      ),
      'model_unavailable',
    ],
    ['vertex', 404, google(404, 'NOT_FOUND', "Project 'p' not found or deleted."), 'invalid_request'],
    [
      'vertex',
      403,
      google(
        403,
        'PERMISSION_DENIED',
        "Permission 'aiplatform.endpoints.predict' denied on resource (or it may not exist).",
      ),
      'credential_refused',
    ],
    [
      'vertex',
      401,
      google(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'),
      'credential_refused',
    ],
    [
      'vertex',
      400,
      google(
        400,
        'INVALID_ARGUMENT',
        'Unable to submit request because the input token count is 1200293 but model only supports up to 1048576.',
      ),
      'context_window',
    ],
    ['vertex', 400, anthropic('invalid_request_error', 'Prompt is too long'), 'context_window'],
  ],
  Bedrock: [
    ['bedrock', 400, aws('Input is too long for requested model.'), 'context_window'],
    [
      'bedrock',
      400,
      aws('The model returned the following errors: Input is too long for requested model.'),
      'context_window',
    ],
    [
      'bedrock',
      400,
      aws(
        'Malformed input request: expected maxLength: 42000, actual: 46735, please reformat your input and try again.',
      ),
      'context_window',
    ],
    ['bedrock', 429, aws('Too many tokens, please wait before trying again.', 'ThrottlingException'), 'rate_limited'],
    [
      'bedrock',
      429,
      aws('Too many tokens per day, please wait before trying again.', 'ThrottlingException'),
      'quota_exhausted',
    ],
    [
      'bedrock',
      400,
      aws(
        'Your request exceeds the service quota for your account.',
        'com.amazon.coral.service#ServiceQuotaExceededException',
      ),
      'rate_limited',
    ],
    [
      'bedrock',
      429,
      aws('The model specified in the request is not ready to serve inference requests.', 'ModelNotReadyException'),
      'overloaded',
    ],
    [
      'bedrock',
      403,
      aws('User: arn:aws:iam::1:user/x is not authorized to perform: bedrock:InvokeModel', 'AccessDeniedException'),
      'credential_refused',
    ],
    [
      'bedrock',
      403,
      aws("You don't have access to the model with the specified model ID.", 'AccessDeniedException'),
      'model_unavailable',
    ],
    [
      'bedrock',
      403,
      aws('The security token included in the request is invalid.', 'UnrecognizedClientException'),
      'credential_refused',
    ],
    ['bedrock', 403, aws('The security token included in the request is expired'), 'credential_refused'],
    ['bedrock', 404, aws('Model not found.', 'ResourceNotFoundException'), 'model_unavailable'],
    [
      'bedrock',
      404,
      aws('This model version has reached the end of its life.', 'ResourceNotFoundException'),
      'model_unavailable',
    ],
    [
      'bedrock',
      400,
      aws(
        'Invocation of model ID x with on-demand throughput isn’t supported. Retry your request with an inference profile.',
      ),
      'model_unavailable',
    ],
    ['bedrock', 400, aws('The provided model identifier is invalid.', 'ValidationException'), 'model_unavailable'],
    ['bedrock', 400, aws('Malformed input request: #: extraneous key [foo] is not permitted'), 'unsupported_parameter'],
    [
      'bedrock',
      400,
      aws('The maximum tokens you requested exceeds the model limit of 4096.', 'ValidationException'),
      'invalid_request',
    ],
    [
      'bedrock',
      424,
      aws('The request failed due to an error while processing the model.', 'ModelErrorException'),
      'server',
    ],
    ['bedrock', 408, aws('The request took too long to process.', 'ModelTimeoutException'), 'server'],
    ['bedrock', 503, aws('Bedrock is unable to process your request.', 'ServiceUnavailableException'), 'server'],
  ],
};
