/** What the budget policy takes and gives: claims, reservations, shortages. */
import type { Budget, BudgetCount, BudgetState, PolicyRule, SpendState } from '../ports.ts';
import type { Usage, UsageSource } from '../../../shared/domain/usage.ts';

/** A budget that counts a request, and whose share of it. */
export interface BudgetClaim {
  readonly budget: Budget;
  /** Empty where all share one sum. */
  readonly subject: string;
}

export interface ReserveInput {
  /** `<request id>/<number of the try>`. */
  readonly id: string;
  readonly target: string;
  readonly claims: readonly BudgetClaim[];
  /** Upper bound, whole pico-USD; `undefined`: no price is known and nothing counts it (then `claims` is empty). */
  readonly amount: number | undefined;
}

export type ReserveOutcome =
  | { readonly kind: 'reserved'; readonly reservation: Reservation }
  | { readonly kind: 'refused'; readonly shortage: Shortage };

/** Which budget does not have enough. */
export interface Shortage {
  /** The one that takes longest to have enough again. */
  readonly claim: BudgetClaim;
  /** `short`: less is left than was asked for. `unknown`: what was spent is not known, or cannot be written down. */
  readonly kind: 'short' | 'unknown';
  /** Pico-USD that are left. */
  readonly remaining: bigint;
  /** With what raises added to it. */
  readonly limit: bigint;
  /** Milliseconds since 1970 at which its window ends; `undefined` of a session. */
  readonly resetsAt: number | undefined;
  /** For people; of `unknown`. */
  readonly reason: string | undefined;
  /** Pico-USD that one more try needs. */
  readonly asked?: bigint | undefined;
  /** Pico-USD of the limit that are kept back for tries that are running. */
  readonly reserved?: bigint | undefined;
  /** Milliseconds since 1970, when it was found. */
  readonly at?: number | undefined;
}

/** Money kept back for one try, in every budget that counts it. Ended once; further calls do nothing. */
export interface Reservation {
  readonly id: string;
  /** Of hard budgets among its claims: what is sent must wait for `SpendPort.secured`. */
  readonly isHard: boolean;
  readonly amount: number | undefined;
  readonly counts: readonly BudgetCount[];
  /** Grows to `amount`; `false`: a hard budget does not have so much, and nothing was changed. */
  extend(amount: number): boolean;
  /** The hard budget that did not have what `extend` asked for last. */
  readonly refusedBy: Budget | undefined;
  end(end: SpendEnd): void;
}

export interface SpendEnd {
  readonly state: SpendState;
  /** What budgets count, whole pico-USD. */
  readonly amount: number | undefined;
  readonly usage: Usage | undefined;
  readonly usageSource: UsageSource;
}

/** A budget's window as it stands. */
export interface BudgetStanding {
  readonly claim: BudgetClaim;
  /** Milliseconds since 1970; `undefined` of a session. */
  readonly since: number | undefined;
  readonly resetsAt: number | undefined;
  readonly spent: bigint;
  readonly reserved: bigint;
  readonly raised: bigint;
  readonly alerted: readonly number[];
  /** Why it is not known what was spent. */
  readonly unknown: string | undefined;
  /** Milliseconds since 1970 at which it is used up at this pace, if the window does not end before. */
  readonly exhaustedAt: number | undefined;
}

/** What budgets count, kept somewhere: in this process now, in a store that several share later. */
export interface BudgetKeeper {
  /**
   * To be awaited before `reserve`: what a budget that is new in the configuration cost in its running window is being
   * read. `undefined`: nothing to wait for. Never rejects: what cannot be read refuses in `reserve`.
   */
  ready(claims: readonly BudgetClaim[]): Promise<void> | undefined;
  /** All claims or none, in one turn; noted as dispatched before it returns. */
  reserve(input: ReserveInput): ReserveOutcome;
  /** What the hard ones among these have left for one more try; `undefined`: none is hard. */
  room(claims: readonly BudgetClaim[]): bigint | undefined;
  /** Who is short of `amount` now, without reserving. */
  shortage(claims: readonly BudgetClaim[], amount: number): Shortage | undefined;
  standings(): readonly BudgetStanding[];
  save(): BudgetState;
}

/** More for the running window, once. */
export interface RaiseInput {
  readonly budgetId: string;
  /** Who gets it; needed where each has a sum of his own. */
  readonly subject: string | undefined;
  /** Pico-USD. */
  readonly amount: bigint;
  /** Who asked for it, and why, in the owner's words. */
  readonly note: string;
}

/** `unwritten`: it could not be recorded, and so it was not given. `enforced`: by a team, which alone gives more. */
export type RaiseOutcome =
  | { readonly kind: 'raised'; readonly standing: BudgetStanding }
  | { readonly kind: 'enforced'; readonly policy: PolicyRule }
  | { readonly kind: 'unknown_budget' | 'subject_missing' | 'subject_needless' | 'unwritten' };
