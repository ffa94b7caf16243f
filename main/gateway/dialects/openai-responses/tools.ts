/** Tools and tool choice, both ways: functions, custom tools, namespaces, client-run tool search, hosted tools. */
import { isDeepStrictEqual } from 'node:util';
import type {
  CanonicalTool,
  FunctionTool,
  Json,
  JsonObject,
  LossSink,
  ToolCallKind,
  ToolChoice,
} from '../canonical.ts';
import { asObject, asString, isObject } from '../dialect.ts';
import {
  compact,
  needArray,
  needObject,
  needText,
  optionalArray,
  optionalBoolean,
  optionalObject,
  optionalString,
  refuse,
} from '../fields.ts';

/** The name a `tool_search` call carries between dialects; on the wire it has none. */
export const toolSearchName = 'tool_search';

const emptySchema: JsonObject = { type: 'object', properties: {} };

/**
 * Tools by namespace and name in the order they first came: top-level `tools`, `additional_tools` items and the tools a
 * `tool_search_output` brought. A later definition of a name replaces an earlier one in its place.
 */
export class ToolSet {
  readonly #tools = new Map<string, CanonicalTool>();

  /** A list that is sent again with a later turn names the same tools: only another tool of the name is a loss. */
  add(tool: CanonicalTool, losses: LossSink): void {
    const key = `${tool.namespace ?? ''}\n${tool.name}`;
    const earlier = this.#tools.get(key);
    if (earlier !== undefined && !isDeepStrictEqual(earlier, tool))
      losses(`/tools/${tool.name}`, 'a later tool of the same name replaced it');
    this.#tools.set(key, tool);
  }

  list(): CanonicalTool[] {
    return [...this.#tools.values()];
  }
}

interface Namespace {
  readonly namespace?: string | undefined;
  readonly namespaceDescription?: string | undefined;
}

function recordExtras(tool: JsonObject, param: string, losses: LossSink): void {
  if (tool['defer_loading'] === true) losses(`${param}.defer_loading`, 'the tool is given to the model at once');
  if (tool['async'] === true) losses(`${param}.async`, 'no other dialect has asynchronous tools');
  if (isObject(tool['output_schema'])) losses(`${param}.output_schema`, 'no other dialect describes tool outputs');
}

function decodeFunction(tool: JsonObject, param: string, place: Namespace, losses: LossSink): FunctionTool {
  recordExtras(tool, param, losses);
  return {
    kind: 'function',
    name: needText(tool['name'], `${param}.name`),
    description: optionalString(tool['description'], `${param}.description`),
    parameters: optionalObject(tool['parameters'], `${param}.parameters`) ?? emptySchema,
    strict: optionalBoolean(tool['strict'], `${param}.strict`),
    ...place,
  };
}

function decodeNamespace(tool: JsonObject, param: string, losses: LossSink): CanonicalTool[] {
  const place = {
    namespace: needText(tool['name'], `${param}.name`),
    namespaceDescription: optionalString(tool['description'], `${param}.description`),
  };
  return needArray(tool['tools'], `${param}.tools`).flatMap((entry, index) => {
    const path = `${param}.tools[${String(index)}]`;
    const nested = needObject(entry, path);
    if (nested['type'] === 'namespace') refuse(`${path}.type`, 'a namespace cannot hold another namespace.');
    return decodeTool(nested, path, losses, place);
  });
}

/** One entry of a tools list; a namespace gives all its tools. Throws `read.invalid_field` for wrong types. */
export function decodeTool(tool: JsonObject, param: string, losses: LossSink, place: Namespace = {}): CanonicalTool[] {
  const type = needText(tool['type'], `${param}.type`);
  switch (type) {
    case 'function':
      return [decodeFunction(tool, param, place, losses)];
    case 'custom':
      recordExtras(tool, param, losses);
      return [
        {
          kind: 'custom',
          name: needText(tool['name'], `${param}.name`),
          description: optionalString(tool['description'], `${param}.description`),
          format: optionalObject(tool['format'], `${param}.format`),
          ...place,
        },
      ];
    case 'namespace':
      return decodeNamespace(tool, param, losses);
    case 'tool_search':
      if (tool['execution'] !== 'client') return [{ kind: 'hosted', name: type, raw: tool }];
      return [
        {
          kind: 'tool_search',
          name: toolSearchName,
          description: optionalString(tool['description'], `${param}.description`),
          parameters: optionalObject(tool['parameters'], `${param}.parameters`) ?? emptySchema,
        },
      ];
    default:
      // Two MCP servers are two tools: the label keeps them apart.
      return [{ kind: 'hosted', name: asString(tool['name']) ?? asString(tool['server_label']) ?? type, raw: tool }];
  }
}

/** A list of tools (`tools`, `additional_tools.tools`, `tool_search_output.tools`). */
export function decodeTools(value: Json | undefined, param: string, losses: LossSink): CanonicalTool[] {
  return optionalArray(value, param).flatMap((entry, index) => {
    const path = `${param}[${String(index)}]`;
    return decodeTool(needObject(entry, path), path, losses);
  });
}

export function decodeToolChoice(value: Json | undefined, losses: LossSink): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined;
  if (value === 'auto' || value === 'none' || value === 'required') return { type: value };
  if (typeof value === 'string') return refuse('tool_choice', `"${value}" is not known. Use auto, none or required.`);
  const choice = needObject(value, 'tool_choice');
  const type = needText(choice['type'], 'tool_choice.type');
  switch (type) {
    case 'function':
    case 'custom':
      return {
        type: 'tool',
        name: needText(choice['name'], 'tool_choice.name'),
        namespace: optionalString(choice['namespace'], 'tool_choice.namespace'),
        kind: type,
      };
    case 'allowed_tools': {
      const mode = optionalString(choice['mode'], 'tool_choice.mode');
      const names = needArray(choice['tools'], 'tool_choice.tools').map((entry) => asString(asObject(entry)['name']));
      if (names.includes(undefined)) losses('tool_choice.tools', 'hosted tools cannot be chosen for another dialect');
      return {
        type: 'allowed',
        mode: mode === 'required' ? 'required' : 'auto',
        names: names.filter((name) => name !== undefined),
      };
    }
    default:
      losses('tool_choice', `a hosted tool (${type}) cannot be chosen for another dialect`);
      return { type: 'auto' };
  }
}

