// What a decision rests on, made by hand: facts that tell what they were asked for, snapshots, health.
import type { Content } from '../../../../shared/config/condition.ts';
import type { PromptType, QualityPrior } from '../../../../shared/domain/prompt-type.ts';
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type { ModelFacts, Route, RouteTarget } from '../../../../main/gateway/ports.ts';
import {
  healthyTarget,
  type HealthView,
  type RouteFacts,
  type SessionView,
  type StoredFacts,
  type TargetHealth,
} from '../../../../main/gateway/routing/decision.ts';
import { route, type RouteInput, type Routing } from '../../../../main/gateway/routing/router.ts';
import type { RoutingProvider, RoutingSnapshot } from '../../../../main/gateway/routing/routing-snapshot.ts';

// ---------------------------------------------------------------- facts

export interface Told {
  readonly model: string;
  readonly client?: string;
  readonly surface?: RouteFacts['surface'];
  readonly tokens?: number;
  readonly maxTokens?: number;
  readonly has?: readonly Content[];
  readonly type?: PromptType;
  readonly tags?: Readonly<Record<string, string>>;
  readonly session?: string;
  readonly pins?: Partial<RouteFacts['pins']>;
}

/** Facts as told. `stored` holds what was asked for and nothing else. */
export function factsOf(told: Told): RouteFacts {
  const at = Date.UTC(2026, 0, 7, 12);
  const stored: { -readonly [Name in keyof StoredFacts]: StoredFacts[Name] } = {
    ...{ model: told.model, surface: told.surface ?? 'chat', at, tokens: told.tokens ?? 1_000 },
    ...(told.client === undefined ? {} : { client: told.client }),
    ...(told.maxTokens === undefined ? {} : { maxTokens: told.maxTokens }),
  };
  return {
    ...{ model: stored.model, surface: stored.surface, at, tokens: stored.tokens },
    ...{ client: told.client, maxTokens: told.maxTokens },
    has(content) {
      const found = told.has?.includes(content) ?? false;
      stored.has = { ...stored.has, [content]: found };
      return found;
    },
    get language() {
      return (stored.language ??= { code: undefined, confidence: 0 });
    },
    get promptType() {
      return (stored.promptType ??= { type: told.type, confidence: told.type === undefined ? 0 : 0.9, difficulty: 2 });
    },
    tag(name) {
      const found = told.tags?.[name];
      stored.tags = { ...stored.tags, [name]: found ?? null };
      return found;
    },
    matches(pattern, roles) {
      stored.matches = { ...stored.matches, [`${pattern} ${String(roles)}`]: false };
      return false;
    },
    get session() {
      const session = told.session === undefined ? undefined : { key: told.session, source: 'a test' };
      stored.session = session ?? null;
      return session;
    },
    get pins() {
      return (stored.pins ??= { toolLoop: false, signedReasoning: false, providerIds: false, ...told.pins });
    },
    known: () => ({ session: stored.session ?? undefined, promptType: stored.promptType }),
    stored: () => stored,
  };
}

// ---------------------------------------------------------------- snapshots

export type ModelTold = Partial<Omit<ModelFacts, 'id'>>;

/** USD per million tokens, as vendors write prices. */
export function priced(input: number, output: number, cache: { read?: number; write?: number } = {}): ModelTold {
  const pico = (usd: number): number => Math.round(usd * 1_000_000);
  return {
    price: {
      ...{ input: pico(input), output: pico(output) },
      ...(cache.read === undefined ? {} : { cacheRead: pico(cache.read) }),
      ...(cache.write === undefined ? {} : { cacheWrite: pico(cache.write) }),
    },
  };
}

/** Quality with an interval of 0.05 to each side. */
export function rated(mean: number, byType: Partial<Record<PromptType, number>> = {}): ModelTold {
  const interval = (middle: number): [number, number, number] => [middle, middle - 0.05, middle + 0.05];
  const entries = Object.entries(byType).map(([type, middle]) => [type, interval(middle)] as const);
  const quality: QualityPrior = { overall: interval(mean), byType: Object.fromEntries(entries), source: 'a test' };
  return { quality };
}

export function providerOf(
  id: string,
  models: Readonly<Record<string, ModelTold>>,
  more: Partial<Omit<RoutingProvider, 'id' | 'models'>> = {},
): RoutingProvider {
  return {
    ...{ id, kind: 'openai-compatible', local: false, closedModels: false },
    credentials: [{ name: 'main', models: ['*'], secret: { kind: 'key' } }],
    models: new Map(Object.entries(models).map(([name, facts]) => [name, { id: name, ...facts }])),
    ...more,
  };
}

export const noCredential: Pick<RoutingProvider, 'credentials'> = {
  credentials: [{ name: 'main', models: ['*'], secret: { kind: 'missing', reason: 'env:NOT_SET is not set' } }],
};

