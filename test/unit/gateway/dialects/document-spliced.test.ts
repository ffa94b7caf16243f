import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { JsonDocument, type Splice } from '../../../../main/gateway/dialects/document.ts';

function read(text: string): JsonDocument {
  return JsonDocument.read(Buffer.from(text, 'utf8'));
}

/** Where a piece of the text stands in its bytes. */
function placeOf(document: JsonDocument, piece: string): { start: number; end: number } {
  const start = document.bytes.indexOf(piece);
  if (start === -1) throw new Error(`no ${piece}`);
  return { start, end: start + Buffer.byteLength(piece) };
}

describe('spliced', () => {
  it('gives a document with the new bytes and leaves the first as it was', () => {
    const document = read('{ "model":"m", "input" : "call +49 30 1234 now" }');
    const masked = document.spliced([{ ...placeOf(document, '+49 30 1234'), replacement: 'PHONE2bcdfg' }]);
    expect(masked.bytes.toString()).toBe('{ "model":"m", "input" : "call PHONE2bcdfg now" }');
    expect(document.bytes.toString()).toBe('{ "model":"m", "input" : "call +49 30 1234 now" }');
    expect(masked.value('input')).toBe('call PHONE2bcdfg now');
    expect(masked.isEdited).toBe(false);
  });

  it('finds every field where it stands now', () => {
    const document = read('{"a":"Änne","b":[1,"Änne"],"c":{"d":"x"},"e":123456789}');
    const first = document.bytes.indexOf('Änne');
    const second = document.bytes.indexOf('Änne', first + 1);
    const masked = document.spliced([
      { ...placeOf(document, '123456789'), replacement: '7' },
      { start: second, end: second + 5, replacement: 'PERSON4ddddd' },
      { start: first, end: first + 5, replacement: '' },
    ]);
    expect([...masked.keys()]).toEqual(['a', 'b', 'c', 'e']);
    expect(masked.value('a')).toBe('');
    expect(masked.value('b')).toEqual([1, 'PERSON4ddddd']);
    expect(masked.value('c')).toEqual({ d: 'x' });
    expect(masked.value('e')).toBe(7);
  });

  it('can be edited like any other', () => {
    const document = read('{"model":"alias","input":"Anna","stream":true}');
    const masked = document.spliced([{ ...placeOf(document, 'Anna'), replacement: 'PERSON4ddddd' }]);
    masked.set('model', '"real"');
    masked.remove('stream');
    expect(masked.render().toString()).toBe('{"model":"real","input":"PERSON4ddddd"}');
    masked.resetEdits();
    expect(masked.render().toString()).toBe('{"model":"alias","input":"PERSON4ddddd","stream":true}');
  });

  it('is of the body as received, whatever was edited since', () => {
    const document = read('{"model":"alias","input":"Anna"}');
    document.set('model', '"real"');
    const masked = document.spliced([{ ...placeOf(document, 'Anna'), replacement: 'PERSON4ddddd' }]);
    expect(masked.render().toString()).toBe('{"model":"alias","input":"PERSON4ddddd"}');
  });

  it('still knows the words of the body', () => {
    const document = read('{"messages":[{"role":"tool","content":"Anna"}]}');
    const masked = document.spliced([{ ...placeOf(document, 'Anna'), replacement: 'image' }]);
    expect(masked.mentions('tool')).toBe(true);
    expect(masked.mentions('tool_calls')).toBe(false);
  });

  it('without splices is the same bytes', () => {
    const document = read('{"a":1}');
    expect(document.spliced([]).bytes).toBe(document.bytes);
  });

  it.each([
    [
      'that overlap',
      [
        { start: 5, end: 8, replacement: '' },
        { start: 7, end: 9, replacement: '' },
      ],
    ],
    ['that end before they start', [{ start: 8, end: 7, replacement: '' }]],
    ['behind the end', [{ start: 8, end: 99, replacement: '' }]],
  ] satisfies [string, Splice[]][])('refuses places %s', (_, splices) => {
    expect(() => read('{"a":"0123456789"}').spliced(splices)).toThrow(RangeError);
  });

  it('reads as a document of the same bytes does, wherever texts are replaced', () => {
    const body = fc.dictionary(fc.string(), fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(fc.string()), fc.nat()));
    fc.assert(
      fc.property(body, fc.string(), (value, replacement) => {
        const document = read(JSON.stringify(value, null, 1));
        const bytes = document.bytes.toString('latin1');
        const splices: Splice[] = [];
        for (const key of document.keys()) {
          const span = document.span(key);
          if (span === undefined || bytes[span.start] !== '"') continue;
          splices.push({
            start: span.start + 1,
            end: span.end - 1,
            replacement: JSON.stringify(replacement).slice(1, -1),
          });
        }
        const masked = document.spliced(splices);
        const again = JsonDocument.read(masked.bytes);
        expect([...masked.keys()]).toEqual([...again.keys()]);
        for (const key of again.keys()) expect(masked.span(key)).toEqual(again.span(key));
      }),
    );
  });
});
