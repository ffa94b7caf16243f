/** JSON Schema brought down to what Gemini's `parametersJsonSchema` and `responseJsonSchema` take, every change recorded. */
import { lookup } from '../../../kit/lookup.ts';
import type { Json, JsonObject, LossSink } from '../canonical.ts';
import { asObject, isObject } from '../dialect.ts';
import { mergeLowered } from './schema-merge.ts';

/**
 * Keywords the reference lists for `response_json_schema` (Gemini API, GenerationConfig), and those its converter maps to fields
 * of Schema. `$ref` and `$defs` are listed too, but a `$ref` with neighbours, in a union or to anything beyond `$defs` is answered
 * with "reference to undefined schema", so references are copied in place.
 */
const keptKeywords = new Set([
  'title',
  'description',
  'format',
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
]);

/** Read by their own code below. */
const handledKeywords = new Set([
  '$ref',
  '$defs',
  'definitions',
  'type',
  'nullable',
  'enum',
  'const',
  'properties',
  'required',
  'additionalProperties',
  'patternProperties',
  'items',
  'prefixItems',
  'additionalItems',
  'anyOf',
  'oneOf',
  'allOf',
  'exclusiveMinimum',
  'exclusiveMaximum',
]);

const typeNames = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']);

/** Which keywords belong to which type, to share them out when a list of types becomes a union. */
const keywordsOfType = lookup<readonly string[]>({
  string: ['pattern', 'minLength', 'maxLength', 'format'],
  number: ['minimum', 'maximum'],
  integer: ['minimum', 'maximum'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  object: ['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties', 'propertyOrdering'],
});

/** Copying references in place can grow a schema without bound; real tool schemas stay far below. */
export const maxNodes = 5000;
/** References inside references. Definitions may be chained by the thousand, and every link is a call on the stack. */
const maxOpenReferences = 64;

interface Lowering {
  readonly root: JsonObject;
  readonly rootPath: string;
  readonly losses: LossSink;
  /** References being copied, outermost first: meeting one again is a recursion. */
  readonly open: Set<string>;
  nodes: number;
}

type Draft = Record<string, Json | undefined>;

/** A JSON Schema as `responseJsonSchema` and `parametersJsonSchema` take it. Each change is a loss at `path` + its JSON pointer. */
export function lowerJsonSchema(schema: JsonObject, losses: LossSink, path: string): JsonObject {
  const lowering: Lowering = { root: schema, rootPath: path, losses, open: new Set(), nodes: 0 };
  return lowerNode(schema, path, lowering) ?? {};
}

/** The same with an object at the root, which function parameters must have. */
export function lowerParameters(schema: JsonObject, losses: LossSink, path: string): JsonObject {
  return withObjectRoot(lowerJsonSchema(schema, losses, path), losses, path);
}

function withObjectRoot(lowered: JsonObject, losses: LossSink, path: string): JsonObject {
  const { anyOf, type, ...rest } = lowered;
  if (type === 'object' && anyOf === undefined) return lowered;
  if (Array.isArray(anyOf)) {
    losses(
      `${path}/anyOf`,
      "Gemini's function parameters must be one object: the alternatives were joined, all their fields optional",
    );
    const branches = (anyOf as readonly Json[]).filter(isObject);
    // Not by assignment: a field may be called `__proto__`.
    const properties = Object.fromEntries(
      [...branches, rest].flatMap((one) => Object.entries(asObject(one['properties']))),
    );
    return { ...rest, type: 'object', properties };
  }
  const isObjectType = type === undefined || (Array.isArray(type) && (type as readonly Json[]).includes('object'));
  if (isObjectType) return { ...rest, type: 'object' };
  losses(path, "Gemini's function parameters must be an object");
  return { type: 'object', properties: {} };
}

/** `undefined` for a schema nothing can satisfy. */
function lowerNode(node: Json | undefined, at: string, lowering: Lowering): JsonObject | undefined {
  if (node === false) return undefined;
  if (!isObject(node)) return {};
  if (++lowering.nodes > maxNodes) {
    lowering.losses(
      lowering.rootPath,
      'the schema is too large once its references are copied in place: the rest accepts anything',
    );
    return {};
  }
  if (typeof node['$ref'] === 'string') return lowerReference(node, node['$ref'], at, lowering);
  const draft: Draft = {};
  for (const [key, value] of Object.entries(node)) {
    if (keptKeywords.has(key)) draft[key] = value;
    else if (!handledKeywords.has(key)) lowering.losses(`${at}/${key}`, `Gemini's JSON Schema has no ${key}`);
  }
  lowerType(node, draft, at, lowering);
  lowerValues(node, draft, at, lowering);
  lowerBounds(node, draft, at, lowering);
  lowerObject(node, draft, at, lowering);
  lowerArray(node, draft, at, lowering);
  lowerUnion(node, draft, at, lowering);
  splitTypes(draft, at, lowering);
  return lowerAllOf(node, draft, at, lowering);
}

function lowerReference(node: JsonObject, reference: string, at: string, lowering: Lowering): JsonObject | undefined {
  const { losses, open } = lowering;
  const { $ref: _reference, ...siblings } = node;
  const target = resolve(reference, lowering.root);
  if (target === undefined) {
    losses(`${at}/$ref`, `the reference ${reference} leads nowhere in this schema: anything is accepted there`);
    return lowerNode(siblings, at, lowering);
  }
  if (open.has(reference) || open.size >= maxOpenReferences) {
    losses(`${at}/$ref`, `Gemini has no recursive schemas: ${reference} is cut here`);
    const type = isObject(target) && typeof target['type'] === 'string' ? { type: target['type'] } : {};
    return lowerNode({ ...type, ...siblings }, at, lowering);
  }
  losses(`${lowering.rootPath}/$ref`, 'Gemini does not read references reliably: the definitions were copied in place');
  open.add(reference);
  const copied = isObject(target)
    ? lowerNode({ ...target, ...siblings }, at, lowering)
    : lowerNode(target, at, lowering);
  open.delete(reference);
  return copied;
}

/** A JSON pointer into the schema (`#/$defs/X`, `#/properties/y`, `#`); external references are not fetched. */
function resolve(reference: string, root: JsonObject): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  let node: Json | undefined = root;
  for (const step of reference.slice(1).split('/').slice(1)) {
    const key = decodePointer(step);
    if (Array.isArray(node)) node = (node as readonly Json[])[Number(key)];
    else if (isObject(node) && Object.hasOwn(node, key)) node = node[key];
    else return undefined;
  }
  return node;
}

