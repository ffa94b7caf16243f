/** Bodies on their way to the writer: no more than a bound of them, since they are large and the disk may be slow. */
import { maxBodyBytes, type KeptBody } from './bodies.ts';

/** For the writer: a body, or the secrets to take out of those that follow. */
export type BodyMessage =
  | { readonly kind: 'keep-body'; readonly body: KeptBody; readonly now: number }
  | { readonly kind: 'learn'; readonly learned: string };

export interface BodyQueueOptions {
  /** `false`: nobody is there to take it. */
  readonly post: (message: BodyMessage) => boolean;
  /** What the redactor knows (`Redactor.learned`). */
  readonly learned?: (() => string) | undefined;
  /** Told at the first body that did not fit. */
  readonly onDropped?: (() => void) | undefined;
  readonly maxBytes?: number | undefined;
}

/** Bytes that may be under way; what comes then is not recorded, and counted. */
const defaultMaxBytes = 64 * 1024 * 1024;

export class BodyQueue {
  readonly #options: BodyQueueOptions;
  readonly #maxBytes: number;
  #bytes = 0;
  #dropped = 0;
  /** What the writer knows of secrets. */
  #told = '';

  constructor(options: BodyQueueOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? defaultMaxBytes;
  }

  /** Bodies that were not recorded: too large, or too many at once. */
  get dropped(): number {
    return this.#dropped;
  }

  /** `false` when it is not recorded. `now` in milliseconds since 1970. */
  offer(body: KeptBody, now: number): boolean {
    const { length } = body.bytes;
    if (length > maxBodyBytes || this.#bytes + length > this.#maxBytes) {
      this.#dropped += 1;
      if (this.#dropped === 1) this.#options.onDropped?.();
      return false;
    }
    // A buffer may be a view of a larger one, all of which would travel with it.
    const bytes = new Uint8Array(body.bytes);
    if (!this.#teach() || !this.#options.post({ kind: 'keep-body', body: { ...body, bytes }, now })) {
      this.#dropped += 1;
      return false;
    }
    this.#bytes += length;
    return true;
  }

  /** Before any body that may hold them. */
  #teach(): boolean {
    const learned = this.#options.learned?.() ?? '';
    if (learned === this.#told) return true;
    if (!this.#options.post({ kind: 'learn', learned })) return false;
    this.#told = learned;
    return true;
  }

  /** The writer has dealt with so many bytes; whether it could keep them is told by `isKept`. */
  done(bytes: number, isKept: boolean): void {
    this.#bytes = Math.max(0, this.#bytes - bytes);
    if (!isKept) this.#dropped += 1;
  }

  /** The writer is gone, with what was under way and what it knew. */
  lose(): void {
    this.#bytes = 0;
    this.#told = '';
  }
}
