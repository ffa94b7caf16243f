// Messages from pages, as `ipcMain` hands them on.
import { EventEmitter } from 'node:events';
import type { IpcMain } from 'electron';
import { guarded, type Members } from './guarded.ts';
import { makeCodec } from './codec.ts';
import type { FromPage } from './worlds.ts';

type Handler = Parameters<IpcMain['handle']>[1];

const handlers = new Map<string, Handler>();

class Ipc extends EventEmitter {
  handle(channel: string, listener: Handler): void {
    if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    handlers.set(channel, listener);
  }
  handleOnce(channel: string, listener: Handler): void {
    this.handle(channel, (event, ...input: unknown[]) => {
      this.removeHandler(channel);
      return listener(event, ...input) as unknown;
    });
  }
  removeHandler(channel: string): void {
    handlers.delete(channel);
  }
}
const typed: Members<IpcMain> & EventEmitter = new Ipc();
export const ipcMain = guarded('ipcMain', typed);

export const codec = makeCodec();

export interface Speaker {
  readonly sender: Electron.WebContents;
  readonly senderFrame: () => Electron.WebFrameMain | null;
  readonly answer: (
    id: number,
    channel: string,
    outcome: { readonly result: unknown } | { readonly error: string },
  ) => void;
}

/** A message as it came from a page. */
export async function receive(message: FromPage, { sender, senderFrame, answer }: Speaker): Promise<void> {
  const { kind, id, channel, input } = message;
  const event = guarded('the event of a message', {
    ...{ type: 'frame', sender, processId: 1, frameId: 1, defaultPrevented: false },
    get senderFrame() {
      return senderFrame();
    },
    preventDefault: (): void => undefined,
    ...(kind === 'send' ? { ports: [], reply: (name: string, ...rest: unknown[]) => sender.send(name, ...rest) } : {}),
  });
  if (kind === 'send') {
    ipcMain.emit(channel, event, ...input);
    return;
  }
  try {
    const handler = handlers.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    const result: unknown = await handler(event as unknown as Electron.IpcMainInvokeEvent, ...input);
    answer(id, channel, { result });
  } catch (error) {
    console.error(`Error occurred in handler for '${channel}':`, error);
    answer(id, channel, { error: String(error) });
  }
}
