// What a model's name leads to, and which routes stand in whose place.
import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../main/gateway/ports.ts';
import { claudeAlias, route } from '../../../../main/gateway/routing/router.ts';
import type { RoutingSnapshot } from '../../../../main/gateway/routing/routing-snapshot.ts';
import {
  decide,
  factsOf,
  inputOf,
  noCredential,
  order,
  priced,
  providerOf,
  rated,
  refusalOf,
  routeOf,
  sessionAt,
  snapshotOf,
  target,
} from './making.ts';

const keyless = { credentials: [{ name: '', models: ['*'], secret: { kind: 'none' } }] };
const providers = [
  providerOf('openai', { 'gpt-5': {}, 'gpt-5-mini': {} }, { kind: 'openai' }),
  providerOf('anthropic', { 'claude-sonnet-4-5': {} }, { kind: 'anthropic' }),
  providerOf('azure', { 'gpt-5': {} }, { kind: 'azure-openai' }),
  providerOf('one', { 'shared-model': {} }),
  providerOf('two', { 'shared-model': {}, 'only-two': {} }),
  providerOf('closed', { 'just-this': {} }, { closedModels: true }),
  providerOf('demo', { echo: {}, slow: {}, flaky: {} }, { kind: 'demo', local: true, ...keyless }),
];

const builtIn = { origin: 'built in' };
const everyone = routeOf('auto', ['*'], { ...builtIn, strategy: 'auto' });

function withRoutes(...routes: readonly Route[]): RoutingSnapshot {
  return snapshotOf(providers, [...routes, everyone]);
}

const usual = withRoutes(
  routeOf('smart', ['anthropic/claude-sonnet-4-5', 'openai/gpt-5']),
  routeOf('first', ['openai/gpt-5'], { strategy: 'single' }),
);

function targets(model: string, snapshot = usual): readonly string[] {
  return order({ snapshot, facts: factsOf({ model }) });
}

describe('a model name', () => {
  it.each([
    ['openai/gpt-5', ['openai/gpt-5']],
    ['openai/some-new-name', ['openai/some-new-name']],
    ['one/org/model:tag', ['one/org/model:tag']],
    ['smart', ['anthropic/claude-sonnet-4-5', 'openai/gpt-5']],
    ['first', ['openai/gpt-5']],
    ['only-two', ['two/only-two']],
    // Two list it, and it carries the prefix of one of them.
    ['gpt-5', ['openai/gpt-5']],
    ['gpt-9-of-next-year', ['openai/gpt-9-of-next-year']],
    ['claude-opus-9', ['anthropic/claude-opus-9']],
    ['demo/echo', ['demo/echo']],
    ['demo/error-503', ['demo/error-503']],
    ['claude-demo-echo', ['demo/echo']],
    ['claude-route-smart', ['anthropic/claude-sonnet-4-5', 'openai/gpt-5']],
  ])('%s leads to %j', (model, expected) => {
    expect(targets(model)).toEqual(expected);
  });

  it('known to several providers asks which one', () => {
    const refusal = refusalOf({ snapshot: usual, facts: factsOf({ model: 'shared-model' }) });
    expect(refusal).toMatchObject({ code: 'route.ambiguous_model', status: 400 });
    expect(refusal.message).toContain('"one/shared-model", "two/shared-model"');
  });

  it('nobody knows is refused with the nearest names', () => {
    const refusal = refusalOf({ snapshot: usual, facts: factsOf({ model: 'smrt' }) });
    expect(refusal).toMatchObject({ code: 'route.model_not_found', status: 404 });
    expect(refusal.message).toContain('"smart"');
  });

  it.each(['closed/other', 'demo/nothing', '/', 'openai/'])('%s does not exist', (model) => {
    expect(refusalOf({ snapshot: usual, facts: factsOf({ model }) }).code).toBe('route.model_not_found');
  });

  it('of a list for Claude clients is spelt with what they keep', () => {
    expect(claudeAlias({ providerId: 'one', model: 'org/model:tag' })).toBe('claude-one-org-model-tag');
  });
});

