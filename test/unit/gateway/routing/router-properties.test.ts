// What holds for every decision, whatever the routes, targets, health and sessions are; and that each can be derived again.
import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import type { Condition, Content } from '../../../../shared/config/condition.ts';
import { strategies } from '../../../../shared/config/route.ts';
import { promptTypes } from '../../../../shared/domain/prompt-type.ts';
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type { Route, RouteTarget } from '../../../../main/gateway/ports.ts';
import type { SessionView, TargetHealth } from '../../../../main/gateway/routing/decision.ts';
import { RouteRefusal } from '../../../../main/gateway/routing/refusals.ts';
import { decisionAgain, rederive } from '../../../../main/gateway/routing/replay.ts';
import type { Routing } from '../../../../main/gateway/routing/router.ts';
import { freezeRouting, thawRouting, type RoutingProvider } from '../../../../main/gateway/routing/routing-snapshot.ts';
import {
  decide,
  factsOf,
  healthOf,
  inputOf,
  providerOf,
  routeOf,
  snapshotOf,
  targetOf,
  type Asked,
  type HealthTold,
  type Told,
} from './making.ts';

// ---------------------------------------------------------------- any world

const providerIds = ['p', 'q', 'r'] as const;
const modelNames = ['small', 'large', 'blind', 'org/named'] as const;
const aliases = ['auto', 'work', 'w*', 'inner', '*'] as const;
const targetNames = providerIds.flatMap((provider) => modelNames.map((model) => `${provider}/${model}`));
const contents: readonly Content[] = ['tools', 'image', 'json_schema', 'cache_control'];
/** Figures as measurements are: finite, and never minus zero. */
const figure = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: max * 8 }).map((value) => value / 8);
const unit = fc.integer({ min: 0, max: 999 }).map((value) => value / 1_000);
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });

const quality = fc.tuple(unit, fc.constantFrom(...promptTypes), unit).map(([overall, type, mean]) => ({
  ...{
    overall: [overall, overall / 2, 1] as const,
    byType: { [type]: [mean, mean / 2, 1] as const },
    source: 'a test',
  },
}));
const price = fc.record({ input: figure(10_000_000), output: figure(50_000_000), cacheRead: maybe(figure(1_000_000)) });
const often = <Value>(usual: Value, other: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

const model = fc.record({
  contextWindow: often<number | undefined>(undefined, fc.constantFrom(1_000, 8_192, 200_000)),
  maxOutputTokens: maybe(fc.constantFrom(500, 64_000)),
  tools: maybe(fc.boolean()),
  inputs: maybe(fc.constantFrom(['text'] as const, ['text', 'image'] as const)),
  rules: maybe(fc.record({ noJsonSchema: fc.boolean(), noTools: fc.boolean() })),
  price: fc.option(price, { nil: undefined, freq: 4 }),
  quality: fc.option(quality, { nil: undefined, freq: 4 }),
  chat: often<boolean | undefined>(undefined, fc.boolean()),
  unsettled: often<boolean | undefined>(undefined, fc.boolean()),
});
const credential = fc.record({
  name: fc.constantFrom('first', 'second'),
  models: fc.constantFrom(['*'], ['large'], ['org/*']),
  secret: fc.constantFrom({ kind: 'key' }, { kind: 'missing' }, { kind: 'missing', reason: 'env:NOWHERE is not set' }),
});
const oneKey: RoutingProvider['credentials'] = [{ name: 'first', models: ['*'], secret: { kind: 'key' } }];
const provider = fc.record({
  models: fc
    .subarray([...modelNames], { minLength: 2 })
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, model])))),
  credentials: often(oneKey, fc.array(credential, { maxLength: 3 })),
  local: often(false, fc.constant(true)),
  closedModels: fc.boolean(),
  kind: often('openai-compatible', fc.constantFrom('openai', 'anthropic', 'demo')),
});
const condition: fc.Arbitrary<Condition> = fc.constantFrom<Condition>(
  ...[{ tokens: { gt: 5_000 } }, { tokens: { lt: 5_000 } }, { has: ['tools' as const] }, { client: ['ide'] }],
  ...[{ not: { has: ['image' as const] } }, { any: [{ has: ['tools' as const] }, { tokens: { gt: 100 } }] }],
);
const rarely = often<Condition | undefined>(undefined, condition);
const elsewhere = ['inner', 'work', '@requested', '*', 'gone/x'];
const target: fc.Arbitrary<RouteTarget> = fc
  .record({
    named: fc.constantFrom<string>(...targetNames, ...elsewhere),
    weight: fc.constantFrom(0, 1, 1, 3),
    when: rarely,
  })
  .map(({ named, weight, when }) => ({ ...targetOf(named, 0), weight, when }));

