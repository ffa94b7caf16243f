import { describe, expect, it } from 'vitest';
import {
  emptyForm,
  overruledBy,
  ownPrices,
  priceAtProvider,
  priceEdits,
  problemsOf,
  removalEdits,
} from '../../../../renderer/features/providers/price-edit.ts';
import { priceText } from '../../../../renderer/features/providers/price-text.ts';

const id = 'openai/gpt-5';
const config = {
  pricing: [
    { model: 'openai/*', input: '9', per: 1_000_000, currency: 'USD', effective_from: '2026-05-01' },
    { model: id, input: '0.002', output: '0.008', cache_write_1h: '0.004', batch: '0.5', per: 1_000, currency: 'USD' },
    { model: id, input: '3', per: 1_000_000, currency: 'USD', effective_from: '2026-09-01' },
  ],
};

describe('prices of one’s own', () => {
  it('are those of exactly this model, the latest first, per million tokens', () => {
    expect(ownPrices(config, id).map(({ index, from, form }) => ({ index, from, ...form }))).toEqual([
      { index: 2, from: '2026-09-01', input: '3', output: '', cache_read: '', cache_write: '' },
      { index: 1, from: '', input: '2', output: '8', cache_read: '', cache_write: '' },
    ]);
    expect(ownPrices({}, id)).toEqual([]);
  });

  it('a new day gives a new entry, before all others', () => {
    expect(priceEdits(config, id, { ...emptyForm, input: ' 1.5 ', output: '6' }, '2026-12-01')).toEqual([
      {
        op: 'insert',
        path: ['pricing', 0],
        value: { model: id, input: '1.5', output: '6', effective_from: '2026-12-01' },
      },
    ]);
    expect(priceEdits({}, id, { ...emptyForm, input: '1', output: '6' }, '')).toEqual([
      { op: 'insert', path: ['pricing', 0], value: { model: id, input: '1', output: '6' } },
    ]);
  });

  it('the same day changes the entry, keeps what else it says per million, and puts it first', () => {
    expect(priceEdits(config, id, { ...emptyForm, input: '1', cache_read: '0.1' }, '')).toEqual([
      {
        op: 'set',
        path: ['pricing', 1],
        value: { model: id, cache_write_1h: '4', batch: '0.5', input: '1', cache_read: '0.1' },
      },
      { op: 'move', path: ['pricing', 1], to: 0 },
    ]);
  });

  it('are removed from the end, so that the places before stay', () => {
    const edits = removalEdits(ownPrices(config, id));
    expect(edits.map(({ path }) => path)).toEqual([
      ['pricing', 2],
      ['pricing', 1],
    ]);
  });

  it('are overruled by a later entry for a pattern that holds already, and by no other', () => {
    expect(overruledBy(config, id, '2026-01-01', '2026-06-01')).toBe('openai/*');
    expect(overruledBy(config, id, '2026-05-01', '2026-06-01')).toBeUndefined();
    expect(overruledBy(config, id, '2026-01-01', '2026-04-01')).toBeUndefined();
    expect(overruledBy(config, 'azure/gpt-5', '', '2026-06-01')).toBeUndefined();
  });

  it('fit patterns as the config does', () => {
    const fitting = (pattern: string): boolean =>
      overruledBy({ pricing: [{ model: pattern, effective_from: '2026-01-01' }] }, id, '', '2026-06-01') !== undefined;
    expect(['*', 'gpt-*', '*-5', 'openai/g*5', 'g*-*5', 'gpt-5'].map(fitting)).toEqual(Array(6).fill(true));
    expect(['gpt', '*-6', 'openai/gpt-5*5', 'gpt-5*-5', 'o*i/*x*'].map(fitting)).toEqual(Array(5).fill(false));
  });

  it('give way to a price in the list of the provider', () => {
    const providers = [
      { id: 'other', models: [] },
      { id: 'openai', models: ['gpt-4', { id: 'gpt-5', pricing: { input: '1' } }] },
    ];
    expect(priceAtProvider({ providers }, id)).toBe('/providers/1/models/1/pricing');
    expect(priceAtProvider({ providers }, 'openai/gpt-4')).toBeUndefined();
  });
});

describe('the form of a price', () => {
  it('takes decimals exactly as the config file does', () => {
    const wrong = ['1,5', '-1', '+1', '1e3', '.5', '5.', '1 000', '$1', '1234567890123', '0.1234567890123'];
    for (const input of wrong) expect(problemsOf({ ...emptyForm, input, output: '1' }, '', true).input).toBe('decimal');
    for (const input of ['0', '2.50', '0.075', '123456789012.123456789012'])
      expect(problemsOf({ ...emptyForm, input, output: '1' }, '', true)).toEqual({});
  });

  it('wants input and output where there is no list price', () => {
    expect(problemsOf({ ...emptyForm, cache_read: '1' }, '', false)).toEqual({ input: 'both', output: 'both' });
    expect(problemsOf({ ...emptyForm, input: '1' }, '', true)).toEqual({});
  });

  it('wants something, and a day that there is', () => {
    expect(problemsOf(emptyForm, '', true)).toEqual({ input: 'nothing' });
    expect(problemsOf({ ...emptyForm, input: '1' }, '2026-02-30', true)).toEqual({ from: 'date' });
  });
});

describe('a price as people read it', () => {
  it('has every digit that is charged, and cents at least', () => {
    expect(priceText('en', '2.5')).toBe('$2.50');
    expect(priceText('en', '0.075')).toBe('$0.075');
    expect(priceText('en', '0')).toBe('$0.00');
  });

  it('is a dash where it is unknown, never zero', () => {
    expect(priceText('en', null)).toBe('—');
    expect(priceText('en', undefined)).toBe('—');
  });
});
