/** A canonical request for a Claude target, with the rules of its model. */
import type { CanonicalRequest, CanonicalTool, Json, JsonObject, LossSink, ToolChoice } from '../canonical.ts';
import { asString, type EncodedRequest, type EncodeRequestContext } from '../dialect.ts';
import { cacheControl, type Block, type BlockWriter } from './encode-blocks.ts';
import { encodeConversation, type Turn } from './encode-messages.ts';
import { closedSchema, formatInstruction } from '../schemas.ts';
import { inputSchema } from './schema.ts';
import { forcesTool, planThinking } from './thinking.ts';

/** The API wants a `max_tokens`; every model since Claude 3.5 gives this many. */
const defaultMaxTokens = 8_192;
/** `metadata.user_id` is at most this long (Messages API reference). */
const maxUserIdLength = 256;
/** More cache marks than this are refused (prompt caching, limitations). */
const maxCacheMarks = 4;
const systemBeta = 'mid-conversation-tool-changes-2026-07-01';
const filesBeta = 'files-api-2025-04-14';

export function encodeRequest(request: CanonicalRequest, context: EncodeRequestContext): EncodedRequest {
  const { rules, losses } = context;
  const writer: BlockWriter = { losses, usesFiles: false };
  const { system, turns } = encodeConversation(request.messages, rules, writer);
  const tools = encodeTools(request, turns, losses);
  const limit = limitOf(request, context);
  const plan = planThinking(request, turns, limit, context);
  const isThinking = plan.thinking !== undefined && plan.thinking['type'] !== 'disabled';
  endConversation(turns, isThinking || rules.adaptiveThinking === true, isThinking, losses);
  const format = encodeFormat(request, system, losses);
  const body: Block = { model: request.model, max_tokens: plan.maxTokens };
  if (request.stream) body['stream'] = true;
  if (system.length > 0) body['system'] = system;
  body['messages'] = turns.map((turn) => ({ role: turn.role, content: turn.blocks }));
  if (tools.length > 0) body['tools'] = tools;
  const choice = tools.length === 0 ? undefined : encodeChoice(request, context);
  if (choice !== undefined) body['tool_choice'] = choice;
  if (plan.thinking !== undefined) body['thinking'] = plan.thinking;
  if (plan.effort !== undefined || format !== undefined) {
    body['output_config'] = {
      ...(plan.effort === undefined ? {} : { effort: plan.effort }),
      ...(format === undefined ? {} : { format }),
    };
  }
  addSampling(body, request, isThinking, context);
  addRest(body, request, losses);
  limitCacheMarks([...tools, ...system, ...turns.flatMap((turn) => turn.blocks)]);
  for (const name of rules.refusedFields ?? []) {
    if (body[name] === undefined) continue;
    Reflect.deleteProperty(body, name);
    losses(name, 'this target refuses the field');
  }
  const betas = [
    ...(turns.some((turn) => turn.role === 'system') ? [systemBeta] : []),
    ...(writer.usesFiles ? [filesBeta] : []),
  ];
  return { body, ...(betas.length === 0 ? {} : { headers: { 'anthropic-beta': betas.join(',') } }) };
}

function limitOf(request: CanonicalRequest, context: EncodeRequestContext): number {
  const most = context.rules.maxOutputTokens;
  const wanted = request.maxOutputTokens;
  if (wanted === undefined) return most ?? defaultMaxTokens;
  if (most === undefined || wanted <= most) return wanted;
  context.losses('max_tokens', `this model gives at most ${String(most)} tokens`);
  return most;
}

/** Newer models, and thinking ones, take no answer begun by the client; older ones none that ends in a space or a thought. */
function endConversation(turns: Turn[], refusesPrefill: boolean, isThinking: boolean, losses: LossSink): void {
  const last = turns[turns.length - 1];
  if (last?.role !== 'assistant') return;
  if (refusesPrefill) {
    losses('messages', 'this model does not go on with a begun answer: it is asked to in a user turn');
    turns.push({ role: 'user', blocks: [{ type: 'text', text: 'Please go on.' }] });
    return;
  }
  while (!isThinking && asString(last.blocks.at(-1)?.['type'])?.endsWith('thinking') === true) last.blocks.pop();
  const tail = last.blocks.at(-1);
  if (tail === undefined) turns.pop();
  else if (typeof tail['text'] === 'string') tail['text'] = tail['text'].trimEnd();
}

