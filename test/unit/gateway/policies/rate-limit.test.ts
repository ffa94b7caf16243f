import { describe, expect, it } from 'vitest';
import { rateRefusal, type RateRefused } from '../../../../main/gateway/policies/rate-limit.ts';
import { claimOf } from './rates.ts';

function refusalOf(more: Partial<RateRefused>): { message: string; retryAfterS: number | undefined } {
  const { message, retryAfterS } = rateRefusal({
    ...{ claim: claimOf({}), what: 'rpm', retryAfterMs: 12_001, limit: 60, asked: 1, remaining: 0 },
    ...more,
  });
  return { message, retryAfterS };
}

describe('a refusal by a rate limit', () => {
  it('is a 429 that carries its rule', () => {
    const error = rateRefusal({
      ...{ claim: claimOf({ id: 'key:ide' }), what: 'rpm', retryAfterMs: 1, limit: 60, asked: 1, remaining: 0 },
    });
    expect(error).toMatchObject({
      code: 'admit.rate_limited',
      status: 429,
      retryAfterS: 1,
      details: { rule: 'key:ide' },
    });
  });

  it('names limit, place, whose, how much and when', () => {
    expect(refusalOf({})).toEqual({
      message:
        'Rate limit "key:ide" (sluice.yaml, line 12): key "ide" may send 60 requests a minute, and that many were sent. There is room again in 13 s.',
      retryAfterS: 13,
    });
    expect(refusalOf({ what: 'tpm', limit: 200_000, asked: 5_000, remaining: 1_200 }).message).toMatch(
      /: key "ide" may use 200,000 tokens a minute; 1,200 are left, and this request may take 5,000\. There is room again in 13 s\.$/,
    );
    expect(refusalOf({ what: 'parallel', limit: 1, retryAfterMs: 1_000 })).toEqual({
      message:
        'Rate limit "key:ide" (sluice.yaml, line 12): key "ide" may run 1 request at a time, and that many are running. Try again when one of them has ended.',
      retryAfterS: 1,
    });
  });

  it('of what can never fit says so, and no time', () => {
    const { message, retryAfterS } = refusalOf({ what: 'tpm', limit: 1_000, asked: 2_500, retryAfterMs: undefined });
    expect(message).toMatch(/, and the input of this request alone has about 2,500\. Send less, or raise tpm\.$/);
    expect(retryAfterS).toBeUndefined();
  });

  it.each([
    [claimOf({ scope: 'global' }, ''), 'all keys together may'],
    [claimOf({ scope: 'model' }, 'openai/gpt-5'), 'model "openai/gpt-5" may'],
    [claimOf({ scope: 'team', match: 'core' }, ''), 'team "core" may'],
    [claimOf({ scope: 'key', match: 'ci-*' }, ''), 'all keys that fit "ci-*", together, may'],
  ])('says whose it is: %j', (claim, words) => {
    expect(refusalOf({ claim }).message).toContain(`: ${words}`);
  });
});
