/** A canonical request as Converse, with the rules of the target's model. */
import type { CanonicalRequest, Json, JsonObject, LossSink } from '../canonical.ts';
import {
  asArray,
  asObject,
  isObject,
  type EncodedRequest,
  type EncodeRequestContext,
  type TargetRules,
} from '../dialect.ts';
import { encodeReasoning } from './encode-reasoning.ts';
import { encodeToolConfig, mustForbidTools, noToolsInstruction } from './encode-tools.ts';
import { closedSchema, formatInstruction } from '../schemas.ts';
import { isClaude, takesAnswerSchema, takesOneOfTwoSamplings, topKField } from './models.ts';
import { encodeConversation } from './turns.ts';

type Fields = Record<string, Json | undefined>;

/** Claude and Nova take four cache points in all. */
const maxCachePoints = 4;

/** Model and stream travel in the path. */
export function encodeRequest(request: CanonicalRequest, context: EncodeRequestContext): EncodedRequest {
  const { rules, losses } = context;
  const format = encodeFormat(request, rules, losses);
  const instructions = [
    ...('words' in format && format.words !== undefined ? [format.words] : []),
    ...(mustForbidTools(request) && rules.noTools !== true ? [noToolsInstruction] : []),
  ];
  const { system, messages, usedTools } = encodeConversation(request, instructions, context);
  const toolConfig = encodeToolConfig(request, usedTools, context);
  const choice = asObject(toolConfig?.['toolChoice']);
  const reasoning = encodeReasoning(
    {
      model: request.model,
      reasoning: request.reasoning,
      maxOutputTokens: request.maxOutputTokens,
      rules,
      demandsTool: choice['any'] !== undefined || choice['tool'] !== undefined,
      lacksReasoning: lacksReasoning(messages),
    },
    losses,
  );
  const { inferenceConfig, topK } = encodeInference(request, reasoning, rules, losses);
  const extra: Fields = { ...topK, ...reasoning.fields };
  const body: Fields = { messages };
  if (system.length > 0) body['system'] = system;
  if (Object.keys(inferenceConfig).length > 0) body['inferenceConfig'] = inferenceConfig;
  if (toolConfig !== undefined) body['toolConfig'] = toolConfig;
  if ('schema' in format) bindAnswer(body, extra, format);
  if (Object.keys(extra).length > 0) body['additionalModelRequestFields'] = extra;
  // Claude names the sequence it stopped at only when asked: where its plain answer has it, and where its stream does.
  if (inferenceConfig['stopSequences'] !== undefined && isClaude(request.model))
    body['additionalModelResponseFieldPaths'] = ['/stop_sequence', '/delta/stop_sequence'];
  addLabels(body, request, losses);
  addLosses(request, losses);
  limitCachePoints(body);
  for (const name of rules.refusedFields ?? []) {
    if (body[name] === undefined) continue;
    Reflect.deleteProperty(body, name);
    losses(name, 'this target refuses the field');
  }
  return { body };
}

function lacksReasoning(messages: readonly JsonObject[]): boolean {
  const last = messages.findLast((message) => message['role'] === 'assistant');
  const blocks = asArray(last?.['content']).map(asObject);
  return blocks.some((block) => block['toolUse'] !== undefined) && blocks[0]?.['reasoningContent'] === undefined;
}

interface AnswerSchema {
  readonly name: string;
  readonly schema: JsonObject;
}

/** The format as a field of the body where the model takes one, else in words for the system prompt. */
function encodeFormat(
  request: CanonicalRequest,
  rules: TargetRules,
  losses: LossSink,
): AnswerSchema | { readonly words?: string } {
  const { output, model } = request;
  if (output === undefined || output.type === 'text') return {};
  if (output.type === 'json_schema' && takesAnswerSchema(model) && rules.noJsonSchema !== true) {
    const described = output.description === undefined ? {} : { description: output.description };
    return { name: output.name, schema: closedSchema({ ...described, ...output.schema }, 'response_format', losses) };
  }
  const what = output.type === 'json' ? 'JSON' : 'the schema';
  losses('response_format', `${what} is asked for in the system prompt, not enforced`);
  return { words: formatInstruction(output) };
}

/** Beside an effort the format stands with it in Claude's own field: what Converse makes of two `output_config`s is not documented. */
function bindAnswer(body: Fields, extra: Fields, { name, schema }: AnswerSchema): void {
  const own = extra['output_config'];
  if (isObject(own)) extra['output_config'] = { ...own, format: { type: 'json_schema', schema } };
  else
    body['outputConfig'] = {
      textFormat: { type: 'json_schema', structure: { jsonSchema: { name, schema: JSON.stringify(schema) } } },
    };
}

interface Inference {
  readonly inferenceConfig: Fields;
  readonly topK: JsonObject;
}

