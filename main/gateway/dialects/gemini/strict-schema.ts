/** Google's own Schema message (an OpenAPI 3.0 subset): JSON Schema into it, for `parameters` and `responseSchema`, and back. */
import { lookup } from '../../../kit/lookup.ts';
import type { Json, JsonObject, LossSink } from '../canonical.ts';
import { asArray, asObject, isObject } from '../dialect.ts';
import { camelOf } from './read.ts';
import { mergeLowered } from './schema-merge.ts';
import { lowerJsonSchema, maxNodes } from './schema.ts';

type Draft = Record<string, Json | undefined>;

const copied = [
  'title',
  'description',
  'default',
  'pattern',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'minProperties',
  'maxProperties',
  'propertyOrdering',
];

/** Formats the Gemini API accepts by type; others are answered with 400. */
const formats = lookup<readonly string[]>({
  string: ['enum', 'date-time'],
  number: ['float', 'double'],
  integer: ['int32', 'int64'],
});

const anything = (): JsonObject => ({ anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }, { type: 'BOOLEAN' }] });

/** A JSON Schema as Schema (upper-case types, `nullable`, one type each). Each change is a loss at `path` + its JSON pointer. */
export function toGeminiSchema(schema: JsonObject, losses: LossSink, path: string): JsonObject {
  return strictNode(lowerJsonSchema(schema, losses, path), path, { path, losses, nodes: 0 });
}

interface Strictness {
  readonly path: string;
  readonly losses: LossSink;
  /** What stands beside a union moves into every branch, so that unions inside unions multiply. */
  nodes: number;
}

function strictNode(node: JsonObject, at: string, strictness: Strictness): JsonObject {
  const { losses } = strictness;
  if (++strictness.nodes > maxNodes) {
    losses(strictness.path, "the schema is too large once it is written as Gemini's Schema: the rest accepts anything");
    return anything();
  }
  if (Array.isArray(node['anyOf'])) return strictUnion(node, at, strictness);
  const types = typeof node['type'] === 'string' ? [node['type']] : asArray(node['type']);
  const type = types.find((one) => one !== 'null') ?? types[0] ?? guessType(node);
  const nullable = types.length > 1 && types.includes('null') ? { nullable: true } : {};
  if (typeof type !== 'string') {
    losses(`${at}/type`, "Gemini's Schema must name a type: text, number and boolean are allowed");
    return { ...anything(), ...pick(node, ['description', 'title']) };
  }
  const draft: Draft = { type: type.toUpperCase(), ...pick(node, copied), ...nullable };
  strictValues(node, draft, type, at, losses);
  if (type === 'object') strictObject(node, draft, at, strictness);
  if (type === 'array') strictArray(node, draft, at, strictness);
  return draft;
}

function guessType(node: JsonObject): string | undefined {
  if (node['properties'] !== undefined || node['additionalProperties'] !== undefined) return 'object';
  if (node['items'] !== undefined || node['prefixItems'] !== undefined) return 'array';
  return undefined;
}

function pick(node: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.filter((key) => node[key] !== undefined).map((key) => [key, node[key]]));
}

function strictValues(node: JsonObject, draft: Draft, type: string, at: string, losses: LossSink): void {
  const format = node['format'];
  if (typeof format === 'string') {
    if ((formats[type] ?? []).includes(format)) draft['format'] = format;
    else losses(`${at}/format`, `Gemini's Schema does not know the format ${format} of a ${type}`);
  }
  const values = node['enum'];
  if (!Array.isArray(values)) return;
  const strings = (values as readonly Json[]).filter((value) => typeof value === 'string' && value !== '');
  if (type === 'string' && strings.length > 0) {
    draft['enum'] = strings;
    if (strings.length < values.length) losses(`${at}/enum`, "Gemini's Schema lists non-empty strings only");
    return;
  }
  losses(`${at}/enum`, "Gemini's Schema lists strings only: the allowed values are named in the description");
  const description = typeof draft['description'] === 'string' ? `${draft['description']} ` : '';
  draft['description'] =
    `${description}Allowed values: ${(values as readonly Json[]).map((value) => JSON.stringify(value)).join(', ')}.`;
}

function strictObject(node: JsonObject, draft: Draft, at: string, strictness: Strictness): void {
  const { losses } = strictness;
  const properties = Object.entries(asObject(node['properties']));
  if (node['additionalProperties'] !== undefined && node['additionalProperties'] !== true) {
    losses(`${at}/additionalProperties`, "Gemini's Schema has no additionalProperties");
  }
  if (properties.length === 0) {
    // An OBJECT without properties is answered with "should be non-empty for OBJECT type".
    losses(`${at}/properties`, "Gemini's Schema has no object of free fields: a placeholder field stands in it");
    draft['properties'] = { _: { type: 'STRING', description: 'Unused.', nullable: true } };
    return;
  }
  draft['properties'] = Object.fromEntries(
    properties.map(([name, property]) => [
      name,
      strictNode(asObject(property), `${at}/properties/${name}`, strictness),
    ]),
  );
  if (node['required'] !== undefined) draft['required'] = node['required'];
}

