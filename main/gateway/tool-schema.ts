/** Parameters of a function in the form every vendor takes: an object at the root, and arrays that say what they hold. */
import type { Json, JsonObject, LossSink } from './dialects/canonical.ts';
import { isObject } from './dialects/dialect.ts';

/** Keywords that hold one schema, a list of them, or a map of them. */
const single = ['items', 'additionalProperties', 'not'];
const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const maps = ['properties', '$defs', 'definitions', 'patternProperties'];
const unions = ['anyOf', 'oneOf', 'allOf'] as const;
/** Deeper than real schemas; what lies below is left as it is. */
const maxDepth = 64;

/**
 * OpenAI, Anthropic and Bedrock refuse a function whose schema is no object or has alternatives at its root, OpenAI an array without
 * `items`. What MCP servers write is made to fit: alternatives are joined with all their fields optional, which is a loss at `path`.
 * A schema that fits is returned as it is.
 */
export function portableParameters(schema: JsonObject, losses: LossSink, path: string): JsonObject {
  return withItems(withObjectRoot(schema, losses, path), 0);
}

function withObjectRoot(schema: JsonObject, losses: LossSink, path: string): JsonObject {
  const used = unions.filter((name) => Array.isArray(schema[name]));
  if (used.length === 0) {
    if (schema['type'] === 'object') return schema;
    if (
      schema['type'] !== undefined &&
      !(Array.isArray(schema['type']) && (schema['type'] as readonly Json[]).includes('object'))
    ) {
      losses(path, 'the arguments of a function must be an object');
      return { type: 'object', properties: {} };
    }
    return { ...schema, type: 'object', properties: isObject(schema['properties']) ? schema['properties'] : {} };
  }
  const members = used.flatMap((name) => (schema[name] as readonly Json[]).filter(isObject));
  const properties = Object.assign(
    {},
    ...members.map((member) => member['properties']),
    schema['properties'],
  ) as JsonObject;
  // What every part of an `allOf` demands is demanded by the whole; alternatives demand nothing together.
  const demanding = [
    schema,
    ...(Array.isArray(schema['allOf']) ? (schema['allOf'] as readonly Json[]).filter(isObject) : []),
  ];
  const required = demanding.flatMap((member) =>
    Array.isArray(member['required']) ? (member['required'] as readonly Json[]) : [],
  );
  const rest = Object.fromEntries(Object.entries(schema).filter(([name]) => !used.some((one) => one === name)));
  for (const name of used) losses(`${path}/${name}`, 'alternatives at the root of the arguments were joined');
  return {
    ...rest,
    type: 'object',
    properties,
    ...(required.length === 0 ? {} : { required: [...new Set(required)] }),
  };
}

function withItems(schema: JsonObject, depth: number): JsonObject {
  if (depth > maxDepth) return schema;
  const changed: Record<string, Json> = {};
  const visit = (value: Json): Json => (isObject(value) ? withItems(value, depth + 1) : value);
  const note = (name: string, before: Json, after: Json): void => {
    if (before !== after) changed[name] = after;
  };
  for (const name of single) {
    const value = schema[name];
    if (isObject(value)) note(name, value, visit(value));
  }
  for (const name of lists) {
    const value = schema[name];
    if (!Array.isArray(value)) continue;
    const visited = (value as readonly Json[]).map(visit);
    note(
      name,
      value as Json,
      visited.every((one, index) => one === (value as readonly Json[])[index]) ? (value as Json) : visited,
    );
  }
  for (const name of maps) {
    const value = schema[name];
    if (!isObject(value)) continue;
    const entries = Object.entries(value).map(([key, one]): [string, Json] => [key, visit(one ?? null)]);
    note(name, value, entries.every(([key, one]) => one === value[key]) ? value : Object.fromEntries(entries));
  }
  const isArray =
    schema['type'] === 'array' ||
    (Array.isArray(schema['type']) && (schema['type'] as readonly Json[]).includes('array'));
  if (isArray && schema['items'] === undefined && schema['prefixItems'] === undefined) changed['items'] = {};
  return Object.keys(changed).length === 0 ? schema : { ...schema, ...changed };
}
