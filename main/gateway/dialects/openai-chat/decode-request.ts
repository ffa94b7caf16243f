/** A client's Chat Completions request in canonical form (https://platform.openai.com/docs/api-reference/chat/create). */
import type {
  CanonicalMessage,
  CanonicalPart,
  CanonicalRequest,
  CanonicalTool,
  DocumentPart,
  Effort,
  ImagePart,
  Json,
  JsonObject,
  MediaSource,
  OutputFormat,
  TextPart,
  ToolCallPart,
  ToolChoice,
} from '../canonical.ts';
import { asArray, asObject, asString, isObject, type DecodeRequestContext } from '../dialect.ts';
import { needObject, needString, optionalArray, optionalBoolean, optionalNumber, optionalString, wrong } from './fields.ts';

/** Read below or without effect on what a model answers. */
const known = new Set(
  (
    'model messages stream stream_options tools tool_choice parallel_tool_calls response_format max_tokens max_completion_tokens temperature ' +
    'top_p top_k min_p frequency_penalty presence_penalty repetition_penalty seed stop n logprobs top_logprobs logit_bias reasoning_effort reasoning ' +
    'verbosity user safety_identifier metadata service_tier prompt_cache_key store functions function_call prompt_cache_retention'
  ).split(' '),
);
const efforts: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

export function decodeRequest(body: JsonObject, context: DecodeRequestContext): CanonicalRequest {
  const { losses } = context;
  for (const name of Object.keys(body)) {
    if (!known.has(name) && body[name] !== undefined && body[name] !== null) losses(name, 'has no counterpart at this target');
  }
  const messages = optionalArray(body['messages'], 'messages');
  if (messages.length === 0) throw wrong('messages', 'an array with at least one message', body['messages']);
  const calls = new Map<string, ToolCallPart>();
  const decoded = messages.map((message, index) => decodeMessage(needObject(message, `messages[${String(index)}]`), `messages[${String(index)}]`, calls, context));
  return {
    model: context.model,
    stream: context.stream,
    messages: joinToolMessages(decoded),
    tools: decodeTools(body),
    toolChoice: decodeToolChoice(body),
    parallelToolCalls: optionalBoolean(body['parallel_tool_calls'], 'parallel_tool_calls'),
    output: decodeFormat(body['response_format']),
    maxOutputTokens: optionalNumber(body['max_completion_tokens'], 'max_completion_tokens') ?? optionalNumber(body['max_tokens'], 'max_tokens'),
    sampling: {
      temperature: optionalNumber(body['temperature'], 'temperature'),
      topP: optionalNumber(body['top_p'], 'top_p'),
      topK: optionalNumber(body['top_k'], 'top_k'),
      minP: optionalNumber(body['min_p'], 'min_p'),
      frequencyPenalty: optionalNumber(body['frequency_penalty'], 'frequency_penalty'),
      presencePenalty: optionalNumber(body['presence_penalty'], 'presence_penalty'),
      repetitionPenalty: optionalNumber(body['repetition_penalty'], 'repetition_penalty'),
      seed: optionalNumber(body['seed'], 'seed'),
      stop: decodeStop(body['stop']),
      logprobs: optionalBoolean(body['logprobs'], 'logprobs'),
      topLogprobs: optionalNumber(body['top_logprobs'], 'top_logprobs'),
      logitBias: decodeNumbers(body['logit_bias'], 'logit_bias'),
    },
    reasoning: decodeReasoning(body),
    verbosity: optionalString(body['verbosity'], 'verbosity'),
    userId: optionalString(body['safety_identifier'], 'safety_identifier') ?? optionalString(body['user'], 'user'),
    metadata: decodeMetadata(body['metadata']),
    serviceTier: optionalString(body['service_tier'], 'service_tier'),
    promptCacheKey: optionalString(body['prompt_cache_key'], 'prompt_cache_key'),
    store: optionalBoolean(body['store'], 'store'),
    includeUsage: asObject(body['stream_options'])['include_usage'] === true,
    candidateCount: optionalNumber(body['n'], 'n'),
  };
}

