import { describe, expect, it } from 'vitest';
import { chatsByName, loadCatalogue, resolveModelGlob, type CatalogueEntry } from '../../../main/config/catalogue.ts';
import { datedPrices, priceAt } from '../../../main/config/price-text.ts';
import file from '../../../main/config/catalogue.json' with { type: 'json' };
import notes from '../../../main/config/catalogue-disagreements.json' with { type: 'json' };
import type { Sheet } from '../../../shared/domain/price.ts';
import { kindFacts } from '../../../shared/config/provider.ts';

function models(...rows: (Partial<CatalogueEntry> & { id: string })[]): ReadonlyMap<string, CatalogueEntry> {
  return new Map(rows.map((row) => [row.id, { sampling: true, unsettled: false, released: '2025-01-01', ...row }]));
}

const disagreements: readonly (readonly (string | number)[])[] = notes.disagreements;

function expectPlausible({ above = [], ...base }: Sheet, id: string): void {
  const sizes = above.map(({ tokens }) => tokens);
  expect(sizes, id).toEqual(sizes.toSorted((a, b) => a - b));
  for (const rates of [base, ...above]) {
    const { input, output, cacheRead = 0, cacheWrite = Infinity, cacheWrite1h = Infinity } = rates;
    for (const rate of [input, output, cacheRead]) expect(Number.isSafeInteger(rate) && rate >= 0, id).toBe(true);
    expect(cacheRead, id).toBeLessThanOrEqual(input);
    expect(cacheWrite, id).toBeGreaterThanOrEqual(input);
    expect(cacheWrite1h, id).toBeGreaterThanOrEqual(cacheWrite === Infinity ? 0 : cacheWrite);
    // A thousand US dollars for a million tokens: nobody asks that.
    expect(Math.max(input, output), id).toBeLessThan(1_000_000_000);
  }
}

describe('the catalogue', () => {
  it('says how old it is and knows the vendors we name', async () => {
    const catalogue = await loadCatalogue();
    expect(catalogue.date).toMatch(/^20\d\d-\d\d-\d\d$/);
    const named = Object.values(kindFacts).flatMap((facts) => facts.catalogue ?? []);
    for (const vendor of ['openai', 'anthropic', 'google', 'amazon-bedrock']) {
      expect(named).toContain(vendor);
      expect(catalogue.modelsOf(vendor).size).toBeGreaterThan(3);
    }
  });

  it('has facts that can be true', async () => {
    const catalogue = await loadCatalogue();
    for (const facts of Object.values(kindFacts)) {
      for (const [id, entry] of catalogue.modelsOf(facts.catalogue)) {
        expect(entry.id).toBe(id);
        expect(entry.released).toMatch(/^(?:20\d\d-\d\d(?:-\d\d)?)?$/);
        expect(entry.contextWindow ?? 1).toBeGreaterThan(0);
        expect(entry.maxOutputTokens ?? 1).toBeGreaterThan(0);
      }
    }
  });

  it('has prices that can be true: whole amounts, tiers from small to large, cached input no dearer than fresh', async () => {
    const catalogue = await loadCatalogue();
    let priced = 0;
    for (const facts of Object.values(kindFacts)) {
      for (const { prices = '', id } of catalogue.modelsOf(facts.catalogue).values()) {
        for (const { price } of datedPrices(prices)) {
          priced += 1;
          expectPlausible(price, id);
          for (const sheet of [...Object.values(price.service ?? {}), ...(price.hours ?? [])])
            expectPlausible(sheet, id);
        }
      }
    }
    expect(priced).toBeGreaterThan(500);
  });

  it('says where its facts come from, and when they were true', () => {
    const names = file.sources.map(({ name }) => name.split(' ')[0]);
    expect(names).toEqual(['models.dev', '@pydantic/genai-prices', 'price']);
    for (const { date, licence } of file.sources) {
      expect(date).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(licence).not.toBe('');
    }
  });

  it('says where its sources disagreed and whom it followed', async () => {
    const catalogue = await loadCatalogue();
    expect(disagreements.length).toBeGreaterThan(0);
    for (const [model, field, one, other, taken] of disagreements) {
      expect(one, `${model} ${field}`).not.toBe(other);
      expect(['models.dev', 'genai-prices']).toContain(taken);
    }
    // models.dev has Opus 4.6 in Australia at three times the price of its region.
    expect(disagreements).toContainEqual([
      ...['amazon-bedrock/au.anthropic.claude-opus-4-6-v1', 'in', 16.5, 5.5, 'genai-prices'],
    ]);
    expect(catalogue.modelsOf('amazon-bedrock').get('au.anthropic.claude-opus-4-6-v1')?.price?.input).toBe(5_500_000);
  });

  it('knows prices of models it has no other facts of', async () => {
    const catalogue = await loadCatalogue();
    const input = (vendor: string, model: string): number | undefined =>
      priceAt(catalogue.pricesOf(vendor, model) ?? '', Date.UTC(2026, 9, 1))?.input;
    expect(catalogue.modelsOf('anthropic').has('claude-opus-5')).toBe(false);
    expect(input('anthropic', 'claude-opus-5')).toBe(5_000_000);
    expect(input('anthropic', 'claude-opus-5-20260723')).toBe(5_000_000);
    expect(input('anthropic', 'claude-opus-6')).toBeUndefined();
    expect(input('nobody', 'claude-opus-5')).toBeUndefined();
    expect(input('anthropic', '__proto__')).toBeUndefined();
  });

  it('keeps past and coming prices, and says when they change', async () => {
    const catalogue = await loadCatalogue();
    const sonnet = catalogue.modelsOf('anthropic').get('claude-sonnet-4-6')?.prices ?? '';
    const above = (at: number): number | undefined => priceAt(sonnet, at)?.above?.[0]?.input;
    // The dearer rates of large inputs ended on 13 March 2026.
    expect(above(Date.UTC(2026, 2, 13) - 1)).toBe(6_000_000);
    expect(above(Date.UTC(2026, 2, 13))).toBeUndefined();
    const flash = catalogue.pricesOf('google', 'gemini-3.8-flash') ?? '';
    expect(priceAt(flash, Date.UTC(2027, 0, 1) - 1)?.input).toBe(750_000);
    expect(priceAt(flash, Date.UTC(2027, 0, 1))?.input).toBe(1_500_000);
    for (const change of [Date.UTC(2026, 2, 13), Date.UTC(2027, 0, 1)]) expect(catalogue.changes).toContain(change);
  });

  it('does not take a fee, or the price of another model, for a price of tokens', async () => {
    const catalogue = await loadCatalogue();
    expect(catalogue.modelsOf('azure').get('model-router')?.price).toBeUndefined();
    expect(catalogue.modelsOf('openrouter').get('google/lyria-3-pro-preview')?.price).toBeUndefined();
    expect(catalogue.modelsOf('openrouter').get('openai/gpt-oss-20b:free')?.price).toEqual({ input: 0, output: 0 });
    expect(catalogue.pricesOf('openai', 'whisper-1')).toBeUndefined();
    expect(catalogue.pricesOf('mistral', 'mistral-ocr-latest')).toBeUndefined();
  });

  it('has nothing for a vendor it does not know, whatever the name', async () => {
    const catalogue = await loadCatalogue();
    for (const vendor of [undefined, 'nobody', '__proto__', 'constructor'])
      expect(catalogue.modelsOf(vendor).size).toBe(0);
  });
});

