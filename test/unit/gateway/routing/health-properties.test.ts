import { expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import type { AttemptOutcome, AttemptProgress, TargetRef } from '../../../../main/gateway/exchange.ts';
import {
  abandoned,
  answered,
  credential,
  failed,
  FakeClock,
  mapOf,
  provider,
  refTo,
  rig,
  status,
} from './health-making.ts';

// Any course of calls, on any targets, in any order and at any time.

const remote = provider('remote', { credentials: [credential('a'), credential('b')] });
const other = provider('other');
const local = provider('local', { local: true });
const configured = [remote, other, local];
const refs: readonly TargetRef[] = [
  refTo(remote, 'm', 'a'),
  refTo(remote, 'm', 'b'),
  refTo(remote, 'n', 'a'),
  refTo(other),
  refTo(local),
];

const outcomes: readonly AttemptOutcome[] = [
  answered,
  abandoned,
  failed('attempt.connect'),
  failed('attempt.dns'),
  failed('attempt.connect', { deadNetwork: true }),
  failed('attempt.ttft_timeout'),
  failed('relay.stream_cut', { committed: true }),
  status(503),
  status(500),
  status(400),
  status(401),
  status(429, { waitMs: 3_000 }),
  status(429, { upstream: 'quota_exhausted' }),
];

type Step =
  | { readonly kind: 'ask'; readonly ref: number }
  | { readonly kind: 'content'; readonly call: number }
  | { readonly kind: 'end'; readonly call: number; readonly outcome: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'setClock'; readonly ms: number };

const ref = fc.nat(refs.length - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('ask' as const), ref }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('content' as const), call: fc.nat(20) }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('end' as const), call: fc.nat(20), outcome: fc.nat(outcomes.length - 1) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 900, 4_000, 15_000, 130_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('setClock' as const), ms: fc.constantFrom(-3_600_000, 3_600_000) }),
  },
);
// Failures in a row, as outages bring them, so that breakers do open; then some time, and requests that come together.
const outage = fc.record({
  ref,
  outcome: fc.constantFrom(2, 5, 7, 8),
  count: fc.constantFrom(3, 8, 12),
  ms: fc.constantFrom(1, 2_000, 10_000, 40_000),
  together: fc.integer({ min: 1, max: 4 }),
});
const course = fc.array(
  fc.oneof({ weight: 6, arbitrary: step.map((one) => [one]) }, { weight: 2, arbitrary: outage.map(toSteps) }),
  { maxLength: 60, size: 'max' },
);

function toSteps(told: {
  readonly ref: number;
  readonly outcome: number;
  readonly count: number;
  readonly ms: number;
  readonly together: number;
}): Step[] {
  const ask: Step = { kind: 'ask', ref: told.ref };
  return [
    ...Array.from({ length: told.count }, (): Step[] => [ask, { kind: 'end', call: -1, outcome: told.outcome }]).flat(),
    { kind: 'pass', ms: told.ms },
    ...Array.from({ length: told.together }, () => ask),
  ];
}

interface Running {
  readonly ref: TargetRef;
  isProbe: boolean;
  hadContent: boolean;
  tell(told: AttemptOutcome | AttemptProgress): void;
}

/** Plays a course as attempts do: what may not be asked is not asked, but a refused credential is when nothing else is left. */
class Player {
  readonly clock = new FakeClock();
  readonly book = rig(configured, this.clock).book;
  readonly running: Running[] = [];
  probes = 0;
  rests = 0;

  play(one: Step): void {
    switch (one.kind) {
      case 'ask':
        this.#ask(refs[one.ref] ?? refs[0]!);
        return;
      case 'content': {
        const call = this.running[one.call % Math.max(1, this.running.length)];
        if (call !== undefined) call.hadContent = true;
        call?.tell({ kind: 'content' });
        return;
      }
      case 'end': {
        const [call] = this.running.splice(one.call === -1 ? -1 : one.call % Math.max(1, this.running.length), 1);
        call?.tell(outcomes[one.outcome] ?? abandoned);
        return;
      }
      case 'pass':
        this.clock.pass(one.ms);
        return;
      case 'setClock':
        this.clock.wall += one.ms;
    }
  }

  #ask(to: TargetRef): void {
    const may = this.book.mayAsk(to);
    // A pure look: asking twice changes nothing.
    expect(this.book.mayAsk(to)).toEqual(may);
    if (may.kind === 'no') {
      this.rests++;
      expect(may.waitMs).toBeGreaterThan(0);
      expect(may.waitMs).toBeLessThanOrEqual(300_000);
      expect(may.why).toMatch(/\w/);
      if (may.state !== 'refused') return;
    }
    const isProbe = may.kind === 'yes' && may.probe;
    // Closed meanwhile, because the network was down: what was a probe is a call like others.
    if (may.kind === 'yes' && !may.probe) for (const one of this.running) if (isSame(one.ref, to)) one.isProbe = false;
    if (isProbe) {
      this.probes++;
      const probing = this.running.filter((one) => isSame(one.ref, to) && one.isProbe && !one.hadContent);
      expect(probing).toEqual([]);
    }
    this.running.push({ ref: to, isProbe, hadContent: false, tell: this.book.begin(to) });
  }
}

