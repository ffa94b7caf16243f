/** A client's Converse request in canonical form (Amazon Bedrock API reference, Converse, "Request Syntax"). */
import type {
  CanonicalMessage,
  CanonicalPart,
  CanonicalRequest,
  CanonicalTool,
  Effort,
  Json,
  JsonObject,
  OutputFormat,
  ReasoningRequest,
  Sampling,
  ToolChoice,
} from '../canonical.ts';
import { asObject, asString, isObject, type DecodeRequestContext } from '../dialect.ts';
import { cacheOf, decodeMessage } from './decode-content.ts';
import {
  needObject,
  needString,
  optionalArray,
  optionalNumber,
  objectOrEmpty,
  optionalString,
  pointerOf,
  wrong,
  wrongWord,
} from '../fields.ts';

/** Read below, or said by the path, or without effect on what a model answers. */
const known = new Set(
  'modelId messages system inferenceConfig toolConfig additionalModelRequestFields requestMetadata serviceTier outputConfig additionalModelResponseFieldPaths'.split(
    ' ',
  ),
);
const knownExtra = new Set('top_k thinking reasoning_config output_config'.split(' '));
const efforts: readonly string[] = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

export function decodeRequest(body: JsonObject, context: DecodeRequestContext): CanonicalRequest {
  const { losses } = context;
  const extra = objectOrEmpty(body['additionalModelRequestFields'], 'additionalModelRequestFields');
  for (const name of Object.keys(body))
    if (!known.has(name) && body[name] !== null) losses(name, 'has no counterpart at this target');
  for (const name of Object.keys(extra))
    if (!knownExtra.has(name))
      losses(`/additionalModelRequestFields/${name}`, 'is meant for the model named in the path');
  const messages = optionalArray(body['messages'], 'messages');
  if (messages.length === 0) throw wrong('messages', 'an array with at least one message', body['messages']);
  const names = new Map<string, string>();
  const config = objectOrEmpty(body['inferenceConfig'], 'inferenceConfig');
  const toolConfig = objectOrEmpty(body['toolConfig'], 'toolConfig');
  return {
    model: context.model,
    stream: context.stream,
    messages: [
      ...decodeSystem(body['system'], context),
      ...messages.flatMap((message, index) =>
        decodeMessage(needObject(message, `messages[${String(index)}]`), `messages[${String(index)}]`, names, context),
      ),
    ],
    tools: decodeTools(toolConfig),
    toolChoice: decodeToolChoice(toolConfig['toolChoice']),
    output: decodeOutput(body['outputConfig']),
    maxOutputTokens: optionalNumber(config['maxTokens'], 'inferenceConfig.maxTokens'),
    sampling: decodeSampling(config, extra),
    reasoning: decodeReasoningRequest(extra),
    metadata: decodeMetadata(body['requestMetadata']),
    serviceTier: optionalString(objectOrEmpty(body['serviceTier'], 'serviceTier')['type'], 'serviceTier.type'),
  };
}

function decodeSystem(value: Json | undefined, context: DecodeRequestContext): CanonicalMessage[] {
  const parts: CanonicalPart[] = [];
  optionalArray(value, 'system').forEach((entry, index) => {
    const path = `system[${String(index)}]`;
    const block = needObject(entry, path);
    const last = parts.at(-1);
    if (block['text'] !== undefined) parts.push({ type: 'text', text: needString(block['text'], `${path}.text`) });
    else if (isObject(block['cachePoint'])) {
      if (last?.type === 'text') parts[parts.length - 1] = { ...last, cache: cacheOf(block['cachePoint']) };
    } else context.losses(pointerOf(path), 'guarded content has no counterpart at this target');
  });
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

function decodeTools(toolConfig: JsonObject): CanonicalTool[] {
  const tools: CanonicalTool[] = [];
  optionalArray(toolConfig['tools'], 'toolConfig.tools').forEach((entry, index) => {
    const path = `toolConfig.tools[${String(index)}]`;
    const tool = needObject(entry, path);
    const last = tools.at(-1);
    if (isObject(tool['cachePoint'])) {
      if (last !== undefined) tools[tools.length - 1] = { ...last, cache: cacheOf(tool['cachePoint']) };
      return;
    }
    if (isObject(tool['systemTool'])) {
      tools.push({
        kind: 'hosted',
        name: needString(tool['systemTool']['name'], `${path}.systemTool.name`),
        raw: tool,
      });
      return;
    }
    const spec = needObject(tool['toolSpec'], `${path}.toolSpec`);
    tools.push({
      kind: 'function',
      name: needString(spec['name'], `${path}.toolSpec.name`),
      description: optionalString(spec['description'], `${path}.toolSpec.description`),
      parameters: needObject(
        needObject(spec['inputSchema'], `${path}.toolSpec.inputSchema`)['json'],
        `${path}.toolSpec.inputSchema.json`,
      ),
      ...(typeof spec['strict'] === 'boolean' ? { strict: spec['strict'] } : {}),
    });
  });
  return tools;
}

function decodeToolChoice(value: Json | undefined): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined;
  const choice = needObject(value, 'toolConfig.toolChoice');
  if (choice['auto'] !== undefined) return { type: 'auto' };
  if (choice['any'] !== undefined) return { type: 'required' };
  if (choice['tool'] === undefined)
    throw wrong('toolConfig.toolChoice', 'an object with one of auto, any, tool', choice);
  return {
    type: 'tool',
    name: needString(
      needObject(choice['tool'], 'toolConfig.toolChoice.tool')['name'],
      'toolConfig.toolChoice.tool.name',
    ),
    kind: 'function',
  };
}

