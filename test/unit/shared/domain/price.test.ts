import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import {
  costBound,
  costLines,
  costOf,
  expectedCost,
  freePrice,
  inputRateBound,
  outputRateBound,
  type Price,
  type Sheet,
} from '../../../../shared/domain/price.ts';
import { noUsage, serviceTiers, totalInputTokens, type Usage } from '../../../../shared/domain/usage.ts';

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

// ---------------------------------------------------------------- everything a price can say

const sizes = fc.nat({ max: 400_000 });
const sheetRates = {
  ...flat,
  ...{ inputAudio: someRate, cacheReadAudio: someRate, inputImage: someRate },
  ...{ outputReasoning: someRate, outputAudio: someRate, outputImage: someRate },
};
const sheets: fc.Arbitrary<Sheet> = fc.record({
  ...sheetRates,
  above: fc.option(
    fc
      .array(fc.record({ ...sheetRates, tokens: sizes }), { maxLength: 3 })
      .map((list) => list.sort((a, b) => a.tokens - b.tokens)),
    { nil: undefined },
  ),
});
const minute = fc.nat({ max: 1439 });
const fee = fc.option(fc.nat({ max: 20_000_000_000 }), { nil: undefined });
const wholePrices: fc.Arbitrary<Price> = fc
  .record({
    sheet: sheets,
    service: fc.dictionary(fc.constantFrom(...serviceTiers), sheets, { maxKeys: 3 }),
    hours: fc.array(
      fc.tuple(sheets, minute, minute, fc.boolean()).map(([rates, from, to, weekdays]) => ({
        ...rates,
        ...{ from, to, weekdays },
      })),
      { maxLength: 2 },
    ),
    fees: fc.record({ request: fee, requestLow: fee, requestMedium: fee, webSearch: fee, citation: someRate }),
    usOnly: fc.option(fc.integer({ min: 1000, max: 1500 }), { nil: undefined }),
  })
  .map(({ sheet, service, hours, fees, usOnly }) => ({ ...sheet, service, hours, ...fees, usOnly }));
const part = fc.option(sizes, { nil: undefined });
const wholeUsages: fc.Arbitrary<Usage> = fc.record({
  ...{ inputTokens: sizes, outputTokens: sizes, cacheReadTokens: sizes, cacheWriteTokens: sizes },
  ...{ cacheWrite1hTokens: part, reasoningTokens: part, inputAudioTokens: part, inputImageTokens: part },
  ...{ cacheReadAudioTokens: part, outputAudioTokens: part, outputImageTokens: part, citationTokens: part },
  webSearches: fc.option(fc.nat({ max: 50 }), { nil: undefined }),
  searchContext: fc.constantFrom('low', 'medium', 'high', undefined),
  serviceTier: fc.constantFrom(...serviceTiers, undefined),
  usOnly: fc.constantFrom(true, false, undefined),
});
const moments = fc.option(fc.nat({ max: 4_000_000_000_000 }), { nil: undefined });

function boundedBy(usage: Usage): Parameters<typeof costBound>[0] {
  const { outputTokens, webSearches, citationTokens } = usage;
  return { inputTokens: totalInputTokens(usage), outputTokens, webSearches, citationTokens };
}

describe('parts of a usage', () => {
  const rates: Price = {
    ...{ input: 1, output: 10, cacheRead: 2, inputAudio: 100, cacheReadAudio: 50, inputImage: 1000 },
    ...{ outputReasoning: 20, outputAudio: 200, outputImage: 2000 },
  };

  it('cost their own rate in place of the one of what they are part of', () => {
    expect(costOf(used({ inputTokens: 10, inputAudioTokens: 3, inputImageTokens: 2 }), rates)).toBe(5 + 300 + 2000);
    expect(costOf(used({ cacheReadTokens: 10, cacheReadAudioTokens: 4 }), rates)).toBe(6 * 2 + 4 * 50);
    const output = used({ outputTokens: 10, outputAudioTokens: 1, outputImageTokens: 2, reasoningTokens: 3 });
    expect(costOf(output, rates)).toBe(4 * 10 + 200 + 2 * 2000 + 3 * 20);
  });

  it('never take more than the whole has, whatever is reported', () => {
    expect(costOf(used({ inputTokens: 5, inputAudioTokens: 4, inputImageTokens: 9 }), rates)).toBe(400 + 1000);
    const output = used({ outputTokens: 5, outputAudioTokens: 2, outputImageTokens: 2, reasoningTokens: 99 });
    expect(costOf(output, rates)).toBe(400 + 4000 + 20);
  });
});

