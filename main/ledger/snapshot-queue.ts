/** Routing snapshots on their way to the worker, and the newest one at hand for a file that is begun anew. */

interface Waiting {
  readonly id: string;
  readonly body: () => unknown;
  /** With the worker, not confirmed yet. */
  sent: boolean;
  tries: number;
}

/** A config is hardly changed more often while a file cannot be written; older ones go first. */
const maxWaiting = 8;
/** What cannot be kept so many times is given up: an exchange explains itself without it, it is only not derived again. */
const maxTries = 5;

export class SnapshotQueue {
  #newest: { readonly id: string; readonly body: () => unknown } | undefined;
  /** Not confirmed yet, oldest first. */
  readonly #waiting = new Map<string, Waiting>();

  /** `false` when it is the one that was offered last. */
  offer(id: string, body: () => unknown): boolean {
    if (this.#newest?.id === id) return false;
    this.#newest = { id, body };
    this.again();
    return true;
  }

  /** Offers the newest again: this file may not have it. */
  again(): void {
    if (this.#newest === undefined) return;
    const { id, body } = this.#newest;
    this.#waiting.delete(id);
    this.#waiting.set(id, { id, body, sent: false, tries: 0 });
    const oldest = this.#waiting.keys().next().value;
    if (this.#waiting.size > maxWaiting && oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** Those to hand over now. */
  take(): { readonly id: string; readonly body: () => unknown }[] {
    const ready = [...this.#waiting.values()].filter(({ sent }) => !sent);
    for (const one of ready) {
      one.sent = true;
      one.tries += 1;
    }
    return ready;
  }

  confirm(id: string): void {
    this.#waiting.delete(id);
  }

  /** Not kept this time: it is handed over again, unless that was tried often enough. */
  refuse(id: string): void {
    const one = this.#waiting.get(id);
    if (one === undefined) return;
    if (one.tries < maxTries) one.sent = false;
    else this.#waiting.delete(id);
  }

  /** Whoever had them is gone. */
  refuseAll(): void {
    for (const id of [...this.#waiting.keys()]) this.refuse(id);
  }
}
