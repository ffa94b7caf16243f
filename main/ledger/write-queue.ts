/** Exchanges on their way to the worker: first in, first out, bounded, an opening forgotten once its closing is here. */
import type { ExchangeRecord } from './ledger.ts';

export interface QueueEntry {
  readonly kind: 'open' | 'close';
  /** What it takes up, in units of a plain exchange. */
  readonly weight: number;
  /** `undefined` once it need not be written any more. */
  record: ExchangeRecord | undefined;
}

export interface Batch {
  readonly opens: readonly ExchangeRecord[];
  readonly closes: readonly ExchangeRecord[];
  /** Position in the order of arrival that is reached when this batch is on disk. */
  readonly end: number;
}

/** So many candidates of a decision take up about as much as the rest of an exchange. */
const candidatesPerWeight = 8;

export class WriteQueue {
  readonly #limit: number;
  readonly #onGivenUp: () => void;
  /** Since something was taken out. */
  #givesUp = false;
  #entries: QueueEntry[] = [];
  /** Openings that wait, oldest first. */
  readonly #opens = new Map<string, QueueEntry>();
  /** Position of the first of `#entries`. */
  #start = 0;
  #live = 0;
  #weight = 0;
  droppedOpens = 0;
  droppedCloses = 0;

  /** `limit` in plain exchanges; those with a long decision count for several. Told once when the first has to go. */
  constructor(limit: number, onGivenUp: () => void) {
    this.#limit = limit;
    this.#onGivenUp = onGivenUp;
  }

  /** Openings and whole exchanges that had to go. */
  get givenUp(): number {
    return this.droppedOpens + this.droppedCloses;
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
    const entry: QueueEntry = { kind: 'open', weight: 1, record };
    this.#add(entry);
    this.#opens.set(record.requestId, entry);
  }

  /** A short exchange is opened and closed before the first is written: then only the whole is. */
  close(record: ExchangeRecord): void {
    const opening = this.#opens.get(record.requestId);
    if (opening !== undefined) this.#forget(opening, record.requestId);
    const candidates = record.decision?.candidates.length ?? 0;
    this.#add({ kind: 'close', weight: 1 + Math.floor(candidates / candidatesPerWeight), record });
  }

  /** Takes entries out, oldest first, up to so much weight, but always one where there is one. */
  take(weight: number): Batch {
    this.#givesUp = false;
    const taken = this.#entries.splice(0, this.#countUpTo(weight));
    this.#start += taken.length;
    const opens: ExchangeRecord[] = [];
    const closes: ExchangeRecord[] = [];
    for (const { kind, record, ...entry } of taken) {
      if (record === undefined) continue;
      this.#live -= 1;
      this.#weight -= entry.weight;
      if (kind === 'open') this.#opens.delete(record.requestId);
      (kind === 'open' ? opens : closes).push(record);
    }
    return { opens, closes, end: this.#start };
  }

  #countUpTo(weight: number): number {
    let sum = 0;
    for (const [index, entry] of this.#entries.entries()) {
      if (entry.record === undefined) continue;
      if (sum > 0 && sum + entry.weight > weight) return index;
      sum += entry.weight;
    }
    return this.#entries.length;
  }

  #add(entry: QueueEntry): void {
    while (this.#live > 0 && this.#weight + entry.weight > this.#limit) this.#dropOldest();
    this.#entries.push(entry);
    this.#live += 1;
    this.#weight += entry.weight;
    // Forgotten entries are only places in the order; they must not add up while nothing can be written.
    if (this.#entries.length > 2 * this.#limit) this.#compact();
  }

  /** An opening says least: what it opened may still be closed. A whole exchange goes only when there is none. */
  #dropOldest(): void {
    if (!this.#givesUp) this.#onGivenUp();
    this.#givesUp = true;
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
    this.#weight -= close.weight;
    this.droppedCloses += 1;
  }

  #forget(entry: QueueEntry, requestId: string): void {
    entry.record = undefined;
    this.#opens.delete(requestId);
    this.#live -= 1;
    this.#weight -= entry.weight;
  }

  #compact(): void {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter(({ record }) => record !== undefined);
    this.#start += before - this.#entries.length;
  }
}
