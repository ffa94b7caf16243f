/** A canonical request as Chat Completions, with the rules of the target's vendor and model. */
import { createHash } from 'node:crypto';
import type { CanonicalMessage, CanonicalPart, CanonicalRequest, Json, JsonObject, LossSink, MediaSource, ToolChoice } from '../canonical.ts';
import type { EncodedRequest, EncodeRequestContext, TargetRules } from '../dialect.ts';

type Body = Record<string, Json | undefined>;

export function encodeRequest(request: CanonicalRequest, context: EncodeRequestContext): EncodedRequest {
  const { rules, losses } = context;
  const ids = (id: string): string => (rules.mistral === true ? shortId(id) : id);
  const body: Body = { model: request.model, messages: request.messages.flatMap((message, index) => encodeMessage(message, `/messages/${String(index)}`, context, ids)) };
  if (request.stream) {
    body['stream'] = true;
    if (rules.noStreamOptions !== true) body['stream_options'] = { include_usage: true };
  }
  if (request.maxOutputTokens !== undefined) body[rules.maxCompletionTokens === true ? 'max_completion_tokens' : 'max_tokens'] = request.maxOutputTokens;
  addTools(body, request, rules, losses);
  addSampling(body, request, rules, losses);
  addFormat(body, request, rules, losses);
  addReasoning(body, request, rules, losses);
  if (request.verbosity !== undefined) body['verbosity'] = request.verbosity;
  if (request.userId !== undefined) body['user'] = request.userId.slice(0, 512);
  if (request.metadata !== undefined && request.store === true) body['metadata'] = request.metadata;
  if (request.serviceTier !== undefined) body['service_tier'] = request.serviceTier;
  if (request.promptCacheKey !== undefined) body['prompt_cache_key'] = request.promptCacheKey;
  if (request.store !== undefined) body['store'] = request.store;
  if ((request.candidateCount ?? 1) > 1) losses('n', 'only one answer crosses between dialects');
  for (const name of rules.refusedFields ?? []) {
    if (body[name] === undefined) continue;
    Reflect.deleteProperty(body, name);
    if (name !== 'stream_options' && name !== 'store') losses(name, 'this target refuses the field');
  }
  return { body };
}

/** Mistral takes ids of exactly nine letters and digits (docs.mistral.ai, function calling): the same id always becomes the same. */
function shortId(id: string): string {
  if (/^[A-Za-z0-9]{9}$/.test(id)) return id;
  return createHash('sha256').update(id).digest('hex').slice(0, 9);
}

function encodeMessage(message: CanonicalMessage, path: string, context: EncodeRequestContext, ids: (id: string) => string): Body[] {
  const { losses, rules } = context;
  const named = message.name === undefined ? {} : { name: message.name };
  switch (message.role) {
    case 'system':
      return [{ role: message.developer === true && rules.developerRole === true ? 'developer' : 'system', content: encodeContent(message.parts, path, losses), ...named }];
    case 'user':
      return [{ role: 'user', content: encodeContent(message.parts, path, losses), ...named }];
    case 'assistant':
      return [{ ...encodeAssistant(message.parts, path, context, ids), ...named }];
    case 'tool':
      return encodeResults(message.parts, path, losses, ids);
  }
}

function encodeAssistant(parts: readonly CanonicalPart[], path: string, context: EncodeRequestContext, ids: (id: string) => string): Body {
  const { rules, losses } = context;
  const message: Body = { role: 'assistant', content: null };
  const rest = parts.filter((part) => part.type === 'text');
  if (rest.length > 0) message['content'] = encodeContent(rest, path, losses);
  const reasoning = parts.filter((part) => part.type === 'reasoning').map((part) => part.text).join('');
  if (reasoning !== '') {
    if (rules.reasoningField !== undefined) message[rules.reasoningField] = reasoning;
    else losses(`${path}/reasoning`, 'earlier reasoning has no place in Chat Completions');
  }
  const refusal = parts.filter((part) => part.type === 'refusal').map((part) => part.text).join('');
  if (refusal !== '') message['refusal'] = refusal;
  const calls = parts.filter((part) => part.type === 'tool-call').map((part) => ({
    id: ids(part.id),
    type: 'function',
    function: { name: part.name, arguments: part.input === '' ? '{}' : part.input },
    ...(part.opaque?.form === 'thought_signature' ? { extra_content: { google: { thought_signature: part.opaque.data } } } : {}),
  }));
  if (calls.length > 0) message['tool_calls'] = calls;
  else if (message['content'] === null && refusal === '') message['content'] = '';
  for (const part of parts) {
    if (part.type === 'image' || part.type === 'document' || part.type === 'audio') losses(`${path}/${part.type}`, 'an assistant message of Chat Completions holds text only');
  }
  return message;
}