/** Results of parallel calls come as one message each; canonically they are one run. */
function joinToolMessages(messages: readonly CanonicalMessage[]): CanonicalMessage[] {
  const joined: CanonicalMessage[] = [];
  for (const message of messages) {
    const last = joined[joined.length - 1];
    if (message.role === 'tool' && last?.role === 'tool') joined[joined.length - 1] = { ...last, parts: [...last.parts, ...message.parts] };
    else joined.push(message);
  }
  return joined;
}

function decodeMessage(message: JsonObject, path: string, calls: Map<string, ToolCallPart>, context: DecodeRequestContext): CanonicalMessage {
  const role = message['role'];
  const name = optionalString(message['name'], `${path}.name`);
  switch (role) {
    case 'system':
    case 'developer':
      return { role: 'system', parts: decodeContent(message['content'], `${path}.content`, context), developer: role === 'developer', name };
    case 'user':
      return { role: 'user', parts: decodeContent(message['content'], `${path}.content`, context), name };
    case 'assistant':
      return { role: 'assistant', parts: decodeAssistant(message, path, calls, context), name };
    case 'tool':
    case 'function': {
      const id = role === 'tool' ? needString(message['tool_call_id'], `${path}.tool_call_id`) : functionCallId(name ?? '');
      const call = calls.get(id);
      const parts = decodeContent(message['content'], `${path}.content`, context).filter(isResultPart);
      return { role: 'tool', parts: [{ type: 'tool-result', callId: id, kind: call?.kind ?? 'function', name: call?.name ?? name, parts }] };
    }
    default:
      throw wrong(`${path}.role`, 'one of system, developer, user, assistant, tool', role);
  }
}

/** The legacy form knows no ids: one call of a name at a time. */
function functionCallId(name: string): string {
  return `call_${name}`;
}

function isResultPart(part: CanonicalPart): part is TextPart | ImagePart | DocumentPart {
  return part.type === 'text' || part.type === 'image' || part.type === 'document';
}

function decodeAssistant(message: JsonObject, path: string, calls: Map<string, ToolCallPart>, context: DecodeRequestContext): CanonicalPart[] {
  const parts: CanonicalPart[] = [];
  const reasoning = asString(message['reasoning_content']) ?? asString(message['reasoning']);
  if (reasoning !== undefined && reasoning !== '') parts.push({ type: 'reasoning', text: reasoning });
  if (message['content'] !== null && message['content'] !== undefined) parts.push(...decodeContent(message['content'], `${path}.content`, context));
  const refusal = optionalString(message['refusal'], `${path}.refusal`);
  if (refusal !== undefined) parts.push({ type: 'refusal', text: refusal });
  optionalArray(message['tool_calls'], `${path}.tool_calls`).forEach((entry, index) => {
    const at = `${path}.tool_calls[${String(index)}]`;
    const call = decodeCall(needObject(entry, at), at);
    calls.set(call.id, call);
    parts.push(call);
  });
  const legacy = message['function_call'];
  if (isObject(legacy)) {
    const name = needString(legacy['name'], `${path}.function_call.name`);
    const call: ToolCallPart = { type: 'tool-call', id: functionCallId(name), name, kind: 'function', input: inputOf(legacy['arguments']) };
    calls.set(call.id, call);
    parts.push(call);
  }
  return parts;
}

function decodeCall(entry: JsonObject, path: string): ToolCallPart {
  const id = needString(entry['id'], `${path}.id`);
  if (entry['type'] === 'custom') {
    const custom = needObject(entry['custom'], `${path}.custom`);
    return { type: 'tool-call', id, name: needString(custom['name'], `${path}.custom.name`), kind: 'custom', input: asString(custom['input']) ?? '' };
  }
  const called = needObject(entry['function'], `${path}.function`);
  const signature = asString(asObject(asObject(entry['extra_content'])['google'])['thought_signature']);
  return {
    type: 'tool-call',
    id,
    name: needString(called['name'], `${path}.function.name`),
    kind: 'function',
    input: inputOf(called['arguments']),
    opaque: signature === undefined ? undefined : { mint: '', form: 'thought_signature', data: signature },
  };
}

