/** A client's Responses request → canonical form (OpenAI reference: "Create a model response"). */
import type {
  CanonicalRequest,
  Effort,
  JsonObject,
  LossSink,
  OutputFormat,
  ReasoningRequest,
  Sampling,
} from '../canonical.ts';
import type { DecodeRequestContext } from '../dialect.ts';
import {
  needText,
  optionalArray,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalString,
  refuse,
  wrong,
} from '../fields.ts';
import { InputReader } from './input-items.ts';
import { decodeToolChoice, decodeTools } from './tools.ts';

/** What `decodeRequest` acts on, or what means nothing to another provider (hints, labels of the client, transport). */
const understood = new Set([
  'model',
  'stream',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
  'max_output_tokens',
  'temperature',
  'top_p',
  'top_logprobs',
  'include',
  'store',
  'metadata',
  'safety_identifier',
  'user',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'client_metadata',
  // Replaced by the items it stands for before a request is decoded.
  'previous_response_id',
  'stream_options',
  'background',
  'conversation',
  'prompt',
  'truncation',
]);

const efforts: ReadonlySet<string> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);

function decodeSummary(summary: string | undefined): ReasoningRequest['summary'] {
  if (summary === undefined || summary === 'none' || summary === 'concise' || summary === 'detailed') return summary;
  return 'auto';
}

function decodeReasoning(body: JsonObject, losses: LossSink): ReasoningRequest | undefined {
  const reasoning = optionalObject(body['reasoning'], 'reasoning');
  if (reasoning === undefined) return undefined;
  const effort = optionalString(reasoning['effort'], 'reasoning.effort');
  const known = effort !== undefined && efforts.has(effort) ? (effort as Effort) : undefined;
  if (effort !== known) losses('reasoning.effort', `"${effort ?? ''}" is not known here; high is asked for`);
  const summary =
    optionalString(reasoning['summary'], 'reasoning.summary') ??
    optionalString(reasoning['generate_summary'], 'reasoning.generate_summary');
  const mode = optionalString(reasoning['mode'], 'reasoning.mode');
  if (mode !== undefined && mode !== 'standard') losses('reasoning.mode', 'no other dialect has modes of reasoning');
  if (effort === undefined && summary === undefined) return undefined;
  return {
    mode: effort === 'none' ? 'off' : effort === undefined ? 'adaptive' : 'on',
    effort: known ?? (effort === undefined ? undefined : 'high'),
    summary: decodeSummary(summary),
  };
}

function decodeFormat(text: JsonObject): OutputFormat | undefined {
  const format = optionalObject(text['format'], 'text.format');
  if (format === undefined) return undefined;
  const type = needText(format['type'], 'text.format.type');
  switch (type) {
    case 'text':
      return { type: 'text' };
    case 'json_object':
      return { type: 'json' };
    case 'json_schema':
      return {
        type: 'json_schema',
        name: needText(format['name'], 'text.format.name'),
        schema: optionalObject(format['schema'], 'text.format.schema') ?? {},
        strict: optionalBoolean(format['strict'], 'text.format.strict') ?? false,
        description: optionalString(format['description'], 'text.format.description'),
      };
    default:
      return refuse('text.format.type', `"${type}" is not known. Use text, json_object or json_schema.`);
  }
}

interface Includes {
  readonly encrypted?: boolean | undefined;
  readonly logprobs: boolean;
}

function decodeInclude(body: JsonObject, losses: LossSink): Includes {
  const wanted = optionalArray(body['include'], 'include').map((entry, index) =>
    needText(entry, `include[${String(index)}]`),
  );
  for (const entry of wanted) {
    if (entry !== 'reasoning.encrypted_content' && entry !== 'message.output_text.logprobs') {
      losses(`include.${entry}`, 'only OpenAI answers with it');
    }
  }
  return {
    encrypted: wanted.includes('reasoning.encrypted_content') ? true : undefined,
    logprobs: wanted.includes('message.output_text.logprobs'),
  };
}

