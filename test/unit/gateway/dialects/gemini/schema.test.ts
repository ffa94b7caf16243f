import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import type { Json, JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { isObject } from '../../../../../main/gateway/dialects/dialect.ts';
import { lowerJsonSchema, lowerParameters } from '../../../../../main/gateway/dialects/gemini/schema.ts';
import { fromGeminiSchema, toGeminiSchema } from '../../../../../main/gateway/dialects/gemini/strict-schema.ts';
import { encode, collectLosses, recorded } from './support.ts';

interface Lowered {
  readonly schema: JsonObject;
  readonly losses: readonly string[];
}

function lowered(schema: JsonObject, lower = lowerJsonSchema): Lowered {
  const losses = collectLosses();
  return { schema: lower(schema, losses.sink, ''), losses: losses.list };
}

const strict = (schema: JsonObject): Lowered => lowered(schema, toGeminiSchema);

/** Keywords that may stand in a lowered schema. */
const taken = new Set([
  ...['title', 'description', 'format', 'default', 'pattern', 'minLength', 'maxLength', 'minItems', 'maxItems'],
  ...['minimum', 'maximum', 'minProperties', 'maxProperties', 'propertyOrdering', 'type', 'enum', 'properties'],
  ...['required', 'additionalProperties', 'items', 'prefixItems', 'anyOf'],
]);

/** Keywords of a lowered schema that Gemini does not take. */
function strangers(schema: Json | undefined): string[] {
  if (!isObject(schema)) return [];
  const own = Object.keys(schema).filter((key) => !taken.has(key));
  const maps = isObject(schema['properties']) ? Object.values(schema['properties']) : [];
  const lists = [schema['anyOf'], schema['prefixItems']].flatMap((one) =>
    Array.isArray(one) ? (one as readonly Json[]) : [],
  );
  return [...own, ...[...maps, ...lists, schema['items'], schema['additionalProperties']].flatMap(strangers)];
}

describe('a JSON Schema', () => {
  it('that Gemini takes stays as it is', () => {
    const schema = {
      type: 'object',
      title: 't',
      description: 'd',
      properties: {
        a: { type: 'string', pattern: '^x', minLength: 1, maxLength: 9, format: 'date-time', default: 'x' },
        b: { type: ['integer', 'null'], minimum: 0, maximum: 9, enum: [1, 2] },
        c: { type: 'array', items: { type: 'number' }, prefixItems: [{ type: 'string' }], minItems: 1, maxItems: 3 },
        d: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        e: { type: 'object', additionalProperties: { type: 'boolean' }, minProperties: 1 },
      },
      required: ['a'],
      propertyOrdering: ['a', 'b', 'c', 'd', 'e'],
      additionalProperties: false,
    };
    expect(lowered(schema)).toEqual({ schema, losses: [] });
  });

  it('loses what Gemini does not know, each keyword a loss', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        a: { type: 'string', contentEncoding: 'base64', examples: ['x'] },
        n: { type: 'number', multipleOf: 2 },
      },
      not: { required: ['b'] },
    };
    expect(lowered(schema)).toEqual({
      schema: { type: 'object', properties: { a: { type: 'string' }, n: { type: 'number' } } },
      losses: [
        '/$schema',
        '/not',
        '/properties/a/contentEncoding',
        '/properties/a/examples',
        '/properties/n/multipleOf',
      ],
    });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['const as a list of one', { const: 'a' }, { type: 'string', enum: ['a'] }],
    ['a number const', { type: 'number', const: 3 }, { type: 'number', enum: [3] }],
    ['a list without a type', { enum: ['a', 'b', null] }, { type: ['string', 'null'], enum: ['a', 'b'] }],
    ['a list of whole numbers', { enum: [1, 2] }, { type: 'integer', enum: [1, 2] }],
    ['a list of numbers', { enum: [1, 2.5] }, { type: 'number', enum: [1, 2.5] }],
    ['a mixed list with null, which has no one type', { enum: ['a', 1, null] }, {}],
    [
      'a list that lets a null field be more',
      { type: 'null', enum: ['a', null] },
      { type: ['string', 'null'], enum: ['a'] },
    ],
    ['every boolean', { enum: [true, false] }, { type: 'boolean' }],
    ['one boolean', { const: true }, { type: 'boolean' }],
    ['null alone', { const: null }, { type: 'null' }],
    ['nullable, OpenAPI', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
    ['types in capitals', { type: 'STRING' }, { type: 'string' }],
    [
      'exclusive bounds of whole numbers',
      { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 10 },
      { type: 'integer', minimum: 1, maximum: 9 },
    ],
    ['exclusive bounds of numbers', { type: 'number', exclusiveMinimum: 0 }, { type: 'number', minimum: 0 }],
    [
      'exclusive bounds of draft 4',
      { type: 'integer', minimum: 3, exclusiveMinimum: true },
      { type: 'integer', minimum: 4 },
    ],
    ['nullable without a type', { nullable: true, description: 'd' }, { description: 'd' }],
    [
      'several pattern properties',
      { type: 'object', patternProperties: { a: { type: 'string' }, b: {} } },
      { type: 'object', additionalProperties: true },
    ],
    [
      'exclusive bounds between whole numbers',
      { type: 'integer', exclusiveMinimum: 0.5, exclusiveMaximum: 9.5 },
      { type: 'integer', minimum: 1, maximum: 9 },
    ],
    [
      'exclusive bounds within others',
      { type: 'number', minimum: 5, exclusiveMinimum: 0, maximum: 3, exclusiveMaximum: 9 },
      { type: 'number', minimum: 5, maximum: 3 },
    ],
    [
      'allOf of lists and bounds',
      {
        allOf: [
          { type: 'string', enum: ['a', 'b'], minLength: 1, maxLength: 9, title: 'x' },
          { enum: ['b', 'c'], minLength: 2, maxLength: 5, title: 'y' },
        ],
      },
      { type: 'string', title: 'x', enum: ['b'], minLength: 2, maxLength: 5 },
    ],
    [
      'allOf of open and closed',
      { allOf: [{ type: 'object', additionalProperties: true }, { additionalProperties: false }] },
      { type: 'object', additionalProperties: false },
    ],
    [
      'a list or an object',
      {
        type: ['array', 'object'],
        items: {},
        minItems: 1,
        maxItems: 2,
        properties: { a: {} },
        required: ['a'],
        maxProperties: 3,
        minProperties: 1,
        propertyOrdering: ['a'],
      },
      {
        anyOf: [
          { type: 'array', items: {}, minItems: 1, maxItems: 2 },
          {
            type: 'object',
            properties: { a: {} },
            required: ['a'],
            minProperties: 1,
            maxProperties: 3,
            propertyOrdering: ['a'],
          },
        ],
      },
    ],
    [
      'a tuple of draft 7',
      { type: 'array', items: [{ type: 'string' }], additionalItems: { type: 'number' } },
      { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'number' } },
    ],
    [
      'a closed tuple',
      { type: 'array', prefixItems: [{ type: 'string' }], items: false },
      { type: 'array', prefixItems: [{ type: 'string' }], maxItems: 1 },
    ],
    [
      'oneOf as anyOf',
      { oneOf: [{ type: 'string' }, { type: 'number' }] },
      { anyOf: [{ type: 'string' }, { type: 'number' }] },
    ],
    ['a union of one', { description: 'd', anyOf: [{ type: 'string' }] }, { description: 'd', type: 'string' }],
    ['a union whose other branches are impossible', { anyOf: [{ type: 'string' }, false] }, { type: 'string' }],
    [
      'alternatives that only require',
      { type: 'object', properties: { a: {}, b: {} }, anyOf: [{ required: ['a'] }, { required: ['b'] }] },
      { type: 'object', properties: { a: {}, b: {} } },
    ],
    [
      'several types',
      { type: ['string', 'integer'], minLength: 1, minimum: 2, description: 'd' },
      {
        description: 'd',
        anyOf: [
          { type: 'string', minLength: 1 },
          { type: 'integer', minimum: 2 },
        ],
      },
    ],
    [
      'several types and null',
      { type: ['string', 'boolean', 'null'] },
      { anyOf: [{ type: 'string' }, { type: 'boolean' }, { type: 'null' }] },
    ],
    [
      'allOf joined',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { properties: { b: { type: 'number' } }, required: ['b'] },
        ],
      },
      { type: 'object', properties: { a: { type: 'string' }, b: { type: 'number' } }, required: ['a', 'b'] },
    ],
    [
      'allOf beside fields',
      {
        type: 'object',
        properties: { a: { type: 'integer', minimum: 1 } },
        required: ['b'],
        allOf: [{ properties: { a: { maximum: 5 }, b: {} } }],
      },
      { type: 'object', properties: { a: { type: 'integer', minimum: 1, maximum: 5 }, b: {} }, required: ['b'] },
    ],
    [
      'pattern properties',
      { type: 'object', patternProperties: { '^x': { type: 'string' } } },
      { type: 'object', additionalProperties: { type: 'string' } },
    ],
    [
      'an undeclared required field',
      { type: 'object', properties: { a: {} }, required: ['a', 'b'] },
      { type: 'object', properties: { a: {} }, required: ['a'] },
    ],
    [
      'a forbidden field',
      { type: 'object', properties: { a: false, b: true } },
      { type: 'object', properties: { b: {} } },
    ],
  ])('is told as near as it can be: %s', (_what, schema, expected) => {
    expect(lowered(schema).schema).toEqual(expected);
  });

  it.each<[JsonObject, string[]]>([
    [{ const: 'a' }, ['/const']],
    [{ type: 'number', exclusiveMinimum: 0 }, ['/exclusiveMinimum']],
    [{ oneOf: [{ type: 'string' }, { type: 'number' }] }, ['/oneOf']],
    [{ type: ['string', 'integer'] }, ['/type']],
    [{ type: 'text' }, ['/type']],
    [{ enum: [{ a: 1 }] }, ['/enum']],
    [{ type: 'object', patternProperties: { x: {} } }, ['/patternProperties']],
    [{ type: 'object', properties: { a: false } }, ['/properties/a']],
    [{ type: 'object', required: ['a'] }, ['/required']],
    [{ allOf: [{ type: 'string' }, { type: 'number' }] }, ['/allOf', '/type']],
    [
      {
        allOf: [
          { description: 'a', default: 1, title: 'x' },
          { description: 'b', default: 2, title: 'y' },
        ],
      },
      ['/allOf'],
    ],
  ])('records the change of %j at %j', (schema, losses) => {
    expect(lowered(schema).losses).toEqual(losses);
  });
});

