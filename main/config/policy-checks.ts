/** Checks of budgets, rate limits and teams: each counts or refuses somebody, over a period there is, and leads somewhere. */
import type { Config } from '../../shared/config/config.ts';
import type { TeamSettings, VirtualKeySettings } from '../../shared/config/key.ts';
import type { BudgetSettings, RateLimitSettings } from '../../shared/config/policy.ts';
import { builtInAliases } from '../../shared/config/route.ts';
import { globProblem, isGlob, matchesGlob } from '../kit/glob.ts';
import { checkCondition } from './condition-checks.ts';
import { checkGlobs, checkUnique, zoneMend } from './entry-checks.ts';
import { nearestName, type ConfigPath, type Findings } from './problems.ts';

export function checkLimits(config: Config, findings: Findings): void {
  checkUnique(config.budgets, ['budgets'], 'id', findings);
  checkUnique(config.rate_limits, ['rate_limits'], 'id', findings);
  checkUnique(config.teams, ['teams'], 'id', findings);
  const known = knownNames(config);
  for (const [index, budget] of config.budgets.entries()) {
    const path = ['budgets', index];
    checkBudget(budget, path, config, findings);
    checkMatch(budget, path, known, findings);
    if (budget.when !== undefined) checkCondition(budget.when, [...path, 'when'], findings);
    checkSelf(budget, path, findings);
  }
  for (const [index, limit] of config.rate_limits.entries()) {
    const path = ['rate_limits', index];
    checkMatch(limit, path, known, findings);
    checkSomeLimit(limit, path, findings);
    if (limit.when !== undefined) checkCondition(limit.when, [...path, 'when'], findings);
  }
  for (const [index, team] of config.teams.entries()) checkOwnPolicies(team, ['teams', index], config, findings);
}

/** What a key or a team has of its own. */
export function checkOwnPolicies(
  settings: VirtualKeySettings | TeamSettings,
  path: ConfigPath,
  config: Config,
  findings: Findings,
): void {
  checkGlobs(settings.allowed_models, [...path, 'allowed_models'], findings);
  checkGlobs(settings.denied_models, [...path, 'denied_models'], findings);
  const providers = providerIds(config);
  for (const name of ['allowed_providers', 'denied_providers'] as const) {
    checkGlobs(settings[name], [...path, name], findings);
    for (const [index, pattern] of settings[name].entries())
      checkKnown('provider', pattern, providers, [...path, name, index], findings);
  }
  for (const [index, budget] of settings.budgets.entries())
    checkBudget(budget, [...path, 'budgets', index], config, findings);
  if (settings.rate_limits !== undefined) checkSomeLimit(settings.rate_limits, [...path, 'rate_limits'], findings);
}

type BudgetLimits = Pick<BudgetSettings, 'period' | 'timezone' | 'reset_day' | 'action'>;

function checkBudget(budget: BudgetLimits, path: ConfigPath, config: Config, findings: Findings): void {
  checkResetDay(budget, path, findings);
  const { timezone, period, action } = budget;
  const mend = timezone === undefined ? undefined : zoneMend(timezone);
  if (mend !== undefined) findings.problem([...path, 'timezone'], `there is no time zone "${timezone}"`, mend);
  if (timezone !== undefined && period === 'session') {
    const problem = 'timezone means nothing for period session, which begins and ends with the conversation';
    findings.warning([...path, 'timezone'], problem, 'Remove it', 'key');
  }
  checkDowngrade(action, [...path, 'action'], config, findings);
}

function checkResetDay({ period, reset_day: day }: BudgetLimits, path: ConfigPath, findings: Findings): void {
  if (day === undefined) return;
  const at = [...path, 'reset_day'];
  if (period === 'week' && day > 7) {
    findings.problem(at, `reset_day ${day} is no day of a week`, 'Use 1 (Monday) to 7 (Sunday)');
  } else if (period !== 'week' && period !== 'month') {
    const mend = 'Remove it, or use period week or month';
    findings.problem(at, `reset_day means nothing for period ${period}`, mend, 'key');
  }
}

function checkDowngrade(action: string, path: ConfigPath, config: Config, findings: Findings): void {
  const alias = aliasOf(action);
  if (alias === undefined) return;
  const aliases = [...config.routes.map((route) => route.alias), ...builtInAliases];
  if (aliases.includes(alias)) return;
  const near = nearestName(alias, aliases);
  const mend = near === undefined ? 'Name the alias of a route' : `Did you mean ${near}?`;
  findings.problem(path, `there is no route with alias "${alias}"`, mend);
}

