/** Of routes from several writers those that somebody can reach and that lead somewhere. */
import type { Config } from '../../../shared/config/config.ts';
import { builtInAliases, maxRouteDepth, type RouteSettings } from '../../../shared/config/route.ts';
import { Findings } from '../../config/problems.ts';
import { checkRouteGraph } from '../../config/route-graph.ts';
import { expandTarget, RouteLookup } from '../../config/route-target.ts';
import { isGlob, matchesGlob } from '../../kit/glob.ts';
import type { Writer } from './draft.ts';

/** A route and whose it is. The strongest come first. */
export interface TieredRoute {
  readonly route: RouteSettings;
  readonly by: Writer;
  readonly tier: 'enforced' | 'own' | 'default';
  /** Where each of its targets stood, where some were left out. */
  readonly inner: readonly number[] | undefined;
}

/**
 * In the same order. A target without its provider, or whose alias nobody answers to, is left out, and so is a route without any.
 * An enforced one that is left out for that still lets nobody else have its alias.
 */
export function reachable<Route extends TieredRoute>(all: readonly Route[], config: Config): readonly Route[] {
  const isProvided = providedIn(config);
  let kept = withoutDangling(answering(all.map((one) => keeping(one, isProvided))));
  for (;;) {
    const open = withoutCircles(kept);
    if (open.length === kept.length && open.every((one, index) => one === kept[index])) return kept;
    kept = withoutDangling(open);
  }
}

/** Without targets whose alias nobody answers to, until there are none; each target is looked at a few times at most. */
function withoutDangling<Route extends TieredRoute>(given: readonly Route[]): readonly Route[] {
  const routes = withSome(given);
  const answering = new Map<string, number>([...builtInAliases].map((alias) => [alias, 1]));
  for (const { route } of routes)
    if (!isGlob(route.alias)) answering.set(route.alias, (answering.get(route.alias) ?? 0) + 1);
  const leading = Map.groupBy(
    routes.flatMap(({ route }, index) => stepsOf(route, index)),
    ({ alias }) => alias,
  );
  const left = routes.map(({ route }) => route.targets.length);
  const gone = [...leading.keys()].filter((alias) => !answering.has(alias));
  const isGone = new Set(gone);
  for (let alias = gone.pop(); alias !== undefined; alias = gone.pop()) {
    for (const { route: index } of leading.get(alias) ?? []) {
      left[index] = (left[index] ?? 0) - 1;
      const own = routes[index]?.route.alias ?? '*';
      if (left[index] > 0 || isGlob(own)) continue;
      const others = (answering.get(own) ?? 0) - 1;
      answering.set(own, others);
      if (others > 0 || isGone.has(own)) continue;
      isGone.add(own);
      gone.push(own);
    }
  }
  if (isGone.size === 0) return routes;
  return withSome(
    routes.map((one) =>
      keeping(one, (written) => {
        const target = expandTarget(written);
        return target.kind !== 'alias' || !isGone.has(target.alias);
      }),
    ),
  );
}

/** Names that a target or a budget may lead to. */
export function aliasesIn(routes: readonly RouteSettings[]): ReadonlySet<string> {
  return new Set([...routes.map(({ alias }) => alias).filter((alias) => !isGlob(alias)), ...builtInAliases]);
}

type Target = RouteSettings['targets'][number];

function providedIn(config: Config): (target: Target) => boolean {
  const providers = new Map(config.providers.map((one) => [one.id, one]));
  return (written) => {
    const target = expandTarget(written);
    if (target.kind === 'half') return false;
    if (target.kind !== 'model') return true;
    const provider = providers.get(target.provider);
    if (provider === undefined) return target.provider === 'demo';
    if (!provider.closed_models || isGlob(target.model) || target.model === '@requested') return true;
    return provider.models.some((model) => (typeof model === 'string' ? model : model.id) === target.model);
  };
}

/** Without those behind one that takes every name they take, whatever the request. */
function answering<Route extends TieredRoute>(all: readonly Route[]): readonly Route[] {
  const exact = new Set<string>();
  const globs: string[] = [];
  return all.filter(({ route, tier }) => {
    const { alias } = route;
    if (exact.has(alias) || globs.some((glob) => matchesGlob(glob, alias))) return false;
    if (route.when === undefined && (tier === 'enforced' || route.targets.length > 0)) {
      exact.add(alias);
      if (isGlob(alias)) globs.push(alias);
    }
    return route.targets.length > 0;
  });
}

function withSome<Route extends TieredRoute>(routes: readonly Route[]): readonly Route[] {
  return routes.every(({ route }) => route.targets.length > 0)
    ? routes
    : routes.filter(({ route }) => route.targets.length > 0);
}

/** The same one where all of its targets stay. */
function keeping<Route extends TieredRoute>(one: Route, isKept: (target: Target, index: number) => boolean): Route {
  const { targets } = one.route;
  const left = [...targets.keys()].filter((index) => isKept(targets[index] ?? '', index));
  if (left.length === targets.length) return one;
  const inner = left.map((index) => one.inner?.[index] ?? index);
  return { ...one, inner, route: { ...one.route, ...fitting(one.route, left) } };
}