function encodeTools(request: CanonicalRequest, turns: readonly Turn[], losses: LossSink): Block[] {
  const allowed = request.toolChoice?.type === 'allowed' ? new Set(request.toolChoice.names) : undefined;
  const tools = request.tools
    .filter((tool) => allowed === undefined || allowed.has(tool.name))
    .flatMap((tool) => encodeTool(tool, losses));
  if (tools.length > 0) return tools;
  // A history with calls is refused when no tools are declared: they are named, and `tool_choice` keeps them from being called.
  const names = new Set(
    turns.flatMap((turn) =>
      turn.blocks.flatMap((block) => (block['type'] === 'tool_use' ? (asString(block['name']) ?? []) : [])),
    ),
  );
  return [...names].map((name) => ({ name, input_schema: { type: 'object', properties: {} } }));
}

function encodeTool(tool: CanonicalTool, losses: LossSink): Block[] {
  const path = `/tools/${tool.name}`;
  if (tool.kind === 'hosted' || tool.kind === 'custom') {
    losses(
      path,
      tool.kind === 'hosted' ? 'another provider’s own tool cannot run here' : 'Claude’s tools take JSON only',
    );
    return [];
  }
  const schema = inputSchema(tool.parameters, path, losses);
  const isStrict = tool.kind === 'function' && tool.strict === true;
  return [
    {
      name: tool.name,
      ...(tool.description === undefined || tool.description === '' ? {} : { description: tool.description }),
      input_schema: isStrict ? closedSchema(schema, path, losses) : schema,
      ...(isStrict ? { strict: true } : {}),
      ...cacheControl(tool.cache),
    },
  ];
}

function encodeChoice(request: CanonicalRequest, context: EncodeRequestContext): JsonObject | undefined {
  const { toolChoice, parallelToolCalls } = request;
  const isEmpty = request.tools.length === 0 || (toolChoice?.type === 'allowed' && toolChoice.names.length === 0);
  if (isEmpty || toolChoice?.type === 'none') return { type: 'none' };
  const single = parallelToolCalls === false ? { disable_parallel_tool_use: true } : {};
  if (toolChoice === undefined) return parallelToolCalls === false ? { type: 'auto', ...single } : undefined;
  if (forcesTool(toolChoice) && context.rules.alwaysThinks === true) {
    context.losses('tool_choice', 'this model always thinks and cannot be forced to call a tool');
    return { type: 'auto', ...single };
  }
  return { ...choiceWord(toolChoice), ...single };
}

function choiceWord(choice: ToolChoice): JsonObject {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { type: choice.type };
    case 'required':
      return { type: 'any' };
    case 'tool':
      return { type: 'tool', name: choice.name };
    case 'allowed':
      return { type: choice.mode === 'required' ? 'any' : 'auto' };
  }
}

function encodeFormat(request: CanonicalRequest, system: Block[], losses: LossSink): JsonObject | undefined {
  const { output } = request;
  if (output === undefined || output.type === 'text') return undefined;
  if (output.type === 'json') {
    losses('response_format', 'Claude has no JSON mode: it is asked for JSON in words');
    system.push({ type: 'text', text: formatInstruction(output) });
    return undefined;
  }
  // The format has no description of its own here; the schema's is read by the model as well.
  const schema = {
    ...(output.schema['type'] === undefined && output.schema['properties'] !== undefined ? { type: 'object' } : {}),
    ...(output.description === undefined ? {} : { description: output.description }),
    ...output.schema,
  };
  return { type: 'json_schema', schema: closedSchema(schema, 'response_format', losses) };
}

