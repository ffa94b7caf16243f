/** What budgets counted, window by window: found fast, kept within bounds, written out and read again. */
import type { Clock } from '../../kit/clock.ts';
import type { Budget, BudgetBalance, BudgetCount } from '../ports.ts';
import { isShared, others } from './budget-claims.ts';
import { Balance, BudgetSlot, shareOf, type BudgetSum } from './budget-slot.ts';
import type { BudgetClaim } from './budget-types.ts';
import { calendarName, Calendars, startOfWindow, type BudgetWindow } from './budget-windows.ts';

export interface BalanceTableOptions {
  readonly clock: Clock;
  /** Windows of budgets that may stay; beyond it what nobody misses goes first. */
  readonly maxBalances: number;
  /** There is somebody to ask for what was spent before. */
  readonly hasHistory: boolean;
}

/** Windows of one sum that are kept: the current one and those a clock that jumps may come back to. */
const windowsOfSum = 8;
/** Past windows are kept for this long, so that a clock that is set right again meets them. */
const pastMs = 48 * 3_600_000;
const sweepMs = 3_600_000;
/** More than the longest period: what began earlier is over, whatever budget it belonged to. */
const longestMs = 40 * 24 * 3_600_000;
/** Beyond this many times `maxBalances` even what hard budgets hold makes room, or shares. */
const utmost = 5;

export class BalanceTable {
  readonly #options: BalanceTableOptions;
  readonly #calendars = new Calendars();
  readonly #slots = new Map<string, BudgetSlot>();
  #size = 0;
  #uses = 0;
  /** New balances since room was last made. */
  #turns = 0;
  #hasGrown = false;
  /** Steady milliseconds. */
  #agedAt: number;

  constructor(options: BalanceTableOptions) {
    this.#options = options;
    this.#agedAt = options.clock.monotonic();
  }

  get size(): number {
    return this.#size;
  }

  slots(): IterableIterator<BudgetSlot> {
    return this.#slots.values();
  }

  find(id: string): BudgetSlot | undefined {
    return this.#slots.get(id);
  }

  /** Exactly these are in force from now on. */
  apply(budgets: readonly Budget[], now: number): void {
    const ids = new Set<string>();
    for (const budget of budgets) {
      ids.add(budget.id);
      const slot = this.#slotOf(budget.id);
      this.#adopt(slot, budget, now);
      slot.state = 'applied';
    }
    for (const slot of this.#slots.values()) {
      if (slot.state === 'applied' && !ids.has(slot.id)) slot.state = 'removed';
    }
  }

  /** The window of now. A budget in force is as it is in force, not as a request that began earlier knows it. */
  claimed({ budget, subject }: BudgetClaim, now: number): Balance {
    const slot = this.#slots.get(budget.id) ?? this.#slotOf(budget.id);
    if (slot.state !== 'applied' && slot.budget !== budget) {
      this.#adopt(slot, budget, now);
      if (slot.state === 'kept') slot.state = 'claimed';
    }
    return this.current(slot, subject, now);
  }

  /** The window of now of a budget that is known. */
  current(slot: BudgetSlot, subject: string, now: number): Balance {
    if (slot.calendar === undefined) throw new Error(`Budget "${slot.id}" was never seen.`);
    const window = slot.calendar.current(now);
    const latest = slot.sums.get(subject)?.latest;
    const balance =
      latest !== undefined && latest.window.id === window.id ? latest : this.#turn(slot, subject, window, now);
    balance.used = ++this.#uses;
    return balance;
  }

  /** The window of now, if anything is kept of it. */
  peek(slot: BudgetSlot, subject: string, now: number): Balance | undefined {
    const window = slot.calendar?.current(now);
    const balance = slot.sums.get(subject)?.balances.find((one) => one.window.id === window?.id);
    // One of an earlier run knows its beginning and no more.
    if (balance !== undefined && window !== undefined) balance.window = window;
    return balance;
  }

  isCurrent(balance: Balance, now: number): boolean {
    return balance.slot.calendar?.current(now).id === balance.window.id;
  }

  /** A window of an earlier run, or of a try of one. */
  restore({ budget, subject, window }: BudgetCount): Balance {
    const slot = this.#slotOf(budget);
    const known = slot.sums.get(subject)?.balances.find((balance) => balance.window.id === window);
    if (known !== undefined) return known;
    const start = Number(/^[a-z]+:(-?\d{1,16})$/.exec(window)?.[1] ?? -Infinity);
    return this.#add(slot, subject, { id: window, start, end: start === -Infinity ? Infinity : start + 1 }, -Infinity);
  }