function encodeInference(
  request: CanonicalRequest,
  reasoning: { readonly isThinking: boolean; readonly maxTokens?: number },
  rules: TargetRules,
  losses: LossSink,
): Inference {
  const { sampling, model } = request;
  const config: Fields = {};
  const maxTokens = limited(request.maxOutputTokens ?? reasoning.maxTokens, rules.maxOutputTokens, losses);
  if (maxTokens !== undefined) config['maxTokens'] = maxTokens;
  const why =
    rules.noSampling === true
      ? 'this model refuses it'
      : reasoning.isThinking
        ? 'Claude refuses it while thinking'
        : undefined;
  const temperature = unit('temperature', sampling.temperature, losses);
  const topP = unit('top_p', sampling.topP, losses);
  const isFree = (value: number | undefined, name: string): value is number => {
    if (value === undefined || why === undefined) return value !== undefined;
    if (value !== 1) losses(name, why);
    return false;
  };
  if (isFree(temperature, 'temperature')) config['temperature'] = temperature;
  if (isFree(topP, 'top_p')) {
    if (config['temperature'] === undefined || !takesOneOfTwoSamplings(model)) config['topP'] = topP;
    else if (topP !== 1) losses('top_p', 'this model takes temperature or top_p, not both');
  }
  const stop = stopSequences(sampling.stop ?? [], model, losses);
  if (stop.length > 0) config['stopSequences'] = stop;
  if (!isFree(sampling.topK, 'top_k')) return { inferenceConfig: config, topK: {} };
  const topK = topKField(model, sampling.topK);
  if (topK === undefined) losses('top_k', 'this model has no top_k');
  return { inferenceConfig: config, topK: topK ?? {} };
}

function limited(wanted: number | undefined, most: number | undefined, losses: LossSink): number | undefined {
  if (wanted === undefined || most === undefined || wanted <= most) return wanted;
  losses('max_tokens', `the model writes at most ${String(most)} tokens`);
  return most;
}

/** Converse takes temperatures from 0 to 1, where OpenAI goes to 2. */
function unit(name: string, value: number | undefined, losses: LossSink): number | undefined {
  if (value === undefined || (value >= 0 && value <= 1)) return value;
  losses(name, 'Converse takes 0 to 1: the nearest was sent');
  return Math.min(1, Math.max(0, value));
}

function stopSequences(stop: readonly string[], model: string, losses: LossSink): string[] {
  return stop.filter((one) => {
    if (one !== '' && (one.trim() !== '' || !isClaude(model))) return true;
    losses('stop', 'a stop sequence of white space is refused');
    return false;
  });
}

/** What only labels a request. Keys and values of `requestMetadata` are bound to these letters and lengths, and sixteen entries. */
const labelPattern = /^[a-zA-Z0-9\s:_@$#=/+,.-]{1,256}$/;

function addLabels(body: Fields, request: CanonicalRequest, losses: LossSink): void {
  const metadata: Fields = {};
  for (const [name, value] of Object.entries(request.metadata ?? {})) {
    if (labelPattern.test(name) && (value === '' || labelPattern.test(value)) && Object.keys(metadata).length < 16)
      metadata[name] = value;
    else losses(`metadata.${name}`, 'Converse takes sixteen labels of plain letters, at most 256 long');
  }
  if (Object.keys(metadata).length > 0) body['requestMetadata'] = metadata;
  const tier = request.serviceTier;
  if (tier === undefined || tier === 'auto' || tier === 'default') return;
  if ((tier === 'priority' || tier === 'flex') && !isClaude(request.model)) body['serviceTier'] = { type: tier };
  else losses('service_tier', `this model has no tier ${tier} on Bedrock`);
}

function addLosses(request: CanonicalRequest, losses: LossSink): void {
  const { sampling } = request;
  const has = (name: string, value: unknown): void => {
    if (value !== undefined && value !== false) losses(name, `Converse has no ${name}`);
  };
  has('min_p', sampling.minP);
  has('frequency_penalty', sampling.frequencyPenalty);
  has('presence_penalty', sampling.presencePenalty);
  has('repetition_penalty', sampling.repetitionPenalty);
  has('seed', sampling.seed);
  has('logprobs', sampling.logprobs);
  has('top_logprobs', sampling.topLogprobs);
  has('logit_bias', sampling.logitBias);
  has('verbosity', request.verbosity);
  has('user', request.userId);
  has('prompt_cache_key', request.promptCacheKey);
  has('store', request.store);
  if ((request.candidateCount ?? 1) > 1) losses('n', 'only one answer crosses between dialects');
}

/** The last points cover the most: of too many the first of the conversation go, then those before it. */
function limitCachePoints(body: Fields): void {
  const messages = asArray(body['messages']).map(asObject);
  const lists = [
    ...messages.map((message) => asArray(message['content'])),
    asArray(body['system']),
    asArray(asObject(body['toolConfig'])['tools']),
  ];
  const isPoint = (block: Json): boolean => asObject(block)['cachePoint'] !== undefined;
  let surplus = lists.flat().filter(isPoint).length - maxCachePoints;
  if (surplus <= 0) return;
  const kept = (list: readonly Json[]): Json[] => list.filter((block) => !isPoint(block) || surplus-- <= 0);
  body['messages'] = messages.map((message) => ({ ...message, content: kept(asArray(message['content'])) }));
  if (body['system'] !== undefined) body['system'] = kept(asArray(body['system']));
}
