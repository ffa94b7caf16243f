/**
 * The budget book: what each budget spent in its running window, what is kept back for tries that run, and who may have
 * more (BUD-01 to BUD-16).
 *
 * A try is paid for in advance. `reserve` adds the most it can cost to every sum that counts it, or to none, in one turn of
 * the event loop, so that no two tries ever see the same money; `end` puts what it did cost in that place. Both are noted
 * before they return. A try counts in the windows it was reserved in, whenever it ends: a window that has ended still
 * takes what belongs to it, and the new one begins with nothing.
 *
 * What cannot be known is not allowed: where a note cannot be written, where balances were lost, or while a new budget's
 * history is being read, hard budgets refuse and soft ones go on. What costs nothing fits everywhere.
 */
import type { Clock } from '../../kit/clock.ts';
import type { Budget, BudgetState, Random, SpendPort } from '../ports.ts';
import { BalanceTable } from './budget-balances.ts';
import { isShared } from './budget-claims.ts';
import { exhaustedAt } from './budget-forecast.ts';
import { shareOf, type Balance, type BudgetSlot } from './budget-slot.ts';
import type {
  BudgetClaim,
  BudgetKeeper,
  BudgetStanding,
  RaiseInput,
  RaiseOutcome,
  ReserveInput,
  ReserveOutcome,
  Shortage,
  SpendEnd,
} from './budget-types.ts';
import { BookedTry, toNumber, toPico, type Desk, type Dispatched } from './budget-try.ts';

/**
 * What a claim cost since a moment (milliseconds since 1970), in pico-USD, as history knows it. `undefined`: history does
 * not tell such spending apart, and the budget begins with nothing.
 */
export type SeedBudget = (claim: BudgetClaim, since: number) => Promise<bigint> | undefined;

export interface BudgetBookOptions {
  readonly clock: Clock;
  /** Raises need names that no other run gives as well. */
  readonly random: Pick<Random, 'id'>;
  readonly spend: SpendPort;
  /** What was known when the last run ended. Its outstanding tries are booked at their bound (BUD-04). */
  readonly restored?: BudgetState | undefined;
  /** A share of a limit was reached: the highest one, once for each window. Must not throw. */
  readonly onAlert?: ((standing: BudgetStanding, share: number) => void) | undefined;
  readonly seed?: SeedBudget | undefined;
  readonly maxBalances?: number | undefined;
}

/** Sums of sessions are the many: this many are a few megabytes. */
const usualMaxBalances = 20_000;
/** History that could not be read is asked again no sooner. */
const askAgainMs = 5_000;

const unwritten = 'its journal cannot be written: the disk may be full or read-only';
const lost = 'what was spent before was lost, so that more may be spent than is known';
const reading = 'what was spent before is still being read';
const unread = 'what was spent before cannot be read from the ledger';

export class BudgetBook implements BudgetKeeper {
  readonly #clock: Clock;
  readonly #random: Pick<Random, 'id'>;
  readonly #spend: SpendPort;
  readonly #onAlert: BudgetBookOptions['onAlert'];
  readonly #seed: SeedBudget | undefined;
  readonly #table: BalanceTable;
  readonly #running = new Map<string, BookedTry>();
  #unknownBefore: number | undefined;

  constructor({ clock, random, spend, restored, onAlert, seed, maxBalances = usualMaxBalances }: BudgetBookOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#spend = spend;
    this.#onAlert = onAlert;
    this.#seed = seed;
    this.#table = new BalanceTable({ clock, maxBalances, hasHistory: seed !== undefined });
    if (restored !== undefined) this.#restore(restored);
  }

  /** Windows of budgets that are kept in memory. */
  get size(): number {
    return this.#table.size;
  }

  /**
   * These budgets are in force from now on, keys' and teams' own among them. Balances stay by id. Budgets that are only met
   * in claims are counted just as well, by the limits of the claim.
   */
  apply(budgets: readonly Budget[]): void {
    const now = this.#clock.now();
    this.#table.apply(budgets, now);
    for (const budget of budgets) {
      if (isShared(budget)) this.#ask(this.#table.claimed({ budget, subject: '' }, now));
    }
  }

