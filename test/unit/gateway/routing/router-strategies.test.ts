// The order of a plan by each strategy, and the sentence that says why.
import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../main/gateway/ports.ts';
import { stableDraw } from '../../../../main/gateway/routing/strategies.ts';
import {
  decide,
  factsOf,
  healthOf,
  measured,
  order,
  priced,
  providerOf,
  rated,
  routeOf,
  sessionAt,
  snapshotOf,
  target,
  type Asked,
  type ModelTold,
  type TargetTold,
} from './making.ts';

function over(
  models: Readonly<Record<string, ModelTold>>,
  more: Partial<Route>,
  targets: readonly TargetTold[] = Object.keys(models).map((name) => `p/${name}`),
): Asked['snapshot'] {
  return snapshotOf([providerOf('p', models)], [routeOf('r', targets, more)]);
}

const ask = (told: Partial<Parameters<typeof factsOf>[0]> = {}): Asked['facts'] => factsOf({ model: 'r', ...told });
const three = { a: {}, b: {}, c: {} };
const resting = { state: 'open', waitMs: 1_000 } as const;

describe('single', () => {
  it('has one target, and no other when that one cannot be asked', () => {
    const snapshot = over(three, { strategy: 'single' });
    expect(order({ snapshot, facts: ask() })).toEqual(['p/a']);
    expect(() => decide({ snapshot, facts: ask(), denied: ['p/a'] })).toThrow('may not use');
  });
});

describe('fallback', () => {
  const snapshot = over(three, { strategy: 'fallback' });

  it('goes as listed', () => {
    const { decision } = decide({ snapshot, facts: ask() });
    expect(decision.order).toEqual(['p/a', 'p/b', 'p/c']);
    expect(decision.facts).toEqual(ask().stored());
  });

  it('says which target before it cannot be asked', () => {
    const { reason } = decide({ snapshot, facts: ask(), health: healthOf({ targets: { 'p/a': resting } }) });
    expect(reason).toBe('Route "r" asks p/b first, because p/a, which is listed before it, rests for another 1 s.');
  });

  it('says when only one is left', () => {
    const targets = { 'p/a': resting, 'p/b': resting };
    const { reason } = decide({ snapshot, facts: ask(), health: healthOf({ targets }) });
    expect(reason).toBe('Route "r" asks p/c, because p/a rests for another 1 s (and 1 more cannot be asked).');
  });

  it('gives a target that comes back its share of requests', () => {
    const health = healthOf({ targets: { 'p/a': { share: 0.25 } } });
    expect(order({ snapshot, facts: ask(), health, draw: 0.24 })).toEqual(['p/a', 'p/b', 'p/c']);
    const later = decide({ snapshot, facts: ask(), health, draw: 0.25 });
    expect(later.decision.order).toEqual(['p/b', 'p/a', 'p/c']);
    expect(later.reason).toContain('p/a comes back after a rest and gets 25 % of its requests');
  });

  it('gives it the same conversations every time', () => {
    const health = healthOf({ targets: { 'p/a': { share: 0.5 } } });
    const firstOf = (session: string, draw: number): unknown =>
      order({ snapshot, facts: ask({ session }), health, draw })[0];
    const firsts = Array.from({ length: 40 }, (_, at) => firstOf(`s${at}`, 0.1));
    expect(new Set(firsts)).toEqual(new Set(['p/a', 'p/b']));
    expect(firsts).toEqual(Array.from({ length: 40 }, (_, at) => firstOf(`s${at}`, 0.9)));
  });
});