/** One tool without regard to its namespace, as it stands in a list. */
export function encodeTool(tool: CanonicalTool): JsonObject {
  switch (tool.kind) {
    case 'function':
      return compact({
        type: 'function',
        name: tool.name,
        description: tool.description,
        parameters: tool.parameters,
        // Absent means strict in the Responses API, unlike everywhere else, and a loose schema is then refused.
        strict: tool.strict ?? false,
      });
    case 'custom':
      return compact({ type: 'custom', name: tool.name, description: tool.description, format: tool.format });
    case 'tool_search':
      return compact({
        type: 'tool_search',
        execution: 'client',
        description: tool.description,
        parameters: tool.parameters,
      });
    case 'hosted':
      return tool.raw;
  }
}

/** The tools list, with the tools of a namespace under it, at the place of the first of them. */
export function encodeTools(tools: readonly CanonicalTool[]): JsonObject[] {
  const list: JsonObject[] = [];
  const namespaces = new Map<string, JsonObject[]>();
  for (const tool of tools) {
    if (tool.namespace === undefined) {
      list.push(encodeTool(tool));
      continue;
    }
    let nested = namespaces.get(tool.namespace);
    if (nested === undefined) {
      nested = [];
      namespaces.set(tool.namespace, nested);
      list.push({
        type: 'namespace',
        name: tool.namespace,
        description: tool.namespaceDescription ?? '',
        tools: nested,
      });
    }
    nested.push(encodeTool(tool));
  }
  return list;
}

function kindOf(tools: readonly CanonicalTool[], name: string): ToolCallKind {
  return tools.find((tool) => tool.name === name)?.kind === 'custom' ? 'custom' : 'function';
}

export function encodeToolChoice(choice: ToolChoice, tools: readonly CanonicalTool[], losses: LossSink): Json {
  switch (choice.type) {
    case 'tool': {
      const kind = choice.kind ?? kindOf(tools, choice.name);
      if (kind === 'tool_search') {
        losses('tool_choice', 'tool_search cannot be chosen by name; some tool is required instead');
        return 'required';
      }
      return { type: kind, name: choice.name };
    }
    case 'allowed':
      return {
        type: 'allowed_tools',
        mode: choice.mode,
        tools: choice.names.map((name) => ({ type: kindOf(tools, name), name })),
      };
    default:
      return choice.type;
  }
}

/**
 * What a search found, as the model of another dialect reads it: names and descriptions only, since the tools themselves join
 * the request's list.
 */
export function describeFoundTools(tools: readonly CanonicalTool[]): string {
  return JSON.stringify(
    tools.map((tool) => ({ namespace: tool.namespace, name: tool.name, description: tool.description })),
  );
}

/** The tools of the request that a `describeFoundTools` text names, on the way back to a `tool_search_output`. */
export function findDescribedTools(text: string, tools: readonly CanonicalTool[]): CanonicalTool[] {
  let named: Json;
  try {
    named = JSON.parse(text) as Json;
  } catch {
    return [];
  }
  if (!Array.isArray(named)) return [];
  return (named as readonly Json[]).filter(isObject).flatMap((entry) => {
    const found = tools.find((tool) => tool.name === entry['name'] && tool.namespace === entry['namespace']);
    return found === undefined ? [] : [found];
  });
}
