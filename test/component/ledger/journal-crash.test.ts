/** Money over crashes at any byte, by random courses of notes: what was sent and not given back is never forgotten. */
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  mkdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import type { BudgetCount, BudgetState, SpendNote } from '../../../main/gateway/ports.ts';
import type { Journal } from '../../../main/ledger/journal.ts';
import { openedColumns } from '../../../main/ledger/row.ts';
import { exchange, opened } from './exchanges.ts';
import { asKilled, dayCount, dispatched, ended, journalAt, nextTurn, prefixIn, raised, spentOf } from './notes.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-courses-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const counts: readonly BudgetCount[] = [
  dayCount,
  { budget: 'all', subject: '', window: 'month:1' },
  { budget: 'each', subject: 'anna', window: 'day:1' },
];

interface Sent {
  readonly bound: number;
  readonly counts: readonly BudgetCount[];
  readonly segment: string;
  /** Size of the segment when it was noted. */
  readonly end: number;
  amount: number | undefined;
}

/** Keeps the same books as the journal by simpler means. */
class Course {
  readonly directory: string;
  readonly journal: Journal;
  readonly sent = new Map<string, Sent>();
  raised = 0n;
  #requests = 0;

  constructor(directory: string, hasOwner: boolean) {
    this.directory = directory;
    this.journal = journalAt(prefixIn(directory), { segmentBytes: 3_000 });
    if (hasOwner) this.journal.setState(() => this.#state());
  }

  open(): void {
    this.#requests += 1;
    const record = opened(exchange({ requestId: `r${this.#requests}` }));
    this.journal.opened(openedColumns(record, (text) => text));
  }

  dispatch(bound: number, mask: number): void {
    const id = `r${Math.max(1, this.#requests)}/${this.sent.size + 1}`;
    const counted = counts.filter((_, index) => (mask & (1 << index)) !== 0);
    this.#note(dispatched(id, { bound, counts: counted }));
    const segment = lastSegment(this.directory);
    this.sent.set(id, { bound, counts: counted, segment, end: sizeOf(this.directory, segment), amount: undefined });
  }

  end(pick: number, share: number): void {
    const running = [...this.sent].filter(([, { amount }]) => amount === undefined);
    const found = running[pick % Math.max(1, running.length)];
    if (found === undefined) return;
    const [id, one] = found;
    one.amount = Math.floor((one.bound * share) / 100);
    const state = one.amount === 0 ? 'released' : 'settled';
    this.#note(ended(id, { state, amount: one.amount }));
  }

  raise(amount: number): void {
    this.raised += BigInt(amount);
    this.#note(raised(`x${this.raised}`, { amount: String(amount) }));
  }

  close(): void {
    const record = exchange({ requestId: `r${this.#requests}` });
    this.journal.closed(record.requestId, () => JSON.stringify(openedColumns(record, (text) => text)));
    if (this.#requests % 2 === 0) this.journal.confirm([record.requestId]);
  }

  /** At most: every try that has no end, at its bound. */
  owed(count: BudgetCount, survives: (sent: Sent) => boolean = () => true): bigint {
    let sum = 0n;
    for (const sent of this.sent.values())
      if (survives(sent) && sent.counts.includes(count)) sum += BigInt(sent.amount ?? sent.bound);
    return sum;
  }

  bounds(count: BudgetCount): bigint {
    let sum = 0n;
    for (const sent of this.sent.values()) if (sent.counts.includes(count)) sum += BigInt(sent.bound);
    return sum;
  }

  #note(note: SpendNote): void {
    expect(this.journal.note(note)).toBe(true);
  }

  #state(): BudgetState {
    return {
      balances: counts.map((count, index) => {
        const done = [...this.sent.values()].filter((sent) => sent.amount !== undefined && sent.counts.includes(count));
        const spent = done.reduce((sum, { amount }) => sum + BigInt(amount ?? 0), 0n);
        return { ...count, spent: String(spent), raised: String(index === 0 ? this.raised : 0n), alerted: [] };
      }),
      outstanding: [...this.sent].flatMap(([id, { amount, bound, counts: counted }]) =>
        amount === undefined ? [dispatched(id, { bound, counts: counted })] : [],
      ),
    };
  }
}

