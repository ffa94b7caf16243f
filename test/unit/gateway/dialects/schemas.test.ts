import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../main/gateway/dialects/canonical.ts';
import { closedSchema, formatInstruction, isStrictSchema } from '../../../../main/gateway/dialects/schemas.ts';
import { closedSchemaProblem } from '../../../fakes/anthropic-rules.ts';
import { Refusal } from '../../../fakes/core.ts';
import { checkResponseSchema } from '../../../fakes/openai-schema.ts';

const object = (properties: JsonObject, rest: JsonObject = { required: Object.keys(properties) }): JsonObject => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...rest,
});
const text = { type: 'string' };

/** Whether OpenAI takes the schema in strict mode. */
function isTaken(schema: JsonObject): boolean {
  try {
    checkResponseSchema('answer', schema, true, 'schema');
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

describe('schemas of strict mode', () => {
  it.each<[string, JsonObject, boolean]>([
    ['a closed object', object({ a: text, b: { type: ['integer', 'null'], minimum: 1 } }), true],
    ['no fields', object({}), true],
    [
      'references and lists',
      object(
        { a: { type: 'array', items: { $ref: '#/$defs/x' } } },
        { required: ['a'], $defs: { x: object({ y: text }) } },
      ),
      true,
    ],
    ['alternatives', object({ a: { anyOf: [text, { type: 'null' }] } }), true],
    ['a format', object({ a: { type: 'string', format: 'date-time' } }), true],
    ['an open object', { type: 'object', properties: { a: text }, required: ['a'] }, false],
    ['a field that may be left out', object({ a: text, b: text }, { required: ['a'] }), false],
    ['a required field that is not there', object({ a: text }, { required: ['a', 'b'] }), false],
    ['an open object inside', object({ a: { type: 'array', items: { type: 'object', properties: {} } } }), false],
    [
      'an open definition',
      object({ a: { $ref: '#/$defs/x' } }, { required: ['a'], $defs: { x: { type: 'object' } } }),
      false,
    ],
    ['a keyword it does not know', object({ a: { type: 'string', contentEncoding: 'base64' } }), false],
    ['a format it does not know', object({ a: { type: 'string', format: 'uri' } }), false],
    ['a list of anything', object({ a: { type: 'array' } }), false],
    ['a field of any type', object({ a: { description: 'x' } }), false],
    ['a list at the root', { type: 'array', items: text }, false],
  ])('are told from others: %s', (_what, schema, expected) => {
    expect(isStrictSchema(schema)).toBe(expected);
    expect(isTaken(schema)).toBe(expected);
  });
});

describe('schemas for Claude', () => {
  const lower = (schema: JsonObject): { schema: JsonObject; losses: string[] } => {
    const losses: string[] = [];
    return { schema: closedSchema(schema, '', (path) => losses.push(path)), losses };
  };

  it('are closed, and what the grammar refuses is told in the description', () => {
    const { schema, losses } = lower({
      type: 'object',
      properties: {
        n: { type: 'integer', minimum: 1, description: 'How many' },
        s: {
          oneOf: [
            { type: 'string', maxLength: 3, format: 'email' },
            { type: 'string', format: 'regex' },
          ],
        },
        l: { type: 'array', items: { type: 'object' }, minItems: 2 },
      },
      $schema: 'http://json-schema.org/draft-07/schema#',
    });
    expect(closedSchemaProblem(schema)).toBeUndefined();
    expect(schema).toEqual({
      type: 'object',
      properties: {
        n: { type: 'integer', description: 'How many\n\n{minimum: 1}' },
        s: {
          anyOf: [
            { type: 'string', format: 'email', description: '{maxLength: 3}' },
            { type: 'string', description: '{format: "regex"}' },
          ],
        },
        l: { type: 'array', items: { type: 'object', additionalProperties: false }, description: '{minItems: 2}' },
      },
      additionalProperties: false,
    });
    expect(losses).toEqual([
      '/properties/n/minimum',
      '/properties/s/oneOf/0/maxLength',
      '/properties/s/oneOf/1/format',
      '/properties/l/items/additionalProperties',
      '/properties/l/minItems',
      '/additionalProperties',
    ]);
  });

  it('stay as they are when they fit', () => {
    const fitting = object({ __proto__: text, a: { type: 'string', enum: ['x'], format: 'uuid' } });
    expect(lower(fitting)).toEqual({ schema: fitting, losses: [] });
  });
});

describe('formats told in words', () => {
  it('name JSON, the schema and what it is for', () => {
    expect(formatInstruction({ type: 'json' })).toContain('one valid JSON object');
    const schema = object({ a: text });
    const words = formatInstruction({ type: 'json_schema', name: 'sum', description: 'A sum', schema });
    expect(words).toContain('sum (A sum)');
    expect(words).toContain(JSON.stringify(schema));
  });
});
