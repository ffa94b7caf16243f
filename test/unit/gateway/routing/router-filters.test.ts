// Which targets of a route are left for a request, why the others are not, and what a client is told when none is.
import { describe, expect, it } from 'vitest';
import type { Content } from '../../../../shared/config/condition.ts';
import {
  decide,
  factsOf,
  healthOf,
  noCredential,
  order,
  providerOf,
  rated,
  refusalOf,
  routeOf,
  snapshotOf,
  target,
  type Asked,
  type ModelTold,
} from './making.ts';

/** A route "r" over the models of one provider, in this order. */
function over(
  models: Readonly<Record<string, ModelTold>>,
  more: Parameters<typeof routeOf>[2] = {},
): Asked['snapshot'] {
  return snapshotOf(
    [providerOf('p', models)],
    [
      routeOf(
        'r',
        Object.keys(models).map((name) => `p/${name}`),
        more,
      ),
    ],
  );
}

const ask = (told: Partial<Parameters<typeof factsOf>[0]> = {}): Asked['facts'] => factsOf({ model: 'r', ...told });

/** Names of the targets that were dropped, with by what and why. */
function droppedOf(asked: Asked): Record<string, string> {
  const { candidates } = decide(asked).decision;
  return Object.fromEntries(
    candidates.flatMap((one) =>
      one.dropped === undefined ? [] : [[one.target, `${one.droppedBy ?? ''}: ${one.dropped}`]],
    ),
  );
}

describe('what a model cannot do', () => {
  const inputs: readonly (readonly [Content, string])[] = [
    ['image', 'takes no pictures'],
    ['audio', 'takes no sound'],
    ['pdf', 'takes no PDF documents'],
    ['video', 'takes no video'],
  ];

  it.each(inputs)('keeps %s from it', (content, why) => {
    const snapshot = over({ text: { inputs: ['text'] }, unknown: {} });
    const asked = { snapshot, facts: ask({ has: [content] }) };
    expect(order(asked)).toEqual(['p/unknown']);
    expect(droppedOf(asked)).toEqual({ 'p/text': `capability: ${why}` });
    expect(order({ snapshot, facts: ask() })).toEqual(['p/text', 'p/unknown']);
  });

  it('keeps tools from it, whichever way that is known', () => {
    const snapshot = over({ a: { tools: false }, b: { rules: { noTools: true } }, c: { tools: true } });
    expect(droppedOf({ snapshot, facts: ask({ has: ['tools'] }) })).toEqual({
      'p/a': 'capability: calls no tools',
      'p/b': 'capability: calls no tools',
    });
  });

  it('keeps conversations from models that hold none', () => {
    const snapshot = over({ embed: { chat: false }, chat: {} });
    expect(order({ snapshot, facts: ask() })).toEqual(['p/chat']);
    expect(order({ snapshot, facts: ask({ surface: 'embeddings' }) })).toEqual(['p/embed', 'p/chat']);
  });

  it('is asked for only where it may matter', () => {
    const snapshot = over({ a: { inputs: ['text', 'image', 'audio', 'pdf', 'video'], tools: true }, b: {} });
    const { decision } = decide({ snapshot, facts: ask({ has: ['image', 'tools'] }) });
    expect(decision.facts.has).toBeUndefined();
  });

  it('that leaves none is told with every target and its reason', () => {
    const snapshot = over({ a: { inputs: ['text'] }, b: { tools: false } });
    const refusal = refusalOf({ snapshot, facts: ask({ has: ['image', 'tools'] }) });
    expect(refusal).toMatchObject({ code: 'route.no_capable_target', status: 400, kind: 'invalid_request' });
    expect(refusal.message).toContain('route "r"');
    expect(refusal.message).toContain('p/a takes no pictures');
    expect(refusal.message).toContain('p/b calls no tools');
  });

  it('matters not where there is one target only: its provider knows best', () => {
    const facts = ask({ has: ['image'], tokens: 9_999 });
    expect(order({ snapshot: over({ a: { inputs: ['text'], contextWindow: 10 } }), facts })).toEqual(['p/a']);
  });
});

