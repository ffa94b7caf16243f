/** What must hold between the parts of a config, beyond each part's own form. */
import type { Config } from '../../shared/config/config.ts';
import { builtInAliases } from '../../shared/config/route.ts';
import { isForbiddenHost, isLoopbackHost, isWildcardHost } from './addresses.ts';
import { checkCondition } from './condition-checks.ts';
import { checkProviders } from './provider-checks.ts';
import { checkGlobs, checkReference, checkUnique } from './entry-checks.ts';
import { nearestName, type ConfigPath, type Findings } from './problems.ts';
import { checkRoutes } from './route-checks.ts';
import { warnOfUnenforced } from './unenforced.ts';

export interface CheckContext {
  /** Milliseconds since 1970: what has expired is worth a word. */
  readonly now: number;
}

/** Adds every problem and warning found. The config has passed the schema. */
export function checkConfig(config: Config, findings: Findings, context: CheckContext): void {
  checkListen(config, findings);
  checkProviders(config, findings);
  checkRoutes(config, findings);
  checkVirtualKeys(config, findings, context);
  checkPolicies(config, findings);
  warnOfUnenforced(config, findings);
}

function checkListen({ listen }: Config, findings: Findings): void {
  if (!isLoopbackHost(listen.host) && !listen.acknowledge_exposure) {
    findings.problem(
      ['listen', 'host'],
      `"${listen.host}" can be reached from other machines`,
      'Listen on 127.0.0.1, or add acknowledge_exposure: true if that is meant',
    );
  }
  if (isForbiddenHost(listen.host) && !isWildcardHost(listen.host)) {
    findings.problem(['listen', 'host'], `"${listen.host}" is not an address to listen on`, 'Use 127.0.0.1');
  }
  for (const [index, host] of listen.allowed_hosts.entries()) {
    if (/^(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/.test(host)) continue;
    findings.problem(
      ['listen', 'allowed_hosts', index],
      `"${host}" is not a host`,
      'Write host or host:port, nothing else',
    );
  }
  checkOrigins(listen.allowed_origins, ['listen', 'allowed_origins'], findings);
}

function checkOrigins(origins: readonly string[], path: ConfigPath, findings: Findings): void {
  for (const [index, origin] of origins.entries()) {
    const url = URL.parse(origin);
    if (url !== null && url.origin === origin && !origin.includes('*')) continue;
    const near = url === null || url.origin === 'null' || origin.includes('*') ? 'https://app.example.com' : url.origin;
    findings.problem(
      [...path, index],
      `"${origin}" is not an exact origin`,
      `Write scheme, host and port, e.g. ${near}`,
    );
  }
}

function checkVirtualKeys(config: Config, findings: Findings, { now }: CheckContext): void {
  checkUnique(config.virtual_keys, ['virtual_keys'], 'id', findings);
  const byValue = new Map<string, string>();
  for (const [index, key] of config.virtual_keys.entries()) {
    const path = ['virtual_keys', index];
    const value = [...path, 'value'];
    checkReference(key.value, value, findings, true);
    const other = byValue.get(key.value.toLowerCase());
    if (other !== undefined) {
      findings.problem(
        value,
        `"${key.id}" has the same key as "${other}"`,
        'Give each its own: sluice keys create --name NAME',
      );
    }
    byValue.set(key.value.toLowerCase(), key.id);
    checkGlobs(key.allowed_models, [...path, 'allowed_models'], findings);
    checkGlobs(key.denied_models, [...path, 'denied_models'], findings);
    checkOrigins(key.allowed_origins, [...path, 'allowed_origins'], findings);
    if (key.expires_at !== undefined && Date.parse(key.expires_at) <= now) {
      findings.warning([...path, 'expires_at'], `key "${key.id}" has expired`, 'Remove the key or set a later moment');
    }
    for (const [at, budget] of key.budgets.entries()) {
      checkDowngrade(config, budget.action, [...path, 'budgets', at, 'action'], findings);
    }
  }
}

function checkPolicies(config: Config, findings: Findings): void {
  checkUnique(config.budgets, ['budgets'], 'id', findings);
  checkUnique(config.rate_limits, ['rate_limits'], 'id', findings);
  checkUnique(config.firewall, ['firewall'], 'id', findings);
  checkUnique(config.masking.patterns, ['masking', 'patterns'], 'id', findings);
  for (const [index, budget] of config.budgets.entries()) {
    checkDowngrade(config, budget.action, ['budgets', index, 'action'], findings);
    if (budget.when !== undefined) checkCondition(budget.when, ['budgets', index, 'when'], findings);
  }
  for (const [index, rule] of config.firewall.entries()) {
    if (rule.when !== undefined) checkCondition(rule.when, ['firewall', index, 'when'], findings);
  }
  for (const [index, price] of config.pricing.entries())
    checkGlobs([price.model], ['pricing', index, 'model'], findings);
}

function checkDowngrade(config: Config, action: string, path: ConfigPath, findings: Findings): void {
  if (!action.startsWith('downgrade:')) return;
  const alias = action.slice('downgrade:'.length);
  const aliases = [...config.routes.map((route) => route.alias), ...builtInAliases];
  if (aliases.includes(alias)) return;
  const near = nearestName(alias, aliases);
  const mend = near === undefined ? 'Name the alias of a route' : `Did you mean ${near}?`;
  findings.problem(path, `there is no route with alias "${alias}"`, mend);
}
