import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { jsonLines } from '../../../main/bundles/json-lines.ts';
import { parseStrictJson } from '../../../main/bundles/strict-json.ts';
import { harmless, refusal } from './trust-fixtures.ts';

const limits = { maxDepth: 8, what: 'acme.sluice' };
const read = (text: string): unknown => parseStrictJson(Buffer.from(text, 'utf8'), limits);

describe('parseStrictJson', () => {
  it.each([
    [
      'a name that stands twice',
      '{"id": 1,\n "id": 2}',
      'acme.sluice:2:2: the name "id" stands twice. Keep one of the two.',
    ],
    ['a name that stands twice, once as an escape', '{"id": 1, "\\u0069d": 2}', '1:11: the name "id" stands twice'],
    ['more depth than allowed', `${'['.repeat(9)}${']'.repeat(9)}`, '1:9: lists and objects stand more than 8 deep'],
    ['a whole number beyond 2^53', '[9007199254740993]', '1:2: the number 9007199254740993 cannot be kept exactly'],
    ['the first whole number that has a neighbour', '9007199254740992', 'cannot be kept exactly'],
    ['the same with a fraction', '9007199254740993.0', 'cannot be kept exactly'],
    ['more digits than are kept', '0.12345678901234567890123', 'cannot be kept exactly'],
    ['a number that is infinite', '-1e400', 'cannot be kept exactly'],
    ['a number that would become zero', '1e-400', 'cannot be kept exactly'],
    ['NaN', '{"a": NaN}', '1:7: NaN is not a number of JSON'],
    ['Infinity', '[-Infinity]', '1:2: a number is not written as JSON has it'],
    ['a lone surrogate as an escape', '"\\ud83d"', 'half a character'],
    ['two surrogates in the wrong order', '"\\ude00\\ud83d"', 'half a character'],
    ['__proto__', '{"__proto__": {"admin": true}}', '1:2: the name "__proto__" is not allowed'],
    ['__proto__ in disguise', '{"\\u005f_proto__": {}}', 'the name "__proto__" is not allowed'],
    ['constructor', '{"a": {"constructor": 1}}', 'the name "constructor" is not allowed'],
    ['prototype', '{"prototype": 1}', 'the name "prototype" is not allowed'],
    ['what follows after the end', '{} {}', '1:4: something follows after its end'],
    ['a byte order mark', '\ufeff{}', 'byte order mark'],
    ['nothing', ' \n', 'it is empty'],
    ['a text that is cut off', '{"a": "b', 'a text has no end'],
    ['an object that is cut off', '{"a": 1', 'it ends where "," or "}" is expected. Was it cut off?'],
    ['a comma too many', '[1,]', '1:4: a value is expected, found "]"'],
    ['a comment', '{} // note', 'something follows'],
    ['single quotes', "{'a': 1}", 'a name in quotes is expected, found "\'"'],
    ['a control character', '"a\tb"', 'control character'],
    ['an unknown escape', '"\\x41"', 'an escape is not known'],
    ['a leading zero', '[01]', '"," or "]" is expected'],
    ['a space that is none', '\u00a0{}', 'a value is expected'],
  ])('refuses %s', (_, text, message) => {
    const error = refusal(() => read(text));
    expect(error.code).toBe('bundle.malformed');
    expect(error.message).toContain(message);
  });

  it.each([
    ['a byte that is not UTF-8', [0x7b, 0x0a, 0x22, 0xff, 0x22, 0x7d], '2:2: a byte is not UTF-8'],
    ['a surrogate in UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22], '1:2: a byte is not UTF-8'],
    ['a slash that is written longer than needed', [0x22, 0xc0, 0xaf, 0x22], '1:2: a byte is not UTF-8'],
  ])('refuses %s', (_, bytes, message) => {
    expect(refusal(() => parseStrictJson(Uint8Array.from(bytes), limits)).message).toContain(message);
  });

  it('tells the place also in numbers, and cuts what it repeats of a hostile file', () => {
    const error = refusal(() => read(`{"a": 1,\n  "${'x'.repeat(9_000)}": 1, "${'x'.repeat(9_000)}": 1}`));
    expect(error.details).toEqual({ line: 2, column: 9_010 });
    expect(error.message.length).toBeLessThan(200);
  });

  it('keeps numbers as they are written, in whatever form', () => {
    expect(
      read('[0, -0, 1.50, 1e3, 0.1, 5e-324, 1.7976931348623157e308, 9007199254740991, 100000000000000000000e-20]'),
    ).toEqual([...[0, -0, 1.5, 1_000, 0.1, 5e-324, 1.7976931348623157e308, 9_007_199_254_740_991, 1]]);
  });

  it('accepts what JSON.parse accepts, but for what it is there to refuse', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const value: unknown = JSON.parse(text);
        if (hasTwins(text) || !text.isWellFormed() || hasHuge(text) || /\\ud[89a-f]|proto|constructor/i.test(text))
          harmless(() => read(text));
        else expect(read(text)).toEqual(value);
      }),
      { numRuns: 150 },
    );
  });

  it('gives a value or a refusal for any bytes, and no value that JSON.parse refuses', () => {
    const scrap = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        '"a"',
        '1',
        '-',
        '.5',
        'e9',
        'true',
        'null',
        ' ',
        '\\u0061',
        '\n',
        '\u2028',
      ],
    );
    fc.assert(
      fc.property(
        fc.array(scrap, { maxLength: 12 }).map((parts) => parts.join('')),
        (text) => {
          let value: unknown;
          try {
            value = read(text);
          } catch (error) {
            harmless(() => {
              throw error;
            });
            return;
          }
          expect(value).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => harmless(() => parseStrictJson(bytes, limits))));
  });
});

