/** Canonical form → the body of a Responses request to a provider. */
import type {
  CanonicalMessage,
  CanonicalPart,
  CanonicalRequest,
  CanonicalTool,
  Effort,
  Json,
  JsonObject,
  LossSink,
  OutputFormat,
  ReasoningPart,
  ReasoningRequest,
  ToolCallPart,
  ToolResultPart,
} from '../canonical.ts';
import type { EncodedRequest, EncodeRequestContext, TargetRules } from '../dialect.ts';
import { parseArguments } from './arguments.ts';
import { encodeCitations, encodeInputPart, encodeToolOutput } from './content.ts';
import { compact } from '../fields.ts';
import { formatInstruction, isStrictSchema } from '../schemas.ts';
import { encodeToolChoice, encodeTools, findDescribedTools } from './tools.ts';

/** OpenAI refuses less: "integer below minimum value … >= 16". */
const minOutputTokens = 16;
/** OpenAI refuses a longer `user`; Claude Code's are longer. */
const maxUserLength = 64;

/** The leading plain system message as `instructions`, the rest as items. */
function splitInstructions(messages: readonly CanonicalMessage[]): {
  instructions?: string | undefined;
  rest: readonly CanonicalMessage[];
} {
  const [first] = messages;
  if (first?.role !== 'system' || first.developer === true) return { rest: messages };
  const [part] = first.parts;
  if (first.parts.length !== 1 || part?.type !== 'text' || part.text === '') return { rest: messages };
  return { instructions: part.text, rest: messages.slice(1) };
}

class InputWriter {
  readonly items: JsonObject[] = [];
  readonly #tools: readonly CanonicalTool[];
  readonly #context: EncodeRequestContext;
  readonly #losses: LossSink;

  constructor(tools: readonly CanonicalTool[], context: EncodeRequestContext) {
    this.#tools = tools;
    this.#context = context;
    this.#losses = context.losses;
  }

  add(message: CanonicalMessage): void {
    if (message.name !== undefined) this.#losses('name', 'messages of the Responses API have no author name');
    switch (message.role) {
      case 'system':
        this.#input(
          message.developer === true && this.#context.rules.developerRole !== false ? 'developer' : 'system',
          message.parts,
        );
        return;
      case 'user':
        this.#input('user', message.parts);
        return;
      case 'assistant':
        this.#assistant(message.parts);
        return;
      case 'tool':
        for (const part of message.parts) {
          if (part.type === 'tool-result') this.#result(part);
          else this.#losses(part.type, 'it cannot stand among tool outputs');
        }
    }
  }

  /** Some dialects let tool results stand inside a user message; here they are items of their own. */
  #input(role: string, parts: readonly CanonicalPart[]): void {
    let content: JsonObject[] = [];
    const flush = (): void => {
      if (content.length > 0) this.items.push({ type: 'message', role, content });
      content = [];
    };
    for (const part of parts) {
      if (part.type === 'tool-result') {
        flush();
        this.#result(part);
        continue;
      }
      const encoded = encodeInputPart(part, this.#losses);
      if (encoded !== undefined) content.push(encoded);
    }
    flush();
  }

  #assistant(parts: readonly CanonicalPart[]): void {
    let content: JsonObject[] = [];
    const flush = (): void => {
      if (content.length > 0) this.items.push({ type: 'message', role: 'assistant', content });
      content = [];
    };
    for (const part of parts) {
      if (part.type === 'text') {
        content.push({ type: 'output_text', text: part.text, annotations: encodeCitations(part.citations) });
      } else if (part.type === 'refusal') {
        content.push({ type: 'refusal', refusal: part.text });
      } else {
        flush();
        this.#assistantItem(part);
      }
    }
    flush();
  }

  #assistantItem(part: CanonicalPart): void {
    if (part.type === 'tool-call') this.items.push(encodeCall(part));
    else if (part.type === 'reasoning') this.#reasoning(part);
    else this.#losses(part.type, 'an assistant message of the Responses API holds only text');
  }

  /** Without its encrypted content OpenAI does not take reasoning back, except from its own store. */
  #reasoning(part: ReasoningPart): void {
    if (part.opaque?.form !== 'encrypted') {
      this.#losses('reasoning', 'the provider takes earlier reasoning back only as its own encrypted content');
      return;
    }
    this.items.push(
      compact({
        type: 'reasoning',
        id: part.id?.startsWith('rs_') === true ? part.id : undefined,
        summary: part.text === '' ? [] : [{ type: 'summary_text', text: part.text }],
        encrypted_content: part.opaque.data,
      }),
    );
  }

  #result(part: ToolResultPart): void {
    if (part.kind === 'tool_search') {
      const [first] = part.parts;
      const found = findDescribedTools(first?.type === 'text' ? first.text : '', this.#tools);
      this.items.push({
        type: 'tool_search_output',
        call_id: part.callId,
        execution: 'client',
        status: 'completed',
        tools: encodeTools(found),
      });
      return;
    }
    this.items.push({
      type: part.kind === 'custom' ? 'custom_tool_call_output' : 'function_call_output',
      call_id: part.callId,
      output: encodeToolOutput(part.isError === true ? markedAsError(part.parts) : part.parts, this.#losses),
    });
  }
}

