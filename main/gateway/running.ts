/** The exchanges in flight: revoked keys stop theirs, draining waits for them. */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { KeyTable, VirtualKey } from './ports.ts';
import type { StopSignal } from './upstream/stop-signal.ts';

export interface RunningExchange {
  readonly key: VirtualKey;
  readonly stop: StopSignal;
}

export class RunningExchanges {
  readonly #running = new Set<RunningExchange>();
  #mayDrain = true;
  #onIdle: (() => void)[] = [];

  get count(): number {
    return this.#running.size;
  }

  /** Whether a stream may be read on after its client left. */
  get mayDrain(): boolean {
    return this.#mayDrain;
  }

  /** Returns how to take it out again. */
  add(exchange: RunningExchange): () => void {
    this.#running.add(exchange);
    return () => {
      this.#running.delete(exchange);
      if (this.#running.size > 0) return;
      for (const listener of this.#onIdle) listener();
      this.#onIdle = [];
    };
  }

  /** SEC-10: the running streams of a key that was revoked or disabled are aborted as well. */
  stopRevoked(keys: KeyTable): void {
    for (const exchange of this.#running) {
      if (keys.isCurrent(exchange.key)) continue;
      const { id, name } = exchange.key;
      const message =
        keys.byId(id)?.disabled === true
          ? `The key "${name}" was disabled. Enable it with: sluice keys enable ${id}.`
          : `The key "${name}" was revoked. Give the client another one: sluice keys create --name NAME.`;
      exchange.stop.stop(new GatewayError('relay.key_revoked', message));
    }
  }

  /** Nothing goes on any more for clients that left, now and from now on. */
  stopDrains(error: GatewayError): void {
    this.#mayDrain = false;
    for (const exchange of this.#running) if (exchange.stop.reason === 'gone') exchange.stop.stop(error);
  }

  stopAll(error: GatewayError): void {
    for (const exchange of this.#running) exchange.stop.stop(error);
  }

  /** Resolves when nothing runs, or after `ms`. */
  async idle(ms: number): Promise<void> {
    if (this.#running.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#onIdle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
