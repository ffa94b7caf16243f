import { describe, expect, it } from 'vitest';
import { BudgetBook, type BudgetBookOptions } from '../../../../main/gateway/policies/budget-book.ts';
import type { BudgetClaim, Reservation, ReserveOutcome } from '../../../../main/gateway/policies/budget-types.ts';
import type { Budget } from '../../../../main/gateway/ports.ts';
import { budget, dayMs, dollars, hourMs, KeptNotes, noon, random, SetClock, settled, usd } from './budgets.ts';

let tries = 0;

function setUp(parts: Partial<BudgetBookOptions> & { readonly budgets?: readonly Budget[] } = {}) {
  const { budgets = [], ...options } = parts;
  const clock = new SetClock();
  const notes = new KeptNotes();
  const alerts: string[] = [];
  const book = new BudgetBook({
    clock,
    random,
    spend: notes,
    onAlert: ({ claim, spent }, share) =>
      alerts.push(`${claim.budget.id} ${claim.subject} ${String(share)} at ${String(Number(spent) / 1e12)}`),
    ...options,
  });
  book.apply(budgets);
  return { clock, notes, alerts, book };
}

function ask(book: BudgetBook, amount: number, ...claims: readonly BudgetClaim[]): ReserveOutcome {
  return book.reserve({ id: `req_${String(++tries)}/1`, target: 'openai/gpt-5', claims, amount: dollars(amount) });
}

function take(book: BudgetBook, amount: number, ...claims: readonly BudgetClaim[]): Reservation {
  const outcome = ask(book, amount, ...claims);
  if (outcome.kind === 'refused') throw new Error(`Refused: ${outcome.shortage.claim.budget.id}`);
  return outcome.reservation;
}

const of = (one: Budget, subject = ''): BudgetClaim => ({ budget: one, subject });
const spentOf = (book: BudgetBook, id: string, subject = ''): number | undefined => {
  const standing = book.standings().find(({ claim }) => claim.budget.id === id && claim.subject === subject);
  return standing && Number(standing.spent) / 1e12;
};

const day = budget();
const month = budget({ id: 'all-month', period: 'month', limit: 100n * usd });
const soft = budget({ id: 'soft', limit: usd, action: { kind: 'alert' } });

