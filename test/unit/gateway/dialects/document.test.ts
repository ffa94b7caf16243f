import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { isJsonText, JsonDocument } from '../../../../main/gateway/dialects/document.ts';
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';

function read(text: string): JsonDocument {
  return JsonDocument.read(Buffer.from(text, 'utf8'));
}

function refusal(text: string | Buffer, limits?: { maxDepth: number; maxNodes: number }): GatewayError {
  try {
    JsonDocument.read(typeof text === 'string' ? Buffer.from(text, 'utf8') : text, limits);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('the body was taken');
}

function rendered(document: JsonDocument): string {
  return document.render().toString('utf8');
}

/** What `JSON.parse` makes of a text: the object, or `undefined` for anything else. */
function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Fragments that JSON is made of, whole and broken, so that random sequences of them often come near valid JSON. */
const fragments = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  ' ',
  '\n',
  '\t',
  '\r',
  '0',
  '1',
  '-',
  '+',
  '.',
  'e',
  'E',
  '12',
  '-0',
  '01',
  '1.5e+3',
  '1.',
  'true',
  'false',
  'null',
  'nul',
  '"a"',
  '"b"',
  '"\\u00e9"',
  '"\\ud800"',
  '"\\u12"',
  '"\\x"',
  '"\u0001"',
  '"é漢😀"',
  '{"a":1}',
  '[]',
  '{}',
  '\ufeff',
  '\u00a0',
  'a',
  '/',
);
const nearJson = fc.array(fragments, { maxLength: 12 }).map((pieces) => pieces.join(''));
const objectJson = fc
  .tuple(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), fc.constantFrom(undefined, 1, '\t', ' \n '))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

/** A valid object with one character taken out, doubled or put in. */
const damaged = fc
  .tuple(objectJson, fc.nat(), fc.constantFrom('', '"', '{', '}', ',', ':', '\\', '0', 'x'))
  .map(([text, at, put]) => {
    const where = at % (text.length + 1);
    return text.slice(0, where) + put + text.slice(where + 1);
  })
  .filter((text) => text.isWellFormed());

