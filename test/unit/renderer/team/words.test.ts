import { describe, expect, it } from 'vitest';
import {
  changeText,
  consentText,
  exampleText,
  originPlace,
  placeName,
  reasonText,
  sectionOf,
  shownValue,
} from '../../../../renderer/features/policies/team-words.ts';
import { de } from '../../../../renderer/text/de.ts';
import { currentText } from '../../../../renderer/text/text.ts';
import { createText } from '../../../../shared/text/text.ts';
import { change, consent } from './fixtures.ts';

const english = currentText();
const german = createText('de', 'de-DE', de);
const name = (pointer: string): string => placeName(pointer, english.t);
const shown = (value: unknown): string => shownValue(value, english);

describe('the name of a place', () => {
  it('is in words, with the id of an entry, whichever part of the bundle it stands in', () => {
    expect(name('/models/deny')).toBe('Denied models');
    expect(name('/enforced/models/deny')).toBe('Denied models');
    expect(name('/defaults/budgets/per-user-day')).toBe('Budget per-user-day');
    expect(name('/providers/define/azure-eu')).toBe('Provider azure-eu');
  });

  it('names kinds of what is masked as other pages do', () => {
    expect(name('/masking/detectors/bank_account')).toBe('Masked kind Bank accounts');
    expect(name('/masking/detectors/of-a-later-version')).toBe('Masked kind of-a-later-version');
  });

  it('is the pointer where there is no word for it', () => {
    expect(name('/future/thing')).toBe('/future/thing');
    expect(name('/budgets/')).toBe('/budgets/');
    expect(name('/constructor')).toBe('/constructor');
  });

  it('reads escaped signs, and shows those that would turn text around', () => {
    expect(name('/models/aliases/a~1b~0c')).toBe('Alias a/b~c');
    expect(name('/firewall/\u202Eevil')).toBe('Firewall rule \\u202eevil');
  });

  it('knows its section', () => {
    expect(sectionOf('/enforced/masking/enabled')).toBe('masking');
    expect(sectionOf('/routes_default')).toBe('routes');
    expect(sectionOf('/status/url')).toBeUndefined();
  });
});

describe('a value', () => {
  it('is told in words', () => {
    expect([true, false, 32_000, 0.8, null, 'metadata'].map(shown)).toEqual([
      'on',
      'off',
      '32,000',
      '0.8',
      '—',
      'metadata',
    ]);
  });

  it('that is a list names a few, and says how many more there are', () => {
    expect(shown([])).toBe('nothing');
    expect(shown(['*'])).toBe('everything');
    expect(shown(['a', 'b'])).toBe('a, b');
    expect(shown(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])).toBe('a, b, c, d, e, f and 2 more');
    expect(shown([{ id: 'x' }, { id: 'y' }])).toBe('2 entries');
  });

  it('that is an entry tells its fields, without its id and what is empty', () => {
    expect(shown({ id: 'x', scope: 'user', alert_at: [0.8], topics: [] })).toBe('scope: user · alert_at: 0.8');
    expect(shown({ count: 20_000 })).toBe('20,000 entries');
  });

  it('is never longer than can be read, and turns nothing around', () => {
    expect(shown('x'.repeat(10_000))).toHaveLength(280);
    expect(shown('a\u202Eb')).toBe('a\\u202eb');
  });
});

