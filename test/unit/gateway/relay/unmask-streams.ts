// Streams of the four dialects with texts in pieces, and what a client of each makes of them.
import { clientDialectById, dialectById } from '../../../../main/gateway/dialect-registry.ts';
import { SameStreamBody } from '../../../../main/gateway/relay/bodies.ts';
import type { ClientWriter } from '../../../../main/gateway/relay/client-writer.ts';
import { Relay } from '../../../../main/gateway/relay/relay.ts';
import type { Unmasker } from '../../../../main/gateway/relay/unmask.ts';
import { Scrub } from '../../../../main/kit/scrub.ts';

export const dialectIds = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;
export type StreamDialect = (typeof dialectIds)[number];

/** Texts of one answer, in pieces. */
export interface Told {
  readonly reasoning?: readonly string[] | undefined;
  readonly text?: readonly string[] | undefined;
  /** Of calls of the tool `save`, whose pieces come by turns. */
  readonly calls?: readonly (readonly string[])[] | undefined;
}

/** What a client has in the end. */
export interface Understood {
  readonly reasoning: string;
  readonly text: string;
  readonly calls: readonly string[];
}

type Wire = Record<string, unknown>;

const data = (value: Wire): string => `data: ${JSON.stringify(value)}\n\n`;
const named = (value: Wire): string => `event: ${String(value['type'])}\n${data(value)}`;

/** One of each list, then the next of each. */
function byTurns(lists: readonly (readonly string[])[]): { readonly index: number; readonly piece: string }[] {
  const out: { index: number; piece: string }[] = [];
  for (let at = 0; at < Math.max(0, ...lists.map((list) => list.length)); at++)
    for (const [index, list] of lists.entries()) if (at < list.length) out.push({ index, piece: list[at] ?? '' });
  return out;
}

function chatEvents({ reasoning = [], text = [], calls = [] }: Told): string[] {
  const chunk = (delta: Wire, finish_reason: string | null = null): string =>
    data({
      id: 'c1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index: 0, delta, finish_reason }],
    });
  return [
    chunk({ role: 'assistant', content: '' }),
    ...reasoning.map((piece) => chunk({ reasoning_content: piece })),
    ...text.map((piece) => chunk({ content: piece })),
    ...calls.map((_pieces, index) =>
      chunk({
        tool_calls: [
          { index, id: `call_${String(index)}`, type: 'function', function: { name: 'save', arguments: '' } },
        ],
      }),
    ),
    ...byTurns(calls).map(({ index, piece }) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
    chunk({}, calls.length > 0 ? 'tool_calls' : 'stop'),
    'data: [DONE]\n\n',
  ];
}

function messagesEvents({ reasoning, text, calls = [] }: Told): string[] {
  const out = [
    named({
      type: 'message_start',
      message: { id: 'm1', role: 'assistant', model: 'm', content: [], usage: { input_tokens: 1, output_tokens: 1 } },
    }),
  ];
  let index = 0;
  const block = (
    start: Wire,
    pieces: readonly string[],
    delta: (piece: string) => Wire,
    end: readonly Wire[] = [],
  ): void => {
    const at = index++;
    out.push(
      named({ type: 'content_block_start', index: at, content_block: start }),
      ...pieces.map((piece) => named({ type: 'content_block_delta', index: at, delta: delta(piece) })),
      ...end.map((one) => named({ type: 'content_block_delta', index: at, delta: one })),
      named({ type: 'content_block_stop', index: at }),
    );
  };
  if (reasoning !== undefined)
    block(
      { type: 'thinking', thinking: '', signature: '' },
      reasoning,
      (thinking) => ({ type: 'thinking_delta', thinking }),
      [{ type: 'signature_delta', signature: 'c2lnbmVk' }],
    );
  if (text !== undefined) block({ type: 'text', text: '' }, text, (piece) => ({ type: 'text_delta', text: piece }));
  for (const [at, pieces] of calls.entries())
    block({ type: 'tool_use', id: `toolu_${String(at)}`, name: 'save', input: {} }, pieces, (partial_json) => ({
      type: 'input_json_delta',
      partial_json,
    }));
  return [
    ...out,
    named({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 5 },
    }),
    named({ type: 'message_stop' }),
  ];
}

