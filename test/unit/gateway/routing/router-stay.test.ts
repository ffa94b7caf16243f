// Sessions stay where they are, and leave when they must or when it pays.
import { describe, expect, it } from 'vitest';
import type { Strategy } from '../../../../shared/config/route.ts';
import { expectedCost } from '../../../../shared/domain/price.ts';
import type { SessionView } from '../../../../main/gateway/routing/decision.ts';
import {
  decide,
  factsOf,
  healthOf,
  order,
  priced,
  providerOf,
  rated,
  refusalOf,
  routeOf,
  sessionAt,
  snapshotOf,
  type Asked,
  type ModelTold,
} from './making.ts';

/** A US cent in pico-USD. */
const cent = 10_000_000_000;

function over(models: Readonly<Record<string, ModelTold>>, strategy: Strategy, more = {}): Asked['snapshot'] {
  return snapshotOf(
    [providerOf('p', models)],
    [
      routeOf(
        'r',
        Object.keys(models).map((name) => `p/${name}`),
        { strategy, ...more },
      ),
    ],
  );
}

const ask = (told: Partial<Parameters<typeof factsOf>[0]> = {}): Asked['facts'] =>
  factsOf({ model: 'r', session: 's', ...told });
const three = { a: {}, b: {}, c: {} };

describe('a session', () => {
  it('stays where it is while its cache lives, by every strategy', () => {
    for (const strategy of [
      'fallback',
      'weighted',
      'conditional',
      'lowest_latency',
      'least_busy',
      'lowest_cost',
      'auto',
    ] as const) {
      const { decision } = decide({ snapshot: over(three, strategy), facts: ask(), session: sessionAt('p/b') });
      expect(decision.chosen, strategy).toBe('p/b');
      expect(decision.pin, strategy).toMatchObject({ kind: 'session', target: 'p/b', kept: true });
    }
  });

  it('stays although a target listed before it has recovered', () => {
    const { decision } = decide({ snapshot: over(three, 'fallback'), facts: ask(), session: sessionAt('p/c') });
    expect(decision.order).toEqual(['p/c', 'p/a', 'p/b']);
  });

  it('told by its opening alone, with nothing cached, goes back to the order somebody wrote down', () => {
    const guessed = (strategy: Strategy): Asked => ({
      snapshot: over(three, strategy),
      facts: { ...ask(), session: { key: 'opening:1', source: 'opening' } },
      session: sessionAt('p/b'),
    });
    for (const strategy of ['fallback', 'conditional'] as const) {
      const { decision } = decide(guessed(strategy));
      expect(decision.order, strategy).toEqual(['p/a', 'p/b', 'p/c']);
      expect(decision.pin?.why, strategy).toBe('Nothing ties the conversation to p/b: nothing of it is cached there.');
    }
    for (const strategy of ['lowest_latency', 'least_busy', 'lowest_cost', 'auto'] as const)
      expect(order(guessed(strategy))[0], strategy).toBe('p/b');
  });

  it('says what its cache is worth', () => {
    const models = { a: {}, b: priced(3, 15, { read: 0.3, write: 3.75 }) };
    const session = sessionAt('p/b', { cachedTokens: 17_000 });
    expect(decide({ snapshot: over(models, 'fallback'), facts: ask({ tokens: 18_000 }), session }).reason).toBe(
      'Route "r" asks p/b first, because the conversation is there and its cached prompt is worth $0.046 a turn.',
    );
    const unpriced = sessionAt('p/a', { cachedTokens: 17_000 });
    expect(
      decide({ snapshot: over(models, 'fallback'), facts: ask({ tokens: 18_000 }), session: unpriced }).reason,
    ).toContain('17,000 tokens of its prompt are cached');
  });

  it('keeps its credential', () => {
    const session = sessionAt('p/b', { credential: 'second' });
    expect(decide({ snapshot: over(three, 'fallback'), facts: ask(), session }).credentialName).toBe('second');
    const gone = decide({ snapshot: over(three, 'fallback'), facts: ask(), session, denied: ['p/b'] });
    expect(gone.credentialName).toBeUndefined();
  });

  it('is free again when its cache has expired', () => {
    const session = sessionAt('p/b', { cacheLeftMs: 0 });
    const { decision } = decide({ snapshot: over(three, 'fallback'), facts: ask(), session });
    expect(decision.order).toEqual(['p/a', 'p/b', 'p/c']);
    expect(decision.pin).toMatchObject({ kept: false, why: expect.stringContaining('expired') as string });
  });

  it.each([
    ['rests', { targets: { 'p/b': { state: 'open', waitMs: 5_000 } as const } }, []],
    ['keys refused', { targets: { 'p/b': { state: 'refused' } as const } }, []],
    ['may not be used', {}, ['p/b']],
  ])('leaves a target that %s, and says what is lost', (why, health, denied) => {
    const snapshot = over({ a: {}, b: priced(3, 15, { read: 0.3 }), c: {} }, 'fallback');
    const session = sessionAt('p/b', { cachedTokens: 10_000 });
    const { decision } = decide({ snapshot, facts: ask(), session, health: healthOf(health), denied });
    expect(decision.chosen).toBe('p/a');
    expect(decision.pin).toMatchObject({ target: 'p/b', kept: false });
    expect(decision.pin?.why).toContain(why);
    expect(decision.pin?.why).toContain('the 10,000 tokens of its prompt that are cached there are lost, worth $0.027');
  });

  it('is not looked at where the route says so, or another model was asked for', () => {
    const free = over(three, 'fallback', { affinity: false });
    expect(order({ snapshot: free, facts: ask(), session: sessionAt('p/b') })[0]).toBe('p/a');
    const elsewhere = decide({ snapshot: over(three, 'fallback'), facts: ask(), session: sessionAt('q/b') });
    expect(elsewhere.decision.chosen).toBe('p/a');
    expect(elsewhere.decision.pin).toBeUndefined();
  });
});

