/** Asks a port the way a client would: directly, whatever proxy the environment names, and never for long. */
import { request, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

export interface Answer {
  readonly status: number;
  /** The first part of the body. */
  readonly text: string;
}

/** So that the log tells these requests from a client's own. */
const itself = { 'user-agent': 'sluice-doctor' };
const answerMs = 5_000;
const maxAnswerChars = 1_000_000;

/** Rejects when nobody answers in five seconds. `origin` is `http://host:port`. */
export function ask(origin: string, { method, path, headers = {}, body }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length =
      body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    const question = request(new URL(path, origin), {
      method,
      agent: false,
      headers: { ...itself, ...headers, ...length },
    });
    const late = setTimeout(() => question.destroy(new Error(`no answer within ${answerMs / 1_000} s`)), answerMs);
    const settle = (answer: Answer): void => {
      clearTimeout(late);
      resolve(answer);
    };
    question.on('response', (response) => read(response, settle));
    // An upgrade that is granted comes without a response event.
    question.on('upgrade', (response: IncomingMessage, socket: Duplex) => {
      socket.destroy();
      settle({ status: response.statusCode ?? 0, text: '' });
    });
    question.on('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
    question.end(body);
  });
}

function read(response: IncomingMessage, settle: (answer: Answer) => void): void {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    if (text.length < maxAnswerChars) text += chunk;
  });
  response.on('close', () => settle({ status: response.statusCode ?? 0, text }));
}

/** The proof in the answer of `/health?challenge=`, `undefined` when there is none: then it is some other program. */
export function proofIn(text: string): string | undefined {
  try {
    const { proof } = JSON.parse(text) as { proof?: unknown };
    return typeof proof === 'string' ? proof : undefined;
  } catch {
    return undefined;
  }
}
