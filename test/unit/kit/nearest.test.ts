import { describe, expect, it } from 'vitest';
import { editDistance, nearestNames } from '../../../main/kit/nearest.ts';

const models = ['gpt-5', 'gpt-5-mini', 'claude-sonnet-4-5', 'claude-opus-4-5', 'gemini-2.5-pro', 'llama3.1'];

describe('nearestNames', () => {
  it('finds the name behind a slip of the pen', () => {
    expect(nearestNames('claude-sonet-4-5', models, 1)).toEqual(['claude-sonnet-4-5']);
    expect(nearestNames('base_ur', ['base_url', 'retry', 'keys'], 1)).toEqual(['base_url']);
  });

  it('takes case and separators for the same', () => {
    expect(nearestNames('Claude_Sonnet.4.5', models, 1)).toEqual(['claude-sonnet-4-5']);
    expect(nearestNames('baseUrl', ['base_url'], 1)).toEqual(['base_url']);
  });

  it('puts a name that contains the word after the equal one and before distant ones', () => {
    expect(nearestNames('gpt-5', models, 2)).toEqual(['gpt-5', 'gpt-5-mini']);
    expect(nearestNames('sonnet', models, 3)[0]).toBe('claude-sonnet-4-5');
  });

  it('says nothing rather than something far-fetched', () => {
    expect(nearestNames('mistral-large', models, 3)).toEqual([]);
    expect(nearestNames('zz', ['abcdef'], 3)).toEqual([]);
  });

  it('returns no more than asked for and each name once', () => {
    expect(nearestNames('gpt', ['gpt-a', 'gpt-b', 'gpt-a', 'gpt-c'], 2)).toEqual(['gpt-a', 'gpt-b']);
  });

  it('stays quick for a word of any length', () => {
    expect(nearestNames('x'.repeat(1_000_000), models, 3)).toEqual([]);
  });
});

describe('editDistance', () => {
  it('counts insertions, removals and replacements', () => {
    expect(editDistance('kitten', 'sitting', 9)).toBe(3);
    expect(editDistance('', 'abc', 9)).toBe(3);
    expect(editDistance('same', 'same', 9)).toBe(0);
  });

  it('stops counting beyond the limit', () => {
    expect(editDistance('abcdefgh', 'zyxwvuts', 2)).toBe(3);
  });
});