describe('weighted', () => {
  const targets = [target('p/a', { weight: 1 }), target('p/b', { weight: 3 }), target('p/c', { weight: 0 })];
  const snapshot = over(three, { strategy: 'weighted' }, targets);

  it('draws the first, the rest follow by weight, and weight 0 never comes', () => {
    expect(order({ snapshot, facts: ask(), draw: 0.1 })).toEqual(['p/a', 'p/b']);
    expect(order({ snapshot, facts: ask(), draw: 0.3 })).toEqual(['p/b', 'p/a']);
    expect(decide({ snapshot, facts: ask(), draw: 0.3 }).reason).toBe(
      'Route "r" asks p/b first, because it was drawn: 75 % of requests go there first.',
    );
  });

  it('gives the weight of what cannot be asked to the others', () => {
    const health = healthOf({ targets: { 'p/b': resting } });
    expect(order({ snapshot, facts: ask(), health, draw: 0.99 })).toEqual(['p/a']);
  });

  it('weighs a target that comes back less', () => {
    const health = healthOf({ targets: { 'p/b': { share: 1 / 9 } } });
    expect(order({ snapshot, facts: ask(), health, draw: 0.74 })).toEqual(['p/a', 'p/b']);
    expect(order({ snapshot, facts: ask(), health, draw: 0.76 })).toEqual(['p/b', 'p/a']);
  });

  it('draws once for a conversation, whatever the number', () => {
    const first = (session: string, draw: number): unknown => order({ snapshot, facts: ask({ session }), draw })[0];
    const drawn = Array.from({ length: 400 }, (_, at) => first(`session ${at}`, 0));
    expect(drawn).toEqual(Array.from({ length: 400 }, (_, at) => first(`session ${at}`, 0.99)));
    const share = drawn.filter((one) => one === 'p/b').length / drawn.length;
    expect(share).toBeGreaterThan(0.65);
    expect(share).toBeLessThan(0.85);
  });

  it('draws anew where sessions do not matter', () => {
    const free = over(three, { strategy: 'weighted', affinity: false }, targets);
    const firsts = [0.1, 0.9].map((draw) => order({ snapshot: free, facts: ask({ session: 's' }), draw })[0]);
    expect(firsts).toEqual(['p/a', 'p/b']);
  });

  it('in a weighted route draws with what is left of the draw', () => {
    const inner = routeOf('inner', ['p/a', 'p/b'], { strategy: 'weighted' });
    const outer = routeOf('r', ['inner', 'p/c'], { strategy: 'weighted' });
    const nested = snapshotOf([providerOf('p', three)], [outer, inner]);
    const first = (draw: number): unknown => order({ snapshot: nested, facts: ask(), draw })[0];
    expect([0.1, 0.3, 0.6].map(first)).toEqual(['p/a', 'p/b', 'p/c']);
    const listed = snapshotOf([providerOf('p', three)], [routeOf('r', ['inner', 'p/c']), inner]);
    expect(decide({ snapshot: listed, facts: ask(), draw: 0.6 }).reason).toContain(
      'asks p/b first, because it was drawn',
    );
  });

  it('is even for texts that differ in one letter', () => {
    const draws = Array.from({ length: 1_000 }, (_, at) => stableDraw(`session-${at}`));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    for (let tenth = 0; tenth < 10; tenth++) {
      const within = draws.filter((one) => Math.floor(one * 10) === tenth).length;
      expect(within).toBeGreaterThan(60);
      expect(within).toBeLessThan(140);
    }
  });
});

describe('conditional', () => {
  const targets = [
    target('p/a', { when: { has: ['tools'] } }),
    target('p/b', { when: { tokens: { gt: 5_000 } } }),
    'p/c',
  ];
  const snapshot = over(three, { strategy: 'conditional' }, targets);

  it('takes the first whose condition holds; the others that hold follow', () => {
    expect(order({ snapshot, facts: ask({ has: ['tools'], tokens: 6_000 }) })).toEqual(['p/a', 'p/b', 'p/c']);
    expect(order({ snapshot, facts: ask({ tokens: 6_000 }) })).toEqual(['p/b', 'p/c']);
    expect(order({ snapshot, facts: ask() })).toEqual(['p/c']);
  });

  it('says which condition it was', () => {
    expect(decide({ snapshot, facts: ask({ has: ['tools'] }) }).reason).toMatch(
      /asks p\/a first, because its condition holds: .*tools/,
    );
  });
});