function responsesEvents({ reasoning, text, calls = [] }: Told): string[] {
  let sequence = 0;
  const out: string[] = [];
  const say = (type: string, fields: Wire): void => {
    out.push(named({ type, sequence_number: sequence++, ...fields }));
  };
  const output: Wire[] = [];
  const response = (status: string): Wire => ({
    response: { id: 'resp_1', object: 'response', status, model: 'm', output: [...output] },
  });
  say('response.created', response('in_progress'));
  if (reasoning !== undefined) {
    const at = { item_id: 'rs_1', output_index: output.length, summary_index: 0 };
    say('response.output_item.added', {
      output_index: at.output_index,
      item: { id: 'rs_1', type: 'reasoning', summary: [] },
    });
    for (const delta of reasoning) say('response.reasoning_summary_text.delta', { ...at, delta, obfuscation: 'xy' });
    say('response.reasoning_summary_text.done', { ...at, text: reasoning.join('') });
    output.push({ id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: reasoning.join('') }] });
    say('response.output_item.done', { output_index: at.output_index, item: output.at(-1) });
  }
  if (text !== undefined) {
    const at = { item_id: 'msg_1', output_index: output.length, content_index: 0 };
    const part = { type: 'output_text', text: text.join(''), annotations: [] };
    say('response.output_item.added', {
      output_index: at.output_index,
      item: { id: 'msg_1', type: 'message', role: 'assistant', content: [] },
    });
    say('response.content_part.added', { ...at, part: { ...part, text: '' } });
    for (const delta of text) say('response.output_text.delta', { ...at, delta, logprobs: [], obfuscation: 'a1' });
    say('response.output_text.done', { ...at, text: part.text, logprobs: [] });
    say('response.content_part.done', { ...at, part });
    output.push({ id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [part] });
    say('response.output_item.done', { output_index: at.output_index, item: output.at(-1) });
  }
  const first = output.length;
  const call = (index: number, pieces: readonly string[]): Wire => ({
    id: `fc_${String(index)}`,
    type: 'function_call',
    call_id: `call_${String(index)}`,
    name: 'save',
    arguments: pieces.join(''),
  });
  for (const index of calls.keys())
    say('response.output_item.added', { output_index: first + index, item: call(index, []) });
  for (const { index, piece } of byTurns(calls))
    say('response.function_call_arguments.delta', {
      item_id: `fc_${String(index)}`,
      output_index: first + index,
      delta: piece,
    });
  for (const [index, pieces] of calls.entries()) {
    say('response.function_call_arguments.done', {
      item_id: `fc_${String(index)}`,
      output_index: first + index,
      arguments: pieces.join(''),
    });
    output.push(call(index, pieces));
    say('response.output_item.done', { output_index: first + index, item: output.at(-1) });
  }
  say('response.completed', response('completed'));
  return out;
}

/** Calls come whole: their pieces are values of one object. */
function geminiEvents({ reasoning = [], text = [], calls = [] }: Told): string[] {
  const chunk = (part: Wire, more: Wire = {}): string =>
    data({
      candidates: [{ content: { parts: [part], role: 'model' }, index: 0, ...more }],
      responseId: 'r1',
      modelVersion: 'm',
    });
  return [
    ...reasoning.map((piece) => chunk({ text: piece, thought: true })),
    ...text.map((piece) => chunk({ text: piece })),
    ...calls.map((pieces) => chunk({ functionCall: { name: 'save', args: JSON.parse(pieces.join('')) as Wire } })),
    chunk({ text: '' }, { finishReason: 'STOP' }),
  ];
}

export function eventsOf(dialect: StreamDialect, told: Told): string[] {
  switch (dialect) {
    case 'openai-chat':
      return chatEvents(told);
    case 'openai-responses':
      return responsesEvents(told);
    case 'anthropic-messages':
      return messagesEvents(told);
    case 'gemini':
      return geminiEvents(told);
  }
}

