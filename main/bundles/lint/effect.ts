/** Looks at what the rules of a bundle do together: routes nobody reaches, rules that never count, aliases that lead nowhere. */
import type { BundlePayload } from '../../../shared/bundle/payload.ts';
import type { BundleBudget, BundleRateLimit, BundleSections } from '../../../shared/bundle/sections.ts';
import { firewallActions } from '../../../shared/bundle/sections.ts';
import { kindFacts, providerKinds } from '../../../shared/config/provider.ts';
import { builtInAliases, requestedModel } from '../../../shared/config/route.ts';
import { nearestName } from '../../config/problems.ts';
import { globProblem, isGlob, matchesGlob } from '../../kit/glob.ts';
import { LintReport, type LintFinding, type Path } from './finding.ts';
import { GlobIndex } from './glob-index.ts';

export function lintEffect(payload: BundlePayload, report: LintReport): void {
  for (const part of ['enforced', 'defaults'] as const) {
    const sections = payload[part];
    if (sections === undefined) continue;
    lintReached(sections, part, report);
    lintShadowed(sections, part, report);
  }
  lintAccess(payload, report);
  lintUnknown(payload, report);
  lintFree(payload, report);
  lintLeads(payload, report);
}

// ---------------------------------------------------------------- routes

/** A route behind one that takes every name it takes, whatever the request, never counts. */
function lintReached({ routes = [], routes_default }: BundleSections, part: string, report: LintReport): void {
  const always = new GlobIndex();
  for (const [index, { alias, when }] of routes.entries()) {
    const path = [part, 'routes', index, 'alias'];
    const problem = globProblem(alias);
    if (problem !== undefined)
      report.problem(path, `"${alias}" ${problem}`, 'Write a name; "*" stands for any characters');
    else if (alias === requestedModel)
      report.problem(path, `"${alias}" stands for the model the client named`, 'Choose another alias');
    const first = always.has(alias) ? alias : always.covering(alias);
    if (first !== undefined)
      report.problem(
        path,
        `alias "${alias}" is never reached: the route "${first}" before it always matches first`,
        'Put this one before it, or give that one a condition (when)',
      );
    if (when === undefined) always.add(alias);
  }
  if (routes_default === 'deny' && routes.length === 0)
    report.warning([part, 'routes_default'], 'without routes it refuses every request', 'Add routes');
}

// ---------------------------------------------------------------- rules that never count

function lintShadowed(sections: BundleSections, part: string, report: LintReport): void {
  const { providers, models, tools } = sections;
  const lists: readonly (readonly [readonly string[] | undefined, readonly string[] | undefined, Path])[] = [
    [providers?.allow, providers?.deny, ['providers']],
    [models?.allow, models?.deny, ['models']],
    [tools?.allow, tools?.deny, ['tools']],
  ];
  for (const [allow = [], deny = [], path] of lists) {
    lintCovered(allow, [part, ...path, 'allow'], report);
    lintCovered(deny, [part, ...path, 'deny'], report);
    const denied = new GlobIndex(deny);
    for (const [index, glob] of allow.entries()) {
      const by = denied.has(glob) ? glob : denied.covering(glob);
      if (by !== undefined)
        report.warning(
          [part, ...path, 'allow', index],
          `"${glob}" is allowed and denied by "${by}", and denial wins`,
          'Remove one of the two',
        );
    }
  }
  lintSameLimits(sections.budgets ?? [], [part, 'budgets'], report);
  lintSameRates(sections.rate_limits ?? [], [part, 'rate_limits'], report);
  lintSameFirewall(sections, part, report);
}

function lintCovered(globs: readonly string[], path: Path, report: LintReport): void {
  const wide = new GlobIndex(globs);
  for (const [index, glob] of globs.entries()) {
    const by = wide.covering(glob);
    if (by !== undefined) report.warning([...path, index], `"${glob}" is a part of "${by}"`, 'Remove it');
  }
}

/** Of budgets that count the same, the lower one that refuses leaves nothing to the other. */
function lintSameLimits(budgets: readonly BundleBudget[], path: Path, report: LintReport): void {
  const lowest = new Map<string, BundleBudget>();
  const subject = ({ scope, match, when, period, timezone, reset_day }: BundleBudget): string =>
    JSON.stringify([scope, match, when, period, timezone, reset_day]);
  for (const budget of budgets) {
    const before = lowest.get(subject(budget));
    if ((budget.action ?? 'reject') !== 'reject') continue;
    if (before === undefined || Number(budget.limit_usd) < Number(before.limit_usd))
      lowest.set(subject(budget), budget);
  }
  for (const [index, budget] of budgets.entries()) {
    const other = lowest.get(subject(budget));
    if (other !== undefined && other !== budget && Number(other.limit_usd) <= Number(budget.limit_usd))
      report.warning(
        [...path, index],
        `"${budget.id}" never counts: "${other.id}" refuses at ${other.limit_usd} dollars already`,
        'Remove it',
      );
  }
}

