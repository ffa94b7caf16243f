// The two ways of the window to the control plane, as the window uses them: a browser that is signed in, and the desktop's messages.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import type { Dispatch } from '../../main/control/dispatch.ts';
import type { Events } from '../../main/control/events.ts';
import { openWindowServer } from '../../main/control/http.ts';
import type { Bridge } from '../../renderer/bridge/bridge.ts';
import { createHttpTransport } from '../../renderer/bridge/http-transport.ts';
import { createIpcTransport } from '../../renderer/bridge/ipc-transport.ts';

export interface Door {
  readonly bridge: Bridge;
  close(): Promise<void>;
}

interface Behind {
  readonly dispatch: Pick<Dispatch, 'call'>;
  readonly events: Events;
}

/** A real listener, and a browser that opened its link. */
export async function openBrowser(control: Behind, directory: string): Promise<Door & { readonly base: string }> {
  const server = await openWindowServer({
    ...{ port: 0, control, randomBytes: (count: number) => randomBytes(count), now: () => Date.now() },
    sessionsFile: join(directory, 'run', 'sessions.json'),
    log: { warn: () => undefined },
  });
  const base = `http://127.0.0.1:${String(server.port)}`;
  const browser = asBrowser(base);
  const token = new URLSearchParams(new URL(server.newLink()).hash.slice(1)).get('token');
  const answer = await browser(`${base}/api/session`, {
    method: 'POST',
    headers: { 'x-sluice-window': '1', 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (answer.status !== 200) throw new Error(`the link did not open a session: ${String(answer.status)}`);
  return { base, bridge: createHttpTransport({ base, fetch: browser }), close: () => server.close() };
}

/** `fetch` as the page has it: with cookie and proof of its session, and `Origin` on what changes something. */
export function asBrowser(origin: string): typeof fetch {
  let cookie = '';
  let proof = '';
  return async (input, init = {}) => {
    const headers = new Headers(init.headers);
    if (cookie !== '') headers.set('cookie', cookie);
    if (proof !== '') headers.set('x-sluice-proof', proof);
    if (init.method === 'POST') headers.set('origin', origin);
    headers.set('sec-fetch-site', 'same-origin');
    const answer = await fetch(input, { ...init, headers });
    const [given] = answer.headers.getSetCookie();
    if (given !== undefined) {
      cookie = given.split(';')[0] ?? '';
      ({ proof } = (await answer.clone().json()) as { readonly proof: string });
    }
    return answer;
  };
}

interface Question {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

type Answer =
  | { readonly id: number; readonly reply: unknown }
  | { readonly id: number; readonly failure: string }
  | { readonly event: unknown };

/** Messages between two processes as Electron carries them: everything is cloned, and what cannot be cloned rejects. */
export function openDesktop({ dispatch, events }: Behind): Door {
  const { port1: main, port2: page } = new MessageChannel();
  main.on('message', (question: Question) => {
    void (async () => {
      const reply = await dispatch.call(question.name, question.input);
      try {
        main.postMessage({ id: question.id, reply });
      } catch (error) {
        main.postMessage({ id: question.id, failure: String(error) });
      }
    })();
  });
  const subscription = events.subscribe();
  void (async () => {
    for await (const event of subscription) main.postMessage({ event });
  })();
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const listeners = new Set<(event: unknown) => void>();
  page.on('message', (answer: Answer) => {
    if ('event' in answer) {
      for (const listener of listeners) listener(answer.event);
      return;
    }
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('failure' in answer) asked?.reject(new Error(answer.failure));
    else asked?.resolve(answer.reply);
  });
  let asked = 0;
  return {
    bridge: createIpcTransport({
      call(name, input) {
        const resolvers = Promise.withResolvers<unknown>();
        asked += 1;
        page.postMessage({ id: asked, name, input });
        waiting.set(asked, resolvers);
        return resolvers.promise;
      },
      onEvent(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    }),
    close() {
      subscription.stop();
      page.close();
      return Promise.resolve();
    },
  };
}
