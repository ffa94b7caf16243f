/** What routing remembers from one run to the next, as one small JSON document: rests, latencies, lengths of answers. */
import { Low } from 'lowdb';
import { AtomicWriteError, isErrno, removeStaleTemporaries } from '../kit/atomic-file.ts';
import type { Clock } from '../kit/clock.ts';
import type { LogPort } from '../gateway/ports.ts';
import { JsonFile } from './json-file.ts';

/** Three hundred models with every measurement there is are a tenth of this. */
const maxChars = 32 * 1024 * 1024;

export interface RoutingMemoryOptions {
  readonly file: string;
  readonly log: Pick<LogPort, 'warn'>;
  readonly clock: Clock;
  /** Takes secrets out: names of models come from clients, who can send anything by mistake. */
  readonly redact: (text: string) => string;
}

/**
 * Never throws: without it routing learns anew. A file that cannot be read as JSON is set aside as `<file>.corrupt-<time>`,
 * and nothing is deleted. What the document says is for its reader to judge.
 */
export class RoutingMemory {
  readonly #log: Pick<LogPort, 'warn'>;
  readonly #file: string;
  readonly #database: Low<unknown>;
  #next: { readonly memory: object } | undefined;
  #writing: Promise<void> | undefined;
  #isFailing = false;

  constructor({ file, log, clock, redact }: RoutingMemoryOptions) {
    this.#log = log;
    this.#file = file;
    const setAside = 'The memory of routing was corrupt and is learned anew. It was set aside.';
    this.#database = new Low<unknown>(new JsonFile({ file, log, clock, redact, maxChars, setAside }), null);
  }

  /** What was saved last; `null` when there is nothing that can be read. */
  async load(): Promise<unknown> {
    try {
      await removeStaleTemporaries(this.#file);
      await this.#database.read();
    } catch (error) {
      // No directory yet: nothing was ever saved.
      if (!isErrno(error, 'ENOENT')) this.#warn('The memory of routing could not be read; it is learned anew.', error);
    }
    return this.#database.data;
  }

  /** Resolves once this, or what was to be saved after it, is in the file, or could not be written. */
  async save(memory: object): Promise<void> {
    this.#next = { memory };
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  /** Of several that wait only the last is written. */
  async #writeAll(): Promise<void> {
    while (this.#next !== undefined) {
      this.#database.data = this.#next.memory;
      this.#next = undefined;
      try {
        await this.#database.write();
        this.#isFailing = false;
      } catch (error) {
        // Once is enough: a full disk stays full for a while.
        if (!this.#isFailing) this.#warn('The memory of routing could not be written.', error);
        this.#isFailing = true;
      }
    }
  }

  #warn(message: string, error: unknown): void {
    const reason = error instanceof AtomicWriteError ? error.message : error;
    this.#log.warn(message, { file: this.#file, reason });
  }
}