/** `provider/model`, `@requested`, `*` for all models, or the alias of another route; or a whole target. */
export type TargetTold = string | RouteTarget;

export function targetOf(told: TargetTold, at: number): RouteTarget {
  if (typeof told !== 'string') return told;
  const base = { id: String(at + 1), weight: 1, when: undefined };
  if (told === '@requested') return { ...base, kind: 'requested' };
  if (told === '*') return { ...base, kind: 'all' };
  const slash = told.indexOf('/');
  if (slash === -1) return { ...base, kind: 'alias', alias: told };
  return { ...base, kind: 'model', providerId: told.slice(0, slash), model: told.slice(slash + 1) };
}

/** A target with more to it than its name. */
export function target(told: string, more: Partial<Pick<RouteTarget, 'id' | 'weight' | 'when'>>): RouteTarget {
  return { ...targetOf(told, 0), id: told, ...more };
}

export function routeOf(
  alias: string,
  targets: readonly TargetTold[],
  more: Partial<Omit<Route, 'alias' | 'targets'>> = {},
): Route {
  return {
    ...{ id: alias, alias, when: undefined, strategy: 'fallback', maxAttempts: undefined, onBreak: 'fail' },
    targets: targets.map((told, at) => targetOf(told, at)),
    ...{ fallbackOn: ['error', 'timeout', 'ttft', 'rate_limited'], fallbackRules: [], affinity: true },
    objective: { quality: 0.5, cost: 0.3, latency: 0.2, qualityFloor: undefined },
    ...{ hedge: undefined, cache: undefined, origin: 'sluice.yaml, line 1' },
    ...more,
  };
}

export function snapshotOf(providers: readonly RoutingProvider[], routes: readonly Route[] = []): RoutingSnapshot {
  return { id: 'sha256:test', providers: new Map(providers.map((one) => [one.id, one])), routes };
}

// ---------------------------------------------------------------- health, sessions, decisions

export interface HealthTold {
  readonly targets?: Readonly<Record<string, Partial<TargetHealth>>>;
  readonly outputs?: Readonly<Record<string, number>>;
  readonly offline?: boolean;
}

export function healthOf({ targets = {}, outputs = {}, offline = false }: HealthTold = {}): HealthView {
  return {
    offline,
    of: (provider, model) => ({ ...healthyTarget, ...targets[`${provider}/${model}`] }),
    expectedOutput: (provider, model) => outputs[`${provider}/${model}`],
  };
}

/** Measured: first content after so many ms, so many tokens a second. */
export function measured(p50: number, speed: number): Partial<TargetHealth> {
  return { ttft: { p50, p95: p50 * 2, p99: p50 * 3 }, speed };
}

export function sessionAt(target: string, more: Partial<SessionView> = {}): SessionView {
  const slash = target.indexOf('/');
  return {
    ...{ providerId: target.slice(0, slash), model: target.slice(slash + 1), credential: 'main' },
    ...{ cachedTokens: 0, cacheLeftMs: 300_000, turns: 3, expectedTurns: 5 },
    ...more,
  };
}

export interface Asked {
  readonly snapshot: RoutingSnapshot;
  readonly facts: RouteFacts;
  readonly health?: HealthView;
  readonly session?: SessionView;
  readonly allowed?: readonly string[];
  readonly denied?: readonly string[];
  readonly serves?: RouteInput['serves'];
  readonly hasLogin?: RouteInput['hasLogin'];
  readonly draw?: number;
}

/** What the router is given, with a key that may use what `denied` does not name. */
export function inputOf({ snapshot, facts, ...more }: Asked): RouteInput {
  const denied = more.denied ?? [];
  const allowed = more.allowed;
  return {
    ...{ snapshot, facts, session: more.session, draw: more.draw ?? 0.5 },
    health: more.health ?? healthOf(),
    principal: {
      key: 'test',
      allowedModels: allowed ?? ['*'],
      deniedModels: denied,
      operation: 'generate',
      family: 'openai',
    },
    denialOf: (names) =>
      !names.some((name) => denied.includes(name)) &&
      (allowed === undefined || names.some((name) => allowed.includes(name)))
        ? undefined
        : { rule: 'key:test', why: 'denied_models of key "test" (sluice.yaml, line 9)' },
    serves: more.serves ?? ((): boolean => true),
    hasLogin: more.hasLogin,
  };
}

export function decide(asked: Asked): Routing {
  return route(inputOf(asked));
}

export function order(asked: Asked): readonly string[] {
  return decide(asked).decision.order;
}

/** The error a request is refused with. */
export function refusalOf(asked: Asked): GatewayError {
  try {
    decide(asked);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
