import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, expectedCost, freePrice, type Price } from '../../../../shared/domain/price.ts';
import { noUsage, type Usage } from '../../../../shared/domain/usage.ts';

/** 3 and 15 US dollars a million, as a vendor of prompt caches charges them. */
const sonnet: Price = {
  ...{ input: 3_000_000, output: 15_000_000 },
  ...{ cacheRead: 300_000, cacheWrite: 3_750_000, cacheWrite1h: 6_000_000 },
};
const tiered: Price = {
  ...sonnet,
  above: [
    { tokens: 200_000, input: 6_000_000, output: 22_500_000, cacheRead: 600_000 },
    { tokens: 500_000, input: 12_000_000, output: 45_000_000 },
  ],
};

const tokens = fc.nat({ max: 1_000_000 });
const usages: fc.Arbitrary<Usage> = fc.record({
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: tokens,
  cacheWrite1hTokens: fc.option(tokens, { nil: undefined }),
  reasoningTokens: fc.option(tokens, { nil: undefined }),
  inputAudioTokens: fc.option(tokens, { nil: undefined }),
});
const rate = fc.nat({ max: 100_000_000 });
const someRate = fc.option(rate, { nil: undefined });
const flat = { input: rate, output: rate, cacheRead: someRate, cacheWrite: someRate, cacheWrite1h: someRate };
const flatPrices: fc.Arbitrary<Price> = fc.record({ ...flat, inputAudio: someRate });
const prices: fc.Arbitrary<Price> = fc.record({
  ...flat,
  above: fc.option(
    fc.array(fc.record({ ...flat, tokens }), { maxLength: 3 }).map((list) => list.sort((a, b) => a.tokens - b.tokens)),
    { nil: undefined },
  ),
});

function used(counts: Partial<Usage>): Usage {
  return { ...noUsage, ...counts };
}