describe('a reservation', () => {
  it('lets as many through as there is money, and nothing more, however many ask at once', () => {
    const { book } = setUp({ budgets: [day] });
    const outcomes = Array.from({ length: 200 }, () => ask(book, 0.5, of(day)));
    expect(outcomes.filter(({ kind }) => kind === 'reserved')).toHaveLength(10);
    for (const outcome of outcomes) if (outcome.kind === 'reserved') outcome.reservation.end(settled(0.5));
    expect(spentOf(book, 'all-day')).toBe(5);
    expect(ask(book, 0.000_001, of(day)).kind).toBe('refused');
  });

  it('takes from all or from none', () => {
    const { book } = setUp({ budgets: [month, day] });
    const outcome = ask(book, 6, of(month), of(day));
    expect(outcome).toMatchObject({
      kind: 'refused',
      shortage: { claim: { budget: { id: 'all-day' } }, kind: 'short' },
    });
    expect(book.standings().map(({ reserved }) => reserved)).toEqual([0n, 0n]);
  });

  it('is told of by the budget that takes longest to have money again', () => {
    const { book, clock } = setUp({ budgets: [day, month] });
    take(book, 5, of(day)).end(settled(5));
    take(book, 95, of(month)).end(settled(95));
    const { shortage } = ask(book, 6, of(day), of(month)) as Extract<ReserveOutcome, { kind: 'refused' }>;
    expect(shortage.claim.budget.id).toBe('all-month');
    expect(shortage).toMatchObject({ remaining: 5n * usd, limit: 100n * usd, asked: 6n * usd, at: clock.wall });
    expect(shortage.resetsAt).toBe(Date.UTC(2026, 11, 1));
  });

  it('is noted with every window that counts it before it is given', () => {
    const { book, notes } = setUp({ budgets: [day] });
    const reservation = book.reserve({ id: 'req_a/1', target: 'openai/gpt-5', claims: [of(day)], amount: 7 });
    const counts = [{ budget: 'all-day', subject: '', window: `day:${String(Date.UTC(2026, 10, 25))}` }];
    expect(reservation).toMatchObject({ kind: 'reserved', reservation: { amount: 7, counts, isHard: true } });
    expect(notes.notes).toEqual([
      { kind: 'dispatched', id: 'req_a/1', at: noon, target: 'openai/gpt-5', bound: 7, counts },
    ]);
  });

  it('is noted even where nothing counts it', () => {
    const { book, notes } = setUp();
    const outcome = book.reserve({ id: 'req_a/1', target: 'demo/echo', claims: [], amount: undefined });
    if (outcome.kind === 'reserved') outcome.reservation.end({ ...settled(0), amount: undefined });
    expect(notes.notes).toMatchObject([
      { kind: 'dispatched', bound: undefined, counts: [] },
      { kind: 'ended', amount: undefined },
    ]);
    expect(book.save().outstanding).toEqual([]);
  });

  it('counts a larger cost than was kept back, and leaves the budget in debt for its window', () => {
    const { book, clock } = setUp({ budgets: [day] });
    take(book, 1, of(day)).end(settled(7));
    expect(spentOf(book, 'all-day')).toBe(7);
    expect(book.room([of(day)])).toBe(0n);
    expect(ask(book, 0.01, of(day))).toMatchObject({ kind: 'refused', shortage: { remaining: 0n } });
    clock.pass(dayMs);
    expect(book.room([of(day)])).toBe(5n * usd);
  });

  it.each([
    ['released', 1, 0],
    ['estimated', 0.5, 0.5],
    ['settled', undefined, 2],
  ] as const)('that ends %s at %s counts %s', (state, amount, counted) => {
    const { book, notes } = setUp({ budgets: [day] });
    const reservation = take(book, 2, of(day));
    reservation.end({ ...settled(0), state, amount: amount === undefined ? undefined : dollars(amount) });
    expect(spentOf(book, 'all-day')).toBe(counted);
    expect(notes.of('ended')).toMatchObject([{ state, amount: dollars(counted) }]);
  });

  it('of nothing fits a budget that is used up, in debt or unknown, and a journal that is full', () => {
    const { book, notes } = setUp({ budgets: [day] });
    take(book, 5, of(day)).end(settled(6));
    expect(take(book, 0, of(day)).isHard).toBe(false);
    notes.isFull = true;
    expect(ask(book, 0, of(day)).kind).toBe('reserved');
    const unknown = setUp({ budgets: [day], restored: { balances: [], outstanding: [], unknownBefore: noon } });
    expect(ask(unknown.book, 0, of(day)).kind).toBe('reserved');
  });

  it('of a figure that is none counts as the most there is', () => {
    const { book } = setUp({ budgets: [day] });
    for (const amount of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
      expect(book.reserve({ id: 'req_x/1', target: 't', claims: [of(day)], amount }).kind).toBe('refused');
    }
    const unpriced = book.reserve({ id: 'req_y/1', target: 't', claims: [of(day)], amount: undefined });
    expect(unpriced).toMatchObject({ kind: 'refused', shortage: { kind: 'unknown', reason: 'no price is known' } });
  });

  it('counts once where it is claimed twice', () => {
    const { book } = setUp({ budgets: [day] });
    take(book, 2, of(day), of(day)).end(settled(2));
    expect(spentOf(book, 'all-day')).toBe(2);
  });

  it('grows as far as there is money', () => {
    const { book, notes } = setUp({ budgets: [day, soft] });
    const reservation = take(book, 1, of(day), of(soft));
    expect(reservation.extend(dollars(4))).toBe(true);
    expect(reservation.extend(dollars(2))).toBe(true);
    expect(reservation.amount).toBe(dollars(4));
    expect(reservation.extend(dollars(5.5))).toBe(false);
    expect(reservation.amount).toBe(dollars(4));
    expect(notes.of('extended')).toMatchObject([{ bound: dollars(4) }]);
    reservation.end(settled(4));
    expect(book.standings().map(({ reserved }) => reserved)).toEqual([0n, 0n]);
  });
});

describe('a soft budget', () => {
  it('counts and never refuses', () => {
    const { book } = setUp({ budgets: [soft] });
    for (let count = 0; count < 5; count++) take(book, 1, of(soft)).end(settled(1));
    expect(spentOf(book, 'soft')).toBe(5);
    expect(book.room([of(soft)])).toBeUndefined();
    expect(book.shortage([of(soft)], dollars(1))).toBeUndefined();
  });

  it('goes on where nothing can be written', () => {
    const { book, notes } = setUp({ budgets: [soft, day] });
    notes.isFull = true;
    take(book, 1, of(soft)).end(settled(1));
    expect(spentOf(book, 'soft')).toBe(1);
    const refused = ask(book, 1, of(soft), of(day));
    expect(refused).toMatchObject({
      kind: 'refused',
      shortage: { kind: 'unknown', claim: { budget: { id: 'all-day' } } },
    });
    expect(spentOf(book, 'soft')).toBe(1);
    expect(book.standings().every(({ reserved }) => reserved === 0n)).toBe(true);
    notes.isFull = false;
    expect(ask(book, 1, of(day)).kind).toBe('reserved');
  });
});