describe('JsonDocument.read', () => {
  const acceptsLikeJsonParse = (text: string): void => {
    const expected = parsedObject(text);
    let got: GatewayError | JsonDocument;
    try {
      got = read(text);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      got = error;
    }
    if (got instanceof JsonDocument) {
      expect(got.root()).toEqual(expected);
      expect([...got.keys()]).toHaveLength(Object.keys(expected ?? {}).length);
      for (const key of got.keys()) expect(got.value(key)).toEqual(expected?.[key]);
    } else if (got.code !== 'read.duplicate_key') expect(expected).toBeUndefined();
  };

  it('takes every object JSON.stringify writes, with each field as JSON.parse sees it', () => {
    fc.assert(
      fc.property(objectJson, (text) => {
        expect(read(text).root()).toEqual(JSON.parse(text));
        acceptsLikeJsonParse(text);
      }),
      { numRuns: 500 },
    );
  });

  it('takes exactly the objects JSON.parse takes among texts that are nearly JSON', () => {
    // JSON.parse knows no byte order mark; that one is taken on purpose and tested below.
    fc.assert(
      fc.property(nearJson, (text) => {
        fc.pre(!text.startsWith('\ufeff'));
        acceptsLikeJsonParse(text);
        acceptsLikeJsonParse(`{"k":${text}}`);
        acceptsLikeJsonParse(`{${text}}`);
      }),
      { numRuns: 3000 },
    );
  });

  it('takes exactly the objects JSON.parse takes among damaged objects', () => {
    fc.assert(fc.property(damaged, acceptsLikeJsonParse), { numRuns: 3000 });
  });

  it('takes a byte order mark and leaves it out of what is sent', () => {
    const document = read('\ufeff{"model":"m"}');
    expect(document.value('model')).toBe('m');
    expect(document.root()).toEqual({ model: 'm' });
    expect(rendered(document)).toBe('{"model":"m"}');
    document.set('model', '"n"');
    expect(rendered(document)).toBe('{"model":"n"}');
  });

  it.each([
    ['', 'read.body_missing'],
    [' \n', 'read.body_missing'],
    ['[1]', 'read.not_an_object'],
    ['"text"', 'read.not_an_object'],
    ['null', 'read.not_an_object'],
    ['{"a":1,"a":2}', 'read.duplicate_key'],
    ['{"a":1,"\\u0061":2}', 'read.duplicate_key'],
    ['{"a":1} x', 'read.invalid_json'],
    ['{"a":1,}', 'read.invalid_json'],
    ["{'a':1}", 'read.invalid_json'],
    ['{"a":01}', 'read.invalid_json'],
    ['{"a":NaN}', 'read.invalid_json'],
    ['{"a":"\u0000"}', 'read.invalid_json'],
  ])('refuses %j with %s', (text, code) => {
    expect(refusal(text).code).toBe(code);
  });

  it('names the key that occurs twice, and allows it further down', () => {
    expect(refusal('{"model":1,\n"model":2}')).toMatchObject({
      param: 'model',
      message: expect.stringContaining('line 2') as string,
    });
    expect(read('{"a":{"b":1,"b":2}}').value('a')).toEqual({ b: 2 });
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(refusal(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])).code).toBe('read.invalid_utf8');
  });

  it('refuses one level too deep and takes the last one allowed', () => {
    const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    expect(read(nested(128)).has('a')).toBe(true);
    expect(refusal(nested(129)).code).toBe('read.too_deep');
    expect(refusal('{"a":{"b":{}}}', { maxDepth: 2, maxNodes: 10 }).code).toBe('read.too_deep');
  });

  it('refuses one value too many', () => {
    expect(JsonDocument.read(Buffer.from('{"a":[1,2,3]}'), { maxDepth: 9, maxNodes: 4 }).has('a')).toBe(true);
    expect(refusal('{"a":[1,2,3,4]}', { maxDepth: 9, maxNodes: 4 }).code).toBe('read.too_many_nodes');
  });

  it.each([
    ['{"a":1 "b":2}', 'line 1, column 8'],
    ['{\n  "a": 1,\n  "b": tru\n}', 'line 3, column 8'],
    ['{"é漢": x}', 'line 1, column 8'],
    ['{\r\n"a":"\\q"}', 'line 2, column 6'],
    ['{"a":"line\nbreak"}', 'line 1, column 11'],
  ])('says in characters where %j goes wrong', (text, where) => {
    expect(refusal(text).message).toContain(`(${where})`);
  });

  it.each(['{"a":', '{"a', '{"a":"text', '{"a":[1,', '{"a":"\\', '{"a":"\\u12'])('says that %j ends early', (text) => {
    const { code, message } = refusal(text);
    expect(code).toBe('read.invalid_json');
    expect(message).toMatch(/was it cut off|hexadecimal/);
  });
});

describe('spans', () => {
  it('hold the bytes of each value and nothing around it', () => {
    const document = read(' { "é" : [1, 2] ,\n"b":"x" } ');
    const text = (key: string): string => {
      const span = document.span(key);
      return span === undefined ? 'none' : document.bytes.toString('utf8', span.start, span.end);
    };
    expect([text('é'), text('b'), text('c')]).toEqual(['[1, 2]', '"x"', 'none']);
    expect([...document.keys()]).toEqual(['é', 'b']);
    expect(document.value('c')).toBeUndefined();
  });

  it('can be spliced, whatever stands around', () => {
    const document = read('{"a":"one","b":[1]}');
    const span = document.span('b') ?? { start: 0, end: 0 };
    document.splice({ start: span.start + 1, end: span.end - 1 }, '"zwei"');
    expect(rendered(document)).toBe('{"a":"one","b":["zwei"]}');
  });

  it('inside a field that is set or removed are forgotten', () => {
    const document = read('{"a":[1],"b":[1]}');
    for (const key of ['a', 'b']) {
      const span = document.span(key) ?? { start: 0, end: 0 };
      document.splice({ start: span.start + 1, end: span.end - 1 }, '2');
    }
    document.set('a', '3');
    expect(rendered(document)).toBe('{"a":3,"b":[2]}');
    document.remove('b');
    expect(rendered(document)).toBe('{"a":3}');
  });
});

