/** A bounded memory of what a conversation needs later and a client cannot carry: opaque reasoning, stored responses. */
import type { Clock } from '../kit/clock.ts';

interface Entry {
  readonly value: unknown;
  readonly bytes: number;
  readonly expiresAt: number;
}

/** Least recently used goes first once the byte cap is reached; nothing lives longer than `ttlMs`. */
export class SideStore {
  readonly #clock: Clock;
  readonly #capBytes: number;
  readonly #ttlMs: number;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(options: { readonly clock: Clock; readonly capBytes: number; readonly ttlMs: number }) {
    this.#clock = options.clock;
    this.#capBytes = options.capBytes;
    this.#ttlMs = options.ttlMs;
  }

  /**
   * `scope` is the virtual key's id: no principal ever reads another's. `bytes` is the size the value is counted with; a value
   * larger than a quarter of the cap is not kept, so that one cannot push out all others.
   */
  put(scope: string, key: string, value: unknown, bytes: number): void {
    const name = `${scope}\n${key}`;
    this.#forget(name);
    if (bytes > this.#capBytes / 4) return;
    this.#entries.set(name, { value, bytes, expiresAt: this.#clock.monotonic() + this.#ttlMs });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#capBytes) break;
      this.#forget(oldest);
    }
  }

  get(scope: string, key: string): unknown {
    const name = `${scope}\n${key}`;
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    if (entry.expiresAt <= this.#clock.monotonic()) {
      this.#forget(name);
      return undefined;
    }
    // Moved to the young end.
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    return entry.value;
  }

  get sizeBytes(): number {
    return this.#bytes;
  }

  #forget(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#entries.delete(name);
    this.#bytes -= entry.bytes;
  }
}
