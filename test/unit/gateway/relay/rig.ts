// A client on a real socket, and relays to it whose providers are played by hand.
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clientDialectById, dialectById } from '../../../../main/gateway/dialect-registry.ts';
import { SameStreamBody, type ErrorEnding } from '../../../../main/gateway/relay/bodies.ts';
import { ClientWriter } from '../../../../main/gateway/relay/client-writer.ts';
import { Relay, type AnswerBody, type RelayOptions } from '../../../../main/gateway/relay/relay.ts';
import { Scrub } from '../../../../main/kit/scrub.ts';

export interface ClientAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The connection ended without the end of the body. */
  readonly isTorn: boolean;
}

export interface Exchange {
  readonly writer: ClientWriter;
  /** Status 0: the connection ended without one. */
  readonly answer: Promise<ClientAnswer>;
}

export interface Rig {
  /** A client asks and waits. */
  ask(): Promise<Exchange>;
  close(): Promise<void>;
}

export async function startRig(): Promise<Rig> {
  const writers: ((writer: ClientWriter) => void)[] = [];
  const server = createServer((_request, response) => writers.shift()?.(new ClientWriter(response)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    async ask() {
      const arrived = new Promise<ClientWriter>((resolve) => writers.push(resolve));
      const answer = new Promise<ClientAnswer>((resolve) => {
        let text = '';
        const asked = request({ port, host: '127.0.0.1', agent: false }, (response) => {
          const { statusCode: status = 0, headers } = response;
          response.setEncoding('utf8');
          response.on('data', (piece: string) => {
            text += piece;
          });
          response.once('close', () => {
            resolve({ status, headers, text, isTorn: !response.complete });
          });
          response.on('error', () => undefined);
        });
        asked.once('error', () => {
          resolve({ status: 0, headers: {}, text, isTorn: true });
        });
        asked.end();
      });
      const writer = await arrived;
      return { writer, answer };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

export interface Played {
  readonly relay: Relay;
  /** What the relay told, in order. */
  readonly told: string[];
  readonly source: { isAborted: boolean };
  /** Bytes of the provider. */
  readonly say: (text: string) => void;
}

const ignore = (): void => undefined;

/** One provider's answer on its way to the client of `writer`. */
export function play(writer: ClientWriter, options: Partial<RelayOptions> = {}): Played {
  const told: string[] = [];
  const source = { isAborted: false };
  const relay = new Relay({
    writer,
    source: {
      pause: ignore,
      resume: ignore,
      abort() {
        source.isAborted = true;
      },
    },
    hooks: {
      onContent: () => told.push('content'),
      onCommit: () => told.push('commit'),
      onRefuse: (error) => told.push(`refuse ${error.code}`),
      onDone: (error) => told.push(`done ${error?.code ?? 'well'}`),
      onBroken: (error) => told.push(`broken ${error.code}`),
    },
    idleMs: 60_000,
    scrub: new Scrub([]),
    answerHeaders: () => [['x-test', 'yes']],
    passHeaders: false,
    createBody: (made) => chatStream(made),
    ...options,
  });
  return {
    relay,
    told,
    source,
    say(text) {
      relay.data(Buffer.from(text));
    },
  };
}

export const chatEnding: ErrorEnding = { dialect: clientDialectById('openai-chat'), requestId: 'req_1' };

/** Chat Completions to a client of Chat Completions. */
export function chatStream(relay: Relay, ending: ErrorEnding = chatEnding): AnswerBody {
  return new SameStreamBody(relay, {
    meter: dialectById('openai-chat').createMeter(),
    hideUsage: false,
    ending,
    contentType: 'text/event-stream',
    onFirstContent: ignore,
    onSkipped: ignore,
    onTerminal: ignore,
  });
}

export const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
export const said = (content: string): string => chunk({ content });
export const done = `${chunk({}, 'stop')}data: [DONE]\n\n`;
