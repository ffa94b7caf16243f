import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import { KeywordScan } from '../../../../../main/gateway/policies/detectors/keyword-scan.ts';

type Place = readonly [owner: number, word: string, start: number];

function places(lists: readonly (readonly string[])[], text: string): Place[] {
  return new KeywordScan(lists).scan(text).flatMap((hits, owner) =>
    Array.from({ length: hits.count }, (_, hit): Place => {
      const word = lists[owner]?.[hits.word(hit)] ?? '';
      expect(hits.end(hit) - hits.start(hit)).toBe(word.length);
      return [owner, word, hits.start(hit)];
    }),
  );
}

/** The same, word by word. */
function slowly(lists: readonly (readonly string[])[], text: string): Place[] {
  const lower = Array.from({ length: text.length }, (_, i) => {
    const one = text.charAt(i).toLowerCase();
    return one.length === 1 ? one : text.charAt(i);
  }).join('');
  return lists.flatMap((words, owner) =>
    words.flatMap((word) =>
      word === ''
        ? []
        : Array.from({ length: text.length }, (_, at) => at)
            .filter((at) => lower.startsWith(word, at))
            .map((at): Place => [owner, word, at]),
    ),
  );
}

const sorted = (all: readonly Place[]): string[] => all.map((one) => one.join('\u0000')).sort();

describe('key words', () => {
  it('are found wherever they stand, one in another and one across another, in any case', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'ä', '密', '-'), maxLength: 5 });
    const text = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'B', 'ä', 'Ä', '密', '-', ' ', 'İ'), maxLength: 60 });
    fc.assert(
      fc.property(fc.array(fc.array(word, { maxLength: 6 }), { minLength: 1, maxLength: 4 }), text, (lists, among) => {
        const distinct = lists.map((list) => [...new Set(list)]);
        expect(sorted(places(distinct, among))).toEqual(sorted(slowly(distinct, among)));
      }),
    );
  });

  it('come in the order of their ends', () => {
    const [hits] = new KeywordScan([['token', 'to', 'ken']]).scan('a token to ken');
    const ends = Array.from({ length: hits?.count ?? 0 }, (_, hit) => hits?.end(hit) ?? 0);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
    expect(ends).toHaveLength(5);
  });

  it('are told of the longest first where several end in one place', () => {
    const [hits] = new KeywordScan([['en', 'ken', 'token']]).scan('xtoken');
    expect([0, 1, 2].map((hit) => hits?.start(hit))).toEqual([1, 3, 4]);
  });

  it('may have so many different characters and no more', () => {
    const words = (count: number): string[] => Array.from({ length: count }, (_, i) => String.fromCharCode(0x4e00 + i));
    expect(places([words(255)], '\u4e05')).toHaveLength(1);
    expect(() => new KeywordScan([words(256)])).toThrow(RangeError);
  });
});
