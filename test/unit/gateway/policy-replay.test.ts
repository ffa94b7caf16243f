// What holds for every key is part of what a decision rests on: it is kept with the snapshot and derived again from it.
import { describe, expect, it } from 'vitest';
import type { AccessPolicy, DataPolicy } from '../../../main/gateway/ports.ts';
import { rulesOf } from '../../../main/gateway/plan-exchange.ts';
import type { Decision } from '../../../main/gateway/routing/decision.ts';
import { RouteRefusal } from '../../../main/gateway/routing/refusals.ts';
import { route } from '../../../main/gateway/routing/router.ts';
import {
  freezeRouting,
  type RoutingPolicy,
  type RoutingSnapshot,
} from '../../../main/gateway/routing/routing-snapshot.ts';
import { verify } from '../../../main/gateway/simulate.ts';
import { factsOf, inputOf, providerOf, routeOf, snapshotOf } from './routing/making.ts';

const origin = 'team bundle acme-core@12, line 58';
const words = { origin, reason: 'No previews with customer data', contact: '#llm-platform' };
const open = { allowedModels: ['*'], deniedModels: [], allowedProviders: ['*'], deniedProviders: [] };
const vouched: DataPolicy = { training: false, retentionDays: 0, region: 'eu' };

const denyB: AccessPolicy['access'] = [
  { ...open, ...words, rule: 'acme-core@12:/models/deny', deniedModels: ['q/b*'] },
];
const noTraining = {
  ...words,
  rule: 'acme-core@12:/models/require',
  noTraining: true,
  retentionDays: undefined,
  regions: [],
};

function under(policy: Partial<RoutingPolicy>): RoutingSnapshot {
  const providers = [providerOf('p', { a: {} }), providerOf('q', { b: {}, c: {} }, { dataPolicy: vouched })];
  const routes = [
    routeOf('both', ['q/b', 'p/a'], { id: 'team' }),
    routeOf('mine', ['q/c'], { id: 'own' }),
    routeOf('outer', ['mine'], { id: 'outer' }),
  ];
  return { ...snapshotOf(providers, routes), policy: { access: [], requires: [], routesOnly: undefined, ...policy } };
}

function decided(snapshot: RoutingSnapshot, model: string): { decision: Decision; error?: RouteRefusal } {
  const input = inputOf({ snapshot, facts: factsOf({ model }) });
  try {
    return { decision: route({ ...input, ...rulesOf(input.principal, snapshot) }).decision };
  } catch (error) {
    if (error instanceof RouteRefusal) return { decision: error.decision, error };
    throw error;
  }
}

/** Derived again from what the ledger kept of both. */
function verified(decision: Decision, snapshot: RoutingSnapshot): string {
  const kept = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  return verify(kept(decision) as Decision, kept(freezeRouting(snapshot))).verified;
}

describe('a decision under rules for every key', () => {
  it('passes over what they deny, and comes out the same again', () => {
    const snapshot = under({ access: denyB });
    const { decision } = decided(snapshot, 'both');
    expect(decision.order).toEqual(['p/a']);
    expect(decision.candidates[0]).toMatchObject({
      droppedBy: 'policy',
      dropped: 'may not be used: team policy "No previews with customer data" (acme-core@12, line 58)',
    });
    expect(verified(decision, snapshot)).toBe('same');
  });

  it('keeps none of their lists itself', () => {
    const { decision } = decided(under({ access: denyB }), 'both');
    expect(JSON.stringify(decision.principal)).not.toContain('q/b');
  });

  it.each(['q/b', 'b'])('refuses %s with rule, reason and contact', (model) => {
    const snapshot = under({ access: denyB });
    const { decision, error } = decided(snapshot, model);
    expect(error).toMatchObject({
      code: 'admit.model_denied',
      status: 403,
      details: { rule: 'acme-core@12:/models/deny' },
    });
    expect(error?.message).toBe(
      `Blocked by team policy "No previews with customer data" (acme-core@12, line 58): "${model}" may not be used. Ask: #llm-platform.`,
    );
    expect(verified(decision, snapshot)).toBe('same');
  });

  it('comes out differently where the bundle said something else', () => {
    const { decision } = decided(under({ access: denyB }), 'both');
    expect(verified(decision, under({}))).toBe('different');
  });

  it('drops providers that do not meet what is required, and says what is wanting', () => {
    const snapshot = under({ requires: [noTraining] });
    expect(decided(snapshot, 'both').decision.order).toEqual(['q/b']);
    const { decision, error } = decided(snapshot, 'p/a');
    expect(error?.message).toContain(
      '"p/a" may not be used, since "p" is not known to leave what it is sent out of training',
    );
    for (const one of [decision, decided(snapshot, 'both').decision]) expect(verified(one, snapshot)).toBe('same');
  });
});