/** Tool outputs have no error mark: the text says it, where it does not already. */
function markedAsError(parts: ToolResultPart['parts']): ToolResultPart['parts'] {
  if (parts.some((part) => part.type === 'text' && /error/i.test(part.text))) return parts;
  const [first, ...rest] = parts;
  return first?.type === 'text'
    ? [{ ...first, text: `Error: ${first.text}` }, ...rest]
    : [{ type: 'text', text: 'Error:' }, ...parts];
}

function encodeCall(part: ToolCallPart): JsonObject {
  if (part.kind === 'tool_search') {
    return { type: 'tool_search_call', call_id: part.id, execution: 'client', arguments: parseArguments(part.input) };
  }
  const custom = part.kind === 'custom';
  return compact({
    type: custom ? 'custom_tool_call' : 'function_call',
    call_id: part.id,
    name: part.name,
    namespace: part.namespace,
    [custom ? 'input' : 'arguments']: part.input === '' && !custom ? '{}' : part.input,
  });
}

/** Where budgets of tokens were asked, the nearest effort: OpenAI publishes no numbers, these split Claude's usual range. */
function effortOfBudget(tokens: number): Effort {
  if (tokens <= 0) return 'none';
  if (tokens < 4096) return 'low';
  return tokens < 16_384 ? 'medium' : 'high';
}

function encodeReasoning(
  reasoning: ReasoningRequest | undefined,
  rules: TargetRules,
  losses: LossSink,
): JsonObject | undefined {
  if (reasoning === undefined) return undefined;
  if (rules.reasoning === false) {
    if (reasoning.mode !== 'off') losses('reasoning', 'this model does not reason');
    return undefined;
  }
  const budget = reasoning.budgetTokens === undefined ? undefined : effortOfBudget(reasoning.budgetTokens);
  if (budget !== undefined && reasoning.effort === undefined) {
    losses('reasoning.budget', `a budget of tokens became the effort "${budget}"`);
  }
  const effort = reasoning.effort ?? (reasoning.mode === 'off' ? 'none' : budget);
  const summary = reasoning.summary === 'none' ? undefined : reasoning.summary;
  return effort === undefined && summary === undefined ? undefined : compact({ effort, summary });
}

function encodeFormat(output: OutputFormat | undefined, rules: TargetRules, losses: LossSink): JsonObject | undefined {
  if (output === undefined) return undefined;
  if (output.type === 'text') return { type: 'text' };
  if (output.type === 'json') return { type: 'json_object' };
  if (rules.noJsonSchema === true) {
    losses('text.format', 'this provider knows no JSON schema: it is told in words');
    return { type: 'json_object' };
  }
  const strict = output.strict ?? isStrictSchema(output.schema);
  if (output.strict === undefined && !strict)
    losses('text.format.strict', 'the schema is more than strict mode takes: it guides the answer and is not enforced');
  return compact({
    type: 'json_schema',
    name: output.name,
    description: output.description,
    schema: output.schema,
    strict,
  });
}

/** JSON mode is refused when no message names JSON (OpenAI reference, JSON mode). */
function formatItems(output: OutputFormat | undefined, rules: TargetRules, items: readonly JsonObject[]): JsonObject[] {
  const isNeeded =
    output?.type === 'json_schema'
      ? rules.noJsonSchema === true
      : output?.type === 'json' && !/json/i.test(JSON.stringify(items));
  if (!isNeeded || output === undefined || output.type === 'text') return [];
  return [{ type: 'message', role: 'system', content: [{ type: 'input_text', text: formatInstruction(output) }] }];
}

function encodeLimit(request: CanonicalRequest, rules: TargetRules, losses: LossSink): number | undefined {
  const asked = request.maxOutputTokens;
  if (asked === undefined) return undefined;
  if (asked < minOutputTokens) {
    losses('max_output_tokens', `raised to ${String(minOutputTokens)}, the least the Responses API takes`);
    return minOutputTokens;
  }
  if (rules.maxOutputTokens !== undefined && asked > rules.maxOutputTokens) {
    losses('max_output_tokens', `lowered to ${String(rules.maxOutputTokens)}, the most this model can give`);
    return rules.maxOutputTokens;
  }
  return asked;
}

