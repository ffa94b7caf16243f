import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { globCovers, globProblem, globsOverlap, isGlob, matchesAny, matchesGlob } from '../../../main/kit/glob.ts';

describe('matchesGlob', () => {
  it.each([
    ['gpt-5', 'gpt-5', true],
    ['gpt-5', 'gpt-5-mini', false],
    ['gpt-5', 'GPT-5', false],
    ['*', '', true],
    ['*', 'anything/at:all', true],
    ['claude-*', 'claude-sonnet-4-5', true],
    ['claude-*', 'claude', false],
    ['*-latest', 'gemini-flash-latest', true],
    ['*-latest', 'gemini-latest-1', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a**b', 'ab', true],
    ['gpt.5', 'gptx5', false],
    ['', '', true],
    ['', 'a', false],
    ['ab*ab', 'ab', false],
  ])('%s and %s: %s', (pattern, text, fits) => {
    expect(matchesGlob(pattern, text)).toBe(fits);
  });

  it('agrees with the regular expression the pattern stands for', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
    fc.assert(
      fc.property(letters, texts, (pattern, text) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text);
        expect(matchesGlob(pattern, text)).toBe(expected);
      }),
    );
  });

  it('answers for a pattern that would send a backtracking matcher to sleep', () => {
    expect(matchesGlob(`${'a*'.repeat(60)}b`, 'a'.repeat(5000))).toBe(false);
  });
});

describe('patterns', () => {
  it('refuses characters that are special in other tools instead of taking them literally', () => {
    for (const pattern of ['gpt-?', 'gpt-[45]', 'gpt-{4,5}', '!gpt', 'a|b', 'a\\b']) {
      expect(globProblem(pattern)).toMatch(/but only "\*" is special$/);
    }
  });

  it('refuses empty, endless and blank-holding patterns', () => {
    expect(globProblem('')).toBe('is empty');
    expect(globProblem('a'.repeat(257))).toBe('is longer than 256 characters');
    expect(globProblem('gpt 5')).toBe('holds a space or control character');
    expect(globProblem('gpt\n')).toBe('holds a space or control character');
  });

  it('accepts what vendors call their models', () => {
    for (const name of [
      'openai/gpt-5:free',
      'us.anthropic.claude-v2:1',
      'accounts/x/models/y',
      'claude-3-5@20240620',
      'gpt-4.1_x',
      '*',
    ]) {
      expect(globProblem(name)).toBeUndefined();
    }
  });

  it('knows a pattern from a name', () => {
    expect(isGlob('claude-*')).toBe(true);
    expect(isGlob('claude-3')).toBe(false);
  });

  it('fits any of several', () => {
    expect(matchesAny(['gpt-*', 'o3'], 'o3')).toBe(true);
    expect(matchesAny(['gpt-*', 'o3'], 'o3-mini')).toBe(false);
    expect(matchesAny([], 'o3')).toBe(false);
  });
});

describe('two patterns', () => {
  it.each([
    ['a*', '*b', true],
    ['a*', 'b*', false],
    ['*', 'anything', true],
    ['openai/*', '*/gpt-5', true],
    ['a*a', 'a', false],
    ['a**a', 'aa', true],
    ['*ab*', '*ba*', true],
    ['ab', 'ab', true],
    ['', '*', true],
  ])('%s and %s have a text in common: %s', (a, b, expected) => {
    expect(globsOverlap(a, b)).toBe(expected);
    expect(globsOverlap(b, a)).toBe(expected);
  });

  it.each([
    ['*', 'a*b', true],
    ['a*', 'ab*', true],
    ['a*', '*', false],
    ['a*b', 'a*c*b', true],
    ['a*c*b', 'a*b', false],
    ['*a*', 'a', true],
    ['a', 'a', true],
  ])('%s fits all that %s fits: %s', (a, b, expected) => {
    expect(globCovers(a, b)).toBe(expected);
  });

  it('are told apart as all short texts tell them apart', () => {
    const patterns = words(['a', 'b', '*'], 4);
    const texts = words(['a', 'b', 'c'], 6);
    const fitting = patterns.map((pattern) => texts.map((text) => matchesGlob(pattern, text)));
    for (const [index, a] of patterns.entries()) {
      for (const [at, b] of patterns.entries()) {
        const both = fitting[index]?.some((fits, text) => fits && fitting[at]?.[text] === true) === true;
        const within = fitting[at]?.every((fits, text) => !fits || fitting[index]?.[text] === true) === true;
        if (globsOverlap(a, b) !== both || globCovers(a, b) !== within) expect([a, b]).toEqual('told apart');
      }
    }
  });
});

/** All texts of these letters up to a length. */
function words(letters: readonly string[], length: number): string[] {
  if (length === 0) return [''];
  const shorter = words(letters, length - 1);
  const longest = shorter.filter((word) => word.length === length - 1);
  return [...shorter, ...longest.flatMap((word) => letters.map((letter) => word + letter))];
}