describe('references', () => {
  it('are copied in place with what stands beside them, and recorded once', () => {
    const { schema, losses } = lowered({
      type: 'object',
      properties: {
        a: { $ref: '#/$defs/Place', description: 'where' },
        b: { $ref: '#/definitions/n~1m' },
        c: { type: 'array', items: { $ref: '#/properties/b' } },
      },
      $defs: { Place: { type: 'object', description: 'a place', properties: { city: { type: 'string' } } } },
      definitions: { 'n/m': { type: 'number' } },
    });
    expect(schema).toEqual({
      type: 'object',
      properties: {
        a: { type: 'object', description: 'where', properties: { city: { type: 'string' } } },
        b: { type: 'number' },
        c: { type: 'array', items: { type: 'number' } },
      },
    });
    expect(new Set(losses)).toEqual(new Set(['/$ref']));
  });

  it('that recur are cut at their second level', () => {
    const { schema, losses } = lowered({
      $ref: '#/$defs/Node',
      $defs: { Node: { type: 'object', properties: { next: { $ref: '#/$defs/Node' }, v: { type: 'string' } } } },
    });
    expect(schema).toEqual({ type: 'object', properties: { next: { type: 'object' }, v: { type: 'string' } } });
    expect(losses).toContain('/properties/next/$ref');
    expect(lowered({ type: 'object', properties: { self: { $ref: '#' } } }).schema).toEqual({
      type: 'object',
      properties: { self: { type: 'object', properties: { self: { type: 'object' } } } },
    });
  });

  it.each(['#/$defs/Nowhere', 'https://e.x/schema.json', '#/$defs/Place/0', '#anchor/x'])(
    'that lead nowhere accept anything: %s',
    ($ref) => {
      const { schema, losses } = lowered({ type: 'object', properties: { a: { $ref, description: 'd' } }, $defs: {} });
      expect(schema).toEqual({ type: 'object', properties: { a: { description: 'd' } } });
      expect(losses).toEqual(['/properties/a/$ref']);
    },
  );

  it('do not grow a schema without bound', () => {
    // Each level refers to the next ten times: a billion nodes if copied to the end.
    const level = (n: number): JsonObject => ({
      type: 'object',
      properties: Object.fromEntries(
        Array.from({ length: 10 }, (_, i) => [`p${String(i)}`, { $ref: `#/$defs/l${String(n + 1)}` }]),
      ),
    });
    const $defs = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`l${String(n)}`, level(n)]));
    const { schema, losses } = lowered({ $ref: '#/$defs/l0', $defs: { ...$defs, l9: { type: 'string' } } });
    expect(JSON.stringify(schema).length).toBeLessThan(500_000);
    expect(losses).toContain('');
  });
});

