/** One account for the request bodies all exchanges hold together, so that many large ones do not add up to all the memory there is. */
import { GatewayError } from '../../shared/errors/gateway-error.ts';

/** Sixteen bodies of the default size limit, or five thousand prompts of a coding agent. */
const defaultCapBytes = 512 * 1024 * 1024;
const retryAfterS = 1;

export class BodyBudget {
  readonly #capBytes: number;
  #heldBytes = 0;

  constructor(capBytes: number = defaultCapBytes) {
    this.#capBytes = capBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /**
   * Counts bytes that are about to be kept. Throws `receive.overloaded` when there is no room: whoever comes last is turned
   * away, what was admitted goes on. One body always fits, whatever `maxBodyBytes` allows it to be.
   */
  take(bytes: number, maxBodyBytes: number): void {
    if (this.#heldBytes + bytes > Math.max(this.#capBytes, 2 * maxBodyBytes)) {
      throw new GatewayError(
        'receive.overloaded',
        'Sluice holds as many request bodies as it has room for. Send this one again in a moment.',
        { retryAfterS },
      );
    }
    this.#heldBytes += bytes;
  }

  give(bytes: number): void {
    this.#heldBytes -= bytes;
  }
}