const rateNames = ['rpm', 'tpm', 'max_parallel_requests'] as const;

function lintSameRates(limits: readonly BundleRateLimit[], path: Path, report: LintReport): void {
  const groups = Map.groupBy(limits.entries(), ([, { scope, match, when }]) => JSON.stringify([scope, match, when]));
  for (const group of groups.values()) {
    for (const [index, limit] of group) {
      const by = group.find(
        ([at, other]) =>
          at !== index &&
          rateNames.every((name) => {
            const [own, theirs] = [limit[name], other[name]];
            return own === undefined || (theirs !== undefined && (theirs < own || (theirs === own && at < index)));
          }),
      );
      if (by !== undefined)
        report.warning([...path, index], `"${limit.id}" never counts: "${by[1].id}" is lower`, 'Remove it');
    }
  }
}

function lintSameFirewall({ firewall = [] }: BundleSections, part: string, report: LintReport): void {
  const first = new Map<string, (typeof firewall)[number]>();
  const key = ({ detect, pattern, topics, when, threshold, in: places }: (typeof firewall)[number]): string =>
    JSON.stringify([detect, pattern, topics, when, threshold, places]);
  const severity = (action: (typeof firewall)[number]['action']): number => firewallActions.indexOf(action);
  for (const rule of firewall) {
    const before = first.get(key(rule));
    if (before === undefined || severity(rule.action) < severity(before.action)) first.set(key(rule), rule);
  }
  for (const [index, rule] of firewall.entries()) {
    const by = first.get(key(rule));
    if (by !== undefined && by !== rule)
      report.warning(
        [part, 'firewall', index],
        `"${rule.id}" never counts: "${by.id}" looks for the same`,
        'Remove it',
      );
  }
}

// ---------------------------------------------------------------- what is allowed at all

/** What a list says of a name; `undefined` where there is no list. */
interface Access {
  readonly models: { readonly allow: GlobIndex | undefined; readonly deny: GlobIndex };
  readonly providers: { readonly allow: GlobIndex | undefined; readonly deny: GlobIndex };
}

function accessOf({ enforced }: BundlePayload): Access {
  const lists = (
    part: { allow?: string[] | undefined; deny?: string[] | undefined } | undefined,
  ): Access['models'] => ({
    allow: part?.allow === undefined ? undefined : new GlobIndex(part.allow),
    deny: new GlobIndex(part?.deny),
  });
  return { models: lists(enforced?.models), providers: lists(enforced?.providers) };
}

/** `undefined` where it is allowed, as far as can be told; of a glob only what denies all of it. */
function deniedBy(target: string, { models, providers }: Access): string | undefined {
  const [provider = ''] = target.split('/');
  if (models.deny.fits(target)) return '/enforced/models/deny';
  if (providers.deny.fits(provider)) return '/enforced/providers/deny';
  if (isGlob(provider)) return undefined;
  if (providers.allow?.fits(provider) === false) return '/enforced/providers/allow';
  return isGlob(target) || models.allow?.fits(target) !== false ? undefined : '/enforced/models/allow';
}

function lintAccess(payload: BundlePayload, report: LintReport): void {
  for (const name of ['models', 'providers'] as const) {
    const { allow, deny } = payload.enforced?.[name] ?? {};
    if (allow === undefined) continue;
    const denied = new GlobIndex(deny);
    const path = ['enforced', name, 'allow'];
    if (allow.length === 0) report.warning(path, `an empty list allows no ${name} at all`, 'Name some, or remove it');
    else if (allow.every((glob) => denied.fits(glob)))
      report.problem(
        path,
        `all of it is denied under /enforced/${name}/deny, so nothing is left`,
        'Allow something that is not denied',
      );
  }
  const tools = payload.enforced?.tools;
  if (tools?.allow?.length === 0)
    report.warning(['enforced', 'tools', 'allow'], 'an empty list allows no tools at all', 'Name some, or remove it');
}

/** Whoever calls a provider of his own file like one that nobody knows would be allowed. */
function lintUnknown({ enforced, defaults }: BundlePayload, report: LintReport): void {
  const known = new Set<string>(providerKinds);
  for (const sections of [enforced, defaults])
    for (const id of Object.keys(sections?.providers?.define ?? {})) known.add(id);
  for (const [index, id] of (enforced?.providers?.allow ?? []).entries()) {
    if (isGlob(id) || known.has(id)) continue;
    const near = nearestName(id, known);
    const mend = near === undefined ? '' : `Did you mean ${near}? Otherwise d`;
    report.warning(
      ['enforced', 'providers', 'allow', index],
      `"${id}" is no vendor and not defined here, so whatever somebody calls so in his own file is allowed`,
      `${mend === '' ? 'D' : mend}efine it under providers.define, here or in another bundle`,
    );
  }
}

