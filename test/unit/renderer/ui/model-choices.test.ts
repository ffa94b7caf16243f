import { describe, expect, it } from 'vitest';
import { currentText } from '../../../../renderer/text/text.ts';
import { choicesOf, namedAliases } from '../../../../renderer/ui/model-choices.ts';
import type { ModelEntry } from '../../../../shared/contract/models.ts';
import type { AppSnapshot } from '../../../../shared/contract/snapshot.ts';

const route = (id: string, alias: string, ...targets: readonly string[]): AppSnapshot['routes'][number] => ({
  ...{ id, alias, targets: [...targets], strategy: 'fallback', origin: null },
});
const model = (id: string, more: Partial<ModelEntry> = {}): ModelEntry => {
  const [provider = '', name = ''] = id.split('/');
  return {
    ...{ id, provider, model: name, context_window: null, max_output_tokens: null, capabilities: [], price: null },
    ...{ chat: true, unsettled: false, released: null, favourite: false },
    ...more,
  };
};

describe('what a picker of models offers', () => {
  const snapshot = {
    favourites: ['a/two'],
    routes: [
      route('agents', 'smart', 'a/one', 'a/two'),
      route('chats', 'smart', 'a/two'),
      route('any', 'gpt-*', 'a/one'),
    ],
  };
  const models = [model('a/one', { context_window: 200_000 }), model('a/two'), model('a/embed', { chat: false })];
  const ids = (search: string): readonly (readonly string[])[] =>
    choicesOf({ snapshot, models }, search, currentText()).map(([, choices]) => choices.map(({ id }) => id));

  it('is each name once: favourites, aliases, and the other models that answer conversations', () => {
    expect(ids('')).toEqual([['a/two'], ['smart'], ['a/one']]);
    expect(namedAliases(snapshot).map(({ id }) => id)).toEqual(['agents']);
  });

  it('is narrowed by every word that is typed', () => {
    expect(ids('TWO a/')).toEqual([['a/two'], [], []]);
    expect(ids('no such')).toEqual([[], [], []]);
  });

  it('says what is known of a price and a context, and never 0 for what is not', () => {
    const [, , others] = choicesOf({ snapshot, models }, 'one', currentText());
    expect(others?.[1]).toEqual([{ id: 'a/one', detail: '— · 200K context' }]);
  });

  it('is aliases alone while the models are asked for', () => {
    expect(choicesOf({ snapshot, models: undefined }, 'smart', currentText())[1]?.[1]).toEqual([
      { id: 'smart', detail: 'a/one → a/two' },
    ]);
  });
});
