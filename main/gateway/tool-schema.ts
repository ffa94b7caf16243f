/** Parameters of a function in the form every vendor takes: an object at the root, and arrays that say what they hold. */
import type { Json, JsonObject, LossSink } from './dialects/canonical.ts';
import { isObject } from './dialects/dialect.ts';

/** Keywords that hold one schema, a list of them, or a map of them. */
const single = ['items', 'additionalProperties', 'not'];
const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const maps = ['properties', '$defs', 'definitions', 'patternProperties'];
const unions = ['anyOf', 'oneOf', 'allOf'] as const;
/** OpenAI refuses these at the root as it refuses unions there. */
const limits = ['enum', 'not'] as const;
/** Deeper than real schemas; what lies below is left as it is. */
const maxDepth = 64;

/**
 * OpenAI, Anthropic and Bedrock refuse a function whose schema is no object or has alternatives at its root, OpenAI also one without
 * `properties`, with `enum` or `not` at its root, or with an array without `items`. What MCP servers write is made to fit:
 * alternatives are joined with all their fields optional, which is a loss at `path`.
 * A schema that fits is returned as it is.
 */
export function portableParameters(schema: JsonObject, losses: LossSink, path: string): JsonObject {
  return withItems(withObjectRoot(schema, losses, path), 0);
}

function withObjectRoot(schema: JsonObject, losses: LossSink, path: string): JsonObject {
  const { type } = schema;
  const used = unions.filter((name) => Array.isArray(schema[name]));
  if (used.length === 0 && type !== undefined && type !== 'object' && !(isList(type) && type.includes('object'))) {
    losses(path, 'the arguments of a function must be an object');
    return { type: 'object', properties: {} };
  }
  const refused = limits.filter((name) => schema[name] !== undefined);
  if (used.length === 0 && refused.length === 0 && type === 'object' && isObject(schema['properties'])) return schema;
  for (const name of used) losses(`${path}/${name}`, 'alternatives at the root of the arguments were joined');
  for (const name of refused) losses(`${path}/${name}`, 'the arguments as a whole cannot be limited');
  const left = new Set<string>([...used, ...refused]);
  const rest = Object.fromEntries(Object.entries(schema).filter(([name]) => !left.has(name)));
  const required = requiredOf(schema);
  return {
    ...rest,
    type: 'object',
    properties: joinedProperties(
      schema,
      used.flatMap((name) => membersOf(schema, name)),
    ),
    ...(used.length === 0 || required.length === 0 ? {} : { required }),
  };
}

/** The fields of all members and of the schema itself, which has the last word. */
function joinedProperties(schema: JsonObject, members: readonly JsonObject[]): JsonObject {
  // Not by assignment: a field may be called `__proto__`.
  return Object.fromEntries(
    [...members, schema].flatMap(({ properties }) => (isObject(properties) ? Object.entries(properties) : [])),
  );
}

/** What every part of an `allOf` demands is demanded by the whole; alternatives demand nothing together. */
function requiredOf(schema: JsonObject): Json[] {
  const demanding = [schema, ...membersOf(schema, 'allOf')];
  return [...new Set(demanding.flatMap(({ required }) => (isList(required) ? required : [])))];
}

function membersOf(schema: JsonObject, name: string): readonly JsonObject[] {
  const members = schema[name];
  return isList(members) ? members.filter(isObject) : [];
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
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
    if (!isList(value)) continue;
    const visited = value.map(visit);
    note(name, value, visited.every((one, index) => one === value[index]) ? value : visited);
  }
  for (const name of maps) {
    const value = schema[name];
    if (!isObject(value)) continue;
    const entries = Object.entries(value).map(([key, one]): [string, Json] => [key, visit(one ?? null)]);
    note(name, value, entries.every(([key, one]) => one === value[key]) ? value : Object.fromEntries(entries));
  }
  const { type } = schema;
  const isArray = type === 'array' || (isList(type) && type.includes('array'));
  if (isArray && schema['items'] === undefined && schema['prefixItems'] === undefined) changed['items'] = {};
  return Object.keys(changed).length === 0 ? schema : { ...schema, ...changed };
}
