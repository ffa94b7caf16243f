import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { loadCatalogue } from '../../../main/config/catalogue.ts';
import { createBounds, familyOf } from '../../../main/config/price-bounds.ts';
import { datedPrices } from '../../../main/config/price-text.ts';
import { kindFacts } from '../../../shared/config/provider.ts';
import { costBound, costOf } from '../../../shared/domain/price.ts';
import { noUsage, serviceTiers } from '../../../shared/domain/usage.ts';

describe('familyOf', () => {
  it.each([
    ['gpt-5-mini', 'gpt'],
    ['o3-mini', 'o'],
    ['claude-opus-4-8', 'claude-opus'],
    ['us.anthropic.claude-opus-4-8', 'claude-opus'],
    ['global.anthropic.claude-opus-5-5-v1:0', 'claude-opus'],
    ['anthropic/claude-opus-4.8', 'claude-opus'],
    ['gemini-2.5-pro', 'gemini'],
    ['models/gemini-3.8-flash', 'gemini'],
    ['meta-llama/Llama-3.3-70B-Instruct-Turbo', 'llama'],
    ['accounts/fireworks/models/glm-5p2', 'glm'],
    ['qwen2.5-coder', 'qwen'],
    ['', ''],
    ['4', ''],
  ])('of %s is %j', (model, family) => {
    expect(familyOf(model)).toBe(family);
  });
});

describe('the bound of an unknown price', () => {
  const texts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    one: {
      'gpt-5': '1 8 w1.5 > 1000 2 12',
      'gpt-5-pro': '15 100 | priority *2',
      'gpt-image-1': '99 999',
      o9: '500 600',
    },
    two: { 'llama-3': '3 4 q5 ; 2027-01-01 6 4', sonar: '1 1 l5 q12' },
  };
  const asked: string[] = [];
  const boundFor = createBounds(Object.keys(texts), (vendor) => {
    asked.push(vendor);
    return Object.entries(texts[vendor] ?? {}).map(([id, text]) => ({
      ...{ id, chat: id.includes('image') ? (false as const) : undefined, prices: datedPrices(text) },
    }));
  });

  it('is the dearest of its family at the vendor, in any tier, at any time; pictures do not count', () => {
    expect(boundFor('one', 'gpt-6')).toEqual({ input: 30_000_000, output: 200_000_000 });
  });

  it('is worked out once for a vendor, and for the others only when they are needed', () => {
    expect(asked).toEqual(['one']);
    boundFor('one', 'gpt-7');
    expect(asked).toEqual(['one']);
  });

  it('is else that of the family anywhere, else of the vendor, else of all', () => {
    expect(boundFor('one', 'llama-4')).toEqual({ input: 6_000_000, output: 4_000_000, request: 5_000_000_000 });
    expect(boundFor('two', 'mystery')).toEqual({ input: 6_000_000, output: 4_000_000, request: 12_000_000_000 });
    expect(boundFor(undefined, 'mystery')).toEqual({
      input: 500_000_000,
      output: 600_000_000,
      request: 12_000_000_000,
    });
    expect(boundFor('nobody', 'mystery')?.input).toBe(500_000_000);
    expect(boundFor('one', 'gpt-6')).toBe(boundFor('one', 'gpt-8-mini'));
  });

  it('is nothing only where nothing at all is known', () => {
    expect(createBounds([], () => [])('one', 'gpt-5')).toBeUndefined();
  });

  it('is never below what a known model of the family costs', async () => {
    const catalogue = await loadCatalogue();
    const models = Object.values(kindFacts).flatMap(({ catalogue: vendor }) =>
      [...catalogue.modelsOf(vendor).values()]
        .filter(({ chat, price }) => chat !== false && price !== undefined)
        .map(({ id, price }) => ({ vendor, id, price })),
    );
    const counts = fc.nat({ max: 500_000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        fc.record({ inputTokens: counts, outputTokens: counts, cacheReadTokens: counts, cacheWriteTokens: counts }),
        fc.constantFrom(...serviceTiers, undefined),
        ({ vendor, id, price }, usage, serviceTier) => {
          const bound = catalogue.boundFor(vendor, id);
          if (bound === undefined || price === undefined) throw new Error(`no bound for ${id}`);
          const used = { ...noUsage, ...usage, serviceTier };
          expect(costOf(used, bound)).toBeGreaterThanOrEqual(costOf(used, price));
          const { outputTokens } = usage;
          const inputTokens = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
          expect(costBound({ inputTokens, outputTokens }, bound)).toBeGreaterThanOrEqual(costOf(used, price));
        },
      ),
    );
  });
});