/** Whether it may hold a whole number beyond 2^53. */
function hasHuge(text: string): boolean {
  const numbers = [...text.matchAll(/\d+(\.\d+)?(e[+-]?\d+)?/gi)];
  return numbers.some(([written, fraction, power]) => !fraction && !power && !Number.isSafeInteger(Number(written)));
}

/** Whether some object of the text has a name twice: writing the value anew then gives a shorter text. */
function hasTwins(text: string): boolean {
  const names = (one: string): number => [...one.matchAll(/"(?:[^"\\]|\\.)*"\s*:/g)].length;
  return names(text) !== names(JSON.stringify(JSON.parse(text)));
}

describe('jsonLines', () => {
  const text = '\n{\n "a": [\n  1,\n  {"b/c": "x\\"]}",\n   "d~e": {}}\n ],\n "z": "\\u007d", "\\u0066": 5\n}\n';
  const lineOf = jsonLines(text);

  it.each([
    ['', 2],
    ['/a', 3],
    ['/a/0', 4],
    ['/a/1', 5],
    ['/a/1/b~1c', 5],
    ['/a/1/d~0e', 6],
    ['/z', 8],
    ['/f', 8],
  ])('finds the line of %s', (pointer, line) => {
    expect(lineOf(pointer)).toBe(line);
  });

  it('gives the line of the nearest parent of what is not there', () => {
    expect(lineOf('/a/1/missing/deeper')).toBe(5);
    expect(lineOf('/a/7')).toBe(3);
    expect(lineOf('/nothing')).toBe(2);
  });

  it('finds the value that stands in the line, for any JSON', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant([])))),
        (value) => {
          const pretty = JSON.stringify(value, null, 1);
          const lines = pretty.split('\n');
          const find = jsonLines(pretty);
          for (const [name, list] of Object.entries(value)) {
            const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
            expect(lines[find(pointer) - 1]).toContain(`${JSON.stringify(name)}: [`);
            for (const [index, one] of list.entries()) {
              expect(lines[find(`${pointer}/${index}`) - 1]?.trim().replace(/,$/, '')).toBe(JSON.stringify(one));
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
