// The owner's calls about budgets, and what budgets say of themselves, over a real book.
import { expect, it } from 'vitest';
import { noteRefusedRaise } from '../../../main/app-parts.ts';
import { announceBudget, createBudgetAsks, createBudgetControl } from '../../../main/control/budget-control.ts';
import { createEvents, type Events } from '../../../main/control/events.ts';
import { BudgetBook } from '../../../main/gateway/policies/budget-book.ts';
import type { Shortage } from '../../../main/gateway/policies/budget-types.ts';
import type { AnyEvent } from '../../../shared/contract/contract.ts';
import { budget, dollars, KeptNotes, noon, random, SetClock, settled, usd } from '../gateway/policies/budgets.ts';

const day = budget({ id: 'all-day', limit: 5n * usd, alertAt: [0.5], action: { kind: 'ask' } });
const claims = [{ budget: day, subject: '' }];

function setUp(events: Events = createEvents(), unknownBefore?: number) {
  const clock = new SetClock();
  const notes = new KeptNotes();
  const book = new BudgetBook({
    ...{ clock, random, spend: notes },
    restored: { balances: [], outstanding: [], unknownBefore },
    onAlert: (standing, share) => {
      announceBudget(standing, share, { events, now: noon });
    },
  });
  book.apply([day]);
  return { book, notes };
}

function shortageOf(book: BudgetBook, amount: number): Shortage {
  const shortage = book.shortage(claims, dollars(amount));
  if (shortage === undefined) throw new Error('There is enough.');
  return shortage;
}

async function told(events: Events, heard: AsyncIterable<AnyEvent>): Promise<AnyEvent[]> {
  events.close();
  const seen: AnyEvent[] = [];
  for await (const event of heard) seen.push(event);
  return seen;
}

it('a raise that cannot be written down is refused and not given', async () => {
  const { book, notes } = setUp();
  const control = createBudgetControl({ budgets: book, now: () => noon, keep: () => true });
  notes.isFull = true;
  const raise = { id: 'all-day', subject: undefined, amountPico: usd, note: '' };
  await expect(control.raise(raise)).rejects.toMatchObject({ code: 'control.refused' });
  notes.isFull = false;
  expect(control.list()).toMatchObject([{ raised_usd: '0' }]);
  expect(await control.raise(raise)).toMatchObject({ raised_usd: '1', remaining_usd: '6' });
});

it('a raise of what a team enforces is refused with whom to ask, and that it was tried is told', async () => {
  const { book } = setUp();
  const policy = { rule: 'acme@3:/budgets/all-day', origin: 'team bundle acme@3, line 9', contact: '#llm-platform' };
  book.apply([{ ...day, policy }]);
  const told: unknown[] = [];
  const onRefused = (...what: readonly unknown[]): number => told.push(what);
  const control = createBudgetControl({ budgets: book, now: () => noon, keep: () => true, onRefused });
  const raise = { id: 'all-day', subject: undefined, amountPico: usd, note: 'release' };
  await expect(control.raise(raise)).rejects.toMatchObject({
    ...{ code: 'control.refused', message: expect.stringContaining('Ask: #llm-platform.') as unknown },
  });
  expect(told).toEqual([[raise, policy]]);
  expect(control.list()).toMatchObject([{ id: 'all-day', enforced: true }]);
  const notes: string[][] = [];
  noteRefusedRaise({ note: (...words) => notes.push(words) }, raise, policy);
  expect(notes).toEqual([
    ['override_refused', 'budget "all-day" was to be raised by $1; it is set by acme@3:/budgets/all-day: release'],
  ]);
});

it('accepting what is known says so when the next start would not know of it', () => {
  const { book } = setUp(undefined, noon);
  expect(book.shortage(claims, 1)?.kind).toBe('unknown');
  const control = createBudgetControl({ budgets: book, now: () => noon, keep: () => false });
  expect(() => control.accept()).toThrow(/could not be written down/);
  expect(book.shortage(claims, 1)).toBeUndefined();
});

it('a share that was reached is an event with the budget as it stands', async () => {
  const events = createEvents();
  const heard = events.subscribe();
  const { book } = setUp(events);
  const outcome = book.reserve({ id: 'req_1/1', target: 'p/m', claims, amount: dollars(3) });
  if (outcome.kind === 'reserved') outcome.reservation.end(settled(3));
  expect(await told(events, heard)).toMatchObject([
    { event: 'budget.alert', data: { share: 0.5, entry: { id: 'all-day', spent_usd: '3', state: 'alerted' } } },
  ]);
});

it('a refusal asks for a raise, once a minute, and in the log as well', async () => {
  const events = createEvents();
  const heard = events.subscribe();
  const warned: string[] = [];
  const asks = createBudgetAsks(events, { warn: (message) => warned.push(message) });
  const shortage = shortageOf(setUp().book, 7);
  for (const at of [noon, noon + 59_999, noon + 60_000]) asks(shortage, at);
  const asked = { id: 'all-day', subject: null, remaining_usd: '5', asked_usd: '7' };
  expect(await told(events, heard)).toMatchObject([
    { event: 'budget.asked', data: asked },
    { event: 'budget.asked', data: { ...asked, at: new Date(noon + 60_000).toISOString() } },
  ]);
  expect(warned).toHaveLength(2);
});