describe('hard pins', () => {
  const cheaper = { a: priced(0.01, 0.01), b: priced(30, 150) };
  const snapshot = over(cheaper, 'lowest_cost');

  it.each([
    ['tool_loop', { toolLoop: true }],
    ['signed_reasoning', { signedReasoning: true }],
    ['signed_reasoning', { signedReasoning: true, toolLoop: true }],
  ] as const)('%s holds, even where moving pays and the cache is gone', (kind, pins) => {
    for (const cacheLeftMs of [300_000, 0]) {
      const session = sessionAt('p/b', { cacheLeftMs, expectedTurns: 100 });
      expect(order({ snapshot, facts: ask(), session })[0]).toBe('p/a');
      const { decision } = decide({ snapshot, facts: ask({ pins }), session });
      expect(decision.order).toEqual(['p/b', 'p/a']);
      expect(decision.pin).toMatchObject({ kind, target: 'p/b', kept: true });
    }
  });

  it('break when the target cannot be asked', () => {
    const health = healthOf({ targets: { 'p/b': { state: 'open' } } });
    const { decision } = decide({
      snapshot,
      facts: ask({ pins: { toolLoop: true } }),
      session: sessionAt('p/b'),
      health,
    });
    expect(decision.order).toEqual(['p/a']);
    expect(decision.pin?.kept).toBe(false);
  });

  describe('of files and stored answers', () => {
    const asked = {
      snapshot: over(three, 'fallback'),
      facts: ask({ pins: { providerIds: true } }),
      session: sessionAt('p/b'),
    };

    it('leave that target only', () => {
      const { decision } = decide(asked);
      expect(decision.order).toEqual(['p/b']);
      expect(decision.pin).toMatchObject({ kind: 'provider_ids', target: 'p/b', kept: true });
      expect(decision.candidates.map((one) => one.droppedBy)).toEqual(['pin', undefined, 'pin']);
    });

    it('hold where the route knows no sessions', () => {
      expect(order({ ...asked, snapshot: over(three, 'fallback', { affinity: false }) })).toEqual(['p/b']);
    });

    it('refuse when that target cannot be asked, for its own reason', () => {
      const health = healthOf({ targets: { 'p/b': { state: 'open', waitMs: 3_000 } } });
      const refusal = refusalOf({ ...asked, health });
      expect(refusal).toMatchObject({ code: 'route.no_target', retryAfterS: 3 });
      expect(refusal.message).toContain('p/b rests');
      expect(refusalOf({ ...asked, denied: ['p/b'] }).code).toBe('admit.model_denied');
    });
  });
});

