/** Budgets in the words of the contract: for the calls about them and for listeners of `budget.alert`. */
import type { BudgetEntry } from '../../shared/contract/budgets.ts';
import { picoToUsd } from '../../shared/domain/money.ts';
import { policyBlocked, type PolicyWords } from '../../shared/domain/policy-words.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { budgetEntryOf, type BudgetStanding, type GatewayBudgets, type Shortage } from '../gateway/gateway.ts';
import type { Log } from '../kit/log.ts';
import { RecentMap } from '../kit/recent-map.ts';
import type { Events } from './events.ts';
import type { BudgetRaise, BudgetsNeed } from './needs.ts';

export interface BudgetControlOptions {
  readonly budgets: GatewayBudgets;
  readonly now: () => number;
  /** Writes the balances down. `false`: that is not possible now. */
  readonly keep: () => boolean;
  /** Somebody asked for more of a budget that a team enforces, and was refused. */
  readonly onRefused?: ((raise: BudgetRaise, policy: PolicyWords) => void) | undefined;
}

export function createBudgetControl({ budgets, now, keep, onRefused }: BudgetControlOptions): BudgetsNeed {
  const entryOf = (standing: BudgetStanding): BudgetEntry => budgetEntryOf(standing, now());
  return {
    list: () => budgets.standings().map(entryOf),
    async raise({ id, subject, amountPico, note }) {
      const outcome = budgets.raise({ budgetId: id, subject, amount: amountPico, note });
      switch (outcome.kind) {
        case 'raised':
          return entryOf(outcome.standing);
        case 'unknown_budget':
          return 'not_found';
        case 'subject_missing':
          return 'needs_subject';
        case 'subject_needless':
          return 'is_shared';
        case 'enforced':
          onRefused?.({ id, subject, amountPico, note }, outcome.policy);
          throw new GatewayError('control.refused', policyBlocked(outcome.policy, `nobody here raises budget "${id}"`));
        case 'unwritten':
          throw new GatewayError(
            'control.refused',
            'The raise could not be written down, so it was not given: the disk may be full or read-only. `sluice status` says more.',
          );
      }
    },
    accept() {
      const accepted = budgets.accept();
      if (keep()) return accepted;
      throw new GatewayError(
        'control.refused',
        'What is known holds from now on, but that could not be written down, so the next start will ask again: the disk may be full or read-only. `sluice status` says more.',
      );
    },
  };
}

/** Costs nothing while nobody listens. */
export function announceBudget(
  standing: BudgetStanding,
  share: number,
  { events, now }: { readonly events: Events; readonly now: number },
): void {
  if (!events.listening) return;
  const data = { share, at: new Date(now).toISOString(), entry: budgetEntryOf(standing, now) };
  events.publish({ event: 'budget.alert', data });
}

/** A client that is refused tries again and again: its owner is told now and then. */
const askEveryMs = 60_000;
const maxAsks = 1_000;

/** Tells of refusals that ask for a raise. */
export function createBudgetAsks(events: Events, log: Pick<Log, 'warn'>): (shortage: Shortage, now: number) => void {
  const told = new RecentMap<number>(maxAsks);
  return ({ claim: { budget, subject }, remaining, asked }, now) => {
    const name = `${budget.id}\n${subject}`;
    const before = told.peek(name);
    if (before !== undefined && now >= before && now - before < askEveryMs) return;
    told.set(name, now);
    const whose = subject === '' ? null : subject;
    log.warn('a budget refused a request and asks for a raise', { budget: budget.id, subject: whose });
    if (!events.listening) return;
    const data = {
      ...{ id: budget.id, subject: whose, at: new Date(now).toISOString() },
      ...{ remaining_usd: picoToUsd(remaining), asked_usd: asked === undefined ? null : picoToUsd(asked) },
    };
    events.publish({ event: 'budget.asked', data });
  };
}