describe('windows', () => {
  it('take what was reserved in them, however late it ends', () => {
    const { book, clock } = setUp({ budgets: [day] });
    const late = take(book, 3, of(day));
    clock.pass(dayMs);
    take(book, 5, of(day)).end(settled(5));
    late.end(settled(3));
    expect(spentOf(book, 'all-day')).toBe(5);
    expect(book.save().balances.map(({ spent }) => spent)).toEqual([String(3n * usd), String(5n * usd)]);
  });

  it('are not reopened by a clock that is set back, and met again after one that was far ahead', () => {
    const { book, clock } = setUp({ budgets: [day] });
    take(book, 4, of(day)).end(settled(4));
    clock.wall = noon + 400 * dayMs;
    take(book, 5, of(day)).end(settled(5));
    clock.wall = noon + hourMs;
    expect(book.room([of(day)])).toBe(1n * usd);
    clock.wall = noon + 400 * dayMs;
    expect(book.room([of(day)])).toBe(0n);
    clock.wall -= 13 * hourMs;
    expect(book.room([of(day)])).toBe(0n);
  });

  it('that had begun when the last run ended go on though the clock was set back meanwhile', () => {
    const tomorrow = `day:${String(Date.UTC(2026, 10, 26))}`;
    const balance = {
      budget: 'all-day',
      subject: '',
      window: tomorrow,
      spent: String(5n * usd),
      raised: '0',
      alerted: [],
    };
    const { book } = setUp({ budgets: [day], restored: { balances: [balance], outstanding: [] } });
    expect(book.room([of(day)])).toBe(0n);
  });

  it('stay by the id of their budget when its limit or action changes', () => {
    const { book } = setUp({ budgets: [day] });
    const running = take(book, 1, of(day));
    take(book, 3, of(day)).end(settled(3));
    const lower = { ...day, limit: 4n * usd };
    book.apply([lower]);
    // A request that began under the old limit is held to the new one.
    expect(ask(book, 0.5, of(day)).kind).toBe('refused');
    book.apply([{ ...day, action: { kind: 'alert' } }]);
    expect(ask(book, 0.5, of(day)).kind).toBe('reserved');
    book.apply([]);
    running.end(settled(1));
    expect(book.standings()).toEqual([]);
    book.apply([day]);
    expect(spentOf(book, 'all-day')).toBe(4);
  });

  it('of a budget that is only claimed are counted as well', () => {
    const { book } = setUp();
    const own = budget({ id: 'key:ide:day', scope: 'key', match: 'ide', limit: usd });
    take(book, 1, of(own)).end(settled(1));
    expect(ask(book, 1, of(own)).kind).toBe('refused');
    expect(spentOf(book, 'key:ide:day')).toBe(1);
  });
});

describe('alerts', () => {
  const watched = budget({ id: 'watched', alertAt: [0.5, 0.8, 1], action: { kind: 'alert' } });

  it('come once for each share and window, and only of money that was spent', () => {
    const { book, alerts, clock, notes } = setUp({ budgets: [watched] });
    const running = take(book, 5, of(watched));
    expect(alerts).toEqual([]);
    running.end(settled(2.5));
    take(book, 1, of(watched)).end(settled(1));
    take(book, 1, of(watched)).end(settled(0.5));
    take(book, 1, of(watched)).end(settled(0.5));
    expect(alerts).toEqual(['watched  0.5 at 2.5', 'watched  0.8 at 4']);
    take(book, 1, of(watched)).end(settled(3));
    take(book, 1, of(watched)).end(settled(3));
    expect(alerts.slice(2)).toEqual(['watched  1 at 7.5']);
    clock.pass(dayMs);
    take(book, 1, of(watched)).end(settled(2.5));
    expect(alerts.slice(3)).toEqual(['watched  0.5 at 2.5']);
    expect(notes.of('alerted').map(({ share }) => share)).toEqual([0.5, 0.8, 1, 0.5]);
  });

  it('tell the highest of several shares that are reached at once', () => {
    const { book, alerts, notes } = setUp({ budgets: [watched] });
    take(book, 5, of(watched)).end(settled(4.5));
    expect(alerts).toEqual(['watched  0.8 at 4.5']);
    expect(notes.of('alerted').map(({ share }) => share)).toEqual([0.5, 0.8]);
  });

  it('are of each one’s own where each has a sum of his own, and survive a restart', () => {
    const each = { ...watched, scope: 'user' as const };
    const { book, alerts, notes, clock } = setUp({ budgets: [each] });
    take(book, 3, of(each, 'dana')).end(settled(3));
    take(book, 3, of(each, 'lee')).end(settled(3));
    expect(alerts).toEqual(['watched dana 0.5 at 3', 'watched lee 0.5 at 3']);
    const again: string[] = [];
    const restored = notes.recovered();
    const onAlert = (_: unknown, share: number): number => again.push(String(share));
    const next = new BudgetBook({ clock, random, spend: notes, restored, onAlert });
    next.apply([each]);
    take(next, 0.1, of(each, 'dana')).end(settled(0.1));
    expect(again).toEqual([]);
    take(next, 1, of(each, 'dana')).end(settled(1));
    expect(again).toEqual(['0.8']);
  });
});

