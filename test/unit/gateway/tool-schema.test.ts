import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import type { JsonObject } from '../../../main/gateway/dialects/canonical.ts';
import { portableParameters } from '../../../main/gateway/tool-schema.ts';
import { checkFunctionSchema } from '../../fakes/openai-schema.ts';

function portable(schema: JsonObject): [JsonObject, string[]] {
  const losses: string[] = [];
  return [portableParameters(schema, (path) => losses.push(path), '/p'), losses];
}

describe('portable parameters', () => {
  it('are the very schema when it fits', () => {
    const schema = {
      $schema: 'x',
      type: 'object',
      properties: {
        a: { type: 'array', items: { type: ['string', 'null'] } },
        b: { anyOf: [{ type: 'string' }, { type: 'number' }] },
      },
      required: ['a'],
    };
    expect(portable(schema)[0]).toBe(schema);
  });

  it.each<[JsonObject, JsonObject]>([
    [{}, { type: 'object', properties: {} }],
    [{ properties: { a: {} } }, { type: 'object', properties: { a: {} } }],
    [{ type: ['object', 'null'] }, { type: 'object', properties: {} }],
    [{ type: 'object' }, { type: 'object', properties: {} }],
    [
      { type: 'object', required: ['a'] },
      { type: 'object', properties: {}, required: ['a'] },
    ],
  ])('of %j are an object without a loss', (schema, expected) => {
    expect(portable(schema)).toEqual([expected, []]);
  });

  it('are an empty object where the schema is none, which is a loss', () => {
    expect(portable({ type: 'string' })).toEqual([{ type: 'object', properties: {} }, ['/p']]);
  });

  it('are not limited as a whole, which is a loss', () => {
    expect(
      portable({ type: 'object', properties: { a: {} }, enum: [{ a: 1 }], not: { required: ['a'] }, required: ['a'] }),
    ).toEqual([{ type: 'object', properties: { a: {} }, required: ['a'] }, ['/p/enum', '/p/not']]);
  });

  it('join alternatives at the root with all their fields, demanding only what all demand', () => {
    const schema = {
      type: 'object',
      description: 'd',
      properties: { c: { type: 'boolean' } },
      required: ['c'],
      oneOf: [{ properties: { a: { type: 'string' } }, required: ['a'] }, { properties: { b: { type: 'number' } } }],
      allOf: [{ properties: { d: { type: 'string' } }, required: ['d'] }],
    };
    expect(portable(schema)).toEqual([
      {
        type: 'object',
        description: 'd',
        properties: { a: { type: 'string' }, b: { type: 'number' }, d: { type: 'string' }, c: { type: 'boolean' } },
        required: ['c', 'd'],
      },
      ['/p/oneOf', '/p/allOf'],
    ]);
  });

  it('say of every array what it holds, at any depth', () => {
    const bare = { type: 'array' };
    const schema = {
      type: 'object',
      properties: {
        a: bare,
        b: { type: 'object', properties: { c: { anyOf: [bare, { type: 'null' }] } } },
        d: { type: 'array', items: bare },
      },
      $defs: { e: bare },
    };
    const filled = { type: 'array', items: {} };
    expect(portable(schema)).toEqual([
      {
        type: 'object',
        properties: {
          a: filled,
          b: { type: 'object', properties: { c: { anyOf: [filled, { type: 'null' }] } } },
          d: { type: 'array', items: filled },
        },
        $defs: { e: filled },
      },
      [],
    ]);
  });

  it('keep a field of any name, and take no prototype from one', () => {
    const schema = JSON.parse(
      '{"oneOf": [{"properties": {"__proto__": {"type": "array"}, "a": {"type": "string"}}}, {"properties": {"constructor": {}}}]}',
    ) as JsonObject;
    const [made] = portable(schema);
    expect(JSON.stringify(made)).toBe(
      '{"type":"object","properties":{"__proto__":{"type":"array","items":{}},"a":{"type":"string"},"constructor":{}}}',
    );
    expect(Object.getPrototypeOf(made['properties'])).toBe(Object.prototype);
  });

  it('are taken by OpenAI whatever the schema was', () => {
    const key = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('__proto__', 'constructor', 'type'));
    const type = fc.constantFrom('object', 'array', 'string', 'number', ['array', 'null']);
    const required = fc.array(key, { maxLength: 2 });
    const { node } = fc.letrec<{ schema: JsonObject; node: JsonObject }>((tie) => ({
      // Counts the levels: at the last one only leaves are made, else the tree grows without end.
      schema: fc.oneof(
        { maxDepth: 4, depthIdentifier: 'schema' },
        fc.record({ type, required }, { requiredKeys: [] }),
        tie('node'),
      ),
      node: fc.record(
        {
          type,
          properties: fc.dictionary(key, tie('schema'), { maxKeys: 3 }),
          items: tie('schema'),
          anyOf: fc.array(tie('schema'), { maxLength: 2 }),
          allOf: fc.array(tie('schema'), { maxLength: 2 }),
          required,
          not: tie('schema'),
          enum: fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 2 }),
        },
        { requiredKeys: [] },
      ),
    }));
    let deepest = 0;
    fc.assert(
      fc.property(node, (schema) => {
        deepest = Math.max(deepest, depthOf(schema));
        const [made] = portable(schema);
        checkFunctionSchema('f', made, false, 'tools[0]');
        expect(portable(made)[0]).toBe(made);
      }),
    );
    expect(deepest).toBeGreaterThan(6);
  });
});

/** Levels of objects and arrays. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