function addSampling(body: Block, request: CanonicalRequest, isThinking: boolean, context: EncodeRequestContext): void {
  const { sampling } = request;
  const { losses, rules } = context;
  const refusal =
    rules.noSampling === true ? 'this model refuses it' : isThinking ? 'Claude refuses it while thinking' : undefined;
  const set = (name: string, value: number | undefined): void => {
    if (value === undefined) return;
    if (refusal === undefined) body[name] = value;
    else if (name === 'top_k' || value !== 1) losses(name, refusal);
  };
  // Models since 4.5 take one of the two; a value of 1 says nothing.
  const temperature = sampling.temperature === 1 && sampling.topP !== undefined ? undefined : sampling.temperature;
  if (temperature !== undefined && temperature > 1 && refusal === undefined)
    losses('temperature', 'Claude’s temperature ends at 1');
  set('temperature', temperature === undefined ? undefined : Math.min(1, temperature));
  if (temperature !== undefined && sampling.topP !== undefined && refusal === undefined) {
    if (sampling.topP !== 1) losses('top_p', 'Claude takes temperature or top_p, not both');
  } else set('top_p', sampling.topP);
  set('top_k', sampling.topK);
  addStop(body, sampling.stop, losses);
  const unknown: readonly [string, Json | undefined][] = [
    ['min_p', sampling.minP],
    ['frequency_penalty', sampling.frequencyPenalty === 0 ? undefined : sampling.frequencyPenalty],
    ['presence_penalty', sampling.presencePenalty === 0 ? undefined : sampling.presencePenalty],
    ['repetition_penalty', sampling.repetitionPenalty === 1 ? undefined : sampling.repetitionPenalty],
    ['seed', sampling.seed],
    ['logprobs', sampling.logprobs === true ? true : undefined],
    ['top_logprobs', sampling.topLogprobs === 0 ? undefined : sampling.topLogprobs],
    ['logit_bias', sampling.logitBias === undefined || Object.keys(sampling.logitBias).length === 0 ? undefined : true],
  ];
  for (const [name, value] of unknown) if (value !== undefined) losses(name, `Claude has no ${name}`);
}

function addStop(body: Block, stop: readonly string[] | undefined, losses: LossSink): void {
  if (stop === undefined) return;
  const visible = stop.filter((one) => one.trim() !== '');
  if (visible.length < stop.length) losses('stop', 'Claude refuses stop sequences of white space only');
  if (visible.length > 0) body['stop_sequences'] = visible;
}

function addRest(body: Block, request: CanonicalRequest, losses: LossSink): void {
  if (request.userId !== undefined && request.userId !== '')
    body['metadata'] = { user_id: request.userId.slice(0, maxUserIdLength) };
  if (request.metadata !== undefined && Object.keys(request.metadata).length > 0)
    losses('metadata', 'Claude takes no metadata but the user');
  if (request.serviceTier === 'default' || request.serviceTier === 'standard_only')
    body['service_tier'] = 'standard_only';
  else if (request.serviceTier === 'auto') body['service_tier'] = 'auto';
  else if (request.serviceTier !== undefined) losses('service_tier', `Claude has no tier ${request.serviceTier}`);
  if (request.verbosity !== undefined && request.verbosity !== 'medium') losses('verbosity', 'Claude has no verbosity');
  if (request.promptCacheKey !== undefined) losses('prompt_cache_key', 'Claude caches without a key');
  if (request.store === true) losses('store', 'Claude’s answers are not stored');
  if ((request.candidateCount ?? 1) > 1) losses('n', 'only one answer crosses between dialects');
}

/** The last marks reach furthest, and what they cover includes the earlier ones: those go first. */
function limitCacheMarks(blocks: readonly Block[]): void {
  const marked = blocks
    .flatMap((block) =>
      block['type'] === 'tool_result' && Array.isArray(block['content'])
        ? [...(block['content'] as Block[]), block]
        : [block],
    )
    .filter((block) => block['cache_control'] !== undefined);
  for (const block of marked.slice(0, Math.max(0, marked.length - maxCacheMarks)))
    Reflect.deleteProperty(block, 'cache_control');
}
