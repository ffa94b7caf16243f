/** Exchanges on their way to the worker: first in, first out, bounded, an opening forgotten once its closing is here. */
import type { ExchangeRecord } from './ledger.ts';

export interface QueueEntry {
  readonly kind: 'open' | 'close';
  /** `undefined` once it need not be written any more. */
  record: ExchangeRecord | undefined;
}

export interface Batch {
  readonly opens: readonly ExchangeRecord[];
  readonly closes: readonly ExchangeRecord[];
  /** Position in the order of arrival that is reached when this batch is on disk. */
  readonly end: number;
}

export class WriteQueue {
  readonly #limit: number;
  #entries: QueueEntry[] = [];
  /** Openings that wait, oldest first. */
  readonly #opens = new Map<string, QueueEntry>();
  /** Position of the first of `#entries`. */
  #start = 0;
  #live = 0;
  droppedOpens = 0;
  droppedCloses = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Entries that wait to be written. */
  get size(): number {
    return this.#live;
  }

  /** Position after everything that has arrived so far. */
  get end(): number {
    return this.#start + this.#entries.length;
  }

  open(record: ExchangeRecord): void {
    const entry: QueueEntry = { kind: 'open', record };
    this.#add(entry);
    this.#opens.set(record.requestId, entry);
  }

  /** A short exchange is opened and closed before the first is written: then only the whole is. */
  close(record: ExchangeRecord): void {
    const opening = this.#opens.get(record.requestId);
    if (opening !== undefined) this.#forget(opening, record.requestId);
    this.#add({ kind: 'close', record });
  }

  /** Takes up to `count` entries out, oldest first. */
  take(count: number): Batch {
    const taken = this.#entries.splice(0, count);
    this.#start += taken.length;
    const opens: ExchangeRecord[] = [];
    const closes: ExchangeRecord[] = [];
    for (const { kind, record } of taken) {
      if (record === undefined) continue;
      this.#live -= 1;
      if (kind === 'open') this.#opens.delete(record.requestId);
      (kind === 'open' ? opens : closes).push(record);
    }
    return { opens, closes, end: this.#start };
  }

  #add(entry: QueueEntry): void {
    if (this.#live >= this.#limit) this.#dropOldest();
    this.#entries.push(entry);
    this.#live += 1;
    // Forgotten entries are only places in the order; they must not add up while nothing can be written.
    if (this.#entries.length > 2 * this.#limit) this.#compact();
  }

  /** An opening says least: what it opened may still be closed. A whole exchange goes only when there is none. */
  #dropOldest(): void {
    const oldest = this.#opens.entries().next().value;
    if (oldest !== undefined) {
      this.#forget(oldest[1], oldest[0]);
      this.droppedOpens += 1;
      return;
    }
    const close = this.#entries.find(({ record }) => record !== undefined);
    if (close === undefined) return;
    close.record = undefined;
    this.#live -= 1;
    this.droppedCloses += 1;
  }

  #forget(entry: QueueEntry, requestId: string): void {
    entry.record = undefined;
    this.#opens.delete(requestId);
    this.#live -= 1;
  }

  #compact(): void {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter(({ record }) => record !== undefined);
    this.#start += before - this.#entries.length;
  }
}