describe('a schema made to hurt', () => {
  it('is cut where references are chained by the thousand', () => {
    const chain = (link: (next: string) => JsonObject): JsonObject => ({
      $ref: '#/$defs/l0',
      $defs: Object.fromEntries(
        Array.from({ length: 20_000 }, (_, i) => [`l${String(i)}`, link(`#/$defs/l${String(i + 1)}`)]),
      ),
    });
    const bare = lowered(chain(($ref) => ({ $ref })));
    expect(bare.losses).toContain('/$ref');
    const nested = lowered(chain(($ref) => ({ type: 'object', properties: { a: { $ref } } })));
    expect(JSON.stringify(nested.schema).length).toBeLessThan(10_000);
  });

  it('is cut where unions inside unions multiply in Google’s Schema', () => {
    let schema: JsonObject = { type: 'string' };
    for (let level = 0; level < 30; level++) {
      const branch = (name: string): JsonObject => ({ properties: { [name]: { type: 'string' } } });
      schema = { type: 'object', properties: { x: schema }, anyOf: [branch('a'), branch('b')] };
    }
    const { schema: made, losses } = strict(schema);
    expect(JSON.stringify(made).length).toBeLessThan(500_000);
    expect(losses).toContain('');
  });
});

describe('parameters', () => {
  const parameters = (schema: JsonObject): Lowered => lowered(schema, lowerParameters);

  it('are an object at the root', () => {
    expect(parameters({}).schema).toEqual({ type: 'object' });
    expect(parameters({ type: ['object', 'null'], properties: { a: {} } }).schema).toEqual({
      type: 'object',
      properties: { a: {} },
    });
    expect(parameters({ type: 'string' })).toEqual({ schema: { type: 'object', properties: {} }, losses: [''] });
  });

  it('join the alternatives of their root', () => {
    const schema = {
      description: 'd',
      properties: { c: { type: 'string' } },
      anyOf: [
        { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
        { type: 'object', properties: { b: { type: 'string' } } },
      ],
    };
    expect(parameters(schema)).toEqual({
      schema: {
        description: 'd',
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'string' }, c: { type: 'string' } },
      },
      losses: ['/anyOf'],
    });
  });
});