function strictArray(node: JsonObject, draft: Draft, at: string, strictness: Strictness): void {
  const { losses } = strictness;
  const prefix = asArray(node['prefixItems']).filter(isObject);
  if (prefix.length > 0) {
    losses(`${at}/prefixItems`, "Gemini's Schema has no prefixItems: each item may be any of them");
    const rest = isObject(node['items']) ? [node['items']] : [];
    const unique = [...new Map([...prefix, ...rest].map((item) => [JSON.stringify(item), item])).values()];
    draft['items'] = strictNode(
      unique.length === 1 ? (unique[0] ?? {}) : { anyOf: unique },
      `${at}/prefixItems`,
      strictness,
    );
  } else if (isObject(node['items'])) {
    draft['items'] = strictNode(node['items'], `${at}/items`, strictness);
  } else {
    losses(`${at}/items`, "Gemini's Schema must say what an array holds: text, number and boolean are allowed");
    draft['items'] = anything();
  }
}

/** "When using any_of, it must be the only field set": what stood beside it moves into every branch. */
function strictUnion(node: JsonObject, at: string, strictness: Strictness): JsonObject {
  const { anyOf, description, title, default: fallback, type, ...shared } = node;
  const labels = pick({ description, title, default: fallback }, ['description', 'title', 'default']);
  const members = asArray(anyOf).filter(isObject);
  const branches = members.filter((member) => member['type'] !== 'null');
  const nullable = branches.length < members.length ? { nullable: true } : {};
  const inner = { ...(type === undefined ? {} : { type }), ...shared };
  const whole = branches.map((branch) => mergeLowered(branch, inner, at, strictness.losses));
  if (whole.length === 0) return { type: 'NULL', ...labels };
  if (whole.length === 1) return { ...strictNode({ ...labels, ...whole[0] }, at, strictness), ...nullable };
  return {
    anyOf: whole.map((branch, index) => strictNode(branch, `${at}/anyOf/${String(index)}`, strictness)),
    ...labels,
    ...nullable,
  };
}

const upperTypes = new Set(['STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL']);
/** Counts that are int64 in the proto, so that clients may send them as text. */
const counts = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties']);
/** Names whose snake_case spelling Google's parser takes as well. */
const camelNames = new Set([...counts, 'anyOf', 'propertyOrdering']);
const schemaMaps = new Set(['properties', '$defs', 'definitions', 'patternProperties']);
const schemaLists = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const singleSchemas = new Set(['items', 'additionalProperties', 'not', 'contains', 'propertyNames']);

/**
 * A Schema, or a JSON Schema with Google's spellings in it (Gemini CLI sends upper-case types in `responseJsonSchema`), as plain
 * JSON Schema. What is JSON Schema already stays as it is.
 */
export function fromGeminiSchema(schema: JsonObject): JsonObject {
  const draft: Draft = {};
  for (const [key, value] of Object.entries(schema)) {
    const name = camelNames.has(camelOf(key)) ? camelOf(key) : key;
    if (schemaMaps.has(name) && isObject(value))
      draft[name] = Object.fromEntries(Object.entries(value).map(([one, inner]) => [one, fromNode(inner)]));
    else if (schemaLists.has(name) && Array.isArray(value))
      draft[name] = (value as readonly Json[]).map((one) => fromNode(one) ?? null);
    else if (singleSchemas.has(name))
      draft[name] = Array.isArray(value)
        ? (value as readonly Json[]).map((one) => fromNode(one) ?? null)
        : fromNode(value);
    else if (counts.has(name) && typeof value === 'string') draft[name] = Number(value);
    else if (name === 'type') draft[name] = fromType(value);
    else if (name === 'example') draft['examples'] = [value ?? null];
    else if (name !== 'nullable' && name !== 'propertyOrdering') draft[name] = value;
  }
  if (draft['type'] === undefined) delete draft['type'];
  fromValues(draft);
  fromOrder(draft, asArray(schema['propertyOrdering'] ?? schema['property_ordering']));
  return schema['nullable'] === true ? asNullable(draft) : draft;
}

function fromNode(value: Json | undefined): Json | undefined {
  return isObject(value) ? fromGeminiSchema(value) : value;
}

function fromType(type: Json | undefined): Json | undefined {
  if (Array.isArray(type)) return (type as readonly Json[]).map((one) => fromType(one) ?? null);
  if (type === 'TYPE_UNSPECIFIED') return undefined;
  return typeof type === 'string' && upperTypes.has(type) ? type.toLowerCase() : type;
}

/** `format: "enum"` is Google's mark for a list; numbers are listed as text there. */
function fromValues(draft: Draft): void {
  if (draft['format'] === 'enum') delete draft['format'];
  const isNumber = draft['type'] === 'integer' || draft['type'] === 'number';
  if (!isNumber || !Array.isArray(draft['enum'])) return;
  draft['enum'] = (draft['enum'] as readonly Json[]).map((value) =>
    typeof value === 'string' && Number.isFinite(Number(value)) ? Number(value) : value,
  );
}

/** Other dialects have no `propertyOrdering`, but models write fields in the order they are declared. */
function fromOrder(draft: Draft, order: readonly Json[]): void {
  if (order.length === 0 || !isObject(draft['properties'])) return;
  const properties = draft['properties'];
  const first = order.filter((name): name is string => typeof name === 'string' && Object.hasOwn(properties, name));
  const names = [...new Set([...first, ...Object.keys(properties)])];
  draft['properties'] = Object.fromEntries(names.map((name) => [name, properties[name]]));
}

function asNullable(draft: JsonObject): JsonObject {
  const type = draft['type'];
  if (typeof type === 'string') {
    const values = Array.isArray(draft['enum']) ? { enum: [...(draft['enum'] as readonly Json[]), null] } : {};
    return { ...draft, type: [type, 'null'], ...values };
  }
  if (Array.isArray(draft['anyOf']))
    return { ...draft, anyOf: [...(draft['anyOf'] as readonly Json[]), { type: 'null' }] };
  return draft;
}