const step = fc.oneof(
  fc.record({ do: fc.constant('open' as const) }),
  fc.record({ do: fc.constant('dispatch' as const), bound: fc.integer({ min: 1, max: 9e9 }), mask: fc.nat(7) }),
  fc.record({ do: fc.constant('end' as const), pick: fc.nat(9), share: fc.integer({ min: 0, max: 100 }) }),
  fc.record({ do: fc.constant('raise' as const), amount: fc.integer({ min: 1, max: 1e6 }) }),
  fc.record({ do: fc.constant('close' as const) }),
  fc.record({ do: fc.constant('turn' as const) }),
  fc.record({ do: fc.constant('secure' as const) }),
  fc.record({ do: fc.constant('checkpoint' as const) }),
);
const course = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 60 }),
  hasOwner: fc.boolean(),
  cut: fc.integer({ min: 0, max: 10_000 }),
});
type CourseOf = typeof course extends fc.Arbitrary<infer Value> ? Value : never;

let directories = 0;

async function run({ steps, hasOwner }: CourseOf): Promise<Course> {
  directories += 1;
  const directory = join(root, `data-${directories}`);
  mkdirSync(directory);
  const it = new Course(directory, hasOwner);
  for (const one of steps) {
    if (one.do === 'open') it.open();
    else if (one.do === 'dispatch') it.dispatch(one.bound, one.mask);
    else if (one.do === 'end') it.end(one.pick, one.share);
    else if (one.do === 'raise') it.raise(one.amount);
    else if (one.do === 'close') it.close();
    else if (one.do === 'turn') await nextTurn();
    else if (one.do === 'secure') expect(await it.journal.secured()).toBe(true);
    else it.journal.checkpoint();
  }
  return it;
}

const lastSegment = (directory: string): string => readdirSync(directory).toSorted().at(-1) ?? '';
const sizeOf = (directory: string, name: string): number => statSync(join(directory, name)).size;

/** Everything after the checkpoint comes once more (BUD-I5). */
function repeatLines(directory: string): void {
  const file = join(directory, lastSegment(directory));
  const text = readFileSync(file, 'utf8');
  appendFileSync(file, text.slice(text.indexOf('\n') + 1));
}

/** What is recovered from the files as they are, twice in a row. */
async function recoveredTwice(directory: string): Promise<BudgetState> {
  const first = journalAt(prefixIn(directory));
  const { budgets } = first.recovered;
  const again = journalAt(prefixIn(asKilled(directory)));
  expect(again.recovered.budgets).toEqual(budgets);
  await first.stop();
  await again.stop();
  return budgets;
}

describe('over a crash', () => {
  it('a kill forgets nothing that was noted, and counts nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(course, async (given) => {
        const it = await run(given);
        const killed = await recoveredTwice(asKilled(it.directory));
        for (const count of counts) {
          expect(spentOf(killed, count)).toBeGreaterThanOrEqual(it.owed(count));
          expect(spentOf(killed, count)).toBeLessThanOrEqual(it.bounds(count));
        }
        await it.journal.secured();
        const secured = await recoveredTwice(asKilled(it.directory));
        for (const count of counts) expect(spentOf(secured, count)).toBe(it.owed(count));
        const twice = asKilled(it.directory);
        repeatLines(twice);
        expect(await recoveredTwice(twice)).toEqual(secured);
        const balance = secured.balances.find(({ budget }) => budget === dayCount.budget);
        expect(BigInt(balance?.raised ?? 0)).toBe(it.raised);
        await it.journal.stop();
      }),
      { numRuns: 40 },
    );
  });

  it('a file that is cut at any byte forgets nothing that stands before the cut', async () => {
    await fc.assert(
      fc.asyncProperty(course, async (given) => {
        const it = await run(given);
        const directory = asKilled(it.directory);
        const last = lastSegment(directory);
        const file = join(directory, last);
        // Older ones go only once the checkpoint of this one cannot be lost any more.
        const least = readdirSync(directory).length > 1 ? 0 : readFileSync(file).indexOf(10) + 1;
        const size = sizeOf(directory, last);
        const end = least + Math.floor(((size - least) * given.cut) / 10_000);
        truncateSync(file, end);
        const budgets = await recoveredTwice(directory);
        for (const count of counts) {
          const owed = it.owed(count, (sent) => sent.segment !== last || sent.end <= end);
          expect(spentOf(budgets, count)).toBeGreaterThanOrEqual(owed);
          expect(spentOf(budgets, count)).toBeLessThanOrEqual(it.bounds(count));
        }
        await it.journal.stop();
      }),
      { numRuns: 40 },
    );
  });
});