/** JSON text of an object, never empty: some servers send the object itself, some nothing for no arguments. */
export function inputOf(value: Json | undefined): string {
  if (typeof value === 'string') return value.trim() === '' ? '{}' : value;
  return isObject(value) ? JSON.stringify(value) : '{}';
}

function decodeContent(content: Json | undefined, path: string, context: DecodeRequestContext): CanonicalPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (content === null || content === undefined) return [];
  if (!Array.isArray(content)) throw wrong(path, 'a string or an array of parts', content);
  return (content as readonly Json[]).flatMap((part, index) => decodePart(needObject(part, `${path}[${String(index)}]`), `${path}[${String(index)}]`, context));
}

function decodePart(part: JsonObject, path: string, context: DecodeRequestContext): CanonicalPart[] {
  switch (part['type']) {
    case 'text': {
      if (typeof part['text'] !== 'string') throw wrong(`${path}.text`, 'a string', part['text']);
      const cache = isObject(part['cache_control']) ? {} : undefined;
      return [{ type: 'text', text: part['text'], cache }];
    }
    case 'refusal':
      return [{ type: 'refusal', text: needString(part['refusal'], `${path}.refusal`) }];
    case 'image_url': {
      const image = typeof part['image_url'] === 'string' ? { url: part['image_url'] } : needObject(part['image_url'], `${path}.image_url`);
      const url = needString(image['url'], `${path}.image_url.url`);
      return [{ type: 'image', source: sourceOfUrl(url), detail: asString(image['detail']) }];
    }
    case 'input_audio': {
      const audio = needObject(part['input_audio'], `${path}.input_audio`);
      const format = needString(audio['format'], `${path}.input_audio.format`);
      return [{ type: 'audio', source: { kind: 'base64', mediaType: `audio/${format}`, data: needString(audio['data'], `${path}.input_audio.data`) } }];
    }
    case 'file': {
      const file = needObject(part['file'], `${path}.file`);
      const name = asString(file['filename']);
      const data = asString(file['file_data']);
      if (data !== undefined) return [{ type: 'document', source: sourceOfUrl(data, 'application/pdf'), name }];
      return [{ type: 'document', source: { kind: 'file', id: needString(file['file_id'], `${path}.file.file_id`) }, name }];
    }
    case 'video_url':
      context.losses(path, 'video input has no counterpart at this target');
      return [];
    default:
      throw wrong(`${path}.type`, 'one of text, image_url, input_audio, file, refusal', part['type']);
  }
}

/** `data:` URLs carry their bytes; a bare base64 text is taken as the default type. */
export function sourceOfUrl(url: string, bareType?: string): MediaSource {
  const match = /^data:([^;,]*)((?:;[^;,]*)*),/.exec(url);
  if (match !== null) return { kind: 'base64', mediaType: match[1] === '' || match[1] === undefined ? 'application/octet-stream' : match[1], data: url.slice(match[0].length) };
  if (bareType !== undefined && !/^[a-z]+:/i.test(url)) return { kind: 'base64', mediaType: bareType, data: url };
  return { kind: 'url', url };
}

const noParameters: JsonObject = { type: 'object', properties: {} };

function decodeTools(body: JsonObject): CanonicalTool[] {
  const tools: CanonicalTool[] = optionalArray(body['tools'], 'tools').map((entry, index) => {
    const path = `tools[${String(index)}]`;
    const tool = needObject(entry, path);
    if (tool['type'] === 'custom') {
      const custom = needObject(tool['custom'], `${path}.custom`);
      const format = isObject(custom['format']) ? grammarOf(custom['format']) : undefined;
      return { kind: 'custom', name: needString(custom['name'], `${path}.custom.name`), description: asString(custom['description']), format };
    }
    if (tool['type'] !== 'function') return { kind: 'hosted', name: asString(tool['type']) ?? 'unknown', raw: tool };
    return functionTool(needObject(tool['function'], `${path}.function`), `${path}.function`);
  });
  optionalArray(body['functions'], 'functions').forEach((entry, index) => {
    const path = `functions[${String(index)}]`;
    tools.push(functionTool(needObject(entry, path), path));
  });
  return tools;
}

