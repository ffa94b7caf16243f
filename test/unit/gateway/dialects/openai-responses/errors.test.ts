import { describe, expect, it } from 'vitest';
import { openaiResponses } from '../../../../../main/gateway/dialects/openai-responses/openai-responses.ts';
import { decodeStream, readWire } from './support.ts';

describe('errors', () => {
  it.each([
    [
      429,
      '{"error":{"message":"slow","type":"requests","code":"rate_limit_exceeded","param":null}}',
      { status: 429, kind: 'rate_limit', message: 'slow', code: 'rate_limit_exceeded' },
    ],
    [
      400,
      '{"error":{"message":"bad","type":"invalid_request_error","code":null,"param":"input[0]"}}',
      { status: 400, kind: 'invalid_request', message: 'bad', code: 'invalid_request_error', param: 'input[0]' },
    ],
    [401, '{"error":"no key"}', { status: 401, kind: 'authentication', message: 'no key' }],
    [404, '{"detail":"no such model"}', { status: 404, kind: 'not_found', message: 'no such model' }],
    [500, '{"message":"broke"}', { status: 500, kind: 'server', message: 'broke' }],
    [503, '<html>busy</html>', { status: 503, kind: 'overloaded', message: '<html>busy</html>' }],
    [502, '', { status: 502, kind: 'server', message: 'The provider answered 502 without a message.' }],
  ])('reads a %i body %s', (status, body, expected) => {
    expect(openaiResponses.decodeError(status, body)).toEqual(expected);
  });

  it('cuts a long unreadable body', () => {
    expect(openaiResponses.decodeError(500, 'x'.repeat(10_000)).message).toHaveLength(500);
  });

  it('writes an error with type, code, param and our request id', () => {
    const error = {
      status: 404,
      kind: 'not_found',
      message: 'No model "x".',
      code: 'route.model_not_found',
      param: 'model',
      details: { nearest: ['y'] },
    } as const;
    expect(openaiResponses.encodeError(error, 'req_1')).toEqual({
      error: {
        message: 'No model "x".',
        type: 'not_found_error',
        param: 'model',
        // The word OpenAI has for it, which its clients look for.
        code: 'model_not_found',
        details: { nearest: ['y'] },
        request_id: 'req_1',
      },
    });
  });

  it('fails a relayed stream so that every client notices, and reads that failure back', () => {
    const wire = openaiResponses.encodeStreamError(
      { status: 502, kind: 'server', message: 'cut', code: 'relay.stream_cut' },
      'req_1',
    );
    const events = readWire(wire);
    expect(events.map((data) => data['type'])).toEqual(['response.failed', 'error']);
    expect(decodeStream(events)).toEqual([
      { type: 'error', error: { status: 502, kind: 'server', message: 'cut', code: 'server_error' } },
    ]);
  });

  it.each([
    ['rate_limit', 'attempt.rate_limited', 'rate_limit_exceeded'],
    ['overloaded', 'receive.draining', 'server_is_overloaded'],
    ['timeout', 'relay.idle_timeout', 'server_error'],
    ['invalid_request', 'read.invalid_field', 'invalid_prompt'],
    ['invalid_request', 'context_length_exceeded', 'context_length_exceeded'],
    ['rate_limit', 'insufficient_quota', 'insufficient_quota'],
  ] as const)('names a %s failure (%s) %s inside the failed response', (kind, code, expected) => {
    const [failed] = readWire(openaiResponses.encodeStreamError({ status: 500, kind, message: 'm', code }, 'r'));
    expect(failed?.['response']).toMatchObject({ status: 'failed', error: { code: expected } });
  });
});