describe('routes', () => {
  const large = { tokens: { gt: 10_000 } };
  const tools = { has: ['tools' as const] };

  it('are looked at from top to bottom: alias and condition must both fit', () => {
    const snapshot = withRoutes(
      routeOf('work', ['openai/gpt-5'], { id: 'big', when: large }),
      routeOf('other', ['one/shared-model']),
      routeOf('w*', ['two/only-two'], { id: 'tooled', when: tools }),
      routeOf('work', ['anthropic/claude-sonnet-4-5'], { id: 'rest' }),
    );
    const ruleOf = (facts: Parameters<typeof factsOf>[0]): unknown =>
      decide({ snapshot, facts: factsOf(facts) }).decision.rule?.id;
    expect(ruleOf({ model: 'work', tokens: 20_000, has: ['tools'] })).toBe('big');
    expect(ruleOf({ model: 'work', has: ['tools'] })).toBe('tooled');
    expect(ruleOf({ model: 'work' })).toBe('rest');
  });

  it('that are passed over keep what did not hold', () => {
    const snapshot = withRoutes(
      routeOf('work', ['openai/gpt-5'], { id: 'big', when: large }),
      routeOf('work', ['one/shared-model'], { id: 'rest' }),
      routeOf('work', ['two/only-two'], { id: 'never', when: tools }),
    );
    const { decision } = decide({ snapshot, facts: factsOf({ model: 'work' }) });
    expect(decision.skipped).toMatchObject([{ id: 'big', why: expect.any(String) as string }]);
    expect(decision.skipped?.[0]?.why).not.toBe('');
  });

  it('for other requests only do not make a name unknown', () => {
    const snapshot = withRoutes(routeOf('work', ['openai/gpt-5'], { id: 'big', when: large }));
    const refusal = refusalOf({ snapshot, facts: factsOf({ model: 'work' }) });
    expect(refusal).toMatchObject({ code: 'route.no_capable_target', status: 400 });
    expect(refusal.message).toContain(': route "big" needs more than 10,000 input tokens');
  });

  it('of the user come before the built-in ones, which come before bare names', () => {
    const own = routeOf('auto', ['openai/gpt-5'], { id: 'own', when: tools });
    const named = routeOf('only-two', ['one/shared-model'], builtIn);
    const snapshot = snapshotOf(providers, [own, everyone, named]);
    const ruleOf = (model: string, has: readonly 'tools'[]): unknown =>
      decide({ snapshot, facts: factsOf({ model, has }) }).decision.rule?.origin;
    expect(ruleOf('auto', ['tools'])).toBe('sluice.yaml, line 1');
    expect(ruleOf('auto', [])).toBe('built in');
    expect(targets('only-two', snapshot)).toEqual(['one/shared-model']);
  });

  it('are skipped by an exact name', () => {
    expect(targets('openai/gpt-5', withRoutes(routeOf('*', ['demo/echo'])))).toEqual(['openai/gpt-5']);
  });

  it('with no target that exists say so', () => {
    const refusal = refusalOf({ snapshot: withRoutes(routeOf('x', ['gone/a'])), facts: factsOf({ model: 'x' }) });
    expect(refusal).toMatchObject({ code: 'route.no_target', status: 503 });
    expect(refusal.message).toContain('Correct its targets');
  });
});

describe('@requested', () => {
  const snapshot = withRoutes(
    routeOf('smart', ['openai/gpt-5']),
    routeOf('*', ['@requested', 'demo/echo'], { id: 'default' }),
  );

  it('is the model the client named, as if nobody had written a route', () => {
    expect(targets('only-two', snapshot)).toEqual(['two/only-two', 'demo/echo']);
    expect(targets('smart', snapshot)).toEqual(['openai/gpt-5']);
  });

  it('finds the built-in aliases and those of Claude clients', () => {
    expect(decide({ snapshot, facts: factsOf({ model: 'auto' }) }).decision.candidates[0]?.via).toEqual([
      'default',
      'auto',
    ]);
    expect(targets('claude-route-smart', snapshot)).toEqual(['openai/gpt-5', 'demo/echo']);
  });

  it('that leads nowhere leaves the other targets, and says so', () => {
    const { decision } = decide({ snapshot, facts: factsOf({ model: 'nobody-knows' }) });
    expect(decision.order).toEqual(['demo/echo']);
    expect(decision.candidates).toContainEqual(
      expect.objectContaining({ target: '@requested', droppedBy: 'condition' }),
    );
  });

  it('of one provider is the name the client sent, asked there', () => {
    const own = withRoutes(
      routeOf('gpt-*', ['one/@requested', 'closed/@requested', 'demo/echo']),
      routeOf('just-*', ['closed/@requested']),
    );
    expect(targets('gpt-5-nano', own)).toEqual(['one/gpt-5-nano', 'demo/echo']);
    expect(targets('just-this', own)).toEqual(['closed/just-this']);
    const { decision } = decide({ snapshot: own, facts: factsOf({ model: 'gpt-5-nano' }) });
    expect(decision.candidates).toContainEqual(
      expect.objectContaining({
        target: 'closed/@requested',
        dropped: 'leads nowhere: the provider lists no model "gpt-5-nano"',
      }),
    );
    expect(refusalOf({ snapshot: own, facts: factsOf({ model: 'just-that' }) }).code).toBe('route.no_capable_target');
  });

  it('alone that leads nowhere is the name’s own refusal', () => {
    const alone = withRoutes(routeOf('*', ['@requested']));
    expect(refusalOf({ snapshot: alone, facts: factsOf({ model: 'shared-model' }) }).code).toBe(
      'route.ambiguous_model',
    );
    expect(refusalOf({ snapshot: alone, facts: factsOf({ model: 'nobody-knows' }) }).code).toBe(
      'route.model_not_found',
    );
  });
});

