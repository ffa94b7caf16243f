import { describe, expect, it } from 'vitest';
import { ownError } from '../../../main/gateway/errors.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';

const bodyOf = (error: GatewayError, family: 'openai' | 'anthropic' | 'gemini'): unknown =>
  JSON.parse(ownError(family, undefined, error, 'req_1').body.toString('utf8'));

describe('an error of ours', () => {
  const wrongMethod = new GatewayError('identify.method_not_allowed', '/v1/messages takes POST, not GET.', {
    details: { family: 'anthropic', allow: 'POST' },
  });

  it.each(['openai', 'anthropic', 'gemini'] as const)(
    'says the allowed method in a header, and no hint of ours in the body: %s',
    (family) => {
      const answer = ownError(family, undefined, wrongMethod, 'req_1');
      expect(answer.headers).toContainEqual(['allow', 'POST']);
      expect(answer.status).toBe(405);
      const text = answer.body.toString('utf8');
      expect(text).toContain('takes POST');
      expect(text).not.toContain('"family"');
      expect(text).not.toContain('"allow"');
    },
  );

  it('keeps details that are meant for the client', () => {
    const error = new GatewayError('read.thread_unsupported', 'thread: not here.', {
      details: { error_code: 'thread_not_found' },
    });
    expect(bodyOf(error, 'anthropic')).toMatchObject({ error: { details: { error_code: 'thread_not_found' } } });
  });
});
