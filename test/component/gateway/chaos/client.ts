// Clients of the four dialects: one request each, and a strict reading of what came back.
import { request as httpRequest, type Agent, type IncomingMessage } from 'node:http';
import { parseSse } from '../../../fakes/wire.ts';
import type { ClientName } from '../rigs.ts';
import { testKey } from '../support.ts';

export interface Asking {
  readonly n: number;
  readonly client: ClientName;
  readonly stream: boolean;
  readonly model: string;
  readonly text: string;
  readonly leaves: Leaving | undefined;
}

/** When a client leaves: after so long, whatever came; or with the first bytes of the answer. */
export type Leaving = { readonly after: 'ms'; readonly ms: number } | { readonly after: 'bytes' };

export interface Outcome {
  readonly kind: 'whole' | 'error' | 'left';
  readonly status: number | undefined;
  readonly text: string;
  readonly requestId: string | undefined;
  readonly target: string | undefined;
  /** Of an answer without a head of 200. */
  readonly errorCode: string | undefined;
  /** What no client should have to bear. */
  readonly problems: readonly string[];
}

interface Received {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The HTTP message came to its own end. */
  readonly complete: boolean;
  readonly left: boolean;
  /** Nothing at all came, although the client stayed. */
  readonly broken: string | undefined;
}

/** Longer than any exchange may take by the configuration. */
export const hangMs = 20_000;

export class Hang extends Error {}

/** Rejects with `Hang` when it does not end. */
export async function askOnce(url: string, agent: Agent, asking: Asking): Promise<Outcome> {
  return judge(asking, await exchange(url, agent, asking));
}

function exchange(url: string, agent: Agent, asking: Asking): Promise<Received> {
  const { path, body, headers } = wordsOf(asking);
  return new Promise((resolve, reject) => {
    let left = false;
    let response: IncomingMessage | undefined;
    const pieces: Buffer[] = [];
    const finish = (complete: boolean, broken?: string): void => {
      clearTimeout(hang);
      clearTimeout(leaving);
      const text = Buffer.concat(pieces).toString('utf8');
      resolve({ status: response?.statusCode, headers: response?.headers ?? {}, body: text, complete, left, broken });
    };
    const leave = (): void => {
      left = true;
      outgoing.destroy();
      finish(false);
    };
    const hang = setTimeout(() => {
      outgoing.destroy();
      reject(new Hang(`request ${String(asking.n)} did not end within ${String(hangMs)} ms`));
    }, hangMs);
    const { leaves } = asking;
    const leaving = leaves?.after === 'ms' ? setTimeout(leave, leaves.ms) : undefined;
    const outgoing = httpRequest(`${url}${path}`, {
      ...{ method: 'POST', agent },
      headers: {
        authorization: `Bearer ${testKey}`,
        'content-type': 'application/json',
        // The ledger's only name for a request that was never answered.
        'user-agent': `chaos-${String(asking.n)}/1`,
        'content-length': Buffer.byteLength(body),
        ...headers,
      },
    });
    outgoing.on('error', (error) => {
      if (response === undefined) finish(false, String(error));
    });
    outgoing.on('response', (incoming) => {
      response = incoming;
      incoming.on('data', (piece: Buffer) => {
        pieces.push(piece);
        if (leaves?.after === 'bytes') leave();
      });
      incoming.on('error', () => undefined);
      incoming.on('close', () => {
        if (!left) finish(incoming.complete);
      });
    });
    outgoing.end(body);
  });
}

function wordsOf({ client, stream, model, text }: Asking): {
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const messages = [{ role: 'user', content: text }];
  switch (client) {
    case 'chat':
      return { path: '/v1/chat/completions', headers: {}, body: JSON.stringify({ model, stream, messages }) };
    case 'responses':
      return { path: '/v1/responses', headers: {}, body: JSON.stringify({ model, stream, input: text }) };
    case 'messages':
      return {
        path: '/v1/messages',
        headers: { 'anthropic-version': '2023-06-01' },
        body: JSON.stringify({ model, stream, max_tokens: 512, messages }),
      };
    case 'gemini':
      return {
        path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
        headers: {},
        body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text }] }] }),
      };
  }
}