describe('costOf', () => {
  it('charges every kind of token at its price', () => {
    const usage = used({ inputTokens: 1000, outputTokens: 500, cacheReadTokens: 80_000, cacheWriteTokens: 2000 });
    // 0.003 + 0.0075 + 0.024 + 0.0075 US dollars.
    expect(costOf(usage, sonnet)).toBe(42_000_000_000);
  });

  it('charges the parts of a count in its place, not on top', () => {
    expect(costOf(used({ cacheWriteTokens: 10, cacheWrite1hTokens: 4 }), sonnet)).toBe(6 * 3_750_000 + 4 * 6_000_000);
    expect(costOf(used({ outputTokens: 10, reasoningTokens: 9 }), sonnet)).toBe(150_000_000);
    expect(costOf(used({ inputTokens: 10, inputAudioTokens: 4 }), { ...sonnet, inputAudio: 7 })).toBe(18_000_028);
    // A provider that counts more of a part than of the whole does not make the rest negative.
    expect(costOf(used({ cacheWriteTokens: 2, cacheWrite1hTokens: 50 }), sonnet)).toBe(12_000_000);
  });

  it('charges cached tokens like other input where they have no price of their own', () => {
    const plain: Price = { input: 5, output: 7 };
    expect(costOf(used({ cacheReadTokens: 3, cacheWriteTokens: 2, cacheWrite1hTokens: 1 }), plain)).toBe(25);
    expect(costOf(used({ cacheWriteTokens: 3, cacheWrite1hTokens: 3 }), { ...plain, cacheWrite: 6 })).toBe(18);
  });

  it('takes the tier of the whole input, cached or not', () => {
    expect(costOf(used({ inputTokens: 200_000 }), tiered)).toBe(200_000 * 3_000_000);
    expect(costOf(used({ inputTokens: 200_001 }), tiered)).toBe(200_001 * 6_000_000);
    const cached = used({ inputTokens: 1, cacheReadTokens: 200_000, outputTokens: 1 });
    expect(costOf(cached, tiered)).toBe(6_000_000 + 200_000 * 600_000 + 22_500_000);
    // The last tier says nothing of cached tokens: they are input there.
    expect(costOf(used({ cacheReadTokens: 500_001 }), tiered)).toBe(500_001 * 12_000_000);
  });

  it('is a whole number from 0 up to what a number holds, for every usage and price', () => {
    fc.assert(
      fc.property(usages, prices, (usage, price) => {
        const cost = costOf(usage, price);
        expect(Number.isSafeInteger(cost)).toBe(true);
        expect(cost).toBeGreaterThanOrEqual(0);
      }),
    );
    expect(costOf(used({ outputTokens: 9_999_999_999 }), sonnet)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('adds up: the cost of two requests is the cost of their counts together', () => {
    fc.assert(
      fc.property(usages, usages, flatPrices, (a, b, price) => {
        // Parts are kept within their wholes, as every dialect reports them.
        const [x, y] = [within(a), within(b)];
        const both: Usage = {
          inputTokens: x.inputTokens + y.inputTokens,
          outputTokens: x.outputTokens + y.outputTokens,
          cacheReadTokens: x.cacheReadTokens + y.cacheReadTokens,
          cacheWriteTokens: x.cacheWriteTokens + y.cacheWriteTokens,
          cacheWrite1hTokens: (x.cacheWrite1hTokens ?? 0) + (y.cacheWrite1hTokens ?? 0),
          inputAudioTokens: (x.inputAudioTokens ?? 0) + (y.inputAudioTokens ?? 0),
        };
        expect(costOf(x, price) + costOf(y, price)).toBe(costOf(both, price));
      }),
    );
  });

  it('never falls when there is more of anything', () => {
    const counts = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens'] as const;
    fc.assert(
      fc.property(usages, flatPrices, fc.constantFrom(...counts), tokens, (usage, price, count, more) => {
        const larger = { ...usage, [count]: usage[count] + more };
        // Parts stay as they are: a larger whole with the same part has more of the rest.
        expect(costOf(within(larger, usage), price)).toBeGreaterThanOrEqual(costOf(within(usage), price));
      }),
    );
  });

  it('is nothing where nothing is charged', () => {
    fc.assert(
      fc.property(usages, (usage) => {
        expect(costOf(usage, freePrice)).toBe(0);
      }),
    );
  });
});

function within(usage: Usage, whole: Usage = usage): Usage {
  return {
    ...usage,
    cacheWrite1hTokens: Math.min(usage.cacheWrite1hTokens ?? 0, whole.cacheWriteTokens),
    inputAudioTokens: Math.min(usage.inputAudioTokens ?? 0, whole.inputTokens),
  };
}

describe('expectedCost', () => {
  it('is the cost of what is expected', () => {
    const expectation = { inputTokens: 82_000, cachedTokens: 80_000, outputTokens: 1000, price: sonnet };
    expect(expectedCost(expectation)).toBe(2000 * 3_000_000 + 80_000 * 300_000 + 1000 * 15_000_000);
    expect(expectedCost({ ...expectation, writtenTokens: 2000 })).toBe(
      2000 * 3_750_000 + 80_000 * 300_000 + 1000 * 15_000_000,
    );
  });

  it('never expects more to be cached or written than is sent', () => {
    const expectation = { inputTokens: 10, cachedTokens: 1000, writtenTokens: 1000, outputTokens: 0, price: sonnet };
    expect(expectedCost(expectation)).toBe(10 * 300_000);
  });

  it('takes an average of tokens, and is whole all the same', () => {
    expect(expectedCost({ inputTokens: 0, cachedTokens: 0, outputTokens: 0.5, price: { input: 1, output: 3 } })).toBe(
      2,
    );
  });

  it('agrees with the cost of a request that went as expected', () => {
    fc.assert(
      fc.property(tokens, tokens, tokens, prices, (fresh, cached, output, price) => {
        const expected = expectedCost({
          inputTokens: fresh + cached,
          cachedTokens: cached,
          outputTokens: output,
          price,
        });
        const usage = used({ inputTokens: fresh, cacheReadTokens: cached, outputTokens: output });
        expect(expected).toBe(costOf(usage, price));
      }),
    );
  });
});
