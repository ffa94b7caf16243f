/** Checks of `routes`: every target leads somewhere, every route can be reached, and no setting asks for what cannot be. */
import type { Config } from '../../shared/config/config.ts';
import { builtInAliases, requestedModel, type RouteSettings } from '../../shared/config/route.ts';
import { kindFacts } from '../../shared/config/provider.ts';
import { globProblem, isGlob } from '../kit/glob.ts';
import { patternProblem } from '../kit/pattern.ts';
import { checkCondition } from './condition-checks.ts';
import { checkGlobs, checkUnique } from './entry-checks.ts';
import { nearestName, type ConfigPath, type Findings } from './problems.ts';
import { checkRouteGraph } from './route-graph.ts';
import { choiceTarget, expandTarget, RouteLookup } from './route-target.ts';

/** A cache is kept in memory; together they should leave room for the requests themselves. */
const cachesWorthAWordMb = 1024;

/** What the checks of one target look things up in. */
interface Known {
  readonly config: Config;
  readonly providers: ReadonlySet<string>;
  /** Aliases without a star, the built-in ones with them. */
  readonly aliases: ReadonlySet<string>;
}

export function checkRoutes(config: Config, findings: Findings): void {
  const known: Known = {
    config,
    providers: new Set(['demo', ...config.providers.map((provider) => provider.id)]),
    aliases: new Set([
      ...config.routes.map((route) => route.alias).filter((alias) => !isGlob(alias)),
      ...builtInAliases,
    ]),
  };
  const lookup = new RouteLookup(config.routes);
  checkUnique(config.routes, ['routes'], 'id', findings);
  for (const [index, route] of config.routes.entries()) {
    const path = ['routes', index];
    checkAlias(route, path, known, findings);
    checkReached(config.routes, index, lookup, findings);
    if (route.when !== undefined) checkCondition(route.when, [...path, 'when'], findings);
    checkTargets(route, path, known, findings);
    checkStrategy(route, path, findings);
    checkFallbackRules(route, path, findings);
    checkObjective(route, path, findings);
  }
  checkChoice(known, findings);
  checkCaches(config.routes, findings);
  checkRouteGraph(config.routes, lookup, findings);
}

function checkAlias({ alias }: RouteSettings, path: ConfigPath, { providers }: Known, findings: Findings): void {
  const at = [...path, 'alias'];
  checkGlobs([alias], at, findings);
  if (alias === requestedModel) {
    findings.problem(at, `"${requestedModel}" stands for the model the client named`, 'Choose another alias');
  }
  const provider = alias.slice(0, Math.max(alias.indexOf('/'), 0));
  if (providers.has(provider)) {
    findings.warning(
      at,
      `"${alias}" names a model of provider "${provider}" exactly, and such names skip routes`,
      'Choose an alias without that prefix',
    );
  }
}

/** A route behind one that takes every name it takes, whatever the request, is a slip of the pen. */
function checkReached(routes: readonly RouteSettings[], index: number, lookup: RouteLookup, findings: Findings): void {
  const alias = routes[index]?.alias ?? '';
  const first = lookup.always(alias) ?? index;
  const other = routes[first];
  if (other === undefined || first >= index) return;
  const line = findings.line(['routes', first]);
  const same = other.alias === alias;
  findings.problem(
    ['routes', index, 'alias'],
    same
      ? `alias "${alias}" is taken by routes[${first}] in line ${line}, which always matches first`
      : `alias "${alias}" is never reached: "${other.alias}" of routes[${first}] in line ${line} always matches first`,
    same
      ? 'Give the first one a condition (when), or put the targets into one route'
      : 'Put this route before it, or give that one a condition (when)',
  );
}

// ---------------------------------------------------------------- targets

function checkTargets(route: RouteSettings, path: ConfigPath, known: Known, findings: Findings): void {
  const ids = new Set<string>();
  for (const [index, written] of route.targets.entries()) {
    const at = [...path, 'targets', index];
    const target = expandTarget(written);
    const id = target.id ?? `${index + 1}`;
    if (ids.has(id)) {
      const problem = `id "${id}" is used twice in this route`;
      findings.problem(target.id === undefined ? at : [...at, 'id'], problem, 'Give each target its own');
    }
    ids.add(id);
    if (target.when !== undefined) checkCondition(target.when, [...at, 'when'], findings);
    if (target.kind === 'half' && typeof written !== 'string') checkHalf(written, at, findings);
    if (target.kind === 'alias') checkAliasTarget(target.alias, typeof written === 'string', at, known, findings);
    if (target.kind === 'model') checkModelTarget(target, typeof written === 'string', at, known, findings);
  }
}

function checkHalf(
  { provider, model, alias }: Exclude<RouteSettings['targets'][number], string>,
  at: ConfigPath,
  findings: Findings,
): void {
  if (alias !== undefined) {
    findings.problem(
      [...at, 'alias'],
      'a target is a model or an alias, not both',
      'Remove alias, or provider and model',
    );
  } else if (provider !== undefined) {
    findings.problem([...at, 'model'], 'model is missing', 'Add model: text');
  } else if (model !== undefined) {
    findings.problem([...at, 'provider'], 'provider is missing', 'Add provider: text');
  } else {
    findings.problem(at, 'the target names nothing', 'Add provider and model, or alias');
  }
}