// ---------------------------------------------------------------- reading

/** What was read of an answer. */
interface Reading {
  text: string;
  /** The dialect's own good end was there. */
  isFinished: boolean;
  /** The dialect's own error was there. */
  isError: boolean;
  readonly problems: string[];
}

function judge(asking: Asking, received: Received): Outcome {
  const { status, headers } = received;
  const reading: Reading = { text: '', isFinished: false, isError: false, problems: [] };
  const told = (name: string): string | undefined => (typeof headers[name] === 'string' ? headers[name] : undefined);
  const outcome = (kind: Outcome['kind']): Outcome => ({
    ...{ kind, status, text: reading.text, problems: reading.problems },
    ...{ requestId: told('x-sluice-request-id'), target: told('x-sluice-target'), errorCode: told('x-sluice-error') },
  });
  if (received.broken !== undefined) reading.problems.push(`no answer at all: ${received.broken}`);
  if (status === 200) read(asking, received, reading);
  else if (status !== undefined && !received.left) readRefusal(asking, received, reading);
  if (received.left) return outcome('left');
  if (reading.isFinished && reading.isError) reading.problems.push('a good end and an error in one answer');
  if (reading.isFinished && !received.complete) reading.problems.push('a good end in an answer that was torn');
  if (!reading.isFinished && !reading.isError && received.complete)
    reading.problems.push('an answer that just stops, without an end or an error');
  return outcome(reading.isFinished && !reading.isError ? 'whole' : 'error');
}

function read(asking: Asking, received: Received, reading: Reading): void {
  const { client, stream } = asking;
  if (stream && !(received.headers['content-type'] ?? '').startsWith('text/event-stream'))
    reading.problems.push(`a stream of type ${String(received.headers['content-type'])}`);
  if (!stream) {
    if (received.complete) readPlain(client, received.body, reading);
    return;
  }
  const read = readers[client]();
  for (const { data } of parseSse(received.body)) {
    // One that is cut off by a torn connection is not looked at.
    const event = data === '[DONE]' ? data : parsed(data);
    if (event !== undefined) read(event, reading);
    else if (received.complete) reading.problems.push(`an event that is no JSON: ${data.slice(0, 80)}`);
  }
}

function readRefusal({ client }: Asking, { body, complete }: Received, reading: Reading): void {
  const error = at(parsed(body), 'error');
  const isShaped = client !== 'messages' || at(parsed(body), 'type') === 'error';
  reading.isError = typeof at(error, 'message') === 'string' && isShaped && complete;
  if (!reading.isError) reading.problems.push(`a refusal in no dialect: ${body.slice(0, 200)}`);
}

function readPlain(client: ClientName, body: string, reading: Reading): void {
  const answer = parsed(body);
  reading.text = {
    chat: () => textAt(answer, 'choices', 0, 'message', 'content'),
    responses: () => textOfOutput(at(answer, 'output')),
    messages: () =>
      listAt(answer, 'content')
        .map((block) => textAt(block, 'text'))
        .join(''),
    gemini: () => textOfParts(answer),
  }[client]();
  const finish = {
    chat: at(answer, 'choices', 0, 'finish_reason') === 'stop',
    responses: at(answer, 'status') === 'completed',
    messages: at(answer, 'stop_reason') === 'end_turn',
    gemini: at(answer, 'candidates', 0, 'finishReason') === 'STOP',
  }[client];
  reading.isFinished = finish;
  if (!finish) reading.problems.push(`a plain answer without its end: ${body.slice(0, 200)}`);
}

type Reader = (event: unknown, reading: Reading) => void;

