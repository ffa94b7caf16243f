// Speaks Chromium's debugging protocol: one socket, a session for each page.

type Params = Readonly<Record<string, unknown>>;
type Listener = (params: never) => void;

export interface Cdp {
  send<Result = unknown>(method: string, params?: Params, session?: string): Promise<Result>;
  /** Events of one session; of the browser itself without one. */
  on<Event>(method: string, session: string | undefined, listener: (event: Event) => void): void;
  /** Forgets the listeners of a session. */
  forget(session: string): void;
  readonly closed: Promise<void>;
  close(): void;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

export async function connectCdp(address: string): Promise<Cdp> {
  const socket = new WebSocket(address);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`Chromium does not answer at ${address}`)));
  });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (reason: Error) => void }>();
  const listeners = new Map<string, Map<string, Listener[]>>();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(data as string) as Message;
    if (message.id === undefined) {
      const heard = listeners.get(message.sessionId ?? '')?.get(message.method ?? '') ?? [];
      for (const listener of heard) listener(message.params as never);
      return;
    }
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error === undefined) asked?.resolve(message.result);
    else asked?.reject(new Error(message.error.message));
  });
  const closed = new Promise<void>((resolve) => {
    socket.addEventListener('close', () => {
      for (const { reject } of waiting.values()) reject(new Error('Chromium is gone'));
      waiting.clear();
      resolve();
    });
  });
  return {
    send<Result>(method: string, params: Params = {}, session?: string): Promise<Result> {
      return new Promise((resolve, reject) => {
        if (socket.readyState !== WebSocket.OPEN) {
          reject(new Error('Chromium is gone'));
          return;
        }
        last += 1;
        waiting.set(last, { resolve: resolve as (value: unknown) => void, reject });
        socket.send(
          JSON.stringify({ id: last, method, params, ...(session === undefined ? {} : { sessionId: session }) }),
        );
      });
    },
    on(method, session, listener) {
      const ofSession = listeners.get(session ?? '') ?? new Map<string, Listener[]>();
      listeners.set(session ?? '', ofSession);
      ofSession.set(method, [...(ofSession.get(method) ?? []), listener]);
    },
    forget: (session) => void listeners.delete(session),
    closed,
    close: () => socket.close(),
  };
}
