/** Checks of `routes`: every target leads somewhere, and nothing is asked for that this version would not do. */
import type { Config } from '../../shared/config/config.ts';
import type { RouteSettings } from '../../shared/config/route.ts';
import { globProblem } from '../kit/glob.ts';
import { checkGlobs } from './entry-checks.ts';
import { nearestName, type ConfigPath, type Findings } from './problems.ts';

/** Strategies this version plans by. Another one is an error: a route that silently did something else would be worse. */
export const supportedStrategies = ['single', 'fallback', 'weighted'] as const;
export type SupportedStrategy = (typeof supportedStrategies)[number];

export interface TargetSettings {
  readonly id: string | undefined;
  readonly provider: string;
  readonly model: string;
  readonly weight: number;
}

/** A target in its long form, whichever way it was written. The model may hold further slashes. */
export function expandTarget(target: RouteSettings['targets'][number]): TargetSettings {
  if (typeof target !== 'string') {
    return { id: target.id, provider: target.provider, model: target.model, weight: target.weight };
  }
  const slash = target.indexOf('/');
  return { id: undefined, provider: target.slice(0, slash), model: target.slice(slash + 1), weight: 1 };
}

export function checkRoutes(config: Config, findings: Findings): void {
  const providers = new Set(['demo', ...config.providers.map((provider) => provider.id)]);
  const aliases = new Map<string, number>();
  const ids = new Set<string>();
  for (const [index, route] of config.routes.entries()) {
    const path = ['routes', index];
    checkGlobs([route.alias], [...path, 'alias'], findings);
    const id = route.id ?? route.alias;
    if (ids.has(id) && route.id !== undefined) {
      findings.problem([...path, 'id'], `id "${id}" is used twice`, 'Give each its own name');
    }
    ids.add(id);
    checkAlias(route, path, aliases, providers, findings);
    aliases.set(route.alias, aliases.get(route.alias) ?? index);
    checkUnsupported(route, path, findings);
    checkTargets(route, path, providers, findings);
  }
}

function checkAlias(
  route: RouteSettings,
  path: ConfigPath,
  aliases: ReadonlyMap<string, number>,
  providers: ReadonlySet<string>,
  findings: Findings,
): void {
  const first = aliases.get(route.alias);
  if (first !== undefined) {
    findings.problem(
      [...path, 'alias'],
      `alias "${route.alias}" is taken by routes[${first}], which always matches first`,
      'Choose another alias, or put the targets into one route',
    );
  }
  const slash = route.alias.indexOf('/');
  if (slash > 0 && providers.has(route.alias.slice(0, slash))) {
    findings.warning(
      [...path, 'alias'],
      `"${route.alias}" names a model of provider "${route.alias.slice(0, slash)}" exactly, and such names skip routes`,
      'Choose an alias without that prefix',
    );
  }
}

function checkUnsupported(route: RouteSettings, path: ConfigPath, findings: Findings): void {
  const supported = supportedStrategies.join(', ');
  if (!(supportedStrategies as readonly string[]).includes(route.strategy)) {
    findings.problem(
      [...path, 'strategy'],
      `strategy ${route.strategy} is not in this version`,
      `Use one of ${supported}`,
    );
  }
  if (route.strategy === 'single' && route.targets.length > 1) {
    findings.problem(
      [...path, 'targets'],
      'strategy single has one target',
      'Keep one, or use strategy fallback',
      'key',
    );
  }
  if (route.when !== undefined) {
    findings.problem(
      [...path, 'when'],
      'conditions on routes are not in this version',
      `Remove when; supported are alias and ${supported}`,
      'key',
    );
  }
}

function checkTargets(
  route: RouteSettings,
  path: ConfigPath,
  providers: ReadonlySet<string>,
  findings: Findings,
): void {
  const ids = new Set<string>();
  let weight = 0;
  for (const [index, target] of route.targets.entries()) {
    const { id, provider, model, weight: share } = expandTarget(target);
    const at = [...path, 'targets', index];
    const short = typeof target === 'string';
    weight += share;
    if (!providers.has(provider)) {
      const near = nearestName(provider, providers);
      const mend = near === undefined ? `Configured are: ${[...providers].join(', ')}` : `Did you mean ${near}?`;
      findings.problem(short ? at : [...at, 'provider'], `there is no provider "${provider}"`, mend);
    }
    const problem = globProblem(model);
    if (problem !== undefined) {
      findings.problem(
        short ? at : [...at, 'model'],
        `model "${model}" ${problem}`,
        'Write the provider’s own name of the model',
      );
    }
    if (id === undefined) continue;
    if (ids.has(id))
      findings.problem([...at, 'id'], `id "${id}" is used twice in this route`, 'Give each target its own');
    ids.add(id);
  }
  if (route.strategy === 'weighted' && weight === 0) {
    findings.problem(
      [...path, 'targets'],
      'all weights are 0, so no target can be chosen',
      'Give one of them a weight above 0',
      'key',
    );
  }
}
