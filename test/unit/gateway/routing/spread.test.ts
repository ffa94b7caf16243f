// What is tried after the first target where a name stands for every model: another provider before another model.
import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../main/gateway/ports.ts';
import type { RoutingSnapshot } from '../../../../main/gateway/routing/routing-snapshot.ts';
import { decide, factsOf, healthOf, priced, providerOf, rated, routeOf, snapshotOf } from './making.ts';

/** Four good models of one provider, two lesser ones of another, one of a third. */
const providers = [
  providerOf('one', {
    a: { ...priced(1, 1), ...rated(0.9) },
    b: { ...priced(1, 1), ...rated(0.89) },
    c: { ...priced(1, 1), ...rated(0.88) },
    d: { ...priced(1, 1), ...rated(0.87) },
  }),
  providerOf('two', { e: { ...priced(1, 1), ...rated(0.7) }, f: { ...priced(1, 1), ...rated(0.6) } }),
  providerOf('three', { g: { ...priced(1, 1), ...rated(0.5) } }),
];
const best: Route = routeOf('best', ['*'], {
  strategy: 'auto',
  origin: 'built in',
  objective: { quality: 1, cost: 0, latency: 0, qualityFloor: undefined },
});
const over = (...routes: readonly Route[]): RoutingSnapshot => snapshotOf(providers, [...routes, best]);

describe('a name for every model', () => {
  it('tries the best of each provider before the next best of one, and no more often than there are providers', () => {
    const { decision, attempts } = decide({ snapshot: over(), facts: factsOf({ model: 'best' }) });
    expect(decision.order).toEqual(['one/a', 'two/e', 'three/g', 'one/b', 'one/c', 'one/d', 'two/f']);
    expect(attempts).toBe(3);
  });

  it('tries models of one provider where there is no other, three in all', () => {
    const snapshot = snapshotOf(providers.slice(0, 1), [best]);
    const { decision, attempts } = decide({ snapshot, facts: factsOf({ model: 'best' }) });
    expect(decision.order).toEqual(['one/a', 'one/b', 'one/c', 'one/d']);
    expect(attempts).toBe(3);
  });

  it('brings no provider forward whose keys were refused', () => {
    const refused = { state: 'refused' } as const;
    const health = healthOf({ targets: { 'two/e': refused, 'two/f': refused } });
    const { decision } = decide({ snapshot: over(), facts: factsOf({ model: 'best' }), health });
    expect(decision.order.slice(0, 3)).toEqual(['one/a', 'three/g', 'one/b']);
  });

  it('in a route of one’s own leaves room for what is listed there', () => {
    const own = routeOf('own', ['best', 'two/f', 'three/unlisted', 'one/d']);
    const { decision, attempts } = decide({ snapshot: over(own), facts: factsOf({ model: 'own' }) });
    expect(decision.order).toEqual([
      ...['one/a', 'one/d', 'two/e', 'two/f', 'three/g', 'three/unlisted'],
      ...['one/b', 'one/c'],
    ]);
    expect(attempts).toBe(6);
  });
});

it('a route tries each target that is listed, and three times at least', () => {
  const few = routeOf('few', ['one/a']);
  const many = routeOf('many', ['one/a', 'one/b', 'one/c', 'one/d', 'two/e']);
  const attemptsOf = (model: string): number =>
    decide({ snapshot: over(few, many), facts: factsOf({ model }) }).attempts;
  expect([attemptsOf('few'), attemptsOf('many'), attemptsOf('one/a')]).toEqual([3, 5, 3]);
});
