/** Routes in the order of layers: enforced ones, the user's, team defaults, org defaults (RTE-10). Whatever leads nowhere is left out. */
import { routeSettings, type RouteSettings } from '../../../shared/config/route.ts';
import { choiceTarget, RouteLookup } from '../../config/route-target.ts';
import type { RoutesOnly } from '../../gateway/ports.ts';
import { globCovers } from '../../kit/glob.ts';
import { Ids } from './by-id.ts';
import type { Draft, Written } from './draft.ts';
import { entriesOf, ruleOf, sourceAt, type Part, type Source } from './parts.ts';
import { aliasesIn, reachable, type TieredRoute } from './route-targets.ts';

export interface RouteRules {
  readonly routesOnly: RoutesOnly | undefined;
  /** Ids of enforced routes: nothing a client or the user names goes past them. */
  readonly enforcedRoutes: readonly string[];
}

interface FromBundle {
  readonly entry: RouteSettings;
  readonly source: Source;
}

/** A route and what it was called before another one had its id. */
export interface NamedRoute extends TieredRoute {
  readonly route: RouteSettings;
  readonly before: string | undefined;
}

export function applyRoutes(draft: Draft): RouteRules {
  const { enforced, defaults } = draft.parts;
  const ids = new Ids();
  const forced = enforced.flatMap(routesOf).flatMap((one) => takenIn(ids, one, 'enforced'));
  const own = draft.config.routes.map((route, index) => ownIn(ids, route, index));
  const suggested = defaults.flatMap(routesOf).flatMap((one) => takenIn(ids, one, 'default'));
  const all = [...forced, ...own, ...suggested];
  const kept = reachable(all, draft.config);
  draft.config = { ...draft.config, routes: draft.list('routes', kept.map(writtenRoute)) };
  // The id of one that is left out may be that of another one in the end.
  const holding = kept.filter(({ tier }) => tier === 'enforced');
  const rules = {
    routesOnly: routesOnlyOf(enforced, holding),
    enforcedRoutes: holding.flatMap(({ route }) => route.id ?? []),
  };
  const choice = applyChoice(draft, rules.routesOnly);
  tellRoutes(draft, all, kept);
  tellDefault(draft, choice);
  return rules;
}

// ---------------------------------------------------------------- what bundles say

/** Aliases come after the routes: they are short for routes with one target. */
export function routesOf(part: Part): readonly FromBundle[] {
  const { routes, models } = part.says;
  const written = entriesOf(part, ['routes'], routes, routeName);
  const aliases = Object.entries(models?.aliases ?? {}).flatMap(([alias, target]): readonly FromBundle[] => {
    const parsed = routeSettings.safeParse({ alias, targets: [target] });
    return parsed.success ? [{ entry: parsed.data, source: sourceAt(part, 'models', 'aliases', alias) }] : [];
  });
  return [...written, ...aliases];
}

/** Its id, or one that its alias comes to. */
export function routeName({ id, alias }: RouteSettings): string {
  return (
    id ??
    (alias
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 63) ||
      'any')
  );
}

/** Every route of a bundle has an id, since rules refer to it: one that no stronger route has. A suggestion gives way altogether. */
function takenIn(ids: Ids, { entry, source }: FromBundle, tier: 'enforced' | 'default'): readonly NamedRoute[] {
  const name = routeName(entry);
  if (tier === 'default' && entry.id !== undefined && ids.has(name)) return [];
  const id = ids.take(name, source.part.id);
  return [{ route: { ...entry, id }, by: { kind: 'bundle', source }, tier, before: undefined, inner: undefined }];
}

function ownIn(ids: Ids, route: RouteSettings, index: number): NamedRoute {
  const { id } = route;
  const rest = { by: { kind: 'own', index }, tier: 'own', before: id, inner: undefined } as const;
  if (id === undefined) return { route, ...rest };
  const free = ids.take(id, 'yours');
  return { route: free === id ? route : { ...route, id: free }, ...rest };
}

function writtenRoute({ route, by, inner }: NamedRoute): Written<RouteSettings> {
  return { entry: route, by, inner };
}

// ---------------------------------------------------------------- nothing but enforced routes

