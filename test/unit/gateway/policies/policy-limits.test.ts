import { describe, expect, it } from 'vitest';
import { contextDenied, sizeAgainst } from '../../../../main/gateway/policies/policy-limits.ts';

const limit = { rule: 'config:/models/max_context_tokens', origin: 'sluice.yaml, line 4', tokens: 1_000 };

describe('the size of a request', () => {
  it.each([
    [1_000, 0, 'within'],
    [600, 400, 'within'],
    [600, 401, 'unclear'],
    [1_001, 0, 'unclear'],
    [8_000, 0, 'unclear'],
    [8_001, 0, 'above'],
    [0, 1_600, 'unclear'],
  ] as const)('of %i bytes and %i tokens of pictures is %s', (textBytes, mediaTokens, expected) => {
    expect(sizeAgainst(limit, { textBytes, mediaTokens })).toBe(expected);
  });

  it('that is too large is refused with both figures and what mends it', () => {
    expect(contextDenied(limit, 12_345.6).message).toBe(
      'Blocked by models.max_context_tokens (sluice.yaml, line 4): this request says about 12,346 tokens, and at most 1,000 may be said at once. Send less, or begin a new conversation.',
    );
  });
});
