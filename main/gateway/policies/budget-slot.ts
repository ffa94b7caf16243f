/** A budget with its sums, and one window of one sum. */
import type { Budget, BudgetCount } from '../ports.ts';
import type { BudgetCalendar, BudgetWindow } from './budget-windows.ts';

/** One window of one sum. Amounts are pico-USD. */
export class Balance {
  readonly slot: BudgetSlot;
  readonly subject: string;
  readonly count: BudgetCount;
  window: BudgetWindow;
  spent = 0n;
  raised = 0n;
  /** Of tries that have not ended. */
  reserved = 0n;
  tries = 0;
  alerted: readonly number[] = [];
  /** What the running window cost before this budget was there: `known`, to be asked for, being asked for, not to be had. */
  history: 'known' | 'wanted' | 'asked' | 'failed' = 'known';
  asked: Promise<void> | undefined;
  /** Steady milliseconds at which asking failed. */
  failedAt = 0;
  /** Order of use. */
  used = 0;
  /** Steady milliseconds since when another window of the sum is the current one. */
  pastSince: number | undefined;

  constructor(slot: BudgetSlot, subject: string, window: BudgetWindow) {
    this.slot = slot;
    this.subject = subject;
    this.window = window;
    this.count = { budget: slot.id, subject, window: window.id };
  }

  /** What is left, less than nothing after an answer that cost more than was kept back for it. */
  get left(): bigint {
    return this.slot.limit + this.raised - this.spent - this.reserved;
  }
}

export interface BudgetSum {
  /** Of the window it was when it was last asked for. */
  latest: Balance | undefined;
  readonly balances: Balance[];
}

/** A budget by its id, whatever its limits are at the time. */
export class BudgetSlot {
  readonly id: string;
  readonly sums = new Map<string, BudgetSum>();
  budget: Budget | undefined;
  calendar: BudgetCalendar | undefined;
  /** `applied`: in force by the configuration. `removed`: it was. `claimed`: known from requests alone. */
  state: 'kept' | 'claimed' | 'applied' | 'removed' = 'kept';
  limit = 0n;
  isHard = false;
  /** Shares of the limit at which to tell, ascending, and what they come to. */
  levels: readonly { readonly share: number; readonly at: bigint }[] = [];
  /** Windows that began earlier may hold more than was counted here. Milliseconds since 1970. */
  knownFrom = -Infinity;

  constructor(id: string) {
    this.id = id;
  }
}

const millionths = 1_000_000n;

/** A share of an amount, rounded up. */
export function shareOf(amount: bigint, share: number): bigint {
  return (amount * BigInt(Math.round(share * 1e6)) + millionths - 1n) / millionths;
}