/** One message a result; what is no text goes into a user message behind them, because a tool message cannot hold it. */
function encodeResults(parts: readonly CanonicalPart[], path: string, losses: LossSink, ids: (id: string) => string): Body[] {
  const messages: Body[] = [];
  const moved: CanonicalPart[] = [];
  for (const part of parts) {
    if (part.type !== 'tool-result') {
      moved.push(part);
      continue;
    }
    const texts = part.parts.filter((one) => one.type === 'text').map((one) => one.text);
    const others = part.parts.filter((one) => one.type !== 'text');
    if (others.length > 0) {
      losses(`${path}/${part.callId}`, 'images and files of a tool result were moved behind it');
      moved.push({ type: 'text', text: `Attached to the result of ${part.name ?? part.callId}:` }, ...others);
      if (texts.length === 0) texts.push('The result is attached below.');
    }
    const text = texts.join('\n');
    messages.push({ role: 'tool', tool_call_id: ids(part.callId), content: part.isError === true && !/error/i.test(text) ? `Error: ${text}` : text });
  }
  if (moved.length > 0) messages.push({ role: 'user', content: encodeContent(moved, path, losses) });
  return messages;
}

/** A single text is a string: every server takes that; several parts are an array. */
function encodeContent(parts: readonly CanonicalPart[], path: string, losses: LossSink): Json {
  if (parts.every((part) => part.type === 'text')) {
    if (parts.length === 1 && parts[0]?.type === 'text') return parts[0].text;
    if (parts.length === 0) return '';
  }
  return parts.flatMap((part) => encodePart(part, path, losses));
}

function encodePart(part: CanonicalPart, path: string, losses: LossSink): JsonObject[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text }];
    case 'image': {
      const url = urlOf(part.source);
      if (url === undefined) return lost(`${path}/image`, 'a file id of another provider cannot be used', losses);
      return [{ type: 'image_url', image_url: { url, ...(part.detail === undefined ? {} : { detail: part.detail }) } }];
    }
    case 'document':
      return encodeDocument(part.source, part.name, path, losses);
    case 'audio': {
      if (part.source.kind !== 'base64') return lost(`${path}/audio`, 'audio must be sent as bytes', losses);
      const format = part.source.mediaType.replace(/^audio\/(x-)?/, '').replace('mpeg', 'mp3');
      return [{ type: 'input_audio', input_audio: { data: part.source.data, format } }];
    }
    case 'refusal':
      return [{ type: 'text', text: part.text }];
    default:
      return lost(`${path}/${part.type}`, 'has no place in this message', losses);
  }
}

function encodeDocument(source: MediaSource, name: string | undefined, path: string, losses: LossSink): JsonObject[] {
  switch (source.kind) {
    case 'text':
      return [{ type: 'text', text: name === undefined ? source.text : `${name}:\n${source.text}` }];
    case 'base64':
      return [{ type: 'file', file: { filename: name ?? 'document.pdf', file_data: `data:${source.mediaType};base64,${source.data}` } }];
    case 'file':
      return lost(`${path}/document`, 'a file id of another provider cannot be used', losses);
    case 'url':
      return lost(`${path}/document`, 'Chat Completions takes files as bytes, not by URL', losses);
  }
}

function lost(path: string, why: string, losses: LossSink): JsonObject[] {
  losses(path, why);
  return [];
}

function urlOf(source: MediaSource): string | undefined {
  if (source.kind === 'url') return source.url;
  return source.kind === 'base64' ? `data:${source.mediaType};base64,${source.data}` : undefined;
}

