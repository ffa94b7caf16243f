import { describe, expect, it } from 'vitest';
import { messageOf, stackOf } from '../../../main/kit/unquoted.ts';

function thrown(text: string): Error {
  try {
    JSON.parse(text);
  } catch (error) {
    return error as Error;
  }
  throw new Error('it is JSON');
}

describe('what an error says', () => {
  it('does not quote what could not be parsed, and still tells where that was', () => {
    const error = thrown('Ines\n    at home');
    expect(error.message).toContain('Ines');
    expect(messageOf(error)).not.toContain('Ines');
    expect(stackOf(error)).not.toMatch(/Ines|home/);
    expect(stackOf(error)).toContain('unquoted.test.ts');
  });

  it('is its message where nothing was parsed', () => {
    const error = new TypeError('x is not a function');
    expect([messageOf(error), stackOf(error)]).toEqual([error.message, error.stack]);
  });
});
