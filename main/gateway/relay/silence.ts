/** The two clocks of a running answer: no byte at all, and nothing but signs of life (FAULT-12). */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';

export interface SilenceOptions {
  /** Longest time without a byte. */
  readonly idleMs: number;
  /** Longest time without content: pings are bytes, and say only that the connection lives. */
  readonly contentMs: number;
  /** While it is, the client is slow and not the provider: its own clock decides. */
  readonly isPaused: () => boolean;
  readonly onSilence: (error: GatewayError) => void;
}

export class Silence {
  readonly #options: SilenceOptions;
  #idle: NodeJS.Timeout | undefined;
  #content: NodeJS.Timeout | undefined;
  /** Content came since the clock of content was last set back: that is done once a chunk, however many events are in it. */
  #isFresh = false;

  constructor(options: SilenceOptions) {
    this.#options = options;
  }

  /** Starts both clocks; further calls do nothing. */
  start(): void {
    if (this.#idle !== undefined) return;
    const { idleMs } = this.#options;
    // Who lets a provider be silent for longer lets it be without content for as long.
    const contentMs = Math.max(this.#options.contentMs, idleMs);
    this.#idle = this.#clock(
      idleMs,
      () =>
        `The provider sent nothing for ${String(idleMs)} ms in the middle of the answer. Raise timeouts.idle_ms if it may pause that long.`,
    );
    this.#content = this.#clock(
      contentMs,
      () =>
        `The provider sent signs of life but no content for ${String(contentMs)} ms in the middle of the answer: it hangs. Raise timeouts.idle_ms above that if it may take so long.`,
    );
  }

  /** A chunk came. */
  bytes(): void {
    this.#idle?.refresh();
  }

  /** There was content in it. */
  content(): void {
    this.#isFresh = true;
  }

  /** All of the chunk was read. */
  chunkRead(): void {
    if (!this.#isFresh) return;
    this.#isFresh = false;
    this.#content?.refresh();
  }

  stop(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#content);
  }

  #clock(ms: number, message: () => string): NodeJS.Timeout {
    const timer = setTimeout(() => {
      if (this.#options.isPaused()) timer.refresh();
      else this.#options.onSilence(new GatewayError('relay.idle_timeout', message()));
    }, ms);
    return timer;
  }
}
