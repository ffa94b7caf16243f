/** Reads answers to requests of our own: what their head tells, their body within bounds, and what the ledger has of them. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ExchangeEntry } from '../../shared/contract/traffic.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { LedgerQueries } from '../ledger/ledger.ts';
import { errorInBody, type AnswerError } from './chat-answer.ts';
import type { OwnAnswer } from './window-needs.ts';

type Headers = OwnAnswer['headers'];

export interface AnswerHead {
  readonly requestId: string | null;
  /** `provider/model`. */
  readonly target: string | null;
  readonly attempts: number | null;
  readonly masked: number;
  /** `null` of a stream, whose cost is known only when it ended. */
  readonly costUsd: string | null;
  /** A code of ours, or `upstream.<status>`. */
  readonly error: string | null;
}

export function headOf(headers: Headers): AnswerHead {
  const text = (name: string): string | null => headers[`x-sluice-${name}`] ?? null;
  return {
    requestId: text('request-id'),
    target: text('target'),
    attempts: countOf(text('attempts')),
    masked: countOf(text('masked')) ?? 0,
    costUsd: text('cost-usd'),
    error: text('error'),
  };
}

function countOf(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** An error answer in words: a code of ours where there is one, else the provider's. */
export function answeredError(headers: Headers, body: string): AnswerError {
  const said = errorInBody(body);
  return { code: headOf(headers).error ?? said.code, message: said.message };
}

/** Why nothing could be sent, or read. */
export function failureOf(error: unknown): AnswerError {
  if (error instanceof GatewayError) return { code: error.code, message: error.message };
  const reason = error instanceof Error ? error.message : String(error);
  return { code: null, message: `The gateway's own port did not answer: ${reason}` };
}

/** The parts of a body until the signal: an answer that says nothing for long holds nobody. */
export async function* untilAborted(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = body[Symbol.asyncIterator]();
  let leave = (): void => undefined;
  const onAbort = (): void => {
    leave();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    while (!signal.aborted) {
      const next = await new Promise<IteratorResult<Uint8Array> | undefined>((resolve, reject) => {
        leave = () => {
          resolve(undefined);
        };
        iterator.next().then(resolve, reject);
      });
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Whoever leaves in the middle gives the request up; how that ends is of no interest any more.
    iterator.return?.().catch(() => undefined);
  }
}

/** The body as text; what is beyond `maxBytes` is cut off, and the rest of the request given up. */
export async function readText(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let left = maxBytes;
  for await (const chunk of body) {
    chunks.push(chunk.subarray(0, left));
    left -= chunk.length;
    if (left <= 0) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** An exchange is closed within a moment of its last byte. */
const [tries, betweenMs] = [10, 50];

/** The exchange as the ledger has it when it is over; `undefined` when it does not say so within half a second. */
export async function settledEntry(
  ledger: Pick<LedgerQueries, 'byRequestId'>,
  requestId: string | null,
  signal?: AbortSignal,
): Promise<ExchangeEntry | undefined> {
  if (requestId === null) return undefined;
  try {
    for (let left = tries; left > 0; left -= 1) {
      const found = await ledger.byRequestId(requestId);
      if (found !== undefined && found.entry.outcome !== 'open') return found.entry;
      await wait(betweenMs, undefined, signal === undefined ? {} : { signal });
    }
  } catch {
    // The ledger cannot be read, or nobody waits any more: what it would have told is not known.
  }
  return undefined;
}
