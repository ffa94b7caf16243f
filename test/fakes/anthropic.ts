// The simulated Anthropic account: Messages, token counting, threads, and the model list.

import { anthropicError, requireAnthropicHeaders, requireAnthropicJson } from './anthropic-errors.ts';
import { checkMessages, decidesItself, type MessagesContext } from './anthropic-rules.ts';
import {
  jsonReply,
  sseReply,
  type CommonOptions,
  type Dialect,
  type DialectContext,
  type Incoming,
  type Reply,
} from './core.ts';
import { dict, isDict, list, strings, text, type Dict } from './json.ts';
import { thirds } from './openai-chat.ts';
import { decide, tokens, type Ask, type PlannedTurn, type Turn, type Usage } from './script.ts';
import { sseFrame } from './wire.ts';

export type AnthropicOptions = CommonOptions & {
  dialect: 'anthropic';
  /** `unsupported` refuses the `thread` field the way a server without threads must; default `served`. */
  threads?: 'served' | 'unsupported';
};

const LISTED_MODELS = ['claude-opus-4-8', 'claude-sonnet-4-5', 'claude-haiku-4-5'];

/** The dialect of one Anthropic account. */
export function createAnthropic(context: DialectContext, options: AnthropicOptions): Dialect {
  const threads = new Map<string, Dict>();

  const answer = (request: Incoming, planned: PlannedTurn | undefined): Reply => {
    const version = requireAnthropicHeaders(request, context);
    if (request.method === 'GET' && /^\/v1\/models(\/|$)/.test(request.path)) return answerModels(request, context);
    const counting = request.path === '/v1/messages/count_tokens';
    if (!counting && request.path !== '/v1/messages') throw anthropicError(404, 'Not found');
    if (request.method !== 'POST') throw anthropicError(405, 'Method Not Allowed');
    const betas = (request.headers['anthropic-beta'] ?? '').split(',').map((beta) => beta.trim());
    const sent = requireAnthropicJson(request);
    const body = withThread(sent, threads, options);
    const messages: MessagesContext = { mint: context.mint, version, betas, counting };
    if (counting) return countTokens(body, context, messages);
    return answerMessages(body, context, messages, planned, (id, content) => {
      if (isDict(sent.thread))
        threads.set(id, { ...body, messages: [...list(body.messages), { role: 'assistant', content }] });
    });
  };
  return { answer, errorFrame: anthropicErrorFrame };
}

/** A continued thread is the stored request with the new messages after it. */
function withThread(body: Dict, threads: Map<string, Dict>, options: AnthropicOptions): Dict {
  const thread = dict(body.thread);
  if (thread.type === undefined) return body;
  if (options.threads === 'unsupported') {
    throw anthropicError(400, 'thread: this request cannot be served with a thread', {
      error_code: 'thread_unsupported_request',
      unsupported: ['thread'],
    });
  }
  if (thread.type !== 'continue') return body;
  const held = threads.get(text(thread.previous_message_id));
  if (held === undefined)
    throw anthropicError(404, `thread: no thread ends with message ${text(thread.previous_message_id)}`, {
      error_code: 'thread_not_found',
    });
  return { ...held, ...body, messages: [...list(held.messages), ...list(body.messages)] };
}

/** One Messages exchange, after headers: validation, then JSON or events. Vertex uses it too. Throws Refusal. */
export function answerMessages(
  body: Dict,
  context: DialectContext,
  messages: MessagesContext,
  planned: PlannedTurn | undefined,
  answered: (id: string, content: Dict[]) => void,
): Reply {
  checkMessages(body, messages);
  requireModel(text(body.model), context);
  const turn = decide(askOf(body), planned);
  const id = context.mint.id('msg_01', 22);
  const content = contentOf(body, turn, context);
  answered(id, content);
  const message = {
    model: body.model,
    id,
    type: 'message',
    role: 'assistant',
    content,
    stop_reason: STOP[turn.stop],
    stop_sequence: turn.stopSequence ?? null,
    usage: anthropicUsage(turn.usage),
    ...(isDict(body.context_management) ? { context_management: { applied_edits: [] } } : {}),
  };
  const headers = { 'request-id': context.mint.id('req_011', 21), 'anthropic-ratelimit-requests-remaining': '999' };
  return body.stream === true ? sseReply(eventsOf(message, turn), headers) : jsonReply(message, headers);
}

