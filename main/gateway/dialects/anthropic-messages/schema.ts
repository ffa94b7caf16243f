/** JSON Schemas as a Claude target takes them: for arguments, and for constrained answers (platform.claude.com, structured outputs). */
import type { Json, JsonObject, LossSink } from '../canonical.ts';
import { asArray, asObject, isObject } from '../dialect.ts';

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

/** A schema for `output_config.format` or a strict tool: every object closed, refused constraints moved into descriptions. */
export function strictSchema(schema: JsonObject, path: string, losses: LossSink): JsonObject {
  const out: Record<string, Json | undefined> = {};
  const told: string[] = [];
  for (const [name, value] of Object.entries(schema)) {
    if (value === undefined || silent.has(name)) continue;
    if (isRefused(name, value)) {
      losses(`${path}/${name}`, 'the constraint was moved into the description');
      told.push(`${name}: ${JSON.stringify(value)}`);
    } else if (schemaMaps.has(name) && isObject(value))
      out[name] = mapValues(value, (one, key) => strictValue(one, `${path}/${name}/${key}`, losses));
    else if (schemaLists.has(name))
      out[name === 'oneOf' ? 'anyOf' : name] = asArray(value).map((one, index) =>
        strictValue(one, `${path}/${name}/${String(index)}`, losses),
      );
    else if (name === 'items') out[name] = strictValue(value, `${path}/items`, losses);
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

function strictValue(value: Json | undefined, path: string, losses: LossSink): Json {
  return isObject(value) ? strictSchema(value, path, losses) : (value ?? null);
}

function mapValues(object: JsonObject, change: (value: Json | undefined, key: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}

/** `input_schema` must be an object at its top, and may not be a union there: unions are laid over each other. */
export function inputSchema(parameters: JsonObject, path: string, losses: LossSink): JsonObject {
  const unions = ['anyOf', 'oneOf', 'allOf'].filter((name) => Array.isArray(parameters[name]));
  if (unions.length === 0) return parameters['type'] === 'object' ? parameters : { ...parameters, type: 'object' };
  losses(path, 'a union at the top of the arguments was merged into one object');
  const variants = unions.flatMap((name) => asArray(parameters[name]).map(asObject));
  const rest = Object.fromEntries(Object.entries(parameters).filter(([name]) => !unions.includes(name)));
  const properties = Object.assign(
    {},
    ...variants.map((one) => asObject(one['properties'])),
    asObject(parameters['properties']),
  ) as JsonObject;
  const always = asArray(parameters['allOf']).flatMap((one) => asArray(asObject(one)['required']));
  const required = [...new Set([...asArray(parameters['required']), ...always])];
  return { ...rest, type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}