function aliasOf(action: string): string | undefined {
  return action.startsWith('downgrade:') ? action.slice('downgrade:'.length) : undefined;
}

/** A budget that counts nothing but the alias it downgrades to. */
function checkSelf({ scope, match, when, action }: BudgetSettings, path: ConfigPath, findings: Findings): void {
  const alias = aliasOf(action);
  if (alias === undefined) return;
  const asked = when?.model ?? [];
  const itself = (scope === 'model' && match === alias) || (asked.length > 0 && asked.every((name) => name === alias));
  if (!itself) return;
  findings.problem([...path, 'action'], `the budget of "${alias}" downgrades to itself`, 'Name a cheaper alias');
}

function checkSomeLimit(
  limit: Pick<RateLimitSettings, 'rpm' | 'tpm' | 'max_parallel_requests' | 'burst'>,
  path: ConfigPath,
  findings: Findings,
): void {
  if (limit.burst !== undefined && limit.rpm === undefined) {
    const mend = 'Give rpm, or use max_parallel_requests';
    findings.problem([...path, 'burst'], 'burst is of the requests that rpm allows, and there is no rpm', mend, 'key');
  }
  if (limit.rpm !== undefined || limit.tpm !== undefined || limit.max_parallel_requests !== undefined) return;
  findings.problem(path, 'it limits nothing', 'Give rpm, tpm or max_parallel_requests');
}

// ---------------------------------------------------------------- match

/** Names there are, by the scope that speaks of them. Of the other scopes any name may come with a request. */
type KnownNames = Readonly<Partial<Record<BudgetSettings['scope'], ReadonlySet<string>>>>;

function knownNames(config: Config): KnownNames {
  return {
    key: new Set(config.virtual_keys.flatMap((key) => [key.id, key.name ?? key.id])),
    provider: providerIds(config),
    team: new Set([
      ...config.teams.map((team) => team.id),
      ...config.virtual_keys.flatMap((key) => key.metadata['team'] ?? []),
    ]),
  };
}

/** Ids of the providers there are. */
export function providerIds(config: Config): ReadonlySet<string> {
  return new Set([...config.providers.map((provider) => provider.id), 'demo']);
}

function checkMatch(
  { scope, match }: Pick<BudgetSettings, 'scope' | 'match'>,
  path: ConfigPath,
  known: KnownNames,
  findings: Findings,
): void {
  const at = [...path, 'match'];
  if (match === undefined) {
    if (scope !== 'tag') return;
    const problem = 'scope tag names no tag, so it would count everything';
    findings.problem([...path, 'scope'], problem, 'Add match: NAME or NAME=VALUE, or use scope global');
    return;
  }
  if (scope === 'global') {
    const mend = 'Remove it, or use the scope it speaks of: key, team, provider, model …';
    findings.problem(at, 'match means nothing for scope global, which is everybody', mend, 'key');
    return;
  }
  // Of users, clients, sessions and tags any text is a name.
  const isName = scope === 'key' || scope === 'provider' || scope === 'model';
  const problem = isName ? globProblem(match) : undefined;
  if (problem !== undefined) {
    findings.problem(at, `"${match}" ${problem}`, 'Write a name; "*" stands for any characters');
    return;
  }
  if (scope === 'tag' && !/^[^\s=]+(?:=.+)?$/.test(match)) {
    findings.problem(at, `"${match}" is no tag`, 'Write NAME or NAME=VALUE; "*" stands for any characters');
  }
  const names = known[scope];
  if (names !== undefined) checkKnown(scope, match, names, at, findings);
}

/** Names and patterns that nothing there is fits: a slip of the pen, and worth a word. */
export function checkKnown(
  kind: string,
  pattern: string,
  names: ReadonlySet<string>,
  path: ConfigPath,
  findings: Findings,
): void {
  const fits = isGlob(pattern) ? [...names].some((name) => matchesGlob(pattern, name)) : names.has(pattern);
  if (fits || pattern === '*' || globProblem(pattern) !== undefined) return;
  const near = isGlob(pattern) ? undefined : nearestName(pattern, names);
  const problem = isGlob(pattern) ? `no ${kind} fits "${pattern}"` : `there is no ${kind} "${pattern}"`;
  findings.warning(path, problem, near === undefined ? '' : `Did you mean ${near}?`);
}
