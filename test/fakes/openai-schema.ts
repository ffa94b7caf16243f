// OpenAI's rules for JSON Schemas: what a function must declare, and what strict mode demands everywhere.
// Public reference: "Structured Outputs", section "Supported schemas".

import { openaiError } from './openai-errors.ts';
import type { Refusal } from './core.ts';
import { dict, isDict, list, text } from './json.ts';

const STRICT_KEYWORDS = new Set([
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'const',
  'anyOf',
  'description',
  'title',
  '$ref',
  '$defs',
  'definitions',
  '$schema',
  '$id',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'pattern',
  'format',
  'minLength',
  'maxLength',
]);
const STRICT_FORMATS = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid']);

/** Refuses function parameters OpenAI refuses; `at` is the place named in the error. */
export function checkFunctionSchema(name: string, parameters: unknown, strict: boolean, at: string): void {
  if (parameters === undefined || parameters === null) return;
  const refuse = (why: string): Refusal =>
    openaiError(400, `Invalid schema for function '${name}': ${why}`, {
      param: at,
      code: 'invalid_function_parameters',
    });
  const root = dict(parameters);
  if (root.type !== 'object')
    throw refuse(
      `schema must be a JSON Schema of 'type: "object"', got 'type: "${root.type === undefined ? 'None' : text(root.type)}"'.`,
    );
  if ('properties' in root && !isDict(root.properties))
    throw refuse(`${JSON.stringify(root.properties)} is not of type 'object'.`);
  if (['oneOf', 'anyOf', 'allOf', 'enum', 'not'].some((keyword) => keyword in root))
    throw refuse("schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.");
  if (!('properties' in root)) throw refuse('In context=(), object schema missing properties.');
  const why = strict ? strictProblem(root, []) : looseProblem(root, []);
  if (why !== undefined) throw refuse(why);
}

/** Refuses a response format's schema. */
export function checkResponseSchema(name: string, schema: unknown, strict: boolean, at: string): void {
  const refuse = (why: string): Refusal =>
    openaiError(400, `Invalid schema for response_format '${name}': ${why}`, { param: at });
  const root = dict(schema);
  if (root.type !== 'object')
    throw refuse(
      `schema must be a JSON Schema of 'type: "object"', got 'type: "${root.type === undefined ? 'None' : text(root.type)}"'.`,
    );
  const why = strict ? strictProblem(root, []) : looseProblem(root, []);
  if (why !== undefined) throw refuse(why);
}

const context = (path: readonly string[]): string =>
  `In context=(${path.map((step) => `'${step}'`).join(', ')}${path.length === 1 ? ',' : ''})`;

/** An array without items is refused in loose schemas too. */
function looseProblem(schema: unknown, path: readonly string[]): string | undefined {
  if (!isDict(schema)) return undefined;
  if (schema.type === 'array' && schema.items === undefined) return `${context(path)}, array schema missing items.`;
  for (const [key, value] of Object.entries(dict(schema.properties))) {
    const found = looseProblem(value, [...path, 'properties', key]);
    if (found !== undefined) return found;
  }
  return schema.items === undefined ? undefined : looseProblem(schema.items, [...path, 'items']);
}

function strictProblem(schema: unknown, path: readonly string[]): string | undefined {
  if (!isDict(schema)) return `${context(path)}, schema must be an object.`;
  const unknown = Object.keys(schema).find((key) => !STRICT_KEYWORDS.has(key));
  if (unknown !== undefined) return `${context(path)}, '${unknown}' is not permitted.`;
  if (
    schema.type === undefined &&
    schema.anyOf === undefined &&
    schema.$ref === undefined &&
    schema.enum === undefined &&
    schema.const === undefined
  ) {
    return `${context(path)}, schema must have a 'type' key.`;
  }
  if (typeof schema.format === 'string' && !STRICT_FORMATS.has(schema.format))
    return `${context(path)}, '${schema.format}' is not a valid format.`;
  if (schema.type === 'object' || (Array.isArray(schema.type) && schema.type.includes('object'))) {
    if (schema.additionalProperties !== false)
      return `${context(path)}, 'additionalProperties' is required to be supplied and to be false.`;
    const keys = Object.keys(dict(schema.properties));
    const missing = keys.find((key) => !list(schema.required).includes(key));
    if (missing !== undefined)
      return `${context(path)}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
    const extra = list(schema.required).find((key) => typeof key !== 'string' || !keys.includes(key));
    if (extra !== undefined)
      return `${context(path)}, 'required' is required to be supplied and to be an array including every key in properties. Extra required key '${typeof extra === 'string' ? extra : JSON.stringify(extra)}' supplied.`;
  }
  if (schema.type === 'array' && schema.items === undefined) return `${context(path)}, array schema missing items.`;
  const children: [string[], unknown][] = [
    ...Object.entries(dict(schema.properties)).map(([key, value]): [string[], unknown] => [['properties', key], value]),
    ...Object.entries(dict(schema.$defs)).map(([key, value]): [string[], unknown] => [['$defs', key], value]),
    ...list(schema.anyOf).map((value, index): [string[], unknown] => [['anyOf', String(index)], value]),
    ...(schema.items === undefined ? [] : [[['items'], schema.items] as [string[], unknown]]),
  ];
  for (const [step, child] of children) {
    const found = strictProblem(child, [...path, ...step]);
    if (found !== undefined) return found;
  }
  return undefined;
}