describe('a JSON schema', () => {
  const snapshot = over({ loose: { rules: { noJsonSchema: true } }, strict: {}, last: {} });

  it('goes first to those that take one', () => {
    const { decision } = decide({ snapshot, facts: ask({ has: ['json_schema'] }) });
    expect(decision.order).toEqual(['p/strict', 'p/last', 'p/loose']);
    expect(decision.reason).toContain('p/loose takes no JSON schema');
  });

  it('is no reason when nobody takes one, or none is sent', () => {
    const loose = over({ a: { rules: { noJsonSchema: true } }, b: { rules: { noJsonSchema: true } } });
    expect(order({ snapshot: loose, facts: ask({ has: ['json_schema'] }) })).toEqual(['p/a', 'p/b']);
    expect(order({ snapshot, facts: ask() })).toEqual(['p/loose', 'p/strict', 'p/last']);
  });
});

describe('a context window', () => {
  const models = { small: { contextWindow: 8_192, maxOutputTokens: 4_096 }, large: { contextWindow: 200_000 } };

  it('must hold the input and the answer', () => {
    const snapshot = over(models);
    expect(order({ snapshot, facts: ask({ tokens: 4_000, maxTokens: 4_000 }) })).toEqual(['p/small', 'p/large']);
    expect(droppedOf({ snapshot, facts: ask({ tokens: 4_200, maxTokens: 4_000 }) })).toEqual({
      'p/small': 'capability: has a context window of 8,192 tokens; about 8,200 are needed',
    });
  });

  it('counts no more of an answer than the model can give, and two pages when nobody says', () => {
    const snapshot = over(models);
    expect(order({ snapshot, facts: ask({ tokens: 4_000, maxTokens: 100_000 }) })).toEqual(['p/small', 'p/large']);
    expect(order({ snapshot, facts: ask({ tokens: 7_168 }) })).toEqual(['p/small', 'p/large']);
    expect(order({ snapshot, facts: ask({ tokens: 7_169 }) })).toEqual(['p/large']);
  });

  it('that is too small everywhere leaves the largest: tokens are an estimate', () => {
    const snapshot = over({ ...models, blind: { contextWindow: 900_000, inputs: ['text'] } });
    const { decision } = decide({ snapshot, facts: ask({ tokens: 250_000, has: ['image'] }) });
    expect(decision.order).toEqual(['p/large']);
    expect(decision.candidates.find((one) => one.target === 'p/large')?.note).toContain('no other has a larger one');
    expect(decision.candidates.find((one) => one.target === 'p/blind')?.droppedBy).toBe('capability');
  });
});

describe('conditions of targets', () => {
  it('drop what is for other requests', () => {
    const big = target('p/a', { when: { tokens: { gt: 5_000 } } });
    const snapshot = snapshotOf([providerOf('p', { a: {}, b: {} })], [routeOf('r', [big, 'p/b'])]);
    expect(order({ snapshot, facts: ask({ tokens: 6_000 }) })).toEqual(['p/a', 'p/b']);
    expect(order({ snapshot, facts: ask() })).toEqual(['p/b']);
    expect(droppedOf({ snapshot, facts: ask() })['p/a']).toMatch(/^condition: needs more than 5,000 input tokens/);
  });

  it('that all fail are told', () => {
    const big = target('p/a', { when: { tokens: { gt: 5_000 } } });
    const snapshot = snapshotOf([providerOf('p', { a: {} })], [routeOf('r', [big])]);
    const refusal = refusalOf({ snapshot, facts: ask() });
    expect(refusal.code).toBe('route.no_capable_target');
    expect(refusal.message).toContain('p/a needs more than 5,000 input tokens');
  });
});

describe('policy', () => {
  it('takes targets away, and alone is a refusal of its own', () => {
    const snapshot = over({ a: {}, b: {} });
    expect(order({ snapshot, facts: ask(), denied: ['p/a'] })).toEqual(['p/b']);
    expect(droppedOf({ snapshot, facts: ask(), denied: ['a'] })).toEqual({
      'p/a': 'policy: may not be used: denied_models of key "test" (sluice.yaml, line 9)',
    });
    expect(refusalOf({ snapshot, facts: ask(), denied: ['r'] })).toMatchObject({
      code: 'admit.model_denied',
      status: 403,
    });
  });

  it('allows a target by any of its names: as asked, in full, bare', () => {
    const snapshot = over({ a: {}, b: {} });
    expect(order({ snapshot, facts: ask(), allowed: ['r'] })).toEqual(['p/a', 'p/b']);
    expect(order({ snapshot, facts: ask(), allowed: ['p/a'] })).toEqual(['p/a']);
    expect(order({ snapshot, facts: ask(), allowed: ['b'] })).toEqual(['p/b']);
  });
});

