/** Rows that come while the list is there: those that fit are kept until a page of the ledger has them. */
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';

/** More are not kept: the list asks the ledger again instead. */
export const maxFresh = 1_000;
/** Ends of rows that pages hold as open; older ones are forgotten. */
const maxLatest = 2_000;

export class LiveRows {
  readonly #fits: (entry: ExchangeEntry) => boolean;
  readonly #seen = new Map<string, ExchangeEntry>();
  /** Had ended before the ledger was asked: older ones of them are in its pages, or on a page to come. */
  #settled = new Set<string>();
  #topAt: string | undefined;
  #fresh: readonly ExchangeEntry[] = [];
  #overflowed = false;

  constructor(fits: (entry: ExchangeEntry) => boolean, recent: readonly ExchangeEntry[]) {
    this.#fits = fits;
    this.take(recent);
    this.#settled = this.ended();
  }

  /** Rows that fit, newest first. Another list whenever something in it changed. */
  get fresh(): readonly ExchangeEntry[] {
    return this.#fresh;
  }

  /** There were more than are kept. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /** The row as it was told of last; the same where nothing was, or where its end was missed and the ledger has it. */
  latest(entry: ExchangeEntry): ExchangeEntry {
    const told = this.#seen.get(entry.request_id);
    return told === undefined || (told.outcome === 'open' && entry.outcome !== 'open') ? entry : told;
  }

  find(requestId: string): ExchangeEntry | undefined {
    return this.#seen.get(requestId);
  }

  /** Takes in what the window knows, newest first. `false`: nothing of it was new. */
  take(recent: readonly ExchangeEntry[]): boolean {
    const changed: ExchangeEntry[] = [];
    for (const entry of recent) if (this.#seen.get(entry.request_id) !== entry) changed.push(entry);
    if (changed.length === 0) return false;
    const rows = [...this.#fresh];
    for (const entry of changed.reverse()) {
      this.#seen.delete(entry.request_id);
      this.#seen.set(entry.request_id, entry);
      place(rows, entry, this.#fits(entry));
    }
    if (rows.length > maxFresh) {
      rows.length = maxFresh;
      this.#overflowed = true;
    }
    this.#fresh = rows;
    for (const id of this.#seen.keys()) {
      if (this.#seen.size <= maxLatest) break;
      this.#seen.delete(id);
    }
    return true;
  }

  /** Ids of the rows that have ended: ask before the ledger is asked. */
  ended(): Set<string> {
    return new Set(this.#fresh.filter(({ outcome }) => outcome !== 'open').map(({ request_id }) => request_id));
  }

  /** The newest page came, asked for when `ended` had ended: of those only newer ones are not on it. */
  settle(ended: ReadonlySet<string>, topAt: string | undefined): void {
    this.#settled = new Set(ended);
    this.#topAt = topAt;
    this.#fresh = this.#fresh.filter((entry) => !this.#isOnAPage(entry));
    this.#overflowed = false;
  }

  /** Rows above those of the pages. */
  above(pageIds: ReadonlySet<string>): readonly ExchangeEntry[] {
    return this.#fresh.filter((entry) => !pageIds.has(entry.request_id) && !this.#isOnAPage(entry));
  }

  #isOnAPage({ request_id, at }: ExchangeEntry): boolean {
    return this.#settled.has(request_id) && this.#topAt !== undefined && at <= this.#topAt;
  }
}

/** Puts a row where its time belongs, takes its place if it is there, or takes it out. New rows belong near the top. */
function place(rows: ExchangeEntry[], entry: ExchangeEntry, fits: boolean): void {
  const known = rows.findIndex(({ request_id }) => request_id === entry.request_id);
  if (known >= 0) {
    if (fits) rows[known] = entry;
    else rows.splice(known, 1);
    return;
  }
  if (!fits) return;
  const index = rows.findIndex(({ at }) => at <= entry.at);
  rows.splice(index < 0 ? rows.length : index, 0, entry);
}