/** What costs nothing is counted by no budget. */
function lintFree({ enforced }: BundlePayload, report: LintReport): void {
  if ((enforced?.budgets ?? []).length === 0) return;
  const isNothing = (rate: string | undefined): boolean => rate !== undefined && Number(rate) === 0;
  for (const [index, { model, input, output, request, tiers = [] }] of (enforced?.pricing ?? []).entries()) {
    const isLocal = providerKinds.some((kind) => kindFacts[kind].local && model.startsWith(`${kind}/`));
    const isCharged = [request, ...tiers.flatMap((tier) => [tier.input, tier.output])].some((one) => Number(one) > 0);
    if (isLocal || isCharged || !isNothing(input) || !isNothing(output)) continue;
    report.warning(
      ['enforced', 'pricing', index],
      `"${model}" costs nothing by this, so that no budget counts it`,
      'Give what it costs, or leave it out where the list price is right',
    );
  }
}

/** Aliases and routes of which every target is denied by the bundle itself. */
function lintLeads(payload: BundlePayload, report: LintReport): void {
  const access = accessOf(payload);
  for (const part of ['enforced', 'defaults'] as const) {
    const { routes = [], models } = payload[part] ?? {};
    const taken = new Set(routes.map(({ alias }) => alias));
    for (const [alias, target] of Object.entries(models?.aliases ?? {})) {
      const path = [part, 'models', 'aliases', alias];
      const by = target.includes('/') ? deniedBy(target, access) : undefined;
      if (by !== undefined)
        report.warning(path, `the alias leads nowhere: ${target} is denied by ${by}`, 'Name another model');
      if (taken.has(alias)) report.problem(path, `a route has the alias "${alias}" too`, 'Keep one of the two');
    }
    for (const [index, { alias, targets }] of routes.entries()) {
      const denied = targets.map((target) => {
        const text = textOf(target);
        return text.includes('/') ? deniedBy(text, access) : undefined;
      });
      if (denied.length > 0 && denied.every((by) => by !== undefined))
        report.warning(
          [part, 'routes', index],
          `the route "${alias}" can serve nobody: every target is denied, by ${[...new Set(denied)].join(' and ')}`,
          'Name a target that is allowed',
        );
    }
  }
}

type Target = NonNullable<BundleSections['routes']>[number]['targets'][number];

function textOf(target: Target): string {
  if (typeof target === 'string') return target;
  return target.provider === undefined ? (target.alias ?? '') : `${target.provider}/${target.model ?? ''}`;
}

/**
 * Aliases that budgets and routes lead to and that none of these bundles has, nor Sluice itself. A team may have one of its own, or
 * another bundle: only its publisher can tell, so that it is no part of what a client refuses.
 */
export function danglingAliases(payload: BundlePayload, others: readonly BundlePayload[]): LintFinding[] {
  const report = new LintReport();
  const known = new Set<string>(builtInAliases);
  for (const { enforced, defaults } of [payload, ...others]) {
    for (const sections of [enforced, defaults]) {
      for (const { alias } of sections?.routes ?? []) known.add(alias);
      for (const alias of Object.keys(sections?.models?.aliases ?? {})) known.add(alias);
    }
  }
  const look = (alias: string, path: Path): void => {
    if (known.has(alias) || [...known].some((one) => isGlob(one) && matchesGlob(one, alias))) return;
    const near = nearestName(alias, known);
    report.problem(
      path,
      `there is no alias "${alias}"`,
      near === undefined ? 'Add a route with it, or name another bundle with --with' : `Did you mean ${near}?`,
    );
  };
  for (const part of ['enforced', 'defaults'] as const) {
    const { routes = [], budgets = [], models } = payload[part] ?? {};
    for (const [index, { action }] of budgets.entries())
      if (action?.startsWith('downgrade:') === true)
        look(action.slice('downgrade:'.length), [part, 'budgets', index, 'action']);
    for (const [index, { targets }] of routes.entries())
      for (const [at, target] of targets.entries()) {
        const text = textOf(target);
        if (text !== requestedModel && text !== '' && !text.includes('/'))
          look(text, [part, 'routes', index, 'targets', at]);
      }
    for (const [alias, target] of Object.entries(models?.aliases ?? {}))
      if (!target.includes('/') && target !== requestedModel) look(target, [part, 'models', 'aliases', alias]);
  }
  return report.problems;
}
