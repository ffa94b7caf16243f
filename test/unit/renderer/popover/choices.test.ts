// What the popover's lists offer: what is in force is always among it, and nothing stands there twice.
import { describe, expect, it } from 'vitest';
import { modelList, none, profileList, toneOf } from '../../../../renderer/features/popover/choices.ts';
import { de } from '../../../../renderer/text/de.ts';
import { currentText } from '../../../../renderer/text/text.ts';
import { modelChoices, passRefusedText } from '../../../../shared/contract/standing-text.ts';
import type { AppSnapshot } from '../../../../shared/contract/snapshot.ts';
import { createText } from '../../../../shared/text/text.ts';
import { route, snapshot } from '../../electron/tray/world.ts';

const text = currentText();
const listOf = (rest: Partial<AppSnapshot>): readonly (readonly [string, string])[] =>
  modelList(modelChoices(snapshot({ rest }), text), text).map(({ value, label }) => [value, label]);

describe('models', () => {
  it('are the rules first, then favourites, then aliases', () => {
    const routes = [route('fast', 'openai/gpt'), route('gpt-*', 'openai/gpt')];
    expect(listOf({ favourites: ['anthropic/claude'], routes })).toEqual([
      [none, 'Auto (rules)'],
      ['anthropic/claude', 'claude via Anthropic'],
      ['fast', 'fast'],
    ]);
  });

  it('hold what is chosen although it is neither', () => {
    expect(listOf({ model_choice: 'openai/gpt' })).toEqual([
      [none, 'Auto (rules)'],
      ['openai/gpt', 'gpt via OpenAI'],
    ]);
    expect(listOf({ model_choice: 'fast', routes: [route('fast', 'openai/gpt')] })).toHaveLength(2);
  });

  it('stand there once although a favourite is an alias too', () => {
    expect(listOf({ favourites: ['openai/gpt'], routes: [route('openai/gpt', 'openai/gpt')] })).toEqual([
      [none, 'Auto (rules)'],
      ['openai/gpt', 'openai/gpt'],
    ]);
  });
});

describe('profiles', () => {
  it('can be left', () => {
    const profiles = [{ id: 'w', name: 'Work' }];
    expect(profileList(snapshot({ rest: { profiles } }), text)).toEqual([
      { value: none, label: 'None' },
      { value: 'w', label: 'Work' },
    ]);
  });
});

describe('why nothing can be let through', () => {
  const refused = 'team policy /masking (acme-core@12, line 39) must hold meanwhile. Ask: #llm-help.';

  it('is told with the bundle it is because of, in the language of the reader', () => {
    const german = createText('de', 'de-DE', de);
    expect(passRefusedText(refused, text)).toBe(refused);
    expect(passRefusedText(refused, german)).toBe('Eine Regel von acme-core@12 muss währenddessen gelten');
    expect(passRefusedText('firewall (sluice.yaml, line 3)', german)).toBe('firewall (sluice.yaml, line 3)');
  });
});

describe('the bar of a budget', () => {
  it.each([
    [0.79, 'ok'],
    [0.8, 'warning'],
    [1, 'error'],
  ])('at %s is %s', (share, tone) => {
    expect(toneOf(share)).toBe(tone);
  });
});
