/**
 * The bare Node proxy that everything is compared with: node:http in front, undici behind, reads `model` from the body,
 * scans the answer for `usage`, and does nothing else. As lean as a correct one can be: it honours backpressure and aborts.
 */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';

const [upstream = '', port = '0'] = process.argv.slice(2);
const pool = new Pool(upstream, { headersTimeout: 0, bodyTimeout: 0 });

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'host',
  'content-length',
  'expect',
]);

function forwarded(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !hopByHop.has(name)) kept[name] = value;
  }
  return kept;
}

const modelField = Buffer.from('"model"');
const usageField = Buffer.from('"usage"');
/** Read and thrown away, as a bare proxy has no use for them; kept so that the reading cannot be optimised out. */
export const seen = { model: '', usageChunks: 0 };

function modelOf(body: Buffer): string {
  const at = body.indexOf(modelField);
  if (at < 0) return '';
  const from = body.indexOf(0x22, at + modelField.length) + 1;
  return body.toString('utf8', from, body.indexOf(0x22, from));
}

function handlerFor(response: ServerResponse): Dispatcher.DispatchHandler {
  let controller: Dispatcher.DispatchController | undefined;
  let finished = false;
  response.on('close', () => {
    if (!finished) controller?.abort(new Error('the client left'));
  });
  response.on('drain', () => controller?.resume());
  return {
    onRequestStart(given) {
      controller = given;
    },
    onResponseStart(_given, status, headers) {
      const kept = forwarded(headers);
      const length = headers['content-length'];
      if (length !== undefined) kept['content-length'] = length;
      response.writeHead(status, kept);
    },
    onResponseData(given, chunk) {
      if (chunk.indexOf(usageField) >= 0) seen.usageChunks++;
      if (!response.write(chunk)) given.pause();
    },
    onResponseEnd() {
      finished = true;
      response.end();
    },
    onResponseError(_given, error) {
      finished = true;
      if (response.headersSent) response.destroy(error);
      else response.writeHead(502, { 'content-type': 'text/plain' }).end(error.message);
    },
  };
}

function carry(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  seen.model = modelOf(body);
  pool.dispatch(
    { path: request.url ?? '/', method: 'POST', headers: forwarded(request.headers), body },
    handlerFor(response),
  );
}

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [only] = chunks;
    carry(request, response, only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks));
  });
});
server.keepAliveTimeout = 120_000;
server.requestTimeout = 0;
server.listen({ host: '127.0.0.1', port: Number(port), backlog: 2048 }, () => {
  process.stdout.write(`bare ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});

process.stdin.on('end', () => process.exit(0)).resume();
process.on('SIGTERM', () => process.exit(0));
