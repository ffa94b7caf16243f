/** The control plane's door for the desktop window: messages from our own pages, checked for who speaks before what is said (SEC-23). */
import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron';
import type { AnyEvent } from '../../shared/contract/contract.ts';
import { failed, type Reply } from '../../shared/contract/reply.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import type { Dispatch } from '../control/dispatch.ts';
import type { Events, Subscription } from '../control/events.ts';
import { notForWindow } from '../control/window-limits.ts';
import { isWindowUrl } from './app-protocol.ts';
import { channels } from './channels.ts';

export interface IpcDoorOptions {
  readonly ipcMain: Pick<IpcMain, 'handle' | 'on' | 'removeHandler' | 'removeListener'>;
  readonly dispatch: Pick<Dispatch, 'call'>;
  readonly events: Pick<Events, 'subscribe'>;
  /** A page in one of the windows that we made. */
  readonly isOurs: (contents: WebContents) => boolean;
  readonly log: { warn(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

/** As over HTTP: what the data port takes by default, and what is around it. */
const maxInputChars = 40_000_000;
/** Events in one message. */
const maxBatch = 200;

/** Answers until what it returns is called. */
export function openIpcDoor({ ipcMain, dispatch, events, isOurs, log }: IpcDoorOptions): () => void {
  const streams = new Map<number, EventStream>();

  function isTrusted(event: IpcMainInvokeEvent | IpcMainEvent): boolean {
    const url = topUrlOf(event);
    if (url !== undefined && isWindowUrl(url) && isOurs(event.sender)) return true;
    log.warn('a message to the desktop came from a page that is not ours', { url: url?.slice(0, 200) });
    return false;
  }

  async function call(event: IpcMainInvokeEvent, name: unknown, input: unknown): Promise<Reply<unknown>> {
    if (!isTrusted(event)) return refusal('control.forbidden', 'Calls come from the window itself.');
    if (typeof name !== 'string') return refusal('control.unknown_call', 'A call has a name.');
    const plain = plainInput(input);
    if (!plain.ok) return plain.reply;
    const problem = notForWindow(name, plain.value);
    if (problem !== undefined) return refusal('control.forbidden', problem);
    return await dispatch.call(name, plain.value);
  }

  function listen(event: IpcMainEvent): void {
    if (!isTrusted(event)) return;
    const { sender } = event;
    // A page that was loaded anew asks again: what its predecessor waited for is over.
    streams.get(sender.id)?.stop();
    const stream = new EventStream(sender, events.subscribe(), () => {
      if (streams.get(sender.id) === stream) streams.delete(sender.id);
    });
    streams.set(sender.id, stream);
  }

  function taken(event: IpcMainEvent): void {
    if (isTrusted(event)) streams.get(event.sender.id)?.taken();
  }

  ipcMain.handle(channels.call, call);
  ipcMain.on(channels.listen, listen);
  ipcMain.on(channels.taken, taken);
  return () => {
    ipcMain.removeHandler(channels.call);
    ipcMain.removeListener(channels.listen, listen);
    ipcMain.removeListener(channels.taken, taken);
    for (const stream of streams.values()) stream.stop();
  };
}

/** Of the page that sent it; `undefined`: it was a frame in a page, or is gone. */
function topUrlOf({ senderFrame }: IpcMainInvokeEvent | IpcMainEvent): string | undefined {
  try {
    return senderFrame?.parent === null ? senderFrame.url : undefined;
  } catch {
    // A frame that was disposed of meanwhile throws whatever it is asked.
    return undefined;
  }
}

/** Events for one page, a list at a time: the next goes when the page has taken the last. What waits is bounded by the subscription. */
class EventStream {
  readonly #contents: WebContents;
  readonly #subscription: Subscription;
  #wake: (() => void) | undefined;
  #stopped = false;
  readonly #gone = (): void => this.stop();

  constructor(contents: WebContents, subscription: Subscription, onEnd: () => void) {
    this.#contents = contents;
    this.#subscription = subscription;
    contents.once('destroyed', this.#gone);
    contents.once('render-process-gone', this.#gone);
    const end = (): void => {
      this.stop();
      onEnd();
    };
    // A page that nothing can be sent to any more is as good as gone.
    this.#send().then(end, end);
  }

  taken(): void {
    this.#wake?.();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#subscription.stop();
    this.#wake?.();
    if (this.#contents.isDestroyed()) return;
    this.#contents.removeListener('destroyed', this.#gone);
    this.#contents.removeListener('render-process-gone', this.#gone);
  }

  #isOver(): boolean {
    return this.#stopped || this.#contents.isDestroyed();
  }

  async #send(): Promise<void> {
    const iterator = this.#subscription[Symbol.asyncIterator]();
    let waiting: Promise<IteratorResult<AnyEvent>> | undefined;
    while (!this.#isOver()) {
      const first = await (waiting ?? iterator.next());
      waiting = undefined;
      if (first.done === true) break;
      const batch = [first.value];
      while (batch.length < maxBatch) {
        // What is there already goes along; what comes later does not hold this up.
        waiting ??= iterator.next();
        const next = await Promise.race([waiting, nothingYet()]);
        if (next === undefined) break;
        waiting = undefined;
        if (next.done === true) break;
        batch.push(next.value);
      }
      if (this.#isOver()) break;
      const answered = new Promise<void>((resolve) => (this.#wake = resolve));
      this.#contents.send(channels.events, batch);
      await answered;
    }
  }
}

/** Later than every promise that is settled already. */
function nothingYet(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(resolve, undefined));
}

/** What JSON can say of it: the same reaches a handler, whatever carried it. */
function plainInput(
  input: unknown,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reply: Reply<never> } {
  let text: string | undefined;
  try {
    text = JSON.stringify(input);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, reply: refusal('control.invalid_input', `The input of a call is plain data: ${why}`) };
  }
  if (text === undefined) return { ok: true, value: undefined };
  if (text.length > maxInputChars)
    return { ok: false, reply: refusal('read.body_too_large', 'The input of this call is too large.') };
  return { ok: true, value: JSON.parse(text) };
}

function refusal(code: ErrorCode, message: string): Reply<never> {
  return failed({ code, message, requestId: 'none' });
}