function addTools(body: Body, request: CanonicalRequest, rules: TargetRules, losses: LossSink): void {
  const tools = request.tools.flatMap((tool): JsonObject[] => {
    if (tool.kind !== 'function') return lost(`/tools/${tool.name}`, 'Chat Completions takes plain functions only', losses);
    return [
      {
        type: 'function',
        function: {
          name: tool.name,
          ...(tool.description === undefined ? {} : { description: tool.description }),
          parameters: tool.parameters,
          ...(tool.strict === undefined ? {} : { strict: tool.strict }),
        },
      },
    ];
  });
  if (tools.length === 0) return;
  body['tools'] = tools;
  if (request.toolChoice !== undefined) body['tool_choice'] = encodeChoice(request.toolChoice, rules);
  if (request.parallelToolCalls !== undefined) {
    if (rules.noParallelToolCalls === true) losses('parallel_tool_calls', 'this target cannot be told');
    else body['parallel_tool_calls'] = request.parallelToolCalls;
  }
}

function encodeChoice(choice: ToolChoice, rules: TargetRules): Json {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return choice.type;
    case 'required':
      return rules.mistral === true ? 'any' : 'required';
    case 'tool':
      return { type: 'function', function: { name: choice.name } };
    case 'allowed':
      return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: choice.names.map((name) => ({ type: 'function', function: { name } })) } };
  }
}

function addSampling(body: Body, request: CanonicalRequest, rules: TargetRules, losses: LossSink): void {
  const { sampling } = request;
  const set = (name: string, value: Json | undefined): void => {
    if (value === undefined) return;
    if (rules.noSampling === true && name !== 'seed' && name !== 'stop') {
      if (!(name === 'temperature' && value === 1) && !(name === 'top_p' && value === 1)) losses(name, 'reasoning models refuse it');
      return;
    }
    body[name] = value;
  };
  set('temperature', sampling.temperature);
  set('top_p', sampling.topP);
  set('frequency_penalty', sampling.frequencyPenalty);
  set('presence_penalty', sampling.presencePenalty);
  set(rules.mistral === true ? 'random_seed' : 'seed', sampling.seed);
  if (sampling.stop !== undefined && sampling.stop.length > 0) {
    if (sampling.stop.length > 4) losses('stop', 'only four stop sequences are taken');
    set('stop', sampling.stop.slice(0, 4));
  }
  set('logprobs', sampling.logprobs);
  set('top_logprobs', sampling.topLogprobs);
  set('logit_bias', sampling.logitBias);
  if (sampling.topK !== undefined) losses('top_k', 'Chat Completions has no top_k');
  if (sampling.minP !== undefined) losses('min_p', 'Chat Completions has no min_p');
  if (sampling.repetitionPenalty !== undefined) losses('repetition_penalty', 'Chat Completions has no repetition_penalty');
}

function addFormat(body: Body, request: CanonicalRequest, rules: TargetRules, losses: LossSink): void {
  const { output } = request;
  if (output === undefined || output.type === 'text') return;
  if (output.type === 'json') {
    body['response_format'] = { type: 'json_object' };
    return;
  }
  if (rules.noJsonSchema === true) {
    losses('response_format', 'the target knows JSON mode but no schema');
    body['response_format'] = { type: 'json_object' };
    return;
  }
  const { name, schema, strict, description } = output;
  body['response_format'] = {
    type: 'json_schema',
    json_schema: { name, schema, ...(strict === undefined ? {} : { strict }), ...(description === undefined ? {} : { description }) },
  };
}

function addReasoning(body: Body, request: CanonicalRequest, rules: TargetRules, losses: LossSink): void {
  const { reasoning } = request;
  if (reasoning === undefined) return;
  const effort = reasoning.mode === 'off' ? 'none' : (reasoning.effort ?? effortOf(reasoning.budgetTokens));
  const parameter = rules.reasoningParameter ?? (rules.reasoning === true ? 'reasoning_effort' : 'none');
  if (parameter === 'none') {
    if (reasoning.mode !== 'off') losses('reasoning', 'this target cannot be told how much to reason');
    return;
  }
  if (parameter === 'reasoning') {
    body['reasoning'] = reasoning.budgetTokens === undefined ? { effort } : { max_tokens: reasoning.budgetTokens };
    return;
  }
  if (effort === undefined) return;
  body['reasoning_effort'] = effort === 'max' ? 'xhigh' : effort;
}

/** Budgets as the vendors' own tables pair them with efforts: up to 4k low, up to 16k medium, beyond high. */
function effortOf(budget: number | undefined): string | undefined {
  if (budget === undefined) return undefined;
  return budget <= 4_096 ? 'low' : budget <= 16_384 ? 'medium' : 'high';
}