describe('edits', () => {
  it('keep every other byte, and the very buffer when there are none', () => {
    const bytes = Buffer.from('{ "model" : "a" ,\t"n":1.0e2 }');
    const document = JsonDocument.read(bytes);
    expect(document.render()).toBe(bytes);
    expect(document.isEdited).toBe(false);
    document.set('model', '"b"');
    expect(document.isEdited).toBe(true);
    expect(rendered(document)).toBe('{ "model" : "b" ,\t"n":1.0e2 }');
    document.resetEdits();
    expect(document.render()).toBe(bytes);
  });

  it.each([
    ['{"a":1,"b":2,"c":3}', ['a'], '{"b":2,"c":3}'],
    ['{"a":1,"b":2,"c":3}', ['b'], '{"a":1,"c":3}'],
    ['{"a":1,"b":2,"c":3}', ['c'], '{"a":1,"b":2}'],
    ['{"a":1,"b":2,"c":3}', ['b', 'c'], '{"a":1}'],
    ['{"a":1,"b":2,"c":3}', ['c', 'a'], '{"b":2}'],
    ['{"a":1,"b":2,"c":3}', ['a', 'b', 'c'], '{}'],
    ['{"a":1}', ['a', 'a', 'z'], '{}'],
    ['{"q\\"\\\\":":,\\"",  "b" : 2}', ['q"\\'], '{"b" : 2}'],
  ])('of %s without %j leave %s', (text, keys, expected) => {
    const document = read(text);
    for (const key of keys) document.remove(key);
    expect(rendered(document)).toBe(expected);
  });

  it('may add several fields, take one back, and say the last word on one', () => {
    const document = read('{}');
    document.set('a', '1');
    document.set('b', '[2]');
    document.set('c', '3');
    document.set('a', '4');
    document.remove('c');
    expect(rendered(document)).toBe('{"a":4,"b":[2]}');
  });

  it('may move a value to another name while all others go', () => {
    const document = read('{"max_tokens": 5, "x": 1}');
    document.set('max_completion_tokens', '5');
    document.remove('max_tokens');
    document.remove('x');
    expect(rendered(document)).toBe('{"max_completion_tokens":5}');
    expect(document.has('max_tokens')).toBe(true);
  });

  it('in any number and order give the object the same edits give in memory', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', '"', 'é', '__proto__');
    const step = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), key, value: fc.jsonValue() }),
      fc.record({ kind: fc.constant('remove' as const), key }),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(key, fc.jsonValue()), { selector: ([name]) => name }),
        fc.constantFrom(undefined, ' ', '\r\n'),
        fc.array(step, { maxLength: 8 }),
        (fields, indent, steps) => {
          const start = `{${fields.map(([name, value]) => `${indent ?? ''}${JSON.stringify(name)}${indent ?? ''}:${JSON.stringify(value)}`).join(',')}}`;
          const document = read(start);
          const expected = new Map<string, string>(fields.map(([name, value]) => [name, JSON.stringify(value)]));
          for (const one of steps) {
            if (one.kind === 'set') {
              document.set(one.key, JSON.stringify(one.value));
              expected.set(one.key, JSON.stringify(one.value));
            } else {
              document.remove(one.key);
              expected.delete(one.key);
            }
          }
          const text = rendered(document);
          const result = read(text);
          expect(new Map([...result.keys()].map((name) => [name, JSON.stringify(result.value(name))]))).toEqual(
            expected,
          );
          expect(isJson(text)).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('isJsonText', () => {
  it('says what JSON.parse says, for any kind of value', () => {
    fc.assert(
      fc.property(fc.oneof(nearJson, damaged, fc.json()), (text) => {
        fc.pre(!text.startsWith('\ufeff'));
        expect(isJsonText(Buffer.from(text, 'utf8'))).toBe(isJson(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('takes a byte order mark, deep nesting and white space around, but neither two values nor broken UTF-8', () => {
    expect(isJsonText(Buffer.from('\ufeff [1] \n'))).toBe(true);
    expect(isJsonText(Buffer.from(`${'['.repeat(900)}${']'.repeat(900)}`))).toBe(true);
    expect(isJsonText(Buffer.from('{}{}'))).toBe(false);
    expect(isJsonText(Buffer.from([0x22, 0xc3, 0x22]))).toBe(false);
    expect(isJsonText(Buffer.from(''))).toBe(false);
  });
});