describe('a route in a route', () => {
  const inner = routeOf('inner', ['one/shared-model', 'two/only-two']);

  it('stands in its place with its own order', () => {
    const snapshot = withRoutes(inner, routeOf('outer', ['openai/gpt-5', 'inner', 'demo/echo']));
    const { decision } = decide({ snapshot, facts: factsOf({ model: 'outer' }) });
    expect(decision.order).toEqual(['openai/gpt-5', 'one/shared-model', 'two/only-two', 'demo/echo']);
    expect(decision.candidates[1]?.via).toEqual(['outer', 'inner']);
    expect(decision.candidates[0]?.via).toBeUndefined();
  });

  it('is chosen by its condition like any other', () => {
    const tooled = routeOf('inner', ['demo/echo'], { id: 'tooled', when: { has: ['tools'] } });
    const snapshot = withRoutes(tooled, inner, routeOf('outer', ['inner']));
    expect(order({ snapshot, facts: factsOf({ model: 'outer', has: ['tools'] }) })).toEqual(['demo/echo']);
    expect(order({ snapshot, facts: factsOf({ model: 'outer' }) })).toEqual(['one/shared-model', 'two/only-two']);
  });

  it('never stands in itself, however it is written', () => {
    const snapshot = withRoutes(routeOf('a', ['b', 'openai/gpt-5']), routeOf('b', ['a', 'one/shared-model']));
    expect(targets('a', snapshot)).toEqual(['one/shared-model', 'openai/gpt-5']);
    const catchAll = withRoutes(inner, routeOf('*', ['inner', 'demo/echo']));
    expect(targets('x', catchAll)).toEqual(['one/shared-model', 'two/only-two', 'demo/echo']);
  });

  it('deeper than eight is left out', () => {
    const chain = Array.from({ length: 12 }, (_, at) => routeOf(`r${at}`, [`one/m${at}`, `r${at + 1}`]));
    expect(targets('r0', withRoutes(...chain))).toHaveLength(8);
  });

  it('names a target twice only once', () => {
    const snapshot = withRoutes(inner, routeOf('outer', ['two/only-two', 'inner']));
    expect(targets('outer', snapshot)).toEqual(['two/only-two', 'one/shared-model']);
  });
});

describe('all models', () => {
  const ask = factsOf({ model: 'auto' });
  const listed = (...more: ReturnType<typeof providerOf>[]): readonly string[] =>
    order({ snapshot: snapshotOf(more, [routeOf('auto', ['*'], builtIn)]), facts: ask });

  it('are the settled chat models with a price and a credential, of each family the two newest', () => {
    const price = priced(1, 2);
    const openai = providerOf(
      'openai',
      {
        ...{ 'gpt-4': { ...price, released: '2024-08-07' }, 'gpt-5': { ...price, released: '2025-08-07' } },
        ...{
          'gpt-5.2': { ...price, released: '2026-01-01' },
          'gpt-5.2-2026-01-01': { ...price, released: '2026-01-01' },
        },
        'gpt-5.2-mini': { ...price, released: '2025-12-01' },
        'gpt-6-preview': { ...price, released: '2026-03-01', unsettled: true },
        'text-embedding-4': { ...price, chat: false },
        'gpt-unpriced': {},
      },
      { kind: 'openai' },
    );
    const keyless = providerOf('anthropic', { 'claude-x': price }, { kind: 'anthropic', ...noCredential });
    expect(listed(openai, keyless)).toEqual(['openai/gpt-5.2', 'openai/gpt-5.2-mini', 'openai/gpt-5']);
  });

  it('begin with those whose quality is known', () => {
    const price = priced(1, 2);
    const vendor = providerOf(
      'anthropic',
      {
        'claude-opus-5': { ...price, released: '2026-05-01' },
        'claude-opus-4': { ...price, ...rated(0.8), released: '2025-05-01' },
        'claude-opus-3': { ...price, released: '2024-05-01' },
      },
      { kind: 'anthropic' },
    );
    expect(listed(vendor)).toEqual(['anthropic/claude-opus-4', 'anthropic/claude-opus-5']);
  });

  it('include what a user lists and what runs on this machine, priced or not', () => {
    const local = providerOf('ollama', { 'llama3.3:70b': {}, 'llama3.3:8b': {} }, { kind: 'ollama', local: true });
    expect([...listed(providerOf('mine', { a: {}, b: {} }), local)].sort()).toEqual([
      ...['mine/a', 'mine/b', 'ollama/llama3.3:70b', 'ollama/llama3.3:8b'],
    ]);
  });

  it('are two hundred at most', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`model-${'x'.repeat(at + 1)}`, {}]));
    expect(listed(providerOf('mine', many))).toHaveLength(200);
  });

  it('are the demo’s plain one when there is nothing else', () => {
    const demo = providerOf('demo', { slow: {}, echo: {}, flaky: {} }, { kind: 'demo', local: true, ...keyless });
    expect(listed(demo)).toEqual(['demo/echo']);
    expect(listed(demo, providerOf('mine', { a: {} }))).toEqual(['mine/a']);
  });
});

