/** A client's Chat Completions request in canonical form (https://platform.openai.com/docs/api-reference/chat/create). */
import type {
  CanonicalRequest,
  CanonicalTool,
  Effort,
  Json,
  JsonObject,
  OutputFormat,
  Sampling,
  ToolChoice,
} from '../canonical.ts';
import { asObject, asString, isObject, type DecodeRequestContext } from '../dialect.ts';
import { cacheOf, decodeMessages } from './decode-messages.ts';
import {
  needObject,
  needString,
  optionalArray,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalString,
  wrong,
  wrongWord,
} from '../fields.ts';

/** Read below or without effect on what a model answers. */
const known = new Set(
  (
    'model messages stream stream_options tools tool_choice parallel_tool_calls response_format max_tokens max_completion_tokens temperature ' +
    'top_p top_k min_p frequency_penalty presence_penalty repetition_penalty seed random_seed stop n logprobs top_logprobs logit_bias ' +
    'reasoning_effort reasoning thinking verbosity user safety_identifier metadata service_tier prompt_cache_key store functions function_call ' +
    'prompt_cache_retention prompt_cache_options modalities'
  ).split(' '),
);
const efforts: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

export function decodeRequest(body: JsonObject, context: DecodeRequestContext): CanonicalRequest {
  const { losses } = context;
  for (const name of Object.keys(body)) {
    if (!known.has(name) && body[name] !== undefined && body[name] !== null)
      losses(name, 'has no counterpart at this target');
  }
  if (optionalArray(body['modalities'], 'modalities').some((one) => one !== 'text'))
    losses('modalities', 'answers other than text cannot be asked for');
  const messages = optionalArray(body['messages'], 'messages');
  if (messages.length === 0)
    throw wrong(
      'messages',
      'an array with at least one message',
      Array.isArray(body['messages']) ? undefined : body['messages'],
    );
  return {
    model: context.model,
    stream: context.stream,
    messages: decodeMessages(messages, context),
    tools: decodeTools(body),
    toolChoice: decodeToolChoice(body),
    parallelToolCalls: optionalBoolean(body['parallel_tool_calls'], 'parallel_tool_calls'),
    output: decodeFormat(body['response_format']),
    maxOutputTokens:
      optionalNumber(body['max_completion_tokens'], 'max_completion_tokens') ??
      optionalNumber(body['max_tokens'], 'max_tokens'),
    sampling: decodeSampling(body),
    reasoning: decodeReasoning(body),
    verbosity: optionalString(body['verbosity'], 'verbosity'),
    userId: optionalString(body['safety_identifier'], 'safety_identifier') ?? optionalString(body['user'], 'user'),
    metadata: decodeMetadata(body['metadata']),
    serviceTier: optionalString(body['service_tier'], 'service_tier'),
    promptCacheKey: optionalString(body['prompt_cache_key'], 'prompt_cache_key'),
    store: optionalBoolean(body['store'], 'store'),
    includeUsage:
      optionalBoolean(
        optionalObject(body['stream_options'], 'stream_options')?.['include_usage'],
        'stream_options.include_usage',
      ) === true,
    candidateCount: optionalNumber(body['n'], 'n'),
  };
}

function decodeSampling(body: JsonObject): Sampling {
  return {
    temperature: optionalNumber(body['temperature'], 'temperature'),
    topP: optionalNumber(body['top_p'], 'top_p'),
    topK: optionalNumber(body['top_k'], 'top_k'),
    minP: optionalNumber(body['min_p'], 'min_p'),
    frequencyPenalty: optionalNumber(body['frequency_penalty'], 'frequency_penalty'),
    presencePenalty: optionalNumber(body['presence_penalty'], 'presence_penalty'),
    repetitionPenalty: optionalNumber(body['repetition_penalty'], 'repetition_penalty'),
    seed: optionalNumber(body['seed'], 'seed') ?? optionalNumber(body['random_seed'], 'random_seed'),
    stop: decodeStop(body['stop']),
    logprobs: optionalBoolean(body['logprobs'], 'logprobs'),
    topLogprobs: optionalNumber(body['top_logprobs'], 'top_logprobs'),
    logitBias: decodeBias(body['logit_bias']),
  };
}

