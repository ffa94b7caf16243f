// A data port that answers as a test says, over real sockets, and takes nothing but what a client may send.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OwnAnswer, OwnRequest, OwnRequests } from '../../../main/control/window-needs.ts';
import type { LedgerQueries, WholeExchange } from '../../../main/ledger/ledger.ts';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { entry } from '../../unit/cli/terminal.ts';

export interface Taken {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
  readonly client: string;
  /** Resolves when whoever sent it has left, or has all of the answer. */
  readonly closed: Promise<'left' | 'served'>;
}

export type Answering = (response: ServerResponse, taken: Taken) => unknown;

export interface OwnPort {
  readonly own: OwnRequests;
  readonly taken: Taken[];
  close(): Promise<void>;
}

export async function openPort(answer: Answering): Promise<OwnPort> {
  const taken: Taken[] = [];
  const server = createServer((request, response) => {
    const closed = new Promise<'left' | 'served'>((resolve) => {
      response.on('close', () => {
        resolve(response.writableFinished ? 'served' : 'left');
      });
    });
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { headers, method, url: path = '' } = request;
      if (method !== 'POST' || headers['content-type'] !== 'application/json') {
        response.writeHead(415).end();
        return;
      }
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
      const one = { path, headers, body, closed, client: String(headers['x-test-client']) };
      taken.push(one);
      await answer(response, one);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    own: ownRequests(`http://127.0.0.1:${String(port)}`),
    taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Requests over the network, as those of the house are: with the key they are given. */
export function ownRequests(origin: string, key = ''): OwnRequests {
  return {
    async send({ path, headers, body, client, signal }: OwnRequest): Promise<OwnAnswer> {
      const answer = await fetch(`${origin}${path}`, {
        method: 'POST',
        headers: { ...headers, authorization: `Bearer ${key}`, 'x-test-client': client },
        body: typeof body === 'string' ? body : Buffer.from(body),
        signal: signal ?? null,
      });
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: (answer.body ?? new ReadableStream()) as AsyncIterable<Uint8Array>,
      };
    },
  };
}

/** A ledger that knows these exchanges; the first looks at one find it still open where `opens` says so. */
export function ledgerOf(
  entries: Readonly<Record<string, Partial<ExchangeEntry>>>,
  bodies: Readonly<Record<string, string | null>> = {},
  opens = 0,
): LedgerQueries {
  let left = opens;
  const queries: Partial<LedgerQueries> = {
    byRequestId: async (id): Promise<WholeExchange | undefined> => {
      const known = entries[id];
      if (known === undefined) return undefined;
      left -= 1;
      const outcome = left >= 0 ? 'open' : (known.outcome ?? 'complete');
      return { entry: entry({ ...known, request_id: id, outcome }), raw_usage: null, safety: [] };
    },
    bodiesOf: async (id) => {
      const body = bodies[id];
      if (body === undefined) return [];
      return [{ part: 'request', at: 0, bytes: body === null ? undefined : new TextEncoder().encode(body) }];
    },
  };
  return queries as LedgerQueries;
}

/** One chunk of a stream of Chat Completions. */
export function chunk(delta: object, more: object = {}): string {
  return `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
}

export const done = 'data: [DONE]\n\n';