describe('tiers, hours and fees', () => {
  const price: Price = {
    ...{ input: 100, output: 1000, request: 7_000, requestLow: 5_000, requestMedium: 6_000, webSearch: 90 },
    citation: 3,
    usOnly: 1100,
    service: {
      flex: { input: 50, output: 500 },
      priority: { input: 200, output: 2000, above: [{ tokens: 10, input: 400, output: 4000 }] },
    },
    hours: [
      { from: 60, to: 240, weekdays: true, input: 300, output: 3000 },
      { from: 1380, to: 30, input: 10, output: 10 },
    ],
  };
  const wednesday = Date.UTC(2026, 8, 2);
  const at = (hour: number, minutes: number, day = 0): number =>
    wednesday + ((day * 24 + hour) * 60 + minutes) * 60_000;
  const one = used({ inputTokens: 1, outputTokens: 1, searchContext: 'low' });

  it('charge what the tier costs in which a request was served; a tier without a price is the standard one', () => {
    expect(costOf({ ...one, serviceTier: 'flex' }, price)).toBe(550 + 5_000);
    expect(costOf({ ...one, serviceTier: 'batch' }, price)).toBe(1100 + 5_000);
    expect(costOf(used({ inputTokens: 11, serviceTier: 'priority', searchContext: 'low' }), price)).toBe(4400 + 5_000);
  });

  it('go by the hour in which a request was sent', () => {
    const cost = (moment: number | undefined): number => costOf(one, price, moment) - 5_000;
    expect([cost(at(0, 59)), cost(at(1, 0)), cost(at(3, 59)), cost(at(4, 0))]).toEqual([1100, 3300, 3300, 1100]);
    // Over midnight.
    expect([cost(at(22, 59)), cost(at(23, 0)), cost(at(0, 29)), cost(at(0, 30))]).toEqual([1100, 20, 20, 1100]);
    // Friday, Saturday, Sunday, Monday.
    expect([2, 3, 4, 5].map((day) => cost(at(2, 0, day)))).toEqual([3300, 1100, 1100, 3300]);
    expect(cost(undefined)).toBe(1100);
    // A tier has no hours.
    expect(costOf({ ...one, serviceTier: 'flex' }, price, at(1, 0))).toBe(550 + 5_000);
  });

  it('add the fees: for the request by how much was searched, for each search and for pages read', () => {
    const fees = (counts: Partial<Usage>): number => costOf(used(counts), price);
    expect([fees({}), fees({ searchContext: 'high' })]).toEqual([7_000, 7_000]);
    expect([fees({ searchContext: 'low' }), fees({ searchContext: 'medium' })]).toEqual([5_000, 6_000]);
    expect(fees({ webSearches: 3, citationTokens: 5 })).toBe(7_000 + 270 + 15);
  });

  it('charge extra for tokens kept in the US, not for fees', () => {
    expect(costOf({ ...one, usOnly: true }, price)).toBe(1210 + 5_000);
    expect(costOf({ ...one, usOnly: true }, { input: 100, output: 1000 })).toBe(1100);
  });
});

