import { describe, expect, it } from 'vitest';
import { anthropicMessages } from '../../../../../main/gateway/dialects/anthropic-messages/anthropic-messages.ts';
import { readWire } from './support.ts';

const { decodeError, encodeError, encodeStreamError } = anthropicMessages;

describe('encoding an error', () => {
  it.each([
    ['invalid_request', 'invalid_request_error'],
    ['authentication', 'authentication_error'],
    ['permission', 'permission_error'],
    ['not_found', 'not_found_error'],
    ['too_large', 'request_too_large'],
    ['rate_limit', 'rate_limit_error'],
    ['overloaded', 'overloaded_error'],
    ['timeout', 'timeout_error'],
    ['server', 'api_error'],
  ] as const)('says %s as %s', (kind, type) => {
    expect(encodeError({ status: 400, kind, message: 'm' }, 'req_1')).toEqual({
      type: 'error',
      error: { type, message: 'm' },
      request_id: 'req_1',
    });
  });

  it('puts details where the SDK looks for them', () => {
    const details = { error_code: 'thread_unsupported_request', unsupported: ['thread'] };
    expect(encodeError({ status: 400, kind: 'invalid_request', message: 'm', details }, 'req_1')).toMatchObject({
      error: { details },
    });
  });

  it('names the event in a stream', () => {
    expect(readWire(encodeStreamError({ status: 529, kind: 'overloaded', message: 'Overloaded' }, 'req_1'))).toEqual([
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_1' },
    ]);
  });
});

describe('decoding an error', () => {
  const body = (type: string): string =>
    JSON.stringify({ type: 'error', error: { type, message: 'm' }, request_id: 'req_2' });

  it.each([
    [400, 'invalid_request_error', 'invalid_request'],
    [401, 'authentication_error', 'authentication'],
    [402, 'billing_error', 'permission'],
    [403, 'permission_error', 'permission'],
    [404, 'not_found_error', 'not_found'],
    [413, 'request_too_large', 'too_large'],
    [429, 'rate_limit_error', 'rate_limit'],
    [500, 'api_error', 'server'],
    [504, 'timeout_error', 'timeout'],
    [529, 'overloaded_error', 'overloaded'],
  ])('reads %i %s as %s', (status, type, kind) => {
    expect(decodeError(status, body(type))).toEqual({ status, kind, message: 'm', code: type });
  });

  it('keeps details', () => {
    const text = JSON.stringify({
      type: 'error',
      error: { type: 'invalid_request_error', message: 'm', details: { error_code: 'x' } },
    });
    expect(decodeError(400, text).details).toEqual({ error_code: 'x' });
  });

  it('goes by the status when the body is another’s', () => {
    expect(decodeError(503, '{"message":"down"}')).toEqual({ status: 503, kind: 'overloaded', message: 'down' });
    expect(decodeError(403, '[{"error":{"code":403,"message":"denied","status":"PERMISSION_DENIED"}}]')).toMatchObject({
      kind: 'permission',
      message: 'denied',
    });
    expect(decodeError(502, 'Bad Gateway')).toEqual({ status: 502, kind: 'server', message: 'Bad Gateway' });
    expect(decodeError(500, '')).toMatchObject({ message: 'The provider answered 500.' });
    expect(decodeError(500, 'null')).toMatchObject({ message: 'null' });
  });
});
