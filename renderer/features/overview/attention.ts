/** What is wrong, the heaviest first: each with the one thing to do about it. */
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import type { BundleCard } from '../../../shared/contract/bundles.ts';
import type { AppSnapshot } from '../../../shared/contract/snapshot.ts';
import { ofBundles, type BundleAttention } from './attention-bundles.ts';

export type Attention = { readonly href: string } & (
  | { readonly kind: 'listen' }
  | { readonly kind: 'config'; readonly count: number; readonly line: number; readonly problem: string }
  | { readonly kind: 'ledger'; readonly reason: string | undefined }
  | { readonly kind: 'exhausted' | 'alerted' | 'budgetUnknown'; readonly budget: BudgetEntry }
  | { readonly kind: 'offline' }
  | { readonly kind: 'key' | 'refused'; readonly provider: string; readonly reason: string }
  | { readonly kind: 'resting'; readonly target: string; readonly until: string | undefined; readonly reason: string }
  | BundleAttention
  | { readonly kind: 'release'; readonly count: number }
  | { readonly kind: 'provider' }
  | { readonly kind: 'price'; readonly count: number }
);

/** From what stops everything to what only makes a figure less sure. */
const order: readonly Attention['kind'][] = [
  ...(['listen', 'config', 'ledger', 'exhausted', 'bundleStopped', 'budgetUnknown', 'offline', 'release'] as const),
  ...(['bundleConflict', 'bundleFailed', 'bundleRefused', 'key', 'refused', 'bundleExpired', 'bundleConsent'] as const),
  ...(['bundleUnconfirmed', 'bundleKey', 'alerted', 'bundleExpiring', 'resting', 'provider', 'price'] as const),
];

export interface AttentionOptions {
  /** The first steps are on the page: they say that a provider is missing. */
  readonly hasSteps: boolean;
  /** Those that are followed here. */
  readonly bundles?: readonly BundleCard[] | undefined;
  /** Requests that wait for a reason. */
  readonly waiting?: number | undefined;
}

export function attention(
  snapshot: AppSnapshot,
  { hasSteps, bundles = [], waiting = 0 }: AttentionOptions,
): readonly Attention[] {
  const { status, today } = snapshot;
  const found: Attention[] = [
    ...ofInstance(snapshot),
    ...ofBudgets(snapshot.budgets),
    ...ofBundles(bundles).map((one) => ({ ...one, href: '/policies?tab=team' })),
    ...(status.offline ? [{ kind: 'offline', href: '/activity?error=*' } as const] : ofProviders(snapshot)),
  ];
  if (waiting > 0) found.push({ kind: 'release', count: waiting, href: '/policies?tab=firewall' });
  if (!hasSteps && !hasProvider(snapshot)) found.push({ kind: 'provider', href: '/models?tab=providers' });
  if (today.unknown_costs > 0) found.push({ kind: 'price', count: today.unknown_costs, href: '/models?tab=models' });
  return found.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** One that is not the built-in demo. */
export function hasProvider({ providers }: Pick<AppSnapshot, 'providers'>): boolean {
  return providers.some(({ kind }) => kind !== 'demo');
}

function ofInstance({ status: { gateway, config, ledger } }: AppSnapshot): Attention[] {
  const found: Attention[] = [];
  if (gateway.urls.length === 0) found.push({ kind: 'listen', href: '/settings?at=listening' });
  const [problem] = config.problems;
  if (problem !== undefined)
    found.push({
      ...{ kind: 'config', count: config.problems.length, line: problem.line, problem: problem.problem },
      href: '/settings?at=config',
    });
  if (ledger.state === 'failing' || ledger.state === 'read-only' || ledger.state === 'stopped')
    found.push({ kind: 'ledger', reason: ledger.reason ?? undefined, href: '/settings?at=ledger' });
  else if (ledger.journal.state === 'failing')
    found.push({ kind: 'ledger', reason: ledger.journal.reason ?? undefined, href: '/settings?at=ledger' });
  return found;
}

/** A lost ledger makes all of them unknown at once, and is mended for all of them at once. */
function ofBudgets(budgets: readonly BudgetEntry[]): Attention[] {
  const all = budgets.flatMap(ofBudget);
  const firstUnknown = all.find(({ kind }) => kind === 'budgetUnknown');
  return all.filter((one) => one.kind !== 'budgetUnknown' || one === firstUnknown);
}

function ofBudget(budget: BudgetEntry): Attention[] {
  const kinds = { exhausted: 'exhausted', alerted: 'alerted', unknown: 'budgetUnknown' } as const;
  if (budget.state === 'ok') return [];
  return [{ kind: kinds[budget.state], budget, href: `/policies?tab=budgets&budget=${encodeURIComponent(budget.id)}` }];
}

/** Each provider once: what it lacks before what it refuses before what rests. */
function ofProviders({ providers, status: { health } }: AppSnapshot): Attention[] {
  const found = new Map<string, Attention>();
  const hrefOf = (provider: string): string => `/models?tab=providers&provider=${encodeURIComponent(provider)}`;
  for (const { id, keys, keyless } of providers) {
    const [first] = keys;
    if (keys.some(({ available }) => available) || (keyless && first === undefined)) continue;
    found.set(id, { kind: 'key', provider: id, reason: first?.reason ?? '—', href: hrefOf(id) });
  }
  for (const { provider, needs_attention, why } of health)
    if (needs_attention && !found.has(provider))
      found.set(provider, { kind: 'refused', provider, reason: why ?? '—', href: hrefOf(provider) });
  for (const { provider, model, state, until, why } of health)
    if ((state === 'open' || state === 'limited') && !found.has(provider))
      found.set(provider, {
        ...{ kind: 'resting', target: `${provider}/${model}`, until: until ?? undefined, reason: why ?? '—' },
        href: hrefOf(provider),
      });
  return [...found.values()];
}
