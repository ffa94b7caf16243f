/** The `response` object around an answer: its head, what it echoes of the request, and its items (OpenAI reference: "The response object"). */
import type { CanonicalResponse, Finish, Json, JsonObject, Opaque, ReasoningPart, ToolCallPart } from '../canonical.ts';
import { isObject, type EncodeAnswerContext } from '../dialect.ts';
import { parseArguments } from './arguments.ts';
import { compact } from '../fields.ts';

/** Fields clients expect to find again, with the API's defaults where the client said nothing. */
export function echoOf(body: JsonObject): JsonObject {
  const given = (field: string, otherwise: Json): Json => {
    const value = body[field];
    return value === undefined || value === null ? otherwise : value;
  };
  const text = isObject(body['text']) ? body['text'] : {};
  const reasoning = isObject(body['reasoning']) ? body['reasoning'] : {};
  return compact({
    background: false,
    instructions: given('instructions', null),
    max_output_tokens: given('max_output_tokens', null),
    max_tool_calls: given('max_tool_calls', null),
    metadata: given('metadata', {}),
    parallel_tool_calls: given('parallel_tool_calls', true),
    previous_response_id: given('previous_response_id', null),
    prompt_cache_key: given('prompt_cache_key', null),
    reasoning: { effort: null, summary: null, ...reasoning },
    safety_identifier: given('safety_identifier', null),
    store: given('store', true),
    temperature: given('temperature', 1),
    text: { format: { type: 'text' }, ...text },
    tool_choice: given('tool_choice', 'auto'),
    tools: given('tools', []),
    top_logprobs: given('top_logprobs', 0),
    top_p: given('top_p', 1),
    truncation: given('truncation', 'disabled'),
    user: given('user', null),
  });
}

/** An id of ours keeps the provider's in it; clients hand it back as `previous_response_id`. */
export function responseId(id: string, newId: (prefix: string) => string): string {
  const safe = id.replace(/[^A-Za-z0-9_-]/g, '');
  if (safe === '') return newId('resp_');
  return safe.startsWith('resp_') ? safe : `resp_${safe}`;
}

interface Ending {
  readonly status: 'completed' | 'incomplete';
  readonly details: JsonObject | null;
  /** Status of the item that was being written when the answer ended. */
  readonly lastItem: 'completed' | 'incomplete';
}

/** `refused`: the answer holds a refusal in words, which is a complete answer in this dialect. */
export function endingOf(finish: Finish, refused: boolean): Ending {
  if (finish.reason === 'length') {
    return { status: 'incomplete', details: { reason: 'max_output_tokens' }, lastItem: 'incomplete' };
  }
  if (finish.reason === 'content_filter' || (finish.reason === 'refusal' && !refused)) {
    return { status: 'incomplete', details: { reason: 'content_filter' }, lastItem: 'incomplete' };
  }
  return { status: 'completed', details: null, lastItem: 'completed' };
}

/** The item a tool call is, with `status`. */
export function callItem(part: ToolCallPart, id: string, status: string): JsonObject {
  if (part.kind === 'tool_search') {
    return {
      id,
      type: 'tool_search_call',
      status,
      call_id: part.id,
      execution: 'client',
      arguments: parseArguments(part.input),
    };
  }
  const custom = part.kind === 'custom';
  return compact({
    id,
    type: custom ? 'custom_tool_call' : 'function_call',
    status,
    call_id: part.id,
    name: part.name,
    namespace: part.namespace,
    [custom ? 'input' : 'arguments']: part.input,
  });
}

export const callIdPrefix = { function: 'fc_', custom: 'ctc_', tool_search: 'tsc_' } as const;

/** Encrypted content goes out only where it was asked for, and only what is encrypted content. */
export function encryptedContent(opaque: Opaque | undefined, context: EncodeAnswerContext): string | undefined {
  if (context.request.includeEncryptedReasoning !== true || opaque?.form !== 'encrypted') return undefined;
  return opaque.data;
}

export function reasoningItem(part: ReasoningPart, id: string, context: EncodeAnswerContext): JsonObject {
  return compact({
    id,
    type: 'reasoning',
    summary: part.text === '' ? [] : [{ type: 'summary_text', text: part.text }],
    encrypted_content: encryptedContent(part.opaque, context),
  });
}

/** A reasoning item keeps the id it came with: clients send it back by that. */
export function reasoningId(id: string | undefined, newId: (prefix: string) => string): string {
  return id?.startsWith('rs_') === true ? id : newId('rs_');
}

export interface ResponseHead {
  readonly id: string;
  readonly model: string;
  readonly createdAt: number;
  readonly serviceTier: CanonicalResponse['serviceTier'];
}

/** The whole object. `usage` is `null` until it is known. */
export function responseObject(
  head: ResponseHead,
  echo: JsonObject,
  state: { status: string; details: JsonObject | null; output: readonly JsonObject[]; usage: JsonObject | null },
): JsonObject {
  return {
    id: head.id,
    object: 'response',
    created_at: head.createdAt,
    status: state.status,
    error: null,
    incomplete_details: state.details,
    model: head.model,
    output: state.output,
    service_tier: head.serviceTier ?? 'default',
    usage: state.usage,
    ...echo,
  };
}
