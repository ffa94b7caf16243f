import { describe, expect, it } from 'vitest';
import type { CanonicalError } from '../../../../../main/gateway/dialects/canonical.ts';
import { openaiChat } from '../../../../../main/gateway/dialects/openai-chat/openai-chat.ts';

const decode = (status: number, body: unknown): CanonicalError =>
  openaiChat.decodeError(status, typeof body === 'string' ? body : JSON.stringify(body));

describe('decoding an error', () => {
  it.each<[string, number, unknown, object]>([
    [
      'OpenAI',
      400,
      {
        error: {
          message: 'Bad',
          type: 'invalid_request_error',
          param: 'tools[0]',
          code: 'invalid_function_parameters',
        },
      },
      { kind: 'invalid_request', message: 'Bad', param: 'tools[0]', code: 'invalid_function_parameters' },
    ],
    [
      'OpenAI without code',
      401,
      { error: { message: 'Key', type: 'invalid_request_error', param: null, code: null } },
      { kind: 'authentication', code: 'invalid_request_error', param: undefined },
    ],
    [
      'a quota',
      429,
      { error: { message: 'Quota', type: 'insufficient_quota', code: 'insufficient_quota' } },
      { kind: 'rate_limit', code: 'insufficient_quota' },
    ],
    [
      'OpenRouter',
      402,
      { error: { code: 402, message: 'Provider returned error', metadata: { raw: 'no credits' } } },
      { kind: 'permission', message: 'Provider returned error: no credits' },
    ],
    [
      'Google',
      400,
      [{ error: { code: 400, message: 'Bad', status: 'INVALID_ARGUMENT' } }],
      { kind: 'invalid_request', message: 'Bad' },
    ],
    [
      'FastAPI',
      422,
      { detail: [{ loc: ['body', 'model'], msg: 'field required' }, { msg: 'too long' }] },
      { kind: 'invalid_request', message: 'field required; too long' },
    ],
    [
      'Mistral',
      422,
      { object: 'error', message: { detail: [{ msg: 'wrong order' }] }, type: 'invalid_request_error' },
      { message: 'wrong order' },
    ],
    [
      'vLLM',
      400,
      { object: 'error', message: 'too long', type: 'BadRequestError', param: null, code: 400 },
      { message: 'too long' },
    ],
    ['a text under error', 500, { error: 'boom' }, { kind: 'server', message: 'boom' }],
    ['a detail', 403, { detail: 'Not yours' }, { kind: 'permission', message: 'Not yours' }],
    ['plain text', 503, ' upstream down \n', { kind: 'overloaded', message: 'upstream down' }],
    ['nothing', 504, '', { kind: 'timeout', message: 'The provider answered 504.' }],
    ['JSON that says nothing', 500, {}, { message: '{}' }],
    ['an overload', 529, { error: { message: 'Busy' } }, { kind: 'overloaded' }],
    ['a body too large', 413, 'big', { kind: 'too_large' }],
    [
      'no such model',
      404,
      { error: { message: 'no', code: 'model_not_found' } },
      { kind: 'not_found', code: 'model_not_found' },
    ],
  ])('of %s', (_what, status, body, expected) => {
    expect(decode(status, body)).toMatchObject({ status, ...expected });
  });

  it('never gives a status that is no error, and cuts what it cannot read', () => {
    expect(decode(200, { error: { message: 'x' } }).status).toBe(502);
    expect(decode(302, 'moved').status).toBe(502);
    expect(decode(500, `<html>${'x'.repeat(5000)}`).message).toHaveLength(500);
  });
});

describe('encoding an error', () => {
  const error: CanonicalError = {
    status: 404,
    kind: 'not_found',
    message: 'No model "x".',
    code: 'route.model_not_found',
    param: 'model',
  };

  it('uses the words OpenAI clients look for', () => {
    expect(openaiChat.encodeError(error, 'req_1')).toEqual({
      error: {
        message: 'No model "x".',
        type: 'not_found_error',
        param: 'model',
        code: 'model_not_found',
        request_id: 'req_1',
      },
    });
    expect(
      openaiChat.encodeError({ status: 401, kind: 'authentication', message: 'm', code: 'admit.key_invalid' }, ''),
    ).toEqual({
      error: { message: 'm', type: 'authentication_error', param: null, code: 'invalid_api_key' },
    });
  });

  it.each([
    ['invalid_request', 'invalid_request_error'],
    ['permission', 'permission_error'],
    ['too_large', 'invalid_request_error'],
    ['rate_limit', 'rate_limit_error'],
    ['overloaded', 'server_error'],
    ['timeout', 'server_error'],
    ['server', 'server_error'],
  ] as const)('says the kind %s as %s', (kind, type) => {
    expect(openaiChat.encodeError({ status: 400, kind, message: 'm' }, '')).toMatchObject({
      error: { type, code: null },
    });
  });

  it('in a stream is one data event that no [DONE] follows', () => {
    const wire = openaiChat.encodeStreamError(error, 'req_1');
    expect(wire).toMatch(/^data: \{.*\}\n\n$/);
    expect(JSON.parse(wire.slice(6))).toEqual(openaiChat.encodeError(error, 'req_1'));
  });

  it('and decoding it again keeps what it said', () => {
    const again = decode(404, openaiChat.encodeError(error, 'req_1'));
    expect(again).toMatchObject({
      status: 404,
      kind: 'not_found',
      message: 'No model "x".',
      param: 'model',
      code: 'model_not_found',
    });
  });
});
