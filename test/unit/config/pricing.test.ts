import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { datedPrices, listPrice, priceAt } from '../../../main/config/price-text.ts';
import { entryFor, nextPriceChangeAt, pricesInForce, priceWith } from '../../../main/config/pricing.ts';
import { configSchema, type Config } from '../../../shared/config/config.ts';
import { costBound, costOf, type Price } from '../../../shared/domain/price.ts';

type Entries = Config['pricing'];

function entries(...written: Record<string, unknown>[]): Entries {
  return configSchema.parse({ version: 1, pricing: written }).pricing;
}

/** As it is written at a model. */
function written(price: Record<string, unknown>): Omit<Entries[number], 'model' | 'effective_from'> {
  const [entry] = entries({ model: 'm', ...price });
  if (entry === undefined) throw new Error('no entry');
  const { model: _, effective_from: __, ...rest } = entry;
  return rest;
}

const listed: Price = {
  ...{ input: 3_000_000, output: 15_000_000, cacheRead: 300_000, cacheWrite: 3_750_000, cacheWrite1h: 6_000_000 },
  above: [{ tokens: 200_000, input: 6_000_000, output: 22_500_000, cacheRead: 600_000 }],
};

describe('listPrice', () => {
  it('reads what the catalogue writes', () => {
    expect(listPrice('3 15 r0.3 w3.75 h6 > 200000 6 22.5 r0.6')).toEqual(listed);
    expect(listPrice('0.035 0.14 r0.00875 a1')).toEqual({
      ...{ input: 35_000, output: 140_000, cacheRead: 8750, inputAudio: 1_000_000 },
    });
    expect(listPrice('0 0')).toEqual({ input: 0, output: 0 });
    expect(listPrice('1 2 b3 i4 t5 o6 p7 c8 q9 l10 m11 s12')).toEqual({
      ...{ input: 1_000_000, output: 2_000_000, cacheReadAudio: 3_000_000, inputImage: 4_000_000 },
      ...{ outputReasoning: 5_000_000, outputAudio: 6_000_000, outputImage: 7_000_000, citation: 8_000_000 },
      ...{
        request: 9_000_000_000,
        requestLow: 10_000_000_000,
        requestMedium: 11_000_000_000,
        webSearch: 12_000_000_000,
      },
    });
  });

  it('reads other tiers, hours and the factor of the US', () => {
    expect(
      listPrice('2 10 r0.2 > 100 4 15 | batch *0.5 | priority 3 20 | wd01:00-04:30 4 20 | 23:00-01:00 *2 | us *1.1'),
    ).toEqual({
      ...{ input: 2_000_000, output: 10_000_000, cacheRead: 200_000 },
      above: [{ tokens: 100, input: 4_000_000, output: 15_000_000 }],
      service: {
        batch: {
          ...{ input: 1_000_000, output: 5_000_000, cacheRead: 100_000 },
          above: [{ tokens: 100, input: 2_000_000, output: 7_500_000 }],
        },
        priority: { input: 3_000_000, output: 20_000_000 },
      },
      hours: [
        { from: 60, to: 270, weekdays: true, input: 4_000_000, output: 20_000_000 },
        {
          ...{ from: 1380, to: 60, input: 4_000_000, output: 20_000_000, cacheRead: 400_000 },
          above: [{ tokens: 100, input: 8_000_000, output: 30_000_000 }],
        },
      ],
      usOnly: 1100,
    });
  });

  it.each(['', '3', 'x 15', '3 -1'])('does not make a price of %j', (text) => {
    expect(listPrice(text)).toBeUndefined();
  });
});

describe('datedPrices', () => {
  const dated = '1 2 ; 2026-06-01 3 4 | batch *0.5 ; 2027-01-01 5 6';

  it('hold one after the other, the first for as long as anyone knows', () => {
    const input = (at: number): number | undefined => priceAt(dated, at)?.input;
    expect([0, Date.UTC(2026, 5, 1) - 1].map(input)).toEqual([1_000_000, 1_000_000]);
    expect([Date.UTC(2026, 5, 1), Date.UTC(2027, 0, 1)].map(input)).toEqual([3_000_000, 5_000_000]);
    expect(priceAt(dated, Date.UTC(2026, 7, 1))?.service?.batch).toEqual({ input: 1_500_000, output: 2_000_000 });
    expect(datedPrices(dated).map(({ from, price }) => [from, price.input])).toEqual([
      ...[
        [0, 1_000_000],
        [Date.UTC(2026, 5, 1), 3_000_000],
        [Date.UTC(2027, 0, 1), 5_000_000],
      ],
    ]);
    expect(priceAt('', 0)).toBeUndefined();
    expect(datedPrices('')).toEqual([]);
  });
});