const noParameters: JsonObject = { type: 'object', properties: {} };

function decodeTools(body: JsonObject): CanonicalTool[] {
  const tools: CanonicalTool[] = optionalArray(body['tools'], 'tools').map((entry, index) => {
    const path = `tools[${String(index)}]`;
    const tool = needObject(entry, path);
    const cache = cacheOf(tool);
    if (tool['type'] === 'custom') return customTool(needObject(tool['custom'], `${path}.custom`), `${path}.custom`);
    // Older clients leave the type out.
    if (tool['type'] === 'function' || (tool['type'] === undefined && tool['function'] !== undefined)) {
      return {
        ...functionTool(needObject(tool['function'], `${path}.function`), `${path}.function`),
        ...(cache === undefined ? {} : { cache }),
      };
    }
    return { kind: 'hosted', name: needString(tool['type'], `${path}.type`), raw: tool };
  });
  optionalArray(body['functions'], 'functions').forEach((entry, index) => {
    const path = `functions[${String(index)}]`;
    tools.push(functionTool(needObject(entry, path), path));
  });
  return tools;
}

function customTool(custom: JsonObject, path: string): CanonicalTool {
  const format = optionalObject(custom['format'], `${path}.format`);
  return {
    kind: 'custom',
    name: needString(custom['name'], `${path}.name`),
    description: optionalString(custom['description'], `${path}.description`),
    format: format === undefined ? undefined : grammarOf(format),
  };
}

/** Chat nests what Responses has flat: `{type: grammar, grammar: {syntax, definition}}`. */
function grammarOf(format: JsonObject): JsonObject {
  return isObject(format['grammar']) ? { type: format['type'], ...format['grammar'] } : format;
}

function functionTool(definition: JsonObject, path: string): CanonicalTool {
  const cache = cacheOf(definition);
  return {
    kind: 'function',
    name: needString(definition['name'], `${path}.name`),
    description: optionalString(definition['description'], `${path}.description`),
    parameters: optionalObject(definition['parameters'], `${path}.parameters`) ?? noParameters,
    strict: optionalBoolean(definition['strict'], `${path}.strict`),
    ...(cache === undefined ? {} : { cache }),
  };
}

const choiceWords = ['auto', 'none', 'required'] as const;

function decodeToolChoice(body: JsonObject): ToolChoice | undefined {
  const param = body['tool_choice'] === undefined || body['tool_choice'] === null ? 'function_call' : 'tool_choice';
  const choice = body[param];
  if (choice === undefined || choice === null) return undefined;
  const word = choiceWords.find((one) => one === choice);
  if (word !== undefined) return { type: word };
  // Mistral's word.
  if (choice === 'any') return { type: 'required' };
  if (typeof choice === 'string') throw wrongWord(param, choiceWords, choice);
  const object = needObject(choice, param);
  if (object['type'] === 'allowed_tools')
    return allowedTools(needObject(object['allowed_tools'], `${param}.allowed_tools`), `${param}.allowed_tools`);
  const isCustom = object['type'] === 'custom';
  const named = asObject(object[isCustom ? 'custom' : 'function']);
  const at = param === 'function_call' ? 'function_call.name' : `tool_choice.${isCustom ? 'custom' : 'function'}.name`;
  return {
    type: 'tool',
    name: needString(named['name'] ?? object['name'], at),
    kind: isCustom ? 'custom' : 'function',
  };
}

