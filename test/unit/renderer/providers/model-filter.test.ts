import { describe, expect, it } from 'vitest';
import {
  filterModels,
  filterOf,
  hiddenBy,
  noFilter,
  queryOf,
} from '../../../../renderer/features/providers/model-filter.ts';
import type { ModelEntry } from '../../../../shared/contract/models.ts';

function model(id: string, more: Partial<ModelEntry> = {}): ModelEntry {
  const [provider = '', ...rest] = id.split('/');
  return {
    id,
    provider,
    model: rest.join('/'),
    context_window: null,
    max_output_tokens: null,
    capabilities: [],
    price: null,
    chat: true,
    unsettled: false,
    released: null,
    favourite: false,
    ...more,
  };
}

const price = { input: '1', output: '2', cache_read: null, cache_write: null, source: 'list', since: null } as const;
const models = [
  model('openai/gpt-4o', { capabilities: ['tools', 'image'], price }),
  model('openai/text-embedding-3-small', { chat: false, price }),
  model('anthropic/claude-sonnet-4-5', { capabilities: ['tools', 'reasoning'], favourite: true, price }),
  model('own/llama-3.2-vision'),
];
const found = (change: Partial<typeof noFilter>): string[] =>
  filterModels(models, { ...noFilter, ...change }).map(({ id }) => id);

describe('the list of models', () => {
  it('shows what holds conversations unless more is asked for', () => {
    expect(found({})).not.toContain('openai/text-embedding-3-small');
    expect(found({ chat: false })).toHaveLength(4);
  });

  it('finds a model by all words, in any order and case', () => {
    expect(found({ text: ' Sonnet ANTHROPIC ' })).toEqual(['anthropic/claude-sonnet-4-5']);
    expect(found({ text: 'sonnet openai' })).toEqual([]);
  });

  it('finds a name without its hyphens and dots', () => {
    expect(found({ text: 'gpt4o' })).toEqual(['openai/gpt-4o']);
    expect(found({ text: 'llama32' })).toEqual(['own/llama-3.2-vision']);
  });

  it('finds nothing by a word of marks alone that no name has', () => {
    expect(found({ text: '::' })).toEqual([]);
  });

  it('finds models by what they can do', () => {
    expect(found({ text: 'reasoning' })).toEqual(['anthropic/claude-sonnet-4-5']);
    expect(found({ capability: 'image' })).toEqual(['openai/gpt-4o']);
  });

  it('keeps to a provider, to favourites, to what has a price', () => {
    expect(found({ provider: 'own' })).toEqual(['own/llama-3.2-vision']);
    expect(found({ favourites: true })).toEqual(['anthropic/claude-sonnet-4-5']);
    expect(found({ priced: true })).not.toContain('own/llama-3.2-vision');
  });

  it('names the filters that hide something, the one that hides most first', () => {
    expect(hiddenBy(models, { ...noFilter, favourites: true })).toEqual([{ part: 'favourites', count: 2 }]);
    expect(hiddenBy(models, { ...noFilter, text: 'embedding', provider: 'openai' })).toEqual([
      { part: 'text', count: 1 },
      { part: 'chat', count: 1 },
    ]);
  });
});

describe('a filter in the address', () => {
  it('comes back as it was', () => {
    const filter = {
      ...noFilter,
      text: 'a b',
      provider: 'own',
      favourites: true,
      capability: 'pdf',
      chat: false,
    } as const;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(queryOf(filter))) if (value !== null) query.set(name, value);
    expect(filterOf(query)).toEqual(filter);
  });

  it('leaves no trace of what is as usual', () => {
    expect(Object.values(queryOf(noFilter)).every((value) => value === null)).toBe(true);
    expect(filterOf(new URLSearchParams())).toEqual(noFilter);
  });

  it('passes over a capability that there is not', () => {
    expect(filterOf(new URLSearchParams('can=telepathy')).capability).toBeUndefined();
  });
});