/** Chat nests what Responses has flat: `{type: grammar, grammar: {syntax, definition}}`. */
function grammarOf(format: JsonObject): JsonObject {
  return isObject(format['grammar']) ? { type: format['type'], ...format['grammar'] } : format;
}

function functionTool(definition: JsonObject, path: string): CanonicalTool {
  const parameters = definition['parameters'];
  if (parameters !== undefined && parameters !== null && !isObject(parameters)) throw wrong(`${path}.parameters`, 'a JSON Schema object', parameters);
  return {
    kind: 'function',
    name: needString(definition['name'], `${path}.name`),
    description: optionalString(definition['description'], `${path}.description`),
    parameters: isObject(parameters) ? parameters : noParameters,
    strict: optionalBoolean(definition['strict'], `${path}.strict`),
  };
}

function decodeToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = body['tool_choice'] ?? body['function_call'];
  if (choice === undefined || choice === null) return undefined;
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice };
  if (choice === 'any') return { type: 'required' };
  const object = needObject(choice, 'tool_choice');
  if (object['type'] === 'allowed_tools') {
    const allowed = asObject(object['allowed_tools']);
    const names = asArray(allowed['tools']).map((tool) => asString(asObject(asObject(tool)['function'])['name']) ?? '');
    return { type: 'allowed', mode: allowed['mode'] === 'required' ? 'required' : 'auto', names };
  }
  const isCustom = object['type'] === 'custom';
  const named = asObject(object[isCustom ? 'custom' : 'function']);
  return { type: 'tool', name: needString(named['name'] ?? object['name'], 'tool_choice.function.name'), kind: isCustom ? 'custom' : 'function' };
}

function decodeFormat(value: Json | undefined): OutputFormat | undefined {
  if (value === undefined || value === null) return undefined;
  const format = needObject(value, 'response_format');
  switch (format['type']) {
    case 'text':
      return { type: 'text' };
    case 'json_object':
      return { type: 'json' };
    case 'json_schema': {
      const schema = needObject(format['json_schema'], 'response_format.json_schema');
      return {
        type: 'json_schema',
        name: needString(schema['name'], 'response_format.json_schema.name'),
        schema: asObject(schema['schema']),
        strict: optionalBoolean(schema['strict'], 'response_format.json_schema.strict'),
        description: asString(schema['description']),
      };
    }
    default:
      throw wrong('response_format.type', 'one of text, json_object, json_schema', format['type']);
  }
}

function decodeStop(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return [value];
  return optionalArray(value, 'stop').map((one, index) => needString(one, `stop[${String(index)}]`));
}

function decodeNumbers(value: Json | undefined, path: string): Record<string, number> | undefined {
  if (value === undefined || value === null) return undefined;
  const numbers: Record<string, number> = {};
  for (const [name, one] of Object.entries(needObject(value, path))) if (typeof one === 'number') numbers[name] = one;
  return numbers;
}

function decodeMetadata(value: Json | undefined): Record<string, string> | undefined {
  if (!isObject(value)) return undefined;
  const metadata: Record<string, string> = {};
  for (const [name, one] of Object.entries(value)) if (typeof one === 'string') metadata[name] = one;
  return metadata;
}

function decodeReasoning(body: JsonObject): CanonicalRequest['reasoning'] {
  const nested = asObject(body['reasoning']);
  const effort = asString(body['reasoning_effort']) ?? asString(nested['effort']);
  const budget = typeof nested['max_tokens'] === 'number' ? nested['max_tokens'] : undefined;
  if (effort === undefined && budget === undefined) return undefined;
  if (effort !== undefined && !efforts.includes(effort)) throw wrong('reasoning_effort', `one of ${efforts.join(', ')}`, effort);
  return { mode: effort === 'none' ? 'off' : 'on', effort: effort as Effort | undefined, budgetTokens: budget, summary: nested['exclude'] === true ? 'none' : undefined };
}
