/** The upstream stand-in, its own process: answers at once with known bytes and counts what reached it. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import { answerEvents, answerJson, dialects } from './bodies.ts';
import type { AnswerKind, BenchDialect } from './bodies.ts';

/** What arrived since the last look. `sums` are CRC-32 of sampled bodies: each should be the same. */
export interface UpstreamStats {
  readonly requests: number;
  /** Body length → how many requests had it. */
  readonly lengths: Readonly<Record<string, number>>;
  readonly sums: readonly number[];
}

const paceMs = 20;
/** Every body is measured; a checksum of every one would cost the large rows more than the proxy does. */
const sumEvery = 16;
/** Kept small: more kinds than this means that requests are being altered, which the first few show already. */
const maxKinds = 32;

const kinds: readonly AnswerKind[] = ['json', 'fast', 'paced', 'hold'];
const plain = new Map(dialects.map((dialect) => [dialect, answerJson(dialect)] as const));
const streams = new Map(
  dialects.flatMap((dialect) => kinds.map((kind) => [`${dialect} ${kind}`, answerEvents(dialect, kind)] as const)),
);

let requests = 0;
const lengths = new Map<number, number>();
const sums = new Set<number>();
const held = new Set<() => void>();

function takeStats(): UpstreamStats {
  const stats = { requests, lengths: Object.fromEntries(lengths), sums: [...sums] };
  requests = 0;
  lengths.clear();
  sums.clear();
  return stats;
}

function count(body: Buffer): void {
  if (requests % sumEvery === 0 && sums.size < maxKinds) sums.add(crc32(body));
  requests++;
  if (lengths.has(body.length) || lengths.size < maxKinds)
    lengths.set(body.length, (lengths.get(body.length) ?? 0) + 1);
}

const marker = Buffer.from('"bench-');
/** A model of the form `provider/bench-json`: what a client sends when nothing in between takes the prefix off. */
const prefixed = Buffer.from('/bench-');

function kindOf(body: Buffer): AnswerKind | undefined {
  // The model stands near the start in what clients send, anywhere in what a translation sends.
  const near = body.subarray(0, 256);
  let at = near.indexOf(prefixed);
  if (at < 0) at = near.indexOf(marker);
  if (at < 0) at = body.indexOf(marker);
  if (at < 0) return undefined;
  const name = body.toString('latin1', at + marker.length, at + marker.length + 5);
  return kinds.find((kind) => name.startsWith(kind));
}

function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const dialect: BenchDialect = (request.url ?? '').includes('/messages') ? 'messages' : 'chat';
  const kind = kindOf(body);
  count(body);
  if (kind === undefined) {
    response
      .writeHead(400, { 'content-type': 'application/json' })
      .end('{"error":{"message":"no bench model in the body"}}');
    return;
  }
  const bytes = plain.get(dialect);
  const events = streams.get(`${dialect} ${kind}`);
  if (kind === 'json' && bytes !== undefined) {
    response.writeHead(200, [
      'content-type',
      'application/json',
      'content-length',
      String(bytes.length),
      'request-id',
      'req_bench',
    ]);
    response.end(bytes);
  } else if (events !== undefined) {
    response.writeHead(200, [
      'content-type',
      'text/event-stream; charset=utf-8',
      'cache-control',
      'no-cache',
      'request-id',
      'req_bench',
    ]);
    stream(response, kind, events);
  }
}

function stream(response: ServerResponse, kind: AnswerKind, events: readonly Buffer[]): void {
  let next = 0;
  let gone = false;
  response.on('close', () => (gone = true));
  const step = (): boolean => {
    const event = gone ? undefined : events[next++];
    if (event === undefined) return false;
    if (next < events.length) response.write(event);
    else response.end(event);
    return next < events.length;
  };
  if (kind === 'hold') {
    for (let sent = 0; sent < 4; sent++) step();
    const release = (): void => {
      held.delete(release);
      while (step());
    };
    held.add(release);
    response.on('close', () => held.delete(release));
    return;
  }
  if (kind === 'paced') {
    step();
    const timer = setInterval(() => {
      if (!step()) clearInterval(timer);
    }, paceMs);
    return;
  }
  // One event per turn of the event loop: each leaves in a packet of its own, as tokens do.
  const hurry = (): void => {
    if (step()) setImmediate(hurry);
  };
  hurry();
}

function control(path: string | undefined, response: ServerResponse): void {
  if (path === '/release') for (const release of [...held]) release();
  const body = JSON.stringify(path === '/stats' ? takeStats() : { held: held.size });
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
}

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    control(request.url, response);
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [only] = chunks;
    answer(request, response, only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks));
  });
});
server.keepAliveTimeout = 120_000;
server.requestTimeout = 0;
server.listen({ host: '127.0.0.1', port: 0, backlog: 2048 }, () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`upstream ready http://127.0.0.1:${port}\n`);
});

// The benchmark holds the other end of standard input: when it is gone, however it went, nobody needs this process.
process.stdin.on('end', () => process.exit(0)).resume();
process.on('SIGTERM', () => process.exit(0));