function decodePointer(step: string): string {
  let text = step;
  try {
    text = decodeURIComponent(step);
  } catch {
    // Not percent-encoded: the text is the key.
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}

function lowerType(node: JsonObject, draft: Draft, at: string, { losses }: Lowering): void {
  const listed = Array.isArray(node['type'])
    ? (node['type'] as readonly Json[])
    : node['type'] === undefined
      ? []
      : [node['type']];
  const types = new Set<string>();
  for (const one of listed) {
    const name = typeof one === 'string' ? one.toLowerCase() : '';
    if (typeNames.has(name)) types.add(name);
    else losses(`${at}/type`, `${JSON.stringify(one)} is not a JSON Schema type`);
  }
  if (node['nullable'] === true && types.size > 0) types.add('null');
  setTypes(draft, types);
}

function setTypes(draft: Draft, types: ReadonlySet<string>): void {
  if (types.size === 0) delete draft['type'];
  else draft['type'] = types.size === 1 ? [...types][0] : [...types];
}

function typesOf(draft: JsonObject): Set<string> {
  const type = draft['type'];
  if (typeof type === 'string') return new Set([type]);
  return new Set(Array.isArray(type) ? (type as readonly string[]) : []);
}

/** `const` and `enum`: Gemini knows lists of strings and numbers. */
function lowerValues(node: JsonObject, draft: Draft, at: string, { losses }: Lowering): void {
  const isConst = node['const'] !== undefined;
  const listed = isConst
    ? [node['const'] as Json]
    : Array.isArray(node['enum'])
      ? (node['enum'] as readonly Json[])
      : undefined;
  if (listed === undefined) return;
  const where = `${at}/${isConst ? 'const' : 'enum'}`;
  if (isConst) losses(where, 'Gemini has no const: written as a list of one value');
  const types = typesOf(draft);
  const values = listed.filter((value) => typeof value === 'string' || typeof value === 'number');
  const guessed = typeOfValues(listed);
  if (guessed !== undefined && !types.has(guessed) && [...types].every((type) => type === 'null')) {
    types.clear();
    types.add(guessed);
  }
  if (listed.includes(null) && types.size > 0) types.add('null');
  setTypes(draft, types);
  const others = listed.filter((value) => value !== null || !types.has('null')).length - values.length;
  const isEveryBoolean = guessed === 'boolean' && listed.includes(true) && listed.includes(false);
  if (isEveryBoolean) return;
  if (others > 0) losses(where, "Gemini's lists of values hold strings and numbers only");
  else if (values.length > 0) draft['enum'] = values;
}

function typeOfValues(values: readonly Json[]): string | undefined {
  const kinds = new Set(values.filter((value) => value !== null).map((value) => typeof value));
  if (kinds.size === 0) return 'null';
  if (kinds.size > 1) return undefined;
  if (kinds.has('string')) return 'string';
  if (kinds.has('boolean')) return 'boolean';
  if (!kinds.has('number')) return undefined;
  return values.every((value) => value === null || Number.isInteger(value)) ? 'integer' : 'number';
}

/** Exclusive bounds: a number of its own since draft 6, a switch on `minimum` in draft 4. */
function lowerBounds(node: JsonObject, draft: Draft, at: string, { losses }: Lowering): void {
  const isInteger = typesOf(draft).has('integer') && !typesOf(draft).has('number');
  for (const [exclusive, inclusive, step] of [
    ['exclusiveMinimum', 'minimum', 1],
    ['exclusiveMaximum', 'maximum', -1],
  ] as const) {
    const value = node[exclusive] === true ? node[inclusive] : node[exclusive];
    if (typeof value !== 'number') continue;
    const rounded = step === 1 ? Math.floor(value) : Math.ceil(value);
    const bound = isInteger ? rounded + step : value;
    const known = draft[inclusive];
    if (typeof known !== 'number' || known === value) draft[inclusive] = bound;
    else draft[inclusive] = step === 1 ? Math.max(known, bound) : Math.min(known, bound);
    losses(
      `${at}/${exclusive}`,
      isInteger
        ? `Gemini has no ${exclusive}: written as ${inclusive}`
        : `Gemini has no ${exclusive}: the bound itself is allowed`,
    );
  }
}

function lowerObject(node: JsonObject, draft: Draft, at: string, lowering: Lowering): void {
  const { losses } = lowering;
  const properties = isObject(node['properties']) ? node['properties'] : undefined;
  const lowered: [string, JsonObject][] = [];
  for (const [name, property] of Object.entries(properties ?? {})) {
    const one = lowerNode(property, `${at}/properties/${name}`, lowering);
    if (one === undefined) losses(`${at}/properties/${name}`, 'Gemini has no forbidden fields: the field was left out');
    else lowered.push([name, one]);
  }
  if (properties !== undefined) draft['properties'] = Object.fromEntries(lowered);
  // With allOf beside it the names may be declared there: they are read once its members are joined.
  if (node['allOf'] === undefined) lowerRequired(node, draft, at, lowering);
  const additional = node['additionalProperties'];
  if (typeof additional === 'boolean') draft['additionalProperties'] = additional;
  else if (additional !== undefined)
    draft['additionalProperties'] = lowerNode(additional, `${at}/additionalProperties`, lowering) ?? false;
  if (isObject(node['patternProperties'])) {
    const patterns = Object.values(node['patternProperties']);
    losses(`${at}/patternProperties`, 'Gemini has no patternProperties: any field name is allowed');
    const only = patterns.length === 1 ? lowerNode(patterns[0], `${at}/patternProperties`, lowering) : undefined;
    if (typeof draft['additionalProperties'] !== 'object') draft['additionalProperties'] = only ?? true;
  }
  if (
    draft['type'] === undefined &&
    properties !== undefined &&
    node['anyOf'] === undefined &&
    node['oneOf'] === undefined
  )
    draft['type'] = 'object';
}

/** Google refuses a required name that its `properties` do not declare. */
function lowerRequired(node: JsonObject, draft: Draft, at: string, { losses }: Lowering): void {
  if (!Array.isArray(node['required'])) return;
  const required = node['required'] as readonly Json[];
  const properties = asObject(draft['properties']);
  const kept = required.filter((name) => typeof name === 'string' && Object.hasOwn(properties, name));
  if (kept.length < required.length)
    losses(`${at}/required`, 'Gemini refuses required fields that are not declared beside it');
  const known = Array.isArray(draft['required']) ? (draft['required'] as readonly Json[]) : [];
  const all = [...new Set([...kept, ...known])];
  if (all.length > 0) draft['required'] = all;
}

function lowerArray(node: JsonObject, draft: Draft, at: string, lowering: Lowering): void {
  const isTuple = Array.isArray(node['items']);
  const prefix = isTuple ? node['items'] : node['prefixItems'];
  const rest = isTuple ? node['additionalItems'] : node['items'];
  if (isTuple) lowering.losses(`${at}/items`, 'Gemini writes a list of item schemas as prefixItems');
  if (Array.isArray(prefix)) {
    draft['prefixItems'] = (prefix as readonly Json[]).map(
      (item, index) => lowerNode(item, `${at}/prefixItems/${String(index)}`, lowering) ?? {},
    );
  }
  if (rest === false && Array.isArray(prefix)) {
    lowering.losses(`${at}/items`, 'Gemini has no items: false: written as maxItems');
    draft['maxItems'] ??= prefix.length;
  } else if (rest !== undefined) {
    draft['items'] = lowerNode(rest, `${at}/items`, lowering) ?? {};
  }
}

function lowerUnion(node: JsonObject, draft: Draft, at: string, lowering: Lowering): void {
  const key = Array.isArray(node['anyOf']) ? 'anyOf' : 'oneOf';
  const members = node[key];
  if (!Array.isArray(members)) return;
  if (key === 'oneOf') lowering.losses(`${at}/oneOf`, 'Gemini reads oneOf as anyOf');
  else if (node['oneOf'] !== undefined) lowering.losses(`${at}/oneOf`, 'Gemini has no oneOf beside anyOf');
  const branches = (members as readonly Json[])
    .map((member, index) => lowerNode(member, `${at}/${key}/${String(index)}`, lowering))
    .filter((branch) => branch !== undefined);
  if (branches.length === 1) Object.assign(draft, mergeLowered(draft, branches[0] ?? {}, at, lowering.losses));
  // Alternatives that only named required fields of the object around say nothing any more.
  else if (branches.every((branch) => Object.keys(branch).length === 0)) return;
  else if (branches.length > 1) draft['anyOf'] = branches;
}

/** A list of several types besides null becomes a union: Google's Schema has one type. */
function splitTypes(draft: Draft, at: string, { losses }: Lowering): void {
  const types = typesOf(draft);
  const named = [...types].filter((type) => type !== 'null');
  if (named.length < 2) return;
  losses(`${at}/type`, 'Gemini has no list of types: written as anyOf');
  delete draft['type'];
  if (draft['anyOf'] !== undefined) return;
  const shares = new Set(Object.values(keywordsOfType).flat());
  const branches = named.map((type) => {
    const own = (keywordsOfType[type] ?? []).filter((keyword) => draft[keyword] !== undefined);
    return { type, ...Object.fromEntries(own.map((keyword) => [keyword, draft[keyword]])) };
  });
  for (const keyword of shares) delete draft[keyword];
  draft['anyOf'] = types.has('null') ? [...branches, { type: 'null' }] : branches;
}

function lowerAllOf(node: JsonObject, draft: Draft, at: string, lowering: Lowering): JsonObject {
  if (!Array.isArray(node['allOf'])) return draft;
  lowering.losses(`${at}/allOf`, 'Gemini has no allOf: its members were joined');
  let merged: Draft = draft;
  for (const [index, member] of (node['allOf'] as readonly Json[]).entries()) {
    const one = lowerNode(member, `${at}/allOf/${String(index)}`, lowering);
    if (one !== undefined) merged = { ...mergeLowered(merged, one, at, lowering.losses) };
  }
  lowerRequired(node, merged, at, lowering);
  return merged;
}