describe('a value at its place', () => {
  const at = (pointer: string, value: unknown): string => shownValue(value, english, pointer);

  it.each([
    ['/logging/content', 'redacted', 'As it left the machine'],
    ['/app/auto_update', 'notify', 'Tell me'],
    ['/app/allow_lan_bind', false, 'not allowed'],
    ['/models/require/data_policy.training', false, 'no'],
    ['/models/require/data_policy.retention', 0, 'no time at all'],
    ['/masking/min_level', 'mask', 'Replace'],
    ['/masking/detectors/iban', { id: 'iban', mode: 'mask', restore: true, replace: 'tag' }, 'replaced'],
    ['/masking/patterns/e', { pattern: 'E-[0-9]', replace: 'hash' }, 'E-[0-9] · replaced · not put back into answers'],
    ['/rate_limits/all', { id: 'all', scope: 'global', rpm: 600 }, 'All requests · Requests a minute: 600'],
    ['/models/aliases/best', 'anthropic/opus', 'anthropic/opus'],
    ['/providers/define/eu', { kind: 'openai', base_url: 'https://x.example' }, 'openai, https://x.example'],
  ])('%s of %j reads as %s', (pointer, value, expected) => {
    expect(at(pointer, value).toLowerCase()).toBe(expected.toLowerCase());
  });

  it('is a sentence where it is a budget, a rule or a route', () => {
    const budget = { id: 'day', scope: 'user', limit_usd: '25', period: 'day', action: 'alert', alert_at: [0.8] };
    expect(at('/enforced/budgets/day', budget)).toBe(
      'User, each for itself: $25.00 per day. When it is used up, you are told. Warns at 80%.',
    );
    const rule = { id: 'f', pattern: 'falcon', in: ['user'], action: 'block', message: 'No', topics: [] };
    expect(at('/firewall/f', rule)).toBe('Refuse: Pattern falcon — in: User · “No”');
    const route = {
      alias: 'x',
      strategy: 'fallback',
      targets: ['a/b', { provider: 'c', model: 'd' }],
      on_break: 'fail',
    };
    expect(at('/routes/x', route)).toBe('a/b → c/d');
    expect(at('/routes/x', { ...route, strategy: 'lowest_cost' })).toBe('The cheapest first: a/b, c/d');
  });

  it('hides nothing that there are no words for', () => {
    const budget = { scope: 'global', limit_usd: '5', period: 'day', timezone: 'UTC' };
    expect(at('/budgets/b', budget)).toContain('timezone: UTC');
    expect(at('/routes/x', { targets: ['a/b'], on_break: 'continue' })).toBe('a/b · on_break: continue');
    expect(at('/logging/content', 'of-a-later-version')).toBe('of-a-later-version');
    expect(at('/budgets/b', { scope: 'galaxy', limit_usd: '5' })).toBe('scope: galaxy · limit_usd: 5');
    expect(at('/firewall/f', { action: 'dance' })).toBe('action: dance');
    expect(at('/masking/patterns/p', { pattern: 'a\u202Eb' })).toBe('a\\u202eb · replaced');
  });
});

describe('what the instance tells in English', () => {
  const denied = change('/enforced/models/deny', {
    text: '1 model newly blocked: b',
    before: ['a'],
    after: ['a', 'b'],
  });

  it('is told so in English', () => {
    expect(changeText({ ...denied, kind: 'changed' }, english)).toBe('1 model newly blocked: b');
    expect(consentText(consent('waiting'), english)).toBe('It would be told');
  });

  it('is told by its place and its values in another language', () => {
    expect(changeText({ ...denied, kind: 'changed' }, german)).toBe('Gesperrte Modelle: b (neu)');
    expect(changeText({ ...denied, kind: 'added' }, german)).toBe('Gesperrte Modelle: a, b (neu)');
    expect(changeText({ ...denied, kind: 'removed' }, german)).toBe('Gesperrte Modelle fällt weg: a');
    expect(consentText(consent('waiting'), german)).toContain('würden gemeldet');
  });

  it('tells of a list what came and what went, each once', () => {
    const moved = { kind: 'changed', before: ['a', 'b'], after: ['b', 'c'] } as const;
    const told = (pointer: string, effect: 'tightens' | 'loosens' | 'neutral'): string =>
      changeText(change(pointer, { ...moved, effect }), german);
    expect(told('/enforced/models/deny', 'tightens')).toBe('Gesperrte Modelle: c (neu)');
    expect(told('/enforced/models/deny', 'loosens')).toBe('Gesperrte Modelle: nicht mehr a');
    expect(told('/enforced/models/allow', 'tightens')).toBe('Erlaubte Modelle: nicht mehr a');
    expect(told('/enforced/models/allow', 'loosens')).toBe('Erlaubte Modelle: c (neu)');
    expect(told('/defaults/models/deny', 'neutral')).toBe(
      'Vorgeschlagen: Gesperrte Modelle: c (neu); Gesperrte Modelle: nicht mehr a',
    );
  });

  it('tells of masked words how many came and went', () => {
    const terms = { kind: 'changed', text: '3 terms newly masked' } as const;
    expect(changeText({ pointer: '/enforced/masking/terms', effect: 'tightens', ...terms }, german)).toBe(
      '3 Wörter werden neu maskiert',
    );
  });

  it('tells of a refused request which rule it was', () => {
    expect(exampleText('31 × openai/gpt-x: acme-core@12:/models/deny', english.t)).toBe(
      '31 × openai/gpt-x: Denied models (acme-core@12)',
    );
    expect(exampleText('1 × m: admit.model_denied', english.t)).toBe('1 × m: admit.model_denied');
  });
});

it('a kind that another one brings along is told so, and every other reason as it was given', () => {
  expect(reasonText('iban stands for bank_account too', english.t)).toBe('goes with “IBANs”');
  expect(reasonText('iban stands for a bank account', english.t)).toBe('iban stands for a bank account');
});

it('a line of a bundle is told without what is known', () => {
  expect(originPlace('team bundle acme-core@12, line 58')).toBe('acme-core@12, line 58');
  expect(originPlace('sluice.yaml, line 4')).toBe('sluice.yaml, line 4');
});