function checkAliasTarget(alias: string, short: boolean, at: ConfigPath, known: Known, findings: Findings): void {
  if (known.aliases.has(alias)) return;
  const place = short ? at : [...at, 'alias'];
  if (isGlob(alias)) {
    findings.problem(place, `"${alias}" is a pattern, and a target is one alias`, 'Write one name, or provider/model');
    return;
  }
  const near = nearestName(alias, known.aliases);
  // A bare name of a model, as people write it elsewhere.
  const owner = known.config.providers.find((one) =>
    kindFacts[one.kind].modelPrefixes.some((prefix) => alias.startsWith(prefix)),
  );
  const mend =
    owner !== undefined
      ? `Did you mean ${owner.id}/${alias}?`
      : near !== undefined
        ? `Did you mean ${near}?`
        : `Write provider/model, or one of ${[...known.aliases].slice(0, 10).join(', ')}`;
  findings.problem(place, `there is no alias "${alias}"`, mend);
}

function checkModelTarget(
  { provider, model }: { readonly provider: string; readonly model: string },
  short: boolean,
  at: ConfigPath,
  { config, providers, aliases }: Known,
  findings: Findings,
): void {
  if (!providers.has(provider)) {
    const near = nearestName(provider, providers);
    const whole = `${provider}/${model}`;
    const mend = aliases.has(whole)
      ? `Write { alias: "${whole}" }: an alias with a slash has no short form`
      : near === undefined
        ? `Configured are: ${[...providers].join(', ')}`
        : `Did you mean ${near}?`;
    findings.problem(short ? at : [...at, 'provider'], `there is no provider "${provider}"`, mend);
  }
  const place = short ? at : [...at, 'model'];
  const problem = globProblem(model);
  if (problem !== undefined) {
    findings.problem(place, `model "${model}" ${problem}`, 'Write the provider’s own name of the model');
    return;
  }
  const closed = config.providers.find((one) => one.id === provider && one.closed_models);
  if (closed === undefined || isGlob(model) || model === requestedModel) return;
  const names = closed.models.map((one) => (typeof one === 'string' ? one : one.id));
  if (names.includes(model)) return;
  const near = nearestName(model, names);
  findings.problem(
    place,
    `provider "${provider}" has no model "${model}", and its list is closed`,
    near === undefined ? 'Add it under models' : `Did you mean ${near}?`,
  );
}

/** What is to answer every conversation is one model, or the routes of one alias. */
function checkChoice(known: Known, findings: Findings): void {
  const { use_model } = known.config;
  if (use_model === undefined) return;
  const path = ['use_model'];
  const target = choiceTarget(use_model, known);
  if (target.kind === 'alias') {
    checkAliasTarget(target.alias, true, path, known, findings);
  } else if (target.kind === 'requested' || target.model === requestedModel) {
    const problem = `"${requestedModel}" stands for the model the client named, and that is what is chosen instead of`;
    findings.problem(path, problem, 'Write provider/model or an alias, or remove use_model');
  } else if (target.provider === '' || target.model === '') {
    findings.problem(path, `"${use_model}" names no model`, 'Write provider/model, or an alias');
  } else checkModelTarget(target, true, path, known, findings);
}

// ---------------------------------------------------------------- settings

function checkStrategy(route: RouteSettings, path: ConfigPath, findings: Findings): void {
  const targets = route.targets.map(expandTarget);
  const at = [...path, 'targets'];
  if (route.strategy === 'single' && targets.length > 1) {
    findings.problem(at, 'strategy single has one target', 'Keep one, or use strategy fallback', 'key');
  }
  if (route.strategy === 'weighted' && targets.every((target) => target.weight === 0)) {
    const problem = 'all weights are 0, so no target can be chosen';
    findings.problem(at, problem, 'Give one of them a weight above 0', 'key');
  }
  if (route.strategy !== 'conditional') return;
  const last = targets.length - 1;
  for (const [index, target] of targets.entries()) {
    if (index < last && target.when === undefined) {
      const problem =
        'strategy conditional stops at the first target without a condition, and this is not the last one';
      findings.problem([...at, index], problem, 'Add when, or put this target last');
    }
    if (index === last && target.when !== undefined) {
      const problem = 'the last target of strategy conditional is what is left when no condition holds';
      findings.problem([...at, index, 'when'], problem, 'Remove when, or add a target without one', 'key');
    }
  }
}

function checkFallbackRules({ fallbacks }: RouteSettings, path: ConfigPath, findings: Findings): void {
  for (const [index, rule] of fallbacks.on.entries()) {
    if (typeof rule === 'string') continue;
    const at = [...path, 'fallbacks', 'on', index];
    if (rule.status === undefined && rule.body === undefined) {
      findings.problem(at, 'the rule says nothing', 'Add status, body or both');
    }
    const problem = rule.body === undefined ? undefined : patternProblem(rule.body);
    if (problem !== undefined) findings.problem([...at, 'body'], `the pattern ${problem}`, 'Correct it: RE2 syntax');
  }
}

function checkObjective({ objective, strategy }: RouteSettings, path: ConfigPath, findings: Findings): void {
  if (objective === undefined) return;
  const at = [...path, 'objective'];
  if (strategy !== 'auto') {
    findings.warning(at, `objective means nothing for strategy ${strategy}`, 'Use strategy auto, or remove it', 'key');
  }
  if (typeof objective === 'string') return;
  const weights = [objective.quality, objective.cost, objective.latency].filter((weight) => weight !== undefined);
  if (weights.length === 0 || weights.some((weight) => weight > 0)) return;
  findings.problem(at, 'all weights are 0, so no target is better than another', 'Give one of them a weight', 'key');
}

function checkCaches(routes: readonly RouteSettings[], findings: Findings): void {
  let together = 0;
  for (const [index, { cache }] of routes.entries()) {
    together += cache?.max_size_mb ?? 0;
    if (cache === undefined || together <= cachesWorthAWordMb) continue;
    const problem = `the caches of the routes so far may take ${together} MB of memory`;
    findings.warning(['routes', index, 'cache'], problem, 'Set a smaller max_size_mb', 'key');
    return;
  }
}
