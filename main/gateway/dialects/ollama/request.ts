/** An Ollama client's request in canonical form (github.com/ollama/ollama, docs/api.md: chat and generate). */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type {
  CanonicalMessage,
  CanonicalPart,
  CanonicalRequest,
  CanonicalTool,
  Json,
  JsonObject,
  OutputFormat,
  ToolCallPart,
} from '../canonical.ts';
import { asArray, asNumber, asObject, asString, isObject, type DecodeRequestContext } from '../dialect.ts';

/** Options of the local runner: memory, threads, context. They mean nothing to a provider elsewhere. */
const runnerOptions = new Set([
  'num_ctx',
  'num_batch',
  'num_gpu',
  'main_gpu',
  'use_mmap',
  'num_thread',
  'num_keep',
  'numa',
  'low_vram',
  'repeat_last_n',
  'penalize_newline',
]);
const readOptions = new Set([
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'seed',
  'stop',
  'num_predict',
  'presence_penalty',
  'frequency_penalty',
  'repeat_penalty',
]);

export function decodeRequest(body: JsonObject, context: DecodeRequestContext): CanonicalRequest {
  const options = asObject(body['options']);
  for (const name of Object.keys(options)) {
    if (!readOptions.has(name) && !runnerOptions.has(name))
      context.losses(`options.${name}`, 'has no counterpart at this target');
  }
  const stop = options['stop'];
  const limit = asNumber(options['num_predict']);
  return {
    model: context.model,
    stream: context.stream,
    messages: body['prompt'] === undefined ? decodeMessages(body, context) : decodePrompt(body, context),
    tools: decodeTools(body['tools']),
    output: decodeFormat(body['format']),
    // Below zero means without limit.
    maxOutputTokens: limit !== undefined && limit > 0 ? limit : undefined,
    sampling: {
      temperature: asNumber(options['temperature']),
      topP: asNumber(options['top_p']),
      topK: asNumber(options['top_k']),
      minP: asNumber(options['min_p']),
      seed: asNumber(options['seed']),
      stop:
        typeof stop === 'string'
          ? [stop]
          : Array.isArray(stop)
            ? asArray(stop).filter((one) => typeof one === 'string')
            : undefined,
      presencePenalty: asNumber(options['presence_penalty']),
      frequencyPenalty: asNumber(options['frequency_penalty']),
      repetitionPenalty: asNumber(options['repeat_penalty']),
    },
    reasoning: decodeThink(body['think']),
    includeUsage: true,
  };
}

function wrong(path: string, expected: string): GatewayError {
  return new GatewayError('read.invalid_field', `${path}: expected ${expected}.`, { param: path });
}

function decodePrompt(body: JsonObject, context: DecodeRequestContext): CanonicalMessage[] {
  if (typeof body['prompt'] !== 'string') throw wrong('prompt', 'a string');
  if (body['suffix'] !== undefined) context.losses('suffix', 'filling in the middle has no counterpart at this target');
  const messages: CanonicalMessage[] = [];
  const system = asString(body['system']);
  if (system !== undefined && system !== '') messages.push({ role: 'system', parts: [{ type: 'text', text: system }] });
  messages.push({ role: 'user', parts: [{ type: 'text', text: body['prompt'] }, ...imagesOf(body['images'])] });
  return messages;
}

function decodeMessages(body: JsonObject, context: DecodeRequestContext): CanonicalMessage[] {
  if (!Array.isArray(body['messages'])) throw wrong('messages', 'an array');
  const messages: CanonicalMessage[] = [];
  // Ollama's calls have no ids: results follow in order, or name their tool.
  const open: ToolCallPart[] = [];
  asArray(body['messages']).forEach((entry, index) => {
    const path = `messages[${String(index)}]`;
    if (!isObject(entry)) throw wrong(path, 'an object');
    const text = asString(entry['content']) ?? '';
    switch (entry['role']) {
      case 'system':
        messages.push({ role: 'system', parts: [{ type: 'text', text }] });
        return;
      case 'user':
        messages.push({ role: 'user', parts: [{ type: 'text', text }, ...imagesOf(entry['images'])] });
        return;
      case 'assistant':
        messages.push({ role: 'assistant', parts: decodeAssistant(entry, text, open, context) });
        return;
      case 'tool':
        messages.push({ role: 'tool', parts: [decodeResult(entry, text, open, context)] });
        return;
      default:
        throw wrong(`${path}.role`, 'one of system, user, assistant, tool');
    }
  });
  return messages;
}

function decodeAssistant(
  entry: JsonObject,
  text: string,
  open: ToolCallPart[],
  context: DecodeRequestContext,
): CanonicalPart[] {
  const parts: CanonicalPart[] = [];
  const thinking = asString(entry['thinking']);
  if (thinking !== undefined && thinking !== '') parts.push({ type: 'reasoning', text: thinking });
  if (text !== '') parts.push({ type: 'text', text });
  for (const call of asArray(entry['tool_calls']).map(asObject)) {
    const called = asObject(call['function']);
    const part: ToolCallPart = {
      type: 'tool-call',
      id: asString(call['id']) ?? context.newId('call_'),
      name: asString(called['name']) ?? '',
      kind: 'function',
      input: JSON.stringify(asObject(called['arguments'])),
    };
    open.push(part);
    parts.push(part);
  }
  return parts;
}

function decodeResult(
  entry: JsonObject,
  text: string,
  open: ToolCallPart[],
  context: DecodeRequestContext,
): CanonicalPart {
  const name = asString(entry['tool_name']) ?? asString(entry['name']);
  const id = asString(entry['tool_call_id']);
  const at = open.findIndex((call) => (id === undefined ? name === undefined || call.name === name : call.id === id));
  const call = at === -1 ? undefined : open.splice(at, 1)[0];
  return {
    type: 'tool-result',
    callId: call?.id ?? id ?? context.newId('call_'),
    kind: 'function',
    name: call?.name ?? name,
    parts: [{ type: 'text', text }],
  };
}

/** Images are bare base64; their type is told by their first bytes. */
function imagesOf(value: Json | undefined): CanonicalPart[] {
  return asArray(value)
    .filter((one) => typeof one === 'string')
    .map((data) => ({ type: 'image', source: { kind: 'base64', mediaType: typeOf(data), data } }));
}

function typeOf(base64: string): string {
  if (base64.startsWith('/9j/')) return 'image/jpeg';
  if (base64.startsWith('R0lGOD')) return 'image/gif';
  return base64.startsWith('UklGR') ? 'image/webp' : 'image/png';
}

function decodeTools(value: Json | undefined): CanonicalTool[] {
  return asArray(value).map((entry, index) => {
    const definition = asObject(asObject(entry)['function']);
    const name = asString(definition['name']);
    if (name === undefined) throw wrong(`tools[${String(index)}].function.name`, 'a string');
    return {
      kind: 'function',
      name,
      description: asString(definition['description']),
      parameters: isObject(definition['parameters']) ? definition['parameters'] : { type: 'object', properties: {} },
    };
  });
}

function decodeFormat(value: Json | undefined): OutputFormat | undefined {
  if (value === 'json') return { type: 'json' };
  return isObject(value) ? { type: 'json_schema', name: 'answer', schema: value } : undefined;
}

function decodeThink(value: Json | undefined): CanonicalRequest['reasoning'] {
  if (value === false) return { mode: 'off' };
  if (value === true) return { mode: 'on' };
  return value === 'low' || value === 'medium' || value === 'high' ? { mode: 'on', effort: value } : undefined;
}
