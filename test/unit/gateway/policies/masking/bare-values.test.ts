import { describe, expect, it } from 'vitest';
import { BareValues } from '../../../../../main/gateway/policies/masking/bare-values.ts';

function bareIn(text: string, value: string): boolean {
  const start = text.indexOf(value);
  return new BareValues(text).isBare(start, start + value.length);
}

describe('a number of JSON in a text', () => {
  it.each([
    '{"phone": 4915112345678}',
    ' [1, 4915112345678 , 2]',
    '{"a":"say \\"x\\", ", "b":\n4915112345678\n}',
    '{"a": [{"b": 4915112345678}]}',
  ])('is known: %s', (text) => {
    expect(bareIn(text, '4915112345678')).toBe(true);
  });

  it.each([
    '{"phone": "4915112345678"}',
    '{"text": "call: 4915112345678, or not"}',
    'call: 4915112345678, or not',
    '{not JSON: 4915112345678}',
    '{"phone": "+49 4915112345678"}',
  ])('is none of: %s', (text) => {
    expect(bareIn(text, '4915112345678')).toBe(false);
  });
});
