/** What tests of budgets share: a clock that is set, notes that are kept, budgets with something left out. */
import type { Line } from '../../../../main/ledger/journal-lines.ts';
import { Replay } from '../../../../main/ledger/journal-replay.ts';
import type { Clock } from '../../../../main/kit/clock.ts';
import type { Budget, BudgetState, SpendNote, SpendPort } from '../../../../main/gateway/ports.ts';
import type { SpendEnd } from '../../../../main/gateway/policies/budget-types.ts';

export const usd = 1_000_000_000_000n;
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** Wednesday 25 November 2026, 12:00 UTC. */
export const noon = Date.UTC(2026, 10, 25, 12);

export class SetClock implements Clock {
  wall = noon;
  steady = 1_000;

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.steady;
  }

  /** Time passes. */
  pass(ms: number): void {
    this.wall += ms;
    this.steady += ms;
  }
}

let ids = 0;
/** Never the same name twice. */
export const random = { id: (count: number): string => String(++ids).padStart(count, '0') };

/** A journal in memory, which can be full. */
export class KeptNotes implements SpendPort {
  readonly notes: SpendNote[] = [];
  readonly #lines: Line[] = [];
  isFull = false;

  note(note: SpendNote): boolean {
    if (this.isFull) return false;
    this.notes.push(note);
    this.#lines.push(note);
    return true;
  }

  async secured(): Promise<boolean> {
    return !this.isFull;
  }

  of<Kind extends SpendNote['kind']>(kind: Kind): Extract<SpendNote, { kind: Kind }>[] {
    return this.notes.filter((note) => note.kind === kind) as Extract<SpendNote, { kind: Kind }>[];
  }

  /** What comes before it counts no more. */
  checkpoint(budgets: BudgetState): void {
    this.#lines.push({ kind: 'checkpoint', at: 0, budgets, exchanges: [] });
  }

  /** What the next run would be given after this one was killed now. */
  recovered(): BudgetState {
    const replay = new Replay();
    for (const line of this.#lines) replay.apply(line);
    return replay.finish().budgets;
  }
}

export function budget(parts: Partial<Budget> = {}): Budget {
  return {
    id: 'all-day',
    scope: 'global',
    match: undefined,
    when: undefined,
    limit: 5n * usd,
    period: 'day',
    timezone: 'UTC',
    resetDay: undefined,
    alertAt: [],
    action: { kind: 'reject' },
    origin: 'sluice.yaml, line 58',
    ...parts,
  };
}

/** Pico-USD of a few dollars, as one request has them. */
export const dollars = (amount: number): number => Math.round(amount * 1e12);

export const settled = (amount: number): SpendEnd => ({
  state: 'settled',
  amount: dollars(amount),
  usage: undefined,
  usageSource: 'provider',
});
