import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import {
  addUsage,
  maxUsage,
  noUsage,
  serviceTierOf,
  serviceTiers,
  type ServiceTier,
  type Usage,
} from '../../../../shared/domain/usage.ts';

const count = fc.nat({ max: 1_000_000 });
const part = fc.option(count, { nil: undefined });
const counts = {
  ...{ inputTokens: count, outputTokens: count, cacheReadTokens: count, cacheWriteTokens: count },
  ...{ cacheWrite1hTokens: part, reasoningTokens: part, inputAudioTokens: part, inputImageTokens: part },
  ...{ cacheReadAudioTokens: part, outputAudioTokens: part, outputImageTokens: part },
  ...{ citationTokens: part, webSearches: part },
};
const usages: fc.Arbitrary<Usage> = fc.record(counts);
const names = Object.keys(counts) as (keyof typeof counts)[];

describe('usages of one exchange', () => {
  it('add up count by count (BUD-13)', () => {
    fc.assert(
      fc.property(usages, usages, (a, b) => {
        const sum = addUsage(a, b);
        for (const name of names) {
          const isKnown = a[name] !== undefined || b[name] !== undefined;
          expect(sum[name]).toBe(isKnown ? (a[name] ?? 0) + (b[name] ?? 0) : undefined);
        }
      }),
    );
  });

  it('are cumulative in one stream: the larger counts, and the same one again changes nothing (BUD-14)', () => {
    fc.assert(
      fc.property(usages, usages, (a, b) => {
        const most = maxUsage(a, b);
        for (const name of names) {
          const isKnown = a[name] !== undefined || b[name] !== undefined;
          expect(most[name]).toBe(isKnown ? Math.max(a[name] ?? 0, b[name] ?? 0) : undefined);
        }
        expect(maxUsage(most, b)).toEqual(most);
        expect(maxUsage(noUsage, a)).toEqual(a);
      }),
    );
  });

  it('keep how they were served, by the later word', () => {
    const flex: Usage = { ...noUsage, serviceTier: 'flex', searchContext: 'low', usOnly: true };
    expect(maxUsage(flex, noUsage)).toEqual(flex);
    expect(maxUsage(flex, { ...noUsage, serviceTier: 'priority', usOnly: false })).toMatchObject({
      ...{ serviceTier: 'priority', searchContext: 'low', usOnly: false },
    });
    expect(addUsage(noUsage, flex)).toEqual(flex);
  });
});

describe('serviceTierOf', () => {
  it.each<readonly [word: unknown, tier: ServiceTier | undefined]>([
    ...serviceTiers.map((tier) => [tier, tier] as const),
    ['SERVICE_TIER_PRIORITY', 'priority'],
    ['ON_DEMAND_FLEX', 'flex'],
    ['ON_DEMAND_PRIORITY', 'priority'],
    ['ON_DEMAND', undefined],
    ['default', undefined],
    ['standard', undefined],
    ['on_demand', undefined],
    ['scale', undefined],
    ['auto', undefined],
    ['prioritybatch', undefined],
    [null, undefined],
    [1, undefined],
  ])('takes %j for %j', (word, tier) => {
    expect(serviceTierOf(word)).toBe(tier);
  });
});