function decodeSampling(body: JsonObject, logprobs: boolean): Sampling {
  const topLogprobs = optionalNumber(body['top_logprobs'], 'top_logprobs');
  const wanted = logprobs || (topLogprobs ?? 0) > 0;
  return {
    temperature: optionalNumber(body['temperature'], 'temperature'),
    topP: optionalNumber(body['top_p'], 'top_p'),
    logprobs: wanted ? true : undefined,
    topLogprobs: wanted ? topLogprobs : undefined,
  };
}

function decodeMetadata(body: JsonObject): Record<string, string> | undefined {
  const metadata = optionalObject(body['metadata'], 'metadata');
  if (metadata === undefined) return undefined;
  const kept = Object.entries(metadata).map(([key, value]) => [key, needText(value, `metadata.${key}`)] as const);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Fields whose meaning is state at OpenAI: without them the question is another one, so the request is refused. */
function refuseStored(body: JsonObject): void {
  if (optionalBoolean(body['background'], 'background') === true) {
    refuse('background', 'this model cannot run in the background. Leave background out and use stream: true.');
  }
  if (body['conversation'] !== undefined && body['conversation'] !== null) {
    refuse('conversation', 'it is stored at OpenAI. Send the messages in input, or use previous_response_id.');
  }
  if (body['prompt'] !== undefined && body['prompt'] !== null) {
    refuse('prompt', 'the template is stored at OpenAI. Send its text in instructions and input.');
  }
}

function recordUnknown(body: JsonObject, losses: LossSink): void {
  for (const [field, value] of Object.entries(body)) {
    if (!understood.has(field) && value !== null && value !== undefined)
      losses(field, 'no other dialect has this field');
  }
  if (body['truncation'] === 'auto') losses('truncation', 'the conversation is sent whole');
}

/** Throws `read.invalid_field` for wrong types of what we act on; unknown fields are losses. */
export function decodeRequest(body: JsonObject, context: DecodeRequestContext): CanonicalRequest {
  const { losses } = context;
  refuseStored(body);
  recordUnknown(body, losses);
  const instructions = body['instructions'];
  const reader = new InputReader(losses);
  reader.addTools(decodeTools(body['tools'], 'tools', losses));
  reader.read(body['input']);
  if (typeof instructions !== 'string' && instructions !== undefined && instructions !== null) {
    throw wrong('instructions', 'a string', instructions);
  }
  const system =
    typeof instructions === 'string' && instructions !== ''
      ? [{ role: 'system' as const, parts: [{ type: 'text' as const, text: instructions }] }]
      : [];
  const text = optionalObject(body['text'], 'text') ?? {};
  const include = decodeInclude(body, losses);
  return {
    model: context.model === '' ? needText(body['model'], 'model') : context.model,
    stream: context.stream,
    messages: [...system, ...reader.messages],
    tools: reader.tools,
    toolChoice: decodeToolChoice(body['tool_choice'], losses),
    parallelToolCalls: optionalBoolean(body['parallel_tool_calls'], 'parallel_tool_calls'),
    output: decodeFormat(text),
    maxOutputTokens: optionalNumber(body['max_output_tokens'], 'max_output_tokens'),
    sampling: decodeSampling(body, include.logprobs),
    reasoning: decodeReasoning(body, losses),
    verbosity: optionalString(text['verbosity'], 'text.verbosity'),
    userId: optionalString(body['safety_identifier'], 'safety_identifier') ?? optionalString(body['user'], 'user'),
    metadata: decodeMetadata(body),
    serviceTier: optionalString(body['service_tier'], 'service_tier'),
    promptCacheKey: optionalString(body['prompt_cache_key'], 'prompt_cache_key'),
    store: optionalBoolean(body['store'], 'store'),
    includeEncryptedReasoning: include.encrypted,
  };
}
