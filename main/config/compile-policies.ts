/** Compiles who may use what, and how much: teams, budgets and rate limits, those of single keys included. Pure. */
import type { Config } from '../../shared/config/config.ts';
import type { TeamSettings, VirtualKeySettings } from '../../shared/config/key.ts';
import type { BudgetSettings } from '../../shared/config/policy.ts';
import { allowedSurfaceIds, deniedSurfaceIds } from '../../shared/config/surface.ts';
import { usdToPicoExact } from '../../shared/domain/money.ts';
import type { AccessRules, Budget, BudgetAction, PolicyRule, Provider, RateLimit, Team } from '../gateway/ports.ts';
import type { ConfigPath, Findings } from './problems.ts';

export interface CompilePoliciesContext {
  readonly config: Config;
  readonly findings: Findings;
  /** IANA name of the zone of budgets that name none. */
  readonly timezone: string;
  /** Of which nobody here gives more, by id. */
  readonly enforcedBudgets?: ReadonlyMap<string, PolicyRule> | undefined;
  /** Whether a bundle wrote what stands there. */
  readonly isOfTeam?: ((path: ConfigPath) => boolean) | undefined;
  /** As `TeamRules` has it. */
  readonly distrustedAt?: ((path: ConfigPath) => readonly string[]) | undefined;
  readonly providers?: ReadonlyMap<string, Pick<Provider, 'unvouched'>> | undefined;
}

/** What a key or a team has of its own, compiled. */
export interface OwnPolicies extends AccessRules {
  readonly budgets: readonly Budget[];
  readonly rateLimits: readonly RateLimit[];
}

/** The budgets beyond single keys and teams. */
export function compileBudgets(context: CompilePoliciesContext): readonly Budget[] {
  return context.config.budgets.map((settings, index) => ({
    ...budgetOf(settings, ['budgets', index], context),
    id: settings.id,
    scope: settings.scope,
    match: settings.match,
    when: settings.when,
    ...policyOf(settings.id, context),
    ...byVendor(['budgets', index], context),
  }));
}

/** Only what bundles limit. */
function byVendor(
  path: ConfigPath,
  { isOfTeam, distrustedAt, providers }: CompilePoliciesContext,
): Pick<Budget, 'byVendor' | 'vendors'> {
  const vendors = (distrustedAt?.(path) ?? []).flatMap((id): [string, string][] => {
    const vendor = providers?.get(id)?.unvouched?.vendor;
    return vendor === undefined ? [] : [[id, vendor]];
  });
  return { byVendor: isOfTeam?.(path), ...(vendors.length === 0 ? {} : { vendors: new Map(vendors) }) };
}

function policyOf(id: string, { enforcedBudgets }: CompilePoliciesContext): Pick<Budget, 'policy'> {
  const policy = enforcedBudgets?.get(id);
  return policy === undefined ? {} : { policy };
}

/** The rate limits beyond single keys and teams. */
export function compileRateLimits(context: CompilePoliciesContext): readonly RateLimit[] {
  const { config, findings } = context;
  return config.rate_limits.map((settings, index) => ({
    id: settings.id,
    scope: settings.scope,
    match: settings.match,
    rpm: settings.rpm,
    tpm: settings.tpm,
    maxParallel: settings.max_parallel_requests,
    burst: settings.burst,
    when: settings.when,
    origin: findings.origin(['rate_limits', index]),
    ...byVendor(['rate_limits', index], context),
  }));
}

/** By id. */
export function compileTeams(context: CompilePoliciesContext): ReadonlyMap<string, Team> {
  return new Map(
    context.config.teams.map((settings, index): [string, Team] => {
      const path = ['teams', index];
      const origin = context.findings.origin(path);
      return [settings.id, { id: settings.id, ...ownPolicies('team', settings, path, context), origin }];
    }),
  );
}

/** Ids are the same from run to run: `key:ide:day`, and `key:ide:day:2` for a second one of the same period. */
export function ownPolicies(
  scope: 'key' | 'team',
  settings: VirtualKeySettings | TeamSettings,
  path: ConfigPath,
  context: CompilePoliciesContext,
): OwnPolicies {
  const owner = `${scope}:${settings.id}`;
  const ids = ownBudgetIds(owner, settings.budgets);
  const limits = settings.rate_limits;
  const rateLimit = {
    id: owner,
    scope,
    match: settings.id,
    rpm: limits?.rpm,
    tpm: limits?.tpm,
    maxParallel: limits?.max_parallel_requests,
    burst: limits?.burst,
    origin: context.findings.origin([...path, 'rate_limits']),
  };
  return {
    allowedModels: settings.allowed_models,
    deniedModels: settings.denied_models,
    allowedProviders: settings.allowed_providers,
    deniedProviders: settings.denied_providers,
    allowedSurfaces: allowedSurfaceIds(settings.allowed_surfaces),
    deniedSurfaces: deniedSurfaceIds(settings.denied_surfaces),
    budgets: settings.budgets.map((budget, index) => ({
      ...budgetOf(budget, [...path, 'budgets', index], context),
      id: ids[index] ?? '',
      scope,
      match: settings.id,
      when: undefined,
    })),
    rateLimits: limits === undefined ? [] : [rateLimit],
  };
}

/** Ids of the budgets a key or a team has of its own, in the order of the file. `owner` is `key:<id>` or `team:<id>`. */
export function ownBudgetIds(owner: string, budgets: readonly { readonly period: string }[]): readonly string[] {
  const counts = new Map<string, number>();
  return budgets.map(({ period }) => {
    const count = (counts.get(period) ?? 0) + 1;
    counts.set(period, count);
    return count === 1 ? `${owner}:${period}` : `${owner}:${period}:${count}`;
  });
}

type BudgetLimits = Pick<BudgetSettings, 'limit_usd' | 'period' | 'timezone' | 'reset_day' | 'alert_at' | 'action'>;

function budgetOf(
  settings: BudgetLimits,
  path: ConfigPath,
  { findings, timezone }: CompilePoliciesContext,
): Omit<Budget, 'id' | 'scope' | 'match' | 'when'> {
  const limit = usdToPicoExact(settings.limit_usd);
  if (limit === undefined) throw new Error('the schema let an amount through that is none');
  return {
    limit,
    period: settings.period,
    timezone: settings.timezone ?? timezone,
    resetDay: settings.reset_day,
    alertAt: [...new Set(settings.alert_at)].sort((a, b) => a - b),
    action: actionOf(settings.action),
    origin: findings.origin(path),
  };
}

const downgrade = 'downgrade:';

function actionOf(text: string): BudgetAction {
  if (text.startsWith(downgrade)) return { kind: 'downgrade', alias: text.slice(downgrade.length) };
  if (text === 'alert' || text === 'ask') return { kind: text };
  return { kind: 'reject' };
}