function requireModel(model: string, context: DialectContext): void {
  if (context.models !== undefined && !context.models.includes(model)) throw anthropicError(404, `model: ${model}`);
}

function countTokens(body: Dict, context: DialectContext, messages: MessagesContext): Reply {
  checkMessages(body, messages);
  requireModel(text(body.model), context);
  const input_tokens = Math.max(
    1,
    askOf(body).texts.reduce((sum, one) => sum + tokens(one), 0),
  );
  return jsonReply({
    input_tokens,
    ...(isDict(body.context_management) ? { context_management: { original_input_tokens: input_tokens } } : {}),
  });
}

/** The text of a string or of the text blocks of a content list. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const parts = list(content).map(dict);
  // Claude Code puts its reminders before what the user typed: the last block is the prompt.
  return text(parts.findLast((part) => part.type === 'text')?.text);
}

function askOf(body: Dict): Ask {
  const messages = list(body.messages).map(dict);
  const user = messages.findLast((message) => message.role === 'user');
  const last = list(user?.content).map(dict);
  const results = last.filter((block) => block.type === 'tool_result');
  const spoken = messages.filter((message) => message.role === 'user' && textOf(message.content) !== '').at(-1);
  const choice = dict(body.tool_choice);
  const format = dict(dict(body.output_config).format ?? body.output_format);
  const thinking = dict(body.thinking).type;
  return {
    texts: [...strings(body.system), ...strings(messages), ...strings(body.tools)],
    lastUserText: textOf(spoken?.content),
    toolResults:
      results.length > 0 && messages.findLast((message) => message.role !== 'system') === user
        ? results.map((one) => resultText(one))
        : undefined,
    tools: list(body.tools)
      .map(dict)
      .map((tool) => ({ name: text(tool.name), schema: tool.input_schema })),
    choice:
      choice.type === 'none'
        ? 'none'
        : choice.type === 'any'
          ? 'any'
          : choice.type === 'tool'
            ? { name: text(choice.name) }
            : 'auto',
    ...(isDict(format.schema) ? { schema: format.schema } : {}),
    // The fifth generation thinks unless told not to; a simulated one only when the text asks for it.
    thinking:
      thinking === 'enabled' || thinking === 'adaptive'
        ? 'on'
        : thinking === undefined && /^claude-\w+-[5-9]/.test(text(body.model))
          ? 'if-asked'
          : 'never',
    maxTokens: typeof body.max_tokens === 'number' ? body.max_tokens : undefined,
    stopSequences: list(body.stop_sequences).map(text),
    cacheMark: JSON.stringify([body.system, body.messages, body.tools, body.cache_control ?? null]).includes(
      '"cache_control":{"type"',
    ),
    parallel: choice.disable_parallel_tool_use !== true,
  };
}

function resultText(block: Dict): string {
  const said =
    typeof block.content === 'string'
      ? block.content
      : list(block.content)
          .map((part) => text(dict(part).text) || `[${text(dict(part).type)}]`)
          .join('\n');
  return block.is_error === true ? `error ${said}` : said;
}

const STOP = {
  end: 'end_turn',
  calls: 'tool_use',
  length: 'max_tokens',
  stop_sequence: 'stop_sequence',
  refusal: 'refusal',
} as const;

function contentOf(body: Dict, turn: Turn, context: DialectContext): Dict[] {
  const content: Dict[] = [];
  if (turn.reasoning.length > 0) {
    const display = dict(body.thinking).display ?? (decidesItself(text(body.model)) ? 'omitted' : 'summarized');
    const thinking = display === 'omitted' ? '' : turn.reasoning.join('');
    content.push({ type: 'thinking', thinking, signature: context.mint.signature(thinking) });
  }
  const said = turn.text.join('');
  if (said !== '') content.push({ type: 'text', text: said });
  for (const call of turn.calls) {
    const input: unknown = call.args === '' ? {} : JSON.parse(call.args);
    content.push({ type: 'tool_use', id: context.mint.id('toolu_01', 22), name: call.tool.name, input });
  }
  return content;
}

/** Anthropic's three input counts are disjoint; thinking is inside output_tokens. */
function anthropicUsage(usage: Usage): Dict {
  return {
    input_tokens: usage.input - usage.cached - usage.cacheWrite,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cached,
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheWrite, ephemeral_1h_input_tokens: 0 },
    output_tokens: usage.output,
    ...(usage.reasoning > 0 ? { output_tokens_details: { thinking_tokens: usage.reasoning } } : {}),
    service_tier: 'standard',
  };
}

