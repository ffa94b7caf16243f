/** A canonical request as a generateContent body for the Gemini API and Vertex AI. */
import type {
  CanonicalRequest,
  Effort,
  FunctionTool,
  JsonObject,
  LossSink,
  ReasoningRequest,
  ToolChoice,
} from '../canonical.ts';
import type { EncodedRequest, EncodeRequestContext, TargetRules } from '../dialect.ts';
import { encodeContents } from './contents-encode.ts';
import { lowerJsonSchema, lowerParameters } from './schema.ts';
import { toGeminiSchema } from './strict-schema.ts';

type Draft = Record<string, JsonObject[string]>;

/** Gemini API reference, GenerationConfig.stopSequences. */
const maxStopSequences = 5;
/** Gemini API reference, GenerationConfig.logprobs. */
const maxTopLogprobs = 20;

/** `rules.refusedFields` may name `parametersJsonSchema` or `responseJsonSchema`: an older target then gets Schema instead. */
export function encodeRequest(request: CanonicalRequest, context: EncodeRequestContext): EncodedRequest {
  const { losses, rules } = context;
  noteLosses(request, losses);
  const tools = encodeTools(request, context);
  const hasTools = tools.length > 0;
  const config: Draft = {
    ...encodeSampling(request, context),
    ...encodeReasoning(request.reasoning, request.model, context),
  };
  const hint = encodeOutput(request, hasTools, config, context);
  const { systemInstruction, contents } = encodeContents(request.messages, hint, context);
  const calling = hasTools ? encodeToolChoice(request.toolChoice) : undefined;
  const tier = encodeTier(request.serviceTier, losses);
  const body: Draft = {
    ...(systemInstruction === undefined ? {} : { systemInstruction }),
    contents,
    ...(hasTools ? { tools: [{ functionDeclarations: tools }] } : {}),
    ...(calling === undefined ? {} : { toolConfig: { functionCallingConfig: calling } }),
    ...(tier === undefined ? {} : { serviceTier: tier }),
  };
  const kept = withoutRefused(config, rules, losses);
  if (Object.keys(kept).length > 0) body['generationConfig'] = kept;
  return { body: withoutRefused(body, rules, losses) };
}

function withoutRefused(fields: JsonObject, rules: TargetRules, losses: LossSink): Draft {
  const refused = new Set(rules.refusedFields ?? []);
  const kept: Draft = {};
  for (const [key, value] of Object.entries(fields)) {
    if (refused.has(key)) losses(key, 'this target refuses the field');
    else kept[key] = value;
  }
  return kept;
}

function noteLosses(request: CanonicalRequest, losses: LossSink): void {
  const { sampling } = request;
  if (request.userId !== undefined) losses('user', 'Gemini has no end-user id');
  if (request.metadata !== undefined && Object.keys(request.metadata).length > 0)
    losses('metadata', 'Gemini has no metadata of a request');
  if (request.promptCacheKey !== undefined) losses('prompt_cache_key', 'Gemini caches without a key');
  if (request.verbosity !== undefined) losses('verbosity', 'Gemini has no verbosity');
  if (request.store === true) losses('store', 'Gemini keeps no answers');
  if ((request.candidateCount ?? 1) > 1) losses('n', 'only one answer crosses between dialects');
  if (request.parallelToolCalls === false)
    losses('parallel_tool_calls', 'Gemini always may call several functions at once');
  if (sampling.minP !== undefined) losses('min_p', 'Gemini has no min_p');
  if (sampling.repetitionPenalty !== undefined) losses('repetition_penalty', 'Gemini has no repetition penalty');
  if (sampling.logitBias !== undefined && Object.keys(sampling.logitBias).length > 0)
    losses('logit_bias', 'Gemini has no logit_bias');
}

function encodeSampling(request: CanonicalRequest, { rules, losses }: EncodeRequestContext): Draft {
  const { sampling } = request;
  const chosen: Draft = defined({
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    presencePenalty: sampling.presencePenalty,
    frequencyPenalty: sampling.frequencyPenalty,
    responseLogprobs: sampling.logprobs,
    logprobs:
      sampling.logprobs === true && sampling.topLogprobs !== undefined
        ? Math.min(sampling.topLogprobs, maxTopLogprobs)
        : undefined,
  });
  if (rules.noSampling === true)
    for (const key of Object.keys(chosen)) losses(key, 'this model refuses sampling settings');
  const stop = sampling.stop ?? [];
  if (stop.length > maxStopSequences)
    losses('stop', `Gemini takes ${String(maxStopSequences)} stop sequences: the rest is left out`);
  return {
    ...(rules.noSampling === true ? {} : chosen),
    ...defined({
      seed: encodeSeed(sampling.seed, losses),
      maxOutputTokens: encodeMaxTokens(request.maxOutputTokens, rules, losses),
    }),
    ...(stop.length > 0 ? { stopSequences: stop.slice(0, maxStopSequences) } : {}),
  };
}

