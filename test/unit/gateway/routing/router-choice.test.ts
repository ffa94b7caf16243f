// What the owner chose answers every conversation, and only conversations, and never in a circle.
import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../main/gateway/ports.ts';
import { decisionAgain } from '../../../../main/gateway/routing/replay.ts';
import { route } from '../../../../main/gateway/routing/router.ts';
import type { RoutingSnapshot } from '../../../../main/gateway/routing/routing-snapshot.ts';
import {
  decide,
  factsOf,
  inputOf,
  order,
  priced,
  providerOf,
  rated,
  refusalOf,
  routeOf,
  snapshotOf,
} from './making.ts';

const providers = [
  providerOf(
    'openai',
    { 'gpt-5': { ...priced(1, 10), ...rated(0.8) }, 'gpt-5-mini': {}, 'text-embedding-3-small': {} },
    { kind: 'openai' },
  ),
  providerOf('anthropic', { 'claude-sonnet-4-5': {} }, { kind: 'anthropic' }),
];

function choosing(name: string): Route {
  return routeOf('*', [name], {
    ...{ id: 'use-model', strategy: 'single', choice: name, origin: 'sluice.yaml, line 2' },
    when: { surface: ['chat', 'responses', 'messages', 'gemini', 'count_tokens'] },
  });
}

function withChoice(name: string, ...routes: readonly Route[]): RoutingSnapshot {
  const builtIn = routeOf('auto', ['*'], { origin: 'built in', strategy: 'auto' });
  return snapshotOf(providers, [choosing(name), ...routes, builtIn]);
}

const smart = routeOf('smart', ['openai/gpt-5', 'anthropic/claude-sonnet-4-5'], { onBreak: 'hold', maxAttempts: 7 });

describe('a model that was chosen for every conversation', () => {
  const snapshot = withChoice('openai/gpt-5-mini', smart);

  it.each(['smart', 'claude-sonnet-4-5', 'auto', 'nobody-knows-this'])('answers whoever names %s', (model) => {
    const { decision, route: found } = decide({ snapshot, facts: factsOf({ model }) });
    expect(decision).toMatchObject({
      ...{ asked: model, order: ['openai/gpt-5-mini'], reason: 'You chose openai/gpt-5-mini for every conversation.' },
      rule: { id: 'use-model', origin: 'sluice.yaml, line 2' },
    });
    expect(found?.id).toBe('use-model');
  });

  it.each(['responses', 'messages', 'gemini', 'count_tokens'] as const)('answers over %s', (surface) => {
    expect(order({ snapshot, facts: factsOf({ model: 'smart', surface }) })).toEqual(['openai/gpt-5-mini']);
  });

  it.each(['embeddings', 'moderations', 'images', 'audio', 'rerank', 'completions'] as const)(
    'leaves %s alone',
    (surface) => {
      const { decision } = decide({ snapshot, facts: factsOf({ model: 'text-embedding-3-small', surface }) });
      expect(decision).toMatchObject({ order: ['openai/text-embedding-3-small'], rule: undefined, skipped: undefined });
    },
  );

  it('gives way to a client that names provider and model', () => {
    expect(order({ snapshot, facts: factsOf({ model: 'openai/gpt-5' }) })).toEqual(['openai/gpt-5']);
  });

  it('gives way to a model that a rule of the file names', () => {
    const input = inputOf({ snapshot, facts: factsOf({ model: 'smart' }) });
    const { decision } = route({ ...input, principal: { ...input.principal, byRule: true } });
    expect(decision.rule?.id).toBe('smart');
    expect(decisionAgain(decision, snapshot, input)).toEqual(decision);
  });

  it('is refused to a key that may not use it', () => {
    const error = refusalOf({ snapshot, facts: factsOf({ model: 'smart' }), denied: ['openai/gpt-5-mini'] });
    expect(error.code).toBe('admit.model_denied');
  });

  it('comes out the same again', () => {
    const input = inputOf({ snapshot, facts: factsOf({ model: 'smart' }) });
    const { decision } = route(input);
    expect(decisionAgain(decision, snapshot, input)).toEqual(decision);
  });
});

describe('an alias that was chosen for every conversation', () => {
  it('is its own route, with all that is written there', () => {
    const { decision, route: found } = decide({
      snapshot: withChoice('smart', smart),
      facts: factsOf({ model: 'claude-sonnet-4-5' }),
    });
    expect(found).toBe(smart);
    expect(decision.order).toEqual(['openai/gpt-5', 'anthropic/claude-sonnet-4-5']);
    expect(decision.reason).toMatch(/^You chose smart for every conversation\. Route "smart" asks openai\/gpt-5 first/);
  });

  it('may be one that is built in', () => {
    const { decision } = decide({ snapshot: withChoice('auto'), facts: factsOf({ model: 'whatever' }) });
    expect(decision.rule?.origin).toBe('built in');
    expect(decision.reason).toMatch(/^You chose auto for every conversation\. Route "auto"/);
  });

  it('leads on to aliases in it, and not back to itself', () => {
    const outer = routeOf('outer', ['smart']);
    expect(order({ snapshot: withChoice('outer', outer, smart), facts: factsOf({ model: 'x' }) })).toEqual([
      'openai/gpt-5',
      'anthropic/claude-sonnet-4-5',
    ]);
  });

  it('whose routes are for other requests says so', () => {
    const narrow = routeOf('smart', ['openai/gpt-5'], { when: { client: ['codex'] } });
    const error = refusalOf({ snapshot: withChoice('smart', narrow), facts: factsOf({ model: 'x', client: 'other' }) });
    expect(error.code).toBe('route.no_capable_target');
    expect(error.message).toContain('No route for "smart"');
    expect(error.message).toContain('codex');
  });
});
