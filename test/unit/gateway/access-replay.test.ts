// What a key and its team may use is part of what a decision rests on, and of what it says.
import { describe, expect, it } from 'vitest';
import type { ModelAccess } from '../../../shared/domain/access.ts';
import { rulesOf } from '../../../main/gateway/plan-exchange.ts';
import type { Decision } from '../../../main/gateway/routing/decision.ts';
import { RouteRefusal } from '../../../main/gateway/routing/refusals.ts';
import { route } from '../../../main/gateway/routing/router.ts';
import { freezeRouting } from '../../../main/gateway/routing/routing-snapshot.ts';
import { verify } from '../../../main/gateway/simulate.ts';
import { factsOf, inputOf, providerOf, routeOf, snapshotOf } from './routing/making.ts';

const snapshot = snapshotOf([providerOf('p', { a: {} }), providerOf('q', { b: {} })], [routeOf('r', ['p/a', 'q/b'])]);

const key: ModelAccess = {
  ...{ rule: 'key:ide', origin: 'sluice.yaml, line 3', allowedModels: ['*'], deniedModels: [] },
  ...{ allowedProviders: ['*'], deniedProviders: ['p'] },
};
const team: ModelAccess = {
  ...{ rule: 'team:core', origin: 'sluice.yaml, line 12', allowedModels: ['*'], deniedModels: ['b'] },
  ...{ allowedProviders: ['*'], deniedProviders: [] },
};

function decided(principal: Partial<Decision['principal']>, model = 'r'): { decision: Decision; error?: RouteRefusal } {
  const input = inputOf({ snapshot, facts: factsOf({ model }) });
  const whole = { ...input.principal, key: 'ide', ...principal };
  try {
    return { decision: route({ ...input, principal: whole, ...rulesOf(whole, snapshot) }).decision };
  } catch (error) {
    if (error instanceof RouteRefusal) return { decision: error.decision, error };
    throw error;
  }
}

function verified(decision: Decision): string {
  const kept = JSON.parse(JSON.stringify(decision)) as Decision;
  return verify(kept, freezeRouting(snapshot)).verified;
}

describe('a decision', () => {
  it('passes over what a rule keeps the key from, says which rule, and comes out the same again', () => {
    const { decision } = decided({ access: [key] });
    expect(decision).toMatchObject({ order: ['q/b'], candidates: [{ droppedBy: 'policy' }, { target: 'q/b' }] });
    expect(decision.candidates[0]?.dropped).toBe(
      'may not be used: denied_providers of key "ide" (sluice.yaml, line 3)',
    );
    expect(verified(decision)).toBe('same');
  });

  it('that leaves nothing names the rule of each target', () => {
    const { decision, error } = decided({ access: [key, team] });
    expect(error).toMatchObject({ code: 'admit.model_denied', param: 'model', details: { rule: 'key:ide' } });
    expect(error?.message).toBe(
      'Key "ide" may not use "r": p/a: denied_providers of key "ide" (sluice.yaml, line 3); q/b: denied_models of team "core" (sluice.yaml, line 12).',
    );
    expect(verified(decision)).toBe('same');
  });

  it('against a model the client named names the one rule', () => {
    const { decision, error } = decided({ access: [team] }, 'q/b');
    expect(error?.message).toBe('Key "ide" may not use "q/b": denied_models of team "core" (sluice.yaml, line 12).');
    expect(error?.details).toEqual({ rule: 'team:core' });
    expect(verified(decision)).toBe('same');
  });

  it('comes out differently under other rules', () => {
    const { decision } = decided({ access: [key] });
    expect(verified({ ...decision, principal: { ...decision.principal, access: [team] } })).toBe('different');
  });
});

// As versions before teams had rules wrote them.
describe('a decision kept before refusals named their rule', () => {
  it('is derived again to the word where a target was dropped', () => {
    const { decision } = decided({ deniedModels: ['a'] });
    expect(decision.candidates[0]?.dropped).toBe('may not be used with this key');
    expect('access' in JSON.parse(JSON.stringify(decision.principal))).toBe(false);
    expect(verified(decision)).toBe('same');
  });

  it.each(['r', 'p/a'])('is derived again to the word where %s was refused', (model) => {
    const { decision, error } = decided({ allowedModels: ['nothing-*'] }, model);
    expect(error?.message).toBe(`The key "ide" may not use "${model}" (its allowed_models or denied_models say so).`);
    expect(verified(decision)).toBe('same');
  });
});
