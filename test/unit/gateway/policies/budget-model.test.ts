/** The budget book against a simple model of it, under any order of commands, with crashes and a clock that jumps. */
import { expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { BudgetBook } from '../../../../main/gateway/policies/budget-book.ts';
import { claimsOf } from '../../../../main/gateway/policies/budget-claims.ts';
import { shareOf } from '../../../../main/gateway/policies/budget-slot.ts';
import type { Reservation, SpendEnd } from '../../../../main/gateway/policies/budget-types.ts';
import type { Budget, BudgetBalance } from '../../../../main/gateway/ports.ts';
import { budget, dayMs, hourMs, KeptNotes, random, SetClock } from './budgets.ts';

interface Who {
  readonly key: string;
  readonly user: string | undefined;
  readonly session: string;
}

interface Sum {
  readonly budget: string;
  readonly subject: string;
  readonly window: string;
  spent: bigint;
  reserved: bigint;
  raised: bigint;
  alerted: number[];
}

interface Open {
  readonly id: string;
  amount: bigint;
  readonly sums: readonly Sum[];
}

const initial: readonly Budget[] = [
  budget({ id: 'all', limit: 1_000n, alertAt: [0.5, 1] }),
  budget({ id: 'all-hour', limit: 300n, period: 'hour', alertAt: [0.8], action: { kind: 'alert' } }),
  budget({ id: 'key', scope: 'key', limit: 400n, period: 'hour', action: { kind: 'downgrade', alias: 'cheap' } }),
  budget({ id: 'user', scope: 'user', limit: 200n, alertAt: [0.5, 0.8, 1], action: { kind: 'alert' } }),
  budget({ id: 'talk', scope: 'session', limit: 500n, period: 'session', alertAt: [1], action: { kind: 'ask' } }),
];
const lengths = { hour: hourMs, day: dayMs } as const;
type Length = keyof typeof lengths;

/** What should be: sums by name, windows by division, no sharing of anything. */
class Model {
  now = 0;
  inForce: readonly Budget[] = initial;
  /** As last seen, the removed ones too. */
  readonly known = new Map<string, Budget>();
  readonly sums = new Map<string, Sum>();
  readonly starts: Record<Length, number> = { hour: -Infinity, day: -Infinity };
  readonly hours = new Set<number>();
  open: Open[] = [];
  alerts: string[] = [];
  isFull = false;

  look(): void {
    for (const period of ['hour', 'day'] as const) {
      const length = lengths[period];
      const start = this.starts[period];
      const isKept = this.now < start + length && start - this.now < length;
      if (!isKept) this.starts[period] = Math.floor(this.now / length) * length;
    }
    this.hours.add(this.starts.hour);
  }

  windowOf({ period }: Budget): string {
    return period === 'hour' || period === 'day' ? `${period}:${String(this.starts[period])}` : 'session';
  }

  sum(of: Budget, subject: string): Sum {
    const window = this.windowOf(of);
    const name = `${of.id}|${subject}|${window}`;
    const sum = this.sums.get(name) ?? {
      ...{ budget: of.id, subject, window, spent: 0n, reserved: 0n, raised: 0n },
      alerted: [],
    };
    this.sums.set(name, sum);
    return sum;
  }

  claims(who: Who): Sum[] {
    const subjects: Record<string, string> = {
      ...{ all: '', 'all-hour': '', key: who.key, user: who.user ?? '-', talk: `${who.key}/${who.session}` },
    };
    return this.inForce.map((one) => this.sum(one, subjects[one.id] ?? ''));
  }

  isHard(sum: Sum): boolean {
    return this.known.get(sum.budget)?.action.kind !== 'alert';
  }

  limit(sum: Sum): bigint {
    return (this.known.get(sum.budget)?.limit ?? 0n) + sum.raised;
  }

  left(sum: Sum): bigint {
    return this.limit(sum) - sum.spent - sum.reserved;
  }

  /** `balances`: what an earlier run left of budgets that were not seen in this one. */
  apply(budgets: readonly Budget[], balances: readonly BudgetBalance[] = []): void {
    this.inForce = budgets;
    for (const one of budgets) {
      if (!this.known.has(one.id)) this.resume(balances.filter(({ budget }) => budget === one.id));
      this.known.set(one.id, one);
    }
  }

  /** Windows that had begun when the clock was set back by less than their length go on. */
  resume(balances: readonly BudgetBalance[]): void {
    for (const period of ['hour', 'day'] as const) {
      const started = balances.map(({ window }) => window.split(':')).filter(([kind]) => kind === period);
      const near = started
        .map(([, start]) => Number(start))
        .filter((start) => start > this.now && start - this.now < lengths[period]);
      this.starts[period] = Math.max(this.starts[period], ...near);
    }
  }

  end(one: Open, amount: bigint): void {
    this.open = this.open.filter((other) => other !== one);
    for (const sum of one.sums) {
      sum.reserved -= one.amount;
      sum.spent += amount;
    }
    if (amount > 0n) for (const sum of one.sums) this.alert(sum);
  }

  alert(sum: Sum): void {
    const known = this.known.get(sum.budget);
    if (known === undefined || this.windowOf(known) !== sum.window) return;
    const reached = known.alertAt.filter((share) => sum.spent >= shareOf(this.limit(sum), share));
    const highest = reached.filter((share) => !sum.alerted.includes(share)).at(-1);
    if (highest === undefined) return;
    sum.alerted = [...new Set([...sum.alerted, ...reached])];
    this.alerts.push(`${sum.budget}|${sum.subject}|${sum.window}|${String(highest)}`);
  }
}

/** The book with its surroundings, and what clients hold of it. */
class Real {
  readonly clock = new SetClock();
  readonly notes = new KeptNotes();
  budgets: readonly Budget[] = initial;
  held: Reservation[] = [];
  ended: Reservation[] = [];
  alerts: string[] = [];
  count = 0;
  book = this.start();

  start(): BudgetBook {
    const book = new BudgetBook({
      clock: this.clock,
      random,
      spend: this.notes,
      restored: this.notes.recovered(),
      onAlert: ({ claim, since }, share) => {
        const { id, period } = claim.budget;
        const window = since === undefined ? period : `${period}:${String(since)}`;
        this.alerts.push(`${id}|${claim.subject}|${window}|${String(share)}`);
      },
    });
    book.apply(this.budgets);
    return book;
  }

  checkpoint(): void {
    this.notes.checkpoint(this.book.save());
  }
}

const ends = ['settled', 'estimated', 'released'] as const;
const end = (state: SpendEnd['state'], amount: number | undefined): SpendEnd => ({
  ...{ state, amount, usage: undefined, usageSource: 'none' },
});

type Command = fc.Command<Model, Real>;

class Reserve implements Command {
  readonly #who: Who;
  readonly #amount: number;

  constructor(who: Who, amount: number) {
    this.#who = who;
    this.#amount = amount;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    const { key, user, session } = this.#who;
    const amount = BigInt(this.#amount);
    const spender = {
      key: { id: key, name: key },
      client: undefined,
      user,
      team: undefined,
      session,
      tag: () => undefined,
    };
    const claims = claimsOf([real.budgets], spender, undefined, () => true);
    const id = `req_${String(++real.count)}/1`;
    const outcome = real.book.reserve({ id, target: 'p/m', claims, amount: this.#amount });
    const sums = model.claims(this.#who);
    const hard = sums.filter((sum) => model.isHard(sum));
    const isShort = amount > 0n && hard.some((sum) => amount > model.left(sum));
    const isUnwritten = model.isFull && amount > 0n && hard.length > 0;
    expect(outcome.kind).toBe(isShort || isUnwritten ? 'refused' : 'reserved');
    if (outcome.kind === 'refused') {
      expect(outcome.shortage.kind).toBe(isShort ? 'short' : 'unknown');
      if (isShort) expect(outcome.shortage.remaining).toBeLessThan(amount);
      expect(real.book.shortage(claims, this.#amount) === undefined).toBe(!isShort);
      return;
    }
    for (const sum of sums) sum.reserved += amount;
    model.open.push({ id, amount, sums });
    real.held.push(outcome.reservation);
    // BUD-I1, at every admission.
    if (amount > 0n) for (const sum of hard) expect(sum.spent + sum.reserved).toBeLessThanOrEqual(model.limit(sum));
    // The same try again changes nothing.
    expect(real.book.reserve({ id, target: 'p/m', claims, amount: this.#amount })).toEqual(outcome);
  }

  toString(): string {
    return `reserve ${String(this.#amount)} for ${JSON.stringify(this.#who)}`;
  }
}

class Extend implements Command {
  readonly #at: number;
  readonly #amount: number;

  constructor(at: number, amount: number) {
    this.#at = at;
    this.#amount = amount;
  }

  check({ open }: Readonly<Model>): boolean {
    return open.length > 0;
  }

  run(model: Model, real: Real): void {
    const one = model.open[this.#at % model.open.length];
    const held = real.held.find(({ id }) => id === one?.id);
    if (one === undefined || held === undefined) throw new Error('The model has a try that the book does not have.');
    const more = BigInt(this.#amount) - one.amount;
    const hard = one.sums.filter((sum) => model.isHard(sum));
    const isRefused = more > 0n && (hard.some((sum) => more > model.left(sum)) || (model.isFull && hard.length > 0));
    expect(held.extend(this.#amount)).toBe(!isRefused);
    if (!isRefused && more > 0n) {
      one.amount += more;
      for (const sum of one.sums) sum.reserved += more;
    }
    expect(held.amount).toBe(Number(one.amount));
  }

  toString(): string {
    return `extend ${String(this.#at)} to ${String(this.#amount)}`;
  }
}

class End implements Command {
  readonly #at: number;
  readonly #amount: number | undefined;
  readonly #state: SpendEnd['state'];

  constructor(at: number, amount: number | undefined, state: SpendEnd['state']) {
    this.#at = at;
    this.#amount = amount;
    this.#state = state;
  }

  check({ open }: Readonly<Model>): boolean {
    return open.length > 0;
  }

  run(model: Model, real: Real): void {
    const one = model.open[this.#at % model.open.length];
    const held = real.held.find(({ id }) => id === one?.id);
    if (one === undefined || held === undefined) throw new Error('The model has a try that the book does not have.');
    held.end(end(this.#state, this.#amount));
    real.held = real.held.filter((other) => other !== held);
    real.ended.push(held);
    const cost = this.#amount === undefined ? one.amount : BigInt(this.#amount);
    model.end(one, this.#state === 'released' || one.sums.length === 0 ? 0n : cost);
  }

  toString(): string {
    return `end ${String(this.#at)} ${this.#state} at ${String(this.#amount)}`;
  }
}

class EndAgain implements Command {
  readonly #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  check(): boolean {
    return true;
  }

  run(_model: Model, real: Real): void {
    const held = real.ended[this.#at % Math.max(1, real.ended.length)];
    held?.end(end('settled', 77));
    if (held !== undefined) expect(held.extend(1_000)).toBe(false);
  }

  toString(): string {
    return `end again ${String(this.#at)}`;
  }
}

class Move implements Command {
  readonly #ms: number;
  readonly #isJump: boolean;

  constructor(ms: number, isJump: boolean) {
    this.#ms = ms;
    this.#isJump = isJump;
  }

  /** As many windows as are kept for a clock that comes back. */
  check({ hours }: Readonly<Model>): boolean {
    return hours.size < 7;
  }

  run(model: Model, real: Real): void {
    if (this.#isJump) real.clock.wall += this.#ms;
    else real.clock.pass(this.#ms);
    model.now = real.clock.wall;
  }

  toString(): string {
    return `${this.#isJump ? 'jump' : 'pass'} ${String(this.#ms / 60_000)} min`;
  }
}

class Apply implements Command {
  readonly #change: { readonly at: number; readonly limit: number; readonly isSoft: boolean; readonly isGone: boolean };

  constructor(change: { at: number; limit: number; isSoft: boolean; isGone: boolean }) {
    this.#change = change;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    const { at, limit, isSoft, isGone } = this.#change;
    const index = at % initial.length;
    const changed = initial.map((one): Budget => {
      const action = isSoft ? ({ kind: 'alert' } as const) : ({ kind: 'reject' } as const);
      return one === initial[index] ? { ...one, limit: BigInt(limit), action } : (model.known.get(one.id) ?? one);
    });
    // All but one are in force, or the hourly sum of all, which shows what hour it is.
    const budgets = changed.filter(({ id }, other) => !isGone || other !== index || id === 'all-hour' || id === 'all');
    real.budgets = budgets;
    real.book.apply(budgets);
    model.apply(budgets, real.notes.recovered().balances);
  }

  toString(): string {
    return `apply ${JSON.stringify(this.#change)}`;
  }
}

class Raise implements Command {
  readonly #at: number;
  readonly #who: Who;

  constructor(at: number, who: Who) {
    this.#at = at;
    this.#who = who;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    const one = initial[this.#at % initial.length];
    if (one === undefined) return;
    const isInForce = model.inForce.some(({ id }) => id === one.id);
    const subject = model.claims(this.#who).find((sum) => sum.budget === one.id)?.subject;
    const outcome = real.book.raise({ budgetId: one.id, subject, amount: 150n, note: 'more' });
    expect(outcome.kind).toBe(!isInForce ? 'unknown_budget' : model.isFull ? 'unwritten' : 'raised');
    if (outcome.kind === 'raised') model.sum(one, subject ?? '').raised += 150n;
  }

  toString(): string {
    return `raise ${String(this.#at)}`;
  }
}

class Restart implements Command {
  check({ isFull }: Readonly<Model>): boolean {
    return !isFull;
  }

  run(model: Model, real: Real): void {
    // Killed: what clients held is gone with it, and every try that was sent counts at its bound.
    for (const one of [...model.open]) {
      model.open = model.open.filter((other) => other !== one);
      for (const sum of one.sums) {
        sum.reserved -= one.amount;
        sum.spent += one.amount;
      }
    }
    const { balances } = real.notes.recovered();
    for (const period of ['hour', 'day'] as const) model.starts[period] = -Infinity;
    model.known.clear();
    model.apply(model.inForce, balances);
    model.look();
    real.held = [];
    real.ended = [];
    real.book = real.start();
  }

  toString(): string {
    return 'kill and start';
  }
}

class Fill implements Command {
  readonly #isFull: boolean;

  constructor(isFull: boolean) {
    this.#isFull = isFull;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    model.isFull = this.#isFull;
    real.notes.isFull = this.#isFull;
    // What a journal does that can write again, and from time to time anyway.
    if (!this.#isFull) real.checkpoint();
  }

  toString(): string {
    return this.#isFull ? 'disk full' : 'checkpoint';
  }
}

/** Each command, and what must hold after it. */
class Checked implements Command {
  readonly #command: Command;

  constructor(command: Command) {
    this.#command = command;
  }

  check(model: Readonly<Model>): boolean {
    return this.#command.check(model);
  }

  run(model: Model, real: Real): void {
    model.now = real.clock.wall;
    model.look();
    this.#command.run(model, real);
    model.look();
    const standings = real.book.standings();
    const shown = standings.map(({ claim: { budget: of, subject }, ...sum }) =>
      stateOf({ ...sum, budget: of.id, subject }),
    );
    expectSame(
      shown,
      standings.map(({ claim }) => stateOf(model.sum(claim.budget, claim.subject))),
    );
    const used = [...model.sums.values()].filter(({ spent, raised }) => spent !== 0n || raised !== 0n);
    const kept = real.book.save().balances.filter(({ spent, raised }) => spent !== '0' || raised !== '0');
    expectSame(kept.map(nameOf).sort(), used.map(nameOf).sort());
    for (const { spent, reserved } of model.sums.values())
      if (spent < 0n || reserved < 0n) expect.fail('less than nothing');
    // BUD-I4.
    if (model.open.length === 0 && standings.some(({ reserved }) => reserved !== 0n)) expect.fail('held by nobody');
    expectSame(real.alerts, model.alerts);
    if (new Set(real.alerts).size < real.alerts.length) expect.fail('told twice');
  }

  toString(): string {
    return String(this.#command);
  }
}

function stateOf({
  budget: id,
  subject,
  spent,
  reserved,
  raised,
  alerted,
}: Omit<Sum, 'window' | 'alerted'> & {
  readonly alerted: readonly number[];
}): string {
  return [id, subject, spent, reserved, raised, alerted].map(String).join('|');
}

/** One comparison of texts: there are some hundred thousand of them. */
function expectSame(real: readonly string[], model: readonly string[]): void {
  expect(real.join('\n')).toBe(model.join('\n'));
}

function nameOf(sum: { budget: string; subject: string; window: string; spent: unknown; raised: unknown }): string {
  return [sum.budget, sum.subject, sum.window, sum.spent, sum.raised].map(String).join('|');
}

const who = fc.record({
  key: fc.constantFrom('a', 'b'),
  user: fc.constantFrom('dana', undefined),
  session: fc.constantFrom('s1', 's2'),
});
const amount = fc.oneof(fc.integer({ min: 0, max: 260 }), fc.constantFrom(0, 100, 400));
const minutes = 60_000;
const commands: fc.Arbitrary<Command>[] = [
  fc.tuple(who, amount).map((parts) => new Reserve(...parts)),
  fc.tuple(who, amount).map((parts) => new Reserve(...parts)),
  fc.tuple(who, amount).map((parts) => new Reserve(...parts)),
  fc.tuple(fc.nat(9), amount).map((parts) => new Extend(...parts)),
  fc
    .tuple(fc.nat(9), fc.option(amount, { nil: undefined }), fc.constantFrom(...ends))
    .map((parts) => new End(...parts)),
  fc.tuple(fc.nat(9), amount).map(([at, cost]) => new End(at, cost, 'settled')),
  fc.nat(9).map((at) => new EndAgain(at)),
  fc.constantFrom(1, 59, 60, 61).map((ms) => new Move(ms * minutes, false)),
  fc
    .constantFrom(-1, -59, -60, -61, -1_439, -1_440, -1_441, 1_439, 1_440, 1_441, 500_000, -500_000)
    .map((ms) => new Move(ms * minutes, true)),
  fc
    .record({ at: fc.nat(4), limit: fc.integer({ min: 0, max: 900 }), isSoft: fc.boolean(), isGone: fc.boolean() })
    .map((change) => new Apply(change)),
  fc.tuple(fc.nat(4), who).map((parts) => new Raise(...parts)),
  fc.constant(new Restart()),
  fc.boolean().map((isFull) => new Fill(isFull)),
];

it('holds its invariants whatever happens in whatever order', () => {
  let admitted = 0;
  let alerts = 0;
  fc.assert(
    fc.property(
      fc.commands(
        commands.map((one) => one.map((command) => new Checked(command))),
        { maxCommands: 40, size: 'max' },
      ),
      (list) => {
        const real = new Real();
        const model = new Model();
        model.apply(initial);
        fc.modelRun(() => ({ model, real }), list);
        admitted += real.notes.of('dispatched').length;
        alerts += real.alerts.length;
      },
    ),
    { numRuns: 1_000 },
  );
  // It went where it matters.
  expect(admitted).toBeGreaterThan(1_000);
  expect(alerts).toBeGreaterThan(100);
});
