// What providers' errors mean, in whatever words.
import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { providerKinds } from '../../../../shared/config/provider.ts';
import type { UpstreamClass } from '../../../../main/gateway/exchange.ts';
import { contextLimitIn } from '../../../../main/gateway/upstream/context-limit.ts';
import { classifyUpstream } from '../../../../main/gateway/upstream/error-class.ts';
import { largeVendors } from './error-bodies-large.ts';
import { otherVendors } from './error-bodies-other.ts';

const vendors = { ...largeVendors, ...otherVendors };
const page =
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>api key model overloaded</body></html>';

const bytes = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

describe.each(Object.entries(vendors))('FAULT-20 FAULT-21 FAULT-23 FAULT-24 %s', (_vendor, rows) => {
  it.each(rows.map(([kind, status, body, means]) => [kind, status, bytes(body), means] as const))(
    '%s %i %s is %s',
    (kind, status, body, means) => {
      expect(classifyUpstream({ status, headers: {}, body }, kind)).toBe(means);
      expect(classifyUpstream({ status, headers: {}, body: Buffer.from(body) }, kind)).toBe(means);
    },
  );
});

describe('a code alone says it', () => {
  const codes: Readonly<Record<string, readonly [status: number, codes: readonly string[]]>> = {
    quota_exhausted: [
      429,
      [
        ...['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active', 'usage_not_included', '1113'],
        ...['billing_error', 'credit_limit', 'exceeded_current_quota_error', 'payment_required', 'usage_limit_reached'],
      ],
    ],
    content_policy: [
      400,
      [
        ...['content_policy_violation', 'content_filter', 'moderation_blocked', 'cyber_policy', 'bio_policy', '1301'],
        ...['data_inspection_failed', 'DataInspectionFailed', 'ResponsibleAIPolicyViolation'],
      ],
    ],
    context_window: [
      500,
      [
        ...['context_length_exceeded', 'exceed_context_size_error', 'model_context_window_exceeded'],
        ...['request_too_large', 'prompt_too_long'],
      ],
    ],
    model_unavailable: [
      403,
      [
        ...['model_not_found', 'DeploymentNotFound', 'model_decommissioned', 'model_not_available', 'invalid_model'],
        ...['unsupported_country_region_territory', 'model_permission_blocked_org', 'FTUFormNotFilled'],
        ...['model_permission_blocked_project'],
      ],
    ],
    overloaded: [
      429,
      [
        ...['overloaded_error', 'server_is_overloaded', 'slow_down', 'engine_overloaded_error', 'queue_exceeded'],
        ...['unavailable_error', 'ModelNotReadyException', 'engine_overloaded', 'overloaded'],
      ],
    ],
    rate_limited: [
      400,
      [
        ...['rate_limit_exceeded', 'rate_limit_error', 'RateLimitReached', 'ThrottlingException', 'RESOURCE_EXHAUSTED'],
        ...['ServiceQuotaExceededException', 'TooManyRequestsException', 'too_many_requests_error', 'rate_limited'],
        ...['too_many_requests'],
      ],
    ],
    credential_refused: [
      400,
      [
        ...['invalid_api_key', 'authentication_error', 'permission_error', 'account_deactivated', 'API_KEY_EXPIRED'],
        ...[
          'organization_restricted',
          'API_KEY_INVALID',
          'API_KEY_SERVICE_BLOCKED',
          'UNAUTHENTICATED',
          'PERMISSION_DENIED',
        ],
        ...['ACCESS_TOKEN_EXPIRED', 'SERVICE_DISABLED', 'CONSUMER_SUSPENDED', 'AccessDeniedException', 'NotAuthorized'],
        ...['UnrecognizedClientException', 'InvalidSignatureException', 'ExpiredTokenException', 'IncompleteSignature'],
        ...['IncompleteSignatureException', 'InvalidClientTokenId', 'MissingAuthenticationToken', 'OptInRequired'],
        ...['MissingAuthenticationTokenException', 'invalid_authentication'],
      ],
    ],
    unsupported_parameter: [
      400,
      ['unsupported_parameter', 'unsupported_value', 'unknown_parameter', 'extra_forbidden'],
    ],
  };

  it.each(Object.entries(codes).flatMap(([means, [status, all]]) => all.map((code) => [code, status, means] as const)))(
    '%s at %i is %s',
    (code, status, means) => {
      for (const error of [
        { code },
        { type: code },
        { status: code },
        { details: [{ reason: code }] },
        { __type: `a.b#${code}` },
      ]) {
        const body = JSON.stringify({ error: { message: 'No.', ...error } });
        expect(classifyUpstream({ status, headers: {}, body }, 'openai-compatible')).toBe(means);
      }
    },
  );
});

