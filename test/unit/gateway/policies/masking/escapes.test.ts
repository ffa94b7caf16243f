import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import { readEscapes } from '../../../../../main/gateway/policies/masking/escapes.ts';

const read = (written: string): string => readEscapes(written)?.text ?? written;

describe('reading escapes', () => {
  it('reads what JSON and code write for line ends, tabs, slashes and letters, behind any number of backslashes', () => {
    expect(read(String.raw`a\nb\tc\rd\/e`)).toBe('a\nb\tc\rd/e');
    expect(read(String.raw`Jos\u00e9 M\u00FCller \ud83d\ude00`)).toBe('José Müller 😀');
    expect(read(String.raw`{\"t\":\"a\\nJos\\u00e9\"}`)).toBe(String.raw`{\"t\":\"a` + '\n' + String.raw`José\"}`);
  });

  it('leaves alone what is none, what ends a value, and folders of Windows', () => {
    for (const text of [
      ...['plain', '', '\\', 'a\\', 'a\\d+\\w', '\\u00g9', '\\u00', 'say \\"hi\\"', '\\u0022', '\\u005c'],
      ...['C:\\new\\test', 'see "C:\\users\\\\nancy\\tom" there', '\\\\host\\new\\table', 'C:\\n'],
    ])
      expect(readEscapes(text), text).toBeUndefined();
  });

  it('tells of each character where it is written, never inside an escape', () => {
    const piece = fc.constantFrom('a', 'b ', 'é', '😀', '\\n', '\\\\n', '\\u00e9', '\\/', '\\"', '\\d', '"', ' C:\\n ');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const written = pieces.join('');
        const found = readEscapes(written);
        if (found === undefined) return;
        expect(found.at(0)).toBe(0);
        expect(found.at(found.text.length)).toBe(written.length);
        let rest = '';
        for (let unit = 0; unit < found.text.length; unit++)
          rest += read(written.slice(found.at(unit), found.at(unit + 1)));
        expect(rest.replaceAll('C:\n', 'C:\\n')).toBe(found.text.replaceAll('C:\n', 'C:\\n'));
      }),
    );
  });

  it('takes time in proportion to a text of nothing but backslashes', () => {
    expect(readEscapes('\\'.repeat(2_000_000))).toBeUndefined();
    expect(read('\\n'.repeat(200_000))).toHaveLength(200_000);
  });
});
