/** What the tests of this dialect share: contexts with counted ids and collected losses, and reading a stream's events. */
import type { CanonicalRequest, JsonObject, StreamPart } from '../../../../../main/gateway/dialects/canonical.ts';
import {
  asString,
  type DecodeAnswerContext,
  type EncodeAnswerContext,
  type EncodeRequestContext,
  type StreamEvent,
  type TargetRules,
} from '../../../../../main/gateway/dialects/dialect.ts';
import { openaiResponses } from '../../../../../main/gateway/dialects/openai-responses/openai-responses.ts';
import { capturedBodies as bodiesOf, collectLosses, countedIds, type Losses } from '../support.ts';

export { collectLosses, countedIds, type Losses };

export function decode(body: JsonObject, losses: Losses = collectLosses()): CanonicalRequest {
  return openaiResponses.decodeRequest(body, {
    model: typeof body['model'] === 'string' ? body['model'] : 'm',
    stream: body['stream'] === true,
    losses: losses.sink,
    newId: countedIds(),
  });
}

export function encodeContext(rules: TargetRules = {}, losses: Losses = collectLosses()): EncodeRequestContext {
  return { mint: 'p', rules, losses: losses.sink, newId: countedIds() };
}

export function encode(
  request: CanonicalRequest,
  rules: TargetRules = {},
  losses: Losses = collectLosses(),
): JsonObject {
  return openaiResponses.encodeRequest(request, encodeContext(rules, losses)).body;
}

export function answerContext(losses: Losses = collectLosses()): DecodeAnswerContext {
  return { mint: 'p', losses: losses.sink, newId: countedIds() };
}

export const emptyRequest: CanonicalRequest = { model: 'm', stream: true, messages: [], tools: [], sampling: {} };

export function clientContext(
  request: Partial<CanonicalRequest> = {},
  clientBody: JsonObject = {},
  losses: Losses = collectLosses(),
): EncodeAnswerContext {
  return {
    model: 'gpt-5.2',
    newId: countedIds(),
    createdAt: 1_800_000_000,
    losses: losses.sink,
    request: { ...emptyRequest, ...request },
    clientBody,
  };
}

/** An event of a provider, named by its type as OpenAI does. */
export function event(data: JsonObject): StreamEvent {
  return { name: asString(data['type']) ?? '', data: JSON.stringify(data) };
}

export function decodeStream(events: readonly JsonObject[], losses: Losses = collectLosses()): StreamPart[] {
  const decoder = openaiResponses.createStreamDecoder(answerContext(losses));
  return [...events.flatMap((data) => decoder.push(event(data))), ...decoder.end()];
}

/** Events in wire text; `[DONE]` is left out. */
export function readWire(wire: string): JsonObject[] {
  return wire
    .split('\n\n')
    .filter((block) => block !== '' && !block.endsWith('[DONE]'))
    .map((block) => {
      const [name, data] = block.split('\n');
      const value = JSON.parse(String(data).slice('data: '.length)) as JsonObject;
      if (name !== `event: ${asString(value['type']) ?? ''}`)
        throw new Error(`event line ${String(name)} does not match`);
      return value;
    });
}

/** Parts with the pieces of one block joined, and without the words that only a provider has. */
export function joined(parts: readonly StreamPart[]): StreamPart[] {
  const out: StreamPart[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (part.type === 'text-delta' && last?.type === 'text-delta' && last.block === part.block) {
      out[out.length - 1] = { ...last, text: last.text + part.text };
    } else if (part.type === 'reasoning-delta' && last?.type === 'reasoning-delta') {
      out[out.length - 1] = { ...last, text: last.text + part.text };
    } else if (part.type === 'tool-call-delta' && last?.type === 'tool-call-delta' && last.block === part.block) {
      out[out.length - 1] = { ...last, input: last.input + part.input };
    } else out.push(part);
  }
  return out;
}

/** Bodies a real client sent to `/v1/responses`. */
export const capturedBodies = (client: string): JsonObject[] => bodiesOf(client, /^\/v1\/responses$/);

const completed = (response: JsonObject): JsonObject => ({
  type: 'response.completed',
  sequence_number: 99,
  response: {
    id: 'resp_1',
    object: 'response',
    created_at: 1_790_000_000,
    model: 'gpt-5.2',
    status: 'completed',
    error: null,
    incomplete_details: null,
    output: [],
    usage: {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 40, cache_write_tokens: 10 },
      output_tokens: 30,
      output_tokens_details: { reasoning_tokens: 12 },
      total_tokens: 130,
    },
    ...response,
  },
});

const head = { id: 'resp_1', object: 'response', created_at: 1_790_000_000, model: 'gpt-5.2', status: 'in_progress' };

