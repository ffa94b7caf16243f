/** The journal as the ledger uses it: what goes there first, what it gives back, and when it may let go. */
import { existsSync } from 'node:fs';
import type { BudgetState, LogPort, SpendNote, SpendPort } from '../gateway/ports.ts';
import type { Clock } from '../kit/clock.ts';
import { wasSetAside, type FoundFile } from './database.ts';
import { openJournal, type Journal, type JournalHealth } from './journal.ts';
import type { ExchangeRecord, Redact } from './ledger.ts';
import type { Raise, ToWorker } from './messages.ts';
import { interruptedRow } from './recovered-rows.ts';
import { namedJson, openedColumns, rowOfNames, toPlainRow, type Row } from './row.ts';
import { spendVersion } from './spent-since.ts';

export interface WriteAheadOptions {
  /** The ledger's file. */
  readonly file: string;
  /** Path of the journal's segments without their number. */
  readonly journal: string;
  readonly clock: Clock;
  readonly log: LogPort;
  readonly redact: Redact;
  /** A raise was noted. */
  readonly onRaise: () => void;
}

/** Raises are made by people. */
const maxRaises = 1_000;

export class WriteAhead implements SpendPort {
  readonly #options: WriteAheadOptions;
  readonly #journal: Journal;
  /** A corrupt ledger lies here: with an empty one and no journal nobody knows what was spent. */
  readonly #wasSetAside: boolean;
  readonly #isFresh: boolean;
  /** Made once for the journal and the file. */
  readonly #plainRows = new WeakMap<ExchangeRecord, Row>();
  #raises: Raise[] = [];
  #found: FoundFile | 'unknown' | undefined;
  #waiters: (() => void)[] = [];

  constructor(options: WriteAheadOptions) {
    this.#options = options;
    this.#wasSetAside = safely(() => wasSetAside(options.file));
    this.#isFresh = !this.#wasSetAside && !existsSync(options.file);
    this.#journal = openJournal({ ...options, prefix: options.journal, isFresh: this.#isFresh });
  }

  note(note: SpendNote): boolean {
    const isNoted = this.#journal.note(note);
    if (isNoted && note.kind === 'raised' && this.#raises.length < maxRaises) {
      this.#raises.push(toRaise(note, this.#options.redact));
      this.#options.onRaise();
    }
    return isNoted;
  }

  secured(): Promise<boolean> {
    return this.#journal.secured();
  }

  opened(record: ExchangeRecord): void {
    try {
      this.#journal.opened(openedColumns(record, this.#options.redact));
    } catch {
      // What is wrong with it is told when its row is made for the file.
    }
  }

  /** As it ended: should the file not be written in time. */
  closed(record: ExchangeRecord): void {
    try {
      const row = toPlainRow(record, this.#options.redact);
      this.#plainRows.set(record, row);
      this.#journal.closed(record.requestId, () => namedJson(row));
    } catch {
      // As above.
    }
  }

  plainRow(record: ExchangeRecord): Row {
    return this.#plainRows.get(record) ?? toPlainRow(record, this.#options.redact);
  }

  /** For the file. What it is handed at the same time is with the journal before. */
  takeRaises(): readonly Raise[] {
    this.#journal.flush();
    const raises = this.#raises;
    this.#raises = [];
    return raises;
  }

  get hasRaises(): boolean {
    return this.#raises.length > 0;
  }

  /** The file has what was told of these: by request id, and the id of a raise. */
  confirm(ids: readonly string[]): void {
    this.#journal.confirm(ids);
  }

  /** What the process before left behind, for the file. */
  get inheritance(): Extract<ToWorker, { kind: 'recover' }> {
    const { closed, interrupted, raises } = this.#journal.recovered;
    return {
      kind: 'recover',
      closes: closed.map(rowOfNames),
      interrupted: interrupted.map(interruptedRow),
      raises: raises.map((note) => toRaise(note, this.#options.redact)),
      now: this.#options.clock.now(),
    };
  }

  /** The file has all of that. */
  confirmInheritance(): void {
    this.#journal.confirmRecovered();
  }

  /** Tries of the process before whose end nobody saw. */
  get estimated(): number {
    return this.#journal.recovered.estimated;
  }

  /** See `Ledger`. */
  async recovered(): Promise<BudgetState> {
    const { isWhole, recovered } = this.#journal;
    if (isWhole || this.#isFresh) return recovered.budgets;
    if (this.#found === undefined) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    if (this.#isKnown) return recovered.budgets;
    return { ...recovered.budgets, unknownBefore: this.#options.clock.now() };
  }

  /** What was there in the ledger's place; `unknown`: it could not be opened. */
  found(file: FoundFile | 'unknown'): void {
    // The first look counts: the next one finds what the first one made.
    if (this.#found !== undefined) return;
    this.#found = file;
    if (this.#isKnown) this.#journal.nothingWasLost();
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const tell of waiters) tell();
  }

  setState(state: () => BudgetState): void {
    this.#journal.setState(state);
  }

  checkpoint(): boolean {
    return this.#journal.checkpoint();
  }

  health(): JournalHealth {
    return this.#journal.health();
  }

  stop(): Promise<void> {
    return this.#journal.stop();
  }

  /** Before this version of the file there was no journal: what the file tells is all there is to know. */
  get #isKnown(): boolean {
    if (this.#found === 'none') return !this.#wasSetAside;
    return typeof this.#found === 'number' && this.#found < spendVersion;
  }
}

function toRaise({ id, at, count, amount, note }: Extract<SpendNote, { kind: 'raised' }>, redact: Redact): Raise {
  const { budget, subject, window } = count;
  return { id, at, budget, subject: redact(subject), window, amount, note: redact(note) };
}

/** What cannot be looked at may be there. */
function safely(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return true;
  }
}
