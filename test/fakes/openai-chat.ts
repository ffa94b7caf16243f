// Simulates Chat Completions: validation, then a scripted answer as one JSON object or as chunks.

import { jsonReply, sseReply, type DialectContext, type Reply } from './core.ts';
import { dict, list, strings, text, type Dict } from './json.ts';
import { isReasoningModel } from './openai-models.ts';
import { checkChat, type OpenaiFlavour } from './openai-chat-spec.ts';
import { decide, type Ask, type Call, type PlannedTurn, type Tool, type Turn, type Usage } from './script.ts';
import { sseFrame } from './wire.ts';

// Any fixed second: answers must not depend on the clock.
export const CREATED = 1_790_000_000;

/** Answers a validated or refused chat request; `model` is what the provider calls it. Throws Refusal. */
export function answerChat(
  body: Dict,
  context: DialectContext,
  flavour: OpenaiFlavour,
  planned: PlannedTurn | undefined,
): Reply {
  checkChat(body, flavour);
  const model = text(body.model);
  const turn = decide(askOf(body, model, flavour), planned);
  const id = context.mint.id('chatcmpl-', 29);
  const head = { id, created: CREATED, model, service_tier: 'default', system_fingerprint: 'fp_0123456789' };
  const calls = turn.calls.map((call) => toolCall(call, context, flavour));
  if (body.stream === true) return sseReply(chunks(body, head, turn, calls, flavour), { 'x-request-id': id });
  const choice = {
    index: 0,
    message: messageOf(turn, calls, flavour),
    logprobs:
      body.logprobs === true ? { content: turn.text.map((token) => logprob(token, body)), refusal: null } : null,
    finish_reason: finishOf(turn),
  };
  const choices = Array.from({ length: typeof body.n === 'number' ? body.n : 1 }, (_, index) => ({ ...choice, index }));
  return jsonReply(
    { ...head, object: 'chat.completion', choices, usage: chatUsage(turn.usage) },
    { 'x-request-id': id },
  );
}

function askOf(body: Dict, model: string, flavour: OpenaiFlavour): Ask {
  const messages = list(body.messages).map(dict);
  const last = messages.at(-1);
  const trailing = messages.slice(messages.findLastIndex((one) => one.role !== 'tool') + 1);
  const user = messages.findLast((one) => one.role === 'user');
  const format = dict(body.response_format);
  const shows = flavour.reasoningContent === true || (flavour.noModelRules !== true && isReasoningModel(model));
  const effort = body.reasoning_effort;
  return {
    texts: [...strings(messages), ...strings(body.tools)],
    lastUserText: textOf(user?.content),
    toolResults: last?.role === 'tool' ? trailing.map((one) => textOf(one.content)) : undefined,
    tools: list(body.tools).map(toolOf),
    choice: choiceOf(body.tool_choice),
    ...(format.type === 'json_schema' ? { schema: dict(format.json_schema).schema } : {}),
    ...(format.type === 'json_object' ? { schema: { type: 'object', properties: { ok: { type: 'boolean' } } } } : {}),
    thinking: !shows ? 'never' : typeof effort === 'string' && effort !== 'none' ? 'on' : 'if-asked',
    maxTokens: (body.max_completion_tokens ?? body.max_tokens) as number | undefined,
    stopSequences: typeof body.stop === 'string' ? [body.stop] : list(body.stop).map(text),
    parallel: body.parallel_tool_calls !== false,
  };
}