  /**
   * Drops what is long past, and beyond the bound what was not used for longest. To be called before balances are looked up,
   * not in between: what was looked up must stay until something is held in it.
   */
  tidy(now: number): void {
    if (!this.#hasGrown) return;
    this.#hasGrown = false;
    const steady = this.#options.clock.monotonic();
    if (steady - this.#agedAt >= sweepMs) {
      this.#agedAt = steady;
      for (const balance of [...this.#all()]) this.#age(balance, now, steady);
    }
    const { maxBalances } = this.#options;
    // A look at all of them is dear, and is made once for many new ones.
    if (this.#turns < maxBalances / 10 || this.#size < maxBalances) return;
    this.#turns = 0;
    const goal = maxBalances * 0.9;
    const isFull = this.#size >= maxBalances * utmost;
    for (const balance of [...this.#all()].sort((a, b) => a.used - b.used)) {
      if (this.#size <= goal) return;
      if (balance.tries > 0) continue;
      const endless = isFull && balance.window.end === Infinity;
      if (endless || !this.#isHeld(balance, now)) this.#drop(balance, now);
    }
  }

  /** All that is known, the current and the past. */
  save(): BudgetBalance[] {
    const saved: BudgetBalance[] = [];
    for (const { count, spent, raised, alerted, history } of this.#all()) {
      // What lacks its history is asked for again.
      if (history === 'known') saved.push({ ...count, spent: String(spent), raised: String(raised), alerted });
    }
    return saved;
  }

  *#all(): Generator<Balance> {
    for (const slot of this.#slots.values()) for (const sum of slot.sums.values()) yield* sum.balances;
  }

  #slotOf(id: string): BudgetSlot {
    const known = this.#slots.get(id);
    if (known !== undefined) return known;
    const slot = new BudgetSlot(id);
    this.#slots.set(id, slot);
    return slot;
  }

  #adopt(slot: BudgetSlot, budget: Budget, now: number): void {
    const before = slot.budget;
    if (before === budget) return;
    slot.budget = budget;
    slot.limit = budget.limit;
    slot.isHard = budget.action.kind !== 'alert';
    slot.levels = budget.alertAt.map((share) => ({ share, at: shareOf(budget.limit, share) }));
    if (before !== undefined && calendarName(before) === calendarName(budget)) return;
    slot.calendar = this.#calendars.of(budget);
    slot.knownFrom = now;
    for (const sum of slot.sums.values()) {
      for (const { window } of sum.balances) {
        const start = startOfWindow(window.id, budget.period);
        if (start !== undefined) slot.calendar.resume(start, now);
      }
    }
  }

  /** Another window has begun for this sum, or an earlier one is the current one again, or it is new. */
  #turn(slot: BudgetSlot, subject: string, window: BudgetWindow, now: number): Balance {
    let balance = slot.sums.get(subject)?.balances.find((one) => one.window.id === window.id);
    if (balance === undefined) {
      if (!this.#hasRoom(slot, subject)) return this.current(slot, others, now);
      balance = this.#add(slot, subject, window, now);
      const mayHaveHistory = this.#options.hasHistory && Number.isFinite(window.start);
      if (mayHaveHistory && window.start < slot.knownFrom) balance.history = 'wanted';
    }
    balance.window = window;
    balance.pastSince = undefined;
    const sum = slot.sums.get(subject);
    if (sum !== undefined) sum.latest = balance;
    return balance;
  }

  #hasRoom(slot: BudgetSlot, subject: string): boolean {
    if (this.#size < this.#options.maxBalances * utmost || slot.sums.has(subject) || subject === others) return true;
    return slot.budget !== undefined && isShared(slot.budget);
  }

  #add(slot: BudgetSlot, subject: string, window: BudgetWindow, now: number): Balance {
    const balance = new Balance(slot, subject, window);
    balance.used = ++this.#uses;
    const sum: BudgetSum = slot.sums.get(subject) ?? { latest: undefined, balances: [] };
    while (sum.balances.length >= windowsOfSum) {
      const idle = sum.balances.filter(({ tries }) => tries === 0);
      const oldest = idle.sort((a, b) => a.used - b.used)[0];
      if (oldest === undefined) break;
      this.#drop(oldest, now);
    }
    sum.balances.push(balance);
    this.#turns++;
    this.#hasGrown = true;
    // Dropping may have taken away the sum, and with it the slot.
    slot.sums.set(subject, sum);
    this.#slots.set(slot.id, slot);
    this.#size++;
    return balance;
  }

  #drop(balance: Balance, now: number): void {
    const { slot, subject, window } = balance;
    const sum = slot.sums.get(subject);
    const at = sum?.balances.indexOf(balance) ?? -1;
    if (sum === undefined || at < 0) return;
    sum.balances.splice(at, 1);
    if (sum.latest === balance) sum.latest = undefined;
    if (sum.balances.length === 0) slot.sums.delete(subject);
    if (slot.sums.size === 0 && slot.state !== 'applied') this.#slots.delete(slot.id);
    // Who comes back to this window must not take it for a new one.
    if (window.start <= now) slot.knownFrom = Math.max(slot.knownFrom, window.start + 1);
    this.#size--;
  }

  #age(balance: Balance, now: number, steady: number): void {
    const { slot, window, tries } = balance;
    // Of a budget that is gone nobody knows when its window ends: none is this long.
    const isPast = slot.budget === undefined ? now - window.start > longestMs : !this.isCurrent(balance, now);
    if (tries > 0 || !isPast || window.end === Infinity) {
      balance.pastSince = undefined;
      return;
    }
    balance.pastSince ??= steady;
    if (steady - balance.pastSince >= pastMs) this.#drop(balance, now);
  }

  /** What a hard budget counted in its running window must not be forgotten, nor what may turn out to be one's. */
  #isHeld(balance: Balance, now: number): boolean {
    const { slot, spent, raised, window, history } = balance;
    if (history === 'known' && spent === 0n && raised === 0n) return false;
    if (slot.budget === undefined) return window.start > -Infinity;
    return slot.isHard && this.isCurrent(balance, now);
  }
}
