import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { leafText, type Leaf } from '../../../../main/gateway/dialects/leaves.ts';
import { spelt } from './spelling.ts';

/** The leaf of a body that is nothing but this string, escaped as given, `before` bytes behind its beginning. */
function leafOf(escaped: string, layers: number, before = 0, form: Leaf['form'] = 'text'): Leaf {
  const raw = Buffer.from(escaped, 'utf8').toString('latin1');
  return { raw, start: before, layers, place: 'user', field: undefined, form };
}

/** What the bytes of a span are. */
function cut(leaf: Leaf, start: number, end: number): string {
  const span = leafText(leaf).span(start, end);
  const bytes = Buffer.from(leaf.raw, 'latin1');
  return bytes.toString('utf8', span.start - leaf.start, span.end - leaf.start);
}

describe('leafText', () => {
  it.each([
    ['plain', 'Anna Smith', 1, 'Anna Smith'],
    ['UTF-8', 'Jürgen 世界 😀', 1, 'Jürgen 世界 😀'],
    ['short escapes', 'a\\n\\t\\"b\\\\c\\/d', 1, 'a\n\t"b\\c/d'],
    ['letters spelt as escapes', 'J\\u00fcrgen \\ud83d\\ude00', 1, 'Jürgen 😀'],
    ['JSON inside a string', 'C:\\\\\\\\dir\\\\n\\\\\\"x', 2, 'C:\\dir\n"x'],
    ['an escape of an escape', '\\\\u00e9 \\u005cu00e9', 2, 'é é'],
    ['a number', '4111111111111111', 1, '4111111111111111'],
    ['a surrogate without its partner', 'x\\ud800y', 1, 'x\ud800y'],
  ])('reads %s', (_, escaped, layers, text) => {
    expect(leafText(leafOf(escaped, layers)).text).toBe(text);
  });

  it('finds a part through every kind of escape', () => {
    const leaf = leafOf('é\\u00e9\\n😀\\ud83d\\ude00 Anna\\/', 1, 100);
    const { text } = leafText(leaf);
    expect(text).toBe('éé\n😀😀 Anna/');
    expect(cut(leaf, 0, 1)).toBe('é');
    expect(cut(leaf, 1, 2)).toBe('\\u00e9');
    expect(cut(leaf, 2, 3)).toBe('\\n');
    expect(cut(leaf, 3, 5)).toBe('😀');
    expect(cut(leaf, 5, 7)).toBe('\\ud83d\\ude00');
    expect(cut(leaf, 5, 6)).toBe('\\ud83d');
    expect(cut(leaf, 8, 12)).toBe('Anna');
    expect(cut(leaf, 12, 13)).toBe('\\/');
    expect(leafText(leaf).span(0, 1)).toEqual({ start: 100, end: 102 });
  });

  it('takes all of a character of which half is asked for', () => {
    const leaf = leafOf('ä😀b', 1);
    expect(cut(leaf, 1, 2)).toBe('😀');
    expect(cut(leaf, 2, 3)).toBe('😀');
    expect(cut(leaf, 2, 2)).toBe('');
  });

  it('decodes a document and gives all of it for any part', () => {
    const value = Buffer.from('Jürgen, Berlin', 'utf8').toString('base64');
    const leaf = leafOf(value.replaceAll('/', '\\/'), 1, 7, 'base64');
    expect(leafText(leaf).text).toBe('Jürgen, Berlin');
    expect(leafText(leaf).span(3, 4)).toEqual({ start: 7, end: 7 + leaf.raw.length });
  });

  it('decodes a document of one byte a character', () => {
    const value = Buffer.from('Jürgen', 'latin1').toString('base64');
    expect(leafText(leafOf(value, 1, 0, 'base64')).text).toBe('Jürgen');
  });

  it('reads what was written, and the bytes of each part read as that part, however letters are spelt', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(1, 2),
        fc.nat(),
        fc.nat(),
        fc.nat(),
        (text, layers, seed, a, b) => {
          let escaped = text;
          for (let layer = 0; layer < layers; layer++) escaped = spelt(escaped, seed + layer);
          const leaf = leafOf(escaped, layers, 3);
          const read = leafText(leaf);
          expect(read.text).toBe(text);
          const [from, to] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y) as [number, number];
          const [first, last] = [wholeFrom(text, from), wholeTo(text, to)];
          const span = read.span(first, last);
          const bytes = Buffer.from(leaf.raw, 'latin1');
          const replaced = Buffer.concat([
            bytes.subarray(0, span.start - 3),
            Buffer.from('X'),
            bytes.subarray(span.end - 3),
          ]).toString('latin1');
          expect(leafText({ ...leaf, raw: replaced }).text).toBe(`${text.slice(0, first)}X${text.slice(last)}`);
        },
      ),
      { numRuns: 500 },
    );
  });
});

function isInsidePair(text: string, at: number): boolean {
  return /^[\udc00-\udfff]$/.test(text[at] ?? '') && /^[\ud800-\udbff]$/.test(text[at - 1] ?? '');
}

function wholeFrom(text: string, at: number): number {
  return isInsidePair(text, at) ? at - 1 : at;
}

function wholeTo(text: string, at: number): number {
  return isInsidePair(text, at) ? at + 1 : at;
}