function defined(fields: Draft): Draft {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** An int32 at Google; the same seed must stay the same. */
function encodeSeed(seed: number | undefined, losses: LossSink): number | undefined {
  if (seed === undefined || (seed | 0) === seed) return seed;
  losses('seed', 'Gemini takes a whole number of 32 bits: the seed was cut to one');
  return seed | 0;
}

function encodeMaxTokens(wanted: number | undefined, rules: TargetRules, losses: LossSink): number | undefined {
  if (wanted === undefined || rules.maxOutputTokens === undefined || wanted <= rules.maxOutputTokens) return wanted;
  losses('max_tokens', `this model gives at most ${String(rules.maxOutputTokens)} tokens`);
  return rules.maxOutputTokens;
}

// ---------------------------------------------------------------- reasoning

/** Google's own table for OpenAI's efforts (Gemini API guide, "OpenAI compatibility"), with the largest budget for the efforts above. */
const budgetOfEffort: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: 32_768,
};
/** Gemini API guide, "Thinking": 2.5 Pro takes 128 to 32768 and cannot be switched off, Flash and Flash-Lite take 0 to 24576. */
const proBudget = { least: 128, most: 32_768 };
const flashBudget = { least: 0, most: 24_576 };

const isPro = (model: string): boolean => /\bpro\b/i.test(model);

function encodeReasoning(
  reasoning: ReasoningRequest | undefined,
  model: string,
  { rules, losses }: EncodeRequestContext,
): Draft {
  if (reasoning === undefined) return {};
  const isOff = reasoning.mode === 'off' || reasoning.effort === 'none';
  if (rules.reasoning === false) {
    if (!isOff) losses('reasoning', 'this model does not reason');
    return {};
  }
  const setting =
    rules.thinkingLevel === true ? levelOf(reasoning, isOff, model, losses) : budgetOf(reasoning, isOff, model, losses);
  // Thoughts of a model that must not think are refused; `includeThoughts` is off by default.
  const shown = reasoning.summary === undefined || isOff ? {} : { includeThoughts: reasoning.summary !== 'none' };
  const config = { ...setting, ...shown };
  return Object.keys(config).length === 0 ? {} : { thinkingConfig: config };
}

function budgetOf(reasoning: ReasoningRequest, isOff: boolean, model: string, losses: LossSink): JsonObject {
  const { least, most } = isPro(model) ? proBudget : flashBudget;
  if (isOff) {
    if (least > 0) losses('reasoning', 'this model cannot be kept from reasoning: it gets the smallest budget');
    return { thinkingBudget: least };
  }
  const wanted =
    reasoning.budgetTokens ?? (reasoning.effort === undefined ? undefined : budgetOfEffort[reasoning.effort]);
  if (wanted === undefined) return { thinkingBudget: -1 };
  const budget = Math.min(most, Math.max(least, wanted));
  if (reasoning.budgetTokens !== undefined && budget !== wanted)
    losses('reasoning.budget', `this model takes a budget of ${String(least)} to ${String(most)} tokens`);
  return { thinkingBudget: budget };
}

/** Budgets as levels: the borders are those between the budgets of the table above. */
function effortOfBudget(budget: number): Effort {
  if (budget <= 4096) return 'low';
  return budget <= 16_384 ? 'medium' : 'high';
}

function levelOf(reasoning: ReasoningRequest, isOff: boolean, model: string, losses: LossSink): JsonObject {
  // Pro models know no level below LOW.
  const least = isPro(model) ? 'LOW' : 'MINIMAL';
  if (isOff) {
    losses('reasoning', 'this model cannot be kept from reasoning: it gets the lowest level');
    return { thinkingLevel: least };
  }
  const { budgetTokens } = reasoning;
  if (reasoning.effort === undefined && budgetTokens !== undefined)
    losses('reasoning.budget', 'this model takes a level of thinking instead of a budget');
  const effort = reasoning.effort ?? (budgetTokens === undefined ? undefined : effortOfBudget(budgetTokens));
  switch (effort) {
    case undefined:
      return {};
    case 'none':
    case 'minimal':
      return { thinkingLevel: least };
    case 'low':
    case 'medium':
    case 'high':
      return { thinkingLevel: effort.toUpperCase() };
    case 'xhigh':
    case 'max':
      losses('reasoning.effort', `Gemini has no ${effort} effort: HIGH is its most`);
      return { thinkingLevel: 'HIGH' };
  }
}