describe('prices with a date', () => {
  const list = entries(
    { model: 'a', input: '1' },
    { model: 'b', input: '2', effective_from: '2026-06-01' },
    { model: 'c', input: '3', effective_from: '2026-12-01' },
    { model: 'd', input: '4', effective_from: '2026-06-01T00:00:00Z' },
    { model: 'e', input: '5', effective_from: '2026-06-01T02:00:00+03:00' },
  );
  const models = (now: number): string[] => pricesInForce(list, now).map(({ model }) => model);

  it('hold from that day on, midnight UTC, the latest first, of equal ones the upper', () => {
    expect(models(Date.UTC(2026, 4, 31, 22, 59))).toEqual(['a']);
    expect(models(Date.UTC(2026, 4, 31, 23))).toEqual(['e', 'a']);
    expect(models(Date.UTC(2026, 5, 1))).toEqual(['b', 'd', 'e', 'a']);
    expect(models(Date.UTC(2027, 0, 1))).toEqual(['c', 'b', 'd', 'e', 'a']);
  });

  it('say when the next one takes effect', () => {
    expect(nextPriceChangeAt(list, 0)).toBe(Date.UTC(2026, 4, 31, 23));
    expect(nextPriceChangeAt(list, Date.UTC(2026, 5, 1))).toBe(Date.UTC(2026, 11, 1));
    expect(nextPriceChangeAt(list, Date.UTC(2026, 11, 1))).toBeUndefined();
    const listed = [Date.UTC(2026, 6, 1), Date.UTC(2027, 0, 1)];
    expect(nextPriceChangeAt(list, Date.UTC(2026, 5, 1), listed)).toBe(Date.UTC(2026, 6, 1));
    expect(nextPriceChangeAt(list, Date.UTC(2026, 11, 1), listed)).toBe(Date.UTC(2027, 0, 1));
  });
});

describe('entryFor', () => {
  const list = entries(
    { model: 'azure/gpt-*', input: '1' },
    { model: 'gpt-5*', input: '2' },
    { model: '*', input: '3' },
  );

  it.each([
    ['azure', 'gpt-5', '1'],
    ['openai', 'gpt-5-mini', '2'],
    ['openai', 'o3', '3'],
    ['openrouter', 'azure/gpt-9', '1'],
  ])('of %s, model %s, is the one with input %s', (provider, model, input) => {
    expect(entryFor(list, provider, model)?.input).toBe(input);
  });

  it('is none where none fits', () => {
    expect(entryFor(list.slice(0, 2), 'openai', 'o3')).toBeUndefined();
  });
});

