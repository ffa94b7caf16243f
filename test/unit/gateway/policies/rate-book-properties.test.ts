// A thousand callers who come, leave and are cut off at random (HAR-10): what was let in, looked at afterwards.
import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import type { RateClaim, RateLease } from '../../../../main/gateway/policies/rate-limit.ts';
import { windowMs } from '../../../../main/gateway/policies/sliding-window.ts';
import { bookAt, claimOf } from './rates.ts';

interface Let {
  readonly at: number;
  /** As it turned out. */
  tokens: number;
  readonly until: number;
}

/** The most of `amount` that any minute holds; a minute is fullest when it begins with something. */
function mostInAMinute(record: readonly Let[], amount: (one: Let) => number): number {
  let most = 0;
  let sum = 0;
  let newest = 0;
  for (const [oldest, first] of record.entries()) {
    for (; newest < record.length; newest += 1) {
      const next = record[newest];
      if (next === undefined || next.at >= first.at + windowMs) break;
      sum += amount(next);
    }
    most = Math.max(most, sum);
    sum -= amount(record[oldest] ?? first);
  }
  return most;
}

function mostAtOnce(record: readonly Let[]): number {
  // Who ends at a moment makes room for who comes at it.
  const turns = record.flatMap((one) => [[one.at, 1] as const, [one.until, -1] as const]);
  turns.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let [running, most] = [0, 0];
  for (const [, step] of turns) {
    running += step;
    most = Math.max(most, running);
  }
  return most;
}

const holdMs = 20_000;

const caller = fc.record({
  comes: fc.integer({ min: 0, max: 180_000 }),
  lasts: fc.integer({ min: 1, max: 15_000 }),
  input: fc.integer({ min: 0, max: 60 }),
  output: fc.integer({ min: 0, max: 60 }),
  /** Of what was expected; some are cut off before anything came, some never say that they ended. */
  used: fc.double({ min: 0, max: 1, noNaN: true }),
  end: fc.constantFrom('ends', 'ends', 'ends', 'cancels', 'is lost'),
});

type Caller = typeof caller extends fc.Arbitrary<infer Told> ? Told : never;

const crowd = fc.array(caller, { minLength: 1_000, maxLength: 1_000 });
const limits = fc.record({
  rpm: fc.integer({ min: 1, max: 400 }),
  tpm: fc.integer({ min: 61, max: 20_000 }),
  maxParallel: fc.integer({ min: 1, max: 60 }),
});

/** Plays all callers through, and gives who was let in. */
function play(callers: readonly Caller[], claims: readonly RateClaim[]): { let: Let[]; refusals: number } {
  const { book, time } = bookAt();
  const ends: { readonly at: number; readonly end: () => void }[] = [];
  const record: Let[] = [];
  let refusals = 0;
  const runEnds = (until: number): void => {
    ends.sort((a, b) => a.at - b.at);
    for (let next = ends[0]; next !== undefined && next.at <= until; next = ends[0]) {
      time.ms = next.at;
      ends.shift();
      next.end();
    }
    time.ms = until;
  };
  for (const one of [...callers].sort((a, b) => a.comes - b.comes)) {
    runEnds(one.comes);
    const outcome = book.take(claims, one, holdMs);
    if (outcome.kind === 'refused') {
      refusals += 1;
      continue;
    }
    const { lease } = outcome;
    if (one.end === 'cancels') lease.cancel();
    else record.push(course(one, lease, ends));
  }
  runEnds(400_000);
  // Nothing is locked: with everybody gone, there is room for one more.
  expect(book.take(claims, { input: 60, output: 60 }, holdMs).kind).toBe('taken');
  return { let: record, refusals };
}

function course(one: Caller, lease: RateLease, ends: { at: number; end: () => void }[]): Let {
  const asked = one.input + one.output;
  if (one.end === 'is lost') return { at: one.comes, tokens: 0, until: one.comes + holdMs };
  const tokens = Math.floor(asked * one.used);
  const until = one.comes + one.lasts;
  ends.push({
    at: until,
    end: () => {
      lease.tokens(tokens);
      lease.end();
    },
  });
  return { at: one.comes, tokens, until };
}

describe('a thousand callers', () => {
  it('never get more through than any of their limits says, and lock nobody out', () => {
    fc.assert(
      fc.property(crowd, limits, (callers, told) => {
        const claims = [
          claimOf({ id: 'all', ...told }),
          claimOf({ id: 'rpm', rpm: told.rpm }),
          claimOf({ id: 'none' }),
        ];
        const { let: record, refusals } = play(callers, claims);
        expect(record.length + refusals).toBeGreaterThan(0);
        expect(mostInAMinute(record, () => 1)).toBeLessThanOrEqual(told.rpm);
        expect(mostInAMinute(record, (one) => Math.min(one.tokens, told.tpm))).toBeLessThanOrEqual(told.tpm);
        expect(mostAtOnce(record)).toBeLessThanOrEqual(told.maxParallel);
      }),
      { numRuns: 30 },
    );
  });

  it('who come again when they were told to are let in, and not a millisecond earlier', () => {
    const steps = fc.array(
      fc.record({ pause: fc.integer({ min: 0, max: 6_000 }), input: fc.integer({ min: 1, max: 100 }) }),
      { minLength: 1, maxLength: 80 },
    );
    const few = fc.record({ rpm: fc.integer({ min: 1, max: 20 }), tpm: fc.integer({ min: 100, max: 800 }) });
    fc.assert(
      fc.property(steps, few, (told, { rpm, tpm }) => {
        const { book, time } = bookAt();
        const claims = [claimOf({ id: 'a', rpm }), claimOf({ id: 'b', tpm })];
        for (const { pause, input } of told) {
          time.ms += pause;
          const asked = { input, output: 0 };
          const first = book.take(claims, asked, holdMs);
          if (first.kind === 'taken') continue;
          const waitMs = first.retryAfterMs ?? Number.NaN;
          expect(waitMs).toBeGreaterThan(0);
          time.ms += waitMs - 1;
          expect(book.take(claims, asked, holdMs).kind).toBe('refused');
          time.ms += 1;
          expect(book.take(claims, asked, holdMs).kind).toBe('taken');
        }
      }),
      { numRuns: 200 },
    );
  });
});
