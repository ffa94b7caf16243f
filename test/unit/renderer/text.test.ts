import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { describe, expect, it } from 'vitest';
import { de } from '../../../renderer/text/de.ts';
import { en } from '../../../renderer/text/en.ts';
import { createText } from '../../../shared/text/text.ts';
import { currentText, languageFor, type MessageKey } from '../../../renderer/text/text.ts';

const keys = Object.keys(en) as MessageKey[];

/** Names of the values of a message, those within its plurals too. */
function namesIn(elements: readonly MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    if (!('value' in element) || element.type === TYPE.literal) return [];
    const inner = 'options' in element ? Object.values(element.options).flatMap((one) => namesIn(one.value)) : [];
    return [String(element.value), ...inner];
  });
}

const valuesOf = (message: string): string[] => [...new Set(namesIn(parse(message, { ignoreTag: true })))].sort();

describe('the catalogues', () => {
  it('have the same messages', () => {
    expect(Object.keys(de).sort()).toEqual([...keys].sort());
  });

  it.each(keys)('%s has the same values in each language, and says something', (key) => {
    expect(valuesOf(de[key])).toEqual(valuesOf(en[key]));
    expect(en[key].trim()).not.toBe('');
    expect(de[key].trim()).not.toBe('');
  });

  it('are not left in English', () => {
    // Names and words that are the same in both languages.
    const same = keys.filter((key) => en[key] === de[key] && /[a-z]{4,}.* .*[a-z]{4,}/i.test(en[key]));
    expect(same.length / keys.length).toBeLessThan(0.02);
  });
});

describe('a sentence', () => {
  it('ends once, also where its last value has a full stop of its own', () => {
    const text = createText('de', 'de-DE', { took: 'Sie antwortete in {time}.', at: 'Bei {path}.' });
    expect(text.t('took', { time: '3,7 Sek.' })).toBe('Sie antwortete in 3,7 Sek.');
    expect(text.t('at', { path: '../x/..' })).toBe('Bei ../x/...');
  });
});

describe('the language', () => {
  it('is the first of the browser that there is a catalogue for, else English', () => {
    expect(languageFor('system', ['fr-FR', 'de-AT', 'en'])).toBe('de');
    expect(languageFor('system', ['xx', ''])).toBe('en');
    expect(languageFor('de', ['en'])).toBe('de');
  });
});

describe('values', () => {
  it('that are unknown are never 0', () => {
    const { money, duration, percent } = currentText();
    expect([money(null), money(undefined), duration(null), percent(null)]).toEqual(['—', '—', '—', '—']);
    expect(money('0')).toBe('$0.00');
  });

  it('of which a part is unknown are at least what is known of them', () => {
    const { sum } = currentText();
    expect([sum('3.4', '3.4'), sum(null, '2.25'), sum(null, '0')]).toEqual(['$3.40', '≥ $2.25', '—']);
  });

  it('of money show what a small amount is', () => {
    const { money } = currentText();
    expect(['3.4159', '0.0142', '0.000021', '0.00000000031', '1234.5', '-0.5'].map(money)).toEqual([
      '$3.42',
      '$0.01',
      '$0.000021',
      '$0.00000000031',
      '$1,234.50',
      '-$0.50',
    ]);
  });

  it('of time and size have the unit that people would use', () => {
    const { duration, bytes, relative } = currentText();
    expect([3, 999, 1_234, 45_000, 180_000, 9_000_000].map(duration)).toEqual([
      '3 ms',
      '999 ms',
      '1.2 sec',
      '45 sec',
      '3 min',
      '2.5 hr',
    ]);
    expect([0, 999, 212_000_000].map(bytes)).toEqual(['0 bytes', '999 bytes', '212 MB']);
    expect(relative(0, 12_000)).toBe('12 seconds ago');
    expect(relative(180_000, 0)).toBe('in 3 minutes');
  });
});