describe('a raise', () => {
  it('gives more at once, for the running window alone, and is recorded', () => {
    const { book, clock, notes } = setUp({ budgets: [day] });
    take(book, 5, of(day)).end(settled(5));
    const raised = book.raise({ budgetId: 'all-day', subject: undefined, amount: 2n * usd, note: 'release day' });
    expect(raised).toMatchObject({ kind: 'raised', standing: { raised: 2n * usd, spent: 5n * usd } });
    expect(notes.of('raised')).toMatchObject([{ amount: '2000000000000', note: 'release day', at: noon }]);
    expect(book.room([of(day)])).toBe(2n * usd);
    expect(ask(book, 3, of(day))).toMatchObject({
      kind: 'refused',
      shortage: { limit: 7n * usd, remaining: 2n * usd },
    });
    clock.pass(dayMs);
    expect(book.room([of(day)])).toBe(5n * usd);
  });

  it('is not given unless it can be recorded, nor to nobody', () => {
    const each = budget({ id: 'each', scope: 'user' });
    const { book, notes } = setUp({ budgets: [day, each] });
    const more = { subject: undefined, amount: usd, note: '' };
    expect(book.raise({ ...more, budgetId: 'none' }).kind).toBe('unknown_budget');
    expect(book.raise({ ...more, budgetId: 'each' }).kind).toBe('subject_missing');
    expect(book.raise({ ...more, budgetId: 'each', subject: 'dana' }).kind).toBe('raised');
    // What all share is not raised for one of them.
    expect(book.raise({ ...more, budgetId: 'all-day', subject: 'dana' }).kind).toBe('subject_needless');
    expect(book.room([of(each, 'dana')])).toBe(6n * usd);
    expect(book.room([of(each, 'lee')])).toBe(5n * usd);
    notes.isFull = true;
    expect(book.raise({ ...more, budgetId: 'all-day' }).kind).toBe('unwritten');
    expect(book.room([of(day)])).toBe(5n * usd);
  });

  it('of what a team enforces is given by nobody here', () => {
    const policy = { rule: 'acme-core@12:/budgets/all-day', origin: 'team bundle acme-core@12, line 58' };
    const { book, notes } = setUp({ budgets: [{ ...day, policy }] });
    const outcome = book.raise({ budgetId: 'all-day', subject: undefined, amount: usd, note: '' });
    expect(outcome).toEqual({ kind: 'enforced', policy });
    expect([book.room([of({ ...day, policy })]), notes.of('raised')]).toEqual([5n * usd, []]);
  });

  it('moves the shares at which is told', () => {
    const watched = budget({ alertAt: [1] });
    const { book, alerts } = setUp({ budgets: [watched] });
    book.raise({ budgetId: 'all-day', subject: undefined, amount: 5n * usd, note: '' });
    take(book, 6, of(watched)).end(settled(6));
    expect(alerts).toEqual([]);
    take(book, 4, of(watched)).end(settled(4));
    expect(alerts).toHaveLength(1);
  });
});

