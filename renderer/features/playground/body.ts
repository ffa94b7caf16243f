/** Makes the request that a column sends out of the prompt: pure, and the same for a run, a batch and copied code. */
import type { Column, Draft, Parameters, Step, Turn, WireMessage } from './draft.ts';
import { substitute, variableNames } from './variables.ts';

/** Why a prompt cannot be sent as it is. */
export type BodyProblem =
  | { readonly what: 'empty' | 'model' }
  /** `detail`: its name. */
  | { readonly what: 'variable' | 'parameter'; readonly detail: string }
  | { readonly what: 'tools' | 'schema'; readonly json: JsonProblem };

/** What is wrong with a JSON text; `detail`: the parser's own words. */
export type JsonProblem =
  | { readonly what: 'json'; readonly detail: string }
  | { readonly what: 'list' | 'object' }
  /** `index`: of the item, from 0. */
  | { readonly what: 'tool'; readonly index: number };

export type Made<Value> =
  | { readonly value: Value; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: BodyProblem };

/** The prompt as messages, with its variables put in. `given`: those of a row of a table, which may be empty. */
export function messagesOf(draft: Draft, given: Readonly<Record<string, string>> = {}): Made<readonly WireMessage[]> {
  for (const name of variableNames(draft))
    if (!Object.hasOwn(given, name) && (draft.variables[name] ?? '') === '')
      return { problem: { what: 'variable', detail: name } };
  const values = { ...draft.variables, ...given };
  const turns = draft.turns.filter(({ text, pictures }) => text !== '' || pictures.length > 0);
  if (turns.length === 0) return { problem: { what: 'empty' } };
  const messages = turns.map((turn) => messageOf(turn, values));
  const system = substitute(draft.system, values);
  return { value: system.trim() === '' ? messages : [{ role: 'system', content: system }, ...messages] };
}

function messageOf({ role, text, pictures }: Turn, values: Readonly<Record<string, string>>): WireMessage {
  const content = substitute(text, values);
  if (pictures.length === 0) return { role, content };
  const parts = pictures.map(({ url }) => ({ type: 'image_url', image_url: { url } }));
  return { role, content: content === '' ? parts : [{ type: 'text', text: content }, ...parts] };
}

/** What was said in a column after its prompt, as messages. */
export function continued(steps: readonly Step[]): readonly WireMessage[] {
  return steps.flatMap((step): readonly WireMessage[] => {
    if (step.kind === 'user') return [{ role: 'user', content: step.text }];
    if (step.kind === 'results')
      return step.results.map(({ id, text }) => ({ role: 'tool', tool_call_id: id, content: text }));
    const { text, result } = step.answer;
    const calls = result?.tool_calls ?? [];
    if (calls.length === 0) return text === '' ? [] : [{ role: 'assistant', content: text }];
    const told = calls.map(({ id, name, arguments: given }) => ({
      ...{ id, type: 'function', function: { name, arguments: given } },
    }));
    return [{ role: 'assistant', content: text === '' ? null : text, tool_calls: told }];
  });
}

export function bodyOf(
  { model, parameters }: Pick<Column, 'model' | 'parameters'>,
  { tools, schema }: Pick<Draft, 'tools' | 'schema'>,
  messages: readonly WireMessage[],
): Made<Readonly<Record<string, unknown>>> {
  if (model.trim() === '') return { problem: { what: 'model' } };
  const wrong = wrongParameter(parameters);
  if (wrong !== undefined) return { problem: { what: 'parameter', detail: wrong } };
  const list = readTools(tools);
  if (list.problem !== undefined) return { problem: { what: 'tools', json: list.problem } };
  const shape = readSchema(schema);
  if (shape.problem !== undefined) return { problem: { what: 'schema', json: shape.problem } };
  const numbers = Object.entries(parameters).flatMap(([name, text]: [string, string]) =>
    text.trim() === '' ? [] : [[name, Number(text)]],
  );
  return {
    value: {
      model: model.trim(),
      messages,
      ...(Object.fromEntries(numbers) as Record<string, number>),
      ...(list.value === undefined ? {} : { tools: list.value }),
      ...(shape.value === undefined ? {} : { response_format: responseFormat(shape.value) }),
    },
  };
}

const ranges: Readonly<Record<keyof Parameters, readonly [least: number, most: number]>> = {
  temperature: [0, 2],
  top_p: [0, 1],
  max_tokens: [1, 10_000_000],
};

/** Name of the first parameter that is no number of its range. */
export function wrongParameter(parameters: Parameters): keyof Parameters | undefined {
  return (Object.keys(ranges) as (keyof Parameters)[]).find((name) => !isInRange(name, parameters[name]));
}

export function isInRange(name: keyof Parameters, text: string): boolean {
  if (text.trim() === '') return true;
  const value = Number(text);
  const [least, most] = ranges[name];
  return value >= least && value <= most && (name !== 'max_tokens' || Number.isInteger(value));
}

/** Neither is there for an empty text. */
interface Read<Value> {
  readonly value?: Value | undefined;
  readonly problem?: JsonProblem;
}
type JsonObject = Readonly<Record<string, unknown>>;

/** A list of tools as Chat Completions has them. An empty text is none. */
export function readTools(text: string): Read<readonly unknown[]> {
  const { value, problem } = parse(text);
  if (problem !== undefined) return { problem };
  if (value === undefined) return {};
  if (!Array.isArray(value)) return { problem: { what: 'list' } };
  const wrong = value.findIndex((tool) => !isTool(tool));
  if (wrong >= 0) return { problem: { what: 'tool', index: wrong } };
  return value.length === 0 ? {} : { value };
}

function isTool(tool: unknown): boolean {
  if (!isObject(tool) || typeof tool['type'] !== 'string') return false;
  return tool['type'] !== 'function' || (isObject(tool['function']) && typeof tool['function']['name'] === 'string');
}

export function readSchema(text: string): Read<JsonObject> {
  const { value, problem } = parse(text);
  if (problem !== undefined) return { problem };
  if (value === undefined) return {};
  return isObject(value) ? { value } : { problem: { what: 'object' } };
}

function parse(text: string): Read<unknown> {
  if (text.trim() === '') return {};
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { problem: { what: 'json', detail: error instanceof Error ? error.message : String(error) } };
  }
}

function responseFormat(schema: JsonObject): JsonObject {
  const strict = isStrict(schema);
  return { type: 'json_schema', json_schema: { name: 'answer', schema, ...(strict ? { strict } : {}) } };
}

/** Whether a provider's strict mode takes it: every object closed, and all of its properties required. */
export function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (!isObject(schema)) return true;
  const { properties, required } = schema;
  if (schema['type'] === 'object' || properties !== undefined) {
    const names = isObject(properties) ? Object.keys(properties) : [];
    if (schema['additionalProperties'] !== false) return false;
    if (!names.every((name) => Array.isArray(required) && required.includes(name))) return false;
    if (isObject(properties) && !Object.values(properties).every(isStrict)) return false;
  }
  return Object.entries(schema).every(([name, value]) => plainWords.has(name) || isStrict(value));
}

/** Of a schema: what holds no schema. */
const plainWords = new Set(['properties', 'required', 'enum', 'const', 'default', 'examples']);

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
