/** Events as lines of JSON in an answer that does not end, for whoever asks over HTTP or the local socket. */
import { once } from 'node:events';
import type { Response } from 'express';
import type { AnyEvent } from '../../shared/contract/contract.ts';
import type { Events } from './events.ts';

/**
 * Writes events from now on until the other side leaves or the events are closed. The head is sent at once, with `greeting` in
 * the body after it: proxies keep a head back until there is a body.
 */
export async function streamEvents(response: Response, events: Events, greeting = ''): Promise<void> {
  const subscription = events.subscribe();
  response.on('close', () => subscription.stop());
  response.status(200).type('application/x-ndjson');
  // The caller reads this as: from here on nothing is missed.
  response.flushHeaders();
  if (greeting !== '') response.write(greeting);
  for await (const event of subscription) {
    if (response.writableEnded || response.destroyed) break;
    if (!response.write(`${lineOf(event)}\n`)) await drained(response);
  }
  response.end();
}

/** Readers of lines end one at these two as well, where they stand in a text. */
function lineOf(event: AnyEvent): string {
  return JSON.stringify(event)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`);
}

/** Resolves when more can be written, or never will be. */
async function drained(response: Response): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  waiting.abort();
}
