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
  #onIdle: (() => void)[] = [];

  get count(): number {
    return this.#running.size;
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

  /** SEC-10: a revoked key's running streams are aborted as well. */
  stopRevoked(keys: KeyTable): void {
    for (const exchange of this.#running) {
      if (keys.isCurrent(exchange.key)) continue;
      exchange.stop.stop(
        new GatewayError(
          'relay.key_revoked',
          `The key "${exchange.key.name}" was revoked. Give the client another one: sluice keys create --name NAME.`,
        ),
      );
    }
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