describe('after a crash', () => {
  it('a try that was sent counts at its bound, once, and its end is noted', () => {
    const { book, notes, clock } = setUp({ budgets: [day] });
    take(book, 1, of(day)).extend(dollars(2));
    const restored = book.save();
    expect(restored.outstanding).toMatchObject([{ bound: dollars(2) }]);
    const after = new KeptNotes();
    const next = new BudgetBook({ clock, random, spend: after, restored });
    next.apply([day]);
    expect(spentOf(next, 'all-day')).toBe(2);
    expect(after.of('ended')).toMatchObject([{ state: 'estimated', amount: dollars(2) }]);
    const fromNotes = new BudgetBook({ clock, random, spend: after, restored: notes.recovered() });
    fromNotes.apply([day]);
    expect(spentOf(fromNotes, 'all-day')).toBe(2);
  });

  it('hard budgets of windows that may be incomplete refuse until the owner accepts', () => {
    const restored = { balances: [], outstanding: [], unknownBefore: noon };
    const { book } = setUp({ budgets: [day, soft], restored });
    expect(ask(book, 1, of(day))).toMatchObject({ kind: 'refused', shortage: { kind: 'unknown' } });
    expect(ask(book, 1, of(soft)).kind).toBe('reserved');
    expect(book.room([of(day)])).toBe(0n);
    expect(book.standings()[0]?.unknown).toMatch(/lost/);
    expect(book.save().unknownBefore).toBe(noon);
    expect(book.accept()).toBe(1);
    expect(ask(book, 1, of(day)).kind).toBe('reserved');
    expect(book.save().unknownBefore).toBeUndefined();
    expect(book.accept()).toBe(0);
    const other = setUp({ budgets: [day], restored });
    other.clock.pass(dayMs);
    expect(ask(other.book, 1, of(day)).kind).toBe('reserved');
  });
});

describe('a budget that is new', () => {
  function seeded(spent: bigint | Error | undefined) {
    const asked: [string, string, number][] = [];
    const answer: { give: () => void } = { give: () => undefined };
    const seed = (claim: BudgetClaim, since: number): Promise<bigint> | undefined => {
      asked.push([claim.budget.id, claim.subject, since]);
      if (spent === undefined) return undefined;
      return new Promise((resolve, reject) => {
        answer.give = () => {
          if (spent instanceof Error) reject(spent);
          else resolve(spent);
        };
      });
    };
    return { seed, asked, answer };
  }

  it('has what its running window cost before, and hard ones wait for it', async () => {
    const { seed, asked, answer } = seeded(4n * usd);
    const { book } = setUp({ seed, budgets: [day] });
    expect(asked).toEqual([['all-day', '', Date.UTC(2026, 10, 25)]]);
    expect(ask(book, 1, of(day))).toMatchObject({ kind: 'refused', shortage: { kind: 'unknown' } });
    const ready = book.ready([of(day)]);
    answer.give();
    await ready;
    expect(book.ready([of(day)])).toBeUndefined();
    expect(spentOf(book, 'all-day')).toBe(4);
    expect(ask(book, 1.5, of(day)).kind).toBe('refused');
    expect(asked).toHaveLength(1);
  });

  it('begins with nothing where history does not tell', () => {
    const tagged = budget({ id: 'tagged', scope: 'tag', match: 'project' });
    const { book } = setUp({ seed: seeded(undefined).seed, budgets: [tagged] });
    expect(book.ready([of(tagged)])).toBeUndefined();
    expect(ask(book, 1, of(tagged)).kind).toBe('reserved');
  });

  it('refuses while history cannot be read, asks again later, and goes on when the owner accepts', async () => {
    const { seed, asked, answer } = seeded(new Error('locked'));
    const { book, clock } = setUp({ seed, budgets: [day] });
    const ready = book.ready([of(day)]);
    answer.give();
    await ready;
    expect(book.ready([of(day)])).toBeUndefined();
    expect(ask(book, 1, of(day))).toMatchObject({ shortage: { reason: expect.stringContaining('ledger') as string } });
    expect(book.save().balances).toEqual([]);
    clock.pass(10_000);
    const again = book.ready([of(day)]);
    expect(asked).toHaveLength(2);
    answer.give();
    await again;
    expect(book.accept()).toBe(1);
    expect(ask(book, 1, of(day)).kind).toBe('reserved');
  });

  it('does not hold up soft ones, which take what is more', async () => {
    const { seed, answer } = seeded(3n * usd);
    const { book } = setUp({ seed, budgets: [soft] });
    expect(book.ready([of(soft)])).toBeUndefined();
    take(book, 1, of(soft)).end(settled(1));
    answer.give();
    await Promise.resolve();
    await Promise.resolve();
    expect(spentOf(book, 'soft')).toBe(3);
  });

  it('asks nothing of a window that began after it, of what is kept, or of a session', () => {
    const window = `day:${String(Date.UTC(2026, 10, 25))}`;
    const kept = { budget: 'all-day', subject: '', window, spent: '7', raised: '0', alerted: [] };
    const talk = budget({ id: 'talk', scope: 'session', period: 'session' });
    const each = budget({ id: 'each', scope: 'user' });
    const { seed, asked } = seeded(undefined);
    const restored = { balances: [kept], outstanding: [] };
    const { book, clock } = setUp({ seed, restored, budgets: [day, talk, each] });
    expect(book.ready([of(day), of(talk, 'ide/s1')])).toBeUndefined();
    expect(asked).toEqual([]);
    expect(book.ready([of(each, 'dana')])).toBeUndefined();
    expect(asked).toHaveLength(1);
    clock.pass(dayMs);
    expect(book.ready([of(day), of(each, 'dana'), of(each, 'lee')])).toBeUndefined();
    expect(asked).toHaveLength(1);
  });
});