describe('operations', () => {
  it('drop providers that have no such endpoint', () => {
    const snapshot = snapshotOf(
      [providerOf('p', { a: {} }), providerOf('q', { a: {} })],
      [routeOf('r', ['p/a', 'q/a'])],
    );
    const asked = { snapshot, facts: ask({ surface: 'images' }), serves: (one: { id: string }) => one.id === 'q' };
    expect(order(asked)).toEqual(['q/a']);
    expect(droppedOf(asked)).toEqual({ 'p/a': 'operation: has no endpoint for images' });
    const refusal = refusalOf({ ...asked, serves: () => false });
    expect(refusal.code).toBe('route.operation_unsupported');
    expect(refusal.message).toContain('"p", "q"');
  });
});

describe('credentials', () => {
  const other = { credentials: [{ name: 'large', models: ['large-*'], secret: { kind: 'key' } }] };
  const snapshot = snapshotOf(
    [providerOf('bare', { a: {} }, noCredential), providerOf('narrow', { a: {} }, other), providerOf('p', { a: {} })],
    [routeOf('r', ['bare/a', 'narrow/a', 'p/a']), routeOf('one', ['bare/a']), routeOf('two', ['bare/a', 'narrow/a'])],
  );

  it('that are not there, or not for the model, drop a target', () => {
    expect(order({ snapshot, facts: ask() })).toEqual(['p/a']);
    expect(droppedOf({ snapshot, facts: ask() })).toEqual({
      'bare/a': 'credential: has no key that can be used: key "main" of provider "bare": env:NOT_SET is not set',
      'narrow/a':
        'credential: has no key that can be used: no key of provider "narrow" may be used for "a"; see keys[].models',
    });
  });

  it('are not needed where the client brings a login of its own', () => {
    expect(order({ snapshot, facts: ask(), hasLogin: (one) => one.id === 'bare' })).toEqual(['bare/a', 'p/a']);
  });

  it('that are nowhere are told with what mends it', () => {
    const one = refusalOf({ snapshot, facts: ask({ model: 'one' }) });
    expect(one).toMatchObject({ code: 'route.no_credential', status: 400 });
    expect(one.message).toBe('The request could not be sent: key "main" of provider "bare": env:NOT_SET is not set.');
    expect(refusalOf({ snapshot, facts: ask({ model: 'two' }) }).message).toContain(
      'no target of route "two" can be asked',
    );
  });
});