function routes(alias: fc.Arbitrary<string>, when: fc.Arbitrary<Condition | undefined>): fc.Arbitrary<Route> {
  return fc
    .record({
      alias,
      targets: fc.array(target, { minLength: 3, maxLength: 8 }),
      strategy: fc.constantFrom(...strategies),
      affinity: often(true, fc.constant(false)),
      when,
      objective: fc.record({ quality: unit, cost: unit, latency: unit, qualityFloor: maybe(unit) }),
      origin: fc.constantFrom('sluice.yaml, line 1', 'built in'),
    })
    .map(({ alias: name, targets, ...more }) => routeOf(name, targets, more));
}

const snapshot = fc
  .record({
    providers: fc.tuple(provider, provider, provider),
    some: fc.array(routes(fc.constantFrom(...aliases), rarely), { maxLength: 3 }),
    last: routes(fc.constant('work'), fc.constant(undefined)),
  })
  .map(({ providers, some, last }) => {
    const ordered = [...some, last].sort((x, y) => Number(x.origin === 'built in') - Number(y.origin === 'built in'));
    const named = providers.map(({ models, ...more }, at) => providerOf(providerIds[at] ?? 'p', models, more));
    return snapshotOf(named, ordered);
  });

const told: fc.Arbitrary<Told> = fc
  .record({
    model: often(
      'work',
      fc.constantFrom('auto', 'workshop', 'inner', 'small', 'claude-route-work', 'gpt-x', ...targetNames),
    ),
    tokens: often(4_000, fc.constantFrom(10, 7_500, 150_000, 900_000)),
    has: often<readonly Content[]>([], fc.subarray([...contents])),
    surface: often('chat', fc.constantFrom('messages', 'embeddings')),
    maxTokens: maybe(fc.constantFrom(1, 4_096)),
    type: maybe(fc.constantFrom(...promptTypes)),
    session: maybe(fc.constantFrom('s', 't')),
    pins: often(
      { toolLoop: false, signedReasoning: false, providerIds: false },
      fc.record({ toolLoop: fc.boolean(), signedReasoning: fc.boolean(), providerIds: fc.boolean() }),
    ),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as Told);
const targetHealth: fc.Arbitrary<Partial<TargetHealth>> = fc
  .record({
    state: often('closed', fc.constantFrom('open', 'half_open', 'limited', 'refused')),
    waitMs: maybe(fc.constantFrom(400, 12_000)),
    why: maybe(fc.constant('5 of 8 calls failed (503)')),
    share: maybe(fc.constantFrom(0.1, 0.5)),
    ttft: maybe(figure(5_000).map((p50) => ({ p50, p95: 2 * p50, p99: 3 * p50 }))),
    speed: maybe(figure(200).map((speed) => speed + 1)),
    slowdown: maybe(fc.constant(2.4)),
    running: fc.constantFrom(0, 0, 3),
    capacity: maybe(fc.constantFrom(1, 10)),
  })
  .map((health) => Object.fromEntries(Object.entries(health).filter(([, value]) => value !== undefined)));
const health: fc.Arbitrary<HealthTold> = fc.record({
  targets: fc.dictionary(fc.constantFrom(...targetNames), targetHealth, { maxKeys: 8 }),
  outputs: fc.dictionary(fc.constantFrom(...targetNames), figure(4_000), { maxKeys: 4 }),
  offline: fc.boolean(),
});
const session: fc.Arbitrary<SessionView> = fc.record({
  providerId: fc.constantFrom(...providerIds),
  model: fc.constantFrom(...modelNames),
  credential: fc.constantFrom('first', undefined),
  cachedTokens: fc.constantFrom(0, 3_000, 80_000),
  cacheLeftMs: fc.constantFrom(-1, 0, 300_000),
  turns: fc.constantFrom(1, 20),
  expectedTurns: figure(30),
});
const deniable = [...targetNames, ...targetNames, ...modelNames, 'auto', 'work'];

interface World {
  readonly snapshot: Asked['snapshot'];
  readonly told: Told;
  readonly health: HealthTold;
  readonly session: SessionView | undefined;
  readonly denied: readonly string[];
  readonly unserved: readonly string[];
  readonly logins: readonly string[];
  readonly draw: number;
}

const world: fc.Arbitrary<World> = fc.record({
  ...{ snapshot, told, health, session: maybe(session), draw: unit },
  denied: fc.subarray(deniable, { maxLength: 3 }),
  unserved: often<readonly string[]>([], fc.subarray([...providerIds], { maxLength: 1 })),
  logins: often<readonly string[]>([], fc.subarray([...providerIds], { maxLength: 1 })),
});

function askedOf(one: World, denied = one.denied): Asked {
  return {
    ...{ snapshot: one.snapshot, facts: factsOf(one.told), health: healthOf(one.health), draw: one.draw, denied },
    ...(one.session === undefined ? {} : { session: one.session }),
    serves: ({ id }) => !one.unserved.includes(id),
    hasLogin: ({ id }) => one.logins.includes(id),
  };
}

/** The routing, or the refusal; anything else that is thrown is a bug. */
function outcome(asked: Asked): Routing | GatewayError {
  try {
    return decide(asked);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

function orderOf(found: Routing | GatewayError): readonly string[] {
  return found instanceof GatewayError ? [] : found.decision.order;
}

const runs = { numRuns: 600 };

// ---------------------------------------------------------------- what holds

describe('any decision', () => {
  it('is the same for the same inputs', () => {
    fc.assert(
      fc.property(world, (one) => {
        expect(outcome(askedOf(one))).toEqual(outcome(askedOf(one)));
      }),
      runs,
    );
  });

  it('is a plan or a refusal with a code of ours, and the plan is never empty', () => {
    const allowed = /^(route\.|admit\.model_denied$|attempt\.rate_limited$)/;
    let plans = 0;
    fc.assert(
      fc.property(world, (one) => {
        const found = outcome(askedOf(one));
        if (found instanceof GatewayError) expect(found.code).toMatch(allowed);
        else expect(found.targets.length).toBeGreaterThan(0);
        if (!(found instanceof GatewayError)) plans += 1;
      }),
      runs,
    );
    // Else nothing was looked at.
    expect(plans).toBeGreaterThan(runs.numRuns / 2);
  });

  it('tries every candidate that was kept, once, and no other', () => {
    fc.assert(
      fc.property(world, (one) => {
        const found = outcome(askedOf(one));
        if (found instanceof GatewayError) return;
        const { candidates, order, chosen } = found.decision;
        const kept = candidates
          .filter((candidate) => candidate.dropped === undefined)
          .map((candidate) => candidate.target);
        expect([...order].sort()).toEqual([...kept].sort());
        expect(new Set(order).size).toBe(order.length);
        expect(found.targets.map((target) => `${target.providerId}/${target.model}`)).toEqual(order);
        expect(chosen).toBe(order[0]);
        for (const candidate of candidates)
          expect(candidate.dropped === undefined).toBe(candidate.droppedBy === undefined);
        expect(found.reason).toMatch(/^\S.*\.$/);
      }),
      runs,
    );
  });

  it('never holds a target that is denied', () => {
    fc.assert(
      fc.property(world, (one) => {
        const asked = askedOf(one);
        const { denialOf } = inputOf(asked);
        for (const name of orderOf(outcome(asked))) {
          const slash = name.indexOf('/');
          expect(denialOf([name, name.slice(slash + 1), one.told.model], name.slice(0, slash))).toBeUndefined();
        }
      }),
      runs,
    );
  });

  it('gains no target by another denial', () => {
    fc.assert(
      fc.property(world, fc.constantFrom(...deniable), (one, more) => {
        const before = orderOf(outcome(askedOf(one)));
        const after = orderOf(outcome(askedOf(one, [...one.denied, more])));
        expect(after.filter((name) => !before.includes(name))).toEqual([]);
      }),
      { numRuns: 1_500 },
    );
  });

  it('holds no target without a credential, endpoint or health unless the client named it', () => {
    fc.assert(
      fc.property(world, (one) => {
        const found = outcome(askedOf(one));
        if (found instanceof GatewayError) return;
        for (const { providerId, model } of found.targets) {
          expect(one.unserved).not.toContain(providerId);
          const { state } = one.health.targets?.[`${providerId}/${model}`] ?? {};
          expect(found.route === undefined ? ['limited'] : ['open', 'limited']).not.toContain(state);
          if (found.route === undefined || one.logins.includes(providerId)) continue;
          const credentials = one.snapshot.providers.get(providerId)?.credentials ?? [];
          expect(credentials.some((credential) => credential.secret.kind !== 'missing')).toBe(true);
        }
      }),
      runs,
    );
  });
});

describe('any decision that was kept', () => {
  it('is derived again, bit for bit, from itself and the frozen snapshot', () => {
    fc.assert(
      fc.property(world, (one) => {
        const asked = askedOf(one);
        const found = outcome(asked);
        if (found instanceof GatewayError) return;
        const { denialOf, serves } = inputOf(asked);
        const kept = JSON.parse(JSON.stringify(found.decision)) as Routing['decision'];
        const frozen: unknown = JSON.parse(JSON.stringify(freezeRouting(one.snapshot)));
        const again = rederive(kept, thawRouting(frozen), { denialOf, serves });
        expect(JSON.stringify(again.decision)).toBe(JSON.stringify(found.decision));
        expect(again.targets).toEqual(found.targets);
        expect(again.credentialName).toBe(found.credentialName);
        expect(again.route?.id).toBe(found.route?.id);
      }),
      { numRuns: 1_500 },
    );
  });

  it('is derived again where no target was left, with the reason of each', () => {
    let refusals = 0;
    fc.assert(
      fc.property(world, (one) => {
        const asked = askedOf(one);
        const found = outcome(asked);
        if (!(found instanceof RouteRefusal)) return;
        refusals++;
        const { decision } = found;
        expect(decision).toMatchObject({ chosen: undefined, order: [] });
        expect(found.message.startsWith(decision.reason.slice(0, -1))).toBe(true);
        if (decision.rule !== undefined && !decision.candidates.some(({ droppedBy }) => droppedBy === 'pin'))
          expect(decision.candidates.filter(({ dropped }) => dropped === undefined)).toEqual([]);
        const kept = JSON.parse(JSON.stringify(decision)) as Routing['decision'];
        const frozen: unknown = JSON.parse(JSON.stringify(freezeRouting(one.snapshot)));
        const { denialOf, serves } = inputOf(asked);
        expect(JSON.stringify(decisionAgain(kept, thawRouting(frozen), { denialOf, serves }))).toBe(
          JSON.stringify(decision),
        );
      }),
      { numRuns: 1_500 },
    );
    expect(refusals).toBeGreaterThan(100);
  });
});

describe('a frozen snapshot', () => {
  it('holds no secret and no address, and of a missing key why', () => {
    const leaky = {
      ...providerOf('p', { a: {} }),
      credentials: [
        { name: 'main', models: ['*'], secret: { kind: 'key', value: 'sk-live-secret', reason: 'of nobody' } },
        { name: 'other', models: ['a'], secret: { kind: 'missing', reason: 'env:WHERE is not set' } },
      ],
      baseUrl: 'https://inside.test',
    };
    const text = JSON.stringify(freezeRouting(snapshotOf([leaky])));
    expect(text).toContain('"credentials":[{"name":"main","models":["*"],"secret":{"kind":"present"}}');
    expect(text).toContain('env:WHERE is not set');
    for (const word of ['sk-live', 'inside.test', 'nobody']) expect(text).not.toContain(word);
  });

  it.each([undefined, null, 'text', {}, { version: 2, id: 'x', providers: [], routes: [] }])('is not %j', (value) => {
    expect(() => thawRouting(value)).toThrow(TypeError);
  });
});
