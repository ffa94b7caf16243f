import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { jsonForTerminal, printable, printableLines } from '../../../main/kit/printable.ts';

describe('printable', () => {
  it.each([
    ['a\u001b[1;31mb\u001b[0mc', 'abc'],
    ['\u009b2Ja', 'a'],
    ['\u001b]8;;http://evil\u0007link\u001b]8;;\u0007', 'link'],
    ['\u001b]0;title\u001b\\a', 'a'],
    ['a\r\n\tb', 'a b'],
    ['a\u202eb\u2066c\u200bd\ufeff', 'abcd'],
    ['\u0000\u0007\u007f\u0085a', 'a'],
  ])('takes out what a terminal would act on: %j', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it.each(['Zażółć 日本語', '👩‍👩‍👧', 'נקודה', '\u0915\u094d\u200d\u0937'])('leaves every script as it is: %s', (text) => {
    expect(printable(text)).toBe(text);
  });

  it('leaves no control character of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});

describe('text and JSON for a terminal', () => {
  it('keep their lines, and nothing that acts on it', () => {
    expect(printableLines('a\u001b[31m\n\tb\u009b2J\n')).toBe('a\n b\n');
  });

  it('say the same as before, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = jsonForTerminal({ text, [text]: 1 });
        expect(json).not.toMatch(/[\p{Cc}\u202e\u2066\u200b]/u);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ text, [text]: 1 })));
      }),
    );
  });
});
