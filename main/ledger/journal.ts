/**
 * What is written ahead of money: an append-only journal beside the ledger, by the main thread (BUD-03).
 *
 * A note that must not be lost is with the operating system before `note` returns, one small write; what only makes a
 * balance smaller waits some milliseconds and goes along with the next such write. After a crash the lines give back what
 * was spent at most. Each segment begins with a checkpoint that sums up everything before it, so that older ones can go once
 * the database has what is in them. When nothing can be written the notes are refused, and a new segment is begun as soon as
 * that is possible: its checkpoint mends whatever was missed.
 */
import type { BudgetState, LogPort, SpendNote, SpendPort } from '../gateway/ports.ts';
import type { Clock } from '../kit/clock.ts';
import type { Redact } from './ledger.ts';
import { isTaken, removeSegment, WritableSegment, type SegmentFile } from './journal-files.ts';
import { Endings } from './journal-endings.ts';
import { lineText, type NoteOf } from './journal-lines.ts';
import { readJournal, sentence } from './journal-read.ts';
import { requestIdOf, type Recovered } from './journal-replay.ts';
import { RunningExchanges } from './journal-running.ts';
import type { NamedColumns } from './row.ts';

export interface JournalOptions {
  /** Path of the segments without their number, e.g. `…/journal`. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly log: LogPort;
  readonly redact: Redact;
  /** There was never anything to lose here: a new installation. */
  readonly isFresh: boolean;
  /** Size at which a new segment is begun. */
  readonly segmentBytes?: number | undefined;
}

export interface JournalHealth {
  readonly state: 'writing' | 'failing' | 'stopped';
  readonly reason: string | undefined;
  /** What was found when it was opened, for people. */
  readonly notices: readonly string[];
}

export interface Journal extends SpendPort {
  readonly recovered: Recovered;
  /** There was a journal, whole as far as can be told. */
  readonly isWhole: boolean;
  opened(row: NamedColumns): void;
  /** By request id; the row as `namedJson` has it is asked for only if the database does not have it soon. */
  closed(id: string, row: () => string): void;
  /** The database has what `closed`, or a raise, told of these: by request id, and the id of a raise. */
  confirm(ids: readonly string[]): void;
  /** The database has everything that `recovered` told. */
  confirmRecovered(): void;
  /** Where it was not whole: nothing was lost all the same. To be told before anything is noted. */
  nothingWasLost(): void;
  /** Who knows the balances from now on; must be whole between two turns of the event loop. */
  setState(state: () => BudgetState): void;
  /** What waits is with the operating system when this returns, if it can be. */
  flush(): void;
  /** Writes a checkpoint now. `false`: it cannot be written. */
  checkpoint(): boolean;
  health(): JournalHealth;
  /** Writes what waits and a last checkpoint. Nothing is noted afterwards. */
  stop(): Promise<void>;
}

/** Reads what there is and begins a new segment. Never throws: what cannot be read or written shows in its health. */
export function openJournal(options: JournalOptions): Journal {
  return new SegmentJournal(options);
}

/** Small enough that reading it back takes some ten milliseconds. */
const defaultSegmentBytes = 1_048_576;
/** A checkpoint of many running exchanges is large: a segment has room for some more than that. */
const checkpointShare = 4;
/** What the database does not take is given up beyond so many: sixteen megabytes, some ten thousand exchanges. */
const maxSegments = 16;
/** What may wait waits as long as the exchanges on their way to the database. */
const gatherMs = 20;
/** A thousand lines: they are not held longer, however busy the loop is. */
const maxGathered = 262_144;
const retryMs = 500;
/** The database has what ended within some dozen milliseconds, on a busy machine some hundred: only what it lacks then is told. */
const lateMs = 1_000;

interface Segment extends SegmentFile {
  /** So many of its exchanges and raises the database does not have yet. */
  waiting: number;
}

