/** Tools and their choice as Converse's `toolConfig`. */
import type { CanonicalRequest, FunctionTool, Json, JsonObject, LossSink, ToolChoice } from '../canonical.ts';
import { asArray, asObject, isObject, type EncodeRequestContext } from '../dialect.ts';
import { cachePoint, isBlank } from './encode-content.ts';
import { cachesTools, isClaude, toolChoices } from './models.ts';

/** Told to the model when a choice cannot be: Converse has no `none`. */
export const noToolsInstruction = 'Do not call any tool in this answer; answer in text.';

/** `true` when the tools must be defined although none may be called. */
export function mustForbidTools(request: CanonicalRequest): boolean {
  return (
    request.toolChoice?.type === 'none' &&
    request.messages.some((message) => message.parts.some((part) => part.type === 'tool-call'))
  );
}

/** `undefined` when there is nothing to say about tools. `used` are the tools of the history, which must be defined whatever is offered. */
export function encodeToolConfig(
  request: CanonicalRequest,
  used: ReadonlySet<string>,
  context: EncodeRequestContext,
): JsonObject | undefined {
  const { losses, rules } = context;
  const choice = request.toolChoice;
  if (rules.noTools === true) {
    if (request.tools.length > 0) losses('tools', 'this model knows no tools');
    return undefined;
  }
  if (request.parallelToolCalls === false && request.tools.length > 0)
    losses('parallel_tool_calls', 'Converse cannot be told to call one tool at a time');
  if (choice?.type === 'none' && used.size === 0) return undefined;
  const offered = offeredTools(request, losses);
  if (offered.length === 0) return used.size === 0 ? undefined : { tools: placeholders(used, losses) };
  const tools: JsonObject[] = [];
  for (const tool of offered) {
    tools.push({ toolSpec: toolSpec(tool, request.model, losses) });
    if (tool.cache !== undefined && cachesTools(request.model)) tools.push(cachePoint(tool.cache, request.model));
  }
  const toolChoice = choice === undefined ? undefined : encodeChoice(choice, offered, request.model, losses);
  return { tools, ...(toolChoice === undefined ? {} : { toolChoice }) };
}

function offeredTools(request: CanonicalRequest, losses: LossSink): FunctionTool[] {
  const byName = new Map<string, FunctionTool>();
  for (const tool of request.tools) {
    if (tool.kind !== 'function') losses(`/tools/${tool.name}`, 'Converse takes plain functions only');
    else if (byName.has(tool.name)) losses(`/tools/${tool.name}`, 'the name is taken by a tool before it');
    else byName.set(tool.name, tool);
  }
  const all = [...byName.values()];
  if (request.toolChoice?.type !== 'allowed') return all;
  const { names } = request.toolChoice;
  const allowed = all.filter((tool) => names.includes(tool.name));
  if (allowed.length > 0) return allowed;
  losses('tool_choice', 'none of the allowed tools is defined: all stay on offer');
  return all;
}

/** Tool blocks in the history demand a `toolConfig`, also where the client offers no tool any more. */
function placeholders(used: ReadonlySet<string>, losses: LossSink): JsonObject[] {
  losses('tools', 'Converse wants the tools of earlier turns defined: they were added without their parameters');
  return [...used].map((name) => ({
    toolSpec: {
      name,
      description: 'Was used earlier in this conversation and cannot be called any more.',
      inputSchema: { json: { type: 'object', properties: {} } },
    },
  }));
}

function toolSpec(tool: FunctionTool, model: string, losses: LossSink): JsonObject {
  if (tool.strict === true)
    losses(`/tools/${tool.name}/strict`, 'arguments are not checked against the schema while they are made');
  return {
    name: tool.name,
    ...(tool.description === undefined || isBlank(tool.description) ? {} : { description: tool.description }),
    inputSchema: { json: objectSchema(tool, model, losses) },
  };
}

const branches = ['anyOf', 'oneOf', 'allOf'] as const;

/** The schema must be an object's; Claude takes no choice between several at its top, so their properties are put together. */
function objectSchema(tool: FunctionTool, model: string, losses: LossSink): JsonObject {
  const schema = tool.parameters;
  const joined = branches.filter((name) => Array.isArray(schema[name]));
  if (joined.length === 0 || !isClaude(model))
    return schema['type'] === 'object' ? schema : { ...schema, type: 'object' };
  losses(
    `/tools/${tool.name}/parameters`,
    'Claude takes no anyOf, oneOf or allOf at the top of a schema: their properties were joined',
  );
  const properties: [string, Json | undefined][] = [];
  const required = new Set<Json>(asArray(schema['required']));
  for (const name of joined) {
    for (const branch of asArray(schema[name]).filter(isObject)) {
      properties.push(...Object.entries(asObject(branch['properties'])));
      if (name === 'allOf') for (const one of asArray(branch['required'])) required.add(one);
    }
  }
  const rest = Object.fromEntries(Object.entries(schema).filter(([name]) => !branches.some((one) => one === name)));
  return {
    ...rest,
    type: 'object',
    // Not by assignment: a field may be called `__proto__`.
    properties: Object.fromEntries([...properties, ...Object.entries(asObject(schema['properties']))]),
    ...(required.size === 0 ? {} : { required: [...required] }),
  };
}

function encodeChoice(
  choice: ToolChoice,
  tools: readonly FunctionTool[],
  model: string,
  losses: LossSink,
): JsonObject | undefined {
  const can = toolChoices(model);
  switch (choice.type) {
    case 'auto':
      return { auto: {} };
    case 'none':
      losses('tool_choice', 'Converse cannot forbid tools: the model was asked in words not to call one');
      return undefined;
    case 'tool':
      if (!tools.some((tool) => tool.name === choice.name)) {
        losses('tool_choice', `the tool ${choice.name} is not defined`);
        return undefined;
      }
      if (can.tool) return { tool: { name: choice.name } };
      losses('tool_choice', 'this model cannot be told which tool to call');
      return can.any ? { any: {} } : undefined;
    case 'required':
      return demand(can.any, losses);
    case 'allowed':
      return choice.mode === 'required' ? demand(can.any, losses) : { auto: {} };
  }
}

function demand(isKnown: boolean, losses: LossSink): JsonObject | undefined {
  if (isKnown) return { any: {} };
  losses('tool_choice', 'this model cannot be told that it must call a tool');
  return undefined;
}