  ready(claims: readonly BudgetClaim[]): Promise<void> | undefined {
    if (this.#seed === undefined) return undefined;
    const now = this.#clock.now();
    const waits: Promise<void>[] = [];
    for (const claim of claims) {
      const balance = this.#table.claimed(claim, now);
      if (balance.history === 'known') continue;
      this.#ask(balance);
      if (balance.slot.isHard && balance.asked !== undefined) waits.push(balance.asked);
    }
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
  }

  reserve({ id, target, claims, amount }: ReserveInput): ReserveOutcome {
    const known = this.#running.get(id);
    if (known !== undefined) return { kind: 'reserved', reservation: known };
    const now = this.#clock.now();
    const lines = this.#lines(claims, now);
    const bound = toPico(amount);
    const shortage = this.#shortage(lines, bound, now);
    if (shortage !== undefined) return { kind: 'refused', shortage };
    const isHard = bound !== 0n && hardLine(lines) !== undefined;
    const counts = lines.map((line) => line.count);
    const dispatched: Dispatched = { kind: 'dispatched', id, at: now, target, bound: toNumber(bound), counts };
    const reservation = new BookedTry({ book: this.#desk, note: dispatched, bound, lines, isHard });
    // Counted first: what is saved while it is noted must hold it.
    hold(lines, bound ?? 0n, 1);
    this.#running.set(id, reservation);
    if (this.#spend.note(dispatched) || !isHard) return { kind: 'reserved', reservation };
    hold(lines, -(bound ?? 0n), -1);
    this.#running.delete(id);
    // Part of the note may have been written all the same.
    this.#spend.note({ kind: 'ended', id, state: 'released', amount: 0, usage: undefined, usageSource: 'none' });
    return { kind: 'refused', shortage: shortageOf(hardLine(lines) ?? lines[0], bound, now, unwritten) };
  }

  room(claims: readonly BudgetClaim[]): bigint | undefined {
    let room: bigint | undefined;
    for (const line of this.#lines(claims, this.#clock.now())) {
      if (!line.slot.isHard) continue;
      const left = line.left < 0n || this.#unknown(line) !== undefined ? 0n : line.left;
      if (room === undefined || left < room) room = left;
    }
    return room;
  }

  shortage(claims: readonly BudgetClaim[], amount: number): Shortage | undefined {
    const now = this.#clock.now();
    return this.#shortage(this.#lines(claims, now), toPico(amount), now);
  }

  /** Every shared sum, and every other that counted something in its running window. */
  standings(): readonly BudgetStanding[] {
    const now = this.#clock.now();
    const standings: BudgetStanding[] = [];
    for (const slot of [...this.#table.slots()]) {
      if (slot.budget === undefined || slot.state === 'removed') continue;
      if (isShared(slot.budget)) this.#table.current(slot, '', now);
      for (const subject of slot.sums.keys()) {
        const balance = this.#table.peek(slot, subject, now);
        if (balance === undefined) continue;
        if (isShared(slot.budget) ? subject === '' : isUsed(balance)) standings.push(this.#standing(balance, now));
      }
    }
    return standings;
  }

  /** More for the running window, once: recorded, and in force before this returns. */
  raise({ budgetId, subject, amount, note }: RaiseInput): RaiseOutcome {
    const now = this.#clock.now();
    const slot = this.#table.find(budgetId);
    if (slot?.budget === undefined || slot.state === 'removed') return { kind: 'unknown_budget' };
    const { policy } = slot.budget;
    if (policy !== undefined) return { kind: 'enforced', policy };
    // Whoever names one of many would otherwise raise it for all of them.
    if (isShared(slot.budget) && (subject ?? '') !== '') return { kind: 'subject_needless' };
    const whose = isShared(slot.budget) ? '' : subject;
    if (whose === undefined) return { kind: 'subject_missing' };
    const balance = this.#table.current(slot, whose, now);
    const id = `raise_${this.#random.id(24)}`;
    const noted = this.#spend.note({ kind: 'raised', id, at: now, count: balance.count, amount: String(amount), note });
    if (!noted) return { kind: 'unwritten' };
    balance.raised += amount;
    this.#ask(balance);
    return { kind: 'raised', standing: this.#standing(balance, now) };
  }

  /**
   * The owner takes what is known for what was spent: budgets that refused for want of knowledge are open again. Gives how
   * many sums that were. What `save` gives afterwards should be written down, as no note says it.
   */
  accept(): number {
    const now = this.#clock.now();
    let accepted = 0;
    for (const slot of this.#table.slots()) {
      for (const { balances } of slot.sums.values()) {
        for (const balance of balances) {
          if (slot.isHard && this.#table.isCurrent(balance, now) && this.#isLost(balance)) accepted++;
          if (balance.history === 'failed') balance.history = 'known';
        }
      }
    }
    this.#unknownBefore = undefined;
    return accepted;
  }

  save(): BudgetState {
    const outstanding = [...this.#running.values()].map((one) => one.dispatched);
    return { balances: this.#table.save(), outstanding, unknownBefore: this.#unknownBefore };
  }

  // ---------------------------------------------------------------- tries

  readonly #desk: Desk = {
    extend: (one, amount) => this.#extend(one, amount),
    end: (one, end) => this.#end(one, end),
  };

  #extend(one: BookedTry, amount: number): boolean {
    const bound = toPico(amount) ?? 0n;
    const more = bound - (one.bound ?? 0n);
    if (more <= 0n) return true;
    const short = one.lines.find(({ slot, left }) => slot.isHard && more > left);
    one.refusedBy = short?.slot.budget;
    if (short !== undefined) return false;
    const before = one.bound;
    one.bound = bound;
    hold(one.lines, more, 0);
    if (this.#spend.note({ kind: 'extended', id: one.id, bound: Number(bound) })) return true;
    if (hardLine(one.lines) === undefined) return true;
    one.bound = before;
    hold(one.lines, -more, 0);
    return false;
  }

  #end(one: BookedTry, { state, amount, usage, usageSource }: SpendEnd): void {
    const counted = state === 'released' ? 0n : (toPico(amount) ?? (one.lines.length > 0 ? one.bound : undefined));
    hold(one.lines, -(one.bound ?? 0n), -1);
    for (const line of one.lines) line.spent += counted ?? 0n;
    this.#running.delete(one.id);
    // Unwritten, it is found outstanding by the next run and booked at its bound.
    this.#spend.note({ kind: 'ended', id: one.id, state, amount: toNumber(counted), usage, usageSource });
    if (counted !== undefined && counted > 0n) for (const line of one.lines) this.#alert(line);
  }

  #alert(balance: Balance): void {
    const { slot, spent, raised, alerted } = balance;
    let highest: number | undefined;
    for (const { share, at } of slot.levels) {
      if (spent < (raised === 0n ? at : shareOf(slot.limit + raised, share))) break;
      if (!alerted.includes(share)) highest = share;
    }
    if (highest === undefined) return;
    const now = this.#clock.now();
    if (!this.#table.isCurrent(balance, now)) return;
    for (const { share } of slot.levels) {
      if (share > highest || balance.alerted.includes(share)) continue;
      balance.alerted = [...balance.alerted, share];
      this.#spend.note({ kind: 'alerted', at: now, count: balance.count, share });
    }
    this.#onAlert?.(this.#standing(balance, now), highest);
  }

  // ---------------------------------------------------------------- balances

  #lines(claims: readonly BudgetClaim[], now: number): readonly Balance[] {
    const lines: Balance[] = [];
    this.#table.tidy(now);
    for (const claim of claims) {
      const balance = this.#table.claimed(claim, now);
      // Counted once, however often it is claimed.
      if (!lines.includes(balance)) lines.push(balance);
    }
    return lines;
  }

  /** Of all who are short the one that takes longest; what is not known may take longer still. */
  #shortage(lines: readonly Balance[], amount: bigint | undefined, now: number): Shortage | undefined {
    if (amount === 0n) return undefined;
    let worst: { readonly line: Balance; readonly reason: string | undefined } | undefined;
    for (const line of lines) {
      if (!line.slot.isHard) continue;
      const reason = amount === undefined ? 'no price is known' : this.#unknown(line);
      if (reason === undefined && amount !== undefined && amount <= line.left) continue;
      if (worst === undefined || line.window.end > worst.line.window.end) worst = { line, reason };
    }
    return worst && shortageOf(worst.line, amount, now, worst.reason);
  }

  #isLost({ window, history }: Balance): boolean {
    return history === 'failed' || (this.#unknownBefore !== undefined && window.start < this.#unknownBefore);
  }

  /** Why it is not known what was spent. */
  #unknown(balance: Balance): string | undefined {
    if (balance.history !== 'known') return balance.history === 'failed' ? unread : reading;
    return this.#isLost(balance) ? lost : undefined;
  }

  #standing(balance: Balance, now: number): BudgetStanding {
    const { slot, subject, window, spent, reserved, raised, alerted } = balance;
    const since = finite(window.start);
    const resetsAt = finite(window.end);
    return {
      claim: { budget: budgetOf(slot), subject },
      since,
      resetsAt,
      spent,
      reserved,
      raised,
      alerted,
      unknown: this.#unknown(balance),
      exhaustedAt: exhaustedAt({ spent, limit: slot.limit + raised, since, resetsAt, now }),
    };
  }

  /** Asks history once what the running window cost before the budget was there. */
  #ask(balance: Balance): void {
    const { history, slot, subject, window } = balance;
    const steady = this.#clock.monotonic();
    if (history === 'known' || history === 'asked') return;
    if (history === 'failed' && steady - balance.failedAt < askAgainMs) return;
    const answer = this.#seed?.({ budget: budgetOf(slot), subject }, window.start);
    if (answer === undefined) {
      balance.history = 'known';
      return;
    }
    balance.history = 'asked';
    balance.asked = answer.then(
      (spent) => {
        // A soft budget has counted meanwhile, and history may hold that as well.
        if (spent > balance.spent) balance.spent = spent;
        balance.history = 'known';
        balance.asked = undefined;
      },
      () => {
        balance.history = 'failed';
        balance.failedAt = this.#clock.monotonic();
        balance.asked = undefined;
      },
    );
  }

  #restore({ balances, outstanding, unknownBefore }: BudgetState): void {
    this.#unknownBefore = unknownBefore;
    for (const { spent, raised, alerted, ...count } of balances) {
      const balance = this.#table.restore(count);
      balance.spent = BigInt(spent);
      balance.raised = BigInt(raised);
      balance.alerted = alerted;
    }
    const ids = new Set<string>();
    for (const { id, bound, counts } of outstanding) {
      if (ids.has(id)) continue;
      ids.add(id);
      for (const count of counts) this.#table.restore(count).spent += toPico(bound) ?? 0n;
      this.#spend.note({ kind: 'ended', id, state: 'estimated', amount: bound, usage: undefined, usageSource: 'none' });
    }
  }
}

function hold(lines: readonly Balance[], amount: bigint, tries: number): void {
  for (const line of lines) {
    line.reserved += amount;
    line.tries += tries;
  }
}

function hardLine(lines: readonly Balance[]): Balance | undefined {
  return lines.find(({ slot }) => slot.isHard);
}

function shortageOf(
  line: Balance | undefined,
  asked: bigint | undefined,
  at: number,
  reason: string | undefined,
): Shortage {
  if (line === undefined) throw new Error('Only what a budget counts is short.');
  const { slot, subject, raised, reserved, window, left } = line;
  return {
    claim: { budget: budgetOf(slot), subject },
    kind: reason === undefined ? 'short' : 'unknown',
    remaining: left < 0n ? 0n : left,
    limit: slot.limit + raised,
    resetsAt: finite(window.end),
    reason,
    asked,
    reserved,
    at,
  };
}

function budgetOf({ id, budget }: BudgetSlot): Budget {
  if (budget === undefined) throw new Error(`Budget "${id}" was never seen.`);
  return budget;
}

function isUsed({ spent, reserved, raised, tries }: Balance): boolean {
  return spent !== 0n || reserved !== 0n || raised !== 0n || tries > 0;
}

function finite(moment: number): number | undefined {
  return Number.isFinite(moment) ? moment : undefined;
}