/** Sampling the Responses API has no field for, by the name people know it. */
function recordSampling(request: CanonicalRequest, losses: LossSink): void {
  const { sampling } = request;
  const unknown: readonly (readonly [string, unknown])[] = [
    ['top_k', sampling.topK],
    ['min_p', sampling.minP],
    ['frequency_penalty', sampling.frequencyPenalty],
    ['presence_penalty', sampling.presencePenalty],
    ['repetition_penalty', sampling.repetitionPenalty],
    ['seed', sampling.seed],
    ['stop', sampling.stop],
    ['logit_bias', sampling.logitBias],
    ['n', (request.candidateCount ?? 1) > 1 ? request.candidateCount : undefined],
  ];
  for (const [name, value] of unknown) {
    if (value !== undefined) losses(name, 'the Responses API has no such field');
  }
}

function encodeSampling(request: CanonicalRequest, rules: TargetRules, losses: LossSink): JsonObject {
  recordSampling(request, losses);
  const { sampling } = request;
  const fields: JsonObject = {
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_logprobs: sampling.logprobs === true ? sampling.topLogprobs : undefined,
  };
  if (rules.noSampling !== true) return fields;
  for (const [name, value] of Object.entries(fields)) {
    // What the model does anyway is no loss.
    if (value !== undefined && value !== 1) losses(name, 'this model takes no sampling parameters');
  }
  if (sampling.logprobs === true) losses('logprobs', 'this model takes no sampling parameters');
  return {};
}

function encodeInclude(request: CanonicalRequest, rules: TargetRules): Json | undefined {
  const include: string[] = [];
  const reasons = rules.reasoning !== false;
  if (reasons && (request.store !== true || request.includeEncryptedReasoning === true)) {
    include.push('reasoning.encrypted_content');
  }
  if (request.sampling.logprobs === true && rules.noSampling !== true) include.push('message.output_text.logprobs');
  return include.length === 0 ? undefined : include;
}

function encodeUser(request: CanonicalRequest, losses: LossSink): string | undefined {
  if (request.userId === undefined || request.userId.length <= maxUserLength) return request.userId;
  losses('user', `longer than the ${String(maxUserLength)} characters OpenAI takes`);
  return undefined;
}

/** OpenAI reference, `service_tier`; others (Anthropic's `standard_only`) are refused there. */
const serviceTiers = new Set(['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast']);

function encodeServiceTier(tier: string | undefined, losses: LossSink): string | undefined {
  if (tier === undefined || serviceTiers.has(tier)) return tier;
  losses('service_tier', `OpenAI has no tier "${tier}"`);
  return undefined;
}

function encodeToolFields(request: CanonicalRequest, rules: TargetRules, losses: LossSink): JsonObject {
  if (request.tools.length === 0) return {};
  if (rules.noTools === true) {
    losses('tools', 'this model takes no tools');
    return {};
  }
  if (request.parallelToolCalls !== undefined && rules.noParallelToolCalls === true) {
    losses('parallel_tool_calls', 'this provider does not know it');
  }
  return {
    tools: encodeTools(request.tools),
    tool_choice:
      request.toolChoice === undefined ? undefined : encodeToolChoice(request.toolChoice, request.tools, losses),
    parallel_tool_calls: rules.noParallelToolCalls === true ? undefined : request.parallelToolCalls,
  };
}

function withoutRefused(body: JsonObject, rules: TargetRules, losses: LossSink): JsonObject {
  const refused = rules.refusedFields ?? [];
  if (!refused.some((field) => field in body)) return body;
  const kept: Record<string, Json | undefined> = {};
  for (const [field, value] of Object.entries(body)) {
    if (refused.includes(field)) losses(field, 'this target refuses the field');
    else kept[field] = value;
  }
  return kept;
}

/** Nothing is stored at the provider unless the client asked for it; reasoning then travels encrypted. */
export function encodeRequest(request: CanonicalRequest, context: EncodeRequestContext): EncodedRequest {
  const { rules, losses } = context;
  const { instructions, rest } = splitInstructions(request.messages);
  const writer = new InputWriter(request.tools, context);
  for (const message of rest) writer.add(message);
  const format = encodeFormat(request.output, rules, losses);
  const body = compact({
    model: request.model,
    instructions,
    input: [...formatItems(request.output, rules, writer.items), ...writer.items],
    ...encodeToolFields(request, rules, losses),
    reasoning: encodeReasoning(request.reasoning, rules, losses),
    text:
      format === undefined && request.verbosity === undefined
        ? undefined
        : compact({ format, verbosity: request.verbosity }),
    max_output_tokens: encodeLimit(request, rules, losses),
    ...encodeSampling(request, rules, losses),
    store: request.store ?? false,
    include: encodeInclude(request, rules),
    prompt_cache_key: request.promptCacheKey,
    metadata: request.metadata,
    user: encodeUser(request, losses),
    service_tier: encodeServiceTier(request.serviceTier, losses),
    stream: request.stream ? true : undefined,
  });
  return { body: withoutRefused(body, rules, losses) };
}
