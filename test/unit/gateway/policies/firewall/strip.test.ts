import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import { cutsOf, removedMark, withoutCuts } from '../../../../../main/gateway/policies/firewall/strip.ts';

const spansOf = (text: string, found: RegExp): { start: number; end: number }[] =>
  [...text.matchAll(found)].map(({ index, 0: all }) => ({ start: index, end: index + all.length }));

const stripped = (text: string, found: RegExp): string => withoutCuts(text, cutsOf(text, spansOf(text, found)));

describe('what is taken out of a text', () => {
  it('leaves a mark in its place, so that nothing is empty and nothing comes together anew', () => {
    expect(stripped('ask falcon now', /falcon/g)).toBe('ask [removed] now');
    expect(stripped('falcon', /falcon/g)).toBe(removedMark);
    expect(stripped('falfalconcon', /falcon/g)).toBe('fal[removed]con');
  });

  it('is one piece where it overlaps or touches', () => {
    const spans = [
      { start: 4, end: 8 },
      { start: 0, end: 5 },
      { start: 8, end: 9 },
      { start: 12, end: 12 },
    ];
    expect(withoutCuts('abcdefghijklmnop', cutsOf('abcdefghijklmnop', spans))).toBe('[removed]jklmnop');
  });

  it('leaves JSON whole: inside strings, never through an escape, bare values as strings', () => {
    expect(stripped('{"a": "x falcon y", "b": 12345}', /falcon|234/g)).toBe('{"a": "x [removed] y", "b": "[removed]"}');
    expect(stripped('{"a": "x", "b": "y"}', /x", "b": "y/g)).toBe('{"a": "[removed]", "[removed]": "[removed]"}');
    expect(JSON.parse(stripped('["caf\\u00e9 bar"]', /9 b/g))).toEqual(['caf[removed]ar']);
    expect(stripped('{not json: falcon}', /falcon/g)).toBe('{not json: [removed]}');
  });

  it('leaves JSON that can be read, wherever it is cut', () => {
    const part = fc.record({ start: fc.nat(200), length: fc.nat(40) });
    fc.assert(
      fc.property(fc.oneof(fc.object(), fc.array(fc.jsonValue())), fc.array(part, { maxLength: 5 }), (value, parts) => {
        const text = JSON.stringify(value);
        const spans = parts.map(({ start, length }) => ({
          start: Math.min(start, text.length),
          end: Math.min(start + length, text.length),
        }));
        expect(() => JSON.parse(withoutCuts(text, cutsOf(text, spans))) as unknown).not.toThrow();
      }),
    );
  });
});
