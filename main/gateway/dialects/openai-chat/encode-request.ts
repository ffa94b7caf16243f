/** A canonical request as Chat Completions, with the rules of the target's vendor and model. */
import type {
  CanonicalRequest,
  Json,
  JsonObject,
  LossSink,
  OutputFormat,
  ReasoningRequest,
  ToolChoice,
} from '../canonical.ts';
import type { EncodedRequest, EncodeRequestContext, TargetRules } from '../dialect.ts';
import { formatInstruction, isStrictSchema } from '../schemas.ts';
import { encodeMessages } from './encode-messages.ts';

type Body = Record<string, Json | undefined>;

/** OpenAI refuses a longer `safety_identifier`; Claude Code's ids are longer. */
const maxUserLength = 64;
/** OpenAI reference, `stop` and `top_logprobs`. */
const maxStops = 4;
const maxTopLogprobs = 20;

export function encodeRequest(request: CanonicalRequest, context: EncodeRequestContext): EncodedRequest {
  const { rules, losses } = context;
  const body: Body = { model: request.model, messages: encodeMessages(request.messages, context) };
  if (request.stream) {
    body['stream'] = true;
    if (rules.noStreamOptions !== true) body['stream_options'] = { include_usage: true };
  }
  addLimit(body, request, rules, losses);
  addTools(body, request, rules, losses);
  addSampling(body, request, rules, losses);
  addFormat(body, request, rules, losses);
  addReasoning(body, request, rules, losses);
  addSideFields(body, request, losses);
  if ((request.candidateCount ?? 1) > 1) losses('n', 'only one answer crosses between dialects');
  for (const name of rules.refusedFields ?? []) {
    if (body[name] === undefined) continue;
    Reflect.deleteProperty(body, name);
    if (name !== 'stream_options' && name !== 'store') losses(name, 'this target refuses the field');
  }
  return { body };
}

function addLimit(body: Body, request: CanonicalRequest, rules: TargetRules, losses: LossSink): void {
  const wanted = request.maxOutputTokens;
  if (wanted === undefined) return;
  const most = rules.maxOutputTokens ?? wanted;
  if (wanted > most) losses('max_tokens', `this model gives at most ${String(most)} tokens`);
  body[rules.maxCompletionTokens === true ? 'max_completion_tokens' : 'max_tokens'] = Math.min(wanted, most);
}

function addSideFields(body: Body, request: CanonicalRequest, losses: LossSink): void {
  if (request.verbosity !== undefined) body['verbosity'] = request.verbosity;
  if (request.userId !== undefined) {
    if (request.userId.length <= maxUserLength) body['user'] = request.userId;
    else losses('user', `longer than the ${String(maxUserLength)} characters OpenAI takes`);
  }
  if (request.metadata !== undefined && Object.keys(request.metadata).length > 0) {
    if (request.store === true) body['metadata'] = request.metadata;
    else losses('metadata', 'OpenAI takes metadata of stored answers only');
  }
  const tier = request.serviceTier === 'standard' ? 'default' : request.serviceTier;
  if (tier === 'standard_only') losses('service_tier', 'only Anthropic knows this tier');
  else if (tier !== undefined) body['service_tier'] = tier;
  if (request.promptCacheKey !== undefined) body['prompt_cache_key'] = request.promptCacheKey;
  if (request.store !== undefined) body['store'] = request.store;
}

function addTools(body: Body, request: CanonicalRequest, rules: TargetRules, losses: LossSink): void {
  if (request.tools.length === 0) return;
  if (rules.noTools === true) {
    losses('tools', 'this model takes no tools');
    return;
  }
  // Only OpenAI itself, which has the developer role, can be told of a choice among its tools; others are offered just those.
  const choice = request.toolChoice;
  const offered = choice?.type === 'allowed' && rules.developerRole !== true ? new Set(choice.names) : undefined;
  const tools = request.tools.flatMap((tool): JsonObject[] => {
    if (tool.kind !== 'function') {
      losses(`/tools/${tool.name}`, 'Chat Completions takes plain functions only');
      return [];
    }
    if (offered !== undefined && !offered.has(tool.name)) return [];
    const { name, description, parameters, strict } = tool;
    return [
      {
        type: 'function',
        function: {
          name,
          ...(description === undefined ? {} : { description }),
          parameters,
          ...(strict === undefined ? {} : { strict }),
        },
      },
    ];
  });
  if (tools.length === 0) return;
  body['tools'] = tools;
  if (choice !== undefined)
    body['tool_choice'] = encodeChoice(
      offered === undefined || choice.type !== 'allowed' ? choice : { type: choice.mode },
      rules,
    );
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
      return {
        type: 'allowed_tools',
        allowed_tools: {
          mode: choice.mode,
          tools: choice.names.map((name) => ({ type: 'function', function: { name } })),
        },
      };
  }
}