class SegmentJournal implements Journal {
  recovered: Recovered;
  readonly isWhole: boolean;
  readonly #options: JournalOptions;
  readonly #limit: number;
  readonly #notices: string[] = [];
  /** Oldest first; the last one is written. */
  readonly #segments: Segment[];
  /** Those of the process before. */
  readonly #inherited: readonly Segment[];
  #current: WritableSegment | undefined;
  #nextNumber: number;
  #isDurable = false;
  /** The size at which the next one is begun. */
  #beginAt = 0;
  #state: 'writing' | 'failing' | 'stopped' = 'failing';
  #reason: string | undefined;
  #stateOf: (() => BudgetState) | undefined;
  /** Balances before anything was noted. */
  #initial: BudgetState;
  /** Lines that wait for the next write. */
  #gathered = '';
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #flushing: NodeJS.Immediate | undefined;
  /** Opened in this turn: by request id. */
  readonly #opening = new Map<string, NamedColumns>();
  readonly #endings = new Endings();
  #late: NodeJS.Timeout | undefined;
  /** Exchanges that are not recorded as ended. */
  readonly #running = new RunningExchanges();
  readonly #unconfirmed = new Map<string, Segment>();
  #written = 0;
  #synced = 0;
  #isSyncing = false;
  /** Files that are on their way out: who stops waits for them, so that what is left is what there is. */
  #removing: Promise<unknown> = Promise.resolve();
  #waiters: ((secured: boolean) => void)[] = [];

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#limit = options.segmentBytes ?? defaultSegmentBytes;
    const { replay, files } = readJournal(options.prefix, (text) => {
      options.log.warn(text);
      this.#notices.push(text);
    });
    this.isWhole = replay.isWhole;
    this.recovered = replay.finish();
    // Until the database has what was recovered.
    this.#inherited = files.map((file) => ({ ...file, waiting: 1 }));
    this.#segments = [...this.#inherited];
    this.#nextNumber = (files.at(-1)?.number ?? 0) + 1;
    for (const exchange of this.recovered.interrupted) this.#running.add(exchange);
    // Should this process end before anybody knows better, the next one must not take what it finds for everything.
    const isKnown = this.isWhole || options.isFresh;
    const { budgets } = this.recovered;
    this.#initial = isKnown ? budgets : { ...budgets, unknownBefore: options.clock.now() };
    this.#begin();
  }

  note(note: SpendNote): boolean {
    const isCounted = this.#running.noted(note);
    if (this.#state !== 'writing') return false;
    if (note.kind === 'ended' && !isCounted) {
      this.#endings.ended(note, this.#options.clock.monotonic());
      this.#tellEndingsLater();
      return true;
    }
    const line = note.kind === 'dispatched' ? this.#dispatchedText(note) : lineText(this.#clean(note));
    if (note.kind === 'ended' || note.kind === 'alerted') this.#gather(line);
    // No budget depends on it: one write for all of this turn is in time for what comes back.
    else if (note.kind === 'dispatched' && !isCounted) this.#gatherForTurn(line);
    else if (!this.#write(line)) return false;
    if (note.kind === 'raised') this.#await(note.id);
    return true;
  }

  secured(): Promise<boolean> {
    if (!this.#flush()) return Promise.resolve(false);
    if (this.#written === this.#synced) return Promise.resolve(true);
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.#sync();
    });
  }

  opened(row: NamedColumns): void {
    const id = String(row['request_id']);
    this.#running.opened(id, row);
    if (this.#state !== 'writing') return;
    this.#opening.set(id, row);
    this.#flushAfterTurn();
  }

  closed(id: string, row: () => string): void {
    this.#running.closed(id);
    if (this.#state !== 'writing') {
      this.#endings.forget(id);
      return;
    }
    this.#endings.closed(id, row, this.#options.clock.monotonic());
    this.#tellEndingsLater();
  }

  confirm(ids: readonly string[]): void {
    const recorded = ids.filter((id) => this.#endings.forget(id));
    if (recorded.length > 0 && this.#state === 'writing') this.#gather(lineText({ kind: 'recorded', ids: recorded }));
    for (const id of ids) {
      const segment = this.#unconfirmed.get(id);
      if (segment === undefined) continue;
      this.#unconfirmed.delete(id);
      segment.waiting -= 1;
    }
    this.#removeOld();
  }

  confirmRecovered(): void {
    const ids = this.recovered.interrupted.map(({ id }) => id);
    for (const id of ids) this.#running.closed(id);
    if (ids.length > 0 && this.#state === 'writing') this.#gather(lineText({ kind: 'recorded', ids }));
    // Nobody asks for them again, and they may be megabytes.
    this.recovered = { ...this.recovered, interrupted: [], closed: [], raises: [] };
    for (const segment of this.#inherited) segment.waiting = 0;
    this.#sync();
    this.#removeOld();
  }

  nothingWasLost(): void {
    if (this.isWhole || this.#options.isFresh) return;
    this.#initial = this.recovered.budgets;
    if (this.#state === 'writing') this.#write(this.#checkpointText(this.#initial));
  }

  setState(state: () => BudgetState): void {
    this.#stateOf = state;
  }

  flush(): void {
    this.#flush();
  }

  checkpoint(): boolean {
    if (this.#state === 'stopped') return false;
    return this.#begin();
  }

  health(): JournalHealth {
    return { state: this.#state, reason: this.#reason, notices: this.#notices };
  }

  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    if (this.#state === 'writing') this.#begin();
    await this.secured();
    this.#removeOld();
    clearTimeout(this.#timer);
    clearTimeout(this.#late);
    clearImmediate(this.#turn);
    clearImmediate(this.#flushing);
    this.#state = 'stopped';
    this.#reason = 'The journal is closed.';
    this.#current?.retire();
    this.#current = undefined;
    this.#release([], false);
    await this.#removing;
  }

  // ---------------------------------------------------------------- writing

  #gather(line: string): void {
    this.#gathered += line;
    if (this.#gathered.length > maxGathered) this.#flush();
    else this.#later(gatherMs);
  }

  #gatherForTurn(line: string): void {
    this.#gathered += line;
    this.#flushAfterTurn();
  }

  #flushAfterTurn(): void {
    this.#flushing ??= setImmediate(() => {
      this.#flushing = undefined;
      this.#flush();
    });
  }

  /** With the opening of its exchange, where that waits for it: one line is half the work of two. */
  #dispatchedText(note: NoteOf<'dispatched'>): string {
    const id = requestIdOf(note.id);
    const row = this.#opening.get(id);
    if (row === undefined) return lineText(this.#clean(note));
    this.#opening.delete(id);
    return lineText({ kind: 'opened', row, dispatched: this.#clean(note) });
  }

  /** Those that were not sent anywhere in the turn they came. */
  #tellOpenings(): void {
    for (const row of this.#opening.values()) this.#gathered += lineText({ kind: 'opened', row });
    this.#opening.clear();
  }

  #tellEndingsLater(): void {
    this.#late ??= setTimeout(() => {
      this.#late = undefined;
      this.#tellEndings(this.#options.clock.monotonic() - lateMs);
      if (this.#endings.size > 0) this.#tellEndingsLater();
    }, lateMs).unref();
  }

  /** Those the database does not have, of before this moment. */
  #tellEndings(before: number): void {
    for (const { id, text, isClosed } of this.#endings.take(before)) {
      if (this.#state !== 'writing') continue;
      this.#gather(text);
      if (isClosed) this.#await(id);
    }
  }

  #write(line: string): boolean {
    const segment = this.#current;
    if (segment === undefined) return false;
    this.#tellOpenings();
    try {
      segment.append(this.#gathered + line);
    } catch (error) {
      this.#fail(sentence(error));
      return false;
    }
    this.#gathered = '';
    this.#written += 1;
    if (segment.size > this.#beginAt) {
      // Not within the call: whoever notes may be in the middle of a change.
      this.#turn ??= setImmediate(() => {
        this.#turn = undefined;
        if (this.#state !== 'writing' || this.#begin()) return;
        this.#beginAt = segment.size + this.#limit / checkpointShare;
      });
    }
    return true;
  }

  #flush(): boolean {
    if (this.#state !== 'writing') return false;
    this.#tellOpenings();
    return this.#gathered === '' || this.#write('');
  }

  #later(ms: number): void {
    if (this.#timer !== undefined || this.#state === 'stopped') return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#state === 'writing') this.#flush();
      else if (this.#state === 'failing') this.#begin();
    }, ms).unref();
  }

  /** Of those who know; before there is one, what was written. */
  #budgets(): BudgetState {
    if (this.#stateOf !== undefined) return this.#stateOf();
    if (this.#current === undefined) return this.#initial;
    return readJournal(this.#options.prefix, (text) => this.#options.log.warn(text)).replay.state;
  }

  /** Begins a segment with a checkpoint. `false`: that is not possible now, and what was written to before stays in use. */
  #begin(): boolean {
    // The checkpoint tells of what is running and no more.
    this.#tellEndings(Infinity);
    this.#flush();
    let segment: WritableSegment | undefined;
    try {
      segment = new WritableSegment(this.#options.prefix, this.#nextNumber);
      segment.append(this.#checkpointText(this.#budgets()));
    } catch (error) {
      segment?.retire();
      if (segment !== undefined) this.#remove(segment);
      else this.#nextNumber += isTaken(error) ? 1 : 0;
      // A full disk may still take what fits into the blocks of the old one.
      if (this.#state !== 'writing') this.#fail(sentence(error));
      return false;
    }
    if (this.#state === 'failing' && this.#reason !== undefined)
      this.#options.log.info('The journal of budgets is written again.');
    this.#current?.retire();
    this.#current = segment;
    this.#segments.push({ number: segment.number, path: segment.path, waiting: 0 });
    this.#nextNumber += 1;
    this.#isDurable = false;
    this.#beginAt = Math.max(this.#limit, segment.size * checkpointShare);
    this.#written += 1;
    this.#gathered = '';
    this.#state = 'writing';
    this.#reason = undefined;
    this.#sync();
    return true;
  }

  #checkpointText(budgets: BudgetState): string {
    const exchanges = this.#running.list().map(({ id, opened, tries }) => ({
      id,
      opened,
      tries: tries.map((one) => ({ ...one, dispatched: this.#clean(one.dispatched) })),
    }));
    const { balances, outstanding } = budgets;
    return lineText({
      kind: 'checkpoint',
      at: this.#options.clock.now(),
      budgets: {
        ...budgets,
        balances: balances.map((balance) => ({ ...balance, subject: this.#options.redact(balance.subject) })),
        outstanding: outstanding.map((note) => this.#clean(note)),
      },
      exchanges,
    });
  }

  /** Names that may come from outside are written as the ledger writes them. */
  #clean<Note extends SpendNote>(note: Note): Note {
    const { redact } = this.#options;
    switch (note.kind) {
      case 'dispatched': {
        const target = redact(note.target);
        if (target === note.target && note.counts.every(({ subject }) => redact(subject) === subject)) return note;
        return { ...note, target, counts: note.counts.map((count) => ({ ...count, subject: redact(count.subject) })) };
      }
      case 'raised':
        return {
          ...note,
          note: redact(note.note),
          count: { ...note.count, subject: redact(note.count.subject) },
        };
      case 'alerted':
        return { ...note, count: { ...note.count, subject: redact(note.count.subject) } };
      default:
        return note;
    }
  }

  #fail(reason: string): void {
    const text = `The journal of budgets cannot be written: ${reason}`;
    if (this.#state === 'writing' || this.#reason === undefined) this.#options.log.error(text);
    this.#state = 'failing';
    this.#reason = text;
    // The checkpoint that comes when it can be written again tells all of it.
    this.#gathered = '';
    this.#opening.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#later(retryMs);
  }

  // ---------------------------------------------------------------- making durable, and removing

  /** One at a time; who comes meanwhile shares the next. */
  #sync(): void {
    const segment = this.#current;
    if (this.#isSyncing || segment === undefined || this.#state !== 'writing') return;
    if (this.#waiters.length === 0 && this.#isDurable) return;
    this.#isSyncing = true;
    const waiters = this.#waiters;
    this.#waiters = [];
    const written = this.#written;
    segment.sync((error) => {
      this.#isSyncing = false;
      // What a failed call did not write may never be: only a new segment is sure again.
      if (error !== undefined && segment === this.#current && this.#state === 'writing') this.#fail(sentence(error));
      if (error === undefined) {
        this.#synced = Math.max(this.#synced, written);
        if (segment === this.#current) this.#isDurable = true;
      }
      this.#release(waiters, error === undefined);
      this.#removeOld();
      this.#sync();
    });
  }

  #release(waiters: readonly ((secured: boolean) => void)[], secured: boolean): void {
    for (const tell of waiters) tell(secured);
    if (this.#state === 'writing') return;
    const left = this.#waiters;
    this.#waiters = [];
    for (const tell of left) tell(false);
  }

  /** The database does not have it yet: the segment that tells of it must stay. */
  #await(id: string): void {
    const segment = this.#segments.at(-1);
    if (segment === undefined || this.#unconfirmed.has(id)) return;
    segment.waiting += 1;
    this.#unconfirmed.set(id, segment);
  }

  /** Those before the current one, once that is durable and the database has what they tell. */
  #removeOld(): void {
    if (!this.#isDurable) return;
    const last = this.#segments.at(-1);
    for (const segment of [...this.#segments]) {
      if (segment === last || (segment.waiting > 0 && this.#segments.length <= maxSegments)) continue;
      if (segment.waiting > 0)
        for (const [id, place] of this.#unconfirmed) if (place === segment) this.#unconfirmed.delete(id);
      this.#remove(segment);
      this.#segments.splice(this.#segments.indexOf(segment), 1);
    }
  }

  #remove(file: SegmentFile): void {
    const failed = (error: Error): void => this.#options.log.warn(`${file.path} cannot be removed: ${error.message}`);
    this.#removing = Promise.all([this.#removing, removeSegment(file, failed)]);
  }
}
