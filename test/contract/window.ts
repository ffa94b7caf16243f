// The two ways of the window to the control plane, as the window uses them: a browser that is signed in, and the desktop's messages.
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { IpcMain, WebContents } from 'electron';
import { expect } from 'vitest';
import type { Dispatch } from '../../main/control/dispatch.ts';
import type { Events } from '../../main/control/events.ts';
import { openWindowServer } from '../../main/control/http.ts';
import { channels } from '../../main/electron/channels.ts';
import { openIpcDoor } from '../../main/electron/ipc.ts';
import type { Bridge } from '../../renderer/bridge/bridge.ts';
import { createHttpTransport } from '../../renderer/bridge/http-transport.ts';
import { createIpcTransport, type IpcBinding } from '../../renderer/bridge/ipc-transport.ts';

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
  readonly channel: string;
  readonly args: readonly unknown[];
  /** Of one that waits for an answer. */
  readonly id?: number;
}

type Answer =
  | { readonly id: number; readonly reply: unknown }
  | { readonly id: number; readonly failure: string }
  | { readonly channel: string; readonly args: readonly unknown[] };

/**
 * The desktop's own door (`main/electron/ipc.ts`) and the preload script's side of it, over messages between two processes as
 * Electron carries them: everything is cloned, and what cannot be cloned rejects.
 */
export function openDesktop({ dispatch, events }: Behind): Door {
  const { port1: main, port2: page } = new MessageChannel();
  const ipcMain = new OwnIpc();
  const contents = Object.assign(new EventEmitter(), {
    id: 1,
    isDestroyed: () => false,
    send: (channel: string, ...args: readonly unknown[]) => main.postMessage({ channel, args }),
  }) as unknown as WebContents;
  const event = { sender: contents, senderFrame: { url: 'app://sluice/', parent: null } };
  const closeDoor = openIpcDoor({
    ...{ ipcMain: ipcMain as unknown as IpcMain, dispatch, events, isOurs: (one) => one === contents },
    log: { warn: (message) => expect.fail(message) },
  });
  main.on('message', ({ channel, args, id }: Question) => {
    if (id === undefined) ipcMain.emit(channel, event, ...args);
    else void answer(main, id, () => ipcMain.handlers.get(channel)?.(event, ...args));
  });
  return {
    bridge: createIpcTransport(pageOf(page)),
    close() {
      closeDoor();
      page.close();
      return Promise.resolve();
    },
  };
}

/** What the door uses of `ipcMain`. */
class OwnIpc extends EventEmitter {
  readonly handlers = new Map<string, (...args: readonly unknown[]) => unknown>();

  handle(channel: string, handler: (...args: readonly unknown[]) => unknown): void {
    this.handlers.set(channel, handler);
  }

  removeHandler(channel: string): void {
    this.handlers.delete(channel);
  }
}

async function answer(main: MessagePort, id: number, handle: () => unknown): Promise<void> {
  try {
    main.postMessage({ id, reply: await handle() });
  } catch (error) {
    main.postMessage({ id, failure: String(error) });
  }
}

/** `window.sluice` of the page, as the preload script makes it. */
function pageOf(page: MessagePort): IpcBinding {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const listeners = new Set<(event: unknown) => void>();
  page.on('message', (message: Answer) => {
    if ('channel' in message) {
      const [list] = message.args as [readonly unknown[]];
      for (const event of list) for (const listener of listeners) listener(event);
      page.postMessage({ channel: channels.taken, args: [] });
      return;
    }
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if ('failure' in message) asked?.reject(new Error(message.failure));
    else asked?.resolve(message.reply);
  });
  let asked = 0;
  return {
    call(name, input) {
      const resolvers = Promise.withResolvers<unknown>();
      asked += 1;
      page.postMessage({ channel: channels.call, args: [name, input], id: asked });
      waiting.set(asked, resolvers);
      return resolvers.promise;
    },
    onEvent(listener) {
      listeners.add(listener);
      if (listeners.size === 1) page.postMessage({ channel: channels.listen, args: [] });
      return () => listeners.delete(listener);
    },
  };
}