function addSampling(body: Body, request: CanonicalRequest, rules: TargetRules, losses: LossSink): void {
  const { sampling } = request;
  const set = (name: string, value: Json | undefined): void => {
    if (value === undefined) return;
    if (rules.noSampling === true) {
      // What a reasoning model does anyway is no loss.
      const isDefault = value === false || value === (name.endsWith('penalty') ? 0 : 1);
      if (!isDefault) losses(name, 'reasoning models refuse it');
      return;
    }
    body[name] = value;
  };
  set('temperature', sampling.temperature);
  set('top_p', sampling.topP);
  set('frequency_penalty', sampling.frequencyPenalty);
  set('presence_penalty', sampling.presencePenalty);
  set('logprobs', sampling.logprobs);
  if (sampling.topLogprobs !== undefined) {
    if (sampling.logprobs === true) set('top_logprobs', Math.min(sampling.topLogprobs, maxTopLogprobs));
    else losses('top_logprobs', 'OpenAI takes it beside logprobs only');
  }
  set('logit_bias', sampling.logitBias);
  if (sampling.seed !== undefined) body[rules.mistral === true ? 'random_seed' : 'seed'] = sampling.seed;
  if (sampling.stop !== undefined && sampling.stop.length > 0) {
    if (sampling.stop.length > maxStops) losses('stop', `only ${String(maxStops)} stop sequences are taken`);
    body['stop'] = sampling.stop.slice(0, maxStops);
  }
  if (sampling.topK !== undefined) losses('top_k', 'Chat Completions has no top_k');
  if (sampling.minP !== undefined) losses('min_p', 'Chat Completions has no min_p');
  if (sampling.repetitionPenalty !== undefined)
    losses('repetition_penalty', 'Chat Completions has no repetition_penalty');
}

function addFormat(body: Body, request: CanonicalRequest, rules: TargetRules, losses: LossSink): void {
  const { output } = request;
  if (output === undefined || output.type === 'text') return;
  if (output.type === 'json' || rules.noJsonSchema === true) {
    if (output.type === 'json_schema')
      losses('response_format', 'the target knows JSON mode only: the schema is told in words');
    addFormatInstruction(body, output, rules);
    body['response_format'] = { type: 'json_object' };
    return;
  }
  const { name, schema, description } = output;
  const strict = output.strict ?? isStrictSchema(schema);
  if (output.strict === undefined && !strict)
    losses(
      'response_format/strict',
      'the schema is more than strict mode takes: it guides the answer and is not enforced',
    );
  body['response_format'] = {
    type: 'json_schema',
    json_schema: {
      name,
      schema,
      strict,
      ...(description === undefined ? {} : { description }),
    },
  };
}

/** JSON mode is refused when no message names JSON (OpenAI and DeepSeek, JSON mode). */
function addFormatInstruction(body: Body, output: Exclude<OutputFormat, { type: 'text' }>, rules: TargetRules): void {
  const messages = body['messages'] as JsonObject[];
  if (output.type === 'json' && /json/i.test(JSON.stringify(messages))) return;
  const role = rules.noSystem === true ? 'user' : 'system';
  const at = messages.findIndex((message) => message['role'] !== role && message['role'] !== 'developer');
  body['messages'] = messages.toSpliced(at === -1 ? messages.length : at, 0, {
    role,
    content: formatInstruction(output),
  });
}

function addReasoning(body: Body, request: CanonicalRequest, rules: TargetRules, losses: LossSink): void {
  const { reasoning } = request;
  if (reasoning === undefined) return;
  const parameter = rules.reasoningParameter ?? (rules.reasoning === true ? 'reasoning_effort' : 'none');
  if (parameter === 'none') {
    if (reasoning.mode !== 'off') losses('reasoning', 'this target cannot be told how much to reason');
    return;
  }
  if (parameter === 'reasoning') {
    body['reasoning'] = { ...nestedReasoning(reasoning), ...(reasoning.summary === 'none' ? { exclude: true } : {}) };
    return;
  }
  const effort = reasoning.mode === 'off' ? 'none' : (reasoning.effort ?? effortOf(reasoning.budgetTokens));
  if (effort === undefined) return;
  if (reasoning.mode !== 'off' && reasoning.effort === undefined)
    losses('reasoning.budget', `a budget of tokens became the effort "${effort}"`);
  // Only OpenAI's own models, which know the developer role, know `max`.
  const isCut = effort === 'max' && rules.developerRole !== true;
  if (isCut) losses('reasoning.effort', 'the highest effort of this target is xhigh');
  body['reasoning_effort'] = isCut ? 'xhigh' : effort;
}

/** OpenRouter's `reasoning`: an effort or a budget, not both (openrouter.ai/docs, "Reasoning tokens"). */
function nestedReasoning(reasoning: ReasoningRequest): JsonObject {
  if (reasoning.mode === 'off') return { effort: 'none' };
  if (reasoning.budgetTokens !== undefined) return { max_tokens: reasoning.budgetTokens };
  if (reasoning.effort !== undefined) return { effort: reasoning.effort === 'max' ? 'xhigh' : reasoning.effort };
  return { enabled: true };
}

/** Budgets as the vendors' own tables pair them with efforts: up to 4k low, up to 16k medium, beyond high. */
function effortOf(budget: number | undefined): string | undefined {
  if (budget === undefined) return undefined;
  return budget <= 4_096 ? 'low' : budget <= 16_384 ? 'medium' : 'high';
}
