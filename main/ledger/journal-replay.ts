/** What the lines of the journal come to: balances, tries that never ended, exchanges that were interrupted. Pure. */
import type { BudgetBalance, BudgetCount, BudgetState } from '../gateway/ports.ts';
import type { KeptExchange, KeptTry, Line, NoteOf } from './journal-lines.ts';
import type { NamedColumns } from './row.ts';

/** What a journal gives back to the process that opens it. */
export interface Recovered {
  /** Tries that were sent and never ended are counted at their bound: none is outstanding. */
  readonly budgets: BudgetState;
  /** Were running when the process ended; every try of theirs has an end now. */
  readonly interrupted: readonly KeptExchange[];
  /** Ended before the process did; the database may not have all of them. */
  readonly closed: readonly NamedColumns[];
  readonly raises: readonly NoteOf<'raised'>[];
  /** Tries that were counted at their bound. */
  readonly estimated: number;
}

interface Balance {
  readonly count: BudgetCount;
  spent: bigint;
  raised: bigint;
  readonly alerted: Set<number>;
}

interface Exchange {
  opened: NamedColumns | undefined;
  readonly tries: Map<string, KeptTry>;
}

/** The request a try belongs to. */
export function requestIdOf(tryId: string): string {
  const slash = tryId.lastIndexOf('/');
  return slash < 0 ? tryId : tryId.slice(0, slash);
}

/** Takes lines in the order they were written. One that comes again changes nothing (BUD-I5). */
export class Replay {
  readonly #balances = new Map<string, Balance>();
  readonly #outstanding = new Map<string, NoteOf<'dispatched'>>();
  /** Tries and raises that were met. */
  readonly #met = new Set<string>();
  readonly #exchanges = new Map<string, Exchange>();
  readonly #closed = new Map<string, NamedColumns>();
  readonly #raises = new Map<string, NoteOf<'raised'>>();
  #unknownBefore: number | undefined;
  #isWhole = false;

  /** There is a checkpoint, and nothing after it is missing as a whole. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** A file is gone or cannot be read: what follows rests on nothing until the next checkpoint. */
  missing(): void {
    this.#isWhole = false;
  }

  apply(line: Line): void {
    switch (line.kind) {
      case 'checkpoint':
        return this.#restate(line);
      case 'opened':
        this.#opened(line.row);
        if (line.dispatched !== undefined) this.#dispatched(line.dispatched);
        return;
      case 'closed':
        return this.#close(line.row);
      case 'recorded':
        for (const id of line.ids) this.#recorded(id);
        return;
      case 'dispatched':
        return this.#dispatched(line);
      case 'extended':
        return this.#extended(line);
      case 'ended':
        return this.#ended(line);
      case 'raised':
        return this.#raised(line);
      case 'alerted':
        this.#balance(line.count).alerted.add(line.share);
    }
  }

