/** The part of a snapshot that decisions rest on, and what is looked up in it again and again. */
import { isGlob, matchesAny, matchesGlob } from '../../kit/glob.ts';
import type { Price } from '../../../shared/domain/price.ts';
import type { AccessPolicy, ModelFacts, Provider, Route } from '../ports.ts';

/** A provider as far as it matters for a choice: no address, no secret. */
export interface RoutingProvider extends Pick<
  Provider,
  'id' | 'kind' | 'local' | 'closedModels' | 'models' | 'dataPolicy' | 'vendor' | 'misnamed' | 'unvouched'
> {
  readonly credentials: readonly RoutingCredential[];
}

export interface RoutingCredential {
  readonly name: string;
  /** Model globs it may be used for. */
  readonly models: readonly string[];
  /** `missing`: it cannot be used, for a reason that names what mends it. Every other kind is there. */
  readonly secret: { readonly kind: string; readonly reason?: string | undefined };
}

/** What a decision is derived from and can be derived again from. A `Snapshot` is one. */
export interface RoutingSnapshot {
  readonly id: string;
  readonly providers: ReadonlyMap<string, RoutingProvider>;
  /** First match wins; what the owner chose for every conversation comes first, the built-in ones last. */
  readonly routes: readonly Route[];
  /** Names of routes that rest, because people pause and requests pass through to the model they name. Absent: none does. */
  readonly resting?: readonly string[] | undefined;
  /** What holds for every key. Absent: nothing does. */
  readonly policy?: RoutingPolicy | undefined;
}

/** Of what holds for every key the part that decides where a request may go. */
export type RoutingPolicy = Pick<AccessPolicy, 'access' | 'requires' | 'routesOnly' | 'enforcedRoutes' | 'awaited'>;

export function isBuiltIn(route: Route): boolean {
  return route.origin === 'built in';
}

/** The credentials that are there and may be used for the model. */
export function usableCredentials(provider: RoutingProvider, model: string): readonly RoutingCredential[] {
  return provider.credentials.filter((one) => one.secret.kind !== 'missing' && matchesAny(one.models, model));
}

export function hasCredential(provider: RoutingProvider, model: string): boolean {
  return provider.credentials.some((one) => one.secret.kind !== 'missing' && matchesAny(one.models, model));
}

// ---------------------------------------------------------------- routes by alias

interface Placed {
  readonly at: number;
  readonly route: Route;
}

interface AliasIndex {
  readonly exact: ReadonlyMap<string, readonly Placed[]>;
  readonly globs: readonly Placed[];
}

/** By snapshot: a snapshot never changes, so that what was found in it stays true. */
const aliasIndexes = new WeakMap<RoutingSnapshot, AliasIndex>();

/** What the owner chose for every conversation, where that was done. */
export function choiceIn({ routes: [first] }: RoutingSnapshot): Route | undefined {
  return first?.choice === undefined ? undefined : first;
}

/** Routes whose alias fits the name, top to bottom. What was chosen for every conversation is no name of anything. */
export function routesNamed(snapshot: RoutingSnapshot, name: string): readonly Route[] {
  let index = aliasIndexes.get(snapshot);
  if (index === undefined) {
    index = indexAliases(snapshot.routes);
    aliasIndexes.set(snapshot, index);
  }
  const exact = index.exact.get(name) ?? [];
  const fitting = index.globs.filter(({ route }) => matchesGlob(route.alias, name));
  if (fitting.length === 0) return exact.map(({ route }) => route);
  return [...exact, ...fitting].sort((a, b) => a.at - b.at).map(({ route }) => route);
}

function indexAliases(routes: readonly Route[]): AliasIndex {
  const exact = new Map<string, Placed[]>();
  const globs: Placed[] = [];
  for (const [at, route] of routes.entries()) {
    if (route.choice !== undefined) continue;
    const known = exact.get(route.alias);
    if (isGlob(route.alias)) globs.push({ at, route });
    else if (known === undefined) exact.set(route.alias, [{ at, route }]);
    else known.push({ at, route });
  }
  return { exact, globs };
}

// ---------------------------------------------------------------- kept, so that decisions can be derived again

/** A routing snapshot as JSON. */
interface FrozenRouting {
  readonly version: 1;
  readonly id: string;
  readonly providers: readonly FrozenProvider[];
  readonly routes: readonly Route[];
  readonly resting?: readonly string[] | undefined;
  readonly policy?: RoutingPolicy | undefined;
}

interface FrozenProvider extends Omit<RoutingProvider, 'models'> {
  readonly models: readonly (readonly [name: string, facts: ModelFacts])[];
}

/** Everything decisions rest on, as plain JSON. No secret and no address: of a credential, whether it is there or why not. */
export function freezeRouting({ id, providers, routes, resting, policy }: RoutingSnapshot): unknown {
  const frozen: FrozenRouting = {
    version: 1,
    id,
    providers: [...providers.values()].map(frozenProvider),
    routes,
    resting,
    policy: policy && frozenPolicy(policy),
  };
  return JSON.parse(JSON.stringify(frozen));
}

function frozenPolicy({ access, requires, routesOnly, enforcedRoutes }: RoutingPolicy): RoutingPolicy {
  return { access, requires, routesOnly, enforcedRoutes };
}

function frozenProvider(provider: RoutingProvider): FrozenProvider {
  const { id, kind, local, closedModels, models, credentials, dataPolicy, vendor, misnamed, unvouched } = provider;
  return {
    ...{ id, kind, local, closedModels, dataPolicy, vendor, misnamed, unvouched },
    models: [...models].map(([name, facts]) => [name, frozenModel(facts)] as const),
    credentials: credentials.map(({ name, models: globs, secret }) => ({
      ...{ name, models: globs },
      secret: secret.kind === 'missing' ? { kind: 'missing', reason: secret.reason } : { kind: 'present' },
    })),
  };
}

function frozenModel(facts: ModelFacts): ModelFacts {
  const { id, contextWindow, maxOutputTokens, tools, inputs, rules, price, quality, chat, released, unsettled } = facts;
  const { noTools, noJsonSchema } = rules ?? {};
  return {
    ...{ id, contextWindow, maxOutputTokens, tools, inputs, price, quality, chat, released, unsettled },
    ...(noTools === undefined && noJsonSchema === undefined ? {} : { rules: { noTools, noJsonSchema } }),
  };
}

/** The snapshot that was frozen, as far as decisions go. Throws `TypeError` for what is none. */
export function thawRouting(value: unknown): RoutingSnapshot {
  if (!isFrozen(value)) throw new TypeError('this is not a kept routing snapshot of this version');
  const providers = value.providers.map((one) => [one.id, { ...one, models: new Map(one.models) }] as const);
  const { id, routes, resting, policy } = value;
  return { id, providers: new Map(providers), routes, resting, policy };
}

/** What a target cost when the snapshot was frozen. `undefined` where that is not in it. Never throws. */
export function frozenPrice(frozen: unknown, target: string): Price | undefined {
  if (!isFrozen(frozen)) return undefined;
  const slash = target.indexOf('/');
  const provider = frozen.providers.find(({ id }) => id === target.slice(0, slash));
  return provider?.models.find(([name]) => name === target.slice(slash + 1))?.[1].price;
}

function isFrozen(value: unknown): value is FrozenRouting {
  if (typeof value !== 'object' || value === null) return false;
  const { version, id, providers, routes } = value as Partial<Record<keyof FrozenRouting, unknown>>;
  return version === 1 && typeof id === 'string' && Array.isArray(providers) && Array.isArray(routes);
}