describe('Google’s Schema', () => {
  it.each<[string, JsonObject, JsonObject]>([
    [
      'types in capitals',
      { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
      { type: 'OBJECT', properties: { a: { type: 'INTEGER' } }, required: ['a'] },
    ],
    ['null as nullable', { type: ['string', 'null'] }, { type: 'STRING', nullable: true }],
    ['a union with null', { anyOf: [{ type: 'string' }, { type: 'null' }] }, { type: 'STRING', nullable: true }],
    [
      'a union of two and null',
      { description: 'd', anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
      { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }], description: 'd', nullable: true },
    ],
    [
      'what stands beside a union, in every branch',
      {
        type: 'object',
        properties: { a: { type: 'string' } },
        anyOf: [{ properties: { b: { type: 'string' } } }, { properties: { c: { type: 'string' } } }],
      },
      {
        anyOf: [
          { type: 'OBJECT', properties: { b: { type: 'STRING' }, a: { type: 'STRING' } } },
          { type: 'OBJECT', properties: { c: { type: 'STRING' }, a: { type: 'STRING' } } },
        ],
      },
    ],
    ['a list of strings', { enum: ['a', '', 'b'] }, { type: 'STRING', enum: ['a', 'b'] }],
    [
      'a list of numbers, in words',
      { type: 'integer', enum: [1, 2], description: 'How many.' },
      { type: 'INTEGER', description: 'How many. Allowed values: 1, 2.' },
    ],
    [
      'a tuple',
      { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }, { type: 'string' }] },
      { type: 'ARRAY', items: { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] } },
    ],
    [
      'an object of free fields',
      { type: 'object', additionalProperties: { type: 'string' } },
      { type: 'OBJECT', properties: { _: { type: 'STRING', description: 'Unused.', nullable: true } } },
    ],
    [
      'anything',
      { description: 'd' },
      { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }, { type: 'BOOLEAN' }], description: 'd' },
    ],
    [
      'an array of anything',
      { type: 'array' },
      { type: 'ARRAY', items: { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }, { type: 'BOOLEAN' }] } },
    ],
    ['known formats', { type: 'string', format: 'date-time' }, { type: 'STRING', format: 'date-time' }],
    ['unknown formats', { type: 'string', format: 'uri' }, { type: 'STRING' }],
    ['a type that shows', { items: { type: 'string' } }, { type: 'ARRAY', items: { type: 'STRING' } }],
    ['null alone', { anyOf: [{ type: 'null' }] }, { type: 'NULL' }],
  ])('says %s', (_what, schema, expected) => {
    expect(strict(schema).schema).toEqual(expected);
  });

  it.each<[JsonObject, string[]]>([
    [{ type: 'string', format: 'uri' }, ['/format']],
    [{ enum: ['a', ''] }, ['/enum']],
    [{ type: 'integer', enum: [1] }, ['/enum']],
    [{ type: 'object' }, ['/properties']],
    [{ type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }, ['/additionalProperties']],
    [{ type: 'array' }, ['/items']],
    [{ type: 'object', properties: { a: {} } }, ['/properties/a/type']],
    [{ type: 'string', nullable: true }, []],
  ])('records the change of %j at %j', (schema, losses) => {
    expect(strict(schema).losses).toEqual(losses);
  });
});

