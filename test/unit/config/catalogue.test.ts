import { describe, expect, it } from 'vitest';
import {
  chatsByName,
  findEntry,
  loadCatalogue,
  resolveModelGlob,
  type CatalogueEntry,
} from '../../../main/config/catalogue.ts';
import { kindFacts } from '../../../shared/config/provider.ts';

function models(...rows: (Partial<CatalogueEntry> & { id: string })[]): ReadonlyMap<string, CatalogueEntry> {
  return new Map(rows.map((row) => [row.id, { sampling: true, unsettled: false, released: '2025-01-01', ...row }]));
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
      for (const { price, id } of catalogue.modelsOf(facts.catalogue).values()) {
        if (price === undefined) continue;
        priced += 1;
        const { above = [], ...base } = price;
        const sizes = above.map(({ tokens }) => tokens);
        expect(sizes, id).toEqual(sizes.toSorted((a, b) => a - b));
        for (const rates of [base, ...above]) {
          for (const rate of Object.values(rates))
            expect(Number.isSafeInteger(rate) && Number(rate) >= 0, id).toBe(true);
          expect(rates.cacheRead ?? 0, id).toBeLessThanOrEqual(rates.input);
          expect(rates.cacheWrite ?? Infinity, id).toBeGreaterThanOrEqual(rates.input);
          expect(rates.cacheWrite1h ?? Infinity, id).toBeGreaterThanOrEqual(rates.cacheWrite ?? 0);
          // A thousand US dollars for a million tokens: nobody asks that.
          expect(Math.max(rates.input, rates.output), id).toBeLessThan(1_000_000_000);
        }
      }
    }
    expect(priced).toBeGreaterThan(500);
  });

  it('does not take a fee, or the price of another model, for a price of tokens', async () => {
    const catalogue = await loadCatalogue();
    expect(catalogue.modelsOf('perplexity').get('sonar-deep-research')?.price).toBeUndefined();
    expect(catalogue.modelsOf('azure').get('model-router')?.price).toBeUndefined();
    expect(catalogue.modelsOf('openrouter').get('google/lyria-3-pro-preview')?.price).toBeUndefined();
    expect(catalogue.modelsOf('openrouter').get('openai/gpt-oss-20b:free')?.price).toEqual({ input: 0, output: 0 });
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

describe('findEntry', () => {
  const known = models({ id: 'claude-sonnet-4-5' }, { id: 'gemini-flash-latest' }, { id: 'anthropic.claude-v2' });

  it.each([
    ['claude-sonnet-4-5', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5-latest', 'claude-sonnet-4-5'],
    ['models/gemini-flash', 'gemini-flash-latest'],
    ['publishers/anthropic/models/claude-sonnet-4-5', 'claude-sonnet-4-5'],
    ['eu.anthropic.claude-v2', 'anthropic.claude-v2'],
    ['claude-sonnet-4', undefined],
    ['claude-sonnet-4-5-mini', undefined],
  ])('takes %s for %s', (name, id) => {
    expect(findEntry(known, name)?.id).toBe(id);
  });
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
