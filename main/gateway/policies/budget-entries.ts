/** A budget's standing as the owner is told it. */
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import { picoToUsd } from '../../../shared/domain/money.ts';
import { isShared } from './budget-claims.ts';
import { forecastText } from './budget-forecast.ts';
import { shareOf } from './budget-slot.ts';
import type { BudgetStanding } from './budget-types.ts';

/** `now`: milliseconds since 1970. */
export function entryOf(standing: BudgetStanding, now: number): BudgetEntry {
  const { claim, since, resetsAt, spent, reserved, raised, unknown, exhaustedAt } = standing;
  const { budget, subject } = claim;
  const { action } = budget;
  const remaining = budget.limit + raised - spent - reserved;
  return {
    id: budget.id,
    scope: budget.scope,
    match: budget.match ?? null,
    subject: isShared(budget) ? null : subject,
    period: budget.period,
    since: isoOf(since),
    resets_at: isoOf(resetsAt),
    limit_usd: picoToUsd(budget.limit),
    raised_usd: picoToUsd(raised),
    spent_usd: picoToUsd(spent),
    reserved_usd: picoToUsd(reserved),
    remaining_usd: picoToUsd(remaining > 0n ? remaining : 0n),
    action: action.kind === 'downgrade' ? `downgrade:${action.alias}` : action.kind,
    state: stateOf(standing),
    reason: unknown ?? null,
    exhausted_at: isoOf(exhaustedAt),
    forecast: exhaustedAt === undefined ? null : forecastText(exhaustedAt, now, budget.timezone),
    origin: budget.origin,
    enforced: budget.policy !== undefined,
  };
}

function stateOf({ claim, spent, raised, unknown }: BudgetStanding): BudgetEntry['state'] {
  if (unknown !== undefined) return 'unknown';
  const { limit, alertAt } = claim.budget;
  // What is kept back may come back: it exhausts nothing.
  if (spent >= limit + raised) return 'exhausted';
  return alertAt.some((share) => spent >= shareOf(limit + raised, share)) ? 'alerted' : 'ok';
}

function isoOf(moment: number | undefined): string | null {
  return moment === undefined ? null : new Date(moment).toISOString();
}