describe('lowest_cost', () => {
  const models = { dear: priced(3, 15), cheap: priced(0.1, 0.4), unknown: {}, output: priced(0.05, 4) };
  const snapshot = over(models, { strategy: 'lowest_cost' });

  it('goes by the whole expected cost; an unknown price comes last', () => {
    const health = healthOf({ outputs: { 'p/dear': 100, 'p/cheap': 1_000, 'p/output': 1_000 } });
    const { decision } = decide({ snapshot, facts: ask({ tokens: 10_000 }), health });
    expect(decision.order).toEqual(['p/cheap', 'p/output', 'p/dear', 'p/unknown']);
    expect(decision.candidates.map((one) => one.cost)).toEqual([31_500_000_000, 1_400_000_000, null, 4_500_000_000]);
    expect(decision.expectedOutput).toEqual({ 'p/dear': 100, 'p/cheap': 1_000, 'p/output': 1_000 });
    expect(decision.reason).toBe(
      'Route "r" asks p/cheap first, because it is expected to cost least: $0.0014; the next would cost $0.0045.',
    );
  });

  it('expects no longer answer than the client allows, and one of its type where nothing is measured', () => {
    const short = over({ a: priced(0, 1), b: priced(0, 2) }, { strategy: 'lowest_cost' });
    const costs = (told: Partial<Parameters<typeof factsOf>[0]>): unknown =>
      decide({ snapshot: short, facts: ask(told) }).decision.candidates.map((one) => one.cost);
    expect(costs({ maxTokens: 10 })).toEqual([10_000_000, 20_000_000]);
    expect(costs({ type: 'creative' })).not.toEqual(costs({ type: 'extraction' }));
  });

  it('expects of what nobody measured what the others were measured to answer', () => {
    const health = healthOf({ outputs: { 'p/dear': 8 } });
    const { decision } = decide({ snapshot, facts: ask({ tokens: 20 }), health });
    expect(decision.order).toEqual(['p/cheap', 'p/output', 'p/dear', 'p/unknown']);
    expect(decision.expectedOutput).toEqual({ 'p/dear': 8 });
  });

  it('counts what is written to a cache where the client marks it', () => {
    const marked = over(
      { a: priced(1, 0, { read: 0.1, write: 1.25 }), b: priced(1.1, 0) },
      { strategy: 'lowest_cost' },
    );
    expect(order({ snapshot: marked, facts: ask() })).toEqual(['p/a', 'p/b']);
    expect(order({ snapshot: marked, facts: ask({ has: ['cache_control'] }) })).toEqual(['p/b', 'p/a']);
  });

  it('is nothing on this machine', () => {
    const local = providerOf('ollama', {}, { kind: 'ollama', local: true });
    const both = snapshotOf(
      [providerOf('p', models), local],
      [routeOf('r', ['p/cheap', 'ollama/m'], { strategy: 'lowest_cost' })],
    );
    const { decision } = decide({ snapshot: both, facts: ask() });
    expect(decision.order).toEqual(['ollama/m', 'p/cheap']);
    expect(decision.reason).toContain('expected to cost least: nothing;');
  });

  it('is unknown of a gateway on this machine, and of what a local server has run elsewhere', () => {
    const here = { local: true } as const;
    const both = snapshotOf(
      [
        providerOf('p', models),
        providerOf('mine', { m: {} }, { kind: 'openai-compatible', ...here }),
        providerOf('ollama', {}, { kind: 'ollama', ...here }),
      ],
      [routeOf('r', ['mine/m', 'mine/unlisted', 'ollama/big:cloud', 'p/cheap'], { strategy: 'lowest_cost' })],
    );
    const { decision } = decide({ snapshot: both, facts: ask() });
    expect(decision.order).toEqual(['p/cheap', 'mine/m', 'mine/unlisted', 'ollama/big:cloud']);
    expect(decision.candidates.map((one) => one.cost)).toEqual([null, null, null, expect.any(Number)]);
  });

  it('goes as listed when no price is known', () => {
    const { decision } = decide({ snapshot: over(three, { strategy: 'lowest_cost' }), facts: ask() });
    expect(decision.order).toEqual(['p/a', 'p/b', 'p/c']);
    expect(decision.reason).toContain('no price is known');
  });
});