describe('a sentence alone says it', () => {
  it.each([
    [403, 'You have run out of credits or need a Grok subscription.', 'quota_exhausted'],
    [403, 'Your team has used all available credits.', 'quota_exhausted'],
    [400, 'This request requires more credits, or fewer max_tokens.', 'quota_exhausted'],
    [400, "triggering Azure OpenAI's content management policy", 'content_policy'],
    [403, 'Your chosen model requires moderation', 'content_policy'],
    [403, 'your input was flagged', 'content_policy'],
    [403, 'Content violates usage guidelines.', 'content_policy'],
    [400, 'rejected by the safety system', 'content_policy'],
    [400, "This action doesn't support the model that you provided.", 'model_unavailable'],
    [503, 'There is no available model provider that meets your routing requirements', 'model_unavailable'],
    [400, 'Unknown model x', 'model_unavailable'],
    [404, 'No such model.', 'model_unavailable'],
    [400, 'Unable to access non-serverless model x.', 'model_unavailable'],
    [500, 'x not found, try pulling it first', 'model_unavailable'],
    [403, 'Region not supported', 'model_unavailable'],
    [404, 'models/x is not supported for streamGenerateContent', 'model_unavailable'],
    [400, 'The model `x` is not currently available', 'model_unavailable'],
    [400, 'The model `x` has been retired', 'model_unavailable'],
    [410, 'Model x has been shut down', 'model_unavailable'],
    [400, 'This model reached end of life', 'model_unavailable'],
    [403, 'This model: you do not have access to the model', 'model_unavailable'],
    [410, 'The model is gone', 'model_unavailable'],
    [503, 'We are over capacity', 'overloaded'],
    [503, 'Insufficient capacity', 'overloaded'],
    [500, 'Capacity reached', 'overloaded'],
    [503, 'high traffic', 'overloaded'],
    [503, 'Please slow down', 'overloaded'],
    [503, 'Loading model', 'overloaded'],
    [503, 'The server is too busy', 'overloaded'],
    [498, 'No.', 'overloaded'],
    [400, 'Too many input tokens. Max input tokens: 8192, request input token count: 9000', 'context_window'],
    [400, 'too large for model with 4096', 'context_window'],
    [400, 'invalid params, context window exceeds limit', 'context_window'],
    [400, 'prompt token count of 100000 exceeds the limit of 65536', 'context_window'],
    [400, 'Context size has been exceeded', 'context_window'],
    [400, 'Trying to keep the first 9 tokens when context the overflows.', 'context_window'],
    [400, 'The model is loaded with context length of only 7866 tokens', 'context_window'],
    [400, 'input length 9 exceeds the maximum allowed input length of 8 tokens', 'context_window'],
    [400, "The input (9 tokens) is longer than the model's context length (8 tokens).", 'context_window'],
    [400, 'Prompt has 9 tokens, but the configured context size is 8 tokens', 'context_window'],
    [422, 'Please reduce the length of your prompt', 'context_window'],
    [400, 'Missing API key', 'credential_refused'],
    [400, 'Expired credentials', 'credential_refused'],
    [400, 'Unauthorized access token', 'credential_refused'],
    [400, 'Wrong bearer token', 'credential_refused'],
    [400, 'The API key you gave is disabled', 'credential_refused'],
    [400, 'Your account was deactivated', 'credential_refused'],
    [400, 'Project 1 is suspended', 'credential_refused'],
    [400, 'Unrecognized request argument supplied: foo', 'unsupported_parameter'],
    [400, 'Argument not supported: presencePenalty', 'unsupported_parameter'],
    [400, 'Images are not supported by this model', 'unsupported_parameter'],
    [400, 'Unknown parameter foo', 'unsupported_parameter'],
    [400, 'thinking is not supported on this model', 'unsupported_parameter'],
    // The same sentences where they are about the caller's limits.
    [429, 'Please reduce the length of the messages', 'rate_limited'],
    [429, 'The model is not available at this rate', 'rate_limited'],
    [401, 'model not found', 'credential_refused'],
  ])('at %i "%s" is %s', (status, message, means) => {
    expect(classifyUpstream({ status, headers: {}, body: JSON.stringify({ error: { message } }) }, 'openai')).toBe(
      means,
    );
    expect(classifyUpstream({ status, headers: {}, body: message }, 'openai')).toBe(means);
  });
});