describe('memory', () => {
  const talk = budget({ id: 'talk', scope: 'session', period: 'session', action: { kind: 'alert' } });
  const hardTalk = budget({ id: 'hard', scope: 'session', period: 'session', limit: usd });
  const hardUser = budget({ id: 'user', scope: 'user', limit: usd });

  it('forgets what was not used for longest, never a running try', () => {
    const { book } = setUp({ budgets: [talk], maxBalances: 50 });
    const running = take(book, 1, of(talk, 's-first'));
    for (let count = 0; count < 1_000; count++) take(book, 1, of(talk, `s${String(count)}`)).end(settled(1));
    expect(book.size).toBeLessThanOrEqual(55);
    expect(spentOf(book, 'talk', 's999')).toBe(1);
    expect(spentOf(book, 'talk', 's5')).toBeUndefined();
    running.end(settled(1));
    expect(spentOf(book, 'talk', 's-first')).toBe(1);
  });

  it('keeps what hard budgets counted, and lets the rest share a sum when there are too many', () => {
    const { book } = setUp({ budgets: [hardUser], maxBalances: 20 });
    for (let count = 0; count < 100; count++) take(book, 0.9, of(hardUser, `u${String(count)}`)).end(settled(0.9));
    for (const known of [0, 50, 99]) expect(ask(book, 0.2, of(hardUser, `u${String(known)}`)).kind).toBe('refused');
    take(book, 0.9, of(hardUser, 'new')).end(settled(0.9));
    expect(ask(book, 0.9, of(hardUser, 'newer')).kind).toBe('refused');
    expect(book.size).toBeLessThanOrEqual(101);
  });

  it('lets the sessions that rested longest begin anew rather than lock everyone out', () => {
    const { book } = setUp({ budgets: [hardTalk], maxBalances: 20 });
    for (let count = 0; count < 300; count++) take(book, 0.9, of(hardTalk, `s${String(count)}`)).end(settled(0.9));
    expect(book.size).toBeLessThanOrEqual(101);
    expect(ask(book, 0.2, of(hardTalk, 's299')).kind).toBe('refused');
    expect(ask(book, 0.2, of(hardTalk, 'another')).kind).toBe('reserved');
  });

  it('drops past windows after two days', () => {
    const hourly = budget({ id: 'hourly', period: 'hour', scope: 'user' });
    const { book, clock } = setUp({ budgets: [hourly] });
    for (let count = 0; count < 30; count++) take(book, 0.1, of(hourly, `u${String(count)}`)).end(settled(0.1));
    expect(book.size).toBe(30);
    clock.pass(2 * hourMs);
    take(book, 0.1, of(hourly, 'u0')).end(settled(0.1));
    take(book, 0.1, of(hourly, 'u0')).end(settled(0.1));
    expect(book.size).toBe(31);
    clock.pass(2 * dayMs);
    take(book, 0.1, of(hourly, 'u0')).end(settled(0.1));
    take(book, 0.1, of(hourly, 'u0')).end(settled(0.1));
    expect(book.size).toBe(2);
  });
});

it('tells of a balance of an earlier run, whose ever it is, when its window ends', () => {
  const each = budget({ id: 'each-model', scope: 'model', period: 'month', limit: 10n * usd });
  const before = setUp({ budgets: [each] });
  take(before.book, 1, of(each, 'openai/gpt-5')).end(settled(1));
  const { book } = setUp({ budgets: [each], restored: before.book.save() });
  const [told] = before.book.standings();
  expect(book.standings()).toEqual([{ ...told, claim: of(each, 'openai/gpt-5') }]);
});