describe('from Google’s Schema', () => {
  it.each<[string, JsonObject, JsonObject]>([
    [
      'lower-case types',
      { type: 'OBJECT', properties: { type: { type: 'STRING' } } },
      { type: 'object', properties: { type: { type: 'string' } } },
    ],
    ['nullable', { type: 'STRING', nullable: true, enum: ['a'] }, { type: ['string', 'null'], enum: ['a', null] }],
    [
      'a nullable union',
      { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }], nullable: true },
      { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
    ],
    ['no type', { type: 'TYPE_UNSPECIFIED', description: 'd' }, { description: 'd' }],
    ['a list of values', { type: 'STRING', format: 'enum', enum: ['a'] }, { type: 'string', enum: ['a'] }],
    [
      'a list of numbers in text',
      { type: 'INTEGER', format: 'enum', enum: ['101', '201'] },
      { type: 'integer', enum: [101, 201] },
    ],
    [
      'counts in text',
      { type: 'ARRAY', minItems: '1', max_items: '2', items: { type: 'STRING' } },
      { type: 'array', minItems: 1, maxItems: 2, items: { type: 'string' } },
    ],
    ['snake_case', { any_of: [{ type: 'STRING' }] }, { anyOf: [{ type: 'string' }] }],
    ['an example', { type: 'STRING', example: 'x' }, { type: 'string', examples: ['x'] }],
    ['types in a list', { type: ['STRING', 'NULL'] }, { type: ['string', 'null'] }],
    [
      'values that look like types',
      { type: 'STRING', enum: ['STRING'], default: 'STRING' },
      { type: 'string', enum: ['STRING'], default: 'STRING' },
    ],
  ])('makes %s', (_what, schema, expected) => {
    expect(fromGeminiSchema(schema)).toEqual(expected);
  });

  it('orders the fields as propertyOrdering says', () => {
    const schema = { type: 'OBJECT', properties: { a: {}, b: {}, c: {} }, propertyOrdering: ['c', 'x', 'a'] };
    expect(JSON.stringify(fromGeminiSchema(schema))).toBe('{"type":"object","properties":{"c":{},"a":{},"b":{}}}');
  });

  it('leaves JSON Schema as it is, deep inside too', () => {
    const schema = {
      $defs: { A: { type: 'string', $comment: 'c' } },
      type: 'object',
      properties: { a: { $ref: '#/$defs/A' }, b: { not: { type: 'null' }, items: [{ type: 'string' }, true] } },
      additionalProperties: false,
      required: ['a'],
    };
    expect(fromGeminiSchema(schema)).toEqual(schema);
  });
});

