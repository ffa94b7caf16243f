/** Budgets and rate limits: of the same the lowest and strictest, of different ones all; the user's own besides. */
import type { BundleBudget, BundleRateLimit, BundleSections } from '../../../shared/bundle/sections.ts';
import type { BudgetSettings, RateLimitSettings } from '../../../shared/config/policy.ts';
import { usdToPicoExact } from '../../../shared/domain/money.ts';
import type { PolicyRule } from '../../gateway/ports.ts';
import { foldById, Ids, least, namesOf, type Entry, type Folded } from './by-id.ts';
import { byBundle, type Draft, type Written } from './draft.ts';
import { entriesOf, ruleOf, type Part } from './parts.ts';
import { aliasesIn } from './route-targets.ts';

const downgrade = 'downgrade:';
/** The strictest first. */
const actions = ['reject', 'ask', downgrade, 'alert'];

/** After routes, whose aliases budgets may lead to. Answers with those of which nobody here gives more, by id. */
export function applyBudgets(draft: Draft): ReadonlyMap<string, PolicyRule> {
  const { enforced, watching, defaults } = draft.parts;
  const reach = reaching(aliasesIn(draft.config.routes));
  const budgetsOf = (parts: readonly Part[]): readonly Entry<BudgetSettings>[] =>
    entriesIn(parts, 'budgets').map(({ entry, source }) => ({ entry: reach(budgetFrom(entry)), source }));
  const folding = { about: aboutBudget, stricter: strictestBudget };
  const ids = new Ids();
  const forced = ids.name(foldById(budgetsOf(enforced), folding));
  const watched = ids.name(foldById(budgetsOf(watching), folding).map(alertOnly));
  const own = ids.own(draft.config.budgets.map(reach));
  const suggested = ids.free(budgetsOf(defaults)).map(byBundle);
  const withOwn = <Holder extends Pick<Draft['config']['teams'][number], 'budgets'>>(holder: Holder): Holder =>
    holder.budgets.some((one) => reach(one) !== one) ? { ...holder, budgets: holder.budgets.map(reach) } : holder;
  draft.config = {
    ...draft.config,
    budgets: draft.list('budgets', [...forced, ...watched, ...own, ...suggested]),
    teams: draft.config.teams.map(withOwn),
    virtual_keys: draft.config.virtual_keys.map(withOwn),
  };
  tellLimits(draft, 'budgets', [...forced, ...watched], suggested);
  return new Map(
    forced.filter(({ entry }) => entry.action !== 'ask').map(({ id, source }) => [id, ruleOf(source)] as const),
  );
}

/** Whoever is to go down to what nobody answers to is refused. */
function reaching(
  aliases: ReadonlySet<string>,
): <Limits extends { readonly action: string }>(limits: Limits) => Limits {
  return (limits) => {
    const { action } = limits;
    return action.startsWith(downgrade) && !aliases.has(action.slice(downgrade.length))
      ? { ...limits, action: 'reject' }
      : limits;
  };
}

function entriesIn<Name extends 'budgets' | 'rate_limits'>(
  parts: readonly Part[],
  name: Name,
): readonly Entry<NonNullable<BundleSections[Name]>[number]>[] {
  return parts.flatMap((part) =>
    entriesOf<NonNullable<BundleSections[Name]>[number]>(part, [name], part.says[name], ({ id }) => id),
  );
}

function budgetFrom({ alert_at = [0.8, 1], action = 'reject', ...rest }: BundleBudget): BudgetSettings {
  return { ...rest, alert_at, action };
}

/** Limits over different spans or of different people cannot be compared. */
function aboutBudget({ scope, match, when, period, timezone, reset_day }: BudgetSettings): unknown {
  return { scope, match, when, period, timezone, reset_day };
}

/** The lowest limit, the strictest action, every share at which to tell. */
export function strictestBudget(a: BudgetSettings, b: BudgetSettings): { entry: BudgetSettings; isOther: boolean } {
  const isLower = (usdToPicoExact(b.limit_usd) ?? 0n) < (usdToPicoExact(a.limit_usd) ?? 0n);
  const isStricter = compareActions(b.action, a.action) < 0;
  const alert_at = [...new Set([...a.alert_at, ...b.alert_at])].sort((one, other) => one - other);
  const limit_usd = isLower ? b.limit_usd : a.limit_usd;
  return { entry: { ...a, limit_usd, alert_at, action: isStricter ? b.action : a.action }, isOther: isLower };
}

/** Of two aliases to go down to neither is stricter: the first by its name, so that both orders come to the same. */
function compareActions(a: string, b: string): number {
  const rank = (action: string): number => actions.indexOf(action.startsWith(downgrade) ? downgrade : action);
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function alertOnly(folded: Folded<BudgetSettings>): Folded<BudgetSettings> {
  return { ...folded, entry: { ...folded.entry, action: 'alert' } };
}

// ---------------------------------------------------------------- rates

/** A bundle that only watches limits no rates. */
export function applyRateLimits(draft: Draft): void {
  const ids = new Ids();
  const entries = (parts: readonly Part[]): readonly Entry<RateLimitSettings>[] =>
    entriesIn(parts, 'rate_limits').filter(({ entry }) => limitsSomething(entry));
  const forced = ids.name(foldById(entries(draft.parts.enforced), { about: aboutRate, stricter: strictestRate }));
  const own = ids.own(draft.config.rate_limits);
  const suggested = ids.free(entries(draft.parts.defaults)).map(byBundle);
  draft.config = { ...draft.config, rate_limits: draft.list('rate_limits', [...forced, ...own, ...suggested]) };
  tellLimits(draft, 'rate_limits', forced, suggested);
}

function limitsSomething({ rpm, tpm, max_parallel_requests }: BundleRateLimit): boolean {
  return rpm !== undefined || tpm !== undefined || max_parallel_requests !== undefined;
}

function aboutRate({ scope, match, when }: RateLimitSettings): unknown {
  return { scope, match, when };
}

const rates = ['rpm', 'tpm', 'max_parallel_requests', 'burst'] as const;

function strictestRate(a: RateLimitSettings, b: RateLimitSettings): { entry: RateLimitSettings; isOther: boolean } {
  const entry = { ...a };
  for (const name of rates) entry[name] = least(a[name], b[name]);
  return {
    entry,
    isOther: rates.every((name) => entry[name] === b[name]) && rates.some((name) => a[name] !== b[name]),
  };
}

// ---------------------------------------------------------------- what is told

function tellLimits<T extends { readonly id: string }>(
  draft: Draft,
  section: 'budgets' | 'rate_limits',
  forced: readonly (Folded<T> & Written<T>)[],
  suggested: readonly Written<T>[],
): void {
  const { told, config, own } = draft;
  const yours = new Map(own.config[section].map((one, index) => [one.id, index]));
  for (const { id, entry, source, others } of forced) {
    const index = yours.get(id);
    const names = namesOf(others);
    const beside = index === undefined ? { others: names } : { others: [...names, own.origin([section, index])] };
    told.bundle(source, entry, beside);
  }
  for (const [index, one] of own.config[section].entries()) {
    const now = config[section][forced.length + index];
    told.user(
      `/${section}/${now?.id ?? one.id}`,
      now ?? one,
      [section, index],
      now?.id === one.id ? {} : { yours: one },
    );
  }
  for (const { entry, by } of suggested) if (by.kind === 'bundle') told.bundle(by.source, entry);
}