// ---------------------------------------------------------------- output

/** Puts the format into `config`; gives an instruction instead where the target cannot be told. */
function encodeOutput(
  request: CanonicalRequest,
  hasTools: boolean,
  config: Draft,
  { rules, losses }: EncodeRequestContext,
): string | undefined {
  const { output } = request;
  if (output === undefined || output.type === 'text') return undefined;
  const schema = output.type === 'json_schema' ? output.schema : undefined;
  // Before Gemini 3: "Function calling with a response mime type: 'application/json' is unsupported".
  const isTorn = hasTools && rules.thinkingLevel !== true;
  // Gemma: "JSON mode is not enabled for this model".
  if (isTorn || rules.refusedFields?.includes('responseMimeType') === true) {
    const why = isTorn ? ' while it has functions' : '';
    losses('response_format', `this model cannot be bound to JSON${why}: it is asked for JSON in its instructions`);
    return schema === undefined
      ? 'Answer with one JSON object and nothing else.'
      : `Answer with JSON that fits this JSON Schema and nothing else:\n${JSON.stringify(schema)}`;
  }
  config['responseMimeType'] = 'application/json';
  if (schema === undefined) return undefined;
  if (rules.noJsonSchema === true) {
    losses(
      'response_format',
      'this model takes no schema of an answer: it is asked for JSON that fits in its instructions',
    );
    return `Answer with JSON that fits this JSON Schema:\n${JSON.stringify(schema)}`;
  }
  if (rules.refusedFields?.includes('responseJsonSchema') === true)
    config['responseSchema'] = toGeminiSchema(schema, losses, '/response_format/schema');
  else config['responseJsonSchema'] = lowerJsonSchema(schema, losses, '/response_format/schema');
  return undefined;
}

// ---------------------------------------------------------------- tools

function encodeTools(request: CanonicalRequest, { rules, losses }: EncodeRequestContext): JsonObject[] {
  if (request.tools.length === 0) return [];
  if (rules.noTools === true) {
    losses('tools', 'this model takes no tools');
    return [];
  }
  const isOlder = rules.refusedFields?.includes('parametersJsonSchema') === true;
  const declarations: JsonObject[] = [];
  for (const [index, tool] of request.tools.entries()) {
    if (tool.kind !== 'function') losses(`/tools/${String(index)}`, `Gemini takes no ${tool.kind} tools`);
    else declarations.push(encodeFunction(tool, `/tools/${String(index)}`, isOlder, losses));
  }
  return declarations;
}

function encodeFunction(tool: FunctionTool, at: string, isOlder: boolean, losses: LossSink): JsonObject {
  if (tool.strict === true) losses(`${at}/strict`, 'Gemini does not promise arguments that fit the schema');
  const path = `${at}/parameters`;
  const parameters = lowerParameters(tool.parameters, losses, path);
  const hasFields = Object.keys((parameters['properties'] ?? {}) as JsonObject).length > 0;
  const schema = !isOlder
    ? { parametersJsonSchema: parameters }
    : // Schema refuses an object without fields; a function without parameters has none.
      hasFields
      ? { parameters: toGeminiSchema(parameters, losses, path) }
      : {};
  return { name: tool.name, ...(tool.description === undefined ? {} : { description: tool.description }), ...schema };
}

function encodeToolChoice(choice: ToolChoice | undefined): JsonObject | undefined {
  switch (choice?.type) {
    case undefined:
      return undefined;
    case 'auto':
      return { mode: 'AUTO' };
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] };
    case 'allowed':
      // AUTO takes no list of names; VALIDATED leaves the choice to the model and does.
      return { mode: choice.mode === 'required' ? 'ANY' : 'VALIDATED', allowedFunctionNames: choice.names };
  }
}

function encodeTier(tier: string | undefined, losses: LossSink): string | undefined {
  if (tier === 'flex' || tier === 'priority' || tier === 'standard') return tier;
  if (tier !== undefined && tier !== 'auto' && tier !== 'default')
    losses('service_tier', `Gemini has no service tier ${tier}`);
  return undefined;
}
