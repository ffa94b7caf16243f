// The same question in the words of each client, and what a refusal must say in them.
import { request, type ClientRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import { errorCodes, type ErrorCode } from '../../../shared/errors/codes.ts';
import { isObject } from '../../../main/gateway/dialects/dialect.ts';
import { statusOf } from './raw.ts';
import { send, testKey, type Answer } from './support.ts';

export const clients = ['chat', 'responses', 'messages', 'gemini'] as const;
export type Client = (typeof clients)[number];

export interface Question {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** `text` asked of `model`. Gemini names model and streaming in the path. */
export function question(client: Client, model: string, text = 'hello', stream = false): Question {
  const messages = [{ role: 'user', content: text }];
  switch (client) {
    case 'chat':
      return { path: '/v1/chat/completions', body: { model, stream, messages } };
    case 'responses':
      return { path: '/v1/responses', body: { model, stream, input: text } };
    case 'messages':
      return { path: '/v1/messages', body: { model, stream, max_tokens: 1_000, messages } };
    case 'gemini':
      return {
        path: `/v1beta/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
        body: { contents: [{ role: 'user', parts: [{ text }] }] },
      };
  }
}

/** Head and body of an answer, however it was come by. */
export type Told = Pick<Answer, 'status' | 'headers' | 'json'>;

/** The answer in bytes that came over a bare socket, when its length says that it is whole. */
function answerIn(text: string): Told | undefined {
  const end = text.indexOf('\r\n\r\n');
  const length = /^content-length: (\d+)/im.exec(text)?.[1];
  if (end === -1 || length === undefined || text.length < end + 4 + Number(length)) return undefined;
  const lines = text.slice(0, end).split('\r\n').slice(1);
  const headers = Object.fromEntries(lines.map((line) => line.split(': ', 2) as [string, string]));
  return { status: statusOf(text), headers, json: () => JSON.parse(text.slice(end + 4)) as Record<string, unknown> };
}

/** Opens a connection, lets `speak` write, and gives back the first whole answer. */
export function answerTo(port: number, speak: (socket: Socket) => void): Promise<Told> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      speak(socket);
    });
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error(`closed without an answer: ${text}`));
    });
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      const answer = answerIn(text);
      if (answer === undefined) return;
      socket.destroy();
      resolve(answer);
    });
  });
}

export interface Expected {
  readonly code: ErrorCode;
  /** What was wrong and what mends it: parts the message must have. */
  readonly says: readonly (string | RegExp)[];
  /** When it is not the code's own: that of an upstream. */
  readonly status?: number;
}

/** Head and body of a refusal: status, code, the dialect's shape, and a message that helps. */
export function expectRefusal(answer: Told, client: Client, expected: Expected): void {
  const status = expected.status ?? errorCodes[expected.code].status;
  expect([answer.status, answer.headers['x-sluice-error']]).toEqual([status, expected.code]);
  expect(answer.headers['content-type']).toBe('application/json');
  expectError(answer.json(), client, { ...expected, status });
}

/** The last words of a stream that was broken off: an error of the dialect, and no clean end before it. */
export function expectBrokenOff(
  answer: Pick<Answer, 'status' | 'text' | 'torn'>,
  client: Client,
  expected: Expected,
): void {
  expect(answer.status).toBe(200);
  expect(answer.torn).toBe(client === 'gemini');
  expect(answer.text).not.toMatch(/\[DONE\]|"finish_reason":"|response\.completed|message_stop|"finishReason"/);
  const events = answer.text.trimEnd().split(/\r?\n\r?\n/);
  const last = dataOf(events.at(-1) ?? '');
  const status = expected.status ?? errorCodes[expected.code].status;
  if (client !== 'responses') {
    expectError(last, client, { ...expected, status });
    return;
  }
  expect(last).toMatchObject({ type: 'error', param: null, code: expected.code });
  expectSays(last['message'], expected);
  const failed = dataOf(events.at(-2) ?? '');
  expect(failed).toMatchObject({ type: 'response.failed', response: { status: 'failed' } });
  expectSays(fieldOf(failed, 'response', 'error', 'message'), expected);
}

function dataOf(event: string): Record<string, unknown> {
  const line = event.split('\n').find((one) => one.startsWith('data: ')) ?? '';
  return JSON.parse(line.slice('data: '.length)) as Record<string, unknown>;
}

/** Codes that clients of OpenAI know by a name of its own. */
const openaiNames: Readonly<Partial<Record<ErrorCode, string>>> = {
  'route.model_not_found': 'model_not_found',
  'read.previous_response_not_found': 'previous_response_not_found',
  'admit.key_invalid': 'invalid_api_key',
  'admit.key_missing': 'invalid_api_key',
};

function expectError(body: unknown, client: Client, expected: Expected & { readonly status: number }): void {
  const error = fieldOf(body, 'error');
  expectSays(fieldOf(error, 'message'), expected);
  const { code, status } = expected;
  switch (client) {
    case 'chat':
    case 'responses':
      expect(error).toMatchObject({
        type: expect.stringMatching(/^[a-z_]+_error$/) as unknown,
        code: openaiNames[code] ?? code,
      });
      expect(error).toHaveProperty('param');
      return;
    case 'messages':
      // The SDKs make their exceptions of the type; the code has no place but the header.
      expect(body).toMatchObject({
        type: 'error',
        error: { type: expect.stringMatching(/^([a-z_]+_error|request_too_large)$/) as unknown },
      });
      return;
    case 'gemini':
      expect(error).toMatchObject({ code: status, status: expect.stringMatching(/^[A-Z_]+$/) as unknown });
      expect(fieldOf(error, 'details')).toContainEqual(
        expect.objectContaining({
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          domain: 'sluice',
          metadata: { code },
        }),
      );
  }
}

function expectSays(message: unknown, { says }: Expected): void {
  for (const part of says)
    expect(message).toEqual(typeof part === 'string' ? expect.stringContaining(part) : expect.stringMatching(part));
}

function fieldOf(value: unknown, ...names: readonly string[]): unknown {
  let at = value;
  for (const name of names) at = isObject(at) ? at[name] : undefined;
  return at;
}

/** An answer that is read while it comes. */
export interface OpenAnswer {
  /** Resolves when this much of it is there. */
  until(part: string): Promise<void>;
  /** Closes the connection. Resolves once the gateway knows. */
  leave(): Promise<void>;
  readonly whole: Promise<Pick<Answer, 'status' | 'text' | 'torn'>>;
}

export function openAnswer(gateway: { readonly url: string }, { path, body }: Question): OpenAnswer {
  let text = '';
  const waiting: { part: string; resolve: () => void }[] = [];
  let outgoing: ClientRequest | undefined;
  const whole = new Promise<Pick<Answer, 'status' | 'text' | 'torn'>>((resolve, reject) => {
    const headers = { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' };
    outgoing = request(`${gateway.url}${path}`, { method: 'POST', agent: false, headers });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const end = (torn: boolean) => (): void => {
        resolve({ status: response.statusCode ?? 0, text, torn });
      };
      response.on('data', (piece: Buffer) => {
        text += piece.toString('utf8');
        for (const one of waiting) if (text.includes(one.part)) one.resolve();
      });
      response.on('end', end(false));
      response.on('error', end(true));
    });
    outgoing.end(JSON.stringify(body));
  });
  return {
    whole,
    async leave() {
      whole.catch(() => undefined);
      const closed = new Promise((resolve) => outgoing?.once('close', resolve));
      outgoing?.destroy();
      await closed;
      // Asked over another connection, which is read later than the end of the first.
      await send(gateway, { path: '/health' });
    },
    until: (part) =>
      new Promise((resolve) => {
        if (text.includes(part)) resolve();
        else waiting.push({ part, resolve });
      }),
  };
}