function allowedTools(allowed: JsonObject, path: string): ToolChoice {
  const mode = allowed['mode'] ?? 'auto';
  if (mode !== 'auto' && mode !== 'required') throw wrongWord(`${path}.mode`, ['auto', 'required'], mode);
  const names = optionalArray(allowed['tools'], `${path}.tools`).map((entry, index) => {
    const at = `${path}.tools[${String(index)}]`;
    const tool = needObject(entry, at);
    return needString(asObject(tool['function'] ?? tool['custom'])['name'] ?? tool['name'], `${at}.function.name`);
  });
  return { type: 'allowed', mode, names };
}

function decodeFormat(value: Json | undefined): OutputFormat | undefined {
  const format = optionalObject(value, 'response_format');
  if (format === undefined) return undefined;
  switch (format['type']) {
    case 'text':
      return { type: 'text' };
    case 'json_object':
      return { type: 'json' };
    case 'json_schema': {
      const at = 'response_format.json_schema';
      const schema = needObject(format['json_schema'], at);
      return {
        type: 'json_schema',
        name: needString(schema['name'], `${at}.name`),
        schema: optionalObject(schema['schema'], `${at}.schema`) ?? {},
        strict: optionalBoolean(schema['strict'], `${at}.strict`) ?? false,
        description: optionalString(schema['description'], `${at}.description`),
      };
    }
    default:
      throw wrongWord('response_format.type', ['text', 'json_object', 'json_schema'], format['type']);
  }
}

function decodeStop(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) throw wrong('stop', 'a string or an array of strings', value);
  return (value as readonly Json[]).map((one, index) => needString(one, `stop[${String(index)}]`));
}

function decodeBias(value: Json | undefined): Record<string, number> | undefined {
  const bias = optionalObject(value, 'logit_bias');
  if (bias === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(bias).map(([token, one]) => {
      if (typeof one !== 'number') throw wrong(`logit_bias.${token}`, 'a number', one);
      return [token, one];
    }),
  );
}

function decodeMetadata(value: Json | undefined): Record<string, string> | undefined {
  const metadata = optionalObject(value, 'metadata');
  if (metadata === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(metadata).map(([name, one]) => {
      if (typeof one !== 'string') throw wrong(`metadata.${name}`, 'a string', one);
      return [name, one];
    }),
  );
}

/** OpenAI's `reasoning_effort`, OpenRouter's `reasoning`, and the `thinking` of DeepSeek, Zhipu and Moonshot. */
function decodeReasoning(body: JsonObject): CanonicalRequest['reasoning'] {
  const nested = optionalObject(body['reasoning'], 'reasoning') ?? {};
  const thinking = optionalObject(body['thinking'], 'thinking') ?? {};
  const param =
    body['reasoning_effort'] === undefined || body['reasoning_effort'] === null
      ? 'reasoning.effort'
      : 'reasoning_effort';
  const effort = optionalString(param === 'reasoning_effort' ? body['reasoning_effort'] : nested['effort'], param);
  if (effort !== undefined && !efforts.includes(effort)) throw wrongWord(param, efforts, effort);
  const budgetTokens =
    optionalNumber(nested['max_tokens'], 'reasoning.max_tokens') ??
    optionalNumber(thinking['budget_tokens'], 'thinking.budget_tokens');
  const enabled = optionalBoolean(nested['enabled'], 'reasoning.enabled');
  const summary = nested['exclude'] === true ? 'none' : summaryOf(nested['summary']);
  const switched = asString(thinking['type']);
  if (effort === 'none' || enabled === false || (effort === undefined && switched === 'disabled'))
    return { mode: 'off', effort: effort as Effort | undefined, summary };
  if (effort === undefined && budgetTokens === undefined && enabled === undefined && switched === undefined)
    return undefined;
  const isAdaptive = effort === undefined && budgetTokens === undefined && switched === 'adaptive';
  return { mode: isAdaptive ? 'adaptive' : 'on', effort: effort as Effort | undefined, budgetTokens, summary };
}

function summaryOf(value: Json | undefined): 'auto' | 'concise' | 'detailed' | undefined {
  return (['auto', 'concise', 'detailed'] as const).find((one) => one === value);
}
