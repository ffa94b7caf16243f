// A provider that says again whatever it is sent: in answers, in errors, in streams that break, in what is no answer at all.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Echo {
  readonly url: string;
  /** Bodies as they came. */
  readonly bodies: string[];
  stop(): Promise<void>;
}

type Way = (response: ServerResponse, body: string, stream: boolean) => void;

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const call = (body: string): object => ({
  index: 0,
  id: 'call_1',
  type: 'function',
  function: { name: 'send', arguments: JSON.stringify({ to: body }) },
});

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function events(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' });
}

function say(response: ServerResponse, body: string, stream: boolean): void {
  if (!stream) {
    json(response, 200, {
      id: 'c1',
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: body, reasoning_content: body, tool_calls: [call(body)] },
          finish_reason: 'tool_calls',
        },
      ],
      usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 },
    });
    return;
  }
  events(response);
  // Cut anywhere.
  for (let at = 0; at < body.length; at += 97) response.write(chunk({ content: body.slice(at, at + 97) }));
  response.write(chunk({ tool_calls: [call(body)] }));
  response.end(`${chunk({}, 'tool_calls')}data: [DONE]\n\n`);
}

/** By the name of the model. */
const ways: Readonly<Record<string, Way>> = {
  say,
  refuse: (response, body) => {
    json(response, 400, {
      error: { message: `cannot read ${body}`, type: 'invalid_request_error', code: body.slice(0, 200) },
    });
  },
  fail: (response, body) => {
    json(response, 500, { error: { message: body, type: body, param: body } });
  },
  page: (response, body) => {
    response.writeHead(502, { 'content-type': 'text/html' }).end(`<html><body>${body}</body></html>`);
  },
  break(response, body) {
    events(response).write(chunk({ content: 'so ' }));
    response.end(`data: ${JSON.stringify({ error: { message: body, type: 'server_error', code: body } })}\n\n`);
  },
  cut(response, body) {
    events(response).write(chunk({ content: body }));
    setTimeout(() => response.destroy(), 20);
  },
  garble(response, body, stream) {
    if (stream) events(response).end(`${chunk({ content: 'so ' })}data: {"x": ${body}\n\ndata: [DONE]\n\n`);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(`{"choices": [${body}`);
  },
  headers(response, body) {
    response.setHeader('x-echo', encodeURIComponent(body).slice(0, 8_000));
    json(response, 429, { error: { message: body } });
  },
};

export const wayNames = Object.keys(ways);

export async function startEcho(): Promise<Echo> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString('utf8');
      bodies.push(body);
      const model = /"model":\s*"([a-z]+)/.exec(body)?.[1] ?? /name="model"\r\n\r\n([a-z]+)/.exec(body)?.[1] ?? 'say';
      (ways[model] ?? say)(response, body, /"stream":\s*true/.test(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    bodies,
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