describe('lowest_latency', () => {
  const snapshot = over({ ...three, d: {} }, { strategy: 'lowest_latency' });
  const outputs = { 'p/a': 300, 'p/b': 300, 'p/c': 300 };
  const health = healthOf({
    targets: { 'p/a': measured(900, 100), 'p/b': measured(400, 100), 'p/c': measured(200, 20) },
    outputs,
  });

  it('goes by first content and speed; what is not measured counts as usual', () => {
    const { decision } = decide({ snapshot, facts: ask(), health });
    expect(decision.order).toEqual(['p/b', 'p/a', 'p/d', 'p/c']);
    expect(decision.candidates.map((one) => one.totalMs)).toEqual([3_900, 3_400, 15_200, undefined]);
    expect(decision.reason).toContain('it is expected to answer soonest: in 3.4 s');
  });

  it('asks one that nobody has measured for a part of the streams outside of conversations', () => {
    const stream = ask({ has: ['stream'] });
    const tried = decide({ snapshot, facts: stream, health, draw: 0.249 });
    expect(tried.decision.order).toEqual(['p/d', 'p/b', 'p/a', 'p/c']);
    expect(tried.reason).toContain('find out how fast it is');
    expect(order({ snapshot, facts: stream, health, draw: 0.25 })[0]).toBe('p/b');
    const gone = sessionAt('p/a', { cacheLeftMs: 0 });
    expect(order({ snapshot, facts: stream, health, draw: 0.249, session: gone })[0]).toBe('p/b');
    // What comes whole would measure nothing.
    expect(order({ snapshot, facts: ask(), health, draw: 0.249 })[0]).toBe('p/b');
  });

  it('goes as listed while nothing is measured', () => {
    expect(order({ snapshot, facts: ask() })).toEqual(['p/a', 'p/b', 'p/c', 'p/d']);
  });
});

describe('least_busy', () => {
  const snapshot = over(three, { strategy: 'least_busy' });

  it('goes by running requests against the limit, then as listed', () => {
    const targets = {
      'p/a': { running: 5, capacity: 10 },
      'p/b': { running: 6, capacity: 20 },
      'p/c': { running: 3, capacity: 10 },
    };
    const { decision } = decide({ snapshot, facts: ask(), health: healthOf({ targets }) });
    expect(decision.order).toEqual(['p/b', 'p/c', 'p/a']);
    expect(decision.reason).toContain('it has the least to do: 6 of 20 requests are running there');
  });

  it('takes a limit nobody knows for the usual one', () => {
    const targets = { 'p/a': { running: 6, capacity: 10 }, 'p/b': { running: 5 } };
    expect(order({ snapshot, facts: ask(), health: healthOf({ targets }) })).toEqual(['p/c', 'p/b', 'p/a']);
    expect(order({ snapshot, facts: ask(), health: healthOf({ targets: { 'p/a': { running: 1 } } }) })[0]).toBe('p/b');
  });
});

