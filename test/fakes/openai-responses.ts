// Simulates the Responses API: validation, stored conversations, output items, and the full event sequence of a stream.

import { jsonReply, sseReply, type DialectContext, type Reply } from './core.ts';
import { dict, list, strings, text, type Dict } from './json.ts';
import { CREATED, logprob, textOf, thirds } from './openai-chat.ts';
import { openaiIssue } from './openai-errors.ts';
import { isReasoningModel } from './openai-models.ts';
import {
  callable,
  checkOpaque,
  checkResponses,
  inputItems,
  previous,
  type ResponseStore,
} from './openai-responses-rules.ts';
import { compactBody } from './openai-responses-spec.ts';
import { decide, split, tokens, type Ask, type PlannedTurn, type Turn, type Usage } from './script.ts';
import { check } from './shape.ts';
import { sseFrame } from './wire.ts';

/** A Responses endpoint with its own store. */
export function createResponses(context: DialectContext) {
  const store: ResponseStore = { conversations: new Map(), items: new Map() };

  const answer = (body: Dict, planned: PlannedTurn | undefined): Reply => {
    const conversation = checkResponses(body, context, store);
    const id = context.mint.id('resp_', 48);
    const trigger = conversation.at(-1)?.type === 'compaction_trigger';
    const turn = decide(askOf(body, conversation), planned);
    const output = trigger ? [compaction(context, conversation)] : outputOf(body, turn, context);
    if (body.store !== false) {
      store.conversations.set(id, [...conversation, ...output]);
      for (const item of output) store.items.set(text(item.id), item);
    }
    const response = responseOf(body, id, turn, output);
    return body.stream === true
      ? sseReply(eventsOf(response, output), { 'x-request-id': id })
      : jsonReply(response, { 'x-request-id': id });
  };

  const compact = (body: Dict): Reply => {
    const issue = check(body, compactBody());
    if (issue !== undefined) throw openaiIssue(issue);
    const input = inputItems(body.input);
    checkOpaque(input, context, store);
    const conversation = [...previous(body.previous_response_id, store), ...input];
    const kept = conversation.filter((item) => item.type === 'message' && item.role === 'user');
    const output = [
      ...kept.map((item) => ({ id: context.mint.id('msg_', 48), status: 'completed', ...item })),
      compaction(context, conversation),
    ];
    const input_tokens = conversation.flatMap(strings).reduce((sum, one) => sum + tokens(one), 0);
    const usage = responsesUsage({
      input: Math.max(1, input_tokens),
      cached: 0,
      cacheWrite: 0,
      output: 16,
      reasoning: 0,
    });
    return jsonReply({
      id: context.mint.id('resp_', 48),
      object: 'response.compaction',
      created_at: CREATED,
      output,
      usage,
    });
  };

  return { answer, compact };
}

function compaction(context: DialectContext, conversation: readonly Dict[]): Dict {
  const id = context.mint.id('cmp_', 48);
  return {
    id,
    type: 'compaction',
    encrypted_content: context.mint.encryptedContent(id, `${conversation.length} items`),
  };
}

function askOf(body: Dict, conversation: readonly Dict[]): Ask {
  const isOutput = (item: Dict | undefined): boolean => text(item?.type).endsWith('_call_output');
  const said = conversation.filter((item) => item.type !== 'additional_tools');
  // Codex appends developer messages after a tool's output; they are context, not something to answer.
  const spoken = said.filter((item) => item.role !== 'developer' && item.role !== 'system');
  const trailing = spoken.slice(spoken.findLastIndex((item) => !isOutput(item)) + 1);
  const user = spoken.findLast((item) => item.role === 'user');
  const format = dict(dict(body.text).format);
  const reasoning = dict(body.reasoning);
  const asked =
    typeof reasoning.effort === 'string' ? reasoning.effort !== 'none' : typeof reasoning.summary === 'string';
  const choice = dict(body.tool_choice);
  return {
    texts: [text(body.instructions), ...strings(conversation), ...strings(body.tools)],
    lastUserText: textOf(user?.content),
    toolResults: trailing.length > 0 ? trailing.map((item) => textOf(item.output)) : undefined,
    tools: callable(body, conversation),
    choice:
      body.tool_choice === 'none'
        ? 'none'
        : body.tool_choice === 'required' || choice.mode === 'required'
          ? 'any'
          : typeof choice.name === 'string'
            ? { name: choice.name }
            : 'auto',
    ...(format.type === 'json_schema' ? { schema: format.schema } : {}),
    ...(format.type === 'json_object' ? { schema: { type: 'object', properties: { ok: { type: 'boolean' } } } } : {}),
    thinking: !isReasoningModel(text(body.model)) ? 'never' : asked ? 'on' : 'if-asked',
    maxTokens: typeof body.max_output_tokens === 'number' ? body.max_output_tokens : undefined,
    parallel: body.parallel_tool_calls !== false,
  };
}

function logprobsOf(body: Dict, pieces: readonly string[]): Dict[] {
  const isAsked = list(body.include).includes('message.output_text.logprobs');
  return isAsked ? pieces.map((piece) => logprob(piece, body)) : [];
}

