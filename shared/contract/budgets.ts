/** Calls about budgets: what they allow, what was spent, a raise. */
import { z } from 'zod';
import { call } from './call.ts';
import { budgetPeriods, budgetScopes } from './words.ts';

/** Decimal string of US dollars. */
const usd = z.string();

/** A budget as one of those it counts sees it: the whole of it, or one key's, one user's … share of a budget that each has. */
export const budgetEntry = z.strictObject({
  id: z.string(),
  scope: z.enum(budgetScopes),
  /** As written; `null`: each has a sum of its own. */
  match: z.string().nullable(),
  /** Who spends; `null` where all share one sum. */
  subject: z.string().nullable(),
  period: z.enum(budgetPeriods),
  /** ISO 8601; `null` of a session, which has neither. */
  since: z.string().nullable(),
  resets_at: z.string().nullable(),
  limit_usd: usd,
  /** One-off raises of this window, which are part of `limit_usd`'s meaning but not of its figure. */
  raised_usd: usd,
  spent_usd: usd,
  /** Reserved by requests that are running. */
  reserved_usd: usd,
  remaining_usd: usd,
  /** `alert`, `reject`, `ask`, `downgrade:ALIAS`. */
  action: z.string(),
  state: z.enum(['ok', 'alerted', 'exhausted', 'unknown']),
  /** Why the state is unknown, for people. */
  reason: z.string().nullable(),
  /** ISO 8601: when it is used up at this pace, if that is before it resets. */
  exhausted_at: z.string().nullable(),
  /** `at this pace: Thursday 15:00`, in the budget's time zone; `null` where the window ends first. */
  forecast: z.string().nullable(),
  /** Where it is written. */
  origin: z.string(),
  /** By a team, which alone gives more: nobody here raises it. */
  enforced: z.boolean(),
});
export type BudgetEntry = z.output<typeof budgetEntry>;

/** A share of a limit was reached. */
export const budgetAlert = z.strictObject({
  share: z.number(),
  /** ISO 8601. */
  at: z.string(),
  entry: budgetEntry,
});
export type BudgetAlert = z.output<typeof budgetAlert>;

/** A budget with the action `ask` refused a request: told once a minute for each of those it counts. */
export const budgetAsk = z.strictObject({
  id: z.string(),
  subject: z.string().nullable(),
  /** ISO 8601. */
  at: z.string(),
  remaining_usd: usd,
  /** What the request may cost; `null` while no price is known. */
  asked_usd: usd.nullable(),
});
export type BudgetAsk = z.output<typeof budgetAsk>;

export const budgetCalls = {
  /** Every budget that counted something in its running window, and every shared one. */
  'budgets.list': call(z.strictObject({}), z.strictObject({ budgets: z.array(budgetEntry) })),
  /**
   * More for the running window, once. Recorded with its note. `control.not_found` when there is no such budget;
   * `control.invalid_input` when it counts several and `subject` is missing.
   */
  'budgets.raise': call(
    z.strictObject({
      id: z.string().min(1).max(256),
      subject: z.string().min(1).max(512).optional(),
      /** Decimal US dollars, more than nothing. */
      by_usd: z.string().regex(/^\d{1,12}(\.\d{1,12})?$/),
      note: z.string().max(500).default(''),
    }),
    z.strictObject({ entry: budgetEntry }),
  ),
  /** The owner accepts what is known of balances after a ledger was lost: budgets that failed closed are open again. */
  'budgets.accept': call(z.strictObject({}), z.strictObject({ accepted: z.int() })),
};
