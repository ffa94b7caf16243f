/** What is read from the code units of a text, held against plain loops over the text itself. */
import { describe, expect, it } from 'vitest';
import {
  han,
  hangul,
  nextCapital,
  nextDigit,
  nextForeign,
  otherCaseless,
  stretchesOf,
  traitsOf,
  trick,
  unitsOf,
} from '../../../../../main/gateway/policies/detectors/code-units.ts';
import { ForeignWords } from '../../../../../main/gateway/policies/detectors/numbers/foreign-words.ts';

/** Places one after the other, as the detectors walk. */
function walk(text: string, next: typeof nextDigit): number[] {
  const code = unitsOf(text);
  const places: number[] = [];
  for (let at = next(code, 0, text.length); at < text.length; at = next(code, at + 1, text.length)) places.push(at);
  return places;
}

function placesOf(text: string, fits: RegExp): number[] {
  return Array.from({ length: text.length }, (_, at) => at).filter((at) => fits.test(text.charAt(at)));
}

const texts = [
  '',
  '7',
  'a',
  'é',
  'Ab7é',
  '?:;<=>09/',
  'x'.repeat(99) + '1Zß',
  'год 2024, Straße 5 — 王小明 ４１ @[\\]^_`{',
  'añB3'.repeat(40_000),
  'x'.repeat(300_001) + '8É',
];

describe('code units', () => {
  it.each(texts.map((text) => [text.slice(0, 20), text]))('tells where the digits stand in %j', (_, text) => {
    expect(walk(text, nextDigit)).toEqual(placesOf(text, /[0-9]/));
  });

  it.each(texts.map((text) => [text.slice(0, 20), text]))('tells what is not ASCII in %j', (_, text) => {
    expect(walk(text, nextForeign)).toEqual(placesOf(text, /[^\x00-\x7f]/));
  });

  it.each(texts.map((text) => [text.slice(0, 20), text]))(
    'passes over no capital and nothing foreign in %j',
    (_, text) => {
      const found = new Set(walk(text, nextCapital));
      expect(placesOf(text, /[A-Z]|[^\x00-\x7f]/).filter((at) => !found.has(at))).toEqual([]);
    },
  );

  it('leaves nothing of a longer text behind a shorter one', () => {
    unitsOf('9'.repeat(500));
    const { units } = unitsOf('ab');
    expect(Array.from(units.subarray(0, 40))).toEqual([0x61, 0x62, ...new Array<number>(38).fill(0)]);
  });

  it.each([
    ['ﬀ', 0],
    ['a\u200bb', trick],
    ['４', trick],
    ['王', han],
    ['김', hangul],
    ['नाम', otherCaseless],
  ])('knows the traits of %j', (text, traits) => {
    const seen = traitsOf({ text, isAscii: false, field: undefined });
    expect(seen & (trick | han | hangul | otherCaseless)).toBe(traits);
  });

  it('takes what stands near each other as one stretch, with something on both sides', () => {
    const text = `${'a'.repeat(100)}王${'b'.repeat(100)}李${'c'.repeat(1_000)}陈`;
    expect(stretchesOf(text, han)).toEqual([36, 265, 1_138, 1_203]);
    expect(stretchesOf(text, hangul)).toEqual([]);
  });
});

describe('foreign words', () => {
  const words = ['téléphone', 'né', 'né le', 'тел', 'телефон', 'ö', 'n° de tel', '生'];
  const found = (text: string): string[] => {
    const places: string[] = [];
    new ForeignWords(words).find(text, (index, start, end) => places.push(`${words[index] ?? ''} ${start}-${end}`));
    return places.sort();
  };

  it('finds all places of all words in any case', () => {
    expect(found('TÉLÉPHONE Né le')).toEqual(['né 10-12', 'né le 10-15', 'téléphone 0-9']);
    expect(found('Телефон 生')).toEqual(['тел 0-3', 'телефон 0-7', '生 8-9']);
    expect(found('xÖ')).toEqual(['ö 1-2']);
  });

  it('finds no part of a word', () => {
    expect(found('téléphon')).toEqual([]);
    expect(found('n')).toEqual([]);
    expect(found('те')).toEqual([]);
  });

  it('finds a word of signs alone only near foreign letters', () => {
    expect(found('n° de tel')).toEqual([]);
    expect(found('à: n° de tel')).toEqual(['n° de tel 3-12']);
    expect(found(`à${' '.repeat(80)}n° de tel`)).toEqual([]);
  });
});
