/** Checks of `firewall`: each rule can be run, looks where there is something to see, and asks a judge there is. */
import type { Config } from '../../shared/config/config.ts';
import type { FirewallSettings } from '../../shared/config/firewall.ts';
import { builtInAliases } from '../../shared/config/route.ts';
import { matchesGlob } from '../kit/glob.ts';
import { checkCondition } from './condition-checks.ts';
import { checkUnique } from './entry-checks.ts';
import { checkPattern } from './masking-checks.ts';
import { providerIds } from './policy-checks.ts';
import { nearestName, type ConfigPath, type Findings } from './problems.ts';

export function checkFirewall(config: Config, findings: Findings): void {
  checkUnique(config.firewall, ['firewall'], 'id', findings);
  for (const [index, rule] of config.firewall.entries()) {
    const path = ['firewall', index];
    if (rule.when !== undefined) checkCondition(rule.when, [...path, 'when'], findings);
    if (rule.pattern !== undefined) checkPattern(rule.pattern, [...path, 'pattern'], findings);
    checkPlaces(rule, path, findings);
    if (rule.judge !== undefined) checkJudge(rule.judge, config, [...path, 'judge'], findings);
    checkAlone(rule, path, findings);
    checkAction(rule, path, findings);
  }
}

/** What is taken out has to stand somewhere, and be on its way out. */
function checkAction(rule: FirewallSettings, path: ConfigPath, findings: Findings): void {
  const { action, detect, pattern, topics, in: places } = rule;
  if (action === 'strip' && detect === undefined && pattern === undefined && topics.length === 0) {
    const problem = 'when alone finds nothing in a text that strip could take out';
    findings.problem([...path, 'action'], problem, 'Add detect, pattern or topics, or use block');
  }
  const readsAnswers = places?.includes('answer') ?? detect === 'system_prompt_leak';
  if (readsAnswers && (action === 'strip' || action === 'require_justification')) {
    const problem = `${action} is for what is sent: an answer that fits is kept back, as with block`;
    findings.warning([...path, 'action'], problem, 'Use block in a rule for answers');
  }
}

/** What is told by a score has a rule to itself; what is there or not has no score. */
function checkAlone(rule: FirewallSettings, path: ConfigPath, findings: Findings): void {
  const { detect, threshold } = rule;
  if (detect === 'prompt_injection' || detect === 'system_prompt_leak') {
    const others = { pattern: rule.pattern !== undefined, topics: rule.topics.length > 0 };
    for (const [name, isGiven] of Object.entries(others)) {
      const mend = `Give ${name} a rule of its own`;
      if (isGiven)
        findings.problem([...path, name], `${name} stands beside ${detect}, which is looked for alone`, mend);
    }
  }
  if (threshold !== undefined && detect !== 'prompt_injection') {
    const problem = 'threshold is for prompt_injection: all else is there or not';
    findings.warning([...path, 'threshold'], problem, 'Remove it', 'key');
  }
}

/** Instructions can only leak where the model speaks. */
function checkPlaces({ detect, in: places }: FirewallSettings, path: ConfigPath, findings: Findings): void {
  if (detect !== 'system_prompt_leak' || places === undefined || places.every((place) => place === 'answer')) return;
  findings.problem([...path, 'in'], 'system_prompt_leak looks at answers only', 'Write in: [answer], or remove it');
}

function checkJudge(judge: string, config: Config, path: ConfigPath, findings: Findings): void {
  const aliases = [...config.routes.map((route) => route.alias), ...builtInAliases];
  if (aliases.some((alias) => matchesGlob(alias, judge))) return;
  const slash = judge.indexOf('/');
  if (slash <= 0) {
    const near = nearestName(judge, aliases);
    const mend = near === undefined ? 'Name the alias of a route, or provider/model' : `Did you mean ${near}?`;
    findings.warning(path, `there is no route with alias "${judge}" to ask`, mend);
    return;
  }
  const providers = providerIds(config);
  const provider = judge.slice(0, slash);
  if (providers.has(provider)) return;
  const near = nearestName(provider, providers);
  const mend = near === undefined ? '' : `Did you mean ${near}${judge.slice(slash)}?`;
  findings.warning(path, `there is no provider "${provider}"`, mend);
}
