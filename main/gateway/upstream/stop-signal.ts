/** When nothing more may be tried: the client left, or the time is over. */
import type { GatewayError } from '../../../shared/errors/gateway-error.ts';

/** One flag with listeners: cheaper than an AbortSignal, and it has one reason. */
export class StopSignal {
  #reason: 'gone' | GatewayError | undefined;
  readonly #listeners = new Set<() => void>();
  /** Of what goes on though the client left. */
  readonly #lasting = new Set<() => void>();

  get reason(): 'gone' | GatewayError | undefined {
    return this.#reason;
  }

  stop(reason: 'gone' | GatewayError): void {
    if (this.#reason !== undefined) {
      // Whoever left is told nothing more, but what goes on for it ends.
      if (reason !== 'gone') callAll(this.#lasting);
      return;
    }
    this.#reason = reason;
    callAll(this.#listeners);
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

  /** Calls `listener` once when, after the client left, there is another reason to stop. */
  onLateStop(listener: () => void): void {
    this.#lasting.add(listener);
  }
}

function callAll(listeners: Set<() => void>): void {
  for (const listener of [...listeners]) listener();
  listeners.clear();
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
