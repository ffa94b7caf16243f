import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { matchesPattern, patternProblem } from '../../../main/kit/pattern.ts';

describe('matchesPattern', () => {
  it.each([
    ['falcon', 'Project falcon', true],
    ['(?i)project\\s+falcon', 'about PROJECT  Falcon', true],
    ['^falcon$', 'Project falcon', false],
    ['(?m)^falcon$', 'a\nfalcon\nb', true],
    ['a.b', 'a\nb', false],
    ['(?s)a.b', 'a\nb', true],
    ['\\bkey\\b', 'monkey', false],
    ['\\d{3}-\\d{2}', 'no 123-45', true],
    ['größe', 'Die Größe', false],
    ['(?i)größe', 'Die GRÖSSE', false],
    ['(?i)größe', 'Die GRÖßE', true],
    ['\\p{Greek}+', 'λόγος', true],
    ['^.$', '😀', true],
  ])('%s in %j: %s', (pattern, text, fits) => {
    expect(matchesPattern(pattern, text)).toBe(fits);
  });

  it('fits nothing when the pattern has a problem, and does not throw', () => {
    for (const pattern of ['', '(', '(?=a)', '\\1', 'a'.repeat(2001)]) expect(matchesPattern(pattern, 'a')).toBe(false);
  });

  it('agrees with the engine of JavaScript on patterns both know', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '.',
      'a*',
      'b+?',
      '(a|b)',
      '[ab]',
      '[^a]',
      'a{0,2}',
      '(?:ab)?',
      '^',
      '$',
      '\\b',
    );
    const pattern = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 20 });
    fc.assert(
      fc.property(pattern, text, (one, of) => {
        expect(matchesPattern(one, of)).toBe(new RegExp(one, 'u').test(of));
      }),
      { numRuns: 2000 },
    );
  });

  it('answers for any pattern and any text, half characters too', () => {
    const anyText = fc.array(fc.nat(0xffff), { maxLength: 12 }).map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(anyText, anyText, (pattern, text) => {
        expect(typeof matchesPattern(pattern, text)).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });

  // A backtracking engine needs some 2^250000 steps for these: this test would not end.
  it.each([
    '(a+)+$',
    '(a|aa)+$',
    '(a|a)*b',
    '(x+x+)+y',
    '(\\w+\\s?)*!$',
    '(.*)(.*)(.*)(.*)(.*)[^a!]$',
    '(?i)(a|b|ab){1,300}c',
  ])('ends for %s, which sends a backtracking engine to sleep', (pattern) => {
    expect(matchesPattern(pattern, `${'a'.repeat(250_000)}?`)).toBe(pattern.includes('[^a!]'));
  });

  it('keeps matching right when more patterns were used than are kept', () => {
    const patterns = Array.from({ length: 1_200 }, (_, index) => `^word${String(index)}$`);
    for (const round of [1, 2]) {
      for (const [index, pattern] of patterns.entries()) {
        expect(matchesPattern(pattern, `word${String(index)}`), `round ${String(round)}`).toBe(true);
        expect(matchesPattern(pattern, `word${String(index + 1)}`)).toBe(false);
      }
    }
  });
});

describe('patternProblem', () => {
  it('has nothing to say of what RE2 takes', () => {
    for (const pattern of [
      'a',
      '(?i)project\\s+falcon',
      '(?P<name>x)',
      '(?<name>x)',
      '\\p{L}{2,30}',
      '[[:alpha:]]',
      '\\Qa(b\\E',
    ])
      expect(patternProblem(pattern)).toBeUndefined();
  });

  it.each([
    ['(?=a)b', /^uses look-around, .*\(\?=…\)/],
    ['(?!a)b', /^uses look-around/],
    ['(?<=a)b', /^uses look-around/],
    ['(?<!a)b', /^uses look-around/],
    ['(a)\\1', /^uses a back-reference/],
    ['(?<x>a)\\k<x>', /^uses a back-reference/],
    ['a++', /^uses an atomic group or a possessive quantifier/],
    ['(?>a)', /^uses an atomic group or a possessive quantifier/],
    ['(a', 'is no regular expression: missing closing ): `(a`'],
    ['[a', 'is no regular expression: missing closing ]: `[a`'],
    ['*a', 'is no regular expression: missing argument to repetition operator: `*`'],
    ['a{1001}', 'is no regular expression: invalid repeat count: `{1001}`'],
    ['', 'is empty'],
    ['x'.repeat(2_001), 'is longer than 2000 characters'],
    ['(?i)((a|b|ab){1,300}|[xy]{500}z{900}){1,3}', /^(?:repeats too much|is no regular expression)/],
  ])('of %s: %s', (pattern, problem) => {
    const found = patternProblem(pattern);
    if (typeof problem === 'string') expect(found).toBe(problem);
    else expect(found).toMatch(problem);
  });

  it('takes a literal that only looks like a back-reference', () => {
    expect(patternProblem('\\\\1')).toBeUndefined();
    expect(matchesPattern('\\\\1', 'a\\1')).toBe(true);
  });
});
