import { describe, expect, it } from 'vitest';
import {
  changeText,
  consentText,
  originPlace,
  placeName,
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
    expect(changeText({ ...denied, kind: 'changed' }, german)).toBe('Gesperrte Modelle: a, b, vorher a');
    expect(changeText({ ...denied, kind: 'added' }, german)).toBe('Gesperrte Modelle: a, b (neu)');
    expect(changeText({ ...denied, kind: 'removed' }, german)).toBe('Gesperrte Modelle: nicht mehr a');
    expect(consentText(consent('waiting'), german)).toContain('würden gemeldet');
  });
});

it('a line of a bundle is told without what is known', () => {
  expect(originPlace('team bundle acme-core@12, line 58')).toBe('acme-core@12, line 58');
  expect(originPlace('sluice.yaml, line 4')).toBe('sluice.yaml, line 4');
});