describe('chatsByName', () => {
  it.each([
    ...['nomic-embed-text', 'text-embedding-3-large', 'bge-m3', 'rerank-v3.5', 'whisper-1', 'gpt-4o-transcribe'],
    ...['gpt-4o-mini-tts', 'gemini-3-pro-image', 'dall-e-3', 'imagen-4', 'veo-3', 'llama-guard-4-12b', 'gpt-realtime'],
    ...['omni-moderation-latest', 'o3-deep-research', 'computer-use-preview', 'gpt-3.5-turbo-instruct'],
  ])('does not hold for %s', (model) => {
    expect(chatsByName(model)).toBe(false);
  });

  it.each(['gpt-5', 'llama-3.2-11b-vision-instruct', 'gpt-4o', 'mistral-7b-instruct', 'codestral-2508', 'sonar-pro'])(
    'holds for %s',
    (model) => {
      expect(chatsByName(model)).toBe(true);
    },
  );
});

describe('resolveModelGlob (RTE-11)', () => {
  const known = models(
    { id: 'gpt-5', released: '2025-08-07' },
    { id: 'gpt-5-mini', released: '2025-08-07' },
    { id: 'gpt-6-preview', released: '2026-10-01' },
    { id: 'gpt-7', released: '2026-11-01', unsettled: true },
    { id: 'o9-beta', released: '2026-01-01' },
  );

  it('is the newest settled one, and of equal age the plain one', () => {
    expect(resolveModelGlob(known, 'gpt-*')).toBe('gpt-5');
    expect(resolveModelGlob(known, '*mini')).toBe('gpt-5-mini');
  });

  it('is an unsettled one only when there is no other', () => {
    expect(resolveModelGlob(known, 'o9*')).toBe('o9-beta');
    expect(resolveModelGlob(known, 'gpt-[67]*')).toBeUndefined();
  });

  it('is one that answers no conversation only when there is no other', () => {
    const mixed = models(
      { id: 'gpt-5', released: '2025-08-07' },
      { id: 'gpt-image-3', released: '2026-10-01', chat: false },
    );
    expect(resolveModelGlob(mixed, 'gpt-*')).toBe('gpt-5');
    expect(resolveModelGlob(mixed, 'gpt-image-*')).toBe('gpt-image-3');
  });

  it('is a name itself when it has no star', () => {
    expect(resolveModelGlob(known, 'gpt-99')).toBe('gpt-99');
  });
});
