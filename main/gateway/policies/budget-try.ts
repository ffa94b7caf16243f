/** A try that a budget book pays for: what it holds, and the way back to the book. */
import type { Budget, BudgetCount, SpendNote } from '../ports.ts';
import type { Balance } from './budget-slot.ts';
import type { Reservation, SpendEnd } from './budget-types.ts';

export type Dispatched = Extract<SpendNote, { kind: 'dispatched' }>;

/** What a try may ask of the book it stands in. */
export interface Desk {
  extend(one: BookedTry, amount: number): boolean;
  end(one: BookedTry, end: SpendEnd): void;
}

export interface BookedTryParts {
  readonly book: Desk;
  readonly note: Dispatched;
  readonly bound: bigint | undefined;
  readonly lines: readonly Balance[];
  readonly isHard: boolean;
}

export class BookedTry implements Reservation {
  readonly id: string;
  readonly isHard: boolean;
  readonly lines: readonly Balance[];
  bound: bigint | undefined;
  refusedBy: Budget | undefined;
  readonly #book: Desk;
  readonly #note: Dispatched;
  #ended = false;

  constructor({ book, note, bound, lines, isHard }: BookedTryParts) {
    this.id = note.id;
    this.isHard = isHard;
    this.lines = lines;
    this.bound = bound;
    this.#book = book;
    this.#note = note;
  }

  get amount(): number | undefined {
    return toNumber(this.bound);
  }

  get counts(): readonly BudgetCount[] {
    return this.#note.counts;
  }

  get dispatched(): Dispatched {
    return { ...this.#note, bound: this.amount };
  }

  extend(amount: number): boolean {
    return !this.#ended && this.#book.extend(this, amount);
  }

  end(end: SpendEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#book.end(this, end);
  }
}

/** Whole, never less than nothing; what is no figure counts as the most there is. */
export function toPico(amount: number | undefined): bigint | undefined {
  if (amount === undefined) return undefined;
  if (Number.isSafeInteger(amount) && amount >= 0) return BigInt(amount);
  if (amount < 0) return 0n;
  return BigInt(Math.ceil(Math.min(Number.isNaN(amount) ? Infinity : amount, Number.MAX_SAFE_INTEGER)));
}

export function toNumber(amount: bigint | undefined): number | undefined {
  return amount === undefined ? undefined : Number(amount);
}