describe('health', () => {
  const snapshot = over({ a: {}, b: {}, c: {} });
  const open = { state: 'open', why: '5 of 8 calls failed (503)', waitMs: 12_000 } as const;
  const limited = { state: 'limited', waitMs: 7_400 } as const;

  it('drops what rests after failures and what is at its limit, with figures', () => {
    const health = healthOf({ targets: { 'p/a': open, 'p/b': limited } });
    expect(order({ snapshot, facts: ask(), health })).toEqual(['p/c']);
    expect(droppedOf({ snapshot, facts: ask(), health })).toEqual({
      'p/a': 'health: rests for another 12 s: 5 of 8 calls failed (503)',
      'p/b': "health: is at its provider's limit for another 7.4 s",
    });
  });

  it('lets a probe through, and puts refused keys last', () => {
    const health = healthOf({ targets: { 'p/a': { state: 'refused' }, 'p/b': { state: 'half_open' } } });
    const { decision } = decide({ snapshot, facts: ask(), health });
    expect(decision.order).toEqual(['p/b', 'p/c', 'p/a']);
    expect(decision.reason).toContain('p/a had its keys refused lately');
  });

  it('is kept as it was seen, where there is something to see', () => {
    const seen = { state: 'closed', running: 3, ttft: { p50: 1, p95: 2, p99: 3 }, slowdown: 2.44 } as const;
    const { decision } = decide({ snapshot, facts: ask(), health: healthOf({ targets: { 'p/b': seen } }) });
    expect(decision.candidates).toEqual([
      { target: 'p/a', id: '1' },
      { target: 'p/b', id: '2', health: seen, note: 'slow today: takes 2.4 times as long as usual to begin' },
      { target: 'p/c', id: '3' },
    ]);
  });

  it('that leaves none says why for each, and when to try again', () => {
    const health = healthOf({ targets: { 'p/a': open, 'p/b': limited, 'p/c': { state: 'open', waitMs: 400 } } });
    const refusal = refusalOf({ snapshot, facts: ask(), health });
    expect(refusal).toMatchObject({ code: 'route.no_target', status: 503, retryAfterS: 1, kind: 'overloaded' });
    expect(refusal.message).toContain('p/a rests for another 12 s: 5 of 8 calls failed (503)');
    expect(refusal.message).toContain('p/b is at its provider');
  });

  it('says that this machine is offline when it is', () => {
    const down = healthOf({ offline: true, targets: { 'p/a': open, 'p/b': open, 'p/c': open } });
    expect(refusalOf({ snapshot, facts: ask(), health: down }).message).toMatch(/^This machine is offline/);
    const health = healthOf({ offline: true, targets: { 'p/a': open } });
    expect(decide({ snapshot, facts: ask(), health }).decision.offline).toBe(true);
  });

  it.each(['r', 'p/a'])('is the provider’s own limit when all of %s are at theirs', (model) => {
    const all = { 'p/a': limited, 'p/b': { ...limited, waitMs: 30_000 }, 'p/c': limited };
    const refusal = refusalOf({ snapshot, facts: ask({ model }), health: healthOf({ targets: all }) });
    expect(refusal).toMatchObject({ code: 'attempt.rate_limited', status: 429, retryAfterS: 8 });
    expect(refusal.message).toContain('it can be asked again in 8 s');
  });

  it('keeps nobody from a target they name, but says how it does', () => {
    const asked = { snapshot, facts: ask({ model: 'p/a' }) };
    const { decision } = decide({ ...asked, health: healthOf({ targets: { 'p/a': open } }) });
    expect(decision.order).toEqual(['p/a']);
    expect(decision.candidates[0]).toMatchObject({
      health: open,
      note: 'would rest for another 12 s, but the client named it',
    });
    expect(order({ ...asked, health: healthOf({ targets: { 'p/a': { state: 'refused' } } }) })).toEqual(['p/a']);
    expect(order({ ...asked, health: healthOf({ targets: { 'p/a': { state: 'half_open' } } }) })).toEqual(['p/a']);
  });
});

describe('a floor of quality', () => {
  const models = { fine: rated(0.8), poor: rated(0.5, { code_review: 0.9 }), unknown: {} };
  const objective = { quality: 1, cost: 0, latency: 0, qualityFloor: 0.6 };
  const snapshot = over(models, { strategy: 'auto', objective });

  it('drops what promises less for such a prompt', () => {
    expect(droppedOf({ snapshot, facts: ask() })).toEqual({
      'p/poor': 'quality: promises a quality of 0.50; the route asks for 0.60',
    });
    expect(order({ snapshot, facts: ask({ type: 'code_review' }) })).toEqual(['p/poor', 'p/fine', 'p/unknown']);
  });

  it('that nobody keeps is none', () => {
    const high = over(models, { strategy: 'auto', objective: { ...objective, qualityFloor: 0.95 } });
    expect(order({ snapshot: high, facts: ask() })).toEqual(['p/fine', 'p/poor', 'p/unknown']);
  });

  it('is kept by a nested route for its own targets only', () => {
    const inner = routeOf('inner', ['p/poor', 'p/fine'], { strategy: 'auto', objective });
    const outer = routeOf('r', ['q/poor', 'inner']);
    const nested = snapshotOf([providerOf('p', models), providerOf('q', { poor: rated(0.3) })], [outer, inner]);
    expect(order({ snapshot: nested, facts: ask() })).toEqual(['q/poor', 'p/fine']);
  });
});

describe('what ruled targets out last names the error', () => {
  const snapshot = snapshotOf(
    [providerOf('p', { blind: { inputs: ['text'] }, a: {} }), providerOf('bare', { a: {} }, noCredential)],
    [routeOf('r', ['p/blind', 'bare/a', 'p/a'])],
  );
  const facts = ask({ has: ['image'] });

  it('and the message all of them', () => {
    const health = healthOf({ targets: { 'p/a': { state: 'open', waitMs: 1_000 } } });
    const resting = refusalOf({ snapshot, facts, health });
    expect(resting.code).toBe('route.no_target');
    for (const one of ['p/blind takes no pictures', 'bare/a has no key', 'p/a rests'])
      expect(resting.message).toContain(one);
    expect(refusalOf({ snapshot, facts, denied: ['p/a'] }).code).toBe('route.no_credential');
  });
});
