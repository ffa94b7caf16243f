/** Which budget Home shows, and how much of it is used. */
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';

export interface BudgetShare {
  readonly entry: BudgetEntry;
  readonly limit: number;
  readonly spent: number;
  readonly left: number;
  /** Of the limit with its raises; more than 1 where more was spent. */
  readonly share: number;
}

export function shareOf(entry: BudgetEntry): BudgetShare {
  const limit = Number(entry.limit_usd) + Number(entry.raised_usd);
  const spent = Number(entry.spent_usd);
  return { entry, limit, spent, left: Number(entry.remaining_usd), share: limit === 0 ? 1 : spent / limit };
}

/** The one that ends first for everybody; where none is for everybody, the one of which most is used. */
export function tightest(budgets: readonly BudgetEntry[]): BudgetShare | undefined {
  const shares = budgets.map(shareOf).toSorted((a, b) => b.share - a.share);
  return shares.find(({ entry }) => entry.scope === 'global') ?? shares[0];
}
