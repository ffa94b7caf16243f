/** Budgets of a request that is only tried: a book of its own with what was spent before, and nobody to write anything down for. */
import type { Clock } from '../kit/clock.ts';
import type { Target } from './exchange.ts';
import type { PlannableRequest, Planned } from './plan-exchange.ts';
import { BudgetBook } from './policies/budget-book.ts';
import { claimsOf } from './policies/budget-claims.ts';
import { Calendars } from './policies/budget-windows.ts';
import type { RateKeeper, RateLease } from './policies/rate-limit.ts';
import type { Budget, BudgetBalance, SpendPort } from './ports.ts';
import { PromptCounter } from './prompt-counter.ts';
import type { SpendingDeps } from './spending.ts';
import { RequestSpender } from './spender.ts';

export interface TrialSpendingInput {
  readonly input: PlannableRequest;
  readonly planned: Planned;
  /** Where it may go: those of the plan, and of the aliases that budgets send it to. */
  readonly targets: readonly Target[];
  /** Pico-USD, by ids of budgets. */
  readonly spent: ReadonlyMap<string, bigint>;
  /** Tokens of the input, where they were told. */
  readonly inputTokens: number | undefined;
  readonly clock: Clock;
  readonly health: SpendingDeps['health'];
}

const nowhere: SpendPort = { note: () => true, secured: () => Promise.resolve(true) };
const lease: RateLease = { tokens: () => undefined, end: () => undefined, cancel: () => undefined };
/** How often somebody asks is no matter of a single request. */
const unlimited: RateKeeper = { take: () => ({ kind: 'taken', lease }) };

/** Knows the size it was told; of any other nobody knows in time, so that bytes count. */
class ToldCounter extends PromptCounter {
  readonly #tokens: number | undefined;

  constructor(tokens: number | undefined) {
    super();
    this.#tokens = tokens;
  }

  override count(): Promise<number | undefined> {
    return Promise.resolve(this.#tokens);
  }
}

/** What `ExchangeSpending` needs, made for this one request. */
export function trialSpending(given: TrialSpendingInput): SpendingDeps {
  const { clock, spent, health } = given;
  const balances = spent.size === 0 ? [] : balancesOf(given);
  return {
    ports: { spend: nowhere },
    budgets: new BudgetBook({
      ...{ clock, spend: nowhere, random: { id: (count) => '0'.repeat(count) } },
      restored: balances.length === 0 ? undefined : { balances, outstanding: [] },
    }),
    limits: unlimited,
    counter: new ToldCounter(given.inputTokens),
    health,
  };
}

/** Budgets that may count this request: of all, of its key, of its team. */
export function budgetsOf({ snapshot, principal }: PlannableRequest): readonly (readonly Budget[])[] {
  const { key } = principal;
  return [snapshot.budgets, key.budgets, key.team?.budgets ?? []];
}

/** What was spent is on the very sums that count this request, whosever they are. */
function balancesOf({ input, planned, targets, spent, clock }: TrialSpendingInput): BudgetBalance[] {
  const spender = new RequestSpender(input.principal, planned.facts);
  const calendars = new Calendars();
  const balances = new Map<string, BudgetBalance>();
  for (const budget of budgetsOf(input).flat()) {
    const amount = spent.get(budget.id);
    if (amount === undefined) continue;
    const window = calendars.of(budget).current(clock.now()).id;
    for (const target of [undefined, ...targets]) {
      const asked = target && { providerId: target.provider.id, model: target.model, vendor: target.provider.vendor };
      for (const { subject } of claimsOf([[budget]], spender, asked, () => true))
        balances.set(`${budget.id}\0${subject}`, {
          ...{ budget: budget.id, subject, window },
          ...{ spent: String(amount), raised: '0', alerted: [] },
        });
    }
  }
  return [...balances.values()];
}
