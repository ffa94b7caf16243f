/** A client's Messages request in canonical form (https://platform.claude.com/docs/en/api/messages/create). */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import { lookup } from '../../../kit/lookup.ts';
import type {
  CanonicalMessage,
  CanonicalRequest,
  CanonicalTool,
  Effort,
  Json,
  JsonObject,
  OutputFormat,
  ReasoningRequest,
  TextPart,
  ToolCallPart,
  ToolChoice,
} from '../canonical.ts';
import { asArray, asObject, asString, isObject, type DecodeRequestContext } from '../dialect.ts';
import { decodeCache, decodeContent, decodeSystem, type BlockReader } from './decode-content.ts';
import {
  needObject,
  needString,
  optionalArray,
  optionalBoolean,
  optionalNumber,
  optionalString,
  wrong,
} from '../fields.ts';

/** Read below, or a mere hint: the automatic `cache_control` of the whole body tells nothing of what is asked. */
const known = new Set(
  (
    'model messages system stream max_tokens stop_sequences temperature top_p top_k metadata service_tier tools tool_choice ' +
    'thinking output_config output_format cache_control thread'
  ).split(' '),
);
const reasons = lookup<string>({
  context_management: 'only Anthropic edits the context by itself',
  container: 'the provider’s container cannot be reached from elsewhere',
  mcp_servers: 'this target does not call MCP servers',
});
const efforts: readonly string[] = ['low', 'medium', 'high', 'xhigh', 'max'];
/** Claude Code's first system block: who is to be billed, not what the model is to read. */
const attribution = 'x-anthropic-billing-header';

/**
 * Throws `read.invalid_field` for wrong types and `read.thread_unsupported` for message threads, which the SDK answers by sending
 * the whole history itself.
 */
export function decodeRequest(body: JsonObject, context: DecodeRequestContext): CanonicalRequest {
  refuseThread(body);
  noteLosses(body, context);
  const reader: BlockReader = { context, calls: new Map<string, ToolCallPart>() };
  const choice = decodeChoice(body['tool_choice']);
  return {
    model: context.model,
    stream: context.stream,
    messages: [...decodeSystemPrompt(body['system'], reader), ...decodeMessages(body, reader)],
    tools: optionalArray(body['tools'], 'tools').map((tool, index) =>
      decodeTool(tool, `tools[${String(index)}]`, context),
    ),
    toolChoice: choice.toolChoice,
    parallelToolCalls: choice.parallelToolCalls,
    output: decodeFormat(body),
    maxOutputTokens: optionalNumber(body['max_tokens'], 'max_tokens'),
    sampling: {
      temperature: optionalNumber(body['temperature'], 'temperature'),
      topP: optionalNumber(body['top_p'], 'top_p'),
      topK: optionalNumber(body['top_k'], 'top_k'),
      stop: decodeStop(body['stop_sequences']),
    },
    reasoning: decodeReasoning(body),
    userId: decodeUserId(body['metadata']),
    serviceTier: decodeTier(body['service_tier']),
    includeUsage: true,
  };
}

function refuseThread(body: JsonObject): void {
  if (body['thread'] === undefined || body['thread'] === null) return;
  throw new GatewayError(
    'read.thread_unsupported',
    'thread: message threads are kept by Anthropic only. Send the whole conversation without "thread".',
    {
      param: 'thread',
      details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
    },
  );
}

function noteLosses(body: JsonObject, context: DecodeRequestContext): void {
  for (const [name, value] of Object.entries(body)) {
    if (known.has(name) || value === undefined || value === null || (Array.isArray(value) && value.length === 0))
      continue;
    context.losses(name, reasons[name] ?? 'has no counterpart at this target');
  }
  for (const name of Object.keys(asObject(body['output_config']))) {
    if (name !== 'effort' && name !== 'format')
      context.losses(`output_config.${name}`, 'has no counterpart at this target');
  }
}