describe('auto', () => {
  const models = {
    strong: { ...rated(0.9, { code_review: 0.95 }), ...priced(5, 25) },
    middle: { ...rated(0.8, { translate: 0.89 }), ...priced(1, 5) },
    weak: { ...rated(0.5), ...priced(0.1, 0.4) },
  };
  const weighing = (quality: number, cost: number, latency = 0): Partial<Route> => ({
    strategy: 'auto',
    objective: { quality, cost, latency, qualityFloor: undefined },
  });

  it('has one dial from quality to cost', () => {
    const first = (quality: number, cost: number): unknown =>
      order({ snapshot: over(models, weighing(quality, cost)), facts: ask() })[0];
    expect([first(1, 0), first(0.9, 0.1), first(0.5, 0.5), first(0, 1)]).toEqual([
      'p/strong',
      'p/strong',
      'p/weak',
      'p/weak',
    ]);
    expect(first(0.7, 0.3)).toBe('p/middle');
  });

  it('goes by the quality for such a prompt', () => {
    const snapshot = over(models, weighing(1, 0.1));
    expect(order({ snapshot, facts: ask({ type: 'code_review' }) })[0]).toBe('p/strong');
    const { decision } = decide({ snapshot, facts: ask({ type: 'translate' }) });
    expect(decision.chosen).toBe('p/middle');
    expect(decision.candidates[1]?.quality).toEqual([0.89, 0.84, expect.closeTo(0.94)]);
    expect(decision.candidates.every((one) => typeof one.score === 'number')).toBe(true);
    expect(decision.reason).toMatch(
      /^Route "r" asks p\/middle first, because it has the best score: .* quality 0\.89, cost /,
    );
  });

  it('weighs measured time', () => {
    const snapshot = over(models, weighing(0, 0, 1));
    const health = healthOf({ targets: { 'p/strong': measured(300, 200), 'p/middle': measured(900, 50) } });
    expect(order({ snapshot, facts: ask(), health })).toEqual(['p/strong', 'p/weak', 'p/middle']);
  });

  it('takes an unknown price for the dearest, and unknown quality for no score', () => {
    const snapshot = over(
      { unpriced: rated(0.9), cheap: { ...rated(0.9), ...priced(1, 1) }, unrated: priced(0.01, 0.01) },
      weighing(0.5, 0.5),
    );
    const dearer = over(
      { unpriced: rated(0.9), cheap: { ...rated(0.9), ...priced(1, 1) }, dear: { ...rated(0.9), ...priced(9, 9) } },
      weighing(0.5, 0.5),
    );
    const { decision } = decide({ snapshot, facts: ask() });
    expect(decision.order.at(-1)).toBe('p/unrated');
    expect(decision.candidates[2]?.score).toBeUndefined();
    expect(order({ snapshot: dearer, facts: ask() })[0]).toBe('p/cheap');
  });

  it('goes by the rest where no quality is known and little asked of it', () => {
    const unrated = { a: priced(3, 15), b: priced(0.1, 0.4) };
    expect(order({ snapshot: over(unrated, weighing(0.15, 0.85)), facts: ask() })).toEqual(['p/b', 'p/a']);
    expect(order({ snapshot: over(unrated, weighing(0.6, 0.4)), facts: ask() })).toEqual(['p/a', 'p/b']);
  });

  it('goes as listed where it cannot tell', () => {
    const unknown = decide({ snapshot: over(three, weighing(1, 0)), facts: ask() });
    expect(unknown.decision.order).toEqual(['p/a', 'p/b', 'p/c']);
    expect(unknown.reason).toContain('too little is known');
    const equal = over({ a: rated(0.8), b: rated(0.805), c: rated(0.2) }, weighing(1, 0));
    const close = decide({ snapshot: equal, facts: ask() });
    expect(close.decision.order).toEqual(['p/a', 'p/b', 'p/c']);
    expect(close.reason).toContain('clearly better');
  });

  it('thinks less of a target that may still be down', () => {
    const snapshot = over({ a: rated(0.85), b: rated(0.8) }, weighing(1, 0));
    expect(order({ snapshot, facts: ask() })[0]).toBe('p/a');
    expect(order({ snapshot, facts: ask(), health: healthOf({ targets: { 'p/a': { state: 'half_open' } } }) })[0]).toBe(
      'p/b',
    );
  });
});