function outputOf(body: Dict, turn: Turn, context: DialectContext): Dict[] {
  const { mint } = context;
  const output: Dict[] = [];
  if (turn.reasoning.length > 0) {
    const id = mint.id('rs_', 48);
    const summary =
      typeof dict(body.reasoning).summary === 'string' || typeof dict(body.reasoning).generate_summary === 'string';
    output.push({
      id,
      type: 'reasoning',
      summary: summary ? [{ type: 'summary_text', text: turn.reasoning.join('') }] : [],
      ...(list(body.include).includes('reasoning.encrypted_content')
        ? { encrypted_content: mint.encryptedContent(id) }
        : {}),
    });
  }
  const said = turn.text.join('');
  if (said !== '' || turn.calls.length === 0) {
    const part =
      turn.stop === 'refusal'
        ? { type: 'refusal', refusal: said }
        : { type: 'output_text', annotations: [], logprobs: logprobsOf(body, turn.text), text: said };
    output.push({
      id: mint.id('msg_', 48),
      type: 'message',
      status: turn.stop === 'length' ? 'incomplete' : 'completed',
      content: [part],
      role: 'assistant',
    });
  }
  for (const call of turn.calls) {
    const shared = {
      status: 'completed',
      call_id: mint.id('call_', 24),
      name: call.tool.name,
      ...(call.tool.namespace === undefined ? {} : { namespace: call.tool.namespace }),
    };
    if (call.tool.freeform === true)
      output.push({ id: mint.id('ctc_', 48), type: 'custom_tool_call', ...shared, input: call.args });
    else
      output.push({
        id: mint.id('fc_', 48),
        type: 'function_call',
        ...shared,
        arguments: call.args === '' ? '{}' : call.args,
      });
  }
  return output;
}

/** OpenAI counts cached input inside input_tokens and reasoning inside output_tokens. */
export function responsesUsage(usage: Usage): Dict {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  };
}

function responseOf(body: Dict, id: string, turn: Turn, output: readonly Dict[]): Dict {
  const incomplete = turn.stop === 'length';
  return {
    id,
    object: 'response',
    created_at: CREATED,
    status: incomplete ? 'incomplete' : 'completed',
    background: false,
    completed_at: CREATED,
    error: null,
    incomplete_details: incomplete ? { reason: 'max_output_tokens' } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: null,
    model: body.model,
    output,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: { effort: dict(body.reasoning).effort ?? null, summary: dict(body.reasoning).summary ?? null },
    safety_identifier: null,
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: { format: dict(body.text).format ?? { type: 'text' }, verbosity: dict(body.text).verbosity ?? 'medium' },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_logprobs: 0,
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    usage: responsesUsage(turn.usage),
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  };
}

type Emit = (type: string, fields: Dict) => void;

function eventsOf(response: Dict, output: readonly Dict[]): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const emit: Emit = (type, fields) =>
    void frames.push(sseFrame({ type, sequence_number: frames.length, ...fields }, type));
  const running = {
    ...response,
    status: 'in_progress',
    completed_at: null,
    incomplete_details: null,
    output: [],
    usage: null,
  };
  emit('response.created', { response: running });
  emit('response.in_progress', { response: running });
  for (const [output_index, item] of output.entries()) {
    const at = { output_index, item_id: item.id };
    emit('response.output_item.added', { output_index, item: emptied(item) });
    if (item.type === 'reasoning') emitSummary(emit, at, item);
    if (item.type === 'message') emitMessage(emit, at, item);
    if (item.type === 'function_call')
      emitPieces(emit, at, 'response.function_call_arguments', 'arguments', text(item.arguments));
    if (item.type === 'custom_tool_call')
      emitPieces(emit, at, 'response.custom_tool_call_input', 'input', text(item.input));
    emit('response.output_item.done', { output_index, item });
  }
  emit(response.status === 'incomplete' ? 'response.incomplete' : 'response.completed', { response });
  return frames;
}

function emptied(item: Dict): Dict {
  if (item.type === 'reasoning') return { ...item, summary: [] };
  if (item.type === 'message') return { ...item, status: 'in_progress', content: [] };
  if (item.type === 'function_call') return { ...item, status: 'in_progress', arguments: '' };
  return item.type === 'custom_tool_call' ? { ...item, status: 'in_progress', input: '' } : item;
}

function emitSummary(emit: Emit, at: Dict, item: Dict): void {
  for (const [summary_index, part] of list(item.summary).map(dict).entries()) {
    const here = { ...at, summary_index };
    emit('response.reasoning_summary_part.added', { ...here, part: { type: 'summary_text', text: '' } });
    for (const delta of split(text(part.text))) emit('response.reasoning_summary_text.delta', { ...here, delta });
    emit('response.reasoning_summary_text.done', { ...here, text: part.text });
    emit('response.reasoning_summary_part.done', { ...here, part });
  }
}

function emitMessage(emit: Emit, at: Dict, item: Dict): void {
  for (const [content_index, part] of list(item.content).map(dict).entries()) {
    const here = { ...at, content_index };
    const refused = part.type === 'refusal';
    emit('response.content_part.added', {
      ...here,
      part: refused ? { ...part, refusal: '' } : { ...part, text: '', logprobs: [] },
    });
    const whole = text(refused ? part.refusal : part.text);
    for (const [index, delta] of split(whole).entries())
      emit(refused ? 'response.refusal.delta' : 'response.output_text.delta', {
        ...here,
        delta,
        ...(refused ? {} : { logprobs: list(part.logprobs).slice(index, index + 1) }),
      });
    emit(refused ? 'response.refusal.done' : 'response.output_text.done', {
      ...here,
      ...(refused ? { refusal: whole } : { text: whole, logprobs: part.logprobs }),
    });
    emit('response.content_part.done', { ...here, part });
  }
}

function emitPieces(emit: Emit, at: Dict, name: string, field: string, whole: string): void {
  for (const delta of thirds(whole)) emit(`${name}.delta`, { ...at, delta });
  emit(`${name}.done`, { ...at, [field]: whole });
}
