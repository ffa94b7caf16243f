/** When nothing more may be tried: the client left, or the time is over. */
import type { GatewayError } from '../../../shared/errors/gateway-error.ts';

/** One flag with listeners: cheaper than an AbortSignal, and it has one reason. */
export class StopSignal {
  #reason: 'gone' | GatewayError | undefined;
  readonly #listeners = new Set<() => void>();

  get reason(): 'gone' | GatewayError | undefined {
    return this.#reason;
  }

  stop(reason: 'gone' | GatewayError): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const listener of [...this.#listeners]) listener();
    this.#listeners.clear();
  }

  /** Calls `listener` once on stop, at once if it has happened. Returns how to unlisten. */
  onStop(listener: () => void): () => void {
    if (this.#reason !== undefined) {
      listener();
      return () => undefined;
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** `undefined` once there is no use for it any more: a token may have to be fetched from a server that keeps silent. */
export function unlessStopped<Value>(work: Promise<Value>, stopped: StopSignal): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const unlisten = stopped.onStop(() => {
      resolve(undefined);
    });
    void work.finally(unlisten).then(resolve, reject);
  });
}

/** Resolves after `ms`, or as soon as nothing may be tried any more. */
export async function pause(ms: number, stopped: StopSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      unlisten();
      resolve();
    }, ms);
    const unlisten = stopped.onStop(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
