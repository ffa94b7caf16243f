// Asks the local socket as the command line does, without the command line.
import { request, type IncomingMessage } from 'node:http';

export interface SocketRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Resolves with the response once its head is there. */
export function open(
  address: string,
  { method = 'POST', path, headers = {}, body }: SocketRequest,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const question = request({ socketPath: address, method, path, headers, agent: false }, resolve);
    question.on('error', reject);
    question.end(body);
  });
}

export async function send(address: string, question: SocketRequest): Promise<{ status: number; text: string }> {
  const response = await open(address, question);
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) text += chunk as string;
  return { status: response.statusCode ?? 0, text };
}

/** The reply to a call. */
export async function call(address: string, name: string, input: unknown): Promise<unknown> {
  const { text } = await send(address, {
    path: `/calls/${name}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  return JSON.parse(text);
}
