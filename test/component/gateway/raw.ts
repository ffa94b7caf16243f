// Bytes on a socket as they are: what no HTTP client would send, and what no HTTP server would answer.
import { connect, createServer, type Socket } from 'node:net';
import { testKey } from './support.ts';

export interface Conversation {
  /** Latin1, so that every byte is a character. */
  readonly text: string;
  /** The other side ended, or reset, or neither within the time. */
  readonly end: 'closed' | 'reset' | 'silent';
}

/** Writes the pieces as soon as the connection stands and gives back what came until it was over, or stood still for `waitMs`. */
export function talk(port: number, pieces: readonly (string | Buffer)[], waitMs = 400): Promise<Conversation> {
  return new Promise((resolve) => {
    let text = '';
    let end: Conversation['end'] = 'closed';
    const socket = connect(port, '127.0.0.1', () => {
      for (const piece of pieces) socket.write(piece);
    });
    socket.setTimeout(waitMs, () => {
      end = 'silent';
      socket.destroy();
    });
    socket.on('data', (piece) => (text += piece.toString('latin1')));
    socket.on('error', () => (end = 'reset'));
    socket.on('close', () => {
      resolve({ text, end });
    });
  });
}

/** Head and body of a request, with host and key unless told otherwise. */
export function requestText(
  port: number,
  line: string,
  options: { readonly headers?: readonly string[]; readonly body?: string; readonly key?: string } = {},
): string {
  const { headers = [], body = '', key = testKey } = options;
  const all = [
    ...(headers.some((one) => /^host:/i.test(one)) ? [] : [`Host: 127.0.0.1:${String(port)}`]),
    ...(key === '' ? [] : [`Authorization: Bearer ${key}`]),
    ...(body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${String(Buffer.byteLength(body))}`]),
    ...headers,
  ];
  return `${line} HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n${body}`;
}

/** Resolves once it is so. Rejects when it does not come to be. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 5_000; tries++) {
    if (condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`it never came to be that ${condition.toString()}`);
}

export function statusOf(text: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
}

export function codeOf(text: string): string | undefined {
  return /^x-sluice-error: (\S+)/m.exec(text)?.[1];
}

export interface RawUpstream {
  readonly port: number;
  /** Heads and bodies that arrived. */
  readonly requests: string[];
  /** How the next requests are answered. */
  answer: (socket: Socket) => void;
  /** The connection of the last request. */
  readonly last: () => Socket | undefined;
  close(): void;
}

/** A server that reads whole requests and answers with whatever `answer` writes. */
export async function startRawUpstream(): Promise<RawUpstream> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let last: Socket | undefined;
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = '';
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (piece) => {
      received += piece.toString('latin1');
      const headEnd = received.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
      if (headEnd === -1 || received.length < headEnd + 4 + length) return;
      requests.push(received);
      received = '';
      last = socket;
      upstream.answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const upstream: RawUpstream = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    requests,
    answer: (socket) => socket.end(),
    last: () => last,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return upstream;
}

/** Writes a piece again and again, as fast as it is read, until `bytes` are written or the other side is gone. */
export function pour(socket: Socket, piece: Buffer, bytes: number): void {
  let written = 0;
  const go = (): void => {
    while (written < bytes && !socket.destroyed) {
      written += piece.length;
      if (socket.write(piece)) continue;
      socket.once('drain', go);
      return;
    }
    if (!socket.destroyed) socket.end();
  };
  go();
}