function decodeOutput(value: Json | undefined): OutputFormat | undefined {
  const format = objectOrEmpty(objectOrEmpty(value, 'outputConfig')['textFormat'], 'outputConfig.textFormat');
  if (format['type'] === undefined) return undefined;
  if (format['type'] !== 'json_schema')
    throw wrongWord('outputConfig.textFormat.type', ['json_schema'], format['type']);
  const path = 'outputConfig.textFormat.structure.jsonSchema';
  const definition = asObject(asObject(format['structure'])['jsonSchema']);
  const text = needString(definition['schema'], `${path}.schema`);
  return {
    type: 'json_schema',
    name: optionalString(definition['name'], `${path}.name`) ?? 'answer',
    schema: schemaOf(text, `${path}.schema`),
    description: optionalString(definition['description'], `${path}.description`),
  };
}

/** Converse takes the schema as JSON text. */
function schemaOf(text: string, path: string): JsonObject {
  try {
    const schema: unknown = JSON.parse(text);
    if (isObject(schema)) return schema;
  } catch {
    // Answered below like any other text that is no schema.
  }
  throw wrong(path, 'the JSON text of a JSON Schema object', text);
}

function decodeSampling(config: JsonObject, extra: JsonObject): Sampling {
  const stop = optionalArray(config['stopSequences'], 'inferenceConfig.stopSequences');
  return {
    temperature: optionalNumber(config['temperature'], 'inferenceConfig.temperature'),
    topP: optionalNumber(config['topP'], 'inferenceConfig.topP'),
    topK: optionalNumber(extra['top_k'], 'additionalModelRequestFields.top_k'),
    stop:
      stop.length === 0
        ? undefined
        : stop.map((one, index) => needString(one, `inferenceConfig.stopSequences[${String(index)}]`)),
  };
}

/** Claude's `thinking` (older: `reasoning_config`) and `output_config.effort`, as its own API names them. */
function decodeReasoningRequest(extra: JsonObject): ReasoningRequest | undefined {
  const thinking = objectOrEmpty(
    extra['thinking'] ?? extra['reasoning_config'],
    'additionalModelRequestFields.thinking',
  );
  const effort = asString(asObject(extra['output_config'])['effort']);
  if (effort !== undefined && !efforts.includes(effort))
    throw wrongWord('additionalModelRequestFields.output_config.effort', efforts, effort);
  const type = thinking['type'];
  if (type === undefined && effort === undefined) return undefined;
  const display = thinking['display'];
  return {
    mode: type === 'disabled' ? 'off' : type === 'enabled' ? 'on' : 'adaptive',
    effort: effort as Effort | undefined,
    budgetTokens: optionalNumber(thinking['budget_tokens'], 'additionalModelRequestFields.thinking.budget_tokens'),
    summary: display === 'omitted' ? 'none' : display === 'summarized' ? 'auto' : undefined,
  };
}

function decodeMetadata(value: Json | undefined): Record<string, string> | undefined {
  if (value === undefined || value === null) return undefined;
  const metadata: Record<string, string> = {};
  for (const [name, one] of Object.entries(needObject(value, 'requestMetadata')))
    metadata[name] = needString(one, `requestMetadata.${name}`);
  return metadata;
}