/**
 * Whoever says `routes_default: deny` counts its own routes, and of others those that take nothing its own would not: a further
 * bundle must not open what one has closed.
 */
function routesOnlyOf(enforced: readonly Part[], forced: readonly NamedRoute[]): RoutesOnly | undefined {
  const closing = enforced.filter((part) => part.says.routes_default === 'deny');
  const [first] = closing;
  if (first === undefined) return undefined;
  const routes = forced.filter((one) => closing.every((part) => isFor(part, one)));
  return {
    ...ruleOf(sourceAt(first, 'routes_default')),
    routes: routes.flatMap(({ route }) => route.id ?? []),
  };
}

export function isFor(part: Part, { route, by }: Pick<NamedRoute, 'route' | 'by'>): boolean {
  if (by.kind === 'bundle' && by.source.part === part) return true;
  return routesOf(part).some(({ entry }) => entry.when === undefined && globCovers(entry.alias, route.alias));
}

/**
 * What the user chose for every conversation stands before all routes: nothing is chosen where that is gone, or where nothing but
 * enforced routes may answer and it is none of them. What was chosen, where that does not hold.
 */
function applyChoice(draft: Draft, routesOnly: RoutesOnly | undefined): string | undefined {
  const { config } = draft;
  const { use_model } = config;
  if (use_model === undefined) return undefined;
  const aliases = aliasesIn(config.routes);
  const providers = new Set(['demo', ...config.providers.map(({ id }) => id)]);
  const target = choiceTarget(use_model, { providers, aliases });
  const holds =
    target.kind === 'alias'
      ? aliases.has(target.alias) &&
        (routesOnly === undefined || areAll(routesOnly.routes, target.alias, config.routes))
      : target.kind === 'model' && providers.has(target.provider) && routesOnly === undefined;
  if (holds) return undefined;
  draft.config = { ...config, use_model: undefined };
  return use_model;
}

/** Whether all that answer to an alias are among these. */
function areAll(ids: readonly string[], alias: string, routes: readonly RouteSettings[]): boolean {
  const lookup = new RouteLookup(routes);
  return (
    lookup.always(alias) !== undefined &&
    lookup.answering(alias).every((index) => ids.includes(routes[index]?.id ?? ''))
  );
}

// ---------------------------------------------------------------- what is told

/** A suggestion that leads nowhere here, or that nobody would ever reach, is not in force. */
function tellRoutes({ told, own }: Draft, all: readonly NamedRoute[], kept: readonly NamedRoute[]): void {
  const holding = new Map(kept.map((one) => [one.by, one]));
  const lost = all.filter(({ by }) => !holding.has(by));
  for (const { by, route, tier, before } of all) {
    const holds = holding.get(by)?.route;
    if (by.kind === 'own') {
      const yours = before === holds?.id ? {} : { yours: own.config.routes[by.index] };
      if (holds !== undefined) told.user(`/routes/${routeName(holds)}`, holds, ['routes', by.index], yours);
      continue;
    }
    if (holds === undefined && tier === 'default') continue;
    const shadowed =
      route.when === undefined ? lost.filter((one) => one.by !== by && globCovers(route.alias, one.route.alias)) : [];
    const yours = shadowed.flatMap((one) => (one.by.kind === 'own' ? [one.by.index] : []));
    const entry = told.bundle(by.source, holds ?? { ...route, targets: [] }, {
      others: shadowed.map((one) =>
        one.by.kind === 'own' ? own.origin(['routes', one.by.index]) : one.by.source.part.name,
      ),
      ...(yours.length === 0 ? {} : { yours: own.config.routes[yours[0] ?? 0] }),
    });
    if (tier === 'enforced') for (const index of yours) told.locked.set(`/routes/${index}`, entry);
  }
}

function tellDefault({ told, parts, config }: Draft, choice: string | undefined): void {
  const [first, ...others] = parts.enforced.filter(({ says }) => says.routes_default === 'deny');
  if (first === undefined) return void told.app('/routes_default', 'continue');
  const yours = choice === undefined ? {} : { yours: { use_model: choice } };
  const beside = { others: others.map(({ name }) => name), ...yours };
  told.bundle(
    sourceAt(first, 'routes_default'),
    'deny',
    beside,
    config.use_model === undefined ? '/use_model' : undefined,
  );
}
