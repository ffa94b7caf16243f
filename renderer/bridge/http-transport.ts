/** The bridge over HTTP, for the browser: calls are posts, events are lines of an answer that does not end. */
import type { AnyEvent, CallInput, CallName, CallOutput } from '../../shared/contract/contract.ts';
import type { Reply } from '../../shared/contract/reply.ts';
import { bridgeCodes, unreachable, type Bridge, type BridgeListener, type Connection } from './bridge.ts';

/**
 * The second half of the session. Browsers send a cookie to every port of this machine; what is stored here only pages of this
 * origin can read.
 */
const proofName = 'sluice.session-proof';

/** On every request: a page of another origin cannot set them without asking first (SEC-18). */
function windowHeaders(): Record<string, string> {
  let proof: string | null = null;
  try {
    proof = localStorage.getItem(proofName);
  } catch {
    // A browser that stores nothing is not signed in for longer than this page.
    proof = unstored;
  }
  return { 'x-sluice-window': '1', ...(proof === null ? {} : { 'x-sluice-proof': proof }) };
}

let unstored: string | null = null;

function keepProof(proof: string | null): void {
  unstored = proof;
  try {
    if (proof === null) localStorage.removeItem(proofName);
    else localStorage.setItem(proofName, proof);
  } catch {
    // As above.
  }
}

const firstPauseMs = 500;
const longestPauseMs = 5_000;

export interface HttpTransportOptions {
  /** Empty for the origin of the page. */
  readonly base?: string;
  readonly fetch?: typeof globalThis.fetch;
}

export function createHttpTransport({
  base = '',
  fetch = globalThis.fetch.bind(globalThis),
}: HttpTransportOptions = {}): Bridge {
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(`${base}/api/${path}`, {
      method: 'POST',
      headers: { ...windowHeaders(), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  async function call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Reply<CallOutput<Name>>> {
    try {
      const response = await post(`calls/${name}`, input);
      if (response.status === 401) return signedOut();
      return (await response.json()) as Reply<CallOutput<Name>>;
    } catch (error) {
      return unreachable(error instanceof Error ? error.message : String(error));
    }
  }

  function subscribe({ onEvent, onConnection }: BridgeListener): () => void {
    const ended = new AbortController();
    void follow(ended.signal, (signal) => fetch(`${base}/api/events`, { headers: windowHeaders(), signal }), {
      onEvent,
      onConnection,
    });
    return () => ended.abort();
  }

  return { call, subscribe };
}

/** Trades the one-time token of the link for a session. `false`: it was used already, or is not one. */
export async function openSession(token: string, base = ''): Promise<boolean> {
  try {
    const response = await fetch(`${base}/api/session`, {
      method: 'POST',
      headers: { ...windowHeaders(), 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    if (!response.ok) return false;
    const { proof } = (await response.json()) as { readonly proof: string };
    keepProof(proof);
    return true;
  } catch {
    return false;
  }
}

/** Ends the session of this browser. `false`: the instance did not answer, so it may go on. */
export async function closeSession(base = ''): Promise<boolean> {
  try {
    const response = await fetch(`${base}/api/session`, { method: 'DELETE', headers: windowHeaders() });
    if (response.ok) keepProof(null);
    return response.ok;
  } catch {
    return false;
  }
}

function signedOut(): Reply<never> {
  const message = 'This browser is not signed in. `sluice open` gives a new link.';
  return { ok: false, error: { code: bridgeCodes.signedOut, message, requestId: 'none' } };
}

/** Reads events until the signal, coming back with growing pauses whenever the connection ends. */
async function follow(
  ended: AbortSignal,
  open: (signal: AbortSignal) => Promise<Response>,
  { onEvent, onConnection }: BridgeListener,
): Promise<void> {
  let pause = firstPauseMs;
  onConnection('connecting');
  while (!ended.aborted) {
    const state = await readOnce(ended, open, {
      onEvent,
      onConnection(connection: Connection) {
        pause = firstPauseMs;
        onConnection(connection);
      },
    });
    if (ended.aborted) return;
    onConnection(state);
    await waitFor(pause, ended);
    pause = Math.min(pause * 2, longestPauseMs);
  }
}

async function readOnce(
  ended: AbortSignal,
  open: (signal: AbortSignal) => Promise<Response>,
  { onEvent, onConnection }: BridgeListener,
): Promise<'lost' | 'signed_out'> {
  try {
    const response = await open(ended);
    if (response.status === 401) return 'signed_out';
    if (!response.ok || response.body === null) return 'lost';
    onConnection('live');
    for await (const line of linesOf(response.body)) onEvent(JSON.parse(line) as AnyEvent);
  } catch {
    // As an end without an error: it is tried again either way.
  }
  return 'lost';
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const parts = (rest + value).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) if (part !== '') yield part;
    }
  } finally {
    // Also where a line could not be read: a stream that nobody reads would keep its connection.
    await reader.cancel().catch(() => undefined);
  }
}

function waitFor(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      ended.removeEventListener('abort', done);
      resolve();
    }
    ended.addEventListener('abort', done);
  });
}
