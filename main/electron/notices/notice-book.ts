/** What was told and until when that holds, and what waits: from one start to the next. */
import { z } from 'zod';
import type { Clock } from '../../kit/clock.ts';
import { RecentMap } from '../../kit/recent-map.ts';
import { Alarm } from './alarm.ts';
import { forever, type Held } from './notice.ts';
import type { NoticeMemory } from './notice-memory.ts';

/** Rules hold names of models and budgets; what was told longest ago goes first. */
const maxTold = 1_000;
const maxHeld = 50;
const maxRuleChars = 400;
/** Nothing is told for longer than the window of a budget, but for what is told once and for all. */
const longestMs = 32 * 86_400_000;
/** However much is told, it is written so often at most; a crash forgets no more than that. */
const writeEveryMs = 1_000;

const heldEntry = z.discriminatedUnion('what', [
  z.object({ what: z.literal('budget'), id: z.string(), subject: z.string().nullable() }),
  z.object({ what: z.literal('update') }),
]);

const count = z.int().min(0);
const maskedDay = z.object({
  /** Midnight UTC of the date. */
  day: z.number(),
  /** When it is told, in milliseconds since 1970. */
  due: z.number(),
  /** By client as the ledger names it; empty: unknown, or all further ones. */
  clients: z.record(z.string(), z.object({ secrets: count, others: count })),
});
/** What was masked on one day and is not told yet. */
export type MaskedDay = z.output<typeof maskedDay>;

const bookFile = z.object({
  told: z.array(z.tuple([z.string(), z.number()])).catch([]),
  held: z.array(heldEntry).catch([]),
  masked: maskedDay.nullable().catch(null),
});

export class NoticeBook {
  readonly #memory: NoticeMemory;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #soon: Alarm;
  readonly #told = new RecentMap<number>(maxTold);
  #isOld = false;
  #held: readonly Held[] = [];
  /** Whoever changes it calls `changed`. */
  masked: MaskedDay | undefined;

  constructor(memory: NoticeMemory, clock: Pick<Clock, 'now'>) {
    this.#memory = memory;
    this.#clock = clock;
    this.#soon = new Alarm(clock, () => void this.keep());
  }

  /** Reads what the run before kept; what cannot be understood is left out. */
  async open(): Promise<void> {
    const read = bookFile.safeParse(await this.#memory.load());
    if (!read.success) return;
    for (const [rule, until] of read.data.told) this.#told.set(rule, until);
    this.#held = read.data.held.slice(0, maxHeld);
    this.masked = read.data.masked ?? undefined;
  }

  get held(): readonly Held[] {
    return this.#held;
  }

  isTold(rule: string, now: number): boolean {
    const until = this.#told.peek(ruleName(rule));
    // One that holds for longer was written by a clock that was wrong, and must not silence for years.
    return until !== undefined && until > now && (until === forever || until - now <= longestMs);
  }

  /** It is not told again until then. */
  tell(rule: string, until: number): void {
    this.#told.set(ruleName(rule), until);
    this.changed();
  }

  /** What was told may be told again from then on; what was not told stays so. */
  rearm(rule: string, at: number): void {
    const until = this.#told.peek(ruleName(rule));
    if (until !== undefined && until > at) this.tell(rule, at);
  }

  hold(held: Held): void {
    if (this.#held.length >= maxHeld) return;
    this.#held = [...this.#held, held];
    this.changed();
  }

  /** All that waited; nothing waits any more. */
  takeHeld(): readonly Held[] {
    const held = this.#held;
    this.#held = [];
    this.changed();
    return held;
  }

  /** It is kept within a second. */
  changed(): void {
    if (this.#isOld) return;
    this.#isOld = true;
    this.#soon.set(this.#clock.now() + writeEveryMs);
  }

  /** Resolves once all of it is kept, or could not be. */
  async keep(): Promise<void> {
    this.#soon.set(undefined);
    this.#isOld = false;
    await this.#memory.save({ told: [...this.#told.entries()], held: this.#held, masked: this.masked ?? null });
  }
}

function ruleName(rule: string): string {
  return rule.slice(0, maxRuleChars);
}