describe('costLines', () => {
  it('show the arithmetic', () => {
    const input = { inputTokens: 1000, cacheReadTokens: 80_000, cacheWriteTokens: 2000, cacheWrite1hTokens: 500 };
    expect(costLines(used({ ...input, outputTokens: 500 }), { ...sonnet, webSearch: 10_000_000_000 })).toEqual([
      { what: 'input', count: 1000, rate: 3_000_000, amount: 3_000_000_000 },
      { what: 'cache_read', count: 80_000, rate: 300_000, amount: 24_000_000_000 },
      { what: 'cache_write', count: 1500, rate: 3_750_000, amount: 5_625_000_000 },
      { what: 'cache_write_1h', count: 500, rate: 6_000_000, amount: 3_000_000_000 },
      { what: 'output', count: 500, rate: 15_000_000, amount: 7_500_000_000 },
    ]);
    const searched = used({ webSearches: 2, usOnly: true, outputTokens: 10 });
    expect(costLines(searched, { ...sonnet, usOnly: 1100, webSearch: 5 })).toEqual([
      { what: 'output', count: 10, rate: 15_000_000, amount: 150_000_000 },
      { what: 'us_only', count: 1, rate: 15_000_000, amount: 15_000_000 },
      { what: 'web_search', count: 2, rate: 5, amount: 10 },
    ]);
  });

  it('show what is free as free, and nothing where nothing was used', () => {
    expect(costLines(used({ outputTokens: 3 }), freePrice)).toEqual([{ what: 'output', count: 3, rate: 0, amount: 0 }]);
    expect(costLines(noUsage, sonnet)).toEqual([]);
  });

  it('add up to the cost exactly, each line a count times a rate, for every usage, price and moment', () => {
    fc.assert(
      fc.property(wholeUsages, wholePrices, moments, (usage, price, moment) => {
        const lines = costLines(usage, price, moment);
        expect(lines.reduce((sum, { amount }) => sum + amount, 0)).toBe(costOf(usage, price, moment));
        for (const { count, rate: each, amount } of lines) {
          expect(amount).toBe(count * each);
          expect(amount).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('count every token once', () => {
    fc.assert(
      fc.property(wholeUsages, wholePrices, (usage, price) => {
        const fees = ['request', 'web_search', 'citation', 'us_only'];
        const counted = costLines(usage, price).filter(({ what }) => !fees.includes(what));
        const sum = counted.reduce((total, { count }) => total + count, 0);
        expect(sum).toBe(totalInputTokens(usage) + usage.outputTokens);
      }),
    );
  });

  it('stop where a number does, as the cost does', () => {
    const lines = costLines(used({ inputTokens: 9e9, outputTokens: 9e9 }), sonnet);
    expect(lines.map(({ amount }) => amount)).toEqual([Number.MAX_SAFE_INTEGER, 0]);
  });
});

describe('costBound', () => {
  it('takes the dearest that can apply', () => {
    expect(costBound({ inputTokens: 10, outputTokens: 2 }, sonnet)).toBe(10 * 6_000_000 + 2 * 15_000_000);
    // A tier that the input cannot reach does not count; one below it does.
    expect(costBound({ inputTokens: 200_000, outputTokens: 1 }, tiered)).toBe(200_000 * 6_000_000 + 15_000_000);
    expect(outputRateBound(tiered, 200_001)).toBe(22_500_000);
    expect(inputRateBound(tiered, 500_001)).toBe(12_000_000);
    const falling: Price = { input: 10, output: 10, above: [{ tokens: 5, input: 1, output: 1 }] };
    expect(costBound({ inputTokens: 100, outputTokens: 1 }, falling)).toBe(1010);
  });

  it('has the fees in it', () => {
    const price: Price = { input: 1, output: 1, request: 50, requestLow: 20, webSearch: 7, citation: 2 };
    expect(costBound({ inputTokens: 1, outputTokens: 1 }, price)).toBe(52);
    const often = { inputTokens: 0, outputTokens: 0, requests: 3, webSearches: 2, citationTokens: 4 };
    expect(costBound(often, price)).toBe(172);
  });

  it('is a whole amount, never below what any usage within it costs, at any hour and in any tier', () => {
    fc.assert(
      fc.property(wholeUsages, wholePrices, moments, fc.nat({ max: 1000 }), (usage, price, moment, more) => {
        const bounds = boundedBy(usage);
        const bound = costBound(bounds, price);
        expect(Number.isSafeInteger(bound)).toBe(true);
        expect(bound).toBeGreaterThanOrEqual(costOf(usage, price, moment));
        const larger = { ...bounds, inputTokens: bounds.inputTokens + more, outputTokens: bounds.outputTokens + more };
        expect(costBound(larger, price)).toBeGreaterThanOrEqual(bound);
      }),
    );
  });

  it('is the bound of its input plus that of each token of output', () => {
    fc.assert(
      fc.property(sizes, sizes, wholePrices, (inputTokens, outputTokens, price) => {
        const input = costBound({ inputTokens, outputTokens: 0 }, price);
        expect(costBound({ inputTokens, outputTokens }, price)).toBe(
          input + outputTokens * outputRateBound(price, inputTokens),
        );
      }),
    );
  });
});

describe('a whole price', () => {
  it('costs a whole amount that is not negative, and not less with more of anything', () => {
    const counts = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens'] as const;
    const flatWhole = wholePrices.map((price): Price => ({
      ...price,
      above: undefined,
      service: undefined,
      hours: undefined,
    }));
    fc.assert(
      fc.property(wholeUsages, flatWhole, fc.constantFrom(...counts), sizes, (usage, price, count, more) => {
        const cost = costOf(usage, price);
        expect(Number.isSafeInteger(cost)).toBe(true);
        expect(cost).toBeGreaterThanOrEqual(0);
        // There is more of the plain rest only: parts stay within their wholes, as every dialect reports them.
        const plain = { ...usage, inputAudioTokens: 0, inputImageTokens: 0, cacheReadAudioTokens: 0 };
        const told = {
          ...plain,
          cacheWrite1hTokens: 0,
          outputAudioTokens: 0,
          outputImageTokens: 0,
          reasoningTokens: 0,
        };
        expect(costOf({ ...told, [count]: told[count] + more }, price)).toBeGreaterThanOrEqual(costOf(told, price));
      }),
    );
  });
});