function isSame(one: TargetRef, two: TargetRef): boolean {
  return one.provider.id === two.provider.id && one.model === two.model && one.credential === two.credential;
}

function played(steps: readonly Step[][]): Player {
  const player = new Player();
  for (const one of steps.flat()) player.play(one);
  return player;
}

it('never has two probes of a target, never asks what rests, and never loses count, whatever happens', () => {
  let probes = 0;
  let rests = 0;
  fc.assert(
    fc.property(course, (steps) => {
      const player = played(steps);
      probes += player.probes;
      rests += player.rests;
      for (const one of player.book.states()) {
        const mine = player.running.filter(
          ({ ref: to }) =>
            to.provider.id === one.provider && to.model === one.model && to.credential === one.credential,
        );
        expect(one.running).toBe(mine.length);
        expect(one.failures).toBeLessThanOrEqual(one.calls);
      }
      expect(player.book.states().length).toBeLessThanOrEqual(refs.length);
    }),
    { numRuns: 200 },
  );
  // The property looked at something.
  expect(probes).toBeGreaterThan(50);
  expect(rests).toBeGreaterThan(500);
});

it('heals: when everything ends well and time passes, everything may be asked', () => {
  fc.assert(
    fc.property(course, (steps) => {
      const player = played(steps);
      for (const one of player.running.splice(0)) one.tell(abandoned);
      player.clock.pass(300_000);
      for (const to of refs) {
        expect(player.book.mayAsk(to).kind).toBe('yes');
        player.book.begin(to)(answered);
        expect(player.book.mayAsk(to)).toEqual({ kind: 'yes', probe: false });
      }
      expect(player.book.states().every((one) => !one.needsAttention)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

it('answers the same after a restart, but for refused keys and probes under way', () => {
  fc.assert(
    fc.property(course, fc.constantFrom(0, 500, 20_000), (steps, downMs) => {
      const player = played(steps);
      for (const one of player.running.splice(0)) one.tell(abandoned);
      const memory: unknown = JSON.parse(JSON.stringify(player.book.save()));
      player.clock.pass(downMs);
      const clock = new FakeClock();
      clock.wall = player.clock.wall;
      const { book } = rig(configured, clock);
      book.restore(memory);
      for (const to of refs) {
        const [before, after] = [player.book.mayAsk(to), book.mayAsk(to)];
        if (before.kind === 'no' && before.state === 'refused') expect(after.kind).toBe('yes');
        else if (before.kind === 'no')
          expect(after).toEqual({ ...before, waitMs: expect.closeTo(before.waitMs, -1) as number });
        // A probe that was due for longer than two minutes is not due any more.
        else expect(after.kind).toBe('yes');
      }
    }),
    { numRuns: 200 },
  );
});

it('takes in any JSON as a memory without harm', () => {
  const entry = fc.record(
    {
      provider: fc.constantFrom('remote', 'other', 'nobody'),
      model: fc.oneof(fc.constantFrom('m', ''), fc.jsonValue()),
      credential: fc.oneof(fc.constantFrom('a', 'default'), fc.jsonValue()),
      opened: fc.oneof(fc.record({ until: fc.double(), why: fc.string(), restMs: fc.double() }), fc.jsonValue()),
      limited: fc.oneof(fc.record({ until: fc.double(), why: fc.string() }), fc.jsonValue()),
      ttft: fc.jsonValue(),
      speed: fc.jsonValue(),
      outputs: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const memories = fc.record({
    version: fc.constant(1),
    at: fc.oneof(fc.double(), fc.constant(Date.UTC(2026, 0, 7, 12))),
    targets: fc.oneof(fc.array(entry), fc.jsonValue()),
    models: fc.oneof(fc.array(entry), fc.jsonValue()),
  });
  fc.assert(
    fc.property(fc.oneof(memories, fc.jsonValue()), (memory) => {
      const { book, clock } = rig(configured);
      book.apply(mapOf(configured));
      book.restore(memory);
      for (const to of refs) {
        const may = book.mayAsk(to);
        if (may.kind === 'no') expect(may.waitMs).toBeLessThanOrEqual(300_000);
      }
      clock.pass(300_000);
      for (const to of refs) {
        book.begin(to)(answered);
        expect(book.mayAsk(to)).toEqual({ kind: 'yes', probe: false });
      }
      expect(JSON.parse(JSON.stringify(book.save()))).toMatchObject({ version: 1 });
    }),
    { numRuns: 300 },
  );
});