const event = (data: Dict): Uint8Array => sseFrame(data, text(data.type));

function eventsOf(message: Dict, turn: Turn): Uint8Array[] {
  const usage = dict(message.usage);
  const start = {
    ...message,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usage, output_tokens: 1 },
  };
  delete (start as Dict).context_management;
  const frames = [event({ type: 'message_start', message: start })];
  for (const [index, block] of list(message.content).map(dict).entries()) {
    frames.push(event({ type: 'content_block_start', index, content_block: emptied(block) }));
    if (index === 0) frames.push(event({ type: 'ping' }));
    for (const delta of deltasOf(block, turn)) frames.push(event({ type: 'content_block_delta', index, delta }));
    frames.push(event({ type: 'content_block_stop', index }));
  }
  const edits = message.context_management === undefined ? {} : { context_management: message.context_management };
  frames.push(
    event({
      type: 'message_delta',
      delta: { stop_reason: message.stop_reason, stop_sequence: message.stop_sequence },
      usage,
      ...edits,
    }),
  );
  frames.push(event({ type: 'message_stop' }));
  return frames;
}

function emptied(block: Dict): Dict {
  if (block.type === 'text') return { type: 'text', text: '' };
  if (block.type === 'thinking') return { type: 'thinking', thinking: '', signature: '' };
  return { ...block, input: {} };
}

function deltasOf(block: Dict, turn: Turn): Dict[] {
  if (block.type === 'text') return turn.text.map((piece) => ({ type: 'text_delta', text: piece }));
  if (block.type === 'thinking') {
    const shown = block.thinking === '' ? [] : turn.reasoning;
    return [
      ...shown.map((piece) => ({ type: 'thinking_delta', thinking: piece })),
      { type: 'signature_delta', signature: block.signature },
    ];
  }
  const whole = Object.keys(dict(block.input)).length === 0 ? '' : JSON.stringify(block.input);
  return ['', ...thirds(whole)].map((partial_json) => ({ type: 'input_json_delta', partial_json }));
}

/** What Anthropic writes into a stream it cannot go on with. */
export function anthropicErrorFrame(): Uint8Array {
  return event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
}

function answerModels(request: Incoming, context: DialectContext): Reply {
  const ids = context.models ?? LISTED_MODELS;
  const info = (id: string): Dict => ({
    type: 'model',
    id,
    display_name: id.replace(/-/g, ' '),
    created_at: '2026-01-01T00:00:00Z',
  });
  if (request.path === '/v1/models') {
    const data = ids.slice(0, Number(request.query.get('limit') ?? 20)).map(info);
    return jsonReply({
      data,
      has_more: data.length < ids.length,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
    });
  }
  const id = decodeURIComponent(request.path.slice('/v1/models/'.length));
  if (!ids.includes(id)) throw anthropicError(404, `model: ${id}`);
  return jsonReply(info(id));
}
