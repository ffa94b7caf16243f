import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { JsonDocument } from '../../../../main/gateway/dialects/document.ts';
import { entries, entriesFromEnd, isFilled } from '../../../../main/gateway/dialects/entries.ts';

const read = (text: string): JsonDocument => JsonDocument.read(Buffer.from(text));

/** Any white space JSON allows, in place of each mark. */
function spaced(value: unknown, space: string): string {
  return JSON.stringify(value, null, space === '' ? undefined : space);
}

describe('the entries of a list', () => {
  it('are what the parsed list holds, from either end, in any spelling', () => {
    const tricky = fc.constantFrom('"', '\\', '\\"', '"\\\\', '[', ']', '{', '}', ',', '\\u0022', 'é', '😀', '\n', '');
    const text = fc.oneof(
      fc.string(),
      fc.array(tricky, { maxLength: 6 }).map((pieces) => pieces.join('')),
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
        fc.constantFrom(null, true, false),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          text.filter((key) => key !== '__proto__'),
          tie('value'),
          { maxKeys: 4 },
        ),
      ),
    }));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 6 }), fc.constantFrom('', ' ', '\t', '  '), (list, space) => {
        const document = read(spaced({ before: '"]', list, after: [1] }, space));
        const expected = JSON.parse(JSON.stringify(list)) as unknown[];
        expect([...entries(document, 'list')]).toEqual(expected);
        expect([...entriesFromEnd(document, 'list')]).toEqual(expected.toReversed());
        expect(isFilled(document, 'list')).toBe(expected.length > 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('of something that is no list are none, and an object is its own', () => {
    for (const value of ['"x"', '5', 'null', 'true', '[]', '[ ]']) {
      const document = read(`{"list":${value}}`);
      expect([...entries(document, 'list'), ...entriesFromEnd(document, 'list')]).toEqual([]);
      expect(isFilled(document, 'list')).toBe(false);
    }
    const single = read('{"list":{"a":[1]}}');
    expect([...entries(single, 'list')]).toEqual([{ a: [1] }]);
    expect([...entriesFromEnd(single, 'list')]).toEqual([{ a: [1] }]);
    expect(isFilled(single, 'list')).toBe(true);
    expect([...entries(single, 'other'), ...entriesFromEnd(single, 'other')]).toEqual([]);
    expect(isFilled(read('{"list":{}}'), 'list')).toBe(false);
  });

  it('are parsed only as far as they are asked for', () => {
    const document = read(
      `{"list":[${Array.from({ length: 1_000 }, (_, index) => `{"n":${String(index)}}`).join(',')}]}`,
    );
    expect(entriesFromEnd(document, 'list').next().value).toEqual({ n: 999 });
    expect(entries(document, 'list').next().value).toEqual({ n: 0 });
  });
});