/** As OpenAI streams reasoning with two summary parts, a text in odd pieces, and two parallel calls. */
export const fullStream: readonly JsonObject[] = [
  { type: 'response.created', sequence_number: 0, response: { ...head, output: [], usage: null } },
  { type: 'response.in_progress', sequence_number: 1, response: { ...head, output: [], usage: null } },
  { type: 'response.output_item.added', output_index: 0, item: { id: 'rs_1', type: 'reasoning', summary: [] } },
  {
    type: 'response.reasoning_summary_part.added',
    item_id: 'rs_1',
    output_index: 0,
    summary_index: 0,
    part: { type: 'summary_text', text: '' },
  },
  {
    type: 'response.reasoning_summary_text.delta',
    item_id: 'rs_1',
    output_index: 0,
    summary_index: 0,
    delta: 'First ',
  },
  {
    type: 'response.reasoning_summary_text.delta',
    item_id: 'rs_1',
    output_index: 0,
    summary_index: 0,
    delta: 'thought',
  },
  {
    type: 'response.reasoning_summary_text.done',
    item_id: 'rs_1',
    output_index: 0,
    summary_index: 0,
    text: 'First thought',
  },
  {
    type: 'response.reasoning_summary_part.done',
    item_id: 'rs_1',
    output_index: 0,
    summary_index: 0,
    part: { type: 'summary_text', text: 'First thought' },
  },
  {
    type: 'response.reasoning_summary_part.added',
    item_id: 'rs_1',
    output_index: 0,
    summary_index: 1,
    part: { type: 'summary_text', text: '' },
  },
  {
    type: 'response.reasoning_summary_text.delta',
    item_id: 'rs_1',
    output_index: 0,
    summary_index: 1,
    delta: 'Second',
  },
  { type: 'response.reasoning_summary_text.done', item_id: 'rs_1', output_index: 0, summary_index: 1, text: 'Second' },
  {
    type: 'response.output_item.done',
    output_index: 0,
    item: {
      id: 'rs_1',
      type: 'reasoning',
      summary: [
        { type: 'summary_text', text: 'First thought' },
        { type: 'summary_text', text: 'Second' },
      ],
      encrypted_content: 'gAAAAsecret',
    },
  },
  {
    type: 'response.output_item.added',
    output_index: 1,
    item: { id: 'msg_1', type: 'message', status: 'in_progress', role: 'assistant', content: [] },
  },
  {
    type: 'response.content_part.added',
    item_id: 'msg_1',
    output_index: 1,
    content_index: 0,
    part: { type: 'output_text', text: '', annotations: [] },
  },
  { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 1, content_index: 0, delta: 'héllo ' },
  { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 1, content_index: 0, delta: '世' },
  { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 1, content_index: 0, delta: '界 "q"\n🙂' },
  {
    type: 'response.output_text.done',
    item_id: 'msg_1',
    output_index: 1,
    content_index: 0,
    text: 'héllo 世界 "q"\n🙂',
  },
  {
    type: 'response.content_part.done',
    item_id: 'msg_1',
    output_index: 1,
    content_index: 0,
    part: { type: 'output_text', text: 'héllo 世界 "q"\n🙂', annotations: [] },
  },
  {
    type: 'response.output_item.done',
    output_index: 1,
    item: {
      id: 'msg_1',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'héllo 世界 "q"\n🙂', annotations: [] }],
    },
  },
  {
    type: 'response.output_item.added',
    output_index: 2,
    item: { id: 'fc_1', type: 'function_call', status: 'in_progress', call_id: 'call_a', name: 'get', arguments: '' },
  },
  {
    type: 'response.output_item.added',
    output_index: 3,
    item: {
      id: 'fc_2',
      type: 'function_call',
      status: 'in_progress',
      call_id: 'call_b',
      name: 'put',
      namespace: 'store',
      arguments: '',
    },
  },
  { type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 2, delta: '{"a"' },
  { type: 'response.function_call_arguments.delta', item_id: 'fc_2', output_index: 3, delta: '{"b":' },
  { type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 2, delta: ':1}' },
  { type: 'response.function_call_arguments.delta', item_id: 'fc_2', output_index: 3, delta: '"é"}' },
  { type: 'response.function_call_arguments.done', item_id: 'fc_1', output_index: 2, arguments: '{"a":1}' },
  {
    type: 'response.output_item.done',
    output_index: 2,
    item: {
      id: 'fc_1',
      type: 'function_call',
      status: 'completed',
      call_id: 'call_a',
      name: 'get',
      arguments: '{"a":1}',
    },
  },
  { type: 'response.function_call_arguments.done', item_id: 'fc_2', output_index: 3, arguments: '{"b":"é"}' },
  {
    type: 'response.output_item.done',
    output_index: 3,
    item: {
      id: 'fc_2',
      type: 'function_call',
      status: 'completed',
      call_id: 'call_b',
      name: 'put',
      namespace: 'store',
      arguments: '{"b":"é"}',
    },
  },
  completed({}),
];

export { completed as completedEvent };
