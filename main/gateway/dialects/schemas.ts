/** Schemas that bind answers: as Claude takes them, as OpenAI's strict mode takes them, and told in words where neither can be had. */
import type { Json, JsonObject, LossSink, OutputFormat } from './canonical.ts';
import { asArray, asObject, isObject } from './dialect.ts';

const formats: ReadonlySet<string> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
]);

/** Constraints the grammar compiler refuses; told in the description instead, where the model reads them. */
const refused: ReadonlySet<string> = new Set(
  (
    'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength maxItems uniqueItems contains minContains maxContains ' +
    'minProperties maxProperties patternProperties propertyNames dependentRequired dependentSchemas unevaluatedProperties unevaluatedItems ' +
    'not if then else contentEncoding contentMediaType'
  ).split(' '),
);
const silent: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$comment',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]);
const schemaMaps: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);
const schemaLists: ReadonlySet<string> = new Set(['anyOf', 'allOf', 'oneOf']);

/**
 * A schema for a constrained answer or a strict tool of Claude, at Anthropic and at Bedrock: every object closed, refused constraints
 * moved into descriptions (platform.claude.com, structured outputs).
 */
export function closedSchema(schema: JsonObject, path: string, losses: LossSink): JsonObject {
  const out: Record<string, Json | undefined> = {};
  const told: string[] = [];
  for (const [name, value] of Object.entries(schema)) {
    if (value === undefined || silent.has(name)) continue;
    if (isRefused(name, value)) {
      losses(`${path}/${name}`, 'the constraint was moved into the description');
      told.push(`${name}: ${JSON.stringify(value)}`);
    } else if (schemaMaps.has(name) && isObject(value))
      out[name] = mapValues(value, (one, key) => closedValue(one, `${path}/${name}/${key}`, losses));
    else if (schemaLists.has(name))
      out[name === 'oneOf' ? 'anyOf' : name] = asArray(value).map((one, index) =>
        closedValue(one, `${path}/${name}/${String(index)}`, losses),
      );
    else if (name === 'items') out[name] = closedValue(value, `${path}/items`, losses);
    else if (name !== 'additionalProperties') out[name] = value;
  }
  if (out['type'] === 'object' || isObject(out['properties']) || asArray(out['type']).includes('object')) {
    const additional = schema['additionalProperties'];
    if (additional !== false) losses(`${path}/additionalProperties`, 'objects of a constrained answer are closed');
    out['additionalProperties'] = false;
  }
  if (told.length > 0)
    out['description'] = [typeof out['description'] === 'string' ? out['description'] : '', `{${told.join(', ')}}`]
      .filter((text) => text !== '')
      .join('\n\n');
  return out;
}

function isRefused(name: string, value: Json): boolean {
  if (name === 'format') return typeof value !== 'string' || !formats.has(value);
  if (name === 'minItems') return value !== 0 && value !== 1;
  return refused.has(name);
}

function closedValue(value: Json | undefined, path: string, losses: LossSink): Json {
  return isObject(value) ? closedSchema(value, path, losses) : (value ?? null);
}

function mapValues(object: JsonObject, change: (value: Json | undefined, key: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}

const strictKeywords: ReadonlySet<string> = new Set(
  (
    '$schema $id $ref $defs type properties required additionalProperties items enum const anyOf title description pattern format ' +
    'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems minLength maxLength'
  ).split(' '),
);
const strictFormats: ReadonlySet<string> = new Set([...formats].filter((format) => format !== 'uri'));

/**
 * `true` for a schema that OpenAI's strict mode takes as it is: closed objects, every field required, known keywords (platform.openai.com,
 * structured outputs, supported schemas). Clients of dialects that always enforce a schema never say `strict`.
 */
export function isStrictSchema(schema: JsonObject): boolean {
  return schema['type'] === 'object' && fitsStrictMode(schema);
}

function fitsStrictMode(schema: Json | undefined): boolean {
  if (!isObject(schema) || Object.keys(schema).some((name) => !strictKeywords.has(name))) return false;
  const format = schema['format'];
  if (format !== undefined && (typeof format !== 'string' || !strictFormats.has(format))) return false;
  if (!['type', 'anyOf', '$ref', 'enum', 'const'].some((name) => schema[name] !== undefined)) return false;
  const type = schema['type'];
  const properties = asObject(schema['properties']);
  if (type === 'object' || asArray(type).includes('object')) {
    const names = Object.keys(properties);
    const required = asArray(schema['required']);
    const isClosed = schema['additionalProperties'] === false && required.length === names.length;
    if (!isClosed || !names.every((name) => required.includes(name))) return false;
  }
  if ((type === 'array' || asArray(type).includes('array')) && schema['items'] === undefined) return false;
  const inner = [
    ...Object.values(properties),
    ...Object.values(asObject(schema['$defs'])),
    ...asArray(schema['anyOf']),
  ];
  return inner.every(fitsStrictMode) && (schema['items'] === undefined || fitsStrictMode(schema['items']));
}

/** What asks a model for the format where the target's API cannot. */
export function formatInstruction(output: Exclude<OutputFormat, { readonly type: 'text' }>): string {
  const plain = 'no other text, no Markdown fence';
  if (output.type === 'json') return `Answer with one valid JSON object and nothing else: ${plain}.`;
  const about = output.description === undefined ? '' : ` (${output.description})`;
  return `Answer with one JSON value and nothing else: ${plain}. It must be valid against this JSON Schema, named ${output.name}${about}:\n${JSON.stringify(output.schema)}`;
}
