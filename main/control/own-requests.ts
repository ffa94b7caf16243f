/** Requests of our own to our own data port, with the key of this program: they pass through all that a client's pass through. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { isLoopbackHost } from '../config/addresses.ts';
import type { Secret } from '../kit/secret.ts';
import { version } from '../kit/version.ts';
import type { OwnAnswer, OwnRequest, OwnRequests } from './window-needs.ts';

export interface OwnRequestsOptions {
  /** Where the data port listens. */
  readonly urls: () => readonly string[];
  readonly key: Secret;
}

/** What says whose a request is and how long it is: that is said here. */
const ours: ReadonlySet<string> = new Set([
  ...(['authorization', 'x-api-key', 'x-goog-api-key', 'api-key', 'x-sluice-client', 'user-agent'] as const),
  ...(['host', 'connection', 'content-length', 'transfer-encoding', 'expect'] as const),
]);

/** A redirect is an answer like any other: nothing but the data port is ever asked. */
export function createOwnRequests({ urls, key }: OwnRequestsOptions): OwnRequests {
  return {
    async send(asked) {
      asked.signal?.throwIfAborted();
      return await answerOf(asked, placeOf(urls()), key);
    },
  };
}

interface Place {
  readonly host: string;
  readonly port: number;
}

/** This machine where the port can be reached from it, which is nearly always. */
function placeOf(urls: readonly string[]): Place {
  const places = urls.map((url) => new URL(url));
  const url = places.find(({ hostname }) => isLoopbackHost(hostname)) ?? places[0];
  if (url === undefined) throw new Error('The data port does not listen.');
  // Port 80 is left out of what a URL tells.
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? 80 : Number(url.port) };
}

function answerOf(asked: OwnRequest, place: Place, key: Secret): Promise<OwnAnswer> {
  const body = Buffer.from(asked.body);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({
      ...{ host: place.host, port: place.port, path: asked.path, method: 'POST', agent: false },
      headers: {
        'content-type': 'application/json',
        ...withoutOurs(asked.headers),
        authorization: `Bearer ${key.reveal()}`,
        'user-agent': `Sluice/${version}`,
        'x-sluice-client': asked.client,
        'content-length': body.length,
      },
      ...(asked.signal === undefined ? {} : { signal: asked.signal }),
    });
    sent.on('error', (error) => {
      reject(asked.signal?.aborted === true ? (asked.signal.reason as Error) : error);
    });
    sent.on('response', (response) => {
      // Whoever reads the body is told; a break before that must not end the process.
      response.on('error', () => undefined);
      resolve({ status: response.statusCode ?? 0, headers: headersOf(response), body: response });
    });
    sent.end(body);
  });
}

function withoutOurs(headers: OwnRequest['headers']): Record<string, string> {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(lower.filter(([name]) => !ours.has(name)));
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat().join(', ')]],
    ),
  );
}
