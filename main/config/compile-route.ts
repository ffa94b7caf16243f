/** Compiles `routes`, and the aliases that are there without one. */
import type { ConditionSurface } from '../../shared/config/condition.ts';
import type { Config } from '../../shared/config/config.ts';
import {
  builtInAliases,
  type BuiltInAlias,
  type ObjectiveWord,
  type RouteSettings,
} from '../../shared/config/route.ts';
import { usdToPico } from '../../shared/domain/money.ts';
import type { CacheSettings, HedgeSettings, Objective, Provider, Route, RouteTarget } from '../gateway/ports.ts';
import { isGlob } from '../kit/glob.ts';
import { resolveModelGlob, type CatalogueEntry } from './catalogue.ts';
import { nearestName, type ConfigPath, type Findings } from './problems.ts';
import { choiceTarget, expandTarget } from './route-target.ts';

export interface CompileRoutesContext {
  readonly config: Config;
  /** Compiled, with what is known of their models. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly findings: Findings;
  /** Targets that may come to nothing are left out where they do. */
  readonly team?: { readonly isLoose?: ((path: ConfigPath, providerId: string) => boolean) | undefined } | undefined;
}

/**
 * The words of the dial as weights. In the score a hundredfold price or wait counts as much as all of quality from 0 to 1,
 * and good models are within two tenths of each other, so quality weighs most where the three are to be balanced: a fifth of
 * the price is worth about 0.05 of quality there, which is what parts the middle of a vendor's models from the largest. In
 * `best` price and time only part equals. In `fast` the price stands for the time until there is a measurement: what is
 * cheap is small, and what is small is quick. `cheap` asks for what a good small model promises.
 */
export const dial: Readonly<Record<ObjectiveWord, Objective>> = {
  cheap: { quality: 0.15, cost: 0.8, latency: 0.05, qualityFloor: 0.6 },
  balanced: { quality: 0.78, cost: 0.12, latency: 0.1, qualityFloor: undefined },
  best: { quality: 0.96, cost: 0.02, latency: 0.02, qualityFloor: undefined },
  fast: { quality: 0.15, cost: 0.15, latency: 0.7, qualityFloor: undefined },
};

const dialOf: Readonly<Record<BuiltInAlias, ObjectiveWord>> = {
  auto: 'balanced',
  best: 'best',
  fast: 'fast',
  cheap: 'cheap',
};

/** What was chosen for every conversation, the routes of the file in their order, then the built-in aliases it does not answer itself. */
export function compileRoutes(context: CompileRoutesContext): readonly Route[] {
  const { routes } = context.config;
  const nextId = idsFor(routes.flatMap(({ id }) => id ?? []));
  const choice = choiceRoute(context);
  const own = routes.flatMap((route, index) => {
    const compiled = compileRoute(route, index, route.id ?? nextId(route.alias), context);
    return compiled.targets.length === 0 ? [] : [compiled];
  });
  const answered = new Set(own.filter((route) => route.when === undefined).map((route) => route.alias));
  const added = builtInAliases.filter((alias) => !answered.has(alias));
  const builtIn = added.map((alias) => builtInRoute(alias, nextId(alias)));
  return choice === undefined ? [...own, ...builtIn] : [{ ...choice, id: nextId('use-model') }, ...own, ...builtIn];
}

/** Names of routes that have none of their own: the alias, numbered where it is taken. */
function idsFor(written: readonly string[]): (alias: string) => string {
  const taken = new Set(written);
  return (alias) => {
    let id = alias;
    for (let number = 2; taken.has(id); number += 1) id = `${alias}-${number}`;
    taken.add(id);
    return id;
  };
}

function compileRoute(route: RouteSettings, index: number, id: string, context: CompileRoutesContext): Route {
  return {
    id,
    alias: route.alias,
    when: route.when,
    strategy: route.strategy,
    targets: route.targets.flatMap(
      (_, at) => compileTarget(route, at, ['routes', index, 'targets', at], context) ?? [],
    ),
    fallbackOn: route.fallbacks.on.filter((rule) => typeof rule === 'string'),
    fallbackRules: route.fallbacks.on.flatMap((rule) =>
      typeof rule === 'string' ? [] : [{ status: rule.status, body: rule.body }],
    ),
    maxAttempts: route.max_attempts,
    onBreak: route.on_break,
    affinity: route.session_affinity?.scope !== 'none',
    objective: objectiveOf(route.objective),
    hedge: route.hedge === undefined ? undefined : hedgeOf(route.hedge),
    cache: route.cache === undefined ? undefined : cacheOf(route.cache),
    origin: context.findings.origin(['routes', index]),
  };
}

function builtInRoute(alias: BuiltInAlias, id: string): Route {
  return {
    id,
    alias,
    when: undefined,
    strategy: 'auto',
    targets: [{ kind: 'all', id: '1', weight: 1, when: undefined }],
    ...usual,
    objective: dial[dialOf[alias]],
    origin: 'built in',
  };
}