describe('priceWith', () => {
  it('is the listed price where nothing is written', () => {
    expect(priceWith(listed, undefined)).toBe(listed);
    expect(priceWith(undefined, undefined)).toBeUndefined();
  });

  it('is the written one where nothing is listed, once input and output are known', () => {
    expect(priceWith(undefined, written({ input: '2.50', output: 10 }))).toEqual({
      input: 2_500_000,
      output: 10_000_000,
    });
    expect(priceWith(undefined, written({ input: '2', output: '4', per: 1000, cache_read: '0.5' }))).toEqual({
      ...{ input: 2_000_000_000, output: 4_000_000_000, cacheRead: 500_000_000 },
    });
    expect(priceWith(undefined, written({ input: '2.50' }))).toBeUndefined();
    expect(priceWith(undefined, written({ output: '2.50' }))).toBeUndefined();
  });

  it('keeps cached tokens and long inputs in proportion to what they belong to', () => {
    expect(priceWith(listed, written({ input: '1.5' }))).toEqual({
      ...{ input: 1_500_000, output: 15_000_000, cacheRead: 150_000, cacheWrite: 1_875_000, cacheWrite1h: 3_000_000 },
      above: [{ tokens: 200_000, input: 3_000_000, output: 22_500_000, cacheRead: 300_000 }],
    });
    expect(priceWith(listed, written({ cache_write: '7.5', output: '30' }))).toEqual({
      ...{ input: 3_000_000, output: 30_000_000, cacheRead: 300_000, cacheWrite: 7_500_000, cacheWrite1h: 12_000_000 },
      above: [{ tokens: 200_000, input: 6_000_000, output: 45_000_000, cacheRead: 600_000, cacheWrite: 7_500_000 }],
    });
  });

  it('makes everything free when input and output are', () => {
    const free = priceWith(listed, written({ input: 0, output: 0 }));
    expect(free).toEqual({
      ...{ input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0 },
      above: [{ tokens: 200_000, input: 0, output: 0, cacheRead: 0 }],
    });
  });

  it('takes every rate, fee and tier the user may write', () => {
    const all = {
      ...{
        input: '1',
        output: '2',
        cache_read: '0.1',
        cache_write: '1.25',
        cache_write_1h: '2',
        output_reasoning: '3',
      },
      ...{ input_audio: '4', output_audio: '5', input_image: '6', output_image: '7', request: '0.005' },
      ...{ batch: '0.5', flex: '0.6', priority: '1.75' },
    };
    const rates = {
      ...{ input: 1_000_000, output: 2_000_000, cacheRead: 100_000, cacheWrite: 1_250_000, cacheWrite1h: 2_000_000 },
      ...{ outputReasoning: 3_000_000, inputAudio: 4_000_000, outputAudio: 5_000_000 },
      ...{ inputImage: 6_000_000, outputImage: 7_000_000 },
    };
    const times = (factor: number): Record<string, number> =>
      Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, Math.round(rate * factor)]));
    expect(priceWith(undefined, written(all))).toEqual({
      ...rates,
      request: 5_000_000_000,
      service: { batch: times(0.5), flex: times(0.6), priority: times(1.75) },
    });
  });

  it('keeps tiers, hours and the surcharge of the list in proportion, and its fees as they are', () => {
    const full = listPrice('2 10 r0.2 q5 s10 | batch *0.5 | priority *2 | 01:00-04:00 4 20 | us *1.1');
    const made = priceWith(full, written({ input: '1', output: '10', priority: '3' }));
    expect(made).toEqual({
      ...{ input: 1_000_000, output: 10_000_000, cacheRead: 100_000 },
      service: {
        batch: { input: 500_000, output: 5_000_000, cacheRead: 50_000 },
        priority: { input: 3_000_000, output: 30_000_000, cacheRead: 300_000 },
      },
      hours: [{ from: 60, to: 240, input: 2_000_000, output: 20_000_000 }],
      ...{ request: 5_000_000_000, webSearch: 10_000_000_000, usOnly: 1100 },
    });
    expect(priceWith(full, written({ request: '0.001' }))?.request).toBe(1_000_000_000);
    const free = priceWith(full, written({ input: 0, output: 0 }));
    expect(free).toMatchObject({ input: 0, output: 0, service: { priority: { input: 0, output: 0 } } });
    expect([free?.request, free?.webSearch]).toEqual([undefined, undefined]);
  });

  it('takes written prices of long inputs in place of the listed ones, and cached tokens in proportion', () => {
    const tiers = [
      { above_tokens: 500_000, input: '9', output: '30' },
      { above_tokens: 128_000, input: '4', output: '20' },
    ];
    const made = priceWith(listed, written({ input: '2', output: '10', tiers }));
    expect(made?.above).toEqual([
      {
        ...{ tokens: 128_000, input: 4_000_000, output: 20_000_000 },
        ...{ cacheRead: 400_000, cacheWrite: 5_000_000, cacheWrite1h: 8_000_000 },
      },
      {
        ...{ tokens: 500_000, input: 9_000_000, output: 30_000_000 },
        ...{ cacheRead: 900_000, cacheWrite: 11_250_000, cacheWrite1h: 18_000_000 },
      },
    ]);
    const usage = { inputTokens: 128_000, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1_000 };
    expect(costOf(usage, made as Price)).toBe(128_000 * 2_000_000 + 1_000 * 10_000_000);
    expect(costOf({ ...usage, cacheReadTokens: 1 }, made as Price)).toBe(
      128_000 * 4_000_000 + 400_000 + 1_000 * 20_000_000,
    );
    expect(costBound({ inputTokens: 128_001, outputTokens: 1_000 }, made as Price)).toBeGreaterThanOrEqual(
      128_001 * 8_000_000 + 1_000 * 20_000_000,
    );
  });

  it('lets written prices of long inputs hold in other tiers and hours, in proportion', () => {
    const full = listPrice('2 10 > 1000 3 11 | batch *0.5 | 01:00-04:00 4 20');
    const made = priceWith(full, written({ tiers: [{ above_tokens: 200, input: '8', output: '30' }] }));
    expect(made).toMatchObject({ input: 2_000_000, above: [{ tokens: 200, input: 8_000_000, output: 30_000_000 }] });
    expect(made?.service?.batch?.above).toEqual([{ tokens: 200, input: 4_000_000, output: 15_000_000 }]);
    expect(made?.hours?.[0]?.above).toEqual([{ tokens: 200, input: 16_000_000, output: 60_000_000 }]);
  });

  it('takes a price nobody can count for the largest that can be', () => {
    const price = priceWith(undefined, written({ input: '999999999999', output: 1 }));
    expect(price).toEqual({ input: Number.MAX_SAFE_INTEGER, output: 1_000_000 });
  });

  it('writes nothing but whole amounts that are not negative', () => {
    const amount = fc.integer({ min: 0, max: 1_000_000_000 }).map((micro) => (micro / 1_000_000).toFixed(6));
    const optional = fc.option(amount, { nil: undefined });
    const price = fc.record({ input: optional, output: optional, cache_read: optional, cache_write: optional });
    fc.assert(
      fc.property(price, (over) => {
        const made = priceWith(listed, { ...over, per: 1_000_000, currency: 'USD' });
        const { above = [], ...base } = made ?? { input: -1, output: -1 };
        for (const { tokens: _, ...rates } of [{ tokens: 0, ...base }, ...above]) {
          for (const rate of Object.values(rates)) {
            expect(Number.isSafeInteger(rate)).toBe(true);
            expect(rate).toBeGreaterThanOrEqual(0);
          }
        }
      }),
    );
  });
});