  /** As it stands, with the tries that are outstanding. */
  get state(): BudgetState {
    const balances = [...this.#balances.values()].map(({ count, spent, raised, alerted }): BudgetBalance => {
      const { budget, subject, window } = count;
      return { budget, subject, window, spent: String(spent), raised: String(raised), alerted: [...alerted] };
    });
    const unknown = this.#unknownBefore === undefined ? {} : { unknownBefore: this.#unknownBefore };
    return { balances, outstanding: [...this.#outstanding.values()], ...unknown };
  }

  /** After the last line of a process that is no more: what was outstanding is counted at its bound (BUD-04). */
  finish(): Recovered {
    const estimated = this.#outstanding.size;
    for (const note of this.#outstanding.values()) {
      this.#spend(note, note.bound);
      const tries = this.#exchanges.get(requestIdOf(note.id))?.tries;
      if (tries?.has(note.id) === true)
        tries.set(note.id, { dispatched: note, ended: endAtBound(note), atBound: true });
    }
    this.#outstanding.clear();
    return {
      budgets: this.state,
      interrupted: this.#interrupted(),
      closed: [...this.#closed.values()],
      raises: [...this.#raises.values()],
      estimated,
    };
  }

  #interrupted(): KeptExchange[] {
    return [...this.#exchanges].flatMap(([id, { opened, tries }]) =>
      opened === undefined
        ? []
        : [
            {
              id,
              opened,
              // One that the budgets do not know, because it could not be written down in time.
              tries: [...tries.values()].map((one): KeptTry =>
                one.ended === undefined
                  ? { dispatched: one.dispatched, ended: endAtBound(one.dispatched), atBound: true }
                  : one,
              ),
            },
          ],
    );
  }

  #restate({ budgets, exchanges }: Extract<Line, { kind: 'checkpoint' }>): void {
    this.#isWhole = true;
    this.#unknownBefore = budgets.unknownBefore;
    this.#balances.clear();
    for (const { spent, raised, alerted, ...count } of budgets.balances) {
      const balance = this.#balance(count);
      balance.spent = BigInt(spent);
      balance.raised = BigInt(raised);
      for (const share of alerted) balance.alerted.add(share);
    }
    this.#outstanding.clear();
    for (const note of budgets.outstanding) {
      this.#met.add(note.id);
      this.#outstanding.set(note.id, note);
    }
    this.#exchanges.clear();
    for (const { id, opened, tries } of exchanges) {
      for (const { dispatched } of tries) this.#met.add(dispatched.id);
      this.#exchanges.set(id, { opened, tries: new Map(tries.map((one) => [one.dispatched.id, one])) });
    }
  }

  #opened(row: NamedColumns): void {
    const id = String(row['request_id']);
    if (!this.#closed.has(id)) this.#exchange(id).opened ??= row;
  }

  #close(row: NamedColumns): void {
    const id = String(row['request_id']);
    this.#exchanges.delete(id);
    if (!this.#closed.has(id)) this.#closed.set(id, row);
  }

  /** The database has it. Tries that no budget counts need not have told here how they ended. */
  #recorded(id: string): void {
    for (const tryId of this.#exchanges.get(id)?.tries.keys() ?? []) {
      if (this.#outstanding.get(tryId)?.counts.length === 0) this.#outstanding.delete(tryId);
    }
    this.#exchanges.delete(id);
  }

  #dispatched(note: NoteOf<'dispatched'>): void {
    if (this.#met.has(note.id)) return;
    this.#met.add(note.id);
    this.#outstanding.set(note.id, note);
    const id = requestIdOf(note.id);
    if (!this.#closed.has(id)) this.#exchange(id).tries.set(note.id, { dispatched: note });
  }

  #extended({ id, bound }: NoteOf<'extended'>): void {
    const note = this.#outstanding.get(id);
    if (note !== undefined && bound > (note.bound ?? 0)) this.#outstanding.set(id, { ...note, bound });
  }

  #ended(note: NoteOf<'ended'>): void {
    const tries = this.#exchanges.get(requestIdOf(note.id))?.tries;
    const kept = tries?.get(note.id);
    if (tries !== undefined && kept !== undefined && kept.ended === undefined)
      tries.set(note.id, { ...kept, ended: note });
    const dispatched = this.#outstanding.get(note.id);
    if (dispatched === undefined) return;
    this.#outstanding.delete(note.id);
    this.#spend(dispatched, note.amount ?? (note.state === 'released' ? 0 : dispatched.bound));
  }

  #raised(note: NoteOf<'raised'>): void {
    const id = `raise ${note.id}`;
    if (this.#met.has(id)) return;
    this.#met.add(id);
    this.#raises.set(note.id, note);
    this.#balance(note.count).raised += BigInt(note.amount);
  }

  #spend(note: NoteOf<'dispatched'>, amount: number | undefined): void {
    if (amount === undefined) return;
    for (const count of note.counts) this.#balance(count).spent += BigInt(amount);
  }

  #balance(count: BudgetCount): Balance {
    const key = JSON.stringify([count.budget, count.subject, count.window]);
    let balance = this.#balances.get(key);
    if (balance === undefined) {
      balance = { count, spent: 0n, raised: 0n, alerted: new Set() };
      this.#balances.set(key, balance);
    }
    return balance;
  }

  #exchange(id: string): Exchange {
    let exchange = this.#exchanges.get(id);
    if (exchange === undefined) {
      exchange = { opened: undefined, tries: new Map() };
      this.#exchanges.set(id, exchange);
    }
    return exchange;
  }
}

function endAtBound({ id, bound }: NoteOf<'dispatched'>): NoteOf<'ended'> {
  return { kind: 'ended', id, state: 'estimated', amount: bound, usage: undefined, usageSource: 'none' };
}