describe('the sum of a switch', () => {
  // $3/$15 against $1/$5, writes 1.25×, reads 0.1×; 2 k in and 1 k out a turn (RTE-55).
  const models = {
    old: priced(3, 15, { read: 0.3, write: 3.75 }),
    new: priced(1, 5, { read: 0.1, write: 1.25 }),
  };
  const snapshot = over(models, 'lowest_cost');
  const health = healthOf({ outputs: { 'p/old': 1_000, 'p/new': 1_000 } });
  const at = (cachedTokens: number, expectedTurns: number, more: Partial<SessionView> = {}): Asked => ({
    ...{ snapshot, health, facts: ask({ tokens: cachedTokens + 2_000 }) },
    session: sessionAt('p/old', { cachedTokens, expectedTurns, ...more }),
  });

  it('is that of the worked example: 4.65 c a turn, 10.75 c once, then 1.57 c', () => {
    const { decision } = decide(at(80_000, 2));
    expect(decision.candidates.map((one) => one.cost)).toEqual([4.65 * cent, 10.75 * cent]);
    const { switching } = decision.pin ?? {};
    expect(switching).toMatchObject({ to: 'p/new', cachedTokens: 80_000, expectedTurns: 2 });
    expect(switching?.gain).toBe((4.65 - 1.57) * cent);
    // P·(c_write_new − c_read_old)
    expect(switching?.cost).toBe(80_000 * (1_250_000 - 300_000));
    expect(switching?.balance).toBe(2 * (4.65 - 1.57) * cent - 7.6 * cent);
    const price = models.new.price ?? { input: 0, output: 0 };
    expect(
      expectedCost({ inputTokens: 84_000, cachedTokens: 82_000, writtenTokens: 2_000, outputTokens: 1_000, price }),
    ).toBe(1.57 * cent);
  });

  it('pays only when enough turns are expected', () => {
    expect(order(at(80_000, 2))[0]).toBe('p/old');
    expect(order(at(80_000, 2.6))[0]).toBe('p/old');
    expect(order(at(80_000, 2.7))[0]).toBe('p/new');
    expect(order(at(180_000, 3))[0]).toBe('p/old');
    expect(order(at(180_000, 4))[0]).toBe('p/new');
  });

  it('is told either way', () => {
    const stays = decide(at(80_000, 2));
    expect(stays.decision.pin).toMatchObject({ kept: true, kind: 'session' });
    expect(stays.decision.pin?.why).toBe(
      'The conversation stays: moving to p/new would cost $0.076 once and save $0.031 a turn, which does not pay in the 2 more turns it is expected to have.',
    );
    const moves = decide(at(80_000, 10));
    expect(moves.decision.pin).toMatchObject({ kept: false, target: 'p/old' });
    expect(moves.reason).toBe(
      'Route "r" asks p/new first, because moving the conversation there pays: $0.23 in the 10 more turns expected.',
    );
  });

  it('does not move back', () => {
    const back = { ...at(80_000, 50), session: sessionAt('p/new', { cachedTokens: 80_000, expectedTurns: 50 }) };
    expect(order(back)[0]).toBe('p/new');
  });

  it('is not made where a price is unknown, or the strategy minds no cost', () => {
    const unpriced = { ...at(80_000, 50), snapshot: over({ old: {}, new: models.new }, 'lowest_cost') };
    expect(decide(unpriced).decision.pin).toMatchObject({ kept: true, target: 'p/old' });
    const listed = { ...at(80_000, 50), snapshot: over({ new: models.new, old: models.old }, 'fallback') };
    expect(decide(listed).decision.pin?.switching).toBeUndefined();
    expect(order(listed)[0]).toBe('p/old');
  });
});

describe('the tier of a session', () => {
  const models = {
    cheap: { ...priced(0.1, 0.4), ...rated(0.5) },
    middle: { ...priced(1, 5), ...rated(0.7) },
    strong: { ...priced(5, 25), ...rated(0.9) },
  };
  const snapshot = over(models, 'lowest_cost');

  it('does not fall for money', () => {
    const session = sessionAt('p/strong', { expectedTurns: 1_000 });
    expect(order({ snapshot, facts: ask(), session })[0]).toBe('p/strong');
  });

  it('does not fall when the cache is gone, but may rise', () => {
    const session = sessionAt('p/middle', { cacheLeftMs: 0 });
    const { decision } = decide({ snapshot, facts: ask(), session });
    expect(decision.order).toEqual(['p/middle', 'p/cheap', 'p/strong']);
    const down = decide({
      snapshot,
      facts: ask(),
      session,
      health: healthOf({ targets: { 'p/middle': { state: 'open' } } }),
    });
    expect(down.decision.order).toEqual(['p/strong', 'p/cheap']);
    expect(down.reason).toContain('a conversation does not go on with a lesser model');
  });

  it('falls where nothing else is left, and where the user wrote the order', () => {
    const health = healthOf({ targets: { 'p/middle': { state: 'open' }, 'p/strong': { state: 'open' } } });
    expect(order({ snapshot, facts: ask(), session: sessionAt('p/middle'), health })).toEqual(['p/cheap']);
    const listed = over(models, 'fallback');
    expect(order({ snapshot: listed, facts: ask(), session: sessionAt('p/strong', { cacheLeftMs: 0 }) })[0]).toBe(
      'p/cheap',
    );
  });
});