/** What is left keeps its ids, which may be counted, and a strategy that can do with it. */
function fitting(
  { targets, strategy }: RouteSettings,
  left: readonly number[],
): Pick<RouteSettings, 'targets' | 'strategy'> {
  const hasIds = targets.some((target) => typeof target !== 'string' && target.id !== undefined);
  const kept = left.flatMap((index) => {
    const target = targets[index];
    return target === undefined ? [] : [hasIds ? withId(target, `${index + 1}`) : target];
  });
  const long = kept.map(expandTarget);
  const isLeft =
    strategy === 'conditional'
      ? long.at(-1)?.when === undefined && long.slice(0, -1).every(({ when }) => when !== undefined)
      : strategy !== 'weighted' || long.some(({ weight }) => weight > 0);
  return { targets: kept, strategy: isLeft ? strategy : 'fallback' };
}

function withId(written: Target, id: string): Target {
  if (typeof written !== 'string') return { ...written, id: written.id ?? id };
  const target = expandTarget(written);
  if (target.kind === 'model') return { id, provider: target.provider, model: target.model, weight: 1 };
  return target.kind === 'alias' ? { id, alias: target.alias, weight: 1 } : written;
}

// ---------------------------------------------------------------- aliases that lead to aliases

/** A target that names an alias: the place of its route, its own, and the alias. */
interface Step {
  readonly route: number;
  readonly target: number;
  readonly alias: string;
}

/** Bundles with more circles than this are not made to be used: all that lead on are left out of those, the weakest first. */
const mostCuts = 32;

/** Where aliases lead round in a circle or too deep, the weakest of the targets on that way is left out. */
function withoutCircles<Route extends TieredRoute>(all: readonly Route[]): readonly Route[] {
  let routes = all;
  for (let cuts = 0; ; cuts += 1) {
    const way = wrongWay(routes.map(({ route }) => route)) ?? heaviest(routes);
    const weakest = way.reduce<Step | undefined>(
      (worst, step) => (step.route >= (worst?.route ?? 0) ? step : worst),
      undefined,
    );
    if (weakest === undefined) return routes;
    const fewer = cuts === mostCuts || cuts > 2 * mostCuts ? withoutSteps(routes, cuts > mostCuts) : routes;
    routes = fewer.some((one, index) => one !== routes[index])
      ? fewer
      : routes.map((one, index) => (index === weakest.route ? keeping(one, (_, at) => at !== weakest.target) : one));
  }
}

/** Without whatever leads to another alias: of what is suggested, or of all that bundles say. */
function withoutSteps<Route extends TieredRoute>(routes: readonly Route[], ofAll: boolean): readonly Route[] {
  return routes.map((one) =>
    one.tier === 'default' || (ofAll && one.by.kind === 'bundle')
      ? keeping(one, (target) => expandTarget(target).kind !== 'alias')
      : one,
  );
}

/** A circle, or a way with more aliases than may stand in each other. */
function wrongWay(routes: readonly RouteSettings[]): readonly Step[] | undefined {
  const lookup = new RouteLookup(routes);
  const steps = routes.map((route, index) => stepsOf(route, index));
  if (steps.every((some) => some.length === 0)) return undefined;
  /** The longest way below an alias. */
  const done = new Map<string, readonly Step[]>();
  const open: { readonly alias: string; readonly by: Step | undefined }[] = [];
  let wrong: readonly Step[] | undefined;
  const visit = (alias: string, by: Step | undefined): readonly Step[] => {
    const known = done.get(alias);
    if (known !== undefined || wrong !== undefined) return known ?? [];
    const from = open.findIndex((one) => one.alias === alias);
    if (from >= 0) {
      wrong = [...open.slice(from + 1), { alias, by }].flatMap((one) => one.by ?? []);
      return [];
    }
    open.push({ alias, by });
    // Deeper than that nobody needs to look, and a machine may not be able to.
    if (open.length > maxRouteDepth) {
      wrong = open.flatMap((one) => one.by ?? []);
      return [];
    }
    let longest: readonly Step[] = [];
    for (const step of lookup.answering(alias).flatMap((index) => steps[index] ?? [])) {
      const below = visit(step.alias, step);
      if (below.length + 1 > longest.length) longest = [step, ...below];
    }
    open.pop();
    done.set(alias, longest);
    if (longest.length >= maxRouteDepth) wrong ??= longest;
    return longest;
  };
  for (const { alias } of routes) visit(alias, undefined);
  return wrong;
}

function stepsOf(route: RouteSettings, index: number): readonly Step[] {
  return route.targets.flatMap((written, target) => {
    const expanded = expandTarget(written);
    return expanded.kind === 'alias' ? [{ route: index, target, alias: expanded.alias }] : [];
  });
}

/** All that lead on, where together they come to more targets than a route may have. */
function heaviest(routes: readonly TieredRoute[]): readonly Step[] {
  const settings = routes.map(({ route }) => route);
  const findings = new Findings('', () => ({ line: 1, column: 1 }));
  const steps = settings.flatMap(stepsOf);
  if (steps.length > 0) checkRouteGraph(settings, new RouteLookup(settings), findings);
  return findings.problems.length === 0 ? [] : steps;
}