describe('a decision under rules that name a vendor', () => {
  const denyOpenai = { ...open, ...words, rule: 'acme-core@12:/providers/deny', deniedProviders: ['openai'] };
  const requiring = { ...noTraining, distrusts: ['q'] };
  const withFacts = (facts: Parameters<typeof providerOf>[2], policy: Partial<RoutingPolicy>): RoutingSnapshot => {
    const snapshot = under(policy);
    return {
      ...snapshot,
      providers: new Map([...snapshot.providers, ['q', providerOf('q', { b: {}, c: {} }, facts)]]),
    };
  };

  it.each([
    ['a provider with another name', withFacts({ vendor: 'openai' }, { access: [denyOpenai] })],
    [
      'one that a bundle defines which has no say',
      withFacts({ unvouched: { vendor: 'openai' } }, { access: [{ ...denyOpenai, distrusts: ['q'] }] }),
    ],
    [
      'one that such a bundle vouches for',
      withFacts({ dataPolicy: vouched, unvouched: { dataPolicy: undefined } }, { requires: [requiring] }),
    ],
  ])('is about %s, and comes out the same again', (_, snapshot) => {
    const { decision, error } = decided(snapshot, 'q/c');
    expect(error?.code).toBe('admit.model_denied');
    expect(verified(decision, snapshot)).toBe('same');
  });
});

describe('where only some routes are answered', () => {
  const snapshot = under({ routesOnly: { ...words, rule: 'acme-core@12:/routes_default', routes: ['team'] } });

  it('their names are', () => {
    expect(decided(snapshot, 'both').decision.order).toEqual(['q/b', 'p/a']);
  });

  it.each(['mine', 'outer', 'q/c', 'c'])('"%s" is refused, and that is derived again', (model) => {
    const { decision, error } = decided(snapshot, model);
    expect(error).toMatchObject({ code: 'admit.model_denied', details: { rule: 'acme-core@12:/routes_default' } });
    expect(error?.message).toContain(
      `"${model}" may not be used, since only what its routes are for is answered. Ask: #llm-platform.`,
    );
    expect(verified(decision, snapshot)).toBe('same');
  });

  it('what was chosen for every conversation is refused as well', () => {
    const choice = routeOf('chosen', ['q/c'], { id: 'use_model', choice: 'q/c' });
    const chosen = { ...snapshot, routes: [choice, ...snapshot.routes] };
    expect(decided(chosen, 'both').error?.code).toBe('admit.model_denied');
  });
});

describe('a route that nothing goes past', () => {
  const local = routeOf('q/*', ['p/a'], { id: 'local' });
  const ours = under({ enforcedRoutes: ['local', 'team'] });
  const snapshot = { ...ours, routes: [local, ...ours.routes] };

  it.each(['q/b', 'b'])('takes what names its target as "%s"', (model) => {
    const { decision } = decided(snapshot, model);
    expect(decision).toMatchObject({ order: ['p/a'], rule: { id: 'local' } });
    expect(verified(decision, snapshot)).toBe('same');
  });

  it('takes what was chosen for every conversation, by the name asked for and by that of the choice', () => {
    const choosing = (choice: string): RoutingSnapshot => ({
      ...snapshot,
      routes: [routeOf('chosen', [choice], { id: 'use_model', choice }), ...snapshot.routes],
    });
    expect(decided(choosing('p/a'), 'both').decision.rule?.id).toBe('team');
    expect(decided(choosing('q/c'), 'mine').decision.rule?.id).toBe('local');
    expect(decided(choosing('p/a'), 'mine').decision.rule?.id).toBe('use_model');
  });

  it('leaves to others what it is not meant for', () => {
    const when = { model: ['nothing/*'] };
    const unfit = { ...snapshot, routes: [{ ...local, when }, ...ours.routes] };
    const { decision } = decided(unfit, 'q/b');
    expect(decision).toMatchObject({ order: ['q/b'], skipped: [{ id: 'local' }] });
    expect(verified(decision, unfit)).toBe('same');
  });

  it('is any route, where nobody enforces it', () => {
    expect(decided({ ...snapshot, policy: undefined }, 'q/b').decision.order).toEqual(['q/b']);
  });
});