/** Each makes a reader for one answer. */
const readers: Readonly<Record<ClientName, () => Reader>> = {
  chat() {
    let ids: string | undefined;
    let isDone = false;
    return (event, reading) => {
      if (isDone) reading.problems.push('an event behind [DONE]');
      if (event === '[DONE]') {
        isDone = true;
        if (!reading.isFinished) reading.problems.push('[DONE] without a finish reason');
        return;
      }
      if (at(event, 'error') !== undefined) {
        reading.isError = true;
        return;
      }
      const id = textAt(event, 'id');
      if (ids !== undefined && ids !== id) reading.problems.push('two ids in one answer');
      ids = id;
      const text = textAt(event, 'choices', 0, 'delta', 'content');
      if (text !== '' && reading.isFinished) reading.problems.push('text behind the end');
      reading.text += text;
      const finish = at(event, 'choices', 0, 'finish_reason');
      if (finish === null || finish === undefined) return;
      if (reading.isFinished) reading.problems.push('two ends');
      if (finish === 'stop') reading.isFinished = true;
      else reading.problems.push(`finish reason ${JSON.stringify(finish)}`);
    };
  },
  responses() {
    let next: number | undefined;
    return (event, reading) => {
      if (event === '[DONE]') {
        if (!reading.isFinished) reading.problems.push('[DONE] without an end');
        return;
      }
      const number = at(event, 'sequence_number');
      if (next !== undefined && number !== next) reading.problems.push(`event ${String(number)} after ${String(next)}`);
      next = typeof number === 'number' ? number + 1 : undefined;
      if (reading.isFinished) reading.problems.push('an event behind the end');
      switch (at(event, 'type')) {
        case 'response.output_text.delta':
          reading.text += textAt(event, 'delta');
          return;
        case 'response.output_text.done':
          if (textAt(event, 'text') !== reading.text) reading.problems.push('the done text is another');
          return;
        case 'response.completed':
          reading.isFinished = true;
          if (textOfOutput(at(event, 'response', 'output')) !== reading.text)
            reading.problems.push('the completed text is another');
          return;
        case 'response.incomplete':
          reading.problems.push('an incomplete response that no provider asked for');
          return;
        case 'response.failed':
        case 'error':
          reading.isError = true;
          return;
        default:
      }
    };
  },
  messages() {
    let open = 0;
    let starts = 0;
    return (event, reading) => {
      if (reading.isFinished) reading.problems.push('an event behind message_stop');
      switch (at(event, 'type')) {
        case 'message_start':
          if (++starts > 1) reading.problems.push('two starts');
          return;
        case 'content_block_start':
          if (++open > 1) reading.problems.push('a block within a block');
          return;
        case 'content_block_stop':
          if (--open < 0) reading.problems.push('the end of a block that was not open');
          return;
        case 'content_block_delta':
          if (open !== 1) reading.problems.push('text outside of a block');
          reading.text += textAt(event, 'delta', 'text');
          return;
        case 'message_stop':
          if (open !== 0 || starts !== 1) reading.problems.push('an end with something open, or of nothing');
          reading.isFinished = true;
          return;
        case 'error':
          reading.isError = true;
          return;
        default:
      }
    };
  },
  gemini() {
    return (event, reading) => {
      if (at(event, 'error') !== undefined) {
        reading.isError = true;
        return;
      }
      const text = textOfParts(event);
      if (text !== '' && reading.isFinished) reading.problems.push('text behind the end');
      reading.text += text;
      const finish = at(event, 'candidates', 0, 'finishReason');
      if (finish === 'STOP') reading.isFinished = true;
      else if (finish !== undefined) reading.problems.push(`finish reason ${JSON.stringify(finish)}`);
    };
  },
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let inner = value;
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null) return undefined;
    inner = (inner as Readonly<Record<string | number, unknown>>)[step];
  }
  return inner;
}

function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const list = at(value, ...path);
  return Array.isArray(list) ? list : [];
}

/** Of all messages of a response: thoughts are items of their own. */
function textOfOutput(output: unknown): string {
  return listAt(output)
    .flatMap((item) => (at(item, 'type') === 'message' ? listAt(item, 'content') : []))
    .map((part) => textAt(part, 'text'))
    .join('');
}

/** Without thoughts. */
function textOfParts(answer: unknown): string {
  return listAt(answer, 'candidates', 0, 'content', 'parts')
    .map((part) => (at(part, 'thought') === true ? '' : textAt(part, 'text')))
    .join('');
}

function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const text = at(value, ...path);
  return typeof text === 'string' ? text : '';
}
