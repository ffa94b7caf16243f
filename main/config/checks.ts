/** What must hold between the parts of a config, beyond each part's own form. */
import type { Config } from '../../shared/config/config.ts';
import { isForbiddenHost, isLoopbackHost, isWildcardHost } from './addresses.ts';
import { checkGlobs, checkOrigins } from './entry-checks.ts';
import { checkFirewall } from './firewall-checks.ts';
import { checkVirtualKeys } from './key-checks.ts';
import { checkMasking } from './masking-checks.ts';
import { checkLimits } from './policy-checks.ts';
import type { Findings } from './problems.ts';
import { checkProviders } from './provider-checks.ts';
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
  checkVirtualKeys(config, context.now, findings);
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

function checkPolicies(config: Config, findings: Findings): void {
  checkLimits(config, findings);
  checkMasking(config, findings);
  checkFirewall(config, findings);
  for (const [index, price] of config.pricing.entries())
    checkGlobs([price.model], ['pricing', index, 'model'], findings);
}