describe('any schema', () => {
  const node = (depth: number): fc.Arbitrary<JsonObject> => {
    const inner = depth === 0 ? fc.constant<JsonObject>({ type: 'string' }) : node(depth - 1);
    return fc.record(
      {
        type: fc.constantFrom<Json>(
          'string',
          'integer',
          'number',
          'object',
          'array',
          'boolean',
          'null',
          ['string', 'null'],
          ['integer', 'object'],
          'any',
        ),
        description: fc.constant('d'),
        enum: fc.constantFrom<Json>(['a', 'b'], [1, 2], [true], [null, 'x'], ['']),
        const: fc.constantFrom<Json>('a', 1, null, false),
        format: fc.constantFrom('uri', 'date-time', 'int32'),
        minimum: fc.constant(1),
        exclusiveMinimum: fc.constantFrom<Json>(0, true),
        properties: fc.dictionary(fc.constantFrom('a', 'b', '_c'), inner, { maxKeys: 2 }),
        required: fc.constantFrom<Json>(['a'], ['zzz'], []),
        additionalProperties: fc.oneof(fc.boolean(), inner),
        items: fc.oneof(inner, fc.array(inner, { maxLength: 2 }), fc.constant(false)),
        prefixItems: fc.array(inner, { maxLength: 2 }),
        anyOf: fc.array(inner, { maxLength: 2 }),
        oneOf: fc.array(inner, { maxLength: 2 }),
        allOf: fc.array(inner, { maxLength: 2 }),
        $ref: fc.constantFrom('#', '#/properties/a', '#/$defs/x'),
        not: inner,
        $comment: fc.constant('c'),
      },
      { requiredKeys: [] },
    );
  };

  it('becomes one Google takes, as JSON Schema and as Schema', () => {
    fc.assert(
      fc.property(node(2), (schema) => {
        const tools = [{ kind: 'function', name: 'f', parameters: schema } as const];
        const json = encode({ tools });
        encode({ tools }, { refusedFields: ['parametersJsonSchema'] });
        encode({ output: { type: 'json_schema', name: 'r', schema } }, { refusedFields: ['responseJsonSchema'] });
        const [tool] = json['tools'] as unknown as { functionDeclarations: JsonObject[] }[];
        expect(strangers(tool?.functionDeclarations[0]?.['parametersJsonSchema'])).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('what real agents sent', () => {
  /** Every schema of a recorded request, in whatever dialect it stands. */
  function schemasIn(value: Json | undefined): JsonObject[] {
    if (Array.isArray(value)) return (value as readonly Json[]).flatMap(schemasIn);
    if (!isObject(value)) return [];
    const own = [value['input_schema'], value['parameters'], value['schema']].filter(isObject);
    return [...own, ...Object.values(value).flatMap(schemasIn)];
  }

  it.each(['claude-code', 'codex', 'ai-sdk', 'openai', 'anthropic'])('is taken by Google: %s', (client) => {
    const schemas = recorded(client).flatMap((one) => schemasIn(one.body));
    expect(schemas.length).toBeGreaterThan(0);
    for (const parameters of schemas) {
      const tools = [{ kind: 'function', name: 'f', parameters } as const];
      encode({ tools }, { refusedFields: ['parametersJsonSchema'] });
      const [tool] = encode({ tools })['tools'] as unknown as { functionDeclarations: JsonObject[] }[];
      const schema = tool?.functionDeclarations[0]?.['parametersJsonSchema'];
      expect(strangers(schema)).toEqual([]);
      // A lowering must not lose the fields of the tool.
      expect(Object.keys((schema as { properties?: object }).properties ?? {})).toEqual(
        Object.keys((parameters['properties'] as object | undefined) ?? {}),
      );
    }
  });
});