/** How a route that nobody wrote goes about it. */
const usual = {
  fallbackOn: ['error', 'timeout', 'ttft', 'rate_limited'],
  fallbackRules: [],
  maxAttempts: undefined,
  onBreak: 'fail',
  affinity: true,
  hedge: undefined,
  cache: undefined,
} as const satisfies Partial<Route>;

/** What carries a conversation from dialect to dialect, and what counts one. All else has models of its own. */
const conversations: readonly ConditionSurface[] = ['chat', 'responses', 'messages', 'gemini', 'count_tokens'];

/** The route of `use_model`. */
function choiceRoute(context: CompileRoutesContext): Omit<Route, 'id'> | undefined {
  const { config, providers, findings } = context;
  if (config.use_model === undefined) return undefined;
  const path = ['use_model'];
  const aliases = new Set(config.routes.map(({ alias }) => alias));
  const target = choiceTarget(config.use_model, { providers, aliases });
  if (target.kind === 'requested') throw new Error('the checks let a choice through that names nothing');
  const rest = { id: '1', weight: 1, when: undefined };
  const model = target.kind === 'model' ? targetModel(target.provider, target.model, path, context) : undefined;
  if (target.kind === 'model' && model === undefined) return undefined;
  const only: RouteTarget =
    target.kind === 'alias'
      ? { kind: 'alias', alias: target.alias, ...rest }
      : { kind: 'model', providerId: target.provider, model: model ?? '', ...rest };
  return {
    alias: '*',
    when: { surface: [...conversations] },
    strategy: 'single',
    targets: [only],
    ...usual,
    objective: dial.balanced,
    origin: findings.origin(path),
    choice: only.kind === 'model' ? `${only.providerId}/${only.model}` : config.use_model,
  };
}

// ---------------------------------------------------------------- targets

/** `undefined` for one that comes to nothing and may. */
function compileTarget(
  route: RouteSettings,
  at: number,
  path: ConfigPath,
  context: CompileRoutesContext,
): RouteTarget | undefined {
  const written = route.targets[at];
  if (written === undefined) throw new RangeError(`no target ${at}`);
  const target = expandTarget(written);
  const rest = { id: target.id ?? `${at + 1}`, weight: target.weight, when: target.when };
  switch (target.kind) {
    case 'requested':
      return { kind: 'requested', ...rest };
    case 'alias':
      return { kind: 'alias', alias: target.alias, ...rest };
    case 'model': {
      const place = typeof written === 'string' ? path : [...path, 'model'];
      const model = targetModel(target.provider, target.model, place, context);
      return model === undefined ? undefined : { kind: 'model', providerId: target.provider, model, ...rest };
    }
    case 'half':
      throw new Error('the checks let a target through that names nothing');
  }
}

/**
 * The model a target names. A pattern is settled here, so that a route means the same until the config changes; `undefined` where
 * none fits and none need fit.
 */
function targetModel(
  providerId: string,
  model: string,
  path: ConfigPath,
  { providers, findings, team }: CompileRoutesContext,
): string | undefined {
  if (!isGlob(model)) return model;
  const known = new Map<string, CatalogueEntry>();
  for (const facts of providers.get(providerId)?.models.values() ?? []) {
    // A model the user lists and nobody knows counts as settled and of unknown age.
    const { unsettled = false, released = '' } = facts;
    known.set(facts.id, { ...facts, unsettled, released, sampling: true });
  }
  const resolved = resolveModelGlob(known, model);
  if (resolved !== undefined) return resolved;
  const near = nearestName(model.replaceAll('*', ''), known.keys());
  const mend =
    known.size === 0
      ? 'Name the model, or list what there is under models of the provider'
      : near === undefined
        ? 'Write the name of a model'
        : `Write the name of a model, such as ${near}`;
  const problem = `no known model of provider "${providerId}" fits "${model}"`;
  if (team?.isLoose?.(path, providerId) === true) {
    findings.warning(path, `${problem}, so this target is left out`, mend);
    return undefined;
  }
  findings.problem(path, problem, mend);
  return model;
}

// ---------------------------------------------------------------- settings

/** One weight says that the others do not count; none at all, that the usual ones do. */
function objectiveOf(settings: RouteSettings['objective']): Objective {
  if (settings === undefined) return dial.balanced;
  if (typeof settings === 'string') return dial[settings];
  const { quality, cost, latency, floor } = settings;
  const named = quality !== undefined || cost !== undefined || latency !== undefined;
  const weights = named ? { quality: quality ?? 0, cost: cost ?? 0, latency: latency ?? 0 } : dial.balanced;
  return { ...weights, qualityFloor: floor?.quality };
}

function hedgeOf(settings: NonNullable<RouteSettings['hedge']>): HedgeSettings {
  return {
    after: settings.after,
    maxExtraCost: settings.max_extra_cost_usd === undefined ? undefined : usdToPico(settings.max_extra_cost_usd),
    streamOnly: settings.only.includes('stream'),
    noTools: settings.only.includes('no_tools'),
  };
}

function cacheOf(settings: NonNullable<RouteSettings['cache']>): CacheSettings {
  return {
    ttlMs: settings.ttl_s * 1000,
    maxBytes: settings.max_size_mb * 1024 * 1024,
    deterministicOnly: settings.only === 'deterministic',
  };
}
