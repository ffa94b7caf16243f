import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { JsonDocument } from '../../../../main/gateway/dialects/document.ts';
import { words } from '../../../../main/gateway/dialects/words.ts';

const mentioned = (text: string): string[] => {
  const document = JsonDocument.read(Buffer.from(text));
  return words.filter((word) => document.mentions(word));
};

describe('the words of a body', () => {
  it('are each found alone, as a name and as a value, at any depth', () => {
    for (const word of words) {
      expect(mentioned(`{"${word}":1}`)).toEqual([word]);
      expect(mentioned(`{"a":[{"b":["${word}"]}]}`)).toEqual([word]);
    }
  });

  it('are exactly the strings that are there', () => {
    const near = fc
      .constantFrom(...words)
      .chain((word) =>
        fc.constantFrom(
          word,
          `${word}s`,
          word.slice(1),
          word.slice(0, -1),
          `"${word}"`,
          `${word} `,
          word.toUpperCase(),
          `\\${word}`,
        ),
      );
    fc.assert(
      fc.property(fc.array(fc.oneof(near, fc.string()), { maxLength: 12 }), (strings) => {
        expect(mentioned(JSON.stringify({ strings }))).toEqual(words.filter((word) => strings.includes(word)));
      }),
      { numRuns: 500 },
    );
  });

  it('are not those that a longer string quotes', () => {
    expect(mentioned(JSON.stringify({ text: words.map((word) => `"${word}"`).join(' ') }))).toEqual([]);
  });

  it('may all be there once a letter is spelt as an escape, but not for other escapes', () => {
    expect(mentioned('{"a":"\\u0074ool"}')).toEqual([...words]);
    expect(mentioned('{"a":"\\u001b\\u00e9\\u2028\\u003c \\n"}')).toEqual([]);
  });
});
