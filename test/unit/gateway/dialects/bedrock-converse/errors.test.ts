import { describe, expect, it } from 'vitest';
import { bedrockConverse } from '../../../../../main/gateway/dialects/bedrock-converse/bedrock-converse.ts';

describe('errors', () => {
  it.each([
    [400, 'invalid_request'],
    [401, 'authentication'],
    [403, 'permission'],
    [404, 'not_found'],
    [408, 'timeout'],
    [413, 'too_large'],
    [424, 'server'],
    [429, 'rate_limit'],
    [500, 'server'],
    [503, 'overloaded'],
  ])('reads a %d by its status', (status, kind) => {
    expect(bedrockConverse.decodeError(status, '{"message":"Why."}')).toEqual({
      status,
      kind,
      message: 'Why.',
      code: undefined,
    });
  });

  it('tells an unknown caller from one that may not', () => {
    const of = (message: string): string => bedrockConverse.decodeError(403, JSON.stringify({ Message: message })).kind;
    expect(of('The security token included in the request is invalid.')).toBe('authentication');
    expect(of("You don't have access to the model with the specified model ID.")).toBe('permission');
  });

  it('trusts the type in the body over the status', () => {
    const body =
      '{"__type":"com.amazon.coral.service#ThrottlingException:http://internal.amazon.com/","message":"Too many tokens"}';
    expect(bedrockConverse.decodeError(400, body)).toEqual({
      status: 400,
      kind: 'rate_limit',
      message: 'Too many tokens',
      code: 'ThrottlingException',
    });
  });

  it('reads a page or nothing as its status', () => {
    expect(bedrockConverse.decodeError(502, '<html>Bad gateway</html>')).toMatchObject({
      kind: 'server',
      message: '<html>Bad gateway</html>',
    });
    expect(bedrockConverse.decodeError(503, '').message).toBe('The provider answered 503.');
    expect(bedrockConverse.decodeError(500, '[]').message).toBe('[]');
  });

  it('writes a body AWS clients can read', () => {
    expect(bedrockConverse.encodeError({ status: 429, kind: 'rate_limit', message: 'Slow.' }, 'req-1')).toEqual({
      __type: 'ThrottlingException',
      message: 'Slow.',
      requestId: 'req-1',
    });
  });

  it('writes an in-stream error as an exception event', () => {
    expect(bedrockConverse.encodeStreamError({ status: 502, kind: 'server', message: 'Cut.' }, 'req-1')).toBe(
      'event: internalServerException\ndata: {"message":"Cut."}\n\n',
    );
  });
});
