/** Notes about money as the budgets hand them over, and journals that read them back, for the tests of the ledger. */
import { copyFileSync, mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BudgetCount, BudgetState, SpendNote } from '../../../main/gateway/ports.ts';
import { openJournal, type Journal, type JournalOptions } from '../../../main/ledger/journal.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import { silentLog } from './exchanges.ts';

type NoteOf<Kind extends SpendNote['kind']> = Extract<SpendNote, { kind: Kind }>;

export const dayCount: BudgetCount = { budget: 'key:default:day', subject: '', window: 'day:1764374400000' };

export function dispatched(id: string, given: Partial<NoteOf<'dispatched'>> = {}): NoteOf<'dispatched'> {
  return {
    kind: 'dispatched',
    id,
    at: Date.UTC(2026, 10, 25, 12),
    target: 'demo/echo',
    bound: 1_000,
    counts: [dayCount],
    ...given,
  };
}

export function ended(id: string, given: Partial<NoteOf<'ended'>> = {}): NoteOf<'ended'> {
  return { kind: 'ended', id, state: 'settled', amount: 400, usage: undefined, usageSource: 'none', ...given };
}

export function raised(id: string, given: Partial<NoteOf<'raised'>> = {}): NoteOf<'raised'> {
  return {
    kind: 'raised',
    id,
    at: Date.UTC(2026, 10, 25, 12),
    count: dayCount,
    amount: '5000',
    note: 'for the release',
    ...given,
  };
}

export function journalAt(prefix: string, given: Partial<JournalOptions> = {}): Journal {
  return openJournal({ prefix, clock: systemClock, log: silentLog, redact: (text) => text, isFresh: true, ...given });
}

/** The files as a process that is killed now would leave them. */
export function asKilled(directory: string): string {
  const copy = mkdtempSync(`${directory}-killed-`);
  for (const name of readdirSync(directory)) {
    // Segments that are not needed any more go in the background.
    copyIfThere(join(directory, name), join(copy, name));
  }
  return copy;
}

function copyIfThere(from: string, to: string): void {
  try {
    copyFileSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

export const prefixIn = (directory: string): string => join(directory, 'journal');

/** What a count has been charged with; 0 when it is not known. */
export function spentOf({ balances }: BudgetState, count: BudgetCount = dayCount): bigint {
  const found = balances.find(
    ({ budget, subject, window }) => budget === count.budget && subject === count.subject && window === count.window,
  );
  return BigInt(found?.spent ?? '0');
}

/** Lets what waits for the next turn happen. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