function decodeSystemPrompt(value: Json | undefined, reader: BlockReader): CanonicalMessage[] {
  if (value === undefined || value === null) return [];
  const parts = decodeSystem(value, 'system', reader).filter(
    (part, index) => index > 0 || !part.text.startsWith(attribution),
  );
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

function decodeMessages(body: JsonObject, reader: BlockReader): CanonicalMessage[] {
  const messages = optionalArray(body['messages'], 'messages');
  if (messages.length === 0) throw wrong('messages', 'an array with at least one message', body['messages']);
  return messages.flatMap((entry, index) => {
    const path = `messages[${String(index)}]`;
    return decodeMessage(needObject(entry, path), path, reader);
  });
}

/** A user turn with tool results becomes a run of results and what the user said beside them. */
function decodeMessage(message: JsonObject, path: string, reader: BlockReader): CanonicalMessage[] {
  const at = `${path}.content`;
  switch (message['role']) {
    case 'system': {
      const parts: TextPart[] = decodeSystem(message['content'], at, reader);
      return [{ role: 'system', parts }];
    }
    case 'assistant':
      return [{ role: 'assistant', parts: decodeContent(message['content'], at, reader) }];
    case 'user': {
      const parts = decodeContent(message['content'], at, reader);
      const results = parts.filter((part) => part.type === 'tool-result');
      const said = parts.filter((part) => part.type !== 'tool-result');
      const turns: CanonicalMessage[] = results.length === 0 ? [] : [{ role: 'tool', parts: results }];
      if (said.length > 0 || results.length === 0) turns.push({ role: 'user', parts: said });
      return turns;
    }
    default:
      throw wrong(`${path}.role`, 'one of user, assistant, system', message['role']);
  }
}

const noParameters: JsonObject = { type: 'object', properties: {} };

function decodeTool(value: Json, path: string, context: DecodeRequestContext): CanonicalTool {
  const tool = needObject(value, path);
  const type = optionalString(tool['type'], `${path}.type`);
  const cache = decodeCache(tool['cache_control'], `${path}.cache_control`);
  if (type !== undefined && type !== 'custom')
    return { kind: 'hosted', name: asString(tool['name']) ?? type, raw: tool, ...cache };
  const schema = tool['input_schema'];
  if (schema !== undefined && schema !== null && !isObject(schema))
    throw wrong(`${path}.input_schema`, 'a JSON Schema object', schema);
  if (tool['defer_loading'] === true)
    context.losses(`${path}.defer_loading`, 'this target is offered the tool from the start');
  if (asArray(tool['input_examples']).length > 0)
    context.losses(`${path}.input_examples`, 'this target takes no examples');
  if (asArray(tool['allowed_callers']).some((caller) => caller !== 'direct'))
    context.losses(`${path}.allowed_callers`, 'this target calls tools directly only');
  const description = optionalString(tool['description'], `${path}.description`);
  const strict = optionalBoolean(tool['strict'], `${path}.strict`);
  return {
    kind: 'function',
    name: needString(tool['name'], `${path}.name`),
    parameters: isObject(schema) ? schema : noParameters,
    ...(description === undefined ? {} : { description }),
    ...(strict === undefined ? {} : { strict }),
    ...cache,
  };
}

function decodeChoice(value: Json | undefined): {
  toolChoice?: ToolChoice | undefined;
  parallelToolCalls?: boolean | undefined;
} {
  if (value === undefined || value === null) return {};
  const choice = needObject(value, 'tool_choice');
  const single = optionalBoolean(choice['disable_parallel_tool_use'], 'tool_choice.disable_parallel_tool_use');
  const parallelToolCalls = single === true ? false : undefined;
  switch (choice['type']) {
    case 'auto':
    case 'none':
      return { toolChoice: { type: choice['type'] }, parallelToolCalls };
    case 'any':
      return { toolChoice: { type: 'required' }, parallelToolCalls };
    case 'tool':
      return { toolChoice: { type: 'tool', name: needString(choice['name'], 'tool_choice.name') }, parallelToolCalls };
    default:
      throw wrong('tool_choice.type', 'one of auto, any, tool, none', choice['type']);
  }
}

/** `output_config.format`, or `output_format` as the beta of 2025 had it. Anthropic gives schemas no name, others need one. */
function decodeFormat(body: JsonObject): OutputFormat | undefined {
  const config = body['output_config'] ?? {};
  const nested = needObject(config, 'output_config')['format'];
  const path = nested === undefined || nested === null ? 'output_format' : 'output_config.format';
  const value = nested ?? body['output_format'];
  if (value === undefined || value === null) return undefined;
  const format = needObject(value, path);
  if (format['type'] !== 'json_schema') throw wrong(`${path}.type`, '"json_schema"', format['type']);
  return { type: 'json_schema', name: 'output', schema: needObject(format['schema'], `${path}.schema`) };
}

function decodeStop(value: Json | undefined): readonly string[] | undefined {
  const stop = optionalArray(value, 'stop_sequences').map((one, index) =>
    needString(one, `stop_sequences[${String(index)}]`),
  );
  return stop.length === 0 ? undefined : stop;
}

/**
 * `display: omitted` hides the thoughts; an effort alone lets the model decide how much to think. Models that take a budget show their
 * thoughts unless told otherwise, the adaptive ones differ by model (platform.claude.com, extended thinking, display).
 */
function decodeReasoning(body: JsonObject): ReasoningRequest | undefined {
  const word = optionalString(
    needObject(body['output_config'] ?? {}, 'output_config')['effort'],
    'output_config.effort',
  );
  if (word !== undefined && !efforts.includes(word))
    throw wrong('output_config.effort', `one of ${efforts.join(', ')}`, word);
  const effort = word === undefined ? {} : { effort: word as Effort };
  const value = body['thinking'];
  if (value === undefined || value === null) return word === undefined ? undefined : { mode: 'adaptive', ...effort };
  const thinking = needObject(value, 'thinking');
  const display = optionalString(thinking['display'], 'thinking.display');
  const shown = display === undefined ? {} : { summary: display === 'omitted' ? ('none' as const) : ('auto' as const) };
  switch (thinking['type']) {
    case 'disabled':
      return { mode: 'off', ...effort };
    case 'adaptive':
      return { mode: 'adaptive', ...effort, ...shown };
    case 'enabled': {
      const budgetTokens = optionalNumber(thinking['budget_tokens'], 'thinking.budget_tokens');
      return {
        mode: 'on',
        ...effort,
        ...(budgetTokens === undefined ? {} : { budgetTokens }),
        summary: shown.summary ?? 'auto',
      };
    }
    default:
      throw wrong('thinking.type', 'one of enabled, adaptive, disabled', thinking['type']);
  }
}

function decodeUserId(metadata: Json | undefined): string | undefined {
  if (metadata === undefined || metadata === null) return undefined;
  return optionalString(needObject(metadata, 'metadata')['user_id'], 'metadata.user_id');
}

/** In canonical form tiers go by OpenAI's words: `default` is the standard tier and no other. */
function decodeTier(value: Json | undefined): string | undefined {
  const tier = optionalString(value, 'service_tier');
  return tier === 'standard_only' ? 'default' : tier;
}
