import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { PatternFinder } from '../../../main/kit/pattern.ts';

function found(pattern: string, text: string): [number, number][] {
  const spans: [number, number][] = [];
  PatternFinder.of(pattern)?.each(text, (start, end) => spans.push([start, end]));
  return spans;
}

/** What the engine finds without any help. */
function foundByEngine(pattern: string, text: string): [number, number][] {
  const spans: [number, number][] = [];
  const matcher = RE2JS.compile(pattern).matcher(text);
  while (matcher.find()) if (matcher.end() > matcher.start()) spans.push([matcher.start(), matcher.end()]);
  return spans;
}

const atom = fc.constantFrom(
  'a',
  'b',
  'ab',
  'aba',
  'abc',
  'k',
  'ä',
  '😀',
  '-',
  '\\d',
  '\\d{2}',
  '\\w',
  '\\W',
  '\\s',
  '.',
  '[ab]',
  '[^a]',
  '[a-c\\d]',
  '\\pL',
  '^',
  '$',
  '\\b',
  '\\B',
  '\\A',
  '\\z',
  '(?m:^)',
  '(?m:$)',
  '(?s:.)',
  '(?i:k)',
  '(?i:s)',
  '(?i:ä)',
  '\\n',
  '(?:)',
  '[^\\x00-\\x{10FFFF}]',
);
const pattern = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, depthSize: 'medium' },
    atom,
    fc.array(tie('any'), { minLength: 2, maxLength: 4 }).map((parts) => parts.join('')),
    fc.tuple(tie('any'), tie('any')).map(([one, other]) => `(?:${one}|${other})`),
    fc
      .tuple(tie('any'), fc.constantFrom('*', '+', '?', '*?', '+?', '{2}', '{1,3}', '{2,}'))
      .map(([one, times]) => `(${one})${times}`),
  ),
})).any;
const text = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'c',
      'ab',
      'aba',
      'abc',
      'k',
      'K',
      '\u212A',
      'ſ',
      's',
      'ä',
      'Ä',
      '😀',
      '\ud83d',
      '\ude00',
      '-',
      '1',
      '42',
      ' ',
      '\n',
      'é',
    ),
    {
      maxLength: 24,
    },
  )
  .map((parts) => parts.join(''));

describe('PatternFinder', () => {
  it('finds exactly what the engine finds in the whole text', () => {
    fc.assert(
      fc.property(pattern, text, (one, other) => {
        expect(found(one, other)).toEqual(foundByEngine(one, other));
      }),
      { numRuns: 1_500 },
    );
  });

  it('finds exactly what the engine finds where matches are far apart', () => {
    const filler = 'Nothing to see here, and nothing there. '.repeat(40);
    fc.assert(
      fc.property(pattern, fc.array(text, { maxLength: 3 }), (one, parts) => {
        const whole = parts.join(filler) + filler;
        expect(found(one, whole)).toEqual(foundByEngine(one, whole));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['KX-\\d{4}', 'a KX-7731, KX-12 and KX-99', 'a '.length, 7],
    ['(?i)project\\s+falcon', 'about PROJECT \n Falcon.', 6, 16],
    ['\\w+@corp\\.example', 'to jo.doe@corp.example;', 6, 16],
    ['^id: .*$', 'id: 5', 0, 5],
    ['a😀{3}', 'Aa😀😀😀', 1, 7],
  ])('%s in %j', (one, other, start, length) => {
    expect(found(one, other)).toEqual([[start, start + length]]);
  });

  it('does not take half of a pair for a character', () => {
    expect(found('\\x{DE00}a', '😀a')).toEqual(foundByEngine('\\x{DE00}a', '😀a'));
    expect(found('\\x{DE00}a', '\ude00a')).toEqual([[0, 2]]);
  });

  it('leaves empty matches out', () => {
    expect(found('x*', 'aaxxa')).toEqual([[2, 4]]);
    expect(found('\\b', 'a b')).toEqual([]);
  });

  it('is not made of a pattern with a problem', () => {
    for (const one of ['', '(', '(?=a)']) expect(PatternFinder.of(one)).toBeUndefined();
  });

  it('gives up a search whose finds together would not end', () => {
    const finder = PatternFinder.of('(?s)a.*z|a');
    expect(() => finder?.each('a'.repeat(50_000), () => undefined)).toThrow(RangeError);
  });
});