describe('a target the client named', () => {
  const facts = factsOf({ model: 'openai/gpt-5', has: ['image'], tokens: 9_000 });

  it('is obeyed, whatever it can do', () => {
    const small = providerOf('openai', { 'gpt-5': { contextWindow: 10, inputs: ['text'], tools: false } });
    expect(order({ snapshot: snapshotOf([small]), facts })).toEqual(['openai/gpt-5']);
  });

  it('is refused by policy', () => {
    const refusal = refusalOf({ snapshot: usual, facts, denied: ['gpt-5'] });
    expect(refusal).toMatchObject({ code: 'admit.model_denied', status: 403, param: 'model' });
    expect(refusal.message).toContain('Key "test" may not use "openai/gpt-5"');
  });

  it('is refused where its provider has no such endpoint', () => {
    const refusal = refusalOf({
      snapshot: usual,
      facts: factsOf({ model: 'openai/x', surface: 'rerank' }),
      serves: () => false,
    });
    expect(refusal).toMatchObject({ code: 'route.operation_unsupported', status: 400 });
    expect(refusal.message).toContain('"openai"');
  });

  it('costs no question: no content, language, type, session or pin is looked at', () => {
    const told = factsOf({ model: 'openai/gpt-5', session: 's1' });
    const input = inputOf({ snapshot: usual, facts: told });
    const { decision } = route({
      ...input,
      get session(): undefined {
        throw new Error('nobody needs to know the session');
      },
    });
    expect(Object.keys(decision.facts).sort()).toEqual(['at', 'model', 'surface', 'tokens']);
    expect(decision.candidates).toEqual([{ target: 'openai/gpt-5', id: 'openai' }]);
    expect(decision.order).toEqual(['openai/gpt-5']);
  });

  it('keeps the credential of its conversation, where there are several', () => {
    const key = { models: ['*'], secret: { kind: 'key' } };
    const credentials = [
      { name: 'first', ...key },
      { name: 'second', ...key },
    ];
    const snapshot = snapshotOf([providerOf('p', { m: {} }, { credentials })]);
    const told = factsOf({ model: 'p/m' });
    const at = (where: string): unknown =>
      decide({ snapshot, facts: told, session: sessionAt(where, { credential: 'second' }) }).credentialName;
    expect(at('p/m')).toBe('second');
    expect(at('p/other')).toBeUndefined();
  });
});

describe('a route with one target', () => {
  it('asks as little as a name does', () => {
    const facts = factsOf({ model: 'first', session: 's1', has: ['image'] });
    const { decision, reason } = decide({ snapshot: usual, facts });
    expect(Object.keys(decision.facts).sort()).toEqual(['at', 'model', 'surface', 'tokens']);
    expect(reason).toBe('Route "first" leads to openai/gpt-5.');
  });
});

describe('a decision', () => {
  it('says what it was about, by which rule, and from what', () => {
    const snapshot = withRoutes(routeOf('smart', [target('one/shared-model', { id: 'a' }), 'openai/gpt-5']));
    const { decision, route: found } = decide({ snapshot, facts: factsOf({ model: 'smart' }), draw: 0.25 });
    expect(decision).toMatchObject({
      ...{ version: 1, asked: 'smart', chosen: 'one/shared-model', snapshot: 'sha256:test', draw: 0.25 },
      rule: { id: 'smart', alias: 'smart', origin: 'sluice.yaml, line 1', strategy: 'fallback' },
      reason: 'Route "smart" asks one/shared-model first, because it is listed first.',
      candidates: [{ target: 'one/shared-model', id: 'a' }, { target: 'openai/gpt-5' }],
      order: ['one/shared-model', 'openai/gpt-5'],
      principal: { key: 'test' },
    });
    expect(found?.id).toBe('smart');
  });

  it('is plain data', () => {
    const { decision } = decide({
      snapshot: usual,
      facts: factsOf({ model: 'smart' }),
      session: sessionAt('openai/gpt-5'),
    });
    expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
  });
});
