/**
 * Compaction for targets that have none: `POST /responses/compact` and the `compaction_trigger` item become a request for a
 * summary, and the summary becomes a compaction item that we can read again (OpenAI reference: "Compact a response"; Codex
 * `codex-api/src/endpoint/compact.rs` and `core/src/compact_remote_v2.rs` for what its client needs back).
 */
import type { Usage } from '../../../../shared/domain/usage.ts';
import type { Json, JsonObject } from '../canonical.ts';
import { asArray, asObject, asString, isObject, sseEvent } from '../dialect.ts';
import { isCompactionType, openSummary, sealSummary, summaryText } from './compaction-handle.ts';
import { echoOf, responseObject } from './response-object.ts';
import { inputItemsOf, outputItemsOf } from './responses-history.ts';
import { encodeUsage } from './usage.ts';

/** Codex keeps user messages up to 64 000 tokens beside a compaction, newest first; four bytes a token is its own estimate. */
const maxRetainedBytes = 64_000 * 4;

const instruction = [
  'The conversation above is about to be replaced by a summary, because it has become too long.',
  'Write that summary now. Another model will go on from it alone, without the messages before it.',
  'Include:',
  '- what the user wants, with every requirement, preference and decision still in force, in their own words where these matter;',
  '- what was done: files, commands, identifiers, values and results, exactly as named;',
  '- what failed or turned out to be wrong, and why;',
  '- the present state, and the next steps that remain.',
  'Leave out greetings and what no longer matters. Call no tools. Answer with the summary only.',
].join('\n');

/** Whether a request to `/responses` asks for a compaction: it holds a `compaction_trigger` item. */
export function hasCompactionTrigger(body: JsonObject): boolean {
  return asArray(body['input']).some((item) => asObject(item)['type'] === 'compaction_trigger');
}

function isOurs(item: JsonObject): boolean {
  return isCompactionType(item['type']) && openSummary(asString(item['encrypted_content']) ?? '') !== undefined;
}

/**
 * Compaction items of ours as the user messages they stand for. To be applied before anything reads the texts of a request, and
 * before a same-dialect target sees it: no provider can decrypt our handle. Returns the same object when there is none.
 */
export function expandCompactions(body: JsonObject): JsonObject {
  if (!asArray(body['input']).some((item) => isObject(item) && isOurs(item))) return body;
  const input = inputItemsOf(body).map((item) => {
    if (!isOurs(item)) return item;
    const summary = openSummary(asString(item['encrypted_content']) ?? '') ?? '';
    return { type: 'message', role: 'user', content: [{ type: 'input_text', text: summaryText(summary) }] };
  });
  return { ...body, input };
}

/**
 * The request that makes the summary: the same conversation and tools (a provider refuses tool calls in a history without the
 * tools, and the prompt cache stays good), then the instruction. No tool may be called; nothing is streamed or stored.
 */
export function compactPrompt(body: JsonObject): JsonObject {
  const prompt: Record<string, Json | undefined> = {};
  const kept = [
    'model',
    'instructions',
    'tools',
    'prompt_cache_key',
    'reasoning',
    'service_tier',
    'user',
    'safety_identifier',
  ];
  for (const field of kept) if (body[field] !== undefined) prompt[field] = body[field];
  const items = inputItemsOf(expandCompactions(body)).filter((item) => item['type'] !== 'compaction_trigger');
  const ask = { type: 'message', role: 'user', content: [{ type: 'input_text', text: instruction }] };
  const hasTools = body['tools'] !== undefined || items.some((item) => item['type'] === 'additional_tools');
  if (hasTools) prompt['tool_choice'] = 'none';
  return { ...prompt, input: [...items, ask], store: false, stream: false };
}

/** The summary in an answer to `compactPrompt`; empty when the model said nothing. */
export function summaryOf(responseBody: JsonObject): string {
  return outputItemsOf(responseBody)
    .filter((item) => item['type'] === 'message')
    .flatMap((item) => asArray(item['content']).map((part) => asString(asObject(part)['text']) ?? ''))
    .filter((text) => text !== '')
    .join('\n\n');
}

export interface CompactAnswerOptions {
  /** The client's body, for its user messages and for what an answer echoes. */
  readonly body: JsonObject;
  readonly summary: string;
  readonly usage: Usage | undefined;
  readonly model: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly newId: (prefix: string) => string;
}

function compactionItem(options: CompactAnswerOptions): JsonObject {
  return { id: options.newId('cmp_'), type: 'compaction', encrypted_content: sealSummary(options.summary) };
}

/** User messages of the request, as many of the newest as fit, in order. */
function retainedMessages(options: CompactAnswerOptions): JsonObject[] {
  const retained: JsonObject[] = [];
  let bytes = 0;
  for (const item of inputItemsOf(options.body).reverse()) {
    if (item['role'] !== 'user' || (item['type'] !== undefined && item['type'] !== 'message')) continue;
    const text = item['content'];
    const content = typeof text === 'string' ? [{ type: 'input_text', text }] : asArray(text);
    bytes += Buffer.byteLength(JSON.stringify(content));
    if (bytes > maxRetainedBytes) break;
    const id = asString(item['id']) ?? options.newId('msg_');
    retained.unshift({ id, type: 'message', status: 'completed', role: 'user', content });
  }
  return retained;
}

/** Body of the answer to `POST /responses/compact`: the user's messages, then the compaction that stands for the rest. */
export function compactAnswer(options: CompactAnswerOptions): JsonObject {
  return {
    id: options.newId('resp_'),
    object: 'response.compaction',
    created_at: options.createdAt,
    output: [...retainedMessages(options), compactionItem(options)],
    // Required by the reference, unlike in other answers.
    usage:
      encodeUsage(options.usage) ??
      encodeUsage({ inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 }),
  };
}

/**
 * The `response` that answers a request with a `compaction_trigger`: Codex wants exactly one compaction item, and keeps the user's
 * messages itself.
 */
export function compactionResponse(options: CompactAnswerOptions): JsonObject {
  return responseObject(
    { id: options.newId('resp_'), model: options.model, createdAt: options.createdAt, serviceTier: undefined },
    echoOf(options.body),
    { status: 'completed', details: null, output: [compactionItem(options)], usage: encodeUsage(options.usage) },
  );
}

/** Wire text of a `compactionResponse` for a client that asked for a stream. */
export function compactionStream(response: JsonObject): string {
  const [item] = outputItemsOf(response);
  const started = { ...response, status: 'in_progress', output: [], usage: null };
  const events: readonly (readonly [string, JsonObject])[] = [
    ['response.created', { response: started }],
    ['response.in_progress', { response: started }],
    ['response.output_item.added', { output_index: 0, item }],
    ['response.output_item.done', { output_index: 0, item }],
    ['response.completed', { response }],
  ];
  const text = events.map(([type, fields], index) => sseEvent(type, { type, sequence_number: index, ...fields }));
  return `${text.join('')}data: [DONE]\n\n`;
}
