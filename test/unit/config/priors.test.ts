import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../../main/config/catalogue.ts';
import { createPriors, noPriors, type PriorsFile } from '../../../main/config/priors.ts';
import file from '../../../main/config/priors.json' with { type: 'json' };
import { promptTypes, type QualityInterval, type QualityPrior } from '../../../shared/domain/prompt-type.ts';

const priors = createPriors(file);

function known(model: string, facts: Parameters<typeof priors.qualityFor>[1] = {}): QualityPrior {
  const prior = priors.qualityFor(model, facts);
  if (prior === undefined) throw new Error(`nothing is known of ${model}`);
  return prior;
}

const overall = (model: string): number => known(model).overall[0];
const width = ([, low, high]: QualityInterval): number => high - low;

function expectInterval([mean, low, high]: QualityInterval, name: string): void {
  expect(low, name).toBeGreaterThanOrEqual(0);
  expect(mean, name).toBeGreaterThan(low);
  expect(high, name).toBeGreaterThan(mean);
  expect(high, name).toBeLessThanOrEqual(1);
}

describe('the file', () => {
  it('names the day of every source', () => {
    for (const source of Object.values(file.sources)) expect(source).toMatch(/ 20\d\d-\d\d-\d\d$/);
  });

  it('has for every model an interval in [0, 1], overall and for the types that were measured', () => {
    const names = Object.keys(file.models);
    expect(names.length).toBeGreaterThan(200);
    for (const name of names) {
      const prior = known(name);
      expect(prior.source, name).toMatch(/^measured: .+ 20\d\d-\d\d-\d\d/);
      expectInterval(prior.overall, name);
      for (const [type, interval] of Object.entries(prior.byType ?? {})) {
        expect(promptTypes).toContain(type);
        expectInterval(interval, `${name} ${type}`);
      }
    }
  });

  it('knows most of what the catalogue lists for conversation, by measurement or estimate', async () => {
    const catalogue = await loadCatalogue();
    for (const vendor of ['openai', 'anthropic', 'google', 'amazon-bedrock', 'openrouter', 'mistral', 'xai']) {
      const chatting = [...catalogue.modelsOf(vendor).values()].filter(({ chat }) => chat !== false);
      const told = chatting.map((entry) => priors.qualityFor(entry.id, entry)?.source ?? 'unknown');
      expect(told.filter((source) => source !== 'unknown').length / told.length, vendor).toBeGreaterThan(0.9);
      expect(told.filter((source) => source.startsWith('measured')).length, vendor).toBeGreaterThan(2);
    }
  });
});

describe('qualityFor', () => {
  it('knows a model by all its names', () => {
    const names = [
      ...['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929', 'anthropic/claude-sonnet-4.5'],
      ...['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5@20250929'],
    ];
    expect(new Set(names.map((name) => known(name).overall.join())).size).toBe(1);
    const open = [
      'llama3.2:3b',
      'meta-llama/llama-3.2-3b-instruct',
      'llama-3.2-3b-instruct:free',
      'llama3.2:3b-instruct-q4_K_M',
    ];
    expect(new Set(open.map((name) => known(name).overall.join())).size).toBe(1);
  });

  it('orders models as everyone would', () => {
    const rising = ['llama3.2:1b', 'gpt-3.5-turbo', 'gpt-4o', 'gpt-5-mini', 'gpt-5.4'];
    const found = rising.map(overall);
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(overall('claude-haiku-4-5')).toBeLessThan(overall('claude-opus-4-5'));
    expect(overall('gemini-2.5-flash-lite')).toBeLessThan(overall('gemini-2.5-pro'));
  });

  it('tells the unmeasured by their series, with a wider interval, and says so', () => {
    const next = known('claude-opus-9', { released: '2026-12-01' });
    expect(next.source).toBe('estimated from claude-opus-4-8 and age; not measured');
    expect(next.overall[0]).toBeGreaterThan(overall('claude-opus-4-8'));
    expect(width(next.overall)).toBeGreaterThan(width(known('claude-opus-4-8').overall));
    expect(next.byType?.agent_step).toBeDefined();
  });

  it('takes the newest of a series for a name without a version, and for one without an age', () => {
    expect(known('claude-opus-latest').source).toContain('claude-opus-4-8');
    expect(known('claude-opus-9').source).toContain('claude-opus-4-8');
  });

  it('tells a model without a series by list price, size and age', () => {
    const price = { input: 3_000_000, output: 15_000_000 };
    const dear = known('nobody-xl', { price, released: '2026-06-01' });
    const cheap = known('nobody-xs', { price: { input: 30_000, output: 90_000 }, released: '2026-06-01' });
    expect(dear.source).toBe('estimated from list price and age; not measured');
    expect(dear.overall[0]).toBeGreaterThan(cheap.overall[0]);
    expect(known('nobody-70b').overall[0]).toBeGreaterThan(known('nobody-3b').overall[0]);
    expect(known('nobody-70b').source).toBe('estimated from size; not measured');
    expect(width(known('nobody-70b').overall)).toBeGreaterThan(0.25);
  });

  it('takes the age of a model from its generation when nobody says it', () => {
    // Gemma 3 came in 12, 27 and 4 billions of parameters to be measured.
    expect(known('gemma3:1b').source).toBe('estimated from size and age; not measured');
    expect(known('gemma3:1b').overall[0]).toBeLessThan(overall('gemma3:4b'));
  });

  it('knows nothing where there is nothing to tell by', () => {
    expect(priors.qualityFor('my-own-model', {})).toBeUndefined();
    expect(priors.qualityFor('free-model', { price: { input: 0, output: 0 }, released: '2026-01-01' })).toBeUndefined();
    expect(priors.qualityFor('', {})).toBeUndefined();
    expect(priors.qualityFor(`claude-opus-4-8${'-'.repeat(5_000_000)}x`, {})).toBeUndefined();
    expect(priors.qualityFor('__proto__', {})).toBeUndefined();
    expect(noPriors.qualityFor('gpt-5', {})).toBeUndefined();
  });

  it('stays within [0, 1] whatever it is asked', () => {
    for (const name of ['x-1b', 'x-0.1b', 'x-999999t', 'claude-opus-1900', 'gpt-0'])
      for (const released of ['1990-01-01', '2099-01-01', 'never'])
        for (const input of [1, 1_000_000, 1_000_000_000]) {
          const [mean, low, high] = known(name, { released, price: { input, output: input } }).overall;
          expect(0 <= low && low <= mean && mean <= high && high <= 1, `${name} ${released}`).toBe(true);
        }
  });

  it('reads a file of its own', () => {
    const own: PriorsFile = {
      ...{ scale: { even: 1000, decade: 100 }, sources: { X: 'Bench 2026-01-01' }, types: ['math', 'chat'] },
      ...{ series: { yearly: 10, deviation: 5 }, estimates: [], names: [], seriesNames: [['-\\d+$', '']] },
      ...{ size: { pattern: '(x)?(\\d+)(b)', smallFrom: 1 }, models: { 'a-1': '2026-01-01 X 1000/10 - 1100/10' } },
    };
    const { qualityFor } = createPriors(own);
    expect(qualityFor('a-1', {})).toEqual({
      overall: [0.5, 0.427, 0.573],
      byType: { chat: [0.909, 0.882, 0.931] },
      source: 'measured: Bench 2026-01-01',
    });
    expect(qualityFor('a-2', { released: '2027-01-01' })?.overall[0]).toBeCloseTo(0.557, 2);
    expect(qualityFor('b-1', {})).toBeUndefined();
  });
});