export function dataIn(wire: string): Wire[] {
  return wire
    .split('\n\n')
    .map(
      (block) =>
        block
          .split('\n')
          .find((line) => line.startsWith('data: '))
          ?.slice('data: '.length) ?? '[DONE]',
    )
    .filter((line) => line !== '[DONE]')
    .map((line) => JSON.parse(line) as Wire);
}

const object = (value: unknown): Wire => (typeof value === 'object' && value !== null ? (value as Wire) : {});
const list = (value: unknown): Wire[] => (Array.isArray(value) ? (value as Wire[]) : []);
const string = (value: unknown): string => (typeof value === 'string' ? value : '');

/** By the pieces alone. */
export function understood(dialect: StreamDialect, wire: string): Understood {
  let text = '';
  let reasoning = '';
  const calls = new Map<number, string>();
  const add = (index: number, piece: string): void => {
    calls.set(index, (calls.get(index) ?? '') + piece);
  };
  for (const event of dataIn(wire)) {
    const { delta, type } = event;
    if (dialect === 'openai-chat') {
      for (const choice of list(event['choices'])) {
        const said = object(choice['delta']);
        text += string(said['content']);
        reasoning += string(said['reasoning_content']);
        for (const call of list(said['tool_calls']))
          add(Number(call['index']), string(object(call['function'])['arguments']));
      }
    } else if (dialect === 'gemini') {
      for (const candidate of list(event['candidates']))
        for (const part of list(object(candidate['content'])['parts'])) {
          if (part['thought'] === true) reasoning += string(part['text']);
          else text += string(part['text']);
          if (part['functionCall'] !== undefined) add(calls.size, JSON.stringify(object(part['functionCall'])['args']));
        }
    } else if (dialect === 'anthropic-messages') {
      const said = object(delta);
      text += string(said['text']);
      reasoning += string(said['thinking']);
      if (said['type'] === 'input_json_delta') add(Number(event['index']), string(said['partial_json']));
    } else if (type === 'response.output_text.delta') text += string(delta);
    else if (type === 'response.reasoning_summary_text.delta') reasoning += string(delta);
    else if (type === 'response.function_call_arguments.delta') add(Number(event['output_index']), string(delta));
  }
  return { text, reasoning, calls: [...calls.values()] };
}

export interface Relayed {
  readonly text: string;
  readonly told: readonly string[];
}

/** Chunks of bytes through a relay; `how` the provider's connection ends. */
export function relayed(
  dialect: StreamDialect,
  chunks: readonly (Buffer | string)[],
  unmask: Unmasker | undefined,
  how: 'well' | 'cut' = 'well',
): Relayed {
  let text = '';
  const told: string[] = [];
  const take = (bytes?: Buffer | string): boolean => {
    text += bytes === undefined ? '' : bytes.toString();
    return true;
  };
  const writer = {
    headSent: false,
    head: () => undefined,
    write: take,
    end: take,
    tear: take,
    stopKeepAlive: () => undefined,
  };
  const relay = new Relay({
    writer: writer as unknown as ClientWriter,
    source: { pause: () => undefined, resume: () => undefined, abort: () => undefined },
    hooks: {
      onContent: () => told.push('content'),
      onCommit: () => told.push('commit'),
      onRefuse: (error) => told.push(`refuse ${error.code}`),
      onDone: (error) => told.push(`done ${error?.code ?? 'well'}`),
      onBroken: (error) => told.push(`broken ${error.code}`),
    },
    idleMs: 60_000,
    scrub: new Scrub([]),
    answerHeaders: () => [],
    passHeaders: false,
    createBody: (made) =>
      new SameStreamBody(made, {
        meter: dialectById(dialect).createMeter(),
        hideUsage: false,
        ending: { dialect: clientDialectById(dialect), requestId: 'req_1' },
        contentType: 'text/event-stream',
        onFirstContent: () => undefined,
        onSkipped: () => undefined,
        onTerminal: () => undefined,
        unmask,
      }),
  });
  relay.head(200, {});
  for (const chunk of chunks) relay.data(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  relay.end();
  if (how === 'cut' && told.every((one) => !one.startsWith('done'))) told.push('open');
  return { text, told };
}