describe('what is not recognised', () => {
  it.each([
    [400, 'invalid_request'],
    [401, 'credential_refused'],
    [402, 'quota_exhausted'],
    [404, 'invalid_request'],
    [405, 'invalid_request'],
    [407, 'server'],
    [408, 'server'],
    [409, 'invalid_request'],
    [413, 'invalid_request'],
    [422, 'invalid_request'],
    [429, 'rate_limited'],
    [500, 'server'],
    [503, 'server'],
    [529, 'overloaded'],
    [200, 'server'],
    [0, 'server'],
    [999, 'server'],
  ] as const)('is judged by its status %i: %s', (status, means) => {
    for (const body of ['', '{}', '{"error":{"message":"What?"}}', 'What?', '[]', 'null', '\u0000']) {
      expect(classifyUpstream({ status, headers: {}, body }, 'openai')).toBe(means);
    }
  });

  it('leaves the credential alone where a 403 does not speak of whoever asks', () => {
    const means = (body: string, headers = {}): UpstreamClass =>
      classifyUpstream({ status: 403, headers, body }, 'openai');
    expect(means('')).toBe('server');
    expect(means('{"error":{"message":"Your request was blocked."}}')).toBe('server');
    expect(means('{"error":{"message":"Forbidden"}}')).toBe('credential_refused');
    expect(means('{"error":{"type":"permission_error","message":"No."}}')).toBe('credential_refused');
  });

  it('is judged by its status alone where it is a web page, whatever that says', () => {
    const means = (status: number, body = page, headers = {}): UpstreamClass =>
      classifyUpstream({ status, headers, body }, 'openai');
    expect([400, 401, 402, 403, 404, 429, 500, 503, 529].map((status) => means(status))).toEqual([
      ...['invalid_request', 'credential_refused', 'quota_exhausted', 'server', 'invalid_request'],
      ...['rate_limited', 'server', 'server', 'overloaded'],
    ]);
    expect(means(403, 'access denied: error code 1020', { 'content-type': 'text/html; charset=UTF-8' })).toBe('server');
  });
});

describe('where an error says it', () => {
  it('AWS names the exception in a header', () => {
    const headers = {
      'x-amzn-errortype': 'ModelNotReadyException:http://internal.amazon.com/coral/com.amazon.bedrock/',
    };
    expect(classifyUpstream({ status: 429, headers, body: '{"message":"Wait."}' }, 'bedrock')).toBe('overloaded');
  });

  it('a body that is longer than is looked at is read as far as it goes', () => {
    const long = JSON.stringify({ error: { code: 'context_length_exceeded', input: 'x'.repeat(100_000) } });
    expect(classifyUpstream({ status: 400, headers: {}, body: long }, 'openai')).toBe('context_window');
    const late = JSON.stringify({ error: { input: 'x'.repeat(20_000), code: 'context_length_exceeded' } });
    expect(classifyUpstream({ status: 400, headers: {}, body: late }, 'openai')).toBe('invalid_request');
  });

  it('what a request said, echoed far behind the error, is not what the error says', () => {
    const input = `${'x'.repeat(4_000)} prompt is too long ${'x'.repeat(20_000)}`;
    const body = JSON.stringify({ error: { message: 'No.', input } });
    expect(classifyUpstream({ status: 400, headers: {}, body }, 'openai')).toBe('invalid_request');
  });
});

describe('whatever an upstream sends', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '{"error":',
      '"code":"',
      'model',
      ' not found',
      'rate',
      '[[[',
      '"',
      '}',
      '\\',
      'exceeds ',
      'context ',
    ),
  );
  const body = fc.oneof(
    fc.array(piece, { maxLength: 30 }).map((all) => all.join('')),
    fc.json(),
    fc.uint8Array({ maxLength: 400 }).map((all) => Buffer.from(all)),
    fc.integer({ min: 0, max: 200_000 }).map((depth) => '['.repeat(depth)),
  );

  it('it has a class, and nothing is thrown', () => {
    const classes = new Set<string>(Object.values(vendors).flatMap((rows) => rows.map((row) => row[3])));
    fc.assert(
      fc.property(
        body,
        fc.integer({ min: 0, max: 700 }),
        fc.constantFrom(...providerKinds),
        (bytesOrText, status, kind) => {
          const headers = { 'content-type': ['text/plain'], 'x-amzn-errortype': '#:' };
          expect(classes).toContain(classifyUpstream({ status, headers, body: bytesOrText }, kind));
          contextLimitIn(bytesOrText.toString());
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    'model ',
    'quota exceeded for metric limit: ',
    'exceeded your current quota ',
    'api key ',
    '`inputs` ',
    'input token count ',
    'country ',
    '1,',
    'maximum context length is 1 ',
    'first 1 tokens ',
    '{"code":',
    '<',
  ])(
    'a mebibyte of %j is done with',
    (part) => {
      const text = part.repeat(Math.ceil((1024 * 1024) / part.length));
      for (const status of [400, 403, 404, 429, 500, 503]) {
        for (const bytesOrText of [text, JSON.stringify({ error: { message: text.slice(0, 16_000) } })]) {
          classifyUpstream({ status, headers: {}, body: bytesOrText }, 'openai');
          contextLimitIn(bytesOrText);
        }
      }
    },
    5_000,
  );
});