/** The text of a string or of content parts. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return list(content)
    .map((part) => text(dict(part).text))
    .filter((one) => one !== '')
    .join('\n');
}

function toolOf(value: unknown): Tool {
  const one = dict(value);
  if (one.type === 'custom') return { name: text(dict(one.custom).name), freeform: true };
  const declared = dict(one.function);
  return { name: text(declared.name), schema: declared.parameters };
}

function choiceOf(value: unknown): Ask['choice'] {
  if (value === 'none') return 'none';
  if (value === 'required') return 'any';
  const chosen = dict(value);
  const name = text(dict(chosen.function).name) || text(dict(chosen.custom).name);
  if (name !== '') return { name };
  return dict(chosen.allowed_tools).mode === 'required' ? 'any' : 'auto';
}

function toolCall(call: Call, context: DialectContext, flavour: OpenaiFlavour): Dict {
  const id = flavour.toolIds === 'mistral' ? context.mint.id('', 9) : context.mint.id('call_', 24);
  if (call.tool.freeform === true) return { id, type: 'custom', custom: { name: call.tool.name, input: call.args } };
  return { id, type: 'function', function: { name: call.tool.name, arguments: call.args === '' ? '{}' : call.args } };
}

function messageOf(turn: Turn, calls: readonly Dict[], flavour: OpenaiFlavour): Dict {
  const said = turn.text.join('');
  const refused = turn.stop === 'refusal';
  return {
    role: 'assistant',
    content: refused || (said === '' && calls.length > 0) ? null : said,
    ...(flavour.reasoningContent === true && turn.reasoning.length > 0
      ? { reasoning_content: turn.reasoning.join('') }
      : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    refusal: refused ? said : null,
    annotations: [],
  };
}

const FINISH = { end: 'stop', stop_sequence: 'stop', calls: 'tool_calls', length: 'length', refusal: 'stop' } as const;
const finishOf = (turn: Turn): string => FINISH[turn.stop];

/** OpenAI counts cached input inside prompt_tokens and reasoning inside completion_tokens. */
export function chatUsage(usage: Usage): Dict {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** What is said of one token, with its alternatives where they were asked for. */
export function logprob(token: string, body: Dict): Dict {
  const one = { token, logprob: -0.25, bytes: [...Buffer.from(token)] };
  return { ...one, top_logprobs: typeof body.top_logprobs === 'number' && body.top_logprobs > 0 ? [one] : [] };
}

function chunks(body: Dict, head: Dict, turn: Turn, calls: readonly Dict[], flavour: OpenaiFlavour): Uint8Array[] {
  const wantsUsage = dict(body.stream_options).include_usage === true && flavour.noStreamUsage !== true;
  const seen = wantsUsage && flavour.usageInLastChunk !== true ? { usage: null } : {};
  const chunk = (delta: Dict, finish: string | null = null, rest: Dict = {}): Uint8Array =>
    sseFrame({
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish, ...rest }],
      ...seen,
    });
  const refused = turn.stop === 'refusal';
  const frames = [
    chunk({ role: 'assistant', content: calls.length > 0 && turn.text.length === 0 ? null : '', refusal: null }),
  ];
  if (flavour.reasoningContent === true)
    frames.push(...turn.reasoning.map((piece) => chunk({ reasoning_content: piece })));
  for (const piece of turn.text) {
    const rest = body.logprobs === true ? { logprobs: { content: [logprob(piece, body)], refusal: null } } : {};
    frames.push(chunk(refused ? { refusal: piece } : { content: piece }, null, rest));
  }
  for (const [index, call] of calls.entries())
    frames.push(...callDeltas(call, index).map((delta) => chunk({ tool_calls: [delta] })));
  const usage = chatUsage(turn.usage);
  if (flavour.usageInLastChunk === true && flavour.noStreamUsage !== true) {
    frames.push(
      sseFrame({
        ...head,
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: finishOf(turn) }],
        usage,
      }),
    );
  } else {
    frames.push(chunk({}, finishOf(turn)));
    if (wantsUsage) frames.push(sseFrame({ ...head, object: 'chat.completion.chunk', choices: [], usage }));
  }
  if (flavour.noDone !== true) frames.push(sseFrame('[DONE]'));
  return frames;
}

/** Name and id first, then the arguments in three pieces. */
function callDeltas(call: Dict, index: number): Dict[] {
  const custom = call.type === 'custom';
  const inner = dict(custom ? call.custom : call.function);
  const field = custom ? 'input' : 'arguments';
  const key = custom ? 'custom' : 'function';
  const pieces = thirds(text(inner[field]));
  return [
    { index, id: call.id, type: call.type, [key]: { name: inner.name, [field]: '' } },
    ...pieces.map((piece) => ({ index, [key]: { [field]: piece } })),
  ];
}

/** A text in up to three pieces, cut between code points. */
export function thirds(value: string): string[] {
  const points = [...value];
  const size = Math.max(1, Math.ceil(points.length / 3));
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) =>
    points.slice(index * size, (index + 1) * size).join(''),
  );
}
